//! A forecast that had to prove itself: candidates are tried on the class's past, and only one that beats the last
//! value by enough is used.
//!
//! Rolling origin: for each learner and each measurement that has at least [`POINTS_MIN`] earlier ones, every candidate
//! forecasts it from what was known before that day, of the learner and of the class. A learner's own errors are kept
//! out of what is tuned on errors: the shrinking weight and the coverage are found from the other learners.

use super::slope::{POINTS_MIN, median_slope};
use super::{Measurement, check_days, in_order};
use crate::computed::{Computed, FORECAST};
use crate::message::{Refusal, Warning};
use crate::stats::{VALUE_MAX, count, mean, median, quantile, sorted, within};

/// The most learners of a class.
pub const LEARNERS_MAX: usize = 300;
/// The most measurements of one learner, and the most different days of the class.
pub const OCCASIONS_MAX: usize = 60;
/// Fewer past forecasts say nothing about errors.
pub const ERRORS_MIN: usize = 20;
/// A candidate has to beat the last value's mean absolute error by this part.
pub const GAIN_MIN: f64 = 0.05;
/// The interval goes from this quantile of the errors …
const LOWER: f64 = 0.1;
/// … to this one.
const UPPER: f64 = 0.9;
/// Weights of the learner's own slope that are tried: 0, 0.1, … 1.
const WEIGHT_STEPS: usize = 10;
/// Keeps rounding from deciding a comparison.
const ROUNDING: f64 = 1e-9;

/// The lowest and the highest score there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreScale {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl ScoreScale {
    fn clip(self, value: f64) -> f64 {
        value.clamp(self.low, self.high)
    }
}

/// A way to forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Candidate {
    /// As it was last time.
    LastValue,
    /// The class's median slope from the learner's own level, which is the median of value − slope·day.
    ClassSlope,
    /// A mean of the own and the class's median slope, weighted as worked best for the others, from the own level.
    ShrunkenSlope,
    /// The learner's own Theil-Sen line.
    TheilSen,
}

impl Candidate {
    /// All, in the order in which equal ones win.
    pub const ALL: [Self; 4] =
        [Self::LastValue, Self::ClassSlope, Self::ShrunkenSlope, Self::TheilSen];
}

/// How a candidate did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CandidateError {
    /// Which.
    pub candidate: Candidate,
    /// Its mean absolute error.
    pub error: f64,
}

/// How the candidates did on the class's past.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// All candidates, in the order of [`Candidate::ALL`].
    pub candidates: Vec<CandidateError>,
    /// The one to use: the best if it beats the last value by [`GAIN_MIN`], else the last value.
    pub chosen: Candidate,
    /// Mean absolute error of the chosen one.
    pub error: f64,
    /// The weight of the own slope that did best on the whole class; 0 is the class's slope, 1 the own.
    pub weight: f64,
    /// Mean absolute error for each weight tried, `(weight, error)`.
    pub by_weight: Vec<(f64, f64)>,
    /// The 10 % quantile of actual − forecast of the chosen one.
    pub error_low: f64,
    /// The 90 % quantile.
    pub error_high: f64,
    /// The part of the past results that fell into the interval made from the other learners' errors.
    pub coverage: f64,
    /// How many days ahead was forecast at most.
    pub days_tested: f64,
}

/// A learner's next result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The day it is for.
    pub day: f64,
    /// The most likely result, within the scale.
    pub value: f64,
    /// About one in ten results is lower.
    pub low: f64,
    /// About one in ten results is higher.
    pub high: f64,
    /// How it was made.
    pub candidate: Candidate,
    /// Mean absolute error of that way in the backtest.
    pub error: f64,
    /// The part of past results that fell into such an interval.
    pub coverage: f64,
}

/// Forecasts for a class, from one backtest.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassForecasts {
    /// What the forecasts rest on.
    pub backtest: Computed<Backtest>,
    /// One for each learner, in the order given; a refusal for those who have too few measurements.
    pub learners: Vec<Result<Computed<Forecast>, Refusal>>,
}

/// Tries all candidates on a class: one series for each learner, in any order. n is the number of past forecasts.
///
/// # Errors
/// - [`Refusal::TooMany`]: [`LEARNERS_MAX`], [`OCCASIONS_MAX`]. [`Refusal::SameDayTwice`]: a learner.
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a day, a score, or the scale.
/// - [`Refusal::BacktestTooSmall`]: fewer than [`ERRORS_MIN`] past forecasts.
pub fn backtest(
    class: &[Vec<Measurement>],
    scale: ScoreScale,
) -> Result<Computed<Backtest>, Refusal> {
    let class = checked(class, scale)?;
    let trials = trials(&class, scale);
    let n = trials.len();
    if n < ERRORS_MIN {
        return Err(Refusal::BacktestTooSmall { n, needed: ERRORS_MIN });
    }
    let by_weight = by_weight(&trials);
    let tuned = weights_without_each(&trials, class.len());
    let forecast = |trial: &Trial, candidate: Candidate| match candidate {
        Candidate::LastValue => trial.last_value,
        Candidate::TheilSen => trial.theil_sen,
        Candidate::ClassSlope => trial.with_weight(0),
        Candidate::ShrunkenSlope => {
            trial.with_weight(tuned.get(trial.learner).copied().unwrap_or_default())
        }
    };
    let errors_of = |candidate| -> Vec<f64> {
        trials.iter().map(|trial| trial.actual - forecast(trial, candidate)).collect()
    };
    let candidate = |candidate| {
        let absolute: Vec<f64> = errors_of(candidate).iter().map(|error| error.abs()).collect();
        CandidateError { candidate, error: mean(&absolute) }
    };
    let candidates: Vec<CandidateError> = Candidate::ALL.map(candidate).to_vec();
    let (best, last) = best_and_last(&candidates);
    let is_better =
        best.error <= last.error * (1.0 - GAIN_MIN) + ROUNDING && best.error < last.error;
    let chosen = if is_better { best } else { last };
    let errors = errors_of(chosen.candidate);
    let ordered = sorted(&errors);
    let value = Backtest {
        chosen: chosen.candidate,
        error: chosen.error,
        weight: weight_of(best_weight(by_weight.iter().map(|(_, error)| *error))),
        by_weight,
        error_low: quantile(&ordered, LOWER),
        error_high: quantile(&ordered, UPPER),
        coverage: coverage(&trials, &errors, class.len()),
        days_tested: trials.iter().map(|trial| trial.days_ahead).fold(0.0, f64::max),
        candidates,
    };
    let refused =
        (!is_better).then_some(Warning::NoBetterThanLast { best: best.error, last: last.error });
    Ok(Computed::new(FORECAST, n, value).warn(refused).warn([Warning::NotAMark {}]))
}

/// Forecasts one learner's result on a day after the last measurement, by the candidate that [`backtest`] chose. n is
/// the number of the learner's measurements.
///
/// # Errors
/// - [`Refusal::UnknownPosition`]: there is no such learner.
/// - [`Refusal::TooFewMeasurements`]: the learner has fewer than [`POINTS_MIN`].
/// - [`Refusal::NotInTheFuture`], [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: the day.
/// - else as [`backtest`].
pub fn forecast(
    class: &[Vec<Measurement>],
    learner: usize,
    day: f64,
    scale: ScoreScale,
) -> Result<Computed<Forecast>, Refusal> {
    let unknown = Refusal::UnknownPosition { position: learner, count: class.len() };
    enough(class.get(learner).ok_or(unknown)?)?;
    let backtest = backtest(class, scale)?;
    let class = checked(class, scale)?;
    let own = class.get(learner).ok_or(unknown)?;
    next(own, class_slope(&class, f64::INFINITY), day, scale, &backtest)
}

/// [`forecast`] for every learner of a class, from one backtest.
///
/// # Errors
/// As [`backtest`]; what keeps a single learner from a forecast stands in that learner's place.
pub fn forecasts(
    class: &[Vec<Measurement>],
    day: f64,
    scale: ScoreScale,
) -> Result<ClassForecasts, Refusal> {
    let backtest = backtest(class, scale)?;
    let class = checked(class, scale)?;
    let slope = class_slope(&class, f64::INFINITY);
    let learners = class.iter().map(|own| next(own, slope, day, scale, &backtest)).collect();
    Ok(ClassForecasts { backtest, learners })
}

fn enough(series: &[Measurement]) -> Result<(), Refusal> {
    let n = series.len();
    if n < POINTS_MIN { Err(Refusal::TooFewMeasurements { n, needed: POINTS_MIN }) } else { Ok(()) }
}

/// The forecast of one ordered series.
fn next(
    own: &[Measurement],
    class_slope: f64,
    day: f64,
    scale: ScoreScale,
    backtest: &Computed<Backtest>,
) -> Result<Computed<Forecast>, Refusal> {
    enough(own)?;
    let last = own.last().ok_or(Refusal::NoData {})?;
    let day = within(day, -VALUE_MAX, VALUE_MAX, 0)?;
    if day <= last.day {
        return Err(Refusal::NotInTheFuture { day, last: last.day });
    }
    let past = &backtest.value;
    let lines = Lines { own_slope: median_slope(own), class_slope };
    let value = scale.clip(match past.chosen {
        Candidate::LastValue => last.value,
        Candidate::TheilSen => lines.theil_sen(own, day),
        Candidate::ClassSlope => lines.along_own_level(own, day, 0.0),
        Candidate::ShrunkenSlope => lines.along_own_level(own, day, past.weight),
    });
    let (days, tested) = (day - last.day, past.days_tested);
    let far = (days > tested + ROUNDING).then_some(Warning::BeyondTested { days, tested });
    let value = Forecast {
        day,
        value,
        // Errors that all lean to one side must not leave the forecast outside its interval.
        low: scale.clip(value + past.error_low.min(0.0)),
        high: scale.clip(value + past.error_high.max(0.0)),
        candidate: past.chosen,
        error: past.error,
        coverage: past.coverage,
    };
    let warnings = backtest.warnings.iter().copied().chain(far);
    Ok(Computed::new(FORECAST, own.len(), value).warn(warnings))
}

/// The class with each series in order, when all of it is within bounds.
fn checked(
    class: &[Vec<Measurement>],
    scale: ScoreScale,
) -> Result<Vec<Vec<Measurement>>, Refusal> {
    within(scale.low, -VALUE_MAX, VALUE_MAX, 0)?;
    within(scale.high, scale.low, VALUE_MAX, 1)?;
    if class.len() > LEARNERS_MAX {
        return Err(Refusal::TooMany { n: class.len(), limit: LEARNERS_MAX });
    }
    let mut ordered = Vec::with_capacity(class.len());
    for (at, series) in class.iter().enumerate() {
        if series.len() > OCCASIONS_MAX {
            return Err(Refusal::TooMany { n: series.len(), limit: OCCASIONS_MAX });
        }
        let series = in_order(series)?;
        check_days(&series, at)?;
        for measurement in &series {
            within(measurement.value, scale.low, scale.high, at)?;
        }
        ordered.push(series);
    }
    let n = days(&ordered).len();
    if n > OCCASIONS_MAX {
        return Err(Refusal::TooMany { n, limit: OCCASIONS_MAX });
    }
    Ok(ordered)
}

/// All different days of a class, ascending.
fn days(class: &[Vec<Measurement>]) -> Vec<f64> {
    let mut days: Vec<f64> = class.iter().flatten().map(|m| m.day).collect();
    days.sort_by(f64::total_cmp);
    days.dedup_by(|a, b| a == b);
    days
}

/// One past result and what each candidate would have said.
struct Trial {
    learner: usize,
    actual: f64,
    last_value: f64,
    theil_sen: f64,
    /// From the own level with weights 0, 0.1, … 1.
    weighted: Vec<f64>,
    days_ahead: f64,
}

impl Trial {
    fn with_weight(&self, step: usize) -> f64 {
        self.weighted.get(step).copied().unwrap_or(self.last_value)
    }
}

fn weight_of(step: usize) -> f64 {
    count(step) / count(WEIGHT_STEPS)
}

fn trials(class: &[Vec<Measurement>], scale: ScoreScale) -> Vec<Trial> {
    let mut trials = Vec::new();
    for day in days(class) {
        let class_slope = class_slope(class, day);
        for (learner, series) in class.iter().enumerate() {
            let earlier = before(series, day);
            let Some(target) = series.get(earlier.len()).filter(|target| target.day == day) else {
                continue;
            };
            let (Some(last), true) = (earlier.last(), earlier.len() >= POINTS_MIN) else {
                continue;
            };
            let lines = Lines { own_slope: median_slope(earlier), class_slope };
            let weighted = |step| scale.clip(lines.along_own_level(earlier, day, weight_of(step)));
            trials.push(Trial {
                learner,
                actual: target.value,
                last_value: last.value,
                theil_sen: scale.clip(lines.theil_sen(earlier, day)),
                weighted: (0..=WEIGHT_STEPS).map(weighted).collect(),
                days_ahead: day - last.day,
            });
        }
    }
    trials
}

/// The measurements of an ordered series before a day.
fn before(series: &[Measurement], day: f64) -> &[Measurement] {
    let n = series.iter().take_while(|m| m.day < day).count();
    series.split_at_checked(n).map_or(series, |(earlier, _)| earlier)
}

/// The median of the learners' slopes before a day, over those with enough measurements; 0 when there are none.
fn class_slope(class: &[Vec<Measurement>], day: f64) -> f64 {
    let slopes: Vec<f64> = class
        .iter()
        .map(|series| before(series, day))
        .filter(|earlier| earlier.len() >= POINTS_MIN)
        .map(median_slope)
        .collect();
    if slopes.is_empty() { 0.0 } else { median(&slopes) }
}

/// A learner's and the class's slope.
struct Lines {
    own_slope: f64,
    class_slope: f64,
}

impl Lines {
    fn theil_sen(&self, own: &[Measurement], day: f64) -> f64 {
        let (days, values): (Vec<f64>, Vec<f64>) = own.iter().map(|m| (m.day, m.value)).unzip();
        median(&values) + self.own_slope * (day - median(&days))
    }

    fn along_own_level(&self, own: &[Measurement], day: f64, weight: f64) -> f64 {
        let slope = weight * self.own_slope + (1.0 - weight) * self.class_slope;
        let levels: Vec<f64> = own.iter().map(|m| m.value + slope * (day - m.day)).collect();
        median(&levels)
    }
}

/// Mean absolute error for each weight.
fn by_weight(trials: &[Trial]) -> Vec<(f64, f64)> {
    let error = |step: usize| {
        let errors = trials.iter().map(|trial| (trial.actual - trial.with_weight(step)).abs());
        (weight_of(step), mean(&errors.collect::<Vec<_>>()))
    };
    (0..=WEIGHT_STEPS).map(error).collect()
}

/// The first step with the smallest error.
fn best_weight(errors: impl Iterator<Item = f64>) -> usize {
    let mut best = (0, f64::INFINITY);
    for (step, error) in errors.enumerate() {
        if error < best.1 - ROUNDING {
            best = (step, error);
        }
    }
    best.0
}

/// For each learner the weight step that does best on all others.
fn weights_without_each(trials: &[Trial], learners: usize) -> Vec<usize> {
    let steps = 0..=WEIGHT_STEPS;
    let mut own = vec![vec![0.0; WEIGHT_STEPS + 1]; learners];
    let mut all = vec![0.0; WEIGHT_STEPS + 1];
    for trial in trials {
        let Some(own) = own.get_mut(trial.learner) else { continue };
        for ((step, own), all) in steps.clone().zip(own).zip(&mut all) {
            let error = (trial.actual - trial.with_weight(step)).abs();
            *own += error;
            *all += error;
        }
    }
    own.iter().map(|own| best_weight(all.iter().zip(own).map(|(all, own)| all - own))).collect()
}

fn best_and_last(candidates: &[CandidateError]) -> (CandidateError, CandidateError) {
    let last = CandidateError { candidate: Candidate::LastValue, error: f64::INFINITY };
    let last = candidates.first().copied().unwrap_or(last);
    let better = |best: CandidateError, other: &CandidateError| {
        if other.error < best.error - ROUNDING { *other } else { best }
    };
    (candidates.iter().fold(last, better), last)
}

/// The part of errors within the 10 % and 90 % quantiles of the other learners' errors.
fn coverage(trials: &[Trial], errors: &[f64], learners: usize) -> f64 {
    let mut inside = 0;
    for learner in 0..learners {
        let (own, others): (Vec<_>, Vec<_>) =
            trials.iter().zip(errors).partition(|(trial, _)| trial.learner == learner);
        let others = sorted(&others.into_iter().map(|(_, error)| *error).collect::<Vec<_>>());
        let (low, high) = (quantile(&others, LOWER), quantile(&others, UPPER));
        inside += own
            .iter()
            .filter(|(_, error)| **error >= low - ROUNDING && **error <= high + ROUNDING)
            .count();
    }
    count(inside) / count(errors.len())
}
