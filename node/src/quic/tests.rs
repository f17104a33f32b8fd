//! Endpoints on 127.0.0.1, each with its own thread to take events.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use jospar_core::ids::DeviceId;
use tokio::runtime::Runtime;

use super::*;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn anywhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// An endpoint and what it said.
struct Node {
    endpoint: Endpoint,
    events: Receiver<NetEvent>,
    id: DeviceId,
}

impl Node {
    fn new(runtime: &Runtime, seed: u8) -> Self {
        Self::with(runtime, seed, Limits::default())
    }

    fn with(runtime: &Runtime, seed: u8, limits: Limits) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let (tx, events) = sync_channel(64);
        let endpoint = Endpoint::bind(runtime.handle(), &key, anywhere(), limits, tx).unwrap();
        Self { endpoint, events, id: DeviceId(key.verifying_key().to_bytes()) }
    }

    fn address(&self) -> SocketAddr {
        self.endpoint.local_address().unwrap()
    }

    fn event(&self) -> NetEvent {
        self.events.recv_timeout(PATIENCE).expect("an event in time")
    }

    fn opened(&self) -> (SessionId, DeviceId, [u8; 32]) {
        match self.event() {
            NetEvent::Opened { session, peer, exporter, .. } => (session, peer, exporter),
            other => panic!("{other:?} where Opened was expected"),
        }
    }

    fn frame(&self) -> (Lane, Vec<u8>) {
        match self.event() {
            NetEvent::Frame { lane, bytes, .. } => (lane, bytes),
            other => panic!("{other:?} where Frame was expected"),
        }
    }

    fn closed(&self) -> CloseReason {
        loop {
            if let NetEvent::Closed { reason, .. } = self.event() {
                return reason;
            }
        }
    }

    fn dial_failed(&self) -> DialError {
        match self.event() {
            NetEvent::DialFailed { error, .. } => error,
            other => panic!("{other:?} where DialFailed was expected"),
        }
    }
}

/// Two endpoints with one admitted session between them.
struct Pair {
    a: Node,
    b: Node,
    a_session: SessionId,
    b_session: SessionId,
}

fn pair(runtime: &Runtime) -> Pair {
    pair_of(Node::new(runtime, 1), Node::new(runtime, 2))
}

fn pair_of(a: Node, b: Node) -> Pair {
    let address = b.address();
    pair_at(a, b, address)
}

/// `a` dials `b` at an address that need not be its own.
fn pair_at(a: Node, b: Node, address: SocketAddr) -> Pair {
    a.endpoint.dial(address, b.id).unwrap();
    let (a_session, a_peer, a_exporter) = a.opened();
    let (b_session, b_peer, b_exporter) = b.opened();
    assert_eq!((a_peer, b_peer), (b.id, a.id));
    assert_eq!(a_exporter, b_exporter);
    b.endpoint.admit(b_session);
    Pair { a, b, a_session, b_session }
}

#[test]
fn quic_frames_travel_both_ways_on_both_lanes() {
    let runtime = runtime();
    let Pair { a, b, a_session, b_session } = pair(&runtime);
    // The acceptor may speak first.
    b.endpoint.send(b_session, Lane::Control, b"hello".to_vec()).unwrap();
    assert_eq!(a.frame(), (Lane::Control, b"hello".to_vec()));
    a.endpoint.send(a_session, Lane::Control, b"hi".to_vec()).unwrap();
    assert_eq!(b.frame(), (Lane::Control, b"hi".to_vec()));
    a.endpoint.send(a_session, Lane::Bulk, b"much".to_vec()).unwrap();
    assert_eq!(b.frame(), (Lane::Bulk, b"much".to_vec()));
    b.endpoint.send(b_session, Lane::Bulk, b"more".to_vec()).unwrap();
    assert_eq!(a.frame(), (Lane::Bulk, b"more".to_vec()));
    let statistics = a.endpoint.statistics(a_session).unwrap();
    assert_eq!((statistics.frames_sent, statistics.frames_received), (2, 2));
    assert!(statistics.bytes_sent > 0 && statistics.rtt < Duration::from_millis(100));
}

#[test]
fn quic_frames_of_one_byte_and_of_eight_mebibytes_arrive_whole() {
    let runtime = runtime();
    let Pair { a, b, a_session, .. } = pair(&runtime);
    for lane in [Lane::Control, Lane::Bulk] {
        for size in [1, 127, 128, 16_384, 16_385, FRAME_BYTES_MAX] {
            let sent: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            a.endpoint.send(a_session, lane, sent.clone()).unwrap();
            let (found, bytes) = b.frame();
            assert!(found == lane && bytes == sent, "{size} bytes on {lane:?}");
        }
    }
    for bytes in [0, FRAME_BYTES_MAX + 1] {
        let refused = a.endpoint.send(a_session, Lane::Bulk, vec![0; bytes]);
        assert_eq!(refused, Err(SendError::BadSize { bytes }));
    }
}

#[test]
fn quic_order_is_kept_within_each_lane() {
    let runtime = runtime();
    let Pair { a, b, a_session, .. } = pair(&runtime);
    for number in 0..2_000_u32 {
        let lane = if number % 3 == 0 { Lane::Bulk } else { Lane::Control };
        let mut frame = number.to_be_bytes().to_vec();
        frame.resize(4 + (number as usize * 37) % 900, 7);
        a.endpoint.send(a_session, lane, frame).unwrap();
    }
    let mut last = [None; 2];
    for _ in 0..2_000 {
        let (lane, bytes) = b.frame();
        let number = u32::from_be_bytes(bytes[..4].try_into().unwrap());
        let last = &mut last[usize::from(lane == Lane::Bulk)];
        assert!(last.is_none_or(|last| last < number), "{number} after {last:?} on {lane:?}");
        *last = Some(number);
    }
}

#[test]
fn quic_a_keystroke_overtakes_queued_bulk() {
    let runtime = runtime();
    let Pair { a, b, a_session, .. } = pair(&runtime);
    for frame in vec![vec![1; FRAME_BYTES_MAX]; 3] {
        a.endpoint.send(a_session, Lane::Bulk, frame).unwrap();
    }
    a.endpoint.send(a_session, Lane::Control, vec![2; 100]).unwrap();
    let order: Vec<Lane> = (0..4).map(|_| b.frame().0).collect();
    // A busy machine may finish a bulk frame before the keystroke is sent at all.
    let place = order.iter().position(|lane| *lane == Lane::Control);
    assert!(place.is_some_and(|place| place < 3), "{order:?}");
}

#[test]
fn quic_a_keystroke_passes_while_bulk_is_not_being_read() {
    let runtime = runtime();
    let limits = Limits { received_bytes_max: FRAME_BYTES_MAX, ..Limits::default() };
    let Pair { a, b, a_session, b_session } =
        pair_of(Node::new(&runtime, 1), Node::with(&runtime, 2, limits));
    // The first frame is held by its owner and takes the whole allowance, so that the second is not read out.
    for _ in 0..2 {
        a.endpoint.send(a_session, Lane::Bulk, vec![1; FRAME_BYTES_MAX]).unwrap();
    }
    let held = b.event();
    b.endpoint.send(b_session, Lane::Control, b"still here".to_vec()).unwrap();
    assert_eq!(a.frame().1, b"still here");
    drop(held);
    assert_eq!(b.frame().0, Lane::Bulk);
}

/// What a [`proxy`] does.
#[derive(Default)]
struct Middle {
    /// A bit is flipped in each datagram.
    spoil: AtomicBool,
    /// What the dialer sent.
    heard: Mutex<Vec<Vec<u8>>>,
}

/// Carries datagrams between one dialer and `to`.
async fn proxy(to: SocketAddr, socket: tokio::net::UdpSocket, middle: Arc<Middle>) {
    let (mut buffer, mut dialer) = ([0; 2_048], None);
    loop {
        let (bytes, from) = socket.recv_from(&mut buffer).await.unwrap();
        if middle.spoil.load(Ordering::Acquire) {
            buffer[bytes / 2] ^= 1;
        }
        let target = if from == to {
            dialer
        } else {
            middle.heard.lock().unwrap().push(buffer[..bytes].to_vec());
            dialer = Some(from);
            Some(to)
        };
        if let Some(target) = target {
            socket.send_to(&buffer[..bytes], target).await.unwrap();
        }
    }
}

/// A pair with the proxy between.
fn pair_through(runtime: &Runtime, middle: &Arc<Middle>) -> (Pair, tokio::task::JoinHandle<()>) {
    let (a, b) = (Node::new(runtime, 1), Node::new(runtime, 2));
    let socket = runtime.block_on(tokio::net::UdpSocket::bind(anywhere())).unwrap();
    let between = socket.local_addr().unwrap();
    let proxy = runtime.spawn(proxy(b.address(), socket, middle.clone()));
    (pair_at(a, b, between), proxy)
}

#[test]
fn t01_nothing_that_was_changed_on_the_way_is_taken() {
    let runtime = runtime();
    let middle = Arc::new(Middle::default());
    let (Pair { a, b, a_session, .. }, proxy) = pair_through(&runtime, &middle);
    middle.spoil.store(true, Ordering::Release);
    for _ in 0..100 {
        a.endpoint.send(a_session, Lane::Control, vec![5; 1_000]).unwrap();
    }
    assert!(b.events.recv_timeout(Duration::from_millis(300)).is_err());
    // The same bytes, sent again and left alone, arrive.
    middle.spoil.store(false, Ordering::Release);
    assert!((0..100).all(|_| b.frame().1 == vec![5; 1_000]));
    proxy.abort();
}

/// Whoever recorded all that a dialer sent and sends it again, at once or later and from another place, gets no session,
/// and nothing of it is taken a second time.
#[test]
fn t01_t06_what_was_recorded_and_is_sent_again_is_not_taken() {
    let runtime = runtime();
    let middle = Arc::new(Middle::default());
    let (Pair { a, b, a_session, .. }, proxy) = pair_through(&runtime, &middle);
    for number in 0..50_u8 {
        a.endpoint.send(a_session, Lane::Control, vec![number; 500]).unwrap();
        assert_eq!(b.frame().1, vec![number; 500]);
    }
    let thief = UdpSocket::bind(anywhere()).unwrap();
    let send_again = || {
        let heard = middle.heard.lock().unwrap().clone();
        assert!(heard.len() > 50, "{} datagrams", heard.len());
        for datagram in &heard {
            thief.send_to(datagram, b.address()).unwrap();
        }
    };
    // While the session lives, and after it.
    send_again();
    assert!(b.events.recv_timeout(Duration::from_millis(300)).is_err());
    a.endpoint.send(a_session, Lane::Control, b"the real one".to_vec()).unwrap();
    assert_eq!(b.frame().1, b"the real one");
    a.endpoint.close(a_session, 1, "");
    assert!(matches!(b.closed(), CloseReason::Peer { code: 1, .. }));
    send_again();
    assert!(b.events.recv_timeout(Duration::from_millis(300)).is_err());
    proxy.abort();
    a.closed();
    pair_of(a, b);
}

#[test]
fn t02_x14_a_peer_with_another_key_than_the_pinned_one_is_refused() {
    let runtime = runtime();
    let (a, b) = (Node::new(&runtime, 1), Node::new(&runtime, 2));
    let dial = a.endpoint.dial(b.address(), DeviceId([9; 32])).unwrap();
    match a.event() {
        NetEvent::DialFailed { dial: failed, error } => {
            assert_eq!((failed, error), (dial, DialError::WrongPeer));
        }
        other => panic!("{other:?} where DialFailed was expected"),
    }
    // The refused side never heard of a session: its first event is of the honest one.
    pair_of(a, b);
}

#[test]
fn t02_dialing_an_address_from_the_local_network_tells_who_answers() {
    let runtime = runtime();
    let (a, b) = (Node::new(&runtime, 1), Node::new(&runtime, 2));
    let dial = a.endpoint.dial_any(b.address()).unwrap();
    match a.event() {
        NetEvent::Opened { peer, dialed, address, .. } => {
            assert_eq!((peer, dialed, address), (b.id, Some(dial), b.address()));
        }
        other => panic!("{other:?} where Opened was expected"),
    }
}

#[test]
fn t03_a_stranger_is_closed_in_time_and_sends_nothing_large() {
    let runtime = runtime();
    let limits = Limits { admission: Duration::from_millis(700), ..Limits::default() };
    let (a, b) = (Node::new(&runtime, 1), Node::with(&runtime, 2, limits));
    a.endpoint.dial(b.address(), b.id).unwrap();
    let (session, ..) = a.opened();
    b.opened();
    a.endpoint.send(session, Lane::Control, vec![1; 1_000]).unwrap();
    a.endpoint.send(session, Lane::Bulk, vec![2; 10]).unwrap();
    a.endpoint.send(session, Lane::Control, vec![3; FRAME_BYTES_BEFORE_ADMISSION_MAX + 1]).unwrap();
    assert_eq!(b.frame(), (Lane::Control, vec![1; 1_000]));
    assert!(matches!(b.event(), NetEvent::Closed { reason: CloseReason::NotAdmitted, .. }));
    let code = u64::from(close_code::NOT_ADMITTED);
    assert!(matches!(a.closed(), CloseReason::Peer { code: found, .. } if found == code));
}

#[test]
fn t03_what_a_member_sent_before_its_admission_arrives_after_it() {
    let runtime = runtime();
    let (a, b) = (Node::new(&runtime, 1), Node::new(&runtime, 2));
    a.endpoint.dial(b.address(), b.id).unwrap();
    let (session, ..) = a.opened();
    let (b_session, ..) = b.opened();
    a.endpoint.send(session, Lane::Control, vec![3; FRAME_BYTES_MAX]).unwrap();
    b.endpoint.admit(b_session);
    assert_eq!(b.frame().1.len(), FRAME_BYTES_MAX);
}

#[test]
fn t03_an_address_that_opens_too_many_sessions_is_refused() {
    let runtime = runtime();
    let limits = Limits {
        loopback_exempt: false,
        address_burst: 3,
        address_per_minute: 1,
        ..Limits::default()
    };
    let (a, b) = (Node::new(&runtime, 1), Node::with(&runtime, 2, limits));
    for _ in 0..3 {
        a.endpoint.dial(b.address(), b.id).unwrap();
        a.opened();
        b.opened();
    }
    a.endpoint.dial(b.address(), b.id).unwrap();
    assert_eq!(a.dial_failed(), DialError::Refused);
}

#[test]
fn t04_under_load_a_dialer_proves_its_address_first() {
    let runtime = runtime();
    let limits = Limits { handshakes_before_retry: 0, ..Limits::default() };
    pair_of(Node::new(&runtime, 1), Node::with(&runtime, 2, limits));
}

/// First packets of so many dials, none of which goes on: taken from a client whose peer never answers.
async fn first_packets(count: usize) -> Vec<Vec<u8>> {
    let silent = tokio::net::UdpSocket::bind(anywhere()).await.unwrap();
    let to = silent.local_addr().unwrap();
    let endpoint = quinn::Endpoint::client(anywhere()).unwrap();
    let identity = tls::Identity::new(&SigningKey::from_bytes(&[66; 32])).unwrap();
    let config = quinn::ClientConfig::new(identity.quic_client(None).unwrap());
    let mut packets = Vec::new();
    for _ in 0..count {
        let dial = endpoint.connect_with(config.clone(), to, tls::SERVER_NAME).unwrap();
        let mut packet = vec![0; 2_048];
        let length = silent.recv(&mut packet).await.unwrap();
        packet.truncate(length);
        packets.push(packet);
        drop(dial);
    }
    packets
}

/// Bytes of memory that this process uses.
#[cfg(target_os = "linux")]
fn memory() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

#[cfg(target_os = "linux")]
#[test]
fn t04_a_flood_of_half_open_handshakes_costs_bounded_memory_and_honest_peers_go_on() {
    const FLOOD: usize = 2_000;
    let runtime = runtime();
    let Pair { a, b, a_session, b_session } =
        pair_of(Node::new(&runtime, 1), Node::with(&runtime, 2, Limits::server()));
    let packets = runtime.block_on(first_packets(FLOOD));
    let before = memory();
    let sender = UdpSocket::bind(anywhere()).unwrap();
    for (number, packet) in packets.iter().enumerate() {
        sender.send_to(packet, b.address()).unwrap();
        if number % 4 == 0 {
            // A keystroke each way in the middle of it.
            a.endpoint.send(a_session, Lane::Control, b"up".to_vec()).unwrap();
            assert_eq!(b.frame(), (Lane::Control, b"up".to_vec()));
            b.endpoint.send(b_session, Lane::Control, b"down".to_vec()).unwrap();
            assert_eq!(a.frame(), (Lane::Control, b"down".to_vec()));
        }
    }
    let honest = Node::new(&runtime, 3);
    honest.endpoint.dial(b.address(), b.id).unwrap();
    assert_eq!(b.opened().1, honest.id, "a new peer gets in while all that is under way");
    let grown = memory().saturating_sub(before);
    assert!(grown < 64 * 1024 * 1024, "{grown} bytes for {FLOOD} handshakes");
}

#[test]
fn t04_an_endpoint_has_a_bounded_number_of_sessions() {
    let runtime = runtime();
    let limits = Limits { sessions_max: 1, ..Limits::default() };
    let Pair { a, b, a_session, .. } =
        pair_of(Node::new(&runtime, 1), Node::with(&runtime, 2, limits));
    a.endpoint.dial(b.address(), b.id).unwrap();
    assert_eq!(a.dial_failed(), DialError::Refused);
    b.endpoint.dial(a.address(), a.id).unwrap();
    assert_eq!(b.dial_failed(), DialError::TooManySessions);
    a.endpoint.close(a_session, 1, "");
    assert!(matches!(b.closed(), CloseReason::Peer { code: 1, .. }));
    a.closed();
    pair_of(a, b);
}

/// A peer that speaks QUIC and TLS as it should, and writes whatever it likes.
async fn hostile(to: SocketAddr, pin: DeviceId) -> (quinn::Endpoint, quinn::Connection) {
    let endpoint = quinn::Endpoint::client(anywhere()).unwrap();
    let identity = tls::Identity::new(&SigningKey::from_bytes(&[66; 32])).unwrap();
    let config = quinn::ClientConfig::new(identity.quic_client(Some(pin)).unwrap());
    let connection = endpoint.connect_with(config, to, tls::SERVER_NAME).unwrap().await.unwrap();
    (endpoint, connection)
}

/// What the endpoint says of a peer that writes `bytes` on its control stream.
fn reason_after(bytes: &'static [u8], finish: bool) -> (CloseReason, Option<u64>) {
    let runtime = runtime();
    let node = Node::new(&runtime, 2);
    let (address, id) = (node.address(), node.id);
    let peer = runtime.spawn(async move {
        let (_endpoint, connection) = hostile(address, id).await;
        let (mut send, _receive) = connection.open_bi().await.unwrap();
        send.write_all(bytes).await.unwrap();
        if finish {
            send.finish().unwrap();
        }
        match connection.closed().await {
            quinn::ConnectionError::ApplicationClosed(closed) => Some(closed.error_code.into()),
            _ => None,
        }
    });
    let (session, ..) = node.opened();
    node.endpoint.admit(session);
    (node.closed(), runtime.block_on(peer).unwrap())
}

#[test]
fn t05_a_peer_that_claims_a_frame_of_100_megabytes_is_closed() {
    let (reason, code) = reason_after(&[0x80, 0xc2, 0xd7, 0x2f, 1, 2, 3], false);
    assert!(matches!(reason, CloseReason::FrameTooLong { claimed_min: 100_000_000 }));
    assert_eq!(code, Some(close_code::FRAME_TOO_LONG.into()));
}

#[test]
fn t05_a_stream_that_ends_inside_a_frame_is_malformed() {
    let (reason, code) = reason_after(&[5, 1, 2], true);
    assert_eq!(reason, CloseReason::FrameMalformed);
    assert_eq!(code, Some(close_code::FRAME_MALFORMED.into()));
    assert_eq!(reason_after(&[0], true).0, CloseReason::LaneEnded);
}

#[test]
fn t05_a_peer_that_stops_a_lane_ends_its_session() {
    let runtime = runtime();
    let node = Node::new(&runtime, 2);
    let (address, id) = (node.address(), node.id);
    let peer = runtime.spawn(async move {
        let (_endpoint, connection) = hostile(address, id).await;
        let (mut send, _receive) = connection.open_bi().await.unwrap();
        send.write_all(&[0]).await.unwrap();
        connection.accept_uni().await.unwrap().stop(7_u32.into()).unwrap();
        connection.closed().await
    });
    let (session, ..) = node.opened();
    node.endpoint.admit(session);
    node.endpoint.send(session, Lane::Bulk, vec![1; FRAME_BYTES_MAX]).unwrap();
    assert_eq!(node.closed(), CloseReason::LaneEnded);
    runtime.block_on(peer).unwrap();
}

#[test]
fn t05_a_peer_cannot_open_more_streams_than_it_may() {
    let runtime = runtime();
    let node = Node::new(&runtime, 2);
    let (address, id) = (node.address(), node.id);
    runtime.block_on(async {
        let (_endpoint, connection) = hostile(address, id).await;
        let mut streams = Vec::new();
        for _ in 0..BULK_STREAMS_MAX {
            streams.push(connection.open_uni().await.unwrap());
        }
        let _control = connection.open_bi().await.unwrap();
        let uni = tokio::time::timeout(Duration::from_millis(200), connection.open_uni()).await;
        let bi = tokio::time::timeout(Duration::from_millis(200), connection.open_bi()).await;
        assert!(uni.is_err() && bi.is_err());
    });
}

#[test]
fn t05_a_slow_reader_is_closed_and_others_go_on() {
    let runtime = runtime();
    let limits = Limits { queue_frames_max: 64, ..Limits::default() };
    let node = Node::with(&runtime, 2, limits);
    let (address, id) = (node.address(), node.id);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    // The slow peer opens its session and then never reads a byte.
    let slow = runtime.spawn(async move {
        let (_endpoint, connection) = hostile(address, id).await;
        let (mut send, _receive) = connection.open_bi().await.unwrap();
        send.write_all(&[0]).await.unwrap();
        let _ = stopped.await;
    });
    let (slow_session, ..) = node.opened();
    let Pair { a: honest, b: node, b_session, .. } = pair_of(Node::new(&runtime, 1), node);
    let refused = (0..1_000)
        .find_map(|_| node.endpoint.send(slow_session, Lane::Control, vec![7; 60_000]).err());
    assert_eq!(refused, Some(SendError::QueueFull));
    match node.event() {
        NetEvent::Closed { session, reason: CloseReason::QueueFull { frames, .. } } => {
            assert_eq!(session, slow_session);
            assert!(frames >= 64);
        }
        other => panic!("{other:?} where Closed was expected"),
    }
    let gone = node.endpoint.send(slow_session, Lane::Control, vec![1]);
    assert_eq!(gone, Err(SendError::UnknownSession));
    node.endpoint.send(b_session, Lane::Control, b"on we go".to_vec()).unwrap();
    assert_eq!(honest.frame().1, b"on we go");
    let _ = stop.send(());
    runtime.block_on(slow).unwrap();
}

#[test]
fn quic_a_full_sink_delays_frames_and_loses_none() {
    let runtime = runtime();
    let key = SigningKey::from_bytes(&[2; 32]);
    let (tx, events) = sync_channel(64);
    let open = Arc::new(AtomicBool::new(true));
    let gate = open.clone();
    let sink = move |event: NetEvent| match gate.load(Ordering::Acquire) {
        true => tx.deliver(event),
        false => Err(Refused::Full(event)),
    };
    let endpoint =
        Endpoint::bind(runtime.handle(), &key, anywhere(), Limits::default(), sink).unwrap();
    let b = Node { endpoint, events, id: DeviceId(key.verifying_key().to_bytes()) };
    let Pair { a, b, a_session, .. } = pair_of(Node::new(&runtime, 1), b);
    open.store(false, Ordering::Release);
    for number in 0..500_u32 {
        a.endpoint.send(a_session, Lane::Control, number.to_be_bytes().to_vec()).unwrap();
    }
    assert!(b.events.recv_timeout(Duration::from_millis(100)).is_err());
    open.store(true, Ordering::Release);
    for number in 0..500_u32 {
        assert_eq!(b.frame().1, number.to_be_bytes());
    }
}

#[test]
fn quic_a_close_tells_its_code_and_reason() {
    let runtime = runtime();
    let Pair { a, b, a_session, .. } = pair(&runtime);
    a.endpoint.send(a_session, Lane::Control, b"last words".to_vec()).unwrap();
    assert_eq!(b.frame().1, b"last words");
    a.endpoint.close(a_session, 42, "revoked");
    assert_eq!(a.closed(), CloseReason::Local { code: 42 });
    assert_eq!(b.closed(), CloseReason::Peer { code: 42, reason: "revoked".to_owned() });
    assert_eq!(a.endpoint.send(a_session, Lane::Control, vec![1]), Err(SendError::UnknownSession));
}

#[test]
fn quic_a_dial_to_a_dead_port_fails_in_the_time_set() {
    let runtime = runtime();
    let connect = Duration::from_millis(300);
    let a = Node::with(&runtime, 1, Limits { connect, ..Limits::default() });
    let dead = UdpSocket::bind(anywhere()).unwrap().local_addr().unwrap();
    let start = Instant::now();
    a.endpoint.dial(dead, DeviceId([9; 32])).unwrap();
    assert_eq!(a.dial_failed(), DialError::TimedOut(connect));
    assert!(start.elapsed() < 10 * connect);
    let nowhere = (Ipv4Addr::LOCALHOST, 0).into();
    a.endpoint.dial(nowhere, DeviceId([9; 32])).unwrap();
    assert_eq!(a.dial_failed(), DialError::Unreachable(nowhere));
}

#[test]
fn quic_a_session_survives_a_new_socket_on_either_side() {
    let runtime = runtime();
    let Pair { a, b, a_session, b_session } = pair(&runtime);
    let before = a.address();
    let after = a.endpoint.rebind(anywhere()).unwrap();
    assert_ne!(before, after);
    a.endpoint.send(a_session, Lane::Control, b"moved".to_vec()).unwrap();
    assert_eq!(b.frame().1, b"moved");
    b.endpoint.send(b_session, Lane::Control, b"seen".to_vec()).unwrap();
    assert_eq!(a.frame().1, b"seen");
    assert_eq!(b.endpoint.address(b_session), Some(after));
}

#[test]
fn quic_datagrams_arrive_and_are_bounded() {
    let runtime = runtime();
    let Pair { a, b, a_session, .. } = pair(&runtime);
    let refused = a.endpoint.send_datagram(a_session, vec![0; DATAGRAM_BYTES_MAX + 1]);
    assert_eq!(refused, Err(SendError::BadSize { bytes: DATAGRAM_BYTES_MAX + 1 }));
    let start = Instant::now();
    // One may be lost, so several are sent.
    loop {
        a.endpoint.send_datagram(a_session, b"caret".to_vec()).unwrap();
        match b.events.recv_timeout(Duration::from_millis(50)) {
            Ok(NetEvent::Datagram { bytes, .. }) => break assert_eq!(bytes, b"caret"),
            Ok(other) => panic!("{other:?} where Datagram was expected"),
            Err(_) => assert!(start.elapsed() < PATIENCE),
        }
    }
}

#[test]
fn t05_a_flood_of_datagrams_is_lost_before_it_costs_a_turn() {
    let runtime = runtime();
    let Pair { a, b, a_session, .. } = pair(&runtime);
    let limit = Limits::default().datagrams_per_second;
    let start = Instant::now();
    let sender = std::thread::spawn(move || {
        for number in 0..4_000_u32 {
            a.endpoint.send_datagram(a_session, number.to_le_bytes().to_vec()).unwrap();
            if number % 4 == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        // A frame still comes through.
        a.endpoint.send(a_session, Lane::Control, b"letter".to_vec()).unwrap();
        a
    });
    let (mut count, mut letter) = (0_u32, false);
    while !letter {
        match b.events.recv_timeout(PATIENCE).unwrap() {
            NetEvent::Datagram { .. } => count += 1,
            NetEvent::Frame { bytes, .. } => letter = bytes == b"letter",
            other => panic!("{other:?} was not expected"),
        }
    }
    drop(sender.join().unwrap());
    let most = f64::from(limit) * (start.elapsed().as_secs_f64() + 2.5);
    assert!(count > 0 && f64::from(count) <= most, "{count} of 4,000; at most {most}");
}

#[test]
fn quic_shutdown_tells_the_peer_and_leaves_no_task() {
    let runtime = runtime();
    let Pair { a, b, b_session, .. } = pair(&runtime);
    let start = Instant::now();
    runtime.block_on(b.endpoint.shutdown());
    assert!(start.elapsed() < Duration::from_secs(3));
    let code = u64::from(close_code::SHUTDOWN);
    assert!(matches!(a.closed(), CloseReason::Peer { code: found, .. } if found == code));
    assert_eq!(b.closed(), CloseReason::Shutdown);
    assert_eq!(b.endpoint.send(b_session, Lane::Control, vec![1]), Err(SendError::UnknownSession));
    assert_eq!(b.endpoint.dial(a.address(), a.id), Err(DialRefused::Stopped));
    runtime.block_on(a.endpoint.shutdown());
    drop((a, b));
    no_task_is_left(&runtime);
}

#[test]
fn quic_a_dropped_endpoint_leaves_no_task() {
    let runtime = runtime();
    let Pair { a, b, .. } = pair(&runtime);
    drop(a);
    let code = u64::from(close_code::SHUTDOWN);
    assert!(matches!(b.closed(), CloseReason::Peer { code: found, .. } if found == code));
    drop(b);
    no_task_is_left(&runtime);
}

fn no_task_is_left(runtime: &Runtime) {
    let start = Instant::now();
    while runtime.metrics().num_alive_tasks() > 0 {
        assert!(start.elapsed() < PATIENCE, "{} left", runtime.metrics().num_alive_tasks());
        std::thread::yield_now();
    }
}
