//! Settings of a plugin: what a person may set, of which type, in which bounds.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::manifest::{
    ManifestError, Problem, TITLE_CHARS_MAX, check_count, check_key, check_text,
};
use crate::text::Text;

/// Characters of a text setting where the manifest names no other bound, and at most.
pub const SETTING_CHARS_MAX: usize = 1_000;

/// The type of a setting's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingType {
    /// A finite number from `min` to `max`.
    Number,
    /// A text of `min` to `max` characters, at most [`SETTING_CHARS_MAX`].
    Text,
    /// The value of one of `choices`.
    Choice,
    /// True or false.
    Boolean,
}

/// One of the values of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What the plugin reads.
    pub value: String,
    /// What a person reads.
    pub title: Text,
}

/// One thing that a person may set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// What the plugin asks for it by.
    pub key: String,
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: SettingType,
    /// What a person reads.
    pub title: Text,
    /// The value while nobody has set one.
    pub default: Value,
    /// The least number or count of characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The greatest number or count of characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The values of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// Why a value is not taken for a setting.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingError {
    /// Another type.
    #[error("not of the setting's type")]
    Type,
    /// Below the least or above the greatest.
    #[error("not from {min:?} to {max:?}")]
    Range {
        /// The least.
        min: Option<f64>,
        /// The greatest.
        max: Option<f64>,
    },
    /// None of the choices.
    #[error("none of the choices")]
    Choice,
}

impl SettingError {
    /// The key of the message in the catalogue.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Type => "plugin-setting-type",
            Self::Range { .. } => "plugin-setting-range",
            Self::Choice => "plugin-setting-choice",
        }
    }

    /// The message's values: the bounds as texts, empty where there is none.
    #[must_use]
    pub fn values(&self) -> serde_json::Map<String, Value> {
        let bound = |bound: &Option<f64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        crate::values(match self {
            Self::Range { min, max } => {
                serde_json::json!({"min": bound(min), "max": bound(max)})
            }
            Self::Type | Self::Choice => Value::Null,
        })
    }
}

impl Setting {
    /// Whether a value may be set.
    ///
    /// # Errors
    /// [`SettingError`], for the person who set it.
    pub fn validate(&self, value: &Value) -> Result<(), SettingError> {
        match (self.kind, value) {
            (SettingType::Boolean, Value::Bool(_)) => Ok(()),
            (SettingType::Number, Value::Number(number)) => {
                self.within(number.as_f64().filter(|number| number.is_finite()))
            }
            (SettingType::Text, Value::String(text)) => {
                let chars = text.chars().count();
                if chars > SETTING_CHARS_MAX {
                    #[allow(clippy::cast_precision_loss, reason = "a thousand")]
                    let max = Some(self.max.unwrap_or(SETTING_CHARS_MAX as f64));
                    return Err(SettingError::Range { min: self.min, max });
                }
                self.within(u32::try_from(chars).ok().map(f64::from))
            }
            (SettingType::Choice, Value::String(text)) => {
                let found = self.choices.iter().any(|choice| choice.value == *text);
                found.then_some(()).ok_or(SettingError::Choice)
            }
            _ => Err(SettingError::Type),
        }
    }

    fn within(&self, number: Option<f64>) -> Result<(), SettingError> {
        let number = number.ok_or(SettingError::Type)?;
        let low = self.min.is_some_and(|min| number < min);
        let high = self.max.is_some_and(|max| number > max);
        match low || high {
            true => Err(SettingError::Range { min: self.min, max: self.max }),
            false => Ok(()),
        }
    }

    /// The setting as part of a manifest, at `path` of it.
    pub(crate) fn check(&self, path: &str) -> Result<(), ManifestError> {
        let wrong =
            |field: &str, problem| Err(ManifestError::field(format!("{path}.{field}"), problem));
        check_key(&format!("{path}.key"), &self.key)?;
        check_text(&format!("{path}.title"), &self.title, TITLE_CHARS_MAX)?;
        let bounded = matches!(self.kind, SettingType::Number | SettingType::Text);
        if !bounded && (self.min.is_some() || self.max.is_some()) {
            return wrong("min", Problem::Setting);
        }
        if self.min.zip(self.max).is_some_and(|(min, max)| min > max) {
            return wrong("max", Problem::Value);
        }
        if (self.kind == SettingType::Choice) == self.choices.is_empty() {
            return wrong("choices", Problem::Setting);
        }
        check_count(&format!("{path}.choices"), self.choices.len())?;
        for (at, choice) in self.choices.iter().enumerate() {
            check_key(&format!("{path}.choices[{at}].value"), &choice.value)?;
            check_text(&format!("{path}.choices[{at}].title"), &choice.title, TITLE_CHARS_MAX)?;
            let before = self.choices.iter().take(at);
            if before.into_iter().any(|other| other.value == choice.value) {
                return wrong(&format!("choices[{at}].value"), Problem::Twice);
            }
        }
        match self.validate(&self.default) {
            Ok(()) => Ok(()),
            Err(_) => wrong("default", Problem::Value),
        }
    }
}
