//! Plugins as a person meets them: installing, granting, running, accepting, sharing with colleagues.
//!
//! [`Library`] is the folder of this device's plugins: packages, grants, what runs gave back. It never syncs. What the
//! school shares (packages, recommendations, settings) is in the workspace, which is reached through [`Workspace`]: the
//! command line's client today. A package from there is a stranger's bytes until size, hash, signature and publisher were
//! looked at here and this device's person agreed.
//!
//! Nothing a plugin gives back is written anywhere but here. A proposal becomes ordinary edits when a person accepts it
//! ([`Library::accept`]). Errors are the node's [`Fault`]s: a message key with values, and a kind that is the exit code.
//! Why it is like this: docs/adr/0022.

pub mod author;
mod database;
mod environment;
mod examples;
mod fault;
mod install;
mod library;
pub mod model;
mod needs;
mod proposals;
mod run;
mod settings;
mod share;
mod snapshot;
mod totals;

pub use environment::{Model, Progress};
pub use install::{Choice, Prepared};
pub use library::{Installed, Library, Origin};
pub use needs::need_words;
pub use proposals::{Accepted, Agreement};
pub use run::{Order, Run, Source};
pub use snapshot::Snapshot;

use jospar_node::client::Client;
use jospar_node::service::{Fault, Request, Service};
use serde_json::Value;

/// The workspace that plugins read and that accepted proposals are written to.
pub trait Workspace {
    /// Asks the node.
    ///
    /// # Errors
    /// The node's fault: nothing of the request was carried out.
    fn call(&mut self, request: &Request) -> Result<Value, Fault>;
}

impl Workspace for Client {
    fn call(&mut self, request: &Request) -> Result<Value, Fault> {
        self.request(request)
    }
}

/// For a thread that may block.
impl Workspace for Service {
    fn call(&mut self, request: &Request) -> Result<Value, Fault> {
        self.answer_blocking(request)
    }
}
