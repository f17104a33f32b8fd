//! Time as a number that comes in as an argument: `core` has no clock.

/// Milliseconds since the Unix epoch, UTC. Shown to people, never used to order or to judge changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `milliseconds` later, at the end of time at the latest.
    #[must_use]
    pub const fn after(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}
