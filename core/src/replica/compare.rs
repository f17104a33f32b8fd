//! Comparing with a peer: digests of all documents, then of each, then vectors, then exactly what is missing.

use std::collections::BTreeMap;

use super::packing::{RECORDS_FRAME_BYTES, finish, frontier_of};
use super::{Effect, Note, Replica, Station};
use crate::ids::{ActorId, DeviceId, Digest, DocumentId};
use crate::log::{ChangeHeader, Packer, VersionVector};
use crate::protocol::{DOCUMENTS_MAX, Frame, Phase, SessionId};
use crate::storage::{Position, Storage, StorageError};
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

    /// Sends every change of these documents that the peer's vectors lack, outside log order.
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
        let mine = theirs.iter().filter(|(id, _)| {
            self.policy.now().may_read(peer, id) && !self.policy.now().is_dropped(id)
        });
        let Missed { packs, lost } =
            self.pack_missing(storage, mine, claimed, MISSING_BYTES_MAX)?;
        for records in packs {
            let frame = Frame::Records { position: 0, records }.encode();
            self.effects.push(Effect::Send { session: id, frame, bulk: true });
        }
        self.raise_lost(id, lost);
        Ok(())
    }

    /// All changes of the documents that this device may give away, packed: the content of a workspace file. Says how
    /// many changes they are.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails.
    pub fn pack_all(&self, storage: &dyn Storage) -> Result<(Vec<Frame>, usize), StorageError> {
        let nothing = VersionVector::default();
        let all = self.documents.keys().map(|id| (id, &nothing));
        let packs = self.pack_missing(storage, all, 0, usize::MAX)?.packs;
        let mut changes = 0;
        for id in self.documents.keys() {
            let vector = storage.vector(*id)?;
            let tips = vector.iter().filter_map(|(_, tips)| tips.iter().map(|tip| tip.seq).max());
            changes += tips.sum::<u64>();
        }
        let frames = packs.into_iter().map(|records| Frame::Records { position: 0, records });
        Ok((frames.collect(), usize::try_from(changes).unwrap_or(usize::MAX)))
    }

    /// Packs every change of these documents that the vectors beside them lack, until `bytes_max` is passed; counts
    /// those among them that lie up to `claimed`.
    fn pack_missing<'a>(
        &self,
        storage: &dyn Storage,
        theirs: impl Iterator<Item = (&'a DocumentId, &'a VersionVector)>,
        claimed: Position,
        bytes_max: usize,
    ) -> Result<Missed, StorageError> {
        let rights = self.policy.now();
        let frontier = frontier_of(rights);
        let (mut missed, mut packer) = (Missed::default(), Packer::new());
        let (mut gathered, mut packed) = (0, 0);
        for (document, vector) in theirs {
            let covered = covered(storage, *document, vector)?;
            let lacks = |header: &ChangeHeader| {
                covered.get(&header.actor).is_none_or(|seq| *seq < header.seq)
            };
            let mut position = 0;
            loop {
                let stored = storage.document_records(*document, position, RECORDS_FRAME_BYTES)?;
                let Some(last) = stored.last() else { break };
                position = last.position;
                for stored in &stored {
                    packer.push(&stored.record, &lacks, &frontier);
                    let lacking = stored.record.changes().iter().filter(|c| lacks(&c.header));
                    let (count, bytes) = lacking
                        .fold((0, 0), |(count, bytes), c| (count + 1, bytes + c.bytes.len()));
                    gathered += bytes;
                    missed.lost += if stored.position <= claimed { count } else { 0 };
                }
                if gathered >= RECORDS_FRAME_BYTES {
                    missed.packs.extend(finish(std::mem::take(&mut packer), None, rights));
                    gathered = 0;
                    packed = missed.packs.iter().map(Vec::len).sum();
                }
                if packed > bytes_max {
                    // The next comparison finds the rest.
                    return Ok(missed);
                }
            }
        }
        missed.packs.extend(finish(packer, None, rights));
        Ok(missed)
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
    fn raise_lost(&mut self, id: SessionId, changes: u64) {
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

/// What a peer lacks.
#[derive(Default)]
struct Missed {
    /// The bytes of the frames.
    packs: Vec<Vec<u8>>,
    /// How many changes of it an earlier life of the peer had acknowledged.
    lost: u64,
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
        let (Some(tip), Some(mine)) = (theirs.tip(actor), mine.tip(actor)) else { continue };
        if mine.seq < tip.seq || storage.find_change(document, tip.hash)?.is_some() {
            covered.insert(*actor, tip.seq);
        }
    }
    Ok(covered)
}
