//! Names of people, and numbers that lead to them, are replaced before anything is sent, and put back after.
//!
//! `Нұрлановтың` becomes `[PERSON_1]тың`: the ending stays, so the model knows the case, and what it writes (`[PERSON_1]ға`)
//! is put back as a word. A spelling that is not the list's own (`НҰРЛАНОВТЫҢ`, `Ольги`) gets a placeholder of its own.
//! Also replaced: e-mail addresses and `@names` and telephone numbers (`CONTACT`), and rows of 12 and more digits such as
//! an IIN or a bank card (`CODE`).
//!
//! Not replaced: names that the list does not have, initials, transliterations, and whatever describes a person in other
//! words. That is why a person looks at the exact bytes.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::fold::{Word, falls, folded, is_endings, is_ordinary, words};

/// More names than this are not looked for.
pub const NAMES_MAX: usize = 20_000;
/// A part of a name has at least so many letters.
const PART_CHARS_MIN: usize = 2;
/// A shortened stem has at least so many letters.
const STEM_CHARS_MIN: usize = 2;
/// From so many letters on a stem is a name without any ending, too: `Ахметов` where the list has `Ахметова`.
const BARE_STEM_CHARS_MIN: usize = 5;
/// Endings behind a stem that lost a letter are short.
const STEM_ENDING_CHARS_MAX: usize = 4;

/// The names to look for, in parts.
#[derive(Debug, Clone, Default)]
pub struct Names {
    parts: Vec<Part>,
    /// Positions in `parts` by the first two letters, folded.
    by_start: BTreeMap<(char, char), Vec<usize>>,
}

#[derive(Debug, Clone)]
struct Part {
    written: String,
    folded: Vec<char>,
    /// What may stand for the part before an ending: a letter falls away or becomes voiced.
    stems: Vec<Vec<char>>,
    is_ordinary: bool,
}

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Person,
    Contact,
    Code,
}

/// What was replaced in one request, so that it can be put back. Never leaves the device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Put before each placeholder's word where the texts have such words of their own.
    mark: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    what: What,
    /// The form of the list.
    base: String,
    /// Other forms, as they were written.
    forms: Vec<String>,
}

/// A text with names put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The text.
    pub text: String,
    /// Placeholders that stand for nobody: the model made them up.
    pub unknown: Vec<String>,
}

impl Names {
    /// Looks for each word of each name; the order does not matter.
    pub fn new<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut found = Self::default();
        let mut known = std::collections::BTreeSet::new();
        for name in names.into_iter().take(NAMES_MAX) {
            let name = name.as_ref();
            for word in words(name) {
                let folded = word.folded.clone();
                if folded.len() < PART_CHARS_MIN || !known.insert(folded) {
                    continue;
                }
                let written = name.get(word.range).unwrap_or_default();
                found.add(Part::new(written));
            }
        }
        found
    }

    fn add(&mut self, part: Part) {
        let at = self.parts.len();
        let mut starts: Vec<(char, char)> =
            part.stems.iter().chain([&part.folded]).filter_map(|stem| start(stem)).collect();
        starts.sort_unstable();
        starts.dedup();
        for start in starts {
            self.by_start.entry(start).or_default().push(at);
        }
        self.parts.push(part);
    }

    /// The part that `word` is a form of, and how many of its letters are the part itself: 0 for a changed stem. The
    /// longest part counts.
    fn find(&self, word: &Word) -> Option<(&Part, usize)> {
        let candidates = self.by_start.get(&start(&word.folded)?)?;
        let found = candidates.iter().filter_map(|at| {
            let part = self.parts.get(*at)?;
            if part.is_ordinary && !word.is_capital {
                return None;
            }
            Some((part, part.letters_in(&word.folded)?))
        });
        found.max_by_key(|(part, _)| part.folded.len())
    }
}

fn start(letters: &[char]) -> Option<(char, char)> {
    Some((*letters.first()?, *letters.get(1)?))
}

impl Part {
    fn new(written: &str) -> Self {
        let folded = folded(written);
        let stems = stems(&folded);
        Self { written: written.to_owned(), is_ordinary: is_ordinary(&folded), folded, stems }
    }

    fn letters_in(&self, word: &[char]) -> Option<usize> {
        if let Some(rest) = word.strip_prefix(self.folded.as_slice())
            && is_endings(rest)
        {
            return Some(self.folded.len());
        }
        let changed = self.stems.iter().any(|stem| {
            let Some(rest) = word.strip_prefix(stem.as_slice()) else { return false };
            match rest.len() {
                0 => stem.len() >= BARE_STEM_CHARS_MIN,
                length => length <= STEM_ENDING_CHARS_MAX && is_endings(rest),
            }
        });
        changed.then_some(0)
    }
}

fn stems(folded: &[char]) -> Vec<Vec<char>> {
    let mut stems = Vec::new();
    let Some((last, rest)) = folded.split_last() else { return stems };
    if falls(*last) && rest.len() >= STEM_CHARS_MIN {
        stems.push(rest.to_vec());
        if let Some((second, rest)) = rest.split_last()
            && falls(*second)
            && rest.len() > STEM_CHARS_MIN
        {
            stems.push(rest.to_vec());
        }
    }
    // Voiced before a vowel: п to б, к to г.
    let voiced = match last {
        '\u{43f}' => Some('\u{431}'),
        '\u{43a}' => Some('\u{433}'),
        _ => None,
    };
    if let Some(voiced) = voiced {
        stems.push(rest.iter().copied().chain([voiced]).collect());
    }
    // The last vowel, е or о, falls out: Павел, Павла.
    if let Some((vowel, rest)) = rest.split_last()
        && matches!(vowel, '\u{435}' | '\u{43e}')
        && !falls(*last)
        && rest.len() > STEM_CHARS_MIN
    {
        stems.push(rest.iter().copied().chain([*last]).collect());
    }
    stems
}

impl Table {
    /// An empty table for `texts`, whose placeholders cannot be mistaken for words of theirs.
    #[must_use]
    pub fn for_texts<'a>(texts: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        let mut table = Self::default();
        let taken = |mark: &str| {
            texts.clone().into_iter().any(|text| {
                let text = text.to_uppercase();
                What::ALL.iter().any(|what| text.contains(&format!("{mark}{}", what.word())))
            })
        };
        while taken(&table.mark) {
            table.mark.push('X');
        }
        table
    }

    /// `text` with names and contacts replaced.
    pub fn mask(&mut self, names: &Names, text: &str) -> String {
        let mut spans: Vec<(Range<usize>, String)> = Vec::new();
        for (range, what) in contacts(text) {
            let written = text.get(range.clone()).unwrap_or_default();
            let placeholder = self.placeholder(what, written, None);
            spans.push((range, placeholder));
        }
        let taken: Vec<Range<usize>> = spans.iter().map(|(range, _)| range.clone()).collect();
        let all = words(text);
        for (place, word) in all.iter().enumerate() {
            let covered = taken
                .iter()
                .any(|range| range.start < word.range.end && word.range.start < range.end);
            let Some((part, letters)) = names.find(word).filter(|_| !covered) else { continue };
            let following = all.get(place + 1..).unwrap_or_default();
            spans.push(self.mask_word(text, word, following, (part, letters)));
        }
        spans.sort_by_key(|(range, _)| range.start);
        let mut masked = String::with_capacity(text.len());
        let mut at = 0;
        for (range, placeholder) in spans {
            if range.start < at {
                continue;
            }
            masked.push_str(text.get(at..range.start).unwrap_or_default());
            masked.push_str(&placeholder);
            at = range.end;
        }
        masked.push_str(text.get(at..).unwrap_or_default());
        masked
    }

    /// The placeholder for `word`, and what of the text it replaces: all but an ending that can stay.
    fn mask_word(
        &mut self,
        text: &str,
        word: &Word,
        following: &[Word],
        (part, letters): (&Part, usize),
    ) -> (Range<usize>, String) {
        let written = |range: Range<usize>| text.get(range).unwrap_or_default();
        // Endings behind hyphens would be drawn to the name when it is put back.
        let mut joined = word.range.end;
        for next in following {
            let joint = written(joined..next.range.start);
            if !matches!(joint, "-" | "'" | "\u{2019}") || !is_endings(&next.folded) {
                break;
            }
            joined = next.range.end;
        }
        if joined > word.range.end {
            let range = word.range.start..joined;
            let placeholder =
                self.placeholder(What::Person, &part.written, Some(written(range.clone())));
            return (range, placeholder);
        }
        let end = letters.checked_sub(1).and_then(|last| word.ends.get(last));
        if let Some(end) = end
            && written(word.range.start..*end) == part.written
        {
            let placeholder = self.placeholder(What::Person, &part.written, None);
            return (word.range.start..*end, placeholder);
        }
        let form = written(word.range.clone());
        (word.range.clone(), self.placeholder(What::Person, &part.written, Some(form)))
    }

    fn placeholder(&mut self, what: What, base: &str, form: Option<&str>) -> String {
        let same = |entry: &Entry| entry.what == what && entry.base == base;
        let of_kind = self.entries.iter().filter(|entry| entry.what == what).count();
        let at = self.entries.iter().position(same).unwrap_or_else(|| {
            self.entries.push(Entry { what, base: base.to_owned(), forms: Vec::new() });
            self.entries.len() - 1
        });
        let before = self.entries.iter().take(at).filter(|entry| entry.what == what).count();
        let number = before.min(of_kind) + 1;
        let name = format!("{}{}_{number}", self.mark, what.word());
        let Some((form, entry)) = form.zip(self.entries.get_mut(at)) else {
            return format!("[{name}]");
        };
        let known = entry.forms.iter().position(|known| known == form);
        let place = known.unwrap_or_else(|| {
            entry.forms.push(form.to_owned());
            entry.forms.len() - 1
        });
        format!("[{name}_{}]", place + 1)
    }

    /// `text` with names in place of placeholders, also of such as a model changes them: without brackets, with a space or
    /// a backslash, with an ending behind a hyphen.
    #[must_use]
    pub fn restore(&self, text: &str) -> Restored {
        let mut restored =
            Restored { text: String::with_capacity(text.len()), unknown: Vec::new() };
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some((length, what, name)) = self.read(rest) {
                match name {
                    Some(name) => restored.text.push_str(name),
                    None => {
                        let made_up = rest.get(..length).unwrap_or_default();
                        restored.text.push_str(made_up);
                        restored.unknown.push(made_up.to_owned());
                    }
                }
                rest = rest.get(length..).unwrap_or_default();
                if name.is_some() && what == What::Person {
                    rest = without_joint(rest);
                }
                continue;
            }
            restored.text.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        restored
    }

    /// The length of the placeholder that `text` begins with, its kind, and what it stands for.
    fn read(&self, text: &str) -> Option<(usize, What, Option<&str>)> {
        let inner = text.strip_prefix('[').unwrap_or(text);
        let has_bracket = inner.len() < text.len();
        let inner = inner.strip_prefix(self.mark.as_str())?;
        let (what, after) = What::ALL
            .into_iter()
            .find_map(|what| Some((what, inner.strip_prefix(what.word())?)))?;
        let after = after.strip_prefix('\\').unwrap_or(after);
        let after = after.strip_prefix(['_', '-', ' '])?;
        let (number, after) = leading_number(after)?;
        let (form, after) = match form_of(after) {
            Some((form, after)) => (Some(form), after),
            None => (None, after),
        };
        let after = if has_bracket { after.strip_prefix(']').unwrap_or(after) } else { after };
        let entry =
            self.entries.iter().filter(|entry| entry.what == what).nth(number.checked_sub(1)?);
        let name = entry.and_then(|entry| match form {
            None => Some(entry.base.as_str()),
            Some(form) => entry.forms.get(form.checked_sub(1)?).map(String::as_str),
        });
        Some((text.len() - after.len(), what, name))
    }

    /// How many people's words, contacts and codes were replaced.
    #[must_use]
    pub fn count(&self) -> usize {
        self.entries.len()
    }
}

/// The number of a form behind a placeholder's own.
fn form_of(text: &str) -> Option<(usize, &str)> {
    let after = text.strip_prefix('\\').unwrap_or(text);
    leading_number(after.strip_prefix('_')?)
}

fn leading_number(text: &str) -> Option<(usize, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 6 {
        return None;
    }
    Some((text.get(..digits)?.parse().ok()?, text.get(digits..)?))
}

/// `rest` without a hyphen or an apostrophe before an ending.
fn without_joint(rest: &str) -> &str {
    let Some(after) = rest.strip_prefix(['-', '\'', '\u{2019}']) else { return rest };
    let first = words(after).into_iter().next();
    let joined = first.is_some_and(|word| word.range.start == 0 && is_endings(&word.folded));
    if joined { after } else { rest }
}

impl What {
    const ALL: [Self; 3] = [Self::Person, Self::Contact, Self::Code];

    const fn word(self) -> &'static str {
        match self {
            Self::Person => "PERSON",
            Self::Contact => "CONTACT",
            Self::Code => "CODE",
        }
    }
}

/// E-mail addresses, `@names`, telephone numbers and long rows of digits in `text`, in their order and apart.
fn contacts(text: &str) -> Vec<(Range<usize>, What)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let byte = |at: usize| chars.get(at).map_or(text.len(), |(byte, _)| *byte);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((_, c)) = chars.get(at) {
        let taken = match c {
            '@' => address(&chars, at).map(|(from, to)| (from, to, What::Contact)),
            '+' | '(' => phone(&chars, at).map(|to| (at, to, What::Contact)),
            '0'..='9' if !is_inside(&chars, at) => code(&chars, at)
                .map(|to| (at, to, What::Code))
                .or_else(|| phone(&chars, at).map(|to| (at, to, What::Contact))),
            _ => None,
        };
        match taken {
            Some((from, to, what)) => {
                let range = byte(from)..byte(to);
                while found
                    .last()
                    .is_some_and(|(last, _): &(Range<usize>, _)| last.end > range.start)
                {
                    found.pop();
                }
                found.push((range, what));
                at = to.max(at + 1);
            }
            None => at += 1,
        }
    }
    found
}

fn is_digit(chars: &[(usize, char)], at: usize) -> bool {
    chars.get(at).is_some_and(|(_, c)| c.is_ascii_digit())
}

/// Whether a digit stands before `at`, or a point or comma between digits.
fn is_inside(chars: &[(usize, char)], at: usize) -> bool {
    at > 0 && is_digit(chars, at - 1)
}

fn address(chars: &[(usize, char)], at: usize) -> Option<(usize, usize)> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let char = |at: usize| chars.get(at).map(|(_, c)| *c);
    let before = (0..at).rev().take_while(|at| char(*at).is_some_and(is_name)).count();
    let mut after = (at + 1..chars.len()).take_while(|at| char(*at).is_some_and(is_name)).count();
    while after > 0 && matches!(char(at + after), Some('.' | '-' | '+' | '%')) {
        after -= 1;
    }
    (after >= 2).then_some((at - before, at + 1 + after))
}

/// The end of a row of 12 and more digits, of four groups of four, or of an IIN in groups.
fn code(chars: &[(usize, char)], at: usize) -> Option<usize> {
    let run = (at..chars.len()).take_while(|at| is_digit(chars, *at)).count();
    if run >= 12 {
        return Some(at + run);
    }
    let mut digits = String::new();
    let (mut end, mut groups) = (at, Vec::new());
    while groups.len() < 4 {
        let group = (end..chars.len()).take_while(|at| is_digit(chars, *at)).count();
        if group == 0 {
            break;
        }
        digits.extend(chars.iter().skip(end).take(group).map(|(_, c)| *c));
        groups.push(group);
        end += group;
        let more =
            matches!(chars.get(end), Some((_, ' ' | '\u{a0}' | '-'))) && is_digit(chars, end + 1);
        if digits.len() >= 12 && !(groups == [4, 4, 4] && more) {
            break;
        }
        if !more {
            break;
        }
        end += 1;
    }
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse().ok());
    let born = number(2, 4).is_some_and(|month: u8| (1..=12).contains(&month))
        && number(4, 6).is_some_and(|day: u8| (1..=31).contains(&day));
    let iin = digits.len() == 12 && born && groups.iter().all(|group| *group >= 3);
    ((groups == [4, 4, 4, 4] && is_card(&digits)) || iin).then_some(end)
}

/// Whether the check digit of a bank card fits (ISO/IEC 7812, Luhn).
fn is_card(digits: &str) -> bool {
    let doubled = |(place, byte): (usize, u8)| {
        let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
        if digit > 9 { digit - 9 } else { digit }
    };
    digits.bytes().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

/// The end of a telephone number: `+` and 8 to 15 digits; 7 or 8 and ten digits; ten digits that begin with 7.
fn phone(chars: &[(usize, char)], at: usize) -> Option<usize> {
    let char = |at: usize| chars.get(at).map(|(_, c)| *c);
    let plus = char(at) == Some('+');
    let mut digits = String::new();
    let mut ends: Vec<usize> = Vec::new();
    let (mut place, mut gap) = (if plus { at + 1 } else { at }, 0);
    while let Some(c) = char(place) {
        if c.is_ascii_digit() {
            digits.push(c);
            ends.push(place + 1);
            gap = 0;
        } else if matches!(c, ' ' | '\u{a0}' | '-' | '(' | ')') && gap < 2 {
            gap += 1;
        } else {
            break;
        }
        place += 1;
        if digits.len() > 15 {
            break;
        }
    }
    let fits = |count: usize| {
        let end = *ends.get(count.checked_sub(1)?)?;
        (!is_digit(chars, end)).then_some(end)
    };
    if plus {
        return (8..=15).rev().find_map(fits);
    }
    match digits.chars().next() {
        Some('7' | '8') => fits(11).or_else(|| digits.starts_with('7').then(|| fits(10)).flatten()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
