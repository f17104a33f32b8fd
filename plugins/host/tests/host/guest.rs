//! Guests as text, and what they run against.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use jospar_plugin_api::{Capability, Package, Part, PluginError, PluginId, Text, with_manifest};
use jospar_plugin_host::{
    Environment, Host, Inputs, Limits, ModelReply, ModelRequest, Options, Plugin, RunError,
    RunResult, StoreUsage,
};
use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{PackageId, Resolve};

/// What every guest has: memory, an allocator that takes what it needs, `$done` and `$error` to end with.
///
/// "swot" stands at 16, "null" at 32; an outcome is written to 1024; the allocator begins at 8192.
const PRELUDE: &str = r#"
(memory (export "memory") 4)
(global $next (mut i32) (i32.const 8192))
(func $allocate (param $bytes i32) (result i32) (local $at i32)
  (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
  (global.set $next (i32.add (local.get $at) (local.get $bytes)))
  (block $enough (loop $more
    (br_if $enough (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
    (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))
    unreachable))
  (local.get $at))
(data (i32.const 16) "swot")
(data (i32.const 32) "null")
(func $done (param $data i32) (param $bytes i32) (result i32)
  (memory.fill (i32.const 1024) (i32.const 0) (i32.const 64))
  (i32.store (i32.const 1072) (local.get $data))
  (i32.store (i32.const 1076) (local.get $bytes))
  (i32.const 1024))
(func $error (param $code i32) (result i32)
  (memory.fill (i32.const 1024) (i32.const 0) (i32.const 64))
  (i32.store8 (i32.const 1024) (i32.const 1))
  (i32.store8 (i32.const 1028) (local.get $code))
  (i32.const 1024))
"#;

const REALLOC: &str = r#"
(func (export "cabi_realloc") (param i32 i32 i32) (param $bytes i32) (result i32)
  (call $allocate (local.get $bytes)))
"#;

/// The interface, as it is in the repository.
pub(crate) fn interface() -> (Resolve, PackageId) {
    let mut resolve = Resolve::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let (package, _) = resolve.push_path(folder).unwrap();
    (resolve, package)
}

/// A component of a core module's text, for a world of the interface.
pub(crate) fn encode(module: &str, world: &str) -> Vec<u8> {
    let (resolve, package) = interface();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = wat::parse_str(module).unwrap_or_else(|error| panic!("{error}\n{module}"));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().validate(true).module(&module).unwrap();
    encoder.encode().unwrap()
}

/// A guest of imports, further items, and the body of `run`, which leaves where its outcome stands.
pub(crate) fn guest(imports: &str, items: &str, run: &str) -> Vec<u8> {
    with_realloc(imports, &format!("{items}{REALLOC}"), run)
}

/// As [`guest`], with an export `cabi_realloc` among its items.
pub(crate) fn with_realloc(imports: &str, items: &str, run: &str) -> Vec<u8> {
    encode(&module(imports, items, run), "script-runner")
}

fn module(imports: &str, items: &str, run: &str) -> String {
    format!(
        "(module {imports} {PRELUDE} {items}
           (func (export \"run\") (param $task i32) (param $bytes i32) (result i32)
             (local $at i32) (local $left i32) (local $text i32) {run}))"
    )
}

/// The body of a `run` that gives back nothing but null.
pub(crate) const NOTHING: &str = "(call $done (i32.const 32) (i32.const 4))";

/// An import of a function, with its parameters and results as core types.
pub(crate) fn import(interface: &str, function: &str, signature: &str) -> String {
    format!(
        "(import \"jospar:plugin/{interface}@0.1.0\" \"{function}\" (func ${function} {signature}))"
    )
}

/// Every capability that there is, `result:swot` for the ones by plugin.
pub(crate) fn everything() -> BTreeSet<Capability> {
    let parts = Part::ALL.iter().copied().map(Capability::Read);
    let others = ["survey:totals", "survey:rows", "lesson:results", "result:swot", "store", "llm"];
    parts.chain(others.map(|text| text.parse().unwrap())).collect()
}

pub(crate) fn manifest(runner: Option<&str>, needs: &BTreeSet<Capability>) -> String {
    let text = serde_json::json!({"kk": "a", "ru": "a", "en": "a"});
    let mut manifest = serde_json::json!({
        "id": "guest", "version": "0.1.0", "api": "0.1", "author": "tests",
        "name": text, "summary": text, "needs": needs,
        "tasks": [{"id": "t", "title": text, "where": "plan"}],
        "settings": [
            {"key": "least", "type": "number", "title": text, "default": 5, "min": 1},
            {"key": "mark", "type": "text", "title": text, "default": "x"},
        ],
    });
    if let Some(runner) = runner {
        manifest["runner"] = runner.into();
    }
    manifest.to_string()
}

pub(crate) fn package(component: &[u8]) -> Package {
    let limits = Limits { component_bytes_max: 1 << 30, ..Limits::default() };
    let bytes = with_manifest(component, &manifest(None, &everything()), &limits).unwrap();
    Package::open(bytes, &limits).unwrap()
}

/// A host with a folder of its own.
pub(crate) struct Bench {
    pub(crate) host: Host,
    pub(crate) folder: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Limits::default(), Options::default())
    }

    pub(crate) fn with(limits: Limits, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::with_options(limits, &folder.path().join("code"), options).unwrap();
        Self { host, folder }
    }

    pub(crate) fn plugin(&self, component: &[u8]) -> Plugin {
        self.host.compile(&package(component)).unwrap()
    }
}

/// Inputs with every grant.
pub(crate) fn inputs() -> Inputs {
    Inputs { grants: everything(), ..Inputs::default() }
}

/// Runs a component under limits, with every grant.
pub(crate) fn run_under(limits: Limits, component: &[u8]) -> Result<RunResult, RunError> {
    let bench = Bench::with(limits, Options::default());
    let ended = bench.plugin(component).run("t", inputs(), &mut Fake::default());
    ended.map_err(|failed| failed.error)
}

/// Runs a component, with every grant.
pub(crate) fn run(component: &[u8]) -> Result<RunResult, RunError> {
    run_under(Limits::default(), component)
}

/// An environment that remembers what it was asked.
#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) asked: Vec<String>,
    pub(crate) store: BTreeMap<String, Vec<u8>>,
    /// What it answers where JSON is asked for.
    pub(crate) answer: String,
    /// How long the model thinks, and how long a part takes.
    pub(crate) thinks: Duration,
}

impl Fake {
    fn answered(&mut self, what: String) -> Result<String, PluginError> {
        self.asked.push(what);
        Ok(self.answer.clone())
    }
}

impl Environment for Fake {
    fn part(&mut self, part: Part) -> Result<String, PluginError> {
        std::thread::sleep(self.thinks);
        self.answered(format!("part {part}"))
    }

    fn survey_totals(&mut self, survey: &str) -> Result<String, PluginError> {
        self.answered(format!("totals {survey}"))
    }

    fn survey_rows(&mut self, survey: &str) -> Result<String, PluginError> {
        self.answered(format!("rows {survey}"))
    }

    fn lesson_results(&mut self, study: &str) -> Result<String, PluginError> {
        self.answered(format!("lesson {study}"))
    }

    fn plugin_result(&mut self, plugin: &PluginId) -> Result<String, PluginError> {
        self.answered(format!("result {plugin}"))
    }

    fn store_value(&mut self, key: &str) -> Result<Option<Vec<u8>>, PluginError> {
        self.asked.push(format!("get {key}"));
        Ok(self.store.get(key).cloned())
    }

    fn set_store_value(&mut self, key: &str, value: &[u8]) -> Result<(), PluginError> {
        self.asked.push(format!("set {key}"));
        self.store.insert(key.to_owned(), value.to_vec());
        Ok(())
    }

    fn delete_store_value(&mut self, key: &str) -> Result<(), PluginError> {
        self.asked.push(format!("delete {key}"));
        self.store.remove(key);
        Ok(())
    }

    fn store_keys(&mut self, prefix: &str) -> Result<Vec<String>, PluginError> {
        self.asked.push(format!("keys {prefix}"));
        Ok(self.store.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }

    fn store_usage(&mut self) -> Result<StoreUsage, PluginError> {
        let bytes = self.store.iter().map(|(key, value)| key.len() + value.len()).sum();
        Ok(StoreUsage { keys: self.store.len(), bytes })
    }

    fn ask(&mut self, request: &ModelRequest) -> Result<ModelReply, PluginError> {
        self.asked.push(format!("model {} {:?}", request.template, request.blocks));
        std::thread::sleep(self.thinks);
        Ok(ModelReply { text: self.answer.clone(), model: "m".into(), truncated: false })
    }

    fn progress(&mut self, done: f64, _note: &Text) {
        self.asked.push(format!("progress {done}"));
    }
}
