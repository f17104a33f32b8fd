//! Items of the test after the lesson: difficulty, discrimination, reliability, errors in common.

use jospar_guest_words::{stated, warn, without};
use jospar_methods::lesson::{ErrorPattern, ItemAnalysis};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Column, Number, Report, Table, Text, Value};
use serde_json::{Map, json};

use crate::WORDS;
use crate::plan::Class;

/// Patterns that are shown.
const PATTERNS_SHOWN: usize = 10;

pub(crate) struct Items {
    analysis: Result<Computed<Vec<ItemAnalysis>>, Refusal>,
    kr20: Result<Computed<f64>, Refusal>,
    patterns: Result<Computed<Vec<ErrorPattern>>, Refusal>,
}

pub(crate) fn calculate(class: &Class<'_>) -> Items {
    match class.responses(class.after) {
        Ok(responses) => Items {
            analysis: Ok(responses.item_analysis()),
            kr20: responses.kr20(),
            patterns: responses.error_patterns(),
        },
        Err(why) => Items { analysis: Err(why), kr20: Err(why), patterns: Err(why) },
    }
}

/// What has to be looked at in an item; nothing where all is well.
fn flags(item: &ItemAnalysis) -> Vec<&'static str> {
    let all = [
        (item.is_too_easy, "flag-easy"),
        (item.is_too_hard, "flag-hard"),
        (item.is_negative, "flag-negative"),
        (item.item_rest.is_none(), "flag-undefined"),
    ];
    all.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).collect()
}

fn flag_text(flags: &[&str]) -> Text {
    let texts: Vec<Text> = flags.iter().map(|flag| WORDS.word(flag)).collect();
    Text::joined(&texts, ", ")
}

pub(crate) fn show(report: Report, class: &Class<'_>, items: &Items) -> Report {
    let names = |field: &str, place: usize| match field {
        "item" => class.item(place),
        _ => class.learner(place),
    };
    let mut report = report.heading(2, WORDS.word("items"));
    match &items.analysis {
        Ok(analysis) => {
            let method = jospar_guest_words::method(&analysis.method);
            let values = [("method", method.into()), ("n", analysis.n.into())];
            report =
                report.table(table(class, &analysis.value)).chart(chart(class, &analysis.value));
            report = warn(
                report.paragraph(WORDS.say("items-method", &values)),
                &analysis.warnings,
                &names,
            );
        }
        Err(why) => report = without(report, &WORDS.word("items"), why, &names),
    }
    report = match &items.kr20 {
        Ok(kr20) => report.number(stated(Number::new(WORDS.word("kr20"), kr20.value), kr20)),
        Err(why) => without(report, &WORDS.word("kr20"), why, &names),
    };
    match &items.patterns {
        Ok(patterns) if patterns.value.is_empty() => report.paragraph(WORDS.word("patterns-none")),
        Ok(patterns) => {
            let report = report.table(pattern_table(class, &patterns.value));
            let method = jospar_guest_words::method(&patterns.method);
            warn(report.paragraph(method), &patterns.warnings, &names)
        }
        Err(why) => without(report, &WORDS.word("patterns"), why, &names),
    }
}

fn table(class: &Class<'_>, analysis: &[ItemAnalysis]) -> Table {
    let number = |key: &str, decimals| Column::number(WORDS.word(key), decimals);
    let mut table = Table::new(
        WORDS.word("items-table"),
        vec![
            Column::text(WORDS.word("item")),
            number("right", 0),
            number("rest", 2),
            number("upper-lower", 2),
            Column::text(WORDS.word("look")),
        ],
    );
    for (place, item) in analysis.iter().enumerate() {
        let rest = item.item_rest.map_or_else(|| WORDS.word("undefined").into(), Cell::from);
        table.push(vec![
            class.item(place).into(),
            Cell::Share(item.difficulty),
            rest,
            item.upper_lower.into(),
            flag_text(&flags(item)).into(),
        ]);
    }
    table
}

fn chart(class: &Class<'_>, analysis: &[ItemAnalysis]) -> Chart {
    Chart::new(ChartKind::Bar, WORDS.word("items-chart"))
        .categories((0..analysis.len()).map(|place| class.item(place)).collect())
        .series(WORDS.word("right"), analysis.iter().map(|item| Some(item.difficulty)).collect())
        .axis(0.0, 1.0)
}

fn pattern_table(class: &Class<'_>, patterns: &[ErrorPattern]) -> Table {
    let mut table = Table::new(
        WORDS.word("patterns"),
        vec![
            Column::text(WORDS.word("wrong-together")),
            Column::number(WORDS.word("learners-n"), 0),
            Column::text(WORDS.word("learners")),
        ],
    );
    for pattern in patterns.iter().take(PATTERNS_SHOWN) {
        let learners: Vec<Text> =
            pattern.learners.iter().map(|place| class.learner(*place)).collect();
        table.push(vec![
            class.item_list(&pattern.items).into(),
            pattern.learners.len().into(),
            Text::joined(&learners, ", ").into(),
        ]);
    }
    table
}

pub(crate) fn next(class: &Class<'_>, items: &Items) -> Vec<Text> {
    let mut steps = Vec::new();
    let pattern = items.patterns.as_ref().ok().and_then(|patterns| patterns.value.first());
    if let Some(pattern) = pattern {
        let values = [
            ("items", class.item_list(&pattern.items).into()),
            ("n", pattern.learners.len().into()),
        ];
        steps.push(WORDS.say("next-pattern", &values));
    }
    let analysis =
        items.analysis.as_ref().map(|analysis| analysis.value.as_slice()).unwrap_or_default();
    for (place, item) in analysis.iter().enumerate() {
        let flags = flags(item);
        if !flags.is_empty() {
            let values =
                [("item", Value::from(class.item(place))), ("why", flag_text(&flags).into())];
            steps.push(WORDS.say("next-item", &values));
        }
    }
    steps
}

/// Items that have to be looked at, with the reasons.
pub(crate) fn data(class: &Class<'_>, items: &Items) -> serde_json::Value {
    let Ok(analysis) = &items.analysis else { return serde_json::Value::Null };
    let flagged = class.items.iter().zip(&analysis.value).filter_map(|(name, item)| {
        let flags = flags(item);
        (!flags.is_empty()).then(|| (name.clone(), json!(flags)))
    });
    let flagged: Map<_, _> = flagged.collect();
    let kr20 = items.kr20.as_ref().ok().map(|kr20| kr20.value);
    json!({"n": analysis.n, "kr20": kr20, "flagged": flagged})
}
