//! Proposals: what a plugin would change. Nothing changes until a person accepts it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::text::Text;

/// Writes a value at a path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetValue {
    /// The path in the plan.
    pub path: String,
    /// The value; null clears.
    pub value: Value,
}

/// Adds an item to a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddItem {
    /// The list's path in the plan.
    pub path: String,
    /// The item's id; a new one if `None`.
    pub id: Option<String>,
    /// Its fields, in the form of `jospar show --json`.
    pub fields: Map<String, Value>,
    /// The id of the item behind which it goes; at the end if `None`.
    pub after: Option<String>,
}

/// Puts a text in place of the text at a path; what others wrote since the run began stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteText {
    /// The path in the plan.
    pub path: String,
    /// The new text.
    pub text: String,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// Writes a value.
    Set(SetValue),
    /// Adds an item.
    Add(AddItem),
    /// Removes the item at a path.
    Remove(String),
    /// Writes a text.
    Write(WriteText),
}

impl Edit {
    /// The path that it is about.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Set(set) => &set.path,
            Self::Add(add) => &add.path,
            Self::Remove(path) => path,
            Self::Write(write) => &write.path,
        }
    }
}

/// Where a proposal comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Calculated.
    Computed,
    /// A language model was asked in the run.
    Model,
}

/// Edits that belong together, with the reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// What it does, in a line.
    pub title: Text,
    /// Why.
    pub reason: Text,
    /// Where it comes from.
    pub origin: Origin,
    /// The edits, in order.
    pub edits: Vec<Edit>,
}
