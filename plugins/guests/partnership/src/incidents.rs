//! How often there are faults, how long devices were without one, and the likelihood of the risk of technical failures
//! that the rate speaks for.

use std::collections::BTreeMap;

use jospar_guest_words::stated;
use jospar_methods::Computed;
use jospar_methods::risk::{IncidentRate, RATE_DAYS_MIN, likelihood_of_incidents};
use jospar_plugin_sdk::{Cell, Error, Number, Proposal, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Plan, Risk};
use crate::show::{self, empty, number, text};

/// So many days are looked back.
const WINDOW_DAYS: f64 = 90.0;

pub(crate) struct Incidents<'a> {
    /// Faults of the window.
    faults: usize,
    /// The days that the log covers, at most [`WINDOW_DAYS`]; `None` without a fault.
    days: Option<f64>,
    /// `None` where the log is too short.
    rate: Option<Computed<IncidentRate>>,
    risk: Option<&'a Risk>,
    /// The id that was looked for.
    wanted: String,
}

/// A log begins with its first fault; a rate needs [`RATE_DAYS_MIN`] days of it.
pub(crate) fn calculate<'a>(plan: &'a Plan, today: f64, risk: &str) -> Incidents<'a> {
    let opened = plan.tickets.iter().filter_map(|one| one.opened.day());
    let opened: Vec<f64> = opened.filter(|day| *day <= today).collect();
    let first = opened.iter().copied().min_by(f64::total_cmp);
    let days = first.map(|first| (today - first + 1.0).min(WINDOW_DAYS));
    let since = today - WINDOW_DAYS;
    let faults = opened.iter().filter(|day| **day > since).count();
    let rate = days.and_then(|days| likelihood_of_incidents(faults, days).ok());
    let found = plan.risks.iter().find(|one| one.id == risk);
    Incidents { faults, days, rate, risk: found, wanted: risk.to_owned() }
}

impl Incidents<'_> {
    /// What the rate speaks for where the plan says something else.
    fn differs(&self) -> Option<(&Risk, &Computed<IncidentRate>, f64)> {
        let (risk, rate) = (self.risk?, self.rate.as_ref()?);
        let suggested = f64::from(rate.value.likelihood);
        (risk.likelihood != Some(suggested)).then_some((risk, rate, suggested))
    }
}

/// The part of the window that each device was without a fault, the worst first. Faults that overlap count once.
fn uptimes(plan: &Plan, today: f64) -> Vec<(&str, usize, f64)> {
    let mut devices: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for one in &plan.tickets {
        let device = one.device.as_deref().filter(|device| !device.trim().is_empty());
        let Some((device, opened)) = device.zip(one.opened.day()) else { continue };
        let end = one.closed.day().filter(|closed| *closed <= today).unwrap_or(today);
        if opened <= end && end > today - WINDOW_DAYS {
            devices.entry(device).or_default().push((opened.max(today - WINDOW_DAYS), end));
        }
    }
    let mut up: Vec<(&str, usize, f64)> = devices
        .into_iter()
        .map(|(device, spans)| (device, spans.len(), 1.0 - covered(spans) / WINDOW_DAYS))
        .collect();
    up.sort_by(|a, b| a.2.total_cmp(&b.2));
    up
}

/// The days of all spans together.
fn covered(mut spans: Vec<(f64, f64)>) -> f64 {
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut reached = f64::NEG_INFINITY;
    let mut days = 0.0;
    for (start, end) in spans {
        days += (end - start.max(reached)).max(0.0);
        reached = reached.max(end);
    }
    days
}

/// Devices with faults.
pub(crate) fn devices(report: Report, plan: &Plan, today: f64) -> Report {
    let mut table =
        empty("uptimes", &[text("device"), number("faults-column", 0), number("uptime", 0)]);
    for (device, faults, up) in uptimes(plan, today) {
        table.push(vec![show::cell(device), faults.into(), Cell::Share(up)]);
    }
    if table.rows.is_empty() {
        return report;
    }
    show::table(report, table).paragraph(WORDS.word("uptime-method"))
}

pub(crate) fn show(report: Report, incidents: &Incidents<'_>) -> Report {
    let Some(covered) = incidents.days else { return report };
    let report = report.heading(2, WORDS.word("incidents"));
    let Some(rate) = &incidents.rate else {
        let values = [("days", show::days(covered)), ("needed", show::days(RATE_DAYS_MIN))];
        return report.callout(Tone::Info, WORDS.say("incidents-short", &values));
    };
    let found = Number::new(WORDS.word("incident-rate"), rate.value.rate).decimals(1);
    let report = report.number(stated(found, rate));
    let values = [
        ("n", Value::from(incidents.faults)),
        ("days", show::days(covered)),
        ("likelihood", usize::from(rate.value.likelihood).into()),
    ];
    let report = report.paragraph(WORDS.say("incidents-suggest", &values));
    let Some(risk) = incidents.risk else {
        let values = [("risk", Value::from(incidents.wanted.as_str()))];
        return report.callout(Tone::Info, WORDS.say("incidents-no-risk", &values));
    };
    let mut table = empty(
        "incidents",
        &[text("risk"), number("likelihood-plan", 0), number("likelihood-rate", 0)],
    );
    table.push(vec![
        Cell::Item(format!("risks/{}", risk.id)),
        risk.likelihood.into(),
        f64::from(rate.value.likelihood).into(),
    ]);
    report.table(table)
}

/// The likelihood by the table, where the plan has another.
pub(crate) fn proposal(incidents: &Incidents<'_>) -> Result<Option<Proposal>, Error> {
    let Some((risk, rate, suggested)) = incidents.differs() else { return Ok(None) };
    let now = risk.likelihood.map_or_else(
        || WORDS.word("likelihood-none"),
        |now| WORDS.say("plain-number", &[("number", (now, 0).into())]),
    );
    let values = [
        ("risk", Value::from(risk_title(risk))),
        ("n", incidents.faults.into()),
        ("days", show::days(incidents.days.unwrap_or_default())),
        ("rate", (rate.value.rate, 1).into()),
        ("likelihood", usize::from(rate.value.likelihood).into()),
        ("now", now.into()),
    ];
    let proposal =
        Proposal::new(WORDS.say("propose", &values), WORDS.say("propose-reason", &values));
    Ok(Some(proposal.set(format!("risks/{}/likelihood", risk.id), &suggested)?))
}

fn risk_title(risk: &Risk) -> Text {
    if risk.title.is_empty() { Text::same(risk.id.as_str()) } else { risk.title.clone() }
}

pub(crate) fn data(incidents: &Incidents<'_>) -> serde_json::Value {
    let rate = incidents.rate.as_ref().map(|rate| rate.value);
    json!({
        "faults": incidents.faults, "days": incidents.days,
        "rate": rate.map(|rate| rate.rate), "likelihood": rate.map(|rate| rate.likelihood),
    })
}
