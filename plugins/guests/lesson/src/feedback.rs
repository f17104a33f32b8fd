//! Feedback sheets: for each learner what went well, what did not, with the numbers of items, and what to practise.
//!
//! A draft for the teacher, who reads and changes it before any learner does.

use jospar_methods::trajectory::Forecast;
use jospar_plugin_sdk::{Error, Outcome, Report, Text, Tone, Value};

use crate::plan::Class;
use crate::skills::Skills;
use crate::{WORDS, forecasts, skills, title};

/// Sheets of one report: two blocks each, within a report's bounds.
const SHEETS_MAX: usize = 90;

/// From this share of right answers on a skill goes well.
const GOOD: f64 = 2.0 / 3.0;

pub(crate) fn sheets(class: &Class<'_>, only: &str) -> Result<Outcome, Error> {
    let chosen: Vec<usize> = (0..class.learners.len())
        .filter(|place| {
            only.is_empty() || class.learners.get(*place).is_some_and(|code| code == only)
        })
        .collect();
    if chosen.is_empty() {
        return Err(Error::not_found(WORDS.say("no-learner", &[("learner", only.into())])));
    }
    let skills = skills::calculate(class);
    let forecasts = forecasts::calculate(class).and_then(Result::ok);
    let mut report = Report::new(title(class)).callout(Tone::Warning, WORDS.word("feedback-draft"));
    for place in chosen.iter().copied().take(SHEETS_MAX) {
        let forecast =
            forecasts.as_ref().and_then(|forecasts| forecasts.learners.get(place)?.as_ref().ok());
        let forecast = forecast.map(|forecast| (&forecast.value, forecast.n));
        report =
            report.heading(2, class.learner(place)).items(sheet(class, &skills, place, forecast));
    }
    if chosen.len() > SHEETS_MAX {
        let values = [("more", Value::from(chosen.len() - SHEETS_MAX))];
        report = report.callout(Tone::Info, WORDS.say("feedback-more", &values));
    }
    Ok(Outcome::of(report))
}

fn sheet(
    class: &Class<'_>,
    skills: &Skills,
    learner: usize,
    forecast: Option<(&Forecast, usize)>,
) -> Vec<Text> {
    let Some(row) = class.row(class.after, learner) else {
        return vec![WORDS.word("feedback-absent")];
    };
    let mut lines = Vec::new();
    let right = |row: &[Option<bool>]| row.iter().filter(|cell| **cell == Some(true)).count();
    let mut values = vec![("after", Value::from(right(row))), ("all", row.len().into())];
    let earlier = class.row(class.before, learner).filter(|_| class.before != class.after);
    lines.push(match earlier {
        Some(before) => {
            values.push(("before", right(before).into()));
            WORDS.say("feedback-growth", &values)
        }
        None => WORDS.say("feedback-result", &values),
    });
    let shares = skills.learner(learner).unwrap_or_default();
    for ((title, items), share) in class.skills.iter().zip(shares) {
        let wrong: Vec<usize> = items
            .iter()
            .copied()
            .filter(|item| row.get(*item).copied().flatten() != Some(true))
            .collect();
        let mut values =
            vec![("skill", Value::from(title)), ("items", class.item_list(items).into())];
        lines.push(if wrong.is_empty() {
            WORDS.say("feedback-all", &values)
        } else {
            values.push(("wrong", class.item_list(&wrong).into()));
            let key = if *share >= GOOD { "feedback-most" } else { "feedback-weak" };
            WORDS.say(key, &values)
        });
    }
    if let Some(title) = to_practise(class, skills, learner) {
        lines.push(WORDS.say("feedback-next", &[("skill", title.into())]));
    }
    if let Some((forecast, n)) = forecast {
        lines.push(WORDS.say(
            "feedback-forecast",
            &[
                ("date", forecasts::date_of(forecast.day).into()),
                ("low", (forecast.low, 0).into()),
                ("high", (forecast.high, 0).into()),
                ("value", (forecast.value, 0).into()),
                ("n", n.into()),
                ("error", (forecast.error, 1).into()),
            ],
        ));
    }
    lines
}

/// The skill that the learner is least likely to know, unless all were practised enough.
fn to_practise(class: &Class<'_>, skills: &Skills, learner: usize) -> Option<Text> {
    let known = class.skills.iter().enumerate();
    let known =
        known.filter_map(|(skill, (title, _))| Some((title, skills.mastery(learner, skill)?)));
    let open = known.filter(|(_, mastery)| !mastery.is_practised);
    open.min_by(|a, b| a.1.known.total_cmp(&b.1.known)).map(|(title, _)| title.clone())
}
