//! Documents of a replica: read from the log, validated, edited, shown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::sealed::{Opened, is_sealed};
use super::{Moment, Replica};
use crate::admission::{Admitted, Verdict};
use crate::document::{Author, Command, CommandError, Document, DocumentError};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId};
use crate::log::{ByteReader, ByteWriter, Envelope, EnvelopeError, Record, SealedChange, actor_id};
use crate::plan::Kind;
use crate::storage::{Position, Quarantined, Storage, StorageError, Stored};
use crate::validation::{self, Candidate, Reason};

/// How many documents stay loaded at once.
const LOADED_MAX: usize = 64;
/// From how many changes on a document is worth a snapshot.
const SNAPSHOT_CHANGES_MIN: usize = 24;
/// A new snapshot is made when the one before lacks this many changes, and this share of those that it has.
const SNAPSHOT_STEP: usize = 24;
const SNAPSHOT_SHARE: usize = 8;
/// The first byte of a snapshot. It counts up with its format; those of another are as good as none.
const SNAPSHOT_VERSION: u8 = 2;
/// How many changes wait for a loaded document before it is rather read anew, at once.
const PENDING_MAX: usize = 1_000;
const READ_BYTES: usize = 1024 * 1024;

/// Why a document cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Nothing of it is in the log.
    #[error("document {0} is not on this device")]
    Unknown(DocumentId),
    /// It is sealed, and this device has no key of it: it is kept and passed on.
    #[error("document {0} is sealed")]
    Sealed(DocumentId),
    /// Its kind belongs to a newer version.
    #[error("documents of kind {0} belong to a newer version")]
    UnknownKind(u8),
    /// automerge failed on it.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why commands were not carried out. Nothing of them was.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApplyError {
    /// This device may not write the document, or nobody may: it was dropped.
    #[error("this device may not write document {0}")]
    NoRight(DocumentId),
    /// The commands do not fit the document.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The document cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The change could not be signed: it is too large for one envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The gate refused this device's own change: the store and the memory disagree.
    #[error("the change was refused by this device itself: {0}")]
    Refused(String),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A change that was made and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its hash; `None` if the commands changed nothing.
    pub change: Option<ChangeHash>,
    /// Where its envelope stands in the log.
    pub position: Position,
}

/// A document in memory, with the gate that judges what arrives.
#[derive(Debug)]
pub struct Loaded {
    document: Document,
    gate: validation::Gate,
    /// How many changes the newest snapshot has; 0 without one.
    kept: usize,
    /// What the log got since it was read.
    pending: Vec<Logged>,
    quarantined: Vec<Quarantined>,
    /// For a sealed document: from the hash that automerge gives a change to its hash in the log.
    pub(super) outer: BTreeMap<ChangeHash, ChangeHash>,
    /// Some change stays out because of its author: what arrives may change that, so read everything anew.
    judged_whole: bool,
}

impl Loaded {
    /// The document and its gate as bytes, if the newest snapshot lacks much of it.
    fn snapshot_if_due(&mut self) -> Option<Vec<u8>> {
        let changes = self.gate.passed_count();
        let due =
            SNAPSHOT_CHANGES_MIN.max(self.kept + SNAPSHOT_STEP.max(self.kept / SNAPSHOT_SHARE));
        if changes < due || !self.quarantined.is_empty() {
            return None;
        }
        self.kept = changes;
        let mut writer = ByteWriter::new();
        writer.byte(SNAPSHOT_VERSION).bytes(&self.gate.keep()).raw(&self.document.save());
        Some(writer.finish())
    }

    /// What [`Loaded::snapshot_if_due`] wrote; `None` for anything else.
    fn from_snapshot(kind: Kind, bytes: &[u8]) -> Option<Self> {
        let mut reader = ByteReader::new(bytes);
        if reader.byte("version") != Ok(SNAPSHOT_VERSION) {
            return None;
        }
        let gate = validation::Gate::from_kept(reader.bytes(bytes.len(), "gate").ok()?).ok()?;
        let document = Document::from_snapshot(kind.schema(), reader.rest()).ok()?;
        Some(Self {
            kept: gate.passed_count(),
            document,
            gate,
            pending: Vec::new(),
            quarantined: Vec::new(),
            outer: BTreeMap::new(),
            judged_whole: false,
        })
    }
}

/// A change as the log has it.
#[derive(Debug)]
pub(super) struct Logged {
    pub(super) device: DeviceId,
    pub(super) change: SealedChange,
}

/// The hash of the genesis change of a kind; `None` for a kind of a newer version.
#[must_use]
pub fn genesis_hash(kind: u8) -> Option<ChangeHash> {
    Kind::from_byte(kind).map(Kind::genesis_hash)
}

impl Replica {
    /// The document, loaded and up to date with the log.
    ///
    /// # Errors
    /// [`LoadError`]: show the reason.
    pub fn document(
        &mut self,
        storage: &mut dyn Storage,
        id: DocumentId,
    ) -> Result<&Document, LoadError> {
        self.load(storage, id, false).map(|loaded| &loaded.document)
    }

    /// Puts a document out of memory; it is read anew when it is needed.
    pub fn unload(&mut self, id: &DocumentId) {
        self.loaded.remove(id);
    }

    /// The device that wrote with `actor` in a document, and whose it is or was.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails.
    pub fn author(
        &self,
        storage: &dyn Storage,
        document: DocumentId,
        actor: ActorId,
    ) -> Result<Option<DeviceId>, StorageError> {
        storage.actor_device(document, actor)
    }

    /// The view of a document and its log position, from the store's cache if that is as new as the log.
    ///
    /// # Errors
    /// [`LoadError`]: show the reason.
    pub fn view(&mut self, storage: &mut dyn Storage, id: DocumentId) -> Result<Value, LoadError> {
        if is_sealed(&id) || Kind::from_byte(id.kind()).is_some_and(Kind::is_bulky) {
            // Neither a view nor a snapshot of personal data is ever written to disk, and none of a file: it is as long.
            return self.load(storage, id, false).map(|loaded| loaded.document.view());
        }
        let newest = storage.document_position(id)?;
        if let Some((position, json)) = storage.cached_view(id)?
            && position == newest
            && let Ok(view) = serde_json::from_str(&json)
        {
            return Ok(view);
        }
        let loaded = self.load(storage, id, false)?;
        let view = loaded.document.view();
        let snapshot = loaded.snapshot_if_due();
        storage.set_cached_view(id, newest, &view.to_string())?;
        if let Some(snapshot) = snapshot {
            storage.set_snapshot(id, newest, &snapshot)?;
        }
        Ok(view)
    }

    /// The document from this device's own snapshot and what the log got since.
    fn read_snapshot(
        &self,
        storage: &mut dyn Storage,
        id: DocumentId,
    ) -> Result<Option<Loaded>, LoadError> {
        let Some(kind) = Kind::from_byte(id.kind()) else { return Ok(None) };
        let vector = storage.vector(id)?;
        // Which branch of a number counts is decided over the whole log.
        if vector.is_branched() {
            return Ok(None);
        }
        let Some((position, bytes)) = storage.snapshot(id)? else { return Ok(None) };
        let Some(mut loaded) = Loaded::from_snapshot(kind, &bytes) else { return Ok(None) };
        // Whenever the policy comes to judge otherwise, snapshots are forgotten. A record that was packed since can hold
        // changes of both sides.
        loaded.pending = read_log(storage, id, position)?;
        loaded.pending.retain(|logged| !loaded.gate.passed(&logged.change.header.hash));
        let Some(loaded) = self.catch_up(storage, id, loaded)? else { return Ok(None) };
        // Bytes that were cut can load as less.
        let held: BTreeSet<_> = loaded.quarantined.iter().map(|held| held.change).collect();
        let there = |hash| loaded.document.knows(hash) || held.contains(hash);
        let mut tips = vector.iter().flat_map(|(_, tips)| tips);
        let whole = tips.all(|tip| there(&tip.hash)) && there(&kind.genesis_hash());
        Ok(whole.then_some(loaded))
    }

    /// Carries out commands as one change: signed, stored, and out with the next [`Replica::flush`].
    ///
    /// # Errors
    /// [`ApplyError`]; nothing was carried out.
    pub fn apply(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: DocumentId,
        commands: &[Command],
    ) -> Result<Applied, ApplyError> {
        self.apply_with(storage, moment, id, commands, None)
    }

    /// Whether commands would be carried out, now: the rights, and what the document holds. `fresh` is a document that
    /// would be made. Nothing is changed.
    ///
    /// # Errors
    /// As [`Replica::apply`].
    pub fn check_commands(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        (id, fresh): (DocumentId, bool),
        commands: &[Command],
    ) -> Result<(), ApplyError> {
        let device = self.device;
        if !self.rights().may_write(&device, &id) || self.rights().is_dropped(&id) {
            return Err(ApplyError::NoRight(id));
        }
        let mut document = match Kind::from_byte(id.kind()) {
            Some(kind) if fresh => Document::new(kind.byte(), kind.schema()),
            _ => self.load(storage, id, false)?.document.clone(),
        };
        let (actor, random) = (ActorId(moment.bytes("check")), moment.bytes("edit"));
        document.edit(&Author { actor, time: moment.now, random }, commands)?;
        Ok(())
    }

    /// As [`Replica::apply`], with a note for the history (see [`Document::edit_with`]).
    ///
    /// # Errors
    /// As [`Replica::apply`].
    pub fn apply_with(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: DocumentId,
        commands: &[Command],
        note: Option<&str>,
    ) -> Result<Applied, ApplyError> {
        let device = self.device;
        if !self.rights().may_write(&device, &id) || self.rights().is_dropped(&id) {
            return Err(ApplyError::NoRight(id));
        }
        let sealing = match is_sealed(&id) {
            true => Some(self.ready_key(storage, moment, id)?),
            false => None,
        };
        let (actor, nonce) = match sealing {
            Some(_) => {
                self.load(storage, id, false)?;
                self.own_sealed_actor(storage, moment, id)?
            }
            None => self.own_actor(storage, moment, id)?,
        };
        let author = Author { actor, time: moment.now, random: moment.bytes("edit") };
        let policy_head = self.policy.head_for(&device);
        let (key, workspace) = (self.key.clone(), self.workspace);
        let loaded = self.load(storage, id, true)?;
        let Some(bytes) = loaded.document.edit_with(&author, commands, note)? else {
            return Ok(Applied { change: None, position: storage.position()? });
        };
        let closed = match &sealing {
            Some(sealing) => self
                .close_change(id, sealing, moment, bytes)
                .map(|(chunk, inside)| (chunk, Some(inside))),
            None => Ok((bytes, None)),
        };
        let stored = closed.and_then(|(chunk, inside)| {
            let envelope = Envelope::sign(&key, &workspace, id, policy_head, &nonce, vec![chunk])?;
            self.store_own(storage, id, envelope, inside)
        });
        if stored.is_err() {
            self.loaded.remove(&id);
        }
        stored
    }

    fn store_own(
        &mut self,
        storage: &mut dyn Storage,
        id: DocumentId,
        envelope: Envelope,
        inside: Option<SealedChange>,
    ) -> Result<Applied, ApplyError> {
        let verdict = self.gate().admit_record(storage, None, envelope.into())?;
        let Verdict::Admitted(admitted) = verdict else {
            return Err(ApplyError::Refused(format!("{verdict:?}")));
        };
        let position = admitted.stored.position;
        let change = admitted.stored.record.changes().first();
        let applied = Applied { change: change.map(|change| change.header.hash), position };
        // Own changes are in the document already; the gate must know them to judge what builds on them.
        if let (Some(loaded), Some(change)) = (self.loaded.get_mut(&id), change) {
            if let Some(inside) = &inside {
                loaded.outer.insert(inside.header.hash, change.header.hash);
            }
            let judged = loaded.gate.check(inside.as_ref().unwrap_or(change));
            judged.map_err(|reason| ApplyError::Refused(format!("{reason:?}")))?;
        }
        self.after_admission(storage, &admitted)?;
        if let Some(loaded) = self.loaded.get_mut(&id) {
            loaded.pending.retain(|logged| Some(logged.change.header.hash) != applied.change);
        }
        Ok(applied)
    }

    pub(super) fn own_actor(
        &self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: DocumentId,
    ) -> Result<(ActorId, [u8; 16]), StorageError> {
        if let Some(own) = storage.own_actor(id)? {
            return Ok(own);
        }
        let nonce = moment.bytes("actor");
        let actor = actor_id(&self.device, &id, &nonce);
        storage.set_own_actor(id, actor, nonce)?;
        Ok((actor, nonce))
    }

    /// Everything that is in the log, is not materialised, and waits for a decision.
    ///
    /// # Errors
    /// [`LoadError`] of the first document that cannot be loaded for another reason than its kind.
    pub fn quarantine(&mut self, storage: &mut dyn Storage) -> Result<Vec<Quarantined>, LoadError> {
        let all: Vec<DocumentId> = self.documents.keys().copied().collect();
        for id in all {
            match self.load(storage, id, false) {
                Ok(_) | Err(LoadError::UnknownKind(_) | LoadError::Sealed(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.known_quarantine(storage)?)
    }

    /// As [`Replica::quarantine`], but only what was found when documents were loaded before.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails.
    pub fn known_quarantine(
        &self,
        storage: &dyn Storage,
    ) -> Result<Vec<Quarantined>, StorageError> {
        let mut held = storage.quarantine()?;
        held.retain(|held| !self.rights().is_settled(&held.document, &held.change));
        Ok(held)
    }

    pub(super) fn load(
        &mut self,
        storage: &mut dyn Storage,
        id: DocumentId,
        create: bool,
    ) -> Result<&mut Loaded, LoadError> {
        if !create && !self.documents.contains_key(&id) {
            return Err(LoadError::Unknown(id));
        }
        let usable = match self.loaded.remove(&id) {
            Some(loaded) => self.catch_up(storage, id, loaded)?,
            None => None,
        };
        let loaded = match usable {
            Some(loaded) => loaded,
            None => match self.read_snapshot(storage, id)? {
                Some(loaded) => loaded,
                None => self.read(storage, id, &BTreeSet::new())?,
            },
        };
        if self.loaded.len() >= LOADED_MAX {
            self.loaded.pop_first();
        }
        Ok(self.loaded.entry(id).or_insert(loaded))
    }

    /// Brings a loaded document up to date with the log; `None` if it must be read anew.
    fn catch_up(
        &self,
        storage: &mut dyn Storage,
        id: DocumentId,
        mut loaded: Loaded,
    ) -> Result<Option<Loaded>, LoadError> {
        if loaded.pending.is_empty() {
            return Ok(Some(loaded));
        }
        if is_sealed(&id) {
            return Ok(None);
        }
        let all_stand = loaded.pending.iter().all(|logged| self.stands(id, logged));
        if loaded.judged_whole || !all_stand {
            return Ok(None);
        }
        let before = loaded.quarantined.len();
        let mut passed = Vec::new();
        for Logged { change, .. } in std::mem::take(&mut loaded.pending) {
            match loaded.gate.check(&change) {
                Ok(change) => passed.push(change),
                Err(reason) => loaded.quarantined.push(quarantined(id, &change, reason)),
            }
        }
        if loaded.document.apply_changes(passed).is_err() {
            return Ok(None);
        }
        if loaded.quarantined.len() != before {
            storage.set_quarantine(id, &loaded.quarantined)?;
        }
        Ok(Some(loaded))
    }

    /// Hands what the log got to the document, if it is loaded.
    pub(super) fn note_pending(&mut self, admitted: &Admitted) {
        let record = &admitted.stored.record;
        let Some(loaded) = self.loaded.get_mut(&record.document()) else { return };
        if admitted.branched || loaded.pending.len() >= PENDING_MAX {
            self.loaded.remove(&record.document());
            return;
        }
        loaded.pending.extend(logged_of(record));
    }

    /// Reads a document from its whole log. `failed` are changes that automerge is known to fail on.
    fn read(
        &self,
        storage: &mut dyn Storage,
        id: DocumentId,
        failed: &BTreeSet<ChangeHash>,
    ) -> Result<Loaded, LoadError> {
        let kind = Kind::from_byte(id.kind()).ok_or(LoadError::UnknownKind(id.kind()))?;
        let mut document = Document::new(kind.byte(), kind.schema());
        let mut gate = validation::Gate::new(&kind.genesis())
            .map_err(|_| LoadError::UnknownKind(id.kind()))?;
        let logged = read_log(storage, id, 0)?;
        let Opened { logged, left_out: locked, outer } = match kind.is_sealed() {
            true => self.open_log(id, kind.genesis_hash(), logged)?,
            false => Opened { logged, ..Opened::default() },
        };
        let candidates: Vec<Candidate<'_>> = logged
            .iter()
            .map(|logged| Candidate { change: &logged.change, revoked: !self.stands(id, logged) })
            .collect();
        let excluded = validation::excluded(&candidates);
        let mut passed = Vec::new();
        let mut left_out: Vec<Quarantined> =
            locked.iter().map(|(change, reason)| quarantined(id, change, *reason)).collect();
        for Logged { change, .. } in &logged {
            let hash = &change.header.hash;
            let verdict = match excluded.get(hash) {
                Some(reason) => Err(*reason),
                None if failed.contains(hash) => Err(Reason::Failed),
                None => gate.check(change),
            };
            match verdict {
                Ok(change) => passed.push(change),
                Err(reason) => {
                    let mut held = quarantined(id, change, reason);
                    held.change = outer.get(hash).copied().unwrap_or(*hash);
                    left_out.push(held);
                }
            }
        }
        if document.apply_changes(passed.clone()).is_err() {
            let offender = find_offender(kind, &passed);
            let mut failed = failed.clone();
            if let Some(hash) = offender
                && failed.insert(hash)
            {
                return self.read(storage, id, &failed);
            }
            return Err(LoadError::Document(DocumentError::Poisoned));
        }
        storage.set_quarantine(id, &left_out)?;
        let judged_whole = !excluded.is_empty() || !failed.is_empty();
        Ok(Loaded {
            document,
            gate,
            kept: 0,
            pending: Vec::new(),
            quarantined: left_out,
            outer,
            judged_whole,
        })
    }

    fn stands(&self, id: DocumentId, logged: &Logged) -> bool {
        let Logged { device, change } = logged;
        self.rights().stands(device, &id, &change.header.actor, change.header.seq)
    }
}

/// Every change of a document, in log order.
pub(super) fn read_changes(
    storage: &dyn Storage,
    id: DocumentId,
) -> Result<Vec<SealedChange>, StorageError> {
    Ok(read_log(storage, id, 0)?.into_iter().map(|logged| logged.change).collect())
}

/// The changes of a record, each with its author's device.
fn logged_of(record: &Record) -> impl Iterator<Item = Logged> {
    record.changes().iter().filter_map(|change| {
        let (device, _) = record.author(&change.header.actor)?;
        Some(Logged { device, change: change.clone() })
    })
}

pub(super) fn read_log(
    storage: &dyn Storage,
    id: DocumentId,
    mut position: Position,
) -> Result<Vec<Logged>, StorageError> {
    let mut logged = Vec::new();
    loop {
        let stored = storage.document_records(id, position, READ_BYTES)?;
        let Some(last) = stored.last() else { return Ok(logged) };
        position = last.position;
        for Stored { record, .. } in &stored {
            logged.extend(logged_of(record));
        }
    }
}

fn quarantined(document: DocumentId, change: &SealedChange, reason: Reason) -> Quarantined {
    Quarantined {
        document,
        change: change.header.hash,
        actor: change.header.actor,
        seq: change.header.seq,
        reason: reason.message_key().to_owned(),
    }
}

/// Applies changes one by one to a fresh document and names the first that automerge fails on.
fn find_offender(kind: Kind, changes: &[automerge::Change]) -> Option<ChangeHash> {
    let mut document = Document::new(kind.byte(), kind.schema());
    changes
        .iter()
        .find(|change| document.apply_changes(vec![(*change).clone()]).is_err())
        .map(|change| ChangeHash(change.hash().0))
}
