//! From a file to documents.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::extra::Kept;
use super::triangle;
use crate::document::{
    Field, Form, LANGUAGES, PATH_SEGMENT_BYTES_MAX, Path, Schema, Shape, ValueKind,
};
use crate::plan::{Date, EXTRA, Kind};

/// The largest file that is read, in bytes: a ten-year plan has about 5 MB.
pub const IMPORT_BYTES_MAX: usize = 16 << 20;
/// The most that a file may hold: members, elements and lines of texts, an object counting for five. A
/// ten-year plan has some 400,000.
pub const IMPORT_ENTRIES_MAX: usize = 500_000;
/// The most entries of one list or object, and lines of one text. They are told apart by comparing them.
pub const IMPORT_LIST_MAX: usize = 5_000;
/// What an object counts for: its record has a dozen containers.
const OBJECT_ENTRIES: usize = 5;
/// The most notices of one import; further ones are only counted.
pub const NOTICES_MAX: usize = 1_000;
/// The most characters of a plain text.
const VALUE_CHARS_MAX: usize = 1_000;
/// What the member `schema` of a plan begins with.
const SCHEMAS: [&str; 2] = ["jospar.plan/", "jospar.example-plan/"];

/// What a file of a plan held.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    /// The documents to make, by kind; those of a kind with many in the file's order.
    pub documents: Vec<ImportedDocument>,
    /// What the person who imports should know, in the file's order; at most [`NOTICES_MAX`].
    pub notices: Vec<Notice>,
    /// How many notices did not fit.
    pub notices_left_out: usize,
}

/// One document to make.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedDocument {
    /// Its kind.
    pub kind: Kind,
    /// For a kind with many documents: the id that its root has. Importing the same file again gives the same one.
    pub key: Option<String>,
    /// Its root record, in the form of a view.
    pub record: Value,
}

/// Something in a file that the plan's schema did not expect. Nothing of it is lost: see the module's doc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A member that this version does not know; it is kept and exported again.
    Unknown {
        /// Where it stands.
        path: Path,
    },
    /// A member that a plan should have.
    Missing {
        /// Where it should stand.
        path: Path,
    },
    /// A member that is not what it should be; it is kept and exported again until somebody fills the field.
    WrongType {
        /// Where it stands.
        path: Path,
    },
}

/// The file cannot be read as a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Larger than [`IMPORT_BYTES_MAX`]. Import a smaller file.
    #[error("the file has {bytes} bytes; the limit is {IMPORT_BYTES_MAX}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// More than [`IMPORT_ENTRIES_MAX`] in the file, or than [`IMPORT_LIST_MAX`] in one list. Import a part of it.
    #[error("there are {found} entries; the limit is {max}")]
    TooMuch {
        /// How many there are.
        found: usize,
        /// How many there may be.
        max: usize,
    },
    /// No JSON, or more than 128 levels deep. Correct the file at that place.
    #[error("no JSON at line {line}, column {column}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// JSON, but no plan: no object, or its `schema` is none of a plan. Choose another file.
    #[error("the file is no plan: its schema is {schema:?}")]
    NotAPlan {
        /// What it says it is, at most 80 characters.
        schema: Option<String>,
    },
}

/// Reads a file of a whole plan into the documents that hold it.
///
/// A kind of which the file holds nothing gets no document. Ids that items lack are their places in the list (`1`,
/// `2`, …), so that the same file gives the same ids.
///
/// # Errors
/// See [`ImportError`]: each variant says what to do.
pub fn import(json: &str) -> Result<Imported, ImportError> {
    if json.len() > IMPORT_BYTES_MAX {
        return Err(ImportError::TooLarge { bytes: json.len() });
    }
    // Before it is parsed: what is two bytes here is many more in memory.
    within(count_entries(json), IMPORT_ENTRIES_MAX)?;
    let file: Value = serde_json::from_str(json)
        .map_err(|error| ImportError::Syntax { line: error.line(), column: error.column() })?;
    within(longest(&file), IMPORT_LIST_MAX)?;
    let schema = file.get("schema").and_then(Value::as_str);
    let refused = || ImportError::NotAPlan { schema: schema.map(|s| s.chars().take(80).collect()) };
    let Value::Object(members) = &file else { return Err(refused()) };
    if !schema.is_some_and(|s| SCHEMAS.iter().any(|known| s.starts_with(known))) {
        return Err(refused());
    }
    let mut reader = Reader::default();
    let documents = reader.documents(members);
    let Reader { notices, notices_left_out } = reader;
    Ok(Imported { documents, notices, notices_left_out })
}

const fn within(found: usize, max: usize) -> Result<(), ImportError> {
    if found > max { Err(ImportError::TooMuch { found, max }) } else { Ok(()) }
}

/// How much a text that should be JSON holds at most.
fn count_entries(json: &str) -> usize {
    let (mut count, mut in_text, mut rest) = (0, false, json.as_bytes());
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        count += match (in_text, byte) {
            (_, b'"') => {
                in_text = !in_text;
                0
            }
            (true, b'\\') => {
                let line = after.first() == Some(&b'n')
                    || after.get(..5).is_some_and(|code| code.eq_ignore_ascii_case(b"u000a"));
                rest = after.get(1..).unwrap_or_default();
                usize::from(line)
            }
            (false, b',' | b'[') => 1,
            (false, b'{') => OBJECT_ENTRIES,
            _ => 0,
        };
    }
    count
}

/// The most entries that any one list or object has, and lines that any one text has.
fn longest(value: &Value) -> usize {
    match value {
        Value::String(text) => text.matches('\n').count(),
        Value::Array(items) => items.iter().map(longest).fold(items.len(), usize::max),
        Value::Object(members) => members.values().map(longest).fold(members.len(), usize::max),
        _ => 0,
    }
}

/// What the view of a member is, and what of the member the view does not say.
type Split = (Option<Value>, Option<Value>);

/// How a record stands in its list.
#[derive(Default)]
struct Item<'a> {
    /// What stood where its id should, if that is no id.
    id: Option<Value>,
    /// Fields that are not members of the file.
    skip: &'a [&'a str],
}

#[derive(Default)]
struct Reader {
    notices: Vec<Notice>,
    notices_left_out: usize,
}

impl Reader {
    fn documents(&mut self, members: &Map<String, Value>) -> Vec<ImportedDocument> {
        let mut documents = Vec::new();
        let mut head_extra = Map::new();
        let mut known = BTreeSet::new();
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_exported()) {
            if let Some(section) = kind.section() {
                known.insert(section);
                match members.get(section) {
                    Some(Value::Array(items)) if !items.is_empty() => {
                        documents.extend(self.many(kind, section, items));
                    }
                    Some(other) => {
                        self.unfit(other, &Path::root().child(section));
                        head_extra.insert(section.to_owned(), other.clone());
                    }
                    None => self.notice(Notice::Missing { path: Path::root().child(section) }),
                }
                continue;
            }
            let fields = fields(kind.schema(), &[]);
            known.extend(fields.iter().map(|field| field.name));
            let mut record = Map::new();
            let unfit = self.fields(&fields, members, &Path::root(), &mut record);
            Kept { members: unfit, ..Kept::default() }.put(&mut record);
            if !record.is_empty() || kind == Kind::Plan {
                documents.push(ImportedDocument { kind, key: None, record: Value::Object(record) });
            }
        }
        for (name, value) in members.iter().filter(|(name, _)| !known.contains(name.as_str())) {
            self.notice(Notice::Unknown { path: Path::root().child(name) });
            head_extra.insert(name.clone(), value.clone());
        }
        if let Some(head) = documents.first_mut() {
            let mut kept = Kept::of(&head.record);
            kept.members.extend(head_extra);
            if let Value::Object(record) = &mut head.record {
                kept.put(record);
            }
        }
        documents
    }

    fn many(&mut self, kind: Kind, section: &str, items: &[Value]) -> Vec<ImportedDocument> {
        let path = Path::root().child(section);
        let records = self.items(kind.schema(), Form::Plain, items, &path, &["id", "order"]);
        let numbered = records.into_iter().enumerate().map(|(place, record)| {
            let mut root = Map::new();
            let id = record.get("id").cloned().unwrap_or_default();
            let key = id.as_str().map(str::to_owned);
            root.insert("id".to_owned(), id);
            root.insert("order".to_owned(), Value::from(place));
            if let Value::Object(members) = record {
                root.extend(members);
            }
            ImportedDocument { kind, key, record: Value::Object(root) }
        });
        numbered.collect()
    }

    /// Reads a record; members that it does not know are kept. The view is empty for `{}`.
    fn record(
        &mut self,
        schema: &Schema,
        object: &Map<String, Value>,
        path: &Path,
        item: Item<'_>,
    ) -> Map<String, Value> {
        let turned = (schema.name == "pairwise").then(|| triangle::to_judgements(object)).flatten();
        let object = turned.as_ref().unwrap_or(object);
        let fields = fields(schema, item.skip);
        let mut record = Map::new();
        let mut members = self.fields(&fields, object, path, &mut record);
        for (name, value) in object {
            let is_id = name == "id" && item.skip.contains(&"id");
            if !is_id && !fields.iter().any(|field| field.name == name) {
                self.notice(Notice::Unknown { path: path.child(name) });
                members.insert(name.clone(), value.clone());
            }
        }
        Kept { members, whole: None, id: item.id }.put(&mut record);
        record
    }

    /// Reads the members that the fields name into `record`; returns what did not fit.
    fn fields(
        &mut self,
        fields: &[&Field],
        object: &Map<String, Value>,
        path: &Path,
        record: &mut Map<String, Value>,
    ) -> Map<String, Value> {
        let mut extra = Map::new();
        for field in fields {
            let place = path.child(field.name);
            let Some(value) = object.get(field.name) else {
                if is_expected(field.name, path) {
                    self.notice(Notice::Missing { path: place });
                }
                continue;
            };
            let (view, rest) = self.member(field, value, &place);
            if let Some(view) = view {
                record.insert(field.name.to_owned(), view);
            }
            if let Some(rest) = rest {
                extra.insert(field.name.to_owned(), rest);
            }
        }
        extra
    }

    fn member(&mut self, field: &Field, value: &Value, path: &Path) -> Split {
        match (field.shape, value) {
            (_, Value::Null) if field.form == Form::Nullable => (None, None),
            (_, Value::Null) => (None, Some(Value::Null)),
            (Shape::Value(kind), value) if is_plain(kind, value) => (Some(value.clone()), None),
            (Shape::Text | Shape::Prose, Value::String(text)) if !text.is_empty() => {
                (Some(value.clone()), None)
            }
            (Shape::LocalText | Shape::LocalProse, Value::Object(texts)) => {
                self.entries(texts, path, |language, text| {
                    LANGUAGES.contains(&language) && text.as_str().is_some_and(|t| !t.is_empty())
                })
            }
            (Shape::Map(kind), Value::Object(values)) => {
                self.entries(values, path, |key, value| is_segment(key) && is_plain(kind, value))
            }
            (Shape::Record(schema), Value::Object(object)) => {
                let record = self.record(schema, object, path, Item::default());
                if record.is_empty() {
                    (None, Some(value.clone()))
                } else {
                    (Some(Value::Object(record)), None)
                }
            }
            (Shape::Items(schema), Value::Object(object))
                if field.form == Form::Keyed && !object.is_empty() =>
            {
                (Some(Value::Array(self.keyed(schema, object, path))), None)
            }
            (Shape::Items(schema), Value::Array(items))
                if field.form != Form::Keyed && !items.is_empty() =>
            {
                (Some(Value::Array(self.items(schema, field.form, items, path, &["id"]))), None)
            }
            (Shape::Set, Value::Array(texts)) if is_set(texts) => (Some(value.clone()), None),
            (_, value) => {
                self.unfit_field(field, value, path);
                (None, Some(value.clone()))
            }
        }
    }

    /// Splits an object into the entries that fit and the others.
    fn entries(
        &mut self,
        object: &Map<String, Value>,
        path: &Path,
        fits: impl Fn(&str, &Value) -> bool,
    ) -> Split {
        let (mut view, mut rest) = (Map::new(), Map::new());
        for (key, value) in object {
            if fits(key, value) {
                view.insert(key.clone(), value.clone());
            } else {
                self.unfit(value, &path.child(key));
                rest.insert(key.clone(), value.clone());
            }
        }
        let some = |map: Map<String, Value>| (!map.is_empty()).then_some(Value::Object(map));
        if view.is_empty() { (None, Some(Value::Object(rest))) } else { (some(view), some(rest)) }
    }

    fn keyed(&mut self, schema: &Schema, object: &Map<String, Value>, path: &Path) -> Vec<Value> {
        let taken: BTreeSet<&str> = object.keys().map(String::as_str).collect();
        let mut items = Vec::new();
        for (place, (key, value)) in object.iter().enumerate() {
            let id = if is_segment(key) { key.clone() } else { free_id(place, &taken) };
            let at = path.child(&id);
            let wrong_key = (id != *key).then(|| Value::String(key.clone()));
            if wrong_key.is_some() {
                self.notice(Notice::WrongType { path: path.child(key) });
            }
            let item = Item { id: wrong_key, skip: &[] };
            let record = match value {
                Value::Object(object) => self.record(schema, object, &at, item),
                other => self.whole(other, &at, item),
            };
            items.push(with_id(id, record));
        }
        items
    }

    fn items(
        &mut self,
        schema: &Schema,
        form: Form,
        items: &[Value],
        path: &Path,
        skip: &[&str],
    ) -> Vec<Value> {
        let named = matches!(form, Form::Plain | Form::Loose);
        let ids: Vec<&str> = items.iter().filter(|_| named).filter_map(id_of).collect();
        let taken: BTreeSet<&str> = ids.into_iter().collect();
        let mut used = BTreeSet::new();
        let mut records = Vec::new();
        for (place, raw) in items.iter().enumerate() {
            let own = id_of(raw).filter(|id| named && is_segment(id) && used.insert(*id));
            let id = own.map_or_else(|| free_id(place, &taken), str::to_owned);
            let at = path.child(&id);
            let Some(object) = object_of(schema, form, raw) else {
                let record = self.whole(raw, &at, Item::default());
                records.push(with_id(id, record));
                continue;
            };
            let mut item = Item { id: None, skip: if named { skip } else { &[] } };
            if named && own.is_none() {
                item.id = raw.get("id").cloned();
                let path = at.child("id");
                match item.id {
                    Some(_) => self.notice(Notice::WrongType { path }),
                    None if form == Form::Loose => {}
                    None => self.notice(Notice::Missing { path }),
                }
            } else if form == Form::Loose && is_place(&id) {
                // A place that the file has as an id goes back into a file.
                item.id = raw.get("id").cloned();
            }
            let record = self.record(schema, &object, &at, item);
            records.push(with_id(id, record));
        }
        records
    }

    /// An item that is no object: an empty record that keeps it.
    fn whole(&mut self, raw: &Value, path: &Path, item: Item<'_>) -> Map<String, Value> {
        self.notice(Notice::WrongType { path: path.clone() });
        let mut record = Map::new();
        Kept { whole: Some(raw.clone()), id: item.id, ..Kept::default() }.put(&mut record);
        record
    }

    /// A member that no view says: silent when it is merely empty.
    fn unfit(&mut self, value: &Value, path: &Path) {
        if !is_empty(value) {
            self.notice(Notice::WrongType { path: path.clone() });
        }
    }

    fn unfit_field(&mut self, field: &Field, value: &Value, path: &Path) {
        let of_its_kind = match field.shape {
            Shape::Value(ValueKind::Text | ValueKind::Any) | Shape::Text | Shape::Prose => {
                value.is_string()
            }
            Shape::Value(_) => false,
            Shape::Items(_) if field.form != Form::Keyed => value.is_array(),
            Shape::Set => value.is_array(),
            _ => value.is_object(),
        };
        if !(of_its_kind && is_empty(value)) {
            self.notice(Notice::WrongType { path: path.clone() });
        }
    }

    fn notice(&mut self, notice: Notice) {
        if self.notices.len() < NOTICES_MAX {
            self.notices.push(notice);
        } else {
            self.notices_left_out += 1;
        }
    }
}

/// The fields that a file has members for.
fn fields(schema: &Schema, skip: &[&str]) -> Vec<&'static Field> {
    schema.fields.iter().filter(|f| f.name != EXTRA && !skip.contains(&f.name)).collect()
}

/// The members whose absence is worth a notice: the parts of a plan, and what names a thing.
fn is_expected(name: &str, path: &Path) -> bool {
    const PARTS: [&str; 24] = [
        "plan",
        "partners",
        "benefits",
        "needs",
        "problems",
        "evidence",
        "swot",
        "audit",
        "initiatives",
        "kpis",
        "expected_outcomes",
        "risks",
        "meetings",
        "meeting_rule",
        "professional_development",
        "info_sharing",
        "pilots",
        "mentoring",
        "school_map",
        "assistant_cases",
        "antipatterns",
        "ai_uses",
        "comments_threads",
        "as_of",
    ];
    match path.segments() {
        [] => PARTS.contains(&name),
        [part] if part == "plan" => ["title", "school", "period", "vision"].contains(&name),
        [part, _] => match part.as_str() {
            "evidence" | "initiatives" | "kpis" | "risks" | "meetings" | "pilots" | "problems"
            | "documents" => name == "title",
            _ => false,
        },
        _ => false,
    }
}

/// The members of an item, by the form of its list; `None` when it does not have that form.
fn object_of(schema: &Schema, form: Form, item: &Value) -> Option<Map<String, Value>> {
    let fields = fields(schema, &[]);
    let named = |values: &[Value]| {
        let pairs = fields.iter().zip(values);
        pairs.map(|(field, value)| (field.name.to_owned(), value.clone())).collect()
    };
    match (form, item) {
        (Form::Bare, value) => Some(named(std::slice::from_ref(value))),
        (Form::Tuple, Value::Array(values)) => {
            (values.len() == fields.len()).then(|| named(values))
        }
        (Form::Tuple, _) => None,
        (_, Value::Object(object)) => Some(object.clone()),
        _ => None,
    }
}

fn id_of(item: &Value) -> Option<&str> {
    item.get("id").and_then(Value::as_str)
}

fn with_id(id: String, record: Map<String, Value>) -> Value {
    let mut item = Map::from_iter([("id".to_owned(), Value::String(id))]);
    item.extend(record);
    Value::Object(item)
}

/// True for an id as [`free_id`] makes it: a place in the list.
pub(super) fn is_place(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// The place in the list, counted from 1, made longer until nothing else has it.
fn free_id(place: usize, taken: &BTreeSet<&str>) -> String {
    let mut id = (place + 1).to_string();
    while taken.contains(id.as_str()) {
        id.push_str("-1");
    }
    id
}

pub(super) fn is_segment(text: &str) -> bool {
    text.len() <= PATH_SEGMENT_BYTES_MAX
        && !text.contains('/')
        && Path::from_str(text).is_ok_and(|path| path != Path::root())
}

/// True for a scalar that a plain value of this kind may hold.
pub(super) fn is_plain(kind: ValueKind, value: &Value) -> bool {
    let short = |text: &str| !text.is_empty() && text.chars().count() <= VALUE_CHARS_MAX;
    let number = |value: &Value| value.is_i64() || value.is_f64();
    match kind {
        ValueKind::Text => value.as_str().is_some_and(short),
        ValueKind::Number => number(value),
        ValueKind::Flag => value.is_boolean(),
        ValueKind::Date => value.as_str().is_some_and(|text| Date::from_str(text).is_ok()),
        ValueKind::Choice(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        ValueKind::Bytes => false,
        ValueKind::Any => value.is_boolean() || number(value) || value.as_str().is_some_and(short),
    }
}

/// True for short texts, each once, at least one.
fn is_set(texts: &[Value]) -> bool {
    let mut seen = BTreeSet::new();
    let fits = |text: &str| !text.is_empty() && text.len() <= PATH_SEGMENT_BYTES_MAX;
    !texts.is_empty() && texts.iter().all(|t| t.as_str().is_some_and(|t| fits(t) && seen.insert(t)))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
