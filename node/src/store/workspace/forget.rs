//! A dropped document: every row of it is removed.

use jospar_core::ids::DocumentId;
use jospar_core::log::Record;
use jospar_core::storage::StorageError;
use rusqlite::params;

use super::Workspace;

impl Workspace<'_> {
    /// The bytes are overwritten in the tables; [`crate::store::Store::purge`] takes them out of the files.
    pub(super) fn forget_rows(&self, document: DocumentId) -> Result<(), StorageError> {
        let key = params![self.number, document.0];
        for table in ["own_actors", "snapshots", "views", "quarantine"] {
            self.write(
                &format!("DELETE FROM {table} WHERE workspace = ?1 AND document = ?2"),
                key,
            )?;
        }
        self.write("DELETE FROM documents WHERE workspace = ?1 AND id = ?2", key)?;
        let parked: Vec<(i64, Vec<u8>)> = self.list(
            "SELECT number, bytes FROM parked WHERE workspace = ?1",
            [self.number],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        for (number, bytes) in parked {
            if Record::document_of(&bytes) == Some(document) {
                self.write("DELETE FROM parked WHERE number = ?1", [number])?;
            }
        }
        Ok(())
    }
}
