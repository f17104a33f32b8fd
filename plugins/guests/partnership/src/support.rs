//! The task `support`: faults, requests for help, sponsors and grants, resources, care, development, skills.

use jospar_plugin_sdk::{Cell, Error, Outcome, Report, Text, Tone, Value};
use serde_json::json;

use crate::plan::{Plan, Ticket};
use crate::show::{
    self, count, counted, days, denied, empty, median, median_of, nothing, number, steps, text,
};
use crate::{WORDS, development, incidents, means, skills};

/// What the task reads.
pub(crate) const PARTS: [&str; 11] = [
    "audit",
    "risks",
    "professional_development",
    "mentoring",
    "tickets",
    "resources",
    "help_requests",
    "sponsors",
    "grants",
    "maintenance",
    "partners",
];

pub(crate) fn report(plan: &Plan, today: f64, risk: &str) -> Result<Outcome, Error> {
    let lists = [
        plan.tickets.len(),
        plan.help_requests.len(),
        plan.sponsors.len(),
        plan.grants.len(),
        plan.resources.len(),
        plan.maintenance.len(),
        plan.professional_development.len(),
        plan.mentoring.pairs.len(),
    ];
    if lists.iter().all(|n| *n == 0) {
        return Err(Error::refused(WORDS.word("support-empty")));
    }
    let repairs =
        Spans::of(plan.tickets.iter().map(|one| (one.opened.day(), repaired(one))), today);
    let help = plan.help_requests.iter();
    let replies = Spans::of(help.map(|one| (one.opened.day(), replied(one))), today);
    let incidents = incidents::calculate(plan, today, risk);
    let mut report = answer(plan, &repairs, &replies, today);
    report = faults(report, plan, &repairs, today);
    report = incidents::devices(report, plan, today);
    report = incidents::show(report, &incidents);
    report = requests(report, plan, &replies, today);
    report = means::care(report, plan, today);
    report = means::resources(report, plan);
    report = means::sponsors(report, plan);
    report = means::grants(report, plan, today);
    report = development::show(report, plan, today);
    report = skills::show(report, plan);
    let next = next(plan, &repairs, &replies, today);
    report = report.heading(2, WORDS.word("next")).items(steps(next));
    let outcome = Outcome::of(denied(report, &plan.denied));
    let proposal = incidents::proposal(&incidents)?;
    let outcome = proposal.into_iter().fold(outcome, Outcome::propose);
    outcome.with_data(&json!({
        "repairs": repairs.data(),
        "replies": replies.data(),
        "incidents": incidents::data(&incidents),
        "care_overdue": means::overdue(plan, today).len(),
        "resources": means::resources_data(plan),
        "sponsors": means::states(plan.sponsors.iter().map(|one| one.state.as_deref())),
        "grants": means::states(plan.grants.iter().map(|one| one.state.as_deref())),
        "development": development::data(plan, today),
        "skills": skills::data(plan),
    }))
}

/// The day on which a fault was gone.
fn repaired(ticket: &Ticket) -> Option<f64> {
    ticket.closed.day()
}

/// The day of the first answer; without one the day on which the request was closed.
fn replied(request: &crate::plan::HelpRequest) -> Option<f64> {
    request.answered.day().or_else(|| request.closed.day())
}

/// Days from a beginning to its end.
struct Spans {
    days: Vec<f64>,
    /// Things with a beginning and no end until today, by the age in days.
    open: usize,
    /// Ended before they began, or without a beginning.
    unknown: usize,
}

impl Spans {
    fn of(spans: impl Iterator<Item = (Option<f64>, Option<f64>)>, today: f64) -> Self {
        let mut found = Self { days: Vec::new(), open: 0, unknown: 0 };
        for (start, end) in spans {
            match (start, end.filter(|end| *end <= today)) {
                (Some(start), None) if start <= today => found.open += 1,
                (Some(start), Some(end)) if start <= end => found.days.push(end - start),
                _ => found.unknown += 1,
            }
        }
        found
    }

    fn mean(&self) -> Option<f64> {
        let sum: f64 = self.days.iter().sum();
        (!self.days.is_empty()).then(|| sum / count(self.days.len()))
    }

    fn data(&self) -> serde_json::Value {
        json!({
            "mean_days": self.mean(), "median_days": median_of(&self.days), "n": self.days.len(),
            "open": self.open,
        })
    }
}

fn answer(plan: &Plan, repairs: &Spans, replies: &Spans, today: f64) -> Report {
    let overdue = means::overdue(plan, today).len();
    let values = [
        ("faults", Value::from(repairs.open)),
        ("requests", replies.open.into()),
        ("care", overdue.into()),
        ("hours", (development::person_hours(plan, today).0, 0).into()),
    ];
    let is_well = repairs.open + replies.open + overdue == 0;
    let tone = if is_well { Tone::Info } else { Tone::Warning };
    Report::new(WORDS.word("support-title")).callout(tone, WORDS.say("support-answer", &values))
}

fn unknown(report: Report, spans: &Spans) -> Report {
    if spans.unknown == 0 {
        return report;
    }
    let text = WORDS.say("spans-unknown", &[("n", spans.unknown.into())]);
    report.callout(Tone::Warning, text)
}

fn faults(report: Report, plan: &Plan, repairs: &Spans, today: f64) -> Report {
    let mut report = report.heading(2, WORDS.word("faults"));
    if plan.tickets.is_empty() {
        return nothing(report, "faults-none");
    }
    let (unit, from) = (|| WORDS.word("days"), (repairs.days.len(), "tickets"));
    report = match repairs.mean() {
        None => nothing(report, "repairs-none"),
        Some(mean) => {
            let report = counted(report, WORDS.word("mttr"), (mean, 1), unit(), from);
            median(report, &WORDS.word("repair-median"), unit(), &repairs.days)
        }
    };
    let open = (count(repairs.open), 0);
    let from = (plan.tickets.len(), "tickets");
    report = counted(report, WORDS.word("faults-open"), open, Text::default(), from);
    report = unknown(report, repairs);
    let mut table = empty(
        "faults-open",
        &[text("fault"), text("device"), text("opened"), number("days-column", 0)],
    );
    for one in plan.tickets.iter().filter(|one| repaired(one).is_none()) {
        let age = one.opened.day().map(|opened| today - opened);
        table.push(vec![
            Cell::Item(format!("tickets/{}", one.id)),
            show::cell(one.device.as_deref().unwrap_or_default()),
            one.opened.text().into(),
            age.into(),
        ]);
    }
    let report = show::table(report, table).paragraph(WORDS.word("faults-method"));
    let closed = |one: &&Ticket| one.state.as_deref() == Some("closed") && repaired(one).is_none();
    match plan.tickets.iter().filter(closed).count() {
        0 => report,
        n => report.callout(Tone::Warning, WORDS.say("faults-undated", &[("n", n.into())])),
    }
}

fn requests(report: Report, plan: &Plan, replies: &Spans, today: f64) -> Report {
    let mut report = report.heading(2, WORDS.word("requests"));
    if plan.help_requests.is_empty() {
        return nothing(report, "requests-none");
    }
    report = if replies.days.is_empty() {
        nothing(report, "replies-none")
    } else {
        median(report, &WORDS.word("reply-median"), WORDS.word("days"), &replies.days)
    };
    let open = (count(replies.open), 0);
    let from = (plan.help_requests.len(), "help_requests");
    report = counted(report, WORDS.word("requests-open"), open, Text::default(), from);
    report = unknown(report, replies);
    let mut table =
        empty("requests-open", &[text("request"), text("opened"), number("days-column", 0)]);
    for one in plan.help_requests.iter().filter(|one| replied(one).is_none()) {
        let age = one.opened.day().map(|opened| today - opened);
        table.push(vec![
            Cell::Item(format!("help_requests/{}", one.id)),
            one.opened.text().into(),
            age.into(),
        ]);
    }
    show::table(report, table)
}

fn next(plan: &Plan, repairs: &Spans, replies: &Spans, today: f64) -> Vec<Text> {
    let mut next = Vec::new();
    let mut add = |key, n: usize| {
        if n > 0 {
            next.push(WORDS.say(key, &[("n", n.into())]));
        }
    };
    add("next-faults", repairs.open);
    add("next-requests", replies.open);
    add("next-care", means::overdue(plan, today).len());
    add("next-artefacts", skills::unproven(plan));
    for (grant, left) in means::deadlines(plan, today) {
        let values = [("day", Value::from(grant.deadline.text())), ("days", days(left))];
        next.push(WORDS.say("next-grant", &values));
    }
    for area in development::uncovered(plan) {
        next.push(WORDS.say("next-area", &[("area", (&area.title).into())]));
    }
    next
}
