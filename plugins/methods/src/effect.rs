//! Two means: the difference, its interval, effect sizes, and the plain conclusion.

use crate::computed::{Computed, PAIRED_MEANS, TWO_MEANS};
use crate::message::{Refusal, Warning};
use crate::special::{UPPER, student_quantile};
use crate::stats::{at_least, count, is_constant, mean, numbers, squares, variance};

/// What an interval of a difference says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// All of it is above 0.
    Growth,
    /// All of it is below 0.
    Decline,
    /// It covers 0.
    Unclear,
}

impl Conclusion {
    /// The conclusion from an interval.
    #[must_use]
    pub fn of(low: f64, high: f64) -> Self {
        if low > 0.0 {
            Self::Growth
        } else if high < 0.0 {
            Self::Decline
        } else {
            Self::Unclear
        }
    }
}

/// n, mean and sample standard deviation of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// How many.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Sample standard deviation (n − 1).
    pub deviation: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Self {
        let deviation = if is_constant(values) { 0.0 } else { libm::sqrt(variance(values)) };
        Self { n: values.len(), mean: mean(values), deviation }
    }
}

/// Two means of different people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanDifference {
    /// Before, or the first group.
    pub first: Moments,
    /// After, or the second group.
    pub second: Moments,
    /// second − first.
    pub difference: f64,
    /// Lower bound of Welch's 95 % interval of the difference.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Cohen's d: the difference by the pooled deviation (n₁ + n₂ − 2).
    pub d: f64,
    /// Lower bound of d, 95 %: d ± t·√((n₁ + n₂)/(n₁n₂) + d²/(2(n₁ + n₂))) (Hedges and Olkin 1985).
    pub d_low: f64,
    /// Upper bound of d.
    pub d_high: f64,
    /// Hedges' g: d·(1 − 3/(4N − 9)).
    pub g: f64,
    /// What the interval of the difference says.
    pub conclusion: Conclusion,
}

/// The difference second − first of two independent lists. n is both together.
///
/// # Errors
/// - [`Refusal::NoData`], [`Refusal::TooFewAnswers`]: fewer than 2 in a list.
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a value.
/// - [`Refusal::NoSpread`]: neither list has any variance.
pub fn independent(first: &[f64], second: &[f64]) -> Result<Computed<MeanDifference>, Refusal> {
    for list in [first, second] {
        numbers(at_least(list, 2)?)?;
    }
    if is_constant(first) && is_constant(second) {
        return Err(Refusal::NoSpread {});
    }
    let (a, b) = (Moments::of(first), Moments::of(second));
    let (n1, n2) = (count(a.n), count(b.n));
    let difference = b.mean - a.mean;
    let (error1, error2) = (a.deviation * a.deviation / n1, b.deviation * b.deviation / n2);
    let error = error1 + error2;
    let df = error * error / (error1 * error1 / (n1 - 1.0) + error2 * error2 / (n2 - 1.0));
    let half = student_quantile(UPPER, df) * libm::sqrt(error);
    let (low, high) = (difference - half, difference + half);
    let total = n1 + n2;
    let pooled = libm::sqrt((squares(first) + squares(second)) / (total - 2.0));
    let d = difference / pooled;
    let d_error = libm::sqrt(total / (n1 * n2) + d * d / (2.0 * total));
    let d_half = student_quantile(UPPER, total - 2.0) * d_error;
    if !(half.is_finite() && d.is_finite() && d_half.is_finite()) {
        return Err(Refusal::NoSpread {});
    }
    let value = MeanDifference {
        first: a,
        second: b,
        difference,
        low,
        high,
        d,
        d_low: d - d_half,
        d_high: d + d_half,
        g: d * (1.0 - 3.0 / (4.0 * total - 9.0)),
        conclusion: Conclusion::of(low, high),
    };
    Ok(Computed::new(TWO_MEANS, a.n + b.n, value))
}

/// Two means of the same people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedDifference {
    /// Before.
    pub before: Moments,
    /// After.
    pub after: Moments,
    /// Mean of after − before.
    pub difference: f64,
    /// Lower bound of its 95 % interval of t.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// The difference by √((s₁² + s₂²)/2) (Cumming 2012): comparable with other studies. `None` without variance.
    pub d_av: Option<f64>,
    /// The difference by the deviation of the differences: not comparable. `None` when all changed alike.
    pub d_z: Option<f64>,
    /// What the interval says.
    pub conclusion: Conclusion,
}

/// The mean change of the same people, position by position. n is the number of pairs. Without a control group: the
/// warning says so.
///
/// # Errors
/// - [`Refusal::UnequalLengths`], [`Refusal::NoData`], [`Refusal::TooFewAnswers`] (2).
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a value.
pub fn paired(before: &[f64], after: &[f64]) -> Result<Computed<PairedDifference>, Refusal> {
    if before.len() != after.len() {
        return Err(Refusal::UnequalLengths { first: before.len(), second: after.len() });
    }
    numbers(at_least(before, 2)?)?;
    numbers(after)?;
    let changes: Vec<f64> = before.iter().zip(after).map(|(a, b)| b - a).collect();
    let (a, b, change) = (Moments::of(before), Moments::of(after), Moments::of(&changes));
    let n = count(change.n);
    let half = student_quantile(UPPER, n - 1.0) * change.deviation / libm::sqrt(n);
    let (low, high) = (change.mean - half, change.mean + half);
    let average = libm::sqrt((a.deviation * a.deviation + b.deviation * b.deviation) / 2.0);
    let by = |deviation: f64| Some(change.mean / deviation).filter(|d| d.is_finite());
    let value = PairedDifference {
        before: a,
        after: b,
        difference: change.mean,
        low,
        high,
        d_av: by(average),
        d_z: by(change.deviation),
        conclusion: Conclusion::of(low, high),
    };
    Ok(Computed::new(PAIRED_MEANS, change.n, value).warn([Warning::NoControlGroup {}]))
}
