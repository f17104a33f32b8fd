//! Requests that a person confirmed and that could not go out: they wait, in this device's store, until the person says
//! "send" or the endpoint answers again. Nothing is sent by itself to another address than the one that was shown.

use rusqlite::{OptionalExtension as _, params};

use crate::LlmError;
use crate::prepared::Confirmed;
use crate::store::Store;

/// So many requests may wait.
pub const WAITING_MAX: usize = 100;
/// All that wait together, in bytes.
pub const WAITING_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A request that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number in the queue.
    pub id: i64,
    /// Since when, in milliseconds since 1970.
    pub at_ms: i64,
    /// What was confirmed.
    pub request: Confirmed,
}

impl Store {
    /// Puts `request` behind the others; gives its number.
    ///
    /// # Errors
    /// [`LlmError::QueueFull`]; [`LlmError::Damaged`], [`LlmError::File`].
    pub fn enqueue(&mut self, request: &Confirmed, at_ms: i64) -> Result<i64, LlmError> {
        let text = serde_json::to_string(request).map_err(|_| self.damaged())?;
        self.change(|tx| {
            let sql =
                "SELECT count(*), coalesce(sum(length(CAST(request AS BLOB))), 0) FROM waiting";
            let (count, bytes): (i64, i64) =
                tx.query_row(sql, (), |row| Ok((row.get(0)?, row.get(1)?)))?;
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
            if count >= WAITING_MAX || bytes.saturating_add(text.len()) > WAITING_BYTES_MAX {
                return Ok(Err(LlmError::QueueFull { limit: WAITING_MAX }));
            }
            let sql = "INSERT INTO waiting (at_ms, request) VALUES (?1, ?2)";
            tx.execute(sql, params![at_ms, text])?;
            Ok(Ok(tx.last_insert_rowid()))
        })?
    }

    /// All that waits, the oldest first.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`].
    pub fn waiting(&self) -> Result<Vec<Waiting>, LlmError> {
        let rows: Vec<(i64, i64, String)> = self.read(|connection| {
            let mut rows =
                connection.prepare("SELECT id, at_ms, request FROM waiting ORDER BY id")?;
            rows.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
        })?;
        let waiting = |(id, at_ms, text): (i64, i64, String)| {
            let request = serde_json::from_str(&text).map_err(|_| self.damaged())?;
            Ok(Waiting { id, at_ms, request })
        };
        rows.into_iter().map(waiting).collect()
    }

    /// Takes a request out: it was sent, or the person does not want it. False if it is not there, as when another
    /// program was faster: then it must not be sent.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`].
    pub fn unqueue(&mut self, id: i64) -> Result<bool, LlmError> {
        self.change(|tx| {
            let sql = "DELETE FROM waiting WHERE id = ?1 RETURNING id";
            Ok(tx.query_row(sql, [id], |row| row.get::<_, i64>(0)).optional()?.is_some())
        })
    }
}
