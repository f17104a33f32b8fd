//! Running a plugin: its report for the terminal, and its proposals, accepted one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jospar_node::service::{Fault, FaultKind, Request};
use jospar_plugin_api::text::clean;
use jospar_plugin_api::{Capability, Origin, Proposal};
use jospar_plugin_host::{Cancel, File};
use jospar_plugins::model::Asking;
use jospar_plugins::{Agreement, Library, Order, Run, Source};
use serde_json::{Value, json};

use super::{library, need_words};
use crate::commands::model::{self, Terminal};
use crate::error;
use crate::interrupt::Interrupt;
use crate::report::{self, Paper, plain};
use crate::session::{Outcome, Session};
use crate::words::{Words, count_at, flag_at, items_at, text_at, text_or_empty};

/// Paths of a report whose titles are looked up.
const TITLES_MAX: usize = 100;
/// Edits of a proposal that are shown.
const EDITS_SHOWN: usize = 10;
/// Letters of a value that are shown.
const VALUE_SHOWN: usize = 200;
/// Columns before the lines of a proposal.
const INDENT: usize = 3;

/// What is to be run.
pub(super) struct Wanted {
    pub(super) plugin: String,
    pub(super) task: Option<String>,
    pub(super) files: Vec<PathBuf>,
    pub(super) again: bool,
    pub(super) accept: Option<usize>,
    /// Hashes of requests to a model that a person has seen and that may be sent.
    pub(super) send: Vec<String>,
}

pub(super) fn run(session: &mut Session, wanted: &Wanted) -> Outcome {
    let mut library = library(session)?;
    let path = Path::new(&wanted.plugin);
    // An installed plugin goes before a folder of its name.
    let is_installed = !wanted.plugin.contains(['/', '\\']) && library.find(&wanted.plugin).is_ok();
    let package = match !is_installed && path.exists() {
        true => Some(jospar_plugins::author::read(path, library.limits())?),
        false => None,
    };
    let source = match &package {
        Some(package) => {
            let needs = package.manifest().needs.clone();
            agree(session, &wanted.plugin, &needs)?;
            Source::Package(package, needs)
        }
        None => Source::Installed(&wanted.plugin),
    };
    let run = carry_out(session, &mut library, &source, wanted)?;
    let previews = library.previews(session, &run);
    let titles = titles(session, &run);
    let mut answer = run.to_json();
    answer["previews"] = previews.into();
    let written = written(session, &run);
    let how = (package.is_none(), wanted.accept.is_none());
    session.print(&answer, |words, answer| {
        let mut lines = shown(words, &run, answer, &titles, how);
        lines.extend(written);
        lines
    })?;
    match (wanted.accept, package) {
        (None, _) => Ok(0),
        (Some(number), None) => accept(session, &wanted.plugin, Some(&run.task), number),
        (Some(_), Some(package)) => {
            let values = json!({"plugin": package.manifest().id});
            Err(Fault::new(FaultKind::NotFound, "plugin-not-run", values))
        }
    }
}

/// Runs it; Ctrl-C stops it, and what it asks a model is asked at the terminal first.
fn carry_out(
    session: &mut Session,
    library: &mut Library,
    source: &Source<'_>,
    wanted: &Wanted,
) -> Result<Run, Fault> {
    let files = files(library, &wanted.files)?;
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let _interrupt = Interrupt::stops(move || stop.cancel());
    let desk = model::desk(session);
    let words = Words::new(session.words.catalogue().language());
    let mode = (session.out.is_silent(), session.out.is_json());
    let progress = session.progress("progress-plugin");
    let mut terminal = Terminal::new(words, mode, &wanted.send, cancel.clone(), progress);
    let mut asking = Asking::new(&desk, &mut terminal, cancel.clone(), wanted.again);
    let order = Order {
        task: wanted.task.as_deref(),
        files,
        again: wanted.again,
        progress: &mut |_, _| {},
        model: Some(&mut asking),
        cancel,
    };
    let ran = library.run(session, source, order);
    match terminal.close() {
        Some(needs_consent) => Err(needs_consent),
        None => ran,
    }
}

/// Asks what a plugin that is not installed may for this run.
fn agree(session: &Session, name: &str, needs: &BTreeSet<Capability>) -> Result<(), Fault> {
    if needs.is_empty() {
        return Ok(());
    }
    let texts: Vec<String> = needs
        .iter()
        .map(|need| {
            let text = need.to_string();
            let what = match need {
                Capability::Read(_) | Capability::Result(_) => {
                    text.split_once(':').map_or("", |(_, what)| what)
                }
                _ => "",
            };
            need_words(&session.words, &json!({"key": need.key(), "what": what}))
        })
        .collect();
    let values = [("plugin", name.into()), ("needs", texts.join("; ").into())];
    session.confirm(&session.words.text("plugin-run-try", &values))
}

fn files(library: &Library, paths: &[PathBuf]) -> Result<Vec<File>, Fault> {
    let max = library.limits().file_bytes_max;
    let read = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let found = std::fs::metadata(path).map_err(|fault| error::file(path, &fault))?;
        if found.len() > max as u64 {
            let values = json!({"name": plain(&name)});
            return Err(Fault::new(FaultKind::Usage, "plugin-run-file", values));
        }
        let bytes = std::fs::read(path).map_err(|fault| error::file(path, &fault))?;
        File::new(&name, bytes).map_err(|_| {
            Fault::new(FaultKind::Usage, "plugin-file-name", json!({"name": plain(&name)}))
        })
    };
    paths.iter().map(read).collect()
}

/// What stands at the paths that the report names.
fn titles(session: &mut Session, run: &Run) -> BTreeMap<String, String> {
    let mut titles = BTreeMap::new();
    let report = run.outcome.report.as_ref();
    for path in report.map(report::paths).unwrap_or_default().into_iter().take(TITLES_MAX) {
        if session.out.is_silent() || titles.contains_key(path) {
            continue;
        }
        let request = Request::Show { path: path.to_owned(), at: Vec::new() };
        // A path that leads nowhere is shown as it is.
        let Ok(answer) = session.ask(&request) else { continue };
        let found = ["/value/title", "/value/name", "/value/text", "/value"]
            .iter()
            .filter_map(|pointer| answer.pointer(pointer))
            .find(|value| value.is_string() || session.words.local(value).is_some());
        if let Some(value) = found {
            let title = session.words.value(value);
            titles.insert(path.to_owned(), title);
        }
    }
    titles
}

fn shown(
    words: &Words,
    run: &Run,
    answer: &Value,
    titles: &BTreeMap<String, String>,
    (installed, how): (bool, bool),
) -> Vec<String> {
    let paper = Paper { words, width: columns(), titles };
    let mut lines = match &run.outcome.report {
        Some(report) => report::lines(&paper, report),
        None => vec![words.word("plugin-run-nothing")],
    };
    if run.sealed > 0 {
        lines.push(String::new());
        lines.push(words.text("plugin-run-sealed", &[("count", run.sealed.into())]));
    }
    if !run.denied.is_empty() {
        let denied: Vec<String> = run.denied.iter().map(ToString::to_string).collect();
        lines.push(String::new());
        lines.push(words.with("plugin-run-denied", "capabilities", &denied.join(", ")));
    }
    let proposals = run.outcome.proposals.iter().zip(items_at(answer, "/previews"));
    for (number, (proposal, preview)) in proposals.enumerate() {
        if number == 0 {
            lines.push(String::new());
            lines.push(words.word("proposals-heading"));
        }
        lines.extend(proposal_lines(words, proposal, preview, (number + 1, paper.width), run));
    }
    if installed && how && !run.outcome.proposals.is_empty() {
        let command = format!("`jospar plugin accept {} 1`", run.plugin);
        lines.push(words.with("proposal-accept-how", "command", &command));
    }
    if run.kept {
        lines.push(String::new());
        lines.push(words.word("plugin-run-kept"));
    }
    lines
}

/// What a model had a part in, and what of it its sources do not have.
fn written(session: &Session, run: &Run) -> Vec<String> {
    let desk = model::desk(session);
    let mut lines = Vec::new();
    for answered in &run.answers {
        let values = [
            ("number", answered.record.to_string().into()),
            ("model", plain(&answered.model).into()),
        ];
        lines.push(session.words.text("model-run-answer", &values));
        // One that was declined since has nothing more to say.
        if let Ok(record) = desk.answer(answered.record) {
            let about = model::about(answered.record, &record);
            let found = model::finding_lines(&session.words, &about);
            lines.extend(found.into_iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

fn columns() -> usize {
    report::width(std::env::var("COLUMNS").ok().as_deref())
}

fn proposal_lines(
    words: &Words,
    proposal: &Proposal,
    preview: &Value,
    (number, width): (usize, usize),
    run: &Run,
) -> Vec<String> {
    let language = words.catalogue().language().code();
    let title = plain(proposal.title.in_language(language));
    let values = [("number", number.to_string().into()), ("title", title.into())];
    let mut line = words.text("proposal-line", &values);
    if run.accepted.contains(&number) {
        line.push_str(&format!(" ({})", words.word("proposal-accepted")));
    }
    let mut lines = vec![line];
    let reason = plain(proposal.reason.in_language(language));
    lines.extend(report::wrapped(&reason, width - INDENT).iter().map(|line| format!("   {line}")));
    if proposal.origin == Origin::Model {
        lines.push(format!("   {}", words.word("proposal-model")));
    }
    if !run.accepted.contains(&number) {
        lines.extend(edits(words, preview).into_iter().map(|line| format!("   {line}")));
    }
    lines
}

/// What a proposal would change, edit by edit.
fn edits(words: &Words, preview: &Value) -> Vec<String> {
    let value = |edit: &Value, name: &str| {
        let text = plain(&words.value(edit.get(name).unwrap_or(&Value::Null)));
        match text.chars().count() > VALUE_SHOWN {
            true => text.chars().take(VALUE_SHOWN).chain(['…']).collect(),
            false => text,
        }
    };
    let mut lines = Vec::new();
    for edit in items_at(preview, "/edits").take(EDITS_SHOWN) {
        let key = match text_or_empty(edit, "/edit") {
            "add" => "proposal-add",
            "remove" => "proposal-remove",
            _ => "proposal-set",
        };
        let values = [
            ("path", plain(text_or_empty(edit, "/path")).into()),
            ("before", value(edit, "now").into()),
            ("after", value(edit, "after").into()),
        ];
        lines.push(words.text(key, &values));
        if flag_at(edit, "/changed") {
            let values = [("then", value(edit, "then").into()), ("now", value(edit, "now").into())];
            lines.push(words.text("proposal-changed", &values));
        }
    }
    let more = count_at(preview, "/edits").saturating_sub(EDITS_SHOWN as u64);
    if more > 0 {
        lines.push(words.text("proposal-more", &[("count", more.into())]));
    }
    if let Ok(fault) = serde_json::from_value::<Fault>(preview["fault"].clone()) {
        lines.push(words.with("proposal-fault", "reason", &error::message(words, &fault)));
    }
    lines
}

pub(super) fn accept(
    session: &mut Session,
    plugin: &str,
    task: Option<&str>,
    number: usize,
) -> Outcome {
    let mut library = library(session)?;
    let run = library.last(plugin, task)?;
    if run.accepted.contains(&number) {
        let values = json!({"number": number.to_string()});
        return Err(Fault::new(FaultKind::Usage, "plugin-proposal-accepted", values));
    }
    let preview = library.preview(session, &run, number)?;
    let fault = serde_json::from_value::<Fault>(preview["fault"].clone());
    if let Ok(fault) = fault {
        return Err(fault);
    }
    if let Some(proposal) = proposal_of(&run, number) {
        for line in proposal_lines(&session.words, proposal, &preview, (number, columns()), &run) {
            session.out.note(&line)?;
        }
    }
    // A yes that was given beforehand is none for a text that nobody has read: it waits in the plan for one.
    let model = proposal_of(&run, number).is_some_and(|found| found.origin == Origin::Model);
    let has_read = model && session.has_reader();
    for text in has_read.then(|| texts(&preview)).into_iter().flatten() {
        session.out.note(&text)?;
    }
    let changed: BTreeMap<String, Value> = items_at(&preview, "/edits")
        .filter(|edit| flag_at(edit, "/changed"))
        .map(|edit| (text_or_empty(edit, "/path").to_owned(), edit["now"].clone()))
        .collect();
    let key = if changed.is_empty() { "proposal-ask" } else { "proposal-ask-changed" };
    session.confirm(&session.words.with(key, "number", &number.to_string()))?;
    let agreement = Agreement { overwrite: changed, has_read };
    let accepted = library.accept(session, (plugin, Some(&run.task)), number, agreement)?;
    let mut answer = accepted.answer;
    answer["number"] = number.into();
    let waits = model && !has_read && !texts(&preview).is_empty();
    session.print(&answer, |words, answer| {
        let values =
            [("number", number.to_string().into()), ("count", count_at(answer, "/changes").into())];
        let mut lines = vec![words.text("proposal-done", &values)];
        lines.extend(waits.then(|| words.word("proposal-unread")));
        lines
    })?;
    Ok(0)
}

fn proposal_of(run: &Run, number: usize) -> Option<&Proposal> {
    number.checked_sub(1).and_then(|at| run.outcome.proposals.get(at))
}

/// The texts of papers that a proposal would write, whole: what a person has to have read.
fn texts(preview: &Value) -> Vec<String> {
    let of_paper = |edit: &&Value| text_or_empty(edit, "/path").starts_with("documents/");
    let mut texts = Vec::new();
    for edit in items_at(preview, "/edits").filter(of_paper) {
        let after = &edit["after"];
        let is_text = text_or_empty(edit, "/path").ends_with("/text");
        let own = after.as_str().filter(|_| is_text).or_else(|| text_at(after, "/text"));
        let blocks = items_at(after, "/blocks").filter_map(|block| text_at(block, "/text"));
        texts.extend(own.into_iter().chain(blocks).map(|text| {
            let mut text = text.to_owned();
            clean(&mut text);
            text
        }));
    }
    texts
}
