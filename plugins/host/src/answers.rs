//! What a guest is answered where the host itself says no: a code to act on, and words in three languages.

use jospar_plugin_api::{Capability, Code, PluginError};
use serde_json::{Map, Value, json};

use crate::words::words;

/// A no of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The capability was not granted.
    Denied(Capability),
    /// The plan has no part by that name.
    UnknownPart(String),
    /// Not a plugin's id.
    UnknownPlugin(String),
    /// No file by that name was given.
    NoFile(String),
    /// A text is longer than may be.
    TextTooLong { bytes: usize, max: usize },
    /// What was asked for is longer than may be handed over.
    TooLong { bytes: usize, max: usize },
    /// A key is empty, too long or has control characters.
    StoreKey { max: usize },
    /// The plugin would keep too many bytes.
    StoreBytes { max: usize },
    /// The plugin would keep too many keys.
    StoreKeys { max: usize },
    /// The run asked the model often enough.
    ModelRequests { max: usize },
    /// A question to the model is too long.
    ModelTooLong { bytes: usize, max: usize },
    /// A language, a template or a count of tokens that makes no sense.
    ModelRequest,
}

impl Answer {
    const fn code(&self) -> Code {
        match self {
            Self::Denied(_) => Code::Denied,
            Self::UnknownPart(_) | Self::UnknownPlugin(_) | Self::NoFile(_) => Code::NotFound,
            Self::StoreKey { .. } | Self::ModelRequest => Code::Invalid,
            Self::TextTooLong { .. }
            | Self::TooLong { .. }
            | Self::StoreBytes { .. }
            | Self::StoreKeys { .. }
            | Self::ModelRequests { .. }
            | Self::ModelTooLong { .. } => Code::Limit,
        }
    }

    const fn key(&self) -> &'static str {
        match self {
            Self::Denied(_) => "plugin-answer-denied",
            Self::UnknownPart(_) => "plugin-answer-part",
            Self::UnknownPlugin(_) => "plugin-answer-plugin",
            Self::NoFile(_) => "plugin-answer-file",
            Self::TextTooLong { .. } => "plugin-answer-text-long",
            Self::TooLong { .. } => "plugin-answer-long",
            Self::StoreKey { .. } => "plugin-answer-store-key",
            Self::StoreBytes { .. } => "plugin-answer-store-bytes",
            Self::StoreKeys { .. } => "plugin-answer-store-keys",
            Self::ModelRequests { .. } => "plugin-answer-model-requests",
            Self::ModelTooLong { .. } => "plugin-answer-model-long",
            Self::ModelRequest => "plugin-answer-model-request",
        }
    }

    fn values(&self) -> Map<String, Value> {
        let values = match self {
            Self::Denied(capability) => json!({"capability": capability.to_string()}),
            Self::UnknownPart(name) | Self::UnknownPlugin(name) | Self::NoFile(name) => {
                json!({"name": name.chars().take(64).collect::<String>()})
            }
            Self::TextTooLong { bytes, max }
            | Self::TooLong { bytes, max }
            | Self::ModelTooLong { bytes, max } => json!({"bytes": bytes, "max": max}),
            Self::StoreKey { max }
            | Self::StoreBytes { max }
            | Self::StoreKeys { max }
            | Self::ModelRequests { max } => json!({"max": max}),
            Self::ModelRequest => Value::Null,
        };
        match values {
            Value::Object(values) => values,
            _ => Map::new(),
        }
    }
}

impl From<Answer> for PluginError {
    fn from(answer: Answer) -> Self {
        Self { code: answer.code(), message: words(answer.key(), &answer.values()) }
    }
}
