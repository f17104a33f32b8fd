//! One item or one list of scores: counts, median, quartiles, mean, the share of the two highest answers.

use super::{Answers, ScaleItem};
use crate::computed::{Computed, DISTRIBUTION};
use crate::ideas::{Share, wilson};
use crate::message::{Refusal, Warning};
use crate::stats::{at_least, is_constant, mean, numbers, quantile, sorted, variance};

/// The steps of a scale that count as its top.
const TOP_STEPS: u8 = 2;

/// The distribution of answers to one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// How often each answer was given, from the lowest to the highest.
    pub counts: Vec<usize>,
    /// How many left it blank.
    pub blank: usize,
    /// Median, quartiles, mean.
    pub summary: Summary,
    /// The share of the two highest answers, with Wilson's 95 % interval.
    pub top_two: Share,
}

/// A list of values in a few numbers. Quantiles are of type 7 (Hyndman and Fan 1996), as R and numpy have them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// The lowest value.
    pub lowest: f64,
    /// The lower quartile.
    pub lower_quartile: f64,
    /// The median: the main number for answers on a scale.
    pub median: f64,
    /// The upper quartile.
    pub upper_quartile: f64,
    /// The highest value.
    pub highest: f64,
    /// Upper − lower quartile.
    pub quartile_range: f64,
    /// The mean: a secondary number.
    pub mean: f64,
    /// Sample standard deviation; `None` for a single value.
    pub deviation: Option<f64>,
}

impl Summary {
    fn of(values: &[f64]) -> Self {
        let sorted = sorted(values);
        let at = |p| quantile(&sorted, p);
        let deviation = (values.len() > 1)
            .then(|| if is_constant(values) { 0.0 } else { libm::sqrt(variance(values)) });
        Self {
            lowest: at(0.0),
            lower_quartile: at(0.25),
            median: at(0.5),
            upper_quartile: at(0.75),
            highest: at(1.0),
            quartile_range: at(0.75) - at(0.25),
            mean: mean(values),
            deviation,
        }
    }
}

/// Median, quartiles and mean of a list: scores of a scale, days until an answer. n is its length.
///
/// # Errors
/// [`Refusal::NoData`]: it is empty. [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a value.
pub fn summary(values: &[f64]) -> Result<Computed<Summary>, Refusal> {
    numbers(at_least(values, 1)?)?;
    Ok(Computed::new(DISTRIBUTION, values.len(), Summary::of(values)))
}

impl Answers {
    /// The distribution of one item: as worded, or as scored when it is given as reversed. n is the number of answers.
    ///
    /// # Errors
    /// [`Refusal::UnknownPosition`]: there is no such column. [`Refusal::NoData`]: nobody answered.
    pub fn distribution(&self, item: ScaleItem) -> Result<Computed<Distribution>, Refusal> {
        let scored = self.scored(item)?;
        let answers: Vec<f64> = scored.iter().copied().flatten().collect();
        at_least(&answers, 1)?;
        let (min, max) = (self.scale().min(), self.scale().max());
        let given = |answer: u8| answers.iter().filter(|a| **a == f64::from(answer)).count();
        let counts: Vec<usize> = (min..=max).map(given).collect();
        let top = counts.iter().rev().take(TOP_STEPS.into()).sum();
        let blank = scored.len() - answers.len();
        let top_two = wilson(top, answers.len())?;
        let value = Distribution { counts, blank, summary: Summary::of(&answers), top_two };
        let warning = (blank > 0).then_some(Warning::LeftOut { count: blank });
        Ok(Computed::new(DISTRIBUTION, answers.len(), value).warn(warning))
    }
}
