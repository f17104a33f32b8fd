//! Answers to surveys on their way into the plan: typed in from paper, or read from a file column by column.
//!
//! They enter as one shuffled batch, so that neither the order of rows nor the moment of each says who answered. Until a
//! person saves a batch, what was typed is a draft of the node, sealed on this device; a file is in this process alone.

pub(crate) mod columns;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jospar_core::plan::{Survey, answers_of_row};
use jospar_node::clock;
use jospar_node::service::Edit;
use jospar_tables::Table;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The draft that answers typed for a survey and a role wait in.
pub(crate) fn draft(survey: &str, role: &str) -> String {
    format!("survey_rows/{survey}/{role}")
}

/// Answers that are read at once.
pub(crate) const ROWS_MAX: usize = 3_000;
/// Files that wait for a person; the oldest goes when another comes.
const FILES_MAX: usize = 3;
/// Bytes that the rows of one document take at most, as the plan counts them: less than half a change.
const DOCUMENT_BYTES_MAX: usize = 96 << 10;
/// More groups than this are no groups: they would tell who answered.
pub(crate) const GROUPS_MAX: usize = 30;

/// One person's answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The group that a report may name; empty for none.
    pub(crate) group: String,
    /// From item to answer.
    pub(crate) answers: BTreeMap<String, i64>,
    /// In their own words.
    pub(crate) comment: String,
}

impl Row {
    /// As the plan keeps it.
    pub(crate) fn record(&self, role: &str) -> Value {
        let mut record = json!({"role": role, "answers": self.answers});
        if let Value::Object(members) = &mut record {
            for (name, text) in [("group", &self.group), ("comment", &self.comment)] {
                if !text.is_empty() {
                    members.insert(name.to_owned(), text.as_str().into());
                }
            }
        }
        record
    }

    /// What it takes in a document, from above: its record, an entry for each answer, the pieces of its comment.
    fn bytes(&self) -> usize {
        let answers: usize = self.answers.keys().map(|code| code.len() + 48).sum();
        let paragraphs = self.comment.matches('\n').count() + 1 + self.comment.len() / 512;
        200 + self.group.len() + answers + self.comment.len() + paragraphs * 160
    }
}

/// A file that a person gave and has not decided about.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// What the page's address calls it.
    pub(crate) key: String,
    /// Its name on the person's disk.
    pub(crate) name: String,
    /// What stands in it.
    pub(crate) table: Table,
}

/// Files that were given, and nothing of which is in the plan yet.
#[derive(Debug, Default)]
pub(crate) struct Tray(Mutex<VecDeque<Given>>);

impl Tray {
    fn with<T>(&self, look: impl FnOnce(&mut VecDeque<Given>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps a file; `None` if the system gives no random bytes for its key.
    pub(crate) fn keep(&self, name: String, table: Table) -> Option<String> {
        let key: String =
            clock::random::<16>().ok()?.iter().map(|byte| format!("{byte:02x}")).collect();
        let given = Given { key: key.clone(), name, table };
        self.with(|files| {
            files.truncate(FILES_MAX - 1);
            files.push_front(given);
        });
        Some(key)
    }

    /// The file of this key.
    pub(crate) fn find(&self, key: &str) -> Option<Given> {
        self.with(|files| files.iter().find(|given| given.key == key).cloned())
    }

    /// Forgets a file.
    pub(crate) fn drop_file(&self, key: &str) {
        self.with(|files| files.retain(|given| given.key != key));
    }
}

/// How often each row is in the plan already, by what was answered.
pub(crate) type There = BTreeMap<String, usize>;

/// The rows of a survey that the plan has; `documents` as the node shows `survey_rows`.
pub(crate) fn there(documents: &Value, survey: &str) -> There {
    let mut there = There::new();
    let of_survey =
        |document: &&Value| document.get("survey").and_then(Value::as_str) == Some(survey);
    let documents = documents.as_array().into_iter().flatten().filter(of_survey);
    for document in documents {
        for row in document.get("rows").and_then(Value::as_array).into_iter().flatten() {
            *there.entry(answers_of_row(row)).or_default() += 1;
        }
    }
    there
}

/// The rows that are not in the plan: each that is there so many times is left out as often.
pub(crate) fn new_rows(rows: &[Row], role: &str, mut there: There) -> Vec<Row> {
    let is_new = |row: &&Row| match there.get_mut(&answers_of_row(&row.record(role))) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    rows.iter().filter(is_new).cloned().collect()
}

/// The edits that add rows to a survey: shuffled, in as many documents as their size asks for. `None` if the system gives
/// no random bytes.
pub(crate) fn edits(survey: &Survey, date: &str, role: &str, rows: &[Row]) -> Option<Vec<Edit>> {
    let mut rows = rows.to_vec();
    shuffle(&mut rows)?;
    let mut groups: Vec<&str> = rows.iter().map(|row| row.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let with_groups = groups.len() <= GROUPS_MAX;
    if !with_groups {
        rows.iter_mut().for_each(|row| row.group.clear());
    }
    let add = |rows: Vec<Value>| Edit::Add {
        path: "survey_rows".to_owned(),
        id: None,
        record: json!({"survey": survey.id, "date": date, "rows": rows}),
        after: None,
    };
    let (mut edits, mut batch, mut bytes) = (Vec::new(), Vec::new(), 0);
    for row in rows {
        if bytes + row.bytes() > DOCUMENT_BYTES_MAX && !batch.is_empty() {
            edits.push(add(std::mem::take(&mut batch)));
            bytes = 0;
        }
        bytes += row.bytes();
        let mut record = row.record(role);
        let id: String =
            clock::random::<8>().ok()?.iter().map(|byte| format!("{byte:02x}")).collect();
        if let Value::Object(members) = &mut record {
            members.insert("id".to_owned(), id.into());
        }
        batch.push(record);
    }
    if !batch.is_empty() {
        edits.push(add(batch));
    }
    Some(edits)
}

/// Fisher and Yates's shuffle.
fn shuffle<T>(rows: &mut [T]) -> Option<()> {
    for end in (1..rows.len()).rev() {
        let drawn = u64::from_le_bytes(clock::random::<8>().ok()?);
        let below = u64::try_from(end).unwrap_or(u64::MAX).saturating_add(1);
        rows.swap(end, usize::try_from(drawn % below).unwrap_or_default());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn row(answer: i64, comment: &str) -> Row {
        let answers = BTreeMap::from([("D1".to_owned(), answer)]);
        Row { group: String::new(), answers, comment: comment.to_owned() }
    }

    #[test]
    fn rows_that_are_there_are_left_out_as_often_as_they_are_there() {
        let rows = [row(4, ""), row(4, ""), row(5, "x"), row(4, "")];
        let plan = json!([
            {"survey": "sv1", "rows": [row(4, "").record("teacher"), row(5, "x").record("parent")]},
            {"survey": "sv2", "rows": [row(5, "x").record("teacher")]},
        ]);
        let new = new_rows(&rows, "teacher", there(&plan, "sv1"));
        assert_eq!(new, [row(4, ""), row(5, "x"), row(4, "")]);
        assert_eq!(new_rows(&rows, "teacher", there(&json!(null), "sv1")).len(), 4);
    }

    #[test]
    fn a_batch_is_cut_into_documents_and_no_row_is_lost() {
        let survey = Survey { id: "sv1".to_owned(), ..Survey::default() };
        let rows: Vec<Row> = (0..200).map(|n| row(n % 5, &"пікір ".repeat(200))).collect();
        let edits = edits(&survey, "2026-11-30", "teacher", &rows).unwrap();
        assert!(edits.len() > 3);
        let mut count = 0;
        for edit in &edits {
            let Edit::Add { path, record, .. } = edit else { unreachable!() };
            assert_eq!((path.as_str(), &record["survey"]), ("survey_rows", &json!("sv1")));
            count += record["rows"].as_array().unwrap().len();
        }
        assert_eq!(count, 200);
    }
}
