//! Faults: what kept a command from being carried out, what a person reads of it, and the exit code.

use std::io;
use std::path::Path;

use jospar_node::keys::{KEYS_VARIABLE, KeyError};
use jospar_node::node::StartError;
use jospar_node::quic::BindError;
use jospar_node::service::{Fault, FaultKind};
use jospar_node::store::{BackupError, OpenError, RepairError};
use serde_json::{Value, json};

use crate::words::Words;

/// Why no node could be started on `folder`.
pub(crate) fn start(error: StartError, folder: &Path) -> Fault {
    match error {
        StartError::Open(error) => open(error, folder),
        StartError::Key(error) => key(error),
        StartError::Bind(BindError::Socket { address, source }) => {
            let in_use = source.kind() == io::ErrorKind::AddrInUse;
            let key = if in_use { "error-port-in-use" } else { "error-port" };
            let values = json!({"address": address.to_string(), "reason": source.to_string()});
            Fault::new(FaultKind::System, key, values)
        }
        StartError::Bind(error) => Fault::internal(&error.to_string()),
        StartError::Storage(error) => with_folder(error.into(), folder),
        StartError::Io(error) => file(folder, &error),
    }
}

/// Why the store in `folder` could not be opened.
pub(crate) fn open(error: OpenError, folder: &Path) -> Fault {
    let place = folder.display().to_string();
    let damaged = |key, values| Fault::new(FaultKind::Damaged, key, values);
    match error {
        OpenError::InUse { .. } => {
            Fault::new(FaultKind::System, "error-in-use", json!({"folder": place}))
        }
        OpenError::Network { kind } => Fault::new(
            FaultKind::System,
            "error-network-folder",
            json!({"folder": place, "kind": kind}),
        ),
        OpenError::Newer { .. } => damaged("error-store-newer", json!({})),
        OpenError::NotAStore => damaged("error-not-a-store", json!({"folder": place})),
        OpenError::Damaged(_) => damaged("error-store-damaged", json!({"folder": place})),
        OpenError::RestoreUnfinished => damaged("error-restore-unfinished", json!({})),
        OpenError::Full => Fault::new(FaultKind::System, "error-disk-full", json!({})),
        OpenError::Failed(reason) => {
            Fault::new(FaultKind::System, "error-store", json!({"reason": reason}))
        }
        OpenError::Io { path, source } => file(&path, &source),
    }
}

/// Why a backup was not restored into `folder`.
pub(crate) fn restore(error: BackupError, folder: &Path) -> Fault {
    match error {
        BackupError::Exists(path) => file(&path, &io::ErrorKind::AlreadyExists.into()),
        BackupError::NotEmpty => Fault::new(
            FaultKind::Usage,
            "error-restore-not-empty",
            json!({"folder": folder.display().to_string()}),
        ),
        BackupError::Manifest(_) | BackupError::Mismatch | BackupError::Unsound(_) => {
            Fault::of_backup(&error, folder)
        }
        BackupError::Open(error) => open(error, folder),
    }
}

/// Why the store in `folder` was not repaired.
pub(crate) fn repair(error: RepairError, folder: &Path) -> Fault {
    match error {
        RepairError::Nothing => Fault::new(
            FaultKind::Damaged,
            "error-repair-nothing",
            json!({"folder": folder.display().to_string()}),
        ),
        RepairError::Open(error) => open(error, folder),
    }
}

/// What the operating system said about the file at `path`.
pub(crate) fn file(path: &Path, error: &io::Error) -> Fault {
    let path = path.display().to_string();
    match error.kind() {
        io::ErrorKind::NotFound => {
            Fault::new(FaultKind::NotFound, "error-file-not-found", json!({"path": path}))
        }
        io::ErrorKind::AlreadyExists => {
            Fault::new(FaultKind::Usage, "error-file-exists", json!({"path": path}))
        }
        io::ErrorKind::PermissionDenied => {
            Fault::new(FaultKind::System, "error-no-permission", json!({"path": path}))
        }
        io::ErrorKind::StorageFull => Fault::new(FaultKind::System, "error-disk-full", json!({})),
        _ => Fault::new(
            FaultKind::System,
            "error-file",
            json!({"path": path, "reason": error.to_string()}),
        ),
    }
}

/// Why there is no device key, or no folder for keys.
pub(crate) fn key(error: KeyError) -> Fault {
    let damaged = |key, values| Fault::new(FaultKind::Damaged, key, values);
    let usage = |key, values| Fault::new(FaultKind::Usage, key, values);
    match error {
        KeyError::KeyMissing { .. } => damaged("error-key-missing", json!({})),
        KeyError::Exposed { path, .. } => Fault::new(
            FaultKind::NotAllowed,
            "error-key-exposed",
            json!({"path": path.display().to_string()}),
        ),
        KeyError::Damaged(path) => {
            damaged("error-key-damaged", json!({"path": path.display().to_string()}))
        }
        KeyError::InsideDataFolder(path) => {
            usage("error-key-folder", json!({"path": path.display().to_string()}))
        }
        KeyError::NoHome => usage("error-key-no-home", json!({"variable": KEYS_VARIABLE})),
        KeyError::Random(_) => Fault::new(FaultKind::System, "error-random", json!({})),
        KeyError::Io { path, source } => file(&path, &source),
    }
}

/// Puts the data folder into a fault that a node, which does not name folders, left open.
pub(crate) fn with_folder(mut fault: Fault, folder: &Path) -> Fault {
    if let Some(place) = fault.values.get_mut("folder")
        && place.as_str() == Some("")
    {
        *place = Value::String(folder.display().to_string());
    }
    fault
}

/// Puts a file's name into a fault that left it open, since a node gets the file's text only.
pub(crate) fn with_path(mut fault: Fault, path: &Path) -> Fault {
    if let Some(place) = fault.values.get_mut("path")
        && place.as_str() == Some("")
    {
        *place = Value::String(path.display().to_string());
    }
    fault
}

/// What a person reads: what happened, then what to do.
pub(crate) fn message(words: &Words, fault: &Fault) -> String {
    words.fault(&fault.key, &fault.values)
}

/// The fault as the JSON document that `--json` puts on standard error.
pub(crate) fn document(words: &Words, fault: &Fault) -> Value {
    json!({"error": {
        "kind": fault.kind,
        "key": fault.key,
        "message": message(words, fault),
        "values": fault.values,
    }})
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jospar_locales::Language;

    use super::*;

    fn check(fault: &Fault, code: u8, expected: &str) {
        let message = message(&Words::utc(Language::En), fault);
        assert!(message.starts_with(expected), "{message}");
        assert_eq!(fault.kind.exit_code(), code, "{message}");
    }

    #[test]
    fn every_fault_has_its_words_and_its_exit_code() {
        let folder = Path::new("/plan");
        let io = |kind: io::ErrorKind| kind.into();
        check(&file(folder, &io(io::ErrorKind::NotFound)), 3, "The file /plan was not found.");
        check(&file(folder, &io(io::ErrorKind::AlreadyExists)), 2, "/plan is there already.");
        check(&file(folder, &io(io::ErrorKind::StorageFull)), 7, "Not saved: the disk is full.");
        check(&file(folder, &io(io::ErrorKind::PermissionDenied)), 7, "No permission for /plan.");
        let used = StartError::Open(OpenError::InUse { pid: Some(7) });
        check(&start(used, folder), 7, "Another program has the folder /plan open.");
        let damaged = StartError::Open(OpenError::Damaged("page 7".to_owned()));
        check(&start(damaged, folder), 5, "The data in /plan is damaged.");
        check(&key(KeyError::NoHome), 2, "No folder for keys is known.");
        check(&restore(BackupError::NotEmpty, folder), 2, "The folder /plan holds data.");
        check(&restore(BackupError::Mismatch, folder), 5, "The backup is not what");
        check(&Fault::internal("x"), 70, "jospar met an internal error: x.");
        check(&Fault::path_not_found("swot/x"), 3, "There is no swot/x.");
    }

    #[test]
    fn what_a_node_left_open_is_filled_in() {
        let fault = Fault::new(FaultKind::NotFound, "error-not-a-workspace", json!({"folder": ""}));
        let fault = with_folder(fault, Path::new("/plan"));
        check(&fault, 3, "The folder /plan holds no school plan.");
        let fault = Fault::new(FaultKind::Damaged, "error-not-a-plan", json!({"path": ""}));
        check(&with_path(fault, Path::new("a.json")), 5, "The file a.json holds no");
        let expired = Fault::new(FaultKind::Damaged, "error-invite-expired", json!({"expiry": ""}));
        check(&expired, 5, "The invite was not accepted: it expired,");
    }

    #[test]
    fn the_json_of_a_fault_has_its_four_members() {
        let fault = Fault::path_not_found("swot/x");
        let document = document(&Words::utc(Language::Kk), &fault);
        let error = document.get("error").unwrap();
        assert_eq!(error["kind"], "not_found");
        assert_eq!(error["key"], "error-path-not-found");
        assert_eq!(error["values"]["path"], "swot/x");
        assert!(error["message"].as_str().unwrap().contains("swot/x"));
    }
}
