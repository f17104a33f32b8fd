//! Items: distributions as people ticked them, the share of the two highest answers, how an item stands to its scale.

use jospar_methods::Computed;
use jospar_methods::survey::{Answers, Distribution, ScaleItem};
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Column, Report, Table, Text, Tone, Value};

use crate::plan::{Survey, Totals};
use crate::scales::Found;
use crate::{WORDS, Wave};

/// Items that are shown; a report has bounds.
const SHOWN_MAX: usize = 150;

/// What is shown of an item: its column, and its distribution where enough people answered.
type Shown = (usize, Option<Computed<Distribution>>);

fn distribution(answers: &Answers, item: usize, k: usize) -> Option<Computed<Distribution>> {
    let found = answers.distribution(ScaleItem { item, is_reversed: false }).ok()?;
    (found.n >= k).then_some(found)
}

fn shown(wave: &Wave<'_>) -> Vec<Shown> {
    let columns = 0..wave.survey.items.len().min(SHOWN_MAX);
    columns.map(|at| (at, distribution(&wave.answers, at, wave.survey.minimum()))).collect()
}

pub(crate) fn show(report: Report, wave: &Wave<'_>, scales: &[Found<'_>]) -> Report {
    let shown = shown(wave);
    let standing = |column: usize| {
        scales.iter().find_map(|found| {
            let place = found.items.iter().position(|item| item.item == column)?;
            let item = *found.reliability.as_ref().ok()?.value.items.get(place)?;
            Some((item.item_rest, item.alpha_if_dropped))
        })
    };
    items(report, wave.survey, &shown, standing)
}

/// The same from counts, where nothing is known of how answers go together.
pub(crate) fn show_totals(report: Report, survey: &Survey, totals: &Totals) -> Report {
    let columns = survey.items.iter().take(SHOWN_MAX).enumerate();
    let shown: Vec<Shown> = columns
        .map(|(at, item)| {
            let answers = survey.counted(totals, &item.id).and_then(Result::ok);
            let found = answers.and_then(|answers| distribution(&answers, 0, survey.minimum()));
            (at, found)
        })
        .collect();
    items(report, survey, &shown, |_| None)
}

fn items(
    report: Report,
    survey: &Survey,
    shown: &[Shown],
    standing: impl Fn(usize) -> Option<(Option<f64>, Option<f64>)>,
) -> Report {
    if shown.is_empty() {
        return report;
    }
    let number = |key: &str, decimals| Column::number(WORDS.word(key), decimals);
    let mut table = Table::new(
        WORDS.word("items-table"),
        vec![
            Column::text(WORDS.word("item")),
            number("n", 0),
            number("blank", 0),
            number("median", 1),
            number("quartiles", 1),
            number("mean", 2),
            number("top", 0),
            number("low", 0),
            number("high", 0),
            number("rest", 2),
            number("dropped", 2),
        ],
    );
    for (column, found) in shown {
        let (rest, dropped) = standing(*column).unwrap_or_default();
        let mut row: Vec<Cell> = vec![survey.item_name(*column).into()];
        match found {
            Some(found) => {
                let (value, top) = (&found.value, found.value.top_two);
                row.extend([found.n.into(), value.blank.into(), value.summary.median.into()]);
                row.extend([value.summary.quartile_range.into(), value.summary.mean.into()]);
                row.extend([Cell::Share(top.share), Cell::Share(top.low), Cell::Share(top.high)]);
            }
            None => row.extend((0..8).map(|_| Cell::Hidden)),
        }
        row.extend([rest.into(), dropped.into()]);
        table.push(row);
    }
    let mut report =
        report.heading(2, WORDS.word("items")).table(table).chart(chart(survey, shown));
    if survey.items.len() > shown.len() {
        let values = [("more", Value::from(survey.items.len() - shown.len()))];
        report = report.callout(Tone::Warning, WORDS.say("items-more", &values));
    }
    report.paragraph(WORDS.word("items-method"))
}

/// How often each answer was given, item by item.
fn chart(survey: &Survey, shown: &[Shown]) -> Chart {
    let known: Vec<(Text, &Distribution)> = shown
        .iter()
        .filter_map(|(column, found)| {
            let id = survey.items.get(*column)?.id.as_str();
            Some((Text::same(id), &found.as_ref()?.value))
        })
        .collect();
    let mut chart = Chart::new(ChartKind::StackedBar, WORDS.word("items-chart"))
        .categories(known.iter().map(|(code, _)| code.clone()).collect())
        .unit(WORDS.word("people"));
    let Ok(scale) = survey.answer_scale() else { return chart };
    for (step, answer) in (scale.min()..=scale.max()).enumerate() {
        let label = survey.scale.labels.get(&answer.to_string());
        let label = label.filter(|label| !label.is_empty()).cloned();
        #[allow(clippy::cast_precision_loss, reason = "counts of people")]
        let counts = known.iter().map(|(_, found)| found.counts.get(step).map(|n| *n as f64));
        chart =
            chart.series(label.unwrap_or_else(|| Text::same(answer.to_string())), counts.collect());
    }
    chart
}

/// The item that the fewest agree to, among those that are not worded in reverse.
pub(crate) fn next(wave: &Wave<'_>) -> Option<Text> {
    let reversed: Vec<usize> = wave
        .survey
        .scales
        .iter()
        .flat_map(|scale| wave.survey.scale_items(scale))
        .filter(|item| item.is_reversed)
        .map(|item| item.item)
        .collect();
    let known =
        shown(wave).into_iter().filter_map(|(column, found)| Some((column, found?.value.top_two)));
    let known = known.filter(|(column, _)| !reversed.contains(column));
    let (column, top) = known.min_by(|a, b| a.1.share.total_cmp(&b.1.share))?;
    let values = [
        ("item", Value::from(wave.survey.item_name(column))),
        ("share", Value::Share(top.share)),
        ("low", Value::Share(top.low)),
        ("high", Value::Share(top.high)),
    ];
    Some(WORDS.say("next-agree", &values))
}
