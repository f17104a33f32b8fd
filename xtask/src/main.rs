//! The project's chores, the same on every platform: `cargo xtask test` is what CI runs.

mod dist;
mod licences;
mod runners;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The checks of `cargo xtask test`, in order: arguments of cargo.
const CHECKS: &[&[&str]] = &[
    &["fmt", "--all", "--check"],
    &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    &["build", "--workspace", "--bins"],
    &["test", "--workspace", "--no-fail-fast"],
    &["doc", "--workspace", "--no-deps"],
    &["fmt", "--manifest-path", GUESTS, "--all", "--check"],
    &["clippy", "--manifest-path", GUESTS, "--all-targets", "--", "-D", "warnings"],
    &["test", "--manifest-path", GUESTS, "--no-fail-fast"],
    &["doc", "--manifest-path", GUESTS, "--workspace", "--no-deps"],
];

/// The profile of what runs long: fast, and with the checks of a debug build.
const SOAK: &str = "--profile=soak";

/// The profile of what is given to people.
const RELEASE: &str = "--release";

/// The workspace of what builds for WebAssembly.
const GUESTS: &str = "plugins/guests/Cargo.toml";

/// The long tests that `cargo xtask soak` runs in full; how much that is stands in `tests/src/bounds.rs`.
const LONG_TESTS: &[&str] = &["sim", "kill", "disk", "rot", "line", "faults", "lives", "hostile"];

const HELP: &str = "\
cargo xtask demo            two people write one plan offline, and it merges (JOSPAR_LANG=kk, ru or en)
cargo xtask test            every check: format, lints, tests, documentation, types for Windows where its compiler is
cargo xtask sim [A..B]      simulated histories of the seeds from A to B; one seed N replays with a trace
cargo xtask soak [sim ...]  the long tests in full: 10,000 histories, 1,000 kills, 2,000 power cuts; takes an hour or two
cargo xtask fuzz [TARGET] [--seconds N] [--seed N]  mutations of tests/corpus, by default 60 seconds for each target
cargo xtask web-test [NAME] stories of the page in a real browser, with pictures (needs node, npm and Chromium);
                            --pictures: the README's become those of this run
cargo xtask bench [W1 ...]  the workloads of docs/benchmarks.md; --peers: the other systems beside (needs npm)
cargo xtask bench B         what a person waits for in a browser (needs node, npm and Chromium)
cargo xtask dist            packages in target/dist: for Linux an archive, and a .deb with icon and menu entry; for Windows
                            an archive, where Rust's target x86_64-pc-windows-gnu and MinGW's compiler are
cargo xtask runners [js python]  builds the runners of script plugins anew (needs npm, and python with venv)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (chore, rest) = match arguments.split_first() {
        Some((chore, rest)) => (chore.as_str(), rest),
        None => ("", arguments.as_slice()),
    };
    let done = has_c_compiler()
        && match chore {
            "demo" => demo(rest),
            "test" => {
                CHECKS.iter().all(|arguments| run(cargo(arguments))) && dist::windows::check()
            }
            "sim" => sim(rest.first().map(String::as_str)),
            "soak" => soak(rest),
            "fuzz" => fuzz(rest),
            "web-test" => web_test(rest),
            "bench" => bench(rest),
            "dist" => dist::build(),
            "runners" => runners::build(rest),
            _ => {
                say(HELP);
                false
            }
        };
    if done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(text: &str) {
    // Nothing can be said where standard error is gone.
    drop(write!(std::io::stderr().lock(), "{text}"));
}

/// A cargo that builds what `Cargo.lock` says, or nothing.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let (chore, rest) = arguments.split_first().unwrap_or((&"help", &[]));
    command.arg(chore);
    if *chore != "fmt" {
        command.arg("--locked");
    }
    command.args(rest).env("RUSTDOCFLAGS", "-D warnings");
    command
}

fn run(mut command: Command) -> bool {
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            say(&format!("{}: {error}\n", command.get_program().display()));
            false
        }
    }
}

/// SQLite, zstd and the cryptography are partly C: without a C compiler cargo fails late and says little.
fn has_c_compiler() -> bool {
    let names =
        std::env::var_os("CC").into_iter().chain(["cc", "gcc", "clang", "cl"].map(Into::into));
    let found = names.into_iter().any(|name| {
        let output = Command::new(name).arg("--version").output();
        output.is_ok()
    });
    if !found {
        say(
            "A C compiler is needed. On Debian: apt-get install gcc libc6-dev. On Windows: the Visual Studio Build Tools.\n",
        );
    }
    found
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

fn demo(arguments: &[String]) -> bool {
    let packages =
        ["build", "--quiet", "-p", "jospar-cli", "-p", "jospar-sync-server", "-p", "jospar-tests"];
    if !run(cargo(&packages)) {
        return false;
    }
    let mut story = Command::new(target().join("debug").join("jospar-demo"));
    story.args(arguments);
    run(story)
}

/// The browser's driver, as its authors published it. It is fetched into the target folder and is no part of the build.
const PLAYWRIGHT: &str = "playwright-core@1.65.1";
/// What looks for hindrances to people who see, hear or move otherwise; fetched in the same way.
const AXE: &str = "axe-core@4.14.1";

/// The workload that needs a browser, and is run by itself.
const BROWSER_BENCH: &str = "B";

/// With this argument the README's pictures become those of this run.
const KEEP_PICTURES: &str = "--pictures";

/// Builds the programs and lets browsers tell the stories of the page.
fn web_test(chosen: &[String]) -> bool {
    if !run(cargo(&["build", "-p", "jospar-cli", "-p", "jospar-sync-server"])) {
        return false;
    }
    let Some(work) = browser_folder() else { return false };
    let mut stories = Command::new("node");
    let kept = chosen.iter().any(|argument| argument == KEEP_PICTURES);
    let names = chosen.iter().filter(|argument| *argument != KEEP_PICTURES);
    stories.arg("tests/browser/stories.mjs").arg(target().join("debug")).arg(&work).args(names);
    run(stories) && (!kept || keep_pictures(&work.join("pictures")))
}

/// The folder for what browsers do, with their driver in it; it is fetched if it is missing.
fn browser_folder() -> Option<PathBuf> {
    let work = std::path::absolute(target().join("web-test")).ok()?;
    let fetched = |name: &str| work.join("node_modules").join(name).is_dir();
    if fetched("playwright-core") && fetched("axe-core") {
        return Some(work);
    }
    let manifest = work.join("package.json");
    let made = std::fs::create_dir_all(&work)
        .and_then(|()| std::fs::write(&manifest, "{\"private\": true}\n"));
    if let Err(error) = made {
        say(&format!("{}: {error}\n", manifest.display()));
        return None;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut install = Command::new(npm);
    install.args(["install", "--no-save", "--ignore-scripts", PLAYWRIGHT, AXE]).current_dir(&work);
    run(install).then_some(work)
}

/// Puts the pictures of the README in their place.
fn keep_pictures(made: &Path) -> bool {
    let copy = |name: &str| {
        let place = format!("docs/pictures/{name}.png");
        std::fs::copy(made.join(format!("readme-{name}.png")), &place)
            .inspect_err(|error| say(&format!("{place}: {error}\n")))
            .is_ok()
    };
    ["overview", "map", "swot"].into_iter().all(copy)
}

fn sim(seeds: Option<&str>) -> bool {
    let mut command =
        cargo(&["test", SOAK, "-p", "jospar-tests", "--test", "sim", "--", "--nocapture"]);
    match seeds {
        Some(seeds) if seeds.contains("..") => command.env("JOSPAR_SIM_SEEDS", seeds),
        Some(seed) => command.env("JOSPAR_SIM_SEED", seed),
        None => &mut command,
    };
    run(command)
}

/// Builds `jospar` and `jospar-server` with the profile that the argument names.
fn build_programs(profile: &str) -> bool {
    run(cargo(&["build", profile, "-p", "jospar-cli", "-p", "jospar-sync-server"]))
}

/// Runs all of them, also behind one that failed, and names those that did.
fn soak(chosen: &[String]) -> bool {
    if !build_programs(SOAK) {
        return false;
    }
    let is_chosen = |name: &&&str| chosen.is_empty() || chosen.iter().any(|other| other == **name);
    let mut failed = Vec::new();
    for name in LONG_TESTS.iter().filter(is_chosen) {
        let mut command = cargo(&["test", SOAK, "-p", "jospar-tests", "--test", name]);
        // Panics of automerge that are caught are part of it, and finding out where each stood takes most of the time.
        command.args(["--", "--nocapture"]).env("JOSPAR_SOAK", "1").env("RUST_BACKTRACE", "0");
        if !run(command) {
            failed.push(*name);
        }
    }
    if !failed.is_empty() {
        say(&format!("failed: {}\n", failed.join(", ")));
    }
    failed.is_empty()
}

fn fuzz(arguments: &[String]) -> bool {
    let mut command =
        cargo(&["test", SOAK, "-p", "jospar-tests", "--test", "fuzz", "--", "--nocapture"]);
    command.env("JOSPAR_FUZZ_SECONDS", "60");
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (name, value) = match argument.as_str() {
            "--seconds" => ("JOSPAR_FUZZ_SECONDS", rest.next()),
            "--seed" => ("JOSPAR_FUZZ_SEED", rest.next()),
            _ => ("JOSPAR_FUZZ_TARGET", Some(argument)),
        };
        let Some(value) = value else {
            say(HELP);
            return false;
        };
        command.env(name, value);
    }
    run(command)
}

fn bench(arguments: &[String]) -> bool {
    if arguments == [BROWSER_BENCH] {
        return browser_bench();
    }
    if arguments.iter().any(|argument| argument == "--peers") && !install_peers() {
        return false;
    }
    let mut command = cargo(&["run", "--release", "--quiet", "-p", "jospar-bench", "--"]);
    command.args(arguments);
    run(command)
}

/// What a person waits for in a browser, with programs that were built for speed.
fn browser_bench() -> bool {
    if !build_programs(RELEASE) {
        return false;
    }
    let Some(work) = browser_folder() else { return false };
    let mut bench = Command::new("node");
    bench.arg("tests/browser/bench.mjs").arg(target().join("release")).arg(&work);
    run(bench)
}

/// Installs the pinned versions of `benches/peers` under `target/peers`. A peer that cannot be had is left out.
fn install_peers() -> bool {
    let folder = target().join("peers");
    let (js, samod) = (folder.join("js"), folder.join("samod"));
    let copied = std::fs::create_dir_all(&js).and_then(|()| {
        std::fs::read_dir("benches/peers/js")?
            .flatten()
            .try_for_each(|entry| std::fs::copy(entry.path(), js.join(entry.file_name())).map(drop))
    });
    if let Err(error) = copied {
        say(&format!("{}: {error}\n", js.display()));
        return false;
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund"]).current_dir(&js);
    if !js.join("node_modules").is_dir() && !run(npm) {
        say("npm did not install the JavaScript peers; they are left out\n");
        // Half an installation would be taken for a whole one.
        drop(std::fs::remove_dir_all(js.join("node_modules")));
    }
    let mut build = cargo(&["build", "--release", "--quiet"]);
    build.args(["--manifest-path", "benches/peers/samod/Cargo.toml", "--target-dir"]).arg(samod);
    if !run(build) {
        say("samod was not built; it is left out\n");
    }
    let extism = folder.join("extism");
    let guest =
        ["--target", "wasm32-unknown-unknown", "--profile", "guest", "-p", "extism-peer-guest"];
    for arguments in [&["--release", "-p", "extism-peer"][..], &guest] {
        let mut build = cargo(&["build", "--quiet"]);
        build.args(["--manifest-path", "benches/peers/extism/Cargo.toml", "--target-dir"]);
        build.arg(&extism).args(arguments);
        if !run(build) {
            say("Extism was not built; it is left out\n");
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t41_every_chore_builds_what_the_lock_file_says() {
        for check in CHECKS {
            let command = cargo(check);
            let arguments: Vec<_> = command.get_args().collect();
            let own = arguments.iter().position(|argument| *argument == "--");
            let locked = arguments.iter().position(|argument| *argument == "--locked");
            if check[0] == "fmt" {
                assert_eq!(locked, None, "{check:?}: rustfmt builds nothing");
            } else {
                assert!(locked.is_some_and(|at| own.is_none_or(|own| at < own)), "{check:?}");
            }
        }
    }
}
