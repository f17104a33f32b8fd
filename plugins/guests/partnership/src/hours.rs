//! Hours: the mentor's, allotted and used, and those that teachers were given, with the load before and after.

use jospar_plugin_sdk::{Cell, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Plan, TimeGrant};
use crate::show::{self, cell, counted, empty, nothing, number, text};

const MINUTES: f64 = 60.0;

/// The hours of mentoring.
pub(crate) struct Mentor {
    allotted: Option<f64>,
    /// Minutes of each pair's sessions that have any, with how many there are.
    pairs: Vec<(String, f64, usize)>,
    /// Sessions without a length.
    unknown: usize,
}

impl Mentor {
    pub(crate) fn of(plan: &Plan) -> Self {
        let mentoring = &plan.mentoring;
        let known = |minutes: Option<f64>| minutes.filter(|minutes| *minutes >= 0.0);
        let pairs = mentoring.pairs.iter().map(|pair| {
            let minutes: Vec<f64> =
                pair.log.iter().filter_map(|session| known(session.minutes)).collect();
            (pair.id.clone(), minutes.iter().sum::<f64>(), minutes.len())
        });
        let sessions = mentoring.pairs.iter().flat_map(|pair| &pair.log);
        Self {
            allotted: mentoring.hours.filter(|hours| *hours >= 0.0),
            pairs: pairs.collect(),
            unknown: sessions.filter(|session| known(session.minutes).is_none()).count(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.allotted.is_none() && self.pairs.is_empty()
    }

    fn used(&self) -> f64 {
        self.pairs.iter().map(|(_, minutes, _)| minutes).sum::<f64>() / MINUTES
    }

    fn sessions(&self) -> usize {
        self.pairs.iter().map(|(_, _, sessions)| sessions).sum()
    }

    pub(crate) fn show(&self, report: Report) -> Report {
        let report = report.heading(2, WORDS.word("mentor"));
        if self.is_empty() {
            return nothing(report, "mentor-none");
        }
        let from = (self.sessions(), "mentoring");
        let hours = || WORDS.word("hours");
        let used = (self.used(), 1);
        let mut report = counted(report, WORDS.word("mentor-used"), used, hours(), from);
        report = match self.allotted {
            None => nothing(report, "mentor-unallotted"),
            Some(allotted) => {
                let left = (allotted - self.used(), 1);
                let report =
                    counted(report, WORDS.word("mentor-allotted"), (allotted, 1), hours(), from);
                counted(report, WORDS.word("mentor-left"), left, hours(), from)
            }
        };
        if self.unknown > 0 {
            let text = WORDS.say("mentor-unknown", &[("n", self.unknown.into())]);
            report = report.callout(Tone::Info, text);
        }
        let mut table = empty(
            "mentor-pairs",
            &[text("pair"), number("sessions", 0), number("hours-column", 2)],
        );
        for (id, minutes, sessions) in &self.pairs {
            let hours = minutes / MINUTES;
            table.push(vec![
                Cell::Item(format!("mentoring/pairs/{id}")),
                (*sessions).into(),
                hours.into(),
            ]);
        }
        show::table(report, table)
    }

    pub(crate) fn data(&self) -> serde_json::Value {
        json!({"allotted": self.allotted, "used": self.used(), "sessions": self.sessions()})
    }
}

/// What the load of a teacher fell by.
fn relief(grant: &TimeGrant) -> Option<f64> {
    Some(grant.load_before? - grant.load_after?)
}

/// Hours of time that was given, and by how much loads fell: sums with how many each rests on.
fn sums(plan: &Plan) -> ((f64, usize), (f64, usize)) {
    let sum = |values: Vec<f64>| (values.iter().sum::<f64>(), values.len());
    let hours = plan.time_grants.iter().filter_map(|grant| grant.hours).collect();
    (sum(hours), sum(plan.time_grants.iter().filter_map(relief).collect()))
}

/// Time that teachers were given, and their load before and after.
pub(crate) fn granted(report: Report, plan: &Plan) -> Report {
    let report = report.heading(2, WORDS.word("granted"));
    if plan.time_grants.is_empty() {
        return nothing(report, "granted-none");
    }
    let ((hours, n), (less, loads)) = sums(plan);
    let unit = || WORDS.word("hours");
    let label = WORDS.word("granted-hours");
    let mut report = counted(report, label, (hours, 1), unit(), (n, "time_grants"));
    if loads > 0 {
        let label = WORDS.word("granted-less");
        report = counted(report, label, (less, 1), unit(), (loads, "time_grants"));
    }
    let more = plan.time_grants.iter().filter(|grant| relief(grant).is_some_and(|by| by < 0.0));
    let more: Vec<Text> = more.map(|grant| plan.person(grant.teacher.as_deref())).collect();
    if !more.is_empty() {
        let values = [("teachers", Value::from(Text::joined(&more, ", ")))];
        report = report.callout(Tone::Warning, WORDS.say("granted-more", &values));
    }
    let mut table = empty(
        "granted",
        &[
            text("teacher"),
            number("hours-column", 1),
            number("load-before", 1),
            number("load-after", 1),
            number("load-less", 1),
        ],
    );
    for grant in &plan.time_grants {
        let name = grant.teacher.as_deref().filter(|name| !name.trim().is_empty());
        let who = name.map_or_else(|| Cell::Item(format!("time_grants/{}", grant.id)), cell);
        table.push(vec![
            who,
            grant.hours.into(),
            grant.load_before.into(),
            grant.load_after.into(),
            relief(grant).into(),
        ]);
    }
    show::table(report, table)
}

pub(crate) fn granted_data(plan: &Plan) -> serde_json::Value {
    let ((hours, n), (less, loads)) = sums(plan);
    json!({"hours": hours, "n": n, "less": less, "loads": loads})
}
