//! Lints: what makes a plan formal ("мазмұнсыз цифрландыру"), found in its data. Rules: DOMAIN.md, section 1.3.
//!
//! Pure functions of the plan and a day. A finding carries a key of the message catalogue and typed values; the words
//! live in `locales/`.

mod chains;
mod data;
mod numbers;
mod papers;
mod partners;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::plan::{Date, Kind, LocalText, PlanView};

/// Edits of the plan by the id of the partner who made them; empty when nobody counted.
pub type Edits = BTreeMap<String, u64>;

/// A rule of DOMAIN.md, section 1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A tool without a proven pedagogical result.
    L01,
    /// Touches no dimension of change.
    L02,
    /// The chain has one or two of its three links.
    L03,
    /// A problem or initiative without the other.
    L04,
    /// A level without fresh evidence.
    L05,
    /// A decision without evidence, owner or due date.
    L06,
    /// A KPI that measures nothing.
    L07,
    /// Use is counted, outcome is not.
    L08,
    /// Pasted text.
    L09,
    /// A pilot scaled without data.
    L10,
    /// One-sided partnership.
    L11,
    /// A meeting is late.
    L12,
    /// A risk nobody looks after.
    L13,
    /// A number that differs from its source or has none.
    L14,
    /// AI text without label or acceptance.
    L15,
    /// Personal data without protection.
    L16,
    /// A contradiction in the numbers.
    L17,
}

impl Rule {
    /// All rules, in order.
    pub const ALL: [Self; 17] = [
        Self::L01,
        Self::L02,
        Self::L03,
        Self::L04,
        Self::L05,
        Self::L06,
        Self::L07,
        Self::L08,
        Self::L09,
        Self::L10,
        Self::L11,
        Self::L12,
        Self::L13,
        Self::L14,
        Self::L15,
        Self::L16,
        Self::L17,
    ];

    /// The key of the rule's heading in the message catalogue: `lint-l01`.
    #[must_use]
    pub fn message_key(self) -> String {
        format!("lint-l{:02}", self as u8 + 1)
    }
}

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The kind of the document that the subject stands in.
    pub kind: Kind,
    /// Where the subject stands in the whole plan: `initiatives/in1`, `documents/doc1/blocks/3`.
    pub subject: String,
    /// The key of the message that says what was found.
    pub message: &'static str,
    /// The message's values by name.
    pub values: Vec<(&'static str, Argument)>,
}

/// A value in a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// A text in up to three languages.
    Local(LocalText),
    /// A text in the plan's own words, or an id.
    Text(String),
    /// A number, to be written as the language does.
    Number(f64),
    /// A day.
    Day(Date),
    /// A list of things, each a key of the message catalogue.
    Keys(Vec<&'static str>),
}

impl From<&LocalText> for Argument {
    fn from(text: &LocalText) -> Self {
        Self::Local(text.clone())
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<f64> for Argument {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Date> for Argument {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<Vec<&'static str>> for Argument {
    fn from(keys: Vec<&'static str>) -> Self {
        Self::Keys(keys)
    }
}

/// All findings on a day, by rule, then in the plan's order.
///
/// `edits` is for L11 alone: who made how many changes, from the log.
#[must_use]
pub fn lint(plan: &PlanView, as_of: Date, edits: &Edits) -> Vec<Finding> {
    let mut findings = Findings::default();
    chains::check_initiatives(plan, as_of, &mut findings);
    data::check_data(plan, as_of, &mut findings);
    numbers::check_numbers(plan, &mut findings);
    papers::check_papers(plan, as_of, &mut findings);
    partners::check_partners(plan, as_of, edits, &mut findings);
    findings.0.sort_by_key(|finding| finding.rule);
    findings.0
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add<const N: usize>(
        &mut self,
        (rule, message): (Rule, &'static str),
        (kind, subject): (Kind, String),
        values: [(&'static str, Argument); N],
    ) {
        self.0.push(Finding { rule, kind, subject, message, values: values.into() });
    }
}
