//! The digital audit: levels 1 to 5 of indicators, areas with their weakest link, gaps in order, spread of departments.
//!
//! A level without evidence is a self-assessment. It is shown, hatched, and does not count as reached.

use crate::computed::{Computed, MATURITY_AREA, MATURITY_GAP, MATURITY_LEVEL, SPREAD};
use crate::message::{Refusal, Warning};
use crate::stats::{VALUE_MAX, at_least, descending, mean, variance, within};

/// From these means on a level is 2, 3, 4 and 5: equal fifths of the scale 1 to 5.
pub const CUT_POINTS: [f64; 4] = [1.8, 2.6, 3.4, 4.2];
const LEVEL_MIN: f64 = 1.0;
const LEVEL_MAX: f64 = 5.0;
/// Keeps rounding of a mean from deciding at a cut point.
const ROUNDING: f64 = 1e-9;

/// The level of a scale's mean: below 1.8 it is 1, below 2.6 it is 2, and so on. n is 1.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a mean outside 1 to 5.
pub fn level_of_mean(mean: f64) -> Result<Computed<u8>, Refusal> {
    let mean = within(mean, LEVEL_MIN - ROUNDING, LEVEL_MAX + ROUNDING, 0)?;
    let level = CUT_POINTS.iter().fold(1, |level, cut| level + u8::from(mean + ROUNDING >= *cut));
    Ok(Computed::new(MATURITY_LEVEL, 1, level))
}

/// One indicator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indicator {
    /// 1 to 5; `None` when nobody has judged it.
    pub level: Option<f64>,
    /// 1 to 5; `None` when there is no goal.
    pub target: Option<f64>,
    /// What it weighs within its area; equal weights where nobody set any.
    pub weight: f64,
    /// True when something proves the level.
    pub has_evidence: bool,
}

/// The level of an area.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaLevel {
    /// Weighted mean of all stated levels. Shown with `minimum`, never alone.
    pub mean: f64,
    /// The same over levels with evidence; `None` when there are none.
    pub mean_with_evidence: Option<f64>,
    /// The lowest stated level.
    pub minimum: f64,
    /// The position of the weakest link: the first indicator with that level.
    pub weakest: usize,
    /// Positions of levels without evidence, to be hatched.
    pub hatched: Vec<usize>,
    /// Positions of indicators that are at their target or above, with evidence.
    pub reached: Vec<usize>,
}

/// The level of an area from its indicators. n is the number of stated levels.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a level, target or weight.
/// [`Refusal::NoData`]: no indicator has a level and a weight above 0.
pub fn area_level(indicators: &[Indicator]) -> Result<Computed<AreaLevel>, Refusal> {
    let mut all = Weighted::default();
    let mut proven = Weighted::default();
    let (mut weakest, mut hatched, mut reached) = (None, Vec::new(), Vec::new());
    for (at, indicator) in indicators.iter().enumerate() {
        check(indicator, at)?;
        let Some(level) = indicator.level else { continue };
        all.add(level, indicator.weight);
        if indicator.has_evidence {
            proven.add(level, indicator.weight);
        } else {
            hatched.push(at);
        }
        if weakest.is_none_or(|(_, lowest)| level < lowest) {
            weakest = Some((at, level));
        }
        if indicator.has_evidence && indicator.target.is_some_and(|target| level >= target) {
            reached.push(at);
        }
    }
    let ((weakest, minimum), mean) = weakest.zip(all.mean()).ok_or(Refusal::NoData {})?;
    let warnings = [
        (all.n < indicators.len()).then_some(Warning::LeftOut { count: indicators.len() - all.n }),
        (!hatched.is_empty()).then_some(Warning::LevelsWithoutEvidence { count: hatched.len() }),
    ];
    let mean_with_evidence = proven.mean();
    let value = AreaLevel { mean, mean_with_evidence, minimum, weakest, hatched, reached };
    Ok(Computed::new(MATURITY_AREA, all.n, value).warn(warnings.into_iter().flatten()))
}

fn check(indicator: &Indicator, at: usize) -> Result<(), Refusal> {
    for level in [indicator.level, indicator.target].into_iter().flatten() {
        within(level, LEVEL_MIN, LEVEL_MAX, at)?;
    }
    within(indicator.weight, 0.0, VALUE_MAX, at)?;
    Ok(())
}

/// A weighted sum on its way to a mean.
#[derive(Default)]
struct Weighted {
    sum: f64,
    weights: f64,
    n: usize,
}

impl Weighted {
    fn add(&mut self, value: f64, weight: f64) {
        self.sum += value * weight;
        self.weights += weight;
        self.n += 1;
    }

    fn mean(&self) -> Option<f64> {
        (self.weights > 0.0).then(|| self.sum / self.weights)
    }
}

/// An area and its indicators.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// What it weighs among the areas.
    pub weight: f64,
    /// Its indicators.
    pub indicators: Vec<Indicator>,
}

/// What an indicator lacks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// The position of its area.
    pub area: usize,
    /// Its position within the area.
    pub indicator: usize,
    /// target − level, in levels; 0 when the target is reached.
    pub levels: f64,
    /// The area's weight × the indicator's part of its area's weights.
    pub weight: f64,
    /// levels × weight: the order of the map.
    pub score: f64,
    /// True when the level has no evidence: it does not count as reached, even where `levels` is 0.
    pub is_hatched: bool,
}

/// Gaps of the whole audit, the most urgent first; equal ones keep their order. An indicator at its target with
/// evidence has none; one without level or target is left out. n is the number of indicators that have both.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a level, target or weight.
pub fn gaps(areas: &[Area]) -> Result<Computed<Vec<Gap>>, Refusal> {
    let (mut gaps, mut n, mut left_out) = (Vec::new(), 0, 0);
    for (place, area) in areas.iter().enumerate() {
        within(area.weight, 0.0, VALUE_MAX, place)?;
        for (at, indicator) in area.indicators.iter().enumerate() {
            check(indicator, at)?;
        }
        let weights: f64 = area.indicators.iter().map(|indicator| indicator.weight).sum();
        for (at, indicator) in area.indicators.iter().enumerate() {
            let Some((level, target)) = indicator.level.zip(indicator.target) else {
                left_out += 1;
                continue;
            };
            n += 1;
            let levels = (target - level).max(0.0);
            let part = if weights > 0.0 { indicator.weight / weights } else { 0.0 };
            let weight = area.weight * part;
            let is_hatched = !indicator.has_evidence;
            if levels > 0.0 || is_hatched {
                let score = levels * weight;
                gaps.push(Gap { area: place, indicator: at, levels, weight, score, is_hatched });
            }
        }
    }
    let scores: Vec<f64> = gaps.iter().map(|gap| gap.score).collect();
    let ordered: Vec<Gap> =
        descending(&scores).into_iter().filter_map(|place| gaps.get(place).copied()).collect();
    let hatched = ordered.iter().filter(|gap| gap.is_hatched).count();
    let warnings = [
        (left_out > 0).then_some(Warning::LeftOut { count: left_out }),
        (hatched > 0).then_some(Warning::LevelsWithoutEvidence { count: hatched }),
    ];
    Ok(Computed::new(MATURITY_GAP, n, ordered).warn(warnings.into_iter().flatten()))
}

/// How far departments are apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The lowest level.
    pub lowest: f64,
    /// The highest level.
    pub highest: f64,
    /// highest − lowest.
    pub range: f64,
    /// Sample standard deviation by mean.
    pub variation: f64,
}

/// The spread of one indicator's levels over departments. n is their number.
///
/// # Errors
/// [`Refusal::NoData`], [`Refusal::TooFewAnswers`] (2). [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a level.
pub fn spread(levels: &[f64]) -> Result<Computed<Spread>, Refusal> {
    at_least(levels, 2)?;
    for (at, level) in levels.iter().enumerate() {
        within(*level, LEVEL_MIN, LEVEL_MAX, at)?;
    }
    let lowest = levels.iter().copied().fold(LEVEL_MAX, f64::min);
    let highest = levels.iter().copied().fold(LEVEL_MIN, f64::max);
    let variation = libm::sqrt(variance(levels)) / mean(levels);
    let value = Spread { lowest, highest, range: highest - lowest, variation };
    Ok(Computed::new(SPREAD, levels.len(), value))
}
