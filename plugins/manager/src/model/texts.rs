//! Accepting: an answer that was kept, a text of a model in a paper.

use std::collections::BTreeMap;

use jospar_llm::LlmError;
use jospar_llm::reply::Record;
use jospar_node::clock;
use jospar_node::service::{Edit, Fault, PluginRequest, Request};
use serde_json::{Value, json};

use super::desk::{Desk, person};
use super::papers::Marks;
use super::{Answered, fault};
use crate::Workspace;

/// A block of a paper that a model wrote and nobody has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its place in the plan.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl Unread {
    /// One hash for texts that a person has read: BLAKE3 of places and texts, hexadecimal.
    #[must_use]
    pub fn hash(read: &[Self]) -> String {
        let mut hasher = blake3::Hasher::new();
        for unread in read {
            for part in [&unread.path, &unread.text] {
                hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        hasher.finalize().to_hex().to_string()
    }
}

impl Desk {
    /// The answer of this number.
    ///
    /// # Errors
    /// A fault if there is none.
    pub fn answer(&self, number: i64) -> Result<Record, Fault> {
        let found = self.store()?.record(number).map_err(|error| fault(&error))?;
        found.ok_or_else(|| unknown(number))
    }

    /// A person has read the answer of this number, as it stands, and accepts it; with `paper`, the place of a paper, it
    /// becomes a block of it. Answer: `{answer, accepted_by, text_hash, changes: [{path, document, change}], saved: true}`.
    ///
    /// # Errors
    /// A fault if there is no such answer or paper; the answer is accepted only if it could be put there.
    pub fn accept_answer(
        &self,
        workspace: &mut dyn Workspace,
        number: i64,
        paper: Option<&str>,
    ) -> Result<Value, Fault> {
        let mut record = self.answer(number)?;
        let person = person(workspace)?;
        let now = clock::now().0;
        record.accept(&person, now);
        let changes = match paper {
            Some(paper) => put(workspace, number, &record, paper)?,
            None => json!([]),
        };
        let kept = self.store()?.replace(number, &record).map_err(|error| fault(&error))?;
        if !kept {
            return Err(unknown(number));
        }
        Ok(json!({"answer": number, "accepted_by": person, "text_hash": record.text_hash(),
                  "changes": changes, "saved": true}))
    }

    /// Removes the answer of this number.
    ///
    /// # Errors
    /// A fault if there is none.
    pub fn decline_answer(&self, number: i64) -> Result<(), Fault> {
        let declined = self.store()?.decline(number).map_err(|error| fault(&error))?;
        declined.then_some(()).ok_or_else(|| unknown(number))
    }

    /// The blocks that a model wrote and nobody has accepted: of a paper (`documents/doc1`) or one of its blocks.
    ///
    /// # Errors
    /// A fault if there is no such paper or block.
    pub fn unread(workspace: &mut dyn Workspace, path: &str) -> Result<Vec<Unread>, Fault> {
        let parts: Vec<&str> = path.split('/').collect();
        let (paper, only) = match parts[..] {
            ["documents", paper] => (paper, None),
            ["documents", paper, "blocks", block] => (paper, Some(block)),
            _ => return Err(crate::fault::usage("model-no-paper", json!({"path": path}))),
        };
        let list = format!("documents/{paper}/blocks");
        let shown = workspace.call(&Request::Show { path: list.clone(), at: Vec::new() })?;
        let blocks = shown["value"].as_array().cloned().unwrap_or_default();
        let text = |block: &Value, name: &str| {
            block.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        if let Some(only) = only
            && !blocks.iter().any(|block| block["id"] == only)
        {
            return Err(crate::fault::not_found("error-path-not-found", json!({"path": path})));
        }
        let waits = |block: &&Value| {
            block["ai"] == true
                && text(block, "accepted_by").trim().is_empty()
                && only.is_none_or(|only| block["id"] == only)
        };
        let unread = |block: &Value| Unread {
            path: format!("{list}/{}", text(block, "id")),
            text: text(block, "text"),
        };
        Ok(blocks.iter().filter(waits).map(unread).collect())
    }

    /// A person has read these blocks and accepts them. Answer: `{accepted: [path], accepted_by, changes, saved: true}`.
    ///
    /// # Errors
    /// A fault if one of them was changed since it was read; then none is accepted.
    pub fn accept_texts(workspace: &mut dyn Workspace, read: &[Unread]) -> Result<Value, Fault> {
        let person = person(workspace)?;
        for unread in read {
            if !Self::unread(workspace, &unread.path)?.contains(unread) {
                let values = json!({"path": unread.path});
                return Err(crate::fault::usage("error-changed-meanwhile", values));
            }
        }
        let edit = |unread: &Unread| Edit::Set {
            path: format!("{}/accepted_by", unread.path),
            value: person.as_str().into(),
        };
        let changes = batch(workspace, read.iter().map(edit).collect(), None)?;
        let accepted: Vec<&str> = read.iter().map(|unread| unread.path.as_str()).collect();
        Ok(json!({"accepted": accepted, "accepted_by": person, "changes": changes, "saved": true}))
    }
}

fn unknown(number: i64) -> Fault {
    crate::fault::not_found("model-answer-unknown", json!({"number": number.to_string()}))
}

/// Puts an accepted answer behind the blocks of a paper.
fn put(
    workspace: &mut dyn Workspace,
    number: i64,
    record: &Record,
    paper: &str,
) -> Result<Value, Fault> {
    let (text, acceptance) = record.for_signing().map_err(|error: LlmError| fault(&error))?;
    let parts: Vec<&str> = paper.split('/').collect();
    let ["documents", _] = parts[..] else {
        return Err(crate::fault::usage("model-no-paper", json!({"path": paper})));
    };
    let today = today(workspace)?;
    let answer = Answered {
        record: number,
        model: record.model.clone(),
        prompt_hash: record.prompt_hash.clone(),
        sources: record.sources.clone(),
        day: today,
        text: text.to_owned(),
    };
    let marks = Marks {
        answers: vec![answer],
        model: true,
        believed: false,
        reader: Some(acceptance.person.clone()),
        known: Marks::known(workspace)?,
    };
    let block = Edit::Add {
        path: format!("{paper}/blocks"),
        id: None,
        record: json!({"role": "paragraph", "text": text}),
        after: None,
    };
    batch(workspace, marks.put(vec![block]), Some(format!("{}, model", record.model)))
}

fn batch(
    workspace: &mut dyn Workspace,
    edits: Vec<Edit>,
    note: Option<String>,
) -> Result<Value, Fault> {
    let (base, agreed) = (BTreeMap::new(), BTreeMap::new());
    let request = PluginRequest::Batch { edits, base, agreed, note };
    Ok(workspace.call(&Request::Plugin(request))?["changes"].clone())
}

fn today(workspace: &mut dyn Workspace) -> Result<String, Fault> {
    let request = PluginRequest::Snapshot { rows: false, results: false };
    let answer = workspace.call(&Request::Plugin(request))?;
    Ok(answer["today"].as_str().unwrap_or_default().to_owned())
}

impl Marks {
    /// The runs that the plan has already.
    pub(crate) fn known(
        workspace: &mut dyn Workspace,
    ) -> Result<std::collections::BTreeSet<String>, Fault> {
        let request = Request::Show { path: "ai_runs".to_owned(), at: Vec::new() };
        let shown = workspace.call(&request)?;
        let runs = shown["value"].as_array().into_iter().flatten();
        Ok(runs.filter_map(|run| run["id"].as_str()).map(str::to_owned).collect())
    }
}
