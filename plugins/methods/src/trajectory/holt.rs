//! Holt's linear trend: level and trend by exponential smoothing.

use super::{Measurement, check_days, in_order};
use crate::computed::{Computed, HOLT};
use crate::message::Refusal;
use crate::stats::{count, within};

/// Fewer points are not for this method.
pub const HOLT_POINTS_MIN: usize = 8;
/// The points whose steps give the first trend.
const START_POINTS: usize = 4;
/// The most points.
const POINTS_MAX: usize = 1_000;
/// The most steps ahead.
pub const HORIZON_MAX: usize = 12;
/// Steps may differ by this part of the longest.
const SPACING_MARGIN: f64 = 1e-9;
/// The grid of smoothing parameters: 0.05, 0.10, … 0.95.
const GRID_STEPS: u8 = 19;
const GRID_STEP: f64 = 0.05;

/// How fast level and trend follow the values; each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Smoothing {
    /// α, for the level.
    pub level: f64,
    /// β*, for the trend.
    pub trend: f64,
}

/// Level, trend and what follows from them.
#[derive(Debug, Clone, PartialEq)]
pub struct Holt {
    /// The smoothing that was used.
    pub smoothing: Smoothing,
    /// The level at the last point.
    pub level: f64,
    /// The trend for one step.
    pub trend: f64,
    /// level + h·trend for h = 1, 2, …
    pub forecasts: Vec<f64>,
    /// Mean absolute error of the one-step forecasts within the series, from the fifth point on: the first four set the
    /// start.
    pub error: f64,
}

/// Holt's trend over equally spaced points, `horizon` steps ahead. The level starts at the first value, the trend at the
/// mean of the first three steps (NIST/SEMATECH e-Handbook, 6.4.3.3). Without `smoothing`, the pair of the grid 0.05, 0.10, … 0.95 with the smallest squared one-step error is
/// taken (the first of equal ones). n is the number of points.
///
/// # Errors
/// - [`Refusal::TooFewMeasurements`] ([`HOLT_POINTS_MIN`]), [`Refusal::TooMany`]: points, or steps ahead.
/// - [`Refusal::SameDayTwice`] (0), [`Refusal::UnequalSpacing`].
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a day or a value; smoothing (0 and 1).
pub fn holt(
    measurements: &[Measurement],
    smoothing: Option<Smoothing>,
    horizon: usize,
) -> Result<Computed<Holt>, Refusal> {
    for (n, limit) in [(measurements.len(), POINTS_MAX), (horizon, HORIZON_MAX)] {
        if n > limit {
            return Err(Refusal::TooMany { n, limit });
        }
    }
    let ordered = in_order(measurements)?;
    if ordered.len() < HOLT_POINTS_MIN {
        let n = ordered.len();
        return Err(Refusal::TooFewMeasurements { n, needed: HOLT_POINTS_MIN });
    }
    check_days(&ordered, 0)?;
    check_spacing(&ordered)?;
    let values: Vec<f64> = ordered.iter().map(|m| m.value).collect();
    let run = match smoothing {
        Some(smoothing) => {
            within(smoothing.level, 0.0, 1.0, 0)?;
            within(smoothing.trend, 0.0, 1.0, 1)?;
            Run::over(&values, smoothing)
        }
        None => best_of_grid(&values),
    };
    let ahead = |h: usize| run.level + count(h) * run.trend;
    let value = Holt {
        smoothing: run.smoothing,
        level: run.level,
        trend: run.trend,
        forecasts: (1..=horizon).map(ahead).collect(),
        error: run.absolute / count(values.len() - START_POINTS),
    };
    Ok(Computed::new(HOLT, values.len(), value))
}

fn check_spacing(ordered: &[Measurement]) -> Result<(), Refusal> {
    let (mut shortest, mut longest) = (f64::INFINITY, 0.0_f64);
    for pair in ordered.windows(2) {
        if let [a, b] = pair {
            shortest = shortest.min(b.day - a.day);
            longest = longest.max(b.day - a.day);
        }
    }
    if longest - shortest > SPACING_MARGIN * longest {
        return Err(Refusal::UnequalSpacing { shortest, longest });
    }
    Ok(())
}

/// One pass over a series.
struct Run {
    smoothing: Smoothing,
    level: f64,
    trend: f64,
    squared: f64,
    absolute: f64,
}

impl Run {
    fn over(values: &[f64], smoothing: Smoothing) -> Self {
        let first = values.first().copied().unwrap_or_default();
        let start = values.get(START_POINTS - 1).copied().unwrap_or_default();
        let trend = (start - first) / (count(START_POINTS) - 1.0);
        let mut run = Self { smoothing, level: first, trend, squared: 0.0, absolute: 0.0 };
        for (at, value) in values.iter().enumerate().skip(1) {
            let expected = run.level + run.trend;
            let error = value - expected;
            run.squared += error * error;
            run.absolute += if at < START_POINTS { 0.0 } else { error.abs() };
            let level = smoothing.level * value + (1.0 - smoothing.level) * expected;
            run.trend = smoothing.trend * (level - run.level) + (1.0 - smoothing.trend) * run.trend;
            run.level = level;
        }
        run
    }
}

fn best_of_grid(values: &[f64]) -> Run {
    let grid = || (1..=GRID_STEPS).map(|step| f64::from(step) * GRID_STEP);
    let mut best = Run::over(values, Smoothing { level: GRID_STEP, trend: GRID_STEP });
    for level in grid() {
        for trend in grid() {
            let run = Run::over(values, Smoothing { level, trend });
            if run.squared < best.squared {
                best = run;
            }
        }
    }
    best
}
