//! The example cycle, by hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jospar_plugin_sdk::Edit;
use serde_json::Value;

use super::*;

fn example() -> Value {
    serde_json::from_str(include_str!("../../../../data/example-plan.json")).unwrap()
}

fn calculated(plan: &Value) -> (Outcome, Value) {
    let cycle: Cycle = serde_json::from_value(plan["design_thinking"][0].clone()).unwrap();
    let pilots: Vec<Pilot> = serde_json::from_value(plan["pilots"].clone()).unwrap();
    let kpis: Vec<Kpi> = serde_json::from_value(plan["kpis"].clone()).unwrap();
    let outcome = report(&cycle, &pilots, &kpis).unwrap();
    let data = serde_json::from_str(&outcome.data).unwrap();
    (outcome, data)
}

fn ballots(plan: &mut Value, person: &str, places: [Value; 4]) {
    for (idea, place) in places.into_iter().enumerate() {
        plan["design_thinking"][0]["ideate"]["ideas"][idea]["ballots"][person] = place;
    }
}

#[test]
fn the_example_is_ordered_by_votes_and_its_pilots_are_judged_as_its_people_did() {
    let (outcome, data) = calculated(&example());
    assert_eq!(data["approval"], json!(["i1", "i2", "i3", "i4"]));
    assert_eq!(data["pilots"], json!({"pl1": "scale", "pl2": "scale", "pl3": "revise"}));
    assert!(outcome.proposals.is_empty() && data["tau"].is_null());
    let said = format!("{:?}", outcome.report);
    assert!(said.contains("14 of 18 votes"), "{said}");
    // Nobody has ranked anything yet.
    assert_eq!(data["borda"], json!([]));
}

#[test]
fn two_of_two_do_not_beat_fourteen_of_eighteen() {
    let mut plan = example();
    let idea = &mut plan["design_thinking"][0]["ideate"]["ideas"][3];
    (idea["votes"], idea["voters"]) = (json!(2), json!(2));
    let (_, data) = calculated(&plan);
    assert_eq!(data["approval"][0], "i1");
}

#[test]
fn votes_on_devices_count_where_no_meeting_did() {
    let mut plan = example();
    for idea in plan["design_thinking"][0]["ideate"]["ideas"].as_array_mut().unwrap() {
        idea.as_object_mut().unwrap().remove("votes");
    }
    ballots(&mut plan, "dir", [json!(false), json!(true), json!(true), json!(null)]);
    ballots(&mut plan, "inf", [json!(false), json!(true), json!(null), json!(null)]);
    let (_, data) = calculated(&plan);
    assert_eq!(data["approval"], json!(["i2", "i3", "i1", "i4"]));
}

#[test]
fn rankings_are_counted_and_the_partners_compared() {
    let mut plan = example();
    ballots(&mut plan, "dir", [json!(1), json!(2), json!(3), json!(4)]);
    ballots(&mut plan, "inf", [json!(2), json!(1), json!(3), json!(4)]);
    ballots(&mut plan, "late", [json!(1), json!(1), json!(3), json!(4)]);
    let (outcome, data) = calculated(&plan);
    // One of six pairs is turned: tau is 4/6.
    assert!((data["tau"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12);
    // 3 + 2 points each for i1 and i2: equal ones keep their order.
    assert_eq!(data["borda"], json!(["i1", "i2", "i3", "i4"]));
    let said = format!("{:?}", outcome.report);
    assert!(said.contains("«late»: 4 идеяның 3 ғана"), "{said}");
}

#[test]
fn a_verdict_that_nobody_has_drawn_is_proposed() {
    let mut plan = example();
    plan["pilots"][0]["decision"] = json!(null);
    plan["pilots"][0]["measured"] = json!(0.2);
    plan["pilots"][1]["success"] = json!({"metric": "k5"});
    let (outcome, data) = calculated(&plan);
    // The KPI began at 0.25, so 0.2 moved nothing.
    assert_eq!(data["pilots"], json!({"pl1": "stop", "pl3": "revise"}));
    let Edit::Set(set) = &outcome.proposals[0].edits[0] else { unreachable!() };
    assert_eq!((set.path.as_str(), set.value.as_str()), ("pilots/pl1/decision", "\"stop\""));
    assert!(format!("{:?}", outcome.report).contains("cannot be judged without a criterion"));
}

#[test]
fn what_lacks_is_told() {
    let mut plan = example();
    let cycle = &mut plan["design_thinking"][0];
    cycle["define"]["inputs"] = json!([]);
    cycle["facilitators"] = json!(["dir"]);
    cycle["ideate"]["ideas"][3]["rejected_because"] = json!(" ");
    cycle["ideate"]["ideas"][0]["impact"] = json!(9);
    cycle["define"]["difficulties"] = json!([{"text": "a", "frequency": 2, "severity": 3}, {"text": "b", "frequency": 4, "severity": 2}]);
    let (outcome, _) = calculated(&plan);
    let said = format!("{:?}", outcome.report);
    for words in ["no evidence", "both facilitators", "Say why", "is not between 1 and 5"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.find("\"b\"").unwrap() < said.find("\"a\"").unwrap());
    assert!(report(&Cycle::default(), &[], &[]).is_err());
}
