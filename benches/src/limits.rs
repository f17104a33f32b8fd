//! L: what the disk, the network and the libraries allow on this computer, measured beside the workloads.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{ActorId, Automerge, Change, ObjId, ROOT, ReadDoc as _};
use ed25519_dalek::SigningKey;
use jospar_core::ids::DeviceId;
use jospar_core::log::{Envelope, Tip};
use jospar_core::plan::Kind;
use jospar_core::storage::Storage as _;
use jospar_node::quic::{Endpoint, Lane, Limits, NetEvent};
use jospar_node::store::{Options, Store};
use tokio::runtime::{Builder, Runtime};

use crate::history::{CHANGES, Made, document_id};
use crate::measure::{Figures, percentile_us};
use crate::process::PATIENCE;
use crate::school::School;

const COUNT: usize = 500;
const FRAME_BYTES: usize = 100;
const ZSTD_LEVEL: i32 = 19;

pub(crate) fn run() -> Figures {
    let root = crate::scratch();
    let school = School::new(root.path(), 1);
    let (made, plan) = school.history(CHANGES, |_, _| {});
    let (edit, apply) = automerge(&school, &made);
    let missing: Vec<u8> = made.iter().skip(9_000).flat_map(|made| made.change.clone()).collect();
    let packed = zstd::bulk::compress(&missing, ZSTD_LEVEL).unwrap();
    let text: usize = (0..40).map(|section| plan.text(section).len()).sum();
    vec![
        ("commit_p50_us", commit(&school, root.path(), &made)),
        ("fdatasync_p50_us", fdatasync(root.path())),
        ("quic_echo_p50_us", quic_echo()),
        ("edit_p50_us", edit),
        ("apply_p50_us", apply),
        ("w2_missing_bytes", missing.len() as f64),
        ("w2_missing_zstd19_bytes", packed.len() as f64),
        ("plan_text_bytes", text as f64),
    ]
}

/// One envelope, one durable commit.
fn commit(school: &School, root: &std::path::Path, made: &[Made]) -> f64 {
    let mut store = Store::open(&root.join("limit"), &Options::default()).unwrap();
    store.begin().unwrap().create_workspace(school.workspace).unwrap();
    let mut times = Vec::with_capacity(COUNT);
    for Made { envelope, .. } in made.iter().take(COUNT) {
        let envelope = Envelope::decode(&school.workspace, envelope).unwrap();
        let header = &envelope.changes[0].header;
        let start = Instant::now();
        let transaction = store.begin().unwrap();
        let mut storage = transaction.create_workspace(school.workspace).unwrap();
        let mut vector = storage.vector(envelope.document).unwrap();
        let previous = vector.tip(&envelope.actor).map(|tip| tip.hash);
        let tip = Tip { seq: header.seq, hash: header.hash };
        vector.advance(envelope.actor, previous, tip);
        storage.append(None, &envelope.clone().into(), &vector).unwrap();
        transaction.commit().unwrap();
        times.push(start.elapsed());
    }
    percentile_us(&mut times, 500)
}

fn fdatasync(root: &std::path::Path) -> f64 {
    let mut file = std::fs::File::create(root.join("fdatasync")).unwrap();
    let mut times = Vec::with_capacity(COUNT);
    for _ in 0..COUNT {
        let start = Instant::now();
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        times.push(start.elapsed());
    }
    percentile_us(&mut times, 500)
}

fn endpoint(seed: u8) -> (Runtime, Endpoint, Receiver<NetEvent>) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (sender, events) = sync_channel(16_384);
    let key = SigningKey::from_bytes(&[seed; 32]);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let endpoint =
        Endpoint::bind(runtime.handle(), &key, address, Limits::server(), sender).unwrap();
    (runtime, endpoint, events)
}

/// The other end: sends back every frame until its session closes.
pub(crate) fn echo() {
    let (_runtime, endpoint, events) = endpoint(2);
    println!("{}", endpoint.local_address().unwrap());
    while let Ok(event) = events.recv_timeout(PATIENCE) {
        match event {
            NetEvent::Opened { session, .. } => endpoint.admit(session),
            NetEvent::Frame { session, bytes, .. } => {
                endpoint.send(session, Lane::Control, bytes).unwrap();
            }
            NetEvent::Closed { .. } => return,
            _ => {}
        }
    }
}

fn quic_echo() -> f64 {
    let (_runtime, endpoint, events) = endpoint(1);
    let program = std::env::current_exe().unwrap();
    let mut other = Command::new(program).arg("echo").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut output = std::io::BufReader::new(other.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut output, &mut line).unwrap();
    let peer = DeviceId(SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes());
    endpoint.dial(line.trim().parse().unwrap(), peer).unwrap();
    let NetEvent::Opened { session, .. } = events.recv_timeout(PATIENCE).unwrap() else {
        unreachable!("a session opens first")
    };
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..4 * COUNT {
        let start = Instant::now();
        endpoint.send(session, Lane::Control, vec![7; FRAME_BYTES]).unwrap();
        while !matches!(events.recv_timeout(PATIENCE).unwrap(), NetEvent::Frame { .. }) {}
        times.push(start.elapsed());
    }
    endpoint.close(session, 0, "done");
    other.wait().unwrap();
    percentile_us(&mut times[COUNT..], 500)
}

/// A one-character edit of the text of W1-plan with automerge alone, and its application elsewhere.
fn automerge(school: &School, made: &[Made]) -> (f64, f64) {
    let document = document_id(&school.workspace, 0);
    let genesis = Kind::Initiatives.genesis().bytes;
    let bytes = made.iter().filter(|made| made.document == document).map(|made| &made.change);
    let changes: Vec<Change> = std::iter::once(&genesis)
        .chain(bytes)
        .map(|bytes| Change::from_bytes(bytes.clone()).unwrap())
        .collect();
    let mut a = Automerge::new().with_actor(ActorId::from([9; 16]));
    a.apply_changes(changes).unwrap();
    let mut b = a.clone().with_actor(ActorId::from([8; 16]));
    let text = ["initiatives", "in0", "chain", "strategy", "text"]
        .iter()
        .fold(ROOT, |object, key| inside(&a, &object, key));
    let paragraph = a.keys(&text).next().expect("a paragraph");
    let text = inside(&a, &inside(&a, &text, &paragraph), "text");
    let (mut edits, mut applies) = (Vec::new(), Vec::new());
    for _ in 0..COUNT {
        let start = Instant::now();
        let mut transaction = a.transaction();
        let end = transaction.length(&text);
        transaction.splice_text(&text, end, 0, "x").unwrap();
        let (hash, _) = transaction.commit_with(CommitOptions::default());
        let change = a.get_change_by_hash(&hash.unwrap()).unwrap();
        edits.push(start.elapsed());
        let start = Instant::now();
        b.apply_changes([change]).unwrap();
        applies.push(start.elapsed());
    }
    (percentile_us(&mut edits, 500), percentile_us(&mut applies, 500))
}

fn inside(doc: &Automerge, object: &ObjId, key: &str) -> ObjId {
    doc.get(object, key).unwrap().expect("something is there").1
}
