//! The bundled plugin `swot`: IFE and EFE totals, the cell of the IE matrix, AHP and A'WOT priorities, TOWS scores.
//!
//! It proposes weights and never sets them. What it calculates and by which convention: docs/bundled-plugins.md.

mod plan;
mod priorities;
mod strategies;
mod totals;
mod weights;

use jospar_plugin_sdk::{Error, Outcome, Report, Words, plan as workspace, plugin, setting};
use serde_json::json;

use plan::Swot;

static WORDS: Words = Words::new(include_str!("words.txt"));

plugin! { "swot" => swot }

fn swot() -> Result<Outcome, Error> {
    let swot: Swot = workspace::read("swot")?;
    let convention = setting::<String>("convention");
    let normalise = setting("normalise").unwrap_or(false);
    report(&swot, convention.as_deref(), normalise)
}

fn report(swot: &Swot, convention: Option<&str>, normalise: bool) -> Result<Outcome, Error> {
    if swot.items.is_empty() {
        return Err(Error::refused(WORDS.word("empty")));
    }
    let totals = totals::calculate(swot, swot.convention(convention), normalise);
    let priorities = priorities::calculate(swot);
    let strategies = strategies::calculate(swot, &priorities);
    let mut report = Report::new(WORDS.word("title"));
    report = totals::show(report, swot, &totals);
    report = priorities::show(report, swot, &priorities);
    report = strategies::show(report, swot, &strategies);
    report = report.heading(2, WORDS.word("next")).items(next(swot, &totals, &strategies));
    let outcome = Outcome::of(report);
    let outcome = weights::propose(outcome, swot, &totals, &priorities)?;
    outcome.with_data(&json!({
        "ife": totals.internal.as_ref().ok().map(|side| side.value.total),
        "efe": totals.external.as_ref().ok().map(|side| side.value.total),
        "cell": totals.cell.as_ref().map(|cell| cell.value.number),
        "consistency": priorities.ratios(),
        "priorities": priorities.by_id(swot),
        "strategies": strategies.scores(swot),
    }))
}

/// What to do, the most urgent first.
fn next(
    swot: &Swot,
    totals: &totals::Totals,
    strategies: &strategies::Strategies,
) -> Vec<jospar_plugin_sdk::Text> {
    let mut steps = Vec::new();
    if let Some((place, factor)) = totals.weakest_answer(swot) {
        let values = [
            ("factor", swot.title(place).into()),
            ("rating", (factor.rating, 0).into()),
            ("weight", (factor.weight, 2).into()),
        ];
        steps.push(WORDS.say("next-factor", &values));
    }
    if let Some(best) = strategies.best(swot) {
        steps.push(WORDS.say("next-strategy", &[("strategy", best.into())]));
    }
    for title in strategies.without_initiative(swot) {
        steps.push(WORDS.say("next-initiative", &[("strategy", title.into())]));
    }
    if steps.is_empty() {
        steps.push(WORDS.word("next-nothing"));
    }
    steps
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jospar_plugin_sdk::{Block, Edit};
    use serde_json::Value;

    use super::*;

    fn example() -> Value {
        let plan = include_str!("../../../../data/example-plan.json");
        let mut plan: Value = serde_json::from_str(plan).unwrap();
        plan["swot"].take()
    }

    fn calculated(swot: Value) -> (Outcome, Value) {
        let outcome = report(&serde_json::from_value(swot).unwrap(), None, false).unwrap();
        let data = serde_json::from_str(&outcome.data).unwrap();
        (outcome, data)
    }

    fn remarks(outcome: &Outcome) -> Vec<String> {
        let blocks = outcome.report.iter().flat_map(|report| &report.blocks);
        let remarks = blocks.filter_map(|block| match block {
            Block::Callout(callout) => Some(callout.text.kk.clone()),
            _ => None,
        });
        remarks.collect()
    }

    #[test]
    fn the_example_has_the_totals_of_its_readme() {
        let (outcome, data) = calculated(example());
        assert!((data["ife"].as_f64().unwrap() - 2.62).abs() < 1e-9);
        assert!((data["efe"].as_f64().unwrap() - 2.36).abs() < 1e-9);
        assert_eq!(data["cell"], 5);
        let all: f64 =
            data["priorities"].as_object().unwrap().values().filter_map(Value::as_f64).sum();
        assert!((all - 1.0).abs() < 1e-9);
        // s2 : s1 : s3 = 2 : 1 : 1, by hand.
        let of = |id: &str| data["priorities"][id].as_f64().unwrap();
        assert!((of("s2") / of("s1") - 2.0).abs() < 1e-9 && (of("s1") - of("s3")).abs() < 1e-9);
        // Both sides are proposed, and each side's weights add up to 1 with those that stay.
        assert_eq!(outcome.proposals.len(), 2);
        let mut weights: std::collections::BTreeMap<String, f64> = Default::default();
        for item in example()["items"].as_array().unwrap() {
            weights
                .insert(item["id"].as_str().unwrap().to_owned(), item["weight"].as_f64().unwrap());
        }
        for edit in outcome.proposals.iter().flat_map(|proposal| &proposal.edits) {
            let Edit::Set(set) = edit else { unreachable!() };
            let id = set.path.split('/').nth(2).unwrap().to_owned();
            weights.insert(id, set.value.parse().unwrap());
        }
        let sum = |sides: &str| -> f64 {
            weights
                .iter()
                .filter(|(id, _)| sides.contains(&id[..1]))
                .map(|(_, weight)| weight)
                .sum()
        };
        assert!((sum("sw") - 1.0).abs() < 1e-9 && (sum("ot") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn contradicting_judgements_are_refused_with_the_worst_three_named() {
        let mut swot = example();
        swot["pairwise"]["S"]["upper"] = json!([9, "1/9", 9]);
        let (outcome, data) = calculated(swot);
        let remarks = remarks(&outcome);
        let named = |text: &String| {
            ["«Интернет»", "«Кадр»", "«Тәжірибе»"].iter().all(|name| text.contains(name))
        };
        assert!(remarks.iter().any(named), "{remarks:?}");
        assert_eq!(data["priorities"], json!({}));
        assert!(data["consistency"]["S"].as_f64().unwrap() > 0.1);
        assert!(outcome.proposals.is_empty());
    }

    #[test]
    fn weights_that_do_not_add_up_are_refused_and_a_division_is_proposed() {
        let mut swot = example();
        swot["items"][0]["weight"] = json!(0.38);
        swot["pairwise"] = json!({});
        let (outcome, data) = calculated(swot);
        assert!(data["ife"].is_null() && data["cell"].is_null());
        assert!((data["efe"].as_f64().unwrap() - 2.36).abs() < 1e-9);
        assert!(remarks(&outcome).iter().any(|text| text.contains("1,2, ал 1 болуы керек")));
        assert_eq!(outcome.proposals.len(), 1);
    }

    #[test]
    fn ratings_outside_their_class_are_named() {
        let mut swot = example();
        swot["items"][3]["rating"] = json!(3);
        let (outcome, _) = calculated(swot);
        let remarks = remarks(&outcome);
        assert!(
            remarks.iter().any(|text| text.contains("«Дағдылардың жетіспеуі»: 3 бағасы 1–2")),
            "{remarks:?}"
        );
    }

    #[test]
    fn strategies_that_join_the_wrong_factors_are_named_and_the_others_scored() {
        let mut swot = example();
        swot["tows"][0]["from"] = json!(["s2", "t1"]);
        swot["tows"][1]["from"] = json!(["w1", "gone"]);
        swot["tows"][2]["cell"] = json!(null);
        let (outcome, data) = calculated(swot);
        assert_eq!(data["strategies"].as_object().unwrap().len(), 1);
        let remarks = remarks(&outcome);
        assert!(remarks.iter().any(|text| text.contains("«Қарсылық» факторы")), "{remarks:?}");
        assert_eq!(
            remarks.iter().filter(|text| text.contains("стратегиясы")).count(),
            3,
            "{remarks:?}"
        );
    }

    #[test]
    fn an_empty_analysis_is_refused_in_words() {
        let error = report(&Swot::default(), None, false).unwrap_err();
        assert!(error.message.kk.contains("бірде-бір фактор жоқ"));
    }
}
