//! Rankings: Borda's count over everybody's, and how far the two facilitators agree.

use jospar_guest_words::{refusal, stated, without};
use jospar_methods::ideas::{Agreement, Scored, agreement, borda};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Column, Number, Report, Table, Text, Tone, Value};

use crate::plan::Cycle;
use crate::{WORDS, not_yet};

/// Ideas that the partners place most differently.
const DIFFERENCES_SHOWN: usize = 5;

pub(crate) struct Rankings {
    borda: Option<Result<Computed<Vec<Scored>>, Refusal>>,
    /// Persons whose ranking has a tie or a gap, and why it does not count.
    left_out: Vec<(String, Refusal)>,
    agreement: Option<Result<Computed<Agreement>, Refusal>>,
}

pub(crate) fn calculate(cycle: &Cycle) -> Rankings {
    let ideas = cycle.ideate.ideas.len();
    let (mut ballots, mut left_out) = (Vec::new(), Vec::new());
    for person in cycle.judges() {
        let ballot = ballot(&cycle.places(person));
        match borda(ideas, std::slice::from_ref(&ballot)) {
            Ok(_) => ballots.push(ballot),
            Err(why) => left_out.push((person.to_owned(), why)),
        }
    }
    let borda = (!ballots.is_empty()).then(|| borda(ideas, &ballots));
    Rankings { borda, left_out, agreement: partners(cycle) }
}

/// The ideas that a person placed, the best first. Two on one place are named once, so that the ballot is incomplete.
fn ballot(places: &[Option<f64>]) -> Vec<usize> {
    let known = places.iter().enumerate();
    let mut placed: Vec<(usize, f64)> =
        known.filter_map(|(idea, place)| Some((idea, (*place)?))).collect();
    placed.sort_by(|a, b| a.1.total_cmp(&b.1));
    placed.dedup_by(|a, b| a.1 == b.1);
    placed.into_iter().map(|(idea, _)| idea).collect()
}

/// The agreement of the first two facilitators over the ideas that both placed.
fn partners(cycle: &Cycle) -> Option<Result<Computed<Agreement>, Refusal>> {
    let [first, second, ..] = cycle.facilitators.as_slice() else { return None };
    let pairs = cycle.places(first).into_iter().zip(cycle.places(second));
    let known: Vec<(f64, f64)> = pairs.filter_map(|(a, b)| a.zip(b)).collect();
    if known.len() < cycle.ideate.ideas.len() {
        return None;
    }
    let (first, second): (Vec<f64>, Vec<f64>) = known.into_iter().unzip();
    Some(agreement(&first, &second))
}

impl Rankings {
    /// Ids by Borda's count.
    pub(crate) fn order(&self, cycle: &Cycle) -> Vec<String> {
        let scored = self.borda.iter().flatten().flat_map(|borda| &borda.value);
        scored.filter_map(|scored| Some(cycle.ideate.ideas.get(scored.place)?.id.clone())).collect()
    }

    pub(crate) fn tau(&self) -> Option<f64> {
        self.agreement.as_ref()?.as_ref().ok().map(|found| found.value.kendall.tau)
    }
}

pub(crate) fn show(report: Report, cycle: &Cycle, rankings: &Rankings) -> Report {
    let names = |_: &str, place: usize| cycle.idea_title(place);
    let mut report = report.heading(2, WORDS.word("rankings"));
    report = match &rankings.borda {
        None => not_yet(report, "rankings-none"),
        Some(Err(why)) => without(report, &WORDS.word("rankings"), why, &names),
        Some(Ok(borda)) => {
            let mut table = Table::new(
                WORDS.word("borda-order"),
                vec![Column::text(WORDS.word("idea")), Column::number(WORDS.word("borda"), 0)],
            );
            for scored in &borda.value {
                table.push(vec![cycle.idea_title(scored.place).into(), scored.score.into()]);
            }
            let method = jospar_guest_words::method(&borda.method);
            let values = [
                ("method", method.into()),
                ("source", borda.method.source.into()),
                ("n", borda.n.into()),
            ];
            report.table(table).paragraph(WORDS.say("stated", &values))
        }
    };
    for (person, why) in &rankings.left_out {
        let why = refusal(why, &|field, place| match field {
            "ballot" => Text::same(person.as_str()),
            _ => cycle.idea_title(place),
        });
        report = report.callout(Tone::Warning, why);
    }
    match &rankings.agreement {
        None => report,
        Some(Err(why)) => without(report, &WORDS.word("agreement"), why, &names),
        Some(Ok(found)) => partners_shown(report, cycle, found),
    }
}

fn partners_shown(report: Report, cycle: &Cycle, found: &Computed<Agreement>) -> Report {
    let kendall = found.value.kendall;
    let number = Number::new(WORDS.word("agreement"), kendall.tau);
    let mut table = Table::new(
        WORDS.word("differences"),
        vec![
            Column::text(WORDS.word("idea")),
            Column::number(Text::same(cycle.facilitators.first().map_or("1", String::as_str)), 0),
            Column::number(Text::same(cycle.facilitators.get(1).map_or("2", String::as_str)), 0),
        ],
    );
    let apart = found.value.differences.iter().filter(|one| one.first != one.second);
    for one in apart.take(DIFFERENCES_SHOWN) {
        table.push(vec![cycle.idea_title(one.place).into(), one.first.into(), one.second.into()]);
    }
    let values = [("p", Value::from((kendall.p, 3))), ("n", found.n.into())];
    report.number(stated(number, found)).paragraph(WORDS.say("agreement-p", &values)).table(table)
}
