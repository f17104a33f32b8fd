//! What a peer lacks, sent document by document: to a new device all of it, the head documents first; after a comparison
//! what that found missing (docs/adr/0020).

use std::collections::BTreeMap;

use super::packing::{finish, frontier_of};
use super::{Effect, Replica};
use crate::ids::{ActorId, DeviceId, DocumentId};
use crate::log::{ChangeHeader, Packer, Record, VersionVector};
use crate::plan::Kind;
use crate::protocol::{Frame, SessionId, Supply};
use crate::storage::{Position, Storage, StorageError, Stored};

/// How many changes the head documents that go first have at most together: a device checks some thousands in a second.
/// A larger one follows them.
const HEADS_CHANGES_MAX: u64 = 512;
/// From how many bytes of changes on a pack of the log is a frame of its own.
const WHOLE_BYTES_MIN: usize = 8 * 1024;

impl Replica {
    /// Begins to send every change of these documents that the vectors beside them lack.
    pub(super) fn supply(
        &mut self,
        storage: &dyn Storage,
        id: SessionId,
        theirs: &BTreeMap<DocumentId, VersionVector>,
    ) -> Result<(), StorageError> {
        let Some(peer) = self.sessions.get(&id).map(|session| session.peer) else { return Ok(()) };
        let mine = theirs
            .iter()
            .filter(|(id, _)| self.documents.contains_key(id) && self.is_for(&peer, id));
        let mine: BTreeMap<_, _> = mine.map(|(id, vector)| (*id, vector.clone())).collect();
        if mine.is_empty() {
            return Ok(());
        }
        let (documents, heads) = self.heads_first(storage, mine)?;
        if let Some(session) = self.sessions.get_mut(&id) {
            session.supply().add(documents, heads);
        }
        Ok(())
    }

    /// Begins to send all of the log that the peer may read.
    pub(super) fn supply_all(
        &mut self,
        storage: &dyn Storage,
        id: SessionId,
    ) -> Result<(), StorageError> {
        let nothing = |id: &DocumentId| (*id, VersionVector::default());
        let all: BTreeMap<_, _> = self.documents.keys().map(nothing).collect();
        self.supply(storage, id, &all)
    }

    /// True while something is on its way that the peer was found to lack.
    pub(super) fn is_supplying(&self, id: SessionId) -> bool {
        self.sessions.get(&id).is_some_and(|session| session.supply.is_some())
    }

    fn is_for(&self, peer: &DeviceId, document: &DocumentId) -> bool {
        let rights = self.policy.now();
        rights.may_read(peer, document) && !rights.is_dropped(document)
    }

    /// The documents in the order in which they are sent, and how many of the first make a frame of their own.
    fn heads_first(
        &self,
        storage: &dyn Storage,
        mut documents: BTreeMap<DocumentId, VersionVector>,
    ) -> Result<(Vec<(DocumentId, VersionVector)>, usize), StorageError> {
        let (mut heads, mut large) = (Vec::new(), Vec::new());
        let mut room = HEADS_CHANGES_MAX;
        for kind in Kind::HEADS {
            let id = DocumentId::singleton(&self.workspace, kind.byte());
            let Some(found) = documents.remove_entry(&id) else { continue };
            let changes = storage.vector(id)?.changes_count();
            match room.checked_sub(changes) {
                Some(left) => {
                    room = left;
                    heads.push(found);
                }
                None => large.push((changes, found)),
            }
        }
        let count = heads.len();
        large.sort_by_key(|(changes, _)| *changes);
        // Photos and files come when all that people read and write is there.
        let is_bulky = |(id, _): &(DocumentId, VersionVector)| {
            Kind::from_byte(id.kind()).is_some_and(Kind::is_bulky)
        };
        let (bulky, others): (Vec<_>, Vec<_>) = documents.into_iter().partition(is_bulky);
        heads.extend(large.into_iter().map(|(_, found)| found).chain(others).chain(bulky));
        Ok((heads, count))
    }

    /// The next frame of what the peer lacks, if its window is open.
    pub(super) fn stream_supply(
        &mut self,
        storage: &dyn Storage,
        id: SessionId,
    ) -> Result<Option<Effect>, StorageError> {
        let Some(session) = self.sessions.get_mut(&id) else { return Ok(None) };
        let (peer, open) = (session.peer, session.has_window());
        let Some(mut supply) = session.supply.take_if(|_| open) else { return Ok(None) };
        let made = self.next_frame(storage, &mut supply, &peer)?;
        let lost = supply.take_lost();
        let Some(session) = self.sessions.get_mut(&id) else { return Ok(None) };
        let effect = made.map(|(records, bytes)| {
            let position = supply.note_frame(records.len());
            let bulk = session.bulk_in_flight().unwrap_or(true);
            if supply.is_counted() {
                session.note_sent(position, bytes, bulk);
            }
            let frame = Frame::Records { position, records }.encode();
            Effect::Send { session: id, frame, bulk }
        });
        session.supply = Some(supply).filter(|supply| !supply.is_over());
        self.raise_lost(id, lost);
        Ok(effect)
    }

    /// The next pack as it lies in the log, if it is large enough for a frame of its own and the peer has nothing of the
    /// document: it need not be taken apart and made again.
    fn whole_pack(
        &self,
        storage: &dyn Storage,
        supply: &Supply,
        peer: &DeviceId,
    ) -> Result<Option<Whole>, StorageError> {
        let Some((document, theirs)) = supply.first() else { return Ok(None) };
        if !theirs.is_empty() || !self.is_for(peer, &document) {
            return Ok(None);
        }
        let next = storage.next_pack(document, supply.position)?;
        let whole = next.map(|(position, records)| {
            let bytes = usize::try_from(Record::announced_bytes(&records)).unwrap_or(usize::MAX);
            Whole { position, records, bytes }
        });
        Ok(whole.filter(|Whole { position, bytes, .. }| {
            *bytes >= WHOLE_BYTES_MIN && supply.claimed < *position && *position <= supply.end
        }))
    }

    /// The records of the next frame, with the size of their changes; `None` if nothing is left that the peer lacks.
    fn next_frame(
        &self,
        storage: &dyn Storage,
        supply: &mut Supply,
        peer: &DeviceId,
    ) -> Result<Option<(Vec<u8>, usize)>, StorageError> {
        let mut gathered = Gathered { packer: Packer::new(), bytes: 0 };
        let frontier = frontier_of(self.policy.now());
        while let Some((document, theirs)) = supply.first() {
            if self.is_for(peer, &document) {
                let covered = covered(storage, document, theirs)?;
                let lacks = |header: &ChangeHeader| {
                    covered.get(&header.actor).is_none_or(|seq| *seq < header.seq)
                };
                if let Some(whole) = self.whole_pack(storage, supply, peer)? {
                    if gathered.bytes > 0 {
                        break;
                    }
                    supply.position = whole.position;
                    return Ok(Some((whole.records, whole.bytes)));
                }
                if !gathered.add(storage, supply, document, &lacks, &frontier)? {
                    break;
                }
            }
            if supply.pass(gathered.bytes) {
                break;
            }
        }
        let Gathered { packer, bytes } = gathered;
        Ok(finish(packer, None, self.policy.now()).map(|records| (records, bytes)))
    }
}

/// A pack as it lies in the log.
struct Whole {
    position: Position,
    records: Vec<u8>,
    /// How many bytes its changes have.
    bytes: usize,
}

/// The content of a frame that is made.
struct Gathered {
    packer: Packer,
    /// How many bytes its changes have.
    bytes: usize,
}

impl Gathered {
    /// Adds what the peer lacks of a document, from where the frame before ended. Returns whether all of it found room.
    fn add(
        &mut self,
        storage: &dyn Storage,
        supply: &mut Supply,
        document: DocumentId,
        lacks: &dyn Fn(&ChangeHeader) -> bool,
        frontier: &dyn Fn(&DeviceId, &DocumentId, &ActorId) -> Option<u64>,
    ) -> Result<bool, StorageError> {
        loop {
            let room = supply.frame_bytes().saturating_sub(self.bytes);
            let stored = storage.document_records(document, supply.position, room)?;
            let reaches = |stored: &&Stored| stored.position <= supply.end;
            if stored.first().filter(reaches).is_none() {
                return Ok(true);
            }
            for Stored { position, record, .. } in &stored {
                if *position > supply.end {
                    return Ok(true);
                }
                let lacking = record.changes().iter().filter(|change| lacks(&change.header));
                let (count, bytes) = lacking
                    .fold((0, 0), |(count, bytes), change| (count + 1, bytes + change.bytes.len()));
                if self.bytes > 0 && self.bytes + bytes > supply.frame_bytes() {
                    return Ok(false);
                }
                self.packer.push(record, lacks, &frontier);
                self.bytes += bytes;
                supply.lost += if *position <= supply.claimed { count } else { 0 };
                supply.position = *position;
            }
        }
    }
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
