//! AHP: priorities from pairwise judgements, and how far the judgements contradict each other (Saaty).

use serde_json::Value;

/// The random index by the number of things compared, from 1.
const RANDOM_INDEX: [f64; 10] = [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49];
/// The most things that are compared at once: the table ends there, and so does people's patience.
pub const AHP_COUNT_MAX: usize = RANDOM_INDEX.len();
/// Judgements are accepted up to this consistency ratio.
pub const CONSISTENCY_RATIO_MAX: f64 = 0.10;
const ROUNDS_MAX: usize = 10_000;
const PRECISION: f64 = 1e-12;

/// What follows from a full set of judgements.
#[derive(Debug, Clone, PartialEq)]
pub struct Ahp {
    /// Priorities in the order of the things compared; the sum is 1.
    pub weights: Vec<f64>,
    /// The largest eigenvalue: the number of things when the judgements are consistent, else more.
    pub lambda_max: f64,
    /// Consistency ratio; 0 for one or two things.
    pub consistency_ratio: f64,
    /// The three things whose judgements contradict each other most; `None` when there are fewer.
    pub worst_triad: Option<[String; 3]>,
}

/// One judgement: a number from 1/9 to 9, or a text such as `3` or `1/3`.
#[must_use]
pub fn judgement(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => match text.split_once('/') {
            Some((above, below)) => {
                above.trim().parse::<f64>().ok()? / below.trim().parse::<f64>().ok()?
            }
            None => text.trim().parse().ok()?,
        },
        other => other.as_f64()?,
    };
    // The margin lets 0.1111 stand for 1/9.
    (0.111..=9.001).contains(&number).then_some(number)
}

/// Priorities of `names` by power iteration. `judged(a, b)` says how much more `a` weighs than `b`.
///
/// `None` when a judgement is missing (none is filled in silently) or more than [`AHP_COUNT_MAX`] things are compared.
#[must_use]
pub fn ahp(names: &[String], judged: impl Fn(&str, &str) -> Option<f64>) -> Option<Ahp> {
    let count = names.len();
    let random_index = *RANDOM_INDEX.get(count.checked_sub(1)?)?;
    let mut matrix = Vec::with_capacity(count);
    for (row, first) in names.iter().enumerate() {
        let mut values = Vec::with_capacity(count);
        for (column, second) in names.iter().enumerate() {
            values.push(match row.cmp(&column) {
                std::cmp::Ordering::Equal => 1.0,
                std::cmp::Ordering::Less => judged(first, second)?,
                std::cmp::Ordering::Greater => judged(second, first)?.recip(),
            });
        }
        matrix.push(values);
    }
    let (weights, lambda_max) = principal(&matrix);
    let size = count_f64(count);
    let consistency_ratio = if random_index > 0.0 {
        ((lambda_max - size) / (size - 1.0) / random_index).max(0.0)
    } else {
        0.0
    };
    let worst_triad = worst_triad(names, &matrix);
    Some(Ahp { weights, lambda_max, consistency_ratio, worst_triad })
}

/// The principal eigenvector, with sum 1, and its eigenvalue.
fn principal(matrix: &[Vec<f64>]) -> (Vec<f64>, f64) {
    let size = count_f64(matrix.len());
    let mut weights = vec![1.0 / size; matrix.len()];
    let mut lambda = size;
    for _ in 0..ROUNDS_MAX {
        let product: Vec<f64> = matrix
            .iter()
            .map(|row| row.iter().zip(&weights).map(|(value, weight)| value * weight).sum())
            .collect();
        lambda = product.iter().sum();
        let next: Vec<f64> = product.iter().map(|value| value / lambda).collect();
        let change = next.iter().zip(&weights).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        weights = next;
        if change < PRECISION {
            break;
        }
    }
    (weights, lambda)
}

fn worst_triad(names: &[String], matrix: &[Vec<f64>]) -> Option<[String; 3]> {
    let log = |row: usize, column: usize| matrix.get(row)?.get(column).map(|value| value.ln());
    let mut worst: Option<(f64, [usize; 3])> = None;
    for i in 0..names.len() {
        for j in i + 1..names.len() {
            for k in j + 1..names.len() {
                let gap = (log(i, j)? + log(j, k)? - log(i, k)?).abs();
                if worst.is_none_or(|(most, _)| gap > most) {
                    worst = Some((gap, [i, j, k]));
                }
            }
        }
    }
    let [i, j, k] = worst?.1;
    Some([names.get(i)?.clone(), names.get(j)?.clone(), names.get(k)?.clone()])
}

/// A count as a number; exact, since lists of the plan are far below 2^32.
pub(crate) fn count_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use serde_json::json;

    use super::*;

    fn of(upper: &[f64], count: usize) -> Option<Ahp> {
        let names: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        let pairs: Vec<(String, String)> = (0..count)
            .flat_map(|i| (i + 1..count).map(move |j| (i.to_string(), j.to_string())))
            .collect();
        ahp(&names, |a, b| {
            let place = pairs.iter().position(|(x, y)| x == a && y == b)?;
            upper.get(place).copied()
        })
    }

    #[test]
    fn consistent_judgements_have_ratio_zero() {
        let ahp = of(&[2.0, 4.0, 2.0], 3).unwrap();
        for (weight, expected) in ahp.weights.iter().zip([4.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0]) {
            assert!((weight - expected).abs() < 1e-9);
        }
        assert!((ahp.lambda_max - 3.0).abs() < 1e-9);
        assert!(ahp.consistency_ratio < 1e-9);
    }

    /// Three things by the closed form: λ = 1 + d + 1/d with d = (a12·a23/a13)^(1/3).
    #[test]
    fn three_contradicting_judgements_agree_with_the_closed_form() {
        let ahp = of(&[5.0, 2.0, 5.0], 3).unwrap();
        let d = (5.0f64 * 5.0 / 2.0).cbrt();
        let lambda = 1.0 + d + 1.0 / d;
        assert!((ahp.lambda_max - lambda).abs() < 1e-9);
        assert!((ahp.consistency_ratio - (lambda - 3.0) / 2.0 / 0.58).abs() < 1e-9);
        assert!(ahp.consistency_ratio > CONSISTENCY_RATIO_MAX);
    }

    #[test]
    fn the_worst_triad_holds_the_contradiction() {
        // 0, 2 and 3 go round in a circle; all the rest is equal.
        let ahp = of(&[1.0, 9.0, 1.0 / 9.0, 1.0, 1.0, 9.0], 4).unwrap();
        assert_eq!(ahp.worst_triad.unwrap(), ["0", "2", "3"]);
    }

    #[test]
    fn a_missing_judgement_gives_nothing() {
        assert_eq!(of(&[1.0], 3), None);
        assert_eq!(of(&[], 0), None);
        assert_eq!(of(&[1.0; 55], 11), None);
        assert_eq!(of(&[], 1).unwrap().weights, [1.0]);
    }

    #[test]
    fn judgements_are_numbers_or_fractions() {
        assert_eq!(judgement(&json!("1/2")), Some(0.5));
        assert_eq!(judgement(&json!(3)), Some(3.0));
        assert_eq!(judgement(&json!("4")), Some(4.0));
        for wrong in [
            json!(0),
            json!(-1),
            json!(10),
            json!(1e308),
            json!("1/0"),
            json!("x"),
            json!(null),
            json!([]),
        ] {
            assert_eq!(judgement(&wrong), None, "{wrong}");
        }
    }
}
