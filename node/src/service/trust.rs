//! Trust: roles, exchanging a key, recovery sheets, and deciding about what was set aside.

use ed25519_dalek::SigningKey;
use jospar_core::ids::{ChangeHash, DeviceId, WorkspaceId};
use jospar_core::plan::{Date, Kind};
use jospar_core::policy::{Body, Policy, Role};
use jospar_core::protocol::{Frame, read_bundle};
use jospar_core::replica::{Assignment, SetAside};
use jospar_core::storage::Quarantined;
use jospar_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Service, Trouble};
use super::devices::{meant_member, role_named, scope_of};
use super::fault::{Fault, FaultKind};
use super::files;
use super::sections::{self, Names};
use crate::handle::Turn;
use crate::keys::{self, words};
use crate::recovery::{self, SheetError};

/// The setting with the changes that this device decided about for itself.
const DECIDED: &str = "decided";
/// How many of those are remembered.
const DECIDED_MAX: usize = 1_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A request about trust.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum TrustRequest {
    /// How safe the school's policy is. Answer: `{directors, warnings: [message key], sheets: [{sheet, number}],
    /// recovered: [{device, words, name}], dropped: [{number, kind, device, words, name, reason}]}`; `number` is the
    /// entry's.
    State,
    /// Gives a member another role. Answer: `{device, words, name, role, until, saved: true}`.
    Assign {
        /// The device: its id, the start of it, or its words.
        device: String,
        /// The role's name.
        role: String,
        /// For contributors and auditors: names of the kinds they may write or read.
        #[serde(default)]
        kinds: Vec<String>,
        /// The last day on which others serve the device, `YYYY-MM-DD`.
        #[serde(default)]
        until: Option<String>,
    },
    /// Takes a new key for this device; the node stops then. Answer: `{device, words, restart: true}`.
    Rotate,
    /// Words for a recovery sheet, which holds once `keep_sheet` follows. Answer: `{words: [24], sheet}`.
    DraftSheet,
    /// Makes a drafted sheet hold. Answer: `{sheet, saved: true}`.
    KeepSheet {
        /// The sheet's public key as hexadecimal, from `draft_sheet`.
        sheet: String,
    },
    /// Makes this device a director by a recovery sheet, and shuts out the device that was lost. Answer: `{device,
    /// words, name, lost, saved: true}`.
    Recover {
        /// The 24 words.
        words: String,
        /// The lost device, if there are several directors' devices.
        #[serde(default)]
        lost: Option<String>,
        /// A workspace file, if this device has no workspace; an absolute path.
        #[serde(default)]
        path: Option<String>,
    },
    /// Writes in one's own name what a group of `quarantine` meant. Answer: `{change, count, commands, saved: true}`.
    Adopt {
        /// A change of the group, as hexadecimal, or the start of it.
        change: String,
    },
    /// Takes a group of `quarantine` off the list. Answer: as `adopt`, with no commands.
    Discard {
        /// A change of the group, as hexadecimal, or the start of it.
        change: String,
    },
}

impl Service {
    pub(super) async fn trust(&self, request: TrustRequest) -> Result<Value, Fault> {
        match request {
            TrustRequest::Rotate => self.rotate().await,
            TrustRequest::Recover { words, lost, path } => {
                self.recover(&words, lost, path.as_deref()).await
            }
            request => self.turn(move |turn| on_workspace(turn, request)).await,
        }
    }

    async fn rotate(&self) -> Result<Value, Fault> {
        let folders = (self.folder.clone(), self.keys.clone());
        let key_fault = |error: keys::KeyError| {
            Fault::new(FaultKind::System, "error-store", json!({"reason": error.to_string()}))
        };
        let next = keys::prepare_next(&folders.0, &folders.1).map_err(key_fault)?;
        let device = next.device();
        self.turn(move |turn| {
            turn.replica.rotate(turn.storage, next.signing_key())?;
            Ok(json!({}))
        })
        .await?;
        keys::take_next(&folders.0, &folders.1, device).map_err(key_fault)?;
        // What runs has the old key everywhere: in sessions, in the engine. It must not go on.
        self.stop.notify_one();
        Ok(json!({"device": device.to_string(), "words": words(&device).join(" "),
                  "restart": true}))
    }

    async fn recover(
        &self,
        words: &str,
        lost: Option<String>,
        path: Option<&str>,
    ) -> Result<Value, Fault> {
        let sheet = recovery::key_of(words)?;
        if let Some(path) = path {
            self.take_for_recovery(path, &sheet).await?;
        }
        self.turn(move |turn| recover(turn, &sheet, lost.as_deref())).await
    }

    /// Takes a workspace file in on a device that is no member yet: the sheet stands for it.
    async fn take_for_recovery(&self, path: &str, sheet: &SigningKey) -> Result<(), Fault> {
        let bytes = files::read_file(std::path::Path::new(path))?;
        let frames = read_bundle(&bytes).map_err(|error| Fault::bundle(&error, path))?;
        let here = self.turn(|turn| Ok(json!(turn.replica.workspace().to_string()))).await;
        if here.is_err() {
            let damaged =
                Fault::new(FaultKind::Damaged, "error-bundle-damaged", json!({"path": path}));
            let (workspace, entries) = log_of(&frames).ok_or_else(|| damaged.clone())?;
            let (policy, _) = Policy::from_entries(workspace, &entries).map_err(|_| damaged)?;
            let public = DeviceId(sheet.verifying_key().to_bytes());
            if !policy.now().sheets().any(|(known, _)| *known == public) {
                return Err(Fault::from(jospar_core::replica::MemberError::Sheet));
            }
            self.create(workspace, entries).await?;
        }
        let path = path.to_owned();
        self.turn(move |turn| files::take_frames(turn, &path, &frames)).await?;
        Ok(())
    }
}

fn log_of(frames: &[Frame]) -> Option<(WorkspaceId, Vec<Vec<u8>>)> {
    let workspace = frames.iter().find_map(|frame| match frame {
        Frame::Hello(hello) => Some(hello.workspace),
        _ => None,
    })?;
    let entries = frames.iter().find_map(|frame| match frame {
        Frame::Policy(entries) => Some(entries.clone()),
        _ => None,
    })?;
    Some((workspace, entries))
}

impl From<SheetError> for Fault {
    fn from(error: SheetError) -> Self {
        let usage = |key, values| Self::new(FaultKind::Usage, key, values);
        match error {
            SheetError::Count(count) => usage(
                "error-recovery-count",
                json!({"count": count, "wanted": recovery::SHEET_WORDS}),
            ),
            SheetError::Word { number, word } => {
                usage("error-recovery-word", json!({"number": number, "word": word}))
            }
            SheetError::Check => usage("error-recovery-check", json!({})),
        }
    }
}

fn on_workspace(turn: &mut Turn<'_>, request: TrustRequest) -> Answer {
    match request {
        TrustRequest::State => {
            let names = Names::read(turn)?;
            Ok(summary(turn, &names))
        }
        TrustRequest::Assign { device, role, kinds, until } => {
            assign(turn, &device, &role, &kinds, until.as_deref())
        }
        TrustRequest::DraftSheet => draft_sheet(turn),
        TrustRequest::KeepSheet { sheet } => {
            let key: DeviceId = sheet
                .parse()
                .map_err(|_| Fault::new(FaultKind::Usage, "error-recovery-check", json!({})))?;
            turn.replica.set_recovery_key(turn.storage, key)?;
            Ok(json!({"sheet": sheet, "saved": true}))
        }
        TrustRequest::Adopt { change } => decide(turn, &change, true),
        TrustRequest::Discard { change } => decide(turn, &change, false),
        TrustRequest::Rotate | TrustRequest::Recover { .. } => {
            Err(Fault::internal("not for a workspace").into())
        }
    }
}

/// How safe the policy is, and what a person has to look at.
pub(super) fn summary(turn: &Turn<'_>, names: &Names) -> Value {
    let policy = turn.replica.policy();
    let rights = policy.now();
    let named = |device: &DeviceId| {
        json!({"device": device.to_string(), "words": words(device).join(" "),
               "name": names.of_device(turn, device)})
    };
    let number = |hash| policy.entry(hash).map(|entry| entry.number);
    let directors = rights.members().filter(|(_, member)| member.role == Role::Director).count();
    let sheets: Vec<Value> = rights
        .sheets()
        .map(|(sheet, by)| json!({"sheet": sheet.to_string(), "number": number(by)}))
        .collect();
    let recovered: Vec<Value> = rights.recovered().map(|(device, _)| named(device)).collect();
    let dropped: Vec<Value> = policy
        .dropped()
        .into_iter()
        .map(|(entry, reason)| {
            let mut line = named(&entry.signer);
            line["number"] = entry.number.into();
            line["kind"] = kind_of(&entry.body).into();
            line["reason"] = reason.message_key().into();
            line
        })
        .collect();
    let alone = directors == 1 && sheets.is_empty();
    let warnings: Vec<&str> = alone.then_some("trust-one-director").into_iter().collect();
    json!({"directors": directors, "warnings": warnings, "sheets": sheets,
           "recovered": recovered, "dropped": dropped})
}

/// The word for a kind of entry in answers and message keys.
const fn kind_of(body: &Body) -> &'static str {
    match body {
        Body::Genesis { .. } => "genesis",
        Body::Grant { .. } => "grant",
        Body::Assign { .. } => "assign",
        Body::Revoke { .. } => "revoke",
        Body::ServerKey { .. } => "server",
        Body::Rotate { .. } => "rotate",
        Body::RecoveryKey { .. } => "sheet",
        Body::Recover { .. } => "recover",
        Body::DropDocument { .. } => "entry-drop",
        Body::Settle { .. } => "settle",
        Body::Later { .. } => "later",
    }
}

fn assign(
    turn: &mut Turn<'_>,
    device: &str,
    role: &str,
    kinds: &[String],
    until: Option<&str>,
) -> Answer {
    let device = meant_member(turn, device)?;
    let role = role_named(role)?;
    let scope = scope_of(Some(role), kinds)?;
    let not_after = until.map(end_of_day).transpose()?;
    turn.replica.assign(turn.storage, device, Assignment { role, scope, not_after })?;
    let name = Names::read(turn)?.of_device(turn, &device);
    Ok(json!({"device": device.to_string(), "words": words(&device).join(" "), "name": name,
              "role": role.name(), "until": until, "saved": true}))
}

/// The last millisecond of a day, UTC.
fn end_of_day(day: &str) -> Result<Timestamp, Fault> {
    let refused = || Fault::new(FaultKind::Usage, "error-value-date", json!({"value": day}));
    let day: Date = day.parse().map_err(|_| refused())?;
    let first = Date::from_numbers(1970, 1, 1).ok_or_else(refused)?;
    Ok(Timestamp((day.days_since(first) + 1) * DAY_MS - 1))
}

fn draft_sheet(turn: &Turn<'_>) -> Answer {
    let rights = turn.replica.policy().now();
    if !rights.is_director(&turn.replica.device()) {
        return Err(Fault::new(FaultKind::NotAllowed, "error-not-director", json!({})).into());
    }
    let words =
        recovery::draft().map_err(|_| Fault::new(FaultKind::System, "error-random", json!({})))?;
    let key = recovery::key_of(&words.join(" ")).map_err(Fault::from)?;
    let sheet = DeviceId(key.verifying_key().to_bytes());
    Ok(json!({"words": words, "sheet": sheet.to_string()}))
}

fn recover(turn: &mut Turn<'_>, sheet: &SigningKey, lost: Option<&str>) -> Answer {
    let this = turn.replica.device();
    let rights = turn.replica.policy().now();
    let directors: Vec<DeviceId> = rights
        .members()
        .filter(|(device, member)| member.role == Role::Director && **device != this)
        .map(|(device, _)| *device)
        .collect();
    let lost = match (lost, directors.as_slice()) {
        (Some(lost), _) => meant_member(turn, lost)?,
        (None, [lost]) => *lost,
        _ => {
            let values: Vec<String> =
                directors.iter().map(|device| words(device).join(" ")).collect();
            let values = json!({"devices": values.join("; ")});
            return Err(Fault::new(FaultKind::Usage, "error-recovery-which", values).into());
        }
    };
    turn.replica.recover(turn.storage, sheet, lost)?;
    let name = Names::read(turn)?.of_device(turn, &this);
    Ok(json!({"device": this.to_string(), "words": words(&this).join(" "), "name": name,
              "lost": words(&lost).join(" "), "saved": true}))
}

/// The groups of what was set aside that this device still has to decide about.
fn groups(turn: &mut Turn<'_>) -> Result<Vec<SetAside>, Trouble> {
    let decided = decided(turn)?;
    let mut groups = turn.replica.set_aside(turn.storage)?;
    for group in &mut groups {
        group.changes.retain(|held| !decided.contains(&held.change));
    }
    groups.retain(|group| !group.changes.is_empty());
    Ok(groups)
}

fn decided(turn: &Turn<'_>) -> Result<Vec<ChangeHash>, Trouble> {
    let bytes = turn.storage.setting(DECIDED)?.unwrap_or_default();
    Ok(bytes.as_chunks::<32>().0.iter().map(|hash| ChangeHash(*hash)).collect())
}

pub(super) fn set_aside(turn: &mut Turn<'_>) -> Answer {
    let names = Names::read(turn)?;
    let this = turn.replica.device();
    let (mut lines, mut changes) = (Vec::new(), Vec::new());
    for (index, group) in groups(turn)?.iter().enumerate() {
        let Some(first) = group.changes.first() else { continue };
        let (device, who) = sections::author(turn, &names, first.document, first.actor)?;
        let part = Kind::from_byte(first.document.kind()).map(Kind::name);
        let mut paths = Vec::new();
        for path in group.meant.iter().flat_map(|entry| &entry.paths) {
            paths.push(sections::written(turn, first.document, path)?);
        }
        paths.sort();
        paths.dedup();
        paths.truncate(jospar_core::document::HISTORY_PATHS_MAX);
        let time = group.meant.iter().map(|entry| entry.time.0).max();
        let document = first.document.to_string();
        let device = device.map(|device| (device == this, device.to_string()));
        let (own, device) = device.unzip();
        lines.push(json!({
            "number": index + 1, "change": first.change.to_string(), "document": document,
            "part": part, "who": who, "device": device, "own": own.unwrap_or_default(),
            "count": group.changes.len(), "time_ms": time, "paths": paths,
            "reason": first.reason, "adoptable": !group.commands.is_empty(),
        }));
        let change = |held: &Quarantined| {
            json!({"document": document, "part": part, "change": held.change.to_string(),
                   "seq": held.seq, "who": who, "device": device, "reason": held.reason})
        };
        changes.extend(group.changes.iter().map(change));
    }
    Ok(json!({"groups": lines, "changes": changes}))
}

/// Adopts or discards a group. A director decides for everybody, an author about the own work for this device.
fn decide(turn: &mut Turn<'_>, change: &str, adopt: bool) -> Answer {
    let named =
        |held: &Quarantined| change.len() >= 4 && held.change.to_string().starts_with(change);
    let group = groups(turn)?.into_iter().find(|group| group.changes.iter().any(named));
    let group = group.ok_or_else(|| {
        Fault::new(FaultKind::NotFound, "error-change-unknown", json!({"change": change}))
    })?;
    let Some(first) = group.changes.first().cloned() else {
        return Err(Fault::internal("an empty group").into());
    };
    let this = turn.replica.device();
    let director = turn.replica.policy().now().is_director(&this);
    let author = turn.replica.author(turn.storage, first.document, first.actor)?;
    if !director && author != Some(this) {
        return Err(Fault::new(FaultKind::NotAllowed, "error-not-director", json!({})).into());
    }
    if adopt && group.commands.is_empty() {
        return Err(Fault::new(FaultKind::Usage, "error-nothing-to-adopt", json!({})).into());
    }
    let moment = turn.moment;
    let commands = match adopt {
        true => turn.replica.adopt(turn.storage, &moment, &group)?,
        false => 0,
    };
    let hashes: Vec<ChangeHash> = group.changes.iter().map(|held| held.change).collect();
    if director {
        turn.replica.settle(turn.storage, first.document, adopt, &hashes)?;
    } else {
        let mut all = decided(turn)?;
        all.extend(&hashes);
        let from = all.len().saturating_sub(DECIDED_MAX);
        let bytes: Vec<u8> = all.iter().skip(from).flat_map(|hash| hash.0).collect();
        turn.storage.set_setting(DECIDED, Some(&bytes))?;
    }
    Ok(json!({"change": first.change.to_string(), "count": hashes.len(),
              "commands": commands, "saved": true}))
}
