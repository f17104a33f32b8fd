//! Days in words.

use jospar_plugin_sdk::Text;

use crate::WORDS;

/// A day of the plan (`2026-12-07`) as each language writes it; as it stands where it is no day.
pub(crate) fn day(written: &str) -> Text {
    let mut numbers = written.splitn(3, '-').map(str::parse::<u32>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) =
        (numbers.next(), numbers.next(), numbers.next())
    else {
        return Text::same(written);
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Text::same(written);
    }
    let month = WORDS.word(&format!("month-{}", month));
    // English writes the days of a document in figures alone: "may" is a word, too.
    let day = Text { en: format!("{day:02}"), ..Text::same(day.to_string()) };
    WORDS.say(
        "day",
        &[("year", year.to_string().into()), ("month", month.into()), ("day", day.into())],
    )
}

/// The day, or a place to write it into.
pub(crate) fn day_or_blank(written: &str) -> Text {
    if written.is_empty() { WORDS.word("blank") } else { day(written) }
}
