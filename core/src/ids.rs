//! Identifiers: newtypes with one parse and one display each.
//!
//! Every id is a fixed array of bytes, shown as lower-case hexadecimal. Sizes and derivations: docs/protocol.md, section 1.

use std::fmt;

/// The text is not the hexadecimal form of the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id of {expected} hexadecimal digits was expected, not {found:?}")]
pub struct IdError {
    /// How many digits the id has.
    pub expected: usize,
    /// The text that was given, at most 80 characters of it.
    pub found: String,
}

fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], IdError> {
    let refused = || IdError { expected: N * 2, found: text.chars().take(80).collect() };
    if text.len() != N * 2 || !text.is_ascii() {
        return Err(refused());
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digits = std::str::from_utf8(pair).map_err(|_| refused())?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| refused())?;
    }
    Ok(bytes)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// The bytes of the id.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}(", stringify!($name))?;
                self.0.iter().take(4).try_for_each(|byte| write!(f, "{byte:02x}"))?;
                write!(f, ")")
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_hex(text).map(Self)
            }
        }
    };
}

id!(
    /// One school's workspace: the BLAKE3 hash of its policy genesis entry.
    WorkspaceId, 32
);
id!(
    /// One device: its Ed25519 public key.
    DeviceId, 32
);
id!(
    /// One person: random, so that a name can be dropped and the log stays.
    PersonId, 16
);
id!(
    /// One document: a kind byte and 15 bytes (see [`DocumentId::singleton`] and [`DocumentId::random`]).
    DocumentId, 16
);
id!(
    /// An automerge actor: bound to one device and one document (see [`crate::log::actor_id`]).
    ActorId, 16
);
id!(
    /// The SHA-256 hash that automerge gives a change.
    ChangeHash, 32
);
id!(
    /// The BLAKE3 hash of a policy entry's bytes.
    PolicyHash, 32
);
id!(
    /// The BLAKE3 hash of a canonical rendering: names what was approved, whatever its history.
    RenderingHash, 32
);
id!(
    /// The BLAKE3 hash of an approval's claim.
    ApprovalHash, 32
);
id!(
    /// 16 bytes that name a state: of a document's vector, of all documents, of the policy set.
    Digest, 16
);
id!(
    /// One life of a store: new whenever the store was restored or copied.
    Incarnation, 16
);

impl DocumentId {
    /// The id of the one document of `kind` that a workspace has, the same on every device.
    #[must_use]
    pub fn singleton(workspace: &WorkspaceId, kind: u8) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"jospar/document/1").update(workspace.as_bytes()).update(&[kind]);
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        bytes[0] = kind;
        Self(bytes)
    }

    /// The id of one of several documents of `kind`, from 15 random bytes.
    #[must_use]
    pub fn random(kind: u8, random: [u8; 15]) -> Self {
        let mut bytes = [0; 16];
        bytes[0] = kind;
        bytes[1..].copy_from_slice(&random);
        Self(bytes)
    }

    /// The id of a document of `kind` that `owner` founds: bound to them, so that a key chunk cannot name another owner.
    #[must_use]
    pub fn owned(kind: u8, owner: &PersonId, nonce: &[u8; 16]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"jospar/owned/1").update(&[kind]).update(&owner.0).update(nonce);
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        bytes[0] = kind;
        Self(bytes)
    }

    /// The id of the document of `kind` that holds what has this BLAKE3 hash: the same bytes are one document.
    #[must_use]
    pub fn of_content(workspace: &WorkspaceId, kind: u8, hash: &[u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(b"jospar/content/1")
            .update(workspace.as_bytes())
            .update(&[kind])
            .update(hash);
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        bytes[0] = kind;
        Self(bytes)
    }

    /// The id of the one document of `kind` that a device writes about itself.
    #[must_use]
    pub fn of_device(kind: u8, device: &DeviceId) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"jospar/device/1").update(&[kind]).update(device.as_bytes());
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        bytes[0] = kind;
        Self(bytes)
    }

    /// The kind byte: which schema the document follows. May be one that this version does not know.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.0[0]
    }
}
