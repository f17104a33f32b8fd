//! Who is here: what a page says of its person, and what it is told of others.

use jospar_core::document::{Caret, CommandError, Document, Path};
use jospar_core::ids::DocumentId;
use jospar_core::plan::Kind;
use jospar_core::protocol::Place;
use jospar_core::replica::LoadError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Trouble};
use super::plan::parse_heads;
use super::sections::{self, Names, Section};
use crate::handle::Turn;

/// A caret as a page knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaretAt {
    /// The text's path.
    pub path: String,
    /// The heads that the page has the text of.
    pub heads: Vec<String>,
    /// How many UTF-16 units of that text stand before the caret.
    pub at: u32,
}

/// Answers [`super::Request::Here`].
pub(super) fn here(
    turn: &mut Turn<'_>,
    slot: u32,
    page: Option<String>,
    caret: Option<&CaretAt>,
) -> Answer {
    let moment = turn.moment;
    let Some(page) = page else {
        turn.replica.say_presence(&moment, slot, None);
        return Ok(json!({}));
    };
    let page = if names_sealed(&page) { String::new() } else { page };
    let caret = match caret {
        Some(caret) if !page.is_empty() => standing(turn, caret)?,
        _ => None,
    };
    // What does not fit into a datagram is not said at all.
    let place = Place { page, caret };
    let place = if place.is_plain() { place } else { Place::default() };
    turn.replica.say_presence(&moment, slot, Some(place));
    Ok(json!({}))
}

/// True if an address is about what only some may read: that somebody is there is nobody's business.
fn names_sealed(page: &str) -> bool {
    let sealed = |part: &str| {
        Kind::ALL.into_iter().any(|kind| kind.is_sealed() && kind.section() == Some(part))
    };
    page.split(['/', '?', '&', '=']).any(sealed)
}

/// The document and the place in it of a text that carets are told of; none where there is no such text, or where it is
/// sealed.
fn text_at(turn: &mut Turn<'_>, text: &str) -> Option<(DocumentId, Path)> {
    match sections::find(turn, text) {
        Ok(Section::Place { document, kind, path }) if !kind.is_sealed() => Some((document, path)),
        _ => None,
    }
}

/// What a document that is here says of a caret; none where it turns out to be sealed.
fn asked<T>(
    turn: &mut Turn<'_>,
    document: DocumentId,
    ask: impl FnOnce(&Document) -> Result<T, CommandError>,
) -> Result<Option<T>, Trouble> {
    match turn.replica.document(turn.storage, document) {
        Err(LoadError::Sealed(_)) => Ok(None),
        document => Ok(ask(document?).ok()),
    }
}

/// The caret at its letter.
fn standing(turn: &mut Turn<'_>, at: &CaretAt) -> Result<Option<(String, Caret)>, Trouble> {
    let Some((document, path)) = text_at(turn, &at.path) else { return Ok(None) };
    let Ok(base) = parse_heads(&at.heads) else { return Ok(None) };
    let caret = match turn.replica.has_document(&document) {
        true => asked(turn, document, |document| document.caret(&path, &base, at.at))?,
        false => Some(Caret { at: at.at, letter: None }),
    };
    Ok(caret.map(|caret| (at.path.clone(), caret)))
}

/// Answers [`super::Request::Company`].
pub(super) fn company(turn: &mut Turn<'_>) -> Answer {
    let here: Vec<_> = turn
        .replica
        .company()
        .people()
        .map(|(device, slot, place)| (device, slot, place.clone()))
        .collect();
    if here.is_empty() {
        return Ok(json!({"people": []}));
    }
    let names = Names::read(turn)?;
    let own = turn.replica.device();
    let mut people = Vec::new();
    for (device, slot, place) in here {
        let caret = match &place.caret {
            Some((path, caret)) => found(turn, path, caret)?,
            None => None,
        };
        people.push(json!({
            "device": device.to_string(), "slot": slot, "own": device == own,
            "name": names.of_device(turn, &device), "page": place.page, "caret": caret,
        }));
    }
    Ok(json!({"people": people}))
}

/// Where a caret stands now: `{path, at}`.
fn found(turn: &mut Turn<'_>, text: &str, caret: &Caret) -> Result<Option<Value>, Trouble> {
    let Some((document, path)) = text_at(turn, text) else { return Ok(None) };
    if !turn.replica.has_document(&document) {
        return Ok(None);
    }
    let place = asked(turn, document, |document| document.caret_place(&path, caret))?;
    Ok(place.map(|at| json!({"path": text, "at": at})))
}

#[cfg(test)]
mod tests {
    use super::names_sealed;

    #[test]
    fn pages_of_what_is_sealed_are_not_named() {
        assert!(names_sealed("/plan/reflections/rf1") && names_sealed("/sheet/learner_results/l1"));
        assert!(names_sealed("/plan/mentoring/m1?open=reflections/rf1"));
        assert!(!names_sealed("/page/mentoring") && !names_sealed("/plan/surveys/s1"));
    }
}
