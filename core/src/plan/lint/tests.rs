#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use serde_json::{Value, json};

use super::*;
use crate::plan::tests::day;
use crate::plan::{PlanView, import};

/// The messages and subjects of `rule` on the example after `change`.
fn check(rule: Rule, as_of: &str, change: impl FnOnce(&mut Value), expected: &[(&str, &str)]) {
    let text = include_str!("../../../../data/example-plan.json");
    let mut file: Value = serde_json::from_str(text).unwrap();
    change(&mut file);
    let imported = import(&file.to_string()).unwrap();
    let views: Vec<_> = imported.documents.into_iter().map(|d| (d.kind, d.record)).collect();
    let plan = PlanView::from_documents(&views);
    let findings = lint(&plan, day(as_of), &Edits::new());
    let found: Vec<_> = findings.iter().filter(|f| f.rule == rule).collect();
    let found: Vec<_> = found.iter().map(|f| (f.message, f.subject.as_str())).collect();
    assert_eq!(found, expected, "{:?}", imported.notices);
}

const DAY: &str = "2026-11-23";

/// The rule is silent on the example and finds just this after the change.
fn finds(rule: Rule, change: impl FnOnce(&mut Value), message: &str, subject: &str) {
    if !matches!(rule, Rule::L05 | Rule::L06) {
        check(rule, DAY, |_| (), &[]);
    }
    check(rule, DAY, change, &[(message, subject)]);
}

#[test]
fn on_the_example_only_the_two_planted_gaps_are_found() {
    let findings = lint(&crate::plan::tests::example(), day(DAY), &Edits::new());
    let found: Vec<_> = findings.iter().map(|f| (f.rule, f.subject.as_str())).collect();
    let expected =
        [(Rule::L05, "audit/areas/au3/indicators/au3b"), (Rule::L06, "meetings/m3/decisions/d4")];
    assert_eq!(found, expected);
    assert_eq!(findings[0].message, "lint-l05-none");
    assert_eq!(findings[0].values[1], ("level", Argument::Number(1.0)));
    assert_eq!(findings[1].values[1], ("missing", Argument::Keys(vec!["missing-evidence"])));
}

#[test]
fn l01_a_technology_needs_a_measured_pedagogical_result() {
    let pedagogy =
        |file: &mut Value| file["initiatives"][0]["chain"]["pedagogy"]["text"] = json!("");
    finds(Rule::L01, pedagogy, "lint-l01-no-pedagogy", "initiatives/in1");
    let kpis = |file: &mut Value| file["initiatives"][0]["kpis"] = json!(["k2"]);
    finds(Rule::L01, kpis, "lint-l01-no-outcome-kpi", "initiatives/in1");
    let due = |file: &mut Value| file["kpis"][2]["next_due"] = json!("2026-11-22");
    finds(Rule::L01, due, "lint-l01-overdue", "initiatives/in2");
    check(
        Rule::L01,
        DAY,
        |file| {
            file["initiatives"][0]["chain"] = json!({"strategy": {"text": "x"}});
            file["initiatives"][0]["kpis"] = json!([]);
        },
        &[],
    );
}

#[test]
fn l02_an_initiative_touches_a_known_dimension() {
    let none = |file: &mut Value| file["initiatives"][1]["change_dims"] = json!([]);
    finds(Rule::L02, none, "lint-l02-detail", "initiatives/in2");
    let unknown = |file: &mut Value| file["initiatives"][1]["change_dims"] = json!(["cd9"]);
    finds(Rule::L02, unknown, "lint-l02-detail", "initiatives/in2");
}

#[test]
fn l03_a_chain_is_whole_or_not_begun() {
    let part = |file: &mut Value| file["initiatives"][4]["chain"]["strategy"]["text"] = json!(" ");
    finds(Rule::L03, part, "lint-l03-detail", "initiatives/in5");
    check(Rule::L03, DAY, |file| file["initiatives"][4]["chain"] = json!({}), &[]);
}

#[test]
fn l04_problems_and_initiatives_need_each_other() {
    let problem = |file: &mut Value| {
        file["problems"].as_array_mut().unwrap().push(json!({"id": "p6"}));
    };
    finds(Rule::L04, problem, "lint-l04-problem", "problems/p6");
    let initiative = |file: &mut Value| {
        file["initiatives"].as_array_mut().unwrap().push(json!({"id": "in6", "problems": ["p9"]}));
    };
    finds(Rule::L04, initiative, "lint-l04-initiative", "initiatives/in6");
    // A link in one direction is enough.
    check(Rule::L04, DAY, |file| file["problems"][1]["initiatives"] = json!([]), &[]);
}

#[test]
fn l05_a_level_needs_fresh_evidence() {
    let place = "audit/areas/au3/indicators/au3b";
    let evidence = |file: &mut Value, ids: Value| {
        file["audit"]["areas"][2]["indicators"][1]["evidence"] = ids;
    };
    check(Rule::L05, DAY, |file| evidence(file, json!(["e1"])), &[]);
    check(Rule::L05, DAY, |file| evidence(file, json!(["e99"])), &[("lint-l05-none", place)]);
    check(
        Rule::L05,
        DAY,
        |file| {
            file["audit"]["areas"][2]["indicators"][1]["level"] = json!(null);
        },
        &[],
    );
    check(
        Rule::L05,
        DAY,
        |file| {
            evidence(file, json!(["e4"]));
            file["evidence"][3]["date"] = json!("2025-11-22");
        },
        &[("lint-l05-old", "audit/areas/au2/indicators/au2b"), ("lint-l05-old", place)],
    );
}

#[test]
fn l06_a_decision_needs_evidence_owner_and_due_date() {
    let place = "meetings/m3/decisions/d4";
    check(Rule::L06, DAY, |_| (), &[("lint-l06-detail", place)]);
    let evidence =
        |file: &mut Value| file["meetings"][2]["decisions"][1]["evidence"] = json!(["e1"]);
    check(Rule::L06, DAY, evidence, &[]);
    check(
        Rule::L06,
        DAY,
        |file| {
            evidence(file);
            file["meetings"][0]["decisions"][0]["owner"] = json!("");
            file["meetings"][1]["decisions"][0]["due"] = json!(null);
        },
        &[
            ("lint-l06-detail", "meetings/m1/decisions/d1"),
            ("lint-l06-detail", "meetings/m2/decisions/d2"),
        ],
    );
}

#[test]
fn l07_a_kpi_can_be_measured_and_is_not_met_on_day_one() {
    for (member, value) in
        [("baseline", json!(null)), ("source", json!("")), ("measured", json!(null))]
    {
        let change = |file: &mut Value| file["kpis"][0][member] = value;
        finds(Rule::L07, change, "lint-l07-missing", "kpis/k1");
    }
    finds(
        Rule::L07,
        |file| file["kpis"][2]["next_due"] = json!(null),
        "lint-l07-missing",
        "kpis/k3",
    );
    finds(Rule::L07, |file| file["kpis"][0]["baseline"] = json!(0.5), "lint-l07-met", "kpis/k1");
    finds(Rule::L07, |file| file["kpis"][5]["baseline"] = json!(3), "lint-l07-met", "kpis/k6");
}

#[test]
fn l08_use_is_not_an_outcome() {
    let change = |file: &mut Value| file["initiatives"][2]["kpis"] = json!(["k6"]);
    finds(Rule::L08, change, "lint-l08-detail", "initiatives/in3");
    check(Rule::L08, DAY, |file| file["initiatives"][2]["kpis"] = json!([]), &[]);
}

#[test]
fn l09_pasted_text_is_found_in_initiatives_and_reports() {
    let copy = |file: &mut Value| {
        let text = file["initiatives"][0]["chain"]["technology"]["text"].clone();
        let text = text.as_str().unwrap().to_uppercase().replace(',', " -");
        file["initiatives"][3]["chain"]["technology"]["text"] = json!(text);
    };
    finds(Rule::L09, copy, "lint-l09-detail", "initiatives/in4");
    let short = |file: &mut Value| {
        for place in [0, 3] {
            file["initiatives"][place]["chain"]["technology"]["text"] = json!("AI-құрал");
        }
    };
    check(Rule::L09, DAY, short, &[]);
    let report = |file: &mut Value, kind: &str| {
        let text = "Мектепте апталық талдау енгізілді, қағаз есептер азайды.";
        for id in ["doc2", "doc3"] {
            let paper =
                json!({"id": id, "kind": kind, "blocks": [{"role": "paragraph", "text": text}]});
            file["documents"].as_array_mut().unwrap().push(paper);
        }
    };
    finds(Rule::L09, |f| report(f, "analytic_report"), "lint-l09-detail", "documents/doc3");
    check(Rule::L09, DAY, |file| report(file, "order_draft"), &[]);
}

#[test]
fn l10_a_pilot_is_scaled_when_its_criterion_is_reached() {
    let place = "pilots/pl1";
    finds(Rule::L10, |f| f["pilots"][0]["measured"] = json!(0.39), "lint-l10-not-reached", place);
    finds(Rule::L10, |f| f["pilots"][0]["measured"] = json!(null), "lint-l10-not-measured", place);
    finds(Rule::L10, |f| f["pilots"][0]["success"] = json!({}), "lint-l10-no-criterion", place);
    let most =
        |file: &mut Value| file["pilots"][0]["success"] = json!({"metric": "k4", "at_most": 0.4});
    finds(Rule::L10, most, "lint-l10-not-reached", place);
    check(
        Rule::L10,
        DAY,
        |file| {
            file["pilots"][0]["success"] = json!({});
            file["pilots"][0]["decision"] = json!("revise");
        },
        &[],
    );
}

#[test]
fn l11_each_duty_shows_activity_within_thirty_days() {
    let resource = |day: &'static str| {
        move |file: &mut Value| file["resources"] = json!([{"id": "1", "published": day}])
    };
    let place = "partners/inf/duties/id3";
    finds(Rule::L11, resource("2026-10-23"), "lint-l11-duty", place);
    check(Rule::L11, DAY, resource("2026-10-24"), &[]);
    let sent = |file: &mut Value| {
        for bulletin in file["info_sharing"].as_array_mut().unwrap() {
            bulletin["last_sent"] = json!("2026-10-05");
        }
    };
    finds(Rule::L11, sent, "lint-l11-duty", "partners/dir/duties/dd3");
    let named = |file: &mut Value| {
        sent(file);
        file["partners"][0]["duties"][2]["activities"] = json!(["m3"]);
    };
    check(Rule::L11, DAY, named, &[]);
    check(Rule::L11, "2026-10-01", |_| (), &[]);
}

#[test]
fn l11_both_partners_edit() {
    let plan = crate::plan::tests::example();
    let found = |dir: u64, inf: u64| {
        let edits = Edits::from([("dir".to_owned(), dir), ("inf".to_owned(), inf)]);
        let mut findings = lint(&plan, day(DAY), &edits);
        findings.retain(|finding| finding.message == "lint-l11-edits");
        findings
    };
    assert_eq!(found(90, 10), []);
    assert_eq!(found(10, 0), []);
    assert_eq!(found(9, 91)[0].subject, "partners/inf");
    assert_eq!(found(9, 91)[0].values[1], ("percent", Argument::Number(91.0)));
}

#[test]
fn l12_a_meeting_is_late_after_the_agreed_rhythm() {
    check(Rule::L12, "2026-12-28", |_| (), &[]);
    check(Rule::L12, "2026-12-29", |_| (), &[("lint-l12-detail", "meetings")]);
    check(Rule::L12, DAY, |f| f["meetings"] = json!([]), &[("lint-l12-detail", "meetings")]);
    check(Rule::L12, "2027-08-01", |file| file["meeting_rule"] = json!({}), &[]);
}

#[test]
fn l13_a_high_risk_has_an_owned_open_mitigation() {
    let each = |member: &'static str, value: &'static str| {
        move |file: &mut Value| {
            for mitigation in file["risks"][0]["mitigations"].as_array_mut().unwrap() {
                mitigation[member] = json!(value);
            }
        }
    };
    finds(Rule::L13, each("owner", ""), "lint-l13-detail", "risks/rk1");
    finds(Rule::L13, each("state", "cancelled"), "lint-l13-detail", "risks/rk1");
    // All done: the residual score of 8 counts.
    check(Rule::L13, DAY, each("state", "done"), &[]);
    // Risk rk3 has 9.
    check(Rule::L13, DAY, |file| file["risks"][2]["mitigations"] = json!([]), &[]);
}

#[test]
fn l14_numbers_of_papers_agree_with_their_source() {
    let report = |block: Value| {
        move |file: &mut Value| {
            let paper = json!({"id": "doc2", "kind": "analytic_report", "sources": ["k5"],
                "blocks": [block]});
            file["documents"].as_array_mut().unwrap().push(paper);
        }
    };
    let figure = |text: &str, value: f64, path: &str| {
        report(
            json!({"role": "paragraph", "text": text, "figures": [{"value": value, "path": path}]}),
        )
    };
    let place = "documents/doc2/blocks/1";
    check(Rule::L14, DAY, figure("IFE – 2,62.", 2.62, "computed/ife"), &[]);
    check(Rule::L14, DAY, figure("g = 0,46", 0.46, "kpis/k1/actual"), &[]);
    check(Rule::L14, DAY, figure("75 %", 75.0, "computed/decisions_with_evidence"), &[]);
    check(
        Rule::L14,
        DAY,
        figure("40 %", 0.4, "computed/progress/k6"),
        &[("lint-l14-no-source", place)],
    );
    finds(Rule::L14, figure("IFE – 2,7", 2.7, "computed/ife"), "lint-l14-differs", place);
    finds(Rule::L14, figure("0,46", 0.46, "kpis/none/actual"), "lint-l14-no-source", place);
    let text = |text: &str| report(json!({"role": "paragraph", "text": text}));
    let fine = "1. 2026–2027 оқу жылы, 8А, 16 қараша 2026 ж., № 12: үлесі 20-дан 45%-ға, 80-ге.";
    check(Rule::L14, DAY, text(fine), &[]);
    check(Rule::L14, DAY, text("Үлес 20 пайыздан 45 пайызға өсті."), &[]);
    finds(Rule::L14, text("Үлес 46 пайыз."), "lint-l14-no-source", place);
}

#[test]
fn l15_ai_text_has_a_label_and_past_draft_a_person() {
    let paper = "documents/doc1";
    finds(Rule::L15, |f| f["documents"][0]["ai_label"] = json!({}), "lint-l15-no-label", paper);
    let signed = |file: &mut Value| file["documents"][0]["state"] = json!("signed");
    finds(Rule::L15, signed, "lint-l15-not-accepted", paper);
    check(
        Rule::L15,
        DAY,
        |file| {
            signed(file);
            file["documents"][0]["approvals"] = json!([{"person": "dir", "date": "2026-11-20"}]);
        },
        &[],
    );
    let block = |file: &mut Value| {
        signed(file);
        file["documents"][0]["blocks"][5]["ai"] = json!(true);
    };
    finds(Rule::L15, block, "lint-l15-not-accepted", "documents/doc1/blocks/6");
    check(
        Rule::L15,
        DAY,
        |file| {
            block(file);
            file["documents"][0]["blocks"][5]["accepted_by"] = json!("dir");
        },
        &[],
    );
}

#[test]
fn l16_personal_data_has_a_basis_and_small_groups_stay_hidden() {
    let tool = |basis: &'static str| {
        move |file: &mut Value| {
            file["tools"] =
                json!([{"id": "t", "name": "x", "privacy": "personal", "basis": basis}]);
        }
    };
    finds(Rule::L16, tool(""), "lint-l16-tool", "tools/t");
    check(Rule::L16, DAY, tool("келісім"), &[]);
    let group = |n: u8, shown: bool| {
        move |file: &mut Value| {
            file["surveys"][0]["groups"] = json!([{"n": n, "shown": shown}]);
        }
    };
    finds(Rule::L16, group(3, true), "lint-l16-group", "surveys/sv1");
    check(Rule::L16, DAY, group(3, false), &[]);
    check(Rule::L16, DAY, group(5, true), &[]);
    finds(Rule::L16, |f| f["surveys"][0]["min_group"] = json!(2), "lint-l16-floor", "surveys/sv1");
    let figure =
        |file: &mut Value| file["documents"][0]["blocks"][0]["figures"] = json!([{"n": 4}]);
    finds(Rule::L16, figure, "lint-l16-group", "documents/doc1/blocks/1");
}

#[test]
fn l17_numbers_do_not_contradict_each_other() {
    let swot = "swot/items";
    let weight = |f: &mut Value| f["swot"]["items"][0]["weight"] = json!(0.2);
    finds(Rule::L17, weight, "lint-l17-weights-internal", swot);
    let weight = |f: &mut Value| f["swot"]["items"][9]["weight"] = json!(0.2);
    finds(Rule::L17, weight, "lint-l17-weights-external", swot);
    let weight = |f: &mut Value| f["swot"]["items"][0]["weight"] = json!(0.1805);
    check(Rule::L17, DAY, weight, &[]);
    let weight = |f: &mut Value| f["audit"]["areas"][0]["weight"] = json!(0.5);
    finds(Rule::L17, weight, "lint-l17-weights-areas", "audit/areas");
    let upper = |f: &mut Value| f["swot"]["pairwise"]["S"]["upper"] = json!([5, 2, 5]);
    finds(Rule::L17, upper, "lint-l17-consistency", "swot/pairwise/S");
    finds(Rule::L17, |f| f["kpis"][1]["target"] = json!(8), "lint-l17-baseline", "kpis/k2");
    let marks = |quality: u8| {
        move |f: &mut Value| {
            f["marks"] = json!([{"id": "1", "quality": quality, "success": 90}]);
        }
    };
    finds(Rule::L17, marks(91), "lint-l17-quality", "marks/1");
    check(Rule::L17, DAY, marks(90), &[]);
    let criteria = |f: &mut Value| {
        f["assistant_cases"][0]["criteria"] = json!([{"id": "1", "weight": 0.5}]);
    };
    finds(Rule::L17, criteria, "lint-l17-weights-criteria", "assistant_cases/ac1");
}

#[test]
fn every_rule_has_a_heading() {
    let keys: Vec<String> = Rule::ALL.into_iter().map(Rule::message_key).collect();
    assert_eq!((keys[0].as_str(), keys[16].as_str()), ("lint-l01", "lint-l17"));
}
