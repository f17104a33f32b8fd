//! KPIs: how far each has come, against an even pace from the plan's first day to its last.

use jospar_guest_words::refusal;
use jospar_methods::Refusal;
use jospar_methods::kpi::{Direction, Progress, Status, expected_by_now, progress, status};
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Report, Text, Tone, Value};

use crate::WORDS;
use crate::plan::{Kpi, Plan};
use crate::show::{self, NAMED_MAX, count, empty, nothing, number, text};

/// Lines of a chart.
const LINES_MAX: usize = 12;
/// Days of a chart, the newest.
const DAYS_MAX: usize = 60;
/// A correction answers a red KPI for so many days.
const CORRECTION_DAYS: f64 = 30.0;

impl Kpi {
    /// All dated values until `today`, by day; of one day the last given.
    fn dated(&self, today: f64) -> Vec<(f64, f64)> {
        let stated = self.actual.zip(self.measured.day()).map(|(value, day)| (day, value));
        let measured =
            self.measurements.iter().filter_map(|one| Some((one.date.day()?, one.value?)));
        let mut dated: Vec<(f64, f64)> =
            stated.into_iter().chain(measured).filter(|(day, _)| *day <= today).collect();
        dated.sort_by(|a, b| a.0.total_cmp(&b.0));
        dated
    }

    /// The newest value until `today` and its day, which a stated value may lack.
    pub(crate) fn newest(&self, today: f64) -> Option<(f64, Option<f64>)> {
        let dated = self.dated(today).last().map(|(day, value)| (*value, Some(*day)));
        dated.or_else(|| Some((self.actual.filter(|_| self.measured.day().is_none())?, None)))
    }

    fn direction(&self) -> Direction {
        if self.direction.as_deref() == Some("down") { Direction::Down } else { Direction::Up }
    }

    fn way(&self, value: f64) -> Option<Result<Progress, Refusal>> {
        let (baseline, target) = (self.baseline?, self.target?);
        Some(progress(baseline, target, value, self.direction()).map(|found| found.value))
    }

    pub(crate) fn weight(&self) -> f64 {
        self.weight.unwrap_or(1.0)
    }
}

/// A KPI with how far it has come.
pub(crate) struct Paced<'a> {
    pub(crate) kpi: &'a Kpi,
    /// The newest value and its day.
    pub(crate) newest: Option<(f64, Option<f64>)>,
    progress: Option<Result<Progress, Refusal>>,
    pub(crate) status: Option<Status>,
}

impl Paced<'_> {
    pub(crate) fn progress(&self) -> Option<Progress> {
        self.progress.as_ref()?.as_ref().ok().copied()
    }
}

/// The part of the plan's time that is over; `None` where it has no first or last day.
pub(crate) fn expected(plan: &Plan, today: f64) -> Option<Result<f64, Refusal>> {
    let (start, end) = plan.start().zip(plan.plan.period.end.day())?;
    Some(expected_by_now(start, end, today).map(|found| found.value))
}

pub(crate) fn all<'a>(plan: &'a Plan, expected: Option<f64>, today: f64) -> Vec<Paced<'a>> {
    let paced = |kpi: &'a Kpi| {
        let newest = kpi.newest(today);
        let progress = newest.and_then(|(value, _)| kpi.way(value));
        let known = progress.as_ref().and_then(|found| found.as_ref().ok().copied());
        let status = known
            .zip(expected)
            .and_then(|(progress, expected)| status(progress.number(), expected).ok())
            .map(|found| found.value);
        Paced { kpi, newest, progress, status }
    };
    plan.kpis.iter().map(paced).collect()
}

pub(crate) fn status_key(status: Option<Status>) -> &'static str {
    match status {
        Some(Status::Green) => "status-green",
        Some(Status::Amber) => "status-amber",
        Some(Status::Red) => "status-red",
        None => "status-none",
    }
}

pub(crate) fn show(
    report: Report,
    plan: &Plan,
    paced: &[Paced<'_>],
    expected: Option<&Result<f64, Refusal>>,
    today: f64,
) -> Report {
    let report = report.heading(2, WORDS.word("kpis-heading"));
    let mut report = match expected {
        None => nothing(report, "period-none"),
        Some(Err(why)) => show::refused(report, &WORDS.word("expected"), why),
        Some(Ok(expected)) => {
            let values = [("expected", Value::Share(*expected))];
            report.paragraph(WORDS.say("expected-now", &values))
        }
    };
    if paced.is_empty() {
        return nothing(report, "kpis-none");
    }
    let mut table = empty(
        "kpis-heading",
        &[
            text("kpi"),
            text("unit"),
            number("baseline", 2),
            number("target", 2),
            number("newest", 2),
            number("progress", 2),
            text("status"),
        ],
    );
    let refused =
        paced.iter().filter_map(|one| Some((one.kpi, one.progress.as_ref()?.as_ref().err()?)));
    for (kpi, why) in refused.take(NAMED_MAX) {
        let why = refusal(why, &|_, _| kpi.title.clone());
        report = report.callout(Tone::Warning, Text::joined([&kpi.title, &why], ": "));
    }
    for one in paced {
        let kpi = one.kpi;
        table.push(vec![
            Cell::Item(format!("kpis/{}", kpi.id)),
            Text::same(kpi.unit.as_deref().unwrap_or_default()).into(),
            kpi.baseline.into(),
            kpi.target.into(),
            one.newest.map(|(value, _)| value).into(),
            one.progress().map(Progress::number).into(),
            WORDS.word(status_key(one.status)).into(),
        ]);
    }
    report = show::table(report, table).paragraph(WORDS.word("kpis-method"));
    trend(report, plan, paced, today)
}

/// Lines of progress in percent: from the baseline on the plan's first day through every dated value.
fn trend(report: Report, plan: &Plan, paced: &[Paced<'_>], today: f64) -> Report {
    let start = plan.start();
    let lines: Vec<(&Kpi, Vec<(f64, f64)>)> = paced
        .iter()
        .filter_map(|one| Some((one.kpi, line(one.kpi, start, today)?)))
        .take(LINES_MAX)
        .collect();
    let mut days: Vec<f64> =
        lines.iter().flat_map(|(_, line)| line.iter().map(|(day, _)| *day)).collect();
    days.sort_by(f64::total_cmp);
    days.dedup();
    let days = days.split_off(days.len().saturating_sub(DAYS_MAX));
    if days.len() < 2 {
        return nothing(report, "trend-none");
    }
    #[allow(clippy::cast_possible_truncation, reason = "days of the calendar")]
    let names = days.iter().map(|day| Text::same(jospar_guest_days::date(*day as i64))).collect();
    let mut chart = Chart::new(ChartKind::Line, WORDS.word("trend-chart"))
        .categories(names)
        .unit(Text::same("%"));
    if expected(plan, today).is_some_and(|expected| expected.is_ok()) {
        let pace = days.iter().map(|day| Some(expected(plan, *day)?.ok()? * 100.0));
        chart = chart.series(WORDS.word("trend-pace"), pace.collect());
    }
    for (kpi, line) in &lines {
        let at = |day: &f64| line.iter().rev().find(|(on, _)| on == day).map(|(_, way)| *way);
        chart = chart.series(kpi.title.clone(), days.iter().map(at).collect());
    }
    report.chart(chart)
}

/// A KPI's dated progress in percent; `None` where nothing was measured on a day that is known.
fn line(kpi: &Kpi, start: Option<f64>, today: f64) -> Option<Vec<(f64, f64)>> {
    let dated = kpi.dated(today);
    let first = dated.first().map(|(day, _)| *day)?;
    let mut line: Vec<(f64, f64)> =
        start.filter(|start| *start < first).map(|start| (start, 0.0)).into_iter().collect();
    for (day, value) in dated {
        line.push((day, kpi.way(value)?.ok()?.number() * 100.0));
    }
    Some(line)
}

/// Where measurement or correction is wanted.
pub(crate) fn next(plan: &Plan, paced: &[Paced<'_>], today: f64) -> Vec<Text> {
    let mut next = Vec::new();
    for one in paced {
        let kpi = [("kpi", Value::from(&one.kpi.title))];
        let newest = one.newest.and_then(|(_, day)| day);
        let due = one.kpi.next_due.day().filter(|due| *due < today);
        if due.is_some_and(|due| newest.is_none_or(|day| day < due)) {
            next.push(WORDS.say("next-measure", &kpi));
        }
        let corrected = plan.corrections.iter().any(|correction| {
            correction.kpi.as_deref() == Some(&one.kpi.id)
                && correction.date.day().is_some_and(|day| today - day <= CORRECTION_DAYS)
        });
        match one.status {
            Some(Status::Red) if !corrected => next.push(WORDS.say("next-correct", &kpi)),
            Some(Status::Amber) => next.push(WORDS.say("next-watch", &kpi)),
            _ => {}
        }
    }
    next
}

/// How many KPIs have each status, in the order green, amber, red, unknown.
pub(crate) fn tally(paced: &[Paced<'_>]) -> [usize; 4] {
    let statuses = [Some(Status::Green), Some(Status::Amber), Some(Status::Red), None];
    statuses.map(|status| paced.iter().filter(|one| one.status == status).count())
}

/// The progress of KPIs as a radar: each on an axis of its own, none averaged away.
pub(crate) fn radar(title: Text, paced: &[&Paced<'_>]) -> Option<Chart> {
    let known: Vec<(Text, f64)> = paced
        .iter()
        .filter_map(|one| Some((one.kpi.title.clone(), one.progress()?.number() * 100.0)))
        .take(LINES_MAX)
        .collect();
    if count(known.len()) < 3.0 {
        return None;
    }
    let (names, values): (Vec<Text>, Vec<Option<f64>>) =
        known.into_iter().map(|(name, way)| (name, Some(way))).unzip();
    let chart = Chart::new(ChartKind::Radar, title).categories(names).unit(Text::same("%"));
    Some(chart.series(WORDS.word("progress"), values).axis(0.0, 100.0))
}
