//! Tokens of a calendar month. What a request may cost at most is held before it goes out; then what it did cost counts.
//!
//! A program that ends in between leaves the hold, which counts as spent: a budget errs on the cautious side. Where the
//! server names no number, and where the request failed on the way, an estimate counts.

use rusqlite::params;

use crate::LlmError;
use crate::store::Store;

/// A calendar month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month(String);

/// Tokens held for a request under way. Settle it, or it stays.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a hold that is not settled counts as spent"]
pub struct Hold(i64);

/// Where a month stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Tokens that were spent or are held.
    pub used: u64,
    /// The month's bound.
    pub limit: u64,
}

impl Month {
    /// The month of the school's day `YYYY-MM-DD`, or `None` if it is no day.
    #[must_use]
    pub fn of_day(day: &str) -> Option<Self> {
        day.parse::<jospar_core::plan::Date>().ok()?;
        day.get(..7).map(|month| Self(month.to_owned()))
    }
}

impl Store {
    /// What of `limit` is spent in `month`.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`].
    pub fn spent(&self, month: &Month, limit: u64) -> Result<Spent, LlmError> {
        let used =
            self.read(|connection| connection.query_row(USED, [&month.0], |row| row.get(0)))?;
        Ok(Spent { used: count(used), limit })
    }

    /// Holds `tokens` of `month`, or refuses.
    ///
    /// # Errors
    /// [`LlmError::BudgetSpent`]; [`LlmError::Damaged`], [`LlmError::File`].
    pub fn hold(&mut self, month: &Month, limit: u64, tokens: u64) -> Result<Hold, LlmError> {
        self.change(|tx| {
            let used = count(tx.query_row(USED, [&month.0], |row| row.get(0))?);
            if used.saturating_add(tokens) > limit {
                return Ok(Err(LlmError::BudgetSpent { used, limit, needed: tokens }));
            }
            tx.execute(
                "INSERT INTO held (month, tokens) VALUES (?1, ?2)",
                params![month.0, number(tokens)],
            )?;
            Ok(Ok(Hold(tx.last_insert_rowid())))
        })?
    }

    /// Counts `tokens` in place of the hold, in the month of the hold.
    ///
    /// # Errors
    /// [`LlmError::Damaged`], [`LlmError::File`]: the hold stays.
    pub fn settle(&mut self, hold: Hold, tokens: u64) -> Result<(), LlmError> {
        self.change(|tx| {
            let sql = "DELETE FROM held WHERE id = ?1 RETURNING month";
            let month: String = tx.query_row(sql, [hold.0], |row| row.get(0))?;
            let sql = "INSERT INTO spent (month, tokens) VALUES (?1, ?2)
                ON CONFLICT (month) DO UPDATE SET tokens = min(tokens + excluded.tokens, 1 << 60)";
            tx.execute(sql, params![month, number(tokens)])?;
            Ok(())
        })
    }
}

const USED: &str = "SELECT (SELECT coalesce(sum(tokens), 0) FROM spent WHERE month = ?1)
    + (SELECT coalesce(sum(tokens), 0) FROM held WHERE month = ?1)";

/// A number that SQLite can add up without an overflow.
fn number(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX).min(1 << 60)
}

fn count(tokens: i64) -> u64 {
    u64::try_from(tokens).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    #[test]
    fn a_month_is_spent_and_the_next_is_new() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let november = Month::of_day("2026-11-30").unwrap();
        let hold = store.hold(&november, 1_000, 900).unwrap();
        let refused = LlmError::BudgetSpent { used: 900, limit: 1_000, needed: 101 };
        assert_eq!(store.hold(&november, 1_000, 101), Err(refused), "held tokens count");
        store.settle(hold, 300).unwrap();
        assert_eq!(store.spent(&november, 1_000).unwrap(), Spent { used: 300, limit: 1_000 });
        let lost = store.hold(&november, 1_000, 700).unwrap();
        drop(store);
        let mut store = Store::open(folder.path()).unwrap();
        let used = store.spent(&november, 1_000).unwrap().used;
        assert_eq!(used, 1_000, "a hold outlives its program: {lost:?}");
        let december = Month::of_day("2026-12-01").unwrap();
        let hold = store.hold(&december, 1_000, 1_000).unwrap();
        store.settle(hold, u64::MAX).unwrap();
        assert_eq!(store.spent(&december, 1_000).unwrap().used, 1 << 60);
        assert_eq!(store.hold(&december, 0, 1).unwrap_err().key(), "error-llm-budget");
    }

    #[test]
    fn two_programs_share_one_budget() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, mut two) =
            (Store::open(folder.path()).unwrap(), Store::open(folder.path()).unwrap());
        let month = Month::of_day("2026-11-30").unwrap();
        let hold = one.hold(&month, 100, 60).unwrap();
        assert_eq!(two.hold(&month, 100, 60).unwrap_err().key(), "error-llm-budget");
        one.settle(hold, 10).unwrap();
        assert_eq!(two.spent(&month, 100).unwrap().used, 10);
    }

    #[test]
    fn a_month_is_that_of_a_day() {
        for day in ["", "2026-11", "2026-13-01", "2026-02-30", "30.11.2026"] {
            assert_eq!(Month::of_day(day), None, "{day}");
        }
    }
}
