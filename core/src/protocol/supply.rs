//! What a peer lacks and is being sent, document by document, in frames that grow: the first shows something soon, the
//! later ones pack well.
//!
//! The peer echoes the position of a frame in its acknowledgement. Here positions number the frames, so that the sender
//! knows what is still under way; they say nothing of the sender's log.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::ids::DocumentId;
use crate::log::VersionVector;
use crate::storage::Position;

/// How many bytes of changes the first frame has at most. Each may have twice as many as the one before.
pub const SUPPLY_FRAME_BYTES_MIN: usize = 128 * 1024;
/// How many bytes of changes any frame has at most, unless a single record has more: a peer's turn takes as long.
pub const SUPPLY_FRAME_BYTES_MAX: usize = 512 * 1024;
/// How many bytes of frames go out at most where the peer cannot say what it has taken in: less than a session may queue.
const UNCOUNTED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What is left to be sent.
#[derive(Debug, Clone)]
pub struct Supply {
    /// The log position up to which it goes; what is behind it comes with the stream.
    pub end: Position,
    /// The log position up to which the first document was looked through.
    pub position: Position,
    /// The log position up to which an earlier life of the peer had acknowledged everything.
    pub claimed: Position,
    /// How many of the changes sent so far are among those.
    pub lost: u64,
    documents: VecDeque<DocumentId>,
    /// What the peer has of each of them.
    theirs: BTreeMap<DocumentId, VersionVector>,
    /// What was under way when the peer was asked is not sent once more.
    passed: BTreeSet<DocumentId>,
    /// How many of the first documents make a frame of their own.
    heads: usize,
    /// Frames have a number, and the peer acknowledges it.
    counted: bool,
    frames: u64,
    acknowledged: u64,
    frame_bytes: usize,
    sent_bytes: usize,
}

impl Supply {
    /// Nothing yet, of a log up to `end`. With `counted`, nothing else is under way to the peer that it has to
    /// acknowledge.
    #[must_use]
    pub const fn new(end: Position, claimed: Position, counted: bool) -> Self {
        Self {
            end,
            position: 0,
            claimed,
            lost: 0,
            documents: VecDeque::new(),
            theirs: BTreeMap::new(),
            passed: BTreeSet::new(),
            heads: 0,
            counted,
            frames: 0,
            acknowledged: 0,
            frame_bytes: SUPPLY_FRAME_BYTES_MIN,
            sent_bytes: 0,
        }
    }

    /// Adds documents behind those that are left, the first `heads` of them for a frame of their own if none are. Each is
    /// sent once.
    pub fn add(&mut self, documents: Vec<(DocumentId, VersionVector)>, heads: usize) {
        if self.documents.is_empty() {
            self.heads = heads;
        }
        for (document, theirs) in documents {
            if !self.passed.contains(&document) && self.theirs.insert(document, theirs).is_none() {
                self.documents.push_back(document);
            }
        }
    }

    /// The document whose turn it is, and what the peer has of it; `None` once all is sent.
    #[must_use]
    pub fn first(&self) -> Option<(DocumentId, &VersionVector)> {
        let document = self.documents.front()?;
        Some((*document, self.theirs.get(document)?))
    }

    /// Notes that all of the first document is sent or in the frame that is made. Returns whether that frame ends here:
    /// its changes have `bytes`.
    pub fn pass(&mut self, bytes: usize) -> bool {
        let passed = self.documents.pop_front();
        if let Some(document) = passed {
            self.theirs.remove(&document);
            self.passed.insert(document);
        }
        self.position = 0;
        let last_head = self.heads == 1;
        self.heads = self.heads.saturating_sub(1);
        bytes > 0 && (last_head || bytes >= self.frame_bytes / 2)
    }

    /// How many bytes of changes the frame that is made has at most.
    #[must_use]
    pub const fn frame_bytes(&self) -> usize {
        self.frame_bytes
    }

    /// Notes a frame of so many bytes that goes out. Returns its position.
    pub fn note_frame(&mut self, bytes: usize) -> Position {
        self.frame_bytes = (self.frame_bytes * 2).min(SUPPLY_FRAME_BYTES_MAX);
        if self.counted {
            self.frames += 1;
            return self.frames;
        }
        self.sent_bytes += bytes;
        if self.sent_bytes > UNCOUNTED_BYTES_MAX {
            // The next comparison finds the rest.
            self.documents.clear();
        }
        0
    }

    /// The peer acknowledges the frames.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        self.counted
    }

    /// Notes the peer's acknowledgement of `position`.
    pub fn note_acknowledged(&mut self, position: Position) {
        self.acknowledged = self.acknowledged.max(position);
    }

    /// True once all is sent and, where that is known, taken in.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.documents.is_empty() && self.acknowledged >= self.frames
    }

    /// How many changes were sent that an earlier life of the peer had acknowledged, once all is sent; told once.
    pub fn take_lost(&mut self) -> u64 {
        if !self.documents.is_empty() || self.lost == 0 {
            return 0;
        }
        self.claimed = 0;
        std::mem::take(&mut self.lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(numbers: impl IntoIterator<Item = u8>) -> Vec<(DocumentId, VersionVector)> {
        let vector = VersionVector::default();
        numbers.into_iter().map(|number| (DocumentId([number; 16]), vector.clone())).collect()
    }

    #[test]
    fn a_frame_ends_behind_the_heads_and_where_it_is_half_full() {
        let mut supply = Supply::new(9, 0, true);
        supply.add(documents(0..6), 2);
        assert!(!supply.pass(10), "another head follows");
        assert!(supply.pass(20), "the heads are out");
        supply.note_frame(5);
        assert!(!supply.pass(0), "nothing of it was missing");
        assert!(!supply.pass(SUPPLY_FRAME_BYTES_MIN - 1));
        assert!(supply.pass(SUPPLY_FRAME_BYTES_MIN), "half of the second frame");
        let sizes: Vec<usize> = (0..4)
            .map(|_| {
                supply.note_frame(5);
                supply.frame_bytes()
            })
            .collect();
        assert!(sizes.is_sorted() && sizes[3] == SUPPLY_FRAME_BYTES_MAX, "{sizes:?}");
    }

    #[test]
    fn it_is_over_when_the_last_frame_is_acknowledged() {
        let mut supply = Supply::new(9, 0, true);
        supply.add(documents(0..2), 0);
        assert_eq!((supply.pass(1), supply.note_frame(5)), (false, 1));
        supply.note_acknowledged(1);
        assert!(!supply.is_over(), "a document is left");
        supply.add(documents([0, 1, 2]), 1);
        assert_eq!((supply.pass(1), supply.note_frame(5)), (false, 2));
        assert_eq!((supply.pass(1), supply.note_frame(5)), (false, 3), "each document once");
        assert!(supply.first().is_none() && !supply.is_over());
        supply.note_acknowledged(0);
        assert!(!supply.is_over());
        supply.note_acknowledged(3);
        assert!(supply.is_over());
        supply.add(documents([7]), 0);
        assert!(
            !supply.is_over() && !supply.pass(0) && supply.is_over(),
            "nothing of it was missing"
        );
    }

    #[test]
    fn what_is_not_acknowledged_is_bounded() {
        let mut supply = Supply::new(9, 0, false);
        supply.add(documents(0..2), 0);
        assert_eq!(supply.note_frame(UNCOUNTED_BYTES_MAX), 0);
        assert!(!supply.is_over());
        assert_eq!(supply.note_frame(1), 0);
        assert!(supply.is_over());
    }
}
