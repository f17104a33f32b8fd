//! Pairwise judgements: in a file an upper triangle row by row, in a document one value per pair, so that two people
//! who judge different pairs offline both keep their judgements.

use serde_json::{Map, Number, Value};

use super::import::{is_plain, is_segment};
use crate::document::ValueKind;

const UPPER: &str = "upper";
const JUDGEMENTS: &str = "judgements";

/// The key of a pair.
pub(crate) fn pair_key(first: &str, second: &str) -> String {
    format!("{first}|{second}")
}

/// Turns `upper` into `judgements`. A triangle that does not fit its `order`, or that holds what no judgement can hold,
/// stays as it is: half of it would come out in the place of the whole.
pub(super) fn to_judgements(group: &Map<String, Value>) -> Option<Map<String, Value>> {
    let order = order(group)?;
    let upper = group.get(UPPER)?.as_array()?;
    let fits = upper.len() == order.len() * order.len().saturating_sub(1) / 2
        && upper.iter().all(|value| value.is_null() || is_plain(ValueKind::Any, value))
        && upper.iter().any(|value| !value.is_null())
        && order.iter().all(|name| !name.is_empty() && !name.contains(['|', '/']));
    if !fits {
        return None;
    }
    let mut judgements = match group.get(JUDGEMENTS) {
        None => Map::new(),
        Some(other) => other.as_object()?.clone(),
    };
    for ((first, second), value) in pairs(&order).zip(upper) {
        let key = pair_key(first, second);
        let judged = |key: &str| judgements.contains_key(key);
        if judged(&key) || judged(&pair_key(second, first)) || !is_segment(&key) {
            return None;
        }
        if !value.is_null() {
            judgements.insert(key, value.clone());
        }
    }
    let mut group = group.clone();
    group.remove(UPPER);
    group.insert(JUDGEMENTS.to_owned(), Value::Object(judgements));
    Some(group)
}

/// Turns `judgements` into `upper`. A pair that was judged the other way round is turned; pairs outside `order` stay.
pub(super) fn to_upper(mut group: Map<String, Value>) -> Map<String, Value> {
    let Some(order) = order(&group) else { return group };
    let Some(Value::Object(mut judgements)) = group.remove(JUDGEMENTS) else { return group };
    let upper: Vec<Value> = pairs(&order)
        .map(|(first, second)| {
            if let Some(direct) = judgements.remove(&pair_key(first, second)) {
                return direct;
            }
            judgements.remove(&pair_key(second, first)).map_or(Value::Null, |v| inverse(&v))
        })
        .collect();
    if upper.iter().any(|value| !value.is_null()) {
        group.insert(UPPER.to_owned(), Value::Array(upper));
    }
    if !judgements.is_empty() {
        group.insert(JUDGEMENTS.to_owned(), Value::Object(judgements));
    }
    group
}

/// The texts of `order`, each once; `None` when it is something else.
fn order(group: &Map<String, Value>) -> Option<Vec<String>> {
    let order = group.get("order")?.as_array()?;
    let names: Vec<String> =
        order.iter().map(|v| v.as_str().map(str::to_owned)).collect::<Option<_>>()?;
    let once = names.iter().enumerate().all(|(i, n)| names.iter().skip(i + 1).all(|m| m != n));
    once.then_some(names)
}

/// Every pair of the upper triangle, row by row.
pub(crate) fn pairs(order: &[String]) -> impl Iterator<Item = (&str, &str)> {
    order.iter().enumerate().flat_map(move |(row, first)| {
        order.iter().skip(row + 1).map(move |second| (first.as_str(), second.as_str()))
    })
}

/// `3` to `"1/3"`, `"1/3"` to `3`, another number to one over it.
fn inverse(value: &Value) -> Value {
    if let Some(text) = value.as_str() {
        return match text.split_once('/') {
            Some(("1", below)) => below.parse::<i64>().map_or_else(|_| value.clone(), Value::from),
            Some((above, below)) => Value::String(format!("{below}/{above}")),
            None => Value::String(format!("1/{text}")),
        };
    }
    match (value.as_i64(), value.as_f64()) {
        (Some(1), _) => Value::from(1),
        (Some(whole), _) => Value::String(format!("1/{whole}")),
        (None, Some(part)) => Number::from_f64(part.recip()).map_or(Value::Null, Value::Number),
        _ => value.clone(),
    }
}
