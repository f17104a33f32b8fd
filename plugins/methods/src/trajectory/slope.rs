//! The Theil-Sen slope with Sen's interval.

use super::{Measurement, in_order};
use crate::computed::{Computed, THEIL_SEN};
use crate::ideas::{Kendall, kendall};
use crate::message::Refusal;
use crate::special::{UPPER, normal_quantile};
use crate::stats::{count, median, quantile};

/// Fewer days make no slope.
pub const POINTS_MIN: usize = 4;
/// The most points whose pairs are taken.
pub const POINTS_MAX: usize = 1_000;

/// A robust line through dated values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// The median of the slopes of all pairs with different days; value for each day.
    pub slope: f64,
    /// median(value) − slope·median(day).
    pub intercept: f64,
    /// Lower bound of Sen's 95 % interval of the slope, from the variance of Kendall's S with ties.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Kendall's correlation of value and day; `None` where all values are the same.
    pub kendall: Option<Kendall>,
}

impl Slope {
    /// The line's value on a day.
    #[must_use]
    pub fn at(&self, day: f64) -> f64 {
        self.intercept + self.slope * day
    }
}

/// The slope of at least [`POINTS_MIN`] days, in any order. n is the number of measurements.
///
/// # Errors
/// [`Refusal::TooFewMeasurements`]: fewer different days. [`Refusal::TooMany`]: more than [`POINTS_MAX`] measurements.
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a day or a value.
pub fn theil_sen(measurements: &[Measurement]) -> Result<Computed<Slope>, Refusal> {
    let ordered = checked(measurements)?;
    let (days, values): (Vec<f64>, Vec<f64>) = ordered.iter().map(|m| (m.day, m.value)).unzip();
    let slopes = pair_slopes(&ordered);
    let slope = quantile(&slopes, 0.5);
    let (low, high) = interval(&slopes, &days, &values);
    let value = Slope {
        slope,
        intercept: median(&values) - slope * median(&days),
        low,
        high,
        kendall: kendall(&days, &values).ok().map(|kendall| kendall.value),
    };
    Ok(Computed::new(THEIL_SEN, ordered.len(), value))
}

fn checked(measurements: &[Measurement]) -> Result<Vec<Measurement>, Refusal> {
    if measurements.len() > POINTS_MAX {
        return Err(Refusal::TooMany { n: measurements.len(), limit: POINTS_MAX });
    }
    let ordered = in_order(measurements)?;
    let n = ordered.chunk_by(|a, b| a.day == b.day).count();
    if n < POINTS_MIN {
        return Err(Refusal::TooFewMeasurements { n, needed: POINTS_MIN });
    }
    Ok(ordered)
}

/// The median slope of measurements that are in order and have at least two days.
pub(super) fn median_slope(ordered: &[Measurement]) -> f64 {
    quantile(&pair_slopes(ordered), 0.5)
}

/// Slopes of all pairs with different days, ascending.
fn pair_slopes(ordered: &[Measurement]) -> Vec<f64> {
    let mut slopes = Vec::new();
    for (at, first) in ordered.iter().enumerate() {
        let later = ordered.iter().skip(at + 1).filter(|later| later.day > first.day);
        slopes.extend(later.map(|later| (later.value - first.value) / (later.day - first.day)));
    }
    slopes.sort_by(f64::total_cmp);
    slopes
}

/// Sen's interval: the slopes whose ranks are z·σ(S) apart from the middle, halves rounded to even.
fn interval(slopes: &[f64], days: &[f64], values: &[f64]) -> (f64, f64) {
    let n = count(days.len());
    let whole = |t: f64| t * (t - 1.0) * (2.0 * t + 5.0);
    let tied = |list: &[f64]| -> f64 {
        let sorted = crate::stats::sorted(list);
        sorted.chunk_by(|a, b| a == b).map(|tied| whole(count(tied.len()))).sum()
    };
    let variance = ((whole(n) - tied(days) - tied(values)) / 18.0).max(0.0);
    let half = normal_quantile(UPPER) * libm::sqrt(variance);
    let pairs = count(slopes.len());
    let last = pairs - 1.0;
    let upper = libm::rint((pairs + half) / 2.0).min(last);
    let lower = (libm::rint((pairs - half) / 2.0) - 1.0).max(0.0);
    // With a whole position the quantile is the slope that stands there.
    let slope = |rank: f64| quantile(slopes, if last > 0.0 { rank / last } else { 0.0 });
    (slope(lower), slope(upper))
}
