//! Policy entries and their bytes.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::state::Role;
use super::{Policy, PolicyError};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId, PolicyHash, WorkspaceId};
use crate::log::{ByteReader, ByteWriter, DecodeError};
use crate::time::Timestamp;

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
/// The most recovery sheets that may hold at once, and that one entry may make void.
pub const SHEETS_MAX: usize = 8;
/// The most changes that one entry may settle.
pub const SETTLED_MAX: usize = 1_024;

const VERSION: u8 = 1;
const SIGNATURE_DOMAIN: &[u8] = b"jospar/policy/1\0";
const GENESIS: u8 = 0;
const GRANT: u8 = 1;
const REVOKE: u8 = 2;
const SERVER_KEY: u8 = 3;
const ASSIGN: u8 = 4;
const ROTATE: u8 = 5;
const RECOVERY_KEY: u8 = 6;
const RECOVER: u8 = 7;
const SETTLE: u8 = 8;
const ROTATE_DOMAIN: &[u8] = b"jospar/rotate/1\0";
const RECOVER_DOMAIN: &[u8] = b"jospar/recover/1\0";
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
    /// Gives a member another role, or a role that ends. What the device wrote where it may not write any more stands
    /// up to the frontier.
    Assign {
        /// The device.
        device: DeviceId,
        /// Whose it is.
        person: PersonId,
        /// The role.
        role: Role,
        /// What the role is limited to.
        scope: Scope,
        /// When the device is not served any more; the validity of changes does not depend on it.
        not_after: Option<Timestamp>,
        /// What of its changes stands.
        frontier: Vec<FrontierPoint>,
    },
    /// The signer goes on under another key, with the same person, role and scope.
    Rotate {
        /// The other key.
        new: DeviceId,
        /// Its signature over the signer's key.
        proof: [u8; 64],
    },
    /// A recovery sheet: who has its key may make one device a director, once.
    RecoveryKey {
        /// The public half of the key.
        sheet: DeviceId,
        /// Sheets that do not hold any more.
        voids: Vec<DeviceId>,
    },
    /// The signer becomes a director by the power of a recovery sheet, which is used up.
    Recover {
        /// Whose device the signer is.
        person: PersonId,
        /// The sheet.
        sheet: DeviceId,
        /// The sheet's signature over the signer's key.
        proof: [u8; 64],
    },
    /// A director has decided about changes that were set aside: they are not listed any more. Validity is untouched.
    Settle {
        /// The document.
        document: DocumentId,
        /// The director wrote what they meant; else they were put away.
        adopted: bool,
        /// The changes.
        changes: Vec<ChangeHash>,
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
            Self::Assign { role, frontier, .. } => {
                let lowers = !frontier.is_empty() || role.byte() > Role::Teacher.byte();
                if lowers { 2 } else { 14 - role.byte() }
            }
            Self::Rotate { .. } => 3,
            Self::Settle { .. } => 4,
            Self::Later { .. } => 5,
            Self::RecoveryKey { .. } => 6,
            Self::ServerKey { .. } => 7,
            Self::Grant { role, .. } => 14 - role.byte(),
            Self::Recover { .. } => 14,
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
                write_role(&mut writer, device, person, *role, scope);
                GRANT
            }
            Self::Revoke { device, frontier } => {
                writer.raw(&device.0);
                write_frontier(&mut writer, frontier);
                REVOKE
            }
            Self::Assign { device, person, role, scope, not_after, frontier } => {
                write_role(&mut writer, device, person, *role, scope);
                writer.raw(&not_after.unwrap_or_default().0.to_le_bytes());
                write_frontier(&mut writer, frontier);
                ASSIGN
            }
            Self::Rotate { new, proof } => {
                writer.raw(&new.0).raw(proof);
                ROTATE
            }
            Self::RecoveryKey { sheet, voids } => {
                writer.raw(&sheet.0).number(voids.len() as u64);
                for void in voids {
                    writer.raw(&void.0);
                }
                RECOVERY_KEY
            }
            Self::Recover { person, sheet, proof } => {
                writer.raw(&person.0).raw(&sheet.0).raw(proof);
                RECOVER
            }
            Self::Settle { document, adopted, changes } => {
                writer.raw(&document.0).byte(u8::from(*adopted)).number(changes.len() as u64);
                for change in changes {
                    writer.raw(&change.0);
                }
                SETTLE
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
                let (device, person, role, scope) = read_role(&mut reader)?;
                Self::Grant { device, person, role, scope }
            }
            REVOKE => Self::Revoke {
                device: DeviceId(reader.array("device")?),
                frontier: read_frontier(&mut reader)?,
            },
            SERVER_KEY => Self::ServerKey {
                server: DeviceId(reader.array("server")?),
                address: reader.text(ADDRESS_BYTES_MAX, "address")?.to_owned(),
            },
            ASSIGN => {
                let (device, person, role, scope) = read_role(&mut reader)?;
                let end = i64::from_le_bytes(reader.array("end")?);
                let not_after = (end != 0).then_some(Timestamp(end));
                let frontier = read_frontier(&mut reader)?;
                Self::Assign { device, person, role, scope, not_after, frontier }
            }
            ROTATE => {
                Self::Rotate { new: DeviceId(reader.array("new")?), proof: reader.array("proof")? }
            }
            RECOVERY_KEY => Self::RecoveryKey {
                sheet: DeviceId(reader.array("sheet")?),
                voids: read_many(&mut reader, SHEETS_MAX, "voids")?
                    .into_iter()
                    .map(DeviceId)
                    .collect(),
            },
            RECOVER => Self::Recover {
                person: PersonId(reader.array("person")?),
                sheet: DeviceId(reader.array("sheet")?),
                proof: reader.array("proof")?,
            },
            SETTLE => {
                let document = DocumentId(reader.array("document")?);
                let adopted = match reader.byte("adopted")? {
                    0 => false,
                    1 => true,
                    _ => return Err(DecodeError::Invalid { what: "adopted" }),
                };
                let changes = read_many(&mut reader, SETTLED_MAX, "changes")?;
                let changes = changes.into_iter().map(ChangeHash).collect();
                Self::Settle { document, adopted, changes }
            }
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

fn write_role(
    writer: &mut ByteWriter,
    device: &DeviceId,
    person: &PersonId,
    role: Role,
    scope: &Scope,
) {
    writer.raw(&device.0).raw(&person.0).byte(role.byte()).bytes(&scope.kinds);
    writer.number(scope.documents.len() as u64);
    for document in &scope.documents {
        writer.raw(&document.0);
    }
}

fn read_role(
    reader: &mut ByteReader<'_>,
) -> Result<(DeviceId, PersonId, Role, Scope), DecodeError> {
    let device = DeviceId(reader.array("device")?);
    let person = PersonId(reader.array("person")?);
    let role =
        Role::from_byte(reader.byte("role")?).ok_or(DecodeError::Invalid { what: "role" })?;
    let kinds = reader.bytes(GRANT_ITEMS_MAX, "kinds")?.to_vec();
    let documents = read_many(reader, GRANT_ITEMS_MAX, "documents")?;
    let documents = documents.into_iter().map(DocumentId).collect();
    Ok((device, person, role, Scope { kinds, documents }))
}

fn write_frontier(writer: &mut ByteWriter, frontier: &[FrontierPoint]) {
    writer.number(frontier.len() as u64);
    for point in frontier {
        writer.raw(&point.document.0).raw(&point.actor.0).number(point.seq);
    }
}

fn read_frontier(reader: &mut ByteReader<'_>) -> Result<Vec<FrontierPoint>, DecodeError> {
    let mut frontier = Vec::new();
    for _ in 0..reader.count(FRONTIER_MAX, "frontier")? {
        frontier.push(FrontierPoint {
            document: DocumentId(reader.array("document")?),
            actor: ActorId(reader.array("actor")?),
            seq: reader.number("seq")?,
        });
    }
    Ok(frontier)
}

fn read_many<const N: usize>(
    reader: &mut ByteReader<'_>,
    max: usize,
    what: &'static str,
) -> Result<Vec<[u8; N]>, DecodeError> {
    (0..reader.count(max, what)?).map(|_| reader.array(what)).collect()
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

    /// Signs the entry with which the device of `old` goes on under the key `new`.
    #[must_use]
    pub fn rotate(old: &SigningKey, new: &SigningKey, policy: &Policy) -> Self {
        let signer = DeviceId(old.verifying_key().to_bytes());
        let proof = new.sign(&rotation(&policy.workspace(), &signer)).to_bytes();
        let new = DeviceId(new.verifying_key().to_bytes());
        Self::sign(old, policy, Body::Rotate { new, proof })
    }

    /// Signs the entry that makes the device of `key` a director by the power of the recovery key `sheet`.
    #[must_use]
    pub fn recover(
        key: &SigningKey,
        sheet: &SigningKey,
        person: PersonId,
        policy: &Policy,
    ) -> Self {
        let signer = DeviceId(key.verifying_key().to_bytes());
        let proof = sheet.sign(&recovery(&policy.workspace(), &signer, &person)).to_bytes();
        let sheet = DeviceId(sheet.verifying_key().to_bytes());
        Self::sign(key, policy, Body::Recover { person, sheet, proof })
    }

    /// Checks what a second key has signed inside the body.
    fn check_proof(&self) -> Result<(), PolicyError> {
        match &self.body {
            Body::Rotate { new, proof } => {
                check_signature(new, &rotation(&self.workspace, &self.signer), proof)
            }
            Body::Recover { person, sheet, proof } => {
                let signed = recovery(&self.workspace, &self.signer, person);
                check_signature(sheet, &signed, proof)
            }
            _ => Ok(()),
        }
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
        let signed = [SIGNATURE_DOMAIN, &content].concat();
        check_signature(&signer, &signed, &signature)?;
        entry.check_proof()?;
        Ok(entry)
    }
}

/// What a new key signs to take over from `old`.
fn rotation(workspace: &WorkspaceId, old: &DeviceId) -> Vec<u8> {
    [ROTATE_DOMAIN, &workspace.0, &old.0].concat()
}

/// What a recovery key signs to make `device` a director.
fn recovery(workspace: &WorkspaceId, device: &DeviceId, person: &PersonId) -> Vec<u8> {
    [RECOVER_DOMAIN, &workspace.0, &device.0, &person.0].concat()
}

fn check_signature(by: &DeviceId, signed: &[u8], signature: &[u8; 64]) -> Result<(), PolicyError> {
    VerifyingKey::from_bytes(&by.0)
        .and_then(|key| key.verify_strict(signed, &Signature::from_bytes(signature)))
        .map_err(|_| PolicyError::Signature)
}
