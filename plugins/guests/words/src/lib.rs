//! Words in three languages for what jospar-methods says: refusals, warnings, methods and the closed words in them.

use jospar_methods::{Argument, Computed, Method, Refusal, Warning};
use jospar_plugin_sdk::{Error, Number, Report, Text, Tone, Value, Words};
use jospar_tables::TableError;

/// The texts.
pub static WORDS: Words = Words::new(include_str!("words.txt"));

/// Digits after the decimal point of a number in a message, at most.
const DECIMALS_MAX: u32 = 3;

/// What stands at a place of a list that a message names: the field of the message and the place, from 0.
pub type Names<'a> = &'a dyn Fn(&str, usize) -> Text;

/// Places by their number, from 1: for lists whose things have no names.
#[must_use]
pub fn numbered(_field: &str, place: usize) -> Text {
    Text::same((place + 1).to_string())
}

/// Why there is no result.
#[must_use]
pub fn refusal(refusal: &Refusal, names: Names<'_>) -> Text {
    let mut arguments = refusal.arguments();
    if let Refusal::UnknownPosition { .. } = refusal {
        // People count places from 1.
        for (_, argument) in arguments.iter_mut().filter(|(name, _)| *name == "position") {
            if let Argument::Count(position) = argument {
                *position += 1;
            }
        }
    }
    say(refusal.key(), &arguments, names)
}

/// Why there is no result, as the error of a task.
#[must_use]
pub fn refused(why: &Refusal, names: Names<'_>) -> Error {
    Error::refused(refusal(why, names))
}

/// What has to be said beside a result.
#[must_use]
pub fn warning(warning: &Warning, names: Names<'_>) -> Text {
    say(warning.key(), &warning.arguments(), names)
}

/// How something was calculated.
#[must_use]
pub fn method(method: &Method) -> Text {
    WORDS.word(&format!("method-{}", method.key))
}

/// A word of a closed set.
#[must_use]
pub fn word(word: &str) -> Text {
    WORDS.word(&format!("word-{word}"))
}

/// A number with n, method and source of what it comes from.
#[must_use]
pub fn stated<T>(number: Number, computed: &Computed<T>) -> Number {
    number.n(computed.n).method(method(&computed.method)).source(computed.method.source)
}

/// Adds a remark for each warning.
#[must_use]
pub fn warn(report: Report, warnings: &[Warning], names: Names<'_>) -> Report {
    warnings
        .iter()
        .fold(report, |report, about| report.callout(Tone::Warning, warning(about, names)))
}

/// Adds why something could not be calculated, with what it was.
#[must_use]
pub fn without(report: Report, what: &Text, why: &Refusal, names: Names<'_>) -> Report {
    report.callout(Tone::Info, Text::joined([what, &refusal(why, names)], ": "))
}

/// Why a file is no table, as the error of a task.
#[must_use]
pub fn no_table(why: TableError) -> Error {
    let arguments = why.arguments();
    let values: Vec<(&str, Value)> =
        arguments.into_iter().map(|(name, count)| (name, Value::Count(count))).collect();
    Error::invalid(WORDS.say(why.key(), &values))
}

fn say(key: &str, arguments: &[(&'static str, Argument)], names: Names<'_>) -> Text {
    let value = |name: &str, argument: Argument| match argument {
        Argument::Count(count) => Value::Count(count),
        Argument::Number(number) => Value::Number(number, decimals(number)),
        Argument::Position(place) => Value::Text(names(name, place)),
        Argument::Word(of) => Value::Text(word(of)),
    };
    let values: Vec<(&str, Value)> =
        arguments.iter().map(|(name, argument)| (*name, value(name, *argument))).collect();
    WORDS.say(key, &values)
}

/// As few digits as say the same as [`DECIMALS_MAX`] would.
fn decimals(number: f64) -> u32 {
    let mut scaled = (number * 1000.0).round();
    let mut decimals = DECIMALS_MAX;
    while decimals > 0 && scaled % 10.0 == 0.0 {
        scaled /= 10.0;
        decimals -= 1;
    }
    decimals
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jospar_methods::{At, METHODS};

    use super::*;

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    /// The fields of each message, as the source declares them: `Variant { a: T, b: U } = "key"`.
    fn declared(key: &str) -> BTreeSet<&'static str> {
        let source = include_str!("../../../methods/src/message.rs");
        let needle = format!(" = \"{key}\", ");
        let line = source.lines().find(|line| line.contains(&needle)).unwrap_or_default();
        let fields = line.split('{').nth(1).and_then(|rest| rest.split('}').next());
        let fields = fields.unwrap_or_default().split(',');
        fields
            .filter_map(|field| field.split(':').next())
            .map(str::trim)
            .filter(|f| !f.is_empty())
            .collect()
    }

    #[test]
    fn every_message_has_three_texts_with_its_own_places() {
        for key in Refusal::KEYS.iter().chain(Warning::KEYS) {
            let texts = WORDS.texts().get(key);
            assert!(texts.is_some(), "{key}");
            for text in texts.into_iter().flatten() {
                assert!(!text.is_empty(), "{key}");
                assert_eq!(places(text), declared(key), "{key}: {text}");
            }
        }
    }

    #[test]
    fn every_method_and_closed_word_has_three_texts_and_no_text_is_left_over() {
        let words = [
            "strengths",
            "weaknesses",
            "opportunities",
            "threats",
            "internal",
            "external",
            "groups",
            "all",
        ];
        let methods = METHODS.iter().map(|method| format!("method-{}", method.key));
        let words = words.iter().map(|word| format!("word-{word}"));
        let messages = Refusal::KEYS.iter().chain(Warning::KEYS).chain(TableError::KEYS);
        let messages = messages.map(|key| (*key).to_owned());
        let needed: BTreeSet<String> = methods.chain(words).chain(messages).collect();
        let there: BTreeSet<String> = WORDS.texts().keys().map(|key| (*key).to_owned()).collect();
        assert_eq!(there, needed);
        for (key, texts) in WORDS.texts() {
            assert!(texts.iter().all(|text| !text.is_empty()), "{key}");
        }
    }

    #[test]
    fn tables_are_refused_with_their_lines() {
        let error = no_table(TableError::TooWide { line: 7, cells: 5, heads: 3 });
        assert!(error.message.kk.starts_with("7-жол"), "{}", error.message.kk);
        for language in [&error.message.ru, &error.message.en] {
            assert!(language.contains('5') && language.contains('3') && !language.contains('{'));
        }
    }

    #[test]
    fn refusals_name_things_and_write_numbers_as_each_language_does() {
        let why = Refusal::JudgementsInconsistent {
            within: "strengths",
            ratio: 0.2346,
            limit: 0.1,
            first: At(0),
            second: At(1),
            third: At(2),
            factor: 4.0,
        };
        let text = refusal(&why, &|_, place| Text::same(["Wi-Fi", "PC", "LMS"][place]));
        assert!(
            text.kk.contains("күшті жақтар")
                && text.kk.contains("0,235")
                && text.kk.contains("«LMS»")
        );
        assert!(text.ru.contains("при пределе 0,1.") && text.ru.contains("в 4 раза"));
        assert!(text.en.contains("ratio 0.235 above 0.1"), "{}", text.en);
        let unknown = Refusal::UnknownPosition { position: 3, count: 3 };
        assert_eq!(refusal(&unknown, &numbered).en, "A list of 3 has no place 4.");
    }
}
