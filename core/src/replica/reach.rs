//! What a peer has that is not connected: all up to the position at which it was known to have the same.
//!
//! A peer says so itself by naming the same digest; of a device that is reached only through the server, the server says
//! it: it names the devices that have all that it has, and a device that has the same as the server then knows that those
//! have it, too. An acknowledgement is no proof: what was refused is acknowledged, too. All this decides what a person is
//! shown and nothing else.

use super::{Effect, Replica, Station};
use crate::ids::{DeviceId, Digest};
use crate::protocol::{DevicePrefix, Frame, Phase, REACHED_DEVICES_MAX, Session, SessionId};
use crate::storage::{Position, Storage, StorageError};
use crate::time::Timestamp;

/// How long a server waits for others before it says who has all.
const REACH_MS: i64 = 500;
const SETTING: &str = "reached/";

/// The first bytes of a device's id, enough to tell a school's devices apart.
fn prefix(device: &DeviceId) -> DevicePrefix {
    let [a, b, c, d, e, f, g, h, ..] = device.0;
    [a, b, c, d, e, f, g, h]
}

fn setting(device: &DeviceId) -> String {
    format!("{SETTING}{device}")
}

impl Replica {
    /// Notes that a peer may have come to have all that this server has.
    pub(super) fn note_reach(&mut self, now: Timestamp) {
        if self.station == Station::Server {
            self.reach_at.get_or_insert(now.after(REACH_MS));
        }
    }

    /// Tells every device which others have all that this server has, if that is due and new to it.
    pub(super) fn tell_reach(
        &mut self,
        storage: &dyn Storage,
        now: Timestamp,
        out: &mut Vec<Effect>,
    ) -> Result<(), StorageError> {
        // After a clock was put back the wait counts as over.
        let due = |at: Timestamp| at <= now || now.after(REACH_MS) < at;
        if self.reach_at.take_if(|at| due(*at)).is_none() {
            return Ok(());
        }
        let whole = self.whole_devices(storage)?;
        let live = self.sessions.iter().filter(|(_, session)| session.phase == Phase::Live);
        let live: Vec<(SessionId, DeviceId)> =
            live.map(|(id, session)| (*id, session.peer)).collect();
        for (id, peer) in live {
            let others = whole.iter().filter(|device| **device != peer);
            let devices: Vec<DevicePrefix> = others.take(REACHED_DEVICES_MAX).map(prefix).collect();
            let documents = self.shared_digest(&peer);
            let frame = Frame::Reached { documents, devices }.encode();
            let hash = *blake3::hash(&frame).as_bytes();
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            if session.reach_told.replace(hash) != Some(hash) {
                out.push(Effect::Send { session: id, frame, bulk: false });
            }
        }
        Ok(())
    }

    /// The devices that have all of this log that they may read, as far as they have said.
    fn whole_devices(&self, storage: &dyn Storage) -> Result<Vec<DeviceId>, StorageError> {
        let newest = storage.position()?;
        let mut whole = Vec::new();
        for (device, _) in self.rights().members() {
            if self.has_all(storage, device, newest)? {
                whole.push(*device);
            }
        }
        Ok(whole)
    }

    /// Whether the peer has everything that it may read: as it named it just now if it is connected, else as far as is
    /// known.
    pub(super) fn has_all(
        &self,
        storage: &dyn Storage,
        peer: &DeviceId,
        newest: Position,
    ) -> Result<bool, StorageError> {
        match self.live_session(peer) {
            Some(session) => Ok(session.peer_documents == Some(self.shared_digest(peer))),
            None => had_all(storage, peer, newest),
        }
    }

    pub(super) fn live_session(&self, peer: &DeviceId) -> Option<&Session> {
        let live = |session: &&Session| session.peer == *peer && session.phase == Phase::Live;
        self.sessions.values().find(live)
    }

    /// Keeps the word of a server until this device has the same as the server.
    pub(super) fn on_reached(
        &mut self,
        id: SessionId,
        documents: Digest,
        devices: Vec<DevicePrefix>,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if self.policy.now().is_server(&session.peer) {
            session.reached = Some((documents, devices));
        }
    }

    /// Notes which devices have all, where a server that has the same as this device said so.
    pub(super) fn settle_reached(
        &mut self,
        storage: &mut dyn Storage,
        id: SessionId,
    ) -> Result<(), StorageError> {
        let claimant = self.sessions.get(&id).filter(|session| session.reached.is_some());
        let Some(mine) = claimant.map(|session| self.shared_digest(&session.peer)) else {
            return Ok(());
        };
        let session = self.sessions.get_mut(&id);
        let claim = session.and_then(|session| session.reached.take_if(|(said, _)| *said == mine));
        let Some((_, devices)) = claim else { return Ok(()) };
        let newest = storage.position()?;
        let members: Vec<DeviceId> = self.rights().members().map(|(device, _)| *device).collect();
        for device in members.iter().filter(|device| devices.contains(&prefix(device))) {
            if *device != self.device {
                note_reached(storage, device, Some(newest))?;
            }
        }
        Ok(())
    }
}

/// Notes up to which position the peer has everything; `None` if it turned out not to be known.
pub(super) fn note_reached(
    storage: &mut dyn Storage,
    device: &DeviceId,
    position: Option<Position>,
) -> Result<(), StorageError> {
    if reached(storage, device)? == position {
        return Ok(());
    }
    let bytes = position.map(Position::to_le_bytes);
    storage.set_setting(&setting(device), bytes.as_ref().map(<[u8; 8]>::as_slice))
}

/// Whether the peer had everything when it was heard of last, and nobody but itself wrote anything since.
fn had_all(
    storage: &dyn Storage,
    device: &DeviceId,
    newest: Position,
) -> Result<bool, StorageError> {
    let Some(position) = reached(storage, device)? else { return Ok(false) };
    Ok(position >= newest || storage.count_after(position, *device)? == 0)
}

/// The position up to which the peer is known to have everything.
pub(super) fn reached(
    storage: &dyn Storage,
    device: &DeviceId,
) -> Result<Option<Position>, StorageError> {
    let stored = storage.setting(&setting(device))?;
    Ok(stored.and_then(|bytes| bytes.try_into().ok()).map(Position::from_le_bytes))
}
