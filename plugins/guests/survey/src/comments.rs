//! Themes of comments: words that belong to a theme, counted and shown with quotations.
//!
//! Simple on purpose: whoever reads a count can find every comment behind it. Nothing is said of a commenter's group.

use jospar_plugin_sdk::{Cell, Column, Report, Table, Text, Tone, Value, Words};

use crate::{WORDS, Wave};

static THEMES: Words = Words::new(include_str!("themes.txt"));

/// Quotations for each theme.
const QUOTES: usize = 2;

/// Letters of a quotation.
const QUOTE_CHARS_MAX: usize = 400;

/// Digits that stand together and are not shown: a telephone number, a personal number.
const DIGITS_HIDDEN: usize = 5;

/// A comment and the place of its row, from 1.
struct Comment<'a> {
    place: usize,
    text: &'a str,
    words: Vec<String>,
}

/// A theme and the comments that speak of it.
struct Theme {
    name: Text,
    comments: Vec<usize>,
}

pub(crate) fn show(report: Report, wave: &Wave<'_>) -> Report {
    let comments = comments(wave);
    if comments.is_empty() {
        return report;
    }
    let report = report.heading(2, WORDS.word("comments"));
    let k = wave.survey.minimum();
    if comments.len() < k {
        return report.callout(Tone::Info, WORDS.say("comments-few", &[("k", k.into())]));
    }
    let themes = themes(&comments);
    let with_theme = |place: &usize| themes.iter().any(|theme| theme.comments.contains(place));
    let other = (0..comments.len()).filter(|place| !with_theme(place)).count();
    let mut table = Table::new(
        WORDS.word("themes"),
        vec![
            Column::text(WORDS.word("theme")),
            Column::number(WORDS.word("n"), 0),
            Column::number(WORDS.word("share"), 0),
        ],
    );
    #[allow(clippy::cast_precision_loss, reason = "counts of comments")]
    let share = |n: usize| Cell::Share(n as f64 / comments.len() as f64);
    for theme in &themes {
        let n = theme.comments.len();
        table.push(vec![theme.name.clone().into(), n.into(), share(n)]);
    }
    if other > 0 {
        table.push(vec![WORDS.word("theme-other").into(), other.into(), share(other)]);
    }
    let values = [("n", Value::from(comments.len())), ("all", wave.rows.rows.len().into())];
    let report = report.table(table).paragraph(WORDS.say("comments-method", &values));
    quotes(report, &comments, &themes).callout(Tone::Warning, WORDS.word("comments-mask"))
}

fn comments<'a>(wave: &'a Wave<'_>) -> Vec<Comment<'a>> {
    let rows = wave.rows.rows.iter().enumerate();
    rows.filter_map(|(place, row)| {
        let text = row.comment.as_deref()?.trim();
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words = words.map(str::to_lowercase).collect();
        (!text.is_empty()).then_some(Comment { place: place + 1, text, words })
    })
    .collect()
}

/// Themes that somebody speaks of, those of most comments first.
fn themes(comments: &[Comment<'_>]) -> Vec<Theme> {
    let mut themes: Vec<Theme> = THEMES
        .texts()
        .iter()
        .filter_map(|(key, stems)| {
            let name = THEMES.word(&format!("theme-{}", key.strip_prefix("words-")?));
            let speaks =
                |place: &usize| comments.get(*place).is_some_and(|one| one.speaks_of(stems));
            let comments: Vec<usize> = (0..comments.len()).filter(speaks).collect();
            (!comments.is_empty()).then_some(Theme { name, comments })
        })
        .collect();
    themes.sort_by_key(|theme| std::cmp::Reverse(theme.comments.len()));
    themes
}

impl Comment<'_> {
    /// True when one of the words begins with one of the stems of any language, or is the word behind a `=`.
    fn speaks_of(&self, stems: &[&str; 3]) -> bool {
        let mut stems = stems.iter().flat_map(|stems| stems.split('|'));
        stems.any(|stem| match stem.strip_prefix('=') {
            Some(whole) => self.words.iter().any(|word| word == whole),
            None => self.words.iter().any(|word| word.starts_with(stem)),
        })
    }
}

/// Some comments of each theme in full; none twice.
fn quotes(mut report: Report, comments: &[Comment<'_>], themes: &[Theme]) -> Report {
    let mut quoted = Vec::new();
    for theme in themes {
        let fresh = theme.comments.iter().copied().filter(|place| !quoted.contains(place));
        let fresh: Vec<usize> = fresh.take(QUOTES).collect();
        for comment in fresh.iter().filter_map(|place| comments.get(*place)) {
            let values = [("theme", Value::from(&theme.name)), ("place", comment.place.into())];
            report = report.quotation(masked(comment.text), WORDS.say("quote-source", &values));
        }
        quoted.extend(fresh);
    }
    report
}

/// The comment without addresses and long numbers, cut to a length that fits a report.
fn masked(text: &str) -> String {
    let word = |word: &str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if word.contains('@') || digits >= DIGITS_HIDDEN {
            "•••".to_owned()
        } else {
            word.to_owned()
        }
    };
    let masked = text.split(' ').map(word).collect::<Vec<_>>().join(" ");
    if masked.chars().count() <= QUOTE_CHARS_MAX {
        return masked;
    }
    masked.chars().take(QUOTE_CHARS_MAX).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(text: &str) -> Comment<'_> {
        let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
        Comment { place: 1, text, words }
    }

    #[test]
    fn short_words_are_themes_only_as_a_whole() {
        let ai = THEMES.texts()["words-ai"];
        assert!(comment("ЖИ-ды сабақта").speaks_of(&ai) && comment("Нужен ИИ.").speaks_of(&ai));
        assert!(!comment("Тоқсандық жиынтық").speaks_of(&ai));
        assert!(comment("Интернетіміз баяу").speaks_of(&THEMES.texts()["words-equipment"]));
    }

    #[test]
    fn addresses_and_long_numbers_are_masked() {
        assert_eq!(
            masked("Жазыңыз: aida@mail.kz не 87011234567, 3 кабинет"),
            "Жазыңыз: ••• не ••• 3 кабинет"
        );
        assert_eq!(masked(&"а".repeat(500)).chars().count(), QUOTE_CHARS_MAX + 1);
    }

    #[test]
    fn every_theme_has_a_name_and_words_in_three_languages() {
        for (key, texts) in THEMES.texts() {
            assert!(texts.iter().all(|text| !text.is_empty()), "{key}");
            let other = match key.strip_prefix("words-") {
                Some(name) => format!("theme-{name}"),
                None => key.replacen("theme-", "words-", 1),
            };
            assert!(THEMES.has(&other), "{key}");
        }
    }
}
