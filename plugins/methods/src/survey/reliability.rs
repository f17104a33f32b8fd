//! Cronbach's alpha with Feldt's interval, and how each item stands to the rest.

use super::{Answers, ITEMS_MAX, ScaleItem};
use crate::computed::{ALPHA, Computed};
use crate::message::{At, Refusal, Warning};
use crate::special::{UPPER, fisher_quantile};
use crate::stats::{
    VALUE_MAX, at_least, correlation, count, is_constant, numbers, variance, within,
};

/// Below so many items there is no alpha.
pub const ALPHA_ITEMS_MIN: usize = 3;
/// Below so many complete rows there is no alpha.
pub const ALPHA_ROWS_MIN: usize = 10;

/// The most rows of an interval.
const ROWS_MAX: usize = 1_000_000;

/// Reliability of a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Reliability {
    /// α = k/(k − 1)·(1 − Σs²ᵢ/s²_T), with sample variances.
    pub alpha: f64,
    /// Lower bound of Feldt's 95 % interval: 1 − (1 − α)·F(0.975; n − 1, (n − 1)(k − 1)).
    pub low: f64,
    /// Upper bound: the same with F(0.025).
    pub high: f64,
    /// One entry for each item of the scale, in its order.
    pub items: Vec<ItemReliability>,
}

/// How one item stands to the rest of its scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemReliability {
    /// α of the scale without it; `None` where that has no variance.
    pub alpha_if_dropped: Option<f64>,
    /// r with the sum of the other items, all as scored; `None` where one side has no variance.
    pub item_rest: Option<f64>,
    /// The same with every item as worded, nothing reversed.
    pub item_rest_as_worded: Option<f64>,
}

impl Answers {
    /// Reliability of a scale, over the people who answered every item of it. n is their number.
    ///
    /// Warns of incomplete rows, of every item that runs against the rest as worded (it has to be reversed, or is
    /// read wrongly), and of every item that does so as scored.
    ///
    /// # Errors
    /// - [`Refusal::NoData`], [`Refusal::UnknownPosition`], [`Refusal::NamedTwice`]: the items.
    /// - else as [`reliability`].
    pub fn reliability(&self, items: &[ScaleItem]) -> Result<Computed<Reliability>, Refusal> {
        self.check(items)?;
        if items.len() < ALPHA_ITEMS_MIN {
            return Err(Refusal::TooFewItems { items: items.len(), needed: ALPHA_ITEMS_MIN });
        }
        let complete = self.complete(items);
        if complete.len() < ALPHA_ROWS_MIN {
            return Err(Refusal::TooFewAnswers { n: complete.len(), needed: ALPHA_ROWS_MIN });
        }
        let mut computed = reliability(&complete)?;
        let as_worded: Vec<ScaleItem> =
            items.iter().map(|item| ScaleItem { is_reversed: false, ..*item }).collect();
        let worded = item_rests(&self.complete(&as_worded));
        let mut warnings = Vec::new();
        if complete.len() < self.people() {
            let (complete, n) = (complete.len(), self.people());
            warnings.push(Warning::IncompleteRows { complete, n });
        }
        for ((item, scored), rest) in items.iter().zip(&mut computed.value.items).zip(worded) {
            scored.item_rest_as_worded = rest;
            if let Some(r) = rest.filter(|r| *r < 0.0) {
                warnings.push(Warning::NegativeAsWorded { item: At(item.item), r });
            }
        }
        // The warnings so far name positions within the scale; here columns are known.
        computed.warnings = warnings;
        for (item, scored) in items.iter().zip(&computed.value.items) {
            if let Some(r) = scored.item_rest.filter(|r| *r < 0.0) {
                computed.warnings.push(Warning::NegativeItemRest { item: At(item.item), r });
            }
        }
        Ok(computed)
    }
}

/// Reliability from complete rows, one column for each item, as scored. n is the number of rows. Warnings name items
/// by their column.
///
/// # Errors
/// - [`Refusal::NoData`], [`Refusal::TooFewItems`] ([`ALPHA_ITEMS_MIN`]), [`Refusal::TooFewAnswers`]
///   ([`ALPHA_ROWS_MIN`]), [`Refusal::TooMany`] ([`ITEMS_MAX`]).
/// - [`Refusal::UnequalLengths`], [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a row.
/// - [`Refusal::NoSpread`]: all totals are the same.
pub fn reliability(rows: &[Vec<f64>]) -> Result<Computed<Reliability>, Refusal> {
    let items = at_least(rows, 1)?.first().map_or(0, Vec::len);
    if items < ALPHA_ITEMS_MIN {
        return Err(Refusal::TooFewItems { items, needed: ALPHA_ITEMS_MIN });
    }
    if items > ITEMS_MAX {
        return Err(Refusal::TooMany { n: items, limit: ITEMS_MAX });
    }
    at_least(rows, ALPHA_ROWS_MIN)?;
    for row in rows {
        if row.len() != items {
            return Err(Refusal::UnequalLengths { first: items, second: row.len() });
        }
        numbers(row)?;
    }
    let columns = columns(rows);
    let total = totals(rows);
    let variances: Vec<f64> = columns.iter().map(|column| variance_or_zero(column)).collect();
    let sum: f64 = variances.iter().sum();
    let alpha = alpha(items, sum, &total).ok_or(Refusal::NoSpread {})?;
    let rests = item_rests(rows);
    let item = |((column, own), rest): ((&Vec<f64>, &f64), &Option<f64>)| {
        let others: Vec<f64> = total.iter().zip(column).map(|(total, own)| total - own).collect();
        ItemReliability {
            alpha_if_dropped: self::alpha(items - 1, sum - own, &others),
            item_rest: *rest,
            item_rest_as_worded: *rest,
        }
    };
    let entries: Vec<ItemReliability> =
        columns.iter().zip(&variances).zip(&rests).map(item).collect();
    let (low, high) = feldt(alpha, items, rows.len());
    let negative = entries.iter().enumerate().filter_map(|(at, entry)| {
        let r = entry.item_rest.filter(|r| *r < 0.0)?;
        Some(Warning::NegativeItemRest { item: At(at), r })
    });
    let warnings: Vec<Warning> = negative.collect();
    let value = Reliability { alpha, low, high, items: entries };
    Ok(Computed::new(ALPHA, rows.len(), value).warn(warnings))
}

/// Feldt's 95 % interval of an α that was computed elsewhere, from `items` items and `n` complete rows. n is the rows.
///
/// # Errors
/// [`Refusal::TooFewItems`], [`Refusal::TooFewAnswers`], [`Refusal::TooMany`]: as [`reliability`], and rows beyond a
/// million. [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: an α above 1.
pub fn feldt_interval(alpha: f64, items: usize, n: usize) -> Result<Computed<(f64, f64)>, Refusal> {
    within(alpha, -VALUE_MAX, 1.0, 0)?;
    if items < ALPHA_ITEMS_MIN {
        return Err(Refusal::TooFewItems { items, needed: ALPHA_ITEMS_MIN });
    }
    if n < ALPHA_ROWS_MIN {
        return Err(Refusal::TooFewAnswers { n, needed: ALPHA_ROWS_MIN });
    }
    for (n, limit) in [(items, ITEMS_MAX), (n, ROWS_MAX)] {
        if n > limit {
            return Err(Refusal::TooMany { n, limit });
        }
    }
    Ok(Computed::new(ALPHA, n, feldt(alpha, items, n)))
}

/// 1 − (1 − α)·F at both ends.
fn feldt(alpha: f64, items: usize, n: usize) -> (f64, f64) {
    let above = count(n) - 1.0;
    let below = above * (count(items) - 1.0);
    let bound = |p| 1.0 - (1.0 - alpha) * fisher_quantile(p, above, below);
    (bound(UPPER), bound(1.0 - UPPER))
}

/// α of `items` items whose variances add up to `sum`; `None` where the totals have no variance.
fn alpha(items: usize, sum: f64, totals: &[f64]) -> Option<f64> {
    if is_constant(totals) {
        return None;
    }
    let k = count(items);
    Some(k / (k - 1.0) * (1.0 - sum / variance(totals))).filter(|alpha| alpha.is_finite())
}

fn variance_or_zero(values: &[f64]) -> f64 {
    if is_constant(values) { 0.0 } else { variance(values) }
}

fn columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let items = rows.first().map_or(0, Vec::len);
    let column = |item: usize| rows.iter().filter_map(|row| row.get(item).copied()).collect();
    (0..items).map(column).collect()
}

fn totals(rows: &[Vec<f64>]) -> Vec<f64> {
    rows.iter().map(|row| row.iter().sum()).collect()
}

/// r of each item with the sum of the others.
pub(crate) fn item_rests(rows: &[Vec<f64>]) -> Vec<Option<f64>> {
    let total = totals(rows);
    let rest_of = |column: &Vec<f64>| -> Vec<f64> {
        total.iter().zip(column).map(|(total, own)| total - own).collect()
    };
    columns(rows).iter().map(|column| correlation(column, &rest_of(column))).collect()
}
