//! Numbers and days in the form of a language, without its words.

use crate::Language;

/// What a wall clock and a calendar show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Local {
    pub(crate) year: i64,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
}

/// Writes `value` with at most two decimals, and thousands parted by a no-break space or, in English, a comma.
pub(crate) fn number(language: Language, value: f64) -> String {
    let (decimal, thousand) = match language {
        Language::Kk | Language::Ru => (',', '\u{a0}'),
        Language::En => ('.', ','),
    };
    if !value.is_finite() {
        return value.to_string();
    }
    let rounded = format!("{:.2}", value.abs());
    let (whole, fraction) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut text = String::new();
    if value < 0.0 && (whole != "0" || !fraction.is_empty()) {
        text.push('\u{2212}');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(thousand);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(decimal);
        text.push_str(fraction);
    }
    text
}

/// Writes `value` with exactly so many decimals, ten at most.
pub(crate) fn decimals(language: Language, value: f64, decimals: u32) -> String {
    let text = format!("{value:.*}", usize::try_from(decimals.min(10)).unwrap_or_default());
    let text = match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|digit| matches!(digit, '0' | '.')) => rest.to_owned(),
        _ => text,
    };
    match language {
        Language::En => text,
        Language::Kk | Language::Ru => text.replace('.', ","),
    }
}

/// The calendar day and the time of day at `milliseconds` since the Unix epoch, `offset_minutes` ahead of UTC.
///
/// Days are counted in the proleptic Gregorian calendar from 1 March of year 0, so that the leap day ends a year.
pub(crate) fn local(milliseconds: i64, offset_minutes: i32) -> Local {
    const DAYS_TO_EPOCH: i64 = 719_468;
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let minutes = milliseconds.div_euclid(60_000) + i64::from(offset_minutes);
    let days = minutes.div_euclid(24 * 60) + DAYS_TO_EPOCH;
    let minute_of_day = minutes.rem_euclid(24 * 60);
    let era = days.div_euclid(DAYS_OF_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_OF_400_YEARS);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    Local {
        year: era * 400 + year_of_era + i64::from(month <= 2),
        month: u8::try_from(month).unwrap_or_default(),
        day: u8::try_from(day).unwrap_or_default(),
        hour: minute_of_day / 60,
        minute: minute_of_day % 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_moment(milliseconds: i64, offset_minutes: i32, expected: (i64, u8, u8, i64, i64)) {
        let Local { year, month, day, hour, minute } = local(milliseconds, offset_minutes);
        assert_eq!((year, month, day, hour, minute), expected);
    }

    #[test]
    fn moments_fall_on_the_readers_calendar_day() {
        check_moment(0, 0, (1970, 1, 1, 0, 0));
        check_moment(-1, 0, (1969, 12, 31, 23, 59));
        check_moment(951_782_400_000, 0, (2000, 2, 29, 0, 0));
        check_moment(1_795_390_200_000, 0, (2026, 11, 22, 23, 30));
        check_moment(1_795_390_200_000, 300, (2026, 11, 23, 4, 30));
        check_moment(1_795_390_200_000, -1_440, (2026, 11, 21, 23, 30));
        check_moment(i64::MAX, i32::MAX, local_tuple(i64::MAX, i32::MAX));
    }

    fn local_tuple(milliseconds: i64, offset_minutes: i32) -> (i64, u8, u8, i64, i64) {
        let local = local(milliseconds, offset_minutes);
        assert!((1..=12).contains(&local.month) && (1..=31).contains(&local.day));
        (local.year, local.month, local.day, local.hour, local.minute)
    }

    #[test]
    fn numbers_follow_the_language() {
        let check = |value, kk: &str, en: &str| {
            assert_eq!(number(Language::Kk, value), kk);
            assert_eq!(number(Language::Ru, value), kk);
            assert_eq!(number(Language::En, value), en);
        };
        check(0.0, "0", "0");
        check(-0.001, "0", "0");
        check(2.62, "2,62", "2.62");
        check(-1.5, "\u{2212}1,5", "\u{2212}1.5");
        check(999.0, "999", "999");
        check(1_234_567.891, "1\u{a0}234\u{a0}567,89", "1,234,567.89");
        check(f64::NAN, "NaN", "NaN");
    }
}
