//! The templates of new plugins: each runs on its own plan and gives the outcome beside it, and all three give the same.
//!
//! `JOSPAR_UPDATE_GOLDEN=1 cargo test -p jospar-runners --test templates` writes the outcomes anew.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "scripts/desk.rs"]
mod desk;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jospar_plugin_api::{Limits, Package, with_manifest};
use jospar_plugin_host::Plugin;
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

/// The Rust template as an author has it: a folder elsewhere that knows where the sources are.
fn rust() -> Plugin {
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("template-rust");
    fs::create_dir_all(work.join("src")).unwrap();
    let from = template("rust");
    for name in ["src/lib.rs", "src/words.txt"] {
        fs::copy(from.join(name), work.join(name)).unwrap();
    }
    let sdk = plugins().join("sdk").display().to_string().replace('\\', "/");
    let manifest = fs::read_to_string(from.join("Cargo.toml")).unwrap();
    assert!(manifest.contains("../../sdk"));
    fs::write(work.join("Cargo.toml"), manifest.replace("../../sdk", &sdk)).unwrap();
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
    let module =
        fs::read(work.join("target/wasm32-unknown-unknown/release/my_plugin.wasm")).unwrap();
    let component =
        ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap();
    let limits = Limits::default();
    let manifest = fs::read_to_string(from.join("manifest.json")).unwrap();
    let bytes = with_manifest(&component, &manifest, &limits).unwrap();
    desk::host().compile(&Package::open(bytes, &limits).unwrap()).unwrap()
}

#[test]
fn the_three_templates_give_the_same_report() {
    let python = outcome("python", &script("python", "plugin.py"));
    let js = outcome("js", &script("js", "plugin.js"));
    let rust = outcome("rust", &rust());
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
