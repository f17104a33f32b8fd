//! Answers to surveys that are there already: a file that is taken in twice must not count everybody twice.

use std::collections::BTreeMap;

use jospar_core::plan::{Kind, answers_of_row};
use serde_json::{Value, json};

use super::answer::Trouble;
use super::fault::{Fault, FaultKind};
use super::proposals::Edit;
use super::sections;
use crate::handle::Turn;

/// Fewer rows than this may well be other people who answered the same.
const ROWS_MIN: usize = 5;

/// The name under which a person agrees to add answers that are there already.
pub(super) const AGREED: &str = "survey_rows";

fn rows(document: &Value) -> impl Iterator<Item = &Value> {
    document.get("rows").and_then(Value::as_array).into_iter().flatten()
}

fn survey(document: &Value) -> &str {
    document.get("survey").and_then(Value::as_str).unwrap_or_default()
}

/// Refuses edits that add rows which are all there already, each as often.
///
/// # Errors
/// A fault that says so, or of the store.
pub(super) fn refuse_twice(turn: &mut Turn<'_>, edits: &[Edit]) -> Result<(), Trouble> {
    let added = |edit: &Edit| match edit {
        Edit::Add { path, record, .. } if path == AGREED => Some(record.clone()),
        _ => None,
    };
    let mut batches: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for document in edits.iter().filter_map(added) {
        let batch = batches.entry(survey(&document).to_owned()).or_default();
        batch.extend(rows(&document).map(answers_of_row));
    }
    batches.retain(|_, rows| rows.len() >= ROWS_MIN);
    if batches.is_empty() {
        return Ok(());
    }
    let mut there: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (.., document) in sections::documents_of(turn, Kind::SurveyRows)? {
        for row in rows(&document) {
            *there.entry((survey(&document).to_owned(), answers_of_row(row))).or_default() += 1;
        }
    }
    for (survey, batch) in batches {
        let count = batch.len();
        let known = batch.into_iter().all(|row| match there.get_mut(&(survey.clone(), row)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        });
        if known {
            let values = json!({"count": count});
            return Err(Fault::new(FaultKind::Usage, "error-answers-there", values).into());
        }
    }
    Ok(())
}
