//! The example plan's drafts without a host: what they say, what is caught, what stays.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jospar_plugin_sdk::{Edit, Proposal, Text};
use serde_json::Value;

use super::*;

fn example() -> Value {
    serde_json::from_str(include_str!("../../../../data/example-plan.json")).unwrap()
}

fn plan() -> Plan {
    Plan::of(example(), "2026-11-23")
}

fn made(task: &str, plan: &Plan) -> Made {
    match task {
        "order" => order::draft(plan, ""),
        "report" => report::pieces(plan),
        "plan" => development::pieces(plan),
        "bulletin" => bulletin::draft(plan, "teachers"),
        "tasks" => lesson::tasks_of(plan, ""),
        _ => lesson::rubric_of(plan, ""),
    }
    .unwrap()
}

const TASKS: [&str; 6] = ["order", "report", "plan", "bulletin", "tasks", "rubric"];

fn piece<'a>(made: &'a Made, key: &str) -> &'a Piece {
    made.pieces.iter().find(|piece| piece.key == key).unwrap()
}

/// Without a model.
fn finished(task: &'static str, plan: &Plan, language: &str) -> (Outcome, Value) {
    let form = [&ORDER, &REPORT, &PLAN, &BULLETIN, &super::TASKS, &RUBRIC];
    let form = form.into_iter().find(|form| form.task == task).unwrap();
    let asked = Asked::Without(Text::same("no"));
    let outcome = finish(form, plan, language, made(task, plan), &asked).unwrap();
    let data = serde_json::from_str(&outcome.data).unwrap();
    (outcome, data)
}

#[test]
fn every_number_of_every_draft_is_one_of_the_plan() {
    let plan = plan();
    for task in TASKS {
        let made = made(task, &plan);
        for piece in &made.pieces {
            assert_eq!(check::unfounded(piece, &plan), Vec::<f64>::new(), "{task} {}", piece.key);
            for text in [&piece.text.kk, &piece.text.ru, &piece.text.en] {
                assert!(
                    !text.is_empty() && !text.contains(['{', '}']),
                    "{task} {}: {text}",
                    piece.key
                );
            }
        }
        let mut keys: Vec<&str> = made.pieces.iter().map(|piece| piece.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), made.pieces.len(), "{task}: each piece has a key of its own");
    }
}

#[test]
fn l14_a_planted_number_is_caught_wherever_it_stands() {
    let plan = plan();
    for task in TASKS {
        let mut made = made(task, &plan);
        let at =
            made.pieces.iter().position(|piece| piece.role == "paragraph" || piece.role == "item");
        let piece = &mut made.pieces[at.unwrap()];
        piece.text.ru.push_str(" 777,5");
        assert_eq!(check::unfounded(piece, &plan), [777.5], "{task}");
        let error = verify(&plan, &made.pieces).unwrap_err();
        assert!(error.message.kk.contains("777,5"), "{}", error.message.kk);
    }
    // A figure whose place has another number, or none.
    let mut made = made("report", &plan);
    let at = made.pieces.iter().position(|piece| piece.key == "kpi-k1").unwrap();
    made.pieces[at].figures[0].value = 0.26;
    assert!(verify(&plan, &made.pieces).is_err());
    made.pieces[at].figures[0].value = 0.25;
    assert!(verify(&plan, &made.pieces).is_ok());
    made.pieces[at].figures[0].path = "kpis/k1/gone".to_owned();
    assert!(verify(&plan, &made.pieces).is_err());
}

#[test]
fn the_order_has_the_form_of_an_order() {
    let plan = plan();
    let made = made("order", &plan);
    let roles: Vec<&str> = made.pieces.iter().map(|piece| piece.role).collect();
    let head = ["organisation", "heading", "number_date", "subject", "preamble"];
    assert_eq!(roles[..5], head);
    assert_eq!(roles[roles.len() - 2..], ["control", "signature"]);
    assert!(roles[5..roles.len() - 2].iter().all(|role| *role == "item"));
    assert!(piece(&made, "preamble").text.kk.ends_with("БҰЙЫРАМЫН:"));
    assert!(piece(&made, "preamble").text.ru.ends_with("ПРИКАЗЫВАЮ:"));
    let item = piece(&made, "item-d3");
    assert!(item.text.kk.starts_with("1. ") && item.text.kk.contains("2026 жылғы 7 желтоқсан"));
    assert!(item.text.kk.contains("Жауапты: Директор."), "{}", item.text.kk);
    assert_eq!(
        (item.owner.as_str(), item.due.as_str(), item.from.as_str()),
        ("dir", "2026-12-07", "d3")
    );
    // What is done is no item; the control comes last in number.
    assert!(!made.pieces.iter().any(|piece| piece.key == "item-d1"));
    assert!(piece(&made, "control").text.kk.starts_with("8. Осы бұйрықтың"));
}

#[test]
fn a_case_of_the_plan_becomes_an_order_with_its_measures() {
    let plan = plan();
    let made = order::draft(&plan, "ac1").unwrap();
    assert!(piece(&made, "subject").text.kk.contains("менторлық"));
    let measure = piece(&made, "item-rk4m1");
    assert!(measure.text.kk.contains("«Қосымша уақыт бөлу»"), "{}", measure.text.kk);
    // The plan has no day for it: a place to write it into.
    assert!(measure.text.kk.contains("Мерзімі: ________") && measure.due.is_empty());
    verify(&plan, &made.pieces).unwrap();
    assert_eq!(made.variant, "ac1");
    assert!(order::draft(&plan, "nowhere").is_err());
}

#[test]
fn what_goes_to_parents_names_no_person_and_no_decision() {
    let plan = plan();
    for audience in ["parents", "students"] {
        let made = bulletin::draft(&plan, audience).unwrap();
        let all: String = made.pieces.iter().map(|piece| piece.text.kk.as_str()).collect();
        for name in ["Информатика мұғалімі", "Директор", "Семинар", "тоқтату"]
        {
            assert!(!all.contains(name), "{audience}: {name}");
        }
        assert!(all.contains("Қағаз түріндегі есептер саны"));
    }
}

#[test]
fn a_line_of_a_model_is_taken_only_if_the_data_have_its_numbers_and_names() {
    let sent = "Мектеп: Ю. Гагарин атындағы мектеп. Үлес 45 %, мақсат 80. Жауапты: Директор.";
    let answer =
        |text: &str, numbers: bool| model::judge(sent, "m".to_owned(), text, false, numbers);
    let good = "## Үлес 45 пайызға жетті.\n1. Директорға: мақсат – 80.\nГагаринге арналған іс.";
    let taken = answer(good, false);
    assert_eq!(taken.refused, Vec::new());
    assert_eq!(taken.lines[0], "Үлес 45 пайызға жетті.");
    let bad = answer("Үлес 46 пайыз.\nБұл іске Серік Ахметов жауапты.\nҮлес 45.", false);
    assert_eq!(bad.lines, ["Үлес 45."]);
    assert_eq!(bad.refused[0].1, "46");
    assert_eq!(bad.refused[1].1, "Серік, Ахметов");
    // A task needs numbers of its own: they are named.
    let tasks = answer("1. 3x = 12 теңдеуін шешіңіз.", true);
    assert_eq!((tasks.lines.len(), tasks.examples.join(" ")), (1, "3 12".to_owned()));
    let cut = model::judge(sent, "m".to_owned(), "Үлес 45.\nҮлес 4", true, false);
    assert_eq!(cut.lines, ["Үлес 45."]);
}

/// What the proposal would make of the plan: the paper as it would stand there.
fn accepted(outcome: &Outcome, mut plan: Value) -> Plan {
    let Edit::Add(add) = &outcome.proposals[0].edits[0] else { unreachable!() };
    let mut paper: Value = serde_json::from_str(&add.fields).unwrap();
    paper["id"] = "new1".into();
    plan["documents"].as_array_mut().unwrap().push(paper);
    Plan::of(plan, "2026-11-23")
}

fn edited(plan: &Plan, edit: impl Fn(&mut Value)) -> Plan {
    let mut parts = example();
    parts["documents"] = plan.at("documents").unwrap().clone();
    edit(&mut parts);
    Plan::of(parts, "2026-11-23")
}

fn edits(proposal: &Proposal) -> Vec<String> {
    let shown = proposal.edits.iter().map(|edit| match edit {
        Edit::Set(set) => format!("set {} {}", set.path, set.value),
        Edit::Add(add) => format!("add {} {}", add.path, add.id.clone().unwrap_or_default()),
        Edit::Remove(path) => format!("remove {path}"),
        Edit::Write(write) => format!("write {} {}", write.path, write.text),
    });
    shown.collect()
}

#[test]
fn a_second_draft_of_an_unchanged_plan_changes_nothing() {
    for task in TASKS {
        for language in ["kk", "ru", "en"] {
            let (first, data) = finished(task, &plan(), language);
            assert_eq!((data["paper"].is_null(), first.proposals.len()), (true, 1), "{task}");
            let after = accepted(&first, example());
            let (again, data) = finished(task, &after, language);
            assert_eq!(data["paper"], "documents/new1");
            assert_eq!(
                (&data["changed"], &data["added"], &data["kept"]),
                (&json!(0), &json!(0), &json!(0))
            );
            assert!(again.proposals.is_empty(), "{task}: {:?}", edits(&again.proposals[0]));
        }
    }
    // Another language is another paper.
    let (first, _) = finished("order", &plan(), "kk");
    let (other, data) = finished("order", &accepted(&first, example()), "ru");
    assert_eq!((data["paper"].is_null(), other.proposals.len()), (true, 1));
}

#[test]
fn a_new_draft_keeps_what_people_edited_accepted_removed_and_wrote() {
    let (first, _) = finished("report", &plan(), "kk");
    let after = accepted(&first, example());
    let block = |plan: &mut Value, id: &str| -> usize {
        let blocks = plan["documents"][1]["blocks"].as_array().unwrap();
        blocks.iter().position(|block| block["id"] == id).unwrap()
    };
    let changed = edited(&after, |plan| {
        // The plan moves: two KPIs, and a third that nobody had measured.
        plan["kpis"][0]["actual"] = json!(0.5);
        plan["kpis"][1]["actual"] = json!(25);
        (plan["kpis"][2]["actual"], plan["kpis"][2]["measured"]) =
            (json!(3.1), json!("2026-11-20"));
        plan["kpis"].as_array_mut().unwrap().remove(5);
        // People move: one block edited, one removed, one of their own.
        let edited = block(plan, "kpi-k1");
        plan["documents"][1]["blocks"][edited]["text"] = json!("Өз сөзім: өсім жақсы.");
        let removed = block(plan, "kpi-k8");
        plan["documents"][1]["blocks"].as_array_mut().unwrap().remove(removed);
        let own = json!({"id": "mine", "role": "paragraph", "text": "Менікі."});
        plan["documents"][1]["blocks"].as_array_mut().unwrap().push(own);
    });
    let (second, data) = finished("report", &changed, "kk");
    assert_eq!(data["kept"], 2, "the edited and the removed block");
    let update = edits(&second.proposals[0]);
    assert!(
        !update.iter().any(|edit| edit.contains("kpi-k1") || edit.contains("kpi-k8")),
        "{update:?}"
    );
    assert!(!update.iter().any(|edit| edit.contains("mine")), "{update:?}");
    assert!(
        update.iter().any(|edit| edit.starts_with("write documents/new1/blocks/kpi-k2/text")
            && edit.contains("2026 жылғы 13 қараша күні 25")),
        "{update:?}"
    );
    assert!(
        update.iter().any(|edit| edit == "add documents/new1/blocks/kpi-k3/figures "),
        "{update:?}"
    );
    // What the plan has no more is a proposal of its own.
    assert_eq!(edits(&second.proposals[1]), ["remove documents/new1/blocks/kpi-k6"]);
    let said = format!("{:?}", second.report);
    assert!(said.contains("Өз сөзім: өсім жақсы."), "what stays is shown");
    // An accepted block stays, too.
    let accepted = edited(&after, |plan| {
        plan["kpis"][1]["actual"] = json!(25);
        let at = block(plan, "kpi-k2");
        plan["documents"][1]["blocks"][at]["accepted_by"] = json!("dir");
    });
    let (third, data) = finished("report", &accepted, "kk");
    assert_eq!(data["kept"], 1);
    assert!(!third.proposals.iter().flat_map(edits).any(|edit| edit.contains("kpi-k2")));
}

#[test]
fn a_paper_that_is_no_draft_any_more_is_left_alone() {
    let (first, _) = finished("order", &plan(), "kk");
    let after = accepted(&first, example());
    let signed = edited(&after, |plan| plan["documents"][1]["state"] = json!("signed"));
    let (second, data) = finished("order", &signed, "kk");
    assert!(data["paper"].is_null());
    assert!(edits(&second.proposals[0])[0].starts_with("add documents "));
}

#[test]
fn a_models_text_stays_while_no_model_is_there_and_its_numbers_hold() {
    let plan = plan();
    let order = made("order", &plan);
    let count = order.pieces.iter().filter(|piece| piece.role == "item").count();
    let mut lines = vec!["Жоспарды орындау үшін БҰЙЫРАМЫН:".to_owned()];
    for piece in order.pieces.iter().filter(|piece| piece.role == "item") {
        lines.push(piece.text.kk.replace("орындалсын", "міндетті түрде орындалсын"));
    }
    let answer = model::Answer { model: "m".into(), lines, refused: vec![], examples: vec![] };
    let outcome = finish(&ORDER, &plan, "kk", order, &Asked::Answered(answer)).unwrap();
    let after = accepted(&outcome, example());
    let paper = after.record("documents/new1");
    assert_eq!(
        (&paper.value()["ai_assisted"], paper.words("ai_label").is_empty()),
        (&json!(true), false)
    );
    let ai = paper.items("blocks").into_iter().filter(|block| block.value()["ai"] == true).count();
    assert_eq!(ai, count + 1);
    // The owner and the day are the plan's, whoever wrote the sentence.
    assert_eq!(after.record("documents/new1/blocks/item-d4").text("due"), "2026-12-01");
    let (again, _) = finished("order", &after, "kk");
    assert!(again.proposals.is_empty(), "{:?}", again.proposals.first().map(edits));
    // The day moved: the sentence is no longer true, and the template's takes its place.
    let moved =
        edited(&after, |plan| plan["meetings"][2]["decisions"][1]["due"] = json!("2026-12-15"));
    let (again, _) = finished("order", &moved, "kk");
    let update = edits(&again.proposals[0]);
    assert!(
        update.iter().any(|e| e.starts_with("write documents/new1/blocks/item-d4/text")),
        "{update:?}"
    );
    assert!(
        update.contains(&"set documents/new1/blocks/item-d4/ai false".to_owned()),
        "{update:?}"
    );
    assert!(update.contains(&"set documents/new1/blocks/item-d4/due \"2026-12-15\"".to_owned()));
}

#[test]
fn empty_plans_are_refused_in_words() {
    let empty = Plan::of(json!({"plan": {}}), "2026-11-23");
    for made in [
        order::draft(&empty, ""),
        report::pieces(&empty),
        development::pieces(&empty),
        bulletin::draft(&empty, "parents"),
        lesson::tasks_of(&empty, ""),
    ] {
        let message = made.err().unwrap().message;
        assert!(message.kk != message.ru && !message.kk.contains('{'), "{}", message.kk);
    }
}

#[test]
fn days_and_numbers_are_read_and_written() {
    assert_eq!(day::day("2026-12-07").ru, "7 декабря 2026 года");
    assert_eq!(day::day("2026-13-07").ru, "2026-13-07");
    assert_eq!(day::day("").kk, "");
    assert_eq!(
        check::numbers("8А, 0,46; 1.5-ке. №3 2026-12-07"),
        [8.0, 0.46, 1.5, 3.0, 2026.0, 12.0, 7.0]
    );
    assert_eq!(check::without_place("12. Бір"), "Бір");
    assert_eq!(check::without_place("1.5 сағат"), "1.5 сағат");
    assert!(check::numbers(&"9".repeat(400)).is_empty());
}
