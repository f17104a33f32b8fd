//! What a calculation says besides its value: refusals and warnings, each with a stable key and its arguments.
//!
//! Words for people come from a catalogue by [`Refusal::key`] and [`Warning::key`]; `Display` is for logs.

/// A place in the caller's list, from 0: an item, a group, a learner. The caller knows its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At(pub usize);

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What fills a place in the text of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Argument {
    /// How many.
    Count(usize),
    /// A measured or computed number; may be NaN or infinite where that is what was refused.
    Number(f64),
    /// A place in the caller's list, from 0; show the name that stands there.
    Position(usize),
    /// A word of a closed set, to be translated: a quadrant, a side.
    Word(&'static str),
}

impl From<usize> for Argument {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<f64> for Argument {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<At> for Argument {
    fn from(place: At) -> Self {
        Self::Position(place.0)
    }
}

impl From<&'static str> for Argument {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

macro_rules! messages {
    (
        $(#[$about:meta])*
        $name:ident {
            $($(#[$doc:meta])* $variant:ident { $($field:ident: $type:ty),* } = $key:literal, $text:literal;)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
        #[allow(missing_docs, reason = "each variant's doc names its fields")]
        pub enum $name {
            $($(#[$doc])* #[error($text)] $variant { $($field: $type),* },)*
        }

        impl $name {
            /// All keys, for a check that the catalogue has a text for each.
            pub const KEYS: &'static [&'static str] = &[$($key),*];

            /// The stable key of the text for people.
            #[must_use]
            pub fn key(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $key,)*
                }
            }

            /// The arguments of that text by name, in the order of the fields.
            #[must_use]
            pub fn arguments(&self) -> Vec<(&'static str, Argument)> {
                match *self {
                    $(Self::$variant { $($field),* } => {
                        vec![$((stringify!($field), Argument::from($field))),*]
                    })*
                }
            }
        }
    };
}

messages! {
    /// Why there is no result.
    Refusal {
        /// There is nothing to calculate with.
        NoData {} = "no-data", "nothing to calculate with";
        /// `n` answers, learners or values where `needed` are the fewest.
        TooFewAnswers { n: usize, needed: usize } = "too-few-answers", "{n} answers; at least {needed} are needed";
        /// `items` items where `needed` are the fewest.
        TooFewItems { items: usize, needed: usize } = "too-few-items", "{items} items; at least {needed} are needed";
        /// `groups` groups where `needed` are the fewest.
        TooFewGroups { groups: usize, needed: usize } = "too-few-groups", "{groups} groups; at least {needed} are needed";
        /// `n` dated measurements where `needed` are the fewest.
        TooFewMeasurements { n: usize, needed: usize } = "too-few-measurements", "{n} dated measurements; at least {needed} are needed";
        /// `n` things where `limit` are the most.
        TooMany { n: usize, limit: usize } = "too-many", "{n} things; the limit is {limit}";
        /// The value at `at` is NaN or infinite.
        NotANumber { at: At } = "not-a-number", "the value at {at} is not a number";
        /// The `value` at `at` is below `low` or above `high`.
        OutOfRange { at: At, value: f64, low: f64, high: f64 } = "out-of-range", "{value} at {at} is not between {low} and {high}";
        /// The `value` at `at` has to be a whole number.
        NotWhole { at: At, value: f64 } = "not-whole", "{value} at {at} is not a whole number";
        /// Two lists that belong together have `first` and `second` entries.
        UnequalLengths { first: usize, second: usize } = "unequal-lengths", "lists of {first} and {second} entries belong together";
        /// All values are the same, so nothing can be said about how they differ.
        NoSpread {} = "no-spread", "all values are the same";
        /// A position that the list does not have: `position` of `count`.
        UnknownPosition { position: usize, count: usize } = "unknown-position", "position {position} in a list of {count}";
        /// The same thing at `at` is named twice.
        NamedTwice { at: At } = "named-twice", "{at} is named twice";
        /// `successes` of `n` cannot be.
        MoreThanAll { successes: usize, n: usize } = "more-than-all", "{successes} of {n}";

        /// The weights of the `side` add up to `sum` and not to 1.
        WeightsNotOne { side: &'static str, sum: f64 } = "weights-not-one", "the {side} weights add up to {sum}, not to 1";
        /// The `rating` of the factor at `at` is outside `low` to `high`, the class that the convention sets for its quadrant.
        RatingOutsideClass { at: At, rating: f64, low: f64, high: f64 } = "rating-outside-class", "rating {rating} of factor {at} is not between {low} and {high}";
        /// `first` and `second` of the comparison `within` were not compared; nothing is filled in.
        JudgementAbsent { within: &'static str, first: At, second: At } = "judgement-absent", "{first} and {second} ({within}) are not compared";
        /// The comparison `within` has `given` judgements where `needed` belong.
        JudgementCount { within: &'static str, given: usize, needed: usize } = "judgement-count", "{given} judgements ({within}); {needed} belong there";
        /// The `judgement` on `first` and `second` of the comparison `within` is not between 1/9 and 9.
        JudgementOutOfRange { within: &'static str, first: At, second: At, judgement: f64 } = "judgement-out-of-range", "judgement {judgement} on {first} and {second} ({within}) is not between 1/9 and 9";
        /// The comparison `within` contradicts itself: `ratio` above `limit`. Worst are `first`, `second` and `third`,
        /// where going round misses by the factor `factor`.
        JudgementsInconsistent { within: &'static str, ratio: f64, limit: f64, first: At, second: At, third: At, factor: f64 } = "judgements-inconsistent", "consistency ratio {ratio} ({within}) is above {limit}; look at {first}, {second}, {third}: they miss by a factor of {factor}";
        /// The strategy at `strategy` has no factor of the `side` that its cell needs.
        CellIncomplete { strategy: At, side: &'static str } = "cell-incomplete", "strategy {strategy} has no {side} factor";
        /// The `factor` of the strategy at `strategy` is of a quadrant that its cell does not join.
        FactorOutsideCell { strategy: At, factor: At } = "factor-outside-cell", "factor {factor} does not belong to the cell of strategy {strategy}";

        /// The ballot at `ballot` ranks `ranked` of `ideas`; every idea has its place once.
        BallotIncomplete { ballot: At, ranked: usize, ideas: usize } = "ballot-incomplete", "ballot {ballot} ranks {ranked} of {ideas} ideas";
        /// The residual score of a risk is above its initial one.
        ResidualAboveInitial { residual: usize, initial: usize } = "residual-above-initial", "residual score {residual} is above the initial {initial}";
        /// The period of a KPI ends on or before the day it starts.
        PeriodBackwards { start: f64, end: f64 } = "period-backwards", "the period ends at {end}, not after {start}";

        /// A minimum group of `k` is below the floor.
        GroupMinimumTooLow { k: usize, floor: usize } = "group-minimum-too-low", "a minimum group of {k}; the floor is {floor}";
        /// All answers together are `n`, fewer than `k`: nothing may be shown.
        TooFewToShow { n: usize, k: usize } = "too-few-to-show", "{n} answers in all; below {k} nothing is shown";

        /// The class mean before is the highest score already: the gain is undefined.
        NothingToGain { before: f64, highest: f64 } = "nothing-to-gain", "the mean before is {before} of {highest}: nothing could be gained";
        /// More than `limit` patterns of errors would have to be looked at.
        TooManyPatterns { limit: usize } = "too-many-patterns", "more than {limit} patterns of errors";

        /// The points are between `shortest` and `longest` days apart; the method needs equal steps.
        UnequalSpacing { shortest: f64, longest: f64 } = "unequal-spacing", "steps between {shortest} and {longest} days";
        /// Two measurements at `at` carry the same day.
        SameDayTwice { at: At } = "same-day-twice", "{at} has two measurements on one day";
        /// The day asked for is not after the last measurement.
        NotInTheFuture { day: f64, last: f64 } = "not-in-the-future", "day {day} is not after the last measurement at {last}";
        /// The class gives `n` past forecasts to judge by where `needed` are the fewest.
        BacktestTooSmall { n: usize, needed: usize } = "backtest-too-small", "{n} past forecasts to judge by; at least {needed} are needed";
    }
}

messages! {
    /// What has to be said beside a result.
    Warning {
        /// The weights of the `side` added up to `sum` and were divided by it.
        WeightsNormalised { side: &'static str, sum: f64 } = "weights-normalised", "the {side} weights added up to {sum} and were divided by it";
        /// The strategy at `strategy` leads to no initiative.
        StrategyWithoutInitiative { strategy: At } = "strategy-without-initiative", "strategy {strategy} leads to no initiative";
        /// `count` things have no value and were left out.
        LeftOut { count: usize } = "left-out", "{count} without a value were left out";
        /// There is no baseline, so nobody can say that nothing moved.
        NoBaseline {} = "no-baseline", "there is no baseline";
        /// Levels stated without evidence: `count` of them are not counted as reached.
        LevelsWithoutEvidence { count: usize } = "levels-without-evidence", "{count} levels have no evidence and do not count as reached";
        /// The score orders and colours; sums and means of it say nothing.
        OrdinalOnly {} = "ordinal-only", "the score is good for order and colour only";

        /// `complete` of `n` answered every item of the scale.
        IncompleteRows { complete: usize, n: usize } = "incomplete-rows", "{complete} of {n} answered every item";
        /// `count` people left more than one item of the scale blank and have no score.
        WithoutScore { count: usize } = "without-score", "{count} people left more than one item blank";
        /// As worded, the item at `item` runs against the rest (`r` below 0): it is worded in reverse, or read wrongly.
        NegativeAsWorded { item: At, r: f64 } = "negative-as-worded", "item {item} as worded runs against the rest: r = {r}";
        /// The item at `item` runs against the rest (`r` below 0) even as scored.
        NegativeItemRest { item: At, r: f64 } = "negative-item-rest", "item {item} runs against the rest: r = {r}";
        /// The group at `group` has `n`, too few for the approximation of p.
        SmallGroup { group: At, n: usize } = "small-group", "group {group} has {n}: the approximation of p is poor";
        /// `cells` cells have an expected count below 5; the smallest is `smallest`.
        SmallExpected { cells: usize, smallest: f64 } = "small-expected", "{cells} cells expect fewer than 5; the smallest {smallest}";
        /// `count` rows or columns are empty and were left out.
        EmptyCategories { count: usize } = "empty-categories", "{count} empty rows or columns were left out";
        /// Nobody knows who answered twice, so the waves are compared as groups.
        Unpaired {} = "unpaired", "the waves are compared as groups, not person by person";
        /// `cells` cells are hidden, of which `complementary` only so that no other can be found by subtraction.
        Hidden { cells: usize, complementary: usize } = "hidden", "{cells} cells are hidden, {complementary} of them to protect others";

        /// The item at `item` has no variance: its correlation is undefined.
        ItemUndefined { item: At } = "item-undefined", "the correlation of item {item} is undefined";
        /// `n` learners are too few for upper and lower groups; `needed` are the fewest.
        TooFewForUpperLower { n: usize, needed: usize } = "too-few-for-upper-lower", "{n} learners are too few for upper and lower groups ({needed})";
        /// `absent` learners gave no answer at all and are left out.
        Absent { absent: usize } = "absent", "{absent} learners were absent";
        /// `blanks` blank cells of learners who were there count as wrong.
        BlanksCountAsWrong { blanks: usize } = "blanks-count-as-wrong", "{blanks} blank answers count as wrong";
        /// `count` learners had everything right before: their own gain is undefined and left out.
        NoRoomToGain { count: usize } = "no-room-to-gain", "{count} learners had everything right before";
        /// One group before and after: growth, not the effect of a method.
        NoControlGroup {} = "no-control-group", "no control group: growth, not the effect of the method";
        /// `more` further patterns are not listed.
        MorePatterns { more: usize } = "more-patterns", "{more} further patterns are not listed";

        /// No candidate beats the last value by enough: `best` against `last`, mean absolute errors.
        NoBetterThanLast { best: f64, last: f64 } = "no-better-than-last", "the best candidate errs by {best}, the last value by {last}";
        /// The day asked for lies `days` ahead; past forecasts were tested up to `tested` days.
        BeyondTested { days: f64, tested: f64 } = "beyond-tested", "{days} days ahead; tested up to {tested}";
        /// All right or all wrong: the ability comes from the prior, not from the answers alone.
        AbilityFromPrior {} = "ability-from-prior", "all right or all wrong: the prior sets the ability";
        /// A probability, good for planning practice; never a mark.
        NotAMark {} = "not-a-mark", "a guide for practice, not a mark";
    }
}
