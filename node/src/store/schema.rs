//! Opens the SQLite file: settings of the connection, the file's format number, migrations.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use jospar_core::storage::StorageError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::OpenError;
use super::error::storage_error;
use super::folder::{beside, create_private_file, sync_parent};

/// "jspr": what SQLite's header says of whose file this is.
pub(crate) const APPLICATION_ID: i32 = 0x6a73_7072;
/// The steps from an empty file to the newest format; step `n` leads to format `n + 1`.
const MIGRATIONS: [&str; 3] =
    [include_str!("0001.sql"), include_str!("0002.sql"), include_str!("0003.sql")];
/// The newest format this program knows.
pub const FORMAT: i32 = MIGRATIONS.len() as i32;

const STATEMENTS_KEPT: usize = 96;

/// Opens the file for reading and writing and brings it to the newest format.
pub(crate) fn open(path: &Path, vfs: Option<&str>) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(path, flags, vfs)?;
    check_format(&connection)?;
    set_up(&connection).map_err(storage_error)?;
    migrate(&mut connection, path, &MIGRATIONS)?;
    Ok(connection)
}

/// Opens the file for reading alone, as it is; it may be in use by another connection.
pub(crate) fn open_read_only(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags, None)?;
    match check_format(&connection)? {
        0 => Err(OpenError::NotAStore),
        _ => Ok(connection),
    }
}

/// Opens a file for reading alone whose header may not be readable.
pub(crate) fn open_unchecked(path: &Path) -> Result<Connection, StorageError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    connect(path, flags, None)
}

fn connect(path: &Path, flags: OpenFlags, vfs: Option<&str>) -> Result<Connection, StorageError> {
    let opened = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs),
        None => Connection::open_with_flags(path, flags),
    };
    let connection = opened.map_err(storage_error)?;
    connection
        .execute_batch(
            "PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
             PRAGMA foreign_keys = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;",
        )
        .map_err(storage_error)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(storage_error)?;
    // Without this a statement that compares with a parameter is compiled anew whenever the parameter changes (the
    // bundled SQLite has STAT4): a seventh of the time of a live edit.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(storage_error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(rusqlite::Error::InvalidPath(mode.into()));
    }
    // 1000 pages are 4 MB of log, folded into the file by the commit that passes it.
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 1000;
         PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -8192;",
    )?;
    #[cfg(target_os = "macos")]
    connection.execute_batch("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;")?;
    Ok(())
}

/// The file's format, 0 for a file that holds nothing yet.
fn check_format(connection: &Connection) -> Result<i32, OpenError> {
    let number = |name: &str| {
        connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).map_err(storage_error)
    };
    let (application, format) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
        .map_err(storage_error)?;
    match (application, format, tables) {
        (0, 0, 0) => Ok(0),
        (APPLICATION_ID, format, _) if format > FORMAT => {
            Err(OpenError::Newer { found: format, supported: FORMAT })
        }
        (APPLICATION_ID, 1.., 1..) => Ok(format),
        _ => Err(OpenError::NotAStore),
    }
}

/// Each step is one transaction that ends with the number of the format it made; an empty file gets all of them in one. A
/// store that has content is copied first, so that the version of the program that made it can open it again.
fn migrate(connection: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), OpenError> {
    let format = check_format(connection)?;
    let done = usize::try_from(format).unwrap_or(0);
    if (1..steps.len()).contains(&done) {
        keep_copy(connection, path, format)?;
    }
    if done == 0 && !steps.is_empty() {
        let incarnation = super::random()?;
        let last = steps.len() - 1;
        return Ok(run_step(connection, last, &steps.concat(), incarnation).map_err(storage_error)?);
    }
    for (step, sql) in steps.iter().enumerate().skip(done) {
        let incarnation = super::random()?;
        run_step(connection, step, sql, incarnation).map_err(storage_error)?;
    }
    Ok(())
}

/// Copies the store to `store.format-<n>.db` beside it, unless that is there from an earlier try.
fn keep_copy(connection: &Connection, path: &Path, format: i32) -> Result<(), OpenError> {
    let copy = path.with_file_name(format!("store.format-{format}.db"));
    if copy.exists() {
        return Ok(());
    }
    let partial = beside(&copy, ".partial");
    let failed = |error| OpenError::io(&partial)(error);
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    create_private_file(&partial, &[]).map_err(failed)?;
    let target = partial.to_str().ok_or_else(|| failed(ErrorKind::InvalidFilename.into()))?;
    connection.execute("VACUUM INTO ?1", [target]).map_err(storage_error)?;
    if let Some(problem) = quick_check(&open_unchecked(&partial)?, 1)?.into_iter().next() {
        return Err(OpenError::Damaged(problem));
    }
    let synced = File::options().write(true).open(&partial).and_then(|file| file.sync_all());
    synced.and_then(|()| std::fs::rename(&partial, &copy)).map_err(failed)?;
    sync_parent(&copy).map_err(failed)
}

fn run_step(
    connection: &mut Connection,
    step: usize,
    sql: &str,
    incarnation: [u8; 16],
) -> rusqlite::Result<()> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(sql)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", step as i32 + 1)?;
    tx.execute(
        "INSERT INTO meta (name, value) VALUES ('incarnation', ?1) ON CONFLICT DO NOTHING",
        [incarnation],
    )?;
    tx.commit()
}

/// What SQLite finds wrong with the structure of the file, at most `problems_max` sentences.
pub(crate) fn quick_check(
    connection: &Connection,
    problems_max: u32,
) -> Result<Vec<String>, StorageError> {
    check(connection, "quick_check", problems_max)
}

/// As [`quick_check`], and whether each index says what its table does. Takes longer.
pub(crate) fn full_check(
    connection: &Connection,
    problems_max: u32,
) -> Result<Vec<String>, StorageError> {
    check(connection, "integrity_check", problems_max)
}

fn check(
    connection: &Connection,
    pragma: &str,
    problems_max: u32,
) -> Result<Vec<String>, StorageError> {
    let sql = format!("PRAGMA {pragma}({problems_max})");
    let mut statement = connection.prepare(&sql).map_err(storage_error)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(storage_error)?;
    let mut problems = Vec::new();
    for row in rows {
        match row {
            Ok(text) if text == "ok" => {}
            Ok(text) => problems.push(text),
            Err(error) => {
                problems.push(error.to_string());
                break;
            }
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    #[test]
    fn f14_a_migration_keeps_the_old_store_and_happens_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        create_private_file(&path, &[]).unwrap();
        let mut connection = open(&path, None).unwrap();
        connection.execute("INSERT INTO workspaces (id) VALUES (zeroblob(32))", []).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "no copy of a new store");
        let with = |step| [MIGRATIONS.as_slice(), &[step]].concat();
        let broken = with("CREATE TABLE later (x); CREATE TABLE later (x);");
        assert!(migrate(&mut connection, &path, &broken).is_err());
        assert_eq!(check_format(&connection).unwrap(), FORMAT, "nothing of the step is kept");
        let steps = with("CREATE TABLE later (x INTEGER) STRICT;");
        migrate(&mut connection, &path, &steps).unwrap();
        let format: i32 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(format, FORMAT + 1);
        let newer = check_format(&connection);
        assert!(matches!(newer, Err(OpenError::Newer { found, .. }) if found == FORMAT + 1));
        let kept = folder.path().join(format!("store.format-{FORMAT}.db"));
        let old = open(&kept, None).unwrap();
        let count: i64 =
            old.query_row("SELECT count(*) FROM workspaces", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 1);
    }
}
