use std::collections::BTreeMap;

use super::*;

/// The events of a calendar: properties by their names with parameters.
fn events(text: &str) -> Vec<BTreeMap<String, String>> {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains('\n'));
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "a line is too long");
    let unfolded = text.replace("\r\n ", "");
    let mut events = Vec::new();
    for line in unfolded.split("\r\n") {
        match line {
            "BEGIN:VEVENT" => events.push(BTreeMap::new()),
            line => {
                if let (Some(event), Some((name, value))) =
                    (events.last_mut(), line.split_once(':'))
                {
                    event.entry(name.to_owned()).or_insert_with(|| value.to_owned());
                }
            }
        }
    }
    events
}

fn calendar(plan: &Plan, language: Language) -> Vec<BTreeMap<String, String>> {
    events(&String::from_utf8(all(plan, Format::Ics, language).bytes).unwrap())
}

#[test]
fn every_meeting_training_and_day_by_which_something_is_due_is_an_event() {
    let events = calendar(&example(), Language::Kk);
    let of = |uid: &str| {
        let uid = format!("{uid}@plan-2026.jospar");
        events.iter().find(|event| event["UID"] == uid).unwrap_or_else(|| panic!("no {uid}"))
    };
    let meeting = of("meetings-m3-date");
    assert_eq!(meeting["DTSTART;VALUE=DATE"], "20261116");
    assert_eq!(meeting["SUMMARY"], "Пилоттар қорытындысы");
    assert!(
        meeting["DESCRIPTION"].contains("- Үш пилоттың нәтижесі\\n- Тәуекелдер"),
        "{meeting:?}"
    );
    let decision = of("meetings-m3-decisions-d4-due");
    assert_eq!(decision["SUMMARY"], "Мерзімі: Қағаз есептің бір түрін тоқтату.");
    assert_eq!(decision["TRANSP"], "TRANSPARENT");
    for uid in [
        "initiatives-in1-due",
        "kpis-k1-next_due",
        "professional_development-pd1-date",
        "pilots-pl1-end",
    ] {
        of(uid);
    }
    assert!(events.iter().all(|event| event["DTSTAMP"] == "20261130T005320Z"));
    let whole: Value = serde_json::from_str(EXAMPLE).unwrap();
    let count = |list: &str| whole[list].as_array().unwrap().len();
    let decisions: usize = whole["meetings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|meeting| meeting["decisions"].as_array().unwrap().len())
        .sum();
    let lists = ["meetings", "initiatives", "kpis", "professional_development", "pilots"];
    let steps = whole["lesson_studies"][0]["steps"].as_array().unwrap().len();
    let expected = lists.iter().map(|list| count(list)).sum::<usize>() + decisions + steps;
    assert_eq!(events.len(), expected);
}

#[test]
fn uids_differ_and_stay_the_same_in_every_language() {
    let uids = |language| -> Vec<String> {
        calendar(&example(), language)
            .into_iter()
            .map(|mut event| event.remove("UID").unwrap())
            .collect()
    };
    let kazakh = uids(Language::Kk);
    assert_eq!(kazakh, uids(Language::En));
    let different: std::collections::BTreeSet<&String> = kazakh.iter().collect();
    assert_eq!(different.len(), kazakh.len());
}

#[test]
fn what_was_cancelled_is_cancelled_and_texts_have_no_marks_of_the_format() {
    let plan = plan(json!({
        "initiatives": [
            {"id": "a", "title": {"en": "One, two; three\\"}, "due": "2027-01-31", "state": "cancelled"},
            {"id": "b", "title": {"en": "x\r\nBEGIN:VEVENT"}, "due": "2027-02-30"},
            {"id": "c", "title": {"en": "y\r\nBEGIN:VEVENT"}, "due": "2027-02-28"},
        ],
        "evidence": [{"id": "e", "title": {"en": "Old"}, "date": "2026-01-01",
                      "period": {"start": "2025-01-01", "end": "2025-02-01"}}],
    }));
    let events = calendar(&plan, Language::En);
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(events[0]["SUMMARY"], "Due: One\\, two\\; three\\\\");
    assert_eq!(events[0]["STATUS"], "CANCELLED");
    assert_eq!(events[1]["SUMMARY"], "Due: y BEGIN:VEVENT");
    assert_eq!(events[1]["STATUS"], "CONFIRMED");
}

#[test]
fn a_calendar_of_one_part_holds_its_days_alone() {
    let text = String::from_utf8(part(&example(), Format::Ics, "meetings", None).bytes).unwrap();
    let events = events(&text);
    assert_eq!(events.len(), 7);
    assert!(events.iter().all(|event| event["UID"].starts_with("meetings-")));
}
