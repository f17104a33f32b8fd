//! Priorities from pairwise comparisons: AHP within and between the quadrants, A'WOT over all factors.

use std::collections::BTreeMap;

use jospar_guest_words::{Names, refusal, word};
use jospar_methods::swot::{Awot, Group, Priorities, Quadrant, awot, priorities};
use jospar_methods::{Argument, Computed, Refusal};
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Column, Report, Table, Text, Tone, Value};

use crate::WORDS;
use crate::plan::{Comparison, Swot, group, letter_of};
use crate::totals::quadrant_name;

/// The word of the comparison of quadrants in refusals.
const GROUPS: &str = "groups";

/// One comparison and what came of it.
struct Compared {
    quadrant: Option<Quadrant>,
    judges: usize,
    things: usize,
    found: Result<Computed<Priorities>, Refusal>,
}

pub(crate) struct Found {
    compared: Vec<Compared>,
    /// A'WOT over all factors, where every comparison allows it.
    pub(crate) global: Result<Computed<Awot>, Refusal>,
    /// Positions in the plan, in the order of A'WOT's factors.
    pub(crate) places: Vec<usize>,
}

pub(crate) fn calculate(swot: &Swot) -> Found {
    let quadrants = swot.quadrants();
    let mut compared = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut refused = None;
    let comparisons = quadrants.iter().map(|quadrant| (Some(*quadrant), swot.within(*quadrant)));
    let mut between = Comparison { things: Vec::new(), upper: Vec::new(), judges: 0 };
    for (quadrant, comparison) in comparisons.chain([(None, swot.between())]) {
        match comparison {
            Ok(comparison) => {
                let things = comparison.things.len();
                let found = priorities(things, &comparison.upper);
                compared.push(Compared { quadrant, judges: comparison.judges, things, found });
                match quadrant {
                    Some(quadrant) => groups.push(group(quadrant, &comparison)),
                    None => between = comparison,
                }
            }
            Err(why) => {
                compared.push(Compared { quadrant, judges: 0, things: 0, found: Err(why) });
                refused.get_or_insert(why);
            }
        }
    }
    let global = match refused {
        Some(why) => Err(why),
        None => awot(&groups, &between.upper),
    };
    let places = quadrants.into_iter().flat_map(|quadrant| swot.of(quadrant)).collect();
    Found { compared, global, places }
}

impl Found {
    /// Consistency ratios by the name of the comparison in the plan.
    pub(crate) fn ratios(&self) -> BTreeMap<&'static str, Option<f64>> {
        let ratios = self.compared.iter();
        ratios
            .map(|compared| (compared.quadrant.map_or(GROUPS, letter_of), compared.ratio()))
            .collect()
    }

    /// The factors' global priorities by id; empty where A'WOT was refused.
    pub(crate) fn by_id(&self, swot: &Swot) -> BTreeMap<String, f64> {
        let places = self.places.iter().zip(self.all());
        places
            .filter_map(|(place, (_, priority))| {
                Some((swot.items.get(*place)?.id.clone(), priority))
            })
            .collect()
    }

    /// Quadrant and global priority of every factor; empty where A'WOT was refused.
    pub(crate) fn all(&self) -> Vec<(Quadrant, f64)> {
        self.global.as_ref().map(|awot| awot.value.factors()).unwrap_or_default()
    }
}

impl Compared {
    fn ratio(&self) -> Option<f64> {
        match &self.found {
            Ok(found) => Some(found.value.consistency_ratio),
            Err(Refusal::JudgementsInconsistent { ratio, .. }) => Some(*ratio),
            Err(_) => None,
        }
    }
}

pub(crate) fn show(report: Report, swot: &Swot, found: &Found) -> Report {
    let mut report = report.heading(2, WORDS.word("priorities"));
    let judged = found.compared.iter().any(|compared| compared.judges > 0);
    if !judged {
        return report.callout(Tone::Info, WORDS.word("no-judgements"));
    }
    report = report.table(comparisons(swot, found));
    for compared in &found.compared {
        if let Err(why) = &compared.found {
            let why = refusal(why, &|_, place| named(swot, compared.quadrant, place));
            let text = Text::joined([&name(compared.quadrant), &why], ": ");
            report = report.callout(Tone::Warning, text);
        }
    }
    match &found.global {
        Ok(awot) => {
            let values = [
                ("method", Value::from(jospar_guest_words::method(&awot.method))),
                ("source", awot.method.source.into()),
                ("n", awot.n.into()),
            ];
            report
                .table(factors(swot, found, &awot.value))
                .chart(chart(swot, found))
                .paragraph(WORDS.say("stated", &values))
        }
        Err(why) => {
            let within = why.arguments().into_iter().find_map(|(_, argument)| match argument {
                Argument::Word(within) => Some(within),
                _ => None,
            });
            let quadrant = Quadrant::ALL.into_iter().find(|q| Some(q.word()) == within);
            let why = refusal(why, &|_, place| named(swot, quadrant, place));
            report.callout(Tone::Critical, WORDS.say("no-priorities", &[("why", why.into())]))
        }
    }
}

fn name(quadrant: Option<Quadrant>) -> Text {
    quadrant.map_or_else(|| word(GROUPS), quadrant_name)
}

/// What stands at a place of a comparison.
fn named(swot: &Swot, quadrant: Option<Quadrant>, place: usize) -> Text {
    let found = match quadrant {
        Some(quadrant) => swot.of(quadrant).get(place).map(|place| swot.title(*place)),
        None => swot.quadrants().get(place).map(|quadrant| quadrant_name(*quadrant)),
    };
    found.unwrap_or_else(|| Text::same("?"))
}

fn comparisons(swot: &Swot, found: &Found) -> Table {
    let number = |key: &str, decimals| Column::number(WORDS.word(key), decimals);
    let mut table = Table::new(
        WORDS.word("comparisons"),
        vec![
            Column::text(WORDS.word("comparison")),
            number("things", 0),
            number("judges", 0),
            number("lambda", 3),
            number("ratio", 3),
            Column::text(WORDS.word("worst")),
        ],
    );
    for compared in &found.compared {
        let value = compared.found.as_ref().ok().map(|found| &found.value);
        let worst = value.and_then(|value| value.worst).filter(|worst| worst.gap > 1e-9);
        let worst = worst
            .map(|worst| triad(worst.places, &|_, place| named(swot, compared.quadrant, place)));
        table.push(vec![
            name(compared.quadrant).into(),
            compared.things.into(),
            compared.judges.into(),
            value.map(|value| value.lambda_max).into(),
            compared.ratio().into(),
            worst.map_or(Cell::Empty, Cell::from),
        ]);
    }
    table
}

fn triad(places: [usize; 3], names: Names<'_>) -> Text {
    Text::joined(&places.map(|place| names("", place)), " – ")
}

fn factors(swot: &Swot, found: &Found, awot: &Awot) -> Table {
    let number = |key: &str| Column::number(WORDS.word(key), 3);
    let mut table = Table::new(
        WORDS.word("global"),
        vec![
            Column::text(WORDS.word("factor")),
            Column::text(WORDS.word("quadrant")),
            number("local"),
            number("of-group"),
            number("global-priority"),
        ],
    );
    let mut places = found.places.iter();
    let mut rows: Vec<(f64, Vec<Cell>)> = Vec::new();
    for group in &awot.groups {
        for (local, global) in group.local.weights.iter().zip(&group.global) {
            let Some(item) = places.next().and_then(|place| swot.items.get(*place)) else {
                continue;
            };
            let row = vec![
                Cell::Item(format!("swot/items/{}", item.id)),
                quadrant_name(group.quadrant).into(),
                (*local).into(),
                group.priority.into(),
                (*global).into(),
            ];
            rows.push((*global, row));
        }
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    table.rows = rows.into_iter().map(|(_, row)| row).collect();
    table
}

fn chart(swot: &Swot, found: &Found) -> Chart {
    let categories = found.places.iter().map(|place| swot.title(*place)).collect();
    let values = found.all().into_iter().map(|(_, priority)| Some(priority)).collect();
    Chart::new(ChartKind::Bar, WORDS.word("global"))
        .categories(categories)
        .series(WORDS.word("global-priority"), values)
}
