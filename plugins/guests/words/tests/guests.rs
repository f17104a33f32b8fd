//! The texts of every plugin: in three languages with the same places, each one used, none missing.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jospar_plugin_sdk::Words;

fn folders() -> Vec<PathBuf> {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(guests).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sdk"));
    folders.retain(|folder| folder.join("src/words.txt").exists() && !folder.ends_with("words"));
    folders.sort();
    assert!(folders.len() > 1);
    folders
}

fn words(folder: &Path) -> Words {
    Words::new(fs::read_to_string(folder.join("src/words.txt")).unwrap().leak())
}

fn code(folder: &Path) -> String {
    let files = fs::read_dir(folder.join("src")).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let texts = files.map(|path| fs::read_to_string(path).unwrap());
    let code = texts.map(|text| text.split("#[cfg(test)]").next().unwrap().to_owned());
    let lines: Vec<String> =
        code.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines
        .into_iter()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| line + "\n")
        .collect()
}

fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

#[test]
fn every_text_is_in_three_languages_with_the_same_places() {
    for folder in folders() {
        for (key, [kk, ru, en]) in words(&folder).texts() {
            let name = format!("{} {key}", folder.display());
            assert!(!kk.is_empty() && !ru.is_empty() && !en.is_empty(), "{name}");
            assert_eq!(places(kk), places(ru), "{name}");
            assert_eq!(places(kk), places(en), "{name}");
        }
    }
}

/// A key is a literal of the code, or begins with one that ends in `-`.
#[test]
fn every_text_is_used_and_every_key_has_a_text() {
    for folder in folders() {
        let words = words(&folder);
        let code = code(&folder);
        let literals: BTreeSet<&str> = code.split('"').collect();
        let begins = |key: &str| {
            let mut cuts = key.match_indices('-').map(|(place, _)| &key[..=place]);
            cuts.any(|start| literals.contains(format!("{start}{{}}").as_str()))
        };
        for key in words.texts().keys() {
            assert!(
                literals.contains(key) || begins(key),
                "{}: {key} is not used",
                folder.display()
            );
        }
        for call in ["WORDS.word(\"", "WORDS.say(\""] {
            for rest in code.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(words.has(key), "{}: no text {key}", folder.display());
            }
        }
    }
}

/// Letters that only Kazakh has stand in the texts, and none of its words is Russian by mistake of a missing line.
#[test]
fn kazakh_texts_are_not_the_russian_ones() {
    for folder in folders() {
        for (key, [kk, ru, _]) in words(&folder).texts() {
            let long = kk.split(' ').count() > 3;
            assert!(!long || kk != ru, "{}: {key}", folder.display());
        }
    }
}

#[test]
fn no_key_is_there_twice() {
    for folder in folders() {
        let text = fs::read_to_string(folder.join("src/words.txt")).unwrap();
        let mut seen = BTreeSet::new();
        for key in text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())) {
            assert!(seen.insert(key), "{}: {key}", folder.display());
        }
    }
}
