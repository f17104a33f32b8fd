//! Rows of the log, read: as the records that they hold, or as they lie.

use jospar_core::ids::DocumentId;
use jospar_core::log::Record;
use jospar_core::storage::{Position, StorageError, Stored};
use rusqlite::{Params, params};

use super::Workspace;
use crate::store::error::{from_sql, storage_error, to_sql};
use crate::store::rows::{RECORD_COLUMNS, RecordRow};

impl Workspace<'_> {
    pub(super) fn load_records(
        &self,
        sql: &str,
        parameters: impl Params,
        bytes_max: usize,
    ) -> Result<Vec<Stored>, StorageError> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(parameters).map_err(storage_error)?;
        let (mut stored, mut bytes) = (Vec::new(), 0_usize);
        while bytes < bytes_max || stored.is_empty() {
            let Some(row) = rows.next().map_err(storage_error)? else { break };
            let row = RecordRow::read(row).map_err(|error| match storage_error(error) {
                StorageError::Damaged(what) => {
                    let position: i64 = row.get(0).unwrap_or(-1);
                    StorageError::Damaged(format!("position {position}: {what}"))
                }
                other => other,
            })?;
            let row = row.into_stored(self.connection)?;
            bytes = bytes.saturating_add(row.record.changes_bytes());
            if bytes > bytes_max && !stored.is_empty() {
                break;
            }
            stored.push(row);
        }
        Ok(stored)
    }

    /// What [`jospar_core::storage::Storage::next_pack`] promises.
    pub(super) fn load_next_pack(
        &self,
        document: DocumentId,
        position: Position,
    ) -> Result<Option<(Position, Vec<u8>)>, StorageError> {
        let Some(number) = self.document_number(document)? else { return Ok(None) };
        let sql = format!(
            "{RECORD_COLUMNS} WHERE e.document = ?1 AND e.position > ?2 ORDER BY e.position LIMIT 1"
        );
        let row = self.find(&sql, params![number, to_sql(position)?], RecordRow::read)?;
        let Some(row) = row.filter(|row| Record::is_packs(&row.bytes)) else { return Ok(None) };
        row.check_sum()?;
        Ok(Some((from_sql(row.position)?, row.bytes)))
    }
}
