//! Puts the templates of `plugins/templates` into the program: `(language, path in the folder, bytes)`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let root = variable("CARGO_MANIFEST_DIR")?.join("../templates").canonicalize()?;
    println!("cargo::rerun-if-changed={}", root.display());
    let mut list = String::from("&[\n");
    for language in ["python", "js", "rust"] {
        let folder = root.join(language);
        let mut files = Vec::new();
        collect(&folder, &mut files)?;
        files.sort();
        for file in files {
            let Ok(name) = file.strip_prefix(&folder) else { continue };
            let name = name.to_string_lossy().replace('\\', "/");
            let path = file.to_string_lossy();
            let written = writeln!(list, "({language:?}, {name:?}, include_bytes!({path:?})),");
            written.map_err(io::Error::other)?;
        }
    }
    list.push(']');
    fs::write(variable("OUT_DIR")?.join("templates.rs"), list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true if path.file_name().is_some_and(|name| name == "target") => {}
            true => collect(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
