//! Envelopes: consecutive changes of one actor under one signature; what is stored, sent and checked.
//!
//! One signature over the newest change covers all before it, because each change names its actor's previous one. Changes
//! of many envelopes can therefore travel in one [`super::Pack`] that carries only the newest signatures.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::actor_id;
use super::bytes::{ByteReader, ByteWriter, DecodeError};
use super::change::{CHANGE_BYTES_MAX, ChangeError, ChangeHeader};
use super::record::{KIND_ENVELOPE, VERSION};
use crate::ids::{ActorId, DeviceId, DocumentId, PolicyHash, WorkspaceId};

/// The most bytes one envelope may have.
pub const ENVELOPE_BYTES_MAX: usize = 1024 * 1024;
/// The most changes one envelope may carry.
pub const ENVELOPE_CHANGES_MAX: usize = 4_096;

const SIGNATURE_DOMAIN: &[u8] = b"jospar/envelope/1\0";

/// One change and what was read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedChange {
    /// What the change says of itself.
    pub header: ChangeHeader,
    /// The uncompressed change chunk, or a sealed or key chunk.
    pub bytes: Vec<u8>,
}

/// Consecutive changes of one actor, signed by its device over the last of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The document the changes belong to.
    pub document: DocumentId,
    /// The author's actor.
    pub actor: ActorId,
    /// The device that owns the actor and signed.
    pub device: DeviceId,
    /// The policy entry that was newest for the author: the right to write is judged there.
    pub policy_head: PolicyHash,
    /// What the actor id was made from; present when the first change is the actor's first.
    pub nonce: Option<[u8; 16]>,
    /// The changes, in the order of their seqs, at least one.
    pub changes: Vec<SealedChange>,
    /// The device's signature over the last change.
    pub signature: [u8; 64],
}

/// Why bytes are not an envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The bytes do not follow the format.
    #[error("the envelope cannot be read: {0}")]
    Malformed(#[from] DecodeError),
    /// Made by a newer version: it is refused, and the person is told to update.
    #[error("envelope version {0} is newer than this program")]
    Version(u8),
    /// A change in it may not enter a log.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The changes are not consecutive changes of the named actor.
    #[error("the changes do not follow each other")]
    Chain,
    /// The actor is not one that the device could have made with the nonce.
    #[error("the actor does not belong to the device")]
    ActorBinding,
    /// The signature is not the device's.
    #[error("the signature is not valid")]
    Signature,
    /// A pack names a change or an actor by its first bytes, and no one thing here begins with them.
    #[error("the pack builds on something that is not here")]
    Unresolved,
}

/// The fields of an envelope whose changes have not been read: all that the signature check needs.
struct Outline<'a> {
    document: DocumentId,
    actor: ActorId,
    device: DeviceId,
    policy_head: PolicyHash,
    signature: [u8; 64],
    first_seq: u64,
    nonce: Option<[u8; 16]>,
    tip_hash: [u8; 32],
    changes: Vec<&'a [u8]>,
}

pub(super) fn signed_bytes(
    workspace: &WorkspaceId,
    document: &DocumentId,
    actor: &ActorId,
    seq: u64,
    tip_hash: &[u8; 32],
    policy_head: &PolicyHash,
) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    writer.raw(SIGNATURE_DOMAIN).raw(&workspace.0).raw(&document.0).raw(&actor.0);
    writer.raw(&seq.to_le_bytes()).raw(tip_hash).raw(&policy_head.0);
    writer.finish()
}

/// Checks the signature of `device` over `signed`.
pub(super) fn verify(
    device: &DeviceId,
    signed: &[u8],
    signature: &[u8; 64],
) -> Result<(), EnvelopeError> {
    VerifyingKey::from_bytes(&device.0)
        .and_then(|key| key.verify_strict(signed, &Signature::from_bytes(signature)))
        .map_err(|_| EnvelopeError::Signature)
}

impl Envelope {
    /// Signs `changes` of `actor`, which must be consecutive and at least one.
    ///
    /// # Errors
    /// [`EnvelopeError::Chain`] if they are not, [`EnvelopeError::Change`] if one may not enter a log.
    pub fn sign(
        key: &SigningKey,
        workspace: &WorkspaceId,
        document: DocumentId,
        policy_head: PolicyHash,
        nonce: &[u8; 16],
        changes: Vec<Vec<u8>>,
    ) -> Result<Self, EnvelopeError> {
        let changes = changes
            .into_iter()
            .map(|bytes| Ok(SealedChange { header: ChangeHeader::parse(&bytes)?, bytes }))
            .collect::<Result<Vec<_>, ChangeError>>()?;
        let first = &changes.first().ok_or(EnvelopeError::Chain)?.header;
        let (actor, first_seq) = (first.actor, first.seq);
        let tip = &changes.last().ok_or(EnvelopeError::Chain)?.header;
        let signed = signed_bytes(workspace, &document, &actor, tip.seq, &tip.hash.0, &policy_head);
        let envelope = Self {
            document,
            actor,
            device: DeviceId(key.verifying_key().to_bytes()),
            policy_head,
            nonce: (first_seq == 1).then_some(*nonce),
            changes,
            signature: key.sign(&signed).to_bytes(),
        };
        envelope.check_chain()?;
        Ok(envelope)
    }

    /// The seq of the first change.
    #[must_use]
    pub fn first_seq(&self) -> u64 {
        self.changes.first().map_or(0, |change| change.header.seq)
    }

    /// The seq of the last change.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.changes.last().map_or(0, |change| change.header.seq)
    }

    /// Writes the envelope; layout: docs/protocol.md, section 3.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.byte(VERSION).byte(KIND_ENVELOPE);
        writer
            .raw(&self.document.0)
            .raw(&self.actor.0)
            .raw(&self.device.0)
            .raw(&self.policy_head.0);
        writer.raw(&self.signature).number(self.first_seq());
        if let Some(nonce) = &self.nonce {
            writer.raw(nonce);
        }
        writer.number(self.changes.len() as u64);
        for change in &self.changes {
            writer.bytes(&change.bytes);
        }
        writer.finish()
    }

    /// The document that an envelope's first bytes name; nothing is checked. `None` for what cannot be an envelope.
    #[must_use]
    pub fn document_of(bytes: &[u8]) -> Option<DocumentId> {
        let id = bytes.get(2..18)?;
        id.try_into().ok().map(DocumentId)
    }

    /// Reads an envelope from a peer or a file: the signature is checked before any change is read.
    ///
    /// # Errors
    /// [`EnvelopeError`]: refuse it.
    pub fn decode(workspace: &WorkspaceId, bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let outline = Outline::read(bytes)?;
        outline.check_signature(workspace)?;
        outline.into_envelope()
    }

    /// Reads an envelope from this device's own store, where it was put after [`Envelope::decode`] or `sign`.
    ///
    /// # Errors
    /// [`EnvelopeError`]: the row is damaged; fetch it again from a peer.
    pub fn decode_stored(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        Outline::read(bytes)?.into_envelope()
    }

    fn check_chain(&self) -> Result<(), EnvelopeError> {
        let first = self.changes.first().ok_or(EnvelopeError::Chain)?;
        let numbered =
            first.header.actor == self.actor && (first.header.seq == 1) == self.nonce.is_some();
        let follows = self.changes.windows(2).all(|pair| match pair {
            [previous, next] => {
                next.header.actor == self.actor
                    && next.header.seq == previous.header.seq.saturating_add(1)
                    && next.header.dependencies.contains(&previous.header.hash)
            }
            _ => true,
        });
        if !(numbered && follows) {
            return Err(EnvelopeError::Chain);
        }
        let bound = self
            .nonce
            .is_none_or(|nonce| actor_id(&self.device, &self.document, &nonce) == self.actor);
        if bound { Ok(()) } else { Err(EnvelopeError::ActorBinding) }
    }
}

impl<'a> Outline<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > ENVELOPE_BYTES_MAX {
            let (found, max) = (bytes.len() as u64, ENVELOPE_BYTES_MAX as u64);
            return Err(DecodeError::TooLarge { what: "envelope", found, max }.into());
        }
        let mut reader = ByteReader::new(bytes);
        match (reader.byte("version")?, reader.byte("kind")?) {
            (VERSION, KIND_ENVELOPE) => {}
            (VERSION, _) => return Err(DecodeError::Invalid { what: "kind" }.into()),
            (version, _) => return Err(EnvelopeError::Version(version)),
        }
        let document = DocumentId(reader.array("document")?);
        let actor = ActorId(reader.array("actor")?);
        let device = DeviceId(reader.array("device")?);
        let policy_head = PolicyHash(reader.array("policy head")?);
        let signature = reader.array("signature")?;
        let first_seq = reader.number("first seq")?;
        let nonce = if first_seq == 1 { Some(reader.array("nonce")?) } else { None };
        let mut changes = Vec::new();
        for _ in 0..reader.count(ENVELOPE_CHANGES_MAX, "changes")? {
            changes.push(reader.bytes(CHANGE_BYTES_MAX, "change")?);
        }
        reader.end()?;
        let tip = changes.last().ok_or(EnvelopeError::Chain)?;
        let tip_hash =
            <sha2::Sha256 as sha2::Digest>::digest(tip.get(8..).unwrap_or_default()).into();
        Ok(Self {
            document,
            actor,
            device,
            policy_head,
            signature,
            first_seq,
            nonce,
            tip_hash,
            changes,
        })
    }

    fn check_signature(&self, workspace: &WorkspaceId) -> Result<(), EnvelopeError> {
        let seq = self.first_seq.saturating_add(self.changes.len() as u64 - 1);
        let signed = signed_bytes(
            workspace,
            &self.document,
            &self.actor,
            seq,
            &self.tip_hash,
            &self.policy_head,
        );
        verify(&self.device, &signed, &self.signature)
    }

    fn into_envelope(self) -> Result<Envelope, EnvelopeError> {
        let changes = self
            .changes
            .iter()
            .map(|bytes| {
                Ok(SealedChange { header: ChangeHeader::parse(bytes)?, bytes: bytes.to_vec() })
            })
            .collect::<Result<Vec<_>, ChangeError>>()?;
        let envelope = Envelope {
            document: self.document,
            actor: self.actor,
            device: self.device,
            policy_head: self.policy_head,
            nonce: self.nonce,
            changes,
            signature: self.signature,
        };
        if envelope.first_seq() != self.first_seq {
            return Err(EnvelopeError::Chain);
        }
        envelope.check_chain()?;
        Ok(envelope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::{ActorId as Actor, AutoCommit, ROOT, transaction::Transactable as _};
    use proptest::prelude::*;

    const WORKSPACE: WorkspaceId = WorkspaceId([9; 32]);

    fn signed(seqs: std::ops::RangeInclusive<usize>) -> Envelope {
        let key = SigningKey::from_bytes(&[3; 32]);
        let (document, nonce) = (DocumentId([1; 16]), [2; 16]);
        let actor = actor_id(&DeviceId(key.verifying_key().to_bytes()), &document, &nonce);
        let mut doc = AutoCommit::new().with_actor(Actor::from(actor.0));
        for seq in 1..=*seqs.end() {
            doc.put(ROOT, "n", seq as i64).expect("put");
            doc.commit();
        }
        let changes = doc.get_changes(&[]).into_iter().map(|c| c.raw_bytes().to_vec());
        let changes = changes.skip(seqs.start() - 1).collect();
        Envelope::sign(&key, &WORKSPACE, document, PolicyHash([4; 32]), &nonce, changes)
            .expect("signs")
    }

    #[test]
    fn what_was_encoded_is_decoded_with_its_signature() {
        for envelope in [signed(1..=3), signed(2..=2)] {
            assert_eq!(Envelope::decode(&WORKSPACE, &envelope.encode()), Ok(envelope));
        }
    }

    #[test]
    fn an_envelope_of_another_workspace_is_refused() {
        let bytes = signed(1..=1).encode();
        assert_eq!(Envelope::decode(&WorkspaceId([8; 32]), &bytes), Err(EnvelopeError::Signature));
    }

    proptest! {
        #[test]
        fn t13_a_flipped_byte_never_passes(position: usize, mask in 1_u8..) {
            let mut bytes = signed(1..=2).encode();
            let index = position % bytes.len();
            bytes[index] ^= mask;
            prop_assert!(Envelope::decode(&WORKSPACE, &bytes).is_err());
        }

        #[test]
        fn cut_bytes_never_pass(length: usize) {
            let bytes = signed(1..=2).encode();
            prop_assert!(Envelope::decode(&WORKSPACE, &bytes[..length % bytes.len()]).is_err());
        }
    }
}
