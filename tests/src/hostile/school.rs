//! A school of one device that listens, with an honest member and a hostile one, both with keys that hold.

use ed25519_dalek::{Signer as _, SigningKey};
use jospar_core::admission::{Judged, Verdict};
use jospar_core::document::{Command, Document};
use jospar_core::ids::{
    ActorId, DeviceId, Digest, DocumentId, Incarnation, PersonId, PolicyHash, WorkspaceId,
};
use jospar_core::log::{Envelope, Pack, Packer, Record, actor_id};
use jospar_core::plan::Kind;
use jospar_core::policy::{Body, Entry, Policy, Role, Scope};
use jospar_core::protocol::{Frame, Hello, Invite, PROTOCOL_VERSION, SessionId};
use jospar_core::replica::{
    ApplyError, Effect, Identity, Input, LoadError, Moment, Note, Replica, Station, found_workspace,
};
use jospar_core::storage::{Quarantined, Storage as _, Stored};
use jospar_core::time::Timestamp;

use super::chunk::{hash_of, number};
use crate::storage::MemoryStorage;

/// Those who are not the listening director.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A teacher.
    Honest,
    /// A teacher whose program was changed.
    Hostile,
    /// Somebody who may only read.
    Viewer,
    /// Nobody of this school.
    Stranger,
}

const ALL: [Who; 4] = [Who::Honest, Who::Hostile, Who::Viewer, Who::Stranger];

/// The listening device, with its store, and the keys of the others.
#[derive(Debug)]
pub struct School {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The policy entry that is newest for everybody.
    pub head: PolicyHash,
    identity: Identity,
    keys: [SigningKey; 4],
    storage: MemoryStorage,
    replica: Replica,
    turns: u64,
}

fn key(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

impl School {
    /// A school with nothing in its log but its policy.
    #[must_use]
    pub fn new() -> Self {
        Self::with_station(Station::Device)
    }

    /// As [`School::new`], listening as a device or as a server does.
    #[must_use]
    pub fn with_station(station: Station) -> Self {
        let director = key(1);
        let moment = Moment { now: Timestamp(1_790_000_000_000), random: [1; 32] };
        let (workspace, genesis) = found_workspace(&director, &moment);
        let mut storage = MemoryStorage::new(Incarnation([1; 16]));
        let mut policy = Policy::new(workspace, &genesis).expect("the genesis holds");
        let mut entries = vec![genesis];
        let keys = [key(2), key(3), key(4), key(5)];
        let roles = [Role::Teacher, Role::Teacher, Role::Viewer];
        for (number, (key, role)) in keys.iter().zip(roles).enumerate() {
            let device = DeviceId(key.verifying_key().to_bytes());
            let person = PersonId([number as u8 + 2; 16]);
            let body = Body::Grant { device, person, role, scope: Scope::default() };
            let bytes = Entry::sign(&director, &policy, body).encode();
            policy.insert(&bytes).expect("a grant of the director holds");
            entries.push(bytes);
        }
        for bytes in &entries {
            let entry = Entry::decode(bytes).expect("an own entry");
            storage.append_policy(entry.hash(), bytes).expect("stored");
        }
        storage.commit();
        let identity = Identity { key: director, station };
        let replica = Replica::open(&storage, workspace, &identity).expect("opens");
        let head = policy.head();
        Self { workspace, head, identity, keys, storage, replica, turns: 0 }
    }

    /// The same school in another process: what is in the store, and nothing else.
    #[must_use]
    pub fn fork(&self) -> Self {
        let identity = Identity { key: self.identity.key.clone(), station: self.identity.station };
        let storage = self.storage.clone();
        let replica = Replica::open(&storage, self.workspace, &identity).expect("opens");
        let (workspace, head, turns) = (self.workspace, self.head, self.turns);
        Self { workspace, head, identity, keys: self.keys.clone(), storage, replica, turns }
    }

    /// The key of a member.
    #[must_use]
    pub fn key(&self, who: Who) -> &SigningKey {
        let place = ALL.iter().position(|other| *other == who).unwrap_or_default();
        &self.keys[place]
    }

    /// The device of a member.
    #[must_use]
    pub fn device(&self, who: Who) -> DeviceId {
        DeviceId(self.key(who).verifying_key().to_bytes())
    }

    /// The one document of a kind.
    #[must_use]
    pub fn document_id(&self, kind: Kind) -> DocumentId {
        DocumentId::singleton(&self.workspace, kind.byte())
    }

    /// The actor of a member in a document, for a nonce.
    #[must_use]
    pub fn actor(&self, who: Who, document: DocumentId, nonce: [u8; 16]) -> ActorId {
        actor_id(&self.device(who), &document, &nonce)
    }

    /// An honest envelope.
    #[must_use]
    pub fn envelope(
        &self,
        who: Who,
        document: DocumentId,
        nonce: [u8; 16],
        changes: Vec<Vec<u8>>,
    ) -> Vec<u8> {
        let key = self.key(who);
        Envelope::sign(key, &self.workspace, document, self.head, &nonce, changes)
            .expect("an honest envelope")
            .encode()
    }

    /// An envelope as a changed program makes it: it signs whatever the bytes are.
    #[must_use]
    pub fn forge(&self, who: Who, forgery: &Forgery<'_>) -> Vec<u8> {
        let Forgery { document, actor, seq, nonce, changes } = forgery;
        let last = seq.saturating_add(changes.len() as u64).saturating_sub(1);
        let tip = changes.last().map(|bytes| hash_of(bytes)).unwrap_or_default();
        let mut signed = b"jospar/envelope/1\0".to_vec();
        signed.extend(self.workspace.0);
        signed.extend(document.0);
        signed.extend(actor.0);
        signed.extend(last.to_le_bytes());
        signed.extend(tip);
        signed.extend(self.head.0);
        let mut out = vec![1, 0];
        out.extend(document.0);
        out.extend(actor.0);
        out.extend(self.device(who).0);
        out.extend(self.head.0);
        out.extend(self.key(who).sign(&signed).to_bytes());
        number(&mut out, *seq);
        if *seq == 1 {
            out.extend(nonce);
        }
        number(&mut out, changes.len() as u64);
        for change in *changes {
            number(&mut out, change.len() as u64);
            out.extend_from_slice(change);
        }
        out
    }

    /// The same records as packs; `None` if one of them cannot be read.
    #[must_use]
    pub fn packed(&self, records: &[impl AsRef<[u8]>]) -> Option<Vec<u8>> {
        let mut packer = Packer::new();
        for bytes in records {
            for record in Record::decode(&self.workspace, bytes.as_ref(), &mut ()).ok()? {
                packer.push(&record.ok()?, &|_| true, &|_, _, _| None);
            }
        }
        Some(Pack::encode(&packer.finish(&|_, _, _| None), None))
    }

    /// Takes in one record, as from a file.
    pub fn take_in(&mut self, from: Who, bytes: &[u8]) -> Verdict {
        let mut judged = self.take_in_all(from, bytes);
        assert_eq!(judged.len(), 1, "one record");
        judged.remove(0).verdict
    }

    /// Takes in records that came together, as from a file.
    pub fn take_in_all(&mut self, from: Who, bytes: &[u8]) -> Vec<Judged> {
        let origin = Some(self.device(from));
        let judged = self.replica.take_in(&mut self.storage, origin, bytes).expect("stored");
        self.flush();
        judged
    }

    /// The listening director invites a teacher.
    pub fn invite(&mut self) -> Invite {
        let moment = self.moment();
        let contact = DeviceId(self.identity.key.verifying_key().to_bytes());
        let (_, invite) = self
            .replica
            .invite(&mut self.storage, &moment, Role::Teacher, "a:1", contact)
            .expect("a director's device");
        self.flush();
        invite
    }

    /// Opens a session in which the peer has said nothing yet.
    pub fn accept(&mut self, from: Who) -> SessionId {
        self.turns += 1;
        let session = SessionId(self.turns);
        let peer = self.device(from);
        self.handle(Input::SessionOpened { session, peer, dialed: false });
        session
    }

    /// Opens a session in which the peer has said hello.
    pub fn open_session(&mut self, from: Who) -> SessionId {
        let session = self.accept(from);
        let hello = self.hello();
        self.handle(Input::FrameReceived { session, bytes: hello.encode() });
        session
    }

    /// What a peer with the same policy and no documents says first.
    #[must_use]
    pub fn hello(&self) -> Frame {
        Frame::Hello(Hello {
            version: PROTOCOL_VERSION,
            workspace: self.workspace,
            policy: self.replica.policy().digest(),
            documents: Digest([0; 16]),
            incarnation: Incarnation([7; 16]),
            clock: Timestamp(1_790_000_000_000),
        })
    }

    /// Hands over the bytes of a frame; what the replica wants done.
    pub fn frame(&mut self, session: SessionId, bytes: Vec<u8>) -> Vec<Effect> {
        self.handle(Input::FrameReceived { session, bytes })
    }

    /// Hands over records, each in a frame of its own, in one turn; the notes about what was refused.
    pub fn records(&mut self, session: SessionId, records: Vec<Vec<u8>>) -> Vec<Note> {
        let moment = self.moment();
        for records in records {
            let bytes = Frame::Records { position: 1, records }.encode();
            let input = Input::FrameReceived { session, bytes };
            self.replica.handle(&mut self.storage, &moment, input).expect("stored");
        }
        let notes = self.flush().into_iter().filter_map(|effect| match effect {
            Effect::Noted(note) => Some(note),
            _ => None,
        });
        notes.collect()
    }

    /// True while the session is live.
    #[must_use]
    pub fn is_live(&self, session: SessionId) -> bool {
        self.replica.is_live(session)
    }

    /// One turn of the node.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        let moment = self.moment();
        self.replica.handle(&mut self.storage, &moment, input).expect("stored");
        self.flush()
    }

    fn flush(&mut self) -> Vec<Effect> {
        let moment = self.moment();
        let output = self.replica.flush(&mut self.storage, &moment).expect("stored");
        self.storage.commit();
        output.early.into_iter().chain(output.late).collect()
    }

    fn moment(&mut self) -> Moment {
        self.turns += 1;
        let mut random = [7; 32];
        random[..8].copy_from_slice(&self.turns.to_le_bytes());
        Moment { now: Timestamp(1_790_000_000_000 + self.turns as i64), random }
    }

    /// The process ends and begins again: all that was in memory is read anew.
    pub fn reopen(&mut self) {
        self.replica = Replica::open(&self.storage, self.workspace, &self.identity).expect("opens");
    }

    /// The document as it is shown.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn document(&mut self, id: DocumentId) -> Result<&Document, LoadError> {
        self.replica.document(&mut self.storage, id)
    }

    /// The view as the store's caches have it, else as the document has it; fills the caches.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn view(&mut self, id: DocumentId) -> Result<serde_json::Value, LoadError> {
        self.replica.view(&mut self.storage, id)
    }

    /// The director edits.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn apply(&mut self, id: DocumentId, commands: &[Command]) -> Result<(), ApplyError> {
        let moment = self.moment();
        let applied = self.replica.apply(&mut self.storage, &moment, id, commands);
        self.flush();
        applied.map(drop)
    }

    /// Takes in policy entries; how many were new.
    pub fn take_in_policy(&mut self, entries: &[Vec<u8>]) -> usize {
        let new = self.replica.take_in_policy(&mut self.storage, entries).expect("stored");
        self.flush();
        new
    }

    /// The policy as the listening device has it.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        self.replica.policy()
    }

    /// Every record of the log.
    #[must_use]
    pub fn log(&self) -> Vec<Stored> {
        self.storage.records_after(0, usize::MAX).expect("read")
    }

    /// How many envelopes and bytes of a member wait.
    #[must_use]
    pub fn parked(&self, from: Who) -> (u64, u64) {
        self.storage.parked(Some(self.device(from))).expect("read")
    }

    /// Everything that is in the log and not in its document.
    #[must_use]
    pub fn quarantine(&self) -> Vec<Quarantined> {
        self.storage.quarantine().expect("read")
    }

    /// The document's snapshot, if there is one.
    #[must_use]
    pub fn snapshot(&self, id: DocumentId) -> Option<Vec<u8>> {
        self.storage.snapshot(id).expect("read").map(|(_, bytes)| bytes)
    }

    /// Puts bytes where the document's snapshot stands, as new as the log, and forgets its view.
    pub fn set_snapshot(&mut self, id: DocumentId, bytes: &[u8]) {
        let newest = self.storage.document_position(id).expect("read");
        self.storage.set_snapshot(id, newest, bytes).expect("stored");
        self.storage.set_cached_view(id, 0, "").expect("stored");
        self.storage.commit();
    }
}

impl Default for School {
    fn default() -> Self {
        Self::new()
    }
}

/// What a changed program puts into an envelope.
#[derive(Debug, Clone, Copy)]
pub struct Forgery<'a> {
    /// The document.
    pub document: DocumentId,
    /// The actor that it claims.
    pub actor: ActorId,
    /// The number of the first change that it claims.
    pub seq: u64,
    /// The nonce, written if the number is 1.
    pub nonce: [u8; 16],
    /// The changes, whatever they are.
    pub changes: &'a [Vec<u8>],
}
