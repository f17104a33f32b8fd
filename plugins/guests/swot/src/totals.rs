//! IFE, EFE and the cell that they lead to.

use std::cmp::Ordering;

use jospar_guest_words::{refusal, stated, warn};
use jospar_methods::swot::{
    Convention, Factor, IeCell, IeStrategy, MatrixTotal, Quadrant, Side, WeightRule, ie_cell,
    matrix_total,
};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Column, Number, Report, Table, Text, Tone};

use crate::WORDS;
use crate::plan::{Swot, letter_of};

pub(crate) struct Totals {
    convention: Convention,
    /// Positions in the plan of the factors that were calculated with.
    pub(crate) places: Vec<usize>,
    pub(crate) internal: Result<Computed<MatrixTotal>, Refusal>,
    pub(crate) external: Result<Computed<MatrixTotal>, Refusal>,
    pub(crate) cell: Option<Computed<IeCell>>,
}

pub(crate) fn calculate(swot: &Swot, convention: Convention, normalise: bool) -> Totals {
    let rule = if normalise { WeightRule::Normalise } else { WeightRule::Exact };
    let known = swot.items.iter().enumerate();
    let (places, factors): (Vec<usize>, Vec<Factor>) =
        known.filter_map(|(place, item)| Some((place, item.factor()?))).unzip();
    let internal = matrix_total(&factors, Side::Internal, convention, rule);
    let external = matrix_total(&factors, Side::External, convention, rule);
    let cell = match (&internal, &external) {
        (Ok(ife), Ok(efe)) => ie_cell(ife.value.total, efe.value.total).ok(),
        _ => None,
    };
    Totals { convention, places, internal, external, cell }
}

impl Totals {
    pub(crate) fn title(&self, swot: &Swot, place: usize) -> Text {
        self.places.get(place).map_or_else(|| Text::same("?"), |place| swot.title(*place))
    }

    fn sides(&self) -> [(Side, &Result<Computed<MatrixTotal>, Refusal>); 2] {
        [(Side::Internal, &self.internal), (Side::External, &self.external)]
    }

    /// Weight × rating of a factor by its position in the plan.
    fn score(&self, place: usize) -> Option<f64> {
        let at = self.places.iter().position(|known| *known == place)?;
        let sides = [&self.internal, &self.external].into_iter().flatten();
        let mut scores = sides.flat_map(|side| &side.value.scores);
        scores.find(|(known, _)| *known == at).map(|(_, score)| *score)
    }

    /// The factor that the school answers worst: the lowest rating, of equal ones the heaviest.
    pub(crate) fn weakest_answer(&self, swot: &Swot) -> Option<(usize, Factor)> {
        let rated = self.places.iter().copied().filter_map(|place| {
            let factor = swot.items.get(place)?.factor()?;
            (factor.rating <= 2.0).then_some((place, factor))
        });
        let weaker = |a: &(usize, Factor), b: &(usize, Factor)| {
            let rating = a.1.rating.total_cmp(&b.1.rating);
            rating.then(b.1.weight.total_cmp(&a.1.weight)).then(a.0.cmp(&b.0))
        };
        rated.min_by(weaker)
    }
}

pub(crate) fn show(report: Report, swot: &Swot, totals: &Totals) -> Report {
    let mut report = answer(report, totals).heading(2, WORDS.word("totals"));
    for (side, total) in totals.sides() {
        let names = |_: &str, place: usize| totals.title(swot, place);
        report = match total {
            Ok(total) => warn(number(report, side, total), &total.warnings, &names),
            Err(why) => {
                let text = Text::joined([&side_name(side), &refusal(why, &names)], ": ");
                report.callout(Tone::Critical, text)
            }
        };
    }
    if let Some(cell) = &totals.cell {
        let label = WORDS.word("cell");
        report = report
            .number(stated(Number::new(label, f64::from(cell.value.number)).decimals(0), cell));
    }
    let convention = match totals.convention {
        Convention::Classic => "convention-classic",
        Convention::Response => "convention-response",
    };
    report = report.paragraph(WORDS.word(convention));
    let without: Vec<Text> = (0..swot.items.len())
        .filter(|place| !totals.places.contains(place))
        .map(|place| swot.title(place))
        .collect();
    if !without.is_empty() {
        let list = Text::joined(&without, ", ");
        report =
            report.callout(Tone::Warning, WORDS.say("without-weight", &[("list", list.into())]));
    }
    report.table(factors(swot, totals)).chart(chart(totals))
}

/// The first sentence: how the school stands, or what stands in the way of saying it.
fn answer(report: Report, totals: &Totals) -> Report {
    let (Ok(ife), Ok(efe), Some(cell)) = (&totals.internal, &totals.external, &totals.cell) else {
        return report.callout(Tone::Critical, WORDS.word("answer-none"));
    };
    let against = |order: Ordering| match order {
        Ordering::Greater => WORDS.word("above"),
        Ordering::Less => WORDS.word("below"),
        Ordering::Equal => WORDS.word("average"),
    };
    let (advice, tone) = match cell.value.strategy {
        IeStrategy::GrowAndBuild => ("grow", Tone::Good),
        IeStrategy::HoldAndMaintain => ("hold", Tone::Info),
        IeStrategy::HarvestOrDivest => ("harvest", Tone::Warning),
    };
    let text = WORDS.say(
        "answer",
        &[
            ("ife", (ife.value.total, 2).into()),
            ("inside", against(ife.value.against_average).into()),
            ("efe", (efe.value.total, 2).into()),
            ("outside", against(efe.value.against_average).into()),
            ("cell", roman(cell.value.number).into()),
            ("advice", WORDS.word(advice).into()),
        ],
    );
    report.callout(tone, text)
}

fn number(report: Report, side: Side, total: &Computed<MatrixTotal>) -> Report {
    let (helps, hinders) = match side {
        Side::Internal => ("helps-inside", "hinders-inside"),
        Side::External => ("helps-outside", "hinders-outside"),
    };
    let parts = [("helps", total.value.helps), ("hinders", total.value.hinders)];
    let text = WORDS.say(
        "parts",
        &[
            ("first", WORDS.word(helps).into()),
            ("helps", (parts[0].1, 2).into()),
            ("second", WORDS.word(hinders).into()),
            ("hinders", (parts[1].1, 2).into()),
        ],
    );
    report.number(stated(Number::new(side_name(side), total.value.total), total)).paragraph(text)
}

fn factors(swot: &Swot, totals: &Totals) -> Table {
    let column = |key: &str, decimals| Column::number(WORDS.word(key), decimals);
    let mut table = Table::new(
        WORDS.word("factors"),
        vec![
            Column::text(WORDS.word("factor")),
            Column::text(WORDS.word("quadrant")),
            column("weight", 2),
            column("rating", 0),
            column("score", 2),
        ],
    );
    for quadrant in Quadrant::ALL {
        for place in swot.of(quadrant) {
            let Some(item) = swot.items.get(place) else { continue };
            table.push(vec![
                Cell::Item(format!("swot/items/{}", item.id)),
                quadrant_name(quadrant).into(),
                item.weight.into(),
                item.rating.into(),
                totals.score(place).into(),
            ]);
        }
    }
    table
}

/// How much each quadrant adds to its total.
fn chart(totals: &Totals) -> Chart {
    let parts = |side: &Result<Computed<MatrixTotal>, Refusal>| match side {
        Ok(side) => [Some(side.value.helps), Some(side.value.hinders)],
        Err(_) => [None, None],
    };
    let values = [parts(&totals.internal), parts(&totals.external)].concat();
    Chart::new(ChartKind::Radar, WORDS.word("chart"))
        .categories(Quadrant::ALL.map(quadrant_name).to_vec())
        .series(WORDS.word("score"), values)
        .axis(0.0, 4.0)
}

pub(crate) fn quadrant_name(quadrant: Quadrant) -> Text {
    WORDS.word(match letter_of(quadrant) {
        "S" => "quadrant-s",
        "W" => "quadrant-w",
        "O" => "quadrant-o",
        _ => "quadrant-t",
    })
}

fn side_name(side: Side) -> Text {
    WORDS.word(match side {
        Side::Internal => "ife",
        Side::External => "efe",
    })
}

fn roman(cell: u8) -> &'static str {
    let cells = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    usize::from(cell).checked_sub(1).and_then(|place| cells.get(place)).copied().unwrap_or("?")
}
