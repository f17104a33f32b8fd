//! What was written is read back: by other programs' readers where there are any, and all of the plan is found in it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "files/calendar.rs"]
mod calendar;
#[path = "files/document.rs"]
mod document;
#[path = "files/sheets.rs"]
mod sheets;

use jospar_core::document::{Schema, Shape};
use jospar_core::plan::{EXTRA, Kind, import};
use jospar_core::time::Timestamp;
use jospar_export::{ExportError, File, Format, Plan, Wanted, export, table_paths};
use jospar_locales::Language;
use serde_json::{Value, json};

const EXAMPLE: &str = include_str!("../../data/example-plan.json");
/// 30 November 2026, 00:53:20 UTC.
const NOW: Timestamp = Timestamp(1_796_000_000_000);

fn example() -> Plan {
    Plan::read(EXAMPLE).unwrap()
}

/// A plan of some members.
fn plan(members: Value) -> Plan {
    let mut members = members;
    members["schema"] = json!("jospar.plan/1");
    Plan::read(&members.to_string()).unwrap()
}

fn all(plan: &Plan, format: Format, language: Language) -> File {
    export(plan, Wanted { format, part: None, id: None }, language, NOW).unwrap()
}

fn part(plan: &Plan, format: Format, part: &str, id: Option<&str>) -> File {
    export(plan, Wanted { format, part: Some(part), id }, Language::Kk, NOW).unwrap()
}

/// Every text that people wrote into the example, in a language, but for talk, and for what is marked as private.
fn texts(language: Language) -> Vec<String> {
    let mut found = Vec::new();
    for document in import(EXAMPLE).unwrap().documents {
        if document.kind != Kind::Discussion {
            collect(document.kind.schema(), &document.record, language, &mut found);
        }
    }
    assert!(found.len() > 150, "{}", found.len());
    found
}

fn collect(schema: &Schema, record: &Value, language: Language, found: &mut Vec<String>) {
    let is_in_languages = schema.name == "answer_label";
    for field in schema.fields.iter().filter(|field| field.name != EXTRA) {
        let Some(value) = record.get(field.name) else { continue };
        let is_other = is_in_languages && field.name != language.code();
        match field.shape {
            Shape::Record(inner) => collect(inner, value, language, found),
            Shape::Items(inner) => {
                for item in value.as_array().unwrap().iter().filter(|i| i["private"] != true) {
                    collect(inner, item, language, found);
                }
            }
            Shape::Text | Shape::Prose if !is_other => {
                found.push(value.as_str().unwrap().to_owned())
            }
            Shape::LocalText | Shape::LocalProse => {
                let text = value.get(language.code()).and_then(Value::as_str).unwrap_or_default();
                found.push(text.to_owned());
            }
            _ => {}
        }
    }
    found.retain(|text| !text.is_empty());
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    for format in [Format::Docx, Format::Xlsx, Format::Ics, Format::Markdown] {
        let first = all(&example(), format, Language::Kk);
        assert_eq!(first, all(&example(), format, Language::Kk));
        assert_ne!(first.bytes, all(&example(), format, Language::Ru).bytes);
        assert_eq!(first.name, format!("plan-2026-11-30.{}", format.extension()));
    }
}

#[test]
fn an_empty_plan_gives_files_that_open() {
    let empty = plan(json!({}));
    for language in Language::ALL {
        assert!(document::text(&all(&empty, Format::Docx, language).bytes).len() > 10);
        assert_eq!(sheets::open(&all(&empty, Format::Xlsx, language).bytes).len(), 1);
        let calendar = String::from_utf8(all(&empty, Format::Ics, language).bytes).unwrap();
        assert!(
            calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n")
        );
    }
}

#[test]
fn what_cannot_be_made_is_told() {
    let plan = example();
    let ask = |format, part, id| {
        export(&plan, Wanted { format, part, id }, Language::En, NOW).unwrap_err()
    };
    assert!(matches!(
        ask(Format::Csv, None, None),
        ExportError::PartNeeded { known } if known == table_paths(&plan) && known.len() > 40
    ));
    let unknown = |error, name: &str| match error {
        ExportError::UnknownPart { part, known } => {
            assert_eq!(part, name);
            assert!(known.contains(&"risks".to_owned()), "{known:?}");
        }
        other => panic!("{other:?}"),
    };
    unknown(ask(Format::Csv, Some("risk"), None), "risk");
    unknown(ask(Format::Xlsx, Some("risk"), None), "risk");
    unknown(ask(Format::Docx, Some("kpis/measurements"), None), "kpis/measurements");
    unknown(ask(Format::Ics, Some(""), None), "");
    let error = ask(Format::Docx, Some("meetings"), Some("m9"));
    assert!(matches!(error, ExportError::UnknownId { id } if id == "m9"));
    let error = ask(Format::Markdown, Some("meetings"), Some("in1"));
    assert!(matches!(error, ExportError::UnknownId { .. }));
    let error = ask(Format::Xlsx, None, Some("m1"));
    assert!(matches!(error, ExportError::IdNotPossible { format: Format::Xlsx }));
    let wanted = Wanted { format: Format::Ics, part: None, id: None };
    let error = export(&plan, wanted, Language::En, Timestamp(i64::MAX)).unwrap_err();
    assert!(matches!(error, ExportError::Moment(i64::MAX)));
    assert!(matches!(Plan::read("[]").unwrap_err(), ExportError::NotAPlan(_)));
}

/// Every place of `value` as a JSON pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let step = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, inner)| places(inner, &step(key), found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(n, inner)| places(inner, &step(&n.to_string()), found));
        }
        _ => {}
    }
}

/// What a file of a plan may hold where something else should stand: none of it stops an export, and what is written
/// opens.
#[test]
fn a_value_that_should_not_be_there_stops_no_export() {
    let whole: Value = serde_json::from_str(EXAMPLE).unwrap();
    let mut found = Vec::new();
    places(&whole, "", &mut found);
    let wrong = [
        json!(null),
        json!(-1.5e300),
        json!("=\u{1}\n\n|<b>"),
        json!([1, "a", null, {}]),
        json!({"kk": 5, "x": []}),
        json!(true),
    ];
    let mut made = 0;
    for (number, place) in found.iter().filter(|place| *place != "/schema").enumerate().step_by(41)
    {
        let mut plan = whole.clone();
        *plan.pointer_mut(place).unwrap() = wrong[number % wrong.len()].clone();
        let Ok(plan) = Plan::read(&plan.to_string()) else { continue };
        made += 1;
        assert!(
            document::text(&all(&plan, Format::Docx, Language::Kk).bytes).len() > 10,
            "{place}"
        );
        assert!(!sheets::open(&all(&plan, Format::Xlsx, Language::Ru).bytes).is_empty(), "{place}");
        assert!(!all(&plan, Format::Ics, Language::En).bytes.is_empty());
        assert!(!all(&plan, Format::Markdown, Language::Kk).bytes.is_empty());
    }
    assert!(made > 30, "{made} of {}", found.len());
}
