//! Scales: scores, the level that they stand for, reliability.

use jospar_guest_words::{stated, warning, without};
use jospar_methods::ideas::{Share, share};
use jospar_methods::maturity::{CUT_POINTS, level_of_mean};
use jospar_methods::survey::{Reliability, ScaleItem, Summary, summary};
use jospar_methods::{At, Computed, Refusal, Warning};
use jospar_plugin_sdk::{Chart, ChartKind, Column, Number, Report, Table, Text, Tone, Value};
use serde_json::{Map, json};

use crate::plan::Scale;
use crate::{WORDS, Wave, name};

/// Below this a scale is read with care (Nunnally 1978).
const ALPHA_GOOD: f64 = 0.7;

/// What is known of one scale.
pub(crate) struct Found<'a> {
    pub(crate) scale: &'a Scale,
    pub(crate) items: Vec<ScaleItem>,
    /// One score for each person who has one.
    summary: Result<Computed<Summary>, Refusal>,
    /// People below level 3.
    below: Option<Computed<Share>>,
    pub(crate) reliability: Result<Computed<Reliability>, Refusal>,
    warnings: Vec<Warning>,
}

pub(crate) fn calculate<'a>(wave: &Wave<'a>) -> Vec<Found<'a>> {
    wave.survey.scales.iter().map(|scale| found(wave, scale)).collect()
}

fn found<'a>(wave: &Wave<'_>, scale: &'a Scale) -> Found<'a> {
    let items = wave.survey.scale_items(scale);
    let scores = wave.answers.scores(&items);
    let reliability = wave.answers.reliability(&items);
    let (known, mut warnings) = match &scores {
        Ok(scores) => (scores.value.iter().copied().flatten().collect(), scores.warnings.clone()),
        Err(_) => (Vec::new(), Vec::new()),
    };
    // Fewer scores than people may be shown of say nothing about a person only while they stay hidden.
    let k = wave.survey.minimum();
    let summary = match scores {
        Err(why) => Err(why),
        Ok(_) if known.len() < k => Err(Refusal::TooFewToShow { n: known.len(), k }),
        Ok(scores) => summary(&known).map(|mut summary| {
            // The mean of scores is stated with how scores are made.
            summary.method = scores.method;
            summary
        }),
    };
    let is_five = wave.answers.scale().min() == 1 && wave.answers.scale().max() == 5;
    let low = known.iter().filter(|score| **score < CUT_POINTS[1]).count();
    let below = if is_five && summary.is_ok() { share(low, known.len()).ok() } else { None };
    if let Ok(reliability) = &reliability {
        // That an item runs the other way as worded is news only where the scale does not say so.
        let is_known = |about: &Warning| match about {
            Warning::NegativeAsWorded { item: At(at), .. } => {
                items.iter().any(|item| item.item == *at && item.is_reversed)
            }
            _ => false,
        };
        warnings.extend(reliability.warnings.iter().copied().filter(|about| !is_known(about)));
    }
    Found { scale, items, summary, below, reliability, warnings }
}

impl Found<'_> {
    fn mean(&self) -> Option<f64> {
        self.summary.as_ref().ok().map(|summary| summary.value.mean)
    }

    /// The level of the mean, on the scale 1 to 5.
    fn level(&self) -> Option<u8> {
        self.below.as_ref()?;
        level_of_mean(self.mean()?).ok().map(|level| level.value)
    }
}

/// The scale with the lowest and the one with the highest mean.
fn ends<'a, 'b>(scales: &'b [Found<'a>]) -> Option<(&'b Found<'a>, &'b Found<'a>)> {
    let known = || scales.iter().filter_map(|found| Some((found, found.mean()?)));
    let low = known().min_by(|a, b| a.1.total_cmp(&b.1))?.0;
    let high = known().max_by(|a, b| a.1.total_cmp(&b.1))?.0;
    Some((low, high))
}

/// The first sentence.
pub(crate) fn answer(report: Report, wave: &Wave<'_>, scales: &[Found<'_>]) -> Report {
    let mut values =
        vec![("n", Value::from(wave.answers.people())), ("survey", name(wave.survey).into())];
    let Some((low, high)) = ends(scales) else {
        return report.callout(Tone::Info, WORDS.say("answer-totals", &values));
    };
    values.extend([
        ("low", Value::from(&low.scale.title)),
        ("lowest", (low.mean().unwrap_or(f64::NAN), 2).into()),
        ("high", (&high.scale.title).into()),
        ("highest", (high.mean().unwrap_or(f64::NAN), 2).into()),
    ]);
    report.callout(Tone::Info, WORDS.say("answer", &values))
}

pub(crate) fn show(report: Report, wave: &Wave<'_>, scales: &[Found<'_>]) -> Report {
    if scales.is_empty() {
        return report;
    }
    let mut report = report.heading(2, WORDS.word("scales"));
    for found in scales {
        let names = |_: &str, place: usize| wave.survey.item_name(place);
        report = match &found.summary {
            Ok(summary) => numbers(report, found, summary),
            Err(why) => without(report, &found.scale.title, why, &names),
        };
        if let Err(why) = &found.reliability {
            let label = WORDS.say("alpha-of", &[("scale", (&found.scale.title).into())]);
            report = without(report, &label, why, &names);
        }
        let said = found.warnings.iter().map(|about| warning(about, &names));
        report = report.items(said.collect());
    }
    let chart = Chart::new(ChartKind::Radar, WORDS.word("scales-means"))
        .categories(scales.iter().map(|found| found.scale.title.clone()).collect())
        .series(WORDS.word("mean"), scales.iter().map(Found::mean).collect())
        .axis(f64::from(wave.answers.scale().min()), f64::from(wave.answers.scale().max()));
    report.table(table(scales)).chart(chart).paragraph(WORDS.word("alpha-method"))
}

fn numbers(report: Report, found: &Found<'_>, summary: &Computed<Summary>) -> Report {
    let label = WORDS.say("scale-mean", &[("scale", (&found.scale.title).into())]);
    let report = report.number(stated(Number::new(label, summary.value.mean), summary));
    let Some(below) = &found.below else { return report };
    let label = WORDS.say("scale-below", &[("scale", (&found.scale.title).into())]);
    let percent = |share: f64| share * 100.0;
    let number = Number::new(label, percent(below.value.share))
        .decimals(0)
        .unit(Text::same("%"))
        .interval(percent(below.value.low), percent(below.value.high));
    report.number(stated(number, below))
}

fn table(scales: &[Found<'_>]) -> Table {
    let number = |key: &str, decimals| Column::number(WORDS.word(key), decimals);
    let mut table = Table::new(
        WORDS.word("scales-table"),
        vec![
            Column::text(WORDS.word("scale")),
            number("n", 0),
            number("median", 2),
            number("quartiles", 2),
            number("mean", 2),
            number("level", 0),
            number("alpha", 2),
            number("low", 2),
            number("high", 2),
            number("complete", 0),
        ],
    );
    for found in scales {
        let summary = found.summary.as_ref().ok();
        let alpha = found.reliability.as_ref().ok();
        table.push(vec![
            found.scale.title.clone().into(),
            summary.map_or(jospar_plugin_sdk::Cell::Hidden, |summary| summary.n.into()),
            summary.map(|summary| summary.value.median).into(),
            summary.map(|summary| summary.value.quartile_range).into(),
            found.mean().into(),
            found.level().map(f64::from).into(),
            alpha.map(|alpha| alpha.value.alpha).into(),
            alpha.map(|alpha| alpha.value.low).into(),
            alpha.map(|alpha| alpha.value.high).into(),
            alpha.map_or(jospar_plugin_sdk::Cell::Empty, |alpha| alpha.n.into()),
        ]);
    }
    table
}

pub(crate) fn next(wave: &Wave<'_>, scales: &[Found<'_>]) -> Vec<Text> {
    let mut steps = Vec::new();
    if let Some((low, _)) = ends(scales) {
        steps.push(WORDS.say("next-scale", &[("scale", (&low.scale.title).into())]));
    }
    for found in scales {
        let alpha = found.reliability.as_ref().ok().map(|alpha| alpha.value.alpha);
        if let Some(alpha) = alpha.filter(|alpha| *alpha < ALPHA_GOOD) {
            let values = [("scale", (&found.scale.title).into()), ("alpha", (alpha, 2).into())];
            steps.push(WORDS.say("next-alpha", &values));
        }
        for about in &found.warnings {
            if let Warning::NegativeItemRest { item, .. } = about {
                steps.push(
                    WORDS.say("next-item", &[("item", wave.survey.item_name(item.0).into())]),
                );
            }
        }
    }
    steps
}

/// For other plugins: what each scale says.
pub(crate) fn data(wave: &Wave<'_>, scales: &[Found<'_>]) -> serde_json::Value {
    let entries = scales.iter().map(|found| {
        let summary = found.summary.as_ref().ok();
        let value = json!({
            "n": summary.map(|summary| summary.n),
            "mean": found.mean(),
            "level": found.level(),
            "alpha": found.reliability.as_ref().ok().map(|alpha| alpha.value.alpha),
            "low": wave.answers.scale().min(),
            "high": wave.answers.scale().max(),
        });
        (found.scale.id.clone(), value)
    });
    entries.collect::<Map<_, _>>().into()
}
