//! Why a command failed, in words and as an exit code. The codes: docs/operations.md.

use std::path::Path;

use jospar_locales::Value;
use jospar_node::keys;
use jospar_node::node::StartError;
use jospar_node::service::Fault;
use jospar_node::store::{BackupError, OpenError, RepairError};

use crate::schedule::MakeError;
use crate::settings::SettingsError;

/// Something that is not as it should be was found.
const FOUND: u8 = 1;
/// What was asked for does not fit.
const USAGE: u8 = 2;
/// A file is damaged or not what it should be.
const DAMAGED: u8 = 5;
/// The address cannot be listened at.
const NETWORK: u8 = 6;
/// In use, no space, or a refusal of the system.
const SYSTEM: u8 = 7;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Storage(#[from] jospar_core::storage::StorageError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Make(#[from] MakeError),
    #[error(transparent)]
    Repair(#[from] RepairError),
    #[error(transparent)]
    Key(#[from] keys::KeyError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The store is damaged.
    #[error("{0} problems")]
    Unsound(usize),
    /// Something around the store is not as it should be.
    #[error("{0} problems")]
    Amiss(usize),
}

/// A message's key, its values, and the exit code.
type Explanation = (&'static str, Vec<(&'static str, Value)>, u8);

/// The message for a failure, with its values, and the exit code.
pub(crate) fn explain(failure: &Failure, data: &Path) -> Explanation {
    match failure {
        Failure::Open(error)
        | Failure::Start(StartError::Open(error))
        | Failure::Repair(RepairError::Open(error)) => open(error, data),
        Failure::Repair(_) => {
            let folder = Value::from(data.display().to_string().as_str());
            ("error-repair-nothing", vec![("folder", folder)], DAMAGED)
        }
        Failure::Start(StartError::Bind(error)) => ("error-network", reason(error), NETWORK),
        Failure::Backup(error) | Failure::Make(MakeError::Backup(error)) => backup(error, data),
        Failure::Settings(error) | Failure::Make(MakeError::Settings(error)) => {
            let code = match error {
                SettingsError::Unreadable { .. } | SettingsError::AdminIsPublic(_) => USAGE,
                _ => SYSTEM,
            };
            ("doctor-settings-bad", reason(error), code)
        }
        Failure::Unsound(count) => {
            let values = vec![
                ("count", (*count as u64).into()),
                ("command", "jospar-server restore".into()),
            ];
            ("doctor-problems", values, DAMAGED)
        }
        Failure::Amiss(count) => ("doctor-amiss", vec![("count", (*count as u64).into())], FOUND),
        other => ("error-store", reason(other), SYSTEM),
    }
}

fn reason(error: &impl ToString) -> Vec<(&'static str, Value)> {
    vec![("reason", error.to_string().as_str().into())]
}

fn folder(data: &Path) -> Vec<(&'static str, Value)> {
    vec![("folder", data.display().to_string().as_str().into())]
}

fn open(error: &OpenError, data: &Path) -> Explanation {
    match error {
        OpenError::InUse { .. } => ("error-in-use", folder(data), SYSTEM),
        OpenError::Damaged(_) => ("error-store-damaged", folder(data), DAMAGED),
        OpenError::Newer { .. } => ("error-store-newer", Vec::new(), DAMAGED),
        OpenError::NotAStore => ("error-not-a-store", folder(data), DAMAGED),
        OpenError::RestoreUnfinished => ("error-restore-unfinished", Vec::new(), DAMAGED),
        OpenError::Full => ("error-disk-full", Vec::new(), SYSTEM),
        error => ("error-store", reason(error), SYSTEM),
    }
}

fn backup(error: &BackupError, data: &Path) -> Explanation {
    let path = |path: &Path| vec![("path", path.display().to_string().as_str().into())];
    match error {
        BackupError::Exists(file) => ("error-file-exists", path(file), USAGE),
        BackupError::NotEmpty => ("error-restore-not-empty", folder(data), USAGE),
        BackupError::Manifest(file) => ("error-backup-manifest", path(file), DAMAGED),
        BackupError::Mismatch => ("error-backup-mismatch", Vec::new(), DAMAGED),
        BackupError::Unsound(_) => ("error-backup-damaged", Vec::new(), DAMAGED),
        BackupError::Open(error) => open(error, data),
    }
}
