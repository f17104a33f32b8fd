#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::limits::MANIFEST_BYTES_MAX;

const WHOLE: &str = r#"{
  "id": "kz.school.risks", "version": "1.2.0", "api": "0.1",
  "name": {"kk": "Тәуекел", "ru": "Риски", "en": "Risks"},
  "summary": {"kk": "Тәуекелдер", "ru": "Риски по порядку", "en": "Risks in order"},
  "author": "Гимназия № 8", "needs": ["read:risks", "store", "result:swot"],
  "tasks": [{"id": "order", "title": {"kk": "а", "ru": "б", "en": "c"}, "where": "risks", "files": ["csv"]}],
  "settings": [
    {"key": "least", "type": "number", "title": {"kk": "а", "ru": "б", "en": "c"}, "default": 5, "min": 1, "max": 25},
    {"key": "mark", "type": "text", "title": {"kk": "а", "ru": "б", "en": "c"}, "default": "", "max": 3},
    {"key": "all", "type": "boolean", "title": {"kk": "а", "ru": "б", "en": "c"}, "default": true},
    {"key": "by", "type": "choice", "title": {"kk": "а", "ru": "б", "en": "c"}, "default": "score",
     "choices": [{"value": "score", "title": {"kk": "а", "ru": "б", "en": "c"}},
                 {"value": "date", "title": {"kk": "а", "ru": "б", "en": "c"}}]}
  ]
}"#;

fn whole() -> Value {
    serde_json::from_str(WHOLE).unwrap()
}

fn parse(value: &Value) -> Result<Manifest, ManifestError> {
    Manifest::parse(value.to_string().as_bytes(), MANIFEST_BYTES_MAX)
}

#[test]
fn a_manifest_is_read_and_written_back() {
    let manifest = Manifest::parse(WHOLE.as_bytes(), MANIFEST_BYTES_MAX).unwrap();
    assert_eq!(manifest.task("order").unwrap().place, Part::Risks);
    assert!(manifest.task("other").is_none());
    assert_eq!(manifest.setting("by").unwrap().choices.len(), 2);
    let again = Manifest::parse(manifest.to_json().as_bytes(), MANIFEST_BYTES_MAX).unwrap();
    assert_eq!(again, manifest);
    let written: Value = serde_json::from_str(&manifest.to_json()).unwrap();
    assert_eq!(written["needs"], json!(["read:risks", "result:swot", "store"]));
}

#[test]
fn every_field_that_says_nothing_sensible_is_named() {
    let long = "x".repeat(1_001);
    for (pointer, value, field, problem) in [
        ("/api", json!("0.2"), "api", Problem::Api),
        ("/name/ru", json!(" "), "name", Problem::Empty),
        ("/name/en", json!(long), "name", Problem::TooLong),
        ("/summary/kk", json!("a\u{1b}[2J"), "summary", Problem::Characters),
        ("/summary/kk", json!("a\nb"), "summary", Problem::Characters),
        ("/author", json!(""), "author", Problem::Empty),
        ("/author", json!("\u{202e}abc"), "author", Problem::Characters),
        ("/needs", json!(["result:kz.school.risks"]), "needs", Problem::OwnResult),
        ("/tasks", json!([]), "tasks", Problem::Empty),
        ("/tasks/0/id", json!("../x"), "tasks[0].id", Problem::Characters),
        ("/tasks/0/id", json!("x".repeat(65)), "tasks[0].id", Problem::TooLong),
        ("/tasks/0/title/kk", json!(""), "tasks[0].title", Problem::Empty),
        ("/tasks/0/files/0", json!(".csv"), "tasks[0].files[0]", Problem::Characters),
        ("/settings/0/key", json!("1x"), "settings[0].key", Problem::Characters),
        ("/settings/0/default", json!(0), "settings[0].default", Problem::Value),
        ("/settings/0/default", json!("5"), "settings[0].default", Problem::Value),
        ("/settings/0/min", json!(30), "settings[0].max", Problem::Value),
        ("/settings/1/default", json!("long"), "settings[1].default", Problem::Value),
        ("/settings/1/key", json!("least"), "settings[1].key", Problem::Twice),
        ("/settings/3/default", json!("other"), "settings[3].default", Problem::Value),
        ("/settings/3/choices", json!([]), "settings[3].choices", Problem::Setting),
        (
            "/settings/3/choices/1/value",
            json!("score"),
            "settings[3].choices[1].value",
            Problem::Twice,
        ),
        ("/settings/3/type", json!("text"), "settings[3].choices", Problem::Setting),
        ("/settings/2/type", json!("number"), "settings[2].default", Problem::Value),
    ] {
        let mut changed = whole();
        *changed.pointer_mut(pointer).unwrap() = value;
        let expected = ManifestError::Field { field: field.to_owned(), problem };
        assert_eq!(parse(&changed), Err(expected), "{pointer}");
    }
    let mut bounded = whole();
    bounded["settings"][2]["min"] = json!(1);
    assert!(parse(&bounded).is_err(), "a boolean has no bounds");
    let mut two = whole();
    let task = two["tasks"][0].clone();
    two["tasks"] = json!([task, task]);
    let error = parse(&two).unwrap_err();
    assert_eq!(error, ManifestError::field("tasks[1].id", Problem::Twice));
    let mut many = whole();
    many["tasks"] = (0..65).map(|_| task.clone()).collect();
    assert_eq!(parse(&many).unwrap_err(), ManifestError::field("tasks", Problem::TooLong));
}

#[test]
fn what_is_no_manifest_is_told_with_its_place() {
    for (pointer, value) in [
        ("/id", json!("Upper")),
        ("/version", json!("1.0")),
        ("/version", json!(1)),
        ("/needs/0", json!("read:everything")),
        ("/tasks/0/where", json!("nowhere")),
        ("/settings/0/type", json!("date")),
        ("/name", json!("only one language")),
    ] {
        let mut changed = whole();
        *changed.pointer_mut(pointer).unwrap() = value;
        let error = parse(&changed).unwrap_err();
        assert!(matches!(&error, ManifestError::Json { line: 1, .. }), "{pointer}: {error}");
        assert_eq!(error.key(), "plugin-manifest-json");
    }
    for field in ["id", "version", "api", "name", "summary", "author", "tasks"] {
        let mut changed = whole();
        changed.as_object_mut().unwrap().remove(field);
        let reason = parse(&changed).unwrap_err().to_string();
        assert!(reason.contains(&format!("missing field `{field}`")), "{reason}");
    }
    let mut unknown = whole();
    unknown["network"] = json!(true);
    assert!(parse(&unknown).unwrap_err().to_string().contains("unknown field `network`"));
    let twice = WHOLE.replace("\"api\": \"0.1\",", "\"api\": \"0.1\", \"api\": \"0.1\",");
    assert!(Manifest::parse(twice.as_bytes(), MANIFEST_BYTES_MAX).is_err());
    let error = Manifest::parse(WHOLE.as_bytes(), 10).unwrap_err();
    assert_eq!(error, ManifestError::TooLong { bytes: WHOLE.len(), max: 10 });
}

#[test]
fn a_value_is_taken_by_its_settings_type_and_bounds() {
    let manifest = parse(&whole()).unwrap();
    let check = |key: &str, value: Value| manifest.setting(key).unwrap().validate(&value);
    use crate::setting::SettingError::{Choice, Range, Type};
    assert_eq!(check("least", json!(25)), Ok(()));
    assert_eq!(check("least", json!(25.5)), Err(Range { min: Some(1.0), max: Some(25.0) }));
    assert_eq!(check("least", json!("5")), Err(Type));
    assert_eq!(check("mark", json!("қаң")), Ok(()), "characters count, not bytes");
    assert_eq!(check("mark", json!("қаңқ")), Err(Range { min: None, max: Some(3.0) }));
    assert_eq!(check("all", json!(0)), Err(Type));
    assert_eq!(check("by", json!("date")), Ok(()));
    assert_eq!(check("by", json!("name")), Err(Choice));
    let values = check("least", json!(0)).unwrap_err().values();
    assert_eq!(Value::Object(values), json!({"min": "1", "max": "25"}));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(Manifest::parse(&bytes, MANIFEST_BYTES_MAX));
    }

    #[test]
    fn a_manifest_with_a_byte_changed_is_read_or_refused_in_words(at in 0..WHOLE.len(), byte: u8) {
        let mut bytes = WHOLE.as_bytes().to_vec();
        bytes[at] = byte;
        if let Err(error) = Manifest::parse(&bytes, MANIFEST_BYTES_MAX) {
            prop_assert!(!error.to_string().is_empty() && error.to_string().len() < 2_000);
        }
    }
}
