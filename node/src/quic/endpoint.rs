//! The endpoint: one UDP socket, and the task that owns every task below it.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ed25519_dalek::SigningKey;
use jospar_core::ids::DeviceId;
use quinn::{ClientConfig, EndpointConfig, Incoming, ServerConfig, TokioRuntime, VarInt};
use socket2::SockRef;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use super::gate::Gate;
use super::limits::{
    DATAGRAM_BYTES_MAX, DIALS_WAITING_MAX, FRAME_BYTES_MAX, INCOMING_BYTES_MAX, INCOMING_MAX,
    Limits, SHUTDOWN_WAIT, SOCKET_BYTES,
};
use super::session::{self, Origin, Place, Session, Shared};
use super::tls::{self, Identity};
use super::{
    BindError, CloseReason, DialError, DialId, DialRefused, EventSink, Lane, NetEvent, SendError,
    SessionId, Statistics, close_code,
};

/// One UDP port that dials and accepts sessions.
///
/// Methods that are not `async` never block and may be called on any thread. Dropping an endpoint ends its sessions at
/// once; [`Endpoint::shutdown`] does it politely.
pub struct Endpoint {
    runtime: Handle,
    quinn: quinn::Endpoint,
    shared: Arc<Shared>,
    dials: mpsc::Sender<Dial>,
    root: Mutex<Option<JoinHandle<()>>>,
}

/// A UDP socket with room for what arrives while this process does something else.
fn open_socket(address: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    // A system that gives less may do so: QUIC sends again what was dropped.
    let _ = SockRef::from(&socket).set_recv_buffer_size(SOCKET_BYTES);
    Ok(socket)
}

/// A dial that was asked for.
struct Dial {
    id: DialId,
    address: SocketAddr,
    pin: Option<DeviceId>,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Endpoint({:?})", self.quinn.local_addr())
    }
}

impl Endpoint {
    /// Opens `address` on `runtime` and tells `sink` what happens there.
    ///
    /// `key` is this device's identity; its seed is copied into the TLS library. Port 0 lets the system choose.
    ///
    /// # Errors
    /// - [`BindError::Socket`]: the address is taken or not ours.
    /// - [`BindError::Tls`]: the TLS library refused the key.
    pub fn bind(
        runtime: &Handle,
        key: &SigningKey,
        address: SocketAddr,
        limits: Limits,
        sink: impl EventSink,
    ) -> Result<Self, BindError> {
        let identity = Identity::new(key)?;
        let mut server = ServerConfig::with_crypto(identity.quic_server()?);
        server
            .transport_config(limits.transport(true))
            .max_incoming(INCOMING_MAX)
            .incoming_buffer_size_total(INCOMING_BYTES_MAX);
        let refused = |source| BindError::Socket { address, source };
        let socket = open_socket(address).map_err(refused)?;
        let inside = runtime.enter();
        let settings = EndpointConfig::default();
        let quinn = quinn::Endpoint::new(settings, Some(server), socket, Arc::new(TokioRuntime))
            .map_err(refused)?;
        drop(inside);
        let shared = Arc::new(Shared::new(limits, Arc::new(sink)));
        let (dials, asked) = mpsc::channel(DIALS_WAITING_MAX);
        let root = Root::new(quinn.clone(), shared.clone(), identity);
        let root = Mutex::new(Some(runtime.spawn(root.run(asked))));
        Ok(Self { runtime: runtime.clone(), quinn, shared, dials, root })
    }

    /// The address of the socket, with the port that the system chose.
    ///
    /// # Errors
    /// The operating system's, if the socket is broken.
    pub fn local_address(&self) -> std::io::Result<SocketAddr> {
        self.quinn.local_addr()
    }

    /// Opens a session with the holder of the key `peer` at `address`; anybody else there is refused.
    ///
    /// The session is admitted from its start. The answer is an event: [`NetEvent::Opened`] or [`NetEvent::DialFailed`].
    ///
    /// # Errors
    /// - [`DialRefused`]: nothing was started.
    pub fn dial(&self, address: SocketAddr, peer: DeviceId) -> Result<DialId, DialRefused> {
        self.ask(address, Some(peer))
    }

    /// Opens a session with whoever is at `address`, as found on the local network.
    ///
    /// [`NetEvent::Opened`] says which key answered. The caller checks it against the policy before it sends anything,
    /// then calls [`Endpoint::admit`] or [`Endpoint::close`].
    ///
    /// # Errors
    /// - [`DialRefused`]: nothing was started.
    pub fn dial_any(&self, address: SocketAddr) -> Result<DialId, DialRefused> {
        self.ask(address, None)
    }

    /// Lets the peer of `session` send bulk, datagrams and frames up to [`FRAME_BYTES_MAX`], without a deadline.
    ///
    /// To be called once the policy knows the peer. Does nothing if the session is over or was admitted before.
    pub fn admit(&self, session: SessionId) {
        if let Some(session) = self.shared.find_session(session) {
            session.admit();
        }
    }

    /// Sends `frame`, in order with all others of its lane.
    ///
    /// `Ok` means that it was taken, not that it arrived: a close may overtake it.
    ///
    /// # Errors
    /// - [`SendError::UnknownSession`]: the session is over.
    /// - [`SendError::QueueFull`]: the peer does not keep up; the session has been closed and says so in its last event.
    /// - [`SendError::BadSize`]: the frame is empty or above [`FRAME_BYTES_MAX`].
    pub fn send(&self, session: SessionId, lane: Lane, frame: Vec<u8>) -> Result<(), SendError> {
        if frame.is_empty() || frame.len() > FRAME_BYTES_MAX {
            return Err(SendError::BadSize { bytes: frame.len() });
        }
        self.session(session)?.send(lane, frame, &self.shared.limits)
    }

    /// Sends `bytes` in one packet, which may be lost.
    ///
    /// # Errors
    /// - [`SendError::UnknownSession`]: the session is over.
    /// - [`SendError::BadSize`]: more than [`DATAGRAM_BYTES_MAX`], or than the path takes.
    pub fn send_datagram(&self, session: SessionId, bytes: Vec<u8>) -> Result<(), SendError> {
        if bytes.is_empty() || bytes.len() > DATAGRAM_BYTES_MAX {
            return Err(SendError::BadSize { bytes: bytes.len() });
        }
        self.session(session)?.send_datagram(bytes)
    }

    /// Closes `session`; the peer gets `code` (below [`close_code::NODE_MIN`]) and at most
    /// [`super::REASON_BYTES_MAX`] of `reason`. Frames that are still under way may be lost.
    pub fn close(&self, session: SessionId, code: u32, reason: &str) {
        if let Some(session) = self.shared.find_session(session) {
            session.close(CloseReason::Local { code }, reason);
        }
    }

    /// Moves all sessions to a new socket at `address`, after the network changed; returns where it is.
    ///
    /// Sessions go on if the peer can still be reached and we can be reached by it.
    ///
    /// # Errors
    /// - [`BindError::Socket`]: the old socket is kept.
    pub fn rebind(&self, address: SocketAddr) -> Result<SocketAddr, BindError> {
        let refused = |source| BindError::Socket { address, source };
        let socket = open_socket(address).map_err(refused)?;
        let _inside = self.runtime.enter();
        self.quinn.rebind(socket).map_err(refused)?;
        self.quinn.local_addr().map_err(refused)
    }

    /// What `session` has cost so far; `None` if it is over.
    #[must_use]
    pub fn statistics(&self, session: SessionId) -> Option<Statistics> {
        Some(self.shared.find_session(session)?.statistics())
    }

    /// Where the peer of `session` is at this moment; `None` if it is over.
    #[must_use]
    pub fn address(&self, session: SessionId) -> Option<SocketAddr> {
        Some(self.shared.find_session(session)?.address())
    }

    /// Ends all sessions with [`close_code::SHUTDOWN`] and waits until every task is done: two seconds at most.
    ///
    /// The sink may miss the last events if it is full.
    pub async fn shutdown(&self) {
        self.shared.stopping.store(true, Ordering::Release);
        self.shared.stop.notify_one();
        let root = self.root.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(root) = root {
            // The root task does not panic; if it did, there is nothing left to wait for.
            let _ = root.await;
        }
    }

    fn ask(&self, address: SocketAddr, pin: Option<DeviceId>) -> Result<DialId, DialRefused> {
        let id = DialId(self.shared.next());
        let asked = self.dials.try_send(Dial { id, address, pin });
        asked.map(|()| id).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => DialRefused::TooMany,
            mpsc::error::TrySendError::Closed(_) => DialRefused::Stopped,
        })
    }

    fn session(&self, session: SessionId) -> Result<Arc<Session>, SendError> {
        self.shared.find_session(session).ok_or(SendError::UnknownSession)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Release);
        let root = self.root.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(root) = root {
            // First the close: a session that loses its task would tell its peer code 0.
            self.shared.close_all();
            self.quinn.close(VarInt::from_u32(close_code::SHUTDOWN), b"");
            root.abort();
        }
    }
}

/// The task that owns all others.
struct Root {
    quinn: quinn::Endpoint,
    shared: Arc<Shared>,
    identity: Identity,
    gate: Arc<Mutex<Gate>>,
    /// Accepted handshakes under way: one clone of this in each.
    handshakes: Arc<()>,
}

impl Root {
    fn new(quinn: quinn::Endpoint, shared: Arc<Shared>, identity: Identity) -> Self {
        let gate = Arc::new(Mutex::new(Gate::new(&shared.limits)));
        Self { quinn, shared, identity, gate, handshakes: Arc::new(()) }
    }

    async fn run(self, mut dials: mpsc::Receiver<Dial>) {
        let mut tasks = JoinSet::new();
        loop {
            tokio::select! {
                () = self.shared.stop.notified() => break,
                Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
                dial = dials.recv() => match dial {
                    Some(dial) => self.start_dial(dial, &mut tasks),
                    None => break,
                },
                incoming = self.quinn.accept() => match incoming {
                    Some(incoming) => self.start_accept(incoming, &mut tasks),
                    None => break,
                },
            }
        }
        drop(dials);
        self.quinn.close(VarInt::from_u32(close_code::SHUTDOWN), b"");
        let all = async { while tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(SHUTDOWN_WAIT, all).await;
        tasks.shutdown().await;
        let _ = tokio::time::timeout(SHUTDOWN_WAIT, self.quinn.wait_idle()).await;
    }

    fn start_dial(&self, dial: Dial, tasks: &mut JoinSet<()>) {
        let (quinn, shared) = (self.quinn.clone(), self.shared.clone());
        let config = self.identity.quic_client(dial.pin).map(|crypto| {
            let mut config = ClientConfig::new(crypto);
            config.transport_config(shared.limits.transport(false));
            config
        });
        tasks.spawn(async move {
            let place = shared.place().ok_or(DialError::TooManySessions);
            let connected = match (place, config) {
                (Ok(place), Ok(config)) => {
                    let connected = connect(&quinn, &shared.limits, &dial, config).await;
                    connected.map(|connection| (connection, place))
                }
                (Err(error), _) => Err(error),
                (_, Err(_)) => Err(DialError::NoCommonProtocol),
            };
            match connected {
                Ok((connection, place)) => {
                    let origin = Origin::Dialed { dial: dial.id, pinned: dial.pin.is_some() };
                    session::run(connection, origin, place).await;
                }
                Err(error) => {
                    // Whoever is gone or shutting down has no use for the answer.
                    let _ = shared.deliver(NetEvent::DialFailed { dial: dial.id, error }).await;
                }
            }
        });
    }

    /// Looks at a first packet: drops, refuses, asks for proof of the address, or begins a handshake.
    fn start_accept(&self, incoming: Incoming, tasks: &mut JoinSet<()>) {
        let limits = &self.shared.limits;
        let under_way = Arc::strong_count(&self.handshakes) - 1;
        if under_way >= limits.handshakes_max {
            return incoming.ignore();
        }
        let address = incoming.remote_address();
        let proved = incoming.remote_address_validated();
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = gate.has_room(address.ip(), Instant::now());
        if !proved
            && incoming.may_retry()
            && (!has_room || under_way >= limits.handshakes_before_retry)
        {
            // Fails only if a retry cannot be asked for, which was just checked.
            let _ = incoming.retry();
            return;
        }
        let place = self.shared.place();
        let (true, Some(place)) = (has_room, place) else { return incoming.refuse() };
        if proved {
            gate.count(address.ip(), Instant::now());
        }
        drop(gate);
        let (gate, guard) = (self.gate.clone(), self.handshakes.clone());
        let gate = (!proved).then_some(gate);
        tasks.spawn(accept(incoming, place, limits.admission, gate, guard));
    }
}

/// Ends a dial in a connection or in our words.
async fn connect(
    quinn: &quinn::Endpoint,
    limits: &Limits,
    dial: &Dial,
    config: ClientConfig,
) -> Result<quinn::Connection, DialError> {
    use quinn::ConnectionError as Lost;
    let connecting = quinn
        .connect_with(config, dial.address, tls::SERVER_NAME)
        .map_err(|_| DialError::Unreachable(dial.address))?;
    let connected = tokio::time::timeout(limits.connect, connecting).await;
    let connected = connected.map_err(|_| DialError::TimedOut(limits.connect))?;
    connected.map_err(|error| match error {
        error if tls::refused_by_pin(&error) => DialError::WrongPeer,
        error if tls::is_no_protocol(&error) => DialError::NoCommonProtocol,
        Lost::ConnectionClosed(_) | Lost::ApplicationClosed(_) | Lost::Reset => DialError::Refused,
        Lost::TransportError(error) => DialError::Transport { code: error.code.into() },
        Lost::TimedOut => DialError::TimedOut(limits.connect),
        Lost::LocallyClosed | Lost::CidsExhausted | Lost::VersionMismatch => {
            DialError::Transport { code: 0 }
        }
    })
}

/// Ends an accepted handshake in a session, or in silence: a stranger that fails is nobody's event.
async fn accept(
    incoming: Incoming,
    place: Place,
    limit: std::time::Duration,
    gate: Option<Arc<Mutex<Gate>>>,
    guard: Arc<()>,
) {
    let address = incoming.remote_address();
    let Ok(connecting) = incoming.accept() else { return };
    let Ok(Ok(connection)) = tokio::time::timeout(limit, connecting).await else { return };
    drop(guard);
    if let Some(gate) = gate {
        // The finished handshake is the proof that the address is the peer's.
        let mut gate = gate.lock().unwrap_or_else(PoisonError::into_inner);
        gate.count(address.ip(), Instant::now());
    }
    session::run(connection, Origin::Accepted, place).await;
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_socket_keeps_as_many_packets_as_the_system_allows() {
        let socket = open_socket(([127, 0, 0, 1], 0).into()).unwrap();
        let allowed = std::fs::read_to_string("/proc/sys/net/core/rmem_max").unwrap();
        let allowed: usize = allowed.trim().parse().unwrap();
        // Linux counts its own bookkeeping in and gives twice what was asked for.
        let given = SockRef::from(&socket).recv_buffer_size().unwrap();
        assert_eq!(given, 2 * SOCKET_BYTES.min(allowed));
    }
}
