//! jospar-methods calculates: what the bundled plugins need of statistics and of the plan's own arithmetic.
//!
//! Plain functions over plain values. No clock, no randomness, no files; elementary functions come from `libm`, so the
//! same input gives the same bits on every target, WebAssembly included. Files are read and words for people are made
//! elsewhere.
//!
//! A result is a [`Computed`]: the value, n, the [`Method`] with its source, and [`Warning`]s. What cannot be said is a
//! [`Refusal`]. Both carry a stable key and their numbers; texts come from a catalogue. Items, groups and learners are
//! named by their position in the caller's list.
//!
//! ```
//! use jospar_methods::{Refusal, ideas};
//!
//! let share = ideas::share(14, 18)?;
//! assert_eq!((share.n, share.method.source), (18, "Wilson 1927"));
//! assert!(share.value.low > 0.54 && share.value.high < 0.92);
//! assert_eq!(ideas::share(3, 2).unwrap_err().key(), "more-than-all");
//! # Ok::<(), Refusal>(())
//! ```
//!
//! # Conventions
//!
//! Where there is more than one way, this one is taken:
//!
//! | what | convention |
//! |---|---|
//! | intervals | two-sided, 95 %; forecasts 80 % |
//! | IFE, EFE | weights add up to 1 ± 0.001, else a refusal or a division that is said; `classic`: S 3 or 4, W 1 or 2; EFE always 1 to 4 |
//! | IE cell | bands of totals rounded to two decimals |
//! | AHP | principal eigenvector by power iteration to 1e-12; random index of Saaty, up to 10 things; CR ≤ 0.10 |
//! | groups of judges | geometric mean of each judgement; their consistency is judged together |
//! | A'WOT | local priority × priority of its quadrant; a proposal for weights, which it never sets |
//! | shares | Wilson, without finite-population factor; differences of shares by Newcombe's method 10 |
//! | equal ranks | keep the order given |
//! | Borda | 0 points for the last place; ballots rank everything |
//! | weighed choice | weights add up to 1 ± 0.001; each raised and lowered by 20 % while the others share the rest |
//! | two-by-two | the middle of the scale is high |
//! | Kendall | τ-b; p exact without ties up to 33 values, else normal with ties, no continuity correction |
//! | kappa | weights none, linear or quadratic |
//! | risks | 1–4, 5–9, 10–15, 16–25; no sums or means |
//! | incidents | in 30 days none, up to 1, 3, 8, more: likelihood 1 to 5 (own table) |
//! | KPI | way from baseline to target, not cut; cut to 0–1 only inside a mean, with the uncut mean beside |
//! | KPI status | at most 0.10 behind the calendar green, 0.25 amber |
//! | levels | equal fifths of 1 to 5: 1.8, 2.6, 3.4, 4.2 (own choice) |
//! | gap order | (target − level) × area weight × the indicator's part of its area |
//! | quantiles | type 7 of Hyndman and Fan, as R and numpy |
//! | variances | sample (n − 1), but population (n) in KR-20 and KR-21 |
//! | scale scores | mean of answered items, at most one blank; nothing filled in; alpha over complete rows |
//! | alpha | from 3 items and 10 complete rows; Feldt's interval; item–rest r, also as worded |
//! | Kruskal-Wallis | tie-corrected, χ² p, ε² = H(n + 1)/(n² − 1) |
//! | Mann-Whitney | normal approximation with tie and continuity correction; Holm over all pairs |
//! | rank-biserial r | 2U/(n₁n₂) − 1, interval by Fisher's z with √((n₁ + n₂ + 1)/(3n₁n₂)) |
//! | cross-tables | no Yates' correction; empty rows and columns left out; Fisher's p for small 2 × 2 tables |
//! | two means | Welch's interval; d pooled, g = d(1 − 3/(4N − 9)); unpaired waves as groups |
//! | pairs | t interval of the mean change; d_av by √((s₁² + s₂²)/2), d_z by the deviation of changes |
//! | anonymity | 1 to k − 1 hidden, 0 shown, k = 5 (floor 3); the smallest other cell hidden beside it |
//! | test items | right by present; a wholly blank row is absent, other blanks are wrong |
//! | upper–lower D | ceil(0.27 n) learners, from 20 on; learners tied at the edge share its places |
//! | Hake | from class means of learners with both tests; the mean of own gains beside it |
//! | error patterns | closed sets: at least 2 items, all wrong in at least 3 learners |
//! | Theil-Sen | intercept median(y) − slope·median(x); Sen's interval by the variance of S with ties; from 4 days on |
//! | Holt | level from the first value, trend from the mean of the first three steps; from 8 points on |
//! | BKT | fixed parameters, guess and slip ≤ 0.3, practised from 0.95 |
//! | Elo | K = 0.4/(1 + 0.05 n), for learners and items each |
//! | Rasch | maximum likelihood; all right or all wrong: mean of the posterior with N(0, 1) |
//! | forecasts | rolling origin over the class from 4 measurements on; 5 % better than the last value, or the last value |
//! | own level | median of value − slope·day |
//!
//! Numbers may be no further from 0 than 1e12, and lists have the bounds that their functions name; beyond them there is
//! a refusal, never a panic.

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

pub mod choice;
mod computed;
pub mod effect;
pub mod ideas;
pub mod kpi;
pub mod lesson;
pub mod maturity;
mod message;
pub mod risk;
mod special;
mod stats;
pub mod survey;
pub mod swot;
pub mod trajectory;

pub use computed::*;
pub use message::{Argument, At, Refusal, Warning};
