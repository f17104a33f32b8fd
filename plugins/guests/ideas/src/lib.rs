//! The bundled plugin `ideas`: ideas by votes and rankings, feasibility and impact, the partners' agreement, pilots.
//!
//! It selects nothing: people do. What it calculates and by which convention: docs/bundled-plugins.md.

mod board;
mod pilots;
mod plan;
mod rankings;

use jospar_plugin_sdk::{
    Error, Outcome, Report, Text, Tone, Words, plan as workspace, plugin, setting,
};
use serde_json::json;

use plan::{Cycle, Kpi, Pilot};

static WORDS: Words = Words::new(include_str!("words.txt"));

plugin! { "ideas" => ideas }

fn ideas() -> Result<Outcome, Error> {
    let cycles: Vec<Cycle> = workspace::read("design_thinking")?;
    let wanted = setting::<String>("cycle").unwrap_or_default();
    let found = cycles.into_iter().find(|cycle| wanted.is_empty() || cycle.id == wanted);
    let cycle = found
        .ok_or_else(|| Error::not_found(WORDS.say("no-cycle", &[("cycle", wanted.into())])))?;
    let pilots: Vec<Pilot> = workspace::optional(workspace::read("pilots"))?.unwrap_or_default();
    let kpis: Vec<Kpi> = workspace::optional(workspace::read("kpis"))?.unwrap_or_default();
    report(&cycle, &pilots, &kpis)
}

fn report(cycle: &Cycle, pilots: &[Pilot], kpis: &[Kpi]) -> Result<Outcome, Error> {
    if cycle.ideate.ideas.is_empty() {
        return Err(Error::refused(WORDS.word("empty")));
    }
    let approval = board::approval(cycle);
    let rankings = rankings::calculate(cycle);
    let judged = pilots::calculate(cycle, pilots, kpis);
    let mut report = Report::new(WORDS.word("title"));
    report = board::answer(report, cycle, &approval);
    report = board::difficulties(report, cycle);
    report = board::show(report, cycle, &approval);
    report = rankings::show(report, cycle, &rankings);
    report = board::chart(report, cycle);
    report = pilots::show(report, &judged);
    report = report.heading(2, WORDS.word("next")).items(next(cycle, &judged));
    let mut outcome = Outcome::of(report);
    for proposal in pilots::proposals(&judged)? {
        outcome = outcome.propose(proposal);
    }
    outcome.with_data(&json!({
        "cycle": cycle.id,
        "approval": approval.order(cycle),
        "borda": rankings.order(cycle),
        "tau": rankings.tau(),
        "pilots": pilots::data(&judged),
    }))
}

fn next(cycle: &Cycle, judged: &[pilots::Judged<'_>]) -> Vec<Text> {
    let mut steps = Vec::new();
    if !cycle.define.statement.is_empty() && !cycle.define.has_evidence() {
        steps.push(WORDS.word("next-evidence"));
    }
    if cycle.facilitators.len() < 2 {
        steps.push(WORDS.word("next-facilitators"));
    }
    for idea in cycle.ideate.ideas.iter().filter(|idea| idea.is_rejected_without_reason()) {
        steps.push(WORDS.say("next-reason", &[("idea", (&idea.title).into())]));
    }
    steps.extend(pilots::next(judged));
    if steps.is_empty() {
        steps.push(WORDS.word("next-nothing"));
    }
    steps
}

/// Says that nothing can be shown of one of the report's parts, and why.
fn not_yet(report: Report, key: &str) -> Report {
    report.callout(Tone::Info, WORDS.word(key))
}

#[cfg(test)]
mod tests;
