//! Days of the calendar, as the plan writes them: `YYYY-MM-DD`.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar, from the year 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a day such as 2026-11-23")]
pub struct DateError(pub String);

impl Date {
    /// The day of these numbers, or `None` where the calendar has none.
    #[must_use]
    pub const fn from_numbers(year: u16, month: u8, day: u8) -> Option<Self> {
        if year == 0 || year > 9999 || day == 0 || day > month_days(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// Year, month (1 to 12) and day of the month.
    #[must_use]
    pub const fn numbers(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// How many days `self` lies after `earlier`; negative when it lies before.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i64 {
        self.day_count() - earlier.day_count()
    }

    /// True when `self` lies more than twelve months after `earlier`.
    #[must_use]
    pub const fn is_year_after(self, earlier: Self) -> bool {
        let (year, month, day) = (earlier.year + 1, earlier.month, earlier.day);
        let later = (self.month > month) || (self.month == month && self.day > day);
        self.year > year || (self.year == year && later)
    }

    /// Days since 1970-01-01 (the usual count over years that begin in March).
    const fn day_count(self) -> i64 {
        let (year, month) = (self.year as i64, self.month as i64);
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (month + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }
}

const fn month_days(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let refused = || DateError(text.chars().take(40).collect());
        let digits = |part: &str, count: usize| {
            (part.len() == count && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<u16>().ok())
                .flatten()
        };
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refused());
        };
        let numbers = digits(year, 4)
            .zip(digits(month, 2).and_then(|m| u8::try_from(m).ok()))
            .zip(digits(day, 2).and_then(|d| u8::try_from(d).ok()));
        numbers.and_then(|((y, m), d)| Self::from_numbers(y, m, d)).ok_or_else(refused)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn days_between_dates_count_leap_years() {
        let days =
            |a: &str, b: &str| b.parse::<Date>().unwrap().days_since(a.parse::<Date>().unwrap());
        assert_eq!(days("1970-01-01", "1970-01-01"), 0);
        assert_eq!(days("2026-10-05", "2026-11-16"), 42);
        assert_eq!(days("2028-02-28", "2028-03-01"), 2);
        assert_eq!(days("2026-12-31", "2027-01-01"), 1);
        assert_eq!(days("2027-01-01", "2026-12-31"), -1);
        assert_eq!(days("0001-01-01", "1970-01-01"), 719_162);
    }

    #[test]
    fn twelve_months_are_over_the_day_after() {
        let over =
            |a: &str, b: &str| b.parse::<Date>().unwrap().is_year_after(a.parse::<Date>().unwrap());
        assert!(!over("2026-09-12", "2027-09-12"));
        assert!(over("2026-09-12", "2027-09-13"));
        assert!(over("2026-09-12", "2028-01-01"));
        assert!(!over("2028-02-29", "2029-02-28"));
        assert!(over("2028-02-29", "2029-03-01"));
    }

    #[test]
    fn only_real_days_are_dates() {
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "0000-01-01", "x", ""] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        assert_eq!("2028-02-29".parse::<Date>().unwrap().to_string(), "2028-02-29");
    }
}
