//! KPIs: the way from baseline to target, what the calendar expects, status, joint progress.

use crate::computed::{Computed, KPI, KPI_MEAN, KPI_STATUS};
use crate::message::{Refusal, Warning};
use crate::stats::{VALUE_MAX, within};

/// Behind by no more than this is green.
pub const BEHIND_GREEN_MAX: f64 = 0.10;
/// Behind by no more than this is amber; further is red.
pub const BEHIND_AMBER_MAX: f64 = 0.25;
/// Keeps rounding from deciding at a threshold, which is inclusive.
const ROUNDING: f64 = 1e-9;

/// Where a KPI is to go. Needed only where baseline and target are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
}

/// How far a KPI has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// (actual − baseline)/(target − baseline): 0 at the baseline, 1 at the target; may be below 0 or above 1.
    Way(f64),
    /// Baseline and target are equal: the value is kept, or it is not.
    Met(bool),
}

impl Progress {
    /// The number that stands for it: the way, or 1 and 0 for met and not met.
    #[must_use]
    pub fn number(self) -> f64 {
        match self {
            Self::Way(way) => way,
            Self::Met(met) => f64::from(u8::from(met)),
        }
    }
}

/// How far `actual` is on the way from `baseline` to `target`; right for falling KPIs too. n is 1.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: baseline (0), target (1), actual (2), or a way beyond all bounds
/// because the target is next to the baseline (3).
pub fn progress(
    baseline: f64,
    target: f64,
    actual: f64,
    direction: Direction,
) -> Result<Computed<Progress>, Refusal> {
    for (at, value) in [baseline, target, actual].into_iter().enumerate() {
        within(value, -VALUE_MAX, VALUE_MAX, at)?;
    }
    let way = target - baseline;
    let value = if way == 0.0 {
        Progress::Met(match direction {
            Direction::Up => actual >= target,
            Direction::Down => actual <= target,
        })
    } else {
        Progress::Way(within((actual - baseline) / way, -VALUE_MAX, VALUE_MAX, 3)?)
    };
    Ok(Computed::new(KPI, 1, value))
}

/// The part of the period that is over on day `today`, 0 to 1: the progress that an even pace would have made. Days
/// are numbers on any common scale. n is 1.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: start (0), end (1), today (2).
/// [`Refusal::PeriodBackwards`]: it ends on or before the day it starts.
pub fn expected_by_now(start: f64, end: f64, today: f64) -> Result<Computed<f64>, Refusal> {
    for (at, value) in [start, end, today].into_iter().enumerate() {
        within(value, -VALUE_MAX, VALUE_MAX, at)?;
    }
    if end <= start {
        return Err(Refusal::PeriodBackwards { start, end });
    }
    let elapsed = ((today - start) / (end - start)).clamp(0.0, 1.0);
    Ok(Computed::new(KPI_STATUS, 1, elapsed))
}

/// How a KPI stands against what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// At most [`BEHIND_GREEN_MAX`] behind.
    Green,
    /// At most [`BEHIND_AMBER_MAX`] behind.
    Amber,
    /// Further behind.
    Red,
}

/// The status of a progress where `expected` could be reached by now. n is 1.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: progress (0), or expected (1) outside 0 to 1.
pub fn status(progress: f64, expected: f64) -> Result<Computed<Status>, Refusal> {
    within(progress, -VALUE_MAX, VALUE_MAX, 0)?;
    within(expected, 0.0, 1.0, 1)?;
    let behind = expected - progress - ROUNDING;
    let status = if behind <= BEHIND_GREEN_MAX {
        Status::Green
    } else if behind <= BEHIND_AMBER_MAX {
        Status::Amber
    } else {
        Status::Red
    };
    Ok(Computed::new(KPI_STATUS, 1, status))
}

/// The joint progress of several KPIs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanProgress {
    /// Weighted mean with each progress capped to 0 to 1, so that one cannot make up for another.
    pub capped: f64,
    /// Weighted mean of the progress as it is; shown beside.
    pub raw: f64,
}

/// The weighted mean of KPIs, each `(progress, weight)`. One without progress is left out. n is the number that has
/// one.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a progress, or a negative weight.
/// [`Refusal::NoData`]: none has a progress and a weight above 0.
pub fn mean_progress(kpis: &[(Option<Progress>, f64)]) -> Result<Computed<MeanProgress>, Refusal> {
    let (mut capped, mut raw, mut weights, mut n) = (0.0, 0.0, 0.0, 0);
    for (at, (progress, weight)) in kpis.iter().enumerate() {
        let weight = within(*weight, 0.0, VALUE_MAX, at)?;
        let Some(progress) = progress else { continue };
        let number = within(progress.number(), -VALUE_MAX, VALUE_MAX, at)?;
        capped += weight * number.clamp(0.0, 1.0);
        raw += weight * number;
        weights += weight;
        n += 1;
    }
    if weights <= 0.0 {
        return Err(Refusal::NoData {});
    }
    let value = MeanProgress { capped: capped / weights, raw: raw / weights };
    let left_out = kpis.len() - n;
    let warning = (left_out > 0).then_some(Warning::LeftOut { count: left_out });
    Ok(Computed::new(KPI_MEAN, n, value).warn(warning))
}
