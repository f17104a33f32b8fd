//! A lesson study and its results as the plan has them, made ready to calculate with.

use std::collections::{BTreeMap, BTreeSet};

use jospar_guest_days::number;
use jospar_methods::lesson::Responses;
use jospar_methods::{Refusal, trajectory::Measurement};
use jospar_plugin_sdk::Text;
use serde::Deserialize;

/// A lesson study of the part `lesson_studies`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Study {
    pub(crate) id: String,
    pub(crate) class: Option<String>,
    pub(crate) topic: Text,
    pub(crate) test: Test,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Test {
    pub(crate) skills: Vec<Skill>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Skill {
    pub(crate) title: Text,
    pub(crate) items: Vec<String>,
}

/// All results of a study.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Results {
    pub(crate) learners: Vec<Learner>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Learner {
    pub(crate) learner: String,
    results: Vec<TestResult>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct TestResult {
    date: Option<String>,
    stage: Option<String>,
    points: BTreeMap<String, Option<f64>>,
}

/// The results of one day: one row for each learner, one cell for each item.
pub(crate) struct Occasion {
    pub(crate) date: String,
    pub(crate) day: f64,
    pub(crate) rows: Vec<Vec<Option<bool>>>,
}

/// A class: its learners by code, the items of its test, its occasions by day.
pub(crate) struct Class<'a> {
    pub(crate) study: &'a Study,
    pub(crate) learners: Vec<String>,
    pub(crate) items: Vec<String>,
    /// Each skill with the places of its items.
    pub(crate) skills: Vec<(Text, Vec<usize>)>,
    pub(crate) occasions: Vec<Occasion>,
    /// Places of the occasions before and after the lesson.
    pub(crate) before: usize,
    pub(crate) after: usize,
    /// Points that are neither 0 nor 1, and results without a date.
    pub(crate) odd_points: usize,
    pub(crate) undated: usize,
}

impl<'a> Class<'a> {
    /// `None` where there is no dated result.
    pub(crate) fn new(study: &'a Study, results: &Results) -> Option<Self> {
        let items = items(study, results);
        let place: BTreeMap<&str, usize> =
            items.iter().enumerate().map(|(place, item)| (item.as_str(), place)).collect();
        let mut learners: Vec<&Learner> = results.learners.iter().collect();
        learners.sort_by(|a, b| a.learner.cmp(&b.learner));
        let mut dates: BTreeMap<&str, Occasion> = BTreeMap::new();
        let (mut first, mut last) = (None, None);
        let (mut odd_points, mut undated) = (0, 0);
        for (row, learner) in learners.iter().enumerate() {
            for result in &learner.results {
                let date = result.date.as_deref().unwrap_or_default();
                let Some(day) = number(date) else {
                    undated += 1;
                    continue;
                };
                match result.stage.as_deref() {
                    Some("before") => {
                        first = Some(first.map_or(date, |known: &str| known.min(date)))
                    }
                    Some("after") => last = Some(last.map_or(date, |known: &str| known.max(date))),
                    _ => {}
                }
                let occasion = dates.entry(date).or_insert_with(|| Occasion {
                    date: date.to_owned(),
                    day,
                    rows: vec![vec![None; items.len()]; learners.len()],
                });
                for (item, points) in &result.points {
                    let cell = place
                        .get(item.as_str())
                        .and_then(|at| occasion.rows.get_mut(row)?.get_mut(*at));
                    let (Some(cell), Some(points)) = (cell, points) else { continue };
                    odd_points += usize::from(*points != 0.0 && *points != 1.0);
                    *cell = Some(*points >= 1.0);
                }
            }
        }
        let at = |date: &str| dates.keys().position(|known| *known == date);
        let before = first.and_then(at).unwrap_or(0);
        let after = last.and_then(at).unwrap_or(dates.len().checked_sub(1)?);
        let skills = study.test.skills.iter().map(|skill| {
            let known = skill.items.iter().filter_map(|item| place.get(item.as_str()).copied());
            (skill.title.clone(), known.collect())
        });
        Some(Self {
            study,
            learners: learners.into_iter().map(|learner| learner.learner.clone()).collect(),
            skills: skills.filter(|(_, items): &(Text, Vec<usize>)| !items.is_empty()).collect(),
            occasions: dates.into_values().collect(),
            items,
            before,
            after,
            odd_points,
            undated,
        })
    }

    pub(crate) fn responses(&self, occasion: usize) -> Result<Responses, Refusal> {
        self.occasions.get(occasion).map_or(Err(Refusal::NoData {}), |o| Responses::new(&o.rows))
    }

    /// Right answers of each learner; `None` for those who were absent.
    pub(crate) fn totals(&self, occasion: usize) -> Vec<Option<f64>> {
        let responses = self.responses(occasion);
        responses.map_or_else(|_| vec![None; self.learners.len()], |responses| responses.totals())
    }

    pub(crate) fn item(&self, place: usize) -> Text {
        Text::same(self.items.get(place).map_or("?", String::as_str))
    }

    pub(crate) fn learner(&self, place: usize) -> Text {
        Text::same(self.learners.get(place).map_or("?", String::as_str))
    }

    /// The items at these places, one behind the other.
    pub(crate) fn item_list(&self, places: &[usize]) -> Text {
        let names: Vec<Text> = places.iter().map(|place| self.item(*place)).collect();
        Text::joined(&names, ", ")
    }

    /// Each learner's totals by day.
    pub(crate) fn series(&self) -> Vec<Vec<Measurement>> {
        let mut series = vec![Vec::new(); self.learners.len()];
        for (place, occasion) in self.occasions.iter().enumerate() {
            for (own, total) in series.iter_mut().zip(self.totals(place)) {
                own.extend(total.map(|value| Measurement { day: occasion.day, value }));
            }
        }
        series
    }

    /// A learner's answers to the items of a skill, in the order of days; blanks of a day on which the learner was there
    /// are wrong.
    pub(crate) fn answers(&self, learner: usize, items: &[usize]) -> Vec<bool> {
        let rows = self.occasions.iter().filter_map(|occasion| occasion.rows.get(learner));
        let there = rows.filter(|row| row.iter().any(Option::is_some));
        there
            .flat_map(|row| {
                items.iter().map(|item| row.get(*item).copied().flatten() == Some(true))
            })
            .collect()
    }

    /// A learner's row on a day; `None` where the learner was absent.
    pub(crate) fn row(&self, occasion: usize, learner: usize) -> Option<&[Option<bool>]> {
        let row = self.occasions.get(occasion)?.rows.get(learner)?;
        row.iter().any(Option::is_some).then_some(row.as_slice())
    }
}

/// The items of the skills in their order, then all others that have points, by name.
fn items(study: &Study, results: &Results) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let skills = study.test.skills.iter().flat_map(|skill| &skill.items).cloned();
    let tests = results.learners.iter().flat_map(|learner| &learner.results);
    let others: BTreeSet<String> = tests.flat_map(|test| test.points.keys().cloned()).collect();
    for item in skills.chain(others) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items
}
