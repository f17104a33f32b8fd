//! Commands about the language model of this device: where it is, what was asked, what of it counts.

mod consent;
mod texts;

use jospar_llm::client::Cancel;
use jospar_llm::queue::Waiting;
use jospar_llm::settings::Settings;
use jospar_node::service::Fault;
use jospar_plugins::model::Desk;
use serde_json::{Value, json};

use crate::args::{ModelAction, ModelSettings};
use crate::error;
use crate::interrupt::Interrupt;
use crate::report::plain;
use crate::session::{Outcome, Session};
use crate::words::{Words, count_at, flag_at, items_at, text_at, text_or_empty};

pub(crate) use consent::Terminal;
pub(crate) use texts::{about, finding_lines};

/// The longest key that is read, in bytes.
const KEY_BYTES_MAX: u64 = 64 * 1024;

pub(crate) fn model(session: &mut Session, action: ModelAction) -> Outcome {
    match action {
        ModelAction::Show => show(session),
        ModelAction::Set(changes) => set(session, changes),
        ModelAction::Key => key(session),
        ModelAction::ForgetKey => {
            desk(session).forget_key()?;
            done(session, &json!({"key": null}), "model-key-forgotten")
        }
        ModelAction::Off => {
            let desk = desk(session);
            let settings = Settings { url: String::new(), ..desk.settings()? };
            desk.save(&settings)?;
            done(session, &json!({"on": false}), "model-off")
        }
        ModelAction::Test => test(session),
        ModelAction::Queue { remove: Some(number) } => remove(session, number),
        ModelAction::Queue { remove: None } => queue(session),
        ModelAction::Send => send(session),
        ModelAction::Answers { answer: None } => texts::list(session),
        ModelAction::Answers { answer: Some(number) } => texts::show(session, number),
        ModelAction::Accept { text, into, read } => {
            texts::accept(session, &text, into.as_deref(), read.as_deref())
        }
        ModelAction::Decline { answer } => texts::decline(session, answer),
        ModelAction::Spent => spent(session),
    }
}

pub(crate) fn desk(session: &Session) -> Desk {
    Desk::new(&session.place.data, &session.place.keys)
}

fn done(session: &mut Session, answer: &Value, key: &str) -> Outcome {
    session.print(answer, |words, _| vec![words.word(key)])?;
    Ok(0)
}

/// The day of this computer.
fn today() -> String {
    jiff::Zoned::now().date().to_string()
}

/// `{on, url, host, key: null|"keyring"|"file", spent: {used, limit}, waiting, answers, …settings}`.
fn state(session: &Session) -> Result<Value, Fault> {
    let desk = desk(session);
    let settings = desk.settings()?;
    let mut state = serde_json::to_value(&settings).unwrap_or_default();
    state["on"] = settings.is_on().into();
    if settings.is_on() {
        state["host"] = settings.endpoint().map(|endpoint| endpoint.host).ok().into();
        state["key"] = desk.key()?.map(|(_, place)| place.name()).into();
    }
    let spent = desk.spent(&today())?;
    state["spent"] = json!({"used": spent.used, "limit": spent.limit});
    let store = desk.store()?;
    let fault = |error| jospar_plugins::model::fault(&error);
    state["waiting"] = store.waiting().map_err(fault)?.len().into();
    state["answers"] = store.records().map_err(fault)?.len().into();
    Ok(state)
}

fn show(session: &mut Session) -> Outcome {
    let answer = state(session)?;
    session.print(&answer, shown)?;
    Ok(0)
}

fn shown(words: &Words, answer: &Value) -> Vec<String> {
    if !flag_at(answer, "/on") {
        return vec![words.word("model-is-off")];
    }
    let values = [
        ("url", plain(text_or_empty(answer, "/url")).into()),
        ("model", plain(text_or_empty(answer, "/model")).into()),
    ];
    let mut lines = vec![words.text("model-is-on", &values)];
    lines.push(words.word(match text_at(answer, "/key") {
        Some("keyring") => "model-key-keyring",
        Some(_) => "model-key-file",
        None => "model-key-none",
    }));
    lines.push(spent_line(words, &answer["spent"]));
    let counts = ["waiting", "answers"].map(|name| (name, count_at(answer, &format!("/{name}"))));
    lines.push(words.text("model-counts", &counts.map(|(name, count)| (name, count.into()))));
    lines
}

fn spent_line(words: &Words, spent: &Value) -> String {
    let values = ["used", "limit"].map(|name| (name, count_at(spent, &format!("/{name}")).into()));
    words.text("model-spent", &values)
}

fn set(session: &mut Session, changes: ModelSettings) -> Outcome {
    let desk = desk(session);
    let old = desk.settings()?;
    let settings = Settings {
        url: changes.url.unwrap_or(old.url),
        model: changes.model.unwrap_or(old.model),
        tokens_max: changes.tokens_max.unwrap_or(old.tokens_max),
        tokens_month: changes.tokens_month.unwrap_or(old.tokens_month),
        first_byte_ms: changes.first_byte_ms.unwrap_or(old.first_byte_ms),
        idle_ms: changes.idle_ms.unwrap_or(old.idle_ms),
        total_ms: changes.total_ms.unwrap_or(old.total_ms),
        attempts: changes.attempts.unwrap_or(old.attempts),
        stream: changes.stream.unwrap_or(old.stream),
        system_role: changes.system_role.unwrap_or(old.system_role),
        ..old
    };
    desk.save(&settings)?;
    show(session)
}

/// Reads a key from standard input: an argument would stand in the list of processes and in the shell's history.
fn key(session: &mut Session) -> Outcome {
    use std::io::{IsTerminal as _, Read as _};
    let input = std::io::stdin();
    let failed = |reason: std::io::Error| error::file(std::path::Path::new("-"), &reason);
    let mut text = String::new();
    if input.is_terminal() {
        session.out.note(&session.words.word("model-key-ask"))?;
        input.read_line(&mut text).map_err(failed)?;
    } else {
        input.lock().take(KEY_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    }
    let place = desk(session).keep_key(&text)?.name();
    let key = if place == "keyring" { "model-key-keyring" } else { "model-key-file" };
    done(session, &json!({"key": place}), key)
}

fn test(session: &mut Session) -> Outcome {
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let _interrupt = Interrupt::stops(move || stop.stop());
    let desk = desk(session);
    let progress = session.progress("progress-model");
    desk.test(&cancel)?;
    drop(progress);
    let host = desk.settings()?.endpoint().map(|endpoint| endpoint.host).unwrap_or_default();
    let answer = json!({"host": host, "answers": true});
    session.print(&answer, |words, _| vec![words.with("model-answers", "host", &host)])?;
    Ok(0)
}

/// `{waiting: [{number, at_ms, host, url, model, purpose, template, language, tokens, names, hash, preview}]}`.
fn queue(session: &mut Session) -> Outcome {
    let waiting = desk(session).store()?.waiting();
    let waiting = waiting.map_err(|error| jospar_plugins::model::fault(&error))?;
    let line = |waits: &Waiting| {
        let mut shown = jospar_plugins::model::shown(&waits.request.prepared);
        shown["number"] = waits.id.into();
        shown["at_ms"] = waits.at_ms.into();
        shown
    };
    let answer = json!({"waiting": waiting.iter().map(line).collect::<Vec<_>>()});
    session.print(&answer, |words, answer| {
        let lines: Vec<String> =
            items_at(answer, "/waiting").map(|waits| waiting_line(words, waits)).collect();
        if lines.is_empty() { vec![words.word("model-queue-empty")] } else { lines }
    })?;
    Ok(0)
}

fn waiting_line(words: &Words, waits: &Value) -> String {
    let number = |name: &str| waits[name].as_i64().unwrap_or_default();
    let values = [
        ("number", number("number").to_string().into()),
        ("time", words.moment(number("at_ms")).into()),
        ("host", plain(text_or_empty(waits, "/host")).into()),
        ("purpose", plain(text_or_empty(waits, "/purpose")).into()),
    ];
    words.text("model-queue-line", &values)
}

fn remove(session: &mut Session, number: i64) -> Outcome {
    let removed = desk(session).store()?.unqueue(number);
    if !removed.map_err(|error| jospar_plugins::model::fault(&error))? {
        let values = json!({"number": number.to_string()});
        let kind = jospar_node::service::FaultKind::NotFound;
        return Err(Fault::new(kind, "model-queue-unknown", values));
    }
    done(session, &json!({"removed": number}), "model-queue-removed")
}

/// `{answers: [as model answers]}`.
fn send(session: &mut Session) -> Outcome {
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let _interrupt = Interrupt::stops(move || stop.stop());
    let progress = session.progress("progress-model");
    let sent = desk(session).send(&today(), &cancel)?;
    drop(progress);
    let answers: Vec<Value> = sent.iter().map(|(id, record)| about(*id, record)).collect();
    let answer = json!({"answers": answers});
    session.print(&answer, |words, answer| {
        let count = count_at(answer, "/answers");
        let mut lines = vec![words.text("model-sent", &[("count", count.into())])];
        lines.extend(items_at(answer, "/answers").map(|one| texts::line(words, one)));
        lines
    })?;
    Ok(0)
}

fn spent(session: &mut Session) -> Outcome {
    let today = today();
    let spent = desk(session).spent(&today)?;
    let answer = json!({"month": today.get(..7), "used": spent.used, "limit": spent.limit});
    session.print(&answer, |words, answer| vec![spent_line(words, answer)])?;
    Ok(0)
}
