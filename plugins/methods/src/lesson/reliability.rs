//! KR-20 and KR-21. Both take the population variance of totals; the sample variance would make them too high.

use super::{ITEMS_MAX, Responses};
use crate::computed::{Computed, KR20, KR21};
use crate::message::Refusal;
use crate::stats::{VALUE_MAX, count, is_constant, mean, population_variance, within};
use crate::survey::{ALPHA_ITEMS_MIN, ALPHA_ROWS_MIN};

impl Responses {
    /// KR-20: k/(k − 1)·(1 − Σpq/σ²). n is the number of learners who were there.
    ///
    /// # Errors
    /// [`Refusal::TooFewItems`], [`Refusal::TooFewAnswers`]: the same floors as for alpha, which KR-20 is.
    /// [`Refusal::NoSpread`]: all totals are the same.
    pub fn kr20(&self) -> Result<Computed<f64>, Refusal> {
        check_items(self.items)?;
        let rows = self.numbers();
        if rows.len() < ALPHA_ROWS_MIN {
            return Err(Refusal::TooFewAnswers { n: rows.len(), needed: ALPHA_ROWS_MIN });
        }
        let totals: Vec<f64> = rows.iter().map(|row| row.iter().sum()).collect();
        if is_constant(&totals) {
            return Err(Refusal::NoSpread {});
        }
        let share = |item: usize| {
            mean(&rows.iter().filter_map(|row| row.get(item).copied()).collect::<Vec<_>>())
        };
        let products: f64 = (0..self.items).map(share).map(|p| p * (1.0 - p)).sum();
        let k = count(self.items);
        let value = k / (k - 1.0) * (1.0 - products / population_variance(&totals));
        Ok(Computed::new(KR20, rows.len(), value).warn(self.warnings()))
    }
}

/// KR-21 from what is known of a test: k/(k − 1)·(1 − M(k − M)/(k·σ²)), with the population variance. It takes all
/// items as equally hard, so it is at most KR-20. n is the number of items.
///
/// # Errors
/// - [`Refusal::TooFewItems`], [`Refusal::TooMany`]: the items.
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: the mean (0) is not between 0 and the items, or the variance (1).
/// - [`Refusal::NoSpread`]: the variance is 0.
pub fn kr21(items: usize, mean: f64, population_variance: f64) -> Result<Computed<f64>, Refusal> {
    check_items(items)?;
    let k = count(items);
    within(mean, 0.0, k, 0)?;
    within(population_variance, 0.0, VALUE_MAX, 1)?;
    let value = k / (k - 1.0) * (1.0 - mean * (k - mean) / (k * population_variance));
    if population_variance == 0.0 || !value.is_finite() {
        return Err(Refusal::NoSpread {});
    }
    Ok(Computed::new(KR21, items, value))
}

fn check_items(items: usize) -> Result<(), Refusal> {
    if items < ALPHA_ITEMS_MIN {
        return Err(Refusal::TooFewItems { items, needed: ALPHA_ITEMS_MIN });
    }
    if items > ITEMS_MAX {
        return Err(Refusal::TooMany { n: items, limit: ITEMS_MAX });
    }
    Ok(())
}
