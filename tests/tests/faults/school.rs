//! Real nodes over real QUIC on loopback: a server and people's devices, each with its own folders.
#![allow(dead_code, reason = "each test file uses a part")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jospar_core::protocol::ClaimLink;
use jospar_core::replica::Station;
use jospar_node::node::{Config, Node};
use jospar_node::service::Request;
use jospar_tests::nodes::{self, SECRET, wait, wait_until_synced};
pub(crate) use jospar_tests::nodes::{LOOPBACK, ask, set, show};
use serde_json::{Value, json};

pub(crate) const EXAMPLE: &str = include_str!("../../../data/example-plan.json");
/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A device's or a server's folders.
pub(crate) struct Place {
    folders: nodes::Place,
    station: Station,
}

impl Place {
    pub(crate) fn new(station: Station) -> Self {
        Self { folders: nodes::Place::new(), station }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folders.path(name)
    }

    pub(crate) fn config(&self, listen: Option<SocketAddr>) -> Config {
        let claims = (self.station == Station::Server).then(nodes::one_claim);
        self.folders.config(self.station, listen, claims)
    }

    pub(crate) fn start(&self, listen: Option<SocketAddr>) -> Node {
        Node::start(self.config(listen)).unwrap()
    }

    pub(crate) fn online(&self) -> Node {
        self.start(Some(LOOPBACK))
    }
}

pub(crate) fn status(node: &Node) -> Value {
    ask(node, Request::Status)
}

pub(crate) fn until(what: &str, done: impl FnMut() -> bool) -> Duration {
    wait(PATIENCE, what, done)
}

pub(crate) fn until_equal(a: &Node, b: &Node) {
    until("both have the same", || status(a)["digest"] == status(b)["digest"]);
    assert_eq!(ask(a, Request::Heads), ask(b, Request::Heads));
}

pub(crate) fn until_synced(node: &Node) {
    wait_until_synced(PATIENCE, node);
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
        let join = || ask(&teacher, Request::Join { link: link.clone(), name: "Әсет".into() });
        let joining = join();
        until("the director hears of the teacher", || {
            // On a bad line the wish can overtake what tells the server of the invite: a person tries again.
            if ask(&teacher, Request::Entry)["state"] == "refused" {
                join();
            }
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
