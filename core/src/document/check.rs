//! What a command may write: bounds, ids, values that fit their field.

use automerge::{AutomergeError, ScalarValue};
use data_encoding::BASE64;
use serde_json::Value;

use super::command::Path;
use super::schema::ValueKind;
use crate::ids::ChangeHash;
use crate::log::CHANGE_OPERATIONS_MAX;

/// The most characters of a plain value.
pub const VALUE_CHARS_MAX: usize = 1_000;
/// The most bytes of one text.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// The most bytes of a value of [`ValueKind::Bytes`].
pub const BYTES_MAX: usize = 128 * 1024;
/// The most bytes of an item's id.
const ID_BYTES_MAX: usize = 64;
/// The most bytes of a set's entry or a map's key.
pub(super) const KEY_BYTES_MAX: usize = 256;

/// Why a command was not carried out. Nothing of its change was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The record has no such field.
    #[error("there is no field {field:?} at {path}")]
    UnknownField {
        /// The path that was given.
        path: Path,
        /// The segment that names no field.
        field: String,
    },
    /// Nothing is there.
    #[error("there is nothing at {0}")]
    NotFound(Path),
    /// An item with this id is there, or was.
    #[error("{0} is there already")]
    AlreadyThere(Path),
    /// What is there is not what the command changes.
    #[error("{0} cannot be changed in this way")]
    WrongShape(Path),
    /// The value does not fit the field.
    #[error("{value} does not fit {path}")]
    BadValue {
        /// The field.
        path: Path,
        /// What the field takes.
        expected: ValueKind,
        /// What was given, at most 80 characters of it.
        value: String,
    },
    /// The id has other letters than A to Z, a to z, 0 to 9, `.`, `_`, `-`, or too many of them.
    #[error("{0:?} cannot be an id")]
    BadId(String),
    /// A text is too long.
    #[error("the text of {path} has {found}; the limit is {max}")]
    TooLong {
        /// The field.
        path: Path,
        /// How long it is: bytes of a text, characters of a value.
        found: usize,
        /// How long it may be.
        max: usize,
    },
    /// The commands make too much for one change.
    #[error("the change would have {operations} operations; the limit is {CHANGE_OPERATIONS_MAX}")]
    TooMuch {
        /// How many operations it would have.
        operations: usize,
    },
    /// The base of a text edit is not a state of the document.
    #[error("{0} is not a state of this document")]
    UnknownHeads(ChangeHash),
    /// automerge refused: a bug, or a document that is damaged there.
    #[error("automerge refused: {0}")]
    Automerge(String),
}

impl From<AutomergeError> for CommandError {
    fn from(error: AutomergeError) -> Self {
        Self::Automerge(error.to_string())
    }
}

pub(super) fn check_id(id: &str) -> Result<(), CommandError> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if id.is_empty() || id.len() > ID_BYTES_MAX || !id.bytes().all(letter) {
        return Err(CommandError::BadId(id.chars().take(80).collect()));
    }
    Ok(())
}

pub(super) fn scalar(
    path: &Path,
    expected: ValueKind,
    value: &Value,
) -> Result<ScalarValue, CommandError> {
    let bad = || CommandError::BadValue {
        path: path.clone(),
        expected,
        value: value.to_string().chars().take(80).collect(),
    };
    if expected == ValueKind::Bytes && !value.is_null() {
        return bytes(path, value.as_str().ok_or_else(bad)?)?.ok_or_else(bad);
    }
    let scalar = match value {
        Value::Null => return Ok(ScalarValue::Null),
        Value::Bool(flag) => ScalarValue::Boolean(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => ScalarValue::Int(number),
            (None, Some(number), _) => ScalarValue::Uint(number),
            (None, None, Some(number)) if number.is_finite() => ScalarValue::F64(number),
            _ => return Err(bad()),
        },
        Value::String(text) => {
            let found = text.chars().count();
            if found > VALUE_CHARS_MAX {
                let path = path.clone();
                return Err(CommandError::TooLong { path, found, max: VALUE_CHARS_MAX });
            }
            ScalarValue::Str(text.as_str().into())
        }
        Value::Array(_) | Value::Object(_) => return Err(bad()),
    };
    let text = value.as_str();
    let fits = match expected {
        ValueKind::Any => true,
        ValueKind::Bytes => false,
        ValueKind::Text => text.is_some(),
        ValueKind::Number => value.is_number(),
        ValueKind::Flag => value.is_boolean(),
        ValueKind::Date => text.is_some_and(|text| text.parse::<crate::plan::Date>().is_ok()),
        ValueKind::Choice(words) => text.is_some_and(|text| words.contains(&text)),
    };
    if fits { Ok(scalar) } else { Err(bad()) }
}

/// Bytes from their base64; `None` if the text is none.
fn bytes(path: &Path, text: &str) -> Result<Option<ScalarValue>, CommandError> {
    // Decoding makes three bytes of four letters.
    let found = text.len() / 4 * 3;
    if found > BYTES_MAX + 2 {
        return Err(CommandError::TooLong { path: path.clone(), found, max: BYTES_MAX });
    }
    match BASE64.decode(text.as_bytes()) {
        Ok(bytes) if bytes.len() > BYTES_MAX => {
            let (path, found) = (path.clone(), bytes.len());
            Err(CommandError::TooLong { path, found, max: BYTES_MAX })
        }
        Ok(bytes) => Ok(Some(ScalarValue::Bytes(bytes))),
        Err(_) => Ok(None),
    }
}
