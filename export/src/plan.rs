//! A plan to be written, and its parts as the schemas name them.

use jospar_core::document::{Field, LANGUAGES, Schema, Shape};
use jospar_core::plan::{EXTRA, Kind, import};
use serde_json::Value;

use crate::ExportError;

/// Members that say how a file was made, or that only the program reads.
const NO_PARTS: [&str; 5] = ["schema", "notice", "illustrative_fields", "history_example", EXTRA];

/// Fields that no file holds: order and place, fingerprints and marks of programs, what only formulas read, and who
/// voted for what.
const NOT_SHOWN: [&str; 14] = [
    "id",
    "order",
    EXTRA,
    "file_hash",
    "output_hash",
    "hash",
    "x",
    "y",
    "pairwise",
    "ballots",
    "private",
    "drafted",
    "drafted_blocks",
    "default_language",
];

/// A plan to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    documents: Vec<(Kind, Value)>,
}

impl Plan {
    /// Reads the JSON of a whole plan, as `jospar export` writes it.
    ///
    /// # Errors
    /// [`ExportError::NotAPlan`].
    pub fn read(json: &str) -> Result<Self, ExportError> {
        let documents = import(json)?.documents.into_iter();
        Ok(Self { documents: documents.map(|document| (document.kind, document.record)).collect() })
    }

    /// All documents, as their views.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Value> {
        self.documents.iter().map(|(_, view)| view)
    }

    /// The views of a kind's documents.
    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Value> {
        self.documents.iter().filter(move |(found, _)| *found == kind).map(|(_, view)| view)
    }

    /// What stands in the plan's head under `name`; null if nothing does.
    pub(crate) fn head(&self, name: &str) -> &Value {
        const NOTHING: &Value = &Value::Null;
        self.of_kind(Kind::Plan).find_map(|view| view.get(name)).unwrap_or(NOTHING)
    }

    /// The parts that hold anything, in the order of their kinds and of the fields in each.
    pub(crate) fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = Vec::new();
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_exported()) {
            if let Some(section) = kind.section() {
                let items: Vec<&Value> = self.of_kind(kind).collect();
                if !items.is_empty() {
                    let holds = Holds::Items(kind.schema(), items);
                    parts.push(Part { name: section, kind, holds });
                }
                continue;
            }
            for view in self.of_kind(kind) {
                parts.extend(
                    kind.schema().fields.iter().filter_map(|field| part(kind, field, view)),
                );
            }
        }
        parts
    }
}

fn part<'a>(kind: Kind, field: &'static Field, view: &'a Value) -> Option<Part<'a>> {
    let value = view.get(field.name).filter(|value| !is_empty(value))?;
    let holds = match field.shape {
        _ if NO_PARTS.contains(&field.name) => return None,
        Shape::Items(schema) => Holds::Items(schema, shown_items(value).collect()),
        Shape::Record(schema) => Holds::Record(schema, value),
        _ => return None,
    };
    Some(Part { name: field.name, kind, holds })
}

/// One part of the plan.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// Its name in paths.
    pub(crate) name: &'static str,
    /// The kind of the documents that it stands in.
    pub(crate) kind: Kind,
    /// What it holds.
    pub(crate) holds: Holds<'a>,
}

/// What a part holds.
#[derive(Debug)]
pub(crate) enum Holds<'a> {
    /// Things in an order.
    Items(&'static Schema, Vec<&'a Value>),
    /// One record.
    Record(&'static Schema, &'a Value),
}

/// The fields of a record that a reader sees and that hold something.
pub(crate) fn filled<'a>(
    schema: &'static Schema,
    record: &'a Value,
) -> impl Iterator<Item = (&'static Field, &'a Value)> {
    let shown = schema.fields.iter().filter(|field| is_shown(field));
    shown
        .filter_map(|field| Some((field, record.get(field.name).filter(|value| !is_empty(value))?)))
}

/// Whether a field is for readers.
pub(crate) fn is_shown(field: &Field) -> bool {
    !NOT_SHOWN.contains(&field.name)
}

/// The items of a list, but for those that somebody marked as private.
pub(crate) fn shown_items(list: &Value) -> impl Iterator<Item = &Value> {
    let is_private = |item: &&Value| item.get("private") == Some(&Value::Bool(true));
    list.as_array().into_iter().flatten().filter(move |item| !is_private(item))
}

/// The only field of records that are a text and nothing else: a line of an agenda.
pub(crate) fn only_text(schema: &'static Schema) -> Option<&'static Field> {
    let mut fields = schema.fields.iter().filter(|field| is_shown(field));
    let first = fields.next().filter(|field| is_text(field.shape))?;
    fields.next().is_none().then_some(first)
}

/// Whether records are one text, written in several languages.
pub(crate) fn is_in_languages(schema: &Schema) -> bool {
    let mut fields = schema.fields.iter().filter(|field| is_shown(field));
    fields.all(|field| LANGUAGES.contains(&field.name))
}

/// Whether a shape is a text that people write.
pub(crate) const fn is_text(shape: Shape) -> bool {
    matches!(shape, Shape::Text | Shape::Prose | Shape::LocalText | Shape::LocalProse)
}

/// True for what has nothing in it to be read.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => {
            members.iter().all(|(name, value)| name == "id" || is_empty(value))
        }
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The first characters of what somebody asked for, for an error.
pub(crate) fn start_of(text: &str) -> String {
    const SHOWN_CHARS_MAX: usize = 80;
    text.chars().take(SHOWN_CHARS_MAX).collect()
}
