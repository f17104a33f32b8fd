//! Commands that begin: a new plan, joining one, a place on the district's server.

use std::path::Path;
use std::time::Duration;

use jospar_node::service::{Fault, FaultKind, Request};
use serde_json::{Value, json};

use super::sync::synced_with;
use crate::args::Network;
use crate::session::{Outcome, Session, absolute};
use crate::words::{count_at, device_words, flag_at, text_at, text_or_empty};

/// How long a device that was let in waits for more of the plan before it leaves the rest to the next sync.
const FETCH_PAUSE: Duration = Duration::from_secs(10);

pub(crate) fn init(session: &mut Session, school: String, name: String) -> Outcome {
    let request = Request::Init { school: school.clone(), name: name.clone() };
    let answer = session.ask(&request)?;
    let place = session.place.clone();
    session.print(&answer, |words, answer| {
        let folder = place.data.display().to_string();
        let done = [("school", school.into()), ("folder", folder.into())];
        let device = [
            ("name", name.into()),
            ("role", words.word("role-director").into()),
            ("words", device_words(answer).into()),
        ];
        let next =
            [("import", "`jospar import plan.json`".into()), ("invite", "`jospar invite`".into())];
        vec![
            words.text("init-done", &done),
            words.text("init-device", &device),
            words.text("init-next", &next),
            words.with("init-recovery", "path", &place.keys.display().to_string()),
        ]
    })?;
    Ok(0)
}

/// How a device waits to be let in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    pub(crate) timeout: Option<Duration>,
    pub(crate) network: Network,
}

pub(crate) fn join(session: &mut Session, link: String, name: String, waiting: Waiting) -> Outcome {
    session.connect(waiting.network)?;
    let asked = session.ask(&Request::Join { link, name })?;
    let address = text_or_empty(&asked, "/address");
    let words = device_words(&asked);
    session.out.note(&session.words.with("join-connecting", "address", address))?;
    session.out.note(&session.words.with("join-waiting", "words", &words))?;
    let entry = wait(session, waiting.timeout, address)?;
    // Let in; what the others have comes right away.
    let status = fetch(session)?;
    let answer = json!({"entry": entry, "words": asked.get("words"), "status": status});
    session.print(&answer, |words, answer| {
        let school = answer.pointer("/status/school").map(|school| words.value(school));
        let role = words.named("role", text_or_empty(answer, "/status/device/role"));
        let values = [("school", school.unwrap_or_default().into()), ("role", role.into())];
        let mut lines = vec![words.text("join-confirmed", &values)];
        let synced = answer.get("status").and_then(|status| synced_with(words, status));
        let later = || words.with("join-fetch-later", "command", "`jospar sync`");
        lines.push(synced.unwrap_or_else(later));
        lines
    })?;
    Ok(0)
}

/// Lets the plan come until this device has all of it, or nothing comes any more.
fn fetch(session: &mut Session) -> Result<Value, Fault> {
    let mut known = 0;
    loop {
        let is_further =
            |status: &Value| flag_at(status, "/synced") || count_at(status, "/changes") > known;
        let status = session.poll(&Request::Status, Some(FETCH_PAUSE), is_further)?;
        if flag_at(&status, "/synced") || count_at(&status, "/changes") <= known {
            return Ok(status);
        }
        known = count_at(&status, "/changes");
    }
}

pub(crate) fn join_file(session: &mut Session, file: &Path, name: String) -> Outcome {
    let answer = session.ask(&Request::JoinFile { path: absolute(file)?, name })?;
    session.print(&answer, |words, answer| {
        let path = text_or_empty(answer, "/path");
        let name = file.file_name().unwrap_or_default().display();
        let command = format!("`jospar import {name}`");
        let values = [
            ("path", path.into()),
            ("command", command.into()),
            ("words", device_words(answer).into()),
        ];
        vec![words.text("join-file-done", &values)]
    })?;
    Ok(0)
}

pub(crate) fn claim(session: &mut Session, link: String, waiting: Waiting) -> Outcome {
    session.connect(waiting.network)?;
    let asked = session.ask(&Request::Claim { link })?;
    let address = text_or_empty(&asked, "/address").to_owned();
    session.out.note(&session.words.with("sync-connecting", "address", &address))?;
    let entry = wait(session, waiting.timeout, &address)?;
    let done = |status: &Value| flag_at(status, "/synced");
    let status = session.poll(&Request::Status, waiting.timeout, done)?;
    let answer = json!({"entry": entry, "address": address, "status": status});
    session.print(&answer, |words, answer| {
        let school = answer.pointer("/status/school").map(|school| words.value(school));
        let values =
            [("school", school.unwrap_or_default().into()), ("address", address.as_str().into())];
        let mut lines = vec![words.text("claim-done", &values)];
        lines.extend(answer.get("status").and_then(|status| synced_with(words, status)));
        lines
    })?;
    Ok(0)
}

/// Waits until the way in is done.
///
/// # Errors
/// A fault if it was refused, or nobody answered in time.
fn wait(session: &mut Session, timeout: Option<Duration>, address: &str) -> Result<Value, Fault> {
    let is_over =
        |entry: &Value| matches!(text_at(entry, "/state"), Some("done" | "refused" | "none"));
    let entry = session.poll(&Request::Entry, timeout, is_over)?;
    match text_or_empty(&entry, "/state") {
        "done" => Ok(entry),
        "refused" => {
            let key = text_at(&entry, "/message").filter(|key| !key.is_empty());
            let values = json!({"address": address, "expiry": ""});
            Err(Fault::new(FaultKind::Network, key.unwrap_or("join-declined"), values))
        }
        "waiting" => Err(Fault::new(FaultKind::Network, "error-still-waiting", json!({}))),
        _ => {
            let values = json!({"address": address});
            Err(Fault::new(FaultKind::Network, "error-server-unreachable", values))
        }
    }
}
