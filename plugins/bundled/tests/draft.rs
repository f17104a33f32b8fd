//! The bundled plugin `draft` in the real host: papers in three languages, with and without a model, and jospar's own
//! lints on what it proposes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::sync::OnceLock;

use jospar_core::plan::{Kind, PlanView, Rule, import, lint};
use jospar_plugin_api::{Block, Edit, Limits, Origin, Outcome, Package};
use jospar_plugin_host::{Host, Inputs, Plugin, RunError};
use serde_json::{Value, json};

use school::{School, data, golden, needs};

#[allow(dead_code, reason = "the other tests use more of it")]
#[path = "bundled/school.rs"]
mod school;

const TASKS: [&str; 6] = ["order", "report", "plan", "bulletin", "tasks", "rubric"];
const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];
const TODAY: &str = "2026-11-23";

fn package() -> Package {
    let bundled = jospar_bundled::packages().iter().find(|bundled| bundled.id == "draft").unwrap();
    Package::open(bundled.bytes.to_vec(), &Limits::default()).unwrap()
}

fn plugin() -> &'static Plugin {
    static PLUGIN: OnceLock<Plugin> = OnceLock::new();
    PLUGIN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::new(Limits::default(), folder.path()).unwrap();
        host.compile(&package()).unwrap()
    })
}

/// A run with everything granted but the model.
struct Run {
    task: &'static str,
    school: School,
    inputs: Inputs,
}

impl Run {
    fn of(task: &'static str, language: &str) -> Self {
        let mut grants = needs(&package());
        grants.remove(&"llm".parse().unwrap());
        let settings = [("language".to_owned(), json!(language))].into();
        let inputs = Inputs {
            today: TODAY.into(),
            now_ms: 1_795_392_000_000.0,
            seed: 7,
            grants,
            settings,
            ..Inputs::default()
        };
        Self { task, school: School::new(), inputs }
    }

    fn with_model(mut self, answer: &str) -> Self {
        self.inputs.grants.insert("llm".parse().unwrap());
        self.school.model = Some(answer.to_owned());
        self
    }

    fn outcome(mut self) -> Outcome {
        let ran = plugin().run(self.task, self.inputs, &mut self.school);
        ran.unwrap().outcome
    }
}

/// The paper that the proposal adds.
fn paper(outcome: &Outcome) -> Value {
    let [proposal] = outcome.proposals.as_slice() else { panic!("{:?}", outcome.proposals) };
    let [Edit::Add(add)] = proposal.edits.as_slice() else { panic!("{:?}", proposal.edits) };
    assert_eq!(add.path, "documents");
    let mut paper = Value::Object(add.fields.clone());
    paper["id"] = "drafted".into();
    paper
}

/// The paper as it reads: one line a block.
fn lines(paper: &Value) -> String {
    let blocks = paper["blocks"].as_array().unwrap();
    let lines = blocks.iter().map(|block| {
        let mark = if block["ai"] == true { " [ai]" } else { "" };
        format!("{}{mark}: {}\n", block["role"].as_str().unwrap(), block["text"].as_str().unwrap())
    });
    lines.collect()
}

/// The whole plan with the paper in it, read as jospar reads it.
fn with_paper(plan: &Value, paper: &Value) -> PlanView {
    let mut file = plan.clone();
    file["documents"].as_array_mut().unwrap().push(paper.clone());
    let imported = import(&file.to_string()).unwrap();
    assert_eq!(imported.notices, Vec::new(), "every field is one that papers have");
    let documents: Vec<(Kind, Value)> =
        imported.documents.into_iter().map(|document| (document.kind, document.record)).collect();
    PlanView::from_documents(&documents)
}

/// What lints say of the drafted paper.
fn findings(plan: &Value, paper: &Value) -> Vec<(Rule, String)> {
    let view = with_paper(plan, paper);
    let found = lint(&view, TODAY.parse().unwrap(), &Default::default()).into_iter();
    let own = found.filter(|finding| finding.subject.starts_with("documents/drafted"));
    own.map(|finding| (finding.rule, format!("{} {:?}", finding.subject, finding.values))).collect()
}

#[test]
fn reports_are_those_of_the_golden_files_and_papers_read_as_they_stand_there() {
    for task in TASKS {
        let outcome = Run::of(task, "kk").outcome();
        golden(&format!("draft-{task}.json"), &outcome.to_json());
        assert!(Run::of(task, "kk").outcome().to_json() == outcome.to_json(), "the same bytes");
        let blocks = &outcome.report.as_ref().unwrap().blocks;
        let Block::Callout(answer) = &blocks[0] else { panic!("the answer comes first") };
        assert!(answer.text.kk.contains("дайын"), "{}", answer.text.kk);
        // Without a model it says so.
        let Block::Callout(model) = &blocks[1] else { panic!("who wrote it comes second") };
        assert!(model.text.en.contains("templates alone"), "{}", model.text.en);
        for language in LANGUAGES {
            let outcome = Run::of(task, language).outcome();
            let text = lines(&paper(&outcome));
            assert!(!text.contains(['{', '}']), "{text}");
            golden(&format!("draft-{task}.{language}.txt"), &text);
            assert_eq!(outcome.proposals[0].origin, Origin::Computed);
        }
    }
}

/// Every figure has its place in the plan and every number of a report its figure: lints L14 and L15 find nothing, and
/// find a number that is planted.
#[test]
fn l14_finds_nothing_in_a_draft_and_finds_what_is_planted() {
    let plan: Value = serde_json::from_slice(&data("example-plan.json")).unwrap();
    for task in TASKS {
        for language in LANGUAGES {
            let paper = paper(&Run::of(task, language).outcome());
            assert_eq!(findings(&plan, &paper), [], "{task} {language}");
        }
    }
    let mut paper = paper(&Run::of("report", "kk").outcome());
    let blocks = paper["blocks"].as_array_mut().unwrap();
    let kpi = blocks.iter_mut().find(|block| block["id"] == "kpi-k2").unwrap();
    let text = kpi["text"].as_str().unwrap().replace("19", "29");
    kpi["text"] = text.into();
    let found = findings(&plan, &paper);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 == Rule::L14 && found[0].1.contains("29.0"), "{found:?}");
}

#[test]
fn a_model_writes_the_orders_words_and_what_it_makes_up_is_refused_and_named() {
    let answer = "Ю.Гагарин атындағы мектеп\nБҰЙРЫҚ\n\
        Жоспарда аталған мәселелерді шешу мақсатында БҰЙЫРАМЫН:\n\
        1. Серік Ахметов 99 мұғалімді оқытсын.\nДиректор";
    let outcome = Run::of("order", "kk").with_model(answer).outcome();
    assert_eq!(outcome.proposals[0].origin, Origin::Model);
    let paper = paper(&outcome);
    let text = lines(&paper);
    assert!(text.contains("preamble [ai]: Жоспарда аталған мәселелерді шешу мақсатында"), "{text}");
    assert!(!text.contains("Ахметов") && !text.contains("99"), "{text}");
    // One item where the plan has seven: the template's stay.
    assert!(
        text.contains("item: 1. Мына шешім орындалсын") && !text.contains("item [ai]"),
        "{text}"
    );
    assert_eq!(paper["ai_assisted"], true);
    assert!(outcome.to_json().contains("99, Ахметов"), "what was refused is named");
    assert_eq!(outcome.data["model"], true);
    let plan: Value = serde_json::from_slice(&data("example-plan.json")).unwrap();
    assert_eq!(findings(&plan, &paper), [], "labelled, and a draft still");
    let mut signed = paper.clone();
    signed["state"] = "signed".into();
    let found = findings(&plan, &signed);
    assert!(found.iter().any(|(rule, _)| *rule == Rule::L15), "unaccepted AI text: {found:?}");
}

#[test]
fn a_models_part_of_a_report_stands_apart_and_a_broken_model_costs_nothing() {
    let answer = "Дерек негізіндегі шешімдердің үлесі 20 пайыздан 45 пайызға өсті.\n\
        Үлес 46 пайызға жетті.";
    let outcome = Run::of("report", "kk").with_model(answer).outcome();
    let text = lines(&paper(&outcome));
    let part = "heading: Тіл моделі жазған бөлік\nparagraph [ai]: Дерек негізіндегі шешімдердің";
    assert!(text.contains(part), "{text}");
    assert!(!text.contains("46 пайызға"), "{text}");
    let mut refused = Run::of("report", "kk");
    refused.inputs.grants.insert("llm".parse().unwrap());
    let outcome = refused.outcome();
    assert_eq!(outcome.data["model"], false);
    assert!(lines(&paper(&outcome)) == lines(&paper(&Run::of("report", "kk").outcome())));
}

#[test]
fn without_a_part_of_the_plan_a_draft_has_less_and_without_its_head_it_says_no() {
    let mut fewer = Run::of("plan", "kk");
    fewer.inputs.grants.remove(&"read:risks".parse().unwrap());
    let text = lines(&paper(&fewer.outcome()));
    assert!(!text.contains("Тәуекелдер") && text.contains("Бастамалар"), "{text}");
    let mut none = Run::of("plan", "kk");
    none.inputs.grants.remove(&"read:plan".parse().unwrap());
    let error = plugin().run("plan", none.inputs, &mut none.school).unwrap_err().error;
    assert!(matches!(error, RunError::Plugin(_)), "{error}");
}
