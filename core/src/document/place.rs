//! From a path to the place in automerge that it names.

use automerge::{ObjId, ObjType};

use super::check::CommandError;
use super::command::Path;
use super::read::{Reader, Source, State};
use super::schema::{LANGUAGES, Schema, Shape, ValueKind};

/// What kind of thing stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A plain value.
    Value(ValueKind),
    /// A text without paragraphs.
    Text,
    /// A text with paragraphs.
    Prose,
    /// A text in several languages: one more segment names the language.
    Local,
    /// A record, or the document itself.
    Record,
    /// A list of items.
    Items,
    /// One item of a list.
    Item,
    /// A set of short texts.
    Set,
    /// A map of plain values.
    Map,
}

/// A place in automerge.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// `key` of `object`.
    Value { object: ObjId, key: String, kind: ValueKind },
    /// A container of a field: `object` may be absent in a document of an older version.
    Field { parent: ObjId, name: String, shape: Shape, object: Option<ObjId> },
    /// One language of a local text.
    Language { parent: ObjId, name: String, prose: bool, object: Option<ObjId> },
    /// A record; `item` is the list and its schema if it is an item.
    Record { item: Option<Item> },
}

/// An item of a list.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) list: ObjId,
    pub(super) id: String,
    pub(super) object: ObjId,
    pub(super) schema: &'static Schema,
}

impl Place {
    pub(super) const fn kind(&self) -> PlaceKind {
        match self {
            Self::Value { kind, .. } => PlaceKind::Value(*kind),
            Self::Field { shape, .. } => match shape {
                Shape::Value(kind) => PlaceKind::Value(*kind),
                Shape::Text => PlaceKind::Text,
                Shape::Prose => PlaceKind::Prose,
                Shape::LocalText | Shape::LocalProse => PlaceKind::Local,
                Shape::Record(_) => PlaceKind::Record,
                Shape::Items(_) => PlaceKind::Items,
                Shape::Set => PlaceKind::Set,
                Shape::Map(_) => PlaceKind::Map,
            },
            Self::Language { prose: true, .. } => PlaceKind::Prose,
            Self::Language { prose: false, .. } => PlaceKind::Text,
            Self::Record { item: Some(_) } => PlaceKind::Item,
            Self::Record { item: None } => PlaceKind::Record,
        }
    }
}

/// Finds the place that a path names. An item that was removed is found only as the path's last segment.
pub(super) fn resolve<S: Source>(
    doc: &S,
    schema: &'static Schema,
    path: &Path,
) -> Result<Place, CommandError> {
    let walk = Walk { reader: Reader::now(doc), path };
    walk.record(ObjId::Root, schema, path.segments(), None)
}

struct Walk<'a, S> {
    reader: Reader<'a, S>,
    path: &'a Path,
}

impl<S: Source> Walk<'_, S> {
    fn missing(&self) -> CommandError {
        CommandError::NotFound(self.path.clone())
    }

    fn unknown(&self, field: &str) -> CommandError {
        CommandError::UnknownField { path: self.path.clone(), field: field.to_owned() }
    }

    fn record(
        &self,
        record: ObjId,
        schema: &'static Schema,
        segments: &[String],
        item: Option<Item>,
    ) -> Result<Place, CommandError> {
        let Some((name, rest)) = segments.split_first() else {
            return Ok(Place::Record { item });
        };
        let field = schema.fields.iter().find(|field| field.name == name);
        let shape = field.ok_or_else(|| self.unknown(name))?.shape;
        if let Shape::Value(kind) = shape {
            let place = Place::Value { object: record, key: name.clone(), kind };
            return if rest.is_empty() { Ok(place) } else { Err(self.missing()) };
        }
        let kind = if matches!(shape, Shape::Text) { ObjType::Text } else { ObjType::Map };
        let object = self.reader.object(&record, name, kind);
        match rest.split_first() {
            None => Ok(Place::Field { parent: record, name: name.clone(), shape, object }),
            Some((next, rest)) => {
                self.inside(shape, object.ok_or_else(|| self.missing())?, next, rest)
            }
        }
    }

    /// The place at `next` and `rest` inside a field's container.
    fn inside(
        &self,
        shape: Shape,
        object: ObjId,
        next: &str,
        rest: &[String],
    ) -> Result<Place, CommandError> {
        let place = match shape {
            Shape::LocalText | Shape::LocalProse => {
                if !LANGUAGES.contains(&next) {
                    return Err(self.unknown(next));
                }
                let prose = matches!(shape, Shape::LocalProse);
                let kind = if prose { ObjType::Map } else { ObjType::Text };
                let text = self.reader.object(&object, next, kind);
                Place::Language { parent: object, name: next.to_owned(), prose, object: text }
            }
            Shape::Map(kind) => Place::Value { object, key: next.to_owned(), kind },
            Shape::Record(schema) => {
                let segments: Vec<String> =
                    std::iter::once(next.to_owned()).chain(rest.iter().cloned()).collect();
                return self.record(object, schema, &segments, None);
            }
            Shape::Items(schema) => {
                let found = self.reader.object(&object, next, ObjType::Map);
                let found = found.ok_or_else(|| self.missing())?;
                let item =
                    Item { list: object, id: next.to_owned(), object: found.clone(), schema };
                if !rest.is_empty() && item.state(&self.reader) == State::Gone {
                    return Err(self.missing());
                }
                return self.record(found, schema, rest, Some(item));
            }
            Shape::Value(_) | Shape::Text | Shape::Prose | Shape::Set => {
                return Err(self.missing());
            }
        };
        if rest.is_empty() { Ok(place) } else { Err(self.missing()) }
    }
}

impl Item {
    /// Whether the item is there.
    pub(super) fn state<S: Source>(&self, reader: &Reader<'_, S>) -> State {
        reader.state(&self.object, &|reader, object| {
            serde_json::Value::Object(reader.record(object, self.schema))
        })
    }
}
