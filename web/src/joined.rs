//! One page for one folder: how a second `jospar open` finds the one that runs.
//!
//! A file in the data folder, readable by its owner alone, holds the port and a secret. Whoever can read it can read the
//! plan's own files, too.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::guard::{LINK, START};

const FILE: &str = "page.json";
/// The header that carries the secret.
pub(crate) const SECRET_HEADER: &str = "x-jospar-secret";
const TIME: Duration = Duration::from_secs(3);
/// The most bytes of the file, and of the answer to it.
const BYTES_MAX: u64 = 4 * 1024;

/// The first link: where a browser is let in.
pub(crate) fn link(port: u16, secret: &str) -> String {
    format!("http://127.0.0.1:{port}{START}?link={secret}")
}

/// Writes where the page is.
///
/// # Errors
/// The operating system's.
pub(crate) fn write(folder: &Path, port: u16, secret: &str) -> io::Result<()> {
    // Made for its owner alone on Unix; on Windows the folder of a user is theirs.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(json!({"port": port, "secret": secret}).to_string().as_bytes())?;
    file.persist(folder.join(FILE)).map(drop).map_err(|error| error.error)
}

/// Removes the file, unless another page has written it since.
pub(crate) fn remove(folder: &Path, port: u16) {
    if read(folder).is_some_and(|(known, _)| known == port) {
        // It is gone, or stays and leads nowhere.
        drop(fs::remove_file(folder.join(FILE)));
    }
}

fn read(folder: &Path) -> Option<(u16, String)> {
    let mut text = String::new();
    fs::File::open(folder.join(FILE)).ok()?.take(BYTES_MAX).read_to_string(&mut text).ok()?;
    let known: Value = serde_json::from_str(&text).ok()?;
    let port = u16::try_from(known.get("port")?.as_u64()?).ok()?;
    let secret = known.get("secret")?.as_str()?;
    let plain = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| (port, secret.to_owned()))
}

/// A link into the page that runs on the folder already; `None` if none does.
#[must_use]
pub fn find(folder: &Path) -> Option<String> {
    let (port, secret) = read(folder)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, TIME).ok()?;
    stream.set_read_timeout(Some(TIME)).ok()?;
    let request = format!(
        "POST {LINK} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{SECRET_HEADER}: {secret}\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.take(BYTES_MAX).read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let plain = body.len() == 64 && body.bytes().all(|byte| byte.is_ascii_hexdigit());
    (head.starts_with("HTTP/1.1 200 ") && plain).then(|| link(port, body))
}
