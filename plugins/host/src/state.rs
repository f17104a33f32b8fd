//! One run's state: what the guest was given, what it did, and the checks that every call of it goes through.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use jospar_plugin_api::{Capability, Limits, Manifest};

use crate::answers::Answer;
use crate::environment::Environment;
use crate::inputs::{Cancel, File, Inputs};
use crate::limiter::Limiter;
use crate::run::{LogLevel, LogLine};

/// How long a guest that a person stopped may go on to end by itself.
const CANCEL_GRACE: Duration = Duration::from_millis(500);

/// The least time between two tellings of progress.
const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// What is done with the caller's environment, for the guest.
pub(crate) type Job = Box<dyn FnOnce(&mut dyn Environment) + Send>;

/// Where a guest that waits leaves what is to be done for it.
#[derive(Clone, Default)]
pub(crate) struct Desk(Arc<Mutex<Option<Job>>>);

impl Desk {
    pub(crate) fn take(&self) -> Option<Job> {
        locked(&self.0).take()
    }

    fn leave(&self, job: Job) {
        *locked(&self.0) = Some(job);
    }
}

fn locked<T>(value: &Mutex<Option<T>>) -> MutexGuard<'_, Option<T>> {
    // What lies there is whole or not there at all.
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why the host stopped a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    #[error("the guest computed too long")]
    Compute,
    #[error("the run took too long")]
    Run,
    #[error("the guest called the host too often")]
    Calls,
    #[error("a person stopped the run")]
    Cancelled,
    #[error("a mistake in the host")]
    Broken,
}

/// One run's state.
pub(crate) struct State {
    pub(crate) limiter: Limiter,
    pub(crate) limits: Arc<Limits>,
    pub(crate) heads: Vec<String>,
    pub(crate) now_ms: f64,
    pub(crate) today: String,
    pub(crate) files: Vec<File>,
    /// By key, as JSON.
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) source: Option<Arc<str>>,
    pub(crate) log: Log,
    pub(crate) model_requests: usize,
    pub(crate) model_answers: usize,
    pub(crate) calls: u64,
    /// Capabilities that were asked for and not granted.
    pub(crate) denied: BTreeSet<Capability>,
    grants: BTreeSet<Capability>,
    random: u64,
    cancel: Cancel,
    cancelled: Option<Instant>,
    started: Instant,
    /// How long it waited for the caller, and how much of that for a model and the person who is asked before it.
    waited: Duration,
    asked: Duration,
    progress: Option<Instant>,
    desk: Desk,
}

impl State {
    pub(crate) fn new(
        manifest: &Manifest,
        limits: Arc<Limits>,
        source: Option<Arc<str>>,
        inputs: Inputs,
        desk: Desk,
    ) -> Self {
        let Inputs { mut heads, now_ms, today, seed, settings, grants, files, cancel } = inputs;
        heads.sort();
        let settings = manifest.settings.iter().map(|setting| {
            let set = settings.get(&setting.key).filter(|value| setting.validate(value).is_ok());
            (setting.key.clone(), set.unwrap_or(&setting.default).to_string())
        });
        Self {
            limiter: Limiter::new(&limits),
            heads,
            now_ms,
            today,
            files,
            settings: settings.collect(),
            source,
            log: Log::default(),
            model_requests: 0,
            model_answers: 0,
            calls: 0,
            denied: BTreeSet::new(),
            grants: grants.intersection(&manifest.needs).cloned().collect(),
            random: seed,
            cancel,
            cancelled: None,
            started: Instant::now(),
            waited: Duration::ZERO,
            asked: Duration::ZERO,
            progress: None,
            desk,
            limits,
        }
    }

    /// The one place where a grant is looked up. Everything that opens something passes here first.
    pub(crate) fn allow(&mut self, capability: Capability) -> Result<(), Answer> {
        if self.grants.contains(&capability) {
            return Ok(());
        }
        self.denied.insert(capability.clone());
        Err(Answer::Denied(capability))
    }

    /// Begins a call of the guest: counts it, and stops the guest if its time is over.
    pub(crate) fn enter(&mut self) -> Result<(), Stop> {
        self.calls += 1;
        if self.calls > self.limits.calls_max {
            return Err(Stop::Calls);
        }
        self.check_time()
    }

    /// Whether the guest may go on.
    pub(crate) fn check_time(&mut self) -> Result<(), Stop> {
        if self.cancel.is_cancelled() {
            let since = *self.cancelled.get_or_insert_with(Instant::now);
            if since.elapsed() > CANCEL_GRACE {
                return Err(Stop::Cancelled);
            }
        }
        if self.computed() > Duration::from_millis(self.limits.compute_ms_max) {
            return Err(Stop::Compute);
        }
        let run = self.started.elapsed().saturating_sub(self.asked);
        if run > Duration::from_millis(self.limits.run_ms_max) {
            return Err(Stop::Run);
        }
        Ok(())
    }

    /// How long the guest itself has worked: without the time in which it waited for the caller.
    pub(crate) fn computed(&self) -> Duration {
        self.started.elapsed().saturating_sub(self.waited)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Does something with the caller's environment and waits for it: the guest's stack is left until that is done.
    pub(crate) async fn ask<T: Send + 'static>(
        &mut self,
        what: impl FnOnce(&mut dyn Environment) -> T + Send + 'static,
    ) -> Result<T, Stop> {
        let (answer, _) = self.answered(what).await?;
        self.check_time()?;
        Ok(answer)
    }

    /// As [`Self::ask`], for a model: neither it nor the person who is asked before it takes the run's time. What asks
    /// has bounds of its own.
    pub(crate) async fn ask_slowly<T: Send + 'static>(
        &mut self,
        what: impl FnOnce(&mut dyn Environment) -> T + Send + 'static,
    ) -> Result<T, Stop> {
        let (answer, took) = self.answered(what).await?;
        self.asked += took;
        self.check_time()?;
        Ok(answer)
    }

    async fn answered<T: Send + 'static>(
        &mut self,
        what: impl FnOnce(&mut dyn Environment) -> T + Send + 'static,
    ) -> Result<(T, Duration), Stop> {
        let began = Instant::now();
        let given = Arc::new(Mutex::new(None));
        let answer = Arc::clone(&given);
        self.desk.leave(Box::new(move |environment| {
            let value = what(environment);
            *locked(&given) = Some(value);
        }));
        let answer = poll_fn(|_| locked(&answer).take().map_or(Poll::Pending, Poll::Ready)).await;
        let took = began.elapsed();
        self.waited += took;
        Ok((answer, took))
    }

    /// The next of a row of numbers from 0 to below 1 that depends on the seed alone: SplitMix64, its upper 53 bits.
    pub(crate) fn random(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
        let numerator = (z >> 11) as f64;
        numerator / 9_007_199_254_740_992.0
    }

    /// Whether progress may be told; not oftener than [`PROGRESS_EVERY`].
    pub(crate) fn may_tell_progress(&mut self) -> bool {
        let may = self.progress.is_none_or(|told| told.elapsed() >= PROGRESS_EVERY);
        if may {
            self.progress = Some(Instant::now());
        }
        may
    }

    /// A text of the guest's that is handed on has a bound.
    pub(crate) fn bounded(&self, text: &str) -> Result<(), Answer> {
        let (bytes, max) = (text.len(), self.limits.text_bytes_max);
        if bytes > max { Err(Answer::TextTooLong { bytes, max }) } else { Ok(()) }
    }

    /// What is handed to the guest has a bound.
    pub(crate) fn answer_bounded(&self, bytes: usize) -> Result<(), Answer> {
        let max = self.limits.answer_bytes_max;
        if bytes > max { Err(Answer::TooLong { bytes, max }) } else { Ok(()) }
    }

    pub(crate) fn write_log(&mut self, level: LogLevel, message: String) {
        let (bytes_max, lines_max) = (self.limits.log_bytes_max, self.limits.log_lines_max);
        self.log.write(level, message, bytes_max, lines_max);
    }
}

/// A run's log, under bounds.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) lines: Vec<LogLine>,
    pub(crate) truncated: bool,
    bytes: usize,
}

impl Log {
    fn write(&mut self, level: LogLevel, mut message: String, bytes_max: usize, lines_max: usize) {
        if self.truncated || self.lines.len() >= lines_max {
            self.truncated = true;
            return;
        }
        let left = bytes_max.saturating_sub(self.bytes);
        if message.len() > left {
            self.truncated = true;
            message.truncate(message.floor_char_boundary(left));
            message.shrink_to_fit();
        }
        self.bytes += message.len();
        jospar_plugin_api::text::clean(&mut message);
        if !(self.truncated && message.is_empty()) {
            self.lines.push(LogLine { level, message });
        }
    }
}
