//! The task `choice`: options of the director's cases by weighed criteria, and what would change the choice.

use jospar_guest_words::{refusal, stated, warn};
use jospar_methods::choice::{Choice, weighed_choice};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Error, Number, Outcome, Report, Text, Tone, Value};
use serde_json::{Map, json};

use crate::WORDS;
use crate::plan::{Case, Plan};
use crate::show::{self, NAMED_MAX, denied, empty, number, text};

/// What the task reads.
pub(crate) const PARTS: [&str; 1] = ["assistant_cases"];

pub(crate) fn report(plan: &Plan) -> Result<Outcome, Error> {
    let all = plan.assistant_cases.iter();
    let weighed: Vec<&Case> =
        all.filter(|case| !case.criteria.is_empty() && !case.options.is_empty()).collect();
    if weighed.is_empty() {
        return Err(Error::refused(WORDS.word("choice-empty")));
    }
    let shown: Vec<_> = weighed.iter().take(NAMED_MAX).map(|case| (*case, choose(case))).collect();
    let known = shown.iter().filter(|(_, choice)| choice.is_ok()).count();
    let values = [("known", Value::from(known)), ("n", weighed.len().into())];
    let tone = if known == weighed.len() { Tone::Info } else { Tone::Warning };
    let mut report =
        Report::new(WORDS.word("choice-title")).callout(tone, WORDS.say("choice-answer", &values));
    for (case, choice) in &shown {
        report = of_case(report, case, choice);
    }
    report = report.paragraph(WORDS.word("choice-method"));
    let data = shown.iter().filter_map(|(case, choice)| {
        let choice = &choice.as_ref().ok()?.value;
        let ids =
            choice.ranked.iter().filter_map(|one| Some(case.options.get(one.place)?.id.clone()));
        let order: Vec<String> = ids.collect();
        Some((case.id.clone(), json!({"order": order, "turns": choice.turns.len()})))
    });
    Outcome::of(denied(report, &plan.denied)).with_data(&data.collect::<Map<_, _>>())
}

fn choose(case: &Case) -> Result<Computed<Choice>, Refusal> {
    let weights: Vec<f64> =
        case.criteria.iter().map(|criterion| criterion.weight.unwrap_or_default()).collect();
    let row = |option: &crate::plan::CaseOption| {
        case.criteria.iter().map(|criterion| option.scores.get(&criterion.id).copied()).collect()
    };
    let scores: Vec<Vec<Option<f64>>> = case.options.iter().map(row).collect();
    weighed_choice(&weights, &scores)
}

fn option(case: &Case, place: usize) -> Text {
    case.options.get(place).map_or_else(|| Text::same("?"), |option| option.title.clone())
}

fn of_case(report: Report, case: &Case, choice: &Result<Computed<Choice>, Refusal>) -> Report {
    let report = report.heading(2, case.title.clone());
    let names = |_: &str, place: usize| option(case, place);
    let found = match choice {
        Ok(found) => found,
        Err(why) => return report.callout(Tone::Warning, refusal(why, &names)),
    };
    let mut report = warn(report, &found.warnings, &names);
    if let Some(first) = found.value.ranked.first() {
        let first_score = Number::new(option(case, first.place), first.score);
        report = report.number(stated(first_score, found));
    }
    let mut table = empty("choice-order", &[text("option"), number("weighed", 2)]);
    for one in &found.value.ranked {
        let id = case.options.get(one.place).map_or("", |option| option.id.as_str());
        let item = Cell::Item(format!("assistant_cases/{}/options/{id}", case.id));
        table.push(vec![item, one.score.into()]);
    }
    let report = show::table(report, table);
    if found.value.turns.is_empty() {
        return report.paragraph(WORDS.word("choice-firm"));
    }
    let turn = |turn: &jospar_methods::choice::Turn| {
        let criterion = case.criteria.get(turn.criterion);
        let title = criterion.map_or_else(|| Text::same("?"), |one| one.title.clone());
        let values = [
            ("criterion", Value::from(title)),
            ("weight", (turn.weight, 2).into()),
            ("option", option(case, turn.first).into()),
        ];
        WORDS.say("choice-turn", &values)
    };
    report.items(found.value.turns.iter().take(NAMED_MAX).map(turn).collect())
}
