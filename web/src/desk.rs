//! The desk where plugins are run: this device's library, opened when somebody first asks for it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jospar_node::local_socket::Connection;
use jospar_node::service::{Fault, FaultKind, Request};
use jospar_plugins::{Library, Prepared, Workspace};
use serde_json::{Value, json};

use crate::door::Door;

/// Packages that wait for a person's yes; the oldest goes when another comes.
const WAITING_MAX: usize = 4;

/// The library of this device's plugins, and packages that were given and wait for a person's yes.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    folder: PathBuf,
    compiler: Option<PathBuf>,
    /// Whoever waits for it has no thread meanwhile: a run that asks a model can take minutes.
    library: Arc<tokio::sync::Mutex<Option<Library>>>,
    waiting: Arc<Mutex<VecDeque<Prepared>>>,
}

/// For a thread that may block.
impl Workspace for Door {
    fn call(&mut self, request: &Request) -> Result<Value, Fault> {
        match self {
            Self::Own(service) => service.answer_blocking(request),
            Self::Attached(folder) => {
                let gone = || Fault::new(FaultKind::NotFound, "error-node-not-running", json!({}));
                Connection::open(folder).ok_or_else(gone)?.request(request)
            }
        }
    }
}

impl Desk {
    /// The desk over a data folder; nothing is opened yet.
    pub(crate) fn new(folder: PathBuf, compiler: Option<PathBuf>) -> Self {
        Self { folder, compiler, library: Arc::default(), waiting: Arc::default() }
    }

    /// Does something with the library on a thread that may block. One at a time: runs wait for each other.
    ///
    /// # Errors
    /// A fault if the library cannot be opened, or the work's own.
    pub(crate) async fn work<T, W>(&self, work: W) -> Result<T, Fault>
    where
        T: Send + 'static,
        W: FnOnce(&mut Library) -> Result<T, Fault> + Send + 'static,
    {
        let (folder, compiler) = (self.folder.clone(), self.compiler.clone());
        // What a panic left is an open library, which is as good as before.
        let mut library = Arc::clone(&self.library).lock_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            if library.is_none() {
                *library = Some(Library::open(&folder)?.with_compiler(compiler));
            }
            work(library.as_mut().ok_or_else(|| Fault::internal("no library"))?)
        });
        done.await.unwrap_or_else(|error| Err(Fault::internal(&error.to_string())))
    }

    fn packages(&self) -> MutexGuard<'_, VecDeque<Prepared>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a package until a person has looked at what it asks for; gives its hash.
    pub(crate) fn put(&self, prepared: Prepared) -> String {
        let mut packages = self.packages();
        let hash = prepared.hash();
        packages.retain(|waiting| waiting.hash() != hash);
        packages.push_back(prepared);
        if packages.len() > WAITING_MAX {
            packages.pop_front();
        }
        hash
    }

    /// A package that waits.
    pub(crate) fn waiting(&self, hash: &str) -> Option<Prepared> {
        self.packages().iter().find(|waiting| waiting.hash() == hash).cloned()
    }

    /// Takes a package away: it was installed, or sent away.
    pub(crate) fn forget(&self, hash: &str) {
        self.packages().retain(|waiting| waiting.hash() != hash);
    }
}
