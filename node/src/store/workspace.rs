//! One workspace's part of the store: every method of `Storage` as one or a few prepared statements.

mod forget;
mod read;
mod replace;

use jospar_core::ids::{
    ActorId, ChangeHash, DeviceId, Digest, DocumentId, Incarnation, PolicyHash,
};
use jospar_core::log::{ByteWriter, RECORD_BYTES_MAX, Record, VersionVector};
use jospar_core::storage::{
    Cursor, Missing, Parked, Position, Quarantined, Storage, StorageError, Stored, Totals,
};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Params, Row, params};

use super::error::{from_sql, storage_error, to_sql};
use super::rows::{
    RECORD_COLUMNS, cache_sum, decode_vector, find_by_first_bytes, find_change, missing_key,
    policy_sum,
};
use super::{check_alive, usage};
use crate::clock;

/// One workspace inside an open transaction.
#[derive(Debug)]
pub struct Workspace<'tx> {
    connection: &'tx Connection,
    number: i64,
    incarnation: Incarnation,
    leased: bool,
}

impl<'tx> Workspace<'tx> {
    pub(crate) const fn new(
        connection: &'tx Connection,
        number: i64,
        incarnation: Incarnation,
        leased: bool,
    ) -> Self {
        Self { connection, number, incarnation, leased }
    }

    /// The connection, and the workspace's number in its tables.
    pub(crate) const fn parts(&self) -> (&'tx Connection, i64) {
        (self.connection, self.number)
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'tx>, StorageError> {
        self.connection.prepare_cached(sql).map_err(storage_error)
    }

    fn find<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StorageError> {
        self.prepare(sql)?.query_row(parameters, read).optional().map_err(storage_error)
    }

    fn list<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StorageError> {
        self.prepare(sql)?
            .query_map(parameters, read)
            .and_then(Iterator::collect)
            .map_err(storage_error)
    }

    fn write(&self, sql: &str, parameters: impl Params) -> Result<usize, StorageError> {
        check_alive(self.connection)?;
        self.prepare(sql)?.execute(parameters).map_err(storage_error)
    }

    /// A write that returns a number.
    fn write_returning(&self, sql: &str, parameters: impl Params) -> Result<i64, StorageError> {
        check_alive(self.connection)?;
        self.prepare(sql)?.query_row(parameters, |row| row.get(0)).map_err(storage_error)
    }

    fn document_number(&self, document: DocumentId) -> Result<Option<i64>, StorageError> {
        // The index says which row, and the row whether it is that one.
        let found: Option<(i64, Option<[u8; 16]>)> = self.find(
            "SELECT i.number, d.id FROM documents i LEFT JOIN documents d ON d.number = i.number
             WHERE i.workspace = ?1 AND i.id = ?2",
            params![self.number, document.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        match found {
            Some((_, id)) if id != Some(document.0) => Err(led_astray(document)),
            found => Ok(found.map(|(number, _)| number)),
        }
    }

    pub(super) fn put_document(
        &self,
        document: DocumentId,
        vector: &VersionVector,
    ) -> Result<i64, StorageError> {
        let mut writer = ByteWriter::new();
        vector.encode(&mut writer);
        self.write_returning(
            "INSERT INTO documents (workspace, id, digest, vector) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (workspace, id) DO UPDATE SET digest = excluded.digest, vector = excluded.vector
             RETURNING number",
            params![self.number, document.0, vector.digest().0, writer.finish()],
        )
    }

    fn put_changes(&self, number: i64, record: &Record, position: i64) -> Result<(), StorageError> {
        check_alive(self.connection)?;
        let mut statement = self.prepare(
            "INSERT INTO changes (document, hash, actor, seq, position) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
        )?;
        for change in record.changes() {
            let header = &change.header;
            let seq = to_sql(header.seq)?;
            statement
                .execute(params![number, header.hash.0, header.actor.0, seq, position])
                .map_err(storage_error)?;
        }
        Ok(())
    }
}

impl Storage for Workspace<'_> {
    fn incarnation(&self) -> Result<Incarnation, StorageError> {
        Ok(self.incarnation)
    }

    fn policy_entries(&self) -> Result<Vec<Vec<u8>>, StorageError> {
        let rows: Vec<([u8; 32], [u8; 16], Vec<u8>)> = self.list(
            "SELECT hash, sum, bytes FROM policy_entries WHERE workspace = ?1 ORDER BY number",
            [self.number],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        rows.into_iter()
            .map(|(hash, kept, bytes)| {
                if policy_sum(&hash, &bytes) == kept {
                    return Ok(bytes);
                }
                let hash = PolicyHash(hash);
                Err(StorageError::Damaged(format!("policy entry {hash} does not fit its sum")))
            })
            .collect()
    }

    fn append_policy(&mut self, hash: PolicyHash, bytes: &[u8]) -> Result<(), StorageError> {
        self.write(
            "INSERT INTO policy_entries (workspace, hash, sum, bytes) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
            params![self.number, hash.0, policy_sum(&hash.0, bytes), bytes],
        )?;
        Ok(())
    }

    fn documents(&self) -> Result<Vec<(DocumentId, Digest)>, StorageError> {
        self.list(
            "SELECT id, digest FROM documents WHERE workspace = ?1 ORDER BY id",
            [self.number],
            |row| Ok((DocumentId(row.get(0)?), Digest(row.get(1)?))),
        )
    }

    fn vector(&self, document: DocumentId) -> Result<VersionVector, StorageError> {
        let Some(number) = self.document_number(document)? else {
            return Ok(VersionVector::default());
        };
        let found: Option<([u8; 16], Vec<u8>)> =
            self.find("SELECT digest, vector FROM documents WHERE number = ?1", [number], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let (digest, bytes) = found.ok_or_else(|| led_astray(document))?;
        decode_vector(&bytes, digest).ok_or_else(|| {
            StorageError::Damaged(format!(
                "document {document}: the vector does not fit its digest"
            ))
        })
    }

    fn actor_device(
        &self,
        document: DocumentId,
        actor: ActorId,
    ) -> Result<Option<DeviceId>, StorageError> {
        self.find(
            "SELECT a.device FROM documents d JOIN actors a ON a.document = d.number
             WHERE d.workspace = ?1 AND d.id = ?2 AND a.actor = ?3",
            params![self.number, document.0, actor.0],
            |row| row.get(0).map(DeviceId),
        )
    }

    fn find_change(
        &self,
        document: DocumentId,
        hash: ChangeHash,
    ) -> Result<Option<(ActorId, u64)>, StorageError> {
        let Some(number) = self.document_number(document)? else { return Ok(None) };
        Ok(find_change(self.connection, number, hash)?.map(|(actor, seq, _)| (actor, seq)))
    }

    fn find_by_first_bytes(
        &self,
        document: DocumentId,
        first: &[u8],
    ) -> Result<Option<ChangeHash>, StorageError> {
        match self.document_number(document)? {
            Some(number) => find_by_first_bytes(self.connection, number, first),
            None => Ok(None),
        }
    }

    fn find_by_seq(
        &self,
        document: DocumentId,
        actor: ActorId,
        seq: u64,
    ) -> Result<Option<ChangeHash>, StorageError> {
        let found: Vec<[u8; 32]> = self.list(
            "SELECT c.hash FROM documents d JOIN changes c ON c.document = d.number
             WHERE d.workspace = ?1 AND d.id = ?2 AND c.actor = ?3 AND c.seq = ?4 LIMIT 2",
            params![self.number, document.0, actor.0, to_sql(seq)?],
            |row| row.get(0),
        )?;
        Ok(if let [hash] = *found { Some(ChangeHash(hash)) } else { None })
    }

    fn append(
        &mut self,
        origin: Option<DeviceId>,
        record: &Record,
        vector: &VersionVector,
    ) -> Result<Position, StorageError> {
        let bytes = record.encode();
        if bytes.len() > RECORD_BYTES_MAX || record.changes().is_empty() {
            let (length, count) = (bytes.len(), record.changes().len());
            return Err(StorageError::Failed(format!(
                "a record of {length} bytes with {count} changes; the limit is {RECORD_BYTES_MAX}"
            )));
        }
        let document = record.document();
        if let Some(number) = self.document_number(document)?
            && let Some((_, _, position)) =
                find_change(self.connection, number, record.last_hash())?
        {
            return Ok(position);
        }
        let number = self.put_document(document, vector)?;
        for (actor, device) in record.authors() {
            self.write(
                "INSERT INTO actors (document, actor, device) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                params![number, actor.0, device.0],
            )?;
        }
        let position = self.write_returning(
            "UPDATE workspaces SET position = position + 1 WHERE number = ?1 RETURNING position",
            [self.number],
        )?;
        self.put_row(position, number, origin, record, &bytes)?;
        self.put_changes(number, record, position)?;
        from_sql(position)
    }

    fn replace(
        &mut self,
        positions: &[Position],
        origin: Option<DeviceId>,
        record: &Record,
    ) -> Result<(), StorageError> {
        self.replace_rows(positions, origin, record)
    }

    fn documents_with_records(&self, records_min: usize) -> Result<Vec<DocumentId>, StorageError> {
        self.list(
            "SELECT d.id FROM documents d WHERE d.workspace = ?1
             AND (SELECT count(*) FROM envelopes e WHERE e.document = d.number) >= ?2 ORDER BY d.id",
            params![self.number, to_sql(records_min as u64)?],
            |row| row.get(0).map(DocumentId),
        )
    }

    fn forget_document(&mut self, document: DocumentId) -> Result<(), StorageError> {
        self.forget_rows(document)
    }

    fn position(&self) -> Result<Position, StorageError> {
        let sql = "SELECT position FROM workspaces WHERE number = ?1";
        let position: Option<i64> = self.find(sql, [self.number], |row| row.get(0))?;
        from_sql(position.unwrap_or(0))
    }

    fn records_after(
        &self,
        position: Position,
        bytes_max: usize,
    ) -> Result<Vec<Stored>, StorageError> {
        let sql = format!(
            "{RECORD_COLUMNS} WHERE e.workspace = ?1 AND e.position > ?2 ORDER BY e.position"
        );
        self.load_records(&sql, params![self.number, to_sql(position)?], bytes_max)
    }

    fn totals(&self) -> Result<Totals, StorageError> {
        usage::totals(self.connection, self.number)
    }

    fn count_after(&self, position: Position, peer: DeviceId) -> Result<u64, StorageError> {
        usage::count_after(self.connection, self.number, position, peer)
    }

    fn document_position(&self, document: DocumentId) -> Result<Position, StorageError> {
        let Some(number) = self.document_number(document)? else { return Ok(0) };
        let newest: Option<Option<i64>> = self.find(
            "SELECT max(position) FROM envelopes WHERE document = ?1",
            [number],
            |row| row.get(0),
        )?;
        from_sql(newest.flatten().unwrap_or(0))
    }

    fn document_records(
        &self,
        document: DocumentId,
        position: Position,
        bytes_max: usize,
    ) -> Result<Vec<Stored>, StorageError> {
        let Some(number) = self.document_number(document)? else { return Ok(Vec::new()) };
        let sql = format!(
            "{RECORD_COLUMNS} WHERE e.document = ?1 AND e.position > ?2 ORDER BY e.position"
        );
        self.load_records(&sql, params![number, to_sql(position)?], bytes_max)
    }

    fn next_pack(
        &self,
        document: DocumentId,
        position: Position,
    ) -> Result<Option<(Position, Vec<u8>)>, StorageError> {
        self.load_next_pack(document, position)
    }

    fn park(
        &mut self,
        origin: Option<DeviceId>,
        bytes: &[u8],
        missing: &[Missing],
    ) -> Result<(), StorageError> {
        // Parking the same bytes again adds what they wait for to the first row, whoever sent them.
        let parked = self.write_returning(
            "INSERT INTO parked (workspace, hash, origin, size, bytes, parked_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (workspace, hash) DO UPDATE SET hash = excluded.hash RETURNING number",
            params![
                self.number,
                *blake3::hash(bytes).as_bytes(),
                origin.map(|device| device.0),
                to_sql(bytes.len() as u64)?,
                bytes,
                clock::now().0,
            ],
        )?;
        for missing in missing {
            self.write(
                "INSERT INTO missing (workspace, what, parked) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                params![self.number, missing_key(missing), parked],
            )?;
        }
        Ok(())
    }

    fn unpark(&mut self, missing: Missing) -> Result<Vec<Parked>, StorageError> {
        let rows: Vec<(i64, Option<[u8; 32]>, Vec<u8>)> = self.list(
            "SELECT p.number, p.origin, p.bytes FROM missing m JOIN parked p ON p.number = m.parked
             WHERE m.workspace = ?1 AND m.what = ?2 ORDER BY p.number",
            params![self.number, missing_key(&missing)],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        rows.into_iter()
            .map(|(number, origin, bytes)| {
                self.write("DELETE FROM parked WHERE number = ?1", [number])?;
                Ok(Parked { id: from_sql(number)?, origin: origin.map(DeviceId), bytes })
            })
            .collect()
    }

    fn parked(&self, origin: Option<DeviceId>) -> Result<(u64, u64), StorageError> {
        let counted: Option<(i64, i64)> = self.find(
            "SELECT count(*), coalesce(sum(size), 0) FROM parked WHERE workspace = ?1 AND origin IS ?2",
            params![self.number, origin.map(|device| device.0)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let (count, bytes) = counted.unwrap_or_default();
        Ok((from_sql(count)?, from_sql(bytes)?))
    }

    fn own_actor(&self, document: DocumentId) -> Result<Option<(ActorId, [u8; 16])>, StorageError> {
        if !self.leased {
            return Ok(None);
        }
        self.find(
            "SELECT actor, nonce FROM own_actors WHERE workspace = ?1 AND document = ?2",
            params![self.number, document.0],
            |row| Ok((ActorId(row.get(0)?), row.get(1)?)),
        )
    }

    fn set_own_actor(
        &mut self,
        document: DocumentId,
        actor: ActorId,
        nonce: [u8; 16],
    ) -> Result<(), StorageError> {
        if !self.leased {
            return Err(StorageError::Failed("the store was opened without a lease".to_owned()));
        }
        self.write(
            "INSERT INTO own_actors (workspace, document, actor, nonce) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (workspace, document) DO UPDATE SET actor = excluded.actor, nonce = excluded.nonce",
            params![self.number, document.0, actor.0, nonce],
        )?;
        Ok(())
    }

    /// A snapshot whose sum does not fit is as good as none.
    fn snapshot(&self, document: DocumentId) -> Result<Option<(Position, Vec<u8>)>, StorageError> {
        let found: Option<(i64, [u8; 16], Vec<u8>)> = self.find(
            "SELECT position, sum, bytes FROM snapshots WHERE workspace = ?1 AND document = ?2",
            params![self.number, document.0],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        match found {
            Some((position, kept, bytes)) if cache_sum(document, position, &bytes) == kept => {
                Ok(Some((from_sql(position)?, bytes)))
            }
            _ => Ok(None),
        }
    }

    fn set_snapshot(
        &mut self,
        document: DocumentId,
        position: Position,
        bytes: &[u8],
    ) -> Result<(), StorageError> {
        let position = to_sql(position)?;
        self.write(
            "INSERT INTO snapshots (workspace, document, position, sum, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (workspace, document)
             DO UPDATE SET position = excluded.position, sum = excluded.sum, bytes = excluded.bytes",
            params![self.number, document.0, position, cache_sum(document, position, bytes), bytes],
        )?;
        Ok(())
    }

    fn cached_view(
        &self,
        document: DocumentId,
    ) -> Result<Option<(Position, String)>, StorageError> {
        let found: Option<(i64, [u8; 16], String)> = self.find(
            "SELECT position, sum, json FROM views WHERE workspace = ?1 AND document = ?2",
            params![self.number, document.0],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        match found {
            Some((position, kept, json))
                if cache_sum(document, position, json.as_bytes()) == kept =>
            {
                Ok(Some((from_sql(position)?, json)))
            }
            _ => Ok(None),
        }
    }

    fn set_cached_view(
        &mut self,
        document: DocumentId,
        position: Position,
        json: &str,
    ) -> Result<(), StorageError> {
        let position = to_sql(position)?;
        let sum = cache_sum(document, position, json.as_bytes());
        self.write(
            "INSERT INTO views (workspace, document, position, sum, json)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (workspace, document)
             DO UPDATE SET position = excluded.position, sum = excluded.sum, json = excluded.json",
            params![self.number, document.0, position, sum, json],
        )?;
        Ok(())
    }

    fn set_quarantine(
        &mut self,
        document: DocumentId,
        changes: &[Quarantined],
    ) -> Result<(), StorageError> {
        self.write(
            "DELETE FROM quarantine WHERE workspace = ?1 AND document = ?2",
            params![self.number, document.0],
        )?;
        for (place, change) in (0_i64..).zip(changes) {
            self.write(
                "INSERT INTO quarantine (workspace, document, place, hash, actor, seq, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    self.number,
                    document.0,
                    place,
                    change.change.0,
                    change.actor.0,
                    to_sql(change.seq)?,
                    change.reason,
                ],
            )?;
        }
        Ok(())
    }

    fn quarantine(&self) -> Result<Vec<Quarantined>, StorageError> {
        let rows: Vec<(Quarantined, i64)> = self.list(
            "SELECT document, hash, actor, seq, reason FROM quarantine
             WHERE workspace = ?1 ORDER BY document, place",
            [self.number],
            |row| {
                let (document, change) = (DocumentId(row.get(0)?), ChangeHash(row.get(1)?));
                let (actor, reason) = (ActorId(row.get(2)?), row.get(4)?);
                Ok((Quarantined { document, change, actor, seq: 0, reason }, row.get(3)?))
            },
        )?;
        rows.into_iter()
            .map(|(quarantined, seq)| Ok(Quarantined { seq: from_sql(seq)?, ..quarantined }))
            .collect()
    }

    fn cursor(&self, peer: DeviceId) -> Result<Option<Cursor>, StorageError> {
        let found: Option<([u8; 16], i64)> = self.find(
            "SELECT incarnation, acknowledged FROM cursors WHERE workspace = ?1 AND peer = ?2",
            params![self.number, peer.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        found
            .map(|(incarnation, acknowledged)| {
                let incarnation = Incarnation(incarnation);
                Ok(Cursor { incarnation, acknowledged: from_sql(acknowledged)? })
            })
            .transpose()
    }

    fn set_cursor(&mut self, peer: DeviceId, cursor: Cursor) -> Result<(), StorageError> {
        self.write(
            "INSERT INTO cursors (workspace, peer, incarnation, acknowledged) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (workspace, peer) DO UPDATE
             SET incarnation = excluded.incarnation, acknowledged = excluded.acknowledged",
            params![self.number, peer.0, cursor.incarnation.0, to_sql(cursor.acknowledged)?],
        )?;
        Ok(())
    }

    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.find(
            "SELECT value FROM settings WHERE workspace = ?1 AND name = ?2",
            params![self.number, name],
            |row| row.get(0),
        )
    }

    fn set_setting(&mut self, name: &str, value: Option<&[u8]>) -> Result<(), StorageError> {
        match value {
            Some(value) => self.write(
                "INSERT INTO settings (workspace, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (workspace, name) DO UPDATE SET value = excluded.value",
                params![self.number, name, value],
            )?,
            None => self.write(
                "DELETE FROM settings WHERE workspace = ?1 AND name = ?2",
                params![self.number, name],
            )?,
        };
        Ok(())
    }
}

fn led_astray(document: DocumentId) -> StorageError {
    StorageError::Damaged(format!("document {document}: the index of documents leads to another"))
}
