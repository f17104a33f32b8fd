//! The page's server: one loopback port, bounded connections, one router behind the guard.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use jospar_locales::Language;
use jospar_locales::words::Words;
use jospar_plugins::model::Desk as Model;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::answers::Tray;
use crate::desk::Desk;
use crate::door::Door;
use crate::guard::{self, Guard, Sessions};
use crate::kept::{Files, Kept};
use crate::restore::{Said, SheetFile, Wish};
use crate::{joined, live, routes};

/// The most connections at once: a browser opens some six, and one more for each page that waits for changes.
const CONNECTIONS_MAX: usize = 256;
/// How long a connection may take to send the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// The most bytes of a request's head.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// The most fields of a request's head.
const HEAD_FIELDS_MAX: usize = 64;

/// Why the page could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The operating system gave no port, or the file for other programs of this user could not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
}

impl From<getrandom::Error> for ServeError {
    fn from(_: getrandom::Error) -> Self {
        Self::NoRandomness
    }
}

/// What every route can reach.
#[derive(Debug)]
pub(crate) struct App {
    /// The node.
    pub(crate) door: Door,
    /// Who may come in.
    pub(crate) guard: Arc<Guard>,
    /// What a second `jospar open` shows to be given a link.
    pub(crate) secret: String,
    /// The data folder.
    pub(crate) folder: PathBuf,
    /// Where plugins are run.
    pub(crate) desk: Desk,
    /// This device's language model.
    pub(crate) model: Model,
    /// A backup that is to be put in place of the store.
    pub(crate) wish: Arc<Wish>,
    /// What whoever started the page has to say, shown once.
    pub(crate) said: Said,
    /// A workspace file that waits for the words of a recovery sheet.
    pub(crate) sheet_file: SheetFile,
    /// Answers to surveys on their way into the plan.
    pub(crate) answers: Tray,
    /// Answers of the node that are kept for a moment.
    pub(crate) kept: Kept,
    /// Files that were shown lately.
    pub(crate) files: Files,
    /// The language of a reader who has not chosen.
    pub(crate) language: Language,
    /// The words of each language.
    pub(crate) words: Vec<Words>,
    /// What has changed last.
    pub(crate) news: watch::Receiver<live::News>,
    /// Who is here.
    pub(crate) company: watch::Receiver<live::Company>,
}

impl App {
    /// The words of a language.
    pub(crate) fn words(&self, language: Language) -> Option<&Words> {
        self.words.iter().find(|words| words.catalogue().language() == language)
    }
}

/// A page that is being served. Dropping it stops the server.
#[derive(Debug)]
pub struct Page {
    address: SocketAddr,
    guard: Arc<Guard>,
    folder: PathBuf,
    wish: Arc<Wish>,
    tasks: Vec<JoinHandle<()>>,
}

impl Page {
    /// Serves the page of the plan behind `door` on a loopback port of its own and tells other programs of this user
    /// where, in `folder`; `keys` is the folder of the device keys. Plugins are compiled by the program `compiler`, as
    /// [`jospar_plugins::Library::with_compiler`] says. `said` is shown on its first page: what came of a restore. Runs on
    /// the runtime that the caller is inside of.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn serve(
        door: Door,
        folder: PathBuf,
        keys: &Path,
        language: Language,
        compiler: Option<PathBuf>,
        said: Option<String>,
    ) -> Result<Self, ServeError> {
        let wish = Arc::new(Wish::default());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        guard::forget_left(&folder);
        let port = address.port();
        let guard = Arc::new(Guard { port, folder: folder.clone(), sessions: Sessions::default() });
        let secret = guard::random_hex()?;
        joined::write(&folder, address.port(), &secret)?;
        let (sender, news) = watch::channel(live::News::default());
        let (seeing, company) = watch::channel(live::Company::Array(Vec::new()));
        let hearing = tokio::spawn(live::listen(door.clone(), sender, seeing));
        let app = Arc::new(App {
            door,
            guard: Arc::clone(&guard),
            secret,
            folder: folder.clone(),
            desk: Desk::new(folder.clone(), compiler),
            model: Model::new(&folder, keys),
            wish: Arc::clone(&wish),
            said: Said::new(said),
            sheet_file: SheetFile::default(),
            answers: Tray::default(),
            kept: Kept::default(),
            files: Files::default(),
            language,
            words: Language::ALL.map(Words::new).into(),
            news,
            company,
        });
        let warming = tokio::spawn(routes::warm(Arc::clone(&app)));
        let serving = tokio::spawn(accept(listener, routes::router(app)));
        Ok(Self { address, guard, folder, wish, tasks: vec![hearing, serving, warming] })
    }

    /// The backup that a person wants in place of the store, once: the node is to be stopped, the backup restored, and a
    /// page served anew.
    #[must_use]
    pub fn take_wish(&self) -> Option<PathBuf> {
        self.wish.take()
    }

    /// A link that lets one browser in, once.
    ///
    /// # Errors
    /// [`ServeError::NoRandomness`].
    pub fn link(&self) -> Result<String, ServeError> {
        let link = self.guard.sessions.new_link()?;
        Ok(joined::link(self.address.port(), &link))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        joined::remove(&self.folder, self.address.port());
    }
}

async fn accept(listener: TcpListener, router: Router) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) if peer.ip().is_loopback() => {
                let router = router.clone();
                tokio::spawn(async move {
                    connection(stream, router).await;
                    drop(place);
                });
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the page's server");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    // Small answers leave at once.
    drop(stream.set_nodelay(true));
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEAD_FIELDS_MAX);
    let service = TowerToHyperService::new(router);
    if let Err(error) = protocol.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a connection to the page ended");
    }
}
