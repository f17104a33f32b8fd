//! Lessons against pingouin, scipy, brute force and published examples.
#![allow(clippy::unwrap_used)]

mod common;

use common::{all_close, close, lesson, number, numbers, reference, within};
use jospar_methods::lesson::{
    ErrorPattern, GainBand, HAKE_INTERACTIVE, HAKE_TRADITIONAL, Responses, distractors, gain,
    gain_of_means, kr21,
};
use jospar_methods::{At, Refusal, Warning};
use serde_json::Value;

/// Answers as letters: 1 right, 0 wrong, anything else blank.
fn responses(rows: &[&str]) -> Responses {
    let answer = |letter: char| match letter {
        '1' => Some(true),
        '0' => Some(false),
        _ => None,
    };
    let rows: Vec<Vec<Option<bool>>> =
        rows.iter().map(|row| row.chars().map(answer).collect()).collect();
    Responses::new(&rows).unwrap()
}

fn post_test() -> Responses {
    Responses::new(&lesson().last().unwrap().rows).unwrap()
}

#[test]
fn items_of_every_occasion_agree_with_scipy_and_pingouin() {
    let reference = reference();
    let occasions = lesson();
    assert_eq!(occasions.len(), 7);
    for occasion in &occasions {
        let expected = &reference["lesson"]["occasions"][&occasion.date];
        let responses = Responses::new(&occasion.rows).unwrap();
        let found = responses.item_analysis();
        assert_eq!(found.n as f64, number(&expected["n"]));
        let difficulty: Vec<f64> = found.value.iter().map(|item| item.difficulty).collect();
        all_close(&difficulty, &numbers(&expected["difficulty"]));
        let upper_lower: Vec<f64> =
            found.value.iter().map(|item| item.upper_lower.unwrap()).collect();
        all_close(&upper_lower, &numbers(&expected["upper_lower"]));
        for (item, rest) in found.value.iter().zip(expected["rest"].as_array().unwrap()) {
            match rest {
                Value::Null => assert_eq!(item.item_rest, None),
                rest => close(item.item_rest.unwrap(), number(rest)),
            }
        }
        close(responses.kr20().unwrap().value, number(&expected["kr20"]));
        let kr21 = kr21(12, number(&expected["mean"]), number(&expected["variance"])).unwrap();
        close(kr21.value, number(&expected["kr21"]));
    }
}

#[test]
fn on_the_example_post_test_i01_is_undefined_and_i11_works_against_the_test() {
    let found = post_test().item_analysis();
    let (i01, i11) = (found.value[0], found.value[10]);
    assert_eq!((i01.item_rest, i01.is_too_easy, i01.is_negative), (None, true, false));
    close(i11.item_rest.unwrap(), -0.20213425010802244);
    assert!(i11.is_negative && !i11.is_too_easy);
    let r = i11.item_rest.unwrap();
    let expected =
        [Warning::ItemUndefined { item: At(0) }, Warning::NegativeItemRest { item: At(10), r }];
    assert_eq!(found.warnings, expected);
    let easy = found.value.iter().filter(|item| item.is_too_easy).count();
    // i01 at 1.0 and i02 at 0.93; i04 at exactly 0.9 is not above it.
    assert_eq!((easy, found.value.iter().filter(|item| item.is_too_hard).count()), (2, 0));
}

#[test]
fn absent_learners_are_left_out_and_blanks_count_as_wrong() {
    let responses = responses(&["11-", "---", "1-0", "011"]);
    assert_eq!((responses.present(), responses.items()), (3, 3));
    assert_eq!(responses.totals(), [Some(2.0), None, Some(1.0), Some(2.0)]);
    let found = responses.item_analysis();
    let difficulty: Vec<f64> = found.value.iter().map(|item| item.difficulty).collect();
    all_close(&difficulty, &[2.0 / 3.0, 2.0 / 3.0, 1.0 / 3.0]);
    let said = [
        Warning::Absent { absent: 1 },
        Warning::BlanksCountAsWrong { blanks: 2 },
        Warning::TooFewForUpperLower { n: 3, needed: 20 },
    ];
    assert_eq!(found.warnings[..3], said);
    assert!(found.value.iter().all(|item| item.upper_lower.is_none()));
    assert_eq!(Responses::new(&[vec![None, None]]).unwrap_err(), Refusal::NoData {});
    assert_eq!(Responses::new(&[]).unwrap_err(), Refusal::NoData {});
    let uneven = [vec![Some(true)], vec![Some(true), None]];
    let lengths = Refusal::UnequalLengths { first: 1, second: 2 };
    assert_eq!(Responses::new(&uneven).unwrap_err(), lengths);
}

/// Forty learners, groups of eleven, nine against three right: D = 6/11, the textbook case of an upper-lower index.
#[test]
fn upper_lower_groups_have_27_hundredths_of_the_class() {
    // Item 0 is under test; item k of the rest is right for the k + 1 best learners, so totals do not tie.
    let right = |place: usize| match place {
        0..11 => place < 9,
        29..40 => place < 32,
        _ => place < 20,
    };
    let rows: Vec<Vec<Option<bool>>> = (0..40)
        .map(|place| {
            // Two items for each step keep item 0 from changing the order.
            let rest = (0..40).flat_map(|k| [k >= place, k >= place]).map(Some);
            std::iter::once(Some(right(place))).chain(rest).collect()
        })
        .collect();
    let found = Responses::new(&rows).unwrap().item_analysis();
    close(found.value[0].upper_lower.unwrap(), 6.0 / 11.0);
    // ceil(0.27·100) is 27, and not 28 as in binary numbers.
    let rows: Vec<Vec<Option<bool>>> =
        (0..100).map(|place| (0..100).map(|k| Some(k >= place)).collect()).collect();
    let found = Responses::new(&rows).unwrap().item_analysis();
    close(found.value[26].upper_lower.unwrap(), 27.0 / 27.0);
    close(found.value[25].upper_lower.unwrap(), 26.0 / 27.0);
}

#[test]
fn learners_tied_at_the_edge_share_its_places_whatever_their_order() {
    let mut rows = vec!["111"; 3];
    rows.extend(vec!["100"; 5]);
    rows.extend(vec!["010"; 5]);
    rows.extend(vec!["000"; 7]);
    let d = |rows: &[&str]| -> Vec<f64> {
        let found = responses(rows).item_analysis();
        found.value.iter().map(|item| item.upper_lower.unwrap()).collect()
    };
    // Six places: three for 111, three shared by ten of whom five have item 0 right. The lowest six are all 000.
    all_close(&d(&rows), &[4.5 / 6.0, 4.5 / 6.0, 3.0 / 6.0]);
    rows.reverse();
    all_close(&d(&rows), &[4.5 / 6.0, 4.5 / 6.0, 3.0 / 6.0]);
}

/// A class of ten with ten items, worked in a classroom handout: Σpq = 2.05, population variance 3.29, KR-20 = 0.42.
#[test]
fn kr20_of_the_handout_is_0_42() {
    let rows = [
        "1100110011",
        "0010110100",
        "1111001111",
        "0101101101",
        "1100111011",
        "1111111011",
        "1000011001",
        "1100111101",
        "1101100001",
        "0000110001",
    ];
    let found = responses(&rows).kr20().unwrap();
    close(found.value, 10.0 / 9.0 * (1.0 - 2.05 / 3.29));
    assert!((found.value - 0.42).abs() < 5e-3);
    assert_eq!(found.n, 10);
    // With the sample variance it would be 0.49: the error to avoid.
    assert!((found.value - 10.0 / 9.0 * (1.0 - 2.05 / (3.29 * 10.0 / 9.0))).abs() > 0.05);
    close(kr21(10, 5.9, 3.29).unwrap().value, 10.0 / 9.0 * (1.0 - 5.9 * 4.1 / 32.9));
}

/// Wuensch's lecture notes: ten students, ten items, population variance of the totals 5.84.
#[test]
fn kr20_of_wuenschs_quiz_uses_his_variance() {
    let rows = [
        "1111110110",
        "1011011101",
        "1111011001",
        "0010001000",
        "0000010010",
        "1110111111",
        "1101110111",
        "1111111101",
        "0101111101",
        "1101101110",
    ];
    let found = responses(&rows).kr20().unwrap().value;
    let p: [f64; 10] = [0.7, 0.7, 0.6, 0.7, 0.6, 0.8, 0.7, 0.7, 0.5, 0.6];
    let products: f64 = p.iter().map(|p| p * (1.0 - p)).sum();
    within(found, 10.0 / 9.0 * (1.0 - products / 5.84), 1e-9);
}

#[test]
fn reliability_of_a_test_is_refused_like_alpha() {
    let class = |n: usize, k: usize| -> Responses {
        let row =
            |row: usize| (0..k).map(|item| Some((row + item * row).is_multiple_of(3))).collect();
        Responses::new(&(0..n).map(row).collect::<Vec<Vec<Option<bool>>>>()).unwrap()
    };
    let items = Refusal::TooFewItems { items: 2, needed: 3 };
    assert_eq!(class(30, 2).kr20().unwrap_err(), items);
    assert_eq!(class(9, 3).kr20().unwrap_err(), Refusal::TooFewAnswers { n: 9, needed: 10 });
    assert!(class(10, 3).kr20().is_ok());
    assert_eq!(responses(&["101"; 12]).kr20().unwrap_err(), Refusal::NoSpread {});
    assert_eq!(kr21(2, 1.0, 1.0).unwrap_err(), items);
    assert_eq!(kr21(10, 5.0, 0.0).unwrap_err(), Refusal::NoSpread {});
    assert_eq!(kr21(10, 11.0, 1.0).unwrap_err().key(), "out-of-range");
    assert_eq!(kr21(10, f64::NAN, 1.0).unwrap_err(), Refusal::NotANumber { at: At(0) });
    assert_eq!(kr21(usize::MAX, 1.0, 1.0).unwrap_err().key(), "too-many");
}

#[test]
fn the_gain_of_the_example_class_agrees_with_pandas_and_pingouin() {
    let occasions = lesson();
    let totals = |at: usize| Responses::new(&occasions[at].rows).unwrap().totals();
    let found = gain(&totals(0), &totals(6), 12.0).unwrap();
    let expected = &reference()["lesson"]["gain"];
    let value = &found.value;
    close(value.before, number(&expected["before"]));
    close(value.after, number(&expected["after"]));
    close(value.class, number(&expected["class"]));
    close(value.mean_of_individuals.unwrap(), number(&expected["individuals"]));
    // The example plan says 0.46, and the mean of individuals is another number.
    assert!((value.class - 0.46).abs() < 0.005);
    assert_eq!(value.band, GainBand::Medium);
    let effect = &expected["effect"];
    let actual = [
        value.effect.difference,
        value.effect.low,
        value.effect.high,
        value.effect.d_av.unwrap(),
        value.effect.d_z.unwrap(),
    ];
    all_close(&actual, &["difference", "low", "high", "d_av", "d_z"].map(|n| number(&effect[n])));
    assert_eq!((found.n, found.warnings), (30, vec![Warning::NoControlGroup {}]));
}

/// Hake, American Journal of Physics 66 (1998): bands at 0.3 and 0.7; 0.23 ± 0.04 and 0.48 ± 0.14. A class that goes
/// from 24.58 % to 80.13 % gains 0.73 (BMC Medical Education 21:210, 2021, table 1, prints "(0.73) 73 %").
#[test]
fn gains_have_hakes_definition_and_bands() {
    let found = gain_of_means(24.58, 24.58 + 55.55).unwrap().value;
    assert!((0.73..0.74).contains(&found), "{found}");
    assert_eq!((HAKE_TRADITIONAL, HAKE_INTERACTIVE), ((0.23, 0.04), (0.48, 0.14)));
    close(gain_of_means(40.0, 70.0).unwrap().value, 0.5);
    close(gain_of_means(50.0, 40.0).unwrap().value, -0.2);
    close(gain_of_means(0.0, 100.0).unwrap().value, 1.0);
    let band = |after: f64| {
        let (before, after) = ([Some(0.0), Some(0.0)], [Some(after), Some(after)]);
        gain(&before, &after, 10.0).unwrap().value.band
    };
    assert_eq!(
        [2.9, 3.0, 6.9, 7.0].map(band),
        [GainBand::Low, GainBand::Medium, GainBand::Medium, GainBand::High]
    );
    let full = Refusal::NothingToGain { before: 100.0, highest: 100.0 };
    assert_eq!(gain_of_means(100.0, 100.0).unwrap_err(), full);
    assert_eq!(gain_of_means(101.0, 50.0).unwrap_err().key(), "out-of-range");
    assert_eq!(gain_of_means(50.0, f64::NAN).unwrap_err(), Refusal::NotANumber { at: At(1) });
}

#[test]
fn gains_leave_out_who_missed_a_test_or_could_not_gain() {
    let before = [Some(2.0), Some(4.0), None, Some(10.0), Some(5.0)];
    let after = [Some(6.0), Some(7.0), Some(9.0), Some(10.0), None];
    let found = gain(&before, &after, 10.0).unwrap();
    assert_eq!(found.value.individuals, [Some(0.5), Some(0.5), None, None, None]);
    close(found.value.mean_of_individuals.unwrap(), 0.5);
    // Means 16/3 and 23/3 of ten.
    close(found.value.class, (23.0 - 16.0) / (30.0 - 16.0));
    let said = [
        Warning::LeftOut { count: 2 },
        Warning::NoRoomToGain { count: 1 },
        Warning::NoControlGroup {},
    ];
    assert_eq!((found.n, found.warnings.as_slice()), (3, said.as_slice()));
    let one = gain(&before[..1], &after[..1], 10.0).unwrap_err();
    assert_eq!(one, Refusal::TooFewAnswers { n: 1, needed: 2 });
    assert_eq!(gain(&[None, None], &[None, None], 10.0).unwrap_err(), Refusal::NoData {});
    assert_eq!(gain(&[], &[], 10.0).unwrap_err(), Refusal::NoData {});
    let full = [Some(10.0), Some(10.0)];
    assert_eq!(gain(&full, &full, 10.0).unwrap_err().key(), "nothing-to-gain");
    assert_eq!(gain(&before, &after, 9.0).unwrap_err().key(), "out-of-range");
    assert_eq!(gain(&before, &after, 0.0).unwrap_err().key(), "out-of-range");
    assert_eq!(gain(&before, &after[..3], 10.0).unwrap_err().key(), "unequal-lengths");
}

#[test]
fn skills_of_the_example_agree_with_pandas() {
    let skills: Vec<Vec<usize>> =
        (0..4).map(|skill| (skill * 3..skill * 3 + 3).collect()).collect();
    let found = post_test().skill_matrix(&skills).unwrap();
    all_close(&found.value.class, &numbers(&reference()["lesson"]["skills"]));
    assert_eq!((found.value.learners.len(), found.n), (30, 30));
    all_close(found.value.learners[0].as_ref().unwrap(), &[1.0, 1.0, 1.0, 1.0 / 3.0]);
    let matrix = |skills: &[Vec<usize>]| responses(&["110", "---"]).skill_matrix(skills);
    let two = matrix(&[vec![0, 2], vec![1]]).unwrap();
    assert_eq!(two.value.learners, [Some(vec![0.5, 1.0]), None]);
    assert_eq!(two.warnings, [Warning::Absent { absent: 1 }]);
    assert_eq!(matrix(&[vec![]]).unwrap_err(), Refusal::NoData {});
    assert_eq!(matrix(&[vec![3]]).unwrap_err(), Refusal::UnknownPosition { position: 3, count: 3 });
    assert_eq!(matrix(&[vec![1, 1]]).unwrap_err(), Refusal::NamedTwice { at: At(1) });
}

#[test]
fn error_patterns_of_the_example_agree_with_trying_all_subsets() {
    let occasions = lesson();
    let names = &occasions[6].learners;
    let expected = &reference()["lesson"]["patterns"];
    let found = post_test().error_patterns().unwrap();
    let listed: Vec<(Vec<f64>, Vec<String>)> = found
        .value
        .iter()
        .map(|pattern| {
            let items = pattern.items.iter().map(|item| *item as f64).collect();
            (items, pattern.learners.iter().map(|at| names[*at].clone()).collect())
        })
        .collect();
    for (found, expected) in listed.iter().zip(expected["first"].as_array().unwrap()) {
        all_close(&found.0, &numbers(&expected[0]));
        let learners: Vec<&str> =
            expected[1].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(found.1, learners);
    }
    assert_eq!(listed.len(), 20);
    let more = number(&expected["count"]) as usize - 20;
    assert_eq!(found.warnings, [Warning::MorePatterns { more }]);
}

#[test]
fn error_patterns_need_two_items_and_three_learners() {
    let found =
        responses(&["0011", "0011", "0001", "1110", "1110", "----"]).error_patterns().unwrap();
    let expected = ErrorPattern { items: vec![0, 1], learners: vec![0, 1, 2] };
    assert_eq!(found.value, [expected]);
    assert_eq!(found.warnings, [Warning::Absent { absent: 1 }]);
    assert!(responses(&["00", "00"]).error_patterns().unwrap().value.is_empty());
    assert!(responses(&["11", "11", "11"]).error_patterns().unwrap().value.is_empty());
    let wide = vec![vec![Some(false); 65]; 3];
    let refusal = Responses::new(&wide).unwrap().error_patterns().unwrap_err();
    assert_eq!(refusal, Refusal::TooMany { n: 65, limit: 64 });
    // All subsets of 64 items are patterns here: there is an end to looking.
    let many: Vec<Vec<Option<bool>>> =
        (0..64).map(|row| (0..64).map(|item| Some(item == row)).collect()).collect();
    let refusal = Responses::new(&many).unwrap().error_patterns().unwrap_err();
    assert_eq!(refusal, Refusal::TooManyPatterns { limit: 5_000 });
}

#[test]
fn distractors_that_are_idle_or_attract_the_stronger_are_seen() {
    let choices = [Some(0), Some(0), Some(1), Some(1), Some(3), None];
    let found = distractors(&choices, &[5.0, 7.0, 9.0, 8.0, 2.0, 1.0], 0, 4).unwrap();
    assert_eq!(found.n, 5);
    let counts: Vec<usize> = found.value.iter().map(|option| option.n).collect();
    assert_eq!(counts, [2, 2, 0, 1]);
    close(found.value[1].rest_mean.unwrap(), 8.5);
    close(found.value[1].share, 0.4);
    let flags: Vec<(bool, bool)> =
        found.value.iter().map(|option| (option.is_idle, option.attracts_stronger)).collect();
    assert_eq!(flags, [(false, false), (false, true), (true, false), (false, false)]);
    assert_eq!(found.warnings, [Warning::LeftOut { count: 1 }]);
    assert_eq!(distractors(&[Some(4)], &[1.0], 0, 4).unwrap_err().key(), "unknown-position");
    assert_eq!(distractors(&[Some(1)], &[1.0], 4, 4).unwrap_err().key(), "unknown-position");
    assert_eq!(distractors(&[None], &[1.0], 0, 4).unwrap_err(), Refusal::NoData {});
    assert_eq!(distractors(&[None], &[], 0, 4).unwrap_err().key(), "unequal-lengths");
}
