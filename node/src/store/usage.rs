//! How much each workspace has: counted by SQLite, and afterwards only what was added.

use std::collections::BTreeMap;

use jospar_core::ids::{DeviceId, DocumentId};
use jospar_core::storage::{Position, StorageError, Totals};
use rusqlite::{Connection, params};

use super::error::{from_sql, storage_error, to_sql};
use super::workspace::Workspace;

/// How much a workspace has. Counts what was appended; what was removed shows only in a fresh count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The log position up to which it was counted.
    position: Position,
    /// The whole log.
    pub totals: Totals,
    /// Bytes of envelopes and packs of each document.
    pub documents: BTreeMap<DocumentId, u64>,
}

impl Usage {
    /// Counts what was appended since the last time. Says whether that was anything.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn advance(&mut self, workspace: &Workspace<'_>) -> Result<bool, StorageError> {
        let (connection, number) = workspace.parts();
        let mut statement = connection
            .prepare_cached(
                "SELECT d.id, e.changes, length(e.bytes), e.position
                 FROM envelopes e JOIN documents d ON d.number = e.document
                 WHERE e.workspace = ?1 AND e.position > ?2",
            )
            .map_err(storage_error)?;
        let mut rows =
            statement.query(params![number, to_sql(self.position)?]).map_err(storage_error)?;
        let mut newest = self.position;
        while let Some(row) = rows.next().map_err(storage_error)? {
            let number = |column| from_sql(row.get::<_, i64>(column).map_err(storage_error)?);
            let document = DocumentId(row.get(0).map_err(storage_error)?);
            let bytes = number(2)?;
            self.totals.envelopes += 1;
            self.totals.changes += number(1)?;
            self.totals.bytes += bytes;
            *self.documents.entry(document).or_default() += bytes;
            newest = newest.max(number(3)?);
        }
        let grown = newest > self.position;
        self.position = newest;
        Ok(grown)
    }
}

/// How much the log of workspace `number` holds.
pub(crate) fn totals(connection: &Connection, number: i64) -> Result<Totals, StorageError> {
    let (envelopes, changes, bytes): (i64, i64, i64) = connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(changes), 0),
                    coalesce(sum(length(bytes)), 0) FROM envelopes WHERE workspace = ?1",
        )
        .and_then(|mut statement| {
            statement.query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        })
        .map_err(storage_error)?;
    Ok(Totals {
        envelopes: from_sql(envelopes)?,
        changes: from_sql(changes)?,
        bytes: from_sql(bytes)?,
    })
}

/// How many changes of workspace `number` after `position` are in rows that did not come from `peer`.
pub(crate) fn count_after(
    connection: &Connection,
    number: i64,
    position: Position,
    peer: DeviceId,
) -> Result<u64, StorageError> {
    let after = to_sql(position)?;
    let count: i64 = connection
        .prepare_cached(
            "SELECT coalesce(sum(changes), 0) FROM envelopes
             WHERE workspace = ?1 AND position > ?2 AND origin IS NOT ?3",
        )
        .and_then(|mut statement| {
            statement.query_row(params![number, after, peer.0], |row| row.get(0))
        })
        .map_err(storage_error)?;
    from_sql(count)
}

/// How many envelopes of all workspaces wait, and their bytes.
pub(crate) fn parked(connection: &Connection) -> Result<(u64, u64), StorageError> {
    let (count, bytes): (i64, i64) = connection
        .prepare_cached("SELECT count(*), coalesce(sum(size), 0) FROM parked")
        .and_then(|mut statement| statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))))
        .map_err(storage_error)?;
    Ok((from_sql(count)?, from_sql(bytes)?))
}

/// Drops what peers sent before `before_ms` and still waits. Says how many envelopes that were.
pub(crate) fn expire_parked(
    connection: &Connection,
    before_ms: i64,
) -> Result<usize, StorageError> {
    connection
        .prepare_cached("DELETE FROM parked WHERE parked_ms < ?1 AND origin IS NOT NULL")
        .and_then(|mut statement| statement.execute([before_ms]))
        .map_err(storage_error)
}
