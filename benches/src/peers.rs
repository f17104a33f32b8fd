//! The peers, on the same work and in the same run: Hocuspocus with Yjs, automerge-repo and samod.
//!
//! `cargo xtask bench --peers` installs them under `target/peers` and passes `--peers`. Each peer has a driver of ours
//! (`benches/peers`) that uses it as its manual says, with its real defaults; this module starts its roles as processes,
//! takes the server's CPU and memory, and gives all of them the same history as a file of plain steps. Server, watcher
//! and author are processes of their own; A's time is taken in A, which reads what B prints through a pipe.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fetch::{BRANCH_AT, BRANCH_CHANGES, BRANCH_SEED};
use crate::history::{self, CHANGES, Plan};
use crate::kill::TRIES;
use crate::measure::{Board, Figures, cpu, ms, resident_kb};
use crate::process::PATIENCE;

/// How long a peer may take to write the history down; nobody measures that.
const SEED_PATIENCE: Duration = Duration::from_secs(300);
/// How long it may take to type the letters of W1 one by one.
const TYPING_PATIENCE: Duration = Duration::from_secs(180);
/// How long a server's CPU is counted after both have everything.
const QUIET: Duration = Duration::from_millis(300);
/// Documents of W4: what the slower peers manage in time.
pub(crate) const PAIRS: usize = 50;
const LOOK: Duration = Duration::from_millis(20);

/// What went wrong with a peer; it is said, and its line is left out.
type Result<T> = std::result::Result<T, String>;

/// One peer, and how its driver is started.
struct Peer {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
}

/// All peers that are installed, and the history as they read it.
pub(crate) struct Peers {
    all: Vec<Peer>,
    pub(crate) extism: Option<Extism>,
    folder: tempfile::TempDir,
    history: PathBuf,
    chars: usize,
    seeds: BTreeMap<String, PathBuf>,
}

/// A role of a driver, running.
struct Role {
    child: Child,
    /// Closing it ends the role.
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Role {
    fn line(&self) -> Result<String> {
        self.line_within(PATIENCE)
    }

    fn line_within(&self, patience: Duration) -> Result<String> {
        self.lines.recv_timeout(patience).map_err(|error| format!("no line in time: {error}"))
    }

    fn until(&self, wanted: &str) -> Result<()> {
        while self.line()? != wanted {}
        Ok(())
    }

    fn until_shown(&self, length: u64) -> Result<()> {
        while self.line()?.parse::<u64>().unwrap_or(0) < length {}
        Ok(())
    }

    fn figures(&self) -> Result<Value> {
        let line = self.line()?;
        serde_json::from_str(&line).map_err(|error| format!("{line}: {error}"))
    }

    fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Role {
    /// Ends it with SIGKILL, without a word: nobody's data is wanted after its last line.
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Peer {
    fn command(&self, role: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(role).args(arguments);
        command
    }

    fn start(&self, role: &str, arguments: &[&str]) -> Result<Role> {
        self.start_behind(role, arguments, Stdio::piped())
    }

    fn start_behind(&self, role: &str, arguments: &[&str], input: Stdio) -> Result<Role> {
        let mut command = self.command(role, arguments);
        let spawned = command.stdin(input).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| error.to_string())?;
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        std::thread::spawn(move || {
            for line in output.lines().map_while(std::result::Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        Ok(Role { child, input, lines })
    }

    /// Runs a role that ends by itself.
    fn finish(&self, role: &str, arguments: &[&str]) -> Result<()> {
        let mut command = self.command(role, arguments);
        let spawned = command.stdin(Stdio::null()).spawn();
        let mut child = spawned.map_err(|error| error.to_string())?;
        let start = Instant::now();
        while start.elapsed() < SEED_PATIENCE {
            match child.try_wait().map_err(|error| error.to_string())? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("{role}: {status}")),
                None => std::thread::sleep(LOOK),
            }
        }
        drop(child.kill());
        Err(format!("{role} took too long"))
    }

    fn serve(&self, store: &str, port: &str) -> Result<Role> {
        let server = self.start("serve", &[store, port])?;
        server.until("ready")?;
        Ok(server)
    }
}

/// A TCP port of 127.0.0.1 that nobody uses.
fn free_port() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port().to_string()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn number(value: &Value, key: &str) -> Result<f64> {
    value[key].as_f64().ok_or_else(|| format!("{value} has no {key}"))
}

/// Extism, another host of plugins, with the guest that it runs.
pub(crate) struct Extism {
    program: PathBuf,
    guest: PathBuf,
}

impl Extism {
    fn in_folder(folder: &Path) -> Option<Self> {
        let program = folder.join("release/extism-peer");
        let guest = folder.join("wasm32-unknown-unknown/guest/extism_peer_guest.wasm");
        (program.is_file() && guest.is_file()).then_some(Self { program, guest })
    }

    /// Runs the guest so many times with little and with much.
    pub(crate) fn measure(&self, small: usize, large: usize) -> Result<Figures<String>> {
        let mut command = Command::new(&self.program);
        command.arg(&self.guest).args([small.to_string(), large.to_string()]);
        let output =
            command.stderr(Stdio::inherit()).output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(output.status.to_string());
        }
        let printed = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        take(&printed, &["compile_ms", "run_1kb_us", "run_1mb_us"])
    }
}

fn take(value: &Value, keys: &[&str]) -> Result<Figures<String>> {
    keys.iter().map(|key| Ok(((*key).to_owned(), number(value, key)?))).collect()
}

impl Peers {
    /// The peers that are installed beside this program.
    pub(crate) fn installed() -> Self {
        let program = std::env::current_exe().unwrap();
        let target = program.ancestors().nth(2).expect("a program in target/release");
        let (js, samod) = (target.join("peers/js"), target.join("peers/samod/release/samod-peer"));
        let driver = js.join("work.mjs").display().to_string();
        let node = |name: &'static str| Peer {
            name,
            program: "node".into(),
            arguments: vec![driver.clone(), name.to_owned()],
        };
        let mut all = Vec::new();
        if js.join("node_modules").is_dir() {
            all.extend([node("hocuspocus"), node("automerge-repo")]);
        }
        if samod.is_file() {
            all.push(Peer { name: "samod", program: samod, arguments: Vec::new() });
        }
        let extism = Extism::in_folder(&target.join("peers/extism"));
        let folder = crate::scratch();
        let history = folder.path().join("history.json");
        let steps = history::plain(BRANCH_AT, BRANCH_CHANGES, BRANCH_SEED);
        std::fs::write(&history, steps.to_string()).unwrap();
        let mut plan = Plan::new();
        for _ in 0..CHANGES {
            plan.next();
        }
        let chars = (0..history::SECTIONS).map(|section| plan.text(section).len()).sum();
        Self { all, extism, folder, history, chars, seeds: BTreeMap::new() }
    }

    /// Runs one workload on every peer.
    pub(crate) fn measure(&mut self, workload: &str, board: &mut Board) {
        for index in 0..self.all.len() {
            let name = self.all[index].name;
            eprintln!("       {workload}: {name}");
            match self.run(index, workload) {
                Ok(lines) => {
                    for (workload, figures) in lines {
                        board.add_of(&workload, name, figures);
                    }
                }
                Err(error) => eprintln!("{name} did not do {workload}: {error}"),
            }
        }
    }

    fn run(&mut self, index: usize, workload: &str) -> Result<Vec<(String, Figures<String>)>> {
        let one = |figures| vec![(workload.to_owned(), figures)];
        Ok(match workload {
            "W1" => one(self.live(index, 1)?),
            "W1-plan" => one(self.live(index, CHANGES)?),
            "W2" => one(self.offline(index)?),
            "W3" => {
                let [cold, warm] = self.fresh(index)?;
                vec![("W3-cold".to_owned(), cold), ("W3-warm".to_owned(), warm)]
            }
            "W4" => vec![(format!("W4-{PAIRS}"), self.pairs(index)?)],
            "W6" => vec![
                ("W6-0ms".to_owned(), self.killed(index, Duration::ZERO)?),
                ("W6-500ms".to_owned(), self.killed(index, Duration::from_millis(500))?),
            ],
            _ => Vec::new(),
        })
    }

    /// A store of a server after so many changes: a fresh copy of one that was written once.
    fn store(&mut self, index: usize, changes: usize) -> Result<(tempfile::TempDir, String)> {
        let peer = &self.all[index];
        let key = format!("{}-{changes}", peer.name);
        if !self.seeds.contains_key(&key) {
            let folder = self.folder.path().join(&key);
            let history = self.history.display().to_string();
            let to = folder.display().to_string();
            peer.finish("seed", &[&history, &changes.to_string(), &to])?;
            self.seeds.insert(key.clone(), folder);
        }
        let scratch = crate::scratch();
        let store = scratch.path().join("store");
        copy(&self.seeds[&key], &store);
        let path = store.display().to_string();
        Ok((scratch, path))
    }

    fn live(&mut self, index: usize, changes: usize) -> Result<Figures<String>> {
        let (_scratch, store) = self.store(index, changes)?;
        let (peer, port) = (&self.all[index], free_port());
        let server = peer.serve(&store, &port)?;
        let mut b = peer.command("watch", &[&store, &port]);
        let mut b =
            b.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|e| e.to_string())?;
        let shown = Stdio::from(b.stdout.take().ok_or("no output")?);
        let measured = (|| {
            let a = peer.start_behind("type", &[&store, &port], shown)?;
            a.until("begin")?;
            let before = cpu(server.id());
            // One by one, a peer that waits 100 ms before it sends takes longer than a step may.
            while a.line_within(TYPING_PATIENCE)? != "end" {}
            let used = cpu(server.id()) - before;
            let mut figures = take(&a.figures()?, &["p50_us", "p99_us", "edits_per_s"])?;
            figures.push(("server_cpu_us_per_edit".to_owned(), used.as_secs_f64() * 1e3));
            Ok(figures)
        })();
        drop(b.kill());
        drop(b.wait());
        measured
    }

    /// A client meets the server; what that took, and the role, which stays connected.
    fn meet(
        &self,
        index: usize,
        at: [&str; 2],
        server: &Role,
        own: Option<&str>,
    ) -> Result<(Role, Value, Figures<String>)> {
        let peer = &self.all[index];
        let before = cpu(server.id());
        let arguments: Vec<&str> = at.into_iter().chain(own).collect();
        let client = peer.start("meet", &arguments)?;
        let printed = client.figures()?;
        std::thread::sleep(QUIET);
        let mut figures = take(&printed, &["ms", "bytes_down", "bytes_up"])?;
        figures.push(("server_cpu_ms".to_owned(), ms(cpu(server.id()) - before)));
        figures.push(("server_rss_kb".to_owned(), resident_kb(server.id())));
        Ok((client, printed, figures))
    }

    fn offline(&mut self, index: usize) -> Result<Figures<String>> {
        let (_scratch, store) = self.store(index, CHANGES)?;
        let own = self.folder.path().join(format!("{}-branch", self.all[index].name));
        let path = own.display().to_string();
        if !own.exists() {
            let history = self.history.display().to_string();
            self.all[index].finish("branch", &[&history, &path])?;
        }
        let port = free_port();
        let server = self.all[index].serve(&store, &port)?;
        let at = [store.as_str(), port.as_str()];
        // A server in use: a cold one loads the document first (and Hocuspocus then sends it twice).
        let (_user, before, _) = self.meet(index, at, &server, None)?;
        let (_client, mine, figures) = self.meet(index, at, &server, Some(&path))?;
        let (_fresh, after, _) = self.meet(index, at, &server, None)?;
        if mine["chars"] != after["chars"] || mine["chars"] == before["chars"] {
            return Err(format!("{before} and {mine} became {after}"));
        }
        Ok(figures)
    }

    fn fresh(&mut self, index: usize) -> Result<[Figures<String>; 2]> {
        let (_scratch, store) = self.store(index, CHANGES)?;
        let port = free_port();
        let server = self.all[index].serve(&store, &port)?;
        let at = [store.as_str(), port.as_str()];
        let (_first, printed, cold) = self.meet(index, at, &server, None)?;
        if printed["chars"] != self.chars {
            return Err(format!("{printed} has not {} characters", self.chars));
        }
        let (_second, _, warm) = self.meet(index, at, &server, None)?;
        Ok([cold, warm])
    }

    fn pairs(&self, index: usize) -> Result<Figures<String>> {
        let scratch = crate::scratch();
        let store = scratch.path().join("store").display().to_string();
        let (peer, port) = (&self.all[index], free_port());
        let server = peer.serve(&store, &port)?;
        let before = resident_kb(server.id());
        let mut clients = peer.start("pairs", &[&port, &PAIRS.to_string()])?;
        clients.until("connected")?;
        let per_connection = (resident_kb(server.id()) - before) / (2 * PAIRS) as f64;
        let cpu_before = cpu(server.id());
        let input = clients.input.as_mut().ok_or("no input")?;
        writeln!(input, "go").map_err(|error| error.to_string())?;
        let printed = clients.figures()?;
        let used = cpu(server.id()) - cpu_before;
        let mut figures =
            take(&printed, &["docs", "connect_ms", "edits", "edits_per_s", "p50_us", "p99_us"])?;
        let per_edit = used.as_secs_f64() * 1e6 / number(&printed, "edits")?.max(1.0);
        figures.push(("server_cpu_us_per_edit".to_owned(), per_edit));
        figures.push(("kb_per_conn".to_owned(), per_connection));
        Ok(figures)
    }

    fn killed(&mut self, index: usize, wait: Duration) -> Result<Figures<String>> {
        let mut kept = 0;
        for _ in 0..TRIES {
            // A fresh store each time: a killed server may leave one that cannot be read.
            let (_scratch, store) = self.store(index, 1)?;
            let (peer, port) = (&self.all[index], free_port());
            let server = peer.serve(&store, &port)?;
            let b = peer.start("watch", &[&store, &port])?;
            b.line()?;
            let a = peer.start("edit", &[&store, &port])?;
            let length = a.line()?.parse().map_err(|error| format!("{error}"))?;
            b.until_shown(length)?;
            std::thread::sleep(wait);
            // Dropped is killed. Both clients end before the server starts again.
            drop(server);
            drop((a, b));
            let port = free_port();
            let server = peer.serve(&store, &port)?;
            let (_client, printed, _) = self.meet(index, [&store, &port], &server, None)?;
            kept += usize::from(number(&printed, "section")? >= length as f64);
        }
        let figures = [("kept", kept as f64), ("of", TRIES as f64)];
        Ok(figures.map(|(key, value)| (key.to_owned(), value)).into())
    }
}

/// How the peers stand to jospar: each of jospar's figures, and theirs as multiples of it.
pub(crate) fn table(lines: &[Value]) {
    println!("\n{:<10} {:<24} {:>12}   peers (times jospar's)", "work", "figure", "jospar");
    for ours in lines.iter().filter(|line| line["peer"] == crate::measure::OURS) {
        let others: Vec<&Value> = lines
            .iter()
            .filter(|line| line["w"] == ours["w"] && line["peer"] != ours["peer"])
            .collect();
        for (key, value) in ours.as_object().into_iter().flatten() {
            let Some(mine) = value.as_f64().filter(|_| key != "runs") else { continue };
            let column = |line: &&Value| {
                let theirs = line[key].as_f64()?;
                let times = theirs / mine;
                Some(format!("{} {theirs} ({times:.2})", line["peer"].as_str()?))
            };
            let columns: Vec<String> = others.iter().filter_map(column).collect();
            if !columns.is_empty() {
                let work = ours["w"].as_str().unwrap_or_default();
                println!("{work:<10} {key:<24} {mine:>12}   {}", columns.join("; "));
            }
        }
    }
}
