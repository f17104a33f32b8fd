//! The key of this device's drafts on disk: beside the device key and the seal ring, so that neither a copy of the data
//! folder nor a backup has it.
//!
//! One file for each workspace: the key file's name, the workspace and `.draft`. It is there while a draft is, and is
//! overwritten before it is given up; what a disk keeps of overwritten files by itself is beyond this program.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use jospar_core::ids::WorkspaceId;
use jospar_core::log::DraftKey;

use crate::store::folder::{beside, replace_file, sync_parent};

const KEY_BYTES: usize = 32;
const ENDING: &str = ".draft";

/// The key's file, for the key file `key`.
pub(crate) fn path(key: &Path, workspace: &WorkspaceId) -> PathBuf {
    beside(key, &format!(".{workspace}{ENDING}"))
}

/// The key, if there is a whole one.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn find(path: &Path) -> io::Result<Option<DraftKey>> {
    let mut bytes = Vec::new();
    match std::fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?.take(KEY_BYTES as u64 + 1).read_to_end(&mut bytes)?,
    };
    Ok(bytes.try_into().ok().map(DraftKey))
}

/// Makes a key from `random`, in the place of one that nothing is under.
///
/// # Errors
/// The old one or none is there.
pub(crate) fn make(path: &Path, random: [u8; KEY_BYTES]) -> io::Result<DraftKey> {
    forget(path)?;
    replace_file(path, &random)?;
    Ok(DraftKey(random))
}

/// Overwrites the key and takes it away: what was under it opens no more, wherever a copy of that is.
///
/// # Errors
/// The key may be there still.
pub(crate) fn forget(path: &Path) -> io::Result<()> {
    let mut old = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    old.write_all(&[0; KEY_BYTES])?;
    old.sync_all()?;
    drop(old);
    std::fs::remove_file(path)?;
    sync_parent(path)
}

/// Gives the keys beside the key file `old` to the one that takes over from it.
///
/// # Errors
/// The folder cannot be read, or a file not be renamed.
pub(crate) fn follow(folder: &Path, old: &str, next: &str) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(old));
        if let Some(rest) = rest.filter(|rest| rest.starts_with('.') && rest.ends_with(ENDING)) {
            std::fs::rename(folder.join(&name), folder.join(format!("{next}{rest}")))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_takes_over_has_the_drafts() {
        let folder = tempfile::tempdir().expect("folder");
        let workspace = WorkspaceId([7; 32]);
        let of = |key: &str| path(&folder.path().join(key), &workspace);
        let made = make(&of("old"), [1; 32]).expect("makes");
        let other = make(&of("other"), [2; 32]).expect("makes");
        follow(folder.path(), "old", "next").expect("follows");
        assert_eq!(find(&of("next")).expect("reads"), Some(made));
        assert_eq!(find(&of("old")).expect("looks"), None);
        assert_eq!(find(&of("other")).expect("reads"), Some(other));
    }

    #[test]
    fn a_key_is_made_found_and_gone() {
        let folder = tempfile::tempdir().expect("folder");
        let path = path(&folder.path().join("key"), &WorkspaceId([7; 32]));
        assert_eq!(find(&path).expect("looks"), None);
        forget(&path).expect("nothing to forget");
        let made = make(&path, [1; 32]).expect("makes");
        assert_eq!(find(&path).expect("reads"), Some(made));
        assert_ne!(make(&path, [2; 32]).expect("makes"), made);
        forget(&path).expect("forgets");
        assert!(!path.exists());
        std::fs::write(&path, b"damaged").expect("writes");
        assert_eq!(find(&path).expect("reads"), None);
    }
}
