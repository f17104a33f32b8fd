//! The licences of what is linked into the programs, gathered from the sources that cargo has fetched: each crate with
//! its terms, and every text that its authors put beside it, once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::cargo;

/// The name that the text has in a package.
pub(crate) const NAME: &str = "THIRD-PARTY.txt";
/// What is given to people.
const PROGRAMS: [&str; 2] = ["jospar-cli", "jospar-sync-server"];
/// What the bundled plugins are built for.
const WASM: &str = "wasm32-unknown-unknown";
/// How the name of a file begins that holds terms.
const BEGINNINGS: [&str; 6] = ["license", "licence", "copying", "copyright", "notice", "unlicense"];
/// How the name of a file ends that begins so and is a source: `copying.rs` is about a collector of garbage.
const SOURCES: [&str; 6] = ["rs", "c", "h", "py", "toml", "json"];
/// How deep below a crate's folder texts are looked for; the deepest today is at 4.
const DEPTH_MAX: usize = 6;
const RULE: &str = "\n\n----------------------------------------------------------------------\n";

/// One crate and where its files are.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Linked {
    name: String,
    version: String,
    terms: String,
    home: String,
    folder: PathBuf,
    /// The file that the manifest names as its licence.
    named: Option<PathBuf>,
}

/// The licences of everything in the two programs, as they are built for `target`, and in the plugins inside them.
///
/// # Errors
/// If cargo does not answer, a source is not there, or a crate has neither a text nor terms.
pub(crate) fn gather(target: &str) -> Result<String> {
    let mut all = linked("Cargo.toml", target, &PROGRAMS)?;
    all.append(&mut linked(crate::GUESTS, WASM, &[])?);
    written(&all)
}

/// What rustc builds for where nothing else is said.
///
/// # Errors
/// If rustc does not answer.
pub(crate) fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).arg("-vV").output()?.stdout;
    let said = String::from_utf8_lossy(&said);
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::other("rustc does not say what it builds for"))
}

/// The crates that are linked into some packages of a workspace, or into all.
fn linked(manifest: &str, target: &str, roots: &[&str]) -> Result<BTreeSet<Linked>> {
    let mut command = cargo(&["metadata", "--format-version=1", "--manifest-path", manifest]);
    let output = command.args(["--filter-platform", target]).output()?;
    if !output.status.success() {
        return Err(Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    chosen(&serde_json::from_slice(&output.stdout)?, roots)
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// What the roots need when they run: not what builds or tests them.
fn chosen(metadata: &Value, roots: &[&str]) -> Result<BTreeSet<Linked>> {
    let packages: BTreeMap<&str, &Value> =
        list(metadata, "packages").map(|package| (text(package, "id"), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"], "nodes").map(|node| (text(node, "id"), node)).collect();
    let mut todo: Vec<&str> = list(metadata, "workspace_members")
        .filter_map(Value::as_str)
        .filter(|id| {
            let name = packages.get(id).map(|package| text(package, "name"));
            roots.is_empty() || name.is_some_and(|name| roots.contains(&name))
        })
        .collect();
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if !seen.insert(id) {
            continue;
        }
        let (Some(package), Some(node)) = (packages.get(id), nodes.get(id)) else {
            return Err(Error::other(format!("cargo names {id} and does not describe it")));
        };
        todo.extend(list(node, "deps").filter_map(|dependency| {
            let runs = list(dependency, "dep_kinds").any(|kind| kind["kind"].is_null());
            runs.then(|| text(dependency, "pkg"))
        }));
        // The project's own have no source; their licence lies in the package already.
        if !package["source"].is_null() {
            found.insert(of_package(package)?);
        }
    }
    Ok(found)
}

fn of_package(package: &Value) -> Result<Linked> {
    let name = text(package, "name").to_owned();
    let folder = Path::new(text(package, "manifest_path")).parent();
    let folder = folder.filter(|folder| folder.is_dir()).ok_or_else(|| {
        Error::other(format!("the source of {name} is not here: cargo fetch --locked"))
    })?;
    let named = package["license_file"].as_str().map(|file| folder.join(file));
    let home = ["repository", "homepage"].iter().find_map(|key| package[*key].as_str());
    Ok(Linked {
        version: text(package, "version").to_owned(),
        terms: text(package, "license").to_owned(),
        home: home.unwrap_or_default().to_owned(),
        folder: folder.to_path_buf(),
        named,
        name,
    })
}

/// The files with terms in a crate's folder and below, in order.
fn texts(of: &Linked) -> Result<Vec<PathBuf>> {
    let mut found: BTreeSet<PathBuf> = of.named.iter().cloned().collect();
    let mut todo = vec![(of.folder.clone(), 0)];
    while let Some((folder, depth)) = todo.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() && depth < DEPTH_MAX {
                todo.push((path, depth + 1));
            } else if kind.is_file() && holds_terms(&path) {
                found.insert(path);
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn holds_terms(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) && !SOURCES.contains(&end)
}

/// The list of crates, and behind it the texts, each with its number.
fn written(all: &BTreeSet<Linked>) -> Result<String> {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut bodies = Vec::new();
    let mut lines = String::new();
    for one in all {
        let mut own = BTreeSet::new();
        for path in texts(one)? {
            let read = std::fs::read(&path)?;
            let body = String::from_utf8_lossy(&read).replace("\r\n", "\n").trim_end().to_owned();
            let number = *numbers.entry(body.clone()).or_insert_with(|| {
                bodies.push(body);
                bodies.len()
            });
            own.insert(number);
        }
        if own.is_empty() && one.terms.is_empty() {
            return Err(Error::other(format!("{} {} names no licence", one.name, one.version)));
        }
        let own: Vec<String> = own.iter().map(ToString::to_string).collect();
        let held = if own.is_empty() {
            "no text of its own".to_owned()
        } else {
            format!("text {}", own.join(", "))
        };
        let terms = if one.terms.is_empty() { "its own terms" } else { &one.terms };
        lines.push_str(&format!("{} {}: {terms}: {held}\n", one.name, one.version));
        if !one.home.is_empty() {
            lines.push_str(&format!("    {}\n", one.home));
        }
    }
    let mut whole = format!(
        "What other people wrote is in the programs of this package, and in the plugins inside them. Each crate is\n\
         named with its terms (SPDX) and with the texts that its authors put beside it; they follow below the list.\n\
         Rust's own library is in them, too (MIT OR Apache-2.0, the Rust Project Developers). The texts of the runners\n\
         of scripts, the fonts and htmx are in files of their own.\n\n{lines}"
    );
    for (at, body) in bodies.iter().enumerate() {
        whole.push_str(&format!("{RULE}Text {}\n\n{body}", at + 1));
    }
    whole.push('\n');
    Ok(whole)
}

#[cfg(test)]
mod tests;
