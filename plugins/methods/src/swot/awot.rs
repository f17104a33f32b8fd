//! A'WOT priorities (Kurttila, Pesonen, Kangas and Kajanus 2000) and the TOWS strategies that rest on them.

use super::ahp::{Priorities, priorities_within};
use super::{Quadrant, Side};
use crate::computed::{AWOT, Computed, TOWS};
use crate::message::{At, Refusal, Warning};
use crate::stats::{descending, within};

/// The most strategies, and the most factors of one.
const STRATEGIES_MAX: usize = 1_000;

/// The pairwise judgements on the factors of one quadrant, the upper triangle row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Which quadrant.
    pub quadrant: Quadrant,
    /// How many factors it has; at least 1.
    pub factors: usize,
    /// Their judgements; see [`priorities`](super::priorities).
    pub upper: Vec<Option<f64>>,
}

/// The priorities of one quadrant.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupPriority {
    /// Which quadrant.
    pub quadrant: Quadrant,
    /// The quadrant's own priority among the quadrants.
    pub priority: f64,
    /// Priorities of its factors among themselves; the sum is 1.
    pub local: Priorities,
    /// Local priority × the quadrant's; over all quadrants the sum is 1.
    pub global: Vec<f64>,
    /// The position of the factor with the highest local priority: the one that originally stands for its quadrant
    /// when quadrants are compared.
    pub top: usize,
}

/// What A'WOT yields.
#[derive(Debug, Clone, PartialEq)]
pub struct Awot {
    /// The comparison of the quadrants.
    pub between: Priorities,
    /// In the order given.
    pub groups: Vec<GroupPriority>,
}

impl Awot {
    /// All factors with their global priorities, quadrant by quadrant.
    #[must_use]
    pub fn factors(&self) -> Vec<(Quadrant, f64)> {
        let of_group = |group: &GroupPriority| {
            let quadrant = group.quadrant;
            group.global.iter().map(|global| (quadrant, *global)).collect::<Vec<_>>()
        };
        self.groups.iter().flat_map(of_group).collect()
    }
}

/// Global priorities of all factors: local ones within each quadrant times the quadrant's own. n is the number of
/// factors. A quadrant without factors is left out of `groups` and of `between`.
///
/// # Errors
/// [`Refusal::NamedTwice`] for a quadrant given twice; else as [`priorities`](super::priorities), where the word
/// `within` says which comparison: a quadrant's, or `groups`.
pub fn awot(groups: &[Group], between: &[Option<f64>]) -> Result<Computed<Awot>, Refusal> {
    for (at, group) in groups.iter().enumerate() {
        if groups.iter().take(at).any(|other| other.quadrant == group.quadrant) {
            return Err(Refusal::NamedTwice { at: At(at) });
        }
    }
    let between = priorities_within("groups", groups.len(), between)?.value;
    let mut priorities = Vec::with_capacity(groups.len());
    for (group, priority) in groups.iter().zip(&between.weights) {
        let local = priorities_within(group.quadrant.word(), group.factors, &group.upper)?.value;
        priorities.push(GroupPriority {
            quadrant: group.quadrant,
            priority: *priority,
            global: local.weights.iter().map(|weight| weight * priority).collect(),
            top: descending(&local.weights).first().copied().unwrap_or_default(),
            local,
        });
    }
    let n = groups.iter().map(|group| group.factors).sum();
    Ok(Computed::new(AWOT, n, Awot { between, groups: priorities }))
}

/// Weights for the matrix of `side` that follow from A'WOT: the global priorities of the side's factors, scaled to
/// the sum 1. A proposal; the weights that people gave stay theirs. n is the number of those factors.
///
/// # Errors
/// [`Refusal::NoData`]: the side has no factor.
pub fn proposed_weights(awot: &Awot, side: Side) -> Result<Computed<Vec<f64>>, Refusal> {
    let of_side: Vec<f64> = awot
        .factors()
        .into_iter()
        .filter(|(quadrant, _)| quadrant.side() == side)
        .map(|(_, global)| global)
        .collect();
    let sum: f64 = of_side.iter().sum();
    if sum <= 0.0 {
        return Err(Refusal::NoData {});
    }
    let weights: Vec<f64> = of_side.iter().map(|global| global / sum).collect();
    Ok(Computed::new(AWOT, weights.len(), weights))
}

/// A cell of the TOWS matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TowsCell {
    /// Strengths that use opportunities.
    So,
    /// Weaknesses that opportunities help to overcome.
    Wo,
    /// Strengths that ward off threats.
    St,
    /// Weaknesses and threats to be kept apart.
    Wt,
}

impl TowsCell {
    /// The internal and the external quadrant that it joins.
    #[must_use]
    pub fn quadrants(self) -> (Quadrant, Quadrant) {
        match self {
            Self::So => (Quadrant::Strength, Quadrant::Opportunity),
            Self::Wo => (Quadrant::Weakness, Quadrant::Opportunity),
            Self::St => (Quadrant::Strength, Quadrant::Threat),
            Self::Wt => (Quadrant::Weakness, Quadrant::Threat),
        }
    }
}

/// A strategy: what it joins, and whether an initiative follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strategy {
    /// Its cell.
    pub cell: TowsCell,
    /// Positions of its factors in the list of priorities; one named twice counts once.
    pub factors: Vec<usize>,
    /// True when it leads to an initiative.
    pub has_initiative: bool,
}

/// A strategy's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StrategyScore {
    /// Its position in the list given.
    pub strategy: usize,
    /// Σ global priorities of its factors, each once.
    pub score: f64,
}

/// Strategies from the highest score to the lowest; equal ones keep their order. `priorities` are the factors with
/// their global priorities. n is the number of strategies.
///
/// # Errors
/// - [`Refusal::OutOfRange`]: a priority outside 0 to 1.
/// - [`Refusal::UnknownPosition`]: a factor that is not in `priorities`.
/// - [`Refusal::FactorOutsideCell`], [`Refusal::CellIncomplete`]: a strategy joins at least one internal and one
///   external factor, of the quadrants of its cell.
pub fn tows(
    priorities: &[(Quadrant, f64)],
    strategies: &[Strategy],
) -> Result<Computed<Vec<StrategyScore>>, Refusal> {
    for (at, (_, priority)) in priorities.iter().enumerate() {
        within(*priority, 0.0, 1.0, at)?;
    }
    if strategies.len() > STRATEGIES_MAX {
        return Err(Refusal::TooMany { n: strategies.len(), limit: STRATEGIES_MAX });
    }
    let mut scores = Vec::with_capacity(strategies.len());
    for (at, strategy) in strategies.iter().enumerate() {
        scores.push(strategy_score(priorities, strategy, At(at))?);
    }
    let ranked = descending(&scores)
        .into_iter()
        .filter_map(|strategy| Some(StrategyScore { strategy, score: *scores.get(strategy)? }));
    let loose = strategies.iter().enumerate().filter(|(_, strategy)| !strategy.has_initiative);
    let warnings = loose.map(|(at, _)| Warning::StrategyWithoutInitiative { strategy: At(at) });
    Ok(Computed::new(TOWS, strategies.len(), ranked.collect()).warn(warnings))
}

fn strategy_score(
    priorities: &[(Quadrant, f64)],
    strategy: &Strategy,
    at: At,
) -> Result<f64, Refusal> {
    if strategy.factors.len() > STRATEGIES_MAX {
        return Err(Refusal::TooMany { n: strategy.factors.len(), limit: STRATEGIES_MAX });
    }
    let (internal, external) = strategy.cell.quadrants();
    let (mut has_internal, mut has_external, mut score) = (false, false, 0.0);
    for (place, factor) in strategy.factors.iter().enumerate() {
        let found = priorities.get(*factor);
        let (quadrant, priority) =
            found.ok_or(Refusal::UnknownPosition { position: *factor, count: priorities.len() })?;
        if *quadrant != internal && *quadrant != external {
            return Err(Refusal::FactorOutsideCell { strategy: at, factor: At(*factor) });
        }
        has_internal |= *quadrant == internal;
        has_external |= *quadrant == external;
        if !strategy.factors.iter().take(place).any(|other| other == factor) {
            score += priority;
        }
    }
    for (has, side) in [(has_internal, Side::Internal), (has_external, Side::External)] {
        if !has {
            return Err(Refusal::CellIncomplete { strategy: at, side: side.word() });
        }
    }
    Ok(score)
}
