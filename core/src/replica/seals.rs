//! The seal ring: what opens this device's sealed documents. It is kept outside the data folder and outside backups.
//!
//! Keys in a document's log are wrapped to the ring's secret. When a sealed document is dropped the ring takes the keys
//! of all *other* documents in, gets a new secret and forgets the old one: what old copies of the store hold of the
//! dropped document then has nothing left that opens it (docs/adr/0015). Layout: docs/storage.md, section 1.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::DocumentId;
use crate::log::{ByteReader, ByteWriter, DecodeError, KeyId, SealKey, SealSecret};

/// The most keys, and the most dropped documents, that a ring remembers.
pub const SEALS_MAX: usize = 100_000;
const MAGIC: [u8; 8] = *b"jospseal";
const VERSION: u8 = 1;
const SUM_CONTEXT: &str = "jospar seal ring 1";

/// What opens one device's sealed documents of one workspace.
#[derive(Debug, Clone)]
pub struct Seals {
    pub(super) secret: SealSecret,
    /// Keys whose wraps no secret opens any more.
    pub(super) keys: BTreeMap<(DocumentId, KeyId), SealKey>,
    /// Dropped documents of which nothing is left here.
    pub(super) settled: BTreeSet<DocumentId>,
}

impl Seals {
    /// A ring that opens nothing yet, from random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self { secret: SealSecret::new(random), keys: BTreeMap::new(), settled: BTreeSet::new() }
    }

    /// The bytes for the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.raw(&MAGIC).byte(VERSION).raw(&self.secret.to_bytes());
        writer.number(self.keys.len() as u64);
        for ((document, id), key) in &self.keys {
            writer.raw(&document.0).raw(&id.0).raw(&key.0);
        }
        writer.number(self.settled.len() as u64);
        for document in &self.settled {
            writer.raw(&document.0);
        }
        let mut bytes = writer.finish();
        let sum = blake3::derive_key(SUM_CONTEXT, &bytes);
        bytes.extend(sum);
        bytes
    }

    /// Reads what [`Seals::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`]: the file is damaged or of a newer version; nothing sealed can be read.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let invalid = |what| DecodeError::Invalid { what };
        let (content, sum) = bytes.split_last_chunk::<32>().ok_or(invalid("seal ring"))?;
        if blake3::derive_key(SUM_CONTEXT, content) != *sum {
            return Err(invalid("sum of the seal ring"));
        }
        let mut reader = ByteReader::new(content);
        if reader.array::<8>("magic")? != MAGIC || reader.byte("version")? != VERSION {
            return Err(invalid("seal ring"));
        }
        let mut seals = Self::new(reader.array("secret")?);
        for _ in 0..reader.count(SEALS_MAX, "keys")? {
            let place = (DocumentId(reader.array("document")?), KeyId(reader.array("key id")?));
            seals.keys.insert(place, SealKey(reader.array("key")?));
        }
        for _ in 0..reader.count(SEALS_MAX, "dropped documents")? {
            seals.settled.insert(DocumentId(reader.array("document")?));
        }
        reader.end()?;
        Ok(seals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_read_as_it_was_written_and_a_flipped_byte_is_noticed() {
        let mut seals = Seals::new([3; 32]);
        seals.keys.insert((DocumentId([1; 16]), KeyId([2; 16])), SealKey([9; 32]));
        seals.settled.insert(DocumentId([4; 16]));
        let bytes = seals.encode();
        let read = Seals::decode(&bytes).expect("reads");
        assert_eq!(read.encode(), bytes);
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert!(Seals::decode(&changed).is_err(), "byte {index}");
            assert!(Seals::decode(&bytes[..index]).is_err(), "{index} bytes");
        }
    }
}
