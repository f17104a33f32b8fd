//! The bundled plugin `draft` with a node and the library: a paper is drafted, people edit it, the plan moves, and the
//! next draft brings up to date what nobody touched.

use std::collections::BTreeMap;

use jospar_plugin_host::{Cancel, ModelReply, ModelRequest};
use jospar_plugins::{Library, Order, Run, Source};

use super::*;

struct School {
    _place: Place,
    node: Node,
    library: Library,
}

impl School {
    fn new() -> Self {
        Self::with(EXAMPLE)
    }

    fn with(plan: &str) -> Self {
        let place = Place::new();
        let node = place.offline();
        ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
        ask(&node, Request::Import { json: plan.into() });
        let library = Library::open(&place.path("data")).unwrap();
        Self { _place: place, node, library }
    }

    fn run(&mut self, task: &str, answer: Option<&str>) -> Run {
        let mut asked = Vec::new();
        let mut model = |request: &ModelRequest| {
            asked.push((request.template.clone(), request.blocks.len()));
            let text = answer.unwrap_or_default().to_owned();
            Ok(ModelReply { text, model: "stub".to_owned(), truncated: false })
        };
        let order = Order {
            task: Some(task),
            files: Vec::new(),
            again: true,
            progress: &mut |_, _| {},
            model: answer.is_some().then_some(&mut model),
            cancel: Cancel::default(),
        };
        let source = Source::Installed("draft");
        self.library.run(&mut self.node.service().clone(), &source, order).unwrap()
    }

    fn accept(&mut self, task: &str, number: usize) {
        let mut workspace = self.node.service().clone();
        let agreed = BTreeMap::new();
        self.library.accept(&mut workspace, ("draft", Some(task)), number, agreed).unwrap();
    }

    /// The path of the paper that was drafted last.
    fn paper(&self) -> String {
        let papers = show(&self.node, "documents");
        let last = papers.as_array().unwrap().last().unwrap();
        format!("documents/{}", last["id"].as_str().unwrap())
    }

    fn text(&self, block: &str) -> String {
        let value = show(&self.node, &format!("{}/blocks/{block}/text", self.paper()));
        value.as_str().unwrap().to_owned()
    }
}

#[test]
fn a_new_draft_brings_up_to_date_what_nobody_touched_and_keeps_what_people_did() {
    let mut school = School::new();
    let first = school.run("report", None);
    assert_eq!(first.outcome.data["paper"], Value::Null);
    assert_eq!(
        show(&school.node, "documents").as_array().unwrap().len(),
        1,
        "a run writes nothing"
    );
    school.accept("report", 1);
    let paper = school.paper();
    assert!(school.text("kpi-k2").contains("13 қараша күні 19,"), "{}", school.text("kpi-k2"));
    // The same plan again: nothing to do.
    let same = school.run("report", None);
    assert_eq!((&same.outcome.data["paper"], same.outcome.proposals.len()), (&json!(paper), 0));
    // A person edits one block and removes another; the plan moves under both and under a third.
    let own = "Өсім g = 0,46: мақсат орындалды.";
    let (path, text) = (format!("{paper}/blocks/kpi-k1/text"), own.to_owned());
    ask(&school.node, Request::EditText { path, base: Vec::new(), text });
    ask(&school.node, Request::Remove { path: format!("{paper}/blocks/kpi-k8"), value: None });
    for (kpi, value) in [("k1", json!(0.5)), ("k2", json!(25)), ("k8", json!(70))] {
        set(&school.node, &format!("kpis/{kpi}/actual"), value);
    }
    let second = school.run("report", None);
    assert_eq!(second.outcome.data["kept"], 2, "{}", second.outcome.data);
    let told = second.outcome.to_json();
    assert!(told.contains(own), "the report says what stays");
    school.accept("report", 1);
    assert_eq!(school.text("kpi-k1"), own, "an edited block is never written over");
    assert!(school.text("kpi-k2").contains("13 қараша күні 25,"), "{}", school.text("kpi-k2"));
    let figures = show(&school.node, &format!("{paper}/blocks/kpi-k2/figures"));
    let actual = |figure: &&Value| figure["path"] == "kpis/k2/actual";
    assert_eq!(figures.as_array().unwrap().iter().find(actual).unwrap()["value"], 25.0);
    let blocks = show(&school.node, &format!("{paper}/blocks"));
    let removed = blocks.as_array().unwrap().iter().any(|block| block["id"] == "kpi-k8");
    assert!(!removed, "what a person removed does not come back");
    let third = school.run("report", None);
    assert!(third.outcome.proposals.is_empty(), "{:?}", third.outcome.proposals);
    assert_eq!(
        show(&school.node, "documents").as_array().unwrap().len(),
        2,
        "one paper, not three"
    );
    let history = ask(&school.node, Request::History { path: paper, limit: 1 });
    assert_eq!(history["entries"][0]["note"], "draft 0.1.0");
}

#[test]
fn a_models_words_are_marked_and_without_a_grant_no_model_is_asked() {
    let mut school = School::new();
    let answer = "Жоспарды орындау мақсатында БҰЙЫРАМЫН:\n1. Ақша 5000 теңге бөлінсін.";
    let without = school.run("order", Some(answer));
    assert_eq!(without.outcome.data["model"], false, "not granted, not asked");
    school.library.decide("draft", &["llm".into()], true).unwrap();
    let with = school.run("order", Some(answer));
    assert_eq!(with.outcome.data["model"], true);
    school.accept("order", 1);
    let paper = show(&school.node, &school.paper());
    assert_eq!(paper["ai_assisted"], true);
    let preamble = paper["blocks"].as_array().unwrap().iter().find(|block| block["ai"] == true);
    assert_eq!(preamble.unwrap()["text"], "Жоспарды орындау мақсатында БҰЙЫРАМЫН:");
    assert!(!paper.to_string().contains("5000"), "a number that the plan does not have");
    let path = school.paper();
    let history = ask(&school.node, Request::History { path, limit: 1 });
    assert_eq!(history["entries"][0]["note"], "draft 0.1.0, model");
    // A paper that comes back from a file is known again.
    let file = ask(&school.node, Request::Export)["plan"].clone();
    let mut again = School::with(&file.to_string());
    let run = again.run("order", None);
    assert_eq!(run.outcome.data["changed"], 0, "{}", run.outcome.data);
    assert!(run.outcome.data["paper"].is_string(), "{}", run.outcome.data);
}
