//! A value with what belongs beside it: n, the method, its source and the warnings.

use crate::message::Warning;

/// How a value was calculated and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// The stable key of the name for people.
    pub key: &'static str,
    /// The name in English, with the convention where there is more than one.
    pub name: &'static str,
    /// Author and year, or `own rule` with where it comes from.
    pub source: &'static str,
}

/// A calculated value. Never shown without the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed<T> {
    /// The value.
    pub value: T,
    /// What the value rests on: answers, learners, judgements or measurements, as the function says.
    pub n: usize,
    /// How it was calculated.
    pub method: Method,
    /// What has to be said beside it, in the order in which it was found.
    pub warnings: Vec<Warning>,
}

impl<T> Computed<T> {
    pub(crate) fn new(method: Method, n: usize, value: T) -> Self {
        Self { value, n, method, warnings: Vec::new() }
    }

    pub(crate) fn warn(mut self, warning: impl IntoIterator<Item = Warning>) -> Self {
        self.warnings.extend(warning);
        self
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $constant:ident = $key:literal, $name:literal, $source:literal;)*) => {
        $($(#[$doc])* pub const $constant: Method = Method { key: $key, name: $name, source: $source };)*

        /// All methods, for a check that the catalogue has a name for each.
        pub const METHODS: &[Method] = &[$($constant),*];
    };
}

methods! {
    /// Totals of the internal and the external factors.
    FACTOR_EVALUATION = "factor-evaluation", "IFE and EFE matrix", "David 2011";
    /// The cell of the internal-external matrix.
    IE_MATRIX = "ie-matrix", "IE matrix; bands of the totals rounded to two decimals", "David 2011";
    /// Priorities from pairwise comparison.
    AHP = "ahp", "AHP, principal eigenvector, consistency by Saaty's random index", "Saaty 1980";
    /// Judgements of several people as one.
    AHP_GROUP = "ahp-group", "geometric mean of judgements, entry by entry", "Aczel and Saaty 1983";
    /// Global priorities of SWOT factors.
    AWOT = "awot", "A'WOT: local priority times priority of the group", "Kurttila, Pesonen, Kangas and Kajanus 2000";
    /// Scores of strategies that join factors.
    TOWS = "tows", "TOWS matrix; score is the sum of global priorities, each factor once", "Weihrich 1982; score: own rule";
    /// A share with its interval.
    WILSON = "wilson", "share with Wilson interval, 95 %", "Wilson 1927";
    /// A difference of two shares with its interval.
    NEWCOMBE = "newcombe", "difference of two shares, interval by Newcombe's method 10, 95 %", "Newcombe 1998";
    /// Ideas by votes.
    APPROVAL = "votes-approval", "approval, ranked by the lower bound of Wilson's interval", "Wilson 1927; order: own rule";
    /// Ideas by rankings.
    BORDA = "borda", "Borda count: last place 0 points, one more for each place above", "Borda 1781";
    /// A two-by-two chart.
    TWO_BY_TWO = "two-by-two", "two-by-two chart, high from the middle of the scale on", "own rule";
    /// A choice by weighed criteria.
    CHOICE = "weighed-choice", "sum of weight times score; each weight shifted by 20 %", "Churchman and Ackoff 1954; shift: own rule";
    /// Difficulties in order.
    FREQUENCY_SEVERITY = "frequency-severity", "frequency times severity", "own rule";
    /// What becomes of a pilot.
    PILOT = "pilot-verdict", "pilot: scale when the criterion is met, stop when nothing moved, else revise", "own rule";
    /// Agreement of two orders.
    KENDALL = "kendall-tau-b", "Kendall's tau-b; p exact without ties up to 33 values, else normal approximation", "Kendall 1945";
    /// Agreement of two raters.
    KAPPA = "weighted-kappa", "weighted kappa", "Cohen 1968";
    /// The score of a risk.
    RISK = "risk-matrix", "risk matrix 5 by 5, likelihood times impact", "own bands: 1-4, 5-9, 10-15, 16-25";
    /// How likely a fault is, from how often one was.
    INCIDENT_RATE = "incident-rate", "likelihood 1 to 5 from incidents in 30 days", "own table: none, up to 1, 3, 8, more";
    /// How far a KPI has come.
    KPI = "kpi-way", "way from baseline to target", "own rule";
    /// How far it could have come.
    KPI_STATUS = "kpi-status", "progress against the elapsed part of the period", "own thresholds: 0.1 and 0.25";
    /// The joint progress of KPIs.
    KPI_MEAN = "kpi-mean", "weighted mean of progress, each capped to 0 to 1", "own rule";
    /// A level from a mean.
    MATURITY_LEVEL = "maturity-level", "level 1 to 5 from a mean, equal fifths of 1 to 5", "own cut points: 1.8, 2.6, 3.4, 4.2";
    /// The level of an area.
    MATURITY_AREA = "maturity-area", "weighted mean of levels with the weakest link", "own rule";
    /// What is left to do.
    MATURITY_GAP = "maturity-gap", "(target - level) times weight", "own rule";
    /// How far departments are apart.
    SPREAD = "level-spread", "range and coefficient of variation, sample standard deviation", "Pearson 1896";
    /// A distribution of values.
    DISTRIBUTION = "distribution", "distribution; quantiles of type 7", "Hyndman and Fan 1996";
    /// Scores of a scale.
    SCALE_SCORE = "scale-score", "mean of the answered items, at most one blank", "own rule";
    /// Reliability of a scale.
    ALPHA = "cronbach-alpha", "Cronbach's alpha with Feldt's interval, 95 %", "Cronbach 1951; Feldt 1965";
    /// Several groups.
    KRUSKAL_WALLIS = "kruskal-wallis", "Kruskal-Wallis H, tie-corrected, epsilon squared; pairs Mann-Whitney with Holm", "Kruskal and Wallis 1952; Tomczak and Tomczak 2014; Holm 1979";
    /// Two groups.
    MANN_WHITNEY = "mann-whitney", "Mann-Whitney U, normal approximation with tie and continuity correction; rank-biserial r", "Mann and Whitney 1947; Cureton 1956";
    /// A cross-table.
    CHI_SQUARED = "chi-squared", "chi-squared without Yates' correction, Cramer's V", "Pearson 1900; Cramer 1946; Fisher 1922";
    /// Two means.
    TWO_MEANS = "two-means", "difference of two means, Welch's interval, 95 %; Cohen's d pooled, Hedges' g", "Welch 1947; Cohen 1988; Hedges 1981";
    /// Two means of the same people.
    PAIRED_MEANS = "paired-means", "mean difference with interval of t, 95 %; d_av by root mean square of both deviations, d_z", "Student 1908; Cumming 2012; Cohen 1988";
    /// Hidden cells.
    SUPPRESSION = "suppression", "minimum group with complementary suppression", "Hundepool et al. 2012";
    /// Items of a test.
    ITEM_ANALYSIS = "item-analysis", "difficulty, item-rest point-biserial r, upper-lower D with ceil(0.27 n)", "Kelley 1939; Henrysson 1963";
    /// Reliability of a test.
    KR20 = "kr-20", "KR-20 with the population variance", "Kuder and Richardson 1937";
    /// Reliability from mean and variance.
    KR21 = "kr-21", "KR-21 with the population variance", "Kuder and Richardson 1937";
    /// Gain of a class.
    HAKE = "hake-gain", "normalised gain of class means; mean of individual gains beside it", "Hake 1998";
    /// Skills by learner.
    SKILL_MATRIX = "skill-matrix", "share right by learner and skill", "own rule";
    /// Errors in common.
    ERROR_PATTERNS = "shared-errors", "closed sets of at least 2 items wrong in at least 3 learners", "Pasquier et al. 1999";
    /// Wrong options.
    DISTRACTORS = "distractors", "options by who chose them", "Haladyna 2004";
    /// A slope.
    THEIL_SEN = "theil-sen", "Theil-Sen slope with Sen's interval, 95 %", "Theil 1950; Sen 1968";
    /// Level and trend.
    HOLT = "holt", "Holt's linear trend, from the first value and the mean of the first three steps", "Holt 1957";
    /// Mastery of a skill.
    BKT = "bkt", "Bayesian knowledge tracing with fixed parameters", "Corbett and Anderson 1995";
    /// Ability and difficulty, answer by answer.
    ELO = "elo", "Elo with K = 0.4 / (1 + 0.05 answers)", "Elo 1978; Pelanek 2016";
    /// Ability from known difficulties.
    RASCH = "rasch-ability", "Rasch ability, maximum likelihood; all right or all wrong: EAP with prior N(0, 1)", "Rasch 1960; Bock and Mislevy 1982";
    /// What comes next.
    FORECAST = "forecast", "forecast chosen by rolling-origin backtest, interval from the class's errors, 80 %", "Tashman 2000";
}
