//! How a command reaches a node: the one that is running on this folder, or one of its own.

use serde_json::Value;

use crate::local_socket::Connection;
use crate::node::{Config, Node, StartError};
use crate::service::{Fault, Request};
use crate::store::OpenError;

/// A node that answers requests.
#[derive(Debug)]
pub enum Client {
    /// The node that is running on the folder.
    Attached(Connection),
    /// A node of this process; it ends with it.
    Own(Box<Node>),
}

impl Client {
    /// Attaches to the node that runs on the folder of `config`, or starts one with `config`.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn open(config: Config) -> Result<Self, StartError> {
        // A node that is starting or stopping holds the folder for a moment before or after it answers.
        let mut tries = 0;
        loop {
            if let Some(connection) = Connection::open(&config.folder) {
                return Ok(Self::Attached(connection));
            }
            match Node::start(config.clone()) {
                Ok(node) => return Ok(Self::Own(Box::new(node))),
                Err(StartError::Open(OpenError::InUse { .. })) if tries < 20 => {
                    tries += 1;
                    std::thread::sleep(std::time::Duration::from_millis(100));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks the node.
    ///
    /// # Errors
    /// [`Fault`]: nothing of the request was carried out.
    pub fn request(&mut self, request: &Request) -> Result<Value, Fault> {
        let (mut answer, whose) = match self {
            Self::Attached(connection) => (connection.request(request)?, "running"),
            Self::Own(node) => (node.service().answer_blocking(request)?, "own"),
        };
        if let (Request::Status, Value::Object(members)) = (request, &mut answer) {
            members.insert("node".to_owned(), whose.into());
        }
        Ok(answer)
    }

    /// True for the node of another process.
    #[must_use]
    pub const fn is_attached(&self) -> bool {
        matches!(self, Self::Attached(_))
    }

    /// Ends a node of this process, so that its store is closed well.
    pub fn close(self) {
        if let Self::Own(node) = self {
            node.stop();
        }
    }
}
