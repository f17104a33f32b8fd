#![allow(clippy::unwrap_used, reason = "tests")]
use jospar_locales::Language;
use jospar_plugin_api::{
    Callout, Cell, Chart, ChartKind, Column, Heading, Quotation, Series, Table,
};

use super::*;

fn text(kk: &str) -> Text {
    Text { kk: kk.into(), ru: "р".into(), en: "e".into() }
}

fn column(title: &str, decimals: u32) -> Column {
    Column { title: text(title), unit: None, decimals }
}

fn drawn(language: Language, width: usize, blocks: Vec<Block>) -> Vec<String> {
    let titles = BTreeMap::from([("swot/items/s1".to_owned(), "Интернет".to_owned())]);
    let words = Words::utc(language);
    let paper = Paper { words: &words, width, titles: &titles };
    lines(&paper, &Report { title: text("Есеп"), blocks })
}

fn table() -> Block {
    let long = "Мұғалімдердің цифрлық құзыреттілігін арттыру жөніндегі тәлімгерлік бағдарламасы";
    Block::Table(Table {
        title: text("Факторлар"),
        columns: vec![column("Фактор", 0), column("Балл", 2), column("Үлес", 1)],
        rows: vec![
            vec![Cell::Item("swot/items/s1".into()), Cell::Number(-0.001), Cell::Share(0.125)],
            vec![Cell::Text(text(long)), Cell::Number(1234.5), Cell::Hidden],
        ],
    })
}

#[test]
fn a_table_fits_the_line_and_loses_nothing() {
    let lines = drawn(Language::Kk, 50, vec![table()]);
    assert!(lines.iter().all(|line| line.width() <= 50), "{lines:#?}");
    let whole = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    for word in ["Интернет", "құзыреттілігін", "бағдарламасы", "1234,50", "12,5 %", "жасырылған"]
    {
        assert!(whole.contains(word), "{word}: {lines:#?}");
    }
    assert!(whole.contains(" 0,00 "), "a rounded -0 is 0: {lines:#?}");
    let english = drawn(Language::En, 50, vec![table()]).join("\n");
    assert!(english.contains("1234.50") && english.contains("12.5 %"), "{english}");
}

#[test]
fn a_number_is_told_with_what_stands_behind_it() {
    let number = Number {
        label: text("Орташа"),
        value: Some(2.624),
        unit: Some(text("балл")),
        decimals: 2,
        interval: Some((2.5, 2.75)),
        n: Some(59),
        method: Some(text("әдіс")),
        source: Some("Wilson 1927".into()),
    };
    let lines = drawn(Language::Kk, 100, vec![Block::Number(number.clone())]).join("\n");
    for part in ["Орташа: 2,62 балл", "2,50 – 2,75", "59 мән", "әдісі: әдіс", "Wilson 1927"]
    {
        assert!(lines.contains(part), "{part}: {lines}");
    }
    let none = Number { value: None, ..number };
    assert!(drawn(Language::Kk, 100, vec![Block::Number(none)]).join("\n").contains("Орташа: "));
}

#[test]
fn bars_are_as_long_as_their_values() {
    let chart = |values: Vec<Option<f64>>, axis| {
        Block::Chart(Chart {
            title: text("Үлес"),
            kind: ChartKind::Radar,
            categories: vec![text("а"), text("ә"), text("б")],
            series: vec![Series { name: text("с"), values, points: Vec::new() }],
            unit: Some(text("балл")),
            axis,
        })
    };
    let bars = |lines: &[String]| -> Vec<usize> {
        lines.iter().skip(4).map(|line| line.matches(['█', '░']).count()).collect()
    };
    let lines = drawn(Language::Kk, 80, vec![chart(vec![Some(5.0), Some(2.5), None], None)]);
    assert_eq!(bars(&lines), [30, 15, 0], "{lines:#?}");
    let lines = drawn(
        Language::Kk,
        80,
        vec![chart(vec![Some(1e300), Some(-1.0), Some(3.0)], Some((1.0, 5.0)))],
    );
    assert_eq!(bars(&lines), [30, 0, 15], "{lines:#?}");
    let lines = drawn(
        Language::Kk,
        80,
        vec![chart(vec![Some(f64::MAX), Some(0.0), None], Some((3.0, 3.0)))],
    );
    assert_eq!(bars(&lines), [0, 0, 0]);
}

/// T23 for a terminal: nothing that a plugin writes acts on it.
#[test]
fn t23_no_text_of_a_report_reaches_the_terminal_as_a_command() {
    let escapes = "\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m\u{202e}\u{2066}\r\u{8}\u{0}\u{7f}";
    let hostile = || text(&format!("а{escapes}б\nв\tг"));
    let raw = || format!("а{escapes}б\nв");
    let blocks = vec![
        Block::Heading(Heading { level: 1, text: hostile() }),
        Block::Paragraph(hostile()),
        Block::Items(vec![hostile()]),
        Block::Number(Number {
            label: hostile(),
            value: Some(1.0),
            unit: Some(hostile()),
            decimals: u32::MAX,
            interval: None,
            n: None,
            method: Some(hostile()),
            source: Some(raw()),
        }),
        Block::Table(Table {
            title: hostile(),
            columns: vec![Column { title: hostile(), unit: Some(hostile()), decimals: 0 }],
            rows: vec![vec![Cell::Text(hostile())], vec![Cell::Item(raw())]],
        }),
        Block::Chart(Chart {
            title: hostile(),
            kind: ChartKind::Bar,
            categories: vec![hostile()],
            series: vec![Series { name: hostile(), values: vec![Some(1.0)], points: Vec::new() }],
            unit: Some(hostile()),
            axis: None,
        }),
        Block::Callout(Callout { tone: Tone::Critical, text: hostile() }),
        Block::Quotation(Quotation { text: raw(), source: hostile() }),
    ];
    for line in drawn(Language::Kk, 80, blocks) {
        let acts = |c: char| {
            c.is_control()
                || ('\u{202a}'..='\u{2069}').contains(&c) && !c.is_alphanumeric() && c != '─'
        };
        let bad: Vec<char> = line.chars().filter(|c| acts(*c)).collect();
        assert!(bad.is_empty(), "{line:?}: {bad:?}");
    }
}

#[test]
fn a_word_longer_than_the_line_is_cut_between_letters() {
    let word = "ұзақсөз".repeat(20);
    let lines = wrapped(&word, 10);
    assert!(lines.iter().all(|line| line.width() <= 10));
    assert_eq!(lines.concat(), word);
    assert_eq!(wrapped("", 10), [""]);
    assert_eq!(wrapped("а б", 1), ["а", "б"]);
    assert_eq!(wrapped("漢字", 1), ["漢", "字"]);
}

#[test]
fn the_terminals_width_is_taken_within_reason() {
    for (said, expected) in
        [(None, WIDTH), (Some("x"), WIDTH), (Some("1"), 40), (Some("9999"), 200)]
    {
        assert_eq!(width(said), expected);
    }
}
