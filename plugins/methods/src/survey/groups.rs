//! Groups compared by ranks: Kruskal-Wallis, Mann-Whitney, Holm.
//!
//! Effect and interval come first, p last, and the number of tests is always said.

use crate::computed::{Computed, KRUSKAL_WALLIS, MANN_WHITNEY};
use crate::message::{At, Refusal, Warning};
use crate::special::{UPPER, chi_squared_above, normal_above, normal_quantile};
use crate::stats::{at_least, count, is_constant, median, numbers, ranks};

/// The most groups that are compared.
pub const GROUPS_MAX: usize = 100;
/// With fewer in a group the approximations of p are poor.
const GROUP_GOOD: usize = 5;

/// Two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoGroups {
    /// Median of the first.
    pub first_median: f64,
    /// Median of the second.
    pub second_median: f64,
    /// U of the first: pairs in which it is higher, ties half.
    pub u: f64,
    /// 2U/(n₁n₂) − 1: −1 to 1, above 0 when the first is higher.
    pub rank_biserial: f64,
    /// Lower bound of the rank-biserial r, about 95 %: by Fisher's z with √((n₁ + n₂ + 1)/(3n₁n₂)).
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Two-sided p: normal approximation with tie and continuity correction.
    pub p: f64,
}

/// The first group against the second by Mann and Whitney's U. n is both together.
///
/// # Errors
/// [`Refusal::NoData`]: an empty group. [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a value.
/// [`Refusal::NoSpread`]: all values of both are the same.
pub fn compare_two(first: &[f64], second: &[f64]) -> Result<Computed<TwoGroups>, Refusal> {
    numbers(at_least(first, 1)?)?;
    numbers(at_least(second, 1)?)?;
    let two = mann_whitney(first, second).ok_or(Refusal::NoSpread {})?;
    let small = small_groups([first, second].into_iter());
    Ok(Computed::new(MANN_WHITNEY, first.len() + second.len(), two).warn(small))
}

/// A warning for each group that is small, by its position.
pub(super) fn small_groups<'a>(groups: impl Iterator<Item = &'a [f64]>) -> Vec<Warning> {
    let small = groups.enumerate().filter(|(_, group)| group.len() < GROUP_GOOD);
    small.map(|(at, group)| Warning::SmallGroup { group: At(at), n: group.len() }).collect()
}

/// `None` where all values are the same.
fn mann_whitney(first: &[f64], second: &[f64]) -> Option<TwoGroups> {
    let both: Vec<f64> = first.iter().chain(second).copied().collect();
    if is_constant(&both) {
        return None;
    }
    let (ranked, ties) = ranks(&both);
    let (n1, n2) = (count(first.len()), count(second.len()));
    let n = n1 + n2;
    let u = ranked.iter().take(first.len()).sum::<f64>() - n1 * (n1 + 1.0) / 2.0;
    let pairs = n1 * n2;
    let variance = pairs / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
    let z = (u.max(pairs - u) - pairs / 2.0 - 0.5) / libm::sqrt(variance);
    let r = (2.0 * u / pairs - 1.0).clamp(-1.0, 1.0);
    let half = normal_quantile(UPPER) * libm::sqrt((n + 1.0) / (3.0 * pairs));
    let bound = |by: f64| if r.abs() < 1.0 { libm::tanh(libm::atanh(r) + by) } else { r };
    Some(TwoGroups {
        first_median: median(first),
        second_median: median(second),
        u,
        rank_biserial: r,
        low: bound(-half),
        high: bound(half),
        p: (2.0 * normal_above(z)).min(1.0),
    })
}

/// Two groups among several.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairComparison {
    /// Position of the first group.
    pub first: usize,
    /// Position of the second group.
    pub second: usize,
    /// Their comparison; without effect where all values of both are the same.
    pub two: TwoGroups,
    /// p after Holm's correction for all pairs.
    pub p_holm: f64,
}

/// Several groups.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupComparison {
    /// ε² = H(n + 1)/(n² − 1): the effect, 0 to 1.
    pub epsilon_squared: f64,
    /// H, corrected for ties.
    pub h: f64,
    /// Groups − 1.
    pub df: usize,
    /// p of H, by chi-squared.
    pub p: f64,
    /// All pairs of groups.
    pub pairs: Vec<PairComparison>,
    /// How many tests stand behind all this: one, and one for each pair.
    pub tests: usize,
}

/// Two or more groups by Kruskal and Wallis's H, and all pairs by Mann and Whitney's U with Holm's correction. n is all
/// together.
///
/// # Errors
/// - [`Refusal::TooFewGroups`] (2), [`Refusal::TooMany`] ([`GROUPS_MAX`]), [`Refusal::NoData`]: an empty group.
/// - [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a value. [`Refusal::NoSpread`]: all values are the same.
pub fn compare_groups(groups: &[Vec<f64>]) -> Result<Computed<GroupComparison>, Refusal> {
    if groups.len() < 2 {
        return Err(Refusal::TooFewGroups { groups: groups.len(), needed: 2 });
    }
    if groups.len() > GROUPS_MAX {
        return Err(Refusal::TooMany { n: groups.len(), limit: GROUPS_MAX });
    }
    for group in groups {
        numbers(at_least(group, 1)?)?;
    }
    let all: Vec<f64> = groups.iter().flatten().copied().collect();
    if is_constant(&all) {
        return Err(Refusal::NoSpread {});
    }
    let (ranked, ties) = ranks(&all);
    let n = count(all.len());
    let mut places = ranked.iter();
    let mut squares = 0.0;
    for group in groups {
        let sum: f64 = places.by_ref().take(group.len()).sum();
        squares += sum * sum / count(group.len());
    }
    let uncorrected = 12.0 / (n * (n + 1.0)) * squares - 3.0 * (n + 1.0);
    let h = (uncorrected / (1.0 - ties / (n * n * n - n))).max(0.0);
    let df = groups.len() - 1;
    let mut pairs = Vec::new();
    for (first, a) in groups.iter().enumerate() {
        for (second, b) in groups.iter().enumerate().skip(first + 1) {
            let two = mann_whitney(a, b).unwrap_or_else(|| no_difference(a, b));
            pairs.push(PairComparison { first, second, two, p_holm: two.p });
        }
    }
    let corrected = holm(&pairs.iter().map(|pair| pair.two.p).collect::<Vec<_>>());
    for (pair, p) in pairs.iter_mut().zip(corrected) {
        pair.p_holm = p;
    }
    let value = GroupComparison {
        epsilon_squared: (h * (n + 1.0) / (n * n - 1.0)).min(1.0),
        h,
        df,
        p: chi_squared_above(h, count(df)),
        tests: pairs.len() + 1,
        pairs,
    };
    let small = small_groups(groups.iter().map(Vec::as_slice));
    Ok(Computed::new(KRUSKAL_WALLIS, all.len(), value).warn(small))
}

/// Two groups whose values are all the same: U in the middle, no effect, p 1.
fn no_difference(first: &[f64], second: &[f64]) -> TwoGroups {
    let half = normal_quantile(UPPER)
        * libm::sqrt(
            (count(first.len() + second.len()) + 1.0)
                / (3.0 * count(first.len()) * count(second.len())),
        );
    TwoGroups {
        first_median: median(first),
        second_median: median(second),
        u: count(first.len()) * count(second.len()) / 2.0,
        rank_biserial: 0.0,
        low: -libm::tanh(half),
        high: libm::tanh(half),
        p: 1.0,
    }
}

/// Holm's step-down correction: the i-th smallest of m values times m − i + 1, at least as large as those before it, at
/// most 1; in the order given.
fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = p.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut largest: f64 = 0.0;
    let mut corrected: Vec<(usize, f64)> = Vec::with_capacity(p.len());
    for (rank, (place, value)) in order.into_iter().enumerate() {
        largest = largest.max(value * count(p.len() - rank)).min(1.0);
        corrected.push((place, largest));
    }
    corrected.sort_by_key(|(place, _)| *place);
    corrected.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::holm;

    fn check(p: &[f64], expected: &[f64]) {
        let corrected = holm(p);
        assert_eq!(corrected.len(), expected.len());
        for (actual, expected) in corrected.iter().zip(expected) {
            assert!((actual - expected).abs() < 1e-12, "{actual} {expected}");
        }
    }

    /// The worked example of the Holm method: .01, .04, .03, .005 become .03, .06, .06, .02.
    #[test]
    fn holm_steps_down() {
        check(&[0.01, 0.04, 0.03, 0.005], &[0.03, 0.06, 0.06, 0.02]);
        check(&[0.9, 0.8], &[1.0, 1.0]);
        check(&[], &[]);
    }
}
