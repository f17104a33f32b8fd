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

mod fetch;
mod history;
mod kill;
mod limits;
mod live;
mod measure;
mod process;
mod relay;
mod school;

use std::time::Duration;

use measure::Board;
use serde_json::Value;

const WORKLOADS: [&str; 7] = ["L", "W1", "W1-plan", "W2", "W3", "W6", "W7"];
const RUNS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("node") => process::run(&arguments[1..]),
        Some("echo") => limits::echo(),
        _ => bench(&arguments),
    }
}

fn bench(arguments: &[String]) {
    let runs = arguments.iter().find_map(|a| a.strip_prefix("--runs=")?.parse().ok());
    let named: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|a| !a.starts_with("--")).collect();
    let mut board = Board::default();
    for run in 1..=runs.unwrap_or(RUNS) {
        for workload in WORKLOADS {
            if named.is_empty() || named.contains(&workload) {
                eprintln!("run {run}: {workload}");
                measure(workload, &mut board);
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
}

fn measure(workload: &str, board: &mut Board) {
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
        "W6" => {
            board.add("W6-0ms", kill::run(Duration::ZERO));
            board.add("W6-500ms", kill::run(Duration::from_millis(500)));
        }
        "W7" => board.add("W7", fetch::idle()),
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
