//! The signed claim, and the record that carries it with the heads it was made at.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::ids::{
    ApprovalHash, ChangeHash, DeviceId, DocumentId, PolicyHash, RenderingHash, WorkspaceId,
};
use crate::log::{ByteReader, ByteWriter, DecodeError};
use crate::policy::Role;
use crate::time::Timestamp;

/// The most bytes one record may have: as base64 letter by letter it must fit into one change.
pub const APPROVAL_BYTES_MAX: usize = 32 * 1024;
/// The most documents one approval may be about.
pub const APPROVAL_DOCUMENTS_MAX: usize = 512;
/// The most heads that one document may have in it.
pub const APPROVAL_HEADS_MAX: usize = 128;

const VERSION: u8 = 1;
const STATEMENT_APPROVED: u8 = 1;
const SIGNATURE_DOMAIN: &[u8] = b"jospar/approval/1\0";
const HEADS_DOMAIN: &str = "jospar approval heads 1";
const PLAN: u8 = 1;
const DOCUMENT: u8 = 2;

/// A document with its heads, sorted.
pub type DocumentHeads = (DocumentId, Vec<ChangeHash>);

/// What is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A version of the plan: the documents of [`crate::plan::Kind::is_in_version`].
    Plan,
    /// One document, for instance an order.
    Document(DocumentId),
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plan => f.write_str("plan"),
            Self::Document(document) => document.fmt(f),
        }
    }
}

impl What {
    /// Reads what [`std::fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "plan" => Some(Self::Plan),
            id => id.parse().ok().map(Self::Document),
        }
    }

    pub(super) fn write(self, writer: &mut ByteWriter) {
        match self {
            Self::Plan => writer.byte(PLAN).raw(&[0; 16]),
            Self::Document(document) => writer.byte(DOCUMENT).raw(&document.0),
        };
    }

    pub(super) fn read(reader: &mut ByteReader<'_>) -> Result<Self, DecodeError> {
        let kind = reader.byte("what")?;
        let document: [u8; 16] = reader.array("document")?;
        match kind {
            PLAN if document == [0; 16] => Ok(Self::Plan),
            DOCUMENT => Ok(Self::Document(DocumentId(document))),
            _ => Err(DecodeError::Invalid { what: "what" }),
        }
    }
}

/// Why bytes are no approval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// They do not follow the format.
    #[error("the approval cannot be read: {0}")]
    Malformed(#[from] DecodeError),
    /// Made by a newer version, or another statement than "approved".
    #[error("approval version {0} is newer than this program")]
    Version(u8),
    /// The signature is not the signer's, or is about something else.
    #[error("the signature of the approval is not valid")]
    Signature,
}

/// What a signer signs: of one size, so that a QR code can hold it with its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// What is approved.
    pub what: What,
    /// The signer's role.
    pub role: Role,
    /// The policy entry that was newest for the signer: the right to approve is judged there.
    pub policy_head: PolicyHash,
    /// The signer's clock; for people, nothing is judged by it.
    pub time: Timestamp,
    /// The hash of the canonical rendering.
    pub rendering: RenderingHash,
    /// The hash of the documents with their heads.
    pub heads: [u8; 32],
    /// Who signed.
    pub signer: DeviceId,
    /// The signature over all of the above.
    pub signature: [u8; 64],
}

impl Claim {
    fn content(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.byte(VERSION).byte(STATEMENT_APPROVED).raw(&self.workspace.0);
        self.what.write(&mut writer);
        writer.byte(self.role.byte()).raw(&self.policy_head.0).raw(&self.time.0.to_le_bytes());
        writer.raw(&self.rendering.0).raw(&self.heads).raw(&self.signer.0);
        writer.finish()
    }

    /// The name of the approval: one content has one hash, whatever the signature.
    #[must_use]
    pub fn hash(&self) -> ApprovalHash {
        ApprovalHash(blake3::hash(&self.content()).into())
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`ApprovalError::Signature`].
    pub fn check(&self) -> Result<(), ApprovalError> {
        let signed = [SIGNATURE_DOMAIN, &self.content()].concat();
        VerifyingKey::from_bytes(&self.signer.0)
            .and_then(|key| key.verify_strict(&signed, &Signature::from_bytes(&self.signature)))
            .map_err(|_| ApprovalError::Signature)
    }
}

/// A claim with the documents and heads that it was made at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The claim.
    pub claim: Claim,
    /// The documents by id, each with its heads, sorted.
    pub documents: Vec<DocumentHeads>,
}

/// What an approval is about, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// What is approved.
    pub what: What,
    /// The hash of the canonical rendering.
    pub rendering: RenderingHash,
    /// The documents by id, each with its heads, sorted.
    pub documents: Vec<DocumentHeads>,
}

impl Approval {
    /// Signs. The documents must be sorted and within the bounds; whether the signer may is judged by whoever reads it.
    #[must_use]
    pub fn sign(
        key: &SigningKey,
        subject: Subject,
        (role, policy_head): (Role, PolicyHash),
        time: Timestamp,
    ) -> Self {
        let Subject { workspace, what, rendering, documents } = subject;
        let mut claim = Claim {
            workspace,
            what,
            role,
            policy_head,
            time,
            rendering,
            heads: heads_hash(&documents),
            signer: DeviceId(key.verifying_key().to_bytes()),
            signature: [0; 64],
        };
        let signed = [SIGNATURE_DOMAIN, &claim.content()].concat();
        claim.signature = key.sign(&signed).to_bytes();
        Self { claim, documents }
    }

    /// Writes the record; layout: docs/protocol.md, section 9.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let claim = &self.claim;
        let mut writer = ByteWriter::new();
        writer.byte(VERSION).byte(STATEMENT_APPROVED).raw(&claim.workspace.0);
        claim.what.write(&mut writer);
        writer.byte(claim.role.byte()).raw(&claim.policy_head.0).raw(&claim.time.0.to_le_bytes());
        writer.raw(&claim.rendering.0).raw(&claim.signer.0).raw(&claim.signature);
        write_documents(&mut writer, &self.documents);
        writer.finish()
    }

    /// Reads a record and checks its signature. Whether the signer had the right is [`super::judge`]'s question.
    ///
    /// # Errors
    /// [`ApprovalError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ApprovalError> {
        if bytes.len() > APPROVAL_BYTES_MAX {
            let (found, max) = (bytes.len() as u64, APPROVAL_BYTES_MAX as u64);
            return Err(DecodeError::TooLarge { what: "approval", found, max }.into());
        }
        let mut reader = ByteReader::new(bytes);
        match (reader.byte("version")?, reader.byte("statement")?) {
            (VERSION, STATEMENT_APPROVED) => {}
            (VERSION, statement) => return Err(ApprovalError::Version(statement)),
            (version, _) => return Err(ApprovalError::Version(version)),
        }
        let workspace = WorkspaceId(reader.array("workspace")?);
        let what = What::read(&mut reader)?;
        let role = read_role(&mut reader)?;
        let policy_head = PolicyHash(reader.array("policy head")?);
        let time = Timestamp(i64::from_le_bytes(reader.array("time")?));
        let rendering = RenderingHash(reader.array("rendering")?);
        let signer = DeviceId(reader.array("signer")?);
        let signature = reader.array("signature")?;
        let documents = read_documents(&mut reader)?;
        reader.end()?;
        let heads = heads_hash(&documents);
        let claim =
            Claim { workspace, what, role, policy_head, time, rendering, heads, signer, signature };
        let approval = Self { claim, documents };
        // One form each: bytes that decode to this approval but differ from its encoding are not it.
        if approval.encode() != bytes {
            return Err(DecodeError::Invalid { what: "encoding" }.into());
        }
        approval.claim.check()?;
        Ok(approval)
    }
}

pub(super) fn read_role(reader: &mut ByteReader<'_>) -> Result<Role, DecodeError> {
    Role::from_byte(reader.byte("role")?).ok_or(DecodeError::Invalid { what: "role" })
}

fn write_documents(writer: &mut ByteWriter, documents: &[DocumentHeads]) {
    writer.number(documents.len() as u64);
    for (document, heads) in documents {
        writer.raw(&document.0).number(heads.len() as u64);
        for head in heads {
            writer.raw(&head.0);
        }
    }
}

fn read_documents(reader: &mut ByteReader<'_>) -> Result<Vec<DocumentHeads>, DecodeError> {
    let mut documents: Vec<DocumentHeads> = Vec::new();
    for _ in 0..reader.count(APPROVAL_DOCUMENTS_MAX, "documents")? {
        let document = DocumentId(reader.array("document")?);
        let mut heads = Vec::new();
        for _ in 0..reader.count(APPROVAL_HEADS_MAX, "heads")? {
            heads.push(ChangeHash(reader.array("head")?));
        }
        let sorted = heads.is_sorted_by(|a, b| a < b) && !heads.is_empty();
        if !sorted || documents.last().is_some_and(|(last, _)| *last >= document) {
            return Err(DecodeError::Invalid { what: "order" });
        }
        documents.push((document, heads));
    }
    Ok(documents)
}

fn heads_hash(documents: &[DocumentHeads]) -> [u8; 32] {
    let mut writer = ByteWriter::new();
    write_documents(&mut writer, documents);
    blake3::derive_key(HEADS_DOMAIN, &writer.finish())
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    pub(in crate::approval) fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    pub(in crate::approval) fn signed(n: u8, role: Role, workspace: WorkspaceId) -> Approval {
        let subject = Subject {
            workspace,
            what: What::Plan,
            rendering: RenderingHash([5; 32]),
            documents: vec![
                (DocumentId([1; 16]), vec![ChangeHash([1; 32]), ChangeHash([2; 32])]),
                (DocumentId([2; 16]), vec![ChangeHash([3; 32])]),
            ],
        };
        let head = PolicyHash(workspace.0);
        Approval::sign(&key(n), subject, (role, head), Timestamp(1_790_000_000_000))
    }

    #[test]
    fn what_was_signed_is_read_back() {
        let approval = signed(1, Role::Director, WorkspaceId([9; 32]));
        let bytes = approval.encode();
        assert_eq!(Approval::decode(&bytes), Ok(approval.clone()));
        assert_eq!(approval.claim.check(), Ok(()));
        assert_eq!(bytes.len(), 1 + 1 + 32 + 17 + 1 + 32 + 8 + 32 + 32 + 64 + 1 + 81 + 49);
        assert_eq!(What::parse(&What::Plan.to_string()), Some(What::Plan));
        let document = What::Document(DocumentId([4; 16]));
        assert_eq!(What::parse(&document.to_string()), Some(document));
    }

    #[test]
    fn t38_a_flipped_bit_anywhere_and_a_cut_anywhere_is_refused() {
        let bytes = signed(1, Role::Director, WorkspaceId([9; 32])).encode();
        for index in 0..bytes.len() {
            assert!(Approval::decode(&bytes[..index]).is_err(), "cut at {index}");
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[index] ^= 1 << bit;
                assert!(Approval::decode(&changed).is_err(), "bit {bit} at {index}");
            }
        }
    }

    #[test]
    fn t38_a_signature_holds_for_one_text_one_place_and_one_role() {
        let approval = signed(1, Role::Director, WorkspaceId([9; 32]));
        let refused = |change: &dyn Fn(&mut Approval)| {
            let mut changed = approval.clone();
            change(&mut changed);
            assert_eq!(Approval::decode(&changed.encode()), Err(ApprovalError::Signature));
        };
        refused(&|a| a.claim.rendering.0[0] ^= 1);
        refused(&|a| a.claim.workspace.0[0] ^= 1);
        refused(&|a| a.claim.what = What::Document(DocumentId([1; 16])));
        refused(&|a| a.claim.role = Role::Teacher);
        refused(&|a| a.claim.policy_head.0[0] ^= 1);
        refused(&|a| a.claim.time.0 += 1);
        refused(&|a| a.documents[0].1.truncate(1));
        refused(&|a| a.claim.signer = DeviceId(key(2).verifying_key().to_bytes()));
        // The same bytes signed for another purpose.
        let mut changed = approval.clone();
        let other = [b"jospar/policy/1\0".as_slice(), &changed.claim.content()].concat();
        changed.claim.signature = key(1).sign(&other).to_bytes();
        assert_eq!(Approval::decode(&changed.encode()), Err(ApprovalError::Signature));
    }

    #[test]
    fn lists_out_of_order_and_later_versions_are_refused() {
        let mut approval = signed(1, Role::Director, WorkspaceId([9; 32]));
        approval.documents.swap(0, 1);
        let order = DecodeError::Invalid { what: "order" };
        assert_eq!(Approval::decode(&approval.encode()), Err(order.into()));
        let mut bytes = signed(1, Role::Director, WorkspaceId([9; 32])).encode();
        bytes[1] = 2;
        assert_eq!(Approval::decode(&bytes), Err(ApprovalError::Version(2)));
        bytes[0] = 3;
        assert_eq!(Approval::decode(&bytes), Err(ApprovalError::Version(3)));
    }
}
