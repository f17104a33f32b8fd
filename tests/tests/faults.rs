//! Faults of folders, machines and programs, over real nodes on loopback (F10, F12, F14 to F16, F19).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "faults/school.rs"]
mod school;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jospar_core::replica::Station;
use jospar_faulty_disk::Disk;
use jospar_node::node::Node;
use jospar_node::service::Request;
use jospar_node::store::{Options, RestoreOptions, backup, restore};
use jospar_tests::bounds::LONG_HISTORY;
use serde_json::{Value, json};

use school::{
    EXAMPLE, Place, School, ask, is_sound, set, show, status, until, until_equal, until_synced,
};

/// A store of the first format, and the plan in it. Kept for ever: every later version opens it.
const GOLDEN_STORE: &str = "tests/data/store-format-1.db";
const GOLDEN_PLAN: &str = "tests/data/store-format-1.json";

fn set_request(path: &str, value: u64) -> Request {
    Request::Set { path: path.into(), value: json!(value) }
}

/// The server is put back to an old backup: everybody's edits come again, and somebody is told.
#[test]
fn f10_t35_a_server_restored_from_an_old_backup_gets_everything_and_it_is_noticed() {
    let mut school = School::new();
    let copy = school.server.path("backup");
    backup(&school.server.path("data"), &copy).unwrap();
    set(school.director(), "kpis/k1/target", json!(0.61));
    set(school.teacher(), "kpis/k2/target", json!(0.71));
    until_synced(school.director());
    until_synced(school.teacher());
    until_equal(school.director(), school.teacher());
    // What the server acknowledged is remembered when a session ends.
    school.stop_server();
    until("the devices notice", || {
        status(school.director())["server"]["connected"] == false
            && status(school.teacher())["server"]["connected"] == false
    });
    restore(&copy, &school.server.path("data"), RestoreOptions { replace: true }).unwrap();
    school.start_server();
    until_synced(school.director());
    until_synced(school.teacher());
    assert_eq!(status(school.server())["digest"], status(school.director())["digest"]);
    let told = [school.director(), school.teacher()].map(|node| status(node)["lost"].clone());
    assert!(told.iter().any(|lost| lost["envelopes"].as_u64() > Some(0)), "{told:?}");
    is_sound(school.server());
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// A whole machine is cloned while its node runs, key and all, and both go on: no seq is used twice, and all converges.
#[test]
fn f12_a_machine_that_was_cloned_while_it_ran_writes_beside_itself() {
    let school = School::new();
    set(school.teacher(), "kpis/k1/target", json!(0.3));
    let clone = Place::new(Station::Device);
    for name in ["data", "keys"] {
        copy_folder(&school.teacher.path(name), &clone.path(name));
    }
    let other = clone.start(None);
    set(school.teacher(), "kpis/k1/target", json!(0.31));
    set(&other, "kpis/k2/target", json!(0.72));
    set(school.teacher(), "risks/rk1/likelihood", json!(1));
    set(&other, "risks/rk2/likelihood", json!(1));
    other.stop();
    until_equal(school.director(), school.teacher());
    let other = clone.online();
    until_equal(school.director(), &other);
    until("the first hears of the second", || show(school.teacher(), "kpis/k2/target") == 0.72);
    until_equal(school.teacher(), &other);
    assert_eq!(show(&other, "kpis/k1/target"), 0.31);
    for node in [school.director(), school.teacher(), &other] {
        assert_eq!(ask(node, Request::Quarantine)["changes"], json!([]));
        is_sound(node);
    }
}

/// Every version opens the stores of all versions before it. `JOSPAR_GOLDEN=write` makes the files of a new format.
#[test]
fn f14_the_golden_store_of_each_format_opens_with_all_its_plan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (store, plan) = (root.join(GOLDEN_STORE), root.join(GOLDEN_PLAN));
    if std::env::var_os("JOSPAR_GOLDEN").is_some() {
        let place = Place::new(Station::Device);
        let node = place.start(None);
        ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
        ask(&node, Request::Import { json: EXAMPLE.into() });
        set(&node, "kpis/k1/target", json!(0.61));
        let exported = ask(&node, Request::Export)["plan"].clone();
        node.stop();
        drop((fs::remove_file(&store), fs::remove_file(store.with_extension("db.json"))));
        backup(&place.path("data"), &store).unwrap();
        fs::remove_file(store.with_extension("db.json")).unwrap();
        fs::write(&plan, format!("{exported:#}\n")).unwrap();
    }
    let place = Place::new(Station::Device);
    fs::create_dir_all(place.path("data")).unwrap();
    fs::copy(&store, place.path("data").join("store.db")).unwrap();
    let node = place.start(None);
    let expected: Value = serde_json::from_slice(&fs::read(&plan).unwrap()).unwrap();
    assert_eq!(ask(&node, Request::Export)["plan"], expected);
    is_sound(&node);
    let report = ask(&node, Request::Doctor);
    assert!(report["changes"].as_u64() > Some(20), "{report}");
}

/// A long history on a disk that costs nothing, so that what is measured is this program.
#[test]
fn f15_a_long_history_opens_fast_and_shows_its_newest_state() {
    let place = Place::new(Station::Device);
    let disk = Disk::new();
    let options = || Options { vfs: Some(disk.name().to_owned()), ..Options::default() };
    let node = Node::start_with(place.config(None), options()).unwrap();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&node, Request::Import { json: EXAMPLE.into() });
    let count = LONG_HISTORY.get();
    for number in 1..=count {
        ask(&node, set_request("kpis/k1/target", number));
    }
    node.stop();
    // The first opening may have to read the whole log; from then on there is a snapshot or a view.
    let mut took = Vec::new();
    for _ in 0..2 {
        let begun = Instant::now();
        let node = Node::start_with(place.config(None), options()).unwrap();
        assert_eq!(show(&node, "kpis/k1/target"), count);
        took.push(begun.elapsed());
        node.stop();
    }
    println!("{count} changes, {} bytes on disk, opened in {took:?}", disk.used());
    // How fast is for the benchmark to say; here only that it ends, also on a busy machine.
    assert!(took[1] < Duration::from_secs(10), "{took:?}");
}

/// A panic inside a turn, as from a dependency: nothing of it is kept, and the node goes on.
#[test]
fn f16_a_panic_in_a_turn_undoes_it_and_the_node_goes_on() {
    let school = School::new();
    set(school.teacher(), "kpis/k1/target", json!(0.4));
    let handle = school.teacher().handle().clone();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for round in 0..3 {
        let panicked = runtime.block_on(handle.look(None, |turn| -> Result<(), _> {
            turn.storage.set_setting("half", Some(b"done"))?;
            panic!("as if a dependency had")
        }));
        assert_eq!(panicked, Err(jospar_node::handle::NodeError::Mistake));
        let half = runtime.block_on(handle.look(None, |turn| turn.storage.setting("half")));
        assert_eq!(half, Ok(None), "round {round}");
        set(school.teacher(), "kpis/k1/target", json!(round));
        until("the director sees it", || show(school.director(), "kpis/k1/target") == round);
    }
    is_sound(school.teacher());
}

/// One device floods the server with large edits: another's small ones still get there soon.
#[test]
fn f19_a_device_that_floods_the_server_does_not_keep_the_others_waiting() {
    let school = School::new();
    let flooding = AtomicBool::new(true);
    let mut waits = Vec::new();
    let flooded = std::thread::scope(|scope| {
        let flood = scope.spawn(|| {
            let mut edits = 0_u64;
            while flooding.load(Ordering::Relaxed) {
                let text = format!("{edits}").repeat(8_000 / (1 + edits.to_string().len()));
                let path = "initiatives/in1/chain/strategy/text".into();
                ask(school.teacher(), Request::EditText { path, base: Vec::new(), text });
                edits += 1;
            }
            edits
        });
        for value in 0..15 {
            set(school.director(), "kpis/k1/target", json!(value));
            waits.push(until("the server has it", || {
                status(school.director())["server"]["unacknowledged"] == 0
            }));
        }
        flooding.store(false, Ordering::Relaxed);
        flood.join().unwrap()
    });
    println!("{flooded} edits of a flood; others waited {waits:?}");
    // All nodes of this test share the processors, and the flood's letters are merged on the waiting device, too.
    let longest = waits.iter().max().copied().unwrap_or_default();
    assert!(flooded > 0 && longest < Duration::from_secs(5), "{flooded} {waits:?}");
    until_equal(school.director(), school.teacher());
}
