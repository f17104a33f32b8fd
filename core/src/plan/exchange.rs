//! A whole plan as one JSON file: reading it into documents and writing it back, without loss.
//!
//! What the schema has no place for is kept in the `extra` field of the record where it stood, as JSON text, and put
//! back on export: members that the schema does not know, members of a wrong type, and members that a view leaves out
//! because they are empty (`[]`, `null`). Two things are added on export and nothing is taken away: ids where items had
//! none, and `null` for an empty member of [`Form::Nullable`](crate::document::Form::Nullable).

mod commands;
mod export;
mod extra;
mod import;
mod triangle;

#[cfg(test)]
mod tests;

pub use commands::root_commands;
pub use export::export;
pub use import::{
    IMPORT_BYTES_MAX, IMPORT_ENTRIES_MAX, IMPORT_LIST_MAX, ImportError, Imported, ImportedDocument,
    NOTICES_MAX, Notice, import,
};
