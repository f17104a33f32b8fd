//! Text with a character between the cells, as RFC 4180 has it; `;` and tabs as Excel and LimeSurvey write them.

use crate::{Row, Rows, TableError};

/// The characters that may stand between cells.
const DELIMITERS: [char; 3] = ['\t', ';', ','];

/// Rows by which the delimiter is told.
const TRIED: usize = 10;

/// The first delimiter that makes the first rows equally wide, with more than one cell; else the one that makes any of
/// them widest. A comma stands in sentences and numbers, so it comes last.
pub(crate) fn delimiter(text: &str) -> char {
    let mut widest = (',', 1);
    for delimiter in DELIMITERS {
        let widths = widths(text, delimiter);
        let width = widths.iter().copied().max().unwrap_or(0);
        if width > 1 && widths.iter().all(|other| *other == width) {
            return delimiter;
        }
        if width > widest.1 {
            widest = (delimiter, width);
        }
    }
    widest.0
}

fn widths(text: &str, delimiter: char) -> Vec<usize> {
    let mut widths = Vec::new();
    let (mut width, mut is_quoted, mut is_blank) = (1, false, true);
    for letter in text.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '\n' if !is_quoted => {
                if !is_blank {
                    widths.push(width);
                }
                if widths.len() == TRIED {
                    return widths;
                }
                (width, is_blank) = (1, true);
            }
            letter if letter == delimiter && !is_quoted => width += 1,
            letter => is_blank &= letter.is_whitespace() || DELIMITERS.contains(&letter),
        }
    }
    if !is_blank {
        widths.push(width);
    }
    widths
}

/// Where the reader stands in a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At its beginning.
    Start,
    /// In a cell without quotation marks.
    Bare,
    /// Between quotation marks that opened on this line.
    Quoted(usize),
    /// Behind the closing one.
    Closed,
}

/// All rows. A quotation mark inside of a cell that does not begin with one is a letter.
pub(crate) fn rows(text: &str, delimiter: char) -> Result<Vec<Row>, TableError> {
    let mut rows = Rows::default();
    let (mut cell, mut state) = (String::new(), State::Start);
    let (mut line, mut began) = (1, 1);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (state, letter) {
            (State::Quoted(_), '"') if letters.peek() == Some(&'"') => cell.extend(letters.next()),
            (State::Quoted(_), '"') => state = State::Closed,
            (State::Quoted(_), _) => {
                line += usize::from(letter == '\n');
                cell.push(letter);
            }
            (State::Start, '"') => state = State::Quoted(line),
            (_, '\r') if matches!(letters.peek(), Some('\n') | None) => {}
            (_, '\n') => {
                rows.cell(line, std::mem::take(&mut cell))?;
                rows.end(began)?;
                line += 1;
                (began, state) = (line, State::Start);
            }
            (_, letter) if letter == delimiter => {
                rows.cell(line, std::mem::take(&mut cell))?;
                state = State::Start;
            }
            (State::Closed, ' ') => {}
            (State::Closed, _) => return Err(TableError::TextAfterQuote { line }),
            (State::Start | State::Bare, letter) => {
                cell.push(letter);
                state = State::Bare;
            }
        }
        if cell.len() > crate::CELL_BYTES_MAX {
            // One that never closes would otherwise take the whole file before anybody is told.
            if let State::Quoted(line) = state {
                return Err(TableError::CellTooLong { line, limit: crate::CELL_BYTES_MAX });
            }
        }
    }
    if let State::Quoted(line) = state {
        return Err(TableError::UnclosedQuote { line });
    }
    if state != State::Start || !cell.is_empty() || rows.width() > 0 {
        rows.cell(line, cell)?;
        rows.end(began)?;
    }
    Ok(rows.finish())
}
