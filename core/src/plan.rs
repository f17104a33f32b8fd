//! The plan's document kinds as plain Rust values, the JSON form of a whole plan, and the lints it must obey.
//!
//! Each file declares the records of one method with `record!` (see `plan/record.rs`). [`PlanView`] reads the views of all
//! documents; [`import`] and [`export`] turn a file of a whole plan into documents and back without loss;
//! [`lint`](fn@lint) finds what makes a plan formal. Nothing here reads or writes automerge.

#[macro_use]
mod record;

mod ahp;
mod antipatterns;
mod approvals;
mod assistant;
mod audit;
mod canonical;
mod date;
mod design;
mod development;
mod devices;
mod discussion;
mod evidence;
mod exchange;
mod files;
mod head;
mod initiatives;
mod kind;
mod kpis;
mod lessons;
mod lint;
mod map;
mod meetings;
mod mentoring;
mod papers;
mod people;
mod personal;
mod pilots;
mod plugins;
mod references;
mod risks;
pub mod stated;
mod substance;
mod support;
mod surveys;
mod swot;
mod view;
mod year;
mod years;

pub use ahp::{AHP_COUNT_MAX, Ahp, CONSISTENCY_RATIO_MAX, ahp, judgement};
pub use antipatterns::*;
pub use approvals::*;
pub use assistant::*;
pub use audit::*;
pub use canonical::{
    RENDERING_BYTES_MAX, RENDERING_FORMAT, Rendered, Rendering, RenderingError, canonical,
};
pub use date::{Date, DateError};
pub use design::*;
pub use development::*;
pub use devices::*;
pub use discussion::*;
pub use evidence::*;
pub use exchange::{
    IMPORT_BYTES_MAX, IMPORT_ENTRIES_MAX, IMPORT_LIST_MAX, ImportError, Imported, ImportedDocument,
    NOTICES_MAX, Notice, export, import, root_commands,
};
pub use files::{FILE_BYTES_MAX, File};
pub use head::*;
pub use initiatives::*;
pub use kind::{Kind, field_message_key};
pub use kpis::*;
pub use lessons::*;
pub use lint::{Argument, Edits, Finding, Rule, lint};
pub use map::*;
pub use meetings::*;
pub use mentoring::*;
pub use papers::*;
pub use people::*;
pub use personal::*;
pub use pilots::*;
pub use plugins::*;
pub use record::{EXTRA, LocalText, Record};
pub use references::{is_person, items_of, references};
pub use risks::*;
pub use substance::{Part, Substance};
pub use support::*;
pub use surveys::*;
pub use swot::*;
pub use view::PlanView;
pub use year::{
    NextYear, Offer, Why, YearDocument, begin_year, is_left, year_after, year_id, year_offers,
};
pub use years::*;

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The example plan.
    pub(crate) fn example() -> PlanView {
        let file = include_str!("../../data/example-plan.json");
        let documents = import(file).unwrap().documents;
        let views: Vec<_> = documents.into_iter().map(|d| (d.kind, d.record)).collect();
        PlanView::from_documents(&views)
    }

    pub(crate) fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn every_part_of_the_example_is_read() {
        let plan = example();
        assert_eq!(plan.head.plan.period.start, Some(day("2026-09-01")));
        assert_eq!(plan.head.problems.len(), 5);
        assert_eq!(plan.swot.items.len(), 10);
        assert_eq!(plan.audit.areas.iter().map(|area| area.indicators.len()).sum::<usize>(), 6);
        assert_eq!(plan.design_cycles.iter().map(|c| c.ideate.ideas.len()).sum::<usize>(), 4);
        assert_eq!(plan.risks.iter().map(|risk| risk.mitigations.len()).sum::<usize>(), 11);
        assert_eq!(plan.meetings.iter().map(|m| m.agenda.len()).sum::<usize>(), 6);
        assert_eq!(plan.school_map.links.len(), 4);
        assert_eq!(plan.surveys.iter().map(|s| s.scale.labels.len()).sum::<usize>(), 5);
        let labels = plan.surveys.iter().flat_map(|s| &s.scale.labels);
        assert!(labels.into_iter().all(|label| !label.kk.is_empty() && !label.id.is_empty()));
        assert_eq!(plan.mentoring.coaching.iter().map(|c| c.goals.len()).sum::<usize>(), 3);
        assert_eq!(plan.papers.iter().map(|paper| paper.blocks.len()).sum::<usize>(), 10);
        assert_eq!(plan.threads.iter().map(|thread| thread.replies.len()).sum::<usize>(), 1);
    }

    #[test]
    fn things_are_found_by_path_and_id() {
        let plan = example();
        let number = |path: &str| plan.find_path(path).and_then(serde_json::Value::as_f64);
        assert_eq!(number("kpis/k1/actual"), Some(0.46));
        assert_eq!(number("surveys/sv1/min_group"), Some(5.0));
        assert_eq!(number("swot/items/s2/weight"), Some(0.26));
        assert_eq!(number("kpis/none/actual"), None);
        assert_eq!(number(""), None);
        assert!(plan.find_item("rk4m1").is_some());
        assert!(plan.find_item("none").is_none());
    }

    #[test]
    fn a_damaged_view_reads_as_empty() {
        let views = Kind::ALL.map(|kind| (kind, serde_json::json!([1, "x"])));
        let plan = PlanView::from_documents(&views);
        assert!(plan.initiatives.is_empty() && plan.head.plan.title.is_empty());
    }
}
