//! Words for what a plugin is answered: from the catalogue, in all three languages.

use std::sync::OnceLock;

use jospar_locales::{Catalogue, Language, Value};
use jospar_plugin_api::{Code, PluginError, Text};

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

/// An answer that says no, about the thing of this name.
pub(crate) fn no(code: Code, key: &str, name: &str) -> PluginError {
    let name: String = name.chars().take(64).collect();
    PluginError { code, message: text(key, &[("name", name.into())]) }
}
