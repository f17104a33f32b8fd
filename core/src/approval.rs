//! Approvals: who signed which text of the plan, and what that makes of it.
//!
//! An approval is a signed claim about a canonical rendering ([`crate::plan::Rendering`]) and the heads that it was made
//! at. Everybody judges it alone, from the claim and the policy log; whatever carries it proves nothing. Formats:
//! docs/protocol.md, section 9. Decisions: docs/adr/0019.

mod code;
mod file;
mod judge;
mod record;

pub use code::{APPROVAL_CODE_CHARS_MAX, ApprovalCode, CODE_SIGNATURES_MAX, CodeError};
pub use file::{APPROVAL_FILE_BYTES_MAX, ApprovalFile, FILE_APPROVALS_MAX, FileError, Proved};
pub use judge::{
    Counted, Judged, Need, Outcome, Standing, State, blockers, judge, outcome, unaccepted,
};
pub use record::{
    APPROVAL_BYTES_MAX, APPROVAL_DOCUMENTS_MAX, APPROVAL_HEADS_MAX, Approval, ApprovalError, Claim,
    DocumentHeads, Subject, What,
};
