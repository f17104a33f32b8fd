//! What all four reports are made of: shares, counts, tables with an end, dates.

use jospar_guest_words::{numbered, stated, without};
use jospar_methods::survey::{Summary, summary};
use jospar_methods::{Computed, Refusal, ideas};
use jospar_plugin_sdk::{Cell, Column, Number, Report, Table, Text, Tone, Value};

use crate::WORDS;

/// Rows of a table that a report shows.
const ROWS_MAX: usize = 200;
/// Things that a sentence or a list names.
pub(crate) const NAMED_MAX: usize = 20;

/// A count as a number.
#[allow(clippy::cast_precision_loss, reason = "lists in memory are shorter than 2^53")]
pub(crate) fn count(n: usize) -> f64 {
    n as f64
}

/// A share with Wilson's interval, in percent.
pub(crate) fn share(report: Report, label: &Text, successes: usize, n: usize) -> Report {
    let found = match ideas::share(successes, n) {
        Ok(found) => found,
        Err(why) => return without(report, label, &why, &numbered),
    };
    let share = found.value;
    let number = Number::new(label.clone(), share.share * 100.0)
        .decimals(0)
        .unit(Text::same("%"))
        .interval(share.low * 100.0, share.high * 100.0);
    report.number(stated(number, &found))
}

/// A number that was counted or added up, with the part of the plan that it comes from.
pub(crate) fn counted(
    report: Report,
    label: Text,
    value: (f64, u32),
    unit: Text,
    (n, part): (usize, &str),
) -> Report {
    let number = Number::new(label, value.0).decimals(value.1).n(n);
    let number = if unit.is_empty() { number } else { number.unit(unit) };
    report.number(number.method(WORDS.word("method-sum")).source(part))
}

/// The median of values, with their number.
pub(crate) fn median(report: Report, label: &Text, unit: Text, values: &[f64]) -> Report {
    match summary(values) {
        Ok(found) => report.number(middle(label.clone(), unit, &found)),
        Err(why) => without(report, label, &why, &numbered),
    }
}

fn middle(label: Text, unit: Text, found: &Computed<Summary>) -> Number {
    stated(Number::new(label, found.value.median).decimals(1).unit(unit), found)
}

/// The median of a list; `None` where it is empty or no list of numbers.
pub(crate) fn median_of(values: &[f64]) -> Option<f64> {
    summary(values).ok().map(|found| found.value.median)
}

/// The head of a column by its word.
pub(crate) struct Head(&'static str, Option<u32>);

/// A column of texts.
pub(crate) const fn text(key: &'static str) -> Head {
    Head(key, None)
}

/// A column of numbers with so many decimals.
pub(crate) const fn number(key: &'static str, decimals: u32) -> Head {
    Head(key, Some(decimals))
}

/// A table without rows. Titles and columns by their words keep the plugin small, which has many tables.
pub(crate) fn empty(title: &str, heads: &[Head]) -> Table {
    let columns = heads.iter().map(|Head(key, decimals)| match decimals {
        None => Column::text(WORDS.word(key)),
        Some(decimals) => Column::number(WORDS.word(key), *decimals),
    });
    Table::new(WORDS.word(title), columns.collect())
}

/// A table, cut after [`ROWS_MAX`] rows; how many are left out is said.
pub(crate) fn table(report: Report, mut table: Table) -> Report {
    let left = table.rows.len().saturating_sub(ROWS_MAX);
    table.rows.truncate(ROWS_MAX);
    let report = report.table(table);
    if left == 0 { report } else { report.paragraph(WORDS.say("more-rows", &[("n", left.into())])) }
}

/// At most [`NAMED_MAX`] steps, with how many more there are.
pub(crate) fn steps(mut steps: Vec<Text>) -> Vec<Text> {
    let left = steps.len().saturating_sub(NAMED_MAX);
    steps.truncate(NAMED_MAX);
    if left > 0 {
        steps.push(WORDS.say("more-rows", &[("n", left.into())]));
    }
    if steps.is_empty() { vec![WORDS.word("next-nothing")] } else { steps }
}

/// Says what was left aside because nobody granted it.
pub(crate) fn denied(report: Report, denied: &[&str]) -> Report {
    if denied.is_empty() {
        return report;
    }
    let names: Vec<String> = denied.iter().map(|part| format!("read:{part}")).collect();
    report.callout(Tone::Info, WORDS.say("denied", &[("parts", names.join(", ").into())]))
}

/// A remark that nothing can be said of something, and why.
pub(crate) fn nothing(report: Report, key: &str) -> Report {
    report.callout(Tone::Info, WORDS.word(key))
}

/// A remark that a calculation gave no result.
pub(crate) fn refused(report: Report, what: &Text, why: &Refusal) -> Report {
    without(report, what, why, &numbered)
}

/// A plain text in a cell.
pub(crate) fn cell(text: &str) -> Cell {
    Text::same(text).into()
}

/// Whole days as a value of a text.
pub(crate) fn days(days: f64) -> Value {
    Value::Number(days, 0)
}
