//! TOWS strategies by the priorities of the factors that they join.

use std::collections::BTreeMap;

use jospar_guest_words::{refusal, stated};
use jospar_methods::swot::{Strategy, StrategyScore, tows};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Column, Number, Report, Table, Text, Tone};

use crate::WORDS;
use crate::plan::Swot;
use crate::priorities::Found;

pub(crate) struct Strategies {
    /// Positions in the plan of the strategies that were scored.
    places: Vec<usize>,
    scored: Option<Computed<Vec<StrategyScore>>>,
    /// Positions of the others and why.
    refused: Vec<(usize, Option<Refusal>)>,
}

pub(crate) fn calculate(swot: &Swot, found: &Found) -> Strategies {
    let priorities = found.all();
    let position = |id: &str| {
        let mut places = found.places.iter();
        let known = |place: &usize| swot.items.get(*place).is_some_and(|item| item.id == id);
        // One that is not there takes the place behind the last, which the method refuses.
        places.position(known).unwrap_or(priorities.len())
    };
    let (mut places, mut good, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    if !priorities.is_empty() {
        for (place, strategy) in swot.tows.iter().enumerate() {
            let Some(cell) = strategy.cell() else {
                refused.push((place, None));
                continue;
            };
            let factors = strategy.from.iter().map(|id| position(id)).collect();
            let one = Strategy { cell, factors, has_initiative: strategy.has_initiative() };
            match tows(&priorities, std::slice::from_ref(&one)) {
                Ok(_) => {
                    places.push(place);
                    good.push(one);
                }
                Err(why) => refused.push((place, Some(why))),
            }
        }
    }
    let scored = if good.is_empty() { None } else { tows(&priorities, &good).ok() };
    Strategies { places, scored, refused }
}

impl Strategies {
    fn ranked(&self) -> impl Iterator<Item = (usize, f64)> {
        let scored = self.scored.iter().flat_map(|scored| &scored.value);
        scored.filter_map(|scored| Some((*self.places.get(scored.strategy)?, scored.score)))
    }

    /// Scores by id.
    pub(crate) fn scores(&self, swot: &Swot) -> BTreeMap<String, f64> {
        let named = |(place, score): (usize, f64)| Some((swot.tows.get(place)?.id.clone(), score));
        self.ranked().filter_map(named).collect()
    }

    pub(crate) fn best(&self, swot: &Swot) -> Option<Text> {
        let (place, _) = self.ranked().next()?;
        swot.tows.get(place).map(|strategy| strategy.title.clone())
    }

    pub(crate) fn without_initiative(&self, swot: &Swot) -> Vec<Text> {
        let without = swot.tows.iter().filter(|strategy| !strategy.has_initiative());
        without.map(|strategy| strategy.title.clone()).collect()
    }
}

pub(crate) fn show(report: Report, swot: &Swot, found: &Strategies) -> Report {
    if swot.tows.is_empty() {
        return report;
    }
    let mut report = report.heading(2, WORDS.word("strategies"));
    let Some(scored) = &found.scored else {
        report = report.callout(Tone::Info, WORDS.word("strategies-none"));
        return others(report, swot, found);
    };
    let mut table = Table::new(
        WORDS.word("strategies-ranked"),
        vec![
            Column::text(WORDS.word("strategy")),
            Column::text(WORDS.word("tows-cell")),
            Column::number(WORDS.word("sum"), 3),
            Column::text(WORDS.word("initiative")),
        ],
    );
    for (place, score) in found.ranked() {
        let Some(strategy) = swot.tows.get(place) else { continue };
        let initiative = strategy.initiative.as_deref().filter(|id| !id.is_empty());
        table.push(vec![
            Cell::Item(format!("swot/tows/{}", strategy.id)),
            Text::same(strategy.letters()).into(),
            score.into(),
            initiative.map_or(Cell::Empty, |id| Cell::Item(format!("initiatives/{id}"))),
        ]);
    }
    if let Some((_, best)) = found.ranked().next() {
        let label = WORDS.word("best-score");
        report = report.number(stated(Number::new(label, best).decimals(3), scored));
    }
    others(report.table(table), swot, found)
}

/// The strategies without a score, and why.
fn others(mut report: Report, swot: &Swot, found: &Strategies) -> Report {
    let title = |place: usize| {
        swot.tows.get(place).map_or_else(|| Text::same("?"), |strategy| strategy.title.clone())
    };
    for (place, why) in &found.refused {
        let text = match why {
            Some(Refusal::UnknownPosition { .. }) => {
                WORDS.say("strategy-unknown", &[("strategy", title(*place).into())])
            }
            Some(why) => refusal(why, &|field, position| match field {
                "strategy" => title(*place),
                _ => factor(swot, position),
            }),
            None => WORDS.say("strategy-no-cell", &[("strategy", title(*place).into())]),
        };
        report = report.callout(Tone::Warning, text);
    }
    report
}

/// The factor that a message about a strategy names: a position in the order of quadrants.
fn factor(swot: &Swot, position: usize) -> Text {
    let places = swot.quadrants().into_iter().flat_map(|quadrant| swot.of(quadrant));
    let place = places.into_iter().nth(position);
    place.map_or_else(|| Text::same("?"), |place| swot.title(place))
}
