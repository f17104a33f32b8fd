//! Sessions with peers: greeting, streaming the log, acknowledging, comparing.

use std::collections::BTreeMap;

use super::packing::{RECORDS_FRAME_BYTES, pack_up};
use super::reach::reached;
use super::{CLOCK_SKEW_MS_MAX, Effect, Moment, Note, Replica};
use crate::admission::Verdict;
use crate::ids::{DeviceId, Digest, PolicyHash};
use crate::log::{Before, Record};
use crate::protocol::{
    BULK_FROM_BYTES, Frame, Hello, JOIN_BYTES_MAX, POLICY_ASKS_MAX, PROTOCOL_VERSION, Phase,
    RefusalCode, Session, SessionId,
};
use crate::storage::{Cursor, Position, Storage, StorageError};
use crate::time::Timestamp;

/// How one peer stands, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    /// The peer.
    pub peer: DeviceId,
    /// A session with it is live.
    pub connected: bool,
    /// It has all that this device has and it may read: named just now if it is connected, else when it was last heard
    /// of, itself or through a server.
    pub equal: bool,
    /// How many changes of this device's log it has not acknowledged, as far as is known.
    pub unacknowledged: u64,
    /// When it has ever acknowledged anything.
    pub known: bool,
}

impl Replica {
    /// Says hello and takes up the stream where the peer acknowledged it last.
    pub(super) fn greet(
        &mut self,
        storage: &dyn Storage,
        moment: &Moment,
        id: SessionId,
    ) -> Result<(), StorageError> {
        let Some(session) = self.sessions.get(&id) else { return Ok(()) };
        let (peer, heard) = (session.peer, session.incarnation);
        let cursor = storage.cursor(peer)?;
        let cursor = cursor.filter(|cursor| heard.is_none_or(|heard| heard == cursor.incarnation));
        let documents = self.shared_digest(&peer);
        let hello = Hello {
            version: PROTOCOL_VERSION,
            workspace: self.workspace,
            policy: self.policy.digest(),
            documents,
            incarnation: self.incarnation,
            clock: moment.now,
        };
        let newest = storage.position()?;
        if let Some(session) = self.sessions.get_mut(&id) {
            let from = cursor.map_or(newest, |cursor| cursor.acknowledged.min(newest));
            session.sent = from;
            session.acknowledged = from;
            session.holds = cursor.is_some();
            session.told = Some(documents);
        }
        self.send(id, &Frame::Hello(hello));
        let first = cursor.is_none() && !self.unknown_to.contains(&peer);
        if first && self.sessions.get(&id).is_some_and(|session| session.dialed) {
            let documents: BTreeMap<_, _> =
                self.shared_documents(&peer).map(|(id, digest)| (*id, *digest)).collect();
            if !documents.is_empty() {
                self.send(id, &Frame::Documents(documents));
            }
        }
        Ok(())
    }

    pub(super) fn receive(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: SessionId,
        bytes: &[u8],
    ) -> Result<(), StorageError> {
        let Some(session) = self.sessions.get(&id) else { return Ok(()) };
        let (phase, dialed) = (session.phase, session.dialed);
        if phase == Phase::Stranger && (session.joined || bytes.len() > JOIN_BYTES_MAX) {
            self.close(id, RefusalCode::UnknownDevice);
            return Ok(());
        }
        let frame = match Frame::decode(bytes) {
            Ok(frame) => frame,
            Err(crate::protocol::FrameError::UnknownKind(_)) => {
                self.close(id, RefusalCode::Version);
                return Ok(());
            }
            Err(_) => {
                self.close(id, RefusalCode::Protocol);
                return Ok(());
            }
        };
        match (phase, frame) {
            (Phase::Greeting, Frame::Hello(hello)) => self.on_hello(storage, moment, id, &hello),
            (Phase::Greeting | Phase::Stranger, Frame::Join(join)) => {
                self.on_join(storage, moment, id, join)
            }
            (_, Frame::Refused(code)) => {
                self.on_refused(id, code);
                Ok(())
            }
            // A peer that dialed and is not known says nothing about room.
            (phase, Frame::Later { code, seconds }) if phase == Phase::Live || dialed => {
                self.on_later(moment.now, id, code, seconds);
                Ok(())
            }
            (Phase::Live, frame) => self.on_frame(storage, moment, id, frame),
            // Bulk frames travel beside the peer's hello and may overtake it.
            (Phase::Greeting, frame @ Frame::Records { .. }) if self.dialed_member(id) => {
                self.on_frame(storage, moment, id, frame)
            }
            _ => {
                self.close(id, RefusalCode::Protocol);
                Ok(())
            }
        }
    }

    fn dialed_member(&self, id: SessionId) -> bool {
        self.sessions.get(&id).is_some_and(|s| s.dialed && self.policy.now().is_known(&s.peer))
    }

    fn on_hello(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: SessionId,
        hello: &Hello,
    ) -> Result<(), StorageError> {
        let Some(session) = self.sessions.get_mut(&id) else { return Ok(()) };
        let peer = session.peer;
        if hello.version == 0 || hello.workspace != self.workspace {
            self.close(id, RefusalCode::Version);
            return Ok(());
        }
        if !self.policy.now().is_known(&peer) {
            let code = match self.policy.now().revocation(&peer) {
                Some(_) => RefusalCode::Revoked,
                None => RefusalCode::UnknownDevice,
            };
            if code == RefusalCode::Revoked || session.dialed {
                self.close(id, code);
            } else {
                session.phase = Phase::Stranger;
                self.send(id, &Frame::Refused(code));
            }
            return Ok(());
        }
        if self.policy.now().has_ended(&peer, moment.now) {
            self.close(id, RefusalCode::Revoked);
            return Ok(());
        }
        session.phase = Phase::Live;
        self.unknown_to.remove(&peer);
        session.incarnation = Some(hello.incarnation);
        session.peer_documents = Some(hello.documents);
        let dialed = session.dialed;
        self.note_twins(&peer);
        let skew = hello.clock.0.saturating_sub(moment.now.0);
        if skew.saturating_abs() > CLOCK_SKEW_MS_MAX {
            self.effects.push(Effect::Noted(Note::ClockSkew { peer, milliseconds: skew }));
        }
        if !dialed {
            self.greet(storage, moment, id)?;
        }
        self.begin_stream(storage, moment.now, id, hello)?;
        if hello.policy != self.policy.digest() {
            let hashes: Vec<PolicyHash> = self.policy.hashes().copied().collect();
            self.send(id, &Frame::PolicyHave(hashes));
        }
        self.note_reach(moment.now);
        self.introduce(storage, id)
    }

    /// Two sessions of one key are two copies of one device: what comes from one of them is not known to the other.
    fn note_twins(&mut self, peer: &DeviceId) {
        let of_peer =
            |session: &&mut Session| session.peer == *peer && session.phase == Phase::Live;
        if self.sessions.values_mut().filter(of_peer).count() > 1 {
            self.sessions.values_mut().filter(of_peer).for_each(|session| session.echo = true);
        }
    }

    /// Decides from the peer's hello where this side's stream starts.
    fn begin_stream(
        &mut self,
        storage: &dyn Storage,
        now: Timestamp,
        id: SessionId,
        hello: &Hello,
    ) -> Result<(), StorageError> {
        let newest = storage.position()?;
        let Some(peer) = self.sessions.get(&id).map(|session| session.peer) else { return Ok(()) };
        let cursor = storage.cursor(peer)?;
        let equal = hello.documents == self.shared_digest(&peer);
        let Some(session) = self.sessions.get_mut(&id) else { return Ok(()) };
        if let Some(cursor) = cursor.filter(|cursor| cursor.incarnation != hello.incarnation) {
            session.holds = false;
            session.claimed = cursor.acknowledged;
        }
        let claimed = session.claimed;
        if equal {
            session.note_equal(newest);
        } else if hello.documents == Self::empty_digest() {
            session.sent = newest;
            session.acknowledged = 0;
            // Once digests are equal the cursor holds again.
            session.holds = false;
            session.echo = true;
        } else {
            if !session.holds {
                session.sent = session.sent.max(newest);
            }
            session.note_different(now);
        }
        if hello.documents == Self::empty_digest() {
            self.note_lost(storage, id, claimed)?;
            if !equal {
                self.supply_all(storage, id)?;
            }
        }
        Ok(())
    }

    fn on_frame(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: SessionId,
        frame: Frame,
    ) -> Result<(), StorageError> {
        let Some(peer) = self.sessions.get(&id).map(|session| session.peer) else { return Ok(()) };
        match frame {
            Frame::Records { position, records } => {
                let judged = self.take_in_with_room(storage, id, peer, &records)?;
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.gap |= judged.iter().any(|one| one.verdict == Verdict::Unresolved);
                    let taken_in = if session.gap { 0 } else { position };
                    let due = session.ack_due.unwrap_or(0).max(taken_in);
                    session.ack_due = Some(due);
                }
            }
            Frame::Ack { position, documents } => {
                self.on_ack(storage, moment.now, id, position, documents)?;
            }
            Frame::Reached { documents, devices } => {
                self.on_reached(id, documents, devices);
            }
            Frame::Documents(documents) => self.on_documents(storage, id, &peer, &documents)?,
            Frame::Vectors { reply, vectors } => {
                self.on_vectors(storage, id, &peer, reply, &vectors)?;
            }
            Frame::PolicyHave(hashes) => {
                let known = hashes.into_iter().collect();
                let entries = self.policy.missing_from(&known);
                if !entries.is_empty() {
                    self.send(id, &Frame::Policy(entries));
                }
                if known.iter().any(|hash| self.policy.entry(hash).is_none()) {
                    self.ask_for_policy(id);
                }
            }
            Frame::Policy(entries) => {
                self.take_in_policy(storage, &entries)?;
                if self.policy.has_gap_before(&entries) {
                    self.ask_for_policy(id);
                }
            }
            Frame::Join(join) => self.on_relayed_join(storage, moment, id, join)?,
            Frame::Invites(invites) => self.on_invites(storage, moment.now, &peer, invites)?,
            Frame::Hello(_) | Frame::JoinReply(_) | Frame::Refused(_) | Frame::Later { .. } => {
                self.close(id, RefusalCode::Protocol);
            }
        }
        Ok(())
    }

    fn on_ack(
        &mut self,
        storage: &dyn Storage,
        now: Timestamp,
        id: SessionId,
        position: Position,
        documents: Digest,
    ) -> Result<(), StorageError> {
        let Some(peer) = self.sessions.get(&id).map(|session| session.peer) else { return Ok(()) };
        let equal = documents == self.shared_digest(&peer);
        let newest = storage.position()?;
        if let Some(session) = self.sessions.get_mut(&id) {
            session.peer_documents = Some(documents);
            session.note_acknowledged(position);
            if equal {
                session.note_equal(newest);
                if session.told != Some(documents) {
                    // The peer does not know yet that both have the same.
                    session.note_untold(now);
                }
            } else {
                session.note_different(now);
            }
        }
        if equal {
            self.note_reach(now);
        }
        Ok(())
    }

    fn on_refused(&mut self, id: SessionId, code: RefusalCode) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let peer = session.peer;
        if session.dialed && session.phase == Phase::Greeting {
            self.unknown_to.insert(peer);
        }
        let may_show = session.dialed
            && !session.joined
            && session.phase == Phase::Greeting
            && code == RefusalCode::UnknownDevice
            && self.policy.now().is_known(&self.device);
        if may_show {
            session.joined = true;
            let join = self.show_grant();
            self.send(id, &Frame::Join(join));
            return;
        }
        self.sessions.remove(&id);
        self.effects.push(Effect::Noted(Note::PeerRefused { peer, code }));
        self.effects.push(Effect::Close { session: id, code: None });
    }

    fn on_later(&mut self, now: Timestamp, id: SessionId, code: RefusalCode, seconds: u32) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let peer = session.peer;
        session.put_comparison_off(now.after(i64::from(seconds) * 1_000));
        self.effects.push(Effect::Noted(Note::PeerLater { peer, code, seconds }));
        if !matches!(code, RefusalCode::Quota | RefusalCode::DocumentFull) {
            self.sessions.remove(&id);
            self.effects.push(Effect::Close { session: id, code: None });
        }
    }

    /// The next part of this side's log for the peer, as far as its window allows.
    pub(super) fn stream(
        &mut self,
        storage: &dyn Storage,
        id: SessionId,
    ) -> Result<Vec<Effect>, StorageError> {
        let mut effects = Vec::new();
        effects.extend(self.stream_supply(storage, id)?);
        let rights = self.policy.now();
        let Some(session) = self.sessions.get_mut(&id) else { return Ok(effects) };
        if session.supply.as_ref().is_some_and(|supply| supply.first().is_some()) {
            self.goes_on |= session.has_window();
            return Ok(effects);
        }
        let streams = session.phase == Phase::Live
            || (session.phase == Phase::Greeting && session.dialed && session.holds);
        while streams && session.has_window() {
            let stored = match self.fresh.after(session.sent) {
                Some(stored) => stored,
                None => storage.records_after(session.sent, RECORDS_FRAME_BYTES)?,
            };
            let Some(last) = stored.last() else { break };
            let position = last.position;
            let peer = session.peer;
            let echo = session.echo;
            let wanted = stored.into_iter().filter(|stored| {
                (echo || stored.origin != Some(peer))
                    && rights.may_read(&peer, &stored.record.document())
            });
            let records: Vec<Record> = wanted.map(|stored| stored.record).collect();
            let mut look = |id, hash| storage.find_change(id, hash).ok().flatten();
            let before: Option<&mut Before<'_>> = session.holds.then_some(&mut look);
            let Some(packed) = pack_up(&records, before, rights) else {
                session.sent = position;
                if session.is_quiet() {
                    session.note_acknowledged(position);
                }
                continue;
            };
            let size = records.iter().map(Record::changes_bytes).sum();
            let frame = Frame::Records { position, records: packed }.encode();
            // An acknowledgement speaks for all frames before it, so no frame of the stream may overtake another: the
            // lane changes only when nothing is under way, and a small frame rather stays on the bulk lane.
            let bulk = session.bulk_in_flight();
            let large = frame.len() > BULK_FROM_BYTES;
            if large && bulk == Some(false) {
                break;
            }
            let bulk = bulk.unwrap_or(large);
            session.sent = position;
            session.note_sent(position, size, bulk);
            effects.push(Effect::Send { session: id, frame, bulk });
            if size >= RECORDS_FRAME_BYTES && session.has_window() {
                // Others have their turn before the next part.
                self.goes_on = true;
                break;
            }
        }
        Ok(effects)
    }

    /// Acknowledges what this turn stored.
    pub(super) fn acknowledge(&mut self, now: Timestamp, id: SessionId) -> Option<Effect> {
        let session = self.sessions.get_mut(&id)?;
        let position = session.ack_due.take()?;
        let peer = session.peer;
        let documents = self.shared_digest(&peer);
        let frame = Frame::Ack { position, documents }.encode();
        if let Some(session) = self.sessions.get_mut(&id) {
            session.note_told(documents, now);
            if session.peer_documents == Some(documents) {
                let sent = session.sent;
                session.note_equal(sent);
            }
        }
        Some(Effect::Send { session: id, frame, bulk: false })
    }

    pub(super) fn check_deadlines(&mut self, now: Timestamp) {
        self.sessions.values_mut().for_each(|session| session.check_tell(now));
        let late: Vec<SessionId> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.phase != Phase::Live)
            .filter(|(_, session)| {
                session.next_timeout().is_some_and(|timeout| timeout.is_due(now))
            })
            .map(|(id, _)| *id)
            .collect();
        for id in late {
            self.close(id, RefusalCode::UnknownDevice);
        }
    }

    /// Remembers how far the peer has acknowledged, when that is newer than what the store has.
    pub(super) fn store_cursor(
        &self,
        storage: &mut dyn Storage,
        session: &Session,
    ) -> Result<(), StorageError> {
        match session.incarnation {
            Some(incarnation) if session.cursor_dirty && session.holds => {
                let cursor = Cursor { incarnation, acknowledged: session.acknowledged };
                storage.set_cursor(session.peer, cursor)
            }
            _ => Ok(()),
        }
    }

    /// Names this side's policy entries to a peer that has some which are missing here.
    fn ask_for_policy(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.policy_asks < POLICY_ASKS_MAX {
            session.policy_asks += 1;
            let hashes = self.policy.hashes().copied().collect();
            self.send(id, &Frame::PolicyHave(hashes));
        }
    }

    /// Passes new policy entries on.
    pub(super) fn share_policy(&mut self, new: &std::collections::BTreeSet<PolicyHash>) {
        let known = self.policy.hashes().filter(|hash| !new.contains(hash)).copied().collect();
        let entries = self.policy.missing_from(&known);
        let live: Vec<SessionId> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.phase == Phase::Live)
            .map(|(id, _)| *id)
            .collect();
        for id in live {
            self.send(id, &Frame::Policy(entries.clone()));
        }
    }

    /// True if a session with `peer` is live and both have named the same digest: each has what the other has.
    #[must_use]
    pub fn is_equal_with(&self, peer: &DeviceId) -> bool {
        let digest = Some(self.shared_digest(peer));
        let live = |session: &Session| session.peer == *peer && session.phase == Phase::Live;
        self.sessions.values().any(|session| live(session) && session.peer_documents == digest)
    }

    /// How every member device and server stands.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails.
    pub fn peers(&self, storage: &dyn Storage) -> Result<Vec<PeerStatus>, StorageError> {
        let newest = storage.position()?;
        let rights = self.rights();
        let servers = rights.servers().map(|(device, _)| *device);
        let members = rights.members().map(|(device, _)| *device);
        let mut peers = Vec::new();
        for peer in servers.chain(members).filter(|peer| *peer != self.device) {
            let session = self.live_session(&peer);
            let cursor = storage.cursor(peer)?;
            let stored = cursor.map(|cursor| cursor.acknowledged);
            let acknowledged = session.filter(|s| s.holds).map(|s| s.acknowledged).or(stored);
            let acknowledged = acknowledged.max(reached(storage, &peer)?);
            let from = acknowledged.unwrap_or(0);
            let unacknowledged = if from < newest { storage.count_after(from, peer)? } else { 0 };
            peers.push(PeerStatus {
                peer,
                connected: session.is_some(),
                equal: self.has_all(storage, &peer, newest)?,
                unacknowledged,
                known: acknowledged.is_some(),
            });
        }
        Ok(peers)
    }
}
