//! What a task gives back, and the reading of what it was given.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Outcome, Proposal, Report, Words};

static WORDS: Words = Words::new(include_str!("words.txt"));

impl Outcome {
    /// A report and nothing else.
    #[must_use]
    pub fn of(report: Report) -> Self {
        Self { report: Some(report), proposals: Vec::new(), data: "null".to_owned() }
    }

    /// Adds a proposal. One without edits is left out.
    #[must_use]
    pub fn propose(mut self, proposal: Proposal) -> Self {
        if !proposal.edits.is_empty() {
            self.proposals.push(proposal);
        }
        self
    }

    /// Sets the data that other plugins may read.
    ///
    /// # Errors
    /// `internal`: the data cannot be written as JSON.
    pub fn with_data(mut self, data: &impl Serialize) -> Result<Self, Error> {
        self.data =
            serde_json::to_string(data).map_err(|error| Error::internal(error.to_string()))?;
        Ok(self)
    }
}

pub(crate) fn parsed<T: DeserializeOwned>(name: &str, json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| {
        Error::invalid(
            WORDS.say("form", &[("name", name.into()), ("reason", error.to_string().into())]),
        )
    })
}
