//! L11 and L12: is the partnership alive?

use serde_json::Value;

use super::{Edits, Findings, Rule};
use crate::plan::ahp::count_f64;
use crate::plan::{Date, Duty, Kind, Partner, PlanView};

/// A duty must show activity within so many days.
const DUTY_DAYS_MAX: i64 = 30;
/// No partner should make more than this part of the edits.
const EDIT_SHARE_MAX: f64 = 0.9;
/// Below so many edits a share says nothing.
const EDITS_MIN: u64 = 20;

pub(super) fn check_partners(plan: &PlanView, as_of: Date, edits: &Edits, findings: &mut Findings) {
    for partner in &plan.head.partners {
        for duty in &partner.duties {
            check_duty(plan, partner, duty, as_of, findings);
        }
    }
    check_edits(plan, edits, findings);
    check_rhythm(plan, as_of, findings);
}

/// L11, duties. Needs dated items: those that the duty's `activities` name; else those that show one of the eight
/// duties of the article (known by id, DOMAIN.md rows L1 to L8); else whatever the partner does at all. The first 30
/// days of the plan are not judged, nor is a plan without a first day.
fn check_duty(
    plan: &PlanView,
    partner: &Partner,
    duty: &Duty,
    as_of: Date,
    findings: &mut Findings,
) {
    let Some(start) = plan.head.plan.period.start else { return };
    let mut dates = linked_dates(plan, duty);
    if dates.is_empty() {
        dates = duty_dates(plan, &partner.id, &duty.id);
    }
    if dates.is_empty() {
        dates = partner_dates(plan, &partner.id);
    }
    let last = dates.into_iter().filter(|date| *date <= as_of).max().unwrap_or(start);
    let days = as_of.days_since(last.max(start));
    if days > DUTY_DAYS_MAX {
        let subject = (Kind::Plan, format!("partners/{}/duties/{}", partner.id, duty.id));
        let values = [
            ("title", (&duty.title).into()),
            ("partner", (&partner.title).into()),
            ("days", whole(days).into()),
        ];
        findings.add((Rule::L11, "lint-l11-duty"), subject, values);
    }
}

/// All days inside the items that the duty names.
fn linked_dates(plan: &PlanView, duty: &Duty) -> Vec<Date> {
    let mut dates = Vec::new();
    for item in duty.activities.iter().filter_map(|id| plan.find_item(id)) {
        collect_dates(item, &mut dates);
    }
    dates
}

fn collect_dates(value: &Value, dates: &mut Vec<Date>) {
    match value {
        Value::String(text) => dates.extend(text.parse::<Date>().ok()),
        Value::Array(items) => items.iter().for_each(|item| collect_dates(item, dates)),
        Value::Object(members) => members.values().for_each(|item| collect_dates(item, dates)),
        _ => {}
    }
}

/// The days that show one of the article's eight duties.
fn duty_dates(plan: &PlanView, partner: &str, duty: &str) -> Vec<Date> {
    let trainings = || plan.development.iter().filter_map(|event| event.date);
    let sessions = || plan.mentoring.pairs.iter().flat_map(|pair| &pair.log).filter_map(|s| s.date);
    let support = &plan.support;
    match duty {
        "dd1" => meeting_dates(plan, partner),
        "dd2" => {
            let granted = support.time_grants.iter().filter_map(|grant| grant.from);
            trainings().chain(sessions()).chain(granted).collect()
        }
        "dd3" => plan.bulletins.iter().filter_map(|bulletin| bulletin.last_sent).collect(),
        "dd4" => {
            let stated = plan.kpis.iter().filter_map(|kpi| kpi.measured);
            let measured = plan.kpis.iter().flat_map(|kpi| &kpi.measurements);
            let corrected = plan.corrections.iter().filter_map(|correction| correction.date);
            let audited = plan.audit.date.into_iter();
            stated.chain(measured.filter_map(|m| m.date)).chain(corrected).chain(audited).collect()
        }
        "id1" => {
            let tools = support.tools.iter().filter_map(|tool| tool.added);
            tools.chain(written_dates(plan, partner)).collect()
        }
        "id2" => trainings().chain(sessions()).collect(),
        "id3" => {
            let resources = support.resources.iter();
            resources
                .flat_map(|resource| [resource.published, resource.last_used])
                .flatten()
                .collect()
        }
        "id4" => {
            let tickets = support.tickets.iter().flat_map(|t| [t.opened, t.closed]).flatten();
            tickets.chain(support.maintenance.iter().filter_map(|care| care.done)).collect()
        }
        _ => Vec::new(),
    }
}

/// Meetings that the partner took part in.
fn meeting_dates(plan: &PlanView, partner: &str) -> Vec<Date> {
    let meetings = plan.meetings.iter();
    let attended = meetings.filter(|meeting| meeting.attendees.iter().any(|who| who == partner));
    attended.filter_map(|meeting| meeting.date).collect()
}

/// Comments and advice that the partner wrote.
fn written_dates(plan: &PlanView, partner: &str) -> Vec<Date> {
    let threads = plan.threads.iter().filter(|thread| thread.author == partner);
    let replies = plan.threads.iter().flat_map(|t| &t.replies).filter(|r| r.author == partner);
    let advice = plan.initiatives.iter().flat_map(|i| &i.advice).filter(|a| a.author == partner);
    let dates =
        threads.map(|t| t.date).chain(replies.map(|r| r.date)).chain(advice.map(|a| a.date));
    dates.flatten().collect()
}

fn partner_dates(plan: &PlanView, partner: &str) -> Vec<Date> {
    let mut dates = meeting_dates(plan, partner);
    dates.extend(written_dates(plan, partner));
    dates
}

/// L11, edits. Needs counts from the log.
fn check_edits(plan: &PlanView, edits: &Edits, findings: &mut Findings) {
    let total: u64 = edits.values().fold(0, |sum, count| sum.saturating_add(*count));
    let most = edits.iter().max_by_key(|(_, count)| **count);
    let Some((who, count)) = most.filter(|_| total >= EDITS_MIN) else { return };
    let number = |count: u64| usize::try_from(count).map_or(f64::MAX, count_f64);
    let share = number(*count) / number(total);
    if share > EDIT_SHARE_MAX {
        let partner = plan.head.partners.iter().find(|partner| partner.id == *who);
        let name = partner.map_or_else(|| who.into(), |partner| (&partner.title).into());
        let subject = (Kind::Plan, format!("partners/{who}"));
        let values = [("partner", name), ("percent", (share * 100.0).round().into())];
        findings.add((Rule::L11, "lint-l11-edits"), subject, values);
    }
}

/// L12: the days since the last meeting, or since the plan began. Needs `meeting_rule`.
fn check_rhythm(plan: &PlanView, as_of: Date, findings: &mut Findings) {
    let Some(every) = plan.meeting_rule.every_days.filter(|days| *days > 0.0) else { return };
    let held = plan.meetings.iter().filter_map(|meeting| meeting.date);
    let last = held.filter(|date| *date <= as_of).max();
    let Some(last) = last.or(plan.head.plan.period.start) else { return };
    let days = whole(as_of.days_since(last));
    if days > every {
        let subject = (Kind::Meetings, "meetings".to_owned());
        let values = [("days", days.into()), ("every", every.into())];
        findings.add((Rule::L12, "lint-l12-detail"), subject, values);
    }
}

/// Days as a number; exact, since dates lie within ten thousand years.
fn whole(days: i64) -> f64 {
    i32::try_from(days).map_or(f64::MAX, f64::from)
}
