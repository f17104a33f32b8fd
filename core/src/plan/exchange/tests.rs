#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::document::{Command, Path};
use crate::plan::{Edits, Kind, PlanView, lint};

const EXAMPLE: &str = include_str!("../../../../data/example-plan.json");

fn pairs(imported: &Imported) -> Vec<(Kind, Value)> {
    imported.documents.iter().map(|d| (d.kind, d.record.clone())).collect()
}

fn example() -> Value {
    serde_json::from_str(EXAMPLE).unwrap()
}

/// Imports the example after `change`; returns the notices and what comes out again.
fn changed(change: impl Fn(&mut Value)) -> (Vec<Notice>, Value, Value) {
    let mut file = example();
    change(&mut file);
    let imported = import(&file.to_string()).unwrap();
    let exported = export(&pairs(&imported));
    (imported.notices, file, exported)
}

fn path(text: &str) -> Path {
    text.parse().unwrap()
}

#[test]
fn example_plan_comes_back_exactly() {
    let imported = import(EXAMPLE).unwrap();
    assert_eq!(imported.notices, []);
    assert_eq!(export(&pairs(&imported)), example());
    let again = import(&export(&pairs(&imported)).to_string()).unwrap();
    assert_eq!(again, imported);
}

#[test]
fn example_plan_makes_one_document_of_each_kind_but_people_and_support() {
    let kinds: Vec<Kind> = import(EXAMPLE).unwrap().documents.iter().map(|d| d.kind).collect();
    assert_eq!(kinds, Kind::ALL[..20]);
}

#[test]
fn a_triangle_becomes_one_judgement_per_pair() {
    let imported = import(EXAMPLE).unwrap();
    let plan = PlanView::from_documents(&pairs(&imported));
    let strengths = plan.swot.pairwise.iter().find(|group| group.id == "S").unwrap();
    assert_eq!(strengths.judgements["s1|s2"], json!("1/2"));
    assert_eq!(strengths.judgements["s1|s3"], json!(1));
    assert_eq!(strengths.judgements["s2|s3"], json!(2));
}

#[test]
fn a_pair_judged_the_other_way_round_is_turned_on_export() {
    let view = json!({"swot": {"pairwise": [{"id": "W", "order": ["w1", "w2", "w3"],
        "judgements": {"w2|w1": 3, "w3|w1": "1/2", "x|y": 5}}]}});
    let exported = export(&[(Kind::Swot, view)]);
    let group = &exported["swot"]["pairwise"]["W"];
    assert_eq!(group["upper"], json!(["1/3", 2, null]));
    assert_eq!(group["judgements"], json!({"x|y": 5}));
    let again = import(&exported.to_string()).unwrap();
    assert_eq!(export(&pairs(&again)), exported);
}

/// A triangle of which some values are no judgements is kept whole, not in halves that do not find back together.
#[test]
fn a_triangle_with_a_value_that_is_no_judgement_comes_back_exactly() {
    let whole = u64::try_from(i64::MAX).unwrap() + 1;
    for odd in [json!(whole), json!(""), json!("x".repeat(1_001)), json!([1]), json!({"a": 1})] {
        let (_, file, exported) = changed(|file| {
            file["swot"]["pairwise"]["S"]["upper"][1] = odd.clone();
        });
        assert_eq!(exported, file, "{odd}");
    }
    let (_, file, exported) = changed(|file| {
        file["swot"]["pairwise"]["S"]["upper"][0] = json!(null);
        file["swot"]["pairwise"]["S"]["judgements"] = json!({"s2|s1": 3});
    });
    assert_eq!(exported, file, "judged the other way round beside the triangle");
    let (_, file, exported) = changed(|file| {
        file["swot"]["pairwise"]["S"]["order"][0] = json!("s".repeat(250));
    });
    assert_eq!(exported, file, "a name too long for a key of a pair");
}

#[test]
fn unknown_members_are_kept_and_named() {
    let (notices, file, exported) = changed(|file| {
        file["new_part"] = json!({"deep": [1, null]});
        file["initiatives"][0]["mood/+%"] = json!("x".repeat(5_000));
        file["initiatives"][0]["chain"]["strategy"][""] = json!(false);
        file["history_example"][0]["id"] = json!("b");
        file["swot"]["pairwise"]["S"]["id"] = json!(5);
        file["surveys"][0]["order"] = json!(3);
        file["surveys"][0]["extra"] = json!({"a": 1});
        file["plan"]["title"]["de"] = json!("Plan");
    });
    assert_eq!(exported, file);
    assert!(notices.contains(&Notice::Unknown { path: path("new_part") }));
    assert!(notices.contains(&Notice::Unknown { path: path("surveys/sv1/order") }));
    assert!(notices.contains(&Notice::WrongType { path: path("plan/title/de") }));
    assert_eq!(notices.len(), 8);
}

#[test]
fn blocks_may_have_ids_and_need_none() {
    let (notices, file, exported) = changed(|file| {
        file["documents"][0]["blocks"][2]["id"] = json!("b");
        file["documents"][0]["blocks"][4]["id"] = json!("1");
        file["documents"][0]["blocks"][5]["figures"] =
            json!([{"value": 1}, {"id": "f", "value": 2}]);
    });
    assert_eq!(exported, file);
    assert_eq!(notices, []);
}

#[test]
fn members_of_a_wrong_type_are_kept_and_named() {
    let (notices, file, exported) = changed(|file| {
        file["swot"] = json!(5);
        file["surveys"] = json!("none");
        file["kpis"][0]["target"] = json!("many");
        file["kpis"][1]["measured"] = json!("2026-02-30");
        file["kpis"][2] = json!(["no", "record"]);
        file["initiatives"][0]["raci"]["dir"] = json!("X");
        file["initiatives"][1]["problems"] = json!(["p1", "p1"]);
        file["initiatives"][2]["id"] = json!(7);
        file["initiatives"][3]["id"] = json!("in1");
        file["initiatives"][4]["id"] = json!("a/b");
        file["meetings"][0]["agenda"][1] = json!(null);
        file["school_map"]["links"][0] = json!(["mn1"]);
        file["audit"]["date"] = json!({"y": 2026});
    });
    assert_eq!(exported, file);
    for wrong in [
        "swot",
        "surveys",
        "kpis/k1/target",
        "kpis/k2/measured",
        "kpis/3",
        "initiatives/in1/raci/dir",
        "initiatives/in2/problems",
        "initiatives/3/id",
        "initiatives/4/id",
        "initiatives/5/id",
        "school_map/links/1",
        "audit/date",
    ] {
        assert!(notices.contains(&Notice::WrongType { path: path(wrong) }), "{wrong} {notices:?}");
    }
}

#[test]
fn empty_members_come_back_as_they_were_without_a_notice() {
    let (notices, file, exported) = changed(|file| {
        file["risks"] = json!([]);
        file["surveys"] = json!([]);
        file["plan"]["vision"] = json!({});
        file["plan"]["school"]["ru"] = json!("");
        file["plan"]["period"] = json!({});
        file["initiatives"][0]["due"] = json!(null);
        file["initiatives"][0]["raci"] = json!({});
        file["swot"]["pairwise"]["T"] = json!({"order": ["t1"], "upper": []});
    });
    assert_eq!(exported, file);
    assert_eq!(notices, [Notice::Unknown { path: path("swot/pairwise/T/upper") }]);
}

#[test]
fn what_a_plan_lacks_is_named() {
    let (notices, _, exported) = changed(|file| {
        file.as_object_mut().unwrap().shift_remove("risks");
        file["initiatives"][0].as_object_mut().unwrap().shift_remove("title");
        file["kpis"][0].as_object_mut().unwrap().shift_remove("id");
        file["kpis"][0].as_object_mut().unwrap().shift_remove("actual");
    });
    let missing = |text| Notice::Missing { path: path(text) };
    let expected = [missing("initiatives/in1/title"), missing("kpis/1/id"), missing("risks")];
    assert_eq!(notices, expected);
    assert_eq!(exported["kpis"][0]["id"], json!("1"));
    assert_eq!(exported["kpis"][0]["actual"], Value::Null);
}

#[test]
fn what_is_no_plan_is_refused() {
    assert_eq!(import("{\n \"a\": }"), Err(ImportError::Syntax { line: 2, column: 7 }));
    assert_eq!(import("[]"), Err(ImportError::NotAPlan { schema: None }));
    let other = ImportError::NotAPlan { schema: Some("other/1".to_owned()) };
    assert_eq!(import(r#"{"schema": "other/1"}"#), Err(other));
    let deep = format!("{{\"schema\": \"jospar.plan/1\", \"a\": {}", "[".repeat(100_000));
    assert!(matches!(import(&deep), Err(ImportError::Syntax { .. })));
    let large = " ".repeat(IMPORT_BYTES_MAX + 1);
    assert!(matches!(import(&large), Err(ImportError::TooLarge { .. })));
    assert!(import(r#"{"schema": "jospar.plan/1"}"#).is_ok());
}

/// What is little in a file may be much in memory and days of work: it is counted before it is parsed.
#[test]
fn t30_a_file_that_holds_too_much_is_refused() {
    let file = |part: &str| format!("{{\"schema\": \"jospar.plan/1\", \"x\": {part}}}");
    let list = |item: &str, count: usize| format!("[{}]", vec![item; count].join(","));
    let lists = |item: &str, count: usize| list(&list(item, 1_000), count / 1_000);
    let lines =
        |count: usize, escape: &str| list(&format!("\"{}\"", escape.repeat(1_000)), count / 1_000);
    let too_much = |json: &str| match import(json) {
        Err(ImportError::TooMuch { found, max }) => Some((found > max, max)),
        _ => None,
    };
    let most = Some((true, IMPORT_ENTRIES_MAX));
    for (name, part) in [
        ("numbers", lists("0", IMPORT_ENTRIES_MAX + 1_000)),
        ("empty objects", lists("{}", IMPORT_ENTRIES_MAX / 6 + 1_000)),
        ("lists in lists", lists("[]", IMPORT_ENTRIES_MAX / 2 + 1_000)),
        ("lines", lines(IMPORT_ENTRIES_MAX + 1_000, "\\n")),
        ("lines in other words", lines(IMPORT_ENTRIES_MAX + 1_000, "\\u000A")),
        ("no JSON", "[".repeat(IMPORT_ENTRIES_MAX + 1)),
    ] {
        assert!(part.len() < IMPORT_BYTES_MAX, "{name} is small enough");
        assert_eq!(too_much(&file(&part)), most, "{name}");
    }
    let most = Some((true, IMPORT_LIST_MAX));
    let members: Vec<String> = (0..=IMPORT_LIST_MAX).map(|n| format!("\"{n}\": 0")).collect();
    let text = format!("\"{}\"", "\\n".repeat(IMPORT_LIST_MAX + 1));
    for part in [list("0", IMPORT_LIST_MAX + 1), format!("{{{}}}", members.join(",")), text] {
        assert_eq!(too_much(&file(&part)), most, "{}", &part[..20]);
    }
    // What stands in texts counts for nothing.
    let text = format!("\"{}\"", "[{,\\\"\\\\".repeat(IMPORT_ENTRIES_MAX));
    assert_eq!(too_much(&file(&text)), None);
    assert!(import(&file(&list("0", IMPORT_LIST_MAX))).is_ok());
}

#[test]
fn notices_are_bounded() {
    let (notices, ..) = changed(|file| {
        file["notes"] = json!(1);
        file["kpis"] = Value::Array(vec![json!(0); NOTICES_MAX + 10]);
    });
    assert_eq!(notices.len(), NOTICES_MAX);
}

#[test]
fn names_of_people_are_not_exported() {
    let people = json!({"people": [{"id": "1", "name": "Айгүл"}]});
    assert_eq!(export(&[(Kind::People, people)]), json!({"schema": "jospar.plan/1"}));
}

/// A small model of a document: what the commands of a fresh document make of it.
fn apply(commands: &[Command]) -> Value {
    let mut root = json!({});
    for command in commands {
        let (path, value) = match command {
            Command::Set { path, value } => (path, value.clone()),
            Command::EditText { path, text, .. } => (path, json!(text)),
            Command::Add { path, id, record, .. } => {
                let mut item = json!({"id": id});
                item.as_object_mut().unwrap().extend(record.as_object().unwrap().clone());
                (path, item)
            }
            Command::Include { path, value } => (path, json!(value)),
            other => panic!("{other:?}"),
        };
        let mut place = &mut root;
        for segment in path.segments() {
            place = place.as_object_mut().unwrap().entry(segment).or_insert(json!({}));
        }
        match command {
            Command::Add { .. } | Command::Include { .. } => {
                if !place.is_array() {
                    *place = json!([]);
                }
                place.as_array_mut().unwrap().push(value);
            }
            _ => *place = value,
        }
    }
    root
}

#[test]
fn commands_bring_a_fresh_document_to_the_record() {
    for document in import(EXAMPLE).unwrap().documents {
        let commands = root_commands(document.kind, &document.record);
        assert_eq!(apply(&commands), document.record, "{:?}", document.kind);
    }
}

/// Changes the value at the `steps`-th place of a walk through the file.
fn alter(value: &mut Value, steps: &mut usize, change: &dyn Fn(&mut Value)) -> bool {
    if *steps == 0 {
        change(value);
        return true;
    }
    *steps -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| alter(item, steps, change)),
        Value::Object(members) => members.values_mut().any(|item| alter(item, steps, change)),
        _ => false,
    }
}

/// The first place of `file` that is not in `exported`, which may have ids and nulls besides.
fn loss(exported: &Value, file: &Value) -> Option<String> {
    match (exported, file) {
        (Value::Object(out), Value::Object(file)) => {
            let added = |(name, value): (&String, &Value)| {
                let allowed = value.is_null() || name == "id" || file.contains_key(name);
                (!allowed).then(|| format!("/{name} added"))
            };
            out.iter().find_map(added).or_else(|| {
                file.iter().find_map(|(name, value)| {
                    let lost = out.get(name).map_or(Some(" gone".to_owned()), |o| loss(o, value));
                    lost.map(|rest| format!("/{name}{rest}"))
                })
            })
        }
        (Value::Array(out), Value::Array(file)) if out.len() == file.len() => {
            let pairs = out.iter().zip(file).enumerate();
            pairs.into_iter().find_map(|(n, (o, f))| Some(format!("/{n}{}", loss(o, f)?)))
        }
        (out, file) => (out != file).then(|| format!(": {out} for {file}")),
    }
}

fn replacement() -> impl Strategy<Value = Option<Value>> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_map(Value::from),
        "[a-zәғқ/+%|]{0,6}".prop_map(Value::from),
        Just(Value::from("2026-09-01")),
    ];
    let value = scalar.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec(("[a-z/%]{0,3}|id|kk|title", inner), 0..3)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    });
    proptest::option::of(value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn a_damaged_plan_loses_nothing(
        changes in proptest::collection::vec((1usize..4_000, replacement()), 1..12),
    ) {
        let mut file = example();
        for (mut steps, replacement) in changes {
            alter(&mut file, &mut steps, &|value| match (&replacement, value) {
                (Some(new), value) => *value = new.clone(),
                (None, Value::Array(items)) => { items.pop(); }
                (None, Value::Object(members)) => {
                    let first = members.keys().next().cloned();
                    first.and_then(|name| members.shift_remove(&name));
                }
                (None, value) => *value = Value::Null,
            });
        }
        file["schema"] = json!("jospar.example-plan/1");
        let imported = import(&file.to_string()).unwrap();
        let exported = export(&pairs(&imported));
        prop_assert_eq!(loss(&exported, &file), None);
        prop_assert_eq!(&pairs(&import(&exported.to_string()).unwrap()), &pairs(&imported));
        for document in &imported.documents {
            prop_assert_eq!(&apply(&root_commands(document.kind, &document.record)), &document.record);
        }
        let plan = PlanView::from_documents(&pairs(&imported));
        let _ = lint(&plan, "2027-03-01".parse().unwrap(), &Edits::new());
    }
}
