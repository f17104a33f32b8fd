//! Levels of areas with their weakest link, and the gaps in order.

use jospar_guest_words::{numbered, stated, warn, without};
use jospar_methods::maturity::{AreaLevel, Gap, area_level, gaps, spread};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Column, Number, Report, Table, Text, Tone, Value};

use crate::WORDS;
use crate::plan::{Area, Audit, Indicator};

/// Gaps that the steps at the end speak of.
const STEPS: usize = 3;

pub(crate) struct Levels {
    pub(crate) areas: Vec<Result<Computed<AreaLevel>, Refusal>>,
    pub(crate) gaps: Result<Computed<Vec<Gap>>, Refusal>,
    /// Positions in the plan of the areas that gaps speak of.
    counted: Vec<usize>,
}

/// An indicator that is not where it should be.
pub(crate) struct Lacking<'a> {
    pub(crate) area: &'a Area,
    pub(crate) indicator: &'a Indicator,
    pub(crate) gap: Gap,
}

pub(crate) fn calculate(audit: &Audit) -> Levels {
    let methods: Vec<_> = audit.areas.iter().map(Area::method).collect();
    let areas: Vec<_> = methods.iter().map(|area| area_level(&area.indicators)).collect();
    let sound = |place: &usize| matches!(areas.get(*place), Some(Ok(_)));
    let counted: Vec<usize> = (0..audit.areas.len()).filter(sound).collect();
    let known: Vec<_> = counted.iter().filter_map(|place| methods.get(*place).cloned()).collect();
    Levels { areas, gaps: gaps(&known), counted }
}

impl Levels {
    /// Gaps with what they are about, the most urgent first.
    pub(crate) fn lacking<'a>(&self, audit: &'a Audit) -> Vec<Lacking<'a>> {
        let gaps = self.gaps.iter().flat_map(|gaps| &gaps.value);
        gaps.filter_map(|gap| {
            let area = audit.areas.get(*self.counted.get(gap.area)?)?;
            let indicator = area.indicators.get(gap.indicator)?;
            Some(Lacking { area, indicator, gap: *gap })
        })
        .collect()
    }

    /// The lowest level of all: the area, its indicator, the level.
    fn weakest<'a>(&self, audit: &'a Audit) -> Option<(&'a Area, Text, f64)> {
        let levels = audit.areas.iter().zip(&self.areas);
        let levels = levels.filter_map(|(area, level)| Some((area, &level.as_ref().ok()?.value)));
        let (area, level) = levels.min_by(|a, b| a.1.minimum.total_cmp(&b.1.minimum))?;
        Some((area, area.indicator_title(level.weakest), level.minimum))
    }
}

/// The first sentence.
pub(crate) fn answer(report: Report, audit: &Audit, levels: &Levels) -> Report {
    let Some((_, weakest, level)) = levels.weakest(audit) else {
        return report.callout(Tone::Critical, WORDS.word("answer-none"));
    };
    let hatched = levels.areas.iter().flatten().map(|area| area.value.hatched.len()).sum::<usize>();
    let first = levels.lacking(audit).first().map(|lacking| lacking.indicator.title.clone());
    let mut values: Vec<(&str, Value)> = vec![
        ("weakest", weakest.into()),
        ("level", (level, 0).into()),
        ("hatched", hatched.into()),
    ];
    let Some(first) = first else {
        return report.callout(Tone::Good, WORDS.say("answer-reached", &values));
    };
    values.push(("first", first.into()));
    report.callout(Tone::Info, WORDS.say("answer", &values))
}

pub(crate) fn show(report: Report, audit: &Audit, levels: &Levels) -> Report {
    let mut report = report.heading(2, WORDS.word("areas"));
    for (area, level) in audit.areas.iter().zip(&levels.areas) {
        let names = |_: &str, place: usize| area.indicator_title(place);
        report = match level {
            Ok(level) => {
                let number = Number::new(area.title.clone(), level.value.mean);
                let values = [
                    ("item", Value::from(area.indicator_title(level.value.weakest))),
                    ("level", (level.value.minimum, 0).into()),
                ];
                let report = report.number(stated(number, level));
                warn(report.paragraph(WORDS.say("weakest-link", &values)), &level.warnings, &names)
            }
            Err(why) => without(report, &area.title, why, &names),
        };
    }
    report = report.table(indicators(audit)).chart(radar(audit));
    report = spreads(report, audit);
    table_of_gaps(report.heading(2, WORDS.word("gaps")), audit, levels)
}

fn table_of_gaps(report: Report, audit: &Audit, levels: &Levels) -> Report {
    let gaps = match &levels.gaps {
        Ok(gaps) => gaps,
        Err(why) => return without(report, &WORDS.word("gaps"), why, &numbered),
    };
    if gaps.value.is_empty() {
        return report.paragraph(WORDS.word("gaps-none"));
    }
    let number = |key: &str, decimals| Column::number(WORDS.word(key), decimals);
    let mut table = Table::new(
        WORDS.word("gaps-ordered"),
        vec![
            Column::text(WORDS.word("indicator")),
            number("now", 0),
            number("target", 0),
            number("gap", 0),
            number("weight", 3),
            number("score", 3),
            Column::text(WORDS.word("evidence")),
            Column::text(WORDS.word("initiative")),
        ],
    );
    for Lacking { area, indicator, gap } in levels.lacking(audit) {
        let first = |ids: &[String], part: &str| match ids.first() {
            Some(id) => Cell::Item(format!("{part}/{id}")),
            None => WORDS.word("none").into(),
        };
        table.push(vec![
            Cell::Item(path(area, indicator)),
            indicator.level.into(),
            indicator.target.into(),
            gap.levels.into(),
            gap.weight.into(),
            gap.score.into(),
            first(&indicator.evidence, "evidence"),
            first(&indicator.initiatives, "initiatives"),
        ]);
    }
    let method = jospar_guest_words::method(&gaps.method);
    report
        .table(table)
        .paragraph(WORDS.say("gaps-method", &[("method", method.into()), ("n", gaps.n.into())]))
}

/// What to do about the gaps that weigh most.
pub(crate) fn next(audit: &Audit, levels: &Levels) -> Vec<Text> {
    let mut steps = Vec::new();
    let lacking = levels.lacking(audit);
    for Lacking { indicator, gap, .. } in lacking.iter().filter(|l| l.gap.levels > 0.0).take(STEPS)
    {
        let level = indicator.level.unwrap_or_default();
        let wanted = indicator.descriptor(level + 1.0).or_else(|| audit.level_name(level + 1.0));
        let values = [
            ("item", Value::from(&indicator.title)),
            ("now", (level, 0).into()),
            ("target", (level + gap.levels, 0).into()),
            ("wanted", wanted.cloned().unwrap_or_default().into()),
        ];
        let key = if wanted.is_some() { "next-gap-wanted" } else { "next-gap" };
        steps.push(WORDS.say(key, &values));
        if indicator.initiatives.is_empty() {
            steps.push(WORDS.say("next-initiative", &[("item", (&indicator.title).into())]));
        }
    }
    for Lacking { indicator, .. } in lacking.iter().filter(|lacking| lacking.gap.is_hatched) {
        steps.push(WORDS.say("next-evidence", &[("item", (&indicator.title).into())]));
    }
    steps
}

pub(crate) fn path(area: &Area, indicator: &Indicator) -> String {
    format!("audit/areas/{}/indicators/{}", area.id, indicator.id)
}

fn indicators(audit: &Audit) -> Table {
    let mut table = Table::new(
        WORDS.word("indicators"),
        vec![
            Column::text(WORDS.word("indicator")),
            Column::number(WORDS.word("now"), 0),
            Column::text(WORDS.word("descriptor")),
            Column::number(WORDS.word("target"), 0),
            Column::text(WORDS.word("proof")),
        ],
    );
    for area in &audit.areas {
        for indicator in &area.indicators {
            let level = indicator.level;
            let descriptor = level.and_then(|level| {
                indicator.descriptor(level).or_else(|| audit.level_name(level)).cloned()
            });
            let proof = match (level, indicator.evidence.is_empty()) {
                (None, _) => Text::default(),
                (Some(_), true) => WORDS.word("self-assessed"),
                (Some(_), false) => WORDS.word("proven"),
            };
            table.push(vec![
                Cell::Item(path(area, indicator)),
                level.into(),
                descriptor.unwrap_or_default().into(),
                indicator.target.into(),
                proof.into(),
            ]);
        }
    }
    table
}

/// Today with and without evidence, and the targets.
fn radar(audit: &Audit) -> Chart {
    let all = || audit.areas.iter().flat_map(|area| &area.indicators);
    let proven = |indicator: &Indicator| indicator.level.filter(|_| !indicator.evidence.is_empty());
    Chart::new(ChartKind::Radar, WORDS.word("radar"))
        .categories(all().map(|indicator| indicator.title.clone()).collect())
        .series(WORDS.word("now"), all().map(|indicator| indicator.level).collect())
        .series(WORDS.word("now-proven"), all().map(proven).collect())
        .series(WORDS.word("target"), all().map(|indicator| indicator.target).collect())
        .axis(0.0, 5.0)
}

/// How far departments are apart, where levels by department are known.
fn spreads(mut report: Report, audit: &Audit) -> Report {
    for indicator in audit.areas.iter().flat_map(|area| &area.indicators) {
        let levels: Vec<f64> = indicator.departments.values().copied().collect();
        if levels.is_empty() {
            continue;
        }
        let label = WORDS.say("spread", &[("item", (&indicator.title).into())]);
        let names: Vec<&String> = indicator.departments.keys().collect();
        let names = |_: &str, place: usize| Text::same(names.get(place).map_or("?", |name| name));
        report = match spread(&levels) {
            Ok(found) => {
                let values = [
                    ("low", Value::from((found.value.lowest, 0))),
                    ("high", (found.value.highest, 0).into()),
                    ("variation", Value::Share(found.value.variation)),
                ];
                let number = Number::new(label, found.value.range).decimals(0);
                report.number(stated(number, &found)).paragraph(WORDS.say("spread-ends", &values))
            }
            Err(why) => without(report, &label, &why, &names),
        };
    }
    report
}
