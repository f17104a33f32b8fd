//! Texts of a model that come into a paper: each block says that an AI tool wrote it, which run, and who accepted it.
//!
//! What a plugin says about that itself does not count: it is written here, from what the run did and what a person said.
//! Only the plugins that come with the program are believed which of their blocks are a model's and which are calculated.

use std::collections::BTreeSet;

use jospar_node::service::Edit;
use jospar_plugin_host::words;
use serde_json::{Map, Value, json};

use super::Answered;

/// The list of papers, and of the record of runs, in the plan.
const PAPERS: &str = "documents";
const RUNS: &str = "ai_runs";
/// What only a person says of a block.
const ACCEPTED: &str = "accepted_by";
/// Fields of a block that are written here, and the one that says that an AI tool wrote it.
const AI: &str = "ai";
const RUN: &str = "ai_run";
/// Digits of the prompt's hash in the id of a run.
const DIGITS: usize = 16;

/// What is known of texts that come in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// The answers that they may come from; empty for what was calculated.
    pub(crate) answers: Vec<Answered>,
    /// A language model may have written them.
    pub(crate) model: bool,
    /// The plugin came with the program: it is believed which blocks the model wrote.
    pub(crate) believed: bool,
    /// Who has read and accepted them: a person's id.
    pub(crate) reader: Option<String>,
    /// Runs that the plan has already.
    pub(crate) known: BTreeSet<String>,
}

/// The id of an answer in the plan's record of runs.
fn run_id(answer: &Answered) -> String {
    format!("run-{}", answer.prompt_hash.get(..DIGITS).unwrap_or(&answer.prompt_hash))
}

/// Whether an edit writes what only a person says, or what is written here: it is not carried out for a plugin.
pub(crate) fn is_closed(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        [RUNS, ..] => true,
        [PAPERS, _, "blocks", _, field] => [RUN, ACCEPTED].contains(&field),
        _ => false,
    }
}

impl Marks {
    /// The edits with what has to be said about their texts.
    pub(crate) fn put(&self, edits: Vec<Edit>) -> Vec<Edit> {
        let mut used = BTreeSet::new();
        let mut marked = Vec::new();
        let says_ai = |edit: &Edit| match edit {
            Edit::Set { path, value } if *value == true => block_of(path, AI),
            _ => None,
        };
        let told: BTreeSet<String> = edits.iter().filter_map(says_ai).collect();
        for edit in edits {
            self.mark(edit, &told, &mut marked, &mut used);
        }
        let of_paper = |answer: &&Answered| {
            let id = run_id(answer);
            used.contains(&id) && !self.known.contains(&id)
        };
        let mut seen = BTreeSet::new();
        let runs = self.answers.iter().filter(of_paper);
        let mut all: Vec<Edit> = runs
            .filter(|answer| seen.insert(run_id(answer)))
            .map(|answer| self.run(answer))
            .collect();
        all.extend(marked);
        all
    }

    fn mark(
        &self,
        edit: Edit,
        told: &BTreeSet<String>,
        marked: &mut Vec<Edit>,
        used: &mut BTreeSet<String>,
    ) {
        match edit {
            Edit::Add { path, id, mut record, after } => {
                let parts: Vec<&str> = path.split('/').collect();
                match parts[..] {
                    [PAPERS] => self.paper(&mut record, used),
                    [PAPERS, _, "blocks"] => self.block(&mut record, used),
                    _ => {}
                }
                marked.push(Edit::Add { path, id, record, after });
            }
            Edit::Set { path, value } => match block_of(&path, AI) {
                Some(place) => marked.extend(self.says(place, value == true)),
                None => {
                    let text = value.as_str().unwrap_or_default().to_owned();
                    let sets = self.text(&path, &text, told, used);
                    marked.push(Edit::Set { path, value });
                    marked.extend(sets);
                }
            },
            Edit::Write { path, text } => {
                let sets = self.text(&path, &text, told, used);
                marked.push(Edit::Write { path, text });
                marked.extend(sets);
            }
            other @ Edit::Remove { .. } => marked.push(other),
        }
    }

    /// What a plugin says of a block that is there: that a model wrote it; and, if it is believed, that none did.
    fn says(&self, place: String, is_ai: bool) -> Vec<Edit> {
        let set = |name: &str, value| Edit::Set { path: format!("{place}/{name}"), value };
        match (is_ai, self.believed) {
            (true, _) => vec![set(AI, true.into())],
            (false, true) => vec![set(AI, false.into()), set(RUN, Value::Null)],
            (false, false) => Vec::new(),
        }
    }

    /// What has to be said of a text that takes the place of another one: `told` are blocks of which the plugin says so
    /// itself.
    fn text(
        &self,
        path: &str,
        text: &str,
        told: &BTreeSet<String>,
        used: &mut BTreeSet<String>,
    ) -> Vec<Edit> {
        let Some(place) = block_of(path, "text").filter(|_| self.model) else { return Vec::new() };
        let is_models = !self.believed || told.contains(&place) || self.source(text).is_some();
        if is_models { self.sets(&place, text, used) } else { Vec::new() }
    }

    fn paper(&self, record: &mut Value, used: &mut BTreeSet<String>) {
        let Some(paper) = record.as_object_mut() else { return };
        for block in paper.get_mut("blocks").and_then(Value::as_array_mut).into_iter().flatten() {
            self.block(block, used);
        }
        let is_ai = |block: &Value| block.get(AI).is_some_and(|ai| *ai == true);
        let blocks = paper.get("blocks").and_then(Value::as_array);
        let has_ai = blocks.into_iter().flatten().any(is_ai);
        if !self.model || (self.believed && !has_ai) {
            return;
        }
        paper.insert("ai_assisted".to_owned(), true.into());
        let label = paper.get("ai_label").and_then(Value::as_object);
        if label.is_none_or(|label| label.values().all(|text| text == "")) {
            let text = words("llm-label", &Map::new());
            let label = json!({"kk": text.kk, "ru": text.ru, "en": text.en});
            paper.insert("ai_label".to_owned(), label);
        }
        let mut sources: Vec<Value> =
            paper.get("sources").and_then(Value::as_array).cloned().unwrap_or_default();
        for source in self.answers.iter().flat_map(|answer| &answer.sources) {
            if !sources.iter().any(|known| known == source) {
                sources.push(source.as_str().into());
            }
        }
        paper.insert("sources".to_owned(), sources.into());
    }

    fn block(&self, block: &mut Value, used: &mut BTreeSet<String>) {
        let Some(block) = block.as_object_mut() else { return };
        block.remove(ACCEPTED);
        block.remove(RUN);
        let is_ai = block.get(AI).is_some_and(|ai| *ai == true);
        if !self.model || (self.believed && !is_ai) {
            return;
        }
        let text = block.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
        block.insert(AI.to_owned(), true.into());
        if let Some(run) = self.run_of(&text, used) {
            block.insert(RUN.to_owned(), run.into());
        }
        if let Some(reader) = &self.reader {
            block.insert(ACCEPTED.to_owned(), reader.as_str().into());
        }
    }

    /// The edits that say it of a block that is there.
    fn sets(&self, place: &str, text: &str, used: &mut BTreeSet<String>) -> Vec<Edit> {
        let run = self.run_of(text, used).map(Value::from).unwrap_or_default();
        let reader = self.reader.as_deref().map(Value::from).unwrap_or_default();
        let values = [(AI, Value::from(true)), (RUN, run), (ACCEPTED, reader)];
        values
            .into_iter()
            .map(|(name, value)| Edit::Set { path: format!("{place}/{name}"), value })
            .collect()
    }

    /// The answer that a text was taken from: the one that has its first line, else the first.
    fn run_of(&self, text: &str, used: &mut BTreeSet<String>) -> Option<String> {
        let answer = self.source(text).or_else(|| self.answers.first())?;
        let id = run_id(answer);
        used.insert(id.clone());
        Some(id)
    }

    /// The answer that has the first line of a text.
    fn source(&self, text: &str) -> Option<&Answered> {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
        self.answers.iter().find(|answer| answer.text.contains(line))
    }

    /// An answer in the plan's record of runs.
    fn run(&self, answer: &Answered) -> Edit {
        let output = blake3::hash(answer.text.as_bytes()).to_hex();
        let record = json!({
            "date": answer.day, "model": answer.model,
            "prompt": format!("blake3:{}", answer.prompt_hash), "sources": answer.sources,
            "output_hash": format!("blake3:{output}"),
            "reviewer": self.reader.as_deref().unwrap_or_default(),
        });
        Edit::Add { path: RUNS.to_owned(), id: Some(run_id(answer)), record, after: None }
    }
}

/// The block whose field a path names.
fn block_of(path: &str, field: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        [PAPERS, paper, "blocks", block, named] if named == field => {
            Some(format!("{PAPERS}/{paper}/blocks/{block}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
    use super::*;

    fn answered(hash: &str, text: &str) -> Answered {
        Answered {
            record: 1,
            model: "m".to_owned(),
            prompt_hash: hash.to_owned(),
            sources: vec!["swot".to_owned()],
            day: "2026-11-30".to_owned(),
            text: text.to_owned(),
        }
    }

    fn add(path: &str, record: Value) -> Edit {
        Edit::Add { path: path.to_owned(), id: None, record, after: None }
    }

    fn record(edit: &Edit) -> &Value {
        let Edit::Add { record, .. } = edit else { panic!("{edit:?}") };
        record
    }

    #[test]
    fn t22_a_paper_of_a_model_says_so_whatever_the_plugin_claims() {
        let answers = vec![
            answered(&"ab".repeat(32), "Бірінші."),
            answered(&"cd".repeat(32), "Екінші.\nҮшінші."),
        ];
        let lie = json!({"ai": false, "accepted_by": "dir", "ai_run": "x", "text": "Үшінші."});
        let marks = Marks { answers, model: true, ..Marks::default() };
        let edits = marks.put(vec![add("documents", json!({"blocks": [lie], "sources": ["in2"]}))]);
        assert_eq!(edits.len(), 2, "the run goes before what refers to it");
        let run = record(&edits[0]);
        assert_eq!((&run["model"], &run["sources"]), (&json!("m"), &json!(["swot"])));
        assert_eq!(run["prompt"], format!("blake3:{}", "cd".repeat(32)));
        let paper = record(&edits[1]);
        assert_eq!(
            (&paper["ai_assisted"], &paper["sources"]),
            (&json!(true), &json!(["in2", "swot"]))
        );
        assert!(paper["ai_label"]["kk"].as_str().unwrap().contains("ЖИ"));
        let block = &paper["blocks"][0];
        assert_eq!(
            (&block["ai"], &block["ai_run"]),
            (&json!(true), &json!("run-cdcdcdcdcdcdcdcd"))
        );
        assert!(block.get("accepted_by").is_none());
        let read = Marks {
            reader: Some("p1".to_owned()),
            known: BTreeSet::from(["run-cdcdcdcdcdcdcdcd".to_owned()]),
            ..marks
        };
        let edits = read.put(vec![add("documents/doc1/blocks", json!({"text": "Екінші."}))]);
        assert_eq!(edits.len(), 1, "the plan knows the run");
        assert_eq!(record(&edits[0])["accepted_by"], "p1");
    }

    #[test]
    fn t22_a_text_that_is_replaced_has_to_be_accepted_again() {
        let answers = vec![answered(&"ab".repeat(32), "Жаңа.")];
        let marks = Marks { answers, model: true, ..Marks::default() };
        let path = "documents/doc1/blocks/b1/text".to_owned();
        let edits = marks.put(vec![Edit::Write { path, text: "Жаңа.".to_owned() }]);
        let cleared = Edit::Set {
            path: "documents/doc1/blocks/b1/accepted_by".to_owned(),
            value: Value::Null,
        };
        assert!(edits.contains(&cleared), "{edits:?}");
        let computed = Marks::default();
        let path = "documents/doc1/blocks/b1/text".to_owned();
        let edit = Edit::Write { path, text: "Жаңа.".to_owned() };
        assert_eq!(computed.put(vec![edit.clone()]), [edit]);
        assert!(
            is_closed("documents/d/blocks/b/accepted_by")
                && !is_closed("documents/d/blocks/b/text")
        );
    }

    #[test]
    fn t22_only_what_comes_with_the_program_is_believed_about_its_blocks() {
        let answers = vec![answered(&"ab".repeat(32), "1. Алғыс жариялансын.")];
        let blocks = json!([{"text": "№3 мектеп"}, {"text": "Алғыс жариялансын.", "ai": true}]);
        let paper = || vec![add("documents", json!({"blocks": blocks.clone()}))];
        let stranger = Marks { answers, model: true, ..Marks::default() };
        let own = Marks { believed: true, ..stranger.clone() };
        let marked = |marks: &Marks| record(marks.put(paper()).last().unwrap())["blocks"].clone();
        assert_eq!(marked(&stranger)[0]["ai"], true);
        assert_eq!(marked(&own)[0].get("ai"), None);
        assert_eq!(marked(&own)[1]["ai_run"], "run-abababababababab");
        // It says that a block is calculated now.
        let place = "documents/doc1/blocks/b1";
        let set = |name: &str, value: Value| Edit::Set { path: format!("{place}/{name}"), value };
        let write =
            |text: &str| Edit::Write { path: format!("{place}/text"), text: text.to_owned() };
        let edits = vec![write("№3 мектеп"), set("ai", json!(false))];
        let expected = [write("№3 мектеп"), set("ai", json!(false)), set("ai_run", Value::Null)];
        assert_eq!(own.put(edits.clone()), expected);
        let marked = stranger.put(edits);
        assert!(marked.contains(&set("ai", json!(true))), "{marked:?}");
        assert!(!marked.contains(&set("ai", json!(false))), "{marked:?}");
        // A model's words are a model's, also where nothing is said of them.
        let marked = own.put(vec![write("Алғыс жариялансын.")]);
        assert!(marked.contains(&set("accepted_by", Value::Null)), "{marked:?}");
    }
}
