//! One session: a single task that reads, writes and ends it.

use std::collections::HashMap;
use std::future::{pending, poll_fn};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use jospar_core::ids::DeviceId;
use quinn::{Connection, ConnectionError, ReadError, RecvStream, VarInt, WriteError};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::task::JoinSet;

use super::frame::{Reader, Step};
use super::lane::{Outgoing, Waiting};
use super::limits::{
    FRAME_BYTES_BEFORE_ADMISSION_MAX, Limits, REASON_BYTES_MAX, WINDOW_BYTES_ADMITTED,
};
use super::{
    CloseReason, DialId, EventSink, Hold, Lane, NetEvent, Refused, SendError, SessionId,
    Statistics, tls,
};

/// Pieces taken off a stream at once.
const PIECES_AT_ONCE: usize = 8;
/// The unit in which received bytes are counted.
const HOLD_UNIT_BYTES: usize = 1024;
/// The first and the longest pause before a full sink is tried again.
const SINK_PAUSE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(16));

/// One stream that is being read.
struct Incoming<'a> {
    lane: Lane,
    reader: Reader,
    /// Held while a large bulk frame is collected.
    large: Option<SemaphorePermit<'a>>,
}

/// What all sessions of an endpoint share.
pub(super) struct Shared {
    pub(super) limits: Limits,
    pub(super) sink: Arc<dyn EventSink>,
    pub(super) stopping: AtomicBool,
    pub(super) stop: Notify,
    received: Arc<Semaphore>,
    sessions: Mutex<HashMap<SessionId, Arc<Session>>>,
    places: AtomicUsize,
    next: AtomicU64,
}

/// The right to be one of the endpoint's sessions, from before the handshake to the end.
pub(super) struct Place(Arc<Shared>);

/// One QUIC session, seen from the sender's thread and from its task.
pub(super) struct Session {
    id: SessionId,
    connection: Connection,
    control: Outgoing,
    bulk: Outgoing,
    admitted: AtomicBool,
    admission: Notify,
    /// Why this side closed it, if it did.
    closed_here: OnceLock<CloseReason>,
    /// One large bulk frame is collected at a time, whatever number of streams the peer opens.
    large_bulk: Semaphore,
    frames_sent: AtomicU64,
    frames_received: AtomicU64,
    frame_bytes_sent: AtomicU64,
    frame_bytes_received: AtomicU64,
}

impl Shared {
    pub(super) fn new(limits: Limits, sink: Arc<dyn EventSink>) -> Self {
        let units = (limits.received_bytes_max / HOLD_UNIT_BYTES).min(Semaphore::MAX_PERMITS);
        Self {
            limits,
            sink,
            stopping: AtomicBool::new(false),
            stop: Notify::new(),
            received: Arc::new(Semaphore::new(units)),
            sessions: Mutex::default(),
            places: AtomicUsize::new(0),
            next: AtomicU64::new(1),
        }
    }

    /// A number for a session or a dial.
    pub(super) fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes one of the endpoint's places, if there is one.
    pub(super) fn place(self: &Arc<Self>) -> Option<Place> {
        let place = Place(self.clone());
        let before = self.places.fetch_add(1, Ordering::Relaxed);
        (before < self.limits.sessions_max).then_some(place)
    }

    pub(super) fn find_session(&self, id: SessionId) -> Option<Arc<Session>> {
        self.sessions().get(&id).cloned()
    }

    /// Delivers `event`, waiting while the sink is full.
    ///
    /// # Errors
    /// - [`CloseReason::Abandoned`], [`CloseReason::Shutdown`]: the event is lost; end the session.
    pub(super) async fn deliver(&self, mut event: NetEvent) -> Result<(), CloseReason> {
        let (mut pause, pause_max) = SINK_PAUSE;
        loop {
            event = match self.sink.deliver(event) {
                Ok(()) => return Ok(()),
                Err(Refused::Gone) => return Err(CloseReason::Abandoned),
                Err(Refused::Full(event)) => event,
            };
            if self.stopping.load(Ordering::Acquire) {
                return Err(CloseReason::Shutdown);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(pause_max);
        }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Session>>> {
        // The map is whole between any two statements, so a panic elsewhere does not spoil it.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.places.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Who dialed, and what they know of the other end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    /// The peer dialed.
    Accepted,
    /// We dialed, with or without a pin.
    Dialed { dial: DialId, pinned: bool },
}

/// Runs a session whose handshake is done, to its end and its last event.
pub(super) async fn run(connection: Connection, origin: Origin, place: Place) {
    let shared = place.0.clone();
    let limit = shared.limits.admission;
    let control = match origin {
        Origin::Dialed { .. } => connection.open_bi().await,
        // A stranger that opens no stream never becomes a session.
        Origin::Accepted => match tokio::time::timeout(limit, connection.accept_bi()).await {
            Ok(control) => control,
            Err(_) => return close(&connection, &CloseReason::NotAdmitted),
        },
    };
    let session = SessionId(shared.next());
    let opened = control.map_err(|error| close_reason(error, None));
    let outcome = match opened {
        Ok((mut send, receive)) => {
            let greeted = greet(&connection, &mut send, origin).await;
            greeted.map(|(peer, exporter)| (peer, exporter, send, receive))
        }
        Err(reason) => Err(reason),
    };
    let dialed = match origin {
        Origin::Dialed { dial, .. } => Some(dial),
        Origin::Accepted => None,
    };
    let (peer, exporter, send, receive) = match outcome {
        Ok(outcome) => outcome,
        Err(reason) => {
            close(&connection, &reason);
            return report_unopened(&shared, dialed, reason).await;
        }
    };
    let address = connection.remote_address();
    let pinned = matches!(origin, Origin::Dialed { pinned: true, .. });
    let session = Arc::new(Session::new(session, connection, send));
    if pinned {
        session.admit();
    }
    shared.sessions().insert(session.id, session.clone());
    let opened = NetEvent::Opened { session: session.id, peer, address, dialed, exporter };
    let reason = match shared.deliver(opened).await {
        Ok(()) => session.serve(&shared, receive).await,
        Err(reason) => reason,
    };
    shared.sessions().remove(&session.id);
    close(&session.connection, &reason);
    drop(place);
    // Whoever is gone or shutting down has no use for the last event.
    let _ = shared.deliver(NetEvent::Closed { session: session.id, reason }).await;
}

/// Puts the control stream first and, as dialer, makes the acceptor see it.
async fn greet(
    connection: &Connection,
    control: &mut quinn::SendStream,
    origin: Origin,
) -> Result<(DeviceId, [u8; 32]), CloseReason> {
    let broken = || CloseReason::Transport { code: 0 };
    control.set_priority(1).map_err(|_| broken())?;
    if matches!(origin, Origin::Dialed { .. }) {
        // QUIC shows a stream to the other end with its first byte: an empty frame.
        let written = control.write_all(&[0]).await;
        written.map_err(|_| {
            connection.close_reason().map_or_else(broken, |error| close_reason(error, None))
        })?;
    }
    let peer = tls::peer_device(connection.peer_identity()).ok_or_else(broken)?;
    let exporter = tls::exporter(connection).ok_or_else(broken)?;
    Ok((peer, exporter))
}

async fn report_unopened(shared: &Shared, dialed: Option<DialId>, reason: CloseReason) {
    let Some(dial) = dialed else { return };
    let error = match reason {
        CloseReason::Peer { .. } => super::DialError::Refused,
        CloseReason::Transport { code } => super::DialError::Transport { code },
        _ => super::DialError::TimedOut(shared.limits.connect),
    };
    let _ = shared.deliver(NetEvent::DialFailed { dial, error }).await;
}

impl Session {
    fn new(id: SessionId, connection: Connection, control: quinn::SendStream) -> Self {
        let session = Self {
            id,
            connection,
            control: Outgoing::default(),
            bulk: Outgoing::default(),
            admitted: AtomicBool::new(false),
            admission: Notify::new(),
            closed_here: OnceLock::new(),
            large_bulk: Semaphore::new(1),
            frames_sent: AtomicU64::new(0),
            frames_received: AtomicU64::new(0),
            frame_bytes_sent: AtomicU64::new(0),
            frame_bytes_received: AtomicU64::new(0),
        };
        session.control.open(control);
        session
    }

    /// Lets the peer send like a member.
    pub(super) fn admit(&self) {
        if !self.admitted.swap(true, Ordering::AcqRel) {
            self.connection.set_receive_window(VarInt::from_u32(WINDOW_BYTES_ADMITTED));
            self.admission.notify_waiters();
        }
    }

    /// Sends one frame, or closes the session if too many wait.
    pub(super) fn send(
        &self,
        lane: Lane,
        frame: Vec<u8>,
        limits: &Limits,
    ) -> Result<(), SendError> {
        let max = Waiting { frames: limits.queue_frames_max, bytes: limits.queue_bytes_max };
        let queue = match lane {
            Lane::Control => &self.control,
            Lane::Bulk => &self.bulk,
        };
        let bytes_sent = frame.len() as u64;
        if let Err(Waiting { frames, bytes }) = queue.push(frame, max) {
            self.close(CloseReason::QueueFull { frames, bytes }, "reads too slowly");
            return Err(SendError::QueueFull);
        }
        self.frames_sent.fetch_add(1, Ordering::Relaxed);
        self.frame_bytes_sent.fetch_add(bytes_sent, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn send_datagram(&self, bytes: Vec<u8>) -> Result<(), SendError> {
        let size = bytes.len();
        self.connection.send_datagram(Bytes::from(bytes)).map_err(|error| match error {
            quinn::SendDatagramError::ConnectionLost(_) => SendError::UnknownSession,
            _ => SendError::BadSize { bytes: size },
        })
    }

    /// Closes the session; the first reason counts.
    pub(super) fn close(&self, reason: CloseReason, text: &str) {
        let code = VarInt::from_u32(reason.code());
        if self.closed_here.set(reason).is_ok() {
            let cut = text.floor_char_boundary(REASON_BYTES_MAX);
            self.connection.close(code, text.get(..cut).unwrap_or_default().as_bytes());
        }
    }

    pub(super) fn statistics(&self) -> Statistics {
        let stats = self.connection.stats();
        Statistics {
            bytes_sent: stats.udp_tx.bytes,
            bytes_received: stats.udp_rx.bytes,
            packets_sent: stats.udp_tx.datagrams,
            packets_received: stats.udp_rx.datagrams,
            frames_sent: self.frames_sent.load(Ordering::Relaxed),
            frames_received: self.frames_received.load(Ordering::Relaxed),
            frame_bytes_sent: self.frame_bytes_sent.load(Ordering::Relaxed),
            frame_bytes_received: self.frame_bytes_received.load(Ordering::Relaxed),
            rtt: stats.path.rtt,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.connection.remote_address()
    }

    async fn serve(self: &Arc<Self>, shared: &Arc<Shared>, control: RecvStream) -> CloseReason {
        // Only the control reader reports a lost connection, and only once it has delivered what came before.
        tokio::select! {
            biased;
            reason = self.read(shared, control, Lane::Control) => reason,
            reason = self.admission_deadline(shared) => reason,
            reason = self.read_bulk(shared) => reason,
            reason = self.read_datagrams(shared) => reason,
            reason = self.write_control() => reason,
            reason = self.write_bulk() => reason,
        }
    }

    /// Delivers a stream's frames; ends with the session, or with the stream if it is bulk.
    async fn read(&self, shared: &Shared, mut stream: RecvStream, lane: Lane) -> CloseReason {
        let mut incoming = Incoming { lane, reader: Reader::default(), large: None };
        loop {
            let mut pieces: [Bytes; PIECES_AT_ONCE] = Default::default();
            let count = match stream.read_chunks(&mut pieces).await {
                Ok(Some(count)) => count,
                Ok(None) if incoming.reader.is_between_frames() => {
                    return CloseReason::LaneEnded;
                }
                Ok(None) => return CloseReason::FrameMalformed,
                Err(ReadError::ConnectionLost(error)) => return self.lost(error),
                Err(_) => return CloseReason::LaneEnded,
            };
            for piece in pieces.iter().take(count) {
                if let Err(reason) = self.take(shared, &mut incoming, piece).await {
                    return reason;
                }
            }
        }
    }

    /// Takes one piece of a stream apart and delivers the frames that it completes.
    async fn take<'a>(
        &'a self,
        shared: &Shared,
        incoming: &mut Incoming<'a>,
        mut piece: &[u8],
    ) -> Result<(), CloseReason> {
        loop {
            match incoming.reader.next(&mut piece)? {
                Step::NeedMore => return Ok(()),
                Step::Length(bytes) if bytes > FRAME_BYTES_BEFORE_ADMISSION_MAX => {
                    tokio::select! {
                        () = self.admitted() => {}
                        error = self.connection.closed() => return Err(self.lost(error)),
                    }
                    if incoming.lane == Lane::Bulk {
                        incoming.large = self.large_bulk.acquire().await.ok();
                    }
                }
                Step::Length(_) => {}
                Step::Frame(bytes) => {
                    self.deliver(shared, incoming.lane, bytes).await?;
                    drop(incoming.large.take());
                }
            }
        }
    }

    async fn deliver(
        &self,
        shared: &Shared,
        lane: Lane,
        bytes: Vec<u8>,
    ) -> Result<(), CloseReason> {
        let units = bytes.len().div_ceil(HOLD_UNIT_BYTES).min(shared.received_units());
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        let permit = shared.received.clone().acquire_many_owned(units).await;
        self.frames_received.fetch_add(1, Ordering::Relaxed);
        self.frame_bytes_received.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        let hold = Hold(permit.ok());
        shared.deliver(NetEvent::Frame { session: self.id, lane, bytes, hold }).await
    }

    async fn read_bulk(self: &Arc<Self>, shared: &Arc<Shared>) -> CloseReason {
        self.admitted().await;
        let mut streams = JoinSet::new();
        loop {
            tokio::select! {
                stream = self.connection.accept_uni() => {
                    let Ok(stream) = stream else { return pending().await };
                    let (session, shared) = (self.clone(), shared.clone());
                    streams.spawn(async move { session.read(&shared, stream, Lane::Bulk).await });
                }
                Some(ended) = streams.join_next(), if !streams.is_empty() => {
                    if let Ok(reason) = ended && reason.is_fatal_on_bulk() {
                        return reason;
                    }
                }
            }
        }
    }

    async fn read_datagrams(&self, shared: &Shared) -> CloseReason {
        self.admitted().await;
        let pace = Duration::from_secs(1) / shared.limits.datagrams_per_second.max(1);
        // As if an even pace had been kept: from then on the next one may come.
        let mut free = Instant::now();
        loop {
            let Ok(bytes) = self.connection.read_datagram().await else { return pending().await };
            let now = Instant::now();
            free = free.max(now);
            // What floods is lost here, before it costs the loop a turn.
            if free.duration_since(now) > Duration::from_secs(2) {
                continue;
            }
            free += pace;
            let event = NetEvent::Datagram { session: self.id, bytes: bytes.to_vec() };
            // Datagrams may be lost: a full sink loses them.
            if let Err(Refused::Gone) = shared.sink.deliver(event) {
                return CloseReason::Abandoned;
            }
        }
    }

    async fn write_control(&self) -> CloseReason {
        refused(poll_fn(|context| self.control.poll_write(context)).await).await
    }

    async fn write_bulk(&self) -> CloseReason {
        poll_fn(|context| self.bulk.poll_waiting(context)).await;
        let Ok(stream) = self.connection.open_uni().await else { return pending().await };
        self.bulk.open(stream);
        refused(poll_fn(|context| self.bulk.poll_write(context)).await).await
    }

    async fn admission_deadline(&self, shared: &Shared) -> CloseReason {
        match tokio::time::timeout(shared.limits.admission, self.admitted()).await {
            Ok(()) => pending().await,
            Err(_) => CloseReason::NotAdmitted,
        }
    }

    async fn admitted(&self) {
        let mut notified = std::pin::pin!(self.admission.notified());
        // Registered before the check, so that an admission between the two is not missed.
        notified.as_mut().enable();
        if !self.admitted.load(Ordering::Acquire) {
            notified.await;
        }
    }

    fn lost(&self, error: ConnectionError) -> CloseReason {
        close_reason(error, self.closed_here.get())
    }
}

impl CloseReason {
    /// Whether a bulk stream that ended so ends the session. A stream may end between frames, and a lost connection is
    /// the control reader's to report.
    fn is_fatal_on_bulk(&self) -> bool {
        matches!(self, Self::FrameTooLong { .. } | Self::FrameMalformed | Self::Abandoned)
    }
}

impl Shared {
    /// Closes every session's connection at once, for an endpoint that is dropped.
    pub(super) fn close_all(&self) {
        for session in self.sessions().values() {
            close(&session.connection, &CloseReason::Shutdown);
        }
    }

    fn received_units(&self) -> usize {
        (self.limits.received_bytes_max / HOLD_UNIT_BYTES).min(Semaphore::MAX_PERMITS)
    }
}

/// A peer that stops one of our lanes ends the session; a lost connection is the control reader's to report.
async fn refused(error: WriteError) -> CloseReason {
    match error {
        WriteError::Stopped(_) => CloseReason::LaneEnded,
        _ => pending().await,
    }
}

/// Tells the peer why; does nothing if the connection is closed already.
pub(super) fn close(connection: &Connection, reason: &CloseReason) {
    connection.close(VarInt::from_u32(reason.code()), b"");
}

/// Why a connection is over, in our words.
pub(super) fn close_reason(error: ConnectionError, here: Option<&CloseReason>) -> CloseReason {
    match error {
        ConnectionError::LocallyClosed => here.cloned().unwrap_or(CloseReason::Shutdown),
        ConnectionError::ApplicationClosed(closed) => {
            let text = String::from_utf8_lossy(&closed.reason);
            let cut = text.floor_char_boundary(REASON_BYTES_MAX);
            let reason = text.get(..cut).unwrap_or_default().to_owned();
            CloseReason::Peer { code: closed.error_code.into_inner(), reason }
        }
        ConnectionError::TimedOut => CloseReason::TimedOut,
        ConnectionError::TransportError(error) => {
            CloseReason::Transport { code: error.code.into() }
        }
        ConnectionError::ConnectionClosed(closed) => {
            CloseReason::Transport { code: closed.error_code.into() }
        }
        ConnectionError::VersionMismatch
        | ConnectionError::Reset
        | ConnectionError::CidsExhausted => CloseReason::Transport { code: 0 },
    }
}
