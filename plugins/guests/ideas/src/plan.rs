//! A design-thinking cycle, its pilots and KPIs as the plan has them.

use std::collections::{BTreeMap, BTreeSet};

use jospar_methods::ideas::Criterion;
use jospar_plugin_sdk::Text;
use serde::Deserialize;
use serde_json::Value;

/// A cycle of the part `design_thinking`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Cycle {
    pub(crate) id: String,
    pub(crate) facilitators: Vec<String>,
    pub(crate) define: Define,
    pub(crate) ideate: Ideate,
    pub(crate) prototype: Prototype,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Define {
    pub(crate) difficulties: Vec<Difficulty>,
    inputs: Vec<Input>,
    pub(crate) statement: Text,
    evidence: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Difficulty {
    pub(crate) text: Option<String>,
    pub(crate) frequency: Option<f64>,
    pub(crate) severity: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Input {
    evidence: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Ideate {
    pub(crate) ideas: Vec<Idea>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Prototype {
    pub(crate) pilots: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Idea {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) source: Option<String>,
    pub(crate) feasibility: Option<f64>,
    pub(crate) impact: Option<f64>,
    votes: Option<f64>,
    voters: Option<f64>,
    /// By person: `true` is a vote for the idea, a number the place that the person gives it, 1 the best.
    ballots: BTreeMap<String, Value>,
    pub(crate) selected: Option<bool>,
    rejected_because: Option<String>,
}

/// A pilot of the part `pilots`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Pilot {
    pub(crate) id: String,
    pub(crate) title: Text,
    success: Success,
    pub(crate) measured: Option<f64>,
    pub(crate) decision: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Success {
    metric: Option<String>,
    at_least: Option<f64>,
    at_most: Option<f64>,
}

/// A KPI of the part `kpis`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Kpi {
    id: String,
    baseline: Option<f64>,
}

impl Define {
    /// True when something proves the difficulty.
    pub(crate) fn has_evidence(&self) -> bool {
        let known = self.inputs.iter().filter_map(|input| input.evidence.as_deref());
        known.chain(self.evidence.iter().map(String::as_str)).any(|id| !id.is_empty())
    }
}

impl Cycle {
    pub(crate) fn idea_title(&self, place: usize) -> Text {
        let idea = self.ideate.ideas.get(place);
        idea.map_or_else(|| Text::same("?"), |idea| idea.title.clone())
    }

    /// Votes for each idea and how many voted: as counted at a meeting, else as given on devices. There, whoever voted for
    /// or against any idea of the cycle is a voter for all.
    pub(crate) fn votes(&self) -> Vec<Option<(usize, usize)>> {
        let ideas = &self.ideate.ideas;
        let persons = ideas.iter().flat_map(|idea| &idea.ballots);
        let voters: BTreeSet<&String> =
            persons.filter(|(_, ballot)| ballot.is_boolean()).map(|(person, _)| person).collect();
        let counted = |idea: &Idea| match (count(idea.votes), count(idea.voters)) {
            (Some(votes), Some(voters)) => Some((votes, voters)),
            _ if voters.is_empty() => None,
            _ => {
                let votes = idea.ballots.values().filter(|ballot| **ballot == Value::Bool(true));
                Some((votes.count(), voters.len()))
            }
        };
        ideas.iter().map(counted).collect()
    }

    /// Persons who gave any idea a place.
    pub(crate) fn judges(&self) -> Vec<&str> {
        let ballots = self.ideate.ideas.iter().flat_map(|idea| &idea.ballots);
        let judges: BTreeSet<&str> = ballots
            .filter(|(_, ballot)| ballot.is_number())
            .map(|(person, _)| person.as_str())
            .collect();
        judges.into_iter().collect()
    }

    /// The places that a person gave to the ideas, in their order.
    pub(crate) fn places(&self, person: &str) -> Vec<Option<f64>> {
        let place = |idea: &Idea| idea.ballots.get(person).and_then(Value::as_f64);
        self.ideate.ideas.iter().map(place).collect()
    }
}

impl Idea {
    pub(crate) fn is_rejected_without_reason(&self) -> bool {
        let reason = self.rejected_because.as_deref().unwrap_or_default();
        self.selected == Some(false) && reason.trim().is_empty()
    }
}

impl Pilot {
    pub(crate) fn criterion(&self) -> Option<Criterion> {
        match (self.success.at_least, self.success.at_most) {
            (Some(least), _) => Some(Criterion::AtLeast(least)),
            (None, Some(most)) => Some(Criterion::AtMost(most)),
            (None, None) => None,
        }
    }

    /// Where the pilot's measure began: the baseline of the KPI that it names.
    pub(crate) fn baseline(&self, kpis: &[Kpi]) -> Option<f64> {
        let metric = self.success.metric.as_ref()?;
        kpis.iter().find(|kpi| kpi.id == *metric)?.baseline
    }
}

/// A whole number from 0 on.
fn count(number: Option<f64>) -> Option<usize> {
    let number = number.filter(|number| number.fract() == 0.0 && (0.0..1e9).contains(number))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    let count = number as usize;
    Some(count)
}
