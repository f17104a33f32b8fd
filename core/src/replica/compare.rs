//! Comparing with a peer: digests of all documents, then of each, then vectors, then exactly what is missing.

use std::collections::BTreeMap;

use super::packing::{RECORDS_FRAME_BYTES, finish, frontier_of};
use super::{Effect, Note, Replica, Station};
use crate::ids::{DeviceId, Digest, DocumentId};
use crate::log::{Packer, VersionVector};
use crate::protocol::{DOCUMENTS_MAX, Frame, Phase, SessionId};
use crate::storage::{Position, Storage, StorageError, Stored};
use crate::time::Timestamp;

impl Replica {
    /// The digest of all logs that this device and `peer` may both read.
    pub(super) fn shared_digest(&self, peer: &DeviceId) -> Digest {
        digest_of(self.shared_documents(peer))
    }

    /// 16 bytes that two replicas share exactly when they have the same changes of all documents.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest_of(self.documents.iter())
    }

    pub(super) fn shared_documents(
        &self,
        peer: &DeviceId,
    ) -> impl Iterator<Item = (&DocumentId, &Digest)> {
        let rights = self.policy.now();
        let mine = self.station == Station::Server;
        self.documents.iter().filter(move |(document, _)| {
            rights.may_read(peer, document) && (mine || rights.may_read(&self.device, document))
        })
    }

    /// The digest of nothing: whoever names it has no log at all.
    pub(super) fn empty_digest() -> Digest {
        digest_of(std::iter::empty())
    }

    /// The peer names the digests of its documents: answer with the vectors of those that differ, and send whole what
    /// it lacks.
    pub(super) fn on_documents(
        &mut self,
        storage: &dyn Storage,
        id: SessionId,
        peer: &DeviceId,
        theirs: &BTreeMap<DocumentId, Digest>,
    ) -> Result<(), StorageError> {
        if self.is_supplying(id) {
            // What differs is under way: it must not be sent twice.
            return Ok(());
        }
        let rights = self.policy.now();
        let mut vectors = BTreeMap::new();
        for (document, digest) in theirs {
            let open = rights.may_read(peer, document) && !rights.is_dropped(document);
            if open && self.documents.get(document) != Some(digest) {
                vectors.insert(*document, storage.vector(*document)?);
            }
        }
        let unknown: BTreeMap<DocumentId, VersionVector> = self
            .shared_documents(peer)
            .filter(|(document, _)| !theirs.contains_key(document))
            .map(|(document, _)| (*document, VersionVector::default()))
            .collect();
        if vectors.is_empty() && unknown.is_empty() {
            // Nothing differs and the peer does not know it: without a word it would ask for ever.
            if let Some(session) = self.sessions.get_mut(&id) {
                session.ack_due = session.ack_due.or(Some(0));
            }
        }
        if !vectors.is_empty() {
            self.send(id, &Frame::Vectors { reply: true, vectors });
        }
        self.supply(storage, id, &unknown)
    }

    pub(super) fn on_vectors(
        &mut self,
        storage: &dyn Storage,
        id: SessionId,
        peer: &DeviceId,
        reply: bool,
        theirs: &BTreeMap<DocumentId, VersionVector>,
    ) -> Result<(), StorageError> {
        if reply {
            let mut vectors = BTreeMap::new();
            for (document, vector) in theirs.iter().take(DOCUMENTS_MAX) {
                let rights = self.policy.now();
                if rights.is_dropped(document) || !rights.may_read(peer, document) {
                    continue;
                }
                let mine = storage.vector(*document)?;
                if mine != *vector {
                    vectors.insert(*document, mine);
                }
            }
            self.send(id, &Frame::Vectors { reply: false, vectors });
        }
        self.supply(storage, id, theirs)
    }

    /// All changes of the documents that this device may give away, packed: the content of a workspace file. Says how
    /// many changes they are.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails.
    pub fn pack_all(&self, storage: &dyn Storage) -> Result<(Vec<Frame>, usize), StorageError> {
        let rights = self.policy.now();
        let frontier = frontier_of(rights);
        let (mut frames, mut packer, mut gathered) = (Vec::new(), Packer::new(), 0);
        let mut changes = 0;
        for document in self.documents.keys() {
            let mut position = 0;
            loop {
                let stored = storage.document_records(*document, position, RECORDS_FRAME_BYTES)?;
                let Some(last) = stored.last() else { break };
                position = last.position;
                for Stored { record, .. } in &stored {
                    packer.push(record, &|_| true, &frontier);
                    gathered += record.changes_bytes();
                }
                if gathered >= RECORDS_FRAME_BYTES {
                    frames.extend(finish(std::mem::take(&mut packer), None, rights));
                    gathered = 0;
                }
            }
            changes += storage.vector(*document)?.changes_count();
        }
        frames.extend(finish(packer, None, rights));
        let frames = frames.into_iter().map(|records| Frame::Records { position: 0, records });
        Ok((frames.collect(), usize::try_from(changes).unwrap_or(usize::MAX)))
    }

    /// The peer says that it has nothing, and an earlier life of it had acknowledged the log up to `claimed`.
    pub(super) fn note_lost(
        &mut self,
        storage: &dyn Storage,
        id: SessionId,
        claimed: Position,
    ) -> Result<(), StorageError> {
        let Some(peer) = self.sessions.get(&id).map(|session| session.peer) else { return Ok(()) };
        let (mut position, mut lost) = (0, 0);
        while position < claimed {
            let stored = storage.records_after(position, RECORDS_FRAME_BYTES)?;
            let Some(last) = stored.last() else { break };
            position = last.position;
            let rights = self.policy.now();
            let claimed = stored.iter().filter(|stored| {
                stored.position <= claimed && rights.may_read(&peer, &stored.record.document())
            });
            lost += claimed.map(|stored| stored.record.changes().len() as u64).sum::<u64>();
        }
        self.raise_lost(id, lost);
        Ok(())
    }

    /// Tells once in a session.
    pub(super) fn raise_lost(&mut self, id: SessionId, changes: u64) {
        if changes == 0 {
            return;
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.claimed = 0;
        let peer = session.peer;
        self.effects.push(Effect::Noted(Note::PeerLost { peer, changes }));
    }

    /// Starts a comparison of all documents when digests have differed for too long.
    pub(super) fn compare_if_due(&mut self, now: Timestamp, id: SessionId, out: &mut Vec<Effect>) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.phase != Phase::Live || !session.take_comparison_due(now) || !session.dialed {
            return;
        }
        if session.supply.is_some() {
            return;
        }
        let (peer, named) = (session.peer, session.peer_documents);
        if named == Some(self.shared_digest(&peer)) {
            return;
        }
        let documents: BTreeMap<_, _> =
            self.shared_documents(&peer).map(|(id, digest)| (*id, *digest)).collect();
        let frame = Frame::Documents(documents).encode();
        out.push(Effect::Send { session: id, frame, bulk: false });
    }
}

fn digest_of<'a>(documents: impl Iterator<Item = (&'a DocumentId, &'a Digest)>) -> Digest {
    let mut hasher = blake3::Hasher::new_derive_key("jospar documents digest 1");
    for (document, digest) in documents {
        hasher.update(&document.0).update(&digest.0);
    }
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    Digest(bytes)
}
