//! A session: one run of a command, with its node, its output and its questions to the person.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jospar_core::replica::Station;
use jospar_node::client::Client;
use jospar_node::node::Config;
use jospar_node::service::{Fault, FaultKind, Request};
use serde_json::{Value, json};

use crate::args::Network;
use crate::error;
use crate::output::Output;
use crate::place::Place;
use crate::progress::Progress;
use crate::words::Words;

const POLL: Duration = Duration::from_millis(200);

/// What a command ends with: the exit code, or why it was not carried out.
pub(crate) type Outcome = Result<u8, Fault>;

/// One run of a command.
#[derive(Debug)]
pub(crate) struct Session {
    /// The reader's language and clock.
    pub(crate) words: Words,
    /// Where the result goes.
    pub(crate) out: Output,
    /// The folders.
    pub(crate) place: Place,
    yes: bool,
    client: Option<Client>,
}

impl Session {
    pub(crate) const fn new(words: Words, out: Output, place: Place, yes: bool) -> Self {
        Self { words, out, place, yes, client: None }
    }

    /// How a node of this process is started.
    pub(crate) fn config(&self, listen: Option<SocketAddr>, lan: bool) -> Config {
        Config {
            folder: self.place.data.clone(),
            keys: self.place.keys.clone(),
            station: Station::Device,
            listen,
            lan,
            claims: None,
        }
    }

    /// Reaches the running node, or starts one with network.
    ///
    /// # Errors
    /// A fault if none could be started.
    pub(crate) fn connect(&mut self, network: Network) -> Result<(), Fault> {
        let config = self.config(Some(network.listen), !network.no_lan);
        self.open(config)
    }

    fn open(&mut self, config: Config) -> Result<(), Fault> {
        let _progress = self.progress("progress-opening");
        let client = Client::open(config).map_err(|error| error::start(error, &self.place.data))?;
        self.client = Some(client);
        Ok(())
    }

    /// Asks the node, which is started without network if none runs.
    ///
    /// # Errors
    /// The node's fault, or why there is no node.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Value, Fault> {
        if self.client.is_none() {
            self.open(self.config(None, false))?;
        }
        let client = self.client.as_mut().ok_or_else(|| Fault::internal("no node"))?;
        client.request(request).map_err(|fault| error::with_folder(fault, &self.place.data))
    }

    /// Asks for something that may take long, with the message `key` on a spinner.
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub(crate) fn ask_long(&mut self, request: &Request, key: &str) -> Result<Value, Fault> {
        let _progress = self.progress(key);
        self.ask(request)
    }

    /// Asks again and again until `is_done`, or for at most `timeout`; then the last answer comes back.
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub(crate) fn poll(
        &mut self,
        request: &Request,
        timeout: Option<Duration>,
        is_done: impl Fn(&Value) -> bool,
    ) -> Result<Value, Fault> {
        let _progress = self.progress("progress-waiting");
        let begun = Instant::now();
        loop {
            let answer = self.ask(request)?;
            if is_done(&answer) || timeout.is_some_and(|timeout| begun.elapsed() >= timeout) {
                return Ok(answer);
            }
            std::thread::sleep(POLL);
        }
    }

    /// A spinner with the message `key`.
    pub(crate) fn progress(&self, key: &str) -> Progress {
        Progress::start(self.words.word(key), self.out.is_silent())
    }

    /// Prints the answer for a program, or the lines that `render` makes of it for a person.
    ///
    /// # Errors
    /// A fault if standard output cannot be written.
    pub(crate) fn print(
        &mut self,
        answer: &Value,
        render: impl FnOnce(&Words, &Value) -> Vec<String>,
    ) -> Result<(), Fault> {
        let words = &self.words;
        self.out.answer(answer, || render(words, answer))
    }

    /// Asks the person for a yes, unless `--yes` gave it.
    ///
    /// # Errors
    /// A fault if the person said no, or there is nobody to ask.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Fault> {
        let refused = |key| Fault::new(FaultKind::Usage, key, json!({}));
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(refused("error-needs-yes"));
        }
        let mut asked = io::stderr().lock();
        let question = self.words.with("prompt-yes-no", "question", question);
        let mut line = String::new();
        write!(asked, "{question} ")
            .and_then(|()| asked.flush())
            .and_then(|()| io::stdin().lock().read_line(&mut line))
            .map_err(|error| error::file(Path::new("-"), &error))?;
        if self.words.is_yes(&line) { Ok(()) } else { Err(refused("error-cancelled")) }
    }

    /// Whether a person reads along and can answer.
    pub(crate) fn has_reader(&self) -> bool {
        !self.yes && !self.out.is_silent() && io::stdin().is_terminal()
    }

    /// Whether `--yes` was given.
    pub(crate) const fn agreed(&self) -> bool {
        self.yes
    }

    /// Ends a node of this process well.
    pub(crate) fn close(&mut self) {
        if let Some(client) = self.client.take() {
            client.close();
        }
    }
}

/// A path as a node takes it, which may work in another folder.
///
/// # Errors
/// A fault if the working folder is not known.
pub(crate) fn absolute(path: &Path) -> Result<String, Fault> {
    let absolute: PathBuf = std::path::absolute(path).map_err(|error| error::file(path, &error))?;
    Ok(absolute.display().to_string())
}
