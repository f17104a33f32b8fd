//! For whoever writes a plugin: keys, packing a folder, signing, building.
//!
//! A plugin's folder holds either one script (`.py` or `.js`) whose first lines are the manifest, or `manifest.json`
//! beside a component: a `.wasm` file, or a Rust crate (`Cargo.toml`) that [`build`] makes one of.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use jospar_node::service::{Fault, FaultKind};
use jospar_node::store::create_private_file;
use jospar_plugin_api::{
    Form, Limits, Manifest, Package, PluginId, Publisher, sign, with_manifest,
};
use serde_json::json;
use wit_component::ComponentEncoder;

use crate::fault;

/// The manifest beside a component.
const MANIFEST: &str = "manifest.json";
/// Where a folder's built component is put.
const BUILT: &str = "plugin.wasm";
/// The target that guests are built for.
const TARGET: &str = "wasm32-unknown-unknown";
/// The most files of a folder that are looked at.
const FILES_MAX: usize = 1_000;

/// The templates of a new plugin: language, path in the folder, bytes.
const TEMPLATES: &[(&str, &str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));
/// What stands in a template for the plugin's id.
const TEMPLATE_ID: &str = "my-plugin";

/// Writes a new plugin into the folder `into`/`id`, which must not be there: `python`, `js` or `rust`. Gives the folder
/// and the files in it.
///
/// # Errors
/// A fault if there is such a folder, the id is none, or there is no template in the language.
pub fn new_plugin(language: &str, id: &str, into: &Path) -> Result<(PathBuf, Vec<String>), Fault> {
    let parsed: PluginId = id.parse().map_err(|error| fault::id(id, error))?;
    let files: Vec<_> = TEMPLATES.iter().filter(|(known, _, _)| *known == language).collect();
    if files.is_empty() {
        let mut known: Vec<&str> = TEMPLATES.iter().map(|(language, _, _)| *language).collect();
        known.dedup();
        let values = json!({"value": language, "choices": known.join(", ")});
        return Err(fault::usage("error-value-choice", values));
    }
    let folder = into.join(parsed.as_str());
    fs::create_dir(&folder).map_err(|error| fault::file(&folder, &error))?;
    let mut names = Vec::new();
    for (_, name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| fault::file(parent, &error))?;
        }
        match std::str::from_utf8(bytes) {
            // A crate's name has no dots.
            Ok(text) if *name == "Cargo.toml" => {
                let crate_name = parsed.as_str().replace('.', "-");
                write(&path, text.replace(TEMPLATE_ID, &crate_name).as_bytes())?;
            }
            Ok(text) => write(&path, text.replace(TEMPLATE_ID, parsed.as_str()).as_bytes())?,
            Err(_) => write(&path, bytes)?,
        }
        names.push((*name).to_owned());
    }
    Ok((folder, names))
}

/// Makes a key to sign packages with, in a new file for this user alone: 64 hexadecimal digits. Gives the public half.
///
/// # Errors
/// A fault if there is such a file, or it cannot be written.
pub fn new_key(path: &Path) -> Result<Publisher, Fault> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)
        .map_err(|_| Fault::new(FaultKind::System, "error-random", json!({})))?;
    let key = SigningKey::from_bytes(&secret);
    let text = HEXLOWER.encode(&secret) + "\n";
    create_private_file(path, text.as_bytes()).map_err(|error| fault::file(path, &error))?;
    Ok(Publisher(key.verifying_key().to_bytes()))
}

/// Reads a key that [`new_key`] made.
///
/// # Errors
/// A fault if there is none, or it is no such key.
pub fn read_key(path: &Path) -> Result<SigningKey, Fault> {
    let text = fs::read_to_string(path).map_err(|error| fault::file(path, &error))?;
    let bytes = HEXLOWER.decode(text.trim().as_bytes()).ok();
    let secret: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
    let secret = secret.ok_or_else(|| {
        let values = json!({"path": path.display().to_string()});
        Fault::new(FaultKind::Damaged, "plugin-key-damaged", values)
    })?;
    Ok(SigningKey::from_bytes(&secret))
}

/// Signs the package at `path`, in place, instead of a signature that it may have.
///
/// # Errors
/// A fault if it is no package, or cannot be written.
pub fn sign_file(path: &Path, key: &SigningKey, limits: &Limits) -> Result<Package, Fault> {
    let bytes = read_bounded(path, limits)?;
    let signed = sign(&bytes, key, limits).map_err(|error| fault::package(&error))?;
    write(path, &signed)?;
    open(signed, limits)
}

/// Reads a package from a file, or packs a folder.
///
/// # Errors
/// A fault if there is none, or it is not sound.
pub fn read(path: &Path, limits: &Limits) -> Result<Package, Fault> {
    if path.is_dir() { packed(path, limits) } else { open(read_bounded(path, limits)?, limits) }
}

/// Packs a folder into one file, named after the plugin and its version, in `into`. Gives the file's path.
///
/// # Errors
/// A fault if the folder holds no plugin, or the file cannot be written.
pub fn pack(folder: &Path, into: &Path, limits: &Limits) -> Result<(PathBuf, Package), Fault> {
    let package = packed(folder, limits)?;
    let manifest = package.manifest();
    let ending = match package.form() {
        Form::Component => "wasm",
        Form::Script(runner) if runner.comment() == "#" => "py",
        Form::Script(_) => "js",
    };
    let path = into.join(format!("{}-{}.{ending}", manifest.id, manifest.version));
    write(&path, package.bytes())?;
    Ok((path, package))
}

/// Makes what can be packed of a folder: a Rust crate becomes `plugin.wasm`; a script needs no building and is checked.
/// Gives the file.
///
/// # Errors
/// A fault if the folder holds no plugin, or the compiler refuses; its words are in the value `reason`.
pub fn build(folder: &Path, limits: &Limits) -> Result<PathBuf, Fault> {
    if !folder.join("Cargo.toml").is_file() {
        packed(folder, limits)?;
        return Ok(main_file(folder)?.unwrap_or_else(|| folder.join(BUILT)));
    }
    let module = compile_crate(folder)?;
    let bytes = fs::read(&module).map_err(|error| fault::file(&module, &error))?;
    let wrong = |error: &dyn std::fmt::Display| build_failed(folder, &error.to_string());
    let component = ComponentEncoder::default()
        .validate(true)
        .module(&bytes)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| wrong(&format!("{error:#}")))?;
    let path = folder.join(BUILT);
    write(&path, &component)?;
    packed(folder, limits)?;
    Ok(path)
}

/// Builds a crate and finds the module.
fn compile_crate(folder: &Path) -> Result<PathBuf, Fault> {
    // Cargo reads paths from where it works.
    let folder = std::path::absolute(folder).map_err(|error| fault::file(folder, &error))?;
    let folder = folder.as_path();
    let target = folder.join("target");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let ran = Command::new(cargo)
        .args(["build", "--release", "--target", TARGET, "--target-dir"])
        .arg(&target)
        .current_dir(folder)
        .output();
    let output = ran.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            fault::not_found("plugin-build-no-cargo", json!({"target": TARGET}))
        }
        _ => fault::file(folder, &error),
    })?;
    if !output.status.success() {
        return Err(build_failed(folder, &String::from_utf8_lossy(&output.stderr)));
    }
    let built = target.join(TARGET).join("release");
    let modules = files(&built, &["wasm"])?;
    match modules.as_slice() {
        [module] => Ok(module.clone()),
        _ => Err(build_failed(folder, "not exactly one module of WebAssembly was built")),
    }
}

fn build_failed(folder: &Path, reason: &str) -> Fault {
    let lines: Vec<&str> = reason.lines().collect();
    let last = lines.iter().skip(lines.len().saturating_sub(20)).copied().collect::<Vec<_>>();
    let mut reason = last.join("\n");
    jospar_plugin_api::text::clean(&mut reason);
    let values = json!({"folder": folder.display().to_string(), "reason": reason});
    fault::usage("plugin-build-failed", values)
}

fn packed(folder: &Path, limits: &Limits) -> Result<Package, Fault> {
    let none = || {
        let values = json!({"folder": folder.display().to_string()});
        fault::not_found("plugin-folder-empty", values)
    };
    let file = main_file(folder)?.ok_or_else(none)?;
    let bytes = read_bounded(&file, limits)?;
    if file.extension() != Some(OsStr::new("wasm")) {
        return open(bytes, limits);
    }
    let path = folder.join(MANIFEST);
    if !path.is_file() {
        return open(bytes, limits);
    }
    let manifest = fs::read(&path).map_err(|error| fault::file(&path, &error))?;
    let manifest = Manifest::parse(&manifest, limits.manifest_bytes_max)
        .map_err(|error| fault::manifest(&error))?;
    let bytes = with_manifest(&bytes, &manifest.to_json(), limits)
        .map_err(|error| fault::package(&error))?;
    open(bytes, limits)
}

/// The one script or component of a folder.
fn main_file(folder: &Path) -> Result<Option<PathBuf>, Fault> {
    let components = files(folder, &["wasm"])?;
    let all = if components.is_empty() { files(folder, &["py", "js"])? } else { components };
    match all.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        [one, two, ..] => {
            let name = |path: &Path| {
                path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
            };
            Err(fault::usage("plugin-folder-two", json!({"one": name(one), "two": name(two)})))
        }
    }
}

/// The files of a folder with one of these endings, by name.
fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Fault> {
    let entries = fs::read_dir(folder).map_err(|error| fault::file(folder, &error))?;
    let mut found: Vec<PathBuf> = entries
        .take(FILES_MAX)
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let ending = path.extension().and_then(OsStr::to_str);
            path.is_file() && ending.is_some_and(|ending| endings.contains(&ending))
        })
        .collect();
    found.sort();
    Ok(found)
}

fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Package, Fault> {
    Package::open(bytes, limits).map_err(|error| fault::package(&error))
}

/// Reads a file that may be a package; nothing larger.
pub(crate) fn read_bounded(path: &Path, limits: &Limits) -> Result<Vec<u8>, Fault> {
    let found = fs::metadata(path).map_err(|error| fault::file(path, &error))?;
    let max = limits.component_bytes_max;
    if found.len() > max as u64 {
        let values = json!({"bytes": found.len(), "max": max});
        return Err(fault::usage("plugin-package-too-large", values));
    }
    fs::read(path).map_err(|error| fault::file(path, &error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    fs::write(path, bytes).map_err(|error| fault::file(path, &error))
}
