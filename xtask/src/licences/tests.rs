#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::json;

use super::*;

/// Cargo's own list of what a build links, another way than the one that is tested.
fn tree(manifest: &Path, arguments: &[&str]) -> BTreeSet<(String, String)> {
    let mut command = cargo(&["tree", "--offline", "--edges", "normal", "--prefix", "none"]);
    command.args(["--format", "{p}", "--manifest-path"]).arg(manifest).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let of_registry = lines.lines().filter(|line| !line.contains("(/") && !line.is_empty());
    of_registry
        .map(|line| {
            let mut words = line.split(' ');
            let (name, version) = (words.next().unwrap(), words.next().unwrap());
            (name.to_owned(), version.trim_start_matches('v').to_owned())
        })
        .collect()
}

fn crate_in(folder: &Path, name: &str, files: &[(&str, &str)], terms: &str) -> Linked {
    let folder = folder.join(name);
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let (name, version) = (name.to_owned(), "1.0.0".to_owned());
    Linked { name, version, terms: terms.to_owned(), home: String::new(), folder, named: None }
}

#[test]
fn every_crate_that_is_linked_stands_in_the_text_with_its_terms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let host = host().unwrap();
    let found = |manifest: &Path, target: &str, roots: &[&str]| {
        linked(manifest.to_str().unwrap(), target, roots).unwrap()
    };
    let (own, guests) = (root.join("Cargo.toml"), root.join(crate::GUESTS));
    let mut all = found(&own, &host, &PROGRAMS);
    all.append(&mut found(&guests, WASM, &[]));
    let whole = written(&all).unwrap();
    let programs = ["-p", PROGRAMS[0], "-p", PROGRAMS[1], "--target", &host];
    let mut wanted = tree(&own, &programs);
    wanted.append(&mut tree(&guests, &["--workspace", "--target", WASM]));
    assert!(wanted.len() > 200, "cargo tree was not understood: {}", wanted.len());
    let texts = whole.matches(&format!("{RULE}Text ")).count();
    for (name, version) in wanted {
        let start = format!("{name} {version}: ");
        let line = whole.lines().find_map(|line| line.strip_prefix(start.as_str()));
        let line = line.unwrap_or_else(|| panic!("{name} {version} is linked and not named"));
        let (terms, held) = line.rsplit_once(": ").unwrap();
        assert!(!terms.is_empty(), "{name} has no terms");
        for number in held.strip_prefix("text ").into_iter().flat_map(|list| list.split(", ")) {
            assert!((1..=texts).contains(&number.parse().unwrap()), "{name}: {held}");
        }
    }
    assert!(whole.contains("The SQLite") || whole.contains("libsqlite3-sys "), "SQLite is inside");
    assert!(whole.contains("Meta Platforms"), "the texts of zstd lie two folders deep");
}

#[test]
fn a_text_stands_once_and_a_crate_without_one_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mit = "Permission is hereby granted\n";
    let all = BTreeSet::from([
        crate_in(folder.path(), "abacus", &[("LICENSE-MIT", mit)], "MIT"),
        crate_in(
            folder.path(),
            "bellows",
            &[
                ("license.txt", "Permission is hereby granted\r\n"),
                ("c/lib/COPYING", "Redistribution"),
                ("src/copying.rs", "fn collect() {}"),
            ],
            "MIT AND BSD-3-Clause",
        ),
        crate_in(folder.path(), "compass", &[("Cargo.toml", "")], "0BSD"),
    ]);
    let whole = written(&all).unwrap();
    assert!(whole.contains("abacus 1.0.0: MIT: text 1\n"), "{whole}");
    assert!(whole.contains("bellows 1.0.0: MIT AND BSD-3-Clause: text 1, 2\n"), "{whole}");
    assert!(whole.contains("compass 1.0.0: 0BSD: no text of its own\n"), "{whole}");
    assert_eq!(whole.matches("Permission is hereby granted").count(), 1, "{whole}");
    assert!(whole.contains("Redistribution") && !whole.contains("fn collect"), "{whole}");
}

#[test]
fn a_crate_with_neither_text_nor_terms_stops_the_packing() {
    let folder = tempfile::tempdir().unwrap();
    let all = BTreeSet::from([crate_in(folder.path(), "enigma", &[("Cargo.toml", "")], "")]);
    let error = written(&all).unwrap_err().to_string();
    assert!(error.contains("enigma 1.0.0"), "{error}");
    std::fs::write(folder.path().join("enigma/TERMS"), "as you like").unwrap();
    let named = Some(folder.path().join("enigma/TERMS"));
    let all: BTreeSet<Linked> =
        all.into_iter().map(|one| Linked { named: named.clone(), ..one }).collect();
    assert!(written(&all).unwrap().contains("as you like"));
}

#[test]
fn what_only_builds_or_tests_a_program_is_not_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let package = |name: &str, source: Value| {
        let manifest = folder.path().join("Cargo.toml");
        json!({"id": name, "name": name, "version": "1.0.0", "license": "MIT", "source": source,
            "manifest_path": manifest.to_str().unwrap()})
    };
    let needs = |name: &str, kind: Value| json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
    let leaf = |name: &str| json!({"id": name, "deps": []});
    let metadata = json!({
        "packages": [package("jospar-cli", Value::Null), package("used", json!("registry")),
            package("deep", json!("registry")), package("tests", json!("registry")),
            package("builds", json!("registry")), package("other", Value::Null)],
        "workspace_members": ["jospar-cli", "other"],
        "resolve": {"nodes": [
            {"id": "jospar-cli", "deps": [needs("used", Value::Null), needs("tests", json!("dev"))]},
            {"id": "used", "deps": [needs("deep", Value::Null), needs("builds", json!("build"))]},
            {"id": "other", "deps": [needs("tests", Value::Null)]},
            leaf("deep"), leaf("tests"), leaf("builds")]},
    });
    let names = |roots: &[&str]| -> Vec<String> {
        chosen(&metadata, roots).unwrap().into_iter().map(|linked| linked.name).collect()
    };
    assert_eq!(names(&["jospar-cli"]), ["deep", "used"]);
    assert_eq!(names(&[]), ["deep", "tests", "used"]);
}
