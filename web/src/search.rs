//! Search: everything of the plan, by its words; whoever has no Kazakh letters on the keyboard finds it, too.

use jospar_locales::words::{Words, text_at};
use serde_json::Value;

use crate::view::context::name_at;

/// Things that a search shows.
pub(crate) const HITS_MAX: usize = 60;
/// Letters of a search.
const ASKED_MAX: usize = 200;
/// Words of a search.
const WORDS_MAX: usize = 8;
/// Letters shown before the word that was found, and behind it.
const AROUND: usize = 60;

/// A thing that was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Where it stands.
    pub(crate) path: String,
    /// What it is called.
    pub(crate) name: String,
    /// The text around the first word: before, the word, behind. Empty where the name says it.
    pub(crate) excerpt: [String; 3],
    /// How well it fits: less is better.
    rank: u8,
}

/// The words that are looked for.
#[derive(Debug)]
pub(crate) struct Wanted(Vec<Vec<char>>);

impl Wanted {
    /// The words of what a person typed; `None` if there are none.
    pub(crate) fn of(asked: &str) -> Option<Self> {
        let asked: String = asked.chars().take(ASKED_MAX).collect();
        let words = asked.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words: Vec<Vec<char>> =
            words.take(WORDS_MAX).map(|word| word.chars().map(lower).collect()).collect();
        (!words.is_empty()).then_some(Self(words))
    }
}

/// A letter in its small form, one for one, so that places in a text stay what they are.
fn lower(letter: char) -> char {
    let mut small = letter.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

/// A small letter as a keyboard without Kazakh letters has it.
const fn folded(letter: char) -> char {
    match letter {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        'ё' => 'е',
        other => other,
    }
}

/// Where a word begins in a text of small letters; `fold` compares without the Kazakh ones. Only beginnings of words count.
fn place_of(text: &[char], word: &[char], fold: bool) -> Option<usize> {
    let same = |a: char, b: char| a == b || (fold && folded(a) == folded(b));
    text.windows(word.len()).enumerate().find_map(|(place, window)| {
        let begins = place
            .checked_sub(1)
            .and_then(|before| text.get(before))
            .is_none_or(|c| !c.is_alphanumeric());
        let equal = window.iter().zip(word).all(|(a, b)| same(*a, *b));
        (begins && equal).then_some(place)
    })
}

/// What is found in `value`, which stands at `path`, and in everything inside that has a place of its own.
pub(crate) fn find(words: &Words, path: &str, value: &Value, wanted: &Wanted, hits: &mut Vec<Hit>) {
    let mut texts = Vec::new();
    own_texts(words, path, value, wanted, &mut texts, hits);
    if value.is_object() && !texts.is_empty() {
        hits.extend(hit(words, path, value, wanted, &texts));
    }
}

/// Collects a thing's texts; what has an id of its own is looked at for itself.
fn own_texts<'a>(
    words: &Words,
    path: &str,
    value: &'a Value,
    wanted: &Wanted,
    texts: &mut Vec<&'a str>,
    hits: &mut Vec<Hit>,
) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Object(members) => {
            for (member, inner) in members.iter().filter(|(member, _)| *member != "id") {
                own_texts(words, &format!("{path}/{member}"), inner, wanted, texts, hits);
            }
        }
        Value::Array(items) => {
            for item in items {
                match text_at(item, "/id") {
                    Some(id) => find(words, &format!("{path}/{id}"), item, wanted, hits),
                    None => own_texts(words, path, item, wanted, texts, hits),
                }
            }
        }
        _ => {}
    }
}

fn hit(words: &Words, path: &str, value: &Value, wanted: &Wanted, texts: &[&str]) -> Option<Hit> {
    let name = name_at(words, path, value);
    let small = |text: &str| -> Vec<char> { text.chars().map(lower).collect() };
    let called = small(&name);
    let all: Vec<Vec<char>> = texts.iter().map(|text| small(text)).collect();
    let within = |fold: bool, in_name: bool| {
        wanted.0.iter().all(|word| match in_name {
            true => place_of(&called, word, fold).is_some(),
            false => all.iter().any(|text| place_of(text, word, fold).is_some()),
        })
    };
    let ways = [(false, true), (true, true), (false, false), (true, false)];
    let rank = ways.into_iter().position(|(fold, in_name)| within(fold, in_name))?;
    let excerpt = match rank {
        0 | 1 => Default::default(),
        _ => wanted.0.first().map(|word| excerpt(texts, &all, word)).unwrap_or_default(),
    };
    Some(Hit { path: path.to_owned(), name, excerpt, rank: u8::try_from(rank).unwrap_or_default() })
}

fn excerpt(texts: &[&str], small: &[Vec<char>], word: &[char]) -> [String; 3] {
    let found = texts.iter().zip(small).find_map(|(text, small)| {
        let exact = place_of(small, word, false);
        Some((text, exact.or_else(|| place_of(small, word, true))?))
    });
    let Some((text, place)) = found else { return Default::default() };
    let letters: Vec<char> = text.chars().collect();
    let part = |from: usize, to: usize| -> String {
        letters.get(from..to.min(letters.len())).unwrap_or_default().iter().collect()
    };
    let from = place.saturating_sub(AROUND);
    let (end, to) = (place + word.len(), place + word.len() + AROUND);
    let before = part(from, place);
    let behind = part(end, to);
    [
        if from > 0 { format!("…{before}") } else { before },
        part(place, end),
        if to < letters.len() { format!("{behind}…") } else { behind },
    ]
}

/// The best first, as many as are shown; gives how many there were.
pub(crate) fn best(hits: &mut Vec<Hit>) -> usize {
    let count = hits.len();
    hits.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| a.path.cmp(&b.path)));
    hits.truncate(HITS_MAX);
    count
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use jospar_locales::Language;
    use serde_json::json;

    use super::*;

    fn found(value: &Value, asked: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        let words = Words::utc(Language::Kk);
        find(&words, "risks", value, &Wanted::of(asked).unwrap(), &mut hits);
        best(&mut hits);
        hits
    }

    #[test]
    fn words_are_found_with_and_without_kazakh_letters() {
        let value = json!([
            {"id": "a", "title": {"kk": "Қарсылық", "ru": "Сопротивление"}},
            {"id": "b", "title": {"kk": "Ресурс"}, "notes": "Мұғалімдердің қарсылығы"},
            {"id": "c", "title": {"kk": "Карсы"}},
        ]);
        let paths = |asked: &str| -> Vec<String> {
            found(&value, asked).into_iter().map(|hit| hit.path).collect()
        };
        assert_eq!(paths("қарс"), ["risks/a", "risks/c", "risks/b"]);
        assert_eq!(paths("карс"), ["risks/c", "risks/a", "risks/b"]);
        assert_eq!(paths("СОПРОТ"), ["risks/a"]);
        assert_eq!(paths("мугалим карсы"), ["risks/b"]);
        // The middle of a word is none, and every word has to be there.
        assert!(paths("сылық").is_empty() && paths("ресурс сопрот").is_empty());
    }

    #[test]
    fn the_text_around_a_word_is_cut_between_letters() {
        let long = format!("{} Әріптестер {}", "ә ".repeat(100), "ң ".repeat(100));
        let hits = found(&json!([{"id": "a", "title": "т", "text": long}]), "арипт");
        let [before, word, behind] = &hits[0].excerpt;
        assert_eq!(word, "Әріпт");
        assert!(before.starts_with('…') && behind.ends_with('…') && behind.starts_with("естер"));
    }

    #[test]
    fn things_inside_things_have_their_own_place() {
        let value = json!([{"id": "m1", "title": "Кездесу", "decisions": [{"id": "d1", "text": "Жоспарды әзірлеу"}]}]);
        assert_eq!(found(&value, "жоспар")[0].path, "risks/m1/decisions/d1");
        assert!(Wanted::of(" ,. ").is_none());
        assert_eq!(Wanted::of(&"а ".repeat(50)).unwrap().0.len(), WORDS_MAX);
    }
}
