//! A table that a person gives for a list of the plan: from its columns to the fields of the list's things.

use std::collections::BTreeMap;

use jospar_core::document::{Field, Schema, Shape, ValueKind};
use jospar_core::plan::{Date, EXTRA, Kind, is_person, items_of, references};
use jospar_locales::words::{Words, text_or_empty};
use jospar_tables::Table;
use serde_json::{Map, Value, json};

/// Rows that are taken at once: as many edits as belong together at most.
pub const ROWS_MAX: usize = 500;

/// What can be chosen in a list: ids with the names that people know them by.
pub type Choices = Vec<(String, String)>;

/// What reading a table needs to know of the plan.
#[derive(Debug)]
pub struct Known<'a> {
    /// The words of every language, the reader's first.
    pub words: Vec<&'a Words>,
    /// What can be referred to, by the list's path.
    pub choices: &'a BTreeMap<String, Choices>,
    /// The things of the list that are there.
    pub there: &'a Value,
}

/// A cell that its field does not take.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line in the file.
    pub line: usize,
    /// The field.
    pub field: &'static str,
    /// What stands there.
    pub cell: String,
}

/// What a table says.
#[derive(Debug, Default)]
pub struct Read {
    /// Things that can be added.
    pub new: Vec<Value>,
    /// Rows that cannot be taken, each by its first wrong cell.
    pub refused: Vec<Wrong>,
    /// Rows whose thing is in the list already, by its name.
    pub there: usize,
}

/// The schema of the things of a list at the root of a document; a table is for no other.
#[must_use]
pub fn list_schema(list: &str) -> Option<&'static Schema> {
    let kinds = || Kind::ALL.into_iter().filter(|kind| !kind.is_internal());
    // Where a kind has many documents its name is that of all of them.
    if kinds().any(|kind| kind.section() == Some(list)) {
        return None;
    }
    let fields = kinds().filter(|kind| !kind.is_many()).flat_map(|kind| kind.schema().fields);
    fields.filter(|field| field.name == list).find_map(|field| match field.shape {
        Shape::Items(schema) => Some(schema),
        _ => None,
    })
}

/// The paths of the lists whose things the columns may name.
#[must_use]
pub fn referred(schema: &'static Schema) -> Vec<&'static str> {
    let lists = fields(schema).flat_map(|field| references(schema.name, field.name)).copied();
    lists.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// What can be chosen of a list; `view` is what stands at the first step of its path.
#[must_use]
pub fn choices(words: &Words, view: &Value, list: &str) -> Choices {
    let named = items_of(view, list).map(|item| {
        let id = text_or_empty(item, "/id").to_owned();
        (id.clone(), words.own_name(item).unwrap_or(id))
    });
    named.filter(|(id, _)| !id.is_empty()).collect()
}

/// A text as it is compared: small letters, single blanks, no marks at its ends.
#[must_use]
pub fn plain(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").trim_matches(|letter: char| !letter.is_alphanumeric()).to_owned()
}

/// The fields that a column may hold.
pub fn fields(schema: &'static Schema) -> impl Iterator<Item = &'static Field> {
    schema.fields.iter().filter(|field| {
        let plain = matches!(
            field.shape,
            Shape::Text | Shape::Prose | Shape::LocalText | Shape::LocalProse | Shape::Set
        );
        let value = matches!(field.shape, Shape::Value(kind) if kind != ValueKind::Bytes);
        field.name != "id" && field.name != "order" && field.name != EXTRA && (plain || value)
    })
}

/// What each column most likely holds: its head is the field's name in any language. A field is taken once.
#[must_use]
pub fn guess(
    schema: &'static Schema,
    table: &Table,
    known: &Known<'_>,
) -> Vec<Option<&'static str>> {
    let mut taken: Vec<Option<&'static str>> = Vec::new();
    for head in &table.heads {
        let found = field_called(schema, head, known);
        let again = found.is_some() && taken.contains(&found);
        taken.push(found.filter(|_| !again));
    }
    taken
}

/// The field that is called so, in any language or by its own name.
#[must_use]
pub fn field_called(
    schema: &'static Schema,
    name: &str,
    known: &Known<'_>,
) -> Option<&'static str> {
    let wanted = plain(name);
    let is_called = |field: &&'static Field| {
        let labels = known.words.iter().flat_map(|words| {
            [words.field(schema.name, field.name), words.named("field", field.name)]
        });
        plain(field.name) == wanted || labels.into_iter().any(|label| plain(&label) == wanted)
    };
    fields(schema).find(is_called).map(|field| field.name)
}

/// Reads the rows of a table by what its columns hold.
#[must_use]
pub fn read(
    schema: &'static Schema,
    table: &Table,
    uses: &[Option<&'static str>],
    known: &Known<'_>,
) -> Read {
    let language = known.words.first().map_or("kk", |words| words.catalogue().language().code());
    let called = |thing: &Value| -> Vec<String> {
        known.words.iter().filter_map(|words| Some(plain(&words.own_name(thing)?))).collect()
    };
    let there = known.there.as_array().into_iter().flatten();
    let mut there: Vec<String> = there.flat_map(called).collect();
    let mut read = Read::default();
    'rows: for row in &table.rows {
        let mut thing = Map::new();
        for (cell, used) in row.cells.iter().zip(uses) {
            let wanted = used.and_then(|used| fields(schema).find(|field| field.name == used));
            let (Some(field), false) = (wanted, cell.trim().is_empty()) else { continue };
            match value(schema, field, cell.trim(), (known, language)) {
                Some(value) => drop(thing.insert(field.name.to_owned(), value)),
                None => {
                    let cell = cell.trim().chars().take(40).collect();
                    read.refused.push(Wrong { line: row.line, field: field.name, cell });
                    continue 'rows;
                }
            }
        }
        let thing = Value::Object(thing);
        let names = called(&thing);
        if thing.as_object().is_none_or(Map::is_empty) {
            continue;
        }
        if names.iter().any(|name| there.contains(name)) {
            read.there += 1;
            continue;
        }
        there.extend(names);
        read.new.push(thing);
    }
    read
}

/// The value that a cell holds for a field; `None` for what the field does not take.
fn value(
    schema: &'static Schema,
    field: &Field,
    cell: &str,
    (known, language): (&Known<'_>, &str),
) -> Option<Value> {
    let lists = references(schema.name, field.name);
    let person = is_person(schema.name, field.name);
    let id = |text: &str| -> Option<String> {
        let text = text.trim();
        let all = lists.iter().filter_map(|list| known.choices.get(*list)).flatten();
        let wanted = plain(text);
        let found = all.clone().find(|(id, name)| id == text || plain(name) == wanted);
        // A person may stand there by name, whom the plan does not know.
        found
            .map(|(id, _)| id.clone())
            .or_else(|| (person || lists.is_empty()).then(|| text.to_owned()))
    };
    match field.shape {
        Shape::LocalText | Shape::LocalProse => Some(json!({language: cell})),
        Shape::Text | Shape::Prose => Some(json!(cell)),
        Shape::Set => {
            let ids = cell.split(';').filter(|text| !text.trim().is_empty()).map(id);
            ids.collect::<Option<Vec<String>>>().map(Value::from)
        }
        Shape::Value(kind) => match kind {
            ValueKind::Number => number(cell),
            ValueKind::Date => day(cell).map(Value::from),
            ValueKind::Flag => flag(cell, known).map(Value::from),
            ValueKind::Choice(choices) => choice(choices, cell, known).map(Value::from),
            ValueKind::Text => id(cell).map(Value::from),
            ValueKind::Any => number(cell).or_else(|| Some(json!(cell))),
            ValueKind::Bytes => None,
        },
        Shape::Map(_) | Shape::Record(_) | Shape::Items(_) => None,
    }
}

/// A number as people write it: with a comma or a point, and with spaces between thousands.
#[must_use]
pub fn number(text: &str) -> Option<Value> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.replace(',', ".").replace('\u{2212}', "-");
    if let Ok(whole) = plain.parse::<i64>() {
        return Some(json!(whole));
    }
    let number: f64 = plain.parse().ok()?;
    number.is_finite().then(|| json!(number))
}

/// `2026-11-30`, or `30.11.2026`.
fn day(text: &str) -> Option<String> {
    let day = match text.split('.').collect::<Vec<_>>().as_slice() {
        [day, month, year] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => text.to_owned(),
    };
    day.parse::<Date>().ok().map(|day| day.to_string())
}

fn flag(text: &str, known: &Known<'_>) -> Option<bool> {
    let said = |key: &str| known.words.iter().any(|words| plain(&words.word(key)) == plain(text));
    match plain(text).as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ if said("yes") => Some(true),
        _ if said("no") => Some(false),
        _ => None,
    }
}

fn choice(choices: &[&'static str], text: &str, known: &Known<'_>) -> Option<&'static str> {
    let wanted = plain(text);
    let called = |word: &str| {
        let key = word.to_lowercase();
        known.words.iter().any(|words| plain(&words.named("choice", &key)) == wanted)
    };
    choices.iter().find(|word| plain(word) == wanted || called(word)).copied()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use jospar_core::plan::Kind;
    use jospar_locales::Language;

    use super::*;

    fn schema(list: &str) -> &'static Schema {
        list_schema(list).unwrap()
    }

    #[test]
    fn a_table_is_for_a_list_at_the_root_of_a_document() {
        assert_eq!(schema("risks").name, "risk");
        assert_eq!(schema("needs").name, "need");
        for other in ["plan", "vision", "risks/rk1/mitigations", "design_thinking", "none", ""] {
            assert!(list_schema(other).is_none(), "{other}");
        }
    }

    #[test]
    fn choices_are_read_through_every_item() {
        let words = Words::utc(Language::En);
        let meetings = json!([{"decisions": [{"id": "d1", "text": "One"}]},
                              {"id": "m2", "decisions": [{"id": "d2"}, {"text": "No id"}]}]);
        let found = choices(&words, &meetings, "meetings/*/decisions");
        let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        assert_eq!(found, [pair("d1", "One"), pair("d2", "d2")]);
        assert!(referred(schema("risks")).contains(&"partners"));
    }

    #[test]
    fn a_table_of_risks_and_one_of_kpis_is_read() {
        let words: Vec<Words> = Language::ALL.map(Words::utc).into();
        let there = json!([{"id": "rk1", "title": {"kk": "Қарсылық"}}]);
        let choices = BTreeMap::from([
            ("partners".to_owned(), vec![("dir".to_owned(), "Директор".to_owned())]),
            ("evidence".to_owned(), vec![("e2".to_owned(), "Журнал".to_owned())]),
        ]);
        let known = Known { words: words.iter().collect(), choices: &choices, there: &there };
        let file = "Название;Вероятность;Ықпалы;Owner\nСбой сети;3;4,5;Директор\nҚарсылық;1;1;\n\
                    Нет;много;1;\nВирус;2;2;Әсел\n;;;\n";
        let table = jospar_tables::read(file.as_bytes()).unwrap();
        let risks = schema("risks");
        let uses = guess(risks, &table, &known);
        assert_eq!((uses[0], uses[1], uses[3]), (Some("title"), Some("likelihood"), Some("owner")));
        let uses = [Some("title"), Some("likelihood"), Some("impact"), Some("owner")];
        let read = read(risks, &table, &uses, &known);
        assert_eq!(read.there, 1);
        assert_eq!(read.refused, [Wrong { line: 4, field: "likelihood", cell: "много".into() }]);
        assert_eq!(
            read.new,
            [
                json!({"title": {"kk": "Сбой сети"}, "likelihood": 3, "impact": 4.5, "owner": "dir"}),
                json!({"title": {"kk": "Вирус"}, "likelihood": 2, "impact": 2, "owner": "Әсел"}),
            ]
        );
        let file = "title,direction,measured,source\nA,азайту,30.11.2026,Журнал\nA,up,2026-11-30,e2\nB,x,,\nC,,,Басқа\n";
        let table = jospar_tables::read(file.as_bytes()).unwrap();
        let kpis = schema("kpis");
        let none = json!([]);
        let known = Known { there: &none, ..known };
        let uses = guess(kpis, &table, &known);
        assert_eq!(uses, [Some("title"), Some("direction"), Some("measured"), Some("source")]);
        let down = words[0].named("choice", "down");
        let table = jospar_tables::read(file.replace("азайту", &down).as_bytes()).unwrap();
        let read = super::read(kpis, &table, &uses, &known);
        // The second has the first one's name; one choice and one reference are unknown.
        assert_eq!((read.new.len(), read.there, read.refused.len()), (1, 1, 2));
        let first = json!({"title": {"kk": "A"}, "direction": "down", "measured": "2026-11-30",
                           "source": "e2"});
        assert_eq!(read.new[0], first);
    }

    #[test]
    fn every_list_of_the_plan_can_be_given_as_a_table() {
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_exported() && !kind.is_many()) {
            for field in kind.schema().fields {
                if let Shape::Items(schema) = field.shape {
                    assert!(fields(schema).next().is_some(), "{}", field.name);
                }
            }
        }
    }
}
