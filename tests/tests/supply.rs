//! What the project is built from (T41): the lock file, licences, and crates that run code while they are built.
//!
//! Nothing here asks the network; `cargo metadata --offline` reads what the build has fetched. Advisories are not looked
//! up: `cargo deny check` does that with the same `deny.toml`, where the network allows it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Every lock file: the project's, and those of the benchmark's peer and of the plugins, which are built apart.
const LOCK_FILES: [&str; 3] =
    ["Cargo.lock", "benches/peers/samod/Cargo.lock", "plugins/guests/Cargo.lock"];

/// The program, and the plugins that are built into it.
const WORKSPACES: [&str; 2] = ["Cargo.toml", "plugins/guests/Cargo.toml"];

/// Crates whose macros run while the project is built. A new one is looked at by a person and then written here; crates
/// with a build script are in `deny.toml`.
const PROC_MACROS: [&str; 24] = [
    "async-recursion",
    "async-trait",
    "clap_derive",
    "curve25519-dalek-derive",
    "displaydoc",
    "doctest-file",
    "enumflags2_derive",
    "futures-macro",
    "jiff-static",
    "maud_macros",
    "multiversion_no_op",
    "pulley-macros",
    "rustversion",
    "serde_derive",
    "serde_repr",
    "thiserror-impl",
    "tokio-macros",
    "tracing-attributes",
    "wasmtime-internal-component-macro",
    "wasmtime-internal-versioned-export-macros",
    "wit-bindgen-rust-macro",
    "zbus_macros",
    "zeroize_derive",
    "zvariant_derive",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The texts in quotes of a list in `deny.toml`, which is written one to a line.
fn listed(section: &str, name: &str) -> BTreeSet<String> {
    let text = read("deny.toml");
    let section = text.split(&format!("[{section}]\n")).nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let list = section.split(&format!("{name} = [")).nth(1).unwrap_or_default();
    let list = list.split("\n]").next().unwrap_or_default();
    let found: BTreeSet<String> =
        list.lines().filter_map(|line| line.split('"').nth(1)).map(str::to_owned).collect();
    assert!(!found.is_empty(), "deny.toml has no {name} in [{section}]");
    found
}

/// One package of a lock file.
struct Locked<'a> {
    name: &'a str,
    source: Option<&'a str>,
    checksum: Option<&'a str>,
}

fn locked(lock: &str) -> Vec<Locked<'_>> {
    let packages = lock.split("[[package]]\n").skip(1);
    let found: Vec<Locked<'_>> = packages
        .map(|package| {
            let field = |name: &str| {
                let line = package.lines().find_map(|line| line.strip_prefix(name));
                line.and_then(|rest| rest.strip_prefix(" = \"")?.strip_suffix('"'))
            };
            let name = field("name").unwrap();
            Locked { name, source: field("source"), checksum: field("checksum") }
        })
        .collect();
    assert!(found.len() > 40, "the lock file was not read");
    found
}

#[test]
fn t41_every_dependency_comes_from_one_registry_with_its_checksum() {
    let mut sources = BTreeSet::new();
    let banned = listed("bans", "deny");
    for path in LOCK_FILES {
        let lock = read(path);
        for Locked { name, source, checksum } in locked(&lock) {
            assert!(!banned.contains(name), "{path}: {name} is never used");
            let Some(source) = source else {
                let own = name.starts_with("jospar-") || ["xtask", "samod-peer"].contains(&name);
                assert!(own, "{path}: {name} comes from a folder and is not the project's own");
                continue;
            };
            assert!(source.starts_with("registry+"), "{path}: {name} comes from {source}");
            let whole = |sum: &str| sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(checksum.is_some_and(whole), "{path}: {name} has no checksum");
            sources.insert(source.to_owned());
        }
    }
    assert_eq!(sources.len(), 1, "{sources:?}");
}

/// Whoever follows the documentation, CI and the chores builds what the lock file says. That each chore does is a test
/// of `xtask`.
#[test]
fn t41_whoever_follows_the_documentation_builds_what_the_lock_file_says() {
    let alias = read(".cargo/config.toml");
    assert!(alias.contains("xtask = \"run --locked "), "{alias}");
    for page in ["README.md", "docs/operations.md"] {
        let text = read(page);
        let commands: Vec<&str> = text.split("cargo build ").skip(1).collect();
        assert!(!commands.is_empty(), "{page} tells nobody how to build");
        for command in commands {
            assert!(command.starts_with("--locked "), "{page}: cargo build without --locked");
        }
    }
}

/// What is built here and tests with it, as cargo knows it.
fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let run = |program: &std::ffi::OsStr, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}\nIf sources are missing: cargo fetch --locked");
        output.stdout
    };
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = String::from_utf8(run(&rustc, &["-vV"])).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let mut packages = Vec::new();
    for manifest in WORKSPACES {
        let platform = ["--filter-platform", host, "--manifest-path", manifest];
        let arguments = ["metadata", "--offline", "--locked", "--format-version=1"];
        let metadata = run(&cargo, &[&arguments[..], &platform].concat());
        let metadata: Value = serde_json::from_slice(&metadata).unwrap();
        let found = metadata["packages"].as_array().unwrap();
        assert!(found.len() > 30, "{manifest}: {} packages", found.len());
        packages.extend(found.clone());
    }
    packages
}

fn is_own(package: &Value) -> bool {
    package["source"].is_null()
}

#[test]
fn t41_every_licence_is_one_that_is_allowed() {
    let allowed = listed("licenses", "allow");
    for package in packages() {
        let (name, licence) = (&package["name"], package["license"].as_str());
        if is_own(&package) {
            assert_eq!(licence, Some("MIT OR Apache-2.0"), "{name}");
            continue;
        }
        let licence = licence.unwrap_or_else(|| panic!("{name} declares no licence"));
        let ok = Licence::read(licence).is_some_and(|licence| licence.is_met(&allowed));
        assert!(ok, "{name} is licensed under {licence}, which deny.toml does not allow");
    }
}

/// The crates of which some target is of this kind.
fn crates_with(packages: &[Value], kind: &str) -> BTreeSet<String> {
    let has = |package: &&Value| {
        let mut targets = package["targets"].as_array().unwrap().iter();
        targets.any(|target| target["kind"].as_array().unwrap().iter().any(|k| k == kind))
    };
    let found = packages.iter().filter(has);
    found.map(|package| package["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn t41_every_crate_that_runs_code_while_it_is_built_is_written_down() {
    let packages = packages();
    let scripts = listed("bans.build", "allow-build-scripts");
    let new: Vec<String> =
        crates_with(&packages, "custom-build").difference(&scripts).cloned().collect();
    assert!(new.is_empty(), "look at their build scripts, then add them to deny.toml: {new:?}");
    let known: BTreeSet<String> = PROC_MACROS.map(str::to_owned).into();
    let new: Vec<String> =
        crates_with(&packages, "proc-macro").difference(&known).cloned().collect();
    assert!(new.is_empty(), "look at what their macros do, then add them here: {new:?}");
    // Lists that only grow say nothing in the end.
    let locks = LOCK_FILES.map(read);
    let locked: BTreeSet<&str> =
        locks.iter().flat_map(|lock| locked(lock)).map(|package| package.name).collect();
    for name in scripts.iter().chain(&known) {
        assert!(
            locked.contains(name.as_str()),
            "{name} is not used any more: take it off the list"
        );
    }
}

/// An SPDX expression, as far as crates use them; `/` stands for `OR`, as it once did.
#[derive(Debug, PartialEq)]
enum Licence {
    One(String),
    All(Vec<Licence>),
    Any(Vec<Licence>),
}

impl Licence {
    fn read(text: &str) -> Option<Self> {
        let spaced = text.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let mut words = spaced.split_whitespace().peekable();
        let read = Self::any(&mut words)?;
        words.next().is_none().then_some(read)
    }

    fn any<'a>(words: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Option<Self> {
        let mut parts = vec![Self::all(words)?];
        while words.next_if_eq(&"OR").is_some() {
            parts.push(Self::all(words)?);
        }
        Some(Self::Any(parts))
    }

    fn all<'a>(words: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Option<Self> {
        let mut parts = Vec::new();
        loop {
            let word = words.next()?;
            parts.push(if word == "(" {
                let inner = Self::any(words)?;
                words.next_if_eq(&")")?;
                inner
            } else {
                if ["OR", "AND", "WITH", ")"].contains(&word) {
                    return None;
                }
                let exception = words.next_if_eq(&"WITH").map(|_| words.next());
                Self::One(match exception {
                    Some(exception) => format!("{word} WITH {}", exception?),
                    None => word.to_owned(),
                })
            });
            if words.next_if_eq(&"AND").is_none() {
                return Some(Self::All(parts));
            }
        }
    }

    fn is_met(&self, allowed: &BTreeSet<String>) -> bool {
        match self {
            Self::One(name) => allowed.contains(name),
            Self::All(parts) => parts.iter().all(|part| part.is_met(allowed)),
            Self::Any(parts) => parts.iter().any(|part| part.is_met(allowed)),
        }
    }
}

#[test]
fn licences_are_read_as_spdx_says() {
    let allowed = ["MIT", "Apache-2.0 WITH LLVM-exception", "Zlib"].map(str::to_owned).into();
    for (text, expected) in [
        ("MIT", true),
        ("GPL-2.0-only", false),
        ("GPL-2.0-only/MIT", true),
        ("GPL-2.0-only OR MIT", true),
        ("GPL-2.0-only AND MIT", false),
        // AND binds more tightly than OR.
        ("MIT OR GPL-2.0-only AND Zlib", true),
        ("(MIT OR GPL-2.0-only) AND Zlib", true),
        ("(MIT OR Zlib) AND GPL-2.0-only", false),
        ("Apache-2.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("GPL-2.0-only OR Apache-2.0 WITH LLVM-exception", true),
    ] {
        assert_eq!(Licence::read(text).map(|read| read.is_met(&allowed)), Some(expected), "{text}");
    }
    for text in ["", "MIT OR", "(MIT", "MIT)", "MIT Zlib", "MIT WITH", "AND MIT"] {
        assert_eq!(Licence::read(text), None, "{text}");
    }
}
