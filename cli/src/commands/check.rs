//! Commands that check: the plan against its rules, the store, and what was set aside.

use std::path::Path;

use jospar_core::replica::{Identity, Station};
use jospar_locales::Value as Argument;
use jospar_node::checkup::{check_encryption, check_keys};
use jospar_node::keys;
use jospar_node::service::{FaultKind, Request, TrustRequest};
use jospar_node::store::{Repair, repair as repair_store};
use serde_json::{Value, json};

use crate::commands::trust::warnings;
use crate::error;
use crate::session::{Outcome, Session};
use crate::words::{Words, count_at, items_at, text_or_empty};

/// The exit code for findings: of `doctor`, and of `lint` if `--strict` asks for one.
pub(crate) const FOUND: u8 = 1;

pub(crate) fn lint(session: &mut Session, as_of: Option<String>, strict: bool) -> Outcome {
    let answer = session.ask(&Request::Lint { as_of })?;
    session.print(&answer, findings)?;
    let found = count_at(&answer, "/findings") > 0;
    Ok(if strict && found { FOUND } else { 0 })
}

/// The findings, the advice once behind all findings of a rule.
pub(crate) fn findings(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let as_of = text_or_empty(answer, "/as_of");
    let day = words.day(as_of).unwrap_or_else(|| as_of.to_owned());
    lines.push(words.with("lint-as-of", "date", &day));
    let found: Vec<&Value> = items_at(answer, "/findings").collect();
    if found.is_empty() {
        lines.push(words.word("lint-none"));
        return lines;
    }
    for (index, finding) in found.iter().enumerate() {
        let heading = text_or_empty(finding, "/heading");
        lines.push(words.text(
            "lint-line",
            &[
                ("rule", text_or_empty(finding, "/rule").to_uppercase().into()),
                ("title", words.word(heading).into()),
                ("text", sentence(words, finding).into()),
            ],
        ));
        let subject = text_or_empty(finding, "/subject");
        lines.push(format!("  {}", words.with("lint-place", "subject", subject)));
        let is_last =
            found.get(index + 1).is_none_or(|next| text_or_empty(next, "/heading") != heading);
        if is_last {
            let advice = words.word(&format!("{heading}-advice"));
            lines.push(format!("  {}", words.with("lint-todo", "text", &advice)));
        }
    }
    lines.push(words.text("lint-count", &[("count", found.len().into())]));
    lines
}

/// The sentence of one finding.
fn sentence(words: &Words, finding: &Value) -> String {
    let values: Vec<(&str, Argument)> = finding
        .get("values")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), words.argument(value)))
        .collect();
    words.text(text_or_empty(finding, "/message"), &values)
}

pub(crate) fn doctor(session: &mut Session) -> Outcome {
    let mut answer = session.ask_long(&Request::Doctor, "progress-doctor")?;
    let around = [check_keys(&session.place.keys), check_encryption(&session.place.data)];
    if let Some(Value::Array(checks)) = answer.get_mut("checks") {
        checks.extend(around.iter().filter_map(|check| serde_json::to_value(check).ok()));
    }
    // A folder without a workspace has no policy to look at.
    if let Ok(trust) = session.ask(&Request::Trust(TrustRequest::State)) {
        answer["trust"] = trust;
    }
    session.print(&answer, checked)?;
    let is_sound = items_at(&answer, "/problems").next().is_none();
    let amiss = |check: &Value| text_or_empty(check, "/level") == "problem";
    Ok(match (is_sound, items_at(&answer, "/checks").any(amiss)) {
        (false, _) => FaultKind::Damaged.exit_code(),
        (true, true) => FOUND,
        (true, false) => 0,
    })
}

/// Makes a new store of what is good in a damaged one, which no node may have open.
pub(crate) fn repair(session: &mut Session) -> Outcome {
    let folder = session.place.data.clone();
    let progress = session.progress("progress-doctor");
    let own = keys::open(&folder, &session.place.keys).map_err(error::key)?;
    let key = own.key.signing_key().clone();
    let made = repair_store(&folder, &Identity { key, station: Station::Device })
        .map_err(|error| error::repair(error, &folder))?;
    drop(progress);
    let answer = match made {
        Repair::Sound(report) => {
            json!({"documents": report.documents, "changes": report.changes, "problems": []})
        }
        Repair::Made { aside, salvage, report } => {
            json!({"documents": report.documents, "changes": report.changes,
                   "lost": salvage.lost, "aside": aside.display().to_string()})
        }
    };
    session.print(&answer, repaired)?;
    Ok(0)
}

fn repaired(words: &Words, answer: &Value) -> Vec<String> {
    if answer.get("aside").is_none() {
        return checked(words, answer);
    }
    vec![
        words.text("doctor-repaired", &[("count", count_at(answer, "/changes").into())]),
        words.with("restore-set-aside", "path", text_or_empty(answer, "/aside")),
        words.with("restore-next", "command", "`jospar sync`"),
    ]
}

fn checked(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines: Vec<String> = items_at(answer, "/problems")
        .map(|problem| words.with("doctor-problem", "what", problem.as_str().unwrap_or_default()))
        .collect();
    let problems = lines.len();
    lines.extend(items_at(answer, "/checks").map(|check| around(words, check)));
    lines.push(match problems {
        0 => words.text(
            "doctor-ok",
            &[
                ("documents", count_at(answer, "/documents").into()),
                ("changes", count_at(answer, "/changes").into()),
            ],
        ),
        count => words.text("doctor-found", &[("count", count.into())]),
    });
    lines.extend(answer.get("trust").into_iter().flat_map(|trust| warnings(words, trust)));
    lines
}

/// A finding around the store: what is wrong, and what to do.
#[allow(clippy::cast_precision_loss, reason = "shown in minutes")]
fn around(words: &Words, check: &Value) -> String {
    let values = [
        ("size", words.catalogue().size(count_at(check, "/values/bytes")).into()),
        ("time", words.catalogue().duration(count_at(check, "/values/milliseconds") as f64).into()),
        ("path", text_or_empty(check, "/values/path").into()),
    ];
    let text = words.text(text_or_empty(check, "/message"), &values);
    let key = match text_or_empty(check, "/level") {
        "ok" => "doctor-line-ok",
        "warning" => "doctor-line-warning",
        _ => "doctor-line-problem",
    };
    words.with(key, "text", &text)
}

/// The size of the files in a folder, not counting folders in it.
pub(crate) fn folder_bytes(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| file.metadata().ok())
        .filter(|file| file.is_file())
        .map(|f| f.len())
        .sum()
}

#[cfg(test)]
mod tests {
    use jospar_locales::Language;
    use serde_json::json;

    use super::*;

    #[test]
    fn findings_are_told_in_the_language() {
        let answer = json!({"as_of": "2026-11-24", "findings": [
            {"rule": "L07", "heading": "lint-l07", "message": "lint-l07-missing",
             "subject": "kpis/k1",
             "values": {"title": {"kk": "Жылдамдық", "ru": "Скорость", "en": "Speed"},
                        "missing": {"keys": ["missing-target", "missing-date"]}}},
            {"rule": "L17", "heading": "lint-l17", "message": "lint-l17-weights-areas",
             "subject": "audit", "values": {"sum": 0.95}},
        ]});
        let expected = [
            "As of 24 November 2026.",
            "L07 A KPI that measures nothing: “Speed” lacks a target, a date.",
            "  Place: kpis/k1",
            "  What to do: Write down the KPI's baseline, target, source and date.",
            "L17 A contradiction in the numbers: The weights of the audit areas add up to 0.95, not 1.",
            "  Place: audit",
            "  What to do: Check the numbers and correct them.",
            "Found 2 findings.",
        ];
        assert_eq!(findings(&Words::utc(Language::En), &answer), expected);
        let russian = findings(&Words::utc(Language::Ru), &answer).join("\n");
        assert!(russian.contains("Скорость") && russian.contains("0,95"), "{russian}");
        let kazakh = findings(&Words::utc(Language::Kk), &answer).join("\n");
        assert!(kazakh.contains("Жылдамдық") && !kazakh.contains("[lint"), "{kazakh}");
    }

    #[test]
    fn what_is_wrong_around_the_store_is_told_with_what_to_do() {
        let answer = json!({"documents": 2, "changes": 3, "problems": [], "checks": [
            {"check": "space", "level": "warning", "message": "doctor-space-little",
             "values": {"bytes": 300_000_000_u64}},
            {"check": "clock", "level": "ok", "message": "doctor-clock-ok", "values": {}},
        ]});
        let expected = [
            "• Look soon: There is little free space on the disk: 300 MB. Make room, or enlarge the disk.",
            "✓ The computer's clock is right.",
            "All is sound: 2 documents and 3 changes were checked.",
        ];
        assert_eq!(checked(&Words::utc(Language::En), &answer), expected);
    }
}
