//! The task `results`: KPIs against the calendar, needs and expected outcomes, traditions, papers, time saved with AI.

use jospar_guest_words::{refusal, stated};
use jospar_methods::kpi::{MeanProgress, Status, mean_progress};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Error, Number, Outcome, Report, Text, Tone, Value};
use serde_json::{Map, json};

use crate::pace::{self, Paced, radar};
use crate::plan::{Need, Plan, Problem};
use crate::show::{self, NAMED_MAX, denied, empty, nothing, number, steps, text};
use crate::{WORDS, marks, money, papers, saved, traditions};

/// What the task reads.
pub(crate) const PARTS: [&str; 12] = [
    "plan",
    "needs",
    "problems",
    "initiatives",
    "kpis",
    "expected_outcomes",
    "corrections",
    "documents",
    "antipatterns",
    "assistant_cases",
    "time_log",
    "marks",
];

pub(crate) fn report(plan: &Plan, today: f64) -> Result<Outcome, Error> {
    let is_empty = plan.kpis.is_empty()
        && plan.needs.is_empty()
        && plan.expected_outcomes.is_empty()
        && plan.time_log.is_empty()
        && plan.marks.is_empty()
        && plan.documents.is_empty();
    if is_empty {
        return Err(Error::refused(WORDS.word("results-empty")));
    }
    let expected = pace::expected(plan, today);
    let by_now = expected.as_ref().and_then(|found| found.as_ref().ok().copied());
    let paced = pace::all(plan, by_now, today);
    let needs: Vec<Group> = plan.needs.iter().map(|need| of_need(plan, need, &paced)).collect();
    let outcomes: Vec<Group> = plan
        .expected_outcomes
        .iter()
        .map(|one| {
            let path = format!("expected_outcomes/{}", one.id);
            Group::of(path, one.title.clone(), one.kpis.clone(), false, &paced)
        })
        .collect();
    let mut report = answer(&paced, by_now);
    report = groups(report, "outcomes", &outcomes, &paced);
    report = groups(report, "needs", &needs, &paced);
    report = pace::show(report, plan, &paced, expected.as_ref(), today);
    report = traditions::show(report, plan, &paced);
    report = marks::show(report, plan);
    report = money::show(report, plan, &paced);
    report = papers::show(report, plan, today);
    report = saved::show(report, plan);
    let next = next(plan, &paced, &needs, today);
    report = report.heading(2, WORDS.word("next")).items(steps(next));
    Outcome::of(denied(report, &plan.denied)).with_data(&json!({
        "expected": by_now,
        "kpis": kpi_data(&paced),
        "needs": group_data(&needs),
        "outcomes": group_data(&outcomes),
        "traditions": traditions::data(plan),
        "marks": marks::data(plan),
        "money": money::data(plan),
        "papers": papers::data(plan, today),
        "saved": saved::data(plan),
    }))
}

/// A need or an outcome with the joint progress of its KPIs.
struct Group {
    path: String,
    title: Text,
    kpis: Vec<String>,
    /// The KPIs are not its own, but those of the initiatives for its problems.
    is_derived: bool,
    mean: Result<Computed<MeanProgress>, Refusal>,
}

impl Group {
    fn of(
        path: String,
        title: Text,
        kpis: Vec<String>,
        is_derived: bool,
        paced: &[Paced<'_>],
    ) -> Self {
        let own: Vec<_> =
            find(paced, &kpis).iter().map(|one| (one.progress(), one.kpi.weight())).collect();
        Self { path, title, kpis, is_derived, mean: mean_progress(&own) }
    }
}

fn find<'a, 'b>(paced: &'a [Paced<'b>], ids: &[String]) -> Vec<&'a Paced<'b>> {
    paced.iter().filter(|one| ids.contains(&one.kpi.id)).collect()
}

/// A need's own KPIs; where it names none, those of the initiatives for the problems that name the need.
fn of_need(plan: &Plan, need: &Need, paced: &[Paced<'_>]) -> Group {
    let path = format!("needs/{}", need.id);
    if !need.kpis.is_empty() {
        return Group::of(path, need.title.clone(), need.kpis.clone(), false, paced);
    }
    let of_need = |problem: &&Problem| problem.needs.contains(&need.id);
    let problems: Vec<&Problem> = plan.problems.iter().filter(of_need).collect();
    let answers = plan
        .initiatives()
        .filter(|one| problems.iter().any(|problem| Plan::is_linked(problem, one)));
    let mut kpis: Vec<String> = answers.flat_map(|one| one.kpis.clone()).collect();
    kpis.sort();
    kpis.dedup();
    Group::of(path, need.title.clone(), kpis, true, paced)
}

fn answer(paced: &[Paced<'_>], expected: Option<f64>) -> Report {
    let [green, amber, red, unknown] = pace::tally(paced);
    let values = [
        ("n", Value::from(paced.len())),
        ("green", green.into()),
        ("amber", amber.into()),
        ("red", red.into()),
        ("unknown", unknown.into()),
        ("expected", Value::Share(expected.unwrap_or_default())),
    ];
    let key = if expected.is_some() { "results-answer" } else { "results-answer-undated" };
    let tone = if red + amber > 0 { Tone::Warning } else { Tone::Info };
    Report::new(WORDS.word("results-title")).callout(tone, WORDS.say(key, &values))
}

fn groups(report: Report, key: &str, groups: &[Group], paced: &[Paced<'_>]) -> Report {
    let mut report = report.heading(2, WORDS.word(key));
    if groups.is_empty() {
        return nothing(report, if key == "needs" { "needs-none" } else { "outcomes-none" });
    }
    let mut table = empty(
        key,
        &[
            text("what"),
            number("progress-capped", 2),
            number("progress-raw", 2),
            number("measured", 0),
            number("kpis", 0),
            text("remark"),
        ],
    );
    for group in groups {
        let mean = group.mean.as_ref().ok();
        let derived = group.is_derived.then(|| WORDS.word("derived"));
        let why = group.mean.as_ref().err().map(|why| match why {
            Refusal::NoData {} => WORDS.word("unmeasured"),
            why => refusal(why, &|_, _| group.title.clone()),
        });
        let remarks: Vec<Text> = derived.into_iter().chain(why).collect();
        table.push(vec![
            Cell::Item(group.path.clone()),
            mean.map(|mean| mean.value.capped).into(),
            mean.map(|mean| mean.value.raw).into(),
            mean.map_or(0, |mean| mean.n).into(),
            group.kpis.len().into(),
            Text::joined(&remarks, " ").into(),
        ]);
    }
    for group in groups.iter().take(NAMED_MAX) {
        if let Ok(mean) = &group.mean {
            let found = Number::new(group.title.clone(), mean.value.capped * 100.0);
            let found = found.decimals(0).unit(Text::same("%"));
            report = report.number(stated(found, mean));
        }
    }
    report = show::table(report, table).paragraph(WORDS.word("progress-method"));
    groups
        .iter()
        .filter_map(|group| radar(group.title.clone(), &find(paced, &group.kpis)))
        .take(NAMED_MAX)
        .fold(report, Report::chart)
}

fn next(plan: &Plan, paced: &[Paced<'_>], needs: &[Group], today: f64) -> Vec<Text> {
    let mut next = pace::next(plan, paced, today);
    for need in needs.iter().filter(|need| need.is_derived) {
        next.push(WORDS.say("next-need", &[("need", (&need.title).into())]));
    }
    next
}

fn group_data(groups: &[Group]) -> Map<String, serde_json::Value> {
    let value = |group: &Group| {
        let id = group.path.rsplit('/').next().unwrap_or_default().to_owned();
        let mean = group.mean.as_ref().ok();
        let value = json!({
            "capped": mean.map(|mean| mean.value.capped), "raw": mean.map(|mean| mean.value.raw),
            "n": mean.map_or(0, |mean| mean.n), "kpis": group.kpis, "derived": group.is_derived,
        });
        (id, value)
    };
    groups.iter().map(value).collect()
}

fn kpi_data(paced: &[Paced<'_>]) -> Map<String, serde_json::Value> {
    let status = |status: Option<Status>| match status {
        Some(Status::Green) => Some("green"),
        Some(Status::Amber) => Some("amber"),
        Some(Status::Red) => Some("red"),
        None => None,
    };
    let value = |one: &Paced<'_>| {
        let value = json!({
            "value": one.newest.map(|(value, _)| value),
            "progress": one.progress().map(jospar_methods::kpi::Progress::number),
            "status": status(one.status),
        });
        (one.kpi.id.clone(), value)
    };
    paced.iter().map(value).collect()
}
