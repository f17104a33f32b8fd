//! What a set of policy entries says: members, roles, rights, servers.

use std::collections::BTreeMap;

use super::entry::{Body, Entry, FrontierPoint, Scope};
use crate::ids::{ActorId, DeviceId, DocumentId, PersonId, PolicyHash};
use crate::plan::Kind;

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
    /// The entry that says so.
    pub granted_by: PolicyHash,
}

/// A device that was shut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// What the director's device had of it: later changes count only where others built on them.
    pub frontier: BTreeMap<(DocumentId, ActorId), u64>,
    /// The entry that says so.
    pub revoked_by: PolicyHash,
    /// Whose device it was, and in which role, if it was a member.
    pub was: Option<Member>,
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
                granted_by: entry.hash(),
            };
            rights.members.insert(entry.signer, member);
        }
        rights
    }

    pub(super) fn apply(&mut self, entry: &Entry) {
        match &entry.body {
            Body::Genesis { .. } | Body::Later { .. } => {}
            Body::Grant { device, person, role, scope } => {
                if self.revoked.contains_key(device) {
                    return;
                }
                let member = Member {
                    person: *person,
                    role: *role,
                    scope: scope.clone(),
                    granted_by: entry.hash(),
                };
                self.members.insert(*device, member);
            }
            Body::Revoke { device, frontier } => {
                self.servers.remove(device);
                let was = self.members.remove(device);
                let point = |point: &FrontierPoint| ((point.document, point.actor), point.seq);
                let frontier = frontier.iter().map(point).collect();
                let revoked = Revocation { frontier, revoked_by: entry.hash(), was };
                self.revoked.entry(*device).or_insert(revoked);
            }
            Body::DropDocument { document, reason } => {
                let dropped = DroppedDocument { reason: reason.clone(), dropped_by: entry.hash() };
                self.dropped.entry(*document).or_insert(dropped);
            }
            Body::ServerKey { server, address } => {
                if !self.revoked.contains_key(server) {
                    let named = Server { address: address.clone(), named_by: entry.hash() };
                    self.servers.insert(*server, named);
                }
            }
        }
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
        if document.kind() == Kind::DeviceRecord.byte() {
            return self.member(device).is_some() && is_own_record(device, document);
        }
        self.member(device).is_some_and(|member| match member.role {
            Role::Director | Role::Teacher => true,
            Role::Contributor => {
                document.kind() == Kind::Reflection.byte() || member.scope.covers(document)
            }
            Role::Viewer | Role::Auditor => false,
        })
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

fn is_own_record(device: &DeviceId, document: &DocumentId) -> bool {
    *document == DocumentId::of_device(Kind::DeviceRecord.byte(), device)
}
