//! What is overdue, and what is due within 30 days.

use jospar_plugin_sdk::{Cell, Report, Text};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Date, Kpi, Plan};
use crate::show::{self, count, counted, empty, nothing, number, text};

/// How far ahead is looked.
const DAYS_AHEAD: f64 = 30.0;

/// Something with a day.
pub(crate) struct Dated {
    path: String,
    /// The key of what it is.
    kind: &'static str,
    due: Text,
    /// Days until it is due; below 0 when it is overdue.
    pub(crate) days: f64,
    owner: Text,
}

/// Everything that is still open, the most overdue first; equal days in the order of the plan.
pub(crate) fn find(plan: &Plan, today: f64) -> Vec<Dated> {
    let mut found = Vec::new();
    let mut add = |path: String, kind, due: &Date, owner: Text| {
        let days = due.day().map(|day| day - today).filter(|days| *days <= DAYS_AHEAD);
        found.extend(days.map(|days| Dated { path, kind, due: due.text(), days, owner }));
    };
    for one in plan.initiatives.iter().filter(|one| one.is_live()) {
        let path = format!("initiatives/{}", one.id);
        add(path, "kind-initiative", &one.due, plan.persons(&one.owners));
    }
    for meeting in &plan.meetings {
        for one in meeting.decisions.iter().filter(|one| one.is_live()) {
            let path = format!("meetings/{}/decisions/{}", meeting.id, one.id);
            add(path, "kind-decision", &one.due, plan.person(one.owner.as_deref()));
        }
    }
    for risk in &plan.risks {
        for one in risk.mitigations.iter().filter(|one| one.is_live()) {
            let path = format!("risks/{}/mitigations/{}", risk.id, one.id);
            add(path, "kind-mitigation", &one.due, plan.person(one.owner.as_deref()));
        }
    }
    for kpi in plan.kpis.iter().filter(|kpi| is_owed(kpi, today)) {
        add(format!("kpis/{}", kpi.id), "kind-measurement", &kpi.next_due, Text::default());
    }
    found.sort_by(|a, b| a.days.total_cmp(&b.days));
    found
}

/// True unless a measurement was made on or after the day by which it was owed.
fn is_owed(kpi: &Kpi, today: f64) -> bool {
    let newest = kpi.newest(today).and_then(|(_, day)| day);
    kpi.next_due.day().is_some_and(|due| newest.is_none_or(|day| day < due))
}

pub(crate) fn show(report: Report, plan: &Plan, dated: &[Dated]) -> Report {
    let report = report.heading(2, WORDS.word("dates"));
    let overdue = dated.iter().filter(|one| one.days < 0.0).count();
    let stated = |report, key, n: usize| {
        let from = (dated.len(), "initiatives, meetings, risks, kpis");
        counted(report, WORDS.word(key), (count(n), 0), Text::default(), from)
    };
    let report = stated(report, "dates-overdue", overdue);
    let report = stated(report, "dates-soon", dated.len() - overdue);
    if dated.is_empty() {
        return nothing(report, "dates-none");
    }
    let mut table = empty(
        "dates",
        &[text("what"), text("kind"), text("due"), number("days-left", 0), text("owner")],
    );
    for one in dated {
        table.push(vec![
            Cell::Item(one.path.clone()),
            WORDS.word(one.kind).into(),
            one.due.clone().into(),
            one.days.into(),
            one.owner.clone().into(),
        ]);
    }
    let report = show::table(report, table);
    let undated = plan.initiatives.iter().filter(|one| one.is_live() && one.due.day().is_none());
    match undated.count() {
        0 => report,
        n => report.paragraph(WORDS.say("dates-without", &[("n", n.into())])),
    }
}

pub(crate) fn data(dated: &[Dated]) -> serde_json::Value {
    let paths = |overdue: bool| {
        let found = dated.iter().filter(move |one| (one.days < 0.0) == overdue);
        found.map(|one| one.path.as_str()).collect::<Vec<_>>()
    };
    json!({"overdue": paths(true), "soon": paths(false)})
}
