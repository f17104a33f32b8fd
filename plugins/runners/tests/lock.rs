//! The runners are those that the sources give: a changed source without `cargo xtask runners` fails here.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jospar_plugin_api::RunnerName;
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn lock(name: RunnerName) -> Value {
    let text = std::fs::read_to_string(folder().join("lock.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[name.name()].clone()
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The file's hash as it is in the repository: a checkout on Windows may have other line ends.
fn hash_of_source(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    hash(text.replace("\r\n", "\n").as_bytes())
}

/// What is in the folder of a language and goes into its runner.
fn sources(language: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder().join(language)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> = names
        .filter(|name| name.contains('.') && !name.ends_with(".zst"))
        .map(|name| format!("{language}/{name}"))
        .chain(["../wit/plugin.wit".into(), "words.json".into()])
        .collect();
    found.sort();
    found
}

#[test]
fn runners_are_built_from_the_sources_beside_them() {
    for (name, language) in [(RunnerName::Js1, "js"), (RunnerName::Py1, "python")] {
        let locked = lock(name);
        let locked: BTreeMap<String, String> =
            serde_json::from_value(locked["sources"].clone()).unwrap();
        let listed: Vec<&String> = locked.keys().collect();
        assert_eq!(
            listed,
            sources(language).iter().collect::<Vec<_>>(),
            "run `cargo xtask runners`"
        );
        for (path, locked) in &locked {
            let found = hash_of_source(&folder().join(path));
            assert_eq!(&found, locked, "{path} was changed: run `cargo xtask runners`");
        }
    }
}

#[test]
fn artifacts_are_those_of_the_lock_file() {
    for name in [RunnerName::Js1, RunnerName::Py1] {
        let locked = lock(name);
        let packed = jospar_runners::packed(name);
        assert_eq!(hash(packed), locked["packed"]["blake3"], "{}", name.name());
        let component = jospar_runners::runner(name).unwrap();
        assert_eq!(hash(&component), locked["component"]["blake3"], "{}", name.name());
        assert_eq!(component.len(), locked["component"]["bytes"], "{}", name.name());
        assert!(packed.len() < component.len() / 3, "{}", name.name());
    }
}
