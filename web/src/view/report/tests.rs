#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use jospar_locales::Language;
use jospar_plugin_api::{
    Callout, Chart, ChartKind, Heading, Number, Point, Quotation, Report, Series,
};

use super::*;

fn text(text: &str) -> Text {
    Text::same(text)
}

fn drawn(blocks: Vec<Block>) -> String {
    let shown = Report { title: text("т"), blocks };
    report(&Words::utc(Language::Kk), &shown, &Titles::new()).into_string()
}

fn chart_of(kind: ChartKind, values: Vec<Option<f64>>, axis: Option<(f64, f64)>) -> Chart {
    let points =
        values.iter().flatten().map(|v| Point { x: *v, y: *v, label: text("н") }).collect();
    let is_scatter = kind == ChartKind::Scatter;
    Chart {
        title: text("т"),
        kind,
        categories: values.iter().map(|_| text("к")).collect(),
        series: vec![Series {
            name: text("қ"),
            values: if is_scatter { Vec::new() } else { values },
            points: if is_scatter { points } else { Vec::new() },
        }],
        unit: None,
        axis,
    }
}

const KINDS: [ChartKind; 5] =
    [ChartKind::Bar, ChartKind::StackedBar, ChartKind::Line, ChartKind::Radar, ChartKind::Scatter];

/// Every kind of block with `attack` wherever a plugin may write.
fn hostile(attack: &str) -> Vec<Block> {
    let hostile = || text(attack);
    let number = Number {
        label: hostile(),
        value: Some(1.0),
        unit: Some(hostile()),
        decimals: u32::MAX,
        interval: Some((0.0, f64::MAX)),
        n: Some(3),
        method: Some(hostile()),
        source: Some(attack.to_owned()),
    };
    let link = Cell::Item("javascript:alert(1)".to_owned());
    let mut blocks = vec![
        Block::Heading(Heading { level: 1, text: hostile() }),
        Block::Paragraph(hostile()),
        Block::Items(vec![hostile()]),
        Block::Number(number),
        Block::Table(Table {
            title: hostile(),
            columns: vec![Column { title: hostile(), unit: Some(hostile()), decimals: 0 }],
            rows: vec![vec![Cell::Text(hostile())], vec![link]],
        }),
        Block::Callout(Callout { tone: Tone::Critical, text: hostile() }),
        Block::Quotation(Quotation { text: attack.to_owned(), source: hostile() }),
    ];
    blocks.extend(KINDS.map(|kind| {
        let mut chart = chart_of(kind, vec![Some(1.0), None, Some(3.0)], None);
        chart.title = hostile();
        chart.unit = Some(hostile());
        chart.categories.iter_mut().for_each(|category| *category = hostile());
        chart.series[0].name = hostile();
        chart.series[0].points.iter_mut().for_each(|point| point.label = hostile());
        Block::Chart(chart)
    }));
    blocks
}

/// T23: nothing that a plugin writes becomes markup, and no address that it names is followed.
#[test]
fn t23_no_text_of_a_report_becomes_markup() {
    let attack = r#"</title></svg>"><script>alert(1)</script><img src=x onerror=alert(1)>'"#;
    let page = drawn(hostile(attack));
    assert!(page.contains("&lt;script&gt;"), "the texts are shown");
    for bad in ["<script", "<img", "href=", "style="] {
        assert!(!page.contains(bad), "{bad}");
    }
    // Every quotation mark and bracket of the attack is escaped: what is left of tags is ours.
    let ours = "article h2 h3 h4 p ul li span strong small br div table caption thead tbody tr th td figure figcaption \
                svg g title text line rect path circle polygon details summary blockquote footer";
    let ours: Vec<&str> = ours.split_whitespace().collect();
    for tag in page.split('<').skip(1).map(|rest| rest.trim_start_matches('/')) {
        let name = tag.split([' ', '>']).next().unwrap();
        assert!(ours.contains(&name), "<{name}");
    }
}

/// Numbers that no axis fits draw something finite.
#[test]
fn charts_of_odd_numbers_stay_inside_their_field() {
    let odd = [
        vec![],
        vec![None],
        vec![Some(0.0), Some(0.0)],
        vec![Some(-5.0), Some(5.0)],
        vec![Some(f64::MAX), Some(f64::MIN)],
        vec![Some(1e-300), None],
    ];
    for kind in KINDS {
        for values in &odd {
            for axis in [None, Some((3.0, 3.0)), Some((0.0, 4.0))] {
                let page = drawn(vec![Block::Chart(chart_of(kind, values.clone(), axis))]);
                let svg = page.split("<svg").nth(1).unwrap().split("</svg>").next().unwrap();
                assert!(
                    !svg.contains("NaN") && !svg.contains("inf"),
                    "{kind:?} {values:?} {axis:?}"
                );
                let names = [" x=\"", " y=\"", " width=\"", " height=\"", " cx=\"", " cy=\""];
                let numbers = names.iter().flat_map(|name| {
                    svg.split(name).skip(1).filter_map(|rest| rest.split('"').next())
                });
                for number in numbers {
                    let number: f64 = number.parse().unwrap();
                    assert!((-1.0..2_000.0).contains(&number), "{kind:?} {values:?}: {number}");
                }
            }
        }
    }
}

#[test]
fn a_bar_is_as_long_as_its_value() {
    let chart = chart_of(ChartKind::Bar, vec![Some(1.0), Some(2.0), Some(4.0)], Some((0.0, 4.0)));
    let page = drawn(vec![Block::Chart(chart)]);
    let widths: Vec<f64> = page
        .split("<rect")
        .skip(1)
        .map(|rect| {
            rect.split(" width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        })
        .collect();
    assert_eq!(widths.len(), 3);
    assert!(
        (widths[1] / widths[0] - 2.0).abs() < 0.01 && (widths[2] / widths[0] - 4.0).abs() < 0.01
    );
}

#[test]
fn numbers_are_written_as_the_language_does() {
    let number = Number {
        label: text("IFE"),
        value: Some(2.617),
        unit: None,
        decimals: 2,
        interval: Some((2.0, 3.5)),
        n: Some(12),
        method: None,
        source: None,
    };
    let page = drawn(vec![Block::Number(number)]);
    assert!(
        page.contains("<strong>2,62</strong>") && page.contains("2,00") && page.contains("12 мән"),
        "{page}"
    );
}
