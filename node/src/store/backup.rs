//! Backup and restore.
//!
//! A backup is two files: a copy of the store, compacted, and beside it a [`Manifest`] that says what the copy holds and
//! its BLAKE3. The manifest is written last: a copy without one is a backup that did not finish. A restored store is
//! never the store that the backup was made of: it begins a new life (see [`crate::lease`]).

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jospar_core::ids::Incarnation;
use jospar_core::storage::StorageError;
use serde::{Deserialize, Serialize};

use super::error::storage_error;
use super::folder::{beside, create_private_file, private, replace_file, sync_parent};
use super::{Mark, OpenError, Report, STORE_FILE, lock_folder, random, save_mark, schema, verify};

/// The name that a restored store has until it is whole.
pub(crate) const RESTORING_FILE: &str = "store.db.restoring";
/// What the first field of a manifest says.
const MANIFEST_FORMAT: &str = "jospar-backup/1";
const MANIFEST_BYTES_MAX: u64 = 64 * 1024;
/// How many stores may lie aside in one folder.
const SET_ASIDE_MAX: u32 = 1_000;

/// What a backup holds: the JSON file beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `jospar-backup/1`.
    pub format: String,
    /// The version of the program that made it.
    pub program: String,
    /// The life of the store that it is a copy of, in hexadecimal.
    pub incarnation: String,
    /// Workspaces.
    pub workspaces: u64,
    /// Documents that have a log.
    pub documents: u64,
    /// Envelopes and packs.
    pub envelopes: u64,
    /// Changes, each counted once.
    pub changes: u64,
    /// Policy entries.
    pub policy_entries: u64,
    /// The size of the copy in bytes.
    pub file_bytes: u64,
    /// The BLAKE3 hash of the copy, in hexadecimal.
    pub blake3: String,
}

/// How a backup is restored.
#[derive(Debug, Clone, Copy, Default)]
pub struct RestoreOptions {
    /// Put the backup in the place of a store that has content; that store is set aside, not removed.
    pub replace: bool,
}

/// Why there is no backup or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file where the backup or its manifest would go: choose another name.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// The folder has a store with content: restore elsewhere, or ask for it to be replaced.
    #[error("the data folder has a store with content already")]
    NotEmpty,
    /// The manifest is missing or cannot be read: the backup did not finish.
    #[error("{0} is missing or is not the manifest of a backup")]
    Manifest(PathBuf),
    /// The copy is not the one that the manifest was written for.
    #[error("the backup is not what its manifest says; use another one")]
    Mismatch,
    /// The copy is not sound; for a backup this means that the store itself is not.
    #[error("the copy is damaged: {}", .0.problems.first().map(ToString::to_string).unwrap_or_default())]
    Unsound(Box<Report>),
    /// The store or the copy cannot be opened, or the disk failed.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl From<StorageError> for BackupError {
    fn from(error: StorageError) -> Self {
        Self::Open(error.into())
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let io = OpenError::io(path);
    |error| io(error).into()
}

/// Copies the store in `folder` to `to` as it is at one moment, checks the copy, and writes `to` + `.json`.
///
/// The store may be open and written to meanwhile, by this process or another: the copy is made through a connection of
/// its own, which keeps nobody waiting.
///
/// # Errors
/// [`BackupError`]; nothing is left at `to`.
pub fn backup(folder: &Path, to: &Path) -> Result<Manifest, BackupError> {
    let manifest_path = beside(to, ".json");
    for path in [to, &manifest_path] {
        if path.exists() {
            return Err(BackupError::Exists(path.to_owned()));
        }
    }
    let partial = beside(to, ".partial");
    remove_if_there(&partial).map_err(failed(&partial))?;
    let made = copy_and_check(&folder.join(STORE_FILE), &partial).and_then(|manifest| {
        fs::rename(&partial, to).map_err(failed(to))?;
        sync_parent(to).map_err(failed(to))?;
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| failed(&manifest_path)(io::Error::other(error)))?;
        replace_file(&manifest_path, &text).map_err(failed(&manifest_path))?;
        Ok(manifest)
    });
    if made.is_err() {
        let _ = remove_if_there(&partial);
    }
    made
}

fn copy_and_check(store: &Path, partial: &Path) -> Result<Manifest, BackupError> {
    create_private_file(partial, &[]).map_err(failed(partial))?;
    let target = partial
        .to_str()
        .ok_or_else(|| failed(partial)(io::Error::other("the path is not Unicode")))?;
    let connection = schema::open_read_only(store)?;
    connection.execute("VACUUM INTO ?1", [target]).map_err(storage_error)?;
    drop(connection);
    File::options()
        .write(true)
        .open(partial)
        .and_then(|file| file.sync_all())
        .map_err(failed(partial))?;
    let connection = schema::open_read_only(partial)?;
    let report = verify::verify(&connection)?;
    let incarnation = super::load_mark(&connection)?.incarnation;
    drop(connection);
    if !report.is_clean() {
        return Err(BackupError::Unsound(Box::new(report)));
    }
    let (file_bytes, hash) = hash_file(partial, &mut io::sink()).map_err(failed(partial))?;
    Ok(Manifest {
        format: MANIFEST_FORMAT.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        incarnation: incarnation.to_string(),
        workspaces: report.workspaces,
        documents: report.documents,
        envelopes: report.envelopes,
        changes: report.changes,
        policy_entries: report.policy_entries,
        file_bytes,
        blake3: hash,
    })
}

/// Checks that the backup `from` is whole and sound: its size and BLAKE3 are those of its manifest, every signature and
/// sum in it holds, and it has as much as the manifest says. Nothing is written.
///
/// # Errors
/// [`BackupError`].
pub fn verify_backup(from: &Path) -> Result<Manifest, BackupError> {
    let manifest = load_manifest(from)?;
    let (bytes, hash) = hash_file(from, &mut io::sink()).map_err(failed(from))?;
    if (bytes, &hash) != (manifest.file_bytes, &manifest.blake3) {
        return Err(BackupError::Mismatch);
    }
    compare(&manifest, super::inspect::inspect_file(from)?)?;
    Ok(manifest)
}

/// Compares what was found in a copy with what its manifest says.
fn compare(manifest: &Manifest, report: Report) -> Result<(), BackupError> {
    if !report.is_clean() {
        return Err(BackupError::Unsound(Box::new(report)));
    }
    let counts = (report.workspaces, report.documents, report.envelopes, report.changes);
    if counts != (manifest.workspaces, manifest.documents, manifest.envelopes, manifest.changes) {
        return Err(BackupError::Mismatch);
    }
    Ok(())
}

/// Puts the backup `from` into `folder`, after checking that it is whole, and gives it a new life.
///
/// # Errors
/// [`BackupError`]; a store that was in the folder is still there or, at worst, set aside.
pub fn restore(
    from: &Path,
    folder: &Path,
    options: RestoreOptions,
) -> Result<Manifest, BackupError> {
    let manifest = load_manifest(from)?;
    let _lock = lock_folder(folder)?;
    let store = folder.join(STORE_FILE);
    let occupied = has_content(&store);
    if occupied && !options.replace {
        return Err(BackupError::NotEmpty);
    }
    let restoring = folder.join(RESTORING_FILE);
    remove_store(&restoring).map_err(failed(&restoring))?;
    copy_checked(from, &restoring, &manifest)?;
    begin_new_life(&restoring, &manifest)?;
    if occupied {
        rename_aside(folder, "replaced").map_err(failed(&store))?;
    } else {
        remove_store(&store).map_err(failed(&store))?;
    }
    // From here to the next rename there is no store in the folder; `Store::open` sees this file and does not make one.
    fs::rename(&restoring, &store).map_err(failed(&store))?;
    sync_parent(&store).map_err(failed(&store))?;
    Ok(manifest)
}

/// Moves the store in `folder` out of the way, so that the next opening makes an empty one, and says where it is.
///
/// # Errors
/// [`OpenError::InUse`] while a process has it, [`OpenError::Io`].
pub fn set_aside(folder: &Path) -> Result<PathBuf, OpenError> {
    let _lock = lock_folder(folder)?;
    rename_aside(folder, "damaged").map_err(OpenError::io(folder))
}

fn load_manifest(from: &Path) -> Result<Manifest, BackupError> {
    let path = beside(from, ".json");
    let mut text = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(MANIFEST_BYTES_MAX).read_to_end(&mut text))
        .ok()
        .and_then(|_| serde_json::from_slice::<Manifest>(&text).ok())
        .filter(|manifest| manifest.format == MANIFEST_FORMAT)
        .ok_or(BackupError::Manifest(path))
}

/// A store that cannot be read counts as one with content.
fn has_content(store: &Path) -> bool {
    match fs::metadata(store) {
        Err(error) => error.kind() != io::ErrorKind::NotFound,
        Ok(file) if file.len() == 0 => false,
        Ok(_) => schema::open_read_only(store)
            .and_then(|connection| Ok(super::load_workspaces(&connection)?))
            .map_or(true, |workspaces| !workspaces.is_empty()),
    }
}

fn copy_checked(from: &Path, to: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    let mut options = File::options();
    let mut target = private(options.write(true).create_new(true)).open(to).map_err(failed(to))?;
    let (bytes, hash) = hash_file(from, &mut target).map_err(failed(from))?;
    target.sync_all().map_err(failed(to))?;
    if (bytes, &hash) != (manifest.file_bytes, &manifest.blake3) {
        return Err(BackupError::Mismatch);
    }
    Ok(())
}

fn begin_new_life(copy: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    let mut connection = schema::open(copy, None)?;
    compare(manifest, verify::verify(&connection)?)?;
    let mark = Mark { incarnation: Incarnation(random()?), counter: 0 };
    let tx = connection.transaction().map_err(storage_error)?;
    tx.execute("DELETE FROM own_actors", []).map_err(storage_error)?;
    save_mark(&tx, mark)?;
    tx.commit().map_err(storage_error)?;
    // Closing the only connection folds SQLite's log into the file and removes it, so that one rename moves all.
    connection.close().map_err(|(_, error)| storage_error(error))?;
    File::options().write(true).open(copy).and_then(|file| file.sync_all()).map_err(failed(copy))
}

/// Copies `from` into `to` and says how many bytes they were and what their BLAKE3 is.
fn hash_file(from: &Path, to: &mut impl io::Write) -> io::Result<(u64, String)> {
    let mut file = File::open(from)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    loop {
        let count = file.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { break };
        hasher.update(read);
        to.write_all(read)?;
        total += read.len() as u64;
    }
    Ok((total, hasher.finalize().to_hex().to_string()))
}

/// Renames the store's files to the first free `store.<why>-<n>.db`; SQLite's log keeps its ending and goes along.
pub(super) fn rename_aside(folder: &Path, why: &str) -> io::Result<PathBuf> {
    let free = (1..=SET_ASIDE_MAX)
        .map(|number| folder.join(format!("store.{why}-{number}.db")))
        .find(|path| !path.exists())
        .ok_or_else(|| io::Error::other("too many stores are set aside in this folder"))?;
    let store = folder.join(STORE_FILE);
    // The store file first: a crash in between leaves a log without its file, which SQLite removes, and the file that was
    // set aside lacks at most what was not folded into it. The other way round an older store would pass as this one.
    for ending in ["", "-wal"] {
        match fs::rename(beside(&store, ending), beside(&free, ending)) {
            Err(error) if ending == "-wal" && error.kind() == io::ErrorKind::NotFound => {}
            renamed => renamed?,
        }
    }
    remove_if_there(&beside(&store, "-shm"))?;
    sync_parent(&store)?;
    Ok(free)
}

pub(super) fn remove_store(store: &Path) -> io::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        remove_if_there(&beside(store, ending))?;
    }
    Ok(())
}

pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
