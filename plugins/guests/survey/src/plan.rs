//! Surveys and answers as the plan has them, made ready to calculate with.

use std::collections::BTreeMap;

use jospar_methods::Refusal;
use jospar_methods::survey::{AnswerScale, Answers, GROUP_MINIMUM, GROUP_MINIMUM_FLOOR, ScaleItem};
use jospar_plugin_sdk::Text;
use serde::Deserialize;
use serde_json::Value;

/// A survey of the part `surveys`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Survey {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) scale: Ends,
    min_group: Option<f64>,
    pub(crate) scales: Vec<Scale>,
    pub(crate) items: Vec<Item>,
}

/// What can be answered, with what each answer is called.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Ends {
    min: Option<f64>,
    max: Option<f64>,
    pub(crate) labels: BTreeMap<String, Text>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Scale {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) items: Vec<String>,
    reversed: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) title: Text,
}

/// All answers to a survey.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
}

/// One person's answers.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Row {
    pub(crate) group: Option<String>,
    answers: BTreeMap<String, Value>,
    pub(crate) comment: Option<String>,
}

/// A survey's counts.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Totals {
    pub(crate) n: usize,
    items: Vec<Counted>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Counted {
    id: String,
    /// From the lowest answer to the highest; what is hidden has none.
    counts: Option<Vec<Option<usize>>>,
    blank: usize,
}

impl Survey {
    /// The smallest group that may be shown.
    pub(crate) fn minimum(&self) -> usize {
        let given = self.min_group.filter(|k| k.fract() == 0.0 && (1.0..1e6).contains(k));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
        given.map_or(GROUP_MINIMUM, |k| k as usize).max(GROUP_MINIMUM_FLOOR)
    }

    /// What can be answered: 1 to 5 where the survey says nothing.
    pub(crate) fn answer_scale(&self) -> Result<AnswerScale, Refusal> {
        let whole = |end: Option<f64>, usual: u8| match end {
            None => usual,
            Some(end) if end.fract() == 0.0 && (0.0..=255.0).contains(&end) => {
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked above"
                )]
                let end = end as u8;
                end
            }
            Some(_) => 0,
        };
        AnswerScale::new(whole(self.scale.min, 1), whole(self.scale.max, 5))
    }

    pub(crate) fn column(&self, id: &str) -> Option<usize> {
        self.items.iter().position(|item| item.id == id)
    }

    /// The items of a scale that the survey has.
    pub(crate) fn scale_items(&self, scale: &Scale) -> Vec<ScaleItem> {
        let known = scale.items.iter().filter_map(|id| {
            Some(ScaleItem { item: self.column(id)?, is_reversed: scale.reversed.contains(id) })
        });
        known.collect()
    }

    /// The item's code and wording; the code alone where there is no wording.
    pub(crate) fn item_name(&self, column: usize) -> Text {
        let Some(item) = self.items.get(column) else { return Text::same("?") };
        if item.title.is_empty() {
            return Text::same(&*item.id);
        }
        Text::joined([&Text::same(&*item.id), &item.title], ". ")
    }

    /// The answers as a table, and how many cells held no answer of the scale.
    pub(crate) fn answers(&self, rows: &Rows) -> Result<(Answers, usize), Refusal> {
        let scale = self.answer_scale()?;
        let mut unreadable = 0;
        let table = rows.rows.iter().map(|row| {
            let cells = self.items.iter().map(|item| match row.answers.get(&item.id) {
                None | Some(Value::Null) => None,
                Some(value) => {
                    let answer = answer(value, scale);
                    unreadable += usize::from(answer.is_none());
                    answer
                }
            });
            cells.collect()
        });
        let table = table.collect();
        Ok((Answers::new(scale, table)?, unreadable))
    }

    /// Answers to one item as a table of one column, made of its counts; `None` where they are hidden.
    pub(crate) fn counted(&self, totals: &Totals, id: &str) -> Option<Result<Answers, Refusal>> {
        let counted = totals.items.iter().find(|counted| counted.id == id)?;
        let counts = counted.counts.as_ref()?.iter().copied().collect::<Option<Vec<usize>>>()?;
        let scale = match self.answer_scale() {
            Ok(scale) => scale,
            Err(why) => return Some(Err(why)),
        };
        let steps = (scale.min()..=scale.max()).zip(counts);
        let given =
            steps.flat_map(|(answer, n)| std::iter::repeat_n(vec![Some(answer)], n.min(ROWS_MAX)));
        let blank = std::iter::repeat_n(vec![None], counted.blank.min(ROWS_MAX));
        Some(Answers::new(scale, given.chain(blank).take(ROWS_MAX).collect()))
    }
}

/// Answers that are counted at most.
const ROWS_MAX: usize = 100_000;

/// A whole number of the scale, as a number or in text.
fn answer(value: &Value, scale: AnswerScale) -> Option<u8> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (scale.min()..=scale.max()).find(|answer| f64::from(*answer) == number)
}
