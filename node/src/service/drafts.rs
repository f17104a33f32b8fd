//! Drafts: what a person has begun and not saved. They are this device's alone, lie on the disk under a key of their own,
//! and enter the plan as one batch.

use std::collections::BTreeMap;
use std::path::Path;

use jospar_core::log::DraftKey;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Service, Trouble};
use super::fault::{Fault, FaultKind};
use super::files::file_fault;
use super::proposals::{Edit, carry_out};
use crate::drafts;
use crate::handle::Turn;

/// The setting that has the drafts, sealed: JSON from a draft's name to its values.
const DRAFTS: &str = "drafts";
/// Values of one draft.
const VALUES_MAX: usize = 3_000;
/// Bytes of all drafts together.
const BYTES_MAX: usize = 4 << 20;
/// Letters of a draft's name.
const NAME_CHARS_MAX: usize = 200;

type Drafts = BTreeMap<String, Vec<Value>>;

/// A request about what was begun and is not saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "draft", rename_all = "snake_case")]
pub enum DraftRequest {
    /// How many values each draft has. Answer: `{counts: {NAME: number}, lost}`; `lost` says that there are drafts whose
    /// key is gone.
    List,
    /// The values of a draft, in order. Answer: `{values}`.
    Show {
        /// What the draft is called.
        name: String,
    },
    /// Puts a value behind the others. Answer: `{count, saved: true}`.
    Put {
        /// What the draft is called.
        name: String,
        /// The value.
        value: Value,
    },
    /// Takes the last value out again. Answer: `{count, saved: true}`.
    TakeBack {
        /// What the draft is called.
        name: String,
    },
    /// Carries edits out that were made from the draft, and forgets it: both or none. Answer: that of a batch.
    Save {
        /// What the draft is called.
        name: String,
        /// The edits.
        edits: Vec<Edit>,
        /// From path to the value that the person saw there.
        #[serde(default)]
        agreed: BTreeMap<String, Value>,
    },
}

impl Service {
    /// Answers, and gives the key up once nothing is under it.
    pub(super) async fn draft(&self, request: DraftRequest) -> Result<Value, Fault> {
        let ends = matches!(request, DraftRequest::TakeBack { .. } | DraftRequest::Save { .. });
        let beside = self.seals.clone();
        let answer = self.turn(move |turn| answer(turn, &beside, request)).await?;
        if ends {
            let beside = self.seals.clone();
            self.turn(move |turn| give_up(turn, &beside)).await?;
        }
        Ok(answer)
    }
}

fn answer(turn: &mut Turn<'_>, beside: &Path, request: DraftRequest) -> Answer {
    let mut open = Open::read(turn, beside)?;
    match request {
        DraftRequest::List => {
            let counts: BTreeMap<&str, usize> =
                open.drafts.iter().map(|(name, values)| (name.as_str(), values.len())).collect();
            Ok(json!({"counts": counts, "lost": open.lost}))
        }
        DraftRequest::Show { name } => {
            Ok(json!({"values": open.drafts.get(&name).cloned().unwrap_or_default()}))
        }
        DraftRequest::Put { name, value } => {
            let values =
                open.drafts.entry(name.chars().take(NAME_CHARS_MAX).collect()).or_default();
            if values.len() >= VALUES_MAX {
                let limit = json!({"limit": VALUES_MAX});
                return Err(Fault::new(FaultKind::Usage, "error-answers-many", limit).into());
            }
            values.push(value);
            let count = values.len();
            open.write(turn, beside)?;
            Ok(json!({"count": count, "saved": true}))
        }
        DraftRequest::TakeBack { name } => {
            let values = open.drafts.entry(name).or_default();
            values.pop();
            let count = values.len();
            open.write(turn, beside)?;
            Ok(json!({"count": count, "saved": true}))
        }
        DraftRequest::Save { name, edits, agreed } => {
            let done = carry_out(turn, &edits, &BTreeMap::new(), &agreed, None)?;
            open.drafts.remove(&name);
            open.write(turn, beside)?;
            Ok(done)
        }
    }
}

/// The drafts as they are now.
struct Open {
    /// The key that they are under, if there are any.
    key: Option<DraftKey>,
    drafts: Drafts,
    /// There are drafts that do not open.
    lost: bool,
}

impl Open {
    fn read(turn: &Turn<'_>, beside: &Path) -> Result<Self, Trouble> {
        let workspace = turn.replica.workspace();
        let path = drafts::path(beside, &workspace);
        let Some(sealed) = turn.storage.setting(DRAFTS)? else {
            return Ok(Self { key: None, drafts: Drafts::new(), lost: false });
        };
        let key = drafts::find(&path).map_err(|error| file_fault(&path, &error))?;
        let plain = key.and_then(|key| key.open(&workspace, &sealed));
        let drafts = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        match (key, drafts) {
            (key @ Some(_), Some(drafts)) => Ok(Self { key, drafts, lost: false }),
            _ => {
                tracing::warn!("drafts do not open: their key is gone or they are damaged");
                Ok(Self { key: None, drafts: Drafts::new(), lost: true })
            }
        }
    }

    fn write(mut self, turn: &mut Turn<'_>, beside: &Path) -> Result<(), Trouble> {
        self.drafts.retain(|_, values| !values.is_empty());
        if self.drafts.is_empty() {
            return Ok(turn.storage.set_setting(DRAFTS, None)?);
        }
        let plain = serde_json::to_vec(&self.drafts)
            .map_err(|error| Fault::internal(&error.to_string()))?;
        if plain.len() > BYTES_MAX {
            return Err(Fault::new(FaultKind::Usage, "error-draft-large", json!({})).into());
        }
        let workspace = turn.replica.workspace();
        let path = drafts::path(beside, &workspace);
        let key = match self.key {
            Some(key) => key,
            None => drafts::make(&path, turn.moment.bytes("draft key"))
                .map_err(|error| file_fault(&path, &error))?,
        };
        let sealed = key.seal(&workspace, turn.moment.bytes("draft nonce"), &plain);
        let sealed = sealed.ok_or_else(|| Fault::internal("the drafts could not be sealed"))?;
        Ok(turn.storage.set_setting(DRAFTS, Some(&sealed))?)
    }
}

/// Overwrites the key if there are no drafts. What was saved stays saved if that fails; the next draft makes a new key.
fn give_up(turn: &mut Turn<'_>, beside: &Path) -> Answer {
    if turn.storage.setting(DRAFTS)?.is_none()
        && let Err(error) = drafts::forget(&drafts::path(beside, &turn.replica.workspace()))
    {
        tracing::warn!(%error, "the key of the drafts could not be taken away");
    }
    Ok(Value::Null)
}
