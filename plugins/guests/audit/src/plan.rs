//! The audit, the school map and the surveys as the plan has them.

use std::collections::BTreeMap;

use jospar_methods::maturity;
use jospar_plugin_sdk::Text;
use serde::Deserialize;

/// The part `audit`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Audit {
    pub(crate) levels: Vec<Level>,
    pub(crate) areas: Vec<Area>,
}

/// What a level is called.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Level {
    level: Option<f64>,
    title: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Area {
    pub(crate) id: String,
    pub(crate) title: Text,
    weight: Option<f64>,
    pub(crate) indicators: Vec<Indicator>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Indicator {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) level: Option<f64>,
    pub(crate) target: Option<f64>,
    pub(crate) evidence: Vec<String>,
    weight: Option<f64>,
    pub(crate) initiatives: Vec<String>,
    /// By level: what a school shows at it.
    descriptors: BTreeMap<String, Descriptor>,
    /// Levels by department.
    pub(crate) departments: BTreeMap<String, f64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Descriptor {
    text: Text,
}

impl Audit {
    /// What a level is called, with its number.
    pub(crate) fn level_name(&self, level: f64) -> Option<&Text> {
        self.levels.iter().find(|known| known.level == Some(level)).map(|known| &known.title)
    }
}

impl Area {
    pub(crate) fn method(&self) -> maturity::Area {
        maturity::Area {
            weight: self.weight.unwrap_or(1.0),
            indicators: self.indicators.iter().map(Indicator::method).collect(),
        }
    }

    pub(crate) fn indicator_title(&self, place: usize) -> Text {
        let title = self.indicators.get(place).map(|indicator| indicator.title.clone());
        title.unwrap_or_else(|| Text::same("?"))
    }
}

impl Indicator {
    fn method(&self) -> maturity::Indicator {
        maturity::Indicator {
            level: self.level,
            target: self.target,
            weight: self.weight.unwrap_or(1.0),
            has_evidence: !self.evidence.is_empty(),
        }
    }

    /// What a school shows at a level.
    pub(crate) fn descriptor(&self, level: f64) -> Option<&Text> {
        let descriptor = self.descriptors.get(&level.to_string());
        descriptor.map(|descriptor| &descriptor.text).filter(|text| !text.is_empty())
    }
}

/// The part `school_map`; `today` and `future` from 0 (is not there) to 4.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct SchoolMap {
    pub(crate) layers: Vec<Layer>,
    pub(crate) nodes: Vec<Node>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Layer {
    pub(crate) id: String,
    pub(crate) title: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) layer: String,
    pub(crate) title: Text,
    pub(crate) today: Option<f64>,
    pub(crate) future: Option<f64>,
    pub(crate) initiatives: Vec<String>,
}

/// A survey of the part `surveys`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Survey {
    pub(crate) id: String,
    pub(crate) scale: Answers,
    pub(crate) scales: Vec<Scale>,
}

/// What can be answered.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Answers {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Scale {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) audit_area: Option<String>,
    pub(crate) items: Vec<String>,
    pub(crate) reversed: Vec<String>,
}

/// A survey's counts; what is hidden has none.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Totals {
    pub(crate) n: usize,
    pub(crate) items: Vec<Counted>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Counted {
    pub(crate) id: String,
    /// From the lowest answer to the highest.
    pub(crate) counts: Option<Vec<Option<u32>>>,
}
