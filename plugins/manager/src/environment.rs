//! What a run is answered: parts of the snapshot, counts, results of other plugins, and the plugin's own store.

use std::collections::BTreeMap;

use jospar_plugin_api::{Code, Part, PluginError, PluginId, Text};
use jospar_plugin_host::{Environment, ModelReply, ModelRequest, StoreUsage, words};
use serde_json::{Map, Value, json};

use crate::database::Database;
use crate::model::AskModel;
use crate::snapshot::Snapshot;
use crate::totals::{NoTotals, totals};

/// Hears how far a run is: from 0 to 1, and what is being done.
pub type Progress<'a> = &'a mut dyn FnMut(f64, &Text);

/// Asks a language model, after a person agreed to the very bytes that are sent.
pub type Model<'a> = &'a mut (dyn AskModel + 'a);

/// Where a run's store is kept.
pub(crate) enum Store<'a> {
    /// In the library, under the plugin's id.
    Library(&'a Database, &'a str),
    /// In memory, for as long as the run lasts: for plugins that are being written.
    Memory(BTreeMap<String, Vec<u8>>),
}

pub(crate) struct Answers<'a, 'm> {
    pub(crate) snapshot: &'a Snapshot,
    /// What other plugins gave back last.
    pub(crate) others: &'a BTreeMap<PluginId, String>,
    pub(crate) store: Store<'a>,
    pub(crate) progress: Progress<'m>,
    pub(crate) model: Option<Model<'m>>,
}

type Answer<T> = Result<T, PluginError>;

fn unavailable(_: jospar_node::service::Fault) -> PluginError {
    no(Code::Unavailable, "plugin-no-store", "")
}

impl Answers<'_, '_> {
    /// The run was given what stands at a place.
    fn given(&mut self, place: &str) {
        if let Some(model) = &mut self.model {
            model.read(place);
        }
    }
}

impl Environment for Answers<'_, '_> {
    fn part(&mut self, part: Part) -> Answer<String> {
        let found = self.snapshot.part(part).map(ToString::to_string);
        self.given(part.name());
        found.ok_or_else(|| no(Code::NotFound, "plugin-no-part", part.name()))
    }

    fn survey_totals(&mut self, survey: &str) -> Answer<String> {
        let found = self.snapshot.survey(survey);
        let found = found.ok_or_else(|| no(Code::NotFound, "plugin-no-survey", survey))?;
        let counted = totals(survey, found, &self.snapshot.survey_rows(survey));
        self.given(&format!("surveys/{survey}"));
        match counted {
            Ok(totals) => Ok(totals.to_string()),
            Err(NoTotals::TooFew { n, k }) => {
                let values = [("n", n), ("k", k)].map(|(name, n)| (name.to_owned(), n.into()));
                let message = words("plugin-too-few-answers", &Map::from_iter(values));
                Err(PluginError { code: Code::Refused, message })
            }
            Err(NoTotals::Scale) => Err(no(Code::Invalid, "plugin-no-scale", survey)),
        }
    }

    fn survey_rows(&mut self, survey: &str) -> Answer<String> {
        if self.snapshot.survey(survey).is_none() {
            return Err(no(Code::NotFound, "plugin-no-survey", survey));
        }
        let rows = self.snapshot.survey_rows(survey);
        self.given(&format!("surveys/{survey}"));
        Ok(json!({"survey": survey, "rows": rows}).to_string())
    }

    fn lesson_results(&mut self, study: &str) -> Answer<String> {
        if !self.snapshot.has_study(study) {
            return Err(no(Code::NotFound, "plugin-no-study", study));
        }
        let learners = self.snapshot.lesson_results(study);
        self.given(&format!("lesson_studies/{study}"));
        Ok(json!({"lesson_study": study, "learners": learners}).to_string())
    }

    fn plugin_result(&mut self, plugin: &PluginId) -> Answer<String> {
        let found = self.others.get(plugin).cloned();
        found.ok_or_else(|| no(Code::NotFound, "plugin-no-result", plugin.as_str()))
    }

    fn store_value(&mut self, key: &str) -> Answer<Option<Vec<u8>>> {
        match &self.store {
            Store::Library(database, id) => database.value(id, key).map_err(unavailable),
            Store::Memory(kept) => Ok(kept.get(key).cloned()),
        }
    }

    fn set_store_value(&mut self, key: &str, value: &[u8]) -> Answer<()> {
        match &mut self.store {
            Store::Library(database, id) => database.set_value(id, key, value).map_err(unavailable),
            Store::Memory(kept) => {
                kept.insert(key.to_owned(), value.to_vec());
                Ok(())
            }
        }
    }

    fn delete_store_value(&mut self, key: &str) -> Answer<()> {
        match &mut self.store {
            Store::Library(database, id) => database.delete_value(id, key).map_err(unavailable),
            Store::Memory(kept) => {
                kept.remove(key);
                Ok(())
            }
        }
    }

    fn store_keys(&mut self, prefix: &str) -> Answer<Vec<String>> {
        let mut keys = match &self.store {
            Store::Library(database, id) => database.keys(id).map_err(unavailable)?,
            Store::Memory(kept) => kept.keys().cloned().collect(),
        };
        keys.retain(|key| key.starts_with(prefix));
        Ok(keys)
    }

    fn store_usage(&mut self) -> Answer<StoreUsage> {
        let (keys, bytes) = match &self.store {
            Store::Library(database, id) => database.usage(id).map_err(unavailable)?,
            Store::Memory(kept) => {
                (kept.len(), kept.iter().map(|(key, value)| key.len() + value.len()).sum())
            }
        };
        Ok(StoreUsage { keys, bytes })
    }

    fn ask(&mut self, request: &ModelRequest) -> Answer<ModelReply> {
        match &mut self.model {
            Some(model) => model.ask(request),
            None => Err(no(Code::Unavailable, "plugin-no-model", "")),
        }
    }

    fn progress(&mut self, done: f64, note: &Text) {
        (self.progress)(done, note);
    }
}

/// An answer that says no, about the thing of this name.
fn no(code: Code, key: &str, name: &str) -> PluginError {
    let name: String = name.chars().take(64).collect();
    let values = Map::from_iter([("name".to_owned(), Value::from(name))]);
    PluginError { code, message: words(key, &values) }
}
