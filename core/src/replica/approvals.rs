//! Approvals of a replica: versions of the plan, signing one, and what the records in the log are worth.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::{ApplyError, LoadError, Moment, Replica};
use crate::approval::{
    APPROVAL_BYTES_MAX, APPROVAL_DOCUMENTS_MAX, APPROVAL_HEADS_MAX, Approval, ApprovalError,
    Counted, DocumentHeads, Judged, Need, Outcome, Standing, Subject, What, blockers, judge,
    outcome, unaccepted,
};
use crate::document::{Command, Document, DocumentError, Path};
use crate::ids::{ActorId, ChangeHash, DocumentId, PersonId, RenderingHash};
use crate::log::DecodeError;
use crate::plan::{Kind, Paper, PlanView, Record as _, Rendered, Rendering, canonical};
use crate::policy::{Rights, Role};
use crate::storage::{Storage, StorageError};

/// The list in the document of approvals, and the field of a record that counts.
const LIST: &str = "approvals";
const SIGNED: &str = "signed";

/// A state of what can be approved.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// What it is a version of.
    pub what: What,
    /// The documents by id, each with its heads. Those with nothing in them are left out.
    pub documents: Vec<DocumentHeads>,
    /// The canonical rendering.
    pub rendering: Rendering,
    /// Its hash.
    pub hash: RenderingHash,
}

impl Version {
    /// The documents whose content differs from an older version's, by id.
    #[must_use]
    pub fn changed_since(&self, older: &Self) -> Vec<DocumentId> {
        let view = |version: &Self, id: &DocumentId| {
            let found = version.rendering.documents.iter().find(|r| r.document == *id);
            found.map(|rendered| canonical(&rendered.view))
        };
        let all = self.documents.iter().chain(&older.documents).map(|(id, _)| *id);
        let all: BTreeSet<DocumentId> = all.collect();
        all.into_iter().filter(|id| view(self, id) != view(older, id)).collect()
    }
}

/// Why a record in the document of approvals is no approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It cannot be read, or its signature is not right.
    Invalid(ApprovalError),
    /// It stands under another name, or its other fields do not say what was signed.
    Altered,
    /// The content at the heads that it names is not the content that it names.
    OtherContent,
}

impl Problem {
    /// The key of the message that tells a person; behind `approval-` the name in answers.
    #[must_use]
    pub const fn message_key(&self) -> &'static str {
        match self {
            Self::Invalid(ApprovalError::Version(_)) => "approval-newer",
            Self::Invalid(ApprovalError::Signature) => "approval-invalid-signature",
            Self::Invalid(ApprovalError::Malformed(_)) => "approval-unreadable",
            Self::Altered => "approval-altered",
            Self::OtherContent => "approval-other-content",
        }
    }
}

/// One record of the document of approvals.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The id of its item.
    pub id: String,
    /// What it says, if its signature is right.
    pub approval: Option<Approval>,
    /// Why it is no approval.
    pub problem: Option<Problem>,
    /// How its claim stands by the policy log alone.
    pub judged: Option<Judged>,
    /// A change of the signer that stands brought it: it was there before the signer's right ended.
    pub carried: bool,
}

impl Held {
    /// The claim, if it counts.
    #[must_use]
    pub fn counted(&self) -> Option<Counted> {
        let claim = &self.approval.as_ref()?.claim;
        let judged = self.judged.filter(|_| self.problem.is_none())?;
        let stands = match judged.standing {
            Standing::Stands => true,
            Standing::Ended => self.carried,
            _ => false,
        };
        let person = judged.person.filter(|_| stands)?;
        Some(Counted { rendering: claim.rendering, person, role: claim.role, time: claim.time })
    }

    fn is_about(&self, what: What) -> bool {
        self.approval.as_ref().is_some_and(|approval| approval.claim.what == what)
    }
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApproveError {
    /// Only directors and informatics teachers approve; a paper only directors.
    #[error("this device may not approve this")]
    NoRight,
    /// This kind of document is not approved.
    #[error("{0} is not approved")]
    Kind(What),
    /// There is nothing in it.
    #[error("there is nothing to approve")]
    Empty,
    /// It is not what the person saw any more.
    #[error("the content has changed: it is {0} now")]
    Moved(RenderingHash),
    /// Two values stand in one place: nobody knows which of them would be approved.
    #[error("{0} conflicts are open")]
    Conflicts(usize),
    /// The plan is not ready; the places in it.
    #[error("the plan is not ready: {0:?}")]
    NotReady(Vec<String>),
    /// An AI tool wrote these blocks of the paper, and nobody has accepted them; the places in the plan.
    #[error("nobody has accepted {0:?}")]
    NotAccepted(Vec<String>),
    /// It has more documents or heads than one approval may name.
    #[error("it has too many documents or heads")]
    TooLarge,
    /// The record cannot be written.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A document cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Replica {
    /// What would be approved now.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn version(&mut self, storage: &mut dyn Storage, what: What) -> Result<Version, LoadError> {
        let past = match what {
            What::Plan => self.past_documents(storage)?,
            What::Document(_) => BTreeSet::new(),
        };
        let wanted = |id: &DocumentId| match what {
            What::Plan => {
                Kind::from_byte(id.kind()).is_some_and(Kind::is_in_version) && !past.contains(id)
            }
            What::Document(document) => *id == document,
        };
        let ids: Vec<DocumentId> = self.documents.keys().copied().filter(wanted).collect();
        let mut documents = Vec::new();
        for id in ids {
            let document = self.document(storage, id)?;
            documents.push((id, document.heads(), document.view()));
        }
        Ok(self.rendered(what, documents))
    }

    /// The version that an approval was made at; `None` if this device does not have its heads.
    ///
    /// # Errors
    /// [`LoadError`] for another reason than a document or a change that is not here.
    pub fn version_at(
        &mut self,
        storage: &mut dyn Storage,
        approval: &Approval,
    ) -> Result<Option<Version>, LoadError> {
        let mut documents = Vec::new();
        for (id, heads) in &approval.documents {
            let document = match self.document(storage, *id) {
                Err(LoadError::Unknown(_) | LoadError::UnknownKind(_)) => return Ok(None),
                document => document?,
            };
            let view = if document.heads() == *heads {
                document.view()
            } else {
                match document.view_at(heads) {
                    Err(DocumentError::UnknownHeads(_)) => return Ok(None),
                    view => view?,
                }
            };
            documents.push((*id, heads.clone(), view));
        }
        Ok(Some(self.rendered(approval.claim.what, documents)))
    }

    fn rendered(
        &self,
        what: What,
        documents: Vec<(DocumentId, Vec<ChangeHash>, Value)>,
    ) -> Version {
        let (heads, rendered): (Vec<_>, Vec<_>) = documents
            .into_iter()
            .map(|(document, heads, view)| ((document, heads), Rendered { document, view }))
            .unzip();
        let rendering = Rendering::new(self.workspace, what.to_string(), rendered);
        let there = |id: &DocumentId| rendering.documents.iter().any(|r| r.document == *id);
        let documents = heads.into_iter().filter(|(id, _)| there(id)).collect();
        let hash = rendering.hash();
        Version { what, documents, rendering, hash }
    }

    /// Signs what is here now, if it is what the person saw (`expected`), and puts the record into the log. Signing the
    /// same text again changes nothing.
    ///
    /// # Errors
    /// [`ApproveError`]; nothing was signed.
    pub fn approve(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        what: What,
        expected: Option<RenderingHash>,
    ) -> Result<Approval, ApproveError> {
        if !what.can_be_approved() {
            return Err(ApproveError::Kind(what));
        }
        let (role, person) = self.signing_role(what)?;
        let version = self.version(storage, what)?;
        if version.documents.is_empty() {
            return Err(ApproveError::Empty);
        }
        if expected.is_some_and(|expected| expected != version.hash) {
            return Err(ApproveError::Moved(version.hash));
        }
        self.check_ready(storage, &version)?;
        for held in self.approvals(storage)? {
            let own = held.counted().is_some_and(|counted| {
                (counted.rendering, counted.role, counted.person) == (version.hash, role, person)
            });
            if let Some(approval) = held.approval.filter(|_| own)
                && approval.claim.what == what
            {
                return Ok(approval);
            }
        }
        let subject = Subject {
            workspace: self.workspace,
            what,
            rendering: version.hash,
            documents: version.documents,
        };
        let right = (role, self.policy.head_for(&self.device));
        let approval = Approval::sign(&self.key, subject, right, moment.now);
        self.keep_approval(storage, moment, &approval)?;
        Ok(approval)
    }

    /// The role that this device would sign with, and its person.
    fn signing_role(&self, what: What) -> Result<(Role, PersonId), ApproveError> {
        let rights = self.policy.at(&self.policy.head_for(&self.device));
        let may = |rights: &&Rights| {
            rights.may_approve(&self.device) && self.rights().may_approve(&self.device)
        };
        let member = rights.filter(may).and_then(|rights| rights.member(&self.device));
        let member = member.ok_or(ApproveError::NoRight)?;
        if what.need() == Need::Director && member.role != Role::Director {
            return Err(ApproveError::NoRight);
        }
        Ok((member.role, member.person))
    }

    fn check_ready(
        &mut self,
        storage: &mut dyn Storage,
        version: &Version,
    ) -> Result<(), ApproveError> {
        let too_many = version.documents.iter().any(|(_, h)| h.len() > APPROVAL_HEADS_MAX);
        if too_many || version.documents.len() > APPROVAL_DOCUMENTS_MAX {
            return Err(ApproveError::TooLarge);
        }
        let mut conflicts = 0;
        for (id, _) in &version.documents {
            conflicts += self.document(storage, *id)?.conflicts().len();
        }
        if conflicts > 0 {
            return Err(ApproveError::Conflicts(conflicts));
        }
        for rendered in &version.rendering.documents {
            if rendered.document.kind() == Kind::Paper.byte() {
                let places = unaccepted(&Paper::from_view(&rendered.view));
                if !places.is_empty() {
                    return Err(ApproveError::NotAccepted(places));
                }
            }
        }
        if version.what == What::Plan {
            let views: Vec<(Kind, Value)> = version
                .rendering
                .documents
                .iter()
                .filter_map(|r| Some((Kind::from_byte(r.document.kind())?, r.view.clone())))
                .collect();
            let places = blockers(&PlanView::from_documents(&views));
            if !places.is_empty() {
                return Err(ApproveError::NotReady(places));
            }
        }
        Ok(())
    }

    fn keep_approval(
        &mut self,
        storage: &mut dyn Storage,
        moment: &Moment,
        approval: &Approval,
    ) -> Result<(), ApproveError> {
        let bytes = approval.encode();
        if bytes.len() > APPROVAL_BYTES_MAX {
            return Err(ApproveError::TooLarge);
        }
        let mut record = plain_fields(approval);
        if let Value::Object(members) = &mut record {
            members.insert(SIGNED.to_owned(), BASE64URL_NOPAD.encode(&bytes).into());
        }
        let command = Command::Add {
            path: Path::root().child(LIST),
            id: approval.claim.hash().to_string(),
            after: None,
            record,
        };
        let document = self.approvals_document();
        self.apply(storage, moment, document, &[command])?;
        Ok(())
    }

    /// The document that holds the approvals.
    #[must_use]
    pub fn approvals_document(&self) -> DocumentId {
        DocumentId::singleton(&self.workspace, Kind::Approvals.byte())
    }

    /// Every record of the document of approvals, judged; where it is not about the text as it is now and this device has
    /// the heads that it names, also held against the content there.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn approvals(&mut self, storage: &mut dyn Storage) -> Result<Vec<Held>, LoadError> {
        let id = self.approvals_document();
        if !self.documents.contains_key(&id) {
            return Ok(Vec::new());
        }
        let document = self.document(storage, id)?;
        let view = document.view();
        let brought = brought_by(document);
        let mut held = Vec::new();
        for item in view.get(LIST).and_then(Value::as_array).into_iter().flatten() {
            let mut record = read_item(item);
            if let Some(approval) = &record.approval {
                let claim = &approval.claim;
                record.judged = Some(judge(claim, &self.policy));
                let own = |(item, actor): &(String, ActorId)| {
                    let owner = storage.actor_device(id, *actor);
                    Ok::<bool, StorageError>(*item == record.id && owner? == Some(claim.signer))
                };
                for pair in &brought {
                    record.carried |= own(pair)?;
                }
            }
            held.push(record);
        }
        self.compare_content(storage, &mut held)?;
        Ok(held)
    }

    /// Holds what records say against the content at their heads. Partners sign at the same heads, so each is read once.
    fn compare_content(
        &mut self,
        storage: &mut dyn Storage,
        held: &mut [Held],
    ) -> Result<(), LoadError> {
        let mut known: BTreeMap<(What, Vec<DocumentHeads>), _> = BTreeMap::new();
        for record in held.iter_mut().filter(|record| record.problem.is_none()) {
            let Some(approval) = &record.approval else { continue };
            let claim = &approval.claim;
            let key = (claim.what, approval.documents.clone());
            let then = match known.get(&key) {
                Some(then) => *then,
                None => self.version_at(storage, approval)?.map(|version| version.hash),
            };
            known.insert(key, then);
            if then.is_some_and(|then| then != claim.rendering) {
                record.problem = Some(Problem::OtherContent);
            }
        }
        Ok(())
    }

    /// How something stands by these records.
    #[must_use]
    pub fn outcome(&self, what: What, current: &RenderingHash, held: &[Held]) -> Outcome {
        let about = held.iter().filter(|held| held.is_about(what));
        let counted: Vec<Counted> = about.filter_map(Held::counted).collect();
        outcome(what.need(), current, &counted)
    }
}

/// The fields beside the signed record.
fn plain_fields(approval: &Approval) -> Value {
    let claim = &approval.claim;
    json!({"what": claim.what.to_string(), "role": claim.role.name(),
           "rendering": claim.rendering.to_string(), "signer": claim.signer.to_string(),
           "time": claim.time.0})
}

fn read_item(item: &Value) -> Held {
    let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = text("id").to_owned();
    let malformed = || DecodeError::Invalid { what: "base64" };
    let bytes = BASE64URL_NOPAD.decode(text(SIGNED).as_bytes()).map_err(|_| malformed().into());
    let (approval, problem) = match bytes.and_then(|bytes| Approval::decode(&bytes)) {
        Ok(approval) => {
            let plain = plain_fields(&approval);
            let members = plain.as_object().into_iter().flatten();
            let same = members.into_iter().all(|(name, value)| item.get(name) == Some(value));
            let named = approval.claim.hash().to_string() == id;
            (Some(approval), (!same || !named).then_some(Problem::Altered))
        }
        Err(error) => (None, Some(Problem::Invalid(error))),
    };
    Held { id, approval, problem, judged: None, carried: false }
}

/// Which actor's changes touch which item, of the changes that stand.
fn brought_by(document: &Document) -> BTreeSet<(String, ActorId)> {
    let mut brought = BTreeSet::new();
    for entry in document.history() {
        for path in &entry.paths {
            if let [list, item, ..] = path.segments()
                && list == LIST
            {
                brought.insert((item.clone(), entry.actor));
            }
        }
    }
    brought
}
