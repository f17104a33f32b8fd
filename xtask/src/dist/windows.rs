//! What is made for Windows on another system: a check of types, and an archive that runs from any folder.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::VERSION;
use crate::{RELEASE, cargo, licences, run, say, target};

/// What the programs are built for, and what rustup calls it.
pub(super) const TARGET: &str = "x86_64-pc-windows-gnu";
/// What compiles C and links for it.
const COMPILER: &str = "x86_64-w64-mingw32-gcc";
/// What makes a resource of an icon; it comes with the compiler.
const RESOURCES: &str = "x86_64-w64-mingw32-windres";
const ICON: &str = "packaging/windows/jospar.ico";
/// The terms of the start-up code that the compiler links in, where Debian puts them.
const RUNTIME_TERMS: &str = "/usr/share/doc/mingw-w64-x86-64-dev/copyright";

/// What goes into the archive beside the programs: from the repository, to below its folder.
const FILES: [(&str, &str); 7] = [
    ("README.md", "README.md"),
    ("CHANGELOG.md", "doc/CHANGELOG.md"),
    ("LICENSE-MIT", "doc/LICENSE-MIT"),
    ("LICENSE-APACHE", "doc/LICENSE-APACHE"),
    ("plugins/runners/LICENCES.txt", "doc/runners-LICENCES.txt"),
    ("web/assets/fonts/OFL.txt", "doc/fonts-OFL.txt"),
    ("web/assets/htmx.LICENSE", "doc/htmx-LICENSE"),
];

/// What is missing here to build for Windows and how to get it; nothing if all is there.
pub(crate) fn missing() -> Option<&'static str> {
    if cfg!(windows) {
        return Some("this is Windows itself");
    }
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let library =
        Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output();
    let has_library = library.is_ok_and(|output| {
        let path = String::from_utf8_lossy(&output.stdout);
        output.status.success() && Path::new(path.trim()).is_dir()
    });
    if !has_library {
        return Some("rustup target add x86_64-pc-windows-gnu");
    }
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let has_compiler = has(COMPILER) && has(RESOURCES);
    (!has_compiler).then_some("on Debian: apt-get install gcc-mingw-w64-x86-64")
}

/// Checks the types of the two programs as they are for Windows, where that can be done.
pub(crate) fn check() -> bool {
    if let Some(missing) = missing() {
        say(&format!("The programs were not checked for Windows: {missing}.\n"));
        return true;
    }
    let mut clippy = cargo(&["clippy", "--target", TARGET]);
    clippy.args(["-p", "jospar-cli", "-p", "jospar-sync-server", "--", "-D", "warnings"]);
    run(clippy)
}

/// The archive, if this machine can make it.
pub(super) fn archive(dist: &Path) -> io::Result<Option<PathBuf>> {
    let resource = resource(dist)?;
    let mut build = cargo(&["build", RELEASE, "--target", TARGET]);
    build.args(["-p", "jospar-cli", "-p", "jospar-sync-server"]);
    // What is built for this machine on the way, build scripts and macros, is not linked with it.
    let flags = format!("-Clink-arg={}", resource.display());
    build.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS", flags);
    if !run(build) {
        return Ok(None);
    }
    let release = target().join(TARGET).join("release");
    let name = format!("jospar-{VERSION}-windows-x86_64");
    let path = dist.join(format!("{name}.zip"));
    let mut zip = ZipWriter::new(File::create(&path)?);
    // The same files give the same archive.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut put = |to: &str, bytes: &[u8]| -> io::Result<()> {
        zip.start_file(format!("{name}/{to}"), options).map_err(io::Error::other)?;
        zip.write_all(bytes)
    };
    for program in ["jospar.exe", "jospar-server.exe"] {
        put(program, &super::read(&release.join(program))?)?;
    }
    for (from, to) in FILES {
        put(to, &super::read(Path::new(from))?)?;
    }
    put(&format!("doc/{}", licences::NAME), licences::gather(TARGET)?.as_bytes())?;
    if Path::new(RUNTIME_TERMS).is_file() {
        put("doc/mingw-w64-LICENCES.txt", &super::read(Path::new(RUNTIME_TERMS))?)?;
    }
    zip.finish().map_err(io::Error::other)?;
    Ok(Some(path))
}

/// Compiles the icon and what Windows shows of a program into an object that both programs are linked with.
fn resource(dist: &Path) -> io::Result<PathBuf> {
    let folder = std::path::absolute(dist)?;
    let (source, object) = (folder.join("windows.rc"), folder.join("windows.o"));
    std::fs::write(&source, described(&std::path::absolute(ICON)?))?;
    let mut compile = Command::new(RESOURCES);
    compile.arg("--input").arg(&source).arg("--output").arg(&object).arg("--output-format=coff");
    if run(compile) { Ok(object) } else { Err(io::Error::other("the icon was not compiled")) }
}

/// The source of that object.
fn described(icon: &Path) -> String {
    let numbers = VERSION.split(['.', '-', '+']).take(3).collect::<Vec<_>>().join(",");
    let icon = icon.display().to_string().replace('\\', "\\\\");
    format!(
        "1 ICON \"{icon}\"\n\
         1 VERSIONINFO\nFILEVERSION {numbers},0\nPRODUCTVERSION {numbers},0\n\
         BEGIN\n  BLOCK \"StringFileInfo\"\n  BEGIN\n    BLOCK \"000004b0\"\n    BEGIN\n      \
         VALUE \"FileDescription\", \"jospar\"\n      VALUE \"ProductName\", \"jospar\"\n      \
         VALUE \"FileVersion\", \"{VERSION}\"\n      VALUE \"ProductVersion\", \"{VERSION}\"\n    \
         END\n  END\n  BLOCK \"VarFileInfo\"\n  BEGIN\n    VALUE \"Translation\", 0, 1200\n  END\nEND\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_shows_of_a_program_has_its_icon_and_version() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let icon = described(Path::new("C:\\a\\jospar.ico"));
        assert!(icon.starts_with("1 ICON \"C:\\\\a\\\\jospar.ico\"\n"), "{icon}");
        assert!(icon.contains(&format!("\"FileVersion\", \"{VERSION}\"")), "{icon}");
        let numbers = icon.lines().find_map(|line| line.strip_prefix("FILEVERSION "));
        let numbers = numbers.unwrap_or_default().split(',');
        assert_eq!(numbers.filter(|number| number.parse::<u16>().is_ok()).count(), 4, "{icon}");
        for from in FILES.map(|(from, _)| from).into_iter().chain([ICON]) {
            assert!(root.join(from).is_file(), "{from}");
        }
    }
}
