//! What a plugin is and gives back, for everybody who shows, installs or runs one: manifests, capabilities, packages with
//! their signatures, reports, proposals and limits. Nothing here runs WebAssembly, reads a file or a clock.
//!
//! The interface that plugins are written against is `plugins/wit/plugin.wit`; the contract in words, and the bytes of a
//! package, are in docs/plugin-api.md. Errors carry a message key and its values; words are in the catalogue.
//!
//! ```
//! use jospar_plugin_api::{Limits, Package};
//!
//! let script = r#"// /// jospar
//! // {"id": "hello", "version": "1.0.0", "api": "0.1", "runner": "js-1", "author": "8A",
//! //  "name": {"kk": "a", "ru": "a", "en": "Hello"}, "summary": {"kk": "a", "ru": "a", "en": "Says hello."},
//! //  "needs": ["read:swot"],
//! //  "tasks": [{"id": "hello", "title": {"kk": "a", "ru": "a", "en": "Hello"}, "where": "plan"}]}
//! // ///
//! task('hello', () => new Report('Hello'))
//! "#;
//! let package = Package::open(script.into(), &Limits::default())?;
//! assert_eq!(package.manifest().id.as_str(), "hello");
//! assert!(package.publisher().is_none(), "nobody signed it");
//! # Ok::<(), jospar_plugin_api::PackageError>(())
//! ```

pub mod capability;
pub mod id;
pub mod limits;
pub mod manifest;
pub mod outcome;
pub mod package;
pub mod proposal;
pub mod report;
pub mod setting;
pub mod text;

pub use capability::{Capability, CapabilityError, Part, Sensitivity, personal_beside_llm};
pub use id::{HexError, IdError, PackageHash, PluginId, Publisher};
pub use limits::Limits;
pub use manifest::{Manifest, ManifestError, Problem, RunnerName, Task};
pub use outcome::{Code, Outcome, OutcomeError, PluginError};
pub use package::{Form, Package, PackageError, sign, with_manifest};
pub use proposal::{AddItem, Edit, Origin, Proposal, SetValue, WriteText};
pub use report::{
    Block, Callout, Cell, Chart, ChartKind, Column, Heading, Number, Point, Quotation, Report,
    Series, Table, Tone,
};
pub use semver::Version;
pub use setting::{Choice, Setting, SettingError, SettingType};
pub use text::Text;

/// The fields of a JSON object; none of anything else.
fn values(values: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    match values {
        serde_json::Value::Object(values) => values,
        _ => serde_json::Map::new(),
    }
}
