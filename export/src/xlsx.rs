//! Tables as a workbook: a sheet each, texts as texts, days as days, numbers as numbers.
//!
//! A text is written as a string of its cell's type, which no spreadsheet calculates, whatever it begins with.

use std::collections::BTreeSet;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet,
};

use crate::ExportError;
use crate::context::Context;
use crate::table::{Cell, Table};

/// The most UTF-16 units of a sheet's name.
const NAME_UNITS_MAX: usize = 31;
/// The least that is left of a name's beginning.
const START_UNITS_MIN: usize = 4;
/// The most UTF-16 units of a cell's text; what is longer ends with an ellipsis.
const TEXT_UNITS_MAX: usize = 32_767;
/// The narrowest and the widest column, in digits of the standard font.
const COLUMN_DIGITS: (usize, usize) = (10, 44);
/// Wider sheets are printed on several pages beside each other, since nobody could read them on one.
const PRINTED_DIGITS_MAX: usize = 240;
/// ISO 216 A4, as Excel numbers paper.
const PAPER_A4: u8 = 9;

/// The forms that cells have.
struct Forms {
    heading: Format,
    text: Format,
    number: Format,
    share: Format,
    day: Format,
}

/// The workbook with a sheet for each of `tables`.
pub(crate) fn write(context: &Context<'_>, tables: &[Table]) -> Result<Vec<u8>, ExportError> {
    let mut workbook = Workbook::new();
    let (year, month, day) = context.now.day.numbers();
    let made = ExcelDateTime::from_ymd(year, month, day)?;
    let properties = DocProperties::new().set_title(context.of_plan("title"));
    workbook.set_properties(&properties.set_author("").set_creation_datetime(&made));
    let top = Format::new().set_align(FormatAlign::Top);
    let forms = Forms {
        heading: top
            .clone()
            .set_bold()
            .set_text_wrap()
            .set_background_color(Color::RGB(0x00DD_E8F0)),
        text: top.clone().set_text_wrap(),
        number: top.clone(),
        share: top.clone().set_num_format("0%"),
        day: top.set_num_format("dd.mm.yyyy").set_align(FormatAlign::Left),
    };
    let mut names = BTreeSet::new();
    for table in tables {
        let name = sheet_name(&table.title, &mut names);
        sheet(workbook.add_worksheet().set_name(name)?, table, &forms)?;
    }
    if tables.is_empty() {
        workbook.add_worksheet().set_name(sheet_name(&context.label("plan"), &mut names))?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn sheet(sheet: &mut Worksheet, table: &Table, forms: &Forms) -> Result<(), ExportError> {
    let widths: Vec<usize> = (0..table.columns.len()).map(|column| width(table, column)).collect();
    for (column, (heading, width)) in (0_u16..).zip(table.columns.iter().zip(&widths)) {
        sheet.write_string_with_format(0, column, cut(heading), &forms.heading)?;
        sheet.set_column_width(column, f64::from(u16::try_from(*width).unwrap_or(u16::MAX)))?;
    }
    // Strong letters are wider.
    let headings =
        table.columns.iter().zip(&widths).map(|(text, width)| (text.as_str(), width - 2));
    sheet.set_row_height(0, height(headings))?;
    for (row, cells) in (1_u32..).zip(&table.rows) {
        let texts = cells.iter().zip(&widths).filter_map(|(cell, width)| match cell {
            Cell::Text(text) => Some((text.as_str(), *width)),
            _ => None,
        });
        sheet.set_row_height(row, height(texts))?;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => sheet.write_blank(row, column, &forms.text)?,
                Cell::Text(text) => {
                    sheet.write_string_with_format(row, column, cut(text), &forms.text)?
                }
                Cell::Number(number) => {
                    sheet.write_number_with_format(row, column, *number, &forms.number)?
                }
                Cell::Share(share) => {
                    sheet.write_number_with_format(row, column, *share, &forms.share)?
                }
                Cell::Day(day) => {
                    let (year, month, number) = day.numbers();
                    match ExcelDateTime::from_ymd(year, month, number) {
                        Ok(moment) => {
                            sheet.write_datetime_with_format(row, column, &moment, &forms.day)?
                        }
                        // The calendar of a spreadsheet begins in 1900.
                        Err(_) => {
                            let text = day.to_string();
                            sheet.write_string_with_format(row, column, text, &forms.text)?
                        }
                    }
                }
            };
        }
    }
    let last = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let last_column = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, last(table.rows.len()), last_column)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_paper_size(PAPER_A4).set_landscape();
    if widths.iter().sum::<usize>() <= PRINTED_DIGITS_MAX {
        sheet.set_print_fit_to_pages(1, 0);
    }
    Ok(())
}

/// The height of a row, in points, in which texts have room in cells so many digits wide.
fn height<'a>(texts: impl Iterator<Item = (&'a str, usize)>) -> f64 {
    const LINE_POINTS: usize = 15;
    const ROW_POINTS_MAX: usize = 409;
    let lines = |(text, width): (&str, usize)| {
        // Words do not fill every line.
        let of = |line: &str| (line.chars().count() * 10 / 9).div_ceil(width.max(1)).max(1);
        text.lines().map(of).sum::<usize>()
    };
    let points = texts.map(lines).max().unwrap_or_default().max(1) * LINE_POINTS;
    f64::from(u16::try_from(points.min(ROW_POINTS_MAX)).unwrap_or(u16::MAX))
}

/// As wide as the longest line in the column, within [`COLUMN_DIGITS`].
fn width(table: &Table, column: usize) -> usize {
    const MARGIN: usize = 2;
    let heading = table.columns.get(column).map(|heading| {
        heading.split(' ').map(|word| word.chars().count()).max().unwrap_or_default()
    });
    let cells = table.rows.iter().filter_map(|row| row.get(column)).map(|cell| match cell {
        Cell::Text(text) => text.lines().map(|line| line.chars().count()).max().unwrap_or_default(),
        Cell::Day(_) => "dd.mm.yyyy".len(),
        Cell::Number(number) => number.to_string().len(),
        Cell::Share(_) => "100%".len(),
        Cell::Empty => 0,
    });
    let widest = heading.into_iter().chain(cells).max().unwrap_or_default() + MARGIN;
    widest.clamp(COLUMN_DIGITS.0, COLUMN_DIGITS.1)
}

/// A name that Excel takes and that no other sheet has, whatever the case of its letters.
fn sheet_name(title: &str, taken: &mut BTreeSet<String>) -> String {
    let letter = |c: char| if "[]:*?/\\".contains(c) || c.is_control() { ' ' } else { c };
    let title: String = title.chars().map(letter).collect();
    let title = title.trim().trim_matches('\'');
    let title = if title.is_empty() { "-".to_owned() } else { shortened(title) };
    let title = title.as_str();
    let numbered = |number: usize| {
        let end = if number == 1 { String::new() } else { format!(" {number}") };
        let start = units(title, NAME_UNITS_MAX - end.len());
        format!("{}{end}", start.trim_end())
    };
    let is_free = |name: &String| !taken.contains(&name.to_lowercase());
    // There are as many numbers as sheets, and one more.
    let found = (1..=taken.len() + 1).map(numbered).find(is_free).unwrap_or_else(|| numbered(1));
    taken.insert(found.to_lowercase());
    found
}

/// The title of a list inside a list with its own name whole, where there is no room for all: its beginning is cut.
fn shortened(title: &str) -> String {
    const PARTING: &str = " – ";
    let length = |text: &str| text.encode_utf16().count();
    let Some((start, own)) = title.rsplit_once(PARTING) else { return title.to_owned() };
    let room = NAME_UNITS_MAX.checked_sub(length(own) + length(PARTING) + 1);
    match room.filter(|room| length(title) > NAME_UNITS_MAX && *room >= START_UNITS_MIN) {
        Some(room) => format!("{}…{PARTING}{own}", units(start, room).trim_end_matches([' ', '–'])),
        None => title.to_owned(),
    }
}

/// The text as far as a cell holds it.
fn cut(text: &str) -> String {
    if text.encode_utf16().count() <= TEXT_UNITS_MAX {
        return text.to_owned();
    }
    format!("{}…", units(text, TEXT_UNITS_MAX - 1))
}

/// The longest start of the text that has at most `max` UTF-16 units.
fn units(text: &str, max: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > max
    });
    end.map_or(text, |(place, _)| text.get(..place).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_have_names_that_excel_takes_and_that_differ() {
        let mut taken = BTreeSet::new();
        let long = "Сапа мен үлгерім: тоқсан/жыл [барлық сыныптар]";
        let first = sheet_name(long, &mut taken);
        let second = sheet_name(&long.to_uppercase(), &mut taken);
        assert_eq!(first, "Сапа мен үлгерім  тоқсан жыл  б");
        assert!(second.ends_with(" 2") && second.chars().count() <= NAME_UNITS_MAX, "{second}");
        assert_eq!(sheet_name("", &mut taken), "-");
        // What a list is stands at the end.
        let inside = "Цифрлық аудит – бағыттар – индикаторлар";
        assert_eq!(sheet_name(inside, &mut taken), "Цифрлық аудит… – индикаторлар");
        let long = "Ә – өте ұзақ аты бар тізімнің өз атауы осы жерде";
        assert_eq!(sheet_name(long, &mut taken), "Ә – өте ұзақ аты бар тізімнің ө");
        assert_eq!(sheet_name("'", &mut taken), "- 2");
    }

    #[test]
    fn a_row_is_as_high_as_its_longest_text() {
        assert_eq!(height([].into_iter()), 15.0);
        assert_eq!(height([("ә", 10), ("ә ә", 10)].into_iter()), 15.0);
        assert_eq!(height([("ә".repeat(27).as_str(), 10)].into_iter()), 45.0);
        assert_eq!(height([("a\nb\n\nc", 10)].into_iter()), 60.0);
        assert_eq!(height([("ә".repeat(32_767).as_str(), 10)].into_iter()), 409.0);
    }

    #[test]
    fn a_text_is_cut_between_letters() {
        assert_eq!(units("ә😀б", 2), "ә");
        assert_eq!(units("ә😀б", 3), "ә😀");
        let long = cut(&"ұ".repeat(40_000));
        assert_eq!(long.encode_utf16().count(), TEXT_UNITS_MAX);
        assert!(long.ends_with('…'));
    }
}
