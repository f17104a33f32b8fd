//! A text document as DOCX (ECMA-376, part 1): the package with its parts. What does not change is in files beside this
//! one.

mod body;
mod chart;

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::block::Document;
use crate::{ExportError, Moment};

const CONTENT_TYPES: &str = include_str!("docx/content_types.xml");
const RELATIONS: &str = include_str!("docx/relations.xml");
const DOCUMENT_RELATIONS: &str = include_str!("docx/document_relations.xml");
const STYLES: &str = include_str!("docx/styles.xml");
const SETTINGS: &str = include_str!("docx/settings.xml");
const PROGRAM: &str = include_str!("docx/program.xml");
const PROPERTIES: &str = include_str!("docx/properties.xml");
const FOOTER: &str = include_str!("docx/footer.xml");

/// The document as the bytes of a file. The package's times are all the beginning of 1980: only what is in the document
/// makes files differ.
pub(crate) fn write(document: &Document, now: Moment) -> Result<Vec<u8>, ExportError> {
    let body = body::write(document);
    let (hour, minute, second) = now.time;
    let created = format!("{}T{hour:02}:{minute:02}:{second:02}Z", now.day);
    let tag = match document.language {
        "kk" => "kk-KZ",
        "ru" => "ru-RU",
        _ => "en-GB",
    };
    let title = escaped(&document.title);
    let (mut types, mut relations) = (CONTENT_TYPES.to_owned(), DOCUMENT_RELATIONS.to_owned());
    for number in 1..=body.charts.len() {
        let name = chart::part_name(number);
        let kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";
        let part =
            format!("<Override PartName=\"/word/{name}\" ContentType=\"{kind}\"/>\n</Types>");
        types = types.replace("</Types>", &part);
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart";
        let id = chart::relation(number);
        let relation = format!(
            "<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{name}\"/>\n</Relationships>"
        );
        relations = relations.replace("</Relationships>", &relation);
    }
    let charts: Vec<(String, String)> = body
        .charts
        .into_iter()
        .zip(1..)
        .map(|(chart, number)| (format!("word/{}", chart::part_name(number)), chart))
        .collect();
    let parts = [
        ("[Content_Types].xml", types),
        ("_rels/.rels", RELATIONS.to_owned()),
        (
            "docProps/core.xml",
            PROPERTIES
                .replace("{created}", &created)
                .replace("{language}", tag)
                .replace("{title}", &title),
        ),
        ("docProps/app.xml", PROGRAM.to_owned()),
        ("word/document.xml", body.document),
        ("word/_rels/document.xml.rels", relations),
        ("word/styles.xml", STYLES.replace("{language}", tag)),
        ("word/numbering.xml", body.numbering),
        ("word/settings.xml", SETTINGS.replace("{language}", tag)),
        ("word/footer1.xml", FOOTER.replace("{title}", &title)),
    ];
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    let parts = parts.into_iter().map(|(name, text)| (name.to_owned(), text));
    for (name, text) in parts.chain(charts) {
        package.start_file(name, options)?;
        package.write_all(text.as_bytes())?;
    }
    Ok(package.finish()?.into_inner())
}

/// The text as it stands in XML 1.0: no character that XML does not have, and no mark of its own.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_text_in_xml() {
        assert_eq!(
            escaped("a<b> & \"c\"\u{1}\u{0}\u{fffe}\tҚ"),
            "a&lt;b&gt; &amp; &quot;c&quot; Қ"
        );
    }
}
