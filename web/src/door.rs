//! The door to the plan: the node of this process, or one that another process runs on the same folder.

use std::path::PathBuf;

use jospar_node::local_socket::Connection;
use jospar_node::service::{Fault, FaultKind, Request, Service};
use serde_json::{Value, json};

/// A cloneable way to ask a node; both kinds answer the same requests.
#[derive(Debug, Clone)]
pub enum Door {
    /// The node of this process.
    Own(Service),
    /// The node that runs on this folder.
    Attached(PathBuf),
}

impl Door {
    /// True if the node is of this process, and ends with it.
    pub(crate) const fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// Asks the node.
    ///
    /// # Errors
    /// [`Fault`]: nothing of the request was carried out.
    pub(crate) async fn ask(&self, request: Request) -> Result<Value, Fault> {
        match self {
            Self::Own(service) => service.answer(&request).await,
            Self::Attached(folder) => {
                let folder = folder.clone();
                let asked = tokio::task::spawn_blocking(move || {
                    let connection = Connection::open(&folder);
                    let gone =
                        || Fault::new(FaultKind::NotFound, "error-node-not-running", json!({}));
                    connection.ok_or_else(gone)?.request(&request)
                });
                asked.await.unwrap_or_else(|error| Err(Fault::internal(&error.to_string())))
            }
        }
    }
}
