//! Room: what a server with limits no longer takes into the log, and the count of what became of records.

use std::collections::{BTreeMap, BTreeSet};

use super::{Effect, Frame, Note, RefusalCode, Replica, SessionId};
use crate::admission::{Judged, Refusal, Verdict};
use crate::ids::{DeviceId, DocumentId};
use crate::storage::{Storage, StorageError};

/// When a device may try again whose change found no room: by then somebody may have made some.
pub const ROOM_RETRY_SECONDS: u32 = 3_600;

/// What the log has room for. A node without limits leaves it at its default: room for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Room {
    /// The workspace has as many bytes as it may: no record of a peer enters.
    pub workspace_full: bool,
    /// Documents that have as many bytes as they may.
    pub documents_full: BTreeSet<DocumentId>,
}

/// How many records had which fate since somebody asked last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Entered the log.
    pub admitted: u64,
    /// Were there already.
    pub duplicate: u64,
    /// Wait for something missing.
    pub pending: u64,
    /// Built on something that is not here, and come again in full.
    pub unresolved: u64,
    /// Were refused, by the key of the message that says why.
    pub refused: BTreeMap<&'static str, u64>,
}

impl Verdicts {
    pub(super) fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Admitted(_) => self.admitted += 1,
            Verdict::Duplicate => self.duplicate += 1,
            Verdict::Pending => self.pending += 1,
            Verdict::Unresolved => self.unresolved += 1,
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
        self.unresolved += more.unresolved;
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

    /// How many records had which fate since the last call.
    pub fn take_verdicts(&mut self) -> Verdicts {
        std::mem::take(&mut self.verdicts)
    }

    /// Takes in what a peer sent in a session, as far as there is room; the peer is told once per session and reason of
    /// what finds none. The session goes on: what others wrote still reaches the peer.
    pub(super) fn take_in_with_room(
        &mut self,
        storage: &mut dyn Storage,
        id: SessionId,
        peer: DeviceId,
        bytes: &[u8],
    ) -> Result<Vec<Judged>, StorageError> {
        if self.room.workspace_full {
            // Before anything in it is believed.
            self.verdicts.count(&Verdict::Refused(Refusal::WorkspaceFull));
            self.tell_no_room(id, RefusalCode::Quota);
            return Ok(Vec::new());
        }
        let judged = self.gate_with(&self.room.documents_full).admit(storage, Some(peer), bytes)?;
        self.note_judged(storage, Some(peer), &judged)?;
        let is_full = |judged: &Judged| {
            matches!(judged.verdict, Verdict::Refused(Refusal::DocumentFull { .. }))
        };
        if judged.iter().any(is_full) {
            self.tell_no_room(id, RefusalCode::DocumentFull);
        }
        Ok(judged)
    }

    /// Notes what became of records, and lets in what waited for them.
    pub(super) fn note_judged(
        &mut self,
        storage: &mut dyn Storage,
        origin: Option<DeviceId>,
        judged: &[Judged],
    ) -> Result<(), StorageError> {
        for Judged { verdict, .. } in judged {
            self.verdicts.count(verdict);
            match verdict {
                Verdict::Admitted(admitted) => self.after_admission(storage, admitted)?,
                Verdict::Refused(refusal) => self.note_refused(origin, refusal.clone()),
                Verdict::Duplicate | Verdict::Pending | Verdict::Unresolved => {}
            }
        }
        Ok(())
    }

    /// Notes why a record was refused, where that is of interest.
    pub(super) fn note_refused(&mut self, origin: Option<DeviceId>, refusal: Refusal) {
        // Whoever sends it has not heard of the drop yet: no trouble. Where there is no room the peer is told.
        if !matches!(refusal, Refusal::Dropped(_) | Refusal::DocumentFull { .. }) {
            self.effects.push(Effect::Noted(Note::Refused { origin, refusal }));
        }
    }

    fn tell_no_room(&mut self, id: SessionId, code: RefusalCode) {
        let told = self.sessions.get_mut(&id).and_then(|session| session.no_room.replace(code));
        if told != Some(code) {
            self.send(id, &Frame::Later { code, seconds: ROOM_RETRY_SECONDS });
        }
    }
}
