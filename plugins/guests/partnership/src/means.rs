//! Means: care for devices, teaching resources and their use, sponsors, grants.

use std::collections::BTreeMap;

use jospar_plugin_sdk::{Cell, Chart, ChartKind, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Care, Grant, Plan};
use crate::show::{self, count, counted, empty, nothing, number, share, text};

/// Deadlines within so many days are told.
const DAYS_AHEAD: f64 = 30.0;
const SPONSOR_STATES: [&str; 5] = ["idea", "asked", "promised", "received", "refused"];
const GRANT_STATES: [&str; 5] = ["idea", "preparing", "applied", "won", "lost"];

/// Care that was due before today and was not done since, the longest overdue first, with its days.
pub(crate) fn overdue(plan: &Plan, today: f64) -> Vec<(&Care, f64)> {
    let late = plan.maintenance.iter().filter_map(|one| {
        let next = one.next.day()?;
        let is_done = one.done.day().is_some_and(|done| done >= next);
        (next < today && !is_done).then_some((one, today - next))
    });
    let mut late: Vec<(&Care, f64)> = late.collect();
    late.sort_by(|a, b| b.1.total_cmp(&a.1));
    late
}

pub(crate) fn care(report: Report, plan: &Plan, today: f64) -> Report {
    let report = report.heading(2, WORDS.word("care"));
    if plan.maintenance.is_empty() {
        return nothing(report, "care-none");
    }
    let overdue = overdue(plan, today);
    let from = (plan.maintenance.len(), "maintenance");
    let value = (count(overdue.len()), 0);
    let report = counted(report, WORDS.word("care-overdue"), value, Text::default(), from);
    let mut table = empty(
        "care-overdue",
        &[text("care-what"), text("device"), text("due"), number("days-late", 0)],
    );
    for (one, late) in overdue {
        table.push(vec![
            Cell::Item(format!("maintenance/{}", one.id)),
            show::cell(one.device.as_deref().unwrap_or_default()),
            one.next.text().into(),
            late.into(),
        ]);
    }
    show::table(report, table)
}

/// Resources that were used, of those whose use was counted.
fn used(plan: &Plan) -> (usize, usize) {
    let counted = plan.resources.iter().filter_map(|one| one.uses).filter(|uses| *uses >= 0.0);
    let counted: Vec<f64> = counted.collect();
    (counted.iter().filter(|uses| **uses > 0.0).count(), counted.len())
}

pub(crate) fn resources(report: Report, plan: &Plan) -> Report {
    let report = report.heading(2, WORDS.word("resources"));
    if plan.resources.is_empty() {
        return nothing(report, "resources-none");
    }
    let (used, n) = used(plan);
    let report = share(report, &WORDS.word("resources-share"), used, n);
    let idle = plan.resources.iter().filter(|one| one.uses.is_none_or(|uses| uses <= 0.0));
    let mut table = empty("resources-idle", &[text("resource"), text("use")]);
    for one in idle {
        let known = if one.uses.is_some() { "use-none" } else { "use-unknown" };
        table.push(vec![Cell::Item(format!("resources/{}", one.id)), WORDS.word(known).into()]);
    }
    show::table(report, table)
}

pub(crate) fn resources_data(plan: &Plan) -> serde_json::Value {
    let (used, n) = used(plan);
    json!({"used": used, "n": n})
}

/// How many have each state; an empty name for those without one.
pub(crate) fn states<'a>(found: impl Iterator<Item = Option<&'a str>>) -> BTreeMap<&'a str, usize> {
    let mut states = BTreeMap::new();
    for state in found {
        *states.entry(state.unwrap_or_default()).or_default() += 1;
    }
    states
}

/// Bars by state, and how many have none.
fn by_state(report: Report, title: Text, known: &[&str], found: &BTreeMap<&str, usize>) -> Report {
    let of = |state: &&str| found.get(state).copied().unwrap_or_default();
    let names = known.iter().map(|state| WORDS.word(&format!("state-{}", state)));
    let values = known.iter().map(|state| Some(count(of(state)))).collect();
    let chart = Chart::new(ChartKind::Bar, title).categories(names.collect());
    let report = report.chart(chart.series(WORDS.word("count"), values));
    let all: usize = found.values().sum();
    let without = all - known.iter().map(of).sum::<usize>();
    if without == 0 {
        return report;
    }
    report.paragraph(WORDS.say("state-missing", &[("n", Value::from(without))]))
}

pub(crate) fn sponsors(report: Report, plan: &Plan) -> Report {
    let report = report.heading(2, WORDS.word("sponsors"));
    if plan.sponsors.is_empty() {
        return nothing(report, "sponsors-none");
    }
    let found = states(plan.sponsors.iter().map(|one| one.state.as_deref()));
    by_state(report, WORDS.word("sponsors-chart"), &SPONSOR_STATES, &found)
}

fn is_open(grant: &Grant) -> bool {
    matches!(grant.state.as_deref(), None | Some("idea" | "preparing"))
}

/// Grants that were not applied for, with a deadline within 30 days; the days left, the nearest first.
pub(crate) fn deadlines(plan: &Plan, today: f64) -> Vec<(&Grant, f64)> {
    let open = plan.grants.iter().filter(|one| is_open(one));
    let dated = open.filter_map(|one| Some((one, one.deadline.day()? - today)));
    let mut near: Vec<(&Grant, f64)> =
        dated.filter(|(_, left)| (0.0..=DAYS_AHEAD).contains(left)).collect();
    near.sort_by(|a, b| a.1.total_cmp(&b.1));
    near
}

pub(crate) fn grants(report: Report, plan: &Plan, today: f64) -> Report {
    let report = report.heading(2, WORDS.word("grants"));
    if plan.grants.is_empty() {
        return nothing(report, "grants-none");
    }
    let found = states(plan.grants.iter().map(|one| one.state.as_deref()));
    let mut report = by_state(report, WORDS.word("grants-chart"), &GRANT_STATES, &found);
    let won: Vec<f64> = plan
        .grants
        .iter()
        .filter(|one| one.state.as_deref() == Some("won"))
        .filter_map(|one| one.amount_kzt)
        .collect();
    if !won.is_empty() {
        let label = WORDS.word("grants-won");
        let value = (won.iter().sum(), 0);
        report = counted(report, label, value, Text::same("₸"), (won.len(), "grants"));
    }
    let missed = plan
        .grants
        .iter()
        .filter(|one| is_open(one) && one.deadline.day().is_some_and(|deadline| deadline < today));
    let missed = missed.count();
    if missed > 0 {
        let text = WORDS.say("grants-missed", &[("n", Value::from(missed))]);
        report = report.callout(Tone::Warning, text);
    }
    let mut table =
        empty("grants-near", &[text("grant"), text("deadline"), number("days-left", 0)]);
    for (one, left) in deadlines(plan, today) {
        let item = Cell::Item(format!("grants/{}", one.id));
        table.push(vec![item, one.deadline.text().into(), left.into()]);
    }
    show::table(report, table)
}
