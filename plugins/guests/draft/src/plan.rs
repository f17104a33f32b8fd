//! The plan as a draft reads it: the parts that were granted, as they are, with what stands where.

use jospar_methods::swot::{Convention, Factor, Quadrant, Side, WeightRule, matrix_total};
use jospar_plugin_sdk::{Error, Text, plan as workspace};
use serde_json::{Map, Value};

/// What a draft may be made from.
const PARTS: [&str; 19] = [
    "plan",
    "partners",
    "needs",
    "problems",
    "evidence",
    "swot",
    "audit",
    "initiatives",
    "kpis",
    "expected_outcomes",
    "risks",
    "meetings",
    "meeting_rule",
    "professional_development",
    "info_sharing",
    "pilots",
    "lesson_studies",
    "assistant_cases",
    "documents",
];

/// The plan's parts by name. One that is not granted or not there is absent.
pub(crate) struct Plan {
    parts: Value,
    /// `YYYY-MM-DD`.
    pub(crate) today: String,
}

/// A thing of the plan and where it stands.
#[derive(Clone)]
pub(crate) struct Item<'a> {
    value: &'a Value,
    pub(crate) path: String,
}

/// A number and where it comes from: a place in the plan, or one of `computed/`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    pub(crate) value: f64,
    pub(crate) path: String,
}

static NOTHING: Value = Value::Null;

impl Figure {
    /// The number as it is said, with so many decimals.
    pub(crate) fn rounded(mut self, decimals: i32) -> Self {
        let scale = 10_f64.powi(decimals);
        self.value = (self.value * scale).round() / scale;
        self
    }
}

impl Plan {
    pub(crate) fn read(today: String) -> Result<Self, Error> {
        let mut parts = Map::new();
        for part in PARTS {
            if let Some(value) = workspace::optional(workspace::read::<Value>(part))? {
                parts.insert(part.to_owned(), value);
            }
        }
        Ok(Self { parts: Value::Object(parts), today })
    }

    #[cfg(test)]
    pub(crate) fn of(parts: Value, today: &str) -> Self {
        Self { parts, today: today.to_owned() }
    }

    /// True when the part may be read and holds something.
    pub(crate) fn has(&self, part: &str) -> bool {
        self.parts.get(part).is_some_and(|value| !value.is_null())
    }

    /// What stands at a path: names of members and ids of items.
    pub(crate) fn at(&self, path: &str) -> Option<&Value> {
        path.split('/').try_fold(&self.parts, |value, segment| match value {
            Value::Array(items) => items.iter().find(|item| item["id"] == segment),
            other => other.get(segment),
        })
    }

    /// The record at a path; an empty one where nothing is.
    pub(crate) fn record(&self, path: &str) -> Item<'_> {
        Item { value: self.at(path).unwrap_or(&NOTHING), path: path.to_owned() }
    }

    /// The items of the list at a path.
    pub(crate) fn items(&self, path: &str) -> Vec<Item<'_>> {
        self.record(path).items_here()
    }

    /// The item of this id in the list at `path`.
    pub(crate) fn find(&self, path: &str, id: &str) -> Option<Item<'_>> {
        self.items(path).into_iter().find(|item| item.id() == id)
    }

    /// The title of a partner, or what is written where a person has no id.
    pub(crate) fn person(&self, id: &str) -> Text {
        self.find("partners", id).map_or_else(|| Text::same(id), |partner| partner.title())
    }

    /// The number at a path.
    pub(crate) fn figure(&self, path: String) -> Option<Figure> {
        let value = match path.strip_prefix("computed/") {
            None => self.at(&path)?.as_f64()?,
            Some(computed) => self.computed(computed)?,
        };
        Some(Figure { value, path })
    }

    /// What jospar computes by the same name for lint L14.
    fn computed(&self, name: &str) -> Option<f64> {
        match name.split_once('/').unwrap_or((name, "")) {
            ("ife", "") => self.total(Side::Internal),
            ("efe", "") => self.total(Side::External),
            ("progress", id) => self.find("kpis", id)?.progress(&self.today),
            ("decisions_with_evidence", "") => {
                let decisions = self.decisions();
                let known = |id: &String| self.find("evidence", id).is_some();
                let backed = decisions.iter().filter(|d| d.list("evidence").iter().any(known));
                share(backed.count(), decisions.len())
            }
            _ => None,
        }
    }

    pub(crate) fn decisions(&self) -> Vec<Item<'_>> {
        let meetings = self.items("meetings");
        meetings.iter().flat_map(|meeting| meeting.items("decisions")).collect()
    }

    fn total(&self, side: Side) -> Option<f64> {
        let factor = |item: Item<'_>| {
            let quadrant = match item.text("quadrant") {
                "S" => Quadrant::Strength,
                "W" => Quadrant::Weakness,
                "O" => Quadrant::Opportunity,
                "T" => Quadrant::Threat,
                _ => return None,
            };
            Some(Factor {
                quadrant,
                weight: item.number("weight")?,
                rating: item.number("rating")?,
            })
        };
        let factors: Vec<Factor> =
            self.items("swot/items").into_iter().filter_map(factor).collect();
        let convention = match self.record("swot/convention").text("internal") {
            "response" => Convention::Response,
            _ => Convention::Classic,
        };
        matrix_total(&factors, side, convention, WeightRule::Exact).ok().map(|sum| sum.value.total)
    }
}

/// In percent.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| 100.0 * part as f64 / whole as f64)
}

impl<'a> Item<'a> {
    fn items_here(&self) -> Vec<Item<'a>> {
        let items = self.value.as_array().into_iter().flatten();
        items
            .filter_map(|value| {
                let path = format!("{}/{}", self.path, value.get("id")?.as_str()?);
                Some(Item { value, path })
            })
            .collect()
    }

    /// The items of one of its lists.
    pub(crate) fn items(&self, name: &str) -> Vec<Item<'a>> {
        self.record(name).items_here()
    }

    /// One of its records.
    pub(crate) fn record(&self, name: &str) -> Item<'a> {
        let value = self.value.get(name).unwrap_or(&NOTHING);
        Item { value, path: format!("{}/{name}", self.path) }
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    pub(crate) fn id(&self) -> &'a str {
        self.text("id")
    }

    /// A plain text; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> &'a str {
        self.value.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.value.get(name).and_then(Value::as_f64)
    }

    /// A text in the plan's languages.
    pub(crate) fn words(&self, name: &str) -> Text {
        let value = self.value.get(name).filter(|value| !value.is_null());
        value.and_then(|v| serde_json::from_value(v.clone()).ok()).unwrap_or_default()
    }

    /// Its title; its id where it has none.
    pub(crate) fn title(&self) -> Text {
        let title = self.words("title");
        if title.is_empty() { Text::same(self.id()) } else { title }
    }

    /// Short texts of a list.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let texts = self.value.get(name).and_then(Value::as_array).into_iter().flatten();
        texts.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The way from baseline to target of a KPI by its newest measurement up to `today`.
    pub(crate) fn progress(&self, today: &str) -> Option<f64> {
        let (baseline, target) = (self.number("baseline")?, self.number("target")?);
        let (value, _) = self.newest(today)?;
        if target == baseline {
            let met =
                if self.text("direction") == "down" { value <= target } else { value >= target };
            return Some(f64::from(u8::from(met)));
        }
        Some((value - baseline) / (target - baseline)).filter(|way| way.is_finite())
    }

    /// The newest value of a KPI up to `today` and the path that it stands at.
    pub(crate) fn newest(&self, today: &str) -> Option<(f64, String)> {
        let stated = self.number("actual").map(|value| {
            (self.text("measured").to_owned(), value, format!("{}/actual", self.path))
        });
        let measured = self.items("measurements").into_iter().filter_map(|one| {
            let day = one.text("date");
            let path = format!("{}/value", one.path);
            (!day.is_empty()).then_some((day.to_owned(), one.number("value")?, path))
        });
        let all = stated.into_iter().chain(measured).filter(|(day, ..)| day.as_str() <= today);
        all.max_by(|a, b| a.0.cmp(&b.0)).map(|(_, value, path)| (value, path))
    }

    /// The day of the newest value.
    pub(crate) fn measured(&self, today: &str) -> Option<String> {
        let (_, path) = self.newest(today)?;
        let day = match path.ends_with("/actual") {
            true => self.text("measured").to_owned(),
            false => {
                let id = path.trim_end_matches("/value").rsplit('/').next()?.to_owned();
                let one = self.items("measurements").into_iter().find(|one| one.id() == id)?;
                one.text("date").to_owned()
            }
        };
        Some(day).filter(|day| !day.is_empty())
    }
}
