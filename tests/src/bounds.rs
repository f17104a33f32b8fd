//! How much the long tests do: a bounded share in `cargo xtask test`, all of it in `cargo xtask soak`.

/// Set by `cargo xtask soak`: every bound is its full one.
pub const SOAK_VARIABLE: &str = "JOSPAR_SOAK";

/// How much one test does.
#[derive(Debug, Clone, Copy)]
pub struct Bound {
    /// The environment variable that sets it.
    pub variable: &'static str,
    /// In `cargo xtask test`.
    pub usual: u64,
    /// In `cargo xtask soak`.
    pub full: u64,
}

/// Simulated histories.
pub const HISTORIES: Bound = bound("JOSPAR_HISTORIES", 600, 10_000);
/// How often the process that has a store is killed with signal 9.
pub const KILLS: Bound = bound("JOSPAR_KILLS", 60, 1_000);
/// How often a device's and a server's program are killed with signal 9.
pub const PROGRAM_KILLS: Bound = bound("JOSPAR_PROGRAM_KILLS", 12, 1_000);
/// Power cuts.
pub const POWER_CUTS: Bound = bound("JOSPAR_POWER_CUTS", 300, 2_000);
/// The step between two calls to the disk that are made to fail, one after another.
pub const CALL_STEP: Bound = bound("JOSPAR_CALL_STEP", 5, 1);
/// The step between two bits of a store file that are flipped, one after another.
pub const BIT_STEP: Bound = bound("JOSPAR_BIT_STEP", 16_384 + 64, 64);
/// The step between two bytes of a recorded session at which it is cut.
pub const CUT_STEP: Bound = bound("JOSPAR_CUT_STEP", 7, 1);
/// Rounds of several processes that open one folder at once.
pub const OPEN_ROUNDS: Bound = bound("JOSPAR_OPEN_ROUNDS", 6, 200);
/// Edits on each side of a bad line.
pub const LINE_EDITS: Bound = bound("JOSPAR_LINE_EDITS", 6, 60);
/// Changes in a long history.
pub const LONG_HISTORY: Bound = bound("JOSPAR_LONG_HISTORY", 1_500, 50_000);
/// Changes that a member's changed program signs.
pub const HOSTILE_CHANGES: Bound = bound("JOSPAR_HOSTILE_CHANGES", 3_600, 100_000);
/// Honest histories that go through the gate.
pub const HONEST_HISTORIES: Bound = bound("JOSPAR_HONEST_HISTORIES", 200, 10_000);
/// Changes without their dependencies that flood a server.
pub const ORPHANS: Bound = bound("JOSPAR_ORPHANS", 3_000, 100_000);

/// All of them.
pub const BOUNDS: [Bound; 13] = [
    HISTORIES,
    KILLS,
    PROGRAM_KILLS,
    POWER_CUTS,
    CALL_STEP,
    BIT_STEP,
    CUT_STEP,
    OPEN_ROUNDS,
    LINE_EDITS,
    LONG_HISTORY,
    HOSTILE_CHANGES,
    HONEST_HISTORIES,
    ORPHANS,
];

const fn bound(variable: &'static str, usual: u64, full: u64) -> Bound {
    Bound { variable, usual, full }
}

impl Bound {
    /// What its variable says, or else the full or the usual bound.
    #[must_use]
    pub fn get(&self) -> u64 {
        let said = std::env::var(self.variable).ok().and_then(|text| text.parse().ok());
        said.unwrap_or(match std::env::var_os(SOAK_VARIABLE) {
            Some(_) => self.full,
            None => self.usual,
        })
    }

    /// The same as an index or a length.
    #[must_use]
    pub fn get_usize(&self) -> usize {
        usize::try_from(self.get()).unwrap_or(usize::MAX)
    }
}
