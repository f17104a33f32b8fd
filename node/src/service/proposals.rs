//! Edits that belong together: what they would change, and carrying out all of them or none.
//!
//! What a person accepts was made for the workspace as it stood at `base`. A text merges with what others wrote since;
//! a plain value or an item that changed since is overwritten only if the person has seen what stands there now.

use std::collections::BTreeMap;

use jospar_core::document::{Command, CommandError, Path, PlaceKind, find_in_view};
use jospar_core::ids::{ChangeHash, DocumentId};
use jospar_core::plan::{Kind, root_commands};
use jospar_core::replica::ApplyError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Trouble};
use super::answers;
use super::fault::{Fault, FaultKind};
use super::plan::parse_heads;
use super::sections::{self, Section};
use crate::handle::Turn;

/// The most edits of one batch.
const EDITS_MAX: usize = 500;

/// One edit of a batch. Paths as everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// Writes a plain value; for a text, the text; for a text in several languages or a map, each member.
    Set {
        /// The field.
        path: String,
        /// The value; `null` clears.
        value: Value,
    },
    /// Adds an item or a document.
    Add {
        /// The list.
        path: String,
        /// The id; made up if absent.
        #[serde(default)]
        id: Option<String>,
        /// The fields, in the form of `show`.
        #[serde(default)]
        record: Value,
        /// The id of the item that it stands behind.
        #[serde(default)]
        after: Option<String>,
    },
    /// Removes an item.
    Remove {
        /// The item.
        path: String,
    },
    /// Puts a text in place of the one that stood at the base; what others wrote since stays.
    Write {
        /// The text.
        path: String,
        /// The new text.
        text: String,
    },
}

impl Edit {
    fn path(&self) -> &str {
        match self {
            Self::Set { path, .. }
            | Self::Add { path, .. }
            | Self::Remove { path }
            | Self::Write { path, .. } => path,
        }
    }
}

/// Documents' heads by document, all in hexadecimal.
pub(super) type Base = BTreeMap<String, Vec<String>>;

/// What one edit does to a document.
struct Planned {
    document: DocumentId,
    /// The kind and the name of a document that the edit makes.
    fresh: Option<(Kind, String)>,
    commands: Vec<Command>,
    /// What a person is shown.
    shown: Value,
    /// It overwrites a value that was changed since the base.
    changed: bool,
}

/// Answer: `{edits: [{edit, path, place, then, now, after, changed}], fault: null|{kind, key, values}}`.
pub(super) fn preview(turn: &mut Turn<'_>, edits: &[Edit], base: &Base) -> Answer {
    bounded(edits)?;
    let mut planned = Vec::new();
    let mut fault = None;
    for (place, edit) in edits.iter().enumerate() {
        match plan_edit(turn, edit, place, base) {
            Ok(edit) => planned.push(edit),
            Err(Trouble::Fault(trouble)) => {
                fault = Some(trouble);
                break;
            }
            Err(storage) => return Err(storage),
        }
    }
    if fault.is_none()
        && let Err(trouble) = check_all(turn, edits, &planned)
    {
        match trouble {
            Trouble::Fault(trouble) => fault = Some(trouble),
            storage @ Trouble::Storage(_) => return Err(storage),
        }
    }
    let shown: Vec<Value> = planned.into_iter().map(|edit| edit.shown).collect();
    Ok(json!({"edits": shown, "fault": fault}))
}

/// Answer: `{changes: [{path, document, change}], saved: true}`.
pub(super) fn carry_out(
    turn: &mut Turn<'_>,
    edits: &[Edit],
    base: &Base,
    agreed: &BTreeMap<String, Value>,
    note: Option<&str>,
) -> Answer {
    bounded(edits)?;
    if agreed.get(answers::AGREED) != Some(&Value::Bool(true)) {
        answers::refuse_twice(turn, edits)?;
    }
    let mut planned = Vec::new();
    for (place, edit) in edits.iter().enumerate() {
        let one = plan_edit(turn, edit, place, base)?;
        let now = one.shown.get("now").unwrap_or(&Value::Null);
        if one.changed && agreed.get(edit.path()) != Some(now) {
            let values = json!({"path": edit.path()});
            return Err(Fault::new(FaultKind::Usage, "error-changed-meanwhile", values).into());
        }
        planned.push(one);
    }
    let documents = in_documents(&planned);
    check(turn, &documents)?;
    let mut changes = Vec::new();
    for target in documents {
        let mut document = target.document;
        if let Some((kind, name)) = &target.fresh
            && kind.is_sealed()
        {
            let moment = turn.moment;
            document = turn.replica.found_sealed(turn.storage, &moment, *kind, name)?;
        }
        for change in apply_in_parts(turn, document, &target.commands, note)? {
            let path = sections::written(turn, document, &Path::root())?;
            changes.push(json!({"path": path, "document": document.to_string(),
                                "change": change.to_string()}));
        }
    }
    Ok(json!({"changes": changes, "saved": true}))
}

/// What can be said against edits before they are carried out.
fn check_all(turn: &mut Turn<'_>, edits: &[Edit], planned: &[Planned]) -> Result<(), Trouble> {
    answers::refuse_twice(turn, edits)?;
    check(turn, &in_documents(planned))
}

fn bounded(edits: &[Edit]) -> Result<(), Fault> {
    if edits.len() > EDITS_MAX {
        let values = json!({"count": edits.len(), "limit": EDITS_MAX});
        return Err(Fault::new(FaultKind::Usage, "error-too-many-edits", values));
    }
    Ok(())
}

/// The commands of all edits by document, in the order in which documents are first touched.
struct Target {
    document: DocumentId,
    fresh: Option<(Kind, String)>,
    commands: Vec<Command>,
}

fn in_documents(planned: &[Planned]) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for edit in planned {
        let same =
            |target: &&mut Target| target.document == edit.document && target.fresh == edit.fresh;
        match targets.iter_mut().find(same) {
            Some(target) => target.commands.extend(edit.commands.iter().cloned()),
            None => targets.push(Target {
                document: edit.document,
                fresh: edit.fresh.clone(),
                commands: edit.commands.clone(),
            }),
        }
    }
    targets
}

fn check(turn: &mut Turn<'_>, targets: &[Target]) -> Result<(), Trouble> {
    for target in targets {
        let here = turn.replica.has_document(&target.document);
        check_in_parts(turn, (target.document, !here), &target.commands)?;
    }
    Ok(())
}

pub(super) fn check_in_parts(
    turn: &mut Turn<'_>,
    document: (DocumentId, bool),
    commands: &[Command],
) -> Result<(), Trouble> {
    let moment = turn.moment;
    match turn.replica.check_commands(turn.storage, &moment, document, commands) {
        Err(ApplyError::Command(CommandError::TooMuch { .. })) if commands.len() > 1 => {
            let (first, second) = commands.split_at(commands.len() / 2);
            check_in_parts(turn, document, first)?;
            check_in_parts(turn, document, second)
        }
        checked => Ok(checked?),
    }
}

pub(super) fn apply_in_parts(
    turn: &mut Turn<'_>,
    document: DocumentId,
    commands: &[Command],
    note: Option<&str>,
) -> Result<Vec<ChangeHash>, Trouble> {
    let moment = turn.moment;
    match turn.replica.apply_with(turn.storage, &moment, document, commands, note) {
        Err(ApplyError::Command(CommandError::TooMuch { .. })) if commands.len() > 1 => {
            let (first, second) = commands.split_at(commands.len() / 2);
            let mut changes = apply_in_parts(turn, document, first, note)?;
            changes.extend(apply_in_parts(turn, document, second, note)?);
            Ok(changes)
        }
        applied => Ok(applied?.change.into_iter().collect()),
    }
}

fn plan_edit(
    turn: &mut Turn<'_>,
    edit: &Edit,
    number: usize,
    base: &Base,
) -> Result<Planned, Trouble> {
    match (edit, sections::find(turn, edit.path())?) {
        (Edit::Add { path, id, record, .. }, Section::Documents(kind)) => {
            add_document(turn, kind, (path, number), id.as_deref(), record)
        }
        (_, Section::Documents(_)) => Err(sections::wrong_command(edit.path()).into()),
        (edit, Section::Place { document, kind, path }) => {
            let at = Place { document, kind, path };
            change(turn, edit, number, at, base)
        }
    }
}

struct Place {
    document: DocumentId,
    kind: Kind,
    path: Path,
}

fn made_up(turn: &Turn<'_>, path: &str, number: usize) -> String {
    sections::made_up_id(turn, path, &format!("id {number}"))
}

/// The document that an edit adds to a kind with many.
fn add_document(
    turn: &mut Turn<'_>,
    kind: Kind,
    (path, number): (&str, usize),
    id: Option<&str>,
    record: &Value,
) -> Result<Planned, Trouble> {
    let id = id.map_or_else(|| made_up(turn, path, number), str::to_owned);
    let others = sections::count_others(turn, kind, &id)?;
    let mut whole = record.as_object().cloned().unwrap_or_default();
    whole.insert("id".to_owned(), id.as_str().into());
    whole.insert("order".to_owned(), (others + number).into());
    let known = |name: &String| kind.schema().fields.iter().any(|field| field.name == name);
    if let Some(field) = whole.keys().find(|name| !known(name)) {
        let values = json!({"path": path, "field": field, "known": ""});
        return Err(Fault::new(FaultKind::Usage, "error-field-unknown", values).into());
    }
    let whole = Value::Object(whole);
    let shown = json!({"edit": "add", "path": format!("{path}/{id}"), "place": "documents",
                       "then": null, "now": null, "after": record, "changed": false});
    Ok(Planned {
        document: DocumentId::random(kind.byte(), turn.moment.bytes(&format!("{path} {id}"))),
        fresh: Some((kind, id)),
        commands: root_commands(kind, &whole),
        shown,
        changed: false,
    })
}

/// What an edit does to a document that is there, or is the one of its kind.
fn change(
    turn: &mut Turn<'_>,
    edit: &Edit,
    number: usize,
    at: Place,
    base: &Base,
) -> Result<Planned, Trouble> {
    let base = match base.get(&at.document.to_string()) {
        Some(heads) => parse_heads(heads)?,
        None => Vec::new(),
    };
    let here = turn.replica.has_document(&at.document);
    let (place, then, now) = if here {
        let document = turn.replica.document(turn.storage, at.document)?;
        let now = document.view();
        let then = match base.is_empty() {
            true => now.clone(),
            false => document.view_at(&base)?,
        };
        let found = |view: &Value| find_in_view(view, &at.path).cloned().unwrap_or_default();
        let place = document.place(&at.path).map_err(Fault::from)?;
        (place, found(&then), found(&now))
    } else {
        let empty = jospar_core::document::Document::new(at.kind.byte(), at.kind.schema());
        (empty.place(&at.path).map_err(Fault::from)?, Value::Null, Value::Null)
    };
    let mut path = edit.path().to_owned();
    let (name, commands, after) = match edit {
        Edit::Set { value, .. } => ("set", set_commands(&at.path, place, value), value.clone()),
        Edit::Write { text, .. } => {
            let (path, text) = (at.path.clone(), text.clone());
            let after = Value::from(text.as_str());
            ("write", vec![Command::EditText { path, base: base.clone(), text }], after)
        }
        Edit::Remove { .. } => {
            ("remove", vec![Command::Remove { path: at.path.clone() }], Value::Null)
        }
        Edit::Add { id, record, after, .. } => {
            let id = id.clone().unwrap_or_else(|| made_up(turn, &path, number));
            path = format!("{path}/{id}");
            let list = at.path.clone();
            let fields = if record.is_null() { json!({}) } else { record.clone() };
            let shown = fields.clone();
            let add = Command::Add { path: list, id, after: after.clone(), record: fields };
            ("add", vec![add], shown)
        }
    };
    let adds = matches!(edit, Edit::Add { .. });
    let merges = adds
        || matches!(edit, Edit::Write { .. })
        || matches!(place, PlaceKind::Text | PlaceKind::Prose | PlaceKind::Local);
    let changed = !merges && then != now;
    let (then, now) = if adds { (Value::Null, Value::Null) } else { (then, now) };
    let shown = json!({"edit": name, "path": path, "place": super::plan::place_name(place),
                       "then": then, "now": now, "after": after, "changed": changed});
    Ok(Planned { document: at.document, fresh: None, commands, shown, changed })
}

/// The commands that write a value, by what stands there.
fn set_commands(path: &Path, place: PlaceKind, value: &Value) -> Vec<Command> {
    let text = |path: &Path, text: &str| Command::EditText {
        path: path.clone(),
        base: Vec::new(),
        text: text.to_owned(),
    };
    match (place, value) {
        (PlaceKind::Text | PlaceKind::Prose, Value::String(new)) => vec![text(path, new)],
        (PlaceKind::Text | PlaceKind::Prose, Value::Null) => vec![text(path, "")],
        (PlaceKind::Local, Value::Object(languages)) => languages
            .iter()
            .map(|(language, new)| text(&path.child(language), new.as_str().unwrap_or_default()))
            .collect(),
        (PlaceKind::Map, Value::Object(entries)) => entries
            .iter()
            .map(|(key, value)| Command::Set { path: path.child(key), value: value.clone() })
            .collect(),
        _ => vec![Command::Set { path: path.clone(), value: value.clone() }],
    }
}
