//! Frames on a stream: an unsigned LEB128 length, then that many bytes.
//!
//! Never looks inside a frame. The buffer grows with what arrives, never to the length that a peer claims.
//! Format: docs/protocol.md, section 5.1.

use super::{CloseReason, FRAME_BYTES_MAX};

/// The length prefix of [`FRAME_BYTES_MAX`] takes four bytes.
pub(super) const PREFIX_BYTES_MAX: usize = 4;
/// How much a buffer grows at least.
const GROWTH_BYTES_MIN: usize = 4 * 1024;

/// Writes the length prefix of a frame of `bytes`; returns the array and how much of it counts.
pub(super) fn prefix(bytes: usize) -> ([u8; PREFIX_BYTES_MAX], usize) {
    let mut prefix = [0; PREFIX_BYTES_MAX];
    let (mut rest, mut count) = (bytes, 0);
    for slot in &mut prefix {
        count += 1;
        *slot = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 {
            break;
        }
        *slot |= 0x80;
    }
    (prefix, count)
}

/// What [`Reader::next`] found at the front of the bytes it was given.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Everything was taken and no frame is whole.
    NeedMore,
    /// A length was read: more than nothing, at most [`FRAME_BYTES_MAX`].
    Length(usize),
    /// A whole frame.
    Frame(Vec<u8>),
}

/// Collects one stream's bytes into frames.
#[derive(Debug, Default)]
pub(super) struct Reader {
    claimed: usize,
    prefix_bytes: usize,
    in_body: bool,
    body: Vec<u8>,
}

impl Reader {
    /// Takes bytes off the front of `input` up to the next thing worth knowing. Empty frames are skipped.
    ///
    /// # Errors
    /// - [`CloseReason::FrameTooLong`], [`CloseReason::FrameMalformed`]: close the session.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Result<Step, CloseReason> {
        while !self.in_body {
            let Some((&byte, rest)) = input.split_first() else { return Ok(Step::NeedMore) };
            *input = rest;
            if self.take_prefix(byte)? {
                return Ok(Step::Length(self.claimed));
            }
        }
        let (taken, rest) = input.split_at(input.len().min(self.claimed - self.body.len()));
        *input = rest;
        self.grow(taken.len());
        self.body.extend_from_slice(taken);
        if self.body.len() < self.claimed {
            return Ok(Step::NeedMore);
        }
        let body = std::mem::take(self).body;
        Ok(Step::Frame(body))
    }

    /// Whether the stream may end here.
    pub(super) fn is_between_frames(&self) -> bool {
        !self.in_body && self.prefix_bytes == 0
    }

    fn take_prefix(&mut self, byte: u8) -> Result<bool, CloseReason> {
        self.claimed |= usize::from(byte & 0x7f) << (7 * self.prefix_bytes);
        self.prefix_bytes += 1;
        if self.claimed > FRAME_BYTES_MAX {
            return Err(CloseReason::FrameTooLong { claimed_min: self.claimed as u64 });
        }
        if byte & 0x80 != 0 {
            let room = self.prefix_bytes < PREFIX_BYTES_MAX;
            return if room { Ok(false) } else { Err(CloseReason::FrameMalformed) };
        }
        // One length has one spelling, so that equal frames are equal bytes.
        if byte == 0 && self.prefix_bytes > 1 {
            return Err(CloseReason::FrameMalformed);
        }
        self.prefix_bytes = 0;
        self.in_body = self.claimed > 0;
        Ok(self.in_body)
    }

    fn grow(&mut self, more: usize) {
        let needed = self.body.len() + more;
        if needed > self.body.capacity() {
            let room = needed.max(self.body.capacity() * 2).max(GROWTH_BYTES_MIN).min(self.claimed);
            self.body.reserve_exact(room - self.body.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(body: &[u8]) -> Vec<u8> {
        let (bytes, count) = prefix(body.len());
        [&bytes[..count], body].concat()
    }

    fn frames(reader: &mut Reader, mut input: &[u8]) -> Result<Vec<Vec<u8>>, CloseReason> {
        let mut found = Vec::new();
        loop {
            match reader.next(&mut input)? {
                Step::NeedMore => return Ok(found),
                Step::Length(_) => {}
                Step::Frame(frame) => found.push(frame),
            }
        }
    }

    #[test]
    fn frames_come_back_however_the_bytes_are_cut() {
        let sent: Vec<Vec<u8>> =
            [1, 127, 128, 300, 16_384, 70_000].map(|size| vec![size as u8; size]).to_vec();
        let bytes: Vec<u8> = sent.iter().flat_map(|frame| encoded(frame)).collect();
        for cut in [1, 2, 3, 1_000, bytes.len()] {
            let mut reader = Reader::default();
            let mut found = Vec::new();
            for chunk in bytes.chunks(cut) {
                found.extend(frames(&mut reader, chunk).expect("honest frames"));
            }
            assert_eq!(found, sent, "cut every {cut} bytes");
            assert!(reader.is_between_frames());
        }
    }

    #[test]
    fn t05_a_claimed_length_is_refused_before_a_byte_is_allocated() {
        let mut reader = Reader::default();
        // 100,000,000 in LEB128.
        let refused = frames(&mut reader, &[0x80, 0xc2, 0xd7, 0x2f]);
        assert!(matches!(refused, Err(CloseReason::FrameTooLong { .. })));
        assert_eq!(reader.body.capacity(), 0);
    }

    #[test]
    fn t05_the_buffer_grows_with_what_arrives() {
        let mut reader = Reader::default();
        let (bytes, count) = prefix(FRAME_BYTES_MAX);
        assert_eq!(frames(&mut reader, &bytes[..count]), Ok(Vec::new()));
        assert_eq!(frames(&mut reader, &[0; 1_000]), Ok(Vec::new()));
        assert!(reader.body.capacity() <= GROWTH_BYTES_MIN);
        assert!(!reader.is_between_frames());
    }

    #[test]
    fn lengths_have_one_spelling_and_at_most_four_bytes() {
        for bad in [&[0x81, 0x00][..], &[0x80, 0x80, 0x80, 0x80], &[0x80, 0x00]] {
            assert_eq!(frames(&mut Reader::default(), bad), Err(CloseReason::FrameMalformed));
        }
        let above = prefix(FRAME_BYTES_MAX + 1).0;
        let refused = frames(&mut Reader::default(), &above);
        assert_eq!(refused, Err(CloseReason::FrameTooLong { claimed_min: 8_388_609 }));
    }

    #[test]
    fn empty_frames_are_skipped() {
        assert_eq!(frames(&mut Reader::default(), &[0, 0, 1, 9, 0]), Ok(vec![vec![9]]));
    }
}
