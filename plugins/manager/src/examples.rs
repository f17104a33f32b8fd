//! Examples: a plugin run on data beside it and held against the report that its author looked at.
//!
//! `tests/plan.json`, or `tests/NAME/plan.json` for each of several, is the plan (with `survey_rows` and `learner_results` beside its parts, if need be) and
//! `outcome.json` beside it what the run must give back, byte for byte. `case.json` may name `task`, `today`,
//! `settings`, `grants` (all that the manifest asks for if absent) and `files` of the same folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jospar_node::service::Fault;
use jospar_plugin_api::{Capability, Package};
use jospar_plugin_host::{Cancel, File};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault;
use crate::library::Library;
use crate::run::{Order, Source};
use crate::snapshot::Snapshot;

/// The folder with examples.
const TESTS: &str = "tests";
const PLAN: &str = "plan.json";
const CASE: &str = "case.json";
const OUTCOME: &str = "outcome.json";
/// The day of a run that names none, and the moment: a report must not change from day to day.
const TODAY: &str = "2026-11-30";
const NOW_MS: i64 = 1_796_000_400_000;
/// The most examples of a plugin.
const EXAMPLES_MAX: usize = 100;
/// Lines of a difference that are told.
const LINES_MAX: usize = 10;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    task: Option<String>,
    today: Option<String>,
    #[serde(default)]
    settings: BTreeMap<String, Value>,
    grants: Option<BTreeSet<Capability>>,
    #[serde(default)]
    files: Vec<String>,
}

impl Library {
    /// Runs the examples of the plugin in `folder`. With `write`, what they give back is written as what is expected.
    /// Answer: `{plugin, version, examples: [{name, task, state: "equal"|"different"|"written"|"failed", lines: [text],
    /// fault: null|{kind, key, values}}]}`; `lines` begin with `-` for what was expected and `+` for what came.
    ///
    /// # Errors
    /// A fault if there are no examples, or one cannot be read.
    pub fn test(&mut self, folder: &Path, package: &Package, write: bool) -> Result<Value, Fault> {
        let mut told = Vec::new();
        for example in examples(folder)? {
            told.push(self.example(&example, package, write)?);
        }
        let manifest = package.manifest();
        Ok(json!({"plugin": manifest.id, "version": manifest.version.to_string(),
                  "examples": told}))
    }

    fn example(&mut self, folder: &Path, package: &Package, write: bool) -> Result<Value, Fault> {
        let plan: Value = read_json(&folder.join(PLAN))?;
        let case: Case = match folder.join(CASE).is_file() {
            true => read_json(&folder.join(CASE))?,
            false => Case::default(),
        };
        let today = case.today.as_deref().unwrap_or(TODAY);
        let mut snapshot = Snapshot::of_file(plan, today, NOW_MS);
        let id = package.manifest().id.as_str();
        snapshot.plugins = json!([{"id": id, "settings": case.settings}]);
        let mut files = Vec::new();
        for name in &case.files {
            let path = folder.join(name);
            let bytes = fs::read(&path).map_err(|error| fault::file(&path, &error))?;
            files.push(File::new(name, bytes).map_err(|error| fault::file_name(&error))?);
        }
        let grants = case.grants.unwrap_or_else(|| package.manifest().needs.clone());
        let order = Order {
            task: case.task.as_deref(),
            files,
            again: true,
            progress: &mut |_, _| {},
            model: None,
            cancel: Cancel::default(),
        };
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let run = self.run_on(&snapshot, &Source::Package(package, grants), order);
        let path = folder.join(OUTCOME);
        let (state, task, lines, failed) = match run {
            Err(fault) => ("failed", case.task, Vec::new(), Some(fault)),
            Ok(run) => {
                let came = run.outcome.to_json();
                let expected = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
                if came == expected {
                    ("equal", Some(run.task), Vec::new(), None)
                } else if write {
                    fs::write(&path, &came).map_err(|error| fault::file(&path, &error))?;
                    ("written", Some(run.task), Vec::new(), None)
                } else {
                    ("different", Some(run.task), difference(&expected, &came), None)
                }
            }
        };
        Ok(json!({"name": name, "task": task, "state": state, "lines": lines, "fault": failed}))
    }
}

fn examples(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let tests = folder.join(TESTS);
    let entries = fs::read_dir(&tests).map_err(|error| fault::file(&tests, &error))?;
    let all = entries.take(EXAMPLES_MAX).flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = all.filter(|path| path.join(PLAN).is_file()).collect();
    found.sort();
    if tests.join(PLAN).is_file() {
        found.insert(0, tests.clone());
    }
    if found.is_empty() {
        let path = tests.join(PLAN).display().to_string();
        return Err(fault::not_found("error-file-not-found", json!({ "path": path })));
    }
    Ok(found)
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Fault> {
    let text = fs::read_to_string(path).map_err(|error| fault::file(path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        let values = json!({"path": path.display().to_string(), "line": error.line().to_string(),
                            "reason": error.to_string()});
        fault::usage("plugin-example-json", values)
    })
}

/// The first lines in which two texts differ.
fn difference(expected: &str, came: &str) -> Vec<String> {
    let (expected, came): (Vec<&str>, Vec<&str>) =
        (expected.lines().collect(), came.lines().collect());
    let same = expected.iter().zip(&came).take_while(|(a, b)| a == b).count();
    let some = |lines: &[&str], mark: char| -> Vec<String> {
        let shown = lines.iter().skip(same).take(LINES_MAX / 2);
        shown.map(|line| format!("{mark} {line}")).collect()
    };
    let mut lines = some(&expected, '-');
    lines.extend(some(&came, '+'));
    lines
}
