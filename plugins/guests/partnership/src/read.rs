//! Values of the plan read by hand: a fraction of the code that derived readers take, and null is the same as nothing.

use std::collections::BTreeMap;

use jospar_plugin_sdk::Text;
use serde::Deserialize;
use serde_json::{Map, Value};

/// What a value of the plan is read into; its default stands for nothing and for null.
pub(crate) trait Read: Sized + Default {
    /// Reads it.
    fn read(value: &Value) -> Result<Self, Wrong>;
}

/// A value of another form than the plan's: where it stands, the innermost name first.
#[derive(Debug, Default)]
pub(crate) struct Wrong(Vec<String>);

impl Wrong {
    /// The same, seen from outside `name`.
    pub(crate) fn within(mut self, name: &str) -> Self {
        self.0.push(name.to_owned());
        self
    }

    /// `part/0/field`.
    pub(crate) fn place(&self) -> String {
        let names: Vec<&str> = self.0.iter().rev().map(String::as_str).collect();
        names.join("/")
    }
}

/// The fields of a record.
pub(crate) fn object(value: &Value) -> Result<&Map<String, Value>, Wrong> {
    value.as_object().ok_or_else(Wrong::default)
}

/// A field of a record.
pub(crate) fn field<T: Read>(fields: &Map<String, Value>, name: &str) -> Result<T, Wrong> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value) => T::read(value).map_err(|wrong| wrong.within(name)),
    }
}

impl Read for String {
    fn read(value: &Value) -> Result<Self, Wrong> {
        value.as_str().map(str::to_owned).ok_or_else(Wrong::default)
    }
}

impl Read for f64 {
    fn read(value: &Value) -> Result<Self, Wrong> {
        value.as_f64().ok_or_else(Wrong::default)
    }
}

impl Read for bool {
    fn read(value: &Value) -> Result<Self, Wrong> {
        value.as_bool().ok_or_else(Wrong::default)
    }
}

impl Read for Text {
    fn read(value: &Value) -> Result<Self, Wrong> {
        Self::deserialize(value).map_err(|_| Wrong::default())
    }
}

impl Read for Value {
    fn read(value: &Value) -> Result<Self, Wrong> {
        Ok(value.clone())
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &Value) -> Result<Self, Wrong> {
        T::read(value).map(Some)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value) -> Result<Self, Wrong> {
        let items = value.as_array().ok_or_else(Wrong::default)?;
        let mut read = Self::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            read.push(T::read(item).map_err(|wrong| wrong.within(&place.to_string()))?);
        }
        Ok(read)
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(value: &Value) -> Result<Self, Wrong> {
        let mut read = Self::new();
        for (name, value) in object(value)?.iter().filter(|(_, value)| !value.is_null()) {
            read.insert(name.clone(), T::read(value).map_err(|wrong| wrong.within(name))?);
        }
        Ok(read)
    }
}
