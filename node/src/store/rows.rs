//! Rows on their way between a table and `jospar_core`: sums, keys, and the envelope that is not believed yet.

use jospar_core::ids::{ActorId, ChangeHash, DeviceId, Digest, DocumentId};
use jospar_core::log::{ByteReader, Envelope, VersionVector};
use jospar_core::storage::{Missing, Position, StorageError, Stored};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::error::{from_sql, storage_error, sum};

/// The columns that [`EnvelopeRow::read`] reads, and the tables they come from.
pub(crate) const ENVELOPE_COLUMNS: &str = "SELECT e.position, e.origin, e.sum, e.bytes, e.actor, e.first_seq, \
    e.last_seq, e.document, d.id FROM envelopes e LEFT JOIN documents d ON d.number = e.document";

/// An envelope as it lies in the table, not yet believed.
pub(crate) struct EnvelopeRow {
    pub(crate) position: i64,
    pub(crate) origin: Option<[u8; 32]>,
    pub(crate) sum: [u8; 16],
    pub(crate) bytes: Vec<u8>,
    pub(crate) actor: [u8; 16],
    pub(crate) first_seq: i64,
    pub(crate) last_seq: i64,
    pub(crate) document: i64,
    pub(crate) document_id: Option<[u8; 16]>,
}

impl EnvelopeRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            position: row.get(0)?,
            origin: row.get(1)?,
            sum: row.get(2)?,
            bytes: row.get(3)?,
            actor: row.get(4)?,
            first_seq: row.get(5)?,
            last_seq: row.get(6)?,
            document: row.get(7)?,
            document_id: row.get(8)?,
        })
    }

    /// Says what is wrong with the row if `envelope` was read from it, or nothing.
    pub(crate) fn disagreement(&self, envelope: &Envelope) -> Option<&'static str> {
        let agrees = self.document_id == Some(envelope.document.0)
            && self.actor == envelope.actor.0
            && u64::try_from(self.first_seq) == Ok(envelope.first_seq())
            && u64::try_from(self.last_seq) == Ok(envelope.last_seq());
        (!agrees).then_some("the row and its envelope differ")
    }

    /// The sum covers every byte, signature included; the index must know the newest change, which names all before it.
    pub(crate) fn into_stored(self, connection: &Connection) -> Result<Stored, StorageError> {
        let damaged = |what: String| {
            let document = self.document_id.map(DocumentId);
            let document = document.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
            StorageError::Damaged(format!(
                "document {document}, position {}: {what}",
                self.position
            ))
        };
        if envelope_sum(self.position, self.origin, &self.bytes) != self.sum {
            return Err(damaged("the bytes do not fit their sum".to_owned()));
        }
        let envelope =
            Envelope::decode_stored(&self.bytes).map_err(|error| damaged(error.to_string()))?;
        if let Some(what) = self.disagreement(&envelope) {
            return Err(damaged(what.to_owned()));
        }
        let tip = envelope.changes.last().map(|change| change.header.hash).unwrap_or_default();
        let known = find_change(connection, self.document, tip)?;
        if known.map(|(actor, seq, _)| (actor, seq)) != Some((envelope.actor, envelope.last_seq()))
        {
            return Err(damaged("its newest change is not in the index".to_owned()));
        }
        let origin = self.origin.map(DeviceId);
        Ok(Stored { position: from_sql(self.position)?, origin, envelope })
    }
}

/// The actor and seq of a change, and the place of the first envelope that carried it.
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

/// Reads a vector and compares it with its digest.
pub(crate) fn decode_vector(bytes: &[u8], digest: [u8; 16]) -> Option<VersionVector> {
    let mut reader = ByteReader::new(bytes);
    let vector = VersionVector::decode(&mut reader).ok()?;
    reader.end().ok()?;
    (vector.digest() == Digest(digest)).then_some(vector)
}

/// An envelope's sum covers its place and its origin as well as its bytes.
pub(crate) fn envelope_sum(position: i64, origin: Option<[u8; 32]>, bytes: &[u8]) -> [u8; 16] {
    let origin = origin.as_ref().map_or(&[][..], |device| device);
    sum(&[&position.to_be_bytes(), origin, bytes])
}

/// A policy entry's sum covers its hash as well as its bytes.
pub(crate) fn policy_sum(hash: &[u8; 32], bytes: &[u8]) -> [u8; 16] {
    sum(&[hash, bytes])
}

/// What a parked envelope waits for, as the table `missing` names it.
pub(crate) fn missing_key(missing: &Missing) -> Vec<u8> {
    match missing {
        Missing::Change(document, hash) => [&[0], document.0.as_slice(), &hash.0].concat(),
        Missing::Policy(hash) => [&[1], hash.0.as_slice()].concat(),
    }
}
