//! Settings: what the school set for a plugin, shared through the workspace and checked against the manifest.

use jospar_node::service::{Fault, Request};
use jospar_plugin_api::SettingType;
use serde_json::{Map, Value, json};

use crate::Workspace;
use crate::fault;
use crate::library::Library;

/// The list of plugins in the workspace.
const LIST: &str = "plugins";

impl Library {
    /// The settings of a plugin. Answer: `{plugin, settings: [{key, type, title, default, min, max, choices, value,
    /// set}]}`; a value that does not fit the manifest counts as not set.
    ///
    /// # Errors
    /// A fault if there is no such plugin or no workspace.
    pub fn settings(&self, workspace: &mut dyn Workspace, id: &str) -> Result<Value, Fault> {
        let installed = self.find(id)?;
        let entry = entry(workspace, id)?.unwrap_or_default();
        let chosen = entry.get("settings").and_then(Value::as_object);
        let settings: Vec<Value> = installed
            .package
            .manifest()
            .settings
            .iter()
            .map(|setting| {
                let own = chosen.and_then(|chosen| chosen.get(&setting.key));
                let own = own.filter(|value| setting.validate(value).is_ok());
                let mut listed = serde_json::to_value(setting).unwrap_or_default();
                listed["value"] = own.unwrap_or(&setting.default).clone();
                listed["set"] = own.is_some().into();
                listed
            })
            .collect();
        Ok(json!({"plugin": id, "settings": settings}))
    }

    /// Sets a setting for the whole school; `None` sets it back. Text that is no JSON of the setting's type is read as
    /// the type wants it.
    ///
    /// # Errors
    /// A fault if there is no such setting, or the value does not fit.
    pub fn set(
        &self,
        workspace: &mut dyn Workspace,
        id: &str,
        (key, text): (&str, Option<&str>),
    ) -> Result<Value, Fault> {
        let installed = self.find(id)?;
        let setting = installed.package.manifest().setting(key).ok_or_else(|| {
            fault::not_found("plugin-setting-unknown", json!({"plugin": id, "setting": key}))
        })?;
        let value = match text {
            None => Value::Null,
            Some(text) => {
                let value = read(setting.kind, text);
                setting.validate(&value).map_err(|error| fault::setting(&error, key))?;
                value
            }
        };
        if entry(workspace, id)?.is_none() {
            let record = Value::Object(Map::new());
            let (path, id) = (LIST.to_owned(), Some(id.to_owned()));
            workspace.call(&Request::Add { path, id, record, after: None })?;
        }
        let path = format!("{LIST}/{id}/settings/{key}");
        workspace.call(&Request::Set { path, value })?;
        self.settings(workspace, id)
    }
}

/// What the school says of a plugin.
fn entry(workspace: &mut dyn Workspace, id: &str) -> Result<Option<Value>, Fault> {
    let request = Request::Show { path: LIST.to_owned(), at: Vec::new() };
    let answer = workspace.call(&request)?;
    let mut entries = answer["value"].as_array().into_iter().flatten();
    Ok(entries.find(|entry| entry["id"] == id).cloned())
}

/// What a person typed, as the type wants it.
fn read(kind: SettingType, text: &str) -> Value {
    match kind {
        SettingType::Text | SettingType::Choice => Value::from(text),
        SettingType::Boolean => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
        SettingType::Number => {
            let number: Option<serde_json::Number> =
                serde_json::from_str(&text.replace(',', ".")).ok();
            number.map_or_else(|| text.into(), Value::Number)
        }
    }
}
