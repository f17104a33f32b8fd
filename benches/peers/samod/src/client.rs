//! A client: a repository in memory with one connection to the server.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use automerge::{Automerge, ReadDoc as _};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use samod::storage::{InMemoryStorage, Storage as _, StorageKey};
use samod::{BackoffConfig, ConnectionId, DialError, Dialer, DocHandle, Repo, Transport};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use url::Url;

use crate::plan::{set_up, text};

const LOOK: Duration = Duration::from_millis(1);
/// How often a document is looked for that the server does not have.
const FINDS_MAX: usize = 1_000;

/// Bytes of a connection so far, each way.
#[derive(Default)]
pub(crate) struct Bytes {
    down: AtomicU64,
    up: AtomicU64,
}

impl Bytes {
    pub(crate) fn down(&self) -> u64 {
        self.down.load(Ordering::Relaxed)
    }

    pub(crate) fn up(&self) -> u64 {
        self.up.load(Ordering::Relaxed)
    }
}

/// A TCP stream that counts.
struct Counting(TcpStream, Arc<Bytes>);

impl AsyncRead for Counting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.0).poll_read(context, buffer);
        self.1.down.fetch_add((buffer.filled().len() - before) as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Counting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.0).poll_write(context, buffer);
        if let Poll::Ready(Ok(count)) = polled {
            self.1.up.fetch_add(count as u64, Ordering::Relaxed);
        }
        polled
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

struct Counted {
    address: String,
    bytes: Arc<Bytes>,
}

impl Dialer for Counted {
    type Error = std::convert::Infallible;

    fn url(&self) -> Url {
        Url::parse(&format!("tcp://{}", self.address)).unwrap()
    }

    fn connect(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Transport, DialError<Self::Error>>> + Send>> {
        let (address, bytes) = (self.address.clone(), self.bytes.clone());
        Box::pin(async move {
            let stream = TcpStream::connect(address).await.map_err(DialError::transient)?;
            stream.set_nodelay(true).map_err(DialError::transient)?;
            Ok(Transport::from_tokio_io(Counting(stream, bytes)))
        })
    }
}

/// A client.
pub(crate) struct Client {
    repo: Repo,
    handle: Option<DocHandle>,
    connection: Option<ConnectionId>,
    pub(crate) bytes: Arc<Bytes>,
}

/// What tells that the document has changed.
pub(crate) struct Changes(BoxStream<'static, ()>);

impl Changes {
    pub(crate) async fn next(&mut self) -> bool {
        self.0.next().await.is_some()
    }
}

impl Client {
    /// A client that has this document, or none.
    pub(crate) async fn new(own: Option<(String, Vec<u8>)>) -> Self {
        let storage = InMemoryStorage::new();
        let id = own.as_ref().map(|(id, _)| id.parse().unwrap());
        if let Some((id, bytes)) = own {
            let key = StorageKey::from_parts([id.as_str(), "snapshot", "own"]).unwrap();
            storage.put(key, bytes).await;
        }
        let repo = Repo::build_tokio().with_storage(storage).load().await;
        let handle = match id {
            Some(id) => repo.find(id).await.unwrap(),
            None => None,
        };
        Self { repo, handle, connection: None, bytes: Arc::default() }
    }

    pub(crate) async fn connect(&mut self, port: &str) {
        let address = format!("127.0.0.1:{port}");
        let dialer = Counted { address, bytes: self.bytes.clone() };
        let dialing = self.repo.dial(BackoffConfig::default(), Arc::new(dialer)).unwrap();
        assert!(dialing.established().await.is_ok(), "a connection");
        self.connection = dialing.connection_id();
    }

    /// Waits until both ends have everything; false if the server does not have the document.
    pub(crate) async fn same(&mut self, id: &str) -> bool {
        let mut finds = 0;
        while self.handle.is_none() && finds < FINDS_MAX {
            self.handle = self.repo.find(id.parse().unwrap()).await.unwrap();
            if self.handle.is_none() {
                tokio::time::sleep(LOOK).await;
            }
            finds += 1;
        }
        let Some(handle) = self.handle.take() else { return false };
        let connection = self.connection.expect("a connection");
        handle.they_have_our_changes(connection).await;
        handle.we_have_their_changes(connection).await;
        self.handle = Some(handle);
        true
    }

    /// Two clients with one new document.
    pub(crate) async fn pair(port: &str) -> [Self; 2] {
        let (mut a, mut b) = (Self::new(None).await, Self::new(None).await);
        a.connect(port).await;
        b.connect(port).await;
        let mut doc = Automerge::new();
        let mut change = doc.transaction();
        set_up(&mut change, &[0]);
        change.commit();
        let handle = a.repo.create(doc).await.unwrap();
        let id = handle.document_id().to_string();
        a.handle = Some(handle);
        assert!(a.same(&id).await, "the document");
        assert!(b.same(&id).await, "the document");
        [a, b]
    }

    fn handle(&self) -> &DocHandle {
        self.handle.as_ref().expect("a document")
    }

    /// The length of a section's text; nothing without a document.
    pub(crate) fn length(&self, section: u64) -> usize {
        let Some(handle) = &self.handle else { return 0 };
        handle.with_document(|doc| {
            let text = text(doc, section);
            text.map_or(0, |text| doc.length(&text))
        })
    }

    /// Adds a letter at the end of a section's text.
    pub(crate) async fn type_letter(&self, section: u64) {
        let typed = self.handle().with_document_async(move |doc| {
            use automerge::transaction::Transactable as _;
            let text = text(doc, section).expect("a text");
            let mut change = doc.transaction();
            let end = change.length(&text);
            change.splice_text(&text, end, 0, "x").unwrap();
            change.commit();
        });
        typed.await.unwrap();
    }

    pub(crate) fn changes(&self) -> Changes {
        Changes(self.handle().changes().map(|_| ()).boxed())
    }
}
