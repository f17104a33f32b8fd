//! Photos and other files that travel with the plan, one document for each content.

use super::plugins::{PackageChunk, PiecesError, join};

record! {
    /// One file, in pieces. Its document's id is made from its content's hash.
    File, "file", many {
        /// What it was called when it was first added.
        name: text,
        /// Bytes of the whole file.
        size: number,
        /// The BLAKE3 hash of the whole file in hexadecimal.
        hash: text,
        /// The file's bytes in order.
        chunks: items(PackageChunk),
    }
}

/// The most bytes of a file that travels in a workspace: 8 MiB.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;

impl File {
    /// The whole file, once size and hash fit.
    ///
    /// # Errors
    /// [`PiecesError`]: nothing of a file that is cut, grown or changed is given out.
    pub fn bytes(&self) -> Result<Vec<u8>, PiecesError> {
        join(&self.chunks, self.size, &self.hash, FILE_BYTES_MAX)
    }
}
