//! W2, W3 and W7: what a client and a server tell each other when they meet again, or for the first time.
//!
//! This process is the client. The time starts when its node runs: the store is open (`open_ms`) and the first dial is
//! under way. It ends when both have named the same digest (`ms`: each has stored what the other has), and when the
//! client has built the view of every document (`shown_ms`); of a fresh client also when somebody who watches the head
//! document of the history that is sent first, the risks, has its view, which must be the whole (`first_ms`). Round trips come from a run of their own in which a relay
//! holds every packet back for a while: the time that this adds, in round trips.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jospar_core::ids::DocumentId;
use jospar_core::replica::LoadError;
use jospar_core::storage::StorageError;
use jospar_node::handle::Turn;
use jospar_node::node::Node;
use jospar_node::quic::Statistics;
use serde_json::Value;

use crate::history::{CHANGES, DOCUMENTS, Made, Plan, document_id};
use crate::measure::{Figures, cpu, ms, resident_kb};
use crate::process::{Remote, block_on, session_costs, until_equal};
use crate::relay::{ONE_WAY, Relay};
use crate::school::{School, Seat, free_address, moment};

pub(crate) const BRANCH_AT: usize = 9_000;
pub(crate) const BRANCH_CHANGES: usize = 100;
pub(crate) const BRANCH_SEED: u32 = 0x0ff1_1e5d;
const IDLE_CHANGES: usize = 5_000;
/// How long after the last news a session is left alone before its bytes are counted.
const QUIET: Duration = Duration::from_millis(300);

struct Meeting {
    open: Duration,
    equal: Duration,
    shown: Duration,
    /// Until the first document was shown, where that was asked for.
    first: Option<Duration>,
    costs: Statistics,
    server_cpu: Duration,
}

/// Starts a client, waits until it and the server have the same, and stops it.
fn meet(school: &School, seat: &Seat, server: &Remote, first: bool) -> Meeting {
    let cpu_before = cpu(server.id());
    let begin = Instant::now();
    let node = Node::start(seat.config(free_address())).unwrap();
    let open = begin.elapsed();
    let start = Instant::now();
    let document = document_id(&school.workspace, DOCUMENTS - 1);
    let first = first.then(|| watch(&node, document, start));
    until_equal(&node, school.server.device);
    let equal = start.elapsed();
    show_all(&node);
    let shown = start.elapsed();
    let first = first.map(|watching| {
        let (first, seen) = watching.join().expect("the document is shown");
        assert_eq!(Some(seen), view(&node, document), "all of it came at once");
        first
    });
    std::thread::sleep(QUIET);
    let costs = session_costs(&node).expect("a session");
    let server_cpu = cpu(server.id()) - cpu_before;
    node.stop();
    Meeting { open, equal, shown, first, costs, server_cpu }
}

/// Waits elsewhere until the document is shown: how long after `start` that was, and what was shown.
fn watch(node: &Node, document: DocumentId, start: Instant) -> JoinHandle<(Duration, Value)> {
    let handle = node.handle().clone();
    std::thread::spawn(move || {
        block_on(async {
            let read = move |turn: &mut Turn<'_>| shown(turn, document);
            let mut views = handle.watch(None, document, read).await.unwrap();
            let shown = views.wait_for(|view| view.as_ref().is_some_and(Option::is_some)).await;
            let view = shown.unwrap().clone().flatten().expect("that was waited for");
            (start.elapsed(), view)
        })
    })
}

fn view(node: &Node, document: DocumentId) -> Option<Value> {
    block_on(node.handle().look(None, move |turn| shown(turn, document))).unwrap()
}

/// The view of a document, once something of it is here.
fn shown(turn: &mut Turn<'_>, document: DocumentId) -> Result<Option<Value>, StorageError> {
    match turn.replica.view(turn.storage, document) {
        Ok(view) => Ok(Some(view)),
        Err(LoadError::Unknown(_)) => Ok(None),
        Err(error) => Err(storage(error)),
    }
}

fn show_all(node: &Node) {
    let shown = block_on(node.handle().look(None, |turn| {
        let all: Vec<DocumentId> = turn.replica.documents().map(|(id, _)| *id).collect();
        for id in all {
            turn.replica.view(turn.storage, id).map_err(storage)?;
        }
        Ok(())
    }));
    shown.unwrap();
}

fn storage(error: LoadError) -> StorageError {
    StorageError::Failed(error.to_string())
}

/// The round trips that a meeting takes, the handshake's included.
fn round_trips(plain: Duration, delayed: Duration) -> f64 {
    delayed.saturating_sub(plain).as_secs_f64() / (2.0 * ONE_WAY.as_secs_f64())
}

fn figures(meeting: &Meeting, server: &Remote) -> Figures {
    let Meeting { open, equal, shown, first, costs, server_cpu } = meeting;
    let first = first.map(|first| ("first_ms", ms(first)));
    let mut figures = vec![("ms", ms(*equal)), ("shown_ms", ms(*shown))];
    figures.extend(first);
    figures.extend([
        ("open_ms", ms(*open)),
        ("bytes_down", costs.frame_bytes_received as f64),
        ("bytes_up", costs.frame_bytes_sent as f64),
        ("udp_bytes_down", costs.bytes_received as f64),
        ("udp_bytes_up", costs.bytes_sent as f64),
        ("server_cpu_ms", ms(*server_cpu)),
        ("server_rss_kb", resident_kb(server.id())),
    ]);
    figures
}

/// A school whose server and first device have met at change 9,000 and gone on apart.
fn apart() -> (tempfile::TempDir, School, Vec<Made>) {
    let root = crate::scratch();
    let school = School::new(root.path(), 1);
    let mut branch = None;
    let (made, _) = school.history(CHANGES, |number, plan: &Plan| {
        if number == BRANCH_AT {
            branch = Some(plan.branch(BRANCH_SEED));
        }
    });
    let device = &school.devices[0];
    let (before, after) = made.split_at(BRANCH_AT);
    school.seed(&school.server, before);
    school.seed(device, before);
    let server = Remote::start(&school.server, school.address, "");
    meet(&school, device, &server, false);
    server.stop();
    school.seed(&school.server, after);
    let mut branch = branch.expect("the history is that long");
    let mut own = Vec::new();
    device.with_replica(school.workspace, |replica, storage| {
        while own.len() < BRANCH_CHANGES {
            let step = branch.next();
            let document = document_id(&school.workspace, step.document);
            let applied = replica.apply(storage, &moment(), document, &step.commands).unwrap();
            own.extend(applied.change);
        }
        replica.flush(storage, &moment()).unwrap();
    });
    (root, school, made)
}

pub(crate) fn offline() -> Figures {
    let (_root, school, _) = apart();
    let server = Remote::start(&school.server, school.address, "");
    let meeting = meet(&school, &school.devices[0], &server, false);
    let mut figures = figures(&meeting, &server);
    server.stop();
    let (_root, school, _) = apart();
    let elsewhere = free_address();
    let server = Remote::start(&school.server, elsewhere, "");
    let relay = Relay::start(school.address, elsewhere);
    let delayed = meet(&school, &school.devices[0], &server, false);
    figures.push(("round_trips", round_trips(meeting.equal, delayed.equal) - 1.0));
    server.stop();
    drop(relay);
    figures
}

/// W3: cold, then warm on the same server.
pub(crate) fn fresh() -> (Figures, Figures) {
    let root = crate::scratch();
    let school = School::new(root.path(), 2);
    let (made, _) = school.history(CHANGES, |_, _| {});
    school.seed(&school.server, &made);
    school.rest(&school.server);
    for seat in &school.devices {
        school.seed(seat, &[]);
    }
    let server = Remote::start(&school.server, school.address, "");
    let cold = meet(&school, &school.devices[0], &server, true);
    let cold = figures(&cold, &server);
    let warm = meet(&school, &school.devices[1], &server, true);
    let warm = figures(&warm, &server);
    server.stop();
    (cold, warm)
}

pub(crate) fn idle() -> Figures {
    let root = crate::scratch();
    let school = School::new(root.path(), 1);
    let (made, _) = school.history(IDLE_CHANGES, |_, _| {});
    let device = &school.devices[0];
    school.seed(&school.server, &made);
    school.seed(device, &made);
    let server = Remote::start(&school.server, school.address, "");
    // The first time they find that they have the same; the second is the one that counts.
    meet(&school, device, &server, false);
    let meeting = meet(&school, device, &server, false);
    server.stop();
    let elsewhere = free_address();
    let server = Remote::start(&school.server, elsewhere, "");
    let relay = Relay::start(school.address, elsewhere);
    let delayed = meet(&school, device, &server, false);
    server.stop();
    drop(relay);
    vec![
        ("ms", ms(meeting.equal)),
        ("bytes_down", meeting.costs.frame_bytes_received as f64),
        ("bytes_up", meeting.costs.frame_bytes_sent as f64),
        ("frames_down", meeting.costs.frames_received as f64),
        ("frames_up", meeting.costs.frames_sent as f64),
        ("udp_bytes_down", meeting.costs.bytes_received as f64),
        ("udp_bytes_up", meeting.costs.bytes_sent as f64),
        ("round_trips", round_trips(meeting.equal, delayed.equal) - 1.0),
        ("server_cpu_us", meeting.server_cpu.as_secs_f64() * 1e6),
    ]
}
