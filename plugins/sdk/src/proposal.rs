//! Proposals: edits that belong together, with the reason.

use serde::Serialize;

use crate::bindings::jospar::plugin::proposals::{AddItem, SetValue, WriteText};
use crate::{Edit, Error, Origin, Proposal, Text};

impl Proposal {
    /// A calculated proposal without edits.
    #[must_use]
    pub const fn new(title: Text, reason: Text) -> Self {
        Self { title, reason, origin: Origin::Computed, edits: Vec::new() }
    }

    /// Sets a value at a path such as `swot/items/s1/weight`; `null` clears.
    ///
    /// # Errors
    /// `internal`: the value cannot be written as JSON.
    pub fn set(mut self, path: impl Into<String>, value: &impl Serialize) -> Result<Self, Error> {
        let value = json(value)?;
        self.edits.push(Edit::Set(SetValue { path: path.into(), value }));
        Ok(self)
    }

    /// Adds an item to a list, with an id that the host makes.
    ///
    /// # Errors
    /// `internal`: the fields cannot be written as JSON.
    pub fn add(mut self, path: impl Into<String>, fields: &impl Serialize) -> Result<Self, Error> {
        let fields = json(fields)?;
        self.edits.push(Edit::Add(AddItem { path: path.into(), id: None, fields, after: None }));
        Ok(self)
    }

    /// Adds an item with an id of the plugin's own, behind another one or at the end.
    ///
    /// # Errors
    /// `internal`: the fields cannot be written as JSON.
    pub fn add_item(
        mut self,
        path: impl Into<String>,
        id: Option<&str>,
        fields: &impl Serialize,
        after: Option<&str>,
    ) -> Result<Self, Error> {
        let (path, fields) = (path.into(), json(fields)?);
        let (id, after) = (id.map(str::to_owned), after.map(str::to_owned));
        self.edits.push(Edit::Add(AddItem { path, id, fields, after }));
        Ok(self)
    }

    /// Takes the item at a path away.
    #[must_use]
    pub fn remove(mut self, path: impl Into<String>) -> Self {
        self.edits.push(Edit::Remove(path.into()));
        self
    }

    /// Puts a text in place of the one at a path.
    #[must_use]
    pub fn write(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.edits.push(Edit::Write(WriteText { path: path.into(), text: text.into() }));
        self
    }
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}
