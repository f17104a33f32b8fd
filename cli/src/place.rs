//! Places: the folders of this user's data and keys.

use std::ffi::OsString;
use std::path::PathBuf;

use jospar_node::keys::{KeyError, key_folder};
use jospar_node::service::{Fault, FaultKind};
use serde_json::json;

use crate::args::Global;
use crate::error;

/// Where a command works.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// The folder for keys.
    pub(crate) keys: PathBuf,
}

impl Place {
    /// The folders that the command line names, or those of the user.
    ///
    /// # Errors
    /// A fault if the environment names no home folder.
    pub(crate) fn of(global: &Global) -> Result<Self, Fault> {
        let data = match global.data.clone() {
            Some(data) => data,
            None => data_folder(|name| std::env::var_os(name)).ok_or_else(|| {
                let values = json!({"value": "--data", "help": "`jospar --help`"});
                Fault::new(FaultKind::Usage, "error-usage-missing", values)
            })?,
        };
        let keys = match global.keys.clone() {
            Some(keys) => keys,
            None => key_folder().map_err(|error: KeyError| error::key(error))?,
        };
        let absolute =
            |path: PathBuf| std::path::absolute(&path).map_err(|error| error::file(&path, &error));
        Ok(Self { data: absolute(data)?, keys: absolute(keys)? })
    }
}

fn data_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = if cfg!(windows) {
        folder("APPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_DATA_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/share")))
    };
    data.map(|data| data.join("jospar"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_data_folder_follows_the_environment() {
        let with = |pairs: &[(&str, &str)]| {
            data_folder(|name| {
                pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
            })
        };
        assert_eq!(with(&[("HOME", "/home/aida")]), Some("/home/aida/.local/share/jospar".into()));
        assert_eq!(
            with(&[("XDG_DATA_HOME", "/data"), ("HOME", "/home/aida")]),
            Some("/data/jospar".into())
        );
        assert_eq!(with(&[("XDG_DATA_HOME", "relative")]), None);
    }
}
