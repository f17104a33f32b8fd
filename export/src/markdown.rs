//! A text document as Markdown: CommonMark, with the tables of GitHub's form.

use crate::block::{Block, Document, Grid, Style, Weight};

/// The document, which ends with a line feed.
pub(crate) fn write(document: &Document) -> String {
    let mut writer = Writer { text: String::new() };
    writer.blocks(&document.blocks, &headings(&document.blocks));
    writer.text
}

/// The headings that a table of contents lists.
fn headings(blocks: &[Block]) -> Vec<&str> {
    let first = |block| match block {
        &Block::Heading(1, ref text) => Some(text.as_str()),
        _ => None,
    };
    blocks.iter().filter_map(first).collect()
}

struct Writer {
    text: String,
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block], headings: &[&str]) {
        for block in blocks {
            match block {
                Block::Heading(level, text) => {
                    // The document's own title has the first level.
                    let marks = "#".repeat(usize::from(*level).clamp(1, 5) + 1);
                    self.line(&format!("{marks} {}", escaped(text)));
                }
                Block::Paragraph(style, text) => self.paragraph(*style, text),
                Block::List { is_numbered, items } => {
                    let items = (1..).zip(items).map(|(number, item)| {
                        let mark = if *is_numbered { format!("{number}.") } else { "-".to_owned() };
                        format!("{mark} {}", escaped(item).replace('\n', " "))
                    });
                    let items: Vec<String> = items.collect();
                    self.line(&items.join("\n"));
                }
                Block::Grid(grid) => self.grid(grid),
                // Markdown has no columns: they follow each other.
                Block::Beside(columns) => {
                    columns.iter().for_each(|column| self.blocks(column, headings));
                }
                Block::Contents(title) => {
                    self.line(&format!("**{}**", escaped(title)));
                    let items: Vec<String> =
                        headings.iter().map(|text| format!("- {}", escaped(text))).collect();
                    self.line(&items.join("\n"));
                }
                // Its numbers stand in the tables.
                Block::Chart(_) | Block::PageEnd => {}
            }
        }
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn paragraph(&mut self, style: Style, text: &str) {
        let text = escaped(text).replace('\n', " ");
        self.line(&match style {
            Style::Title | Style::Cover => format!("# {text}"),
            Style::Strong | Style::CentreStrong => format!("**{text}**"),
            Style::Notice => format!("> {text}"),
            Style::Faint => format!("*{text}*"),
            Style::Body | Style::Centre | Style::Right | Style::Order | Style::Signature => text,
        });
    }

    fn grid(&mut self, grid: &Grid) {
        let columns = grid.rows.first().map_or(grid.heading.len(), Vec::len);
        let row = |cells: &mut dyn Iterator<Item = String>| {
            format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
        };
        let mut heading = grid.heading.iter().map(|text| escaped(text));
        let mut nothing = (0..columns).map(|_| String::new());
        let mut lines =
            vec![if grid.heading.is_empty() { row(&mut nothing) } else { row(&mut heading) }];
        lines.push(row(&mut (0..columns).map(|_| "---".to_owned())));
        for cells in &grid.rows {
            let mut cells = cells.iter().map(|cell| {
                let lines = cell.iter().map(|line| match (line.weight, escaped(&line.text)) {
                    (_, text) if text.is_empty() => text,
                    (Weight::Plain, text) => text,
                    (Weight::Strong, text) => format!("**{text}**"),
                    (Weight::Faint, text) => format!("*{text}*"),
                });
                lines.collect::<Vec<_>>().join("<br>").replace('\n', "<br>")
            });
            lines.push(row(&mut cells));
        }
        self.line(&lines.join("\n"));
    }
}

/// The text with a backslash before what Markdown or HTML would take for a mark.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    for (place, c) in text.char_indices() {
        let is_mark = "\\`*_[]<>|~&".contains(c)
            || (place == 0 && "#+-=".contains(c))
            || (place == digits && digits > 0 && ".)".contains(c));
        if is_mark {
            safe.push('\\');
        }
        safe.push(if c.is_control() && c != '\n' { ' ' } else { c });
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Line;

    #[test]
    fn marks_of_the_text_stay_text() {
        assert_eq!(escaped("# a *b* <i> [c](d) | e"), "\\# a \\*b\\* \\<i\\> \\[c\\](d) \\| e");
        assert_eq!(escaped("1. Бұйрық"), "1\\. Бұйрық");
        assert_eq!(escaped("2026 ж."), "2026 ж.");
        assert_eq!(escaped("- a"), "\\- a");
    }

    #[test]
    fn a_table_has_one_line_for_a_row() {
        let cell = vec![Line::strong("a"), Line::plain("b|c")];
        let grid =
            Grid { heading: vec!["x".to_owned()], rows: vec![vec![cell]], widths: Vec::new() };
        let document = Document {
            title: String::new(),
            language: "kk",
            is_wide: false,
            blocks: vec![Block::Grid(grid)],
        };
        assert_eq!(write(&document), "| x |\n| --- |\n| **a**<br>b\\|c |\n");
    }
}
