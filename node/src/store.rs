//! The store: `jospar_core::storage::Storage` on SQLite, one file for many workspaces.
//!
//! A [`Store`] is one data folder, used by one process and owned by one thread. Everything is read and written inside a
//! [`Transaction`], which may touch several workspaces, so that many inputs share one fsync. It decides nothing: what
//! may enter the log is `jospar_core`'s business. Tables: `store/0001.sql`; docs/storage.md.
//!
//! # What is assumed of the disk
//!
//! - **fsync means it.** When it returns, what was written before survives a power cut (`synchronous=FULL`, on macOS
//!   `fullfsync`). A disk that lies about it can lose the newest transactions; it cannot mix them, as long as it keeps
//!   their order.
//! - **Writing a page tears at most that page.** SQLite's log has a checksum per frame: a torn transaction is one that
//!   never happened.
//! - **Locks and shared memory work**, which they do on a disk of this computer. Network file systems are refused.
//! - **Bits rot.** Each envelope, policy entry, snapshot and view has 16 bytes of BLAKE3 beside it, and each version
//!   vector its digest. They are compared at every read: what does not fit is reported as damaged and never passed on.
//!   A snapshot or view that does not fit is absent, for it can be made again. Cursors, settings, own actors and parked
//!   bytes have no such sum: a wrong cursor costs traffic, a parked envelope is read again by admission.
//! - **Nobody else writes the files.** A lock file keeps other processes of this program out, within one computer.
//! - **The folder may be copied or put back.** See [`crate::lease`].

mod backup;
mod error;
pub(crate) mod folder;
mod inspect;
mod rows;
mod salvage;
mod schema;
pub(crate) mod usage;
mod verify;
mod workspace;

use std::io;
use std::path::{Path, PathBuf};

use jospar_core::ids::{Incarnation, WorkspaceId};
use jospar_core::storage::StorageError;
use jospar_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

pub use backup::{
    BackupError, Manifest, RestoreOptions, backup, restore, set_aside, verify_backup,
};
use error::storage_error;
use folder::{FolderLock, LockError};
pub use folder::{create_private_file, create_private_folder};
pub use inspect::{inspect, survey};
pub use salvage::{Repair, RepairError, Salvage, Salvaged, repair, salvage};
pub use schema::FORMAT;
pub use usage::Usage;
pub use verify::{Problem, Report};
pub use workspace::Workspace;

use crate::lease::{Lease, Life, Mark};

/// The name of the SQLite file in a data folder.
pub const STORE_FILE: &str = "store.db";

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Let SQLite look at the structure of the whole file first: some 0.5 ms per MB.
    pub quick_check: bool,
    /// The lease file, beside the device key. Without one the store can be looked at, checked and filled, but own actors
    /// are neither read nor written.
    pub lease: Option<PathBuf>,
    /// The name of a file system that was registered with SQLite, in place of the operating system's. Tests give the
    /// store a disk that fails.
    pub vfs: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { quick_check: true, lease: None, vfs: None }
    }
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it: attach to that one.
    #[error("the data folder is in use by another process{}", .pid.map(|pid| format!(" ({pid})")).unwrap_or_default())]
    InUse {
        /// The process, if it can be told.
        pid: Option<u32>,
    },
    /// The folder lies on another computer: choose one on this computer's own disk.
    #[error("the data folder is on a network file system ({kind}), which cannot keep a store safe")]
    Network {
        /// The type of file system, as the operating system names it.
        kind: String,
    },
    /// A newer version of this program made it: update.
    #[error("the store has format {found}; this program knows formats up to {supported}")]
    Newer {
        /// The store's format.
        found: i32,
        /// The newest format this program knows.
        supported: i32,
    },
    /// The file is something else.
    #[error("{STORE_FILE} is not a store of this program")]
    NotAStore,
    /// What is on disk is not what was put there: restore a backup, or set the folder aside and fetch the plan again
    /// from the server or another device.
    #[error(
        "the store is damaged: {0}; restore a backup, or set the store aside and fetch the plan from a peer again"
    )]
    Damaged(String),
    /// The process ended while it put a backup in place of the store: restore again.
    #[error("a restore did not finish; run it again")]
    RestoreUnfinished,
    /// The disk is full: make room and open again. Without a lease the store may still open, to be looked at.
    #[error("the disk is full")]
    Full,
    /// SQLite failed in another way.
    #[error("the store failed: {0}")]
    Failed(String),
    /// A file or folder cannot be used.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<StorageError> for OpenError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full => Self::Full,
            StorageError::Damaged(what) => Self::Damaged(what),
            StorageError::Failed(what) => Self::Failed(what),
        }
    }
}

impl OpenError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull => Self::Full,
            _ => Self::Io { path, source },
        }
    }
}

/// One data folder's store, open.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    folder: PathBuf,
    mark: Mark,
    lease: Option<PathBuf>,
    life: Option<Life>,
    /// Given up last: the fields are dropped in this order.
    _lock: FolderLock,
}

/// What was asked of a store between two commits. Dropping it keeps nothing.
#[derive(Debug)]
pub struct Transaction<'store> {
    inner: rusqlite::Transaction<'store>,
    incarnation: Incarnation,
    leased: bool,
}

impl Store {
    /// Opens the store in `folder`, or makes one there, private to this user.
    ///
    /// # Errors
    /// [`OpenError`]: each variant says what the user can do.
    pub fn open(folder: &Path, options: &Options) -> Result<Self, OpenError> {
        let lock = lock_folder(folder)?;
        let path = folder.join(STORE_FILE);
        if !path.exists() && folder.join(backup::RESTORING_FILE).exists() {
            return Err(OpenError::RestoreUnfinished);
        }
        match create_private_file(&path, &[]) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => created.map_err(OpenError::io(&path))?,
        }
        let connection = schema::open(&path, options.vfs.as_deref())?;
        if options.quick_check
            && let Some(problem) = schema::quick_check(&connection, 1)?.into_iter().next()
        {
            return Err(OpenError::Damaged(problem));
        }
        let mark = load_mark(&connection)?;
        let folder = folder.to_owned();
        let mut store = Self { connection, folder, mark, lease: None, life: None, _lock: lock };
        if let Some(lease) = &options.lease {
            store.take_lease(lease)?;
        }
        Ok(store)
    }

    /// Closes the store so that its actors go on at the next opening. Dropping a store tries the same.
    ///
    /// # Errors
    /// [`OpenError`]: nothing is lost, but the next opening begins a new life.
    pub fn close(mut self) -> Result<(), OpenError> {
        self.give_lease_back()
    }

    /// This life of the store.
    #[must_use]
    pub const fn incarnation(&self) -> Incarnation {
        self.mark.incarnation
    }

    /// How the store came to life, or `None` if it was opened without a lease.
    #[must_use]
    pub const fn life(&self) -> Option<Life> {
        self.life
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn begin(&mut self) -> Result<Transaction<'_>, StorageError> {
        let (incarnation, leased) = (self.mark.incarnation, self.lease.is_some());
        let inner = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(storage_error)?;
        Ok(Transaction { inner, incarnation, leased })
    }

    /// The workspaces, in the order of their ids.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn workspaces(&self) -> Result<Vec<WorkspaceId>, StorageError> {
        load_workspaces(&self.connection)
    }

    /// Reads everything again and checks it: signatures, sums, hashes, vectors, the index, SQLite's structure.
    ///
    /// Takes some 0.1 ms per envelope. What cannot be read is reported, and the rest is still checked.
    ///
    /// # Errors
    /// [`StorageError::Failed`] if the disk cannot be read at all.
    pub fn verify(&self) -> Result<Report, StorageError> {
        verify::verify(&self.connection)
    }

    /// Makes a backup at `to`; see [`backup`].
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn backup(&self, to: &Path) -> Result<Manifest, BackupError> {
        backup(&self.folder, to)
    }

    /// Writes a row, commits it, and reads it back: what a healthy store can do.
    ///
    /// # Errors
    /// [`StorageError`]; [`StorageError::Damaged`] if something else comes back.
    pub fn probe(&mut self) -> Result<(), StorageError> {
        let canary = random()?;
        let sql = "INSERT INTO meta (name, value) VALUES ('canary', ?1)
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        let transaction = self.begin()?;
        transaction.inner.execute(sql, [canary]).map_err(storage_error)?;
        transaction.commit()?;
        let found: [u8; 16] = self
            .connection
            .query_row("SELECT value FROM meta WHERE name = 'canary'", [], |row| row.get(0))
            .map_err(storage_error)?;
        if found == canary {
            return Ok(());
        }
        Err(StorageError::Damaged("what was written did not come back".to_owned()))
    }

    /// Folds SQLite's log into the file and empties it: after something was deleted for good.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn checkpoint(&self) -> Result<(), StorageError> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(storage_error)
    }

    /// Takes what was deleted out of the files for good: out of pages and out of SQLite's log.
    ///
    /// Deleted rows are overwritten where they stood (`secure_delete`); `rewrite` also writes the whole file anew, for
    /// what an older layout of a page may have left beside them. That takes as long as copying the file, and its size in
    /// memory.
    ///
    /// # Errors
    /// [`StorageError`]: do it again.
    pub fn purge(&self, rewrite: bool) -> Result<(), StorageError> {
        if rewrite {
            self.connection.execute_batch("VACUUM").map_err(storage_error)?;
        }
        self.checkpoint()
    }

    fn take_lease(&mut self, path: &Path) -> Result<(), OpenError> {
        let lease = Lease::load(path).map_err(OpenError::io(path))?;
        let life = Life::judge(self.mark, lease);
        if life.is_new() {
            self.mark = Mark { incarnation: Incarnation(random()?), counter: 0 };
        }
        self.count_up(life.is_new())?;
        let lease = Lease { mark: self.mark, closed: false };
        lease.save(path).map_err(OpenError::io(path))?;
        self.lease = Some(path.to_owned());
        self.life = Some(life);
        Ok(())
    }

    fn give_lease_back(&mut self) -> Result<(), OpenError> {
        let Some(path) = self.lease.take() else { return Ok(()) };
        self.count_up(false)?;
        let lease = Lease { mark: self.mark, closed: true };
        lease.save(&path).map_err(OpenError::io(&path))
    }

    fn count_up(&mut self, forget_own_actors: bool) -> Result<(), StorageError> {
        let mark =
            Mark { incarnation: self.mark.incarnation, counter: self.mark.counter.wrapping_add(1) };
        let tx = self.begin()?;
        if forget_own_actors {
            tx.inner.execute("DELETE FROM own_actors", []).map_err(storage_error)?;
        }
        save_mark(&tx.inner, mark)?;
        tx.commit()?;
        self.mark = mark;
        Ok(())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // A failure here costs new actors at the next opening and nothing else.
        let _ = self.give_lease_back();
    }
}

impl Transaction<'_> {
    /// One workspace's part of the store.
    ///
    /// # Errors
    /// [`StorageError::Failed`] if there is no such workspace.
    pub fn workspace(&self, id: WorkspaceId) -> Result<Workspace<'_>, StorageError> {
        let number = self
            .workspace_number(id)?
            .ok_or_else(|| StorageError::Failed(format!("workspace {id} is not in the store")))?;
        Ok(Workspace::new(&self.inner, number, self.incarnation, self.leased))
    }

    fn workspace_number(&self, id: WorkspaceId) -> Result<Option<i64>, StorageError> {
        // The index says which row, and the row whether it is that one.
        let found: Option<(i64, Option<[u8; 32]>)> = self
            .inner
            .prepare_cached(
                "SELECT i.number, w.id FROM workspaces i LEFT JOIN workspaces w ON w.number = i.number
                 WHERE i.id = ?1",
            )
            .and_then(|mut statement| {
                statement.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()
            })
            .map_err(storage_error)?;
        match found {
            Some((_, kept)) if kept != Some(id.0) => Err(StorageError::Damaged(format!(
                "the index of workspaces leads from {id} to another"
            ))),
            found => Ok(found.map(|(number, _)| number)),
        }
    }

    /// Makes an empty workspace, unless there is one of that id.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn create_workspace(&self, id: WorkspaceId) -> Result<Workspace<'_>, StorageError> {
        check_alive(&self.inner)?;
        self.inner
            .prepare_cached("INSERT INTO workspaces (id) VALUES (?1) ON CONFLICT DO NOTHING")
            .and_then(|mut statement| statement.execute([id.0]))
            .map_err(storage_error)?;
        self.workspace(id)
    }

    /// Removes a workspace and all it holds; the bytes are overwritten. Says whether there was one.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn forget_workspace(&self, id: WorkspaceId) -> Result<bool, StorageError> {
        check_alive(&self.inner)?;
        let Some(number) = self.workspace_number(id)? else { return Ok(false) };
        let count = self
            .inner
            .execute("DELETE FROM workspaces WHERE number = ?1", [number])
            .map_err(storage_error)?;
        Ok(count > 0)
    }

    /// The workspaces, in the order of their ids.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn workspaces(&self) -> Result<Vec<WorkspaceId>, StorageError> {
        load_workspaces(&self.inner)
    }

    /// How many envelopes of all workspaces wait for something missing, and their bytes.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn parked(&self) -> Result<(u64, u64), StorageError> {
        usage::parked(&self.inner)
    }

    /// Drops what peers sent before `before` and still waits. Says how many envelopes that were.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn expire_parked(&self, before: Timestamp) -> Result<usize, StorageError> {
        check_alive(&self.inner)?;
        usage::expire_parked(&self.inner, before.0)
    }

    /// Sets a mark that [`Transaction::undo`] goes back to. One at a time.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn mark(&self) -> Result<(), StorageError> {
        self.inner.execute_batch("SAVEPOINT mark").map_err(storage_error)
    }

    /// Keeps what was written since the mark, as part of the transaction.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn keep(&self) -> Result<(), StorageError> {
        check_alive(&self.inner)?;
        self.inner.execute_batch("RELEASE mark").map_err(storage_error)
    }

    /// Undoes what was written since the mark.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn undo(&self) -> Result<(), StorageError> {
        check_alive(&self.inner)?;
        self.inner.execute_batch("ROLLBACK TO mark; RELEASE mark").map_err(storage_error)
    }

    /// Keeps everything that was written; it is on disk when this returns.
    ///
    /// # Errors
    /// [`StorageError`]: nothing was kept.
    pub fn commit(self) -> Result<(), StorageError> {
        check_alive(&self.inner)?;
        self.inner.commit().map_err(storage_error)
    }
}

/// SQLite ends a transaction by itself when the disk is full: a write after that would be kept without a commit.
fn check_alive(connection: &Connection) -> Result<(), StorageError> {
    if connection.is_autocommit() {
        return Err(StorageError::Failed("the transaction was given up before".to_owned()));
    }
    Ok(())
}

fn lock_folder(folder: &Path) -> Result<FolderLock, OpenError> {
    create_private_folder(folder).map_err(OpenError::io(folder))?;
    if let Some(kind) = folder::network_file_system(folder) {
        return Err(OpenError::Network { kind });
    }
    FolderLock::take(folder).map_err(|error| match error {
        LockError::InUse(pid) => OpenError::InUse { pid },
        LockError::Io(source) => OpenError::io(folder)(source),
    })
}

fn load_workspaces(connection: &Connection) -> Result<Vec<WorkspaceId>, StorageError> {
    connection
        .prepare_cached("SELECT id FROM workspaces ORDER BY id")
        .and_then(|mut statement| {
            statement.query_map([], |row| row.get(0).map(WorkspaceId))?.collect()
        })
        .map_err(storage_error)
}

fn load_mark(connection: &Connection) -> Result<Mark, StorageError> {
    let incarnation = connection
        .query_row("SELECT value FROM meta WHERE name = 'incarnation'", [], |row| row.get(0))
        .optional()
        .map_err(storage_error)?
        .ok_or_else(|| StorageError::Damaged("the incarnation is missing".to_owned()))?;
    let counter: Option<[u8; 8]> = connection
        .query_row("SELECT value FROM meta WHERE name = 'lease'", [], |row| row.get(0))
        .optional()
        .map_err(storage_error)?;
    let counter = counter.map_or(0, u64::from_be_bytes);
    Ok(Mark { incarnation: Incarnation(incarnation), counter })
}

fn save_mark(connection: &Connection, mark: Mark) -> Result<(), StorageError> {
    let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    connection
        .execute(sql, params!["incarnation", mark.incarnation.0])
        .and_then(|_| connection.execute(sql, params!["lease", mark.counter.to_be_bytes()]))
        .map_err(storage_error)?;
    Ok(())
}

fn random() -> Result<[u8; 16], StorageError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| StorageError::Failed(format!("no random bytes: {error}")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
