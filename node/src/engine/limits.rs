//! A server's limits and counts, as the loop applies them; a device has no limits.

use jospar_core::ids::{DeviceId, WorkspaceId};
use jospar_core::protocol::{Frame, RefusalCode, SessionId, count_records};
use jospar_core::replica::Station;
use jospar_core::storage::{Storage as _, StorageError};
use jospar_core::time::Timestamp;

use super::State;
use crate::metrics::{Measurement, WorkspaceMeasure};
use crate::service::short;
use crate::store::{Transaction, Usage};

/// The setting that says when a device of the workspace was met last: milliseconds, little-endian.
const SEEN: &str = "last-seen";
/// How old that may get before it is written again.
const SEEN_MS: i64 = 10 * 60 * 1_000;

impl State {
    /// Counts a session that a peer opened; false if the peer was told to come later.
    pub(super) fn admit_connection(
        &mut self,
        session: SessionId,
        peer: DeviceId,
        now: Timestamp,
    ) -> bool {
        let Some(keeper) = &mut self.keeper else { return true };
        let Err(seconds) = keeper.take_connection(peer, now) else { return true };
        keeper.part(session, seconds, now);
        false
    }

    /// Counts a frame of a peer before anything in it is believed; false if it is to be dropped.
    pub(super) fn admit_frame(
        &mut self,
        transaction: &Transaction<'_>,
        session: SessionId,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<bool, StorageError> {
        let Some(keeper) = &mut self.keeper else { return Ok(true) };
        if keeper.is_parting(session) {
            return Ok(false);
        }
        let Some(state) = self.sessions.get(&session) else { return Ok(false) };
        let (peer, workspace) = (state.peer, state.workspace);
        let envelopes = count_records(bytes);
        if let Err(seconds) = keeper.take_frame(peer, envelopes, bytes.len(), now) {
            keeper.part(session, seconds, now);
            return Ok(false);
        }
        if envelopes > 0
            && let Some(id) = workspace
        {
            self.look_for_room(transaction, id)?;
        }
        Ok(true)
    }

    /// Counts what a workspace has, and tells its replica what there is room for.
    fn look_for_room(
        &mut self,
        transaction: &Transaction<'_>,
        id: WorkspaceId,
    ) -> Result<(), StorageError> {
        let (Some(keeper), Some(replica)) = (&mut self.keeper, self.replicas.get_mut(&id)) else {
            return Ok(());
        };
        let mut school = keeper.schools.remove(&id).unwrap_or_default();
        if school.usage.advance(&transaction.workspace(id)?)? {
            school.room = keeper.room(&school.usage);
        }
        if *replica.room() != school.room {
            let count = school.room.documents_full.len();
            match (school.room.workspace_full, count) {
                (false, 0) => tracing::info!(school = short(&id.0), "there is room again"),
                (true, _) => tracing::warn!(school = short(&id.0), "a school has no room left"),
                _ => tracing::warn!(school = short(&id.0), count, "documents have no room left"),
            }
            replica.set_room(school.room.clone());
            self.agenda.touch(id);
        }
        keeper.schools.insert(id, school);
        Ok(())
    }

    /// Tells sessions that they shall come later, behind what this turn acknowledged; ends those that did not go.
    pub(super) fn send_away(&mut self, now: Timestamp) {
        let Some(keeper) = &mut self.keeper else { return };
        let (untold, overdue) = (keeper.take_untold(), keeper.overdue(now));
        for (session, seconds) in untold {
            self.count_turned_away(session, RefusalCode::Busy);
            let frame = Frame::Later { code: RefusalCode::Busy, seconds };
            self.send(session, frame.encode(), false);
        }
        for session in overdue {
            if let Some(keeper) = &mut self.keeper {
                keeper.note_closed(session);
            }
            self.close(session, Some(RefusalCode::Busy));
        }
    }

    pub(super) fn count_turned_away(&mut self, session: SessionId, code: RefusalCode) {
        let peer = self.sessions.get(&session).map(|state| short(&state.peer.0));
        let (device, reason) = (peer.unwrap_or_default(), code.message_key());
        tracing::info!(device, reason, "a session was turned away");
        *self.metrics.turned_away.entry(code.message_key()).or_default() += 1;
    }

    /// Once an hour: throws away what is old.
    pub(super) fn sweep(
        &mut self,
        transaction: &Transaction<'_>,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let Some(before) = self.keeper.as_mut().and_then(|keeper| keeper.take_sweep(now)) else {
            return Ok(());
        };
        let expired = transaction.expire_parked(before)?;
        self.metrics.parked_expired += expired as u64;
        if expired > 0 {
            tracing::info!(count = expired, "envelopes waited too long and were dropped");
        }
        Ok(())
    }

    /// Remembers on a server that a member of the workspace was here.
    pub(super) fn note_seen(
        &mut self,
        transaction: &Transaction<'_>,
        id: WorkspaceId,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let known = self.metrics.seen.get(&id);
        if self.identity.station == Station::Device
            || known.is_some_and(|seen| (now.0 - seen.0).abs() < SEEN_MS)
        {
            return Ok(());
        }
        transaction.workspace(id)?.set_setting(SEEN, Some(&now.0.to_le_bytes()))?;
        self.metrics.seen.insert(id, now);
        Ok(())
    }

    /// How everything stands.
    pub(super) fn measure(
        &mut self,
        transaction: &Transaction<'_>,
    ) -> Result<Measurement, StorageError> {
        let ids: Vec<WorkspaceId> = self.replicas.keys().copied().collect();
        let mut workspaces = Vec::new();
        for id in ids {
            self.look_for_room(transaction, id)?;
            workspaces.push(self.measure_workspace(transaction, id)?);
        }
        let (parked, parked_bytes) = transaction.parked()?;
        let metrics = &self.metrics;
        Ok(Measurement {
            workspaces,
            sessions: self.sessions.len() as u64,
            parked,
            parked_bytes,
            parked_expired: metrics.parked_expired,
            datagrams_dropped: metrics.datagrams_dropped,
            verdicts: metrics.verdicts.clone(),
            commits: metrics.commits,
            store_failures: metrics.store_failures,
            turned_away: metrics.turned_away.clone(),
        })
    }

    fn measure_workspace(
        &self,
        transaction: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<WorkspaceMeasure, StorageError> {
        let storage = transaction.workspace(workspace)?;
        let counted = self.keeper.as_ref().and_then(|keeper| keeper.schools.get(&workspace));
        let mut fresh = Usage::default();
        let (usage, full) = match counted {
            Some(school) => {
                let documents = school.room.documents_full.len() as u64;
                (&school.usage, if school.room.workspace_full { 1 } else { documents })
            }
            None => {
                fresh.advance(&storage)?;
                (&fresh, 0)
            }
        };
        let seen = match self.metrics.seen.get(&workspace) {
            Some(seen) => Some(*seen),
            None => storage
                .setting(SEEN)?
                .and_then(|bytes| bytes.try_into().ok())
                .map(|bytes| Timestamp(i64::from_le_bytes(bytes))),
        };
        let here = |state: &&super::SessionState| state.live && state.workspace == Some(workspace);
        Ok(WorkspaceMeasure {
            workspace,
            documents: usage.documents.len() as u64,
            totals: usage.totals,
            full,
            seen,
            online: self.sessions.values().filter(here).count() as u64,
        })
    }
}
