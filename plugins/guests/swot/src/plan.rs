//! The SWOT analysis as the plan has it, made ready to calculate with.

use std::collections::BTreeMap;

use jospar_methods::swot::{Convention, Factor, Group, Quadrant, TowsCell, combine};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::Text;
use serde::Deserialize;
use serde_json::Value;

/// The part `swot`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Swot {
    pub(crate) convention: Conventions,
    pub(crate) items: Vec<Item>,
    pub(crate) pairwise: BTreeMap<String, Pairwise>,
    pub(crate) tows: Vec<Strategy>,
}

/// How factors are rated. External factors are rated by response under either convention.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Conventions {
    pub(crate) internal: Option<String>,
}

/// A factor.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Item {
    pub(crate) id: String,
    quadrant: Option<String>,
    pub(crate) title: Text,
    pub(crate) weight: Option<f64>,
    pub(crate) rating: Option<f64>,
}

/// Judgements on the things of `order`: the upper triangle, row by row.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Pairwise {
    order: Vec<String>,
    upper: Vec<Value>,
}

/// A strategy of the TOWS matrix.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Strategy {
    pub(crate) id: String,
    cell: Option<String>,
    pub(crate) from: Vec<String>,
    pub(crate) title: Text,
    pub(crate) initiative: Option<String>,
}

impl Item {
    pub(crate) fn quadrant(&self) -> Option<Quadrant> {
        let letter = self.quadrant.as_deref()?;
        Quadrant::ALL.into_iter().find(|quadrant| letter_of(*quadrant) == letter)
    }

    /// `None` where quadrant, weight or rating is missing.
    pub(crate) fn factor(&self) -> Option<Factor> {
        let quadrant = self.quadrant()?;
        Some(Factor { quadrant, weight: self.weight?, rating: self.rating? })
    }
}

impl Strategy {
    pub(crate) fn cell(&self) -> Option<TowsCell> {
        match self.cell.as_deref()? {
            "SO" => Some(TowsCell::So),
            "WO" => Some(TowsCell::Wo),
            "ST" => Some(TowsCell::St),
            "WT" => Some(TowsCell::Wt),
            _ => None,
        }
    }

    pub(crate) fn letters(&self) -> &str {
        self.cell.as_deref().unwrap_or_default()
    }

    pub(crate) fn has_initiative(&self) -> bool {
        self.initiative.as_deref().is_some_and(|id| !id.is_empty())
    }
}

/// The letter of a quadrant in the plan.
pub(crate) fn letter_of(quadrant: Quadrant) -> &'static str {
    match quadrant {
        Quadrant::Strength => "S",
        Quadrant::Weakness => "W",
        Quadrant::Opportunity => "O",
        Quadrant::Threat => "T",
    }
}

/// A comparison: what is compared, by id, and the judgements on it, of one person or of several as one.
pub(crate) struct Comparison {
    pub(crate) things: Vec<String>,
    pub(crate) upper: Vec<Option<f64>>,
    /// How many people judged.
    pub(crate) judges: usize,
}

impl Swot {
    /// The convention for internal factors: the setting's, else the plan's, else the classic one.
    pub(crate) fn convention(&self, setting: Option<&str>) -> Convention {
        let chosen = setting.filter(|chosen| *chosen != "plan");
        match chosen.or(self.convention.internal.as_deref()) {
            Some("response") => Convention::Response,
            _ => Convention::Classic,
        }
    }

    /// Positions of the factors of a quadrant in [`Swot::items`].
    pub(crate) fn of(&self, quadrant: Quadrant) -> Vec<usize> {
        let there = |place: &usize| {
            self.items.get(*place).is_some_and(|item| item.quadrant() == Some(quadrant))
        };
        (0..self.items.len()).filter(there).collect()
    }

    /// The quadrants that have factors.
    pub(crate) fn quadrants(&self) -> Vec<Quadrant> {
        Quadrant::ALL.into_iter().filter(|quadrant| !self.of(*quadrant).is_empty()).collect()
    }

    pub(crate) fn title(&self, place: usize) -> Text {
        self.items.get(place).map(|item| item.title.clone()).unwrap_or_else(|| Text::same("?"))
    }

    /// The comparison of a quadrant's factors.
    ///
    /// # Errors
    /// What is wrong with the judgements of several people.
    pub(crate) fn within(&self, quadrant: Quadrant) -> Result<Comparison, Refusal> {
        let places = self.of(quadrant).into_iter();
        let ids = places.filter_map(|place| Some(self.items.get(place)?.id.clone()));
        self.comparison(letter_of(quadrant), ids.collect())
    }

    /// The comparison of the quadrants that have factors.
    ///
    /// # Errors
    /// What is wrong with the judgements of several people.
    pub(crate) fn between(&self) -> Result<Comparison, Refusal> {
        let letters = self.quadrants().into_iter().map(|quadrant| letter_of(quadrant).to_owned());
        self.comparison("groups", letters.collect())
    }

    /// The judgements called `name`, and those called `name.PERSON`: all of one comparison.
    fn comparison(&self, name: &str, things: Vec<String>) -> Result<Comparison, Refusal> {
        let is_of = |key: &str| {
            key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let judges: Vec<Vec<Option<f64>>> = self
            .pairwise
            .iter()
            .filter(|(key, _)| is_of(key))
            .map(|(_, pairwise)| pairwise.triangle(&things))
            .collect();
        let (judges, upper) = match judges.as_slice() {
            [] => (0, Pairwise::default().triangle(&things)),
            [one] => (1, one.clone()),
            several => {
                let Computed { value, n, .. } = combine(things.len(), several)?;
                (n, value)
            }
        };
        Ok(Comparison { things, upper, judges })
    }
}

impl Pairwise {
    /// The judgements on `things` as an upper triangle; `None` where there is none. What is no judgement is NaN, which
    /// the methods refuse.
    fn triangle(&self, things: &[String]) -> Vec<Option<f64>> {
        let mut judged = BTreeMap::new();
        let mut values = self.upper.iter();
        for (first, a) in self.order.iter().enumerate() {
            for b in self.order.iter().skip(first + 1) {
                if let Some(value) = values.next().and_then(judgement) {
                    judged.insert((b.as_str(), a.as_str()), value.recip());
                    judged.insert((a.as_str(), b.as_str()), value);
                }
            }
        }
        let mut upper = Vec::new();
        for (first, a) in things.iter().enumerate() {
            let others = things.iter().skip(first + 1);
            upper.extend(others.map(|b| judged.get(&(a.as_str(), b.as_str())).copied()));
        }
        upper
    }
}

/// A number, or a text such as `3` or `1/3`; `None` where nothing was judged, NaN for anything else.
fn judgement(value: &Value) -> Option<f64> {
    match value {
        Value::Null => None,
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let (over, under) = text.split_once('/').unwrap_or((text, "1"));
            let number = |part: &str| part.trim().parse::<f64>().unwrap_or(f64::NAN);
            Some(number(over) / number(under))
        }
        _ => Some(f64::NAN),
    }
}

/// A quadrant's judgements as the methods take them.
pub(crate) fn group(quadrant: Quadrant, comparison: &Comparison) -> Group {
    Group { quadrant, factors: comparison.things.len(), upper: comparison.upper.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Swot {
        serde_json::from_str(json).unwrap_or_default()
    }

    #[test]
    fn judgements_are_found_in_any_order_and_turned() {
        let swot = read(
            r#"{"items": [{"id": "s1", "quadrant": "S"}, {"id": "s2", "quadrant": "S"}, {"id": "s3", "quadrant": "S"}],
            "pairwise": {"S": {"order": ["s3", "s1"], "upper": ["1/4"]}}}"#,
        );
        let comparison = swot.within(Quadrant::Strength).map(|c| (c.upper, c.judges));
        assert_eq!(comparison, Ok((vec![None, Some(4.0), None], 1)));
    }

    #[test]
    fn several_people_are_one_by_the_geometric_mean() {
        let swot = read(
            r#"{"items": [{"id": "w1", "quadrant": "W"}, {"id": "w2", "quadrant": "W"}],
            "pairwise": {"W.dir": {"order": ["w1", "w2"], "upper": [2]}, "W.inf": {"order": ["w2", "w1"], "upper": ["1/8"]},
            "Wx": {"order": ["w1", "w2"], "upper": [9]}}}"#,
        );
        let Ok(comparison) = swot.within(Quadrant::Weakness) else { unreachable!() };
        assert_eq!(comparison.judges, 2);
        assert!((comparison.upper[0].unwrap_or_default() - 4.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_judgement_is_not_taken_for_one() {
        assert!(judgement(&Value::from("much")).is_some_and(f64::is_nan));
        assert!(judgement(&Value::from(true)).is_some_and(f64::is_nan));
        assert_eq!(judgement(&Value::from("1/2")), Some(0.5));
        assert_eq!(judgement(&Value::Null), None);
    }
}
