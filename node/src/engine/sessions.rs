//! Sessions: which workspace each is about, and the ways in that are under way.

use jospar_core::ids::{DeviceId, WorkspaceId};
use jospar_core::policy::{Body, Policy};
use jospar_core::protocol::{Frame, JOIN_BYTES_MAX, Join, JoinReply, RefusalCode, SessionId};
use jospar_core::replica::{Input, MemberError, Moment};
use jospar_core::storage::StorageError;

use super::network::{jitter, refusal};
use super::{After, SessionState, State};
use crate::entry::EntryStep;
use crate::handle::Event;
use crate::quic::{CloseReason, DialId, NetEvent};
use crate::service::short;
use crate::store::Transaction;

impl State {
    pub(super) fn on_net(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        event: NetEvent,
        after: &mut After,
    ) -> Result<(), StorageError> {
        match event {
            NetEvent::Opened { session, peer, dialed, .. } => {
                self.on_opened(transaction, moment, session, peer, dialed)
            }
            NetEvent::Frame { session, bytes, .. } => {
                self.on_frame(transaction, moment, session, bytes, after)
            }
            NetEvent::Datagram { session, bytes } => {
                let workspace = self.sessions.get(&session).and_then(|state| state.workspace);
                let input = Input::DatagramReceived { session, bytes };
                self.input(transaction, moment, workspace, input)
            }
            NetEvent::Closed { session, reason } => {
                let text = reason.name();
                // A last frame may be lost with the session: the reason is in the close code, too.
                if let CloseReason::Peer { code, .. } = reason
                    && let Some(code) = refusal(code)
                {
                    let bytes = Frame::Refused(code).encode();
                    self.on_frame(transaction, moment, session, bytes, after)?;
                }
                self.dialer.note_closed(session, moment.now, jitter(moment));
                if let Some(keeper) = &mut self.keeper {
                    keeper.note_closed(session);
                }
                let Some(closed) = self.sessions.remove(&session) else { return Ok(()) };
                if let Some(id) = closed.workspace {
                    let (school, device) = (short(&id.0), short(&closed.peer.0));
                    tracing::debug!(school, device, reason = %text, "a session ended");
                    after.events.push(Event::PeerWent(id, closed.peer));
                }
                self.input(transaction, moment, closed.workspace, Input::SessionClosed { session })
            }
            NetEvent::DialFailed { dial, error } => {
                tracing::debug!(%error, "a dial failed");
                let error = error.message_key().to_owned();
                self.dialer.note_failed(dial, error, moment.now, jitter(moment));
                Ok(())
            }
        }
    }

    fn on_opened(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        session: SessionId,
        peer: DeviceId,
        dialed: Option<DialId>,
    ) -> Result<(), StorageError> {
        let mut state = SessionState::new(peer);
        if let Some(dial) = dialed {
            self.dialer.note_opened(dial, session);
            if let Some(entry) = self.entry.as_mut().filter(|entry| entry.contact() == peer) {
                state.entering = true;
                let frame = entry.first_frame(&self.identity.key);
                self.sessions.insert(session, state);
                self.send(session, frame.encode(), false);
                return Ok(());
            }
            state.workspace = self
                .replicas
                .iter()
                .find(|(_, replica)| replica.policy().now().is_known(&peer))
                .map(|(id, _)| *id);
            let met = self.sessions.values().any(|other| other.peer == peer && other.live);
            if state.workspace.is_none() || met {
                self.close(session, None);
                return Ok(());
            }
        }
        self.sessions.insert(session, state);
        if dialed.is_none() && !self.admit_connection(session, peer, moment.now) {
            return Ok(());
        }
        let opened = Input::SessionOpened { session, peer, dialed: dialed.is_some() };
        self.input(transaction, moment, state.workspace, opened)
    }

    fn on_frame(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        session: SessionId,
        bytes: Vec<u8>,
        after: &mut After,
    ) -> Result<(), StorageError> {
        if !self.admit_frame(transaction, session, &bytes, moment.now)? {
            return Ok(());
        }
        let Some(state) = self.sessions.get_mut(&session) else { return Ok(()) };
        state.note_received(bytes.len());
        let state = *state;
        if state.entering {
            return self.on_entry_frame(transaction, moment, session, &bytes, after);
        }
        if state.workspace.is_none() {
            let Some(id) = self.first_frame(transaction, session, &bytes, after)? else {
                return Ok(());
            };
            if let Some(state) = self.sessions.get_mut(&session) {
                state.workspace = Some(id);
            }
            let opened = Input::SessionOpened { session, peer: state.peer, dialed: false };
            self.input(transaction, moment, Some(id), opened)?;
        }
        let workspace = self.sessions.get(&session).and_then(|state| state.workspace);
        self.input(transaction, moment, workspace, Input::FrameReceived { session, bytes })?;
        let live = workspace.and_then(|id| self.replicas.get(&id));
        if !state.live && live.is_some_and(|replica| replica.is_live(session)) {
            after.events.extend(workspace.map(|id| Event::PeerCame(id, state.peer)));
            self.dialer.note_greeted(session);
            if let Some(id) = workspace {
                let (school, device) = (short(&id.0), short(&state.peer.0));
                tracing::debug!(school, device, "a device came");
                self.note_seen(transaction, id, moment.now)?;
            }
            if let Some(state) = self.sessions.get_mut(&session) {
                state.live = true;
            }
            if let Some(network) = &self.network {
                network.endpoint.admit(session);
            }
        }
        Ok(())
    }

    /// Reads from the first frame of an accepted session which workspace it is about; takes a claimed workspace in.
    fn first_frame(
        &mut self,
        transaction: &Transaction<'_>,
        session: SessionId,
        bytes: &[u8],
        after: &mut After,
    ) -> Result<Option<WorkspaceId>, StorageError> {
        if bytes.len() > JOIN_BYTES_MAX {
            self.refuse(session, RefusalCode::Protocol);
            return Ok(None);
        }
        let id = match Frame::decode(bytes) {
            Ok(Frame::Hello(hello)) => hello.workspace,
            Ok(Frame::Join(Join::Claim { workspace, secret, genesis })) => {
                let code = self.claim(transaction, workspace, &secret, &genesis, after)?;
                match code {
                    None => {
                        let reply = Frame::JoinReply(JoinReply::Granted(Vec::new()));
                        self.send(session, reply.encode(), false);
                    }
                    Some(code) => self.refuse(session, code),
                }
                return Ok(None);
            }
            Ok(Frame::Join(join)) => join.workspace(),
            _ => {
                self.refuse(session, RefusalCode::Protocol);
                return Ok(None);
            }
        };
        if self.replicas.contains_key(&id) {
            return Ok(Some(id));
        }
        self.refuse(session, RefusalCode::UnknownWorkspace);
        Ok(None)
    }

    fn claim(
        &mut self,
        transaction: &Transaction<'_>,
        id: WorkspaceId,
        secret: &[u8; 16],
        genesis: &[u8],
        after: &mut After,
    ) -> Result<Option<RefusalCode>, StorageError> {
        if self.replicas.contains_key(&id) {
            return Ok(None);
        }
        let places = self.keeper.as_ref().map(|keeper| keeper.quotas.schools);
        if places.is_some_and(|places| self.replicas.len() >= places as usize) {
            return Ok(Some(RefusalCode::ServerFull));
        }
        let valid = Policy::new(id, genesis).is_ok();
        let claimed = valid && self.claims.as_ref().is_some_and(|claims| claims(secret));
        if !claimed {
            return Ok(Some(RefusalCode::Invite));
        }
        self.create(transaction, id, &[genesis.to_vec()], after)?;
        tracing::info!(school = short(&id.0), "a school took its place");
        Ok(None)
    }

    fn on_entry_frame(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        session: SessionId,
        bytes: &[u8],
        after: &mut After,
    ) -> Result<(), StorageError> {
        let Some(entry) = &mut self.entry else { return Ok(()) };
        match entry.on_frame(bytes, DeviceId(self.identity.key.verifying_key().to_bytes())) {
            EntryStep::Waiting => after.events.push(Event::EntryWaiting),
            EntryStep::Refused(code) => {
                after.events.push(Event::EntryRefused(code));
                self.end_entry(session);
            }
            EntryStep::Granted(id, entries) => {
                self.end_entry(session);
                self.create(transaction, id, &entries, after)?;
            }
            EntryStep::Claimed { workspace, server, address } => {
                self.end_entry(session);
                if let Some(replica) = self.replicas.get_mut(&workspace) {
                    self.agenda.touch(workspace);
                    let mut storage = transaction.workspace(workspace)?;
                    let body = Body::ServerKey { server, address };
                    match replica.append_policy(&mut storage, body) {
                        Err(MemberError::Storage(error)) => {
                            return Err(error);
                        }
                        Err(error) => tracing::warn!(%error, "the server was not named"),
                        Ok(()) => after.events.push(Event::EntryDone),
                    }
                }
            }
        }
        self.retarget(moment.now);
        Ok(())
    }

    fn end_entry(&mut self, session: SessionId) {
        if let Some(entry) = self.entry.take() {
            self.dialer.remove(&entry.target());
        }
        self.close(session, None);
    }
}
