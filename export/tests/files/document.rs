use std::io::{Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::*;

fn part_of(bytes: &[u8], name: &str) -> String {
    let mut package = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    package.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A paragraph: its style, and its text.
struct Paragraph {
    style: String,
    text: String,
}

/// Reads XML to its end, with every element closed; hands out what begins, and texts.
fn read(xml: &str, mut hear: impl FnMut(&BytesStart<'_>, &[String]), mut text: impl FnMut(&str)) {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                hear(&start, &open);
                open.push(start.name().as_ref().to_owned());
            }
            Event::Empty(start) => hear(&start, &open),
            Event::End(end) => assert_eq!(open.pop().unwrap(), end.name().as_ref()),
            Event::Text(found) => text(&found),
            Event::GeneralRef(found) => text(match &*found {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                other => panic!("{other}"),
            }),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

fn value(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().map(Result::unwrap).find(|a| a.key.as_ref() == name);
    found.map(|attribute| attribute.value.into_owned())
}

fn paragraphs(bytes: &[u8]) -> Vec<Paragraph> {
    let xml = part_of(bytes, "word/document.xml");
    let found = std::cell::RefCell::new(Vec::<Paragraph>::new());
    read(
        &xml,
        |start, _| match start.name().as_ref() {
            "w:p" => {
                found.borrow_mut().push(Paragraph { style: String::new(), text: String::new() });
            }
            "w:pStyle" => {
                found.borrow_mut().last_mut().unwrap().style = value(start, "w:val").unwrap();
            }
            "w:br" => found.borrow_mut().last_mut().unwrap().text.push('\n'),
            _ => {}
        },
        |text| {
            if let Some(paragraph) = found.borrow_mut().last_mut() {
                paragraph.text.push_str(text);
            }
        },
    );
    found.into_inner()
}

/// All texts of a document, with single spaces.
pub(crate) fn text(bytes: &[u8]) -> String {
    let paragraphs = paragraphs(bytes);
    let texts: Vec<&str> = paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
    flat(&texts.join(" "))
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without the backslashes and marks of Markdown, in small letters: headings begin with a capital one.
fn plain(markdown: &str) -> String {
    let text = markdown.replace("<br>", " ").replace("\\\\", "\u{1}").replace('\\', "");
    flat(&text.replace('\u{1}', "\\")).to_lowercase()
}

#[test]
fn every_text_of_the_example_is_in_the_document_and_in_markdown_in_three_languages() {
    for language in Language::ALL {
        let document = text(&all(&example(), Format::Docx, language).bytes).to_lowercase();
        let markdown =
            String::from_utf8(all(&example(), Format::Markdown, language).bytes).unwrap();
        let markdown = plain(&markdown);
        for wanted in texts(language) {
            let wanted = flat(&wanted).to_lowercase();
            assert!(document.contains(&wanted), "{language:?}: no {wanted:?} in the document");
            assert!(markdown.contains(&wanted), "{language:?}: no {wanted:?} in Markdown");
        }
    }
}

#[test]
fn a_document_has_its_parts_and_says_its_language() {
    for (language, tag) in
        [(Language::Kk, "kk-KZ"), (Language::Ru, "ru-RU"), (Language::En, "en-GB")]
    {
        let file = all(&example(), Format::Docx, language);
        let styles = part_of(&file.bytes, "word/styles.xml");
        assert!(styles.contains(&format!("<w:lang w:val=\"{tag}\"")));
        let core = part_of(&file.bytes, "docProps/core.xml");
        assert!(core.contains("2026-11-30T00:53:20Z") && core.contains(tag), "{core}");
        assert!(part_of(&file.bytes, "word/footer1.xml").contains("w:instr=\" PAGE \""));
        let mut package = ZipArchive::new(Cursor::new(file.bytes.as_slice())).unwrap();
        let names: Vec<String> =
            package.file_names().map(|name| name.unwrap().into_owned()).collect();
        for name in names {
            let mut xml = String::new();
            package.by_name(&name).unwrap().read_to_string(&mut xml).unwrap();
            read(&xml, |_, _| {}, |_| {});
            assert!(!xml.contains("{title}") && !xml.contains("{language}"), "{name}");
        }
    }
}

/// What the document names is there: styles, lists, relations, and the bookmarks of its table of contents.
#[test]
fn what_a_document_refers_to_is_there() {
    let bytes = all(&example(), Format::Docx, Language::Kk).bytes;
    let ids = |name: &str, element: &str, attribute: &str| {
        let found = std::cell::RefCell::new(std::collections::BTreeSet::new());
        read(
            &part_of(&bytes, name),
            |start, _| {
                if start.name().as_ref() == element {
                    found.borrow_mut().extend(value(start, attribute));
                }
            },
            |_| {},
        );
        found.into_inner()
    };
    let document = "word/document.xml";
    let styles = ids("word/styles.xml", "w:style", "w:styleId");
    for element in ["w:pStyle", "w:tblStyle"] {
        let used = ids(document, element, "w:val");
        assert!(!used.is_empty() && used.is_subset(&styles), "{used:?}");
    }
    assert!(ids("word/footer1.xml", "w:pStyle", "w:val").is_subset(&styles));
    assert!(ids("word/styles.xml", "w:basedOn", "w:val").is_subset(&styles));
    let lists = ids(document, "w:numId", "w:val");
    assert!(lists.len() > 2 && lists.is_subset(&ids("word/numbering.xml", "w:num", "w:numId")));
    let anchors = ids(document, "w:hyperlink", "w:anchor");
    assert!(anchors.len() > 15);
    assert_eq!(anchors, ids(document, "w:bookmarkStart", "w:name"));
    let relations = ids("word/_rels/document.xml.rels", "Relationship", "Id");
    assert!(ids(document, "w:footerReference", "r:id").is_subset(&relations));
}

/// Word calls a file damaged in which a cell does not end with a paragraph, or a row has more cells than columns.
#[test]
fn tables_are_whole() {
    for language in Language::ALL {
        let xml = part_of(&all(&example(), Format::Docx, language).bytes, "word/document.xml");
        assert!(!xml.contains("</w:tbl></w:tc>") && !xml.contains("</w:tcPr></w:tc>"));
        assert!(!xml.contains("</w:tbl><w:tbl>"), "two tables that Word would make one");
        let mut tables = 0;
        for table in xml.split("<w:tbl>").skip(1).filter(|t| t.contains("\"Tablegrid\"")) {
            tables += 1;
            let table = table.split("</w:tbl>").next().unwrap();
            let columns = table.matches("<w:gridCol ").count();
            for row in table.split("<w:tr>").skip(1) {
                assert_eq!(row.matches("<w:tc>").count(), columns);
            }
        }
        assert!(tables > 40, "{tables}");
    }
}

#[test]
fn headings_are_headings_for_word() {
    let bytes = all(&example(), Format::Docx, Language::Ru).bytes;
    let found = paragraphs(&bytes);
    let of = |style: &str| -> Vec<&str> {
        found.iter().filter(|p| p.style == style).map(|p| p.text.as_str()).collect()
    };
    assert!(of("Heading1").contains(&"Инициативы"), "{:?}", of("Heading1"));
    assert_eq!(
        of("Heading1"),
        of("TOC1")
            .iter()
            .map(|t| t.trim_start_matches(' '))
            .map(|t| { t.rsplit(" \\u ").next().unwrap() })
            .collect::<Vec<_>>()
    );
    assert!(of("Heading2").contains(&"Цифровое менторство"));
}

#[test]
fn an_order_has_the_form_of_an_order_and_tells_of_ai() {
    let bytes = part(&example(), Format::Docx, "documents", Some("doc1")).bytes;
    let found = paragraphs(&bytes);
    let styles: Vec<&str> = found.iter().map(|p| p.style.as_str()).collect();
    assert_eq!(
        styles,
        [
            "Centre",
            "Centrestrong",
            "Centre",
            "Strongline",
            "Order",
            "Order",
            "Order",
            "Order",
            "Order",
            "Signature",
            "Notice",
        ]
    );
    assert_eq!(found[1].text, "БҰЙРЫҚ");
    assert!(found[4].text.ends_with("БҰЙЫРАМЫН:"));
    assert_eq!(found[10].text, "ЖИ көмегімен дайындалған жоба; адам тексеріп, бекітеді");
}

#[test]
fn what_ai_wrote_is_named_block_by_block() {
    let plan = plan(json!({
        "partners": [{"id": "dir", "title": {"en": "Director"}}],
        "kpis": [{"id": "k1", "title": {"en": "Gain"}}],
        "documents": [{"id": "d", "title": {"en": "Report"}, "kind": "analytic_report", "blocks": [
            {"role": "body", "text": "One.", "ai": true},
            {"role": "body", "text": "Two.", "from": "ai", "accepted_by": "dir"},
            {"role": "item", "text": "Three.", "owner": "dir", "due": "2026-12-01",
             "figures": [{"value": 0.46, "path": "kpis/k1/actual"}]},
        ]}],
    }));
    let wanted = Wanted { format: Format::Markdown, part: None, id: Some("d") };
    let file = export(&plan, wanted, Language::En, NOW).unwrap();
    let expected = "# Report\n\nOne.\n\n*Drafted with AI and not accepted by a person yet*\n\nTwo.\n\n\
        *Drafted with AI; accepted by Director*\n\nThree.\n\n*Owner: Director; Due: 1 December 2026*\n\n\
        *Figures: 0.46 – Gain*\n\n> Made with AI; checked and approved by a person\n";
    assert_eq!(String::from_utf8(file.bytes).unwrap(), expected);
}

/// What is drafted from the plan: headings are headings, the title stands once, and marks of programs are nowhere.
#[test]
fn a_report_has_its_title_and_headings() {
    let block = |role: &str, text: &str| json!({"role": role, "text": text, "drafted": "zzmark"});
    let plan = plan(json!({"documents": [{
        "id": "d", "title": {"en": "Report on October"}, "kind": "analytic_report", "drafted": "zzmark",
        "drafted_blocks": "zzmark",
        "blocks": [
            block("organisation", "School 3"), block("subject", "For the council"),
            block("heading", "Results"), block("paragraph", "All went well."),
        ],
    }]}));
    let wanted = Wanted { format: Format::Docx, part: None, id: Some("d") };
    let found = paragraphs(&export(&plan, wanted, Language::En, NOW).unwrap().bytes);
    let found: Vec<(&str, &str)> =
        found.iter().map(|p| (p.style.as_str(), p.text.as_str())).collect();
    let expected = [
        ("Centre", "School 3"),
        ("Title", "Report on October"),
        ("Strongline", "For the council"),
        ("Heading3", "Results"),
        ("Order", "All went well."),
    ];
    assert_eq!(found, expected);
    let sheets = format!("{:?}", sheets::open(&all(&plan, Format::Xlsx, Language::En).bytes));
    assert!(sheets.contains("All went well.") && !sheets.contains("zzmark"), "{sheets}");
}

#[test]
fn minutes_say_who_was_there_what_was_on_the_agenda_and_what_was_decided() {
    let text = text(&part(&example(), Format::Docx, "meetings", Some("m3")).bytes);
    for wanted in [
        "ХАТТАМА",
        "Пилоттар қорытындысы",
        "2026 жылғы 16 қараша",
        "Директор; Информатика мұғалімі",
        "Үш пилоттың нәтижесі",
        "Қағаз есептің бір түрін тоқтату.",
        "01.12.2026",
    ] {
        assert!(text.contains(wanted), "no {wanted:?} in {text}");
    }
    assert!(!text.contains("Бірінші айдың талдауы"), "another meeting");
}

#[test]
fn a_lesson_study_has_a_sheet_for_feedback_with_each_skill() {
    let text = text(&part(&example(), Format::Docx, "lesson_studies", Some("ls1")).bytes);
    let sheet = text.split("Кері байланыс парағы").nth(1).unwrap();
    for wanted in ["8А, Алгебра, Квадрат теңдеулер", "Оқушы: ____", "Дискриминантты есептеу"]
    {
        assert!(sheet.contains(wanted), "no {wanted:?} in {sheet}");
    }
}

#[test]
fn what_is_private_or_secret_is_in_no_file() {
    let plan = plan(json!({
        "mentoring": {"coaching": [{"id": "c", "teacher": "Ә", "reflections": [
            {"date": "2026-10-20", "what_worked": "Жасырын", "private": true},
            {"date": "2026-10-21", "what_worked": "Ашық"},
        ]}]},
        "design_thinking": [{"id": "dt", "ideate": {"ideas": [
            {"id": "i", "title": {"kk": "Ойлау"}, "ballots": {"member1": "Жасырын дауыс"}},
        ]}}],
    }));
    let mut files: Vec<String> = vec![text(&all(&plan, Format::Docx, Language::Kk).bytes)];
    files.push(String::from_utf8(all(&plan, Format::Markdown, Language::Kk).bytes).unwrap());
    files.push(format!("{:?}", sheets::open(&all(&plan, Format::Xlsx, Language::Kk).bytes)));
    for file in files {
        assert!(file.contains("Ашық") && file.contains("Ойлау"), "{file}");
        assert!(!file.contains("Жасырын") && !file.contains("member1"), "{file}");
    }
}

#[test]
fn letters_that_xml_does_not_have_do_not_damage_a_document() {
    let title = "a\u{1}<b>&\"\u{b}Ұ";
    let plan = plan(
        json!({"risks": [{"id": "r", "title": {"kk": title}}], "plan": {"title": {"kk": title}}}),
    );
    let bytes = all(&plan, Format::Docx, Language::Kk).bytes;
    assert!(text(&bytes).contains("a<b>&\"Ұ"));
    assert!(part_of(&bytes, "docProps/core.xml").contains("a&lt;b&gt;&amp;&quot;Ұ"));
}

/// The charts of SWOT and audit are parts of their own, declared, related and drawn once each.
#[test]
fn the_charts_of_the_analyses_are_drawn_by_the_program_that_shows_them() {
    let file = all(&example(), Format::Docx, Language::En).bytes;
    let types = part_of(&file, "[Content_Types].xml");
    let relations = part_of(&file, "word/_rels/document.xml.rels");
    let document = part_of(&file, "word/document.xml");
    for number in [1, 2] {
        let part = part_of(&file, &format!("word/charts/chart{number}.xml"));
        read(&part, |_, _| {}, |_| {});
        assert!(part.contains("<c:radarChart>") && part.contains("0B6B63"));
        assert!(types.contains(&format!("/word/charts/chart{number}.xml")));
        assert!(relations.contains(&format!("rIdChart{number}")));
        assert_eq!(document.matches(&format!("r:id=\"rIdChart{number}\"")).count(), 1);
    }
    assert_eq!(document.matches("<w:drawing>").count(), 2);
    let swot = part_of(&file, "word/charts/chart1.xml");
    let sums: Vec<f64> = swot
        .split("<c:numLit>")
        .nth(1)
        .unwrap()
        .split("<c:v>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(sums.len(), 4);
    let plan: Value = serde_json::from_str(EXAMPLE).unwrap();
    let strengths: f64 = plan["swot"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|factor| factor["quadrant"] == "S")
        .map(|factor| factor["weight"].as_f64().unwrap() * factor["rating"].as_f64().unwrap())
        .sum();
    assert!((sums[0] - strengths).abs() < 1e-9);
}

/// The rows of the tables of a document: how often each says that it stays with what follows.
fn rows_kept(bytes: &[u8]) -> Vec<usize> {
    let rows = std::cell::RefCell::new(Vec::new());
    read(
        &part_of(bytes, "word/document.xml"),
        |start, open| match start.name().as_ref() {
            "w:tr" => rows.borrow_mut().push(0),
            "w:keepNext" if open.iter().any(|element| element == "w:tr") => {
                *rows.borrow_mut().last_mut().unwrap() += 1;
            }
            _ => {}
        },
        |_| {},
    );
    rows.into_inner()
}

#[test]
fn no_row_of_a_table_stands_alone_on_a_page() {
    let kept = |count: usize| {
        let needs: Vec<Value> = (0..count)
            .map(|number| json!({"id": format!("e{number}"), "kind": "survey", "title": {"kk": "Ә"}}))
            .collect();
        rows_kept(&part(&plan(json!({"evidence": needs})), Format::Docx, "evidence", None).bytes)
    };
    assert_eq!(kept(1), [0, 0], "the heading stays by its style, and nothing follows");
    assert_eq!(kept(2), [0, 2, 0]);
    assert_eq!(kept(5), [0, 2, 0, 0, 2, 0]);
    let long = json!({"title": {"kk": "ә ".repeat(4_000)}, "id": "e1"});
    let long =
        plan(json!({"evidence": [long, {"id": "e2", "title": {"kk": "ә"}, "kind": "survey"}]}));
    let bytes = part(&long, Format::Docx, "evidence", None).bytes;
    assert_eq!(rows_kept(&bytes), [0, 0, 0], "a row of several pages is kept with nothing");
    let whole = part_of(&bytes, "word/document.xml").matches("<w:cantSplit/>").count();
    assert_eq!(whole, 2, "and may be parted");
}

#[test]
fn what_an_order_begins_with_stays_together() {
    let bytes = part(&example(), Format::Docx, "documents", Some("doc1")).bytes;
    let styles = part_of(&bytes, "word/styles.xml");
    let keeps = |style: &str| {
        let found = styles.split(&format!(r#"w:styleId="{style}""#)).nth(1).unwrap();
        found.split("</w:style>").next().unwrap().contains("<w:keepNext/>")
    };
    let paragraphs = paragraphs(&bytes);
    let head: Vec<&str> = paragraphs.iter().map(|p| p.style.as_str()).collect();
    let end = head.iter().position(|style| *style == "Order").unwrap();
    assert!(end >= 4, "{head:?}");
    assert!(head[..end].iter().all(|style| keeps(style)), "{:?}", &head[..end]);
    assert!(!keeps("Order"));
}

#[test]
fn fields_of_one_name_are_called_as_their_record_means_them() {
    let said = |part: &str| text(&self::part(&example(), Format::Docx, part, None).bytes);
    let mentoring = said("mentoring");
    assert!(mentoring.contains("Ұзақтығы, минут"), "{mentoring}");
    let minutes = json!([{"id": "m1", "title": {"kk": "Ә"}, "minutes": "Айттық."}]);
    let minutes =
        text(&part(&plan(json!({"meetings": minutes})), Format::Docx, "meetings", None).bytes);
    assert!(minutes.contains("Хаттама") && !minutes.contains("минут"), "{minutes}");
    assert!(said("audit").contains("Ең әлсіз буын бойынша бағалау иә"));
    assert!(said("antipatterns").contains("Бұрынғысы Жаңасы"));
}

#[test]
fn a_thing_alone_says_what_is_calculated_of_it() {
    let alone =
        |part: &str, id: &str| text(&self::part(&example(), Format::Docx, part, Some(id)).bytes);
    let kpi = alone("kpis", "k1");
    assert!(kpi.contains("Орындалуы 105 %"), "{kpi}");
    let risk = alone("risks", "rk1");
    assert!(risk.contains("Балл 16"), "{risk}");
}

#[test]
fn a_discussion_is_found_by_its_name_in_paths_and_says_each_text_once() {
    let file = part(&example(), Format::Docx, "discussion", None);
    let other = part(&example(), Format::Docx, "comments_threads", None);
    assert_eq!(file.bytes, other.bytes);
    let said = text(&file.bytes);
    assert_eq!(said.matches("тағы екі сыныпқа кеңейтуге ұсынамын").count(), 1, "{said}");
    let two = "Бірінші жол.\nЕкінші жол.";
    let two = json!([{"id": "th1", "text": two, "author": "dir"}]);
    let two = text(
        &part(&plan(json!({"comments_threads": two})), Format::Docx, "discussion", None).bytes,
    );
    assert!(two.contains("Екінші жол."), "{two}");
}

#[test]
fn a_paper_says_nothing_twice() {
    let block = |text: &str| {
        json!({"id": "b1", "role": "item", "text": text, "owner": "dir", "due": "2027-05-21", "figures": [
            {"value": 0.25, "path": "kpis/k1/baseline"}, {"value": 0.5, "path": "kpis/k1/actual"},
            {"value": 3, "path": "kpis/k2/actual"}]})
    };
    let said = |kind: &str, text: &str| {
        let named = |id: &str, name: &str| json!({"id": id, "title": {"kk": name}});
        let plan = plan(json!({
            "partners": [named("dir", "Директор")],
            "kpis": [named("k1", "Өсім"), named("k2", "Үлес")],
            "documents": [{"id": "doc1", "kind": kind, "title": {"kk": "Ә"}, "blocks": [block(text)]}],
        }));
        self::text(&part(&plan, Format::Docx, "documents", Some("doc1")).bytes)
    };
    let short = said("order", "1. Орындалсын.");
    assert!(short.contains("Жауапты адам: Директор; Мерзімі: 2027 жылғы 21 мамыр"), "{short}");
    let half = said("order", "1. Орындалсын. Жауапты: Директор.");
    assert!(
        half.contains("Мерзімі: 2027 жылғы 21 мамыр") && !half.contains("Жауапты адам"),
        "{half}"
    );
    let whole = said("order", "1. Орындалсын. Жауапты: Директор. Мерзімі: 2027 жылғы 21 мамыр.");
    assert_eq!(
        (whole.matches("Директор").count(), whole.matches("21 мамыр").count()),
        (1, 1),
        "{whole}"
    );
    let report = said("analytic_report", "Өсім 0,25 болатын, енді 0,5.");
    assert!(report.contains("Сандар: 0,25; 0,5 – Өсім; 3 – Үлес"), "{report}");
}
