//! Pilots: what becomes of each by its criterion, beside what was decided.

use jospar_guest_words::{refusal, warning};
use jospar_methods::ideas::{PilotVerdict, pilot_verdict};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Column, Error, Proposal, Report, Table, Text, Value};
use serde_json::Map;

use crate::WORDS;
use crate::plan::{Cycle, Kpi, Pilot};

/// A pilot and its verdict; `None` where it has no criterion or was not measured.
pub(crate) struct Judged<'a> {
    pilot: &'a Pilot,
    verdict: Option<Result<Computed<PilotVerdict>, Refusal>>,
    baseline: Option<f64>,
}

/// The pilots of the cycle; all where it names none.
pub(crate) fn calculate<'a>(cycle: &Cycle, pilots: &'a [Pilot], kpis: &[Kpi]) -> Vec<Judged<'a>> {
    let named = &cycle.prototype.pilots;
    let own = pilots.iter().filter(|pilot| named.is_empty() || named.contains(&pilot.id));
    own.map(|pilot| {
        let baseline = pilot.baseline(kpis);
        let verdict = pilot.criterion().zip(pilot.measured);
        let verdict =
            verdict.map(|(criterion, measured)| pilot_verdict(criterion, measured, baseline));
        Judged { pilot, verdict, baseline }
    })
    .collect()
}

impl Judged<'_> {
    /// The word of the verdict in the plan.
    fn decided(&self) -> Option<&'static str> {
        Some(match self.verdict.as_ref()?.as_ref().ok()?.value {
            PilotVerdict::Scale => "scale",
            PilotVerdict::Revise => "revise",
            PilotVerdict::Stop => "stop",
        })
    }
}

fn decision(word: Option<&str>) -> Text {
    match word {
        Some("scale") => WORDS.word("scale"),
        Some("revise") => WORDS.word("revise"),
        Some("stop") => WORDS.word("stop"),
        _ => Text::default(),
    }
}

pub(crate) fn show(report: Report, judged: &[Judged<'_>]) -> Report {
    if judged.is_empty() {
        return report;
    }
    let mut table = Table::new(
        WORDS.word("pilots"),
        vec![
            Column::text(WORDS.word("pilot")),
            Column::number(WORDS.word("baseline"), 2),
            Column::number(WORDS.word("measured"), 2),
            Column::text(WORDS.word("verdict")),
            Column::text(WORDS.word("decision")),
        ],
    );
    let mut said = Vec::new();
    for one in judged {
        let names = |_: &str, _: usize| one.pilot.title.clone();
        let verdict = match &one.verdict {
            None => WORDS.word("verdict-none"),
            Some(Ok(found)) => {
                let about = found.warnings.iter().map(|about| warning(about, &names));
                said.extend(about.map(|about| Text::joined([&one.pilot.title, &about], ": ")));
                decision(one.decided())
            }
            Some(Err(why)) => refusal(why, &names),
        };
        table.push(vec![
            Cell::Item(format!("pilots/{}", one.pilot.id)),
            one.baseline.into(),
            one.pilot.measured.into(),
            verdict.into(),
            decision(one.pilot.decision.as_deref()).into(),
        ]);
    }
    let report = report.heading(2, WORDS.word("pilots")).table(table);
    report.paragraph(WORDS.word("pilots-method")).items(said)
}

pub(crate) fn next(judged: &[Judged<'_>]) -> Vec<Text> {
    let mut steps = Vec::new();
    for one in judged {
        let values = [("pilot", Value::from(&one.pilot.title))];
        if one.pilot.criterion().is_none() {
            steps.push(WORDS.say("next-criterion", &values));
        } else if one.pilot.measured.is_none() {
            steps.push(WORDS.say("next-measure", &values));
        }
    }
    steps
}

/// The verdict where nothing was decided yet, or something else.
pub(crate) fn proposals(judged: &[Judged<'_>]) -> Result<Vec<Proposal>, Error> {
    let mut proposals = Vec::new();
    for one in judged {
        let Some(verdict) =
            one.decided().filter(|verdict| one.pilot.decision.as_deref() != Some(verdict))
        else {
            continue;
        };
        let values = [
            ("pilot", Value::from(&one.pilot.title)),
            ("verdict", decision(Some(verdict)).into()),
            ("measured", (one.pilot.measured.unwrap_or(f64::NAN), 2).into()),
        ];
        let proposal =
            Proposal::new(WORDS.say("propose", &values), WORDS.say("propose-reason", &values));
        proposals.push(proposal.set(format!("pilots/{}/decision", one.pilot.id), &verdict)?);
    }
    Ok(proposals)
}

/// Verdicts by id.
pub(crate) fn data(judged: &[Judged<'_>]) -> Map<String, serde_json::Value> {
    let verdicts =
        judged.iter().filter_map(|one| Some((one.pilot.id.clone(), one.decided()?.into())));
    verdicts.collect()
}
