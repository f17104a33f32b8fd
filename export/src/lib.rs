//! The plan as files that people use: Word, tables, a calendar, Markdown.
//!
//! Everything follows the schemas of `jospar-core`: a new part of the plan, or a new field, is in the files without a
//! change here. Some records have a form of their own, as an order or the minutes of a meeting; what such a form has no
//! place for stands below it. The other way, [`given`] reads the rows of a table as things of a list.
//!
//! Pure: a plan comes in as the JSON of `jospar export`, bytes go out. The same plan, language and moment give the same
//! bytes. What a file never holds: names of people (a plan's JSON has none), single votes, reflections marked private.
//!
//! ```
//! use jospar_core::time::Timestamp;
//! use jospar_export::{Format, Plan, Wanted, export};
//! use jospar_locales::Language;
//!
//! let plan = Plan::read(r#"{"schema": "jospar.plan/1", "needs": [{"id": "n1", "title": {"en": "Time"}}]}"#)?;
//! let wanted = Wanted { format: Format::Csv, part: Some("needs"), id: None };
//! let file = export(&plan, wanted, Language::En, Timestamp(1_796_000_000_000))?;
//! assert_eq!(file.name, "needs-2026-11-30.csv");
//! assert!(file.bytes.ends_with(b"Title\r\nTime\r\n"));
//! # Ok::<(), jospar_export::ExportError>(())
//! ```

mod block;
mod calendar;
mod compose;
mod context;
mod csv;
mod docx;
mod form;
pub mod given;
mod grid;
mod markdown;
mod plan;
mod questionnaire;
mod table;
mod xlsx;

use std::borrow::Cow;

use jospar_core::plan::{Date, ImportError};
use jospar_core::time::Timestamp;
use jospar_locales::Language;

use context::Context;
pub use plan::Plan;
pub use questionnaire::{Blank, FormFormat, Role, Section, blank, questionnaire};
pub use table::table_paths;

/// A form that a plan can leave the program in, beside the JSON that holds all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A text document (ECMA-376, `WordprocessingML`).
    Docx,
    /// A workbook with a sheet for each table (ECMA-376, `SpreadsheetML`).
    Xlsx,
    /// One table (RFC 4180), in UTF-8 with a byte order mark.
    Csv,
    /// The days of the plan (RFC 5545).
    Ics,
    /// Text with marks (CommonMark, with tables).
    Markdown,
}

impl Format {
    /// All formats, in the order they are offered.
    pub const ALL: [Self; 5] = [Self::Docx, Self::Xlsx, Self::Csv, Self::Ics, Self::Markdown];

    /// What the names of its files end with: `docx`, `xlsx`, `csv`, `ics`, `md`.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Ics => "ics",
            Self::Markdown => "md",
        }
    }

    /// The format whose files end so.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }

    /// The media type, for a browser.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ics => "text/calendar; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
        }
    }
}

/// What a file shall hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Its form.
    pub format: Format,
    /// One part of the plan by its name in paths (`risks`), or one table ([`table_paths`]: `kpis/measurements`).
    /// All of the plan if `None`.
    pub part: Option<&'a str>,
    /// One thing of a part: a meeting for its minutes, an order, a bulletin, a lesson study. For text documents.
    pub id: Option<&'a str>,
}

/// A file to be written or offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// A name of ASCII letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The media type.
    pub mime: &'static str,
    /// The content.
    pub bytes: Vec<u8>,
}

/// No file can be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The JSON is no plan.
    #[error(transparent)]
    NotAPlan(#[from] ImportError),
    /// The plan has no such part, or the format no place for it. Choose one of those that are known.
    #[error("{part:?} is no part for this format; there are {known:?}")]
    UnknownPart {
        /// What was asked for, at most 80 characters.
        part: String,
        /// What can be asked for.
        known: Vec<String>,
    },
    /// CSV holds one table. Name one of those that the plan has.
    #[error("a CSV file holds one table; there are {known:?}")]
    PartNeeded {
        /// The plan's tables.
        known: Vec<String>,
    },
    /// Nothing with this id stands where it was looked for. Look the id up in the plan.
    #[error("nothing has the id {id:?}")]
    UnknownId {
        /// What was asked for, at most 80 characters.
        id: String,
    },
    /// Only text documents hold one thing. Leave the id away, or choose another format.
    #[error("{format:?} cannot hold one thing alone")]
    IdNotPossible {
        /// The format.
        format: Format,
    },
    /// The moment lies outside the years 1 to 9999. Correct the clock.
    #[error("{0} ms since 1970 is no moment of this calendar")]
    Moment(i64),
    /// The workbook cannot be written.
    #[error("the workbook cannot be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The parts of a document cannot be packed.
    #[error("the document cannot be packed")]
    Pack(#[from] zip::result::ZipError),
    /// The parts of a document cannot be packed.
    #[error("the document cannot be packed")]
    Write(#[from] std::io::Error),
}

impl ExportError {
    /// The key of its message in the catalogue.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::UnknownPart { .. } => "error-export-part",
            Self::PartNeeded { .. } => "error-export-part-needed",
            Self::UnknownId { .. } => "error-export-id",
            Self::IdNotPossible { .. } => "error-export-id-alone",
            Self::Moment(_) => "error-export-moment",
            Self::NotAPlan(_) | Self::Workbook(_) | Self::Pack(_) | Self::Write(_) => {
                "error-export-failed"
            }
        }
    }

    /// The values of its message, by name.
    #[must_use]
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::UnknownPart { part, known } => {
                vec![("part", part.clone()), ("known", known.join(", "))]
            }
            Self::PartNeeded { known } => vec![("known", known.join(", "))],
            Self::UnknownId { id } => vec![("id", id.clone())],
            Self::IdNotPossible { format } => vec![("format", format.extension().to_owned())],
            Self::Moment(_) => Vec::new(),
            Self::NotAPlan(error) => vec![("reason", error.to_string())],
            Self::Workbook(error) => vec![("reason", error.to_string())],
            Self::Pack(error) => vec![("reason", error.to_string())],
            Self::Write(error) => vec![("reason", error.to_string())],
        }
    }
}

/// Writes `plan`, or what is wanted of it, in the words of `language`, as of `now`.
///
/// # Errors
/// See [`ExportError`]: each variant says what to do.
pub fn export(
    plan: &Plan,
    wanted: Wanted<'_>,
    language: Language,
    now: Timestamp,
) -> Result<File, ExportError> {
    let Wanted { format, part, id } = wanted;
    let named = part.map(|part| named(plan, part));
    let part = named.as_deref();
    let moment = Moment::of(now)?;
    let context = Context::new(plan, language, moment);
    if id.is_some() && !matches!(format, Format::Docx | Format::Markdown) {
        return Err(ExportError::IdNotPossible { format });
    }
    let bytes = match format {
        Format::Docx => docx::write(&compose::document(&context, part, id)?, moment)?,
        Format::Markdown => markdown::write(&compose::document(&context, part, id)?).into_bytes(),
        Format::Xlsx => xlsx::write(&context, &table::wanted(&context, part)?)?,
        Format::Csv => csv::write(&table::one(&context, part)?).into_bytes(),
        Format::Ics => calendar::write(&context, part)?.into_bytes(),
    };
    Ok(File { name: file_name(wanted, moment.day), mime: format.mime(), bytes })
}

/// The name of a part in a plan's file, for the name that paths begin with: a discussion is `comments_threads` there.
fn named<'a>(plan: &Plan, part: &'a str) -> Cow<'a, str> {
    let (first, rest) = part.split_at(part.find('/').unwrap_or(part.len()));
    let parts = plan.parts();
    if parts.iter().any(|part| part.name == first) {
        return part.into();
    }
    let mut of_kind = parts.iter().filter(|part| part.kind.name() == first);
    match (of_kind.next(), of_kind.next()) {
        (Some(only), None) => format!("{}{rest}", only.name).into(),
        _ => part.into(),
    }
}

/// A moment in UTC.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) day: Date,
    /// Hour, minute, second.
    pub(crate) time: (i8, i8, i8),
}

impl Moment {
    fn of(now: Timestamp) -> Result<Self, ExportError> {
        let refused = || ExportError::Moment(now.0);
        let moment = jiff::Timestamp::from_millisecond(now.0).map_err(|_| refused())?;
        let local = jiff::tz::TimeZone::UTC.to_datetime(moment);
        let number = |part: i8| u8::try_from(part).ok();
        let year = u16::try_from(local.year()).ok();
        let day = year.zip(number(local.month())).zip(number(local.day()));
        let day = day.and_then(|((year, month), day)| Date::from_numbers(year, month, day));
        let time = (local.hour(), local.minute(), local.second());
        Ok(Self { day: day.ok_or_else(refused)?, time })
    }
}

/// The most characters of an id that a file's name holds.
const ID_CHARS_MAX: usize = 40;

fn file_name(wanted: Wanted<'_>, day: Date) -> String {
    let plain = |text: &str| {
        let letter = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        text.chars().take(ID_CHARS_MAX).map(letter).collect::<String>()
    };
    let mut parts = vec![plain(wanted.part.unwrap_or("plan"))];
    parts.extend(wanted.id.map(plain));
    format!("{}-{day}.{}", parts.join("-"), wanted.format.extension())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_of_files_hold_plain_letters_alone() {
        let day = "2026-11-30".parse().unwrap();
        let name = |part, id| file_name(Wanted { format: Format::Docx, part, id }, day);
        assert_eq!(name(Some("meetings"), Some("m3")), "meetings-m3-2026-11-30.docx");
        assert_eq!(name(None, Some("../Ә/0")), "plan------0-2026-11-30.docx");
        assert_eq!(
            name(Some(&"a".repeat(99)), None).len(),
            ID_CHARS_MAX + "-2026-11-30.docx".len()
        );
    }
}
