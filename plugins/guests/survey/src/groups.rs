//! Groups: how many answered in each, and whether their scores differ. Small ones are hidden, and one more where a hidden
//! one could be found from the total.

use std::collections::BTreeMap;

use jospar_guest_words::{numbered, stated, warn, warning, without};
use jospar_methods::survey::{Cell as Hiding, GroupComparison, compare_groups, suppress};
use jospar_methods::{Computed, Warning};
use jospar_plugin_sdk::{Cell, Column, Number, Report, Table, Text, Tone, Value};

use crate::plan::Scale;
use crate::{WORDS, Wave};

/// Groups by name, each with the rows of its people.
fn groups(wave: &Wave<'_>) -> BTreeMap<String, Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, row) in wave.rows.rows.iter().enumerate() {
        let name = row.group.as_deref().unwrap_or_default().trim();
        groups.entry(name.to_owned()).or_default().push(place);
    }
    groups
}

fn named(name: &str) -> Text {
    if name.is_empty() { WORDS.word("no-group") } else { Text::same(name) }
}

pub(crate) fn show(report: Report, wave: &Wave<'_>) -> Report {
    let groups = groups(wave);
    if groups.len() < 2 {
        return report;
    }
    let report = report.heading(2, WORDS.word("groups"));
    let k = wave.survey.minimum();
    let sizes: Vec<usize> = groups.values().map(Vec::len).collect();
    let shown = match suppress(&sizes, k, true) {
        Ok(shown) => shown,
        Err(why) => return without(report, &WORDS.word("groups"), &why, &numbered),
    };
    let mut table = Table::new(
        WORDS.word("groups-sizes"),
        vec![Column::text(WORDS.word("group")), Column::number(WORDS.word("n"), 0)],
    );
    let visible: Vec<&String> = groups
        .keys()
        .zip(&shown.value.cells)
        .filter_map(|(name, cell)| cell.shown().map(|_| name))
        .collect();
    for (name, cell) in groups.keys().zip(&shown.value.cells) {
        table.push(vec![named(name).into(), cell.shown().map_or(Cell::Hidden, Cell::from)]);
    }
    if let Some(rest) = shown.value.rest {
        table.push(vec![WORDS.word("rest-groups").into(), rest.into()]);
    }
    let values = [("k", Value::from(k))];
    let mut report = report.table(table).paragraph(WORDS.say("groups-hidden", &values));
    report = warn(report, &shown.warnings, &numbered);
    if visible.len() < 2 {
        return report.callout(Tone::Info, WORDS.word("groups-one"));
    }
    for scale in &wave.survey.scales {
        report = compare(report, wave, scale, &groups, &visible);
    }
    report
}

/// The scores of the groups that may be shown on one scale. A group with too few scores stays out, and so does the
/// smallest of the others where the number of scores would give it away.
fn scores(
    wave: &Wave<'_>,
    scale: &Scale,
    groups: &BTreeMap<String, Vec<usize>>,
    visible: &[&String],
) -> Vec<(Text, Vec<f64>)> {
    let items = wave.survey.scale_items(scale);
    let Ok(all) = wave.answers.scores(&items) else { return Vec::new() };
    let of = |places: &[usize]| -> Vec<f64> {
        places.iter().filter_map(|place| all.value.get(*place).copied().flatten()).collect()
    };
    let scores: Vec<(&String, Vec<f64>)> =
        groups.iter().map(|(name, places)| (name, of(places))).collect();
    let counts: Vec<usize> = scores.iter().map(|(_, scores)| scores.len()).collect();
    let Ok(shown) = suppress(&counts, wave.survey.minimum(), true) else { return Vec::new() };
    let known = scores.into_iter().zip(shown.value.cells);
    known
        .filter(|((name, scores), cell)| {
            matches!(cell, Hiding::Shown(_)) && visible.contains(name) && !scores.is_empty()
        })
        .map(|((name, scores), _)| (named(name), scores))
        .collect()
}

fn compare(
    report: Report,
    wave: &Wave<'_>,
    scale: &Scale,
    groups: &BTreeMap<String, Vec<usize>>,
    visible: &[&String],
) -> Report {
    let known = scores(wave, scale, groups, visible);
    let lists: Vec<Vec<f64>> = known.iter().map(|(_, scores)| scores.clone()).collect();
    let names = |_: &str, place: usize| {
        known.get(place).map_or_else(|| Text::same("?"), |(name, _)| name.clone())
    };
    let report = report.heading(3, scale.title.clone());
    let found = match compare_groups(&lists) {
        Ok(found) => found,
        Err(why) => return without(report, &WORDS.word("groups-differ"), &why, &names),
    };
    let label = WORDS.word("epsilon");
    let report = report.number(stated(Number::new(label, found.value.epsilon_squared), &found));
    let said = found.warnings.iter().filter(|about| matches!(about, Warning::SmallGroup { .. }));
    let said: Vec<Text> = said.map(|about| warning(about, &names)).collect();
    let (table, best) = pairs(&found, &known);
    report.table(table).paragraph(conclusion(&found, best, &known)).items(said)
}

/// All pairs, those with the largest effect first: effect, interval, and p last. The other value is the place of the
/// pair with the smallest corrected p.
fn pairs(found: &Computed<GroupComparison>, known: &[(Text, Vec<f64>)]) -> (Table, Option<usize>) {
    let number = |key: &str, decimals| Column::number(WORDS.word(key), decimals);
    let mut table = Table::new(
        WORDS.word("pairs"),
        vec![
            Column::text(WORDS.word("first-group")),
            number("median", 2),
            Column::text(WORDS.word("second-group")),
            number("median", 2),
            number("rank-biserial", 2),
            number("low", 2),
            number("high", 2),
            number("p-holm", 3),
        ],
    );
    let pairs = &found.value.pairs;
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    let effect = |place: &usize| pairs.get(*place).map_or(0.0, |pair| pair.two.rank_biserial.abs());
    order.sort_by(|a, b| effect(b).total_cmp(&effect(a)));
    for pair in order.iter().filter_map(|place| pairs.get(*place)) {
        let name =
            |place: usize| known.get(place).map(|(name, _)| name.clone()).unwrap_or_default();
        table.push(vec![
            name(pair.first).into(),
            pair.two.first_median.into(),
            name(pair.second).into(),
            pair.two.second_median.into(),
            pair.two.rank_biserial.into(),
            pair.two.low.into(),
            pair.two.high.into(),
            pair.p_holm.into(),
        ]);
    }
    let p = |place: &usize| pairs.get(*place).map_or(1.0, |pair| pair.p_holm);
    let best = (0..pairs.len()).min_by(|a, b| p(a).total_cmp(&p(b)));
    (table, best)
}

/// Differences beyond this p count as seen.
const P_MAX: f64 = 0.05;

fn conclusion(
    found: &Computed<GroupComparison>,
    best: Option<usize>,
    known: &[(Text, Vec<f64>)],
) -> Text {
    let mut values = vec![
        ("tests", Value::from(found.value.tests)),
        ("h", (found.value.h, 2).into()),
        ("df", found.value.df.into()),
        ("p", (found.value.p, 3).into()),
    ];
    let pair = best.and_then(|place| found.value.pairs.get(place));
    let Some(pair) = pair.filter(|pair| pair.p_holm < P_MAX) else {
        return WORDS.say("groups-unclear", &values);
    };
    let name = |place: usize| known.get(place).map(|(name, _)| name.clone()).unwrap_or_default();
    let is_first = pair.two.rank_biserial > 0.0;
    let (higher, lower) =
        if is_first { (pair.first, pair.second) } else { (pair.second, pair.first) };
    values.extend([
        ("higher", Value::from(name(higher))),
        ("lower", name(lower).into()),
        ("r", (pair.two.rank_biserial.abs(), 2).into()),
    ]);
    WORDS.say("groups-clear", &values)
}
