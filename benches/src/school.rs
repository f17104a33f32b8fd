//! A school on disk: who belongs to it, and the stores of its server and devices.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use jospar_core::admission::{Judged, Verdict};
use jospar_core::ids::{DeviceId, PersonId, WorkspaceId};
use jospar_core::policy::{Body, Entry, Policy, Role, Scope};
use jospar_core::replica::{
    COMPACT_RECORDS_MIN, Identity, Moment, Replica, Station, found_workspace,
};
use jospar_node::clock;
use jospar_node::keys;
use jospar_node::node::Config;
use jospar_node::store::{Options, Store};

use crate::history::{self, AUTHORS, Made, Plan};

/// How many envelopes are taken in with one commit while a store is prepared.
const SEED_BATCH: usize = 500;

/// One node's place on disk.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) folder: PathBuf,
    pub(crate) keys: PathBuf,
    pub(crate) device: DeviceId,
    pub(crate) station: Station,
    key: SigningKey,
}

impl Seat {
    pub(crate) fn new(root: &Path, name: &str, station: Station) -> Self {
        let (folder, keys) = (root.join(name).join("data"), root.join(name).join("keys"));
        std::fs::create_dir_all(root.join(name)).unwrap();
        let own = keys::open(&folder, &keys).unwrap();
        Self { folder, keys, device: own.key.device(), station, key: own.key.signing_key().clone() }
    }

    pub(crate) fn config(&self, listen: SocketAddr) -> Config {
        Config {
            folder: self.folder.clone(),
            keys: self.keys.clone(),
            station: self.station,
            listen: Some(listen),
            lan: false,
            claims: None,
        }
    }

    /// Runs something on the replica in the store of this seat, which no node may have open.
    pub(crate) fn with_replica<T>(
        &self,
        workspace: WorkspaceId,
        run: impl FnOnce(&mut Replica, &mut dyn jospar_core::storage::Storage) -> T,
    ) -> T {
        let mut store = self.open();
        let transaction = store.begin().unwrap();
        let mut storage = transaction.workspace(workspace).unwrap();
        let mut replica = Replica::open(&storage, workspace, &self.identity()).unwrap();
        let result = run(&mut replica, &mut storage);
        transaction.commit().unwrap();
        store.close().unwrap();
        result
    }

    /// Its store, which no node may have open.
    pub(crate) fn open(&self) -> Store {
        let lease = keys::open(&self.folder, &self.keys).unwrap().lease;
        let options = Options { lease: Some(lease), ..Options::default() };
        Store::open(&self.folder, &options).unwrap()
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity { key: self.key.clone(), station: self.station }
    }
}

/// A school: a server, devices that all may write, and the authors of the plan's history.
pub(crate) struct School {
    pub(crate) workspace: WorkspaceId,
    pub(crate) server: Seat,
    pub(crate) devices: Vec<Seat>,
    /// Where the policy says that the server is.
    pub(crate) address: SocketAddr,
    policy: Policy,
    authors: Vec<SigningKey>,
}

/// A UDP port of 127.0.0.1 that nobody uses.
pub(crate) fn free_address() -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.local_addr().unwrap()
}

impl School {
    pub(crate) fn new(root: &Path, devices: usize) -> Self {
        let server = Seat::new(root, "server", Station::Server);
        let devices: Vec<Seat> = (0..devices)
            .map(|number| Seat::new(root, &format!("device{number}"), Station::Device))
            .collect();
        let authors: Vec<SigningKey> =
            (1..=AUTHORS).map(|n| SigningKey::from_bytes(&[n as u8; 32])).collect();
        let director = devices[0].key.clone();
        let (workspace, genesis) = found_workspace(&director, &moment());
        let mut policy = Policy::new(workspace, &genesis).unwrap();
        let address = free_address();
        let mut add = |body: Body| {
            let entry = Entry::sign(&director, &policy, body).encode();
            assert!(policy.insert(&entry).unwrap(), "a new entry");
        };
        add(Body::ServerKey { server: server.device, address: address.to_string() });
        let of_author = |key: &SigningKey| DeviceId(key.verifying_key().to_bytes());
        let others = devices.iter().skip(1).map(|seat| seat.device);
        for (number, device) in others.chain(authors.iter().map(of_author)).enumerate() {
            let person = PersonId([number as u8; 16]);
            add(Body::Grant { device, person, role: Role::Teacher, scope: Scope::default() });
        }
        Self { workspace, server, devices, address, policy, authors }
    }

    /// The first `count` changes of the plan's history.
    pub(crate) fn history(&self, count: usize, at: impl FnMut(usize, &Plan)) -> (Vec<Made>, Plan) {
        let head = |device: &DeviceId| self.policy.head_for(device);
        history::write(&self.workspace, &self.authors, head, count, at)
    }

    /// Puts the policy and `made` into a seat's store, through admission.
    pub(crate) fn seed(&self, seat: &Seat, made: &[Made]) {
        let mut store = seat.open();
        let transaction = store.begin().unwrap();
        let mut storage = transaction.create_workspace(self.workspace).unwrap();
        for entry in self.policy.ordered() {
            jospar_core::storage::Storage::append_policy(
                &mut storage,
                entry.hash(),
                &entry.encode(),
            )
            .unwrap();
        }
        let mut replica = Replica::open(&storage, self.workspace, &seat.identity()).unwrap();
        transaction.commit().unwrap();
        for batch in made.chunks(SEED_BATCH) {
            let transaction = store.begin().unwrap();
            let mut storage = transaction.workspace(self.workspace).unwrap();
            for Made { device, envelope, .. } in batch {
                let judged = replica.take_in(&mut storage, Some(*device), envelope).unwrap();
                let admitted = |one: &Judged| matches!(one.verdict, Verdict::Admitted(_));
                assert!(judged.iter().all(admitted), "{judged:?}");
            }
            replica.flush(&mut storage, &moment()).unwrap();
            transaction.commit().unwrap();
        }
        store.close().unwrap();
    }

    /// Packs a seat's log as it is packed when nothing has come for some seconds.
    pub(crate) fn rest(&self, seat: &Seat) {
        seat.with_replica(self.workspace, |replica, storage| {
            while replica.compact(storage, COMPACT_RECORDS_MIN).unwrap() > 0 {}
        });
    }
}

/// Now.
pub(crate) fn moment() -> Moment {
    clock::moment().unwrap()
}
