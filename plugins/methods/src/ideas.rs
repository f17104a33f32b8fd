//! Choosing together: shares with intervals, votes, rankings, charts, agreement, and what becomes of a pilot.

mod agreement;

pub use agreement::{
    Agreement, CATEGORIES_MAX, Difference, KappaWeights, Kendall, PLACES_MAX, agreement, kendall,
    weighted_kappa,
};

use crate::computed::{
    APPROVAL, BORDA, Computed, FREQUENCY_SEVERITY, NEWCOMBE, PILOT, TWO_BY_TWO, WILSON,
};
use crate::message::{At, Refusal, Warning};
use crate::special::{UPPER, normal_quantile};
use crate::stats::{VALUE_MAX, count, descending, within};

/// The most ideas that are ranked.
pub const IDEAS_MAX: usize = 1_000;
/// The most ballots.
pub const BALLOTS_MAX: usize = 100_000;
/// Keeps rounding from deciding a comparison.
const ROUNDING: f64 = 1e-9;

/// A share of n and its 95 % interval, all within 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// How many.
    pub successes: usize,
    /// Of how many.
    pub n: usize,
    /// successes / n.
    pub share: f64,
    /// Lower bound of Wilson's interval.
    pub low: f64,
    /// Upper bound of Wilson's interval.
    pub high: f64,
}

/// A share with Wilson's 95 % interval. No correction for a finite population, even for a whole staff: say n of N.
///
/// # Errors
/// [`Refusal::NoData`]: n is 0. [`Refusal::MoreThanAll`]: more successes than n.
pub fn share(successes: usize, n: usize) -> Result<Computed<Share>, Refusal> {
    Ok(Computed::new(WILSON, n, wilson(successes, n)?))
}

pub(crate) fn wilson(successes: usize, n: usize) -> Result<Share, Refusal> {
    if n == 0 {
        return Err(Refusal::NoData {});
    }
    if successes > n {
        return Err(Refusal::MoreThanAll { successes, n });
    }
    let (size, share) = (count(n), count(successes) / count(n));
    let z = normal_quantile(UPPER);
    let middle = share + z * z / (2.0 * size);
    let half = z * libm::sqrt(share * (1.0 - share) / size + z * z / (4.0 * size * size));
    let divisor = 1.0 + z * z / size;
    // At 0 and n the bound is exactly 0 or 1; rounding would leave a crumb.
    let low = if successes == 0 { 0.0 } else { ((middle - half) / divisor).clamp(0.0, share) };
    let high = if successes == n { 1.0 } else { ((middle + half) / divisor).clamp(share, 1.0) };
    Ok(Share { successes, n, share, low, high })
}

/// A difference of two shares and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareDifference {
    /// The share before, or of the first group.
    pub first: Share,
    /// The share after, or of the second group.
    pub second: Share,
    /// second − first.
    pub difference: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// The difference second − first of two independent shares, each `(successes, n)`, with Newcombe's interval (method
/// 10: from both Wilson intervals, no continuity correction). n is both together.
///
/// # Errors
/// As [`share`].
pub fn share_difference(
    first: (usize, usize),
    second: (usize, usize),
) -> Result<Computed<ShareDifference>, Refusal> {
    let (a, b) = (wilson(first.0, first.1)?, wilson(second.0, second.1)?);
    let difference = b.share - a.share;
    let low = difference - libm::hypot(b.share - b.low, a.high - a.share);
    let high = difference + libm::hypot(b.high - b.share, a.share - a.low);
    let value = ShareDifference { first: a, second: b, difference, low, high };
    Ok(Computed::new(NEWCOMBE, a.n.saturating_add(b.n), value))
}

/// An idea's place by approval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Approved {
    /// Its position in the list given.
    pub idea: usize,
    /// The share of voters for it.
    pub share: Share,
}

/// Ideas by the lower bound of Wilson's interval, highest first, so that 2 of 2 does not beat 14 of 18. Each is
/// `(votes for it, voters)`. Equal ones keep their order: give them by the time they were defined. n is the number of
/// ideas.
///
/// # Errors
/// [`Refusal::NoData`]: no idea, or one without voters. [`Refusal::MoreThanAll`], [`Refusal::TooMany`].
pub fn rank_by_approval(votes: &[(usize, usize)]) -> Result<Computed<Vec<Approved>>, Refusal> {
    check_ideas(votes.len())?;
    let shares: Vec<Share> =
        votes.iter().map(|(yes, voters)| wilson(*yes, *voters)).collect::<Result<_, _>>()?;
    let bounds: Vec<f64> = shares.iter().map(|share| share.low).collect();
    let ranked = descending(&bounds)
        .into_iter()
        .filter_map(|idea| Some(Approved { idea, share: *shares.get(idea)? }));
    Ok(Computed::new(APPROVAL, votes.len(), ranked.collect()))
}

fn check_ideas(ideas: usize) -> Result<(), Refusal> {
    match ideas {
        0 => Err(Refusal::NoData {}),
        n if n > IDEAS_MAX => Err(Refusal::TooMany { n, limit: IDEAS_MAX }),
        _ => Ok(()),
    }
}

/// An idea's place and its points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Its position in the list given.
    pub place: usize,
    /// Its points.
    pub score: f64,
}

fn ranked(scores: &[f64]) -> Vec<Scored> {
    let scored = |place: usize| Some(Scored { place, score: *scores.get(place)? });
    descending(scores).into_iter().filter_map(scored).collect()
}

/// Borda's count: the last of a ballot's m ideas gets 0 points, the first m − 1. Highest sum first; equal ones keep
/// their order. A ballot lists all `ideas` by position, the best first. n is the number of ballots.
///
/// # Errors
/// - [`Refusal::NoData`], [`Refusal::TooMany`]: no idea or ballot, or too many.
/// - [`Refusal::BallotIncomplete`], [`Refusal::UnknownPosition`], [`Refusal::NamedTwice`]: a ballot has to rank every
///   idea once.
pub fn borda(ideas: usize, ballots: &[Vec<usize>]) -> Result<Computed<Vec<Scored>>, Refusal> {
    check_ideas(ideas)?;
    if ballots.is_empty() {
        return Err(Refusal::NoData {});
    }
    if ballots.len() > BALLOTS_MAX {
        return Err(Refusal::TooMany { n: ballots.len(), limit: BALLOTS_MAX });
    }
    let mut points = vec![0.0; ideas];
    for (at, ballot) in ballots.iter().enumerate() {
        if ballot.len() != ideas {
            let ballot_at = At(at);
            return Err(Refusal::BallotIncomplete {
                ballot: ballot_at,
                ranked: ballot.len(),
                ideas,
            });
        }
        let mut seen = vec![false; ideas];
        for (place, idea) in ballot.iter().enumerate() {
            let unknown = Refusal::UnknownPosition { position: *idea, count: ideas };
            let seen = seen.get_mut(*idea).ok_or(unknown)?;
            if std::mem::replace(seen, true) {
                return Err(Refusal::NamedTwice { at: At(*idea) });
            }
            *points.get_mut(*idea).ok_or(unknown)? += count(ideas - 1 - place);
        }
    }
    Ok(Computed::new(BORDA, ballots.len(), ranked(&points)))
}

/// A field of a two-by-two chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// True from the middle of the scale on, across.
    pub is_right: bool,
    /// True from the middle of the scale on, upwards.
    pub is_high: bool,
}

/// The field of each `(across, upwards)` point, both on a scale from `low` to `high`. The middle itself is right and
/// high. n is the number of points.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a bound of the scale (at 0 or 1), or a point outside it.
pub fn two_by_two(
    points: &[(f64, f64)],
    low: f64,
    high: f64,
) -> Result<Computed<Vec<Field>>, Refusal> {
    within(low, -VALUE_MAX, VALUE_MAX, 0)?;
    within(high, low, VALUE_MAX, 1)?;
    let middle = low + (high - low) / 2.0;
    let mut fields = Vec::with_capacity(points.len());
    for (at, (across, upwards)) in points.iter().enumerate() {
        let is_right = within(*across, low, high, at)? >= middle;
        let is_high = within(*upwards, low, high, at)? >= middle;
        fields.push(Field { is_right, is_high });
    }
    Ok(Computed::new(TWO_BY_TWO, points.len(), fields))
}

/// Difficulties by frequency × severity, highest first; equal ones keep their order. n is their number.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a negative or huge number.
pub fn rank_difficulties(difficulties: &[(f64, f64)]) -> Result<Computed<Vec<Scored>>, Refusal> {
    let root = libm::sqrt(VALUE_MAX);
    let mut scores = Vec::with_capacity(difficulties.len());
    for (at, (frequency, severity)) in difficulties.iter().enumerate() {
        scores.push(within(*frequency, 0.0, root, at)? * within(*severity, 0.0, root, at)?);
    }
    Ok(Computed::new(FREQUENCY_SEVERITY, difficulties.len(), ranked(&scores)))
}

/// When a pilot counts as a success.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Criterion {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
}

/// What becomes of a pilot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PilotVerdict {
    /// The criterion is met.
    Scale,
    /// It is not, yet something moved towards it, or nobody knows whether it did.
    Revise,
    /// Nothing moved towards it.
    Stop,
}

/// The verdict on a pilot from what was `measured`: scale when the criterion is met; stop when the measure is no
/// better than its `baseline`; else revise. n is 1.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: the measure (0), the criterion (1) or the baseline (2).
pub fn pilot_verdict(
    criterion: Criterion,
    measured: f64,
    baseline: Option<f64>,
) -> Result<Computed<PilotVerdict>, Refusal> {
    let (goal, sign) = match criterion {
        Criterion::AtLeast(goal) => (goal, 1.0),
        Criterion::AtMost(goal) => (goal, -1.0),
    };
    for (at, value) in [measured, goal, baseline.unwrap_or_default()].into_iter().enumerate() {
        within(value, -VALUE_MAX, VALUE_MAX, at)?;
    }
    let is_met = (measured - goal) * sign >= -ROUNDING;
    let has_moved = baseline.is_none_or(|baseline| (measured - baseline) * sign > ROUNDING);
    let verdict = match (is_met, has_moved) {
        (true, _) => PilotVerdict::Scale,
        (false, true) => PilotVerdict::Revise,
        (false, false) => PilotVerdict::Stop,
    };
    let unknown = (!is_met && baseline.is_none()).then_some(Warning::NoBaseline {});
    Ok(Computed::new(PILOT, 1, verdict).warn(unknown))
}
