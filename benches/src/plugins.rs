//! P: plugins. What a run costs with a fresh instance each time, in Rust, JavaScript and Python, and what a person waits
//! for: a bundled plugin from its kept code, and a script that was just saved.
//!
//! The guests are those of `benches/guest`. Nothing is left out of a run: the host looks at the outcome as always.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jospar_plugin_api::{Limits, Package, Part, PluginError, PluginId, RunnerName, Text};
use jospar_plugin_host::{
    Environment, Host, Inputs, ModelReply, ModelRequest, Options, Plugin, Runner, StoreUsage,
};
use serde_json::Value;

use crate::measure::{Board, Figures, ms, percentile_us};
use crate::peers::Extism;

const KB: usize = 1_000;
const MB: usize = 1_000_000;
/// Times that a script is saved and run again, and a bundled plugin started.
const TRIES: usize = 10;
/// The part of the times that is left out at the beginning.
const WARM: usize = 10;
const EXAMPLE: &str = include_str!("../../data/example-plan.json");
const JS: &str = include_str!("../guest/bench.js");
const PYTHON: &str = include_str!("../guest/bench.py");
const MANIFEST: &str = include_str!("../guest/manifest.json");

/// The languages, and how often each is run with little and with much.
const KINDS: [(&str, usize, usize); 3] = [("rust", 2_000, 60), ("js", 400, 40), ("python", 80, 20)];

/// What stays from one round to the next: compiled code, which is measured once.
pub(crate) struct Plugins {
    folder: tempfile::TempDir,
    packages: Vec<(&'static str, Package)>,
    compiled: bool,
}

/// A plan whose head is a text of so many bytes, and otherwise the example.
struct Plan {
    head: String,
    example: Value,
}

fn absent() -> PluginError {
    PluginError { code: jospar_plugin_api::Code::NotFound, message: Text::default() }
}

impl Environment for Plan {
    fn part(&mut self, part: Part) -> Result<String, PluginError> {
        if part == Part::Plan && !self.head.is_empty() {
            return Ok(self.head.clone());
        }
        self.example.get(part.name()).map(Value::to_string).ok_or_else(absent)
    }

    fn survey_totals(&mut self, _: &str) -> Result<String, PluginError> {
        Err(absent())
    }

    fn survey_rows(&mut self, _: &str) -> Result<String, PluginError> {
        Err(absent())
    }

    fn lesson_results(&mut self, _: &str) -> Result<String, PluginError> {
        Err(absent())
    }

    fn plugin_result(&mut self, _: &PluginId) -> Result<String, PluginError> {
        Err(absent())
    }

    fn store_value(&mut self, _: &str) -> Result<Option<Vec<u8>>, PluginError> {
        Ok(None)
    }

    fn set_store_value(&mut self, _: &str, _: &[u8]) -> Result<(), PluginError> {
        Ok(())
    }

    fn delete_store_value(&mut self, _: &str) -> Result<(), PluginError> {
        Ok(())
    }

    fn store_keys(&mut self, _: &str) -> Result<Vec<String>, PluginError> {
        Ok(Vec::new())
    }

    fn store_usage(&mut self) -> Result<StoreUsage, PluginError> {
        Ok(StoreUsage::default())
    }

    fn ask(&mut self, _: &ModelRequest) -> Result<ModelReply, PluginError> {
        Err(absent())
    }

    fn progress(&mut self, _: f64, _: &Text) {}
}

/// The guest in Rust, built as an author builds one.
fn rust_guest() -> Package {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("guest");
    let program = std::env::current_exe().unwrap();
    let folder =
        program.ancestors().nth(2).expect("a program in target/release").join("bench-guest");
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/sdk");
    let manifest = std::fs::read_to_string(sources.join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("../../plugins/sdk", &sdk.display().to_string());
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    for name in ["Cargo.lock", "manifest.json", "src/lib.rs"] {
        std::fs::copy(sources.join(name), folder.join(name)).unwrap();
    }
    let limits = Limits::default();
    jospar_plugins::author::build(&folder, &limits).unwrap();
    jospar_plugins::author::read(&folder, &limits).unwrap()
}

fn script(name: RunnerName, body: &str) -> Vec<u8> {
    let mark = if name == RunnerName::Py1 { "#" } else { "//" };
    let mut manifest: Value = serde_json::from_str(MANIFEST).unwrap();
    manifest["runner"] = name.name().into();
    format!("{mark} /// jospar\n{mark} {manifest}\n{mark} ///\n{body}").into_bytes()
}

fn open(bytes: Vec<u8>) -> Package {
    Package::open(bytes, &Limits::default()).unwrap()
}

fn runner(kind: &str) -> Option<Runner> {
    let name = match kind {
        "js" => RunnerName::Js1,
        "python" => RunnerName::Py1,
        _ => return None,
    };
    Some(Runner { name, component: jospar_runners::runner(name).unwrap() })
}

fn host(folder: &Path, fuel: bool) -> Host {
    let options = Options { fuel, ..Options::default() };
    Host::with_options(Limits::default(), folder, options).unwrap()
}

fn ready(host: &Host, package: &Package, runner: Option<&Runner>) -> Plugin {
    match runner {
        Some(runner) => host.compile_script(package, runner).unwrap(),
        None => host.compile(package).unwrap(),
    }
}

fn run(plugin: &Plugin, task: &str, plan: &mut Plan) -> Duration {
    let grants = plugin.manifest().needs.clone();
    let inputs = Inputs { today: "2026-11-23".into(), grants, ..Inputs::default() };
    let start = Instant::now();
    plugin.run(task, inputs, plan).unwrap();
    start.elapsed()
}

/// Median microseconds of a task over `times` runs.
fn median_us(plugin: &Plugin, task: &str, bytes: usize, times: usize) -> f64 {
    let head = Value::from("a".repeat(bytes.saturating_sub(2))).to_string();
    let mut plan = Plan { head, example: Value::Null };
    let mut taken = Vec::with_capacity(times);
    for time in 0..times + times / WARM {
        let took = run(plugin, task, &mut plan);
        if time >= times / WARM {
            taken.push(took);
        }
    }
    percentile_us(&mut taken, 500)
}

impl Plugins {
    pub(crate) fn new() -> Self {
        let packages = vec![
            ("rust", rust_guest()),
            ("js", open(script(RunnerName::Js1, JS))),
            ("python", open(script(RunnerName::Py1, PYTHON))),
        ];
        Self { folder: crate::scratch(), packages, compiled: false }
    }

    fn cache(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// All lines of one round: `P-rust`, `P-js`, `P-python`, `P-person`, and those of Extism if it is there.
    pub(crate) fn measure(&mut self, board: &mut Board, extism: Option<&Extism>) {
        for (kind, small, large) in KINDS {
            let figures = self.kind(kind, small, large);
            board.add(&format!("P-{kind}"), figures);
        }
        self.compiled = true;
        board.add("P-person", self.person());
        if let Some(extism) = extism {
            match extism.measure(KINDS[0].1, KINDS[0].2) {
                Ok(figures) => board.add_of("P-rust", "extism", figures),
                Err(error) => eprintln!("extism did not do P: {error}"),
            }
        }
    }

    fn kind(&self, kind: &str, small: usize, large: usize) -> Figures {
        let (_, package) = self.packages.iter().find(|(name, _)| *name == kind).expect("all kinds");
        let runner = runner(kind);
        let mut figures = Vec::new();
        if !self.compiled {
            let host = host(&self.cache(kind), false);
            let start = Instant::now();
            ready(&host, package, runner.as_ref());
            figures.push(("compile_ms", ms(start.elapsed())));
            ready(
                &self::host(&self.cache(&format!("{kind}-fuel")), true),
                package,
                runner.as_ref(),
            );
        }
        let host = host(&self.cache(kind), false);
        let mut loads: Vec<Duration> = (0..TRIES)
            .map(|_| {
                let start = Instant::now();
                // A new host, as a program that starts has: nothing is in memory.
                ready(&self::host(&self.cache(kind), false), package, runner.as_ref());
                start.elapsed()
            })
            .collect();
        figures.push(("cached_load_us", percentile_us(&mut loads, 500)));
        let plugin = ready(&host, package, runner.as_ref());
        figures.push(("empty_us", median_us(&plugin, "empty", KB, small)));
        figures.push(("run_1kb_us", median_us(&plugin, "echo", KB, small)));
        figures.push(("run_1mb_us", median_us(&plugin, "echo", MB, large)));
        let work = median_us(&plugin, "work", KB, large);
        let fuelled = ready(
            &self::host(&self.cache(&format!("{kind}-fuel")), true),
            package,
            runner.as_ref(),
        );
        let counted = median_us(&fuelled, "work", KB, large);
        figures.push(("work_us", work));
        figures.push(("work_with_fuel_us", counted));
        figures
    }

    /// What a person waits for.
    fn person(&self) -> Figures {
        let mut figures = Vec::new();
        for (key, id) in [("bundled_swot_ms", "swot"), ("bundled_draft_ms", "draft")] {
            let mut taken: Vec<Duration> = (0..TRIES).map(|_| self.bundled(id)).collect();
            // The first one compiled it.
            taken.remove(0);
            figures.push((key, percentile_us(&mut taken, 500) / 1e3));
        }
        for (key, kind, body) in [("rerun_js_ms", "js", JS), ("rerun_python_ms", "python", PYTHON)]
        {
            figures.push((key, self.rerun(kind, body)));
        }
        figures
    }

    /// A new program: the host, the kept code of a bundled plugin, and a run of it on the example.
    fn bundled(&self, id: &str) -> Duration {
        let mut plan =
            Plan { head: String::new(), example: serde_json::from_str(EXAMPLE).unwrap() };
        let start = Instant::now();
        let host = host(&self.cache("bundled"), false);
        let bundled = jospar_bundled::packages().iter().find(|bundled| bundled.id == id);
        let package = open(bundled.expect("a bundled plugin").bytes.to_vec());
        let plugin = ready(&host, &package, None);
        let task = plugin.manifest().tasks[0].id.clone();
        run(&plugin, &task, &mut plan);
        start.elapsed()
    }

    /// A script is saved with one letter more and run again, as an author does; the runner's code is kept.
    fn rerun(&self, kind: &str, body: &str) -> f64 {
        let runner = runner(kind).expect("a script has a runner");
        let host = host(&self.cache(kind), false);
        let file = self.folder.path().join(format!("script.{kind}"));
        let mut plan = Plan { head: "{}".to_owned(), example: Value::Null };
        let mut taken: Vec<Duration> = (0..TRIES)
            .map(|time| {
                let bytes = script(runner.name, &format!("{body}{}", "\n".repeat(time)));
                let start = Instant::now();
                std::fs::write(&file, bytes).unwrap();
                let package = open(std::fs::read(&file).unwrap());
                let plugin = ready(&host, &package, Some(&runner));
                run(&plugin, "echo", &mut plan);
                start.elapsed()
            })
            .collect();
        percentile_us(&mut taken, 500) / 1e3
    }
}
