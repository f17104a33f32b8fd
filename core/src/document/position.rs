//! Fractional indexes: texts between which there is always room for another.
//!
//! Digits of base 62 in the order of their bytes, never ending in the lowest one. Two random digits at the end keep two
//! people who insert at the same place from getting the same position; what one person inserts in one go gets
//! positions that start alike, so that two runs do not mix.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn value(digit: u8) -> usize {
    DIGITS.iter().position(|known| *known == digit).unwrap_or(0)
}

fn digit(value: usize) -> u8 {
    DIGITS.get(value).copied().unwrap_or(b'z')
}

/// A position after `after` (the very front if empty) and before `before`, with two random digits where they fit.
/// `random` may be any two bytes. What is not a position counts as the nearest that is.
pub(super) fn between(after: &str, before: Option<&str>, random: [u8; 2]) -> String {
    let middle = match before {
        Some(before) if after < before => middle(after.as_bytes(), before.as_bytes()),
        _ => next(after.as_bytes()),
    };
    let mut long = middle.clone();
    long.extend(random_digits(&random).bytes());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_default();
    let (short, long) = (text(middle), text(long));
    if before.is_none_or(|before| *long < *before || before <= after) { long } else { short }
}

/// The position of the `count`th thing (from 1) that was inserted in one go behind the thing at `first`.
pub(super) fn following(first: &str, count: usize) -> String {
    let mut bytes = first.as_bytes().to_vec();
    bytes.push(digit(1 + (count / 61 / 61) % 61));
    bytes.push(digit(1 + (count / 61) % 61));
    bytes.push(digit(1 + count % 61));
    String::from_utf8(bytes).unwrap_or_default()
}

/// The position that [`following`] gives to the thing behind the one at `position`; `None` if that is not one of its.
pub(super) fn next_in_run(position: &str) -> Option<String> {
    let (first, digits) = position.split_at_checked(position.len().checked_sub(3)?)?;
    let count =
        digits.bytes().try_fold(0, |count, digit| Some(count * 61 + value(digit).checked_sub(1)?));
    (!first.is_empty()).then_some(following(first, count? + 1))
}

/// Random digits, none of them the lowest, from random bytes.
pub(super) fn random_digits(random: &[u8]) -> String {
    random.iter().map(|byte| char::from(digit(1 + usize::from(*byte) % 61))).collect()
}

/// A short position after `after`. What is appended counts up: a letter from `a` says how many digits the count has, so
/// that a list of a million items still has short positions.
fn next(after: &[u8]) -> Vec<u8> {
    let Some((header, rest)) = after.split_first() else { return b"a1".to_vec() };
    let digits = header.checked_sub(b'a').map(|letter| usize::from(letter) + 1);
    if let Some(count) = digits.and_then(|digits| rest.get(..digits)) {
        let mut count = count.to_vec();
        for place in count.iter_mut().rev() {
            if value(*place) < 61 {
                *place = digit(value(*place) + 1);
                return [&[*header], count.as_slice()].concat();
            }
            *place = b'0';
        }
        if *header < b'z' {
            return [&[*header + 1, b'1'], count.as_slice()].concat();
        }
    }
    for (index, byte) in after.iter().enumerate() {
        let value = value(*byte);
        if value < 61 {
            let mut bytes = after.get(..index).unwrap_or_default().to_vec();
            bytes.push(digit(value + 1));
            return bytes;
        }
    }
    [after, b"1"].concat()
}

/// A position between two, `after < before`.
fn middle(after: &[u8], before: &[u8]) -> Vec<u8> {
    let common = before
        .iter()
        .zip(after.iter().copied().chain(std::iter::repeat(b'0')))
        .take_while(|(b, a)| **b == *a)
        .count();
    let mut bytes = before.get(..common).unwrap_or_default().to_vec();
    let rest_after = after.get(common..).unwrap_or_default();
    let rest_before = before.get(common..).unwrap_or_default();
    let low = rest_after.first().map_or(0, |byte| value(*byte));
    let high = rest_before.first().map_or(62, |byte| value(*byte));
    if high > low + 1 {
        bytes.push(digit(usize::midpoint(low, high)));
    } else if rest_before.len() > 1 {
        bytes.extend(rest_before.first());
    } else {
        bytes.push(digit(low));
        bytes.extend(next(rest_after.get(1..).unwrap_or_default()));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn appending_a_thousand_times_stays_short() {
        let mut last = String::new();
        for n in 0..1_000_u32 {
            let position = between(&last, None, [n as u8, (n / 7) as u8]);
            assert!(position > last);
            assert!(position.len() < 7, "{position}");
            last = position;
        }
    }

    #[test]
    fn runs_that_start_at_different_positions_do_not_mix() {
        let (a, b) = (between("5", None, [1, 2]), between("5", None, [9, 9]));
        let run = |first: &str| (1..200).map(|n| following(first, n)).collect::<Vec<_>>();
        for position in run(&a) {
            assert!(position > a && position < b);
        }
        let positions = run(&b);
        assert!(positions.windows(2).all(|pair| pair[0] < pair[1]));
    }

    proptest! {
        #[test]
        fn there_is_always_room(choices in proptest::collection::vec((any::<u16>(), any::<[u8; 2]>()), 1..120)) {
            let mut all: Vec<String> = Vec::new();
            for (at, random) in choices {
                let at = usize::from(at) % (all.len() + 1);
                let after = if at == 0 { "" } else { &all[at - 1] };
                let position = between(after, all.get(at).map(String::as_str), random);
                prop_assert!(position.as_str() > after, "{position} after {after}");
                if let Some(before) = all.get(at) {
                    prop_assert!(position < *before, "{after} < {position} < {before}");
                }
                all.insert(at, position);
            }
        }

        #[test]
        fn what_is_not_a_position_does_no_harm(after in ".{0,6}", before in ".{0,6}") {
            let _ = between(&after, Some(&before), [1, 2]);
            let _ = following(&after, 3);
        }
    }
}
