//! What comes next: a forecast for each learner, by a way that had to prove itself on the class's past.

use jospar_guest_words::{refusal, stated, warn, without};
use jospar_methods::trajectory::{Candidate, ClassForecasts, ScoreScale, forecasts};
use jospar_methods::{Refusal, Warning};
use jospar_plugin_sdk::{Cell, Column, Number, Report, Table, Text, Tone, Value};
use serde_json::{Value as Json, json};

use crate::WORDS;
use crate::plan::Class;

/// Learners that are shown.
const LEARNERS_MAX: usize = 200;

/// The day of the next test: as far behind the last as the tests were apart, by the median.
pub(crate) fn next_day(class: &Class<'_>) -> Option<f64> {
    let days: Vec<f64> = class.occasions.iter().map(|occasion| occasion.day).collect();
    let mut steps: Vec<f64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_by(f64::total_cmp);
    Some(days.last()? + steps.get(steps.len() / 2)?)
}

pub(crate) fn calculate(class: &Class<'_>) -> Option<Result<ClassForecasts, Refusal>> {
    #[allow(clippy::cast_precision_loss, reason = "a test has a handful of items")]
    let scale = ScoreScale { low: 0.0, high: class.items.len() as f64 };
    Some(forecasts(&class.series(), next_day(class)?, scale))
}

fn candidate(candidate: Candidate) -> Text {
    WORDS.word(match candidate {
        Candidate::LastValue => "candidate-last",
        Candidate::ClassSlope => "candidate-class",
        Candidate::ShrunkenSlope => "candidate-shrunken",
        Candidate::TheilSen => "candidate-own",
    })
}

/// The date of a day.
pub(crate) fn date_of(day: f64) -> String {
    #[allow(clippy::cast_possible_truncation, reason = "days of this century")]
    let days = day.round() as i64;
    jospar_guest_days::date(days)
}

/// The report with forecasts, and what other plugins may read of them: nothing of single learners.
pub(crate) fn show(report: Report, class: &Class<'_>) -> (Report, Json) {
    let report = report.heading(2, WORDS.word("forecast"));
    let names = |_: &str, place: usize| class.learner(place);
    let (found, date) = match (calculate(class), next_day(class)) {
        (Some(Ok(found)), Some(day)) => (found, date_of(day)),
        (Some(Err(why)), _) => {
            return (without(report, &WORDS.word("forecast"), &why, &names), Json::Null);
        }
        _ => return (report.callout(Tone::Info, WORDS.word("forecast-once")), Json::Null),
    };
    let backtest = &found.backtest;
    let label = WORDS.say("forecast-error", &[("way", candidate(backtest.value.chosen).into())]);
    let number = Number::new(label, backtest.value.error).unit(WORDS.word("points"));
    let values = [
        ("date", Value::from(date.as_str())),
        ("coverage", Value::Share(backtest.value.coverage)),
        ("n", backtest.n.into()),
    ];
    let report = report
        .number(stated(number, backtest))
        .table(candidates(&found))
        .paragraph(WORDS.say("forecast-what", &values));
    // That it is no mark, the paragraph says already.
    let warnings: Vec<Warning> =
        backtest.warnings.iter().copied().filter(|about| *about != Warning::NotAMark {}).collect();
    let report = warn(report, &warnings, &names).table(learners(class, &found));
    let data = json!({
        "chosen": candidate(backtest.value.chosen).en,
        "error": backtest.value.error,
        "n": backtest.n,
        "coverage": backtest.value.coverage,
        "date": date,
    });
    (report, data)
}

fn candidates(found: &ClassForecasts) -> Table {
    let mut table = Table::new(
        WORDS.word("candidates"),
        vec![
            Column::text(WORDS.word("candidate")),
            Column::number(WORDS.word("candidate-error"), 2),
            Column::text(WORDS.word("candidate-used")),
        ],
    );
    for one in &found.backtest.value.candidates {
        let used = one.candidate == found.backtest.value.chosen;
        let used = if used { WORDS.word("yes") } else { Text::default() };
        table.push(vec![candidate(one.candidate).into(), one.error.into(), used.into()]);
    }
    table
}

fn learners(class: &Class<'_>, found: &ClassForecasts) -> Table {
    let number = |key: &str| Column::number(WORDS.word(key), 1);
    let mut table = Table::new(
        WORDS.word("forecast-learners"),
        vec![
            Column::text(WORDS.word("learner")),
            number("low-80"),
            number("likely"),
            number("high-80"),
            Column::number(WORDS.word("measurements"), 0),
            Column::text(WORDS.word("remark")),
        ],
    );
    for (learner, forecast) in found.learners.iter().take(LEARNERS_MAX).enumerate() {
        let name: Cell = class.learner(learner).into();
        table.push(match forecast {
            Ok(forecast) => vec![
                name,
                forecast.value.low.into(),
                forecast.value.value.into(),
                forecast.value.high.into(),
                forecast.n.into(),
                Cell::Empty,
            ],
            Err(why) => {
                let why = refusal(why, &|_, _| class.learner(learner));
                vec![name, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, why.into()]
            }
        });
    }
    table
}
