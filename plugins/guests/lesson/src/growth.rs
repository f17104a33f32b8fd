//! Growth: the class before and after, Hake's gain with the raw means and the effect beside it, and the days between.

use jospar_guest_words::{stated, warn, without};
use jospar_methods::effect::Conclusion;
use jospar_methods::lesson::{Gain, GainBand, HAKE_INTERACTIVE, HAKE_TRADITIONAL, gain};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Chart, ChartKind, Number, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::Class;
use crate::skills::Skills;

pub(crate) type Growth = Result<Computed<Gain>, Refusal>;

#[allow(clippy::cast_precision_loss, reason = "a test has a handful of items")]
fn highest(class: &Class<'_>) -> f64 {
    class.items.len() as f64
}

pub(crate) fn calculate(class: &Class<'_>) -> Growth {
    if class.before == class.after {
        return Err(Refusal::TooFewMeasurements { n: class.occasions.len(), needed: 2 });
    }
    gain(&class.totals(class.before), &class.totals(class.after), highest(class))
}

/// The first sentence: what the class gained, and where it is weakest.
pub(crate) fn answer(
    report: Report,
    class: &Class<'_>,
    growth: &Growth,
    skills: &Skills,
) -> Report {
    let weakest = skills.weakest(class);
    let Ok(growth) = growth else {
        return match weakest {
            Some((skill, share)) => {
                let values = [("skill", skill.into()), ("share", Value::Share(share))];
                report.callout(Tone::Info, WORDS.say("answer-once", &values))
            }
            None => report.callout(Tone::Info, WORDS.word("answer-none")),
        };
    };
    let gain = &growth.value;
    let (verdict, tone) = match gain.effect.conclusion {
        Conclusion::Growth => ("grew", Tone::Good),
        Conclusion::Decline => ("fell", Tone::Critical),
        Conclusion::Unclear => ("unclear", Tone::Warning),
    };
    let mut values = vec![
        ("verdict", Value::from(WORDS.word(verdict))),
        ("before", Value::Share(gain.before / 100.0)),
        ("after", Value::Share(gain.after / 100.0)),
        ("gain", (gain.class, 2).into()),
        ("band", WORDS.word(band(gain.band)).into()),
    ];
    let Some((skill, share)) = weakest else {
        return report.callout(tone, WORDS.say("answer", &values));
    };
    values.extend([("skill", skill.into()), ("share", Value::Share(share))]);
    report.callout(tone, WORDS.say("answer-skill", &values))
}

fn band(band: GainBand) -> &'static str {
    match band {
        GainBand::Low => "band-low",
        GainBand::Medium => "band-medium",
        GainBand::High => "band-high",
    }
}

pub(crate) fn show(report: Report, class: &Class<'_>, growth: &Growth) -> Report {
    let report = report.heading(2, WORDS.word("growth"));
    let names = |_: &str, place: usize| class.learner(place);
    let growth = match growth {
        Ok(growth) => growth,
        Err(why) => return curve(without(report, &WORDS.word("gain"), why, &names), class),
    };
    let (gain, effect) = (&growth.value, &growth.value.effect);
    let change = Number::new(WORDS.word("change"), effect.difference)
        .unit(WORDS.word("points"))
        .interval(effect.low, effect.high);
    let report = report.number(stated(Number::new(WORDS.word("gain"), gain.class), growth)).number(
        stated(change, growth)
            .method(jospar_guest_words::method(&jospar_methods::PAIRED_MEANS))
            .source(jospar_methods::PAIRED_MEANS.source),
    );
    let number = |value: Option<f64>| -> Value { (value.unwrap_or(f64::NAN), 2).into() };
    let values = [
        ("before", Value::from((effect.before.mean, 2))),
        ("after", (effect.after.mean, 2).into()),
        ("highest", class.items.len().into()),
        ("own", number(gain.mean_of_individuals)),
        ("d_av", number(effect.d_av)),
        ("d_z", number(effect.d_z)),
    ];
    let reference = [
        ("traditional", Value::from((HAKE_TRADITIONAL.0, 2))),
        ("traditional_sd", (HAKE_TRADITIONAL.1, 2).into()),
        ("interactive", (HAKE_INTERACTIVE.0, 2).into()),
        ("interactive_sd", (HAKE_INTERACTIVE.1, 2).into()),
    ];
    let report = report
        .paragraph(WORDS.say("growth-beside", &values))
        .paragraph(WORDS.say("growth-reference", &reference));
    curve(warn(report, &growth.warnings, &names), class)
}

/// The class's mean on each day.
fn curve(report: Report, class: &Class<'_>) -> Report {
    let mean = |place: usize| {
        let known: Vec<f64> = class.totals(place).into_iter().flatten().collect();
        #[allow(clippy::cast_precision_loss, reason = "a class")]
        let n = known.len() as f64;
        (n > 0.0).then(|| known.iter().sum::<f64>() / n)
    };
    let dates = class.occasions.iter().map(|occasion| Text::same(&*occasion.date)).collect();
    report.chart(
        Chart::new(ChartKind::Line, WORDS.word("curve"))
            .categories(dates)
            .series(WORDS.word("class-mean"), (0..class.occasions.len()).map(mean).collect())
            .axis(0.0, highest(class))
            .unit(WORDS.word("points")),
    )
}

pub(crate) fn data(growth: &Growth) -> serde_json::Value {
    let Ok(growth) = growth else { return serde_json::Value::Null };
    let effect = &growth.value.effect;
    json!({
        "n": growth.n,
        "class": growth.value.class,
        "own": growth.value.mean_of_individuals,
        "before": growth.value.before,
        "after": growth.value.after,
        "difference": effect.difference,
        "low": effect.low,
        "high": effect.high,
        "d_av": effect.d_av,
        "d_z": effect.d_z,
    })
}
