//! Reports of plugins for a terminal: headings, numbers with what stands behind them, tables, bars.
//!
//! What a plugin wrote is a stranger's text. Everything goes through [`plain`], so that none of it can move the cursor,
//! change colours or turn the order of letters around.

mod chart;
mod table;

use std::collections::BTreeMap;

use jospar_plugin_api::{Block, Number, Report, Text, Tone, text::clean};
use unicode_width::UnicodeWidthStr as _;

use crate::words::Words;

/// Columns of a line where the terminal does not say.
pub(crate) const WIDTH: usize = 100;

/// What a report is drawn with.
pub(crate) struct Paper<'a> {
    /// The reader's language.
    pub(crate) words: &'a Words,
    /// Columns of a line.
    pub(crate) width: usize,
    /// From paths in the plan to what stands there, for cells that name one.
    pub(crate) titles: &'a BTreeMap<String, String>,
}

/// A text without what acts on a terminal, on one line.
pub(crate) fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    clean(&mut text);
    text.replace(['\n', '\t'], " ")
}

/// The columns of the terminal, within reason.
pub(crate) fn width(columns: Option<&str>) -> usize {
    columns.and_then(|text| text.parse().ok()).unwrap_or(WIDTH).clamp(40, 200)
}

/// The lines of a report.
pub(crate) fn lines(paper: &Paper<'_>, report: &Report) -> Vec<String> {
    let title = paper.text(&report.title);
    let mut lines = vec![title.clone(), "═".repeat(title.width().min(paper.width))];
    for block in &report.blocks {
        lines.push(String::new());
        lines.extend(paper.block(block));
    }
    lines
}

/// Paths that cells of a report name.
pub(crate) fn paths(report: &Report) -> Vec<&str> {
    let tables = report.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let cells = tables.flat_map(|table| table.rows.iter().flatten());
    cells
        .filter_map(|cell| match cell {
            jospar_plugin_api::Cell::Item(path) => Some(path.as_str()),
            _ => None,
        })
        .collect()
}

impl Paper<'_> {
    fn text(&self, text: &Text) -> String {
        plain(text.in_language(self.words.catalogue().language().code()))
    }

    fn block(&self, block: &Block) -> Vec<String> {
        match block {
            Block::Heading(heading) => {
                let text = self.text(&heading.text);
                match heading.level {
                    1 => vec![text.clone(), "─".repeat(text.width().min(self.width))],
                    2 => vec![format!("■ {text}")],
                    _ => vec![format!("▪ {text}")],
                }
            }
            Block::Paragraph(text) => {
                let text = text.in_language(self.words.catalogue().language().code());
                text.split('\n').flat_map(|part| wrapped(&plain(part), self.width)).collect()
            }
            Block::Items(items) => {
                items.iter().flat_map(|item| self.hanging("• ", &self.text(item))).collect()
            }
            Block::Number(number) => self.number_lines(number),
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
            Block::Callout(callout) => {
                let tone = self.words.word(match callout.tone {
                    Tone::Info => "report-tone-info",
                    Tone::Good => "report-tone-good",
                    Tone::Warning => "report-tone-warning",
                    Tone::Critical => "report-tone-critical",
                });
                self.hanging(&format!("│ {tone}: "), &self.text(&callout.text))
            }
            Block::Quotation(quotation) => {
                let values = [
                    ("text", plain(&quotation.text).into()),
                    ("source", self.text(&quotation.source).into()),
                ];
                self.hanging("  ", &self.words.text("report-quotation", &values))
            }
        }
    }

    /// A text behind a mark, its further lines below its first.
    fn hanging(&self, mark: &str, text: &str) -> Vec<String> {
        let indent = mark.width();
        let lines = wrapped(text, self.width.saturating_sub(indent).max(20));
        let place = |(number, line)| match number {
            0 => format!("{mark}{line}"),
            _ => format!("{}{line}", " ".repeat(indent)),
        };
        lines.into_iter().enumerate().map(place).collect()
    }

    fn number_lines(&self, number: &Number) -> Vec<String> {
        let unit = |value: String| match &number.unit {
            Some(unit) => format!("{value} {}", self.text(unit)),
            None => value,
        };
        let value = match number.value {
            Some(value) => unit(self.number(value, number.decimals)),
            None => self.words.word("empty-value"),
        };
        let mut more = Vec::new();
        if let Some((low, high)) = number.interval {
            let ends = [low, high].map(|end| self.number(end, number.decimals));
            let [low, high] = ends;
            let values = [("low", low.into()), ("high", high.into())];
            more.push(self.words.text("report-interval", &values));
        }
        if let Some(n) = number.n {
            more.push(self.words.with("report-n", "n", &n.to_string()));
        }
        if let Some(method) = &number.method {
            more.push(self.words.with("report-method", "method", &self.text(method)));
        }
        if let Some(source) = &number.source {
            more.push(self.words.with("report-source", "source", &plain(source)));
        }
        let mut lines = self.hanging("  ", &format!("{}: {value}", self.text(&number.label)));
        if !more.is_empty() {
            lines.extend(self.hanging("    ", &more.join("; ")));
        }
        lines
    }

    /// A number with these digits behind the point, as the language writes it.
    fn number(&self, value: f64, decimals: u32) -> String {
        self.words.catalogue().decimals(value, decimals)
    }
}

/// A text in lines of at most so many columns, broken between words where there are any.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word;
        loop {
            let room = lines.last().map_or(0, |line| match line.width() {
                0 => width,
                used => width.saturating_sub(used + 1),
            });
            let is_fresh = lines.last().is_some_and(String::is_empty);
            if word.width() <= room {
                if let Some(line) = lines.last_mut() {
                    if !is_fresh {
                        line.push(' ');
                    }
                    line.push_str(word);
                }
                break;
            }
            if !is_fresh {
                lines.push(String::new());
                continue;
            }
            let cut = cut(word, width.max(1));
            let (head, rest) = word.split_at(cut);
            if let Some(line) = lines.last_mut() {
                line.push_str(head);
            }
            lines.push(String::new());
            word = rest;
        }
    }
    if lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// How many bytes of a word fit into so many columns: at least one letter.
fn cut(word: &str, width: usize) -> usize {
    let ends = word.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let fits = ends.take_while(|end| word.get(..*end).is_some_and(|head| head.width() <= width));
    fits.last().or_else(|| word.chars().next().map(char::len_utf8)).unwrap_or(word.len())
}

/// The text, filled up to so many columns.
fn padded(text: &str, width: usize, right: bool) -> String {
    let fill = " ".repeat(width.saturating_sub(text.width()));
    if right { format!("{fill}{text}") } else { format!("{text}{fill}") }
}

#[cfg(test)]
mod tests;
