//! The recovery sheet: 24 words on paper that stand for a key.
//!
//! The words are those of [`crate::keys::words`], one for a byte: 22 random bytes and 2 that check them. The key's seed
//! is derived from the 22 bytes (docs/protocol.md, section 4).

use ed25519_dalek::SigningKey;

use crate::keys::WORDS;

/// How many words a sheet has.
pub const SHEET_WORDS: usize = 24;

const SECRET_BYTES: usize = 22;
const CHECK_CONTEXT: &str = "jospar recovery sheet check 1";
const SEED_CONTEXT: &str = "jospar recovery sheet 1";

/// Why words are not a sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// There are not [`SHEET_WORDS`] of them.
    #[error("{0} words instead of {SHEET_WORDS}")]
    Count(usize),
    /// One is not in the list.
    #[error("word {number} ({word:?}) is not in the list")]
    Word {
        /// Which, from 1.
        number: usize,
        /// The word, at most 40 characters of it.
        word: String,
    },
    /// All are in the list, and one or more are not those of the sheet.
    #[error("the words do not fit together")]
    Check,
}

/// A new sheet's words.
///
/// # Errors
/// The operating system gave no random bytes.
pub fn draft() -> Result<Vec<&'static str>, getrandom::Error> {
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret)?;
    Ok(words_of(&secret))
}

fn words_of(secret: &[u8; SECRET_BYTES]) -> Vec<&'static str> {
    let list: Vec<&str> = WORDS.lines().collect();
    let bytes = secret.iter().chain(&check_of(secret)).copied().collect::<Vec<u8>>();
    bytes.iter().filter_map(|byte| list.get(usize::from(*byte)).copied()).collect()
}

fn check_of(secret: &[u8; SECRET_BYTES]) -> [u8; 2] {
    let [first, second, ..] = blake3::derive_key(CHECK_CONTEXT, secret);
    [first, second]
}

/// The key of a sheet, from its words with anything but letters between them.
///
/// # Errors
/// [`SheetError`] says which word to look at again.
pub fn key_of(words: &str) -> Result<SigningKey, SheetError> {
    let words: Vec<String> = words
        .split(|letter: char| !letter.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.len() != SHEET_WORDS {
        return Err(SheetError::Count(words.len()));
    }
    let mut bytes = Vec::with_capacity(SHEET_WORDS);
    for (index, word) in words.iter().enumerate() {
        let place = WORDS.lines().position(|known| known == word);
        let byte = place.and_then(|place| u8::try_from(place).ok());
        let unknown =
            || SheetError::Word { number: index + 1, word: word.chars().take(40).collect() };
        bytes.push(byte.ok_or_else(unknown)?);
    }
    let (secret, check) = bytes.split_at(SECRET_BYTES);
    let secret = <[u8; SECRET_BYTES]>::try_from(secret).map_err(|_| SheetError::Check)?;
    if check != check_of(&secret) {
        return Err(SheetError::Check);
    }
    Ok(SigningKey::from_bytes(&blake3::derive_key(SEED_CONTEXT, &secret)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_sheet_gives_its_key_however_it_is_typed() {
        let words = draft().unwrap();
        assert_eq!(words.len(), SHEET_WORDS);
        let key = key_of(&words.join(" ")).unwrap();
        let numbered: Vec<String> =
            words.iter().enumerate().map(|(n, word)| format!("{}. {word}", n + 1)).collect();
        assert_eq!(key_of(&numbered.join("\n").to_uppercase()).unwrap(), key);
        assert_ne!(key_of(&draft().unwrap().join(" ")).unwrap(), key);
    }

    #[test]
    fn a_word_that_was_misread_is_noticed() {
        let words = words_of(&[7; SECRET_BYTES]);
        assert_eq!(key_of(&words[1..].join(" ")), Err(SheetError::Count(SHEET_WORDS - 1)));
        let mut wrong = words.clone();
        wrong[3] = "qwerty";
        let expected = SheetError::Word { number: 4, word: "qwerty".into() };
        assert_eq!(key_of(&wrong.join(" ")), Err(expected));
        for place in 0..SHEET_WORDS {
            for word in WORDS.lines().filter(|word| *word != words[place]) {
                let mut wrong = words.clone();
                wrong[place] = word;
                assert_eq!(key_of(&wrong.join(" ")), Err(SheetError::Check), "word {place}");
            }
        }
    }

    #[test]
    fn the_key_of_a_sheet_never_changes() {
        let key = key_of(&words_of(&[7; SECRET_BYTES]).join(" ")).unwrap();
        let public = key.verifying_key().to_bytes();
        assert_eq!(blake3::hash(&public).to_hex().as_str().get(..8), Some("ff4058c4"));
    }
}
