//! Quantitative SWOT: IFE and EFE totals, pairwise comparison, A'WOT, TOWS. Everything refers to factors by position.

mod ahp;
mod awot;
mod matrix;

pub use ahp::{COMPARED_MAX, CONSISTENCY_RATIO_MAX, Priorities, Triad, combine, priorities};
pub use awot::{
    Awot, Group, GroupPriority, Strategy, StrategyScore, TowsCell, awot, proposed_weights, tows,
};
pub use matrix::{
    Convention, Factor, IeCell, IeStrategy, MatrixTotal, WEIGHT_SUM_MARGIN, WeightRule, ie_cell,
    matrix_total,
};

/// Where a factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quadrant {
    /// Inside, helps.
    Strength,
    /// Inside, hinders.
    Weakness,
    /// Outside, helps.
    Opportunity,
    /// Outside, hinders.
    Threat,
}

impl Quadrant {
    /// All four, in the usual order.
    pub const ALL: [Self; 4] = [Self::Strength, Self::Weakness, Self::Opportunity, Self::Threat];

    /// Internal for strengths and weaknesses, else external.
    #[must_use]
    pub fn side(self) -> Side {
        match self {
            Self::Strength | Self::Weakness => Side::Internal,
            Self::Opportunity | Self::Threat => Side::External,
        }
    }

    /// The word that messages carry.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Strength => "strengths",
            Self::Weakness => "weaknesses",
            Self::Opportunity => "opportunities",
            Self::Threat => "threats",
        }
    }
}

/// Inside or outside of the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Strengths and weaknesses: the IFE matrix.
    Internal,
    /// Opportunities and threats: the EFE matrix.
    External,
}

impl Side {
    /// The word that messages carry.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }
}
