//! The network as the loop uses it: sending, closing, dialing.

use std::net::SocketAddr;
use std::sync::mpsc::TrySendError;

use jospar_core::ids::{DeviceId, WorkspaceId};
use jospar_core::protocol::{Frame, RefusalCode, SessionId};
use jospar_core::replica::{Moment, Note, Station};
use jospar_core::time::Timestamp;

use super::{Message, NetworkState, State, Traffic};
use crate::clock;
use crate::dialer::Target;
use crate::entry::Entry;
use crate::quic::{DialId, Lane};
use crate::service::short;

impl State {
    /// How the dialing of targets and the sessions stand.
    pub(super) fn network_state(&self) -> NetworkState {
        let errors = self.dialer.errors().map(|(target, error)| (target.clone(), error.to_owned()));
        let traffic = self.sessions.values().map(|state| {
            let traffic = Traffic {
                bytes_sent: state.bytes_sent,
                bytes_received: state.bytes_received,
                round_trips: state.round_trips,
            };
            (state.peer, traffic)
        });
        NetworkState { errors: errors.collect(), traffic: traffic.collect() }
    }

    pub(super) fn send(&mut self, session: SessionId, frame: Vec<u8>, bulk: bool) {
        let Some(network) = &self.network else { return };
        if let Some(state) = self.sessions.get_mut(&session) {
            state.awaiting = true;
            state.bytes_sent += frame.len() as u64;
        }
        let lane = if bulk { Lane::Bulk } else { Lane::Control };
        if let Err(error) = network.endpoint.send(session, lane, frame) {
            tracing::warn!(%error, "a frame was not sent; the session ends");
            self.close(session, Some(RefusalCode::TooMuch));
        }
    }

    /// Sends a datagram. Whether it arrives, or fits the path, nobody is told: the next one says the same.
    pub(super) fn send_datagram(&self, session: SessionId, bytes: Vec<u8>) {
        let Some(network) = &self.network else { return };
        if let Err(error) = network.endpoint.send_datagram(session, bytes) {
            tracing::debug!(%error, "a datagram was not sent");
        }
    }

    pub(super) fn refuse(&mut self, session: SessionId, code: RefusalCode) {
        self.count_turned_away(session, code);
        self.send(session, Frame::Refused(code).encode(), false);
        self.close(session, Some(code));
    }

    pub(super) fn close(&mut self, session: SessionId, code: Option<RefusalCode>) {
        if let Some(network) = &self.network {
            network.endpoint.close(session, close_number(code), "");
        }
    }

    /// Logs what a person may want to know, without the ids that would name a school, and keeps away from a peer that
    /// asked for it.
    pub(super) fn on_note(&mut self, workspace: WorkspaceId, note: &Note) {
        let school = short(&workspace.0);
        match note {
            Note::Refused { origin, refusal } => {
                let device = origin.map(|device| short(&device.0)).unwrap_or_default();
                let reason = refusal.message_key();
                tracing::info!(school, device, reason, "an envelope was refused");
            }
            Note::ClockSkew { peer, milliseconds } => {
                let device = short(&peer.0);
                tracing::info!(school, device, milliseconds, "a peer's clock is far off");
            }
            Note::PeerLost { peer, changes } => {
                let (device, count) = (short(&peer.0), *changes);
                tracing::warn!(school, device, count, "a peer lost what it had acknowledged");
            }
            Note::PeerRefused { peer, code } => {
                let (device, reason) = (short(&peer.0), code.message_key());
                tracing::info!(school, device, reason, "a peer refused the session");
            }
            Note::PeerLater { peer, code, seconds } => {
                let (device, reason) = (short(&peer.0), code.message_key());
                tracing::info!(school, device, reason, seconds, "a peer wants to be asked later");
                if *code == RefusalCode::Busy {
                    let until = clock::now().after(i64::from(*seconds) * 1_000);
                    self.dialer.hold(*peer, until);
                }
            }
        }
    }

    /// Dials the servers that the policies name, if this node is a device.
    pub(super) fn retarget(&mut self, now: Timestamp) {
        if self.identity.station == Station::Server {
            return;
        }
        let servers = self.replicas.values().flat_map(|replica| replica.policy().now().servers());
        let mut targets: Vec<(DeviceId, String)> =
            servers.map(|(device, server)| (*device, server.address.clone())).collect();
        if let Some(Target::Pinned(device, address)) = self.entry.as_ref().map(Entry::target) {
            targets.push((device, address));
        }
        self.dialer.set_pinned(&targets, now);
    }

    pub(super) fn dial_due(&mut self) {
        let Some(network) = &self.network else { return };
        for target in self.dialer.due(clock::now()) {
            let (Target::Pinned(_, address) | Target::Found(address)) = &target;
            // Marks it as under way until the name is resolved.
            self.dialer.note_dialing(&target, DialId(u64::MAX));
            let (messages, address, target) =
                (network.messages.clone(), address.clone(), target.clone());
            network.runtime.spawn(async move {
                let resolved = match tokio::net::lookup_host(&address).await {
                    Ok(mut found) => {
                        found.next().ok_or_else(|| format!("{address} has no address"))
                    }
                    Err(error) => Err(error.to_string()),
                };
                let mut message = Message::Resolved(target, resolved);
                // Lost, it would leave the target under way for ever.
                while let Err(TrySendError::Full(full)) = messages.try_send(message) {
                    message = full;
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
            });
        }
    }

    pub(super) fn on_resolved(
        &mut self,
        target: &Target,
        address: Result<SocketAddr, String>,
        moment: &Moment,
    ) {
        let Some(network) = &self.network else { return };
        match address {
            Ok(address) => {
                let dial = match target {
                    Target::Pinned(device, _) => network.endpoint.dial(address, *device),
                    Target::Found(_) => network.endpoint.dial_any(address),
                };
                match dial {
                    Ok(dial) => self.dialer.note_dialing(target, dial),
                    Err(error) => self.note_unreachable(target, &error.to_string(), moment),
                }
            }
            Err(error) => self.note_unreachable(target, &error, moment),
        }
    }

    fn note_unreachable(&mut self, target: &Target, error: &str, moment: &Moment) {
        tracing::debug!(%error, "an address cannot be dialed");
        let key = "error-server-unreachable".to_owned();
        self.dialer.note_unresolved(target, key, moment.now, jitter(moment));
    }
}

/// The number with which a session is closed, and back: 0 stands for no trouble.
fn close_number(code: Option<RefusalCode>) -> u32 {
    code.map_or(0, |code| u32::from(code.byte()) + 1)
}

pub(super) fn refusal(number: u64) -> Option<RefusalCode> {
    RefusalCode::from_byte(u8::try_from(number.checked_sub(1)?).ok()?)
}

pub(super) fn jitter(moment: &Moment) -> u8 {
    let [byte] = moment.bytes("jitter");
    byte
}
