//! What learners can and cannot do: skills, errors in common, wrong options.

use super::{Responses, right};
use crate::computed::{Computed, DISTRACTORS, ERROR_PATTERNS, SKILL_MATRIX};
use crate::message::{At, Refusal, Warning};
use crate::stats::{count, mean, numbers};

/// A pattern has at least so many wrong items in common.
pub const CLUSTER_ITEMS_MIN: usize = 2;
/// A pattern has at least so many learners.
pub const CLUSTER_LEARNERS_MIN: usize = 3;
/// The most items that patterns are looked for in.
pub const PATTERN_ITEMS_MAX: usize = 64;
/// The most patterns that are looked at.
pub const PATTERNS_MAX: usize = 5_000;
/// The most learners that patterns are looked for in.
pub const PATTERN_LEARNERS_MAX: usize = 1_000;
/// The most patterns that are listed.
pub const PATTERNS_SHOWN_MAX: usize = 20;
/// The most skills of a test, and the most options of an item.
const SKILLS_MAX: usize = 100;

/// Shares right by learner and skill.
#[derive(Debug, Clone, PartialEq)]
pub struct SkillMatrix {
    /// One row for each learner, one share for each skill; `None` for learners who were absent.
    pub learners: Vec<Option<Vec<f64>>>,
    /// The class, skill by skill: the mean over those who were there.
    pub class: Vec<f64>,
}

/// Items that several learners got wrong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPattern {
    /// The items that all of these learners got wrong, ascending; no further item is wrong for all of them.
    pub items: Vec<usize>,
    /// All learners who got these items wrong, ascending.
    pub learners: Vec<usize>,
}

impl Responses {
    /// The share of right answers by learner and skill. `skills` lists the items of each. n is the number of learners
    /// who were there.
    ///
    /// # Errors
    /// [`Refusal::NoData`]: a skill without items. [`Refusal::TooMany`]: skills. [`Refusal::UnknownPosition`],
    /// [`Refusal::NamedTwice`]: an item of a skill.
    pub fn skill_matrix(&self, skills: &[Vec<usize>]) -> Result<Computed<SkillMatrix>, Refusal> {
        if skills.len() > SKILLS_MAX {
            return Err(Refusal::TooMany { n: skills.len(), limit: SKILLS_MAX });
        }
        for skill in skills {
            if skill.is_empty() {
                return Err(Refusal::NoData {});
            }
            let mut seen = vec![false; self.items];
            for item in skill {
                let unknown = Refusal::UnknownPosition { position: *item, count: self.items };
                if std::mem::replace(seen.get_mut(*item).ok_or(unknown)?, true) {
                    return Err(Refusal::NamedTwice { at: At(*item) });
                }
            }
        }
        let share = |row: &[bool], skill: &[usize]| {
            let answers: Vec<bool> =
                skill.iter().filter_map(|item| row.get(*item).copied()).collect();
            right(&answers) / count(skill.len())
        };
        let learner = |row: &Option<Vec<bool>>| -> Option<Vec<f64>> {
            let row = row.as_ref()?;
            Some(skills.iter().map(|skill| share(row, skill)).collect())
        };
        let learners: Vec<Option<Vec<f64>>> = self.rows.iter().map(learner).collect();
        let class_share = |skill: usize| {
            let shares = learners.iter().flatten().filter_map(|shares| shares.get(skill).copied());
            mean(&shares.collect::<Vec<_>>())
        };
        let class = (0..skills.len()).map(class_share).collect();
        let value = SkillMatrix { learners, class };
        Ok(Computed::new(SKILL_MATRIX, self.present(), value).warn(self.warnings()))
    }

    /// Sets of at least [`CLUSTER_ITEMS_MIN`] items that at least [`CLUSTER_LEARNERS_MIN`] learners all got wrong, each
    /// as large as its learners allow. Those with the most learners × items come first (then more learners, then the
    /// lower items); at most [`PATTERNS_SHOWN_MAX`] are listed. A learner may stand in several. n is the number of
    /// learners who were there.
    ///
    /// # Errors
    /// [`Refusal::TooMany`]: more than [`PATTERN_ITEMS_MAX`] items or [`PATTERN_LEARNERS_MAX`]
    /// learners. [`Refusal::TooManyPatterns`]: more than
    /// [`PATTERNS_MAX`] sets; take fewer items.
    pub fn error_patterns(&self) -> Result<Computed<Vec<ErrorPattern>>, Refusal> {
        if self.items > PATTERN_ITEMS_MAX {
            return Err(Refusal::TooMany { n: self.items, limit: PATTERN_ITEMS_MAX });
        }
        if self.present() > PATTERN_LEARNERS_MAX {
            return Err(Refusal::TooMany { n: self.present(), limit: PATTERN_LEARNERS_MAX });
        }
        let wrong = |row: &Vec<bool>| {
            let bits = row.iter().enumerate().filter(|(_, right)| !**right);
            bits.fold(0_u64, |set, (item, _)| set | 1 << item)
        };
        let learners: Vec<(usize, u64)> = self
            .rows
            .iter()
            .enumerate()
            .filter_map(|(at, row)| Some((at, wrong(row.as_ref()?))))
            .collect();
        let mut patterns: Vec<ErrorPattern> = closed_sets(&learners, self.items)?
            .into_iter()
            .map(|(set, learners)| ErrorPattern { items: items_of(set), learners })
            .filter(|pattern| pattern.items.len() >= CLUSTER_ITEMS_MIN)
            .collect();
        let size = |pattern: &ErrorPattern| pattern.items.len() * pattern.learners.len();
        patterns.sort_by(|a, b| {
            let by_size = size(b).cmp(&size(a));
            by_size.then(b.learners.len().cmp(&a.learners.len())).then(a.items.cmp(&b.items))
        });
        let more = patterns.len().saturating_sub(PATTERNS_SHOWN_MAX);
        patterns.truncate(PATTERNS_SHOWN_MAX);
        let warning = (more > 0).then_some(Warning::MorePatterns { more });
        let computed = Computed::new(ERROR_PATTERNS, self.present(), patterns);
        Ok(computed.warn(self.warnings()).warn(warning))
    }
}

fn items_of(set: u64) -> Vec<usize> {
    (0..PATTERN_ITEMS_MAX).filter(|item| set >> item & 1 == 1).collect()
}

/// All closed sets of wrong items with enough learners, each once, by Kuznetsov's close-by-one.
fn closed_sets(learners: &[(usize, u64)], items: usize) -> Result<Vec<(u64, Vec<usize>)>, Refusal> {
    let common = |places: &[usize]| {
        let sets = places.iter().filter_map(|place| learners.get(*place));
        sets.fold(u64::MAX, |common, (_, set)| common & set)
    };
    let everybody: Vec<usize> = (0..learners.len()).collect();
    if everybody.len() < CLUSTER_LEARNERS_MIN {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let mut open = vec![(common(&everybody), everybody, 0)];
    while let Some((set, places, from)) = open.pop() {
        if found.len() + open.len() >= PATTERNS_MAX {
            return Err(Refusal::TooManyPatterns { limit: PATTERNS_MAX });
        }
        for item in from..items {
            let bit = 1_u64 << item;
            if set & bit != 0 {
                continue;
            }
            let has_item = |place: &usize| learners.get(*place).is_some_and(|l| l.1 & bit != 0);
            let fewer: Vec<usize> = places.iter().copied().filter(has_item).collect();
            if fewer.len() < CLUSTER_LEARNERS_MIN {
                continue;
            }
            let closed = common(&fewer);
            // A set that grew by an earlier item is found from there.
            if (closed ^ set) & (bit - 1) == 0 {
                open.push((closed, fewer, item + 1));
            }
        }
        let named = places.iter().filter_map(|place| learners.get(*place)).map(|l| l.0);
        found.push((set, named.collect()));
    }
    Ok(found)
}

/// One option of an item with options.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distractor {
    /// How many chose it.
    pub n: usize,
    /// Their part of all who chose something.
    pub share: f64,
    /// Their mean score on the rest of the test; `None` when nobody chose it.
    pub rest_mean: Option<f64>,
    /// A wrong option that nobody chose: it does no work.
    pub is_idle: bool,
    /// A wrong option whose choosers did better on the rest than those who chose the key: look for a second right
    /// answer.
    pub attracts_stronger: bool,
}

/// How the options of one item worked. `choices` holds each learner's option, `rests` the score on all other items. n is
/// the number of learners who chose something.
///
/// # Errors
/// [`Refusal::UnequalLengths`]; [`Refusal::TooMany`]: options; [`Refusal::UnknownPosition`]: the key or a choice;
/// [`Refusal::NotANumber`], [`Refusal::OutOfRange`]: a score; [`Refusal::NoData`]: nobody chose anything.
pub fn distractors(
    choices: &[Option<usize>],
    rests: &[f64],
    key: usize,
    options: usize,
) -> Result<Computed<Vec<Distractor>>, Refusal> {
    if choices.len() != rests.len() {
        return Err(Refusal::UnequalLengths { first: choices.len(), second: rests.len() });
    }
    if options > SKILLS_MAX {
        return Err(Refusal::TooMany { n: options, limit: SKILLS_MAX });
    }
    for option in choices.iter().flatten().chain([&key]) {
        if *option >= options {
            return Err(Refusal::UnknownPosition { position: *option, count: options });
        }
    }
    numbers(rests)?;
    let n = choices.iter().flatten().count();
    if n == 0 {
        return Err(Refusal::NoData {});
    }
    let mean_of = |option: usize| {
        let chose = choices.iter().zip(rests).filter(|(choice, _)| **choice == Some(option));
        let scores: Vec<f64> = chose.map(|(_, rest)| *rest).collect();
        (scores.len(), (!scores.is_empty()).then(|| mean(&scores)))
    };
    let (_, key_mean) = mean_of(key);
    let option = |option: usize| {
        let (chosen, rest_mean) = mean_of(option);
        let is_better = rest_mean.zip(key_mean).is_some_and(|(own, key)| own > key);
        Distractor {
            n: chosen,
            share: count(chosen) / count(n),
            rest_mean,
            is_idle: option != key && chosen == 0,
            attracts_stronger: option != key && is_better,
        }
    };
    let value = (0..options).map(option).collect();
    let blank = choices.len() - n;
    let warning = (blank > 0).then_some(Warning::LeftOut { count: blank });
    Ok(Computed::new(DISTRACTORS, n, value).warn(warning))
}
