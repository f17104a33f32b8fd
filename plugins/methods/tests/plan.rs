//! Ideas, risks, KPIs and maturity against published examples, statsmodels, scipy, scikit-learn and hand calculation.
#![allow(clippy::unwrap_used)]

mod common;

use common::{all_close, close, number, numbers, reference};
use jospar_methods::choice::weighed_choice;
use jospar_methods::ideas::{
    Criterion, Field, KappaWeights, PilotVerdict, agreement, borda, kendall, pilot_verdict,
    rank_by_approval, rank_difficulties, share, share_difference, two_by_two, weighted_kappa,
};
use jospar_methods::kpi::{
    Direction, Progress, Status, expected_by_now, mean_progress, progress, status,
};
use jospar_methods::maturity::{Area, Indicator, area_level, gaps, level_of_mean};
use jospar_methods::risk::{Band, likelihood_of_incidents, mitigated, rank_risks, risk_score};
use jospar_methods::{At, Refusal, Warning};

/// Newcombe, Statistics in Medicine 17 (1998), 857-872, table I: 81/263, 15/148, 0/20, 1/29 by Wilson's method.
#[test]
fn wilson_intervals_are_those_newcombe_printed() {
    let printed = [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ];
    for (successes, n, low, high) in printed {
        let share = share(successes, n).unwrap().value;
        assert!((share.low - low).abs() < 5.1e-5 && (share.high - high).abs() < 5.1e-5);
    }
    for row in reference()["shares"]["wilson"].as_array().unwrap() {
        let (successes, n) = (row[0].as_u64().unwrap(), row[1].as_u64().unwrap());
        let share = share(successes as usize, n as usize).unwrap().value;
        all_close(&[share.low, share.high], &[number(&row[2]), number(&row[3])]);
    }
    assert_eq!(share(20, 20).unwrap().value.high, 1.0);
    assert_eq!(share(0, 20).unwrap().value.low, 0.0);
    assert_eq!(share(0, 0).unwrap_err(), Refusal::NoData {});
    assert_eq!(share(3, 2).unwrap_err(), Refusal::MoreThanAll { successes: 3, n: 2 });
}

/// Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, example (a): 56/70 − 48/80, method 10: 0.0524, 0.3339.
#[test]
fn differences_of_shares_are_those_newcombe_printed() {
    let change = share_difference((48, 80), (56, 70)).unwrap();
    assert!((change.value.low - 0.0524).abs() < 5e-5 && (change.value.high - 0.3339).abs() < 5e-5);
    close(change.value.difference, 0.2);
    assert_eq!(change.n, 150);
    for row in reference()["shares"]["newcombe"].as_array().unwrap() {
        let row = numbers(row);
        let pair = |at: usize| (row[at] as usize, row[at + 1] as usize);
        let change = share_difference(pair(0), pair(2)).unwrap().value;
        all_close(&[change.low, change.high], &row[4..]);
    }
    assert_eq!(share_difference((0, 0), (1, 2)).unwrap_err(), Refusal::NoData {});
}

#[test]
fn ideas_are_ranked_by_the_lower_bound_and_not_by_the_share() {
    // The example plan's four ideas, and one that two of two voters like.
    let votes = [(14, 18), (12, 18), (9, 18), (6, 18), (2, 2)];
    let ranked = rank_by_approval(&votes).unwrap();
    let order: Vec<usize> = ranked.value.iter().map(|approved| approved.idea).collect();
    assert_eq!(order, [0, 1, 4, 2, 3]);
    close(ranked.value[0].share.low, 0.5478541568378739);
    // Ties keep the order in which ideas were defined.
    let tied = rank_by_approval(&[(1, 3), (2, 3), (2, 3)]).unwrap().value;
    assert_eq!(tied.iter().map(|approved| approved.idea).collect::<Vec<_>>(), [1, 2, 0]);
    assert_eq!(rank_by_approval(&[]).unwrap_err(), Refusal::NoData {});
    assert_eq!(rank_by_approval(&[(0, 0)]).unwrap_err(), Refusal::NoData {});
}

/// The textbook election of a capital for Tennessee: 42, 26, 15 and 17 of 100 voters rank Memphis, Nashville,
/// Chattanooga and Knoxville first. Borda's points: 126, 194, 173, 107.
#[test]
fn bordas_count_elects_nashville() {
    let ballots = [(42, [0, 1, 2, 3]), (26, [1, 2, 3, 0]), (15, [2, 3, 1, 0]), (17, [3, 2, 1, 0])];
    let ballots: Vec<Vec<usize>> =
        ballots.iter().flat_map(|(n, ballot)| vec![ballot.to_vec(); *n]).collect();
    let counted = borda(4, &ballots).unwrap();
    assert_eq!(counted.n, 100);
    let points: Vec<(usize, f64)> = counted.value.iter().map(|s| (s.place, s.score)).collect();
    assert_eq!(points, [(1, 194.0), (2, 173.0), (0, 126.0), (3, 107.0)]);
    let short = Refusal::BallotIncomplete { ballot: At(1), ranked: 1, ideas: 2 };
    assert_eq!(borda(2, &[vec![0, 1], vec![0]]).unwrap_err(), short);
    assert_eq!(borda(2, &[vec![0, 0]]).unwrap_err(), Refusal::NamedTwice { at: At(0) });
    let unknown = Refusal::UnknownPosition { position: 2, count: 2 };
    assert_eq!(borda(2, &[vec![0, 2]]).unwrap_err(), unknown);
    assert_eq!(borda(2, &[]).unwrap_err(), Refusal::NoData {});
    let tied = borda(2, &[vec![1, 0], vec![0, 1]]).unwrap().value;
    assert_eq!((tied[0].place, tied[1].place), (0, 1));
}

#[test]
fn charts_and_difficulties_keep_ties_in_order() {
    let fields = two_by_two(&[(4.0, 5.0), (3.0, 5.0), (4.0, 2.9), (1.0, 2.0)], 1.0, 5.0).unwrap();
    let field = |is_right, is_high| Field { is_right, is_high };
    let expected = [field(true, true), field(true, true), field(true, false), field(false, false)];
    assert_eq!(fields.value, expected);
    assert!(matches!(two_by_two(&[(6.0, 1.0)], 1.0, 5.0), Err(Refusal::OutOfRange { .. })));
    assert!(matches!(two_by_two(&[], 5.0, 1.0), Err(Refusal::OutOfRange { at: At(1), .. })));
    let ranked = rank_difficulties(&[(2.0, 3.0), (1.0, 5.0), (3.0, 2.0), (4.0, 4.0)]).unwrap();
    let order: Vec<usize> = ranked.value.iter().map(|scored| scored.place).collect();
    assert_eq!(order, [3, 0, 2, 1]);
    assert!(rank_difficulties(&[(f64::NAN, 1.0)]).is_err());
}

#[test]
fn the_example_pilots_get_their_verdicts() {
    let verdict =
        |criterion, measured, baseline| pilot_verdict(criterion, measured, baseline).unwrap().value;
    use Criterion::{AtLeast, AtMost};
    use PilotVerdict::{Revise, Scale, Stop};
    assert_eq!(verdict(AtLeast(0.4), 0.46, Some(0.25)), Scale);
    assert_eq!(verdict(AtLeast(40.0), 45.0, Some(20.0)), Scale);
    assert_eq!(verdict(AtLeast(0.3), 0.22, Some(0.0)), Revise);
    assert_eq!(verdict(AtLeast(0.3), 0.0, Some(0.0)), Stop);
    assert_eq!(verdict(AtLeast(0.3), -0.1, Some(0.0)), Stop);
    assert_eq!(verdict(AtMost(5.0), 5.0, Some(14.0)), Scale);
    assert_eq!(verdict(AtMost(5.0), 9.0, Some(14.0)), Revise);
    assert_eq!(verdict(AtMost(5.0), 15.0, Some(14.0)), Stop);
    let unknown = pilot_verdict(AtLeast(0.3), 0.0, None).unwrap();
    assert_eq!((unknown.value, unknown.warnings), (Revise, vec![Warning::NoBaseline {}]));
    assert!(pilot_verdict(AtLeast(f64::NAN), 0.0, None).is_err());
}

/// The tuna example of R's `cor.test` (Hollander and Wolfe 1973): T = 26, p = 0.1194, tau = 0.4444.
#[test]
fn kendalls_tau_agrees_with_scipy() {
    for (name, case) in reference()["agreement"]["kendall"].as_object().unwrap() {
        let result = kendall(&numbers(&case["x"]), &numbers(&case["y"])).unwrap();
        close(result.value.tau, number(&case["tau"]));
        close(result.value.p, number(&case["p"]));
        assert_eq!(result.value.is_exact, matches!(name.as_str(), "tuna" | "partners"), "{name}");
        if name == "tuna" {
            assert!((result.value.tau - 0.4444).abs() < 5e-5);
            assert!((result.value.p - 0.1194).abs() < 5e-5);
        }
    }
    assert_eq!(kendall(&[1.0, 1.0], &[1.0, 2.0]).unwrap_err(), Refusal::NoSpread {});
    let lengths = Refusal::UnequalLengths { first: 2, second: 1 };
    assert_eq!(kendall(&[1.0, 2.0], &[1.0]).unwrap_err(), lengths);
    assert_eq!(kendall(&[1.0], &[1.0]).unwrap_err(), Refusal::TooFewAnswers { n: 1, needed: 2 });
    assert_eq!(kendall(&[], &[]).unwrap_err(), Refusal::NoData {});
    assert_eq!(
        kendall(&[0.0, f64::NAN], &[1.0, 2.0]).unwrap_err(),
        Refusal::NotANumber { at: At(1) }
    );
    // −0.0 and 0.0 are one value.
    assert_eq!(kendall(&[0.0, -0.0], &[1.0, 2.0]).unwrap_err(), Refusal::NoSpread {});
}

#[test]
fn partners_see_where_they_differ_most() {
    let first = [1.0, 2.0, 3.0, 4.0];
    let result = agreement(&first, &[4.0, 2.0, 3.0, 1.0]).unwrap().value;
    // Five of six pairs are turned round, all but 2 before 3.
    close(result.kendall.tau, -4.0 / 6.0);
    let places: Vec<usize> = result.differences.iter().map(|difference| difference.place).collect();
    assert_eq!(places, [0, 3, 1, 2]);
    assert_eq!((result.differences[0].first, result.differences[0].second), (1.0, 4.0));
    close(agreement(&first, &first).unwrap().value.kendall.tau, 1.0);
}

/// Cohen, Educational and Psychological Measurement 20 (1960): 200 cases, 88 14 18 / 10 40 10 / 2 6 12, kappa = .492.
#[test]
fn kappa_agrees_with_cohen_and_scikit_learn() {
    let table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]];
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (a, row) in table.iter().enumerate() {
        for (b, n) in row.iter().enumerate() {
            first.extend(vec![a; *n]);
            second.extend(vec![b; *n]);
        }
    }
    let kappa = weighted_kappa(&first, &second, 3, KappaWeights::None).unwrap();
    assert!((kappa.value - 0.492).abs() < 5e-4);
    assert_eq!(kappa.n, 200);
    let reference = &reference()["agreement"]["kappa"];
    let raters =
        |name: &str| numbers(&reference[name]).iter().map(|c| *c as usize).collect::<Vec<_>>();
    let (a, b) = (raters("a"), raters("b"));
    for (weights, name) in [
        (KappaWeights::None, "None"),
        (KappaWeights::Linear, "linear"),
        (KappaWeights::Quadratic, "quadratic"),
    ] {
        close(weighted_kappa(&a, &b, 4, weights).unwrap().value, number(&reference[name]));
    }
    let none = KappaWeights::None;
    assert_eq!(weighted_kappa(&[1, 1], &[1, 1], 2, none).unwrap_err(), Refusal::NoSpread {});
    let unknown = Refusal::UnknownPosition { position: 2, count: 2 };
    assert_eq!(weighted_kappa(&[0, 2], &[0, 1], 2, none).unwrap_err(), unknown);
    assert_eq!(weighted_kappa(&[], &[], 2, none).unwrap_err(), Refusal::NoData {});
}

/// By hand: 0.5·4 + 0.3·2 + 0.2·5 = 3.6 and 0.5·3 + 0.3·5 + 0.2·4 = 3.8. With 0.6 of the first the others share 0.4 as
/// before, 0.24 and 0.16: 3.68 and 3.64, so that the first option leads.
#[test]
fn a_choice_is_weighed_and_what_would_turn_it_is_told() {
    let scores = |rows: &[[f64; 3]]| {
        rows.iter().map(|row| row.iter().map(|s| Some(*s)).collect()).collect::<Vec<Vec<_>>>()
    };
    let mut options = scores(&[[4.0, 2.0, 5.0], [3.0, 5.0, 4.0]]);
    let found = weighed_choice(&[0.5, 0.3, 0.2], &options).unwrap();
    close(found.value.ranked[0].score, 3.8);
    close(found.value.ranked[1].score, 3.6);
    assert_eq!((found.value.ranked[0].place, found.n), (1, 2));
    // The first criterion raised, or the second lowered to 0.24 (3.709 and 3.697), turn it; nothing else does.
    let turns: Vec<(usize, usize)> =
        found.value.turns.iter().map(|turn| (turn.criterion, turn.first)).collect();
    assert_eq!(turns, [(0, 0), (1, 0)]);
    close(found.value.turns[0].weight, 0.6);
    options.push(vec![Some(5.0), None, Some(5.0)]);
    let found = weighed_choice(&[0.5, 0.3, 0.2], &options).unwrap();
    assert_eq!(
        (found.n, found.warnings.as_slice()),
        (2, [Warning::LeftOut { count: 1 }].as_slice())
    );
    let one = weighed_choice(&[1.0], &[vec![Some(1.0)], vec![Some(2.0)]]).unwrap().value;
    assert!(one.turns.is_empty() && one.ranked[0].place == 1);
    let sum = weighed_choice(&[0.5, 0.3], &[vec![Some(1.0); 2]]).unwrap_err();
    assert!(matches!(sum, Refusal::WeightsNotOne { side: "all", .. }));
    assert_eq!(weighed_choice(&[], &options).unwrap_err(), Refusal::NoData {});
    assert_eq!(weighed_choice(&[1.0], &[vec![None]]).unwrap_err(), Refusal::NoData {});
    let row = weighed_choice(&[1.0], &[vec![Some(1.0); 2]]).unwrap_err();
    assert_eq!(row, Refusal::UnequalLengths { first: 1, second: 2 });
    let wrong = weighed_choice(&[1.0], &[vec![Some(1.0)], vec![Some(f64::NAN)]]).unwrap_err();
    assert_eq!(wrong, Refusal::NotANumber { at: At(1) });
    assert!(matches!(weighed_choice(&[1.5], &options).unwrap_err(), Refusal::OutOfRange { .. }));
}

/// 30 days are a month: 0, 1, 2 to 3, 4 to 8, 9 and more incidents in it.
#[test]
fn the_rate_of_incidents_gives_a_likelihood_by_the_fixed_table() {
    let likelihood = |incidents, days| likelihood_of_incidents(incidents, days).unwrap().value;
    for (incidents, expected) in [(0, 1), (1, 2), (2, 3), (3, 3), (4, 4), (8, 4), (9, 5)] {
        assert_eq!(likelihood(incidents, 30.0).likelihood, expected, "{incidents}");
    }
    // 3 in 90 days are 1 in 30; 6 in 90 are 2; 1 in 45 is 2/3.
    assert_eq!((likelihood(3, 90.0).rate, likelihood(3, 90.0).likelihood), (1.0, 2));
    assert_eq!((likelihood(6, 90.0).rate, likelihood(6, 90.0).likelihood), (2.0, 3));
    close(likelihood(1, 45.0).rate, 2.0 / 3.0);
    assert_eq!(likelihood_of_incidents(5, 40.0).unwrap().n, 5);
    for days in [29.0, -1.0, 1e13] {
        let refused = likelihood_of_incidents(1, days).unwrap_err();
        assert!(matches!(refused, Refusal::OutOfRange { at: At(0), .. }));
    }
    let refused = likelihood_of_incidents(1, f64::NAN).unwrap_err();
    assert_eq!(refused, Refusal::NotANumber { at: At(0) });
}

#[test]
fn risks_have_the_bands_of_the_matrix() {
    let band = |l, i| risk_score(f64::from(l), f64::from(i)).unwrap().value.band;
    for likelihood in 1..=5_u8 {
        for impact in 1..=5_u8 {
            let expected = match likelihood * impact {
                1..=4 => Band::Low,
                5..=9 => Band::Moderate,
                10..=15 => Band::High,
                _ => Band::Critical,
            };
            assert_eq!(band(likelihood, impact), expected);
        }
    }
    // The example plan: 16, 12, 9, 15 before, 8, 9, 4, 9 after.
    let risks = [(4.0, 4.0), (4.0, 3.0), (3.0, 3.0), (5.0, 3.0)];
    let scores: Vec<_> = risks.iter().map(|(l, i)| risk_score(*l, *i).unwrap().value).collect();
    assert_eq!(scores.iter().map(|risk| risk.score).collect::<Vec<_>>(), [16, 12, 9, 15]);
    let ranked = rank_risks(&scores);
    assert_eq!(ranked.value, [0, 3, 1, 2]);
    assert_eq!(ranked.warnings, [Warning::OrdinalOnly {}]);
    let after = mitigated((4.0, 4.0), (2.0, 4.0)).unwrap().value;
    assert_eq!((after.initial.score, after.residual.score), (16, 8));
    assert!(mitigated((3.0, 3.0), (3.0, 3.0)).is_ok());
    let above = Refusal::ResidualAboveInitial { residual: 12, initial: 9 };
    assert_eq!(mitigated((3.0, 3.0), (4.0, 3.0)).unwrap_err(), above);
    assert!(matches!(risk_score(0.0, 3.0), Err(Refusal::OutOfRange { at: At(0), .. })));
    assert!(matches!(risk_score(3.0, 6.0), Err(Refusal::OutOfRange { at: At(1), .. })));
    assert_eq!(risk_score(3.0, 2.5).unwrap_err(), Refusal::NotWhole { at: At(1), value: 2.5 });
    assert_eq!(risk_score(f64::NAN, 1.0).unwrap_err(), Refusal::NotANumber { at: At(0) });
}

#[test]
fn progress_of_the_example_kpis_agrees_with_hand_calculation() {
    let way = |baseline, target, actual| match progress(baseline, target, actual, Direction::Up) {
        Ok(computed) => computed.value.number(),
        Err(refusal) => unreachable!("{refusal}"),
    };
    close(way(0.25, 0.45, 0.46), 1.05);
    close(way(8.0, 40.0, 19.0), 11.0 / 32.0);
    close(way(20.0, 80.0, 45.0), 25.0 / 60.0);
    close(way(14.0, 4.0, 10.0), 0.4);
    close(way(14.0, 4.0, 16.0), -0.2);
    close(way(0.0, 95.0, 60.0), 60.0 / 95.0);
    let met = |actual, direction| progress(5.0, 5.0, actual, direction).unwrap().value;
    assert_eq!(met(5.0, Direction::Up), Progress::Met(true));
    assert_eq!(met(4.9, Direction::Up), Progress::Met(false));
    assert_eq!(met(4.9, Direction::Down), Progress::Met(true));
    assert_eq!(met(5.1, Direction::Down), Progress::Met(false));
    assert!(matches!(
        progress(0.0, 1e-300, 1.0, Direction::Up),
        Err(Refusal::NotANumber { at: At(3) } | Refusal::OutOfRange { at: At(3), .. })
    ));
    assert_eq!(
        progress(0.0, 1.0, f64::NAN, Direction::Up).unwrap_err(),
        Refusal::NotANumber { at: At(2) }
    );
}

#[test]
fn the_status_follows_the_calendar_with_inclusive_thresholds() {
    close(expected_by_now(0.0, 200.0, 50.0).unwrap().value, 0.25);
    close(expected_by_now(0.0, 200.0, -3.0).unwrap().value, 0.0);
    close(expected_by_now(0.0, 200.0, 300.0).unwrap().value, 1.0);
    let backwards = Refusal::PeriodBackwards { start: 5.0, end: 5.0 };
    assert_eq!(expected_by_now(5.0, 5.0, 5.0).unwrap_err(), backwards);
    let status = |progress, expected| status(progress, expected).unwrap().value;
    assert_eq!(status(0.4, 0.5), Status::Green);
    assert_eq!(status(0.399, 0.5), Status::Amber);
    assert_eq!(status(0.25, 0.5), Status::Amber);
    assert_eq!(status(0.249, 0.5), Status::Red);
    assert_eq!(status(2.0, 1.0), Status::Green);
    assert!(jospar_methods::kpi::status(0.5, 1.5).is_err());
}

#[test]
fn joint_progress_caps_each_kpi_and_shows_the_raw_mean_beside() {
    let kpis = [(Some(Progress::Way(1.5)), 1.0), (Some(Progress::Way(-0.5)), 1.0), (None, 4.0)];
    let mean = mean_progress(&kpis).unwrap();
    close(mean.value.capped, 0.5);
    close(mean.value.raw, 0.5);
    assert_eq!((mean.n, mean.warnings), (2, vec![Warning::LeftOut { count: 1 }]));
    let weighted = [(Some(Progress::Way(0.4)), 3.0), (Some(Progress::Met(true)), 1.0)];
    close(mean_progress(&weighted).unwrap().value.capped, 0.55);
    // One that is far above cannot make up for another.
    let uneven = [(Some(Progress::Way(2.0)), 1.0), (Some(Progress::Way(0.0)), 1.0)];
    let mean = mean_progress(&uneven).unwrap().value;
    all_close(&[mean.capped, mean.raw], &[0.5, 1.0]);
    assert_eq!(mean_progress(&[(None, 1.0)]).unwrap_err(), Refusal::NoData {});
    assert_eq!(mean_progress(&[(Some(Progress::Way(1.0)), 0.0)]).unwrap_err(), Refusal::NoData {});
    assert!(mean_progress(&[(Some(Progress::Way(1.0)), -1.0)]).is_err());
}

#[test]
fn levels_come_from_equal_fifths() {
    let level = |mean| level_of_mean(mean).unwrap().value;
    let means = [1.0, 1.79, 1.8, 2.59, 2.6, 3.39, 3.4, 4.19, 4.2, 5.0];
    assert_eq!(means.map(level), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    // (2 + 3 + 3 + 2 + 3)/5 and the same sum in tenths: rounding does not decide.
    assert_eq!(level(0.1 + 0.2 + 2.3), 3);
    // The example survey: D 3.57, A 2.68, U 3.28, W 3.09.
    assert_eq!([3.572, 2.676, 3.278, 3.089].map(level), [4, 3, 3, 3]);
    assert!(matches!(level_of_mean(0.9), Err(Refusal::OutOfRange { .. })));
    assert!(matches!(level_of_mean(f64::NAN), Err(Refusal::NotANumber { .. })));
}

fn indicator(level: f64, target: f64, has_evidence: bool) -> Indicator {
    Indicator { level: Some(level), target: Some(target), weight: 1.0, has_evidence }
}

/// The example plan's audit; au3b has a level and no evidence.
fn audit() -> Vec<Area> {
    let area = |weight, indicators: &[Indicator]| Area { weight, indicators: indicators.to_vec() };
    vec![
        area(0.4, &[indicator(3.0, 4.0, true), indicator(2.0, 4.0, true)]),
        area(0.3, &[indicator(3.0, 4.0, true), indicator(2.0, 4.0, true)]),
        area(0.3, &[indicator(2.0, 3.0, true), indicator(1.0, 3.0, false)]),
    ]
}

#[test]
fn gaps_of_the_example_audit_are_ordered_by_gap_times_weight() {
    let gaps = gaps(&audit()).unwrap();
    let order: Vec<(usize, usize)> =
        gaps.value.iter().map(|gap| (gap.area, gap.indicator)).collect();
    // 0.4, 0.3, 0.3, 0.2, 0.15, 0.15.
    assert_eq!(order, [(0, 1), (1, 1), (2, 1), (0, 0), (1, 0), (2, 0)]);
    let scores: Vec<f64> = gaps.value.iter().map(|gap| gap.score).collect();
    all_close(&scores, &[0.4, 0.3, 0.3, 0.2, 0.15, 0.15]);
    assert!(gaps.value[2].is_hatched && !gaps.value[1].is_hatched);
    assert_eq!(gaps.warnings, [Warning::LevelsWithoutEvidence { count: 1 }]);
    assert_eq!(gaps.n, 6);
}

#[test]
fn an_area_shows_its_weakest_link_and_hatches_what_has_no_evidence() {
    let level = area_level(&audit()[2].indicators).unwrap();
    all_close(&[level.value.mean, level.value.minimum], &[1.5, 1.0]);
    assert_eq!((level.value.weakest, level.value.hatched.as_slice()), (1, [1].as_slice()));
    close(level.value.mean_with_evidence.unwrap(), 2.0);
    assert_eq!(level.warnings, [Warning::LevelsWithoutEvidence { count: 1 }]);
    // A level without evidence is not reached, whatever it says, and stays on the map.
    let claimed =
        [indicator(4.0, 4.0, false), indicator(4.0, 4.0, true), indicator(5.0, 4.0, true)];
    let level = area_level(&claimed).unwrap().value;
    assert_eq!(level.reached, [1, 2]);
    let gaps = gaps(&[Area { weight: 1.0, indicators: claimed.to_vec() }]).unwrap().value;
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0].is_hatched && gaps[0].levels == 0.0);
    let open = Indicator { level: None, target: None, weight: 1.0, has_evidence: false };
    assert_eq!(area_level(&[open]).unwrap_err(), Refusal::NoData {});
    let mixed = area_level(&[open, indicator(2.0, 3.0, true)]).unwrap();
    assert_eq!((mixed.n, mixed.value.weakest), (1, 1));
    assert!(area_level(&[indicator(6.0, 3.0, true)]).is_err());
    assert!(area_level(&[Indicator { weight: -1.0, ..indicator(3.0, 3.0, true) }]).is_err());
}

#[test]
fn departments_are_spread_by_range_and_variation() {
    let spread = |levels: &[f64]| jospar_methods::maturity::spread(levels);
    let three = spread(&[2.0, 3.0, 4.0]).unwrap();
    all_close(&[three.value.range, three.value.variation], &[2.0, 1.0 / 3.0]);
    assert_eq!(three.n, 3);
    assert_eq!(spread(&[3.0, 3.0]).unwrap().value.variation, 0.0);
    assert_eq!(spread(&[3.0]).unwrap_err(), Refusal::TooFewAnswers { n: 1, needed: 2 });
    assert!(spread(&[0.0, 3.0]).is_err());
}
