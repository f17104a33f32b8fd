//! Tables as people's programs write them, and as nobody should.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use jospar_tables::{
    CELL_BYTES_MAX, COLUMNS_MAX, Encoding, FILE_BYTES_MAX, ROWS_MAX, Source, Table, TableError,
    read,
};
use proptest::prelude::*;

fn cells(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect()
}

fn csv(text: &str) -> Table {
    read(text.as_bytes()).unwrap()
}

#[test]
fn the_example_survey_and_results_are_read_whole() {
    let survey = read(include_bytes!("../../../data/teacher-survey.csv")).unwrap();
    assert_eq!((survey.heads.len(), survey.rows.len()), (20, 60));
    assert_eq!(survey.column("d5"), Some(7));
    assert_eq!(survey.column("пікір"), Some(19));
    assert_eq!(survey.heads[4], "D2. Сабаққа қажетті цифрлық ресурсты өзім тауып, бейімдей аламын");
    assert_eq!(survey.rows.iter().filter(|row| row.cells[19].contains('\n')).count(), 1);
    assert_eq!(survey.rows.iter().filter(|row| !row.cells[19].is_empty()).count(), 26);
    let blanks: usize = survey
        .rows
        .iter()
        .map(|row| row.cells[3..19].iter().filter(|cell| cell.is_empty()).count())
        .sum();
    assert_eq!(blanks, 31);
    let lesson = read(include_bytes!("../../../data/lesson-results.csv")).unwrap();
    assert_eq!((lesson.heads.len(), lesson.rows.len()), (16, 210));
    assert_eq!(lesson.rows[209].line, 211);
}

#[test]
fn delimiters_are_told_by_rows_that_are_equally_wide() {
    for (text, delimiter) in [
        ("a,b\n1,2\n", ','),
        ("a;b\n1;2\n", ';'),
        ("a\tb\n1\t2\n", '\t'),
        // Commas inside of heads and decimal commas.
        ("A1. Мен, әрине, келісемін;B\n3,5;4,0\n2,0;1,5\n", ';'),
        ("name;score\n\"a;b\";1\n", ';'),
        ("one column\nvalue\n", ','),
    ] {
        let Source::Csv { delimiter: found, .. } = csv(text).source else { unreachable!() };
        assert_eq!(found, delimiter, "{text}");
    }
}

#[test]
fn letters_are_read_in_every_encoding_that_programs_write() {
    let text = "рөлі;Пікір\nӘкімшілік;қиын\n";
    let utf16 = |unit: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
    };
    let files = [
        (Encoding::Utf8, text.as_bytes().to_vec()),
        (Encoding::Utf8, [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        (Encoding::Utf16, utf16(u16::to_le_bytes, [0xff, 0xfe])),
        (Encoding::Utf16, utf16(u16::to_be_bytes, [0xfe, 0xff])),
    ];
    for (encoding, bytes) in files {
        let table = read(&bytes).unwrap();
        assert_eq!(table.source, Source::Csv { encoding, delimiter: ';' });
        assert_eq!((table.heads[0].as_str(), cells(&table)[0][0]), ("рөлі", "Әкімшілік"));
    }
    // windows-1251: «Роль;Ё №» and i with a dot, which Kazakh shares with Ukrainian.
    let bytes = b"\xd0\xee\xeb\xfc;\xa8 \xb9\n\xb3;\xff\n";
    let table = read(bytes).unwrap();
    assert_eq!(table.source, Source::Csv { encoding: Encoding::Windows1251, delimiter: ';' });
    assert_eq!((table.heads[0].as_str(), table.heads[1].as_str()), ("Роль", "Ё №"));
    assert_eq!(cells(&table)[0], ["і", "я"]);
}

#[test]
fn quotation_marks_follow_rfc_4180() {
    let table = csv("a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n\"\" ,6\" pipe\r\n");
    assert_eq!(cells(&table), [["x, \"y\"\nz", "2"], ["", "6\" pipe"]]);
    assert_eq!((table.rows[0].line, table.rows[1].line), (2, 4));
    assert_eq!(cells(&csv("a,b\n1,2")), [["1", "2"]]);
    assert_eq!(cells(&csv("a,b\n1,")), [["1", ""]]);
    assert_eq!(cells(&csv("\n\n a ,b\n\n1,2\n,\n")), [["1", "2"]]);
    assert_eq!(cells(&csv("a,b,,\n1,2,,\n3\n")), [["1", "2"], ["3", ""]]);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let error = |text: &str| read(text.as_bytes()).unwrap_err();
    assert_eq!(error("a,b\n1,\"2\n3,4\n"), TableError::UnclosedQuote { line: 2 });
    assert_eq!(error("a,b\n1,2\n\"x\"y,2\n"), TableError::TextAfterQuote { line: 3 });
    assert_eq!(error("a,b\n1,2\n1,2,3\n"), TableError::TooWide { line: 3, cells: 3, heads: 2 });
    assert_eq!(error(" \n,,\n"), TableError::Empty);
    assert_eq!(error(""), TableError::Empty);
    assert_eq!(error("a,b\n1,\0\n"), TableError::NotText { line: 2 });
    assert_eq!(read(b"\xd0\xee\n\xd0\x98\n").unwrap_err(), TableError::NotText { line: 2 });
    assert_eq!(read(b"\xff\xfea\0\n\0\x00\xd8").unwrap_err(), TableError::NotText { line: 2 });
    assert_eq!(read(b"\xef\xbb\xbfa\n\xff").unwrap_err(), TableError::NotText { line: 2 });
    assert_eq!(read(b"\xd0\xcf\x11\xe0\xa1").unwrap_err(), TableError::OldWorkbook);
}

#[test]
fn t30_every_bound_holds() {
    let error = |text: &str| read(text.as_bytes()).unwrap_err();
    let long = format!("a,b\n\"{}\",1\n", "x".repeat(CELL_BYTES_MAX + 1));
    assert_eq!(error(&long), TableError::CellTooLong { line: 2, limit: CELL_BYTES_MAX });
    let open = format!("a,b\n\"{}", "x\n".repeat(CELL_BYTES_MAX));
    assert_eq!(error(&open), TableError::CellTooLong { line: 2, limit: CELL_BYTES_MAX });
    let wide = ",x".repeat(COLUMNS_MAX);
    assert_eq!(error(&wide), TableError::TooManyColumns { line: 1, limit: COLUMNS_MAX });
    assert_eq!(error(&"x\n".repeat(ROWS_MAX + 2)), TableError::TooManyRows { limit: ROWS_MAX });
    assert_eq!(csv(&"x\n".repeat(ROWS_MAX + 1)).rows.len(), ROWS_MAX);
    let row = ",x".repeat(COLUMNS_MAX - 1) + "\n";
    assert_eq!(error(&row.repeat(1_000)).key(), "table-too-many-cells");
    let bytes = FILE_BYTES_MAX + 1;
    let too_large = TableError::FileTooLarge { bytes, limit: FILE_BYTES_MAX };
    assert_eq!(read(&vec![b'x'; bytes]).unwrap_err(), too_large);
}

/// Made by openpyxl (texts inside of cells or shared, dates with a style) and by XlsxWriter (a text of several runs, a
/// formula with its value).
#[test]
fn workbooks_of_two_programs_are_read_alike() {
    for bytes in [
        include_bytes!("files/openpyxl.xlsx").as_slice(),
        include_bytes!("files/xlsxwriter.xlsx").as_slice(),
    ] {
        let table = read(bytes).unwrap();
        assert_eq!(table.source, Source::Xlsx);
        assert_eq!(table.heads[2], "D1. Журналды <сенімді> жүргіземін & тағы");
        assert_eq!(table.column("D5"), Some(3));
        let rows = cells(&table);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0][1..], ["Әкімшілік", "4", "2", "Қиын, бірақ \"керек\""]);
        assert_eq!(rows[1][1..], ["Мұғалім", "5", "", "екі\nжол"]);
        assert_eq!(rows[2][2], "3.5");
        // 2026-09-14 is day 46279 of the spreadsheet's calendar.
        assert!(rows[0][0].starts_with("46279.4375"), "{}", rows[0][0]);
        assert_eq!((table.rows[1].line, table.rows[2].line), (3, 5));
    }
}

/// A ZIP file of stored or deflated entries.
fn zip(entries: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut file, mut list) = (Vec::new(), Vec::new());
    for (name, content, deflate) in entries {
        let packed = match deflate {
            true => miniz_oxide::deflate::compress_to_vec(content, 6),
            false => content.to_vec(),
        };
        let offset = file.len() as u32;
        let method: u16 = if *deflate { 8 } else { 0 };
        let sizes = [packed.len() as u32, content.len() as u32].map(u32::to_le_bytes).concat();
        let lengths = [name.len() as u16, 0].map(u16::to_le_bytes).concat();
        let middle = [&method.to_le_bytes()[..], &[0; 8], &sizes, &lengths].concat();
        file.extend(
            [b"PK\x03\x04\x14\0\0\0".as_slice(), &middle, name.as_bytes(), &packed].concat(),
        );
        let tail = [&[0; 10][..], &offset.to_le_bytes(), name.as_bytes()].concat();
        list.extend([b"PK\x01\x02\x14\0\x14\0\0\0".as_slice(), &middle, &tail].concat());
    }
    let count = (entries.len() as u16).to_le_bytes();
    let sizes = [list.len() as u32, file.len() as u32].map(u32::to_le_bytes).concat();
    let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &sizes, &[0; 2]].concat();
    [file, list, end].concat()
}

fn workbook(sheet: &str, shared: &str) -> Vec<u8> {
    zip(&[
        ("xl/workbook.xml", br#"<workbook><sheets><sheet name="a" r:id="r7"/></sheets></workbook>"#, false),
        (
            "xl/_rels/workbook.xml.rels",
            br#"<Relationships><Relationship Id="r1" Target="x"/><Relationship Id="r7" Target="/xl/s.xml"/></Relationships>"#,
            true,
        ),
        ("xl/sharedStrings.xml", shared.as_bytes(), true),
        ("xl/s.xml", sheet.as_bytes(), true),
    ])
}

#[test]
fn cells_stand_where_their_place_says() {
    let sheet = r#"<worksheet><sheetData><row r="2"><c r="B2" t="inlineStr"><is><t>b</t></is></c><c r="AA2" t="s"><v>1</v></c></row>
        <row r="4"><c r="C4"><f>1+1</f><v>2</v></c><c r="D4" t="e"><v>#N/A</v></c></row></sheetData></worksheet>"#;
    let shared = "<sst><si><t>x</t></si><si><r><t>a&amp;</t></r><rPh><t>no</t></rPh><r><t>&#x456;</t></r></si></sst>";
    let table = read(&workbook(sheet, shared)).unwrap();
    assert_eq!(
        (table.heads.len(), table.heads[1].as_str(), table.heads[26].as_str()),
        (27, "b", "a&і")
    );
    assert_eq!((table.rows[0].line, table.rows[0].cells[2].as_str()), (4, "2"));
    assert_eq!(table.rows[0].cells[3], "");
}

#[test]
fn t30_hostile_workbooks_are_refused() {
    let of = |sheet: &str| read(&workbook(sheet, "<sst><si><t>x</t></si></sst>")).unwrap_err();
    assert_eq!(
        of(r#"<worksheet><row><c t="s"><v>9</v></c></row></worksheet>"#),
        TableError::Damaged
    );
    assert_eq!(
        of(r#"<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>"#),
        TableError::Damaged
    );
    assert_eq!(of(r#"<row r="7"><c r="ZZZ7"><v>1</v></c></row>"#).key(), "table-too-many-columns");
    assert_eq!(of(&"<a>".repeat(100_000)), TableError::Damaged);
    let entity =
        r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><row><c><v>&x;</v></c></row>"#;
    assert_eq!(of(entity), TableError::Damaged);
    assert_eq!(of("<row><c><v>&x;</v></c></row>"), TableError::Damaged);
    // A bomb: 64 MiB of blanks are 64 KiB packed.
    let bomb = " ".repeat(64 << 20);
    assert_eq!(read(&workbook(&bomb, "")).unwrap_err().key(), "table-unpacks-too-large");
    // Many cells that point to one long text.
    let shared = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(CELL_BYTES_MAX));
    let row = r#"<row><c t="s"><v>0</v></c></row>"#.repeat(1_000);
    assert_eq!(read(&workbook(&row, &shared)).unwrap_err().key(), "table-unpacks-too-large");
    assert_eq!(of(&"<row/>".repeat(ROWS_MAX + 2)).key(), "table-too-many-rows");
    assert_eq!(read(b"PK\x03\x04").unwrap_err(), TableError::Damaged);
    assert_eq!(read(&zip(&[("a", b"", false)])).unwrap_err(), TableError::Damaged);
}

#[test]
fn keys_are_those_of_the_list() {
    let some = [TableError::Empty, TableError::Damaged, TableError::NotText { line: 1 }];
    assert!(some.iter().all(|error| TableError::KEYS.contains(&error.key())));
    assert_eq!(TableError::TooWide { line: 3, cells: 3, heads: 2 }.arguments()[0], ("line", 3));
}

proptest! {
    #[test]
    fn t30_no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), start in 0..4_usize) {
        let begins: [&[u8]; 4] = [b"", b"PK\x03\x04", b"\xff\xfe", b"a,b\n\""];
        drop(read(&[begins[start], &bytes].concat()));
    }

    #[test]
    fn t30_no_damage_to_a_workbook_makes_it_panic(at in 0..5_700_usize, value in any::<u8>(), cut in 0..5_712_usize) {
        let mut bytes = include_bytes!("files/openpyxl.xlsx").to_vec();
        bytes[at] = value;
        drop(read(&bytes));
        drop(read(&bytes[..cut]));
    }

    #[test]
    fn what_is_written_is_read(rows in proptest::collection::vec(proptest::collection::vec("[a-zӘқ ,;\"\n]{0,6}x", 3), 1..6)) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(";");
        let text: String = rows.iter().map(|row| line(row) + "\r\n").collect();
        let table = read(text.as_bytes()).unwrap();
        prop_assert_eq!(&table.heads, &rows[0]);
        let read: Vec<Vec<String>> = table.rows.into_iter().map(|row| row.cells).collect();
        prop_assert_eq!(&read[..], &rows[1..]);
    }
}
