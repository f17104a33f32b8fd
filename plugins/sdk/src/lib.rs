//! jospar-plugin-sdk: what a plugin for jospar is written with in Rust.
//!
//! A plugin has tasks. A task reads the plan, calculates, and gives back an [`Outcome`]: a [`Report`] for people and
//! [`Proposal`]s that a person accepts or not. It cannot do anything else: no files, no network, no clock but
//! [`host`]'s. What it reads, its manifest asks for and a person grants.
//!
//! ```
//! use jospar_plugin_sdk::{Error, Number, Outcome, Report, Text, Tone, plan, plugin};
//!
//! #[derive(serde::Deserialize)]
//! struct Risk {
//!     likelihood: f64,
//!     impact: f64,
//! }
//!
//! fn risks() -> Result<Outcome, Error> {
//!     let risks: Vec<Risk> = plan::read("risks")?;
//!     let high = risks.iter().filter(|risk| risk.likelihood * risk.impact >= 10.0).count();
//!     let title = Text::new("Тәуекелдер", "Риски", "Risks");
//!     let label = Text::new("Жоғары тәуекел", "Высоких рисков", "High risks");
//!     let report = Report::new(title)
//!         .number(Number::new(label, high as f64).n(risks.len()))
//!         .callout(Tone::Info, Text::same("L × I ≥ 10"));
//!     Ok(Outcome::of(report))
//! }
//!
//! plugin! { "risks" => risks }
//! # fn main() {}
//! ```
//!
//! It builds with `cargo build --release --target wasm32-unknown-unknown` as a `cdylib`; `jospar plugin build` makes the
//! package. On that target `println!` goes nowhere and the clock of `std` panics: take [`host::log`] and
//! [`host::now_ms`].
//!
//! Texts in three languages may stand in a file of their own: see [`Words`].

mod error;
mod outcome;
mod proposal;
mod report;
mod text;
mod words;

/// What `wit-bindgen` makes of `plugins/wit`. Everything of use has a shorter name in this crate's root.
#[allow(missing_docs, reason = "the interface's own text says what each thing is")]
#[allow(unsafe_code, reason = "calls across the border of a component are raw calls")]
#[allow(clippy::all, unreachable_pub, unused_qualifications, reason = "not written by hand")]
pub mod bindings {
    #[cfg(not(feature = "llm"))]
    wit_bindgen::generate!({
        path: "../wit",
        world: "plugin",
        pub_export_macro: true,
        generate_all,
    });
    #[cfg(feature = "llm")]
    wit_bindgen::generate!({
        path: "../wit",
        world: "plugin-llm",
        pub_export_macro: true,
        generate_all,
    });
}

pub use bindings::Outcome;
#[cfg(feature = "llm")]
pub use bindings::jospar::plugin::llm;
pub use bindings::jospar::plugin::proposals::{Edit, Origin, Proposal};
pub use bindings::jospar::plugin::reports::{
    Block, Cell, Chart, ChartKind, Column, Number, Report, Series, Table, Tone,
};
pub use bindings::jospar::plugin::types::{Code, Error, Text};
pub use bindings::jospar::plugin::{files, host, store};
pub use words::{LANGUAGES, Value, Words, number};

/// The workspace as it stood when the run began.
pub mod plan {
    use serde::de::DeserializeOwned;

    pub use crate::bindings::jospar::plugin::plan::{
        heads, lesson_results, part, plugin_result, survey_rows, survey_totals,
    };
    use crate::{Code, Error, outcome::parsed};

    /// A part of the plan as values of the plugin's own. Fields that the type does not name are left aside.
    ///
    /// # Errors
    /// As [`part`]; `invalid` where the part has another form than the type.
    pub fn read<T: DeserializeOwned>(name: &str) -> Result<T, Error> {
        parsed(name, &part(name)?)
    }

    /// What was read, or `None` where it is not granted or not there: for what a plugin can do without.
    ///
    /// # Errors
    /// Every other error.
    pub fn optional<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error) if matches!(error.code, Code::Denied | Code::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The answers to a survey, one row a person, as values of the plugin's own.
    ///
    /// # Errors
    /// As [`survey_rows`]; `invalid` where the answers have another form than the type.
    pub fn read_survey_rows<T: DeserializeOwned>(survey: &str) -> Result<T, Error> {
        parsed(survey, &survey_rows(survey)?)
    }

    /// A survey's counts as values of the plugin's own.
    ///
    /// # Errors
    /// As [`survey_totals`]; `invalid` where the counts have another form than the type.
    pub fn read_survey_totals<T: DeserializeOwned>(survey: &str) -> Result<T, Error> {
        parsed(survey, &survey_totals(survey)?)
    }

    /// A lesson study's results as values of the plugin's own.
    ///
    /// # Errors
    /// As [`lesson_results`]; `invalid` where the results have another form than the type.
    pub fn read_lesson_results<T: DeserializeOwned>(study: &str) -> Result<T, Error> {
        parsed(study, &lesson_results(study)?)
    }
}

/// A setting of the manifest, or `None` where it has no value of this type.
#[must_use]
pub fn setting<T: serde::de::DeserializeOwned>(key: &str) -> Option<T> {
    serde_json::from_str(&host::setting(key)?).ok()
}

/// Makes a plugin of functions: each name of a task with the function that does it, `fn() -> Result<Outcome, Error>`.
///
/// Once in a crate, whose `crate-type` is `cdylib`. See the crate's example.
#[macro_export]
macro_rules! plugin {
    ($($task:literal => $run:expr),+ $(,)?) => {
        #[doc(hidden)]
        struct JosparPlugin;

        impl $crate::bindings::Guest for JosparPlugin {
            fn run(task: ::std::string::String) -> ::std::result::Result<$crate::Outcome, $crate::Error> {
                match task.as_str() {
                    $($task => $run(),)+
                    other => ::std::result::Result::Err($crate::Error::unknown_task(other)),
                }
            }
        }

        $crate::bindings::export!(JosparPlugin with_types_in $crate::bindings);
    };
}
