//! Faults of plugins: typed errors of the crates below, as the node's faults.

use std::io;
use std::path::Path;

use jospar_node::service::{Fault, FaultKind};
use jospar_plugin_api::{CapabilityError, IdError, ManifestError, PackageError, SettingError};
use jospar_plugin_host::{CompileError, FileError, HostError};
use serde_json::{Map, Value, json};

pub(crate) fn fault(kind: FaultKind, key: &str, values: Map<String, Value>) -> Fault {
    Fault { kind, key: key.to_owned(), values }
}

pub(crate) fn usage(key: &str, values: Value) -> Fault {
    Fault::new(FaultKind::Usage, key, values)
}

pub(crate) fn not_found(key: &str, values: Value) -> Fault {
    Fault::new(FaultKind::NotFound, key, values)
}

pub(crate) fn package(error: &PackageError) -> Fault {
    let kind = match error {
        PackageError::SignatureInvalid | PackageError::Damaged { .. } => FaultKind::Damaged,
        _ => FaultKind::Usage,
    };
    fault(kind, error.key(), error.values())
}

pub(crate) fn manifest(error: &ManifestError) -> Fault {
    fault(FaultKind::Usage, error.key(), error.values())
}

pub(crate) fn setting(error: &SettingError, key: &str) -> Fault {
    let mut values = error.values();
    values.insert("setting".to_owned(), key.into());
    fault(FaultKind::Usage, error.key(), values)
}

pub(crate) fn compile(error: &CompileError) -> Fault {
    let kind = match error {
        CompileError::Failed(_) => FaultKind::System,
        _ => FaultKind::Usage,
    };
    fault(kind, error.key(), error.values())
}

pub(crate) fn host(error: &HostError) -> Fault {
    fault(FaultKind::System, error.key(), error.values())
}

pub(crate) fn database(error: &rusqlite::Error) -> Fault {
    let full = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull);
    let damaged = matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
    );
    match (full, damaged) {
        (true, _) => Fault::new(FaultKind::System, "error-disk-full", json!({})),
        (_, true) => Fault::new(FaultKind::Damaged, "plugin-library-damaged", json!({})),
        _ => {
            let reason = error.to_string();
            Fault::new(FaultKind::System, "error-store", json!({ "reason": reason }))
        }
    }
}

pub(crate) fn file(path: &Path, error: &io::Error) -> Fault {
    let path = path.display().to_string();
    match error.kind() {
        io::ErrorKind::NotFound => not_found("error-file-not-found", json!({ "path": path })),
        io::ErrorKind::AlreadyExists => usage("error-file-exists", json!({ "path": path })),
        io::ErrorKind::PermissionDenied => {
            Fault::new(FaultKind::System, "error-no-permission", json!({ "path": path }))
        }
        io::ErrorKind::StorageFull => Fault::new(FaultKind::System, "error-disk-full", json!({})),
        _ => {
            let values = json!({"path": path, "reason": error.to_string()});
            Fault::new(FaultKind::System, "error-file", values)
        }
    }
}

pub(crate) fn file_name(error: &FileError) -> Fault {
    let FileError::Name(name) = error;
    usage("plugin-file-name", json!({ "name": name }))
}

pub(crate) fn id(text: &str, _: IdError) -> Fault {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(64).collect();
    usage("plugin-id-wrong", json!({ "id": shown }))
}

pub(crate) fn capability(text: &str, _: &CapabilityError) -> Fault {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(64).collect();
    usage("plugin-capability-unknown", json!({ "name": shown }))
}
