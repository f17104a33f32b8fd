//! One run's questions to the model: prepared, shown, agreed to, sent, kept.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jospar_llm::LlmError;
use jospar_llm::client::{Cancel as Stop, Line};
use jospar_llm::names::Names;
use jospar_llm::prepared::{Asked, Prepared, SOURCES_MAX, prepare};
use jospar_llm::reply::{Moment, Record};
use jospar_llm::settings::Settings;
use jospar_llm::store::Store;
use jospar_llm::template::{Block, Language};
use jospar_node::clock;
use jospar_plugin_api::{Code, PluginError};
use jospar_plugin_host::{Cancel, ModelReply, ModelRequest, words};
use serde_json::Map;

use super::desk::{Desk, month, told};
use super::{Answered, AskModel, Consent, Decision, names, seen};
use crate::snapshot::Snapshot;

/// How often it is looked whether the person stopped the run.
const LOOK: Duration = Duration::from_millis(50);

/// Answers a run's questions with this device's model.
pub struct Asking<'a> {
    desk: &'a Desk,
    consent: &'a mut dyn Consent,
    cancel: Cancel,
    anew: bool,
    names: Names,
    person: String,
    today: String,
    sources: BTreeSet<String>,
    answers: Vec<Answered>,
    is_open: bool,
}

/// Why a question has no answer.
enum No {
    /// In the model's own words.
    Error(LlmError),
    /// The person did not agree.
    Refused,
    /// It could not be sent now, and waits.
    Waits(LlmError),
}

impl From<LlmError> for No {
    fn from(error: LlmError) -> Self {
        Self::Error(error)
    }
}

impl<'a> Asking<'a> {
    /// For one run, which `cancel` stops. What was asked before in the same bytes is answered from what was kept, unless
    /// `anew`.
    pub fn new(desk: &'a Desk, consent: &'a mut dyn Consent, cancel: Cancel, anew: bool) -> Self {
        Self {
            desk,
            consent,
            cancel,
            anew,
            names: Names::default(),
            person: String::new(),
            today: String::new(),
            sources: BTreeSet::new(),
            answers: Vec::new(),
            is_open: false,
        }
    }

    fn answer(&mut self, request: &ModelRequest) -> Result<(i64, Record), No> {
        let settings = self.desk.read_settings()?;
        let prepared = prepare(&settings, self.asked(request), &self.names)?;
        let mut store = self.desk.open_store()?;
        if !self.anew
            && let Some(known) = store.answered(&prepared.prompt_hash)?
        {
            return Ok(known);
        }
        self.check_budget(&store, &settings, &prepared)?;
        let hash = match self.consent.agree(&prepared) {
            Decision::Send(hash) => hash,
            Decision::Refuse => return Err(No::Refused),
            Decision::Stop => {
                self.cancel.cancel();
                return Err(LlmError::Cancelled {}.into());
            }
        };
        self.send(&mut store, &settings, prepared, &hash)
    }

    fn asked(&self, request: &ModelRequest) -> Asked {
        let block = |block: &jospar_plugin_host::ModelBlock| Block {
            name: block.name.clone(),
            text: block.text.clone(),
        };
        Asked {
            purpose: request.purpose.clone(),
            template: request.template.clone(),
            language: Language::parse(&request.language).unwrap_or(Language::Kk),
            blocks: request.blocks.iter().map(block).collect(),
            tokens_max: request.max_tokens,
            sources: self.sources.iter().take(SOURCES_MAX).cloned().collect(),
        }
    }

    /// A person is not asked about what the budget does not allow.
    fn check_budget(
        &self,
        store: &Store,
        settings: &Settings,
        prepared: &Prepared,
    ) -> Result<(), LlmError> {
        let spent = store.spent(&month(&self.today)?, settings.tokens_month)?;
        let needed = prepared.tokens_estimated();
        if spent.used.saturating_add(needed) > spent.limit {
            return Err(LlmError::BudgetSpent { used: spent.used, limit: spent.limit, needed });
        }
        Ok(())
    }

    fn send(
        &mut self,
        store: &mut Store,
        settings: &Settings,
        prepared: Prepared,
        hash: &str,
    ) -> Result<(i64, Record), No> {
        let at_ms = clock::now().0;
        if hash != seen(&prepared) {
            return Err(LlmError::Outdated {}.into());
        }
        let bytes = prepared.prompt_hash.clone();
        let request = prepared.confirm(&bytes, &self.person, at_ms)?;
        let key = self.desk.read_key(settings)?;
        let now = Moment { ms: at_ms, month: month(&self.today)? };
        let stop = Stop::default();
        let line = Line { settings, key: key.as_ref().map(|(key, _)| key), cancel: &stop };
        let consent = &mut *self.consent;
        let answered = while_looking(&self.cancel, &stop, || {
            store.ask(&request, line, &now, &mut |text| consent.text(text))
        });
        let error = match answered {
            Ok(answered) => return Ok(answered),
            Err(error) => error,
        };
        if !error.can_wait() || !self.consent.may_wait(&request.prepared, &error) {
            return Err(error.into());
        }
        let wanted = seen(&request.prepared);
        if !store.waiting()?.iter().any(|waits| seen(&waits.request.prepared) == wanted) {
            store.enqueue(&request, at_ms)?;
        }
        Err(No::Waits(error))
    }
}

/// Does `work`, and stops it once a person stops the run.
fn while_looking<T>(cancel: &Cancel, stop: &Stop, work: impl FnOnce() -> T) -> T {
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Ends with the work, whose own time is bounded.
            while !ended.load(Ordering::Relaxed) {
                if cancel.is_cancelled() {
                    stop.stop();
                    return;
                }
                std::thread::sleep(LOOK);
            }
        });
        let done = work();
        ended.store(true, Ordering::Relaxed);
        done
    })
}

impl AskModel for Asking<'_> {
    fn begin(&mut self, snapshot: &Snapshot) {
        self.names = Names::new(names(snapshot));
        self.person.clone_from(&snapshot.person);
        self.today.clone_from(&snapshot.today);
    }

    fn read(&mut self, place: &str) {
        self.sources.insert(place.to_owned());
    }

    fn ask(&mut self, request: &ModelRequest) -> Result<ModelReply, PluginError> {
        let no = match self.answer(request) {
            Ok((number, record)) => {
                self.answers.push(Answered {
                    record: number,
                    model: record.model.clone(),
                    prompt_hash: record.prompt_hash,
                    sources: record.sources,
                    day: self.today.clone(),
                    text: record.text.clone(),
                });
                let (text, model) = (record.text, record.model);
                return Ok(ModelReply { text, model, truncated: record.truncated });
            }
            Err(no) => no,
        };
        self.is_open = true;
        Err(match no {
            No::Error(error) => told(&error),
            No::Refused => {
                let message = words("model-refused", &Map::new());
                PluginError { code: Code::Denied, message }
            }
            No::Waits(error) => {
                let mut told = told(&error);
                let more = words("model-waits", &Map::new());
                let pairs = [
                    (&mut told.message.kk, more.kk),
                    (&mut told.message.ru, more.ru),
                    (&mut told.message.en, more.en),
                ];
                for (text, more) in pairs {
                    text.push(' ');
                    text.push_str(&more);
                }
                told
            }
        })
    }

    fn answers(&self) -> Vec<Answered> {
        self.answers.clone()
    }

    fn is_open(&self) -> bool {
        self.is_open
    }
}
