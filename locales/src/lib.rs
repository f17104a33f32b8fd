//! Every word a person reads, in Kazakh, Russian and English: one catalogue for the command line, the page and print.
//!
//! Messages are Fluent (docs/adr/0006), one file per language, built into the program. A message that is missing or
//! wrong never stops the program: the English text stands in, and after it the key itself. Nothing here reads a clock,
//! a file or the environment; callers hand in what they looked up.
//!
//! ```
//! use jospar_locales::{Catalogue, Language};
//!
//! let catalogue = Catalogue::new(Language::En);
//! let text = catalogue.text("on-server-changes", &[("count", 3.into())]);
//! assert_eq!(text, "3 changes are on the server.");
//! ```

mod format;
mod language;
pub mod words;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use language::{Language, LanguageError};

/// What a message is given for one of its arguments.
///
/// Numbers are amounts and get the language's separators; a year, a port or a line is a name and comes as text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text, put in as it is.
    Text(String),
    /// A decimal number, shown with at most two decimals.
    Number(f64),
    /// A whole number.
    Integer(i64),
}

/// The messages of one language, with English behind them. May be shared between threads.
pub struct Catalogue {
    language: Language,
    messages: FluentBundle<FluentResource>,
    /// Read when a message is missing for the first time.
    english: OnceLock<FluentBundle<FluentResource>>,
}

impl Catalogue {
    /// Reads the messages of `language`, which are built into the program.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, messages: bundle(language), english: OnceLock::new() }
    }

    /// The language of the catalogue.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The message `key` with `values` for its arguments.
    ///
    /// The English message if this language has none, and `[key]` if there is none at all. An argument that is not
    /// given shows as its name in braces.
    #[must_use]
    pub fn text(&self, key: &str, values: &[(&str, Value)]) -> String {
        let arguments: FluentArgs<'_> =
            values.iter().map(|(name, value)| (*name, fluent_value(value))).collect();
        formatted(&self.messages, key, &arguments)
            .or_else(|| formatted(self.english(), key, &arguments))
            .unwrap_or_else(|| format!("[{key}]"))
    }

    /// Whether `key` names a message.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        let has = |bundle: &FluentBundle<_>| {
            bundle.get_message(key).is_some_and(|message| message.value().is_some())
        };
        has(&self.messages) || has(self.english())
    }

    /// The names of all messages, in alphabetical order.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        let keys: BTreeSet<_> = Language::En.source().lines().filter_map(key_of).collect();
        keys.into_iter()
    }

    /// An amount with the language's decimal sign and thousands, with at most two decimals.
    #[must_use]
    pub fn number(&self, value: f64) -> String {
        format::number(self.language, value)
    }

    /// An amount with the language's decimal sign and exactly so many decimals, ten at most; a rounded -0 is 0.
    #[must_use]
    pub fn decimals(&self, value: f64, decimals: u32) -> String {
        format::decimals(self.language, value, decimals)
    }

    /// An amount of bytes in a unit that keeps it short: `12.3 kB`. A kilobyte is 1,000 bytes.
    #[must_use]
    pub fn size(&self, bytes: u64) -> String {
        #[allow(clippy::cast_precision_loss, reason = "shown with three digits")]
        let amount = bytes as f64;
        let (key, amount) = match bytes {
            0..1_000 => ("size-bytes", amount),
            1_000..1_000_000 => ("size-kilobytes", round_tenth(amount / 1e3)),
            1_000_000..1_000_000_000 => ("size-megabytes", round_tenth(amount / 1e6)),
            _ => ("size-gigabytes", round_tenth(amount / 1e9)),
        };
        self.text(key, &[("amount", amount.into())])
    }

    /// A length of time in the unit that fits: milliseconds, seconds, minutes, hours, from two days on days.
    #[must_use]
    pub fn duration(&self, milliseconds: f64) -> String {
        let (key, amount) = if milliseconds < 1e3 {
            ("duration-milliseconds", milliseconds)
        } else if milliseconds < 6e4 {
            ("duration-seconds", round_tenth(milliseconds / 1e3))
        } else if milliseconds < 3.6e6 {
            ("duration-minutes", round_tenth(milliseconds / 6e4))
        } else if milliseconds < 1.728e8 {
            ("duration-hours", round_tenth(milliseconds / 3.6e6))
        } else {
            ("duration-days", (milliseconds / 8.64e7).round())
        };
        self.text(key, &[("amount", amount.into())])
    }

    /// A day in words: `23 November 2026`. A month that is none gives digits: `2026-13-01`.
    #[must_use]
    pub fn date(&self, year: i64, month: u8, day: u8) -> String {
        if !(1..=12).contains(&month) {
            return format!("{year:04}-{month:02}-{day:02}");
        }
        let month = self.text(&format!("month-{month}"), &[]);
        let year = Value::Text(year.to_string());
        self.text(
            "date",
            &[("year", year), ("month", month.into()), ("day", i64::from(day).into())],
        )
    }

    /// A moment in words, to the minute: `23 November 2026, 14:05`.
    ///
    /// `milliseconds` count from the Unix epoch in UTC; `offset_minutes` says how far the reader's clock is ahead of it.
    #[must_use]
    pub fn moment(&self, milliseconds: i64, offset_minutes: i32) -> String {
        let local = format::local(milliseconds, offset_minutes);
        let date = self.date(local.year, local.month, local.day);
        let time = format!("{:02}:{:02}", local.hour, local.minute);
        self.text("moment", &[("date", date.into()), ("time", time.into())])
    }

    fn english(&self) -> &FluentBundle<FluentResource> {
        self.english.get_or_init(|| bundle(Language::En))
    }
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue").field("language", &self.language).finish_non_exhaustive()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Value {
            /// An amount that does not fit becomes the largest that does.
            fn from(number: $integer) -> Self {
                Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )*};
}

from_integer!(i32, i64, u32, u64, usize);

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let locales = language.code().parse::<LanguageIdentifier>().into_iter().collect();
    let mut bundle = FluentBundle::new_concurrent(locales);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::Kk => |value, _| shown(Language::Kk, value),
        Language::Ru => |value, _| shown(Language::Ru, value),
        Language::En => |value, _| shown(Language::En, value),
    }));
    // A message that does not parse is left out and the rest is kept; the tests let no such file through.
    let resource = FluentResource::try_new(language.source().to_owned());
    bundle.add_resource_overriding(resource.unwrap_or_else(|(kept, _)| kept));
    bundle
}

fn shown(language: Language, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(format::number(language, number.value)),
        _ => None,
    }
}

fn formatted(
    bundle: &FluentBundle<FluentResource>,
    key: &str,
    arguments: &FluentArgs<'_>,
) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors: Vec<FluentError> = Vec::new();
    Some(bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned())
}

fn fluent_value(value: &Value) -> FluentValue<'_> {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Number(number) => (*number).into(),
        Value::Integer(number) => (*number).into(),
    }
}

fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(" =")?;
    let named = key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    named.then_some(key)
}

fn round_tenth(amount: f64) -> f64 {
    (amount * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests;
