//! One small SQLite file on this device, for this user alone: what was spent, what waits, what came back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::LlmError;
use crate::files;

/// The file in the folder of the settings.
pub const STORE_FILE: &str = "llm.db";

const VERSION: i64 = 1;
const BUSY: Duration = Duration::from_secs(5);
const SCHEMA: &str = "
    CREATE TABLE spent (month TEXT PRIMARY KEY, tokens INTEGER NOT NULL) STRICT;
    CREATE TABLE held (id INTEGER PRIMARY KEY, month TEXT NOT NULL, tokens INTEGER NOT NULL) STRICT;
    CREATE TABLE waiting (id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, request TEXT NOT NULL) STRICT;
    CREATE TABLE reply (id INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL) STRICT;
";

/// The open file. Several processes may have it open.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens the file in `folder`, or makes it.
    ///
    /// # Errors
    /// [`LlmError::Exposed`], [`LlmError::Damaged`] (also for a file of a newer version), [`LlmError::File`].
    pub fn open(folder: &Path) -> Result<Self, LlmError> {
        files::create_private_folder(folder)?;
        let path = folder.join(STORE_FILE);
        files::ensure_private_file(&path)?;
        let connection = Connection::open(&path).map_err(|error| store_error(&path, &error))?;
        let mut store = Self { connection, path };
        store.prepare()?;
        Ok(store)
    }

    fn prepare(&mut self) -> Result<(), LlmError> {
        let settings = self.connection.busy_timeout(BUSY).and_then(|()| {
            self.connection.pragma_update(None, "secure_delete", "ON")?;
            self.connection.pragma_update(None, "synchronous", "FULL")
        });
        settings.map_err(|error| store_error(&self.path, &error))?;
        let path = self.path.clone();
        self.change(|tx| {
            let version: i64 = tx.query_row("PRAGMA user_version", (), |row| row.get(0))?;
            match version {
                0 => {
                    tx.execute_batch(SCHEMA)?;
                    tx.pragma_update(None, "user_version", VERSION)?;
                    Ok(Ok(()))
                }
                VERSION => Ok(Ok(())),
                _ => Ok(Err(LlmError::Damaged { path })),
            }
        })?
    }

    /// Does `work` whole or not at all, alone among all who have the file open.
    pub(crate) fn change<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, LlmError> {
        let path = &self.path;
        let done = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|tx| {
                let done = work(&tx)?;
                tx.commit()?;
                Ok(done)
            });
        done.map_err(|error| store_error(path, &error))
    }

    /// Reads.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LlmError> {
        work(&self.connection).map_err(|error| store_error(&self.path, &error))
    }

    pub(crate) fn damaged(&self) -> LlmError {
        LlmError::Damaged { path: self.path.clone() }
    }
}

fn store_error(path: &Path, error: &rusqlite::Error) -> LlmError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => LlmError::Damaged { path },
        _ => LlmError::File { path, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    #[test]
    fn a_file_that_is_no_store_or_a_newer_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(STORE_FILE);
        drop(Store::open(folder.path()).unwrap());
        let store = Store::open(folder.path()).unwrap();
        store.connection.pragma_update(None, "user_version", 2).unwrap();
        drop(store);
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(Store::open(folder.path()).unwrap_err().key(), "error-llm-damaged");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        std::fs::write(&path, vec![7; 4_096]).unwrap();
        assert_eq!(Store::open(folder.path()).unwrap_err().key(), "error-llm-damaged");
    }

    #[cfg(unix)]
    #[test]
    fn the_store_is_for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(STORE_FILE);
        drop(Store::open(folder.path()).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(Store::open(folder.path()).unwrap_err().key(), "error-llm-exposed");
    }
}
