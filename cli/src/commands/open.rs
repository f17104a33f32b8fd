//! The command `open`: the plan in the browser.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jospar_locales::Language;
use jospar_node::local_socket::Connection;
use jospar_node::node::{Node, interrupted};
use jospar_node::service::{Fault, FaultKind};
use jospar_web::{Door, Page, ServeError, find_running};
use serde_json::json;

use crate::args::Network;
use crate::error;
use crate::session::{Outcome, Session};

/// How long the program that opens a browser may take; most come back at once.
const BROWSER_TIME: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(50);

/// Serves the page until Ctrl-C, or opens the one that runs already.
pub(crate) fn run(session: &mut Session, network: Network, no_browser: bool) -> Outcome {
    let folder = session.place.data.clone();
    if let Some(link) = find_running(&folder) {
        show(session, &link, no_browser, "open-joined")?;
        return Ok(0);
    }
    let language = session.words.catalogue().language();
    if Connection::open(&folder).is_some() {
        return attached(session, &folder, language, no_browser);
    }
    let progress = session.progress("progress-opening");
    let config = session.config(Some(network.listen), !network.no_lan);
    let node = Node::start(config).map_err(|error| error::start(error, &folder))?;
    drop(progress);
    let door = Door::Own(node.service().clone());
    let served = node
        .serve()
        .map_err(|error| error::file(&folder, &error))
        .and_then(|()| serve(node.runtime(), door, (&folder, &session.place.keys), language));
    let page = match served {
        Ok(page) => page,
        Err(fault) => {
            node.stop();
            return Err(fault);
        }
    };
    let shown = link(&page).and_then(|link| show(session, &link, no_browser, "open-running"));
    if shown.is_ok() {
        node.wait();
        session.out.note(&session.words.word("node-stopping"))?;
    }
    drop(page);
    node.stop();
    shown?;
    session.out.note(&session.words.word("node-stopped"))?;
    Ok(0)
}

/// Serves the page of a node that another process runs.
fn attached(session: &mut Session, folder: &Path, language: Language, no_browser: bool) -> Outcome {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|error| error::file(folder, &error))?;
    let places = (folder, session.place.keys.as_path());
    let page = serve(runtime.handle(), Door::Attached(folder.to_path_buf()), places, language)?;
    show(session, &link(&page)?, no_browser, "open-running")?;
    runtime.block_on(interrupted());
    drop(page);
    // A request that waits for the node's changes is not waited for.
    runtime.shutdown_timeout(Duration::from_millis(200));
    Ok(0)
}

fn serve(
    runtime: &tokio::runtime::Handle,
    door: Door,
    (folder, keys): (&Path, &Path),
    language: Language,
) -> Result<Page, Fault> {
    let (folder_of_page, compiler) = (folder.to_path_buf(), jospar_plugin_host::this_program());
    let served = runtime.block_on(Page::serve(door, folder_of_page, keys, language, compiler));
    served.map_err(|error| fault(error, folder))
}

fn link(page: &Page) -> Result<String, Fault> {
    page.link().map_err(|error| fault(error, Path::new("")))
}

fn fault(error: ServeError, folder: &Path) -> Fault {
    match error {
        ServeError::Io(error) => error::file(folder, &error),
        ServeError::NoRandomness => {
            Fault::new(FaultKind::System, "error-internal", json!({"reason": error.to_string()}))
        }
    }
}

/// Opens the link in the browser and says so; prints it where there is no browser to open.
fn show(session: &mut Session, link: &str, no_browser: bool, key: &str) -> Result<(), Fault> {
    let opened = !no_browser && !session.out.is_json() && browse(link);
    let answer = json!({"link": link, "opened": opened});
    session.print(&answer, |words, _| {
        vec![if opened { words.word(key) } else { words.with("open-link", "link", link) }]
    })
}

/// Asks the desktop to open a link; false if there is none, or it cannot.
fn browse(link: &str) -> bool {
    let (program, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(link);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    let begun = Instant::now();
    while begun.elapsed() < BROWSER_TIME {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(POLL),
            Err(_) => return false,
        }
    }
    // It shows the page itself and stays for as long.
    true
}
