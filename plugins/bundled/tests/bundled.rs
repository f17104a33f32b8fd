//! The bundled plugins in the real host, on the example school: what they report is what stands in `golden`.
//!
//! `JOSPAR_UPDATE_GOLDEN=1 cargo test -p jospar-bundled` writes the files anew; look at what changed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

use jospar_core::document::{Author, Command, Document};
use jospar_core::ids::ActorId;
use jospar_core::plan::{Kind, import, root_commands};
use jospar_core::time::Timestamp;
use jospar_plugin_api::{AddItem, Block, Cell, Code, Edit, Limits, Outcome, Package, Text};
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

    fn outcome(mut self) -> Result<Outcome, RunError> {
        let plugin = plugin(self.plugin);
        let ran = plugin.run(self.task, self.inputs, &mut self.school);
        ran.map(|ran| ran.outcome).map_err(|failed| failed.error)
    }
}

fn golden(name: &str, outcome: &Outcome) {
    school::golden(&format!("{name}.json"), &outcome.to_json());
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
    assert_eq!(ids, ["audit", "draft", "ideas", "lesson", "partnership", "survey", "swot"]);
    for bundled in jospar_bundled::packages() {
        let package = package(bundled.id);
        assert_eq!(package.manifest().id.to_string(), bundled.id);
        assert!(package.publisher().is_none());
        // No plugin of ours is large, and none holds the interface twice. The largest has five tasks of thirty tables.
        assert!(bundled.bytes.len() < 800_000, "{}: {} bytes", bundled.id, bundled.bytes.len());
    }
}

/// Every task that needs no file.
const REPORTS: [(&str, &str); 10] = [
    ("audit", "audit"),
    ("ideas", "ideas"),
    ("lesson", "feedback"),
    ("lesson", "lesson"),
    ("partnership", "health"),
    ("partnership", "results"),
    ("partnership", "roles"),
    ("partnership", "support"),
    ("survey", "survey"),
    ("swot", "swot"),
];

#[test]
fn reports_on_the_example_school_are_those_of_the_golden_files() {
    for (plugin, task) in REPORTS {
        let outcome = Run::of(plugin, task).outcome().unwrap();
        check_report(&outcome);
        golden(&format!("{plugin}-{task}"), &outcome);
        // The same run gives the same bytes.
        assert!(Run::of(plugin, task).outcome().unwrap().to_json() == outcome.to_json());
    }
}

fn near(value: &Value, expected: f64) {
    let found = value.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

/// Numbers of `data/README.md`, and those that other people's programs computed for the tests of `jospar-methods`.
#[test]
fn numbers_are_those_of_the_readme_and_of_other_programs() {
    let reference = include_str!("../../methods/tests/reference.json");
    let reference: Value = serde_json::from_str(reference).unwrap();
    let swot = Run::of("swot", "swot").outcome().unwrap().data;
    near(&swot["ife"], 2.62);
    near(&swot["efe"], 2.36);
    let survey = Run::of("survey", "survey").outcome().unwrap().data;
    for scale in ["D", "A", "U", "W"] {
        let expected = &reference["survey"]["scores"][scale];
        near(&survey["scales"][scale]["mean"], expected["mean"].as_f64().unwrap());
    }
    let lesson = Run::of("lesson", "lesson").outcome().unwrap().data;
    let post = &reference["lesson"]["occasions"]["2026-10-26"];
    near(&lesson["items"]["kr20"], post["kr20"].as_f64().unwrap());
    assert_eq!(lesson["items"]["flagged"]["i11"][0], "flag-negative");
    let ideas = Run::of("ideas", "ideas").outcome().unwrap().data;
    assert_eq!(ideas["pilots"]["pl3"], "revise");
    let audit = Run::of("audit", "audit").outcome().unwrap().data;
    assert_eq!((&audit["map"]["added"], &audit["map"]["grown"]), (&1.into(), &5.into()));
}

#[test]
fn without_a_grant_a_plugin_says_so_or_does_with_less() {
    let denied = |run: Run| match run.outcome().unwrap_err() {
        RunError::Plugin(error) => error.code,
        other => panic!("{other}"),
    };
    assert_eq!(denied(Run::of("swot", "swot").without("read:swot")), Code::Denied);
    assert_eq!(denied(Run::of("lesson", "lesson").without("lesson:results")), Code::Denied);
    let fewer = Run::of("survey", "survey").without("survey:rows").outcome().unwrap();
    check_report(&fewer);
    golden("survey-totals", &fewer);
    let audit = Run::of("audit", "audit").without("read:school_map").without("survey:totals");
    check_report(&audit.outcome().unwrap());
}

#[test]
fn no_report_on_the_survey_names_the_small_group_with_a_number() {
    let outcome = Run::of("survey", "survey").outcome().unwrap();
    let small = |row: &&Vec<Cell>| {
        row.iter().any(
            |cell| matches!(cell, Cell::Text(text) if text.kk.contains("Информатика мұғалімі")),
        )
    };
    let tables =
        outcome.report.iter().flat_map(|report| &report.blocks).filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        });
    let rows: Vec<Vec<Cell>> = tables
        .flat_map(|table| table.rows.iter().filter(small).cloned().collect::<Vec<_>>())
        .collect();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].contains(&Cell::Hidden));
    // And no number of a person is anywhere: the file's `M01` to `M60` never reach a report.
    assert!(!outcome.to_json().contains("M01"));
}

/// The rows of all `add` edits of an outcome.
fn added(outcome: &Outcome, list: &str) -> Vec<serde_json::Map<String, Value>> {
    let edits = outcome.proposals.iter().flat_map(|proposal| &proposal.edits);
    let added = edits.map(|edit| match edit {
        Edit::Add(add) if add.path == list => add.fields.clone(),
        other => panic!("{other:?}"),
    });
    added.collect()
}

#[test]
fn answers_from_a_file_are_one_shuffled_batch() {
    let bytes = data("teacher-survey.csv");
    let run = || Run::of("survey", "import").with_file("teacher-survey.csv", bytes.clone());
    let outcome = run().with_setting("date", "2026-09-20").outcome().unwrap();
    check_report(&outcome);
    golden("survey-import", &outcome);
    let documents = added(&outcome, "survey_rows");
    assert_eq!((documents.len(), &documents[0]["date"]), (1, &"2026-09-20".into()));
    assert_eq!(documents[0]["rows"].as_array().unwrap().len(), 60);
    // The order of the file is gone, and which one comes out depends on the run's seed alone.
    let rows = |outcome: &Outcome| added(outcome, "survey_rows")[0]["rows"].to_string();
    assert!(rows(&run().outcome().unwrap()) == rows(&outcome));
    let mut other = run();
    other.inputs.seed = 8;
    assert!(rows(&other.outcome().unwrap()) != rows(&outcome));
    // windows-1251 and a semicolon, as an office in Russian saves a table.
    let plain = b"D1;D2;\xf0\xee\xeb\xfc\r\n4;5;\xe0\r\n1;2;\xe1\r\n".to_vec();
    let outcome = Run::of("survey", "import").with_file("a.csv", plain).outcome().unwrap();
    let rows = added(&outcome, "survey_rows")[0]["rows"].clone();
    let groups: BTreeSet<&str> =
        rows.as_array().unwrap().iter().map(|row| row["group"].as_str().unwrap()).collect();
    assert_eq!(groups, BTreeSet::from(["а", "б"]));
    let none = Run::of("survey", "import").outcome().unwrap_err();
    assert!(matches!(none, RunError::Plugin(error) if error.code == Code::NotFound));
}

#[test]
fn results_from_a_file_are_a_document_for_each_learner() {
    let file = || data("lesson-results.csv");
    let mut fresh = Run::of("lesson", "import").with_file("lesson-results.csv", file());
    fresh.school.lesson_results.clear();
    let outcome = fresh.outcome().unwrap();
    check_report(&outcome);
    golden("lesson-import", &outcome);
    assert_eq!(added(&outcome, "learner_results").len(), 30);
    // Those who have results already are left out.
    let again =
        Run::of("lesson", "import").with_file("lesson-results.csv", file()).outcome().unwrap();
    assert!(again.proposals.is_empty());
}

#[test]
fn hostile_files_are_refused_in_words() {
    for (plugin, name, bytes) in [
        ("survey", "a.xlsx", b"PK\x03\x04".to_vec()),
        ("survey", "a.csv", b"D1,D2\n1,\"2".to_vec()),
        ("lesson", "a.csv", vec![0xff; 4_000]),
        ("lesson", "a.csv", vec![b'x'; 9 << 20]),
    ] {
        let error = Run::of(plugin, "import").with_file(name, bytes).outcome().unwrap_err();
        let RunError::Plugin(error) = error else { panic!("{error}") };
        assert_eq!(error.code, Code::Invalid);
        assert!(!error.message.kk.is_empty() && error.message.kk != error.message.en);
    }
}

#[test]
fn waves_are_compared_where_a_setting_names_the_earlier_one() {
    let mut run = Run::of("survey", "survey").with_setting("before", "sv0");
    let mut earlier = run.school.plan["surveys"][0].clone();
    earlier["id"] = "sv0".into();
    run.school.plan["surveys"].as_array_mut().unwrap().push(earlier);
    let rows = run.school.survey_rows["sv1"].clone();
    run.school.survey_rows.insert("sv0".into(), rows);
    let outcome = run.outcome().unwrap();
    check_report(&outcome);
    assert!(outcome.to_json().contains("No clear change"));
    let unknown = Run::of("survey", "survey").with_setting("survey", "nowhere").outcome();
    assert!(matches!(unknown, Err(RunError::Plugin(error)) if error.code == Code::NotFound));
}

/// The example plan's documents, each with its kind.
fn documents() -> Vec<(Kind, Document)> {
    let text = String::from_utf8(data("example-plan.json")).unwrap();
    let filled = import(&text).unwrap().documents.into_iter().map(|imported| {
        let mut document = fresh(imported.kind);
        accept(&mut document, &root_commands(imported.kind, &imported.record));
        (imported.kind, document)
    });
    filled.collect()
}

fn fresh(kind: Kind) -> Document {
    Document::new(kind.byte(), kind.schema())
}

fn accept(document: &mut Document, commands: &[Command]) {
    let author = Author { actor: ActorId([1; 16]), time: Timestamp(1), random: [9; 32] };
    assert!(document.edit(&author, commands).unwrap().is_some());
}

/// The document that an `add` at a list of documents makes, as the node makes it.
fn founded(add: &AddItem) -> Document {
    let kind = Kind::ALL.into_iter().find(|kind| kind.section() == Some(&add.path)).unwrap();
    let mut record = Value::Object(add.fields.clone());
    record["id"] = "x1".into();
    let mut document = fresh(kind);
    accept(&mut document, &root_commands(kind, &record));
    document
}

#[test]
fn what_is_proposed_the_plan_accepts() {
    let mut documents = documents();
    let mut sets = 0;
    for (plugin, task) in REPORTS {
        let outcome = Run::of(plugin, task).outcome().unwrap();
        for edit in outcome.proposals.iter().flat_map(|proposal| &proposal.edits) {
            let Edit::Set(set) = edit else { panic!("{edit:?}") };
            let root = set.path.split('/').next().unwrap();
            let of = |kind: &Kind| kind.schema().fields.iter().any(|field| field.name == root);
            let (_, document) = documents.iter_mut().find(|(kind, _)| of(kind)).unwrap();
            let path = set.path.parse().unwrap();
            accept(document, &[Command::Set { path, value: set.value.clone() }]);
            sets += 1;
        }
    }
    assert_eq!(sets, 10);
}

/// Eighteen faults in the 45 days since 10 October, twelve in thirty: more than eight, so that 3 no longer fits.
#[test]
fn the_likelihood_that_faults_speak_for_is_accepted() {
    let mut run = Run::of("partnership", "support");
    let fault =
        |day: u32| serde_json::json!({"id": day.to_string(), "opened": format!("2026-10-{day}")});
    run.school.plan["tickets"] = (10..28).map(fault).collect();
    let outcome = run.outcome().unwrap();
    check_report(&outcome);
    let Edit::Set(set) = &outcome.proposals[0].edits[0] else { panic!("no value") };
    assert_eq!((set.path.as_str(), &set.value), ("risks/rk3/likelihood", &Value::from(5.0)));
    let mut documents = documents();
    let (_, risks) = documents.iter_mut().find(|(kind, _)| *kind == Kind::Risks).unwrap();
    let path = set.path.parse().unwrap();
    accept(risks, &[Command::Set { path, value: set.value.clone() }]);
    assert_eq!(risks.view()["risks"][2]["likelihood"], 5.0);
    // Without the faults' grant the rest is still told, and the report says what was left aside.
    let fewer = Run::of("partnership", "support").without("read:tickets").outcome().unwrap();
    check_report(&fewer);
    assert!(fewer.to_json().contains("read:tickets"));
}

#[test]
fn a_case_with_criteria_is_weighed_and_one_without_is_refused() {
    let none = Run::of("partnership", "choice").outcome().unwrap_err();
    assert!(matches!(none, RunError::Plugin(error) if error.code == Code::Refused));
    let mut run = Run::of("partnership", "choice");
    let case = &mut run.school.plan["assistant_cases"][2];
    case["criteria"] = serde_json::json!([
        {"id": "c1", "title": "Әсері", "weight": 0.6}, {"id": "c2", "title": "Құны", "weight": 0.4},
    ]);
    case["options"] = serde_json::json!([
        {"id": "o1", "title": "Пилот", "scores": {"c1": 4, "c2": 2}},
        {"id": "o2", "title": "Кеңейту", "scores": {"c1": 3, "c2": 5}},
    ]);
    let outcome = run.outcome().unwrap();
    check_report(&outcome);
    // 0.6·4 + 0.4·2 = 3.2; 0.6·3 + 0.4·5 = 3.8; with 0.72 for the first it is 3.44 and 3.56.
    assert_eq!(outcome.data["ac3"], serde_json::json!({"order": ["o2", "o1"], "turns": 0}));
}

#[test]
fn what_is_imported_the_plan_accepts_whole() {
    let survey = Run::of("survey", "import").with_file("a.csv", data("teacher-survey.csv"));
    let survey = survey.outcome().unwrap();
    let Edit::Add(add) = &survey.proposals[0].edits[0] else { panic!("no rows") };
    let view = founded(add).view();
    let rows = view["rows"].as_array().unwrap();
    let answers: usize = rows.iter().map(|row| row["answers"].as_object().unwrap().len()).sum();
    assert_eq!((rows.len(), answers), (60, 60 * 16 - 31));
    let comments =
        rows.iter().filter(|row| row["comment"].as_str().is_some_and(|text| !text.is_empty()));
    assert_eq!((comments.count(), &rows[0]["role"]), (26, &"teacher".into()));
    let mut lesson = Run::of("lesson", "import").with_file("a.csv", data("lesson-results.csv"));
    lesson.school.lesson_results.clear();
    let mut results = 0;
    for edit in &lesson.outcome().unwrap().proposals[0].edits {
        let Edit::Add(add) = edit else { panic!("no results") };
        let view = founded(add).view();
        assert_eq!(view["lesson_study"], "ls1");
        results += view["results"].as_array().unwrap().len();
    }
    assert_eq!(results, 204);
}

/// Three thousand answers with long comments: every document fits into one change.
#[test]
fn a_large_survey_becomes_documents_that_the_plan_accepts() {
    let heads: Vec<String> =
        ["D", "A"].iter().flat_map(|s| (1..6).map(move |n| format!("{s}{n}"))).collect();
    let mut text = format!("{};comment\n", heads.join(";"));
    for person in 0..3_000 {
        let answers: Vec<String> =
            (0..heads.len()).map(|item| ((person + item) % 5 + 1).to_string()).collect();
        text.push_str(&format!("{};{}\n", answers.join(";"), "ұзақ пікір ".repeat(person % 40)));
    }
    let outcome =
        Run::of("survey", "import").with_file("a.csv", text.into_bytes()).outcome().unwrap();
    let mut rows = 0;
    for edit in &outcome.proposals[0].edits {
        let Edit::Add(add) = edit else { panic!("no rows") };
        rows += founded(add).view()["rows"].as_array().unwrap().len();
    }
    assert_eq!(rows, 3_000);
    assert!(outcome.proposals[0].edits.len() > 10);
}
