//! L05 to L07, L10 and L13: levels, decisions, KPIs, pilots and risks.

use super::{Findings, Rule};
use crate::plan::{Date, Decision, Indicator, Kind, Kpi, Pilot, PlanView, Risk};

/// From this score on a risk must have somebody at work on it.
const RISK_SCORE_MIN: f64 = 10.0;

pub(super) fn check_data(plan: &PlanView, as_of: Date, findings: &mut Findings) {
    for area in &plan.audit.areas {
        for indicator in &area.indicators {
            let place = format!("audit/areas/{}/indicators/{}", area.id, indicator.id);
            check_level(plan, indicator, as_of, (Kind::Audit, place), findings);
        }
    }
    for meeting in &plan.meetings {
        for decision in &meeting.decisions {
            let place = format!("meetings/{}/decisions/{}", meeting.id, decision.id);
            check_decision(plan, decision, (Kind::Meetings, place), findings);
        }
    }
    plan.kpis.iter().for_each(|kpi| check_kpi(kpi, findings));
    plan.pilots.iter().for_each(|pilot| check_pilot(pilot, findings));
    plan.risks.iter().for_each(|risk| check_risk(risk, findings));
}

/// L05: the newest evidence counts; evidence without a date is not called old.
fn check_level(
    plan: &PlanView,
    indicator: &Indicator,
    as_of: Date,
    subject: (Kind, String),
    findings: &mut Findings,
) {
    let Some(level) = indicator.level else { return };
    let values = || [("title", (&indicator.title).into()), ("level", level.into())];
    if plan.evidence_of(&indicator.evidence).next().is_none() {
        findings.add((Rule::L05, "lint-l05-none"), subject, values());
        return;
    }
    let newest = plan.evidence_of(&indicator.evidence).filter_map(|evidence| evidence.date).max();
    if let Some(newest) = newest.filter(|newest| as_of.is_year_after(*newest)) {
        let [title, level] = values();
        findings.add((Rule::L05, "lint-l05-old"), subject, [title, level, ("date", newest.into())]);
    }
}

/// L06.
fn check_decision(
    plan: &PlanView,
    decision: &Decision,
    subject: (Kind, String),
    findings: &mut Findings,
) {
    let has_evidence = plan.evidence_of(&decision.evidence).next().is_some();
    let missing = missing(&[
        ("missing-evidence", has_evidence),
        ("missing-owner", !decision.owner.is_empty()),
        ("missing-due", decision.due.is_some()),
    ]);
    if !missing.is_empty() {
        let values = [("text", (&decision.text).into()), ("missing", missing.into())];
        findings.add((Rule::L06, "lint-l06-detail"), subject, values);
    }
}

/// L07: a KPI needs a baseline, a target, a source and the day of its value, or, before the first value, the day of
/// the next measurement. A baseline beyond the target is met on day one; one equal to it is a matter of L17.
fn check_kpi(kpi: &Kpi, findings: &mut Findings) {
    let subject = || (Kind::Kpis, format!("kpis/{}", kpi.id));
    let dated = if kpi.actual.is_some() {
        kpi.measured.is_some()
    } else {
        kpi.next_due.is_some() || kpi.measurements.iter().any(|m| m.date.is_some())
    };
    let missing = missing(&[
        ("missing-baseline", kpi.baseline.is_some()),
        ("missing-target", kpi.target.is_some()),
        ("missing-source", !kpi.source.is_empty()),
        ("missing-date", dated),
    ]);
    let title = || ("title", (&kpi.title).into());
    if !missing.is_empty() {
        let values = [title(), ("missing", missing.into())];
        findings.add((Rule::L07, "lint-l07-missing"), subject(), values);
    }
    if let Some((baseline, target)) = kpi.baseline.zip(kpi.target)
        && baseline != target
        && kpi.is_met_by(baseline)
    {
        let values = [title(), ("baseline", baseline.into()), ("target", target.into())];
        findings.add((Rule::L07, "lint-l07-met"), subject(), values);
    }
}

/// L10.
fn check_pilot(pilot: &Pilot, findings: &mut Findings) {
    if pilot.decision != Some("scale") {
        return;
    }
    let subject = (Kind::Pilots, format!("pilots/{}", pilot.id));
    let title = ("title", (&pilot.title).into());
    let (least, most) = (pilot.success.at_least, pilot.success.at_most);
    let Some(criterion) = least.or(most) else {
        findings.add((Rule::L10, "lint-l10-no-criterion"), subject, [title]);
        return;
    };
    let Some(measured) = pilot.measured else {
        findings.add((Rule::L10, "lint-l10-not-measured"), subject, [title]);
        return;
    };
    if least.is_some_and(|least| measured < least) || most.is_some_and(|most| measured > most) {
        let values = [title, ("measured", measured.into()), ("criterion", criterion.into())];
        findings.add((Rule::L10, "lint-l10-not-reached"), subject, values);
    }
}

/// L13: a mitigation counts when somebody owns it and it is not over. Once all are over the residual score counts.
fn check_risk(risk: &Risk, findings: &mut Findings) {
    let score = risk.current_score().unwrap_or_default();
    let looked_after = risk.mitigations.iter().any(|mitigation| {
        !mitigation.owner.is_empty() && !matches!(mitigation.state, Some("done" | "cancelled"))
    });
    if score >= RISK_SCORE_MIN && !looked_after {
        let subject = (Kind::Risks, format!("risks/{}", risk.id));
        let values = [("title", (&risk.title).into()), ("score", score.into())];
        findings.add((Rule::L13, "lint-l13-detail"), subject, values);
    }
}

fn missing(checks: &[(&'static str, bool)]) -> Vec<&'static str> {
    checks.iter().filter(|(_, present)| !present).map(|(key, _)| *key).collect()
}
