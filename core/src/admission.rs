//! Admission: what may enter the log, from whom, how much, in which order. The same on server and device and for every
//! way in; no document is loaded.
//!
//! Cheapest checks first: size, signature (before any change is read), the author's right at the policy entry that the
//! envelope names, the change's own claims (`log::ChangeHeader`), the actor's owner, the actor's chain, dependencies.
//! Whether a change makes sense in its document is [`crate::validation`]'s question.

use std::collections::BTreeSet;

use crate::ids::{ChangeHash, DeviceId, Digest, DocumentId, WorkspaceId};
use crate::log::{
    ChangeForm, ClosedChunk, Envelope, EnvelopeError, SealedChange, TIPS_MAX, Tip, VersionVector,
    read_closed,
};
use crate::plan::Kind;
use crate::policy::{Policy, Rights};
use crate::storage::{Missing, Storage, StorageError, Stored};

/// The most envelopes of one peer that wait for something missing.
pub const PARKED_ENVELOPES_MAX: u64 = 1_000;
/// The most bytes of one peer's envelopes that wait for something missing.
pub const PARKED_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What became of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is in the log, or its new part is.
    Admitted(Box<Admitted>),
    /// All of it was there.
    Duplicate,
    /// It waits for a change or a policy entry that has not arrived.
    Pending,
    /// It may not enter.
    Refused(Refusal),
}

/// What was added to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The envelope as it stands in the log: its new part.
    pub stored: Stored,
    /// The digest of the document's vector with it.
    pub digest: Digest,
    /// Some actor of the document has more than one branch.
    pub branched: bool,
}

impl Admitted {
    /// The document.
    #[must_use]
    pub const fn document(&self) -> DocumentId {
        self.stored.envelope.document
    }
}

/// Why an envelope may not enter the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not an envelope of this workspace, or one whose signature or changes are not right.
    #[error(transparent)]
    Unreadable(#[from] EnvelopeError),
    /// The author had no right to write the document at the policy entry that the envelope names.
    #[error("device {device} may not write document {document}")]
    NoRight {
        /// The author's device.
        device: DeviceId,
        /// The document.
        document: DocumentId,
    },
    /// The document was dropped for good.
    #[error("document {0} was dropped")]
    Dropped(DocumentId),
    /// Sealed in a document whose kind is not, or plain in one whose kind is.
    #[error("a change of this form does not belong into document {0}")]
    Form(DocumentId),
    /// The actor belongs to another device.
    #[error("the actor belongs to another device")]
    ForeignActor,
    /// The first change does not depend on its actor's previous one.
    #[error("the change does not follow its actor's previous one")]
    Chain,
    /// The document has too many actors and branches of actors.
    #[error("the document has {TIPS_MAX} actors and branches already")]
    Tips,
    /// Too much of this peer waits already.
    #[error("{envelopes} envelopes with {bytes} bytes of this peer wait already")]
    Quota {
        /// How many wait.
        envelopes: u64,
        /// How many bytes they have.
        bytes: u64,
    },
    /// The document has as many bytes as this server keeps of one.
    #[error("document {document} is full")]
    DocumentFull {
        /// The document.
        document: DocumentId,
    },
    /// The workspace has as many bytes as this server keeps for it.
    #[error("the workspace is full")]
    WorkspaceFull,
}

impl Refusal {
    /// The key of the message that tells a person.
    #[must_use]
    pub const fn message_key(&self) -> &'static str {
        match self {
            Self::Unreadable(EnvelopeError::Signature) => "refused-bad-signature",
            Self::Unreadable(EnvelopeError::Version(_)) => "refused-newer-version",
            Self::Unreadable(_) => "refused-malformed",
            Self::NoRight { .. } => "refused-no-right",
            Self::Dropped(_) => "refused-dropped",
            Self::Form(_) => "refused-malformed",
            Self::ForeignActor | Self::Chain | Self::Tips => "refused-actor",
            Self::Quota { .. } => "refused-quota",
            Self::DocumentFull { .. } => "refused-document-full",
            Self::WorkspaceFull => "refused-workspace-full",
        }
    }
}

/// The hash of the genesis change of a document's kind; `None` for a kind that this version does not know, whose
/// changes are kept and passed on unread.
pub type GenesisOf = fn(u8) -> Option<ChangeHash>;

/// Where envelopes are admitted: one workspace with its policy.
#[derive(Debug, Clone, Copy)]
pub struct Gate<'a> {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its policy log.
    pub policy: &'a Policy,
    /// The genesis changes, which nobody sends.
    pub genesis: GenesisOf,
}

impl Gate<'_> {
    /// Judges an envelope's bytes from a peer or a file and appends what is new to the log.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails; nothing was decided then.
    pub fn admit(
        &self,
        storage: &mut dyn Storage,
        origin: Option<DeviceId>,
        bytes: &[u8],
    ) -> Result<Verdict, StorageError> {
        let envelope = match Envelope::decode(&self.workspace, bytes) {
            Ok(envelope) => envelope,
            Err(error) => return Ok(Verdict::Refused(error.into())),
        };
        self.admit_envelope(storage, origin, envelope)
    }

    /// As [`Gate::admit`], for an envelope whose signature was checked or made here.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails; nothing was decided then.
    pub fn admit_envelope(
        &self,
        storage: &mut dyn Storage,
        origin: Option<DeviceId>,
        envelope: Envelope,
    ) -> Result<Verdict, StorageError> {
        let (document, actor, device) = (envelope.document, envelope.actor, envelope.device);
        if self.policy.now().is_dropped(&document) {
            return Ok(Verdict::Refused(Refusal::Dropped(document)));
        }
        let Some(rights) = self.policy.at(&envelope.policy_head) else {
            let missing = [Missing::Policy(envelope.policy_head)];
            return park(storage, origin, &envelope, &missing);
        };
        if !rights.may_write(&device, &document) {
            return Ok(Verdict::Refused(Refusal::NoRight { device, document }));
        }
        if let Err(refusal) = check_forms(rights, &envelope) {
            return Ok(Verdict::Refused(refusal));
        }
        if storage.actor_device(document, actor)?.is_some_and(|owner| owner != device) {
            return Ok(Verdict::Refused(Refusal::ForeignActor));
        }
        let (previous, known) = match self.new_part(storage, &envelope)? {
            Part::New { previous, known } => (previous, known),
            Part::Nothing => return Ok(Verdict::Duplicate),
            Part::Missing(missing) => return park(storage, origin, &envelope, &missing),
            Part::Refused(refusal) => return Ok(Verdict::Refused(refusal)),
        };
        let mut envelope = envelope;
        if known > 0 {
            envelope.changes.drain(..known);
            envelope.nonce = None;
        }
        let mut vector = storage.vector(document)?;
        if let Err(refusal) = advance(&mut vector, previous, &envelope) {
            return Ok(Verdict::Refused(refusal));
        }
        let position = storage.append(origin, &envelope, &vector)?;
        let branched = vector.iter().any(|(_, tips)| tips.len() > 1);
        let stored = Stored { position, origin, envelope };
        let admitted = Admitted { stored, digest: vector.digest(), branched };
        Ok(Verdict::Admitted(Box::new(admitted)))
    }

    /// Finds out how much of it is in the log already and whether the rest can follow it.
    fn new_part(&self, storage: &dyn Storage, envelope: &Envelope) -> Result<Part, StorageError> {
        let (document, actor) = (envelope.document, envelope.actor);
        let mut known = 0_usize;
        for change in &envelope.changes {
            if storage.find_change(document, change.header.hash)?.is_none() {
                break;
            }
            known += 1;
        }
        let last_known = known.checked_sub(1).and_then(|last| envelope.changes.get(last));
        let mut previous = last_known.map(|change| change.header.hash);
        let new = envelope.changes.get(known..).unwrap_or_default();
        let Some(first) = new.first() else { return Ok(Part::Nothing) };
        let genesis = (self.genesis)(document.kind());
        let missing = missing_dependencies(storage, document, new, genesis)?;
        if genesis.is_some() && !missing.is_empty() {
            return Ok(Part::Missing(missing));
        }
        if previous.is_none() && first.header.seq > 1 {
            for dependency in &first.header.dependencies {
                if storage.find_change(document, *dependency)?
                    == Some((actor, first.header.seq - 1))
                {
                    previous = Some(*dependency);
                }
            }
            if previous.is_none() {
                let chain = Part::Refused(Refusal::Chain);
                return Ok(if missing.is_empty() { chain } else { Part::Missing(missing) });
            }
        }
        Ok(Part::New { previous, known })
    }
}

/// Sealed kinds take only sealed and key chunks, other kinds only plain ones, kinds of a newer version either. A key
/// chunk must name the owner that the document's id is bound to, and come from a device that may have the key.
fn check_forms(rights: &Rights, envelope: &Envelope) -> Result<(), Refusal> {
    let (document, device) = (envelope.document, envelope.device);
    let Some(kind) = Kind::from_byte(document.kind()) else { return Ok(()) };
    for change in &envelope.changes {
        if kind.is_sealed() == (ChangeForm::of(&change.bytes) == ChangeForm::Plain) {
            return Err(Refusal::Form(document));
        }
        if let Ok((_, ClosedChunk::Key(chunk))) = read_closed(&change.bytes) {
            let owned = DocumentId::owned(document.kind(), &chunk.owner, &chunk.owner_nonce);
            if owned != document || !rights.may_open(&device, &document, &chunk.owner) {
                return Err(Refusal::NoRight { device, document });
            }
        }
    }
    Ok(())
}

/// What of an envelope is left after a look at the log.
enum Part {
    Nothing,
    /// All but the first `known` changes, which follow `previous`.
    New {
        previous: Option<ChangeHash>,
        known: usize,
    },
    Missing(Vec<Missing>),
    Refused(Refusal),
}

/// The dependencies that are neither in the log nor in the envelope. Where the kind's genesis is not known, it is among
/// them, so there only a break in the actor's own chain makes an envelope wait.
fn missing_dependencies(
    storage: &dyn Storage,
    document: DocumentId,
    changes: &[SealedChange],
    genesis: Option<ChangeHash>,
) -> Result<Vec<Missing>, StorageError> {
    let mut inside = BTreeSet::new();
    let mut missing = BTreeSet::new();
    for SealedChange { header, .. } in changes {
        for dependency in &header.dependencies {
            let known = Some(*dependency) == genesis
                || inside.contains(dependency)
                || storage.find_change(document, *dependency)?.is_some();
            if !known {
                missing.insert(Missing::Change(document, *dependency));
            }
        }
        inside.insert(header.hash);
    }
    Ok(missing.into_iter().collect())
}

fn advance(
    vector: &mut VersionVector,
    previous: Option<ChangeHash>,
    new: &Envelope,
) -> Result<(), Refusal> {
    let Some(tip) = new.changes.last() else { return Err(Refusal::Chain) };
    let tips = vector.tips(&new.actor);
    let follows = tips.iter().any(|tip| Some(tip.hash) == previous);
    if !follows && vector.tips_count() >= TIPS_MAX {
        return Err(Refusal::Tips);
    }
    vector.advance(new.actor, previous, Tip { seq: tip.header.seq, hash: tip.header.hash });
    Ok(())
}

fn park(
    storage: &mut dyn Storage,
    origin: Option<DeviceId>,
    envelope: &Envelope,
    missing: &[Missing],
) -> Result<Verdict, StorageError> {
    let bytes = envelope.encode();
    let (envelopes, held) = storage.parked(origin)?;
    if envelopes >= PARKED_ENVELOPES_MAX || held + bytes.len() as u64 > PARKED_BYTES_MAX {
        return Ok(Verdict::Refused(Refusal::Quota { envelopes, bytes: held }));
    }
    storage.park(origin, &bytes, missing)?;
    Ok(Verdict::Pending)
}
