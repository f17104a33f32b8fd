//! Workspace files (`.jospar`): the frames of the network in a file, for a USB stick.
//!
//! Eight magic bytes, then frames with a length before each, then a zero length and the BLAKE3 hash of all before that zero.
//! A file holds either a whole workspace (hello, policy, envelopes) or one request to be let in. What it holds passes the
//! same gates as what a session brings: a file is never trusted. Format: docs/protocol.md, section 7.

use super::frame::{FRAME_BYTES_MAX, Frame, FrameError};
use crate::log::{ByteReader, ByteWriter};

/// The most bytes a workspace file may have.
pub const BUNDLE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
const MAGIC: &[u8; 8] = b"JOSPAR\0\x01";

/// Why a file cannot be read. Nothing of it was taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// It does not start as a workspace file does.
    #[error("this is not a jospar file")]
    NotABundle,
    /// It ends too early: it was not copied completely.
    #[error("the file was not copied completely: {read} bytes of it are here")]
    Truncated {
        /// How many bytes there are.
        read: u64,
    },
    /// Bytes in it were changed.
    #[error("the file is damaged")]
    Damaged,
    /// A frame in it cannot be read.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Writes a workspace file piece by piece.
#[derive(Debug)]
pub struct BundleWriter {
    hasher: blake3::Hasher,
}

impl BundleWriter {
    /// Starts a file: returns its first bytes.
    #[must_use]
    pub fn start() -> (Self, Vec<u8>) {
        let mut hasher = blake3::Hasher::new();
        hasher.update(MAGIC);
        (Self { hasher }, MAGIC.to_vec())
    }

    /// The bytes of one more frame.
    pub fn frame(&mut self, frame: &Frame) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.bytes(&frame.encode());
        let bytes = writer.finish();
        self.hasher.update(&bytes);
        bytes
    }

    /// The last bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        [&[0], self.hasher.finalize().as_bytes().as_slice()].concat()
    }
}

/// Reads a whole file that must be complete and undamaged.
///
/// # Errors
/// [`BundleError`]: tell the person to copy the file again.
pub fn read_bundle(bytes: &[u8]) -> Result<Vec<Frame>, BundleError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(BundleError::NotABundle)?;
    let truncated = || BundleError::Truncated { read: bytes.len() as u64 };
    let mut reader = ByteReader::new(rest);
    let mut frames = Vec::new();
    loop {
        let length =
            reader.count(FRAME_BYTES_MAX, "frame length").map_err(|error| match error {
                crate::log::DecodeError::Truncated { .. } => truncated(),
                _ => BundleError::Damaged,
            })?;
        if length == 0 {
            break;
        }
        frames.push(reader.take(length, "frame").map_err(|_| truncated())?);
    }
    let hash = reader.array::<32>("hash").map_err(|_| truncated())?;
    let hashed = bytes.len() - reader.rest().len() - 33;
    if !reader.is_empty() || blake3::hash(bytes.get(..hashed).unwrap_or_default()) != hash {
        return Err(BundleError::Damaged);
    }
    frames.into_iter().map(|bytes| Frame::decode(bytes).map_err(BundleError::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PolicyHash;

    fn bundle() -> Vec<u8> {
        let (mut writer, mut bytes) = BundleWriter::start();
        for n in 1..4 {
            bytes.extend(writer.frame(&Frame::PolicyHave(vec![PolicyHash([n; 32])])));
        }
        bytes.extend(writer.finish());
        bytes
    }

    #[test]
    fn what_was_written_is_read() {
        let frames = read_bundle(&bundle()).expect("reads");
        assert_eq!(frames.len(), 3);
        assert_eq!(frames[2], Frame::PolicyHave(vec![PolicyHash([3; 32])]));
    }

    #[test]
    fn t39_a_file_cut_anywhere_or_changed_anywhere_is_refused() {
        let bytes = bundle();
        for index in 0..bytes.len() {
            assert!(read_bundle(&bytes[..index]).is_err(), "cut at {index}");
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert!(read_bundle(&changed).is_err(), "changed at {index}");
        }
        assert!(matches!(
            read_bundle(&bytes[..bytes.len() - 5]),
            Err(BundleError::Truncated { .. })
        ));
    }
}
