//! `jospar import FILE --list LIST`: the rows of a table become things of a list of the plan.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jospar_core::document::Schema;
use jospar_export::given::{self, Known, ROWS_MAX, Read};
use jospar_locales::Language;
use jospar_locales::words::{items_at, text_at, text_or_empty};
use jospar_node::service::{Edit, Fault, FaultKind, PluginRequest, Request};
use jospar_tables::{FILE_BYTES_MAX, Table};
use serde_json::{Map, Value, json};

use crate::error;
use crate::session::{Outcome, Session};
use crate::words::Words;

/// Names, and wrong cells, that are told to a person.
const TOLD: usize = 20;

/// What a person wants of a table.
pub(crate) struct Wanted {
    pub(crate) file: PathBuf,
    pub(crate) list: String,
    pub(crate) map: Vec<String>,
    pub(crate) preview: bool,
}

/// Shows what would be added, asks, and adds all of it or nothing.
pub(crate) fn import(session: &mut Session, wanted: &Wanted) -> Outcome {
    let Wanted { file, list, map, preview } = wanted;
    let schema = given::list_schema(list).ok_or_else(|| {
        Fault::new(FaultKind::NotFound, "error-table-list", json!({"list": list}))
    })?;
    let table = table(file)?;
    let shown = |session: &mut Session, path: &str| {
        let request = Request::Show { path: path.to_owned(), at: Vec::new() };
        session.ask(&request).map(|answer| answer.get("value").cloned().unwrap_or_default())
    };
    let there = shown(session, list)?;
    let mut choices = BTreeMap::new();
    for referred in given::referred(schema) {
        let view = shown(session, referred.split('/').next().unwrap_or_default())?;
        choices.insert(referred.to_owned(), given::choices(&session.words, &view, referred));
    }
    let own = session.words.catalogue().language();
    let others = Language::ALL.into_iter().filter(|language| *language != own);
    let others: Vec<Words> = others.map(Words::new).collect();
    let words = std::iter::once(&session.words).chain(&others).collect();
    let known = Known { words, choices: &choices, there: &there };
    let mut uses = given::guess(schema, &table, &known);
    for said in map {
        place(&mut uses, said, (schema, &table, &known))?;
    }
    let read = given::read(schema, &table, &uses, &known);
    if read.new.len() > ROWS_MAX {
        let values = json!({"limit": ROWS_MAX});
        return Err(Fault::new(FaultKind::Usage, "error-table-many", values));
    }
    let mut answer = told(&session.words, (file, list), (&table, &uses), &read);
    if *preview || read.new.is_empty() {
        session.print(&answer, |words, answer| lines(words, schema, answer))?;
        return Ok(0);
    }
    let mut question = lines(&session.words, schema, &answer);
    let count = [("count", read.new.len().into())];
    question.push(session.words.text("table-ask", &count));
    session.confirm(&question.join("\n"))?;
    let add = |record: Value| Edit::Add { path: list.clone(), id: None, record, after: None };
    let batch = PluginRequest::Batch {
        edits: read.new.into_iter().map(add).collect(),
        base: BTreeMap::new(),
        agreed: BTreeMap::new(),
        note: file.file_name().map(|name| name.to_string_lossy().into_owned()),
    };
    session.ask_long(&Request::Plugin(batch), "progress-import")?;
    answer["saved"] = true.into();
    session.print(&answer, |words, _| vec![words.text("table-done", &count)])?;
    Ok(0)
}

/// Reads the file, as far as a table may be long.
fn table(path: &Path) -> Result<Table, Fault> {
    let failed = |error| error::file(path, &error);
    let mut bytes = Vec::new();
    let most = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    File::open(path).map_err(failed)?.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    jospar_tables::read(&bytes).map_err(|error| {
        let values = error.arguments().into_iter();
        let values: Map<String, Value> =
            values.map(|(name, number)| (name.to_owned(), number.into())).collect();
        Fault::new(FaultKind::Usage, error.key(), Value::Object(values))
    })
}

/// Puts `COLUMN=FIELD` in the place of a guess: the column by its head or its number, no field to leave it out.
fn place(
    uses: &mut [Option<&'static str>],
    said: &str,
    (schema, table, known): (&'static Schema, &Table, &Known<'_>),
) -> Result<(), Fault> {
    let usage = |key, values| Fault::new(FaultKind::Usage, key, values);
    let (column, field) = said.rsplit_once('=').ok_or_else(|| {
        let help = "`jospar import --help`";
        usage("error-usage-value", json!({"value": said, "argument": "--map", "help": help}))
    })?;
    let wanted = given::plain(column);
    let by_head = || table.heads.iter().position(|head| given::plain(head) == wanted);
    let by_number = || column.trim().parse::<usize>().ok()?.checked_sub(1);
    let at = by_head().or_else(by_number).and_then(|at| uses.get_mut(at)).ok_or_else(|| {
        let known = table.heads.join(", ");
        usage("error-table-column", json!({"column": column, "known": known}))
    })?;
    *at = match field.trim() {
        "" => None,
        name => Some(given::field_called(schema, name, known).ok_or_else(|| {
            let known: Vec<&str> = given::fields(schema).map(|field| field.name).collect();
            usage("error-table-field", json!({"field": name, "known": known.join(", ")}))
        })?),
    };
    Ok(())
}

/// What the table says, as an answer.
fn told(
    words: &Words,
    (file, list): (&Path, &str),
    (table, uses): (&Table, &[Option<&'static str>]),
    read: &Read,
) -> Value {
    let columns = table.heads.iter().zip(uses);
    let columns: Vec<Value> =
        columns.map(|(head, field)| json!({"head": head, "field": field})).collect();
    let new: Vec<Value> = read.new.iter().map(|thing| json!(words.own_name(thing))).collect();
    let refused = read
        .refused
        .iter()
        .map(|wrong| json!({"line": wrong.line, "field": wrong.field, "cell": wrong.cell}));
    json!({"list": list, "path": file.display().to_string(), "rows": table.rows.len(),
           "columns": columns, "new": new, "there": read.there,
           "refused": refused.collect::<Vec<Value>>(), "saved": false})
}

fn lines(words: &Words, schema: &'static Schema, answer: &Value) -> Vec<String> {
    let label = |field: &str| words.field(schema.name, field);
    let mut lines: Vec<String> = items_at(answer, "/columns")
        .map(|column| {
            let head = text_or_empty(column, "/head");
            match text_at(column, "/field") {
                Some(field) => words
                    .text("table-column", &[("head", head.into()), ("field", label(field).into())]),
                None => words.with("table-column-none", "head", head),
            }
        })
        .collect();
    let new: Vec<&Value> = items_at(answer, "/new").collect();
    lines.push(words.text("web-table-added", &[("count", new.len().into())]));
    lines.extend(new.iter().take(TOLD).map(|name| format!("+ {}", name.as_str().unwrap_or("–"))));
    let there = answer["there"].as_u64().unwrap_or_default();
    if there > 0 {
        lines.push(words.text("web-table-there", &[("count", there.into())]));
    }
    let refused: Vec<&Value> = items_at(answer, "/refused").collect();
    if !refused.is_empty() {
        let count = refused.len();
        lines.push(words.text("web-import-refused", &[("count", count.into())]));
    }
    lines.extend(refused.iter().take(TOLD).map(|wrong| {
        let line = wrong["line"].as_u64().unwrap_or_default();
        let values = [
            ("line", line.into()),
            ("field", label(text_or_empty(wrong, "/field")).into()),
            ("cell", text_or_empty(wrong, "/cell").into()),
        ];
        words.text("web-table-wrong", &values)
    }));
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const FILE: &str =
        "Атауы;Ықтималдығы;Ықпалы = x\nЖелі үзілуі;3;4,5\nҚарсылық;1;1\nВирус;көп;1\n";

    fn uses_of(said: &[&str]) -> Result<Vec<Option<&'static str>>, Fault> {
        let schema = given::list_schema("risks").unwrap();
        let words: Vec<Words> = Language::ALL.map(Words::utc).into();
        let (choices, there) = (BTreeMap::new(), Value::Null);
        let known = Known { words: words.iter().collect(), choices: &choices, there: &there };
        let table = jospar_tables::read(FILE.as_bytes()).unwrap();
        let mut uses = given::guess(schema, &table, &known);
        said.iter().try_for_each(|said| place(&mut uses, said, (schema, &table, &known)))?;
        Ok(uses)
    }

    #[test]
    fn columns_are_mapped_by_head_or_number_to_fields_in_any_language() {
        let (title, likelihood, impact) = (Some("title"), Some("likelihood"), Some("impact"));
        assert_eq!(uses_of(&[]).unwrap(), [title, likelihood, None]);
        assert_eq!(uses_of(&["3=impact"]).unwrap(), [title, likelihood, impact]);
        assert_eq!(uses_of(&["ықпалы = x=Влияние"]).unwrap(), [title, likelihood, impact]);
        assert_eq!(uses_of(&["2=", "3=likelihood"]).unwrap(), [title, None, likelihood]);
        let key = |said: &str| uses_of(&[said]).unwrap_err().key;
        assert_eq!(key("4=impact"), "error-table-column");
        assert_eq!(key("0=impact"), "error-table-column");
        assert_eq!(key("Жоқ=impact"), "error-table-column");
        assert_eq!(key("1=mitigations"), "error-table-field");
        assert_eq!(key("1"), "error-usage-value");
    }

    #[test]
    fn a_table_is_told_before_it_is_taken() {
        let schema = given::list_schema("risks").unwrap();
        let words = Words::utc(Language::En);
        let (choices, there) = (BTreeMap::new(), json!([{"id": "r", "title": {"kk": "Қарсылық"}}]));
        let known = Known { words: vec![&words], choices: &choices, there: &there };
        let table = jospar_tables::read(FILE.as_bytes()).unwrap();
        let uses = [Some("title"), Some("likelihood"), None];
        let read = given::read(schema, &table, &uses, &known);
        let answer = told(&words, (Path::new("r.csv"), "risks"), (&table, &uses), &read);
        assert_eq!((&answer["new"], &answer["there"]), (&json!(["Желі үзілуі"]), &json!(1)));
        let refused = json!([{"line": 4, "field": "likelihood", "cell": "көп"}]);
        assert_eq!((&answer["refused"], &answer["saved"]), (&refused, &json!(false)));
        assert_eq!(
            lines(&words, schema, &answer),
            [
                "Атауы → title",
                "Ықтималдығы → likelihood",
                "Ықпалы = x: left out",
                "Would be added: 1.",
                "+ Желі үзілуі",
                "In the list under the same name already: 1; they are not added.",
                "Rows that are refused: 1.",
                "line 4, likelihood: “көп” does not fit",
            ]
        );
    }
}
