//! With real nodes, stores, key folders, a server over QUIC, workspace files and backups.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jospar_core::protocol::ClaimLink;
use jospar_core::replica::{Station, is_sealed};
use jospar_core::storage::Storage as _;
use jospar_node::node::Node;
use jospar_node::service::{Fault, Request};
use jospar_node::store::{Options, RestoreOptions, Store, restore};
use jospar_tests::nodes::{LOOPBACK, Place, SECRET, ask, one_claim, show, wait, wait_until_synced};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);
/// What nobody may find.
pub(super) const CANARY: &str = "canary Aigerim is afraid of the sixth grade";

fn serve(place: &Place, listen: SocketAddr) -> Node {
    Node::start(place.config(Station::Server, Some(listen), Some(one_claim()))).unwrap()
}

fn refused(node: &Node, request: Request) -> Fault {
    node.service().answer_blocking(&request).expect_err("should be refused")
}

/// As [`show`]; nothing if there is no such place yet.
fn peek(node: &Node, path: &str) -> Value {
    let request = Request::Show { path: path.into(), at: Vec::new() };
    node.service().answer_blocking(&request).map_or(Value::Null, |shown| shown["value"].clone())
}

fn until(what: &str, done: impl FnMut() -> bool) {
    wait(PATIENCE, what, done);
}

fn digest(node: &Node) -> Value {
    ask(node, Request::Status)["digest"].clone()
}

pub(super) fn add(node: &Node, path: &str, id: &str, record: Value) {
    let (path, id) = (path.into(), Some(id.into()));
    ask(node, Request::Add { path, id, record, after: None });
}

/// The director's node starts a school.
pub(super) fn found(node: &Node) {
    ask(node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
}

/// Lets a device in by files.
pub(super) fn let_in(director: &Node, other: &Node, stick: &Place, role: &str) {
    let (request, plan) = (stick.file("request"), stick.file("plan"));
    ask(other, Request::JoinFile { path: request.clone(), name: role.into() });
    let asked = ask(director, Request::TakeBundle { path: request });
    let device = asked["request"]["device"].as_str().unwrap().to_owned();
    ask(director, Request::Confirm { device, role: Some(role.into()), kinds: Vec::new() });
    ask(director, Request::Bundle { path: plan.clone() });
    ask(other, Request::TakeBundle { path: plan });
    carry(other, director, stick);
}

/// Everything that one node has, by file.
fn carry(from: &Node, to: &Node, stick: &Place) {
    let path = stick.file("carried");
    ask(from, Request::Bundle { path: path.clone() });
    ask(to, Request::TakeBundle { path });
}

pub(super) fn carry_both_ways(a: &Node, b: &Node, stick: &Place) {
    for _ in 0..3 {
        carry(a, b, stick);
        carry(b, a, stick);
    }
}

/// A survey's answers with the canary in them.
pub(super) fn add_answers(node: &Node) {
    add(node, "survey_rows", "sr1", json!({"survey": "sv1", "date": "2026-11-20"}));
    let row = json!({"role": "teacher", "answers": {"q1": 4}, "comment": CANARY});
    add(node, "survey_rows/sr1/rows", "row1", row);
}

pub(super) const COMMENT: &str = "survey_rows/sr1/rows/row1/comment";

/// Every file under a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// The files under a folder in which the needle stands.
pub(super) fn hits(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| holds(&std::fs::read(path).unwrap_or_default(), needle);
    files(folder).into_iter().filter(holds).collect()
}

/// The last bytes of each sealed and key chunk in a store that is closed: ciphertext that stands nowhere else.
fn ciphertext(place: &Place) -> Vec<Vec<u8>> {
    let mut store = Store::open(&place.path("data"), &Options::default()).unwrap();
    let id = store.workspaces().unwrap()[0];
    let transaction = store.begin().unwrap();
    let stored = transaction.workspace(id).unwrap().records_after(0, usize::MAX).unwrap();
    let sealed = stored.iter().filter(|stored| is_sealed(&stored.record.document()));
    let chunks = sealed.flat_map(|stored| stored.record.changes());
    let samples: Vec<_> = chunks.map(|c| c.bytes[c.bytes.len() - 32..].to_vec()).collect();
    assert!(samples.len() >= 3, "a key and two sealed changes were expected in the store");
    samples
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that any node of this process logs.
fn log() -> Log {
    static LOG: std::sync::OnceLock<Log> = std::sync::OnceLock::new();
    let made = LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .init();
        log
    });
    made.clone()
}

/// A server, and a director and a teacher who reach it.
fn school() -> ([Place; 3], Node, Node, Node) {
    let places = [Place::new(), Place::new(), Place::new()];
    let server = serve(&places[0], LOOPBACK);
    let director = places[1].online();
    found(&director);
    let address = server.local_address().unwrap().to_string();
    let link = ClaimLink { address, server: server.device(), secret: SECRET }.to_link();
    ask(&director, Request::Claim { link });
    until("the server took the school", || ask(&director, Request::Entry)["state"] == "done");
    wait_until_synced(PATIENCE, &director);
    let invite = ask(&director, Request::Invite { role: "teacher".into(), address: None });
    let teacher = places[2].online();
    let link = invite["link"].as_str().unwrap().to_owned();
    ask(&teacher, Request::Join { link, name: "Әсет".into() });
    let waiting = || ask(&director, Request::Devices)["waiting"].as_array().unwrap().clone();
    until("the director hears of the teacher", || !waiting().is_empty());
    let device = waiting()[0]["device"].as_str().unwrap().to_owned();
    ask(&director, Request::Confirm { device, role: None, kinds: Vec::new() });
    until("the teacher is in", || ask(&teacher, Request::Entry)["state"] == "done");
    until("both have the same", || digest(&director) == digest(&teacher));
    (places, server, director, teacher)
}

#[test]
fn t33_t34_answers_are_on_no_disk_and_in_no_log() {
    let log = log();
    let (places, server, director, teacher) = school();
    add_answers(&teacher);
    until("the director reads the answer", || peek(&director, COMMENT) == CANARY);
    assert_eq!(digest(&server), digest(&teacher));
    add(&director, "survey_rows/sr1/rows", "row2", json!({"comment": format!("two {CANARY}")}));
    until("the teacher reads the director's", || {
        peek(&teacher, "survey_rows/sr1/rows/row2/comment") == format!("two {CANARY}")
    });
    let canary = CANARY.as_bytes();
    for place in &places {
        assert_eq!(hits(place.root(), canary), Vec::<PathBuf>::new(), "while it runs");
    }
    for node in [server, director, teacher] {
        node.stop();
    }
    for place in &places {
        assert_eq!(hits(place.root(), canary), Vec::<PathBuf>::new(), "after it stopped");
    }
    let log = log.0.lock().unwrap();
    assert!(log.len() > 100, "the log was looked at");
    assert!(!holds(&log, canary));
}

#[test]
fn t39_a_file_of_sealed_answers_stays_sealed_for_those_without_a_right() {
    let [a, b, c, d, stick] = std::array::from_fn(|_| Place::new());
    let (director, teacher) = (a.offline(), b.offline());
    let (viewer, second) = (c.offline(), d.offline());
    found(&director);
    for (node, role) in [(&second, "director"), (&viewer, "viewer"), (&teacher, "teacher")] {
        let_in(&director, node, &stick, role);
    }
    add_answers(&teacher);
    add(&teacher, "reflections", "rf1", json!({"what_worked": CANARY}));
    carry(&teacher, &director, &stick);
    assert!(!holds(&std::fs::read(stick.path("carried")).unwrap(), CANARY.as_bytes()));
    carry(&teacher, &viewer, &stick);
    assert_eq!(show(&director, COMMENT), CANARY);
    assert_eq!(show(&teacher, "reflections/rf1/what_worked"), CANARY);
    for (node, part) in
        [(&viewer, "survey_rows"), (&viewer, "reflections"), (&director, "reflections")]
    {
        let list = show(node, part);
        assert_eq!(list[0]["sealed"], true, "{part}: {list}");
        assert!(!list.to_string().contains(CANARY));
        let path = format!("{part}/{}", list[0]["id"].as_str().unwrap());
        let shown = ask(node, Request::Show { path: path.clone(), at: Vec::new() });
        assert_eq!((&shown["place"], &shown["value"]), (&json!("sealed"), &Value::Null));
        let set = Request::Set { path: format!("{path}/date"), value: json!("2026-01-01") };
        let key = refused(node, set).key;
        assert!(["error-sealed", "error-no-right"].contains(&key.as_str()), "{key}");
        let history = Request::History { path: String::new(), limit: 1_000 };
        assert!(!ask(node, history).to_string().contains(part));
        assert!(!ask(node, Request::Export).to_string().contains("canary"));
        assert_eq!(ask(node, Request::Status)["quarantined"], 0);
    }
    // Whoever cannot read it passes it on all the same.
    assert_eq!(show(&second, "survey_rows"), json!([]));
    carry(&viewer, &second, &stick);
    assert_eq!(show(&second, COMMENT), CANARY);
}

#[test]
fn a_device_granted_later_reads_what_was_sealed_before() {
    let [a, b, c, stick] = [Place::new(), Place::new(), Place::new(), Place::new()];
    let (director, teacher, second) = (a.offline(), b.offline(), c.offline());
    found(&director);
    let_in(&director, &teacher, &stick, "teacher");
    add_answers(&teacher);
    carry(&teacher, &director, &stick);
    let_in(&director, &second, &stick, "director");
    let closed = show(&second, "survey_rows");
    assert_eq!(closed[0]["sealed"], true);
    // The second director's device asks; whoever has the key answers, here the teacher's.
    carry(&second, &teacher, &stick);
    carry(&teacher, &second, &stick);
    assert_eq!(show(&second, COMMENT), CANARY);
    carry_both_ways(&second, &director, &stick);
    carry_both_ways(&teacher, &director, &stick);
    carry_both_ways(&second, &teacher, &stick);
    assert_eq!(digest(&second), digest(&teacher));
    // The second director's device writes with the same key, and the others read it.
    add(&second, "survey_rows/sr1/rows", "row2", json!({"comment": "three"}));
    carry(&second, &teacher, &stick);
    assert_eq!(show(&teacher, "survey_rows/sr1/rows/row2/comment"), "three");
}

#[test]
fn t33_a_device_shut_out_reads_nothing_that_is_sealed_afterwards() {
    let [a, b, c, stick] = [Place::new(), Place::new(), Place::new(), Place::new()];
    let (director, teacher, second) = (a.offline(), b.offline(), c.offline());
    found(&director);
    let_in(&director, &teacher, &stick, "teacher");
    let_in(&director, &second, &stick, "director");
    carry_both_ways(&director, &teacher, &stick);
    add_answers(&teacher);
    carry(&teacher, &second, &stick);
    assert_eq!(show(&second, COMMENT), CANARY);
    let device = second.device().to_string();
    ask(&director, Request::Revoke { device });
    carry_both_ways(&director, &teacher, &stick);
    add(&teacher, "survey_rows/sr1/rows", "row2", json!({"comment": "after"}));
    carry(&teacher, &director, &stick);
    assert_eq!(show(&director, "survey_rows/sr1/rows/row2/comment"), "after");
    // The new ciphertext reaches it by a stolen file.
    carry(&teacher, &second, &stick);
    let rows = show(&second, "survey_rows/sr1/rows");
    assert_eq!(rows.as_array().unwrap().len(), 1, "{rows}");
    let held = ask(&second, Request::Quarantine)["changes"].clone();
    assert_eq!(held[0]["reason"], "quarantine-locked", "{held}");
}

fn drop_request(document: &str, reason: &str) -> Request {
    Request::Drop { document: document.into(), reason: reason.into() }
}

/// The receipt of the first drop, as a node knows it: how many devices of how many.
fn receipt(node: &Node) -> [u64; 2] {
    let drop = ask(node, Request::Status)["dropped"][0].clone();
    ["devices", "of"].map(|member| drop[member].as_u64().unwrap_or_default())
}

fn until_gone(place: &Place, samples: &[Vec<u8>]) {
    until("no byte of it is left", || {
        samples.iter().all(|sample| hits(place.root(), sample).is_empty())
    });
}

fn drop_answers(director: &Node, teacher: &Node) {
    let key = |node: &Node, request: Request| refused(node, request).key;
    assert_eq!(key(teacher, drop_request("survey_rows/sr1", "wish")), "error-not-director");
    assert_eq!(key(director, drop_request("survey_rows/sr1", " ")), "error-drop-reason");
    assert_eq!(key(director, drop_request("swot", "wish")), "error-drop-part");
    let dropped = ask(director, drop_request("survey_rows/sr1", "wish of the family"));
    let document = dropped["document"].as_str().unwrap();
    assert_eq!(key(director, drop_request(document, "again")), "error-path-not-found");
}

#[test]
fn a_dropped_document_is_gone_from_every_store_also_where_a_device_was_away() {
    let ([server_place, director_place, teacher_place], server, director, teacher) = school();
    let (stick, second_place) = (Place::new(), Place::new());
    let second = second_place.offline();
    let_in(&director, &second, &stick, "director");
    until("the teacher knows the third device", || {
        let devices = ask(&teacher, Request::Devices)["devices"].as_array().unwrap().len();
        devices == 3 && digest(&director) == digest(&teacher)
    });
    add_answers(&teacher);
    until("the director reads the answer", || peek(&director, COMMENT) == CANARY);
    carry(&teacher, &second, &stick);
    assert_eq!(show(&second, COMMENT), CANARY);
    let address = server.local_address().unwrap();
    for node in [server, director, teacher, second] {
        node.stop();
    }
    let samples = ciphertext(&teacher_place);
    let places = [&server_place, &director_place, &teacher_place, &second_place];
    for place in places {
        let found = samples.iter().filter(|sample| !hits(place.root(), sample).is_empty());
        assert_eq!(found.count(), samples.len(), "before the drop the samples are there");
    }
    let server = serve(&server_place, address);
    let (director, teacher) = (director_place.online(), teacher_place.online());
    add(&teacher, "survey_rows", "sr2", json!({"survey": "this one stays"}));
    until("the director reads it", || peek(&director, "survey_rows/sr2/survey") != Value::Null);
    drop_answers(&director, &teacher);
    until("two of three devices have dropped it", || receipt(&director) == [2, 3]);
    until("all have the same", || {
        digest(&director) == digest(&teacher) && digest(&director) == digest(&server)
    });
    wait_until_synced(PATIENCE, &director);
    for node in [&director, &teacher] {
        assert_eq!(show(node, "survey_rows/sr2/survey"), "this one stays");
        assert_eq!(show(node, "survey_rows").as_array().unwrap().len(), 1);
        assert_eq!(ask(node, Request::Doctor)["problems"], json!([]));
    }
    for place in [&server_place, &director_place, &teacher_place] {
        until_gone(place, &samples);
    }
    let second = second_place.offline();
    carry(&director, &second, &stick);
    assert_eq!(peek(&second, COMMENT), Value::Null);
    until_gone(&second_place, &samples);
    carry(&second, &director, &stick);
    until("all devices have dropped it", || receipt(&director) == [3, 3]);
    for node in [server, director, teacher, second] {
        node.stop();
    }
    for place in places {
        until_gone(place, &samples);
    }
}

/// The teacher's device from a backup, with the key folder as it is.
fn restored(backup: &Path, teacher: &Place) -> (Place, Node) {
    let place = Place::new();
    for folder in ["data", "keys"] {
        std::fs::create_dir(place.path(folder)).unwrap();
    }
    for file in files(&teacher.path("keys")) {
        std::fs::copy(&file, place.path("keys").join(file.file_name().unwrap())).unwrap();
    }
    std::fs::copy(teacher.path("data/device.json"), place.path("data/device.json")).unwrap();
    restore(backup, &place.path("data"), RestoreOptions::default()).unwrap();
    let node = place.offline();
    (place, node)
}

#[test]
fn t40_an_old_backup_of_a_dropped_document_cannot_be_read() {
    let [a, b, stick] = std::array::from_fn(|_| Place::new());
    let (director, teacher) = (a.offline(), b.offline());
    found(&director);
    let_in(&director, &teacher, &stick, "teacher");
    add_answers(&teacher);
    carry_both_ways(&teacher, &director, &stick);
    let backup = stick.path("backup");
    ask(&teacher, Request::Backup { path: stick.file("backup") });
    // Before the drop it can be read, which shows that the key folder and the backup are all it takes.
    let (_place, before) = restored(&backup, &b);
    assert_eq!(show(&before, COMMENT), CANARY);
    drop_answers(&director, &teacher);
    carry_both_ways(&teacher, &director, &stick);
    assert_eq!(receipt(&director), [2, 2]);
    teacher.stop();
    assert!(!holds(&std::fs::read(&backup).unwrap(), CANARY.as_bytes()));
    let (place, after) = restored(&backup, &b);
    let samples = {
        let (copy, node) = restored(&backup, &b);
        node.stop();
        ciphertext(&copy)
    };
    let rows = show(&after, "survey_rows");
    assert_eq!(rows[0]["sealed"], true, "the ciphertext is there, the key is not: {rows}");
    assert_eq!(peek(&after, COMMENT), Value::Null);
    // What it still has goes at the next contact, and what it sends of it stops nobody.
    carry(&after, &director, &stick);
    assert_eq!(show(&director, "survey_rows"), json!([]));
    carry(&director, &after, &stick);
    until_gone(&place, &samples);
    carry_both_ways(&after, &director, &stick);
    assert_eq!(digest(&after), digest(&director));
}
