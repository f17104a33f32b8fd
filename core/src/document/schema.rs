//! Schemas: which fields the records of a document have and how each is kept in automerge.

/// The languages that a text may be written in, in the order they are shown.
pub const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];

/// The fields of one kind of record, in the order they are shown and exported.
#[derive(Debug)]
pub struct Schema {
    /// The record's name in lower case, singular: `initiative`.
    pub name: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

/// One field of a record.
#[derive(Debug)]
pub struct Field {
    /// The name, the same in automerge, in views, in paths and in the exported JSON.
    pub name: &'static str,
    /// How it is kept and merged.
    pub shape: Shape,
    /// How it looks in exported JSON.
    pub form: Form,
}

/// How a field is kept in automerge, and so how concurrent edits of it merge.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A plain value under the field's name. Concurrent writes are all kept and shown as a conflict.
    Value(ValueKind),
    /// One automerge text: edits merge letter by letter.
    Text,
    /// Paragraphs: an ordered list of automerge texts. In views: one string, paragraphs joined by line feeds.
    Prose,
    /// A map from language to one automerge text. In views: an object with the languages that are not empty.
    LocalText,
    /// A map from language to paragraphs. In views as [`Shape::LocalText`].
    LocalProse,
    /// A nested record, made together with the record that holds it.
    Record(&'static Schema),
    /// Records in an order that people choose: a map from item id to record; its `pos` says where it stands.
    /// In views: an array of objects, each with its `id` first.
    Items(&'static Schema),
    /// Short texts in order, each at most once (mostly ids of other records): a map from text to its place.
    /// In views: an array of strings.
    Set,
    /// A map from short keys to plain values, each merged on its own. In views: an object.
    Map(ValueKind),
}

/// What a plain value may be. Checked when a command writes; what others wrote is never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A short text, at most 1,000 characters.
    Text,
    /// A whole or decimal number, not NaN or infinite.
    Number,
    /// True or false.
    Flag,
    /// A day: `YYYY-MM-DD`.
    Date,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any scalar of JSON.
    Any,
    /// Bytes, at most [`BYTES_MAX`](super::BYTES_MAX); in views and commands as base64 (RFC 4648, padded).
    Bytes,
}

/// How a field looks in exported JSON, where that differs from its view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As in the view.
    Plain,
    /// Items without ids: `[{"date": …}, …]`.
    Anonymous,
    /// Items that may have ids; one that is only a number is the item's place in a file without ids, and is left out.
    Loose,
    /// Items that have one field, written as its bare value: `["…", …]`.
    Bare,
    /// Items written as arrays of their fields' values: `[["mn1", "mn2"], …]`.
    Tuple,
    /// Items written as an object from id to record: `{"S": {…}, …}`.
    Keyed,
    /// A field written as `null` when it is empty.
    Nullable,
}
