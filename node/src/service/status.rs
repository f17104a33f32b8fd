//! Who has what, who did what, and what waits for a decision.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jospar_core::document::{
    Command, ConflictKind, HistoryEntry, Path, PlaceKind, Stamp, find_in_view,
};
use jospar_core::ids::{ChangeHash, DocumentId};
use jospar_core::log::ChangeHeader;
use jospar_core::plan::Kind;
use jospar_core::replica::PeerStatus;
use jospar_core::storage::Stored;
use jospar_core::time::Timestamp;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::answer::{Answer, EntryState, Service, Trouble};
use super::fault::{Fault, FaultKind};
use super::plan::{hexadecimal, parse_heads};
use super::sections::{self, Names};
use crate::clock;
use crate::dialer::Target;
use crate::engine::{Message, NetworkState};
use crate::handle::Turn;
use crate::keys::words;

/// The setting that names what was undone and what undid it: neither is undone again.
const UNDONE: &str = "undone";
/// Changes of one text that are no further apart are one step of an undo.
const PAUSE_MS_MAX: i64 = 1_500;
/// How many of those are remembered.
const UNDONE_MAX: usize = 1_000;
const READ_BYTES: usize = 4 * 1024 * 1024;

impl Service {
    pub(super) async fn status(&self) -> Result<Value, Fault> {
        let (reply, network) = oneshot::channel();
        self.tell(Message::Network(reply)).await?;
        let network = network.await.unwrap_or_default();
        let listen = self.endpoint.as_ref().and_then(|endpoint| endpoint.local_address().ok());
        let now = clock::now();
        let (skew, refused, later, lost) = self.heard(|heard| {
            heard.later = heard.later.filter(|(_, _, until)| *until > now);
            (heard.clock_skew_ms, heard.refused, heard.later, heard.lost)
        });
        let folder = self.folder.display().to_string();
        let mut status = self.turn(move |turn| status(turn, &network)).await?;
        if let Value::Object(status) = &mut status {
            status.insert("folder".into(), folder.into());
            status.insert("clock_skew_ms".into(), skew.into());
            status.insert("listen".into(), listen.map(|address| address.to_string()).into());
            let refused = refused.map(|(device, code)| {
                json!({"device": device.to_string(), "message": code.message_key()})
            });
            status.insert("refused".into(), refused.into());
            let later = later.map(|(device, code, until)| {
                json!({"device": device.to_string(), "message": code.message_key(),
                       "wait_ms": until.0 - now.0})
            });
            status.insert("later".into(), later.into());
            let lost = lost.map(
                |(device, envelopes)| json!({"device": device.to_string(), "envelopes": envelopes}),
            );
            status.insert("lost".into(), lost.into());
        }
        Ok(status)
    }

    pub(super) fn entry(&self) -> Result<Value, Fault> {
        let state = self.heard(|heard| heard.entry.clone());
        let own = words(&self.device).join(" ");
        Ok(match state {
            EntryState::None => json!({"state": "none"}),
            EntryState::Connecting => json!({"state": "connecting", "words": own}),
            EntryState::Waiting => json!({"state": "waiting", "words": own}),
            EntryState::Done(workspace) => {
                json!({"state": "done", "workspace": workspace.map(|id| id.to_string())})
            }
            EntryState::Refused(code) => {
                json!({"state": "refused", "message": code.message_key()})
            }
        })
    }
}

fn status(turn: &mut Turn<'_>, network: &NetworkState) -> Answer {
    let names = Names::read(turn)?;
    let head = DocumentId::singleton(&turn.replica.workspace(), Kind::Plan.byte());
    let has_head = turn.replica.has_document(&head);
    let school = match has_head {
        true => turn.replica.view(turn.storage, head)?.pointer("/plan/school").cloned(),
        false => None,
    };
    let peers = turn.replica.peers(turn.storage)?;
    let device = turn.replica.device();
    let rights = turn.replica.policy().now();
    let role = rights.member(&device).map_or("server", |member| member.role.name());
    let is_server = |peer: &&PeerStatus| rights.is_server(&peer.peer);
    // Where the school has a server, that one decides; else any device that is connected.
    let synced = match peers.iter().find(is_server) {
        Some(server) => server.connected && server.equal,
        None => peers.iter().any(|peer| peer.connected && peer.equal),
    };
    let peers: Vec<Value> =
        peers.iter().map(|peer| peer_json(turn, &names, peer, network)).collect();
    let server = peers.iter().find(|peer| peer["kind"] == "server").cloned();
    let changes = turn.storage.totals()?.changes;
    let quarantined = turn.replica.known_quarantine(turn.storage)?.len();
    Ok(json!({
        "workspace": turn.replica.workspace().to_string(),
        "school": school,
        "device": {"id": device.to_string(), "words": words(&device).join(" "),
                   "name": names.of_device(turn, &device), "role": role},
        "documents": turn.replica.documents().count(),
        "changes": changes,
        "quarantined": quarantined,
        "dropped": super::drop::receipts(turn)?,
        "saved": true,
        "digest": turn.replica.digest().to_string(),
        "server": server,
        "peers": peers,
        "synced": synced,
        "trust": super::trust::summary(turn, &names),
    }))
}

pub(super) fn heads(turn: &mut Turn<'_>) -> Answer {
    let mut heads = Vec::new();
    for (id, ..) in sections::all_views(turn)? {
        heads.extend(turn.replica.document(turn.storage, id)?.heads());
    }
    heads.sort_unstable();
    let heads = blake3_hex(heads.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>().as_slice());
    Ok(json!({"heads": heads}))
}

fn blake3_hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().chars().take(32).collect()
}

fn peer_json(turn: &Turn<'_>, names: &Names, peer: &PeerStatus, network: &NetworkState) -> Value {
    let rights = turn.replica.policy().now();
    let server = rights.servers().find(|(device, _)| **device == peer.peer).map(|(_, s)| s);
    let traffic = network.traffic.iter().find(|(device, _)| *device == peer.peer);
    let traffic = traffic.map(|(_, traffic)| {
        json!({"bytes_sent": traffic.bytes_sent, "bytes_received": traffic.bytes_received,
               "round_trips": traffic.round_trips})
    });
    let error = network.errors.iter().find_map(|(target, error)| match target {
        Target::Pinned(device, _) if *device == peer.peer => Some(error.as_str()),
        _ => None,
    });
    json!({
        "device": peer.peer.to_string(),
        "words": words(&peer.peer).join(" "),
        "name": names.of_device(turn, &peer.peer),
        "role": rights.member(&peer.peer).map_or("server", |member| member.role.name()),
        "kind": if server.is_some() { "server" } else { "device" },
        "address": server.map(|server| server.address.clone()),
        "connected": peer.connected,
        "equal": peer.equal,
        "unacknowledged": peer.unacknowledged,
        "known": peer.known,
        "error": error,
        "traffic": traffic,
    })
}

fn each_record(turn: &Turn<'_>, mut look: impl FnMut(&Stored)) -> Result<(), Trouble> {
    let mut position = 0;
    loop {
        let stored = turn.storage.records_after(position, READ_BYTES)?;
        let Some(last) = stored.last() else { return Ok(()) };
        position = last.position;
        stored.iter().for_each(&mut look);
    }
}

pub(super) fn history(turn: &mut Turn<'_>, text: &str, limit: usize) -> Answer {
    let (documents, wanted) = match text {
        "" => (sections::open_documents(turn)?, Path::root()),
        text => {
            let (id, path) = sections::place(turn, text)?;
            let known = sections::open_documents(turn)?.into_iter().filter(|known| *known == id);
            (known.collect(), path)
        }
    };
    let wanted = wanted.segments();
    let touches = |touched: &Path| {
        touched.segments().starts_with(wanted) || wanted.starts_with(touched.segments())
    };
    let mut found = Vec::new();
    for id in documents {
        let history = turn.replica.document(turn.storage, id)?.history().iter();
        let concerned = history
            .enumerate()
            .filter(|(_, entry)| wanted.is_empty() || entry.paths.iter().any(touches))
            .map(|(place, entry)| (Reverse((entry.time, entry.seq)), id, place));
        found.extend(concerned);
    }
    found.sort_by_key(|(newest_first, ..)| *newest_first);
    let names = Names::read(turn)?;
    let more = found.len().saturating_sub(limit);
    let mut lines = Vec::new();
    for (_, id, place) in found.into_iter().take(limit) {
        let history = turn.replica.document(turn.storage, id)?.history();
        let Some(entry) = history.get(place).cloned() else { continue };
        let mut paths = Vec::new();
        for path in &entry.paths {
            paths.push(sections::written(turn, id, path)?);
        }
        let (device, who) = sections::author(turn, &names, id, entry.actor)?;
        let part = Kind::from_byte(id.kind()).map(Kind::name);
        lines.push(json!({
            "change": entry.change.to_string(), "document": id.to_string(), "part": part,
            "paths": paths, "who": who, "device": device.map(|device| device.to_string()),
            "time_ms": entry.time.0, "own": device == Some(turn.replica.device()),
            "note": entry.note,
        }));
    }
    Ok(json!({"entries": lines, "more": more}))
}

pub(super) fn conflicts(turn: &mut Turn<'_>) -> Answer {
    let names = Names::read(turn)?;
    let mut found = Vec::new();
    for id in sections::open_documents(turn)? {
        for conflict in turn.replica.document(turn.storage, id)?.conflicts().to_vec() {
            let path = sections::written(turn, id, &conflict.path)?;
            let stamp = |stamp: &Stamp| -> Result<Value, Trouble> {
                let (device, who) = sections::author(turn, &names, id, stamp.actor)?;
                Ok(json!({"who": who, "device": device.map(|device| device.to_string()),
                          "time_ms": stamp.time.0}))
            };
            found.push(match &conflict.kind {
                ConflictKind::Values(candidates) => {
                    let mut values = Vec::new();
                    for candidate in candidates {
                        let mut value = stamp(&candidate.stamp)?;
                        if let Value::Object(members) = &mut value {
                            members.insert("value".into(), candidate.value.clone());
                        }
                        values.push(value);
                    }
                    json!({"path": path, "kind": "values", "candidates": values})
                }
                ConflictKind::RemovedAndEdited { removed, edited } => {
                    let edited: Result<Vec<Value>, Trouble> = edited.iter().map(stamp).collect();
                    json!({"path": path, "kind": "removed_edited", "removed": stamp(removed)?,
                           "edited": edited?})
                }
            });
        }
    }
    Ok(json!({"conflicts": found}))
}

pub(super) fn resolve(turn: &mut Turn<'_>, text: &str, choice: &Value) -> Answer {
    let (id, path) = sections::place(turn, text)?;
    let none = || Fault::new(FaultKind::NotFound, "error-no-conflict", json!({"path": text}));
    let conflicts = turn.replica.document(turn.storage, id)?.conflicts();
    let conflict = conflicts.iter().find(|c| c.path == path).cloned().ok_or_else(none)?;
    let command = match (&conflict.kind, choice.as_str(), choice.as_u64()) {
        (ConflictKind::Values(candidates), _, Some(number)) => {
            let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
            let chosen = index.and_then(|index| candidates.get(index)).ok_or_else(|| {
                let values = json!({"number": number.to_string(), "count": candidates.len()});
                Fault::new(FaultKind::Usage, "error-conflict-choice", values)
            })?;
            Command::Set { path, value: chosen.value.clone() }
        }
        (ConflictKind::RemovedAndEdited { .. }, Some("keep"), _) => Command::Keep { path },
        (ConflictKind::RemovedAndEdited { .. }, Some("remove"), _) => Command::Remove { path },
        _ => {
            let values = json!({"number": choice.to_string(), "count": 2});
            return Err(Fault::new(FaultKind::Usage, "error-conflict-choice", values).into());
        }
    };
    let applied = turn.replica.apply(turn.storage, &turn.moment, id, &[command])?;
    let change = applied.change.map(|change| change.to_string());
    let view = turn.replica.view(turn.storage, id)?;
    let value = find_in_view(&view, &conflict.path);
    Ok(json!({"path": text, "change": change, "saved": true, "value": value}))
}

/// Takes the last `count` steps of this device back: each is one change, those that wrote one text without a pause, or
/// those of one batch.
pub(super) fn undo(turn: &mut Turn<'_>, count: usize) -> Answer {
    let mut skip: BTreeSet<ChangeHash> = undone(turn)?.into_iter().collect();
    let people = sections::people_document(turn);
    let mut histories = BTreeMap::new();
    let (mut done, mut remembered) = (Vec::new(), Vec::new());
    let (mut steps, mut last): (usize, Option<Step>) = (0, None);
    for (id, change) in own_changes(turn)?.into_iter().rev() {
        let undoable = Kind::from_byte(id.kind()).is_some_and(|kind| !kind.is_internal());
        if skip.contains(&change) || id == people || !undoable {
            continue;
        }
        // What is sealed has another hash inside than in the log, and only whoever can open it can take it back.
        let Some(inside) = turn.replica.find_inside(turn.storage, id, change)? else { continue };
        if let Entry::Vacant(place) = histories.entry(id) {
            let history = turn.replica.document(turn.storage, id)?.history();
            let entries = history.iter().map(|entry| (entry.change, entry.clone()));
            place.insert(entries.collect::<BTreeMap<_, _>>());
        }
        let Some(entry) = histories.get_mut(&id).and_then(|all| all.remove(&inside)) else {
            continue;
        };
        let step = Step::of(turn, id, &entry)?;
        let goes_on = last.as_ref().is_some_and(|last| last.continues(&step));
        if !goes_on && steps == count {
            break;
        }
        steps += usize::from(!goes_on);
        last = Some(step);
        let document = turn.replica.document(turn.storage, id)?;
        let commands = document.undo(&inside)?;
        let applied = turn.replica.apply(turn.storage, &turn.moment, id, &commands)?;
        skip.insert(change);
        remembered.push(change);
        remembered.extend(applied.change);
        let mut written = Vec::new();
        for path in entry.paths {
            written.push(sections::written(turn, id, &path)?);
        }
        done.push(json!({"change": change.to_string(), "paths": written,
                         "by": applied.change.map(|change| change.to_string())}));
    }
    if done.is_empty() {
        return Err(Fault::new(FaultKind::NotFound, "error-nothing-to-undo", json!({})).into());
    }
    remember_undone(turn, &remembered)?;
    Ok(json!({"undone": done, "saved": true}))
}

/// All changes that this device wrote, in the order of its log.
fn own_changes(turn: &Turn<'_>) -> Result<Vec<(DocumentId, ChangeHash)>, Trouble> {
    let device = turn.replica.device();
    let mut own = Vec::new();
    each_record(turn, |stored| {
        let document = stored.record.document();
        for ChangeHeader { actor, hash, .. } in stored.record.changes().iter().map(|c| &c.header) {
            if stored.record.author(actor).is_some_and(|(author, _)| author == device) {
                own.push((document, *hash));
            }
        }
    })?;
    Ok(own)
}

/// What tells whether a change belongs to one step with the next.
struct Step {
    time: Timestamp,
    /// Of a batch: what had a part in it.
    note: String,
    /// The one text that it wrote in, if nowhere else.
    typed: Option<(DocumentId, Path)>,
}

impl Step {
    fn of(turn: &mut Turn<'_>, id: DocumentId, entry: &HistoryEntry) -> Result<Self, Trouble> {
        let typed = match entry.paths.as_slice() {
            [text] => {
                let place = turn.replica.document(turn.storage, id)?.place(text);
                // What is not there any more was not typed a moment ago.
                let is_text = matches!(place, Ok(PlaceKind::Text | PlaceKind::Prose));
                is_text.then(|| (id, text.clone()))
            }
            _ => None,
        };
        Ok(Self { time: entry.time, note: entry.note.clone(), typed })
    }

    /// True if it was written right behind `earlier` in one text, or in one batch with it: all changes of a request have
    /// one time.
    fn continues(&self, earlier: &Self) -> bool {
        let pause = self.time.0.saturating_sub(earlier.time.0);
        let same_text = self.typed.is_some() && self.typed == earlier.typed;
        let same_batch = !self.note.is_empty() && self.note == earlier.note;
        (same_text && (0..=PAUSE_MS_MAX).contains(&pause)) || (same_batch && pause == 0)
    }
}

fn undone(turn: &Turn<'_>) -> Result<Vec<ChangeHash>, Trouble> {
    let bytes = turn.storage.setting(UNDONE)?.unwrap_or_default();
    Ok(bytes.as_chunks::<32>().0.iter().map(|hash| ChangeHash(*hash)).collect())
}

fn remember_undone(turn: &mut Turn<'_>, more: &[ChangeHash]) -> Result<(), Trouble> {
    let mut all = undone(turn)?;
    all.extend(more);
    let from = all.len().saturating_sub(UNDONE_MAX);
    let bytes: Vec<u8> = all.iter().skip(from).flat_map(|hash| hash.0).collect();
    Ok(turn.storage.set_setting(UNDONE, Some(&bytes))?)
}

pub(super) fn restore_to(turn: &mut Turn<'_>, change: &str) -> Answer {
    let heads = parse_heads(&[change.to_owned()])?;
    let hash = heads.first().copied().unwrap_or_default();
    let documents: Vec<DocumentId> = turn.replica.documents().map(|(id, _)| *id).collect();
    for id in documents {
        let Some(inside) = turn.replica.find_inside(turn.storage, id, hash)? else { continue };
        let commands = turn.replica.document(turn.storage, id)?.restore(&[inside])?;
        let applied = turn.replica.apply(turn.storage, &turn.moment, id, &commands)?;
        let path = sections::written(turn, id, &Path::root())?;
        let made = applied.change.map(|change| change.to_string());
        return Ok(json!({"path": path, "change": made, "saved": true,
                         "heads": hexadecimal(&heads)}));
    }
    Err(Fault::new(FaultKind::NotFound, "error-change-unknown", json!({"change": change})).into())
}
