//! Texts of a plugin in a file of their own, each in three languages, with places for values.
//!
//! A key stands at the start of a line; under it, indented, one line for each language; `#` begins a remark:
//!
//! ```text
//! # What stands above the report.
//! answered
//!     kk Жауап берген: {n} адам
//!     ru Ответили: {n} человек
//!     en {n} people answered
//! ```

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::Text;

/// The languages in the order of their texts.
pub const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];

/// The texts of a plugin.
///
/// ```
/// use jospar_plugin_sdk::{Text, Words};
///
/// static WORDS: Words = Words::new("mean\n  kk Орташа: {m}\n  ru Среднее: {m}\n  en Mean: {m}\n");
///
/// let text = WORDS.say("mean", &[("m", (3.5, 2).into())]);
/// assert!(text == Text::new("Орташа: 3,50", "Среднее: 3,50", "Mean: 3.50"));
/// ```
#[derive(Debug)]
pub struct Words {
    source: &'static str,
    read: OnceLock<BTreeMap<&'static str, [&'static str; 3]>>,
}

/// What fills a place in a text.
#[derive(Debug, Clone)]
pub enum Value {
    /// A count.
    Count(usize),
    /// A number with so many digits after the decimal point, which is a comma in Kazakh and Russian.
    Number(f64, u32),
    /// 0 to 1, shown in whole percent.
    Share(f64),
    /// A text in three languages.
    Text(Text),
}

impl Words {
    /// The texts of a file; see the module's example.
    #[must_use]
    pub const fn new(source: &'static str) -> Self {
        Self { source, read: OnceLock::new() }
    }

    /// A text with its values. A key without text gives the key, and a place without value stays: tests find both.
    #[must_use]
    pub fn say(&self, key: &str, values: &[(&str, Value)]) -> Text {
        let Some(texts) = self.texts().get(key) else { return Text::same(key) };
        let [kk, ru, en] = [0, 1, 2].map(|language| fill(texts[language], language, values));
        Text { kk, ru, en }
    }

    /// A text without values.
    #[must_use]
    pub fn word(&self, key: &str) -> Text {
        self.say(key, &[])
    }

    /// True when there is a text.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.texts().contains_key(key)
    }

    /// All keys with their texts in the order of [`LANGUAGES`].
    #[must_use]
    pub fn texts(&self) -> &BTreeMap<&'static str, [&'static str; 3]> {
        self.read.get_or_init(|| parse(self.source))
    }
}

fn parse(source: &'static str) -> BTreeMap<&'static str, [&'static str; 3]> {
    let mut texts: BTreeMap<_, [&'static str; 3]> = BTreeMap::new();
    let mut key = "";
    for line in source.lines() {
        let content = line.trim();
        if content.is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            key = content;
        } else if let Some((language, text)) = content.split_once(' ')
            && let Some(place) = LANGUAGES.iter().position(|known| *known == language)
        {
            texts.entry(key).or_default()[place] = text.trim();
        }
    }
    texts
}

fn fill(text: &str, language: usize, values: &[(&str, Value)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, place) = rest.split_at(start);
        filled.push_str(before);
        let name = place[1..].split('}').next().unwrap_or_default();
        let known = values.iter().find(|(known, _)| *known == name);
        match known.filter(|_| place.len() > name.len() + 1) {
            Some((_, value)) => {
                filled.push_str(&value.shown(language));
                rest = &place[name.len() + 2..];
            }
            None => {
                filled.push('{');
                rest = &place[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

impl Value {
    /// As it is written in the language at this place of [`LANGUAGES`].
    fn shown(&self, language: usize) -> String {
        let has_comma = language < 2;
        match self {
            Self::Count(count) => count.to_string(),
            Self::Number(value, decimals) => number(*value, *decimals, has_comma),
            Self::Share(share) if has_comma => format!("{}\u{a0}%", number(share * 100.0, 0, true)),
            Self::Share(share) => format!("{}%", number(share * 100.0, 0, false)),
            Self::Text(text) => [&text.kk, &text.ru, &text.en][language].clone(),
        }
    }
}

/// A number as people write it: a true minus, no minus before zero, a comma where the language has one. What is no number
/// is a dash.
#[must_use]
pub fn number(value: f64, decimals: u32, has_comma: bool) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let digits = usize::try_from(decimals).unwrap_or(0).min(12);
    let mut text = format!("{:.digits$}", value.abs());
    if has_comma {
        text = text.replace('.', ",");
    }
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.' | b','));
    if value < 0.0 && !is_zero { format!("−{text}") } else { text }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<(f64, u32)> for Value {
    fn from((value, decimals): (f64, u32)) -> Self {
        Self::Number(value, decimals)
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<&Text> for Value {
    fn from(text: &Text) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Text::same(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Text::same(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WORDS: Words = Words::new(
        "# remark\nshare\n  kk {p} адам\n  ru {p} людей\n  en {p} of people {unknown\n\nbare\n kk а\n ru б\n en c\n",
    );

    #[test]
    fn values_are_written_as_each_language_writes_them() {
        let text = WORDS.say("share", &[("p", Value::Share(0.456))]);
        let expected = Text::new("46\u{a0}% адам", "46\u{a0}% людей", "46% of people {unknown");
        assert!(text == expected, "{text:?}");
        assert_eq!(number(-0.004, 2, true), "0,00");
        assert_eq!(number(-1.25, 1, false), "−1.2");
        assert_eq!(number(f64::NAN, 2, true), "–");
        assert_eq!(number(12.0, 0, true), "12");
    }

    #[test]
    fn what_is_missing_is_seen() {
        assert!(WORDS.word("nowhere") == Text::same("nowhere"));
        assert!(WORDS.word("share").kk == "{p} адам");
        assert!(WORDS.has("bare") && !WORDS.has("bar"));
    }
}
