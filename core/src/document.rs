//! One automerge document: load, view, commands, conflicts, history, undo. The only module that knows automerge's data
//! API; which fields a document has comes from its [`Schema`].
//!
//! Layout inside automerge (docs/storage.md, section 4):
//! - a record is a map; a plain value stands under its field's name, `null` when it was cleared;
//! - a text is an automerge text; a local text a map from language to texts;
//! - paragraphs are a map from random id to `{pos, gone?, text}` and further pieces of the text; items a map from id to
//!   a record with `pos` and `gone?`;
//! - a set is a map from text to `pos`; a map of values is a map.
//!
//! `pos` is a fractional index: order is by (`pos`, id). Nothing is ever deleted from the maps of items and paragraphs:
//! removing counts `gone` up, taking that back sets it to 0, and what others edited meanwhile shows again (docs/adr/0005). All containers of a record are
//! made with it, so nobody makes them twice.

mod adopt;
mod caret;
mod check;
mod command;
mod comparison;
mod conflict;
mod difference;
mod history;
mod pieces;
mod place;
mod position;
mod read;
mod schema;
mod text;
mod texts;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use automerge::transaction::CommitOptions;
use automerge::{ActorId as AutomergeActor, Automerge, Change, ReadDoc as _};
use serde_json::Value;

pub use caret::{Caret, Letter};
pub use check::{BYTES_MAX, CommandError, TEXT_BYTES_MAX, VALUE_CHARS_MAX};
pub use command::{Command, PATH_SEGMENT_BYTES_MAX, PATH_SEGMENTS_MAX, Path, PathError};
pub use comparison::{Difference, Fate, compare_texts, compare_views};
pub use conflict::{Candidate, Conflict, ConflictKind, Stamp};
pub use difference::{difference, find_in_view};
pub use history::{HISTORY_PATHS_MAX, HistoryEntry, NOTE_BYTES_MAX};
pub use place::PlaceKind;
pub use schema::{Field, Form, LANGUAGES, Schema, Shape, ValueKind};

use crate::ids::{ActorId, ChangeHash};
use crate::time::Timestamp;

use read::Reader;
use texts::Texts;

/// Why a document cannot be read or brought up to date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// automerge failed on a change: throw this document away and read it anew without the change.
    #[error("automerge failed on a change")]
    Poisoned,
    /// A hash that should name a state of the document is not in it.
    #[error("{0} is not a state of this document")]
    UnknownHeads(ChangeHash),
}

/// Who makes a change, and when.
#[derive(Debug, Clone, Copy)]
pub struct Author {
    /// The actor; its previous change must be in the document.
    pub actor: ActorId,
    /// The author's clock.
    pub time: Timestamp,
    /// Fresh random bytes, for the ids of paragraphs and the positions of items.
    pub random: [u8; 32],
}

/// One document in memory.
#[derive(Debug, Clone)]
pub struct Document {
    automerge: Automerge,
    schema: &'static Schema,
    texts: Texts,
    readings: Readings,
}

/// What was read from a document since its last change, each made when it is first asked for.
#[derive(Debug, Clone, Default)]
struct Readings {
    view: OnceLock<Value>,
    history: OnceLock<Vec<HistoryEntry>>,
    conflicts: OnceLock<Vec<Conflict>>,
}

/// The genesis change of a kind: every device makes it for itself, byte for byte the same.
#[must_use]
pub fn genesis_change(kind: u8, schema: &'static Schema) -> Vec<u8> {
    let document = Document::new(kind, schema);
    let change = document.automerge.get_changes(&[]).into_iter().next();
    change.map(|change| change.raw_bytes().to_vec()).unwrap_or_default()
}

impl Document {
    /// A document that holds only its kind's genesis change.
    #[must_use]
    pub fn new(kind: u8, schema: &'static Schema) -> Self {
        let mut actor = [0; 16];
        blake3::Hasher::new()
            .update(b"jospar/genesis/1")
            .update(&[kind])
            .finalize_xof()
            .fill(&mut actor);
        let mut automerge = Automerge::new().with_actor(AutomergeActor::from(actor));
        let mut transaction = automerge.transaction();
        let made = write::create_containers(&mut transaction, schema);
        debug_assert!(made.is_ok(), "a fresh document takes every schema");
        transaction.commit_with(CommitOptions::default().with_time(0));
        Self::around(automerge, schema)
    }

    fn around(automerge: Automerge, schema: &'static Schema) -> Self {
        Self { automerge, schema, texts: Texts::default(), readings: Readings::default() }
    }

    /// The document from this device's own [`Document::save`].
    ///
    /// # Errors
    /// [`DocumentError::Poisoned`]: read it from the log instead.
    pub fn from_snapshot(schema: &'static Schema, bytes: &[u8]) -> Result<Self, DocumentError> {
        let loaded = catch_unwind(AssertUnwindSafe(|| Automerge::load(bytes)));
        match loaded {
            Ok(Ok(automerge)) => Ok(Self::around(automerge, schema)),
            _ => Err(DocumentError::Poisoned),
        }
    }

    /// The document as bytes for [`Document::from_snapshot`]; a cache that is never sent.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.automerge.save()
    }

    /// Takes in changes that passed [`crate::validation`], each behind what it depends on.
    ///
    /// # Errors
    /// [`DocumentError::Poisoned`]: the document may not be used any more.
    pub fn apply_changes(&mut self, changes: Vec<Change>) -> Result<(), DocumentError> {
        if changes.is_empty() {
            return Ok(());
        }
        let last = changes.last().map(Change::hash);
        self.readings = Readings::default();
        let applied = catch_unwind(AssertUnwindSafe(|| {
            self.texts.forget_touched(&changes);
            self.automerge.apply_changes(changes)
        }));
        match applied {
            Ok(Ok(())) if last.is_none_or(|hash| self.knows(&ChangeHash(hash.0))) => Ok(()),
            _ => Err(DocumentError::Poisoned),
        }
    }

    /// The schema.
    #[must_use]
    pub const fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// The hashes that nothing else depends on, sorted.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        let mut heads: Vec<ChangeHash> =
            self.automerge.get_heads().iter().map(|hash| ChangeHash(hash.0)).collect();
        heads.sort_unstable();
        heads
    }

    /// True if the change is in the document.
    #[must_use]
    pub fn knows(&self, hash: &ChangeHash) -> bool {
        self.automerge.get_change_meta_by_hash(&automerge::ChangeHash(hash.0)).is_some()
    }

    /// Carries out commands as one ordinary transaction, all of them or none, and returns the change's uncompressed
    /// chunk; `None` if they change nothing.
    ///
    /// # Errors
    /// [`CommandError`]: the document is as it was.
    pub fn edit(
        &mut self,
        author: &Author,
        commands: &[Command],
    ) -> Result<Option<Vec<u8>>, CommandError> {
        self.edit_with(author, commands, None)
    }

    /// As [`Document::edit`], with a note for the history: what had a part in the change beside its author. At most
    /// [`NOTE_BYTES_MAX`] bytes of it are kept.
    ///
    /// # Errors
    /// As [`Document::edit`].
    pub fn edit_with(
        &mut self,
        author: &Author,
        commands: &[Command],
        note: Option<&str>,
    ) -> Result<Option<Vec<u8>>, CommandError> {
        self.check_bases(commands)?;
        self.automerge.set_actor(AutomergeActor::from(author.actor.0));
        let schema = self.schema;
        let mut transaction = self.automerge.transaction();
        let written = write::carry_out(&mut transaction, &self.texts, schema, author, commands);
        if let Err(error) = written {
            self.texts.clear();
            transaction.rollback();
            return Err(error);
        }
        if write::is_empty(&transaction) {
            transaction.rollback();
            return Ok(None);
        }
        let mut options = CommitOptions::default().with_time(author.time.0);
        if let Some(note) = note {
            options = options.with_message(history::short_note(note));
        }
        let (hash, _) = transaction.commit_with(options);
        self.readings = Readings::default();
        let change = hash.and_then(|hash| self.automerge.get_change_by_hash(&hash));
        Ok(change.map(|change| change.raw_bytes().to_vec()))
    }

    /// The document as plain values: see [`Shape`] for the form of each field.
    #[must_use]
    pub fn view(&self) -> Value {
        let read = || Reader::now(&self.automerge).view(self.schema);
        self.readings.view.get_or_init(read).clone()
    }

    /// The document as it was at `heads`.
    ///
    /// # Errors
    /// [`DocumentError::UnknownHeads`].
    pub fn view_at(&self, heads: &[ChangeHash]) -> Result<Value, DocumentError> {
        let heads = self.automerge_heads(heads)?;
        Ok(Reader::at(&self.automerge, &heads).view(self.schema))
    }

    /// What kind of thing stands at a path.
    ///
    /// # Errors
    /// [`CommandError`] if there is nothing.
    pub fn place(&self, path: &Path) -> Result<PlaceKind, CommandError> {
        place::resolve(&self.automerge, self.schema, path).map(|place| place.kind())
    }

    /// The text at a path, as it stands in the view; empty if nothing was written. Reads nothing else.
    ///
    /// # Errors
    /// [`CommandError`] if there is no text.
    pub fn text(&self, path: &Path) -> Result<String, CommandError> {
        let (object, prose) = self.text_object(path)?;
        let Some(object) = object else { return Ok(String::new()) };
        let reader = Reader::now(&self.automerge).with(&self.texts);
        if prose {
            return Ok(reader.prose(&object).unwrap_or_default());
        }
        Ok(reader.text(&object))
    }

    /// Places whose value is of a type that this version does not expect: read-only, damaged or newer.
    #[must_use]
    pub fn damaged(&self) -> Vec<Path> {
        Reader::now(&self.automerge).damaged(self.schema)
    }

    fn automerge_heads(
        &self,
        heads: &[ChangeHash],
    ) -> Result<Vec<automerge::ChangeHash>, DocumentError> {
        let known = |hash: &ChangeHash| {
            if self.knows(hash) {
                Ok(automerge::ChangeHash(hash.0))
            } else {
                Err(DocumentError::UnknownHeads(*hash))
            }
        };
        heads.iter().map(known).collect()
    }

    fn check_bases(&self, commands: &[Command]) -> Result<(), CommandError> {
        for command in commands {
            if let Command::EditText { base, .. } = command {
                for hash in base {
                    if !self.knows(hash) {
                        return Err(CommandError::UnknownHeads(*hash));
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
