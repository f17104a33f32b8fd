//! Compaction: a document's many small records become few packs, when the workspace has been quiet for a while.
//!
//! Nothing is lost or decided by it: the store puts a pack in the place of records only if it gives back the same
//! changes. A run of records never spans a place where a peer's cursor or a session's stream stands,
//! so nobody is sent anything twice (docs/adr/0013).

use std::collections::BTreeSet;

use super::Replica;
use super::packing::{RECORDS_FRAME_BYTES, frontier_of};
use crate::ids::{DeviceId, DocumentId};
use crate::log::{PACK_CHANGES_BYTES_MAX, PACK_CHANGES_MAX, Packer, Record};
use crate::storage::{Position, Storage, StorageError, Stored};
use crate::time::Timestamp;

/// A document with fewer records is left as it is.
pub const COMPACT_RECORDS_MIN: usize = 64;
/// After how many new records the documents are looked at.
pub(super) const COMPACT_AFTER_RECORDS: usize = 256;
/// How long nothing may have been stored before that.
pub(super) const COMPACT_QUIET_MS: i64 = 5_000;
/// A record with more changes is no longer small: it stays as it is.
const SMALL_CHANGES_MAX: usize = 1_024;
/// How many records are replaced in one turn; the rest follows at the next.
const TURN_RECORDS_MAX: usize = 4_096;

/// When documents are compacted next.
#[derive(Debug, Default)]
pub(super) struct Compaction {
    /// Records stored since the last time.
    pub(super) records: usize,
    /// When it is time, once enough was stored.
    pub(super) due: Option<Timestamp>,
}

impl Compaction {
    /// Notes what a turn has stored: the wait begins anew.
    pub(super) fn note_stored(&mut self, records: usize, now: Timestamp) {
        self.records += records;
        if records > 0 && self.records >= COMPACT_AFTER_RECORDS {
            self.due = Some(now.after(COMPACT_QUIET_MS));
        }
    }

    /// True once it is time.
    fn take_due(&mut self, now: Timestamp) -> bool {
        // A clock that was put back must not put it off by as much.
        let is_due = |due: &Timestamp| *due <= now || now.after(COMPACT_QUIET_MS) < *due;
        let due = self.due.filter(is_due).is_some();
        if due {
            *self = Self::default();
        }
        due
    }
}

impl Replica {
    pub(super) fn compact_if_due(
        &mut self,
        storage: &mut dyn Storage,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        if self.compaction.take_due(now)
            && self.compact(storage, COMPACT_RECORDS_MIN)? >= TURN_RECORDS_MAX
        {
            self.compaction.note_stored(COMPACT_AFTER_RECORDS, now);
        }
        Ok(())
    }

    /// Packs runs of at least `records_min` small records of one document. Returns how many records were replaced.
    ///
    /// # Errors
    /// [`StorageError`]: drop the replica and open it anew.
    pub fn compact(
        &self,
        storage: &mut dyn Storage,
        records_min: usize,
    ) -> Result<usize, StorageError> {
        let stops = self.stops(storage)?;
        let mut replaced = 0;
        for document in storage.documents_with_records(records_min)? {
            if replaced >= TURN_RECORDS_MAX {
                break;
            }
            replaced += self.compact_document(storage, document, records_min, &stops)?;
        }
        Ok(replaced)
    }

    fn compact_document(
        &self,
        storage: &mut dyn Storage,
        document: DocumentId,
        records_min: usize,
        stops: &BTreeSet<Position>,
    ) -> Result<usize, StorageError> {
        let (mut run, mut position, mut replaced) = (Run::default(), 0, 0);
        while replaced < TURN_RECORDS_MAX {
            let stored = storage.document_records(document, position, RECORDS_FRAME_BYTES)?;
            let Some(last) = stored.last() else { break };
            position = last.position;
            for record in stored {
                if !run.takes(&record, stops) {
                    replaced += self.replace(storage, &std::mem::take(&mut run), records_min)?;
                }
                run.add(record);
            }
        }
        Ok(replaced + self.replace(storage, &run, records_min)?)
    }

    /// The positions behind which somebody goes on reading.
    fn stops(&self, storage: &dyn Storage) -> Result<BTreeSet<Position>, StorageError> {
        let rights = self.rights();
        let servers = rights.servers().map(|(device, _)| *device);
        let peers: Vec<DeviceId> =
            rights.members().map(|(device, _)| *device).chain(servers).collect();
        let mut stops = BTreeSet::new();
        for peer in peers {
            stops.extend(storage.cursor(peer)?.map(|cursor| cursor.acknowledged));
        }
        let sessions = self.sessions.values();
        stops.extend(sessions.flat_map(|session| {
            let supply = session.supply.as_ref().map(|supply| [supply.position, supply.end]);
            [session.acknowledged, session.sent].into_iter().chain(supply.into_iter().flatten())
        }));
        Ok(stops)
    }

    fn replace(
        &self,
        storage: &mut dyn Storage,
        run: &Run,
        records_min: usize,
    ) -> Result<usize, StorageError> {
        if run.records.len() < records_min.max(2) {
            return Ok(0);
        }
        let frontier = frontier_of(self.rights());
        let mut packer = Packer::new();
        for stored in &run.records {
            packer.push(&stored.record, &|_| true, &frontier);
        }
        let mut packs = packer.finish(&frontier).into_iter();
        let (Some(pack), None) = (packs.next(), packs.next()) else { return Ok(0) };
        let first = run.records.first().and_then(|stored| stored.origin);
        let origin = first.filter(|_| run.records.iter().all(|stored| stored.origin == first));
        let positions: Vec<Position> = run.records.iter().map(|stored| stored.position).collect();
        storage.replace(&positions, origin, &Record::Pack(pack))?;
        Ok(run.records.len())
    }
}

/// Small records of one document that follow each other.
#[derive(Debug, Default)]
struct Run {
    records: Vec<Stored>,
    changes: usize,
    bytes: usize,
}

impl Run {
    /// True if `next` may stand in one pack with what is here.
    fn takes(&self, next: &Stored, stops: &BTreeSet<Position>) -> bool {
        let Some(last) = self.records.last() else { return true };
        let small = |stored: &Stored| stored.record.changes().len() <= SMALL_CHANGES_MAX;
        small(last)
            && small(next)
            && stops.range(last.position..next.position).next().is_none()
            && self.changes + next.record.changes().len() <= PACK_CHANGES_MAX
            && self.bytes + next.record.changes_bytes() <= PACK_CHANGES_BYTES_MAX
    }

    fn add(&mut self, next: Stored) {
        self.changes += next.record.changes().len();
        self.bytes += next.record.changes_bytes();
        self.records.push(next);
    }
}
