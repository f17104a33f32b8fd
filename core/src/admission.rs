//! Admission: what may enter the log, from whom, how much, in which order. The same on server and device and for every
//! way in; no document is loaded.
//!
//! Records are judged one by one. Cheapest checks first: size, signatures (before automerge sees a byte), the authors'
//! right at the policy entries that the record names, the actors' owners, the actors' chains, dependencies.
//! Whether a change makes sense in its document is [`crate::validation`]'s question.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{ActorId, ChangeHash, DeviceId, Digest, DocumentId, WorkspaceId};
use crate::log::{
    ChangeForm, ChangeHeader, ClosedChunk, EnvelopeError, Record, Resolve, TIPS_MAX, Tip,
    VersionVector, read_closed,
};
use crate::plan::Kind;
use crate::policy::{Policy, Rights};
use crate::storage::{Missing, Storage, StorageError, Stored};

/// The most records of one peer that wait for something missing.
pub const PARKED_ENVELOPES_MAX: u64 = 1_000;
/// The most bytes of one peer's records that wait for something missing.
pub const PARKED_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// A record that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How many changes it has; 1 for bytes that cannot be read.
    pub changes: usize,
    /// What became of it.
    pub verdict: Verdict,
}

impl Judged {
    const fn unreadable(verdict: Verdict) -> Self {
        Self { changes: 1, verdict }
    }
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is in the log, or its new part is.
    Admitted(Box<Admitted>),
    /// All of it was there.
    Duplicate,
    /// It waits for a change or a policy entry that has not arrived.
    Pending,
    /// It names what it builds on by first bytes, and that is not here: it must come again, in full.
    Unresolved,
    /// It may not enter.
    Refused(Refusal),
}

/// What was added to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The record as it stands in the log: its new part.
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
        self.stored.record.document()
    }
}

/// Why a record may not enter the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a record of this workspace, or one whose signature or changes are not right.
    #[error(transparent)]
    Unreadable(#[from] EnvelopeError),
    /// An author had no right to write the document at the policy entry that the record names.
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
    /// An actor belongs to another device.
    #[error("the actor belongs to another device")]
    ForeignActor,
    /// A change does not depend on its actor's previous one.
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

/// Where records are admitted: one workspace with its policy.
#[derive(Debug, Clone, Copy)]
pub struct Gate<'a> {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its policy log.
    pub policy: &'a Policy,
    /// The genesis changes, which nobody sends.
    pub genesis: GenesisOf,
    /// Documents that have as many bytes as they may: nothing more of them enters.
    pub full: &'a BTreeSet<DocumentId>,
}

impl Gate<'_> {
    /// Judges what a peer or a file brought, one envelope or any number of packs, and appends what is new to the log.
    /// A verdict for each record, or one for bytes that cannot be read.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails; nothing was decided then.
    pub fn admit(
        &self,
        storage: &mut dyn Storage,
        origin: Option<DeviceId>,
        bytes: &[u8],
    ) -> Result<Vec<Judged>, StorageError> {
        let genesis = self.genesis;
        let mut log = Log { storage, genesis, documents: None, vector: None, failed: None };
        let decoded = Record::decode(&self.workspace, bytes, &mut log);
        if let Some(error) = log.failed {
            return Err(error);
        }
        let records = match decoded {
            Ok(records) => records,
            Err(EnvelopeError::Unresolved) => {
                return Ok(vec![Judged::unreadable(Verdict::Unresolved)]);
            }
            Err(error) => return Ok(vec![Judged::unreadable(Verdict::Refused(error.into()))]),
        };
        let mut judged = Vec::with_capacity(records.len());
        for record in records {
            judged.push(match record {
                Ok(record) => {
                    let changes = record.changes().len();
                    Judged { changes, verdict: self.admit_record(storage, origin, record)? }
                }
                Err(error) => Judged::unreadable(Verdict::Refused(error.into())),
            });
        }
        Ok(judged)
    }

    /// As [`Gate::admit`], for a record whose signatures were checked or made here.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails; nothing was decided then.
    pub fn admit_record(
        &self,
        storage: &mut dyn Storage,
        origin: Option<DeviceId>,
        record: Record,
    ) -> Result<Verdict, StorageError> {
        let document = record.document();
        if self.policy.now().is_dropped(&document) {
            return Ok(Verdict::Refused(Refusal::Dropped(document)));
        }
        if self.full.contains(&document) {
            return Ok(Verdict::Refused(Refusal::DocumentFull { document }));
        }
        let (mut missing, mut rights) = (BTreeSet::new(), Vec::new());
        for signed in record.signatures() {
            let (head, device) = (signed.policy_head, signed.device);
            match self.policy.at(&head) {
                None => drop(missing.insert(Missing::Policy(head))),
                Some(at) if at.may_write(&device, &document) => rights.push((signed.change, at)),
                Some(_) => return Ok(Verdict::Refused(Refusal::NoRight { device, document })),
            }
        }
        if !missing.is_empty() {
            return park(storage, origin, &record, missing);
        }
        if let Err(refusal) = check_forms(&rights, &record) {
            return Ok(Verdict::Refused(refusal));
        }
        if has_foreign_actor(storage, &record)? {
            return Ok(Verdict::Refused(Refusal::ForeignActor));
        }
        let Some(record) = new_part(storage, record)? else { return Ok(Verdict::Duplicate) };
        let links = match self.links(storage, &record)? {
            Links::Whole(links) => links,
            Links::Missing(missing) => return park(storage, origin, &record, missing),
            Links::Broken => return Ok(Verdict::Refused(Refusal::Chain)),
        };
        let mut vector = storage.vector(document)?;
        for (change, previous) in record.changes().iter().zip(links) {
            if let Err(refusal) = advance(&mut vector, previous, &change.header) {
                return Ok(Verdict::Refused(refusal));
            }
        }
        let position = storage.append(origin, &record, &vector)?;
        let branched = vector.is_branched();
        let stored = Stored { position, origin, record };
        let admitted = Admitted { stored, digest: vector.digest(), branched };
        Ok(Verdict::Admitted(Box::new(admitted)))
    }

    /// For each change its actor's previous one, if all that the changes build on is in the log or in the record.
    fn links(&self, storage: &dyn Storage, record: &Record) -> Result<Links, StorageError> {
        let document = record.document();
        let genesis = (self.genesis)(document.kind());
        let mut inside: BTreeMap<ChangeHash, (ActorId, u64)> = BTreeMap::new();
        let (mut links, mut missing, mut broken) = (Vec::new(), BTreeSet::new(), false);
        for change in record.changes() {
            let header = &change.header;
            let mut previous = None;
            for dependency in &header.dependencies {
                let known = match inside.get(dependency) {
                    Some(known) => Some(*known),
                    None => storage.find_change(document, *dependency)?,
                };
                if known == Some((header.actor, header.seq.wrapping_sub(1))) {
                    previous = Some(*dependency);
                }
                if known.is_none() && genesis != Some(*dependency) {
                    missing.insert(Missing::Change(document, *dependency));
                }
            }
            broken |= previous.is_none() && header.seq > 1;
            inside.insert(header.hash, (header.actor, header.seq));
            links.push(previous);
        }
        // Where the kind's genesis is not known, it is among the missing, so there only a break in an actor's own chain
        // makes a record wait.
        let waits = !missing.is_empty() && (genesis.is_some() || broken);
        Ok(match (waits, broken) {
            (true, _) => Links::Missing(missing),
            (false, true) => Links::Broken,
            (false, false) => Links::Whole(links),
        })
    }
}

/// How the changes of a record hang together with the log.
enum Links {
    /// All is here: the actor's previous change for each.
    Whole(Vec<Option<ChangeHash>>),
    /// Something has not arrived.
    Missing(BTreeSet<Missing>),
    /// A change does not name its actor's previous one.
    Broken,
}

/// The log as what a short pack is resolved against.
struct Log<'a> {
    storage: &'a dyn Storage,
    genesis: GenesisOf,
    /// The documents, once they were asked for.
    documents: Option<Vec<DocumentId>>,
    /// The vector that was read last.
    vector: Option<(DocumentId, VersionVector)>,
    failed: Option<StorageError>,
}

impl Log<'_> {
    fn vector(&mut self, document: DocumentId) -> Option<&VersionVector> {
        if self.vector.as_ref().is_none_or(|(of, _)| *of != document) {
            let vector = self.storage.vector(document);
            self.vector = Some((document, self.or_failed(vector)?));
        }
        self.vector.as_ref().map(|(_, vector)| vector)
    }

    fn or_failed<T>(&mut self, result: Result<T, StorageError>) -> Option<T> {
        result.map_err(|error| self.failed = Some(error)).ok()
    }
}

impl Resolve for Log<'_> {
    fn document(&mut self, first: &[u8]) -> Option<DocumentId> {
        if self.documents.is_none() {
            let documents = self.storage.documents();
            let documents = self.or_failed(documents)?;
            self.documents = Some(documents.into_iter().map(|(id, _)| id).collect());
        }
        let documents = self.documents.iter().flatten();
        let documents = documents.filter(|id| id.0.starts_with(first));
        let [document] = *documents.take(2).copied().collect::<Vec<_>>() else { return None };
        Some(document)
    }

    fn change(&mut self, document: DocumentId, first: &[u8]) -> Option<ChangeHash> {
        let genesis = (self.genesis)(document.kind());
        let genesis = genesis.filter(|hash| hash.0.starts_with(first));
        let found = self.storage.find_by_first_bytes(document, first);
        let found = self.or_failed(found)?;
        match (genesis, found) {
            (Some(_), Some(_)) => None,
            (genesis, found) => genesis.or(found),
        }
    }

    fn change_of(&mut self, document: DocumentId, actor: ActorId, seq: u64) -> Option<ChangeHash> {
        let tip = self.vector(document)?.tip(&actor)?;
        if tip.seq <= seq {
            return (tip.seq == seq).then_some(tip.hash);
        }
        let found = self.storage.find_by_seq(document, actor, seq);
        self.or_failed(found)?
    }

    fn actor(&mut self, document: DocumentId, first: &[u8]) -> Option<(ActorId, DeviceId)> {
        let actors = self.vector(document)?.iter().map(|(actor, _)| *actor);
        let actors = actors.filter(|actor| actor.0.starts_with(first));
        let [actor] = *actors.take(2).collect::<Vec<_>>() else { return None };
        let device = self.storage.actor_device(document, actor);
        self.or_failed(device)?.map(|device| (actor, device))
    }
}

/// Sealed kinds take only sealed and key chunks, other kinds only plain ones, kinds of a newer version either. A key
/// chunk must name the owner that the document's id is bound to, and come from a device that may have the key, at the
/// policy entry of the signature over it; `rights` has them with the places of their signatures.
fn check_forms(rights: &[(usize, &Rights)], record: &Record) -> Result<(), Refusal> {
    let document = record.document();
    let Some(kind) = Kind::from_byte(document.kind()) else { return Ok(()) };
    let changes = record.changes();
    for (place, change) in changes.iter().enumerate() {
        if kind.is_sealed() == (ChangeForm::of(&change.bytes) == ChangeForm::Plain) {
            return Err(Refusal::Form(document));
        }
        if let Ok((_, ClosedChunk::Key(chunk))) = read_closed(&change.bytes) {
            let header = &change.header;
            let owned = DocumentId::owned(document.kind(), &chunk.owner, &chunk.owner_nonce);
            let author = record.author(&header.actor).map(|(device, _)| device);
            let Some(device) = author else { return Err(Refusal::Form(document)) };
            let speaks = |signed: &usize| {
                *signed >= place
                    && changes.get(*signed).is_some_and(|tip| tip.header.actor == header.actor)
            };
            let over = rights.iter().find(|(signed, _)| speaks(signed));
            if owned != document
                || !over
                    .is_some_and(|(_, rights)| rights.may_open(&device, &document, &chunk.owner))
            {
                return Err(Refusal::NoRight { device, document });
            }
        }
    }
    Ok(())
}

fn has_foreign_actor(storage: &dyn Storage, record: &Record) -> Result<bool, StorageError> {
    let actors: BTreeSet<ActorId> =
        record.changes().iter().map(|change| change.header.actor).collect();
    for actor in actors {
        let known = storage.actor_device(record.document(), actor)?;
        let named = record.author(&actor).map(|(device, _)| device);
        if known.is_some() && known != named {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Cuts off what is in the log already; `None` if that is all of it.
fn new_part(storage: &dyn Storage, record: Record) -> Result<Option<Record>, StorageError> {
    let mut known = BTreeSet::new();
    for change in record.changes() {
        let hash = change.header.hash;
        if storage.find_change(record.document(), hash)?.is_some() {
            known.insert(hash);
        }
    }
    if known.is_empty() { Ok(Some(record)) } else { Ok(record.without(&known)) }
}

fn advance(
    vector: &mut VersionVector,
    previous: Option<ChangeHash>,
    header: &ChangeHeader,
) -> Result<(), Refusal> {
    let tips = vector.tips(&header.actor);
    let follows = tips.iter().any(|tip| Some(tip.hash) == previous);
    if !follows && vector.tips_count() >= TIPS_MAX {
        return Err(Refusal::Tips);
    }
    vector.advance(header.actor, previous, Tip { seq: header.seq, hash: header.hash });
    Ok(())
}

fn park(
    storage: &mut dyn Storage,
    origin: Option<DeviceId>,
    record: &Record,
    missing: BTreeSet<Missing>,
) -> Result<Verdict, StorageError> {
    let bytes = record.encode();
    let (envelopes, held) = storage.parked(origin)?;
    if envelopes >= PARKED_ENVELOPES_MAX || held + bytes.len() as u64 > PARKED_BYTES_MAX {
        return Ok(Verdict::Refused(Refusal::Quota { envelopes, bytes: held }));
    }
    storage.park(origin, &bytes, &missing.into_iter().collect::<Vec<_>>())?;
    Ok(Verdict::Pending)
}
