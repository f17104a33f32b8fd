//! What the fields of a page need to know beside their own value.

use std::collections::BTreeMap;

use jospar_core::document::{Schema, Shape};
use jospar_core::plan::{is_person, items_of, references};
pub(crate) use jospar_export::given::Choices;
pub(crate) use jospar_locales::words::first_line as short;
use jospar_locales::words::{NAMES, Words, text_at};
use serde_json::Value;

use crate::schema::{Spot, locate};

/// The days that a thing without a name is told by.
const DAYS: [&str; 4] = ["/date", "/start", "/created", "/due"];

/// Fields that may hold ids of anything at all.
const OF_ANYTHING: [(&str, &str); 7] = [
    ("criterion", "metric"),
    ("block", "from"),
    ("thread", "on"),
    ("paper", "sources"),
    ("case", "uses"),
    ("ai_use", "uses"),
    ("ai_run", "sources"),
];

/// The lists that a field refers to; a measure may be a KPI and any other.
pub(crate) fn lists_for(record: &str, field: &str) -> &'static [&'static str] {
    match (record, field) {
        ("criterion", "metric") => &["kpis"],
        ("case" | "ai_use", "uses") => &[
            "initiatives",
            "kpis",
            "risks",
            "evidence",
            "surveys",
            "lesson_studies",
            "assistant_cases",
        ],
        _ => references(record, field),
    }
}

/// True for a field whose text may also be none of those that can be chosen.
pub(crate) fn is_free(record: &str, field: &str) -> bool {
    is_person(record, field) || (record, field) == ("criterion", "metric")
}

/// What a page's fields share.
pub(crate) struct Context<'a> {
    /// The reader's words.
    pub(crate) words: &'a Words,
    /// The session's token, for forms.
    pub(crate) token: &'a str,
    /// The page's own address; forms lead back to it.
    pub(crate) back: String,
    /// An item that is shown open, as a path.
    pub(crate) open: String,
    /// What can be chosen, by the list's path.
    pub(crate) choices: BTreeMap<String, Choices>,
    /// The conflicts of the plan, as the node lists them.
    pub(crate) conflicts: Vec<Value>,
    /// What the things of the plan are called, by id and by path, for pages that name places.
    pub(crate) names: BTreeMap<String, String>,
    /// The heads that the texts of a document were read at, by the document's place.
    pub(crate) heads: BTreeMap<String, String>,
}

impl Context<'_> {
    /// What can be chosen for a field.
    pub(crate) fn choices(
        &self,
        record: &str,
        field: &str,
    ) -> impl Iterator<Item = &(String, String)> {
        let lists = lists_for(record, field).iter();
        lists.filter_map(|list| self.choices.get(*list)).flatten()
    }

    /// What the thing with this id is called, for a field that may hold it; the id itself if nobody knows it.
    pub(crate) fn name_of<'b>(&'b self, record: &str, field: &str, id: &'b str) -> &'b str {
        let known = self.choices(record, field).find(|(known, _)| known == id);
        let anything = || {
            let named =
                OF_ANYTHING.contains(&(record, field)).then(|| self.names.get(id)).flatten();
            named.map_or(id, String::as_str)
        };
        known.map_or_else(anything, |(_, name)| name.as_str())
    }

    /// What a key of a map is called: a thing of the lists that its keys stand in, or a word of its own.
    pub(crate) fn key_name(&self, record: &str, field: &str, key: &str) -> String {
        let lists = map_keys(record, field).iter();
        let mut known = lists.filter_map(|list| self.choices.get(*list)).flatten();
        known.find(|(id, _)| id == key).map_or_else(
            || {
                self.names
                    .get(key)
                    .cloned()
                    .unwrap_or_else(|| capital(&self.words.named("choice", key)))
            },
            |(_, name)| name.clone(),
        )
    }

    /// The heads that the text at `path` was read at.
    pub(crate) fn heads_of(&self, path: &str) -> &str {
        self.heads.get(&document_place(path)).map(String::as_str).unwrap_or_default()
    }

    /// The conflicts at `path` itself.
    pub(crate) fn conflicts_at(&self, path: &str) -> impl Iterator<Item = &Value> {
        self.conflicts.iter().filter(move |conflict| text_at(conflict, "/path") == Some(path))
    }

    /// How many conflicts are at `path` or inside.
    pub(crate) fn conflicts_in(&self, path: &str) -> usize {
        let inside = |conflict: &&Value| {
            text_at(conflict, "/path").is_some_and(|place| is_inside(place, path))
        };
        self.conflicts.iter().filter(inside).count()
    }

    /// The name of a field, as a label.
    pub(crate) fn label(&self, field: &str) -> String {
        capital(&self.words.named("field", field))
    }
}

/// True if `place` is `path` or stands inside it.
pub(crate) fn is_inside(place: &str, path: &str) -> bool {
    place.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What is the same for all places of one document: its kind's name, and the id where a kind has many.
pub(crate) fn document_place(path: &str) -> String {
    let Some(kind) = crate::schema::kind_of(path) else { return String::new() };
    let id = if kind.is_many() { path.split('/').nth(1).unwrap_or_default() } else { "" };
    format!("{}/{id}", kind.name())
}

/// The text with a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

/// The title, name or text of a thing in the reader's language, if it has one.
pub(crate) fn own_name(words: &Words, thing: &Value) -> Option<String> {
    words.own_name(thing)
}

/// What a thing of this schema is called: its own name, else what it is, with its day.
pub(crate) fn name(words: &Words, schema: &'static Schema, thing: &Value) -> String {
    own_name(words, thing).unwrap_or_else(|| unnamed(words, schema, thing))
}

/// What the thing at `path` is called.
pub(crate) fn name_at(words: &Words, path: &str, thing: &Value) -> String {
    match locate(path) {
        Some(Spot::Item(schema)) => name(words, schema, thing),
        _ => own_name(words, thing).unwrap_or_default(),
    }
}

/// True if things of this schema may have a name of their own.
pub(crate) fn can_have_name(schema: &'static Schema) -> bool {
    schema.fields.iter().any(|field| NAMES.contains(&field.name))
}

/// What a thing is called that has no name: "untitled risk", or "answers" where nothing of the kind has a name. Things
/// that are known by their ids (a level, an answer) keep them.
pub(crate) fn unnamed(words: &Words, schema: &'static Schema, thing: &Value) -> String {
    let key = format!("thing-{}", schema.name.replace('_', "-"));
    if !words.catalogue().has(&key) {
        return text_at(thing, "/id").unwrap_or_default().to_owned();
    }
    let kind = words.word(&key);
    let called =
        if can_have_name(schema) { words.with("web-untitled", "kind", &kind) } else { kind };
    let day = DAYS.into_iter().find_map(|field| words.day(text_at(thing, field)?));
    capital(&day.map_or(called.clone(), |day| format!("{called} ({day})")))
}

/// The lists that the fields of a schema refer to, with those of the records inside.
pub(crate) fn lists_of(schema: &'static Schema, lists: &mut Vec<&'static str>) {
    for field in schema.fields {
        lists.extend(lists_for(schema.name, field.name));
        match field.shape {
            Shape::Record(inner) | Shape::Items(inner) => lists_of(inner, lists),
            Shape::Map(_) => lists.extend(map_keys(schema.name, field.name)),
            _ => {}
        }
    }
    lists.sort_unstable();
    lists.dedup();
}

/// The lists that a map's keys stand in.
pub(crate) fn map_keys(record: &str, field: &str) -> &'static [&'static str] {
    match (record, field) {
        ("initiative", "raci" | "acknowledged") => &["partners", "people"],
        _ => &[],
    }
}

impl Context<'_> {
    /// Takes up what things are called that have no name here yet.
    pub(crate) fn learn(&mut self, names: BTreeMap<String, String>) {
        for (id, name) in names {
            self.names.entry(id).or_insert(name);
        }
    }
}

/// What everything at and inside `path` is called, by id and by path: ids of two lists may be the same.
pub(crate) fn collect_names(
    words: &Words,
    path: &str,
    value: &Value,
    names: &mut BTreeMap<String, String>,
) {
    match value {
        Value::Object(members) => {
            if let Some(id) = text_at(value, "/id") {
                let (own, called) = (own_name(words, value), name_at(words, path, value));
                if !called.is_empty() {
                    names.insert(path.to_owned(), called.clone());
                    match own {
                        Some(own) => *names.entry(id.to_owned()).or_default() = own,
                        None => _ = names.entry(id.to_owned()).or_insert(called),
                    }
                }
            }
            for (member, inner) in members {
                collect_names(words, &format!("{path}/{member}"), inner, names);
            }
        }
        Value::Array(items) => {
            for item in items {
                if let Some(id) = text_at(item, "/id") {
                    collect_names(words, &format!("{path}/{id}"), item, names);
                }
            }
        }
        _ => {}
    }
}

/// The items of a list and their names; `view` is what stands at the first step of its path.
pub(crate) fn read_choices(words: &Words, view: &Value, list: &str) -> Choices {
    let at = format!("{list}/*");
    // What is a further file of an evidence is not chosen by itself.
    let named = items_of(view, list)
        .filter(|item| list != "evidence" || text_at(item, "/part_of").is_none_or(str::is_empty))
        .filter_map(|item| Some((text_at(item, "/id")?.to_owned(), name_at(words, &at, item))));
    named.filter(|(id, _)| !id.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jospar_core::document::Form;
    use jospar_core::plan::Kind;
    use jospar_locales::Language;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_thing_is_known_by_its_title_in_the_readers_language() {
        let thing = json!({"id": "in1", "title": {"kk": "Бастама", "ru": "", "en": "Start"}});
        let name = |language, thing| name_at(&Words::utc(language), "initiatives/in1", thing);
        assert_eq!(name(Language::En, &thing), "Start");
        assert_eq!(name(Language::Ru, &thing), "Бастама");
        let long = json!({"text": format!("\n{}\nmore", "ә".repeat(100))});
        assert_eq!(name(Language::Kk, &long).chars().count(), 91);
    }

    #[test]
    fn a_thing_without_a_name_says_what_it_is() {
        let name = |language, path| name_at(&Words::utc(language), path, &json!({"id": "x7"}));
        assert_eq!(name(Language::En, "risks/x7"), "Untitled risk");
        assert_eq!(name(Language::Ru, "surveys/x7"), "Опрос без названия");
        assert_eq!(name(Language::Kk, "initiatives/x7"), "Атауы жоқ бастама");
        assert_eq!(name(Language::Kk, "swot/conventions/4"), "");
        let rows = json!({"id": "x7", "date": "2026-11-30"});
        let words = Words::utc(Language::En);
        assert_eq!(name_at(&words, "survey_rows/x7", &rows), "Answers (30 November 2026)");
    }

    /// Nobody reads an id where a thing has no name; those of keyed lists are names themselves.
    #[test]
    fn every_thing_that_has_an_id_of_its_own_has_a_word() {
        fn look(schema: &'static Schema, without: &mut BTreeSet<&'static str>) {
            for field in schema.fields {
                match field.shape {
                    Shape::Items(inner) => {
                        if field.form != Form::Keyed {
                            without.insert(inner.name);
                        }
                        look(inner, without);
                    }
                    Shape::Record(inner) => look(inner, without),
                    _ => {}
                }
            }
        }
        let mut without = BTreeSet::new();
        for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_internal()) {
            if kind.is_many() {
                without.insert(kind.schema().name);
            }
            look(kind.schema(), &mut without);
        }
        let words = Words::utc(Language::Kk);
        without.retain(|name| !words.catalogue().has(&format!("thing-{}", name.replace('_', "-"))));
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn choices_are_read_through_every_item() {
        let words = Words::utc(Language::En);
        let meetings = json!([{"decisions": [{"id": "d1", "text": "One"}]}, {"id": "m2"}]);
        let found = read_choices(&words, &meetings, "meetings/*/decisions");
        assert_eq!(found, [("d1".to_owned(), "One".to_owned())]);
    }

    #[test]
    fn things_with_one_id_in_two_lists_are_told_apart_by_their_paths() {
        let words = Words::utc(Language::En);
        let mut names = BTreeMap::new();
        for (path, title) in [("kpis", "One"), ("risks", "Two")] {
            let list = json!([{"id": "a", "title": {"en": title}, "inner": [{"id": "b"}]}]);
            collect_names(&words, path, &list, &mut names);
        }
        assert_eq!((names["kpis/a"].as_str(), names["risks/a"].as_str()), ("One", "Two"));
        // Nothing is known of a list that the plan does not have.
        assert!(!names.contains_key("kpis/a/inner/b"));
    }

    #[test]
    fn texts_of_one_document_share_their_heads() {
        assert_eq!(document_place("kpis/k1"), document_place("expected_outcomes"));
        assert_ne!(document_place("surveys/a"), document_place("surveys/b"));
        assert!(is_inside("kpis/k1/due", "kpis/k1") && !is_inside("kpis/k10", "kpis/k1"));
        assert_eq!(capital("әрекет"), "Әрекет");
    }
}
