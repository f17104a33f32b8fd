//! One run: a fresh instance on a stack of its own in the caller's thread, ended by itself or by the host.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jospar_plugin_api::{
    Capability, Code, Limits, Origin, Outcome, OutcomeError, PluginError, text::clean,
};
use serde_json::{Map, Value, json};
use wasmtime::{Store, Trap, UpdateDeadline};

use crate::bindings;
use crate::convert;
use crate::environment::Environment;
use crate::host::Plugin;
use crate::inputs::{File, Inputs};
use crate::state::{Desk, State, Stop};

/// Fuel for a run that is counted: more than any deadline leaves time for.
const FUEL: u64 = u64::MAX / 2;

/// Resources that a guest may hold; the interface has none.
const HANDLES_MAX: usize = 256;

/// How important a line of a log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For the author alone.
    Debug,
    /// What was done.
    Info,
    /// What may be wrong.
    Warn,
    /// What is wrong.
    Error,
}

/// A line of a run's log, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How important it is.
    pub level: LogLevel,
    /// The text.
    pub message: String,
}

/// What a run took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// How long the guest itself worked.
    pub computed: Duration,
    /// Bytes of memory that it had in the end.
    pub memory_bytes: usize,
    /// Calls to the host.
    pub calls: u64,
    /// Fuel, in a host that counts it: the same number for the same run.
    pub fuel: Option<u64>,
}

/// A run that ended well.
#[derive(Debug, Clone, PartialEq)]
pub struct RunResult {
    /// What the plugin gives back, normalised and within the limits.
    pub outcome: Outcome,
    /// The log.
    pub log: Vec<LogLine>,
    /// Whether the log was cut.
    pub log_truncated: bool,
    /// Capabilities that the plugin wanted to use and was not granted.
    pub denied: BTreeSet<Capability>,
    /// Whether the plugin wanted to ask a language model, answered or not.
    pub asked_model: bool,
    /// What it took.
    pub cost: Cost,
}

/// A run that did not end well.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct RunFailed {
    /// Why.
    pub error: RunError,
    /// The log.
    pub log: Vec<LogLine>,
    /// Whether the log was cut.
    pub log_truncated: bool,
    /// Capabilities that the plugin wanted to use and was not granted.
    pub denied: BTreeSet<Capability>,
    /// What it took.
    pub cost: Cost,
}

/// Why a run did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The manifest has no such task.
    #[error("the plugin has no task {0}")]
    Task(String),
    /// Too many files, one that is too large, or two of one name.
    #[error(
        "the file {name} is not given to the plugin: it is one too many, too large or there twice"
    )]
    File {
        /// Which.
        name: String,
    },
    /// The plugin itself says no, in words for a person.
    #[error(transparent)]
    Plugin(PluginError),
    /// What it gave back is not taken.
    #[error(transparent)]
    Outcome(OutcomeError),
    /// It computed too long (T17).
    #[error("the plugin computed for more than {ms} ms")]
    Compute {
        /// How long it may.
        ms: u64,
    },
    /// It took too long in all, but for waiting for a model.
    #[error("the run took more than {ms} ms")]
    Run {
        /// How long it may.
        ms: u64,
    },
    /// It called the host too often.
    #[error("the plugin called the host more than {max} times")]
    Calls {
        /// How often it may.
        max: u64,
    },
    /// It wanted more memory or larger tables than it may have (T18).
    #[error("the plugin wanted more than {max} bytes of memory")]
    Memory {
        /// How many bytes it may.
        max: usize,
    },
    /// It called itself too deeply (T17).
    #[error("the plugin's stack is full")]
    Stack,
    /// It gave the host more than may be copied, or a pointer that leads nowhere (T19).
    #[error("the plugin's answer cannot be read: {reason}")]
    Unreadable {
        /// What the engine says.
        reason: String,
    },
    /// It ended in the middle: a mistake in the plugin.
    #[error("the plugin broke off: {reason}")]
    Trap {
        /// What the engine says.
        reason: String,
    },
    /// A person stopped it.
    #[error("a person stopped the run")]
    Cancelled,
    /// The system gave no memory for a stack, or a mistake in this program.
    #[error("the run could not be carried out: {reason}")]
    Host {
        /// What happened.
        reason: String,
    },
}

impl RunError {
    /// The key of the message in the catalogue. [`RunError::Plugin`] brings its own words; its message only frames them.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Task(_) => "plugin-run-task",
            Self::File { .. } => "plugin-run-file",
            Self::Plugin(_) => "plugin-run-plugin",
            Self::Outcome(error) => error.key(),
            Self::Compute { .. } => "plugin-run-compute",
            Self::Run { .. } => "plugin-run-long",
            Self::Calls { .. } => "plugin-run-calls",
            Self::Memory { .. } => "plugin-run-memory",
            Self::Stack => "plugin-run-stack",
            Self::Unreadable { .. } => "plugin-run-unreadable",
            Self::Trap { .. } => "plugin-run-trap",
            Self::Cancelled => "plugin-run-cancelled",
            Self::Host { .. } => "plugin-run-host",
        }
    }

    /// The message's values. Those of [`RunError::Plugin`] are `message`, in English; its own text has three languages.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        #[allow(clippy::cast_precision_loss, reason = "minutes")]
        let seconds = |ms: u64| ms as f64 / 1_000.0;
        let values = match self {
            Self::Task(name) | Self::File { name } => json!({"name": name}),
            Self::Plugin(error) => json!({"message": error.message.en}),
            Self::Outcome(error) => return error.values(),
            Self::Compute { ms } | Self::Run { ms } => json!({"seconds": seconds(*ms)}),
            Self::Calls { max } => json!({"max": max}),
            Self::Memory { max } => json!({"mebibytes": max >> 20}),
            Self::Unreadable { reason } | Self::Trap { reason } | Self::Host { reason } => {
                json!({"reason": reason})
            }
            Self::Stack | Self::Cancelled => Value::Null,
        };
        match values {
            Value::Object(values) => values,
            _ => Map::new(),
        }
    }
}

impl Plugin {
    /// Runs a task and waits for its end. The guest runs in this thread, on a stack of its own; when it needs something
    /// of `environment` it is left, and entered again with the answer.
    ///
    /// # Errors
    /// [`RunFailed`] with the reason and the log up to there. Nothing but the plugin's store can have changed.
    pub fn run(
        &self,
        task: &str,
        inputs: Inputs,
        environment: &mut dyn Environment,
    ) -> Result<RunResult, Box<RunFailed>> {
        if self.manifest.task(task).is_none() {
            return Err(before(RunError::Task(task.chars().take(64).collect())));
        }
        check_files(&inputs.files, &self.limits).map_err(before)?;
        let desk = Desk::default();
        let (limits, source) = (Arc::clone(&self.limits), self.source.clone());
        let state = State::new(&self.manifest, limits, source, inputs, desk.clone());
        self.execute(task, state, &desk, environment)
    }

    fn execute(
        &self,
        task: &str,
        state: State,
        desk: &Desk,
        environment: &mut dyn Environment,
    ) -> Result<RunResult, Box<RunFailed>> {
        let mut store = Store::new(&self.shared.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(self.limits.copied_bytes_max);
        store.set_max_component_handles(HANDLES_MAX);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut context| {
            context.data_mut().check_time()?;
            Ok(UpdateDeadline::Continue(1))
        });
        let ticking = self.shared.ticker.ticking();
        let ended = drive(self.call(&mut store, task), desk, environment);
        drop(ticking);
        let fuel = self.shared.fuel.then(|| store.get_fuel().map_or(0, |left| FUEL - left));
        let state = store.into_data();
        let cost = Cost {
            computed: state.computed(),
            memory_bytes: state.limiter.memory_bytes(),
            calls: state.calls,
            fuel,
        };
        let asked_model = state.model_requests > 0;
        let outcome = judge(ended, &state);
        let State { log, denied, .. } = state;
        let (log, log_truncated) = (log.lines, log.truncated);
        match outcome {
            Ok(outcome) => Ok(RunResult { outcome, log, log_truncated, denied, asked_model, cost }),
            Err(error) => Err(Box::new(RunFailed { error, log, log_truncated, denied, cost })),
        }
    }

    async fn call(&self, store: &mut Store<State>, task: &str) -> wasmtime::Result<Ended> {
        if self.shared.fuel {
            store.set_fuel(FUEL)?;
        }
        self.ready.instantiate_async(&mut *store).await?.call_run(store, task).await
    }
}

/// Enters the guest until it ends, and does in between what it left on the desk.
fn drive<T>(
    work: impl Future<Output = wasmtime::Result<T>>,
    desk: &Desk,
    environment: &mut dyn Environment,
) -> wasmtime::Result<T> {
    let mut work = pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        // A mistake in this program is not to end whoever started the run.
        let entered = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut context)));
        match entered {
            Ok(Poll::Ready(ended)) => return ended,
            Ok(Poll::Pending) => desk.take().ok_or(Stop::Broken)?(environment),
            Err(_) => return Err(Stop::Broken.into()),
        }
    }
}

/// What the guest's own function ended with.
type Ended = Result<bindings::Outcome, bindings::Error>;

fn check_files(files: &[File], limits: &Limits) -> Result<(), RunError> {
    for (at, file) in files.iter().enumerate() {
        let twice = files.iter().take(at).any(|other| other.name() == file.name());
        let bytes = file.bytes().len();
        if at >= limits.files_max || bytes > limits.file_bytes_max || twice {
            return Err(RunError::File { name: file.name().to_owned() });
        }
    }
    Ok(())
}

/// What a run's end means.
fn judge(ended: wasmtime::Result<Ended>, state: &State) -> Result<Outcome, RunError> {
    let ended = ended.map_err(|error| stopped(&error, state))?;
    if state.is_cancelled() {
        return Err(RunError::Cancelled);
    }
    let outcome = ended.map_err(|error| match state.limiter.refused() {
        // A script says in its own words that it got no memory; how much there is, and that it can be more, is said here.
        true => RunError::Memory { max: state.limits.memory_bytes_max },
        false => refused(error.into(), &state.limits),
    })?;
    let mut outcome = convert::outcome(outcome).map_err(RunError::Outcome)?;
    outcome.normalise();
    outcome.check(&state.limits).map_err(RunError::Outcome)?;
    if state.model_answers > 0 {
        outcome.proposals.iter_mut().for_each(|proposal| proposal.origin = Origin::Model);
    }
    Ok(outcome)
}

/// The plugin's own no, with words of a bounded length.
fn refused(mut error: PluginError, limits: &Limits) -> RunError {
    if error.code == Code::Cancelled {
        return RunError::Cancelled;
    }
    error.message.clean();
    // A sentence needs no more than a line of the log may have.
    let max = limits.log_bytes_max / 4;
    for text in [&mut error.message.kk, &mut error.message.ru, &mut error.message.en] {
        text.truncate(text.floor_char_boundary(max));
    }
    RunError::Plugin(error)
}

/// Why the guest did not end by itself.
fn stopped(error: &wasmtime::Error, state: &State) -> RunError {
    let limits = &state.limits;
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return match stop {
            Stop::Compute => RunError::Compute { ms: limits.compute_ms_max },
            Stop::Run => RunError::Run { ms: limits.run_ms_max },
            Stop::Calls => RunError::Calls { max: limits.calls_max },
            Stop::Cancelled => RunError::Cancelled,
            Stop::Broken => RunError::Host { reason: stop.to_string() },
        };
    }
    if state.limiter.refused() {
        return RunError::Memory { max: limits.memory_bytes_max };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => RunError::Stack,
        Some(trap) => RunError::Trap { reason: short(trap) },
        None => RunError::Unreadable { reason: short(&error.root_cause()) },
    }
}

fn before(error: RunError) -> Box<RunFailed> {
    Box::new(RunFailed {
        error,
        log: Vec::new(),
        log_truncated: false,
        denied: BTreeSet::new(),
        cost: Cost::default(),
    })
}

/// The engine's words, which may hold names that a stranger chose: one line, of a bounded length.
pub(crate) fn short(reason: &dyn std::fmt::Display) -> String {
    let mut text: String = reason.to_string().chars().take(200).collect();
    clean(&mut text);
    text.replace(['\n', '\t'], " ")
}
