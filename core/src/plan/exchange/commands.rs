//! From an imported record to the commands that fill a fresh document with it.

use serde_json::{Map, Value};

use crate::document::{Command, Field, Path, Schema, Shape};
use crate::plan::Kind;

/// The commands that bring a fresh document of `kind` to `record` (in the form of a view), in the order of the fields.
///
/// Members that the schema does not have are left out; [`import`](super::import) makes none.
#[must_use]
pub fn root_commands(kind: Kind, record: &Value) -> Vec<Command> {
    let mut commands = Vec::new();
    fill(kind.schema(), record, &Path::root(), &mut commands);
    commands
}

fn fill(schema: &Schema, record: &Value, path: &Path, commands: &mut Vec<Command>) {
    for field in schema.fields {
        if let Some(value) = record.get(field.name).filter(|value| !value.is_null()) {
            fill_field(field, value, &path.child(field.name), commands);
        }
    }
}

fn fill_field(field: &Field, value: &Value, path: &Path, commands: &mut Vec<Command>) {
    let entries = || value.as_object().into_iter().flatten();
    match field.shape {
        Shape::Value(_) => {
            commands.push(Command::Set { path: path.clone(), value: value.clone() });
        }
        Shape::Text | Shape::Prose => commands.extend(edit(path.clone(), value)),
        Shape::LocalText | Shape::LocalProse => {
            commands.extend(entries().filter_map(|(lang, text)| edit(path.child(lang), text)));
        }
        Shape::Record(schema) => fill(schema, value, path, commands),
        Shape::Items(_) => commands.extend(items(value).map(|(id, record)| Command::Add {
            path: path.clone(),
            id,
            after: None,
            record,
        })),
        Shape::Set => {
            let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            commands.extend(
                texts.map(|text| Command::Include { path: path.clone(), value: text.to_owned() }),
            );
        }
        Shape::Map(_) => commands
            .extend(entries().map(|(k, v)| Command::Set { path: path.child(k), value: v.clone() })),
    }
}

fn edit(path: Path, text: &Value) -> Option<Command> {
    let text = text.as_str().filter(|text| !text.is_empty())?.to_owned();
    Some(Command::EditText { path, base: Vec::new(), text })
}

/// Items by id; the record of an [`Command::Add`] does not repeat its id.
fn items(value: &Value) -> impl Iterator<Item = (String, Value)> {
    value.as_array().into_iter().flatten().filter_map(|item| {
        let id = item.get("id")?.as_str()?.to_owned();
        let members: Map<String, Value> = item
            .as_object()?
            .iter()
            .filter(|(name, _)| *name != "id")
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Some((id, Value::Object(members)))
    })
}
