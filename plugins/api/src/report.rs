//! Reports: what a person sees of a result. Data, drawn by whoever shows it; never markup.
//!
//! The JSON form is stable: variants are named as in `plugins/wit/plugin.wit` (`stacked-bar`), a variant with a value is
//! an object of one field (`{"paragraph": {"kk": …}}`), one without a text (`"empty"`). Golden files hold it.

use serde::{Deserialize, Serialize};

use crate::text::{Text, clean};

/// A heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// 1, 2 or 3.
    pub level: u32,
    /// The heading.
    pub text: Text,
}

/// One number with what a reader must know of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// What it is.
    pub label: Text,
    /// The number; `None` where it is not a number: a plugin gave NaN or an infinity.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: Option<Text>,
    /// Digits after the decimal point.
    pub decimals: u32,
    /// The ends of an interval of 95 %.
    pub interval: Option<(f64, f64)>,
    /// How many values stand behind it.
    pub n: Option<u32>,
    /// How it was calculated.
    pub method: Option<Text>,
    /// Where the method is described, or where the data come from.
    pub source: Option<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The head.
    pub title: Text,
    /// The unit of its numbers.
    pub unit: Option<Text>,
    /// Digits after the decimal point.
    pub decimals: u32,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(Text),
    /// A finite number.
    Number(f64),
    /// A finite number, 0 to 1, shown in percent.
    Share(f64),
    /// A number that is kept back so that nobody can be recognised.
    Hidden,
    /// A path in the plan, shown as the thing's title with a link.
    Item(String),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The title.
    pub title: Text,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChartKind {
    /// Bars side by side.
    Bar,
    /// Bars on top of each other.
    StackedBar,
    /// Lines.
    Line,
    /// A radar.
    Radar,
    /// Points.
    Scatter,
}

/// A point of a scatter chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Across; finite.
    pub x: f64,
    /// Up; finite.
    pub y: f64,
    /// What it is.
    pub label: Text,
}

/// A series of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Its name.
    pub name: Text,
    /// One for each category, `None` where there is none; in a scatter chart empty.
    pub values: Vec<Option<f64>>,
    /// In a scatter chart alone.
    pub points: Vec<Point>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// The title.
    pub title: Text,
    /// How it is drawn.
    pub kind: ChartKind,
    /// The names along the axis.
    pub categories: Vec<Text>,
    /// The series.
    pub series: Vec<Series>,
    /// The unit of the values.
    pub unit: Option<Text>,
    /// The ends of the axis of values.
    pub axis: Option<(f64, f64)>,
}

/// How a callout is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Good to know.
    Info,
    /// Something went well.
    Good,
    /// Mind this.
    Warning,
    /// Act on this.
    Critical,
}

/// A sentence that stands out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callout {
    /// How it is meant.
    pub tone: Tone,
    /// The sentence.
    pub text: Text,
}

/// Somebody's own words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotation {
    /// The words, in the language they were said in.
    pub text: String,
    /// Where they come from.
    pub source: Text,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// A heading.
    Heading(Heading),
    /// A paragraph.
    Paragraph(Text),
    /// A list.
    Items(Vec<Text>),
    /// A number.
    Number(Number),
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
    /// A callout.
    Callout(Callout),
    /// A quotation.
    Quotation(Quotation),
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The title.
    pub title: Text,
    /// The parts, in order.
    pub blocks: Vec<Block>,
}

impl Report {
    /// Makes equal what means the same: -0 becomes 0, what is no finite number becomes nothing, control characters go.
    pub fn normalise(&mut self) {
        self.title.clean();
        for block in &mut self.blocks {
            match block {
                Block::Heading(heading) => heading.text.clean(),
                Block::Paragraph(text) => text.clean(),
                Block::Items(items) => items.iter_mut().for_each(Text::clean),
                Block::Number(number) => number.normalise(),
                Block::Table(table) => table.normalise(),
                Block::Chart(chart) => chart.normalise(),
                Block::Callout(callout) => callout.text.clean(),
                Block::Quotation(quotation) => {
                    clean(&mut quotation.text);
                    quotation.source.clean();
                }
            }
        }
    }
}

impl Number {
    fn normalise(&mut self) {
        self.label.clean();
        self.value = self.value.and_then(finite);
        self.interval = self.interval.and_then(finite_pair);
        for text in [&mut self.unit, &mut self.method].into_iter().flatten() {
            text.clean();
        }
        self.source.iter_mut().for_each(clean);
    }
}

impl Table {
    fn normalise(&mut self) {
        self.title.clean();
        for column in &mut self.columns {
            column.title.clean();
            column.unit.iter_mut().for_each(Text::clean);
        }
        for cell in self.rows.iter_mut().flatten() {
            match cell {
                Cell::Number(value) | Cell::Share(value) => match finite(*value) {
                    Some(finite) => *value = finite,
                    None => *cell = Cell::Empty,
                },
                Cell::Text(text) => text.clean(),
                Cell::Item(path) => clean(path),
                Cell::Empty | Cell::Hidden => {}
            }
        }
    }
}

impl Chart {
    fn normalise(&mut self) {
        self.title.clean();
        self.categories.iter_mut().for_each(Text::clean);
        self.unit.iter_mut().for_each(Text::clean);
        self.axis = self.axis.and_then(finite_pair);
        for series in &mut self.series {
            series.name.clean();
            series.values.iter_mut().for_each(|value| *value = value.and_then(finite));
            series.points.retain_mut(|point| {
                point.label.clean();
                let Some((x, y)) = finite_pair((point.x, point.y)) else { return false };
                (point.x, point.y) = (x, y);
                true
            });
        }
    }
}

/// The number with 0 for -0, `None` if it is not finite.
pub(crate) fn finite(value: f64) -> Option<f64> {
    // Adding 0 makes 0 of -0 and nothing else of anything else.
    value.is_finite().then_some(value + 0.0)
}

fn finite_pair((a, b): (f64, f64)) -> Option<(f64, f64)> {
    Some((finite(a)?, finite(b)?))
}
