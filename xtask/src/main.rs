//! The project's chores, the same on every platform: `cargo xtask test` is what CI runs, `cargo xtask bench` measures.

use std::process::{Command, ExitCode};

/// The checks of `cargo xtask test`, in order: arguments of cargo.
const CHECKS: &[&[&str]] = &[
    &["fmt", "--all", "--check"],
    &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    &["test", "--workspace"],
    &["doc", "--workspace", "--no-deps"],
];

fn main() -> ExitCode {
    let chore = std::env::args().nth(1).unwrap_or_default();
    let done = match chore.as_str() {
        "test" => CHECKS.iter().all(|arguments| cargo(arguments)),
        "bench" => bench(),
        _ => false,
    };
    if done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Builds the workloads for speed and runs those that were named, or all.
fn bench() -> bool {
    let named: Vec<String> = std::env::args().skip(2).collect();
    let mut arguments = vec!["run", "--release", "--package", "jospar-bench", "--"];
    arguments.extend(named.iter().map(String::as_str));
    cargo(&arguments)
}

fn cargo(arguments: &[&str]) -> bool {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).env("RUSTDOCFLAGS", "-D warnings");
    command.status().is_ok_and(|status| status.success())
}
