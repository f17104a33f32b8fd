//! Commands that read and write files: plans as JSON, workspace files, backups.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use jospar_node::service::{Fault, FaultKind, Request};
use jospar_node::store::{RestoreOptions, restore as restore_store};
use serde_json::{Value, json};

use crate::error;
use crate::progress::Progress;
use crate::session::{Outcome, Session, absolute};
use crate::words::{Words, count_at, device_words, items_at, text_or_empty};

/// What a workspace file and a join request begin with.
const BUNDLE_START: &[u8] = b"JOSPAR\0";
/// The notices of an import that are told one by one.
const NOTICES_SHOWN: usize = 20;

pub(crate) fn import(session: &mut Session, file: &Path) -> Outcome {
    let failed = |error| error::file(file, &error);
    let bytes = fs::read(file).map_err(failed)?;
    let named_bundle = file.extension().is_some_and(|extension| extension == "jospar");
    if bytes.starts_with(BUNDLE_START) || named_bundle {
        let request = Request::TakeBundle { path: absolute(file)? };
        let answer = session
            .ask_long(&request, "progress-import")
            .map_err(|fault| error::with_path(fault, file))?;
        session.print(&answer, taken)?;
        return Ok(0);
    }
    let json = String::from_utf8(bytes).map_err(|_| {
        let values = json!({"path": file.display().to_string()});
        Fault::new(FaultKind::Damaged, "error-not-a-plan", values)
    })?;
    let answer = session
        .ask_long(&Request::Import { json }, "progress-import")
        .map_err(|fault| error::with_path(fault, file))?;
    session.print(&answer, imported)?;
    Ok(0)
}

fn imported(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = vec![match count_at(answer, "/changes") {
        0 => words.word("import-unchanged"),
        _ => words.text(
            "import-done",
            &[
                ("documents", count_at(answer, "/documents").into()),
                ("items", count_at(answer, "/items").into()),
            ],
        ),
    }];
    for notice in items_at(answer, "/notices").take(NOTICES_SHOWN) {
        let key = match text_or_empty(notice, "/kind") {
            "unknown" => "import-unknown-member",
            "missing" => "import-missing-member",
            _ => "import-wrong-type",
        };
        lines.push(words.with(key, "path", text_or_empty(notice, "/path")));
    }
    let hidden = items_at(answer, "/notices").count().saturating_sub(NOTICES_SHOWN) as u64;
    let more = hidden + count_at(answer, "/more");
    if more > 0 {
        lines.push(words.text("import-more-notices", &[("count", more.into())]));
    }
    lines
}

/// What a workspace file or a join request brought.
fn taken(words: &Words, answer: &Value) -> Vec<String> {
    if let Some(request) = answer.get("request") {
        let device_words = device_words(request);
        let command = format!("`jospar confirm \"{device_words}\"`");
        return vec![words.text(
            "import-request",
            &[
                ("name", words.person(request).into()),
                ("words", device_words.into()),
                ("command", command.into()),
            ],
        )];
    }
    words.taken(answer)
}

/// Writes a file that is either whole or not there; one that was there stays unless `replace`.
pub(super) fn write_whole(file: &Path, bytes: &[u8], replace: bool) -> Result<(), Fault> {
    let failed = |error| error::file(file, &error);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut whole = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    whole.write_all(bytes).and_then(|()| whole.as_file().sync_all()).map_err(failed)?;
    let kept = if replace { whole.persist(file) } else { whole.persist_noclobber(file) };
    kept.map(drop).map_err(|error| failed(error.error))
}

pub(crate) fn bundle(session: &mut Session, file: &Path) -> Outcome {
    let request = Request::Bundle { path: absolute(file)? };
    let answer = session.ask_long(&request, "progress-bundle")?;
    session.print(&answer, |words, answer| {
        let path = text_or_empty(answer, "/path");
        let name = file.file_name().unwrap_or_default().display();
        let command = format!("`jospar import {name}`");
        let size = words.catalogue().size(count_at(answer, "/bytes"));
        let done = words.text(
            "bundle-done",
            &[
                ("path", path.into()),
                ("changes", count_at(answer, "/envelopes").into()),
                ("size", size.into()),
                ("command", command.into()),
            ],
        );
        vec![done, words.word("bundle-readable")]
    })?;
    Ok(0)
}

pub(crate) fn backup(session: &mut Session, path: &Path) -> Outcome {
    let request = Request::Backup { path: absolute(path)? };
    let answer = session.ask_long(&request, "progress-backup")?;
    session.print(&answer, |words, answer| {
        let size = words.catalogue().size(count_at(answer, "/bytes"));
        let path = text_or_empty(answer, "/path");
        let values = [("path", path.into()), ("size", size.into())];
        vec![words.text("backup-done", &values), words.word("backup-no-key")]
    })?;
    Ok(0)
}

/// Puts a backup into the data folder, which no node may have open.
pub(crate) fn restore(session: &mut Session, file: &Path, replace: bool) -> Outcome {
    let folder = session.place.data.clone();
    let place = folder.display().to_string();
    let metadata = fs::metadata(file).map_err(|error| error::file(file, &error))?;
    let made = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let made = made.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or_default();
    let when = session.words.moment(made);
    let asked = [("folder", place.as_str().into()), ("when", when.as_str().into())];
    session.confirm(&session.words.text("restore-ask", &asked))?;
    let progress: Progress = session.progress("progress-restore");
    fs::create_dir_all(&folder).map_err(|error| error::file(&folder, &error))?;
    let manifest = restore_store(file, &folder, RestoreOptions { replace })
        .map_err(|error| error::restore(error, &folder))?;
    drop(progress);
    let answer = json!({
        "folder": place,
        "documents": manifest.documents,
        "changes": manifest.changes,
        "made_ms": made,
        "replaced": replace,
    });
    session.print(&answer, |words, _| {
        let mut lines = vec![words.text(
            "restore-done",
            &[
                ("documents", manifest.documents.into()),
                ("changes", manifest.changes.into()),
                ("when", when.into()),
            ],
        )];
        if replace {
            lines.push(words.with("restore-set-aside", "path", &place));
        }
        lines.push(words.with("restore-next", "command", "`jospar sync`"));
        lines
    })?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jospar_locales::Language;

    use super::*;

    #[test]
    fn an_import_tells_what_it_took_and_what_it_noticed() {
        let answer = json!({"documents": 22, "items": 191, "changes": 22, "more": 2, "notices": [
            {"kind": "unknown", "path": "plan/x"}, {"kind": "wrong_type", "path": "kpis/k1/due"},
        ]});
        let expected = [
            "Imported 22 documents and 191 items.",
            "plan/x: this version of the program does not know it. It is kept and exported again.",
            "kpis/k1/due: not what it should be. It is kept as it is until somebody fills the field.",
            "And 2 notices more.",
        ];
        assert_eq!(imported(&Words::utc(Language::En), &answer), expected);
    }

    #[test]
    fn an_export_does_not_write_over_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.json");
        write_whole(&file, b"one", false).unwrap();
        let refused = write_whole(&file, b"two", false).unwrap_err();
        assert_eq!(refused.key, "error-file-exists");
        assert_eq!(fs::read(&file).unwrap(), b"one");
        write_whole(&file, b"two", true).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
    }
}
