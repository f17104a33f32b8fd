//! Item analysis: difficulty, discrimination, and which items need a look.

use super::Responses;
use crate::computed::{Computed, ITEM_ANALYSIS};
use crate::message::{At, Warning};
use crate::stats::{count, mean, sorted};
use crate::survey::item_rests;

/// Above this share of right answers an item is too easy for a class check.
pub const TOO_EASY: f64 = 0.9;
/// Below this share it is too hard.
pub const TOO_HARD: f64 = 0.2;
/// Fewer learners make no upper and lower groups.
pub const UPPER_LOWER_LEARNERS_MIN: usize = 20;
/// The part of the class in each of the two groups, in hundredths: ceil(0.27 n) learners.
const GROUP_HUNDREDTHS: usize = 27;

/// One item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemAnalysis {
    /// Right answers by learners who were there.
    pub difficulty: f64,
    /// Point-biserial r of the item with the number right on all others: the main measure. `None` is undefined: one
    /// side has no variance.
    pub item_rest: Option<f64>,
    /// Upper − lower D: share right among the best ceil(0.27 n) less that among the weakest. Learners tied at the edge
    /// share its places. `None` below 20 learners.
    pub upper_lower: Option<f64>,
    /// `difficulty` is above [`TOO_EASY`].
    pub is_too_easy: bool,
    /// `difficulty` is below [`TOO_HARD`].
    pub is_too_hard: bool,
    /// `item_rest` is below 0: the better learners get it wrong.
    pub is_negative: bool,
}

impl Responses {
    /// The analysis of every item. n is the number of learners who were there.
    #[must_use]
    pub fn item_analysis(&self) -> Computed<Vec<ItemAnalysis>> {
        let rows = self.numbers();
        let n = rows.len();
        let totals: Vec<f64> = rows.iter().map(|row| row.iter().sum()).collect();
        let is_enough = n >= UPPER_LOWER_LEARNERS_MIN;
        let (upper, lower) = (edge_weights(&totals, 1.0), edge_weights(&totals, -1.0));
        let places = count(group_size(n));
        let mut analysis = Vec::with_capacity(self.items);
        let mut warnings: Vec<Warning> = self.warnings().collect();
        if !is_enough {
            let needed = UPPER_LOWER_LEARNERS_MIN;
            warnings.push(Warning::TooFewForUpperLower { n, needed });
        }
        for (item, item_rest) in item_rests(&rows).into_iter().enumerate() {
            let column: Vec<f64> = rows.iter().filter_map(|row| row.get(item).copied()).collect();
            let right_among = |weights: &[f64]| {
                column.iter().zip(weights).map(|(right, weight)| right * weight).sum::<f64>()
            };
            let difficulty = mean(&column);
            match item_rest {
                None => warnings.push(Warning::ItemUndefined { item: At(item) }),
                Some(r) if r < 0.0 => {
                    warnings.push(Warning::NegativeItemRest { item: At(item), r });
                }
                Some(_) => {}
            }
            analysis.push(ItemAnalysis {
                difficulty,
                item_rest,
                upper_lower: is_enough
                    .then(|| (right_among(&upper) - right_among(&lower)) / places),
                is_too_easy: difficulty > TOO_EASY,
                is_too_hard: difficulty < TOO_HARD,
                is_negative: item_rest.is_some_and(|r| r < 0.0),
            });
        }
        Computed::new(ITEM_ANALYSIS, n, analysis).warn(warnings)
    }
}

/// ceil(0.27 n), in whole numbers so that no rounding adds a learner.
fn group_size(n: usize) -> usize {
    n.saturating_mul(GROUP_HUNDREDTHS).div_ceil(100)
}

/// How far each learner belongs to the group with the highest totals (`sign` 1) or the lowest (−1): 1 inside, 0
/// outside, a part for those tied at its edge. The parts add up to the group's size.
fn edge_weights(totals: &[f64], sign: f64) -> Vec<f64> {
    let size = group_size(totals.len());
    let keys: Vec<f64> = totals.iter().map(|total| total * sign).collect();
    let edge = sorted(&keys).iter().rev().nth(size.saturating_sub(1)).copied();
    let edge = edge.unwrap_or(f64::INFINITY);
    let inside = keys.iter().filter(|key| **key > edge).count();
    let tied = keys.iter().filter(|key| **key == edge).count();
    let part = count(size.saturating_sub(inside)) / count(tied.max(1));
    let weight = |key: &f64| match key.total_cmp(&edge) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => part,
        std::cmp::Ordering::Less => 0.0,
    };
    keys.iter().map(weight).collect()
}
