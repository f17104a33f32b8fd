//! A store in memory that keeps what a disk would keep: a turn's writes at its commit, and nothing of a turn that was
//! not committed. A copy of it is a backup.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jospar_core::ids::{
    ActorId, ChangeHash, DeviceId, Digest, DocumentId, Incarnation, PolicyHash,
};
use jospar_core::log::{Record, VersionVector};
use jospar_core::storage::{
    Cursor, Missing, Parked, Position, Quarantined, Storage, StorageError, Stored, Totals,
    check_replacement,
};

type Result<T> = std::result::Result<T, StorageError>;

#[derive(Debug, Clone, Default)]
struct DocumentRows {
    vector: VersionVector,
    actors: BTreeMap<ActorId, DeviceId>,
    changes: BTreeMap<ChangeHash, (ActorId, u64, Position)>,
    records: Vec<Position>,
}

#[derive(Debug, Clone)]
struct ParkedRow {
    origin: Option<DeviceId>,
    bytes: Vec<u8>,
    missing: BTreeSet<Missing>,
}

/// All rows; cloning shares what nobody writes to.
#[derive(Debug, Clone, Default)]
struct Rows {
    incarnation: Incarnation,
    policy: Rc<Vec<(PolicyHash, Vec<u8>)>>,
    documents: Rc<BTreeMap<DocumentId, Rc<DocumentRows>>>,
    records: Rc<BTreeMap<Position, Rc<Stored>>>,
    position: Position,
    parked: Rc<BTreeMap<u64, ParkedRow>>,
    parked_next: u64,
    own_actors: BTreeMap<DocumentId, (ActorId, [u8; 16])>,
    snapshots: BTreeMap<DocumentId, (Position, Rc<Vec<u8>>)>,
    views: BTreeMap<DocumentId, (Position, Rc<str>)>,
    quarantine: Rc<BTreeMap<DocumentId, Vec<Quarantined>>>,
    cursors: BTreeMap<DeviceId, Cursor>,
    settings: BTreeMap<String, Vec<u8>>,
}

/// The store: what is on disk, and the transaction that is open.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemoryStorage {
    kept: Rows,
    open: Rows,
}

impl MemoryStorage {
    pub(crate) fn new(incarnation: Incarnation) -> Self {
        let kept = Rows { incarnation, ..Rows::default() };
        Self { open: kept.clone(), kept }
    }

    pub(crate) fn commit(&mut self) {
        self.kept = self.open.clone();
    }

    /// Everything since the last commit is lost.
    pub(crate) fn undo(&mut self) {
        self.open = self.kept.clone();
    }

    /// Begins another life, as after a crash or when a backup was put back: own actors are forgotten.
    pub(crate) fn begin_life(&mut self, incarnation: Incarnation) {
        self.undo();
        self.open.incarnation = incarnation;
        self.open.own_actors.clear();
        self.commit();
    }

    pub(crate) fn parked_count(&self) -> usize {
        self.open.parked.len()
    }

    /// The log, in its order, without a copy.
    pub(crate) fn stored(&self) -> impl Iterator<Item = &Stored> {
        self.open.records.values().map(|row| &**row)
    }

    pub(crate) fn cursors(&self) -> &BTreeMap<DeviceId, Cursor> {
        &self.open.cursors
    }

    /// True if every change of the record is in the log or waits.
    pub(crate) fn holds(&self, record: &Record) -> bool {
        let has = |hash: &ChangeHash| {
            let rows = self.open.documents.get(&record.document());
            rows.is_some_and(|rows| rows.changes.contains_key(hash))
        };
        let waits = |hash: &ChangeHash| {
            self.open.parked.values().any(|row| {
                Record::decode_stored(&row.bytes).is_ok_and(|parked| {
                    parked.changes().iter().any(|change| change.header.hash == *hash)
                })
            })
        };
        record.changes().iter().all(|c| has(&c.header.hash) || waits(&c.header.hash))
    }

    fn document_mut(&mut self, document: DocumentId) -> &mut DocumentRows {
        let documents = Rc::make_mut(&mut self.open.documents);
        Rc::make_mut(documents.entry(document).or_default())
    }

    /// As on disk: what is read back is what the bytes say.
    fn put(
        &mut self,
        origin: Option<DeviceId>,
        record: &Record,
        position: Position,
    ) -> Result<Position> {
        let record = Record::decode_stored(&record.encode())
            .map_err(|error| StorageError::Damaged(error.to_string()))?;
        let row = Rc::new(Stored { position, origin, record });
        Rc::make_mut(&mut self.open.records).insert(position, row);
        Ok(position)
    }

    fn take<'a>(&self, rows: impl Iterator<Item = &'a Rc<Stored>>, max: usize) -> Vec<Stored> {
        let (mut taken, mut bytes) = (Vec::new(), 0_usize);
        for row in rows {
            bytes = bytes.saturating_add(row.record.changes_bytes());
            if bytes > max && !taken.is_empty() {
                break;
            }
            taken.push(Stored::clone(row));
        }
        taken
    }
}

impl Storage for MemoryStorage {
    fn incarnation(&self) -> Result<Incarnation> {
        Ok(self.open.incarnation)
    }

    fn policy_entries(&self) -> Result<Vec<Vec<u8>>> {
        Ok(self.open.policy.iter().map(|(_, bytes)| bytes.clone()).collect())
    }

    fn append_policy(&mut self, hash: PolicyHash, bytes: &[u8]) -> Result<()> {
        if !self.open.policy.iter().any(|(known, _)| *known == hash) {
            Rc::make_mut(&mut self.open.policy).push((hash, bytes.to_vec()));
        }
        Ok(())
    }

    fn documents(&self) -> Result<Vec<(DocumentId, Digest)>> {
        Ok(self.open.documents.iter().map(|(id, rows)| (*id, rows.vector.digest())).collect())
    }

    fn vector(&self, document: DocumentId) -> Result<VersionVector> {
        let rows = self.open.documents.get(&document);
        Ok(rows.map(|rows| rows.vector.clone()).unwrap_or_default())
    }

    fn actor_device(&self, document: DocumentId, actor: ActorId) -> Result<Option<DeviceId>> {
        let rows = self.open.documents.get(&document);
        Ok(rows.and_then(|rows| rows.actors.get(&actor).copied()))
    }

    fn find_change(
        &self,
        document: DocumentId,
        hash: ChangeHash,
    ) -> Result<Option<(ActorId, u64)>> {
        let row = self.open.documents.get(&document).and_then(|rows| rows.changes.get(&hash));
        Ok(row.map(|(actor, seq, _)| (*actor, *seq)))
    }

    fn find_by_first_bytes(
        &self,
        document: DocumentId,
        first: &[u8],
    ) -> Result<Option<ChangeHash>> {
        let Some(rows) = self.open.documents.get(&document) else { return Ok(None) };
        let found: Vec<_> = rows.changes.keys().filter(|h| h.0.starts_with(first)).collect();
        Ok(if let [hash] = found[..] { Some(*hash) } else { None })
    }

    fn find_by_seq(
        &self,
        document: DocumentId,
        actor: ActorId,
        seq: u64,
    ) -> Result<Option<ChangeHash>> {
        let Some(rows) = self.open.documents.get(&document) else { return Ok(None) };
        let of =
            |(_, row): &(&ChangeHash, &(ActorId, u64, Position))| (row.0, row.1) == (actor, seq);
        let found: Vec<_> = rows.changes.iter().filter(of).map(|(hash, _)| *hash).collect();
        Ok(if let [hash] = found[..] { Some(hash) } else { None })
    }

    fn append(
        &mut self,
        origin: Option<DeviceId>,
        record: &Record,
        vector: &VersionVector,
    ) -> Result<Position> {
        let document = record.document();
        let rows = self.open.documents.get(&document);
        if let Some((_, _, position)) = rows.and_then(|rows| rows.changes.get(&record.last_hash()))
        {
            return Ok(*position);
        }
        self.open.position += 1;
        let position = self.open.position;
        let rows = self.document_mut(document);
        rows.vector = vector.clone();
        rows.actors.extend(record.authors());
        for change in record.changes() {
            let header = &change.header;
            let row = (header.actor, header.seq, position);
            rows.changes.entry(header.hash).or_insert(row);
        }
        rows.records.push(position);
        self.put(origin, record, position)
    }

    fn replace(
        &mut self,
        positions: &[Position],
        origin: Option<DeviceId>,
        record: &Record,
    ) -> Result<()> {
        let (first, last) = (positions[0], positions[positions.len() - 1]);
        let before: Vec<Stored> =
            positions.iter().map(|position| Stored::clone(&self.open.records[position])).collect();
        check_replacement(&before, record)?;
        let rows = self.document_mut(record.document());
        let within: Vec<Position> =
            rows.records.iter().copied().filter(|p| (first..=last).contains(p)).collect();
        assert_eq!(within, positions, "all of the document from the first to the last");
        rows.records.retain(|position| *position == last || !positions.contains(position));
        for (_, _, position) in rows.changes.values_mut() {
            if (first..=last).contains(position) {
                *position = last;
            }
        }
        let records = Rc::make_mut(&mut self.open.records);
        records.retain(|position, _| !positions.contains(position));
        self.put(origin, record, last).map(|_| ())
    }

    fn documents_with_records(&self, records_min: usize) -> Result<Vec<DocumentId>> {
        let documents = self.open.documents.iter();
        let crowded = documents.filter(|(_, rows)| rows.records.len() >= records_min);
        Ok(crowded.map(|(id, _)| *id).collect())
    }

    fn forget_document(&mut self, document: DocumentId) -> Result<()> {
        let open = &mut self.open;
        Rc::make_mut(&mut open.documents).remove(&document);
        Rc::make_mut(&mut open.records).retain(|_, row| row.record.document() != document);
        Rc::make_mut(&mut open.parked)
            .retain(|_, row| Record::document_of(&row.bytes) != Some(document));
        open.own_actors.remove(&document);
        open.snapshots.remove(&document);
        open.views.remove(&document);
        Rc::make_mut(&mut open.quarantine).remove(&document);
        Ok(())
    }

    fn position(&self) -> Result<Position> {
        Ok(self.open.position)
    }

    fn records_after(&self, position: Position, bytes_max: usize) -> Result<Vec<Stored>> {
        let later = self.open.records.range(position + 1..).map(|(_, row)| row);
        Ok(self.take(later, bytes_max))
    }

    fn totals(&self) -> Result<Totals> {
        let rows = self.open.records.values();
        Ok(rows.fold(Totals::default(), |total, row| Totals {
            envelopes: total.envelopes + 1,
            changes: total.changes + row.record.changes().len() as u64,
            bytes: total.bytes + row.record.encode().len() as u64,
        }))
    }

    fn count_after(&self, position: Position, peer: DeviceId) -> Result<u64> {
        let later = self.open.records.range(position + 1..).map(|(_, row)| row);
        let others = later.filter(|row| row.origin != Some(peer));
        Ok(others.map(|row| row.record.changes().len() as u64).sum())
    }

    fn document_position(&self, document: DocumentId) -> Result<Position> {
        let rows = self.open.documents.get(&document);
        Ok(rows.and_then(|rows| rows.records.last().copied()).unwrap_or(0))
    }

    fn document_records(
        &self,
        document: DocumentId,
        position: Position,
        bytes_max: usize,
    ) -> Result<Vec<Stored>> {
        let Some(rows) = self.open.documents.get(&document) else { return Ok(Vec::new()) };
        let later = rows.records.iter().filter(|stored| **stored > position);
        Ok(self.take(later.map(|position| &self.open.records[position]), bytes_max))
    }

    fn next_pack(
        &self,
        document: DocumentId,
        position: Position,
    ) -> Result<Option<(Position, Vec<u8>)>> {
        let first = self.document_records(document, position, 1)?.into_iter().next();
        let packs = first.map(|stored| (stored.position, stored.record.encode()));
        Ok(packs.filter(|(_, bytes)| Record::is_packs(bytes)))
    }

    fn park(&mut self, origin: Option<DeviceId>, bytes: &[u8], missing: &[Missing]) -> Result<()> {
        let parked = Rc::make_mut(&mut self.open.parked);
        if let Some(row) = parked.values_mut().find(|row| row.bytes == bytes) {
            row.missing.extend(missing);
            return Ok(());
        }
        let missing = missing.iter().copied().collect();
        self.open.parked_next += 1;
        parked.insert(self.open.parked_next, ParkedRow { origin, bytes: bytes.to_vec(), missing });
        Ok(())
    }

    fn unpark(&mut self, missing: Missing) -> Result<Vec<Parked>> {
        let waits = |(id, row): (&u64, &ParkedRow)| row.missing.contains(&missing).then_some(*id);
        let ids: Vec<u64> = self.open.parked.iter().filter_map(waits).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let parked = Rc::make_mut(&mut self.open.parked);
        let rows = ids.into_iter().filter_map(|id| {
            let row = parked.remove(&id)?;
            Some(Parked { id, origin: row.origin, bytes: row.bytes })
        });
        Ok(rows.collect())
    }

    fn parked(&self, origin: Option<DeviceId>) -> Result<(u64, u64)> {
        let rows = self.open.parked.values().filter(|row| row.origin == origin);
        Ok(rows.fold((0, 0), |(n, bytes), row| (n + 1, bytes + row.bytes.len() as u64)))
    }

    fn own_actor(&self, document: DocumentId) -> Result<Option<(ActorId, [u8; 16])>> {
        Ok(self.open.own_actors.get(&document).copied())
    }

    fn set_own_actor(
        &mut self,
        document: DocumentId,
        actor: ActorId,
        nonce: [u8; 16],
    ) -> Result<()> {
        self.open.own_actors.insert(document, (actor, nonce));
        Ok(())
    }

    fn snapshot(&self, document: DocumentId) -> Result<Option<(Position, Vec<u8>)>> {
        let row = self.open.snapshots.get(&document);
        Ok(row.map(|(position, bytes)| (*position, bytes.to_vec())))
    }

    fn set_snapshot(
        &mut self,
        document: DocumentId,
        position: Position,
        bytes: &[u8],
    ) -> Result<()> {
        self.open.snapshots.insert(document, (position, Rc::new(bytes.to_vec())));
        Ok(())
    }

    fn cached_view(&self, document: DocumentId) -> Result<Option<(Position, String)>> {
        let row = self.open.views.get(&document);
        Ok(row.map(|(position, json)| (*position, json.to_string())))
    }

    fn set_cached_view(
        &mut self,
        document: DocumentId,
        position: Position,
        json: &str,
    ) -> Result<()> {
        self.open.views.insert(document, (position, Rc::from(json)));
        Ok(())
    }

    fn set_quarantine(&mut self, document: DocumentId, changes: &[Quarantined]) -> Result<()> {
        let quarantine = Rc::make_mut(&mut self.open.quarantine);
        if changes.is_empty() {
            quarantine.remove(&document);
        } else {
            quarantine.insert(document, changes.to_vec());
        }
        Ok(())
    }

    fn quarantine(&self) -> Result<Vec<Quarantined>> {
        Ok(self.open.quarantine.values().flatten().cloned().collect())
    }

    fn cursor(&self, peer: DeviceId) -> Result<Option<Cursor>> {
        Ok(self.open.cursors.get(&peer).copied())
    }

    fn set_cursor(&mut self, peer: DeviceId, cursor: Cursor) -> Result<()> {
        self.open.cursors.insert(peer, cursor);
        Ok(())
    }

    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.open.settings.get(name).cloned())
    }

    fn set_setting(&mut self, name: &str, value: Option<&[u8]>) -> Result<()> {
        match value {
            Some(value) => self.open.settings.insert(name.to_owned(), value.to_vec()),
            None => self.open.settings.remove(name),
        };
        Ok(())
    }
}
