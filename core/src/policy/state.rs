//! What a set of policy entries says: members, roles, rights, servers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::entry::{Body, Entry, FrontierPoint, SHEETS_MAX, Scope};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId, PolicyHash};
use crate::plan::Kind;
use crate::time::Timestamp;

/// How much longer than its end a role is still honoured: clocks differ.
pub const ROLE_SLACK_MS: i64 = 24 * 60 * 60 * 1000;

/// For each document and actor of a device the last seq that stands although the device may not write there now.
type Frontier = BTreeMap<(DocumentId, ActorId), u64>;

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Decides: writes everything, lets devices in and out, approves.
    Director,
    /// The informatics teacher: writes everything.
    Teacher,
    /// Writes the documents named in the grant, reads all.
    Contributor,
    /// Reads all.
    Viewer,
    /// The district's auditor: reads the documents named in the grant.
    Auditor,
}

impl Role {
    /// All roles, the most powerful first.
    pub const ALL: [Self; 5] =
        [Self::Director, Self::Teacher, Self::Contributor, Self::Viewer, Self::Auditor];

    /// The byte that stands for the role in entries.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Director => 1,
            Self::Teacher => 2,
            Self::Contributor => 3,
            Self::Viewer => 4,
            Self::Auditor => 5,
        }
    }

    /// The role that a byte stands for.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.byte() == byte)
    }

    /// The word for the role in commands and message keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Director => "director",
            Self::Teacher => "teacher",
            Self::Contributor => "contributor",
            Self::Viewer => "viewer",
            Self::Auditor => "auditor",
        }
    }

    /// The role with this [`Role::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A device that belongs to the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Whose device it is.
    pub person: PersonId,
    /// The role.
    pub role: Role,
    /// What the role is limited to, for contributors and auditors.
    pub scope: Scope,
    /// When others stop to serve the device.
    pub not_after: Option<Timestamp>,
    /// The entry that says so.
    pub granted_by: PolicyHash,
}

impl Member {
    fn may_write(&self, device: &DeviceId, document: &DocumentId) -> bool {
        if document.kind() == Kind::DeviceRecord.byte() {
            return is_own_record(device, document);
        }
        match self.role {
            Role::Director | Role::Teacher => true,
            Role::Contributor => match Kind::from_byte(document.kind()) {
                Some(Kind::Reflection) => true,
                Some(kind) if kind.is_for_leaders() => false,
                // Whoever writes evidence brings its files.
                Some(Kind::File) if self.scope.kinds.contains(&Kind::Evidence.byte()) => true,
                _ => self.scope.covers(document),
            },
            Role::Viewer | Role::Auditor => false,
        }
    }
}

/// A key that was shut out, or that its device has exchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The entry that says so.
    pub revoked_by: PolicyHash,
    /// Whose device it was, and in which role, if it was a member.
    pub was: Option<Member>,
    /// The key that its device went on with.
    pub successor: Option<DeviceId>,
    /// Nobody has said yet how much of an exchanged key's work there is: all of it stands.
    open: bool,
}

/// Why an entry that is in the log has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// Its signer is no director there.
    NotDirector,
    /// Its signer is no member there.
    NotMember,
    /// The device that it gives rights to was shut out.
    ShutOut,
    /// The key that it introduces is known already.
    KeyTaken,
    /// The recovery sheet does not hold, or too many do.
    Sheet,
}

impl Dropped {
    /// The key of the message that tells a person.
    #[must_use]
    pub const fn message_key(self) -> &'static str {
        match self {
            Self::NotDirector => "dropped-not-director",
            Self::NotMember => "dropped-not-member",
            Self::ShutOut => "dropped-shut-out",
            Self::KeyTaken => "dropped-key-taken",
            Self::Sheet => "dropped-sheet",
        }
    }
}

/// A server that carries the workspace's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Where it listens: `host:port`.
    pub address: String,
    /// The entry that says so.
    pub named_by: PolicyHash,
}

/// A document that was dropped for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedDocument {
    /// Why.
    pub reason: String,
    /// The entry that says so.
    pub dropped_by: PolicyHash,
}

/// Who has which right, at one state of the policy log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rights {
    members: BTreeMap<DeviceId, Member>,
    revoked: BTreeMap<DeviceId, Revocation>,
    servers: BTreeMap<DeviceId, Server>,
    /// What of a device stands where it may not write any more.
    limits: Arc<BTreeMap<DeviceId, Frontier>>,
    sheets: BTreeMap<DeviceId, PolicyHash>,
    recovered: BTreeMap<DeviceId, PolicyHash>,
    settled: Arc<BTreeMap<DocumentId, BTreeSet<ChangeHash>>>,
    dropped: BTreeMap<DocumentId, DroppedDocument>,
}

impl Rights {
    pub(super) fn genesis(entry: &Entry) -> Self {
        let mut rights = Self::default();
        if let Body::Genesis { person, .. } = &entry.body {
            let member = Member {
                person: *person,
                role: Role::Director,
                scope: Scope::default(),
                not_after: None,
                granted_by: entry.hash(),
            };
            rights.members.insert(entry.signer, member);
        }
        rights
    }

    /// Whether the signer of an entry may make it here.
    pub(super) fn check_signer(&self, entry: &Entry) -> Result<(), Dropped> {
        let signer = &entry.signer;
        let (allowed, reason) = match &entry.body {
            Body::Rotate { .. } => (self.members.contains_key(signer), Dropped::NotMember),
            Body::Recover { sheet, .. } => (self.sheets.contains_key(sheet), Dropped::Sheet),
            Body::Revoke { device, .. } => {
                let allowed = self.is_director(signer) || self.retires(signer, device);
                (allowed, Dropped::NotDirector)
            }
            _ => (self.is_director(signer), Dropped::NotDirector),
        };
        if allowed { Ok(()) } else { Err(reason) }
    }

    /// Whether `signer` is what `device` became, and only says how much of the old key's work there is.
    fn retires(&self, signer: &DeviceId, device: &DeviceId) -> bool {
        let revocation = self.revoked.get(device);
        self.members.contains_key(signer)
            && revocation.is_some_and(|old| old.successor == Some(*signer) && old.open)
    }

    pub(super) fn apply(&mut self, entry: &Entry) -> Result<(), Dropped> {
        self.check_signer(entry)?;
        let hash = entry.hash();
        match &entry.body {
            Body::Genesis { .. } | Body::Later { .. } => {}
            Body::Grant { device, person, role, scope } => {
                let (person, role, scope) = (*person, *role, scope.clone());
                let member = Member { person, role, scope, not_after: None, granted_by: hash };
                self.assign(*device, member, &[])?;
            }
            Body::Assign { device, person, role, scope, not_after, frontier } => {
                let (person, role, scope, not_after) = (*person, *role, scope.clone(), *not_after);
                let member = Member { person, role, scope, not_after, granted_by: hash };
                self.assign(*device, member, frontier)?;
            }
            Body::Revoke { device, frontier } => {
                if self.retires(&entry.signer, device) {
                    self.shut_out(*device, frontier, hash);
                } else {
                    for key in self.keys_of(*device) {
                        self.shut_out(key, frontier, hash);
                    }
                }
            }
            Body::ServerKey { server, address } => {
                if self.revoked.contains_key(server) {
                    return Err(Dropped::ShutOut);
                }
                let named = Server { address: address.clone(), named_by: hash };
                self.servers.insert(*server, named);
            }
            Body::Rotate { new, .. } => self.rotate(entry.signer, *new, hash)?,
            Body::RecoveryKey { sheet, voids } => {
                self.sheets.retain(|known, _| !voids.contains(known));
                if self.sheets.len() >= SHEETS_MAX {
                    return Err(Dropped::Sheet);
                }
                self.sheets.insert(*sheet, hash);
            }
            Body::Recover { person, sheet, .. } => {
                if self.revoked.contains_key(&entry.signer) {
                    return Err(Dropped::ShutOut);
                }
                let (role, scope) = (Role::Director, Scope::default());
                let member =
                    Member { person: *person, role, scope, not_after: None, granted_by: hash };
                self.sheets.remove(sheet);
                self.members.insert(entry.signer, member);
                self.recovered.insert(entry.signer, hash);
            }
            Body::DropDocument { document, reason } => {
                let dropped = DroppedDocument { reason: reason.clone(), dropped_by: hash };
                self.dropped.entry(*document).or_insert(dropped);
            }
            Body::Settle { document, changes, .. } => {
                Arc::make_mut(&mut self.settled).entry(*document).or_default().extend(changes);
            }
        }
        Ok(())
    }

    /// A key and those that its device went on with, the newest last.
    #[must_use]
    pub fn keys_of(&self, device: DeviceId) -> Vec<DeviceId> {
        let mut keys = vec![device];
        let next = |key: &DeviceId| self.revoked.get(key).and_then(|old| old.successor);
        // A successor is a key that was not known before, so there is no circle.
        while let Some(successor) = keys.last().and_then(next) {
            keys.push(successor);
        }
        keys
    }

    fn assign(
        &mut self,
        device: DeviceId,
        member: Member,
        frontier: &[FrontierPoint],
    ) -> Result<(), Dropped> {
        // The role of an exchanged key is the role of the key that its device has now.
        let device = self.keys_of(device).last().copied().unwrap_or(device);
        if self.revoked.contains_key(&device) {
            return Err(Dropped::ShutOut);
        }
        if let Some(before) = self.members.insert(device, member.clone()) {
            let lost = |document: &DocumentId| {
                before.may_write(&device, document) && !member.may_write(&device, document)
            };
            let mut limits = self.limits.get(&device).cloned().unwrap_or_default();
            limits.retain(|(document, _), _| !lost(document));
            limits.extend(points(frontier).filter(|((document, _), _)| lost(document)));
            if !limits.is_empty() {
                Arc::make_mut(&mut self.limits).insert(device, limits);
            }
        }
        Ok(())
    }

    /// Shuts a key out. Where it had no right before, it does not gain by the new frontier.
    fn shut_out(&mut self, device: DeviceId, frontier: &[FrontierPoint], by: PolicyHash) {
        self.servers.remove(&device);
        let was = self.members.remove(&device);
        let open = self.revoked.get(&device).filter(|old| old.open).and_then(|old| old.was.clone());
        let writer = was.clone().or(open);
        let before = self.limits.get(&device).cloned().unwrap_or_default();
        let had = |key: &(DocumentId, ActorId)| {
            let free = writer.as_ref().is_some_and(|writer| writer.may_write(&device, &key.0));
            if free { u64::MAX } else { before.get(key).copied().unwrap_or(0) }
        };
        let limits = points(frontier).map(|(key, seq)| (key, seq.min(had(&key)))).collect();
        Arc::make_mut(&mut self.limits).insert(device, limits);
        let revocation = Revocation { revoked_by: by, was, successor: None, open: false };
        self.revoked.entry(device).or_insert(revocation).open = false;
    }

    fn rotate(&mut self, old: DeviceId, new: DeviceId, by: PolicyHash) -> Result<(), Dropped> {
        let taken = self.is_known(&new) || self.revoked.contains_key(&new);
        if taken {
            return Err(Dropped::KeyTaken);
        }
        let was = self.members.remove(&old).ok_or(Dropped::NotMember)?;
        self.members.insert(new, Member { granted_by: by, ..was.clone() });
        let revocation =
            Revocation { revoked_by: by, was: Some(was), successor: Some(new), open: true };
        self.revoked.insert(old, revocation);
        if let Some(recovered) = self.recovered.remove(&old) {
            self.recovered.insert(new, recovered);
        }
        Ok(())
    }

    /// Whether a change counts by the rights of its author alone: the device may write the document, or could when
    /// the change was made as far as those know who took the right away. Else it counts where others built on it.
    #[must_use]
    pub fn stands(
        &self,
        device: &DeviceId,
        document: &DocumentId,
        actor: &ActorId,
        seq: u64,
    ) -> bool {
        let open = || {
            let old = self.revoked.get(device).filter(|old| old.open);
            old.and_then(|old| old.was.as_ref()).is_some_and(|was| was.may_write(device, document))
        };
        let within = || {
            let limits = self.limits.get(device);
            limits.and_then(|limits| limits.get(&(*document, *actor))).is_some_and(|s| seq <= *s)
        };
        self.may_write(device, document) || open() || within()
    }

    /// The seq up to which changes of `actor` stand though the device's right to write was taken away, if it was.
    #[must_use]
    pub fn limit(&self, device: &DeviceId, document: &DocumentId, actor: &ActorId) -> Option<u64> {
        self.limits.get(device)?.get(&(*document, *actor)).copied()
    }

    /// Whether everything that was judged by `other` is judged alike by this.
    #[must_use]
    pub fn judges_like(&self, other: &Self) -> bool {
        self.members == other.members
            && self.revoked == other.revoked
            && self.limits == other.limits
    }

    /// The recovery sheets that hold, each with the entry that says so.
    pub fn sheets(&self) -> impl Iterator<Item = (&DeviceId, &PolicyHash)> {
        self.sheets.iter()
    }

    /// The member devices that became directors by a recovery sheet, each with the entry that says so.
    pub fn recovered(&self) -> impl Iterator<Item = (&DeviceId, &PolicyHash)> {
        self.recovered.iter().filter(|(device, _)| self.members.contains_key(*device))
    }

    /// Whether a director has decided about a change that was set aside.
    #[must_use]
    pub fn is_settled(&self, document: &DocumentId, change: &ChangeHash) -> bool {
        self.settled.get(document).is_some_and(|changes| changes.contains(change))
    }

    /// Whether the role of `device` has ended by the clock of whoever serves it. Never asked about changes.
    #[must_use]
    pub fn has_ended(&self, device: &DeviceId, now: Timestamp) -> bool {
        let end = self.member(device).and_then(|member| member.not_after);
        end.is_some_and(|end| now > end.after(ROLE_SLACK_MS))
    }

    /// Whether `device` may sign that a version of the plan is approved.
    #[must_use]
    pub fn may_approve(&self, device: &DeviceId) -> bool {
        self.member(device)
            .is_some_and(|member| matches!(member.role, Role::Director | Role::Teacher))
    }

    /// The member that a device is.
    #[must_use]
    pub fn member(&self, device: &DeviceId) -> Option<&Member> {
        self.members.get(device)
    }

    /// Every member device.
    pub fn members(&self) -> impl Iterator<Item = (&DeviceId, &Member)> {
        self.members.iter()
    }

    /// The servers.
    pub fn servers(&self) -> impl Iterator<Item = (&DeviceId, &Server)> {
        self.servers.iter()
    }

    /// How a device was shut out.
    #[must_use]
    pub fn revocation(&self, device: &DeviceId) -> Option<&Revocation> {
        self.revoked.get(device)
    }

    /// Every device that was shut out.
    pub fn revocations(&self) -> impl Iterator<Item = (&DeviceId, &Revocation)> {
        self.revoked.iter()
    }

    /// True for a director's device.
    #[must_use]
    pub fn is_director(&self, device: &DeviceId) -> bool {
        self.member(device).is_some_and(|member| member.role == Role::Director)
    }

    /// True for a server of the workspace.
    #[must_use]
    pub fn is_server(&self, device: &DeviceId) -> bool {
        self.servers.contains_key(device)
    }

    /// True for a device that may open a session: a member or a server.
    #[must_use]
    pub fn is_known(&self, device: &DeviceId) -> bool {
        self.members.contains_key(device) || self.is_server(device)
    }

    /// Every document that was dropped.
    pub fn dropped(&self) -> impl Iterator<Item = (&DocumentId, &DroppedDocument)> {
        self.dropped.iter()
    }

    /// True for a document that was dropped.
    #[must_use]
    pub fn is_dropped(&self, document: &DocumentId) -> bool {
        self.dropped.contains_key(document)
    }

    /// Whether the keys of a sealed document of `owner` are for `device`: a private reflection's for its owner's
    /// devices alone, the others' for the directors' devices, too. Writing without a key is of no use.
    #[must_use]
    pub fn may_open(&self, device: &DeviceId, document: &DocumentId, owner: &PersonId) -> bool {
        let private = document.kind() == Kind::Reflection.byte();
        self.member(device).is_some_and(|member| {
            member.person == *owner || (!private && member.role == Role::Director)
        })
    }

    /// Whether `device` may write `document`.
    #[must_use]
    pub fn may_write(&self, device: &DeviceId, document: &DocumentId) -> bool {
        self.member(device).is_some_and(|member| member.may_write(device, document))
    }

    /// Whether `device` may have the log of `document`.
    #[must_use]
    pub fn may_read(&self, device: &DeviceId, document: &DocumentId) -> bool {
        self.is_server(device)
            || self.member(device).is_some_and(|member| match member.role {
                Role::Auditor => member.scope.covers(document) || is_own_record(device, document),
                _ => true,
            })
    }
}

/// The points of a frontier by document and actor; of two for one actor the lower counts.
fn points(frontier: &[FrontierPoint]) -> impl Iterator<Item = ((DocumentId, ActorId), u64)> {
    let mut points = Frontier::new();
    for point in frontier {
        let seq = points.entry((point.document, point.actor)).or_insert(point.seq);
        *seq = point.seq.min(*seq);
    }
    points.into_iter()
}

fn is_own_record(device: &DeviceId, document: &DocumentId) -> bool {
    *document == DocumentId::of_device(Kind::DeviceRecord.byte(), device)
}
