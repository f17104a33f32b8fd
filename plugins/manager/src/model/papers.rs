//! Texts of a model that come into a paper: each block says that an AI tool wrote it, which run, and who accepted it.
//!
//! What a plugin says about that itself does not count: it is written here, from what the run did and what a person said.

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
/// Fields of a block that are written here.
const OWN: [&str; 3] = ["ai", "ai_run", ACCEPTED];
/// Digits of the prompt's hash in the id of a run.
const DIGITS: usize = 16;

/// What is known of texts that come in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// The answers that they may come from; empty for what was calculated.
    pub(crate) answers: Vec<Answered>,
    /// A language model may have written them.
    pub(crate) model: bool,
    /// Who has read and accepted them: a person's id.
    pub(crate) reader: Option<String>,
    /// Runs that the plan has already.
    pub(crate) known: BTreeSet<String>,
}

/// The id of an answer in the plan's record of runs.
fn run_id(answer: &Answered) -> String {
    format!("run-{}", answer.prompt_hash.get(..DIGITS).unwrap_or(&answer.prompt_hash))
}

/// Whether an edit writes what only a person says: it is not carried out for a plugin.
pub(crate) fn is_closed(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts[..], [PAPERS, _, "blocks", _, field] if OWN.contains(&field))
}

impl Marks {
    /// The edits with what has to be said about their texts.
    pub(crate) fn put(&self, edits: Vec<Edit>) -> Vec<Edit> {
        let mut used = BTreeSet::new();
        let mut marked = Vec::new();
        for edit in edits {
            self.mark(edit, &mut marked, &mut used);
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

    fn mark(&self, edit: Edit, marked: &mut Vec<Edit>, used: &mut BTreeSet<String>) {
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
            Edit::Set { path, value } => {
                let place = block_of(&path).filter(|_| self.model);
                let text = value.as_str().unwrap_or_default().to_owned();
                marked.push(Edit::Set { path, value });
                marked.extend(place.into_iter().flat_map(|place| self.sets(&place, &text, used)));
            }
            Edit::Write { path, text } => {
                let place = block_of(&path).filter(|_| self.model);
                let sets = place.map(|place| self.sets(&place, &text, used));
                marked.push(Edit::Write { path, text });
                marked.extend(sets.unwrap_or_default());
            }
            other @ Edit::Remove { .. } => marked.push(other),
        }
    }

    fn paper(&self, record: &mut Value, used: &mut BTreeSet<String>) {
        let Some(paper) = record.as_object_mut() else { return };
        for block in paper.get_mut("blocks").and_then(Value::as_array_mut).into_iter().flatten() {
            self.block(block, used);
        }
        if !self.model {
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
        if !self.model {
            return;
        }
        let text = block.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
        block.insert("ai".to_owned(), true.into());
        match self.run_of(&text, used) {
            Some(run) => block.insert("ai_run".to_owned(), run.into()),
            None => block.remove("ai_run"),
        };
        if let Some(reader) = &self.reader {
            block.insert(ACCEPTED.to_owned(), reader.as_str().into());
        }
    }

    /// The edits that say it of a block that is there.
    fn sets(&self, place: &str, text: &str, used: &mut BTreeSet<String>) -> Vec<Edit> {
        let run = self.run_of(text, used).map(Value::from).unwrap_or_default();
        let reader = self.reader.as_deref().map(Value::from).unwrap_or_default();
        let values = OWN.into_iter().zip([Value::from(true), run, reader]);
        values.map(|(name, value)| Edit::Set { path: format!("{place}/{name}"), value }).collect()
    }

    /// The answer that a text was taken from: the one that has its first line, else the first.
    fn run_of(&self, text: &str, used: &mut BTreeSet<String>) -> Option<String> {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty());
        let has = |answer: &&Answered| line.is_some_and(|line| answer.text.contains(line));
        let answer = self.answers.iter().find(has).or_else(|| self.answers.first())?;
        let id = run_id(answer);
        used.insert(id.clone());
        Some(id)
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

/// The block whose text a path names.
fn block_of(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        [PAPERS, paper, "blocks", block, "text"] => {
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
}
