//! Who is here: what this device's pages say goes to every live session; a server passes what members say on to the
//! other members of the same workspace, and keeps nothing of it.

use super::{Effect, Moment, Replica, Station};
use crate::ids::DeviceId;
use crate::policy::{Rights, Role};
use crate::protocol::{Company, Phase, Place, Presence, SessionId};
use crate::time::Timestamp;

impl Replica {
    /// Says that the person of this device is at a place on the page number `slot`, or left it. Dropped if pages say too
    /// much.
    pub fn say_presence(&mut self, moment: &Moment, slot: u32, place: Option<Place>) {
        self.touched = true;
        if !self.company.admit(self.device, moment.now) {
            return;
        }
        let number = self.company.next_number(moment.now);
        let presence = Presence { device: self.device, slot, number, place };
        if shows(self.policy.now(), &self.device, moment.now) {
            self.pass_on(&presence.encode(), &presence.device, None, moment.now);
        }
        if self.company.take(presence, moment.now) {
            self.effects.push(Effect::PresenceChanged);
        }
    }

    /// Who is here, this device's pages among them.
    #[must_use]
    pub const fn company(&self) -> &Company {
        &self.company
    }

    /// How many datagrams were dropped since the last time this was asked.
    pub const fn take_dropped_datagrams(&mut self) -> u64 {
        self.company.take_dropped()
    }

    /// Takes in a datagram of a peer. What is no presence, or of another device than the peer may speak for, is dropped
    /// and counted.
    pub(super) fn on_datagram(&mut self, now: Timestamp, id: SessionId, bytes: &[u8]) {
        let session = self.sessions.get(&id).filter(|session| session.phase == Phase::Live);
        let Some(peer) = session.map(|session| session.peer) else {
            return self.company.drop_one();
        };
        let Ok(presence) = Presence::decode(bytes) else { return self.company.drop_one() };
        let rights = self.policy.now();
        // Only a server speaks for others.
        let speaks = presence.device == peer || rights.is_server(&peer);
        let is_own = presence.device == self.device;
        if !speaks || is_own || !shows(rights, &presence.device, now) {
            return self.company.drop_one();
        }
        if !self.company.admit(presence.device, now) {
            return;
        }
        if self.station == Station::Server {
            self.pass_on(bytes, &presence.device, Some(id), now);
        } else if self.company.take(presence, now) {
            self.effects.push(Effect::PresenceChanged);
        }
    }

    /// Sends a datagram to every live session whose peer may know where people are, but not back to its device.
    fn pass_on(&mut self, bytes: &[u8], of: &DeviceId, from: Option<SessionId>, now: Timestamp) {
        let rights = self.policy.now();
        let hears = |peer: &DeviceId| rights.is_server(peer) || shows(rights, peer, now);
        let sessions = self.sessions.iter().filter(|(id, session)| {
            session.phase == Phase::Live
                && Some(**id) != from
                && session.peer != *of
                && hears(&session.peer)
        });
        let datagrams =
            sessions.map(|(id, _)| Effect::Datagram { session: *id, bytes: bytes.to_vec() });
        self.effects.extend(datagrams.collect::<Vec<_>>());
    }

    /// Forgets whoever has fallen silent.
    pub(super) fn expire_presence(&mut self, now: Timestamp) {
        if self.company.expire(now) {
            self.effects.push(Effect::PresenceChanged);
        }
    }

    /// Forgets a device whose session ended; if it is still there, it says so again.
    pub(super) fn forget_presence(&mut self, peer: &DeviceId) {
        if self.company.keep_only(|device| device != peer) {
            self.effects.push(Effect::PresenceChanged);
        }
    }

    /// Forgets whoever may not be shown any more.
    pub(super) fn forget_shut_out(&mut self) {
        let rights = self.policy.now();
        if self.company.keep_only(|device| rights.member(device).is_some()) {
            self.effects.push(Effect::PresenceChanged);
        }
    }
}

/// Whether a device is shown to others, and is shown others: a member that reads the whole plan.
fn shows(rights: &Rights, device: &DeviceId, now: Timestamp) -> bool {
    let member = rights.member(device);
    member.is_some_and(|member| member.role != Role::Auditor) && !rights.has_ended(device, now)
}
