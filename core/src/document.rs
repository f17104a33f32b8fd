//! One automerge document: load, view, commands, conflicts, history, undo. The only module that knows automerge's data
//! API; which fields a document has comes from its [`Schema`].
//!
//! Layout inside automerge: docs/storage.md, section 4.

mod command;
mod schema;

pub use command::{Command, PATH_SEGMENT_BYTES_MAX, PATH_SEGMENTS_MAX, Path, PathError};
pub use schema::{Field, Form, LANGUAGES, Schema, Shape, ValueKind};
