//! Commands about the program itself: the node in the foreground, completions.

use clap_complete::Shell;
use jospar_node::local_socket::Connection;
use jospar_node::node::Node;
use jospar_node::service::{Fault, FaultKind, Request};
use serde_json::json;

use crate::args::Network;
use crate::error;
use crate::help;
use crate::session::{Outcome, Session};

/// Runs a node until Ctrl-C or `jospar node --stop`.
pub(crate) fn run(session: &mut Session, network: Network) -> Outcome {
    let folder = session.place.data.clone();
    if Connection::open(&folder).is_some() {
        return Err(Fault::new(FaultKind::Usage, "error-node-already-running", json!({})));
    }
    let config = session.config(Some(network.listen), !network.no_lan);
    let progress = session.progress("progress-opening");
    let node = Node::start(config).map_err(|error| error::start(error, &folder))?;
    drop(progress);
    if let Err(error) = node.serve() {
        node.stop();
        return Err(error::file(&folder, &error));
    }
    let address = node.local_address().map(|address| address.to_string());
    let place = folder.display().to_string();
    let started = json!({"folder": place, "address": address});
    session.print(&started, |words, _| {
        let running = words.with("node-running", "folder", &place);
        let listening = address.map(|address| words.with("node-listening", "address", &address));
        [Some(running), listening].into_iter().flatten().collect()
    })?;
    node.wait();
    session.out.note(&session.words.word("node-stopping"))?;
    node.stop();
    session.out.note(&session.words.word("node-stopped"))?;
    Ok(0)
}

/// Stops the node that runs on the folder.
pub(crate) fn stop(session: &mut Session) -> Outcome {
    let stopped = match Connection::open(&session.place.data) {
        Some(mut connection) => connection.request(&Request::Stop)?,
        None => return Err(Fault::new(FaultKind::NotFound, "error-node-not-running", json!({}))),
    };
    session.print(&stopped, |words, _| vec![words.word("node-stopped")])?;
    Ok(0)
}

/// Prints the script that makes the Tab key complete commands.
pub(crate) fn completions(session: &mut Session, shell: Shell) -> Outcome {
    let mut script = Vec::new();
    let mut command = help::command(session.words.catalogue());
    clap_complete::generate(shell, &mut command, "jospar", &mut script);
    let script = String::from_utf8_lossy(&script);
    if session.out.is_json() {
        let answer = json!({"shell": shell.to_string(), "script": script});
        session.print(&answer, |_, _| Vec::new())?;
    } else {
        session.out.raw(&script)?;
    }
    Ok(0)
}
