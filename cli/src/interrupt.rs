//! Ctrl-C: ends what is under way well, and the program if nothing is.

use std::sync::{Mutex, Once, PoisonError};

use jospar_node::node::interrupted;

/// What a shell expects of a program that was interrupted.
const INTERRUPTED: i32 = 130;

type Stop = Box<dyn Fn() + Send>;

static STOP: Mutex<Option<Stop>> = Mutex::new(None);
static LISTENING: Once = Once::new();

/// As long as it lives, the first Ctrl-C stops the work; the second one, or one after it, ends the program.
#[derive(Debug)]
pub(crate) struct Interrupt(());

impl Interrupt {
    /// Calls `stop` at Ctrl-C, from another thread.
    pub(crate) fn stops(stop: impl Fn() + Send + 'static) -> Self {
        *STOP.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(stop));
        LISTENING.call_once(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            std::thread::spawn(move || {
                loop {
                    runtime.block_on(interrupted());
                    match STOP.lock().unwrap_or_else(PoisonError::into_inner).take() {
                        Some(stop) => stop(),
                        None => std::process::exit(INTERRUPTED),
                    }
                }
            });
        });
        Self(())
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        *STOP.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
