//! Professional development: hours of those who came, hours of each teacher, which gaps of the audit are covered.

use std::collections::BTreeMap;

use jospar_guest_words::{numbered, refusal};
use jospar_methods::lesson::gain_of_means;
use jospar_plugin_sdk::{Cell, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Area, Plan, Training};
use crate::show::{self, count, counted, empty, median_of, nothing, number, text};

/// Events that were held: with a day, not after today.
fn held(plan: &Plan, today: f64) -> impl Iterator<Item = &Training> {
    let events = plan.professional_development.iter();
    events.filter(move |one| one.date.day().is_some_and(|day| day <= today))
}

/// Who came: counted where somebody counted, else by the names.
fn came(event: &Training) -> Option<f64> {
    let named = (!event.attendance.is_empty()).then(|| count(event.attendance.len()));
    event.attended.filter(|came| *came >= 0.0).or(named)
}

fn hours(event: &Training) -> Option<f64> {
    event.hours.filter(|hours| *hours >= 0.0)
}

/// Hours × those who came, over the events held that have both; with how many there are.
pub(crate) fn person_hours(plan: &Plan, today: f64) -> (f64, usize) {
    let known = held(plan, today).filter_map(|one| Some(hours(one)? * came(one)?));
    let known: Vec<f64> = known.collect();
    (known.iter().sum(), known.len())
}

/// Hours attended by each teacher who is named.
fn by_teacher(plan: &Plan, today: f64) -> BTreeMap<&str, f64> {
    let mut teachers = BTreeMap::new();
    for event in held(plan, today) {
        let Some(hours) = hours(event) else { continue };
        let mut names: Vec<&str> = event.attendance.iter().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *teachers.entry(name).or_default() += hours;
        }
    }
    teachers
}

/// Areas of the audit below their target.
fn lacking(plan: &Plan) -> impl Iterator<Item = &Area> {
    plan.audit.areas.iter().filter(|area| gap(area) > 0.0)
}

/// The levels that an area's indicators lack together.
fn gap(area: &Area) -> f64 {
    let lacks = area.indicators.iter().filter_map(|one| Some((one.target? - one.level?).max(0.0)));
    lacks.sum()
}

fn events<'a>(plan: &'a Plan, area: &'a Area) -> impl Iterator<Item = &'a Training> {
    let all = plan.professional_development.iter();
    all.filter(|one| one.audit_area.as_deref() == Some(&area.id))
}

/// Areas with a gap that no event is for, held or planned.
pub(crate) fn uncovered(plan: &Plan) -> Vec<&Area> {
    lacking(plan).filter(|area| events(plan, area).next().is_none()).collect()
}

pub(crate) fn show(report: Report, plan: &Plan, today: f64) -> Report {
    let report = report.heading(2, WORDS.word("development"));
    if plan.professional_development.is_empty() {
        return areas(nothing(report, "development-none"), plan, today);
    }
    let (sum, n) = person_hours(plan, today);
    let unit = WORDS.word("hours");
    let from = (n, "professional_development");
    let mut report = counted(report, WORDS.word("person-hours"), (sum, 1), unit, from);
    let uncounted = held(plan, today).count() - n;
    if uncounted > 0 {
        let text = WORDS.say("development-uncounted", &[("n", Value::from(uncounted))]);
        report = report.callout(Tone::Info, text);
    }
    report = gains(report, plan, today);
    let teachers = by_teacher(plan, today);
    if teachers.is_empty() {
        return areas(nothing(report, "teachers-unnamed"), plan, today);
    }
    let mut table = empty("teachers", &[text("teacher"), number("hours-column", 1)]);
    let all: Vec<f64> = teachers.values().copied().collect();
    for (name, hours) in &teachers {
        table.push(vec![plan.person(Some(name)).into(), (*hours).into()]);
    }
    let label = WORDS.word("teacher-median");
    report = show::median(report, &label, WORDS.word("hours"), &all);
    areas(show::table(report, table), plan, today)
}

/// What an event brought: results before and after in percent, and Hake's gain of the two means.
fn gains(report: Report, plan: &Plan, today: f64) -> Report {
    let mut table = empty(
        "gains",
        &[
            text("event"),
            number("came", 0),
            number("before", 1),
            number("after", 1),
            number("hake", 2),
            text("remark"),
        ],
    );
    for event in held(plan, today) {
        let Some((before, after)) = event.before.zip(event.after) else { continue };
        let gain = gain_of_means(before, after);
        let why = gain.as_ref().err().map(|why| refusal(why, &numbered));
        table.push(vec![
            Cell::Item(format!("professional_development/{}", event.id)),
            came(event).into(),
            before.into(),
            after.into(),
            gain.ok().map(|gain| gain.value).into(),
            why.unwrap_or_default().into(),
        ]);
    }
    if table.rows.is_empty() {
        return report;
    }
    show::table(report, table).paragraph(WORDS.word("gains-method"))
}

fn areas(report: Report, plan: &Plan, today: f64) -> Report {
    let mut table = empty(
        "areas",
        &[
            text("area"),
            number("levels-lacking", 0),
            number("hours-held", 1),
            number("hours-planned", 1),
        ],
    );
    for area in lacking(plan) {
        let sum = |is_held: bool| -> f64 {
            let own = events(plan, area)
                .filter(|one| one.date.day().is_some_and(|day| day <= today) == is_held);
            own.filter_map(hours).sum()
        };
        table.push(vec![
            Cell::Item(format!("audit/areas/{}", area.id)),
            gap(area).into(),
            sum(true).into(),
            sum(false).into(),
        ]);
    }
    let n = table.rows.len();
    if n == 0 {
        return report;
    }
    let bare = uncovered(plan);
    let report = show::share(report, &WORDS.word("areas-share"), n - bare.len(), n);
    let report = show::table(report, table);
    if bare.is_empty() {
        return report;
    }
    let titles: Vec<Text> = bare.iter().map(|area| area.title.clone()).collect();
    let values = [("areas", Value::from(Text::joined(&titles, "; ")))];
    report.callout(Tone::Warning, WORDS.say("areas-bare", &values))
}

/// Sums alone: hours of single teachers stay in the report.
pub(crate) fn data(plan: &Plan, today: f64) -> serde_json::Value {
    let (hours, n) = person_hours(plan, today);
    let teachers: Vec<f64> = by_teacher(plan, today).into_values().collect();
    let bare: Vec<&str> = uncovered(plan).iter().map(|area| area.id.as_str()).collect();
    json!({
        "person_hours": hours, "events": n, "teachers": teachers.len(),
        "median_hours": median_of(&teachers), "areas": lacking(plan).count(), "uncovered": bare,
    })
}
