//! Faults of processes, folders and machines, over real nodes and real programs on loopback (F2, F7, F10 to F17, F19).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    missing_docs
)]

#[allow(dead_code, reason = "written for the simulation")]
#[path = "sim/random.rs"]
mod random;
#[path = "faults/school.rs"]
mod school;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jospar_core::replica::Station;
use jospar_faulty_disk::Disk;
use jospar_node::local_socket::Connection;
use jospar_node::node::Node;
use jospar_node::service::Request;
use jospar_node::store::{Options, RestoreOptions, Store, backup, restore};
use jospar_tests::bounds::{LONG_HISTORY, OPEN_ROUNDS, PROGRAM_KILLS};
use jospar_tests::programs::{Background, Device, ProgramError, start_server};
use serde_json::{Value, json};

use random::Random;
use school::{
    EXAMPLE, Place, School, ask, is_sound, set, show, status, until, until_equal, until_synced,
};

/// A store of the first format, and the plan in it. Kept for ever: every later version opens it.
const GOLDEN_STORE: &str = "tests/data/store-format-1.db";
const GOLDEN_PLAN: &str = "tests/data/store-format-1.json";

fn set_request(path: &str, value: u64) -> Request {
    Request::Set { path: path.into(), value: json!(value) }
}

/// A device with the example plan, by its commands.
fn begun(root: &Path, name: &str) -> Device {
    let device = Device::new(root, name);
    device.run(&["init", "--school", "Мектеп", "--name", "Гүлнар"]).unwrap();
    let plan = root.join("plan.json");
    fs::write(&plan, EXAMPLE).unwrap();
    device.run(&["import", &plan.display().to_string()]).unwrap();
    device
}

fn connect(folder: &Path) -> Connection {
    let mut found = None;
    until("the node answers", || {
        found = Connection::open(folder);
        found.as_mut().is_some_and(|connection| connection.request(&Request::Status).is_ok())
    });
    found.unwrap()
}

fn verify(folder: &Path) -> u64 {
    let report = Store::open(folder, &Options::default()).unwrap().verify().unwrap();
    assert!(report.is_clean(), "{:?}", report.problems);
    report.changes
}

/// The device's program and the server's are killed again and again while people write: what was said to be saved is on
/// the device, and what was said to be on the server is there.
#[test]
fn f02_f20_devices_and_servers_are_killed_while_people_write() {
    let root = tempfile::tempdir().unwrap();
    let device = begun(root.path(), "director");
    let server_folder = root.path().join("server");
    let mut server = start_server(&server_folder, "127.0.0.1:0").unwrap();
    let claim = server.second["claim"].as_str().unwrap().to_owned();
    let address = server.first["listening"].as_str().unwrap().to_owned();
    device.run(&["claim", &claim, "--listen", "127.0.0.1:0", "--no-lan"]).unwrap();
    let (data, mut random, mut saved, mut on_server) =
        (root.path().join("director"), Random::new(5), 0, 0);
    let node_command = || {
        let mut command = device.command();
        command.args(["node", "--listen", "127.0.0.1:0", "--no-lan"]);
        command
    };
    let mut node = Background::start(node_command(), 1).unwrap();
    let kills = PROGRAM_KILLS.get();
    for cycle in 0..kills {
        let mut connection = connect(&data);
        for _ in 0..random.below(6) {
            saved += 1;
            connection.request(&set_request("kpis/k1/target", saved)).unwrap();
        }
        if cycle % 2 == 0 {
            until("the server has it", || {
                let status = connection.request(&Request::Status).unwrap();
                on_server = status["changes"].as_u64().unwrap();
                status["server"]["equal"] == true
            });
        }
        std::thread::sleep(Duration::from_millis(random.below(20) as u64));
        if cycle % 8 == 0 {
            let to = root.path().join(format!("copy-{cycle}"));
            assert!(backup(&server_folder.join("data"), &to).unwrap().changes >= on_server);
        }
        server.kill();
        assert!(verify(&server_folder.join("data")) >= on_server, "cycle {cycle}");
        node.kill();
        verify(&data);
        server = start_server(&server_folder, &address).unwrap();
        node = Background::start(node_command(), 1).unwrap();
        let shown = connect(&data)
            .request(&Request::Show { path: "kpis/k1/target".into(), at: Vec::new() });
        let known = shown.unwrap()["value"].clone();
        assert!(saved == 0 || known == saved, "cycle {cycle}: {known} is not {saved}");
    }
    println!("{kills} kills each, {saved} edits");
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
    let before = status(school.director())["digest"].clone();
    school.stop_server();
    until("the devices notice", || {
        status(school.director())["server"]["connected"] == false
            && status(school.teacher())["server"]["connected"] == false
    });
    restore(&copy, &school.server.path("data"), RestoreOptions { replace: true }).unwrap();
    school.start_server();
    until_synced(school.director());
    until_synced(school.teacher());
    assert_eq!(status(school.server())["digest"], before);
    let told = [school.director(), school.teacher()].map(|node| status(node)["lost"].clone());
    assert!(told.iter().any(|lost| lost["envelopes"].as_u64() > Some(0)), "{told:?}");
    is_sound(school.server());
}

/// Many commands at once on one folder: each is answered by whoever has the store, or says that it is in use.
#[test]
fn f11_commands_at_once_share_one_store_or_say_so() {
    let root = tempfile::tempdir().unwrap();
    let device = begun(root.path(), "director");
    let (mut done, mut refused) = (0, 0);
    for round in 0..OPEN_ROUNDS.get() {
        let serving = (round % 2 == 1).then(|| device.go_online().unwrap());
        let count = 2 + round % 7;
        let ended: Vec<Result<Value, ProgramError>> = std::thread::scope(|scope| {
            let add = |number: u64| {
                let device = device.clone();
                scope.spawn(move || {
                    device.run(&["add", "risks", "--id", &format!("r{round}-{number}")])
                })
            };
            let threads: Vec<_> = (0..count).map(add).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for (number, ended) in ended.into_iter().enumerate() {
            let there = device.run(&["show", &format!("risks/r{round}-{number}")]).is_ok();
            match ended {
                Ok(_) => {
                    assert!(there, "round {round}: {number} was acknowledged and is not there");
                    done += 1;
                }
                Err(ProgramError::Failed { code: Some(7), .. }) => refused += 1,
                Err(error) => panic!("round {round}: {error}"),
            }
        }
        if let Some(node) = serving {
            node.stop();
        }
        assert_eq!(device.run(&["doctor"]).unwrap()["problems"], json!([]), "round {round}");
    }
    println!("{done} done, {refused} told that the folder is in use");
    assert!(done > refused);
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
    assert!(took[1] < Duration::from_secs(1), "{took:?}");
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

#[cfg(unix)]
fn signal(process: &Background, name: &str) {
    let sent = Command::new("kill").args([name, &process.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// A machine that slept goes on: the node's process is stopped for a while and continued.
#[cfg(unix)]
#[test]
fn f17_a_node_that_slept_has_everything_soon_after_it_wakes() {
    let root = tempfile::tempdir().unwrap();
    let device = begun(root.path(), "director");
    let server = start_server(&root.path().join("server"), "127.0.0.1:0").unwrap();
    let claim = server.second["claim"].as_str().unwrap().to_owned();
    let node = device.go_online().unwrap();
    device.run(&["claim", &claim]).unwrap();
    let data = root.path().join("director");
    for (value, seconds) in [(1, 2), (2, 20)] {
        signal(&node, "-STOP");
        std::thread::sleep(Duration::from_secs(seconds));
        signal(&node, "-CONT");
        let mut connection = connect(&data);
        connection.request(&set_request("kpis/k1/target", value)).unwrap();
        let took = until("the server has it", || {
            connection.request(&Request::Status).unwrap()["server"]["equal"] == true
        });
        println!("after {seconds} s of sleep: {took:?}");
        assert!(took < Duration::from_secs(3), "{seconds} s of sleep: {took:?}");
    }
    server.stop();
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
