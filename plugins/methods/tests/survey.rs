//! Surveys against pingouin, scipy, statsmodels, numpy and published examples.
#![allow(clippy::unwrap_used)]

mod common;

use common::{all_close, close, lists, number, numbers, reference, scale, survey, within};
use jospar_methods::effect::{Conclusion, independent, paired};
use jospar_methods::survey::{
    AnswerScale, Answers, ScaleItem, change_of_waves, compare_groups, compare_two, crosstab,
    feldt_interval, reliability, summary,
};
use jospar_methods::{At, Refusal, Warning};
use serde_json::Value;

const SCALES: [&str; 4] = ["D", "A", "U", "W"];

fn item(item: usize) -> ScaleItem {
    ScaleItem { item, is_reversed: false }
}

/// Rows of one answer for each entry; 0 is blank.
fn answers(rows: &[&[u8]]) -> Answers {
    let rows = rows.iter().map(|row| row.iter().map(|a| (*a > 0).then_some(*a)).collect());
    Answers::new(AnswerScale::new(1, 5).unwrap(), rows.collect()).unwrap()
}

#[test]
fn the_example_survey_is_read_whole() {
    let (answers, roles) = survey();
    assert_eq!((answers.people(), answers.blanks(), roles.len()), (60, 31, 60));
}

#[test]
fn items_of_the_example_agree_with_numpy_and_statsmodels() {
    let (answers, _) = survey();
    let reference = reference();
    let names = ["D1", "D2", "D3", "D4", "D5", "A1", "A2", "A3", "A4", "A5", "U1", "U2", "U3"];
    for (column, name) in names.into_iter().chain(["W1", "W2", "W3"]).enumerate() {
        let expected = &reference["survey"]["items"][name];
        let found = answers.distribution(item(column)).unwrap();
        let counts: Vec<f64> = found.value.counts.iter().map(|n| *n as f64).collect();
        all_close(&counts, &numbers(&expected["counts"]));
        let summary = found.value.summary;
        let quantiles = [summary.lower_quartile, summary.median, summary.upper_quartile];
        all_close(&quantiles, &numbers(&expected["quantiles"]));
        close(summary.mean, number(&expected["mean"]));
        let top = found.value.top_two;
        all_close(&[top.successes as f64, top.low, top.high], &numbers(&expected["top"]));
        assert_eq!(found.n + found.value.blank, 60);
    }
}

#[test]
fn scores_of_the_example_agree_with_pandas() {
    let (answers, _) = survey();
    for name in SCALES {
        let expected = &reference()["survey"]["scores"][name];
        let scores = answers.scores(&scale(name)).unwrap();
        assert_eq!(scores.n as f64, number(&expected["n"]), "{name}");
        let known: Vec<f64> = scores.value.iter().copied().flatten().collect();
        let summary = summary(&known).unwrap().value;
        close(summary.mean, number(&expected["mean"]));
        close(summary.deviation.unwrap(), number(&expected["deviation"]));
        let quantiles = [summary.lower_quartile, summary.median, summary.upper_quartile];
        all_close(&quantiles, &numbers(&expected["quantiles"]));
        let below = known.iter().filter(|score| **score < 3.0).count();
        assert_eq!(below as f64, number(&expected["below_3"]), "{name}");
        let without = 60 - scores.n;
        let warnings: Vec<Warning> =
            (without > 0).then_some(Warning::WithoutScore { count: without }).into_iter().collect();
        assert_eq!(scores.warnings, warnings);
    }
}

#[test]
fn a_score_needs_all_items_but_one() {
    let answers = answers(&[&[5, 4, 3], &[5, 4, 0], &[5, 0, 0], &[0, 0, 0]]);
    let all = [item(0), item(1), item(2)];
    let scores = answers.scores(&all).unwrap();
    assert_eq!(scores.value, [Some(4.0), Some(4.5), None, None]);
    assert_eq!(scores.warnings, [Warning::WithoutScore { count: 2 }]);
    // A scale of one item that is blank has no score, although only one is blank.
    assert_eq!(answers.scores(&[item(2)]).unwrap().value, [Some(3.0), None, None, None]);
    let reversed = ScaleItem { item: 0, is_reversed: true };
    assert_eq!(answers.scores(&[reversed, item(1)]).unwrap().value[0], Some(2.5));
    assert_eq!(answers.scores(&[]).unwrap_err(), Refusal::NoData {});
    assert_eq!(answers.scores(&[item(1), reversed, item(1)]).unwrap_err().key(), "named-twice");
    let unknown = Refusal::UnknownPosition { position: 3, count: 3 };
    assert_eq!(answers.scores(&[item(3)]).unwrap_err(), unknown);
}

#[test]
fn answers_outside_the_scale_are_refused() {
    let scale = AnswerScale::new(1, 5).unwrap();
    let refused = |rows: Vec<Vec<Option<u8>>>| Answers::new(scale, rows).unwrap_err();
    let outside = |at, value| Refusal::OutOfRange { at: At(at), value, low: 1.0, high: 5.0 };
    assert_eq!(refused(vec![vec![Some(1)], vec![Some(6)]]), outside(1, 6.0));
    assert_eq!(refused(vec![vec![Some(0)]]), outside(0, 0.0));
    let lengths = Refusal::UnequalLengths { first: 1, second: 2 };
    assert_eq!(refused(vec![vec![None], vec![None, None]]), lengths);
    assert!(AnswerScale::new(5, 5).is_err() && AnswerScale::new(5, 1).is_err());
    assert!(AnswerScale::new(0, 101).is_err() && AnswerScale::new(0, 100).is_ok());
    let empty = Answers::new(scale, Vec::new()).unwrap();
    assert_eq!(empty.distribution(item(0)).unwrap_err().key(), "unknown-position");
    assert_eq!(answers(&[&[0]]).distribution(item(0)).unwrap_err(), Refusal::NoData {});
}

fn check_reliability(found: &jospar_methods::survey::Reliability, expected: &Value) {
    close(found.alpha, number(&expected["alpha"]));
    close(found.low, number(&expected["low"]));
    close(found.high, number(&expected["high"]));
    let dropped: Vec<f64> = found.items.iter().map(|i| i.alpha_if_dropped.unwrap()).collect();
    all_close(&dropped, &numbers(&expected["dropped"]));
    let rests: Vec<f64> = found.items.iter().map(|i| i.item_rest.unwrap()).collect();
    all_close(&rests, &numbers(&expected["rest"]));
}

#[test]
fn reliability_of_the_example_agrees_with_pingouin() {
    let (answers, _) = survey();
    let reference = &reference()["survey"];
    for name in SCALES {
        let found = answers.reliability(&scale(name)).unwrap();
        let expected = &reference["reliability"][name];
        assert_eq!(found.n as f64, number(&expected["n"]));
        check_reliability(&found.value, expected);
        let worded: Vec<f64> =
            found.value.items.iter().map(|i| i.item_rest_as_worded.unwrap()).collect();
        all_close(&worded, &numbers(&reference["as_worded"][name]));
        let incomplete = Warning::IncompleteRows { complete: found.n, n: 60 };
        assert_eq!(found.warnings[0], incomplete);
        // D5 is the only item that runs against its scale as worded, and as scored none does.
        match found.warnings[1..] {
            [] => assert_ne!(name, "D"),
            [Warning::NegativeAsWorded { item: At(4), r }] => within(r, -0.677_825, 1e-6),
            ref other => unreachable!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_forgotten_reversal_shows_in_alpha_and_warns_twice() {
    let (answers, _) = survey();
    let as_worded: Vec<ScaleItem> = (0..5).map(item).collect();
    let found = answers.reliability(&as_worded).unwrap();
    assert!(found.value.alpha < 0.5, "{}", found.value.alpha);
    let keys: Vec<&str> = found.warnings.iter().map(Warning::key).collect();
    assert_eq!(keys, ["incomplete-rows", "negative-as-worded", "negative-item-rest"]);
}

/// The example of R's `psych::alpha(attitude)`; its help prints raw alpha 0.84, without each item 0.81 0.80 0.83 0.80
/// 0.80 0.86 0.84.
#[test]
fn alpha_of_the_attitude_data_is_the_printed_one() {
    let expected = &reference()["cases"]["attitude"];
    let found = reliability(&lists(&expected["rows"])).unwrap();
    check_reliability(&found.value, expected);
    assert!((found.value.alpha - 0.84).abs() < 0.005);
    let printed = [0.81, 0.80, 0.83, 0.80, 0.80, 0.86, 0.84];
    for (item, printed) in found.value.items.iter().zip(printed) {
        assert!((item.alpha_if_dropped.unwrap() - printed).abs() < 0.005);
    }
    assert!(found.warnings.is_empty());
}

/// Feldt's interval as printed by Evans's R code in the MRC CBU statistics wiki (alpha .913, n 873, k 20), and for n 15,
/// k 10 in the Real Statistics example.
#[test]
fn feldt_intervals_are_those_that_were_printed() {
    let printed = [
        (0.913, 20, 873, 0.904_402_4, 0.921_158_8),
        (0.591_719, 10, 15, 0.194_921_689_2, 0.839_820_874_0),
    ];
    for (alpha, items, n, low, high) in printed {
        let found = feldt_interval(alpha, items, n).unwrap().value;
        within(found.0, low, 1e-7);
        within(found.1, high, 1e-7);
    }
    assert_eq!(feldt_interval(0.8, 2, 50).unwrap_err().key(), "too-few-items");
    assert_eq!(feldt_interval(0.8, 5, 9).unwrap_err().key(), "too-few-answers");
    assert_eq!(feldt_interval(1.1, 5, 50).unwrap_err().key(), "out-of-range");
    assert_eq!(feldt_interval(1.0, 5, 50).unwrap().value, (1.0, 1.0));
}

#[test]
fn alpha_is_refused_below_three_items_ten_rows_or_without_variance() {
    let rows = |n: usize, k: usize| -> Vec<Vec<f64>> {
        (0..n).map(|row| (0..k).map(|item| ((row * 7 + item * row) % 5) as f64).collect()).collect()
    };
    assert_eq!(reliability(&[]).unwrap_err(), Refusal::NoData {});
    let items = Refusal::TooFewItems { items: 2, needed: 3 };
    assert_eq!(reliability(&rows(50, 2)).unwrap_err(), items);
    let few = Refusal::TooFewAnswers { n: 9, needed: 10 };
    assert_eq!(reliability(&rows(9, 3)).unwrap_err(), few);
    assert!(reliability(&rows(10, 3)).is_ok());
    assert_eq!(reliability(&vec![vec![1.0, 2.0, 3.0]; 20]).unwrap_err(), Refusal::NoSpread {});
    let mut uneven = rows(10, 3);
    uneven[4].pop();
    assert_eq!(reliability(&uneven).unwrap_err(), Refusal::UnequalLengths { first: 3, second: 2 });
    let mut broken = rows(10, 3);
    broken[4][1] = f64::NAN;
    assert_eq!(reliability(&broken).unwrap_err(), Refusal::NotANumber { at: At(1) });
    // Only complete rows count: 12 people, 9 of them complete.
    let mut people: Vec<Vec<Option<u8>>> =
        (0..12_u8).map(|row| (0..3).map(|i| Some((row * 3 + i * row) % 5 + 1)).collect()).collect();
    for row in people.iter_mut().take(3) {
        row[1] = None;
    }
    let answers = Answers::new(AnswerScale::new(1, 5).unwrap(), people).unwrap();
    assert_eq!(answers.reliability(&[item(0), item(1), item(2)]).unwrap_err(), few);
    assert_eq!(answers.reliability(&[item(0), item(1)]).unwrap_err(), items);
    let blank = Answers::new(answers.scale(), vec![vec![None; 3]; 20]).unwrap();
    let none = Refusal::TooFewAnswers { n: 0, needed: 10 };
    assert_eq!(blank.reliability(&[item(0), item(1), item(2)]).unwrap_err(), none);
}

fn check_groups(groups: &[Vec<f64>], expected: &Value) {
    let found = compare_groups(groups).unwrap();
    close(found.value.h, number(&expected["h"]));
    close(found.value.p, number(&expected["p"]));
    close(found.value.epsilon_squared, number(&expected["epsilon_squared"]));
    assert_eq!(found.value.df, groups.len() - 1);
    let pairs = expected["pairs"].as_array().unwrap();
    assert_eq!(found.value.tests, pairs.len() + 1);
    assert_eq!(found.value.pairs.len(), pairs.len());
    for (pair, expected) in found.value.pairs.iter().zip(pairs) {
        let two = pair.two;
        let actual =
            [pair.first as f64, pair.second as f64, two.u, two.rank_biserial, two.p, pair.p_holm];
        all_close(&actual, &numbers(expected));
        assert!(two.low <= two.rank_biserial && two.rank_biserial <= two.high);
    }
}

#[test]
fn groups_of_the_example_agree_with_scipy_and_statsmodels() {
    let (answers, roles) = survey();
    let reference = &reference()["survey"];
    let names: Vec<&str> =
        reference["roles"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
    let sizes = numbers(&reference["sizes"]);
    for name in SCALES {
        let scores = answers.scores(&scale(name)).unwrap().value;
        let group = |role: &str| -> Vec<f64> {
            scores
                .iter()
                .zip(&roles)
                .filter(|(_, own)| *own == role)
                .filter_map(|(s, _)| *s)
                .collect()
        };
        // The three informatics teachers are not compared: fewer than five.
        let shown = names.iter().zip(&sizes).filter(|(_, size)| **size >= 5.0);
        let groups: Vec<Vec<f64>> = shown.map(|(name, _)| group(name)).collect();
        assert_eq!(groups.len(), 4);
        check_groups(&groups, &reference["groups"][name]);
    }
}

/// Beall 1942, R's `InsectSprays`: `kruskal.test(count ~ spray)` prints 54.691, df 5, p 1.511e-10.
#[test]
fn kruskal_wallis_of_the_insect_sprays_is_the_printed_one() {
    let expected = &reference()["cases"]["sprays"];
    let groups = lists(&expected["groups"]);
    check_groups(&groups, expected);
    let found = compare_groups(&groups).unwrap().value;
    assert!((found.h - 54.691).abs() < 5e-4 && (found.p - 1.511e-10).abs() < 5e-14);
}

/// Hollander and Wolfe 1973, mucociliary efficiency, in the help of R's `kruskal.test`: H = 0.77143, p = 0.68.
#[test]
fn kruskal_wallis_without_ties_is_the_printed_one() {
    let groups =
        [vec![2.9, 3.0, 2.5, 2.6, 3.2], vec![3.8, 2.7, 4.0, 2.4], vec![2.8, 3.4, 3.7, 2.2, 2.0]];
    let found = compare_groups(&groups).unwrap();
    assert!((found.value.h - 0.771_43).abs() < 5e-6 && (found.value.p - 0.68).abs() < 5e-3);
    assert_eq!(found.warnings, [Warning::SmallGroup { group: At(1), n: 4 }]);
}

#[test]
fn two_groups_have_an_effect_with_its_sign() {
    let two = |first: &[f64], second: &[f64]| compare_two(first, second).unwrap().value;
    let (low, high) = ([1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0]);
    let found = two(&high, &low);
    assert_eq!((found.u, found.rank_biserial, found.low, found.high), (25.0, 1.0, 1.0, 1.0));
    assert_eq!(two(&low, &high).rank_biserial, -1.0);
    // By hand: r = 0.04 of 5 and 5, atanh ± 1.959964·√(11/75).
    let found = two(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0, 2.0, 3.0, 4.0, 4.5]);
    close(found.rank_biserial, 0.04);
    let half = 1.959963984540054 * (11.0f64 / 75.0).sqrt();
    all_close(
        &[found.low, found.high],
        &[(0.04f64.atanh() - half).tanh(), (0.04f64.atanh() + half).tanh()],
    );
    assert_eq!(compare_two(&[], &[1.0]).unwrap_err(), Refusal::NoData {});
    assert_eq!(compare_two(&[1.0], &[1.0, 1.0]).unwrap_err(), Refusal::NoSpread {});
    assert_eq!(
        compare_two(&[f64::INFINITY], &[1.0]).unwrap_err(),
        Refusal::NotANumber { at: At(0) }
    );
}

#[test]
fn groups_are_refused_when_there_is_nothing_to_compare() {
    let few = Refusal::TooFewGroups { groups: 1, needed: 2 };
    assert_eq!(compare_groups(&[vec![1.0]]).unwrap_err(), few);
    assert_eq!(compare_groups(&[vec![1.0], vec![]]).unwrap_err(), Refusal::NoData {});
    assert_eq!(compare_groups(&[vec![2.0], vec![2.0]]).unwrap_err(), Refusal::NoSpread {});
    assert_eq!(compare_groups(&vec![vec![1.0]; 101]).unwrap_err().key(), "too-many");
    // A pair that is all the same among others that are not: no effect, p 1.
    let found = compare_groups(&[vec![2.0; 6], vec![2.0; 6], vec![1.0, 3.0]]).unwrap().value;
    assert_eq!((found.pairs[0].two.p, found.pairs[0].two.rank_biserial), (1.0, 0.0));
    assert_eq!(found.pairs[0].two.u, 18.0);
}

fn table(value: &Value) -> Vec<Vec<usize>> {
    lists(value).iter().map(|row| row.iter().map(|n| *n as usize).collect()).collect()
}

/// Agresti, "An Introduction to Categorical Data Analysis", in the help of R's `chisq.test`: party by gender, X² =
/// 30.07, df = 2, p = 2.954e-07. Fisher's tea in the help of `fisher.test`: p = 0.4857.
#[test]
fn crosstabs_agree_with_print_and_scipy() {
    let reference = reference();
    let party = &reference["cases"]["party"];
    let found = crosstab(&table(&party["table"])).unwrap();
    close(found.value.chi_squared, number(&party["chi"]));
    close(found.value.p, number(&party["p"]));
    close(found.value.v, number(&party["v"]));
    assert!((found.value.chi_squared - 30.07).abs() < 5e-3);
    assert_eq!((found.value.df, found.value.exact_p, found.n), (2, None, 2757));
    assert!(found.warnings.is_empty());
    for case in reference["cases"]["fisher"].as_array().unwrap() {
        let found = crosstab(&table(&case[0])).unwrap();
        let value = found.value;
        let actual = [value.chi_squared, value.p, value.exact_p.unwrap(), value.expected_min];
        all_close(&actual, &[1, 2, 3, 4].map(|place| number(&case[place])));
        assert_eq!(found.warnings[0].key(), "small-expected");
    }
    let tea = crosstab(&[vec![3, 1], vec![1, 3]]).unwrap().value;
    assert!((tea.exact_p.unwrap() - 0.4857).abs() < 5e-5);
    let example = &reference["survey"]["crosstab"];
    let found = crosstab(&table(&example["table"])).unwrap();
    close(found.value.chi_squared, number(&example["chi"]));
    close(found.value.v, number(&example["v"]));
    close(found.value.expected_min, number(&example["expected_min"]));
    assert_eq!(found.value.df as f64, number(&example["df"]));
    let smallest = found.value.expected_min;
    assert_eq!(found.warnings, [Warning::SmallExpected { cells: 4, smallest }]);
}

#[test]
fn crosstabs_leave_out_empty_categories_and_refuse_what_is_left() {
    let full = crosstab(&[vec![10, 20], vec![20, 10]]).unwrap();
    let padded = crosstab(&[vec![10, 0, 20], vec![0, 0, 0], vec![20, 0, 10]]).unwrap();
    assert_eq!(padded.value, full.value);
    assert_eq!(padded.warnings, [Warning::EmptyCategories { count: 2 }]);
    let few = Refusal::TooFewGroups { groups: 1, needed: 2 };
    assert_eq!(crosstab(&[vec![1, 2]]).unwrap_err(), few);
    assert_eq!(crosstab(&[vec![1, 0], vec![2, 0]]).unwrap_err(), few);
    assert_eq!(crosstab(&[vec![0, 0], vec![0, 0]]).unwrap_err(), Refusal::NoData {});
    assert_eq!(crosstab(&[]).unwrap_err(), Refusal::NoData {});
    let lengths = Refusal::UnequalLengths { first: 2, second: 1 };
    assert_eq!(crosstab(&[vec![1, 2], vec![1]]).unwrap_err(), lengths);
    assert_eq!(crosstab(&[vec![1, usize::MAX], vec![1, 1]]).unwrap_err().key(), "too-many");
}

#[test]
fn two_waves_agree_with_scipy_and_pingouin() {
    let waves = &reference()["survey"]["waves"];
    let (first, second) = (numbers(&waves["first"]), numbers(&waves["second"]));
    let change = change_of_waves(&first, &second).unwrap();
    let means = change.value.means;
    let actual = [means.low, means.high, means.d, means.d_low, means.d_high, means.g];
    let names = ["low", "high", "d", "d_low", "d_high", "g"];
    all_close(&actual, &names.map(|name| number(&waves[name])));
    let pair = numbers(&waves["groups"]["pairs"][0]);
    all_close(&[change.value.ranks.rank_biserial, change.value.ranks.p], &[pair[3], pair[4]]);
    assert_eq!(change.n, 59);
    assert_eq!(change.warnings, [Warning::Unpaired {}]);
    assert_eq!(means.conclusion, Conclusion::of(means.low, means.high));
}

/// Lakens, Frontiers in Psychology 4:863 (2013), tables 1 and 2: two movies, d_s = 1.13, g_s = 1.08; as pairs d_z = 1.50,
/// d_av = 1.13.
#[test]
fn effects_of_lakens_movies_are_the_printed_ones() {
    let movies = &reference()["cases"]["movies"];
    let (first, second) = (numbers(&movies["first"]), numbers(&movies["second"]));
    let found = independent(&first, &second).unwrap().value;
    assert!((found.d - 1.13).abs() < 5e-3 && (found.g - 1.08).abs() < 5e-3);
    let expected = &movies["independent"];
    let actual = [found.low, found.high, found.d, found.d_low, found.d_high, found.g];
    all_close(&actual, &["low", "high", "d", "d_low", "d_high", "g"].map(|n| number(&expected[n])));
    assert_eq!(found.conclusion, Conclusion::Growth);
    let pairs = paired(&first, &second).unwrap();
    let value = pairs.value;
    assert!((value.d_z.unwrap() - 1.5).abs() < 5e-3 && (value.d_av.unwrap() - 1.13).abs() < 5e-3);
    let expected = &movies["paired"];
    let actual = [value.difference, value.low, value.high, value.d_av.unwrap(), value.d_z.unwrap()];
    all_close(&actual, &["difference", "low", "high", "d_av", "d_z"].map(|n| number(&expected[n])));
    assert_eq!(pairs.warnings, [Warning::NoControlGroup {}]);
    assert_eq!(paired(&second, &first).unwrap().value.conclusion, Conclusion::Decline);
}

#[test]
fn means_without_variance_or_enough_values_are_refused() {
    assert_eq!(independent(&[1.0, 1.0], &[2.0, 2.0]).unwrap_err(), Refusal::NoSpread {});
    let few = Refusal::TooFewAnswers { n: 1, needed: 2 };
    assert_eq!(independent(&[1.0], &[2.0, 3.0]).unwrap_err(), few);
    assert_eq!(independent(&[1.0, 2.0], &[]).unwrap_err(), Refusal::NoData {});
    assert!(independent(&[1.0, 1.0], &[2.0, 3.0]).is_ok());
    assert_eq!(paired(&[1.0], &[1.0]).unwrap_err(), few);
    let lengths = Refusal::UnequalLengths { first: 2, second: 1 };
    assert_eq!(paired(&[1.0, 2.0], &[1.0]).unwrap_err(), lengths);
    // All changed alike: an interval without width, and no d_z.
    let alike = paired(&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0]).unwrap().value;
    assert_eq!((alike.low, alike.high, alike.d_z), (1.0, 1.0, None));
    close(alike.d_av.unwrap(), 1.0);
    let still = paired(&[2.0, 2.0], &[2.0, 2.0]).unwrap().value;
    assert_eq!((still.d_av, still.d_z, still.conclusion), (None, None, Conclusion::Unclear));
    assert!(paired(&[1.0, 2.0], &[1.0, f64::NAN]).is_err());
}

#[test]
fn quantiles_are_of_type_seven() {
    // Hyndman and Fan's type 7 as numpy and R print it for 1, 2, 3, 4: 1.75, 2.5, 3.25.
    let found = summary(&[4.0, 1.0, 3.0, 2.0]).unwrap();
    let value = found.value;
    all_close(&[value.lower_quartile, value.median, value.upper_quartile], &[1.75, 2.5, 3.25]);
    all_close(&[value.lowest, value.highest, value.quartile_range], &[1.0, 4.0, 1.5]);
    assert_eq!(found.n, 4);
    assert_eq!(summary(&[7.0]).unwrap().value.deviation, None);
    assert_eq!(summary(&[]).unwrap_err(), Refusal::NoData {});
    assert!(summary(&[f64::NAN]).is_err() && summary(&[1e13]).is_err());
}
