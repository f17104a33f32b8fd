//! Small files for this user alone: whole or absent writes, and a look at who may read them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::LlmError;

/// Creates `folder` and its parents, for this user alone where the system knows such rights.
pub(crate) fn create_private_folder(folder: &Path) -> Result<(), LlmError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(file_error(folder))
}

/// Makes sure that there is a file at `path` that this user alone may read, and changes nothing in one that is there.
pub(crate) fn ensure_private_file(path: &Path) -> Result<(), LlmError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = private(&mut options).open(path).map_err(file_error(path))?;
    check_private(&file, path)
}

/// Puts `bytes` at `path`: after a crash the file holds either what it held before or all of `bytes`.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), LlmError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let temporary = PathBuf::from(name);
    let write = || -> io::Result<()> {
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        let mut file = private(options.write(true).create_new(true)).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(file_error(path))
}

/// The bytes of the file at `path`, or `None` if there is none.
///
/// # Errors
/// [`LlmError::Exposed`] if others may read it, [`LlmError::Damaged`] if it has more than `bytes_max`, [`LlmError::File`].
pub(crate) fn read(path: &Path, bytes_max: u64) -> Result<Option<Vec<u8>>, LlmError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(file_error(path))?,
    };
    check_private(&file, path)?;
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(file_error(path))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > bytes_max) {
        return Err(LlmError::Damaged { path: path.to_owned() });
    }
    Ok(Some(bytes))
}

/// Removes the file at `path` if there is one.
pub(crate) fn remove(path: &Path) -> Result<(), LlmError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(file_error(path)(error)),
        _ => Ok(()),
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// The rights are those of the file that is open, so they cannot change between the look and the reading.
fn check_private(file: &File, path: &Path) -> Result<(), LlmError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(file_error(path))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(LlmError::Exposed { path: path.to_owned() });
        }
    }
    #[cfg(not(unix))]
    let _ = (file, path);
    Ok(())
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> LlmError + use<> {
    let path = path.to_owned();
    move |error| LlmError::File { path, reason: error.to_string() }
}
