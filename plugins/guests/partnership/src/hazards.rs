//! Risks: where each stands on the matrix, what its measures leave, and how many are done.

use jospar_guest_words::refusal;
use jospar_methods::risk::{Band, RiskScore, mitigated, rank_risks, risk_score};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Plan, Risk};
use crate::show::{self, NAMED_MAX, empty, number, text};

/// The ends of both scales.
const LOW: f64 = 1.0;
const HIGH: f64 = 5.0;

/// A risk with its scores; the residual one where it is given.
struct Scored<'a> {
    risk: &'a Risk,
    initial: RiskScore,
    residual: Option<Result<RiskScore, Refusal>>,
}

/// Risks with a likelihood and an impact, the highest score first; and those whose numbers are refused.
fn scored(plan: &Plan) -> (Vec<Scored<'_>>, Vec<(&Risk, Refusal)>) {
    let (mut known, mut wrong) = (Vec::new(), Vec::new());
    for risk in &plan.risks {
        let Some(initial) = risk.likelihood.zip(risk.impact) else { continue };
        match risk_score(initial.0, initial.1) {
            Err(why) => wrong.push((risk, why)),
            Ok(score) => {
                let left = risk.residual.likelihood.zip(risk.residual.impact);
                let residual = left.map(|left| mitigated(initial, left).map(|m| m.value.residual));
                known.push(Scored { risk, initial: score.value, residual });
            }
        }
    }
    let scores: Vec<RiskScore> = known.iter().map(|one| one.initial).collect();
    let ranked: Computed<Vec<usize>> = rank_risks(&scores);
    let mut places = vec![0; known.len()];
    for (place, at) in ranked.value.iter().enumerate() {
        if let Some(own) = places.get_mut(*at) {
            *own = place;
        }
    }
    let mut ordered: Vec<(usize, Scored<'_>)> = places.into_iter().zip(known).collect();
    ordered.sort_by_key(|(place, _)| *place);
    (ordered.into_iter().map(|(_, one)| one).collect(), wrong)
}

/// Measures done, of those that were not cancelled.
fn done(risk: &Risk) -> (usize, usize) {
    let state =
        |wanted| risk.mitigations.iter().filter(move |one| one.state.as_deref() == Some(wanted));
    (state("done").count(), risk.mitigations.len() - state("cancelled").count())
}

fn band(score: RiskScore) -> Text {
    WORDS.word(match score.band {
        Band::Low => "band-low",
        Band::Moderate => "band-moderate",
        Band::High => "band-high",
        Band::Critical => "band-critical",
    })
}

pub(crate) fn show(report: Report, plan: &Plan) -> Report {
    if plan.risks.is_empty() {
        return report;
    }
    let mut report = report.heading(2, WORDS.word("risks"));
    let (scored, wrong) = scored(plan);
    for (risk, why) in wrong.iter().take(NAMED_MAX) {
        let why = refusal(why, &|_, _| risk.title.clone());
        report = report.callout(Tone::Warning, Text::joined([&risk.title, &why], ": "));
    }
    let (finished, n) = plan
        .risks
        .iter()
        .map(done)
        .fold((0, 0), |sum, (finished, n)| (sum.0 + finished, sum.1 + n));
    report = show::share(report, &WORDS.word("measures-share"), finished, n);
    let mut table = empty(
        "risks",
        &[
            text("risk"),
            number("score", 0),
            text("band"),
            number("score-residual", 0),
            text("measures"),
            text("remark"),
        ],
    );
    for one in &scored {
        let (finished, n) = done(one.risk);
        let residual = one.residual.as_ref().and_then(|left| left.as_ref().ok());
        let wrong = one.residual.as_ref().and_then(|left| left.as_ref().err());
        let values = [("done", Value::from(finished)), ("n", n.into())];
        table.push(vec![
            Cell::Item(format!("risks/{}", one.risk.id)),
            f64::from(one.initial.score).into(),
            band(one.initial).into(),
            residual.map(|left| f64::from(left.score)).into(),
            WORDS.say("done-of", &values).into(),
            wrong
                .map_or_else(Text::default, |why| refusal(why, &|_, _| one.risk.title.clone()))
                .into(),
        ]);
    }
    if scored.is_empty() {
        return report;
    }
    let points = scored.iter().take(NAMED_MAX).map(|one| {
        let place = one.initial;
        (f64::from(place.likelihood), f64::from(place.impact), one.risk.title.clone())
    });
    let chart = Chart::new(ChartKind::Scatter, WORDS.word("risks-chart"))
        .points(WORDS.word("risks"), points.collect())
        .axis(LOW, HIGH);
    show::table(report.chart(chart), table).paragraph(WORDS.word("risks-method"))
}

/// Ids by score, the highest first.
pub(crate) fn data(plan: &Plan) -> serde_json::Value {
    let one = |one: &Scored<'_>| {
        let residual = one.residual.as_ref().and_then(|left| left.as_ref().ok());
        json!({
            "id": one.risk.id, "score": one.initial.score,
            "residual": residual.map(|left| left.score), "done": done(one.risk).0,
        })
    };
    scored(plan).0.iter().map(one).collect()
}
