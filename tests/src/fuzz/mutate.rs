//! Mutations of bytes that a seed decides.

use crate::random::Random;

/// Numbers and marks that decoders look at.
const TOKENS: [&[u8]; 16] = [
    &[0x85, 0x6f, 0x4a, 0x83],
    &[0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02],
    &[0x80, 0x00],
    &[0xc0, 0x96, 0xb1, 0x02],
    &[0x28, 0xb5, 0x2f, 0xfd],
    b"JOSPAR\0\x01",
    b"jospar://join/",
    b"jospar://claim/",
    b"\"schema\": \"jospar.plan/1\"",
    b"\"upper\": [1, 2]",
    b"{\"id\": \"a\"}",
    b"18446744073709551615",
    b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"\xf0\x9f\x98\x80",
];

/// Makes mutants of a corpus.
#[derive(Debug, Clone)]
pub struct Mutator {
    random: Random,
}

impl Mutator {
    /// The same seed makes the same mutants of the same corpus.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed) }
    }

    /// The next mutant; `corpus` has at least one entry.
    pub fn next(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let random = &mut self.random;
        let mut bytes = random.pick(corpus).clone();
        for _ in 0..1 + random.below(6) {
            let at = random.below(bytes.len() + 1);
            let end = bytes.len().min(at + random.below(32));
            match random.below(9) {
                0 | 1 => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << random.below(8);
                    }
                }
                2 => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = byte.wrapping_add(*random.pick(&[1, 255, 128, 127]));
                    }
                }
                3 => drop(bytes.splice(at..at, random.pick(&TOKENS).iter().copied())),
                4 => {
                    let token = random.pick(&TOKENS);
                    let over = bytes.len().min(at + token.len());
                    bytes.splice(at..over, token.iter().copied());
                }
                5 => drop(bytes.drain(at..end)),
                6 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                7 => {
                    let other = random.pick(corpus);
                    let from = random.below(other.len() + 1);
                    bytes.truncate(at);
                    bytes.extend_from_slice(&other[from..]);
                }
                _ => bytes.truncate(at),
            }
        }
        bytes
    }
}
