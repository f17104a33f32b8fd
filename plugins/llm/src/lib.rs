//! jospar-llm asks a language model, if the school has one.
//!
//! Off until a person sets a URL ([`settings`]). Instructions are the host's alone ([`template`]); what a plugin or a
//! survey brings is data between fences that data cannot close. Names of people are replaced ([`names`]) before the exact
//! bytes are shown ([`prepared`]); only what a person confirmed is sent ([`client`]), within a budget ([`budget`]), or
//! waits for a network ([`queue`]). What comes back is text and nothing else: labelled, checked against its sources
//! ([`unsupported`](fn@unsupported)) and worth nothing until a person accepts it ([`reply`]).
//!
//! Blocking; the caller brings the time of day, the folder and the person. Nothing here reads or writes a plan.
//! Why it is so: docs/adr/0023. For the teacher: docs/llm.md.
//!
//! ```
//! use jospar_llm::names::Names;
//! use jospar_llm::prepared::{Asked, prepare};
//! use jospar_llm::settings::Settings;
//! use jospar_llm::template::{Block, Language};
//!
//! let settings = Settings { url: "http://127.0.0.1:11434".to_owned(), ..Settings::default() };
//! let asked = Asked {
//!     purpose: "Summary of the staff survey".to_owned(),
//!     template: "summarise".to_owned(),
//!     language: Language::En,
//!     blocks: vec![Block { name: "comments".to_owned(), text: "Ask Aida Omarova.".to_owned() }],
//!     tokens_max: 200,
//!     sources: vec!["surveys/s1".to_owned()],
//! };
//! let prepared = prepare(&settings, asked, &Names::new(["Aida Omarova"]))?;
//! assert!(prepared.preview().contains("Ask [PERSON_1] [PERSON_2]."));
//! assert!(!prepared.preview().contains("Omarova"));
//! # Ok::<(), jospar_llm::LlmError>(())
//! ```

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

pub mod budget;
pub mod client;
mod error;
mod files;
mod fold;
pub mod names;
pub mod prepared;
pub mod queue;
pub mod reply;
pub mod secret;
pub mod settings;
mod sse;
pub mod store;
pub mod template;
mod text;
mod unsupported;

pub use error::{Argument, Kind, LlmError, Phase};
pub use unsupported::{FINDINGS_MAX, Finding, FindingKind, unsupported};
