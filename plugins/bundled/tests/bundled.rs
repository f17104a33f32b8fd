//! The bundled plugins in the real host, on the example school: what they report is what stands in `golden`.
//!
//! `JOSPAR_UPDATE_GOLDEN=1 cargo test -p jospar-bundled` writes the files anew; look at what changed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

use jospar_plugin_api::{Block, Cell, Limits, Outcome, Package, Text};
use jospar_plugin_host::{File, Host, Inputs, Plugin, RunError};
use serde_json::Value;

use school::{School, data, needs};

#[path = "bundled/school.rs"]
mod school;

/// One host for all tests: each plugin is compiled once.
fn plugin(id: &str) -> &'static Plugin {
    static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
    static PLUGINS: OnceLock<BTreeMap<&str, Plugin>> = OnceLock::new();
    let plugins = PLUGINS.get_or_init(|| {
        let host = Host::new(Limits::default(), FOLDER.path()).unwrap();
        let ready = |id: &'static str| (id, host.compile(&package(id)).unwrap());
        jospar_bundled::packages().iter().map(|bundled| ready(bundled.id)).collect()
    });
    &plugins[id]
}

fn package(id: &str) -> Package {
    let bundled = jospar_bundled::packages().iter().find(|bundled| bundled.id == id).unwrap();
    Package::open(bundled.bytes.to_vec(), &Limits::default()).unwrap()
}

/// A run with everything granted that the manifest asks for.
struct Run {
    plugin: &'static str,
    task: &'static str,
    school: School,
    inputs: Inputs,
}

impl Run {
    fn of(plugin: &'static str, task: &'static str) -> Self {
        let inputs = Inputs {
            today: "2026-11-23".into(),
            now_ms: 1_795_392_000_000.0,
            seed: 7,
            grants: needs(&package(plugin)),
            ..Inputs::default()
        };
        Self { plugin, task, school: School::new(), inputs }
    }

    fn with_file(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.inputs.files.push(File::new(name, bytes).unwrap());
        self
    }

    fn with_setting(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.inputs.settings.insert(key.into(), value.into());
        self
    }

    fn without(mut self, capability: &str) -> Self {
        self.inputs.grants.remove(&capability.parse().unwrap());
        self
    }

    fn outcome(self) -> Result<Outcome, RunError> {
        self.outcome_in(&mut School::new())
    }

    fn outcome_in(mut self, _: &mut School) -> Result<Outcome, RunError> {
        let plugin = plugin(self.plugin);
        let ran = plugin.run(self.task, self.inputs, &mut self.school);
        ran.map(|ran| ran.outcome).map_err(|failed| failed.error)
    }
}

/// Compares with the golden file, or writes it.
fn golden(name: &str, outcome: &Outcome) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.json"));
    let actual = outcome.to_json();
    if std::env::var_os("JOSPAR_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let mut lines = expected.lines().zip(actual.lines()).enumerate();
    let first = lines.find(|(_, (expected, actual))| expected != actual);
    assert!(expected == actual, "{name}.json differs, first at {first:?}");
}

/// All texts of an outcome.
fn texts(outcome: &Outcome) -> Vec<&Text> {
    let mut texts = Vec::new();
    let report = outcome.report.as_ref().unwrap();
    texts.push(&report.title);
    for block in &report.blocks {
        match block {
            Block::Heading(heading) => texts.push(&heading.text),
            Block::Paragraph(text) => texts.push(text),
            Block::Items(items) => texts.extend(items),
            Block::Number(number) => {
                texts.push(&number.label);
                texts.extend(&number.method);
            }
            Block::Table(table) => {
                texts.push(&table.title);
                texts.extend(table.columns.iter().map(|column| &column.title));
                texts.extend(table.rows.iter().flatten().filter_map(|cell| match cell {
                    Cell::Text(text) => Some(text),
                    _ => None,
                }));
            }
            Block::Chart(chart) => {
                texts.push(&chart.title);
                texts.extend(&chart.categories);
                texts.extend(chart.series.iter().map(|series| &series.name));
            }
            Block::Callout(callout) => texts.push(&callout.text),
            Block::Quotation(quotation) => texts.push(&quotation.source),
        }
    }
    for proposal in &outcome.proposals {
        texts.extend([&proposal.title, &proposal.reason]);
    }
    texts
}

/// What every report owes its reader: all texts in three languages, no place left open, the answer first, and every
/// number with what it rests on.
fn check_report(outcome: &Outcome) {
    for text in texts(outcome) {
        for language in [&text.kk, &text.ru, &text.en] {
            assert!(!language.is_empty(), "{text:?}");
            assert!(!language.contains(['{', '}']), "{text:?}");
        }
    }
    let blocks = &outcome.report.as_ref().unwrap().blocks;
    assert!(matches!(blocks.first(), Some(Block::Callout(_))), "the answer comes first");
    for block in blocks {
        if let Block::Number(number) = block {
            assert!(number.n.is_some() && number.method.is_some(), "{}", number.label.en);
            assert!(number.source.is_some() && number.value.is_some(), "{}", number.label.en);
        }
    }
}

#[test]
fn every_package_opens_and_is_what_its_manifest_says() {
    let ids: Vec<&str> = jospar_bundled::packages().iter().map(|bundled| bundled.id).collect();
    assert_eq!(ids, ["audit", "survey", "swot"]);
    for bundled in jospar_bundled::packages() {
        let package = package(bundled.id);
        assert_eq!(package.manifest().id.to_string(), bundled.id);
        assert!(package.publisher().is_none());
        // No plugin of ours is large, and none holds the interface twice.
        assert!(bundled.bytes.len() < 600_000, "{}: {} bytes", bundled.id, bundled.bytes.len());
    }
}

#[test]
fn reports_on_the_example_school_are_those_of_the_golden_files() {
    for (plugin, task) in [("swot", "swot"), ("audit", "audit"), ("survey", "survey")] {
        let outcome = Run::of(plugin, task).outcome().unwrap();
        check_report(&outcome);
        golden(&format!("{plugin}-{task}"), &outcome);
        // The same run gives the same bytes.
        assert!(Run::of(plugin, task).outcome().unwrap().to_json() == outcome.to_json());
    }
}

#[test]
fn the_example_has_the_totals_of_its_readme() {
    let outcome = Run::of("swot", "swot").outcome().unwrap();
    let near = |name: &str, expected: f64| {
        let found = outcome.data[name].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-9, "{name} {found}");
    };
    near("ife", 2.62);
    near("efe", 2.36);
}
