//! Records: what one row of a log holds, and what travels: an envelope or a pack.

use std::collections::BTreeSet;

use super::bytes::{ByteReader, DecodeError};
use super::envelope::{Envelope, EnvelopeError, SealedChange};
use super::pack::{Pack, Resolve};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PolicyHash, WorkspaceId};

/// The first byte of every record.
pub(super) const VERSION: u8 = 1;
/// The second byte of an envelope.
pub(super) const KIND_ENVELOPE: u8 = 0;
/// The second byte of packs.
pub(super) const KIND_PACKS: u8 = 1;

/// The most bytes one record may have in a log.
pub const RECORD_BYTES_MAX: usize = 4 * 1024 * 1024;

/// An envelope or a pack: changes of one document, each behind what it depends on, all covered by signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// Consecutive changes of one actor.
    Envelope(Envelope),
    /// Changes of any actors.
    Pack(Pack),
}

/// One signature of a record: over a change, and so over all changes of that actor before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// The place of the change in the record.
    pub change: usize,
    /// The device that signed.
    pub device: DeviceId,
    /// The policy entry that was newest for the author: the right to write is judged there.
    pub policy_head: PolicyHash,
    /// The device's signature.
    pub signature: [u8; 64],
}

impl Record {
    /// The document.
    #[must_use]
    pub const fn document(&self) -> DocumentId {
        match self {
            Self::Envelope(envelope) => envelope.document,
            Self::Pack(pack) => pack.document(),
        }
    }

    /// The changes, each behind what it depends on; at least one.
    #[must_use]
    pub fn changes(&self) -> &[SealedChange] {
        match self {
            Self::Envelope(envelope) => &envelope.changes,
            Self::Pack(pack) => pack.changes(),
        }
    }

    /// The device that owns `actor`, and what the actor's id was made from if its first change is here; `None` if none
    /// of its changes is.
    #[must_use]
    pub fn author(&self, actor: &ActorId) -> Option<(DeviceId, Option<[u8; 16]>)> {
        match self {
            Self::Envelope(envelope) => {
                (envelope.actor == *actor).then_some((envelope.device, envelope.nonce))
            }
            Self::Pack(pack) => pack.author(actor),
        }
    }

    /// Every author's actor and its device.
    #[must_use]
    pub fn authors(&self) -> Vec<(ActorId, DeviceId)> {
        match self {
            Self::Envelope(envelope) => vec![(envelope.actor, envelope.device)],
            Self::Pack(pack) => pack.authors(),
        }
    }

    /// The signatures, in the order of the changes that they are over; the last change of each actor has one.
    #[must_use]
    pub fn signatures(&self) -> Vec<Signed> {
        match self {
            Self::Envelope(envelope) => vec![Signed {
                change: envelope.changes.len().saturating_sub(1),
                device: envelope.device,
                policy_head: envelope.policy_head,
                signature: envelope.signature,
            }],
            Self::Pack(pack) => pack.signatures(),
        }
    }

    /// The hash of the last change.
    #[must_use]
    pub fn last_hash(&self) -> ChangeHash {
        self.changes().last().map(|change| change.header.hash).unwrap_or_default()
    }

    /// How many bytes the changes have, unpacked.
    #[must_use]
    pub fn changes_bytes(&self) -> usize {
        self.changes().iter().map(|change| change.bytes.len()).sum()
    }

    /// The part of the record whose changes are not among `known`; `None` if that is nothing. What is left is still
    /// signed, as long as all that a known change depends on is known.
    #[must_use]
    pub fn without(self, known: &BTreeSet<ChangeHash>) -> Option<Self> {
        match self {
            Self::Envelope(mut envelope) => {
                envelope.changes.retain(|change| !known.contains(&change.header.hash));
                envelope.nonce = envelope.nonce.filter(|_| envelope.first_seq() == 1);
                (!envelope.changes.is_empty()).then_some(Self::Envelope(envelope))
            }
            Self::Pack(pack) => pack.without(known).map(Self::Pack),
        }
    }

    /// Writes the record; layout: docs/protocol.md, section 3.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Envelope(envelope) => envelope.encode(),
            Self::Pack(pack) => Pack::encode(std::slice::from_ref(pack), None),
        }
    }

    /// Reads the records that came together from a peer or a file: one envelope or any number of packs. Each has its own
    /// verdict: signatures are checked, and automerge has not seen a byte.
    ///
    /// # Errors
    /// [`EnvelopeError`]: refuse all of it.
    pub fn decode(
        workspace: &WorkspaceId,
        bytes: &[u8],
        resolve: &mut dyn Resolve,
    ) -> Result<Vec<Result<Self, EnvelopeError>>, EnvelopeError> {
        if !Self::is_packs(bytes) {
            return Ok(vec![Envelope::decode(workspace, bytes).map(Self::Envelope)]);
        }
        let packs = Pack::decode(bytes, resolve)?.into_iter();
        Ok(packs.map(|pack| pack.verify(workspace).map(|()| Self::Pack(pack))).collect())
    }

    /// How many bytes of changes packs say that they have, read from their first bytes; 0 for an envelope and for what
    /// cannot be read.
    #[must_use]
    pub fn announced_bytes(bytes: &[u8]) -> u64 {
        let Some(size) = bytes.strip_prefix(&[VERSION, KIND_PACKS]) else { return 0 };
        ByteReader::new(size).number("size of changes").unwrap_or(0)
    }

    /// True for the bytes of packs, false for those of an envelope.
    #[must_use]
    pub fn is_packs(bytes: &[u8]) -> bool {
        bytes.get(1) == Some(&KIND_PACKS)
    }

    /// The document of one record as it is parked; an envelope is asked for its first bytes alone. `None` for what
    /// cannot be a record.
    #[must_use]
    pub fn document_of(bytes: &[u8]) -> Option<DocumentId> {
        if !Self::is_packs(bytes) {
            return Envelope::document_of(bytes);
        }
        Self::decode_stored(bytes).ok().map(|record| record.document())
    }

    /// Reads the one record in `bytes`, with its signatures.
    ///
    /// # Errors
    /// [`EnvelopeError`]: refuse it.
    pub fn decode_one(workspace: &WorkspaceId, bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let mut all = Self::decode(workspace, bytes, &mut ())?.into_iter();
        match (all.next(), all.next()) {
            (Some(record), None) => record,
            _ => Err(DecodeError::Invalid { what: "packs" }.into()),
        }
    }

    /// Reads a record from this device's own store, where it was put after its signatures were checked.
    ///
    /// # Errors
    /// [`EnvelopeError`]: the row is damaged; fetch it again from a peer.
    pub fn decode_stored(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if !Self::is_packs(bytes) {
            return Envelope::decode_stored(bytes).map(Self::Envelope);
        }
        let mut packs = Pack::decode(bytes, &mut ())?.into_iter();
        match (packs.next(), packs.next()) {
            (Some(pack), None) => pack.check().map(|()| Self::Pack(pack)),
            _ => Err(DecodeError::Invalid { what: "packs" }.into()),
        }
    }
}

impl From<Envelope> for Record {
    fn from(envelope: Envelope) -> Self {
        Self::Envelope(envelope)
    }
}
