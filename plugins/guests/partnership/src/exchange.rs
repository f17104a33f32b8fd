//! What goes between people: knowledge passed on, thanks, and what audiences are told in time.

use std::collections::BTreeMap;

use jospar_plugin_sdk::{Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Bulletin, Plan};
use crate::show::{self, count, counted, empty, nothing, number, text};

/// The audiences that the article names.
const AUDIENCES: [&str; 3] = ["teachers", "students", "parents"];

/// How often one passed knowledge on to another.
fn pairs(plan: &Plan) -> BTreeMap<(&str, &str), usize> {
    let mut pairs = BTreeMap::new();
    for one in &plan.exchange_log {
        if let (Some(from), Some(to)) = (one.from.as_deref(), one.to.as_deref()) {
            *pairs.entry((from, to)).or_default() += 1;
        }
    }
    pairs
}

/// What a person passed on and received.
fn balance(plan: &Plan, person: &str) -> (usize, usize) {
    let pairs = pairs(plan);
    let sum = |is: &dyn Fn(&(&str, &str)) -> bool| -> usize {
        pairs.iter().filter(|(pair, _)| is(pair)).map(|(_, n)| n).sum()
    };
    (sum(&|(from, _)| *from == person), sum(&|(_, to)| *to == person))
}

pub(crate) fn show(report: Report, plan: &Plan) -> Report {
    let report = report.heading(2, WORDS.word("exchange"));
    let pairs = pairs(plan);
    if pairs.is_empty() && plan.thanks.is_empty() {
        return nothing(report, "exchange-none");
    }
    let thanks = (count(plan.thanks.len()), 0);
    let from = (plan.thanks.len(), "thanks");
    let report = counted(report, WORDS.word("thanks"), thanks, Text::default(), from);
    let mut table = empty("exchange-pairs", &[text("from"), text("to"), number("count", 0)]);
    for ((from, to), n) in &pairs {
        table.push(vec![plan.person(Some(from)).into(), plan.person(Some(to)).into(), (*n).into()]);
    }
    let report = show::table(report, table);
    let mut table =
        empty("exchange-balance", &[text("who"), number("passed", 0), number("received", 0)]);
    for partner in plan.partners.iter().filter(|_| !pairs.is_empty()) {
        let (passed, received) = balance(plan, &partner.id);
        table.push(vec![partner.title.clone().into(), passed.into(), received.into()]);
    }
    show::table(report, table)
}

/// The days until the next message is due; below 0 when it is late. `None` where nobody knows.
fn left(bulletin: &Bulletin, today: f64) -> Option<f64> {
    let every = bulletin.every_days.filter(|days| *days > 0.0)?;
    Some(bulletin.last_sent.day()? + every - today)
}

/// An audience that was told something within its period.
fn is_told(plan: &Plan, audience: &str, today: f64) -> bool {
    let mut own = plan.info_sharing.iter().filter(|one| one.audience.as_deref() == Some(audience));
    own.any(|one| left(one, today).is_some_and(|left| left >= 0.0))
}

/// Which of the three audiences were told something in time.
pub(crate) fn audiences(report: Report, plan: &Plan, today: f64) -> Report {
    let report = report.heading(2, WORDS.word("audiences"));
    let told = |audience: &&&str| is_told(plan, audience, today);
    let n = AUDIENCES.iter().filter(told).count();
    let mut report = show::share(report, &WORDS.word("audiences-share"), n, AUDIENCES.len());
    for audience in AUDIENCES.iter().filter(|audience| !told(audience)) {
        let values = [("audience", Value::from(plan.person(Some(audience))))];
        report = report.callout(Tone::Warning, WORDS.say("audience-late", &values));
    }
    report
}

pub(crate) fn data(plan: &Plan, today: f64) -> serde_json::Value {
    let told: Vec<&str> =
        AUDIENCES.into_iter().filter(|audience| is_told(plan, audience, today)).collect();
    let balance: BTreeMap<&str, (usize, usize)> =
        plan.partners.iter().map(|one| (one.id.as_str(), balance(plan, &one.id))).collect();
    json!({"exchange": balance, "thanks": plan.thanks.len(), "told": told})
}
