//! The change from an earlier survey to this one. Answers carry no names, so two waves are two groups.

use jospar_guest_words::{stated, warn, without};
use jospar_methods::Refusal;
use jospar_methods::effect::Conclusion;
use jospar_methods::ideas::share_difference;
use jospar_methods::survey::{ScaleItem, change_of_waves};
use jospar_plugin_sdk::{Cell, Column, Number, Report, Table, Text, Value};

use crate::plan::Scale;
use crate::{WORDS, Wave, name};

pub(crate) fn show(report: Report, now: &Wave<'_>, before: &Wave<'_>) -> Report {
    let values = [
        ("before", Value::from(name(before.survey))),
        ("first", before.answers.people().into()),
        ("second", now.answers.people().into()),
    ];
    let mut report =
        report.heading(2, WORDS.word("waves")).paragraph(WORDS.say("waves-what", &values));
    for scale in &now.survey.scales {
        let earlier = before.survey.scales.iter().find(|other| other.id == scale.id);
        if let Some(earlier) = earlier {
            report = change(report, (now, scale), (before, earlier));
        }
    }
    report.table(items(now, before))
}

fn scores(wave: &Wave<'_>, scale: &Scale) -> Result<Vec<f64>, Refusal> {
    let scores = wave.answers.scores(&wave.survey.scale_items(scale))?;
    let known: Vec<f64> = scores.value.into_iter().flatten().collect();
    let k = wave.survey.minimum();
    if known.len() < k { Err(Refusal::TooFewToShow { n: known.len(), k }) } else { Ok(known) }
}

fn change(report: Report, now: (&Wave<'_>, &Scale), before: (&Wave<'_>, &Scale)) -> Report {
    let names =
        |_: &str, place: usize| WORDS.word(if place == 0 { "wave-before" } else { "wave-now" });
    let both = scores(before.0, before.1).and_then(|earlier| Ok((earlier, scores(now.0, now.1)?)));
    let found = both.and_then(|(earlier, later)| change_of_waves(&earlier, &later));
    let found = match found {
        Ok(found) => found,
        Err(why) => return without(report, &now.1.title, &why, &names),
    };
    let label = WORDS.say("wave-change", &[("scale", (&now.1.title).into())]);
    let means = &found.value.means;
    let number = Number::new(label, means.difference).interval(means.low, means.high);
    let verdict = WORDS.word(match means.conclusion {
        Conclusion::Growth => "wave-higher",
        Conclusion::Decline => "wave-lower",
        Conclusion::Unclear => "wave-unclear",
    });
    let values = [
        ("verdict", Value::from(verdict)),
        ("first", (means.first.mean, 2).into()),
        ("second", (means.second.mean, 2).into()),
        ("g", (means.g, 2).into()),
        ("r", (found.value.ranks.rank_biserial, 2).into()),
        ("p", (found.value.ranks.p, 3).into()),
    ];
    let report = report.number(stated(number, &found)).paragraph(WORDS.say("wave-effect", &values));
    warn(report, &found.warnings, &names)
}

/// The two highest answers of each item that both waves have, before and after.
fn items(now: &Wave<'_>, before: &Wave<'_>) -> Table {
    let share = |key: &str| Column::number(WORDS.word(key), 0);
    let mut table = Table::new(
        WORDS.word("waves-items"),
        vec![
            Column::text(WORDS.word("item")),
            share("top-before"),
            share("top-now"),
            Column::number(WORDS.word("difference"), 2),
            Column::number(WORDS.word("low"), 2),
            Column::number(WORDS.word("high"), 2),
        ],
    );
    let top = |wave: &Wave<'_>, item: usize| {
        let found = wave.answers.distribution(ScaleItem { item, is_reversed: false }).ok()?;
        let enough = found.n >= wave.survey.minimum();
        enough.then_some((found.value.top_two.successes, found.n))
    };
    for (place, item) in now.survey.items.iter().enumerate() {
        let both = before
            .survey
            .column(&item.id)
            .and_then(|earlier| top(before, earlier))
            .zip(top(now, place));
        let Some(Ok(found)) = both.map(|(first, second)| share_difference(first, second)) else {
            continue;
        };
        let row: [Cell; 5] = [
            Cell::Share(found.value.first.share),
            Cell::Share(found.value.second.share),
            found.value.difference.into(),
            found.value.low.into(),
            found.value.high.into(),
        ];
        let name: Text = now.survey.item_name(place);
        table.push([vec![name.into()], row.into()].concat());
    }
    table
}
