//! The bundled plugin `audit`: levels of the digital audit, gaps in order, the map of digital development.
//!
//! What it calculates and by which convention: docs/bundled-plugins.md.

mod levels;
mod map;
mod plan;
mod scales;

use jospar_plugin_sdk::{Code, Error, Outcome, Report, Text, Words, plan as workspace, plugin};
use serde_json::json;

use map::Change;
use plan::{Audit, SchoolMap, Survey, Totals};

static WORDS: Words = Words::new(include_str!("words.txt"));

plugin! { "audit" => audit }

fn audit() -> Result<Outcome, Error> {
    let audit: Audit = workspace::read("audit")?;
    let map = workspace::optional(workspace::read("school_map"))?.unwrap_or_default();
    let surveys: Vec<Survey> = workspace::optional(workspace::read("surveys"))?.unwrap_or_default();
    let mut counted = Vec::new();
    for survey in &surveys {
        match workspace::read_survey_totals(&survey.id) {
            // Too few answers, or none yet: levels are calculated without that survey.
            Err(error) if error.code == Code::Refused => {}
            read => counted.extend(workspace::optional(read)?.map(|totals| (survey, totals))),
        }
    }
    report(&audit, &map, &counted)
}

fn report(audit: &Audit, map: &SchoolMap, counted: &[(&Survey, Totals)]) -> Result<Outcome, Error> {
    if audit.areas.iter().all(|area| area.indicators.is_empty()) {
        return Err(Error::refused(WORDS.word("empty")));
    }
    let levels = levels::calculate(audit);
    let shown = counted.iter().filter(|(_, totals)| totals.n > 0);
    let measured: Vec<_> =
        shown.flat_map(|(survey, totals)| scales::measured(audit, survey, totals)).collect();
    let mut report = levels::answer(Report::new(WORDS.word("title")), audit, &levels);
    report = levels::show(report, audit, &levels);
    report = scales::show(report, &measured);
    report = map::show(report, map);
    report = report.heading(2, WORDS.word("next")).items(next(audit, &levels, map));
    let mut outcome = Outcome::of(report);
    for proposal in scales::proposals(&measured)? {
        outcome = outcome.propose(proposal);
    }
    let areas = audit.areas.iter().zip(&levels.areas).filter_map(|(area, level)| {
        let level = &level.as_ref().ok()?.value;
        let value = json!({"mean": level.mean, "proven": level.mean_with_evidence, "lowest": level.minimum});
        Some((area.id.clone(), value))
    });
    let gaps = levels.lacking(audit).into_iter().map(|lacking| lacking.indicator.id.clone());
    outcome.with_data(&json!({
        "areas": areas.collect::<serde_json::Map<_, _>>(),
        "gaps": gaps.collect::<Vec<_>>(),
        "map": {
            "added": map::count(map, Change::Added),
            "removed": map::count(map, Change::Removed),
            "grown": map::count(map, Change::Grown),
            "shrunk": map::count(map, Change::Shrunk),
        },
    }))
}

fn next(audit: &Audit, levels: &levels::Levels, map: &SchoolMap) -> Vec<Text> {
    let mut steps = levels::next(audit, levels);
    for node in map::unlinked(map) {
        steps.push(WORDS.say("next-node", &[("item", (&node.title).into())]));
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
        serde_json::from_str(include_str!("../../../../data/example-plan.json")).unwrap()
    }

    fn calculated(plan: &Value, totals: Option<Value>) -> (Outcome, Value) {
        let audit = serde_json::from_value(plan["audit"].clone()).unwrap();
        let map = serde_json::from_value(plan["school_map"].clone()).unwrap();
        let surveys: Vec<Survey> = serde_json::from_value(plan["surveys"].clone()).unwrap();
        let totals = totals.map(|totals| (&surveys[0], serde_json::from_value(totals).unwrap()));
        let outcome = report(&audit, &map, totals.as_slice()).unwrap();
        let data = serde_json::from_str(&outcome.data).unwrap();
        (outcome, data)
    }

    fn remarks(outcome: &Outcome) -> String {
        let blocks = outcome.report.iter().flat_map(|report| &report.blocks);
        let remarks = blocks.filter_map(|block| match block {
            Block::Callout(callout) => Some(callout.text.kk.as_str()),
            _ => None,
        });
        remarks.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_example_by_hand() {
        let (outcome, data) = calculated(&example(), None);
        assert_eq!(data["areas"]["au1"], json!({"mean": 2.5, "proven": 2.5, "lowest": 2.0}));
        assert_eq!(data["areas"]["au3"], json!({"mean": 1.5, "proven": 2.0, "lowest": 1.0}));
        // (4 − 2) · 0.4/2 = 0.4; 2 · 0.3/2 = 0.3 twice, in the plan's order; 0.2; 0.15 twice.
        assert_eq!(data["gaps"], json!(["au1b", "au2b", "au3b", "au1a", "au2a", "au3a"]));
        assert_eq!(data["map"], json!({"added": 1, "removed": 1, "grown": 5, "shrunk": 0}));
        let remarks = remarks(&outcome);
        assert!(remarks.contains("«Дерекке негізделген шешім» (1-деңгей)"), "{remarks}");
        assert!(remarks.contains("Дәлелсіз деңгейлер: 1"), "{remarks}");
        assert!(outcome.proposals.is_empty());
    }

    #[test]
    fn a_scale_proposes_the_level_of_the_indicator_that_names_it() {
        // D1 to D4: 4 for all ten; D5, which is reversed: 2 for all. The mean is 4: level 4, where the plan says 3.
        let item = |id: &str, counts: [u32; 5]| json!({"id": id, "counts": counts, "blank": 0});
        let mut items: Vec<Value> =
            ["D1", "D2", "D3", "D4"].iter().map(|id| item(id, [0, 0, 0, 10, 0])).collect();
        items.push(item("D5", [0, 10, 0, 0, 0]));
        let totals = json!({"survey": "sv1", "n": 10, "items": items});
        let (outcome, _) = calculated(&example(), Some(totals));
        assert_eq!(outcome.proposals.len(), 1);
        let Edit::Set(set) = &outcome.proposals[0].edits[0] else { unreachable!() };
        assert_eq!(
            (set.path.as_str(), set.value.as_str()),
            ("audit/areas/au1/indicators/au1a/level", "4")
        );
        assert!(outcome.proposals[0].reason.kk.contains("4,00"));
    }

    #[test]
    fn hidden_counts_propose_nothing() {
        let totals = json!({"survey": "sv1", "n": 10, "items": [{"id": "U1", "counts": [null, 3, 4, 5, 6]},
            {"id": "U2", "counts": null}, {"id": "U3", "counts": [1, 1, 1, 1, 1]}]});
        assert!(calculated(&example(), Some(totals)).0.proposals.is_empty());
    }

    #[test]
    fn a_level_beyond_the_scale_is_refused_by_name_and_the_others_are_shown() {
        let mut plan = example();
        plan["audit"]["areas"][0]["indicators"][0]["level"] = json!(6);
        plan["audit"]["areas"][1]["indicators"][0]["departments"] =
            json!({"math": 3, "history": 1});
        let (outcome, data) = calculated(&plan, None);
        assert!(remarks(&outcome).contains("«Цифрлық құзыреттілік (D шкаласы)»: 6 мәні 1–5"));
        assert!(data["areas"]["au1"].is_null() && data["areas"]["au2"]["mean"] == 2.5);
        assert_eq!(data["gaps"].as_array().unwrap().len(), 4);
    }

    #[test]
    fn an_audit_without_indicators_is_refused_in_words() {
        assert!(report(&Audit::default(), &SchoolMap::default(), &[]).is_err());
    }
}
