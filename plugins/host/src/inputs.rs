//! What a run is given: everything that its outcome depends on beside what the environment answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jospar_plugin_api::Capability;
use serde_json::Value;

/// Bytes of a file's name at most.
const NAME_BYTES_MAX: usize = 255;

/// A file that a person gave to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    name: String,
    bytes: Vec<u8>,
}

/// Why a file is not given to a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The name is empty, too long, has a folder in it or a character that is none.
    #[error("{0:?} is not the name of a file without folders")]
    Name(String),
}

impl File {
    /// A file with its name without folders.
    ///
    /// # Errors
    /// [`FileError::Name`]
    pub fn new(name: &str, bytes: Vec<u8>) -> Result<Self, FileError> {
        let apart = |c: char| matches!(c, '/' | '\\' | ':') || c.is_control();
        let dots = name.chars().all(|c| c == '.');
        if dots || name.len() > NAME_BYTES_MAX || name.contains(apart) {
            return Err(FileError::Name(name.chars().take(NAME_BYTES_MAX).collect()));
        }
        Ok(Self { name: name.to_owned(), bytes })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Stops a run, from any thread.
///
/// The guest hears of it when it next tells its progress, and is interrupted if it has not ended half a second later.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Stops the runs that were started with this.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody stopped them.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a run is given.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Heads of documents as hexadecimal hashes; sorted by the host.
    pub heads: Vec<String>,
    /// When the run begins, in milliseconds since 1970.
    pub now_ms: f64,
    /// The school's day when the run begins, `YYYY-MM-DD`.
    pub today: String,
    /// What the run's randomness begins from.
    pub seed: u64,
    /// What a person set, by the manifest's keys. A value that does not fit its setting counts as not set.
    pub settings: BTreeMap<String, Value>,
    /// What a person granted. What the manifest does not ask for is not given.
    pub grants: BTreeSet<Capability>,
    /// Files that a person gave to this run, in order.
    pub files: Vec<File>,
    /// Stops the run.
    pub cancel: Cancel,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn t24_a_file_has_a_name_without_folders() {
        let long = "a".repeat(256);
        let bad =
            ["", ".", "..", "../a", "a/b", "/etc/passwd", "a\\b", "C:a", "a\0b", "a\nb", &long];
        for name in bad {
            assert!(File::new(name, Vec::new()).is_err(), "{name:?}");
        }
        for name in ["teacher-survey.csv", "Сауалнама 8А.xlsx", ".csv", "a..b"] {
            assert_eq!(File::new(name, vec![1]).unwrap().name(), name);
        }
    }
}
