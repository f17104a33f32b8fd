//! What authors are given. The templates of new plugins: each runs on its own plan and gives the outcome beside it, and
//! all three give the same. The guides in docs/plugins: every block of code runs on the example school, marked by a remark
//! before it: `script` is a whole plugin, `task` what stands in a task (with a file that is handed over), `error` a plugin
//! that ends so, `crate` a plugin in Rust, `commands` a shell.
//!
//! `JOSPAR_UPDATE_GOLDEN=1 cargo test -p jospar-runners --test authors` writes the templates' outcomes anew.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "scripts/desk.rs"]
mod desk;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use jospar_plugin_api::RunnerName::{self, Js1, Py1};
use jospar_plugin_api::{Limits, Package, with_manifest};
use jospar_plugin_host::{File, Plugin, RunFailed, RunResult};
use wit_component::ComponentEncoder;

use desk::{Desk, inputs};

fn plugins() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn template(language: &str) -> PathBuf {
    plugins().join("templates").join(language)
}

/// What a template gives back on its plan, held against the file beside the plan.
fn outcome(language: &str, plugin: &Plugin) -> String {
    let tests = template(language).join("tests");
    let plan = serde_json::from_slice(&fs::read(tests.join("plan.json")).unwrap()).unwrap();
    let mut desk = Desk { plan, ..Desk::default() };
    let result = plugin.run("progress", inputs(plugin), &mut desk).unwrap();
    assert!(result.log.is_empty(), "{:?}", result.log);
    let found = result.outcome.to_json();
    let expected = tests.join("outcome.json");
    if std::env::var_os("JOSPAR_UPDATE_GOLDEN").is_some() {
        fs::write(&expected, &found).unwrap();
    }
    assert_eq!(found, fs::read_to_string(expected).unwrap(), "{language}");
    found
}

fn script(language: &str, file: &str) -> Plugin {
    desk::ready(&fs::read_to_string(template(language).join(file)).unwrap())
}

/// A crate as an author has it: the template's folder, elsewhere, with other sources and another manifest.
fn rust(source: &str, manifest: &str) -> Plugin {
    // One folder for all, so that the dependencies are built once.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("template-rust");
    fs::create_dir_all(work.join("src")).unwrap();
    let from = template("rust");
    fs::write(work.join("src/lib.rs"), source).unwrap();
    fs::copy(from.join("src/words.txt"), work.join("src/words.txt")).unwrap();
    let sdk = plugins().join("sdk").display().to_string().replace('\\', "/");
    let cargo_toml = fs::read_to_string(from.join("Cargo.toml")).unwrap();
    assert!(cargo_toml.contains("../../sdk"));
    fs::write(work.join("Cargo.toml"), cargo_toml.replace("../../sdk", &sdk)).unwrap();
    // The versions that the bundled plugins are built with: they are on this computer.
    fs::copy(plugins().join("guests/Cargo.lock"), work.join("Cargo.lock")).unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--target", "wasm32-unknown-unknown"]);
    cargo.arg("--target-dir").arg(work.join("target")).current_dir(&work);
    for name in
        ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "CARGO_TARGET_DIR"]
    {
        cargo.env_remove(name);
    }
    let built = cargo.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let module = work.join("target/wasm32-unknown-unknown/release/my_plugin.wasm");
    let encoder = ComponentEncoder::default().validate(true).module(&fs::read(module).unwrap());
    let component = encoder.unwrap().encode().unwrap();
    let limits = Limits::default();
    let bytes = with_manifest(&component, manifest, &limits).unwrap();
    desk::host().compile(&Package::open(bytes, &limits).unwrap()).unwrap()
}

#[test]
fn the_three_templates_give_the_same_report() {
    let python = outcome("python", &script("python", "plugin.py"));
    let js = outcome("js", &script("js", "plugin.js"));
    let file = |name| fs::read_to_string(template("rust").join(name)).unwrap();
    let rust = outcome("rust", &rust(&file("src/lib.rs"), &file("manifest.json")));
    assert_eq!(python, js);
    assert_eq!(python, rust);
    for part in ["Көрсеткіштердің орындалуы", "45.60467479674797", "Артта қалғандары: "]
    {
        assert!(python.contains(part), "{part}");
    }
}

#[test]
fn a_plan_without_measured_kpis_is_refused_in_words() {
    for (language, file) in [("python", "plugin.py"), ("js", "plugin.js")] {
        let plugin = script(language, file);
        let plan = serde_json::json!({"kpis": [{"title": {"kk": "А"}, "baseline": 1, "target": 1, "actual": 1}]});
        let mut desk = Desk { plan, ..Desk::default() };
        let failed = plugin.run("progress", inputs(&plugin), &mut desk).unwrap_err();
        let words = failed.error.to_string();
        assert!(words.contains("No KPI has been measured yet."), "{words}");
    }
}

/// A block of a guide: what the remark before it says, and the code.
struct Block {
    kind: String,
    about: String,
    code: String,
}

fn guide(name: &str) -> Vec<Block> {
    let path = plugins().join("../docs/plugins").join(name);
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut blocks = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if !line.starts_with("```") || line.len() == 3 {
            continue;
        }
        let remark = lines[at - 1].strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->"));
        let remark =
            remark.unwrap_or_else(|| panic!("{name}, line {}: no remark before the code", at + 1));
        let (kind, about) = remark.split_once(": ").unwrap_or((remark, ""));
        let code: Vec<&str> =
            lines[at + 1..].iter().copied().take_while(|line| *line != "```").collect();
        blocks.push(Block { kind: kind.into(), about: about.into(), code: code.join("\n") + "\n" });
    }
    blocks
}

fn data(name: &str) -> Vec<u8> {
    fs::read(plugins().join("../data").join(name)).unwrap()
}

/// Runs the first task on the example school, with a file if there is a name of one.
fn try_out(plugin: &Plugin, file: &str) -> Result<RunResult, Box<RunFailed>> {
    let plan = serde_json::from_slice(&data("example-plan.json")).unwrap();
    let mut given = inputs(plugin);
    if !file.is_empty() {
        given.files.push(File::new(file, data(file)).unwrap());
    }
    let task = plugin.manifest().tasks[0].id.clone();
    plugin.run(&task, given, &mut Desk { plan, ..Desk::default() })
}

fn check(name: RunnerName, block: &Block) {
    let Block { kind, about, code } = block;
    let plugin = match (kind.as_str(), name) {
        ("task", Py1) => {
            let lines: String = code.lines().map(|line| format!("    {line}\n")).collect();
            desk::script(name, &["t"], &["read:risks", "llm"], &format!("@task\ndef t():\n{lines}"))
        }
        ("task", Js1) => {
            desk::script(name, &["t"], &["read:risks"], &format!("task('t', () => {{\n{code}}});"))
        }
        _ => desk::ready(code),
    };
    match (kind.as_str(), try_out(&plugin, if kind == "task" { about } else { "" })) {
        ("script" | "task", Ok(result)) => {
            assert!(!result.outcome.report.unwrap().title.kk.is_empty(), "{code}");
        }
        ("error", Err(failed)) => {
            let words = failed.error.to_string();
            assert!(words.contains(about.as_str()), "{words} is not {about}");
        }
        (kind, ended) => panic!("{kind}: {ended:?}\n{code}"),
    }
}

fn check_commands(block: &Block) {
    let known = [
        "new", "test", "run", "build", "pack", "keygen", "sign", "install", "grant", "list",
        "publish", "accept",
    ];
    let lines = block.code.lines().filter_map(|line| line.strip_prefix("jospar "));
    for line in lines {
        let action = line.strip_prefix("plugin ").and_then(|rest| rest.split(' ').next());
        assert!(action.is_some_and(|action| known.contains(&action)), "{line}");
    }
}

#[test]
fn code_of_the_guides_runs() {
    for (name, file) in [(Py1, "python.md"), (Js1, "javascript.md")] {
        let blocks = guide(file);
        assert!(blocks.len() > 4, "{file}");
        for block in &blocks {
            match block.kind.as_str() {
                "commands" => check_commands(block),
                _ => check(name, block),
            }
        }
    }
}

#[test]
fn the_crate_of_the_guide_builds_and_runs() {
    for block in guide("rust.md") {
        if block.kind == "commands" {
            check_commands(&block);
            continue;
        }
        let text = fs::read_to_string(template("rust").join("manifest.json")).unwrap();
        let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        manifest["needs"] = serde_json::json!(["read:risks"]);
        manifest["tasks"][0]["id"] = "order".into();
        let result = try_out(&rust(&block.code, &manifest.to_string()), "").unwrap();
        let report = serde_json::to_string(&result.outcome.report).unwrap();
        assert!(report.contains("Сопротивление"), "{report}");
    }
}
