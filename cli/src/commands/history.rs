//! Commands about what happened: who changed what, conflicts, taking back.

use jospar_node::service::{Fault, FaultKind, Request};
use serde_json::{Value, json};

use crate::session::{Outcome, Session};
use crate::words::{Words, count_at, flag_at, items_at, short, text_at, text_or_empty};

/// How far back a shortened change is looked for.
const LOOKUP_LIMIT: usize = 20_000;
const CHANGE_DIGITS_FULL: usize = 64;

pub(crate) fn history(session: &mut Session, path: &str, limit: usize) -> Outcome {
    let answer = session.ask(&Request::History { path: path.to_owned(), limit })?;
    session.print(&answer, |words, answer| entries(words, answer, path, limit))?;
    Ok(0)
}

fn entries(words: &Words, answer: &Value, path: &str, limit: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if !path.is_empty() {
        lines.push(words.with("history-heading", "path", path));
    }
    for entry in items_at(answer, "/entries") {
        let line = words.text(
            "history-line",
            &[
                ("when", words.moment_at(entry, "/time_ms").into()),
                ("who", words.person(entry).into()),
                ("what", what(words, entry).into()),
            ],
        );
        let note = text_or_empty(entry, "/note");
        let with = match note {
            "" => String::new(),
            note => format!(", {}", words.with("history-with", "note", note)),
        };
        lines.push(format!("{}  {line}{with}", short(text_or_empty(entry, "/change"))));
    }
    if items_at(answer, "/entries").next().is_none() {
        lines.push(words.word("history-empty"));
    }
    let more = count_at(answer, "/more");
    if more > 0 || flag_at(answer, "/more") {
        let path = if path.is_empty() { String::new() } else { format!(" {path}") };
        let command = format!("`jospar history{path} --limit {}`", limit.saturating_mul(2));
        let values = [("count", more.into()), ("command", command.into())];
        lines.push(match more {
            0 => words.text("history-more-some", &values[1..]),
            _ => words.text("history-more", &values),
        });
    }
    lines
}

/// What a change did, by the places it touched.
fn what(words: &Words, entry: &Value) -> String {
    match count_at(entry, "/paths") {
        0 => words.with("change-place", "path", text_or_empty(entry, "/part")),
        1 => words.with("change-place", "path", text_or_empty(entry, "/paths/0")),
        count => {
            let many = words.text("change-many", &[("count", count.into())]);
            format!("{many} ({})", text_or_empty(entry, "/part"))
        }
    }
}

/// The whole hash of a change from the start of it.
///
/// # Errors
/// A fault if no change of the history begins so, or several do.
pub(crate) fn full_change(session: &mut Session, start: &str) -> Result<String, Fault> {
    let start = start.to_ascii_lowercase();
    if start.len() >= CHANGE_DIGITS_FULL {
        return Ok(start);
    }
    let request = Request::History { path: String::new(), limit: LOOKUP_LIMIT };
    let answer = session.ask(&request)?;
    let mut found: Vec<&str> = items_at(&answer, "/entries")
        .filter_map(|entry| text_at(entry, "/change"))
        .filter(|change| change.starts_with(&start))
        .collect();
    found.dedup();
    match found.as_slice() {
        [change] if !start.is_empty() => Ok((*change).to_owned()),
        _ => {
            let values = json!({"change": start});
            Err(Fault::new(FaultKind::NotFound, "error-change-unknown", values))
        }
    }
}

pub(crate) fn conflicts(session: &mut Session) -> Outcome {
    let answer = session.ask(&Request::Conflicts)?;
    session.print(&answer, conflict_lines)?;
    Ok(0)
}

/// The conflicts with what stands against what.
pub(crate) fn conflict_lines(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, conflict) in items_at(answer, "/conflicts").enumerate() {
        let path = text_or_empty(conflict, "/path");
        let command = format!("`jospar resolve {path} 1`");
        let number = ("number", (index + 1).into());
        lines.push(words.text("conflict-heading", &[number, ("path", path.into())]));
        if is_removed_edited(conflict) {
            let null = Value::Null;
            let remover = words.person(conflict.get("removed").unwrap_or(&null));
            let mut editors: Vec<_> =
                items_at(conflict, "/edited").map(|edit| words.person(edit)).collect();
            editors.dedup();
            lines.push(words.text(
                "removed-edited",
                &[
                    ("path", path.into()),
                    ("remover", remover.into()),
                    ("editor", editors.join(", ").into()),
                ],
            ));
            lines.push(words.word("removed-edited-choices"));
        }
        for (index, candidate) in items_at(conflict, "/candidates").enumerate() {
            let value = candidate.get("value").map(|value| words.value(value));
            lines.push(words.text(
                "conflict-candidate",
                &[
                    ("number", (index + 1).into()),
                    ("value", value.unwrap_or_default().into()),
                    ("who", words.person(candidate).into()),
                    ("when", words.moment_at(candidate, "/time_ms").into()),
                ],
            ));
        }
        lines.push(words.with("conflict-howto", "command", &command));
    }
    if lines.is_empty() {
        lines.push(words.word("conflicts-none"));
    } else if items_at(answer, "/conflicts").any(|conflict| !is_removed_edited(conflict)) {
        lines.insert(0, words.word("conflicts-intro"));
    }
    lines
}

fn is_removed_edited(conflict: &Value) -> bool {
    text_at(conflict, "/kind") == Some("removed_edited")
}

pub(crate) fn resolve(session: &mut Session, path: String, choice: &str) -> Outcome {
    let conflicts = session.ask(&Request::Conflicts)?;
    let conflict = items_at(&conflicts, "/conflicts")
        .find(|conflict| text_at(conflict, "/path") == Some(&path))
        .cloned()
        .ok_or_else(|| {
            Fault::new(FaultKind::NotFound, "error-no-conflict", json!({"path": path}))
        })?;
    let removed_edited = is_removed_edited(&conflict);
    let count = if removed_edited { 2 } else { count_at(&conflict, "/candidates") };
    let decision = decision(choice, removed_edited, count)?;
    let request = Request::Resolve { path: path.clone(), choice: decision.clone() };
    let answer = session.ask(&request)?;
    session.print(&answer, |words, _| {
        let shown = decision.as_u64().and_then(|number| {
            conflict.pointer(&format!("/candidates/{}/value", number.checked_sub(1)?))
        });
        vec![match decision.as_str() {
            Some("keep") => words.with("resolve-kept", "path", &path),
            Some(_) => words.with("resolve-removed", "path", &path),
            None => {
                let value = shown.map(|value| words.value(value)).unwrap_or_default();
                let values = [("path", path.as_str().into()), ("value", value.into())];
                words.text("resolve-done", &values)
            }
        }]
    })?;
    Ok(0)
}

/// The decision that a node takes, from the number or word of a person.
fn decision(choice: &str, removed_edited: bool, count: u64) -> Result<Value, Fault> {
    let number = choice.parse::<u64>().ok().filter(|number| (1..=count).contains(number));
    match (removed_edited, choice, number) {
        (true, "keep", _) | (true, _, Some(1)) => Ok(json!("keep")),
        (true, "remove", _) | (true, _, Some(_)) => Ok(json!("remove")),
        (false, _, Some(number)) => Ok(json!(number)),
        _ => {
            let values = json!({"number": choice, "count": count});
            Err(Fault::new(FaultKind::Usage, "error-conflict-choice", values))
        }
    }
}

pub(crate) fn undo(session: &mut Session, count: usize) -> Outcome {
    let answer = session.ask(&Request::Undo { count })?;
    if items_at(&answer, "/undone").next().is_none() {
        return Err(Fault::new(FaultKind::NotFound, "error-nothing-to-undo", json!({})));
    }
    session.print(&answer, |words, answer| {
        let undone = |entry| words.with("undo-done", "what", &what(words, entry));
        items_at(answer, "/undone").map(undone).collect()
    })?;
    Ok(0)
}

pub(crate) fn restore_to(session: &mut Session, change: &str) -> Outcome {
    let change = full_change(session, change)?;
    let answer = session.ask(&Request::RestoreTo { change: change.clone() })?;
    session.print(&answer, |words, answer| {
        // The head of the plan has no path of its own.
        let path = match text_or_empty(answer, "/path") {
            "" => words.word("kind-plan"),
            path => path.to_owned(),
        };
        let values = [("path", path.into()), ("change", short(&change).into())];
        vec![words.text("restore-to-done", &values)]
    })?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jospar_locales::Language;

    use super::*;

    #[test]
    fn a_history_names_when_who_and_what() {
        let answer = json!({"entries": [
            {"change": "0123456789abcdef", "part": "risks", "paths": ["risks/r1/impact"],
             "who": "Айда", "device": "d1", "time_ms": 1_795_390_200_000_i64, "own": true},
            {"change": "ff", "part": "risks", "paths": ["risks/r1/impact", "risks/r2/impact"],
             "who": null, "device": "abcdefghij", "time_ms": 0, "own": false},
        ], "more": 3});
        let expected = [
            "0123456789  22 November 2026, 23:30, Айда: changed risks/r1/impact",
            "ff  1 January 1970, 00:00, abcdefgh: changed 2 places at once (risks)",
            "And 3 changes more. To see them: `jospar history --limit 4`.",
        ];
        assert_eq!(entries(&Words::utc(Language::En), &answer, "", 2), expected);
    }

    #[test]
    fn conflicts_show_every_version() {
        let answer = json!({"conflicts": [
            {"path": "initiatives/in1/due", "kind": "values", "candidates": [
                {"value": "2026-12-01", "who": "Айда", "device": "d", "time_ms": 0},
                {"value": null, "who": "Болат", "device": "e", "time_ms": 0},
            ]},
            {"path": "risks/r1", "kind": "removed_edited",
             "removed": {"who": "Айда", "time_ms": 0}, "edited": [{"who": "Болат", "time_ms": 0}]},
        ]});
        let expected = [
            "Two people wrote different values in one place at the same time. None is lost; choose \
             the right one.",
            "Conflict 1: initiatives/in1/due",
            "1) 1 December 2026 (Айда, 1 January 1970, 00:00)",
            "2) empty (Болат, 1 January 1970, 00:00)",
            "To choose: `jospar resolve initiatives/in1/due 1`",
            "Conflict 2: risks/r1",
            "risks/r1: Айда removed it while Болат changed it. Nothing is lost.",
            "1) keep the item with its changes; 2) remove it",
            "To choose: `jospar resolve risks/r1 1`",
        ];
        assert_eq!(conflict_lines(&Words::utc(Language::En), &answer), expected);
        let none = conflict_lines(&Words::utc(Language::En), &json!({"conflicts": []}));
        assert_eq!(none, ["There are no conflicts."]);
    }

    #[test]
    fn a_decision_is_a_number_or_a_word() {
        assert_eq!(decision("2", false, 2).unwrap(), json!(2));
        assert_eq!(decision("1", true, 2).unwrap(), json!("keep"));
        assert_eq!(decision("2", true, 2).unwrap(), json!("remove"));
        assert_eq!(decision("remove", true, 2).unwrap(), json!("remove"));
        for (choice, removed_edited) in [("3", false), ("0", false), ("keep", false), ("3", true)] {
            let fault = decision(choice, removed_edited, 2).unwrap_err();
            assert_eq!(fault.key, "error-conflict-choice");
        }
    }
}
