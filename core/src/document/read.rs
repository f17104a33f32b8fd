//! From automerge to views.

use automerge::transaction::Transaction;
use automerge::{
    Automerge, ChangeHash as AutomergeHash, ObjId, ObjType, ReadDoc, ScalarValue,
    Value as AutomergeValue, ValueRef,
};
use data_encoding::BASE64;
use serde_json::{Map, Number, Value};

use super::command::Path;
use super::schema::{Field, LANGUAGES, Schema, Shape, ValueKind};
use super::texts::Texts;

/// Where an item or a paragraph stands among its neighbours.
pub(super) const POSITION: &str = "pos";
/// How often an item or a paragraph was removed; 0 when its removal was taken back. A number, since automerge leaves a
/// value that is written again as it is, and a new removal must have seen the edits since the last one.
pub(super) const GONE: &str = "gone";
/// The first piece of a paragraph's text.
pub(super) const TEXT: &str = "text";
/// In views: what this version has no field for.
pub(super) const UNKNOWN: &str = "unknown";
/// In views: an item that was removed while somebody edited it.
pub(super) const REMOVED: &str = "removed";

/// An item or a paragraph as it stands in its map.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) object: ObjId,
    pub(super) position: String,
    pub(super) state: State,
}

/// Whether an item or a paragraph is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    There,
    /// It was removed, and nobody edited it meanwhile.
    Gone,
    /// It was removed by this change while somebody else edited it.
    RemovedAndEdited(AutomergeHash),
}

/// A document, or a transaction on it.
pub(super) trait Source: ReadDoc {
    /// The change that made an operation; `None` for one of the transaction itself.
    fn change_of(&self, operation: &ObjId) -> Option<AutomergeHash>;
}

impl Source for Automerge {
    fn change_of(&self, operation: &ObjId) -> Option<AutomergeHash> {
        self.hash_for_opid(operation)
    }
}

impl Source for Transaction<'_> {
    fn change_of(&self, operation: &ObjId) -> Option<AutomergeHash> {
        self.hash_for_opid(operation)
    }
}

/// Reads a document as it is or as it was.
#[derive(Debug)]
pub(super) struct Reader<'a, S> {
    pub(super) doc: &'a S,
    heads: Option<&'a [AutomergeHash]>,
    texts: Option<&'a Texts>,
}

impl<'a, S: Source> Reader<'a, S> {
    pub(super) const fn now(doc: &'a S) -> Self {
        Self { doc, heads: None, texts: None }
    }

    pub(super) const fn at(doc: &'a S, heads: &'a [AutomergeHash]) -> Self {
        Self { doc, heads: Some(heads), texts: None }
    }

    /// Reads texts of the moment only where they are not among `texts`.
    pub(super) fn with(self, texts: &'a Texts) -> Self {
        Self { texts: self.heads.is_none().then_some(texts), ..self }
    }

    pub(super) fn view(&self, schema: &Schema) -> Value {
        Value::Object(self.record(&ObjId::Root, schema))
    }

    /// The object of this type at a key, if there is one.
    pub(super) fn object(&self, object: &ObjId, key: &str, kind: ObjType) -> Option<ObjId> {
        match self.get(object, key)? {
            (AutomergeValue::Object(found), id) if found == kind => Some(id),
            _ => None,
        }
    }

    fn get(&self, object: &ObjId, key: &str) -> Option<(AutomergeValue<'a>, ObjId)> {
        let found = match self.heads {
            None => self.doc.get(object, key),
            Some(heads) => self.doc.get_at(object, key, heads),
        };
        found.ok().flatten()
    }

    /// What stands at a key: the type if it is an object, `Some(None)` for a plain value.
    pub(super) fn kind(&self, object: &ObjId, key: &str) -> Option<Option<ObjType>> {
        self.get(object, key).map(|(value, _)| match value {
            AutomergeValue::Object(kind) => Some(kind),
            AutomergeValue::Scalar(_) => None,
        })
    }

    /// What stands at the keys from `start` up to `end`: the type if it is an object.
    pub(super) fn range(
        &self,
        object: &ObjId,
        start: &str,
        end: &str,
    ) -> Vec<(String, Option<ObjType>, ObjId)> {
        let range = start.to_owned()..end.to_owned();
        let found = match self.heads {
            None => self.doc.map_range(object, range),
            Some(heads) => self.doc.map_range_at(object, range, heads),
        };
        found
            .map(|item| {
                let kind = match &item.value {
                    ValueRef::Object(kind) => Some(*kind),
                    ValueRef::Scalar(_) => None,
                };
                (item.key.to_string(), kind, item.id())
            })
            .collect()
    }

    /// Every value that concurrent writes left at a key.
    pub(super) fn all(&self, object: &ObjId, key: &str) -> Vec<(AutomergeValue<'a>, ObjId)> {
        let found = match self.heads {
            None => self.doc.get_all(object, key),
            Some(heads) => self.doc.get_all_at(object, key, heads),
        };
        found.unwrap_or_default()
    }

    fn keys(&self, object: &ObjId) -> Vec<String> {
        match self.heads {
            None => self.doc.keys(object).collect(),
            Some(heads) => self.doc.keys_at(object, heads).collect(),
        }
    }

    pub(super) fn text(&self, object: &ObjId) -> String {
        let read = || match self.heads {
            None => self.doc.text(object).unwrap_or_default(),
            Some(heads) => self.doc.text_at(object, heads).unwrap_or_default(),
        };
        match self.texts {
            Some(texts) => texts.get(object, read),
            None => read(),
        }
    }

    /// The operation that put each letter of a text there, in order.
    pub(super) fn letters(&self, text: &ObjId) -> Vec<ObjId> {
        let range = match self.heads {
            None => self.doc.list_range(text, ..),
            Some(heads) => self.doc.list_range_at(text, .., heads),
        };
        range.map(|letter| letter.id()).collect()
    }

    /// The plain value at a key; `None` if it is absent, cleared, or an object.
    pub(super) fn value(&self, object: &ObjId, key: &str) -> Option<Value> {
        match self.get(object, key)? {
            (AutomergeValue::Scalar(scalar), _) => json(&scalar),
            (AutomergeValue::Object(_), _) => None,
        }
    }

    /// The bytes at a key, as base64; `None` if something else stands there.
    fn bytes(&self, object: &ObjId, key: &str) -> Option<String> {
        match self.get(object, key)? {
            (AutomergeValue::Scalar(scalar), _) => match scalar.as_ref() {
                ScalarValue::Bytes(bytes) => Some(BASE64.encode(bytes)),
                _ => None,
            },
            (AutomergeValue::Object(_), _) => None,
        }
    }

    pub(super) fn record(&self, object: &ObjId, schema: &Schema) -> Map<String, Value> {
        let mut record = Map::new();
        for field in schema.fields {
            if let Some(value) = self.field(object, field) {
                record.insert(field.name.to_owned(), value);
            }
        }
        let unknown = self.unknown(object, schema);
        if !unknown.is_empty() {
            record.insert(UNKNOWN.to_owned(), Value::Object(unknown));
        }
        record
    }

    fn unknown(&self, object: &ObjId, schema: &Schema) -> Map<String, Value> {
        let known = |key: &str| {
            key == POSITION || key == GONE || schema.fields.iter().any(|field| field.name == key)
        };
        let keys = self.keys(object).into_iter().filter(|key| !known(key));
        keys.map(|key| {
            let value = self.value(object, &key).unwrap_or_else(|| Value::from("…"));
            (key, value)
        })
        .collect()
    }

    fn field(&self, object: &ObjId, field: &Field) -> Option<Value> {
        let name = field.name;
        let map = || self.object(object, name, ObjType::Map);
        match field.shape {
            Shape::Value(ValueKind::Bytes) => self.bytes(object, name).map(Value::from),
            Shape::Value(_) => self.value(object, name),
            Shape::Text => {
                let text = self.text(&self.object(object, name, ObjType::Text)?);
                (!text.is_empty()).then(|| Value::from(text))
            }
            Shape::Prose => self.prose(&map()?).map(Value::from),
            Shape::LocalText => {
                let map = map()?;
                not_empty(self.local(|language| {
                    let text = self.text(&self.object(&map, language, ObjType::Text)?);
                    (!text.is_empty()).then_some(text)
                }))
            }
            Shape::LocalProse => {
                let map = map()?;
                not_empty(
                    self.local(|language| {
                        self.prose(&self.object(&map, language, ObjType::Map)?)
                    }),
                )
            }
            Shape::Record(schema) => not_empty(self.record(&map()?, schema)),
            Shape::Items(schema) => {
                let items: Vec<Value> = self.items(&map()?, schema);
                (!items.is_empty()).then(|| Value::from(items))
            }
            Shape::Set => {
                let texts = self.set(&map()?);
                (!texts.is_empty()).then(|| texts.into_iter().map(|(text, _)| text).collect())
            }
            Shape::Map(_) => {
                let map = map()?;
                let values = self.keys(&map).into_iter();
                not_empty(
                    values.filter_map(|key| Some((key.clone(), self.value(&map, &key)?))).collect(),
                )
            }
        }
    }

    fn local(&self, text: impl Fn(&str) -> Option<String>) -> Map<String, Value> {
        LANGUAGES
            .iter()
            .filter_map(|language| Some(((*language).to_owned(), Value::from(text(language)?))))
            .collect()
    }

    fn items(&self, map: &ObjId, schema: &Schema) -> Vec<Value> {
        let present = |entry: Entry| {
            let mut item = Map::new();
            item.insert("id".to_owned(), Value::from(entry.id));
            match entry.state {
                State::Gone => return None,
                State::There => {}
                State::RemovedAndEdited(_) => {
                    item.insert(REMOVED.to_owned(), Value::from(true));
                }
            }
            item.extend(self.record(&entry.object, schema).into_iter().filter(|(k, _)| k != "id"));
            Some(Value::Object(item))
        };
        let content =
            |reader: &Reader<'_, S>, object: &ObjId| Value::Object(reader.record(object, schema));
        self.entries(map, content).into_iter().filter_map(present).collect()
    }

    /// Paragraphs that are there, joined; `None` if there are none or all are empty.
    pub(super) fn prose(&self, map: &ObjId) -> Option<String> {
        let paragraphs = self.paragraphs(map);
        let there = paragraphs.iter().filter(|paragraph| paragraph.state != State::Gone);
        let texts: Vec<String> = there.map(|paragraph| self.paragraph(&paragraph.object)).collect();
        let prose = texts.join("\n");
        (!prose.is_empty()).then_some(prose)
    }

    pub(super) fn paragraphs(&self, map: &ObjId) -> Vec<Entry> {
        self.entries(map, |reader, object| Value::from(reader.paragraph(object)))
    }

    /// Everything in a map of items or paragraphs, in order. `content` reads what an edit would change.
    pub(super) fn entries(
        &self,
        map: &ObjId,
        content: impl Fn(&Reader<'_, S>, &ObjId) -> Value,
    ) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for id in self.keys(map) {
            let Some(object) = self.object(map, &id, ObjType::Map) else { continue };
            let position = self.value(&object, POSITION);
            let position = position.as_ref().and_then(Value::as_str).unwrap_or("").to_owned();
            let state = self.state(&object, &content);
            entries.push(Entry { id, object, position, state });
        }
        entries.sort_by(|a, b| (&a.position, &a.id).cmp(&(&b.position, &b.id)));
        entries
    }

    pub(super) fn state(
        &self,
        object: &ObjId,
        content: &impl Fn(&Reader<'_, S>, &ObjId) -> Value,
    ) -> State {
        let marks = self.all(object, GONE);
        let is_set = |value: &AutomergeValue<'_>| match value {
            AutomergeValue::Scalar(scalar) => scalar.as_i64().is_some_and(|count| count > 0),
            AutomergeValue::Object(_) => false,
        };
        let removals: Vec<AutomergeHash> = marks
            .iter()
            .filter(|(value, _)| is_set(value))
            .filter_map(|(_, operation)| self.doc.change_of(operation))
            .collect();
        let kept = marks.iter().any(|(value, _)| !is_set(value));
        let Some(removal) = removals.last() else {
            // A removal of the transaction that is under way has no change yet.
            return if kept || marks.is_empty() { State::There } else { State::Gone };
        };
        let unchanged = |removal: &AutomergeHash| {
            let at_removal = [*removal];
            content(&Reader::at(self.doc, &at_removal), object) == content(self, object)
        };
        if !kept && removals.iter().any(unchanged) {
            State::Gone
        } else {
            State::RemovedAndEdited(*removal)
        }
    }

    /// The texts of a set with their positions, in order.
    pub(super) fn set(&self, map: &ObjId) -> Vec<(String, String)> {
        let mut texts: Vec<(String, String)> = self
            .keys(map)
            .into_iter()
            .filter_map(|text| {
                let position = self.value(map, &text)?.as_str()?.to_owned();
                Some((text, position))
            })
            .collect();
        texts.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
        texts
    }

    /// Paths whose value has another type than the schema says.
    pub(super) fn damaged(&self, schema: &Schema) -> Vec<Path> {
        let mut damaged = Vec::new();
        self.find_damaged(&ObjId::Root, schema, &Path::root(), &mut damaged);
        damaged
    }

    fn find_damaged(&self, object: &ObjId, schema: &Schema, path: &Path, out: &mut Vec<Path>) {
        for field in schema.fields {
            let path = path.child(field.name);
            let expected = match field.shape {
                Shape::Value(_) => None,
                Shape::Text => Some(ObjType::Text),
                _ => Some(ObjType::Map),
            };
            let (found, id) = match self.get(object, field.name) {
                Some((AutomergeValue::Object(kind), id)) => (Some(kind), Some(id)),
                Some((AutomergeValue::Scalar(_), _)) => (None, None),
                None => continue,
            };
            if found != expected {
                out.push(path);
                continue;
            }
            let Some(id) = id else { continue };
            match field.shape {
                Shape::Record(schema) => self.find_damaged(&id, schema, &path, out),
                Shape::Items(schema) => {
                    for key in self.keys(&id) {
                        match self.object(&id, &key, ObjType::Map) {
                            Some(item) => {
                                self.find_damaged(&item, schema, &path.child(&key), out);
                            }
                            None => out.push(path.child(&key)),
                        }
                    }
                }
                Shape::Prose if self.is_damaged_prose(&id) => out.push(path),
                Shape::LocalProse => {
                    let languages = LANGUAGES.iter().filter(|language| {
                        let prose = self.object(&id, language, ObjType::Map);
                        prose.is_some_and(|prose| self.is_damaged_prose(&prose))
                    });
                    out.extend(languages.map(|language| path.child(language)));
                }
                _ => {}
            }
        }
    }

    fn is_damaged_prose(&self, map: &ObjId) -> bool {
        self.keys(map).iter().any(|id| match self.object(map, id, ObjType::Map) {
            Some(paragraph) => self.is_damaged_paragraph(&paragraph),
            None => true,
        })
    }
}

fn not_empty(map: Map<String, Value>) -> Option<Value> {
    (!map.is_empty()).then_some(Value::Object(map))
}

/// The JSON form of a plain value; `None` for null and for what JSON does not have.
pub(super) fn json(scalar: &ScalarValue) -> Option<Value> {
    match scalar {
        ScalarValue::Str(text) => Some(Value::from(text.as_str())),
        ScalarValue::Int(number) => Some(Value::from(*number)),
        ScalarValue::Uint(number) => Some(Value::from(*number)),
        ScalarValue::F64(number) => Number::from_f64(*number).map(Value::Number),
        ScalarValue::Boolean(flag) => Some(Value::from(*flag)),
        _ => None,
    }
}
