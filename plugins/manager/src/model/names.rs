//! The names that are taken out of what a model is sent: everybody on the list of people, and names in plain words that
//! stand in the plan where a person is meant.

use jospar_core::document::{Form, Schema, Shape, ValueKind};
use jospar_core::plan::{Kind, is_person};
use serde_json::Value;

use crate::snapshot::Snapshot;

/// Fields whose keys are people (`initiatives/in1/raci`), and texts that name somebody outside of the school.
const KEYS: [(&str, &str); 2] = [("initiative", "raci"), ("initiative", "acknowledged")];
const CONTACTS: [&str; 2] = ["contact", "learner"];

/// All names that this snapshot knows.
pub(crate) fn names(snapshot: &Snapshot) -> Vec<String> {
    let mut found = snapshot.people.clone();
    for kind in Kind::ALL {
        let schema = kind.schema();
        match kind.section() {
            Some(section) => {
                let documents = snapshot.plan.get(section).and_then(Value::as_array);
                documents.into_iter().flatten().for_each(|view| record(schema, view, &mut found));
            }
            None => record(schema, &snapshot.plan, &mut found),
        }
    }
    for view in &snapshot.results {
        record(Kind::LearnerResults.schema(), view, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn record(schema: &Schema, view: &Value, found: &mut Vec<String>) {
    for field in schema.fields {
        let Some(value) = view.get(field.name) else { continue };
        let person = is_person(schema.name, field.name) || CONTACTS.contains(&field.name);
        match field.shape {
            Shape::Value(ValueKind::Text) | Shape::Text if person => {
                found.extend(value.as_str().and_then(name));
            }
            Shape::Set if person => {
                let texts = value.as_array().into_iter().flatten();
                found.extend(texts.filter_map(Value::as_str).filter_map(name));
            }
            Shape::Map(_) if KEYS.contains(&(schema.name, field.name)) => {
                let keys = value.as_object().into_iter().flatten();
                found.extend(keys.filter_map(|(key, _)| name(key)));
            }
            Shape::Record(inner) => record(inner, value, found),
            Shape::Items(inner) => items(inner, field.form, value, found),
            _ => {}
        }
    }
}

fn items(schema: &Schema, form: Form, value: &Value, found: &mut Vec<String>) {
    match (form, value) {
        (Form::Tuple, Value::Array(items)) => {
            let pairs = items
                .iter()
                .filter_map(Value::as_array)
                .flat_map(|item| schema.fields.iter().filter(|field| field.name != "id").zip(item));
            let people = pairs.filter(|(field, _)| is_person(schema.name, field.name));
            found.extend(people.filter_map(|(_, value)| value.as_str()).filter_map(name));
        }
        (_, Value::Array(items)) => items.iter().for_each(|item| record(schema, item, found)),
        (_, Value::Object(items)) => items.values().for_each(|item| record(schema, item, found)),
        _ => {}
    }
}

/// A name in plain words; an id (`dir`, `pe-01ab`) is none.
fn name(text: &str) -> Option<String> {
    let of_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    (!text.chars().all(of_id)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn t21_people_are_found_wherever_the_plan_names_them() {
        let plan = json!({
            "meetings": [{"id": "m1", "attendees": ["dir", "Қонақ Ерлан"], "decisions": [
                {"id": "d1", "owner": "Aigul Omarova"}]}],
            "initiatives": [{"id": "in1", "owners": ["inf"], "raci": {"Сәуле Т.": "R", "dir": "A"}}],
            "comments_threads": [{"id": "c1", "author": "Болат", "replies": [{"author": "Дана"}]}],
            "documents": [{"id": "p1", "blocks": [{"role": "item", "owner": "Жанна"}]}],
        });
        let snapshot =
            Snapshot {
                plan, people: vec!["Гүлнар Ахметова".to_owned()], ..Snapshot::default()
            };
        let found = names(&snapshot);
        let expected = [
            "Aigul Omarova",
            "Болат",
            "Гүлнар Ахметова",
            "Дана",
            "Жанна",
            "Сәуле Т.",
            "Қонақ Ерлан",
        ];
        assert_eq!(found, expected);
    }
}
