//! A text in the three languages of the school, and what is taken out of texts that strangers wrote.

use serde::{Deserialize, Serialize};

/// One text in Kazakh, Russian and English. A name or a formula is the same text three times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// In Kazakh.
    pub kk: String,
    /// In Russian.
    pub ru: String,
    /// In English.
    pub en: String,
}

impl Text {
    /// The same text in all three languages.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self { kk: text.to_owned(), ru: text.to_owned(), en: text.to_owned() }
    }

    /// The text in a language, `kk`, `ru` or `en`; an empty one is stood in for by the next of Kazakh, Russian, English.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        let asked = match language {
            "ru" => &self.ru,
            "en" => &self.en,
            _ => &self.kk,
        };
        let found = [asked, &self.kk, &self.ru, &self.en].into_iter().find(|text| !text.is_empty());
        found.map_or("", String::as_str)
    }

    /// The three texts.
    pub fn all(&self) -> [&str; 3] {
        [&self.kk, &self.ru, &self.en]
    }

    /// Bytes of all three together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.all().into_iter().map(str::len).fold(0, usize::saturating_add)
    }

    /// Takes out what [`clean`] takes out.
    pub fn clean(&mut self) {
        for text in [&mut self.kk, &mut self.ru, &mut self.en] {
            clean(text);
        }
    }
}

/// Takes out what could act on a terminal or turn the order of letters around: control characters but for a line's end
/// and a tab, and Unicode's marks of direction.
pub fn clean(text: &mut String) {
    // Most texts have no byte that such a character begins with, and looking at bytes is much faster.
    if text.bytes().any(may_begin_unwanted) && text.chars().any(is_unwanted) {
        text.retain(|c| !is_unwanted(c));
    }
}

/// Control characters are below U+0020, U+007F, or begin with C2; marks of direction begin with D8 or E2 (UTF-8).
const fn may_begin_unwanted(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\n' && byte != b'\t') || matches!(byte, 0x7f | 0xc2 | 0xd8 | 0xe2)
}

/// U+061C, U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069 set a direction (Unicode Standard Annex 9).
fn is_unwanted(c: char) -> bool {
    let directs = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    directs || c.is_control() && c != '\n' && c != '\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_marks_of_direction_are_taken_out_and_letters_stay() {
        let mut text = Text::same("Қала\u{1b}[31m\u{202e} ӘҢ\r\n\ttab\u{9b}\u{0}");
        text.clean();
        assert_eq!(text, Text::same("Қала[31m ӘҢ\n\ttab"));
    }

    #[test]
    fn every_unwanted_character_is_noticed_by_its_first_byte() {
        for character in ('\0'..=char::MAX).filter(|character| is_unwanted(*character)) {
            let mut text = character.to_string();
            assert!(text.bytes().any(may_begin_unwanted), "{character:?}");
            clean(&mut text);
            assert_eq!(text, "");
        }
    }

    #[test]
    fn a_missing_language_is_stood_in_for() {
        let text = Text { ru: "да".into(), ..Text::default() };
        assert_eq!([text.in_language("en"), text.in_language("kk")], ["да", "да"]);
        assert_eq!(Text::default().in_language("en"), "");
        assert_eq!(Text::same("а").bytes(), 6);
    }
}
