//! Showing and changing the plan.

use std::collections::BTreeMap;

use jospar_core::document::{Command, Path, PlaceKind, ValueKind, find_in_view};
use jospar_core::ids::{ActorId, ChangeHash, DocumentId};
use jospar_core::plan::{
    Argument, Date, Edits, Kind, PlanView, lint as find_faults, root_commands,
};
use jospar_core::policy::Role;
use jospar_core::replica::LoadError;
use serde_json::{Value, json};

use super::answer::{Answer, Trouble};
use super::fault::{Fault, FaultKind};
use super::files;
use super::sections::{self, Section};
use super::years;
use crate::handle::Turn;

/// A change that touches more places than this was an import, not a person's edit.
const EDIT_PATHS_MAX: usize = 10;

pub(super) fn show(turn: &mut Turn<'_>, text: &str, at: &[String]) -> Answer {
    if text.is_empty() {
        return overview(turn);
    }
    match sections::find(turn, text)? {
        Section::Documents(kind) => {
            let past = years::past(turn)?;
            let documents = sections::documents_of(turn, kind)?.into_iter();
            let is_empty = |view: &Value| view.as_object().is_some_and(serde_json::Map::is_empty);
            let here = documents.filter(|(id, _, view)| !past.contains(id) && !is_empty(view));
            let values: Vec<Value> = here.map(|(_, _, view)| view).collect();
            Ok(
                json!({"path": text, "place": "documents", "value": values, "heads": [], "conflicts": []}),
            )
        }
        Section::Place { document, path, .. } => show_place(turn, text, document, &path, at),
    }
}

fn show_place(
    turn: &mut Turn<'_>,
    text: &str,
    id: DocumentId,
    path: &Path,
    at: &[String],
) -> Answer {
    let heads = parse_heads(at)?;
    if !turn.replica.has_document(&id) {
        return Ok(
            json!({"path": text, "place": "record", "value": null, "heads": [], "conflicts": []}),
        );
    }
    let document = match turn.replica.document(turn.storage, id) {
        Err(LoadError::Sealed(_)) => {
            return Ok(json!({"path": text, "place": "sealed", "value": null, "heads": [],
                             "conflicts": []}));
        }
        document => document?,
    };
    let (view, heads) = match heads.is_empty() {
        true => (document.view(), document.heads()),
        false => (document.view_at(&heads)?, heads),
    };
    let place = document.place(path).map_err(Fault::from)?;
    let value = find_in_view(&view, path).cloned().unwrap_or(Value::Null);
    let inside = |conflict: &Path| conflict.segments().starts_with(path.segments());
    let conflicts = document.conflicts().iter().map(|conflict| &conflict.path);
    let conflicts: Vec<Path> = conflicts.filter(|path| inside(path)).cloned().collect();
    let mut written = Vec::new();
    for conflict in conflicts {
        written.push(sections::written(turn, id, &conflict)?);
    }
    Ok(json!({
        "path": text,
        "place": place_name(place),
        "value": value,
        "heads": hexadecimal(&heads),
        "conflicts": written,
    }))
}

fn overview(turn: &mut Turn<'_>) -> Answer {
    let mut parts: BTreeMap<u8, Value> = BTreeMap::new();
    let mut school = Value::Null;
    for (id, kind, view) in sections::all_views(turn)? {
        if kind == Kind::Plan {
            school = view.pointer("/plan/school").cloned().unwrap_or_default();
        }
        let document = turn.replica.document(turn.storage, id)?;
        let changed = document.history().last().map(|entry| entry.time.0);
        let conflicts = document.conflicts().len();
        let items = if kind.is_many() { 1 } else { files::count_items(&view) };
        let part = parts.entry(kind.byte()).or_insert_with(|| {
            json!({"part": kind.section().unwrap_or(kind.name()), "kind": kind.name(),
                   "message": kind.message_key(), "items": 0, "changed": null, "conflicts": 0})
        });
        let add = |member: &Value, more: usize| member.as_u64().unwrap_or(0) + more as u64;
        if let Value::Object(part) = part {
            let items = add(&part["items"], items);
            let conflicts = add(&part["conflicts"], conflicts);
            let latest = part["changed"].as_i64().max(changed);
            part.insert("items".into(), items.into());
            part.insert("conflicts".into(), conflicts.into());
            part.insert("changed".into(), latest.into());
        }
    }
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_sealed()) {
        let documents = sections::documents_of(turn, kind)?;
        if documents.is_empty() {
            continue;
        }
        let closed = documents.iter().filter(|(.., view)| view.get("sealed").is_some()).count();
        let part = json!({"part": kind.section(), "kind": kind.name(),
                          "message": kind.message_key(), "items": documents.len(),
                          "sealed": closed, "changed": null, "conflicts": 0});
        parts.insert(kind.byte(), part);
    }
    let parts: Vec<Value> = parts.into_values().collect();
    Ok(json!({"school": school, "parts": parts}))
}

pub(super) const fn place_name(place: PlaceKind) -> &'static str {
    match place {
        PlaceKind::Value(kind) => match kind {
            ValueKind::Text => "text_value",
            ValueKind::Number => "number",
            ValueKind::Flag => "flag",
            ValueKind::Date => "date",
            ValueKind::Choice(_) => "choice",
            ValueKind::Any => "value",
            ValueKind::Bytes => "bytes",
        },
        PlaceKind::Text => "text",
        PlaceKind::Prose => "prose",
        PlaceKind::Local => "local",
        PlaceKind::Record => "record",
        PlaceKind::Items => "items",
        PlaceKind::Item => "item",
        PlaceKind::Set => "set",
        PlaceKind::Map => "map",
    }
}

pub(super) fn hexadecimal(heads: &[ChangeHash]) -> Vec<String> {
    heads.iter().map(ChangeHash::to_string).collect()
}

pub(super) fn parse_heads(heads: &[String]) -> Result<Vec<ChangeHash>, Fault> {
    let parse = |text: &String| {
        text.parse().map_err(|_| {
            Fault::new(FaultKind::Usage, "error-change-unknown", json!({"change": text}))
        })
    };
    heads.iter().map(parse).collect()
}

/// Carries out commands on the document of `text` and answers as every edit does.
fn edit(turn: &mut Turn<'_>, text: &str, document: DocumentId, commands: &[Command]) -> Answer {
    let applied = turn.replica.apply(turn.storage, &turn.moment, document, commands)?;
    let change = applied.change.map(|change| change.to_string());
    Ok(json!({"path": text, "change": change, "saved": true}))
}

pub(super) fn set(turn: &mut Turn<'_>, text: &str, value: Value) -> Answer {
    let (document, path) = sections::place(turn, text)?;
    edit(turn, text, document, &[Command::Set { path, value }])
}

pub(super) fn add(
    turn: &mut Turn<'_>,
    text: &str,
    id: Option<String>,
    record: Value,
    after: Option<String>,
) -> Answer {
    let id = id.unwrap_or_else(|| sections::made_up_id(turn, text, "id"));
    let record = if record.is_null() { json!({}) } else { record };
    let item = format!("{text}/{id}");
    let answer = match sections::find(turn, text)? {
        Section::Documents(kind) => add_document(turn, kind, &id, record, &item)?,
        Section::Place { document, path, .. } => {
            let command = Command::Add { path, id: id.clone(), after, record };
            edit(turn, &item, document, &[command])?
        }
    };
    Ok(with(answer, "id", Value::from(id)))
}

/// Adds a document of a kind with many.
fn add_document(
    turn: &mut Turn<'_>,
    kind: Kind,
    id: &str,
    mut record: Value,
    text: &str,
) -> Answer {
    let others = sections::count_others(turn, kind, id)?;
    if let Value::Object(members) = &mut record {
        members.insert("id".into(), Value::from(id));
        members.insert("order".into(), Value::from(others));
    }
    let moment = turn.moment;
    let document = match kind.is_sealed() {
        true => turn.replica.found_sealed(turn.storage, &moment, kind, id)?,
        false => DocumentId::random(kind.byte(), moment.bytes(id)),
    };
    edit(turn, text, document, &root_commands(kind, &record))
}

/// Writes the school's name into the plan's head.
pub(super) fn name_school(turn: &mut Turn<'_>, name: &str) -> Result<(), Trouble> {
    let head = DocumentId::singleton(&turn.replica.workspace(), Kind::Plan.byte());
    let path = Path::from(["plan", "school", "kk"].map(str::to_owned).to_vec());
    let command = Command::EditText { path, base: Vec::new(), text: name.to_owned() };
    turn.replica.apply(turn.storage, &turn.moment, head, &[command])?;
    Ok(())
}

fn with(mut answer: Value, name: &str, value: Value) -> Value {
    if let Value::Object(members) = &mut answer {
        members.insert(name.to_owned(), value);
    }
    answer
}

pub(super) fn move_item(turn: &mut Turn<'_>, text: &str, after: Option<String>) -> Answer {
    let (document, path) = sections::place(turn, text)?;
    edit(turn, text, document, &[Command::Move { path, after }])
}

pub(super) fn remove(turn: &mut Turn<'_>, text: &str, value: Option<String>) -> Answer {
    let (document, path) = sections::place(turn, text)?;
    let command = match value {
        Some(value) => Command::Exclude { path, value },
        None => Command::Remove { path },
    };
    edit(turn, text, document, &[command])
}

pub(super) fn keep(turn: &mut Turn<'_>, text: &str) -> Answer {
    let (document, path) = sections::place(turn, text)?;
    edit(turn, text, document, &[Command::Keep { path }])
}

pub(super) fn include(turn: &mut Turn<'_>, text: &str, value: String) -> Answer {
    let (document, path) = sections::place(turn, text)?;
    edit(turn, text, document, &[Command::Include { path, value }])
}

pub(super) fn text(turn: &mut Turn<'_>, text: &str) -> Answer {
    let (id, path) = sections::place(turn, text)?;
    if !turn.replica.has_document(&id) {
        return Ok(json!({"path": text, "text": "", "heads": []}));
    }
    let document = turn.replica.document(turn.storage, id)?;
    let place = document.place(&path).map_err(Fault::from)?;
    if !matches!(place, PlaceKind::Text | PlaceKind::Prose) {
        return Err(Fault::new(
            FaultKind::Usage,
            "error-wrong-command",
            json!({"path": text, "command": "jospar set"}),
        )
        .into());
    }
    let heads = document.heads();
    let found = document.text(&path).map_err(Fault::from)?;
    Ok(json!({"path": text, "text": found, "heads": hexadecimal(&heads)}))
}

pub(super) fn edit_text(turn: &mut Turn<'_>, text: &str, base: &[String], new: String) -> Answer {
    let (document, path) = sections::place(turn, text)?;
    let base = parse_heads(base)?;
    edit(turn, text, document, &[Command::EditText { path, base, text: new }])
}

pub(super) fn lint(turn: &mut Turn<'_>, as_of: Option<&str>) -> Answer {
    let views = sections::all_views(turn)?;
    let documents: Vec<(Kind, Value)> =
        views.into_iter().map(|(_, kind, view)| (kind, view)).collect();
    let plan = PlanView::from_documents(&documents);
    let today = day_of(turn.moment.now.0);
    let as_of = as_of.unwrap_or(&today);
    let date: Date = as_of
        .parse()
        .map_err(|_| Fault::new(FaultKind::Usage, "error-value-date", json!({"value": as_of})))?;
    let edits = edits(turn)?;
    let findings: Vec<Value> = find_faults(&plan, date, &edits)
        .into_iter()
        .map(|finding| {
            let values: serde_json::Map<String, Value> = finding
                .values
                .iter()
                .map(|(name, argument)| ((*name).to_owned(), argument_json(argument)))
                .collect();
            let heading = finding.rule.message_key();
            let rule = heading.trim_start_matches("lint-").to_uppercase();
            json!({"rule": rule, "heading": heading, "message": finding.message,
                   "kind": finding.kind.name(), "subject": finding.subject, "values": values})
        })
        .collect();
    Ok(json!({"as_of": date.to_string(), "findings": findings}))
}

/// A value of a finding: a text, a number, or an object that says what it is.
fn argument_json(argument: &Argument) -> Value {
    match argument {
        Argument::Local(text) => json!({"kk": text.kk, "ru": text.ru, "en": text.en}),
        Argument::Text(text) => json!(text),
        Argument::Number(number) => json!(number),
        Argument::Day(date) => json!({"date": date.to_string()}),
        Argument::Keys(keys) => json!({"keys": keys}),
    }
}

/// How many edits each partner made, by the id that the plan gives the two roles.
fn edits(turn: &mut Turn<'_>) -> Result<Edits, Trouble> {
    let mut edits = Edits::new();
    for id in sections::open_documents(turn)? {
        let history = turn.replica.document(turn.storage, id)?.history().iter();
        let by_people = history.filter(|entry| entry.paths.len() <= EDIT_PATHS_MAX);
        let mut by_actor = BTreeMap::<ActorId, u64>::new();
        by_people.for_each(|entry| *by_actor.entry(entry.actor).or_default() += 1);
        for (actor, count) in by_actor {
            let device = turn.replica.author(turn.storage, id, actor)?;
            let rights = turn.replica.policy().now();
            let role = device.and_then(|device| rights.member(&device)).map(|member| member.role);
            let partner = match role {
                Some(Role::Director) => "dir",
                Some(Role::Teacher) => "inf",
                _ => continue,
            };
            *edits.entry(partner.to_owned()).or_default() += count;
        }
    }
    Ok(edits)
}

/// The day of a moment, in UTC.
pub(super) fn day_of(milliseconds: i64) -> String {
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days since 1970-01-01 to year, month, day.
    let days = milliseconds.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::day_of;

    #[test]
    fn a_moment_has_its_day() {
        assert_eq!(day_of(0), "1970-01-01");
        assert_eq!(day_of(1_795_564_799_999), "2026-11-24");
        assert_eq!(day_of(951_782_400_000), "2000-02-29");
        assert_eq!(day_of(-1), "1969-12-31");
    }
}
