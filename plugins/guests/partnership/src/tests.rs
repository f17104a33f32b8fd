//! The four reports on the example school, by hand, and on plans that lack things or contradict themselves.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jospar_plugin_sdk::{Block, Cell, ChartKind, Code, Edit, Error, Outcome};
use serde_json::{Value, json};

use super::*;

/// The example plan is to be read as of this day.
const TODAY: &str = "2026-11-23";

fn example() -> Value {
    serde_json::from_str(include_str!("../../../../data/example-plan.json")).unwrap()
}

/// The plan of an export.
fn of(exported: &Value) -> Result<Plan, Error> {
    let names: Vec<&str> = exported.as_object().unwrap().keys().map(String::as_str).collect();
    Plan::from_parts(&names, |name| Ok(exported[name].clone()))
}

fn run(task: &str, plan: &Value) -> Result<Outcome, Error> {
    let plan = of(plan)?;
    let today = jospar_guest_days::number(TODAY).unwrap();
    match task {
        "health" => health::report(&plan, today),
        "roles" => roles::report(&plan, today),
        "choice" => choice::report(&plan),
        "results" => results::report(&plan, today),
        _ => support::report(&plan, today, "rk3"),
    }
}

fn calculated(task: &str, plan: &Value) -> (Outcome, Value) {
    let outcome = run(task, plan).unwrap();
    let data = serde_json::from_str(&outcome.data).unwrap();
    (outcome, data)
}

fn said(outcome: &Outcome) -> String {
    format!("{:?}", outcome.report)
}

fn near(value: &Value, expected: f64) {
    let found = value.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

/// The number with this English label: value and interval.
fn number(outcome: &Outcome, label: &str) -> (f64, Option<(f64, f64)>) {
    let mut blocks = outcome.report.iter().flat_map(|report| &report.blocks);
    let found = blocks.find_map(|block| match block {
        Block::Number(number) if number.label.en == label => Some((number.value, number.interval)),
        _ => None,
    });
    found.unwrap_or_else(|| unreachable!("no number {label}"))
}

/// The paths that the table with this English title links to in its first column.
fn items(outcome: &Outcome, title: &str) -> Vec<String> {
    let blocks = outcome.report.iter().flat_map(|report| &report.blocks);
    let rows = blocks.filter_map(|block| match block {
        Block::Table(table) if table.title.en == title => Some(&table.rows),
        _ => None,
    });
    let first = rows.flatten().filter_map(|row| match row.first() {
        Some(Cell::Item(path)) => Some(path.clone()),
        _ => None,
    });
    first.collect()
}

#[test]
fn the_state_of_the_example_plan_by_hand() {
    let (outcome, data) = calculated("health", &example());
    // All five have owners, a due day, three links, KPIs and their problem's evidence. Wilson's lower bound of 5 of 5:
    // 5/(5 + 1.959964²) = 5/8.841459.
    assert_eq!(data["planned"], json!({"count": 5, "n": 5, "missing": {}}));
    let (share, interval) = number(&outcome, "Share of initiatives that are planned through");
    assert!(share == 100.0 && (interval.unwrap().0 - 56.5517).abs() < 1e-3);
    // cd1: in2, in5; cd2: in3, in5; cd3: in1, in2, in4.
    assert_eq!(data["dimensions"], json!({"cd1": 2, "cd2": 2, "cd3": 3}));
    // 7 September, 5 October, 16 November: 28 and 42 days apart, the median 35; 7 days until the 23rd; agreed are 42.
    let meetings = json!({
        "since": 7.0, "every": 42.0, "late": false, "gaps": [28.0, 42.0], "median_gap": 35.0, "kept": 2
    });
    assert_eq!(data["meetings"], meetings);
    // One paper was made with AI; it is a draft that nobody approved.
    assert_eq!(data["ai"], json!({"approved": 0, "n": 1}));
    // d4 has no evidence. Wilson for 3 of 4: 0.3006 to 0.9544.
    assert_eq!(data["decisions"], json!({"complete": 3, "n": 4}));
    let (_, interval) = number(&outcome, "Share of decisions with evidence, owner and date");
    let (low, high) = interval.unwrap();
    assert!((low - 30.064).abs() < 1e-2 && (high - 95.441).abs() < 1e-2, "{low} {high}");
    assert_eq!(items(&outcome, "Decisions that lack something"), ["meetings/m3/decisions/d4"]);
    assert_eq!(data["problems"], json!({"covered": 5, "n": 5}));
    // in1: a comment and its reply; in3: d2 by one, d4 by the other. in5 has d1 alone.
    assert_eq!(data["both"], json!({"count": 2, "n": 5}));
    // Open with a day until 23 December: d3 (7 December) and d4 (1 December).
    let soon = ["meetings/m3/decisions/d4", "meetings/m3/decisions/d3"];
    assert_eq!(data["dates"], json!({"overdue": [], "soon": soon}));
    assert!(said(&outcome).contains("Planned through: 5 of 5 initiatives."));
}

#[test]
fn what_an_initiative_lacks_is_named_and_a_cancelled_one_does_not_count() {
    let mut plan = example();
    plan["initiatives"][0]["owners"] = json!([]);
    plan["initiatives"][0]["chain"]["pedagogy"]["text"] = json!(" ");
    plan["initiatives"][0]["kpis"] = json!(["k99"]);
    plan["initiatives"][1]["due"] = Value::Null;
    plan["problems"][1]["evidence"] = json!(["gone"]);
    plan["initiatives"][4]["state"] = json!("cancelled");
    let (outcome, data) = calculated("health", &plan);
    let missing = json!({"in1": ["owner", "chain", "kpi"], "in2": ["due", "evidence"]});
    assert_eq!(data["planned"], json!({"count": 2, "n": 4, "missing": missing}));
    // Without in5 nothing answers p4 and p5, and one initiative less changes culture and management.
    assert_eq!(data["problems"], json!({"covered": 3, "n": 5}));
    assert_eq!(data["dimensions"], json!({"cd1": 1, "cd2": 1, "cd3": 3}));
    let said = said(&outcome);
    for words in ["Link an initiative to the problem", "a KPI", "Initiatives without a due day: 1"]
    {
        assert!(said.contains(words), "{words}");
    }
}

#[test]
fn a_problem_that_loses_its_last_link_and_initiatives_of_technology_alone_are_told() {
    let mut plan = example();
    plan["problems"][1]["initiatives"] = json!([]);
    plan["initiatives"][1]["problems"] = json!([]);
    plan["initiatives"][1]["change_dims"] = json!(["cd9"]);
    plan["initiatives"][2]["change_dims"] = json!([]);
    plan["initiatives"][4]["change_dims"] = json!([]);
    let (outcome, data) = calculated("health", &plan);
    assert_eq!(data["problems"], json!({"covered": 4, "n": 5}));
    assert_eq!(data["dimensions"], json!({"cd1": 0, "cd2": 0, "cd3": 2}));
    let said = said(&outcome);
    for words in ["Initiatives that answer no problem: Digital mentoring", "school culture”: no"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    let technical = "renew technology alone: Digital mentoring; Data-based management; One digital";
    assert!(said.contains(technical), "{said}");
}

#[test]
fn a_late_meeting_is_flagged_and_so_is_a_gap_beyond_the_rule() {
    let mut plan = example();
    plan["meeting_rule"]["every_days"] = json!(6);
    let (outcome, data) = calculated("health", &plan);
    assert_eq!((&data["meetings"]["late"], &data["meetings"]["kept"]), (&json!(true), &json!(0)));
    let text = said(&outcome);
    assert!(text.contains("7 days have gone by since the last; agreed are 6"), "{text}");
    assert!(text.contains("2026-11-16: 42 days after") && text.contains("Hold a meeting"));
    // On the agreed day itself nothing is late.
    plan["meeting_rule"]["every_days"] = json!(7);
    assert_eq!(calculated("health", &plan).1["meetings"]["late"], json!(false));
    // Without a meeting the plan's first day counts: 1 September, 83 days ago. A planned meeting was not held.
    plan["meetings"] = json!([{"id": "m9", "date": "2026-12-01"}]);
    let (outcome, data) = calculated("health", &plan);
    assert_eq!(data["meetings"]["since"], json!(83.0));
    assert!(said(&outcome).contains("No meeting was held: the plan began 83 days ago"));
    plan["plan"]["period"] = json!({});
    let (outcome, data) = calculated("health", &plan);
    assert!(data["meetings"]["since"].is_null() && said(&outcome).contains("No meeting was held"));
    plan["meetings"][0]["date"] = json!("2026-11-20");
    plan["meeting_rule"] = json!({"every_days": 0});
    assert!(said(&calculated("health", &plan).0).contains("how often to meet is not agreed"));
}

#[test]
fn uses_of_ai_count_as_approved_with_a_person() {
    let mut plan = example();
    plan["ai_runs"] = json!([{"id": "r1", "reviewer": "inf"}, {"id": "r2", "reviewer": " "}]);
    let blocks = json!([
        {"id": "b1", "ai": true, "ai_run": "r1", "accepted_by": "dir"},
        {"id": "b2", "ai": true, "ai_run": "r9"},
        {"id": "b3", "ai": false},
    ]);
    plan["documents"][0]["blocks"] = blocks;
    let (outcome, data) = calculated("health", &plan);
    // r1 and b1 of r1, r2, b1, b2: the paper itself does not count beside its blocks.
    assert_eq!(data["ai"], json!({"approved": 2, "n": 4}));
    assert!(said(&outcome).contains("no record of the run"));
    plan["ai_runs"] = json!([]);
    plan["documents"][0]["blocks"] = json!([]);
    plan["documents"][0]["state"] = json!("signed");
    plan["documents"][0]["ai_label"] = json!("");
    let (outcome, data) = calculated("health", &plan);
    assert_eq!(data["ai"], json!({"approved": 1, "n": 1}));
    assert!(said(&outcome).contains("no label of AI"));
    plan["documents"] = json!([]);
    assert!(said(&calculated("health", &plan).0).contains("No use of AI is recorded"));
}

#[test]
fn overdue_things_come_first_and_a_measurement_made_in_time_is_not_owed() {
    let mut plan = example();
    plan["initiatives"][0]["due"] = json!("2026-11-22");
    plan["initiatives"][1]["due"] = json!("2026-11-23");
    plan["initiatives"][2]["due"] = json!("2026-11-01");
    plan["initiatives"][2]["state"] = json!("done");
    plan["risks"][0]["mitigations"][0]["due"] = json!("2026-10-01");
    plan["risks"][0]["mitigations"][1]["due"] = json!("2026-12-24");
    plan["kpis"][0]["next_due"] = json!("2026-11-13");
    plan["kpis"][2]["next_due"] = json!("2026-11-14");
    let (outcome, data) = calculated("health", &plan);
    // k1 was measured on the very day; k3 never. 24 December is 31 days ahead.
    let overdue = ["risks/rk1/mitigations/rk1m1", "kpis/k3", "initiatives/in1"];
    let soon = ["initiatives/in2", "meetings/m3/decisions/d4", "meetings/m3/decisions/d3"];
    assert_eq!(data["dates"], json!({"overdue": overdue, "soon": soon}));
    assert_eq!(
        (number(&outcome, "Overdue").0, number(&outcome, "Due within 30 days").0),
        (3.0, 3.0)
    );
}

#[test]
fn the_roles_of_the_example_by_hand() {
    let (outcome, data) = calculated("roles", &example());
    // A and R of the five rows: 3 + 2 + 3 + 2 + 2 parts, none acknowledged; nothing else is wrong.
    assert_eq!(data["acknowledged"], json!({"count": 0, "n": 12}));
    let silent: Vec<&Value> = data["gaps"].as_array().unwrap().iter().map(|g| &g["gap"]).collect();
    assert!(silent.len() == 5 && silent.iter().all(|gap| **gap == json!("gap-silent")));
    let tasks = |partner: &str, role: Value| {
        let cards = data["cards"].as_array().unwrap().iter();
        let mut found = cards.filter(|card| card["partner"] == partner && card["role"] == role);
        found.next().unwrap()["tasks"].clone()
    };
    let led = ["in1", "in2", "in3", "in5"].map(|id| format!("initiatives/{id}"));
    assert_eq!(tasks("dir", json!("r1")), json!(led));
    let decided = ["meetings/m3/decisions/d3", "meetings/m3/decisions/d4"];
    assert_eq!(tasks("dir", json!("r2")), json!(decided));
    let changed = [
        "antipatterns/ap1",
        "antipatterns/ap2",
        "info_sharing/c1",
        "info_sharing/c2",
        "info_sharing/c3",
    ];
    assert_eq!(tasks("dir", json!("r3")), json!(changed));
    assert_eq!(tasks("inf", json!("r4")), json!(["mentoring/pairs/mp1"]));
    assert_eq!(tasks("inf", json!("r5")).as_array().unwrap().len(), 5);
    assert_eq!(tasks("inf", json!("r6")), json!(["documents/doc1"]));
    // Beside the roles: the director's nine measures; the teacher's five rows of A or R and two measures.
    assert_eq!(tasks("dir", Value::Null).as_array().unwrap().len(), 9);
    assert_eq!(tasks("inf", Value::Null).as_array().unwrap().len(), 7);
    // The next weekly bulletin: 20 November and 7 days.
    assert!(said(&outcome).contains("2026-11-27"));
    // 45 + 45 + 30 minutes are 2 hours; none were allotted.
    assert_eq!(data["mentor_hours"], json!({"allotted": null, "used": 2.0, "sessions": 3}));
    assert!(said(&outcome).contains("The director has allotted no hours"));
}

#[test]
fn three_errors_in_the_matrix_are_exactly_those_reported() {
    let mut plan = example();
    for initiative in plan["initiatives"].as_array_mut().unwrap() {
        let who: Vec<String> = initiative["raci"].as_object().unwrap().keys().cloned().collect();
        let said = who.into_iter().map(|who| (who, json!("2026-09-15")));
        initiative["acknowledged"] = Value::Object(said.collect());
    }
    assert_eq!(calculated("roles", &plan).1["gaps"], json!([]));
    plan["initiatives"][0]["raci"]["dir"] = json!("C");
    plan["initiatives"][1]["raci"]["inf"] = json!("A");
    plan["initiatives"][3]["raci"]["teachers"] = json!("I");
    let gaps = &calculated("roles", &plan).1["gaps"];
    let expected = json!([
        {"initiative": "in1", "gap": "gap-no-a"},
        {"initiative": "in2", "gap": "gap-two-a"},
        {"initiative": "in2", "gap": "gap-no-r"},
        {"initiative": "in4", "gap": "gap-no-r"},
    ]);
    assert_eq!(*gaps, expected);
    // Who did not say so, or took it back, has not acknowledged.
    plan["initiatives"][4]["acknowledged"] = json!({"dir": "", "inf": false});
    let (outcome, data) = calculated("roles", &plan);
    assert_eq!(data["gaps"][4], json!({"initiative": "in5", "gap": "gap-silent"}));
    assert!(said(&outcome).contains("those who have not yet (2)"));
}

#[test]
fn notes_goals_and_changes_take_tasks_off_the_cards() {
    let mut plan = example();
    plan["initiatives"][0]["advice"] = json!([{"author": "inf", "text": "Бұлтсыз құрал."}]);
    plan["initiatives"][1]["advice"] = json!([{"author": "dir", "text": "x"}]);
    plan["initiatives"][2]["state"] = json!("done");
    plan["antipatterns"][0]["state"] = json!("changed");
    plan["documents"] = json!([]);
    for goal in plan["mentoring"]["pairs"][0]["goals"].as_array_mut().unwrap() {
        goal["done"] = json!(true);
    }
    let (outcome, data) = calculated("roles", &plan);
    let cards = data["cards"].as_array().unwrap();
    let tasks =
        |role: &str| cards.iter().find(|card| card["role"] == role).unwrap()["tasks"].clone();
    assert_eq!(tasks("r5"), json!(["initiatives/in2", "initiatives/in4", "initiatives/in5"]));
    assert_eq!((tasks("r4"), tasks("r6")), (json!([]), json!([])));
    assert!(!tasks("r3").to_string().contains("ap1"));
    assert!(said(&outcome).contains("The role “Digital mentor” (Informatics teacher)"));
}

#[test]
fn hours_are_those_of_the_log_and_loads_those_of_the_grants() {
    let mut plan = example();
    plan["mentoring"]["hours"] = json!(1.5);
    plan["mentoring"]["pairs"][0]["log"].as_array_mut().unwrap().push(json!({"minutes": -5}));
    plan["time_grants"] = json!([
        {"id": "g1", "teacher": "А", "hours": 2, "load_before": 24, "load_after": 20},
        {"id": "g2", "teacher": "Ә", "hours": 1.5, "load_before": 18, "load_after": 19},
        {"id": "g3", "load_before": 10},
    ]);
    let (outcome, data) = calculated("roles", &plan);
    // 2 hours were used of 1.5: half an hour too many.
    assert_eq!(number(&outcome, "Difference (allotted − used)").0, -0.5);
    // 2 + 1.5 hours; loads fell by 4 and by −1.
    assert_eq!(data["time_grants"], json!({"hours": 3.5, "n": 2, "less": 3.0, "loads": 2}));
    let said = said(&outcome);
    assert!(said.contains("Teachers whose load grew: Ә") && said.contains("without a length: 1"));
}

#[test]
fn the_results_of_the_example_by_hand() {
    let (outcome, data) = calculated("results", &example());
    // 83 of 364 days are over.
    near(&data["expected"], 83.0 / 364.0);
    let kpis = &data["kpis"];
    near(&kpis["k1"]["progress"], 1.05);
    near(&kpis["k2"]["progress"], 11.0 / 32.0);
    near(&kpis["k5"]["progress"], 25.0 / 60.0);
    near(&kpis["k6"]["progress"], 0.4);
    near(&kpis["k8"]["progress"], 60.0 / 95.0);
    assert_eq!(kpis["k3"], json!({"value": null, "progress": null, "status": null}));
    for id in ["k1", "k2", "k5", "k6", "k8"] {
        assert_eq!(kpis[id]["status"], "green", "{id}");
    }
    // oc1: k8 alone; oc2: (25/60 + 0.4)/2; oc3: nothing; oc4: (1 + 11/32)/2, uncut (1.05 + 11/32)/2.
    let outcomes = &data["outcomes"];
    near(&outcomes["oc1"]["capped"], 60.0 / 95.0);
    near(&outcomes["oc2"]["capped"], (25.0 / 60.0 + 0.4) / 2.0);
    assert!(outcomes["oc3"]["capped"].is_null());
    near(&outcomes["oc4"]["capped"], 0.671_875);
    near(&outcomes["oc4"]["raw"], 0.696_875);
    assert_eq!((&outcomes["oc1"]["n"], &outcomes["oc3"]["n"]), (&json!(1), &json!(0)));
    // The needs name no KPIs: n1 by p1 (in1, in4), n4 by p3 and p5 (in3, in5).
    let needs = &data["needs"];
    assert_eq!(
        (&needs["n1"]["kpis"], &needs["n1"]["derived"]),
        (&json!(["k1", "k2"]), &json!(true))
    );
    near(&needs["n1"]["capped"], 0.671_875);
    near(&needs["n4"]["capped"], (25.0 / 60.0 + 0.4 + 60.0 / 95.0) / 3.0);
    assert!(needs["n2"]["capped"].is_null());
    assert_eq!(data["traditions"], json!({"changing": 2}));
    // 55 − 20, 180 − 70, 600 − 260: 35, 110 and 340 minutes.
    assert_eq!(
        data["saved"]["cases"],
        json!({"minutes": 485.0, "median": 110.0, "n": 3.0, "negative": 0})
    );
    let text = said(&outcome);
    assert!(
        text.contains("Of 8 KPIs 5 are on time, 0 a little behind, 0 far behind, 3 not measured")
    );
    assert!(text.contains("Expected by today: 23%") && text.contains("No signed paper has a day"));
}

#[test]
fn a_needs_own_kpis_and_weights_count_and_red_ones_want_a_correction() {
    let mut plan = example();
    plan["needs"][2]["kpis"] = json!(["k1", "k2", "k6", "k77"]);
    plan["kpis"][1]["actual"] = json!(4);
    plan["kpis"][1]["weight"] = json!(3);
    plan["kpis"][5]["actual"] = json!(14);
    let (outcome, data) = calculated("results", &plan);
    // k2 moved the wrong way: (4 − 8)/32; capped (1 + 3·0 + 0)/5, uncut (1.05 − 3/8 + 0)/5.
    let need = &data["needs"]["n3"];
    near(&need["capped"], 0.2);
    near(&need["raw"], (1.05 - 0.375) / 5.0);
    assert_eq!((&need["n"], &need["derived"]), (&json!(3), &json!(false)));
    // Behind by 0.353 is red, by 0.228 amber.
    assert_eq!(data["kpis"]["k2"]["status"], "red");
    assert_eq!(data["kpis"]["k6"]["status"], "amber");
    let wants = "personalised tasks” is far behind, and no correction";
    assert!(said(&outcome).contains(wants), "{}", said(&outcome));
    assert!(said(&outcome).contains("Paper reports per month” is a little behind"));
    plan["corrections"] = json!([{"kpi": "k2", "date": "2026-10-24"}]);
    assert!(!said(&calculated("results", &plan).0).contains(wants));
    plan["corrections"][0]["date"] = json!("2026-10-23");
    assert!(said(&calculated("results", &plan).0).contains(wants));
    // Three values, none averaged away.
    let radar = |outcome: &Outcome| {
        let blocks = outcome.report.iter().flat_map(|report| &report.blocks);
        let charts = blocks.filter_map(|block| match block {
            Block::Chart(chart) if chart.kind == ChartKind::Radar => Some(chart.clone()),
            _ => None,
        });
        charts.collect::<Vec<_>>()
    };
    let found = radar(&outcome);
    let culture =
        found.iter().find(|chart| chart.title.en == "Renewing the school's culture").unwrap();
    assert_eq!(culture.series[0].values.len(), 3);
}

#[test]
fn lines_follow_the_dated_values_and_the_newest_counts() {
    let mut plan = example();
    plan["kpis"][4]["measurements"] = json!([
        {"date": "2026-10-10", "value": 26}, {"date": "2026-12-31", "value": 80}, {"value": 70}
    ]);
    let (outcome, data) = calculated("results", &plan);
    // The later day is after today; the stated value of 13 November stays the newest.
    near(&data["kpis"]["k5"]["progress"], 25.0 / 60.0);
    let blocks = outcome.report.iter().flat_map(|report| &report.blocks);
    let chart = blocks
        .filter_map(|block| match block {
            Block::Chart(chart) if chart.kind == ChartKind::Line => Some(chart),
            _ => None,
        })
        .next()
        .unwrap();
    let days: Vec<&str> = chart.categories.iter().map(|day| day.en.as_str()).collect();
    assert_eq!(days, ["2026-09-01", "2026-10-10", "2026-11-13"]);
    // The pace first, then k1, k2, k5: 0, (26 − 20)/60, 25/60.
    let line = &chart.series[3];
    assert_eq!(line.values[0], Some(0.0));
    assert!((line.values[1].unwrap() - 10.0).abs() < 1e-9);
    assert!((chart.series[0].values[2].unwrap() - 7300.0 / 364.0).abs() < 1e-9);
    // Without a period there is no pace, and one day makes no line.
    plan["plan"]["period"] = json!({});
    plan["kpis"][4]["measurements"] = json!([]);
    let (outcome, data) = calculated("results", &plan);
    assert!(data["expected"].is_null() && data["kpis"]["k1"]["status"].is_null());
    assert!(said(&outcome).contains("A line needs two dated values"));
    plan["plan"]["period"] = json!({"start": "2027-01-01", "end": "2026-01-01"});
    assert!(calculated("results", &plan).1["expected"].is_null());
}

#[test]
fn papers_take_the_median_of_their_days() {
    let mut plan = example();
    let paper = |id: &str, date: &str, approved: &str| {
        json!({"id": id, "state": "signed", "date": date, "approvals": [
            {"date": "2026-09-02"}, {"date": approved}
        ]})
    };
    plan["documents"] = json!([
        paper("a", "2026-09-01", "2026-09-04"),
        paper("b", "2026-09-01", "2026-09-11"),
        paper("c", "2026-09-20", "2026-10-02"),
        paper("d", "2026-10-01", "2026-10-06"),
        paper("e", "2026-11-01", "2026-11-02"),
        paper("f", "2026-11-20", "2026-11-10"),
        {"id": "g", "state": "archived", "date": "2026-11-20"},
        {"id": "h", "state": "draft", "date": "2026-11-21", "approvals": [{"date": "2026-11-22"}]},
    ]);
    let (outcome, data) = calculated("results", &plan);
    // 3, 10, 12, 5 and 1 days: the middle one is 5.
    assert_eq!((&data["papers"]["median_days"], &data["papers"]["n"]), (&json!(5.0), &json!(5)));
    assert_eq!(data["papers"]["months"], json!({"2026-09": 3, "2026-10": 1, "2026-11": 4}));
    let said = said(&outcome);
    assert!(said.contains("without a day or a day of approval: 1") && said.contains("own day: 1"));
}

#[test]
fn time_saved_may_be_negative() {
    let mut plan = example();
    plan["time_log"] = json!([
        {"id": "t1", "date": "2026-10-05", "task": "бұйрық", "minutes_by_hand": 75, "minutes_with_ai": 20},
        {"id": "t2", "date": "2026-10-20", "task": "есеп", "minutes_by_hand": 30, "minutes_with_ai": 45},
        {"id": "t3", "date": "2026-11-03", "task": "жоспар", "minutes_by_hand": 60, "minutes_with_ai": 40},
        {"id": "t4", "date": "2026-11-04", "minutes_by_hand": 60},
        {"id": "t5", "date": "2026-11-04", "minutes_by_hand": -3, "minutes_with_ai": 1},
    ]);
    let (outcome, data) = calculated("results", &plan);
    // 55 − 15 + 20 = 60 minutes; the median is 20.
    assert_eq!(
        data["saved"]["log"],
        json!({"minutes": 60.0, "median": 20.0, "n": 3.0, "negative": 1})
    );
    let said = said(&outcome);
    assert!(said.contains("left out: 2") && said.contains("Tasks that took longer with AI"));
}

#[test]
fn a_tradition_is_not_changed_before_its_kpi_moves() {
    let mut plan = example();
    plan["antipatterns"][0]["state"] = json!("changed");
    plan["kpis"][5]["actual"] = json!(15);
    plan["antipatterns"][1]["hours_month"] = json!(6);
    plan["antipatterns"][1]["people"] = json!(20);
    let (outcome, data) = calculated("results", &plan);
    assert_eq!(data["traditions"], json!({"changed": 1, "changing": 1}));
    assert!(said(&outcome).contains("whose KPI has not moved: 1"));
    // The dearer one stands first.
    assert_eq!(items(&outcome, "Traditions that change"), ["antipatterns/ap2", "antipatterns/ap1"]);
}

#[test]
fn the_support_of_the_example_by_hand() {
    let (outcome, data) = calculated("support", &example());
    // pd1: 4 hours, 27 came; the other two are still ahead.
    let development = &data["development"];
    assert_eq!((&development["person_hours"], &development["events"]), (&json!(108.0), &json!(1)));
    // au1 and au3 have events; au2 lacks 1 + 2 levels and has none.
    assert_eq!((&development["areas"], &development["uncovered"]), (&json!(3), &json!(["au2"])));
    // Three goals, none ticked; confidence 2, 3, 4.
    assert_eq!(
        data["skills"],
        json!({
            "proven": 0, "unproven": 0, "open": 3, "confidence_change": 2.0, "n": 1.0
        })
    );
    assert_eq!(number(&outcome, "Change of fear (median)").0, -2.0);
    assert!(outcome.proposals.is_empty());
    let said = said(&outcome);
    for words in ["No faults are recorded", "Nobody is named", "no training is for: Use of digital"]
    {
        assert!(said.contains(words), "{words}");
    }
    // No teacher is named in the data.
    assert!(!outcome.data.contains("мұғалімі"));
}

fn ticket(id: &str, opened: &str, closed: Option<&str>) -> Value {
    json!({"id": id, "title": id, "device": "проектор", "opened": opened, "closed": closed})
}

#[test]
fn six_tickets_give_the_time_to_repair_and_a_likelihood() {
    let mut plan = example();
    plan["tickets"] = json!([
        ticket("a", "2026-08-20", Some("2026-08-22")),
        ticket("b", "2026-09-01", Some("2026-09-01")),
        ticket("c", "2026-09-10", Some("2026-09-17")),
        ticket("d", "2026-10-05", Some("2026-10-08")),
        ticket("e", "2026-11-02", None),
        ticket("f", "2026-11-20", Some("2026-11-19")),
    ]);
    let (outcome, data) = calculated("support", &plan);
    // 2, 0, 7 and 3 days: 12/4 = 3, the middle 2.5. One is open, one ends before it begins.
    assert_eq!(data["repairs"], json!({"mean_days": 3.0, "median_days": 2.5, "n": 4, "open": 1}));
    assert_eq!(number(&outcome, "Mean time to repair (MTTR)").0, 3.0);
    // The 90 days until 23 November begin on 26 August: five faults, 5/3 in 30 days, likelihood 3 as the plan says.
    near(&data["incidents"]["rate"], 5.0 / 3.0);
    assert_eq!(data["incidents"]["likelihood"], 3);
    assert!(outcome.proposals.is_empty());
    assert_eq!(items(&outcome, "Open faults"), ["tickets/e"]);
    assert!(said(&outcome).contains("ending before they begin: 1"));
}

#[test]
fn more_faults_than_the_plan_expects_propose_a_likelihood_with_the_reason() {
    let mut plan = example();
    let days = (1..=28).map(|day| ticket(&format!("t{day}"), &format!("2026-10-{day:02}"), None));
    plan["tickets"] = days.collect();
    let (outcome, data) = calculated("support", &plan);
    // From 1 October to 23 November are 54 days: 28/54·30 = 15.6, more than 8.
    near(&data["incidents"]["rate"], 28.0 / 54.0 * 30.0);
    let proposal = &outcome.proposals[0];
    let Edit::Set(set) = &proposal.edits[0] else { unreachable!() };
    assert_eq!((set.path.as_str(), set.value.as_str()), ("risks/rk3/likelihood", "5.0"));
    assert!(proposal.reason.en.contains("28 faults were recorded in the last 54 days, 15.6 in"));
    assert!(proposal.title.en.contains("“Technical failures” to 5 (now: 3)"));
    // A log of 24 days says nothing yet.
    plan["tickets"] = json!([ticket("a", "2026-10-31", None)]);
    let (outcome, data) = calculated("support", &plan);
    assert!(data["incidents"]["rate"].is_null() && outcome.proposals.is_empty());
    assert!(said(&outcome).contains("covers 24 days; a rate needs at least 30"));
    // No such risk: the rate is told, nothing is proposed.
    plan["tickets"] = json!([ticket("a", "2026-10-01", None)]);
    plan["risks"] = json!([]);
    let (outcome, data) = calculated("support", &plan);
    assert_eq!(data["incidents"]["likelihood"], 2);
    assert!(outcome.proposals.is_empty() && said(&outcome).contains("no risk “rk3”"));
}

#[test]
fn requests_care_resources_and_money_by_hand() {
    let mut plan = example();
    plan["help_requests"] = json!([
        {"id": "h1", "opened": "2026-11-01", "answered": "2026-11-01"},
        {"id": "h2", "opened": "2026-11-02", "answered": "2026-11-06", "closed": "2026-11-20"},
        {"id": "h3", "opened": "2026-11-02", "closed": "2026-11-03"},
        {"id": "h4", "opened": "2026-11-20"},
        {"id": "h5"},
    ]);
    plan["maintenance"] = json!([
        {"id": "c1", "device": "сервер", "next": "2026-11-01"},
        {"id": "c2", "device": "принтер", "next": "2026-11-01", "done": "2026-11-02"},
        {"id": "c3", "next": "2026-10-01", "done": "2026-09-01"},
        {"id": "c4", "next": "2026-11-23"},
        {"id": "c5"},
    ]);
    plan["resources"] = json!([
        {"id": "r1", "uses": 12}, {"id": "r2", "uses": 0}, {"id": "r3"}, {"id": "r4", "uses": 1},
    ]);
    plan["sponsors"] =
        json!([{"id": "s1", "state": "asked"}, {"id": "s2", "state": "asked"}, {"id": "s3"}]);
    plan["grants"] = json!([
        {"id": "g1", "deadline": "2026-12-10", "state": "preparing"},
        {"id": "g2", "deadline": "2026-12-01", "state": "applied"},
        {"id": "g3", "deadline": "2026-11-01", "state": "idea"},
        {"id": "g4", "amount_kzt": 900_000, "state": "won"},
    ]);
    let (outcome, data) = calculated("support", &plan);
    // 0, 4 and 1 days until an answer: the median is 1.
    assert_eq!(
        data["replies"],
        json!({"mean_days": 5.0 / 3.0, "median_days": 1.0, "n": 3, "open": 1})
    );
    // c3 is 53 days late, c1 22; c2 was done, c4 is due today.
    assert_eq!(data["care_overdue"], 2);
    assert_eq!(items(&outcome, "Maintenance overdue"), ["maintenance/c3", "maintenance/c1"]);
    assert_eq!(data["resources"], json!({"used": 2, "n": 3}));
    assert_eq!(items(&outcome, "Resources not in use"), ["resources/r2", "resources/r3"]);
    assert_eq!(data["sponsors"], json!({"": 1, "asked": 2}));
    assert_eq!(data["grants"], json!({"applied": 1, "idea": 1, "preparing": 1, "won": 1}));
    assert_eq!(items(&outcome, "To apply for within 30 days"), ["grants/g1"]);
    assert_eq!(number(&outcome, "Amount of grants won").0, 900_000.0);
    let said = said(&outcome);
    assert!(said.contains("deadline passed without an application: 1"));
    assert!(said.contains("the deadline is 2026-12-10, 17 days left"));
}

#[test]
fn ticks_need_an_artefact_and_hours_belong_to_those_who_came() {
    let mut plan = example();
    let goals = &mut plan["mentoring"]["pairs"][0]["goals"];
    goals[0]["done"] = json!(true);
    goals[0]["artefact"] = json!("https://example.kz/journal");
    goals[1]["done"] = json!(true);
    plan["professional_development"][0]["attendance"] = json!(["А", "Ә", "Ә"]);
    plan["professional_development"].as_array_mut().unwrap().push(json!({
        "id": "pd9", "date": "2026-11-01", "hours": 2, "attendance": ["Ә"], "audit_area": "au2"
    }));
    plan["mentoring"]["pairs"][0]["confidence"][2]["value"] = json!(9);
    let (outcome, data) = calculated("support", &plan);
    let skills = &data["skills"];
    assert_eq!(
        (&skills["proven"], &skills["unproven"], &skills["open"]),
        (&json!(1), &json!(1), &json!(1))
    );
    // 9 is no step of the scale: 3 − 2 is left.
    assert_eq!(skills["confidence_change"], json!(1.0));
    // 4 · 27 + 2 · 1; А has 4 hours, Ә 4 + 2: the median is 5.
    let development = &data["development"];
    assert_eq!(
        (&development["person_hours"], &development["median_hours"]),
        (&json!(110.0), &json!(5.0))
    );
    assert_eq!((&development["teachers"], &development["uncovered"]), (&json!(2), &json!([])));
    assert!(said(&outcome).contains("Ticked without an artefact, so not confirmed: 1"));
}

#[test]
fn risks_stand_in_the_order_of_their_scores_with_what_is_left() {
    let (outcome, data) = calculated("health", &example());
    // 4·4, 4·3, 3·3, 5·3; left 2·4, 3·3, 2·2, 3·3.
    let risks = json!([
        {"id": "rk1", "score": 16, "residual": 8, "done": 0},
        {"id": "rk4", "score": 15, "residual": 9, "done": 0},
        {"id": "rk2", "score": 12, "residual": 9, "done": 0},
        {"id": "rk3", "score": 9, "residual": 4, "done": 0},
    ]);
    assert_eq!(data["risks"], risks);
    assert_eq!(number(&outcome, "Share of measures that are done").0, 0.0);
    let mut plan = example();
    plan["risks"][2]["residual"]["impact"] = json!(5);
    plan["risks"][0]["impact"] = json!(2.5);
    plan["risks"][1]["mitigations"][0]["state"] = json!("done");
    plan["risks"][1]["mitigations"][1]["state"] = json!("cancelled");
    let (outcome, data) = calculated("health", &plan);
    assert_eq!(data["risks"][2], json!({"id": "rk3", "score": 9, "residual": null, "done": 0}));
    // One of 11 − 1 measures.
    assert_eq!(number(&outcome, "Share of measures that are done").0, 10.0);
    assert!(said(&outcome).contains("Resistance: ") && said(&outcome).contains("1 of 2"));
}

#[test]
fn exchange_is_counted_both_ways_and_audiences_by_their_period() {
    let mut plan = example();
    plan["exchange_log"] = json!([
        {"from": "dir", "to": "inf"}, {"from": "inf", "to": "dir"}, {"from": "inf", "to": "А"}, {"to": "А"},
    ]);
    plan["thanks"] = json!([{"from": "dir", "to": "inf"}, {"from": "А", "to": "inf"}]);
    let (outcome, data) = calculated("roles", &plan);
    // All three audiences were told within 7, 90 and 63 days.
    let expected = json!({
        "exchange": {"dir": [1, 1], "inf": [2, 1]}, "thanks": 2, "told": ["teachers", "students", "parents"]
    });
    assert_eq!(data["exchange"], expected);
    assert_eq!(number(&outcome, "Audiences told in time").0, 100.0);
    plan["info_sharing"][0]["last_sent"] = json!("2026-11-15");
    plan["info_sharing"][2]["every_days"] = json!(null);
    let (outcome, data) = calculated("roles", &plan);
    // 15 November and 7 days is the 22nd; for parents no period is written down.
    assert_eq!(data["exchange"]["told"], json!(["students"]));
    assert!(said(&outcome).contains("teachers: no message within their period"));
}

#[test]
fn money_and_hours_are_compared_where_both_are_known() {
    let mut plan = example();
    let money = [(0, 500_000, 550_000), (2, 200_000, 100_000)];
    for (at, planned, spent) in money {
        plan["initiatives"][at]["budget_kzt"] = json!(planned);
        plan["initiatives"][at]["spent_kzt"] = json!(spent);
    }
    plan["initiatives"][1]["budget_kzt"] = json!(900_000);
    plan["initiatives"][1]["hours"] = json!(40);
    plan["initiatives"][1]["hours_spent"] = json!(12.5);
    plan["kpis"][4]["actual"] = json!(20);
    let (outcome, data) = calculated("results", &plan);
    assert_eq!(data["money"]["kzt"], json!({"planned": 700_000.0, "spent": 650_000.0, "n": 2}));
    assert_eq!(data["money"]["hours"], json!({"planned": 40.0, "spent": 12.5, "n": 1}));
    let said = said(&outcome);
    assert!(said.contains("More was spent than planned: From formal lessons"));
    // in1: 550 000 over 19 − 8 = 11 points of k2 are 50 000 each; in3: k6 fell by 4, 25 000 each; k5 did not move.
    assert!(said.contains("Number(50000.0)") && said.contains("Number(25000.0)"), "{said}");
    assert!(said.contains("the KPI has not moved towards its target"));
}

#[test]
fn marks_are_weighed_by_learners_and_impossible_ones_are_left_out() {
    let mut plan = example();
    let marks = |class: &str, term: &str, n: u32, quality: f64, success: f64| {
        json!({
            "class": class, "subject": "Алгебра", "term": term, "n": n, "quality": quality, "success": success,
        })
    };
    plan["marks"] = json!([
        marks("8А", "I", 30, 50.0, 90.0),
        marks("8Ә", "I", 10, 70.0, 100.0),
        marks("8Б", "I", 20, 80.0, 60.0),
        marks("8А", "II", 30, 52.0, 92.0),
        marks("8Ә", "II", 10, 50.0, 100.0),
        marks("8Б", "II", 20, 51.0, 95.0),
        marks("8В", "II", 20, 53.0, 95.0),
        marks("8Г", "II", 20, 5.0, 95.0),
    ]);
    let (outcome, data) = calculated("results", &plan);
    // (30·50 + 10·70)/40 = 55; (30·90 + 10·100)/40 = 92.5. 8Б has more quality than success.
    near(&data["marks"][0]["quality"], 55.0);
    near(&data["marks"][0]["success"], 92.5);
    assert_eq!(data["marks"][0]["classes"], 2);
    // (1560 + 500 + 1020 + 1060 + 100)/100.
    near(&data["marks"][1]["quality"], 42.4);
    let said = said(&outcome);
    // Quartiles 50 and 52: below 47 stands out.
    assert!(said.contains("8Г") && !said.contains("8В") && said.contains("cannot be right: 1"));
}

#[test]
fn events_gain_and_devices_are_up_but_for_their_faults() {
    let mut plan = example();
    plan["professional_development"][0]["before"] = json!(40);
    plan["professional_development"][0]["after"] = json!(70);
    plan["tickets"] = json!([
        ticket("a", "2026-11-01", Some("2026-11-10")),
        ticket("b", "2026-11-05", Some("2026-11-14")),
        ticket("c", "2026-11-18", None),
    ]);
    let said = said(&calculated("support", &plan).0);
    // (70 − 40)/(100 − 40). Down from the 1st to the 14th and from the 18th to the 23rd: 18 of 90 days.
    assert!(
        said.contains("Cell::Number(70.0), Cell::Number(0.5)") && said.contains("Share(0.8)"),
        "{said}"
    );
    plan["professional_development"][0]["before"] = json!(100);
    assert!(run("support", &plan).is_ok());
}

#[test]
fn a_case_is_chosen_by_weighed_criteria_with_what_would_turn_it() {
    let mut plan = example();
    assert!(run("choice", &plan).is_err());
    plan["assistant_cases"][2]["criteria"] = json!([
        {"id": "c1", "title": "Әсері", "weight": 0.5}, {"id": "c2", "title": "Құны", "weight": 0.3},
        {"id": "c3", "title": "Уақыты", "weight": 0.2},
    ]);
    plan["assistant_cases"][2]["options"] = json!([
        {"id": "o1", "title": "Пилот", "scores": {"c1": 4, "c2": 2, "c3": 5}},
        {"id": "o2", "title": "Кеңейту", "scores": {"c1": 3, "c2": 5, "c3": 4}},
        {"id": "o3", "title": "Тоқтату", "scores": {"c1": 3}},
    ]);
    let (outcome, data) = calculated("choice", &plan);
    // 3.6 and 3.8; a weight of 0.6 for the first criterion, or of 0.24 for the second, turns it.
    assert_eq!(data["ac3"], json!({"order": ["o2", "o1"], "turns": 2}));
    assert!((number(&outcome, "Кеңейту").0 - 3.8).abs() < 1e-9);
    assert!(
        said(&outcome).contains("With a weight of 0.60 for “Әсері” the first would be “Пилот”")
    );
    plan["assistant_cases"][2]["criteria"][0]["weight"] = json!(0.9);
    let (outcome, data) = calculated("choice", &plan);
    assert!(data["ac3"].is_null() && said(&outcome).contains("add up to 1.4"));
}

#[test]
fn an_empty_plan_is_refused_in_words() {
    for task in ["health", "roles", "results", "support", "choice"] {
        let error = run(task, &json!({})).unwrap_err();
        assert!(matches!(error.code, Code::Refused), "{task}");
        assert!(!error.message.kk.is_empty() && error.message.kk != error.message.en, "{task}");
    }
}

/// Whatever single thing a plan has, the reports about it end.
#[test]
fn a_plan_with_one_part_alone_is_reported_or_refused() {
    let plan = example();
    for (part, value) in plan.as_object().unwrap() {
        let alone = json!({part.as_str(): value});
        for task in ["health", "roles", "results", "support", "choice"] {
            match run(task, &alone) {
                Ok(outcome) => assert!(outcome.report.is_some(), "{task} {part}"),
                Err(error) => assert!(matches!(error.code, Code::Refused), "{task} {part}"),
            }
        }
    }
}

#[test]
fn a_value_of_another_form_is_named_with_its_place() {
    let mut plan = example();
    plan["kpis"][2]["measurements"] = json!([{"date": "2026-10-01", "value": "high"}]);
    let error = run("results", &plan).unwrap_err();
    assert!(matches!(error.code, Code::Invalid));
    assert!(error.message.en.contains("kpis/2/measurements/0/value"), "{}", error.message.en);
    plan["kpis"] = json!(7);
    assert!(run("results", &plan).unwrap_err().message.kk.contains("kpis"));
    // Null is the same as nothing, and a day that no calendar has is no day.
    plan["kpis"] = json!([{"id": "k1", "title": null, "measured": "2026-02-30", "actual": 3}]);
    assert!(run("results", &plan).is_ok());
}

#[test]
fn parts_that_nobody_granted_are_named_and_do_not_count_against_the_plan() {
    let mut plan = example();
    plan["evidence"] = json!([]);
    plan["kpis"] = json!([]);
    let mut read = of(&plan).unwrap();
    read.denied = vec!["evidence", "kpis"];
    let outcome = health::report(&read, jospar_guest_days::number(TODAY).unwrap()).unwrap();
    let data: Value = serde_json::from_str(&outcome.data).unwrap();
    assert_eq!(data["planned"]["count"], 5);
    assert!(said(&outcome).contains("left aside: read:evidence, read:kpis"));
}

/// No report may be larger than a host takes: 10,000 cells, 200 blocks.
#[test]
fn a_long_plan_gives_a_report_with_an_end() {
    let mut plan = example();
    let many = |item: &Value| -> Value {
        let copies = (0..400).map(|n| {
            let mut copy = item.clone();
            copy["id"] = json!(format!("x{n}"));
            copy
        });
        copies.collect()
    };
    for part in ["initiatives", "problems", "kpis", "meetings", "risks", "documents", "needs"] {
        plan[part] = many(&plan[part][0]);
    }
    plan["tickets"] = many(&ticket("a", "2026-10-01", None));
    for task in ["health", "roles", "results", "support"] {
        let report = calculated(task, &plan).0.report.unwrap();
        let cells = report.blocks.iter().map(|block| match block {
            Block::Table(table) => table.rows.iter().map(Vec::len).sum(),
            Block::Items(items) => items.len(),
            Block::Chart(chart) => chart.series.iter().map(|series| series.values.len()).sum(),
            _ => 0,
        });
        let cells: usize = cells.sum();
        assert!(
            cells < 10_000 && report.blocks.len() <= 200,
            "{task}: {cells} {}",
            report.blocks.len()
        );
    }
}
