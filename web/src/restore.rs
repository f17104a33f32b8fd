//! Restoring a backup: the page says which one, the program that runs the node puts it in place.
//!
//! A store is only exchanged while no node has it open, and the page is served by the node's own process. So the wish is
//! left here, the node is stopped, and whoever started it carries the wish out and starts it again.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jospar_node::service::Fault;
use jospar_node::store::{Manifest, verify_backup};

use crate::guard::Carried;

/// What the names of backups end with that the page makes.
const ENDING: &str = ".backup";
/// Backups that are offered, the newest first.
const FOUND_MAX: usize = 12;
/// Entries of a folder that are looked at.
const ENTRIES_MAX: usize = 10_000;

/// A backup that is to be put in place of the store.
#[derive(Debug, Default)]
pub(crate) struct Wish(Mutex<Option<PathBuf>>);

impl Wish {
    /// Leaves a wish.
    pub(crate) fn leave(&self, backup: PathBuf) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(backup);
    }

    /// Takes the wish.
    pub(crate) fn take(&self) -> Option<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What came of a restore, told once.
#[derive(Debug, Default)]
pub(crate) struct Said(Mutex<Option<String>>);

impl Said {
    pub(crate) const fn new(said: Option<String>) -> Self {
        Self(Mutex::new(said))
    }

    /// Takes it.
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A workspace file that a person gave, kept until the words of a recovery sheet come.
#[derive(Debug, Default)]
pub(crate) struct SheetFile(Mutex<Option<(String, Carried)>>);

impl SheetFile {
    fn with<T>(&self, look: impl FnOnce(&mut Option<(String, Carried)>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the file; `name` is what the person calls it.
    pub(crate) fn keep(&self, name: String, file: Carried) {
        self.with(|kept| *kept = Some((name, file)));
    }

    /// What the file is called.
    pub(crate) fn name(&self) -> Option<String> {
        self.with(|kept| kept.as_ref().map(|(name, _)| name.clone()))
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        self.with(|kept| kept.as_ref().map(|(_, file)| file.path()))
    }

    /// Removes it.
    pub(crate) fn forget(&self) {
        self.with(|kept| *kept = None);
    }
}

/// The backups in a folder that have their description beside them, the newest first.
pub(crate) fn found(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(Option<std::time::SystemTime>, PathBuf)> = entries
        .take(ENTRIES_MAX)
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_str().is_some_and(|name| name.ends_with(ENDING)))
        .filter(|path| description(path).is_file())
        .map(|path| (path.metadata().and_then(|data| data.modified()).ok(), path))
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().take(FOUND_MAX).map(|(_, path)| path).collect()
}

fn description(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".json");
    name.into()
}

/// Looks a backup through before anything is stopped for it.
///
/// # Errors
/// A fault that says what is wrong with it.
pub(crate) fn check(backup: &Path) -> Result<Manifest, Fault> {
    verify_backup(backup).map_err(|error| Fault::of_backup(&error, backup))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn backups_are_found_by_name_and_description() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| std::fs::write(folder.path().join(name), b"x").unwrap();
        file("jospar-2026-11-30.backup");
        file("jospar-2026-11-30.backup.json");
        file("without.backup");
        file("other.json");
        assert_eq!(found(folder.path()), [folder.path().join("jospar-2026-11-30.backup")]);
        assert!(found(&folder.path().join("none")).is_empty());
        let fault = check(&folder.path().join("without.backup")).unwrap_err();
        assert_eq!(fault.key, "error-backup-manifest");
    }

    #[test]
    fn what_came_of_a_restore_is_told_once() {
        let said = Said::new(Some("done".to_owned()));
        assert_eq!((said.take(), said.take()), (Some("done".to_owned()), None));
    }

    #[test]
    fn a_wish_is_taken_once() {
        let wish = Wish::default();
        wish.leave(PathBuf::from("a"));
        assert_eq!((wish.take(), wish.take()), (Some(PathBuf::from("a")), None));
    }
}
