//! Normalised gain (Hake 1998): what part of what could be gained was gained.

use crate::computed::{Computed, HAKE};
use crate::effect::{PairedDifference, paired};
use crate::message::{Refusal, Warning};
use crate::stats::{VALUE_MAX, mean, within};

/// Class gain of 14 traditional courses (Hake 1998): mean and standard deviation.
pub const HAKE_TRADITIONAL: (f64, f64) = (0.23, 0.04);
/// Class gain of 48 interactive courses (Hake 1998): mean and standard deviation.
pub const HAKE_INTERACTIVE: (f64, f64) = (0.48, 0.14);
const PERCENT: f64 = 100.0;
const MEDIUM_FROM: f64 = 0.3;
const HIGH_FROM: f64 = 0.7;
/// Keeps rounding from deciding at a band's edge.
const ROUNDING: f64 = 1e-9;

/// Hake's bands of a class gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GainBand {
    /// Below 0.3.
    Low,
    /// 0.3 to below 0.7.
    Medium,
    /// 0.7 and more.
    High,
}

/// The gain of a class. Never shown without the raw means and the effect beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Gain {
    /// (post − pre)/(100 − pre) from the class means: Hake's class gain.
    pub class: f64,
    /// Its band.
    pub band: GainBand,
    /// Class mean before, in percent.
    pub before: f64,
    /// Class mean after, in percent.
    pub after: f64,
    /// The mean of the learners' own gains, which differs from the class gain; `None` when nobody has one.
    pub mean_of_individuals: Option<f64>,
    /// Each learner's own gain, in the order given; `None` where a test is lacking or everything was right before.
    pub individuals: Vec<Option<f64>>,
    /// The same change in points, with interval and effect sizes.
    pub effect: PairedDifference,
}

/// The gain of a class from scores of 0 to `highest` points before and after, learner by learner; `None` for a learner
/// who was absent. n is the number of learners with both.
///
/// # Errors
/// - [`Refusal::UnequalLengths`], [`Refusal::NoData`], [`Refusal::TooFewAnswers`] (2 with both).
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a score; `highest` (0).
/// - [`Refusal::NothingToGain`]: everybody had everything right before.
pub fn gain(
    before: &[Option<f64>],
    after: &[Option<f64>],
    highest: f64,
) -> Result<Computed<Gain>, Refusal> {
    if before.len() != after.len() {
        return Err(Refusal::UnequalLengths { first: before.len(), second: after.len() });
    }
    within(highest, f64::MIN_POSITIVE.max(VALUE_MAX.recip()), VALUE_MAX, 0)?;
    for (at, score) in before.iter().chain(after).enumerate() {
        if let Some(score) = score {
            within(*score, 0.0, highest, at % before.len().max(1))?;
        }
    }
    let both: Vec<(f64, f64)> = before.iter().zip(after).filter_map(|(a, b)| a.zip(*b)).collect();
    let (pre, post): (Vec<f64>, Vec<f64>) = both.iter().copied().unzip();
    let effect = paired(&pre, &post)?;
    let percent = |score: f64| PERCENT * score / highest;
    let (pre_mean, post_mean) = (percent(mean(&pre)), percent(mean(&post)));
    let class = gain_of_means(pre_mean, post_mean)?.value;
    let own = |(a, b): (&Option<f64>, &Option<f64>)| {
        let (a, b) = a.zip(*b)?;
        gain_of_means(percent(a), percent(b)).ok().map(|gain| gain.value)
    };
    let individuals: Vec<Option<f64>> = before.iter().zip(after).map(own).collect();
    let known: Vec<f64> = individuals.iter().copied().flatten().collect();
    let left_out = before.len() - both.len();
    let full = both.len() - known.len();
    let warnings = [
        (left_out > 0).then_some(Warning::LeftOut { count: left_out }),
        (full > 0).then_some(Warning::NoRoomToGain { count: full }),
    ];
    let value = Gain {
        class,
        band: band(class),
        before: pre_mean,
        after: post_mean,
        mean_of_individuals: (!known.is_empty()).then(|| mean(&known)),
        individuals,
        effect: effect.value,
    };
    let warnings = warnings.into_iter().flatten().chain(effect.warnings);
    Ok(Computed::new(HAKE, both.len(), value).warn(warnings))
}

fn band(gain: f64) -> GainBand {
    if gain + ROUNDING >= HIGH_FROM {
        GainBand::High
    } else if gain + ROUNDING >= MEDIUM_FROM {
        GainBand::Medium
    } else {
        GainBand::Low
    }
}

/// (post − pre)/(100 − pre) of two percentages. n is 1.
///
/// # Errors
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: pre (0) or post (1) is not between 0 and 100.
/// [`Refusal::NothingToGain`]: pre is 100.
pub fn gain_of_means(pre: f64, post: f64) -> Result<Computed<f64>, Refusal> {
    // Rounding on the way to a percentage may leave a crumb above 100.
    let pre = within(pre, 0.0, PERCENT + ROUNDING, 0)?;
    let post = within(post, 0.0, PERCENT + ROUNDING, 1)?;
    if pre + ROUNDING >= PERCENT {
        return Err(Refusal::NothingToGain { before: pre, highest: PERCENT });
    }
    Ok(Computed::new(HAKE, 1, (post - pre) / (PERCENT - pre)))
}
