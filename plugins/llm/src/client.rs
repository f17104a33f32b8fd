//! Sends what a person confirmed, and takes text back: word by word, within times and bounds, or not at all.
//!
//! One thread reads from the line; the caller's thread waits for it, so that a stop or the end of a time is heard at once.
//! A try that is given up leaves a thread which ends with its socket, at the latest after the time for connecting.
//! Nothing is tried again once a word has come.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::{HeaderMap, Request, header};

use crate::prepared::{Confirmed, Prepared, tokens_of};
use crate::secret::Secret;
use crate::settings::{Endpoint, Settings};
use crate::sse::{Events, Said, read};
use crate::text::{clean, said, without_thinking};
use crate::{LlmError, Phase};

use line::{Event, Failed, start, unreachable, wait};

mod line;

/// The longest answer, in bytes of text. What is longer is cut and said to be.
pub const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// All bytes of an answer with what is around its text.
pub const RESPONSE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A server that wants a longer wait than this is not waited for.
pub const RETRY_AFTER_MS_MAX: u64 = 60_000;

/// How much of a refusal is read.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;
/// Time for [`answers`].
const PROBE_MS_MAX: u64 = 5_000;

/// Stops a request from another thread. Clones stop the same request.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<(Mutex<bool>, Condvar)>);

/// What a request needs besides its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Where, how long, how often.
    pub settings: &'a Settings,
    /// The key, if the endpoint wants one.
    pub key: Option<&'a Secret>,
    /// What stops it.
    pub cancel: &'a Cancel,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Plain text with names put back.
    pub text: String,
    /// The model's own name, or the one that was asked.
    pub model: String,
    /// True if the answer ended at a bound and not by itself.
    pub truncated: bool,
    /// Tokens of question and answer, as the server counts or, if it does not, estimated from bytes.
    pub tokens: u64,
    /// Placeholders that stand for nobody: the model made them up.
    pub unknown: Vec<String>,
}

impl Cancel {
    /// Stops the request; it ends with [`LlmError::Cancelled`].
    pub fn stop(&self) {
        let (stopped, changed) = &*self.0;
        *stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Whether it was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, but not once it is stopped.
    fn wait(&self, time: Duration) -> Result<(), LlmError> {
        let (stopped, changed) = &*self.0;
        let stopped = stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(stopped, time, |stopped| !*stopped);
        let (stopped, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *stopped { Err(LlmError::Cancelled {}) } else { Ok(()) }
    }
}

impl Confirmed {
    /// Sends exactly the bytes that were shown, and the key. `on_text` gets the text as it comes, with placeholders
    /// where names belong; the answer has the names.
    ///
    /// Takes at most [`Settings::total_ms`].
    ///
    /// # Errors
    /// [`LlmError::Outdated`] if the request does not fit the settings; what the line and the server do.
    pub fn send(&self, line: Line<'_>, on_text: &mut dyn FnMut(&str)) -> Result<Answer, LlmError> {
        if !self.fits(line.settings) || !self.is_whole() {
            return Err(LlmError::Outdated {});
        }
        let endpoint = line.settings.endpoint()?;
        let deadline = Instant::now() + Duration::from_millis(line.settings.total_ms);
        let mut wait_ms = line.settings.backoff_ms;
        for left in (0..line.settings.attempts).rev() {
            let failed = match attempt(&self.prepared, &endpoint, line, deadline, on_text) {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let Some(asked_ms) = failed.retry_ms.filter(|_| left > 0) else {
                return Err(failed.error);
            };
            let pause = Duration::from_millis(asked_ms.max(wait_ms));
            if asked_ms > RETRY_AFTER_MS_MAX || Instant::now() + pause >= deadline {
                return Err(failed.error);
            }
            line.cancel.wait(pause)?;
            wait_ms = wait_ms.saturating_mul(2);
        }
        Err(LlmError::Off {})
    }
}

/// Whether the endpoint answers at all. Nothing of a plan is sent; a refusal of the key is an answer, too.
///
/// # Errors
/// [`LlmError::Off`] and what the line does.
pub fn answers(line: Line<'_>) -> Result<(), LlmError> {
    let endpoint = line.settings.endpoint()?;
    let time = Duration::from_millis(line.settings.connect_ms.min(PROBE_MS_MAX));
    let request = with_key(Request::get(&endpoint.models), line.key).body(Vec::new());
    let request = request.map_err(|_| LlmError::BadUrl { url: endpoint.models.clone() })?;
    let deadline = Instant::now() + 2 * time;
    let (agent, events) = start(&endpoint, time, deadline, request)?;
    let head = wait(&events, line.cancel, deadline, deadline, Phase::Connect, 2 * time);
    agent.shutdown();
    match head? {
        Some(Event::Failed(failed)) => Err(failed.error),
        Some(_) => Ok(()),
        None => Err(LlmError::Unreachable { host: endpoint.host }),
    }
}

fn attempt(
    prepared: &Prepared,
    endpoint: &Endpoint,
    line: Line<'_>,
    deadline: Instant,
    on_text: &mut dyn FnMut(&str),
) -> Result<Answer, Failed> {
    if line.cancel.is_stopped() {
        return Err(LlmError::Cancelled {}.into());
    }
    let mut request = Request::post(&prepared.url);
    for (name, value) in prepared.headers() {
        request = request.header(name, value);
    }
    let request = with_key(request, line.key).body(prepared.body().as_bytes().to_vec());
    let request = request.map_err(|_| LlmError::BadUrl { url: prepared.url.clone() })?;
    let time = Duration::from_millis(line.settings.connect_ms);
    let (agent, events) = start(endpoint, time, deadline, request)?;
    let mut exchange = Exchange { settings: line.settings, cancel: line.cancel, deadline, events };
    let answered = exchange.take(endpoint, on_text);
    // The thread's socket is closed under it, and its channel with the exchange.
    agent.shutdown();
    let reading = answered?;
    Ok(reading.finish(prepared)?)
}

fn with_key(
    request: ureq::http::request::Builder,
    key: Option<&Secret>,
) -> ureq::http::request::Builder {
    match key {
        Some(key) => request.header(header::AUTHORIZATION, format!("Bearer {}", key.reveal())),
        None => request,
    }
}

/// One try under way.
struct Exchange<'a> {
    settings: &'a Settings,
    cancel: &'a Cancel,
    deadline: Instant,
    events: Receiver<Event>,
}

impl Exchange<'_> {
    fn next(&self, until: Instant, phase: Phase, ms: u64) -> Result<Option<Event>, LlmError> {
        let time = Duration::from_millis(ms);
        match wait(&self.events, self.cancel, until, self.deadline, phase, time) {
            Err(LlmError::TimedOut { phase: Phase::Total, .. }) => {
                let seconds = Duration::from_millis(self.settings.total_ms).as_secs_f64();
                Err(LlmError::TimedOut { phase: Phase::Total, seconds })
            }
            waited => waited,
        }
    }

    fn take(
        &mut self,
        endpoint: &Endpoint,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<Reading, Failed> {
        let first_ms = self.settings.connect_ms.saturating_add(self.settings.first_byte_ms);
        let first = Instant::now() + Duration::from_millis(first_ms);
        let head = self.next(first, Phase::FirstByte, self.settings.first_byte_ms)?;
        let (status, headers) = match head {
            Some(Event::Head { status, headers }) => (status, headers),
            Some(Event::Failed(failed)) => return Err(failed),
            _ => return Err(unreachable(&endpoint.host)),
        };
        if status != 200 {
            return Err(self.refused(endpoint, status, &headers, first));
        }
        let content = header_text(&headers, header::CONTENT_TYPE).to_ascii_lowercase();
        let mut reading = match content.split(';').next().unwrap_or_default().trim() {
            "text/event-stream" => Reading::default(),
            "application/json" => Reading { whole: Some(Vec::new()), ..Reading::default() },
            other => return Err(LlmError::Nonsense { content: said(other) }.into()),
        };
        let mut until = first;
        let (mut phase, mut ms) = (Phase::FirstByte, self.settings.first_byte_ms);
        loop {
            match self.next(until, phase, ms)? {
                Some(Event::Chunk(bytes)) => {
                    if reading.take(&bytes, on_text)? {
                        return Ok(reading);
                    }
                    if reading.bytes > 0 || reading.whole.is_some() {
                        (phase, ms) = (Phase::Idle, self.settings.idle_ms);
                        until = Instant::now() + Duration::from_millis(ms);
                    }
                }
                Some(Event::End { broken }) => {
                    reading.end(broken, on_text)?;
                    return Ok(reading);
                }
                _ => return Err(LlmError::Cut { bytes: reading.text.len() }.into()),
            }
        }
    }

    /// What a status other than 200 means. Its body is read a little: it says why.
    fn refused(
        &self,
        endpoint: &Endpoint,
        status: u16,
        headers: &HeaderMap,
        until: Instant,
    ) -> Failed {
        let retry_after_ms = header_text(headers, header::RETRY_AFTER)
            .trim()
            .parse()
            .ok()
            .map(|seconds: u64| seconds.saturating_mul(1_000));
        match status {
            300..=399 => {
                let to = header_text(headers, header::LOCATION);
                LlmError::Redirected { to: said(to) }.into()
            }
            401 | 403 => LlmError::KeyRefused { status }.into(),
            429 => {
                let ms = retry_after_ms.unwrap_or(self.settings.backoff_ms);
                let seconds = Duration::from_millis(ms).as_secs_f64();
                Failed { error: LlmError::Busy { seconds }, retry_ms: Some(ms) }
            }
            500..=599 => Failed {
                error: LlmError::Failing { status },
                retry_ms: Some(retry_after_ms.unwrap_or(0)),
            },
            _ => {
                let mut body = Vec::new();
                while let Ok(Some(Event::Chunk(bytes))) = self.next(until, Phase::Idle, 0) {
                    body.extend(bytes);
                    if body.len() > REFUSAL_BYTES_MAX {
                        break;
                    }
                }
                let text = String::from_utf8_lossy(&body);
                let said = match read(&text) {
                    Err(LlmError::Rejected { said, .. }) if !said.is_empty() => said,
                    _ => said(&text),
                };
                let said = if said.is_empty() { endpoint.host.clone() } else { said };
                LlmError::Rejected { status, said }.into()
            }
        }
    }
}

/// What has come of an answer.
#[derive(Debug, Default)]
struct Reading {
    events: Events,
    /// The bytes of an answer that is one JSON text, not a stream.
    whole: Option<Vec<u8>>,
    text: String,
    model: Option<String>,
    finished: Option<String>,
    tokens: Option<u64>,
    /// Bytes of events that were answers.
    bytes: usize,
    /// All bytes.
    received: usize,
    done: bool,
    is_cut: bool,
}

impl Reading {
    /// Takes bytes in; true once nothing more is to come.
    fn take(&mut self, bytes: &[u8], on_text: &mut dyn FnMut(&str)) -> Result<bool, LlmError> {
        self.received = self.received.saturating_add(bytes.len());
        if self.received > RESPONSE_BYTES_MAX {
            return Err(LlmError::TooLarge { limit: RESPONSE_BYTES_MAX });
        }
        if let Some(whole) = &mut self.whole {
            whole.extend_from_slice(bytes);
            return Ok(false);
        }
        for data in self.events.push(bytes)? {
            self.event(&data, on_text)?;
            if self.done || self.is_cut {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn event(&mut self, data: &str, on_text: &mut dyn FnMut(&str)) -> Result<(), LlmError> {
        self.bytes = self.bytes.saturating_add(data.len());
        if data.trim() == "[DONE]" {
            self.done = true;
            return Ok(());
        }
        self.add(read(data)?, on_text);
        Ok(())
    }

    fn add(&mut self, said: Said, on_text: &mut dyn FnMut(&str)) {
        self.model = said.model.or_else(|| self.model.take());
        self.finished = said.finished.or_else(|| self.finished.take());
        self.tokens = said.tokens.or(self.tokens);
        let mut text = clean(&said.text);
        let room = ANSWER_BYTES_MAX.saturating_sub(self.text.len());
        if text.len() > room {
            self.is_cut = true;
            text.truncate(text.floor_char_boundary(room));
        }
        if !text.is_empty() {
            self.text.push_str(&text);
            on_text(&text);
        }
    }

    /// The line has ended. A stream has to have said that it is complete.
    fn end(&mut self, broken: bool, on_text: &mut dyn FnMut(&str)) -> Result<(), LlmError> {
        if let Some(whole) = self.whole.take() {
            if broken {
                return Err(LlmError::Cut { bytes: whole.len() });
            }
            let said = read(&String::from_utf8_lossy(&whole))?;
            if !said.is_answer {
                return Err(LlmError::Nonsense {
                    content: crate::text::said(&String::from_utf8_lossy(&whole)),
                });
            }
            self.add(said, on_text);
            return Ok(());
        }
        if !broken && let Some(data) = self.events.finish()? {
            self.event(&data, on_text)?;
        }
        if self.done || self.finished.is_some() {
            return Ok(());
        }
        Err(LlmError::Cut { bytes: self.text.len() })
    }

    fn finish(self, prepared: &Prepared) -> Result<Answer, LlmError> {
        let text = without_thinking(&self.text).trim();
        if text.is_empty() {
            return Err(LlmError::Empty {});
        }
        let restored = prepared.restore(text);
        let estimate = || tokens_of(prepared.body().len()) + tokens_of(self.text.len());
        Ok(Answer {
            text: restored.text,
            model: self.model.unwrap_or_else(|| prepared.model.clone()),
            truncated: self.is_cut || self.finished.as_deref() == Some("length"),
            tokens: self.tokens.unwrap_or_else(estimate),
            unknown: restored.unknown,
        })
    }
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_ends_a_pause_at_once() {
        let cancel = Cancel::default();
        let stopper = cancel.clone();
        let thread = std::thread::spawn(move || stopper.stop());
        assert_eq!(cancel.wait(Duration::from_secs(600)), Err(LlmError::Cancelled {}));
        thread.join().expect("stops");
        assert!(cancel.is_stopped());
    }
}
