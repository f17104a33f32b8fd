//! The task `health`: what is planned through, what it changes, which problems it answers, decisions, both partners.

use std::collections::BTreeMap;

use jospar_plugin_sdk::{
    Cell, Chart, ChartKind, Column, Error, Outcome, Report, Table, Text, Tone, Value,
};
use serde_json::json;

use crate::plan::{Decision, Initiative, Meeting, Plan, Problem, filled};
use crate::show::{self, NAMED_MAX, count, denied, empty, nothing, number, share, steps, text};
use crate::{WORDS, approval, dates, hazards, rhythm};

/// What the task reads.
pub(crate) const PARTS: [&str; 12] = [
    "plan",
    "partners",
    "problems",
    "evidence",
    "initiatives",
    "kpis",
    "risks",
    "meetings",
    "meeting_rule",
    "documents",
    "ai_runs",
    "comments_threads",
];

pub(crate) fn report(plan: &Plan, today: f64) -> Result<Outcome, Error> {
    let is_empty =
        plan.initiatives.is_empty() && plan.problems.is_empty() && plan.meetings.is_empty();
    if is_empty {
        return Err(Error::refused(WORDS.word("health-empty")));
    }
    let lacking = lacking(plan);
    let rhythm = rhythm::calculate(plan, today);
    let uses = approval::uses(plan);
    let dated = dates::find(plan, today);
    let both = touched_by_both(plan);
    let mut report = answer(plan, &lacking, &rhythm, &dated);
    report = planned(report, plan, &lacking);
    report = rhythm::show(report, &rhythm);
    report = approval::show(report, &uses);
    report = decisions(report, plan);
    report = problems(report, plan);
    report = dimensions(report, plan);
    report = partners(report, plan, both.as_ref());
    report = dates::show(report, plan, &dated);
    report = hazards::show(report, plan);
    let next = next(plan, &lacking, &rhythm, &uses);
    report = report.heading(2, WORDS.word("next")).items(steps(next));
    let complete = complete_decisions(plan);
    let covered = plan.problems.iter().filter(|problem| answered(plan, problem) > 0).count();
    Outcome::of(denied(report, &plan.denied)).with_data(&json!({
        "planned": {"count": lacking.iter().filter(|(_, missing)| missing.is_empty()).count(),
            "n": lacking.len(), "missing": missing_data(&lacking)},
        "dimensions": touched(plan).into_iter().map(|(id, _, n)| (id, n)).collect::<BTreeMap<_, _>>(),
        "meetings": rhythm.data(),
        "ai": {"approved": approval::approved(&uses), "n": uses.len()},
        "decisions": {"complete": complete.0, "n": complete.1},
        "problems": {"covered": covered, "n": plan.problems.len()},
        "both": both.map(|both| json!({"count": both.len(), "n": plan.initiatives().count()})),
        "dates": dates::data(&dated),
        "risks": hazards::data(plan),
    }))
}

/// What an initiative lacks of owner, due day, full chain, KPI and evidence, by the keys of their names.
fn lacking(plan: &Plan) -> Vec<(&Initiative, Vec<&'static str>)> {
    plan.initiatives()
        .map(|initiative| {
            let parts = [
                ("lack-owner", !initiative.owners.is_empty()),
                ("lack-due", initiative.due.day().is_some()),
                ("lack-chain", links(initiative) == 3),
                ("lack-kpi", kpis(plan, initiative) > 0),
                ("lack-evidence", evidence(plan, initiative) > 0),
            ];
            let missing = parts.iter().filter(|(_, has)| !has).map(|(key, _)| *key);
            (initiative, missing.collect())
        })
        .collect()
}

/// Links of the chain with a text, 0 to 3.
fn links(initiative: &Initiative) -> usize {
    let chain = &initiative.chain;
    let texts = [&chain.strategy.text, &chain.technology.text, &chain.pedagogy.text];
    texts.iter().filter(|text| filled(text.as_deref())).count()
}

/// KPIs that the plan has. Where they are not granted, each id counts.
fn kpis(plan: &Plan, initiative: &Initiative) -> usize {
    let is_open = plan.denied.contains(&"kpis");
    initiative.kpis.iter().filter(|id| is_open || plan.kpi(id).is_some()).count()
}

/// Evidence of its own or of the problems that it answers.
fn evidence(plan: &Plan, initiative: &Initiative) -> usize {
    let linked = plan.problems.iter().filter(|problem| Plan::is_linked(problem, initiative));
    let of_problems: usize = linked.map(|problem| plan.evidence_count(&problem.evidence)).sum();
    plan.evidence_count(&initiative.evidence) + of_problems
}

fn missing_data(lacking: &[(&Initiative, Vec<&'static str>)]) -> BTreeMap<String, Vec<String>> {
    let some = lacking.iter().filter(|(_, missing)| !missing.is_empty());
    let plain = |key: &&str| key.trim_start_matches("lack-").to_owned();
    some.map(|(one, missing)| (one.id.clone(), missing.iter().map(plain).collect())).collect()
}

fn answer(
    plan: &Plan,
    lacking: &[(&Initiative, Vec<&'static str>)],
    rhythm: &rhythm::Rhythm,
    dated: &[dates::Dated],
) -> Report {
    let planned = lacking.iter().filter(|(_, missing)| missing.is_empty()).count();
    let overdue = dated.iter().filter(|one| one.days < 0.0).count();
    let values = [
        ("planned", Value::from(planned)),
        ("n", lacking.len().into()),
        ("overdue", overdue.into()),
        ("soon", (dated.len() - overdue).into()),
        ("meetings", plan.meetings.len().into()),
    ];
    let key = if rhythm.is_late() { "health-answer-late" } else { "health-answer" };
    let is_well = overdue == 0 && planned == lacking.len() && !rhythm.is_late();
    let tone = if is_well { Tone::Info } else { Tone::Warning };
    Report::new(WORDS.word("health-title")).callout(tone, WORDS.say(key, &values))
}

fn planned(report: Report, plan: &Plan, lacking: &[(&Initiative, Vec<&'static str>)]) -> Report {
    let report = report.heading(2, WORDS.word("planned"));
    if lacking.is_empty() {
        return nothing(report, "initiatives-none");
    }
    let planned = lacking.iter().filter(|(_, missing)| missing.is_empty()).count();
    let report = share(report, &WORDS.word("planned-share"), planned, lacking.len());
    let mut table = empty(
        "planned-table",
        &[
            text("initiative"),
            text("owners"),
            text("due"),
            number("links", 0),
            number("kpis", 0),
            number("evidence", 0),
            text("lacks"),
        ],
    );
    for (initiative, missing) in lacking {
        let missing: Vec<Text> = missing.iter().map(|key| WORDS.word(key)).collect();
        table.push(vec![
            item(initiative),
            plan.persons(&initiative.owners).into(),
            initiative.due.text().into(),
            links(initiative).into(),
            kpis(plan, initiative).into(),
            evidence(plan, initiative).into(),
            Text::joined(&missing, ", ").into(),
        ]);
    }
    show::table(report, table).paragraph(WORDS.word("planned-method"))
}

fn item(initiative: &Initiative) -> Cell {
    Cell::Item(format!("initiatives/{}", initiative.id))
}

/// The dimensions of change with how many initiatives touch each.
fn touched(plan: &Plan) -> Vec<(String, Text, usize)> {
    let dimensions = plan.plan.change_dimensions.iter();
    dimensions
        .map(|dimension| {
            let touch = plan.initiatives().filter(|one| one.change_dims.contains(&dimension.id));
            (dimension.id.clone(), dimension.title.clone(), touch.count())
        })
        .collect()
}

/// Initiatives that change none of the dimensions.
fn technical_only(plan: &Plan) -> Vec<&Initiative> {
    let known = &plan.plan.change_dimensions;
    let touches = |initiative: &&Initiative| {
        let mut own = initiative.change_dims.iter();
        own.any(|id| known.is_empty() || known.iter().any(|dimension| dimension.id == *id))
    };
    plan.initiatives().filter(|initiative| !touches(initiative)).collect()
}

fn dimensions(report: Report, plan: &Plan) -> Report {
    let report = report.heading(2, WORDS.word("dimensions"));
    let touched = touched(plan);
    if touched.is_empty() {
        return nothing(report, "dimensions-none");
    }
    let names = touched.iter().map(|(_, title, _)| title.clone()).collect();
    let values = touched.iter().map(|(_, _, n)| Some(count(*n))).collect();
    let chart = Chart::new(ChartKind::Bar, WORDS.word("dimensions-chart"))
        .categories(names)
        .series(WORDS.word("initiatives"), values);
    let mut report = report.chart(chart);
    for (_, title, _) in touched.iter().filter(|(_, _, n)| *n == 0).take(NAMED_MAX) {
        let values = [("dimension", Value::from(title))];
        report = report.callout(Tone::Warning, WORDS.say("dimension-untouched", &values));
    }
    let bare: Vec<Text> = technical_only(plan).iter().map(|one| one.title.clone()).collect();
    if bare.is_empty() {
        return report;
    }
    let values = [("initiatives", Text::joined(&bare, "; ").into())];
    report.callout(Tone::Warning, WORDS.say("technical-only", &values))
}

/// Initiatives that answer a problem.
fn answered(plan: &Plan, problem: &Problem) -> usize {
    plan.initiatives().filter(|initiative| Plan::is_linked(problem, initiative)).count()
}

fn problems(report: Report, plan: &Plan) -> Report {
    let report = report.heading(2, WORDS.word("problems"));
    if plan.problems.is_empty() {
        return nothing(report, "problems-none");
    }
    let covered = plan.problems.iter().filter(|problem| answered(plan, problem) > 0).count();
    let report = share(report, &WORDS.word("problems-share"), covered, plan.problems.len());
    let mut table =
        empty("problems", &[text("problem"), number("initiatives", 0), number("evidence", 0)]);
    for problem in &plan.problems {
        table.push(vec![
            Cell::Item(format!("problems/{}", problem.id)),
            answered(plan, problem).into(),
            plan.evidence_count(&problem.evidence).into(),
        ]);
    }
    let report = show::table(report, table);
    let loose = plan.initiatives().filter(|one| !has_problem(plan, one));
    let loose: Vec<Text> = loose.map(|one| one.title.clone()).collect();
    if loose.is_empty() {
        return report;
    }
    let values = [("initiatives", Text::joined(&loose, "; ").into())];
    report.callout(Tone::Warning, WORDS.say("initiatives-loose", &values))
}

fn has_problem(plan: &Plan, initiative: &Initiative) -> bool {
    plan.problems.iter().any(|problem| Plan::is_linked(problem, initiative))
}

fn all_decisions(plan: &Plan) -> impl Iterator<Item = (&Meeting, &Decision)> {
    let meetings = plan.meetings.iter();
    meetings.flat_map(|meeting| meeting.decisions.iter().map(move |decision| (meeting, decision)))
}

/// What a decision lacks of evidence, owner and day.
fn decision_lacks(plan: &Plan, decision: &Decision) -> Vec<&'static str> {
    let parts = [
        ("lack-evidence", plan.evidence_count(&decision.evidence) > 0),
        ("lack-owner", filled(decision.owner.as_deref())),
        ("lack-due", decision.due.day().is_some()),
    ];
    parts.iter().filter(|(_, has)| !has).map(|(key, _)| *key).collect()
}

/// Decisions with evidence, owner and day, of how many.
fn complete_decisions(plan: &Plan) -> (usize, usize) {
    let complete = all_decisions(plan).filter(|(_, one)| decision_lacks(plan, one).is_empty());
    (complete.count(), all_decisions(plan).count())
}

fn decisions(report: Report, plan: &Plan) -> Report {
    let report = report.heading(2, WORDS.word("decisions"));
    let (complete, n) = complete_decisions(plan);
    if n == 0 {
        return nothing(report, "decisions-none");
    }
    let report = share(report, &WORDS.word("decisions-share"), complete, n);
    let mut table = empty(
        "decisions-incomplete",
        &[text("decision"), text("owner"), text("due"), text("lacks")],
    );
    for (meeting, decision) in all_decisions(plan) {
        let missing: Vec<Text> =
            decision_lacks(plan, decision).iter().map(|key| WORDS.word(key)).collect();
        if missing.is_empty() {
            continue;
        }
        table.push(vec![
            Cell::Item(format!("meetings/{}/decisions/{}", meeting.id, decision.id)),
            plan.person(decision.owner.as_deref()).into(),
            decision.due.text().into(),
            Text::joined(&missing, ", ").into(),
        ]);
    }
    show::table(report, table)
}

/// Initiatives at which each partner has left a trace: a comment, a reply, advice, or a decision that is theirs.
/// `None` where the plan names fewer than two partners.
fn touched_by_both(plan: &Plan) -> Option<Vec<&Initiative>> {
    if plan.partners.len() < 2 {
        return None;
    }
    let by_all = |initiative: &&Initiative| {
        plan.partners.iter().all(|partner| has_touched(plan, &partner.id, initiative))
    };
    Some(plan.initiatives().filter(by_all).collect())
}

fn has_touched(plan: &Plan, partner: &str, initiative: &Initiative) -> bool {
    let is = |who: &Option<String>| who.as_deref() == Some(partner);
    let about = |on: &Option<String>| {
        let on = on.as_deref().unwrap_or_default();
        on.split('/').any(|part| part == initiative.id)
    };
    let threads = plan.comments_threads.iter().filter(|thread| about(&thread.on));
    let mut wrote =
        threads.map(|thread| is(&thread.author) || thread.replies.iter().any(|r| is(&r.author)));
    let mut advised =
        initiative.advice.iter().map(|advice| is(&advice.author) && filled(advice.text.as_deref()));
    let mut decided = all_decisions(plan).map(|(_, decision)| {
        is(&decision.owner) && decision.initiative.as_deref() == Some(&initiative.id)
    });
    wrote.any(|yes| yes) || advised.any(|yes| yes) || decided.any(|yes| yes)
}

fn partners(report: Report, plan: &Plan, both: Option<&Vec<&Initiative>>) -> Report {
    let report = report.heading(2, WORDS.word("both"));
    let Some(both) = both else { return nothing(report, "both-none") };
    let n = plan.initiatives().count();
    let report = share(report, &WORDS.word("both-share"), both.len(), n);
    let mut columns = vec![Column::text(WORDS.word("initiative"))];
    columns.extend(plan.partners.iter().map(|partner| Column::text(partner.title.clone())));
    let mut table = Table::new(WORDS.word("both-table"), columns);
    for initiative in plan.initiatives() {
        let mut row = vec![item(initiative)];
        row.extend(plan.partners.iter().map(|partner| {
            let touched = has_touched(plan, &partner.id, initiative);
            Cell::from(WORDS.word(if touched { "yes" } else { "no" }))
        }));
        table.push(row);
    }
    show::table(report, table).paragraph(WORDS.word("both-method"))
}

fn next(
    plan: &Plan,
    lacking: &[(&Initiative, Vec<&'static str>)],
    rhythm: &rhythm::Rhythm,
    uses: &[approval::Use],
) -> Vec<Text> {
    let mut next = Vec::new();
    if rhythm.is_late() {
        next.push(WORDS.word("next-meeting"));
    }
    for problem in plan.problems.iter().filter(|problem| answered(plan, problem) == 0) {
        next.push(WORDS.say("next-problem", &[("problem", (&problem.title).into())]));
    }
    for (initiative, missing) in lacking.iter().filter(|(_, missing)| !missing.is_empty()) {
        let missing: Vec<Text> = missing.iter().map(|key| WORDS.word(key)).collect();
        let missing = Text::joined(&missing, ", ");
        let values = [("initiative", (&initiative.title).into()), ("missing", missing.into())];
        next.push(WORDS.say("next-initiative", &values));
    }
    let (complete, n) = complete_decisions(plan);
    if complete < n {
        next.push(WORDS.say("next-decisions", &[("n", (n - complete).into())]));
    }
    let waiting = uses.len() - approval::approved(uses);
    if waiting > 0 {
        next.push(WORDS.say("next-ai", &[("n", waiting.into())]));
    }
    next
}
