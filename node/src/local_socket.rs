//! The local socket: how a command asks the node that is running on a folder. One line of JSON each way.
//!
//! Only the folder's owner reaches it: on Unix a socket inside the folder that only its owner may open, on Windows a
//! named pipe of the user's session. Whoever can open it can read the folder's files, too.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;

use interprocess::local_socket::tokio::{Listener, Stream as AsyncStream};
use interprocess::local_socket::traits::Stream as _;
use interprocess::local_socket::traits::tokio::Listener as _;
use interprocess::local_socket::{ListenerOptions, Name, Stream};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};

use crate::service::{Fault, FaultKind, Request, Service};

/// The most bytes of one request or answer.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The socket's file in the data folder, and the pointer to it where the folder's path is too long for a socket.
#[cfg(unix)]
const SOCKET_FILE: &str = "node.sock";

#[cfg(unix)]
fn socket_name(folder: &Path) -> io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericFilePath, ToFsName as _};
    socket_path(folder)?.to_fs_name::<GenericFilePath>()
}

/// A socket's path may have some 100 bytes: where the folder's is longer, the socket stands in the user's runtime folder.
#[cfg(unix)]
fn socket_path(folder: &Path) -> io::Result<std::path::PathBuf> {
    let folder = folder.canonicalize()?;
    let path = folder.join(SOCKET_FILE);
    if path.as_os_str().len() < 100 {
        return Ok(path);
    }
    let hash = blake3::hash(folder.as_os_str().as_encoded_bytes()).to_hex();
    // Not in a folder that everybody may write to: another user could sit there first.
    let base = std::env::var_os("XDG_RUNTIME_DIR").map(std::path::PathBuf::from);
    let base = base.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    Ok(base.join(format!("jospar-{}.sock", hash.get(..16).unwrap_or_default())))
}

#[cfg(not(unix))]
fn socket_name(folder: &Path) -> io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericNamespaced, ToNsName as _};
    let folder = folder.canonicalize()?;
    let hash = blake3::hash(folder.as_os_str().as_encoded_bytes()).to_hex();
    format!("jospar-{}", hash.get(..32).unwrap_or_default()).to_ns_name::<GenericNamespaced>()
}

/// Removes the socket's file.
pub(crate) fn remove(folder: &Path) {
    #[cfg(unix)]
    if let Ok(path) = socket_path(folder) {
        // It was never made, or is gone.
        drop(std::fs::remove_file(path));
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Answers requests in the background, on the runtime that the caller is inside of.
pub(crate) fn serve(folder: &Path, service: Service) -> io::Result<()> {
    // The store's lock is held, so a socket that is there belongs to a node that ended badly.
    remove(folder);
    let listener = ListenerOptions::new().name(socket_name(folder)?).create_tokio()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(socket_path(folder)?, std::fs::Permissions::from_mode(0o600))?;
    }
    tokio::spawn(accept(listener, service));
    Ok(())
}

async fn accept(listener: Listener, service: Service) {
    loop {
        match listener.accept().await {
            Ok(stream) => drop(tokio::spawn(answer(stream, service.clone()))),
            Err(error) => {
                tracing::warn!(%error, "the local socket");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

async fn answer(stream: AsyncStream, service: Service) -> io::Result<()> {
    let mut writing = &stream;
    let mut reading = tokio::io::BufReader::new(&stream);
    loop {
        let mut line = String::new();
        let read = (&mut reading).take(LINE_BYTES_MAX).read_line(&mut line).await?;
        if read == 0 {
            return Ok(());
        }
        let answer = match serde_json::from_str::<Request>(&line) {
            Ok(request) => service.answer(&request).await,
            Err(_) => Err(Fault::new(FaultKind::Usage, "error-node-other-version", json!({}))),
        };
        let answer = match answer {
            Ok(answer) => json!({"answer": answer}),
            Err(fault) => json!({"fault": fault}),
        };
        writing.write_all(format!("{answer}\n").as_bytes()).await?;
    }
}

/// A command's end of the socket.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<Stream>,
}

impl Connection {
    /// Reaches the node that is running on the folder, if one is.
    #[must_use]
    pub fn open(folder: &Path) -> Option<Self> {
        let stream = Stream::connect(socket_name(folder).ok()?).ok()?;
        Some(Self { stream: BufReader::new(stream) })
    }

    /// Asks it.
    ///
    /// # Errors
    /// The node's [`Fault`], or that it does not answer.
    pub fn request(&mut self, request: &Request) -> Result<Value, Fault> {
        let silent = || Fault::new(FaultKind::System, "error-node-not-responding", json!({}));
        let line = serde_json::to_string(request).map_err(|e| Fault::internal(&e.to_string()))?;
        let mut answer = String::new();
        let asked = self
            .stream
            .get_mut()
            .write_all(format!("{line}\n").as_bytes())
            .and_then(|()| self.stream.read_line(&mut answer));
        asked.map_err(|_| silent())?;
        let mut answer: Value = serde_json::from_str(&answer).map_err(|_| silent())?;
        match answer.get_mut("fault") {
            Some(fault) => Err(serde_json::from_value(fault.take()).unwrap_or_else(|_| silent())),
            None => Ok(answer.get_mut("answer").map(Value::take).unwrap_or_default()),
        }
    }
}
