//! The bundled plugin `survey`: answers, scales, groups, waves and comments of a survey, and answers from a file.
//!
//! Groups below the survey's minimum are hidden, and so is what would give them away by subtraction. What it calculates
//! and by which convention: docs/bundled-plugins.md.

mod comments;
mod groups;
mod import;
mod items;
mod plan;
mod scales;
mod waves;

use jospar_guest_words::{numbered, refused};
use jospar_methods::Refusal;
use jospar_methods::survey::Answers;
use jospar_plugin_sdk::{
    Error, Outcome, Report, Text, Tone, Words, plan as workspace, plugin, setting,
};
use serde_json::json;

use plan::{Rows, Survey, Totals};

static WORDS: Words = Words::new(include_str!("words.txt"));

plugin! { "survey" => survey, "import" => import::import }

/// A survey with its answers.
pub(crate) struct Wave<'a> {
    pub(crate) survey: &'a Survey,
    pub(crate) answers: Answers,
    pub(crate) rows: Rows,
    /// Cells that held no answer of the scale.
    unreadable: usize,
}

/// The surveys of the plan, and the one that a setting or the first place chooses.
pub(crate) fn chosen() -> Result<(Vec<Survey>, usize), Error> {
    let surveys: Vec<Survey> = workspace::read("surveys")?;
    let wanted = setting::<String>("survey").unwrap_or_default();
    let place = match wanted.as_str() {
        "" if surveys.is_empty() => None,
        "" => Some(0),
        id => surveys.iter().position(|survey| survey.id == id),
    };
    match place {
        Some(place) => Ok((surveys, place)),
        None => Err(Error::not_found(WORDS.say("no-survey", &[("survey", wanted.into())]))),
    }
}

fn survey() -> Result<Outcome, Error> {
    let (surveys, place) = chosen()?;
    let Some(survey) = surveys.get(place) else { return Err(Error::internal("no survey")) };
    let Some(rows) = workspace::optional(workspace::read_survey_rows::<Rows>(&survey.id))? else {
        let totals: Totals = workspace::read_survey_totals(&survey.id)?;
        return from_totals(survey, &totals);
    };
    let now = wave(survey, rows)?;
    let before = setting::<String>("before").filter(|id| !id.is_empty());
    let before = match before {
        None => None,
        Some(id) => {
            let earlier = surveys.iter().find(|survey| survey.id == id);
            let missing =
                || Error::not_found(WORDS.say("no-survey", &[("survey", id.as_str().into())]));
            let earlier = earlier.ok_or_else(missing)?;
            Some(wave(earlier, workspace::read_survey_rows(&earlier.id)?)?)
        }
    };
    from_rows(&now, before.as_ref())
}

/// The answers of a survey, if there are enough to show anything.
fn wave(survey: &Survey, rows: Rows) -> Result<Wave<'_>, Error> {
    enough(survey, rows.rows.len())?;
    let read = survey.answers(&rows);
    let (answers, unreadable) = read.map_err(|why| refused(&why, &numbered))?;
    Ok(Wave { survey, answers, rows, unreadable })
}

fn enough(survey: &Survey, n: usize) -> Result<(), Error> {
    let k = survey.minimum();
    if n == 0 {
        return Err(Error::refused(WORDS.word("no-answers")));
    }
    if n < k {
        return Err(refused(&Refusal::TooFewToShow { n, k }, &numbered));
    }
    Ok(())
}

fn from_rows(now: &Wave<'_>, before: Option<&Wave<'_>>) -> Result<Outcome, Error> {
    let survey = now.survey;
    let scales = scales::calculate(now);
    let mut report = scales::answer(Report::new(title(survey)), now, &scales);
    report = scales::show(report, now, &scales);
    report = items::show(report, now, &scales);
    report = groups::show(report, now);
    if let Some(before) = before {
        report = waves::show(report, now, before);
    }
    report = comments::show(report, now);
    if now.unreadable > 0 {
        let values = [("count", now.unreadable.into())];
        report = report.callout(Tone::Warning, WORDS.say("unreadable", &values));
    }
    let mut next = scales::next(now, &scales);
    next.extend(items::next(now));
    report = report.heading(2, WORDS.word("next")).items(next);
    let scales = scales::data(now, &scales);
    let data = json!({"survey": survey.id, "n": now.answers.people(), "scales": scales});
    Outcome::of(report).with_data(&data)
}

/// What can be said where only counts are granted.
fn from_totals(survey: &Survey, totals: &Totals) -> Result<Outcome, Error> {
    enough(survey, totals.n)?;
    let values = [("n", totals.n.into()), ("survey", name(survey).into())];
    let mut report =
        Report::new(title(survey)).callout(Tone::Info, WORDS.say("answer-totals", &values));
    report = items::show_totals(report, survey, totals);
    report = report.paragraph(WORDS.word("totals-only"));
    Outcome::of(report).with_data(&json!({"survey": survey.id, "n": totals.n}))
}

fn title(survey: &Survey) -> Text {
    WORDS.say("title", &[("survey", name(survey).into())])
}

fn name(survey: &Survey) -> Text {
    if survey.title.is_empty() { Text::same(&*survey.id) } else { survey.title.clone() }
}

#[cfg(test)]
mod tests;
