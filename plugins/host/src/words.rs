//! Words for what a guest is answered and what is said of its runs: from the catalogue, in all three languages.

use std::sync::OnceLock;

use jospar_locales::{Catalogue, Language, Value};
use jospar_plugin_api::Text;
use serde_json::{Map, Value as Json};

static KAZAKH: OnceLock<Catalogue> = OnceLock::new();
static RUSSIAN: OnceLock<Catalogue> = OnceLock::new();
static ENGLISH: OnceLock<Catalogue> = OnceLock::new();

/// The message of the catalogue with this key and its values, texts and numbers, without control characters.
#[must_use]
pub fn words(key: &str, values: &Map<String, Json>) -> Text {
    let values: Vec<(&str, Value)> = values
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Json::String(text) => Value::Text(text.clone()),
                Json::Number(number) => match number.as_i64() {
                    Some(number) => Value::Integer(number),
                    None => Value::Number(number.as_f64().unwrap_or_default()),
                },
                other => Value::Text(other.to_string()),
            };
            (name.as_str(), value)
        })
        .collect();
    let text = |place: &OnceLock<Catalogue>, language| {
        place.get_or_init(|| Catalogue::new(language)).text(key, &values)
    };
    let mut text = Text {
        kk: text(&KAZAKH, Language::Kk),
        ru: text(&RUSSIAN, Language::Ru),
        en: text(&ENGLISH, Language::En),
    };
    text.clean();
    text
}
