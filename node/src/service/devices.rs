//! Who belongs to the workspace: inviting, letting in, shutting out; the ways in from outside.

use jospar_core::ids::{DeviceId, DocumentId};
use jospar_core::plan::Kind;
use jospar_core::policy::{Role, Scope};
use jospar_core::protocol::{ClaimLink, Invite};
use serde_json::{Value, json};

use super::answer::{Answer, EntryState, Service, Trouble};
use super::fault::{Fault, FaultKind};
use super::sections::{self, Names};
use crate::clock;
use crate::engine::Message;
use crate::entry::Entry;
use crate::handle::Turn;
use crate::keys::words;
use jospar_core::replica::found_workspace;

pub(super) fn role_named(name: &str) -> Result<Role, Fault> {
    Role::from_name(name).ok_or_else(|| {
        let choices: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
        let values = json!({"value": name, "choices": choices.join(", ")});
        Fault::new(FaultKind::Usage, "error-role-unknown", values)
    })
}

pub(super) fn invite(turn: &mut Turn<'_>, role: &str, address: Option<String>) -> Answer {
    let role = role_named(role)?;
    let server = turn.replica.policy().now().servers().next();
    let server = server.map(|(device, server)| (server.address.clone(), *device));
    let (address, contact) = match (address, server) {
        (Some(address), _) => (address, turn.replica.device()),
        (None, Some(server)) => server,
        (None, None) => {
            return Err(Fault::new(FaultKind::Usage, "error-server-not-set", json!({})).into());
        }
    };
    let moment = turn.moment;
    let (link, invite) = turn.replica.invite(turn.storage, &moment, role, &address, contact)?;
    Ok(json!({"link": link, "role": role.name(), "expires_ms": invite.expires.0,
              "address": address}))
}

pub(super) fn list(turn: &mut Turn<'_>) -> Answer {
    let names = Names::read(turn)?;
    let peers = turn.replica.peers(turn.storage)?;
    let connected = |device: &DeviceId| peers.iter().any(|p| p.peer == *device && p.connected);
    let rights = turn.replica.policy().now();
    let this = turn.replica.device();
    let devices: Vec<Value> = rights
        .members()
        .map(|(device, member)| {
            json!({"device": device.to_string(), "words": words(device).join(" "),
                   "name": names.of_device(turn, device), "role": member.role.name(),
                   "this": *device == this, "connected": connected(device)})
        })
        .collect();
    let revoked: Vec<Value> = rights
        .revocations()
        .filter(|(_, revocation)| revocation.successor.is_none())
        .map(|(device, revocation)| {
            let role = revocation.was.as_ref().map_or("server", |member| member.role.name());
            json!({"device": device.to_string(), "words": words(device).join(" "),
                   "name": names.of_device(turn, device), "role": role})
        })
        .collect();
    let servers: Vec<Value> = rights
        .servers()
        .map(|(device, server)| {
            json!({"device": device.to_string(), "words": words(device).join(" "),
                   "address": server.address, "connected": connected(device)})
        })
        .collect();
    let waiting: Vec<Value> = turn
        .replica
        .pending_joins(turn.storage)?
        .into_iter()
        .map(|pending| {
            let device = pending.request.device;
            json!({"device": device.to_string(), "words": words(&device).join(" "),
                   "name": pending.request.name, "role": pending.role.map(Role::name)})
        })
        .collect();
    Ok(json!({"devices": devices, "waiting": waiting, "revoked": revoked, "servers": servers}))
}

/// The one device among `known` that a person means: its id, the start of it, or its words.
pub(super) fn meant(known: &[DeviceId], text: &str) -> Result<DeviceId, Fault> {
    let asked = text.trim().to_lowercase();
    let fits = |device: &&DeviceId| {
        let by_id = asked.len() >= 4 && device.to_string().starts_with(&asked);
        by_id || words(device).join(" ") == asked
    };
    let mut found = known.iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(device), None) => Ok(*device),
        _ => Err(Fault::new(FaultKind::NotFound, "error-not-waiting", json!({"device": text}))),
    }
}

fn meant_waiting(turn: &Turn<'_>, text: &str) -> Result<DeviceId, Trouble> {
    let waiting = turn.replica.pending_joins(turn.storage)?;
    let waiting: Vec<DeviceId> = waiting.iter().map(|pending| pending.request.device).collect();
    Ok(meant(&waiting, text)?)
}

/// The kinds that the auditor's one page is made of.
const AUDITOR_KINDS: [Kind; 2] = [Kind::Approvals, Kind::AuditPage];

/// The scope that covers the documents of these kinds; for an auditor also those of the one page.
pub(super) fn scope_of(role: Option<Role>, kinds: &[String]) -> Result<Scope, Fault> {
    let kind_byte = |name: &String| {
        Kind::from_name(name).map(Kind::byte).ok_or_else(|| {
            Fault::new(FaultKind::Usage, "error-kind-unknown", json!({"name": name}))
        })
    };
    let mut kinds = kinds.iter().map(kind_byte).collect::<Result<Vec<u8>, Fault>>()?;
    if role == Some(Role::Auditor) {
        let page = AUDITOR_KINDS.map(Kind::byte);
        kinds.extend(page.into_iter().filter(|kind| !kinds.contains(kind)).collect::<Vec<u8>>());
    }
    Ok(Scope { kinds, documents: Vec::new() })
}

/// The member device that a person means.
pub(super) fn meant_member(turn: &Turn<'_>, text: &str) -> Result<DeviceId, Fault> {
    let members: Vec<DeviceId> =
        turn.replica.policy().now().members().map(|(device, _)| *device).collect();
    meant(&members, text).map_err(|mut fault| {
        fault.key = "error-not-a-member".to_owned();
        fault
    })
}

/// The role that the invite of a waiting device offers.
fn offered(turn: &Turn<'_>, device: &DeviceId) -> Result<Option<Role>, Trouble> {
    let waiting = turn.replica.pending_joins(turn.storage)?;
    Ok(waiting.iter().find(|waits| waits.request.device == *device).and_then(|waits| waits.role))
}

pub(super) fn confirm(
    turn: &mut Turn<'_>,
    device: &str,
    role: Option<&str>,
    kinds: &[String],
) -> Answer {
    let device = meant_waiting(turn, device)?;
    let role = role.map(role_named).transpose()?;
    let scope = scope_of(role.or(offered(turn, &device)?), kinds)?;
    let moment = turn.moment;
    let (person, request) = turn.replica.confirm(turn.storage, &moment, device, role, scope)?;
    sections::name_person(turn, person, &request.name)?;
    let role = turn.replica.policy().now().member(&device).map(|member| member.role.name());
    Ok(json!({"device": device.to_string(), "words": words(&device).join(" "),
              "name": request.name, "role": role, "saved": true}))
}

pub(super) fn decline(turn: &mut Turn<'_>, device: &str) -> Answer {
    let device = meant_waiting(turn, device)?;
    turn.replica.decline(turn.storage, device)?;
    Ok(json!({"device": device.to_string(), "words": words(&device).join(" ")}))
}

pub(super) fn revoke(turn: &mut Turn<'_>, device: &str) -> Answer {
    let names = Names::read(turn)?;
    let rights = turn.replica.policy().now();
    let members = rights.members().map(|(device, _)| *device);
    let servers = rights.servers().map(|(device, _)| *device);
    let known: Vec<DeviceId> = members.chain(servers).collect();
    let device = meant(&known, device).map_err(|mut fault| {
        fault.key = "error-not-a-member".to_owned();
        fault
    })?;
    turn.replica.revoke(turn.storage, device)?;
    let name = names.of_device(turn, &device);
    Ok(json!({"device": device.to_string(), "words": words(&device).join(" "), "name": name,
              "saved": true}))
}

impl Service {
    pub(super) async fn init(&self, school: String, name: String) -> Result<Value, Fault> {
        let moment = clock::moment().map_err(|_| crate::handle::NodeError::NoRandomness)?;
        // A workspace with its genesis and what the device says of itself was begun by this very request, and the disk
        // was full then.
        let is_begun = |turn: &mut Turn<'_>| {
            let own = |id: &DocumentId| id.kind() == Kind::DeviceRecord.byte();
            let written = turn.replica.documents().any(|(id, _)| !own(id));
            turn.replica.policy().hashes().count() > 1 || written
        };
        let here = self.turn(move |turn| Ok(json!(is_begun(turn)))).await;
        match here {
            Err(fault) if fault.key == "error-not-a-workspace" => {
                let (id, genesis) = found_workspace(&self.key, &moment);
                self.create(id, vec![genesis]).await?;
            }
            Ok(begun) if begun == false => {}
            Ok(_) => {
                let values = json!({"folder": self.folder.display().to_string()});
                return Err(Fault::new(FaultKind::Usage, "error-already-a-workspace", values));
            }
            Err(fault) => return Err(fault),
        }
        let words = words(&self.device).join(" ");
        self.turn(move |turn| {
            let (id, device) = (turn.replica.workspace(), turn.replica.device());
            let member = turn.replica.policy().now().member(&device).cloned();
            if let Some(member) = member {
                sections::name_person(turn, member.person, &name)?;
            }
            if !school.is_empty() {
                super::plan::name_school(turn, &school)?;
            }
            Ok(json!({"workspace": id.to_string(), "device": device.to_string(),
                      "words": words, "school": school, "name": name}))
        })
        .await
    }

    pub(super) async fn join(&self, link: &str, name: String) -> Result<Value, Fault> {
        let invite = Invite::from_link(link)?;
        invite.check_time(clock::now()).map_err(|_| {
            Fault::new(
                FaultKind::Damaged,
                "error-invite-expired",
                json!({"expiry": {"moment_ms": invite.expires.0}}),
            )
        })?;
        let here = self.turn(|turn| Ok(json!(turn.replica.workspace().to_string()))).await;
        if let Ok(here) = here {
            let same = here == invite.workspace.to_string();
            let key = if same { "error-already-a-workspace" } else { "error-invite-other-school" };
            let values = json!({"folder": self.folder.display().to_string()});
            return Err(Fault::new(FaultKind::Usage, key, values));
        }
        let address = invite.address.clone();
        self.heard(|heard| heard.entry = EntryState::Connecting);
        self.tell(Message::Enter(Entry::Join { invite: Box::new(invite), name })).await?;
        Ok(json!({"words": words(&self.device).join(" "), "address": address}))
    }

    pub(super) async fn claim(&self, link: &str) -> Result<Value, Fault> {
        let link = ClaimLink::from_link(link)?;
        let found = self
            .turn(|turn| {
                let device = turn.replica.device();
                if !turn.replica.policy().now().is_director(&device) {
                    return Err(
                        Fault::new(FaultKind::NotAllowed, "error-not-director", json!({})).into()
                    );
                }
                let entries = turn.storage.policy_entries()?;
                let genesis = entries.first().cloned().unwrap_or_default();
                Ok(json!({"workspace": turn.replica.workspace().to_string(), "genesis": genesis}))
            })
            .await?;
        let workspace = found["workspace"].as_str().unwrap_or("").parse();
        let workspace = workspace.map_err(|_| Fault::internal("the workspace's id"))?;
        let genesis: Vec<u8> = serde_json::from_value(found["genesis"].clone())
            .map_err(|error| Fault::internal(&error.to_string()))?;
        let address = link.address.clone();
        self.heard(|heard| heard.entry = EntryState::Connecting);
        let entry = Entry::Claim { link: Box::new(link), workspace, genesis };
        self.tell(Message::Enter(entry)).await?;
        Ok(json!({"address": address}))
    }
}
