//! Packages: for Linux an archive that runs from any folder, and a `.deb` with an icon and a menu entry; for Windows an
//! archive, where the compiler for it is.

pub(crate) mod windows;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{RELEASE, build_programs, licences, run, say, target};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What goes into a package beside the programs: from the repository, to below the prefix.
const FILES: [(&str, &str); 10] = [
    ("packaging/linux/jospar.desktop", "share/applications/jospar.desktop"),
    ("web/assets/icon.svg", "share/icons/hicolor/scalable/apps/jospar.svg"),
    ("docs/operations.md", "share/doc/jospar/operations.md"),
    ("README.md", "share/doc/jospar/README.md"),
    ("CHANGELOG.md", "share/doc/jospar/CHANGELOG.md"),
    ("LICENSE-MIT", "share/doc/jospar/LICENSE-MIT"),
    ("LICENSE-APACHE", "share/doc/jospar/LICENSE-APACHE"),
    ("plugins/runners/LICENCES.txt", "share/doc/jospar/runners-LICENCES.txt"),
    ("web/assets/fonts/OFL.txt", "share/doc/jospar/fonts-OFL.txt"),
    ("web/assets/htmx.LICENSE", "share/doc/jospar/htmx-LICENSE"),
];

/// The server's unit, which an operator copies to where systemd looks. It names the programs as a build puts them.
const UNIT: [&str; 2] =
    ["packaging/jospar-server.service", "share/doc/jospar/jospar-server.service"];
/// Where the unit looks for programs, and where Debian's package has them.
const PREFIXES: [&str; 2] = ["/usr/local/", "/usr/"];

/// Builds the programs and packs them into `target/dist`.
pub(super) fn build() -> bool {
    if !cfg!(target_os = "linux") {
        say("Packages are made on Linux only.\n");
        return false;
    }
    if !build_programs(RELEASE) {
        return false;
    }
    let dist = target().join("dist");
    match packed(&dist) {
        Ok(done) => done,
        Err(error) => {
            say(&format!("{}: {error}\n", dist.display()));
            false
        }
    }
}

fn packed(dist: &Path) -> io::Result<bool> {
    let name = format!("jospar-{VERSION}-linux-{}", std::env::consts::ARCH);
    let tree = dist.join(&name);
    if tree.exists() {
        std::fs::remove_dir_all(&tree)?;
    }
    put(&tree, PREFIXES[0])?;
    let archive = dist.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    // The same files give the same archive.
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"])
        .arg("--use-compress-program=gzip -n -9")
        .arg("-C")
        .arg(dist)
        .arg("-cf")
        .arg(&archive)
        .arg(&name);
    if !run(tar) {
        return Ok(false);
    }
    say(&format!("{}\n", archive.display()));
    if let Some(package) = deb(dist)? {
        say(&format!("{}\n", package.display()));
    }
    if let Some(missing) = windows::missing() {
        say(&format!("No archive for Windows was made: {missing}.\n"));
        return Ok(true);
    }
    let archive = windows::archive(dist)?;
    if let Some(archive) = &archive {
        say(&format!("{}\n", archive.display()));
    }
    Ok(archive.is_some())
}

/// Puts the programs and their files below a prefix, which will be `place` where they are installed.
fn put(prefix: &Path, place: &str) -> io::Result<()> {
    let release = target().join("release");
    for program in ["jospar", "jospar-server"] {
        copy(&release.join(program), &prefix.join("bin").join(program))?;
    }
    for (from, to) in FILES {
        copy(Path::new(from), &prefix.join(to))?;
    }
    let [unit, to] = UNIT;
    let unit = std::fs::read_to_string(unit)?.replace(PREFIXES[0], place);
    std::fs::write(prefix.join(to), unit)?;
    let terms = prefix.join("share/doc/jospar").join(licences::NAME);
    std::fs::write(terms, licences::gather(&licences::host()?)?)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::copy(from, to)
        .map_err(|error| io::Error::other(format!("{}: {error}", from.display())))?;
    Ok(())
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
}

/// The package for Debian, if its tool is here.
fn deb(dist: &Path) -> io::Result<Option<PathBuf>> {
    if Command::new("dpkg-deb").arg("--version").output().is_err() {
        say("dpkg-deb was not found: no .deb was made.\n");
        return Ok(None);
    }
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let tree = dist.join("deb");
    if tree.exists() {
        std::fs::remove_dir_all(&tree)?;
    }
    put(&tree.join("usr"), PREFIXES[1])?;
    let control = format!(
        "Package: jospar\nVersion: {VERSION}\nArchitecture: {architecture}\nSection: education\nPriority: optional\n\
         Maintainer: jospar contributors <jospar@localhost>\nDepends: libc6 (>= 2.34), libgcc-s1\nRecommends: xdg-utils\n\
         Description: a school's digital development plan, written together\n \
         The plan lives on each person's device, works without a network, and merges\n \
         what several people wrote. `jospar open` shows it in the browser.\n"
    );
    std::fs::create_dir_all(tree.join("DEBIAN"))?;
    std::fs::write(tree.join("DEBIAN").join("control"), control)?;
    let package = dist.join(format!("jospar_{VERSION}_{architecture}.deb"));
    let mut build = Command::new("dpkg-deb");
    build.args(["--root-owner-group", "--build"]).arg(&tree).arg(&package);
    if run(build) { Ok(Some(package)) } else { Err(io::Error::other("the .deb was not made")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What the unit names lies where the package puts it.
    #[test]
    fn the_unit_of_the_package_finds_its_program_and_its_documentation() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let unit = std::fs::read_to_string(root.join(UNIT[0])).unwrap();
        assert!(unit.contains("\nExecStart=/usr/local/bin/jospar-server run\n"), "{unit}");
        let packed = unit.replace(PREFIXES[0], PREFIXES[1]);
        assert!(packed.contains("\nExecStart=/usr/bin/jospar-server run\n"), "{packed}");
        let names = packed.split("file:///usr/").skip(1);
        let names: Vec<&str> = names.filter_map(|rest| rest.split_whitespace().next()).collect();
        assert!(!names.is_empty());
        for name in names {
            assert!(FILES.iter().any(|(_, to)| *to == name), "{name} is in no package");
        }
        for (from, _) in FILES {
            assert!(root.join(from).is_file(), "{from}");
        }
    }
}
