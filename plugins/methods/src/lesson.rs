//! Lessons: item analysis, reliability, gain, skills, errors in common. Effect sizes are in [`effect`](crate::effect).

mod errors;
mod gain;
mod items;
mod reliability;

pub use errors::{
    CLUSTER_ITEMS_MIN, CLUSTER_LEARNERS_MIN, Distractor, ErrorPattern, PATTERN_ITEMS_MAX,
    PATTERN_LEARNERS_MAX, PATTERNS_MAX, PATTERNS_SHOWN_MAX, SkillMatrix, distractors,
};
pub use gain::{Gain, GainBand, HAKE_INTERACTIVE, HAKE_TRADITIONAL, gain, gain_of_means};
pub use items::{ItemAnalysis, TOO_EASY, TOO_HARD, UPPER_LOWER_LEARNERS_MIN};
pub use reliability::kr21;

use crate::message::{Refusal, Warning};

/// The most items of a test.
pub const ITEMS_MAX: usize = 1_000;

/// The results of one test on one day: one row for each learner, one column for each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responses {
    items: usize,
    /// Right or not, by item; `None` for a learner who was absent.
    rows: Vec<Option<Vec<bool>>>,
    blanks: usize,
}

impl Responses {
    /// Takes answers: true is right, `None` is blank. A row that is wholly blank is a learner who was absent; a blank
    /// in any other row counts as wrong.
    ///
    /// # Errors
    /// [`Refusal::UnequalLengths`]: a row is shorter or longer than the first. [`Refusal::TooMany`]: more than
    /// [`ITEMS_MAX`] items. [`Refusal::NoData`]: nobody was there.
    pub fn new(rows: &[Vec<Option<bool>>]) -> Result<Self, Refusal> {
        let items = rows.first().map_or(0, Vec::len);
        if items > ITEMS_MAX {
            return Err(Refusal::TooMany { n: items, limit: ITEMS_MAX });
        }
        let mut blanks = 0;
        let mut taken = Vec::with_capacity(rows.len());
        for row in rows {
            if row.len() != items {
                return Err(Refusal::UnequalLengths { first: items, second: row.len() });
            }
            let is_present = row.iter().any(Option::is_some);
            if is_present {
                blanks += row.iter().filter(|answer| answer.is_none()).count();
            }
            taken.push(is_present.then(|| row.iter().map(|a| *a == Some(true)).collect()));
        }
        let responses = Self { items, rows: taken, blanks };
        if responses.present() == 0 {
            return Err(Refusal::NoData {});
        }
        Ok(responses)
    }

    /// How many items there are.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items
    }

    /// How many learners were there.
    #[must_use]
    pub fn present(&self) -> usize {
        self.rows.iter().flatten().count()
    }

    /// Each learner's number of right answers, in the order of the rows; `None` for those who were absent.
    #[must_use]
    pub fn totals(&self) -> Vec<Option<f64>> {
        self.rows.iter().map(|row| Some(right(row.as_ref()?))).collect()
    }

    /// Rows of those who were there as 0 and 1.
    fn numbers(&self) -> Vec<Vec<f64>> {
        let row = |row: &Vec<bool>| row.iter().map(|right| f64::from(u8::from(*right))).collect();
        self.rows.iter().flatten().map(row).collect()
    }

    /// What has to be said about absent learners and blank answers.
    fn warnings(&self) -> impl Iterator<Item = Warning> + use<> {
        let absent = self.rows.len() - self.present();
        let blanks = self.blanks;
        let absent = (absent > 0).then_some(Warning::Absent { absent });
        let blanks = (blanks > 0).then_some(Warning::BlanksCountAsWrong { blanks });
        absent.into_iter().chain(blanks)
    }
}

fn right(row: &[bool]) -> f64 {
    crate::stats::count(row.iter().filter(|right| **right).count())
}
