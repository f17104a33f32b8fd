//! One table as CSV (RFC 4180): commas, CR LF, days as `YYYY-MM-DD`, numbers with a point.
//!
//! A spreadsheet takes a text that begins with `=`, `+`, `-`, `@`, a tab or a line end for a formula. Such a text gets an
//! apostrophe in front, as <https://owasp.org/www-community/attacks/CSV_Injection> says. Numbers stay numbers.

use crate::table::{Cell, Table};

/// What spreadsheets take for the beginning of a formula; the wide ones are read like the narrow.
const FORMULA_STARTS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The table, after a byte order mark, without which spreadsheets do not see UTF-8.
pub(crate) fn write(table: &Table) -> String {
    let mut text = "\u{feff}".to_owned();
    line(&mut text, table.columns.iter().map(|heading| safe(heading)));
    for row in &table.rows {
        line(&mut text, row.iter().map(written));
    }
    text
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.map(quoted).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => safe(text),
        Cell::Number(number) | Cell::Share(number) => number.to_string(),
        Cell::Day(day) => day.to_string(),
    }
}

/// The text, which no spreadsheet takes for a formula.
fn safe(text: &str) -> String {
    let start = text.trim_start_matches(' ').chars().next();
    let quote = if start.is_some_and(|c| FORMULA_STARTS.contains(&c)) { "'" } else { "" };
    format!("{quote}{text}")
}

fn quoted(cell: String) -> String {
    if cell.contains([',', '"', '\r', '\n', ';', '\t']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t29_a_text_becomes_no_formula() {
        for text in ["=1+1", "+7", "-7", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u{ff1d}1"] {
            assert_eq!(safe(text), format!("'{text}"));
        }
        for text in ["7-8", "a=b", "", "«Қазақ»", "'=1"] {
            assert_eq!(safe(text), text);
        }
        assert_eq!(written(&Cell::Number(-7.5)), "-7.5");
    }

    #[test]
    fn what_parts_cells_is_quoted() {
        assert_eq!(quoted("a,b".to_owned()), "\"a,b\"");
        assert_eq!(quoted("say \"yes\"".to_owned()), "\"say \"\"yes\"\"\"");
        assert_eq!(quoted("two\nlines".to_owned()), "\"two\nlines\"");
        assert_eq!(quoted("Ә Ғ".to_owned()), "Ә Ғ");
    }
}
