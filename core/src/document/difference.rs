//! From two views to the commands that turn one into the other. Undo, restore and importing anew are all this.

use serde_json::{Map, Value};

use super::command::{Command, Path};
use super::schema::{Schema, Shape};
use crate::ids::ChangeHash;

/// What stands at a path of a view: fields by name, items by id.
#[must_use]
pub fn find_in_view<'a>(view: &'a Value, path: &Path) -> Option<&'a Value> {
    path.segments().iter().try_fold(view, |value, segment| match value {
        Value::Object(fields) => fields.get(segment),
        Value::Array(items) => {
            items.iter().find(|item| item.get("id").and_then(Value::as_str) == Some(segment))
        }
        _ => None,
    })
}

/// The commands that turn the view `from` into `to`; texts are edited from what they were at `base`.
#[must_use]
pub fn difference(schema: &Schema, from: &Value, to: &Value, base: &[ChangeHash]) -> Vec<Command> {
    let mut comparison = Comparison { base, commands: Vec::new() };
    comparison.record(schema, object(Some(from)), object(Some(to)), &Path::root());
    comparison.commands
}

fn object(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object)
}

struct Comparison<'a> {
    base: &'a [ChangeHash],
    commands: Vec<Command>,
}

impl Comparison<'_> {
    fn record(
        &mut self,
        schema: &Schema,
        from: Option<&Map<String, Value>>,
        to: Option<&Map<String, Value>>,
        path: &Path,
    ) {
        for field in schema.fields {
            let old = from.and_then(|record| record.get(field.name));
            let new = to.and_then(|record| record.get(field.name));
            if old != new {
                self.field(field.shape, old, new, &path.child(field.name));
            }
        }
    }

    fn field(&mut self, shape: Shape, old: Option<&Value>, new: Option<&Value>, path: &Path) {
        match shape {
            Shape::Value(_) => self.set(path.clone(), new),
            Shape::Text | Shape::Prose => self.text(path.clone(), new),
            Shape::LocalText | Shape::LocalProse => {
                for (key, _, text) in both(old, new) {
                    self.text(path.child(&key), text);
                }
            }
            Shape::Map(_) => {
                for (key, _, value) in both(old, new) {
                    self.set(path.child(&key), value);
                }
            }
            Shape::Record(schema) => self.record(schema, object(old), object(new), path),
            Shape::Items(schema) => self.items(schema, old, new, path),
            Shape::Set => self.texts(old, new, path),
        }
    }

    fn set(&mut self, path: Path, value: Option<&Value>) {
        let value = value.cloned().unwrap_or(Value::Null);
        self.commands.push(Command::Set { path, value });
    }

    fn text(&mut self, path: Path, text: Option<&Value>) {
        let text = text.and_then(Value::as_str).unwrap_or("").to_owned();
        self.commands.push(Command::EditText { path, base: self.base.to_vec(), text });
    }

    fn items(&mut self, schema: &Schema, old: Option<&Value>, new: Option<&Value>, path: &Path) {
        let (old, new) = (items(old), items(new));
        for (id, _) in old.iter().filter(|(id, _)| find(&new, id).is_none()) {
            self.commands.push(Command::Remove { path: path.child(id) });
        }
        // The order that the old items would have with the new ones among them, to see which must move.
        let mut order: Vec<&str> =
            old.iter().map(|(id, _)| *id).filter(|id| find(&new, id).is_some()).collect();
        let mut previous: Option<&str> = None;
        for (place, (id, record)) in new.iter().enumerate() {
            let after = previous.map(str::to_owned);
            match find(&old, id) {
                None => {
                    let mut record = (*record).clone();
                    record.remove("id");
                    self.commands.push(Command::Add {
                        path: path.clone(),
                        id: (*id).to_owned(),
                        // A new item at the very front is added at the end and moved.
                        after: after.clone(),
                        record: Value::Object(record),
                    });
                    if previous.is_none() && !order.is_empty() {
                        self.commands.push(Command::Move { path: path.child(id), after: None });
                    }
                    order.insert(place.min(order.len()), id);
                }
                Some(before) => {
                    if order.get(place) != Some(id) {
                        order.retain(|other| other != id);
                        order.insert(place.min(order.len()), id);
                        self.commands.push(Command::Move { path: path.child(id), after });
                    }
                    self.record(schema, Some(before), Some(record), &path.child(id));
                }
            }
            previous = Some(id);
        }
    }

    fn texts(&mut self, old: Option<&Value>, new: Option<&Value>, path: &Path) {
        let (old, new) = (texts(old), texts(new));
        let kept: Vec<&&str> = old.iter().filter(|text| new.contains(text)).collect();
        let in_order = new.iter().take(kept.len()).eq(kept.iter().copied());
        for text in &old {
            if !in_order || !new.contains(text) {
                let value = (*text).to_owned();
                self.commands.push(Command::Exclude { path: path.clone(), value });
            }
        }
        for text in &new {
            if !in_order || !old.contains(text) {
                let value = (*text).to_owned();
                self.commands.push(Command::Include { path: path.clone(), value });
            }
        }
    }
}

/// Every key of two objects whose values differ, with both values.
fn both<'a>(
    old: Option<&'a Value>,
    new: Option<&'a Value>,
) -> Vec<(String, Option<&'a Value>, Option<&'a Value>)> {
    let (old, new) = (object(old), object(new));
    let keys = old.into_iter().chain(new).flat_map(Map::keys);
    let keys: std::collections::BTreeSet<&String> = keys.collect();
    keys.into_iter()
        .map(|key| {
            let value = |map: Option<&'a Map<String, Value>>| map.and_then(|map| map.get(key));
            (key.clone(), value(old), value(new))
        })
        .filter(|(_, old, new)| old != new)
        .collect()
}

type Item<'a> = (&'a str, &'a Map<String, Value>);

fn items(value: Option<&Value>) -> Vec<Item<'_>> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| Some((item.get("id")?.as_str()?, item.as_object()?))).collect()
}

fn find<'a>(items: &[Item<'a>], id: &str) -> Option<&'a Map<String, Value>> {
    items.iter().find(|(known, _)| *known == id).map(|(_, record)| *record)
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
