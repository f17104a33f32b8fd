//! What SQLite says, in the words of `jospar_core::storage`.

use jospar_core::storage::StorageError;
use rusqlite::ErrorCode;

/// Tells a full disk and damage from all else that SQLite reports.
pub(crate) fn storage_error(error: rusqlite::Error) -> StorageError {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, SqliteFailure,
        Utf8Error,
    };
    match &error {
        SqliteFailure(failure, _) => match failure.code {
            ErrorCode::DiskFull => StorageError::Full,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                StorageError::Damaged(error.to_string())
            }
            _ => StorageError::Failed(error.to_string()),
        },
        FromSqlConversionFailure(..)
        | IntegralValueOutOfRange(..)
        | InvalidColumnType(..)
        | Utf8Error(..) => StorageError::Damaged(error.to_string()),
        _ => StorageError::Failed(error.to_string()),
    }
}

/// A count, seq or position as SQLite keeps it.
pub(crate) fn to_sql(number: u64) -> Result<i64, StorageError> {
    i64::try_from(number)
        .map_err(|_| StorageError::Failed(format!("{number} is beyond what the store counts to")))
}

/// A count, seq or position as it was kept.
pub(crate) fn from_sql(number: i64) -> Result<u64, StorageError> {
    u64::try_from(number).map_err(|_| StorageError::Damaged(format!("a count is {number}")))
}

/// 16 bytes of BLAKE3 kept beside a row whose columns are `parts`: SQLite has no checksum of its own on a page.
///
/// Only the last part may have any length; the others are of a fixed one or absent.
pub(crate) fn sum(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    let mut sum = [0; 16];
    hasher.finalize_xof().fill(&mut sum);
    sum
}
