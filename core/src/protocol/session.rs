//! What one session with a peer goes through, as far as it needs no store: phases, what was sent and acknowledged,
//! when to compare everything again.
//!
//! A session streams the sender's log from the place that the peer has acknowledged; live edits are the end of that
//! stream. Digests tell whether both have the same; only when they differ although nothing is under way are vectors
//! compared. Any trouble has one cure: the session is closed and dialed again.

use std::collections::VecDeque;

use super::Supply;
use super::frame::{DevicePrefix, RefusalCode};
use crate::ids::{DeviceId, Digest, Incarnation};
use crate::storage::Position;
use crate::time::Timestamp;

/// How many bytes may be under way to a peer before its acknowledgement is waited for.
pub const WINDOW_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a peer may take to say who it is.
pub(super) const GREETING_MS_MAX: i64 = 15_000;
/// How long a peer may wait between two news that both have the same: letters typed in a row need not each be told.
pub(super) const TELL_MS: i64 = 5;
/// How long digests may differ with nothing under way before vectors are compared.
pub(super) const MISMATCH_MS: i64 = 500;
/// How long the wait grows when comparing did not help.
pub(super) const MISMATCH_MS_MAX: i64 = 60_000;
/// A peer cannot put a comparison off for longer.
const PUT_OFF_MS_MAX: i64 = 24 * 60 * 60 * 1_000;
/// How often one session may ask for policy entries that it turned out to lack: a peer with entries that this side
/// refuses must not be asked without end.
pub const POLICY_ASKS_MAX: u8 = 8;

/// A node's number for a session; never used twice in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "session {}", self.0)
    }
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The peer has not said who it is.
    Greeting,
    /// The policy does not know the peer: it may send one join frame.
    Stranger,
    /// Both have said hello.
    Live,
}

/// One session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The peer, whose key the handshake proved.
    pub peer: DeviceId,
    /// This side opened it.
    pub dialed: bool,
    /// How far it has come.
    pub phase: Phase,
    /// When it was opened.
    pub opened: Timestamp,
    /// The life of the peer's store, once it said hello.
    pub incarnation: Option<Incarnation>,
    /// The digest that the peer named last.
    pub peer_documents: Option<Digest>,
    /// The digest that the peer was told last.
    pub told: Option<Digest>,
    /// The log position up to which everything was sent or need not be.
    pub sent: Position,
    /// The log position up to which the peer has stored everything, once `holds`.
    pub acknowledged: Position,
    /// `acknowledged` speaks for the whole log before it, not only for what this session sent.
    pub holds: bool,
    /// What the peer lacks and gets document by document; the stream goes on behind it.
    pub supply: Option<Box<Supply>>,
    /// `acknowledged` is newer than the stored cursor.
    pub cursor_dirty: bool,
    /// The position that is to be acknowledged to the peer at the end of this turn.
    pub ack_due: Option<Position>,
    /// A join frame was taken or sent on it.
    pub joined: bool,
    /// The peer said that it has nothing: what came from it is sent back to it.
    pub echo: bool,
    /// Something of the peer's stream could not be read here: its positions are not acknowledged on this session, and
    /// equal digests alone move the peer's cursor.
    pub gap: bool,
    told_at: Timestamp,
    tell_at: Option<Timestamp>,
    /// What the peer, a server, said of others, until this side has what the server had then.
    pub reached: Option<(Digest, Vec<DevicePrefix>)>,
    /// The log position at which both had the same last.
    pub equal_at: Option<Position>,
    /// The hash of the last frame that told the peer which devices have all.
    pub reach_told: Option<[u8; 32]>,
    /// The peer was told that there is no room, and why.
    pub no_room: Option<RefusalCode>,
    /// How often the peer was asked for policy entries that this side turned out to lack.
    pub policy_asks: u8,
    /// The log position up to which an earlier life of the peer's store had acknowledged everything; 0 once looked at.
    pub claimed: Position,
    in_flight: VecDeque<InFlight>,
    in_flight_bytes: usize,
    mismatch: Option<Mismatch>,
    /// No comparison before: the peer has no room for what it lacks.
    not_before: Timestamp,
}

/// A frame of the stream that is not acknowledged yet.
#[derive(Debug, Clone, Copy)]
struct InFlight {
    position: Position,
    bytes: usize,
    bulk: bool,
}

#[derive(Debug, Clone, Copy)]
struct Mismatch {
    compare_at: Timestamp,
    wait_ms: i64,
}

impl Session {
    /// A session that was just opened.
    #[must_use]
    pub const fn new(peer: DeviceId, dialed: bool, now: Timestamp) -> Self {
        Self {
            peer,
            dialed,
            phase: Phase::Greeting,
            opened: now,
            incarnation: None,
            peer_documents: None,
            told: None,
            sent: 0,
            acknowledged: 0,
            holds: false,
            supply: None,
            cursor_dirty: false,
            ack_due: None,
            joined: false,
            echo: false,
            gap: false,
            told_at: Timestamp(0),
            tell_at: None,
            reached: None,
            equal_at: None,
            reach_told: None,
            no_room: None,
            policy_asks: 0,
            claimed: 0,
            in_flight: VecDeque::new(),
            in_flight_bytes: 0,
            mismatch: None,
            not_before: Timestamp(0),
        }
    }

    /// True when more may be sent before the peer acknowledges.
    #[must_use]
    pub const fn has_window(&self) -> bool {
        self.in_flight_bytes < WINDOW_BYTES_MAX
    }

    /// True when the peer has acknowledged all that was sent.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Whether the frames of the stream that are under way travel on the bulk lane; `None` when there are none.
    #[must_use]
    pub fn bulk_in_flight(&self) -> Option<bool> {
        self.in_flight.back().map(|frame| frame.bulk)
    }

    /// What the peer lacks and gets document by document: begun now if nothing is under way. Frames are counted where no
    /// cursor could be moved by their numbers.
    pub fn supply(&mut self) -> &mut Supply {
        let counted = !self.holds && self.is_quiet();
        let (end, claimed) = (self.sent, self.claimed);
        self.supply.get_or_insert_with(|| Box::new(Supply::new(end, claimed, counted)))
    }

    /// Notes a frame that ends at `position`.
    pub fn note_sent(&mut self, position: Position, bytes: usize, bulk: bool) {
        self.in_flight.push_back(InFlight { position, bytes, bulk });
        self.in_flight_bytes += bytes;
    }

    /// Nothing up to `position` is under way any more.
    fn land(&mut self, position: Position) {
        while let Some(frame) = self.in_flight.pop_front_if(|frame| frame.position <= position) {
            self.in_flight_bytes = self.in_flight_bytes.saturating_sub(frame.bytes);
        }
    }

    /// Notes the peer's acknowledgement of `position`.
    pub fn note_acknowledged(&mut self, position: Position) {
        self.land(position);
        if let Some(supply) = &mut self.supply {
            supply.note_acknowledged(position);
            self.supply.take_if(|supply| supply.is_over());
        }
        // Without a cursor, a position may be the number of a frame.
        if self.holds && position > self.acknowledged && position <= self.sent {
            self.acknowledged = position;
            self.cursor_dirty = true;
        }
    }

    /// Notes that both have the same up to `position`.
    pub fn note_equal(&mut self, position: Position) {
        self.mismatch = None;
        self.supply = None;
        self.equal_at = Some(position);
        self.land(position);
        if !self.holds || self.acknowledged < position {
            self.holds = true;
            self.sent = self.sent.max(position);
            self.acknowledged = position;
            self.cursor_dirty = true;
        }
    }

    /// Notes that digests differ; the first time starts the clock.
    pub fn note_different(&mut self, now: Timestamp) {
        if self.mismatch.is_none() {
            let compare_at = now.after(MISMATCH_MS);
            self.mismatch = Some(Mismatch { compare_at, wait_ms: MISMATCH_MS });
        }
    }

    /// Notes that the peer has no room for what it lacks: comparing before `until` would send it in vain.
    pub const fn put_comparison_off(&mut self, until: Timestamp) {
        self.not_before = until;
    }

    /// True once digests have differed for long enough; the next time takes twice as long.
    pub fn take_comparison_due(&mut self, now: Timestamp) -> bool {
        if (1..=PUT_OFF_MS_MAX).contains(&self.not_before.0.saturating_sub(now.0)) {
            return false;
        }
        let Some(mismatch) = &mut self.mismatch else { return false };
        // A clock that was put back must not put the comparison off by as much.
        let put_back = now.after(mismatch.wait_ms) < mismatch.compare_at;
        if mismatch.compare_at > now && !put_back {
            return false;
        }
        mismatch.wait_ms = (mismatch.wait_ms * 2).min(MISMATCH_MS_MAX);
        mismatch.compare_at = now.after(mismatch.wait_ms);
        true
    }

    /// Notes that the peer does not know yet that both have the same: it is told now, or in a little while if it was
    /// told something just before.
    pub fn note_untold(&mut self, now: Timestamp) {
        let due = self.told_at.after(TELL_MS);
        if self.told_at <= now && now < due {
            self.tell_at = Some(due);
        } else {
            self.ack_due = self.ack_due.or(Some(0));
        }
    }

    /// Notes that the peer is told this digest.
    pub fn note_told(&mut self, documents: Digest, now: Timestamp) {
        self.told = Some(documents);
        self.told_at = now;
        self.tell_at = None;
    }

    /// Sees whether the peer is to be told now.
    pub fn check_tell(&mut self, now: Timestamp) {
        // After a clock was put back the wait counts as over.
        let put_back = |at: Timestamp| now.after(TELL_MS) < at;
        if self.tell_at.take_if(|at| *at <= now || put_back(*at)).is_some() {
            self.ack_due = self.ack_due.or(Some(0));
        }
    }

    /// When this session wants to be looked at again.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Greeting | Phase::Stranger => Some(self.opened.after(GREETING_MS_MAX)),
            Phase::Live => {
                let compare_at =
                    self.mismatch.map(|mismatch| mismatch.compare_at.max(self.not_before));
                compare_at.into_iter().chain(self.tell_at).min()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t15_a_peer_without_room_is_not_compared_with_before_the_time_it_named() {
        let now = Timestamp(1_790_000_000_000);
        let mut session = Session::new(DeviceId([1; 32]), true, now);
        session.phase = Phase::Live;
        session.note_different(now);
        session.put_comparison_off(now.after(3_600_000));
        assert_eq!(session.next_timeout(), Some(now.after(3_600_000)));
        assert!(!session.take_comparison_due(now.after(60_000)));
        assert!(session.take_comparison_due(now.after(3_600_000)));
        session.put_comparison_off(Timestamp(i64::MAX));
        assert!(session.take_comparison_due(now.after(4_000_000)), "not for ever");
    }

    /// A clock that went back by a year after digests differed kept the comparison from being made for that year.
    #[test]
    fn a_clock_put_back_does_not_put_a_comparison_off() {
        let now = Timestamp(1_790_000_000_000);
        let mut session = Session::new(DeviceId([1; 32]), true, now);
        session.note_different(now);
        assert!(!session.take_comparison_due(now));
        assert!(session.take_comparison_due(Timestamp(now.0 - 31_536_000_000)));
        assert!(!session.take_comparison_due(Timestamp(now.0 - 31_536_000_000 + 1)));
    }
}
