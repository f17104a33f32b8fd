//! The library: what is installed on this device, what it may, and how its runs went.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use jospar_node::service::{Fault, FaultKind};
use jospar_node::store::{create_private_file, create_private_folder};
use jospar_plugin_api::limits::PYTHON_MEMORY_BYTES_MAX;
use jospar_plugin_api::{
    Capability, Form, Limits, Package, PluginId, RunnerName, personal_beside_llm,
};
use jospar_plugin_host::{Host, Options, Plugin, Runner};
use serde_json::{Value, json};

use crate::database::{Database, FAILURES_MAX};
use crate::fault;

/// The folder in the data folder.
const FOLDER: &str = "plugins";
/// The library's file in it.
const FILE: &str = "plugins.db";
/// The folder of compiled code in it.
const CODE: &str = "compiled";
/// How many MiB of memory a person may give a plugin.
const MEMORY_MEBIBYTES: std::ops::RangeInclusive<u32> = 16..=512;
/// Runs that `show` tells.
const RUNS_SHOWN: i64 = 10;

/// Where an installed plugin came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// With the program.
    Bundled,
    /// From a file.
    File,
    /// From the workspace: a colleague published it.
    Workspace,
}

impl Origin {
    /// Its name in answers and message keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bundled => "bundled",
            Self::File => "file",
            Self::Workspace => "workspace",
        }
    }

    fn of(name: &str) -> Self {
        if name == Self::Workspace.name() { Self::Workspace } else { Self::File }
    }
}

/// An installed plugin.
#[derive(Debug, Clone)]
pub struct Installed {
    /// The package.
    pub package: Package,
    /// Where it came from.
    pub origin: Origin,
    /// When: milliseconds since 1970; 0 for a bundled one.
    pub installed_ms: i64,
}

impl Installed {
    /// The plugin's id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.package.manifest().id.as_str()
    }
}

/// The plugins of a device.
#[derive(Debug)]
pub struct Library {
    folder: PathBuf,
    pub(crate) database: Database,
    limits: Limits,
    compiler: Option<PathBuf>,
    host: OnceCell<Host>,
}

impl Library {
    /// Opens the library in a data folder, and makes it if there is none: for this user alone.
    ///
    /// # Errors
    /// A fault if folder or file cannot be used, is damaged, or a newer version wrote it.
    pub fn open(data: &Path) -> Result<Self, Fault> {
        let folder = data.join(FOLDER);
        create_private_folder(&folder).map_err(|error| fault::file(&folder, &error))?;
        let file = folder.join(FILE);
        match create_private_file(&file, &[]) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(fault::file(&file, &error));
            }
            _ => {}
        }
        let database = Database::open(&file)?;
        let (limits, host) = (Limits::default(), OnceCell::new());
        Ok(Self { folder, database, limits, compiler: None, host })
    }

    /// The library, compiling with a program that asks [`jospar_plugin_host::compile_if_asked`] first.
    #[must_use]
    pub fn with_compiler(mut self, program: Option<PathBuf>) -> Self {
        self.compiler = program;
        self
    }

    /// The limits that packages are opened and run under.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// All plugins: those of the program, then the installed ones by id.
    ///
    /// # Errors
    /// A fault if the library cannot be read.
    pub fn all(&self) -> Result<Vec<Installed>, Fault> {
        let mut all = Vec::new();
        for bundled in jospar_bundled::packages() {
            all.push(self.find(bundled.id)?);
        }
        for id in self.database.ids()? {
            all.push(self.find(&id)?);
        }
        Ok(all)
    }

    /// The plugin of this id.
    ///
    /// # Errors
    /// A fault if there is none, or its package is damaged.
    pub fn find(&self, id: &str) -> Result<Installed, Fault> {
        let parsed: PluginId = id.parse().map_err(|error| fault::id(id, error))?;
        let open =
            |bytes| Package::open(bytes, &self.limits).map_err(|error| fault::package(&error));
        if let Some(bundled) = bundled(parsed.as_str()) {
            let package = open(bundled.to_vec())?;
            return Ok(Installed { package, origin: Origin::Bundled, installed_ms: 0 });
        }
        let row = self.database.package(parsed.as_str())?;
        let row = row.ok_or_else(|| fault::not_found("plugin-unknown", json!({"plugin": id})))?;
        let (origin, installed_ms) = (Origin::of(&row.origin), row.installed_ms);
        Ok(Installed { package: open(row.bytes)?, origin, installed_ms })
    }

    /// What the plugin may: what its manifest asks for and a person granted. What a plugin of the program asks for is
    /// granted from the start, but for personal data and language models.
    ///
    /// # Errors
    /// A fault if the library cannot be read.
    pub fn grants(&self, installed: &Installed) -> Result<BTreeSet<Capability>, Fault> {
        let decided = self.database.decisions(installed.id())?;
        let decision = |need: &Capability| {
            let name = need.to_string();
            decided.iter().find(|(known, _)| *known == name).map(|(_, granted)| *granted)
        };
        let from_start = |need: &Capability| {
            installed.origin == Origin::Bundled && !need.is_personal() && *need != Capability::Llm
        };
        let needs = installed.package.manifest().needs.iter();
        Ok(needs
            .filter(|need| decision(need).unwrap_or_else(|| from_start(need)))
            .cloned()
            .collect())
    }

    /// Grants capabilities, or takes them back. All must be in the manifest. Answer: as [`Library::show`].
    ///
    /// # Errors
    /// A fault if the plugin does not ask for one of them.
    pub fn decide(&mut self, id: &str, texts: &[String], granted: bool) -> Result<Value, Fault> {
        let installed = self.find(id)?;
        let mut decisions = Vec::new();
        for text in texts {
            let capability: Capability =
                text.parse().map_err(|error| fault::capability(text, &error))?;
            if !installed.package.manifest().needs.contains(&capability) {
                let values = json!({"plugin": id, "capability": text});
                return Err(fault::usage("plugin-capability-not-asked", values));
            }
            decisions.push((capability.to_string(), granted));
        }
        self.database.decide(id, &decisions)?;
        self.show(id)
    }

    /// Lets a plugin that was switched off run again.
    ///
    /// # Errors
    /// A fault if there is no such plugin.
    pub fn enable(&mut self, id: &str) -> Result<Value, Fault> {
        self.find(id)?;
        self.database.forgive(id)?;
        self.show(id)
    }

    /// Gives a plugin so many MiB of memory on this device.
    ///
    /// # Errors
    /// A fault if there is no such plugin, or it may not have so much or so little.
    pub fn set_memory(&mut self, id: &str, mebibytes: u32) -> Result<Value, Fault> {
        self.find(id)?;
        if !MEMORY_MEBIBYTES.contains(&mebibytes) {
            let (min, max) = (MEMORY_MEBIBYTES.start(), MEMORY_MEBIBYTES.end());
            let values = json!({"min": min, "max": max, "given": mebibytes});
            return Err(Fault::new(FaultKind::Usage, "plugin-memory-range", values));
        }
        self.database.set_memory(id, mebibytes)?;
        self.show(id)
    }

    /// What a plugin that is ready may take, with the memory that a person gave it on this device.
    pub(crate) fn given(&self, plugin: Plugin, id: &str) -> Result<Plugin, Fault> {
        let Some(mebibytes) = self.database.memory(id)? else { return Ok(plugin) };
        let memory_bytes_max = (mebibytes as usize) << 20;
        let limits = Limits { memory_bytes_max, ..plugin.limits().clone() };
        Ok(plugin.with_limits(limits))
    }

    /// Takes a plugin out, with its grants, its store and its results. What the school says of it stays.
    ///
    /// # Errors
    /// A fault if there is none, or it came with the program.
    pub fn remove(&mut self, id: &str) -> Result<Value, Fault> {
        let installed = self.find(id)?;
        if installed.origin == Origin::Bundled {
            return Err(fault::usage("plugin-bundled-stays", json!({"plugin": id})));
        }
        self.database.remove(id)?;
        Ok(json!({"plugin": id, "removed": true}))
    }

    /// The plugins in short: `{plugins: [{plugin, version, name, summary, origin, publisher, disabled, missing}]}`;
    /// `missing` counts what it asks for and was not granted.
    ///
    /// # Errors
    /// A fault if the library cannot be read.
    pub fn list(&self) -> Result<Value, Fault> {
        let mut listed = Vec::new();
        for installed in self.all()? {
            let manifest = installed.package.manifest();
            let missing = manifest.needs.len() - self.grants(&installed)?.len();
            let tasks: Vec<Value> = manifest
                .tasks
                .iter()
                .map(|task| json!({"id": task.id, "title": task.title}))
                .collect();
            listed.push(json!({
                "plugin": manifest.id, "version": manifest.version.to_string(),
                "name": manifest.name, "summary": manifest.summary,
                "origin": installed.origin.name(), "publisher": installed.package.publisher(),
                "disabled": self.is_disabled(installed.id())?, "missing": missing, "tasks": tasks,
            }));
        }
        Ok(json!({ "plugins": listed }))
    }

    /// Everything about one plugin: `{plugin, version, name, summary, author, origin, form, publisher, hash,
    /// installed_ms, tasks, needs: [{capability, key, what, granted, personal}], pair, settings, disabled, failure,
    /// runs, store: {keys, bytes}, memory_mebibytes, limits}`; `pair` lists personal data that is granted beside a language model.
    ///
    /// # Errors
    /// A fault if there is none.
    pub fn show(&self, id: &str) -> Result<Value, Fault> {
        let installed = self.find(id)?;
        let manifest = installed.package.manifest();
        let grants = self.grants(&installed)?;
        let needs: Vec<Value> = manifest
            .needs
            .iter()
            .map(|need| {
                let mut need_json = need_json(need);
                need_json["granted"] = grants.contains(need).into();
                need_json
            })
            .collect();
        let pair: Vec<String> =
            personal_beside_llm(&grants).into_iter().map(ToString::to_string).collect();
        let (keys, bytes) = self.database.usage(id)?;
        let health = self.database.health(id)?;
        let limits = serde_json::to_value(&self.limits).unwrap_or_default();
        let usual = match installed.package.form() {
            Form::Script(RunnerName::Py1) => PYTHON_MEMORY_BYTES_MAX,
            Form::Script(_) | Form::Component => self.limits.memory_bytes_max,
        };
        let memory = self.database.memory(id)?.map_or(usual >> 20, |given| given as usize);
        Ok(json!({
            "plugin": manifest.id, "version": manifest.version.to_string(), "name": manifest.name,
            "summary": manifest.summary, "author": manifest.author,
            "origin": installed.origin.name(), "form": form(installed.package.form()),
            "publisher": installed.package.publisher(), "hash": installed.package.hash(),
            "installed_ms": installed.installed_ms, "tasks": manifest.tasks, "needs": needs,
            "pair": pair, "settings": manifest.settings,
            "disabled": health.failures >= FAILURES_MAX, "failures": health.failures,
            "failure": health.reason, "runs": self.database.runs(id, RUNS_SHOWN)?,
            "store": {"keys": keys, "bytes": bytes}, "memory_mebibytes": memory,
            "limits": limits,
        }))
    }

    pub(crate) fn is_disabled(&self, id: &str) -> Result<bool, Fault> {
        Ok(self.database.health(id)?.failures >= FAILURES_MAX)
    }

    /// The host, made when something is first compiled.
    pub(crate) fn host(&self) -> Result<&Host, Fault> {
        if let Some(host) = self.host.get() {
            return Ok(host);
        }
        let options = Options { compiler: self.compiler.clone(), ..Options::default() };
        let host = Host::with_options(self.limits.clone(), &self.folder.join(CODE), options)
            .map_err(|error| fault::host(&error))?;
        Ok(self.host.get_or_init(|| host))
    }

    /// Makes a package ready to run.
    pub(crate) fn compile(&self, package: &Package) -> Result<Plugin, Fault> {
        let host = self.host()?;
        let compiled = match package.form() {
            Form::Component => host.compile(package),
            Form::Script(name) => {
                let component = jospar_runners::runner(name)
                    .map_err(|error| Fault::internal(&error.to_string()))?;
                host.compile_script(package, &Runner { name, component })
            }
        };
        compiled.map_err(|error| fault::compile(&error))
    }
}

/// The package that came with the program under this id.
pub(crate) fn bundled(id: &str) -> Option<&'static [u8]> {
    jospar_bundled::packages().iter().find(|bundled| bundled.id == id).map(|bundled| bundled.bytes)
}

/// A need as answers tell it.
pub(crate) fn need_json(need: &Capability) -> Value {
    let what = match need {
        Capability::Read(part) => part.name().to_owned(),
        Capability::Result(plugin) => plugin.to_string(),
        _ => String::new(),
    };
    json!({"capability": need, "key": need.key(), "what": what, "personal": need.is_personal()})
}

pub(crate) const fn form(form: Form) -> &'static str {
    match form {
        Form::Component => "component",
        Form::Script(runner) => runner.name(),
    }
}
