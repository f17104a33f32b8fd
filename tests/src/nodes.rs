//! Nodes in the test's own process: folders, requests, and waiting.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at once where something goes wrong"
)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jospar_core::replica::Station;
use jospar_node::Claims;
use jospar_node::node::{Config, Node};
use jospar_node::service::Request;
use serde_json::Value;
use tempfile::TempDir;

/// Any free port of this machine alone.
pub const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// What [`one_claim`] takes.
pub const SECRET: [u8; 16] = [7; 16];

/// A node's folders, which go with it.
#[derive(Debug)]
pub struct Place(TempDir);

impl Default for Place {
    fn default() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl Place {
    /// New, empty folders.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The folder that holds them.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// Something in them.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// As [`Place::path`], as text.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// What a node here starts with.
    #[must_use]
    pub fn config(
        &self,
        station: Station,
        listen: Option<SocketAddr>,
        claims: Option<Claims>,
    ) -> Config {
        let (folder, keys) = (self.path("data"), self.path("keys"));
        Config { folder, keys, station, listen, lan: false, claims }
    }

    /// A device's node that listens.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn online(&self) -> Node {
        Node::start(self.config(Station::Device, Some(LOOPBACK), None)).unwrap()
    }

    /// A device's node without a network.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn offline(&self) -> Node {
        Node::start(self.config(Station::Device, None, None)).unwrap()
    }
}

/// Takes [`SECRET`], once.
#[must_use]
pub fn one_claim() -> Claims {
    let open = Mutex::new(true);
    Arc::new(move |secret: &[u8; 16]| {
        *secret == SECRET && std::mem::replace(&mut *open.lock().unwrap(), false)
    })
}

/// The answer to a request.
///
/// # Panics
/// If it is refused.
pub fn ask(node: &Node, request: Request) -> Value {
    node.service().answer_blocking(&request).unwrap_or_else(|fault| panic!("{request:?}: {fault}"))
}

/// What stands at a path.
///
/// # Panics
/// If nothing does.
#[must_use]
pub fn show(node: &Node, path: &str) -> Value {
    ask(node, Request::Show { path: path.into(), at: Vec::new() })["value"].clone()
}

/// Writes a plain value.
///
/// # Panics
/// If it is refused.
pub fn set(node: &Node, path: &str, value: Value) {
    ask(node, Request::Set { path: path.into(), value });
}

/// Waits until something is so, and says how long that took.
///
/// # Panics
/// If it takes longer than `patience`.
pub fn wait(patience: Duration, what: &str, mut done: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < patience, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
    start.elapsed()
}

/// Waits until the server, which is connected, has exactly what this node has.
///
/// # Panics
/// If it takes longer than `patience`.
pub fn wait_until_synced(patience: Duration, node: &Node) {
    wait(patience, "the server has everything", || ask(node, Request::Status)["synced"] == true);
}
