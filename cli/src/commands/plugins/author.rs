//! Commands for whoever writes a plugin.

use std::path::{Path, PathBuf};

use jospar_node::service::Fault;
use jospar_plugins::author as work;
use serde_json::{Value, json};

use super::{library, publisher};
use crate::args::PluginAction;
use crate::commands::check::FOUND;
use crate::error;
use crate::session::{Outcome, Session, absolute};
use crate::words::{Words, items_at, text_or_empty};

/// The key's file in the folder for keys.
const KEY: &str = "publisher.key";

pub(super) fn author(session: &mut Session, action: PluginAction) -> Outcome {
    match action {
        PluginAction::New { name, template } => {
            let (folder, files) = work::new_plugin(&template, &name, Path::new("."))?;
            let folder = absolute(&folder)?;
            let answer = json!({"plugin": name, "folder": folder, "files": files});
            tell(session, &answer, |words| vec![words.with("plugin-new", "folder", &folder)])
        }
        PluginAction::Build { folder } => {
            let progress = session.progress("progress-plugin");
            let path = work::build(&folder, library(session)?.limits())?;
            drop(progress);
            let path = absolute(&path)?;
            tell(session, &json!({"path": path}), |words| {
                vec![words.with("plugin-built", "path", &path)]
            })
        }
        PluginAction::Test { folder, write } => test(session, &folder, write),
        PluginAction::Pack { folder, into } => {
            let (path, package) = work::pack(&folder, &into, library(session)?.limits())?;
            let path = absolute(&path)?;
            let bytes = package.bytes().len() as u64;
            let answer = json!({"path": path, "bytes": bytes, "hash": package.hash(),
                                "publisher": package.publisher()});
            tell(session, &answer, |words| {
                let size = words.catalogue().size(bytes);
                let values = [("path", path.as_str().into()), ("size", size.into())];
                vec![words.text("plugin-packed", &values)]
            })
        }
        PluginAction::Keygen { key_file } => {
            let path = key_path(session, key_file)?;
            let key = work::new_key(&path)?.to_string();
            let path = absolute(&path)?;
            let answer = json!({"path": path, "publisher": key});
            tell(session, &answer, |words| signed(words, "plugin-key-made", &path, &key))
        }
        PluginAction::Sign { file, key_file } => {
            let key = work::read_key(&key_path(session, key_file)?)?;
            let package = work::sign_file(&file, &key, library(session)?.limits())?;
            let (path, key) =
                (absolute(&file)?, publisher(package.publisher()).unwrap_or_default());
            let answer = json!({"path": path, "publisher": key, "hash": package.hash()});
            tell(session, &answer, |words| signed(words, "plugin-signed", &path, &key))
        }
        _ => Err(Fault::internal("a plugin command without a body")),
    }
}

fn tell(
    session: &mut Session,
    answer: &Value,
    lines: impl FnOnce(&Words) -> Vec<String>,
) -> Outcome {
    session.print(answer, |words, _| lines(words))?;
    Ok(0)
}

fn signed(words: &Words, message: &str, path: &str, key: &str) -> Vec<String> {
    vec![words.text(message, &[("path", path.into()), ("key", key.into())])]
}

/// The key's file: the one that is named, or the one in the folder for keys.
fn key_path(session: &Session, named: Option<PathBuf>) -> Result<PathBuf, Fault> {
    if let Some(path) = named {
        return Ok(path);
    }
    let folder = &session.place.keys;
    jospar_node::store::create_private_folder(folder)
        .map_err(|fault| error::file(folder, &fault))?;
    Ok(folder.join(KEY))
}

fn test(session: &mut Session, folder: &Path, write: bool) -> Outcome {
    let mut library = library(session)?;
    let package = work::read(folder, library.limits())?;
    let progress = session.progress("progress-plugin");
    let answer = library.test(folder, &package, write)?;
    drop(progress);
    session.print(&answer, tested)?;
    let good = |example: &Value| ["equal", "written"].contains(&text_or_empty(example, "/state"));
    Ok(if items_at(&answer, "/examples").all(good) { 0 } else { FOUND })
}

fn tested(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for example in items_at(answer, "/examples") {
        let fault: Option<Fault> = serde_json::from_value(example["fault"].clone()).ok();
        let reason = fault.map(|fault| error::message(words, &fault)).unwrap_or_default();
        let key = format!("plugin-test-{}", text_or_empty(example, "/state"));
        let values = [("name", text_or_empty(example, "/name").into()), ("reason", reason.into())];
        lines.push(words.text(&key, &values));
        let different = items_at(example, "/lines").filter_map(Value::as_str);
        lines.extend(different.map(|line| format!("  {}", crate::report::plain(line))));
    }
    lines
}
