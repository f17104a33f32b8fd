//! The `extra` field: names of members to their JSON text, in pieces short enough for a plain value.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::document::PATH_SEGMENT_BYTES_MAX;
use crate::plan::EXTRA;

/// Under this key, the whole of an item that is no object.
const WHOLE: &str = "%";
/// Under this key, what stood where the item's id should.
const ID: &str = "%i";
/// Under this key, an object of the members whose names are too long for a key.
const LONG_NAMES: &str = "%%";
/// The most characters of one piece: a plain text may have 1,000.
const PIECE_CHARS_MAX: usize = 900;
/// The most bytes of an escaped name, so that a piece number fits behind it.
const NAME_BYTES_MAX: usize = PATH_SEGMENT_BYTES_MAX - 16;

/// What a record keeps beside its fields.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Kept {
    /// Members by name.
    pub(super) members: Map<String, Value>,
    /// The whole item, if it was no object.
    pub(super) whole: Option<Value>,
    /// What stood where the item's id should.
    pub(super) id: Option<Value>,
}

impl Kept {
    /// Puts it into a record as its `extra` field; nothing when there is nothing to keep.
    pub(super) fn put(self, record: &mut Map<String, Value>) {
        let mut view = Map::new();
        let mut long = Map::new();
        for (name, value) in self.members {
            let key = escape(&name);
            if key.len() > NAME_BYTES_MAX {
                long.insert(name, value);
            } else {
                insert_pieces(&mut view, &key, &value);
            }
        }
        let long = (!long.is_empty()).then_some(Value::Object(long));
        for (key, value) in [(WHOLE, self.whole), (ID, self.id), (LONG_NAMES, long)] {
            if let Some(value) = value {
                insert_pieces(&mut view, key, &value);
            }
        }
        if !view.is_empty() {
            record.insert(EXTRA.to_owned(), Value::Object(view));
        }
    }

    /// Reads the `extra` field of a record. What is no JSON text is left out.
    pub(super) fn of(record: &Value) -> Self {
        let mut texts: BTreeMap<&str, BTreeMap<usize, &str>> = BTreeMap::new();
        for (key, piece) in record.get(EXTRA).and_then(Value::as_object).into_iter().flatten() {
            let (name, number) = key.split_once('+').unwrap_or((key, "0"));
            if let (Some(piece), Ok(number)) = (piece.as_str(), number.parse()) {
                texts.entry(name).or_default().insert(number, piece);
            }
        }
        let mut kept = Self::default();
        for (key, pieces) in texts {
            let text: String = pieces.into_values().collect();
            let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
            match (key, value) {
                (WHOLE, value) => kept.whole = Some(value),
                (ID, value) => kept.id = Some(value),
                (LONG_NAMES, Value::Object(long)) => kept.members.extend(long),
                (LONG_NAMES, _) => {}
                (key, value) => {
                    kept.members.insert(unescape(key), value);
                }
            }
        }
        kept
    }
}

fn insert_pieces(view: &mut Map<String, Value>, key: &str, value: &Value) {
    let text = value.to_string();
    let chars: Vec<char> = text.chars().collect();
    for (number, piece) in chars.chunks(PIECE_CHARS_MAX).enumerate() {
        let key = if number == 0 { key.to_owned() } else { format!("{key}+{number}") };
        view.insert(key, Value::String(piece.iter().collect()));
    }
}

/// A name as a path segment: `%`, `/` and `+` by their codes; the empty name as `%e`.
fn escape(name: &str) -> String {
    if name.is_empty() {
        return "%e".to_owned();
    }
    name.replace('%', "%25").replace('/', "%2F").replace('+', "%2B")
}

fn unescape(key: &str) -> String {
    if key == "%e" {
        return String::new();
    }
    key.replace("%2B", "+").replace("%2F", "/").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn members_of_any_name_and_size_come_back(
            names in proptest::collection::vec("[%/+a2Bа-яӘ]{0,4}", 0..6),
            text in "[a-zқ\"]{0,3000}",
            long in 200usize..400,
        ) {
            let mut members = Map::new();
            for name in names {
                members.insert(name, Value::String(text.clone()));
            }
            members.insert("x".repeat(long), Value::Null);
            let kept = Kept { members, whole: Some(Value::Null), id: Some(Value::from(7)) };
            let mut record = Map::new();
            kept.clone().put(&mut record);
            for (key, piece) in record[EXTRA].as_object().unwrap() {
                assert!(!key.is_empty() && key.len() <= PATH_SEGMENT_BYTES_MAX);
                assert!(!key.contains('/') && piece.as_str().unwrap().chars().count() <= 1000);
            }
            prop_assert_eq!(Kept::of(&Value::Object(record)), kept);
        }
    }
}
