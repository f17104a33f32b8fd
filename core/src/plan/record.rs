//! Records: one declaration gives the plain struct, its [`Schema`] and the reading of a view.
//!
//! `record!` is used by every file of `plan/`. A field is written `name: kind(arguments) as Form`; `as` may be left out.
//!
//! | kind | in automerge | in the struct |
//! |---|---|---|
//! | `text`, `number`, `flag`, `date`, `choice("a", "b")` | a plain value | `String`, `Option<f64>`, `Option<bool>`, `Option<Date>`, `Option<&'static str>` |
//! | `bytes` | a plain value | `Vec<u8>` |
//! | `prose` | paragraphs | `String` |
//! | `local`, `local_prose` | a text, or paragraphs, for each language | [`LocalText`] |
//! | `record(R)`, `items(R)` | a nested record, records in order | `R`, `Vec<R>` |
//! | `set` | short texts in order | `Vec<String>` |
//! | `map(number)`, `map(any)`, `map(choice("a", "b"))` | values by key | `BTreeMap<String, _>` |

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde_json::Value;

use crate::document::{LANGUAGES, Schema};
use crate::plan::Date;

/// The field that every record has for what a file held beyond the schema: name to JSON text (see `plan::exchange`).
pub const EXTRA: &str = "extra";

/// A record that can be read from a view.
pub trait Record: Default {
    /// Its fields.
    const SCHEMA: &'static Schema;

    /// Reads a view. A member that is missing or of a wrong type reads as empty: a view may come from a newer version.
    fn from_view(view: &Value) -> Self;
}

/// A text in up to three languages; a language without text is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocalText {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

impl LocalText {
    /// True when there is no text in any language.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.kk.is_empty() && self.ru.is_empty() && self.en.is_empty()
    }

    /// The text in `language` or, where that is empty, in the first of kk, ru, en that is not.
    #[must_use]
    pub fn text(&self, language: &str) -> &str {
        let wanted = match language {
            "ru" => &self.ru,
            "en" => &self.en,
            _ => &self.kk,
        };
        [wanted, &self.kk, &self.ru, &self.en].into_iter().find(|t| !t.is_empty()).unwrap_or(wanted)
    }
}

/// The member of an object, `None` when it is missing, null, or `view` is no object.
pub(crate) fn member<'a>(view: &'a Value, name: &str) -> Option<&'a Value> {
    view.get(name).filter(|value| !value.is_null())
}

pub(crate) fn read_text(view: &Value, name: &str) -> String {
    member(view, name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

pub(crate) fn read_number(view: &Value, name: &str) -> Option<f64> {
    member(view, name).and_then(Value::as_f64)
}

pub(crate) fn read_flag(view: &Value, name: &str) -> Option<bool> {
    member(view, name).and_then(Value::as_bool)
}

pub(crate) fn read_date(view: &Value, name: &str) -> Option<Date> {
    member(view, name).and_then(Value::as_str)?.parse().ok()
}

pub(crate) fn read_choice(
    view: &Value,
    name: &str,
    words: &'static [&'static str],
) -> Option<&'static str> {
    let word = member(view, name).and_then(Value::as_str)?;
    words.iter().find(|known| **known == word).copied()
}

pub(crate) fn read_bytes(view: &Value, name: &str) -> Vec<u8> {
    let text = member(view, name).and_then(Value::as_str).unwrap_or_default();
    BASE64.decode(text.as_bytes()).unwrap_or_default()
}

pub(crate) fn read_local(view: &Value, name: &str) -> LocalText {
    let [kk, ru, en] =
        LANGUAGES.map(|l| member(view, name).map(|t| read_text(t, l)).unwrap_or_default());
    LocalText { kk, ru, en }
}

pub(crate) fn read_record<R: Record>(view: &Value, name: &str) -> R {
    member(view, name).map(R::from_view).unwrap_or_default()
}

pub(crate) fn read_items<R: Record>(view: &Value, name: &str) -> Vec<R> {
    let items = member(view, name).and_then(Value::as_array);
    items.map(|items| items.iter().map(R::from_view).collect()).unwrap_or_default()
}

pub(crate) fn read_set(view: &Value, name: &str) -> Vec<String> {
    let texts = member(view, name).and_then(Value::as_array);
    texts
        .map(|texts| texts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default()
}

pub(crate) fn read_map<T>(
    view: &Value,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> BTreeMap<String, T> {
    let entries = member(view, name).and_then(Value::as_object);
    entries
        .map(|e| e.iter().filter_map(|(k, v)| read(v).map(|v| (k.clone(), v))).collect())
        .unwrap_or_default()
}

/// The struct type of a field.
macro_rules! field_type {
    (text) => { String };
    (number) => { Option<f64> };
    (flag) => { Option<bool> };
    (date) => { Option<$crate::plan::Date> };
    (choice($($word:literal),+)) => { Option<&'static str> };
    (bytes) => { Vec<u8> };
    (prose) => { String };
    (local) => { $crate::plan::LocalText };
    (local_prose) => { $crate::plan::LocalText };
    (record($type:ty)) => { $type };
    (items($type:ty)) => { Vec<$type> };
    (set) => { Vec<String> };
    (map(number)) => { std::collections::BTreeMap<String, f64> };
    (map(any)) => { std::collections::BTreeMap<String, serde_json::Value> };
    (map(choice($($word:literal),+))) => { std::collections::BTreeMap<String, String> };
}

/// How a field is kept.
macro_rules! field_shape {
    (text) => { Shape::Value(ValueKind::Text) };
    (number) => { Shape::Value(ValueKind::Number) };
    (flag) => { Shape::Value(ValueKind::Flag) };
    (date) => { Shape::Value(ValueKind::Date) };
    (choice($($word:literal),+)) => { Shape::Value(ValueKind::Choice(&[$($word),+])) };
    (bytes) => { Shape::Value(ValueKind::Bytes) };
    (prose) => { Shape::Prose };
    (local) => { Shape::LocalText };
    (local_prose) => { Shape::LocalProse };
    (record($type:ty)) => { Shape::Record(<$type as $crate::plan::Record>::SCHEMA) };
    (items($type:ty)) => { Shape::Items(<$type as $crate::plan::Record>::SCHEMA) };
    (set) => { Shape::Set };
    (map(number)) => { Shape::Map(ValueKind::Number) };
    (map(any)) => { Shape::Map(ValueKind::Any) };
    (map(choice($($word:literal),+))) => { Shape::Map(ValueKind::Choice(&[$($word),+])) };
}

/// Reads a field from a view.
macro_rules! field_read {
    ($view:ident, $name:expr, text) => { read_text($view, $name) };
    ($view:ident, $name:expr, number) => { read_number($view, $name) };
    ($view:ident, $name:expr, flag) => { read_flag($view, $name) };
    ($view:ident, $name:expr, date) => { read_date($view, $name) };
    ($view:ident, $name:expr, choice($($word:literal),+)) => {
        read_choice($view, $name, &[$($word),+])
    };
    ($view:ident, $name:expr, bytes) => { read_bytes($view, $name) };
    ($view:ident, $name:expr, prose) => { read_text($view, $name) };
    ($view:ident, $name:expr, local) => { read_local($view, $name) };
    ($view:ident, $name:expr, local_prose) => { read_local($view, $name) };
    ($view:ident, $name:expr, record($type:ty)) => { read_record($view, $name) };
    ($view:ident, $name:expr, items($type:ty)) => { read_items($view, $name) };
    ($view:ident, $name:expr, set) => { read_set($view, $name) };
    ($view:ident, $name:expr, map(number)) => {
        read_map($view, $name, serde_json::Value::as_f64)
    };
    ($view:ident, $name:expr, map(any)) => { read_map($view, $name, |v| Some(v.clone())) };
    ($view:ident, $name:expr, map(choice($($word:literal),+))) => {
        read_map($view, $name, |v| v.as_str().map(str::to_owned))
    };
}

/// The form of a field.
macro_rules! field_form {
    () => {
        Form::Plain
    };
    ($form:ident) => {
        Form::$form
    };
}

/// Declares a record: see the module's doc.
///
/// After the record's name may stand `with id` (a nested record that has an id of its own) or `many` (the root of a
/// kind with many documents: it has `id` and `order`).
macro_rules! record {
    ($(#[$doc:meta])* $name:ident, $text:literal, with id { $($body:tt)* }) => {
        record! { @build $(#[$doc])* $name, $text,
            [Field { name: "id", shape: Shape::Value(ValueKind::Text), form: Form::Plain },]
            { $($body)* } }
    };
    ($(#[$doc:meta])* $name:ident, $text:literal, many { $($body:tt)* }) => {
        record! { @build $(#[$doc])* $name, $text,
            [Field { name: "id", shape: Shape::Value(ValueKind::Text), form: Form::Plain },
             Field { name: "order", shape: Shape::Value(ValueKind::Number), form: Form::Plain },]
            { $($body)* } }
    };
    ($(#[$doc:meta])* $name:ident, $text:literal { $($body:tt)* }) => {
        record! { @build $(#[$doc])* $name, $text, [] { $($body)* } }
    };
    (@build $(#[$doc:meta])* $name:ident, $text:literal, [$($first:tt)*] {
        $($(#[$field_doc:meta])* $field:ident : $kind:ident $(($($argument:tt)*))? $(as $form:ident)?),+
        $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default)]
        #[allow(missing_docs, reason = "most names say what the field holds; the others have a doc")]
        pub struct $name {
            /// The item's id; empty for a record that is no item.
            pub id: String,
            $($(#[$field_doc])* pub $field: field_type!($kind $(($($argument)*))?),)+
        }

        impl $crate::plan::Record for $name {
            const SCHEMA: &'static $crate::document::Schema = {
                #[allow(unused_imports, reason = "not every record uses every kind of field")]
                use $crate::document::{Field, Form, Schema, Shape, ValueKind};
                &Schema {
                    name: $text,
                    fields: &[
                        $($first)*
                        $(Field {
                            name: stringify!($field),
                            shape: field_shape!($kind $(($($argument)*))?),
                            form: field_form!($($form)?),
                        },)+
                        Field {
                            name: $crate::plan::EXTRA,
                            shape: Shape::Map(ValueKind::Any),
                            form: Form::Plain,
                        },
                    ],
                }
            };

            fn from_view(view: &serde_json::Value) -> Self {
                #[allow(clippy::wildcard_imports, reason = "one reader for each kind of field")]
                use $crate::plan::record::*;
                Self {
                    id: read_text(view, "id"),
                    $($field: field_read!(view, stringify!($field), $kind $(($($argument)*))?),)+
                }
            }
        }
    };
}
