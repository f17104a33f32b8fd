//! How a device comes into a workspace and a workspace onto a server: links, requests, answers.
//!
//! An invite carries the workspace, the key to expect at the address, and a one-time secret. The joining device proves
//! that it has the secret with a keyed hash over its own key, which the director's device checks; a server that relays
//! the request knows the invite's id alone and can let nobody in (SECURITY T31). Format: docs/protocol.md, section 6.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::frame::{RefusalCode, decode_time};
use crate::ids::{DeviceId, WorkspaceId};
use crate::log::{ByteReader, ByteWriter, DecodeError};
use crate::policy::{ADDRESS_BYTES_MAX, POLICY_ENTRIES_MAX, POLICY_ENTRY_BYTES_MAX, Role};
use crate::time::Timestamp;

/// The most bytes a person's name may have.
pub const NAME_BYTES_MAX: usize = 128;

const LINK_VERSION: u8 = 1;
const LINK_BYTES_MAX: usize = 1024;
const JOIN_PREFIX: &str = "jospar://join/";
const CLAIM_PREFIX: &str = "jospar://claim/";
const INVITE_DOMAIN: &[u8] = b"jospar/invite/1\0";
const REQUEST_DOMAIN: &[u8] = b"jospar/join/1\0";

/// Why a text is not an invite or a claim link, or may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// It does not start as such a link does, or its end cannot be read.
    #[error("this is not an invite link of jospar")]
    NotALink,
    /// Made by a newer version.
    #[error("the link was made by a newer version")]
    Version,
    /// A letter of it was changed or lost on the way.
    #[error("the link was altered on the way")]
    Altered,
    /// Its time is over.
    #[error("the invite has expired")]
    Expired,
}

/// The public name of an invite: tells a server that it is open without telling the secret.
#[must_use]
pub fn invite_id(secret: &[u8; 16]) -> [u8; 16] {
    let mut id = [0; 16];
    blake3::Hasher::new_derive_key("jospar invite id 1")
        .update(secret)
        .finalize_xof()
        .fill(&mut id);
    id
}

/// An invitation to join a workspace; a person gets it as a link or a QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Where to dial: `host:port`.
    pub address: String,
    /// The key that must answer there: the server's or the inviting device's.
    pub contact: DeviceId,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The one-time secret.
    pub secret: [u8; 16],
    /// The role that is offered.
    pub role: Role,
    /// When it ends.
    pub expires: Timestamp,
    /// The director's device that made it.
    pub director: DeviceId,
}

impl Invite {
    /// Writes the link, signed by the director's key.
    #[must_use]
    pub fn to_link(&self, key: &SigningKey) -> String {
        let mut content = self.content();
        content.extend_from_slice(&key.sign(&self.signed(&content)).to_bytes());
        format!("{JOIN_PREFIX}{}#{}", self.address, BASE64URL_NOPAD.encode(&content))
    }

    fn content(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.byte(LINK_VERSION).raw(&self.contact.0).raw(&self.workspace.0).raw(&self.secret);
        writer.byte(self.role.byte()).raw(&self.expires.0.to_le_bytes()).raw(&self.director.0);
        writer.finish()
    }

    fn signed(&self, content: &[u8]) -> Vec<u8> {
        [INVITE_DOMAIN, self.address.as_bytes(), b"\0", content].concat()
    }

    /// Reads a link; whether it has expired is the caller's to ask with [`Invite::check_time`].
    ///
    /// # Errors
    /// [`InviteError`]: tell the person to ask for a new link.
    pub fn from_link(link: &str) -> Result<Self, InviteError> {
        let (address, bytes) = split_link(JOIN_PREFIX, link)?;
        let (content, signature) = bytes.split_last_chunk::<64>().ok_or(InviteError::NotALink)?;
        let invite = Self::read(address, content)?;
        VerifyingKey::from_bytes(&invite.director.0)
            .and_then(|key| {
                key.verify_strict(&invite.signed(content), &Signature::from_bytes(signature))
            })
            .map_err(|_| InviteError::Altered)?;
        Ok(invite)
    }

    fn read(address: &str, content: &[u8]) -> Result<Self, InviteError> {
        let read = |reader: &mut ByteReader<'_>| -> Result<Self, DecodeError> {
            let invite = Self {
                address: address.to_owned(),
                contact: DeviceId(reader.array("contact")?),
                workspace: WorkspaceId(reader.array("workspace")?),
                secret: reader.array("secret")?,
                role: Role::from_byte(reader.byte("role")?)
                    .ok_or(DecodeError::Invalid { what: "role" })?,
                expires: decode_time(reader)?,
                director: DeviceId(reader.array("director")?),
            };
            reader.end()?;
            Ok(invite)
        };
        let mut reader = ByteReader::new(content);
        match reader.byte("version") {
            Ok(LINK_VERSION) => read(&mut reader).map_err(|_| InviteError::Altered),
            Ok(_) => Err(InviteError::Version),
            Err(_) => Err(InviteError::NotALink),
        }
    }

    /// Checks that the invite has not ended.
    ///
    /// # Errors
    /// [`InviteError::Expired`].
    pub const fn check_time(&self, now: Timestamp) -> Result<(), InviteError> {
        if now.0 > self.expires.0 { Err(InviteError::Expired) } else { Ok(()) }
    }

    /// The request that a device makes with this invite.
    #[must_use]
    pub fn request(&self, key: &SigningKey, name: &str) -> JoinRequest {
        let device = DeviceId(key.verifying_key().to_bytes());
        let mut end = name.len().min(NAME_BYTES_MAX);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        let name = name.get(..end).unwrap_or_default().to_owned();
        let proof = proof(&self.secret, &self.workspace, &device, &name);
        let mut request = JoinRequest {
            workspace: self.workspace,
            invite: invite_id(&self.secret),
            device,
            name,
            proof,
            signature: [0; 64],
        };
        request.signature = key.sign(&request.signed()).to_bytes();
        request
    }
}

fn split_link<'a>(prefix: &str, link: &'a str) -> Result<(&'a str, Vec<u8>), InviteError> {
    let rest = link.trim().strip_prefix(prefix).ok_or(InviteError::NotALink)?;
    let (address, code) = rest.split_once('#').ok_or(InviteError::NotALink)?;
    if address.is_empty() || address.len() > ADDRESS_BYTES_MAX || code.len() > LINK_BYTES_MAX {
        return Err(InviteError::NotALink);
    }
    let bytes = BASE64URL_NOPAD.decode(code.as_bytes()).map_err(|_| InviteError::Altered)?;
    Ok((address, bytes))
}

fn proof(secret: &[u8; 16], workspace: &WorkspaceId, device: &DeviceId, name: &str) -> [u8; 32] {
    let key = blake3::derive_key("jospar invite proof 1", secret);
    let mut hasher = blake3::Hasher::new_keyed(&key);
    hasher.update(&workspace.0).update(&device.0).update(name.as_bytes());
    hasher.finalize().into()
}

/// What a server's console prints: whoever has it may put one workspace on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimLink {
    /// Where the server listens: `host:port`.
    pub address: String,
    /// The server's key.
    pub server: DeviceId,
    /// The one-time secret.
    pub secret: [u8; 16],
}

impl ClaimLink {
    /// Writes the link.
    #[must_use]
    pub fn to_link(&self) -> String {
        let mut writer = ByteWriter::new();
        writer.byte(LINK_VERSION).raw(&self.server.0).raw(&self.secret);
        let content = writer.finish();
        let check = blake3::hash(&[self.address.as_bytes(), &content].concat());
        let bytes = [&content, check.as_bytes().get(..4).unwrap_or_default()].concat();
        format!("{CLAIM_PREFIX}{}#{}", self.address, BASE64URL_NOPAD.encode(&bytes))
    }

    /// Reads a link.
    ///
    /// # Errors
    /// [`InviteError`]: tell the person to copy the whole link from the server's console.
    pub fn from_link(link: &str) -> Result<Self, InviteError> {
        let (address, bytes) = split_link(CLAIM_PREFIX, link)?;
        let (content, check) = bytes.split_last_chunk::<4>().ok_or(InviteError::NotALink)?;
        let hash = blake3::hash(&[address.as_bytes(), content].concat());
        if hash.as_bytes().get(..4) != Some(check) {
            return Err(InviteError::Altered);
        }
        let mut reader = ByteReader::new(content);
        if reader.byte("version") != Ok(LINK_VERSION) {
            return Err(InviteError::Version);
        }
        let server = reader.array("server").map_err(|_| InviteError::Altered)?;
        let secret = reader.array("secret").map_err(|_| InviteError::Altered)?;
        Ok(Self { address: address.to_owned(), server: DeviceId(server), secret })
    }
}

/// A device's wish to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The invite's id; all zero for a request made as a file, which a director grants by hand.
    pub invite: [u8; 16],
    /// The device.
    pub device: DeviceId,
    /// What its person is called.
    pub name: String,
    /// Shows that the device has the invite's secret.
    pub proof: [u8; 32],
    /// The device's signature over all of this.
    pub signature: [u8; 64],
}

impl JoinRequest {
    /// A request made without an invite, carried to the director as a file.
    #[must_use]
    pub fn by_hand(key: &SigningKey, name: &str) -> Self {
        let mut request = Self {
            workspace: WorkspaceId::default(),
            invite: [0; 16],
            device: DeviceId(key.verifying_key().to_bytes()),
            name: name.chars().take(NAME_BYTES_MAX / 4).collect(),
            proof: [0; 32],
            signature: [0; 64],
        };
        request.signature = key.sign(&request.signed()).to_bytes();
        request
    }

    /// True if it was made with the invite that has this secret.
    #[must_use]
    pub fn proves(&self, secret: &[u8; 16]) -> bool {
        let expected = proof(secret, &self.workspace, &self.device, &self.name);
        self.invite == invite_id(secret)
            && blake3::Hash::from(expected) == blake3::Hash::from(self.proof)
    }

    fn signed(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.raw(REQUEST_DOMAIN).raw(&self.workspace.0).raw(&self.invite).raw(&self.device.0);
        writer.raw(&self.proof).bytes(self.name.as_bytes());
        writer.finish()
    }

    /// Writes the request.
    pub fn encode(&self, writer: &mut ByteWriter) {
        writer.raw(&self.workspace.0).raw(&self.invite).raw(&self.device.0);
        writer.raw(&self.proof).bytes(self.name.as_bytes()).raw(&self.signature);
    }

    /// Reads a request and checks its signature.
    ///
    /// # Errors
    /// [`DecodeError`]: refuse it.
    pub fn decode(reader: &mut ByteReader<'_>) -> Result<Self, DecodeError> {
        let request = Self {
            workspace: WorkspaceId(reader.array("workspace")?),
            invite: reader.array("invite")?,
            device: DeviceId(reader.array("device")?),
            proof: reader.array("proof")?,
            name: reader.text(NAME_BYTES_MAX, "name")?.to_owned(),
            signature: reader.array("signature")?,
        };
        VerifyingKey::from_bytes(&request.device.0)
            .and_then(|key| {
                key.verify_strict(&request.signed(), &Signature::from_bytes(&request.signature))
            })
            .map_err(|_| DecodeError::Invalid { what: "signature of the request" })?;
        Ok(request)
    }
}

/// The one frame that a device which the policy does not know may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Join {
    /// It was invited and waits for the director's yes.
    Request(JoinRequest),
    /// It was let in by a file or by another peer, and shows the entries that say so.
    Granted {
        /// The workspace.
        workspace: WorkspaceId,
        /// The newest policy entries that fit, each behind the one that it follows.
        entries: Vec<Vec<u8>>,
    },
    /// A director puts a workspace on a server.
    Claim {
        /// The workspace.
        workspace: WorkspaceId,
        /// The secret of the server's claim link.
        secret: [u8; 16],
        /// The policy's genesis entry.
        genesis: Vec<u8>,
    },
}

impl Join {
    /// The workspace that it is about.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        match self {
            Self::Request(request) => request.workspace,
            Self::Granted { workspace, .. } | Self::Claim { workspace, .. } => *workspace,
        }
    }

    pub(super) fn encode(&self, writer: &mut ByteWriter) {
        match self {
            Self::Request(request) => request.encode(writer.byte(0)),
            Self::Granted { workspace, entries } => {
                encode_entries(writer.byte(1).raw(&workspace.0), entries);
            }
            Self::Claim { workspace, secret, genesis } => {
                writer.byte(2).raw(&workspace.0).raw(secret).bytes(genesis);
            }
        }
    }

    pub(super) fn decode(reader: &mut ByteReader<'_>) -> Result<Self, DecodeError> {
        match reader.byte("join")? {
            0 => JoinRequest::decode(reader).map(Self::Request),
            1 => Ok(Self::Granted {
                workspace: WorkspaceId(reader.array("workspace")?),
                entries: decode_entries(reader)?,
            }),
            2 => Ok(Self::Claim {
                workspace: WorkspaceId(reader.array("workspace")?),
                secret: reader.array("secret")?,
                genesis: reader.bytes(POLICY_ENTRY_BYTES_MAX, "genesis")?.to_vec(),
            }),
            _ => Err(DecodeError::Invalid { what: "join" }),
        }
    }
}

/// The answer to a [`Join`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinReply {
    /// The director has been told and has not answered.
    Waiting,
    /// The device is in: the whole policy log. Empty for a claim.
    Granted(Vec<Vec<u8>>),
    /// No.
    Refused(RefusalCode),
}

impl JoinReply {
    pub(super) fn encode(&self, writer: &mut ByteWriter) {
        match self {
            Self::Waiting => {
                writer.byte(0);
            }
            Self::Granted(entries) => encode_entries(writer.byte(1), entries),
            Self::Refused(code) => {
                writer.byte(2).byte(code.byte());
            }
        }
    }

    pub(super) fn decode(reader: &mut ByteReader<'_>) -> Result<Self, DecodeError> {
        match reader.byte("join reply")? {
            0 => Ok(Self::Waiting),
            1 => Ok(Self::Granted(decode_entries(reader)?)),
            2 => RefusalCode::from_byte(reader.byte("code")?)
                .map(Self::Refused)
                .ok_or(DecodeError::Invalid { what: "code" }),
            _ => Err(DecodeError::Invalid { what: "join reply" }),
        }
    }
}

fn encode_entries(writer: &mut ByteWriter, entries: &[Vec<u8>]) {
    writer.number(entries.len() as u64);
    for entry in entries {
        writer.bytes(entry);
    }
}

fn decode_entries(reader: &mut ByteReader<'_>) -> Result<Vec<Vec<u8>>, DecodeError> {
    let mut entries = Vec::new();
    for _ in 0..reader.count(POLICY_ENTRIES_MAX, "policy entries")? {
        entries.push(reader.bytes(POLICY_ENTRY_BYTES_MAX, "policy entry")?.to_vec());
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn invite() -> Invite {
        Invite {
            address: "192.0.2.7:4433".into(),
            contact: DeviceId([3; 32]),
            workspace: WorkspaceId([4; 32]),
            secret: [5; 16],
            role: Role::Teacher,
            expires: Timestamp(1_000),
            director: DeviceId(key(1).verifying_key().to_bytes()),
        }
    }

    #[test]
    fn a_link_carries_the_invite() {
        let link = invite().to_link(&key(1));
        assert_eq!(Invite::from_link(&link), Ok(invite()));
        assert_eq!(Invite::from_link(&format!("  {link}\n")), Ok(invite()));
    }

    #[test]
    fn t31_an_altered_link_is_refused() {
        let link = invite().to_link(&key(1));
        for (index, letter) in link.char_indices() {
            let other = if letter == 'A' { 'B' } else { 'A' };
            let mut altered: String = link.chars().take(index).collect();
            altered.push(other);
            altered.extend(link.chars().skip(index + 1));
            assert!(Invite::from_link(&altered).is_err(), "letter {index}");
        }
        assert!(Invite::from_link(&link[..link.len() - 3]).is_err());
    }

    #[test]
    fn t31_an_expired_invite_is_refused() {
        assert_eq!(invite().check_time(Timestamp(1_000)), Ok(()));
        assert_eq!(invite().check_time(Timestamp(1_001)), Err(InviteError::Expired));
    }

    #[test]
    fn a_request_proves_the_secret_and_no_other() {
        let request = invite().request(&key(2), "Айгүл");
        assert!(request.proves(&[5; 16]));
        assert!(!request.proves(&[6; 16]));
        let mut writer = ByteWriter::new();
        request.encode(&mut writer);
        let bytes = writer.finish();
        assert_eq!(JoinRequest::decode(&mut ByteReader::new(&bytes)), Ok(request));
        for index in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[index] ^= 1;
            assert!(JoinRequest::decode(&mut ByteReader::new(&altered)).is_err());
        }
    }

    #[test]
    fn a_claim_link_comes_back_and_notices_a_lost_letter() {
        let claim = ClaimLink {
            address: "school.example:4433".into(),
            server: DeviceId([3; 32]),
            secret: [9; 16],
        };
        assert_eq!(ClaimLink::from_link(&claim.to_link()), Ok(claim.clone()));
        let link = claim.to_link();
        assert!(ClaimLink::from_link(&link[..link.len() - 1]).is_err());
        assert!(ClaimLink::from_link(&link.replace("example", "exampel")).is_err());
    }
}
