//! History: who changed what, when; taking one's own change back; bringing an older state back.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, Op};
use automerge::{Automerge, Change, ObjId, ObjType, ReadDoc as _, Value as AutomergeValue};
use serde_json::Value;

use super::command::{Command, Path};
use super::difference::{difference, find_in_view};
use super::read::{GONE, POSITION, REMOVED, Reader};
use super::schema::{Schema, Shape};
use super::{Document, DocumentError};
use crate::ids::{ActorId, ChangeHash};
use crate::time::Timestamp;

/// The most paths that one entry names.
pub const HISTORY_PATHS_MAX: usize = 50;

/// The most bytes of a change's note, in UTF-8.
pub const NOTE_BYTES_MAX: usize = 200;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its hash.
    pub change: ChangeHash,
    /// Its actor.
    pub actor: ActorId,
    /// Its number among the actor's changes.
    pub seq: u64,
    /// The author's clock.
    pub time: Timestamp,
    /// What had a part in it beside the author, as the author's device says; empty for most. No control characters.
    pub note: String,
    /// The fields and items that it touches, each once, at most [`HISTORY_PATHS_MAX`].
    pub paths: Vec<Path>,
}

/// An object by the operation that made it.
type Made = (u64, Vec<u8>);

/// What is said to be touched when an object is.
#[derive(Debug, Clone)]
struct Named {
    path: Path,
    /// The object belongs to paragraphs: what happens at any of its keys happens to them.
    prose: bool,
}

impl Document {
    /// Every change but the genesis, the newest last.
    #[must_use]
    pub fn history(&self) -> &[HistoryEntry] {
        self.readings.history.get_or_init(|| self.read_history())
    }

    fn read_history(&self) -> Vec<HistoryEntry> {
        let mut paths = BTreeMap::new();
        name_objects(&self.automerge, &ObjId::Root, self.schema, &Path::root(), &mut paths);
        let changes = self.automerge.get_changes(&[]);
        changes
            .iter()
            .filter(|change| !change.deps().is_empty())
            .filter_map(|change| entry(change, &paths))
            .collect()
    }

    /// The commands that take one change back and leave what others wrote alone: a value is set back only where it is
    /// still the one that the change wrote.
    ///
    /// # Errors
    /// [`DocumentError::UnknownHeads`].
    pub fn undo(&self, change: &ChangeHash) -> Result<Vec<Command>, DocumentError> {
        let hash = automerge::ChangeHash(change.0);
        let meta = self.automerge.get_change_by_hash(&hash);
        let meta = meta.ok_or(DocumentError::UnknownHeads(*change))?;
        let before: Vec<ChangeHash> = meta.deps().iter().map(|hash| ChangeHash(hash.0)).collect();
        let (after, before) = (self.view_at(&[*change])?, self.view_at(&before)?);
        let now = self.view();
        let commands = difference(self.schema, &after, &before, &[*change]);
        let untouched = |path: &Path| find_in_view(&now, path) == find_in_view(&after, path);
        let commands = commands.into_iter().filter(|command| match command {
            Command::Set { path, .. } | Command::Move { path, .. } => untouched(path),
            _ => true,
        });
        Ok(self.bring_back(commands.collect()))
    }

    /// The commands that bring the content back to what it was at `heads`.
    ///
    /// # Errors
    /// [`DocumentError::UnknownHeads`].
    pub fn restore(&self, heads: &[ChangeHash]) -> Result<Vec<Command>, DocumentError> {
        let (then, now) = (self.view_at(heads)?, self.view());
        let mut commands = Vec::new();
        // What somebody removed meanwhile must stay even where its content comes to be what it was at the removal.
        keep_marked(&now, &Path::root(), &mut commands);
        commands.retain(|command| match command {
            Command::Keep { path } => find_in_view(&then, path).is_some(),
            _ => true,
        });
        commands.extend(self.bring_back(difference(self.schema, &now, &then, &self.heads())));
        Ok(commands)
    }

    /// An item that was removed is not added again: its removal is taken back, and its fields are brought to what they
    /// shall be. Items that are gone already need no removing.
    pub(super) fn bring_back(&self, commands: Vec<Command>) -> Vec<Command> {
        let mut done = Vec::new();
        let now = self.view();
        for command in commands {
            match &command {
                Command::Add { path, id, after, record } => {
                    let item = path.child(id);
                    match self.removed_item(&item) {
                        Some((schema, content)) => {
                            done.push(Command::Keep { path: item.clone() });
                            let inner = difference(schema, &content, record, &self.heads());
                            done.extend(inner.into_iter().map(|inner| inside(&item, inner)));
                            done.push(Command::Move { path: item, after: after.clone() });
                        }
                        None => done.push(command),
                    }
                }
                Command::Remove { path } if find_in_view(&now, path).is_none() => {}
                _ => done.push(command),
            }
        }
        done
    }

    pub(super) fn removed_item(&self, path: &Path) -> Option<(&'static Schema, Value)> {
        match super::place::resolve(&self.automerge, self.schema, path).ok()? {
            super::place::Place::Record { item: Some(item) } => {
                let reader = Reader::now(&self.automerge);
                let record = reader.record(&item.object, item.schema);
                Some((item.schema, Value::Object(record)))
            }
            _ => None,
        }
    }
}

/// Takes the removal of every item back that is marked as removed while edited.
fn keep_marked(value: &Value, path: &Path, commands: &mut Vec<Command>) {
    match value {
        Value::Object(members) => {
            if members.get(REMOVED).and_then(Value::as_bool) == Some(true) {
                commands.push(Command::Keep { path: path.clone() });
            }
            for (name, member) in members {
                keep_marked(member, &path.child(name), commands);
            }
        }
        Value::Array(items) => {
            for item in items {
                if let Some(id) = item.get("id").and_then(Value::as_str) {
                    keep_marked(item, &path.child(id), commands);
                }
            }
        }
        _ => {}
    }
}

/// A command inside an item, as one inside the document.
pub(super) fn inside(item: &Path, mut command: Command) -> Command {
    let (Command::Set { path, .. }
    | Command::EditText { path, .. }
    | Command::Add { path, .. }
    | Command::Move { path, .. }
    | Command::Remove { path }
    | Command::Keep { path }
    | Command::Include { path, .. }
    | Command::Exclude { path, .. }) = &mut command;
    *path = path.segments().iter().fold(item.clone(), |outer, segment| outer.child(segment));
    command
}

fn entry(change: &Change, paths: &BTreeMap<Made, Named>) -> Option<HistoryEntry> {
    let mut touched = BTreeSet::new();
    for operation in &change.decode().operations {
        if let Some(path) = touched_path(operation, paths) {
            touched.insert(path);
        }
    }
    // What a touched item holds needs no naming beside it.
    let all = touched.clone();
    touched.retain(|path| !all.iter().any(|other| other != path && starts_with(path, other)));
    Some(HistoryEntry {
        change: ChangeHash(change.hash().0),
        actor: ActorId(<[u8; 16]>::try_from(change.actor_id().to_bytes()).ok()?),
        seq: change.seq(),
        time: Timestamp(change.timestamp()),
        note: change.message().map(short_note).unwrap_or_default(),
        paths: touched.into_iter().take(HISTORY_PATHS_MAX).collect(),
    })
}

/// A note within its bound, without control characters.
pub(super) fn short_note(note: &str) -> String {
    let mut short = String::new();
    for letter in note.chars().filter(|letter| !letter.is_control()) {
        if short.len() + letter.len_utf8() > NOTE_BYTES_MAX {
            break;
        }
        short.push(letter);
    }
    short
}

fn starts_with(path: &Path, start: &Path) -> bool {
    !start.segments().is_empty() && path.segments().starts_with(start.segments())
}

fn touched_path(operation: &Op, paths: &BTreeMap<Made, Named>) -> Option<Path> {
    let object = match &operation.obj {
        ObjectId::Root => Named { path: Path::root(), prose: false },
        ObjectId::Id(id) => paths.get(&(id.counter(), id.actor().to_bytes().to_vec()))?.clone(),
    };
    match &operation.key {
        Key::Map(key) if !object.prose && key != POSITION && key != GONE => {
            Some(object.path.child(key))
        }
        _ => Some(object.path),
    }
}

/// Names every object of a document by its path; paragraphs and the like by the path of their text.
fn name_objects(
    doc: &Automerge,
    record: &ObjId,
    schema: &Schema,
    path: &Path,
    names: &mut BTreeMap<Made, Named>,
) {
    name(record, path, false, names);
    for field in schema.fields {
        let path = path.child(field.name);
        let Ok(Some((AutomergeValue::Object(_), object))) = doc.get(record, field.name) else {
            continue;
        };
        match field.shape {
            Shape::Record(schema) => name_objects(doc, &object, schema, &path, names),
            Shape::Items(schema) => {
                name(&object, &path, false, names);
                for (id, item) in inner_objects(doc, &object) {
                    name_objects(doc, &item, schema, &path.child(&id), names);
                }
            }
            Shape::LocalText | Shape::LocalProse => {
                name(&object, &path, false, names);
                let prose = matches!(field.shape, Shape::LocalProse);
                for (language, text) in inner_objects(doc, &object) {
                    name_all(doc, &text, &path.child(&language), prose, names);
                }
            }
            shape => name_all(doc, &object, &path, matches!(shape, Shape::Prose), names),
        }
    }
}

fn name(object: &ObjId, path: &Path, prose: bool, names: &mut BTreeMap<Made, Named>) {
    if let ObjId::Id(counter, actor, _) = object {
        let named = Named { path: path.clone(), prose };
        names.insert((*counter, actor.to_bytes().to_vec()), named);
    }
}

fn name_all(
    doc: &Automerge,
    object: &ObjId,
    path: &Path,
    prose: bool,
    names: &mut BTreeMap<Made, Named>,
) {
    name(object, path, prose, names);
    for (_, inner) in inner_objects(doc, object) {
        name_all(doc, &inner, path, prose, names);
    }
}

fn inner_objects(doc: &Automerge, object: &ObjId) -> Vec<(String, ObjId)> {
    if !doc.object_type(object).is_ok_and(|kind| kind == ObjType::Map) {
        return Vec::new();
    }
    let keys = doc.keys(object);
    keys.filter_map(|key| match doc.get(object, key.as_str()) {
        Ok(Some((AutomergeValue::Object(_), inner))) => Some((key, inner)),
        _ => None,
    })
    .collect()
}
