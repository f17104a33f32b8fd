//! The main part of a document: blocks as paragraphs and tables.

use std::fmt::Write as _;

use super::{chart, escaped};
use crate::block::{Block, Cell, Document, Grid, Style, Weight};

/// What stands before the blocks.
const START: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document "#,
    r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>"#
);

/// The numbering part, before its lists: 1 is the form of marks, 2 that of numbers.
const NUMBERING: &str = include_str!("numbering.xml");

/// A page in twentieths of a point (ISO 216 A4): width, height, margins left and right.
const HIGH: [u32; 4] = [11_906, 16_838, 1_701, 850];
/// The same, turned.
const WIDE: [u32; 4] = [16_838, 11_906, 1_134, 1_134];
/// Rows with more lines, about half a page, may go on, on the next page.
const WHOLE_ROW_LINES_MAX: usize = 30;
/// The width of a letter in a cell, in twentieths of a point, as texts have it on average.
const LETTER: u32 = 110;
/// The space between a cell's border and its text, both sides together.
const CELL_MARGINS: u32 = 160;

/// The parts that follow from the blocks.
pub(super) struct Body {
    pub(super) document: String,
    pub(super) numbering: String,
    /// The parts of the charts, in their order.
    pub(super) charts: Vec<String>,
}

pub(super) fn write(document: &Document) -> Body {
    let page = if document.is_wide { WIDE } else { HIGH };
    let [width, height, left, right] = page;
    let mut writer = Writer { text: START.to_owned(), headings: 0, lists: 0, charts: Vec::new() };
    writer.blocks(&document.blocks, width - left - right, &headings(&document.blocks));
    let turned = if document.is_wide { r#" w:orient="landscape""# } else { "" };
    let _ = write!(
        writer.text,
        concat!(
            r#"<w:sectPr><w:footerReference w:type="default" r:id="rId4"/>"#,
            r#"<w:pgSz w:w="{}" w:h="{}"{}/><w:pgMar w:top="1134" w:right="{}" w:bottom="1134" "#,
            r#"w:left="{}" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>"#
        ),
        width, height, turned, right, left
    );
    let mut numbering = NUMBERING.trim_end().to_owned();
    for list in 0..writer.lists {
        let _ = write!(
            numbering,
            concat!(
                r#"<w:num w:numId="{}"><w:abstractNumId w:val="2"/><w:lvlOverride w:ilvl="0">"#,
                r#"<w:startOverride w:val="1"/></w:lvlOverride></w:num>"#
            ),
            list + 2
        );
    }
    numbering.push_str("</w:numbering>");
    Body { document: writer.text, numbering, charts: writer.charts }
}

/// The headings that the table of contents lists, in order.
fn headings(blocks: &[Block]) -> Vec<&str> {
    let first = |block| match block {
        &Block::Heading(1, ref text) => Some(text.as_str()),
        _ => None,
    };
    blocks.iter().filter_map(first).collect()
}

/// The document's name of a style.
const fn style_id(style: Style) -> &'static str {
    match style {
        Style::Body => "Text",
        Style::Strong => "Strongline",
        Style::Faint => "Remark",
        Style::Notice => "Notice",
        Style::Title => "Title",
        Style::Cover => "Cover",
        Style::Centre => "Centre",
        Style::CentreStrong => "Centrestrong",
        Style::Right => "Right",
        Style::Order => "Order",
        Style::Signature => "Signature",
    }
}

struct Writer {
    text: String,
    /// How many headings have a bookmark.
    headings: usize,
    /// How many numbered lists there are.
    lists: usize,
    /// The parts of the charts.
    charts: Vec<String>,
}

impl Writer {
    /// Writes blocks into a column of `width` twentieths of a point.
    fn blocks(&mut self, blocks: &[Block], width: u32, headings: &[&str]) {
        for block in blocks {
            match block {
                Block::Heading(level, text) => self.heading(*level, text),
                Block::Paragraph(style, text) => self.paragraph(style_id(*style), "", text),
                Block::List { is_numbered, items } => self.list(*is_numbered, items),
                Block::Grid(grid) => {
                    self.grid(grid, width);
                    self.paragraph("Gap", "", "");
                }
                Block::Beside(columns) => self.beside(columns, width, headings),
                Block::Contents(title) => self.contents(title, headings),
                Block::Chart(chart) => {
                    self.charts.push(chart::part(chart));
                    self.text.push_str(&chart::paragraph(chart, self.charts.len()));
                }
                Block::PageEnd => {
                    self.text.push_str(r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#);
                }
            }
        }
    }

    fn heading(&mut self, level: u8, text: &str) {
        let level = level.clamp(1, 3);
        if level > 1 {
            return self.paragraph(&format!("Heading{level}"), "", text);
        }
        self.headings += 1;
        let number = self.headings;
        let _ = write!(
            self.text,
            concat!(
                r#"<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>"#,
                r#"<w:bookmarkStart w:id="{0}" w:name="_Toc{0:06}"/>{1}<w:bookmarkEnd w:id="{0}"/></w:p>"#
            ),
            number,
            run(text)
        );
    }

    fn paragraph(&mut self, style: &str, properties: &str, text: &str) {
        let _ = write!(
            self.text,
            r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{}</w:p>"#,
            run(text)
        );
    }

    fn list(&mut self, is_numbered: bool, items: &[String]) {
        let number = if is_numbered {
            self.lists += 1;
            self.lists + 1
        } else {
            1
        };
        let properties =
            format!(r#"<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>"#);
        for item in items {
            self.paragraph("Listitem", &properties, item);
        }
    }

    fn grid(&mut self, grid: &Grid, width: u32) {
        let shares = grid.shares();
        let widths = widths(&shares, width);
        self.table_start("Tablegrid", width, &widths);
        if !grid.heading.is_empty() {
            self.text.push_str("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
            for (heading, width) in grid.heading.iter().zip(&widths) {
                self.cell_start(*width, Some("DDE8F0"));
                self.paragraph("Cellheading", "", heading);
                self.text.push_str("</w:tc>");
            }
            self.text.push_str("</w:tr>");
        }
        let is_whole: Vec<bool> =
            grid.rows.iter().map(|row| lines(row, &widths) <= WHOLE_ROW_LINES_MAX).collect();
        for (at, (row, is_whole)) in grid.rows.iter().zip(&is_whole).enumerate() {
            let whole = if *is_whole { "<w:trPr><w:cantSplit/></w:trPr>" } else { "" };
            // No row stands alone at the end of a page, or at the start of the next.
            let is_edge = at == 0 || at + 2 == grid.rows.len();
            let with_next = *is_whole && is_edge && at + 1 < grid.rows.len();
            let properties = if with_next { "<w:keepNext/>" } else { "" };
            let _ = write!(self.text, "<w:tr>{whole}");
            for (cell, width) in row.iter().zip(&widths) {
                self.cell_start(*width, None);
                self.cell(cell, properties);
                self.text.push_str("</w:tc>");
            }
            self.text.push_str("</w:tr>");
        }
        self.text.push_str("</w:tbl>");
    }

    fn cell(&mut self, cell: &Cell, properties: &str) {
        for line in cell {
            let style = match line.weight {
                Weight::Plain => "Cell",
                Weight::Strong => "Cellstrong",
                Weight::Faint => "Cellremark",
            };
            self.paragraph(style, properties, &line.text);
        }
        if cell.is_empty() {
            self.paragraph("Cell", properties, "");
        }
    }

    fn beside(&mut self, columns: &[Vec<Block>], width: u32, headings: &[&str]) {
        let shares: Vec<u16> = columns.iter().map(|_| 1).collect();
        let widths = widths(&shares, width);
        self.table_start("Tableplain", width, &widths);
        self.text.push_str("<w:tr>");
        for (blocks, width) in columns.iter().zip(&widths) {
            self.cell_start(*width, None);
            self.blocks(blocks, width.saturating_sub(CELL_MARGINS), headings);
            self.paragraph("Gap", "", "");
            self.text.push_str("</w:tc>");
        }
        self.text.push_str("</w:tr></w:tbl>");
        self.paragraph("Gap", "", "");
    }

    fn table_start(&mut self, style: &str, width: u32, widths: &[u32]) {
        let _ = write!(
            self.text,
            concat!(
                r#"<w:tbl><w:tblPr><w:tblStyle w:val="{}"/><w:tblW w:w="{}" w:type="dxa"/>"#,
                r#"<w:tblLayout w:type="fixed"/><w:tblLook w:val="0000"/></w:tblPr><w:tblGrid>"#
            ),
            style, width
        );
        for width in widths {
            let _ = write!(self.text, r#"<w:gridCol w:w="{width}"/>"#);
        }
        self.text.push_str("</w:tblGrid>");
    }

    fn cell_start(&mut self, width: u32, shade: Option<&str>) {
        let _ = write!(self.text, r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>"#);
        if let Some(shade) = shade {
            let _ = write!(self.text, r#"<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>"#);
        }
        self.text.push_str("</w:tcPr>");
    }

    /// A table of contents whose entries lead to the headings. Word adds the pages' numbers when it renews the field.
    fn contents(&mut self, title: &str, headings: &[&str]) {
        self.text.push_str(concat!(
            r#"<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>"#,
            r#"<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>"#
        ));
        self.paragraph("Contentsheading", "", title);
        let begin = concat!(
            r#"<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>"#,
            r#"<w:r><w:instrText xml:space="preserve"> TOC \o "1-2" \h \z \u </w:instrText></w:r>"#,
            r#"<w:r><w:fldChar w:fldCharType="separate"/></w:r>"#
        );
        for (number, text) in (1..).zip(headings) {
            let begin = if number == 1 { begin } else { "" };
            let _ = write!(
                self.text,
                concat!(
                    r#"<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr>{}"#,
                    r#"<w:hyperlink w:anchor="_Toc{:06}" w:history="1">{}</w:hyperlink></w:p>"#
                ),
                begin,
                number,
                run(text)
            );
        }
        let begin = if headings.is_empty() { begin } else { "" };
        let _ = write!(
            self.text,
            r#"<w:p>{begin}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:sdtContent></w:sdt>"#
        );
    }
}

/// A run with a text; its lines are parted by line breaks.
fn run(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let lines =
        text.lines().map(|line| format!(r#"<w:t xml:space="preserve">{}</w:t>"#, escaped(line)));
    format!("<w:r>{}</w:r>", lines.collect::<Vec<_>>().join("<w:br/>"))
}

/// About how many lines a row has on paper.
fn lines(row: &[Cell], widths: &[u32]) -> usize {
    let of = |(cell, width): (&Cell, &u32)| -> usize {
        let letters = (width.saturating_sub(CELL_MARGINS) / LETTER).max(1);
        let letters = usize::try_from(letters).unwrap_or(1);
        cell.iter().map(|line| line.text.chars().count().div_ceil(letters).max(1)).sum()
    };
    row.iter().zip(widths).map(of).max().unwrap_or_default()
}

/// Shares of a width, together exactly as wide.
fn widths(shares: &[u16], width: u32) -> Vec<u32> {
    let whole = shares.iter().map(|share| u32::from(*share)).sum::<u32>().max(1);
    let mut widths: Vec<u32> =
        shares.iter().map(|share| u32::from(*share) * width / whole).collect();
    let rest = width.saturating_sub(widths.iter().sum());
    if let Some(last) = widths.last_mut() {
        *last += rest;
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_together_as_wide_as_the_table() {
        assert_eq!(widths(&[1, 1, 1], 100), [33, 33, 34]);
        assert_eq!(widths(&[], 100), Vec::<u32>::new());
        assert_eq!(widths(&[30, 70], 9_355).iter().sum::<u32>(), 9_355);
    }
}
