//! L01 to L04 and L08: initiatives, their chains, problems and KPIs.

use super::{Findings, Rule};
use crate::plan::{Date, Initiative, Kind, Part, PlanView};

pub(super) fn check_initiatives(plan: &PlanView, as_of: Date, findings: &mut Findings) {
    for initiative in &plan.initiatives {
        check_result(plan, initiative, as_of, findings);
        check_chain(plan, initiative, findings);
        check_use(plan, initiative, findings);
    }
    for problem in &plan.head.problems {
        let linked = plan.initiatives.iter().any(|initiative| {
            problem.initiatives.contains(&initiative.id)
                || initiative.problems.contains(&problem.id)
        });
        if !linked {
            let subject = (Kind::Plan, format!("problems/{}", problem.id));
            let title = ("title", (&problem.title).into());
            findings.add((Rule::L04, "lint-l04-problem"), subject, [title]);
        }
    }
}

fn subject(initiative: &Initiative) -> (Kind, String) {
    (Kind::Initiatives, format!("initiatives/{}", initiative.id))
}

/// L01: a technology needs a pedagogical result and an outcome KPI that is measured in time.
fn check_result(plan: &PlanView, initiative: &Initiative, as_of: Date, findings: &mut Findings) {
    if initiative.chain.technology.text.trim().is_empty() {
        return;
    }
    let title = || ("title", (&initiative.title).into());
    if initiative.chain.pedagogy.text.trim().is_empty() {
        findings.add((Rule::L01, "lint-l01-no-pedagogy"), subject(initiative), [title()]);
    }
    if plan.outcome_kpis(initiative).next().is_none() {
        findings.add((Rule::L01, "lint-l01-no-outcome-kpi"), subject(initiative), [title()]);
    }
    for kpi in plan.outcome_kpis(initiative).filter(|kpi| kpi.is_overdue(as_of)) {
        if let Some(due) = kpi.next_due {
            let values = [title(), ("kpi", (&kpi.title).into()), ("due", due.into())];
            findings.add((Rule::L01, "lint-l01-overdue"), subject(initiative), values);
        }
    }
}

/// L02, L03 and the initiative's half of L04. L02 counts only dimensions that the plan has, if it has any.
fn check_chain(plan: &PlanView, initiative: &Initiative, findings: &mut Findings) {
    let title = || ("title", (&initiative.title).into());
    let known = &plan.head.plan.change_dimensions;
    let touches = initiative
        .change_dims
        .iter()
        .any(|dimension| known.is_empty() || known.iter().any(|k| k.id == *dimension));
    if !touches {
        findings.add((Rule::L02, "lint-l02-detail"), subject(initiative), [title()]);
    }
    let chain = &initiative.chain;
    let links = [
        (Part::Strategy, &chain.strategy.text),
        (Part::Technology, &chain.technology.text),
        (Part::Pedagogy, &chain.pedagogy.text),
    ];
    let empty = links.iter().filter(|(_, text)| text.trim().is_empty());
    let missing: Vec<&'static str> = empty.map(|(part, _)| part.message_key()).collect();
    if matches!(missing.len(), 1 | 2) {
        let values = [title(), ("missing", missing.into())];
        findings.add((Rule::L03, "lint-l03-detail"), subject(initiative), values);
    }
    if !plan.is_linked_to_problem(initiative) {
        findings.add((Rule::L04, "lint-l04-initiative"), subject(initiative), [title()]);
    }
}

/// L08: KPIs of kind `use` need an outcome KPI beside them.
fn check_use(plan: &PlanView, initiative: &Initiative, findings: &mut Findings) {
    let mut kpis = initiative.kpis.iter().filter_map(|id| plan.kpi(id));
    let counts_use = kpis.any(|kpi| kpi.kind == Some("use"));
    if counts_use && plan.outcome_kpis(initiative).next().is_none() {
        let title = ("title", (&initiative.title).into());
        findings.add((Rule::L08, "lint-l08-detail"), subject(initiative), [title]);
    }
}
