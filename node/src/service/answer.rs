//! From requests to answers.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use ed25519_dalek::SigningKey;
use jospar_core::ids::{DeviceId, WorkspaceId};
use jospar_core::protocol::RefusalCode;
use jospar_core::replica::Note;
use jospar_core::storage::StorageError;
use jospar_core::time::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{Notify, broadcast, oneshot, watch};

use super::approvals::{self, ApprovalRequest, verify_file};
use super::changes::{self, Happenings};
use super::fault::{Fault, FaultKind};
use super::{
    Request, audit_page, compare, devices, drop as drops, evidence, files, plan, plugins, presence,
    sections, status, trust, years,
};
use crate::clock;
use crate::engine::Message;
use crate::handle::{Event, Handle, Turn};
use crate::quic::Endpoint;

/// Why a turn on a workspace did not give an answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The request does not fit: what others asked in the same transaction is kept.
    Fault(Fault),
    /// The store failed: the transaction is undone.
    Storage(StorageError),
}

impl From<StorageError> for Trouble {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

macro_rules! trouble_from {
    ($($error:ty: $($storage:pat => $inner:expr),+;)+) => {$(
        impl From<$error> for Trouble {
            fn from(error: $error) -> Self {
                match error {
                    $($storage => Self::Storage($inner),)+
                    error => Self::Fault(error.into()),
                }
            }
        }
    )+};
}

use jospar_core::replica::{ApplyError, LoadError, MemberError};
trouble_from! {
    LoadError: LoadError::Storage(error) => error;
    ApplyError: ApplyError::Storage(error) => error, ApplyError::Load(LoadError::Storage(error)) => error;
    MemberError: MemberError::Storage(error) => error;
}

impl From<jospar_core::document::DocumentError> for Trouble {
    fn from(error: jospar_core::document::DocumentError) -> Self {
        Self::Fault(error.into())
    }
}

pub(super) type Answer = Result<Value, Trouble>;

/// A fault is an answer; a failure of the store undoes the turn.
fn settle<T>(answer: Result<T, Trouble>) -> Result<Result<T, Fault>, StorageError> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(Trouble::Fault(fault)) => Ok(Err(fault)),
        Err(Trouble::Storage(error)) => Err(error),
    }
}

/// How the way into a workspace or onto a server stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum EntryState {
    #[default]
    None,
    Connecting,
    Waiting,
    Done(Option<WorkspaceId>),
    Refused(RefusalCode),
}

/// What was heard from the node and is worth telling later.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) entry: EntryState,
    pub(super) clock_skew_ms: i64,
    pub(super) refused: Option<(DeviceId, RefusalCode)>,
    /// A peer takes nothing, or less, until then.
    pub(super) later: Option<(DeviceId, RefusalCode, Timestamp)>,
    /// A peer that lacked what it had acknowledged, and how many envelopes.
    pub(super) lost: Option<(DeviceId, u64)>,
    /// The peers with a session.
    pub(super) online: BTreeSet<(WorkspaceId, DeviceId)>,
}

/// Answers requests; cloneable.
#[derive(Debug, Clone)]
pub struct Service {
    pub(super) handle: Handle,
    pub(super) device: DeviceId,
    pub(super) key: Arc<SigningKey>,
    pub(super) folder: PathBuf,
    pub(super) keys: PathBuf,
    /// The device key's file, which keys of what is sealed stand beside.
    pub(super) seals: PathBuf,
    pub(super) endpoint: Option<Arc<Endpoint>>,
    runtime: tokio::runtime::Handle,
    heard: Arc<Mutex<Heard>>,
    pub(super) happenings: Arc<watch::Sender<Happenings>>,
    pub(super) stop: Arc<Notify>,
}

impl Service {
    pub(crate) fn new(
        handle: Handle,
        key: SigningKey,
        (folder, keys, seals): (PathBuf, PathBuf, PathBuf),
        endpoint: Option<Arc<Endpoint>>,
        runtime: &tokio::runtime::Handle,
    ) -> Self {
        let device = DeviceId(key.verifying_key().to_bytes());
        let heard = Arc::new(Mutex::new(Heard::default()));
        let happenings = Arc::new(watch::Sender::new(Happenings::default()));
        runtime.spawn(listen(handle.events(), Arc::clone(&heard), Arc::clone(&happenings)));
        Self {
            handle,
            device,
            key: Arc::new(key),
            folder,
            keys,
            seals,
            endpoint,
            runtime: runtime.clone(),
            heard,
            happenings,
            stop: Arc::new(Notify::new()),
        }
    }

    /// Comes back once a request has asked the node to stop.
    pub async fn stopped(&self) {
        self.stop.notified().await;
    }

    /// As [`Service::answer`], for a thread that may block.
    ///
    /// # Errors
    /// As [`Service::answer`].
    pub fn answer_blocking(&self, request: &Request) -> Result<Value, Fault> {
        self.runtime.block_on(self.answer(request))
    }

    pub(super) fn heard<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
        look(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs something on the workspace and gives its answer once all it did is stored.
    pub(super) async fn turn<F>(&self, run: F) -> Result<Value, Fault>
    where
        F: FnOnce(&mut Turn<'_>) -> Answer + Send + 'static,
    {
        let folder = self.folder.display().to_string();
        let named = |mut fault: Fault| {
            if fault.values.get("folder").is_some_and(|folder| folder == "") {
                fault.values.insert("folder".to_owned(), Value::from(folder.clone()));
            }
            fault
        };
        let settled = self.handle.call(None, move |turn| settle(run(turn)));
        settled.await.map_err(Fault::from).and_then(|answer| answer).map_err(named)
    }

    /// The answer to [`Request::Text`], now and whenever the document has changed; never `None`.
    ///
    /// # Errors
    /// [`Fault`]: there is no such text.
    pub async fn watch_text(
        &self,
        path: &str,
    ) -> Result<watch::Receiver<Option<Result<Value, Fault>>>, Fault> {
        let text = path.to_owned();
        let document =
            self.handle.call(None, move |turn| settle(sections::place(turn, &text))).await??.0;
        let text = path.to_owned();
        let read = move |turn: &mut Turn<'_>| settle(plan::text(turn, &text));
        Ok(self.handle.watch(None, document, read).await?)
    }

    pub(super) async fn tell(&self, message: Message) -> Result<(), Fault> {
        self.handle.send(message).await.map_err(Fault::from)
    }

    /// Makes a workspace in the store.
    pub(super) async fn create(&self, id: WorkspaceId, entries: Vec<Vec<u8>>) -> Result<(), Fault> {
        let (reply, made) = oneshot::channel();
        self.tell(Message::Create(id, entries, reply)).await?;
        let stopped = || Fault::from(crate::handle::NodeError::Stopped);
        made.await.map_err(|_| stopped())?.map_err(Fault::from)
    }

    /// Answers one request.
    ///
    /// # Errors
    /// [`Fault`]: nothing of the request was carried out.
    pub async fn answer(&self, request: &Request) -> Result<Value, Fault> {
        match request.clone() {
            Request::Status => self.status().await,
            Request::Sync => {
                self.tell(Message::Hurry).await?;
                Ok(json!({}))
            }
            Request::Bundle { path } => self.bundle(path).await,
            Request::TakeBundle { path } => self.take_bundle(path).await,
            Request::Backup { path } => self.backup(path).await,
            Request::Doctor => self.doctor().await,
            Request::Measure => self.measure().await,
            Request::Init { school, name } => self.init(school, name).await,
            Request::Join { link, name } => self.join(&link, name).await,
            Request::JoinFile { path, name } => self.join_file(path, name).await,
            Request::Claim { link } => self.claim(&link).await,
            Request::Entry => self.entry(),
            Request::Changes { since } => self.changes(since).await,
            Request::Stop => {
                self.stop.notify_one();
                Ok(json!({}))
            }
            Request::Trust(request) => self.trust(request).await,
            Request::Draft(request) => self.draft(request).await,
            Request::Approval(ApprovalRequest::Verify { path, code }) => {
                verify_file(&path, code.as_deref())
            }
            request => self.turn(move |turn| on_workspace(turn, request)).await,
        }
    }
}

/// The requests that one turn on the workspace answers.
fn on_workspace(turn: &mut Turn<'_>, request: Request) -> Answer {
    match request {
        Request::Show { path, at } => plan::show(turn, &path, &at),
        Request::Set { path, value } => plan::set(turn, &path, value),
        Request::Add { path, id, record, after } => plan::add(turn, &path, id, record, after),
        Request::Move { path, after } => plan::move_item(turn, &path, after),
        Request::Remove { path, value } => plan::remove(turn, &path, value),
        Request::Keep { path } => plan::keep(turn, &path),
        Request::Include { path, value } => plan::include(turn, &path, value),
        Request::Text { path } => plan::text(turn, &path),
        Request::EditText { path, base, text } => plan::edit_text(turn, &path, &base, text),
        Request::History { path, limit } => status::history(turn, &path, limit),
        Request::Compare { path, from_ms, to_ms } => compare::compare(turn, &path, from_ms, to_ms),
        Request::Conflicts => status::conflicts(turn),
        Request::Resolve { path, choice } => status::resolve(turn, &path, &choice),
        Request::Undo { count } => status::undo(turn, count),
        Request::RestoreTo { change } => status::restore_to(turn, &change),
        Request::Heads => status::heads(turn),
        Request::Quarantine => trust::set_aside(turn),
        Request::Approval(request) => approvals::on_workspace(turn, request),
        Request::Plugin(request) => plugins::answer(turn, request),
        Request::Years(request) => years::answer(turn, request),
        Request::File(request) => evidence::answer(turn, request),
        Request::AuditorPage { publish } => audit_page::answer(turn, publish),
        Request::Lint { as_of } => plan::lint(turn, as_of.as_deref()),
        Request::Import { json } => files::import(turn, &json),
        Request::Export => files::export(turn),
        Request::Invite { role, address } => devices::invite(turn, &role, address),
        Request::Devices => devices::list(turn),
        Request::Confirm { device, role, kinds } => {
            devices::confirm(turn, &device, role.as_deref(), &kinds)
        }
        Request::Decline { device } => devices::decline(turn, &device),
        Request::Revoke { device } => devices::revoke(turn, &device),
        Request::Here { slot, page, caret } => presence::here(turn, slot, page, caret.as_ref()),
        Request::Company => presence::company(turn),
        Request::Drop { document, reason } => drops::drop_document(turn, &document, &reason),
        other => Err(Fault::new(
            FaultKind::Internal,
            "error-internal",
            json!({"reason": format!("{other:?} is not for a workspace")}),
        )
        .into()),
    }
}

async fn listen(
    mut events: broadcast::Receiver<Event>,
    heard: Arc<Mutex<Heard>>,
    happenings: Arc<watch::Sender<Happenings>>,
) {
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(broadcast::error::RecvError::Lagged(_)) => {
                changes::note_all(&happenings);
                continue;
            }
            Err(broadcast::error::RecvError::Closed) => return,
        };
        let told = event.clone();
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::WorkspaceOpened(id) => heard.entry = EntryState::Done(Some(id)),
            Event::EntryDone => heard.entry = EntryState::Done(None),
            Event::EntryWaiting => heard.entry = EntryState::Waiting,
            Event::EntryRefused(code) => heard.entry = EntryState::Refused(code),
            Event::Noted(_, Note::ClockSkew { milliseconds, .. }) => {
                heard.clock_skew_ms = milliseconds;
            }
            Event::Noted(_, Note::PeerLost { peer, changes }) => {
                heard.lost = Some((peer, changes));
            }
            Event::Noted(_, Note::PeerRefused { peer, code }) => heard.refused = Some((peer, code)),
            Event::Noted(_, Note::PeerLater { peer, code, seconds }) => {
                let until = clock::now().after(i64::from(seconds) * 1_000);
                heard.later = Some((peer, code, until));
            }
            Event::PeerCame(workspace, peer) => {
                heard.online.insert((workspace, peer));
            }
            Event::PeerWent(workspace, peer) => {
                heard.online.remove(&(workspace, peer));
            }
            _ => {}
        }
        drop(heard);
        changes::note(&happenings, &told);
    }
}
