//! The district's server as its operator meets it: the real programs, stopped, backed up, restored, watched.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use jospar_tests::programs::{Device, built, until};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Words that stand in the plan and in names, and must stand nowhere else.
const CANARIES: [&str; 4] = ["Канарейбек", "Кенар мектебі", "Құпия мақсат", "canary-title"];

fn server_command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(built("jospar-server"));
    command.arg("--data").arg(folder).args(["--json", "--lang", "en"]).args(arguments);
    command.env_remove("JOSPAR_LANG");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    server_command(folder, arguments).stdin(Stdio::null()).output().unwrap()
}

fn answer(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?} {said}"))
}

/// A running server with its log in a file.
struct Server {
    child: Child,
    folder: PathBuf,
    log: PathBuf,
    admin: String,
    claim: String,
}

impl Server {
    /// Starts one whose health page has a port that was free a moment ago.
    fn start(place: &TempDir, more: Value) -> Self {
        let folder = place.path().join("server");
        std::fs::create_dir_all(&folder).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let admin = free.local_addr().unwrap().to_string();
        drop(free);
        let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let listen = udp.local_addr().unwrap().to_string();
        drop(udp);
        let mut settings = json!({"listen": listen, "public_address": listen, "admin": admin});
        for (name, value) in more.as_object().unwrap() {
            settings[name] = value.clone();
        }
        std::fs::write(folder.join("server.json"), settings.to_string()).unwrap();
        let mut server = Self::start_again(place, &folder, &admin);
        server.claim = answer(&run(&folder, &["claim"]))["claim"].as_str().unwrap().to_owned();
        server
    }

    fn start_again(place: &TempDir, folder: &Path, admin: &str) -> Self {
        let log = place.path().join("log");
        let file = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        let mut command = server_command(folder, &["run"]);
        command.env("RUST_LOG", "debug,jospar_node=trace,jospar_server=trace");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert!(line.contains("listening"), "{line}");
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let (folder, admin) = (folder.to_owned(), admin.to_owned());
        Self { child, folder, log, admin, claim: String::new() }
    }

    fn get(&self, path: &str, host: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.admin).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        (status, text)
    }

    /// Asks it to stop; how it ended and how long that took.
    fn stop(mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        until("the server has ended", || Ok(self.child.try_wait().unwrap().is_some())).unwrap();
        (self.child.wait().unwrap().code(), begun.elapsed())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A school with canaries for names, on the server.
fn school(place: &TempDir, server: &Server) -> (Device, jospar_tests::programs::Background) {
    let device = Device::new(place.path(), "director");
    device.run(&["init", "--school", CANARIES[1], "--name", CANARIES[0]]).unwrap();
    let title = format!("title={}", json!({"kk": CANARIES[3]}));
    device.run(&["add", "risks", "--id", "rk1", &title, "likelihood=2"]).unwrap();
    let online = device.go_online().unwrap();
    device.run(&["claim", &server.claim]).unwrap();
    device.until_synced().unwrap();
    (device, online)
}

#[test]
fn t40_no_name_and_no_text_of_a_plan_gets_into_logs_metrics_or_refusals() {
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(&place, json!({"quotas": {"document_bytes": 6_000}}));
    let (device, online) = school(&place, &server);
    for number in 0..40 {
        let (id, title) = (format!("g{number}"), format!("title={}", json!({"kk": CANARIES[2]})));
        device.run(&["add", "risks", "--id", &id, &title]).unwrap();
    }
    until("the device is told that a document is full", || {
        Ok(device.run(&["status"])?["later"]["message"] == "error-server-document-full")
    })
    .unwrap();
    let host = server.admin.clone();
    let mut seen = String::new();
    for path in ["/", "/?lang=kk", "/?lang=ru", "/?lang=en", "/metrics", "/health"] {
        let (status, text) = server.get(path, &host);
        assert_eq!(status, 200, "{path}: {text}");
        seen.push_str(&text);
    }
    assert!(seen.contains("jospar_schools 1\n") && seen.ends_with('}'), "{seen}");
    assert!(seen.contains("verdict=\"refused\",reason=\"refused-document-full\""), "{seen}");
    let ids = seen.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).max();
    assert!(ids < Some(16), "an id is too long: {seen}");
    assert_eq!(server.get("/metrics", "evil.example").0, 421);
    assert_eq!(server.get("/other", &host).0, 404);
    seen.push_str(&String::from_utf8_lossy(&run(&server.folder, &["status"]).stdout));
    seen.push_str(&String::from_utf8_lossy(&run(&server.folder, &["doctor"]).stdout));
    online.stop();
    let log = server.log.clone();
    server.stop();
    let log = std::fs::read_to_string(log).unwrap();
    for logged in ["a school took its place", "documents have no room left", "a device came"] {
        assert!(log.contains(logged), "{logged}: {log}");
    }
    for line in log.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "not JSON: {line}");
    }
    seen.push_str(&log);
    for canary in CANARIES {
        assert!(!seen.contains(canary), "{canary}");
        let escaped = serde_json::to_string(canary).unwrap().to_lowercase();
        assert!(!seen.to_lowercase().contains(escaped.trim_matches('"')), "{canary}");
    }
}

#[test]
fn f10_f20_a_drill_backup_of_a_running_server_is_verified_restored_and_refilled() {
    let place = tempfile::tempdir().unwrap();
    let backups = place.path().join("backups");
    std::fs::create_dir(&backups).unwrap();
    let server = Server::start(&place, json!({}));
    let (device, online) = school(&place, &server);
    let made = answer(&run(&server.folder, &["backup", backups.to_str().unwrap()]));
    let backup = PathBuf::from(made["path"].as_str().unwrap());
    assert_eq!(backup.parent().unwrap(), backups);
    let verified = run(&place.path().join("nowhere"), &["verify", backup.to_str().unwrap()]);
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    assert_eq!(answer(&verified)["changes"], made["changes"]);
    assert!(!place.path().join("nowhere").exists(), "verifying writes nothing");
    device.run(&["set", "risks/rk1/likelihood", "4"]).unwrap();
    device.until_synced().unwrap();

    let busy = run(&server.folder, &["restore", backup.to_str().unwrap(), "--replace"]);
    assert_eq!(busy.status.code(), Some(7), "a running server is not restored: {busy:?}");
    let health = server.get("/health", &server.admin).1;
    assert!(health.contains("doctor-backup-ok"), "{health}");
    let (folder, admin) = (server.folder.clone(), server.admin.clone());
    let (code, took) = server.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(8), "{took:?}");

    let full = run(&folder, &["restore", backup.to_str().unwrap()]);
    assert_eq!(full.status.code(), Some(2), "a folder with content is not overwritten: {full:?}");
    let restored = run(&folder, &["restore", backup.to_str().unwrap(), "--replace"]);
    assert_eq!(restored.status.code(), Some(0), "{restored:?}");
    assert!(folder.join("data/store.replaced-1.db").exists(), "the old store was set aside");
    let server = Server::start_again(&place, &folder, &admin);
    device.run(&["sync"]).unwrap();
    let status = device.until_synced().unwrap();
    until("the server has what came after the backup", || {
        let schools = answer(&run(&folder, &["status"]));
        Ok(schools["schools"][0]["changes"] == status["changes"])
    })
    .unwrap();
    let doctor = run(&folder, &["doctor"]);
    assert_eq!(doctor.status.code(), Some(0), "{doctor:?}");
    assert_eq!(answer(&doctor)["problems"], json!([]));
    online.stop();
    server.stop();

    let mut bytes = std::fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&backup, bytes).unwrap();
    let damaged = run(&folder, &["verify", backup.to_str().unwrap()]);
    assert_eq!(damaged.status.code(), Some(5), "{damaged:?}");
}

#[test]
fn a_running_server_makes_backups_by_itself_and_answers_while_a_doctor_reads() {
    let place = tempfile::tempdir().unwrap();
    let backups = place.path().join("backups");
    let server = Server::start(&place, json!({"backup": {"dir": backups, "every": "1h"}}));
    let (device, online) = school(&place, &server);
    until("a backup was made", || {
        let files = std::fs::read_dir(&backups).into_iter().flatten().flatten();
        Ok(files.filter(|file| file.file_name().to_string_lossy().ends_with(".json")).count() == 1)
    })
    .unwrap();
    let doctor = run(&server.folder, &["doctor"]);
    assert_eq!(doctor.status.code(), Some(0), "{doctor:?}");
    let checks = answer(&doctor)["checks"].clone();
    let messages: Vec<&str> =
        checks.as_array().unwrap().iter().filter_map(|c| c["message"].as_str()).collect();
    for message in ["doctor-store-ok", "doctor-backup-ok", "doctor-port-running", "doctor-keys-ok"]
    {
        assert!(messages.contains(&message), "{message}: {checks}");
    }
    let (folder, keys) = (server.folder.clone(), server.folder.join("keys"));
    device.run(&["set", "risks/rk1/likelihood", "5"]).unwrap();
    device.until_synced().unwrap();
    online.stop();
    let (code, _) = server.stop();
    assert_eq!(code, Some(0));
    let key = std::fs::read_dir(&keys).unwrap().flatten().find(|file| file.path().is_file());
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(key.unwrap().path(), mode).unwrap();
    let doctor = run(&folder, &["doctor"]);
    assert_eq!(doctor.status.code(), Some(1), "{doctor:?}");
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(said.contains("doctor-keys-exposed") && said.contains("chmod 600"), "{said}");
}
