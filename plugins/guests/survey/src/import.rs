//! Answers from a file: Google Forms, LimeSurvey or a table of one's own, as one shuffled batch.
//!
//! A column belongs to an item when the text before the first full stop of its head is the item's code. Besides items,
//! one column of groups and one of comments are taken. Everything else (names, addresses, times, numbers of respondents)
//! is left where it is, and the order of rows is lost on purpose.

use std::collections::{BTreeMap, BTreeSet};

use jospar_guest_words::no_table;
use jospar_methods::survey::{AnswerScale, suppress};
use jospar_plugin_sdk::{
    Cell, Column, Error, Outcome, Proposal, Report, Table, Text, Tone, Value, files, host, setting,
};
use jospar_tables::{Encoding, Row, Source};
use serde_json::{Map, json};

use crate::plan::Survey;
use crate::{WORDS, chosen, name};

/// Answers of a file: more would not fit an outcome.
const ROWS_MAX: usize = 3_000;

/// Wrong cells that are named.
const WRONG_SHOWN_MAX: usize = 20;

/// Bytes that the rows of one document take at most, as the plan counts them: less than half a change.
const DOCUMENT_BYTES_MAX: usize = 96 << 10;

/// More groups than this are no groups.
const GROUPS_MAX: usize = 30;

/// What the columns of a file hold.
struct Columns {
    /// For each item of the survey its column.
    items: Vec<Option<usize>>,
    group: Option<usize>,
    comment: Option<usize>,
}

/// A cell that holds no answer of the scale.
struct Wrong {
    line: usize,
    code: String,
    cell: String,
}

/// What a file says.
struct Batch {
    rows: Vec<Answered>,
    wrong: Vec<Wrong>,
    /// Rows without any answer or comment.
    empty: usize,
    blank: usize,
}

/// One person's answers.
struct Answered {
    group: String,
    answers: Map<String, serde_json::Value>,
    comment: String,
}

pub(crate) fn import() -> Result<Outcome, Error> {
    let (surveys, place) = chosen()?;
    let Some(survey) = surveys.get(place) else { return Err(Error::internal("no survey")) };
    let file = files::files().into_iter().next();
    let file = file.ok_or_else(|| Error::not_found(WORDS.word("no-file")))?;
    let table = jospar_tables::read(&files::read(&file.name)?).map_err(no_table)?;
    let text = |key: &str| setting::<String>(key).unwrap_or_default();
    let date = match text("date") {
        date if date.is_empty() => host::today(),
        date if is_date(&date) => date,
        date => return Err(Error::invalid(WORDS.say("bad-date", &[("date", date.into())]))),
    };
    let columns = columns(survey, &table, &text("group"), &text("comment"))?;
    let scale = survey.answer_scale();
    let scale =
        scale.map_err(|why| jospar_guest_words::refused(&why, &jospar_guest_words::numbered))?;
    let mut batch = batch(survey, &table, &columns, scale);
    if batch.rows.len() > ROWS_MAX {
        let values = [("n", batch.rows.len().into()), ("limit", ROWS_MAX.into())];
        return Err(Error::invalid(WORDS.say("too-many-answers", &values)));
    }
    shuffle(&mut batch.rows, host::random);
    let report = preview(survey, &table, &columns, &batch, &file.name);
    let outcome = Outcome::of(report);
    if !batch.wrong.is_empty() || batch.rows.is_empty() {
        return Ok(outcome);
    }
    let role = text("role");
    let role = if role.is_empty() { "teacher".to_owned() } else { role };
    Ok(outcome.propose(proposal(survey, &batch, &date, &role, host::random)?))
}

/// `YYYY-MM-DD` with a month and a day that there may be.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    let within = |part: &str, high: u32| part.parse().is_ok_and(|n: u32| (1..=high).contains(&n));
    match parts.as_slice() {
        [year, month, day] => {
            digits(year, 4)
                && digits(month, 2)
                && digits(day, 2)
                && within(month, 12)
                && within(day, 31)
        }
        _ => false,
    }
}

fn columns(
    survey: &Survey,
    table: &jospar_tables::Table,
    group: &str,
    comment: &str,
) -> Result<Columns, Error> {
    let items: Vec<Option<usize>> =
        survey.items.iter().map(|item| table.column(&item.id)).collect();
    if items.iter().all(Option::is_none) {
        let codes: Vec<Text> =
            survey.items.iter().take(5).map(|item| Text::same(&*item.id)).collect();
        let values =
            [("codes", Text::joined(&codes, ", ").into()), ("survey", name(survey).into())];
        return Err(Error::invalid(WORDS.say("no-columns", &values)));
    }
    let named = |wanted: &str, usual: &str| -> Result<Option<usize>, Error> {
        if !wanted.is_empty() {
            let found =
                table.heads.iter().position(|head| same(head, wanted)).or(table.column(wanted));
            let missing = || Error::invalid(WORDS.say("no-column", &[("column", wanted.into())]));
            return found.map(Some).ok_or_else(missing);
        }
        let usual = WORDS.word(usual);
        let usual: Vec<&str> = [&usual.kk, &usual.ru, &usual.en]
            .into_iter()
            .flat_map(|words| words.split('|'))
            .collect();
        Ok(table.heads.iter().position(|head| usual.iter().any(|word| same(head, word))))
    };
    let group = named(group, "heads-of-groups")?;
    let group = group.filter(|column| !items.contains(&Some(*column)));
    let comment = named(comment, "heads-of-comments")?;
    let comment =
        comment.filter(|column| !items.contains(&Some(*column)) && Some(*column) != group);
    Ok(Columns { items, group, comment })
}

fn same(head: &str, wanted: &str) -> bool {
    head.trim().to_lowercase() == wanted.trim().to_lowercase()
}

fn batch(
    survey: &Survey,
    table: &jospar_tables::Table,
    columns: &Columns,
    scale: AnswerScale,
) -> Batch {
    let mut batch = Batch { rows: Vec::new(), wrong: Vec::new(), empty: 0, blank: 0 };
    let labels = labels(survey);
    let cell = |row: &Row, column: Option<usize>| {
        let cell = column.and_then(|column| row.cells.get(column));
        cell.map(|cell| cell.trim().to_owned()).unwrap_or_default()
    };
    for row in &table.rows {
        let (mut answers, mut blank) = (Map::new(), 0);
        for (item, column) in survey.items.iter().zip(&columns.items) {
            let Some(column) = column else { continue };
            let written = cell(row, Some(*column));
            match answer(&written, &labels, scale) {
                _ if written.is_empty() => blank += 1,
                Some(answer) => drop(answers.insert(item.id.clone(), answer.into())),
                None => {
                    batch.wrong.push(Wrong { line: row.line, code: item.id.clone(), cell: written })
                }
            }
        }
        let comment = cell(row, columns.comment);
        if answers.is_empty() && comment.is_empty() {
            batch.empty += 1;
            continue;
        }
        batch.blank += blank;
        batch.rows.push(Answered { group: cell(row, columns.group), answers, comment });
    }
    batch
}

/// What answers are called, in lower case, in any language.
fn labels(survey: &Survey) -> BTreeMap<String, &str> {
    let mut labels = BTreeMap::new();
    for (answer, label) in &survey.scale.labels {
        for text in [&label.kk, &label.ru, &label.en] {
            labels.insert(text.trim().to_lowercase(), answer.as_str());
        }
    }
    labels
}

/// A whole number of the scale, or what one is called.
fn answer(written: &str, labels: &BTreeMap<String, &str>, scale: AnswerScale) -> Option<u8> {
    let label = labels.get(written.to_lowercase().as_str()).copied();
    let number: f64 = label.unwrap_or(written).replace(',', ".").parse().ok()?;
    (scale.min()..=scale.max()).find(|answer| f64::from(*answer) == number)
}

/// Fisher and Yates's shuffle.
fn shuffle<T>(rows: &mut [T], random: impl Fn() -> f64) {
    for end in (1..rows.len()).rev() {
        rows.swap(end, below(end + 1, &random));
    }
}

/// A random whole number below `limit`.
fn below(limit: usize, random: impl Fn() -> f64) -> usize {
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small numbers from 0 on"
    )]
    let drawn = (random() * limit as f64) as usize;
    drawn.min(limit.saturating_sub(1))
}

fn preview(
    survey: &Survey,
    table: &jospar_tables::Table,
    columns: &Columns,
    batch: &Batch,
    file: &str,
) -> Report {
    let values = [
        ("file", Value::from(file)),
        ("n", batch.rows.len().into()),
        ("survey", name(survey).into()),
        ("wrong", batch.wrong.len().into()),
    ];
    let mut report = Report::new(WORDS.word("import-title"));
    report = match (batch.wrong.is_empty(), batch.rows.is_empty()) {
        (false, _) => report.callout(Tone::Critical, WORDS.say("import-wrong", &values)),
        (true, true) => report.callout(Tone::Critical, WORDS.say("import-nothing", &values)),
        (true, false) => report.callout(Tone::Good, WORDS.say("import-ready", &values)),
    };
    report = report.items(batch.wrong.iter().take(WRONG_SHOWN_MAX).map(wrong).collect());
    let read = match table.source {
        Source::Xlsx => WORDS.word("read-xlsx"),
        Source::Csv { encoding, delimiter } => {
            let encoding = match encoding {
                Encoding::Utf8 => "UTF-8",
                Encoding::Utf16 => "UTF-16",
                Encoding::Windows1251 => "windows-1251",
            };
            let delimiter =
                if delimiter == '\t' { "Tab".to_owned() } else { delimiter.to_string() };
            WORDS.say("read-csv", &[("encoding", encoding.into()), ("delimiter", delimiter.into())])
        }
    };
    let counts = [("blank", Value::from(batch.blank)), ("empty", batch.empty.into())];
    report = report.paragraph(read).paragraph(WORDS.say("import-counts", &counts));
    let missing: Vec<Text> = survey
        .items
        .iter()
        .zip(&columns.items)
        .filter(|(_, column)| column.is_none())
        .map(|(item, _)| Text::same(&*item.id))
        .collect();
    if !missing.is_empty() {
        let list = Text::joined(&missing, ", ");
        report =
            report.callout(Tone::Warning, WORDS.say("import-missing", &[("list", list.into())]));
    }
    groups(report.table(uses(survey, table, columns)), survey, batch)
        .paragraph(WORDS.word("import-stripped"))
}

fn wrong(wrong: &Wrong) -> Text {
    let cell: String = wrong.cell.chars().take(40).collect();
    let values = [
        ("line", Value::from(wrong.line)),
        ("code", wrong.code.as_str().into()),
        ("cell", cell.into()),
    ];
    WORDS.say("import-cell", &values)
}

/// What becomes of each column.
fn uses(survey: &Survey, table: &jospar_tables::Table, columns: &Columns) -> Table {
    let mut uses = Table::new(
        WORDS.word("columns"),
        vec![Column::text(WORDS.word("column")), Column::text(WORDS.word("use"))],
    );
    for (column, head) in table.heads.iter().enumerate() {
        let item = columns.items.iter().position(|known| *known == Some(column));
        let used = match item.and_then(|item| survey.items.get(item)) {
            Some(item) => WORDS.say("use-item", &[("code", item.id.as_str().into())]),
            None if columns.group == Some(column) => WORDS.word("use-group"),
            None if columns.comment == Some(column) => WORDS.word("use-comment"),
            None => WORDS.word("use-none"),
        };
        let head = if head.trim().is_empty() { Text::same("–") } else { Text::same(head.trim()) };
        uses.push(vec![head.into(), used.into()]);
    }
    uses
}

/// How many answered in each group, as it may be shown.
fn groups(report: Report, survey: &Survey, batch: &Batch) -> Report {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &batch.rows {
        *groups.entry(row.group.as_str()).or_default() += 1;
    }
    if groups.len() < 2 {
        return report;
    }
    if groups.len() > GROUPS_MAX {
        let values = [("n", groups.len().into())];
        return report.callout(Tone::Critical, WORDS.say("import-groups-many", &values));
    }
    let sizes: Vec<usize> = groups.values().copied().collect();
    let Ok(shown) = suppress(&sizes, survey.minimum(), true) else { return report };
    let mut table = Table::new(
        WORDS.word("groups-sizes"),
        vec![Column::text(WORDS.word("group")), Column::number(WORDS.word("n"), 0)],
    );
    for (name, cell) in groups.keys().zip(&shown.value.cells) {
        let name = if name.is_empty() { WORDS.word("no-group") } else { Text::same(*name) };
        table.push(vec![name.into(), cell.shown().map_or(Cell::Hidden, Cell::from)]);
    }
    report.table(table)
}

/// One proposal with all rows, in as many documents as their size asks for. Groups that are no groups stay out.
fn proposal(
    survey: &Survey,
    batch: &Batch,
    date: &str,
    role: &str,
    random: impl Fn() -> f64,
) -> Result<Proposal, Error> {
    let groups: BTreeSet<&str> = batch.rows.iter().map(|row| row.group.as_str()).collect();
    let with_groups = groups.len() <= GROUPS_MAX;
    let values = [
        ("n", Value::from(batch.rows.len())),
        ("survey", name(survey).into()),
        ("date", date.into()),
    ];
    let mut proposal =
        Proposal::new(WORDS.say("import-propose", &values), WORDS.say("import-reason", &values));
    let mut ids = BTreeSet::new();
    let (mut rows, mut bytes) = (Vec::new(), 0);
    for row in &batch.rows {
        let mut id = fresh(&random);
        while !ids.insert(id.clone()) {
            id = format!("{id}{}", ids.len());
        }
        let size = bytes_of(row);
        if bytes + size > DOCUMENT_BYTES_MAX {
            proposal =
                proposal.add("survey_rows", &document(survey, date, std::mem::take(&mut rows)))?;
            bytes = 0;
        }
        bytes += size;
        let mut fields =
            Map::from_iter([("id".to_owned(), json!(id)), ("role".to_owned(), json!(role))]);
        if with_groups && !row.group.is_empty() {
            fields.insert("group".to_owned(), json!(row.group));
        }
        fields.insert("answers".to_owned(), row.answers.clone().into());
        if !row.comment.is_empty() {
            fields.insert("comment".to_owned(), json!(row.comment));
        }
        rows.push(fields);
    }
    proposal.add("survey_rows", &document(survey, date, rows))
}

fn document(
    survey: &Survey,
    date: &str,
    rows: Vec<Map<String, serde_json::Value>>,
) -> serde_json::Value {
    json!({"survey": survey.id, "date": date, "rows": rows})
}

/// An id that says nothing.
fn fresh(random: impl Fn() -> f64) -> String {
    let part = || below(1 << 20, &random);
    format!("{:05x}{:05x}", part(), part())
}

/// What a row takes in a document, from above: its record, an entry for each answer, the pieces of its comment.
fn bytes_of(row: &Answered) -> usize {
    let answers: usize = row.answers.keys().map(|code| code.len() + 48).sum();
    let paragraphs = row.comment.matches('\n').count() + 1 + row.comment.len() / 512;
    200 + row.group.len() + answers + row.comment.len() + paragraphs * 160
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::cell::Cell as Counter;

    use super::*;

    /// A row of numbers that fills every place below 1.
    fn random() -> impl Fn() -> f64 {
        let state = Counter::new(12_345_u32);
        move || {
            state.set(state.get().wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
            f64::from(state.get()) / 4_294_967_296.0
        }
    }

    fn survey() -> Survey {
        let plan = include_str!("../../../../data/example-plan.json");
        let plan: serde_json::Value = serde_json::from_str(plan).unwrap();
        serde_json::from_value(plan["surveys"][0].clone()).unwrap()
    }

    fn read(bytes: &[u8]) -> (jospar_tables::Table, Columns, Batch) {
        let table = jospar_tables::read(bytes).unwrap();
        let columns = columns(&survey(), &table, "", "").unwrap();
        let batch = batch(&survey(), &table, &columns, AnswerScale::new(1, 5).unwrap());
        (table, columns, batch)
    }

    #[test]
    fn the_example_file_becomes_one_shuffled_batch_without_codes_of_people() {
        let (_, columns, mut batch) = read(include_bytes!("../../../../data/teacher-survey.csv"));
        assert_eq!((batch.rows.len(), batch.blank, batch.wrong.len(), batch.empty), (60, 31, 0, 0));
        assert_eq!((columns.group, columns.comment), (Some(1), Some(19)));
        let first = batch.rows[0].comment.clone();
        let random = random();
        shuffle(&mut batch.rows, &random);
        let proposal = proposal(&survey(), &batch, "2026-09-20", "teacher", &random).unwrap();
        let jospar_plugin_sdk::Edit::Add(add) = &proposal.edits[0] else { unreachable!() };
        assert_eq!((proposal.edits.len(), add.path.as_str()), (1, "survey_rows"));
        let fields: serde_json::Value = serde_json::from_str(&add.fields).unwrap();
        let rows = fields["rows"].as_array().unwrap();
        assert_eq!((rows.len(), fields["survey"].as_str()), (60, Some("sv1")));
        assert!(!add.fields.contains("M01") && !add.fields.contains("еңбек"));
        assert_ne!(rows[0]["comment"].as_str().unwrap_or_default(), first, "the order is another");
        let ids: BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 60);
        let answers: usize = rows.iter().map(|row| row["answers"].as_object().unwrap().len()).sum();
        assert_eq!(answers, 60 * 16 - 31);
    }

    #[test]
    fn labels_of_any_language_and_decimal_forms_are_answers() {
        let bytes =
            "role;D1. a;D2;D3;comment\nx;Толық келісемін;не согласен;4,0;ok\ny;;;;\n;;;;late\n";
        let (_, _, batch) = read(bytes.as_bytes());
        assert_eq!(json!(batch.rows[0].answers), json!({"D1": 5, "D2": 2, "D3": 4}));
        assert_eq!((batch.rows.len(), batch.empty), (2, 1));
        assert_eq!((batch.rows[1].comment.as_str(), batch.rows[1].group.as_str()), ("late", ""));
    }

    #[test]
    fn cells_that_are_no_answers_are_named_with_their_lines() {
        let (table, columns, batch) = read(b"D1,D2\n6,1\n2,1.5\n3,often\n");
        let wrong: Vec<(usize, &str)> =
            batch.wrong.iter().map(|wrong| (wrong.line, wrong.code.as_str())).collect();
        assert_eq!(wrong, [(2, "D1"), (3, "D2"), (4, "D2")]);
        let report = preview(&survey(), &table, &columns, &batch, "a.csv");
        let said = format!("{report:?}");
        assert!(said.contains("4-жол, D2: «often»"), "{said}");
    }

    #[test]
    fn a_file_of_another_survey_is_refused_with_the_codes_that_it_should_have() {
        let table = jospar_tables::read(b"x,y\n1,2\n").unwrap();
        let error = columns(&survey(), &table, "", "").err().unwrap();
        assert!(error.message.kk.contains("D1, D2, D3"), "{}", error.message.kk);
        let table = jospar_tables::read(b"D1,y\n1,2\n").unwrap();
        assert!(columns(&survey(), &table, "team", "").is_err());
    }

    #[test]
    fn many_rows_become_several_documents_and_names_are_no_groups() {
        let mut text = String::from("group,D1,D2,comment\n");
        for person in 0..2_000 {
            text.push_str(&format!("person {person},1,2,{}\n", "x".repeat(100)));
        }
        let (_, _, batch) = read(text.as_bytes());
        let proposal = proposal(&survey(), &batch, "2026-09-20", "student", random()).unwrap();
        assert!(proposal.edits.len() > 5 && proposal.edits.len() < 20, "{}", proposal.edits.len());
        for edit in &proposal.edits {
            let jospar_plugin_sdk::Edit::Add(add) = edit else { unreachable!() };
            assert!(!add.fields.contains("person") && add.fields.len() < 128 << 10);
        }
    }

    #[test]
    fn dates_are_years_months_and_days() {
        assert!(is_date("2026-09-20"));
        for wrong in [
            "20.09.2026",
            "2026-9-20",
            "2026-13-01",
            "2026-00-10",
            "2026-01-32",
            "",
            "2026-01-01-1",
        ] {
            assert!(!is_date(wrong), "{wrong}");
        }
    }
}
