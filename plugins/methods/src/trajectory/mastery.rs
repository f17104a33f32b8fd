//! Bayesian knowledge tracing (Corbett and Anderson 1995): how likely a learner knows a skill, answer by answer.

use crate::computed::{BKT, Computed};
use crate::message::{Refusal, Warning};
use crate::stats::within;

/// Guess and slip may not be larger: beyond it a wrong answer could speak for knowing.
pub const GUESS_SLIP_MAX: f64 = 0.3;
/// From here on a skill has had practice enough. Never a mark.
pub const MASTERY: f64 = 0.95;
/// The most answers.
pub const ANSWERS_MAX: usize = 10_000;

/// The four parameters of a skill. A class cannot fit them; they are set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BktParameters {
    /// Knows the skill before the first answer; 0 to 1.
    pub known: f64,
    /// Learns it with one answer; 0 to 1.
    pub learn: f64,
    /// Right without knowing; 0 to [`GUESS_SLIP_MAX`].
    pub guess: f64,
    /// Wrong despite knowing; 0 to [`GUESS_SLIP_MAX`].
    pub slip: f64,
}

/// What is taken where a skill has no parameters of its own (own choice).
pub const BKT_DEFAULT: BktParameters =
    BktParameters { known: 0.3, learn: 0.15, guess: 0.2, slip: 0.1 };

/// What the answers say about one skill.
#[derive(Debug, Clone, PartialEq)]
pub struct Mastery {
    /// Chance of knowing after each answer and what was learned with it.
    pub course: Vec<f64>,
    /// Chance of knowing now.
    pub known: f64,
    /// Chance that the next answer is right.
    pub next_right: f64,
    /// `known` is at least [`MASTERY`]: practice enough.
    pub is_practised: bool,
}

/// Traces a skill over answers in order, true is right. n is their number; with none, the parameters speak alone.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: known (0), learn (1), guess (2), slip (3). [`Refusal::TooMany`]:
/// more than [`ANSWERS_MAX`] answers.
pub fn bkt(parameters: BktParameters, answers: &[bool]) -> Result<Computed<Mastery>, Refusal> {
    let BktParameters { known, learn, guess, slip } = parameters;
    for (at, (value, high)) in
        [(known, 1.0), (learn, 1.0), (guess, GUESS_SLIP_MAX), (slip, GUESS_SLIP_MAX)]
            .into_iter()
            .enumerate()
    {
        within(value, 0.0, high, at)?;
    }
    if answers.len() > ANSWERS_MAX {
        return Err(Refusal::TooMany { n: answers.len(), limit: ANSWERS_MAX });
    }
    let mut now = known;
    let mut course = Vec::with_capacity(answers.len());
    for right in answers {
        let (if_known, if_not) = if *right { (1.0 - slip, guess) } else { (slip, 1.0 - guess) };
        let (with, without) = (now * if_known, (1.0 - now) * if_not);
        // An answer that the parameters call impossible says nothing.
        let given = if with + without > 0.0 { with / (with + without) } else { now };
        now = (given + (1.0 - given) * learn).clamp(0.0, 1.0);
        course.push(now);
    }
    let value = Mastery {
        course,
        known: now,
        next_right: now * (1.0 - slip) + (1.0 - now) * guess,
        is_practised: now >= MASTERY,
    };
    Ok(Computed::new(BKT, answers.len(), value).warn([Warning::NotAMark {}]))
}
