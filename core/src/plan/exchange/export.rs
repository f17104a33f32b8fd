//! From documents to a file.

use serde_json::{Map, Value};

use super::extra::Kept;
use super::import::is_place;
use super::triangle;
use crate::document::{Form, Schema, Shape};
use crate::plan::record::member;
use crate::plan::view::in_order;
use crate::plan::{EXTRA, Kind};

/// What the member `schema` says of a plan that did not come from a file.
const SCHEMA: &str = "jospar.plan/1";

/// Writes the documents of a plan, as their views, into the JSON of a whole plan.
///
/// Documents of a kind with many stand by their `order`, then by id. Names of people are left out.
#[must_use]
pub fn export(documents: &[(Kind, Value)]) -> Value {
    let mut plan = Map::new();
    let mut extra = Map::new();
    for (kind, view) in in_order(documents).into_iter().filter(|(kind, _)| kind.is_exported()) {
        if let Some(section) = kind.section() {
            let item = item(kind.schema(), Form::Plain, view, &["id", "order"]);
            let list = plan.entry(section).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list {
                list.push(item);
            }
        } else {
            plan.extend(fields(kind.schema(), view, &[]));
            extra.extend(Kept::of(view).members);
        }
    }
    put_back(&mut plan, extra);
    if !plan.contains_key("schema") {
        plan.shift_insert(0, "schema".to_owned(), Value::from(SCHEMA));
    }
    Value::Object(plan)
}

/// A record with what its `extra` keeps.
fn record(schema: &Schema, view: &Value, skip: &[&str]) -> Map<String, Value> {
    let kept = Kept::of(view).members;
    let mut record = fields(schema, view, skip);
    if schema.name == "pairwise" && !kept.contains_key("upper") {
        record = triangle::to_upper(record);
    }
    put_back(&mut record, kept);
    record
}

fn fields(schema: &Schema, view: &Value, skip: &[&str]) -> Map<String, Value> {
    let mut record = Map::new();
    for field in schema.fields.iter().filter(|f| f.name != EXTRA && !skip.contains(&f.name)) {
        let value = match (member(view, field.name), field.shape) {
            (None, _) if field.form == Form::Nullable => Value::Null,
            (None, _) => continue,
            (Some(value), Shape::Record(inner)) => Value::Object(self::record(inner, value, &[])),
            (Some(Value::Array(views)), Shape::Items(inner)) => items(inner, field.form, views),
            (Some(value), _) => value.clone(),
        };
        record.insert(field.name.to_owned(), value);
    }
    record
}

fn items(schema: &Schema, form: Form, views: &[Value]) -> Value {
    if form != Form::Keyed {
        return Value::Array(views.iter().map(|view| item(schema, form, view, &["id"])).collect());
    }
    let keyed = views.iter().map(|view| {
        let key = Kept::of(view).id.or_else(|| view.get("id").cloned());
        let key = key.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        (key, item(schema, form, view, &[]))
    });
    Value::Object(keyed.collect())
}

/// One item in the form of its list. What was no object comes back as it was.
fn item(schema: &Schema, form: Form, view: &Value, skip: &[&str]) -> Value {
    let kept = Kept::of(view);
    if let Some(whole) = kept.whole {
        return whole;
    }
    match form {
        Form::Plain | Form::Nullable => {
            let id = kept.id.or_else(|| view.get("id").cloned()).unwrap_or_default();
            let mut named = Map::from_iter([("id".to_owned(), id)]);
            named.extend(record(schema, view, skip));
            Value::Object(named)
        }
        Form::Loose => {
            let own = view.get("id").and_then(Value::as_str).filter(|id| !is_place(id));
            let id = kept.id.or_else(|| own.map(Value::from));
            let mut named: Map<String, Value> =
                id.into_iter().map(|id| ("id".to_owned(), id)).collect();
            named.extend(record(schema, view, skip));
            Value::Object(named)
        }
        Form::Anonymous | Form::Keyed => Value::Object(record(schema, view, &[])),
        Form::Bare => {
            let record = record(schema, view, &[]);
            let value = schema.fields.first().and_then(|field| record.get(field.name));
            value.cloned().unwrap_or_default()
        }
        Form::Tuple => {
            let record = record(schema, view, &[]);
            let names = schema.fields.iter().map(|f| f.name).filter(|name| *name != EXTRA);
            names.map(|name| record.get(name).cloned().unwrap_or_default()).collect()
        }
    }
}

/// Puts members back where nothing stands, and into objects the entries that they lack.
fn put_back(record: &mut Map<String, Value>, kept: Map<String, Value>) {
    for (name, value) in kept {
        match (record.get_mut(&name), value) {
            (None, value) => {
                record.insert(name, value);
            }
            (Some(present @ Value::Null), value) => *present = value,
            (Some(Value::Object(present)), Value::Object(kept)) => {
                for (key, value) in kept {
                    present.entry(key).or_insert(value);
                }
            }
            _ => {}
        }
    }
}
