//! Days for the bundled plugins: dates as numbers, and back (Hinnant's civil calendar algorithms).

/// Days from the spreadsheet's day 0 to 1970-01-01.
const SPREADSHEET: i64 = 25_569;

/// The days since 1970-01-01 of `YYYY-MM-DD`; `None` where there is no such day.
#[must_use]
pub fn number(date: &str) -> Option<f64> {
    let mut parts = date.trim().split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !is_day(year, month, day) {
        return None;
    }
    #[allow(clippy::cast_precision_loss, reason = "a few million days")]
    let number = days(year, month, day) as f64;
    Some(number)
}

/// A date as people write it: `2026-09-14`, `14.09.2026`, `14/09/2026`, with or without a time, or a spreadsheet's number
/// of the day. Gives `YYYY-MM-DD`.
#[must_use]
pub fn written(text: &str) -> Option<String> {
    let text = text.trim().split([' ', 'T']).next()?;
    if let Ok(serial) = text.parse::<f64>() {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a day of the last or the next century"
        )]
        return (20_000.0..80_000.0).contains(&serial).then(|| date(serial as i64 - SPREADSHEET));
    }
    let parts: Vec<&str> = text.split(['.', '/', '-']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let number = |part: &str| part.parse::<i64>().ok();
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    is_day(year, month, day).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn is_day(year: i64, month: i64, day: i64) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1900..=2200).contains(&year) && (1..=12).contains(&month) && (1..=length).contains(&day)
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `YYYY-MM-DD` of the days since 1970-01-01.
#[must_use]
pub fn date(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(number("1970-01-01"), Some(0.0));
        assert_eq!(number("2026-09-14"), Some(20_710.0));
        assert_eq!(number("2000-02-29"), Some(11_016.0));
        for wrong in ["2026-02-29", "2026-13-01", "2026-00-01", "14.09.2026", "", "2026-09-14-1"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
        for days in (0..60_000).step_by(17) {
            #[allow(clippy::cast_precision_loss)]
            let expected = days as f64;
            assert_eq!(number(&date(days)), Some(expected));
        }
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for text in [
            "2026-09-14",
            "14.09.2026",
            "14/09/2026",
            "2026-09-14 10:30:00",
            "2026-09-14T08:00",
            "46279",
            "46279.4375",
        ] {
            assert_eq!(written(text).as_deref(), Some("2026-09-14"), "{text}");
        }
        for wrong in ["", "September", "1", "31.02.2026", "14.09", "999999"] {
            assert_eq!(written(wrong), None, "{wrong}");
        }
    }
}
