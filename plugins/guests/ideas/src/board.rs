//! The board: difficulties, ideas by votes, feasibility against impact.

use jospar_guest_words::{stated, without};
use jospar_methods::ideas::{Approved, Field, rank_by_approval, rank_difficulties, two_by_two};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Column, Number, Report, Table, Text, Tone, Value};

use crate::plan::Cycle;
use crate::{WORDS, not_yet};

/// The ends of the scales of feasibility and impact.
const LOW: f64 = 1.0;
const HIGH: f64 = 5.0;

pub(crate) struct Approval {
    /// Positions in the cycle of the ideas that were voted on.
    places: Vec<usize>,
    ranked: Option<Result<Computed<Vec<Approved>>, Refusal>>,
}

pub(crate) fn approval(cycle: &Cycle) -> Approval {
    let known = cycle.votes().into_iter().enumerate();
    let (places, votes): (Vec<usize>, Vec<(usize, usize)>) =
        known.filter_map(|(place, votes)| Some((place, votes?))).unzip();
    let ranked = (!votes.is_empty()).then(|| rank_by_approval(&votes));
    Approval { places, ranked }
}

impl Approval {
    fn known(&self) -> Vec<(usize, Approved)> {
        let ranked = self.ranked.iter().flatten().flat_map(|ranked| &ranked.value);
        ranked.filter_map(|approved| Some((*self.places.get(approved.idea)?, *approved))).collect()
    }

    /// Ids by the lower bound of approval.
    pub(crate) fn order(&self, cycle: &Cycle) -> Vec<String> {
        let ideas = &cycle.ideate.ideas;
        self.known().iter().filter_map(|(place, _)| Some(ideas.get(*place)?.id.clone())).collect()
    }
}

/// The first sentence.
pub(crate) fn answer(report: Report, cycle: &Cycle, approval: &Approval) -> Report {
    let known = approval.known();
    let Some((place, best)) = known.first() else {
        let values = [("n", cycle.ideate.ideas.len().into())];
        return report.callout(Tone::Info, WORDS.say("answer-none", &values));
    };
    let values = [
        ("n", Value::from(cycle.ideate.ideas.len())),
        ("idea", cycle.idea_title(*place).into()),
        ("votes", best.share.successes.into()),
        ("voters", best.share.n.into()),
        ("low", Value::Share(best.share.low)),
    ];
    report.callout(Tone::Info, WORDS.say("answer", &values))
}

pub(crate) fn difficulties(report: Report, cycle: &Cycle) -> Report {
    let difficulties = &cycle.define.difficulties;
    let known: Vec<(usize, (f64, f64))> = difficulties
        .iter()
        .enumerate()
        .filter_map(|(place, one)| Some((place, one.frequency.zip(one.severity)?)))
        .collect();
    if known.is_empty() {
        return report;
    }
    let name = |place: usize| {
        let difficulty = known.get(place).and_then(|(place, _)| difficulties.get(*place));
        let text = difficulty.and_then(|difficulty| difficulty.text.as_deref()).unwrap_or("?");
        Text::same(text)
    };
    let report = report.heading(2, WORDS.word("difficulties"));
    let numbers: Vec<(f64, f64)> = known.iter().map(|(_, numbers)| *numbers).collect();
    let ranked = match rank_difficulties(&numbers) {
        Ok(ranked) => ranked,
        Err(why) => {
            return without(report, &WORDS.word("difficulties"), &why, &|_, place| name(place));
        }
    };
    let mut table = Table::new(
        WORDS.word("difficulties"),
        vec![
            Column::text(WORDS.word("difficulty")),
            Column::number(WORDS.word("frequency"), 0),
            Column::number(WORDS.word("severity"), 0),
            Column::number(WORDS.word("product"), 0),
        ],
    );
    for scored in &ranked.value {
        let (frequency, severity) = numbers.get(scored.place).copied().unwrap_or_default();
        table.push(vec![
            name(scored.place).into(),
            frequency.into(),
            severity.into(),
            scored.score.into(),
        ]);
    }
    report.table(table)
}

pub(crate) fn show(report: Report, cycle: &Cycle, approval: &Approval) -> Report {
    let report = report.heading(2, WORDS.word("approval"));
    let names = |_: &str, place: usize| {
        approval.places.get(place).map_or_else(|| Text::same("?"), |place| cycle.idea_title(*place))
    };
    let ranked = match &approval.ranked {
        None => return not_yet(report, "approval-none"),
        Some(Err(why)) => return without(report, &WORDS.word("approval"), why, &names),
        Some(Ok(ranked)) => ranked,
    };
    let mut table = Table::new(
        WORDS.word("approval-order"),
        vec![
            Column::text(WORDS.word("idea")),
            Column::text(WORDS.word("from")),
            Column::number(WORDS.word("votes"), 0),
            Column::number(WORDS.word("voters"), 0),
            Column::number(WORDS.word("share"), 0),
            Column::number(WORDS.word("low"), 0),
            Column::number(WORDS.word("high"), 0),
            Column::text(WORDS.word("chosen")),
        ],
    );
    for (place, approved) in approval.known() {
        let Some(idea) = cycle.ideate.ideas.get(place) else { continue };
        let source = match idea.source.as_deref() {
            Some("ai") => WORDS.word("from-ai"),
            Some("teachers") => WORDS.word("from-teachers"),
            _ => Text::default(),
        };
        let chosen = match idea.selected {
            Some(true) => WORDS.word("yes"),
            Some(false) => WORDS.word("no"),
            None => Text::default(),
        };
        let share = approved.share;
        table.push(vec![
            Cell::Item(format!("design_thinking/{}/ideate/ideas/{}", cycle.id, idea.id)),
            source.into(),
            share.successes.into(),
            share.n.into(),
            Cell::Share(share.share),
            Cell::Share(share.low),
            Cell::Share(share.high),
            chosen.into(),
        ]);
    }
    let report = match approval.known().first() {
        Some((_, best)) => {
            let share = best.share;
            let number = Number::new(WORDS.word("best-share"), share.share * 100.0)
                .decimals(0)
                .unit(Text::same("%"))
                .interval(share.low * 100.0, share.high * 100.0);
            report.number(stated(number, ranked).n(share.n))
        }
        None => report,
    };
    report.table(table).paragraph(WORDS.word("approval-method"))
}

/// Feasibility across, impact upwards.
pub(crate) fn chart(report: Report, cycle: &Cycle) -> Report {
    let ideas = cycle.ideate.ideas.iter().enumerate();
    let known: Vec<(usize, (f64, f64))> = ideas
        .filter_map(|(place, idea)| Some((place, idea.feasibility.zip(idea.impact)?)))
        .collect();
    let report = report.heading(2, WORDS.word("two-by-two"));
    if known.is_empty() {
        return not_yet(report, "two-by-two-none");
    }
    let name = |place: usize| {
        known.get(place).map_or_else(|| Text::same("?"), |(place, _)| cycle.idea_title(*place))
    };
    let points: Vec<(f64, f64)> = known.iter().map(|(_, point)| *point).collect();
    let fields = match two_by_two(&points, LOW, HIGH) {
        Ok(fields) => fields,
        Err(why) => {
            return without(report, &WORDS.word("two-by-two"), &why, &|_, place| name(place));
        }
    };
    let mut table = Table::new(
        WORDS.word("two-by-two"),
        vec![
            Column::text(WORDS.word("idea")),
            Column::number(WORDS.word("feasibility"), 0),
            Column::number(WORDS.word("impact"), 0),
            Column::text(WORDS.word("field")),
        ],
    );
    for (place, (point, field)) in points.iter().zip(&fields.value).enumerate() {
        table.push(vec![
            name(place).into(),
            point.0.into(),
            point.1.into(),
            field_name(*field).into(),
        ]);
    }
    let drawn = points.iter().enumerate().map(|(place, (x, y))| (*x, *y, name(place)));
    let chart = Chart::new(ChartKind::Scatter, WORDS.word("two-by-two-axes"))
        .points(WORDS.word("ideas"), drawn.collect())
        .axis(LOW, HIGH);
    report.chart(chart).table(table)
}

fn field_name(field: Field) -> Text {
    WORDS.word(match (field.is_right, field.is_high) {
        (true, true) => "field-do",
        (false, true) => "field-plan",
        (true, false) => "field-easy",
        (false, false) => "field-leave",
    })
}
