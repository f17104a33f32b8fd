//! The text in a paper's QR code: who signed which text, with the signatures, without the text.

use data_encoding::BASE64URL_NOPAD;

use super::record::{ApprovalError, Claim, What, read_role};
use crate::ids::{DeviceId, PolicyHash, RenderingHash, WorkspaceId};
use crate::log::{ByteReader, ByteWriter, DecodeError};
use crate::time::Timestamp;

/// The most characters of a code: what a QR code of version 40 holds at the lowest correction, less a margin.
pub const APPROVAL_CODE_CHARS_MAX: usize = 2_900;
/// The most signatures in a code.
pub const CODE_SIGNATURES_MAX: usize = 12;

const VERSION: u8 = 1;
const PREFIX: &str = "jospar://approval/";

/// Why a text is not such a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It does not start as a code does, or its end cannot be read.
    #[error("this is not an approval code of jospar")]
    NotACode,
    /// Made by a newer version.
    #[error("the code was made by a newer version")]
    Version,
    /// A letter of it was changed or lost, or a signature is forged.
    #[error("the code was altered")]
    Altered,
}

impl From<DecodeError> for CodeError {
    fn from(_: DecodeError) -> Self {
        Self::Altered
    }
}

impl From<ApprovalError> for CodeError {
    fn from(_: ApprovalError) -> Self {
        Self::Altered
    }
}

/// Claims about one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalCode(Vec<Claim>);

impl ApprovalCode {
    /// A code of these claims; `None` if there is none, there are too many, or they are not about one text.
    #[must_use]
    pub fn new(claims: Vec<Claim>) -> Option<Self> {
        let first = claims.first()?;
        let subject = |claim: &Claim| (claim.workspace, claim.what, claim.rendering);
        let one = claims.iter().all(|claim| subject(claim) == subject(first));
        (one && claims.len() <= CODE_SIGNATURES_MAX).then_some(Self(claims))
    }

    /// The claims, at least one.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.0
    }

    /// The text, at most [`APPROVAL_CODE_CHARS_MAX`] characters that a link may have.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut writer = ByteWriter::new();
        writer.byte(VERSION);
        if let Some(first) = self.0.first() {
            writer.raw(&first.workspace.0);
            first.what.write(&mut writer);
            writer.raw(&first.rendering.0);
        }
        writer.byte(u8::try_from(self.0.len()).unwrap_or_default());
        for claim in &self.0 {
            writer.byte(claim.role.byte()).raw(&claim.policy_head.0);
            writer.raw(&claim.time.0.to_le_bytes()).raw(&claim.heads);
            writer.raw(&claim.signer.0).raw(&claim.signature);
        }
        format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&writer.finish()))
    }

    /// Reads a code and checks its signatures. Whether the signers had the right is [`super::judge`]'s question.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        let encoded = text.strip_prefix(PREFIX).ok_or(CodeError::NotACode)?;
        if text.len() > APPROVAL_CODE_CHARS_MAX {
            return Err(CodeError::NotACode);
        }
        let bytes = BASE64URL_NOPAD.decode(encoded.as_bytes()).map_err(|_| CodeError::Altered)?;
        let mut reader = ByteReader::new(&bytes);
        if reader.byte("version")? != VERSION {
            return Err(CodeError::Version);
        }
        let workspace = WorkspaceId(reader.array("workspace")?);
        let what = What::read(&mut reader)?;
        let rendering = RenderingHash(reader.array("rendering")?);
        let mut claims = Vec::new();
        for _ in 0..reader.byte("signatures")? {
            let claim = Claim {
                workspace,
                what,
                rendering,
                role: read_role(&mut reader)?,
                policy_head: PolicyHash(reader.array("policy head")?),
                time: Timestamp(i64::from_le_bytes(reader.array("time")?)),
                heads: reader.array("heads")?,
                signer: DeviceId(reader.array("signer")?),
                signature: reader.array("signature")?,
            };
            claim.check()?;
            claims.push(claim);
        }
        reader.end()?;
        Self::new(claims).ok_or(CodeError::Altered)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::super::record::tests::signed;
    use super::*;
    use crate::policy::Role;

    fn claims(count: u8) -> Vec<Claim> {
        let workspace = WorkspaceId([9; 32]);
        (1..=count).map(|n| signed(n, Role::Director, workspace).claim).collect()
    }

    #[test]
    fn a_code_fits_into_a_qr_code_and_is_read_back() {
        for count in [1, 2, 12] {
            let code = ApprovalCode::new(claims(count)).unwrap();
            let text = code.to_text();
            assert!(text.len() <= APPROVAL_CODE_CHARS_MAX, "{count}: {}", text.len());
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_:/".contains(&b);
            assert!(text.bytes().all(allowed));
            assert_eq!(ApprovalCode::parse(&format!(" {text}\n")), Ok(code));
        }
        assert_eq!(ApprovalCode::new(claims(2)).unwrap().to_text().len(), 18 + 562);
        assert_eq!(ApprovalCode::new(claims(13)), None);
        assert_eq!(ApprovalCode::new(Vec::new()), None);
    }

    #[test]
    fn t38_a_code_with_any_letter_changed_is_refused() {
        let text = ApprovalCode::new(claims(2)).unwrap().to_text();
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(ApprovalCode::parse(&changed).is_err(), "letter {index}");
            assert!(ApprovalCode::parse(&text[..index]).is_err(), "cut at {index}");
        }
        let mut two = claims(2);
        two[1].rendering.0[0] ^= 1;
        assert_eq!(ApprovalCode::new(two), None);
    }
}
