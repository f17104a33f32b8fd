//! A survey's counts for plugins that may not see answers: small groups hidden, and others beside them, so that nobody
//! can be found by subtraction.

use std::collections::BTreeMap;

use jospar_methods::survey::{GROUP_MINIMUM, GROUP_MINIMUM_FLOOR, suppress};
use serde_json::{Value, json};

/// The most values of a scale that are counted.
const VALUES_MAX: usize = 20;

/// Why no counts are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoTotals {
    /// Fewer people answered than a report may show.
    TooFew { n: usize, k: usize },
    /// The survey's scale is no row of whole numbers.
    Scale,
}

/// The answers of one group to one item.
#[derive(Debug, Clone, Default)]
struct Counts {
    values: Vec<usize>,
    blank: usize,
}

impl Counts {
    fn answered(&self) -> usize {
        self.values.iter().sum()
    }
}

/// The counts in the form of `survey-totals` in `plugins/wit/plugin.wit`.
pub(crate) fn totals(id: &str, survey: &Value, rows: &[Value]) -> Result<Value, NoTotals> {
    let bound = |name: &str| survey.pointer(&format!("/scale/{name}")).and_then(Value::as_i64);
    let (min, max) = (bound("min").unwrap_or(1), bound("max").unwrap_or(5));
    let span = usize::try_from(max.saturating_sub(min)).map_err(|_| NoTotals::Scale)?;
    if span == 0 || span >= VALUES_MAX {
        return Err(NoTotals::Scale);
    }
    let asked =
        survey.get("min_group").and_then(Value::as_u64).and_then(|k| usize::try_from(k).ok());
    let k = asked.unwrap_or(GROUP_MINIMUM).max(GROUP_MINIMUM_FLOOR);
    if rows.len() < k {
        return Err(NoTotals::TooFew { n: rows.len(), k });
    }
    let mut groups: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for row in rows {
        let group = row.get("group").and_then(Value::as_str).unwrap_or_default();
        groups.entry(group).or_default().push(row);
    }
    let sizes: Vec<usize> = groups.values().map(Vec::len).collect();
    let hidden = hidden(&sizes, k);
    let ids = survey.get("items").and_then(Value::as_array).into_iter().flatten();
    let items: Vec<Value> = ids
        .filter_map(|item| item.get("id").and_then(Value::as_str))
        .map(|item| {
            let of_group = |rows: &Vec<&Value>| count(rows, item, min, span);
            let counts: Vec<Counts> = groups.values().map(of_group).collect();
            item_json(item, &groups.keys().copied().collect::<Vec<_>>(), &counts, &hidden, k)
        })
        .collect();
    Ok(
        json!({"survey": id, "n": rows.len(), "min_group": k, "min": min, "max": max, "items": items}),
    )
}

/// Which of these groups are not shown beside their total.
fn hidden(sizes: &[usize], k: usize) -> Vec<bool> {
    match suppress(sizes, k, true) {
        Ok(shown) => shown.value.cells.iter().map(|cell| cell.shown().is_none()).collect(),
        Err(_) => vec![true; sizes.len()],
    }
}

fn count(rows: &[&Value], item: &str, min: i64, span: usize) -> Counts {
    let mut counts = Counts { values: vec![0; span + 1], blank: 0 };
    for row in rows {
        let answer = row.pointer("/answers").and_then(|answers| answers.get(item));
        let number = answer.and_then(|answer| match answer {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        });
        #[allow(clippy::cast_possible_truncation, reason = "checked to be whole and in bounds")]
        let whole = number.filter(|n| n.fract() == 0.0 && n.abs() < 1e9).map(|n| n as i64);
        let place = whole.and_then(|whole| usize::try_from(whole.checked_sub(min)?).ok());
        match place.and_then(|place| counts.values.get_mut(place)) {
            Some(value) => *value += 1,
            None => counts.blank += 1,
        }
    }
    counts
}

fn item_json(
    item: &str,
    names: &[&str],
    counts: &[Counts],
    hidden_of_all: &[bool],
    k: usize,
) -> Value {
    let answered: Vec<usize> = counts.iter().map(Counts::answered).collect();
    let n: usize = answered.iter().sum();
    let whole = |place: usize| counts.iter().filter_map(|c| c.values.get(place)).sum::<usize>();
    let values = counts.first().map_or(0, |counts| counts.values.len());
    let blank: usize = counts.iter().map(|counts| counts.blank).sum();
    if (1..k).contains(&n) {
        let groups: Vec<Value> =
            names.iter().map(|group| json!({"group": group, "counts": null})).collect();
        return json!({"id": item, "counts": null, "blank": null, "groups": groups});
    }
    let mut hide: Vec<bool> =
        hidden(&answered, k).iter().zip(hidden_of_all).map(|(a, b)| *a || *b).collect();
    // What hidden groups answered together can be worked out: it must be nothing, or enough people.
    loop {
        let rest: usize =
            answered.iter().zip(&hide).filter(|(_, hide)| **hide).map(|(n, _)| n).sum();
        if rest == 0 || rest >= k {
            break;
        }
        let shown =
            answered.iter().enumerate().filter(|(place, _)| hide.get(*place) == Some(&false));
        let Some((smallest, _)) = shown.min_by_key(|(_, n)| **n) else { break };
        if let Some(hide) = hide.get_mut(smallest) {
            *hide = true;
        }
    }
    let groups: Vec<Value> = names
        .iter()
        .zip(counts.iter().zip(hide))
        .filter(|(name, _)| !name.is_empty())
        .map(|(group, (counts, hide))| {
            let shown = (!hide).then_some(&counts.values);
            json!({"group": group, "counts": shown})
        })
        .collect();
    let all: Vec<usize> = (0..values).map(whole).collect();
    json!({"id": item, "counts": all, "blank": blank, "groups": groups})
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn survey(k: u64) -> Value {
        json!({"id": "s1", "scale": {"min": 1, "max": 5}, "min_group": k,
               "items": [{"id": "q1"}, {"id": "q2"}]})
    }

    fn rows(groups: &[(&str, usize)]) -> Vec<Value> {
        let row = |group: &str, number: usize| {
            let (q1, q2) = (1 + number % 5, json!((1 + number % 5).to_string()));
            json!({"group": group, "answers": {"q1": q1, "q2": q2}, "comment": "canary-7f3a"})
        };
        let all = groups.iter().flat_map(|(group, n)| (0..*n).map(move |i| (*group, i)));
        all.map(|(group, number)| row(group, number)).collect()
    }

    #[test]
    fn t20_small_groups_are_hidden_and_none_can_be_found_by_subtraction() {
        let rows = rows(&[("physics", 9), ("art", 2), ("history", 7), ("sport", 6)]);
        let totals = totals("s1", &survey(5), &rows).unwrap();
        assert_eq!((&totals["n"], &totals["min_group"]), (&json!(24), &json!(5)));
        for item in totals["items"].as_array().unwrap() {
            let whole: u64 =
                item["counts"].as_array().unwrap().iter().filter_map(Value::as_u64).sum();
            assert_eq!(whole, 24);
            let groups = item["groups"].as_array().unwrap();
            let hidden: Vec<&str> = groups
                .iter()
                .filter(|group| group["counts"].is_null())
                .filter_map(|group| group["group"].as_str())
                .collect();
            assert_eq!(hidden, ["art", "sport"], "the smallest beside it is hidden, too");
        }
        assert!(!totals.to_string().contains("canary"), "no words of a person");
    }

    #[test]
    fn t20_too_few_answers_give_no_counts_and_no_survey_asks_for_less_than_three() {
        let few = rows(&[("a", 4)]);
        assert_eq!(totals("s1", &survey(5), &few), Err(NoTotals::TooFew { n: 4, k: 5 }));
        assert_eq!(
            totals("s1", &survey(1), &rows(&[("a", 2)])),
            Err(NoTotals::TooFew { n: 2, k: 3 })
        );
        let mut blank = rows(&[("a", 6)]);
        for row in blank.iter_mut().skip(2) {
            row["answers"] = json!({"q2": 4});
        }
        let totals = totals("s1", &survey(5), &blank).unwrap();
        assert_eq!(totals["items"][0]["counts"], Value::Null, "two people answered this item");
        assert_eq!(totals["items"][1]["counts"][3], 4);
    }

    #[test]
    fn what_is_no_scale_is_said() {
        let strange = json!({"scale": {"min": 5, "max": 1}, "items": []});
        assert_eq!(totals("s1", &strange, &rows(&[("a", 9)])), Err(NoTotals::Scale));
        let endless = json!({"scale": {"min": 0, "max": 1_000_000}, "items": []});
        assert_eq!(totals("s1", &endless, &rows(&[("a", 9)])), Err(NoTotals::Scale));
    }
}
