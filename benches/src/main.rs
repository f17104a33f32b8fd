//! jospar-bench: the workloads of docs/benchmarks.md, one JSON line each. Run it with `cargo xtask bench [W1 W2 …]`.
//!
//! Server and clients are processes of their own (this program starts itself again), their stores lie beside the
//! program, with the durability that everybody gets; all traffic is on 127.0.0.1.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement that goes wrong ends at once"
)]

mod crowd;
mod fetch;
mod fleet;
mod history;
mod kill;
mod limits;
mod live;
mod measure;
mod peers;
mod plugins;
mod process;
mod relay;
mod school;
mod trace;

use std::collections::BTreeSet;
use std::time::Duration;

use measure::Board;
use peers::Peers;
use plugins::Plugins;
use serde_json::Value;

/// What runs when nothing is named. W8 takes minutes and runs only when it is.
const WORKLOADS: [&str; 10] = ["L", "W1", "W1-plan", "W2", "W3", "W4", "W5", "W6", "W7", "P"];
const NAMED_ONLY: [&str; 1] = ["W8"];
const RUNS: usize = 3;
/// The sizes of W4, in documents.
const PAIRS: [usize; 3] = [200, 1_000, 5_000];
const SCHOOLS: usize = 8_000;
const MINUTES: u32 = 5;

/// What was asked for on the command line.
struct Options {
    named: Vec<String>,
    runs: usize,
    schools: Option<usize>,
    minutes: u32,
    trace: Option<String>,
    peers: bool,
}

impl Options {
    fn read(arguments: &[String]) -> Self {
        let value = |name: &str| arguments.iter().find_map(|a| a.strip_prefix(name));
        Self {
            named: arguments.iter().filter(|a| !a.starts_with("--")).cloned().collect(),
            runs: value("--runs=").and_then(|v| v.parse().ok()).unwrap_or(RUNS),
            schools: value("--schools=").and_then(|v| v.parse().ok()),
            minutes: value("--minutes=").and_then(|v| v.parse().ok()).unwrap_or(MINUTES),
            trace: value("--trace=").map(str::to_owned),
            peers: arguments.iter().any(|a| a == "--peers"),
        }
    }

    fn wants(&self, workload: &str) -> bool {
        let named = self.named.iter().any(|name| name == workload);
        named || (self.named.is_empty() && !NAMED_ONLY.contains(&workload))
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("node") => process::run(&arguments[1..]),
        Some("echo") => limits::echo(),
        Some("trace") => trace::replay(arguments.get(1).map(String::as_str)),
        _ => bench(&Options::read(&arguments)),
    }
}

fn bench(options: &Options) {
    let mut board = Board::default();
    let mut peers = options.peers.then(Peers::installed);
    let mut plugins = options.wants("P").then(Plugins::new);
    for run in 1..=options.runs {
        for workload in WORKLOADS.into_iter().chain(NAMED_ONLY) {
            if options.wants(workload) {
                eprintln!("run {run}: {workload}");
                if let Some(plugins) = plugins.as_mut().filter(|_| workload == "P") {
                    plugins.measure(&mut board, peers.as_ref().and_then(|p| p.extism.as_ref()));
                    continue;
                }
                measure(workload, options, &mut board);
                if let Some(peers) = &mut peers {
                    peers.measure(workload, &mut board);
                }
            }
        }
    }
    let lines = board.lines();
    for line in &lines {
        println!("{line}");
    }
    if let Some(limits) = lines.iter().find(|line| line["w"] == "L") {
        table(limits);
    }
    if peers.is_some() {
        peers::table(&lines);
    }
}

fn measure(workload: &str, options: &Options, board: &mut Board) {
    match workload {
        "L" => board.add("L", limits::run()),
        "W1" => board.add("W1", live::run(&live::Content::Empty)),
        "W1-plan" => board.add("W1-plan", live::run(&live::Content::Plan)),
        "W2" => board.add("W2", fetch::offline()),
        "W3" => {
            let (cold, warm) = fetch::fresh();
            board.add("W3-cold", cold);
            board.add("W3-warm", warm);
        }
        "W4" => {
            // Beside the peers at their size, too.
            let beside = options.peers.then_some(peers::PAIRS);
            let alone = options.schools.map_or(PAIRS.to_vec(), |size| vec![size]);
            let sizes: BTreeSet<usize> = beside.into_iter().chain(alone).collect();
            for size in sizes {
                board.add(&format!("W4-{size}"), crowd::pairs(size));
            }
        }
        "W5" => {
            let file = options.trace.as_deref();
            board.add(trace::name(file), trace::run(file));
        }
        "W6" => {
            board.add("W6-0ms", kill::run(Duration::ZERO));
            board.add("W6-500ms", kill::run(Duration::from_millis(500)));
        }
        "W7" => board.add("W7", fetch::idle()),
        "W8" => {
            let schools = options.schools.unwrap_or(SCHOOLS);
            board.add("W8", crowd::nation(schools, options.minutes));
        }
        _ => {}
    }
}

fn table(limits: &Value) {
    println!("\nlimits in the same run");
    for (name, value) in limits.as_object().into_iter().flatten().skip(2) {
        println!("  {name:<26} {value:>10}");
    }
}

/// A folder for stores, on the disk that the program is on.
fn scratch() -> tempfile::TempDir {
    let program = std::env::current_exe().unwrap();
    tempfile::tempdir_in(program.parent().expect("a program is in a folder")).unwrap()
}
