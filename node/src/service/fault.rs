//! Faults: why a request was not carried out, as a message key with its values and a kind that gives the exit code.

use std::path::Path;

use jospar_core::document::{CommandError, DocumentError, ValueKind};
use jospar_core::plan::ImportError;
use jospar_core::protocol::{BundleError, InviteError};
use jospar_core::replica::{ApplyError, LoadError, MemberError};
use jospar_core::storage::StorageError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::handle::NodeError;
use crate::store::BackupError;

/// What kind of trouble it is: the command line's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// What was asked for does not fit: exit code 2.
    Usage,
    /// What was named is not there: exit code 3.
    NotFound,
    /// This device may not: exit code 4.
    NotAllowed,
    /// A file, a link or a store is damaged or not what it should be: exit code 5.
    Damaged,
    /// The other side cannot be reached or refused: exit code 6.
    Network,
    /// The disk is full or the operating system refused: exit code 7.
    System,
    /// A mistake in this program: exit code 70.
    Internal,
}

impl FaultKind {
    /// The exit code.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::NotAllowed => 4,
            Self::Damaged => 5,
            Self::Network => 6,
            Self::System => 7,
            Self::Internal => 70,
        }
    }
}

/// Why a request was not carried out. Nothing of it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{key} {values:?}")]
pub struct Fault {
    /// What kind of trouble it is.
    pub kind: FaultKind,
    /// The key of the message in the catalogue.
    pub key: String,
    /// The message's values: texts and numbers.
    pub values: Map<String, Value>,
}

impl Fault {
    /// A fault with the values of a JSON object.
    #[must_use]
    pub fn new(kind: FaultKind, key: &str, values: Value) -> Self {
        let values = match values {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        Self { kind, key: key.to_owned(), values }
    }

    /// A mistake in this program.
    #[must_use]
    pub fn internal(reason: &str) -> Self {
        Self::new(FaultKind::Internal, "error-internal", json!({"reason": reason}))
    }

    /// Why the backup at a path cannot be used.
    #[must_use]
    pub fn of_backup(error: &BackupError, backup: &Path) -> Self {
        let damaged = |key, values| Self::new(FaultKind::Damaged, key, values);
        match error {
            BackupError::Manifest(path) => {
                damaged("error-backup-manifest", json!({"path": path.display().to_string()}))
            }
            BackupError::Mismatch => damaged("error-backup-mismatch", json!({})),
            BackupError::Unsound(_) => damaged("error-backup-damaged", json!({})),
            BackupError::Exists(_) | BackupError::NotEmpty | BackupError::Open(_) => {
                let path = backup.display().to_string();
                let values = json!({"path": path, "reason": error.to_string()});
                Self::new(FaultKind::System, "error-file", values)
            }
        }
    }

    /// Nothing is at a path.
    #[must_use]
    pub fn path_not_found(path: &str) -> Self {
        Self::new(FaultKind::NotFound, "error-path-not-found", json!({"path": path}))
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full => Self::new(FaultKind::System, "error-disk-full", json!({})),
            StorageError::Damaged(_) => {
                Self::new(FaultKind::Damaged, "error-store-damaged", json!({"folder": ""}))
            }
            StorageError::Failed(reason) => {
                Self::new(FaultKind::System, "error-store", json!({"reason": reason}))
            }
        }
    }
}

impl From<NodeError> for Fault {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::Stopped => {
                Self::new(FaultKind::System, "error-node-not-responding", json!({}))
            }
            NodeError::NoWorkspace => {
                Self::new(FaultKind::NotFound, "error-not-a-workspace", json!({"folder": ""}))
            }
            NodeError::Storage(error) => error.into(),
            NodeError::Mistake => Self::internal("a panic in the node's loop"),
            NodeError::NoRandomness => Self::new(FaultKind::System, "error-random", json!({})),
        }
    }
}

impl From<CommandError> for Fault {
    fn from(error: CommandError) -> Self {
        let usage = |key, values| Self::new(FaultKind::Usage, key, values);
        match error {
            CommandError::UnknownField { path, field } => usage(
                "error-field-unknown",
                json!({"path": path.to_string(), "field": field, "known": ""}),
            ),
            CommandError::NotFound(path) => Self::path_not_found(&path.to_string()),
            CommandError::AlreadyThere(path) => {
                let id = path.split_last().map(|(_, id)| id.to_owned()).unwrap_or_default();
                usage("error-item-exists", json!({"id": id}))
            }
            CommandError::WrongShape(path) => usage(
                "error-wrong-command",
                json!({"path": path.to_string(), "command": "jospar show"}),
            ),
            CommandError::BadValue { path, expected, value } => match expected {
                ValueKind::Date => usage("error-value-date", json!({"value": value})),
                ValueKind::Number => usage("error-value-number", json!({"value": value})),
                ValueKind::Flag => usage("error-value-flag", json!({"value": value})),
                ValueKind::Choice(words) => usage(
                    "error-value-choice",
                    json!({"value": value, "choices": words.join(", ")}),
                ),
                ValueKind::Text | ValueKind::Any | ValueKind::Bytes => {
                    usage("error-value-text", json!({"path": path.to_string()}))
                }
            },
            CommandError::BadId(id) => usage("error-item-id", json!({"id": id})),
            CommandError::TooLong { found, max, .. } => {
                usage("error-text-too-long", json!({"count": found, "limit": max}))
            }
            CommandError::TooMuch { .. } => usage("error-change-too-large", json!({})),
            CommandError::UnknownHeads(hash) => {
                let argument = hash.to_string();
                usage("error-change-unknown", json!({"change": argument}))
            }
            CommandError::Automerge(reason) => Self::internal(&reason),
        }
    }
}

impl From<DocumentError> for Fault {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Poisoned => {
                Self::new(FaultKind::Damaged, "error-document-damaged", json!({"path": ""}))
            }
            DocumentError::UnknownHeads(hash) => Self::new(
                FaultKind::NotFound,
                "error-change-unknown",
                json!({"change": hash.to_string()}),
            ),
        }
    }
}

impl From<LoadError> for Fault {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Unknown(document) => Self::path_not_found(&document.to_string()),
            LoadError::Sealed(document) => Self::new(
                FaultKind::NotAllowed,
                "error-sealed",
                json!({"path": document.to_string()}),
            ),
            LoadError::UnknownKind(_) => {
                Self::new(FaultKind::NotFound, "error-update-needed", json!({}))
            }
            LoadError::Document(error) => error.into(),
            LoadError::Storage(error) => error.into(),
        }
    }
}

impl From<ApplyError> for Fault {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::NoRight(_) => Self::new(FaultKind::NotAllowed, "error-no-right", json!({})),
            ApplyError::Command(error) => error.into(),
            ApplyError::Load(error) => error.into(),
            ApplyError::Envelope(_) => {
                Self::new(FaultKind::Usage, "error-change-too-large", json!({}))
            }
            ApplyError::Refused(reason) => Self::internal(&reason),
            ApplyError::Storage(error) => error.into(),
        }
    }
}

impl From<MemberError> for Fault {
    fn from(error: MemberError) -> Self {
        let not_allowed = |key| Self::new(FaultKind::NotAllowed, key, json!({}));
        match error {
            MemberError::NotDirector => not_allowed("error-not-director"),
            MemberError::RoleMissing(_) => {
                let choices: Vec<&str> =
                    jospar_core::policy::Role::ALL.iter().map(|role| role.name()).collect();
                Self::new(
                    FaultKind::Usage,
                    "error-role-unknown",
                    json!({"value": "", "choices": choices.join(", ")}),
                )
            }
            MemberError::NotWaiting(device) => Self::new(
                FaultKind::NotFound,
                "error-not-waiting",
                json!({"device": device.to_string()}),
            ),
            MemberError::NotMember(device) => Self::new(
                FaultKind::NotFound,
                "error-not-a-member",
                json!({"device": device.to_string()}),
            ),
            MemberError::Reason => Self::new(
                FaultKind::Usage,
                "error-drop-reason",
                json!({"limit": jospar_core::policy::DROP_REASON_BYTES_MAX}),
            ),
            MemberError::Revoked(_) => not_allowed("error-device-revoked"),
            MemberError::Sheet => not_allowed("error-recovery-sheet"),
            MemberError::LastDirector => not_allowed("error-last-director"),
            MemberError::TooManyInvites => Self::new(
                FaultKind::Usage,
                "error-invites-too-many",
                json!({"count": jospar_core::replica::INVITES_MAX}),
            ),
            MemberError::Storage(error) => error.into(),
        }
    }
}

impl From<InviteError> for Fault {
    fn from(error: InviteError) -> Self {
        let damaged = |key| Self::new(FaultKind::Damaged, key, json!({}));
        match error {
            InviteError::NotALink | InviteError::Altered => damaged("error-invite-altered"),
            InviteError::Version => damaged("error-update-needed"),
            InviteError::Expired => {
                Self::new(FaultKind::Damaged, "error-invite-expired", json!({"expiry": ""}))
            }
        }
    }
}

impl From<ImportError> for Fault {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::TooLarge { bytes } => Self::new(
                FaultKind::Usage,
                "error-plan-too-large",
                json!({"size": bytes, "limit": jospar_core::plan::IMPORT_BYTES_MAX}),
            ),
            ImportError::TooMuch { found, max } => Self::new(
                FaultKind::Usage,
                "error-plan-too-much",
                json!({"count": found, "limit": max}),
            ),
            ImportError::Syntax { line, column } => Self::new(
                FaultKind::Damaged,
                "error-plan-json",
                json!({"path": "", "line": line.to_string(), "column": column.to_string()}),
            ),
            ImportError::NotAPlan { .. } => {
                Self::new(FaultKind::Damaged, "error-not-a-plan", json!({"path": ""}))
            }
        }
    }
}

impl Fault {
    /// A workspace file that cannot be read.
    #[must_use]
    pub fn bundle(error: &BundleError, path: &str) -> Self {
        let key = match error {
            BundleError::NotABundle => "error-not-a-bundle",
            BundleError::Truncated { .. } => "error-bundle-truncated",
            BundleError::Frame(jospar_core::protocol::FrameError::UnknownKind(_)) => {
                "error-bundle-newer"
            }
            BundleError::Damaged | BundleError::Frame(_) => "error-bundle-damaged",
        };
        Self::new(FaultKind::Damaged, key, json!({"path": path}))
    }
}
