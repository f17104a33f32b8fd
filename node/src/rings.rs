//! Seal rings on disk: beside the device key, so that neither a copy of the data folder nor a backup has them.
//!
//! One file for each workspace: the key file's name, the workspace and `.seals`. Its content is
//! [`jospar_core::replica::Seals`]. A ring that is replaced is overwritten before it is given up; what a disk keeps of
//! overwritten files by itself is beyond this program (docs/adr/0015).

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use jospar_core::ids::WorkspaceId;
use jospar_core::replica::{SEALS_MAX, Seals};

use crate::store::folder::{beside, replace_file};

const RING_BYTES_MAX: u64 = (SEALS_MAX * 80 + 4096) as u64;

/// The ring's file, for the key file `key`.
pub(crate) fn path(key: &Path, workspace: &WorkspaceId) -> PathBuf {
    beside(key, &format!(".{workspace}.seals"))
}

/// Reads a ring, or makes one from `random` where there is none.
///
/// # Errors
/// The file cannot be read or written, or is damaged: it is left as it is.
pub(crate) fn open(path: &Path, random: [u8; 32]) -> io::Result<Seals> {
    let mut bytes = Vec::new();
    match std::fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let seals = Seals::new(random);
            replace_file(path, &seals.encode())?;
            return Ok(seals);
        }
        opened => opened?.take(RING_BYTES_MAX).read_to_end(&mut bytes)?,
    };
    Seals::decode(&bytes).map_err(io::Error::other)
}

/// Puts a ring in the place of the one before, whose bytes are overwritten.
///
/// # Errors
/// Either ring is in place, whole.
pub(crate) fn replace(path: &Path, seals: &Seals) -> io::Result<()> {
    let mut old = OpenOptions::new().write(true).open(path)?;
    let length = old.metadata()?.len().min(RING_BYTES_MAX);
    replace_file(path, &seals.encode())?;
    old.write_all(&vec![0; usize::try_from(length).unwrap_or_default()])?;
    old.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_made_once_and_a_damaged_one_is_left_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let path = path(&folder.path().join("key"), &WorkspaceId([7; 32]));
        let made = open(&path, [1; 32]).expect("makes");
        assert_eq!(open(&path, [2; 32]).expect("reads").encode(), made.encode());
        replace(&path, &Seals::new([3; 32])).expect("replaces");
        assert_eq!(open(&path, [4; 32]).expect("reads").encode(), Seals::new([3; 32]).encode());
        std::fs::write(&path, b"damaged").expect("writes");
        assert!(open(&path, [5; 32]).is_err());
        assert_eq!(std::fs::read(&path).expect("reads"), b"damaged");
    }
}
