//! Surveys: answers on a scale, scores with reversed items, distributions, reliability, groups, waves, anonymity.
//!
//! Reversal is a rule of the scale and never stored in answers: what stands in [`Answers`] is what people ticked.

mod anonymity;
mod crosstab;
mod groups;
mod items;
mod reliability;
mod waves;

pub use anonymity::{
    CELLS_MAX, Cell, GROUP_MINIMUM, GROUP_MINIMUM_FLOOR, Suppressed, SuppressedTable,
    may_show_comments, suppress, suppress_table,
};
pub use crosstab::{CATEGORIES_MAX as CROSSTAB_CATEGORIES_MAX, Crosstab, crosstab};
pub use groups::{
    GROUPS_MAX, GroupComparison, PairComparison, TwoGroups, compare_groups, compare_two,
};
pub use items::{Distribution, Summary, summary};
pub(crate) use reliability::item_rests;
pub use reliability::{
    ALPHA_ITEMS_MIN, ALPHA_ROWS_MIN, ItemReliability, Reliability, feldt_interval, reliability,
};
pub use waves::{WaveChange, change_of_waves};

use crate::computed::{Computed, SCALE_SCORE};
use crate::message::{At, Refusal, Warning};
use crate::stats::mean;

/// The most steps between the lowest and the highest answer.
const STEPS_MAX: u8 = 100;
/// The most items of a survey.
pub const ITEMS_MAX: usize = 1_000;
/// A person may leave so many items of a scale blank and still get a score.
pub const BLANKS_MAX: usize = 1;

/// What can be answered: whole numbers from `min` to `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerScale {
    min: u8,
    max: u8,
}

impl AnswerScale {
    /// The scale from `min` to `max`.
    ///
    /// # Errors
    /// [`Refusal::OutOfRange`]: `max` is not above `min`, or too far above.
    pub fn new(min: u8, max: u8) -> Result<Self, Refusal> {
        if max <= min || max - min > STEPS_MAX {
            let (low, high) = (f64::from(min) + 1.0, f64::from(min) + f64::from(STEPS_MAX));
            return Err(Refusal::OutOfRange { at: At(1), value: max.into(), low, high });
        }
        Ok(Self { min, max })
    }

    /// The lowest answer.
    #[must_use]
    pub fn min(self) -> u8 {
        self.min
    }

    /// The highest answer.
    #[must_use]
    pub fn max(self) -> u8 {
        self.max
    }

    /// min + max − answer, for an answer of this scale; others come back as they are.
    #[must_use]
    pub fn reverse(self, answer: u8) -> u8 {
        if (self.min..=self.max).contains(&answer) {
            self.max - (answer - self.min)
        } else {
            answer
        }
    }
}

/// One item of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScaleItem {
    /// Its column in the answers.
    pub item: usize,
    /// True when it is worded in reverse and scored as min + max − answer.
    pub is_reversed: bool,
}

/// The answers of a survey: one row for each person, one column for each item; `None` is blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    scale: AnswerScale,
    items: usize,
    rows: Vec<Vec<Option<u8>>>,
}

impl Answers {
    /// Takes answers as people ticked them.
    ///
    /// # Errors
    /// - [`Refusal::UnequalLengths`]: a row is shorter or longer than the first.
    /// - [`Refusal::TooMany`]: more than [`ITEMS_MAX`] items.
    /// - [`Refusal::OutOfRange`]: an answer outside the scale; `at` is its row.
    pub fn new(scale: AnswerScale, rows: Vec<Vec<Option<u8>>>) -> Result<Self, Refusal> {
        let items = rows.first().map_or(0, Vec::len);
        if items > ITEMS_MAX {
            return Err(Refusal::TooMany { n: items, limit: ITEMS_MAX });
        }
        for (at, row) in rows.iter().enumerate() {
            if row.len() != items {
                return Err(Refusal::UnequalLengths { first: items, second: row.len() });
            }
            let wrong =
                row.iter().flatten().find(|answer| !(scale.min..=scale.max).contains(answer));
            if let Some(answer) = wrong {
                let (low, high) = (scale.min.into(), scale.max.into());
                return Err(Refusal::OutOfRange { at: At(at), value: (*answer).into(), low, high });
            }
        }
        Ok(Self { scale, items, rows })
    }

    /// What could be answered.
    #[must_use]
    pub fn scale(&self) -> AnswerScale {
        self.scale
    }

    /// How many people there are, with or without answers.
    #[must_use]
    pub fn people(&self) -> usize {
        self.rows.len()
    }

    /// How many cells are blank.
    #[must_use]
    pub fn blanks(&self) -> usize {
        self.rows.iter().flatten().filter(|answer| answer.is_none()).count()
    }

    /// The answers to one item as scored, person by person; `None` is blank.
    ///
    /// # Errors
    /// [`Refusal::UnknownPosition`]: there is no such column.
    pub fn scored(&self, item: ScaleItem) -> Result<Vec<Option<f64>>, Refusal> {
        self.check(&[item])?;
        Ok(self.rows.iter().map(|row| self.score(row, item)).collect())
    }

    /// Each person's score on a scale, in the order of the rows: the mean of the answered items, `None` when more than
    /// [`BLANKS_MAX`] are blank or all are. Nothing is filled in. n is the number of scores.
    ///
    /// # Errors
    /// [`Refusal::NoData`]: no item. [`Refusal::UnknownPosition`], [`Refusal::NamedTwice`]: an item.
    pub fn scores(&self, items: &[ScaleItem]) -> Result<Computed<Vec<Option<f64>>>, Refusal> {
        self.check(items)?;
        let person = |row: &Vec<Option<u8>>| {
            let answered: Vec<f64> =
                items.iter().filter_map(|item| self.score(row, *item)).collect();
            let is_enough = !answered.is_empty() && items.len() - answered.len() <= BLANKS_MAX;
            is_enough.then(|| mean(&answered))
        };
        let scores: Vec<Option<f64>> = self.rows.iter().map(person).collect();
        let n = scores.iter().flatten().count();
        let without = scores.len() - n;
        let warning = (without > 0).then_some(Warning::WithoutScore { count: without });
        Ok(Computed::new(SCALE_SCORE, n, scores).warn(warning))
    }

    /// Rows in which every item of the scale is answered, as scored: what reliability uses.
    fn complete(&self, items: &[ScaleItem]) -> Vec<Vec<f64>> {
        let row = |row: &Vec<Option<u8>>| {
            items.iter().map(|item| self.score(row, *item)).collect::<Option<Vec<f64>>>()
        };
        self.rows.iter().filter_map(row).collect()
    }

    fn score(&self, row: &[Option<u8>], item: ScaleItem) -> Option<f64> {
        let answer = row.get(item.item).copied().flatten()?;
        Some(f64::from(if item.is_reversed { self.scale.reverse(answer) } else { answer }))
    }

    fn check(&self, items: &[ScaleItem]) -> Result<(), Refusal> {
        if items.is_empty() {
            return Err(Refusal::NoData {});
        }
        let mut seen = vec![false; self.items];
        for ScaleItem { item, .. } in items {
            let unknown = Refusal::UnknownPosition { position: *item, count: self.items };
            if std::mem::replace(seen.get_mut(*item).ok_or(unknown)?, true) {
                return Err(Refusal::NamedTwice { at: At(*item) });
            }
        }
        Ok(())
    }
}
