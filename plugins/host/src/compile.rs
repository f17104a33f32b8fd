//! Compiling: from a component's bytes to code that runs, through the cache, under bounds (T18).

use std::path::Path;

use jospar_plugin_api::{Limits, RunnerName};
use serde_json::{Map, Value, json};
use wasmtime::component::Component;
use wasmtime::{Config, Enabled, Engine, PoolingAllocationConfig};

use crate::apart::compile_apart;
use crate::cache::{Cache, Code};
use crate::inspect::inspect;
use crate::run::short;

/// Bytes of a run's stack beside the guest's own.
const HOST_STACK_BYTES: usize = 2 << 20;

/// Runs for which the engine keeps places, however large each is; a plugin of the usual size takes a small part of one.
const RUNS: usize = 8;

/// Bytes of a place's memory that are set back to what they were at first instead of being taken from the system anew.
const MEMORY_KEPT_BYTES: usize = 4 << 20;

/// Bytes of a place's table, as above.
const TABLE_KEPT_BYTES: usize = 64 << 10;

/// Bytes of the stack of a thread that compiles.
const COMPILE_STACK_BYTES: usize = 16 << 20;

/// How a compilation stands behind what else the computer does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Priority {
    /// As fast as it goes, on all cores.
    #[default]
    Usual,
    /// On one core, and on Linux behind everything else: for compiling ahead while somebody works.
    Low,
}

/// What runs scripts of one language: a component with the interface `script` beside those of plugins.
#[derive(Debug, Clone)]
pub struct Runner {
    /// The language with the runner's version.
    pub name: RunnerName,
    /// The component.
    pub component: Vec<u8>,
}

/// Why a plugin cannot be made ready to run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// It asks for something that is not the interface's (T20).
    #[error("the component imports {0}, which is not given to plugins")]
    Import(String),
    /// It has no function `run`.
    #[error("the component has no function run")]
    NoRun,
    /// More than the limits allow.
    #[error("{count} {what}; the limit is {max}")]
    TooMuch {
        /// Of what: `bytes`, `modules`, `functions`, `declarations`, `function-bytes`, `locals`.
        what: &'static str,
        /// How much there is.
        count: usize,
        /// How much there may be.
        max: usize,
    },
    /// It is not a valid component.
    #[error("not a valid component: {0}")]
    Invalid(String),
    /// A function that it imports or `run` has another form, or it wants a newer interface.
    #[error("the interface does not fit: {0}")]
    Interface(String),
    /// It is a script, and no runner was given, or one for another language; or a component, and one was.
    #[error("a script needs the runner that its manifest names, a component none")]
    Runner,
    /// Compiling took too long, and was ended (T18).
    #[error("compiling took more than {ms} ms")]
    TooLong {
        /// How long it may.
        ms: u64,
    },
    /// The compiler failed, wanted too much memory, or the system gave no thread or process for it.
    #[error("the compiler failed: {0}")]
    Failed(String),
}

impl CompileError {
    /// The key of the message in the catalogue.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Import(_) => "plugin-compile-import",
            Self::NoRun => "plugin-compile-no-run",
            Self::TooMuch { .. } => "plugin-compile-too-much",
            Self::Invalid(_) => "plugin-compile-invalid",
            Self::Interface(_) => "plugin-compile-interface",
            Self::Runner => "plugin-compile-runner",
            Self::TooLong { .. } => "plugin-compile-long",
            Self::Failed(_) => "plugin-compile-failed",
        }
    }

    /// The message's values.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        let values = match self {
            Self::Import(name) => json!({"name": name}),
            Self::TooMuch { what, count, max } => json!({"what": what, "count": count, "max": max}),
            Self::Invalid(reason) | Self::Interface(reason) | Self::Failed(reason) => {
                json!({"reason": reason})
            }
            Self::TooLong { ms } => json!({"seconds": ms / 1_000}),
            Self::NoRun | Self::Runner => Value::Null,
        };
        match values {
            Value::Object(values) => values,
            _ => Map::new(),
        }
    }
}

/// The engine of a host. One setting more or less is another engine to the cache.
///
/// Its instances live in places that are kept from run to run and set back to their first state after each. Where the
/// system does not give the addresses for that, each run asks for memory of its own, which takes longer.
pub(crate) fn engine(limits: &Limits, fuel: bool, priority: Priority) -> wasmtime::Result<Engine> {
    let mut config = settings(limits, fuel, priority);
    config.allocation_strategy(places(limits));
    Engine::new(&config).or_else(|error| {
        tracing::warn!(%error, "instances have no places that are kept");
        Engine::new(&settings(limits, fuel, priority))
    })
}

/// Places for all that [`RUNS`] runs may have.
fn places(limits: &Limits) -> PoolingAllocationConfig {
    let each = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let all = |count: usize| each(count.saturating_mul(RUNS));
    let mut places = PoolingAllocationConfig::default();
    places
        .total_component_instances(each(RUNS))
        .total_core_instances(all(limits.instances_max))
        .total_memories(all(limits.memories_max))
        .max_memories_per_module(each(limits.memories_max))
        .total_tables(all(limits.tables_max))
        .max_tables_per_module(each(limits.tables_max))
        .table_elements(limits.table_elements_max)
        .total_stacks(each(RUNS))
        .max_unused_warm_slots(each(RUNS))
        .linear_memory_keep_resident(MEMORY_KEPT_BYTES)
        .table_keep_resident(TABLE_KEPT_BYTES)
        .pagemap_scan(Enabled::Auto);
    places
}

pub(crate) fn settings(limits: &Limits, fuel: bool, priority: Priority) -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.consume_fuel(fuel);
    config.max_wasm_stack(limits.stack_bytes_max);
    config.async_stack_size(limits.stack_bytes_max.saturating_add(HOST_STACK_BYTES));
    config.parallel_compilation(priority == Priority::Usual);
    // The same bits on every machine: numbers that are none, and vectors.
    config.cranelift_nan_canonicalization(true);
    config.relaxed_simd_deterministic(true);
    config.wasm_memory64(false);
    config
}

/// Thirty-two digits for what the engine compiles for: version, target, settings.
pub(crate) fn engine_name(engine: &Engine) -> String {
    use std::hash::Hash as _;

    struct Fed(blake3::Hasher);
    impl std::hash::Hasher for Fed {
        fn finish(&self) -> u64 {
            0
        }

        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
    }

    let mut fed = Fed(blake3::Hasher::new());
    engine.precompile_compatibility_hash().hash(&mut fed);
    fed.0.finalize().to_hex().chars().take(32).collect()
}

/// How a component becomes code: in a process of its own if there is a program for that, else in a thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Workshop<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) cache: &'a Cache,
    pub(crate) limits: &'a Limits,
    pub(crate) fuel: bool,
    pub(crate) priority: Priority,
    pub(crate) compiler: Option<&'a Path>,
}

impl Workshop<'_> {
    /// The component as code, from the cache or compiled.
    pub(crate) fn compile(self, bytes: &[u8], is_runner: bool) -> Result<Component, CompileError> {
        let Self { engine, cache, limits, .. } = self;
        if bytes.len() > limits.component_bytes_max {
            let (count, max) = (bytes.len(), limits.component_bytes_max);
            return Err(CompileError::TooMuch { what: "bytes", count, max });
        }
        let hash = blake3::hash(bytes);
        let kept = || cache.find(&hash).and_then(|code| load(engine, &code).ok());
        // A runner is the program's own, and looking through the 17 MB of Python's takes as long as all the rest: it was
        // looked through before it was compiled. A plugin is looked through each time, because limits may have become
        // lower.
        if is_runner && let Some(component) = kept() {
            return Ok(component);
        }
        inspect(bytes, limits, is_runner)?;
        if let Some(component) = kept() {
            return Ok(component);
        }
        cache.forget(&hash);
        let code = Code::compiled(self.code(bytes, is_runner)?);
        cache.keep(&hash, &code);
        // A table or a number of memories that no place of the engine has is found here.
        load(engine, &code).map_err(|error| CompileError::Failed(short(&error.root_cause())))
    }

    fn code(self, bytes: &[u8], is_runner: bool) -> Result<Vec<u8>, CompileError> {
        match self.compiler.filter(|_| !is_runner) {
            Some(program) => compile_apart(program, self, bytes),
            None => precompile(self.engine, bytes, self.priority),
        }
    }
}

/// Compiles in a thread with its own stack, so that neither a deep recursion nor a panic of the compiler is the caller's.
pub(crate) fn precompile(
    engine: &Engine,
    bytes: &[u8],
    priority: Priority,
) -> Result<Vec<u8>, CompileError> {
    let failed = |reason: &dyn std::fmt::Display| CompileError::Failed(short(reason));
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("jospar-compile".into())
            .stack_size(COMPILE_STACK_BYTES)
            .spawn_scoped(scope, || {
                if priority == Priority::Low {
                    step_back();
                }
                engine.precompile_component(bytes)
            })
            .map_err(|error| failed(&error))?;
        match thread.join() {
            Ok(Ok(code)) => Ok(code),
            Ok(Err(error)) => Err(CompileError::Invalid(short(&error.root_cause()))),
            Err(_) => Err(failed(&"a panic")),
        }
    })
}

/// Puts this thread behind all others. Not doing so is no error.
fn step_back() {
    // On Linux "this process" means this thread; elsewhere it would be the whole program.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 19);
}

/// Loads code that this program compiled. An error may also mean that another version of it did.
#[allow(unsafe_code, reason = "see below")]
fn load(engine: &Engine, code: &Code) -> wasmtime::Result<Component> {
    // SAFETY: the bytes must come from wasmtime's own compiler. `Code` is made in two places: of what the compiler gave a
    // moment ago, and of a file in a folder of this user alone, after a hash over all of it, for this component and this
    // engine, was found right. Who can write a file with such a hash there can start any program as this user.
    unsafe { Component::deserialize(engine, code.bytes()) }
}
