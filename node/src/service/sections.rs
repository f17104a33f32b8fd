//! Parts: from the paths that people write to documents and places in them, and back; and who is who.

use std::collections::BTreeMap;

use jospar_core::document::{Command, Path, VALUE_CHARS_MAX};
use jospar_core::ids::{DeviceId, DocumentId, PersonId};
use jospar_core::plan::Kind;
use jospar_core::replica::LoadError;
use jospar_core::storage::StorageError;
use serde_json::{Value, json};

use super::answer::Trouble;
use super::fault::{Fault, FaultKind};
use super::years;
use crate::handle::Turn;
use crate::keys::words;

/// A place that a person's path names.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Section {
    /// The list of documents of a kind with many.
    Documents(Kind),
    /// A place in a document.
    Place { document: DocumentId, kind: Kind, path: Path },
}

/// Reads a person's path.
pub(super) fn find(turn: &mut Turn<'_>, text: &str) -> Result<Section, Trouble> {
    let path: Path = text.parse().map_err(|_| {
        Fault::new(FaultKind::Usage, "error-path-unreadable", json!({"path": text}))
    })?;
    let Some((first, rest)) = path.segments().split_first() else {
        return Err(Fault::path_not_found(text).into());
    };
    let mut kinds = Kind::ALL.into_iter().filter(|kind| !kind.is_internal());
    if let Some(kind) = kinds.find(|kind| kind.section() == Some(first.as_str())) {
        let Some((id, rest)) = rest.split_first() else { return Ok(Section::Documents(kind)) };
        let found = documents_of(turn, kind)?.into_iter().find(|(_, known, _)| known == id);
        let (document, ..) = found.ok_or_else(|| Fault::path_not_found(text))?;
        return Ok(Section::Place { document, kind, path: Path::from(rest.to_vec()) });
    }
    let holds = |kind: &Kind| kind.schema().fields.iter().any(|field| field.name == first);
    let single = |kind: &Kind| !kind.is_many() && !kind.is_internal();
    match Kind::ALL.into_iter().filter(single).find(holds) {
        Some(kind) => {
            let document = DocumentId::singleton(&turn.replica.workspace(), kind.byte());
            Ok(Section::Place { document, kind, path })
        }
        None => Err(Fault::path_not_found(text).into()),
    }
}

/// A place in a document, for requests that need one.
pub(super) fn place(turn: &mut Turn<'_>, text: &str) -> Result<(DocumentId, Path), Trouble> {
    match find(turn, text)? {
        Section::Place { document, path, .. } => Ok((document, path)),
        Section::Documents(_) => Err(wrong_command(text).into()),
    }
}

/// The path names a list of documents where a place in one is needed.
pub(super) fn wrong_command(path: &str) -> Fault {
    let values = json!({"path": path, "command": "jospar show"});
    Fault::new(FaultKind::Usage, "error-wrong-command", values)
}

/// An id for what is added to the list at a path; `salt` is another for each addition of a turn.
pub(super) fn made_up_id(turn: &Turn<'_>, path: &str, salt: &str) -> String {
    let bytes: [u8; 4] = turn.moment.bytes(salt);
    let letters: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let start: String = path.rsplit('/').next().unwrap_or("").chars().take(2).collect();
    format!("{start}-{letters}")
}

/// How many documents of a kind with many there are.
///
/// # Errors
/// A fault if one of them has this id.
pub(super) fn count_others(turn: &mut Turn<'_>, kind: Kind, id: &str) -> Result<usize, Trouble> {
    let others = documents_of(turn, kind)?;
    if others.iter().any(|(_, known, _)| known == id) {
        return Err(Fault::new(FaultKind::Usage, "error-item-exists", json!({"id": id})).into());
    }
    Ok(others.len())
}

/// The documents of a kind with their ids among people and their views, in their order. One that is sealed for others
/// goes by its document's id, as does one whose own id was taken back; its view says no more than that. The view of one
/// that was taken back whole is empty.
pub(super) fn documents_of(
    turn: &mut Turn<'_>,
    kind: Kind,
) -> Result<Vec<(DocumentId, String, Value)>, Trouble> {
    let of_kind = |id: &DocumentId| id.kind() == kind.byte();
    let all: Vec<DocumentId> =
        turn.replica.documents().map(|(id, _)| *id).filter(of_kind).collect();
    let mut documents = Vec::new();
    for document in all {
        let mut view = match turn.replica.view(turn.storage, document) {
            Err(LoadError::Sealed(_)) => json!({"sealed": true}),
            view => view?,
        };
        let known = view.get("id").and_then(Value::as_str).map(str::to_owned);
        let id = known.unwrap_or_else(|| document.to_string());
        match &mut view {
            Value::Object(members) if !members.is_empty() => {
                members.insert("id".to_owned(), Value::from(id.as_str()));
            }
            _ => {}
        }
        documents.push((document, id, view));
    }
    let order = |view: &Value| view.get("order").and_then(Value::as_f64).unwrap_or(f64::MAX);
    documents.sort_by(|a, b| order(&a.2).total_cmp(&order(&b.2)).then_with(|| a.1.cmp(&b.1)));
    Ok(documents)
}

/// The documents of known kinds that people write and that this device can read.
pub(super) fn open_documents(turn: &mut Turn<'_>) -> Result<Vec<DocumentId>, Trouble> {
    let known =
        |id: &DocumentId| Kind::from_byte(id.kind()).is_some_and(|kind| !kind.is_internal());
    let all: Vec<DocumentId> = turn.replica.documents().map(|(id, _)| *id).filter(known).collect();
    let mut open = Vec::new();
    for id in all {
        match turn.replica.document(turn.storage, id) {
            Ok(_) => open.push(id),
            Err(LoadError::Sealed(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(open)
}

/// The view of every document of the plan that this version knows: nothing that is sealed, nor of a past year.
pub(super) fn all_views(turn: &mut Turn<'_>) -> Result<Vec<(DocumentId, Kind, Value)>, Trouble> {
    let known = |id: &DocumentId| Kind::from_byte(id.kind()).map(|kind| (*id, kind));
    let past = years::past(turn)?;
    let of_plan = |(id, kind): &(DocumentId, Kind)| {
        !kind.is_sealed() && !kind.is_internal() && !past.contains(id)
    };
    let all: Vec<(DocumentId, Kind)> =
        turn.replica.documents().filter_map(|(id, _)| known(id)).filter(of_plan).collect();
    let mut views = Vec::new();
    for (id, kind) in all {
        views.push((id, kind, turn.replica.view(turn.storage, id)?));
    }
    Ok(views)
}

/// A place in a document as the path that a person would write.
pub(super) fn written(
    turn: &mut Turn<'_>,
    document: DocumentId,
    path: &Path,
) -> Result<String, Trouble> {
    let Some(kind) = Kind::from_byte(document.kind()) else { return Ok(document.to_string()) };
    let Some(section) = kind.section() else { return Ok(path.to_string()) };
    let view = match turn.replica.view(turn.storage, document) {
        Err(LoadError::Sealed(_)) => Value::Null,
        view => view?,
    };
    let id =
        view.get("id").and_then(Value::as_str).map_or_else(|| document.to_string(), str::to_owned);
    let place = Path::root().child(section).child(&id);
    let whole = path.segments().iter().fold(place, |outer, segment| outer.child(segment));
    Ok(whole.to_string())
}

/// The names of the people.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) fn read(turn: &mut Turn<'_>) -> Result<Self, Trouble> {
        let people = people_document(turn);
        if !turn.replica.has_document(&people) {
            return Ok(Self::default());
        }
        let view = turn.replica.view(turn.storage, people)?;
        let people = view.get("people").and_then(Value::as_array).into_iter().flatten();
        let name = |person: &Value| {
            let text = |member| person.get(member).and_then(Value::as_str).map(str::to_owned);
            Some((text("id")?, text("name")?))
        };
        Ok(Self(people.filter_map(name).collect()))
    }

    /// Everybody's id and name.
    pub(super) fn all(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }

    /// What the person of a device is called; its words if that is not known.
    pub(super) fn of_device(&self, turn: &Turn<'_>, device: &DeviceId) -> String {
        let rights = turn.replica.policy().now();
        let was = rights.revocation(device).and_then(|revocation| revocation.was.as_ref());
        let member = rights.member(device).or(was);
        let name = member.and_then(|member| self.0.get(&member.person.to_string())).cloned();
        name.unwrap_or_else(|| words(device).join(" "))
    }
}

/// The document with the names of the people.
pub(super) fn people_document(turn: &Turn<'_>) -> DocumentId {
    DocumentId::singleton(&turn.replica.workspace(), Kind::People.byte())
}

/// Writes what a person is called.
pub(super) fn name_person(
    turn: &mut Turn<'_>,
    person: PersonId,
    name: &str,
) -> Result<(), Trouble> {
    let document = people_document(turn);
    let list = Path::root().child("people");
    let known = Names::read(turn)?;
    let id = person.to_string();
    let name: String = name.chars().take(VALUE_CHARS_MAX).collect();
    let command = if known.0.contains_key(&id) {
        Command::Set { path: list.child(&id).child("name"), value: Value::from(name) }
    } else {
        Command::Add { path: list, id, after: None, record: json!({"name": name}) }
    };
    turn.replica.apply(turn.storage, &turn.moment, document, &[command])?;
    Ok(())
}

/// The device that wrote a change of an actor, and what its person is called.
pub(super) fn author(
    turn: &Turn<'_>,
    names: &Names,
    document: DocumentId,
    actor: jospar_core::ids::ActorId,
) -> Result<(Option<DeviceId>, String), StorageError> {
    let device = turn.replica.author(turn.storage, document, actor)?;
    let name = device.map(|device| names.of_device(turn, &device)).unwrap_or_default();
    Ok((device, name))
}
