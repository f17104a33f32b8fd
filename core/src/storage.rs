//! What a replica asks of its store: reads and writes of one workspace inside the transaction that the node has open.
//!
//! The node opens a transaction, hands the store to the replica, commits, and only then lets the replica's effects out
//! (docs/adr/0002). Everything a replica must not lose goes through here. `node::store` is the SQLite one.

use std::collections::BTreeSet;

use crate::ids::{ActorId, ChangeHash, DeviceId, Digest, DocumentId, Incarnation, PolicyHash};
use crate::log::{Record, VersionVector};

/// A place in the workspace's log: grows by one with each record stored, in the order they were stored. A record that
/// takes the place of others stands where the last of them stood, so there may be gaps.
pub type Position = u64;

/// Why the store could not do what it was asked. Nothing of the open transaction is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// What is on disk is not what was put there.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Any other failure of the disk or of SQLite.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// One record of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where it stands in the log.
    pub position: Position,
    /// The peer it came from, or `None` if this device made it or a file brought it.
    pub origin: Option<DeviceId>,
    /// The envelope or pack.
    pub record: Record,
}

/// A record that waits for something that has not arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// The store's number for it.
    pub id: u64,
    /// The peer it came from.
    pub origin: Option<DeviceId>,
    /// The record's bytes, signatures already checked.
    pub bytes: Vec<u8>,
}

/// What a parked record waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// A change that it depends on.
    Change(DocumentId, ChangeHash),
    /// The policy entry that it names.
    Policy(PolicyHash),
}

/// A change that is in the log and is not materialised, with the reason as one of `core`'s codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The document.
    pub document: DocumentId,
    /// The change.
    pub change: ChangeHash,
    /// Its actor.
    pub actor: ActorId,
    /// Its number among the actor's changes.
    pub seq: u64,
    /// Why: a message key of the catalogue (`quarantine-…`).
    pub reason: String,
}

/// How far a peer has acknowledged this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The life of the peer's store that acknowledged; another life makes the cursor void.
    pub incarnation: Incarnation,
    /// The peer has stored everything up to here that it may read.
    pub acknowledged: Position,
}

/// How much the log of a workspace holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Envelopes and packs.
    pub envelopes: u64,
    /// Changes in them.
    pub changes: u64,
    /// Bytes of the envelopes and packs.
    pub bytes: u64,
}

/// One workspace's part of a store. Every method works inside the open transaction.
///
/// # Errors
/// Every method returns [`StorageError`] when the store fails; the caller then drops the replica and reads it anew.
#[allow(clippy::missing_errors_doc, reason = "said once, above")]
pub trait Storage {
    /// This life of the store.
    fn incarnation(&self) -> Result<Incarnation, StorageError>;

    /// All policy entries, as bytes, in the order they were stored.
    fn policy_entries(&self) -> Result<Vec<Vec<u8>>, StorageError>;
    /// Adds a policy entry; adding it again changes nothing.
    fn append_policy(&mut self, hash: PolicyHash, bytes: &[u8]) -> Result<(), StorageError>;

    /// Every document that has a log, with the digest of its vector.
    fn documents(&self) -> Result<Vec<(DocumentId, Digest)>, StorageError>;
    /// What the log has of `document`.
    fn vector(&self, document: DocumentId) -> Result<VersionVector, StorageError>;
    /// The device that owns `actor` in `document`, if any change of it was stored.
    fn actor_device(
        &self,
        document: DocumentId,
        actor: ActorId,
    ) -> Result<Option<DeviceId>, StorageError>;
    /// The actor and seq of a change in the log of `document`.
    fn find_change(
        &self,
        document: DocumentId,
        hash: ChangeHash,
    ) -> Result<Option<(ActorId, u64)>, StorageError>;

    /// The one change of `document` whose hash begins with `first`, or `None` if there is none or more than one.
    fn find_by_first_bytes(
        &self,
        document: DocumentId,
        first: &[u8],
    ) -> Result<Option<ChangeHash>, StorageError>;

    /// The one change of `actor` in `document` with this number, or `None` if there is none or more than one. May take
    /// time linear in the document's changes.
    fn find_by_seq(
        &self,
        document: DocumentId,
        actor: ActorId,
        seq: u64,
    ) -> Result<Option<ChangeHash>, StorageError>;

    /// Appends a record, indexes its changes, and stores the document's new vector with its digest.
    fn append(
        &mut self,
        origin: Option<DeviceId>,
        record: &Record,
        vector: &VersionVector,
    ) -> Result<Position, StorageError>;
    /// Puts `record` in the place of the records at `positions`, which are all that the log has of its document from the
    /// first of them to the last. It stands at the last of them and must give back the same changes in the same order.
    ///
    /// Fails without a change if it does not.
    fn replace(
        &mut self,
        positions: &[Position],
        origin: Option<DeviceId>,
        record: &Record,
    ) -> Result<(), StorageError>;
    /// The documents that have at least so many records.
    fn documents_with_records(&self, records_min: usize) -> Result<Vec<DocumentId>, StorageError>;
    /// Removes all that is held of `document`: log, vector, actors, caches, quarantine, what waits of it or for it.
    /// Positions are not given again.
    fn forget_document(&mut self, document: DocumentId) -> Result<(), StorageError>;
    /// The newest position, 0 for an empty log.
    fn position(&self) -> Result<Position, StorageError>;
    /// Records after `position` in log order, until their changes have `bytes_max` bytes (at least one if there is one).
    fn records_after(
        &self,
        position: Position,
        bytes_max: usize,
    ) -> Result<Vec<Stored>, StorageError>;
    /// How much the whole log holds.
    fn totals(&self) -> Result<Totals, StorageError>;
    /// How many changes after `position` are in records that did not come from `peer`.
    fn count_after(&self, position: Position, peer: DeviceId) -> Result<u64, StorageError>;
    /// The position of the newest record of `document`, 0 if it has none.
    fn document_position(&self, document: DocumentId) -> Result<Position, StorageError>;
    /// Records of `document` after `position` in log order, until their changes have `bytes_max` bytes (at least one).
    fn document_records(
        &self,
        document: DocumentId,
        position: Position,
        bytes_max: usize,
    ) -> Result<Vec<Stored>, StorageError>;
    /// The bytes of the first record of `document` after `position`, and its position, if it is a pack. They fit their
    /// sum; what they say was checked when they came.
    fn next_pack(
        &self,
        document: DocumentId,
        position: Position,
    ) -> Result<Option<(Position, Vec<u8>)>, StorageError>;

    /// Keeps a record until what it misses arrives.
    fn park(
        &mut self,
        origin: Option<DeviceId>,
        bytes: &[u8],
        missing: &[Missing],
    ) -> Result<(), StorageError>;
    /// Takes out everything that waits for `missing`.
    fn unpark(&mut self, missing: Missing) -> Result<Vec<Parked>, StorageError>;
    /// How many records and bytes of `origin` are parked.
    fn parked(&self, origin: Option<DeviceId>) -> Result<(u64, u64), StorageError>;

    /// The actor this device writes `document` with, and its nonce.
    fn own_actor(&self, document: DocumentId) -> Result<Option<(ActorId, [u8; 16])>, StorageError>;
    /// Remembers the actor this device writes `document` with.
    fn set_own_actor(
        &mut self,
        document: DocumentId,
        actor: ActorId,
        nonce: [u8; 16],
    ) -> Result<(), StorageError>;

    /// This device's last `save()` of `document` with the log position it was made at: a cache, never trusted over the log.
    fn snapshot(&self, document: DocumentId) -> Result<Option<(Position, Vec<u8>)>, StorageError>;
    /// Puts a snapshot in the cache.
    fn set_snapshot(
        &mut self,
        document: DocumentId,
        position: Position,
        bytes: &[u8],
    ) -> Result<(), StorageError>;
    /// The last view of `document`, as JSON text, with the log position it was made at.
    fn cached_view(&self, document: DocumentId)
    -> Result<Option<(Position, String)>, StorageError>;
    /// Puts a view in the cache.
    fn set_cached_view(
        &mut self,
        document: DocumentId,
        position: Position,
        json: &str,
    ) -> Result<(), StorageError>;

    /// Replaces the quarantine list of `document`.
    fn set_quarantine(
        &mut self,
        document: DocumentId,
        changes: &[Quarantined],
    ) -> Result<(), StorageError>;
    /// The quarantine of all documents.
    fn quarantine(&self) -> Result<Vec<Quarantined>, StorageError>;

    /// How far `peer` has acknowledged this log.
    fn cursor(&self, peer: DeviceId) -> Result<Option<Cursor>, StorageError>;
    /// Remembers how far `peer` has acknowledged this log.
    fn set_cursor(&mut self, peer: DeviceId, cursor: Cursor) -> Result<(), StorageError>;

    /// A small named value of this workspace (open invites, the server's address, the last peers).
    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StorageError>;
    /// Stores or, with `None`, forgets a small named value.
    fn set_setting(&mut self, name: &str, value: Option<&[u8]>) -> Result<(), StorageError>;
}

/// Checks that `record` gives back exactly the changes of `before`, each once, in their order: what
/// [`Storage::replace`] asks of it.
///
/// # Errors
/// [`StorageError::Failed`] if it does not.
pub fn check_replacement(before: &[Stored], record: &Record) -> Result<(), StorageError> {
    let mut seen = BTreeSet::new();
    let changes = before.iter().flat_map(|stored| stored.record.changes());
    let once = changes.filter(|change| seen.insert(change.header.hash));
    let same = before.iter().all(|stored| stored.record.document() == record.document())
        && once.eq(record.changes());
    if same {
        return Ok(());
    }
    let document = record.document();
    Err(StorageError::Failed(format!(
        "document {document}: a pack has not the changes it replaces"
    )))
}
