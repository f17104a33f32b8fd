//! What a workspace says of plugins: which ones it recommends, their settings, and packages that travel in it.
//!
//! A package is code from somebody else. A device takes one from here only if size and hash fit and its own person
//! agrees; what a plugin may do on a device is never written here.

record! {
    /// The document about plugins.
    PluginList, "plugin_list" {
        plugins: items(PluginEntry),
    }
}

record! {
    /// What the school says of one plugin. The item's id is the plugin's.
    PluginEntry, "plugin_entry" {
        /// The version that is recommended; empty if none is.
        version: text,
        /// The package's BLAKE3 hash in hexadecimal.
        hash: text,
        /// The publisher's public key in hexadecimal; empty for an unsigned package.
        publisher: text,
        /// From a setting's key to its value, as the plugin's manifest describes it.
        settings: map(any),
    }
}

record! {
    /// One package of a plugin, in pieces.
    PluginPackage, "plugin_package", many {
        /// The plugin's id.
        plugin: text,
        version: text,
        /// The BLAKE3 hash of the whole package in hexadecimal.
        hash: text,
        /// The publisher's public key in hexadecimal; empty for an unsigned package.
        publisher: text,
        /// Bytes of the whole package.
        size: number,
        /// The package's bytes in order.
        chunks: items(PackageChunk),
    }
}

record! {
    /// A piece of a package.
    PackageChunk, "package_chunk" {
        bytes: bytes,
    }
}

/// The most bytes of a package that travels in a workspace: 4 MiB.
pub const PACKAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why what travels in pieces is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PiecesError {
    /// It says, or has, more bytes than such a thing may have.
    #[error("it is too large")]
    TooLarge,
    /// It has another number of bytes than it says; pieces may be on their way.
    #[error("it is not complete: {found} of {said} bytes")]
    Size {
        /// Bytes of all pieces.
        found: usize,
        /// Bytes that it says it has.
        said: usize,
    },
    /// Its hash is another than it says.
    #[error("its bytes do not have the hash that it says")]
    Hash,
}

/// What pieces make together, once size and hash fit.
pub(super) fn join(
    pieces: &[PackageChunk],
    size: Option<f64>,
    hash: &str,
    max: usize,
) -> Result<Vec<u8>, PiecesError> {
    let found = pieces.iter().map(|piece| piece.bytes.len()).sum::<usize>();
    let said = size.filter(|size| size.is_finite() && *size >= 0.0).unwrap_or_default();
    if found > max || said > max as f64 {
        return Err(PiecesError::TooLarge);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in bounds")]
    let said = said as usize;
    if found != said {
        return Err(PiecesError::Size { found, said });
    }
    let bytes: Vec<u8> = pieces.iter().flat_map(|piece| &piece.bytes).copied().collect();
    if blake3::hash(&bytes).to_hex().as_str() != hash {
        return Err(PiecesError::Hash);
    }
    Ok(bytes)
}

impl PluginPackage {
    /// The whole package, once size and hash fit.
    ///
    /// # Errors
    /// [`PiecesError`]: nothing of a package that is cut, grown or changed is given out.
    pub fn bytes(&self) -> Result<Vec<u8>, PiecesError> {
        join(&self.chunks, self.size, &self.hash, PACKAGE_BYTES_MAX)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use data_encoding::BASE64;
    use serde_json::{Value, json};

    use super::*;
    use crate::document::{Author, BYTES_MAX, Command, CommandError, Document, Path};
    use crate::ids::ActorId;
    use crate::log::{CHANGE_BYTES_MAX, ChangeHeader};
    use crate::plan::{Kind, Record as _};
    use crate::time::Timestamp;

    fn author(seq: u8) -> Author {
        Author { actor: ActorId([1; 16]), time: Timestamp(i64::from(seq)), random: [seq; 32] }
    }

    fn chunk(bytes: &[u8], id: &str) -> Command {
        let record = json!({"bytes": BASE64.encode(bytes)});
        Command::Add { path: Path::root().child("chunks"), id: id.to_owned(), after: None, record }
    }

    fn set(field: &str, value: Value) -> Command {
        Command::Set { path: Path::root().child(field), value }
    }

    fn package(pieces: &[&[u8]]) -> Document {
        let mut document = Document::new(Kind::PluginPackage.byte(), Kind::PluginPackage.schema());
        let whole = pieces.concat();
        let hash = blake3::hash(&whole).to_hex().to_string();
        let head = [set("hash", hash.into()), set("size", whole.len().into())];
        document.edit(&author(1), &head).unwrap();
        for (place, piece) in (2..).zip(pieces) {
            let bytes = document.edit(&author(place), &[chunk(piece, &format!("c{place}"))]);
            let change = bytes.unwrap().unwrap();
            assert!(change.len() <= CHANGE_BYTES_MAX);
            assert!(ChangeHeader::parse(&change).is_ok());
        }
        document
    }

    #[test]
    fn t25_a_package_is_given_out_only_if_size_and_hash_fit() {
        let pieces: [&[u8]; 3] = [&[7; BYTES_MAX], b"", &[0, 255, 128]];
        let mut document = package(&pieces);
        let read = |document: &Document| PluginPackage::from_view(&document.view());
        assert_eq!(read(&document).bytes().unwrap(), pieces.concat());
        let size = BYTES_MAX + 3;
        document.edit(&author(9), &[chunk(b"x", "c9")]).unwrap();
        assert_eq!(read(&document).bytes(), Err(PiecesError::Size { found: size + 1, said: size }));
        document.edit(&author(10), &[set("size", json!(size + 1))]).unwrap();
        assert_eq!(read(&document).bytes(), Err(PiecesError::Hash));
        for size in [json!(1e300), json!(u64::MAX), json!(PACKAGE_BYTES_MAX + 1)] {
            document.edit(&author(11), &[set("size", size)]).unwrap();
            assert_eq!(read(&document).bytes(), Err(PiecesError::TooLarge));
        }
        assert_eq!(PluginPackage::default().bytes(), Err(PiecesError::Hash));
    }

    #[test]
    fn a_piece_of_a_package_has_a_bound_and_is_base64() {
        let mut document = package(&[]);
        let more = vec![1; BYTES_MAX + 1];
        let tried = document.edit(&author(2), &[chunk(&more, "c1")]);
        assert!(matches!(tried, Err(CommandError::TooLong { found, .. }) if found == more.len()));
        for wrong in [json!("abc"), json!("…"), json!(7), json!([1, 2])] {
            let path = Path::root().child("chunks");
            let record = json!({ "bytes": wrong });
            let command = Command::Add { path, id: "c1".to_owned(), after: None, record };
            let tried = document.edit(&author(3), &[command]);
            assert!(matches!(tried, Err(CommandError::BadValue { .. })), "{tried:?}");
        }
        assert_eq!(document.view().get("chunks"), None);
    }

    #[test]
    fn what_is_no_bytes_reads_as_none_and_bytes_elsewhere_are_no_text() {
        let mut document = package(&[b"ab"]);
        let view = document.view();
        assert_eq!(view["chunks"][0]["bytes"], "YWI=");
        let heads = document.heads();
        let clear = Path::root().child("chunks").child("c2").child("bytes");
        document.edit(&author(5), &[Command::Set { path: clear, value: Value::Null }]).unwrap();
        assert_eq!(document.view()["chunks"][0].get("bytes"), None);
        assert_eq!(document.view_at(&heads).unwrap(), view);
        let back = document.restore(&heads).unwrap();
        document.edit(&author(6), &back).unwrap();
        assert_eq!(document.view(), view);
        assert_eq!(document.history().len(), 4);
    }
}
