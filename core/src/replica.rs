//! The replica: all that a node knows of one workspace, as one state machine.
//!
//! The node opens a store transaction, hands over its inputs one by one ([`Replica::handle`] and the methods that
//! change something), asks once for what must go out ([`Replica::flush`]), commits, and does it. When the store fails,
//! the node drops the replica and opens it anew: nothing in memory outlives a transaction that was not kept
//! (docs/adr/0002). A device and a server run the same code; a server loads no document.

mod approvals;
mod compaction;
mod compare;
mod documents;
mod drops;
mod fresh;
mod inputs;
mod members;
mod packing;
mod presence;
mod reach;
mod room;
mod sealed;
mod seals;
mod supply;
mod sync;
mod trust;
mod years;

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;

pub use approvals::{ApproveError, Held, Problem, Version};
pub use compaction::COMPACT_RECORDS_MIN;
pub use documents::{Applied, ApplyError, LoadError, Loaded, genesis_hash};
pub use drops::DropStatus;
use fresh::Fresh;
pub use inputs::{Effect, Input, Note, Output};
pub use members::{INVITE_MS, INVITES_MAX, MemberError, PendingJoin, found_workspace};
pub use room::{ROOM_RETRY_SECONDS, Room, Verdicts};
pub use sealed::is_sealed;
pub use seals::{SEALS_MAX, Seals};
pub use sync::PeerStatus;
pub use trust::{Assignment, SetAside};

use compaction::Compaction;

use crate::admission::{Admitted, Gate, Judged, Refusal, Verdict};
use crate::ids::{DeviceId, Digest, DocumentId, Incarnation, PolicyHash, WorkspaceId};
use crate::policy::{Policy, PolicyError, Rights};
use crate::protocol::{Company, Frame, Phase, RefusalCode, Session, SessionId};
use crate::storage::{Missing, Storage, StorageError, Stored};
use crate::time::Timestamp;

use sealed::{SealState, concerns_seals};

/// For what comes another way than in a session: room is asked of peers alone.
static NONE_FULL: BTreeSet<DocumentId> = BTreeSet::new();

/// A peer's clock that differs more than this is reported.
pub const CLOCK_SKEW_MS_MAX: i64 = 24 * 60 * 60 * 1000;

/// Now, and bytes that nobody can foresee. `core` has neither.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The node's clock.
    pub now: Timestamp,
    /// Fresh random bytes.
    pub random: [u8; 32],
}

impl Moment {
    /// Random bytes for one purpose, different for each.
    #[must_use]
    pub fn bytes<const N: usize>(&self, purpose: &str) -> [u8; N] {
        let mut bytes = [0; N];
        blake3::Hasher::new_keyed(&self.random)
            .update(purpose.as_bytes())
            .finalize_xof()
            .fill(&mut bytes);
        bytes
    }
}

/// Whether this replica loads documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Station {
    /// A person's device: validates and shows what it holds.
    Device,
    /// A district's server: stores and forwards.
    Server,
}

/// Who this replica is.
#[derive(Debug)]
pub struct Identity {
    /// The device key.
    pub key: SigningKey,
    /// Device or server.
    pub station: Station,
}

/// All that a node knows of one workspace.
#[derive(Debug)]
pub struct Replica {
    key: SigningKey,
    device: DeviceId,
    station: Station,
    workspace: WorkspaceId,
    incarnation: Incarnation,
    policy: Policy,
    documents: BTreeMap<DocumentId, Digest>,
    sessions: BTreeMap<SessionId, Session>,
    /// The peers that did not know this device when it dialed them last: they take a hello and a join from it, no more.
    unknown_to: BTreeSet<DeviceId>,
    loaded: BTreeMap<DocumentId, Loaded>,
    /// What opens sealed documents; a server has none.
    seals: Option<Seals>,
    seal_states: BTreeMap<DocumentId, SealState>,
    /// Something came that [`Replica::tend_seals`] should look at.
    seals_due: bool,
    effects: Vec<Effect>,
    fresh: Fresh,
    /// When a server says next which devices have all.
    reach_at: Option<Timestamp>,
    /// This turn has appended to the log, so a commit comes anyway.
    appended: bool,
    /// This turn has taken in an input, so a stream may go on.
    touched: bool,
    /// A session has more to send than one turn sends.
    goes_on: bool,
    /// When the turn was after which that was so.
    go_on_at: Option<Timestamp>,
    /// How many records this turn has stored.
    stored: usize,
    compaction: Compaction,
    room: Room,
    verdicts: Verdicts,
    /// Who is here; a server remembers of it only how much each device says.
    company: Company,
}

impl Replica {
    /// Reads what the store has of `workspace`.
    ///
    /// # Errors
    /// [`StorageError`]; [`StorageError::Damaged`] if the policy log does not start with the workspace's genesis.
    pub fn open(
        storage: &dyn Storage,
        workspace: WorkspaceId,
        identity: &Identity,
    ) -> Result<Self, StorageError> {
        let (policy, _) = Policy::from_entries(workspace, &storage.policy_entries()?)
            .map_err(|error| StorageError::Damaged(error.to_string()))?;
        Ok(Self {
            key: identity.key.clone(),
            device: DeviceId(identity.key.verifying_key().to_bytes()),
            station: identity.station,
            workspace,
            incarnation: storage.incarnation()?,
            policy,
            documents: storage.documents()?.into_iter().collect(),
            sessions: BTreeMap::new(),
            unknown_to: BTreeSet::new(),
            loaded: BTreeMap::new(),
            seals: None,
            seal_states: BTreeMap::new(),
            seals_due: false,
            effects: Vec::new(),
            fresh: Fresh::default(),
            reach_at: None,
            appended: false,
            touched: false,
            goes_on: false,
            go_on_at: None,
            stored: 0,
            compaction: Compaction::default(),
            room: Room::default(),
            verdicts: Verdicts::default(),
            company: Company::default(),
        })
    }

    /// How much waits to go out: what [`Replica::read_anew`] goes back to.
    #[must_use]
    pub fn mark(&self) -> usize {
        self.effects.len()
    }

    /// Reads what the store has anew, after what was written since `mark` was undone. Sessions stay.
    ///
    /// # Errors
    /// [`StorageError`]: drop the replica and open it anew.
    pub fn read_anew(&mut self, storage: &dyn Storage, mark: usize) -> Result<(), StorageError> {
        self.effects.truncate(mark);
        let (policy, _) = Policy::from_entries(self.workspace, &storage.policy_entries()?)
            .map_err(|error| StorageError::Damaged(error.to_string()))?;
        self.policy = policy;
        self.documents = storage.documents()?.into_iter().collect();
        self.loaded.clear();
        self.fresh.clear();
        self.seal_states.clear();
        Ok(())
    }

    /// The workspace.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// This device.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// The policy log.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// True if a document has a log here.
    #[must_use]
    pub fn has_document(&self, id: &DocumentId) -> bool {
        self.documents.contains_key(id)
    }

    /// Every document with a log, in the order of ids (so by kind first).
    pub fn documents(&self) -> impl Iterator<Item = (&DocumentId, &Digest)> {
        self.documents.iter()
    }

    /// Takes in one input.
    ///
    /// # Errors
    /// [`StorageError`]: drop the replica and open it anew.
    pub fn handle(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        input: Input,
    ) -> Result<(), StorageError> {
        self.touched = true;
        match input {
            Input::SessionOpened { session, peer, dialed } => {
                self.sessions.insert(session, Session::new(peer, dialed, moment.now));
                if dialed {
                    self.greet(storage, moment, session)?;
                }
            }
            Input::FrameReceived { session, bytes } => {
                self.receive(storage, moment, session, &bytes)?;
            }
            Input::DatagramReceived { session, bytes } => {
                self.on_datagram(moment.now, session, &bytes);
            }
            Input::SessionClosed { session } => {
                if let Some(closed) = self.sessions.remove(&session) {
                    self.store_cursor(storage, &closed)?;
                    self.forget_presence(&closed.peer);
                    if closed.phase == Phase::Live {
                        reach::note_reached(storage, &closed.peer, closed.equal_at)?;
                    }
                }
            }
            Input::Timeout => {
                self.check_deadlines(moment.now);
                self.expire_presence(moment.now);
                self.compact_if_due(storage, moment.now)?;
            }
        }
        Ok(())
    }

    /// Takes in what a peer or a file brought: one envelope or any number of packs. A verdict for each, or one for bytes
    /// that cannot be read.
    ///
    /// # Errors
    /// [`StorageError`]: drop the replica and open it anew.
    pub fn take_in(
        &mut self,
        storage: &mut dyn Storage,
        origin: Option<DeviceId>,
        bytes: &[u8],
    ) -> Result<Vec<Judged>, StorageError> {
        let judged = self.gate().admit(storage, origin, bytes)?;
        self.note_judged(storage, origin, &judged)?;
        Ok(judged)
    }

    /// Takes in policy entries; those whose predecessor is missing are left for later. Returns how many were new.
    ///
    /// # Errors
    /// [`StorageError`]: drop the replica and open it anew.
    pub fn take_in_policy(
        &mut self,
        storage: &mut dyn Storage,
        entries: &[Vec<u8>],
    ) -> Result<usize, StorageError> {
        let mut new = Vec::new();
        let before = self.policy.now().clone();
        for bytes in entries {
            match self.policy.insert(bytes) {
                Ok(true) => {
                    let hash = crate::policy::Entry::decode(bytes).map(|entry| entry.hash());
                    let hash = hash.unwrap_or_default();
                    storage.append_policy(hash, bytes)?;
                    new.push(hash);
                }
                Ok(false) | Err(PolicyError::Missing(_)) => {}
                Err(error) => {
                    let refusal = match error {
                        PolicyError::Malformed(error) => Refusal::Unreadable(error.into()),
                        PolicyError::Version(v) => {
                            Refusal::Unreadable(crate::log::EnvelopeError::Version(v))
                        }
                        _ => Refusal::Unreadable(crate::log::EnvelopeError::Signature),
                    };
                    self.effects.push(Effect::Noted(Note::Refused { origin: None, refusal }));
                }
            }
        }
        if !new.is_empty() {
            self.after_policy_change(storage, &new, &before)?;
        }
        Ok(new.len())
    }

    /// What must go out, given everything that was taken in since the last time. The last call of a turn.
    ///
    /// # Errors
    /// [`StorageError`]: drop the replica and open it anew.
    pub fn flush(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
    ) -> Result<Output, StorageError> {
        self.close_ended_sessions(moment.now);
        let mut output = Output { early: Vec::new(), late: std::mem::take(&mut self.effects) };
        let sessions: Vec<SessionId> = self.sessions.keys().copied().collect();
        for id in sessions {
            let frames = self.stream(storage, id)?;
            // What a session is told before (a hello above all) must arrive before.
            let told =
                |effect: &Effect| matches!(effect, Effect::Send { session, .. } if *session == id);
            if self.station == Station::Server && !output.late.iter().any(told) {
                output.early.extend(frames);
            } else {
                output.late.extend(frames);
            }
            self.settle_reached(storage, id)?;
            output.late.extend(self.acknowledge(moment.now, id));
            self.compare_if_due(moment.now, id, &mut output.late);
            if self.appended
                && let Some(session) = self.sessions.get(&id).cloned()
            {
                self.store_cursor(storage, &session)?;
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.cursor_dirty = false;
                }
            }
        }
        self.compaction.note_stored(std::mem::take(&mut self.stored), moment.now);
        self.tell_reach(storage, moment.now, &mut output.late)?;
        self.fresh.clear();
        self.go_on_at = std::mem::take(&mut self.goes_on).then_some(moment.now);
        self.appended = false;
        self.touched = false;
        Ok(output)
    }

    /// True once both ends of a session have said hello.
    #[must_use]
    pub fn is_live(&self, session: SessionId) -> bool {
        self.sessions.get(&session).is_some_and(|session| session.phase == Phase::Live)
    }

    /// True if a [`Replica::flush`] may have something to send: something was taken in, or a peer's window is open.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.appended || self.touched || !self.effects.is_empty()
    }

    /// When the replica wants [`Input::Timeout`], if at all.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        let sessions = self.sessions.values().filter_map(Session::next_timeout);
        let others =
            [self.reach_at, self.compaction.due, self.go_on_at, self.company.next_timeout()];
        sessions.chain(others.into_iter().flatten()).min()
    }

    const fn gate(&self) -> Gate<'_> {
        self.gate_with(&NONE_FULL)
    }

    const fn gate_with<'a>(&'a self, full: &'a BTreeSet<DocumentId>) -> Gate<'a> {
        Gate { workspace: self.workspace, policy: &self.policy, genesis: genesis_hash, full }
    }

    const fn rights(&self) -> &Rights {
        self.policy.now()
    }

    /// Publishes what was admitted and lets in what waited for it.
    fn after_admission(
        &mut self,
        storage: &mut dyn Storage,
        admitted: &Admitted,
    ) -> Result<(), StorageError> {
        self.note_grown(admitted);
        self.follow(storage, arrived(admitted).collect())
    }

    /// Lets in what waited for what has arrived, and what waited for that.
    fn follow(
        &mut self,
        storage: &mut dyn Storage,
        mut queue: Vec<Missing>,
    ) -> Result<(), StorageError> {
        while let Some(missing) = queue.pop() {
            self.let_in(storage, missing, &mut queue)?;
        }
        Ok(())
    }

    fn let_in(
        &mut self,
        storage: &mut dyn Storage,
        missing: Missing,
        queue: &mut Vec<Missing>,
    ) -> Result<(), StorageError> {
        for parked in storage.unpark(missing)? {
            for judged in self.gate().admit(storage, parked.origin, &parked.bytes)? {
                self.verdicts.count(&judged.verdict);
                match judged.verdict {
                    Verdict::Admitted(admitted) => {
                        // At once, so that the newest digest of a document is noted last.
                        self.note_grown(&admitted);
                        queue.extend(arrived(&admitted));
                    }
                    Verdict::Refused(refusal) => self.note_refused(parked.origin, refusal),
                    Verdict::Duplicate | Verdict::Pending | Verdict::Unresolved => {}
                }
            }
        }
        Ok(())
    }

    fn note_grown(&mut self, admitted: &Admitted) {
        let document = admitted.document();
        self.seals_due |= concerns_seals(&document);
        self.appended = true;
        self.stored += 1;
        self.documents.insert(document, admitted.digest);
        self.note_pending(admitted);
        self.fresh.push(&admitted.stored);
        self.effects.push(Effect::Published(document));
    }

    fn after_policy_change(
        &mut self,
        storage: &mut dyn Storage,
        new: &[PolicyHash],
        before: &Rights,
    ) -> Result<(), StorageError> {
        self.appended = true;
        self.seals_due = true;
        self.forget_dropped(storage, new)?;
        self.follow(storage, new.iter().map(|hash| Missing::Policy(*hash)).collect())?;
        // Frontiers and endorsement decide what is materialised: read every document anew.
        self.loaded.clear();
        if !self.policy.now().judges_like(before) {
            self.forget_views(storage)?;
        }
        self.effects.push(Effect::PolicyChanged);
        self.share_policy(&new.iter().copied().collect::<BTreeSet<_>>());
        self.forget_answered_joins(storage)?;
        self.forget_shut_out();
        self.close_unknown_sessions();
        self.welcome_waiting();
        Ok(())
    }

    fn send(&mut self, session: SessionId, frame: &Frame) {
        self.effects.push(Effect::Send { session, frame: frame.encode(), bulk: false });
    }

    fn close(&mut self, session: SessionId, code: RefusalCode) {
        self.send(session, &Frame::Refused(code));
        self.effects.push(Effect::Close { session, code: Some(code) });
        self.sessions.remove(&session);
    }
}

/// What an admitted record brought that others may wait for.
fn arrived(admitted: &Admitted) -> impl Iterator<Item = Missing> {
    let Stored { record, .. } = &admitted.stored;
    record.changes().iter().map(|change| Missing::Change(record.document(), change.header.hash))
}
