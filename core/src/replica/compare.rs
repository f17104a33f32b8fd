//! Comparing with a peer: digests of all documents, then of each, then vectors, then exactly what is missing.

use std::collections::BTreeMap;

use super::sync::join_neighbours;
use super::{Effect, Note, Replica, Station};
use crate::ids::{ActorId, DeviceId, Digest, DocumentId};
use crate::log::VersionVector;
use crate::protocol::{DOCUMENTS_MAX, ENVELOPES_FRAME_BYTES, Frame, Phase, SessionId};
use crate::storage::{Position, Storage, StorageError, Stored};
use crate::time::Timestamp;

/// How many bytes one comparison sends at most: less than a session may queue.
const MISSING_BYTES_MAX: usize = 16 * 1024 * 1024;

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
        self.send_missing(storage, id, peer, &unknown)
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
        self.send_missing(storage, id, peer, theirs)
    }

    /// Sends every envelope of these documents that the peer's vectors lack, outside log order.
    pub(super) fn send_missing(
        &mut self,
        storage: &dyn Storage,
        id: SessionId,
        peer: &DeviceId,
        theirs: &BTreeMap<DocumentId, VersionVector>,
    ) -> Result<(), StorageError> {
        if self.sessions.get(&id).is_none_or(|session| session.streams_all) {
            return Ok(());
        }
        let claimed = self.sessions.get(&id).map_or(0, |session| session.claimed);
        let (mut sent, mut lost) = (0, 0);
        'documents: for (document, vector) in theirs {
            if !self.policy.now().may_read(peer, document) {
                continue;
            }
            let covered = covered(storage, *document, vector)?;
            let mut position = 0;
            loop {
                let stored =
                    storage.document_envelopes(*document, position, ENVELOPES_FRAME_BYTES)?;
                let Some(last) = stored.last() else { break };
                position = last.position;
                let lacks = stored.into_iter().filter(|Stored { envelope, .. }| {
                    covered.get(&envelope.actor).is_none_or(|seq| *seq < envelope.last_seq())
                });
                let lacks: Vec<Stored> = lacks.collect();
                lost += lacks.iter().filter(|stored| stored.position <= claimed).count() as u64;
                let envelopes = join_neighbours(lacks.into_iter());
                if !envelopes.is_empty() {
                    let frame = Frame::Envelopes { position: 0, envelopes };
                    let frame = frame.encode();
                    sent += frame.len();
                    self.effects.push(Effect::Send { session: id, frame, bulk: true });
                }
                if sent > MISSING_BYTES_MAX {
                    // The next comparison finds the rest.
                    break 'documents;
                }
            }
        }
        self.raise_lost(id, lost);
        Ok(())
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
            let stored = storage.envelopes_after(position, ENVELOPES_FRAME_BYTES)?;
            let Some(last) = stored.last() else { break };
            position = last.position;
            let rights = self.policy.now();
            let claimed = stored.iter().filter(|stored| {
                stored.position <= claimed && rights.may_read(&peer, &stored.envelope.document)
            });
            lost += claimed.count() as u64;
        }
        self.raise_lost(id, lost);
        Ok(())
    }

    /// Tells once in a session.
    fn raise_lost(&mut self, id: SessionId, envelopes: u64) {
        if envelopes == 0 {
            return;
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.claimed = 0;
        let peer = session.peer;
        self.effects.push(Effect::Noted(Note::PeerLost { peer, envelopes }));
    }

    /// Starts a comparison of all documents when digests have differed for too long.
    pub(super) fn compare_if_due(&mut self, now: Timestamp, id: SessionId, out: &mut Vec<Effect>) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.phase != Phase::Live || !session.take_comparison_due(now) || !session.dialed {
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

/// For each actor of a peer's vector the seq up to which the peer has what this log has. An actor whose tip is not in
/// this log, or that has several, is left out: everything of it is sent, and skipped on arrival where it is there.
fn covered(
    storage: &dyn Storage,
    document: DocumentId,
    theirs: &VersionVector,
) -> Result<BTreeMap<ActorId, u64>, StorageError> {
    let mine = storage.vector(document)?;
    let mut covered = BTreeMap::new();
    for (actor, _) in mine.iter() {
        let Some(tip) = theirs.tip(actor) else { continue };
        let ahead = mine.tip(actor).is_some_and(|mine| mine.seq < tip.seq);
        if ahead || storage.find_change(document, tip.hash)?.is_some() {
            covered.insert(*actor, tip.seq);
        }
    }
    Ok(covered)
}
