//! Papers: days from the day on the paper to its last approval, and how many there are a month.

use std::collections::BTreeMap;

use jospar_plugin_sdk::{Chart, ChartKind, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Paper, Plan};
use crate::show::{count, median, median_of, nothing};

/// Months of a chart, the newest.
const MONTHS_MAX: usize = 24;

/// Papers that were signed, with their days; and how many papers cannot be told.
struct Cycles {
    days: Vec<f64>,
    /// Signed before they were written.
    backwards: usize,
    /// Signed, but without one of the two days.
    undated: usize,
}

fn cycles(plan: &Plan, today: f64) -> Cycles {
    let mut cycles = Cycles { days: Vec::new(), backwards: 0, undated: 0 };
    for paper in plan.documents.iter().filter(|paper| is_signed(paper)) {
        let days = paper.approvals.iter().filter_map(|approval| approval.date.day());
        let last = days.filter(|day| *day <= today).max_by(f64::total_cmp);
        match paper.date.day().zip(last) {
            None => cycles.undated += 1,
            Some((first, last)) if last < first => cycles.backwards += 1,
            Some((first, last)) => cycles.days.push(last - first),
        }
    }
    cycles
}

fn is_signed(paper: &Paper) -> bool {
    matches!(paper.state.as_deref(), Some("signed" | "archived"))
}

/// Papers by the month of their day, from `YYYY-MM`.
fn months(plan: &Plan) -> BTreeMap<String, usize> {
    let mut months = BTreeMap::new();
    for paper in plan.documents.iter().filter(|paper| paper.date.day().is_some()) {
        let month = paper.date.text().en.chars().take(7).collect();
        *months.entry(month).or_default() += 1;
    }
    months
}

pub(crate) fn show(report: Report, plan: &Plan, today: f64) -> Report {
    let report = report.heading(2, WORDS.word("papers"));
    if plan.documents.is_empty() {
        return nothing(report, "papers-none");
    }
    let cycles = cycles(plan, today);
    let mut report = if cycles.days.is_empty() {
        nothing(report, "cycle-none")
    } else {
        median(report, &WORDS.word("cycle"), WORDS.word("days"), &cycles.days)
    };
    let left_out = [("cycle-undated", cycles.undated), ("cycle-backwards", cycles.backwards)];
    for (key, n) in left_out.into_iter().filter(|(_, n)| *n > 0) {
        report = report.callout(Tone::Warning, WORDS.say(key, &[("n", Value::from(n))]));
    }
    let months = months(plan);
    let skipped = months.len().saturating_sub(MONTHS_MAX);
    let (names, values): (Vec<Text>, Vec<Option<f64>>) = months
        .into_iter()
        .skip(skipped)
        .map(|(month, n)| (Text::same(month), Some(count(n))))
        .unzip();
    if !names.is_empty() {
        let chart = Chart::new(ChartKind::Bar, WORDS.word("papers-chart")).categories(names);
        report = report.chart(chart.series(WORDS.word("papers"), values));
    }
    report.paragraph(WORDS.word("cycle-method"))
}

pub(crate) fn data(plan: &Plan, today: f64) -> serde_json::Value {
    let cycles = cycles(plan, today);
    json!({
        "median_days": median_of(&cycles.days), "n": cycles.days.len(), "months": months(plan),
    })
}
