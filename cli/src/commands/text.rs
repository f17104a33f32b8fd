//! The command that changes a text, in the person's editor or from a file.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use jospar_node::service::{Fault, FaultKind, Request};
use serde_json::{Value, json};

use crate::commands::plan::is_changed;
use crate::error;
use crate::session::{Outcome, Session};
use crate::words::{items_at, text_or_empty};

pub(crate) fn text(session: &mut Session, path: String, from: Option<&Path>) -> Outcome {
    let seen = session.ask(&Request::Text { path: path.clone() })?;
    let before = text_or_empty(&seen, "/text");
    let after = match from {
        Some(file) => read(file)?,
        None => {
            session.out.note(&session.words.word("text-editor-note"))?;
            edited(before)?
        }
    };
    let request = edit(&path, &seen, &after);
    let answer = session.ask(&request)?;
    // Others may have written meanwhile: then the text is not the one that was handed in.
    let merged = is_changed(&answer) && {
        let now = session.ask(&Request::Text { path: path.clone() })?;
        text_or_empty(&now, "/text") != after
    };
    session.print(&answer, |words, answer| {
        vec![match merged {
            true => words.with("text-merged", "path", &path),
            false if is_changed(answer) => words.with("text-done", "path", &path),
            false => words.word("text-unchanged"),
        }]
    })?;
    Ok(0)
}

/// Makes `text` of the text at `path`.
///
/// # Errors
/// A fault if there is no such text, or it may not be changed.
pub(crate) fn write(session: &mut Session, path: &str, text: &str) -> Result<Value, Fault> {
    let seen = session.ask(&Request::Text { path: path.to_owned() })?;
    session.ask(&edit(path, &seen, text))
}

/// What a person made of the text that they saw.
fn edit(path: &str, seen: &Value, text: &str) -> Request {
    let base = items_at(seen, "/heads").filter_map(Value::as_str).map(str::to_owned).collect();
    Request::EditText { path: path.to_owned(), base, text: text.to_owned() }
}

/// A file's text, or all of standard input for `-`.
///
/// # Errors
/// A fault if it cannot be read or is not UTF-8.
pub(crate) fn read(file: &Path) -> Result<String, Fault> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    text.map_err(|error| error::file(file, &error))
}

/// What the person makes of `text` in the editor of the environment.
fn edited(text: &str) -> Result<String, Fault> {
    let variable = |name| std::env::var(name).ok().filter(|line| !line.trim().is_empty());
    let editor = variable("VISUAL")
        .or_else(|| variable("EDITOR"))
        .ok_or_else(|| Fault::new(FaultKind::Usage, "error-no-editor", json!({})))?;
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let failed =
        || Fault::new(FaultKind::System, "error-editor-failed", json!({"editor": editor.as_str()}));
    let folder = tempfile::tempdir().map_err(|error| error::file(Path::new("-"), &error))?;
    let path = folder.path().join("text.txt");
    let io = |error: io::Error| error::file(&path, &error);
    // Editors end the last line; the line break is taken off again unless the text had one.
    let ended = text.ends_with('\n') || text.is_empty();
    let mut file = fs::File::create_new(&path).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)?;
    drop(file);
    let status = Command::new(program).args(words).arg(&path).status();
    if !status.is_ok_and(|status| status.success()) {
        return Err(failed());
    }
    let mut after = read(&path)?.replace("\r\n", "\n");
    if (!ended || text.is_empty()) && after.ends_with('\n') {
        after.pop();
    }
    Ok(after)
}
