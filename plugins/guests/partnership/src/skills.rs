//! What mentored teachers learn: goals with and without an artefact, and their confidence over time.

use jospar_plugin_sdk::{Cell, Chart, ChartKind, Column, Report, Table, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Goal, Pair, Plan, Rating, filled};
use crate::show::{self, count, median_of, nothing, share};

/// Kinds of goals.
const KINDS: [&str; 3] = ["tools", "ai", "personal"];
/// Lines of a chart.
const LINES_MAX: usize = 12;
/// Steps of the scale of confidence.
const LOW: f64 = 1.0;
const HIGH: f64 = 5.0;

/// How far a goal is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Ticked, with something that shows it.
    Proven,
    /// Ticked without.
    Unproven,
    /// Not ticked.
    Open,
}

fn state(goal: &Goal) -> State {
    match (goal.done == Some(true), filled(goal.artefact.as_deref())) {
        (true, true) => State::Proven,
        (true, false) => State::Unproven,
        (false, _) => State::Open,
    }
}

fn goals(plan: &Plan) -> impl Iterator<Item = &Goal> {
    plan.mentoring.pairs.iter().flat_map(|pair| &pair.goals)
}

fn tally(plan: &Plan, wanted: State) -> usize {
    goals(plan).filter(|goal| state(goal) == wanted).count()
}

/// Goals that were ticked and that nothing shows.
pub(crate) fn unproven(plan: &Plan) -> usize {
    tally(plan, State::Unproven)
}

pub(crate) fn show(report: Report, plan: &Plan) -> Report {
    let report = report.heading(2, WORDS.word("skills"));
    if plan.mentoring.pairs.is_empty() {
        return nothing(report, "pairs-none");
    }
    let n = goals(plan).count();
    let report = if n == 0 {
        nothing(report, "goals-none")
    } else {
        let report = share(report, &WORDS.word("skills-share"), tally(plan, State::Proven), n);
        matrix(report, plan)
    };
    confidence(report, plan)
}

/// Teacher by kind of goal.
fn matrix(report: Report, plan: &Plan) -> Report {
    let mut columns = vec![Column::text(WORDS.word("teacher"))];
    columns.extend(KINDS.map(|kind| Column::text(WORDS.word(&format!("goal-{}", kind)))));
    let mut table = Table::new(WORDS.word("skills"), columns);
    for pair in &plan.mentoring.pairs {
        let mut row = vec![teacher(pair)];
        row.extend(KINDS.map(|kind| of_kind(pair, kind)));
        table.push(row);
    }
    let report = show::table(report, table);
    match unproven(plan) {
        0 => report,
        n => report.callout(Tone::Warning, WORDS.say("skills-unproven", &[("n", n.into())])),
    }
}

fn teacher(pair: &Pair) -> Cell {
    let name = pair.mentee.as_deref().filter(|name| !name.trim().is_empty());
    name.map_or_else(|| Cell::Item(format!("mentoring/pairs/{}", pair.id)), show::cell)
}

fn of_kind(pair: &Pair, kind: &str) -> Cell {
    let own = || pair.goals.iter().filter(|goal| goal.kind.as_deref() == Some(kind));
    if own().next().is_none() {
        return Cell::Empty;
    }
    let number = |wanted| own().filter(|goal| state(goal) == wanted).count();
    let values = [
        ("proven", Value::from(number(State::Proven))),
        ("unproven", number(State::Unproven).into()),
        ("open", number(State::Open).into()),
    ];
    WORDS.say("goal-states", &values).into()
}

/// Ratings on 1 to 5 with a day, by day.
fn rated(ratings: &[Rating]) -> Vec<(f64, f64)> {
    let known = ratings.iter().filter_map(|one| Some((one.date.day()?, one.value?)));
    let mut known: Vec<(f64, f64)> =
        known.filter(|(_, value)| (LOW..=HIGH).contains(value)).collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    known
}

/// Last less first of each pair with two ratings.
fn changes(plan: &Plan, of: fn(&Pair) -> &[Rating]) -> Vec<f64> {
    let change = |pair: &Pair| match rated(of(pair)).as_slice() {
        [first, .., last] => Some(last.1 - first.1),
        _ => None,
    };
    plan.mentoring.pairs.iter().filter_map(change).collect()
}

fn confidence_of(pair: &Pair) -> &[Rating] {
    &pair.confidence
}

fn fear_of(pair: &Pair) -> &[Rating] {
    &pair.fear
}

fn confidence(report: Report, plan: &Plan) -> Report {
    let mut report = report.heading(2, WORDS.word("confidence"));
    let changes_of = [
        ("confidence-change", changes(plan, confidence_of)),
        ("fear-change", changes(plan, fear_of)),
    ];
    let pairs = &plan.mentoring.pairs;
    let mut days: Vec<f64> =
        pairs.iter().flat_map(|pair| rated(&pair.confidence)).map(|(day, _)| day).collect();
    days.sort_by(f64::total_cmp);
    days.dedup();
    if days.len() < 2 {
        return nothing(report, "confidence-none");
    }
    for (key, changes) in changes_of {
        if !changes.is_empty() {
            report = show::median(report, &WORDS.word(key), WORDS.word("points"), &changes);
        }
    }
    #[allow(clippy::cast_possible_truncation, reason = "days of the calendar")]
    let names = days.iter().map(|day| Text::same(jospar_guest_days::date(*day as i64))).collect();
    let mut chart = Chart::new(ChartKind::Line, WORDS.word("confidence-chart"))
        .categories(names)
        .axis(LOW, HIGH);
    for pair in pairs.iter().take(LINES_MAX) {
        let rated = rated(&pair.confidence);
        let at = |day: &f64| rated.iter().rev().find(|(on, _)| on == day).map(|(_, value)| *value);
        let name = Text::same(pair.mentee.as_deref().unwrap_or(&pair.id));
        chart = chart.series(name, days.iter().map(at).collect());
    }
    report.chart(chart).paragraph(WORDS.word("confidence-method"))
}

/// Counts and medians: nothing of a single teacher.
pub(crate) fn data(plan: &Plan) -> serde_json::Value {
    let states = [State::Proven, State::Unproven, State::Open];
    let [proven, unproven, open] = states.map(|wanted| tally(plan, wanted));
    let confidence = changes(plan, confidence_of);
    json!({
        "proven": proven, "unproven": unproven, "open": open,
        "confidence_change": median_of(&confidence), "n": count(confidence.len()),
    })
}
