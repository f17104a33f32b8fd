//! What a doctor looks at besides the store's content: the disk's space, the clock, the key files. Each finding says in
//! words what is wrong and what to do.

use std::fs;
use std::path::Path;

use jospar_core::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

mod encryption;

pub use encryption::check_encryption;

/// Below this free space a person is warned, in bytes.
pub const SPACE_WARNING_BYTES: u64 = 1024 * 1024 * 1024;
/// Below this free space nothing may be saved soon, in bytes.
pub const SPACE_PROBLEM_BYTES: u64 = 100 * 1024 * 1024;
/// A clock that differs from the others' by more than this is told, in milliseconds.
pub const CLOCK_SKEW_MS_MAX: i64 = 5 * 60 * 1_000;
/// 1 January 2026: a clock that shows less was never set.
const CLOCK_MS_MIN: i64 = 1_767_225_600_000;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works now; somebody should look soon.
    Warning,
    /// Does not work, or soon will not.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What: `store`, `space`, `clock`, `keys`, `settings`, `port`, `backup`, `schools`,
    /// `encryption`.
    pub check: &'static str,
    /// How it is.
    pub level: Level,
    /// The key of the message in the catalogue: what is wrong, and what to do.
    pub message: &'static str,
    /// The message's values: texts, and bytes or milliseconds as numbers.
    pub values: Map<String, Value>,
}

impl Check {
    /// A finding with the values of a JSON object.
    #[must_use]
    pub fn new(check: &'static str, level: Level, message: &'static str, values: Value) -> Self {
        let values = match values {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        Self { check, level, message, values }
    }

    /// Something that is as it should be.
    #[must_use]
    pub fn ok(check: &'static str, message: &'static str) -> Self {
        Self::new(check, Level::Ok, message, Value::Null)
    }
}

/// The bytes that may still be written on the disk of `folder`, where the system can tell.
#[must_use]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let disk = rustix::fs::statvfs(folder).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// Looks at free space, given in bytes.
#[must_use]
pub fn check_space(free: u64) -> Check {
    let values = json!({"bytes": free});
    match free {
        0..SPACE_PROBLEM_BYTES => Check::new("space", Level::Problem, "doctor-space-none", values),
        SPACE_PROBLEM_BYTES..SPACE_WARNING_BYTES => {
            Check::new("space", Level::Warning, "doctor-space-little", values)
        }
        _ => Check::new("space", Level::Ok, "doctor-space-ok", values),
    }
}

/// Looks at the clock; `skew_ms` is how far a peer's clock was ahead of it.
#[must_use]
pub fn check_clock(now: Timestamp, skew_ms: i64) -> Check {
    if now.0 < CLOCK_MS_MIN {
        return Check::new("clock", Level::Problem, "doctor-clock-unset", Value::Null);
    }
    if skew_ms.saturating_abs() > CLOCK_SKEW_MS_MAX {
        let values = json!({"milliseconds": skew_ms.saturating_abs()});
        return Check::new("clock", Level::Warning, "doctor-clock-skew", values);
    }
    Check::ok("clock", "doctor-clock-ok")
}

/// Looks at the rights of the files in a key folder: nobody but their owner may read them.
#[must_use]
pub fn check_keys(folder: &Path) -> Check {
    let exposed = fs::read_dir(folder).into_iter().flatten().flatten().find(is_exposed);
    match exposed {
        Some(file) => {
            let values = json!({"path": file.path().display().to_string()});
            Check::new("keys", Level::Problem, "doctor-keys-exposed", values)
        }
        None if cfg!(unix) => Check::ok("keys", "doctor-keys-ok"),
        None => Check::ok("keys", "doctor-keys-of-folder"),
    }
}

#[cfg(unix)]
fn is_exposed(file: &fs::DirEntry) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = file.metadata();
    metadata.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &fs::DirEntry) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_space_is_a_warning_and_none_a_problem() {
        let level = |free| check_space(free).level;
        assert_eq!(level(SPACE_PROBLEM_BYTES - 1), Level::Problem);
        assert_eq!(level(SPACE_PROBLEM_BYTES), Level::Warning);
        assert_eq!(level(SPACE_WARNING_BYTES), Level::Ok);
    }

    #[test]
    fn a_clock_that_was_never_set_is_told_from_one_that_is_off() {
        let now = Timestamp(1_800_000_000_000);
        assert_eq!(check_clock(Timestamp(0), 0).level, Level::Problem);
        assert_eq!(check_clock(now, -CLOCK_SKEW_MS_MAX - 1).message, "doctor-clock-skew");
        assert_eq!(check_clock(now, i64::MIN).level, Level::Warning);
        assert_eq!(check_clock(now, CLOCK_SKEW_MS_MAX).level, Level::Ok);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_may_read_is_named() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("key");
        fs::write(&path, "x").expect("writes");
        let set = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("sets the mode");
        };
        set(0o600);
        assert_eq!(check_keys(folder.path()).level, Level::Ok);
        set(0o640);
        let found = check_keys(folder.path());
        assert_eq!(found.level, Level::Problem);
        assert_eq!(found.values["path"], path.display().to_string());
    }

    #[cfg(unix)]
    #[test]
    fn the_free_space_of_a_folder_is_told() {
        let folder = tempfile::tempdir().expect("folder");
        assert!(free_bytes(folder.path()).is_some_and(|free| free > 0));
        assert_eq!(free_bytes(&folder.path().join("none")), None);
    }
}
