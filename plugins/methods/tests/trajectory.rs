//! Trajectories against scipy, statsmodels, numpy and published examples.
#![allow(clippy::unwrap_used)]

mod common;

use common::{all_close, class, close, number, numbers, reference, within};
use jospar_methods::trajectory::{
    BKT_DEFAULT, BktParameters, Candidate, Measurement, ScoreScale, Smoothing, backtest, bkt,
    chance_of_right, elo, forecast, forecasts, holt, rasch_ability, theil_sen,
};
use jospar_methods::{At, Refusal, Warning};

fn series(days: &[f64], values: &[f64]) -> Vec<Measurement> {
    days.iter().zip(values).map(|(day, value)| Measurement { day: *day, value: *value }).collect()
}

/// One value a week.
fn weekly(values: &[f64]) -> Vec<Measurement> {
    let days: Vec<f64> = (0..values.len()).map(|week| week as f64 * 7.0).collect();
    series(&days, values)
}

const TWELVE: ScoreScale = ScoreScale { low: 0.0, high: 12.0 };

/// Sen, JASA 63 (1968), 1379-1389, section 6: seven points, slope 4, interval 26/7 to 35/8.
#[test]
fn slopes_agree_with_sen_and_scipy() {
    let cases = reference()["trajectory"]["slopes"].as_array().unwrap().clone();
    for case in &cases {
        let found = theil_sen(&series(&numbers(&case["x"]), &numbers(&case["y"]))).unwrap().value;
        let kendall = found.kendall.unwrap();
        let actual = [found.slope, found.intercept, found.low, found.high, kendall.tau, kendall.p];
        let names = ["slope", "intercept", "low", "high", "tau", "p"];
        all_close(&actual, &names.map(|name| number(&case[name])));
    }
    let sen = theil_sen(&series(&numbers(&cases[0]["x"]), &numbers(&cases[0]["y"]))).unwrap();
    all_close(&[sen.value.slope, sen.value.low, sen.value.high], &[4.0, 26.0 / 7.0, 35.0 / 8.0]);
    close(sen.value.at(20.0), 84.0);
    assert_eq!(sen.n, 7);
}

#[test]
fn slopes_need_four_days_and_take_them_in_any_order() {
    let few = |n| Refusal::TooFewMeasurements { n, needed: 4 };
    // Confidence 2, 3, 4 on the example: three points are no trend.
    assert_eq!(theil_sen(&weekly(&[2.0, 3.0, 4.0])).unwrap_err(), few(3));
    assert_eq!(theil_sen(&[]).unwrap_err(), few(0));
    let same = series(&[1.0, 1.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]);
    assert_eq!(theil_sen(&same).unwrap_err(), few(3));
    // A day apart from another by less than a millionth is the same day.
    let close_by = series(&[0.0, 1e-300, 1.0, 2.0], &[1.0, 2.0, 3.0, 4.0]);
    assert_eq!(theil_sen(&close_by).unwrap_err(), few(3));
    let mut shuffled = weekly(&[2.0, 2.0, 5.0, 4.0]);
    let ordered = theil_sen(&shuffled).unwrap();
    shuffled.reverse();
    assert_eq!(theil_sen(&shuffled).unwrap(), ordered);
    let flat = theil_sen(&weekly(&[3.0; 5])).unwrap().value;
    assert_eq!((flat.slope, flat.low, flat.high, flat.kendall), (0.0, 0.0, 0.0, None));
    let refused = theil_sen(&weekly(&[1.0, 2.0, f64::NAN, 4.0])).unwrap_err();
    assert_eq!(refused, Refusal::NotANumber { at: At(2) });
    assert_eq!(theil_sen(&weekly(&[1.0; 1001])).unwrap_err().key(), "too-many");
}

/// NIST/SEMATECH e-Handbook, 6.4.3.4 and 6.4.3.5: α 0.3623, γ 1.0; forecasts 25.8, 28.7, 31.7, 34.6, 37.6.
#[test]
fn holt_agrees_with_nist_and_statsmodels() {
    for (case, printed) in reference()["trajectory"]["holt"]
        .as_array()
        .unwrap()
        .iter()
        .zip([None, Some([25.8, 28.7, 31.7, 34.6, 37.6])])
    {
        let smoothing = numbers(&case["smoothing"]);
        let smoothing = Smoothing { level: smoothing[0], trend: smoothing[1] };
        let found = holt(&weekly(&numbers(&case["y"])), Some(smoothing), 5).unwrap().value;
        close(found.level, number(&case["level"]));
        close(found.trend, number(&case["trend"]));
        close(found.error, number(&case["error"]));
        all_close(&found.forecasts, &numbers(&case["forecasts"]));
        for (forecast, printed) in found.forecasts.iter().zip(printed.into_iter().flatten()) {
            assert!((forecast - printed).abs() < 0.05);
        }
    }
}

#[test]
fn holt_is_refused_below_eight_points_or_with_unequal_steps() {
    let few = Refusal::TooFewMeasurements { n: 7, needed: 8 };
    assert_eq!(holt(&weekly(&[1.0; 7]), None, 1).unwrap_err(), few);
    let mut days: Vec<f64> = (0..8).map(|week| f64::from(week) * 7.0).collect();
    days[7] += 7.0;
    let unequal = Refusal::UnequalSpacing { shortest: 7.0, longest: 14.0 };
    assert_eq!(holt(&series(&days, &[1.0; 8]), None, 1).unwrap_err(), unequal);
    days[7] = days[6];
    let twice = holt(&series(&days, &[1.0; 8]), None, 1).unwrap_err();
    assert_eq!(twice, Refusal::SameDayTwice { at: At(0) });
    assert_eq!(holt(&weekly(&[1.0; 8]), None, 13).unwrap_err().key(), "too-many");
    let wild = Smoothing { level: 1.1, trend: 0.1 };
    assert_eq!(holt(&weekly(&[1.0; 8]), Some(wild), 1).unwrap_err().key(), "out-of-range");
    // A straight line goes on straight, whatever smoothing is chosen.
    let line: Vec<f64> = (0..8).map(|week| 3.0 + 0.5 * f64::from(week)).collect();
    let found = holt(&weekly(&line), None, 2).unwrap();
    all_close(&found.value.forecasts, &[7.0, 7.5]);
    within(found.value.error, 0.0, 1e-12);
    assert_eq!(found.n, 8);
    // The grid's choice is no worse than any fixed one.
    let wobbly = weekly(&[2.0, 4.0, 3.0, 6.0, 5.0, 8.0, 6.0, 9.0, 9.0]);
    let best = holt(&wobbly, None, 0).unwrap().value.smoothing;
    assert!(best.level >= 0.05 && best.level <= 0.951 && best.trend >= 0.05);
}

/// The update by hand with L0 0.4, T 0.1, G 0.2, S 0.3: 0.28 after a wrong answer, then 0.62 and 0.87.
#[test]
fn knowledge_tracing_agrees_with_a_hidden_markov_chain() {
    for case in reference()["trajectory"]["bkt"].as_array().unwrap() {
        let parameters = numbers(&case["parameters"]);
        let [known, learn, guess, slip] = parameters[..] else { unreachable!() };
        let answers: Vec<bool> = numbers(&case["answers"]).iter().map(|a| *a == 1.0).collect();
        let found = bkt(BktParameters { known, learn, guess, slip }, &answers).unwrap();
        all_close(&found.value.course, &numbers(&case["course"]));
        close(found.value.next_right, number(&case["next"]));
        assert_eq!(found.n, answers.len());
    }
    let hand = BktParameters { known: 0.4, learn: 0.1, guess: 0.2, slip: 0.3 };
    let course = bkt(hand, &[false, true, true]).unwrap().value.course;
    for (found, printed) in course.iter().zip([0.28, 0.62, 0.87]) {
        assert!((found - printed).abs() < 5e-3);
    }
}

#[test]
fn guess_and_slip_are_bounded_and_mastery_is_practice_enough() {
    let with = |guess, slip| bkt(BktParameters { guess, slip, ..BKT_DEFAULT }, &[true]);
    let outside = |at, value| Refusal::OutOfRange { at: At(at), value, low: 0.0, high: 0.3 };
    assert_eq!(with(0.31, 0.1).unwrap_err(), outside(2, 0.31));
    assert_eq!(with(0.2, 0.5).unwrap_err(), outside(3, 0.5));
    assert!(with(0.3, 0.3).is_ok());
    assert_eq!(with(f64::NAN, 0.1).unwrap_err(), Refusal::NotANumber { at: At(2) });
    let enough = bkt(BKT_DEFAULT, &[true; 4]).unwrap();
    assert!(enough.value.is_practised && enough.value.known >= 0.95);
    assert!(!bkt(BKT_DEFAULT, &[true; 2]).unwrap().value.is_practised);
    assert_eq!(enough.warnings, [Warning::NotAMark {}]);
    let none = bkt(BKT_DEFAULT, &[]).unwrap();
    assert_eq!((none.n, none.value.known), (0, 0.3));
    // An answer that cannot be says nothing: no division by zero.
    let sure = BktParameters { known: 1.0, learn: 0.0, guess: 0.0, slip: 0.0 };
    assert_eq!(bkt(sure, &[false]).unwrap().value.known, 1.0);
}

#[test]
fn elo_moves_both_sides_by_a_falling_step() {
    close(chance_of_right(0.0, 0.0), 0.5);
    close(chance_of_right(1.0, -1.0), 1.0 / (1.0 + (-2.0f64).exp()));
    let found = elo(2, 1, &[(0, 0, true), (1, 0, false)]).unwrap();
    // The first answer moves both by 0.4·0.5; the item's second step is 0.4/1.05.
    let p = 1.0 / (1.0 + (-0.2f64).exp());
    close(found.value.abilities[0], 0.2);
    close(found.value.abilities[1], -0.4 * chance_of_right(0.0, -0.2));
    close(found.value.difficulties[0], -0.2 + 0.4 / 1.05 * p);
    let unknown = Refusal::UnknownPosition { position: 2, count: 2 };
    assert_eq!(elo(2, 1, &[(2, 0, true)]).unwrap_err(), unknown);
    assert_eq!(elo(2, 1, &[(0, 1, true)]).unwrap_err().key(), "unknown-position");
    assert_eq!(elo(usize::MAX, 1, &[]).unwrap_err().key(), "too-many");
    assert_eq!(elo(1, 1, &[]).unwrap().value.abilities, [0.0]);
}

#[test]
fn abilities_agree_with_scipy_and_fall_back_to_the_prior() {
    for case in reference()["trajectory"]["rasch"].as_array().unwrap() {
        let answers: Vec<(f64, bool)> = numbers(&case["difficulty"])
            .into_iter()
            .zip(numbers(&case["right"]).iter().map(|right| *right == 1.0))
            .collect();
        let found = rasch_ability(&answers).unwrap();
        within(found.value.theta, number(&case["theta"]), 1e-8);
        within(found.value.error, number(&case["error"]), 1e-8);
        let right = answers.iter().filter(|(_, right)| *right).count();
        let is_extreme = right == 0 || right == answers.len();
        assert_eq!(found.value.is_from_prior, is_extreme);
        let said = found.warnings.contains(&Warning::AbilityFromPrior {});
        assert_eq!((said, found.n), (is_extreme, answers.len()));
    }
    assert_eq!(rasch_ability(&[]).unwrap_err(), Refusal::NoData {});
    assert_eq!(rasch_ability(&[(20.1, true)]).unwrap_err().key(), "out-of-range");
    assert_eq!(rasch_ability(&[(f64::NAN, true)]).unwrap_err(), Refusal::NotANumber { at: At(0) });
    assert!(rasch_ability(&[(20.0, true), (-20.0, false)]).unwrap().value.error.is_finite());
}

#[test]
fn on_the_example_class_the_own_slope_loses_and_the_class_slope_wins() {
    let found = backtest(&class(), TWELVE).unwrap();
    let expected = &reference()["trajectory"]["backtest"];
    let value = &found.value;
    assert_eq!(found.n as f64, number(&expected["n"]));
    let errors: Vec<f64> = value.candidates.iter().map(|candidate| candidate.error).collect();
    let names = ["last", "class", "shrunken", "theil_sen"];
    all_close(&errors, &names.map(|name| number(&expected["errors"][name])));
    let by_weight: Vec<f64> = value.by_weight.iter().map(|(_, error)| *error).collect();
    all_close(&by_weight, &numbers(&expected["by_weight"]));
    // The own slope from the own level errs by 1.65, the last value by 1.36.
    assert!((by_weight[10] - 1.65).abs() < 5e-3 && (errors[0] - 1.36).abs() < 5e-3);
    assert_eq!((value.chosen, expected["best"].as_str()), (Candidate::ClassSlope, Some("class")));
    close(value.weight, number(&expected["weight"]));
    all_close(
        &[value.error_low, value.error_high],
        &[number(&expected["low"]), number(&expected["high"])],
    );
    close(value.coverage, number(&expected["coverage"]));
    assert_eq!(value.days_tested, 14.0);
    assert_eq!(found.warnings, [Warning::NotAMark {}]);
}

#[test]
fn a_forecast_has_an_interval_within_the_scale_and_its_backtest() {
    let class = class();
    let found = forecast(&class, 0, 49.0, TWELVE).unwrap();
    let expected = &reference()["trajectory"]["backtest"];
    let value = &found.value;
    close(value.value, number(&expected["ahead"]));
    close(value.low, number(&expected["ahead"]) + number(&expected["low"]));
    close(value.high, number(&expected["ahead"]) + number(&expected["high"]));
    assert_eq!((found.n, value.candidate), (7, Candidate::ClassSlope));
    all_close(
        &[value.error, value.coverage],
        &[number(&expected["errors"]["class"]), number(&expected["coverage"])],
    );
    let all = forecasts(&class, 49.0, TWELVE).unwrap();
    assert_eq!(all.learners.len(), 30);
    assert_eq!(all.learners[0].as_ref(), Ok(&found));
    assert_eq!(all.backtest.value.chosen, Candidate::ClassSlope);
    let far = forecast(&class, 0, 365.0, TWELVE).unwrap();
    assert_eq!((far.value.value, far.value.high), (12.0, 12.0));
    assert!(far.warnings.contains(&Warning::BeyondTested { days: 323.0, tested: 14.0 }));
    assert!(!found.warnings.iter().any(|warning| warning.key() == "beyond-tested"));
}

#[test]
fn forecasts_are_refused_without_four_measurements_or_a_class_to_judge_by() {
    let mut class = class();
    class[3].truncate(3);
    let few = Refusal::TooFewMeasurements { n: 3, needed: 4 };
    assert_eq!(forecast(&class, 3, 49.0, TWELVE).unwrap_err(), few);
    assert!(forecast(&class, 4, 49.0, TWELVE).is_ok());
    let all = forecasts(&class, 49.0, TWELVE).unwrap().learners;
    assert_eq!((all[3].clone(), all.iter().filter(|one| one.is_err()).count()), (Err(few), 1));
    let unknown = Refusal::UnknownPosition { position: 30, count: 30 };
    assert_eq!(forecast(&class, 30, 49.0, TWELVE).unwrap_err(), unknown);
    let past = Refusal::NotInTheFuture { day: 42.0, last: 42.0 };
    assert_eq!(forecast(&class, 0, 42.0, TWELVE).unwrap_err(), past);
    let small = Refusal::BacktestTooSmall { n: 17, needed: 20 };
    assert_eq!(backtest(&class[5..11], TWELVE).unwrap_err(), small);
    let narrow = ScoreScale { low: 0.0, high: 6.0 };
    assert_eq!(backtest(&class, narrow).unwrap_err().key(), "out-of-range");
    let mut twice = class.clone();
    let again = twice[1][0];
    twice[1].push(again);
    assert_eq!(backtest(&twice, TWELVE).unwrap_err(), Refusal::SameDayTwice { at: At(1) });
    assert_eq!(backtest(&vec![Vec::new(); 301], TWELVE).unwrap_err().key(), "too-many");
    assert_eq!(backtest(&[], TWELVE).unwrap_err().key(), "backtest-too-small");
    assert!(forecast(&class, 0, f64::NAN, TWELVE).is_err());
}

#[test]
fn where_nothing_beats_the_last_value_the_last_value_stays_and_says_so() {
    // Everybody jumps between 3 and 9 at random and stays there for a while: slopes mislead.
    let levels = [3.0, 3.0, 9.0, 9.0, 3.0, 3.0, 9.0, 9.0, 9.0];
    let class: Vec<Vec<Measurement>> = (0..12)
        .map(|learner| {
            let value =
                |week: usize| if learner % 2 == 0 { levels[week] } else { 12.0 - levels[week] };
            weekly(&(0..9).map(value).collect::<Vec<f64>>())
        })
        .collect();
    let found = backtest(&class, TWELVE).unwrap();
    assert_eq!(found.value.chosen, Candidate::LastValue);
    assert_eq!(found.warnings[0].key(), "no-better-than-last");
    let ahead = forecast(&class, 0, 63.0, TWELVE).unwrap();
    assert_eq!(ahead.value.value, 9.0);
    assert!(ahead.value.low <= 9.0 && ahead.value.high >= 9.0);
    assert_eq!(ahead.warnings[0].key(), "no-better-than-last");
    // Nobody ever changes: the last value is never wrong, and nothing can be better.
    let still = vec![weekly(&[5.0; 8]); 6];
    let found = backtest(&still, TWELVE).unwrap().value;
    assert_eq!((found.chosen, found.error, found.coverage), (Candidate::LastValue, 0.0, 1.0));
}
