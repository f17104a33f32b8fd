//! Compiled code, kept between runs of the program in a folder of this user alone.
//!
//! A file is named by the component's hash and by what the engine compiles for, and begins with a hash over both and the
//! code. What does not fit is passed over and compiled anew. Only this program writes here: compiled code is machine
//! code, and loading somebody else's would be running it (docs/adr/0021).

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What the hash of a file is derived for.
const CONTEXT: &str = "jospar 2026 compiled code of plugins v1";

/// What the files are called.
const EXTENSION: &str = "code";

/// Bytes of the hash that a file begins with.
const HASH_BYTES: usize = 32;

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    /// It cannot be made or read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It belongs to another user, or is no folder.
    #[error("not a folder of this user")]
    Foreign,
}

/// Code that this program compiled: the hash of its file was looked at, or it was compiled a moment ago. It begins at
/// this byte.
pub(crate) struct Code(Vec<u8>, usize);

impl Code {
    /// Of what the compiler gave.
    pub(crate) fn compiled(bytes: Vec<u8>) -> Self {
        Self(bytes, 0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.get(self.1..).unwrap_or_default()
    }
}

/// The folder.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    /// What the engine compiles for, 32 hexadecimal digits.
    engine: String,
    bytes_max: u64,
}

impl Cache {
    pub(crate) fn open(folder: &Path, engine: &str, bytes_max: u64) -> Result<Self, FolderError> {
        make_private(folder)?;
        Ok(Self { folder: folder.to_owned(), engine: engine.to_owned(), bytes_max })
    }

    fn path(&self, component: &blake3::Hash) -> PathBuf {
        self.folder.join(format!("{component}-{}.{EXTENSION}", self.engine))
    }

    fn hash(&self, component: &blake3::Hash, code: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(component.as_bytes());
        hasher.update(self.engine.as_bytes());
        hasher.update(code);
        hasher.finalize()
    }

    /// The code of a component, if it was kept and is whole. What is there and is not whole is deleted.
    pub(crate) fn find(&self, component: &blake3::Hash) -> Option<Code> {
        let path = self.path(component);
        if !fs::symlink_metadata(&path).ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(&path).ok()?;
        file.take(self.bytes_max.saturating_add(1)).read_to_end(&mut bytes).ok()?;
        let whole = bytes.split_at_checked(HASH_BYTES).is_some_and(|(hash, code)| {
            // A comparison in constant time, by the type.
            <[u8; HASH_BYTES]>::try_from(hash)
                .is_ok_and(|hash| self.hash(component, code) == blake3::Hash::from_bytes(hash))
        });
        if !whole {
            self.forget(component);
            return None;
        }
        // The time of the last use, for `evict`; code that cannot be marked is only forgotten earlier.
        let touched = fs::File::options().append(true).open(&path);
        drop(touched.and_then(|file| file.set_modified(SystemTime::now())));
        Some(Code(bytes, HASH_BYTES))
    }

    /// Keeps the code of a component. Where that fails, it is compiled again next time.
    pub(crate) fn keep(&self, component: &blake3::Hash, code: &Code) {
        let bytes = code.bytes();
        let length = u64::try_from(bytes.len() + HASH_BYTES).unwrap_or(u64::MAX);
        if length > self.bytes_max {
            return;
        }
        let path = self.path(component);
        // One name for each process: two that compile the same do not write into one file.
        let part = path.with_extension(format!("{}.part", std::process::id()));
        let hash = self.hash(component, bytes);
        let written = write_private(&part, &[hash.as_bytes(), bytes]);
        if written.and_then(|()| fs::rename(&part, &path)).is_err() {
            drop(fs::remove_file(&part));
            return;
        }
        self.evict(&path);
    }

    /// Deletes the code of a component.
    pub(crate) fn forget(&self, component: &blake3::Hash) {
        drop(fs::remove_file(self.path(component)));
    }

    /// Deletes what was used least recently until the rest fits, engines of other versions included, but never `kept`; and
    /// what a process that died left behind.
    fn evict(&self, kept: &Path) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files = Vec::new();
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            let Ok(metadata) = entry.metadata() else { continue };
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(&format!(".{EXTENSION}")) {
                files.push((used, metadata.len(), path));
            } else if is_left_behind(&name, used) {
                drop(fs::remove_file(path));
            }
        }
        files.sort();
        let mut total =
            files.iter().map(|(_, bytes, _)| bytes).fold(0, |a: u64, b| a.saturating_add(*b));
        for (_, bytes, path) in &files {
            if total <= self.bytes_max {
                break;
            }
            if path != kept && fs::remove_file(path).is_ok() {
                total = total.saturating_sub(*bytes);
            }
        }
    }
}

/// A part of a file that nobody has written for a day.
fn is_left_behind(name: &str, written: SystemTime) -> bool {
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    name.ends_with(".part") && written.elapsed().is_ok_and(|age| age > day)
}

#[cfg(unix)]
fn make_private(folder: &Path) -> Result<(), FolderError> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let metadata = fs::symlink_metadata(folder)?;
    if !metadata.is_dir() || metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(FolderError::Foreign);
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> Result<(), FolderError> {
    // Folders in a user's profile are closed to other users.
    fs::create_dir_all(folder)?;
    let is_folder = fs::symlink_metadata(folder)?.is_dir();
    is_folder.then_some(()).ok_or(FolderError::Foreign)
}

fn write_private(path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
