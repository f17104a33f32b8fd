//! Commands about plugins: which there are, what they may, and what they do.

mod author;
mod run;

use std::collections::BTreeSet;
use std::path::Path;

use jospar_node::service::{Fault, FaultKind, Request};
use jospar_plugin_api::{Capability, Publisher};
use jospar_plugins::{Choice, Library, Origin, Prepared, Workspace, need_words};
use serde_json::{Value, json};

use crate::args::PluginAction;
use crate::report::plain;
use crate::session::{Outcome, Session};
use crate::words::{Words, count_at, flag_at, items_at, text_at, text_or_empty};

/// Digits of a publisher's key that a list shows.
const KEY_DIGITS: usize = 16;

impl Workspace for Session {
    fn call(&mut self, request: &Request) -> Result<Value, Fault> {
        self.ask(request)
    }
}

pub(crate) fn plugin(session: &mut Session, action: PluginAction) -> Outcome {
    match action {
        PluginAction::List => list(session),
        PluginAction::Show { plugin } => {
            let answer = library(session)?.show(&plugin)?;
            session.print(&answer, shown)?;
            Ok(0)
        }
        PluginAction::Install { source, grant, unsigned, downgrade } => {
            install(session, &source, &grant, (unsigned, downgrade))
        }
        PluginAction::Run { plugin, task, file, again, accept, send } => {
            run::run(session, &run::Wanted { plugin, task, files: file, again, accept, send })
        }
        PluginAction::Accept { plugin, proposal, task } => {
            run::accept(session, &plugin, task.as_deref(), proposal)
        }
        PluginAction::Grant { plugin, capabilities, all } => {
            grant(session, &plugin, capabilities, all)
        }
        PluginAction::Revoke { plugin, capabilities, all } => {
            let mut library = library(session)?;
            let meant = meant(&library, &plugin, capabilities, all)?;
            let answer = library.decide(&plugin, &meant, false)?;
            session.print(&answer, shown)?;
            Ok(0)
        }
        PluginAction::Enable { plugin } => {
            let answer = library(session)?.enable(&plugin)?;
            session
                .print(&answer, |words, _| vec![words.with("plugin-enabled", "plugin", &plugin)])?;
            Ok(0)
        }
        PluginAction::Memory { plugin, mebibytes } => {
            let answer = library(session)?.set_memory(&plugin, mebibytes)?;
            session.print(&answer, |words, answer| vec![memory_line(words, answer)])?;
            Ok(0)
        }
        PluginAction::Remove { plugin } => remove(session, &plugin),
        PluginAction::Settings { plugin, key, value, reset } => {
            settings(session, &plugin, key.as_deref(), value.as_deref(), reset)
        }
        PluginAction::Publish { source, unsigned } => publish(session, &source, unsigned),
        other => author::author(session, other),
    }
}

fn library(session: &Session) -> Result<Library, Fault> {
    let library = Library::open(&session.place.data)?;
    Ok(library.with_compiler(jospar_plugin_host::this_program()))
}

fn list(session: &mut Session) -> Outcome {
    let library = library(session)?;
    let mut answer = library.list()?;
    // Plugins are there without a school, too.
    let offered = match library.offered(session) {
        Ok(offered) => offered["packages"].clone(),
        Err(fault) if fault.key == "error-not-a-workspace" => json!([]),
        Err(fault) => return Err(fault),
    };
    answer["offered"] = offered;
    session.print(&answer, listed)?;
    Ok(0)
}

fn listed(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for plugin in items_at(answer, "/plugins") {
        let name = words.value(&plugin["name"]);
        let values = [
            ("plugin", text_or_empty(plugin, "/plugin").into()),
            ("version", text_or_empty(plugin, "/version").into()),
            ("name", plain(&name).into()),
            ("origin", origin(words, plugin).into()),
        ];
        lines.push(words.text("plugin-list-line", &values));
        lines.push(format!("  {}", plain(&words.value(&plugin["summary"]))));
        let missing = count_at(plugin, "/missing");
        if missing > 0 {
            let count = [("count", missing.into())];
            lines.push(format!("  {}", words.text("plugin-list-missing", &count)));
        }
        if flag_at(plugin, "/disabled") {
            lines.push(format!("  {}", words.word("plugin-list-disabled")));
        }
    }
    if items_at(answer, "/offered").next().is_some() {
        lines.push(String::new());
        lines.push(words.word("plugin-list-offered"));
    }
    for offer in items_at(answer, "/offered") {
        let state = match (flag_at(offer, "/installed"), text_or_empty(offer, "/state")) {
            (true, _) => "plugin-state-installed",
            (_, "sound") => "plugin-state-sound",
            (_, "incomplete") => "plugin-state-incomplete",
            _ => "plugin-state-damaged",
        };
        let size = offer["size"].as_f64().unwrap_or_default();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let size = size.clamp(0.0, 1e15) as u64;
        let values = [
            ("plugin", plain(text_or_empty(offer, "/plugin")).into()),
            ("version", plain(text_or_empty(offer, "/version")).into()),
            ("who", words.person(offer).into()),
            ("size", words.catalogue().size(size).into()),
            ("state", words.word(state).into()),
        ];
        lines.push(format!("  {}", words.text("plugin-list-offer", &values)));
    }
    lines
}

/// Everything about one plugin.
fn shown(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = about(words, answer);
    for task in items_at(answer, "/tasks") {
        let values = [
            ("task", text_or_empty(task, "/id").into()),
            ("title", plain(&words.value(&task["title"])).into()),
        ];
        lines.push(words.text("plugin-task-line", &values));
    }
    if items_at(answer, "/needs").next().is_none() {
        lines.push(words.word("plugin-need-none"));
    }
    for need in items_at(answer, "/needs") {
        let key = if flag_at(need, "/granted") { "plugin-need-yes" } else { "plugin-need-no" };
        lines.push(need_line(words, key, need));
    }
    lines.extend(items_at(answer, "/settings").map(|setting| setting_line(words, setting)));
    lines.push(memory_line(words, answer));
    let bytes = count_at(answer, "/store/bytes");
    if bytes > 0 {
        let size = words.catalogue().size(bytes);
        lines.push(words.with("plugin-store-line", "size", &size));
    }
    if flag_at(answer, "/disabled") {
        lines.push(words.word("plugin-list-disabled"));
    }
    lines
}

fn memory_line(words: &Words, answer: &Value) -> String {
    let mebibytes = [("mebibytes", count_at(answer, "/memory_mebibytes").into())];
    words.text("plugin-memory-line", &mebibytes)
}

/// Name, version, author, publisher.
fn about(words: &Words, answer: &Value) -> Vec<String> {
    let values = [
        ("plugin", text_or_empty(answer, "/plugin").into()),
        ("version", text_or_empty(answer, "/version").into()),
        ("name", plain(&words.value(&answer["name"])).into()),
        ("origin", origin(words, answer).into()),
    ];
    let mut lines = vec![words.text("plugin-list-line", &values)];
    lines.push(plain(&words.value(&answer["summary"])));
    lines.push(words.with("plugin-by", "author", &plain(text_or_empty(answer, "/author"))));
    match text_at(answer, "/publisher") {
        Some(key) => lines.push(words.with("plugin-publisher", "key", short_key(key))),
        None if text_or_empty(answer, "/origin") == "bundled" => {}
        None => lines.push(words.word("plugin-publisher-none")),
    }
    lines
}

fn origin(words: &Words, answer: &Value) -> String {
    words.word(match text_or_empty(answer, "/origin") {
        "bundled" => "plugin-origin-bundled",
        "workspace" => "plugin-origin-workspace",
        _ => "plugin-origin-file",
    })
}

fn short_key(key: &str) -> &str {
    key.get(..KEY_DIGITS).unwrap_or(key)
}

fn publisher(key: Option<Publisher>) -> Option<String> {
    key.map(|key| key.to_string())
}

fn need_line(words: &Words, key: &str, need: &Value) -> String {
    let values = [
        ("need", need_words(words, need).into()),
        ("capability", text_or_empty(need, "/capability").into()),
    ];
    words.text(key, &values)
}

fn setting_line(words: &Words, setting: &Value) -> String {
    let value = setting.get("value").or_else(|| setting.get("default"));
    let values = [
        ("key", text_or_empty(setting, "/key").into()),
        ("value", plain(&words.value(value.unwrap_or(&Value::Null))).into()),
        ("title", plain(&words.value(&setting["title"])).into()),
    ];
    words.text("plugin-setting-line", &values)
}

/// What is named by a file, a folder, or the id of a plugin that a colleague offers.
fn prepared(
    session: &mut Session,
    library: &Library,
    source: &str,
    downgrade: bool,
) -> Result<Prepared, Fault> {
    let path = Path::new(source);
    if path.exists() {
        let package = jospar_plugins::author::read(path, library.limits())?;
        return library.prepare(package.bytes().to_vec(), Origin::File, downgrade);
    }
    match library.prepare_offered(session, source, downgrade) {
        Err(fault) if ["plugin-unknown", "error-not-a-workspace"].contains(&fault.key.as_str()) => {
            let values = json!({"path": source});
            Err(Fault::new(FaultKind::NotFound, "error-file-not-found", values))
        }
        prepared => prepared,
    }
}

fn install(
    session: &mut Session,
    source: &str,
    only: &[String],
    (unsigned, downgrade): (bool, bool),
) -> Outcome {
    let mut library = library(session)?;
    let prepared = prepared(session, &library, source, downgrade)?;
    let told = prepared.to_json();
    let named: Result<BTreeSet<Capability>, Fault> =
        only.iter().map(|text| capability(text)).collect();
    let named = named?;
    let mut grants: BTreeSet<Capability> = match only.is_empty() {
        true => prepared.asks().clone(),
        false => prepared.asks().iter().filter(|ask| named.contains(ask)).cloned().collect(),
    };
    let mut left_out = false;
    if !unsigned && told["publisher"].is_null() {
        let values = json!({"plugin": told["plugin"]});
        return Err(Fault::new(FaultKind::NotAllowed, "plugin-unsigned", values));
    }
    for line in asked(&session.words, &told, &grants) {
        session.out.note(&line)?;
    }
    let key = if grants.is_empty() { "plugin-install-ask-none" } else { "plugin-install-ask" };
    let name = plain(&session.words.value(&told["name"]));
    session.confirm(&session.words.with(key, "name", &name))?;
    let pair = pair(&grants);
    // A yes that was given beforehand is none for this: the model has to be named.
    if !pair.is_empty() && !named.contains(&Capability::Llm) {
        left_out = session.agreed()
            || session
                .confirm(&session.words.with("plugin-pair-ask", "capabilities", &pair))
                .is_err();
        if left_out {
            grants.remove(&Capability::Llm);
        }
    }
    let choice = Choice { grants, unsigned, downgrade };
    let progress = session.progress("progress-plugin");
    let answer = library.install(prepared, &choice)?;
    drop(progress);
    session.print(&answer, |words, answer| {
        let values = [("name", name.into()), ("version", text_or_empty(answer, "/version").into())];
        let mut lines = vec![words.text("plugin-installed", &values)];
        if left_out {
            lines.push(words.word("plugin-pair-left-out"));
        }
        lines
    })?;
    Ok(0)
}

/// What a person reads before saying yes.
fn asked(words: &Words, told: &Value, grants: &BTreeSet<Capability>) -> Vec<String> {
    let mut lines = about(words, told);
    if let Some(version) = text_at(told, "/installed") {
        lines.push(words.with("plugin-replaces", "version", version));
    }
    let granted = |need: &&Value| {
        text_at(need, "/capability")
            .and_then(|text| text.parse().ok())
            .is_some_and(|c| grants.contains(&c))
    };
    let asks: Vec<&Value> = items_at(told, "/asks").filter(granted).collect();
    if !asks.is_empty() {
        lines.push(words.word("plugin-asks"));
    }
    let line = |need: &&Value| format!("  • {}", need_line(words, "plugin-asks-line", need));
    lines.extend(asks.iter().map(line));
    lines
}

/// Personal data beside a language model among these, as one text; empty if there is no such pair.
fn pair(grants: &BTreeSet<Capability>) -> String {
    let pair = jospar_plugin_api::personal_beside_llm(grants);
    pair.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn capability(text: &str) -> Result<Capability, Fault> {
    text.parse().map_err(|_| {
        let values = json!({"name": plain(text)});
        Fault::new(FaultKind::Usage, "plugin-capability-unknown", values)
    })
}

/// The capabilities that a person names.
fn meant(
    library: &Library,
    plugin: &str,
    capabilities: Vec<String>,
    all: bool,
) -> Result<Vec<String>, Fault> {
    if all {
        let installed = library.find(plugin)?;
        return Ok(installed.package.manifest().needs.iter().map(ToString::to_string).collect());
    }
    if capabilities.is_empty() {
        let values = json!({"value": "CAPABILITY", "help": "`jospar plugin grant --help`"});
        return Err(Fault::new(FaultKind::Usage, "error-usage-missing", values));
    }
    Ok(capabilities)
}

fn grant(session: &mut Session, plugin: &str, capabilities: Vec<String>, all: bool) -> Outcome {
    let mut library = library(session)?;
    let named: BTreeSet<String> = capabilities.iter().cloned().collect();
    let mut meant = meant(&library, plugin, capabilities, all)?;
    let told = library.show(plugin)?;
    let words = &session.words;
    let texts: Vec<String> = items_at(&told, "/needs")
        .filter(|need| meant.iter().any(|text| need["capability"] == text.as_str()))
        .map(|need| need_words(words, need))
        .collect();
    let values = [("plugin", plugin.into()), ("needs", texts.join("; ").into())];
    session.confirm(&words.text("plugin-grant-ask", &values))?;
    let installed = library.find(plugin)?;
    let mut after = library.grants(&installed)?;
    after.extend(meant.iter().filter_map(|text| text.parse().ok()));
    let pair = pair(&after);
    let is_named = named.contains("llm") || named.iter().any(|name| pair.contains(name.as_str()));
    // A yes that was given beforehand is none for personal data beside a model: it has to be named.
    let left_out = !pair.is_empty() && session.agreed() && !is_named;
    if left_out {
        meant.retain(|text| text != "llm");
    } else if !pair.is_empty() {
        session.confirm(&words.with("plugin-pair-ask", "capabilities", &pair))?;
    }
    let answer = library.decide(plugin, &meant, true)?;
    session.print(&answer, |words, answer| {
        let mut lines = shown(words, answer);
        lines.extend(left_out.then(|| words.word("plugin-pair-left-out")));
        lines
    })?;
    Ok(0)
}

fn remove(session: &mut Session, plugin: &str) -> Outcome {
    let mut library = library(session)?;
    library.find(plugin)?;
    session.confirm(&session.words.with("plugin-remove-ask", "plugin", plugin))?;
    let answer = library.remove(plugin)?;
    session.print(&answer, |words, _| vec![words.with("plugin-removed", "plugin", plugin)])?;
    Ok(0)
}

fn settings(
    session: &mut Session,
    plugin: &str,
    key: Option<&str>,
    value: Option<&str>,
    reset: bool,
) -> Outcome {
    let library = library(session)?;
    let answer = match (key, value) {
        (Some(key), Some(value)) => library.set(session, plugin, (key, Some(value)))?,
        (Some(key), None) if reset => library.set(session, plugin, (key, None))?,
        _ => library.settings(session, plugin)?,
    };
    session.print(&answer, |words, answer| {
        let meant = |setting: &&Value| key.is_none_or(|key| setting["key"] == key);
        let lines: Vec<String> = items_at(answer, "/settings")
            .filter(meant)
            .map(|setting| setting_line(words, setting))
            .collect();
        if lines.is_empty() { vec![words.word("plugin-setting-none")] } else { lines }
    })?;
    Ok(0)
}

fn publish(session: &mut Session, source: &str, unsigned: bool) -> Outcome {
    let library = library(session)?;
    let path = Path::new(source);
    // An installed plugin goes before a folder of its name.
    let package = match library.find(source) {
        Err(_) if path.exists() => jospar_plugins::author::read(path, library.limits())?,
        found => found?.package,
    };
    let answer = library.publish(session, &package, unsigned)?;
    session.print(&answer, |words, answer| {
        let values = [
            ("plugin", text_or_empty(answer, "/plugin").into()),
            ("version", text_or_empty(answer, "/version").into()),
        ];
        vec![words.text("plugin-published", &values)]
    })?;
    Ok(0)
}
