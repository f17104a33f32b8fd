//! A store in memory that keeps what a disk would keep: a turn's writes at its commit, and nothing of a turn that was
//! not committed. A copy of it is a backup.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jospar_core::ids::{
    ActorId, ChangeHash, DeviceId, Digest, DocumentId, Incarnation, PolicyHash,
};
use jospar_core::log::{Envelope, VersionVector};
use jospar_core::storage::{
    Cursor, Missing, Parked, Position, Quarantined, Storage, StorageError, Stored, Totals,
};

type Result<T> = std::result::Result<T, StorageError>;

#[derive(Debug, Clone, Default)]
struct DocumentRows {
    vector: VersionVector,
    actors: BTreeMap<ActorId, DeviceId>,
    changes: BTreeMap<ChangeHash, (ActorId, u64, Position)>,
    envelopes: Vec<Position>,
}

#[derive(Debug, Clone)]
struct ParkedRow {
    origin: Option<DeviceId>,
    bytes: Vec<u8>,
    missing: BTreeSet<Missing>,
}

/// An envelope and how many bytes it has.
type EnvelopeRow = Rc<(Stored, usize)>;

/// All rows; cloning shares what nobody writes to.
#[derive(Debug, Clone, Default)]
struct Rows {
    incarnation: Incarnation,
    policy: Rc<Vec<(PolicyHash, Vec<u8>)>>,
    documents: Rc<BTreeMap<DocumentId, Rc<DocumentRows>>>,
    /// The envelope of position 1 first; nothing where its document was dropped.
    envelopes: Rc<Vec<Option<EnvelopeRow>>>,
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
        self.open.envelopes.iter().flatten().map(|row| &row.0)
    }

    pub(crate) fn cursors(&self) -> &BTreeMap<DeviceId, Cursor> {
        &self.open.cursors
    }

    /// True if every change of the envelope is in the log, or the envelope waits.
    pub(crate) fn holds(&self, envelope: &Envelope) -> bool {
        let has = |hash: &ChangeHash| {
            let rows = self.open.documents.get(&envelope.document);
            rows.is_some_and(|rows| rows.changes.contains_key(hash))
        };
        let waits = |hash: &ChangeHash| {
            self.open.parked.values().any(|row| {
                Envelope::decode_stored(&row.bytes).is_ok_and(|parked| {
                    parked.changes.iter().any(|change| change.header.hash == *hash)
                })
            })
        };
        envelope.changes.iter().all(|c| has(&c.header.hash) || waits(&c.header.hash))
    }

    fn document_mut(&mut self, document: DocumentId) -> &mut DocumentRows {
        let documents = Rc::make_mut(&mut self.open.documents);
        Rc::make_mut(documents.entry(document).or_default())
    }

    fn take<'a>(&self, positions: impl Iterator<Item = &'a Position>, max: usize) -> Vec<Stored> {
        let (mut taken, mut bytes) = (Vec::new(), 0);
        for position in positions {
            let row = &self.open.envelopes[usize::try_from(*position).unwrap() - 1];
            let Some(row) = row else { continue };
            bytes += row.1;
            if bytes > max && !taken.is_empty() {
                break;
            }
            taken.push(row.0.clone());
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

    fn append(
        &mut self,
        origin: Option<DeviceId>,
        envelope: &Envelope,
        vector: &VersionVector,
    ) -> Result<Position> {
        let Some(tip) = envelope.changes.last() else {
            return Err(StorageError::Failed("an envelope without changes".to_owned()));
        };
        let rows = self.open.documents.get(&envelope.document);
        if let Some((_, _, position)) = rows.and_then(|rows| rows.changes.get(&tip.header.hash)) {
            return Ok(*position);
        }
        let position = self.open.envelopes.len() as Position + 1;
        let rows = self.document_mut(envelope.document);
        rows.vector = vector.clone();
        rows.actors.entry(envelope.actor).or_insert(envelope.device);
        for change in &envelope.changes {
            let header = &change.header;
            let row = (header.actor, header.seq, position);
            rows.changes.entry(header.hash).or_insert(row);
        }
        rows.envelopes.push(position);
        // As on disk: what is read back is what the bytes say.
        let bytes = envelope.encode();
        let envelope = Envelope::decode_stored(&bytes)
            .map_err(|error| StorageError::Damaged(error.to_string()))?;
        let row = Some(Rc::new((Stored { position, origin, envelope }, bytes.len())));
        Rc::make_mut(&mut self.open.envelopes).push(row);
        Ok(position)
    }

    fn forget_document(&mut self, document: DocumentId) -> Result<()> {
        let open = &mut self.open;
        Rc::make_mut(&mut open.documents).remove(&document);
        for row in Rc::make_mut(&mut open.envelopes) {
            row.take_if(|row| row.0.envelope.document == document);
        }
        Rc::make_mut(&mut open.parked)
            .retain(|_, row| Envelope::document_of(&row.bytes) != Some(document));
        open.own_actors.remove(&document);
        open.snapshots.remove(&document);
        open.views.remove(&document);
        Rc::make_mut(&mut open.quarantine).remove(&document);
        Ok(())
    }

    fn position(&self) -> Result<Position> {
        Ok(self.open.envelopes.len() as Position)
    }

    fn envelopes_after(&self, position: Position, bytes_max: usize) -> Result<Vec<Stored>> {
        let newest = self.open.envelopes.len() as Position;
        let positions: Vec<Position> = (position + 1..=newest).collect();
        Ok(self.take(positions.iter(), bytes_max))
    }

    fn totals(&self) -> Result<Totals> {
        let rows = self.open.envelopes.iter().flatten();
        Ok(rows.fold(Totals::default(), |total, row| Totals {
            envelopes: total.envelopes + 1,
            changes: total.changes + row.0.envelope.changes.len() as u64,
            bytes: total.bytes + row.1 as u64,
        }))
    }

    fn count_after(&self, position: Position, peer: DeviceId) -> Result<u64> {
        let later = self.open.envelopes.iter().flatten().filter(|row| row.0.position > position);
        Ok(later.filter(|row| row.0.origin != Some(peer)).count() as u64)
    }

    fn document_position(&self, document: DocumentId) -> Result<Position> {
        let rows = self.open.documents.get(&document);
        Ok(rows.and_then(|rows| rows.envelopes.last().copied()).unwrap_or(0))
    }

    fn document_envelopes(
        &self,
        document: DocumentId,
        position: Position,
        bytes_max: usize,
    ) -> Result<Vec<Stored>> {
        let Some(rows) = self.open.documents.get(&document) else { return Ok(Vec::new()) };
        let later = rows.envelopes.iter().filter(|stored| **stored > position);
        Ok(self.take(later, bytes_max))
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
