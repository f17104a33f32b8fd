//! Quantitative SWOT against published examples, numpy and hand calculation.
#![allow(clippy::unwrap_used)]

mod common;

use std::cmp::Ordering;

use common::{all_close, close, number, numbers, reference, within};
use jospar_methods::swot::{
    Convention, Factor, Group, IeStrategy, Quadrant, Side, Strategy, TowsCell, WeightRule, awot,
    combine, ie_cell, matrix_total, priorities, proposed_weights, tows,
};
use jospar_methods::{At, Refusal, Warning};

use Quadrant::{Opportunity, Strength, Threat, Weakness};

fn factor(quadrant: Quadrant, weight: f64, rating: f64) -> Factor {
    Factor { quadrant, weight, rating }
}

fn some(upper: &[f64]) -> Vec<Option<f64>> {
    upper.iter().map(|judgement| Some(*judgement)).collect()
}

/// The factors of data/example-plan.json.
fn example() -> Vec<Factor> {
    let plan: serde_json::Value =
        serde_json::from_str(include_str!("../../../data/example-plan.json")).unwrap();
    let items = plan["swot"]["items"].as_array().unwrap();
    let factor = |item: &serde_json::Value| {
        let quadrant = match item["quadrant"].as_str().unwrap() {
            "S" => Strength,
            "W" => Weakness,
            "O" => Opportunity,
            _ => Threat,
        };
        factor(quadrant, number(&item["weight"]), number(&item["rating"]))
    };
    items.iter().map(factor).collect()
}

fn total(factors: &[Factor], side: Side) -> Result<f64, Refusal> {
    matrix_total(factors, side, Convention::Classic, WeightRule::Exact).map(|c| c.value.total)
}

#[test]
fn the_example_plan_has_ife_2_62_and_efe_2_36() {
    close(total(&example(), Side::Internal).unwrap(), 2.62);
    close(total(&example(), Side::External).unwrap(), 2.36);
    let ife =
        matrix_total(&example(), Side::Internal, Convention::Classic, WeightRule::Exact).unwrap();
    assert_eq!((ife.n, ife.method.source), (5, "David 2011"));
    assert!(ife.warnings.is_empty());
    // 0.18·3 + 0.26·4 + 0.16·3 and 0.24·1 + 0.16·2.
    close(ife.value.helps, 2.06);
    close(ife.value.hinders, 0.56);
    assert_eq!(ife.value.against_average, Ordering::Greater);
    let cell = ie_cell(2.62, 2.36).unwrap().value;
    assert_eq!((cell.number, cell.strategy), (5, IeStrategy::HoldAndMaintain));
}

/// David, "Strategic Management: Concepts and Cases", 13th edition, table 3-12: a ten-theatre cinema complex, 2.58.
#[test]
fn the_efe_matrix_of_davids_cinema_totals_2_58() {
    let opportunities =
        [(0.05, 3.0), (0.08, 4.0), (0.08, 3.0), (0.07, 2.0), (0.09, 1.0), (0.06, 3.0), (0.03, 2.0)];
    let threats = [
        (0.12, 4.0),
        (0.06, 2.0),
        (0.06, 3.0),
        (0.04, 3.0),
        (0.08, 2.0),
        (0.04, 3.0),
        (0.08, 2.0),
        (0.06, 1.0),
    ];
    let mut factors: Vec<Factor> =
        opportunities.iter().map(|(w, r)| factor(Opportunity, *w, *r)).collect();
    factors.extend(threats.iter().map(|(w, r)| factor(Threat, *w, *r)));
    let efe =
        matrix_total(&factors, Side::External, Convention::Response, WeightRule::Exact).unwrap();
    close(efe.value.total, 2.58);
    assert_eq!(efe.value.against_average, Ordering::Greater);
    assert_eq!(efe.n, 15);
}

#[test]
fn weights_that_do_not_add_up_to_one_are_refused_or_normalised_and_said() {
    let factors = [factor(Strength, 0.5, 4.0), factor(Weakness, 0.3, 1.0)];
    let refusal = total(&factors, Side::Internal).unwrap_err();
    assert!(
        matches!(refusal, Refusal::WeightsNotOne { side: "internal", sum } if (sum - 0.8).abs() < 1e-12)
    );
    assert_eq!(refusal.key(), "weights-not-one");
    let normalised =
        matrix_total(&factors, Side::Internal, Convention::Classic, WeightRule::Normalise).unwrap();
    close(normalised.value.total, (0.5 * 4.0 + 0.3) / 0.8);
    assert!(matches!(
        normalised.warnings[..],
        [Warning::WeightsNormalised { side: "internal", .. }]
    ));
    // The margin of 0.001 is inclusive, and weights within it are taken as they are.
    let edge = |weight| [factor(Strength, 0.5, 4.0), factor(Weakness, weight, 1.0)];
    close(total(&edge(0.501), Side::Internal).unwrap(), 2.501);
    close(total(&edge(0.499), Side::Internal).unwrap(), 2.499);
    assert!(total(&edge(0.5011), Side::Internal).is_err());
    assert!(total(&edge(0.4989), Side::Internal).is_err());
    let nothing = [factor(Strength, 0.0, 4.0)];
    let refusal =
        matrix_total(&nothing, Side::Internal, Convention::Classic, WeightRule::Normalise);
    assert_eq!(refusal.unwrap_err(), Refusal::WeightsNotOne { side: "internal", sum: 0.0 });
}

#[test]
fn classic_ratings_keep_to_their_class_and_external_ones_never_have_to() {
    let rated = |quadrant, rating, convention| {
        let side = match quadrant {
            Strength | Weakness => Side::Internal,
            _ => Side::External,
        };
        matrix_total(&[factor(quadrant, 1.0, rating)], side, convention, WeightRule::Exact)
            .map(|computed| computed.value.total)
    };
    use Convention::{Classic, Response};
    let refused = |rating, low, high| Refusal::RatingOutsideClass { at: At(0), rating, low, high };
    assert_eq!(rated(Strength, 2.0, Classic), Err(refused(2.0, 3.0, 4.0)));
    assert_eq!(rated(Weakness, 3.0, Classic), Err(refused(3.0, 1.0, 2.0)));
    assert_eq!(rated(Strength, 2.0, Response), Ok(2.0));
    assert_eq!(rated(Opportunity, 1.0, Classic), Ok(1.0));
    assert_eq!(rated(Threat, 4.0, Classic), Ok(4.0));
    assert_eq!(rated(Threat, 5.0, Response), Err(refused(5.0, 1.0, 4.0)));
    assert_eq!(rated(Threat, 0.0, Response), Err(refused(0.0, 1.0, 4.0)));
    assert_eq!(rated(Threat, 2.5, Response), Err(refused(2.5, 1.0, 4.0)));
    assert_eq!(rated(Threat, f64::NAN, Response), Err(Refusal::NotANumber { at: At(0) }));
    let negative = [factor(Strength, -0.2, 3.0), factor(Strength, 1.2, 3.0)];
    assert!(matches!(total(&negative, Side::Internal), Err(Refusal::OutOfRange { at: At(0), .. })));
    assert_eq!(total(&[], Side::Internal), Err(Refusal::NoData {}));
    assert_eq!(total(&[factor(Threat, 1.0, 1.0)], Side::Internal), Err(Refusal::NoData {}));
}

#[test]
fn cells_of_the_ie_matrix_follow_the_bands() {
    let cell = |ife, efe| ie_cell(ife, efe).unwrap().value;
    use IeStrategy::{GrowAndBuild, HarvestOrDivest, HoldAndMaintain};
    let expected = [
        (3.5, 3.5, 1, GrowAndBuild),
        (2.5, 3.0, 2, GrowAndBuild),
        (1.5, 3.2, 3, HoldAndMaintain),
        (3.0, 2.0, 4, GrowAndBuild),
        (2.99, 2.99, 5, HoldAndMaintain),
        (1.99, 2.5, 6, HarvestOrDivest),
        (4.0, 1.99, 7, HoldAndMaintain),
        (2.0, 1.0, 8, HarvestOrDivest),
        (1.0, 1.0, 9, HarvestOrDivest),
    ];
    for (ife, efe, number, strategy) in expected {
        let cell = cell(ife, efe);
        assert_eq!((cell.number, cell.strategy), (number, strategy), "{ife} {efe}");
    }
    // 1.995 is shown as 2.00, and so it is in the band of 2.00.
    assert_eq!(cell(1.995, 2.994).number, 5);
    assert_eq!(cell(1.994_9, 2.995).number, 3);
    assert!(matches!(ie_cell(0.5, 2.0), Err(Refusal::OutOfRange { at: At(0), .. })));
    assert!(matches!(ie_cell(2.0, f64::INFINITY), Err(Refusal::NotANumber { at: At(1) })));
}

/// Saaty, "Decision making with the analytic hierarchy process", Int. J. Services Sciences 1 (2008): relative
/// consumption of drinks. Printed: .177 .019 .042 .116 .190 .129 .327, consistency ratio .022.
#[test]
fn saatys_drinks_have_the_printed_priorities() {
    let drinks = &reference()["ahp"]["drinks"];
    let ahp = priorities(7, &some(&numbers(&drinks["upper"]))).unwrap();
    let printed = [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327];
    for (weight, printed) in ahp.value.weights.iter().zip(printed) {
        assert!((weight - printed).abs() < 5.1e-4, "{weight} {printed}");
    }
    assert!((ahp.value.consistency_ratio - 0.022).abs() < 5e-4);
    assert_eq!(ahp.n, 21);
    // numpy.linalg.eig has no more digits in common with power iteration than its own precision.
    for (weight, expected) in ahp.value.weights.iter().zip(numbers(&drinks["weights"])) {
        within(*weight, expected, 1e-11);
    }
    within(ahp.value.lambda_max, number(&drinks["lambda_max"]), 1e-10);
}

#[test]
fn the_example_plan_has_the_global_priorities_of_numpy() {
    let example = &reference()["ahp"]["example"];
    let group = |quadrant, factors, upper: &[f64]| Group { quadrant, factors, upper: some(upper) };
    let groups = [
        group(Strength, 3, &[0.5, 1.0, 2.0]),
        group(Weakness, 2, &[2.0]),
        group(Opportunity, 3, &[2.0, 2.0, 1.0]),
        group(Threat, 2, &[1.0]),
    ];
    let computed = awot(&groups, &some(&[1.0, 2.0, 3.0, 2.0, 3.0, 2.0])).unwrap();
    assert_eq!(computed.n, 10);
    let awot = computed.value;
    let factors: Vec<f64> = awot.factors().iter().map(|(_, global)| *global).collect();
    all_close(&factors, &numbers(&example["global"]));
    close(factors.iter().sum(), 1.0);
    all_close(&awot.between.weights, &numbers(&example["groups"]["weights"]));
    let tops: Vec<usize> = awot.groups.iter().map(|group| group.top).collect();
    assert_eq!(tops, [1, 0, 0, 0]);
    let proposed = proposed_weights(&awot, Side::Internal).unwrap();
    close(proposed.value.iter().sum(), 1.0);
    close(proposed.value[1], factors[1] / factors[..5].iter().sum::<f64>());
    assert_eq!((proposed.n, proposed_weights(&awot, Side::External).unwrap().n), (5, 5));
}

#[test]
fn contradicting_judgements_are_refused_with_the_worst_triad() {
    // 0 beats 1 nine times, 1 beats 2 nine times, and 2 beats 0 nine times: they miss by 9·9·9.
    let refusal = priorities(4, &some(&[9.0, 1.0 / 9.0, 1.0, 9.0, 1.0, 1.0])).unwrap_err();
    let Refusal::JudgementsInconsistent { within, ratio, limit, first, second, third, factor } =
        refusal
    else {
        unreachable!("{refusal}")
    };
    assert_eq!((within, first, second, third, limit), ("all", At(0), At(1), At(2), 0.10));
    close(factor, 729.0);
    assert!(ratio > 1.0);
    assert_eq!(refusal.key(), "judgements-inconsistent");
    assert_eq!(refusal.arguments().len(), 7);
    // Three things by the closed form: λ = 1 + d + 1/d with d = (a12·a23/a13)^(1/3).
    let three = |upper: [f64; 3]| priorities(3, &some(&upper));
    let ratio_of = |d: f64| (1.0 + d + 1.0 / d - 3.0) / 2.0 / 0.58;
    let accepted = three([3.0, 5.0, 3.0]).unwrap().value;
    close(accepted.consistency_ratio, ratio_of((9.0f64 / 5.0).cbrt()));
    assert_eq!(accepted.worst.unwrap().places, [0, 1, 2]);
    close(accepted.worst.unwrap().gap, (9.0f64 / 5.0).ln());
    match three([3.0, 2.0, 3.0]).unwrap_err() {
        Refusal::JudgementsInconsistent { ratio, factor, .. } => {
            close(ratio, ratio_of(4.5f64.cbrt()));
            close(factor, 4.5);
        }
        other => unreachable!("{other}"),
    }
}

#[test]
fn incomplete_judgements_are_refused_and_never_filled() {
    let mut upper = some(&[2.0, 4.0, 2.0]);
    assert!(priorities(3, &upper).is_ok());
    upper[1] = None;
    let (first, second) = (At(0), At(2));
    let absent = Refusal::JudgementAbsent { within: "all", first, second };
    assert_eq!(priorities(3, &upper).unwrap_err(), absent);
    let count = |given, needed| Refusal::JudgementCount { within: "all", given, needed };
    assert_eq!(priorities(3, &some(&[1.0])).unwrap_err(), count(1, 3));
    assert_eq!(priorities(2, &some(&[1.0, 1.0])).unwrap_err(), count(2, 1));
    assert_eq!(priorities(0, &[]).unwrap_err(), Refusal::NoData {});
    assert_eq!(priorities(11, &[]).unwrap_err(), Refusal::TooMany { n: 11, limit: 10 });
    for wrong in [0.0, -1.0, 0.1, 9.1, 1e308, f64::NAN, f64::INFINITY] {
        let refusal = priorities(2, &some(&[wrong])).unwrap_err();
        assert_eq!(refusal.key(), "judgement-out-of-range", "{wrong}");
    }
    assert!(priorities(2, &some(&[0.1111])).is_ok());
    assert_eq!(priorities(1, &[]).unwrap().value.weights, [1.0]);
    close(priorities(2, &some(&[3.0])).unwrap().value.weights[0], 0.75);
}

#[test]
fn judges_are_combined_by_the_geometric_mean() {
    let judges = [some(&[2.0, 8.0, 4.0]), some(&[0.5, 2.0, 4.0])];
    let combined = combine(3, &judges).unwrap();
    assert_eq!(combined.n, 2);
    let upper: Vec<f64> = combined.value.iter().map(|judgement| judgement.unwrap()).collect();
    all_close(&upper, &[1.0, 4.0, 4.0]);
    // Reciprocal: turned round, every judgement turns round.
    let turned: Vec<Vec<Option<f64>>> =
        judges.iter().map(|upper| upper.iter().map(|j| j.map(f64::recip)).collect()).collect();
    for (there, back) in combined.value.iter().zip(combine(3, &turned).unwrap().value) {
        close(there.unwrap() * back.unwrap(), 1.0);
    }
    assert_eq!(combine(3, &[]).unwrap_err(), Refusal::NoData {});
    let absent = combine(3, &[some(&[1.0, 1.0, 1.0]), vec![Some(1.0), None, Some(1.0)]]);
    assert_eq!(absent.unwrap_err().key(), "judgement-absent");
}

#[test]
fn awot_says_in_which_comparison_something_is_wrong() {
    let one = |quadrant| Group { quadrant, factors: 1, upper: Vec::new() };
    let twice = awot(&[one(Strength), one(Strength)], &some(&[1.0]));
    assert_eq!(twice.unwrap_err(), Refusal::NamedTwice { at: At(1) });
    let between = awot(&[one(Strength), one(Threat)], &[None]).unwrap_err();
    let (first, second) = (At(0), At(1));
    assert_eq!(between, Refusal::JudgementAbsent { within: "groups", first, second });
    let circle = Group { quadrant: Threat, factors: 3, upper: some(&[9.0, 1.0 / 9.0, 9.0]) };
    match awot(&[one(Strength), circle], &some(&[1.0])).unwrap_err() {
        Refusal::JudgementsInconsistent { within, .. } => assert_eq!(within, "threats"),
        other => unreachable!("{other}"),
    }
    assert_eq!(awot(&[], &[]).unwrap_err(), Refusal::NoData {});
    let internal = awot(&[one(Strength)], &[]).unwrap().value;
    assert_eq!(proposed_weights(&internal, Side::Internal).unwrap().value, [1.0]);
    assert_eq!(proposed_weights(&internal, Side::External).unwrap_err(), Refusal::NoData {});
}

#[test]
fn strategies_add_up_the_priorities_of_their_factors_each_once() {
    let priorities = [(Strength, 0.3), (Weakness, 0.2), (Opportunity, 0.4), (Threat, 0.1)];
    let strategy = |cell, factors: &[usize], has_initiative| Strategy {
        cell,
        factors: factors.to_vec(),
        has_initiative,
    };
    let strategies = [
        strategy(TowsCell::Wt, &[1, 3], true),
        strategy(TowsCell::So, &[0, 2, 0], true),
        strategy(TowsCell::Wo, &[1, 2], false),
        strategy(TowsCell::St, &[3, 0], true),
    ];
    let ranked = tows(&priorities, &strategies).unwrap();
    let order: Vec<usize> = ranked.value.iter().map(|score| score.strategy).collect();
    assert_eq!(order, [1, 2, 3, 0]);
    let scores: Vec<f64> = ranked.value.iter().map(|score| score.score).collect();
    all_close(&scores, &[0.7, 0.6, 0.4, 0.3]);
    assert_eq!(ranked.warnings, [Warning::StrategyWithoutInitiative { strategy: At(2) }]);
    let refused =
        |cell, factors: &[usize]| tows(&priorities, &[strategy(cell, factors, true)]).unwrap_err();
    let incomplete = |side| Refusal::CellIncomplete { strategy: At(0), side };
    assert_eq!(refused(TowsCell::So, &[0]), incomplete("external"));
    assert_eq!(refused(TowsCell::So, &[2]), incomplete("internal"));
    assert_eq!(refused(TowsCell::So, &[]), incomplete("internal"));
    let outside = Refusal::FactorOutsideCell { strategy: At(0), factor: At(1) };
    assert_eq!(refused(TowsCell::So, &[0, 1, 2]), outside);
    let unknown = Refusal::UnknownPosition { position: 4, count: 4 };
    assert_eq!(refused(TowsCell::So, &[0, 4]), unknown);
}
