//! What is different between two states of the plan.

use std::collections::BTreeMap;

use jospar_core::document::{Difference, Document, Fate, Path, compare_texts, compare_views};
use jospar_core::ids::{ChangeHash, DocumentId};
use jospar_core::plan::Kind;
use jospar_core::time::Timestamp;
use serde_json::{Value, json};

use super::answer::{Answer, Trouble};
use super::fault::{Fault, FaultKind};
use super::sections::{self, Section};
use crate::handle::Turn;

/// The most differences of one answer.
const DIFFERENCES_MAX: usize = 2_000;

/// The heads of every document at one moment; one that is not named did not exist.
pub(super) type Heads = BTreeMap<DocumentId, Vec<ChangeHash>>;

/// A state of the plan.
pub(super) enum State {
    /// As it stands.
    Now,
    /// What had been written by then, by the authors' clocks.
    Until(Timestamp),
    /// What was named.
    Named(Heads),
}

impl State {
    /// The view of a document in this state; an empty one where it did not exist.
    pub(super) fn view(&self, turn: &mut Turn<'_>, id: DocumentId) -> Result<Value, Trouble> {
        let document = turn.replica.document(turn.storage, id)?;
        Ok(match self.heads(document, id) {
            Some(heads) if heads == document.heads() => document.view(),
            Some(heads) => document.view_at(&heads)?,
            None => json!({}),
        })
    }

    /// The heads of a document in this state, sorted; none where it did not exist.
    fn heads(&self, document: &Document, id: DocumentId) -> Option<Vec<ChangeHash>> {
        let mut heads = match self {
            Self::Now => document.heads(),
            Self::Until(moment) => document.heads_until(*moment),
            Self::Named(heads) => heads.get(&id)?.clone(),
        };
        heads.sort_unstable();
        Some(heads)
    }

    /// True if a document is the same in both states: nothing of it has to be read.
    fn is_same(&self, other: &Self, document: &Document, id: DocumentId) -> bool {
        self.heads(document, id) == other.heads(document, id)
    }
}

/// What a person asks to see of it.
enum Wanted {
    All,
    Kind(Kind),
    Place(DocumentId, Path),
}

/// Answer of [`super::Request::Compare`].
pub(super) fn compare(turn: &mut Turn<'_>, text: &str, from: i64, to: Option<i64>) -> Answer {
    if to.is_some_and(|to| to < from) {
        return Err(Fault::new(FaultKind::Usage, "error-dates-backwards", json!({})).into());
    }
    let wanted = match text {
        "" => Wanted::All,
        text => match sections::find(turn, text)? {
            Section::Documents(kind) => Wanted::Kind(kind),
            Section::Place { document, path, .. } => Wanted::Place(document, path),
        },
    };
    let to_state = to.map_or(State::Now, |to| State::Until(Timestamp(to)));
    let states = (State::Until(Timestamp(from)), to_state);
    let mut found = Vec::new();
    for (id, kind) in documents(turn) {
        let here = match &wanted {
            Wanted::All => true,
            Wanted::Kind(wanted) => *wanted == kind,
            Wanted::Place(wanted, _) => *wanted == id,
        };
        if !here {
            continue;
        }
        let within = match &wanted {
            Wanted::Place(_, path) => path.clone(),
            _ => Path::root(),
        };
        found.extend(differences(turn, (id, kind), &within, &states)?);
    }
    let more = found.len().saturating_sub(DIFFERENCES_MAX);
    found.truncate(DIFFERENCES_MAX);
    Ok(json!({"path": text, "from_ms": from, "to_ms": to, "differences": found, "more": more}))
}

/// The documents of the plan that can be compared: nothing that is sealed.
pub(super) fn documents(turn: &Turn<'_>) -> Vec<(DocumentId, Kind)> {
    let of_plan = |kind: &Kind| !kind.is_sealed() && !kind.is_internal();
    let known = |id: &DocumentId| Some((*id, Kind::from_byte(id.kind()).filter(of_plan)?));
    turn.replica.documents().filter_map(|(id, _)| known(id)).collect()
}

/// The differences of one document, as an answer tells them.
fn differences(
    turn: &mut Turn<'_>,
    (id, kind): (DocumentId, Kind),
    within: &Path,
    (from, to): &(State, State),
) -> Result<Vec<Value>, Trouble> {
    if from.is_same(to, turn.replica.document(turn.storage, id)?, id) {
        return Ok(Vec::new());
    }
    let (before, after) = (from.view(turn, id)?, to.view(turn, id)?);
    let named = |view: &Value| view.get("id").is_some_and(|id| !id.is_null());
    if kind.is_many() && within.segments().is_empty() && named(&before) != named(&after) {
        let path = sections::written(turn, id, &Path::root())?;
        let (word, value) = if named(&after) { ("added", after) } else { ("removed", before) };
        return Ok(vec![difference(kind, word, &path, Ends::one(word, value))]);
    }
    let mut found = Vec::new();
    for one in compare_views(kind.schema(), &before, &after) {
        let (place, wanted) = (one.path().segments(), within.segments());
        // Where a whole item came or went, so did all places inside.
        if !place.starts_with(wanted) && !wanted.starts_with(place) {
            continue;
        }
        let path = sections::written(turn, id, one.path())?;
        found.push(told(kind, &path, one));
    }
    Ok(found)
}

/// Both values, and a text's words.
struct Ends {
    before: Value,
    after: Value,
    words: Value,
}

impl Ends {
    fn one(word: &str, value: Value) -> Self {
        let (before, after) =
            if word == "added" { (Value::Null, value) } else { (value, Value::Null) };
        Self { before, after, words: Value::Null }
    }
}

fn told(kind: Kind, path: &str, one: Difference) -> Value {
    match one {
        Difference::Added { after, .. } => {
            difference(kind, "added", path, Ends::one("added", after))
        }
        Difference::Removed { before, .. } => {
            difference(kind, "removed", path, Ends::one("removed", before))
        }
        Difference::Moved { .. } => {
            difference(kind, "moved", path, Ends::one("moved", Value::Null))
        }
        Difference::Changed { is_text, before, after, .. } => {
            let words = match (before.as_str(), after.as_str()) {
                (Some(before), Some(after)) if is_text => words(before, after),
                _ => Value::Null,
            };
            difference(kind, "changed", path, Ends { before, after, words })
        }
    }
}

fn words(before: &str, after: &str) -> Value {
    let piece = |(fate, text): (Fate, String)| {
        let fate = match fate {
            Fate::Kept => "kept",
            Fate::Deleted => "deleted",
            Fate::Inserted => "inserted",
        };
        json!([fate, text])
    };
    compare_texts(before, after).into_iter().map(piece).collect()
}

fn difference(kind: Kind, word: &str, path: &str, ends: Ends) -> Value {
    json!({"path": path, "kind": kind.name(), "what": word, "before": ends.before,
           "after": ends.after, "words": ends.words})
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jospar_core::document::{Author, Command};
    use jospar_core::ids::{ActorId, WorkspaceId};

    use super::*;

    #[test]
    fn a_document_that_nobody_touched_between_two_moments_is_not_read() {
        let kind = Kind::Risks;
        let id = DocumentId::singleton(&WorkspaceId([7; 32]), kind.byte());
        let mut document = Document::new(kind.byte(), kind.schema());
        for moment in [10, 20] {
            let author =
                Author { actor: ActorId([1; 16]), time: Timestamp(moment), random: [9; 32] };
            let (path, id) = ("risks".parse().unwrap(), format!("r{moment}"));
            let command = Command::Add { path, id, after: None, record: json!({"impact": 2}) };
            document.edit(&author, &[command]).unwrap();
        }
        let until = |moment| State::Until(Timestamp(moment));
        let same = |from: &State, to: &State| from.is_same(to, &document, id);
        assert!(same(&until(12), &until(19)));
        assert!(same(&until(20), &State::Now) && same(&until(99), &State::Now));
        assert!(!same(&until(12), &until(20)) && !same(&until(19), &State::Now));
        let named = |heads| State::Named(Heads::from([(id, heads)]));
        let mut heads = document.heads_until(Timestamp(12));
        heads.reverse();
        assert!(same(&named(heads), &until(10)));
        assert!(same(&named(document.heads()), &State::Now));
        assert!(!same(&State::Named(Heads::new()), &State::Now), "it did not exist");
    }
}
