//! Members: inviting, asking to be let in, letting in, shutting out, servers.

use ed25519_dalek::SigningKey;

use super::trust::Assignment;
use super::{Effect, Moment, Replica, Station};
use crate::ids::{DeviceId, PersonId, WorkspaceId};
use crate::log::{ByteReader, ByteWriter};
use crate::policy::{Body, Entry, Role, Scope};
use crate::protocol::{
    Frame, Invite, JOIN_BYTES_MAX, Join, JoinReply, JoinRequest, Phase, RefusalCode, SessionId,
    invite_id,
};
use crate::storage::{Storage, StorageError};
use crate::time::Timestamp;

/// How long an invite is open.
pub const INVITE_MS: i64 = 24 * 60 * 60 * 1000;
/// How much later than its end an invite is still honoured: clocks differ.
const INVITE_SLACK_MS: i64 = 24 * 60 * 60 * 1000;
/// The most invites that may be open at once, and the most requests that may wait.
pub const INVITES_MAX: usize = 64;

const INVITES: &str = "invites";
const OPEN_INVITES: &str = "open-invites";
const JOINS: &str = "joins";
const DECLINED: &str = "declined";

/// Why a member could not be invited, let in or shut out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// Only a director's device may.
    #[error("only a director may do this")]
    NotDirector,
    /// The device asked without an invite, so a role must be named.
    #[error("device {0} asked without an invite; name its role")]
    RoleMissing(DeviceId),
    /// Nobody with this key waits.
    #[error("device {0} does not wait to be let in")]
    NotWaiting(DeviceId),
    /// The device is not a member.
    #[error("device {0} is not a member")]
    NotMember(DeviceId),
    /// The device was shut out and may not come back with the same key.
    #[error("device {0} was shut out")]
    Revoked(DeviceId),
    /// Shutting this device out would leave the workspace without a director.
    #[error("this is the last director's device")]
    LastDirector,
    /// The recovery sheet does not hold.
    #[error("the recovery sheet does not hold")]
    Sheet,
    /// A drop needs a reason, of at most `DROP_REASON_BYTES_MAX` bytes.
    #[error("name a reason, and a short one")]
    Reason,
    /// [`INVITES_MAX`] invites are open.
    #[error("{INVITES_MAX} invites are open already")]
    TooManyInvites,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A device that waits for the director's yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingJoin {
    /// Its request.
    pub request: JoinRequest,
    /// The role that its invite offers; `None` when this device did not make the invite.
    pub role: Option<Role>,
}

/// An invite as the inviting device remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OpenInvite {
    secret: [u8; 16],
    role: Role,
    expires: Timestamp,
}

/// Starts a workspace: its genesis entry, signed by the first director's device.
#[must_use]
pub fn found_workspace(key: &SigningKey, moment: &Moment) -> (WorkspaceId, Vec<u8>) {
    let person = PersonId(moment.bytes("director"));
    let entry = Entry::genesis(key, person, moment.bytes("workspace"));
    (WorkspaceId(entry.hash().0), entry.encode())
}

impl Replica {
    pub(super) fn require_director(&self) -> Result<(), MemberError> {
        if self.rights().is_director(&self.device) { Ok(()) } else { Err(MemberError::NotDirector) }
    }

    /// Signs a policy entry and takes it in.
    ///
    /// # Errors
    /// [`MemberError::NotDirector`] unless this is a director's device.
    pub fn append_policy(
        &mut self,
        storage: &mut dyn Storage,
        body: Body,
    ) -> Result<(), MemberError> {
        self.require_director()?;
        let entry = Entry::sign(&self.key, &self.policy, body);
        self.take_in_policy(storage, &[entry.encode()])?;
        Ok(())
    }

    /// Opens an invite and returns its link. `contact` is the key that answers at `address`.
    ///
    /// # Errors
    /// [`MemberError::NotDirector`], [`MemberError::TooManyInvites`].
    pub fn invite(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        role: Role,
        address: &str,
        contact: DeviceId,
    ) -> Result<(String, Invite), MemberError> {
        self.require_director()?;
        let mut open = open_invites(storage, moment.now)?;
        if open.len() >= INVITES_MAX {
            return Err(MemberError::TooManyInvites);
        }
        let invite = Invite {
            address: address.to_owned(),
            contact,
            workspace: self.workspace,
            secret: moment.bytes("invite"),
            role,
            expires: moment.now.after(INVITE_MS),
            director: self.device,
        };
        open.push(OpenInvite { secret: invite.secret, role, expires: invite.expires });
        store_invites(storage, &open)?;
        let live: Vec<SessionId> = self.live_sessions();
        for id in live {
            self.introduce(storage, id)?;
        }
        Ok((invite.to_link(&self.key), invite))
    }

    /// The devices that wait for the director's yes.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails.
    pub fn pending_joins(&self, storage: &dyn Storage) -> Result<Vec<PendingJoin>, StorageError> {
        let open = stored_invites(storage)?;
        let pending = stored_joins(storage)?.into_iter().map(|request| {
            let invite = open.iter().find(|invite| request.proves(&invite.secret));
            PendingJoin { role: invite.map(|invite| invite.role), request }
        });
        Ok(pending.collect())
    }

    /// Keeps a request that came as a file: it waits for the director's yes.
    ///
    /// # Errors
    /// [`MemberError::NotDirector`], [`MemberError::Revoked`].
    pub fn take_request(
        &mut self,
        storage: &mut dyn Storage,
        request: JoinRequest,
    ) -> Result<(), MemberError> {
        self.require_director()?;
        if self.rights().revocation(&request.device).is_some() {
            return Err(MemberError::Revoked(request.device));
        }
        if remember_join(storage, &request)? {
            self.effects.push(Effect::JoinRequested(request));
        }
        Ok(())
    }

    /// Lets a waiting device in and closes its invite.
    ///
    /// # Errors
    /// [`MemberError::NotWaiting`], and as [`Replica::grant`].
    pub fn confirm(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        device: DeviceId,
        role: Option<Role>,
        scope: Scope,
    ) -> Result<(PersonId, JoinRequest), MemberError> {
        let pending = self.pending_joins(storage)?;
        let found = pending.into_iter().find(|pending| pending.request.device == device);
        let pending = found.ok_or(MemberError::NotWaiting(device))?;
        let role = role.or(pending.role).ok_or(MemberError::RoleMissing(device))?;
        let person = self.grant(storage, moment, device, None, role, scope)?;
        let mut open = stored_invites(storage)?;
        open.retain(|invite| !pending.request.proves(&invite.secret));
        store_invites(storage, &open)?;
        Ok((person, pending.request))
    }

    /// Sends a waiting device away.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails.
    pub fn decline(
        &mut self,
        storage: &mut dyn Storage,
        device: DeviceId,
    ) -> Result<(), StorageError> {
        let refused: Vec<JoinRequest> =
            stored_joins(storage)?.into_iter().filter(|join| join.device == device).collect();
        let mut declined = storage.setting(DECLINED)?.unwrap_or_default();
        for request in refused {
            // A server brings the same request again: its proof tells it from one with another invite.
            declined.extend_from_slice(&request.proof);
        }
        let from = declined.len().saturating_sub(INVITES_MAX * 32);
        storage.set_setting(DECLINED, declined.get(from..))?;
        forget_join(storage, device)
    }

    /// Lets a device in, or gives it another role.
    ///
    /// # Errors
    /// [`MemberError::NotDirector`], [`MemberError::Revoked`].
    pub fn grant(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        device: DeviceId,
        person: Option<PersonId>,
        role: Role,
        scope: Scope,
    ) -> Result<PersonId, MemberError> {
        if self.rights().revocation(&device).is_some() {
            return Err(MemberError::Revoked(device));
        }
        let known = self.rights().member(&device).map(|member| member.person);
        let person = person.or(known).unwrap_or_else(|| PersonId(moment.bytes("person")));
        match known {
            Some(_) => {
                self.assign(storage, device, Assignment { role, scope, not_after: None })?;
            }
            None => self.append_policy(storage, Body::Grant { device, person, role, scope })?,
        }
        forget_join(storage, device)?;
        Ok(person)
    }

    /// The join frame with which a member shows a peer that does not know it the entries that let it in.
    pub(super) fn show_grant(&self) -> Join {
        let mut entries = Vec::new();
        let mut bytes = 64;
        let granted = self.rights().member(&self.device).map(|member| member.granted_by);
        let ordered = self.policy.ordered();
        // What came after the grant is told once both have said hello.
        let newer = |entry: &&&&Entry| granted.is_some_and(|granted| entry.hash() != granted);
        for entry in ordered.iter().rev().skip_while(|entry| newer(&entry)) {
            let encoded = entry.encode();
            bytes += encoded.len() + 4;
            if bytes > JOIN_BYTES_MAX {
                break;
            }
            entries.push(encoded);
        }
        entries.reverse();
        Join::Granted { workspace: self.workspace, entries }
    }

    pub(super) fn on_join(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: SessionId,
        join: Join,
    ) -> Result<(), StorageError> {
        let Some(session) = self.sessions.get_mut(&id) else { return Ok(()) };
        let (peer, dialed) = (session.peer, session.dialed);
        session.joined = true;
        session.phase = Phase::Stranger;
        match join {
            Join::Request(request) if !dialed && request.device == peer => {
                self.on_request(storage, moment, id, request)
            }
            Join::Granted { entries, .. } if !dialed => {
                self.take_in_policy(storage, &entries)?;
                if self.rights().is_known(&peer) {
                    self.welcome(id);
                } else {
                    self.close(id, RefusalCode::UnknownDevice);
                }
                Ok(())
            }
            _ => {
                self.close(id, RefusalCode::Protocol);
                Ok(())
            }
        }
    }

    fn on_request(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: SessionId,
        request: JoinRequest,
    ) -> Result<(), StorageError> {
        if self.rights().is_known(&request.device) {
            self.welcome(id);
            return Ok(());
        }
        let refused = self.rights().revocation(&request.device).is_some()
            || !self.invite_is_open(storage, moment.now, &request)?;
        if refused {
            self.close(id, RefusalCode::Invite);
            return Ok(());
        }
        if remember_join(storage, &request)? {
            self.appended = true;
            self.relay_join(&request);
            self.effects.push(Effect::JoinRequested(request));
        }
        self.send(id, &Frame::JoinReply(JoinReply::Waiting));
        Ok(())
    }

    /// Tells the devices that wait on a session and were let in just now.
    pub(super) fn welcome_waiting(&mut self) {
        let waiting: Vec<SessionId> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.phase == Phase::Stranger && session.joined)
            .filter(|(_, session)| self.rights().is_known(&session.peer))
            .map(|(id, _)| *id)
            .collect();
        for id in waiting {
            self.welcome(id);
        }
    }

    /// Ends the sessions of devices that the policy no longer knows.
    pub(super) fn close_unknown_sessions(&mut self) {
        let unknown: Vec<SessionId> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.phase == Phase::Live)
            .filter(|(_, session)| !self.policy.now().is_known(&session.peer))
            .map(|(id, _)| *id)
            .collect();
        for id in unknown {
            self.close(id, RefusalCode::Revoked);
        }
    }

    /// The whole policy log for a device that is in; it ends this session and says hello on its next one.
    fn welcome(&mut self, id: SessionId) {
        let entries = self.policy.missing_from(&std::collections::BTreeSet::new());
        self.send(id, &Frame::JoinReply(JoinReply::Granted(entries)));
    }

    fn invite_is_open(
        &self,
        storage: &dyn Storage,
        now: Timestamp,
        request: &JoinRequest,
    ) -> Result<bool, StorageError> {
        if self.station == Station::Server {
            let open = announced_invites(storage)?;
            let is_open = |(id, ends): &([u8; 16], Timestamp)| {
                *id == request.invite && now <= ends.after(INVITE_SLACK_MS)
            };
            return Ok(open.iter().any(is_open));
        }
        let open = open_invites(storage, now)?;
        Ok(open.iter().any(|invite| request.proves(&invite.secret)))
    }

    /// A join frame on a live session: a server passes on a device's wish.
    pub(super) fn on_relayed_join(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        id: SessionId,
        join: Join,
    ) -> Result<(), StorageError> {
        let Join::Request(request) = join else {
            self.close(id, RefusalCode::Protocol);
            return Ok(());
        };
        let wanted = self.rights().is_director(&self.device)
            && !self.rights().is_known(&request.device)
            && !is_declined(storage, &request)?
            && self.invite_is_open(storage, moment.now, &request)?;
        if wanted && remember_join(storage, &request)? {
            self.appended = true;
            self.effects.push(Effect::JoinRequested(request));
        }
        Ok(())
    }

    fn relay_join(&mut self, request: &JoinRequest) {
        for id in self.live_sessions() {
            let peer = self.sessions.get(&id).map(|session| session.peer);
            if peer.is_some_and(|peer| self.rights().is_director(&peer)) {
                self.send(id, &Frame::Join(Join::Request(request.clone())));
            }
        }
    }

    /// A director tells this server which invites are open; the server remembers it across restarts.
    pub(super) fn on_invites(
        &mut self,
        storage: &mut dyn Storage,
        now: Timestamp,
        peer: &DeviceId,
        invites: Vec<([u8; 16], Timestamp)>,
    ) -> Result<(), StorageError> {
        if self.station != Station::Server || !self.rights().is_director(peer) {
            return Ok(());
        }
        let mut open = announced_invites(storage)?;
        open.retain(|(id, ends)| {
            now <= ends.after(INVITE_SLACK_MS) && !invites.iter().any(|(new, _)| new == id)
        });
        open.extend(invites);
        let from = open.len().saturating_sub(INVITES_MAX);
        let mut writer = ByteWriter::new();
        for (id, ends) in open.iter().skip(from) {
            writer.raw(id).raw(&ends.0.to_le_bytes());
        }
        storage.set_setting(OPEN_INVITES, Some(&writer.finish()))
    }

    /// Devices that are in need to wait no more.
    pub(super) fn forget_answered_joins(
        &self,
        storage: &mut dyn Storage,
    ) -> Result<(), StorageError> {
        let joins = stored_joins(storage)?;
        let answered = |request: &JoinRequest| {
            let rights = self.rights();
            rights.is_known(&request.device) || rights.revocation(&request.device).is_some()
        };
        for request in joins.iter().filter(|request| answered(request)) {
            forget_join(storage, request.device)?;
        }
        Ok(())
    }

    /// What a peer that just came should know: a server the open invites, a director who waits.
    pub(super) fn introduce(
        &mut self,
        storage: &dyn Storage,
        id: SessionId,
    ) -> Result<(), StorageError> {
        let Some(peer) = self.sessions.get(&id).map(|session| session.peer) else { return Ok(()) };
        if self.rights().is_director(&self.device) && self.rights().is_server(&peer) {
            let invites: Vec<_> = stored_invites(storage)?
                .iter()
                .map(|invite| (invite_id(&invite.secret), invite.expires))
                .collect();
            if !invites.is_empty() {
                self.send(id, &Frame::Invites(invites));
            }
        }
        if self.station == Station::Server && self.rights().is_director(&peer) {
            for request in stored_joins(storage)? {
                if !self.rights().is_known(&request.device) {
                    self.send(id, &Frame::Join(Join::Request(request)));
                }
            }
        }
        Ok(())
    }

    fn live_sessions(&self) -> Vec<SessionId> {
        let live = |(id, session): (&SessionId, &crate::protocol::Session)| {
            (session.phase == Phase::Live).then_some(*id)
        };
        self.sessions.iter().filter_map(live).collect()
    }
}

fn is_declined(storage: &dyn Storage, request: &JoinRequest) -> Result<bool, StorageError> {
    let declined = storage.setting(DECLINED)?.unwrap_or_default();
    Ok(declined.as_chunks::<32>().0.contains(&request.proof))
}

/// On a server: the invites that directors said are open, with the time each ends.
fn announced_invites(storage: &dyn Storage) -> Result<Vec<([u8; 16], Timestamp)>, StorageError> {
    let bytes = storage.setting(OPEN_INVITES)?.unwrap_or_default();
    let mut reader = ByteReader::new(&bytes);
    let mut invites = Vec::new();
    while !reader.is_empty() {
        let damaged = |_| StorageError::Damaged("announced invites".into());
        let id = reader.array("invite").map_err(damaged)?;
        let ends = reader.array("time").map_err(damaged)?;
        invites.push((id, Timestamp(i64::from_le_bytes(ends))));
    }
    Ok(invites)
}

fn open_invites(storage: &dyn Storage, now: Timestamp) -> Result<Vec<OpenInvite>, StorageError> {
    let mut open = stored_invites(storage)?;
    open.retain(|invite| now <= invite.expires.after(INVITE_SLACK_MS));
    Ok(open)
}

fn stored_invites(storage: &dyn Storage) -> Result<Vec<OpenInvite>, StorageError> {
    let bytes = storage.setting(INVITES)?.unwrap_or_default();
    let mut reader = ByteReader::new(&bytes);
    let mut invites = Vec::new();
    while !reader.is_empty() {
        let damaged = |_| StorageError::Damaged("open invites".into());
        let secret = reader.array("secret").map_err(damaged)?;
        let role = reader.byte("role").map_err(damaged)?;
        let expires = reader.array("time").map_err(damaged)?;
        let role = Role::from_byte(role).unwrap_or(Role::Viewer);
        invites.push(OpenInvite { secret, role, expires: Timestamp(i64::from_le_bytes(expires)) });
    }
    Ok(invites)
}

fn store_invites(storage: &mut dyn Storage, invites: &[OpenInvite]) -> Result<(), StorageError> {
    let mut writer = ByteWriter::new();
    for invite in invites {
        writer.raw(&invite.secret).byte(invite.role.byte());
        writer.raw(&invite.expires.0.to_le_bytes());
    }
    storage.set_setting(INVITES, Some(&writer.finish()))
}

fn stored_joins(storage: &dyn Storage) -> Result<Vec<JoinRequest>, StorageError> {
    let bytes = storage.setting(JOINS)?.unwrap_or_default();
    let mut reader = ByteReader::new(&bytes);
    let mut joins = Vec::new();
    while !reader.is_empty() {
        let request = JoinRequest::decode(&mut reader)
            .map_err(|_| StorageError::Damaged("waiting devices".into()))?;
        joins.push(request);
    }
    Ok(joins)
}

fn store_joins(storage: &mut dyn Storage, joins: &[JoinRequest]) -> Result<(), StorageError> {
    let mut writer = ByteWriter::new();
    for request in joins {
        request.encode(&mut writer);
    }
    storage.set_setting(JOINS, Some(&writer.finish()))
}

/// Keeps a request, one per device. Returns `false` if it is there or there is no room.
fn remember_join(storage: &mut dyn Storage, request: &JoinRequest) -> Result<bool, StorageError> {
    let mut joins = stored_joins(storage)?;
    if joins.contains(request) {
        return Ok(false);
    }
    joins.retain(|known| known.device != request.device);
    if joins.len() >= INVITES_MAX {
        return Ok(false);
    }
    joins.push(request.clone());
    store_joins(storage, &joins)?;
    Ok(true)
}

fn forget_join(storage: &mut dyn Storage, device: DeviceId) -> Result<(), StorageError> {
    let mut joins = stored_joins(storage)?;
    let before = joins.len();
    joins.retain(|request| request.device != device);
    if joins.len() == before { Ok(()) } else { store_joins(storage, &joins) }
}
