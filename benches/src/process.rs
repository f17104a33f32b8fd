//! Nodes in processes of their own: this program starts itself again and speaks lines with it over pipes.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use jospar_core::ids::DeviceId;
use jospar_core::replica::Station;
use jospar_node::node::{Config, Node};
use jospar_node::quic::Statistics;
use jospar_node::quota::Quotas;
use serde_json::Value;

use crate::school::Seat;

/// How long one step may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A node that runs in another process.
pub(crate) struct Remote {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Remote {
    /// Starts a node; `watched` is the path of a text whose length it prints whenever something arrives.
    pub(crate) fn start(seat: &Seat, listen: SocketAddr, watched: &str) -> Self {
        let station = if seat.station == Station::Server { "server" } else { "device" };
        Self::start_as(seat, station, listen, watched)
    }

    /// Starts a server that keeps the limits of every server, but has places for a nation.
    pub(crate) fn start_district(seat: &Seat, listen: SocketAddr) -> Self {
        Self::start_as(seat, "district", listen, "")
    }

    fn start_as(seat: &Seat, station: &str, listen: SocketAddr, watched: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("node")
            .args([&seat.folder, &seat.keys])
            .args([station, &listen.to_string(), watched])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take().unwrap();
        let remote = Self { child, input, lines };
        assert_eq!(remote.line(), "ready");
        remote
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line it prints.
    pub(crate) fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the other process answers in time")
    }

    /// Waits until it prints a length of at least `length`.
    pub(crate) fn until_shown(&self, length: usize) {
        while self.line().parse::<usize>().unwrap_or(0) < length {}
    }

    pub(crate) fn ask(&mut self, question: &str) -> String {
        writeln!(self.input, "{question}").unwrap();
        let prefix = "answer ";
        loop {
            if let Some(answer) = self.line().strip_prefix(prefix) {
                return answer.to_owned();
            }
        }
    }

    /// Waits until its node and this peer have the same.
    pub(crate) fn meet(&mut self, peer: DeviceId) {
        self.ask(&format!("meet {peer}"));
    }

    /// Ends it with SIGKILL, without a word.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it end well.
    pub(crate) fn stop(mut self) {
        drop(self.input);
        self.child.wait().unwrap();
    }
}

/// The other end: `node FOLDER KEYS STATION LISTEN WATCHED`.
pub(crate) fn run(arguments: &[String]) {
    let [folder, keys, station, listen, watched] = arguments else { return };
    let limited = station == "district";
    let station = if station == "device" { Station::Device } else { Station::Server };
    let config = Config {
        folder: folder.into(),
        keys: keys.into(),
        station,
        listen: Some(listen.parse().unwrap()),
        lan: false,
        claims: None,
    };
    let quotas = Quotas { schools: u32::MAX, ..Quotas::default() };
    let node = if limited { Node::start_limited(config, quotas) } else { Node::start(config) };
    let node = node.unwrap();
    say("ready");
    if !watched.is_empty() {
        watch(&node, watched.clone());
    }
    for line in std::io::stdin().lines().map_while(Result::ok) {
        if let Some((document, change)) = line.strip_prefix("has ").and_then(|l| l.split_once(' '))
        {
            let (document, change) = (document.parse().unwrap(), change.parse().unwrap());
            let call =
                node.handle().look(None, move |turn| turn.storage.find_change(document, change));
            say(&format!("answer {}", block_on(call).unwrap().is_some()));
        }
        if let Some(peer) = line.strip_prefix("meet ") {
            until_equal(&node, peer.parse().unwrap());
            say("answer met");
        }
    }
    node.stop();
}

/// Prints the length of a text each time that its document changes.
fn watch(node: &Node, path: String) {
    let service = node.service().clone();
    std::thread::spawn(move || {
        block_on(async {
            let mut text = service.watch_text(&path).await.unwrap();
            loop {
                say(&text_length(text.borrow_and_update().as_ref().expect("a text")));
                if text.changed().await.is_err() {
                    return;
                }
            }
        });
    });
}

fn text_length<E>(answer: &Result<Value, E>) -> String {
    let text = answer.as_ref().ok().and_then(|answer| answer["text"].as_str());
    text.unwrap_or_default().len().to_string()
}

fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}").and_then(|()| output.flush()).unwrap();
}

/// Waits for a future on a thread that may block.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

/// True once the node and this peer have said that they have the same.
pub(crate) fn is_equal(node: &Node, peer: DeviceId) -> bool {
    block_on(node.handle().look(None, move |turn| Ok(turn.replica.is_equal_with(&peer)))).unwrap()
}

/// Waits until the node and this peer have the same.
pub(crate) fn until_equal(node: &Node, peer: DeviceId) {
    let start = Instant::now();
    while !is_equal(node, peer) {
        assert!(start.elapsed() < PATIENCE, "both have the same in time");
        std::thread::sleep(Duration::from_micros(300));
    }
}

/// What the only session of a node has cost so far.
pub(crate) fn session_costs(node: &Node) -> Option<Statistics> {
    let endpoint = node.endpoint()?;
    (0..100).find_map(|number| endpoint.statistics(jospar_core::protocol::SessionId(number)))
}
