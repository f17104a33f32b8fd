//! Compiled code that is kept: used again, looked at before it is, never taken from elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use jospar_plugin_host::{Host, HostError, Limits, Options, Priority};

use super::guest::{Bench, Fake, NOTHING, guest, inputs, package};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn t18_damaged_and_foreign_code_is_compiled_anew() {
    let bench = Bench::new();
    let folder = bench.folder.path().join("code");
    let (one, other) = (guest("", "", NOTHING), guest("", "(func)", NOTHING));
    bench.plugin(&one);
    let [first] = &files(&folder)[..] else { panic!("one file") };
    let whole = fs::read(first).unwrap();
    bench.plugin(&other);
    let all = files(&folder);
    let second = all.iter().find(|path| *path != first).unwrap();
    let foreign = fs::read(second).unwrap();
    let mut turned = whole.clone();
    let middle = turned.len() / 2;
    turned[middle] ^= 1;
    for bad in [
        &b""[..],
        b"garbage",
        &whole[..whole.len() - 1],
        &[&whole[..], b"x"].concat(),
        &turned,
        &foreign,
    ] {
        fs::write(first, bad).unwrap();
        bench.plugin(&one).run("t", inputs(), &mut Fake::default()).unwrap();
        assert_eq!(fs::read(first).unwrap().len(), whole.len(), "it is whole again");
        assert!(fs::read(first).unwrap() != bad);
    }
    // Not even a folder in its place stops anybody.
    fs::remove_file(first).unwrap();
    fs::create_dir(first).unwrap();
    bench.plugin(&one).run("t", inputs(), &mut Fake::default()).unwrap();
}

#[test]
fn code_is_kept_between_hosts_and_apart_for_other_engines() {
    let bench = Bench::new();
    let folder = bench.folder.path().join("code");
    let component = guest("", "", NOTHING);
    bench.plugin(&component);
    let before = files(&folder);
    let kept = fs::metadata(&before[0]).unwrap().modified().unwrap();
    let written = fs::read(&before[0]).unwrap();
    let again = Host::new(Limits::default(), &folder).unwrap();
    again.compile(&package(&component)).unwrap();
    assert_eq!(files(&folder), before);
    assert_eq!(fs::read(&before[0]).unwrap(), written);
    assert!(fs::metadata(&before[0]).unwrap().modified().unwrap() >= kept, "used just now");
    let options = Options { fuel: true, priority: Priority::Low, ..Options::default() };
    let fuel = Host::with_options(Limits::default(), &folder, options).unwrap();
    fuel.compile(&package(&component)).unwrap();
    assert_eq!(files(&folder).len(), 2);
    let low = Options { priority: Priority::Low, ..Options::default() };
    let low = Host::with_options(Limits::default(), &folder, low).unwrap();
    low.compile(&package(&component)).unwrap();
    assert_eq!(files(&folder).len(), 2, "how it was compiled makes no other code");
}

#[cfg(unix)]
#[test]
fn the_folder_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new();
    let folder = bench.folder.path().join("code");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    bench.plugin(&guest("", "", NOTHING));
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&files(&folder)[0]), 0o600);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    drop(Host::new(Limits::default(), &folder).unwrap());
    assert_eq!(mode(&folder), 0o700);
    let link = bench.folder.path().join("link");
    std::os::unix::fs::symlink(&folder, &link).unwrap();
    let file = bench.folder.path().join("file");
    fs::write(&file, "").unwrap();
    for bad in [&link, &file] {
        let error = Host::new(Limits::default(), bad).unwrap_err();
        assert!(matches!(error, HostError::Folder { .. }), "{bad:?}");
    }
}
