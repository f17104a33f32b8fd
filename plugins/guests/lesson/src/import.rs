//! Results from a file: a row for each learner and day, a column for each item.

use std::collections::BTreeMap;

use jospar_guest_days::written;
use jospar_guest_words::no_table;
use jospar_plugin_sdk::{
    Column, Error, Outcome, Proposal, Report, Table, Text, Tone, Value, files, plan as workspace,
};
use serde_json::{Map, Value as Json, json};

use crate::plan::{Results, Study};
use crate::{WORDS, chosen};

/// Learners of a file: each becomes an edit.
const LEARNERS_MAX: usize = 300;

/// Wrong cells that are named.
const WRONG_SHOWN_MAX: usize = 20;

/// Points of one item.
const POINTS_MAX: f64 = 1_000.0;

/// What the columns of a file hold.
struct Columns {
    learner: usize,
    date: usize,
    stage: Option<usize>,
    /// Items with their columns.
    items: Vec<(String, usize)>,
}

/// A cell that cannot be taken.
struct Wrong {
    line: usize,
    column: String,
    cell: String,
}

/// What a file says: results by learner and date.
#[derive(Default)]
struct Batch {
    learners: BTreeMap<String, BTreeMap<String, TestResult>>,
    wrong: Vec<Wrong>,
    /// Rows without any points: the learner was absent.
    absent: usize,
}

struct TestResult {
    stage: Option<&'static str>,
    points: Map<String, Json>,
}

pub(crate) fn import() -> Result<Outcome, Error> {
    let study = chosen()?;
    let file = files::files().into_iter().next();
    let file = file.ok_or_else(|| Error::not_found(WORDS.word("no-file")))?;
    let table = jospar_tables::read(&files::read(&file.name)?).map_err(no_table)?;
    let known = workspace::optional(workspace::read_lesson_results::<Results>(&study.id))?;
    let known: Vec<String> =
        known.unwrap_or_default().learners.into_iter().map(|l| l.learner).collect();
    imported(&study, &table, &known, &file.name)
}

fn imported(
    study: &Study,
    table: &jospar_tables::Table,
    known: &[String],
    file: &str,
) -> Result<Outcome, Error> {
    let columns = columns(study, table)?;
    let batch = batch(table, &columns);
    if batch.learners.len() > LEARNERS_MAX {
        let values = [("n", batch.learners.len().into()), ("limit", LEARNERS_MAX.into())];
        return Err(Error::invalid(WORDS.say("too-many-learners", &values)));
    }
    let there: Vec<&String> = batch.learners.keys().filter(|code| known.contains(code)).collect();
    let outcome = Outcome::of(preview(study, table, &columns, &batch, (&there, file)));
    if batch.wrong.is_empty() {
        Ok(outcome.propose(proposal(study, &batch, known)?))
    } else {
        Ok(outcome)
    }
}

/// The column whose head is one of the words of a text, in any language.
fn named(table: &jospar_tables::Table, words: &str) -> Option<usize> {
    let words = WORDS.word(words);
    let words: Vec<&str> =
        [&words.kk, &words.ru, &words.en].into_iter().flat_map(|words| words.split('|')).collect();
    let same = |head: &String| words.iter().any(|word| head.trim().to_lowercase() == *word);
    table.heads.iter().position(same)
}

fn columns(study: &Study, table: &jospar_tables::Table) -> Result<Columns, Error> {
    let needed = |words: &str, what: &str| {
        let missing = || {
            let head = WORDS.word(words);
            let values = [("what", WORDS.word(what).into()), ("heads", head.into())];
            Error::invalid(WORDS.say("no-column", &values))
        };
        named(table, words).ok_or_else(missing)
    };
    let learner = needed("heads-of-learners", "learner")?;
    let date = needed("heads-of-dates", "date")?;
    let stage = named(table, "heads-of-stages");
    let taken = [Some(learner), Some(date), stage];
    let skills = study.test.skills.iter().flat_map(|skill| &skill.items);
    let mut items: Vec<(String, usize)> =
        skills.filter_map(|item| Some((item.clone(), table.column(item)?))).collect();
    if study.test.skills.is_empty() {
        let heads = table.heads.iter().enumerate().filter(|(at, _)| !taken.contains(&Some(*at)));
        items = heads.filter_map(|(at, head)| Some((item_code(head)?, at))).collect();
    }
    items.retain(|(_, column)| !taken.contains(&Some(*column)));
    if items.is_empty() {
        return Err(Error::invalid(WORDS.word("no-items")));
    }
    Ok(Columns { learner, date, stage, items })
}

/// Letters and then digits, as `i01` or `Q3`: what an item is called where the study names no skills.
fn item_code(head: &str) -> Option<String> {
    let code = jospar_tables::code(head);
    let letters = code.chars().take_while(|c| c.is_alphabetic()).count();
    let digits = code.chars().skip(letters).collect::<String>();
    let is_code = (1..=3).contains(&letters)
        && !digits.is_empty()
        && digits.len() <= 3
        && digits.bytes().all(|b| b.is_ascii_digit());
    is_code.then(|| code.to_owned())
}

fn batch(table: &jospar_tables::Table, columns: &Columns) -> Batch {
    let mut batch = Batch::default();
    let stages = [("words-before", "before"), ("words-after", "after")].map(|(words, stage)| {
        let words = WORDS.word(words);
        let all = [words.kk, words.ru, words.en].join("|");
        (all.split('|').map(str::to_owned).collect::<Vec<_>>(), stage)
    });
    for row in &table.rows {
        let cell =
            |column: usize| row.cells.get(column).map(|cell| cell.trim()).unwrap_or_default();
        let head = |column: usize| table.heads.get(column).map(|head| head.trim().to_owned());
        let wrong = |column: usize| Wrong {
            line: row.line,
            column: head(column).unwrap_or_default(),
            cell: cell(column).to_owned(),
        };
        let (mut points, mut bad) = (Map::new(), Vec::new());
        for (item, column) in &columns.items {
            match (cell(*column), points_of(cell(*column))) {
                ("", _) => {}
                (_, Some(number)) => drop(points.insert(item.clone(), number.into())),
                (_, None) => bad.push(wrong(*column)),
            }
        }
        let (learner, date) = (cell(columns.learner), written(cell(columns.date)));
        if learner.is_empty() {
            bad.push(wrong(columns.learner));
        }
        if date.is_none() {
            bad.push(wrong(columns.date));
        }
        let written = columns.stage.map(|column| cell(column).to_lowercase()).unwrap_or_default();
        let stage =
            stages.iter().find(|(words, _)| words.contains(&written)).map(|(_, stage)| *stage);
        if !bad.is_empty() {
            batch.wrong.extend(bad);
        } else if points.is_empty() {
            batch.absent += 1;
            batch.learners.entry(learner.to_owned()).or_default();
        } else {
            let own = batch.learners.entry(learner.to_owned()).or_default();
            let result = TestResult { stage, points };
            if own.insert(date.unwrap_or_default(), result).is_some() {
                // The same learner stands twice on one day.
                batch.wrong.push(wrong(columns.date));
            }
        }
    }
    batch
}

fn points_of(cell: &str) -> Option<f64> {
    let number: f64 = cell.replace(',', ".").parse().ok()?;
    (0.0..=POINTS_MAX).contains(&number).then_some(number)
}

fn preview(
    study: &Study,
    table: &jospar_tables::Table,
    columns: &Columns,
    batch: &Batch,
    (there, file): (&[&String], &str),
) -> Report {
    let results: usize = batch.learners.values().map(BTreeMap::len).sum();
    let values = [
        ("file", Value::from(file)),
        ("n", results.into()),
        ("learners", batch.learners.len().into()),
        ("topic", (&study.topic).into()),
        ("wrong", batch.wrong.len().into()),
    ];
    let mut report = Report::new(WORDS.word("import-title"));
    report = match (batch.wrong.is_empty(), results == 0) {
        (false, _) => report.callout(Tone::Critical, WORDS.say("import-wrong", &values)),
        (true, true) => report.callout(Tone::Critical, WORDS.say("import-nothing", &values)),
        (true, false) => report.callout(Tone::Good, WORDS.say("import-ready", &values)),
    };
    let cells = batch.wrong.iter().take(WRONG_SHOWN_MAX).map(|wrong| {
        let cell: String = wrong.cell.chars().take(40).collect();
        let values = [
            ("line", Value::from(wrong.line)),
            ("column", wrong.column.as_str().into()),
            ("cell", cell.into()),
        ];
        WORDS.say("import-cell", &values)
    });
    report = report.items(cells.collect());
    if !there.is_empty() {
        let list: Vec<Text> = there.iter().map(|code| Text::same(code.as_str())).collect();
        let values = [("list", Text::joined(&list, ", ").into())];
        report = report.callout(Tone::Warning, WORDS.say("import-there", &values));
    }
    let missing: Vec<Text> = study
        .test
        .skills
        .iter()
        .flat_map(|skill| &skill.items)
        .filter(|item| !columns.items.iter().any(|(known, _)| known == *item))
        .map(|item| Text::same(item.as_str()))
        .collect();
    if !missing.is_empty() {
        let values = [("list", Text::joined(&missing, ", ").into())];
        report = report.callout(Tone::Warning, WORDS.say("import-missing", &values));
    }
    report
        .paragraph(WORDS.say("import-absent", &[("n", batch.absent.into())]))
        .table(days(batch))
        .table(uses(table, columns))
        .paragraph(WORDS.word("import-stripped"))
}

/// How many results each day has.
fn days(batch: &Batch) -> Table {
    let mut days: BTreeMap<&str, (usize, Option<&'static str>)> = BTreeMap::new();
    for (date, result) in batch.learners.values().flatten() {
        let (n, stage) = days.entry(date).or_default();
        *n += 1;
        *stage = stage.or(result.stage);
    }
    let mut table = Table::new(
        WORDS.word("days"),
        vec![
            Column::text(WORDS.word("date")),
            Column::text(WORDS.word("stage")),
            Column::number(WORDS.word("results"), 0),
        ],
    );
    for (date, (n, stage)) in days {
        let stage = match stage {
            Some("before") => WORDS.word("before"),
            Some(_) => WORDS.word("after"),
            None => WORDS.word("between"),
        };
        table.push(vec![Text::same(date).into(), stage.into(), n.into()]);
    }
    table
}

/// What becomes of each column.
fn uses(table: &jospar_tables::Table, columns: &Columns) -> Table {
    let mut uses = Table::new(
        WORDS.word("columns"),
        vec![Column::text(WORDS.word("column")), Column::text(WORDS.word("use"))],
    );
    for (column, head) in table.heads.iter().enumerate() {
        let item = columns.items.iter().find(|(_, known)| *known == column);
        let used = match item {
            Some((item, _)) => WORDS.say("use-item", &[("item", item.as_str().into())]),
            None if column == columns.learner => WORDS.word("learner"),
            None if column == columns.date => WORDS.word("date"),
            None if Some(column) == columns.stage => WORDS.word("stage"),
            None => WORDS.word("use-none"),
        };
        let head = if head.trim().is_empty() { Text::same("–") } else { Text::same(head.trim()) };
        uses.push(vec![head.into(), used.into()]);
    }
    uses
}

/// One document for each learner who has none yet, in the order of codes.
fn proposal(study: &Study, batch: &Batch, known: &[String]) -> Result<Proposal, Error> {
    let fresh = batch
        .learners
        .iter()
        .filter(|(code, results)| !known.contains(code) && !results.is_empty());
    let fresh: Vec<_> = fresh.collect();
    let values = [("n", Value::from(fresh.len())), ("topic", (&study.topic).into())];
    let mut proposal =
        Proposal::new(WORDS.say("import-propose", &values), WORDS.word("import-reason"));
    for (code, results) in fresh {
        let results = results.iter().enumerate().map(|(place, (date, result))| {
            let mut fields =
                json!({"id": format!("r{}", place + 1), "date": date, "points": result.points});
            if let Some(stage) = result.stage {
                fields["stage"] = stage.into();
            }
            fields
        });
        let results: Vec<Json> = results.collect();
        let document = json!({"lesson_study": study.id, "learner": code, "results": results});
        proposal = proposal.add("learner_results", &document)?;
    }
    Ok(proposal)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use jospar_plugin_sdk::Edit;

    use super::*;

    fn study() -> Study {
        let plan = include_str!("../../../../data/example-plan.json");
        let plan: Json = serde_json::from_str(plan).unwrap();
        serde_json::from_value(plan["lesson_studies"][0].clone()).unwrap()
    }

    fn run(bytes: &[u8], known: &[&str]) -> Result<Outcome, Error> {
        let known: Vec<String> = known.iter().map(|code| (*code).to_owned()).collect();
        imported(&study(), &jospar_tables::read(bytes).unwrap(), &known, "a.csv")
    }

    fn documents(outcome: &Outcome) -> Vec<Json> {
        let edits = outcome.proposals.iter().flat_map(|proposal| &proposal.edits);
        let added = edits.map(|edit| {
            let Edit::Add(add) = edit else { unreachable!() };
            assert_eq!(add.path, "learner_results");
            serde_json::from_str(&add.fields).unwrap()
        });
        added.collect()
    }

    #[test]
    fn the_example_file_becomes_a_document_for_each_learner() {
        let outcome = run(include_bytes!("../../../../data/lesson-results.csv"), &["S02"]).unwrap();
        let documents = documents(&outcome);
        assert_eq!(documents.len(), 29);
        let first = &documents[0];
        assert_eq!(
            (first["learner"].as_str(), first["lesson_study"].as_str()),
            (Some("S01"), Some("ls1"))
        );
        let results = first["results"].as_array().unwrap();
        assert_eq!(
            (results[0]["date"].as_str(), results[0]["stage"].as_str()),
            (Some("2026-09-14"), Some("before"))
        );
        assert_eq!(results[0]["points"]["i01"], 1.0);
        assert!(results[1].get("stage").is_none());
        assert_eq!(results.last().unwrap()["stage"], "after");
        assert!(documents.iter().all(|document| !document.to_string().contains("8A")));
        assert!(format!("{:?}", outcome.report).contains("S02"));
    }

    #[test]
    fn what_cannot_be_taken_is_named_and_nothing_is_proposed() {
        let text = "Оқушы;Күні;i01;i02\nА;14.09.2026;1;x\nБ;31.02.2026;1;0\n;14.09.2026;1;0\nВ;15.09.2026;1;0\nВ;15.09.2026;0;0\nГ;2026-09-14;-1;0\n";
        let outcome = run(text.as_bytes(), &[]).unwrap();
        assert!(outcome.proposals.is_empty());
        let said = format!("{:?}", outcome.report);
        for line in [
            "2-жол, «i02»: «x»",
            "3-жол, «Күні»: «31.02.2026»",
            "4-жол, «Оқушы»",
            "6-жол, «Күні»",
            "7-жол, «i01»: «-1»",
        ] {
            assert!(said.contains(line), "{line}: {said}");
        }
    }

    #[test]
    fn a_file_without_learners_days_or_items_is_refused() {
        let error = |text: &str| run(text.as_bytes(), &[]).err().unwrap().message.kk;
        assert!(error("a,date,i01\n1,2026-09-14,1\n").contains("оқушы"));
        assert!(error("learner,a,i01\n1,2026-09-14,1\n").contains("күн"));
        assert!(error("learner,date,x\n1,2026-09-14,1\n").contains("тапсырма"));
    }

    #[test]
    fn codes_of_items_are_letters_and_digits() {
        assert_eq!(item_code("Q3. Solve"), Some("Q3".to_owned()));
        assert_eq!(item_code("i01"), Some("i01".to_owned()));
        for head in ["class", "2026", "Total", "Time1234", ""] {
            assert_eq!(item_code(head), None, "{head}");
        }
    }
}
