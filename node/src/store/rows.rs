//! Rows on their way between a table and `jospar_core`: sums, keys, and the record that is not believed yet.

use jospar_core::ids::{ActorId, ChangeHash, DeviceId, Digest, DocumentId};
use jospar_core::log::{ByteReader, Record, VersionVector};
use jospar_core::storage::{Missing, Position, StorageError, Stored};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::error::{from_sql, storage_error, sum};

/// The columns that [`RecordRow::read`] reads, and the tables they come from.
pub(crate) const RECORD_COLUMNS: &str = "SELECT e.position, e.origin, e.sum, e.bytes, e.document, d.id, e.changes \
    FROM envelopes e LEFT JOIN documents d ON d.number = e.document";

/// An envelope or a pack as it lies in the table, not yet believed.
pub(crate) struct RecordRow {
    pub(crate) position: i64,
    pub(crate) origin: Option<[u8; 32]>,
    pub(crate) sum: [u8; 16],
    pub(crate) bytes: Vec<u8>,
    pub(crate) document: i64,
    pub(crate) document_id: Option<[u8; 16]>,
    pub(crate) changes: i64,
}

impl RecordRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            position: row.get(0)?,
            origin: row.get(1)?,
            sum: row.get(2)?,
            bytes: row.get(3)?,
            document: row.get(4)?,
            document_id: row.get(5)?,
            changes: row.get(6)?,
        })
    }

    /// Says what is wrong with the row if `record` was read from it, or nothing.
    pub(crate) fn disagreement(&self, record: &Record) -> Option<&'static str> {
        let agrees = self.document_id == Some(record.document().0)
            && usize::try_from(self.changes) == Ok(record.changes().len());
        (!agrees).then_some("the row and its record differ")
    }

    fn damaged(&self, what: &str) -> StorageError {
        let document = self.document_id.map(DocumentId);
        let document = document.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
        StorageError::Damaged(format!("document {document}, position {}: {what}", self.position))
    }

    /// The sum covers every byte, signatures included.
    pub(crate) fn check_sum(&self) -> Result<(), StorageError> {
        let fits = record_sum(self.position, self.origin, &self.bytes) == self.sum;
        if fits { Ok(()) } else { Err(self.damaged("the bytes do not fit their sum")) }
    }

    /// The record, if the bytes fit their sum and the index knows the newest change.
    pub(crate) fn into_stored(self, connection: &Connection) -> Result<Stored, StorageError> {
        self.check_sum()?;
        let record =
            Record::decode_stored(&self.bytes).map_err(|error| self.damaged(&error.to_string()))?;
        if let Some(what) = self.disagreement(&record) {
            return Err(self.damaged(what));
        }
        let newest = record.changes().last().map(|change| &change.header);
        let known = find_change(connection, self.document, record.last_hash())?;
        let agrees = |(actor, seq, _): (ActorId, u64, Position)| {
            newest.is_some_and(|header| (header.actor, header.seq) == (actor, seq))
        };
        if !known.is_some_and(agrees) {
            return Err(self.damaged("its newest change is not in the index"));
        }
        let origin = self.origin.map(DeviceId);
        Ok(Stored { position: from_sql(self.position)?, origin, record })
    }
}

/// The actor and seq of a change, and the place of the first record that carried it.
pub(crate) fn find_change(
    connection: &Connection,
    document: i64,
    hash: ChangeHash,
) -> Result<Option<(ActorId, u64, Position)>, StorageError> {
    let found: Option<([u8; 16], i64, i64)> = connection
        .prepare_cached(
            "SELECT actor, seq, position FROM changes WHERE document = ?1 AND hash = ?2",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![document, hash.0], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
        })
        .map_err(storage_error)?;
    found
        .map(|(actor, seq, position)| Ok((ActorId(actor), from_sql(seq)?, from_sql(position)?)))
        .transpose()
}

/// The one change whose hash begins with `first`, or nothing if there is none or more than one.
pub(crate) fn find_by_first_bytes(
    connection: &Connection,
    document: i64,
    first: &[u8],
) -> Result<Option<ChangeHash>, StorageError> {
    // No hash that begins so comes after the longest one that does.
    let mut last = first.to_vec();
    last.resize(32, 0xff);
    let sql = "SELECT hash FROM changes WHERE document = ?1 AND hash BETWEEN ?2 AND ?3 LIMIT 2";
    let found: Vec<[u8; 32]> = connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            statement.query_map(params![document, first, last], |row| row.get(0))?.collect()
        })
        .map_err(storage_error)?;
    Ok(match *found {
        [hash] => Some(ChangeHash(hash)),
        _ => None,
    })
}

/// Reads a vector and compares it with its digest.
pub(crate) fn decode_vector(bytes: &[u8], digest: [u8; 16]) -> Option<VersionVector> {
    let mut reader = ByteReader::new(bytes);
    let vector = VersionVector::decode(&mut reader).ok()?;
    reader.end().ok()?;
    (vector.digest() == Digest(digest)).then_some(vector)
}

/// A record's sum covers its place and its origin as well as its bytes.
pub(crate) fn record_sum(position: i64, origin: Option<[u8; 32]>, bytes: &[u8]) -> [u8; 16] {
    let origin = origin.as_ref().map_or(&[][..], |device| device);
    sum(&[&position.to_be_bytes(), origin, bytes])
}

/// What an index says is no proof: the sum of a snapshot or view covers whose it is and where it was made.
pub(crate) fn cache_sum(document: DocumentId, position: i64, bytes: &[u8]) -> [u8; 16] {
    sum(&[&document.0, &position.to_be_bytes(), bytes])
}

/// A policy entry's sum covers its hash as well as its bytes.
pub(crate) fn policy_sum(hash: &[u8; 32], bytes: &[u8]) -> [u8; 16] {
    sum(&[hash, bytes])
}

/// What a parked record waits for, as the table `missing` names it.
pub(crate) fn missing_key(missing: &Missing) -> Vec<u8> {
    match missing {
        Missing::Change(document, hash) => [&[0], document.0.as_slice(), &hash.0].concat(),
        Missing::Policy(hash) => [&[1], hash.0.as_slice()].concat(),
    }
}
