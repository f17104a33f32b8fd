//! Dropping documents for good, and which devices have followed.

use jospar_core::ids::DocumentId;
use jospar_core::plan::Kind;
use serde_json::{Value, json};

use super::answer::{Answer, Trouble};
use super::fault::{Fault, FaultKind};
use super::sections::{self, Names, Section};
use crate::handle::Turn;

pub(super) fn drop_document(turn: &mut Turn<'_>, text: &str, reason: &str) -> Answer {
    let document = meant(turn, text)?;
    turn.replica.drop_document(turn.storage, document, reason)?;
    let all = receipts(turn)?;
    let id = document.to_string();
    let mut receipt = all.into_iter().find(|receipt| receipt["document"] == id.as_str());
    if let Some(Value::Object(members)) = &mut receipt {
        members.insert("saved".to_owned(), Value::from(true));
    }
    Ok(receipt.unwrap_or_default())
}

/// The document that a person means: the path of one of several of a kind, or an id. The one document of a kind cannot
/// be dropped: nobody could ever write another.
fn meant(turn: &mut Turn<'_>, text: &str) -> Result<DocumentId, Trouble> {
    if let Ok(id) = text.parse::<DocumentId>() {
        let fits = Kind::from_byte(id.kind()).is_none_or(|kind| {
            matches!(kind, Kind::PluginPackage | Kind::File)
                || (kind.is_many() && !kind.is_internal())
        });
        let here = turn.replica.has_document(&id);
        return if fits && here { Ok(id) } else { Err(Fault::path_not_found(text).into()) };
    }
    match sections::find(turn, text)? {
        Section::Place { document, kind, path } if kind.is_many() && path.segments().is_empty() => {
            Ok(document)
        }
        _ => Err(Fault::new(FaultKind::Usage, "error-drop-part", json!({"path": text})).into()),
    }
}

/// What was dropped, and how far the members' devices have followed.
pub(super) fn receipts(turn: &mut Turn<'_>) -> Result<Vec<Value>, Trouble> {
    let names = Names::read(turn)?;
    let drops = turn.replica.drops(turn.storage)?;
    let told = drops.into_iter().map(|drop| {
        let missing: Vec<String> =
            drop.missing.iter().map(|device| names.of_device(turn, device)).collect();
        let part = Kind::from_byte(drop.document.kind()).map(Kind::name);
        json!({"document": drop.document.to_string(), "part": part, "reason": drop.reason,
               "devices": drop.done.len(), "of": drop.done.len() + missing.len(),
               "missing": missing})
    });
    Ok(told.collect())
}
