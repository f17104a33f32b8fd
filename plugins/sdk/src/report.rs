//! Reports: what a person sees, block by block. Each call takes the report and gives it back with one block more.

use crate::bindings::jospar::plugin::reports::{Heading, Point, Quotation};
use crate::{Block, Cell, Chart, ChartKind, Column, Number, Report, Series, Table, Text, Tone};

impl Report {
    /// A report with its title.
    #[must_use]
    pub const fn new(title: Text) -> Self {
        Self { title, blocks: Vec::new() }
    }

    /// Any block.
    #[must_use]
    pub fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// A heading of level 1, 2 or 3.
    #[must_use]
    pub fn heading(self, level: u32, text: Text) -> Self {
        self.block(Block::Heading(Heading { level, text }))
    }

    /// A paragraph.
    #[must_use]
    pub fn paragraph(self, text: Text) -> Self {
        self.block(Block::Paragraph(text))
    }

    /// A list of short texts; nothing where it is empty.
    #[must_use]
    pub fn items(self, items: Vec<Text>) -> Self {
        if items.is_empty() { self } else { self.block(Block::Items(items)) }
    }

    /// A number.
    #[must_use]
    pub fn number(self, number: Number) -> Self {
        self.block(Block::Number(number))
    }

    /// A table; nothing where it has no rows.
    #[must_use]
    pub fn table(self, table: Table) -> Self {
        if table.rows.is_empty() { self } else { self.block(Block::Table(table)) }
    }

    /// A chart.
    #[must_use]
    pub fn chart(self, chart: Chart) -> Self {
        self.block(Block::Chart(chart))
    }

    /// A remark in a frame.
    #[must_use]
    pub fn callout(self, tone: Tone, text: Text) -> Self {
        self.block(Block::Callout(crate::bindings::jospar::plugin::reports::Callout { tone, text }))
    }

    /// Somebody's own words, and where they come from.
    #[must_use]
    pub fn quotation(self, text: impl Into<String>, source: Text) -> Self {
        self.block(Block::Quotation(Quotation { text: text.into(), source }))
    }
}

impl Number {
    /// A number with its label, shown with two decimals.
    #[must_use]
    pub const fn new(label: Text, value: f64) -> Self {
        Self {
            label,
            value,
            unit: None,
            decimals: 2,
            interval: None,
            n: None,
            method: None,
            source: None,
        }
    }

    /// The digits after the decimal point.
    #[must_use]
    pub const fn decimals(mut self, decimals: u32) -> Self {
        self.decimals = decimals;
        self
    }

    /// What the number counts.
    #[must_use]
    pub fn unit(mut self, unit: Text) -> Self {
        self.unit = Some(unit);
        self
    }

    /// The ends of its interval of 95 %.
    #[must_use]
    pub const fn interval(mut self, low: f64, high: f64) -> Self {
        self.interval = Some((low, high));
        self
    }

    /// How many values stand behind it.
    #[must_use]
    pub fn n(mut self, n: usize) -> Self {
        self.n = Some(u32::try_from(n).unwrap_or(u32::MAX));
        self
    }

    /// How it was calculated.
    #[must_use]
    pub fn method(mut self, method: Text) -> Self {
        self.method = Some(method);
        self
    }

    /// Where the method is described, or where the data come from.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl Column {
    /// A column of texts.
    #[must_use]
    pub const fn text(title: Text) -> Self {
        Self { title, unit: None, decimals: 0 }
    }

    /// A column of numbers.
    #[must_use]
    pub const fn number(title: Text, decimals: u32) -> Self {
        Self { title, unit: None, decimals }
    }
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub const fn new(title: Text, columns: Vec<Column>) -> Self {
        Self { title, columns, rows: Vec::new() }
    }

    /// Adds a row, one cell for each column.
    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }
}

impl From<Text> for Cell {
    fn from(text: Text) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}

impl From<usize> for Cell {
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    fn from(count: usize) -> Self {
        Self::Number(count as f64)
    }
}

impl Chart {
    /// A chart without values.
    #[must_use]
    pub const fn new(kind: ChartKind, title: Text) -> Self {
        Self { title, kind, categories: Vec::new(), series: Vec::new(), unit: None, axis: None }
    }

    /// What the values of each series belong to.
    #[must_use]
    pub fn categories(mut self, categories: Vec<Text>) -> Self {
        self.categories = categories;
        self
    }

    /// A series with one value for each category.
    #[must_use]
    pub fn series(mut self, name: Text, values: Vec<Option<f64>>) -> Self {
        self.series.push(Series { name, values, points: Vec::new() });
        self
    }

    /// A series of points, `(across, upwards, label)`, for a scatter chart.
    #[must_use]
    pub fn points(mut self, name: Text, points: Vec<(f64, f64, Text)>) -> Self {
        let points = points.into_iter().map(|(x, y, label)| Point { x, y, label }).collect();
        self.series.push(Series { name, values: Vec::new(), points });
        self
    }

    /// The ends of the axis of values.
    #[must_use]
    pub const fn axis(mut self, low: f64, high: f64) -> Self {
        self.axis = Some((low, high));
        self
    }

    /// What the values count.
    #[must_use]
    pub fn unit(mut self, unit: Text) -> Self {
        self.unit = Some(unit);
        self
    }
}
