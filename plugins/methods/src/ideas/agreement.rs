//! Agreement: Kendall's tau-b of two orders, weighted kappa of two raters.

use crate::computed::{Computed, KAPPA, KENDALL};
use crate::message::Refusal;
use crate::special::normal_above;
use crate::stats::{at_least, count, descending, numbers, ranks};

/// The most values whose pairs are counted.
pub const PLACES_MAX: usize = 1_000;
/// The most categories of two raters.
pub const CATEGORIES_MAX: usize = 100;
/// Without ties, p is exact up to so many values.
const EXACT_MAX: usize = 33;

/// Kendall's rank correlation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kendall {
    /// τ-b, −1 to 1.
    pub tau: f64,
    /// Two-sided p of no association. Exact without ties up to 33 values, else the normal approximation with the
    /// variance that ties leave, without continuity correction.
    pub p: f64,
    /// True when p is exact.
    pub is_exact: bool,
}

/// Kendall's τ-b of two lists of values for the same things. n is their number.
///
/// # Errors
/// - [`Refusal::UnequalLengths`], [`Refusal::NoData`], [`Refusal::TooFewAnswers`] (2), [`Refusal::TooMany`]
///   ([`PLACES_MAX`]).
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a value.
/// - [`Refusal::NoSpread`]: all values of one list are the same.
pub fn kendall(first: &[f64], second: &[f64]) -> Result<Computed<Kendall>, Refusal> {
    if first.len() != second.len() {
        return Err(Refusal::UnequalLengths { first: first.len(), second: second.len() });
    }
    at_least(first, 2)?;
    if first.len() > PLACES_MAX {
        return Err(Refusal::TooMany { n: first.len(), limit: PLACES_MAX });
    }
    numbers(first)?;
    numbers(second)?;
    let (mut concordant, mut discordant) = (0_usize, 0_usize);
    for (at, (a, b)) in first.iter().zip(second).enumerate() {
        for (c, d) in first.iter().zip(second).skip(at + 1) {
            let sign = (a - c).total_cmp(&0.0) as i8 * (b - d).total_cmp(&0.0) as i8;
            // A difference of −0.0 sorts below 0.0, yet the two are tied.
            let is_tied = a == c || b == d;
            concordant += usize::from(!is_tied && sign > 0);
            discordant += usize::from(!is_tied && sign < 0);
        }
    }
    let n = first.len();
    let pairs = count(n) * (count(n) - 1.0) / 2.0;
    let (x, y) = (Ties::of(first), Ties::of(second));
    let divisor = libm::sqrt(pairs - x.pairs) * libm::sqrt(pairs - y.pairs);
    if divisor <= 0.0 {
        return Err(Refusal::NoSpread {});
    }
    let excess = count(concordant) - count(discordant);
    let tau = (excess / divisor).clamp(-1.0, 1.0);
    let is_exact = x.pairs == 0.0 && y.pairs == 0.0 && n <= EXACT_MAX;
    let p = if is_exact {
        exact_p(n, concordant.min(discordant))
    } else {
        let size = count(n);
        let ordered = size * (size - 1.0);
        let mut variance = (ordered * (2.0 * size + 5.0) - x.weighted - y.weighted) / 18.0
            + 2.0 * x.pairs * y.pairs / ordered;
        if n > 2 {
            variance += x.triples * y.triples / (9.0 * ordered * (size - 2.0));
        }
        (2.0 * normal_above(excess.abs() / libm::sqrt(variance))).min(1.0)
    };
    Ok(Computed::new(KENDALL, n, Kendall { tau, p, is_exact }))
}

/// Sums over groups of t tied values.
struct Ties {
    /// Σ t(t − 1)/2.
    pairs: f64,
    /// Σ t(t − 1)(t − 2).
    triples: f64,
    /// Σ t(t − 1)(2t + 5).
    weighted: f64,
}

impl Ties {
    fn of(values: &[f64]) -> Self {
        let mut ties = Self { pairs: 0.0, triples: 0.0, weighted: 0.0 };
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        for tied in sorted.chunk_by(|a, b| a == b) {
            let t = count(tied.len());
            ties.pairs += t * (t - 1.0) / 2.0;
            ties.triples += t * (t - 1.0) * (t - 2.0);
            ties.weighted += t * (t - 1.0) * (2.0 * t + 5.0);
        }
        ties
    }
}

/// Twice the chance of at most `inversions` inversions in a random order of `n`, at most 1.
fn exact_p(n: usize, inversions: usize) -> f64 {
    if 4 * inversions >= n * (n - 1) {
        return 1.0;
    }
    // The chance of each number of inversions, place by place: the i-th thing adds 0 to i − 1 of them.
    let mut chances = vec![0.0; inversions + 1];
    if let Some(none) = chances.first_mut() {
        *none = 1.0;
    }
    for i in 2..=n {
        let before = chances;
        let sum_up_to = |k: usize| {
            before.iter().skip((k + 1).saturating_sub(i)).take(i.min(k + 1)).sum::<f64>()
        };
        chances = (0..=inversions).map(|k| sum_up_to(k) / count(i)).collect();
    }
    (2.0 * chances.iter().sum::<f64>()).min(1.0)
}

/// A thing that two people place differently.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Its position in the list given.
    pub place: usize,
    /// Its rank with the first person, from 1.
    pub first: f64,
    /// Its rank with the second person, from 1.
    pub second: f64,
}

/// How far two people agree on an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// The correlation.
    pub kendall: Kendall,
    /// All things, those with the biggest difference of ranks first; equal ones keep their order.
    pub differences: Vec<Difference>,
}

/// Agreement of two people's private orders: for each thing the place that each gave it (1 is best; ties may share
/// one). n is the number of things.
///
/// # Errors
/// As [`kendall`].
pub fn agreement(first: &[f64], second: &[f64]) -> Result<Computed<Agreement>, Refusal> {
    let kendall = kendall(first, second)?;
    let (ranks_first, ranks_second) = (ranks(first).0, ranks(second).0);
    let apart: Vec<f64> =
        ranks_first.iter().zip(&ranks_second).map(|(a, b)| (a - b).abs()).collect();
    let difference = |place: usize| {
        let (first, second) = (*ranks_first.get(place)?, *ranks_second.get(place)?);
        Some(Difference { place, first, second })
    };
    let differences = descending(&apart).into_iter().filter_map(difference).collect();
    let value = Agreement { kendall: kendall.value, differences };
    Ok(Computed::new(KENDALL, kendall.n, value))
}

/// How much a disagreement of two categories weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KappaWeights {
    /// All the same: unweighted kappa.
    None,
    /// By the distance.
    Linear,
    /// By the squared distance.
    Quadratic,
}

/// Weighted kappa of two raters who put the same things into categories 0 to `categories` − 1. n is the number of
/// things.
///
/// # Errors
/// - [`Refusal::UnequalLengths`], [`Refusal::NoData`], [`Refusal::TooMany`] ([`CATEGORIES_MAX`]).
/// - [`Refusal::UnknownPosition`]: a category that there is not.
/// - [`Refusal::NoSpread`]: both put everything into one category, so chance alone explains all.
pub fn weighted_kappa(
    first: &[usize],
    second: &[usize],
    categories: usize,
    weights: KappaWeights,
) -> Result<Computed<f64>, Refusal> {
    if first.len() != second.len() {
        return Err(Refusal::UnequalLengths { first: first.len(), second: second.len() });
    }
    at_least(first, 1)?;
    if categories > CATEGORIES_MAX {
        return Err(Refusal::TooMany { n: categories, limit: CATEGORIES_MAX });
    }
    let mut rows = vec![0.0; categories];
    let mut columns = vec![0.0; categories];
    let mut observed = 0.0;
    let apart = |a: usize, b: usize| match weights {
        KappaWeights::None => f64::from(u8::from(a != b)),
        KappaWeights::Linear => count(a.abs_diff(b)),
        KappaWeights::Quadratic => count(a.abs_diff(b)) * count(a.abs_diff(b)),
    };
    for (a, b) in first.iter().zip(second) {
        for (category, margin) in [(a, &mut rows), (b, &mut columns)] {
            let unknown = Refusal::UnknownPosition { position: *category, count: categories };
            *margin.get_mut(*category).ok_or(unknown)? += 1.0;
        }
        observed += apart(*a, *b);
    }
    let n = count(first.len());
    let mut by_chance = 0.0;
    for (a, row) in rows.iter().enumerate() {
        by_chance += columns
            .iter()
            .enumerate()
            .map(|(b, column)| apart(a, b) * row * column / n)
            .sum::<f64>();
    }
    if by_chance <= 0.0 {
        return Err(Refusal::NoSpread {});
    }
    Ok(Computed::new(KAPPA, first.len(), 1.0 - observed / by_chance))
}
