//! The story that `cargo xtask demo` tells, with every line asserted.
#![allow(clippy::unwrap_used, missing_docs)]

use jospar_locales::{Catalogue, Language};
use jospar_tests::demo::{Line, Story};

/// The story's lines in order, by their keys.
const LINES: &[&str] = &[
    "demo-title",
    "demo-intro",
    "demo-folder",
    "demo-part-start",
    "demo-server-started",
    "demo-director-founded",
    "demo-imported",
    "demo-teacher-invited",
    "demo-teacher-joined",
    "demo-first-sync",
    "demo-part-offline",
    "demo-offline",
    "demo-director-writes",
    "demo-teacher-writes",
    "demo-director-date",
    "demo-teacher-date",
    "demo-director-risk",
    "demo-teacher-risk",
    "demo-both-vote",
    "demo-director-removes",
    "demo-teacher-edits-removed",
    "demo-saved-offline",
    "demo-part-online",
    "demo-online",
    "demo-merged-text",
    "demo-conflict",
    "conflict-candidate",
    "conflict-candidate",
    "demo-removed-edited",
    "demo-conflict-resolved",
    "demo-risks-both",
    "demo-votes",
    "demo-equal-two",
    "demo-equal-vectors",
    "demo-cost",
    "demo-idle-cost",
    "demo-part-usb",
    "demo-server-off",
    "demo-both-write-again",
    "demo-usb-written",
    "demo-usb-read",
    "demo-usb-written",
    "demo-usb-read",
    "demo-merged-text",
    "demo-equal-two",
    "demo-usb-server-back",
    "demo-part-plugins",
    "demo-table-imported",
    "demo-table-imported",
    "demo-report-equal",
    "demo-report-equal",
    "demo-report-equal",
    "demo-report-equal",
    "demo-report-equal",
    "demo-proposal-taken",
    "demo-done",
    "demo-part-try",
    "demo-try",
    "demo-try-terminal",
    "command",
    "demo-try-terminal",
    "command",
    "command",
    "demo-try-terminal",
    "command",
    "command",
    "demo-try-edit",
    "demo-try-clean",
];

/// Words that the lines must hold, by key, in Kazakh.
const WORDS: &[(&str, &str)] = &[
    ("demo-imported", "20 құжат, 221 жазба"),
    ("demo-saved-offline", "директорда 5 өзгеріс, мұғалімде 5 өзгеріс"),
    ("demo-merged-text", "Қазан айында қайта қаралады. Директор пилоттық сыныптарды бекітіп"),
    ("demo-merged-text", "уақыт бөледі. Нәтижесі ай сайын көрсетіледі."),
    ("conflict-candidate", "2027-05-28 (Гүлнар Сәрсенова"),
    ("conflict-candidate", "2027-06-11 (Әсет Болатов"),
    ("demo-removed-edited", "Уақыттың жетіспеушілігі"),
    ("demo-risks-both", "Мамандар ауысуы; Интернеттің үзілуі"),
    ("demo-votes", "2 дауыс"),
    ("demo-idle-cost", "саны: 1"),
];

#[test]
fn the_main_job_runs_as_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::new(Language::Kk);
    let mut told: Vec<Line> = Vec::new();
    let mut tell = |line: &Line| told.push(line.clone());
    Story::new(&catalogue, folder.path(), &mut tell).run().unwrap();
    let keys: Vec<&str> = told.iter().map(|line| line.key.as_str()).collect();
    assert_eq!(keys, LINES);
    for (key, words) in WORDS {
        let found = told.iter().any(|line| line.key == *key && line.text.contains(words));
        assert!(found, "no line {key} with {words}: {told:#?}");
    }
    let unknown: Vec<&Line> = told.iter().filter(|line| line.text.starts_with('[')).collect();
    assert!(unknown.is_empty(), "lines without a message: {unknown:?}");
}
