//! Manifests: what a plugin says of itself, as JSON. Read as a stranger's text: bounded, and every field checked.

use std::collections::BTreeSet;

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::capability::{Capability, Part};
use crate::id::PluginId;
use crate::setting::Setting;
use crate::text::Text;

/// The interface that plugins are written against: `jospar:plugin` 0.1 of `plugins/wit/plugin.wit`.
pub const API: &str = "0.1";

/// Characters of a name or a title.
pub const TITLE_CHARS_MAX: usize = 200;

/// Characters of a summary.
pub const SUMMARY_CHARS_MAX: usize = 1_000;

/// Tasks, settings and choices of a setting, each.
pub const ENTRIES_MAX: usize = 64;

/// Characters of a task's id or a setting's key.
pub const KEY_CHARS_MAX: usize = 64;

/// The runners of scripts that there are: a language with the version of its runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RunnerName {
    /// JavaScript, first version.
    #[serde(rename = "js-1")]
    Js1,
    /// Python, first version.
    #[serde(rename = "py-1")]
    Py1,
}

impl RunnerName {
    /// The name in a manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Js1 => "js-1",
            Self::Py1 => "py-1",
        }
    }

    /// What a line of comment begins with in the language.
    #[must_use]
    pub const fn comment(self) -> &'static str {
        match self {
            Self::Js1 => "//",
            Self::Py1 => "#",
        }
    }
}

/// A thing that a plugin does when asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// What `run` is called with; `a-z 0-9 - _`.
    pub id: String,
    /// What a person reads.
    pub title: Text,
    /// Beside which part of the plan it is offered; `plan` for the plan as a whole.
    #[serde(rename = "where", with = "part")]
    pub place: Part,
    /// Extensions of the files that it takes, in lower case without a dot; empty if it takes none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

mod part {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Part;

    pub(super) fn serialize<S: Serializer>(part: &Part, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(part.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Part, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a plugin says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its id.
    pub id: PluginId,
    /// Its version.
    pub version: Version,
    /// The interface that it is written against: [`API`].
    pub api: String,
    /// Its name.
    pub name: Text,
    /// What it does, in a sentence or two.
    pub summary: Text,
    /// Who wrote it.
    pub author: String,
    /// In a script the runner; in a component nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<RunnerName>,
    /// What it asks for. It runs without what is not granted, if it can.
    #[serde(default)]
    pub needs: BTreeSet<Capability>,
    /// What it does, at least one thing.
    pub tasks: Vec<Task>,
    /// What a person may set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is nothing, or a language is missing.
    #[error("is empty, or lacks one of the three languages")]
    Empty,
    /// Too long, or too many.
    #[error("is too long, or has too many entries")]
    TooLong,
    /// Characters that do not belong there.
    #[error("has characters that do not belong there")]
    Characters,
    /// It is there twice.
    #[error("is there twice")]
    Twice,
    /// Another interface than [`API`].
    #[error("is not an interface that this program has; it has {API}")]
    Api,
    /// A value that does not fit the setting's type and bounds.
    #[error("does not fit the type and bounds of the setting")]
    Value,
    /// A field that this type of setting does not have, or lacks.
    #[error("does not belong to this type of setting, or is missing")]
    Setting,
    /// A capability for the plugin's own result.
    #[error("asks for the plugin's own result")]
    OwnResult,
}

impl Problem {
    /// The word of a closed set that the message chooses by.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "long",
            Self::Characters => "characters",
            Self::Twice => "twice",
            Self::Api => "api",
            Self::Value => "value",
            Self::Setting => "setting",
            Self::OwnResult => "own",
        }
    }
}

/// Why a text is no manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Longer than allowed.
    #[error("the manifest has {bytes} bytes; the limit is {max}")]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        max: usize,
    },
    /// No JSON, or a field that is missing, unknown or of a wrong kind.
    #[error("the manifest, line {line}, column {column}: {reason}")]
    Json {
        /// The line, from 1; in a script counted in the manifest, not in the file.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the parser says, in English.
        reason: String,
    },
    /// A field that says nothing sensible.
    #[error("the manifest: {field} {problem}")]
    Field {
        /// The field's path, `tasks[0].title`.
        field: String,
        /// What is wrong with it.
        problem: Problem,
    },
}

impl ManifestError {
    /// The key of the message in the catalogue.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "plugin-manifest-too-long",
            Self::Json { .. } => "plugin-manifest-json",
            Self::Field { .. } => "plugin-manifest-field",
        }
    }

    /// The message's values.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        crate::values(match self {
            Self::TooLong { bytes, max } => json!({"bytes": bytes, "max": max}),
            Self::Json { line, column, reason } => {
                json!({"line": line.to_string(), "column": column.to_string(), "reason": reason})
            }
            Self::Field { field, problem } => json!({"field": field, "problem": problem.word()}),
        })
    }

    pub(crate) fn field(field: impl Into<String>, problem: Problem) -> Self {
        Self::Field { field: field.into(), problem }
    }
}

impl Manifest {
    /// Reads a manifest of at most `bytes_max` bytes.
    ///
    /// # Errors
    /// [`ManifestError`] with the first field that is not as it should be.
    pub fn parse(json: &[u8], bytes_max: usize) -> Result<Self, ManifestError> {
        if json.len() > bytes_max {
            return Err(ManifestError::TooLong { bytes: json.len(), max: bytes_max });
        }
        let manifest: Self = serde_json::from_slice(json).map_err(|error| ManifestError::Json {
            line: error.line(),
            column: error.column(),
            reason: short(&error.to_string()),
        })?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The manifest as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in it can fail to be written.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The task with an id.
    #[must_use]
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// The setting with a key.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }

    fn check(&self) -> Result<(), ManifestError> {
        if self.api != API {
            return Err(ManifestError::field("api", Problem::Api));
        }
        check_text("name", &self.name, TITLE_CHARS_MAX)?;
        check_text("summary", &self.summary, SUMMARY_CHARS_MAX)?;
        check_line("author", &self.author, TITLE_CHARS_MAX)?;
        if self.needs.contains(&Capability::Result(self.id.clone())) {
            return Err(ManifestError::field("needs", Problem::OwnResult));
        }
        if self.tasks.is_empty() {
            return Err(ManifestError::field("tasks", Problem::Empty));
        }
        check_count("tasks", self.tasks.len())?;
        check_count("settings", self.settings.len())?;
        let mut ids = BTreeSet::new();
        for (at, task) in self.tasks.iter().enumerate() {
            check_task(at, task)?;
            if !ids.insert(&task.id) {
                return Err(ManifestError::field(format!("tasks[{at}].id"), Problem::Twice));
            }
        }
        let mut keys = BTreeSet::new();
        for (at, setting) in self.settings.iter().enumerate() {
            setting.check(&format!("settings[{at}]"))?;
            if !keys.insert(&setting.key) {
                return Err(ManifestError::field(format!("settings[{at}].key"), Problem::Twice));
            }
        }
        Ok(())
    }
}

fn check_task(at: usize, task: &Task) -> Result<(), ManifestError> {
    check_key(&format!("tasks[{at}].id"), &task.id)?;
    check_text(&format!("tasks[{at}].title"), &task.title, TITLE_CHARS_MAX)?;
    check_count(&format!("tasks[{at}].files"), task.files.len())?;
    for (file, extension) in task.files.iter().enumerate() {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        if extension.is_empty() || extension.len() > 8 || !extension.bytes().all(known) {
            let field = format!("tasks[{at}].files[{file}]");
            return Err(ManifestError::field(field, Problem::Characters));
        }
    }
    Ok(())
}

pub(crate) fn check_count(field: &str, count: usize) -> Result<(), ManifestError> {
    if count > ENTRIES_MAX {
        return Err(ManifestError::field(field, Problem::TooLong));
    }
    Ok(())
}

/// A word of `a-z A-Z 0-9 - _` that begins with a letter.
pub(crate) fn check_key(field: &str, key: &str) -> Result<(), ManifestError> {
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let problem = match key {
        "" => Problem::Empty,
        key if key.len() > KEY_CHARS_MAX => Problem::TooLong,
        key if !key.starts_with(|c: char| c.is_ascii_alphabetic()) => Problem::Characters,
        key if !key.bytes().all(known) => Problem::Characters,
        _ => return Ok(()),
    };
    Err(ManifestError::field(field, problem))
}

pub(crate) fn check_text(field: &str, text: &Text, max: usize) -> Result<(), ManifestError> {
    text.all().into_iter().try_for_each(|text| check_line(field, text, max))
}

fn check_line(field: &str, text: &str, max: usize) -> Result<(), ManifestError> {
    let mut cleaned = text.to_owned();
    crate::text::clean(&mut cleaned);
    let problem = if text.trim().is_empty() {
        Problem::Empty
    } else if text.chars().count() > max {
        Problem::TooLong
    } else if cleaned != text || text.contains(['\n', '\t']) {
        Problem::Characters
    } else {
        return Ok(());
    };
    Err(ManifestError::field(field, problem))
}

/// The parser's words, which may quote what a stranger wrote.
fn short(reason: &str) -> String {
    let position = reason.rfind(" at line ").unwrap_or(reason.len());
    let words = reason.get(..position).unwrap_or(reason);
    words.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests;
