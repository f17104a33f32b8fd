//! Distribution functions: incomplete gamma and beta by series and continued fractions, quantiles by bisection.
//!
//! All elementary functions come from `libm`, so a result has the same bits on every target. Formulas: Abramowitz and
//! Stegun, sections 6.5 and 26.5; the fractions by Lentz's method as changed by Thompson and Barnett (1986).

const ROUNDS_MAX: usize = 100_000;
const PRECISION: f64 = 1e-16;
const TINY: f64 = 1e-300;

/// Bisection ends where neighbouring numbers meet; this many halvings always reach that.
const HALVINGS_MAX: usize = 1_100;

/// Two-sided 95 %: the part of a distribution below the upper bound.
pub(crate) const UPPER: f64 = 0.975;

/// P(Z > z) for a standard normal Z.
pub(crate) fn normal_above(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// The z with P(Z ≤ z) = `p`; `p` within 0 to 1, exclusive.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    bisect(-40.0, 40.0, |z| normal_above(-z) < p)
}

/// P(X > x) for a chi-squared X with `df` degrees of freedom.
pub(crate) fn chi_squared_above(x: f64, df: f64) -> f64 {
    if x <= 0.0 { 1.0 } else { gamma_above(df / 2.0, x / 2.0) }
}

/// The t with P(T ≤ t) = `p` for Student's T; `p` from 0.5 to 1, exclusive.
pub(crate) fn student_quantile(p: f64, df: f64) -> f64 {
    let tail = 2.0 * (1.0 - p);
    let x = bisect(0.0, 1.0, |x| beta_below(df / 2.0, 0.5, x) < tail);
    libm::sqrt(df * (1.0 - x) / x)
}

/// The f with P(F ≤ f) = `p` for Fisher's F with `above` and `below` degrees of freedom.
pub(crate) fn fisher_quantile(p: f64, above: f64, below: f64) -> f64 {
    let x = bisect(0.0, 1.0, |x| beta_below(above / 2.0, below / 2.0, x) < p);
    below * x / (above * (1.0 - x))
}

/// The point between `low` and `high` where `is_below` turns from true to false.
fn bisect(mut low: f64, mut high: f64, is_below: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS_MAX {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if is_below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The regularised upper incomplete gamma function Q(a, x); a and x above 0.
fn gamma_above(a: f64, x: f64) -> f64 {
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum) = (1.0 / a, 1.0 / a);
        let mut divisor = a;
        for _ in 0..ROUNDS_MAX {
            divisor += 1.0;
            term *= x / divisor;
            sum += term;
            if term < sum * PRECISION {
                break;
            }
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut fraction = d;
    let mut i = 0.0;
    for _ in 0..ROUNDS_MAX {
        i += 1.0;
        let numerator = -i * (i - a);
        b += 2.0;
        d = 1.0 / away_from_zero(numerator * d + b);
        c = away_from_zero(b + numerator / c);
        fraction *= c * d;
        if (c * d - 1.0).abs() < PRECISION {
            break;
        }
    }
    (front * fraction).clamp(0.0, 1.0)
}

/// The regularised incomplete beta function I_x(a, b); a and b above 0.
fn beta_below(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let log_front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
        + a * libm::log(x)
        + b * libm::log1p(-x);
    let front = libm::exp(log_front);
    let below = if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, 1.0 - x) / b
    };
    below.clamp(0.0, 1.0)
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    let mut m = 0.0;
    for _ in 0..ROUNDS_MAX {
        m += 1.0;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        fraction *= c * d;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        fraction *= c * d;
        if (c * d - 1.0).abs() < PRECISION {
            break;
        }
    }
    fraction
}

fn away_from_zero(value: f64) -> f64 {
    if value.abs() < TINY { TINY } else { value }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    /// 155 values of scipy.stats; `tests/reference.py` says how.
    #[test]
    fn distributions_agree_with_scipy() {
        let reference: serde_json::Value =
            serde_json::from_str(include_str!("../tests/reference.json")).unwrap();
        let rows = reference["special"].as_array().unwrap();
        assert!(rows.len() > 100);
        for row in rows {
            let x: Vec<f64> =
                row[1].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
            let actual = match (row[0].as_str().unwrap(), x.as_slice()) {
                ("normal_quantile", [p]) => normal_quantile(*p),
                ("normal_above", [z]) => normal_above(*z),
                ("chi_squared_above", [x, df]) => chi_squared_above(*x, *df),
                ("student_quantile", [p, df]) => student_quantile(*p, *df),
                ("fisher_quantile", [p, a, b]) => fisher_quantile(*p, *a, *b),
                (other, _) => panic!("{other}"),
            };
            let expected = row[2].as_f64().unwrap();
            // Small tails have to keep their digits, too.
            let error = (actual - expected).abs();
            assert!(error < 1e-15 || error < 1e-9 * expected.abs(), "{row}: {actual}");
        }
    }

    /// Abramowitz and Stegun, tables 26.8 and 26.9, as printed.
    #[test]
    fn distributions_agree_with_printed_tables() {
        assert!((chi_squared_above(3.841_46, 1.0) - 0.05).abs() < 1e-6);
        assert!((chi_squared_above(18.307_0, 10.0) - 0.05).abs() < 1e-6);
        assert!((student_quantile(0.975, 10.0) - 2.228).abs() < 5e-4);
        assert!((fisher_quantile(0.975, 10.0, 10.0) - 3.717).abs() < 5e-4);
        assert!((normal_quantile(0.975) - 1.959_964).abs() < 5e-7);
    }

    #[test]
    fn ends_of_the_range_are_no_trouble() {
        assert_eq!(chi_squared_above(0.0, 3.0), 1.0);
        assert_eq!(chi_squared_above(-1.0, 3.0), 1.0);
        assert_eq!(chi_squared_above(1e6, 3.0), 0.0);
        assert_eq!(beta_below(2.0, 3.0, 0.0), 0.0);
        assert_eq!(beta_below(2.0, 3.0, 1.0), 1.0);
        assert!((beta_below(1e4, 1e4, 0.5) - 0.5).abs() < 1e-9);
        assert!(fisher_quantile(0.975, 1e5, 1e6).is_finite());
        assert_eq!(normal_above(1e300), 0.0);
    }
}
