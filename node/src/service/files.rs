//! Files: plans as JSON, workspace files for a USB stick, backups, checks.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path as FilePath, PathBuf};

use jospar_core::admission::{Judged, Verdict};
use jospar_core::document::{Command, CommandError, difference};
use jospar_core::ids::{DeviceId, DocumentId};
use jospar_core::plan::{self, ImportedDocument, Kind, Notice, root_commands};
use jospar_core::policy::Policy;
use jospar_core::protocol::{
    BUNDLE_BYTES_MAX, BundleWriter, Frame, Hello, Join, JoinRequest, PROTOCOL_VERSION, read_bundle,
};
use jospar_core::replica::ApplyError;
use serde_json::{Value, json};

use super::answer::{Answer, Service, Trouble};
use super::fault::{Fault, FaultKind};
use super::{sections, short};
use crate::checkup::{self, Check};
use crate::clock;
use crate::handle::Turn;
use crate::keys::words;
use crate::store::{self, BackupError, OpenError};

pub(super) fn import(turn: &mut Turn<'_>, text: &str) -> Answer {
    let imported = plan::import(text).map_err(Fault::from)?;
    let (mut documents, mut items, mut changes) = (0, 0, 0);
    let mut there: BTreeMap<u8, BTreeMap<String, (DocumentId, Value)>> = BTreeMap::new();
    for document in &imported.documents {
        let kind = document.kind;
        if kind.is_many() && !there.contains_key(&kind.byte()) {
            let all = sections::documents_of(turn, kind)?.into_iter().rev();
            let by_key = all.map(|(document, key, view)| (key, (document, view))).collect();
            there.insert(kind.byte(), by_key);
        }
        let known = there.get_mut(&kind.byte());
        let known = known.and_then(|known| known.remove(document.key.as_deref()?));
        let made = import_document(turn, document, known)?;
        documents += usize::from(made > 0);
        changes += made;
        items += count_items(&document.record);
    }
    let notices: Vec<Value> = imported
        .notices
        .iter()
        .map(|notice| match notice {
            Notice::Unknown { path } => json!({"kind": "unknown", "path": path.to_string()}),
            Notice::Missing { path } => json!({"kind": "missing", "path": path.to_string()}),
            Notice::WrongType { path } => json!({"kind": "wrong_type", "path": path.to_string()}),
        })
        .collect();
    Ok(json!({"documents": documents, "items": items, "changes": changes, "notices": notices,
              "more": imported.notices_left_out, "saved": true}))
}

/// Brings one document to what the file says; returns how many changes that took. `known` is the document of a kind
/// with many that has the file's key, and its view.
fn import_document(
    turn: &mut Turn<'_>,
    imported: &ImportedDocument,
    known: Option<(DocumentId, Value)>,
) -> Result<usize, Trouble> {
    let kind = imported.kind;
    let found = match (&imported.key, kind.is_many()) {
        (Some(_), true) => known,
        _ => {
            let document = DocumentId::singleton(&turn.replica.workspace(), kind.byte());
            let there = turn.replica.has_document(&document);
            let view = match there {
                true => turn.replica.view(turn.storage, document)?,
                false => json!({}),
            };
            Some((document, view))
        }
    };
    let (document, commands) = match found {
        Some((document, view)) if view.as_object().is_some_and(|view| !view.is_empty()) => {
            let record = overlay(&view, &imported.record);
            (document, difference(kind.schema(), &view, &record, &[]))
        }
        Some((document, _)) => (document, root_commands(kind, &imported.record)),
        None => {
            let key = imported.key.as_deref().unwrap_or("");
            let document = DocumentId::random(kind.byte(), turn.moment.bytes(key));
            (document, root_commands(kind, &imported.record))
        }
    };
    apply_in_parts(turn, document, &commands)
}

/// A view with what a file says put over it. What the file does not name stays: importing never removes anything.
fn overlay(here: &Value, file: &Value) -> Value {
    match (here, file) {
        (Value::Object(here), Value::Object(file)) => {
            let mut all = here.clone();
            for (name, value) in file {
                let value = here.get(name).map_or_else(|| value.clone(), |old| overlay(old, value));
                all.insert(name.clone(), value);
            }
            Value::Object(all)
        }
        (Value::Array(here), Value::Array(file)) => {
            let mut all = here.clone();
            // The first of two that are called the same is the one that is meant.
            let places = all.iter().enumerate().rev();
            let mut places: BTreeMap<Name, usize> =
                places.map(|(place, item)| (Name::of(item), place)).collect();
            for item in file {
                let place = *places.entry(Name::of(item)).or_insert(all.len());
                match all.get_mut(place) {
                    Some(old) => *old = overlay(old, item),
                    None => all.push(item.clone()),
                }
            }
            Value::Array(all)
        }
        (here, Value::Null) => here.clone(),
        (_, file) => file.clone(),
    }
}

/// What tells the elements of a list apart: the id, or all of it where there is none.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Id(String),
    Whole(String),
}

impl Name {
    fn of(item: &Value) -> Self {
        let id = item.get("id").and_then(Value::as_str);
        id.map_or_else(|| Self::Whole(item.to_string()), |id| Self::Id(id.to_owned()))
    }
}

/// Carries out commands as one change, or as several where one would be too large.
fn apply_in_parts(
    turn: &mut Turn<'_>,
    document: DocumentId,
    commands: &[Command],
) -> Result<usize, Trouble> {
    if commands.is_empty() {
        return Ok(0);
    }
    match turn.replica.apply(turn.storage, &turn.moment, document, commands) {
        Ok(applied) => Ok(usize::from(applied.change.is_some())),
        Err(ApplyError::Command(CommandError::TooMuch { .. })) if commands.len() > 1 => {
            let (first, second) = commands.split_at(commands.len() / 2);
            Ok(apply_in_parts(turn, document, first)? + apply_in_parts(turn, document, second)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// How many records a view holds, at any depth.
pub(super) fn count_items(value: &Value) -> usize {
    match value {
        Value::Array(items) => {
            let records = items.iter().filter(|item| item.is_object()).count();
            records + items.iter().map(count_items).sum::<usize>()
        }
        Value::Object(members) => members.values().map(count_items).sum(),
        _ => 0,
    }
}

pub(super) fn export(turn: &mut Turn<'_>) -> Answer {
    let views = sections::all_views(turn)?;
    let documents: Vec<(Kind, Value)> = views
        .into_iter()
        .filter(|(_, kind, _)| kind.is_exported())
        .map(|(_, kind, view)| (kind, view))
        .collect();
    Ok(json!({"plan": plan::export(&documents), "documents": documents.len()}))
}

/// The bytes of a workspace file with everything that this device may give away.
fn bundle(turn: &mut Turn<'_>) -> Result<(Vec<u8>, usize), Trouble> {
    let (mut writer, mut bytes) = BundleWriter::start();
    let hello = Hello {
        version: PROTOCOL_VERSION,
        workspace: turn.replica.workspace(),
        policy: turn.replica.policy().digest(),
        documents: turn.replica.digest(),
        incarnation: turn.storage.incarnation()?,
        clock: turn.moment.now,
    };
    bytes.extend(writer.frame(&Frame::Hello(hello)));
    let entries = turn.replica.policy().missing_from(&BTreeSet::new());
    bytes.extend(writer.frame(&Frame::Policy(entries)));
    let (frames, changes) = turn.replica.pack_all(turn.storage)?;
    for frame in &frames {
        bytes.extend(writer.frame(frame));
    }
    bytes.extend(writer.finish());
    Ok((bytes, changes))
}

pub(super) fn file_fault(path: &FilePath, error: &std::io::Error) -> Fault {
    let shown = path.display().to_string();
    let key = match error.kind() {
        std::io::ErrorKind::NotFound => "error-file-not-found",
        std::io::ErrorKind::PermissionDenied => "error-no-permission",
        std::io::ErrorKind::StorageFull => "error-disk-full",
        _ => "error-file",
    };
    Fault::new(FaultKind::System, key, json!({"path": shown, "reason": error.to_string()}))
}

/// Writes a file whole or not at all.
pub(super) fn write_file(path: &FilePath, bytes: &[u8]) -> Result<(), Fault> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = std::fs::File::create(&part)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&part, path));
    written.map_err(|error| {
        // What was begun is of no use; that it cannot be removed either changes nothing.
        drop(std::fs::remove_file(&part));
        file_fault(path, &error)
    })
}

pub(super) fn read_file(path: &FilePath) -> Result<Vec<u8>, Fault> {
    let metadata = std::fs::metadata(path).map_err(|error| file_fault(path, &error))?;
    if metadata.len() > BUNDLE_BYTES_MAX {
        let values = json!({"path": path.display().to_string()});
        return Err(Fault::new(FaultKind::Damaged, "error-not-a-bundle", values));
    }
    std::fs::read(path).map_err(|error| file_fault(path, &error))
}

/// Takes a workspace file's frames in, frame by frame.
pub(super) fn take_frames(turn: &mut Turn<'_>, path: &str, frames: &[Frame]) -> Answer {
    let (mut total, mut new, mut duplicates, mut pending, mut refused) = (0, 0, 0, 0, 0);
    let mut policy = 0;
    for frame in frames {
        match frame {
            Frame::Hello(hello) if hello.workspace != turn.replica.workspace() => {
                let values = json!({"path": path});
                let fault = Fault::new(FaultKind::Damaged, "error-bundle-other-school", values);
                return Err(fault.into());
            }
            Frame::Policy(entries) => {
                policy += turn.replica.take_in_policy(turn.storage, entries)?
            }
            Frame::Records { records, .. } => {
                for Judged { changes, verdict } in
                    turn.replica.take_in(turn.storage, None, records)?
                {
                    total += changes;
                    match verdict {
                        Verdict::Admitted(admitted) => {
                            new += admitted.stored.record.changes().len();
                            duplicates += changes - admitted.stored.record.changes().len();
                        }
                        Verdict::Duplicate => duplicates += changes,
                        Verdict::Pending => pending += changes,
                        Verdict::Refused(_) | Verdict::Unresolved => refused += changes,
                    }
                }
            }
            _ => {}
        }
    }
    Ok(json!({"envelopes": total, "new": new, "duplicates": duplicates, "pending": pending,
              "refused": refused, "policy": policy, "saved": true}))
}

impl Service {
    pub(super) async fn bundle(&self, path: String) -> Result<Value, Fault> {
        self.turn(move |turn| {
            let (bytes, envelopes) = bundle(turn)?;
            write_file(FilePath::new(&path), &bytes)?;
            Ok(json!({"path": path, "bytes": bytes.len(), "envelopes": envelopes}))
        })
        .await
    }

    pub(super) async fn take_bundle(&self, path: String) -> Result<Value, Fault> {
        let bytes = read_file(FilePath::new(&path))?;
        let frames = read_bundle(&bytes).map_err(|error| Fault::bundle(&error, &path))?;
        if let Some(Frame::Join(Join::Request(request))) = frames.first() {
            return self.take_request(request.clone()).await;
        }
        let here = self.turn(|turn| Ok(json!(turn.replica.workspace().to_string()))).await;
        if here.is_err() {
            self.enter_by_file(&path, &frames).await?;
        }
        self.turn(move |turn| take_frames(turn, &path, &frames)).await
    }

    async fn take_request(&self, request: JoinRequest) -> Result<Value, Fault> {
        self.turn(move |turn| {
            let words = words(&request.device).join(" ");
            let answer = json!({"request": {"device": request.device.to_string(), "words": words,
                                            "name": request.name}});
            turn.replica.take_request(turn.storage, request)?;
            Ok(answer)
        })
        .await
    }

    /// A device that has no workspace finds its own grant in the file.
    async fn enter_by_file(&self, path: &str, frames: &[Frame]) -> Result<(), Fault> {
        let workspace = frames.iter().find_map(|frame| match frame {
            Frame::Hello(hello) => Some(hello.workspace),
            _ => None,
        });
        let entries = frames.iter().find_map(|frame| match frame {
            Frame::Policy(entries) => Some(entries.clone()),
            _ => None,
        });
        let damaged =
            || Fault::new(FaultKind::Damaged, "error-bundle-damaged", json!({"path": path}));
        let (workspace, entries) = workspace.zip(entries).ok_or_else(damaged)?;
        let (policy, _) = Policy::from_entries(workspace, &entries).map_err(|_| damaged())?;
        if policy.now().member(&self.device).is_none() {
            return Err(Fault::new(FaultKind::NotAllowed, "error-device-unknown", json!({})));
        }
        self.create(workspace, entries).await
    }

    pub(super) async fn join_file(&self, path: String, name: String) -> Result<Value, Fault> {
        let request = JoinRequest::by_hand(&self.key, &name);
        let (mut writer, mut bytes) = BundleWriter::start();
        bytes.extend(writer.frame(&Frame::Join(Join::Request(request))));
        bytes.extend(writer.finish());
        write_file(FilePath::new(&path), &bytes)?;
        let device: DeviceId = self.device;
        Ok(json!({"path": path, "device": device.to_string(), "words": words(&device).join(" ")}))
    }

    /// Runs something that takes long on a thread of its own, so that the node goes on.
    async fn aside<T: Send + 'static>(
        &self,
        run: impl FnOnce(PathBuf) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let folder = self.folder.clone();
        let done = tokio::task::spawn_blocking(move || run(folder)).await;
        done.map_err(|error| Fault::internal(&error.to_string()))
    }

    pub(super) async fn backup(&self, path: String) -> Result<Value, Fault> {
        let to = PathBuf::from(&path);
        let manifest = self.aside(move |folder| store::backup(&folder, &to)).await?;
        let manifest = manifest.map_err(|error| match error {
            BackupError::Open(OpenError::Full) => {
                Fault::new(FaultKind::System, "error-disk-full", json!({}))
            }
            BackupError::Exists(path) => Fault::new(
                FaultKind::Usage,
                "error-file-exists",
                json!({"path": path.display().to_string()}),
            ),
            error => Fault::new(
                FaultKind::System,
                "error-file",
                json!({"path": path, "reason": error.to_string()}),
            ),
        })?;
        let size = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        Ok(json!({"path": path, "bytes": size, "documents": manifest.documents,
                  "changes": manifest.changes}))
    }

    pub(super) async fn doctor(&self) -> Result<Value, Fault> {
        let inspected = self.aside(|folder| {
            let space = checkup::free_bytes(&folder).map(checkup::check_space);
            store::inspect(&folder).map(|report| (report, space))
        });
        let (report, space) = inspected.await?.map_err(|error| match error {
            OpenError::Full => Fault::new(FaultKind::System, "error-disk-full", json!({})),
            OpenError::Damaged(_) => {
                Fault::new(FaultKind::Damaged, "error-store-damaged", json!({"folder": ""}))
            }
            error => {
                Fault::new(FaultKind::System, "error-store", json!({"reason": error.to_string()}))
            }
        })?;
        let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
        let (online, skew) = self.heard(|heard| (heard.online.len(), heard.clock_skew_ms));
        let checks: Vec<Check> =
            space.into_iter().chain([checkup::check_clock(clock::now(), skew)]).collect();
        Ok(json!({"workspaces": report.workspaces, "documents": report.documents,
                  "envelopes": report.envelopes, "changes": report.changes,
                  "bytes": report.bytes, "online": online, "problems": problems,
                  "checks": checks}))
    }

    /// How the node stands, for its operator: no id is longer than 8 digits.
    pub(super) async fn measure(&self) -> Result<Value, Fault> {
        let measured = self.handle.measure().await.map_err(Fault::from)?;
        let schools: Vec<Value> = measured
            .workspaces
            .iter()
            .map(|school| {
                json!({"school": short(&school.workspace.0), "documents": school.documents,
                       "changes": school.totals.changes, "bytes": school.totals.bytes,
                       "full": school.full, "online": school.online,
                       "seen_ms": school.seen.map(|seen| seen.0)})
            })
            .collect();
        let online: u64 = measured.workspaces.iter().map(|school| school.online).sum();
        Ok(json!({"workspaces": schools.len(), "online": online, "schools": schools}))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::overlay;

    #[test]
    fn what_a_file_does_not_name_stays() {
        let here = json!({"title": {"kk": "a", "ru": "b"}, "owner": "dir", "set": ["x", "y"],
                          "risks": [{"id": "r1", "likelihood": 2}, {"id": "r2"}]});
        let file = json!({"title": {"kk": "c"}, "owner": null, "set": ["y", "z"],
                          "risks": [{"id": "r2", "likelihood": 5}, {"id": "r3"}]});
        let expected = json!({"title": {"kk": "c", "ru": "b"}, "owner": "dir", "set": ["x", "y", "z"],
                              "risks": [{"id": "r1", "likelihood": 2},
                                        {"id": "r2", "likelihood": 5}, {"id": "r3"}]});
        assert_eq!(overlay(&here, &file), expected);
        assert_eq!(overlay(&here, &here), here);
    }
}
