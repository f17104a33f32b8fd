#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use super::*;

fn cache(folder: &Path, bytes_max: u64) -> Cache {
    Cache::open(folder, "engine", bytes_max).unwrap()
}

fn hash(name: &str) -> blake3::Hash {
    blake3::hash(name.as_bytes())
}

#[test]
fn code_is_found_only_as_it_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path(), 1_000);
    cache.keep(&hash("a"), &Code::compiled(vec![7; 100]));
    assert_eq!(cache.find(&hash("a")).unwrap().bytes(), [7; 100]);
    assert!(cache.find(&hash("b")).is_none());
    let path = cache.path(&hash("a"));
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut altered = whole.clone();
        altered[at] ^= 1;
        fs::write(&path, altered).unwrap();
        assert!(cache.find(&hash("a")).is_none(), "byte {at}");
        assert!(!path.exists(), "what is damaged goes");
        fs::write(&path, &whole[..at]).unwrap();
        assert!(cache.find(&hash("a")).is_none(), "cut at {at}");
    }
    // Another component's code, and another engine's, under this name.
    fs::write(cache.path(&hash("b")), &whole).unwrap();
    assert!(cache.find(&hash("b")).is_none());
    let other = Cache::open(folder.path(), "other", 1_000).unwrap();
    fs::write(other.path(&hash("a")), &whole).unwrap();
    assert!(other.find(&hash("a")).is_none());
}

#[test]
fn what_was_used_least_recently_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path(), 300);
    let used = |name: &str, hours: u64| {
        let age = Duration::from_secs(hours * 3_600);
        let file = fs::File::options().append(true).open(cache.path(&hash(name))).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    };
    for (name, hours) in [("a", 3), ("b", 2)] {
        cache.keep(&hash(name), &Code::compiled(vec![0; 100]));
        used(name, hours);
    }
    let left = folder.path().join("x.1.part");
    fs::write(&left, "x").unwrap();
    let fresh = folder.path().join("y.1.part");
    fs::write(&fresh, "y").unwrap();
    let day = SystemTime::now() - Duration::from_secs(25 * 3_600);
    fs::File::options().append(true).open(&left).unwrap().set_modified(day).unwrap();
    assert!(cache.find(&hash("a")).is_some(), "used just now");
    cache.keep(&hash("c"), &Code::compiled(vec![0; 100]));
    assert!(cache.path(&hash("a")).exists() && !cache.path(&hash("b")).exists());
    assert!(!left.exists() && fresh.exists());
    // What does not fit at all is not kept, and displaces nothing.
    cache.keep(&hash("d"), &Code::compiled(vec![0; 300]));
    assert!(cache.find(&hash("d")).is_none() && cache.find(&hash("a")).is_some());
}
