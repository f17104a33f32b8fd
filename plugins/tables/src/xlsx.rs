//! The first sheet of a workbook (ECMA-376, part 1, section 18): values as text, formulas by their last value.
//!
//! No entity is ever looked up: a document type is refused, and only XML's own five names and numbers are letters.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::zip::Archive;
use crate::{CELLS_MAX, COLUMNS_MAX, Row, Rows, TableError};

/// How deep elements may be nested.
const DEPTH_MAX: usize = 64;

pub(crate) fn rows(bytes: &[u8]) -> Result<Vec<Row>, TableError> {
    let mut archive = Archive::open(bytes)?;
    let name = first_sheet(&mut archive)?;
    let shared = match archive.content("xl/sharedStrings.xml")? {
        Some(text) => shared(&text)?,
        None => Vec::new(),
    };
    let sheet = archive.content(&name)?.ok_or(TableError::Damaged)?;
    sheet_rows(&sheet, &shared)
}

/// The path of the first sheet that the workbook lists.
fn first_sheet(archive: &mut Archive<'_>) -> Result<String, TableError> {
    let workbook = archive.content("xl/workbook.xml")?.ok_or(TableError::Damaged)?;
    let links = archive.content("xl/_rels/workbook.xml.rels")?.unwrap_or_default();
    let mut id = None;
    read(&workbook, |event| {
        if let Read::Start(start) = event
            && id.is_none()
            && is(start, "sheet")
        {
            id = attribute(start, "r:id");
        }
        Ok(())
    })?;
    let mut target = None;
    read(&links, |event| {
        if let Read::Start(start) = event
            && is(start, "Relationship")
            && attribute(start, "Id") == id
        {
            target = target.take().or_else(|| attribute(start, "Target"));
        }
        Ok(())
    })?;
    Ok(match target {
        Some(target) if target.starts_with('/') => target.trim_start_matches('/').to_owned(),
        Some(target) => format!("xl/{target}"),
        None => "xl/worksheets/sheet1.xml".to_owned(),
    })
}

/// What a reader of XML hears.
enum Read<'a> {
    Start(&'a BytesStart<'a>),
    Text(&'a str),
    End(&'a str),
}

/// Reads XML and hands out beginnings, texts and ends; an empty element is both beginning and end.
fn read(
    text: &str,
    mut hear: impl FnMut(Read<'_>) -> Result<(), TableError>,
) -> Result<(), TableError> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|_| TableError::Damaged)? {
            Event::Start(start) => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(TableError::Damaged);
                }
                hear(Read::Start(&start))?;
            }
            Event::Empty(start) => {
                hear(Read::Start(&start))?;
                hear(Read::End(start.local_name().as_ref()))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                hear(Read::End(end.local_name().as_ref()))?;
            }
            Event::Text(text) => hear(Read::Text(&text.xml10_content()))?,
            Event::CData(text) => hear(Read::Text(&text.xml10_content()))?,
            Event::GeneralRef(name) => {
                let mut letters = [0; 4];
                hear(Read::Text(letter(&name)?.encode_utf8(&mut letters)))?;
            }
            Event::DocType(_) => return Err(TableError::Damaged),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn letter(name: &BytesRef<'_>) -> Result<char, TableError> {
    if let Ok(Some(letter)) = name.resolve_char_ref() {
        return Ok(letter);
    }
    match name.xml10_content().as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(TableError::Damaged),
    }
}

fn is(start: &BytesStart<'_>, name: &str) -> bool {
    start.local_name().as_ref() == name
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).ok()??;
    Some(found.value.into_owned())
}

/// Texts that cells point to, in order. Hints on how a word is read (`rPh`) are no part of them.
fn shared(text: &str) -> Result<Vec<String>, TableError> {
    let mut texts = Vec::new();
    let (mut current, mut in_text, mut in_hint) = (String::new(), false, false);
    read(text, |event| {
        match event {
            Read::Start(start) => {
                in_text |= is(start, "t");
                in_hint |= is(start, "rPh");
            }
            Read::Text(piece) if in_text && !in_hint => current.push_str(piece),
            Read::Text(_) => {}
            Read::End("t") => in_text = false,
            Read::End("rPh") => in_hint = false,
            Read::End("si") if texts.len() == CELLS_MAX => {
                return Err(TableError::TooManyCells { limit: CELLS_MAX });
            }
            Read::End("si") => texts.push(std::mem::take(&mut current)),
            Read::End(_) => {}
        }
        Ok(())
    })?;
    Ok(texts)
}

/// A sheet on its way to rows.
struct Sheet<'a> {
    shared: &'a [String],
    rows: Rows,
    /// The row's number.
    line: usize,
    /// The cell's column and kind.
    column: usize,
    kind: String,
    value: String,
    in_value: bool,
}

fn sheet_rows(text: &str, shared: &[String]) -> Result<Vec<Row>, TableError> {
    let mut sheet = Sheet {
        shared,
        rows: Rows::default(),
        line: 0,
        column: 0,
        kind: String::new(),
        value: String::new(),
        in_value: false,
    };
    read(text, |event| sheet.hear(event))?;
    Ok(sheet.rows.finish())
}

impl Sheet<'_> {
    fn hear(&mut self, event: Read<'_>) -> Result<(), TableError> {
        match event {
            Read::Start(start) if is(start, "row") => {
                let number = attribute(start, "r").and_then(|number| number.parse().ok());
                self.line = number.unwrap_or(self.line + 1);
            }
            Read::Start(start) if is(start, "c") => {
                let place = attribute(start, "r").and_then(|place| column(&place));
                self.column = place.unwrap_or(self.rows.width());
                self.kind = attribute(start, "t").unwrap_or_default();
                self.value.clear();
            }
            Read::Start(start) if is(start, "v") || is(start, "t") => self.in_value = true,
            Read::Text(piece) if self.in_value => self.value.push_str(piece),
            Read::End("v" | "t") => self.in_value = false,
            Read::End("c") => self.cell()?,
            Read::End("row") => self.rows.end(self.line)?,
            Read::Start(_) | Read::Text(_) | Read::End(_) => {}
        }
        Ok(())
    }

    fn cell(&mut self) -> Result<(), TableError> {
        if self.column >= COLUMNS_MAX {
            return Err(TableError::TooManyColumns { line: self.line, limit: COLUMNS_MAX });
        }
        if self.column < self.rows.width() {
            return Err(TableError::Damaged);
        }
        while self.rows.width() < self.column {
            self.rows.cell(self.line, String::new())?;
        }
        let value = std::mem::take(&mut self.value);
        let text = match self.kind.as_str() {
            "s" => {
                let at: usize = value.trim().parse().map_err(|_| TableError::Damaged)?;
                self.shared.get(at).cloned().ok_or(TableError::Damaged)?
            }
            // An error such as `#N/A` is no value.
            "e" => String::new(),
            _ => value,
        };
        self.rows.cell(self.line, text)
    }
}

/// The column of a place such as `AB12`, from 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase);
    let number =
        letters.take(4).fold(0, |number, letter| number * 26 + usize::from(letter - b'A' + 1));
    number.checked_sub(1)
}
