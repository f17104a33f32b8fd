//! Many schools of two devices in this process, against one server in another: what W4 and W8 are driven by.
//!
//! Each device has its own key, UDP socket, QUIC endpoint and replica, as it would in life; only their engine loop is
//! shared, and their stores (one for all first devices, one for all second ones) lie in memory where the system has a
//! folder for that, so that the clients do not compete with the server for its disk.

use std::collections::{BTreeSet, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use jospar_core::document::Command;
use jospar_core::ids::{DeviceId, DocumentId, PersonId, WorkspaceId};
use jospar_core::plan::{Kind, root_commands};
use jospar_core::policy::{Body, Entry, Policy, Role, Scope};
use jospar_core::replica::{Effect, Identity, Input, Moment, Replica, Station, found_workspace};
use jospar_core::storage::Storage;
use jospar_core::time::Timestamp;
use jospar_node::clock;
use jospar_node::quic::{Endpoint, Lane, Limits, NetEvent, Refused};
use jospar_node::store::{Options, Store};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::school::{Seat, moment};

/// How many schools are prepared with one commit.
const SEED_BATCH: usize = 250;
/// How many events are taken into one turn, and how many dials may be under way.
const BATCH_MAX: usize = 256;
const DIALS_MAX: usize = 48;
const EVENTS_MAX: usize = 65_536;
/// How long a device waits after a dial that came to nothing.
const REDIAL: Duration = Duration::from_millis(500);
const MEMORY_FOLDER: &str = "/dev/shm";

/// What became of a device in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// It has a session, and both ends have said that they have the same.
    Equal(usize),
    /// Its document has grown by what another device wrote.
    Grown(usize),
    /// Its session is over; it dials again.
    Lost(usize),
}

enum Work {
    Input(Input),
    Edit(Command),
}

struct Device {
    replica: Replica,
    endpoint: Option<Endpoint>,
    key: SigningKey,
    wake_at: Option<Timestamp>,
}

/// The devices: two of each school, numbered 2 s and 2 s + 1.
pub(crate) struct Fleet {
    runtime: Runtime,
    server: (SocketAddr, DeviceId),
    devices: Vec<Device>,
    stores: [Store; 2],
    texts: Vec<String>,
    events: Receiver<(usize, NetEvent)>,
    sender: SyncSender<(usize, NetEvent)>,
    to_dial: VecDeque<(Instant, usize)>,
    dialing: usize,
    timeouts: BTreeSet<(Timestamp, usize)>,
    /// Dials that came to nothing, and sessions that were lost.
    pub(crate) failures: usize,
    _folder: tempfile::TempDir,
}

/// A folder for the clients' stores.
fn memory() -> tempfile::TempDir {
    tempfile::tempdir_in(MEMORY_FOLDER).unwrap_or_else(|_| crate::scratch())
}

fn device_key(school: usize, side: usize) -> SigningKey {
    let mut seed = [side as u8 + 1; 32];
    seed[..8].copy_from_slice(&(school as u64).to_le_bytes());
    SigningKey::from_bytes(&seed)
}

/// The one document of a school.
fn document(school: usize) -> DocumentId {
    let mut bytes = [0; 15];
    bytes[..8].copy_from_slice(&(school as u64).to_le_bytes());
    DocumentId::random(Kind::LessonStudy.byte(), bytes)
}

fn open(folder: &Path, name: &str) -> Store {
    let options =
        Options { lease: Some(folder.join(format!("{name}.lease"))), ..Options::default() };
    Store::open(&folder.join(name), &options).unwrap()
}

fn identity(key: &SigningKey, station: Station) -> Identity {
    Identity { key: key.clone(), station }
}

/// The policy of a school: its director's device, the server, a teacher's device.
fn policy(school: usize, server: DeviceId, address: SocketAddr) -> (WorkspaceId, Policy) {
    let director = device_key(school, 0);
    let (workspace, genesis) = found_workspace(&director, &moment());
    let mut policy = Policy::new(workspace, &genesis).unwrap();
    let device = DeviceId(device_key(school, 1).verifying_key().to_bytes());
    let grant = Body::Grant {
        device,
        person: PersonId([2; 16]),
        role: Role::Teacher,
        scope: Scope::default(),
    };
    for body in [Body::ServerKey { server, address: address.to_string() }, grant] {
        let entry = Entry::sign(&director, &policy, body).encode();
        policy.insert(&entry).unwrap();
    }
    (workspace, policy)
}

impl Fleet {
    /// Founds `schools` schools: on the server's store, which no node has open, and on the devices'.
    pub(crate) fn found(schools: usize, server: &Seat, address: SocketAddr) -> Self {
        let folder = memory();
        let mut stores = ["first", "second"].map(|name| open(folder.path(), name));
        let mut at_server = server.open();
        let mut devices = Vec::with_capacity(2 * schools);
        let all: Vec<usize> = (0..schools).collect();
        for batch in all.chunks(SEED_BATCH) {
            let [first, second] = &mut stores;
            let parts = [first, second, &mut at_server].map(|store| store.begin().unwrap());
            for school in batch {
                let (workspace, policy) = policy(*school, server.device, address);
                let mut envelopes = Vec::new();
                for (side, part) in parts.iter().enumerate() {
                    let mut storage = part.create_workspace(workspace).unwrap();
                    for entry in policy.ordered() {
                        storage.append_policy(entry.hash(), &entry.encode()).unwrap();
                    }
                    let identity = match side {
                        2 => server.identity(),
                        side => identity(&device_key(*school, side), Station::Device),
                    };
                    let mut replica = Replica::open(&storage, workspace, &identity).unwrap();
                    seed(&mut replica, &mut storage, *school, &mut envelopes);
                    if side < 2 {
                        let key = device_key(*school, side);
                        devices.push(Device { replica, endpoint: None, key, wake_at: None });
                    }
                }
            }
            parts.into_iter().for_each(|part| part.commit().unwrap());
        }
        at_server.close().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let (sender, events) = sync_channel(EVENTS_MAX);
        Self {
            runtime: runtime.unwrap(),
            server: (address, server.device),
            devices,
            stores,
            texts: vec![String::new(); schools],
            events,
            sender,
            to_dial: VecDeque::new(),
            dialing: 0,
            timeouts: BTreeSet::new(),
            failures: 0,
            _folder: folder,
        }
    }

    /// Lets a device dial as soon as there is room among the dials under way.
    pub(crate) fn dial(&mut self, device: usize) {
        self.to_dial.push_back((Instant::now(), device));
    }

    /// Whether a device and the server have said that they have the same.
    pub(crate) fn is_equal(&self, device: usize) -> bool {
        self.devices[device].replica.is_equal_with(&self.server.1)
    }

    fn start_dials(&mut self) {
        while self.dialing < DIALS_MAX
            && let Some((at, number)) = self.to_dial.front().copied()
            && at <= Instant::now()
        {
            self.to_dial.pop_front();
            let device = &mut self.devices[number];
            let sender = self.sender.clone();
            let sink = move |event| match sender.try_send((number, event)) {
                Ok(()) => Ok(()),
                Err(TrySendError::Full((_, event))) => Err(Refused::Full(event)),
                Err(TrySendError::Disconnected(_)) => Err(Refused::Gone),
            };
            let endpoint = device.endpoint.get_or_insert_with(|| {
                let anywhere = (Ipv4Addr::LOCALHOST, 0).into();
                let runtime = self.runtime.handle();
                Endpoint::bind(runtime, &device.key, anywhere, Limits::default(), sink).unwrap()
            });
            endpoint.dial(self.server.0, self.server.1).unwrap();
            self.dialing += 1;
        }
    }

    /// One turn: makes `edits` (numbers of devices, each adds a letter to its school's text), takes in what arrives
    /// within `wait`, commits, and sends what must go out.
    pub(crate) fn turn(&mut self, edits: &[usize], wait: Duration) -> Vec<News> {
        self.start_dials();
        let mut work: Vec<(usize, Work)> =
            edits.iter().map(|number| (*number, self.typed(*number))).collect();
        let mut news = Vec::new();
        for (number, event) in self.arrived(if edits.is_empty() { wait } else { Duration::ZERO }) {
            work.extend(
                self.sort(number, event, &mut news).map(|input| (number, Work::Input(input))),
            );
        }
        let moment = moment();
        let due = self.timeouts.iter().take_while(|(at, _)| *at <= moment.now);
        work.extend(due.map(|(_, number)| (*number, Work::Input(Input::Timeout))));
        let touched: BTreeSet<usize> = work.iter().map(|(number, _)| *number).collect();
        for (number, effect) in self.transact(work, &touched, &moment) {
            let device = &self.devices[number];
            let Some(endpoint) = &device.endpoint else { continue };
            match effect {
                Effect::Send { session, frame, bulk } => {
                    let lane = if bulk { Lane::Bulk } else { Lane::Control };
                    // A session that has just ended says so in its last event.
                    let _ = endpoint.send(session, lane, frame);
                }
                Effect::Close { session, .. } => endpoint.close(session, 0, ""),
                Effect::Published(_) if !edits.contains(&number) => news.push(News::Grown(number)),
                _ => {}
            }
        }
        let equal = touched.into_iter().filter(|number| self.is_equal(*number));
        news.extend(equal.map(News::Equal).collect::<Vec<_>>());
        news
    }

    fn arrived(&self, wait: Duration) -> Vec<(usize, NetEvent)> {
        let due = self.timeouts.first().map_or(i64::MAX, |(at, _)| at.0 - clock::now().0);
        let wait = wait.min(Duration::from_millis(due.max(0).unsigned_abs()));
        let first = self.events.recv_timeout(wait).ok();
        first.into_iter().chain(self.events.try_iter().take(BATCH_MAX)).collect()
    }

    fn typed(&mut self, number: usize) -> Work {
        let text = &mut self.texts[number / 2];
        text.push('x');
        let path = "plan".parse().unwrap();
        Work::Edit(Command::EditText { path, base: Vec::new(), text: text.clone() })
    }

    /// What an event means to the device's replica; a device without a session dials again.
    fn sort(&mut self, number: usize, event: NetEvent, news: &mut Vec<News>) -> Option<Input> {
        let again = (Instant::now() + REDIAL, number);
        match event {
            NetEvent::Opened { session, peer, .. } => {
                self.dialing -= 1;
                Some(Input::SessionOpened { session, peer, dialed: true })
            }
            NetEvent::Frame { session, bytes, .. } => Some(Input::FrameReceived { session, bytes }),
            NetEvent::Datagram { .. } => None,
            NetEvent::Closed { session, reason } => {
                eprintln!("device {number}: {reason}");
                self.failures += 1;
                self.to_dial.push_back(again);
                news.push(News::Lost(number));
                Some(Input::SessionClosed { session })
            }
            NetEvent::DialFailed { error, .. } => {
                eprintln!("device {number}: {error}");
                self.dialing -= 1;
                self.failures += 1;
                self.to_dial.push_back(again);
                None
            }
        }
    }

    fn transact(
        &mut self,
        work: Vec<(usize, Work)>,
        touched: &BTreeSet<usize>,
        moment: &Moment,
    ) -> Vec<(usize, Effect)> {
        let [first, second] = &mut self.stores;
        let parts = [first, second].map(|store| store.begin().unwrap());
        for (number, work) in work {
            let replica = &mut self.devices[number].replica;
            let mut storage = parts[number % 2].workspace(replica.workspace()).unwrap();
            match work {
                Work::Input(input) => replica.handle(&mut storage, moment, input).unwrap(),
                Work::Edit(edit) => {
                    let random = moment.bytes(&format!("edit {number}"));
                    let moment = Moment { now: moment.now, random };
                    replica.apply(&mut storage, &moment, document(number / 2), &[edit]).unwrap();
                }
            }
        }
        let mut out = Vec::new();
        for number in touched {
            let device = &mut self.devices[*number];
            let replica = &mut device.replica;
            let mut storage = parts[number % 2].workspace(replica.workspace()).unwrap();
            let output = replica.flush(&mut storage, moment).unwrap();
            out.extend(output.early.into_iter().chain(output.late).map(|effect| (*number, effect)));
            let before = std::mem::replace(&mut device.wake_at, replica.next_timeout());
            if let Some(before) = before {
                self.timeouts.remove(&(before, *number));
            }
            self.timeouts.extend(device.wake_at.map(|at| (at, *number)));
        }
        parts.into_iter().for_each(|part| part.commit().unwrap());
        out
    }
}

/// Gives a new school its one document: the first store makes it, the others take it in.
fn seed(
    replica: &mut Replica,
    storage: &mut dyn Storage,
    school: usize,
    records: &mut Vec<Vec<u8>>,
) {
    let author = DeviceId(device_key(school, 0).verifying_key().to_bytes());
    if records.is_empty() {
        let record = json!({"id": "ls1", "order": 1, "topic": {"en": "Section"}});
        let commands = root_commands(Kind::LessonStudy, &record);
        replica.apply(storage, &moment(), document(school), &commands).unwrap();
        let stored = storage.records_after(0, usize::MAX).unwrap();
        records.extend(stored.iter().map(|stored| stored.record.encode()));
    } else {
        for record in records {
            replica.take_in(storage, Some(author), record).unwrap();
        }
    }
    replica.flush(storage, &moment()).unwrap();
}
