//! Texts in the three languages of the school.

use crate::Text;

impl Text {
    /// A text in Kazakh, Russian and English.
    #[must_use]
    pub fn new(kk: impl Into<String>, ru: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kk: kk.into(), ru: ru.into(), en: en.into() }
    }

    /// The same text three times: right for names, codes and formulas.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { kk: text.clone(), ru: text.clone(), en: text }
    }

    /// The texts one behind the other, language by language.
    #[must_use]
    pub fn joined<'a>(texts: impl IntoIterator<Item = &'a Self>, between: &str) -> Self {
        let mut all: [Vec<&str>; 3] = Default::default();
        for text in texts {
            all[0].push(&text.kk);
            all[1].push(&text.ru);
            all[2].push(&text.en);
        }
        Self { kk: all[0].join(between), ru: all[1].join(between), en: all[2].join(between) }
    }

    /// True when there is no text in any language.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.kk.is_empty() && self.ru.is_empty() && self.en.is_empty()
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::same("")
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::same(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::same(text)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.kk == other.kk && self.ru == other.ru && self.en == other.en
    }
}

/// Reads `{"kk": …, "ru": …, "en": …}` as the plan has it: a language may be missing, and a plain text stands for all.
/// An empty language takes the first text that is there.
impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Written {
            Plain(String),
            Languages(Languages),
        }
        #[derive(serde::Deserialize)]
        #[serde(default)]
        #[derive(Default)]
        struct Languages {
            kk: String,
            ru: String,
            en: String,
        }
        Ok(match Written::deserialize(from)? {
            Written::Plain(text) => Self::same(text),
            Written::Languages(Languages { kk, ru, en }) => {
                let first = [&kk, &ru, &en].into_iter().find(|text| !text.is_empty());
                let first = first.cloned().unwrap_or_default();
                let or_first = |text: String| if text.is_empty() { first.clone() } else { text };
                Self { kk: or_first(kk), ru: or_first(ru), en: or_first(en) }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_language_without_text_takes_the_first_that_has_one() {
        let text: Text = serde_json::from_str(r#"{"ru": "Кадры", "kk": ""}"#).unwrap();
        assert!(text == Text::new("Кадры", "Кадры", "Кадры"));
        let text: Text = serde_json::from_str(r#""IFE""#).unwrap();
        assert!(text == Text::same("IFE"));
        let text: Text = serde_json::from_str("{}").unwrap();
        assert!(text.is_empty());
    }

    #[test]
    fn texts_are_joined_language_by_language() {
        let joined = Text::joined([&Text::new("а", "б", "c"), &Text::same("x")], ", ");
        assert!(joined == Text::new("а, x", "б, x", "c, x"));
    }
}
