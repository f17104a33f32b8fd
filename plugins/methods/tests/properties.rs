//! What holds for all input: no panic and no number that is none, whatever comes in; sums, symmetries, bounds.
#![allow(clippy::unwrap_used)]

mod common;

use jospar_methods::effect::{independent, paired};
use jospar_methods::ideas::{
    Criterion, KappaWeights, agreement, borda, kendall, pilot_verdict, rank_by_approval,
    rank_difficulties, share, share_difference, two_by_two, weighted_kappa,
};
use jospar_methods::kpi::{Direction, Progress, expected_by_now, mean_progress, progress, status};
use jospar_methods::lesson::{Responses, distractors, gain, gain_of_means, kr21};
use jospar_methods::maturity::{Area, Indicator, area_level, gaps, level_of_mean, spread};
use jospar_methods::risk::{mitigated, risk_score};
use jospar_methods::survey::{
    AnswerScale, Answers, ScaleItem, change_of_waves, compare_groups, compare_two, crosstab,
    feldt_interval, reliability, summary, suppress, suppress_table,
};
use jospar_methods::swot::{
    Convention, Factor, Group, Quadrant, Side, Strategy as TowsStrategy, TowsCell, WeightRule,
    awot, combine, ie_cell, matrix_total, priorities, tows,
};
use jospar_methods::trajectory::{
    BktParameters, Measurement, ScoreScale, Smoothing, backtest, bkt, elo, forecast, holt,
    rasch_ability, theil_sen,
};
use jospar_methods::{METHODS, Refusal, Warning};
use proptest::collection::vec;
use proptest::prelude::*;

/// Anything that a cell of a file may turn into.
fn wild() -> impl Strategy<Value = f64> {
    prop_oneof![
        2 => prop::num::f64::ANY,
        2 => prop::sample::select(vec![
            f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324,
            0.0, -0.0, 1.0, -1.0, 1e12, -1e12, 1e-12,
        ]),
        6 => (-3..13_i32).prop_map(f64::from),
        2 => 0.0..1.0,
    ]
}

/// Mostly numbers that make sense, so that most cases get past the checks.
fn tame() -> impl Strategy<Value = f64> {
    prop_oneof![8 => (0..13_i32).prop_map(f64::from), 2 => -1e12..1e12, 1 => 0.0..1e-9]
}

fn measurements(value: impl Strategy<Value = f64>) -> impl Strategy<Value = Vec<Measurement>> {
    let days = prop_oneof![8 => (0..12_i32).prop_map(f64::from), 1 => wild()];
    vec((days, value).prop_map(|(day, value)| Measurement { day, value }), 0..12)
}

fn all_finite(numbers: &[f64]) -> bool {
    numbers.iter().all(|number| number.is_finite())
}

fn quadrant() -> impl Strategy<Value = Quadrant> {
    prop::sample::select(Quadrant::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn swot_takes_anything(
        factors in vec((quadrant(), wild(), wild()), 0..8),
        upper in vec(prop::option::weighted(0.9, wild()), 0..8),
        things in 0..12_usize,
        chosen in vec(0..6_usize, 0..6),
        ife in wild(),
        efe in wild(),
    ) {
        let factor = |(quadrant, weight, rating): &(Quadrant, f64, f64)| Factor {
            quadrant: *quadrant, weight: *weight, rating: *rating,
        };
        let list: Vec<Factor> = factors.iter().map(factor).collect();
        for side in [Side::Internal, Side::External] {
            for rule in [WeightRule::Exact, WeightRule::Normalise] {
                if let Ok(total) = matrix_total(&list, side, Convention::Response, rule) {
                    prop_assert!((0.99..=4.01).contains(&total.value.total));
                }
            }
        }
        let _ = ie_cell(ife, efe);
        let _ = priorities(things, &upper);
        let _ = combine(things, &[upper.clone(), upper.clone()]);
        let groups: Vec<Group> = factors.iter().map(|(quadrant, ..)| Group {
            quadrant: *quadrant, factors: things, upper: upper.clone(),
        }).collect();
        let _ = awot(&groups, &upper);
        let priorities: Vec<(Quadrant, f64)> = factors.iter().map(|(q, w, _)| (*q, *w)).collect();
        let cell = TowsCell::So;
        let _ = tows(&priorities, &[TowsStrategy { cell, factors: chosen, has_initiative: false }]);
    }

    #[test]
    fn plan_arithmetic_takes_anything(x in vec(wild(), 9), list in vec((wild(), wild()), 0..6)) {
        let _ = risk_score(x[0], x[1]);
        let _ = mitigated((x[0], x[1]), (x[2], x[3]));
        if let Ok(way) = progress(x[0], x[1], x[2], Direction::Down) {
            prop_assert!(way.value.number().is_finite());
        }
        let _ = status(x[0], x[1]);
        if let Ok(elapsed) = expected_by_now(x[0], x[1], x[2]) {
            prop_assert!((0.0..=1.0).contains(&elapsed.value));
        }
        let kpis: Vec<(Option<Progress>, f64)> =
            list.iter().map(|(way, weight)| (Some(Progress::Way(*way)), *weight)).collect();
        if let Ok(mean) = mean_progress(&kpis) {
            prop_assert!((0.0..=1.0).contains(&mean.value.capped) && mean.value.raw.is_finite());
        }
        if let Ok(level) = level_of_mean(x[0]) {
            prop_assert!((1..=5).contains(&level.value));
        }
        let indicators: Vec<Indicator> = list.iter().map(|(level, weight)| Indicator {
            level: Some(*level), target: Some(x[4]), weight: *weight, has_evidence: *level > 2.0,
        }).collect();
        let _ = area_level(&indicators);
        let _ = gaps(&[Area { weight: x[5], indicators }]);
        let levels: Vec<f64> = list.iter().map(|(level, _)| *level).collect();
        let _ = spread(&levels);
        let _ = two_by_two(&list, x[6], x[7]);
        let _ = rank_difficulties(&list);
        let _ = pilot_verdict(Criterion::AtMost(x[0]), x[1], Some(x[2]));
        let _ = pilot_verdict(Criterion::AtLeast(x[0]), x[1], None);
    }

    #[test]
    fn choosing_takes_anything(
        ballots in vec(vec(0..5_usize, 0..5), 0..5),
        votes in vec((any::<usize>(), any::<usize>()), 0..5),
        first in vec(wild(), 0..8),
        second in vec(wild(), 0..8),
        categories in 0..6_usize,
    ) {
        let _ = borda(4, &ballots);
        let _ = rank_by_approval(&votes);
        if let Ok(found) = kendall(&first, &second) {
            prop_assert!((-1.0..=1.0).contains(&found.value.tau) && (0.0..=1.0).contains(&found.value.p));
        }
        let _ = agreement(&first, &second);
        let rated: Vec<usize> = votes.iter().map(|(a, _)| a % 5).collect();
        let other: Vec<usize> = votes.iter().map(|(_, b)| b % 5).collect();
        if let Ok(kappa) = weighted_kappa(&rated, &other, categories, KappaWeights::Quadratic) {
            prop_assert!(kappa.value.is_finite() && kappa.value <= 1.0);
        }
    }

    #[test]
    fn surveys_take_anything(
        rows in vec(vec(wild(), 3..5), 0..15),
        groups in vec(vec(wild(), 0..6), 0..5),
        counts in vec(vec(any::<usize>(), 0..4), 0..4),
        alpha in wild(),
        k in 0..8_usize,
    ) {
        if let Ok(found) = reliability(&rows) {
            prop_assert!(all_finite(&[found.value.alpha, found.value.low, found.value.high]));
        }
        if let Ok(found) = feldt_interval(alpha, k, 20) {
            prop_assert!(found.value.0 <= found.value.1);
        }
        if let Ok(found) = compare_groups(&groups) {
            let value = &found.value;
            prop_assert!(all_finite(&[value.h, value.epsilon_squared]) && (0.0..=1.0).contains(&value.p));
        }
        for pair in groups.windows(2) {
            let _ = compare_two(&pair[0], &pair[1]);
            let _ = change_of_waves(&pair[0], &pair[1]);
            let _ = paired(&pair[0], &pair[1]);
            let _ = summary(&pair[0]);
        }
        let _ = crosstab(&counts);
        let _ = suppress_table(&counts, k);
        let _ = suppress(&counts.concat(), k, true);
    }

    /// What is within bounds gives numbers: nothing overflows on the way.
    #[test]
    fn results_are_numbers(first in vec(tame(), 0..8), second in vec(tame(), 0..8)) {
        if let Ok(found) = independent(&first, &second) {
            let v = found.value;
            prop_assert!(all_finite(&[v.difference, v.low, v.high, v.d, v.d_low, v.d_high, v.g]));
            prop_assert!(v.low <= v.difference && v.difference <= v.high);
        }
        let n = first.len().min(second.len());
        if let Ok(found) = paired(&first[..n], &second[..n]) {
            let v = found.value;
            prop_assert!(all_finite(&[v.difference, v.low, v.high]));
            prop_assert!(v.d_av.is_none_or(f64::is_finite) && v.d_z.is_none_or(f64::is_finite));
        }
        if let Ok(found) = compare_two(&first, &second) {
            let v = found.value;
            prop_assert!(all_finite(&[v.u, v.low, v.high, v.p]) && v.low <= v.high);
        }
        if let Ok(found) = summary(&first) {
            let v = found.value;
            prop_assert!(v.lowest <= v.lower_quartile && v.lower_quartile <= v.median);
            prop_assert!(v.median <= v.upper_quartile && v.upper_quartile <= v.highest);
        }
    }

    #[test]
    fn lessons_take_anything(
        rows in vec(vec(prop::option::of(any::<bool>()), 3..5), 0..25),
        scores in vec((prop::option::of(wild()), prop::option::of(wild())), 0..6),
        x in vec(wild(), 3),
        choices in vec((prop::option::of(0..5_usize), wild()), 0..6),
        skills in vec(vec(0..5_usize, 0..3), 0..3),
    ) {
        if let Ok(responses) = Responses::new(&rows) {
            for item in responses.item_analysis().value {
                prop_assert!((0.0..=1.0).contains(&item.difficulty));
                prop_assert!(item.upper_lower.is_none_or(|d| (-1.0 - 1e-9..=1.0 + 1e-9).contains(&d)));
            }
            let _ = responses.kr20();
            let _ = responses.skill_matrix(&skills);
            let _ = responses.error_patterns();
        }
        let (before, after): (Vec<_>, Vec<_>) = scores.into_iter().unzip();
        if let Ok(found) = gain(&before, &after, x[0]) {
            prop_assert!(found.value.class.is_finite());
            prop_assert!(found.value.individuals.iter().flatten().all(|gain| gain.is_finite()));
        }
        let _ = gain_of_means(x[0], x[1]);
        let _ = kr21(12, x[1], x[2]);
        let (chosen, rests): (Vec<_>, Vec<_>) = choices.into_iter().unzip();
        let _ = distractors(&chosen, &rests, 1, 4);
    }

    #[test]
    fn trajectories_take_anything(
        series in measurements(wild()),
        class in vec(measurements(wild()), 0..4),
        x in vec(wild(), 6),
        right in vec(any::<bool>(), 0..6),
        answers in vec((0..3_usize, 0..3_usize, any::<bool>()), 0..6),
    ) {
        if let Ok(found) = theil_sen(&series) {
            let v = found.value;
            prop_assert!(all_finite(&[v.slope, v.intercept, v.low, v.high]));
            prop_assert!(v.low <= v.slope && v.slope <= v.high);
        }
        let _ = holt(&series, Some(Smoothing { level: x[0], trend: x[1] }), 3);
        let _ = holt(&series, None, 3);
        let parameters = BktParameters { known: x[0], learn: x[1], guess: x[2], slip: x[3] };
        if let Ok(found) = bkt(parameters, &right) {
            prop_assert!((0.0..=1.0).contains(&found.value.known));
            prop_assert!((0.0..=1.0).contains(&found.value.next_right));
        }
        let rated: Vec<(f64, bool)> = x.iter().copied().zip(right).collect();
        if let Ok(found) = rasch_ability(&rated) {
            prop_assert!(all_finite(&[found.value.theta, found.value.error]));
        }
        if let Ok(found) = elo(2, 2, &answers) {
            prop_assert!(all_finite(&found.value.abilities) && all_finite(&found.value.difficulties));
        }
        let scale = ScoreScale { low: x[4], high: x[5] };
        let _ = backtest(&class, scale);
        let _ = forecast(&class, 0, x[0], scale);
    }

    #[test]
    fn forecasts_stay_within_the_scale_and_their_interval(
        class in vec(vec(0..13_i32, 8), 6..10),
        ahead in 1..40_i32,
    ) {
        let series = |values: &Vec<i32>| -> Vec<Measurement> {
            let dated = values.iter().enumerate();
            dated.map(|(week, value)| Measurement { day: week as f64 * 7.0, value: f64::from(*value) }).collect()
        };
        let class: Vec<Vec<Measurement>> = class.iter().map(series).collect();
        let scale = ScoreScale { low: 0.0, high: 12.0 };
        let found = forecast(&class, 0, 49.0 + f64::from(ahead), scale).unwrap().value;
        prop_assert!(0.0 <= found.low && found.low <= found.value);
        prop_assert!(found.value <= found.high && found.high <= 12.0);
        prop_assert!((0.0..=1.0).contains(&found.coverage));
        // The chosen one is the last value, or better than it by 5 %.
        let last = backtest(&class, scale).unwrap().value.candidates[0].error;
        let chosen = found.error;
        prop_assert!(chosen == last || chosen <= last * 0.95 + 1e-9);
        // The order of the learners does not matter to what is chosen.
        let turned: Vec<Vec<Measurement>> = class.iter().rev().cloned().collect();
        let turned = backtest(&turned, scale).unwrap().value;
        prop_assert_eq!(turned.chosen, found.candidate);
        prop_assert!((turned.error - chosen).abs() < 1e-9);
    }

    #[test]
    fn priorities_add_up_to_one_and_follow_the_things(
        judgements in vec(-2..3_i32, 6),
        turned in Just([3, 1, 0, 2]),
    ) {
        let scale = |step: i32| if step < 0 { 1.0 / f64::from(1 - step) } else { f64::from(1 + step) };
        let upper: Vec<Option<f64>> = judgements.iter().map(|step| Some(scale(*step))).collect();
        let Ok(found) = priorities(4, &upper) else { return Ok(()) };
        let weights = found.value.weights;
        prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(found.value.lambda_max >= 4.0 - 1e-9);
        // The same judgements with the things in another order give the same weights in that order.
        let place = |i: usize, j: usize| i * (7 - i) / 2 + j - i - 1;
        let judged = |i: usize, j: usize| if i < j { upper[place(i, j)].unwrap() } else { 1.0 / upper[place(j, i)].unwrap() };
        let mut other = Vec::new();
        for i in 0..4 {
            for j in i + 1..4 {
                other.push(Some(judged(turned[i], turned[j])));
            }
        }
        let other = priorities(4, &other).unwrap().value.weights;
        for (place, thing) in turned.iter().enumerate() {
            prop_assert!((other[place] - weights[*thing]).abs() < 1e-9);
        }
    }

    #[test]
    fn global_priorities_add_up_to_one(sizes in vec(1..4_usize, 4), steps in vec(1..3_i32, 6)) {
        let upper: Vec<Option<f64>> = steps.iter().map(|step| Some(f64::from(*step))).collect();
        let group = |(quadrant, factors): (&Quadrant, &usize)| Group {
            quadrant: *quadrant,
            factors: *factors,
            upper: vec![Some(1.0); factors * (factors - 1) / 2],
        };
        let groups: Vec<Group> = Quadrant::ALL.iter().zip(&sizes).map(group).collect();
        let Ok(found) = awot(&groups, &upper) else { return Ok(()) };
        let sum: f64 = found.value.factors().iter().map(|(_, global)| global).sum();
        prop_assert!((sum - 1.0).abs() < 1e-12);
        prop_assert_eq!(found.n, sizes.iter().sum::<usize>());
    }

    #[test]
    fn reversing_twice_is_nothing(min in 0..5_u8, steps in 1..10_u8, answer in any::<u8>()) {
        let scale = AnswerScale::new(min, min + steps).unwrap();
        prop_assert_eq!(scale.reverse(scale.reverse(answer)), answer);
        if (min..=min + steps).contains(&answer) {
            prop_assert_eq!(scale.reverse(answer), min + min + steps - answer);
        }
    }

    #[test]
    fn reversing_every_item_leaves_reliability_alone(rows in vec(vec(1..6_u8, 4), 10..30)) {
        let rows: Vec<Vec<Option<u8>>> = rows.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
        let answers = Answers::new(AnswerScale::new(1, 5).unwrap(), rows).unwrap();
        let items = |is_reversed| (0..4).map(|item| ScaleItem { item, is_reversed }).collect::<Vec<_>>();
        let (plain, reversed) = (answers.reliability(&items(false)), answers.reliability(&items(true)));
        match (plain, reversed) {
            (Ok(plain), Ok(reversed)) => {
                prop_assert!((plain.value.alpha - reversed.value.alpha).abs() < 1e-9);
                for (a, b) in plain.value.items.iter().zip(&reversed.value.items) {
                    prop_assert_eq!(a.item_rest.is_some(), b.item_rest.is_some());
                    if let (Some(a), Some(b)) = (a.item_rest, b.item_rest) {
                        prop_assert!((a - b).abs() < 1e-9);
                    }
                }
                let scores = |is_reversed| answers.scores(&items(is_reversed)).unwrap().value;
                for (a, b) in scores(false).into_iter().zip(scores(true)) {
                    prop_assert!((a.unwrap() + b.unwrap() - 6.0).abs() < 1e-9);
                }
            }
            (plain, reversed) => prop_assert_eq!(plain.unwrap_err(), reversed.unwrap_err()),
        }
    }

    #[test]
    fn the_order_of_groups_and_people_does_not_matter(groups in vec(vec(1..6_i32, 1..8), 2..5)) {
        let groups: Vec<Vec<f64>> = groups.iter().map(|group| group.iter().copied().map(f64::from).collect()).collect();
        let turned: Vec<Vec<f64>> = groups.iter().rev().map(|group| group.iter().rev().copied().collect()).collect();
        match (compare_groups(&groups), compare_groups(&turned)) {
            (Ok(a), Ok(b)) => {
                prop_assert!((a.value.h - b.value.h).abs() < 1e-9);
                prop_assert!((a.value.p - b.value.p).abs() < 1e-9);
                let last = groups.len() - 1;
                for pair in &a.value.pairs {
                    let (first, second) = (last - pair.second, last - pair.first);
                    let other = b.value.pairs.iter().find(|o| (o.first, o.second) == (first, second)).unwrap();
                    prop_assert!((pair.two.rank_biserial + other.two.rank_biserial).abs() < 1e-9);
                    prop_assert!((pair.two.p - other.two.p).abs() < 1e-9);
                    prop_assert!((pair.p_holm - other.p_holm).abs() < 1e-9);
                    prop_assert!(pair.p_holm >= pair.two.p - 1e-12);
                }
            }
            (a, b) => prop_assert_eq!(a.is_ok(), b.is_ok()),
        }
    }

    #[test]
    fn the_order_of_learners_does_not_matter_and_kr20_is_alpha(
        rows in vec(vec(any::<bool>(), 4), 10..40),
    ) {
        let responses = |rows: &[Vec<bool>]| {
            let rows: Vec<Vec<Option<bool>>> = rows.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
            Responses::new(&rows).unwrap()
        };
        let turned: Vec<Vec<bool>> = rows.iter().rev().cloned().collect();
        let (a, b) = (responses(&rows), responses(&turned));
        for (a, b) in a.item_analysis().value.iter().zip(&b.item_analysis().value) {
            prop_assert!((a.difficulty - b.difficulty).abs() < 1e-12);
            prop_assert!(a.upper_lower.zip(b.upper_lower).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
            prop_assert!(a.item_rest.zip(b.item_rest).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
            prop_assert_eq!(a.item_rest.is_some(), b.item_rest.is_some());
        }
        let numbers: Vec<Vec<f64>> =
            rows.iter().map(|row| row.iter().map(|right| f64::from(u8::from(*right))).collect()).collect();
        match (a.kr20(), reliability(&numbers)) {
            (Ok(kr20), Ok(alpha)) => prop_assert!((kr20.value - alpha.value.alpha).abs() < 1e-9),
            (kr20, alpha) => prop_assert_eq!(kr20.unwrap_err(), alpha.unwrap_err()),
        }
    }

    /// Each pattern is what its definition says, and no larger set of items has the same learners.
    #[test]
    fn error_patterns_are_closed(rows in vec(vec(any::<bool>(), 5), 3..15)) {
        let answered: Vec<Vec<Option<bool>>> = rows.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
        let found = Responses::new(&answered).unwrap().error_patterns().unwrap();
        for pattern in found.value {
            let all_wrong = |row: &Vec<bool>| pattern.items.iter().all(|item| !row[*item]);
            let learners: Vec<usize> = (0..rows.len()).filter(|at| all_wrong(&rows[*at])).collect();
            prop_assert_eq!(&pattern.learners, &learners);
            prop_assert!(learners.len() >= 3 && pattern.items.len() >= 2);
            let common: Vec<usize> = (0..5).filter(|item| learners.iter().all(|at| !rows[*at][*item])).collect();
            prop_assert_eq!(pattern.items, common);
        }
    }

    #[test]
    fn shares_lie_within_their_interval(n in 1..2000_usize, part in 0.0..=1.0_f64) {
        let successes = (part * n as f64) as usize;
        let found = share(successes, n).unwrap().value;
        prop_assert!(0.0 <= found.low && found.low <= found.share);
        prop_assert!(found.share <= found.high && found.high <= 1.0);
        let other = share(n - successes, n).unwrap().value;
        prop_assert!((found.low - (1.0 - other.high)).abs() < 1e-12);
        let change = share_difference((successes, n), (n - successes, n)).unwrap().value;
        prop_assert!(-1.0 <= change.low && change.low <= change.difference);
        prop_assert!(change.difference <= change.high && change.high <= 1.0);
    }

    #[test]
    fn slopes_follow_shift_and_scale(values in vec(-20..20_i32, 4..10), shift in -50..50_i32) {
        let dated = |change: &dyn Fn(f64) -> f64| -> Vec<Measurement> {
            let dated = values.iter().enumerate();
            dated.map(|(day, value)| Measurement { day: day as f64, value: change(f64::from(*value)) }).collect()
        };
        let plain = theil_sen(&dated(&|value| value)).unwrap().value;
        let moved = theil_sen(&dated(&|value| 2.0 * value + f64::from(shift))).unwrap().value;
        prop_assert!((moved.slope - 2.0 * plain.slope).abs() < 1e-9);
        prop_assert!((moved.low - 2.0 * plain.low).abs() < 1e-9);
        prop_assert!((moved.intercept - 2.0 * plain.intercept - f64::from(shift)).abs() < 1e-9);
        let down = theil_sen(&dated(&|value| -value)).unwrap().value;
        prop_assert!((down.slope + plain.slope).abs() < 1e-9);
    }

    #[test]
    fn kendall_is_symmetric(pairs in vec((0..6_i32, 0..6_i32), 2..12)) {
        let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(a, b)| (f64::from(*a), f64::from(*b))).unzip();
        let minus: Vec<f64> = y.iter().map(|value| -value).collect();
        let (Ok(there), Ok(back), Ok(down)) = (kendall(&x, &y), kendall(&y, &x), kendall(&x, &minus)) else {
            return Ok(());
        };
        prop_assert!((there.value.tau - back.value.tau).abs() < 1e-12);
        prop_assert!((there.value.p - back.value.p).abs() < 1e-9);
        prop_assert!((there.value.tau + down.value.tau).abs() < 1e-12);
    }
}

#[test]
fn keys_are_stable_words_and_every_method_names_its_source() {
    let mut keys: Vec<&str> = Refusal::KEYS.iter().chain(Warning::KEYS).copied().collect();
    keys.extend(METHODS.iter().map(|method| method.key));
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count, "a key stands for two things");
    for key in keys {
        let is_word =
            key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(is_word, "{key}");
    }
    assert!(METHODS.iter().all(|method| !method.name.is_empty() && !method.source.is_empty()));
    let refusal = Refusal::TooFewAnswers { n: 3, needed: 10 };
    assert_eq!(refusal.key(), "too-few-answers");
    assert_eq!(refusal.to_string(), "3 answers; at least 10 are needed");
    let names: Vec<&str> = refusal.arguments().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["n", "needed"]);
}
