//! The thread that advances the engine's epoch while something runs, and sleeps while nothing does.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use wasmtime::Engine;

/// The time between two looks at a running guest.
pub(crate) const TICK: Duration = Duration::from_millis(10);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    running: usize,
    over: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing between locking and unlocking can leave the counts half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Owns the thread; it ends when this is dropped.
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// While this lives, the epoch advances.
pub(crate) struct Ticking {
    shared: Arc<Shared>,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (engine, seen) = (engine.weak(), Arc::clone(&shared));
        let thread = std::thread::Builder::new().name("jospar-epoch".into()).spawn(move || {
            loop {
                let mut state = seen.state();
                while state.running == 0 && !state.over {
                    state = seen.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                if state.over {
                    return;
                }
                drop(state);
                std::thread::sleep(TICK);
                let Some(engine) = engine.upgrade() else { return };
                engine.increment_epoch();
            }
        })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(crate) fn ticking(&self) -> Ticking {
        self.shared.state().running += 1;
        self.shared.changed.notify_all();
        Ticking { shared: Arc::clone(&self.shared) }
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.running = state.running.saturating_sub(1);
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.state().over = true;
        self.shared.changed.notify_all();
        // The thread cannot panic; if it did, there is nothing left to end.
        drop(self.thread.take().map(JoinHandle::join));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_epoch_stands_still_while_nothing_runs() {
        let engine = Engine::default();
        let ticker = Ticker::start(&engine).unwrap();
        drop(ticker.ticking());
        let two = (ticker.ticking(), ticker.ticking());
        assert_eq!(ticker.shared.state().running, 2);
        drop(two);
        assert_eq!(ticker.shared.state().running, 0);
        let thread = Arc::downgrade(&ticker.shared);
        drop(ticker);
        assert!(thread.upgrade().is_none(), "the thread ended");
    }
}
