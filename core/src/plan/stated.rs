//! Numbers and days that a text states, as people write them in Kazakh, Russian and English.
//!
//! A reader of text alone: whether a number is right is asked by lint L14 and by whoever checks a draft against its
//! sources. Numbers in words (`бес`, `пять`) are not read.

use std::ops::Range;

/// How the names of months begin, with the month; a word is one if it begins so.
const MONTHS: [(&str, u8); 35] = [
    ("қаңтар", 1),
    ("ақпан", 2),
    ("наурыз", 3),
    ("сәуір", 4),
    ("мамыр", 5),
    ("маусым", 6),
    ("шілде", 7),
    ("тамыз", 8),
    ("қыркүйек", 9),
    ("қазан", 10),
    ("қараша", 11),
    ("желтоқсан", 12),
    ("январ", 1),
    ("феврал", 2),
    ("март", 3),
    ("апрел", 4),
    ("мая", 5),
    ("июн", 6),
    ("июл", 7),
    ("август", 8),
    ("сентябр", 9),
    ("октябр", 10),
    ("ноябр", 11),
    ("декабр", 12),
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
];
/// How words for percent begin.
const PERCENT: [&str; 3] = ["пайыз", "процент", "percent"];
/// Words that may stand between a year and its day.
const YEAR_WORDS: [&str; 9] = ["жылғы", "жылдың", "жылы", "жыл", "ж", "года", "год", "г", "year"];
/// What stands before a number that is rounded.
const ABOUT: [&str; 11] = [
    "шамамен",
    "жуық",
    "дерлік",
    "около",
    "примерно",
    "приблизительно",
    "почти",
    "about",
    "approximately",
    "nearly",
    "roughly",
];
/// Words longer than this are no month.
const WORD_CHARS_MAX: usize = 24;

/// A number or a day in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// What it says.
    pub value: StatedValue,
    /// True if its word is nothing but it: not of `8А`, `20-дан`, `45%-ға` or `20–30`.
    pub bare: bool,
    /// What it is for.
    pub purpose: Purpose,
    /// True where the text says that it is rounded: `шамамен 60`, `около 60`, `≈ 60`.
    pub about: bool,
}

/// What a number or a day says.
#[derive(Debug, Clone, PartialEq)]
pub enum StatedValue {
    /// A number. Never empty: the first reading is the likeliest. `1,234` reads as 1.234 and as 1234; `5 120` as 5120
    /// and as the two numbers 5 and 120.
    Number {
        /// Each a list of values that the text states together.
        readings: Vec<Vec<f64>>,
        /// True before `%` or its words.
        percent: bool,
    },
    /// Four digits from 1900 to 2100 alone.
    Year(u16),
    /// A day, with its year where one stands beside it. Whether the calendar has it is not looked at.
    Day {
        /// The year.
        year: Option<u16>,
        /// 1 to 12.
        month: u8,
        /// 1 to 31.
        day: u8,
    },
}

/// What a number in a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It says how much, or when.
    Amount,
    /// It counts the points of a list or the sections of a paper: `1.`, `2)`, `1.2.3`.
    Point,
    /// It stands behind `№`.
    Name,
}

/// The numbers and days that `text` states, in their order. A number of more than 15 digits is left out.
#[must_use]
pub fn stated(text: &str) -> Vec<Stated> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut reader = Reader { text, chars, at: 0, found: Vec::new() };
    while reader.at < reader.chars.len() {
        if reader.is_digit(reader.at) {
            reader.take();
        } else {
            reader.at += 1;
        }
    }
    reader.found
}

/// True when `value`, rounded to the decimals of `written`, is `written`.
#[must_use]
pub fn rounds_to(value: f64, written: f64) -> bool {
    let text = written.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let unit = 0.1f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
    (value - written).abs() <= unit / 2.0 + 1e-9
}

struct Reader<'a> {
    text: &'a str,
    chars: Vec<(usize, char)>,
    /// A position in `chars`.
    at: usize,
    found: Vec<Stated>,
}

impl Reader<'_> {
    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    fn is_digit(&self, at: usize) -> bool {
        self.char(at).is_some_and(|c| c.is_ascii_digit())
    }

    fn byte(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.text.len(), |(byte, _)| *byte)
    }

    fn slice(&self, from: usize, to: usize) -> &str {
        self.text.get(self.byte(from)..self.byte(to)).unwrap_or_default()
    }

    fn digits_from(&self, at: usize) -> usize {
        (at..self.chars.len()).take_while(|at| self.is_digit(*at)).count()
    }

    fn number(&self, from: usize, to: usize) -> Option<u16> {
        self.slice(from, to).parse().ok()
    }

    fn take(&mut self) {
        let from = self.at;
        if let Some((to, value)) = self.dotted_day(from) {
            self.at = to;
            return self.push(from, to, value, Purpose::Amount);
        }
        let (to, readings, sections) = self.readings(from);
        self.at = to;
        if readings.is_empty() {
            return;
        }
        if let Some((from, to, value)) = self.day_by_name(from, to) {
            self.at = to;
            return self.push(from, to, value, Purpose::Amount);
        }
        let year = (to - from == 4 && self.digits_from(from) == 4)
            .then(|| self.number(from, to))
            .flatten()
            .filter(|year| (1900..=2100).contains(year));
        let purpose = self.purpose(from, to, sections);
        let value = match year {
            Some(year) => StatedValue::Year(year),
            None => self.signed(from, to, readings),
        };
        self.push(from, to, value, purpose);
    }

    fn push(&mut self, from: usize, to: usize, value: StatedValue, purpose: Purpose) {
        let range = self.byte(from)..self.byte(to);
        let (bare, about) = (self.is_bare(from, to), self.is_about(from));
        self.found.push(Stated { range, value, bare, purpose, about });
    }

    /// `2026-09-01`, `01.09.2026`, `1/9/2026`.
    fn dotted_day(&self, from: usize) -> Option<(usize, StatedValue)> {
        let first = self.digits_from(from);
        let mark = self.char(from + first).filter(|c| matches!(c, '-' | '.' | '/'))?;
        let second_at = from + first + 1;
        let second = self.digits_from(second_at);
        let third_at = second_at + second + 1;
        let third = self.digits_from(third_at);
        if self.char(third_at - 1) != Some(mark) {
            return None;
        }
        let parts = |year: (usize, usize), day: (usize, usize)| {
            let month = u8::try_from(self.number(second_at, second_at + second)?).ok()?;
            let day = u8::try_from(self.number(day.0, day.0 + day.1)?).ok()?;
            let year = self.number(year.0, year.0 + year.1)?;
            let sound = (1..=12).contains(&month) && (1..=31).contains(&day);
            let value = StatedValue::Day { year: Some(year), month, day };
            sound.then_some((third_at + third, value))
        };
        match (mark, first, second, third) {
            ('-', 4, 2, 2) => parts((from, first), (third_at, third)),
            ('.' | '/', 1 | 2, 1 | 2, 4) => parts((third_at, third), (from, first)),
            _ => None,
        }
    }

    /// The end of the number at `from`, what it may say, and whether it is a row of numbers with points between.
    fn readings(&self, from: usize) -> (usize, Vec<Vec<f64>>, bool) {
        let first = self.digits_from(from);
        let mut to = from + first;
        let group = |at: usize, is: fn(char) -> bool| {
            self.char(at).is_some_and(is) && self.digits_from(at + 1) == 3
        };
        let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
        let leads = first <= 3 && self.char(from) != Some('0');
        if leads && group(to, is_space) {
            while group(to, is_space) {
                to += 4;
            }
            let apart: Vec<f64> =
                self.slice(from, to).split(is_space).filter_map(|part| part.parse().ok()).collect();
            let (end, fraction) = self.fraction(to);
            let whole: String = self.slice(from, to).chars().filter(char::is_ascii_digit).collect();
            let whole = value(&format!("{whole}{fraction}"));
            let apart = (fraction.is_empty() && apart.len() < 5).then_some(apart);
            let readings = whole.map(|whole| vec![whole]).into_iter().chain(apart).collect();
            return (end, readings, false);
        }
        if leads && group(to, |c| c == ',') && group(to + 4, |c| c == ',') {
            while group(to, |c| c == ',') {
                to += 4;
            }
            let whole = self.slice(from, to).replace(',', "");
            return (to, value(&whole).map(|whole| vec![whole]).into_iter().collect(), false);
        }
        let (end, fraction) = self.fraction(to);
        let more = self.char(end) == Some('.') && self.is_digit(end + 1);
        if more && !fraction.is_empty() {
            return (self.end_of_row(end), vec![vec![0.0]], true);
        }
        let plain = value(&format!("{}{fraction}", self.slice(from, to)));
        let grouped = (leads && end - to == 4 && self.char(to) == Some(','))
            .then(|| value(&self.slice(from, end).replace(',', "")))
            .flatten();
        let readings = plain.into_iter().chain(grouped).map(|value| vec![value]).collect();
        (end, readings, false)
    }

    /// The end of a fraction that begins at `at` with a comma or a point, and the fraction with a point.
    fn fraction(&self, at: usize) -> (usize, String) {
        let digits = self.digits_from(at + 1);
        if !matches!(self.char(at), Some('.' | ',')) || digits == 0 {
            return (at, String::new());
        }
        let end = at + 1 + digits;
        (end, format!(".{}", self.slice(at + 1, end)))
    }

    fn end_of_row(&self, mut at: usize) -> usize {
        while self.char(at) == Some('.') && self.is_digit(at + 1) {
            at += 1 + self.digits_from(at + 1);
        }
        at
    }

    /// `1 қыркүйек 2026`, `2026 жылғы 1 қыркүйек`, `September 1, 2026` around the number from `from` to `to`.
    fn day_by_name(&mut self, from: usize, to: usize) -> Option<(usize, usize, StatedValue)> {
        let day = u8::try_from(self.number(from, to)?).ok().filter(|day| (1..=31).contains(day))?;
        let (month, mut begin, mut end) = match self.month_after(to) {
            Some((month, end)) => (month, from, end),
            None => {
                let (month, begin) = self.month_before(from)?;
                (month, begin, to)
            }
        };
        let mut year = None;
        let gap = (end..self.chars.len())
            .take_while(|at| self.char(*at).is_some_and(|c| matches!(c, ' ' | '\u{a0}' | ',')))
            .count();
        let year_at = end + gap;
        if gap > 0 && gap <= 2 && self.digits_from(year_at) == 4 {
            year = self.number(year_at, year_at + 4);
            end = year_at + 4;
        }
        if year.is_none()
            && let Some((before, at)) = self.year_before(begin)
        {
            self.found.pop();
            (year, begin) = (Some(before), at);
        }
        Some((begin, end, StatedValue::Day { year, month, day }))
    }

    /// The year that was found last, if nothing but words for a year stands between it and `at`, and where it begins.
    fn year_before(&self, at: usize) -> Option<(u16, usize)> {
        let last = self.found.last()?;
        let StatedValue::Year(year) = last.value else { return None };
        let between = self.text.get(last.range.end..self.byte(at))?;
        let words = between.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        let sound = words.clone().count() == 1
            && words.into_iter().all(|word| YEAR_WORDS.contains(&word.to_lowercase().as_str()));
        let begin = self.chars.binary_search_by_key(&last.range.start, |(byte, _)| *byte).ok()?;
        sound.then_some((year, begin))
    }

    fn month_after(&self, to: usize) -> Option<(u8, usize)> {
        let spaces = (to..self.chars.len())
            .take_while(|at| matches!(self.char(*at), Some(' ' | '\u{a0}')))
            .count();
        let (word, end) = self.word_from(to + spaces)?;
        (spaces > 0).then(|| month(&word)).flatten().map(|month| (month, end))
    }

    /// English alone writes the month first. The month, and where its name begins.
    fn month_before(&self, from: usize) -> Option<(u8, usize)> {
        let (word, begin) = self.word_before(from)?;
        word.is_ascii().then(|| month(&word)).flatten().map(|month| (month, begin))
    }

    fn word_from(&self, from: usize) -> Option<(String, usize)> {
        let letters = (from..self.chars.len())
            .take_while(|at| self.char(*at).is_some_and(char::is_alphabetic))
            .take(WORD_CHARS_MAX + 1)
            .count();
        let end = from + letters;
        (1..=WORD_CHARS_MAX).contains(&letters).then(|| (self.slice(from, end).to_owned(), end))
    }

    /// The word that ends before `at`, with spaces between, and where it begins.
    fn word_before(&self, at: usize) -> Option<(String, usize)> {
        let blank = |at: usize| self.char(at).is_some_and(|c| matches!(c, ' ' | '\u{a0}'));
        let end = (0..at).rev().find(|at| !blank(*at))? + 1;
        let letter = |at: &usize| self.char(*at).is_some_and(char::is_alphabetic);
        let letters = (0..end).rev().take_while(letter).take(WORD_CHARS_MAX + 1).count();
        let begin = end - letters;
        (end < at && (1..=WORD_CHARS_MAX).contains(&letters))
            .then(|| (self.slice(begin, end).to_owned(), begin))
    }

    fn signed(&self, from: usize, to: usize, mut readings: Vec<Vec<f64>>) -> StatedValue {
        let minus = from > 0 && matches!(self.char(from - 1), Some('-' | '\u{2212}'));
        let opens = |c: char| c.is_whitespace() || matches!(c, '(' | '[' | ':' | '=' | '|' | ',');
        let alone = from < 2 || self.char(from - 2).is_some_and(opens);
        if minus && alone {
            readings.iter_mut().flatten().for_each(|value| *value = -*value);
        }
        StatedValue::Number { readings, percent: self.is_percent(to) }
    }

    fn is_percent(&self, to: usize) -> bool {
        let spaces = (to..self.chars.len())
            .take_while(|at| matches!(self.char(*at), Some(' ' | '\u{a0}' | '\u{202f}')))
            .count();
        if self.char(to + spaces) == Some('%') {
            return true;
        }
        let word = self.word_from(to + spaces).map(|(word, _)| word.to_lowercase());
        word.is_some_and(|word| PERCENT.iter().any(|percent| word.starts_with(percent)))
    }

    fn is_about(&self, from: usize) -> bool {
        let mark = (0..from).rev().map_while(|at| self.char(at)).find(|c| !c.is_whitespace());
        if mark.is_some_and(|mark| matches!(mark, '≈' | '~')) {
            return true;
        }
        let word = self.word_before(from).map(|(word, _)| word.to_lowercase());
        word.is_some_and(|word| ABOUT.contains(&word.as_str()))
    }

    fn purpose(&self, from: usize, to: usize, sections: bool) -> Purpose {
        let mut before = (0..from).rev().map_while(|at| self.char(at));
        let first = before.clone().take_while(|c| *c != '\n').all(char::is_whitespace);
        let points = matches!(self.char(to), Some('.' | ')'))
            && self.char(to + 1).is_none_or(char::is_whitespace);
        if sections || (first && points) {
            return Purpose::Point;
        }
        match before.find(|c| !matches!(c, ' ' | '\u{a0}')) {
            Some('№') => Purpose::Name,
            _ => Purpose::Amount,
        }
    }

    fn is_bare(&self, from: usize, to: usize) -> bool {
        let in_word = |at: &usize| self.char(*at).is_some_and(|c| !c.is_whitespace());
        let before = (0..from).rev().take_while(in_word);
        let after = (to..self.chars.len()).take_while(in_word);
        !before.chain(after).any(|at| self.char(at).is_some_and(char::is_alphanumeric))
    }
}

fn month(word: &str) -> Option<u8> {
    if matches!(word, "May" | "май" | "Май") {
        return Some(5);
    }
    let word = word.to_lowercase();
    MONTHS.iter().find(|(begins, _)| word.starts_with(begins)).map(|(_, month)| *month)
}

fn value(digits: &str) -> Option<f64> {
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    (count <= 15).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let shown = |stated: &Stated| {
            let value = match &stated.value {
                StatedValue::Number { readings, percent } => {
                    let readings: Vec<String> = readings
                        .iter()
                        .map(|values| {
                            values.iter().map(f64::to_string).collect::<Vec<_>>().join(" ")
                        })
                        .collect();
                    format!("{}{}", readings.join("|"), if *percent { "%" } else { "" })
                }
                StatedValue::Year(year) => format!("y{year}"),
                StatedValue::Day { year, month, day } => {
                    format!("{}-{month}-{day}", year.map_or("?".to_owned(), |y| y.to_string()))
                }
            };
            let purpose = match stated.purpose {
                Purpose::Amount => "",
                Purpose::Point => "p",
                Purpose::Name => "№",
            };
            format!("{purpose}{}{value}", if stated.about { "~" } else { "" })
        };
        let found: Vec<String> = stated(text).iter().map(shown).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn numbers_are_read_as_three_languages_write_them() {
        check("IFE – 2,62; EFE 2.36", &["2.62", "2.36"]);
        check("5 120 оқушы, 1\u{a0}234\u{a0}567,89 ₸", &["5120|5 120", "1234567.89"]);
        check("1,234 and 1,234,567.", &["1.234|1234", "1234567"]);
        check("Үлесі 20-дан 45%-ға, 62 пайыз, 7 процентов", &["20", "45%", "62%", "7%"]);
        check("(-0,3), −5; 3-5", &["-0.3", "-5", "3", "5"]);
        check("шамамен 60, около 61, ≈ 62, about 63, 64", &["~60", "~61", "~62", "~63", "64"]);
        check("1. бір\n 2) екі\n1.2.3 үш, № 12", &["p1", "p2", "p0", "№12"]);
        check("12345678901234567", &[]);
        check("", &[]);
    }

    #[test]
    fn days_are_read_in_every_form() {
        check("2026-09-01, 01.09.2026, 1/9/2026", &["2026-9-1", "2026-9-1", "2026-9-1"]);
        check("1 қыркүйек 2026 ж., 16 қарашада", &["2026-9-1", "?-11-16"]);
        check("2026 жылғы 1 қыркүйекте", &["2026-9-1"]);
        check("3 мая 2027 года; 2027 г. 3 мая", &["2027-5-3", "2027-5-3"]);
        check("September 1, 2026; May 5", &["2026-9-1", "?-5-5"]);
        check("2026–2027 оқу жылы", &["y2026", "y2027"]);
        check("2026-13-45", &["y2026", "13", "45"]);
    }

    #[test]
    fn a_number_in_a_word_is_not_bare() {
        let bare = |text: &str| stated(text).iter().map(|s| s.bare).collect::<Vec<_>>();
        assert_eq!(bare("8А 20-дан 20–30 (45) 45%."), [false, false, false, false, true, true]);
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "Үлес «46» пайыз, 1 қыркүйек 2026, by May 5, 2027";
        let cut: Vec<&str> =
            stated(text).iter().map(|s| text.get(s.range.clone()).unwrap()).collect();
        assert_eq!(cut, ["46", "1 қыркүйек 2026", "May 5, 2027"]);
    }
}
