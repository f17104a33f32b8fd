//! Ability and difficulty on one scale: Elo, answer by answer; Rasch, from known difficulties.

use crate::computed::{Computed, ELO, RASCH};
use crate::message::{Refusal, Warning};
use crate::stats::{count, within};

/// The step of the first answer.
pub const ELO_K: f64 = 0.4;
/// How the step falls with the number of earlier answers n: K/(1 + fall·n).
pub const ELO_FALL: f64 = 0.05;
/// Abilities and difficulties lie between −this and this, in logits.
pub const ELO_LIMIT: f64 = 20.0;
/// The most items of one learner's answers.
pub const ITEMS_MAX: usize = 1_000;
/// The most answers that Elo takes.
const ANSWERS_MAX: usize = 1_000_000;
/// The most learners, and the most items, of Elo.
const SIDES_MAX: usize = 10_000;
/// Halvings of the interval in which the likelihood has its peak.
const HALVINGS: usize = 200;
/// The grid of the prior's integral: −8 to 8 in steps of 1/32.
const GRID_LIMIT: f64 = 8.0;
const GRID_STEPS: u16 = 512;

/// 1/(1 + e^−(θ − b)): the chance that ability θ solves difficulty b.
#[must_use]
pub fn chance_of_right(ability: f64, difficulty: f64) -> f64 {
    1.0 / (1.0 + libm::exp(difficulty - ability))
}

/// Abilities and difficulties after many answers, in logits.
#[derive(Debug, Clone, PartialEq)]
pub struct Elo {
    /// One for each learner, 0 before the first answer.
    pub abilities: Vec<f64>,
    /// One for each item, 0 before the first answer.
    pub difficulties: Vec<f64>,
}

/// Plays answers in order, each `(learner, item, right)`: the learner's ability moves by K·(right − p), the item's
/// difficulty by the opposite, each with its own falling K. n is the number of answers.
///
/// # Errors
/// [`Refusal::TooMany`]: learners, items or answers. [`Refusal::UnknownPosition`]: a learner or an item.
pub fn elo(
    learners: usize,
    items: usize,
    answers: &[(usize, usize, bool)],
) -> Result<Computed<Elo>, Refusal> {
    for (n, limit) in [(learners, SIDES_MAX), (items, SIDES_MAX), (answers.len(), ANSWERS_MAX)] {
        if n > limit {
            return Err(Refusal::TooMany { n, limit });
        }
    }
    let mut abilities = vec![(0.0, 0); learners];
    let mut difficulties = vec![(0.0, 0); items];
    for (learner, item, right) in answers {
        let unknown = |position, count| Refusal::UnknownPosition { position, count };
        let ability = abilities.get_mut(*learner).ok_or(unknown(*learner, learners))?;
        let difficulty = difficulties.get_mut(*item).ok_or(unknown(*item, items))?;
        let surprise = f64::from(u8::from(*right)) - chance_of_right(ability.0, difficulty.0);
        step(ability, surprise);
        step(difficulty, -surprise);
    }
    let values = |rated: Vec<(f64, usize)>| rated.into_iter().map(|(value, _)| value).collect();
    let value = Elo { abilities: values(abilities), difficulties: values(difficulties) };
    Ok(Computed::new(ELO, answers.len(), value).warn([Warning::NotAMark {}]))
}

/// Moves a rating by one answer and counts it.
fn step((rating, answers): &mut (f64, usize), surprise: f64) {
    let k = ELO_K / (1.0 + ELO_FALL * count(*answers));
    *rating = (*rating + k * surprise).clamp(-ELO_LIMIT, ELO_LIMIT);
    *answers += 1;
}

/// A learner's ability, in logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ability {
    /// θ.
    pub theta: f64,
    /// Its standard error: 1/√Σpq; with the prior, the deviation of the posterior.
    pub error: f64,
    /// True when all was right or all wrong, so that the prior N(0, 1) had to help (EAP).
    pub is_from_prior: bool,
}

/// The Rasch ability of one learner from answers to items of known difficulty, each `(difficulty, right)`: the maximum
/// of the likelihood. It has none when all is right or all wrong; then the mean of the posterior with the prior N(0, 1).
/// n is the number of answers.
///
/// # Errors
/// [`Refusal::NoData`], [`Refusal::TooMany`] ([`ITEMS_MAX`]); [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a
/// difficulty beyond [`ELO_LIMIT`].
pub fn rasch_ability(answers: &[(f64, bool)]) -> Result<Computed<Ability>, Refusal> {
    if answers.is_empty() {
        return Err(Refusal::NoData {});
    }
    if answers.len() > ITEMS_MAX {
        return Err(Refusal::TooMany { n: answers.len(), limit: ITEMS_MAX });
    }
    for (at, (difficulty, _)) in answers.iter().enumerate() {
        within(*difficulty, -ELO_LIMIT, ELO_LIMIT, at)?;
    }
    let right = answers.iter().filter(|(_, right)| *right).count();
    let is_from_prior = right == 0 || right == answers.len();
    let (theta, error) = if is_from_prior { posterior(answers) } else { peak(answers, right) };
    let value = Ability { theta, error, is_from_prior };
    let prior = is_from_prior.then_some(Warning::AbilityFromPrior {});
    Ok(Computed::new(RASCH, answers.len(), value).warn(prior).warn([Warning::NotAMark {}]))
}

/// Where the expected number of right answers is the one seen, by bisection, and 1/√Σpq there.
fn peak(answers: &[(f64, bool)], right: usize) -> (f64, f64) {
    let expected = |theta: f64| -> f64 {
        answers.iter().map(|(difficulty, _)| chance_of_right(theta, *difficulty)).sum()
    };
    let margin = libm::log(count(answers.len())) + 1.0;
    let (mut low, mut high) = (-ELO_LIMIT - margin, ELO_LIMIT + margin);
    for _ in 0..HALVINGS {
        let middle = low + (high - low) / 2.0;
        if expected(middle) < count(right) {
            low = middle;
        } else {
            high = middle;
        }
    }
    let information: f64 = answers
        .iter()
        .map(|(difficulty, _)| chance_of_right(high, *difficulty))
        .map(|p| p * (1.0 - p))
        .sum();
    (high, 1.0 / libm::sqrt(information))
}

/// Mean and deviation of the ability given the answers and the prior N(0, 1).
fn posterior(answers: &[(f64, bool)]) -> (f64, f64) {
    let log_chance = |theta: f64| -> f64 {
        let each = answers.iter().map(|(difficulty, right)| {
            let toward = if *right { difficulty - theta } else { theta - difficulty };
            // −ln(1 + e^x), where e^x may be too large for a number.
            if toward > 0.0 {
                -toward - libm::log1p(libm::exp(-toward))
            } else {
                -libm::log1p(libm::exp(toward))
            }
        });
        each.sum::<f64>() - theta * theta / 2.0
    };
    let grid = (0..=GRID_STEPS).map(|step| {
        let theta = GRID_LIMIT * (2.0 * f64::from(step) / f64::from(GRID_STEPS) - 1.0);
        (theta, log_chance(theta))
    });
    let grid: Vec<(f64, f64)> = grid.collect();
    let highest = grid.iter().map(|(_, log)| *log).fold(f64::NEG_INFINITY, f64::max);
    let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
    for (theta, log) in grid {
        let weight = libm::exp(log - highest);
        mass += weight;
        first += weight * theta;
        second += weight * theta * theta;
    }
    let mean = first / mass;
    (mean, libm::sqrt((second / mass - mean * mean).max(0.0)))
}
