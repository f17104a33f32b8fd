//! Commands: what a person wants of a document, before it is written as automerge operations.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::ids::ChangeHash;

/// The most segments a path may have.
pub const PATH_SEGMENTS_MAX: usize = 32;
/// The most bytes one segment of a path may have.
pub const PATH_SEGMENT_BYTES_MAX: usize = 256;

/// A place inside a document: field names and item ids, written `initiatives/in1/due`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Path(Vec<String>);

/// The text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path such as initiatives/in1/due")]
pub struct PathError(pub String);

impl Path {
    /// The path of the document itself.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The place `segment` inside this one.
    #[must_use]
    pub fn child(&self, segment: &str) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment.to_owned());
        Self(segments)
    }

    /// Field names and item ids, outermost first.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.0
    }

    /// Splits off the last segment; `None` for the root.
    #[must_use]
    pub fn split_last(&self) -> Option<(Self, &str)> {
        let (last, parents) = self.0.split_last()?;
        Some((Self(parents.to_vec()), last))
    }
}

impl From<Vec<String>> for Path {
    fn from(segments: Vec<String>) -> Self {
        Self(segments)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.is_empty() {
            return Ok(Self::root());
        }
        let refused = || PathError(text.chars().take(200).collect());
        let segments: Vec<String> = text.split('/').map(str::to_owned).collect();
        let valid = segments.len() <= PATH_SEGMENTS_MAX
            && segments.iter().all(|s| !s.is_empty() && s.len() <= PATH_SEGMENT_BYTES_MAX);
        if valid { Ok(Self(segments)) } else { Err(refused()) }
    }
}

/// One intention of a person. Paths are inside one document.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Writes a plain value (a `Value` field or one key of a `Map` field); `null` clears it. Ends a conflict there.
    Set {
        /// The field.
        path: Path,
        /// The new value.
        value: Value,
    },
    /// Brings a text (`Text`, `Prose`, or one language of a local text) from what it was at `base` to `text`, keeping
    /// what others wrote since.
    EditText {
        /// The text.
        path: Path,
        /// The heads that the person saw; empty means the current ones.
        base: Vec<ChangeHash>,
        /// What the person made of it.
        text: String,
    },
    /// Adds an item to an `Items` field.
    Add {
        /// The field.
        path: Path,
        /// The new item's id; must be new.
        id: String,
        /// The item that it stands behind; `None` puts it at the end.
        after: Option<String>,
        /// Its fields, in the form of a view.
        record: Value,
    },
    /// Puts an item behind another one; `None` puts it first.
    Move {
        /// The item.
        path: Path,
        /// The item that it shall stand behind.
        after: Option<String>,
    },
    /// Removes an item. What others edit in it meanwhile is kept and shown as a conflict.
    Remove {
        /// The item.
        path: Path,
    },
    /// Takes a removal back: the item is there again, with all that was edited meanwhile.
    Keep {
        /// The item.
        path: Path,
    },
    /// Puts a short text into a `Set` field, at the end; a text that is there stays where it is.
    Include {
        /// The field.
        path: Path,
        /// The text.
        value: String,
    },
    /// Takes a short text out of a `Set` field.
    Exclude {
        /// The field.
        path: Path,
        /// The text.
        value: String,
    },
}
