//! Room: what a server with limits no longer takes into the log, and the count of what became of envelopes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Frame, RefusalCode, Replica, SessionId};
use crate::admission::{Refusal, Verdict};
use crate::ids::DocumentId;
use crate::log::Envelope;

/// When a device may try again whose change found no room: by then somebody may have made some.
pub const ROOM_RETRY_SECONDS: u32 = 3_600;

/// What the log has room for. A node without limits leaves it at its default: room for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Room {
    /// The workspace has as many bytes as it may: no envelope of a peer enters.
    pub workspace_full: bool,
    /// Documents that have as many bytes as they may.
    pub documents_full: BTreeSet<DocumentId>,
}

impl Room {
    /// Why `envelope` finds no room, read from its first bytes alone.
    fn refusal(&self, envelope: &[u8]) -> Option<(Refusal, RefusalCode)> {
        if self.workspace_full {
            return Some((Refusal::WorkspaceFull, RefusalCode::Quota));
        }
        if self.documents_full.is_empty() {
            return None;
        }
        let document = Envelope::document_of(envelope)?;
        let full = self.documents_full.contains(&document);
        full.then_some((Refusal::DocumentFull { document }, RefusalCode::DocumentFull))
    }
}

/// How many envelopes had which fate since somebody asked last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Entered the log.
    pub admitted: u64,
    /// Were there already.
    pub duplicate: u64,
    /// Wait for something missing.
    pub pending: u64,
    /// Were refused, by the key of the message that says why.
    pub refused: BTreeMap<&'static str, u64>,
}

impl Verdicts {
    pub(super) fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Admitted(_) => self.admitted += 1,
            Verdict::Duplicate => self.duplicate += 1,
            Verdict::Pending => self.pending += 1,
            Verdict::Refused(refusal) => {
                *self.refused.entry(refusal.message_key()).or_default() += 1;
            }
        }
    }

    /// Adds what another count has.
    pub fn add(&mut self, more: &Self) {
        self.admitted += more.admitted;
        self.duplicate += more.duplicate;
        self.pending += more.pending;
        for (key, count) in &more.refused {
            *self.refused.entry(key).or_default() += count;
        }
    }
}

impl Replica {
    /// Says what the log has room for from now on.
    pub fn set_room(&mut self, room: Room) {
        self.room = room;
    }

    /// What the log has room for.
    #[must_use]
    pub const fn room(&self) -> &Room {
        &self.room
    }

    /// How many envelopes had which fate since the last call.
    pub fn take_verdicts(&mut self) -> Verdicts {
        std::mem::take(&mut self.verdicts)
    }

    /// Refuses an envelope that finds no room, before anything in it is believed; tells the peer once per session and
    /// reason. The session goes on: what others wrote still reaches the peer.
    pub(super) fn refuse_for_room(&mut self, id: SessionId, envelope: &[u8]) -> bool {
        let Some((refusal, code)) = self.room.refusal(envelope) else { return false };
        self.verdicts.count(&Verdict::Refused(refusal));
        let told = self.sessions.get_mut(&id).and_then(|session| session.no_room.replace(code));
        if told != Some(code) {
            self.send(id, &Frame::Later { code, seconds: ROOM_RETRY_SECONDS });
        }
        true
    }
}
