//! A server on loopback that says what a test wants it to say, and keeps what it was sent.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What the server does on one connection, behind the request.
pub(crate) enum Act {
    /// Writes bytes.
    Say(Vec<u8>),
    /// Keeps the line open until the other side or the test ends, at most so long.
    Wait(Duration),
    /// Writes the same bytes again and again until the other side has enough, at most so often.
    Flood(Vec<u8>, usize),
}

/// The server. The n-th connection gets the n-th script, the last one again and again.
pub(crate) struct Stub {
    pub(crate) url: String,
    requests: Receiver<Vec<u8>>,
    stop: Arc<Mutex<bool>>,
    port: u16,
    thread: Option<JoinHandle<()>>,
}

impl Stub {
    pub(crate) fn new(scripts: Vec<Vec<Act>>) -> Self {
        Self::on(([127, 0, 0, 1], 0).into(), scripts)
    }

    /// At an address that a test knows from before.
    pub(crate) fn on(address: SocketAddr, scripts: Vec<Vec<Act>>) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, requests) = channel();
        let stop = Arc::new(Mutex::new(false));
        let stopped = stop.clone();
        let serve = move || {
            for (place, line) in listener.incoming().enumerate() {
                if *stopped.lock().unwrap() {
                    return;
                }
                let script = &scripts[place.min(scripts.len() - 1)];
                // The other side may be gone at any time: that is what some tests are about.
                let _ = handle(line.unwrap(), script, &sender, &stopped);
            }
        };
        let thread = Some(thread::spawn(serve));
        Self { url: format!("http://127.0.0.1:{port}"), requests, stop, port, thread }
    }

    /// All requests so far: head and body, byte for byte.
    pub(crate) fn requests(&self) -> Vec<String> {
        let mut all = Vec::new();
        while let Ok(request) = self.requests.recv_timeout(Duration::from_millis(20)) {
            all.push(String::from_utf8(request).unwrap());
        }
        all
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        *self.stop.lock().unwrap() = true;
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn handle(
    mut line: TcpStream,
    script: &[Act],
    requests: &Sender<Vec<u8>>,
    stop: &Mutex<bool>,
) -> std::io::Result<()> {
    line.set_read_timeout(Some(Duration::from_secs(5)))?;
    line.set_write_timeout(Some(Duration::from_secs(5)))?;
    let request = read(&line)?;
    if request.is_empty() {
        return Ok(());
    }
    // The test may not ask for the requests.
    let _ = requests.send(request);
    for act in script {
        match act {
            Act::Say(bytes) => line.write_all(bytes)?,
            Act::Flood(bytes, times) => {
                for _ in 0..*times {
                    line.write_all(bytes)?;
                }
            }
            Act::Wait(time) => wait(&line, *time, stop)?,
        }
    }
    line.shutdown(Shutdown::Write)?;
    line.set_read_timeout(Some(Duration::from_millis(200)))?;
    // Until the other side has read all: closing at once could take bytes back.
    let _ = line.read(&mut [0; 16]);
    Ok(())
}

fn wait(line: &TcpStream, time: Duration, stop: &Mutex<bool>) -> std::io::Result<()> {
    let mut line = line;
    line.set_read_timeout(Some(Duration::from_millis(10)))?;
    for _ in 0..time.as_millis() / 10 {
        if *stop.lock().unwrap() {
            break;
        }
        if let Ok(0) = line.read(&mut [0; 16]) {
            break;
        }
    }
    Ok(())
}

fn read(line: &TcpStream) -> std::io::Result<Vec<u8>> {
    let mut reader = BufReader::new(line);
    let mut request = Vec::new();
    let mut length = 0;
    loop {
        let start = request.len();
        if reader.read_until(b'\n', &mut request)? == 0 {
            return Ok(request);
        }
        let header = String::from_utf8_lossy(&request[start..]).to_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if header.trim().is_empty() {
            break;
        }
    }
    let start = request.len();
    request.resize(start + length, 0);
    reader.read_exact(&mut request[start..])?;
    Ok(request)
}

/// An answer of one piece, closed by the end of the line.
pub(crate) fn plain(status: &str, headers: &str, body: &str) -> Vec<Act> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len());
    vec![Act::Say([head.as_bytes(), body.as_bytes()].concat())]
}

/// The head of a stream in chunks.
pub(crate) fn stream_head() -> Act {
    Act::Say(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            .to_vec(),
    )
}

/// A chunk on the line.
pub(crate) fn chunk(bytes: &[u8]) -> Act {
    Act::Say([format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat())
}

/// The last chunk.
pub(crate) fn last() -> Act {
    Act::Say(b"0\r\n\r\n".to_vec())
}

/// An event with a piece of text.
pub(crate) fn event(text: &str) -> String {
    let piece = serde_json::json!({"model": "stub-1", "choices": [{"delta": {"content": text}, "finish_reason": null}]});
    format!("data: {piece}\n\n")
}

/// The end of a stream: the reason, the tokens, the mark.
pub(crate) fn end(reason: &str, tokens: u64) -> String {
    let stop = serde_json::json!({"choices": [{"delta": {}, "finish_reason": reason}]});
    let usage = serde_json::json!({"choices": [], "usage": {"total_tokens": tokens}});
    format!("data: {stop}\n\ndata: {usage}\n\ndata: [DONE]\n\n")
}

/// A whole good answer, in chunks of `size` bytes.
pub(crate) fn answer(text: &str, size: usize) -> Vec<Act> {
    let bytes = [event(text), end("stop", 42)].concat();
    let mut acts = vec![stream_head()];
    acts.extend(bytes.as_bytes().chunks(size).map(chunk));
    acts.push(last());
    acts
}
