//! A running node: the engine's thread, its network and its local socket.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use jospar_core::ids::DeviceId;
use jospar_core::policy::Policy;
use jospar_core::replica::{Identity, Station};
use jospar_core::storage::{Storage as _, StorageError};
use tokio::runtime::Runtime;
use tokio::sync::broadcast;

use crate::dialer::Dialer;
use crate::engine::{Agenda, Claims, Engine, Message, Network, State};
use crate::handle::Handle;
use crate::keys::{self, KeyError};
use crate::lan::Lan;
use crate::local_socket;
use crate::metrics::Metrics;
use crate::quic::{BindError, Endpoint, Limits, NetEvent, Refused};
use crate::quota::{Keeper, Quotas};
use crate::service::Service;
use crate::store::{OpenError, Options, Store};

/// How many messages may wait for the engine.
const MESSAGES_MAX: usize = 4_096;
/// How many events a slow listener may be behind.
const EVENTS_MAX: usize = 4_096;

/// How a node is to run.
#[derive(Clone)]
pub struct Config {
    /// The data folder.
    pub folder: PathBuf,
    /// Where device keys are kept, outside the data folder.
    pub keys: PathBuf,
    /// Device or server.
    pub station: Station,
    /// The UDP address to listen at; `None` for no network at all.
    pub listen: Option<SocketAddr>,
    /// Look for other devices on the local network.
    pub lan: bool,
    /// On a server: which claims hold.
    pub claims: Option<Claims>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("folder", &self.folder)
            .field("station", &self.station)
            .field("listen", &self.listen)
            .field("lan", &self.lan)
            .finish_non_exhaustive()
    }
}

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The device key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The address cannot be listened at.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The store cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The operating system gave no thread or no socket.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A running node.
#[derive(Debug)]
pub struct Node {
    handle: Handle,
    device: DeviceId,
    folder: PathBuf,
    endpoint: Option<Arc<Endpoint>>,
    runtime: Runtime,
    engine: Option<JoinHandle<()>>,
    service: Service,
}

impl Node {
    /// Opens the folder's store and runs.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(config: Config) -> Result<Self, StartError> {
        Self::launch(config, Options::default(), None)
    }

    /// As [`Node::start`], for a server that keeps limits.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start_limited(config: Config, quotas: Quotas) -> Result<Self, StartError> {
        Self::launch(config, Options::default(), Some(quotas))
    }

    /// As [`Node::start`], with the store opened as `options` say; the lease is the device's own.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start_with(config: Config, options: Options) -> Result<Self, StartError> {
        Self::launch(config, options, None)
    }

    fn launch(
        config: Config,
        options: Options,
        quotas: Option<Quotas>,
    ) -> Result<Self, StartError> {
        let (own, store) = open(&config, &options)?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (messages, received) = sync_channel(MESSAGES_MAX);
        let (events, _) = broadcast::channel(EVENTS_MAX);
        let handle = Handle { messages: messages.clone(), events: events.clone() };
        let key = own.key.signing_key().clone();
        let device = own.key.device();
        let listen = |address| bind(&runtime, &key, address, config.station, messages.clone());
        let endpoint = config.listen.map(listen).transpose()?.map(Arc::new);
        let state = State {
            identity: Identity { key, station: config.station },
            replicas: std::collections::BTreeMap::new(),
            agenda: Agenda::default(),
            sessions: std::collections::BTreeMap::new(),
            dialer: Dialer::default(),
            entry: None,
            network: None,
            events,
            claims: config.claims.clone(),
            watchers: Vec::new(),
            keeper: quotas.map(Keeper::new),
            metrics: Metrics::default(),
            rings: (config.station == Station::Device).then(|| own.seals.clone()),
            forgotten: false,
        };
        let mut engine = Engine::new(store, state);
        engine.open_replicas()?;
        let workspaces: Vec<_> = engine.state.replicas.keys().copied().collect();
        engine.state.network = endpoint.clone().map(|endpoint| Network {
            endpoint,
            runtime: runtime.handle().clone(),
            messages: messages.clone(),
        });
        let lan = match &endpoint {
            Some(endpoint) if config.lan && config.station == Station::Device => {
                let port = endpoint.local_address()?.port();
                start_lan(workspaces, port, messages)
            }
            _ => None,
        };
        let thread = std::thread::Builder::new().name("jospar-engine".to_owned());
        let engine = thread.spawn(move || {
            engine.run(&received);
            drop(lan);
        })?;
        let service = Service::new(
            handle.clone(),
            own.key.signing_key().clone(),
            (config.folder.clone(), config.keys, own.seals),
            endpoint.clone(),
            runtime.handle(),
        );
        Ok(Self {
            handle,
            device,
            folder: config.folder,
            endpoint,
            runtime,
            engine: Some(engine),
            service,
        })
    }

    /// Where a program may run tasks beside the node; they end with it.
    #[must_use]
    pub fn runtime(&self) -> &tokio::runtime::Handle {
        self.runtime.handle()
    }

    /// The way in.
    #[must_use]
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// What the command line and the page ask.
    #[must_use]
    pub const fn service(&self) -> &Service {
        &self.service
    }

    /// This node's device.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// Where it listens.
    #[must_use]
    pub fn local_address(&self) -> Option<SocketAddr> {
        self.endpoint.as_ref().and_then(|endpoint| endpoint.local_address().ok())
    }

    /// The network, for statistics.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.endpoint.as_deref()
    }

    /// Answers commands of other processes over the folder's local socket, in the background.
    ///
    /// # Errors
    /// The operating system's.
    pub fn serve(&self) -> io::Result<()> {
        let _inside = self.runtime.enter();
        local_socket::serve(&self.folder, self.service.clone())
    }

    /// Waits until it is asked to stop or its process is interrupted.
    pub fn wait(&self) {
        let service = self.service.clone();
        self.runtime.block_on(async move {
            tokio::select! {
                () = service.stopped() => {}
                () = interrupted() => {}
            }
        });
    }

    /// Stops: what is under way is committed, sessions are closed, the store is closed.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(engine) = self.engine.take() else { return };
        // The engine has stopped already if it does not take the message.
        drop(self.handle.messages.send(Message::Stop));
        if engine.join().is_err() {
            tracing::error!("the engine ended by a mistake in this program");
        }
        if let Some(endpoint) = self.endpoint.take() {
            self.runtime.block_on(endpoint.shutdown());
        }
        local_socket::remove(&self.folder);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.end();
    }
}

/// Opens the folder's key and store. A device that exchanged its key and was stopped before it took the new one takes it
/// now.
fn open(config: &Config, options: &Options) -> Result<(keys::OwnKey, Store), StartError> {
    let own = keys::open(&config.folder, &config.keys)?;
    let options =
        |own: &keys::OwnKey| Options { lease: Some(own.lease.clone()), ..options.clone() };
    let mut store = Store::open(&config.folder, &options(&own))?;
    let Some(successor) = successor(&mut store, &own.key.device())? else {
        return Ok((own, store));
    };
    if !keys::take_next(&config.folder, &config.keys, successor)? {
        return Ok((own, store));
    }
    store.close()?;
    let own = keys::open(&config.folder, &config.keys)?;
    let store = Store::open(&config.folder, &options(&own))?;
    Ok((own, store))
}

/// The key that a policy log of the store says `device` went on with.
fn successor(store: &mut Store, device: &DeviceId) -> Result<Option<DeviceId>, StorageError> {
    let transaction = store.begin()?;
    for id in transaction.workspaces()? {
        let entries = transaction.workspace(id)?.policy_entries()?;
        let policy = Policy::from_entries(id, &entries).ok();
        let revocation = policy.and_then(|(policy, _)| policy.now().revocation(device).cloned());
        if let Some(successor) = revocation.and_then(|revocation| revocation.successor) {
            return Ok(Some(successor));
        }
    }
    Ok(None)
}

fn bind(
    runtime: &Runtime,
    key: &ed25519_dalek::SigningKey,
    address: SocketAddr,
    station: Station,
    messages: SyncSender<Message>,
) -> Result<Endpoint, BindError> {
    let limits = match station {
        Station::Device => Limits::default(),
        Station::Server => Limits::server(),
    };
    let sink = move |event: NetEvent| match messages.try_send(Message::Net(event)) {
        Ok(()) => Ok(()),
        Err(std::sync::mpsc::TrySendError::Full(Message::Net(event))) => Err(Refused::Full(event)),
        Err(_) => Err(Refused::Gone),
    };
    Endpoint::bind(runtime.handle(), key, address, limits, sink)
}

fn start_lan(
    workspaces: Vec<jospar_core::ids::WorkspaceId>,
    port: u16,
    messages: SyncSender<Message>,
) -> Option<Lan> {
    let found = move |peer| {
        // The engine is busy: the device is announced again.
        drop(messages.try_send(Message::Found(peer)));
    };
    match Lan::start(workspaces, port, found) {
        Ok(lan) => Some(lan),
        Err(error) => {
            tracing::warn!(%error, "no search on the local network");
            None
        }
    }
}

/// Comes back once this process is interrupted from the keyboard or told to end.
pub async fn interrupted() {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

/// The console's window is closed, or the person logs off: Windows then waits some seconds before it ends the program.
#[cfg(windows)]
async fn terminated() {
    use tokio::signal::windows::{ctrl_close, ctrl_logoff, ctrl_shutdown};
    let (Ok(mut close), Ok(mut logoff), Ok(mut shutdown)) =
        (ctrl_close(), ctrl_logoff(), ctrl_shutdown())
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = close.recv() => {}
        _ = logoff.recv() => {}
        _ = shutdown.recv() => {}
    }
}

#[cfg(not(any(unix, windows)))]
async fn terminated() {
    std::future::pending().await
}
