//! What a capability allows, in words.

use jospar_core::plan::Kind;
use jospar_locales::words::{Words, text_or_empty};
use serde_json::Value;

/// A need of [`crate::Library::show`] or [`crate::Prepared::to_json`] in the reader's words: `read the part “Risks” of
/// the plan`.
#[must_use]
pub fn need_words(words: &Words, need: &Value) -> String {
    let what = text_or_empty(need, "/what");
    let part = |kind: &&Kind| kind.section().unwrap_or(kind.name()) == what;
    let kind = Kind::ALL.iter().find(part).map(|kind| words.named("kind", kind.name()));
    let name = kind.unwrap_or_else(|| words.named("field", what));
    words.with(text_or_empty(need, "/key"), "what", &name)
}
