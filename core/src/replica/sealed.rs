//! Sealed documents of a replica: founding, keys and their devices, opening what is in the log, closing what is written.
//!
//! Who may open a document follows from the policy and from the owner that its id is bound to. Its keys travel in its
//! own log as key chunks, written by whoever has them. A device that may open a document and cannot asks for its keys in
//! its own record (kind `device_record`); whoever has them answers with a key chunk (docs/adr/0015).

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use serde_json::Value;

use super::documents::{Logged, read_log};
use super::{ApplyError, LoadError, Moment, Replica, Seals, Station};
use crate::admission::Verdict;
use crate::document::{Command, Path};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId};
use crate::log::{
    ChangeHeader, ClearHeader, ClosedChunk, Envelope, KeyChunk, KeyId, SealContext, SealKey,
    SealedChange, SealedChunk, WRAPS_MAX, Wrap, actor_id, read_closed, seal,
};
use crate::plan::{DeviceRecord, Kind, Record};
use crate::storage::{Position, Storage, StorageError};
use crate::validation::Reason;

/// True for a document of a sealed kind.
#[must_use]
pub fn is_sealed(document: &DocumentId) -> bool {
    Kind::from_byte(document.kind()).is_some_and(Kind::is_sealed)
}

/// True for a document whose growth may call for [`Replica::tend_seals`].
pub(super) fn concerns_seals(document: &DocumentId) -> bool {
    is_sealed(document) || document.kind() == Kind::DeviceRecord.byte()
}

/// One key of a document as the log has it.
#[derive(Debug, Clone)]
struct KeyState {
    epoch: u64,
    /// The first chunk that carried the key: what is sealed with it depends on that one.
    chunk: ChangeHash,
    wraps: Vec<Wrap>,
}

/// A document's keys as the log has them.
#[derive(Debug, Clone, Default)]
pub(super) struct SealState {
    position: Position,
    owner: Option<(PersonId, [u8; 16])>,
    keys: BTreeMap<KeyId, KeyState>,
}

impl SealState {
    fn note(&mut self, hash: ChangeHash, chunk: KeyChunk) {
        self.owner.get_or_insert((chunk.owner, chunk.owner_nonce));
        let first = KeyState { epoch: chunk.epoch, chunk: hash, wraps: Vec::new() };
        self.keys.entry(chunk.key).or_insert(first).wraps.extend(chunk.wraps);
    }

    fn note_all(&mut self, logged: &[Logged]) {
        for Logged { change, .. } in logged {
            if let Ok((hash, ClosedChunk::Key(chunk))) = read_closed(&change.bytes) {
                self.note(hash, chunk);
            }
        }
    }
}

/// What a change is sealed with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sealing {
    key: SealKey,
    chunk: ChangeHash,
}

/// A device with its public seal key.
type Recipient = (DeviceId, [u8; 32]);

/// A key and whom it is for.
struct Handout {
    key: SealKey,
    epoch: u64,
    recipients: Vec<Recipient>,
}

/// A log whose sealed changes were opened, as far as this device can.
#[derive(Default)]
pub(super) struct Opened {
    /// The changes as automerge knows them.
    pub(super) logged: Vec<Logged>,
    /// What stays out, by the hash in the log.
    pub(super) left_out: Vec<(SealedChange, Reason)>,
    /// From the hash that automerge gives a change to its hash in the log.
    pub(super) outer: BTreeMap<ChangeHash, ChangeHash>,
}

impl Opened {
    /// What the sealed change is inside, if all that its clear header says is so.
    fn inside(
        &self,
        chunk: &SealedChunk<'_>,
        keys: &BTreeSet<ChangeHash>,
        plain: Vec<u8>,
    ) -> Option<SealedChange> {
        let header = ChangeHeader::parse(&plain).ok()?;
        let same = header.actor == chunk.header.actor
            && header.seq == chunk.header.seq
            && header.operations > 0;
        let wanted: Option<BTreeSet<ChangeHash>> =
            header.dependencies.iter().map(|inner| self.outer.get(inner).copied()).collect();
        let named: BTreeSet<ChangeHash> =
            chunk.header.dependencies.iter().filter(|hash| !keys.contains(hash)).copied().collect();
        (same && wanted? == named).then_some(SealedChange { header, bytes: plain })
    }
}

impl Replica {
    /// Gives the replica what opens its sealed documents. Without it they stay closed.
    pub fn take_seals(&mut self, seals: Seals) {
        self.seals = Some(seals);
        self.seals_due = true;
        self.loaded.retain(|id, _| !is_sealed(id));
    }

    /// True if [`Replica::next_seals`] and [`Replica::tend_seals`] may have something to do.
    #[must_use]
    pub const fn seals_due(&self) -> bool {
        self.seals_due && self.seals.is_some()
    }

    const fn seal_context(&self, document: DocumentId) -> SealContext {
        SealContext { workspace: self.workspace, document }
    }

    /// A document's keys, as new as the log.
    fn seal_state(
        &mut self,
        storage: &dyn Storage,
        id: DocumentId,
    ) -> Result<SealState, StorageError> {
        let mut state = self.seal_states.remove(&id).unwrap_or_default();
        let newest = storage.document_position(id)?;
        if state.position < newest {
            state.note_all(&read_log(storage, id, state.position)?);
            state.position = newest;
        }
        self.seal_states.insert(id, state.clone());
        Ok(state)
    }

    fn known_key(&self, state: &SealState, id: DocumentId, key: &KeyId) -> Option<SealKey> {
        let seals = self.seals.as_ref()?;
        let kept = seals.keys.get(&(id, *key)).copied();
        let (context, device) = (self.seal_context(id), self.device);
        kept.or_else(|| {
            let wraps = state.keys.get(key)?.wraps.iter().filter(|wrap| wrap.device == device);
            wraps.into_iter().find_map(|wrap| wrap.open(&context, key, &seals.secret))
        })
    }

    /// Opens a whole log.
    ///
    /// # Errors
    /// [`LoadError::Sealed`] if this device has no key of the document.
    pub(super) fn open_log(
        &self,
        id: DocumentId,
        genesis: ChangeHash,
        logged: Vec<Logged>,
    ) -> Result<Opened, LoadError> {
        let mut state = SealState::default();
        state.note_all(&logged);
        let known = |key: &KeyId| Some((*key, self.known_key(&state, id, key)?));
        let known: BTreeMap<KeyId, SealKey> = state.keys.keys().filter_map(known).collect();
        if known.is_empty() {
            return Err(LoadError::Sealed(id));
        }
        let context = self.seal_context(id);
        let mut keys = BTreeSet::new();
        let mut opened = Opened::default();
        opened.outer.insert(genesis, genesis);
        for Logged { device, change } in logged {
            let inside = match read_closed(&change.bytes) {
                Ok((hash, ClosedChunk::Key(_))) => {
                    keys.insert(hash);
                    continue;
                }
                Ok((_, ClosedChunk::Sealed(chunk))) => match known.get(&chunk.key) {
                    None => Err(Reason::Locked),
                    Some(key) => chunk
                        .open(&context, key)
                        .and_then(|plain| opened.inside(&chunk, &keys, plain))
                        .ok_or(Reason::Unsealed),
                },
                Err(_) => Err(Reason::Unsealed),
            };
            match inside {
                Ok(inside) => {
                    opened.outer.insert(inside.header.hash, change.header.hash);
                    opened.logged.push(Logged { device, change: inside });
                }
                Err(reason) => opened.left_out.push((change, reason)),
            }
        }
        Ok(opened)
    }

    /// Makes a sealed document of this device's person: its first key, for all devices that may open it.
    ///
    /// # Errors
    /// [`ApplyError::NoRight`], [`LoadError::Sealed`] without a seal ring.
    pub fn found_sealed(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        kind: Kind,
        name: &str,
    ) -> Result<DocumentId, ApplyError> {
        let nonce: [u8; 16] = moment.bytes(&format!("sealed document {name}"));
        let member = self.rights().member(&self.device);
        let owner = member.map_or(PersonId::default(), |member| member.person);
        let id = DocumentId::owned(kind.byte(), &owner, &nonce);
        if !kind.is_sealed() || !self.rights().may_write(&self.device, &id) {
            return Err(ApplyError::NoRight(id));
        }
        if self.seals.is_none() {
            return Err(LoadError::Sealed(id).into());
        }
        self.new_key(storage, moment, id, (owner, nonce), 1)?;
        Ok(id)
    }

    /// The key that this device seals with now: a new one if anybody who had the last one may not open the document any
    /// more. Whoever may open it and has no key yet gets all of them.
    pub(super) fn ready_key(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: DocumentId,
    ) -> Result<Sealing, ApplyError> {
        let state = self.seal_state(storage, id)?;
        let closed = || ApplyError::Load(LoadError::Sealed(id));
        let owner = state.owner.ok_or_else(closed)?;
        if !self.rights().may_open(&self.device, &id, &owner.0) {
            return Err(closed());
        }
        let rights = self.rights().clone();
        let may_open = |device: &DeviceId| rights.may_open(device, &id, &owner.0);
        let mut missing = Vec::new();
        let mut usable: Option<(u64, KeyId, Sealing)> = None;
        let recipients = self.recipients(storage, id, &owner.0)?;
        for (name, key) in &state.keys {
            let Some(known) = self.known_key(&state, id, name) else { continue };
            let has = |device: &DeviceId| key.wraps.iter().any(|wrap| wrap.device == *device);
            let lacks: Vec<_> =
                recipients.iter().filter(|(device, _)| !has(device)).copied().collect();
            if !lacks.is_empty() {
                missing.push(Handout { key: known, epoch: key.epoch, recipients: lacks });
            }
            let clean = key.wraps.iter().all(|wrap| may_open(&wrap.device));
            let newer = usable.is_none_or(|(epoch, id, _)| (key.epoch, *name) > (epoch, id));
            if clean && newer {
                let sealing = Sealing { key: known, chunk: key.chunk };
                usable = Some((key.epoch, *name, sealing));
            }
        }
        self.append_keys(storage, moment, id, owner, &missing)?;
        match usable {
            Some((.., sealing)) => Ok(sealing),
            None => {
                let newest = state.keys.values().map(|key| key.epoch).max().unwrap_or(0);
                self.new_key(storage, moment, id, owner, newest.saturating_add(1))
            }
        }
    }

    fn new_key(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: DocumentId,
        owner: (PersonId, [u8; 16]),
        epoch: u64,
    ) -> Result<Sealing, ApplyError> {
        let key = SealKey(moment.bytes(&format!("seal key {id} {epoch}")));
        let recipients = self.recipients(storage, id, &owner.0)?;
        let chunks =
            self.append_keys(storage, moment, id, owner, &[Handout { key, epoch, recipients }])?;
        let chunk = chunks.first().copied();
        chunk.map(|chunk| Sealing { key, chunk }).ok_or(LoadError::Sealed(id).into())
    }

    /// The devices that may open a document, with their public seal keys; those that have announced none are left out.
    fn recipients(
        &mut self,
        storage: &mut dyn Storage,
        id: DocumentId,
        owner: &PersonId,
    ) -> Result<Vec<Recipient>, StorageError> {
        let rights = self.rights();
        let may_open = |device: &&DeviceId| rights.may_open(device, &id, owner);
        let devices: Vec<DeviceId> =
            rights.members().map(|(device, _)| device).filter(may_open).copied().collect();
        let mut recipients = Vec::new();
        for device in devices {
            if let Some(seal_key) = self.seal_key_of(storage, device)? {
                recipients.push((device, seal_key));
            }
        }
        Ok(recipients)
    }

    fn seal_key_of(
        &mut self,
        storage: &mut dyn Storage,
        device: DeviceId,
    ) -> Result<Option<[u8; 32]>, StorageError> {
        if device == self.device {
            return Ok(self.seals.as_ref().map(|seals| seals.secret.public()));
        }
        let record = self.device_record(storage, device)?;
        let key = HEXLOWER.decode(record.seal_key.as_bytes()).ok();
        Ok(key.and_then(|key| key.try_into().ok()))
    }

    /// What a device says of itself; empty if nothing of it is here or can be read.
    pub(super) fn device_record(
        &mut self,
        storage: &mut dyn Storage,
        device: DeviceId,
    ) -> Result<DeviceRecord, StorageError> {
        let id = DocumentId::of_device(Kind::DeviceRecord.byte(), &device);
        match self.view(storage, id) {
            Ok(view) => Ok(DeviceRecord::from_view(&view)),
            Err(LoadError::Storage(error)) => Err(error),
            Err(_) => Ok(DeviceRecord::default()),
        }
    }

    /// Appends key chunks as one envelope of this device's key actor and returns their hashes.
    fn append_keys(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: DocumentId,
        owner: (PersonId, [u8; 16]),
        keys: &[Handout],
    ) -> Result<Vec<ChangeHash>, ApplyError> {
        let nonce = key_nonce(&self.own_actor(storage, moment, id)?.1);
        let actor = actor_id(&self.device, &id, &nonce);
        let mut previous = storage.vector(id)?.tip(&actor).map(|tip| (tip.seq, tip.hash));
        let context = self.seal_context(id);
        let (mut chunks, mut hashes) = (Vec::new(), Vec::new());
        for Handout { key, epoch, recipients } in keys {
            for some in recipients.chunks(WRAPS_MAX) {
                let wrap = |(device, seal_key): &Recipient| {
                    let random =
                        moment.bytes(&format!("wrap {id} {epoch} {device} {:?}", key.id(&id).0));
                    Wrap::new(&context, key, *device, *seal_key, random)
                };
                let header = ClearHeader {
                    actor,
                    seq: previous.map_or(1, |(seq, _)| seq + 1),
                    dependencies: previous.map(|(_, hash)| hash).into_iter().collect(),
                };
                let wraps = some.iter().filter_map(wrap).collect();
                let (owner, owner_nonce) = owner;
                let (epoch, key) = (*epoch, key.id(&id));
                let bytes = KeyChunk { header, owner, owner_nonce, epoch, key, wraps }.encode();
                let header = ChangeHeader::parse(&bytes).unwrap_or_else(|_| ChangeHeader::none());
                previous = Some((header.seq, header.hash));
                hashes.push(header.hash);
                chunks.push(bytes);
            }
        }
        if chunks.is_empty() {
            return Ok(hashes);
        }
        let head = self.policy.head_for(&self.device);
        let envelope = Envelope::sign(&self.key, &self.workspace, id, head, &nonce, chunks)?;
        match self.gate().admit_record(storage, None, envelope.into())? {
            Verdict::Admitted(admitted) => self.after_admission(storage, &admitted)?,
            verdict => return Err(ApplyError::Refused(format!("{verdict:?}"))),
        }
        Ok(hashes)
    }

    /// The hash that a change of a document has inside, by that hash or by the one in the log, which is the same where
    /// nothing is sealed. `None` for a change that the document does not have, or that this device cannot read.
    ///
    /// # Errors
    /// [`LoadError`], but not [`LoadError::Sealed`].
    pub fn find_inside(
        &mut self,
        storage: &mut dyn Storage,
        id: DocumentId,
        hash: ChangeHash,
    ) -> Result<Option<ChangeHash>, LoadError> {
        if !is_sealed(&id) {
            return Ok(storage.find_change(id, hash)?.map(|_| hash));
        }
        match self.load(storage, id, false) {
            Ok(loaded) => {
                let mut known = loaded.outer.iter();
                let found = known.find(|(inside, outside)| [**inside, **outside].contains(&hash));
                Ok(found.map(|(inside, _)| *inside))
            }
            Err(LoadError::Sealed(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Seals a change that was just made in the loaded document. Returns the chunk and the change.
    pub(super) fn close_change(
        &self,
        id: DocumentId,
        sealing: &Sealing,
        moment: &Moment,
        bytes: Vec<u8>,
    ) -> Result<(Vec<u8>, SealedChange), ApplyError> {
        let refused = |reason: &str| ApplyError::Refused(reason.to_owned());
        let header = ChangeHeader::parse(&bytes).map_err(|error| refused(&error.to_string()))?;
        let outer = self.loaded.get(&id).map(|loaded| &loaded.outer);
        let outer = outer.ok_or_else(|| refused("the document is not loaded"))?;
        let mut dependencies = vec![sealing.chunk];
        for inner in &header.dependencies {
            let outer = outer.get(inner).ok_or_else(|| refused("an unknown dependency"))?;
            dependencies.push(*outer);
        }
        let clear = ClearHeader { actor: header.actor, seq: header.seq, dependencies };
        let random = moment.bytes("seal");
        let chunk = seal(&self.seal_context(id), &sealing.key, &clear, &bytes, random);
        let chunk = chunk.ok_or_else(|| refused("the change is too large to be sealed"))?;
        Ok((chunk, SealedChange { header, bytes }))
    }

    /// The actor for this device's next sealed change: another one if what the log has of the old one cannot be read
    /// here any more, for numbers inside and outside are the same.
    pub(super) fn own_sealed_actor(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: DocumentId,
    ) -> Result<(ActorId, [u8; 16]), StorageError> {
        let own = self.own_actor(storage, moment, id)?;
        let Some(tip) = storage.vector(id)?.tip(&own.0) else { return Ok(own) };
        let read = self.loaded.get(&id).map(|loaded| &loaded.outer);
        if read.is_some_and(|outer| outer.values().any(|hash| *hash == tip.hash)) {
            return Ok(own);
        }
        let nonce = moment.bytes("sealed actor");
        let actor = actor_id(&self.device, &id, &nonce);
        storage.set_own_actor(id, actor, nonce)?;
        Ok((actor, nonce))
    }

    /// Tells the others this device's public seal key, what it has dropped and which documents it wants keys of, and
    /// answers those who want keys. Writes nothing if nothing changed.
    ///
    /// # Errors
    /// [`ApplyError`]; what was written before it stays in the transaction.
    pub fn tend_seals(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
    ) -> Result<(), ApplyError> {
        self.seals_due = false;
        let member = self.rights().member(&self.device).is_some();
        let Some(seals) = self.seals.as_ref().filter(|_| member) else { return Ok(()) };
        if self.station == Station::Server {
            return Ok(());
        }
        let public = HEXLOWER.encode(&seals.secret.public());
        let dropped = |id: &&DocumentId| self.policy.now().is_dropped(id);
        let dropped: BTreeSet<String> =
            seals.settled.iter().filter(dropped).map(ToString::to_string).collect();
        let asks = self.unopened(storage)?;
        let record = self.device_record(storage, self.device)?;
        let mut commands = Vec::new();
        let field = |name: &str| Path::root().child(name);
        if record.seal_key != public {
            commands.push(Command::Set { path: field("seal_key"), value: Value::from(public) });
        }
        for (name, wanted, there) in
            [("dropped", dropped, record.dropped), ("asks", asks, record.asks)]
        {
            let there: BTreeSet<String> = there.into_iter().collect();
            let path = || field(name);
            let more = wanted.difference(&there).cloned();
            commands.extend(more.map(|value| Command::Include { path: path(), value }));
            let less = there.difference(&wanted).cloned();
            commands.extend(less.map(|value| Command::Exclude { path: path(), value }));
        }
        if !commands.is_empty() {
            let own = DocumentId::of_device(Kind::DeviceRecord.byte(), &self.device);
            self.apply(storage, moment, own, &commands)?;
        }
        self.answer_asks(storage, moment)
    }

    /// The sealed documents that this device may open and has not all keys of.
    fn unopened(&mut self, storage: &dyn Storage) -> Result<BTreeSet<String>, StorageError> {
        let sealed: Vec<DocumentId> =
            self.documents.keys().filter(|id| is_sealed(id)).copied().collect();
        let mut asks = BTreeSet::new();
        for id in sealed {
            let state = self.seal_state(storage, id)?;
            let Some((owner, _)) = state.owner else { continue };
            let lacks = |key: &KeyId| self.known_key(&state, id, key).is_none();
            if self.rights().may_open(&self.device, &id, &owner) && state.keys.keys().any(lacks) {
                asks.insert(id.to_string());
            }
        }
        Ok(asks)
    }

    fn answer_asks(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
    ) -> Result<(), ApplyError> {
        let others: Vec<DeviceId> =
            self.rights().members().map(|(id, _)| *id).filter(|id| *id != self.device).collect();
        for device in others {
            let record = self.device_record(storage, device)?;
            let asked = record.asks.iter().filter_map(|text| text.parse::<DocumentId>().ok());
            let asked: Vec<DocumentId> = asked.collect();
            let Some(seal_key) = self.seal_key_of(storage, device)? else { continue };
            for id in asked.into_iter().filter(is_sealed) {
                let state = self.seal_state(storage, id)?;
                let Some(owner) = state.owner else { continue };
                let may = self.rights().may_open(&device, &id, &owner.0)
                    && self.rights().may_open(&self.device, &id, &owner.0)
                    && self.rights().may_write(&self.device, &id);
                let has = |wrap: &Wrap| wrap.device == device && wrap.seal_key == seal_key;
                let lacks = |(name, key): (&KeyId, &KeyState)| {
                    let known = self.known_key(&state, id, name)?;
                    let lacks = may && !key.wraps.iter().any(has);
                    let recipients = vec![(device, seal_key)];
                    lacks.then_some(Handout { key: known, epoch: key.epoch, recipients })
                };
                let answer: Vec<_> = state.keys.iter().filter_map(lacks).collect();
                self.append_keys(storage, moment, id, owner, &answer)?;
            }
        }
        Ok(())
    }

    /// The ring after the drops that it has not followed yet: without the keys of what was dropped, and with another
    /// secret. `None` if there are none. Give it to [`Replica::take_seals`] once it is on disk in place of the old one.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails.
    pub fn next_seals(
        &mut self,
        storage: &dyn Storage,
        random: [u8; 32],
    ) -> Result<Option<Seals>, StorageError> {
        let Some(seals) = self.seals.clone() else { return Ok(None) };
        let unsettled = self.rights().dropped().map(|(id, _)| *id);
        let unsettled: BTreeSet<DocumentId> =
            unsettled.filter(|id| !seals.settled.contains(id)).collect();
        if unsettled.is_empty() {
            return Ok(None);
        }
        let mut next = seals;
        if unsettled.iter().any(is_sealed) {
            let sealed: Vec<DocumentId> =
                self.documents.keys().filter(|id| is_sealed(id)).copied().collect();
            for id in sealed {
                let state = self.seal_state(storage, id)?;
                for name in state.keys.keys() {
                    if let Some(key) = self.known_key(&state, id, name) {
                        next.keys.insert((id, *name), key);
                    }
                }
            }
            next = Seals { keys: next.keys, settled: next.settled, ..Seals::new(random) };
        }
        next.keys.retain(|(id, _), _| !unsettled.contains(id));
        next.settled.extend(unsettled);
        Ok(Some(next))
    }
}

/// Key chunks have an actor of their own, so that the numbers of sealed changes are those of the changes inside.
fn key_nonce(nonce: &[u8; 16]) -> [u8; 16] {
    let mut bytes = [0; 16];
    let mut hasher = blake3::Hasher::new_derive_key("jospar key actor 1");
    hasher.update(nonce).finalize_xof().fill(&mut bytes);
    bytes
}
