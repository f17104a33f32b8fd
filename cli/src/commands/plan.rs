//! Commands that show the plan and change it.

use jospar_core::plan::Kind;
use jospar_node::service::{Fault, Request};
use serde_json::Value;

use crate::commands::history;
use crate::commands::text;
use crate::session::{Outcome, Session};
use crate::tree;
use crate::value;
use crate::words::{Words, count_at, items_at, text_or_empty};

pub(crate) fn show(session: &mut Session, path: &str, at: Option<&str>) -> Outcome {
    let at = match at {
        Some(change) => vec![history::full_change(session, change)?],
        None => Vec::new(),
    };
    let answer = session.ask(&Request::Show { path: path.to_owned(), at })?;
    session.print(&answer, shown)?;
    Ok(0)
}

/// What stands at a path, or the list of parts.
pub(crate) fn shown(words: &Words, answer: &Value) -> Vec<String> {
    if answer.get("parts").is_some() {
        return parts(words, answer);
    }
    let path = text_or_empty(answer, "/path");
    let null = Value::Null;
    let mut lines = vec![heading(words, path)];
    if text_or_empty(answer, "/place") == "sealed" {
        lines.push(words.word("show-sealed"));
        return lines;
    }
    lines.extend(tree::lines(words, answer.get("value").unwrap_or(&null)));
    let conflicts = count_at(answer, "/conflicts");
    if conflicts > 0 {
        let command = "`jospar conflicts`";
        let values = [("count", conflicts.into()), ("command", command.into())];
        lines.push(words.text("show-has-conflicts", &values));
    }
    lines
}

/// A path with the names of its fields before it.
fn heading(words: &Words, path: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    for (index, segment) in path.split('/').enumerate() {
        let of_section = |kind: &&Kind| kind.section().unwrap_or(kind.name()) == segment;
        let kind = Kind::ALL.iter().find(of_section).filter(|_| index == 0);
        names.push(match kind {
            Some(kind) => words.named("kind", kind.name()),
            None => tree::label(words, segment),
        });
    }
    format!("{} ({path})", names.join(" / "))
}

fn parts(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(school) = answer.get("school").filter(|school| !school.is_null()) {
        let school = words.value(school);
        lines.push(words.with("status-school", "school", &school));
    }
    let parts: Vec<&Value> = items_at(answer, "/parts").collect();
    let width = |part: &&Value| text_or_empty(part, "/part").chars().count();
    let width = parts.iter().map(width).max().unwrap_or_default();
    for part in parts {
        let items = words.text("items-count", &[("count", count_at(part, "/items").into())]);
        let name = words.named("kind", text_or_empty(part, "/kind"));
        let values = [("name", name.into()), ("items", items.into())];
        let mut line = match part.pointer("/changed").and_then(Value::as_i64) {
            Some(changed) => {
                let [name, items] = values;
                let when = ("when", words.moment(changed).into());
                words.text("show-documents-line", &[name, items, when])
            }
            None => words.text("show-documents-line-new", &values),
        };
        let conflicts = count_at(part, "/conflicts");
        if conflicts > 0 {
            line.push_str("; ");
            line.push_str(&words.text("conflicts-count", &[("count", conflicts.into())]));
        }
        let closed = count_at(part, "/sealed");
        if closed > 0 {
            line.push_str("; ");
            line.push_str(&words.text("show-sealed-count", &[("count", closed.into())]));
        }
        lines.push(format!("{:width$}  {line}", text_or_empty(part, "/part")));
    }
    if lines.is_empty() {
        lines.push(words.word("show-empty"));
    }
    lines
}

pub(crate) fn set(
    session: &mut Session,
    path: String,
    written: Option<&str>,
    as_text: bool,
) -> Outcome {
    let value = value::parse(written, as_text);
    let request = Request::Set { path: path.clone(), value: value.clone() };
    let answer = match (session.ask(&request), written) {
        // The field takes a text: `2026` is one as well.
        (Err(fault), Some(text)) if fault.key == "error-value-text" && !value.is_string() => {
            session.ask(&Request::Set { path, value: text.into() })?
        }
        // A text that people write together takes the whole of it, too.
        (Err(fault), Some(text)) if fault.key == "error-wrong-command" => {
            text::write(session, &path, text).map_err(|_| fault)?
        }
        (answer, _) => answer?,
    };
    session.print(&answer, |words, answer| {
        let path = ("path", text_or_empty(answer, "/path").into());
        vec![match &value {
            _ if !is_changed(answer) => words.text("set-unchanged", &[path]),
            Value::Null => words.text("set-cleared", &[path]),
            value => words.text("set-done", &[path, ("value", words.value(value).into())]),
        }]
    })?;
    Ok(0)
}

/// What `add` puts where.
#[derive(Debug)]
pub(crate) struct Addition {
    pub(crate) path: String,
    pub(crate) fields: Vec<String>,
    pub(crate) id: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) as_text: bool,
}

pub(crate) fn add(session: &mut Session, addition: Addition) -> Outcome {
    let Addition { path, fields, id, after, as_text } = addition;
    let mut record = value::record(&fields, as_text)?;
    let mut tries = fields.len();
    let answer = loop {
        let request = Request::Add {
            path: path.clone(),
            id: id.clone(),
            record: record.clone(),
            after: after.clone(),
        };
        match session.ask(&request) {
            Err(fault)
                if matches!(fault.key.as_str(), "error-value-text" | "error-wrong-command")
                    && tries > 0
                    && retype(&mut record, &fields, &fault) =>
            {
                tries -= 1;
            }
            answer => break answer?,
        }
    };
    done(session, &answer, "add-done")
}

fn retype(record: &mut Value, fields: &[String], fault: &Fault) -> bool {
    let path = fault.values.get("path").and_then(Value::as_str).unwrap_or_default();
    value::retype(record, fields, path)
}

pub(crate) fn remove(session: &mut Session, path: String, value: Option<String>) -> Outcome {
    let answer = session.ask(&Request::Remove { path, value: value.clone() })?;
    session.print(&answer, |words, answer| {
        let path = text_or_empty(answer, "/path");
        vec![match value {
            Some(value) => {
                words.text("exclude-done", &[("path", path.into()), ("value", value.into())])
            }
            None => {
                let command = format!("`jospar keep {path}`");
                let values = [("path", path.into()), ("command", command.into())];
                words.text("remove-done", &values)
            }
        }]
    })?;
    Ok(0)
}

pub(crate) fn keep(session: &mut Session, path: String) -> Outcome {
    let answer = session.ask(&Request::Keep { path })?;
    done(session, &answer, "keep-done")
}

pub(crate) fn place(session: &mut Session, path: String, after: Option<String>) -> Outcome {
    let answer = session.ask(&Request::Move { path, after })?;
    done(session, &answer, "move-done")
}

pub(crate) fn include(session: &mut Session, path: String, value: String) -> Outcome {
    let answer = session.ask(&Request::Include { path, value: value.clone() })?;
    session.print(&answer, |words, answer| {
        let path = text_or_empty(answer, "/path");
        vec![words.text("include-done", &[("path", path.into()), ("value", value.into())])]
    })?;
    Ok(0)
}

/// Prints the message `key`, whose only value is the path of an edit.
fn done(session: &mut Session, answer: &Value, key: &str) -> Outcome {
    session.print(answer, |words, answer| {
        vec![words.with(key, "path", text_or_empty(answer, "/path"))]
    })?;
    Ok(0)
}

/// Whether an edit changed anything.
pub(crate) fn is_changed(answer: &Value) -> bool {
    answer.get("change").is_some_and(|change| !change.is_null())
}
