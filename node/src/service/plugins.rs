//! Plugins: what one run may read, in one look; the packages that travel in the workspace; proposals that were accepted.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use jospar_core::document::{BYTES_MAX, Command, Path};
use jospar_core::ids::DocumentId;
use jospar_core::plan::{Kind, PACKAGE_BYTES_MAX, PiecesError, PluginPackage, Record as _, export};
use jospar_core::replica::LoadError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Trouble};
use super::fault::{Fault, FaultKind};
use super::plan::{day_of, hexadecimal};
use super::proposals::{self, Edit};
use super::sections::{self, Names};
use crate::handle::Turn;

/// A request about plugins, and about edits that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum PluginRequest {
    /// The workspace as one run sees it, in one look. Answer: `{heads: {DOCUMENT: [hash]}, plan, plugins: [{id, version,
    /// hash, publisher, settings}], today, now_ms, rows: [view], results: [view], sealed}`; `sealed` counts documents
    /// that were asked for and that this device cannot open. Personal data comes only if it is asked for.
    Snapshot {
        /// Answers to surveys, too.
        #[serde(default)]
        rows: bool,
        /// Learners' results, too.
        #[serde(default)]
        results: bool,
    },
    /// Who is who, for what keeps names back: no plugin is given this. Answer: `{person, people: [{id, name}]}`; `person`
    /// is the id of whoever this device belongs to, null if it is nobody's.
    People,
    /// What edits would change. `base` has the heads of a snapshot. Answer: `{edits: [{edit, path, place, then, now,
    /// after, changed}], fault: null|{kind, key, values}}`; `changed` says that a value was changed since the base.
    Preview {
        /// The edits.
        edits: Vec<Edit>,
        /// Heads by document.
        #[serde(default)]
        base: BTreeMap<String, Vec<String>>,
    },
    /// Carries out edits, all or none. A value that was changed since the base is overwritten only if `agreed` has what
    /// stands there now. Answer: `{changes: [{path, document, change}], saved: true}`.
    Batch {
        /// The edits.
        edits: Vec<Edit>,
        /// Heads by document.
        #[serde(default)]
        base: BTreeMap<String, Vec<String>>,
        /// From path to the value that the person saw there.
        #[serde(default)]
        agreed: BTreeMap<String, Value>,
        /// What the history says beside the author.
        #[serde(default)]
        note: Option<String>,
    },
    /// Packages in the workspace. Answer: `{packages: [{document, plugin, version, hash, publisher, size, state: "sound"|
    /// "incomplete"|"damaged", who, device, own}]}`.
    Packages,
    /// One sound package. Answer: `{plugin, version, hash, publisher, size, bytes}`; `bytes` is base64.
    Package {
        /// Its BLAKE3 hash in hexadecimal.
        hash: String,
    },
    /// Puts a package into the workspace and recommends it. Answer: `{document, hash, new, saved: true}`.
    Publish {
        /// The plugin's id.
        plugin: String,
        /// Its version.
        version: String,
        /// The publisher's key in hexadecimal; empty if it is not signed.
        publisher: String,
        /// The package, base64.
        bytes: String,
    },
}

pub(super) fn answer(turn: &mut Turn<'_>, request: PluginRequest) -> Answer {
    match request {
        PluginRequest::Snapshot { rows, results } => snapshot(turn, rows, results),
        PluginRequest::People => people(turn),
        PluginRequest::Preview { edits, base } => proposals::preview(turn, &edits, &base),
        PluginRequest::Batch { edits, base, agreed, note } => {
            proposals::carry_out(turn, &edits, &base, &agreed, note.as_deref())
        }
        PluginRequest::Packages => packages(turn),
        PluginRequest::Package { hash } => package(turn, &hash),
        PluginRequest::Publish { plugin, version, publisher, bytes } => {
            publish(turn, &Published { plugin, version, publisher }, &bytes)
        }
    }
}

fn snapshot(turn: &mut Turn<'_>, rows: bool, results: bool) -> Answer {
    let mut heads: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut documents = Vec::new();
    let mut plugins = Value::Null;
    for (id, kind, view) in sections::all_views(turn)? {
        if kind == Kind::Plugins {
            plugins = view.get("plugins").cloned().unwrap_or_default();
        }
        if kind.is_exported() {
            let now = turn.replica.document(turn.storage, id)?.heads();
            heads.insert(id.to_string(), hexadecimal(&now));
            documents.push((kind, view));
        }
    }
    let mut sealed = 0;
    let mut personal = |turn: &mut Turn<'_>, kind, asked: bool| -> Result<Vec<Value>, Trouble> {
        let mut views = Vec::new();
        if !asked {
            return Ok(views);
        }
        for (id, _, view) in sections::documents_of(turn, kind)? {
            match turn.replica.document(turn.storage, id) {
                Ok(document) => {
                    heads.insert(id.to_string(), hexadecimal(&document.heads()));
                    views.push(view);
                }
                Err(LoadError::Sealed(_)) => sealed += 1,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(views)
    };
    let rows = personal(turn, Kind::SurveyRows, rows)?;
    let results = personal(turn, Kind::LearnerResults, results)?;
    let now = turn.moment.now.0;
    Ok(json!({
        "heads": heads, "plan": export(&documents), "plugins": plugins, "today": day_of(now),
        "now_ms": now, "rows": rows, "results": results, "sealed": sealed,
    }))
}

fn people(turn: &mut Turn<'_>) -> Answer {
    let names = Names::read(turn)?;
    let device = turn.replica.device();
    let member = turn.replica.policy().now().member(&device);
    let person = member.map(|member| member.person.to_string());
    let people: Vec<Value> =
        names.all().map(|(id, name)| json!({"id": id, "name": name})).collect();
    Ok(json!({"person": person, "people": people}))
}

/// The documents with packages, and what each holds.
fn all_packages(turn: &mut Turn<'_>) -> Result<Vec<(DocumentId, PluginPackage)>, Trouble> {
    let documents = sections::documents_of(turn, Kind::PluginPackage)?.into_iter();
    Ok(documents.map(|(id, _, view)| (id, PluginPackage::from_view(&view))).collect())
}

fn packages(turn: &mut Turn<'_>) -> Answer {
    let names = Names::read(turn)?;
    let mut listed = Vec::new();
    for (id, package) in all_packages(turn)? {
        let state = match package.bytes() {
            Ok(_) => "sound",
            Err(PiecesError::Size { found, said }) if found < said => "incomplete",
            Err(_) => "damaged",
        };
        let first =
            turn.replica.document(turn.storage, id)?.history().first().map(|entry| entry.actor);
        let (device, who) = match first {
            Some(actor) => sections::author(turn, &names, id, actor)?,
            None => (None, String::new()),
        };
        listed.push(json!({
            "document": id.to_string(), "plugin": package.plugin, "version": package.version,
            "hash": package.hash, "publisher": package.publisher, "size": package.size,
            "state": state, "who": who, "device": device.map(|device| device.to_string()),
            "own": device == Some(turn.replica.device()),
        }));
    }
    Ok(json!({ "packages": listed }))
}

fn package(turn: &mut Turn<'_>, hash: &str) -> Answer {
    let mut damaged = false;
    for (_, package) in all_packages(turn)?.into_iter().filter(|(_, p)| p.hash == hash) {
        match package.bytes() {
            Ok(bytes) => {
                return Ok(json!({
                    "plugin": package.plugin, "version": package.version, "hash": package.hash,
                    "publisher": package.publisher, "size": bytes.len(),
                    "bytes": BASE64.encode(&bytes),
                }));
            }
            Err(_) => damaged = true,
        }
    }
    let values = json!({"hash": hash});
    Err(match damaged {
        true => Fault::new(FaultKind::Damaged, "error-package-damaged", values),
        false => Fault::new(FaultKind::NotFound, "error-package-unknown", values),
    }
    .into())
}

struct Published {
    plugin: String,
    version: String,
    publisher: String,
}

fn publish(turn: &mut Turn<'_>, package: &Published, text: &str) -> Answer {
    let too_large = |bytes: usize| {
        let values = json!({"bytes": bytes, "limit": PACKAGE_BYTES_MAX});
        Fault::new(FaultKind::Usage, "error-package-too-large", values)
    };
    if text.len() / 4 * 3 > PACKAGE_BYTES_MAX + 2 {
        return Err(too_large(text.len() / 4 * 3).into());
    }
    let bytes = BASE64
        .decode(text.as_bytes())
        .map_err(|_| Fault::new(FaultKind::Usage, "error-package-damaged", json!({"hash": ""})))?;
    if bytes.len() > PACKAGE_BYTES_MAX {
        return Err(too_large(bytes.len()).into());
    }
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let same = |(_, known): &(DocumentId, PluginPackage)| {
        known.hash == hash && known.plugin == package.plugin && known.bytes().is_ok()
    };
    let known = all_packages(turn)?.into_iter().find(same);
    let new = known.is_none();
    // What is asked second is checked first: a package without its recommendation helps nobody.
    let recommendation = recommend(turn, package, &hash)?;
    let document = match known {
        Some((document, _)) => document,
        None => store(turn, package, &hash, &bytes)?,
    };
    let list = DocumentId::singleton(&turn.replica.workspace(), Kind::Plugins.byte());
    turn.replica.apply(turn.storage, &turn.moment, list, &recommendation)?;
    Ok(json!({"document": document.to_string(), "hash": hash, "new": new, "saved": true}))
}

/// Writes a package as a document of its own, a piece in each change.
fn store(
    turn: &mut Turn<'_>,
    package: &Published,
    hash: &str,
    bytes: &[u8],
) -> Result<DocumentId, Trouble> {
    let document = DocumentId::random(Kind::PluginPackage.byte(), turn.moment.bytes(hash));
    let set = |field: &str, value: Value| Command::Set { path: Path::root().child(field), value };
    let short = hash.get(..16).unwrap_or(hash);
    let head = [
        set(
            "id",
            format!("{}-{short}", package.plugin).chars().take(80).collect::<String>().into(),
        ),
        set("plugin", package.plugin.as_str().into()),
        set("version", package.version.as_str().into()),
        set("hash", hash.into()),
        set("publisher", package.publisher.as_str().into()),
        set("size", bytes.len().into()),
    ];
    turn.replica.apply(turn.storage, &turn.moment, document, &head)?;
    let chunks = Path::root().child("chunks");
    for (number, piece) in bytes.chunks(BYTES_MAX).enumerate() {
        let record = json!({"bytes": BASE64.encode(piece)});
        let (path, id) = (chunks.clone(), format!("c{number:03}"));
        let add = Command::Add { path, id, after: None, record };
        turn.replica.apply(turn.storage, &turn.moment, document, &[add])?;
    }
    Ok(document)
}

/// The commands that make the workspace recommend a package, once they were checked.
fn recommend(
    turn: &mut Turn<'_>,
    package: &Published,
    hash: &str,
) -> Result<Vec<Command>, Trouble> {
    let list = DocumentId::singleton(&turn.replica.workspace(), Kind::Plugins.byte());
    let here = turn.replica.has_document(&list);
    let view = match here {
        true => turn.replica.view(turn.storage, list)?,
        false => json!({}),
    };
    let mut entries = view.get("plugins").and_then(Value::as_array).into_iter().flatten();
    let known =
        entries.any(|entry| entry.get("id").and_then(Value::as_str) == Some(&package.plugin));
    let path = Path::root().child("plugins");
    let says = [("version", &package.version), ("publisher", &package.publisher)];
    let mut record = serde_json::Map::from_iter([("hash".to_owned(), Value::from(hash))]);
    record.extend(says.map(|(name, value)| (name.to_owned(), Value::from(value.as_str()))));
    let commands = if known {
        let entry = path.child(&package.plugin);
        let set = |(name, value): (String, Value)| Command::Set { path: entry.child(&name), value };
        record.into_iter().map(set).collect()
    } else {
        let (id, record) = (package.plugin.clone(), Value::Object(record));
        vec![Command::Add { path, id, after: None, record }]
    };
    let moment = turn.moment;
    turn.replica.check_commands(turn.storage, &moment, (list, !here), &commands)?;
    Ok(commands)
}
