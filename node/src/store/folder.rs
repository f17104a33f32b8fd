//! Files and folders: private permissions, whole or absent writes, the lock, and file systems that SQLite cannot trust.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// The lock's file name in a data folder.
const LOCK_FILE: &str = "store.lock";
/// File systems over a network: their locks and their shared memory are not to be relied on.
const NETWORK_FILE_SYSTEMS: [&str; 11] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb2",
    "smb3",
    "smbfs",
    "afs",
    "ncpfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.gvfsd-fuse",
];

/// The exclusive use of a data folder, for as long as it lives.
#[derive(Debug)]
pub(crate) struct FolderLock {
    /// The operating system gives the lock up when the file is closed, however the process ends.
    _file: File,
}

/// Why the folder could not be locked.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Another process has it, with its number if it can be read.
    InUse(Option<u32>),
    /// The lock file cannot be used.
    Io(io::Error),
}

impl FolderLock {
    /// Takes the lock without waiting.
    pub(crate) fn take(folder: &Path) -> Result<Self, LockError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = private(&mut options).open(folder.join(LOCK_FILE)).map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::InUse(read_pid(&mut file))),
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        write_pid(&mut file).map_err(LockError::Io)?;
        Ok(Self { _file: file })
    }
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// Creates `folder` and its parents, for this user alone where the system knows such rights.
///
/// # Errors
/// What the operating system says.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes files that `options` creates readable by this user alone, where the system knows such rights.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Creates a private file with `bytes`, safe on disk when this returns.
///
/// # Errors
/// `AlreadyExists` if there is such a file: it is left alone.
pub fn create_private_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = private(options.write(true).create_new(true)).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_parent(path)
}

/// Puts `bytes` at `path`, private: after a crash the file holds either what it held before or all of `bytes`.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = beside(path, ".new");
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    create_private_file(&temporary, bytes)?;
    fs::rename(&temporary, path)?;
    sync_parent(path)
}

/// The path with `ending` after its last name.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Makes the names in the folder of `path` safe on disk. Windows has no such call and does not need it for a rename.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(parent) = path.parent() {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        File::open(parent)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The type of the network file system that `folder` lies on, where that can be told (Linux).
pub(crate) fn network_file_system(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    network_mount(&mounts, &folder)
}

/// Finds the mount that `folder` is on in the text of `/proc/self/mounts`; the last of the longest paths counts.
fn network_mount(mounts: &str, folder: &Path) -> Option<String> {
    let mut found: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut fields = line.split(' ');
        let (Some(_), Some(point), Some(kind)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let point = point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
        let length = Path::new(&point).components().count();
        if folder.starts_with(&point) && found.is_none_or(|(longest, _)| length >= longest) {
            found = Some((length, kind));
        }
    }
    let (_, kind) = found?;
    NETWORK_FILE_SYSTEMS.contains(&kind).then(|| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mount_nearest_to_the_folder_decides() {
        let mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/x /home nfs4 rw 0 0\n\
                      /dev/sdb1 /home/local ext4 rw 0 0\n//s/d /mnt/my\\040share cifs rw 0 0\n";
        let on = |folder: &str| network_mount(mounts, Path::new(folder));
        assert_eq!(on("/var/jospar"), None);
        assert_eq!(on("/home/aida/plan").as_deref(), Some("nfs4"));
        assert_eq!(on("/home/local/plan"), None);
        assert_eq!(on("/homes/plan"), None);
        assert_eq!(on("/mnt/my share/plan").as_deref(), Some("cifs"));
    }

    #[test]
    fn a_replaced_file_holds_the_new_bytes_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("file");
        for bytes in [b"a long text".as_slice(), b"short"] {
            replace_file(&path, bytes).expect("replaces");
            assert_eq!(fs::read(&path).expect("reads"), bytes);
        }
        assert_eq!(fs::read_dir(folder.path()).expect("lists").count(), 1);
    }
}
