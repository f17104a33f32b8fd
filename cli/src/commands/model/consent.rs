//! The person at the terminal, who sees what a model would be sent and says yes or no.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use jospar_llm::LlmError;
use jospar_llm::prepared::Prepared;
use jospar_node::service::{Fault, FaultKind};
use jospar_plugin_api::text::clean;
use jospar_plugin_host::Cancel;
use jospar_plugins::model::{Consent, Decision, fault, seen, shown};
use serde_json::{Value, json};

use crate::error;
use crate::progress::Progress;
use crate::words::Words;

/// How often it is looked whether Ctrl-C was pressed while a question waits.
const LOOK: Duration = Duration::from_millis(50);

/// Asks at the terminal. Where nobody can be asked, only what was named by its hash is sent.
pub(crate) struct Terminal {
    words: Words,
    /// Nothing may be written but the answer.
    silent: bool,
    /// Somebody can be asked.
    asks: bool,
    /// Hashes of requests that were seen before.
    send: Vec<String>,
    cancel: Cancel,
    progress: Option<Progress>,
    streaming: bool,
    /// What nobody could be asked about.
    needs: Option<Value>,
}

impl Terminal {
    /// For one run, which `cancel` stops; `progress` is its spinner.
    pub(crate) fn new(
        words: Words,
        (silent, json): (bool, bool),
        send: &[String],
        cancel: Cancel,
        progress: Progress,
    ) -> Self {
        let asks = !json && io::stdin().is_terminal();
        let progress = Some(progress);
        let send = send.to_vec();
        Self { words, silent, asks, send, cancel, progress, streaming: false, needs: None }
    }

    /// Ends the spinner and the line of the answer, and gives the fault if a request needs a yes that nobody gave.
    pub(crate) fn close(mut self) -> Option<Fault> {
        self.progress = None;
        self.end_line();
        let needs = self.needs.take()?;
        let mut fault = Fault::new(FaultKind::Usage, "model-needs-consent", json!({}));
        fault.values.extend(needs.as_object().cloned().unwrap_or_default());
        Some(fault)
    }

    fn end_line(&mut self) {
        if std::mem::take(&mut self.streaming) {
            tell("\n");
        }
    }

    fn show(&self, prepared: &Prepared) {
        let about = shown(prepared);
        let text = |name: &str| {
            let mut text = about[name].as_str().unwrap_or_default().to_owned();
            clean(&mut text);
            text
        };
        let number = |name: &str| about[name].as_u64().unwrap_or_default();
        let values = [
            ("purpose", text("purpose").into()),
            ("host", text("host").into()),
            ("model", text("model").into()),
            ("tokens", number("tokens").into()),
            ("names", number("names").into()),
        ];
        tell(&format!("\n{}\n\n", self.words.text("model-about", &values)));
        // First as it reads, then byte for byte.
        tell(&format!("{}\n\n", data(prepared)));
        tell(&format!("{}\n\n{}\n\n", self.words.word("model-bytes"), text("preview")));
        tell(&format!("{}\n", self.words.with("model-hash", "hash", &text("hash"))));
    }

    /// A person's yes or no; `None` once Ctrl-C was pressed or the input has ended.
    fn ask(&self, question: &str) -> Option<bool> {
        let question = self.words.with("prompt-yes-no", "question", question);
        tell(&format!("{question} "));
        let (give, take) = channel();
        // Reading cannot be interrupted: after Ctrl-C this thread waits until the program ends.
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = io::stdin().lock().read_line(&mut line);
            drop(give.send(read.ok().filter(|bytes| *bytes > 0).map(|_| line)));
        });
        loop {
            match take.recv_timeout(LOOK) {
                Ok(line) => return line.map(|line| self.words.is_yes(&line)),
                Err(RecvTimeoutError::Timeout) if !self.cancel.is_cancelled() => {}
                Err(_) => return None,
            }
        }
    }
}

/// Writes to standard error, where a person reads along; that nobody does is no failure.
fn tell(text: &str) {
    let mut errors = io::stderr().lock();
    let _ = errors.write_all(text.as_bytes()).and_then(|()| errors.flush());
}

/// What goes out beside the instructions, as it reads.
fn data(prepared: &Prepared) -> String {
    let body: Value = serde_json::from_str(prepared.body()).unwrap_or_default();
    let last = body["messages"].as_array().and_then(|messages| messages.last());
    let mut text = last.and_then(|last| last["content"].as_str()).unwrap_or_default().to_owned();
    clean(&mut text);
    text
}

impl Consent for Terminal {
    fn agree(&mut self, prepared: &Prepared) -> Decision {
        self.progress = None;
        self.end_line();
        let hash = seen(prepared);
        if self.send.contains(&hash) {
            return Decision::Send(hash);
        }
        if !self.silent {
            self.show(prepared);
        }
        if !self.asks {
            self.needs = Some(shown(prepared));
            return Decision::Stop;
        }
        match self.ask(&self.words.word("model-ask-send")) {
            Some(true) => Decision::Send(hash),
            Some(false) => Decision::Refuse,
            None => Decision::Stop,
        }
    }

    fn text(&mut self, text: &str) {
        if self.silent {
            return;
        }
        let mut text = text.to_owned();
        clean(&mut text);
        self.streaming = true;
        tell(&text);
    }

    fn may_wait(&mut self, _: &Prepared, why: &LlmError) -> bool {
        self.end_line();
        if !self.asks {
            return true;
        }
        tell(&format!("{}\n", error::message(&self.words, &fault(why))));
        self.ask(&self.words.word("model-ask-wait")) == Some(true)
    }
}
