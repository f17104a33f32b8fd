//! Running: a snapshot in, a report and proposals out, kept on this device.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use jospar_node::clock;
use jospar_node::service::{Fault, FaultKind};
use jospar_plugin_api::{Capability, Code, Origin, Outcome, Package, PluginId};
use jospar_plugin_host::{
    Cancel, File, Inputs, LogLevel, LogLine, Plugin, RunError, RunFailed, RunResult, words,
};
use serde_json::{Map, Value, json};

use crate::Workspace;
use crate::database::{FAILURES_MAX, Kept};
use crate::environment::{Answers, Model, Progress, Store};
use crate::fault;
use crate::library::Library;
use crate::model::Answered;
use crate::snapshot::Snapshot;

/// What is to be run.
pub enum Source<'a> {
    /// An installed plugin.
    Installed(&'a str),
    /// A package that is being written, with what it may for this run. Nothing of the run is kept.
    Package(&'a Package, BTreeSet<Capability>),
}

/// How it is to be run.
pub struct Order<'a> {
    /// The task; the first of the manifest if absent.
    pub task: Option<&'a str>,
    /// Files for this run.
    pub files: Vec<File>,
    /// Runs even if nothing has changed since the kept result.
    pub again: bool,
    /// Hears how far it is.
    pub progress: Progress<'a>,
    /// Asks a language model; without it a plugin hears that there is none.
    pub model: Option<Model<'a>>,
    /// Stops it.
    pub cancel: Cancel,
}

/// A run that ended well.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The plugin.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// The task.
    pub task: String,
    /// Report, proposals, data.
    pub outcome: Outcome,
    /// Heads of the workspace that it saw, by document.
    pub base: BTreeMap<String, Vec<String>>,
    /// Numbers, from 1, of the proposals that were accepted.
    pub accepted: Vec<usize>,
    /// The result was kept from before: nothing that it depends on has changed.
    pub kept: bool,
    /// Milliseconds that it took.
    pub took_ms: i64,
    /// The log: `{level, message}`.
    pub log: Vec<Value>,
    /// Capabilities that it wanted and was not granted.
    pub denied: BTreeSet<Capability>,
    /// Documents with personal data that it may read and this device cannot open.
    pub sealed: u64,
    /// What a language model answered it, in order.
    pub answers: Vec<Answered>,
    /// A language model may have had a part in it: it answered this run, an earlier one that kept something, or another
    /// plugin that this one reads.
    pub by_model: bool,
}

impl Run {
    /// `{plugin, version, task, report, proposals, data, base, accepted, kept, took_ms, log, denied, sealed,
    /// answers: [{record, model, prompt_hash, sources, day, text}], by_model}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "plugin": self.plugin, "version": self.version, "task": self.task,
            "report": self.outcome.report, "proposals": self.outcome.proposals,
            "data": self.outcome.data, "base": self.base, "accepted": self.accepted,
            "kept": self.kept, "took_ms": self.took_ms, "log": self.log, "denied": self.denied,
            "sealed": self.sealed, "answers": self.answers, "by_model": self.by_model,
        })
    }

    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let outcome = json!({"report": value["report"], "proposals": value["proposals"],
                             "data": value["data"]});
        Some(Self {
            plugin: text("plugin")?,
            version: text("version")?,
            task: text("task")?,
            outcome: serde_json::from_value(outcome).ok()?,
            base: serde_json::from_value(value["base"].clone()).ok()?,
            accepted: serde_json::from_value(value["accepted"].clone()).ok()?,
            kept: true,
            took_ms: value["took_ms"].as_i64()?,
            log: value["log"].as_array()?.clone(),
            denied: serde_json::from_value(value["denied"].clone()).ok()?,
            sealed: value["sealed"].as_u64()?,
            // A result that an older version kept has none.
            answers: serde_json::from_value(value["answers"].clone()).unwrap_or_default(),
            by_model: value["by_model"].as_bool().unwrap_or_default(),
        })
    }
}

/// What is run, once it was found and opened.
struct Subject {
    package: Package,
    grants: BTreeSet<Capability>,
    installed: bool,
}

/// What a run is answered from, beside the plugin's store.
struct Asked<'a, 'm> {
    snapshot: &'a Snapshot,
    others: &'a BTreeMap<PluginId, String>,
    progress: Progress<'m>,
    model: Option<Model<'m>>,
}

/// What a run came to.
struct Ran {
    result: RunResult,
    /// Milliseconds.
    took_ms: i64,
    answers: Vec<Answered>,
    /// The plugin asked a model and had no answer.
    is_open: bool,
}

impl Library {
    /// Runs an installed plugin on the workspace, or gives back what it gave last if nothing has changed since.
    ///
    /// # Errors
    /// A fault if it is switched off, if the run failed, or the plugin itself says no. Three failures in a row switch a
    /// plugin off; its own no is no failure.
    pub fn run(
        &mut self,
        workspace: &mut dyn Workspace,
        source: &Source<'_>,
        order: Order<'_>,
    ) -> Result<Run, Fault> {
        let subject = self.subject(source)?;
        let snapshot = Snapshot::read(workspace, &subject.grants)?;
        self.run_subject(&snapshot, subject, order)
    }

    /// As [`Library::run`], on a snapshot that the caller has.
    ///
    /// # Errors
    /// As [`Library::run`].
    pub fn run_on(
        &mut self,
        snapshot: &Snapshot,
        source: &Source<'_>,
        order: Order<'_>,
    ) -> Result<Run, Fault> {
        let subject = self.subject(source)?;
        self.run_subject(snapshot, subject, order)
    }

    fn subject(&self, source: &Source<'_>) -> Result<Subject, Fault> {
        Ok(match source {
            Source::Installed(id) => {
                let installed = self.find(id)?;
                self.check_enabled(installed.id())?;
                let grants = self.grants(&installed)?;
                Subject { package: installed.package, grants, installed: true }
            }
            Source::Package(package, grants) => {
                Subject { package: (*package).clone(), grants: grants.clone(), installed: false }
            }
        })
    }

    fn run_subject(
        &mut self,
        snapshot: &Snapshot,
        subject: Subject,
        order: Order<'_>,
    ) -> Result<Run, Fault> {
        let Subject { package, grants, installed } = subject;
        let manifest = package.manifest();
        let task = match order.task {
            Some(task) => task.to_owned(),
            None => manifest.tasks.first().map(|task| task.id.clone()).unwrap_or_default(),
        };
        let (others, mut by_model) = self.results_of_others(&grants)?;
        let settings: BTreeMap<String, Value> =
            snapshot.settings(manifest.id.as_str()).into_iter().collect();
        let input = input(&package, &task, snapshot, &settings, &grants, &order.files, &others);
        let id = manifest.id.to_string();
        if installed
            && !order.again
            && let Some(kept) = self.database.result(&id, Some(&task))?
            && kept.input == input
            && let Some(run) = Run::from_json(&kept.result)
        {
            return Ok(run);
        }
        let plugin = self.given(self.compile(&package)?, &id)?;
        let inputs = Inputs {
            heads: snapshot.all_heads(),
            #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
            now_ms: snapshot.now_ms as f64,
            today: snapshot.today.clone(),
            seed: seed(&package, &task, snapshot),
            settings,
            grants,
            files: order.files,
            cancel: order.cancel,
        };
        by_model |= self.heard_before(&id, installed, &inputs.grants)?;
        let asked =
            Asked { snapshot, others: &others, progress: order.progress, model: order.model };
        let ran = self.execute(&plugin, (&id, &task), inputs, asked, installed)?;
        let (mut outcome, answers) = (ran.result.outcome, ran.answers);
        by_model |= !answers.is_empty();
        if by_model {
            outcome.proposals.iter_mut().for_each(|proposal| proposal.origin = Origin::Model);
        }
        by_model |= outcome.proposals.iter().any(|proposal| proposal.origin == Origin::Model);
        // Once the model answers, another run may give more: this result is shown, but it is not the last word.
        let input = if ran.is_open { String::new() } else { input };
        let run = Run {
            plugin: id.clone(),
            version: manifest.version.to_string(),
            task: task.clone(),
            outcome,
            base: snapshot.heads.clone(),
            accepted: Vec::new(),
            kept: false,
            took_ms: ran.took_ms,
            log: ran.result.log.iter().map(log_line).collect(),
            denied: ran.result.denied,
            sealed: snapshot.sealed,
            answers,
            by_model,
        };
        if installed {
            self.database.keep_result(&id, &Kept { task, input, result: run.to_json() })?;
        }
        Ok(run)
    }

    /// The result of the task that ran last, or of `task`.
    ///
    /// # Errors
    /// A fault if there is none.
    pub fn last(&self, id: &str, task: Option<&str>) -> Result<Run, Fault> {
        self.find(id)?;
        Ok(self.kept_run(id, task)?.1)
    }

    /// The kept result, as it lies in the library and as a run.
    pub(crate) fn kept_run(&self, id: &str, task: Option<&str>) -> Result<(Kept, Run), Fault> {
        let kept = self.database.result(id, task)?;
        let found = kept.and_then(|kept| Some((Run::from_json(&kept.result)?, kept)));
        let (run, kept) =
            found.ok_or_else(|| fault::not_found("plugin-not-run", json!({"plugin": id})))?;
        Ok((kept, run))
    }

    /// Whether a model answered an earlier run of a plugin that keeps things from run to run.
    fn heard_before(
        &self,
        id: &str,
        installed: bool,
        grants: &BTreeSet<Capability>,
    ) -> Result<bool, Fault> {
        Ok(installed && grants.contains(&Capability::Store) && self.database.has_heard(id)?)
    }

    /// Runs it, and notes how that went.
    fn execute(
        &mut self,
        plugin: &Plugin,
        run: (&str, &str),
        inputs: Inputs,
        asked: Asked<'_, '_>,
        installed: bool,
    ) -> Result<Ran, Fault> {
        let (id, task) = run;
        let store = match installed {
            true => Store::Library(&self.database, id),
            false => Store::Memory(BTreeMap::new()),
        };
        let Asked { snapshot, others, progress, mut model } = asked;
        if let Some(model) = &mut model {
            model.begin(snapshot);
        }
        let mut environment = Answers { snapshot, others, store, progress, model };
        let begun = (clock::now().0, Instant::now());
        let ended = plugin.run(task, inputs, &mut environment);
        let took_ms = i64::try_from(begun.1.elapsed().as_millis()).unwrap_or(i64::MAX);
        let model = environment.model;
        let answers = model.as_ref().map(|model| model.answers()).unwrap_or_default();
        if installed {
            if !answers.is_empty() {
                self.database.note_heard(id)?;
            }
            let failed = ended.as_ref().err().map(AsRef::as_ref);
            self.note(run, (begun.0, took_ms), failed)?;
        }
        let result = ended.map_err(|failed| run_fault(id, &failed))?;
        let is_open = result.asked_model && model.is_none_or(|model| model.is_open());
        Ok(Ran { result, took_ms, answers, is_open })
    }

    fn check_enabled(&self, id: &str) -> Result<(), Fault> {
        let health = self.database.health(id)?;
        if health.failures < FAILURES_MAX {
            return Ok(());
        }
        let values = json!({"plugin": id, "count": health.failures,
                            "reason": health.reason.get("text").cloned().unwrap_or_default()});
        Err(Fault::new(FaultKind::NotAllowed, "plugin-disabled", values))
    }

    /// The data of the plugins that this one reads, and whether a model had a part in one of them.
    fn results_of_others(
        &self,
        grants: &BTreeSet<Capability>,
    ) -> Result<(BTreeMap<PluginId, String>, bool), Fault> {
        let mut results = BTreeMap::new();
        let mut by_model = false;
        for grant in grants {
            if let Capability::Result(plugin) = grant
                && let Some(kept) = self.database.result(plugin.as_str(), None)?
            {
                by_model |= kept.result["by_model"] == true;
                results.insert(plugin.clone(), kept.result["data"].to_string());
            }
        }
        Ok((results, by_model))
    }

    fn note(
        &mut self,
        run: (&str, &str),
        times: (i64, i64),
        failed: Option<&RunFailed>,
    ) -> Result<(), Fault> {
        let Some(failed) = failed else {
            self.database.note_run(run, times, None)?;
            return Ok(());
        };
        if !is_failure(&failed.error) {
            return Ok(());
        }
        let (key, values) = told(&failed.error);
        let text = match &failed.error {
            RunError::Plugin(error) => error.message.clone(),
            _ => words(&key, &values),
        };
        let reason = json!({"key": key, "values": values, "text": text});
        self.database.note_run(run, times, Some((&key, &reason)))?;
        Ok(())
    }
}

/// Whether the plugin is to blame: not for a no in words, nor when a person stopped it.
fn is_failure(error: &RunError) -> bool {
    match error {
        RunError::Plugin(error) => error.code == Code::Internal,
        RunError::Task(_) | RunError::File { .. } | RunError::Cancelled | RunError::Host { .. } => {
            false
        }
        _ => true,
    }
}

fn told(error: &RunError) -> (String, Map<String, Value>) {
    (error.key().to_owned(), error.values())
}

fn run_fault(id: &str, failed: &RunFailed) -> Fault {
    let kind = match &failed.error {
        RunError::Task(_) => FaultKind::NotFound,
        RunError::File { .. } | RunError::Cancelled => FaultKind::Usage,
        RunError::Plugin(error) if error.code == Code::Denied => FaultKind::NotAllowed,
        RunError::Plugin(error) if error.code == Code::NotFound => FaultKind::NotFound,
        RunError::Host { .. } => FaultKind::System,
        RunError::Plugin(error) if error.code != Code::Internal => FaultKind::Usage,
        _ => FaultKind::Damaged,
    };
    let (key, mut values) = told(&failed.error);
    if let RunError::Plugin(error) = &failed.error {
        values.insert("message".to_owned(), json!(error.message));
    }
    values.insert("plugin".to_owned(), id.into());
    let denied: Vec<String> = failed.denied.iter().map(ToString::to_string).collect();
    if !denied.is_empty() {
        values.insert("denied".to_owned(), denied.join(", ").into());
    }
    if !failed.log.is_empty() {
        values.insert("log".to_owned(), failed.log.iter().map(log_line).collect());
    }
    fault::fault(kind, &key, values)
}

fn log_line(line: &LogLine) -> Value {
    let level = match line.level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    };
    json!({"level": level, "message": line.message})
}

/// Everything that a result depends on, as one hash.
fn input(
    package: &Package,
    task: &str,
    snapshot: &Snapshot,
    settings: &BTreeMap<String, Value>,
    grants: &BTreeSet<Capability>,
    files: &[File],
    others: &BTreeMap<PluginId, String>,
) -> String {
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|file| (file.name(), blake3::hash(file.bytes()).to_hex().to_string()))
        .collect();
    let all = json!({
        "package": package.hash(), "task": task, "heads": snapshot.heads, "today": snapshot.today,
        "settings": settings, "grants": grants, "files": files, "others": others,
    });
    blake3::hash(all.to_string().as_bytes()).to_hex().to_string()
}

/// Where a run's randomness begins: the same on every device that sees the same.
fn seed(package: &Package, task: &str, snapshot: &Snapshot) -> u64 {
    let all = json!([package.hash(), task, snapshot.heads]).to_string();
    let hash = blake3::hash(all.as_bytes());
    let first: [u8; 8] = hash.as_bytes().first_chunk().copied().unwrap_or_default();
    u64::from_le_bytes(first)
}
