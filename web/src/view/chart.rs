//! Charts as SVG: drawn from data, coloured by the style sheet, with every number beside them as a table.

use jospar_locales::words::Words;
use jospar_plugin_api::{Chart, ChartKind, Series, Text};
use maud::{Markup, html};

use super::report::{decimal, said};

/// Width of a drawing, in its own units.
const WIDTH: f64 = 640.0;
/// Height of the field that values are drawn in.
const HEIGHT: f64 = 220.0;
/// Room left of it, for the axis.
const LEFT: f64 = 46.0;
/// Room above it.
const TOP: f64 = 10.0;
/// Room below it, for names.
const BOTTOM: f64 = 54.0;
/// Lines across.
const STEPS: u32 = 4;
/// Height of a bar that lies, with its gap.
const LYING: f64 = 26.0;
/// Room left of lying bars, for names.
const NAMES: f64 = 230.0;
/// Colours that the style sheet has.
const COLOURS: usize = 6;
/// Letters of a name beside a bar.
const NAME_CHARS: usize = 32;
/// Letters of a name below a point.
const SHORT_CHARS: usize = 14;
/// Digits behind the point.
const DECIMALS: u32 = 2;
/// No axis goes further.
const LARGEST: f64 = 1e15;
/// From the middle of a radar to its rim.
const RADIUS: f64 = 110.0;

/// A chart with its title, its series named, and its numbers.
pub(crate) fn chart(words: &Words, chart: &Chart) -> Markup {
    let title = said(words, &chart.title);
    let unit = chart.unit.as_ref().map(|unit| format!(", {}", said(words, unit)));
    let caption = format!("{title}{}", unit.unwrap_or_default());
    html! {
        figure.chart {
            @if !caption.is_empty() { figcaption { (caption) } }
            (drawing(words, chart, &caption))
            @if chart.series.len() > 1 {
                ul.legend {
                    @for (place, series) in chart.series.iter().enumerate() {
                        li { span class=(format!("swatch c{}", place % COLOURS)) {} (said(words, &series.name)) }
                    }
                }
            }
            details {
                summary { (words.word("web-chart-numbers")) }
                (numbers(words, chart))
            }
        }
    }
}

fn drawing(words: &Words, chart: &Chart, caption: &str) -> Markup {
    match chart.kind {
        ChartKind::Bar | ChartKind::StackedBar => bars(words, chart, caption),
        ChartKind::Line => lines(words, chart, caption),
        ChartKind::Radar => radar(words, chart, caption),
        ChartKind::Scatter => scatter(words, chart, caption),
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of a bounded report")]
const fn real(count: usize) -> f64 {
    count as f64
}

/// A coordinate, short enough to read.
fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    if value.is_finite() { text } else { "0".to_owned() }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The ends of the axis: those that the chart names, else from 0 (or the least) to a round number above all.
fn ends(chart: &Chart, stacked: bool) -> (f64, f64) {
    if let Some((low, high)) = chart.axis.filter(|(low, high)| low < high) {
        return (sane(low), sane(high));
    }
    let value = |series: &Series, place: usize| series.values.get(place).copied().flatten();
    let sums = (0..chart.categories.len()).map(|place| {
        chart.series.iter().filter_map(|series| value(series, place)).map(|v| v.max(0.0)).sum()
    });
    let single = chart.series.iter().flat_map(|series| series.values.iter().flatten().copied());
    let values: Vec<f64> = if stacked { sums.collect() } else { single.collect() };
    span(&values)
}

/// A number that axes can be drawn with.
const fn sane(value: f64) -> f64 {
    value.clamp(-LARGEST, LARGEST)
}

/// From 0 (or the least) to a round number that no value passes.
fn span(values: &[f64]) -> (f64, f64) {
    let high = values.iter().copied().map(sane).fold(0.0_f64, f64::max);
    let low = values.iter().copied().map(sane).fold(0.0_f64, f64::min);
    let round = |value: f64| {
        let size = 10_f64.powf(value.abs().log10().floor());
        let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
        let step = steps.into_iter().find(|step| step * size >= value.abs() * 0.999_999);
        step.unwrap_or(10.0) * size * value.signum()
    };
    let (low, high) =
        (if low < 0.0 { round(low) } else { 0.0 }, if high > 0.0 { round(high) } else { 0.0 });
    if low < high { (low, high) } else { (low, low + 1.0) }
}

fn svg(width: f64, height: f64, caption: &str, inner: &Markup) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {} {}", at(width), at(height))) role="img" aria-label=(caption) {
            (inner)
        }
    }
}

/// Text at a place. `anchor` is start, middle or end.
fn label(x: f64, y: f64, anchor: &str, class: &str, text: &str) -> Markup {
    html! { text x=(at(x)) y=(at(y)) text-anchor=(anchor) class=(class) { (text) } }
}

fn line(from: (f64, f64), to: (f64, f64), class: &str) -> Markup {
    html! { line x1=(at(from.0)) y1=(at(from.1)) x2=(at(to.0)) y2=(at(to.1)) class=(class) {} }
}

/// Bars that lie, with names left of them: names are long in every language.
fn bars(words: &Words, chart: &Chart, caption: &str) -> Markup {
    let stacked = chart.kind == ChartKind::StackedBar;
    let (low, high) = ends(chart, stacked);
    let room = WIDTH - NAMES - 60.0;
    let x = |value: f64| NAMES + (value.clamp(low, high) - low) / (high - low) * room;
    let per = if stacked { 1 } else { chart.series.len().max(1) };
    let group = LYING * real(per) + if per > 1 { 8.0 } else { 0.0 };
    let height = group * real(chart.categories.len()) + 8.0;
    let zero = 0.0_f64.clamp(low, high);
    let inner = html! {
        (line((x(zero), 0.0), (x(zero), height), "axis"))
        @for (place, category) in chart.categories.iter().enumerate() {
            @let top = 4.0 + group * real(place);
            @let name = said(words, category);
            g {
                title { (name) }
                (label(NAMES - 8.0, top + group / 2.0 + if per > 1 { 0.0 } else { 1.0 }, "end", "name", &cut(&name, NAME_CHARS)))
            }
            @if stacked { (stack(words, chart, place, top, &x)) } @else {
                @for (number, series) in chart.series.iter().enumerate() {
                    @let y = top + LYING * real(number);
                    @match series.values.get(place).copied().flatten() {
                        Some(value) => {
                            @let (from, to) = if value < zero { (x(value), x(zero)) } else { (x(zero), x(value)) };
                            (bar((from, y), to - from, number, &decimal(words, value, DECIMALS)))
                            (label(to + 6.0, y + LYING / 2.0 + 1.0, "start", "value", &decimal(words, value, DECIMALS)))
                        }
                        None => (label(x(zero) + 6.0, y + LYING / 2.0 + 1.0, "start", "value", &words.word("empty-value"))),
                    }
                }
            }
        }
    };
    svg(WIDTH, height, caption, &inner)
}

fn bar(from: (f64, f64), width: f64, colour: usize, told: &str) -> Markup {
    html! {
        rect x=(at(from.0)) y=(at(from.1 + 3.0)) width=(at(width.max(0.0))) height=(at(LYING - 6.0)) rx="2"
            class=(format!("f{}", colour % COLOURS)) { title { (told) } }
    }
}

/// One bar of several parts.
fn stack(words: &Words, chart: &Chart, place: usize, top: f64, x: &impl Fn(f64) -> f64) -> Markup {
    let mut sum = 0.0;
    let mut parts = Vec::new();
    for (number, series) in chart.series.iter().enumerate() {
        let value = series.values.get(place).copied().flatten().unwrap_or_default().max(0.0);
        parts.push((number, x(sum), x(sum + value), value, said(words, &series.name)));
        sum += value;
    }
    html! {
        @for (number, from, to, value, name) in parts {
            @let told = format!("{name}: {}", decimal(words, value, DECIMALS));
            (bar((from, top), to - from, number, &told))
            @if to - from > 34.0 {
                (label((from + to) / 2.0, top + LYING / 2.0 + 1.0, "middle", "on", &decimal(words, value, DECIMALS)))
            }
        }
    }
}

/// The field of a chart with an axis of values: where a value stands, and the lines across.
fn field(words: &Words, low: f64, high: f64) -> (impl Fn(f64) -> f64, Markup) {
    let y = move |value: f64| TOP + HEIGHT - (value.clamp(low, high) - low) / (high - low) * HEIGHT;
    let grid = html! {
        @for step in 0..=STEPS {
            @let value = low + (high - low) * f64::from(step) / f64::from(STEPS);
            (line((LEFT, y(value)), (WIDTH - 10.0, y(value)), "grid"))
            (label(LEFT - 6.0, y(value), "end", "value", &decimal(words, value, DECIMALS)))
        }
    };
    (y, grid)
}

fn lines(words: &Words, chart: &Chart, caption: &str) -> Markup {
    let (low, high) = ends(chart, false);
    let (y, grid) = field(words, low, high);
    let step = (WIDTH - LEFT - 50.0) / real(chart.categories.len().saturating_sub(1).max(1));
    let x = |place: usize| LEFT + 20.0 + step * real(place);
    let path = |series: &Series| {
        let mut path = String::new();
        let mut drawn = false;
        for (place, value) in series.values.iter().enumerate() {
            match value {
                Some(value) => {
                    path.push_str(&format!(
                        "{}{} {} ",
                        if drawn { 'L' } else { 'M' },
                        at(x(place)),
                        at(y(*value))
                    ));
                    drawn = true;
                }
                None => drawn = false,
            }
        }
        path
    };
    // Names that would stand in each other's way are left out below and stand in the table.
    let every = (90.0 / step).ceil().max(1.0);
    let inner = html! {
        (grid)
        @for (place, category) in chart.categories.iter().enumerate() {
            @if real(place) % every == 0.0 {
                (label(x(place), TOP + HEIGHT + 20.0, "middle", "name", &cut(&said(words, category), SHORT_CHARS)))
            }
        }
        @for (number, series) in chart.series.iter().enumerate() {
            path d=(path(series)) class=(format!("s{}", number % COLOURS)) {}
            @for (place, value) in series.values.iter().enumerate() {
                @if let Some(value) = value {
                    circle cx=(at(x(place))) cy=(at(y(*value))) r="3.5" class=(format!("f{}", number % COLOURS)) {
                        title { (decimal(words, *value, DECIMALS)) }
                    }
                }
            }
        }
    };
    svg(WIDTH, TOP + HEIGHT + BOTTOM - 20.0, caption, &inner)
}

fn radar(words: &Words, chart: &Chart, caption: &str) -> Markup {
    let (low, high) = ends(chart, false);
    let count = chart.categories.len().max(1);
    let middle = (WIDTH / 2.0, RADIUS + 34.0);
    let spot = |place: usize, share: f64| {
        let turn = std::f64::consts::TAU * real(place) / real(count);
        (middle.0 + turn.sin() * RADIUS * share, middle.1 - turn.cos() * RADIUS * share)
    };
    let ring = |share: &dyn Fn(usize) -> f64| {
        let spots = (0..count).map(|place| {
            let (x, y) = spot(place, share(place));
            format!("{},{}", at(x), at(y))
        });
        spots.collect::<Vec<_>>().join(" ")
    };
    let share = |value: f64| (value.clamp(low, high) - low) / (high - low);
    let inner = html! {
        @for step in 1..=STEPS {
            polygon points=(ring(&|_| f64::from(step) / f64::from(STEPS))) class="grid" {}
        }
        @for (place, category) in chart.categories.iter().enumerate() {
            @let (x, y) = spot(place, 1.0);
            (line(middle, (x, y), "grid"))
            @let (x, y) = spot(place, 1.12);
            @let anchor = if (x - middle.0).abs() < 8.0 { "middle" } else if x > middle.0 { "start" } else { "end" };
            @let name = said(words, category);
            g { title { (name) } (label(x, y, anchor, "name", &cut(&name, NAME_CHARS - 6))) }
        }
        @for (number, series) in chart.series.iter().enumerate() {
            @let value = |place: usize| series.values.get(place).copied().flatten().map_or(0.0, share);
            polygon points=(ring(&value)) class=(format!("s{0} t{0}", number % COLOURS)) {}
        }
        (label(middle.0 + 4.0, middle.1 - RADIUS, "start", "value", &decimal(words, high, DECIMALS)))
    };
    svg(WIDTH, RADIUS * 2.0 + 68.0, caption, &inner)
}

fn scatter(words: &Words, chart: &Chart, caption: &str) -> Markup {
    let points = || chart.series.iter().flat_map(|series| &series.points);
    let (low, high) = chart
        .axis
        .filter(|(low, high)| low < high)
        .map(|(low, high)| (sane(low), sane(high)))
        .unwrap_or_else(|| span(&points().map(|point| point.y).collect::<Vec<_>>()));
    let (left, right) = span(&points().map(|point| point.x).collect::<Vec<_>>());
    let (y, grid) = field(words, low, high);
    let x = |value: f64| {
        LEFT + (value.clamp(left, right) - left) / (right - left) * (WIDTH - LEFT - 10.0)
    };
    let inner = html! {
        (grid)
        @for step in 0..=STEPS {
            @let value = left + (right - left) * f64::from(step) / f64::from(STEPS);
            (label(x(value), TOP + HEIGHT + 18.0, "middle", "value", &decimal(words, value, DECIMALS)))
        }
        @for (number, series) in chart.series.iter().enumerate() {
            @for point in &series.points {
                @let name = said(words, &point.label);
                @let told = format!("{name} ({}; {})", decimal(words, point.x, DECIMALS), decimal(words, point.y, DECIMALS));
                @let end = x(point.x) > WIDTH * 0.7;
                g {
                    title { (told) }
                    circle cx=(at(x(point.x))) cy=(at(y(point.y))) r="5" class=(format!("f{}", number % COLOURS)) {}
                    (label(x(point.x) + if end { -9.0 } else { 9.0 }, y(point.y), if end { "end" } else { "start" },
                           "name", &cut(&name, NAME_CHARS)))
                }
            }
        }
    };
    svg(WIDTH, TOP + HEIGHT + 30.0, caption, &inner)
}

/// Every number of the chart.
fn numbers(words: &Words, chart: &Chart) -> Markup {
    let value = |series: &Series, place: usize| match series.values.get(place).copied().flatten() {
        Some(value) => decimal(words, value, DECIMALS),
        None => words.word("empty-value"),
    };
    let head = |text: &Text| html! { th scope="col" { (said(words, text)) } };
    if chart.kind == ChartKind::Scatter {
        return html! {
            div.scroll tabindex="0" { table {
                tbody {
                    @for point in chart.series.iter().flat_map(|series| &series.points) {
                        tr {
                            th scope="row" { (said(words, &point.label)) }
                            td.number { (decimal(words, point.x, DECIMALS)) }
                            td.number { (decimal(words, point.y, DECIMALS)) }
                        }
                    }
                }
            } }
        };
    }
    html! {
        div.scroll tabindex="0" { table {
            thead { tr { th {} @for series in &chart.series { (head(&series.name)) } } }
            tbody {
                @for (place, category) in chart.categories.iter().enumerate() {
                    tr {
                        th scope="row" { (said(words, category)) }
                        @for series in &chart.series { td.number { (value(series, place)) } }
                    }
                }
            }
        } }
    }
}
