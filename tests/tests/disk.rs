//! What a bad disk does to a store and to a node that runs on it: power cuts, failing calls, no space (F03 to F05).
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "faults/author.rs"]
mod author;

use std::path::Path;

use jospar_core::document::{Document, find_in_view};
use jospar_core::ids::DocumentId;
use jospar_core::plan::Kind;
use jospar_core::replica::Station;
use jospar_core::storage::Storage as _;
use jospar_faulty_disk::{Call, Disk, Fault as DiskFault, Moment};
use jospar_node::node::{Config, Node};
use jospar_node::service::{Fault, FaultKind, Request};
use jospar_node::store::{Options, Store};
use jospar_tests::bounds::{CALL_STEP, POWER_CUTS};
use jospar_tests::nodes::{Place, ask};
use serde_json::{Value, json};

use author::{Author, vector};

const EXAMPLE: &str = include_str!("../../data/example-plan.json");
const TRANSACTIONS: u64 = 120;
/// More changes than a document must have to get a snapshot.
const SNAPSHOT_CHANGES: u64 = 60;

fn options(disk: &Disk) -> Options {
    Options { vfs: Some(disk.name().to_owned()), ..Options::default() }
}

/// Writes, closes and opens again for a while; what a power cut would leave at each sync.
fn write_for_a_while(folder: &Path, nonce: u8) -> Vec<Moment> {
    let disk = Disk::new();
    disk.record();
    let mut store = Store::open(folder, &options(&disk)).unwrap();
    let mut author = Author::new([nonce; 16]);
    for number in 1..=TRANSACTIONS {
        let length = if number % 7 == 0 { 60_000 } else { 40 };
        author.append(&mut store, length).unwrap();
        disk.note(number);
        if number % 17 == 0 {
            store.checkpoint().unwrap();
        }
        if number % 29 == 0 {
            store.close().unwrap();
            store = Store::open(folder, &options(&disk)).unwrap();
        }
    }
    store.close().unwrap();
    disk.recorded()
}

#[test]
fn f04_what_was_acknowledged_is_there_after_a_power_cut_at_any_sync() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("data");
    let (cuts, mut done, mut beyond) = (POWER_CUTS.get(), 0, 0);
    let mut nonce = 0;
    while done < cuts {
        nonce += 1;
        let moments = write_for_a_while(&folder, nonce);
        assert!(moments.len() > TRANSACTIONS as usize, "{} syncs", moments.len());
        assert!(moments.iter().any(|moment| moment.unsafe_steps() > 20));
        let stride = (moments.len() as u64 / (cuts - done).max(1)).max(1);
        for moment in moments.iter().step_by(stride as usize).take((cuts - done) as usize) {
            beyond += cut(&folder, moment, done);
            done += 1;
        }
    }
    println!("{done} power cuts; {beyond} left more than what was acknowledged");
}

/// Cuts the power at `moment`. Returns whether the transaction that was not acknowledged is there.
fn cut(folder: &Path, moment: &Moment, seed: u64) -> u64 {
    let disk = Disk::restart(moment, seed);
    let mut store = Store::open(folder, &options(&disk)).unwrap();
    let report = store.verify().unwrap();
    assert!(report.is_clean(), "cut {seed}: {:?}", report.problems);
    let vector = vector(&mut store);
    let found = vector.iter().map(|(_, tips)| tips.iter().map(|tip| tip.seq).max()).max();
    let found = found.flatten().unwrap_or(0);
    let due = moment.note..=moment.note + 1;
    assert!(due.contains(&found), "cut {seed}: {found} of {}", moment.note);
    let mut next = Author::new([255; 16]);
    next.append(&mut store, 40).unwrap();
    store.close().unwrap();
    assert!(Store::open(folder, &options(&disk)).unwrap().verify().unwrap().is_clean());
    found - moment.note
}

/// Snapshots and views are caches: whenever the power goes while they are written beside the log, what a device shows
/// afterwards is what its log alone says.
#[test]
fn f03_what_is_shown_after_a_power_cut_is_what_the_log_says() {
    let (school, disk) = school();
    let mut value = 1;
    let mut node = school.start(&disk);
    // So many that the next opening writes a snapshot.
    for _ in 0..SNAPSHOT_CHANGES {
        value += 1;
        set(&node, value).unwrap();
    }
    node.stop();
    disk.note(value);
    disk.record();
    for _ in 0..2 {
        node = school.start(&disk);
        assert_eq!(show(&node), value);
        for _ in 0..6 {
            value += 1;
            set(&node, value).unwrap();
            disk.note(value);
            // Views and snapshots are written when all is asked for.
            assert_eq!(exported(&node), value);
        }
        node.stop();
    }
    let moments = disk.recorded();
    let (cuts, mut beyond) = (POWER_CUTS.get() / 10, 0);
    assert!(moments.len() > 20, "{} syncs", moments.len());
    assert!(has_snapshot(&school, &disk));
    // The first ones again and again, with what is not safe torn in another way each time.
    for (cut, moment) in (0..cuts).zip(moments.iter().cycle()) {
        let disk = Disk::restart(moment, cut);
        let logged = value_in_log(&school, &disk);
        let node = school.start(&disk);
        let shown = show(&node);
        assert_eq!((&shown, exported(&node)), (&logged, logged.clone()), "cut {cut}");
        assert!(shown == moment.note || shown == moment.note + 1, "cut {cut}: {}", moment.note);
        beyond += u64::from(shown != moment.note);
        node.stop();
        // What was shown has been cached; it stays the same after another start.
        let node = school.start(&disk);
        assert_eq!((exported(&node), show(&node)), (logged.clone(), logged), "cut {cut}");
        node.stop();
    }
    println!("{cuts} power cuts at {} syncs; {beyond} left more than acknowledged", moments.len());
}

/// As [`show`], from the views.
fn exported(node: &Node) -> Value {
    let plan = ask(node, Request::Export)["plan"].clone();
    find_in_view(&plan, &"kpis/k1/target".parse().unwrap()).cloned().unwrap_or_default()
}

fn has_snapshot(school: &School, disk: &Disk) -> bool {
    let mut store = Store::open(&school.config().folder, &options(disk)).unwrap();
    let id = store.workspaces().unwrap()[0];
    let transaction = store.begin().unwrap();
    let kpis = DocumentId::singleton(&id, Kind::Kpis.byte());
    transaction.workspace(id).unwrap().snapshot(kpis).unwrap().is_some()
}

/// The value that the changes of the log alone give.
fn value_in_log(school: &School, disk: &Disk) -> Value {
    let mut store = Store::open(&school.config().folder, &options(disk)).unwrap();
    let id = store.workspaces().unwrap()[0];
    let transaction = store.begin().unwrap();
    let workspace = transaction.workspace(id).unwrap();
    let kpis = DocumentId::singleton(&id, Kind::Kpis.byte());
    let stored = workspace.document_records(kpis, 0, usize::MAX).unwrap();
    let mut document = Document::new(kpis.kind(), Kind::Kpis.schema());
    let changes = stored.iter().flat_map(|stored| stored.record.changes());
    let changes =
        changes.map(|change| automerge::Change::from_bytes(change.bytes.clone()).unwrap());
    document.apply_changes(changes.collect()).unwrap();
    let path = "kpis/k1/target".parse().unwrap();
    find_in_view(&document.view(), &path).cloned().unwrap_or_default()
}

struct School {
    place: Place,
}

impl School {
    fn config(&self) -> Config {
        self.place.config(Station::Device, None, None)
    }

    fn start(&self, disk: &Disk) -> Node {
        Node::start_with(self.config(), options(disk)).unwrap()
    }

    /// Checks the whole store of a node, which is stopped for it, and starts it again.
    fn verified(&self, disk: &Disk, node: Node) -> Node {
        node.stop();
        let store = Store::open(&self.config().folder, &options(disk)).unwrap();
        let report = store.verify().unwrap();
        assert!(report.is_clean(), "{:?}", report.problems);
        drop(store);
        self.start(disk)
    }
}

fn set(node: &Node, value: u64) -> Result<Value, Fault> {
    let path = "kpis/k1/target".into();
    node.service().answer_blocking(&Request::Set { path, value: json!(value) })
}

fn show(node: &Node) -> Value {
    ask(node, Request::Show { path: "kpis/k1/target".into(), at: Vec::new() })["value"].clone()
}

/// A school's plan on a disk that works.
fn school() -> (School, Disk) {
    let school = School { place: Place::new() };
    let disk = Disk::new();
    let node = school.start(&disk);
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&node, Request::Import { json: EXAMPLE.into() });
    set(&node, 1).unwrap();
    node.stop();
    (school, disk)
}

fn is_visible(fault: &Fault, wanted: DiskFault) {
    assert_eq!(fault.kind, FaultKind::System, "{fault}");
    match wanted {
        DiskFault::Full => assert_eq!(fault.key, "error-disk-full", "{fault}"),
        DiskFault::Io => assert!(fault.key == "error-store", "{fault}"),
    }
}

/// Each call of an edit fails once, alone or together with all that follow; then the disk is well again.
#[test]
fn f05_an_edit_that_any_call_fails_is_refused_and_the_next_one_is_kept() {
    let (school, disk) = school();
    let mut value = 10;
    let mut calls = std::collections::BTreeMap::new();
    for fault in [DiskFault::Io, DiskFault::Full] {
        for count in [1, u64::MAX] {
            let mut node = school.start(&disk);
            for after in 0.. {
                if after % 8 == 7 {
                    // A node with a cold cache reads more.
                    node.stop();
                    node = school.start(&disk);
                }
                let known = show(&node);
                value += 1;
                disk.fail(fault, after, count);
                let answered = set(&node, value);
                if count > 1 {
                    // By the time this is answered, the node has tried to go on and could not.
                    assert!(answered.is_ok() || set(&node, value).is_err());
                }
                let Some(call) = disk.heal() else { break };
                *calls.entry(format!("{call:?}")).or_insert(0) += 1;
                match answered {
                    Ok(_) => assert_eq!(show(&node), value),
                    Err(answered) => {
                        is_visible(&answered, fault);
                        assert_eq!(show(&node), known, "a refused edit left something behind");
                    }
                }
                value += 1;
                set(&node, value).unwrap_or_else(|f| panic!("after {fault:?} at {after}: {f}"));
                assert_eq!(show(&node), value);
            }
            node.stop();
            let node = school.start(&disk);
            assert_eq!(show(&node), value);
            let node = school.verified(&disk, node);
            set(&node, value).unwrap();
            node.stop();
        }
    }
    println!("calls that failed: {calls:?}");
    assert!(calls.contains_key("Write") && calls.contains_key("Sync"), "{calls:?}");
}

/// Whoever watches a text sees an edit of this device once it is kept, and never one that is refused.
#[test]
fn f05_an_edit_that_is_not_kept_is_shown_to_nobody() {
    let (school, disk) = school();
    let node = school.start(&disk);
    let path = "initiatives/in1/chain/strategy/text";
    let watched = node.runtime().block_on(node.service().watch_text(path)).unwrap();
    let shown = || match watched.borrow().as_ref() {
        Some(Ok(answer)) => answer["text"].clone(),
        other => panic!("{other:?}"),
    };
    let mut refused_late = 0;
    for after in 0.. {
        let (before, text) = (shown(), format!("Мәтін {after}"));
        disk.fail(DiskFault::Io, after, 1);
        let request = Request::EditText { path: path.into(), base: Vec::new(), text: text.clone() };
        let answered = node.service().answer_blocking(&request);
        let failed = disk.heal();
        // One more turn: what the last one had to tell has been told.
        show(&node);
        match answered {
            Ok(_) => assert_eq!(shown(), text),
            Err(_) => {
                assert_eq!(shown(), before, "a refused edit was shown after {failed:?}");
                refused_late += u64::from(failed == Some(Call::Sync));
            }
        }
        if failed.is_none() {
            break;
        }
    }
    assert!(refused_late > 0, "no commit failed");
    node.stop();
}

/// Each call of a start fails once: the node starts all the same or says why not, and starts later with all it had.
#[test]
fn f05_a_start_that_any_call_fails_says_so_and_loses_nothing() {
    let (school, disk) = school();
    let mut refused = 0;
    for after in (0..).step_by(CALL_STEP.get_usize()) {
        disk.fail(DiskFault::Io, after, 1);
        let started = Node::start_with(school.config(), options(&disk));
        let failed = disk.heal();
        match started {
            Ok(node) => {
                set(&node, after + 1).unwrap();
                assert_eq!(show(&node), after + 1);
                node.stop();
            }
            Err(_) => refused += 1,
        }
        let node = school.start(&disk);
        set(&node, after + 2).unwrap();
        node.stop();
        if failed.is_none() {
            break;
        }
    }
    assert!(refused > 3, "{refused}");
    let node = school.start(&disk);
    school.verified(&disk, node).stop();
}

/// A large request, of which every call fails once in its turn: all of it or nothing.
#[test]
fn f05_an_import_that_any_call_fails_leaves_nothing_and_works_again() {
    let school = School { place: Place::new() };
    let empty = Disk::new();
    let node = school.start(&empty);
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    node.stop();
    let step = CALL_STEP.get_usize() * 7;
    for after in (0..).step_by(step) {
        let disk = empty.copy();
        let node = school.start(&disk);
        let before = ask(&node, Request::Export);
        disk.fail(DiskFault::Full, after, u64::MAX);
        let imported = node.service().answer_blocking(&Request::Import { json: EXAMPLE.into() });
        let failed = disk.heal();
        if let Err(fault) = imported {
            is_visible(&fault, DiskFault::Full);
            assert_eq!(ask(&node, Request::Export), before);
        }
        ask(&node, Request::Import { json: EXAMPLE.into() });
        let imported = ask(&node, Request::Export);
        node.stop();
        let node = school.start(&disk);
        assert_eq!(ask(&node, Request::Export), imported);
        school.verified(&disk, node).stop();
        if failed.is_none() {
            break;
        }
    }
}

/// The disk is as full as a disk gets: nothing of an edit is kept, and once there is room the same node goes on.
#[test]
fn f05_a_full_disk_refuses_edits_until_there_is_room() {
    let (school, disk) = school();
    let node = school.start(&disk);
    disk.set_capacity(disk.used() + 200_000);
    let mut kept = 1;
    let refused = loop {
        match set(&node, kept + 1) {
            Ok(_) => kept += 1,
            Err(fault) => break fault,
        }
        assert!(kept < 10_000);
    };
    is_visible(&refused, DiskFault::Full);
    assert_eq!(show(&node), kept);
    assert!(set(&node, 0).is_err());
    assert_eq!(disk.heal(), Some(Call::Write));
    set(&node, kept + 1).unwrap();
    assert_eq!(show(&node), kept + 1);
    school.verified(&disk, node).stop();
}

/// A disk that fills up during the first command leaves a workspace that the same command completes.
#[test]
fn f05_a_plan_that_was_begun_on_a_full_disk_is_begun_again() {
    for after in (0..).step_by(CALL_STEP.get_usize()) {
        let school = School { place: Place::new() };
        let disk = Disk::new();
        let node = school.start(&disk);
        let init = || Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() };
        disk.fail(DiskFault::Full, after, u64::MAX);
        let begun = node.service().answer_blocking(&init());
        let failed = disk.heal();
        if let Err(fault) = begun {
            is_visible(&fault, DiskFault::Full);
            ask(&node, init());
        }
        assert_eq!(ask(&node, Request::Status)["device"]["name"], "Гүлнар");
        assert_eq!(ask(&node, Request::Devices)["devices"].as_array().unwrap().len(), 1);
        if failed.is_none() {
            break;
        }
    }
}
