use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::*;

/// The sheets of a workbook: names and cells.
pub(crate) fn open(bytes: &[u8]) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let rows = |range: calamine::Range<Data>| range.rows().map(<[Data]>::to_vec).collect();
    workbook.worksheets().into_iter().map(|(name, range)| (name, rows(range))).collect()
}

fn sheet<'a>(book: &'a [(String, Vec<Vec<Data>>)], name: &str) -> &'a [Vec<Data>] {
    let names: Vec<&str> = book.iter().map(|(name, _)| name.as_str()).collect();
    let found = book.iter().find(|(found, _)| found == name);
    &found.unwrap_or_else(|| panic!("no {name} in {names:?}")).1
}

fn column(rows: &[Vec<Data>], heading: &str) -> Vec<Data> {
    let place = rows[0].iter().position(|cell| *cell == Data::String(heading.to_owned()));
    let place = place.unwrap_or_else(|| panic!("no {heading} in {:?}", rows[0]));
    rows[1..].iter().map(|row| row[place].clone()).collect()
}

#[test]
fn a_workbook_has_a_sheet_for_each_list_with_real_numbers_and_days() {
    let book = open(&all(&example(), Format::Xlsx, Language::Kk).bytes);
    assert_eq!(book.len(), table_paths(&example()).len());
    let kpis = sheet(&book, "Көрсеткіштер");
    assert_eq!(kpis.len(), 9);
    assert_eq!(kpis[0][0], Data::String("Атауы".to_owned()));
    assert_eq!(column(kpis, "Мақсатты мән")[0], Data::Float(0.45));
    let Data::DateTime(day) = &column(kpis, "Өлшенген")[0] else { panic!("{kpis:?}") };
    assert_eq!(day.to_ymd_hms_milli(), (2026, 11, 13, 0, 0, 0, 0));
    assert_eq!(
        column(kpis, "Нәтиже")[0],
        Data::String("Оқу сапасы мен мектеп имиджі жақсарады".to_owned())
    );
    let Data::Float(progress) = column(kpis, "Орындалуы")[0] else { panic!("{kpis:?}") };
    assert!((progress - 1.05).abs() < 1e-9);
    let risks = sheet(&book, "Тәуекелдер");
    assert_eq!(column(risks, "Балл")[0], Data::Float(16.0));
    let decisions = sheet(&book, "Кездесулер – шешімдер");
    assert_eq!(column(decisions, "Кездесулер")[3], Data::String("Пилоттар қорытындысы".to_owned()));
    assert_eq!(column(decisions, "Жауапты адам")[3], Data::String("Директор".to_owned()));
}

#[test]
fn sheets_are_named_in_the_readers_language_with_a_first_row_that_stays() {
    for (language, name) in [(Language::Ru, "Инициативы"), (Language::En, "Initiatives")]
    {
        let file = all(&example(), Format::Xlsx, language);
        let book = open(&file.bytes);
        assert!(sheet(&book, name).len() == 6);
        assert!(book.iter().all(|(name, _)| name.encode_utf16().count() <= 31));
        let mut package = zip::ZipArchive::new(Cursor::new(file.bytes.as_slice())).unwrap();
        for number in 1..=book.len() {
            let mut xml = String::new();
            let name = format!("xl/worksheets/sheet{number}.xml");
            std::io::Read::read_to_string(&mut package.by_name(&name).unwrap(), &mut xml).unwrap();
            assert!(xml.contains("state=\"frozen\"") && xml.contains("ySplit=\"1\""), "{name}");
            assert!(!xml.contains("<f>"), "{name} has a formula");
        }
    }
}

/// A plan whose texts begin like formulas.
fn formulas() -> (Plan, Vec<&'static str>) {
    let starts = vec![
        "=1+1",
        "+7 701",
        "-5",
        "@SUM(A1:A9)",
        "\t=1",
        "\r=1",
        "=HYPERLINK(\"//x\",\"y\")",
        "=cmd|'/c'!A0",
    ];
    let needs: Vec<Value> = starts.iter().map(|text| json!({"title": {"kk": text}})).collect();
    let needs = needs.into_iter().enumerate().map(|(n, mut need)| {
        need["id"] = json!(format!("n{n}x"));
        need
    });
    (plan(json!({"needs": needs.collect::<Vec<_>>()})), starts)
}

#[test]
fn t29_a_text_that_begins_like_a_formula_stays_a_text_in_a_workbook() {
    let (plan, starts) = formulas();
    let file = all(&plan, Format::Xlsx, Language::Kk);
    let book = open(&file.bytes);
    let found = column(sheet(&book, "Қажеттіліктер"), "Атауы");
    for (text, cell) in starts.iter().zip(found) {
        let Data::String(cell) = cell else { panic!("{cell:?} for {text:?}") };
        assert_eq!(cell.trim(), text.trim());
    }
    let mut workbook = Xlsx::new(Cursor::new(file.bytes.as_slice())).unwrap();
    assert!(workbook.worksheet_formula("Қажеттіліктер").unwrap().used_cells().count() == 0);
}

#[test]
fn t29_a_text_that_begins_like_a_formula_is_quoted_in_csv() {
    let (plan, starts) = formulas();
    let file = part(&plan, Format::Csv, "needs", None);
    let rows = jospar_tables::read(&file.bytes).unwrap();
    let cells: Vec<&str> = rows.rows.iter().map(|row| row.cells[0].as_str()).collect();
    assert_eq!(cells.len(), starts.len());
    assert!(cells.iter().all(|cell| cell.starts_with('\'')), "{cells:?}");
}

#[test]
fn a_table_as_csv_has_plain_numbers_and_days() {
    let file = part(&example(), Format::Csv, "kpis", None);
    let text = String::from_utf8(file.bytes).unwrap();
    let first = text.lines().nth(1).unwrap();
    assert!(text.starts_with("\u{feff}Атауы,"), "{text}");
    assert!(
        first.starts_with("Тақырып бойынша сыныптың қалыпты өсімі (Хейк g),g,0.25,0.45,0.46,"),
        "{first}"
    );
    assert!(first.contains(",2026-11-13,"), "{first}");
}

#[test]
fn measurements_of_a_kpi_are_a_table_of_their_own() {
    let plan = plan(json!({"kpis": [
        {"id": "k1", "title": {"en": "Gain"}, "baseline": 0, "target": 10, "measurements": [
            {"id": "a", "date": "2026-10-01", "value": 2.5}, {"id": "b", "date": "2026-11-01", "value": 5},
            {"id": "c", "date": "1812-01-01", "value": -1},
        ]},
    ]}));
    let wanted = Wanted { format: Format::Csv, part: Some("kpis/measurements"), id: None };
    let file = export(&plan, wanted, Language::En, NOW).unwrap();
    assert_eq!(file.name, "kpis-measurements-2026-11-30.csv");
    let expected = "\u{feff}KPIs,Date,Value\r\nGain,2026-10-01,2.5\r\nGain,2026-11-01,5\r\n\
        Gain,1812-01-01,-1\r\n";
    assert_eq!(String::from_utf8(file.bytes).unwrap(), expected);
    // A day before the spreadsheet's calendar is a text.
    let book = open(&all(&plan, Format::Xlsx, Language::En).bytes);
    let days = column(sheet(&book, "KPIs – measurements"), "Date");
    assert!(matches!(days[1], Data::DateTime(_)));
    assert_eq!(days[2], Data::String("1812-01-01".to_owned()));
    let document = document::text(&all(&plan, Format::Docx, Language::En).bytes);
    assert!(document.contains("Measurements:") && document.contains("2.5"), "{document}");
    assert!(document.contains("50\u{a0}%") || document.contains("50 %"), "{document}");
}

#[test]
fn a_part_of_the_plan_gives_its_own_sheets_alone() {
    let names = |wanted: &str| -> Vec<String> {
        let book = open(&part(&example(), Format::Xlsx, wanted, None).bytes);
        book.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names("meetings"), ["Кездесулер", "Кездесулер – шешімдер"]);
    assert_eq!(names("meetings/decisions"), ["Кездесулер – шешімдер"]);
}

#[test]
fn a_sheet_of_a_papers_blocks_says_in_words_what_each_is() {
    let book = open(&part(&example(), Format::Xlsx, "documents", None).bytes);
    let (_, rows) = book.iter().find(|(name, _)| name.contains("– бөлік")).unwrap();
    let roles = column(rows, "Рөлі");
    let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
    assert_eq!(roles[0], "ұйым атауы");
    assert!(roles.iter().all(|role| !role.contains('_') && !role.is_ascii()), "{roles:?}");
}
