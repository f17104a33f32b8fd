//! A file that proves an approval to somebody who has nothing else: the text, the signatures, and the policy log that
//! says who may sign.
//!
//! It proves what the entries in it say, and no more: whoever made it can leave out what came later. Format:
//! docs/protocol.md, section 9.

use super::code::ApprovalCode;
use super::judge::{Counted, Judged, Outcome, Standing, judge, outcome};
use super::record::{APPROVAL_BYTES_MAX, Approval, ApprovalError, Claim, What};
use crate::ids::{DocumentId, RenderingHash, WorkspaceId};
use crate::log::{ByteReader, ByteWriter, DecodeError};
use crate::plan::{RENDERING_BYTES_MAX, Rendering, RenderingError};
use crate::policy::{POLICY_ENTRIES_MAX, POLICY_ENTRY_BYTES_MAX, Policy, PolicyError};

/// The most bytes such a file may have.
pub const APPROVAL_FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most approvals in a file.
pub const FILE_APPROVALS_MAX: usize = 64;

const MAGIC: &[u8; 7] = b"JSPAPPR";
const VERSION: u8 = 1;
/// What an entry has beside its body.
const ENTRY_HEAD_BYTES: usize = 256;

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It does not start as such a file does.
    #[error("this is not an approval file of jospar")]
    NotAFile,
    /// Made by a newer version.
    #[error("approval file version {0} is newer than this program")]
    Version(u8),
    /// It is too large, was cut, or bytes of it were changed.
    #[error("the approval file is damaged")]
    Damaged,
    /// A record in it is not signed as it says.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// Its policy log does not start at the workspace's genesis, or an entry does not follow.
    #[error("the policy log in the file does not hold: {0}")]
    Policy(PolicyError),
    /// Its text is not in the canonical form.
    #[error(transparent)]
    Rendering(#[from] RenderingError),
    /// A signature in it, or on the paper, is about another text.
    #[error("a signature is about another text")]
    OtherText,
}

impl From<DecodeError> for FileError {
    fn from(_: DecodeError) -> Self {
        Self::Damaged
    }
}

/// What such a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalFile {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The policy log, each entry behind the one that it follows.
    pub entries: Vec<Vec<u8>>,
    /// The records, all about the rendering.
    pub approvals: Vec<Approval>,
    /// The text.
    pub rendering: String,
}

/// What a file proves.
#[derive(Debug, Clone)]
pub struct Proved {
    /// What was approved.
    pub what: What,
    /// The hash of the text.
    pub hash: RenderingHash,
    /// The text in parts.
    pub rendering: Rendering,
    /// The policy log of the file.
    pub policy: Policy,
    /// Each claim and how it stands by that log.
    pub signatures: Vec<(Claim, Judged)>,
    /// What the claims that stand make of the text.
    pub outcome: Outcome,
}

impl ApprovalFile {
    /// Writes the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.raw(MAGIC).byte(VERSION).raw(&self.workspace.0);
        writer.number(self.entries.len() as u64);
        for entry in &self.entries {
            writer.bytes(entry);
        }
        writer.number(self.approvals.len() as u64);
        for approval in &self.approvals {
            writer.bytes(&approval.encode());
        }
        writer.bytes(self.rendering.as_bytes());
        let mut bytes = writer.finish();
        let sum = blake3::hash(&bytes);
        bytes.extend_from_slice(sum.as_bytes());
        bytes
    }

    /// Reads a file that must be complete and undamaged, and checks the signatures of its records.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.len() > APPROVAL_FILE_BYTES_MAX {
            return Err(FileError::Damaged);
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(FileError::NotAFile)?;
        match rest.first() {
            Some(&VERSION) => {}
            Some(version) => return Err(FileError::Version(*version)),
            None => return Err(FileError::Damaged),
        }
        let (content, sum) = bytes.split_last_chunk::<32>().ok_or(FileError::Damaged)?;
        if blake3::hash(content) != *sum {
            return Err(FileError::Damaged);
        }
        let mut reader = ByteReader::new(content);
        reader.take(MAGIC.len() + 1, "magic")?;
        let workspace = WorkspaceId(reader.array("workspace")?);
        let mut entries = Vec::new();
        for _ in 0..reader.count(POLICY_ENTRIES_MAX, "entries")? {
            let entry = reader.bytes(POLICY_ENTRY_BYTES_MAX + ENTRY_HEAD_BYTES, "entry")?;
            entries.push(entry.to_vec());
        }
        let mut approvals = Vec::new();
        for _ in 0..reader.count(FILE_APPROVALS_MAX, "approvals")? {
            approvals.push(Approval::decode(reader.bytes(APPROVAL_BYTES_MAX, "approval")?)?);
        }
        let rendering = reader.text(RENDERING_BYTES_MAX, "rendering")?.to_owned();
        reader.end()?;
        let file = Self { workspace, entries, approvals, rendering };
        // One form each, down to the lengths.
        if file.encode() != bytes {
            return Err(FileError::Damaged);
        }
        Ok(file)
    }

    /// Checks all that the file says: the policy log from its genesis, and that every record is about this very text.
    ///
    /// # Errors
    /// [`FileError`]: it proves nothing.
    pub fn prove(&self) -> Result<Proved, FileError> {
        let (policy, left_out) =
            Policy::from_entries(self.workspace, &self.entries).map_err(FileError::Policy)?;
        if left_out > 0 {
            return Err(FileError::Policy(PolicyError::Signature));
        }
        let rendering = Rendering::parse(&self.rendering)?;
        let what = What::parse(&rendering.what).ok_or(FileError::OtherText)?;
        let hash = rendering.hash();
        let rendered = || rendering.documents.iter().map(|rendered| &rendered.document);
        let about = |approval: &Approval| {
            let claim = &approval.claim;
            let named: Vec<&DocumentId> = approval.documents.iter().map(|(id, _)| id).collect();
            claim.workspace == self.workspace
                && claim.what == what
                && claim.rendering == hash
                && rendered().eq(named)
        };
        let whole = rendering.workspace == self.workspace && self.approvals.iter().all(about);
        if !whole || self.approvals.is_empty() {
            return Err(FileError::OtherText);
        }
        let claims: Vec<Claim> = self.approvals.iter().map(|approval| approval.claim).collect();
        let signatures = judge_all(&claims, &policy);
        let outcome = weigh(what, &hash, &signatures);
        Ok(Proved { what, hash, rendering, policy, signatures, outcome })
    }
}

impl Proved {
    /// What the signatures on a paper make of this text by the file's policy log.
    ///
    /// # Errors
    /// [`FileError::OtherText`] if the paper is about another text or workspace.
    pub fn check_code(&self, code: &ApprovalCode) -> Result<Outcome, FileError> {
        let about = |claim: &Claim| {
            claim.workspace == self.policy.workspace()
                && claim.what == self.what
                && claim.rendering == self.hash
        };
        if !code.claims().iter().all(about) {
            return Err(FileError::OtherText);
        }
        let signatures = judge_all(code.claims(), &self.policy);
        Ok(weigh(self.what, &self.hash, &signatures))
    }
}

fn judge_all(claims: &[Claim], policy: &Policy) -> Vec<(Claim, Judged)> {
    claims.iter().map(|claim| (*claim, judge(claim, policy))).collect()
}

fn weigh(what: What, hash: &RenderingHash, signatures: &[(Claim, Judged)]) -> Outcome {
    let counted = signatures.iter().filter_map(|(claim, judged)| {
        let person = judged.person.filter(|_| judged.standing == Standing::Stands)?;
        let Claim { rendering, role, time, .. } = *claim;
        Some(Counted { rendering, person, role, time })
    });
    outcome(what.need(), hash, &counted.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use serde_json::json;

    use super::super::judge::State;
    use super::super::record::Subject;
    use super::super::record::tests::key;
    use super::*;
    use crate::ids::{ChangeHash, DeviceId, PersonId};
    use crate::plan::Rendered;
    use crate::policy::{Body, Entry, Role, Scope};
    use crate::time::Timestamp;

    /// A file of two partners who signed a small plan.
    fn file() -> ApprovalFile {
        let genesis = Entry::genesis(&key(1), PersonId([1; 16]), [7; 16]);
        let workspace = WorkspaceId(genesis.hash().0);
        let mut policy = Policy::new(workspace, &genesis.encode()).unwrap();
        let device = DeviceId(key(2).verifying_key().to_bytes());
        let (person, role, scope) = (PersonId([2; 16]), Role::Teacher, Scope::default());
        let body = Body::Grant { device, person, role, scope };
        let entry = Entry::sign(&key(1), &policy, body);
        policy.insert(&entry.encode()).unwrap();
        let id = DocumentId::singleton(&workspace, 8);
        let view = json!({"risks": [{"id": "rk1", "likelihood": 2, "title": {"kk": "Тәуекел"}}]});
        let documents = vec![Rendered { document: id, view }];
        let rendering = Rendering::new(workspace, "plan".to_owned(), documents);
        let sign = |n, role| {
            let documents = vec![(id, vec![ChangeHash([n; 32])])];
            let (what, rendering) = (What::Plan, rendering.hash());
            let subject = Subject { workspace, what, rendering, documents };
            Approval::sign(&key(n), subject, (role, policy.head()), Timestamp(i64::from(n)))
        };
        let approvals = vec![sign(1, Role::Director), sign(2, Role::Teacher)];
        let entries = policy.missing_from(&std::collections::BTreeSet::new());
        ApprovalFile { workspace, entries, approvals, rendering: rendering.text() }
    }

    fn with_sum(mut bytes: Vec<u8>) -> Vec<u8> {
        let length = bytes.len() - 32;
        let sum = blake3::hash(&bytes[..length]);
        bytes[length..].copy_from_slice(sum.as_bytes());
        bytes
    }

    fn proves(bytes: &[u8]) -> Result<Proved, FileError> {
        ApprovalFile::decode(bytes)?.prove()
    }

    #[test]
    fn t38_a_file_proves_an_approval_without_a_workspace() {
        let file = file();
        let proved = proves(&file.encode()).unwrap();
        assert_eq!(proved.outcome.state, State::Approved);
        assert_eq!(proved.outcome.approved, Some((proved.hash, Timestamp(2))));
        assert_eq!(proved.rendering.documents[0].view["risks"][0]["likelihood"], 2);
        let mut alone = file.clone();
        alone.approvals.pop();
        assert_eq!(proves(&alone.encode()).unwrap().outcome.state, State::WaitsTeacher);
    }

    #[test]
    fn t38_a_file_with_any_byte_changed_is_refused_even_with_a_new_sum() {
        let bytes = file().encode();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert!(ApprovalFile::decode(&changed).is_err(), "byte {index}");
            assert!(ApprovalFile::decode(&bytes[..index]).is_err(), "cut at {index}");
            if index < bytes.len() - 32 {
                for flip in [1, 0x20, 0x80] {
                    let mut changed = bytes.clone();
                    changed[index] ^= flip;
                    assert!(proves(&with_sum(changed)).is_err(), "byte {index} with a new sum");
                }
            }
        }
    }

    #[test]
    fn t38_a_file_whose_parts_do_not_belong_together_is_refused() {
        let good = file();
        let refused = |change: &dyn Fn(&mut ApprovalFile), expected: FileError| {
            let mut file = good.clone();
            change(&mut file);
            assert_eq!(proves(&file.encode()).unwrap_err(), expected);
        };
        // The text of another plan under the same signatures.
        refused(
            &|file| {
                let mut rendering = Rendering::parse(&file.rendering).unwrap();
                rendering.documents[0].view["risks"][0]["likelihood"] = json!(5);
                file.rendering = rendering.text();
            },
            FileError::OtherText,
        );
        refused(&|file| file.approvals.clear(), FileError::OtherText);
        refused(
            &|file| file.entries = vec![file.entries[1].clone()],
            FileError::Policy(PolicyError::OtherWorkspace),
        );
        refused(
            &|file| {
                let policy = Policy::new(file.workspace, &file.entries[0]).unwrap();
                let device = DeviceId([3; 32]);
                let (person, role) = (PersonId([3; 16]), Role::Director);
                let body = Body::Grant { device, person, role, scope: Scope::default() };
                file.entries.push(Entry::sign(&key(9), &policy, body).encode());
            },
            FileError::Policy(PolicyError::Signature),
        );
        // Without the teacher's grant the signature names an entry that is not there.
        let mut file = good.clone();
        file.entries.pop();
        let proved = proves(&file.encode()).unwrap();
        assert_eq!(proved.signatures[1].1.standing, Standing::PolicyMissing);
        assert_eq!(proved.outcome.state, State::NotApproved);
    }

    #[test]
    fn t38_the_code_on_a_paper_is_held_against_the_file() {
        let file = file();
        let proved = file.prove().unwrap();
        let claims: Vec<Claim> = file.approvals.iter().map(|approval| approval.claim).collect();
        let text = ApprovalCode::new(claims.clone()).unwrap().to_text();
        let code = ApprovalCode::parse(&text).unwrap();
        assert_eq!(proved.check_code(&code).unwrap().state, State::Approved);
        let alone = ApprovalCode::new(claims[..1].to_vec()).unwrap();
        assert_eq!(proved.check_code(&alone).unwrap().state, State::WaitsTeacher);
        let mut subject = Subject {
            workspace: file.workspace,
            what: What::Plan,
            rendering: RenderingHash([9; 32]),
            documents: file.approvals[0].documents.clone(),
        };
        let head = claims[0].policy_head;
        let other = Approval::sign(&key(1), subject.clone(), (Role::Director, head), Timestamp(1));
        let other = ApprovalCode::new(vec![other.claim]).unwrap();
        assert_eq!(proved.check_code(&other), Err(FileError::OtherText));
        subject.rendering = proved.hash;
        let stranger = Approval::sign(&key(9), subject, (Role::Director, head), Timestamp(1));
        let stranger = ApprovalCode::new(vec![stranger.claim]).unwrap();
        assert_eq!(proved.check_code(&stranger).unwrap().state, State::NotApproved);
    }
}
