//! `cargo xtask runners`: builds the runners of script plugins from `plugins/runners` under `target/runners`, with the
//! tools that their lists pin, and puts them, compressed, beside their sources with a lock file.

use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::{run, say, target};

const FOLDER: &str = "plugins/runners";
const INTERFACE: &str = "plugins/wit/plugin.wit";
const WORDS: &str = "words.json";
const LEVEL: i32 = 19;

/// A language: its folder, its runner's name, the tools that a lock file names.
struct Language {
    folder: &'static str,
    name: &'static str,
    tools: &'static [&'static str],
    build: fn(&Path) -> bool,
}

const LANGUAGES: [Language; 2] = [
    Language {
        folder: "js",
        name: "js-1",
        tools: &["componentize-qjs", "rolldown"],
        build: build_js,
    },
    Language { folder: "python", name: "py-1", tools: &["componentize-py"], build: build_python },
];

/// Builds those that are named, or all.
pub(crate) fn build(chosen: &[String]) -> bool {
    let unknown = chosen.iter().find(|name| !LANGUAGES.iter().any(|l| l.folder == **name));
    if let Some(name) = unknown {
        say(&format!("there is no runner {name}; there are js and python\n"));
        return false;
    }
    LANGUAGES
        .iter()
        .filter(|language| chosen.is_empty() || chosen.iter().any(|name| name == language.folder))
        .all(|language| match build_one(language) {
            Ok(is_built) => is_built,
            Err(error) => {
                say(&format!("{}: {error}\n", language.folder));
                false
            }
        })
}

fn build_one(language: &Language) -> Result<bool> {
    let work = std::path::absolute(target().join("runners").join(language.folder))?;
    std::fs::create_dir_all(work.join("wit"))?;
    std::fs::copy(INTERFACE, work.join("wit").join("plugin.wit"))?;
    std::fs::copy(Path::new(FOLDER).join(WORDS), work.join(WORDS))?;
    let sources = sources(language.folder)?;
    for path in &sources {
        let name = path.file_name().ok_or_else(|| Error::other("a source without a name"))?;
        std::fs::copy(path, work.join(name))?;
    }
    if !(language.build)(&work) {
        return Ok(false);
    }
    let component = std::fs::read(work.join("runner.wasm"))?;
    let packed = zstd::encode_all(component.as_slice(), LEVEL)?;
    let to = Path::new(FOLDER).join(language.folder).join("runner.wasm.zst");
    std::fs::write(&to, &packed)?;
    say(&format!("{}: {} bytes, {} unpacked\n", to.display(), packed.len(), component.len()));
    let mut hashes = serde_json::Map::new();
    hashes.insert("../wit/plugin.wit".into(), hash_of_source(Path::new(INTERFACE))?);
    hashes.insert(WORDS.into(), hash_of_source(&Path::new(FOLDER).join(WORDS))?);
    for path in &sources {
        let name = path.strip_prefix(FOLDER).map_err(Error::other)?;
        let name = name.to_string_lossy().replace('\\', "/");
        hashes.insert(name, hash_of_source(path)?);
    }
    write_lock(
        language,
        &json!({
            "tools": versions(language)?,
            "sources": hashes,
            "component": {"bytes": component.len(), "blake3": hash(&component)},
            "packed": {"bytes": packed.len(), "blake3": hash(&packed), "zstd": LEVEL},
        }),
    )?;
    Ok(true)
}

/// What goes into a runner of a language's folder, in order.
fn sources(folder: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(Path::new(FOLDER).join(folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension != "zst") && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn hash(bytes: &[u8]) -> Value {
    json!(blake3::hash(bytes).to_hex().as_str())
}

/// The hash of the text as it is in the repository, whatever the line ends of this computer are.
fn hash_of_source(path: &Path) -> Result<Value> {
    Ok(hash(std::fs::read_to_string(path)?.replace("\r\n", "\n").as_bytes()))
}

/// The versions that a language's lists pin.
fn versions(language: &Language) -> Result<Value> {
    let folder = Path::new(FOLDER).join(language.folder);
    let mut versions = serde_json::Map::new();
    if language.folder == "js" {
        let text = std::fs::read_to_string(folder.join("package.json"))?;
        let package: Value = serde_json::from_str(&text)?;
        for tool in language.tools {
            versions.insert((*tool).into(), package["dependencies"][tool].clone());
        }
    } else {
        let text = std::fs::read_to_string(folder.join("requirements.txt"))?;
        for tool in language.tools {
            let version = text.lines().find_map(|line| line.strip_prefix(&format!("{tool}==")));
            let version = version.map(|rest| rest.trim_end_matches(['\\', ' ']));
            versions.insert((*tool).into(), json!(version));
        }
    }
    Ok(Value::Object(versions))
}

fn write_lock(language: &Language, entry: &Value) -> Result<()> {
    let path = Path::new(FOLDER).join("lock.json");
    let mut lock: Value = match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(_) => json!({}),
    };
    lock[language.name] = entry.clone();
    let mut text = serde_json::to_string_pretty(&lock)?;
    text.push('\n');
    std::fs::write(&path, text)
}

/// Whether a program is there; says what to install if it is not.
fn has(program: &str, install: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        say(&format!("{program} is needed. {install}\n"));
    }
    found
}

fn build_js(work: &Path) -> bool {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if !has(npm, "Install Node.js 20 or newer: it brings npm.") {
        return false;
    }
    let step = |arguments: &[&str]| {
        let mut command = Command::new(npm);
        command.args(arguments).current_dir(work);
        run(command)
    };
    step(&["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        && step(&["run", "--silent", "build"])
}

fn build_python(work: &Path) -> bool {
    let python = if cfg!(windows) { "python" } else { "python3" };
    let install =
        "Install Python 3.10 or newer with venv. On Debian: apt-get install python3-venv.";
    if !has(python, install) {
        return false;
    }
    let step = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(work).env_remove("VIRTUAL_ENV");
        run(command)
    };
    // What is compiled into the component: the sources alone, not what lies beside them.
    let app = work.join("app");
    let copied = std::fs::create_dir_all(&app).and_then(|()| {
        std::fs::copy(work.join(WORDS), app.join(WORDS))?;
        sources("python")?
            .iter()
            .filter(|path| path.extension().is_some_and(|e| e == "py"))
            .try_for_each(|path| {
                std::fs::copy(path, app.join(path.file_name().unwrap_or_default())).map(drop)
            })
    });
    if let Err(error) = copied {
        say(&format!("{}: {error}\n", app.display()));
        return false;
    }
    let programs = work.join("venv").join(if cfg!(windows) { "Scripts" } else { "bin" });
    let (pip, tool) = (programs.join("pip"), programs.join("componentize-py"));
    let wanted = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r"];
    step(Path::new(python), &["-m", "venv", "venv"])
        && step(&pip, &[&wanted[..], &["requirements.txt"]].concat())
        && step(
            &tool,
            &[
                &["-d", "wit", "-w", "script-runner", "componentize", "--stub-wasi"][..],
                &["-p", "app", "runner", "-o", "runner.wasm"],
            ]
            .concat(),
        )
}
