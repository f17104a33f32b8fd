//! Sharing: packages that travel in the workspace, and what is taken of them here.

use data_encoding::BASE64;
use jospar_node::service::{Fault, FaultKind, PluginRequest, Request};
use jospar_plugin_api::Package;
use serde_json::{Value, json};

use crate::Workspace;
use crate::fault;
use crate::install::Prepared;
use crate::library::{Library, Origin};

impl Library {
    /// What colleagues published: the node's `{packages: […]}`, each with `installed`: whether the very package is here.
    ///
    /// # Errors
    /// A fault if there is no workspace.
    pub fn offered(&self, workspace: &mut dyn Workspace) -> Result<Value, Fault> {
        let mut answer = workspace.call(&Request::Plugin(PluginRequest::Packages))?;
        for package in answer["packages"].as_array_mut().into_iter().flatten() {
            let here = package["plugin"].as_str().and_then(|id| self.find(id).ok());
            let same = here.is_some_and(|here| package["hash"] == here.package.hash().to_string());
            package["installed"] = same.into();
        }
        Ok(answer)
    }

    /// Puts an installed package, or the one given, into the workspace and recommends it to colleagues. Each decides for
    /// their own device. Answer: `{plugin, version, document, hash, new, saved: true}`.
    ///
    /// # Errors
    /// A fault if nobody signed it and `unsigned` is not chosen, it came with the program, it is too large to travel, or
    /// this device may not.
    pub fn publish(
        &self,
        workspace: &mut dyn Workspace,
        package: &Package,
        unsigned: bool,
    ) -> Result<Value, Fault> {
        let manifest = package.manifest();
        let id = manifest.id.as_str();
        if crate::library::bundled(id).is_some() {
            return Err(fault::usage("plugin-id-bundled", json!({"plugin": id})));
        }
        if package.publisher().is_none() && !unsigned {
            let values = json!({"plugin": id});
            return Err(Fault::new(FaultKind::NotAllowed, "plugin-unsigned", values));
        }
        let publisher = package.publisher().map(|key| key.to_string()).unwrap_or_default();
        let request = PluginRequest::Publish {
            plugin: id.to_owned(),
            version: manifest.version.to_string(),
            publisher,
            bytes: BASE64.encode(package.bytes()),
        };
        let mut answer = workspace.call(&Request::Plugin(request))?;
        answer["plugin"] = id.into();
        answer["version"] = manifest.version.to_string().into();
        Ok(answer)
    }

    /// Takes a package out of the workspace, to be looked at: the one that the school recommends for a plugin's id, or
    /// the newest sound one. Nothing that its document says is believed: size and hash are checked on the bytes, the rest
    /// is read from the package itself.
    ///
    /// # Errors
    /// A fault if there is none, it is not whole, is not what its document says, or as for [`Library::prepare`].
    pub fn prepare_offered(
        &self,
        workspace: &mut dyn Workspace,
        id: &str,
        downgrade: bool,
    ) -> Result<Prepared, Fault> {
        let hash = offered_hash(workspace, id)?;
        let request = PluginRequest::Package { hash: hash.clone() };
        let answer = workspace.call(&Request::Plugin(request))?;
        let damaged =
            || Fault::new(FaultKind::Damaged, "error-package-damaged", json!({"hash": hash}));
        let text = answer["bytes"].as_str().unwrap_or_default();
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| damaged())?;
        let is_right = blake3::hash(&bytes).to_hex().as_str() == hash
            && answer["size"].as_u64() == Some(bytes.len() as u64);
        if !is_right {
            return Err(damaged());
        }
        let prepared = self.prepare(bytes, Origin::Workspace, downgrade)?;
        let manifest = prepared.package.manifest();
        let publisher = prepared.package.publisher().map(|key| key.to_string());
        let says_so = manifest.id.as_str() == id
            && answer["version"] == manifest.version.to_string()
            && answer["publisher"] == publisher.unwrap_or_default();
        if says_so { Ok(prepared) } else { Err(damaged()) }
    }
}

/// The hash of the package to take for a plugin's id.
fn offered_hash(workspace: &mut dyn Workspace, id: &str) -> Result<String, Fault> {
    let show = Request::Show { path: "plugins".to_owned(), at: Vec::new() };
    let recommended = workspace.call(&show)?;
    let packages = workspace.call(&Request::Plugin(PluginRequest::Packages))?;
    let of_id = || {
        let packages = packages["packages"].as_array().into_iter().flatten();
        packages.filter(|package| package["plugin"] == id)
    };
    let entries = recommended["value"].as_array().into_iter().flatten();
    let hash = entries
        .filter(|entry| entry["id"] == id)
        .find_map(|entry| entry["hash"].as_str().filter(|hash| !hash.is_empty()));
    if let Some(hash) = hash
        && of_id().any(|package| package["hash"] == hash)
    {
        return Ok(hash.to_owned());
    }
    let version = |package: &&Value| {
        let text = package["version"].as_str().unwrap_or_default();
        jospar_plugin_api::Version::parse(text).ok()
    };
    let sound = of_id().filter(|package| package["state"] == "sound");
    let newest = sound.max_by_key(version).and_then(|package| package["hash"].as_str());
    newest
        .map(str::to_owned)
        .ok_or_else(|| fault::not_found("plugin-unknown", json!({"plugin": id})))
}
