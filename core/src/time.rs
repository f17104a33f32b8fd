//! Time as a number that comes in as an argument: `core` has no clock.

/// Longer than any timer of a replica or of a node's dialing runs.
const TIMER_MS_MAX: i64 = 61_000;

/// Milliseconds since the Unix epoch, UTC. Shown to people, never used to order or to judge changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `milliseconds` later, at the end of time at the latest.
    #[must_use]
    pub const fn after(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// True if a timer that was set to this moment has run out. One that has longer to go than any timer runs was set
    /// before the clock was put back, and counts as run out.
    #[must_use]
    pub fn is_due(self, now: Self) -> bool {
        self <= now || self > now.after(TIMER_MS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f07_a_timer_runs_out_in_time_or_when_the_clock_was_put_back() {
        let (now, year_ms) = (Timestamp(1_790_000_000_000), 31_536_000_000);
        let timer = now.after(500);
        assert!(!timer.is_due(now) && timer.is_due(now.after(500)));
        assert!(timer.is_due(now.after(10 * year_ms)) && timer.is_due(now.after(-10 * year_ms)));
        assert!(Timestamp(i64::MIN).is_due(Timestamp(i64::MAX)));
    }
}
