//! IFE and EFE matrix, and the cell of the IE matrix (David 2011).

use std::cmp::Ordering;

use super::{Quadrant, Side};
use crate::computed::{Computed, FACTOR_EVALUATION, IE_MATRIX};
use crate::message::{At, Refusal, Warning};
use crate::stats::{VALUE_MAX, within};

/// The weights of a side add up to 1 within this margin.
pub const WEIGHT_SUM_MARGIN: f64 = 0.001;
/// The average of the ratings 1 to 4.
const AVERAGE: f64 = 2.5;
/// Keeps rounding of sums from deciding a comparison.
const ROUNDING: f64 = 1e-9;

/// Which ratings a quadrant may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// Strengths 3 or 4, weaknesses 1 or 2. External factors are rated by response in either convention.
    Classic,
    /// 1 to 4 for every factor: how well the school answers it.
    Response,
}

/// What to do with weights that do not add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightRule {
    /// Refuse.
    Exact,
    /// Divide by their sum and say so.
    Normalise,
}

/// One factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// Where it stands.
    pub quadrant: Quadrant,
    /// Its part of its side; 0 to 1.
    pub weight: f64,
    /// 1, 2, 3 or 4.
    pub rating: f64,
}

/// The total of one side.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixTotal {
    /// Internal (IFE) or external (EFE).
    pub side: Side,
    /// Position of each factor of the side and its weight × rating, in the order given.
    pub scores: Vec<(usize, f64)>,
    /// The sum of the scores, 1 to 4.
    pub total: f64,
    /// The part of strengths or opportunities.
    pub helps: f64,
    /// The part of weaknesses or threats.
    pub hinders: f64,
    /// The total against 2.5, the average.
    pub against_average: Ordering,
}

/// Σ weight × rating over the factors of `side`. n is the number of those factors.
///
/// # Errors
/// - [`Refusal::NoData`]: the side has no factor.
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a weight.
/// - [`Refusal::RatingOutsideClass`]: a rating that is no whole number of its class.
/// - [`Refusal::WeightsNotOne`]: the weights do not add up to 1 and `rule` is exact, or they add up to nothing.
pub fn matrix_total(
    factors: &[Factor],
    side: Side,
    convention: Convention,
    rule: WeightRule,
) -> Result<Computed<MatrixTotal>, Refusal> {
    let of_side =
        || factors.iter().enumerate().filter(|(_, factor)| factor.quadrant.side() == side);
    let highest = if rule == WeightRule::Exact { 1.0 } else { VALUE_MAX };
    for (at, factor) in of_side() {
        within(factor.weight, 0.0, highest, at)?;
        check_rating(factor, convention, at)?;
    }
    let n = of_side().count();
    if n == 0 {
        return Err(Refusal::NoData {});
    }
    let sum: f64 = of_side().map(|(_, factor)| factor.weight).sum();
    let off = (sum - 1.0).abs() > WEIGHT_SUM_MARGIN + ROUNDING;
    if off && (rule == WeightRule::Exact || sum <= 0.0) {
        return Err(Refusal::WeightsNotOne { side: side.word(), sum });
    }
    let divisor = if off { sum } else { 1.0 };
    let scores: Vec<(usize, f64)> =
        of_side().map(|(at, factor)| (at, factor.weight / divisor * factor.rating)).collect();
    let total: f64 = scores.iter().map(|(_, score)| score).sum();
    let helps = of_side()
        .zip(&scores)
        .filter(|((_, factor), _)| {
            matches!(factor.quadrant, Quadrant::Strength | Quadrant::Opportunity)
        })
        .map(|(_, (_, score))| score)
        .sum();
    let against_average = match total - AVERAGE {
        difference if difference > ROUNDING => Ordering::Greater,
        difference if difference < -ROUNDING => Ordering::Less,
        _ => Ordering::Equal,
    };
    let hinders = total - helps;
    let value = MatrixTotal { side, scores, total, helps, hinders, against_average };
    let warning = off.then_some(Warning::WeightsNormalised { side: side.word(), sum });
    Ok(Computed::new(FACTOR_EVALUATION, n, value).warn(warning))
}

fn check_rating(factor: &Factor, convention: Convention, at: usize) -> Result<(), Refusal> {
    let (low, high) = match (convention, factor.quadrant) {
        (Convention::Classic, Quadrant::Strength) => (3.0, 4.0),
        (Convention::Classic, Quadrant::Weakness) => (1.0, 2.0),
        _ => (1.0, 4.0),
    };
    let rating = factor.rating;
    if !rating.is_finite() {
        return Err(Refusal::NotANumber { at: At(at) });
    }
    if rating < low || rating > high || libm::trunc(rating) != rating {
        return Err(Refusal::RatingOutsideClass { at: At(at), rating, low, high });
    }
    Ok(())
}

/// What a cell of the IE matrix advises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IeStrategy {
    /// Cells I, II, IV.
    GrowAndBuild,
    /// Cells III, V, VII.
    HoldAndMaintain,
    /// Cells VI, VIII, IX.
    HarvestOrDivest,
}

/// A cell of the IE matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IeCell {
    /// 1 to 9, read like a page: I is strong and high, III weak and high, IX weak and low.
    pub number: u8,
    /// What it advises.
    pub strategy: IeStrategy,
}

/// The cell of an IFE and an EFE total. Bands: 1.00–1.99, 2.00–2.99, 3.00–4.00.
///
/// Totals are rounded to two decimals first, so that the cell agrees with the numbers shown beside it. n is 2.
///
/// # Errors
/// [`Refusal::NotANumber`] and [`Refusal::OutOfRange`]: a total (IFE at 0, EFE at 1) outside 1 to 4.
pub fn ie_cell(ife: f64, efe: f64) -> Result<Computed<IeCell>, Refusal> {
    let (low, high) = (1.0 - 4.0 * WEIGHT_SUM_MARGIN, 4.0 + 4.0 * WEIGHT_SUM_MARGIN);
    let column = band(within(ife, low, high, 0)?);
    let row = band(within(efe, low, high, 1)?);
    let number = row * 3 + column + 1;
    let strategy = match number {
        1 | 2 | 4 => IeStrategy::GrowAndBuild,
        3 | 5 | 7 => IeStrategy::HoldAndMaintain,
        _ => IeStrategy::HarvestOrDivest,
    };
    Ok(Computed::new(IE_MATRIX, 2, IeCell { number, strategy }))
}

/// 0 for 3.00 and more, 1 for 2.00 and more, else 2.
fn band(total: f64) -> u8 {
    // The margin makes 1.995, which a binary number cannot hold, round up as on paper.
    let hundredths = libm::round(total * 100.0 + ROUNDING);
    if hundredths >= 300.0 {
        0
    } else if hundredths >= 200.0 {
        1
    } else {
        2
    }
}
