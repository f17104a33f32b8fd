//! A learner's way: slope, level and trend, mastery, ability, and a forecast that had to prove itself on the class.
//!
//! Everything here guides support. Nothing is a mark, and nothing orders learners.

mod ability;
mod forecast;
mod holt;
mod mastery;
mod slope;

pub use ability::{
    Ability, ELO_FALL, ELO_K, ELO_LIMIT, Elo, ITEMS_MAX, chance_of_right, elo, rasch_ability,
};
pub use forecast::{
    Backtest, Candidate, CandidateError, ClassForecasts, ERRORS_MIN, Forecast, GAIN_MIN,
    LEARNERS_MAX, OCCASIONS_MAX, ScoreScale, backtest, forecast, forecasts,
};
pub use holt::{HOLT_POINTS_MIN, HORIZON_MAX, Holt, Smoothing, holt};
pub use mastery::{ANSWERS_MAX, BKT_DEFAULT, BktParameters, GUESS_SLIP_MAX, MASTERY, Mastery, bkt};
pub use slope::{POINTS_MAX, POINTS_MIN, Slope, theil_sen};

use crate::message::{At, Refusal};
use crate::stats::{VALUE_MAX, within};

/// A dated value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measurement {
    /// The day, as a number on any common scale; taken to a millionth.
    pub day: f64,
    /// What was measured.
    pub value: f64,
}

/// Days are taken to one part in so many: closer ones would make slopes beyond all numbers.
const DAY_PARTS: f64 = 1e6;

/// `measurements` in the order of their days.
fn in_order(measurements: &[Measurement]) -> Result<Vec<Measurement>, Refusal> {
    for (at, Measurement { day, value }) in measurements.iter().enumerate() {
        within(*day, -VALUE_MAX, VALUE_MAX, at)?;
        within(*value, -VALUE_MAX, VALUE_MAX, at)?;
    }
    let whole = |day: f64| libm::round(day * DAY_PARTS) / DAY_PARTS;
    let mut ordered: Vec<Measurement> =
        measurements.iter().map(|m| Measurement { day: whole(m.day), ..*m }).collect();
    ordered.sort_by(|a, b| a.day.total_cmp(&b.day).then(a.value.total_cmp(&b.value)));
    Ok(ordered)
}

/// Refuses two measurements of one series on the same day.
fn check_days(ordered: &[Measurement], at: usize) -> Result<(), Refusal> {
    let is_twice = ordered.windows(2).any(|pair| matches!(pair, [a, b] if a.day == b.day));
    if is_twice { Err(Refusal::SameDayTwice { at: At(at) }) } else { Ok(()) }
}
