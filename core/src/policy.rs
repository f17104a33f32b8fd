//! The policy log: who belongs to a workspace, in which role, and which servers may carry its log.
//!
//! A set of signed entries, each naming the one before it, started by one [`Body::Genesis`] whose hash is the workspace's
//! id. Every replica checks the set itself. What it says is a pure function of the set: the order of arrival plays no
//! part (SECURITY 3.4). Format: docs/protocol.md, section 4.

mod entry;
mod state;

use std::collections::{BTreeMap, BTreeSet};

pub use entry::{ADDRESS_BYTES_MAX, Body, Entry, FRONTIER_MAX, FrontierPoint, GRANT_ITEMS_MAX};
pub use entry::{DROP_REASON_BYTES_MAX, POLICY_ENTRY_BYTES_MAX, SETTLED_MAX, SHEETS_MAX, Scope};
pub use state::{
    Dropped, DroppedDocument, Member, ROLE_SLACK_MS, Revocation, Rights, Role, Server,
};

use crate::ids::{DeviceId, Digest, PolicyHash, WorkspaceId};
use crate::log::DecodeError;

/// The most entries one policy log may have.
pub const POLICY_ENTRIES_MAX: usize = 10_000;

/// Why an entry may not join the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The bytes do not follow the format.
    #[error("the policy entry cannot be read: {0}")]
    Malformed(#[from] DecodeError),
    /// Made by a newer version.
    #[error("policy entry version {0} is newer than this program")]
    Version(u8),
    /// The signature is not the signer's.
    #[error("the signature of the policy entry is not valid")]
    Signature,
    /// The entry belongs to another workspace.
    #[error("the policy entry belongs to another workspace")]
    OtherWorkspace,
    /// The entry before it is not here: take it in again once that one is.
    #[error("the policy entry follows {0}, which is not here")]
    Missing(PolicyHash),
    /// Its number does not follow the number of the entry before it.
    #[error("the policy entry has number {found}; {expected} follows")]
    Number {
        /// The number it has.
        found: u64,
        /// The number that it should have.
        expected: u64,
    },
    /// The signer was no director when it was made.
    #[error("the signer of the policy entry is not a director")]
    NotDirector,
    /// The signer was no member when it was made.
    #[error("the signer of the policy entry is not a member")]
    NotMember,
    /// The recovery sheet did not hold when it was made.
    #[error("the recovery sheet does not hold")]
    Sheet,
    /// The log has [`POLICY_ENTRIES_MAX`] entries.
    #[error("the policy log is full")]
    Full,
}

/// All entries of one workspace's policy log, checked, with what they say.
#[derive(Debug, Clone)]
pub struct Policy {
    workspace: WorkspaceId,
    entries: BTreeMap<PolicyHash, Entry>,
    /// What each entry says together with its ancestors: rights are judged at the entry that an author named.
    at: BTreeMap<PolicyHash, Rights>,
    now: Rights,
    /// The entries that have no effect, because another branch of the log took that from them.
    dropped: BTreeMap<PolicyHash, Dropped>,
    head: PolicyHash,
    digest: Digest,
}

impl Policy {
    /// Starts from the genesis entry of `workspace`.
    ///
    /// # Errors
    /// [`PolicyError`] if the bytes are not the entry whose hash is the workspace's id.
    pub fn new(workspace: WorkspaceId, genesis: &[u8]) -> Result<Self, PolicyError> {
        let entry = Entry::decode(genesis)?;
        let hash = entry.hash();
        if hash.0 != workspace.0 || !matches!(entry.body, Body::Genesis { .. }) {
            return Err(PolicyError::OtherWorkspace);
        }
        let rights = Rights::genesis(&entry);
        let mut policy = Self {
            workspace,
            entries: BTreeMap::from([(hash, entry)]),
            at: BTreeMap::from([(hash, rights.clone())]),
            now: rights,
            dropped: BTreeMap::new(),
            head: hash,
            digest: Digest::default(),
        };
        policy.evaluate();
        Ok(policy)
    }

    /// Reads a whole log as a store keeps it; entries that cannot join are left out and counted.
    ///
    /// # Errors
    /// [`PolicyError`] if the genesis entry of `workspace` is not among them.
    pub fn from_entries(
        workspace: WorkspaceId,
        entries: &[Vec<u8>],
    ) -> Result<(Self, usize), PolicyError> {
        let genesis = entries
            .iter()
            .find(|bytes| Entry::decode(bytes).is_ok_and(|entry| entry.hash().0 == workspace.0))
            .ok_or(PolicyError::OtherWorkspace)?;
        let mut policy = Self::new(workspace, genesis)?;
        let mut rest: Vec<Entry> =
            entries.iter().filter_map(|bytes| Entry::decode(bytes).ok()).collect();
        rest.sort_by_key(|entry| entry.number);
        let mut left_out = entries.len() - rest.len();
        for entry in rest {
            left_out += usize::from(policy.join(entry).is_err());
        }
        policy.evaluate();
        Ok((policy, left_out))
    }

    /// Takes an entry in. Returns `true` if it is new.
    ///
    /// # Errors
    /// [`PolicyError`]; with [`PolicyError::Missing`] fetch the entries before it first, else refuse it.
    pub fn insert(&mut self, bytes: &[u8]) -> Result<bool, PolicyError> {
        let new = self.join(Entry::decode(bytes)?)?;
        if new {
            self.evaluate();
        }
        Ok(new)
    }

    fn join(&mut self, entry: Entry) -> Result<bool, PolicyError> {
        let hash = entry.hash();
        if self.entries.contains_key(&hash) {
            return Ok(false);
        }
        if entry.workspace != self.workspace || matches!(entry.body, Body::Genesis { .. }) {
            return Err(PolicyError::OtherWorkspace);
        }
        let (Some(previous), Some(before)) =
            (self.entries.get(&entry.previous), self.at.get(&entry.previous))
        else {
            return Err(PolicyError::Missing(entry.previous));
        };
        let expected = previous.number.saturating_add(1);
        if entry.number != expected {
            return Err(PolicyError::Number { found: entry.number, expected });
        }
        before.check_signer(&entry).map_err(|reason| match reason {
            Dropped::NotMember => PolicyError::NotMember,
            Dropped::Sheet => PolicyError::Sheet,
            _ => PolicyError::NotDirector,
        })?;
        if self.entries.len() >= POLICY_ENTRIES_MAX {
            return Err(PolicyError::Full);
        }
        let mut rights = before.clone();
        // An entry without effect is in the log all the same: `evaluate` tells why it has none.
        let _ = rights.apply(&entry);
        self.at.insert(hash, rights);
        self.entries.insert(hash, entry);
        Ok(true)
    }

    /// Orders the entries by number, at equal number revocations first and grants of power last, then by hash, and
    /// applies each whose signer still has the right there; the others are remembered with the reason.
    fn evaluate(&mut self) {
        let mut order: Vec<(u64, u8, PolicyHash)> = self
            .entries
            .iter()
            .map(|(hash, entry)| (entry.number, entry.body.weight(), *hash))
            .collect();
        order.sort_unstable();
        let mut hasher = blake3::Hasher::new_derive_key("jospar policy digest 1");
        let mut state: Option<Rights> = None;
        self.head = PolicyHash(self.workspace.0);
        self.dropped.clear();
        for (_, _, hash) in &order {
            hasher.update(&hash.0);
            let Some(entry) = self.entries.get(hash) else { continue };
            let Some(state) = &mut state else {
                state = Some(Rights::genesis(entry));
                continue;
            };
            match state.apply(entry) {
                Ok(()) => self.head = *hash,
                Err(reason) => drop(self.dropped.insert(*hash, reason)),
            }
        }
        hasher.finalize_xof().fill(&mut self.digest.0);
        if let Some(state) = state {
            self.now = state;
        }
    }

    /// The workspace.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// What the whole log says.
    #[must_use]
    pub const fn now(&self) -> &Rights {
        &self.now
    }

    /// What `head` says together with the entries before it; `None` if it is not here.
    #[must_use]
    pub fn at(&self, head: &PolicyHash) -> Option<&Rights> {
        self.at.get(head)
    }

    /// The newest entry that counts: new entries follow it.
    #[must_use]
    pub const fn head(&self) -> PolicyHash {
        self.head
    }

    /// The entry that `device` names in its envelopes: the newest, or, where a fork hides its grant, that grant.
    #[must_use]
    pub fn head_for(&self, device: &DeviceId) -> PolicyHash {
        let known = |head: &PolicyHash| self.at(head).is_some_and(|at| at.member(device).is_some());
        if known(&self.head) {
            return self.head;
        }
        self.now.member(device).map_or(self.head, |member| member.granted_by)
    }

    /// 16 bytes that two replicas share exactly when they have the same entries.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The entries that have no effect, in the order of their numbers, each with the reason.
    #[must_use]
    pub fn dropped(&self) -> Vec<(&Entry, Dropped)> {
        let reason = |entry: &Entry| self.dropped.get(&entry.hash()).copied();
        self.ordered().into_iter().filter_map(|entry| Some((entry, reason(entry)?))).collect()
    }

    /// An entry.
    #[must_use]
    pub fn entry(&self, hash: &PolicyHash) -> Option<&Entry> {
        self.entries.get(hash)
    }

    /// True if one of `entries` follows one that is not here: whoever sent it has what is missing.
    #[must_use]
    pub fn has_gap_before(&self, entries: &[Vec<u8>]) -> bool {
        let unknown = |bytes: &Vec<u8>| {
            let entry = Entry::decode(bytes).ok();
            entry.is_some_and(|entry| !self.entries.contains_key(&entry.previous))
        };
        entries.iter().any(unknown)
    }

    /// Every entry's hash.
    pub fn hashes(&self) -> impl Iterator<Item = &PolicyHash> {
        self.entries.keys()
    }

    /// The entries, each behind the one that it follows.
    #[must_use]
    pub fn ordered(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.entries.values().collect();
        entries.sort_by_key(|entry| (entry.number, entry.hash()));
        entries
    }

    /// The bytes of all entries that `known` lacks, each behind the one that it follows.
    #[must_use]
    pub fn missing_from(&self, known: &BTreeSet<PolicyHash>) -> Vec<Vec<u8>> {
        let lacks = |entry: &&&Entry| !known.contains(&entry.hash());
        self.ordered().iter().filter(lacks).map(|entry| entry.encode()).collect()
    }
}

#[cfg(test)]
mod tests;
