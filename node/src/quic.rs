//! QUIC: one UDP port that dials and accepts, pinned raw public keys, and frames on streams.
//!
//! Frames are opaque here: the protocol, the policy and the decision to call a peer connected live in `jospar_core`.
//! Format: docs/protocol.md, section 5.1.
//!
//! A session has two lanes each way. [`Lane::Control`] is one bidirectional stream that the dialer opens with an empty
//! frame; it goes ahead of [`Lane::Bulk`], which is a unidirectional stream that its sender opens on first use. Order is
//! kept within a lane, not between lanes.
//!
//! [`NetEvent::Opened`] means that a QUIC session exists and that the peer holds the key it names. It does not mean that
//! the peer wants us: in TLS 1.3 the dialer's handshake ends before the acceptor has looked at the dialer's key. Say
//! "connected" only after the peer's Hello.

mod endpoint;
mod frame;
mod gate;
mod lane;
mod limits;
mod session;
mod tls;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::time::Duration;

use jospar_core::ids::DeviceId;
pub use jospar_core::protocol::SessionId;
use tokio::sync::OwnedSemaphorePermit;

pub use endpoint::Endpoint;
pub use limits::{
    BULK_STREAMS_MAX, DATAGRAM_BYTES_MAX, FRAME_BYTES_BEFORE_ADMISSION_MAX, FRAME_BYTES_MAX,
    Limits, REASON_BYTES_MAX,
};

/// One call of [`Endpoint::dial`]; never used twice in the life of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DialId(pub u64);

/// Which of a session's two ordered ways a frame takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Keystrokes, digests, acknowledgements: goes ahead of bulk.
    Control,
    /// Large pushes and blobs.
    Bulk,
}

/// What an endpoint tells its owner.
///
/// Of one session: `Opened` first, `Closed` once and last. A dial ends in one `Opened` or one `DialFailed`, unless the
/// endpoint shuts down first.
#[derive(Debug)]
pub enum NetEvent {
    /// A QUIC session exists, and the peer proved that it holds the key of `peer`.
    ///
    /// Unless a pin was dialed, the session is a stranger's until [`Endpoint::admit`] is called: no bulk, no datagrams, no
    /// frame above [`FRAME_BYTES_BEFORE_ADMISSION_MAX`], and an end after [`Limits::admission`].
    Opened {
        /// The new session.
        session: SessionId,
        /// The key that the peer proved to hold.
        peer: DeviceId,
        /// Where the peer is at this moment; it may move.
        address: SocketAddr,
        /// The dial this answers; `None` if the peer dialed.
        dialed: Option<DialId>,
        /// 32 bytes that only the two ends of this session can compute. The protocol does not use them.
        exporter: [u8; 32],
    },
    /// A frame arrived; it is never empty and has at most [`FRAME_BYTES_MAX`] bytes.
    Frame {
        /// From whom.
        session: SessionId,
        /// On which lane.
        lane: Lane,
        /// The frame without its length prefix.
        bytes: Vec<u8>,
        /// Keeps the endpoint from reading more than [`Limits::received_bytes_max`] ahead of its owner. Drop it when the
        /// frame has been handled.
        hold: Hold,
    },
    /// A datagram arrived: unordered, may be lost, at most [`DATAGRAM_BYTES_MAX`].
    Datagram {
        /// From whom.
        session: SessionId,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A session is over.
    Closed {
        /// Which.
        session: SessionId,
        /// Why.
        reason: CloseReason,
    },
    /// A dial came to nothing.
    DialFailed {
        /// Which.
        dial: DialId,
        /// Why.
        error: DialError,
    },
}

/// A share of the bytes that the endpoint may have read ahead; dropping it gives the share back.
#[derive(Debug, Default)]
pub struct Hold(#[expect(dead_code, reason = "held for its drop")] Option<OwnedSemaphorePermit>);

/// Why a session is over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// The peer closed it. The text is the peer's: not for a person's eyes without care.
    #[error("the peer closed the session with code {code}: {reason:?}")]
    Peer {
        /// The peer's code.
        code: u64,
        /// The peer's text, at most [`REASON_BYTES_MAX`].
        reason: String,
    },
    /// [`Endpoint::close`] was called.
    #[error("closed here with code {code}")]
    Local {
        /// The code given.
        code: u32,
    },
    /// The peer takes frames more slowly than we have them to send.
    #[error("the outgoing queue is full: {frames} frames, {bytes} bytes")]
    QueueFull {
        /// Frames that wait.
        frames: usize,
        /// Bytes that wait.
        bytes: usize,
    },
    /// The peer claimed a frame above [`FRAME_BYTES_MAX`].
    #[error(
        "the peer claims a frame of {claimed_min} bytes or more; the limit is {FRAME_BYTES_MAX}"
    )]
    FrameTooLong {
        /// The part of the claim that was read.
        claimed_min: u64,
    },
    /// A length prefix is not the shortest spelling of its number, or a stream ended inside a frame.
    #[error("the peer sent a malformed frame")]
    FrameMalformed,
    /// The peer ended the control stream, or will not read a lane of ours.
    #[error("the peer ended a lane")]
    LaneEnded,
    /// Nobody called [`Endpoint::admit`] within [`Limits::admission`].
    #[error("the session was not admitted in time")]
    NotAdmitted,
    /// Nothing arrived for [`Limits::idle`].
    #[error("the peer fell silent")]
    TimedOut,
    /// The endpoint shuts down.
    #[error("the endpoint shuts down")]
    Shutdown,
    /// The endpoint's owner is gone: nobody takes its events.
    #[error("nobody takes the endpoint's events")]
    Abandoned,
    /// QUIC itself gave up, by the peer's doing or ours.
    #[error("QUIC transport error {code}")]
    Transport {
        /// A code of RFC 9000, section 20.1, or 0 if there is none.
        code: u64,
    },
}

impl CloseReason {
    /// What happened in a few words of this program's, without any of the peer's.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Peer { .. } => "closed by the peer",
            Self::Local { .. } => "closed here",
            Self::QueueFull { .. } => "the peer reads too slowly",
            Self::FrameTooLong { .. } | Self::FrameMalformed => "the peer sent no frame",
            Self::LaneEnded => "the peer ended a lane",
            Self::NotAdmitted => "not admitted in time",
            Self::TimedOut => "silent",
            Self::Shutdown | Self::Abandoned => "this node stops",
            Self::Transport { .. } => "a QUIC transport error",
        }
    }

    /// The code that the peer is told; codes below [`close_code::NODE_MIN`] are the protocol's.
    pub(crate) fn code(&self) -> u32 {
        match self {
            Self::Local { code } => *code,
            Self::QueueFull { .. } => close_code::QUEUE_FULL,
            Self::FrameTooLong { .. } => close_code::FRAME_TOO_LONG,
            Self::FrameMalformed => close_code::FRAME_MALFORMED,
            Self::NotAdmitted => close_code::NOT_ADMITTED,
            Self::Shutdown | Self::Abandoned => close_code::SHUTDOWN,
            Self::Peer { .. } | Self::LaneEnded | Self::TimedOut | Self::Transport { .. } => {
                close_code::LANE_ENDED
            }
        }
    }
}

/// The close codes that an endpoint itself sends.
pub mod close_code {
    /// Codes from here on are the endpoint's; lower ones are the protocol's.
    pub const NODE_MIN: u32 = 0x100;
    /// The endpoint shuts down; dial again later.
    pub const SHUTDOWN: u32 = NODE_MIN;
    /// The peer reads too slowly.
    pub const QUEUE_FULL: u32 = 0x101;
    /// The peer claimed a frame above the limit.
    pub const FRAME_TOO_LONG: u32 = 0x102;
    /// The peer sent a malformed length, or ended a stream inside a frame.
    pub const FRAME_MALFORMED: u32 = 0x103;
    /// The peer ended the control stream, or stopped a lane.
    pub const LANE_ENDED: u32 = 0x104;
    /// The policy did not let the peer in within the time allowed.
    pub const NOT_ADMITTED: u32 = 0x105;
}

/// Why a dial came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// Nobody answered in time.
    #[error("no answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// Whoever answers there does not hold the pinned key.
    #[error("the device at that address is not the one expected")]
    WrongPeer,
    /// The peer answered and turned us away before a session existed.
    #[error("the peer refused the session")]
    Refused,
    /// The peer speaks another protocol or another version of it.
    #[error("the peer does not speak this protocol")]
    NoCommonProtocol,
    /// This device cannot send to that address.
    #[error("{0} cannot be reached from here")]
    Unreachable(SocketAddr),
    /// The endpoint has as many sessions as it may.
    #[error("the endpoint has as many sessions as it may")]
    TooManySessions,
    /// QUIC itself gave up.
    #[error("QUIC transport error {code}")]
    Transport {
        /// A code of RFC 9000, section 20.1, or 0 if there is none.
        code: u64,
    },
}

impl DialError {
    /// The key of the message that tells a person.
    #[must_use]
    pub const fn message_key(&self) -> &'static str {
        match self {
            Self::WrongPeer => "error-server-key",
            Self::NoCommonProtocol => "error-peer-update-needed",
            Self::TimedOut(_)
            | Self::Refused
            | Self::Unreachable(_)
            | Self::TooManySessions
            | Self::Transport { .. } => "error-server-unreachable",
        }
    }
}

/// Why [`Endpoint::dial`] did not even start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialRefused {
    /// Too many dials wait to be started; try again later.
    #[error("too many dials wait already")]
    TooMany,
    /// The endpoint has shut down.
    #[error("the endpoint has shut down")]
    Stopped,
}

/// Why a frame was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The session is over, or never was.
    #[error("there is no such session")]
    UnknownSession,
    /// The peer does not keep up; the session has been closed.
    #[error("the outgoing queue is full; the session is closed")]
    QueueFull,
    /// The frame is empty or has more than [`FRAME_BYTES_MAX`] bytes (a datagram: does not fit one packet). Nothing was
    /// sent.
    #[error("a frame of {bytes} bytes cannot be sent")]
    BadSize {
        /// The size given.
        bytes: usize,
    },
}

/// Why an endpoint has no socket.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The operating system refused the address.
    #[error("no UDP socket at {address}")]
    Socket {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The TLS library refused the key or the configuration.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
}

/// What one session has cost so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// UDP payload bytes sent, with all of QUIC's own.
    pub bytes_sent: u64,
    /// UDP payload bytes received.
    pub bytes_received: u64,
    /// UDP datagrams sent.
    pub packets_sent: u64,
    /// UDP datagrams received.
    pub packets_received: u64,
    /// Frames given to [`Endpoint::send`].
    pub frames_sent: u64,
    /// Frames delivered.
    pub frames_received: u64,
    /// The bytes of the frames sent, without their lengths.
    pub frame_bytes_sent: u64,
    /// The bytes of the frames delivered.
    pub frame_bytes_received: u64,
    /// The current estimate of the round trip.
    pub rtt: Duration,
}

/// Where an endpoint's events go; called on the runtime's threads, so it must not block.
///
/// Any `Fn(NetEvent) -> Result<(), Refused>` is one, and so is a [`std::sync::mpsc::SyncSender`] of [`NetEvent`].
pub trait EventSink: Send + Sync + 'static {
    /// Takes `event`, or gives it back.
    ///
    /// # Errors
    /// - [`Refused::Full`]: the endpoint reads nothing more of that session, and tries again within 16 ms.
    /// - [`Refused::Gone`]: the session is closed.
    fn deliver(&self, event: NetEvent) -> Result<(), Refused>;
}

/// Why an event was not taken.
#[derive(Debug)]
pub enum Refused {
    /// There is no room now.
    Full(NetEvent),
    /// There will never be room again.
    Gone,
}

impl<F> EventSink for F
where
    F: Fn(NetEvent) -> Result<(), Refused> + Send + Sync + 'static,
{
    fn deliver(&self, event: NetEvent) -> Result<(), Refused> {
        self(event)
    }
}

impl EventSink for std::sync::mpsc::SyncSender<NetEvent> {
    fn deliver(&self, event: NetEvent) -> Result<(), Refused> {
        use std::sync::mpsc::TrySendError;
        self.try_send(event).map_err(|error| match error {
            TrySendError::Full(event) => Refused::Full(event),
            TrySendError::Disconnected(_) => Refused::Gone,
        })
    }
}
