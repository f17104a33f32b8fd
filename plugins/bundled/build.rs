//! Builds the plugins of `plugins/guests` for WebAssembly, makes components of them and puts each one's manifest into
//! it.
//!
//! A cargo of its own builds them, into `guests` beside this build's profiles, where no lock of this build is held. It
//! sees nothing of this build's flags: what comes out depends on the sources, the lock file and the compiler alone.
#![allow(clippy::print_stdout, reason = "what a build script prints, cargo reads")]

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use wit_component::ComponentEncoder;

const TARGET: &str = "wasm32-unknown-unknown";

/// The custom section that a package carries its manifest in; the same name as in `jospar-plugin-api`.
const MANIFEST_SECTION: &str = "jospar:manifest";

/// What the plugins are built from, beside `plugins/guests` itself.
const SOURCES: [&str; 6] =
    ["../sdk", "../wit", "../methods", "../tables", "../../Cargo.toml", "../guests/Cargo.lock"];

/// Variables that cargo itself needs from outside; all others that begin with `CARGO` are this build's.
const KEPT: [&str; 5] =
    ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_"];

/// What this build tells its own compilers.
const OWN: [&str; 6] =
    ["RUSTFLAGS", "RUSTDOCFLAGS", "RUSTC_WORKSPACE_WRAPPER", "MAKEFLAGS", "MFLAGS", "OUT_DIR"];

/// Why there are no plugins, in words: cargo shows it when the build script ends.
struct Failed(String);

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn main() -> Result<(), Failed> {
    let guests = folder("CARGO_MANIFEST_DIR")?.join("../guests");
    let plugins = plugins(&guests)?;
    watch(&guests);
    has_target()?;
    let out = folder("OUT_DIR")?;
    // OUT_DIR is TARGET/PROFILE/build/PACKAGE/out.
    let target = out.ancestors().nth(4).unwrap_or(&out).join("guests");
    build(&guests, &plugins, &target)?;
    let mut list = String::from("&[\n");
    for plugin in &plugins {
        let module = format!("{TARGET}/release/jospar_guest_{plugin}.wasm");
        let module = read(&target.join(module))?;
        let manifest = read(&guests.join(plugin).join("manifest.json"))?;
        let file = out.join(format!("{plugin}.wasm"));
        let package = package(plugin, &module, &manifest)?;
        fs::write(&file, package).map_err(|error| failed(&file, &error))?;
        list.push_str(&format!(
            "    Bundled {{ id: {plugin:?}, bytes: include_bytes!({:?}) }},\n",
            file.display().to_string()
        ));
    }
    list.push_str("]\n");
    let file = out.join("packages.rs");
    fs::write(&file, list).map_err(|error| failed(&file, &error))
}

fn folder(variable: &str) -> Result<PathBuf, Failed> {
    let value =
        env::var_os(variable).ok_or_else(|| Failed(format!("cargo did not set {variable}")))?;
    Ok(PathBuf::from(value))
}

fn failed(path: &Path, error: &std::io::Error) -> Failed {
    Failed(format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    fs::read(path).map_err(|error| failed(path, &error))
}

/// The folders with a manifest, sorted: a plugin's id is the name of its folder.
fn plugins(guests: &Path) -> Result<Vec<String>, Failed> {
    let entries = fs::read_dir(guests).map_err(|error| failed(guests, &error))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join("manifest.json").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

/// Names what a new build follows from. A folder counts with all that is in it, so a `target` that somebody has in
/// `plugins/guests` is left out.
fn watch(guests: &Path) {
    let entries = fs::read_dir(guests).into_iter().flatten().flatten();
    let entries = entries.filter(|entry| entry.file_name() != "target").map(|entry| entry.path());
    for path in entries.chain(SOURCES.map(PathBuf::from)) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

fn run(command: &mut Command) -> Result<Output, Failed> {
    let name = command.get_program().display().to_string();
    command.output().map_err(|error| Failed(format!("{name}: {error}")))
}

/// Makes sure that the compiler has what it needs for WebAssembly, and asks rustup for it if not.
fn has_target() -> Result<(), Failed> {
    let there = || {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let asked = run(Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]));
        let libraries =
            asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        libraries.is_ok_and(|path| !path.is_empty() && Path::new(&path).is_dir())
    };
    if there() {
        return Ok(());
    }
    let asked = run(Command::new("rustup").args(["target", "add", TARGET]));
    if there() {
        return Ok(());
    }
    let said = match asked {
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(Failed(why)) => why,
    };
    Err(Failed(format!(
        "\nThe plugins that come with jospar are built for {TARGET}, which this compiler cannot build for yet.\n\
         With rustup:      rustup target add {TARGET}\n\
         On Debian:        apt-get install libstd-rust-dev-wasm32\n\
         `rustup target add` was tried and said: {said}\n"
    )))
}

fn build(guests: &Path, plugins: &[String], target: &Path) -> Result<(), Failed> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--locked", "--release", "--target", TARGET]);
    cargo.arg("--manifest-path").arg(guests.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(target).current_dir(guests);
    for plugin in plugins {
        cargo.arg("--package").arg(format!("jospar-guest-{plugin}"));
    }
    for (name, _) in env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let kept = KEPT.iter().any(|kept| text.starts_with(kept));
        if (text.starts_with("CARGO") && !kept) || OWN.contains(&text) {
            cargo.env_remove(&name);
        }
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", remapped(guests));
    let output = run(&mut cargo)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(Failed(format!("\nThe plugins in plugins/guests do not build:\n{said}")))
}

/// Flags that put names in the place of this computer's folders, which messages of panics would carry into the plugins.
fn remapped(guests: &Path) -> String {
    let root = guests.join("../..").canonicalize().ok();
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")));
    let known = [(root, "jospar"), (home, "cargo")];
    let flags = known.into_iter().filter_map(|(folder, name)| {
        Some(format!("--remap-path-prefix={}={name}", folder?.to_str()?))
    });
    // Flags are apart by this character.
    flags.collect::<Vec<_>>().join("\u{1f}")
}

/// A component of the module, with its manifest. Fails when the module needs anything but the interface.
fn package(plugin: &str, module: &[u8], manifest: &[u8]) -> Result<Vec<u8>, Failed> {
    let encoder = ComponentEncoder::default().validate(true).module(module);
    let encoded = encoder.and_then(|mut encoder| encoder.encode());
    let mut component = encoded.map_err(|error| Failed(format!("plugin {plugin}: {error:?}")))?;
    let mut content = Vec::new();
    length(&mut content, MANIFEST_SECTION.len());
    content.extend_from_slice(MANIFEST_SECTION.as_bytes());
    content.extend_from_slice(manifest);
    // A custom section has the number 0.
    component.push(0);
    length(&mut component, content.len());
    component.extend_from_slice(&content);
    Ok(component)
}

/// A length as WebAssembly writes it: seven bits to a byte, the lowest first, the top bit set while more follow.
fn length(bytes: &mut Vec<u8>, mut value: usize) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}
