//! Words: the catalogue together with the reader's time zone, and how the answers of a node are written in it.
//!
//! The command line and the page say the same things in the same words. Answers are JSON, as `jospar-node` gives them.

use crate::{Catalogue, Language, Value as Argument};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

/// The digits of a change's hash that a list shows; `restore-to` and `show --at` understand them.
pub const CHANGE_DIGITS: usize = 10;

/// The members that a thing is known by, best first.
pub const NAMES: [&str; 10] =
    ["title", "name", "from", "statement", "topic", "text", "idea", "mentee", "teacher", "task"];
/// How much of a long text stands for it where a name is wanted.
const NAME_CHARS_MAX: usize = 90;

/// The first line of a text, cut to what a name may have.
#[must_use]
pub fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if line.chars().count() <= NAME_CHARS_MAX {
        return line.to_owned();
    }
    let kept: String = line.chars().take(NAME_CHARS_MAX).collect();
    format!("{}…", kept.trim_end())
}

/// The texts of one language, and the reader's time zone.
#[derive(Debug)]
pub struct Words {
    catalogue: Catalogue,
    zone: TimeZone,
}

impl Words {
    /// The words of `language` for a reader in the time zone of this computer.
    pub fn new(language: Language) -> Self {
        Self { catalogue: Catalogue::new(language), zone: TimeZone::system() }
    }

    /// The words of `language` for a reader in UTC.
    #[must_use]
    pub fn utc(language: Language) -> Self {
        Self { catalogue: Catalogue::new(language), zone: TimeZone::UTC }
    }

    /// The messages.
    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The message `key` with its values.
    pub fn text(&self, key: &str, values: &[(&str, Argument)]) -> String {
        let mut text = self.catalogue.text(key, values);
        // A day in Russian ends with an abbreviation, whose full stop ends the sentence as well.
        if text.ends_with("..") && !text.ends_with("...") {
            text.pop();
        }
        text
    }

    /// The message `key`, which takes no values.
    pub fn word(&self, key: &str) -> String {
        self.catalogue.text(key, &[])
    }

    /// The message `key`, whose only value is a text.
    pub fn with(&self, key: &str, name: &str, text: &str) -> String {
        self.text(key, &[(name, text.into())])
    }

    /// The message of `prefix` for a name of the program, or the name itself if a newer version made it.
    pub fn named(&self, prefix: &str, name: &str) -> String {
        let key = format!("{prefix}-{}", name.replace('_', "-"));
        if self.catalogue.has(&key) { self.word(&key) } else { name.to_owned() }
    }

    /// The name of a record's field: the one that it has in this record alone, else the one of all fields called so.
    pub fn field(&self, record: &str, field: &str) -> String {
        let own = format!("field-{record}-{field}").replace('_', "-");
        if self.catalogue.has(&own) { self.word(&own) } else { self.named("field", field) }
    }

    /// The title, name or text of a thing in the reader's language, if it has one.
    pub fn own_name(&self, thing: &Value) -> Option<String> {
        let read = |member: &str| {
            let value = thing.get(member)?;
            // What a text, thanks or an exchange come from is the id of another thing.
            let plain = value.as_str().filter(|_| member != "from");
            let text = plain.or_else(|| self.local(value))?;
            Some(first_line(text)).filter(|text| !text.is_empty())
        };
        NAMES.into_iter().find_map(read)
    }

    /// A moment on the reader's clock.
    pub fn moment(&self, milliseconds: i64) -> String {
        let offset = Timestamp::from_millisecond(milliseconds)
            .map_or(0, |moment| self.zone.to_offset(moment).seconds());
        self.catalogue.moment(milliseconds, offset / 60)
    }

    /// A moment in an answer; `empty-value` if it is not there.
    pub fn moment_at(&self, answer: &Value, pointer: &str) -> String {
        match answer.pointer(pointer).and_then(Value::as_i64) {
            Some(milliseconds) => self.moment(milliseconds),
            None => self.word("empty-value"),
        }
    }

    /// What a transfer file brought, from the node's `{new, duplicates, pending, refused}`, a line each.
    #[must_use]
    pub fn taken(&self, answer: &Value) -> Vec<String> {
        let values = [
            ("changes", count_at(answer, "/new").into()),
            ("known", count_at(answer, "/duplicates").into()),
        ];
        let mut lines = vec![self.text("bundle-imported", &values)];
        for (pointer, key) in [("/pending", "bundle-waiting"), ("/refused", "bundle-refused")] {
            let count = count_at(answer, pointer);
            if count > 0 {
                lines.push(self.text(key, &[("count", count.into())]));
            }
        }
        lines
    }

    /// A person in an answer: the name that they are known by, or `nobody`.
    pub fn person(&self, answer: &Value) -> String {
        let named = |key: &str| text_at(answer, key).filter(|name| !name.is_empty());
        match named("/who").or_else(|| named("/name")) {
            Some(name) => name.to_owned(),
            None => named("/device")
                .map_or_else(|| self.word("nobody"), |device| device.chars().take(8).collect()),
        }
    }

    /// A plain value, or one in several languages, on one line.
    pub fn value(&self, value: &Value) -> String {
        match value {
            Value::Null => self.word("empty-value"),
            Value::Bool(true) => self.word("yes"),
            Value::Bool(false) => self.word("no"),
            Value::Number(number) => self.catalogue.number(number.as_f64().unwrap_or_default()),
            Value::String(text) if text.is_empty() => self.word("empty-value"),
            Value::String(text) => self.day(text).unwrap_or_else(|| text.clone()),
            Value::Array(values) => {
                let texts: Vec<_> = values.iter().map(|value| self.value(value)).collect();
                texts.join(", ")
            }
            Value::Object(_) => match self.local(value) {
                Some(text) => text.to_owned(),
                None => value.to_string(),
            },
        }
    }

    /// Whether what a person typed means yes.
    #[must_use]
    pub fn is_yes(&self, line: &str) -> bool {
        let said = line.trim().to_lowercase();
        said == self.word("yes").to_lowercase() || said == "y" || said == "yes"
    }

    /// The text of a value in several languages: the reader's, else the first that is not empty.
    pub fn local<'a>(&self, value: &'a Value) -> Option<&'a str> {
        let texts = value.as_object().filter(|texts| !texts.is_empty())?;
        if !texts.keys().all(|key| Language::ALL.iter().any(|language| language.code() == key)) {
            return None;
        }
        let written = |code: &str| texts.get(code)?.as_str().filter(|text| !text.is_empty());
        let own = self.catalogue.language().code();
        written(own)
            .or_else(|| Language::ALL.into_iter().find_map(|other| written(other.code())))
            .or(Some(""))
    }

    /// A day in words, from `YYYY-MM-DD`.
    pub fn day(&self, text: &str) -> Option<String> {
        let day: jiff::civil::Date = (text.len() == 10).then(|| text.parse().ok())??;
        let part = |number: i8| u8::try_from(number).ok();
        Some(self.catalogue.date(day.year().into(), part(day.month())?, part(day.day())?))
    }

    /// The first and the last millisecond of a day on the reader's clock, from `YYYY-MM-DD`.
    #[must_use]
    pub fn day_bounds(&self, text: &str) -> Option<(i64, i64)> {
        let day: jiff::civil::Date = (text.len() == 10).then(|| text.parse().ok())??;
        let start = |day: jiff::civil::Date| {
            day.to_zoned(self.zone.clone()).ok().map(|moment| moment.timestamp().as_millisecond())
        };
        Some((start(day)?, start(day.tomorrow().ok()?)? - 1))
    }

    /// The moments between which a comparison of two days looks: the last millisecond before `from`, and the last one of
    /// `to`, or none where that is open or empty.
    ///
    /// # Errors
    /// The text that is no day.
    pub fn span<'a>(
        &self,
        from: &'a str,
        to: Option<&'a str>,
    ) -> Result<(i64, Option<i64>), &'a str> {
        let before = self.day_bounds(from).ok_or(from)?.0 - 1;
        let to = to.filter(|to| !to.is_empty());
        let end = to.map(|to| self.day_bounds(to).ok_or(to)).transpose()?;
        Ok((before, end.map(|(_, end)| end)))
    }

    /// A value that a node gives for a message: a number, a text, a text in several languages, or an object that says
    /// what it is: `{keys}` of the catalogue, a `{date}`, a `{moment_ms}`.
    pub fn argument(&self, value: &Value) -> Argument {
        let word = |key: &Value| match key.as_str() {
            Some(key) if self.catalogue.has(key) => self.word(key),
            _ => self.value(key),
        };
        if let Some(keys) = value.get("keys").and_then(Value::as_array) {
            let words: Vec<_> = keys.iter().map(word).collect();
            return words.join(", ").into();
        }
        if let Some(date) = text_at(value, "/date") {
            return self.day(date).unwrap_or_else(|| date.to_owned()).into();
        }
        if let Some(milliseconds) = value.get("moment_ms").and_then(Value::as_i64) {
            return self.moment(milliseconds).into();
        }
        match value {
            Value::Number(number) => number.as_f64().unwrap_or_default().into(),
            Value::String(text) => text.clone().into(),
            value => self.value(value).into(),
        }
    }

    /// What a person reads of a fault: what happened, then what to do. `key` is its message, `values` are its members.
    #[must_use]
    pub fn fault(&self, key: &str, values: &Map<String, Value>) -> String {
        let is_open = |name: &str| values.get(name).and_then(Value::as_str) == Some("");
        let shown = match key {
            "error-field-unknown" if is_open("known") => "error-field-unknown-here",
            "error-invite-expired" if is_open("expiry") => "error-invite-refused",
            key => key,
        };
        let argument = |name: &String, value: &Value| match (key, name.as_str(), value) {
            ("error-plan-too-large", _, Value::Number(bytes)) => {
                self.catalogue.size(bytes.as_u64().unwrap_or_default()).into()
            }
            (_, "role", Value::String(role)) => self.named("role", role).into(),
            _ => self.argument(value),
        };
        let arguments: Vec<_> =
            values.iter().map(|(name, value)| (name.as_str(), argument(name, value))).collect();
        self.text(shown, &arguments)
    }
}

/// The text at `pointer` of an answer.
pub fn text_at<'a>(answer: &'a Value, pointer: &str) -> Option<&'a str> {
    answer.pointer(pointer).and_then(Value::as_str)
}

/// The text at `pointer`, or nothing.
pub fn text_or_empty<'a>(answer: &'a Value, pointer: &str) -> &'a str {
    text_at(answer, pointer).unwrap_or_default()
}

/// The count at `pointer`; a list counts as its length, and what is not there as 0.
pub fn count_at(answer: &Value, pointer: &str) -> u64 {
    match answer.pointer(pointer) {
        Some(Value::Array(items)) => items.len() as u64,
        Some(value) => value.as_u64().unwrap_or_default(),
        None => 0,
    }
}

/// The items of the list at `pointer`.
pub fn items_at<'a>(answer: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    answer.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// True if `pointer` leads to `true`.
pub fn flag_at(answer: &Value, pointer: &str) -> bool {
    answer.pointer(pointer).and_then(Value::as_bool).unwrap_or_default()
}

/// A device's four words, which an answer gives as one text or as a list.
pub fn device_words(answer: &Value) -> String {
    match answer.get("words") {
        Some(Value::Array(words)) => {
            words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        Some(Value::String(words)) => words.clone(),
        _ => String::new(),
    }
}

/// The start of a change's hash.
pub fn short(change: &str) -> &str {
    change.get(..CHANGE_DIGITS).unwrap_or(change)
}
