//! Old traditions on their way out: what each costs, its state, and whether its KPI moved.

use std::collections::BTreeMap;

use jospar_plugin_sdk::{Cell, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::pace::Paced;
use crate::plan::{Plan, Tradition};
use crate::show::{self, empty, number, text};

/// Hours a month of all people together.
fn cost(tradition: &Tradition) -> Option<f64> {
    let cost = tradition.hours_month? * tradition.people?;
    (cost.is_finite() && cost >= 0.0).then_some(cost)
}

fn state(tradition: &Tradition) -> &str {
    tradition.state.as_deref().unwrap_or_default()
}

pub(crate) fn show(report: Report, plan: &Plan, paced: &[Paced<'_>]) -> Report {
    if plan.antipatterns.is_empty() {
        return report;
    }
    let mut report = report.heading(2, WORDS.word("traditions"));
    let mut table = empty(
        "traditions",
        &[
            text("what"),
            text("state"),
            number("cost", 1),
            text("kpi"),
            number("baseline", 2),
            number("newest", 2),
        ],
    );
    let mut ordered: Vec<&Tradition> = plan.antipatterns.iter().collect();
    ordered.sort_by(|a, b| {
        cost(b).unwrap_or(f64::NEG_INFINITY).total_cmp(&cost(a).unwrap_or(f64::NEG_INFINITY))
    });
    let mut unmoved = Vec::new();
    for one in ordered {
        let kpi = paced.iter().find(|paced| one.measure.kpi.as_ref() == Some(&paced.kpi.id));
        let way = kpi.and_then(|kpi| kpi.progress()).map(|way| way.number());
        if state(one) == "changed" && way.is_none_or(|way| way <= 0.0) {
            unmoved.push(one);
        }
        table.push(vec![
            Cell::Item(format!("antipatterns/{}", one.id)),
            word(state(one)).into(),
            cost(one).into(),
            kpi.map_or(Cell::Empty, |kpi| Cell::Item(format!("kpis/{}", kpi.kpi.id))),
            kpi.and_then(|kpi| kpi.kpi.baseline).into(),
            kpi.and_then(|kpi| kpi.newest).map(|(value, _)| value).into(),
        ]);
    }
    report = show::table(report, table).paragraph(WORDS.word("traditions-method"));
    if unmoved.is_empty() {
        return report;
    }
    let values = [("n", Value::from(unmoved.len()))];
    report.callout(Tone::Warning, WORDS.say("traditions-unmoved", &values))
}

fn word(state: &str) -> Text {
    match state {
        "found" | "planned" | "changing" | "changed" => WORDS.word(&format!("tradition-{}", state)),
        _ => Text::default(),
    }
}

/// How many stand in each state.
pub(crate) fn data(plan: &Plan) -> serde_json::Value {
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &plan.antipatterns {
        *states.entry(state(one)).or_default() += 1;
    }
    json!(states)
}
