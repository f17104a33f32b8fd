#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use jospar_tables::read;
use serde_json::{Value, json};

use super::*;

fn plan() -> Plan {
    Plan::read(include_str!("../../../data/example-plan.json")).unwrap()
}

fn with_text(text: &str) -> Plan {
    let file: Value =
        serde_json::from_str(include_str!("../../../data/example-plan.json")).unwrap();
    let mut survey = file["surveys"][0].clone();
    survey["title"] = json!({"en": text});
    survey["items"][0]["title"] = json!({"en": text});
    survey["scales"][0]["title"] = json!({"en": text});
    survey["scale"]["labels"]["1"]["en"] = json!(text);
    survey["groups"] = json!([{"title": {"en": text}, "n": 5}]);
    Plan::read(&json!({"schema": "jospar.plan/1", "surveys": [survey]}).to_string()).unwrap()
}

fn form(plan: &Plan, format: FormFormat) -> String {
    let file = questionnaire(plan, "sv1", Role::Teacher, format, Language::En).unwrap();
    String::from_utf8(file.bytes).unwrap()
}

#[test]
fn a_form_has_every_item_once_in_the_order_of_its_scales() {
    let survey = plan().of_kind(Kind::Survey).next().map(Survey::from_view).unwrap();
    let form = blank(&survey, Role::Student, Language::Ru);
    assert_eq!(form.answers[4], (5, "Полностью согласен".to_owned()));
    let codes: Vec<&str> =
        form.sections.iter().flat_map(|s| s.items.iter().map(|(code, _)| code.as_str())).collect();
    assert_eq!(codes.len(), survey.items.len());
    assert_eq!(&codes[..6], ["D1", "D2", "D3", "D4", "D5", "A1"]);
    // No wording of its own: as it is put to a teacher.
    assert!(form.sections[0].items[0].1.starts_with("Ежедневно"));
    let mut own = survey.clone();
    own.items[0].student.kk = "Оқушыға".to_owned();
    own.scales.clear();
    own.scale.min = Some(-1.0);
    own.scale.max = Some(1e300);
    let form = blank(&own, Role::Student, Language::Kk);
    assert_eq!(form.sections[0].items[0].1, "Оқушыға");
    assert_eq!((form.sections.len(), form.answers.len()), (1, 101));
}

#[test]
fn a_form_for_limesurvey_has_its_rows_in_every_language() {
    let text = form(&plan(), FormFormat::LimeSurvey);
    let table = read(text.as_bytes()).unwrap();
    assert_eq!(table.heads[..4], ["id", "class", "type/scale", "name"]);
    let of = |class: &str, language: &str| -> Vec<Vec<String>> {
        let is = |cells: &&Vec<String>| cells[1] == class && cells[7] == language;
        table.rows.iter().map(|row| &row.cells).filter(is).cloned().collect()
    };
    let setting = |name: &str| {
        let is = |row: &&jospar_tables::Row| row.cells[1] == "S" && row.cells[3] == name;
        table.rows.iter().find(is).map(|row| row.cells[5].clone())
    };
    assert_eq!(setting("language").as_deref(), Some("en"));
    assert_eq!(setting("additional_languages").as_deref(), Some("kk ru"));
    assert_eq!(setting("anonymized").as_deref(), Some("Y"));
    for language in ["en", "kk", "ru"] {
        assert_eq!(of("SQ", language).len(), 16, "{language}");
        // Four arrays and a comment, five answers to each array.
        assert_eq!((of("Q", language).len(), of("A", language).len()), (5, 20));
        let ids: Vec<String> = of("Q", language).into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(ids, ["1", "2", "3", "4", "5"]);
    }
    let names = |language: &str| -> Vec<String> {
        of("SQ", language).into_iter().map(|row| row[3].clone()).collect()
    };
    assert_eq!(names("en"), names("kk"));
    assert_eq!(names("en")[0], "D1");
    // The base language comes whole, before the others.
    let order: Vec<&str> = table
        .rows
        .iter()
        .filter(|row| row.cells[1] == "G")
        .map(|row| row.cells[7].as_str())
        .collect();
    let mut sorted = order.clone();
    sorted.dedup();
    assert_eq!(sorted, ["en", "kk", "ru"]);
}

#[test]
fn codes_that_limesurvey_would_not_take_are_made_ones_that_it_takes() {
    let mut taken = Vec::new();
    let mut code = |wanted| limesurvey_code(wanted, &mut taken);
    assert_eq!(code("D1"), "D1");
    assert_eq!(code("D-1"), "D1x2");
    assert_eq!(code("7"), "Q7");
    assert_eq!(code("Ә"), "Q");
}

fn limesurvey_code(wanted: &str, taken: &mut Vec<String>) -> String {
    limesurvey::code(wanted, taken)
}

/// A text of the plan stays a text, wherever it is put.
#[test]
fn no_text_becomes_code_or_markup() {
    let attacks = [
        "\"); DriveApp.removeFile(\"x",
        "${alert(1)} `x` \\",
        "*/ evil(); /*",
        "line\u{2028}evil()\nmore\r\nend",
        "<script>alert(1)</script>",
        "{TOKEN:EMAIL} {if(1,'a','b')}",
        "=HYPERLINK(\"http://x\")",
        "a\tb\"c",
    ];
    for attack in attacks {
        let plan = with_text(attack);
        let script = form(&plan, FormFormat::Google);
        // Outside of strings only the program's own letters stand.
        let mut outside = String::new();
        let mut inside = false;
        let mut letters =
            script.lines().filter(|line| !line.starts_with("//")).flat_map(str::chars);
        while let Some(letter) = letters.next() {
            match letter {
                '"' => inside = !inside,
                '\\' if inside => assert!(letters.next() == Some('u'), "{script}"),
                letter if !inside => outside.push(letter),
                _ => {}
            }
        }
        assert!(!inside, "{script}");
        for word in ["evil", "alert", "DriveApp", "HYPERLINK", "TOKEN"] {
            assert!(!outside.contains(word), "{attack}: {outside}");
        }
        let sheet = form(&plan, FormFormat::LimeSurvey);
        let table = read(sheet.as_bytes()).unwrap();
        for row in &table.rows {
            let text = &row.cells[5];
            assert!(!text.contains(['<', '{', '}']) && !text.starts_with('='), "{text}");
        }
        assert_eq!(table.rows.iter().filter(|row| row.cells[1] == "SQ").count() % 16, 0);
        let paper = form(&plan, FormFormat::Markdown);
        assert!(!paper.contains("<script") || paper.contains("\\<script"), "{paper}");
    }
}

#[test]
fn a_script_says_what_it_makes_and_how_it_is_run() {
    let script = form(&plan(), FormFormat::Google);
    assert!(script.starts_with("// ") && script.contains("script.google.com"));
    assert_eq!(script.matches("addGridItem").count(), 4);
    assert!(script.contains("\"D1. I keep the e-journal confidently every day\""));
    assert!(script.contains("\"Strongly agree\"]"));
    let kk = questionnaire(&plan(), "sv1", Role::Teacher, FormFormat::Google, Language::Kk);
    let kk = String::from_utf8(kk.unwrap().bytes).unwrap();
    // Kazakh stays readable.
    assert!(kk.contains("\"Толық келісемін\""), "{kk}");
}

#[test]
fn an_unknown_survey_is_refused() {
    let made = questionnaire(&plan(), "sv9", Role::Parent, FormFormat::Google, Language::Kk);
    assert!(matches!(made, Err(ExportError::UnknownId { .. })));
    let paper = questionnaire(&plan(), "sv1", Role::Parent, FormFormat::Markdown, Language::Kk);
    let paper = paper.unwrap();
    assert_eq!(paper.name, "survey-sv1-parent.md");
    let text = String::from_utf8(paper.bytes).unwrap();
    assert_eq!(text.matches("- ☐ 1 ").count(), 16);
}
