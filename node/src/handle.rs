//! The way in: a cloneable handle on a running node.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use jospar_core::ids::{DeviceId, DocumentId, WorkspaceId};
use jospar_core::protocol::{JoinRequest, RefusalCode};
use jospar_core::replica::{Moment, Note, Replica};
use jospar_core::storage::{Storage, StorageError};
use tokio::sync::{broadcast, oneshot, watch};

use crate::engine::{Call, Message, Show, Watcher};

/// Why a node could not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// The node has stopped.
    #[error("the node has stopped")]
    Stopped,
    /// The folder holds no workspace, or not this one.
    #[error("there is no such workspace on this device")]
    NoWorkspace,
    /// The store failed; nothing of the call was kept.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A mistake in this program or in what it is made of; nothing of the call was kept.
    #[error("a mistake in this program; nothing was kept")]
    Mistake,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
}

/// One call's access to a workspace, inside the store's open transaction.
pub struct Turn<'a> {
    /// The replica.
    pub replica: &'a mut Replica,
    /// Its part of the store.
    pub storage: &'a mut dyn Storage,
    /// Now, and random bytes.
    pub moment: Moment,
}

/// Something that happened in a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The log of a document has grown.
    Published(WorkspaceId, DocumentId),
    /// The policy log has grown.
    PolicyChanged(WorkspaceId),
    /// Somebody came to a page, left one, or stands elsewhere in a text.
    PresenceChanged(WorkspaceId),
    /// A device waits for the director's yes.
    JoinRequested(WorkspaceId, JoinRequest),
    /// A peer came: both sides have said hello.
    PeerCame(WorkspaceId, DeviceId),
    /// A peer went.
    PeerWent(WorkspaceId, DeviceId),
    /// A peer refused this node, or this node an envelope.
    Noted(WorkspaceId, Note),
    /// A workspace came to be on this node.
    WorkspaceOpened(WorkspaceId),
    /// The server took the workspace.
    EntryDone,
    /// The peer that was asked to take this device or workspace in answered with no.
    EntryRefused(RefusalCode),
    /// The director has been told that this device waits.
    EntryWaiting,
}

/// A cloneable way into a running node.
#[derive(Clone)]
pub struct Handle {
    pub(crate) messages: SyncSender<Message>,
    pub(crate) events: broadcast::Sender<Event>,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

impl Handle {
    /// Runs `call` on a workspace (the only one if `None`) and gives its result once everything it did is stored. If
    /// the result is an error, everything it did is undone.
    ///
    /// # Errors
    /// [`NodeError`]; nothing of the call was kept.
    pub async fn call<T, E, F>(
        &self,
        workspace: Option<WorkspaceId>,
        call: F,
    ) -> Result<Result<T, E>, NodeError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut Turn<'_>) -> Result<Result<T, E>, StorageError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Call(Call::new(workspace, call, reply))).await?;
        answer.await.map_err(|_| NodeError::Stopped)?
    }

    /// As [`Handle::call`], for what has no error of its own.
    ///
    /// # Errors
    /// As [`Handle::call`].
    pub async fn look<T, F>(&self, workspace: Option<WorkspaceId>, look: F) -> Result<T, NodeError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Turn<'_>) -> Result<T, StorageError> + Send + 'static,
    {
        let looked = self.call(workspace, |turn| look(turn).map(Ok::<T, Infallible>)).await?;
        Ok(looked.unwrap_or_else(|never| match never {}))
    }

    /// Reads something of a document now and whenever the document has changed; the receiver always has the newest,
    /// never `None`. What comes from others is shown before it is stored here: they hold it for good. Ends when the
    /// receiver is dropped.
    ///
    /// # Errors
    /// As [`Handle::call`].
    pub async fn watch<T, F>(
        &self,
        workspace: Option<WorkspaceId>,
        document: DocumentId,
        mut read: F,
    ) -> Result<watch::Receiver<Option<T>>, NodeError>
    where
        T: Send + Sync + 'static,
        F: FnMut(&mut Turn<'_>) -> Result<T, StorageError> + Send + 'static,
    {
        let (sender, mut receiver) = watch::channel(None);
        let sender = Arc::new(sender);
        let show: Show = Box::new(move |turn| {
            if sender.is_closed() {
                return Ok(None);
            }
            let (found, sender) = (read(turn)?, Arc::clone(&sender));
            Ok(Some(Box::new(move || {
                sender.send_replace(Some(found));
            })))
        });
        self.send(Message::Watch(Watcher { workspace, document, show })).await?;
        receiver.wait_for(Option::is_some).await.map_err(|_| NodeError::NoWorkspace)?;
        Ok(receiver)
    }

    pub(crate) async fn send(&self, message: Message) -> Result<(), NodeError> {
        let messages = self.messages.clone();
        match messages.try_send(message) {
            Ok(()) => Ok(()),
            Err(std::sync::mpsc::TrySendError::Full(message)) => {
                let sent = tokio::task::spawn_blocking(move || messages.send(message)).await;
                sent.ok().and_then(Result::ok).ok_or(NodeError::Stopped)
            }
            Err(std::sync::mpsc::TrySendError::Disconnected(_)) => Err(NodeError::Stopped),
        }
    }

    /// Hears what happens from now on. A slow listener misses the oldest events and is told so.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}
