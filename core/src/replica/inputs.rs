//! What a node tells its replica, and what a replica wants done.

use crate::admission::Refusal;
use crate::ids::{DeviceId, DocumentId};
use crate::protocol::{JoinRequest, RefusalCode, SessionId};

/// What a node tells its replica.
#[derive(Debug, Clone)]
pub enum Input {
    /// A session is open; its key was proved by the handshake.
    SessionOpened {
        /// The session.
        session: SessionId,
        /// The peer's key.
        peer: DeviceId,
        /// This side opened it.
        dialed: bool,
    },
    /// A frame came.
    FrameReceived {
        /// The session.
        session: SessionId,
        /// The frame without its length.
        bytes: Vec<u8>,
    },
    /// A datagram came: it says who is where, or is dropped.
    DatagramReceived {
        /// The session.
        session: SessionId,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A session is over.
    SessionClosed {
        /// The session.
        session: SessionId,
    },
    /// [`super::Replica::next_timeout`] has come.
    Timeout,
}

/// What a replica wants done, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send a frame.
    Send {
        /// The session.
        session: SessionId,
        /// The frame without its length.
        frame: Vec<u8>,
        /// Much at once: must not delay what is small and live.
        bulk: bool,
    },
    /// Send a datagram, which may be lost.
    Datagram {
        /// The session.
        session: SessionId,
        /// At most [`crate::protocol::PRESENCE_BYTES_MAX`] bytes.
        bytes: Vec<u8>,
    },
    /// End a session.
    Close {
        /// The session.
        session: SessionId,
        /// Why; `None` when the peer ended it itself.
        code: Option<RefusalCode>,
    },
    /// The log of a document has grown.
    Published(DocumentId),
    /// The policy log has grown.
    PolicyChanged,
    /// Somebody came, went, or stands elsewhere.
    PresenceChanged,
    /// A document was dropped: its rows are gone after the commit, and the files must forget them, too.
    Forgotten(DocumentId),
    /// A device waits for the director's yes.
    JoinRequested(JoinRequest),
    /// Something that a person may want to know; never plan text.
    Noted(Note),
}

/// Something that happened on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// An envelope or a pack was refused.
    Refused {
        /// The peer that sent it, or `None` for a file.
        origin: Option<DeviceId>,
        /// Why.
        refusal: Refusal,
    },
    /// A peer's clock is far from this one.
    ClockSkew {
        /// The peer.
        peer: DeviceId,
        /// Its clock minus this one, in milliseconds.
        milliseconds: i64,
    },
    /// A peer's store began another life and lacks what it had acknowledged: an old backup was put back, or it withholds.
    /// It is sent again.
    PeerLost {
        /// The peer.
        peer: DeviceId,
        /// How many changes, at least.
        changes: u64,
    },
    /// A peer refused the session.
    PeerRefused {
        /// The peer.
        peer: DeviceId,
        /// Why.
        code: RefusalCode,
    },
    /// A peer takes nothing, or less, for a time.
    PeerLater {
        /// The peer.
        peer: DeviceId,
        /// Why.
        code: RefusalCode,
        /// How long to wait.
        seconds: u32,
    },
}

/// What goes out of a turn.
#[derive(Debug, Default)]
pub struct Output {
    /// May go out before the commit: forwarded changes, which their author holds for good.
    pub early: Vec<Effect>,
    /// Goes out after the commit.
    pub late: Vec<Effect>,
}
