//! Every bound of an endpoint, and the QUIC settings made from them.

use std::sync::Arc;
use std::time::Duration;

use quinn::congestion::CubicConfig;
use quinn::{IdleTimeout, TransportConfig, VarInt};

/// The largest frame, in bytes without its prefix.
pub const FRAME_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The largest frame that is read from a peer that was not admitted; larger ones wait for the admission.
pub const FRAME_BYTES_BEFORE_ADMISSION_MAX: usize = 64 * 1024;
/// Streams of [`super::Lane::Bulk`] that a peer may have open; with the control stream there are eight.
pub const BULK_STREAMS_MAX: u32 = 7;
/// The largest datagram given to [`super::Endpoint::send_datagram`].
pub const DATAGRAM_BYTES_MAX: usize = 1_200;
/// How much of a peer's closing text is kept.
pub const REASON_BYTES_MAX: usize = 256;

/// Dials that were asked for and not yet begun.
pub(super) const DIALS_WAITING_MAX: usize = 256;
/// Addresses of which the accept rate is remembered.
pub(super) const ADDRESSES_MAX: usize = 4_096;
/// First packets that QUIC keeps until they are looked at (default 65,536).
pub(super) const INCOMING_MAX: usize = 256;
/// Bytes of such packets.
pub(super) const INCOMING_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// What the system is asked to keep of a socket's packets until they are read; it may give less (Linux:
/// `net.core.rmem_max`). With the usual 208 KiB, some 90 packets, a server with 10,000 busy devices lost one in twenty.
pub(super) const SOCKET_BYTES: usize = 4 * 1024 * 1024;
/// How long the endpoint waits for its sessions to end, and then for the peers to hear of it.
pub(super) const SHUTDOWN_WAIT: Duration = Duration::from_secs(1);

/// Bytes of one stream that may be under way.
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
/// Bytes of one session that a stranger may have under way.
const WINDOW_BYTES_BEFORE_ADMISSION: u32 = 256 * 1024;
/// Bytes of one session that a member may have under way.
///
/// More than the control stream and one bulk stream can fill, so that a full bulk stream leaves control its credit.
pub(super) const WINDOW_BYTES_ADMITTED: u32 = 4 * 1024 * 1024;
/// Bytes of one session that QUIC keeps until the peer has them; wider than a stream's window for the same reason.
const SEND_WINDOW_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes of datagrams that wait, each way.
const DATAGRAM_BUFFER_BYTES: usize = 64 * 1024;
/// What the round trip is taken for before it was measured (default 333 ms): a lost first packet is sent again after
/// three of these.
const RTT_FIRST_GUESS: Duration = Duration::from_millis(100);

/// How many bytes a session may send before the first acknowledgement (default 14,720): what two devices that were
/// offline for a day have for each other shall fit into one round trip.
const FIRST_WINDOW_BYTES: u64 = 64 * 1024;

/// The bounds that differ between a device, a server and a test.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Sessions at one time, dialed and accepted.
    pub sessions_max: usize,
    /// How long a dial may take.
    pub connect: Duration,
    /// How long an accepted handshake may take, and then how long the peer may stay without [`super::Endpoint::admit`].
    pub admission: Duration,
    /// How long a peer may be silent.
    pub idle: Duration,
    /// How often a silent session says that it lives.
    pub keep_alive: Duration,
    /// Frames of one lane that wait to be sent; one above 16 KiB counts twice, for its prefix is kept apart.
    pub queue_frames_max: usize,
    /// Bytes of one lane that wait to be sent, besides the 4 MiB that QUIC keeps; at least one frame of [`FRAME_BYTES_MAX`].
    pub queue_bytes_max: usize,
    /// Bytes of received frames, over all sessions, that the owner has not yet let go of.
    pub received_bytes_max: usize,
    /// Accepted handshakes under way above which a peer must first prove its address.
    pub handshakes_before_retry: usize,
    /// Accepted handshakes under way above which new ones are dropped.
    pub handshakes_max: usize,
    /// Sessions that one address may open at once.
    pub address_burst: u32,
    /// Sessions that one address may open in a minute after that.
    pub address_per_minute: u32,
    /// Datagrams of one session that are taken in a second; more than twice as many at once are lost.
    pub datagrams_per_second: u32,
    /// Whether 127.0.0.0/8 and ::1 may open as many as they like.
    pub loopback_exempt: bool,
}

impl Default for Limits {
    /// The bounds of a school's device.
    fn default() -> Self {
        Self {
            sessions_max: 256,
            connect: Duration::from_secs(5),
            admission: Duration::from_secs(15),
            idle: Duration::from_secs(30),
            keep_alive: Duration::from_secs(10),
            queue_frames_max: 4_096,
            queue_bytes_max: 32 * 1024 * 1024,
            received_bytes_max: 64 * 1024 * 1024,
            handshakes_before_retry: 64,
            handshakes_max: 1_024,
            address_burst: 60,
            address_per_minute: 10,
            datagrams_per_second: 256,
            loopback_exempt: true,
        }
    }
}

impl Limits {
    /// The bounds of a district server.
    #[must_use]
    pub fn server() -> Self {
        Self { sessions_max: 20_000, ..Self::default() }
    }

    /// The settings of a session: `accepts` tells whether the peer opens the control stream.
    pub(super) fn transport(&self, accepts: bool) -> Arc<TransportConfig> {
        let mut congestion = CubicConfig::default();
        congestion.initial_window(FIRST_WINDOW_BYTES);
        let mut transport = TransportConfig::default();
        transport
            .congestion_controller_factory(Arc::new(congestion))
            .max_concurrent_bidi_streams(VarInt::from_u32(u32::from(accepts)))
            .max_concurrent_uni_streams(VarInt::from_u32(BULK_STREAMS_MAX))
            .stream_receive_window(VarInt::from_u32(STREAM_WINDOW_BYTES))
            .receive_window(VarInt::from_u32(WINDOW_BYTES_BEFORE_ADMISSION))
            .send_window(SEND_WINDOW_BYTES)
            .datagram_receive_buffer_size(Some(DATAGRAM_BUFFER_BYTES))
            .datagram_send_buffer_size(DATAGRAM_BUFFER_BYTES)
            .initial_rtt(RTT_FIRST_GUESS)
            .keep_alive_interval(Some(self.keep_alive))
            .max_idle_timeout(IdleTimeout::try_from(self.idle).ok());
        Arc::new(transport)
    }
}
