//! Levels that follow from the scales of surveys, as proposals.
//!
//! A scale belongs to an indicator when its area is the scale's and the indicator's title names the scale's id as a
//! word of its own, or when the area has this one indicator and this one scale.

use jospar_guest_words::without;
use jospar_methods::maturity::level_of_mean;
use jospar_plugin_sdk::{Cell, Column, Error, Proposal, Report, Table, Text, Value};

use crate::WORDS;
use crate::levels::path;
use crate::plan::{Area, Audit, Counted, Indicator, Scale, Survey, Totals};

/// A scale's mean and the indicator that it speaks of.
pub(crate) struct Measured<'a> {
    scale: &'a Scale,
    survey: &'a Survey,
    area: &'a Area,
    indicator: Option<&'a Indicator>,
    mean: f64,
    /// The smallest number of answers to an item of the scale.
    n: usize,
}

/// Every scale of a survey that belongs to an area and whose items were all counted.
pub(crate) fn measured<'a>(
    audit: &'a Audit,
    survey: &'a Survey,
    totals: &Totals,
) -> Vec<Measured<'a>> {
    let scales = survey.scales.iter().filter_map(|scale| {
        let area = audit.areas.iter().find(|area| Some(&area.id) == scale.audit_area.as_ref())?;
        let (mean, n) = mean(survey, scale, totals)?;
        let others = survey.scales.iter().filter(|other| other.audit_area == scale.audit_area);
        let indicator = match (area.indicators.as_slice(), others.count()) {
            ([only], 1) => Some(only),
            (all, _) => all.iter().find(|indicator| names(&indicator.title, &scale.id)),
        };
        Some(Measured { scale, survey, area, indicator, mean, n })
    });
    scales.collect()
}

/// The mean of the items' means, on the scale 1 to 5, and the smallest n. `None` where an item is hidden or was never
/// answered, or where the answers have other ends.
fn mean(survey: &Survey, scale: &Scale, totals: &Totals) -> Option<(f64, usize)> {
    let (low, high) = survey.scale.min.zip(survey.scale.max)?;
    if (low, high) != (1.0, 5.0) || scale.items.is_empty() {
        return None;
    }
    let (mut sum, mut fewest) = (0.0, usize::MAX);
    for id in &scale.items {
        let counted = totals.items.iter().find(|counted| counted.id == *id)?;
        let (mean, n) = item_mean(counted, low)?;
        sum += if scale.reversed.contains(id) { low + high - mean } else { mean };
        fewest = fewest.min(n);
    }
    #[allow(clippy::cast_precision_loss, reason = "a scale has a handful of items")]
    let items = scale.items.len() as f64;
    Some((sum / items, fewest))
}

fn item_mean(counted: &Counted, low: f64) -> Option<(f64, usize)> {
    let (mut answer, mut sum, mut n) = (low, 0.0, 0_u32);
    for count in counted.counts.as_ref()? {
        let count = (*count)?;
        sum += answer * f64::from(count);
        n = n.checked_add(count)?;
        answer += 1.0;
    }
    (n > 0).then(|| (sum / f64::from(n), n as usize))
}

fn names(title: &Text, id: &str) -> bool {
    let words = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == id);
    !id.is_empty() && (words(&title.kk) || words(&title.ru) || words(&title.en))
}

pub(crate) fn show(report: Report, measured: &[Measured<'_>]) -> Report {
    if measured.is_empty() {
        return report;
    }
    let mut report = report.heading(2, WORDS.word("scales"));
    let mut table = Table::new(
        WORDS.word("scales-levels"),
        vec![
            Column::text(WORDS.word("scale")),
            Column::text(WORDS.word("indicator")),
            Column::number(WORDS.word("mean"), 2),
            Column::number(WORDS.word("answers"), 0),
            Column::number(WORDS.word("level-of-mean"), 0),
            Column::number(WORDS.word("now"), 0),
        ],
    );
    for one in measured {
        let level = match level_of_mean(one.mean) {
            Ok(level) => level.value,
            Err(why) => {
                let names = |_: &str, _: usize| one.scale.title.clone();
                report = without(report, &one.scale.title, &why, &names);
                continue;
            }
        };
        let indicator = one.indicator.map(|indicator| Cell::Item(path(one.area, indicator)));
        table.push(vec![
            one.scale.title.clone().into(),
            indicator.unwrap_or(Cell::Empty),
            one.mean.into(),
            one.n.into(),
            f64::from(level).into(),
            one.indicator.and_then(|indicator| indicator.level).into(),
        ]);
    }
    report.table(table).paragraph(WORDS.word("scales-method"))
}

/// A level for each indicator whose scale says another one than the plan.
pub(crate) fn proposals(measured: &[Measured<'_>]) -> Result<Vec<Proposal>, Error> {
    let mut proposals = Vec::new();
    for one in measured {
        let (Some(indicator), Ok(level)) = (one.indicator, level_of_mean(one.mean)) else {
            continue;
        };
        let level = level.value;
        if indicator.level == Some(f64::from(level)) {
            continue;
        }
        let values = [
            ("item", Value::from(&indicator.title)),
            ("level", usize::from(level).into()),
            ("scale", (&one.scale.title).into()),
            ("mean", (one.mean, 2).into()),
            ("n", one.n.into()),
            ("survey", one.survey.id.as_str().into()),
        ];
        let proposal =
            Proposal::new(WORDS.say("propose", &values), WORDS.say("propose-reason", &values));
        proposals.push(proposal.set(format!("{}/level", path(one.area, indicator)), &level)?);
    }
    Ok(proposals)
}
