//! What this turn has appended to the log.

use crate::protocol::ENVELOPES_FRAME_BYTES;
use crate::storage::{Position, Stored};

/// The end of the log, as far as this turn has written it: what goes out live is not read from the store again.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    stored: Vec<Stored>,
    bytes: usize,
}

impl Fresh {
    /// Adds what was just appended; once it is too much, it forgets all and the store is read.
    pub(super) fn push(&mut self, stored: &Stored) {
        self.bytes +=
            stored.envelope.changes.iter().map(|change| change.bytes.len()).sum::<usize>();
        if self.bytes > ENVELOPES_FRAME_BYTES {
            self.stored.clear();
        } else {
            self.stored.push(stored.clone());
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Everything in the log after `position`, if it is here.
    pub(super) fn after(&self, position: Position) -> Option<Vec<Stored>> {
        let first = self.stored.first()?;
        let whole = first.position <= position.saturating_add(1);
        let after = self.stored.iter().filter(|stored| stored.position > position);
        whole.then(|| after.cloned().collect())
    }
}
