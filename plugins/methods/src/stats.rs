//! What every method needs of numbers: checks, means, variances, quantiles, ranks, correlation.

use crate::message::{At, Refusal};

/// No value may be further from 0. Within it, squares and sums of all lists stay finite and keep some precision.
pub(crate) const VALUE_MAX: f64 = 1e12;

/// `value` as it is, when it is a number between `low` and `high`.
///
/// # Errors
/// [`Refusal::NotANumber`] and [`Refusal::OutOfRange`] name `at`.
pub(crate) fn within(value: f64, low: f64, high: f64, at: usize) -> Result<f64, Refusal> {
    if !value.is_finite() {
        return Err(Refusal::NotANumber { at: At(at) });
    }
    if value < low || value > high {
        return Err(Refusal::OutOfRange { at: At(at), value, low, high });
    }
    Ok(value)
}

/// `values`, when all are numbers within [`VALUE_MAX`].
pub(crate) fn numbers(values: &[f64]) -> Result<&[f64], Refusal> {
    for (at, value) in values.iter().enumerate() {
        within(*value, -VALUE_MAX, VALUE_MAX, at)?;
    }
    Ok(values)
}

/// `values`, when there are at least `needed` of them.
pub(crate) fn at_least<T>(values: &[T], needed: usize) -> Result<&[T], Refusal> {
    if values.is_empty() && needed > 0 {
        return Err(Refusal::NoData {});
    }
    if values.len() < needed {
        return Err(Refusal::TooFewAnswers { n: values.len(), needed });
    }
    Ok(values)
}

/// A count as a number; exact below 2^53.
#[allow(clippy::cast_precision_loss, reason = "lists in memory are shorter than 2^53")]
pub(crate) fn count(n: usize) -> f64 {
    n as f64
}

/// The mean of a list that is not empty.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len())
}

/// The sum of squared distances from the mean.
pub(crate) fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean) * (value - mean)).sum()
}

/// The sample variance (divided by n − 1) of at least two values.
pub(crate) fn variance(values: &[f64]) -> f64 {
    squares(values) / (count(values.len()) - 1.0)
}

/// The population variance (divided by n) of at least one value.
pub(crate) fn population_variance(values: &[f64]) -> f64 {
    squares(values) / count(values.len())
}

/// True when no two values differ. Exact, where a variance would carry rounding.
pub(crate) fn is_constant(values: &[f64]) -> bool {
    values.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
}

pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The quantile of type 7 (Hyndman and Fan 1996): linear between order statistics, position (n − 1)·p.
///
/// `sorted` is in ascending order. NaN for an empty list.
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = count(last) * p.clamp(0.0, 1.0);
    let below = libm::floor(position);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, from 0 to the last position"
    )]
    let index = below as usize;
    let low = sorted.get(index).copied().unwrap_or(f64::NAN);
    let high = sorted.get((index + 1).min(last)).copied().unwrap_or(f64::NAN);
    low + (position - below) * (high - low)
}

/// The median of an unordered list; NaN when it is empty.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(&sorted(values), 0.5)
}

/// Ranks from 1 in the order of `values`, ties with their middle rank, and the sum of t³ − t over groups of ties.
pub(crate) fn ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut ranked: Vec<(usize, f64)> = Vec::with_capacity(order.len());
    let (mut before, mut ties) = (0, 0.0);
    // 0.0 and −0.0 are one value.
    for tied in order.chunk_by(|a, b| a.1 == b.1) {
        let size = count(tied.len());
        let rank = count(before) + (size + 1.0) / 2.0;
        ranked.extend(tied.iter().map(|(place, _)| (*place, rank)));
        ties += size * size * size - size;
        before += tied.len();
    }
    ranked.sort_by_key(|(place, _)| *place);
    (ranked.into_iter().map(|(_, rank)| rank).collect(), ties)
}

/// Pearson's r; `None` where one side has no variance or the lists differ in length.
pub(crate) fn correlation(first: &[f64], second: &[f64]) -> Option<f64> {
    if first.len() != second.len() || is_constant(first) || is_constant(second) {
        return None;
    }
    let (mean_first, mean_second) = (mean(first), mean(second));
    let products: f64 =
        first.iter().zip(second).map(|(a, b)| (a - mean_first) * (b - mean_second)).sum();
    let r = products / libm::sqrt(squares(first) * squares(second));
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

/// Positions of `scores` from the highest to the lowest; equal ones keep their order.
pub(crate) fn descending(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    let score = |place: &usize| scores.get(*place).copied().unwrap_or(f64::NEG_INFINITY);
    // Rounding below this must not decide an order; equal ones keep theirs.
    order.sort_by(|a, b| steps(score(b)).total_cmp(&steps(score(a))));
    order
}

/// `score` in steps of 1e-12, so that sums which differ by rounding alone are equal.
fn steps(score: f64) -> f64 {
    // Adding 0.0 turns −0.0 into 0.0, which would sort apart.
    libm::round(score * 1e12) + 0.0
}
