//! A host with both runners, and a desk that answers what scripts ask.
#![allow(dead_code, reason = "each test program uses its part")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use jospar_plugin_api::{Code, Limits, Package, Part, PluginError, PluginId, RunnerName, Text};
use jospar_plugin_host::{
    Environment, Host, Inputs, ModelReply, ModelRequest, Plugin, RunFailed, RunResult, Runner,
    StoreUsage,
};
use serde_json::{Value, json};

/// The host of a test program. Compiled code is kept: to compile Python takes half a minute.
pub(crate) fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("runners");
        Host::new(Limits::default(), &cache).unwrap()
    })
}

pub(crate) fn runner(name: RunnerName) -> &'static Runner {
    static RUNNERS: OnceLock<[Runner; 2]> = OnceLock::new();
    let runners = RUNNERS.get_or_init(|| {
        [RunnerName::Js1, RunnerName::Py1]
            .map(|name| Runner { name, component: jospar_runners::runner(name).unwrap() })
    });
    runners.iter().find(|runner| runner.name == name).unwrap()
}

/// A script with its manifest, ready to run.
pub(crate) fn ready(file: &str) -> Plugin {
    let package = Package::open(file.as_bytes().to_vec(), &Limits::default()).unwrap();
    let name = package.manifest().runner.unwrap();
    host().compile_script(&package, runner(name)).unwrap()
}

/// A script with a manifest of these tasks put before it, in one line less than it takes away: line 1 of `body` is
/// line 4 of the file.
pub(crate) fn script(name: RunnerName, tasks: &[&str], needs: &[&str], body: &str) -> Plugin {
    let text = |text: &str| json!({"kk": text, "ru": text, "en": text});
    let tasks: Vec<Value> =
        tasks.iter().map(|id| json!({"id": id, "title": text(id), "where": "plan"})).collect();
    let manifest = json!({
        "id": "tried", "version": "0.1.0", "api": "0.1", "name": text("Tried"), "summary": text("Tried."),
        "author": "A teacher", "runner": name.name(), "needs": needs, "tasks": tasks,
        "settings": [{"key": "limit", "type": "number", "title": text("Limit"), "default": 30}],
    });
    let mark = name.comment();
    ready(&format!("{mark} /// jospar\n{mark} {manifest}\n{mark} ///\n{body}"))
}

/// What a script may ask for: parts of a plan, a store, a model.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) plan: Value,
    pub(crate) store: BTreeMap<String, Vec<u8>>,
    pub(crate) asked: Vec<ModelRequest>,
}

/// Inputs with everything granted that the script's manifest asks for.
pub(crate) fn inputs(plugin: &Plugin) -> Inputs {
    Inputs {
        now_ms: 1_795_392_000_500.0,
        today: "2026-11-23".into(),
        seed: 7,
        grants: plugin.manifest().needs.clone(),
        ..Inputs::default()
    }
}

pub(crate) fn run(plugin: &Plugin, task: &str) -> Result<RunResult, Box<RunFailed>> {
    plugin.run(task, inputs(plugin), &mut Desk::default())
}

fn missing(what: &str) -> PluginError {
    PluginError { code: Code::NotFound, message: Text::same(what) }
}

impl Environment for Desk {
    fn part(&mut self, part: Part) -> Result<String, PluginError> {
        self.plan.get(part.name()).map(Value::to_string).ok_or_else(|| missing(part.name()))
    }

    fn survey_totals(&mut self, survey: &str) -> Result<String, PluginError> {
        Ok(json!({"survey": survey, "n": 3, "min_group": 5, "items": []}).to_string())
    }

    fn survey_rows(&mut self, survey: &str) -> Result<String, PluginError> {
        Ok(json!({"survey": survey, "rows": [{"group": "a", "answers": {"q1": 4}}]}).to_string())
    }

    fn lesson_results(&mut self, study: &str) -> Result<String, PluginError> {
        Ok(json!({"lesson_study": study, "learners": []}).to_string())
    }

    fn plugin_result(&mut self, plugin: &PluginId) -> Result<String, PluginError> {
        Ok(json!({"of": plugin.as_str()}).to_string())
    }

    fn store_value(&mut self, key: &str) -> Result<Option<Vec<u8>>, PluginError> {
        Ok(self.store.get(key).cloned())
    }

    fn set_store_value(&mut self, key: &str, value: &[u8]) -> Result<(), PluginError> {
        self.store.insert(key.to_owned(), value.to_vec());
        Ok(())
    }

    fn delete_store_value(&mut self, key: &str) -> Result<(), PluginError> {
        self.store.remove(key);
        Ok(())
    }

    fn store_keys(&mut self, prefix: &str) -> Result<Vec<String>, PluginError> {
        Ok(self.store.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }

    fn store_usage(&mut self) -> Result<StoreUsage, PluginError> {
        let bytes = self.store.iter().map(|(key, value)| key.len() + value.len()).sum();
        Ok(StoreUsage { keys: self.store.len(), bytes })
    }

    fn ask(&mut self, request: &ModelRequest) -> Result<ModelReply, PluginError> {
        self.asked.push(request.clone());
        Ok(ModelReply { text: "Жақсы".into(), model: "small".into(), truncated: false })
    }

    fn progress(&mut self, _: f64, _: &Text) {}
}
