//! What a run asks of whoever started it. The host has checked grants and sizes before any of this is called.

use jospar_plugin_api::{Part, PluginError, PluginId, Text};

/// One block of data in a question to a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelBlock {
    /// The name that the template may mention.
    pub name: String,
    /// The data.
    pub text: String,
}

/// A question to a model, as the plugin put it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRequest {
    /// Why, for the person who is asked before anything is sent.
    pub purpose: String,
    /// The name of a template of the host; whoever answers knows which there are.
    pub template: String,
    /// `kk`, `ru` or `en`.
    pub language: String,
    /// The data, in order.
    pub blocks: Vec<ModelBlock>,
    /// Tokens of the answer at most.
    pub max_tokens: u32,
}

/// A model's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelReply {
    /// The text.
    pub text: String,
    /// The model's name.
    pub model: String,
    /// Whether the answer was cut.
    pub truncated: bool,
}

/// What a plugin keeps on this device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreUsage {
    /// How many keys.
    pub keys: usize,
    /// Bytes of keys and values together.
    pub bytes: usize,
}

/// What a run asks of whoever started it.
///
/// Called on the thread that called [`crate::Plugin::run`], one call at a time; while it works, the guest waits and its
/// time does not run. Answers are JSON in the form that `plugins/wit/plugin.wit` gives, from the state of the plan at the
/// heads that [`crate::Inputs`] names. Errors carry their words; the guest may show them.
pub trait Environment {
    /// A part of the plan.
    ///
    /// # Errors
    /// In words for a person; so in the other functions.
    fn part(&mut self, part: Part) -> Result<String, PluginError>;

    /// A survey's counts, small groups hidden.
    ///
    /// # Errors
    /// In words.
    fn survey_totals(&mut self, survey: &str) -> Result<String, PluginError>;

    /// A survey's answers, one row a person, shuffled.
    ///
    /// # Errors
    /// In words.
    fn survey_rows(&mut self, survey: &str) -> Result<String, PluginError>;

    /// A lesson study's results.
    ///
    /// # Errors
    /// In words.
    fn lesson_results(&mut self, study: &str) -> Result<String, PluginError>;

    /// The data that another plugin returned last on this device.
    ///
    /// # Errors
    /// In words.
    fn plugin_result(&mut self, plugin: &PluginId) -> Result<String, PluginError>;

    /// The value that the plugin keeps under a key.
    ///
    /// # Errors
    /// In words.
    fn store_value(&mut self, key: &str) -> Result<Option<Vec<u8>>, PluginError>;

    /// Keeps a value under a key. The host has seen to the bounds.
    ///
    /// # Errors
    /// In words.
    fn set_store_value(&mut self, key: &str, value: &[u8]) -> Result<(), PluginError>;

    /// Forgets a key; one that is not there is no error.
    ///
    /// # Errors
    /// In words.
    fn delete_store_value(&mut self, key: &str) -> Result<(), PluginError>;

    /// The plugin's keys that begin with a text, sorted.
    ///
    /// # Errors
    /// In words.
    fn store_keys(&mut self, prefix: &str) -> Result<Vec<String>, PluginError>;

    /// How much the plugin keeps.
    ///
    /// # Errors
    /// In words.
    fn store_usage(&mut self) -> Result<StoreUsage, PluginError>;

    /// Asks a language model, after a person agreed to what is sent.
    ///
    /// # Errors
    /// In words.
    fn ask(&mut self, request: &ModelRequest) -> Result<ModelReply, PluginError>;

    /// How far the run is, from 0 to 1, and what is being done. Comes at most once in 50 milliseconds.
    fn progress(&mut self, done: f64, note: &Text);
}
