//! AHP: priorities from pairwise judgements, and how far the judgements contradict each other (Saaty 1980).
//!
//! Judgements are the upper triangle of the matrix, row by row: (0,1), (0,2), …, (1,2), … Each says how much more the
//! first weighs than the second, from 1/9 to 9.

use crate::computed::{AHP, AHP_GROUP, Computed};
use crate::message::{At, Refusal};
use crate::stats::count;

/// Saaty's random index by the number of things compared, from 1.
const RANDOM_INDEX: [f64; 10] = [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49];
/// The most things that are compared at once: the table ends there.
pub const COMPARED_MAX: usize = RANDOM_INDEX.len();
/// Judgements are accepted up to this consistency ratio.
pub const CONSISTENCY_RATIO_MAX: f64 = 0.10;
/// The most judges whose judgements are combined.
const JUDGES_MAX: usize = 10_000;
/// Lets 0.1111 stand for 1/9.
const JUDGEMENT_MARGIN: f64 = 0.001;
const JUDGEMENT_MAX: f64 = 9.0;
const ROUNDS_MAX: usize = 10_000;
const PRECISION: f64 = 1e-12;
/// Keeps rounding from deciding a comparison.
const ROUNDING: f64 = 1e-9;

/// What follows from a full set of judgements.
#[derive(Debug, Clone, PartialEq)]
pub struct Priorities {
    /// In the order of the things compared; the sum is 1.
    pub weights: Vec<f64>,
    /// The largest eigenvalue: the number of things when the judgements are consistent, else more.
    pub lambda_max: f64,
    /// (λmax − n)/(n − 1); 0 for one or two things.
    pub consistency_index: f64,
    /// Consistency index by random index; 0 for one or two things.
    pub consistency_ratio: f64,
    /// The three things whose judgements contradict each other most; `None` when there are fewer.
    pub worst: Option<Triad>,
}

/// Three things i, j, k and how far a_ij · a_jk is from a_ik.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triad {
    /// i, j and k, ascending.
    pub places: [usize; 3],
    /// |ln a_ij + ln a_jk − ln a_ik|: 0 when they agree.
    pub gap: f64,
}

/// Priorities of `things` by power iteration. n is the number of judgements.
///
/// # Errors
/// - [`Refusal::NoData`], [`Refusal::TooMany`]: none or more than [`COMPARED_MAX`] things.
/// - [`Refusal::JudgementCount`], [`Refusal::JudgementAbsent`], [`Refusal::JudgementOutOfRange`]: the triangle is not
///   full. Nothing is filled in.
/// - [`Refusal::JudgementsInconsistent`]: the ratio is above [`CONSISTENCY_RATIO_MAX`]; names the worst triad.
pub fn priorities(things: usize, upper: &[Option<f64>]) -> Result<Computed<Priorities>, Refusal> {
    priorities_within("all", things, upper)
}

/// [`priorities`] with the word that refusals carry for this comparison.
pub(super) fn priorities_within(
    within: &'static str,
    things: usize,
    upper: &[Option<f64>],
) -> Result<Computed<Priorities>, Refusal> {
    let random_index = random_index(things)?;
    let triangle = full_triangle(within, things, upper)?;
    let matrix = reciprocal_matrix(things, &triangle);
    let (weights, lambda_max) = principal(&matrix);
    let size = count(things);
    let (index, ratio) = if random_index > 0.0 {
        // Rounding can put λmax below n by less than a PRECISION.
        let index = ((lambda_max - size) / (size - 1.0)).max(0.0);
        (index, index / random_index)
    } else {
        (0.0, 0.0)
    };
    let worst = worst_triad(things, &triangle);
    if let Some(Triad { places: [i, j, k], gap }) = worst
        && ratio > CONSISTENCY_RATIO_MAX + ROUNDING
    {
        return Err(Refusal::JudgementsInconsistent {
            within,
            ratio,
            limit: CONSISTENCY_RATIO_MAX,
            first: At(i),
            second: At(j),
            third: At(k),
            factor: libm::exp(gap),
        });
    }
    let value = Priorities {
        weights,
        lambda_max,
        consistency_index: index,
        consistency_ratio: ratio,
        worst,
    };
    Ok(Computed::new(AHP, triangle.len(), value))
}

/// The judgements of several people as one: the geometric mean of each entry, which keeps the matrix reciprocal.
/// n is the number of people.
///
/// # Errors
/// As [`priorities`] for each person's judgements, but for their consistency: what counts is that of the result.
pub fn combine(
    things: usize,
    judges: &[Vec<Option<f64>>],
) -> Result<Computed<Vec<Option<f64>>>, Refusal> {
    random_index(things)?;
    if judges.is_empty() {
        return Err(Refusal::NoData {});
    }
    if judges.len() > JUDGES_MAX {
        return Err(Refusal::TooMany { n: judges.len(), limit: JUDGES_MAX });
    }
    let mut logs = vec![0.0; pairs(things)];
    for upper in judges {
        for (log, judgement) in logs.iter_mut().zip(full_triangle("all", things, upper)?) {
            *log += libm::log(judgement);
        }
    }
    let people = count(judges.len());
    let upper = logs.into_iter().map(|log| Some(libm::exp(log / people))).collect();
    Ok(Computed::new(AHP_GROUP, judges.len(), upper))
}

fn random_index(things: usize) -> Result<f64, Refusal> {
    let place = things.checked_sub(1).ok_or(Refusal::NoData {})?;
    let index = RANDOM_INDEX.get(place).copied();
    index.ok_or(Refusal::TooMany { n: things, limit: COMPARED_MAX })
}

fn pairs(things: usize) -> usize {
    things * things.saturating_sub(1) / 2
}

/// The places of the upper triangle in the order of the judgements.
fn triangle_places(things: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..things).flat_map(move |i| (i + 1..things).map(move |j| (i, j)))
}

fn full_triangle(
    within: &'static str,
    things: usize,
    upper: &[Option<f64>],
) -> Result<Vec<f64>, Refusal> {
    let needed = pairs(things);
    if upper.len() != needed {
        return Err(Refusal::JudgementCount { within, given: upper.len(), needed });
    }
    let mut triangle = Vec::with_capacity(needed);
    for ((i, j), judgement) in triangle_places(things).zip(upper) {
        let (first, second) = (At(i), At(j));
        let judgement = judgement.ok_or(Refusal::JudgementAbsent { within, first, second })?;
        let allowed = JUDGEMENT_MAX.recip() - JUDGEMENT_MARGIN..=JUDGEMENT_MAX + JUDGEMENT_MARGIN;
        if !allowed.contains(&judgement) {
            return Err(Refusal::JudgementOutOfRange { within, first, second, judgement });
        }
        triangle.push(judgement);
    }
    Ok(triangle)
}

/// a_ij of a full triangle; the lower half holds reciprocals.
fn entry(things: usize, triangle: &[f64], i: usize, j: usize) -> f64 {
    match i.cmp(&j) {
        std::cmp::Ordering::Equal => 1.0,
        std::cmp::Ordering::Greater => entry(things, triangle, j, i).recip(),
        std::cmp::Ordering::Less => {
            // Rows above hold (things − 1) + (things − 2) + … entries.
            let above = i * (2 * things - i - 1) / 2;
            triangle.get(above + j - i - 1).copied().unwrap_or(1.0)
        }
    }
}

fn reciprocal_matrix(things: usize, triangle: &[f64]) -> Vec<Vec<f64>> {
    let row = |i| (0..things).map(|j| entry(things, triangle, i, j)).collect();
    (0..things).map(row).collect()
}

/// The principal eigenvector, with sum 1, and its eigenvalue.
fn principal(matrix: &[Vec<f64>]) -> (Vec<f64>, f64) {
    let size = count(matrix.len());
    let mut weights = vec![1.0 / size; matrix.len()];
    let mut lambda = size;
    for _ in 0..ROUNDS_MAX {
        let product: Vec<f64> =
            matrix.iter().map(|row| row.iter().zip(&weights).map(|(a, w)| a * w).sum()).collect();
        lambda = product.iter().sum();
        let next: Vec<f64> = product.iter().map(|value| value / lambda).collect();
        let change = next.iter().zip(&weights).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        weights = next;
        if change < PRECISION {
            break;
        }
    }
    (weights, lambda)
}

fn worst_triad(things: usize, triangle: &[f64]) -> Option<Triad> {
    let log = |i, j| libm::log(entry(things, triangle, i, j));
    let mut worst: Option<Triad> = None;
    for (i, j) in triangle_places(things) {
        for k in j + 1..things {
            let gap = (log(i, j) + log(j, k) - log(i, k)).abs();
            // Of equally bad ones the first is named, whatever rounding says.
            if worst.is_none_or(|triad| gap > triad.gap + ROUNDING) {
                worst = Some(Triad { places: [i, j, k], gap });
            }
        }
    }
    worst
}
