//! What a node counts about itself: sessions, verdicts, commits, and how much each workspace has. Never plan text, and
//! nothing that names a school or a person.

use std::collections::BTreeMap;
use std::time::Duration;

use jospar_core::ids::WorkspaceId;
use jospar_core::replica::Verdicts;
use jospar_core::storage::{StorageError, Totals};
use jospar_core::time::Timestamp;
use tokio::sync::oneshot;

use crate::engine::Message;
use crate::handle::{Handle, NodeError};

/// The upper bounds of the classes of [`Histogram`], in milliseconds; one more class has what is above the last.
pub const COMMIT_BOUNDS_MS: [f64; 10] =
    [0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 100.0, 500.0, 2_500.0];

/// How long commits took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Histogram {
    /// How many fell into each class of [`COMMIT_BOUNDS_MS`], and above.
    pub classes: [u64; COMMIT_BOUNDS_MS.len() + 1],
    /// All times together, in milliseconds.
    pub sum_ms: f64,
}

impl Histogram {
    /// Counts one.
    pub fn note(&mut self, took: Duration) {
        let took = took.as_secs_f64() * 1_000.0;
        let class = COMMIT_BOUNDS_MS.partition_point(|bound| *bound < took);
        if let Some(count) = self.classes.get_mut(class) {
            *count += 1;
        }
        self.sum_ms += took;
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.classes.iter().sum()
    }
}

/// What the loop counts as it runs.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) verdicts: Verdicts,
    pub(crate) commits: Histogram,
    pub(crate) store_failures: u64,
    pub(crate) parked_expired: u64,
    /// Datagrams that were no presence, of somebody else, or too many.
    pub(crate) datagrams_dropped: u64,
    /// Sessions and ways in that were turned away, by the key of the message that says why.
    pub(crate) turned_away: BTreeMap<&'static str, u64>,
    /// When a member of each workspace was met last, as stored.
    pub(crate) seen: BTreeMap<WorkspaceId, Timestamp>,
}

/// How one workspace stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkspaceMeasure {
    /// Which.
    pub workspace: WorkspaceId,
    /// Documents that have a log.
    pub documents: u64,
    /// The log.
    pub totals: Totals,
    /// Documents, or 1 for the whole workspace, that have no room left.
    pub full: u64,
    /// When one of its devices was met last; `None` if never.
    pub seen: Option<Timestamp>,
    /// Devices with a session.
    pub online: u64,
}

/// How a node stands at one moment.
#[derive(Debug, Clone, Default)]
pub struct Measurement {
    /// Each workspace.
    pub workspaces: Vec<WorkspaceMeasure>,
    /// Sessions, also those that have not said hello.
    pub sessions: u64,
    /// Envelopes that wait for something missing.
    pub parked: u64,
    /// Their bytes.
    pub parked_bytes: u64,
    /// Envelopes that waited too long and were dropped, since the start.
    pub parked_expired: u64,
    /// Datagrams that were no presence, of somebody else, or too many, since the start.
    pub datagrams_dropped: u64,
    /// What became of envelopes, since the start.
    pub verdicts: Verdicts,
    /// How long commits took, since the start.
    pub commits: Histogram,
    /// Turns that the store failed, since the start.
    pub store_failures: u64,
    /// Sessions and ways in that were turned away, by message key, since the start.
    pub turned_away: BTreeMap<&'static str, u64>,
}

impl Handle {
    /// How the node stands.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn measure(&self) -> Result<Measurement, NodeError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Measure(reply)).await?;
        answer.await.map_err(|_| NodeError::Stopped)
    }

    /// Writes a row through the node's own loop, commits it, and reads it back.
    ///
    /// # Errors
    /// [`NodeError::Storage`] if the store cannot, [`NodeError::Stopped`].
    pub async fn probe(&self) -> Result<(), NodeError> {
        let (reply, answer) = oneshot::channel::<Result<(), StorageError>>();
        let probe = Box::new(move |store: &mut crate::store::Store| {
            // Whoever asked may have given up.
            drop(reply.send(store.probe()));
        });
        self.send(Message::Store(probe)).await?;
        Ok(answer.await.map_err(|_| NodeError::Stopped)??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_fall_into_their_classes() {
        let mut histogram = Histogram::default();
        for micros in [100, 250, 251, 9_000, 60_000_000] {
            histogram.note(Duration::from_micros(micros));
        }
        assert_eq!(histogram.classes, [2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
        assert_eq!(histogram.count(), 5);
        assert!((histogram.sum_ms - 60_009.601).abs() < 1e-6);
    }
}
