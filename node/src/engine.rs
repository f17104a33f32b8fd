//! The one loop that owns the store and the replicas.
//!
//! It drains what has come into one store transaction, asks each replica once for what must go out, commits, and only
//! then lets frames, answers and events out (forwarded frames of a server go before). When the store fails, the
//! transaction is undone, the replicas are read anew and every session is closed: reconnecting finds what was lost. A
//! panic in a turn, be it in a dependency, is treated the same.

mod agenda;
mod batch;
mod limits;
mod network;
mod seals;
mod sessions;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use jospar_core::ids::{DeviceId, WorkspaceId};
use jospar_core::protocol::{RefusalCode, SessionId};
use jospar_core::replica::{Effect, Identity, Input, Moment, Replica};
use jospar_core::storage::{Storage as _, StorageError};
use tokio::sync::{broadcast, oneshot};

pub(crate) use agenda::Agenda;

use crate::clock;
use crate::dialer::{Dialer, Target};
use crate::entry::Entry;
use crate::handle::{Event, NodeError, Turn};
use crate::lan::LanPeer;
use crate::metrics::{Measurement, Metrics};
use crate::quic::{Endpoint, NetEvent};
use crate::quota::Keeper;
use crate::store::{Store, Transaction};
pub(crate) use watch::{Show, Watcher};

/// How long the loop sleeps when nothing is due.
const IDLE: Duration = Duration::from_secs(3600);

/// A claim that a server's console printed: each is good for one workspace.
pub type Claims = Arc<dyn Fn(&[u8; 16]) -> bool + Send + Sync>;

/// Returns whether what was done is to be kept.
type Run = Box<dyn FnOnce(&mut Turn<'_>) -> Result<bool, StorageError> + Send>;
type Finish = Box<dyn FnOnce(Result<(), NodeError>) + Send>;

/// A function to run on a workspace, and where its result goes after the commit.
pub(crate) struct Call {
    workspace: Option<WorkspaceId>,
    run: Run,
    finish: Finish,
}

impl Call {
    pub(crate) fn new<T, E, F>(
        workspace: Option<WorkspaceId>,
        call: F,
        reply: oneshot::Sender<Result<Result<T, E>, NodeError>>,
    ) -> Self
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut Turn<'_>) -> Result<Result<T, E>, StorageError> + Send + 'static,
    {
        let result = Arc::new(std::sync::Mutex::new(None));
        let slot = Arc::clone(&result);
        let run: Run = Box::new(move |turn| {
            let value = call(turn)?;
            let keep = value.is_ok();
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(value);
            }
            Ok(keep)
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
    /// Somebody wants to see a document whenever it has changed.
    Watch(Watcher),
    /// A way into a workspace or onto a server was begun.
    Enter(Entry),
    /// How the network stands.
    Network(oneshot::Sender<NetworkState>),
    /// How the node stands.
    Measure(oneshot::Sender<Measurement>),
    /// Dial everything now.
    Hurry,
    /// Everything on the store itself, between transactions.
    Store(Box<dyn FnOnce(&mut Store) + Send>),
    /// Stop.
    Stop,
}

/// How the network stands.
#[derive(Debug, Default)]
pub(crate) struct NetworkState {
    /// The last error of each target that cannot be dialed.
    pub(crate) errors: Vec<(Target, String)>,
    /// What the session with each peer has cost so far.
    pub(crate) traffic: Vec<(DeviceId, Traffic)>,
}

/// What one session has cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Traffic {
    /// Bytes of frames sent.
    pub(crate) bytes_sent: u64,
    /// Bytes of frames received.
    pub(crate) bytes_received: u64,
    /// How often this side had sent something and then heard the peer: round trips after the handshake.
    pub(crate) round_trips: u64,
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
    /// The store failed while the replicas were read anew: the next turn tries again.
    unread: bool,
}

/// All that the loop knows besides the store.
pub(crate) struct State {
    pub(crate) identity: Identity,
    pub(crate) replicas: BTreeMap<WorkspaceId, Replica>,
    pub(crate) agenda: Agenda,
    pub(crate) sessions: BTreeMap<SessionId, SessionState>,
    pub(crate) dialer: Dialer,
    pub(crate) entry: Option<Entry>,
    pub(crate) network: Option<Network>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) claims: Option<Claims>,
    pub(crate) watchers: Vec<Watcher>,
    /// On a server: its limits.
    pub(crate) keeper: Option<Keeper>,
    pub(crate) metrics: Metrics,
    /// The device key's file, which the seal rings stand beside; a server has none.
    pub(crate) rings: Option<PathBuf>,
    /// A document was dropped, and the files hold its bytes still.
    pub(crate) forgotten: bool,
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
    /// Something was sent since the peer was heard last.
    awaiting: bool,
    bytes_sent: u64,
    bytes_received: u64,
    round_trips: u64,
}

impl SessionState {
    const fn new(peer: DeviceId) -> Self {
        Self {
            peer,
            workspace: None,
            entering: false,
            live: false,
            awaiting: false,
            bytes_sent: 0,
            bytes_received: 0,
            round_trips: 0,
        }
    }

    fn note_received(&mut self, bytes: usize) {
        self.bytes_received += bytes as u64;
        self.round_trips += u64::from(std::mem::replace(&mut self.awaiting, false));
    }
}

/// What a turn leaves to do after its commit.
#[derive(Default)]
struct After {
    effects: Vec<(WorkspaceId, Effect)>,
    finishes: Vec<Finish>,
    /// What watchers are told once it is kept.
    shown: Vec<watch::Tell>,
    events: Vec<Event>,
}

impl Engine {
    pub(crate) const fn new(store: Store, state: State) -> Self {
        Self { store, state, unread: true }
    }

    /// Reads every workspace of the store.
    pub(crate) fn open_replicas(&mut self) -> Result<(), StorageError> {
        self.state.replicas.clear();
        self.unread = true;
        self.state.agenda.clear();
        let transaction = self.store.begin()?;
        for id in transaction.workspaces()? {
            let storage = transaction.workspace(id)?;
            let mut replica = Replica::open(&storage, id, &self.state.identity)?;
            self.state.open_ring(id, &mut replica);
            self.state.replicas.insert(id, replica);
        }
        transaction.commit()?;
        self.unread = false;
        Ok(())
    }

    /// Runs until told to stop.
    pub(crate) fn run(mut self, messages: &Receiver<Message>) {
        self.state.retarget(clock::now());
        self.settle_anew();
        loop {
            self.state.dial_due();
            let batch = match messages.recv_timeout(self.state.sleep()) {
                Ok(message) => batch::gather(message, messages),
                Err(RecvTimeoutError::Timeout) => Vec::new(),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if !self.turn(batch) {
                break;
            }
        }
        self.part();
        if let Err(error) = self.store.close() {
            tracing::error!(%error, "the store did not close cleanly");
        }
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
        let done = catch_unwind(AssertUnwindSafe(|| self.transact(inputs, &moment, &mut after)));
        // The transaction was undone on the way out, and all that a panic may have left half done is read anew below.
        let done = done.map_err(|_| NodeError::Mistake);
        match done.and_then(|done| done.map_err(NodeError::Storage)) {
            Ok(()) => {
                // Own edits leave first; where nobody waits for an answer, what came from others is shown first.
                if after.finishes.is_empty() {
                    after.shown.drain(..).for_each(|tell| tell());
                }
                self.state.carry_out(after.effects, after.events);
                self.state.send_away(moment.now);
                after.finishes.into_iter().for_each(|finish| finish(Ok(())));
                after.shown.into_iter().for_each(|tell| tell());
            }
            Err(error) => {
                tracing::error!(%error, "this turn is undone");
                self.state.metrics.store_failures += 1;
                for finish in after.finishes {
                    finish(Err(error.clone()));
                }
                self.start_over();
            }
        }
        self.settle();
        going_on
    }

    fn transact(
        &mut self,
        inputs: Vec<Message>,
        moment: &Moment,
        after: &mut After,
    ) -> Result<(), StorageError> {
        let read = if self.unread { self.open_replicas() } else { Ok(()) };
        let Self { store, state, .. } = self;
        let mut inputs = inputs.into_iter();
        let result = read.and_then(|()| {
            let transaction = store.begin()?;
            for message in inputs.by_ref() {
                state.take(&transaction, moment, message, after)?;
            }
            state.sweep(&transaction, moment.now)?;
            state.flush(&transaction, moment, after)?;
            let begun = Instant::now();
            transaction.commit()?;
            state.metrics.commits.note(begun.elapsed());
            Ok(())
        });
        // Calls that the failure kept from running are told of it, too.
        let left = inputs.filter_map(|message| match message {
            Message::Call(call) => Some(call.finish),
            Message::Create(_, _, reply) => {
                Some(Box::new(|result| drop(reply.send(result))) as Finish)
            }
            _ => None,
        });
        after.finishes.extend(left);
        result
    }

    /// Ends every session, so that the store remembers how far each peer has acknowledged.
    fn part(&mut self) {
        let Ok(moment) = clock::moment() else { return };
        let Self { store, state, .. } = self;
        let sessions: Vec<(SessionId, Option<WorkspaceId>)> =
            state.sessions.iter().map(|(session, state)| (*session, state.workspace)).collect();
        let parted = store.begin().and_then(|transaction| {
            for (session, workspace) in sessions {
                let closed = Input::SessionClosed { session };
                state.input(&transaction, &moment, workspace, closed)?;
            }
            transaction.commit()
        });
        if let Err(error) = parted {
            tracing::warn!(%error, "what the peers acknowledged was not remembered");
        }
    }

    /// After a failure of the store: memory is read anew, and every session is closed.
    fn start_over(&mut self) {
        let sessions: Vec<SessionId> = self.state.sessions.keys().copied().collect();
        for session in sessions {
            self.state.close(session, Some(RefusalCode::Store));
        }
        self.state.sessions.clear();
        self.state.metrics.seen.clear();
        if let Some(keeper) = &mut self.state.keeper {
            keeper.start_over();
        }
        self.state.dialer.forget_dials(clock::now());
        if let Err(error) = self.open_replicas() {
            tracing::error!(%error, "the store cannot be read");
        }
    }
}

impl State {
    fn sleep(&self) -> Duration {
        let replicas = self.agenda.next_timeout();
        let dialing = self.network.as_ref().and_then(|_| self.dialer.next_timeout());
        let parting = self.keeper.as_ref().and_then(Keeper::next_timeout);
        let Some(next) = [replicas, dialing, parting].into_iter().flatten().min() else {
            return IDLE;
        };
        let now = clock::now();
        let wait = if next.is_due(now) { 1 } else { next.0.saturating_sub(now.0).max(1) };
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
            Message::Network(reply) => {
                // Whoever asked may have gone.
                drop(reply.send(self.network_state()));
                Ok(())
            }
            Message::Measure(reply) => {
                // Whoever asked may have given up.
                drop(reply.send(self.measure(transaction)?));
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
            Message::Watch(watcher) => self.on_watch(transaction, moment, watcher),
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
        let Some((id, replica)) = find_replica(&mut self.replicas, workspace) else {
            finish(Err(NodeError::NoWorkspace));
            return Ok(());
        };
        self.agenda.touch(id);
        after.finishes.push(finish);
        let mut storage = transaction.workspace(id)?;
        // Each call of one turn needs random bytes of its own.
        let random = moment.bytes(&format!("call {}", after.finishes.len()));
        let moment = Moment { now: moment.now, random };
        transaction.mark()?;
        let mark = replica.mark();
        let keep = run(&mut Turn { replica, storage: &mut storage, moment })?;
        if keep {
            return transaction.keep();
        }
        transaction.undo()?;
        replica.read_anew(&storage, mark)
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
            let mut replica = Replica::open(&storage, id, &self.identity)?;
            self.open_ring(id, &mut replica);
            self.replicas.insert(id, replica);
            self.agenda.touch(id);
            after.events.push(Event::WorkspaceOpened(id));
        }
        Ok(())
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
        self.agenda.touch(id);
        replica.handle(&mut transaction.workspace(id)?, moment, input)
    }

    /// Asks the replicas on the agenda what must go out; what a server forwards goes at once.
    fn flush(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        after: &mut After,
    ) -> Result<(), StorageError> {
        let mut early = Vec::new();
        for id in self.agenda.take_due(|at| at.is_due(moment.now)) {
            let Some(replica) = self.replicas.get_mut(&id) else { continue };
            if replica.next_timeout().is_some_and(|timeout| timeout.is_due(moment.now)) {
                replica.handle(&mut transaction.workspace(id)?, moment, Input::Timeout)?;
            } else if !replica.has_work() {
                self.agenda.wake_at(id, replica.next_timeout());
                continue;
            }
            let mut storage = transaction.workspace(id)?;
            self.metrics.verdicts.add(&replica.take_verdicts());
            self.metrics.datagrams_dropped += replica.take_dropped_datagrams();
            let output = replica.flush(&mut storage, moment)?;
            self.agenda.wake_at(id, replica.next_timeout());
            let mut turn = Turn { replica, storage: &mut storage, moment: *moment };
            watch::show(&mut self.watchers, id, &output.late, &mut turn, after)?;
            early.extend(output.early.into_iter().map(|effect| (id, effect)));
            after.effects.extend(output.late.into_iter().map(|effect| (id, effect)));
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
                Effect::Datagram { session, bytes } => self.send_datagram(session, bytes),
                Effect::PresenceChanged => drop(self.events.send(Event::PresenceChanged(id))),
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
                Effect::Forgotten(_) => self.forgotten = true,
                Effect::JoinRequested(request) => {
                    drop(self.events.send(Event::JoinRequested(id, request)));
                }
                Effect::Noted(note) => {
                    self.on_note(id, &note);
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
}

/// The replica of a workspace, or the first one.
fn find_replica(
    replicas: &mut BTreeMap<WorkspaceId, Replica>,
    workspace: Option<WorkspaceId>,
) -> Option<(WorkspaceId, &mut Replica)> {
    let id = workspace.or_else(|| replicas.keys().next().copied())?;
    Some((id, replicas.get_mut(&id)?))
}
