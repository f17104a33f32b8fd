//! The substance of an initiative: eight things that make it more than a tool.

use crate::plan::{Date, Initiative, Kpi, PlanView};

/// How many things are looked for.
const PARTS: f64 = 8.0;

/// Something that an initiative with substance has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The management decision of the chain.
    Strategy,
    /// The tool of the chain.
    Technology,
    /// The pedagogical result of the chain.
    Pedagogy,
    /// A problem that it answers.
    Problem,
    /// Evidence, its own or its problems'.
    Evidence,
    /// A KPI of kind `outcome` with baseline and target.
    OutcomeKpi,
    /// No outcome measurement is overdue.
    OnTime,
    /// Both partners are among the owners.
    Partners,
}

impl Part {
    /// The key of the part's name in the message catalogue.
    #[must_use]
    pub const fn message_key(self) -> &'static str {
        match self {
            Self::Strategy => "part-strategy",
            Self::Technology => "part-technology",
            Self::Pedagogy => "part-pedagogy",
            Self::Problem => "part-problem",
            Self::Evidence => "part-evidence",
            Self::OutcomeKpi => "part-outcome-kpi",
            Self::OnTime => "part-on-time",
            Self::Partners => "part-partners",
        }
    }
}

/// The index of an initiative and what it lacks; to be shown together.
#[derive(Debug, Clone, PartialEq)]
pub struct Substance {
    /// 100 × parts present / 8.
    pub index: f64,
    /// What it lacks, in the order of [`Part`].
    pub missing: Vec<Part>,
}

impl PlanView {
    /// The substance of an initiative on a day.
    #[must_use]
    pub fn substance(&self, initiative: &Initiative, as_of: Date) -> Substance {
        let chain = &initiative.chain;
        let filled = |text: &str| !text.trim().is_empty();
        let partners = &self.head.partners;
        let outcomes: Vec<&Kpi> = self.outcome_kpis(initiative).collect();
        let checks = [
            (Part::Strategy, filled(&chain.strategy.text)),
            (Part::Technology, filled(&chain.technology.text)),
            (Part::Pedagogy, filled(&chain.pedagogy.text)),
            (Part::Problem, self.is_linked_to_problem(initiative)),
            (Part::Evidence, self.has_evidence(initiative)),
            (Part::OutcomeKpi, outcomes.iter().any(|k| k.baseline.is_some() && k.target.is_some())),
            (Part::OnTime, !outcomes.iter().any(|kpi| kpi.is_overdue(as_of))),
            (
                Part::Partners,
                initiative.owners.len() >= 2
                    && partners.iter().all(|p| initiative.owners.contains(&p.id)),
            ),
        ];
        let missing: Vec<Part> = checks.iter().filter(|(_, has)| !has).map(|(p, _)| *p).collect();
        let present = PARTS - crate::plan::ahp::count_f64(missing.len());
        Substance { index: 100.0 * present / PARTS, missing }
    }

    /// The initiative's KPIs of kind `outcome`.
    pub fn outcome_kpis<'a>(&'a self, initiative: &'a Initiative) -> impl Iterator<Item = &'a Kpi> {
        let kpis = initiative.kpis.iter().filter_map(|id| self.kpi(id));
        kpis.filter(|kpi| kpi.kind == Some("outcome"))
    }

    /// True when the initiative names a problem of the plan, or a problem names it.
    #[must_use]
    pub fn is_linked_to_problem(&self, initiative: &Initiative) -> bool {
        self.head.problems.iter().any(|problem| {
            initiative.problems.contains(&problem.id)
                || problem.initiatives.contains(&initiative.id)
        })
    }

    fn has_evidence(&self, initiative: &Initiative) -> bool {
        let own = self.evidence_of(&initiative.evidence).next().is_some();
        own || self.head.problems.iter().any(|problem| {
            let linked = initiative.problems.contains(&problem.id)
                || problem.initiatives.contains(&initiative.id);
            linked && self.evidence_of(&problem.evidence).next().is_some()
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::plan::tests::{day, example};

    #[test]
    fn the_example_initiatives_have_full_substance() {
        let plan = example();
        for initiative in &plan.initiatives {
            let substance = plan.substance(initiative, day("2026-11-23"));
            assert_eq!(substance, Substance { index: 100.0, missing: vec![] });
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut plan = example();
        plan.initiatives[0].chain.pedagogy.text.clear();
        plan.initiatives[0].owners.pop();
        let substance = plan.substance(&plan.initiatives[0], day("2027-02-01"));
        assert_eq!(substance.missing, [Part::Pedagogy, Part::OnTime, Part::Partners]);
        assert_eq!(substance.index, 62.5);
    }
}
