//! Words of a text in a form in which spellings of one word are equal, and the endings that words take.
//!
//! Folded away are case, Kazakh letters typed on a Russian keyboard (`Айгул` for `Айгүл`), letters of another alphabet that
//! look the same, combining marks, and characters without width. Tables: `data/letters.txt`, `data/endings.txt`.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

/// A word has at most so many endings behind its stem.
const ENDINGS_MAX: usize = 5;
/// All endings of a word together have at most so many letters.
const ENDING_CHARS_MAX: usize = 16;

static LETTERS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let pair = |line: &str| {
        let (from, to) = line.split_once(' ')?;
        Some((from.chars().next()?, to.chars().next()?))
    };
    let mut letters: Vec<(char, char)> =
        include_str!("../data/letters.txt").lines().filter_map(pair).collect();
    letters.sort_unstable();
    letters
});

static ENDINGS: LazyLock<BTreeSet<Vec<char>>> =
    LazyLock::new(|| include_str!("../data/endings.txt").split_whitespace().map(folded).collect());

static ORDINARY: LazyLock<BTreeSet<Vec<char>>> =
    LazyLock::new(|| include_str!("../data/ordinary.txt").lines().map(folded).collect());

/// A run of letters. A capital letter behind a small one begins a new word: `АйгүлОмарова` is two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Where it stands, in bytes.
    pub(crate) range: Range<usize>,
    /// Its letters, folded.
    pub(crate) folded: Vec<char>,
    /// Where each of them ends in the text, in bytes.
    pub(crate) ends: Vec<usize>,
    /// Whether the first is a capital letter.
    pub(crate) is_capital: bool,
}

/// The words of `text`, in their order.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    let mut was_small = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let last = words.last_mut().filter(|_| open);
        if is_absorbed(c) {
            if let Some(word) = last {
                word.range.end = end;
                if let Some(last) = word.ends.last_mut() {
                    *last = end;
                }
            }
            continue;
        }
        if !c.is_alphabetic() {
            open = false;
            continue;
        }
        match last.filter(|_| !(was_small && c.is_uppercase())) {
            Some(word) => {
                word.range.end = end;
                word.folded.push(fold(c));
                word.ends.push(end);
            }
            None => words.push(Word {
                range: at..end,
                folded: vec![fold(c)],
                ends: vec![end],
                is_capital: c.is_uppercase(),
            }),
        }
        open = true;
        was_small = c.is_lowercase();
    }
    words
}

/// The letters of `text`, folded, in one row.
pub(crate) fn folded(text: &str) -> Vec<char> {
    text.chars().filter(|c| !is_absorbed(*c) && c.is_alphabetic()).map(fold).collect()
}

/// Whether `rest` is nothing, or endings one behind the other.
pub(crate) fn is_endings(rest: &[char]) -> bool {
    if rest.len() > ENDING_CHARS_MAX {
        return false;
    }
    // How few endings reach each place.
    let mut fewest = vec![usize::MAX; rest.len() + 1];
    if let Some(first) = fewest.first_mut() {
        *first = 0;
    }
    for from in 0..rest.len() {
        let Some(count) = fewest.get(from).copied().filter(|count| *count < ENDINGS_MAX) else {
            continue;
        };
        for to in from + 1..=rest.len() {
            let known = rest.get(from..to).is_some_and(|ending| ENDINGS.contains(ending));
            if let Some(reached) = fewest.get_mut(to).filter(|_| known) {
                *reached = (*reached).min(count + 1);
            }
        }
    }
    fewest.last().is_some_and(|count| *count <= ENDINGS_MAX)
}

/// Whether a folded word is also an ordinary one: a name only where it has a capital letter.
pub(crate) fn is_ordinary(word: &[char]) -> bool {
    ORDINARY.contains(word)
}

/// Whether a folded letter is a vowel, or a letter that falls away like one: а е и о у ы э ю я ь.
pub(crate) fn falls(c: char) -> bool {
    static FALLING: LazyLock<Vec<char>> = LazyLock::new(|| {
        "\u{430}\u{435}\u{438}\u{43e}\u{443}\u{44b}\u{44d}\u{44e}\u{44f}\u{44c}".chars().collect()
    });
    FALLING.contains(&c)
}

fn fold(c: char) -> char {
    let small = c.to_lowercase().next().unwrap_or(c);
    let found = LETTERS.binary_search_by_key(&small, |(from, _)| *from);
    found.ok().and_then(|at| LETTERS.get(at)).map_or(small, |(_, to)| *to)
}

/// Combining marks, and characters that nobody sees.
fn is_absorbed(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    #[test]
    fn spellings_of_a_word_are_equal() {
        for other in ["АЙГҮЛ", "Айгул", "Аи\u{306}гүл", "Айг\u{ad}үл", "Aйгүл"]
        {
            assert_eq!(folded(other), folded("айгүл"), "{other}");
        }
        assert_ne!(folded("Айгүл"), folded("Айгерім"));
    }

    #[test]
    fn words_end_where_the_alphabet_or_the_case_says_so() {
        let cut = |text: &str| -> Vec<String> {
            words(text).into_iter().map(|word| text[word.range].to_owned()).collect()
        };
        assert_eq!(cut("АйгүлОмарова, а.б_в2г!"), ["Айгүл", "Омарова", "а", "б", "в", "г"]);
        assert_eq!(cut(""), Vec::<String>::new());
    }

    #[test]
    fn endings_are_those_of_kazakh_and_russian() {
        let ending = |text: &str| is_endings(&folded(text));
        for text in ["", "тың", "қа", "лардың", "дікі", "а", "ой", "ыми", "тарымыздан", "жанға"]
        {
            assert!(ending(text), "{text}");
        }
        for text in ["тестік", "xyz", "нұр", "лыққа", "арараarara"] {
            assert!(!ending(text), "{text}");
        }
    }
}
