//! Cross-tables: chi-squared without Yates' correction, Cramér's V, Fisher's exact p for small 2 × 2 tables.

use crate::computed::{CHI_SQUARED, Computed};
use crate::message::{Refusal, Warning};
use crate::special::chi_squared_above;
use crate::stats::count;

/// The most rows, and the most columns.
pub const CATEGORIES_MAX: usize = 100;
/// The largest count of a cell.
const CELL_MAX: usize = 1_000_000_000;
/// The most people of a 2 × 2 table whose exact p is summed.
const EXACT_MAX: usize = 100_000;
/// Expected counts below this make chi-squared doubtful.
const EXPECTED_GOOD: f64 = 5.0;
/// Tables as likely as the one seen count as at least as extreme within this relative margin.
const EQUALLY_LIKELY: f64 = 1e-7;

/// A cross-table's test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crosstab {
    /// Cramér's V: the effect, 0 to 1.
    pub v: f64,
    /// χ².
    pub chi_squared: f64,
    /// (rows − 1)(columns − 1).
    pub df: usize,
    /// p of χ².
    pub p: f64,
    /// Fisher's two-sided p, where the table is 2 × 2 and an expected count is below 5.
    pub exact_p: Option<f64>,
    /// The smallest expected count.
    pub expected_min: f64,
    /// How many cells have an expected count below 5.
    pub expected_small: usize,
}

/// Tests the rows of a table of counts against each other. Rows and columns without anybody are left out. n is the sum
/// of all counts.
///
/// # Errors
/// - [`Refusal::UnequalLengths`]: a row is shorter or longer than the first. [`Refusal::TooMany`]: rows, columns or a
///   count. [`Refusal::NoData`]: nobody.
/// - [`Refusal::TooFewGroups`]: fewer than 2 rows or columns with anybody.
pub fn crosstab(counts: &[Vec<usize>]) -> Result<Computed<Crosstab>, Refusal> {
    let columns = counts.first().map_or(0, Vec::len);
    for size in [counts.len(), columns] {
        if size > CATEGORIES_MAX {
            return Err(Refusal::TooMany { n: size, limit: CATEGORIES_MAX });
        }
    }
    for row in counts {
        if row.len() != columns {
            return Err(Refusal::UnequalLengths { first: columns, second: row.len() });
        }
        if let Some(n) = row.iter().find(|n| **n > CELL_MAX) {
            return Err(Refusal::TooMany { n: *n, limit: CELL_MAX });
        }
    }
    let table = without_empty(counts, columns);
    let rows: Vec<f64> = table.iter().map(|row| row.iter().sum()).collect();
    let width = table.first().map_or(0, Vec::len);
    let margin = |column: usize| table.iter().filter_map(|row| row.get(column)).sum::<f64>();
    let column_sums: Vec<f64> = (0..width).map(margin).collect();
    let n: f64 = rows.iter().sum();
    if table.is_empty() {
        return Err(Refusal::NoData {});
    }
    let least = rows.len().min(width);
    if least < 2 {
        return Err(Refusal::TooFewGroups { groups: least, needed: 2 });
    }
    let (mut chi_squared, mut expected_min, mut expected_small) = (0.0, f64::INFINITY, 0);
    for (row, row_sum) in table.iter().zip(&rows) {
        for (observed, column_sum) in row.iter().zip(&column_sums) {
            let expected = row_sum * column_sum / n;
            chi_squared += (observed - expected) * (observed - expected) / expected;
            expected_min = expected.min(expected_min);
            expected_small += usize::from(expected < EXPECTED_GOOD);
        }
    }
    let df = (rows.len() - 1) * (width - 1);
    let people = counts.iter().flatten().sum();
    let is_exact = table.len() == 2 && width == 2 && expected_small > 0 && people <= EXACT_MAX;
    let value = Crosstab {
        v: libm::sqrt(chi_squared / (n * (count(least) - 1.0))).min(1.0),
        chi_squared,
        df,
        p: chi_squared_above(chi_squared, count(df)),
        exact_p: is_exact.then(|| fisher(&table)).flatten(),
        expected_min,
        expected_small,
    };
    let empty = counts.len() - rows.len() + columns - width;
    let warnings = [
        (empty > 0).then_some(Warning::EmptyCategories { count: empty }),
        (expected_small > 0)
            .then_some(Warning::SmallExpected { cells: expected_small, smallest: expected_min }),
    ];
    Ok(Computed::new(CHI_SQUARED, people, value).warn(warnings.into_iter().flatten()))
}

fn without_empty(counts: &[Vec<usize>], columns: usize) -> Vec<Vec<f64>> {
    let is_used =
        |column: &usize| counts.iter().any(|row| row.get(*column).is_some_and(|n| *n > 0));
    let used: Vec<usize> = (0..columns).filter(is_used).collect();
    let kept = counts.iter().filter(|row| row.iter().any(|n| *n > 0));
    kept.map(|row| used.iter().filter_map(|column| row.get(*column)).map(|n| count(*n)).collect())
        .collect()
}

/// Fisher's two-sided p of a 2 × 2 table: all tables with the same margins that are no more likely than this one.
fn fisher(table: &[Vec<f64>]) -> Option<f64> {
    let [first, second] = table else { return None };
    let ([a, b], [c, d]) = (first.as_slice(), second.as_slice()) else { return None };
    let ln_choose =
        |n: f64, k: f64| libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
    let (row, other, column) = (a + b, c + d, a + c);
    let all = ln_choose(row + other, column);
    let chance = |k: f64| libm::exp(ln_choose(row, k) + ln_choose(other, column - k) - all);
    let seen = chance(*a) * (1.0 + EQUALLY_LIKELY);
    let (mut k, last) = ((column - other).max(0.0), row.min(column));
    let mut p = 0.0;
    while k <= last {
        let this = chance(k);
        if this <= seen {
            p += this;
        }
        k += 1.0;
    }
    Some(p.min(1.0))
}
