//! Looks at a store through a connection of its own that only reads: a running node is not kept waiting.

use std::path::Path;

use jospar_core::ids::WorkspaceId;
use jospar_core::storage::{StorageError, Totals};

use super::error::{from_sql, storage_error};
use super::{OpenError, Report, STORE_FILE, schema, usage, verify};

/// Checks the store in `folder` as it is at this moment; see [`super::Store::verify`]. The store may be open and written
/// to meanwhile: its log on disk grows until this is done, and nobody waits.
///
/// # Errors
/// [`OpenError`].
pub fn inspect(folder: &Path) -> Result<Report, OpenError> {
    inspect_file(&folder.join(STORE_FILE))
}

/// As [`inspect`], for a file.
pub(super) fn inspect_file(path: &Path) -> Result<Report, OpenError> {
    let connection = schema::open_read_only(path)?;
    // One transaction, so that all tables are read as of one moment.
    connection.execute_batch("BEGIN").map_err(storage_error)?;
    Ok(verify::verify(&connection)?)
}

/// Each workspace of the store in `folder` with the number of its documents and the size of its log.
///
/// # Errors
/// [`OpenError`].
pub fn survey(folder: &Path) -> Result<Vec<(WorkspaceId, u64, Totals)>, OpenError> {
    let connection = schema::open_read_only(&folder.join(STORE_FILE))?;
    connection.execute_batch("BEGIN").map_err(storage_error)?;
    let rows: Vec<(i64, [u8; 32], i64)> = connection
        .prepare(
            "SELECT w.number, w.id, (SELECT count(*) FROM documents d WHERE d.workspace = w.number)
             FROM workspaces w ORDER BY w.id",
        )
        .and_then(|mut statement| {
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            statement.query_map([], row)?.collect()
        })
        .map_err(storage_error)?;
    let counted = rows.into_iter().map(|(number, id, documents)| {
        Ok((WorkspaceId(id), from_sql(documents)?, usage::totals(&connection, number)?))
    });
    Ok(counted.collect::<Result<Vec<_>, StorageError>>()?)
}
