//! What this device's person has seen of the history: the newest changes when they last said so.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

/// The file in the data folder. Losing it means that all is new once.
const FILE: &str = "seen.json";
/// Changes that are remembered and looked at: what is older counts as seen.
pub(crate) const CHANGES_MAX: usize = 300;

/// The changes that were seen; `None` if nothing was ever marked.
pub(crate) fn load(folder: &Path) -> Option<BTreeSet<String>> {
    let bytes = std::fs::read(folder.join(FILE)).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    let changes = value.get("changes")?.as_array()?;
    Some(changes.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Remembers these as seen.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn save(folder: &Path, changes: &BTreeSet<String>) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(json!({ "changes": changes }).to_string().as_bytes())?;
    file.persist(folder.join(FILE)).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_was_seen_is_remembered_and_damage_makes_all_new() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(load(folder.path()), None);
        let seen = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
        save(folder.path(), &seen).unwrap();
        assert_eq!(load(folder.path()), Some(seen));
        std::fs::write(folder.path().join(FILE), b"{").unwrap();
        assert_eq!(load(folder.path()), None);
    }
}
