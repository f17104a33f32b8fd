#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::proposal::{AddItem, Origin, SetValue, WriteText};
use crate::report::{
    Callout, Cell, Column, Heading, Number, Point, Quotation, Series, Table, Tone,
};

fn same(text: &str) -> Text {
    Text::same(text)
}

fn number(value: f64) -> Number {
    Number {
        label: same("l"),
        value: Some(value),
        unit: None,
        decimals: 2,
        interval: Some((value, 1.0)),
        n: Some(18),
        method: Some(same("m")),
        source: None,
    }
}

fn table(columns: usize, row: Vec<Cell>) -> Table {
    let column = Column { title: same("c"), unit: None, decimals: 0 };
    Table { title: same("t"), columns: vec![column; columns], rows: vec![row] }
}

fn chart(kind: ChartKind, values: Vec<Option<f64>>, points: Vec<Point>) -> Chart {
    Chart {
        title: same("t"),
        kind,
        categories: vec![same("a"), same("b")],
        series: vec![Series { name: same("s"), values, points }],
        unit: None,
        axis: Some((0.0, 4.0)),
    }
}

fn outcome(blocks: Vec<Block>) -> Outcome {
    let report = Some(Report { title: same("R"), blocks });
    Outcome { report, proposals: Vec::new(), data: Value::Null }
}

fn proposal(edits: Vec<Edit>) -> Proposal {
    Proposal { title: same("p"), reason: same("r"), origin: Origin::Computed, edits }
}

fn whole() -> Outcome {
    let point = Point { x: 1.0, y: 2.0, label: same("p") };
    let mut whole = outcome(vec![
        Block::Heading(Heading { level: 1, text: same("h") }),
        Block::Paragraph(same("p")),
        Block::Items(vec![same("i")]),
        Block::Number(number(2.62)),
        Block::Table(table(3, vec![Cell::Empty, Cell::Hidden, Cell::Share(0.5)])),
        Block::Chart(chart(ChartKind::StackedBar, vec![Some(1.0), None], Vec::new())),
        Block::Chart(chart(ChartKind::Scatter, Vec::new(), vec![point])),
        Block::Callout(Callout { tone: Tone::Critical, text: same("c") }),
        Block::Quotation(Quotation { text: "q".into(), source: same("s") }),
    ]);
    whole.proposals.push(proposal(vec![
        Edit::Set(SetValue { path: "swot/s1/weight".into(), value: json!(0.2) }),
        Edit::Add(AddItem { path: "risks".into(), id: None, fields: Map::new(), after: None }),
        Edit::Remove("risks/r1".into()),
        Edit::Write(WriteText { path: "documents/d1/text".into(), text: "t".into() }),
    ]));
    whole.data = json!({"ife": 2.62});
    whole
}

#[test]
fn the_form_as_json_is_as_the_interface_names_it() {
    let json: Value = serde_json::from_str(&whole().to_json()).unwrap();
    let blocks = &json["report"]["blocks"];
    let text = json!({"kk": "p", "ru": "p", "en": "p"});
    assert_eq!(blocks[1], json!({"paragraph": text}));
    assert_eq!(blocks[4]["table"]["rows"], json!([["empty", "hidden", {"share": 0.5}]]));
    assert_eq!(blocks[5]["chart"]["kind"], "stacked-bar");
    assert_eq!(blocks[5]["chart"]["axis"], json!([0.0, 4.0]));
    assert_eq!(blocks[7]["callout"]["tone"], "critical");
    assert_eq!(json["proposals"][0]["origin"], "computed");
    assert_eq!(json["proposals"][0]["edits"][2], json!({"remove": "risks/r1"}));
    assert_eq!(Outcome::from_json(&whole().to_json()).unwrap(), whole());
    assert!(whole().to_json().ends_with("}\n"));
    whole().check(&Limits::default()).unwrap();
}

#[test]
fn what_means_the_same_is_made_equal() {
    let mut odd = outcome(vec![
        Block::Number(number(-0.0)),
        Block::Number(number(f64::NAN)),
        Block::Table(table(2, vec![Cell::Number(f64::INFINITY), Cell::Share(-0.0)])),
        Block::Chart(chart(ChartKind::Bar, vec![Some(f64::NAN), Some(-0.0)], Vec::new())),
        Block::Chart(chart(
            ChartKind::Scatter,
            Vec::new(),
            vec![Point { x: f64::NAN, y: 0.0, label: same("p") }],
        )),
        Block::Paragraph(same("a\u{1b}]0;x\u{7}")),
    ]);
    odd.data = serde_json::from_str(r#"{"a": [-0.0, "x\u001b"]}"#).unwrap();
    odd.normalise();
    let json = odd.to_json();
    assert!(!json.contains("-0.0") && !json.contains("\\u001b"), "{json}");
    let blocks = &odd.report.as_ref().unwrap().blocks;
    let Block::Number(none) = &blocks[1] else { unreachable!() };
    assert_eq!((none.value, none.interval), (None, None));
    let Block::Table(table) = &blocks[2] else { unreachable!() };
    assert_eq!(table.rows, [[Cell::Empty, Cell::Share(0.0)]]);
    let Block::Chart(points) = &blocks[4] else { unreachable!() };
    assert!(points.series[0].points.is_empty());
    let mut again = odd.clone();
    again.normalise();
    assert_eq!(again, odd);
    assert_eq!(Outcome::from_json(&json).unwrap(), odd);
}

#[test]
fn t19_an_outcome_keeps_to_every_limit() {
    let too_much = |outcome: &Outcome, limits: &Limits| match outcome.check(limits) {
        Err(OutcomeError::TooMuch { what, .. }) => what,
        other => unreachable!("{other:?}"),
    };
    let whole = whole();
    let cut = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    for (what, limits) in [
        ("blocks", cut(|limits| limits.blocks_max = 8)),
        ("cells", cut(|limits| limits.cells_max = 19)),
        ("proposals", cut(|limits| limits.proposals_max = 0)),
        ("edits", cut(|limits| limits.edits_max = 3)),
        ("depth", cut(|limits| limits.json_depth_max = 1)),
        ("bytes", cut(|limits| limits.outcome_bytes_max = 1_000)),
    ] {
        assert_eq!(too_much(&whole, &limits), what);
    }
    // Rows and columns of nothing count, too.
    let empty = outcome(vec![Block::Table(table(0, Vec::new())); 2]);
    assert_eq!(too_much(&empty, &cut(|limits| limits.cells_max = 1)), "cells");
}

#[test]
fn what_does_not_fit_together_is_refused_with_its_block() {
    for (block, range) in [
        (Block::Heading(Heading { level: 4, text: same("h") }), true),
        (Block::Heading(Heading { level: 0, text: same("h") }), true),
        (Block::Number(Number { decimals: 11, ..number(1.0) }), true),
        (Block::Table(table(2, vec![Cell::Empty])), false),
        (Block::Table(table(0, vec![Cell::Empty])), false),
        (Block::Chart(chart(ChartKind::Bar, vec![None], Vec::new())), false),
        (Block::Chart(chart(ChartKind::Scatter, vec![None, None], Vec::new())), false),
    ] {
        let error = outcome(vec![Block::Paragraph(same("p")), block]).check(&Limits::default());
        let expected = match range {
            true => OutcomeError::OutOfRange { block: 1 },
            false => OutcomeError::Shape { block: 1 },
        };
        assert_eq!(error, Err(expected));
    }
}

#[test]
fn json_of_a_plugin_is_read_with_bounds() {
    assert_eq!(parse_json("data", "null").unwrap(), Value::Null);
    for text in ["", "{", "nul", &"[".repeat(100_000), "1 2"] {
        assert!(matches!(parse_json("data", text), Err(OutcomeError::Json { what: "data", .. })));
    }
    assert!(parse_object("fields", "[]").is_err() && parse_object("fields", "{}").is_ok());
}
