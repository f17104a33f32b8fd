//! What a draft says and its sources do not: numbers, days, names, addresses.
//!
//! Numbers and days are read by [`jospar_core::plan::stated`], as lint L14 reads them. A number has to be in a source as
//! it is; a share in percent may be written as a fraction there; a rounded one needs a word that says so (`шамамен`,
//! `около`, `≈`). A name is a word with a capital letter that does not begin a sentence, or one of two beside each other;
//! endings may differ. A name at the beginning of a sentence, alone, and a number in words are not seen.

use std::collections::BTreeSet;
use std::ops::Range;

use jospar_core::plan::stated::{Purpose, Stated, StatedValue, rounds_to, stated};
use serde::{Deserialize, Serialize};

use crate::fold::{Word, is_endings, words};

/// More findings than this say nothing new.
pub const FINDINGS_MAX: usize = 200;
/// Words with this many letters in common at the beginning may be one, if the rest of both are endings.
const STEM_CHARS_MIN: usize = 2;

/// Something in a draft that its sources do not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// As it is written.
    pub text: String,
    /// Where it stands in the draft, in bytes.
    pub at: Range<usize>,
}

/// What is not in the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A number.
    Number,
    /// A year.
    Year,
    /// A day.
    Day,
    /// A name of a person, a place, a thing.
    Name,
    /// An address on the web, or an e-mail address.
    Link,
    /// A placeholder that stands for nobody.
    Placeholder,
}

impl FindingKind {
    /// The key of the text for people.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Number => "llm-finding-number",
            Self::Year => "llm-finding-year",
            Self::Day => "llm-finding-day",
            Self::Name => "llm-finding-name",
            Self::Link => "llm-finding-link",
            Self::Placeholder => "llm-finding-placeholder",
        }
    }
}

impl Finding {
    /// The finding for a placeholder `mark` that was made up, where it stands in `draft`.
    pub(crate) fn placeholder(draft: &str, mark: &str) -> Option<Self> {
        let start = draft.find(mark)?;
        let at = start..start + mark.len();
        Some(Self { kind: FindingKind::Placeholder, text: mark.to_owned(), at })
    }
}

/// What of `draft` none of `sources` has, in the order of the draft. Sources may be texts or JSON.
#[must_use]
pub fn unsupported(draft: &str, sources: &[&str]) -> Vec<Finding> {
    let known = Known::of(sources);
    let mut found: Vec<(FindingKind, Range<usize>)> = Vec::new();
    let links = links(draft);
    for link in &links {
        let text = draft.get(link.clone()).unwrap_or_default().to_lowercase();
        if !known.lower.iter().any(|source| source.contains(&text)) {
            found.push((FindingKind::Link, link.clone()));
        }
    }
    let outside = |range: &Range<usize>| {
        !links.iter().any(|link| link.start < range.end && range.start < link.end)
    };
    let numbers = stated(draft);
    for said in numbers.iter().filter(|said| outside(&said.range)) {
        if said.purpose != Purpose::Point
            && let Some(kind) = known.lacks(said)
        {
            found.push((kind, said.range.clone()));
        }
    }
    let is_month = |name: &Word| {
        let holds = |range: &Range<usize>| range.contains(&name.range.start);
        numbers.iter().any(|said| holds(&said.range))
    };
    for name in names(draft) {
        if outside(&name.range) && !is_month(&name) && !known.has_word(&name.folded) {
            found.push((FindingKind::Name, name.range));
        }
    }
    found.sort_by_key(|(kind, at)| (at.start, *kind));
    let finding = |(kind, at): (FindingKind, Range<usize>)| {
        let text = draft.get(at.clone()).unwrap_or_default().to_owned();
        Finding { kind, text, at }
    };
    found.into_iter().take(FINDINGS_MAX).map(finding).collect()
}

/// What the sources have.
struct Known {
    lower: Vec<String>,
    numbers: Vec<f64>,
    years: BTreeSet<u16>,
    days: BTreeSet<(Option<u16>, u8, u8)>,
    /// Folded words, in order.
    words: BTreeSet<Vec<char>>,
}

impl Known {
    fn of(sources: &[&str]) -> Self {
        let mut known = Self {
            lower: sources.iter().map(|source| source.to_lowercase()).collect(),
            numbers: Vec::new(),
            years: BTreeSet::new(),
            days: BTreeSet::new(),
            words: BTreeSet::new(),
        };
        for source in sources {
            for said in stated(source) {
                match said.value {
                    StatedValue::Number { readings, .. } => {
                        known.numbers.extend(readings.into_iter().flatten());
                    }
                    StatedValue::Year(year) => drop(known.years.insert(year)),
                    StatedValue::Day { year, month, day } => {
                        known.years.extend(year);
                        known.days.extend([(year, month, day), (None, month, day)]);
                    }
                }
            }
            known.words.extend(words(source).into_iter().map(|word| word.folded));
        }
        known
    }

    /// Which kind of thing `said` is, if no source has it.
    fn lacks(&self, said: &Stated) -> Option<FindingKind> {
        match &said.value {
            StatedValue::Number { readings, percent } => {
                let has = |value: &f64| self.has_number(*value, *percent, said.about);
                let sourced = readings.iter().any(|values| values.iter().all(has));
                (!sourced).then_some(FindingKind::Number)
            }
            StatedValue::Year(year) => {
                let sourced =
                    self.years.contains(year) || self.has_number(f64::from(*year), false, false);
                (!sourced).then_some(FindingKind::Year)
            }
            StatedValue::Day { year, month, day } => {
                let sourced = self.days.contains(&(*year, *month, *day));
                (!sourced).then_some(FindingKind::Day)
            }
        }
    }

    /// A minus may be said in words (`5-ке кеміді`), so a number without a sign may stand for a negative one.
    fn has_number(&self, written: f64, percent: bool, about: bool) -> bool {
        let years = self.years.iter().map(|year| f64::from(*year));
        self.numbers.iter().copied().chain(years).any(|value| {
            let value = if written >= 0.0 { value.abs() } else { value };
            let readings = [Some(value), percent.then_some(value * 100.0)];
            readings.into_iter().flatten().any(|value| {
                let exact = (value - written).abs() <= 1e-9 * written.abs().max(1.0);
                exact || (about && (rounds_to(value, written) || rounds_to_zeros(value, written)))
            })
        })
    }

    fn has_word(&self, word: &[char]) -> bool {
        let Some(first) = word.get(..STEM_CHARS_MIN) else { return true };
        let candidates = self.words.range(first.to_vec()..);
        candidates.take_while(|known| known.starts_with(first)).any(|known| same_word(word, known))
    }
}

/// Whether `value` rounds to `written`, which ends in zeros: about 1,200 for 1,187.
fn rounds_to_zeros(value: f64, written: f64) -> bool {
    if written % 10.0 != 0.0 {
        return false;
    }
    let mut unit = 1.0;
    while unit <= 1e12 && written != 0.0 && written % (unit * 10.0) == 0.0 {
        unit *= 10.0;
    }
    (value - written).abs() <= unit / 2.0
}

/// Whether two folded words are one with different endings.
fn same_word(one: &[char], other: &[char]) -> bool {
    let common = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let least = STEM_CHARS_MIN.max(one.len().min(other.len()).saturating_sub(2));
    (least..=common).rev().any(|stem| {
        let rest = |word: &[char]| word.get(stem..).is_some_and(is_endings);
        rest(one) && rest(other)
    })
}

/// Words that are names: with a capital letter inside a sentence, or beside another such word. Words of capitals alone
/// (headings, `БҰЙЫРАМЫН`) count only if they are not the whole line.
fn names(text: &str) -> Vec<Word> {
    let all = words(text);
    let mut found = Vec::new();
    for (place, word) in all.iter().enumerate() {
        if !word.is_capital || word.folded.len() < STEM_CHARS_MIN {
            continue;
        }
        let before = place.checked_sub(1).and_then(|before| all.get(before));
        let next = all.get(place + 1);
        let between = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let beside = |one: &Word, other: &Word| {
            let gap = between(one.range.end, other.range.start);
            one.is_capital && other.is_capital && matches!(gap, " " | "\u{a0}" | ". " | "." | "-")
        };
        let gap = before.map(|before| between(before.range.end, word.range.start));
        let begins = gap.is_none_or(|gap| {
            gap.contains(['.', '!', '?', '\n', ':', '•', '|', '«', '"', '“', '('])
        });
        let paired = next.is_some_and(|next| beside(word, next))
            || before.is_some_and(|before| beside(before, word));
        let shouted = is_shouted(text, &word.range);
        if (!begins || paired) && !shouted {
            found.push(word.clone());
        }
    }
    found
}

/// Whether the word stands in a line of capital letters alone: a heading.
fn is_shouted(text: &str, range: &Range<usize>) -> bool {
    let start =
        text.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let rest = text.get(range.end..).unwrap_or_default();
    let end = range.end + rest.find('\n').unwrap_or(rest.len());
    let word = text.get(range.clone()).unwrap_or_default();
    let all_capitals = |text: &str| !text.chars().any(char::is_lowercase);
    let closes = rest.starts_with(':') && all_capitals(word);
    closes || all_capitals(text.get(start..end).unwrap_or_default())
}

/// Addresses on the web and e-mail addresses: from a space to a space.
fn links(text: &str) -> Vec<Range<usize>> {
    let is_end = |c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']' | '«' | '»')
    };
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split(is_end) {
        let start = at;
        at += piece.len();
        at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let trimmed = piece.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        let lower = trimmed.to_ascii_lowercase();
        let web = lower.contains("://") || lower.starts_with("www.") || lower.starts_with("data:");
        let mail = lower
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if web || mail || is_bare_host(&lower) {
            found.push(start..start + trimmed.len());
        }
    }
    found
}

/// `example.org/path`, `bilim.kz`: labels of letters and digits, the last of Latin letters.
fn is_bare_host(text: &str) -> bool {
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((rest, last)) = host.rsplit_once('.') else { return false };
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let file = matches!(last, "pdf" | "docx" | "xlsx" | "csv" | "txt");
    (2..=12).contains(&last.len())
        && !file
        && last.bytes().all(|byte| byte.is_ascii_alphabetic())
        && rest.len() >= 2
        && rest.split('.').all(label)
}

#[cfg(test)]
mod tests;
