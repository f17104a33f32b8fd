//! The project's own lints: habits of STYLE that neither rustfmt nor clippy can see, checked over the files as text.
//!
//! Rules over Rust use [`rust::Source`], which tells code from comments and literals. A rule that older code breaks
//! has a ratchet: a list of the places that may, which can only shrink.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jospar_locales::Catalogue;

use crate::rust::Source;

#[path = "tidy/rust.rs"]
mod rust;

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;

/// Functions that may be longer than [`FUNCTION_LINES_MAX`]: file and name.
const LONG_FUNCTIONS: &[(&str, &str)] = &[("node/examples/store_costs.rs", "main")];

/// Files that may have Cyrillic in literals outside tests, because they read what people write and say nothing.
const CYRILLIC_FILES: &[&str] = &["core/src/plan/stated.rs"];

/// What begins a message key that is made in one crate and shown in another.
const KEY_FAMILIES: &[&str] = &[
    "approval",
    "dropped",
    "error",
    "help",
    "lint",
    "missing",
    "part",
    "plugin",
    "progress",
    "quarantine",
    "refused",
    "role",
    "state",
];

const ADR_PARTS: [&str; 5] =
    ["## Context", "## Options", "## Decision", "## Consequences", "## Wrong if"];

/// A text file of the repository: its path from the root, with `/`, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// True for code that only tests run. The part of other files from `#[cfg(test)]` on is [`Source`]'s matter.
    fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "benches" | "fuzz"))
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file that is text.
fn repository() -> Vec<File> {
    let root = root();
    let mut files = Vec::new();
    collect(&root, "", &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 20, "the repository was not found");
    files
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), files);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            files.push(File { path, text });
        }
    }
}

fn check(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// What `find` finds in each Rust file, as `path:line: what`.
fn over_rust(find: impl Fn(&File, &Source) -> Vec<(usize, String)>) -> Vec<String> {
    let files = repository();
    let found = files.iter().filter(|file| file.is_rust()).flat_map(|file| {
        let source = Source::read(&file.text);
        let found = find(file, &source);
        found.into_iter().map(|(line, what)| format!("{}:{line}: {what}", file.path))
    });
    found.collect()
}

#[test]
fn files_are_short() {
    let broken = over_rust(|file, source| {
        let lines = source.lines_before_tests();
        let long = lines > FILE_LINES_MAX && !file.is_test();
        long.then(|| (lines, format!("longer than {FILE_LINES_MAX} lines"))).into_iter().collect()
    });
    check("split the file by what its parts are for", &broken);
}

#[test]
fn functions_are_short() {
    let broken = over_rust(|file, source| {
        let long = source.functions().into_iter().filter(|f| f.lines > FUNCTION_LINES_MAX);
        let listed = |name: &str| LONG_FUNCTIONS.contains(&(file.path.as_str(), name));
        long.filter(|f| !listed(&f.name))
            .map(|f| (f.line, format!("{} has {} lines", f.name, f.lines)))
            .collect()
    });
    check("move plain work into helpers", &broken);
}

#[test]
fn words_for_people_live_in_locales() {
    let cyrillic = |text: &str| text.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
    let broken = over_rust(|file, source| {
        if file.is_test() || CYRILLIC_FILES.contains(&file.path.as_str()) {
            return Vec::new();
        }
        let literals = source.literals_before_tests().filter(|literal| cyrillic(&literal.text));
        literals.map(|literal| (literal.line, literal.text.clone())).collect()
    });
    check("move the text to locales/*.ftl", &broken);
}

#[test]
fn every_message_key_in_code_has_a_message() {
    // Plugins bring their own texts; tests of `plugins/guests/words` see to those.
    let own_texts = ["plugins/guests/", "plugins/sdk/"];
    let keys: BTreeSet<_> = Catalogue::keys().collect();
    let is_key = |text: &str| {
        let family = text.split_once('-').is_some_and(|(family, _)| KEY_FAMILIES.contains(&family));
        family && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let broken = over_rust(|file, source| {
        if file.is_test() || own_texts.iter().any(|folder| file.path.starts_with(folder)) {
            return Vec::new();
        }
        source
            .literals_before_tests()
            .filter(|literal| literal.after_text_call || is_key(&literal.text))
            .filter(|literal| !keys.contains(literal.text.as_str()))
            .filter(|literal| !literal.text.ends_with('-'))
            .map(|literal| (literal.line, literal.text.clone()))
            .collect()
    });
    check("write the message in locales/*.ftl", &broken);
}

#[test]
fn every_lint_has_its_messages() {
    let catalogue = Catalogue::new(jospar_locales::Language::Kk);
    for number in 1..=17 {
        for key in [format!("lint-l{number:02}"), format!("lint-l{number:02}-advice")] {
            assert!(catalogue.has(&key), "{key}");
        }
    }
}

#[test]
fn what_is_left_to_do_names_an_issue() {
    let word = ["TO", "DO"].concat();
    let named = |rest: &str| {
        let number = rest.strip_prefix("(#").and_then(|rest| rest.split_once(')'));
        number.is_some_and(|(number, _)| number.parse::<u32>().is_ok())
    };
    let broken = over_rust(|_, source| {
        let unnamed = |text: &str| text.split(&word).skip(1).any(|rest| !named(rest));
        let comments = source.comments().filter(|comment| unnamed(&comment.text));
        comments.map(|comment| (comment.line, comment.text.trim().to_owned())).collect()
    });
    check("name the issue in brackets behind the word, with a number sign", &broken);
}

#[test]
fn libraries_do_not_print() {
    let broken = over_rust(|file, source| {
        let library = ["core/src/", "node/src/", "locales/src/"];
        let plugins = file.path.starts_with("plugins/") && file.path.contains("/src/");
        let library = plugins || library.iter().any(|folder| file.path.starts_with(folder));
        if file.is_test() || !library {
            return Vec::new();
        }
        let code = source.code_before_tests().lines().enumerate();
        let printing = code.filter(|(_, line)| {
            ["println!", "print!", "eprintln!", "eprint!"].iter().any(|name| line.contains(name))
        });
        printing.map(|(line, text)| (line + 1, text.trim().to_owned())).collect()
    });
    check("return a value, or log with tracing", &broken);
}

#[test]
fn every_decision_is_in_the_index_and_in_form() {
    let files = repository();
    let records: Vec<_> = files
        .iter()
        .filter_map(|file| Some((file.path.strip_prefix("docs/adr/")?, file)))
        .filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let index = files.iter().find(|file| file.path == "docs/adr/README.md");
    let index = index.map(|file| file.text.as_str()).unwrap_or_default();
    assert!(!records.is_empty(), "no records in docs/adr");
    for (name, file) in &records {
        assert!(index.contains(&format!("]({name})")), "{name} is missing in docs/adr/README.md");
        for part in ADR_PARTS {
            assert!(file.text.contains(part), "{name} has no part {part:?}");
        }
        assert!(file.text.contains("Status: "), "{name} has no status and date");
    }
    let linked = index.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    for (target, _) in linked.filter(|(target, _)| target.starts_with('0')) {
        assert!(records.iter().any(|(name, _)| *name == target), "the index links to {target}");
    }
}

#[test]
fn documents_that_comments_and_pages_name_exist() {
    let files = repository();
    let exists = |name: &str| files.iter().any(|file| file.path.starts_with(name));
    let records = over_rust(|_, source| {
        let named = source.comments().flat_map(|comment| {
            let numbers = comment.text.split("docs/adr/").skip(1);
            numbers.map(|rest| (comment.line, rest.chars().take(4).collect::<String>()))
        });
        named.filter(|(_, number)| !exists(&format!("docs/adr/{number}"))).collect()
    });
    check("no such record in docs/adr", &records);
    for page in files.iter().filter(|file| file.path.ends_with(".md")) {
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let targets = page.text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        for (target, _) in targets.filter(|(target, _)| !target.contains(':')) {
            let target = target.split_once('#').map_or(target, |(path, _)| path);
            let path = resolve(folder, target);
            let found = files.iter().any(|file| file.path == path);
            let found = found || exists(&format!("{path}/")) || root().join(&path).is_file();
            assert!(target.is_empty() || found, "{}: link to {target}", page.path);
        }
    }
}

/// `target` as seen from `folder`, as a path from the root.
fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn ratchets_only_shrink() {
    let files = repository();
    for (path, name) in LONG_FUNCTIONS {
        let Some(file) = files.iter().find(|file| file.path == *path) else { continue };
        let mut functions = Source::read(&file.text).functions().into_iter();
        let needed = functions.any(|f| f.name == *name && f.lines > FUNCTION_LINES_MAX);
        assert!(needed, "{path}: {name} is short or gone; take it off the list");
    }
}
