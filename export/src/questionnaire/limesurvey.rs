//! LimeSurvey's structure of a survey as tab-separated text.
//!
//! Source: LimeSurvey Manual, "Tab Separated Value survey structure": one row for the survey's settings (`S`), its texts in
//! each language (`SL`), each group (`G`), question (`Q`), subquestion (`SQ`) and answer (`A`); what stands behind belongs to
//! what stands in front; the base language comes whole, then every other in the same order with the same ids.

use jospar_locales::{Catalogue, Language};

use super::{Blank, Section};

/// The columns that are written; LimeSurvey finds them by their heads.
const HEADS: [&str; 11] = [
    "id",
    "class",
    "type/scale",
    "name",
    "relevance",
    "text",
    "help",
    "language",
    "mandatory",
    "other",
    "same_default",
];

/// What a row says.
#[derive(Default)]
struct Line<'a> {
    id: usize,
    class: &'a str,
    kind: &'a str,
    name: String,
    text: String,
    language: &'a str,
}

struct Sheet {
    text: String,
}

impl Sheet {
    fn row(&mut self, line: Line<'_>) {
        let id = if line.id == 0 { String::new() } else { line.id.to_string() };
        let asks = matches!(line.class, "G" | "Q" | "SQ");
        let answers = if line.class == "Q" { "N" } else { "" };
        let cells = [
            id.as_str(),
            line.class,
            line.kind,
            &line.name,
            if asks { "1" } else { "" },
            &line.text,
            "",
            line.language,
            answers,
            answers,
            "",
        ];
        let quoted: Vec<String> = cells.into_iter().map(quoted).collect();
        self.text.push_str(&quoted.join("\t"));
        self.text.push('\n');
    }
}

/// A cell as RFC 4180 quotes it, on one line.
fn quoted(cell: &str) -> String {
    let plain = cell.replace(['\t', '\r', '\n'], " ");
    if plain.is_empty() { plain } else { format!("\"{}\"", plain.replace('"', "\"\"")) }
}

/// A text of the plan for a place where LimeSurvey takes HTML and its own expressions in braces: neither can come of it.
fn html(text: &str) -> String {
    let mut safe = String::new();
    for (place, letter) in text.trim().chars().enumerate() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '{' => safe.push_str("&#123;"),
            '}' => safe.push_str("&#125;"),
            // A spreadsheet would take the cell for a formula.
            '=' | '+' | '-' | '@' if place == 0 => {
                safe.push_str(&format!("&#{};", u32::from(letter)));
            }
            letter => safe.push(letter),
        }
    }
    safe
}

/// A code as LimeSurvey allows it: letters and digits, a letter first. `taken` are those that are given.
pub(super) fn code(wanted: &str, taken: &mut Vec<String>) -> String {
    let mut plain: String = wanted.chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    if !plain.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        plain.insert(0, 'Q');
    }
    let mut code = plain.clone();
    let mut number = 2;
    while taken.contains(&code) {
        code = format!("{plain}x{number}");
        number += 1;
    }
    taken.push(code.clone());
    code
}

/// The file for these forms, which are one form in several languages; the first is the base.
pub(super) fn write(forms: &[(Language, Blank)]) -> String {
    let mut sheet = Sheet { text: String::from("\u{feff}") };
    sheet.text.push_str(&HEADS.map(quoted).join("\t"));
    sheet.text.push('\n');
    let codes: Vec<&str> = forms.iter().map(|(language, _)| language.code()).collect();
    let base = codes.first().copied().unwrap_or_default();
    let more = codes.get(1..).unwrap_or_default().join(" ");
    let settings = [
        ("language", base),
        ("additional_languages", more.as_str()),
        // One page for each group, no names, no times, no addresses.
        ("format", "G"),
        ("anonymized", "Y"),
        ("datestamp", "N"),
        ("ipaddr", "N"),
    ];
    for (name, text) in settings {
        let (name, text) = (name.to_owned(), text.to_owned());
        sheet.row(Line { class: "S", name, text, ..Line::default() });
    }
    for (language, form) in forms {
        let (name, text) = ("surveyls_title".to_owned(), html(&form.title));
        sheet.row(Line { class: "SL", name, text, language: language.code(), ..Line::default() });
    }
    for (language, form) in forms {
        form_rows(&mut sheet, *language, form);
    }
    sheet.text
}

fn form_rows(sheet: &mut Sheet, language: Language, form: &Blank) {
    let words = Catalogue::new(language);
    let code_of = language.code();
    let mut taken = vec!["group".to_owned(), "comment".to_owned()];
    let mut question = 0;
    for (place, section) in form.sections.iter().enumerate() {
        question += 1;
        group(sheet, (place + 1, &html(&section.title)), code_of);
        table(sheet, question, section, form, code_of, &mut taken);
    }
    group(sheet, (form.sections.len() + 1, ""), code_of);
    if !form.groups.is_empty() {
        question += 1;
        let text = html(&words.text("survey-group", &[]));
        let name = "group".to_owned();
        let line = Line { id: question, class: "Q", kind: "L", name, text, language: code_of };
        sheet.row(line);
        for (place, title) in form.groups.iter().enumerate() {
            let (name, text) = (format!("G{}", place + 1), html(title));
            sheet.row(Line { id: question, class: "A", kind: "0", name, text, language: code_of });
        }
    }
    question += 1;
    let (name, text) = ("comment".to_owned(), html(&words.text("survey-comment", &[])));
    sheet.row(Line { id: question, class: "Q", kind: "T", name, text, language: code_of });
}

fn group(sheet: &mut Sheet, (number, title): (usize, &str), language: &str) {
    let name = if title.is_empty() { number.to_string() } else { title.to_owned() };
    sheet.row(Line { id: number, class: "G", kind: "G1", name, language, ..Line::default() });
}

/// A question of the type array: items down, answers across.
fn table(
    sheet: &mut Sheet,
    id: usize,
    section: &Section,
    form: &Blank,
    language: &str,
    taken: &mut Vec<String>,
) {
    let wanted = if section.id.is_empty() { "rest" } else { section.id.as_str() };
    let name = code(wanted, taken);
    let text = html(&section.title);
    sheet.row(Line { id, class: "Q", kind: "F", name, text, language });
    let mut inner = Vec::new();
    for (item, text) in &section.items {
        let (name, text) = (code(item, &mut inner), html(text));
        // Ids of subquestions are given on import.
        sheet.row(Line { class: "SQ", kind: "0", name, text, language, ..Line::default() });
    }
    for (answer, label) in &form.answers {
        let (name, text) = (answer_code(*answer), html(label));
        sheet.row(Line { id, class: "A", kind: "0", name, text, language });
    }
}

/// Codes of answers are letters and digits; a number below 0 has an `m` in front.
fn answer_code(answer: i64) -> String {
    if answer < 0 { format!("m{}", answer.unsigned_abs()) } else { answer.to_string() }
}
