//! The local network: devices of the same workspace find each other by mDNS.
//!
//! An announcement holds a random name that changes every hour, a keyed hash of that name, and a port: no names of people,
//! schools or devices, no device key and no workspace id. Only whoever knows the workspace id can tell which workspace it is
//! for. It is a hint and proves nothing, since anybody may repeat it from another address: dial it with
//! [`crate::quic::Endpoint::dial_any`] and let the policy judge the key that answers.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jospar_core::ids::WorkspaceId;
use mdns_sd::{
    IfKind, Receiver, ResolvedService, ScopedIp, ServiceDaemon, ServiceEvent, ServiceInfo,
};

/// What devices look for.
pub const SERVICE: &str = "_jospar._udp.local.";
/// Workspaces that one device announces.
pub const WORKSPACES_MAX: usize = 16;
/// Addresses that are taken from one announcement.
pub const ADDRESSES_MAX: usize = 8;
/// How long a device keeps its random names.
pub const ROTATION: Duration = Duration::from_secs(3_600);

/// The TXT key of the hash.
const HASH_KEY: &str = "h";
/// Bytes of a random name.
const NAME_BYTES: usize = 16;
/// Bytes of the hash that are announced: enough that a stranger's never fits by chance.
const HASH_BYTES: usize = 16;
/// What the hash says it is for.
const HASH_DOMAIN: &[u8] = b"jospar/lan/1";
/// The port of mDNS.
const MDNS_PORT: u16 = 5353;

/// A device nearby that knows one of our workspaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanPeer {
    /// The workspace that its announcement is for.
    pub workspace: WorkspaceId,
    /// Where it says it listens: IPv4 first, at most [`ADDRESSES_MAX`], never empty.
    pub addresses: Vec<SocketAddr>,
}

/// Why the local network cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LanError {
    /// More workspaces than a device announces.
    #[error("{count} workspaces; at most {WORKSPACES_MAX} can be announced")]
    TooManyWorkspaces {
        /// How many were given.
        count: usize,
    },
    /// The system has no randomness, or no thread, to give.
    #[error("the system refused what an announcement needs")]
    System(#[from] std::io::Error),
    /// The mDNS service refused.
    #[error("mDNS cannot be used here")]
    Mdns(#[from] mdns_sd::Error),
}

/// Announces this device and looks for others, until it is stopped or dropped.
pub struct Lan {
    daemon: ServiceDaemon,
    watcher: Mutex<Option<JoinHandle<()>>>,
}

impl Lan {
    /// Announces `workspaces` at the UDP `port`, and calls `on_found` for every device that announces one of them.
    ///
    /// `on_found` is called on a thread of its own and may be called again for the same device. Loopback is left out.
    ///
    /// # Errors
    /// - [`LanError`]: nothing is announced; go on without the local network.
    pub fn start(
        workspaces: Vec<WorkspaceId>,
        port: u16,
        on_found: impl FnMut(LanPeer) + Send + 'static,
    ) -> Result<Self, LanError> {
        let left_out = vec![IfKind::LoopbackV4, IfKind::LoopbackV6];
        let network = Network { mdns_port: MDNS_PORT, left_out, used: Vec::new() };
        Self::start_on(network, workspaces, port, on_found)
    }

    /// Takes the announcements back and ends the thread.
    pub fn stop(&self) {
        // The service answers once the farewells are sent; if it is gone already, so are the announcements.
        if let Ok(done) = self.daemon.shutdown() {
            let _ = done.recv_timeout(Duration::from_secs(1));
        }
        let watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(watcher) = watcher {
            // `on_found` may have panicked; there is nothing to save.
            let _ = watcher.join();
        }
    }

    fn start_on(
        network: Network,
        workspaces: Vec<WorkspaceId>,
        port: u16,
        on_found: impl FnMut(LanPeer) + Send + 'static,
    ) -> Result<Self, LanError> {
        if workspaces.len() > WORKSPACES_MAX {
            return Err(LanError::TooManyWorkspaces { count: workspaces.len() });
        }
        let daemon = ServiceDaemon::new_with_port(network.mdns_port)?;
        daemon.disable_interface(network.left_out)?;
        daemon.enable_interface(network.used)?;
        let events = daemon.browse(SERVICE)?;
        let mut watcher =
            Watcher { daemon: daemon.clone(), workspaces, port, own: Vec::new(), on_found };
        watcher.announce()?;
        let thread = std::thread::Builder::new().name("jospar-lan".to_owned());
        let watcher = thread.spawn(move || watcher.run(&events))?;
        Ok(Self { daemon, watcher: Mutex::new(Some(watcher)) })
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where mDNS is spoken.
struct Network {
    mdns_port: u16,
    left_out: Vec<IfKind>,
    used: Vec<IfKind>,
}

/// The thread's state.
struct Watcher<F> {
    daemon: ServiceDaemon,
    workspaces: Vec<WorkspaceId>,
    port: u16,
    own: Vec<Announcement>,
    on_found: F,
}

impl<F: FnMut(LanPeer)> Watcher<F> {
    fn run(mut self, events: &Receiver<ServiceEvent>) {
        let mut rotation = Instant::now() + ROTATION;
        loop {
            match events.recv_deadline(rotation) {
                Ok(ServiceEvent::ServiceResolved(service)) => self.look_at(&service),
                Ok(_) => {}
                Err(_) if events.is_disconnected() => return,
                Err(_) => {
                    rotation = Instant::now() + ROTATION;
                    // Without new names the old ones stay: found is better than hidden.
                    let _ = self.announce();
                }
            }
        }
    }

    /// Announces every workspace under a new name, then takes the old names back.
    fn announce(&mut self) -> Result<(), LanError> {
        let mut announced = Vec::with_capacity(self.workspaces.len());
        for workspace in &self.workspaces {
            let announcement = Announcement::new(workspace)?;
            self.daemon.register(announcement.service(self.port)?)?;
            announced.push(announcement);
        }
        for old in std::mem::replace(&mut self.own, announced) {
            self.daemon.unregister(&format!("{}.{SERVICE}", old.name()))?;
        }
        Ok(())
    }

    fn look_at(&mut self, service: &ResolvedService) {
        let hash = service.get_property_val_str(HASH_KEY).unwrap_or_default();
        let Some(found) = Announcement::parse(service.get_fullname(), hash) else { return };
        if self.own.contains(&found) {
            return;
        }
        let Some(workspace) = found.recognise(&self.workspaces) else { return };
        let ips = service.get_addresses().iter();
        let mut addresses: Vec<_> = ips.filter_map(|ip| address(ip, service.get_port())).collect();
        addresses.sort();
        addresses.truncate(ADDRESSES_MAX);
        if !addresses.is_empty() {
            (self.on_found)(LanPeer { workspace, addresses });
        }
    }
}

/// A random name and the hash that only members of its workspace can check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Announcement {
    name: [u8; NAME_BYTES],
    hash: [u8; HASH_BYTES],
}

impl Announcement {
    fn new(workspace: &WorkspaceId) -> Result<Self, std::io::Error> {
        let mut name = [0; NAME_BYTES];
        getrandom::fill(&mut name).map_err(std::io::Error::other)?;
        Ok(Self { name, hash: hash(workspace, &name) })
    }

    fn parse(fullname: &str, hash: &str) -> Option<Self> {
        let name = fullname.strip_suffix(SERVICE)?.strip_suffix('.')?;
        Some(Self { name: from_hex(name)?, hash: from_hex(hash)? })
    }

    fn recognise(&self, workspaces: &[WorkspaceId]) -> Option<WorkspaceId> {
        workspaces.iter().find(|workspace| hash(workspace, &self.name) == self.hash).copied()
    }

    fn name(&self) -> String {
        to_hex(&self.name)
    }

    fn service(&self, port: u16) -> Result<ServiceInfo, mdns_sd::Error> {
        let (name, hash) = (self.name(), to_hex(&self.hash));
        // The host is called like the service, so that the machine's own name stays out of it.
        let host = format!("{name}.local.");
        let text = [(HASH_KEY, hash.as_str())];
        Ok(ServiceInfo::new(SERVICE, &name, &host, "", port, &text[..])?.enable_addr_auto())
    }
}

fn hash(workspace: &WorkspaceId, name: &[u8; NAME_BYTES]) -> [u8; HASH_BYTES] {
    let mut hasher = blake3::Hasher::new_keyed(workspace.as_bytes());
    hasher.update(HASH_DOMAIN).update(name);
    let mut hash = [0; HASH_BYTES];
    hasher.finalize_xof().fill(&mut hash);
    hash
}

fn address(ip: &ScopedIp, port: u16) -> Option<SocketAddr> {
    match (ip, ip.to_ip_addr()) {
        _ if port == 0 => None,
        (ScopedIp::V6(scoped), IpAddr::V6(ip)) if ip.is_unicast_link_local() => {
            Some(SocketAddrV6::new(ip, port, 0, scoped.scope_id().index).into())
        }
        (_, ip) if ip.is_unspecified() || ip.is_multicast() => None,
        (_, ip) => Some(SocketAddr::new(ip, port)),
    }
}

fn to_hex(bytes: &[u8; 16]) -> String {
    jospar_core::ids::Digest(*bytes).to_string()
}

fn from_hex(text: &str) -> Option<[u8; 16]> {
    let digest: jospar_core::ids::Digest = text.parse().ok()?;
    // One announcement has one spelling; a sign or capitals would be another.
    (digest.to_string() == text).then_some(digest.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::mpsc::channel;

    use super::*;

    const OURS: WorkspaceId = WorkspaceId([0xab; 32]);
    const THEIRS: WorkspaceId = WorkspaceId([0xcd; 32]);

    #[test]
    fn t02_an_announcement_holds_a_random_name_a_hash_a_port_and_nothing_else() {
        let announcement = Announcement::new(&OURS).unwrap();
        let service = announcement.service(4_433).unwrap();
        let name = announcement.name();
        assert_eq!(service.get_fullname(), format!("{name}._jospar._udp.local."));
        assert_eq!(service.get_hostname(), format!("{name}.local."));
        let text: Vec<_> = service.get_properties().iter().map(ToString::to_string).collect();
        assert_eq!(text, [format!("h={}", to_hex(&announcement.hash))]);
        let shown = format!("{service:?}").to_lowercase();
        assert!(!shown.contains(&OURS.to_string()[..16]));
        assert_ne!(Announcement::new(&OURS).unwrap().name(), name, "every name is new");
    }

    #[test]
    fn t02_only_members_of_a_workspace_recognise_its_announcement() {
        let announcement = Announcement::new(&OURS).unwrap();
        assert_eq!(announcement.recognise(&[THEIRS, OURS]), Some(OURS));
        assert_eq!(announcement.recognise(&[THEIRS]), None);
        let renamed = Announcement { name: [1; 16], ..announcement };
        assert_eq!(renamed.recognise(&[OURS]), None);
    }

    #[test]
    fn t02_what_is_not_an_announcement_is_passed_over() {
        let good = Announcement::new(&OURS).unwrap();
        let (name, hash) = (good.name(), to_hex(&good.hash));
        assert_eq!(Announcement::parse(&format!("{name}.{SERVICE}"), &hash), Some(good));
        for (fullname, hash) in [
            (format!("School 5.{SERVICE}"), hash.as_str()),
            (format!("{name}._other._udp.local."), &hash),
            (format!("{name}.{SERVICE}"), ""),
            (format!("{name}.{SERVICE}"), &hash[..30]),
            (SERVICE.to_owned(), &hash),
            (String::new(), &hash),
        ] {
            assert_eq!(Announcement::parse(&fullname, hash), None, "{fullname} {hash}");
        }
    }

    #[test]
    fn addresses_that_cannot_be_dialed_are_left_out() {
        let of = |ip: &str, port| address(&ScopedIp::from(ip.parse::<IpAddr>().unwrap()), port);
        assert_eq!(of("192.0.2.1", 5), Some("192.0.2.1:5".parse().unwrap()));
        assert_eq!(of("192.0.2.1", 0), None);
        assert_eq!(of("0.0.0.0", 5), None);
        assert_eq!(of("224.0.0.251", 5), None);
    }

    #[test]
    fn a_device_announces_a_bounded_number_of_workspaces() {
        let refused = Lan::start(vec![OURS; WORKSPACES_MAX + 1], 1, |_| {});
        assert!(matches!(refused, Err(LanError::TooManyWorkspaces { count: 17 })));
    }

    /// Loopback alone, on a port that no real mDNS uses.
    fn loopback() -> Network {
        Network { mdns_port: 15_353, left_out: vec![IfKind::All], used: vec![IfKind::LoopbackV4] }
    }

    #[test]
    fn lan_devices_of_one_workspace_find_each_other_and_no_one_else() {
        let (tx, found) = channel();
        let (other_tx, other_found) = channel();
        let on_found = move |peer| drop(tx.send(peer));
        let on_other = move |peer| drop(other_tx.send(peer));
        let here = Lan::start_on(loopback(), vec![OURS], 4_001, on_found).unwrap();
        let there = Lan::start_on(loopback(), vec![THEIRS, OURS], 4_002, |_| {}).unwrap();
        let stranger = Lan::start_on(loopback(), vec![WorkspaceId([1; 32])], 4_003, on_other);
        let peer = found.recv_timeout(Duration::from_secs(20)).expect("found in time");
        let address = "127.0.0.1:4002".parse().unwrap();
        assert_eq!(peer, LanPeer { workspace: OURS, addresses: vec![address] });
        here.stop();
        there.stop();
        drop(stranger);
        assert_eq!(found.iter().find(|peer| !peer.addresses.contains(&address)), None);
        assert_eq!(other_found.iter().next(), None);
    }
}
