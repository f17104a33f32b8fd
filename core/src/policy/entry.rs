//! Policy entries and their bytes.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::state::Role;
use super::{Policy, PolicyError};
use crate::ids::{ActorId, DeviceId, DocumentId, PersonId, PolicyHash, WorkspaceId};
use crate::log::{ByteReader, ByteWriter, DecodeError};

/// The most bytes one entry may have.
pub const POLICY_ENTRY_BYTES_MAX: usize = 64 * 1024;
/// The most points a revocation's frontier may have.
pub const FRONTIER_MAX: usize = 1_024;
/// The most kinds and the most documents a grant may name.
pub const GRANT_ITEMS_MAX: usize = 256;
/// The most bytes the reason of a drop may have.
pub const DROP_REASON_BYTES_MAX: usize = 512;
/// The most bytes a server's address may have.
pub const ADDRESS_BYTES_MAX: usize = 256;

const VERSION: u8 = 1;
const SIGNATURE_DOMAIN: &[u8] = b"jospar/policy/1\0";
const GENESIS: u8 = 0;
const GRANT: u8 = 1;
const REVOKE: u8 = 2;
const SERVER_KEY: u8 = 3;
const DROP: u8 = 17;

/// The documents that a contributor may write or an auditor may read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Kinds: covers documents that are made later, too.
    pub kinds: Vec<u8>,
    /// Single documents.
    pub documents: Vec<DocumentId>,
}

impl Scope {
    /// True if `document` is in it.
    #[must_use]
    pub fn covers(&self, document: &DocumentId) -> bool {
        self.kinds.contains(&document.kind()) || self.documents.contains(document)
    }
}

/// The last change of an actor that a revocation lets stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontierPoint {
    /// The document.
    pub document: DocumentId,
    /// The revoked device's actor in it.
    pub actor: ActorId,
    /// Changes up to this seq stand.
    pub seq: u64,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Starts a workspace; its signer is the first director.
    Genesis {
        /// The director.
        person: PersonId,
        /// Makes two workspaces of one director differ.
        nonce: [u8; 16],
    },
    /// Lets a device in, or gives it another role.
    Grant {
        /// The device.
        device: DeviceId,
        /// Whose it is.
        person: PersonId,
        /// The role.
        role: Role,
        /// What the role is limited to.
        scope: Scope,
    },
    /// Shuts a device out for good.
    Revoke {
        /// The device.
        device: DeviceId,
        /// What of its changes stands.
        frontier: Vec<FrontierPoint>,
    },
    /// Names a server that carries the log, or its new address.
    ServerKey {
        /// The server's key.
        server: DeviceId,
        /// Where it listens: `host:port`.
        address: String,
    },
    /// Removes a document for good: every replica forgets what it has of it and takes nothing more of it.
    DropDocument {
        /// The document.
        document: DocumentId,
        /// Why, for people; it stays in the policy log, so it names nobody.
        reason: String,
    },
    /// A kind of entry that a later version knows: kept and passed on, without effect here.
    Later {
        /// The kind.
        kind: u8,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

impl Body {
    /// Where it stands among entries of the same number: what takes power away first, what gives power last.
    pub(super) const fn weight(&self) -> u8 {
        match self {
            Self::Genesis { .. } => 0,
            Self::Revoke { .. } | Self::DropDocument { .. } => 1,
            Self::Later { .. } => 2,
            Self::ServerKey { .. } => 3,
            Self::Grant { role, .. } => 10 - role.byte(),
        }
    }

    fn encode(&self) -> (u8, Vec<u8>) {
        let mut writer = ByteWriter::new();
        let kind = match self {
            Self::Genesis { person, nonce } => {
                writer.raw(&person.0).raw(nonce);
                GENESIS
            }
            Self::Grant { device, person, role, scope } => {
                writer.raw(&device.0).raw(&person.0).byte(role.byte()).bytes(&scope.kinds);
                writer.number(scope.documents.len() as u64);
                for document in &scope.documents {
                    writer.raw(&document.0);
                }
                GRANT
            }
            Self::Revoke { device, frontier } => {
                writer.raw(&device.0).number(frontier.len() as u64);
                for point in frontier {
                    writer.raw(&point.document.0).raw(&point.actor.0).number(point.seq);
                }
                REVOKE
            }
            Self::ServerKey { server, address } => {
                writer.raw(&server.0).bytes(address.as_bytes());
                SERVER_KEY
            }
            Self::DropDocument { document, reason } => {
                writer.raw(&document.0).bytes(reason.as_bytes());
                DROP
            }
            Self::Later { kind, bytes } => {
                writer.raw(bytes);
                *kind
            }
        };
        (kind, writer.finish())
    }

    fn decode(kind: u8, bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = ByteReader::new(bytes);
        let body = match kind {
            GENESIS => Self::Genesis {
                person: PersonId(reader.array("person")?),
                nonce: reader.array("nonce")?,
            },
            GRANT => {
                let device = DeviceId(reader.array("device")?);
                let person = PersonId(reader.array("person")?);
                let role = Role::from_byte(reader.byte("role")?)
                    .ok_or(DecodeError::Invalid { what: "role" })?;
                let kinds = reader.bytes(GRANT_ITEMS_MAX, "kinds")?.to_vec();
                let mut documents = Vec::new();
                for _ in 0..reader.count(GRANT_ITEMS_MAX, "documents")? {
                    documents.push(DocumentId(reader.array("document")?));
                }
                Self::Grant { device, person, role, scope: Scope { kinds, documents } }
            }
            REVOKE => {
                let device = DeviceId(reader.array("device")?);
                let mut frontier = Vec::new();
                for _ in 0..reader.count(FRONTIER_MAX, "frontier")? {
                    frontier.push(FrontierPoint {
                        document: DocumentId(reader.array("document")?),
                        actor: ActorId(reader.array("actor")?),
                        seq: reader.number("seq")?,
                    });
                }
                Self::Revoke { device, frontier }
            }
            SERVER_KEY => Self::ServerKey {
                server: DeviceId(reader.array("server")?),
                address: reader.text(ADDRESS_BYTES_MAX, "address")?.to_owned(),
            },
            DROP => Self::DropDocument {
                document: DocumentId(reader.array("document")?),
                reason: reader.text(DROP_REASON_BYTES_MAX, "reason")?.to_owned(),
            },
            kind => return Ok(Self::Later { kind, bytes: bytes.to_vec() }),
        };
        reader.end()?;
        Ok(body)
    }
}

/// One signed entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry before it; all zero for the genesis.
    pub previous: PolicyHash,
    /// One more than the number of the entry before it; 0 for the genesis.
    pub number: u64,
    /// The workspace; all zero in the genesis, whose hash is the workspace's id.
    pub workspace: WorkspaceId,
    /// Who signed.
    pub signer: DeviceId,
    /// What it says.
    pub body: Body,
    /// The signature over all of the above.
    pub signature: [u8; 64],
}

impl Entry {
    /// Signs the entry that starts a workspace.
    #[must_use]
    pub fn genesis(key: &SigningKey, person: PersonId, nonce: [u8; 16]) -> Self {
        Self {
            previous: PolicyHash::default(),
            number: 0,
            workspace: WorkspaceId::default(),
            signer: DeviceId(key.verifying_key().to_bytes()),
            body: Body::Genesis { person, nonce },
            signature: [0; 64],
        }
        .signed(key)
    }

    /// Signs the entry that follows the head of `policy`. Whether the signer may is judged on insertion.
    #[must_use]
    pub fn sign(key: &SigningKey, policy: &Policy, body: Body) -> Self {
        let previous = policy.head();
        let number = policy.entries.get(&previous).map_or(0, |entry| entry.number) + 1;
        Self {
            previous,
            number,
            workspace: policy.workspace(),
            signer: DeviceId(key.verifying_key().to_bytes()),
            body,
            signature: [0; 64],
        }
        .signed(key)
    }

    fn signed(mut self, key: &SigningKey) -> Self {
        let content = [SIGNATURE_DOMAIN, &self.content()].concat();
        self.signature = key.sign(&content).to_bytes();
        self
    }

    fn content(&self) -> Vec<u8> {
        let (kind, body) = self.body.encode();
        let mut writer = ByteWriter::new();
        writer.byte(VERSION).raw(&self.previous.0).number(self.number).raw(&self.workspace.0);
        writer.raw(&self.signer.0).byte(kind).bytes(&body);
        writer.finish()
    }

    /// The hash of all but the signature: one content has one hash.
    #[must_use]
    pub fn hash(&self) -> PolicyHash {
        PolicyHash(blake3::hash(&self.content()).into())
    }

    /// Writes the entry; layout: docs/protocol.md, section 4.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.content();
        bytes.extend_from_slice(&self.signature);
        bytes
    }

    /// Reads an entry and checks its signature; rights are checked by [`Policy::insert`].
    ///
    /// # Errors
    /// [`PolicyError`]: refuse it.
    pub fn decode(bytes: &[u8]) -> Result<Self, PolicyError> {
        let mut reader = ByteReader::new(bytes);
        let version = reader.byte("version")?;
        if version != VERSION {
            return Err(PolicyError::Version(version));
        }
        let previous = PolicyHash(reader.array("previous")?);
        let number = reader.number("number")?;
        let workspace = WorkspaceId(reader.array("workspace")?);
        let signer = DeviceId(reader.array("signer")?);
        let kind = reader.byte("kind")?;
        let body = Body::decode(kind, reader.bytes(POLICY_ENTRY_BYTES_MAX, "body")?)?;
        let signature = reader.array("signature")?;
        reader.end()?;
        let entry = Self { previous, number, workspace, signer, body, signature };
        let content = entry.content();
        // Fields have one form each: bytes that decode to this entry but differ from its encoding are not it.
        if bytes.get(..content.len()) != Some(&content) {
            return Err(DecodeError::Invalid { what: "encoding" }.into());
        }
        VerifyingKey::from_bytes(&signer.0)
            .and_then(|key| {
                let signed = [SIGNATURE_DOMAIN, &content].concat();
                key.verify_strict(&signed, &Signature::from_bytes(&signature))
            })
            .map_err(|_| PolicyError::Signature)?;
        Ok(entry)
    }
}
