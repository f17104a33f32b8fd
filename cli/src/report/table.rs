//! Tables: columns as wide as they need, the widest wrapped where a line is too short for all.

use jospar_plugin_api::{Cell, Column, Table};
use unicode_width::UnicodeWidthStr as _;

use super::{Paper, padded, plain, wrapped};

/// Columns between two columns.
const GAP: usize = 2;
/// No column of text is made narrower.
const NARROW: usize = 8;

impl Paper<'_> {
    pub(super) fn table(&self, table: &Table) -> Vec<String> {
        let head: Vec<String> = table.columns.iter().map(|column| self.head(column)).collect();
        let rows: Vec<Vec<String>> = table
            .rows
            .iter()
            .map(|row| {
                let cells = row.iter().zip(&table.columns);
                cells.map(|(cell, column)| self.cell(cell, column.decimals)).collect()
            })
            .collect();
        let is_number = |place: usize| {
            let mut cells = table.rows.iter().filter_map(|row| row.get(place));
            let counts = |cell: &Cell| !matches!(cell, Cell::Text(_) | Cell::Item(_));
            !table.rows.is_empty() && cells.all(counts)
        };
        let right: Vec<bool> = (0..head.len()).map(is_number).collect();
        let widths = self.widths(&head, &rows, &right);
        let title = self.text(&table.title);
        let mut lines: Vec<String> = (!title.is_empty()).then_some(title).into_iter().collect();
        lines.extend(row(&head, &widths, &right));
        let line = |width: &usize| "─".repeat(*width);
        lines.push(widths.iter().map(line).collect::<Vec<_>>().join(&" ".repeat(GAP)));
        for cells in &rows {
            lines.extend(row(cells, &widths, &right));
        }
        lines
    }

    fn head(&self, column: &Column) -> String {
        let title = self.text(&column.title);
        match &column.unit {
            Some(unit) => format!("{title}, {}", self.text(unit)),
            None => title,
        }
    }

    fn cell(&self, cell: &Cell, decimals: u32) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => self.text(text),
            Cell::Number(value) => self.number(*value, decimals),
            Cell::Share(value) => format!("{} %", self.number(value * 100.0, decimals)),
            Cell::Hidden => self.words.word("report-hidden"),
            Cell::Item(path) => match self.titles.get(path) {
                Some(title) => format!("{} ({})", plain(title), plain(path)),
                None => plain(path),
            },
        }
    }

    /// The widths of the columns. Where a line has no room for all, the widest columns of text give way.
    fn widths(&self, head: &[String], rows: &[Vec<String>], right: &[bool]) -> Vec<usize> {
        let widest = |place: usize| {
            let cells = rows.iter().filter_map(|row| row.get(place));
            let longest = cells.map(|cell| cell.width()).max().unwrap_or_default();
            let title = head.get(place).map_or(0, |title| title.width());
            // A column of numbers need not be as wide as its title, which wraps.
            let is_right = right.get(place).copied().unwrap_or_default();
            let title = if is_right { title.min(longest.max(NARROW * 2)) } else { title };
            longest.max(title).max(1)
        };
        let mut widths: Vec<usize> = (0..head.len()).map(widest).collect();
        let room = self.width.saturating_sub(GAP * head.len().saturating_sub(1));
        while widths.iter().sum::<usize>() > room {
            let wide =
                widths.iter_mut().filter(|width| **width > NARROW).max_by_key(|width| **width);
            let Some(width) = wide else { break };
            *width -= 1;
        }
        widths
    }
}

fn row(cells: &[String], widths: &[usize], right: &[bool]) -> Vec<String> {
    let columns: Vec<Vec<String>> =
        cells.iter().zip(widths).map(|(cell, width)| wrapped(cell, *width)).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or_default();
    let line = |number: usize| {
        let parts = columns.iter().zip(widths).zip(right).map(|((column, width), right)| {
            padded(column.get(number).map_or("", String::as_str), *width, *right)
        });
        parts.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
    };
    (0..height).map(line).collect()
}
