//! Real nodes over real QUIC on loopback: a server and people's devices, each with its own folders.
#![allow(dead_code, reason = "each test file uses a part")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jospar_core::protocol::ClaimLink;
use jospar_core::replica::Station;
use jospar_node::node::{Config, Node};
use jospar_node::service::Request;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const EXAMPLE: &str = include_str!("../../../data/example-plan.json");
pub(crate) const LOOPBACK: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);
/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const SECRET: [u8; 16] = [7; 16];

/// A device's or a server's folders.
pub(crate) struct Place {
    root: TempDir,
    station: Station,
}

impl Place {
    pub(crate) fn new(station: Station) -> Self {
        Self { root: tempfile::tempdir().unwrap(), station }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn config(&self, listen: Option<SocketAddr>) -> Config {
        let open = Arc::new(Mutex::new(true));
        let claims = move |secret: &[u8; 16]| {
            *secret == SECRET && std::mem::replace(&mut *open.lock().unwrap(), false)
        };
        Config {
            folder: self.path("data"),
            keys: self.path("keys"),
            station: self.station,
            listen,
            lan: false,
            claims: (self.station == Station::Server).then(|| Arc::new(claims) as _),
        }
    }

    pub(crate) fn start(&self, listen: Option<SocketAddr>) -> Node {
        Node::start(self.config(listen)).unwrap()
    }

    pub(crate) fn online(&self) -> Node {
        self.start(Some(LOOPBACK))
    }
}

pub(crate) fn ask(node: &Node, request: Request) -> Value {
    node.service().answer_blocking(&request).unwrap_or_else(|fault| panic!("{request:?}: {fault}"))
}

pub(crate) fn set(node: &Node, path: &str, value: Value) {
    ask(node, Request::Set { path: path.into(), value });
}

pub(crate) fn show(node: &Node, path: &str) -> Value {
    ask(node, Request::Show { path: path.into(), at: Vec::new() })["value"].clone()
}

pub(crate) fn status(node: &Node) -> Value {
    ask(node, Request::Status)
}

pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
    start.elapsed()
}

pub(crate) fn until_equal(a: &Node, b: &Node) {
    until("both have the same", || status(a)["digest"] == status(b)["digest"]);
    assert_eq!(status(a)["heads"], status(b)["heads"]);
}

pub(crate) fn until_synced(node: &Node) {
    until("the server has everything", || {
        let server = status(node)["server"].clone();
        server["connected"] == true && server["equal"] == true
    });
}

pub(crate) fn is_sound(node: &Node) {
    assert_eq!(ask(node, Request::Doctor)["problems"], json!([]));
}

/// A server, and two devices that have the example plan.
pub(crate) struct School {
    pub(crate) server: Place,
    pub(crate) server_node: Option<Node>,
    pub(crate) address: SocketAddr,
    pub(crate) director: Place,
    pub(crate) director_node: Option<Node>,
    pub(crate) teacher: Place,
    pub(crate) teacher_node: Option<Node>,
}

impl School {
    /// With a server that is dialed at its own address.
    pub(crate) fn new() -> Self {
        Self::behind(|address| address)
    }

    /// With a server that is dialed at the address that `relay` gives for its own.
    pub(crate) fn behind(relay: impl FnOnce(SocketAddr) -> SocketAddr) -> Self {
        let server = Place::new(Station::Server);
        let server_node = server.online();
        let address = server_node.local_address().unwrap();
        let (director, teacher) = (Place::new(Station::Device), Place::new(Station::Device));
        let node = director.online();
        ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
        let dialed = relay(address).to_string();
        let claim = ClaimLink { address: dialed, server: server_node.device(), secret: SECRET };
        ask(&node, Request::Claim { link: claim.to_link() });
        until("the server took the school", || ask(&node, Request::Entry)["state"] == "done");
        ask(&node, Request::Import { json: EXAMPLE.into() });
        until_synced(&node);
        let mut school = Self {
            server,
            server_node: Some(server_node),
            address,
            director,
            director_node: Some(node),
            teacher,
            teacher_node: None,
        };
        school.let_in();
        school
    }

    fn let_in(&mut self) {
        let director = self.director_node.as_ref().unwrap();
        let invite = ask(director, Request::Invite { role: "teacher".into(), address: None });
        let teacher = self.teacher.online();
        let link = invite["link"].as_str().unwrap().to_owned();
        let joining = ask(&teacher, Request::Join { link, name: "Әсет".into() });
        until("the director hears of the teacher", || {
            !ask(director, Request::Devices)["waiting"].as_array().unwrap().is_empty()
        });
        let device = joining["words"].as_str().unwrap().to_owned();
        ask(director, Request::Confirm { device, role: None, kinds: Vec::new() });
        until("the teacher is in", || ask(&teacher, Request::Entry)["state"] == "done");
        until_equal(director, &teacher);
        self.teacher_node = Some(teacher);
    }

    pub(crate) fn director(&self) -> &Node {
        self.director_node.as_ref().unwrap()
    }

    pub(crate) fn teacher(&self) -> &Node {
        self.teacher_node.as_ref().unwrap()
    }

    pub(crate) fn server(&self) -> &Node {
        self.server_node.as_ref().unwrap()
    }

    pub(crate) fn stop_server(&mut self) {
        self.server_node.take().unwrap().stop();
    }

    pub(crate) fn start_server(&mut self) {
        self.server_node = Some(self.server.start(Some(self.address)));
        for node in [&self.director_node, &self.teacher_node].into_iter().flatten() {
            ask(node, Request::Sync);
        }
    }
}
