//! Choosing by weighed criteria: the sum of weight × score, and what would change the choice.

use crate::computed::{CHOICE, Computed};
use crate::ideas::{IDEAS_MAX, Scored};
use crate::message::{At, Refusal, Warning};
use crate::stats::{VALUE_MAX, descending, numbers, within};

/// Weights may miss 1 by so much.
const WEIGHTS_MARGIN: f64 = 0.001;
/// A weight is raised and lowered by this part of itself.
pub const SHIFT: f64 = 0.2;
/// The most criteria.
pub const CRITERIA_MAX: usize = 100;

/// A change of one weight that makes another option the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    /// The position of the criterion.
    pub criterion: usize,
    /// Its weight then.
    pub weight: f64,
    /// The position of the option that is first then.
    pub first: usize,
}

/// Options by their weighed scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The highest sum first; equal ones keep their order.
    pub ranked: Vec<Scored>,
    /// What would change the first, criterion by criterion, the raised weight before the lowered one.
    pub turns: Vec<Turn>,
}

/// Options by Σ weight × score. Each weight is then raised and lowered by [`SHIFT`] of itself while the others share
/// the rest as before. `scores` has a row for each option with a score for each criterion; an option that lacks one is
/// left out. n is the number of options that are not.
///
/// # Errors
/// - [`Refusal::NoData`], [`Refusal::TooMany`]: no criterion or option, none with all scores, or too many.
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a weight outside 0 to 1, or a score.
/// - [`Refusal::WeightsNotOne`]: the weights do not add up to 1 ± 0.001.
/// - [`Refusal::UnequalLengths`]: a row that does not fit the criteria.
pub fn weighed_choice(
    weights: &[f64],
    scores: &[Vec<Option<f64>>],
) -> Result<Computed<Choice>, Refusal> {
    for (n, limit) in [(weights.len(), CRITERIA_MAX), (scores.len(), IDEAS_MAX)] {
        match n {
            0 => return Err(Refusal::NoData {}),
            n if n > limit => return Err(Refusal::TooMany { n, limit }),
            _ => {}
        }
    }
    for (at, weight) in weights.iter().enumerate() {
        within(*weight, 0.0, 1.0 + WEIGHTS_MARGIN, at)?;
    }
    let sum: f64 = weights.iter().sum();
    if (sum - 1.0).abs() > WEIGHTS_MARGIN + 1e-9 {
        return Err(Refusal::WeightsNotOne { side: "all", sum });
    }
    let mut rows = Vec::new();
    for (at, row) in scores.iter().enumerate() {
        if row.len() != weights.len() {
            return Err(Refusal::UnequalLengths { first: weights.len(), second: row.len() });
        }
        if let Some(row) = row.iter().copied().collect::<Option<Vec<f64>>>() {
            for score in numbers(&row).map_err(|why| of_option(why, at))? {
                within(*score, -VALUE_MAX, VALUE_MAX, at)?;
            }
            rows.push((at, row));
        }
    }
    if rows.is_empty() {
        return Err(Refusal::NoData {});
    }
    let ranked = ranked(weights, &rows);
    let turns = turns(weights, &rows, ranked.first().map(|first| first.place));
    let left_out = scores.len() - rows.len();
    let warning = (left_out > 0).then_some(Warning::LeftOut { count: left_out });
    Ok(Computed::new(CHOICE, rows.len(), Choice { ranked, turns }).warn(warning))
}

/// The refusal of a score as one that names the option, which people know, and not the criterion.
fn of_option(why: Refusal, option: usize) -> Refusal {
    match why {
        Refusal::NotANumber { .. } => Refusal::NotANumber { at: At(option) },
        Refusal::OutOfRange { value, low, high, .. } => {
            Refusal::OutOfRange { at: At(option), value, low, high }
        }
        other => other,
    }
}

fn ranked(weights: &[f64], rows: &[(usize, Vec<f64>)]) -> Vec<Scored> {
    let sum = |row: &[f64]| weights.iter().zip(row).map(|(weight, score)| weight * score).sum();
    let sums: Vec<f64> = rows.iter().map(|(_, row)| sum(row)).collect();
    let scored = |at: usize| Some(Scored { place: rows.get(at)?.0, score: *sums.get(at)? });
    descending(&sums).into_iter().filter_map(scored).collect()
}

fn turns(weights: &[f64], rows: &[(usize, Vec<f64>)], first: Option<usize>) -> Vec<Turn> {
    let mut turns = Vec::new();
    for (criterion, weight) in weights.iter().enumerate() {
        for shifted in [weight * (1.0 + SHIFT), weight * (1.0 - SHIFT)] {
            let rest = 1.0 - weight;
            if rest <= 0.0 || shifted >= 1.0 || shifted == *weight {
                continue;
            }
            let scale = (1.0 - shifted) / rest;
            let changed: Vec<f64> = weights
                .iter()
                .enumerate()
                .map(|(at, weight)| if at == criterion { shifted } else { weight * scale })
                .collect();
            let then = ranked(&changed, rows).first().map(|first| first.place);
            if let Some(then) = then.filter(|then| Some(*then) != first) {
                turns.push(Turn { criterion, weight: shifted, first: then });
            }
        }
    }
    turns
}
