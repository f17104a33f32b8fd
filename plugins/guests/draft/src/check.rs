//! What a draft says and its sources do not: numbers and names (lint L14).
//!
//! A number is a run of digits, with a point or comma between digits; letters may touch it (`8А`). It must be one of the
//! sources, rounded as written. A name is a word with a capital letter that does not begin a sentence; it must begin as
//! a word of the sources does, because endings differ.

use serde_json::Value;

use crate::piece::Piece;
use crate::plan::Plan;

/// Letters at the end of a word that may be an ending.
const ENDING_CHARS_MAX: usize = 6;
/// Letters that two words need in common to be one with different endings.
const STEM_CHARS_MIN: usize = 3;

/// The numbers of a text.
pub(crate) fn numbers(text: &str) -> Vec<f64> {
    let mut found = Vec::new();
    let mut run = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let digit_follows = letters.peek().is_some_and(char::is_ascii_digit);
        match letter {
            '0'..='9' => run.push(letter),
            '.' | ',' if !run.is_empty() && digit_follows && !run.contains('.') => run.push('.'),
            _ => take(&mut run, &mut found),
        }
    }
    take(&mut run, &mut found);
    found
}

fn take(run: &mut String, found: &mut Vec<f64>) {
    found.extend(run.parse::<f64>().ok().filter(|number| number.is_finite()));
    run.clear();
}

/// All numbers of a value, those in its texts included.
pub(crate) fn numbers_of(value: &Value, known: &mut Vec<f64>) {
    match value {
        Value::Number(number) => known.extend(number.as_f64()),
        Value::String(text) => known.extend(numbers(text)),
        Value::Array(items) => items.iter().for_each(|item| numbers_of(item, known)),
        Value::Object(members) => members.values().for_each(|item| numbers_of(item, known)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Whether `written` is `known`, rounded to the digits of `written`.
fn rounds_to(known: f64, written: f64) -> bool {
    let text = written.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let unit = 0.1_f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
    (known.abs() - written).abs() <= unit / 2.0 + 1e-9
}

/// The numbers of a text that are none of `known`.
pub(crate) fn unknown_numbers(text: &str, known: &[f64]) -> Vec<f64> {
    let stated = numbers(text).into_iter();
    stated.filter(|number| !known.iter().any(|known| rounds_to(*known, *number))).collect()
}

/// A line without the number in a list that it begins with.
pub(crate) fn without_place(line: &str) -> &str {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match line[digits..].strip_prefix(['.', ')']) {
        Some(rest) if digits > 0 && rest.starts_with(' ') => rest.trim_start(),
        _ => line,
    }
}

/// The numbers of a piece that neither its figures nor its sources have, in any of its languages; and figures that are
/// not what the plan has.
pub(crate) fn unfounded(piece: &Piece, plan: &Plan) -> Vec<f64> {
    if matches!(piece.role, "number_date" | "signature" | "control") {
        return Vec::new();
    }
    let mut known = piece.own.clone();
    let mut wrong = Vec::new();
    for figure in &piece.figures {
        match plan.figure(figure.path.clone()) {
            Some(there) if rounds_to(there.value, figure.value.abs()) => known.push(figure.value),
            _ => wrong.push(figure.value),
        }
    }
    for path in &piece.sources {
        numbers_of(plan.at(path).unwrap_or(&Value::Null), &mut known);
    }
    for text in [&piece.text.kk, &piece.text.ru, &piece.text.en] {
        wrong.extend(unknown_numbers(without_place(text), &known));
    }
    wrong
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The names of a line that no word of `known` is the beginning of. `known` is lower-case words of what was sent.
pub(crate) fn unknown_names(line: &str, known: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut begins = true;
    for token in without_place(line).split_whitespace() {
        let parts: Vec<&str> = words(token).collect();
        for (place, word) in parts.iter().enumerate() {
            let capital = word.chars().next().is_some_and(char::is_uppercase);
            if capital && !(begins && place == 0) && !is_known(&word.to_lowercase(), known) {
                found.push((*word).to_owned());
            }
        }
        begins = token.ends_with(['.', '!', '?', ':', ';']) || parts.is_empty() && begins;
    }
    found
}

fn is_known(word: &str, known: &[String]) -> bool {
    known.iter().any(|other| {
        let common = word.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
        let (own, others) = (word.chars().count(), other.chars().count());
        let same = common == own && common == others;
        let stem = common >= STEM_CHARS_MIN
            && own - common <= ENDING_CHARS_MAX
            && others - common <= ENDING_CHARS_MAX / 2;
        same || stem || (common == others && common > 1 && own - common <= ENDING_CHARS_MAX)
    })
}

/// The words of a text in lower case.
pub(crate) fn lower_words(text: &str) -> Vec<String> {
    let mut all: Vec<String> = words(text).map(str::to_lowercase).collect();
    all.sort_unstable();
    all.dedup();
    all
}
