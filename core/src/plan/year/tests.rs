#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::document::difference;
use crate::plan::{PlanView, import};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn example() -> Vec<YearDocument> {
    let file = include_str!("../../../../data/example-plan.json");
    let documents = import(file).unwrap().documents.into_iter();
    let read = |document: crate::plan::ImportedDocument| YearDocument {
        kind: document.kind,
        id: document.key.unwrap_or_default(),
        view: document.record,
    };
    documents.map(read).collect()
}

fn next(documents: &[YearDocument]) -> NextYear {
    let (as_of, start, end) = (day("2027-06-01"), day("2027-09-01"), day("2028-08-31"));
    let offers = year_offers(documents, as_of, start);
    let left = offers.into_iter().filter(|offer| !offer.why.goes_on());
    NextYear { start, end, as_of, leave: left.map(|offer| offer.path).collect() }
}

fn set(documents: &mut [YearDocument], list: &str, id: &str, member: &str, value: Value) {
    for document in documents {
        let Some(Value::Array(things)) = document.view.get_mut(list) else { continue };
        let thing = things.iter_mut().find(|one| one["id"] == id).unwrap();
        thing[member] = value.clone();
    }
}

fn begun(documents: &[YearDocument], next: &NextYear) -> PlanView {
    let views = begin_year(documents, next);
    let left: Vec<(Kind, Value)> = documents
        .iter()
        .zip(views)
        .filter(|(document, _)| !is_left(document, next))
        .map(|(document, view)| (document.kind, view))
        .collect();
    PlanView::from_documents(&left)
}

#[test]
fn open_things_go_on_and_finished_ones_stay_behind() {
    let mut documents = example();
    set(&mut documents, "initiatives", "in1", "state", json!("done"));
    set(&mut documents, "initiatives", "in2", "due", json!("2027-05-01"));
    set(&mut documents, "initiatives", "in2", "acknowledged", json!({"dir": "2026-09-02"}));
    let next = next(&documents);
    let plan = begun(&documents, &next);
    assert!(plan.initiative("in1").is_none());
    let second = plan.initiative("in2").unwrap();
    assert!(second.due.is_none() && second.acknowledged.is_empty());
    assert!(!second.title.is_empty());
    // What a finished initiative was referred to by refers to it no more.
    for node in &plan.school_map.nodes {
        assert!(!node.initiatives.contains(&"in1".to_owned()));
    }
    assert!(plan.head.problems.iter().all(|problem| !problem.initiatives.contains(&"in1".into())));
    assert_eq!(plan.head.plan.period.start, Some(day("2027-09-01")));
    assert!(plan.head.plan.title.en.contains("2027–2028"), "{}", plan.head.plan.title.en);
    assert_eq!(plan.head.partners.len(), 2);
}

#[test]
fn the_last_value_of_a_kpi_is_the_new_baseline() {
    let mut documents = example();
    let measurements = json!([{"id": "a", "date": "2027-05-20", "value": 0.5},
                              {"id": "b", "date": "2027-07-20", "value": 0.9}]);
    set(&mut documents, "kpis", "k1", "measurements", measurements);
    let next = next(&documents);
    let plan = begun(&documents, &next);
    let kpi = plan.kpi("k1").unwrap();
    // The value of July lies behind the day on which the year was begun.
    assert_eq!((kpi.baseline, kpi.actual, kpi.measured), (Some(0.5), None, None));
    assert!(kpi.measurements.is_empty() && kpi.target == Some(0.45));
    assert!(kpi.next_due.is_none());
    let offers = year_offers(&documents, next.as_of, next.start);
    let k1 = offers.iter().find(|offer| offer.path == "kpis/k1").unwrap();
    assert_eq!(k1.why, Why::Reached);
}

#[test]
fn what_was_done_against_a_risk_stays_in_the_old_year() {
    let mut documents = example();
    let measures = json!([{"id": "x", "state": "done"},
                          {"id": "y", "state": "open", "due": "2027-03-01"}]);
    set(&mut documents, "risks", "rk1", "mitigations", measures);
    set(&mut documents, "risks", "rk2", "mitigations", json!([{"id": "z", "state": "done"}]));
    let mut next = next(&documents);
    assert!(next.leave.contains("risks/rk2") && !next.leave.contains("risks/rk1"));
    let residual = documents.iter().find_map(|one| {
        let risks = one.view.get("risks")?.as_array()?;
        let risk = risks.iter().find(|risk| risk["id"] == "rk2")?;
        risk["residual"]["likelihood"].as_f64()
    });
    // A person carries the managed risk over all the same.
    next.leave.remove("risks/rk2");
    let plan = begun(&documents, &next);
    let risk = |id: &str| plan.risks.iter().find(|risk| risk.id == id).unwrap();
    assert_eq!(risk("rk1").mitigations.len(), 1);
    assert!(risk("rk1").mitigations[0].due.is_none());
    assert!(residual.is_some() && risk("rk2").likelihood == residual);
    assert!(risk("rk2").mitigations.is_empty());
}

#[test]
fn levels_stay_and_targets_that_are_reached_are_set_anew() {
    let mut documents = example();
    for document in documents.iter_mut().filter(|one| one.kind == Kind::Audit) {
        document.view["audit"]["areas"][0]["indicators"][0]["level"] = json!(5);
    }
    let before = PlanView::from_documents(
        &documents.iter().map(|one| (one.kind, one.view.clone())).collect::<Vec<_>>(),
    );
    let next = next(&documents);
    let plan = begun(&documents, &next);
    let levels = |plan: &PlanView| -> Vec<Option<f64>> {
        let areas = plan.audit.areas.iter();
        areas.flat_map(|area| area.indicators.iter().map(|one| one.level)).collect()
    };
    assert_eq!(levels(&plan), levels(&before));
    assert!(plan.audit.areas[0].indicators[0].target.is_none());
    assert!(plan.audit.areas.iter().flat_map(|a| &a.indicators).any(|one| one.target.is_some()));
}

#[test]
fn the_future_of_the_map_becomes_its_today_where_its_initiatives_are_done() {
    let mut documents = example();
    let node = documents.iter().find_map(|one| {
        let nodes = one.view.pointer("/school_map/nodes")?.as_array()?;
        nodes.iter().find(|node| !node["initiatives"].as_array().is_none_or(Vec::is_empty)).cloned()
    });
    let node = node.unwrap();
    for id in node["initiatives"].as_array().unwrap() {
        set(&mut documents, "initiatives", id.as_str().unwrap(), "state", json!("done"));
    }
    let next = next(&documents);
    let plan = begun(&documents, &next);
    let now = plan.school_map.nodes.iter().find(|one| node["id"] == one.id.as_str()).unwrap();
    assert_eq!(now.today, node["future"].as_f64());
}

#[test]
fn meetings_stay_behind_unless_a_decision_is_open_and_threads_go_with_what_they_are_about() {
    let mut documents = example();
    let open = json!([{"id": "d", "state": "open"}]);
    set(&mut documents, "meetings", "m1", "decisions", open);
    set(&mut documents, "initiatives", "in1", "state", json!("cancelled"));
    for document in documents.iter_mut().filter(|one| one.kind == Kind::Discussion) {
        document.view["comments_threads"][0]["on"] = json!("in1");
        document.view["comments_threads"][0]["resolved"] = json!(false);
    }
    let next = next(&documents);
    let plan = begun(&documents, &next);
    assert!(plan.meetings.iter().any(|meeting| meeting.id == "m1"));
    assert!(plan.threads.iter().all(|thread| thread.on != "in1"));
}

#[test]
fn a_person_may_leave_and_carry_whatever_they_like() {
    let documents = example();
    let mut next = next(&documents);
    next.leave.insert("kpis/k1".to_owned());
    next.leave.insert("surveys/sv1".to_owned());
    next.leave.remove("corrections");
    let plan = begun(&documents, &next);
    assert!(plan.kpi("k1").is_none() && plan.surveys.iter().all(|survey| survey.id != "sv1"));
    for initiative in &plan.initiatives {
        assert!(!initiative.kpis.contains(&"k1".to_owned()));
    }
}

/// What a year begins with can be written: commands turn one view into the other.
#[test]
fn a_year_is_begun_by_commands() {
    let documents = example();
    let next = next(&documents);
    let views = begin_year(&documents, &next);
    let mut count = 0;
    for (document, view) in documents.iter().zip(&views) {
        count += difference(document.kind.schema(), &document.view, view, &[]).len();
    }
    assert!(count > 20, "{count}");
    // Begun again with nothing to leave and nothing measured, it stays as it is but for the years.
    let again: Vec<YearDocument> = documents
        .iter()
        .zip(views)
        .map(|(document, view)| YearDocument { view, ..document.clone() })
        .collect();
    let same = NextYear { leave: BTreeSet::new(), ..next };
    for (document, view) in again.iter().zip(begin_year(&again, &same)) {
        assert!(difference(document.kind.schema(), &document.view, &view, &[]).is_empty());
    }
}

#[test]
fn the_year_after_is_a_year_later() {
    let period = |start: &str, end: &str| Period {
        start: start.parse().ok(),
        end: end.parse().ok(),
        ..Period::default()
    };
    let as_of = day("2027-05-01");
    let after = |start, end| {
        let (start, end) = year_after(&period(start, end), as_of);
        format!("{start} {end} {}", year_id(start, end))
    };
    assert_eq!(after("2026-09-01", "2027-08-31"), "2027-09-01 2028-08-31 2027-2028");
    assert_eq!(after("2028-02-29", "2028-12-31"), "2029-02-28 2029-12-31 2029");
    assert_eq!(after("", ""), "2027-09-01 2028-08-31 2027-2028");
}

#[test]
fn damaged_views_do_no_harm() {
    let damaged = |kind: Kind, view: Value| YearDocument { kind, id: "x".into(), view };
    let mut documents: Vec<YearDocument> =
        Kind::ALL.into_iter().map(|kind| damaged(kind, json!([1, "x"]))).collect();
    let wrong = json!({"kpis": [1, {"id": 5}], "risks": {"id": "x"}, "audit": {"areas": [[1]]},
                       "school_map": {"nodes": ["x", {"initiatives": 3}]}, "plan": {"title": []}});
    documents.extend(Kind::ALL.into_iter().map(|kind| damaged(kind, wrong.clone())));
    let next = next(&documents);
    assert_eq!(begin_year(&documents, &next).len(), documents.len());
}
