//! A disk in memory for SQLite that does what real disks do on a bad day: it loses power between two syncs, fails single
//! calls, and fills up. Everything is decided by seeds and counters. Tests alone use it.
//!
//! A [`Disk`] is a file system of SQLite's (a VFS) with a name of its own. One connection at a time may have a database
//! open: there are no locks.

mod disk;
mod vfs;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use disk::{Call, Fault, Moment};
use disk::{Chance, State};

/// A disk that is on. Its name stays registered with SQLite until the process ends; its bytes go when it is dropped.
#[derive(Debug)]
pub struct Disk {
    name: String,
    state: Arc<Mutex<State>>,
}

impl Disk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::with(State::default())
    }

    /// The disk after a power cut at `moment`: what was not safe is there, torn or gone, as `seed` decides.
    #[must_use]
    pub fn restart(moment: &Moment, seed: u64) -> Self {
        Self::with(moment.restart(&mut Chance(seed)))
    }

    /// Another disk with the same bytes, all of them safe.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self::with(self.state().copy())
    }

    fn with(state: State) -> Self {
        let state = Arc::new(Mutex::new(state));
        let name = vfs::register(Arc::clone(&state));
        Self { name, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name under which SQLite knows it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many calls that can fail were made so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls()
    }

    /// Lets `count` calls in a row fail, the first after `after` more have gone well.
    pub fn fail(&self, fault: Fault, after: u64, count: u64) {
        self.state().plan(fault, after, count);
    }

    /// Makes the disk so small that nothing can grow beyond `bytes` in all.
    pub fn set_capacity(&self, bytes: usize) {
        self.state().set_capacity(bytes);
    }

    /// The bytes of all files.
    #[must_use]
    pub fn used(&self) -> usize {
        self.state().used()
    }

    /// Lets everything go well again; says which call failed first.
    pub fn heal(&self) -> Option<Call> {
        self.state().heal()
    }

    /// Notes a number that [`Moment::note`] gives back: what was acknowledged so far.
    pub fn note(&self, note: u64) {
        self.state().note = note;
    }

    /// From now on, keeps what a power cut would leave at each sync.
    pub fn record(&self) {
        self.state().record();
    }

    /// What was kept since [`Disk::record`].
    #[must_use]
    pub fn recorded(&self) -> Vec<Moment> {
        self.state().recorded()
    }

    /// What a power cut now would leave.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.state().moment()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        *self.state() = State::default();
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}
