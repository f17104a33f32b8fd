//! What the tests share: reference values, the example data, comparison of numbers.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use jospar_methods::survey::{AnswerScale, Answers, ScaleItem};
use jospar_methods::trajectory::Measurement;
use serde_json::Value;

/// Values that packages with other code computed; how, stands in `reference.py`.
pub(crate) fn reference() -> Value {
    serde_json::from_str(include_str!("../reference.json")).unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

pub(crate) fn lists(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// Equal to ten digits, or to 1e-10 near 0.
#[track_caller]
pub(crate) fn close(actual: f64, expected: f64) {
    within(actual, expected, 1e-10);
}

#[track_caller]
pub(crate) fn within(actual: f64, expected: f64, margin: f64) {
    let allowed = margin * expected.abs().max(1.0);
    assert!((actual - expected).abs() <= allowed, "{actual} is not {expected}");
}

#[track_caller]
pub(crate) fn all_close(actual: &[f64], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.iter().zip(expected) {
        close(*actual, *expected);
    }
}

/// Rows of a CSV file: quoted fields may hold commas, doubled quotes and line breaks.
pub(crate) fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => field.extend(letters.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut field)),
            ('\r', false) => {}
            ('\n', false) => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            (other, _) => field.push(other),
        }
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(field);
        rows.push(row);
    }
    rows
}

/// The example survey: what people ticked (D1–D5, A1–A5, U1–U3, W1–W3) and each one's role.
pub(crate) fn survey() -> (Answers, Vec<String>) {
    let rows = csv(include_str!("../../../../data/teacher-survey.csv"));
    let rows = &rows[1..];
    let answers =
        rows.iter().map(|row| row[3..19].iter().map(|cell| cell.parse().ok()).collect()).collect();
    let answers = Answers::new(AnswerScale::new(1, 5).unwrap(), answers).unwrap();
    (answers, rows.iter().map(|row| row[1].clone()).collect())
}

/// The columns of a scale of the example survey; D5 is worded in reverse.
pub(crate) fn scale(name: &str) -> Vec<ScaleItem> {
    let columns = match name {
        "D" => 0..5,
        "A" => 5..10,
        "U" => 10..13,
        "W" => 13..16,
        other => panic!("no scale {other}"),
    };
    columns.map(|item| ScaleItem { item, is_reversed: item == 4 }).collect()
}

/// One occasion of the example lesson: its date and what each learner answered.
pub(crate) struct Occasion {
    pub(crate) date: String,
    pub(crate) learners: Vec<String>,
    pub(crate) rows: Vec<Vec<Option<bool>>>,
}

pub(crate) fn lesson() -> Vec<Occasion> {
    let rows = csv(include_str!("../../../../data/lesson-results.csv"));
    let mut occasions: Vec<Occasion> = Vec::new();
    for row in &rows[1..] {
        let place = occasions.iter().position(|occasion| occasion.date == row[3]);
        let place = place.unwrap_or_else(|| {
            let date = row[3].clone();
            occasions.push(Occasion { date, learners: Vec::new(), rows: Vec::new() });
            occasions.len() - 1
        });
        let answer = |cell: &String| (!cell.is_empty()).then(|| cell == "1");
        occasions[place].learners.push(row[0].clone());
        occasions[place].rows.push(row[4..].iter().map(answer).collect());
    }
    occasions
}

/// Each learner's series of totals; days are counted from the first occasion, which are a week apart.
pub(crate) fn class() -> Vec<Vec<Measurement>> {
    let occasions = lesson();
    let learners = occasions[0].learners.len();
    let mut class = vec![Vec::new(); learners];
    for (week, occasion) in occasions.iter().enumerate() {
        let responses = jospar_methods::lesson::Responses::new(&occasion.rows).unwrap();
        for (series, total) in class.iter_mut().zip(responses.totals()) {
            let day = week as f64 * 7.0;
            series.extend(total.map(|value| Measurement { day, value }));
        }
    }
    class
}
