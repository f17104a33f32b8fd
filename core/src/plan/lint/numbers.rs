//! L17: numbers that contradict each other.

use super::{Findings, Rule};
use crate::plan::{CONSISTENCY_RATIO_MAX, Kind, PlanView};

/// How far a sum of weights may be from 1.
const WEIGHT_TOLERANCE: f64 = 0.001;

pub(super) fn check_numbers(plan: &PlanView, findings: &mut Findings) {
    check_swot(plan, findings);
    check_comparisons(plan, findings);
    let areas = plan.audit.areas.iter().map(|area| area.weight);
    if let Some(sum) = wrong_sum(areas) {
        let subject = (Kind::Audit, "audit/areas".to_owned());
        findings.add((Rule::L17, "lint-l17-weights-areas"), subject, [("sum", sum.into())]);
    }
    for case in &plan.assistant.assistant_cases {
        if let Some(sum) = wrong_sum(case.criteria.iter().map(|criterion| criterion.weight)) {
            let subject = (Kind::Assistant, format!("assistant_cases/{}", case.id));
            let values = [("title", (&case.title).into()), ("sum", sum.into())];
            findings.add((Rule::L17, "lint-l17-weights-criteria"), subject, values);
        }
    }
    for kpi in &plan.kpis {
        if let Some(value) = kpi.baseline.filter(|baseline| kpi.target == Some(*baseline)) {
            let subject = (Kind::Kpis, format!("kpis/{}", kpi.id));
            let values = [("title", (&kpi.title).into()), ("value", value.into())];
            findings.add((Rule::L17, "lint-l17-baseline"), subject, values);
        }
    }
    for marks in &plan.marks {
        if let Some((quality, success)) = marks.quality.zip(marks.success)
            && quality > success
        {
            let subject = (Kind::Kpis, format!("marks/{}", marks.id));
            let values = [
                ("class", (&marks.class).into()),
                ("subject", (&marks.subject).into()),
                ("quality", quality.into()),
                ("success", success.into()),
            ];
            findings.add((Rule::L17, "lint-l17-quality"), subject, values);
        }
    }
}

fn check_swot(plan: &PlanView, findings: &mut Findings) {
    let of = |quadrants: [&'static str; 2]| {
        let factors = plan.swot.items.iter();
        let group = factors.filter(move |f| f.quadrant.is_some_and(|q| quadrants.contains(&q)));
        wrong_sum(group.map(|factor| factor.weight))
    };
    let groups = [
        ("lint-l17-weights-internal", of(["S", "W"])),
        ("lint-l17-weights-external", of(["O", "T"])),
    ];
    for (message, sum) in groups {
        if let Some(sum) = sum {
            let subject = (Kind::Swot, "swot/items".to_owned());
            findings.add((Rule::L17, message), subject, [("sum", sum.into())]);
        }
    }
}

fn check_comparisons(plan: &PlanView, findings: &mut Findings) {
    for group in &plan.swot.pairwise {
        let Some(ahp) = group.ahp() else { continue };
        if ahp.consistency_ratio <= CONSISTENCY_RATIO_MAX {
            continue;
        }
        let [first, second, third] = ahp.worst_triad.unwrap_or_default();
        let subject = (Kind::Swot, format!("swot/pairwise/{}", group.id));
        let values = [
            ("group", (&group.id).into()),
            ("ratio", ahp.consistency_ratio.into()),
            ("first", (&first).into()),
            ("second", (&second).into()),
            ("third", (&third).into()),
        ];
        findings.add((Rule::L17, "lint-l17-consistency"), subject, values);
    }
}

/// The sum of weights where it is not 1; `None` where no weight is set at all.
fn wrong_sum(weights: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let set: Vec<f64> = weights.flatten().collect();
    let sum: f64 = set.iter().sum();
    (!set.is_empty() && (sum - 1.0).abs() > WEIGHT_TOLERANCE).then_some(sum)
}
