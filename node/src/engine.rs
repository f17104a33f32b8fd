//! The one loop that owns the store and the replicas.
//!
//! It drains what has come into one store transaction, asks each replica once for what must go out, commits, and only
//! then lets frames, answers and events out (forwarded frames of a server go before). When the store fails, the
//! transaction is undone, the replicas are read anew and every session is closed: reconnecting finds what was lost.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use jospar_core::ids::{DeviceId, WorkspaceId};
use jospar_core::protocol::{Frame, Join, JoinReply, RefusalCode, SessionId};
use jospar_core::replica::{Effect, Identity, Input, Moment, Replica, Station};
use jospar_core::storage::{Storage as _, StorageError};
use tokio::sync::{broadcast, oneshot};

use crate::clock;
use crate::dialer::{Dialer, Target};
use crate::entry::{Entry, EntryStep};
use crate::handle::{Event, NodeError, Turn};
use crate::lan::LanPeer;
use crate::quic::{CloseReason, DialId, Endpoint, Lane, NetEvent};
use crate::store::{Store, Transaction};

/// How many messages are taken into one transaction.
const BATCH_MAX: usize = 256;
/// How long the loop sleeps when nothing is due.
const IDLE: Duration = Duration::from_secs(3600);

/// A claim that a server's console printed: each is good for one workspace.
pub type Claims = Arc<dyn Fn(&[u8; 16]) -> bool + Send + Sync>;

type Run = Box<dyn FnOnce(&mut Turn<'_>) -> Result<(), StorageError> + Send>;
type Finish = Box<dyn FnOnce(Result<(), NodeError>) + Send>;

/// A function to run on a workspace, and where its result goes after the commit.
pub(crate) struct Call {
    workspace: Option<WorkspaceId>,
    run: Run,
    finish: Finish,
}

impl Call {
    pub(crate) fn new<T, F>(
        workspace: Option<WorkspaceId>,
        call: F,
        reply: oneshot::Sender<Result<T, NodeError>>,
    ) -> Self
    where
        T: Send + 'static,
        F: FnOnce(&mut Turn<'_>) -> Result<T, StorageError> + Send + 'static,
    {
        let result = Arc::new(std::sync::Mutex::new(None));
        let slot = Arc::clone(&result);
        let run: Run = Box::new(move |turn| {
            let value = call(turn)?;
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(value);
            }
            Ok(())
        });
        let finish: Finish = Box::new(move |committed| {
            let value = result.lock().ok().and_then(|mut slot| slot.take());
            let answer = committed.and_then(|()| value.ok_or(NodeError::Stopped));
            // Whoever asked may have gone; the change is stored all the same.
            drop(reply.send(answer));
        });
        Self { workspace, run, finish }
    }
}

/// What the loop is told.
pub(crate) enum Message {
    /// From the network.
    Net(NetEvent),
    /// A name was resolved, or not.
    Resolved(Target, Result<SocketAddr, String>),
    /// A device was found on the local network.
    Found(LanPeer),
    /// A person's call.
    Call(Call),
    /// A workspace is made here, or comes from a file: its policy entries, the genesis first.
    Create(WorkspaceId, Vec<Vec<u8>>, oneshot::Sender<Result<(), NodeError>>),
    /// A way into a workspace or onto a server was begun.
    Enter(Entry),
    /// How the dialing of targets stands.
    Errors(oneshot::Sender<Vec<(Target, String)>>),
    /// Dial everything now.
    Hurry,
    /// Everything on the store itself, between transactions.
    Store(Box<dyn FnOnce(&mut Store) + Send>),
    /// Stop.
    Stop,
}

/// The network around the loop.
pub(crate) struct Network {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) runtime: tokio::runtime::Handle,
    pub(crate) messages: std::sync::mpsc::SyncSender<Message>,
}

/// The loop: the store, and everything else.
pub(crate) struct Engine {
    pub(crate) store: Store,
    pub(crate) state: State,
}

/// All that the loop knows besides the store.
pub(crate) struct State {
    pub(crate) identity: Identity,
    pub(crate) replicas: BTreeMap<WorkspaceId, Replica>,
    pub(crate) sessions: BTreeMap<SessionId, SessionState>,
    pub(crate) dialer: Dialer,
    pub(crate) entry: Option<Entry>,
    pub(crate) network: Option<Network>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) claims: Option<Claims>,
}

/// A session as the loop knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionState {
    peer: DeviceId,
    /// The workspace it is about, once the dialed target or the first frame says it.
    workspace: Option<WorkspaceId>,
    /// It belongs to the [`Entry`] under way.
    entering: bool,
    /// The peer said hello and is a member or a server.
    live: bool,
}

/// What a turn leaves to do after its commit.
#[derive(Default)]
struct After {
    effects: Vec<(WorkspaceId, Effect)>,
    finishes: Vec<Finish>,
    events: Vec<Event>,
}

impl Engine {
    /// Reads every workspace of the store.
    pub(crate) fn open_replicas(&mut self) -> Result<(), StorageError> {
        self.state.replicas.clear();
        let transaction = self.store.begin()?;
        for id in transaction.workspaces()? {
            let storage = transaction.workspace(id)?;
            let replica = Replica::open(&storage, id, &self.state.identity)?;
            self.state.replicas.insert(id, replica);
        }
        transaction.commit()
    }

    /// Runs until told to stop.
    pub(crate) fn run(mut self, messages: &Receiver<Message>) {
        self.state.retarget(clock::now());
        loop {
            self.state.dial_due();
            let mut batch = match messages.recv_timeout(self.state.sleep()) {
                Ok(message) => vec![message],
                Err(RecvTimeoutError::Timeout) => Vec::new(),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            while batch.len() < BATCH_MAX
                && let Ok(message) = messages.try_recv()
            {
                batch.push(message);
            }
            if !self.turn(batch) {
                break;
            }
        }
        if let Err(error) = self.end_sessions() {
            tracing::error!(%error, "what the peers have was not noted");
        }
        if let Err(error) = self.store.close() {
            tracing::error!(%error, "the store did not close cleanly");
        }
    }

    /// Lets every replica note how far its peers are, so that the next meeting begins there.
    fn end_sessions(&mut self) -> Result<(), StorageError> {
        let Ok(moment) = clock::moment() else { return Ok(()) };
        let Self { store, state } = self;
        let transaction = store.begin()?;
        for (session, known) in std::mem::take(&mut state.sessions) {
            let closed = Input::SessionClosed { session };
            state.input(&transaction, &moment, known.workspace, closed)?;
        }
        transaction.commit()
    }

    /// One transaction. Returns `false` when told to stop.
    fn turn(&mut self, batch: Vec<Message>) -> bool {
        let Ok(moment) = clock::moment() else {
            tracing::error!("the operating system gave no random bytes");
            return false;
        };
        let mut going_on = true;
        let mut inputs = Vec::new();
        for message in batch {
            match message {
                Message::Stop => going_on = false,
                Message::Store(run) => run(&mut self.store),
                message => inputs.push(message),
            }
        }
        let mut after = After::default();
        match self.transact(inputs, &moment, &mut after) {
            Ok(()) => {
                after.finishes.into_iter().for_each(|finish| finish(Ok(())));
                self.state.carry_out(after.effects, after.events);
            }
            Err(error) => {
                tracing::error!(%error, "the store failed; this turn is undone");
                for finish in after.finishes {
                    finish(Err(NodeError::Storage(error.clone())));
                }
                self.start_over();
            }
        }
        going_on
    }

    fn transact(
        &mut self,
        inputs: Vec<Message>,
        moment: &Moment,
        after: &mut After,
    ) -> Result<(), StorageError> {
        let Self { store, state } = self;
        let mut inputs = inputs.into_iter();
        let result = (|| {
            let transaction = store.begin()?;
            for message in inputs.by_ref() {
                state.take(&transaction, moment, message, after)?;
            }
            state.flush(&transaction, moment, after)?;
            transaction.commit()
        })();
        // Calls that the failure kept from running are told of it, too.
        let left = inputs.filter_map(|message| match message {
            Message::Call(call) => Some(call.finish),
            _ => None,
        });
        after.finishes.extend(left);
        result
    }

    /// After a failure of the store: memory is read anew, and every session is closed.
    fn start_over(&mut self) {
        let sessions: Vec<SessionId> = self.state.sessions.keys().copied().collect();
        for session in sessions {
            self.state.close(session, Some(RefusalCode::Store));
        }
        if let Err(error) = self.open_replicas() {
            tracing::error!(%error, "the store cannot be read");
        }
    }
}

impl State {
    fn sleep(&self) -> Duration {
        let replicas = self.replicas.values().filter_map(Replica::next_timeout);
        let dialing = self.network.as_ref().and_then(|_| self.dialer.next_timeout());

        let Some(next) = replicas.chain(dialing).min() else { return IDLE };
        let wait = next.0.saturating_sub(clock::now().0).max(1);
        Duration::from_millis(wait.unsigned_abs()).min(IDLE)
    }

    fn take(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        message: Message,
        after: &mut After,
    ) -> Result<(), StorageError> {
        match message {
            Message::Net(event) => self.on_net(transaction, moment, event, after),
            Message::Call(call) => self.on_call(transaction, moment, call, after),
            Message::Create(id, entries, reply) => {
                let made = self.create(transaction, id, &entries, after);
                after.finishes.push(Box::new(move |committed| {
                    drop(reply.send(committed));
                }));
                made
            }
            Message::Hurry => {
                self.dialer.hurry(moment.now);
                Ok(())
            }
            Message::Errors(reply) => {
                let errors = self.dialer.errors().map(|(t, e)| (t.clone(), e.to_owned()));
                drop(reply.send(errors.collect()));
                Ok(())
            }
            Message::Resolved(target, address) => {
                self.on_resolved(&target, address, moment);
                Ok(())
            }
            Message::Found(peer) => {
                for address in peer.addresses {
                    self.dialer.add(Target::Found(address.to_string()), moment.now);
                }
                Ok(())
            }
            Message::Enter(entry) => {
                self.dialer.add(entry.target(), moment.now);
                self.entry = Some(entry);
                Ok(())
            }
            Message::Store(_) | Message::Stop => Ok(()),
        }
    }

    fn on_call(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        call: Call,
        after: &mut After,
    ) -> Result<(), StorageError> {
        let Call { workspace, run, finish } = call;
        let id = workspace.or_else(|| self.replicas.keys().next().copied());
        let Some((id, replica)) = id.and_then(|id| Some((id, self.replicas.get_mut(&id)?))) else {
            finish(Err(NodeError::NoWorkspace));
            return Ok(());
        };
        after.finishes.push(finish);
        let mut storage = transaction.workspace(id)?;
        // Each call of one turn needs random bytes of its own.
        let random = moment.bytes(&format!("call {}", after.finishes.len()));
        let moment = Moment { now: moment.now, random };
        run(&mut Turn { replica, storage: &mut storage, moment })
    }

    fn create(
        &mut self,
        transaction: &Transaction<'_>,
        id: WorkspaceId,
        entries: &[Vec<u8>],
        after: &mut After,
    ) -> Result<(), StorageError> {
        if !self.replicas.contains_key(&id) {
            let mut storage = transaction.create_workspace(id)?;
            for entry in entries {
                if let Ok(read) = jospar_core::policy::Entry::decode(entry) {
                    storage.append_policy(read.hash(), entry)?;
                }
            }
            self.replicas.insert(id, Replica::open(&storage, id, &self.identity)?);
            after.events.push(Event::WorkspaceOpened(id));
        }
        Ok(())
    }

    fn on_net(
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
            NetEvent::Datagram { .. } => Ok(()),
            NetEvent::Closed { session, reason } => {
                // A last frame may be lost with the session: the reason is in the close code, too.
                if let CloseReason::Peer { code, .. } = reason
                    && let Some(code) = refusal(code)
                {
                    let bytes = Frame::Refused(code).encode();
                    self.on_frame(transaction, moment, session, bytes, after)?;
                }
                self.dialer.note_closed(session, moment.now, jitter(moment));
                let Some(closed) = self.sessions.remove(&session) else { return Ok(()) };
                if let Some(id) = closed.workspace {
                    after.events.push(Event::PeerWent(id, closed.peer));
                }
                self.input(transaction, moment, closed.workspace, Input::SessionClosed { session })
            }
            NetEvent::DialFailed { dial, error } => {
                self.dialer.note_failed(dial, error.to_string(), moment.now, jitter(moment));
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
        let mut state = SessionState { peer, workspace: None, entering: false, live: false };
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
            if state.workspace.is_none() {
                self.close(session, None);
                return Ok(());
            }
        }
        self.sessions.insert(session, state);
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
        let Some(state) = self.sessions.get(&session).copied() else { return Ok(()) };
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
        let id = match Frame::decode(bytes) {
            Ok(Frame::Hello(hello)) => hello.workspace,
            Ok(Frame::Join(Join::Claim { workspace, secret, genesis })) => {
                let code = self.claim(transaction, workspace, &secret, &genesis, after)?;
                let reply = match code {
                    None => JoinReply::Granted(Vec::new()),
                    Some(code) => JoinReply::Refused(code),
                };
                self.send(session, Frame::JoinReply(reply).encode(), false);
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
        let valid = jospar_core::policy::Policy::new(id, genesis).is_ok();
        let claimed = valid && self.claims.as_ref().is_some_and(|claims| claims(secret));
        if !claimed {
            return Ok(Some(RefusalCode::Invite));
        }
        self.create(transaction, id, &[genesis.to_vec()], after)?;
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
                    let mut storage = transaction.workspace(workspace)?;
                    let body = jospar_core::policy::Body::ServerKey { server, address };
                    match replica.append_policy(&mut storage, body) {
                        Err(jospar_core::replica::MemberError::Storage(error)) => {
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

    fn input(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        workspace: Option<WorkspaceId>,
        input: Input,
    ) -> Result<(), StorageError> {
        let Some(id) = workspace else { return Ok(()) };
        let Some(replica) = self.replicas.get_mut(&id) else { return Ok(()) };
        replica.handle(&mut transaction.workspace(id)?, moment, input)
    }

    /// Asks every replica what must go out; what a server forwards goes at once.
    fn flush(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        after: &mut After,
    ) -> Result<(), StorageError> {
        let mut early = Vec::new();
        for (id, replica) in &mut self.replicas {
            if replica.next_timeout().is_some_and(|timeout| timeout <= moment.now) {
                replica.handle(&mut transaction.workspace(*id)?, moment, Input::Timeout)?;
            } else if !replica.has_work() {
                continue;
            }
            let output = replica.flush(&mut transaction.workspace(*id)?, moment)?;
            early.extend(output.early.into_iter().map(|effect| (*id, effect)));
            after.effects.extend(output.late.into_iter().map(|effect| (*id, effect)));
        }
        self.carry_out(early, Vec::new());
        Ok(())
    }

    fn carry_out(&mut self, effects: Vec<(WorkspaceId, Effect)>, events: Vec<Event>) {
        let mut policy_changed = false;
        let mut told = BTreeSet::new();
        for (id, effect) in effects {
            match effect {
                Effect::Send { session, frame, bulk } => self.send(session, frame, bulk),
                Effect::Close { session, code } => self.close(session, code),
                Effect::Published(document) => {
                    if told.insert((id, document)) {
                        drop(self.events.send(Event::Published(id, document)));
                    }
                }
                Effect::PolicyChanged => {
                    policy_changed = true;
                    drop(self.events.send(Event::PolicyChanged(id)));
                }
                Effect::JoinRequested(request) => {
                    drop(self.events.send(Event::JoinRequested(id, request)));
                }
                Effect::Noted(note) => {
                    tracing::info!(?note, "noted");
                    drop(self.events.send(Event::Noted(id, note)));
                }
            }
        }
        let opened = events.iter().any(|event| matches!(event, Event::WorkspaceOpened(_)));
        for event in events {
            // Nobody listens: nothing to tell.
            drop(self.events.send(event));
        }
        if policy_changed || opened {
            self.retarget(clock::now());
        }
    }

    fn send(&mut self, session: SessionId, frame: Vec<u8>, bulk: bool) {
        let Some(network) = &self.network else { return };
        let lane = if bulk { Lane::Bulk } else { Lane::Control };
        if let Err(error) = network.endpoint.send(session, lane, frame) {
            tracing::warn!(%error, "a frame was not sent; the session ends");
            self.close(session, Some(RefusalCode::TooMuch));
        }
    }

    fn refuse(&mut self, session: SessionId, code: RefusalCode) {
        self.send(session, Frame::Refused(code).encode(), false);
        self.close(session, Some(code));
    }

    fn close(&mut self, session: SessionId, code: Option<RefusalCode>) {
        if let Some(network) = &self.network {
            network.endpoint.close(session, close_number(code), "");
        }
    }

    /// Dials the servers that the policies name, if this node is a device.
    fn retarget(&mut self, now: jospar_core::time::Timestamp) {
        if self.identity.station == Station::Server {
            return;
        }
        let servers = self.replicas.values().flat_map(|replica| replica.policy().now().servers());
        let mut targets: Vec<(DeviceId, String)> =
            servers.map(|(device, server)| (*device, server.address.clone())).collect();
        if let Some(Target::Pinned(device, address)) = self.entry.as_ref().map(Entry::target) {
            targets.push((device, address));
        }
        self.dialer.set_pinned(&targets, now);
    }

    fn dial_due(&mut self) {
        let Some(network) = &self.network else { return };
        for target in self.dialer.due(clock::now()) {
            let (Target::Pinned(_, address) | Target::Found(address)) = &target;
            // Marks it as under way until the name is resolved.
            self.dialer.note_dialing(&target, DialId(u64::MAX));
            let (messages, address, target) =
                (network.messages.clone(), address.clone(), target.clone());
            network.runtime.spawn(async move {
                let resolved = match tokio::net::lookup_host(&address).await {
                    Ok(mut found) => {
                        found.next().ok_or_else(|| format!("{address} has no address"))
                    }
                    Err(error) => Err(error.to_string()),
                };
                let message = Message::Resolved(target, resolved);
                // The node has stopped, or is so busy that the next timeout dials again.
                drop(messages.try_send(message));
            });
        }
    }

    fn on_resolved(
        &mut self,
        target: &Target,
        address: Result<SocketAddr, String>,
        moment: &Moment,
    ) {
        let Some(network) = &self.network else { return };
        match address {
            Ok(address) => {
                let dial = match target {
                    Target::Pinned(device, _) => network.endpoint.dial(address, *device),
                    Target::Found(_) => network.endpoint.dial_any(address),
                };
                match dial {
                    Ok(dial) => self.dialer.note_dialing(target, dial),
                    Err(error) => {
                        let error = error.to_string();
                        self.dialer.note_unresolved(target, error, moment.now, jitter(moment));
                    }
                }
            }
            Err(error) => {
                self.dialer.note_unresolved(target, error, moment.now, jitter(moment));
            }
        }
    }
}

/// The number with which a session is closed, and back: 0 stands for no trouble.
fn close_number(code: Option<RefusalCode>) -> u32 {
    code.map_or(0, |code| u32::from(code.byte()) + 1)
}

fn refusal(number: u64) -> Option<RefusalCode> {
    RefusalCode::from_byte(u8::try_from(number.checked_sub(1)?).ok()?)
}

fn jitter(moment: &Moment) -> u8 {
    let [byte] = moment.bytes("jitter");
    byte
}
