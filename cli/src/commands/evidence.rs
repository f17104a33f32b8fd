//! Photos and files of evidence.

use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use jospar_core::plan::FILE_BYTES_MAX;
use jospar_node::service::{Fault, FaultKind, FileRequest, Request};
use serde_json::{Value, json};

use super::files::write_whole;
use crate::args::FileAction;
use crate::error;
use crate::session::{Outcome, Session};
use crate::words::{Words, count_at, flag_at, items_at, text_or_empty};

pub(crate) fn file(session: &mut Session, action: FileAction) -> Outcome {
    match action {
        FileAction::Add { file, evidence } => add(session, &file, evidence),
        FileAction::List => list(session),
        FileAction::Get { what_file, file, replace } => get(session, what_file, &file, replace),
    }
}

fn add(session: &mut Session, file: &Path, evidence: Option<String>) -> Outcome {
    let failed = |error| error::file(file, &error);
    // A file that is too large is not read at all.
    let size = fs::metadata(file).map_err(failed)?.len();
    if size > FILE_BYTES_MAX as u64 {
        let values = json!({"bytes": size, "limit": FILE_BYTES_MAX});
        return Err(Fault::new(FaultKind::Usage, "error-file-too-large", values));
    }
    let bytes = BASE64.encode(&fs::read(file).map_err(failed)?);
    let name = file.file_name().unwrap_or_default().display().to_string();
    let language = session.words.catalogue().language().code().to_owned();
    let request = FileRequest::Add { name, bytes, evidence, language };
    let answer = session.ask(&Request::File(request))?;
    session.print(&answer, added)?;
    Ok(0)
}

fn added(words: &Words, answer: &Value) -> Vec<String> {
    let size = words.catalogue().size(count_at(answer, "/size"));
    let values = [
        ("name", text_or_empty(answer, "/name").into()),
        ("path", text_or_empty(answer, "/path").into()),
        ("size", size.into()),
    ];
    let mut lines = vec![words.text("file-added", &values)];
    if flag_at(answer, "/stripped") {
        lines.push(words.word("file-stripped"));
    }
    if !flag_at(answer, "/new") {
        lines.push(words.word("file-known"));
    }
    lines
}

fn list(session: &mut Session) -> Outcome {
    let answer = session.ask(&Request::File(FileRequest::List))?;
    session.print(&answer, listed)?;
    Ok(0)
}

fn listed(words: &Words, answer: &Value) -> Vec<String> {
    let line = |file: &Value| {
        let key = if flag_at(file, "/here") { "file-line" } else { "file-line-not-here" };
        let value = |name: &'static str| (name, text_or_empty(file, &format!("/{name}")).into());
        words.text(key, &[value("path"), value("name"), value("hash")])
    };
    let lines: Vec<String> = items_at(answer, "/files").map(line).collect();
    if lines.is_empty() { vec![words.word("file-none")] } else { lines }
}

fn get(session: &mut Session, what: String, file: &Path, replace: bool) -> Outcome {
    let mut answer = session.ask(&Request::File(FileRequest::Get { what }))?;
    let text = text_or_empty(&answer, "/bytes").as_bytes();
    let bytes = BASE64.decode(text).map_err(|error| Fault::internal(&error.to_string()))?;
    write_whole(file, &bytes, replace)?;
    if let Value::Object(members) = &mut answer {
        members.remove("bytes");
        members.insert("path".to_owned(), json!(file.display().to_string()));
    }
    session.print(&answer, |words, answer| {
        let size = words.catalogue().size(count_at(answer, "/size"));
        let values = [("path", text_or_empty(answer, "/path").into()), ("size", size.into())];
        vec![words.text("file-written", &values)]
    })?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use jospar_locales::Language;

    use super::*;

    #[test]
    fn what_was_left_out_and_what_is_not_here_is_said() {
        let words = Words::utc(Language::En);
        let answer = json!({"name": "a.jpg", "path": "evidence/e9", "size": 2048, "new": false,
                            "stripped": true});
        let told = added(&words, &answer).join("\n");
        assert!(told.contains("evidence/e9") && told.contains("Place and time"), "{told}");
        assert!(told.contains("not kept twice"), "{told}");
        let files = json!({"files": [{"path": "evidence/e1", "name": "b.pdf", "hash": "00", "here": false}]});
        assert_eq!(listed(&words, &files), ["evidence/e1: b.pdf (not here yet)"]);
        assert_eq!(listed(&words, &json!({"files": []})), ["No evidence has a file."]);
    }
}
