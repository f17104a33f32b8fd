//! What the parts of a file share: the plan, the reader's words, and what things are called.

use std::collections::BTreeMap;

use jospar_core::document::{Field, LANGUAGES, Schema, Shape, ValueKind};
use jospar_core::plan::references;
use jospar_locales::Language;
use jospar_locales::words::{NAMES, Words, text_at};
use serde_json::Value;

use crate::Moment;
use crate::plan::{Part, Plan, filled, is_in_languages, is_text};

/// Things without a name are called after what they are about.
const NAMED_AFTER: [(&str, &str); 2] = [("design_cycle", "problem"), ("survey", "evidence")];

/// Fields that may hold ids of anything at all, beside those of `references`.
const OF_ANYTHING: [(&str, &str); 3] =
    [("criterion", "metric"), ("block", "from"), ("thread", "on")];

/// What the parts of a file share.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) words: Words,
    pub(crate) now: Moment,
    names: BTreeMap<&'a str, String>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(plan: &'a Plan, language: Language, now: Moment) -> Self {
        let words = Words::utc(language);
        let mut names = BTreeMap::new();
        plan.documents().for_each(|view| collect_names(&words, view, &mut names));
        for part in plan.parts() {
            names.entry(part.name).or_insert_with(|| words.named("field", part.name));
        }
        Self { plan, words, now, names }
    }

    pub(crate) fn language(&self) -> Language {
        self.words.catalogue().language()
    }

    /// The name of a field, as a label.
    pub(crate) fn label(&self, field: &str) -> String {
        capital(&self.words.named("field", field))
    }

    /// The name of a field of these records, as a label.
    pub(crate) fn label_of(&self, schema: &Schema, field: &Field) -> String {
        capital(&self.words.field(schema.name, field.name))
    }

    /// The message `key`, as a label.
    pub(crate) fn word(&self, key: &str) -> String {
        capital(&self.words.word(key))
    }

    /// A text of the plan's own record in the head: `title`, `school`.
    pub(crate) fn of_plan(&self, field: &str) -> &str {
        let text = self.plan.head("plan").get(field);
        text.and_then(|text| self.words.local(text)).unwrap_or_default()
    }

    /// What the thing with this id is called, if anything has it; a part of the plan has its name for an id.
    pub(crate) fn name_of(&self, id: &str) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }

    /// What a thing is called, in full; nothing for one without a name.
    pub(crate) fn name(&self, schema: &'static Schema, thing: &Value) -> String {
        match name_field(schema, thing) {
            Some((field, value)) => self.shown(schema, field, value),
            None => {
                let about = NAMED_AFTER.iter().find(|(name, _)| *name == schema.name);
                let id = about.and_then(|(_, field)| thing.get(*field)?.as_str());
                id.and_then(|id| self.name_of(id)).unwrap_or_default().to_owned()
            }
        }
    }

    /// A field's value as text; lines of a longer text are parted by line feeds.
    pub(crate) fn shown(
        &self,
        schema: &'static Schema,
        field: &'static Field,
        value: &Value,
    ) -> String {
        match field.shape {
            Shape::Set => {
                let members = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                let names: Vec<&str> = members.map(|id| self.name_of(id).unwrap_or(id)).collect();
                names.join("; ")
            }
            Shape::Map(kind) => {
                let entries = value.as_object().into_iter().flatten();
                let entries = entries.map(|(key, value)| {
                    let text = if matches!(kind, ValueKind::Choice(_)) {
                        self.choice(value.as_str().unwrap_or_default())
                    } else {
                        self.words.value(value)
                    };
                    format!("{}: {text}", self.key(key))
                });
                entries.collect::<Vec<_>>().join("; ")
            }
            Shape::Value(_) if schema.name == "block" && field.name == "role" => {
                self.words.named("paper-role", value.as_str().unwrap_or_default())
            }
            Shape::Value(ValueKind::Choice(_)) => self.choice(value.as_str().unwrap_or_default()),
            Shape::Value(_) => match value.as_str() {
                Some(id) if refers(schema, field) => self.name_of(id).unwrap_or(id).to_owned(),
                Some(text) if matches!(field.shape, Shape::Value(ValueKind::Text)) => {
                    text.to_owned()
                }
                _ => self.words.value(value),
            },
            _ => self.text(value).to_owned(),
        }
    }

    /// A text, or a text in several languages.
    pub(crate) fn text<'b>(&self, value: &'b Value) -> &'b str {
        value.as_str().or_else(|| self.words.local(value)).unwrap_or_default().trim_end()
    }

    /// A word that the program gave a choice of.
    pub(crate) fn choice(&self, word: &str) -> String {
        let named = self.words.named("choice", &word.to_lowercase());
        if named == word.to_lowercase() { word.to_owned() } else { named }
    }

    /// A map's key: a person or group, or a word.
    fn key(&self, key: &str) -> String {
        self.name_of(key).map_or_else(|| self.choice(key), str::to_owned)
    }

    /// A record in one line: its name, then the other fields in brackets, with all that stands inside.
    pub(crate) fn brief(&self, schema: &'static Schema, record: &Value) -> String {
        if is_in_languages(schema) {
            let id = text_at(record, "/id").unwrap_or_default();
            return format!("{id}: {}", self.of_languages(record));
        }
        if schema.name == "node_link" {
            let end = |name: &str| {
                let id = text_at(record, name).unwrap_or_default();
                self.name_of(id).unwrap_or(id)
            };
            return format!("{} – {}", end("/from"), end("/to"));
        }
        let name = name_field(schema, record);
        let named = name.map(|(field, _)| field.name);
        // A text below a name needs no label.
        let text =
            filled(schema, record).find(|(field, _)| named.is_some() && field.name == "text");
        let text = text.filter(|(field, _)| Some(field.name) != named);
        let is_told = |field: &Field| {
            Some(field.name) == named || text.is_some_and(|(text, _)| text.name == field.name)
        };
        let others = filled(schema, record).filter(|(field, _)| !is_told(field));
        let others: Vec<String> =
            others.map(|(field, value)| self.fact(schema, field, value)).collect();
        let others = others.join("; ");
        let told = name.into_iter().chain(text);
        let told = told.map(|(field, value)| one_line(&self.shown(schema, field, value)));
        let told: Vec<String> = told.filter(|told| !told.is_empty()).collect();
        match told.join(" – ") {
            told if told.is_empty() => others,
            told if others.is_empty() => told,
            told => format!("{told} ({others})"),
        }
    }

    /// A field with its label, in one line.
    fn fact(&self, schema: &'static Schema, field: &'static Field, value: &Value) -> String {
        let text = match field.shape {
            Shape::Record(inner) => self.brief(inner, value),
            Shape::Items(inner) => {
                let items = crate::plan::shown_items(value).map(|item| self.brief(inner, item));
                items.collect::<Vec<_>>().join("; ")
            }
            _ => one_line(&self.shown(schema, field, value)),
        };
        format!("{}: {text}", self.words.named("field", field.name))
    }

    /// A record whose fields are languages.
    fn of_languages<'b>(&self, record: &'b Value) -> &'b str {
        let own = self.language().code();
        let written = |code: &str| record.get(code)?.as_str().filter(|text| !text.is_empty());
        written(own).or_else(|| LANGUAGES.iter().find_map(|code| written(code))).unwrap_or_default()
    }
}

/// What a part of the plan is called.
pub(crate) fn part_title(context: &Context<'_>, part: &Part<'_>) -> String {
    let key = format!("export-part-{}", part.name.replace('_', "-"));
    if part.kind.is_many() && context.words.catalogue().has(&key) {
        return context.word(&key);
    }
    context.label(part.name)
}

/// The field that a thing is known by.
pub(crate) fn name_field<'b>(
    schema: &'static Schema,
    thing: &'b Value,
) -> Option<(&'static Field, &'b Value)> {
    let can_name = |field: &&Field| {
        is_text(field.shape) || matches!(field.shape, Shape::Value(ValueKind::Text))
    };
    NAMES.into_iter().find_map(|name| {
        let (field, value) = filled(schema, thing).find(|(field, _)| field.name == name)?;
        Some((field, value)).filter(|(field, _)| can_name(field))
    })
}

/// Whether a field holds ids of other things.
fn refers(schema: &'static Schema, field: &Field) -> bool {
    let pair = (schema.name, field.name);
    !references(pair.0, pair.1).is_empty() || OF_ANYTHING.contains(&pair)
}

/// What everything with an id inside `value` is called.
fn collect_names<'a>(words: &Words, value: &'a Value, names: &mut BTreeMap<&'a str, String>) {
    match value {
        Value::Object(members) => {
            let called = |name: &&str| {
                let value = members.get(*name)?;
                let text = value.as_str().or_else(|| words.local(value))?;
                Some(one_line(text)).filter(|text| !text.is_empty())
            };
            // Items without ids are numbered when a file is read; a number names nothing.
            let is_own = |id: &&str| !id.bytes().all(|b| b.is_ascii_digit());
            if let Some(id) = text_at(value, "/id").filter(is_own)
                && let Some(name) = NAMES.iter().find_map(called)
            {
                names.entry(id).or_insert(name);
            }
            members.values().for_each(|inner| collect_names(words, inner, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(words, item, names)),
        _ => {}
    }
}

/// The text with a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

/// The text with single spaces for line feeds.
pub(crate) fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
