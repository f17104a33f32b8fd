//! A part of the plan as a tree that a person can read.

use serde_json::{Map, Value};

use crate::words::Words;

/// Where a text on one line ends and lines of its own begin.
const INLINE_CHARS_MAX: usize = 72;
/// The members that a list item is known by, best first.
pub(crate) const NAMES: [&str; 6] = ["title", "name", "statement", "text", "topic", "idea"];

/// The lines of `value`, which stands at the last segment of a path.
pub(crate) fn lines(words: &Words, value: &Value) -> Vec<String> {
    let mut tree = Tree { words, lines: Vec::new() };
    match value {
        Value::Object(members) if !members.is_empty() => {
            // Whoever asks for one text gets all its languages.
            tree.members(members, 0);
        }
        Value::Array(items) if !items.is_empty() => tree.items(items, 0),
        Value::Object(_) | Value::Array(_) => tree.lines.push(words.word("show-empty")),
        value => tree.lines.push(words.value(value)),
    }
    tree.lines
}

struct Tree<'a> {
    words: &'a Words,
    lines: Vec<String>,
}

impl Tree<'_> {
    fn members(&mut self, members: &Map<String, Value>, depth: usize) {
        for (name, value) in members.iter().filter(|(name, _)| *name != "id") {
            let label = label(self.words, name);
            self.member(&label, name, value, depth);
        }
    }

    fn member(&mut self, label: &str, name: &str, value: &Value, depth: usize) {
        if is_empty(value) {
            return;
        }
        match value {
            Value::Object(members) => match self.words.local(value) {
                Some(text) => self.text(label, text, depth),
                None => {
                    self.line(depth, &format!("{label}:"));
                    self.members(members, depth + 1);
                }
            },
            Value::Array(items) if items.iter().any(Value::is_object) => {
                self.line(depth, &format!("{label}:"));
                self.items(items, depth + 1);
            }
            Value::String(word) => {
                let text = choice(self.words, name, word);
                self.text(label, &text, depth);
            }
            value => {
                let text = self.words.value(value);
                self.text(label, &text, depth);
            }
        }
    }

    fn items(&mut self, items: &[Value], depth: usize) {
        for item in items {
            let Some(members) = item.as_object() else {
                self.line(depth, &format!("- {}", self.words.value(item)));
                continue;
            };
            let named = NAMES.into_iter().find(|name| members.get(*name).is_some_and(is_name));
            let title = named.and_then(|name| members.get(name)).map(|name| self.words.value(name));
            let id = members.get("id").and_then(Value::as_str).unwrap_or("-");
            self.line(depth, format!("{id}  {}", title.unwrap_or_default()).trim_end());
            for (name, value) in members {
                if name != "id" && Some(name.as_str()) != named {
                    let label = label(self.words, name);
                    self.member(&label, name, value, depth + 1);
                }
            }
        }
    }

    fn text(&mut self, label: &str, text: &str, depth: usize) {
        if !text.contains('\n') && text.chars().count() <= INLINE_CHARS_MAX {
            return self.line(depth, &format!("{label}: {text}"));
        }
        self.line(depth, &format!("{label}:"));
        for line in text.lines() {
            self.line(depth + 1, line);
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.lines.push(format!("{}{text}", "  ".repeat(depth)));
    }
}

/// A word that the program gave a choice of, with the word itself for whoever wants to write it.
pub(crate) fn choice(words: &Words, name: &str, word: &str) -> String {
    let is_word = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !is_word || matches!(name, "author" | "owner" | "by") {
        return words.value(&Value::String(word.to_owned()));
    }
    match words.named("choice", word) {
        named if named == word => named,
        named => format!("{named} ({word})"),
    }
}

/// The name of a field in the reader's language.
pub(crate) fn label(words: &Words, field: &str) -> String {
    words.named("field", field)
}

fn is_name(value: &Value) -> bool {
    !is_empty(value) && !value.is_array()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use jospar_locales::Language;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_is_a_tree_with_the_languages_names() {
        let record = json!({
            "id": "rk1",
            "title": {"kk": "Қарсылық", "ru": "Сопротивление", "en": ""},
            "likelihood": 4,
            "residual": {"likelihood": 0.5, "impact": null},
            "mitigations": [
                {"id": "m1", "title": {"kk": "Қолдау", "ru": "Поддержка"}, "state": "open",
                 "due": "2026-12-01"},
            ],
            "links": ["p1", "p2"],
            "notes": "",
        });
        let expected = [
            "название: Сопротивление",
            "вероятность: 4",
            "остаточный риск:",
            "  вероятность: 0,5",
            "меры:",
            "  m1  Поддержка",
            "    состояние: открыто (open)",
            "    срок: 1 декабря 2026 г.",
            "связи: p1, p2",
        ];
        assert_eq!(lines(&Words::utc(Language::Ru), &record), expected);
        let english = lines(&Words::utc(Language::En), &record);
        assert_eq!(english.first().map(String::as_str), Some("title: Қарсылық"));
        let kazakh = lines(&Words::utc(Language::Kk), &record);
        assert!(kazakh.iter().any(|line| line.ends_with("2026 жылғы 1 желтоқсан")), "{kazakh:#?}");
    }

    #[test]
    fn a_text_shows_all_its_languages() {
        let text = json!({"kk": "Қарсылық", "ru": "Сопротивление", "en": ""});
        let expected = ["Kazakh: Қарсылық", "Russian: Сопротивление"];
        assert_eq!(lines(&Words::utc(Language::En), &text), expected);
        assert_eq!(lines(&Words::utc(Language::En), &json!([])), ["There is nothing here yet."]);
    }

    #[test]
    fn a_sentence_ends_with_one_full_stop() {
        let words = Words::utc(Language::Ru);
        let day = words.value(&json!("2026-12-01"));
        let values = [("path", "a/b".into()), ("value", day.into())];
        assert!(words.text("set-done", &values).ends_with("2026 г."));
    }
}
