//! Risks: likelihood × impact on 1 to 5, bands, what is left after mitigation.
//!
//! The product of two ordinal numbers gives an order and a colour. Sums and means of it say nothing, so none are made.

use crate::computed::{Computed, INCIDENT_RATE, RISK};
use crate::message::{At, Refusal, Warning};
use crate::stats::{VALUE_MAX, count, descending, within};

const LOWEST: f64 = 1.0;
const HIGHEST: f64 = 5.0;

/// Colour of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// 1 to 4.
    Low,
    /// 5 to 9.
    Moderate,
    /// 10 to 15.
    High,
    /// 16 to 25.
    Critical,
}

/// A point of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskScore {
    /// 1 to 5.
    pub likelihood: u8,
    /// 1 to 5.
    pub impact: u8,
    /// likelihood × impact.
    pub score: u8,
    /// Its colour.
    pub band: Band,
}

/// The score of a likelihood and an impact. n is 1.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`], [`Refusal::NotWhole`]: likelihood (0) or impact (1) is no whole
/// number from 1 to 5.
pub fn risk_score(likelihood: f64, impact: f64) -> Result<Computed<RiskScore>, Refusal> {
    let (likelihood, impact) = (step(likelihood, 0)?, step(impact, 1)?);
    let score = likelihood * impact;
    let band = match score {
        0..=4 => Band::Low,
        5..=9 => Band::Moderate,
        10..=15 => Band::High,
        _ => Band::Critical,
    };
    let value = RiskScore { likelihood, impact, score, band };
    Ok(Computed::new(RISK, 1, value).warn([Warning::OrdinalOnly {}]))
}

fn step(value: f64, at: usize) -> Result<u8, Refusal> {
    let value = within(value, LOWEST, HIGHEST, at)?;
    let step = (1..=5).find(|step| f64::from(*step) == value);
    step.ok_or(Refusal::NotWhole { at: At(at), value })
}

/// A risk before and after its mitigations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mitigated {
    /// Before.
    pub initial: RiskScore,
    /// After.
    pub residual: RiskScore,
}

/// A risk with the residual one that its mitigations leave. n is 1.
///
/// # Errors
/// As [`risk_score`]; [`Refusal::ResidualAboveInitial`]: mitigation cannot raise the score.
pub fn mitigated(
    (likelihood, impact): (f64, f64),
    (residual_likelihood, residual_impact): (f64, f64),
) -> Result<Computed<Mitigated>, Refusal> {
    let initial = risk_score(likelihood, impact)?.value;
    let residual = risk_score(residual_likelihood, residual_impact)?.value;
    if residual.score > initial.score {
        let (residual, initial) = (residual.score.into(), initial.score.into());
        return Err(Refusal::ResidualAboveInitial { residual, initial });
    }
    Ok(Computed::new(RISK, 1, Mitigated { initial, residual }).warn([Warning::OrdinalOnly {}]))
}

/// Positions of `risks` from the highest score to the lowest; of equal scores the higher impact first, then the order
/// given. n is their number.
#[must_use]
pub fn rank_risks(risks: &[RiskScore]) -> Computed<Vec<usize>> {
    let orders: Vec<f64> =
        risks.iter().map(|risk| f64::from(risk.score) * 10.0 + f64::from(risk.impact)).collect();
    Computed::new(RISK, risks.len(), descending(&orders)).warn([Warning::OrdinalOnly {}])
}

/// The fewest days that a rate of incidents is taken from.
pub const RATE_DAYS_MIN: f64 = 30.0;
/// The days that a rate is given for.
const RATE_DAYS: f64 = 30.0;
/// The highest rates of the likelihoods 1 to 4; above the last it is 5.
pub const RATE_STEPS: [f64; 4] = [0.0, 1.0, 3.0, 8.0];
/// Keeps rounding from deciding at a step, which belongs below.
const ROUNDING: f64 = 1e-9;

/// How often something happened, and the likelihood that it stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IncidentRate {
    /// Incidents in 30 days.
    pub rate: f64,
    /// 1 to 5.
    pub likelihood: u8,
}

/// The likelihood of an incident from how many there were in so many days, by a fixed table: none in 30 days is 1, up to
/// 1 is 2, up to 3 is 3, up to 8 is 4, more is 5. n is the number of incidents.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: fewer days than [`RATE_DAYS_MIN`] (0).
pub fn likelihood_of_incidents(
    incidents: usize,
    days: f64,
) -> Result<Computed<IncidentRate>, Refusal> {
    let days = within(days, RATE_DAYS_MIN, VALUE_MAX, 0)?;
    let rate = count(incidents) / days * RATE_DAYS;
    let likelihood = RATE_STEPS
        .iter()
        .fold(1, |level, step| if rate > step + ROUNDING { level + 1 } else { level });
    Ok(Computed::new(INCIDENT_RATE, incidents, IncidentRate { rate, likelihood }))
}
