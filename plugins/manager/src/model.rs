//! The language model of this device, as plugins and people meet it.
//!
//! [`Desk`] is where the device's settings, key, budget, queue and answers lie. [`Asking`] answers a plugin: it takes the
//! names of the school's people out, shows somebody the exact bytes through [`Consent`], sends them within budget and
//! time, keeps the answer and puts the names back. Nothing here knows a terminal or a page. Why: docs/adr/0023.

mod asking;
mod desk;
mod names;
mod papers;
mod texts;

use jospar_llm::LlmError;
use jospar_llm::prepared::Prepared;
use jospar_plugin_api::PluginError;
use jospar_plugin_host::{ModelReply, ModelRequest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::snapshot::Snapshot;

pub use asking::Asking;
pub(crate) use desk::person;
pub use desk::{Desk, fault};
pub(crate) use names::names;
pub(crate) use papers::{Marks, is_closed};
pub use texts::Unread;

/// What answers a run that asks a language model. A closure of its last function does for a model that is made up.
pub trait AskModel {
    /// A run of a plugin begins on this snapshot.
    fn begin(&mut self, _snapshot: &Snapshot) {}

    /// The run was given what stands at a place of the plan: a source of what it asks from now on.
    fn read(&mut self, _place: &str) {}

    /// Asks.
    ///
    /// # Errors
    /// In words for a person.
    fn ask(&mut self, request: &ModelRequest) -> Result<ModelReply, PluginError>;

    /// The answers of the run, in order.
    fn answers(&self) -> Vec<Answered> {
        Vec::new()
    }

    /// Whether a question of the run had no answer, so that another run may give more.
    fn is_open(&self) -> bool {
        false
    }
}

impl<F: FnMut(&ModelRequest) -> Result<ModelReply, PluginError>> AskModel for F {
    fn ask(&mut self, request: &ModelRequest) -> Result<ModelReply, PluginError> {
        self(request)
    }
}

/// One answer that a run got: enough to say later where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Its number among this device's answers.
    pub record: i64,
    /// The model's name.
    pub model: String,
    /// BLAKE3 of what was sent, hexadecimal.
    pub prompt_hash: String,
    /// Places in the plan that the data came from.
    pub sources: Vec<String>,
    /// The school's day.
    pub day: String,
    /// What came, with names.
    pub text: String,
}

/// What a person says to a request that they see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Send it: the hash of what they saw, see [`seen`].
    Send(String),
    /// Do not send it. The plugin may go on without.
    Refuse,
    /// Stop the run.
    Stop,
}

/// Whoever is asked before anything is sent.
pub trait Consent {
    /// Shows the request, whose [`Prepared::preview`] is what goes out byte for byte, and waits for an answer.
    fn agree(&mut self, prepared: &Prepared) -> Decision;

    /// A piece of the answer, with placeholders where names belong.
    fn text(&mut self, _text: &str) {}

    /// The request that the person agreed to could not be carried out: whether it may wait in the queue.
    fn may_wait(&mut self, _prepared: &Prepared, _error: &LlmError) -> bool {
        false
    }
}

/// A request as it is shown: `{host, url, model, purpose, template, language, tokens, names, hash, preview}`; `tokens` at
/// most, `names` counts what was replaced, `hash` is [`seen`].
#[must_use]
pub fn shown(prepared: &Prepared) -> Value {
    let asked = &prepared.asked;
    json!({
        "host": prepared.host(), "url": prepared.url, "model": prepared.model,
        "purpose": asked.purpose, "template": asked.template, "language": asked.language,
        "tokens": prepared.tokens_estimated(), "names": prepared.replaced(),
        "hash": seen(prepared), "preview": prepared.preview(),
    })
}

/// The hash of a request with the address that it goes to, BLAKE3 in hexadecimal: what a yes is said to.
#[must_use]
pub fn seen(prepared: &Prepared) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(prepared.url.as_bytes()).update(b"\n").update(prepared.preview().as_bytes());
    hasher.finalize().to_hex().to_string()
}
