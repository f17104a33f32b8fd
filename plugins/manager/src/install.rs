//! Installing: what is looked at before a package is taken, and what a person decides.

use std::collections::BTreeSet;

use jospar_node::clock;
use jospar_node::service::{Fault, FaultKind};
use jospar_plugin_api::{Capability, Package, Version, personal_beside_llm};
use serde_json::{Value, json};

use crate::database::Row;
use crate::fault;
use crate::library::{Library, Origin, bundled, form, need_json};

/// A package that was opened and may be installed if a person agrees. Nothing was kept yet.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) package: Package,
    pub(crate) origin: Origin,
    /// The version that is installed.
    pub(crate) installed: Option<Version>,
    /// What it asks for and was not decided about.
    pub(crate) asks: BTreeSet<Capability>,
}

/// What a person decided about a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is granted of what it asks for.
    pub grants: BTreeSet<Capability>,
    /// A package that nobody signed is taken.
    pub unsigned: bool,
    /// An older version is taken in place of a newer one.
    pub downgrade: bool,
}

impl Prepared {
    /// Names the very package.
    #[must_use]
    pub fn hash(&self) -> String {
        self.package.hash().to_string()
    }

    /// What it asks for and was not decided about.
    #[must_use]
    pub const fn asks(&self) -> &BTreeSet<Capability> {
        &self.asks
    }

    /// What of that, granted together, could carry personal data to a language model's operator.
    #[must_use]
    pub fn pair(&self) -> Vec<&Capability> {
        personal_beside_llm(&self.package.manifest().needs)
    }

    /// `{plugin, version, name, summary, author, origin, form, publisher, hash, bytes, installed, asks: [{capability,
    /// key, what, personal}], pair: [capability]}`; `installed` is the version that is replaced.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let manifest = self.package.manifest();
        let asks: Vec<Value> = self.asks.iter().map(need_json).collect();
        let pair: Vec<String> = self.pair().into_iter().map(ToString::to_string).collect();
        json!({
            "plugin": manifest.id, "version": manifest.version.to_string(), "name": manifest.name,
            "summary": manifest.summary, "author": manifest.author, "origin": self.origin.name(),
            "form": form(self.package.form()), "publisher": self.package.publisher(),
            "hash": self.package.hash(), "bytes": self.package.bytes().len(),
            "installed": self.installed.as_ref().map(ToString::to_string), "asks": asks,
            "pair": pair,
        })
    }
}

impl Library {
    /// Opens a package that somebody wants to install: form, signature, manifest, and whether it may take the place of
    /// what is installed under its id. Nothing is kept.
    ///
    /// # Errors
    /// A fault if it is no sound package, comes from another publisher than the one that is installed, is older and
    /// `downgrade` is not chosen, or has the id of a plugin of the program.
    pub fn prepare(
        &self,
        bytes: Vec<u8>,
        origin: Origin,
        downgrade: bool,
    ) -> Result<Prepared, Fault> {
        let package =
            Package::open(bytes, self.limits()).map_err(|error| fault::package(&error))?;
        let id = package.manifest().id.as_str();
        if bundled(id).is_some() {
            return Err(fault::usage("plugin-id-bundled", json!({"plugin": id})));
        }
        let mut installed = None;
        if self.database.package(id)?.is_some() {
            let before = self.find(id)?;
            check_publisher(&before.package, &package)?;
            let (old, new) = (&before.package.manifest().version, &package.manifest().version);
            if new < old && !downgrade {
                let values = json!({"plugin": id, "installed": old.to_string(),
                                    "version": new.to_string()});
                return Err(Fault::new(FaultKind::NotAllowed, "plugin-older", values));
            }
            installed = Some(old.clone());
        }
        let decided = self.database.decisions(id)?;
        let is_decided = |need: &Capability| {
            let name = need.to_string();
            decided.iter().any(|(known, _)| *known == name)
        };
        let needs = package.manifest().needs.iter();
        let asks = needs.filter(|need| !is_decided(need)).cloned().collect();
        Ok(Prepared { package, origin, installed, asks })
    }

    /// Installs a prepared package. What a person decided about an earlier version stays; what is new is granted if
    /// `choice` names it. The code is compiled first: a component that asks for more than the interface is not kept.
    ///
    /// # Errors
    /// A fault if nobody signed it and `choice` does not allow that, if it cannot be compiled, or as for
    /// [`Library::prepare`].
    pub fn install(&mut self, prepared: Prepared, choice: &Choice) -> Result<Value, Fault> {
        let bytes = prepared.package.bytes().to_vec();
        // What was installed meanwhile counts.
        let Prepared { package, origin, asks, .. } =
            self.prepare(bytes, prepared.origin, choice.downgrade)?;
        let id = package.manifest().id.to_string();
        if package.publisher().is_none() && !choice.unsigned {
            return Err(Fault::new(
                FaultKind::NotAllowed,
                "plugin-unsigned",
                json!({"plugin": id}),
            ));
        }
        self.compile(&package)?;
        let decisions: Vec<(String, bool)> =
            asks.iter().map(|ask| (ask.to_string(), choice.grants.contains(ask))).collect();
        let row = Row {
            origin: origin.name().to_owned(),
            installed_ms: clock::now().0,
            bytes: package.bytes().to_vec(),
        };
        self.database.install(&package, &row, &decisions)?;
        self.show(&id)
    }
}

/// A package of the same id must come from whom the installed one came from. What nobody signed may become signed.
fn check_publisher(before: &Package, package: &Package) -> Result<(), Fault> {
    let id = package.manifest().id.as_str();
    match (before.publisher(), package.publisher()) {
        (Some(pinned), Some(key)) if pinned != key => Err(Fault::new(
            FaultKind::NotAllowed,
            "plugin-other-publisher",
            json!({"plugin": id, "pinned": pinned.to_string(), "publisher": key.to_string()}),
        )),
        (Some(pinned), None) => Err(Fault::new(
            FaultKind::NotAllowed,
            "plugin-no-longer-signed",
            json!({"plugin": id, "pinned": pinned.to_string()}),
        )),
        _ => Ok(()),
    }
}
