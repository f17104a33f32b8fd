//! Real programs that are killed, put to sleep, started many at once, and repaired (F2, F6, F11, F17, F20).
//!
//! One after another: a process that is being started holds the locks of its parent's files for a moment.
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

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jospar_node::local_socket::Connection;
use jospar_node::service::Request;
use jospar_node::store::{Options, STORE_FILE, Store, backup};
use jospar_tests::bounds::{OPEN_ROUNDS, PROGRAM_KILLS};
use jospar_tests::damage::damage_pages;
use jospar_tests::nodes::wait;
use jospar_tests::programs::{Background, Device, ProgramError, built, start_server};
use serde_json::{Value, json};

use random::Random;

const EXAMPLE: &str = include_str!("../../data/example-plan.json");
const PATIENCE: Duration = Duration::from_secs(60);

fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn until(what: &str, done: impl FnMut() -> bool) -> Duration {
    wait(PATIENCE, what, done)
}

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
    let _alone = alone();
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
                status["synced"] == true
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

/// Many commands at once on one folder: each is answered by whoever has the store, or says that it is in use.
#[test]
fn f11_commands_at_once_share_one_store_or_say_so() {
    let _alone = alone();
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

#[cfg(unix)]
fn signal(process: &Background, name: &str) {
    let sent = Command::new("kill").args([name, &process.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// A machine that slept goes on: the node's process is stopped for a while and continued.
#[cfg(unix)]
#[test]
fn f17_a_node_that_slept_has_everything_soon_after_it_wakes() {
    let _alone = alone();
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
            connection.request(&Request::Status).unwrap()["synced"] == true
        });
        println!("after {seconds} s of sleep: {took:?}");
        assert!(took < Duration::from_secs(3), "{seconds} s of sleep: {took:?}");
    }
    server.stop();
}

/// The commands a person runs, on a device and on a server.
#[test]
fn f06_doctor_repairs_what_doctor_found() {
    let _alone = alone();
    let root = tempfile::tempdir().unwrap();
    let device = Device::new(root.path(), "director");
    device.run(&["init", "--school", "Мектеп", "--name", "Гүлнар"]).unwrap();
    let plan = root.path().join("plan.json");
    fs::write(&plan, EXAMPLE).unwrap();
    device.run(&["import", &plan.display().to_string()]).unwrap();
    let server = start_server(&root.path().join("server"), "127.0.0.1:0").unwrap();
    let claim = server.second["claim"].as_str().unwrap().to_owned();
    device.run(&["claim", &claim, "--listen", "127.0.0.1:0", "--no-lan"]).unwrap();
    let repair_server = || {
        let mut command = Command::new(built("jospar-server"));
        command.arg("--data").arg(root.path().join("server"));
        command.args(["--json", "doctor", "--repair"]);
        command.output().unwrap()
    };
    let output = repair_server();
    assert_eq!(output.status.code(), Some(7), "a running server has the store");
    let node = device.go_online().unwrap();
    let refused = device.run(&["doctor", "--repair"]);
    assert!(matches!(refused, Err(ProgramError::Failed { code: Some(7), .. })), "{refused:?}");
    node.stop();
    server.stop();
    for folder in ["director", "server/data"] {
        damage_pages(&root.path().join(folder).join(STORE_FILE), 5).unwrap();
    }
    let found = device.run(&["doctor"]);
    assert!(matches!(found, Err(ProgramError::Failed { code: Some(5), .. })), "{found:?}");
    let repaired = device.run(&["doctor", "--repair"]).unwrap();
    assert!(Path::new(repaired["aside"].as_str().unwrap()).exists() && repaired["lost"] != 0);
    assert_eq!(device.run(&["doctor"]).unwrap()["problems"], json!([]));
    let output = repair_server();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(device.run(&["doctor", "--repair"]).unwrap()["problems"], json!([]));
}
