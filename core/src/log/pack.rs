//! Packs: many changes of one document in a form that says what is new in each, under the newest signature of each actor.
//!
//! What travels when a peer lacks more than one change, and what a log keeps of what came so. Taking a pack apart gives
//! back every change byte by byte, so hashes, signatures and validation are those of the changes. Layout:
//! docs/protocol.md, section 3.1; reasons: docs/adr/0013.

mod columns;
mod context;
mod decode;
mod encode;
mod streams;

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::DecodeError;
use super::change::ChangeHeader;
use super::envelope::{EnvelopeError, SealedChange, signed_bytes, verify};
use super::record::{Record, Signed};
use super::sealed::ChangeForm;
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PolicyHash, WorkspaceId};

/// The most changes one pack may have.
pub const PACK_CHANGES_MAX: usize = 8_192;
/// The most bytes that the changes of one pack may have, unpacked. One envelope always fits.
pub const PACK_CHANGES_BYTES_MAX: usize = 1024 * 1024;
/// The most bytes that the changes of all packs which travel together may have, unpacked.
pub const CHANGES_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most bytes that packs which travel together may have.
const PACK_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most packs that travel together.
const PACKS_MAX: usize = 65_536;
/// How many first bytes name a change that the reader has.
const CHANGE_SHORT_BYTES: usize = 5;
/// How many first bytes name an actor that the reader has.
const ACTOR_SHORT_BYTES: usize = 3;
/// How many first bytes name a document that the reader has.
const DOCUMENT_SHORT_BYTES: usize = 5;

/// Finds what a pack names in short. A log does; `()` is for packs that name everything in full.
pub trait Resolve {
    /// The one document whose id begins so, or `None`.
    fn document(&mut self, first: &[u8]) -> Option<DocumentId>;
    /// The one change of the document whose hash begins so, or `None`.
    fn change(&mut self, document: DocumentId, first: &[u8]) -> Option<ChangeHash>;
    /// The one change of an actor with this number, or `None`.
    fn change_of(&mut self, document: DocumentId, actor: ActorId, seq: u64) -> Option<ChangeHash>;
    /// The one actor of the document whose id begins so, and its device, or `None`.
    fn actor(&mut self, document: DocumentId, first: &[u8]) -> Option<(ActorId, DeviceId)>;
}

impl Resolve for () {
    fn document(&mut self, _: &[u8]) -> Option<DocumentId> {
        None
    }

    fn change(&mut self, _: DocumentId, _: &[u8]) -> Option<ChangeHash> {
        None
    }

    fn change_of(&mut self, _: DocumentId, _: ActorId, _: u64) -> Option<ChangeHash> {
        None
    }

    fn actor(&mut self, _: DocumentId, _: &[u8]) -> Option<(ActorId, DeviceId)> {
        None
    }
}

/// Says of a change of the writer's log whose it is and its number: what [`Resolve::change_of`] goes back from.
pub type Before<'a> = dyn FnMut(DocumentId, ChangeHash) -> Option<(ActorId, u64)> + 'a;

/// Many changes of one document, each behind what it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    document: DocumentId,
    authors: BTreeMap<ActorId, Author>,
    /// In the order of the changes that they are over.
    signatures: Vec<TipSignature>,
    changes: Vec<SealedChange>,
}

/// Whose an actor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Author {
    device: DeviceId,
    /// What the actor id was made from; present when the actor's first change is in the pack.
    nonce: Option<[u8; 16]>,
}

/// A signature over one change, and so over all of its actor's before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TipSignature {
    /// The place of the change in the pack.
    change: usize,
    policy_head: PolicyHash,
    signature: [u8; 64],
}

impl Pack {
    /// The document.
    #[must_use]
    pub const fn document(&self) -> DocumentId {
        self.document
    }

    /// The changes, each behind what it depends on; at least one.
    #[must_use]
    pub fn changes(&self) -> &[SealedChange] {
        &self.changes
    }

    /// Every author's actor and its device.
    #[must_use]
    pub fn authors(&self) -> Vec<(ActorId, DeviceId)> {
        self.authors.iter().map(|(actor, author)| (*actor, author.device)).collect()
    }

    /// The device that owns `actor`, and what the actor's id was made from if its first change is here.
    #[must_use]
    pub fn author(&self, actor: &ActorId) -> Option<(DeviceId, Option<[u8; 16]>)> {
        self.authors.get(actor).map(|author| (author.device, author.nonce))
    }

    /// The signatures, in the order of the changes that they are over.
    #[must_use]
    pub fn signatures(&self) -> Vec<Signed> {
        let signed = |signature: &TipSignature| {
            let TipSignature { change, policy_head, signature } = *signature;
            let device = self.device_at(change)?;
            Some(Signed { change, device, policy_head, signature })
        };
        self.signatures.iter().filter_map(signed).collect()
    }

    /// How many bytes the changes have, unpacked.
    #[must_use]
    pub fn changes_bytes(&self) -> usize {
        self.changes.iter().map(|change| change.bytes.len()).sum()
    }

    /// Writes packs that travel or lie together. With `before`, which looks into the log that they are from, they are
    /// shorter and only for a reader that has all that they build on.
    #[must_use]
    pub fn encode(packs: &[Self], before: Option<&mut Before<'_>>) -> Vec<u8> {
        encode::encode(packs, before)
    }

    /// Reads what [`Pack::encode`] wrote. Signatures are not checked: [`Pack::verify`] does.
    ///
    /// # Errors
    /// [`EnvelopeError`]: refuse it; [`EnvelopeError::Unresolved`] if it is short and something is missing here.
    pub fn decode(bytes: &[u8], resolve: &mut dyn Resolve) -> Result<Vec<Self>, EnvelopeError> {
        decode::decode(bytes, resolve)
    }

    /// Checks that every change stands in the chain of a signed one of its actor, and every signature.
    ///
    /// # Errors
    /// [`EnvelopeError`]: refuse the pack.
    pub fn verify(&self, workspace: &WorkspaceId) -> Result<(), EnvelopeError> {
        self.check()?;
        for Signed { change, device, policy_head, signature } in self.signatures() {
            let Some(SealedChange { header, .. }) = self.changes.get(change) else { continue };
            let (actor, seq, hash) = (&header.actor, header.seq, &header.hash.0);
            let signed = signed_bytes(workspace, &self.document, actor, seq, hash, &policy_head);
            verify(&device, &signed, &signature)?;
        }
        Ok(())
    }

    /// As [`Pack::verify`], for a pack whose signatures were checked when it was stored.
    ///
    /// # Errors
    /// [`EnvelopeError`]: the pack is damaged.
    pub fn check(&self) -> Result<(), EnvelopeError> {
        if self.changes_bytes() > PACK_CHANGES_BYTES_MAX {
            let (found, max) = (self.changes_bytes() as u64, PACK_CHANGES_BYTES_MAX as u64);
            return Err(DecodeError::TooLarge { what: "pack", found, max }.into());
        }
        let chain = Chain::of(&self.changes);
        let mut written = BTreeSet::new();
        for SealedChange { header, .. } in &self.changes {
            let author = self.authors.get(&header.actor).ok_or(EnvelopeError::ActorBinding)?;
            if header.seq == 1 && author.nonce.is_none() {
                return Err(EnvelopeError::ActorBinding);
            }
            written.insert(header.actor);
        }
        let mut covered = vec![false; self.changes.len()];
        for signature in &self.signatures {
            chain.cover(signature.change, &mut covered);
        }
        let ordered = self.signatures.is_sorted_by(|a, b| a.change < b.change);
        let inside = self.signatures.last().is_some_and(|last| last.change < self.changes.len());
        let whole = covered.iter().all(|covered| *covered) && written.len() == self.authors.len();
        if ordered && inside && whole { Ok(()) } else { Err(EnvelopeError::Chain) }
    }

    /// The part of the pack whose changes are not among `known`; `None` if that is nothing. What is left is still
    /// signed, as long as all that a known change depends on is known.
    #[must_use]
    pub fn without(&self, known: &BTreeSet<ChangeHash>) -> Option<Self> {
        let mut builder = Builder::new(self.document);
        let record = Record::Pack(self.clone());
        builder.push(&record, &|header| !known.contains(&header.hash));
        builder.finish(&no_frontier)
    }

    fn device_at(&self, change: usize) -> Option<DeviceId> {
        let actor = self.changes.get(change)?.header.actor;
        self.authors.get(&actor).map(|author| author.device)
    }
}

/// For each change of a pack the place of its actor's previous one.
struct Chain(Vec<Option<usize>>);

impl Chain {
    fn of(changes: &[SealedChange]) -> Self {
        let mut places: BTreeMap<ChangeHash, (usize, &ChangeHeader)> = BTreeMap::new();
        let mut previous = Vec::with_capacity(changes.len());
        for (place, SealedChange { header, .. }) in changes.iter().enumerate() {
            let before = header.dependencies.iter().filter_map(|hash| places.get(hash));
            let own = |(_, before): &&(usize, &ChangeHeader)| {
                before.actor == header.actor && before.seq.checked_add(1) == Some(header.seq)
            };
            previous.push(before.into_iter().find(own).map(|(place, _)| *place));
            places.insert(header.hash, (place, header));
        }
        Self(previous)
    }

    /// Marks `change` and all of its actor's before it; says whether any was not marked.
    fn cover(&self, change: usize, covered: &mut [bool]) -> bool {
        let (mut at, mut new) = (Some(change), false);
        while let Some(covered) = at.and_then(|place| covered.get_mut(place)) {
            if *covered {
                break;
            }
            *covered = true;
            new = true;
            at = at.and_then(|place| self.0.get(place).copied().flatten());
        }
        new
    }
}

/// The seq up to which a revocation leaves an actor's changes alone, if its device was revoked.
pub type FrontierOf<'a> = dyn Fn(&DeviceId, &DocumentId, &ActorId) -> Option<u64> + 'a;

const fn no_frontier(_: &DeviceId, _: &DocumentId, _: &ActorId) -> Option<u64> {
    None
}

/// Gathers records into packs, one document in each.
#[derive(Debug, Default)]
pub struct Packer {
    done: Vec<Pack>,
    open: BTreeMap<DocumentId, Builder>,
}

impl Packer {
    /// Starts with nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds those changes of a record that are `wanted`: for each actor all from some seq on. Records of one document
    /// come in the order of its log.
    pub fn push(
        &mut self,
        record: &Record,
        wanted: &dyn Fn(&ChangeHeader) -> bool,
        frontier: &FrontierOf<'_>,
    ) {
        let document = record.document();
        let builder = self.open.entry(document).or_insert_with(|| Builder::new(document));
        if !builder.fits(record) {
            let full = std::mem::replace(builder, Builder::new(document));
            self.done.extend(full.finish(frontier));
        }
        builder.push(record, wanted);
    }

    /// The packs; those of one document in the order of its log.
    #[must_use]
    pub fn finish(mut self, frontier: &FrontierOf<'_>) -> Vec<Pack> {
        let open = self.open.into_values().filter_map(|builder| builder.finish(frontier));
        self.done.extend(open);
        self.done
    }
}

#[derive(Debug)]
struct Builder {
    pack: Pack,
    places: BTreeMap<ChangeHash, usize>,
    bytes: usize,
}

impl Builder {
    fn new(document: DocumentId) -> Self {
        let (authors, signatures, changes) = (BTreeMap::new(), Vec::new(), Vec::new());
        let pack = Pack { document, authors, signatures, changes };
        Self { pack, places: BTreeMap::new(), bytes: 0 }
    }

    fn fits(&self, record: &Record) -> bool {
        self.pack.changes.is_empty()
            || (self.bytes + record.changes_bytes() <= PACK_CHANGES_BYTES_MAX
                && self.pack.changes.len() + record.changes().len() <= PACK_CHANGES_MAX)
    }

    fn push(&mut self, record: &Record, wanted: &dyn Fn(&ChangeHeader) -> bool) {
        for change in record.changes() {
            let header = &change.header;
            if !wanted(header) || self.places.contains_key(&header.hash) {
                continue;
            }
            if let Some((device, nonce)) = record.author(&header.actor) {
                let author = Author { device, nonce: nonce.filter(|_| header.seq == 1) };
                self.pack.authors.entry(header.actor).or_insert(author);
            }
            self.places.insert(header.hash, self.pack.changes.len());
            self.bytes += change.bytes.len();
            self.pack.changes.push(change.clone());
        }
        for signed in record.signatures() {
            let change = record.changes().get(signed.change);
            let place = change.and_then(|change| self.places.get(&change.header.hash));
            let (policy_head, signature) = (signed.policy_head, signed.signature);
            self.pack.signatures.extend(place.map(|place| TipSignature {
                change: *place,
                policy_head,
                signature,
            }));
        }
    }

    /// Leaves out the signatures that a newer one speaks for, but not the newest before an actor's frontier, nor those
    /// over key chunks, whose right is judged at the policy entry that they were made at.
    fn finish(mut self, frontier: &FrontierOf<'_>) -> Option<Pack> {
        let pack = &mut self.pack;
        if pack.changes.is_empty() {
            return None;
        }
        let chain = Chain::of(&pack.changes);
        let mut covered = vec![false; pack.changes.len()];
        let mut at_frontier = BTreeSet::new();
        pack.signatures.sort_by_key(|signature| std::cmp::Reverse(signature.change));
        pack.signatures.dedup_by_key(|signature| signature.change);
        pack.signatures.retain(|signature| {
            let header = pack.changes.get(signature.change).map(|change| &change.header);
            let held = header.is_some_and(|header| {
                let author = pack.authors.get(&header.actor);
                let end = author.and_then(|a| frontier(&a.device, &pack.document, &header.actor));
                end.is_some_and(|end| header.seq <= end) && at_frontier.insert(header.actor)
            });
            let opens = pack
                .changes
                .get(signature.change)
                .is_some_and(|change| ChangeForm::of(&change.bytes) == ChangeForm::Key);
            chain.cover(signature.change, &mut covered) || held || opens
        });
        pack.signatures.reverse();
        Some(self.pack)
    }
}

#[cfg(test)]
mod tests;
