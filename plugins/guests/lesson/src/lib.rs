//! The bundled plugin `lesson`: items, errors in common, skills, gain, mastery and forecasts of a lesson study, feedback
//! sheets for learners, and results from a file.
//!
//! Learners stand in the order of their codes and are never ranked. What it calculates and by which convention:
//! docs/bundled-plugins.md.

mod feedback;
mod forecasts;
mod growth;
mod import;
mod items;
mod plan;
mod skills;

use jospar_plugin_sdk::{
    Error, Outcome, Report, Text, Tone, Words, plan as workspace, plugin, setting,
};
use serde_json::json;

use plan::{Class, Results, Study};

static WORDS: Words = Words::new(include_str!("words.txt"));

plugin! { "lesson" => lesson, "feedback" => sheets, "import" => import::import }

/// The study that a setting or the first place chooses.
pub(crate) fn chosen() -> Result<Study, Error> {
    let studies: Vec<Study> = workspace::read("lesson_studies")?;
    let wanted = setting::<String>("study").unwrap_or_default();
    let found = studies.into_iter().find(|study| wanted.is_empty() || study.id == wanted);
    found.ok_or_else(|| Error::not_found(WORDS.say("no-study", &[("study", wanted.into())])))
}

fn lesson() -> Result<Outcome, Error> {
    let study = chosen()?;
    let results: Results = workspace::read_lesson_results(&study.id)?;
    report(&class(&study, &results)?)
}

fn sheets() -> Result<Outcome, Error> {
    let study = chosen()?;
    let results: Results = workspace::read_lesson_results(&study.id)?;
    feedback::sheets(&class(&study, &results)?, &setting::<String>("learner").unwrap_or_default())
}

fn class<'a>(study: &'a Study, results: &Results) -> Result<Class<'a>, Error> {
    Class::new(study, results).ok_or_else(|| Error::refused(WORDS.word("no-results")))
}

fn report(class: &Class<'_>) -> Result<Outcome, Error> {
    let growth = growth::calculate(class);
    let skills = skills::calculate(class);
    let items = items::calculate(class);
    let mut report = Report::new(title(class));
    report = growth::answer(report, class, &growth, &skills);
    report = growth::show(report, class, &growth);
    report = items::show(report, class, &items);
    report = skills::show(report, class, &skills);
    let (shown, forecast) = forecasts::show(report, class);
    report = shown;
    if class.odd_points > 0 {
        let values = [("count", class.odd_points.into())];
        report = report.callout(Tone::Warning, WORDS.say("odd-points", &values));
    }
    if class.undated > 0 {
        let values = [("count", class.undated.into())];
        report = report.callout(Tone::Warning, WORDS.say("undated", &values));
    }
    let mut next = skills::next(class, &skills);
    next.extend(items::next(class, &items));
    if next.is_empty() {
        next.push(WORDS.word("next-nothing"));
    }
    report = report.heading(2, WORDS.word("next")).items(next);
    Outcome::of(report).with_data(&json!({
        "lesson_study": class.study.id,
        "learners": class.learners.len(),
        "gain": growth::data(&growth),
        "items": items::data(class, &items),
        "forecast": forecast,
    }))
}

fn title(class: &Class<'_>) -> Text {
    let topic = ("topic", (&class.study.topic).into());
    match class.study.class.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => WORDS.say("title-class", &[topic, ("class", name.into())]),
        None => WORDS.say("title", &[topic]),
    }
}

#[cfg(test)]
mod tests;
