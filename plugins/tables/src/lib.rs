//! jospar-tables: rows of text out of files that people give, CSV and XLSX.
//!
//! Every file is a stranger's: nothing in it makes this crate panic, read without bound, or fetch anything. It has no
//! dates and no numbers, cells are text as it stands in the file; what they mean, the caller knows.
//!
//! ```
//! use jospar_tables::{Source, read};
//!
//! let table = read("code;score\r\nS01;\"4; later 5\"\r\n".as_bytes())?;
//! assert_eq!(table.source, Source::Csv { encoding: jospar_tables::Encoding::Utf8, delimiter: ';' });
//! assert_eq!(table.heads, ["code", "score"]);
//! assert_eq!((table.rows[0].line, table.rows[0].cells[1].as_str()), (2, "4; later 5"));
//! # Ok::<(), jospar_tables::TableError>(())
//! ```

mod csv;
mod encoding;
mod xlsx;
mod zip;

pub use encoding::Encoding;

/// Bytes of a file.
pub const FILE_BYTES_MAX: usize = 8 << 20;

/// Rows of a table, its heads aside.
pub const ROWS_MAX: usize = 20_000;

/// Columns of a table.
pub const COLUMNS_MAX: usize = 500;

/// Cells of a table.
pub const CELLS_MAX: usize = 400_000;

/// Bytes of all cells together. Many cells of a workbook may point to one text.
pub const TEXT_BYTES_MAX: usize = 16 << 20;

/// Bytes of one cell.
pub const CELL_BYTES_MAX: usize = 32 << 10;

/// A row below the heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line that it begins on, or its number in the sheet; from 1, the heads counted.
    pub line: usize,
    /// One cell for each head; empty where the file has none.
    pub cells: Vec<String>,
}

/// What a table was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Text with a character between the cells.
    Csv {
        /// How its letters are written.
        encoding: Encoding,
        /// The character between cells.
        delimiter: char,
    },
    /// The first sheet of a workbook.
    Xlsx,
}

/// A table: heads and rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it was read from.
    pub source: Source,
    /// The first row that is not empty; at least one head has text.
    pub heads: Vec<String>,
    /// The rows below, without those that are empty.
    pub rows: Vec<Row>,
}

/// Why a file is no table. Lines are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// More bytes than [`FILE_BYTES_MAX`].
    #[error("the file has {bytes} bytes; the limit is {limit}")]
    FileTooLarge {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Nothing but blanks.
    #[error("the file has no rows")]
    Empty,
    /// Bytes that are no text in any encoding that is known here.
    #[error("line {line} is not text")]
    NotText {
        /// Where.
        line: usize,
    },
    /// A quotation mark that opens on the line is never closed.
    #[error("a quotation mark on line {line} is never closed")]
    UnclosedQuote {
        /// Where it opens.
        line: usize,
    },
    /// Text stands between a closing quotation mark and the end of the cell.
    #[error("text follows a closing quotation mark on line {line}")]
    TextAfterQuote {
        /// Where.
        line: usize,
    },
    /// A row has cells with text beyond the last head.
    #[error("line {line} has {cells} cells; there are {heads} heads")]
    TooWide {
        /// Where.
        line: usize,
        /// How many cells.
        cells: usize,
        /// How many heads.
        heads: usize,
    },
    /// More rows than [`ROWS_MAX`].
    #[error("there are more than {limit} rows")]
    TooManyRows {
        /// How many there may be.
        limit: usize,
    },
    /// More columns than [`COLUMNS_MAX`].
    #[error("line {line} has more than {limit} columns")]
    TooManyColumns {
        /// Where.
        line: usize,
        /// How many there may be.
        limit: usize,
    },
    /// More cells than [`CELLS_MAX`].
    #[error("there are more than {limit} cells")]
    TooManyCells {
        /// How many there may be.
        limit: usize,
    },
    /// A cell has more bytes than [`CELL_BYTES_MAX`].
    #[error("a cell on line {line} has more than {limit} bytes")]
    CellTooLong {
        /// Where.
        line: usize,
        /// How many bytes it may have.
        limit: usize,
    },
    /// A workbook of the old form (XLS), or one with a password.
    #[error("a workbook of the old form, or with a password")]
    OldWorkbook,
    /// A workbook, or the text of all cells, that takes more than is allowed.
    #[error("unpacked, the file takes more than {limit} bytes")]
    UnpacksTooLarge {
        /// How many bytes it may have.
        limit: usize,
    },
    /// A workbook that is damaged, or no workbook.
    #[error("the workbook is damaged")]
    Damaged,
}

impl TableError {
    /// All keys, for a check that the catalogue has a text for each.
    pub const KEYS: &'static [&'static str] = &[
        "table-file-too-large",
        "table-empty",
        "table-not-text",
        "table-unclosed-quote",
        "table-text-after-quote",
        "table-too-wide",
        "table-too-many-rows",
        "table-too-many-columns",
        "table-too-many-cells",
        "table-cell-too-long",
        "table-old-workbook",
        "table-unpacks-too-large",
        "table-damaged",
    ];

    /// The stable key of the text for people.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::FileTooLarge { .. } => "table-file-too-large",
            Self::Empty => "table-empty",
            Self::NotText { .. } => "table-not-text",
            Self::UnclosedQuote { .. } => "table-unclosed-quote",
            Self::TextAfterQuote { .. } => "table-text-after-quote",
            Self::TooWide { .. } => "table-too-wide",
            Self::TooManyRows { .. } => "table-too-many-rows",
            Self::TooManyColumns { .. } => "table-too-many-columns",
            Self::TooManyCells { .. } => "table-too-many-cells",
            Self::CellTooLong { .. } => "table-cell-too-long",
            Self::OldWorkbook => "table-old-workbook",
            Self::UnpacksTooLarge { .. } => "table-unpacks-too-large",
            Self::Damaged => "table-damaged",
        }
    }

    /// The numbers of that text by name.
    #[must_use]
    pub fn arguments(self) -> Vec<(&'static str, usize)> {
        match self {
            Self::FileTooLarge { bytes, limit } => vec![("bytes", bytes), ("limit", limit)],
            Self::NotText { line }
            | Self::UnclosedQuote { line }
            | Self::TextAfterQuote { line } => {
                vec![("line", line)]
            }
            Self::TooWide { line, cells, heads } => {
                vec![("line", line), ("cells", cells), ("heads", heads)]
            }
            Self::TooManyRows { limit }
            | Self::TooManyCells { limit }
            | Self::UnpacksTooLarge { limit } => vec![("limit", limit)],
            Self::TooManyColumns { line, limit } | Self::CellTooLong { line, limit } => {
                vec![("line", line), ("limit", limit)]
            }
            Self::Empty | Self::OldWorkbook | Self::Damaged => Vec::new(),
        }
    }
}

/// Reads a table: XLSX where the bytes begin as one, else CSV.
///
/// A CSV file is in UTF-8, in UTF-16 with its mark, or in windows-1251, with `,`, `;` or a tab between the cells and
/// quotation marks as RFC 4180 has them. Of a workbook the first sheet is read, its formulas by their last values.
///
/// # Errors
/// [`TableError`], with the line where there is one.
pub fn read(bytes: &[u8]) -> Result<Table, TableError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(TableError::FileTooLarge { bytes: bytes.len(), limit: FILE_BYTES_MAX });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Table::of(Source::Xlsx, xlsx::rows(bytes)?);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(TableError::OldWorkbook);
    }
    let (encoding, text) = encoding::decode(bytes)?;
    let delimiter = csv::delimiter(&text);
    Table::of(Source::Csv { encoding, delimiter }, csv::rows(&text, delimiter)?)
}

impl Table {
    fn of(source: Source, rows: Vec<Row>) -> Result<Self, TableError> {
        let mut rows = rows.into_iter().filter(|row| row.cells.iter().any(|cell| !is_blank(cell)));
        let mut heads = rows.next().ok_or(TableError::Empty)?.cells;
        while heads.last().is_some_and(|head| is_blank(head)) {
            heads.pop();
        }
        let fitted = rows.map(|mut row| {
            let used = row.cells.iter().rposition(|cell| !is_blank(cell)).map_or(0, |at| at + 1);
            if used > heads.len() {
                let (line, heads) = (row.line, heads.len());
                return Err(TableError::TooWide { line, cells: used, heads });
            }
            row.cells.resize(heads.len(), String::new());
            Ok(row)
        });
        let rows = fitted.collect::<Result<_, _>>()?;
        Ok(Self { source, heads, rows })
    }

    /// The position of the column whose head's code ([`code`]) is `code`. Codes are compared without regard to case; the first of several wins.
    #[must_use]
    pub fn column(&self, code: &str) -> Option<usize> {
        let wanted = code.to_lowercase();
        self.heads.iter().position(|head| self::code(head).to_lowercase() == wanted)
    }
}

fn is_blank(cell: &str) -> bool {
    cell.trim().is_empty()
}

/// The code of a head: the text before its first full stop, or all of it, without blanks around it. Where a form writes a
/// table's title in front and the line in brackets, as in `Rate [D1. Text]` or `D[D1]`, the code stands in the brackets.
#[must_use]
pub fn code(head: &str) -> &str {
    let first = head.split('.').next().unwrap_or(head);
    let inner = first.rsplit_once('[').map_or(first, |(_, inner)| inner);
    inner.trim().trim_end_matches(']').trim_end()
}

/// Collects rows within the bounds.
#[derive(Default)]
pub(crate) struct Rows {
    rows: Vec<Row>,
    row: Vec<String>,
    cells: usize,
    bytes: usize,
}

impl Rows {
    /// Puts a cell behind the last.
    pub(crate) fn cell(&mut self, line: usize, cell: String) -> Result<(), TableError> {
        if cell.len() > CELL_BYTES_MAX {
            return Err(TableError::CellTooLong { line, limit: CELL_BYTES_MAX });
        }
        if self.row.len() == COLUMNS_MAX {
            return Err(TableError::TooManyColumns { line, limit: COLUMNS_MAX });
        }
        self.cells += 1;
        if self.cells > CELLS_MAX {
            return Err(TableError::TooManyCells { limit: CELLS_MAX });
        }
        self.bytes += cell.len();
        if self.bytes > TEXT_BYTES_MAX {
            return Err(TableError::UnpacksTooLarge { limit: TEXT_BYTES_MAX });
        }
        self.row.push(cell);
        Ok(())
    }

    /// How many cells the row has so far.
    pub(crate) fn width(&self) -> usize {
        self.row.len()
    }

    /// Ends the row, which began on `line`. The heads are a row, too.
    pub(crate) fn end(&mut self, line: usize) -> Result<(), TableError> {
        if self.rows.len() > ROWS_MAX {
            return Err(TableError::TooManyRows { limit: ROWS_MAX });
        }
        self.rows.push(Row { line, cells: std::mem::take(&mut self.row) });
        Ok(())
    }

    pub(crate) fn finish(self) -> Vec<Row> {
        self.rows
    }
}
