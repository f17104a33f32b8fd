//! Words for what a plugin is answered: from the catalogue, in all three languages.

use std::sync::OnceLock;

use jospar_locales::{Catalogue, Language, Value};
use jospar_plugin_api::{Code, PluginError, Text};
use serde_json::{Map, Value as Json};

static CATALOGUES: OnceLock<[Catalogue; 3]> = OnceLock::new();

/// The message `key` in three languages; its values are texts or numbers.
pub(crate) fn text(key: &str, values: &[(&str, Value)]) -> Text {
    let [kk, ru, en] = CATALOGUES
        .get_or_init(|| [Language::Kk, Language::Ru, Language::En].map(Catalogue::new))
        .each_ref()
        .map(|catalogue| catalogue.text(key, values));
    let mut text = Text { kk, ru, en };
    text.clean();
    text
}

/// As [`text`], with the values of a fault.
pub(crate) fn of_values(key: &str, values: &Map<String, Json>) -> Text {
    let value = |value: &Json| match value {
        Json::String(text) => Value::Text(text.clone()),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or_default()),
        other => Value::Text(other.to_string()),
    };
    let values: Vec<(&str, Value)> =
        values.iter().map(|(name, given)| (name.as_str(), value(given))).collect();
    text(key, &values)
}

/// An answer that says no, about the thing of this name.
pub(crate) fn no(code: Code, key: &str, name: &str) -> PluginError {
    let name: String = name.chars().take(64).collect();
    PluginError { code, message: text(key, &[("name", name.into())]) }
}
