//! `docs/threats.md` against the tests: every row has its state, and a row that is shown has a test that carries its id.
//! `docs/assurance.md` against the bounds of the long tests.
//!
//! A test carries ids in front of its name: `f02_f20_x15_what_was_acknowledged_…` shows three rows.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[allow(dead_code, reason = "written for the project's lints")]
#[path = "tidy/rust.rs"]
mod rust;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jospar_tests::bounds::BOUNDS;
use rust::Source;

/// The letters of the tables, and how many rows each has.
const TABLES: [(char, usize); 3] = [('T', 43), ('F', 20), ('X', 15)];

/// What a row's last cell begins with, and whether tests show the row.
const STATES: [(&str, bool); 3] =
    [("shown", true), ("waiting for the web interface", false), ("postponed: ", false)];

/// One row of the page.
struct Row {
    id: String,
    state: &'static str,
    is_shown: bool,
    about: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn is_id(text: &str) -> bool {
    let mut chars = text.chars();
    let letter = chars.next().is_some_and(|c| TABLES.iter().any(|(letter, _)| *letter == c));
    letter && text.len() == 3 && chars.all(|c| c.is_ascii_digit())
}

fn rows(page: &str) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for line in page.lines().filter_map(|line| line.strip_prefix("| ")) {
        let cells: Vec<&str> = line.trim_end_matches(['|', ' ']).split(" | ").collect();
        let [id, about, _, state] = cells[..] else { continue };
        if id == "id" {
            continue;
        }
        if !is_id(id) {
            return Err(format!("{id:?} is no id"));
        }
        let known = STATES.iter().find(|(name, _)| state.starts_with(name));
        let (name, is_shown) = known.ok_or_else(|| format!("{id}: no such state: {state}"))?;
        let about = format!("{about} ({state})");
        rows.push(Row { id: id.to_owned(), state: name, is_shown: *is_shown, about });
    }
    let found: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let ids = |(letter, count): (char, usize)| (1..=count).map(move |n| format!("{letter}{n:02}"));
    let expected: Vec<String> = TABLES.into_iter().flat_map(ids).collect();
    if found != expected {
        return Err(format!("the rows are {found:?}, and should be {expected:?}"));
    }
    Ok(rows)
}

/// The ids in front of a test's name, in capitals as on the page.
fn ids_of(name: &str) -> Vec<String> {
    name.split('_').map(str::to_uppercase).take_while(|word| is_id(word)).collect()
}

/// The names of the tests in Rust code: functions under `#[test]`, in `proptest!`, too. One that is ignored shows nothing.
fn test_names(text: &str) -> Vec<String> {
    let source = Source::read(text);
    let mut names = Vec::new();
    for (offset, _) in source.code().match_indices("#[test]") {
        let (before, rest) = source.code().split_at(offset);
        let Some((attributes, rest)) = rest.split_once("fn ") else { continue };
        // What stands before belongs to it from the end of the last item on.
        let before = before.rsplit(['}', ';', '{']).next().unwrap_or_default();
        if before.contains("#[ignore") || attributes.contains("#[ignore") {
            continue;
        }
        let name = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_');
        names.push(name.collect());
    }
    names
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        if name == "target" || name.to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.clone(), fs::read_to_string(path).unwrap()));
        }
    }
}

/// Everything that the page and the tests do not say alike.
fn differences(rows: &[Row], tests: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut found = Vec::new();
    for Row { id, is_shown, .. } in rows {
        match tests.get(id) {
            None if *is_shown => {
                found.push(format!("{id} is said to be shown, and no test has it"))
            }
            Some(names) if !is_shown => {
                found.push(format!("{id} is not said to be shown, and {names:?} have it"));
            }
            _ => {}
        }
    }
    for (id, names) in tests.iter().filter(|(id, _)| !rows.iter().any(|row| row.id == **id)) {
        found.push(format!("{names:?} have {id}, which is no row"));
    }
    found
}

#[test]
#[allow(clippy::print_stdout, reason = "what is shown and what is not is the point of it")]
fn every_row_is_shown_by_tests_or_says_why_not() {
    let rows = rows(&fs::read_to_string(root().join("docs/threats.md")).unwrap()).unwrap();
    let mut sources = Vec::new();
    collect(&root(), &mut sources);
    assert!(sources.len() > 150, "the sources were not found");
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, text) in &sources {
        for name in test_names(text) {
            for id in ids_of(&name) {
                tests.entry(id).or_default().insert(name.clone());
            }
        }
    }
    for (state, is_shown) in STATES {
        let of_state: Vec<&Row> = rows.iter().filter(|row| row.state == state).collect();
        println!("{}: {} of {}", state.trim_end_matches(": "), of_state.len(), rows.len());
        for row in of_state.iter().filter(|_| !is_shown) {
            println!("  {} {}", row.id, row.about);
        }
    }
    let carrying: BTreeSet<&String> = tests.values().flatten().collect();
    println!("{} tests carry an id", carrying.len());
    let found = differences(&rows, &tests);
    assert!(found.is_empty(), "docs/threats.md and the tests differ:\n  {}", found.join("\n  "));
}

/// A number as the page writes it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<&str> = groups.map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

#[test]
fn the_page_of_promises_has_every_bound_as_it_is() {
    let page = fs::read_to_string(root().join("docs/assurance.md")).unwrap();
    for bound in BOUNDS {
        let (usual, full) = (grouped(bound.usual), grouped(bound.full));
        let row = format!("| `{}` | {usual} | {full} |", bound.variable);
        assert!(page.contains(&row), "docs/assurance.md has no {row}");
    }
    assert_eq!([grouped(7), grouped(1_000), grouped(1_234_567)], ["7", "1,000", "1,234,567"]);
}

#[test]
fn a_row_or_a_test_that_goes_missing_is_noticed() {
    let page = fs::read_to_string(root().join("docs/threats.md")).unwrap();
    let whole = rows(&page).unwrap();
    let shown = whole.iter().filter(|row| row.is_shown);
    let tests = |ids: &[&str]| -> BTreeMap<String, BTreeSet<String>> {
        let name = |id: &str| BTreeSet::from([format!("{}_something", id.to_lowercase())]);
        ids.iter().map(|id| ((*id).to_owned(), name(id))).collect()
    };
    let all: Vec<&str> = shown.map(|row| row.id.as_str()).collect();
    assert_eq!(differences(&whole, &tests(&all)), Vec::<String>::new());
    // One fewer, one of a row that waits, one of no row.
    assert_eq!(differences(&whole, &tests(&all[1..])).len(), 1);
    for more in ["T32", "T37", "T44", "F00"] {
        assert_eq!(differences(&whole, &tests(&[&all[..], &[more]].concat())).len(), 1, "{more}");
    }
    for (from, to) in [
        ("| F07 |", "| F77 |"),
        ("| F07 |", "| F7 |"),
        ("| F07 |", "F07"),
        ("| F07 |", "| F08 |"),
        ("| shown |", "| show |"),
        ("| postponed: ", "| postponed "),
    ] {
        assert!(page.contains(from) && rows(&page.replacen(from, to, 1)).is_err(), "{from} {to}");
    }
}

#[test]
fn tests_are_told_from_what_only_looks_like_them() {
    let text = "
        // #[test] fn t01_in_a_comment() {}
        const A: &str = \"#[test] fn t02_in_a_text() {}\";
        fn t03_not_a_test() {}
        #[test]
        #[cfg(unix)]
        /// With words.
        fn t04_f05_two() {}
        proptest! { #[test] fn x06_of_any(a in 0..1) {} }
        #[test]
        #[ignore]
        fn t07_left_out() {}
        #[ignore]
        #[test]
        fn t08_left_out_too() {}
        #[test]
        fn quiet_t09_behind() {}
    ";
    let names = test_names(text);
    assert_eq!(names, ["t04_f05_two", "x06_of_any", "quiet_t09_behind"]);
    let ids: Vec<Vec<String>> = names.iter().map(|name| ids_of(name)).collect();
    assert_eq!(ids, [vec!["T04", "F05"], vec!["X06"], Vec::new()]);
    assert_eq!(ids_of("f32_is_a_number"), ["F32"], "no name begins like this without meaning it");
    assert!(ids_of("t1_short").is_empty() && ids_of("t123_long").is_empty());
}
