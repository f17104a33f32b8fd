//! Rows of the log: written, and replaced by one that says the same.

use jospar_core::ids::DeviceId;
use jospar_core::log::Record;
use jospar_core::storage::{Position, StorageError, check_replacement};
use rusqlite::params;

use super::Workspace;
use crate::store::error::to_sql;
use crate::store::rows::{RECORD_COLUMNS, record_sum};

impl Workspace<'_> {
    pub(super) fn put_row(
        &self,
        position: i64,
        document: i64,
        origin: Option<DeviceId>,
        record: &Record,
        bytes: &[u8],
    ) -> Result<(), StorageError> {
        let origin = origin.map(|device| device.0);
        let sum = record_sum(position, origin, bytes);
        let changes = to_sql(record.changes().len() as u64)?;
        self.write(
            "INSERT INTO envelopes (workspace, position, document, origin, sum, bytes, changes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![self.number, position, document, origin, sum, bytes, changes],
        )?;
        Ok(())
    }

    /// What [`jospar_core::storage::Storage::replace`] promises.
    pub(super) fn replace_rows(
        &self,
        positions: &[Position],
        origin: Option<DeviceId>,
        record: &Record,
    ) -> Result<(), StorageError> {
        let missing = || StorageError::Failed("there is nothing to replace".to_owned());
        let (Some(first), Some(last)) = (positions.first(), positions.last()) else {
            return Err(missing());
        };
        let number = self.document_number(record.document())?.ok_or_else(missing)?;
        let (from, to) = (to_sql(*first)?, to_sql(*last)?);
        let sql = format!(
            "{RECORD_COLUMNS} WHERE e.document = ?1 AND e.position BETWEEN ?2 AND ?3
             ORDER BY e.position"
        );
        let before = self.load_records(&sql, params![number, from, to], usize::MAX)?;
        if !before.iter().map(|stored| &stored.position).eq(positions) {
            return Err(missing());
        }
        let bytes = record.encode();
        // What is kept is what the bytes give back.
        let read = Record::decode_stored(&bytes).map_err(|_| missing())?;
        check_replacement(&before, &read)?;
        self.write(
            "DELETE FROM envelopes WHERE document = ?1 AND position BETWEEN ?2 AND ?3",
            params![number, from, to],
        )?;
        self.put_row(to, number, origin, record, &bytes)?;
        self.write(
            "UPDATE changes SET position = ?3 WHERE document = ?1 AND position BETWEEN ?2 AND ?3",
            params![number, from, to],
        )?;
        Ok(())
    }
}
