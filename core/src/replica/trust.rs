//! Trust: shutting out, other roles, exchanging a key, recovering, and deciding about what was set aside.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;

use super::{MemberError, Moment, Replica, Station};
use crate::document::{Author, Command, Document, HistoryEntry};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId};
use crate::log::SealedChange;
use crate::plan::Kind;
use crate::policy::{
    Body, Entry, FRONTIER_MAX, FrontierPoint, Role, SETTLED_MAX, SHEETS_MAX, Scope,
};
use crate::protocol::{RefusalCode, SessionId};
use crate::replica::{ApplyError, LoadError};
use crate::storage::{Quarantined, Storage, StorageError};
use crate::time::Timestamp;
use crate::validation;

/// What a member is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The role.
    pub role: Role,
    /// What the role is limited to.
    pub scope: Scope,
    /// When others stop to serve the device.
    pub not_after: Option<Timestamp>,
}

/// Changes of one author in one document that were set aside, with what they meant to do.
#[derive(Debug, Clone, PartialEq)]
pub struct SetAside {
    /// The changes, each with its reason.
    pub changes: Vec<Quarantined>,
    /// What they touch and when they were made, as far as they can be read.
    pub meant: Vec<HistoryEntry>,
    /// What would write the same, if it can be written here.
    pub commands: Vec<Command>,
}

impl Replica {
    /// Shuts a device out, with every key that it went on with. What this device has of its changes stands.
    ///
    /// # Errors
    /// [`MemberError::NotMember`], [`MemberError::LastDirector`], [`MemberError::NotDirector`].
    pub fn revoke(
        &mut self,
        storage: &mut dyn Storage,
        device: DeviceId,
    ) -> Result<(), MemberError> {
        self.require_director()?;
        let rights = self.rights();
        if !rights.is_known(&device) {
            return Err(MemberError::NotMember(device));
        }
        if self.is_last_director(&device) {
            return Err(MemberError::LastDirector);
        }
        let frontier = self.frontier_of(storage, &[device])?;
        self.append_policy(storage, Body::Revoke { device, frontier })
    }

    fn is_last_director(&self, device: &DeviceId) -> bool {
        let rights = self.rights();
        let directors = rights.members().filter(|(id, _)| rights.is_director(id)).count();
        rights.is_director(device) && directors == 1
    }

    /// What this device has of the changes of these keys.
    fn frontier_of(
        &self,
        storage: &dyn Storage,
        devices: &[DeviceId],
    ) -> Result<Vec<FrontierPoint>, StorageError> {
        let mut frontier = Vec::new();
        for document in self.documents.keys() {
            for (actor, tips) in storage.vector(*document)?.iter() {
                let seq = tips.iter().map(|tip| tip.seq).max().unwrap_or(0);
                let owner = storage.actor_device(*document, *actor)?;
                if owner.is_some_and(|owner| devices.contains(&owner)) {
                    frontier.push(FrontierPoint { document: *document, actor: *actor, seq });
                }
            }
        }
        frontier.truncate(FRONTIER_MAX);
        Ok(frontier)
    }

    /// Gives a member another role. Where it may not write any more, what this device has of its changes stands.
    ///
    /// # Errors
    /// [`MemberError::NotMember`], [`MemberError::LastDirector`], [`MemberError::NotDirector`].
    pub fn assign(
        &mut self,
        storage: &mut dyn Storage,
        device: DeviceId,
        assignment: Assignment,
    ) -> Result<(), MemberError> {
        self.require_director()?;
        let member = self.rights().member(&device).ok_or(MemberError::NotMember(device))?;
        let person = member.person;
        let Assignment { role, scope, not_after } = assignment;
        if self.is_last_director(&device) && (role != Role::Director || not_after.is_some()) {
            return Err(MemberError::LastDirector);
        }
        let frontier = match role {
            Role::Director | Role::Teacher => Vec::new(),
            _ => self.frontier_of(storage, &[device])?,
        };
        let body = Body::Assign { device, person, role, scope, not_after, frontier };
        self.append_policy(storage, body)
    }

    /// Goes on under another key: two entries, one by the old key and one by the new. The replica has to be opened
    /// with the new key then.
    ///
    /// # Errors
    /// [`MemberError::NotMember`] unless this device is a member.
    pub fn rotate(
        &mut self,
        storage: &mut dyn Storage,
        new: &SigningKey,
    ) -> Result<(), MemberError> {
        let old = self.device;
        if self.rights().member(&old).is_none() {
            return Err(MemberError::NotMember(old));
        }
        let frontier = self.frontier_of(storage, &[old])?;
        let entry = Entry::rotate(&self.key, new, &self.policy);
        self.take_in_policy(storage, &[entry.encode()])?;
        let retire = Entry::sign(new, &self.policy, Body::Revoke { device: old, frontier });
        self.take_in_policy(storage, &[retire.encode()])?;
        Ok(())
    }

    /// Makes a recovery sheet hold; those that held before hold no more.
    ///
    /// # Errors
    /// [`MemberError::NotDirector`].
    pub fn set_recovery_key(
        &mut self,
        storage: &mut dyn Storage,
        sheet: DeviceId,
    ) -> Result<(), MemberError> {
        let known = self.rights().sheets().map(|(known, _)| *known);
        let voids = known.filter(|known| *known != sheet).take(SHEETS_MAX).collect();
        self.append_policy(storage, Body::RecoveryKey { sheet, voids })
    }

    /// Makes this device a director by the power of a recovery sheet, and shuts out the device that was lost.
    ///
    /// # Errors
    /// [`MemberError::Sheet`] if the sheet does not hold, [`MemberError::Revoked`], [`MemberError::NotMember`] if
    /// `lost` is no director's device.
    pub fn recover(
        &mut self,
        storage: &mut dyn Storage,
        sheet: &SigningKey,
        lost: DeviceId,
    ) -> Result<PersonId, MemberError> {
        let rights = self.rights();
        let public = DeviceId(sheet.verifying_key().to_bytes());
        if !rights.sheets().any(|(known, _)| *known == public) {
            return Err(MemberError::Sheet);
        }
        if rights.revocation(&self.device).is_some() {
            return Err(MemberError::Revoked(self.device));
        }
        let member = rights.member(&lost).filter(|member| member.role == Role::Director);
        let person = member.filter(|_| lost != self.device).map(|member| member.person);
        let person = person.ok_or(MemberError::NotMember(lost))?;
        let entry = Entry::recover(&self.key, sheet, person, &self.policy);
        self.take_in_policy(storage, &[entry.encode()])?;
        self.revoke(storage, lost)?;
        Ok(person)
    }

    /// Takes changes off the list of what was set aside, on all devices.
    ///
    /// # Errors
    /// [`MemberError::NotDirector`].
    pub fn settle(
        &mut self,
        storage: &mut dyn Storage,
        document: DocumentId,
        adopted: bool,
        changes: &[ChangeHash],
    ) -> Result<(), MemberError> {
        for changes in changes.chunks(SETTLED_MAX) {
            let changes = changes.to_vec();
            self.append_policy(storage, Body::Settle { document, adopted, changes })?;
        }
        Ok(())
    }

    /// What was set aside and waits for a decision, by document and author.
    ///
    /// # Errors
    /// As [`Replica::quarantine`].
    pub fn set_aside(&mut self, storage: &mut dyn Storage) -> Result<Vec<SetAside>, LoadError> {
        let mut groups: BTreeMap<(DocumentId, ActorId), Vec<Quarantined>> = BTreeMap::new();
        for held in self.quarantine(storage)? {
            groups.entry((held.document, held.actor)).or_default().push(held);
        }
        let mut aside = Vec::new();
        for ((document, _), changes) in groups {
            let (meant, commands) = self.read_set_aside(storage, document, &changes)?;
            aside.push(SetAside { changes, meant, commands });
        }
        Ok(aside)
    }

    /// Reads what changes that were set aside meant: the difference between their ancestors' document without and
    /// with them, as commands on the document as it is.
    fn read_set_aside(
        &mut self,
        storage: &mut dyn Storage,
        id: DocumentId,
        changes: &[Quarantined],
    ) -> Result<(Vec<HistoryEntry>, Vec<Command>), LoadError> {
        let Some(kind) = Kind::from_byte(id.kind()) else { return Ok(Default::default()) };
        let now = self.document(storage, id)?.clone();
        let logged = super::documents::read_changes(storage, id)?;
        let held: BTreeSet<ChangeHash> = storage
            .quarantine()?
            .into_iter()
            .filter(|q| q.document == id)
            .map(|q| q.change)
            .collect();
        let wanted: BTreeSet<ChangeHash> = changes.iter().map(|held| held.change).collect();
        let ancestry = with_ancestors(&logged, &wanted);
        let mut fork = Fork::new(kind);
        for change in logged.iter().filter(|change| ancestry.contains(&change.header.hash)) {
            if !held.contains(&change.header.hash) {
                fork.take(change);
            }
        }
        let before = fork.document.clone();
        for change in logged.iter().filter(|change| ancestry.contains(&change.header.hash)) {
            if held.contains(&change.header.hash) {
                fork.take(change);
            }
        }
        let history = fork.document.history().iter();
        let meant = history.filter(|entry| wanted.contains(&entry.change)).cloned().collect();
        let author = Author { actor: ActorId::default(), time: Timestamp(0), random: [0; 32] };
        Ok((meant, now.adopt(&author, &before, &fork.document)))
    }

    /// Writes in this device's name what changes that were set aside meant. Returns how many commands that took.
    ///
    /// # Errors
    /// [`ApplyError`]; nothing was written.
    pub fn adopt(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        aside: &SetAside,
    ) -> Result<usize, ApplyError> {
        if let Some(held) = aside.changes.first() {
            self.apply(storage, moment, held.document, &aside.commands)?;
        }
        Ok(aside.commands.len())
    }

    /// Ends the sessions of devices whose role has ended.
    pub(super) fn close_ended_sessions(&mut self, now: Timestamp) {
        let ended = |(id, session): (&SessionId, &crate::protocol::Session)| {
            self.policy.now().has_ended(&session.peer, now).then_some(*id)
        };
        let ended: Vec<SessionId> = self.sessions.iter().filter_map(ended).collect();
        for id in ended {
            self.close(id, RefusalCode::Revoked);
        }
    }

    /// Forgets what was made of every document under other rights.
    pub(super) fn forget_views(&self, storage: &mut dyn Storage) -> Result<(), StorageError> {
        if self.station == Station::Server {
            return Ok(());
        }
        for id in self.documents.keys() {
            // No document with a log stands at position 0, so neither is taken for new.
            storage.set_cached_view(*id, 0, "")?;
            storage.set_snapshot(*id, 0, &[])?;
        }
        Ok(())
    }
}

/// `wanted` and everything that it depends on.
fn with_ancestors(logged: &[SealedChange], wanted: &BTreeSet<ChangeHash>) -> BTreeSet<ChangeHash> {
    let mut all = wanted.clone();
    // The log has each change behind what it depends on.
    for change in logged.iter().rev() {
        if all.contains(&change.header.hash) {
            all.extend(&change.header.dependencies);
        }
    }
    all
}

/// A document beside the real one, with a gate of its own.
struct Fork {
    document: Document,
    gate: Option<validation::Gate>,
}

impl Fork {
    fn new(kind: Kind) -> Self {
        let document = Document::new(kind.byte(), kind.schema());
        Self { document, gate: validation::Gate::new(&kind.genesis()).ok() }
    }

    /// Takes a change in if it makes sense here; what does not is left out, with what depends on it.
    fn take(&mut self, change: &SealedChange) {
        let Some(gate) = &mut self.gate else { return };
        let Ok(change) = gate.check(change) else { return };
        let mut tried = self.document.clone();
        match tried.apply_changes(vec![change]) {
            Ok(()) => self.document = tried,
            // What automerge failed on must not be named by what follows.
            Err(_) => self.gate = None,
        }
    }
}
