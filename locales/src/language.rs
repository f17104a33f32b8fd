//! The languages of the catalogue and how one is chosen.

use std::fmt;
use std::str::FromStr;

/// A language that the catalogue is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Kazakh: what a person gets who asked for nothing.
    #[default]
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

/// The text names none of the languages `kk`, `ru`, `en`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageError(
    /// The text that was given, at most 40 characters of it.
    pub String,
);

impl Language {
    /// All languages, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// The two-letter code: `kk`, `ru`, `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language's own name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let line = self.source().lines().find_map(|line| line.strip_prefix("language-name = "));
        line.unwrap_or(self.code())
    }

    /// Chooses by `JOSPAR_LANG`, then `LC_ALL`, `LC_MESSAGES` and `LANG`, each read through `lookup`.
    ///
    /// A variable that is empty or names no language of the catalogue is passed over. Kazakh if none decides.
    pub fn from_environment(lookup: impl Fn(&str) -> Option<String>) -> Self {
        ["JOSPAR_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(lookup)
            .find_map(|text| text.parse().ok())
            .unwrap_or_default()
    }

    pub(crate) const fn source(self) -> &'static str {
        match self {
            Self::Kk => include_str!("../kk.ftl"),
            Self::Ru => include_str!("../ru.ftl"),
            Self::En => include_str!("../en.ftl"),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    /// Reads `kk`, and also a locale's name such as `kk_KZ.UTF-8`.
    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let code = text.split(['_', '-', '.', '@']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(code))
            .ok_or_else(|| LanguageError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for LanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a language kk, ru or en was expected, not {:?}", self.0)
    }
}

impl std::error::Error for LanguageError {}
