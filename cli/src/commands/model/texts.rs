//! Answers of the model and texts that it wrote into papers: read, accepted, declined.

use jospar_llm::reply::Record;
use jospar_node::service::{Fault, FaultKind};
use jospar_plugin_api::text::clean;
use jospar_plugins::model::{Desk, Unread};
use serde_json::{Value, json};

use super::desk;
use crate::report::plain;
use crate::session::{Outcome, Session};
use crate::words::{Words, count_at, flag_at, items_at, text_at, text_or_empty};

/// Letters of a text in a list.
const TEXT_SHOWN: usize = 80;

/// One answer: `{answer, text, model, prompt_hash, purpose, template, language, sources, asked_by, at_ms, truncated,
/// findings: [{kind, message, text, …}], accepted, counts}`; `counts` says that exactly this text was accepted.
pub(crate) fn about(number: i64, record: &Record) -> Value {
    let mut about = serde_json::to_value(record).unwrap_or_default();
    about["answer"] = number.into();
    about["counts"] = record.for_signing().is_ok().into();
    let messages = record.findings.iter().map(|finding| finding.kind.key());
    let found = about["findings"].as_array_mut().into_iter().flatten();
    for (finding, message) in found.zip(messages) {
        finding["message"] = message.into();
    }
    about
}

pub(super) fn list(session: &mut Session) -> Outcome {
    let records = desk(session).store()?.records();
    let records = records.map_err(|error| jospar_plugins::model::fault(&error))?;
    let answers: Vec<Value> = records.iter().map(|(id, record)| about(*id, record)).collect();
    let answer = json!({ "answers": answers });
    session.print(&answer, |words, answer| {
        let lines: Vec<String> = items_at(answer, "/answers").map(|one| line(words, one)).collect();
        if lines.is_empty() { vec![words.word("model-answers-none")] } else { lines }
    })?;
    Ok(0)
}

pub(super) fn line(words: &Words, answer: &Value) -> String {
    let text = plain(text_or_empty(answer, "/text"));
    let shown: String = match text.chars().count() > TEXT_SHOWN {
        true => text.chars().take(TEXT_SHOWN).chain(['…']).collect(),
        false => text,
    };
    let state =
        if flag_at(answer, "/counts") { "model-state-accepted" } else { "model-state-draft" };
    let values = [
        ("number", answer["answer"].to_string().into()),
        ("time", words.moment(answer["at_ms"].as_i64().unwrap_or_default()).into()),
        ("model", plain(text_or_empty(answer, "/model")).into()),
        ("state", words.word(state).into()),
        ("findings", count_at(answer, "/findings").into()),
        ("text", shown.into()),
    ];
    words.text("model-answer-line", &values)
}

pub(super) fn show(session: &mut Session, number: i64) -> Outcome {
    let answer = about(number, &desk(session).answer(number)?);
    session.print(&answer, whole)?;
    Ok(0)
}

/// An answer as a whole, with where it comes from and what its sources do not have.
fn whole(words: &Words, answer: &Value) -> Vec<String> {
    let sources: Vec<&str> = items_at(answer, "/sources").filter_map(Value::as_str).collect();
    let values = [
        ("number", answer["answer"].to_string().into()),
        ("model", plain(text_or_empty(answer, "/model")).into()),
        ("time", words.moment(answer["at_ms"].as_i64().unwrap_or_default()).into()),
        ("purpose", plain(text_or_empty(answer, "/purpose")).into()),
        ("sources", plain(&sources.join(", ")).into()),
        ("hash", text_or_empty(answer, "/prompt_hash").into()),
    ];
    let mut lines = vec![words.word("llm-label"), words.text("model-answer-about", &values)];
    lines.push(String::new());
    let mut text = text_or_empty(answer, "/text").to_owned();
    clean(&mut text);
    lines.extend(text.lines().map(str::to_owned));
    lines.push(String::new());
    if flag_at(answer, "/truncated") {
        lines.push(words.word("model-truncated"));
    }
    lines.extend(finding_lines(words, answer));
    if flag_at(answer, "/counts") {
        lines.push(words.word("model-state-accepted"));
    }
    lines
}

/// What the sources do not have, a line each.
pub(crate) fn finding_lines(words: &Words, answer: &Value) -> Vec<String> {
    let line = |finding: &Value| {
        let key = text_at(finding, "/message").unwrap_or_default();
        words.with(key, "text", &plain(text_or_empty(finding, "/text")))
    };
    items_at(answer, "/findings").map(line).collect()
}

/// Accepts an answer by its number, or what a model wrote at a place of the plan.
pub(super) fn accept(
    session: &mut Session,
    text: &str,
    into: Option<&str>,
    read: Option<&str>,
) -> Outcome {
    match text.parse::<i64>() {
        Ok(number) => accept_answer(session, number, into, read),
        Err(_) => accept_place(session, text, read),
    }
}

/// Shows a text and asks, or takes the hash of the text that was read before. A `--yes` is none for a text that nobody has
/// read.
fn agree(
    session: &mut Session,
    lines: &[String],
    (hash, read): (&str, Option<&str>),
) -> Result<(), Fault> {
    if read == Some(hash) {
        return Ok(());
    }
    if read.is_some() || !session.has_reader() {
        let values = json!({"hash": hash, "text": lines.join("\n")});
        return Err(Fault::new(FaultKind::Usage, "model-read-first", values));
    }
    for line in lines {
        session.out.note(line)?;
    }
    session.confirm(&session.words.word("model-ask-accept"))
}

fn accept_answer(
    session: &mut Session,
    number: i64,
    into: Option<&str>,
    read: Option<&str>,
) -> Outcome {
    let desk = desk(session);
    let record = desk.answer(number)?;
    let lines = whole(&session.words, &about(number, &record));
    agree(session, &lines, (&record.text_hash(), read))?;
    let answer = desk.accept_answer(session, number, into)?;
    session.print(&answer, |words, _| {
        vec![words.with("model-accepted-answer", "number", &number.to_string())]
    })?;
    Ok(0)
}

fn accept_place(session: &mut Session, path: &str, read: Option<&str>) -> Outcome {
    let unread = Desk::unread(session, path)?;
    if unread.is_empty() {
        let answer = json!({"accepted": [], "saved": true});
        session.print(&answer, |words, _| vec![words.word("model-nothing-unread")])?;
        return Ok(0);
    }
    let line = |Unread { path, text }: &Unread| {
        let mut line = format!("{path}\n{text}\n");
        clean(&mut line);
        line
    };
    let lines: Vec<String> = unread.iter().map(line).collect();
    agree(session, &lines, (&Unread::hash(&unread), read))?;
    let answer = Desk::accept_texts(session, &unread)?;
    session.print(&answer, |words, answer| {
        vec![words.text("model-accepted", &[("count", count_at(answer, "/accepted").into())])]
    })?;
    Ok(0)
}

pub(super) fn decline(session: &mut Session, number: i64) -> Outcome {
    let desk = desk(session);
    desk.answer(number)?;
    let question = session.words.with("model-ask-decline", "number", &number.to_string());
    session.confirm(&question)?;
    desk.decline_answer(number)?;
    let answer = json!({"declined": number});
    session.print(&answer, |words, _| {
        vec![words.with("model-declined", "number", &number.to_string())]
    })?;
    Ok(0)
}
