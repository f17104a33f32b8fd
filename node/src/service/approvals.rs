//! Approvals: signing, listing, and what proves them to somebody else.

use std::collections::BTreeSet;
use std::path::Path as FilePath;

use jospar_core::approval::{
    Approval, ApprovalCode, ApprovalFile, CODE_SIGNATURES_MAX, Claim, CodeError, Counted,
    FILE_APPROVALS_MAX, FileError, Judged, Outcome, Standing, State, What, judge, outcome,
};
use jospar_core::document::{Command, HISTORY_PATHS_MAX, difference};
use jospar_core::ids::{DocumentId, RenderingHash};
use jospar_core::plan::Kind;
use jospar_core::policy::Role;
use jospar_core::replica::{ApproveError, Held, LoadError, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Trouble};
use super::fault::{Fault, FaultKind};
use super::sections::{self, Names, Section};
use super::{audit_page, files};
use crate::handle::Turn;
use crate::keys::words;

/// What the whole plan is called where a path is asked for.
const PLAN: &str = "plan";
/// What message keys about approvals begin with.
const FAMILY: &str = "approval-";

/// A request about approvals. `what` is `plan`, the name of a kind, or the path of one of several documents:
/// `documents/doc1`. States are named by the last part of their message's key: `approval-waits-teacher`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ApprovalRequest {
    /// How all that can be approved stands. Answer: `{subjects: [{what, part, document, state, message, hash, documents,
    /// approved: null|{hash, time_ms}, changed: null|[{document, part, path, change: "changed"|"added"|"removed",
    /// paths}], rewritten: [document], signatures: [{approval, role, who, device, words, time_ms, hash, state, message,
    /// current}]}], invalid: [{approval, state, message}]}`. `changed` is what differs from the text that was approved
    /// last, null if this device cannot tell; `rewritten` are documents that were changed and have the approved text
    /// again. Papers that nobody signed are listed, too.
    List {
        /// Only this.
        #[serde(default)]
        what: Option<String>,
    },
    /// Signs. Answer: `{what, approval, hash, role, time_ms, state, message, saved: true}`.
    Approve {
        /// What.
        what: String,
        /// The hash of the text that the person saw; another text is not signed.
        #[serde(default)]
        hash: Option<String>,
    },
    /// Writes a file that proves the approval of the text as it is or, if nobody has signed that, of the one that was
    /// approved last. Answer: `{path, bytes, what, hash, signatures, current}`.
    Export {
        /// The file to write; an absolute path.
        path: String,
        /// What.
        what: String,
    },
    /// Checks such a file; needs no workspace. Answer: `{what, workspace, hash, school, title, state, message,
    /// approved_ms, signatures: [{role, device, words, time_ms, state, message}], documents: [{document, part}], entries,
    /// code: null|{state, message}}`.
    Verify {
        /// The file; an absolute path.
        path: String,
        /// The text of a paper's QR code, to be held against the file.
        #[serde(default)]
        code: Option<String>,
    },
    /// The text for a paper's QR code, chosen as for `export`. Answer: `{code, what, hash, signatures, current}`.
    Code {
        /// What.
        what: String,
    },
    /// Holds the text of a QR code against the plan here. Answer: `{what, hash, text: "current"|"earlier"|"unknown",
    /// state, message, signatures: [{role, device, words, time_ms, state, message}]}`.
    Check {
        /// The text.
        code: String,
    },
}

pub(super) fn on_workspace(turn: &mut Turn<'_>, request: ApprovalRequest) -> Answer {
    match request {
        ApprovalRequest::List { what } => list(turn, what.as_deref()),
        ApprovalRequest::Approve { what, hash } => approve(turn, &what, hash.as_deref()),
        ApprovalRequest::Export { path, what } => export(turn, &path, &what),
        ApprovalRequest::Verify { path, code } => Ok(verify_file(&path, code.as_deref())?),
        ApprovalRequest::Code { what } => code(turn, &what),
        ApprovalRequest::Check { code } => check(turn, &code),
    }
}

/// What a person means, and how it is written.
fn meant(turn: &mut Turn<'_>, text: &str) -> Result<What, Trouble> {
    if text == PLAN || text.is_empty() {
        return Ok(What::Plan);
    }
    if let Some(kind) = Kind::from_name(text).filter(|kind| !kind.is_many()) {
        let workspace = turn.replica.workspace();
        return Ok(What::Document(DocumentId::singleton(&workspace, kind.byte())));
    }
    match sections::find(turn, text)? {
        Section::Place { document, kind, path } if kind.is_many() && path.segments().is_empty() => {
            Ok(What::Document(document))
        }
        _ => Err(Fault::new(FaultKind::Usage, "error-approval-what", json!({"path": text})).into()),
    }
}

/// How a person would write it.
fn written(turn: &mut Turn<'_>, what: What) -> Result<String, Trouble> {
    let What::Document(document) = what else { return Ok(PLAN.to_owned()) };
    let here = turn.replica.has_document(&document);
    match Kind::from_byte(document.kind()) {
        Some(kind) if !kind.is_many() => Ok(kind.name().to_owned()),
        Some(_) if here => sections::written(turn, document, &Default::default()),
        _ => Ok(document.to_string()),
    }
}

fn part(document: &DocumentId) -> Option<&'static str> {
    Kind::from_byte(document.kind()).map(Kind::name)
}

/// A state in answers.
pub(super) fn state_json(key: &str) -> (Value, Value) {
    (key.strip_prefix(FAMILY).unwrap_or(key).into(), key.into())
}

/// How one record stands for the text with the hash `current`.
pub(super) fn record_key(held: &Held, current: &RenderingHash) -> &'static str {
    match (held.counted(), &held.problem, held.judged) {
        (Some(counted), ..) if counted.rendering == *current => "approval-counts",
        (Some(_), ..) => "approval-earlier",
        (None, Some(problem), _) => problem.message_key(),
        (None, None, Some(judged)) => judged.standing.message_key(),
        (None, None, None) => "approval-unreadable",
    }
}

fn signature_json(turn: &Turn<'_>, names: &Names, held: &Held, current: &RenderingHash) -> Value {
    let Some(approval) = &held.approval else { return Value::Null };
    let claim = &approval.claim;
    let (state, message) = state_json(record_key(held, current));
    json!({"approval": held.id, "role": claim.role.name(),
           "who": names.of_device(turn, &claim.signer), "device": claim.signer.to_string(),
           "words": words(&claim.signer).join(" "), "time_ms": claim.time.0,
           "hash": claim.rendering.to_string(), "state": state, "message": message,
           "current": claim.rendering == *current})
}

fn list(turn: &mut Turn<'_>, only: Option<&str>) -> Answer {
    let only = only.map(|only| meant(turn, only)).transpose()?;
    let names = Names::read(turn)?;
    let held = turn.replica.approvals(turn.storage)?;
    let signed = held.iter().filter_map(|held| Some(held.approval.as_ref()?.claim.what));
    let mut all: BTreeSet<What> = signed.collect();
    all.insert(What::Plan);
    let papers = turn.replica.documents().map(|(id, _)| *id);
    all.extend(papers.filter(|id| id.kind() == Kind::Paper.byte()).map(What::Document));
    if let Some(only) = only {
        all = BTreeSet::from([only]);
    }
    let mut subjects = Vec::new();
    for what in all {
        subjects.push(subject(turn, &names, what, &held)?);
    }
    let invalid = held.iter().filter(|held| held.approval.is_none()).map(|held| {
        let key = held.problem.as_ref().map_or("approval-unreadable", |p| p.message_key());
        let (state, message) = state_json(key);
        json!({"approval": held.id, "state": state, "message": message})
    });
    Ok(json!({"subjects": subjects, "invalid": invalid.collect::<Vec<_>>()}))
}

fn subject(turn: &mut Turn<'_>, names: &Names, what: What, held: &[Held]) -> Answer {
    let version = audit_page::readable_version(turn, what)?;
    let published = match &version {
        None => audit_page::published_hash(turn, what)?,
        Some(_) => None,
    };
    let current = version.as_ref().map(|version| version.hash).or(published);
    let outcome = current.map(|current| turn.replica.outcome(what, &current, held));
    let current = current.unwrap_or_default();
    let key = outcome.map_or("approval-not-here", |outcome| outcome.state.message_key());
    let (state, message) = state_json(key);
    let approved = outcome.and_then(|outcome| outcome.approved);
    let (changed, rewritten) = match &version {
        Some(version) => since(turn, version, approved.map(|(hash, _)| hash), held)?,
        None => (None, Vec::new()),
    };
    let about = |held: &&Held| held.approval.as_ref().is_some_and(|a| a.claim.what == what);
    let signatures: Vec<Value> =
        held.iter().filter(about).map(|held| signature_json(turn, names, held, &current)).collect();
    let (document, kind) = match what {
        What::Plan => (None, None),
        What::Document(document) => (Some(document.to_string()), part(&document)),
    };
    Ok(json!({
        "what": written(turn, what)?, "part": kind, "document": document, "state": state,
        "message": message, "hash": current.to_string(),
        "documents": version.map_or(0, |version| version.documents.len()),
        "approved": approved.map(|(hash, time)| json!({"hash": hash.to_string(),
                                                        "time_ms": time.0})),
        "changed": changed, "rewritten": rewritten, "signatures": signatures,
    }))
}

/// An approval of a text that this device still has the heads of, with its version.
fn approved_version(
    turn: &mut Turn<'_>,
    what: What,
    hash: RenderingHash,
    held: &[Held],
) -> Result<Option<Version>, Trouble> {
    for held in held.iter().filter(|held| held.counted().is_some()) {
        let Some(approval) = &held.approval else { continue };
        if (approval.claim.what, approval.claim.rendering) != (what, hash) {
            continue;
        }
        if let Some(version) = turn.replica.version_at(turn.storage, approval)? {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

/// What differs from the approved text, document by document, and which documents have the same text anew.
fn since(
    turn: &mut Turn<'_>,
    version: &Version,
    approved: Option<RenderingHash>,
    held: &[Held],
) -> Result<(Option<Vec<Value>>, Vec<String>), Trouble> {
    let Some(approved) = approved else { return Ok((None, Vec::new())) };
    let Some(then) = approved_version(turn, version.what, approved, held)? else {
        return Ok((None, Vec::new()));
    };
    let changed = version.changed_since(&then);
    let mut lines = Vec::new();
    for id in &changed {
        lines.push(difference_json(turn, *id, version, &then)?);
    }
    let heads = |(id, heads): &&(DocumentId, Vec<_>)| {
        let before = then.documents.iter().find(|(known, _)| known == id);
        !changed.contains(id) && before.is_some_and(|(_, before)| before != heads)
    };
    let rewritten = version.documents.iter().filter(heads).map(|(id, _)| id.to_string());
    Ok((Some(lines), rewritten.collect()))
}

fn difference_json(
    turn: &mut Turn<'_>,
    id: DocumentId,
    now: &Version,
    then: &Version,
) -> Result<Value, Trouble> {
    let view = |version: &Version| {
        let mut documents = version.rendering.documents.iter();
        documents.find(|rendered| rendered.document == id).map(|rendered| rendered.view.clone())
    };
    let (now, then) = (view(now), view(then));
    let change = match (&then, &now) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    };
    let mut paths = Vec::new();
    if let (Some(kind), Some(then), Some(now)) = (Kind::from_byte(id.kind()), then, now) {
        for command in difference(kind.schema(), &then, &now, &[]) {
            let path = sections::written(turn, id, &place_of(&command))?;
            if !paths.contains(&path) && paths.len() < HISTORY_PATHS_MAX {
                paths.push(path);
            }
        }
    }
    Ok(json!({"document": id.to_string(), "part": part(&id), "change": change,
              "path": written(turn, What::Document(id))?, "paths": paths}))
}

/// Where a command works.
fn place_of(command: &Command) -> jospar_core::document::Path {
    match command {
        Command::Add { path, id, .. } => path.child(id),
        Command::Set { path, .. }
        | Command::EditText { path, .. }
        | Command::Move { path, .. }
        | Command::Remove { path }
        | Command::Keep { path }
        | Command::Include { path, .. }
        | Command::Exclude { path, .. } => path.clone(),
    }
}

fn approve(turn: &mut Turn<'_>, text: &str, hash: Option<&str>) -> Answer {
    let what = meant(turn, text)?;
    let moved = |_| {
        let values = json!({"hash": hash.unwrap_or_default()});
        Fault::new(FaultKind::Usage, "error-approval-moved", values)
    };
    let expected = hash.map(str::parse::<RenderingHash>).transpose().map_err(moved)?;
    let moment = turn.moment;
    let approval = turn.replica.approve(turn.storage, &moment, what, expected)?;
    // Who signs a new version shows the auditor how it stands.
    audit_page::publish(turn)?;
    let held = turn.replica.approvals(turn.storage)?;
    let claim = &approval.claim;
    let outcome = turn.replica.outcome(what, &claim.rendering, &held);
    let (state, message) = state_json(outcome.state.message_key());
    Ok(json!({"what": written(turn, what)?, "approval": claim.hash().to_string(),
              "hash": claim.rendering.to_string(), "role": claim.role.name(),
              "time_ms": claim.time.0, "state": state, "message": message, "saved": true}))
}

/// What proves an approval: the records that count, the text they are about, and whether that is the text as it is.
struct Proof {
    approvals: Vec<Approval>,
    version: Version,
    current: bool,
}

/// The proof for the text as it is or, if nobody signed that, for the one that was approved last.
fn proof(turn: &mut Turn<'_>, what: What) -> Result<Proof, Trouble> {
    let held = turn.replica.approvals(turn.storage)?;
    let version = turn.replica.version(turn.storage, what)?;
    let of = |hash: RenderingHash| -> Vec<Approval> {
        let counts = |held: &&Held| {
            held.counted().is_some_and(|counted| counted.rendering == hash)
                && held.approval.as_ref().is_some_and(|a| a.claim.what == what)
        };
        held.iter().filter(counts).filter_map(|held| held.approval.clone()).collect()
    };
    let approvals = of(version.hash);
    if !approvals.is_empty() {
        return Ok(Proof { approvals, version, current: true });
    }
    let outcome = turn.replica.outcome(what, &version.hash, &held);
    let none = || Fault::new(FaultKind::NotFound, "error-approval-none", json!({}));
    let (hash, _) = outcome.approved.ok_or_else(none)?;
    let version = approved_version(turn, what, hash, &held)?.ok_or_else(none)?;
    Ok(Proof { approvals: of(hash), version, current: false })
}

fn export(turn: &mut Turn<'_>, path: &str, text: &str) -> Answer {
    let what = meant(turn, text)?;
    let Proof { mut approvals, version, current } = proof(turn, what)?;
    approvals.truncate(FILE_APPROVALS_MAX);
    let file = ApprovalFile {
        workspace: turn.replica.workspace(),
        entries: turn.replica.policy().missing_from(&BTreeSet::new()),
        approvals,
        rendering: version.rendering.text(),
    };
    let bytes = file.encode();
    files::write_file(FilePath::new(path), &bytes)?;
    Ok(json!({"path": path, "bytes": bytes.len(), "what": written(turn, what)?,
              "hash": version.hash.to_string(), "signatures": file.approvals.len(),
              "current": current}))
}

fn code(turn: &mut Turn<'_>, text: &str) -> Answer {
    let what = meant(turn, text)?;
    let Proof { approvals, version, current } = proof(turn, what)?;
    let mut claims: Vec<Claim> = approvals.iter().map(|approval| approval.claim).collect();
    // Where there are too many, the newest of each role are enough.
    claims.sort_by_key(|claim| (std::cmp::Reverse(claim.time), claim.hash()));
    let (directors, others): (Vec<Claim>, Vec<Claim>) =
        claims.into_iter().partition(|claim| claim.role == Role::Director);
    let half = directors.iter().take(CODE_SIGNATURES_MAX / 2);
    let rest = CODE_SIGNATURES_MAX - half.len();
    let claims: Vec<Claim> = half.chain(others.iter().take(rest)).copied().collect();
    let count = claims.len();
    let none = || Fault::new(FaultKind::NotFound, "error-approval-none", json!({}));
    let code = ApprovalCode::new(claims).ok_or_else(none)?;
    Ok(json!({"code": code.to_text(), "what": written(turn, what)?,
              "hash": version.hash.to_string(), "signatures": count, "current": current}))
}

fn claim_json(claim: &Claim, key: &str) -> Value {
    let (state, message) = state_json(key);
    json!({"role": claim.role.name(), "device": claim.signer.to_string(),
           "words": words(&claim.signer).join(" "), "time_ms": claim.time.0,
           "state": state, "message": message})
}

fn check(turn: &mut Turn<'_>, text: &str) -> Answer {
    let code = ApprovalCode::parse(text).map_err(Fault::from)?;
    let Some(first) = code.claims().first().copied() else {
        return Err(Fault::from(CodeError::NotACode).into());
    };
    if first.workspace != turn.replica.workspace() {
        let fault = Fault::new(FaultKind::Damaged, "error-approval-other-school", json!({}));
        return Err(fault.into());
    }
    let held = turn.replica.approvals(turn.storage)?;
    let known = |claim: &Claim| held.iter().find(|held| held.id == claim.hash().to_string());
    let (mut counted, mut signatures) = (Vec::new(), Vec::new());
    for claim in code.claims() {
        let judged = judge(claim, turn.replica.policy());
        let counts = match known(claim) {
            Some(held) => held.counted(),
            None => counted_alone(claim, judged),
        };
        let key = if counts.is_some() { "approval-counts" } else { judged.standing.message_key() };
        signatures.push(claim_json(claim, key));
        counted.extend(counts);
    }
    let outcome = outcome(first.what.need(), &first.rendering, &counted);
    let current = audit_page::readable_version(turn, first.what)?.map(|version| version.hash);
    let earlier = held.iter().any(|held| {
        let claim = held.approval.as_ref().map(|approval| &approval.claim);
        held.problem.is_none()
            && claim.is_some_and(|c| (c.what, c.rendering) == (first.what, first.rendering))
    });
    let which = match current == Some(first.rendering) {
        true => "current",
        false if earlier => "earlier",
        false => "unknown",
    };
    let (state, message) = state_json(outcome.state.message_key());
    Ok(json!({"what": written(turn, first.what)?, "hash": first.rendering.to_string(),
              "text": which, "state": state, "message": message, "signatures": signatures}))
}

fn counted_alone(claim: &Claim, judged: Judged) -> Option<Counted> {
    let person = judged.person.filter(|_| judged.standing == Standing::Stands)?;
    let Claim { rendering, role, time, .. } = *claim;
    Some(Counted { rendering, person, role, time })
}

pub(super) fn verify_file(path: &str, code: Option<&str>) -> Result<Value, Fault> {
    let bytes = files::read_file(FilePath::new(path))?;
    verify_approval_file(&bytes, code).map_err(|mut fault| {
        fault.values.insert("path".to_owned(), Value::from(path));
        fault
    })
}

/// Checks the bytes of an approval file, and the text of a paper's QR code against it. Needs no node.
///
/// # Errors
/// [`Fault`]: it proves nothing.
pub fn verify_approval_file(bytes: &[u8], code: Option<&str>) -> Result<Value, Fault> {
    let code = code.map(ApprovalCode::parse).transpose()?;
    let proved = ApprovalFile::decode(bytes)?.prove()?;
    let paper: Option<Outcome> = code.map(|code| proved.check_code(&code)).transpose()?;
    let paper = paper.map(|outcome| {
        let (state, message) = state_json(outcome.state.message_key());
        json!({"state": state, "message": message})
    });
    let head = proved.rendering.documents.iter().find(|r| r.document.kind() == Kind::Plan.byte());
    let said = |pointer| head.and_then(|head| head.view.pointer(pointer)).cloned();
    let signatures = proved.signatures.iter().map(|(claim, judged)| {
        let stands = judged.standing == Standing::Stands;
        claim_json(claim, if stands { "approval-counts" } else { judged.standing.message_key() })
    });
    let documents = proved.rendering.documents.iter().map(|rendered| {
        json!({"document": rendered.document.to_string(), "part": part(&rendered.document)})
    });
    let (state, message) = state_json(proved.outcome.state.message_key());
    let approved = proved.outcome.approved.filter(|_| proved.outcome.state == State::Approved);
    Ok(json!({
        "what": proved.what.to_string(), "workspace": proved.policy.workspace().to_string(),
        "hash": proved.hash.to_string(), "school": said("/plan/school"),
        "title": said("/plan/title"), "state": state, "message": message,
        "approved_ms": approved.map(|(_, time)| time.0),
        "signatures": signatures.collect::<Vec<_>>(),
        "documents": documents.collect::<Vec<_>>(),
        "entries": proved.policy.hashes().count(), "code": paper,
    }))
}

impl From<FileError> for Fault {
    fn from(error: FileError) -> Self {
        let key = match error {
            FileError::NotAFile => "error-approval-not-a-file",
            FileError::Version(_) => "error-update-needed",
            FileError::Damaged | FileError::Rendering(_) => "error-approval-file-damaged",
            FileError::Approval(_) | FileError::Policy(_) => "error-approval-file-forged",
            FileError::OtherText => "error-approval-other-text",
        };
        Self::new(FaultKind::Damaged, key, json!({"path": ""}))
    }
}

impl From<CodeError> for Fault {
    fn from(error: CodeError) -> Self {
        let key = match error {
            CodeError::Version => "error-update-needed",
            CodeError::NotACode | CodeError::Altered => "error-approval-code",
        };
        Self::new(FaultKind::Damaged, key, json!({}))
    }
}

impl From<ApproveError> for Trouble {
    fn from(error: ApproveError) -> Self {
        let usage = |key, values| Self::Fault(Fault::new(FaultKind::Usage, key, values));
        match error {
            ApproveError::Storage(error) | ApproveError::Load(LoadError::Storage(error)) => {
                Self::Storage(error)
            }
            ApproveError::Load(error) => error.into(),
            ApproveError::Apply(error) => error.into(),
            ApproveError::NoRight => {
                Fault::new(FaultKind::NotAllowed, "error-approval-no-right", json!({})).into()
            }
            ApproveError::Kind(what) => {
                usage("error-approval-what", json!({"path": what.to_string()}))
            }
            ApproveError::Empty => usage("error-approval-empty", json!({})),
            ApproveError::Moved(hash) => {
                usage("error-approval-moved", json!({"hash": hash.to_string()}))
            }
            ApproveError::Conflicts(count) => usage(
                "error-approval-conflicts",
                json!({"count": count, "command": "`jospar conflicts`"}),
            ),
            ApproveError::NotReady(places) => {
                usage("error-approval-not-ready", json!({"places": places.join(", ")}))
            }
            ApproveError::NotAccepted(places) => {
                usage("error-approval-not-accepted", json!({"places": places.join(", ")}))
            }
            ApproveError::TooLarge => usage("error-approval-too-large", json!({})),
        }
    }
}
