//! Time saved with AI: minutes by hand less minutes with AI, from the time log and from the director's cases.

use std::collections::BTreeMap;

use jospar_plugin_sdk::{Cell, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::Plan;
use crate::show::{self, count, counted, empty, median, median_of, nothing, number, text};

const MINUTES: f64 = 60.0;

/// What was saved; `None` unless both times are known and not negative. It may be below 0.
fn difference(by_hand: Option<f64>, with_ai: Option<f64>) -> Option<f64> {
    let (by_hand, with_ai) = by_hand.zip(with_ai)?;
    (by_hand >= 0.0 && with_ai >= 0.0).then_some(by_hand - with_ai)
}

/// Minutes of each entry of the log that has both times.
fn logged(plan: &Plan) -> Vec<f64> {
    let log = plan.time_log.iter();
    log.filter_map(|one| difference(one.minutes_by_hand, one.minutes_with_ai)).collect()
}

fn cases(plan: &Plan) -> Vec<(&str, f64)> {
    let cases = plan.assistant_cases.iter();
    let saved = |one: &crate::plan::Case| difference(one.minutes_by_hand, one.minutes_with_ai);
    cases.filter_map(|one| Some((one.id.as_str(), saved(one)?))).collect()
}

/// Minutes and entries by `YYYY-MM`.
fn months(plan: &Plan) -> BTreeMap<String, (f64, usize)> {
    let mut months: BTreeMap<String, (f64, usize)> = BTreeMap::new();
    for one in plan.time_log.iter().filter(|one| one.date.day().is_some()) {
        if let Some(saved) = difference(one.minutes_by_hand, one.minutes_with_ai) {
            let month = one.date.text().en.chars().take(7).collect();
            let sum = months.entry(month).or_default();
            *sum = (sum.0 + saved, sum.1 + 1);
        }
    }
    months
}

pub(crate) fn show(report: Report, plan: &Plan) -> Report {
    let mut report = report.heading(2, WORDS.word("saved"));
    let logged = logged(plan);
    report = if logged.is_empty() {
        nothing(report, "saved-none")
    } else {
        sum(report, "saved-log", &logged, "time_log")
    };
    let left = plan.time_log.len() - logged.len();
    if left > 0 {
        let text = WORDS.say("saved-left-out", &[("n", Value::from(left))]);
        report = report.callout(Tone::Info, text);
    }
    report = negative(report, plan);
    let mut table =
        empty("saved-months", &[text("month"), number("hours-column", 1), number("entries", 0)]);
    for (month, (minutes, n)) in months(plan) {
        table.push(vec![Text::same(month).into(), (minutes / MINUTES).into(), n.into()]);
    }
    report = show::table(report, table);
    of_cases(report, plan)
}

/// Sum and median of minutes.
fn sum(report: Report, key: &str, minutes: &[f64], part: &str) -> Report {
    let value = (minutes.iter().sum(), 0);
    let unit = || WORDS.word("minutes");
    let report = counted(report, WORDS.word(key), value, unit(), (minutes.len(), part));
    median(report, &WORDS.word("saved-median"), unit(), minutes)
}

/// Entries where AI took longer.
fn negative(report: Report, plan: &Plan) -> Report {
    let longer = plan.time_log.iter().filter_map(|one| {
        let saved = difference(one.minutes_by_hand, one.minutes_with_ai)?;
        (saved < 0.0).then_some((one, saved))
    });
    let mut table =
        empty("saved-negative", &[text("task"), text("day"), number("minutes-column", 0)]);
    for (one, saved) in longer {
        table.push(vec![
            Text::same(one.task.as_deref().unwrap_or_default()).into(),
            one.date.text().into(),
            saved.into(),
        ]);
    }
    show::table(report, table)
}

fn of_cases(report: Report, plan: &Plan) -> Report {
    let cases = cases(plan);
    if cases.is_empty() {
        return report;
    }
    let minutes: Vec<f64> = cases.iter().map(|(_, minutes)| *minutes).collect();
    let report = report.heading(3, WORDS.word("cases"));
    let report = sum(report, "saved-cases", &minutes, "assistant_cases");
    let mut table = empty("cases", &[text("what"), number("minutes-column", 0)]);
    for (id, minutes) in cases {
        table.push(vec![Cell::Item(format!("assistant_cases/{id}")), minutes.into()]);
    }
    show::table(report, table).paragraph(WORDS.word("cases-method"))
}

pub(crate) fn data(plan: &Plan) -> serde_json::Value {
    let of = |minutes: &[f64]| {
        let negative = minutes.iter().filter(|saved| **saved < 0.0).count();
        json!({
            "minutes": minutes.iter().sum::<f64>(), "median": median_of(minutes),
            "n": count(minutes.len()), "negative": negative,
        })
    };
    let cases: Vec<f64> = cases(plan).iter().map(|(_, minutes)| *minutes).collect();
    json!({"log": of(&logged(plan)), "cases": of(&cases)})
}
