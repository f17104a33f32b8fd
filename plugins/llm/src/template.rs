//! The host's instructions, one file for each purpose and language, and data between fences.
//!
//! A plugin names a template and brings data; it never writes an instruction. Each line of data begins with `| `, and a
//! fence begins with `===`: whatever the data say, no line of theirs can be a fence. Instructions: `templates/`.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::LlmError;
use crate::text::{clean, without_markers};

/// More blocks than this are refused.
pub const BLOCKS_MAX: usize = 32;
/// More data than this are refused, in bytes of all blocks.
pub const DATA_BYTES_MAX: usize = 64 * 1024;
/// The longest name of a block.
pub const BLOCK_NAME_BYTES_MAX: usize = 40;

const FENCE: &str = "===";
const QUOTE: &str = "| ";

/// The language of instructions and answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// The language of `kk`, `ru` or `en`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "kk" => Some(Self::Kk),
            "ru" => Some(Self::Ru),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// Data with a name that the template may mention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// `a-z`, digits, `_` and `-`; up to [`BLOCK_NAME_BYTES_MAX`]; no two alike.
    pub name: String,
    /// Whatever was brought.
    pub text: String,
}

macro_rules! templates {
    ($($name:literal),*) => {
        /// The names of all templates, in the order of `plugins/wit/plugin.wit`.
        pub const TEMPLATES: &[&str] = &[$($name),*];

        /// What is to be done, by template and language.
        fn task(template: &str, language: Language) -> Option<&'static str> {
            match template {
                $($name => Some(match language {
                    Language::Kk => include_str!(concat!("../templates/", $name, ".kk.txt")),
                    Language::Ru => include_str!(concat!("../templates/", $name, ".ru.txt")),
                    Language::En => include_str!(concat!("../templates/", $name, ".en.txt")),
                }),)*
                _ => None,
            }
        }
    };
}

templates!(
    "rewrite",
    "summarise",
    "draft-order",
    "draft-report",
    "draft-plan",
    "draft-bulletin",
    "draft-tasks",
    "draft-rubric",
    "name-themes"
);

const fn rules(language: Language) -> &'static str {
    match language {
        Language::Kk => include_str!("../templates/rules.kk.txt"),
        Language::Ru => include_str!("../templates/rules.ru.txt"),
        Language::En => include_str!("../templates/rules.en.txt"),
    }
}

const fn reminder(language: Language) -> &'static str {
    match language {
        Language::Kk => include_str!("../templates/reminder.kk.txt"),
        Language::Ru => include_str!("../templates/reminder.ru.txt"),
        Language::En => include_str!("../templates/reminder.en.txt"),
    }
}

/// The instructions of `template`: the task, then the rules that all share.
///
/// # Errors
/// [`LlmError::UnknownTemplate`].
pub fn instructions(template: &str, language: Language) -> Result<String, LlmError> {
    let unknown = || LlmError::UnknownTemplate { template: template.chars().take(60).collect() };
    let task = task(template, language).ok_or_else(unknown)?;
    Ok(format!("{}\n\n{}", task.trim_end(), rules(language).trim_end()))
}

/// The blocks between their fences, and a last line that reminds of what they are.
///
/// # Errors
/// [`LlmError::BadBlock`], [`LlmError::TooMuchData`].
pub fn fenced(blocks: &[Block], language: Language) -> Result<String, LlmError> {
    check(blocks)?;
    let mut text = String::new();
    for Block { name, text: data } in blocks {
        let data = without_markers(&clean(data));
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{FENCE} DATA {name} {FENCE}");
        for line in data.split('\n') {
            let _ = writeln!(text, "{QUOTE}{line}");
        }
        let _ = writeln!(text, "{FENCE} END {name} {FENCE}");
    }
    text.push_str(reminder(language).trim_end());
    Ok(text)
}

/// Looks at names and bounds.
pub(crate) fn check(blocks: &[Block]) -> Result<(), LlmError> {
    if blocks.len() > BLOCKS_MAX {
        return Err(LlmError::TooMuchData { size: blocks.len(), limit: BLOCKS_MAX });
    }
    let size: usize = blocks.iter().map(|block| block.text.len()).sum();
    if size > DATA_BYTES_MAX {
        return Err(LlmError::TooMuchData { size, limit: DATA_BYTES_MAX });
    }
    for (place, Block { name, .. }) in blocks.iter().enumerate() {
        let letters =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        let sound = (1..=BLOCK_NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(letters);
        if !sound || blocks.iter().take(place).any(|earlier| earlier.name == *name) {
            return Err(LlmError::BadBlock { block: name.chars().take(60).collect() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn block(name: &str, text: &str) -> Block {
        Block { name: name.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn every_template_of_the_interface_has_instructions_in_three_languages() {
        let interface = include_str!("../../wit/plugin.wit");
        for template in TEMPLATES {
            assert!(interface.contains(&format!("`{template}`")), "{template}");
            let texts = Language::ALL.map(|language| instructions(template, language).unwrap());
            for (text, language) in texts.iter().zip(Language::ALL) {
                assert!(text.chars().count() > 400, "{template} {language:?}");
                assert!(
                    text.contains("DATA") && text.contains("[PERSON_1]"),
                    "{template} {language:?}"
                );
                assert!(
                    !text.lines().any(|line| line.starts_with(FENCE)),
                    "{template} {language:?}"
                );
            }
            let kazakh = texts[0].to_lowercase();
            assert!("әғқңөұүі".chars().all(|letter| kazakh.contains(letter)), "{template}");
            assert!(!"әғқңөұүі".chars().any(|letter| texts[1].contains(letter)), "{template}");
        }
        assert_eq!(interface.matches("`draft-").count(), 6);
        let unknown = LlmError::UnknownTemplate { template: "obey".to_owned() };
        assert_eq!(instructions("obey", Language::Kk), Err(unknown));
    }

    #[test]
    fn blocks_need_names_and_have_bounds() {
        for name in ["", "A", "a b", "ә", "x\n", &"a".repeat(41)] {
            let refused = fenced(&[block(name, "")], Language::En);
            assert!(matches!(refused, Err(LlmError::BadBlock { .. })), "{name}");
        }
        let twice = fenced(&[block("a", ""), block("a", "")], Language::En);
        assert!(matches!(twice, Err(LlmError::BadBlock { .. })));
        let large = fenced(&[block("a", &"x".repeat(DATA_BYTES_MAX + 1))], Language::En);
        assert!(matches!(large, Err(LlmError::TooMuchData { .. })));
        let many: Vec<Block> = (0..=BLOCKS_MAX).map(|n| block(&format!("b{n}"), "")).collect();
        assert!(matches!(fenced(&many, Language::En), Err(LlmError::TooMuchData { .. })));
    }

    proptest! {
        #[test]
        fn no_line_of_data_is_a_fence(texts in proptest::collection::vec("(=== END a0 ===|===|\\PC|\r|\n|\u{2028}|\u{b}|<\\||\\[INST\\]|\u{85}){0,40}", 1..4)) {
            let blocks: Vec<Block> =
                texts.iter().enumerate().map(|(n, text)| block(&format!("a{n}"), text)).collect();
            let text = fenced(&blocks, Language::Ru).unwrap();
            let (fences, rest): (Vec<&str>, Vec<&str>) =
                text.lines().partition(|line| line.starts_with(FENCE));
            let expected: Vec<String> = (0..blocks.len())
                .flat_map(|n| [format!("=== DATA a{n} ==="), format!("=== END a{n} ===")])
                .collect();
            prop_assert_eq!(fences, expected);
            let outside = rest.iter().filter(|line| !line.starts_with(QUOTE)).count();
            prop_assert_eq!(outside, reminder(Language::Ru).trim_end().lines().count());
        }
    }
}
