//! Where this device's settings of a model lie, its key, its budget and its answers; errors as the node's faults.

use std::path::{Path, PathBuf};

use jospar_llm::budget::{Month, Spent};
use jospar_llm::client::{Cancel, Line, answers};
use jospar_llm::reply::{Moment, Record};
use jospar_llm::secret::{Place, Secret, Secrets};
use jospar_llm::settings::Settings;
use jospar_llm::store::Store;
use jospar_llm::{Argument, Kind, LlmError, Phase};
use jospar_node::clock;
use jospar_node::service::{Fault, FaultKind, PluginRequest, Request};
use jospar_plugin_api::{Code, PluginError, Text};
use jospar_plugin_host::words;
use serde_json::{Map, Value, json};

use crate::Workspace;

/// The folder in the data folder.
const FOLDER: &str = "model";

/// The model's place on a device.
#[derive(Debug, Clone)]
pub struct Desk {
    folder: PathBuf,
    keys: PathBuf,
}

type Done<T> = Result<T, Fault>;

fn done<T>(result: Result<T, LlmError>) -> Done<T> {
    result.map_err(|error| fault(&error))
}

impl Desk {
    /// In a data folder; `keys` is the folder of the device keys, where a key lies if the system has no keyring.
    #[must_use]
    pub fn new(data: &Path, keys: &Path) -> Self {
        Self { folder: data.join(FOLDER), keys: keys.to_owned() }
    }

    /// The settings; off if there are none.
    ///
    /// # Errors
    /// A fault if they cannot be read.
    pub fn settings(&self) -> Done<Settings> {
        done(self.read_settings())
    }

    pub(super) fn read_settings(&self) -> Result<Settings, LlmError> {
        Settings::load(&self.folder)
    }

    /// Keeps settings.
    ///
    /// # Errors
    /// A fault if one of them makes no sense, or they cannot be written.
    pub fn save(&self, settings: &Settings) -> Done<()> {
        done(settings.save(&self.folder))
    }

    /// What was spent, what waits, what came.
    ///
    /// # Errors
    /// A fault if the file cannot be used.
    pub fn store(&self) -> Done<Store> {
        done(self.open_store())
    }

    pub(super) fn open_store(&self) -> Result<Store, LlmError> {
        Store::open(&self.folder)
    }

    /// The key for the address that is set, and where it lies.
    ///
    /// # Errors
    /// A fault if no address is set, or the keyring refuses.
    pub fn key(&self) -> Done<Option<(Secret, Place)>> {
        let settings = self.settings()?;
        done(self.read_key(&settings))
    }

    pub(super) fn read_key(
        &self,
        settings: &Settings,
    ) -> Result<Option<(Secret, Place)>, LlmError> {
        Secrets::new(&self.keys).load(&settings.endpoint()?.origin)
    }

    /// Keeps a key for the address that is set, and says where.
    ///
    /// # Errors
    /// A fault if it is no key, no address is set, or the keyring refuses.
    pub fn keep_key(&self, text: &str) -> Done<Place> {
        let origin = done(self.settings()?.endpoint())?.origin;
        let secret = done(Secret::parse(text))?;
        done(Secrets::new(&self.keys).save(&origin, &secret))
    }

    /// Forgets the key for the address that is set.
    ///
    /// # Errors
    /// A fault if no address is set, or the keyring refuses.
    pub fn forget_key(&self) -> Done<()> {
        let origin = done(self.settings()?.endpoint())?.origin;
        done(Secrets::new(&self.keys).forget(&origin))
    }

    /// What of the month's budget is spent on the school's day `today`.
    ///
    /// # Errors
    /// A fault if the file cannot be used.
    pub fn spent(&self, today: &str) -> Done<Spent> {
        let limit = self.settings()?.tokens_month;
        let month = done(month(today))?;
        done(self.store()?.spent(&month, limit))
    }

    /// Whether somebody answers at the address that is set. Nothing of the plan is sent.
    ///
    /// # Errors
    /// A fault that says why not.
    pub fn test(&self, cancel: &Cancel) -> Done<()> {
        let settings = self.settings()?;
        let key = done(self.read_key(&settings))?;
        let key = key.as_ref().map(|(key, _)| key);
        done(answers(Line { settings: &settings, key, cancel }))
    }

    /// Sends what waits, the oldest first; a person agreed to each. The answers come with their numbers.
    ///
    /// # Errors
    /// A fault that says what stopped it; answers that came before are kept.
    pub fn send(&self, today: &str, cancel: &Cancel) -> Done<Vec<(i64, Record)>> {
        let settings = self.settings()?;
        let key = done(self.read_key(&settings))?;
        let key = key.as_ref().map(|(key, _)| key);
        let month = done(month(today))?;
        let line = Line { settings: &settings, key, cancel };
        let now = || Moment { ms: clock::now().0, month: month.clone() };
        done(self.store()?.send_waiting(line, now))
    }
}

/// The month of a school's day.
pub(super) fn month(today: &str) -> Result<Month, LlmError> {
    Month::of_day(today).ok_or(LlmError::Off {})
}

/// Whoever this device belongs to: a person's id, empty if it is nobody's.
pub(crate) fn person(workspace: &mut dyn Workspace) -> Done<String> {
    let answer = workspace.call(&Request::Plugin(PluginRequest::People))?;
    Ok(answer["person"].as_str().unwrap_or_default().to_owned())
}

/// An error of the model as the node's fault.
#[must_use]
pub fn fault(error: &LlmError) -> Fault {
    let kind = match error {
        LlmError::Exposed { .. } => FaultKind::NotAllowed,
        LlmError::Damaged { .. } => FaultKind::Damaged,
        LlmError::File { .. } | LlmError::Keyring { .. } => FaultKind::System,
        LlmError::Off {} | LlmError::BudgetSpent { .. } => FaultKind::Usage,
        error => match error.kind() {
            Kind::Unavailable => FaultKind::Network,
            Kind::Invalid | Kind::Limit | Kind::Cancelled => FaultKind::Usage,
        },
    };
    let value = |value| match value {
        // A name of the catalogue: whoever shows it looks it up.
        Argument::Text(key) if is_phase(&key) => json!({"keys": [key]}),
        Argument::Text(text) => Value::from(text),
        Argument::Number(number) => Value::from(number),
    };
    let values = error.values().into_iter().map(|(name, of)| (name.to_owned(), value(of)));
    Fault { kind, key: error.key().to_owned(), values: values.collect() }
}

/// An error of the model as a plugin hears it.
pub(super) fn told(error: &LlmError) -> PluginError {
    let code = match error.kind() {
        Kind::Invalid => Code::Invalid,
        Kind::Limit => Code::Limit,
        Kind::Cancelled => Code::Cancelled,
        Kind::Unavailable => Code::Unavailable,
    };
    let message = |pick: fn(Text) -> String| {
        let value = |value| match value {
            Argument::Text(key) if is_phase(&key) => pick(words(&key, &Map::new())).into(),
            Argument::Text(text) => Value::from(text),
            Argument::Number(number) => Value::from(number),
        };
        let values = error.values().into_iter().map(|(name, of)| (name.to_owned(), value(of)));
        pick(words(error.key(), &values.collect()))
    };
    let message =
        Text { kk: message(|text| text.kk), ru: message(|text| text.ru), en: message(|t| t.en) };
    PluginError { code, message }
}

fn is_phase(key: &str) -> bool {
    let phases = [Phase::Connect, Phase::FirstByte, Phase::Idle, Phase::Total];
    phases.iter().any(|phase| phase.key() == key)
}
