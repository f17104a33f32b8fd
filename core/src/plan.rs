//! The plan's document kinds as plain Rust values, the JSON form of a whole plan, and the lints it must obey.
//!
//! Each file declares the records of one method with `record!` ([`mod@record`]). [`PlanView`] reads the views of all
//! documents; [`import`] and [`export`] turn a file of a whole plan into documents and back without loss. Nothing here
//! reads or writes automerge.

#[macro_use]
mod record;

mod antipatterns;
mod assistant;
mod audit;
mod date;
mod design;
mod development;
mod discussion;
mod evidence;
mod exchange;
mod head;
mod initiatives;
mod kind;
mod kpis;
mod lessons;
mod map;
mod meetings;
mod mentoring;
mod papers;
mod people;
mod pilots;
mod risks;
mod support;
mod surveys;
mod swot;
mod view;

pub use antipatterns::*;
pub use assistant::*;
pub use audit::*;
pub use date::{Date, DateError};
pub use design::*;
pub use development::*;
pub use discussion::*;
pub use evidence::*;
pub use exchange::{
    IMPORT_BYTES_MAX, ImportError, Imported, ImportedDocument, NOTICES_MAX, Notice, export, import,
    root_commands,
};
pub use head::*;
pub use initiatives::*;
pub use kind::Kind;
pub use kpis::*;
pub use lessons::*;
pub use map::*;
pub use meetings::*;
pub use mentoring::*;
pub use papers::*;
pub use people::*;
pub use pilots::*;
pub use record::{EXTRA, LocalText, Record};
pub use risks::*;
pub use support::*;
pub use surveys::*;
pub use swot::*;
pub use view::PlanView;
