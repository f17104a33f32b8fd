//! The bundled plugin `partnership`: the figures by which the two partners see whether the plan is alive.
//!
//! What it calculates and by which convention: docs/bundled-plugins.md.

mod approval;
mod cards;
mod choice;
mod dates;
mod development;
mod exchange;
mod hazards;
mod health;
mod hours;
mod incidents;
mod marks;
mod means;
mod money;
mod pace;
mod papers;
mod plan;
mod read;
mod results;
mod rhythm;
mod roles;
mod saved;
mod show;
mod skills;
mod support;
mod traditions;

use jospar_plugin_sdk::{Error, Outcome, Words, host, plugin, setting};

use plan::Plan;

static WORDS: Words = Words::new(include_str!("words.txt"));

plugin! {
    "health" => health,
    "roles" => roles,
    "results" => results,
    "support" => support,
    "choice" => choice,
}

fn health() -> Result<Outcome, Error> {
    health::report(&Plan::read(&health::PARTS)?, today()?)
}

fn roles() -> Result<Outcome, Error> {
    roles::report(&Plan::read(&roles::PARTS)?, today()?)
}

fn results() -> Result<Outcome, Error> {
    results::report(&Plan::read(&results::PARTS)?, today()?)
}

fn support() -> Result<Outcome, Error> {
    let risk = setting::<String>("technical_risk").unwrap_or_default();
    support::report(&Plan::read(&support::PARTS)?, today()?, &risk)
}

fn choice() -> Result<Outcome, Error> {
    choice::report(&Plan::read(&choice::PARTS)?)
}

/// The day of the run, in days since 1970-01-01.
fn today() -> Result<f64, Error> {
    let today = host::today();
    let day = jospar_guest_days::number(&today);
    day.ok_or_else(|| Error::internal(format!("{today:?} is no day")))
}

#[cfg(test)]
mod tests;
