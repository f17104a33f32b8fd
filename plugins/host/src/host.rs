//! The host: an engine, its linker, the cache, and plugins that are ready to run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jospar_plugin_api::limits::{MEMORY_BYTES_MAX, PYTHON_MEMORY_BYTES_MAX};
use jospar_plugin_api::{Form, Limits, Manifest, Package, RunnerName};
use serde_json::{Map, Value, json};
use wasmtime::Engine;
use wasmtime::component::{Component, HasSelf, Linker};

use crate::bindings::{ScriptRunner, ScriptRunnerPre};
use crate::cache::Cache;
use crate::compile::{CompileError, Priority, Runner, Workshop, engine, engine_name};
use crate::run::short;
use crate::state::State;
use crate::ticker::Ticker;

/// What is chosen once for a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// How compiling stands behind what else the computer does.
    pub priority: Priority,
    /// Counts what runs cost in fuel, the same number for the same run: for tests. Takes about half as long again.
    pub fuel: bool,
    /// The program that compiles plugins in a process of its own, under bounds of time and memory: one that asks
    /// [`crate::compile_if_asked`] first. Without it they are compiled in a thread. A runner always is.
    pub compiler: Option<PathBuf>,
}

/// Why there is no host.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The folder for compiled code cannot be used.
    #[error("{folder}: {reason}")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
    /// The engine cannot be made on this computer.
    #[error("the engine cannot be made: {0}")]
    Engine(String),
}

impl HostError {
    /// The key of the message in the catalogue.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "plugin-host-folder",
            Self::Engine(_) => "plugin-host-engine",
        }
    }

    /// The message's values.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        let values = match self {
            Self::Folder { folder, reason } => {
                json!({"folder": folder.display().to_string(), "reason": reason})
            }
            Self::Engine(reason) => json!({"reason": reason}),
        };
        match values {
            Value::Object(values) => values,
            _ => Map::new(),
        }
    }
}

/// Makes plugins ready to run. One for a program; may be shared between threads.
pub struct Host {
    shared: Arc<Shared>,
}

/// What a host and its plugins use together.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) ticker: Ticker,
    pub(crate) fuel: bool,
    linker: Linker<State>,
    cache: Cache,
    limits: Limits,
    priority: Priority,
    compiler: Option<PathBuf>,
    /// One compilation at a time: each may take all cores and much memory.
    compiling: Mutex<()>,
    /// The runner of each language that was used last, by the hash of its component: a script that was saved runs at
    /// once.
    runners: Mutex<BTreeMap<&'static str, (blake3::Hash, ScriptRunnerPre<State>)>>,
}

/// A plugin that is ready to run, any number of times.
#[derive(Clone)]
pub struct Plugin {
    pub(crate) shared: Arc<Shared>,
    pub(crate) ready: ScriptRunnerPre<State>,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) source: Option<Arc<str>>,
    pub(crate) limits: Arc<Limits>,
}

impl Host {
    /// A host that keeps compiled code in `cache`, a folder of its own that it makes if it is not there.
    ///
    /// # Errors
    /// [`HostError`]
    pub fn new(limits: Limits, cache: &Path) -> Result<Self, HostError> {
        Self::with_options(limits, cache, Options::default())
    }

    /// As [`Host::new`], with options.
    ///
    /// # Errors
    /// [`HostError`]
    pub fn with_options(limits: Limits, cache: &Path, options: Options) -> Result<Self, HostError> {
        let wrong = |error: wasmtime::Error| HostError::Engine(short(&error.root_cause()));
        let engine = engine(&limits, options.fuel, options.priority).map_err(wrong)?;
        let mut linker = Linker::new(&engine);
        ScriptRunner::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)
            .map_err(wrong)?;
        let folder = |reason: &dyn std::fmt::Display| HostError::Folder {
            folder: cache.to_owned(),
            reason: reason.to_string(),
        };
        let cache = Cache::open(cache, &engine_name(&engine), limits.cache_bytes_max)
            .map_err(|error| folder(&error))?;
        let ticker =
            Ticker::start(&engine).map_err(|error| HostError::Engine(error.to_string()))?;
        let Options { priority, fuel, compiler } = options;
        let (compiling, runners) = (Mutex::new(()), Mutex::default());
        let shared = Shared {
            engine,
            ticker,
            fuel,
            linker,
            cache,
            limits,
            priority,
            compiler,
            compiling,
            runners,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The limits that plugins run under.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Makes a component ready to run.
    ///
    /// Blocks while it compiles: from a tenth of a second for a small component to half a minute for one in Python; a
    /// thousandth of that if its code was kept.
    ///
    /// # Errors
    /// [`CompileError`]; a script is [`CompileError::Runner`].
    pub fn compile(&self, package: &Package) -> Result<Plugin, CompileError> {
        match package.form() {
            Form::Component => Ok(self.plugin(package, self.ready(package.bytes(), false)?)),
            Form::Script(_) => Err(CompileError::Runner),
        }
    }

    /// Makes a script ready to run, in the runner that its manifest names. The runner is compiled once for all scripts.
    ///
    /// # Errors
    /// [`CompileError`]; [`CompileError::Runner`] if the package is no script of the runner's language.
    pub fn compile_script(
        &self,
        package: &Package,
        runner: &Runner,
    ) -> Result<Plugin, CompileError> {
        match package.form() {
            Form::Script(name) if name == runner.name => {
                Ok(self.plugin(package, self.runner(runner)?))
            }
            Form::Script(_) | Form::Component => Err(CompileError::Runner),
        }
    }

    /// Compiles a runner ahead, so that the first script need not wait.
    ///
    /// # Errors
    /// [`CompileError`]
    pub fn prepare(&self, runner: &Runner) -> Result<(), CompileError> {
        self.code(&runner.component, true).map(drop)
    }

    /// The host's limits; Python starts with so much memory that it gets more where nobody chose otherwise.
    fn limits_of(&self, package: &Package) -> Limits {
        let mut limits = self.shared.limits.clone();
        let python = package.form() == Form::Script(RunnerName::Py1);
        if python && limits.memory_bytes_max == MEMORY_BYTES_MAX {
            limits.memory_bytes_max = PYTHON_MEMORY_BYTES_MAX;
        }
        limits
    }

    fn code(&self, bytes: &[u8], is_runner: bool) -> Result<Component, CompileError> {
        let Shared { engine, cache, limits, fuel, priority, compiler, .. } = &*self.shared;
        let (fuel, priority, compiler) = (*fuel, *priority, compiler.as_deref());
        let _one = self.shared.compiling.lock().unwrap_or_else(PoisonError::into_inner);
        Workshop { engine, cache, limits, fuel, priority, compiler }.compile(bytes, is_runner)
    }

    fn ready(&self, bytes: &[u8], is_runner: bool) -> Result<ScriptRunnerPre<State>, CompileError> {
        let component = self.code(bytes, is_runner)?;
        // The whole chain: the end of it alone does not say which function it is about.
        let unfit = |error: wasmtime::Error| CompileError::Interface(short(&format!("{error:#}")));
        let ready = self.shared.linker.instantiate_pre(&component).map_err(unfit)?;
        ScriptRunnerPre::new(ready).map_err(unfit)
    }

    /// The runner, from memory if it was used last.
    fn runner(&self, runner: &Runner) -> Result<ScriptRunnerPre<State>, CompileError> {
        let hash = blake3::hash(&runner.component);
        let runners = || self.shared.runners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, ready)) = runners().get(runner.name.name())
            && *known == hash
        {
            return Ok(ready.clone());
        }
        let ready = self.ready(&runner.component, true)?;
        runners().insert(runner.name.name(), (hash, ready.clone()));
        Ok(ready)
    }

    fn plugin(&self, package: &Package, ready: ScriptRunnerPre<State>) -> Plugin {
        Plugin {
            shared: Arc::clone(&self.shared),
            ready,
            manifest: Arc::new(package.manifest().clone()),
            source: package.source().map(Arc::from),
            limits: Arc::new(self.limits_of(package)),
        }
    }
}

impl Plugin {
    /// The limits that it runs under.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What the plugin says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The plugin under other limits than its host's. What concerns compiling and the stack stays.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = Arc::new(limits);
        self
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("cache", &self.shared.cache).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin").field("id", &self.manifest.id).finish_non_exhaustive()
    }
}
