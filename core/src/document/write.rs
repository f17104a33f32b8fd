//! From commands to automerge operations, in one ordinary transaction on the current heads.

use std::collections::BTreeMap;

use automerge::transaction::{Transactable as _, Transaction};
use automerge::{
    AutomergeError, ChangeHash as AutomergeHash, ObjId, ObjType, ReadDoc as _, ScalarValue,
};
use serde_json::{Map, Value};

use super::Author;
use super::check::{CommandError, KEY_BYTES_MAX, TEXT_BYTES_MAX, check_id, scalar};
use super::command::{Command, Path};
use super::pieces::{Growth, Line, PIECE_BYTES, Piece, joined};
use super::place::{Item, Place, resolve};
use super::position::{between, following};
use super::read::{Entry, GONE, POSITION, Reader, State, TEXT};
use super::schema::{LANGUAGES, Schema, Shape};
use super::text::{self, ParagraphEdit};
use super::texts::Texts;
use crate::ids::ChangeHash;
use crate::log::{CHANGE_BYTES_MAX, CHANGE_OPERATIONS_MAX};

/// Makes the containers of a record's fields, empty.
pub(super) fn create_containers(
    transaction: &mut Transaction<'_>,
    schema: &Schema,
) -> Result<(), AutomergeError> {
    containers(transaction, &ObjId::Root, schema)
}

fn containers(
    transaction: &mut Transaction<'_>,
    record: &ObjId,
    schema: &Schema,
) -> Result<(), AutomergeError> {
    for field in schema.fields {
        container(transaction, record, field.name, field.shape)?;
    }
    Ok(())
}

fn container(
    transaction: &mut Transaction<'_>,
    record: &ObjId,
    name: &str,
    shape: Shape,
) -> Result<(), AutomergeError> {
    let kind = match shape {
        Shape::Value(_) => return Ok(()),
        Shape::Text => ObjType::Text,
        _ => ObjType::Map,
    };
    let object = transaction.put_object(record, name, kind)?;
    match shape {
        Shape::LocalText | Shape::LocalProse => {
            let prose = matches!(shape, Shape::LocalProse);
            let kind = if prose { ObjType::Map } else { ObjType::Text };
            for language in LANGUAGES {
                transaction.put_object(&object, language, kind)?;
            }
            Ok(())
        }
        Shape::Record(schema) => containers(transaction, &object, schema),
        _ => Ok(()),
    }
}

/// True if nothing was written.
pub(super) fn is_empty(transaction: &Transaction<'_>) -> bool {
    transaction.pending_ops() == 0
}

/// Writes commands.
pub(super) fn carry_out(
    transaction: &mut Transaction<'_>,
    texts: &Texts,
    schema: &'static Schema,
    author: &Author,
    commands: &[Command],
) -> Result<(), CommandError> {
    let mut writer =
        Writer { transaction, texts, schema, author, drawn: 0, runs: BTreeMap::new(), bytes: 0 };
    for command in commands {
        writer.command(command)?;
        let operations = writer.transaction.pending_ops();
        // Bytes are counted roughly and from above, so that the change itself is never too large.
        if operations as u64 > CHANGE_OPERATIONS_MAX || writer.bytes > CHANGE_BYTES_MAX / 2 {
            return Err(CommandError::TooMuch { operations });
        }
    }
    Ok(())
}

/// The run of things that were inserted one behind the other into one list.
struct Run {
    first: String,
    count: usize,
    last_id: String,
    /// Nothing stands behind it.
    at_end: bool,
}

struct Writer<'a, 'doc> {
    transaction: &'a mut Transaction<'doc>,
    /// Kept in step with what is written; if the transaction is not, they are dropped.
    texts: &'a Texts,
    schema: &'static Schema,
    author: &'a Author,
    /// How many random numbers were drawn.
    drawn: u64,
    runs: BTreeMap<String, Run>,
    bytes: usize,
}

impl Writer<'_, '_> {
    fn random<const N: usize>(&mut self) -> [u8; N] {
        self.drawn += 1;
        let mut bytes = [0; N];
        blake3::Hasher::new_keyed(&self.author.random)
            .update(&self.drawn.to_le_bytes())
            .finalize_xof()
            .fill(&mut bytes);
        bytes
    }

    fn command(&mut self, command: &Command) -> Result<(), CommandError> {
        match command {
            Command::Set { path, value } => self.set(path, value),
            Command::EditText { path, base, text } => self.edit_text(path, base, text),
            Command::Add { path, id, after, record } => {
                self.add(path, id, after.as_deref(), record)
            }
            Command::Move { path, after } => self.move_item(path, after.as_deref()),
            Command::Remove { path } => self.mark_gone(path, true),
            Command::Keep { path } => self.mark_gone(path, false),
            Command::Include { path, value } => self.include(path, value),
            Command::Exclude { path, value } => self.exclude(path, value),
        }
    }

    fn place(&self, path: &Path) -> Result<Place, CommandError> {
        resolve(&*self.transaction, self.schema, path)
    }

    fn set(&mut self, path: &Path, value: &Value) -> Result<(), CommandError> {
        let Place::Value { object, key, kind } = self.place(path)? else {
            return Err(CommandError::WrongShape(path.clone()));
        };
        if key.len() > KEY_BYTES_MAX {
            return Err(CommandError::BadId(key));
        }
        let scalar = scalar(path, kind, value)?;
        self.put(&object, &key, scalar)
    }

    /// Writes a plain value unless it stands there alone already.
    fn put(&mut self, object: &ObjId, key: &str, new: ScalarValue) -> Result<(), CommandError> {
        let found = self.transaction.get_all(object, key)?;
        let same = match found.as_slice() {
            [] => new == ScalarValue::Null,
            [(automerge::Value::Scalar(old), _)] => **old == new,
            _ => false,
        };
        if !same {
            // Bytes stand in a change as they are, so that the half of its limit is counted as the whole.
            let length = match &new {
                ScalarValue::Bytes(bytes) => bytes.len() / 2,
                other => other.as_str().map_or(8, str::len),
            };
            self.bytes += key.len() + length + 16;
            self.transaction.put(object, key, new)?;
        }
        Ok(())
    }

    fn edit_text(
        &mut self,
        path: &Path,
        base: &[ChangeHash],
        new: &str,
    ) -> Result<(), CommandError> {
        if new.len() > TEXT_BYTES_MAX {
            let (path, found) = (path.clone(), new.len());
            return Err(CommandError::TooLong { path, found, max: TEXT_BYTES_MAX });
        }
        let mut heads: Vec<AutomergeHash> = base.iter().map(|hash| AutomergeHash(hash.0)).collect();
        heads.sort_unstable();
        // Whoever has seen all there is need not be asked what they have seen.
        let is_now = || {
            let mut now = self.transaction.base_heads();
            now.sort_unstable();
            self.transaction.pending_ops() == 0 && now == heads
        };
        let base = (!heads.is_empty() && !is_now()).then_some(heads.as_slice());
        let (parent, name, prose, object) = match self.place(path)? {
            Place::Field { parent, name, shape: Shape::Text, object } => {
                (parent, name, false, object)
            }
            Place::Field { parent, name, shape: Shape::Prose, object } => {
                (parent, name, true, object)
            }
            Place::Language { parent, name, prose, object } => (parent, name, prose, object),
            _ => return Err(CommandError::WrongShape(path.clone())),
        };
        let kind = if prose { ObjType::Map } else { ObjType::Text };
        let object = match object {
            Some(object) => object,
            None => self.transaction.put_object(&parent, name.as_str(), kind)?,
        };
        self.bytes += new.len() + 32;
        if prose { self.edit_prose(&object, base, new) } else { self.edit_line(&object, base, new) }
    }

    fn edit_line(
        &mut self,
        text: &ObjId,
        base: Option<&[AutomergeHash]>,
        new: &str,
    ) -> Result<(), CommandError> {
        let whole = |text_then: String| {
            vec![Piece { position: String::new(), object: text.clone(), text: text_then }]
        };
        let now = whole(Reader::now(&*self.transaction).with(self.texts).text(text));
        let seen = match base {
            Some(heads) => Some((heads, whole(self.transaction.text_at(text, heads)?))),
            None => None,
        };
        let seen = seen.as_ref().map(|(heads, pieces)| (*heads, pieces.as_slice()));
        let mut line = Line::new(self.transaction, now, None);
        line.edit(seen, new)?;
        line.keep(self.texts);
        Ok(())
    }

    fn edit_prose(
        &mut self,
        map: &ObjId,
        base: Option<&[AutomergeHash]>,
        new: &str,
    ) -> Result<(), CommandError> {
        let old: Vec<(Entry, Vec<Piece>)> = {
            let reader = match base {
                Some(heads) => Reader::at(&*self.transaction, heads),
                None => Reader::now(&*self.transaction).with(self.texts),
            };
            let paragraphs = reader.paragraphs(map).into_iter();
            let there = paragraphs.filter(|paragraph| paragraph.state != State::Gone);
            there
                .map(|paragraph| {
                    let pieces = reader.pieces(&paragraph.object);
                    (paragraph, pieces)
                })
                .collect()
        };
        let old_texts: Vec<String> = old.iter().map(|(_, pieces)| joined(pieces)).collect();
        let new_texts: Vec<String> = match new {
            "" => Vec::new(),
            new => new.split('\n').map(str::to_owned).collect(),
        };
        let mut last: Option<String> = None;
        for edit in text::paragraph_edits(&old_texts, &new_texts) {
            match edit {
                ParagraphEdit::Keep(index) => last = old.get(index).map(|(e, _)| e.id.clone()),
                ParagraphEdit::Change(index, new) => {
                    let Some((entry, seen)) = old.get(index) else { continue };
                    let seen = base.map(|heads| (heads, seen.as_slice()));
                    self.edit_paragraph(&entry.object, seen, &new)?;
                    last = Some(entry.id.clone());
                }
                ParagraphEdit::Remove(index) => {
                    let Some((entry, _)) = old.get(index) else { continue };
                    self.put_removed(&entry.object)?;
                }
                ParagraphEdit::Insert(new) => {
                    let id = self.random_id();
                    let after = last.as_deref().unwrap_or("");
                    let (position, at_end) = self.position_after(map, after, true);
                    let object = self.transaction.put_object(map, id.as_str(), ObjType::Map)?;
                    self.transaction.put(&object, POSITION, position.as_str())?;
                    self.transaction.put_object(&object, TEXT, ObjType::Text)?;
                    self.paragraph_line(&object, |line| line.fill(&new))?;
                    self.note_run(map, (&position, at_end), &id);
                    last = Some(id);
                }
            }
        }
        Ok(())
    }

    fn edit_paragraph(
        &mut self,
        paragraph: &ObjId,
        seen: Option<(&[AutomergeHash], &[Piece])>,
        new: &str,
    ) -> Result<(), CommandError> {
        let reader = Reader::now(&*self.transaction);
        if reader.object(paragraph, TEXT, ObjType::Text).is_none() {
            self.transaction.put_object(paragraph, TEXT, ObjType::Text)?;
        }
        self.paragraph_line(paragraph, |line| line.edit(seen, new))
    }

    /// Does something to the text of a paragraph, which has a first piece.
    fn paragraph_line(
        &mut self,
        paragraph: &ObjId,
        write: impl FnOnce(&mut Line<'_, '_>) -> Result<(), AutomergeError>,
    ) -> Result<(), CommandError> {
        let (actor, random) = (self.author.actor, self.random());
        let pieces = Reader::now(&*self.transaction).with(self.texts).pieces(paragraph);
        let growth = Growth { paragraph: paragraph.clone(), actor, random };
        let mut line = Line::new(self.transaction, pieces, Some(growth));
        write(&mut line)?;
        self.bytes += line.added() * PIECE_BYTES;
        line.keep(self.texts);
        Ok(())
    }

    fn random_id(&mut self) -> String {
        self.random::<5>().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The positions of everything in a map of items, paragraphs or set entries, in order.
    fn positions(&self, map: &ObjId) -> Vec<(String, String)> {
        let reader = Reader::now(&*self.transaction);
        let mut all: Vec<(String, String)> = Vec::new();
        for id in self.transaction.keys(map) {
            let position = match reader.object(map, &id, ObjType::Map) {
                Some(item) => reader.value(&item, POSITION),
                None => reader.value(map, &id),
            };
            let position = position.as_ref().and_then(Value::as_str).unwrap_or("").to_owned();
            all.push((position, id));
        }
        all.sort();
        all
    }

    /// A position behind the thing with this id (`front`: an empty id stands for the very front, else for the end), and
    /// whether that is the end.
    fn position_after(&mut self, map: &ObjId, after: &str, front: bool) -> (String, bool) {
        let run = self.runs.get(&map.to_string()).filter(|run| run.at_end);
        if let Some(run) = run.filter(|run| after == run.last_id || (after.is_empty() && !front)) {
            // Thousands of things in one go would otherwise each read all the ones before.
            return (following(&run.first, run.count), true);
        }
        let positions = self.positions(map);
        let index = match positions.iter().position(|(_, id)| id == after) {
            Some(index) => index + 1,
            None if front => 0,
            None => positions.len(),
        };
        let previous = index.checked_sub(1).and_then(|index| positions.get(index));
        let next = positions.get(index).map(|(position, _)| position.as_str());
        let at_end = next.is_none();
        if let (Some(run), Some((_, id))) = (self.runs.get(&map.to_string()), previous)
            && run.last_id == *id
        {
            let position = following(&run.first, run.count);
            if next.is_none_or(|next| position.as_str() < next) {
                return (position, at_end);
            }
        }
        let previous = previous.map(|(position, _)| position.clone()).unwrap_or_default();
        let next = next.map(str::to_owned);
        (between(&previous, next.as_deref(), self.random()), at_end)
    }

    fn note_run(&mut self, map: &ObjId, (position, at_end): (&str, bool), id: &str) {
        let run = self.runs.entry(map.to_string()).or_insert_with(|| Run {
            first: position.to_owned(),
            count: 0,
            last_id: String::new(),
            at_end,
        });
        if !position.starts_with(&run.first) {
            run.first = position.to_owned();
            run.count = 0;
        }
        run.count += 1;
        run.last_id = id.to_owned();
        run.at_end = at_end;
    }

    fn list(&mut self, path: &Path) -> Result<(ObjId, &'static Schema), CommandError> {
        match self.place(path)? {
            Place::Field { parent, name, shape: Shape::Items(schema), object } => {
                let object = match object {
                    Some(object) => object,
                    None => self.transaction.put_object(&parent, name.as_str(), ObjType::Map)?,
                };
                Ok((object, schema))
            }
            _ => Err(CommandError::WrongShape(path.clone())),
        }
    }

    fn add(
        &mut self,
        path: &Path,
        id: &str,
        after: Option<&str>,
        record: &Value,
    ) -> Result<(), CommandError> {
        let (list, schema) = self.list(path)?;
        check_id(id)?;
        if self.transaction.get(&list, id)?.is_some() {
            return Err(CommandError::AlreadyThere(path.child(id)));
        }
        let (position, at_end) = match after {
            None => self.position_after(&list, "", false),
            Some(after) if self.transaction.get(&list, after)?.is_some() => {
                self.position_after(&list, after, false)
            }
            Some(after) => return Err(CommandError::NotFound(path.child(after))),
        };
        let item = self.transaction.put_object(&list, id, ObjType::Map)?;
        self.transaction.put(&item, POSITION, position.as_str())?;
        containers(self.transaction, &item, schema)?;
        self.note_run(&list, (&position, at_end), id);
        self.bytes += 64 + 8 * schema.fields.len();
        let path = path.child(id);
        let empty = Map::new();
        self.fill(&path, schema, record.as_object().unwrap_or(&empty))
    }

    /// Writes the fields of a fresh record from a view of one.
    fn fill(
        &mut self,
        path: &Path,
        schema: &'static Schema,
        record: &Map<String, Value>,
    ) -> Result<(), CommandError> {
        for (name, value) in record {
            let known = schema.fields.iter().find(|field| field.name == name);
            let Some(field) = known else {
                return Err(CommandError::UnknownField { path: path.clone(), field: name.clone() });
            };
            self.fill_field(&path.child(name), field.shape, value)?;
        }
        Ok(())
    }

    fn fill_field(&mut self, path: &Path, shape: Shape, value: &Value) -> Result<(), CommandError> {
        let wrong = || CommandError::WrongShape(path.clone());
        if value.is_null() {
            return Ok(());
        }
        match shape {
            Shape::Value(_) => self.set(path, value),
            Shape::Text | Shape::Prose => {
                self.edit_text(path, &[], value.as_str().ok_or_else(wrong)?)
            }
            Shape::LocalText | Shape::LocalProse => {
                for (language, text) in value.as_object().ok_or_else(wrong)? {
                    let text = text.as_str().ok_or_else(wrong)?;
                    self.edit_text(&path.child(language), &[], text)?;
                }
                Ok(())
            }
            Shape::Record(schema) => self.fill(path, schema, value.as_object().ok_or_else(wrong)?),
            Shape::Items(_) => {
                for item in value.as_array().ok_or_else(wrong)? {
                    let mut record = item.as_object().ok_or_else(wrong)?.clone();
                    let id = record.remove("id");
                    let id = id.as_ref().and_then(Value::as_str).ok_or_else(wrong)?;
                    self.add(path, id, None, &Value::Object(record))?;
                }
                Ok(())
            }
            Shape::Set => {
                for text in value.as_array().ok_or_else(wrong)? {
                    self.include(path, text.as_str().ok_or_else(wrong)?)?;
                }
                Ok(())
            }
            Shape::Map(_) => {
                for (key, value) in value.as_object().ok_or_else(wrong)? {
                    self.set(&path.child(key), value)?;
                }
                Ok(())
            }
        }
    }

    fn item(&self, path: &Path) -> Result<Item, CommandError> {
        match self.place(path)? {
            Place::Record { item: Some(item) } => Ok(item),
            _ => Err(CommandError::WrongShape(path.clone())),
        }
    }

    fn move_item(&mut self, path: &Path, after: Option<&str>) -> Result<(), CommandError> {
        let item = self.item(path)?;
        if item.state(&Reader::now(&*self.transaction)) == State::Gone || after == Some(&item.id) {
            return Err(CommandError::NotFound(path.clone()));
        }
        if let Some(after) = after
            && self.transaction.get(&item.list, after)?.is_none()
        {
            let parent = path.split_last().map(|(parent, _)| parent).unwrap_or_default();
            return Err(CommandError::NotFound(parent.child(after)));
        }
        let (position, _) = self.position_after(&item.list, after.unwrap_or(""), true);
        if let Some(run) = self.runs.get_mut(&item.list.to_string()) {
            // What was moved may stand behind it now, or was its last.
            run.at_end = false;
        }
        self.put(&item.object, POSITION, position.as_str().into())
    }

    fn mark_gone(&mut self, path: &Path, gone: bool) -> Result<(), CommandError> {
        let item = self.item(path)?;
        let state = item.state(&Reader::now(&*self.transaction));
        match (state, gone) {
            (State::Gone, true) => Err(CommandError::NotFound(path.clone())),
            (State::There, false) => Ok(()),
            (_, true) => self.put_removed(&item.object),
            (_, false) => self.put(&item.object, GONE, ScalarValue::Int(0)),
        }
    }

    fn put_removed(&mut self, object: &ObjId) -> Result<(), CommandError> {
        let before = Reader::now(&*self.transaction).value(object, GONE);
        let before = before.as_ref().and_then(Value::as_i64).unwrap_or(0);
        Ok(self.transaction.put(object, GONE, before.saturating_add(1))?)
    }

    fn texts(&mut self, path: &Path) -> Result<ObjId, CommandError> {
        match self.place(path)? {
            Place::Field { object: Some(object), shape: Shape::Set, .. } => Ok(object),
            Place::Field { parent, name, shape: Shape::Set, object: None } => {
                Ok(self.transaction.put_object(&parent, name.as_str(), ObjType::Map)?)
            }
            _ => Err(CommandError::WrongShape(path.clone())),
        }
    }

    fn include(&mut self, path: &Path, value: &str) -> Result<(), CommandError> {
        let map = self.texts(path)?;
        if value.is_empty() || value.len() > KEY_BYTES_MAX {
            let (path, found) = (path.clone(), value.len());
            return Err(CommandError::TooLong { path, found, max: KEY_BYTES_MAX });
        }
        if self.transaction.get(&map, value)?.is_some() {
            return Ok(());
        }
        let (position, at_end) = self.position_after(&map, "", false);
        self.transaction.put(&map, value, position.as_str())?;
        self.note_run(&map, (&position, at_end), value);
        self.bytes += value.len() + 24;
        Ok(())
    }

    fn exclude(&mut self, path: &Path, value: &str) -> Result<(), CommandError> {
        let map = self.texts(path)?;
        if self.transaction.get(&map, value)?.is_some() {
            self.transaction.delete(&map, value)?;
        }
        Ok(())
    }
}
