//! What can be saved from a damaged store, row by row, and a new store made of it.
//!
//! A row is good if its signature is: sums, indexes and places are made again. What is lost comes from a peer at the next
//! sync, as for a device that was away.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jospar_core::ids::{DeviceId, PolicyHash, WorkspaceId};
use jospar_core::log::Record;
use jospar_core::policy::Entry;
use jospar_core::replica::{Identity, Replica};
use jospar_core::storage::{Storage as _, StorageError};
use rusqlite::{Connection, OptionalExtension as _};

use super::backup::{RESTORING_FILE, remove_store, rename_aside};
use super::error::storage_error;
use super::folder::{create_private_file, sync_parent};
use super::rows::{policy_sum, record_sum};
use super::{OpenError, Report, STORE_FILE, Transaction, lock_folder, schema, verify};

/// More rows than this do not lie on one page of a store.
const PAGE_ROWS_MAX: u64 = 100;
const PAGE_BYTES: usize = 4096;
/// Where SQLite's header has the counter of changes that the size beside it belongs to: bytes 92 to 95.
const SIZE_VALID_FOR: usize = 92;

/// What was found in a damaged store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Salvage {
    /// Policy entries that were handed out.
    pub policy_entries: u64,
    /// Envelopes and packs that were handed out.
    pub envelopes: u64,
    /// Rows that could not be read, or whose content was not what was put there.
    pub lost: u64,
}

/// Something whole from a damaged store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Salvaged {
    /// A policy entry.
    Policy {
        /// Its workspace.
        workspace: WorkspaceId,
        /// Its hash.
        hash: PolicyHash,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// An envelope or a pack whose signatures are valid.
    Record {
        /// Its workspace.
        workspace: WorkspaceId,
        /// The peer it came from, if that is sure.
        origin: Option<DeviceId>,
        /// The envelope or pack.
        record: Box<Record>,
    },
}

/// What a repair came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// Nothing is wrong with the store; it was left as it is.
    Sound(Box<Report>),
    /// A new store has all that could be saved.
    Made {
        /// Where the damaged store lies now.
        aside: PathBuf,
        /// What was found in it.
        salvage: Salvage,
        /// What the new store holds.
        report: Box<Report>,
    },
}

/// Why a store was not repaired. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// No workspace's first policy entry can be read: restore a backup, or fetch the plan from a peer.
    #[error("nothing can be saved from the store")]
    Nothing,
    /// The folder cannot be used, or the disk failed.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl From<StorageError> for RepairError {
    fn from(error: StorageError) -> Self {
        Self::Open(error.into())
    }
}

/// Checks the store in `folder` and, if anything is wrong with it, puts a new one in its place that has everything good
/// of it. The damaged store is set aside, not removed.
///
/// The new store begins a new life: its actors are not continued, and peers compare with it. Open invites and what was
/// undone are forgotten.
///
/// # Errors
/// [`RepairError`]: the store is as it was, or, if the process ends in the middle, a second run finishes.
pub fn repair(folder: &Path, identity: &Identity) -> Result<Repair, RepairError> {
    let _lock = lock_folder(folder)?;
    let (store, new) = (folder.join(STORE_FILE), folder.join(RESTORING_FILE));
    if !store.exists() && new.exists() {
        return finish(folder, Salvage::default(), store.clone());
    }
    if let Some(report) = sound(&store)? {
        return Ok(Repair::Sound(Box::new(report)));
    }
    let failed = |error| RepairError::from(OpenError::io(&new)(error));
    remove_store(&new).map_err(failed)?;
    let made = make(&store, &new, identity);
    if made.is_err() {
        drop(remove_store(&new));
    }
    let salvage = made?;
    let aside = rename_aside(folder, "damaged").map_err(failed)?;
    finish(folder, salvage, aside)
}

/// The report on a store that has no problem.
fn sound(store: &Path) -> Result<Option<Report>, RepairError> {
    let connection = match schema::open_read_only(store) {
        Ok(connection) => connection,
        Err(OpenError::Damaged(_) | OpenError::NotAStore) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(verify::verify(&connection).ok().filter(Report::is_clean))
}

/// Puts the new store, which is whole, where stores are.
fn finish(folder: &Path, salvage: Salvage, aside: PathBuf) -> Result<Repair, RepairError> {
    let (store, new) = (folder.join(STORE_FILE), folder.join(RESTORING_FILE));
    let Some(report) = sound(&new)? else { return Err(OpenError::RestoreUnfinished.into()) };
    let failed = |error| RepairError::from(OpenError::io(&store)(error));
    // What SQLite made beside it while it was only read.
    for ending in ["-wal", "-shm"] {
        super::backup::remove_if_there(&super::folder::beside(&new, ending)).map_err(failed)?;
    }
    std::fs::rename(&new, &store).map_err(failed)?;
    sync_parent(&store).map_err(failed)?;
    Ok(Repair::Made { aside, salvage, report: Box::new(report) })
}

/// Makes the store `new` of what is good in `damaged`.
fn make(damaged: &Path, new: &Path, identity: &Identity) -> Result<Salvage, RepairError> {
    let failed = |error| RepairError::from(OpenError::io(new)(error));
    create_private_file(new, &[]).map_err(failed)?;
    let mut connection = schema::open(new, None)?;
    let (salvage, workspaces) = fill(&mut connection, damaged, new, identity)?;
    if workspaces == 0 {
        return Err(RepairError::Nothing);
    }
    connection.close().map_err(|(_, error)| storage_error(error))?;
    File::options().write(true).open(new).and_then(|file| file.sync_all()).map_err(failed)?;
    Ok(salvage)
}

/// Puts what is good in `damaged` into the new store; says what that was and how many workspaces it belongs to.
fn fill(
    connection: &mut Connection,
    damaged: &Path,
    new: &Path,
    identity: &Identity,
) -> Result<(Salvage, usize), RepairError> {
    let incarnation = super::load_mark(connection)?.incarnation;
    let inner = connection.transaction().map_err(storage_error)?;
    let transaction = Transaction { inner, incarnation, leased: false };
    let mut rebuilt = Rebuilt { transaction, identity, entries: BTreeMap::new(), replicas: None };
    let mut kept = Ok(());
    let mut take = |salvaged| {
        if kept.is_ok() {
            kept = rebuilt.take(salvaged);
        }
    };
    // Where the schema itself is damaged, rows are found with that of a new store. Whatever finds more is taken.
    let count = |found: Salvage| (found.policy_entries, found.envelopes);
    let by_own = salvage(damaged, |_| {}).unwrap_or_default();
    let by_new = match by_own.lost > 0 || by_own.policy_entries == 0 {
        true => salvage_by_new_schema(damaged, new, &mut |_| {}).unwrap_or_default(),
        false => Salvage::default(),
    };
    let found = if count(by_new) > count(by_own) {
        salvage_by_new_schema(damaged, new, &mut take)?
    } else if by_own.policy_entries > 0 {
        salvage(damaged, &mut take)?
    } else {
        return Err(RepairError::Nothing);
    };
    kept?;
    rebuilt.open_replicas()?;
    let workspaces = rebuilt.replicas.as_ref().map_or(0, BTreeMap::len);
    rebuilt.transaction.commit()?;
    Ok((found, workspaces))
}

/// A store that is filled with what was saved.
struct Rebuilt<'a> {
    transaction: Transaction<'a>,
    identity: &'a Identity,
    entries: BTreeMap<WorkspaceId, Vec<(PolicyHash, Vec<u8>)>>,
    /// Opened once all policy entries are there.
    replicas: Option<BTreeMap<WorkspaceId, Replica>>,
}

impl Rebuilt<'_> {
    fn take(&mut self, salvaged: Salvaged) -> Result<(), StorageError> {
        match salvaged {
            Salvaged::Policy { workspace, hash, bytes } => {
                self.entries.entry(workspace).or_default().push((hash, bytes));
                Ok(())
            }
            Salvaged::Record { workspace, origin, record } => {
                self.open_replicas()?;
                let replica = self.replicas.as_mut().and_then(|all| all.get_mut(&workspace));
                let Some(replica) = replica else { return Ok(()) };
                let mut storage = self.transaction.workspace(workspace)?;
                // What waits or is refused now comes again from a peer.
                replica.take_in(&mut storage, origin, &record.encode())?;
                Ok(())
            }
        }
    }

    /// A workspace whose first policy entry is lost is left out: nothing of it can be judged.
    fn open_replicas(&mut self) -> Result<(), StorageError> {
        if self.replicas.is_some() {
            return Ok(());
        }
        let mut replicas = BTreeMap::new();
        for (id, entries) in &self.entries {
            let mut storage = self.transaction.create_workspace(*id)?;
            for (hash, bytes) in entries {
                storage.append_policy(*hash, bytes)?;
            }
            match Replica::open(&storage, *id, self.identity) {
                Ok(replica) => drop(replicas.insert(*id, replica)),
                Err(StorageError::Damaged(_)) => {
                    self.transaction.forget_workspace(*id)?;
                }
                Err(error) => return Err(error),
            }
        }
        self.replicas = Some(replicas);
        Ok(())
    }
}

/// Reads a copy of the damaged file with the schema of a new store: tables lie where they always lie, and every row is
/// checked by its signature.
fn salvage_by_new_schema(
    damaged: &Path,
    new: &Path,
    take: &mut impl FnMut(Salvaged),
) -> Result<Salvage, RepairError> {
    let folder = new.parent().unwrap_or_else(|| Path::new("."));
    let (copy, fresh) = (folder.join("store.db.salvage"), folder.join("store.db.schema"));
    let failed = |error| RepairError::from(OpenError::io(&copy)(error));
    remove_store(&copy).and_then(|()| remove_store(&fresh)).map_err(failed)?;
    let salvaged = (|| {
        std::fs::copy(damaged, &copy).map_err(failed)?;
        let pages = schema_pages(&fresh)?;
        let mut file = File::options().write(true).open(&copy).map_err(failed)?;
        for (place, page) in pages {
            file.seek(SeekFrom::Start(place))
                .and_then(|_| file.write_all(&page))
                .map_err(failed)?;
        }
        drop(file);
        match salvage(&copy, take) {
            Ok(found) => Ok(found),
            Err(StorageError::Damaged(_)) => Err(RepairError::Nothing),
            Err(error) => Err(error.into()),
        }
    })();
    remove_store(&copy).and_then(|()| remove_store(&fresh)).map_err(failed)?;
    salvaged
}

/// The pages of a new store that say which table lies where, each with its place in the file: all but the tables' own.
fn schema_pages(fresh: &Path) -> Result<Vec<(u64, Vec<u8>)>, RepairError> {
    let failed = |error| RepairError::from(OpenError::io(fresh)(error));
    create_private_file(fresh, &[]).map_err(failed)?;
    let connection = schema::open(fresh, None)?;
    let roots: Vec<i64> = connection
        .prepare("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(storage_error)?;
    connection.close().map_err(|(_, error)| storage_error(error))?;
    let mut file = std::fs::read(fresh).map_err(failed)?;
    // A size that does not belong to the newest change is not believed: the damaged file's own counts.
    if let Some(valid_for) = file.get_mut(SIZE_VALID_FOR..SIZE_VALID_FOR + 4) {
        valid_for.iter_mut().for_each(|byte| *byte ^= 0xff);
    }
    let pages = (1_i64..).zip(file.chunks(PAGE_BYTES));
    let of_schema = pages.filter(|(number, _)| !roots.contains(number));
    let place = |number: i64| (number - 1).unsigned_abs() * PAGE_BYTES as u64;
    Ok(of_schema.map(|(number, page)| (place(number), page.to_vec())).collect())
}

/// Hands everything that is still whole in the damaged store file `store` to `take`, policy entries first, then
/// envelopes in the order they were stored.
///
/// The file is only read. What `take` gets goes through admission like anything from a peer: where a row is lost, what
/// depends on it has to wait for a peer that has it.
///
/// # Errors
/// [`StorageError`] if not even the table of workspaces can be read.
pub fn salvage(store: &Path, mut take: impl FnMut(Salvaged)) -> Result<Salvage, StorageError> {
    let connection = schema::open_unchecked(store)?;
    let workspaces = workspaces(&connection)?;
    let find = |number: i64| {
        let found = workspaces.iter().find(|(known, _)| *known == number);
        found.map(|(_, id)| WorkspaceId(*id))
    };
    let mut salvage = Salvage::default();
    for number in row_numbers(&connection, "policy_entries") {
        match policy_row(&connection, number, &find) {
            Ok(Some(policy)) => {
                salvage.policy_entries += 1;
                take(policy);
            }
            Ok(None) => {}
            Err(Lost) => salvage.lost += 1,
        }
    }
    for number in row_numbers(&connection, "envelopes") {
        match record_row(&connection, number, &find) {
            Ok(Some(record)) => {
                salvage.envelopes += 1;
                take(record);
            }
            Ok(None) => {}
            Err(Lost) => salvage.lost += 1,
        }
    }
    Ok(salvage)
}

/// The table's rows, and those that its index has: a wrong id leads to nothing, for every signature names it.
fn workspaces(connection: &Connection) -> Result<Vec<(i64, [u8; 32])>, StorageError> {
    let read = |sql: &str| -> rusqlite::Result<Vec<(i64, [u8; 32])>> {
        connection
            .prepare(sql)?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .filter(|row| !matches!(row, Err(rusqlite::Error::FromSqlConversionFailure(..))))
            .collect()
    };
    let of_index = read("SELECT number, id FROM workspaces ORDER BY id");
    let of_table = read("SELECT number, id FROM workspaces NOT INDEXED ORDER BY number");
    match (of_index, of_table) {
        (Err(error), Err(_)) => Err(storage_error(error)),
        (index, table) => {
            let mut all = table.unwrap_or_default();
            all.extend(index.unwrap_or_default());
            Ok(all)
        }
    }
}

/// A row that is there and cannot be used.
struct Lost;

impl From<rusqlite::Error> for Lost {
    fn from(_: rusqlite::Error) -> Self {
        Self
    }
}

/// Rows are asked for one by one: a scan would end at the first page that cannot be read.
fn row_numbers(connection: &Connection, table: &str) -> std::ops::RangeInclusive<i64> {
    let pages: i64 =
        connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap_or(0);
    let most = pages.unsigned_abs().saturating_mul(PAGE_ROWS_MAX);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let sql = format!("SELECT max(number) FROM {table}");
    let newest: Option<i64> =
        connection.query_row(&sql, [], |row| row.get(0)).unwrap_or(Some(most));
    1..=newest.unwrap_or(0).min(most)
}

fn policy_row(
    connection: &Connection,
    number: i64,
    find: &impl Fn(i64) -> Option<WorkspaceId>,
) -> Result<Option<Salvaged>, Lost> {
    type Columns = (i64, Vec<u8>, Vec<u8>, Vec<u8>);
    let found: Option<Columns> = connection
        .prepare_cached("SELECT workspace, hash, sum, bytes FROM policy_entries WHERE number = ?1")?
        .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((workspace, hash, kept, bytes)) = found else { return Ok(None) };
    let workspace = find(workspace).ok_or(Lost)?;
    let is_whole = |hash: &[u8; 32]| policy_sum(hash, &bytes).as_slice() == kept.as_slice();
    if let Ok(hash) = <[u8; 32]>::try_from(hash.as_slice())
        && is_whole(&hash)
    {
        return Ok(Some(Salvaged::Policy { workspace, hash: PolicyHash(hash), bytes }));
    }
    // Either of the two that stand beside the bytes proves them.
    let made = Entry::decode(&bytes).map_err(|_| Lost)?.hash();
    if !is_whole(&made.0) && made.0.as_slice() != hash.as_slice() {
        return Err(Lost);
    }
    Ok(Some(Salvaged::Policy { workspace, hash: made, bytes }))
}

fn record_row(
    connection: &Connection,
    number: i64,
    find: &impl Fn(i64) -> Option<WorkspaceId>,
) -> Result<Option<Salvaged>, Lost> {
    type Columns = (i64, i64, Option<Vec<u8>>, Vec<u8>, Vec<u8>);
    let found: Option<Columns> = connection
        .prepare_cached(
            "SELECT workspace, position, origin, sum, bytes FROM envelopes WHERE number = ?1",
        )?
        .query_row([number], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    let Some((workspace, position, origin, kept, bytes)) = found else { return Ok(None) };
    let workspace = find(workspace).ok_or(Lost)?;
    let record = Box::new(Record::decode_one(&workspace, &bytes).map_err(|_| Lost)?);
    let origin: Option<[u8; 32]> = origin.and_then(|bytes| bytes.try_into().ok());
    let is_whole = record_sum(position, origin, &bytes).as_slice() == kept.as_slice();
    let origin = origin.filter(|_| is_whole).map(DeviceId);
    Ok(Some(Salvaged::Record { workspace, origin, record }))
}
