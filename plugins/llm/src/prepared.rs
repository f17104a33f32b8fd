//! The exact bytes of a request, for a person to read before anything is sent.
//!
//! [`prepare`] makes a [`Prepared`], [`Prepared::preview`] shows it, [`Prepared::confirm`] says who agreed, and only a
//! [`Confirmed`] can be sent (`client`) or wait (`queue`). Only the key is not shown: it is a header of its own.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::LlmError;
use crate::names::{Names, Restored, Table};
use crate::settings::{Endpoint, Settings};
use crate::template::{Block, Language, check, fenced, instructions};
use crate::text::said;

/// The longest list of sources.
pub const SOURCES_MAX: usize = 64;

/// Low, so that a draft keeps to its data.
const TEMPERATURE: f64 = 0.2;
/// Bytes of a token, on the cautious side: Kazakh takes two bytes a letter, and models cut it finely.
const TOKEN_BYTES: usize = 3;

/// What a plugin or a page asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Why, for the person who is asked before anything is sent.
    pub purpose: String,
    /// One of [`TEMPLATES`](crate::template::TEMPLATES).
    pub template: String,
    /// The language of instructions and answer.
    pub language: Language,
    /// The data.
    pub blocks: Vec<Block>,
    /// Tokens of the answer; the settings' bound holds, too. 0 is that bound.
    pub tokens_max: u32,
    /// Paths in the plan and reports that the data come from; kept with the answer, not sent.
    pub sources: Vec<String>,
}

/// A request as it would go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// What was asked, with names as they are; stays on this device.
    pub asked: Asked,
    /// Where it goes: a full URL.
    pub url: String,
    /// The path of it, and what stands in the `Host` header.
    path: String,
    authority: String,
    /// The model.
    pub model: String,
    body: String,
    table: Table,
    /// BLAKE3 of the body, hexadecimal: the prompt's hash.
    pub prompt_hash: String,
}

/// A request that a person has seen and agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The request.
    pub prepared: Prepared,
    /// Who agreed: a person's id.
    pub person: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Makes the bytes of a request. Nothing is sent.
///
/// # Errors
/// [`LlmError::Off`] and what the settings say; [`LlmError::UnknownTemplate`], [`LlmError::BadBlock`],
/// [`LlmError::TooMuchData`].
pub fn prepare(settings: &Settings, asked: Asked, names: &Names) -> Result<Prepared, LlmError> {
    settings.check()?;
    let endpoint = settings.endpoint()?;
    if asked.sources.len() > SOURCES_MAX {
        return Err(LlmError::TooMuchData { size: asked.sources.len(), limit: SOURCES_MAX });
    }
    let orders = instructions(&asked.template, asked.language)?;
    check(&asked.blocks)?;
    let mut table = Table::for_texts(asked.blocks.iter().map(|block| block.text.as_str()));
    let mask =
        |block: &Block| Block { name: block.name.clone(), text: table.mask(names, &block.text) };
    let blocks: Vec<Block> = asked.blocks.iter().map(mask).collect();
    let data = fenced(&blocks, asked.language)?;
    let tokens = match asked.tokens_max {
        0 => settings.tokens_max,
        asked => asked.min(settings.tokens_max),
    };
    let body = body(settings, &orders, &data, tokens);
    let prompt_hash = blake3::hash(body.as_bytes()).to_hex().to_string();
    let asked = Asked { purpose: said(&asked.purpose), tokens_max: tokens, ..asked };
    let path = path_of(&endpoint);
    let Endpoint { chat, authority, .. } = endpoint;
    let model = settings.model.trim().to_owned();
    Ok(Prepared { asked, url: chat, path, authority, model, body, table, prompt_hash })
}

fn path_of(endpoint: &Endpoint) -> String {
    let at = endpoint.chat.find("://").map_or(0, |at| at + 3);
    let after = endpoint.chat.get(at..).unwrap_or_default();
    after.find('/').and_then(|at| after.get(at..)).unwrap_or("/").to_owned()
}

fn body(settings: &Settings, orders: &str, data: &str, tokens: u32) -> String {
    let messages = if settings.system_role {
        json!([{"role": "system", "content": orders}, {"role": "user", "content": data}])
    } else {
        json!([{"role": "user", "content": format!("{orders}\n\n{data}")}])
    };
    let mut body = json!({
        "model": settings.model.trim(),
        "messages": messages,
        "max_tokens": tokens,
        "temperature": TEMPERATURE,
        "stream": settings.stream,
    });
    if let Some(body) = body.as_object_mut().filter(|_| settings.stream) {
        body.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
    Value::to_string(&body)
}

impl Prepared {
    /// The request as it goes over the line, without the key's header: the line, the headers, the body.
    #[must_use]
    pub fn preview(&self) -> String {
        let mut text = format!("POST {} HTTP/1.1\r\n", self.path);
        for (name, value) in self.headers() {
            text.push_str(name);
            text.push_str(": ");
            text.push_str(&value);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        text.push_str(&self.body);
        text
    }

    /// All headers but the key's, in their order.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("host", self.authority.clone()),
            ("accept", "text/event-stream, application/json".to_owned()),
            ("content-length", self.body.len().to_string()),
            ("content-type", "application/json".to_owned()),
            ("user-agent", "jospar".to_owned()),
        ]
    }

    /// Whom it goes to: the host, with its port if it is not the usual one.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.authority
    }

    /// The body: JSON.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// What it may cost at most, in tokens: the prompt, estimated from its bytes, and the longest answer.
    #[must_use]
    pub fn tokens_estimated(&self) -> u64 {
        tokens_of(self.body.len()) + u64::from(self.asked.tokens_max)
    }

    /// How many names, contacts and codes were replaced.
    #[must_use]
    pub fn replaced(&self) -> usize {
        self.table.count()
    }

    /// A text of the model with names put back.
    #[must_use]
    pub fn restore(&self, text: &str) -> Restored {
        self.table.restore(text)
    }

    /// A person (an id) has seen the preview whose hash is `prompt_hash`, and agrees to send it.
    ///
    /// # Errors
    /// [`LlmError::Outdated`] if what was seen is another request.
    pub fn confirm(
        self,
        prompt_hash: &str,
        person: &str,
        at_ms: i64,
    ) -> Result<Confirmed, LlmError> {
        if prompt_hash != self.prompt_hash {
            return Err(LlmError::Outdated {});
        }
        Ok(Confirmed { prepared: self, person: person.to_owned(), at_ms })
    }
}

impl Confirmed {
    /// Whether the request still fits the settings: the same address and model.
    #[must_use]
    pub fn fits(&self, settings: &Settings) -> bool {
        let same = |endpoint: Endpoint| endpoint.chat == self.prepared.url;
        settings.endpoint().is_ok_and(same) && settings.model.trim() == self.prepared.model
    }

    /// Whether nothing was changed in it: the hash is the body's.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let hash = blake3::hash(self.prepared.body.as_bytes()).to_hex();
        hash.as_str() == self.prepared.prompt_hash
    }
}

/// Tokens of so many bytes, on the cautious side.
pub(crate) fn tokens_of(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(TOKEN_BYTES)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    fn asked(text: &str) -> Asked {
        Asked {
            purpose: "Қорытынды\u{202e} жазу".to_owned(),
            template: "summarise".to_owned(),
            language: Language::Kk,
            blocks: vec![Block { name: "comments".to_owned(), text: text.to_owned() }],
            tokens_max: 5_000,
            sources: vec!["surveys/s1".to_owned()],
        }
    }

    fn settings() -> Settings {
        Settings { url: "http://127.0.0.1:8080".to_owned(), ..Settings::default() }
    }

    #[test]
    fn the_same_request_has_the_same_bytes_and_hash() {
        let names = Names::new(["Асқар Нұрланов"]);
        let make = || prepare(&settings(), asked("Нұрлановқа рахмет."), &names).unwrap();
        let prepared = make();
        assert_eq!(prepared, make());
        let body: Value = serde_json::from_str(prepared.body()).unwrap();
        assert_eq!(body["max_tokens"], 1_024, "the settings bound what a plugin asks");
        assert_eq!(body["messages"][0]["role"], "system");
        assert!(
            body["messages"][1]["content"].as_str().unwrap().contains("| [PERSON_1]қа рахмет.\n")
        );
        assert_eq!(prepared.asked.purpose, "Қорытынды жазу");
        assert!(!prepared.preview().contains("surveys/s1"), "sources are not sent");
        let other = prepare(&settings(), asked("Рахмет."), &names).unwrap();
        assert_ne!(prepared.prompt_hash, other.prompt_hash);
    }

    #[test]
    fn only_what_was_seen_is_confirmed() {
        let prepared = prepare(&settings(), asked("a"), &Names::default()).unwrap();
        let hash = prepared.prompt_hash.clone();
        let refused = prepared.clone().confirm("another", "dir", 5);
        assert_eq!(refused, Err(LlmError::Outdated {}));
        let confirmed = prepared.confirm(&hash, "dir", 5).unwrap();
        assert!(confirmed.fits(&settings()) && confirmed.is_whole());
        assert!(!confirmed.fits(&Settings { model: "other".to_owned(), ..settings() }));
        assert!(!confirmed.fits(&Settings::default()));
        let mut changed = confirmed;
        changed.prepared.body.push(' ');
        assert!(!changed.is_whole());
    }

    #[test]
    fn a_model_without_a_system_role_is_asked_as_a_person() {
        let settings = Settings { system_role: false, stream: false, ..settings() };
        let prepared = prepare(&settings, asked("a"), &Names::default()).unwrap();
        let body: Value = serde_json::from_str(prepared.body()).unwrap();
        assert_eq!(body["messages"].as_array().unwrap().len(), 1);
        assert_eq!(body.get("stream_options"), None);
    }

    #[test]
    fn nothing_is_made_while_it_is_off() {
        let off = prepare(&Settings::default(), asked("a"), &Names::default());
        assert_eq!(off.unwrap_err(), LlmError::Off {});
        let unknown = Asked { template: "obey".to_owned(), ..asked("a") };
        let refused = prepare(&settings(), unknown, &Names::default()).unwrap_err();
        assert_eq!(refused.key(), "error-llm-template");
    }
}
