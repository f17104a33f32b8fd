//! A script for script.google.com that makes a form of Google Forms.
//!
//! Source: Google Apps Script, class `FormApp`. Every text of the plan stands in a string in quotation marks, written as
//! JSON with all letters outside of ASCII and all marks of HTML as escapes: nothing of it can become code.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jospar_locales::Catalogue;

use super::Blank;

/// A string of JavaScript.
fn string(text: &str) -> String {
    let mut written = String::from("\"");
    for letter in text.chars() {
        match letter {
            ' ' | '!' | '#'..='%' | '('..=';' | '=' | '?'..='[' | ']'..='_' | 'a'..='~' => {
                written.push(letter);
            }
            // Letters that people should be able to read in the script.
            letter if letter.is_alphabetic() => written.push(letter),
            letter => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(written, "\\u{unit:04x}");
                }
            }
        }
    }
    written.push('"');
    written
}

fn list<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    let written: Vec<String> = texts.map(|text| string(text)).collect();
    format!("[{}]", written.join(", "))
}

/// The names of the answers, made different where two are called the same: a grid needs that.
fn columns(form: &Blank) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let name = |(answer, label): &(i64, String)| {
        if seen.insert(label.trim().to_lowercase()) { label.clone() } else { answer.to_string() }
    };
    form.answers.iter().map(name).collect()
}

/// The script, with the way to use it in front.
pub(super) fn write(form: &Blank, words: &Catalogue) -> String {
    let word = |key: &str| words.text(key, &[]);
    let mut script = String::new();
    for line in word("survey-google-how").lines() {
        let _ = writeln!(script, "// {line}");
    }
    script.push_str("function makeForm() {\n");
    let _ = writeln!(script, "  var form = FormApp.create({});", string(&form.title));
    script.push_str("  form.setCollectEmail(false);\n  form.setLimitOneResponsePerUser(false);\n");
    let columns = columns(form);
    for section in &form.sections {
        let rows: Vec<String> =
            section.items.iter().map(|(code, text)| format!("{code}. {text}")).collect();
        let title = if section.title.is_empty() { &form.title } else { &section.title };
        let _ = writeln!(
            script,
            "  form.addGridItem().setTitle({})\n    .setRows({})\n    .setColumns({});",
            string(title),
            list(rows.iter()),
            list(columns.iter())
        );
    }
    if !form.groups.is_empty() {
        let groups: BTreeSet<&String> = form.groups.iter().collect();
        let _ = writeln!(
            script,
            "  form.addMultipleChoiceItem().setTitle({}).setChoiceValues({});",
            string(&word("survey-group")),
            list(groups.into_iter())
        );
    }
    let comment = string(&word("survey-comment"));
    let _ = writeln!(script, "  form.addParagraphTextItem().setTitle({comment});");
    script.push_str("  Logger.log(form.getEditUrl());\n}\n");
    script
}
