//! The example survey, by hand and against other people's programs (see `plugins/methods/tests/reference.py`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jospar_plugin_sdk::{Block, Cell};
use serde_json::Value;

use super::*;

fn example() -> Survey {
    let plan = include_str!("../../../../data/example-plan.json");
    let plan: Value = serde_json::from_str(plan).unwrap();
    serde_json::from_value(plan["surveys"][0].clone()).unwrap()
}

fn rows() -> Rows {
    let table = jospar_tables::read(include_bytes!("../../../../data/teacher-survey.csv")).unwrap();
    let rows: Vec<Value> = table
        .rows
        .iter()
        .map(|row| {
            let answers = (3..19).filter(|at| !row.cells[*at].is_empty()).map(|at| {
                let code = jospar_tables::code(&table.heads[at]).to_owned();
                (code, row.cells[at].parse::<f64>().unwrap().into())
            });
            let answers: serde_json::Map<String, Value> = answers.collect();
            json!({"group": row.cells[1], "answers": answers, "comment": row.cells[19]})
        })
        .collect();
    serde_json::from_value(json!({"rows": rows})).unwrap()
}

fn calculated(
    survey: &Survey,
    rows: Rows,
    before: Option<Rows>,
) -> Result<(Outcome, Value), Error> {
    let now = wave(survey, rows)?;
    let before = before.map(|rows| wave(survey, rows)).transpose()?;
    let outcome = from_rows(&now, before.as_ref())?;
    let data = serde_json::from_str(&outcome.data).unwrap();
    Ok((outcome, data))
}

fn tables(outcome: &Outcome, title: &str) -> Vec<Vec<Vec<Cell>>> {
    let blocks = outcome.report.as_ref().unwrap().blocks.iter();
    let tables = blocks.filter_map(|block| match block {
        Block::Table(table) if table.title.en == title => Some(table.rows.clone()),
        _ => None,
    });
    tables.collect()
}

fn near(value: &Value, expected: &Value) {
    let (value, expected) = (value.as_f64().unwrap(), expected.as_f64().unwrap());
    assert!((value - expected).abs() < 1e-9, "{value} {expected}");
}

#[test]
fn scales_of_the_example_agree_with_pandas_and_pingouin() {
    let (_, data) = calculated(&example(), rows(), None).unwrap();
    let reference = include_str!("../../../methods/tests/reference.json");
    let reference: Value = serde_json::from_str(reference).unwrap();
    assert_eq!(data["n"], 60);
    for scale in ["D", "A", "U", "W"] {
        let expected = &reference["survey"]["scores"][scale];
        near(&data["scales"][scale]["mean"], &expected["mean"]);
        near(&data["scales"][scale]["n"], &expected["n"]);
    }
}

#[test]
fn the_three_informatics_teachers_are_hidden_and_cannot_be_found() {
    let (outcome, _) = calculated(&example(), rows(), None).unwrap();
    let sizes = &tables(&outcome, "Answers by group")[0];
    let hidden: Vec<String> = sizes
        .iter()
        .filter(|row| matches!(row[1], Cell::Hidden))
        .map(|row| format!("{:?}", row[0]))
        .collect();
    assert_eq!(hidden.len(), 2, "{hidden:?}");
    assert!(hidden.iter().any(|name| name.contains("Информатика мұғалімі")));
    assert!(sizes.iter().any(|row| matches!(row[1], Cell::Number(10.0))));
    let said = format!("{:?}", outcome.report);
    // The name stands in the list of groups and nowhere else: in no comparison.
    let report = outcome.report.unwrap();
    let pairs = report.blocks.iter().filter_map(|block| match block {
        Block::Table(table) if table.title.en.starts_with("Groups in pairs") => {
            Some(format!("{table:?}"))
        }
        _ => None,
    });
    let pairs: Vec<String> = pairs.collect();
    assert_eq!(pairs.len(), 4);
    assert!(pairs.iter().all(|table| !table.contains("Информатика")), "{said}");
}

#[test]
fn every_quotation_is_a_comment_of_the_row_that_it_names() {
    let (outcome, _) = calculated(&example(), rows(), None).unwrap();
    let rows = rows();
    let mut quoted = Vec::new();
    for block in &outcome.report.as_ref().unwrap().blocks {
        if let Block::Quotation(quotation) = block {
            let place = quotation.source.en.rsplit(' ').next().unwrap().parse::<usize>().unwrap();
            let comment = rows.rows[place - 1].comment.as_deref().unwrap();
            assert_eq!(comment.trim(), quotation.text);
            quoted.push(place);
        }
    }
    let all = quoted.len();
    quoted.sort_unstable();
    quoted.dedup();
    assert!(all >= 10 && quoted.len() == all, "{quoted:?}");
    // Every comment is counted once among the themes or as another one.
    let themes = &tables(&outcome, "Themes")[0];
    assert!(themes.len() > 5);
}

#[test]
fn waves_say_what_changed_and_what_is_not_clear() {
    let before = rows();
    let survey = example();
    let mut raised = json!({"rows": []});
    for row in &before.rows {
        let copy = json!({"group": row.group, "answers": {"A1": 5, "A2": 5, "A3": 4, "A4": 4, "A5": 5}, "comment": ""});
        raised["rows"].as_array_mut().unwrap().push(copy);
    }
    let (outcome, _) =
        calculated(&survey, serde_json::from_value(raised).unwrap(), Some(rows())).unwrap();
    let said = format!("{:?}", outcome.report);
    assert!(said.contains("It rose: the mean was 2.68 and is 4.60"), "{said}");
    assert!(said.contains("not person by person"));
    let (outcome, _) = calculated(&survey, rows(), Some(rows())).unwrap();
    assert!(format!("{:?}", outcome.report).contains("No clear change"));
}

#[test]
fn fewer_people_than_may_be_shown_give_nothing() {
    let survey = example();
    let mut few = rows();
    few.rows.truncate(4);
    let error = calculated(&survey, few, None).unwrap_err();
    assert!(error.message.kk.contains("4 жауап") && error.message.kk.contains("5 адамнан аз"));
    let error = calculated(&survey, Rows::default(), None).unwrap_err();
    assert!(error.message.kk.contains("енгізілмеген"));
}

#[test]
fn few_comments_are_not_shown() {
    let mut rows = rows();
    let mut left = 4;
    for row in &mut rows.rows {
        if row.comment.as_deref().is_some_and(|comment| !comment.is_empty()) {
            if left == 0 {
                row.comment = None;
            } else {
                left -= 1;
            }
        }
    }
    let (outcome, _) = calculated(&example(), rows, None).unwrap();
    let blocks = &outcome.report.as_ref().unwrap().blocks;
    assert!(!blocks.iter().any(|block| matches!(block, Block::Quotation(_))));
}

#[test]
fn counts_alone_give_the_same_distributions() {
    let survey = example();
    let items: Vec<Value> = survey
        .items
        .iter()
        .map(|item| {
            let mut counts = [0; 5];
            let (answers, _) = survey.answers(&rows()).unwrap();
            let item_at = survey.column(&item.id).unwrap();
            let column = jospar_methods::survey::ScaleItem { item: item_at, is_reversed: false };
            for answer in answers.scored(column).unwrap().into_iter().flatten() {
                counts[answer as usize - 1] += 1;
            }
            let blank = 60 - counts.iter().sum::<u32>();
            json!({"id": item.id, "counts": counts, "blank": blank})
        })
        .collect();
    let totals: Totals = serde_json::from_value(json!({"n": 60, "items": items})).unwrap();
    let from_counts = from_totals(&survey, &totals).unwrap();
    let (whole, _) = calculated(&survey, rows(), None).unwrap();
    let title = "Items as worded (reversed ones are not turned)";
    let cut = |outcome: &Outcome| {
        let rows = tables(outcome, title).remove(0);
        rows.into_iter().map(|row| format!("{:?}", &row[..9])).collect::<Vec<_>>()
    };
    assert_eq!(cut(&from_counts), cut(&whole));
}

#[test]
fn answers_outside_the_scale_are_counted_and_left_out() {
    let mut all = json!({"rows": []});
    for person in 0..12 {
        let answers = json!({"D1": 9, "D2": "4", "D3": 2.5, "U1": person % 5 + 1});
        all["rows"].as_array_mut().unwrap().push(json!({"answers": answers}));
    }
    let (outcome, _) = calculated(&example(), serde_json::from_value(all).unwrap(), None).unwrap();
    assert!(format!("{:?}", outcome.report).contains("none of the scale: 24"));
}
