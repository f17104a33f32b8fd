//! What a run gives back, its form as JSON, and whether it keeps to the bounds.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::limits::Limits;
use crate::proposal::{Edit, Proposal};
use crate::report::{Block, Chart, ChartKind, Report, finite};
use crate::text::{Text, clean};

/// The largest count of digits after the decimal point that a number is shown with.
pub const DECIMALS_MAX: u32 = 10;

/// What a run gives back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What a person sees.
    pub report: Option<Report>,
    /// What the plugin would change.
    pub proposals: Vec<Proposal>,
    /// What other plugins may read; null if there is nothing.
    pub data: Value,
}

/// Why something failed, for the caller to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The capability was not granted.
    Denied,
    /// There is no such part, survey, file or key.
    NotFound,
    /// What was asked or given makes no sense.
    Invalid,
    /// The data do not allow the calculation.
    Refused,
    /// A limit of the host was reached.
    Limit,
    /// The person stopped the run.
    Cancelled,
    /// Not now: no model, no network, the budget is spent.
    Unavailable,
    /// A mistake in the plugin.
    Internal,
}

/// An error in words for a person: what a plugin ends with, and what it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?}: {}", message.en)]
#[serde(deny_unknown_fields)]
pub struct PluginError {
    /// What kind of trouble it is.
    pub code: Code,
    /// The words.
    pub message: Text,
}

/// Why a plugin's outcome is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutcomeError {
    /// More than the limits allow.
    #[error("{count} {what}; the limit is {max}")]
    TooMuch {
        /// Of what: `bytes`, `blocks`, `cells`, `proposals`, `edits`, `depth`.
        what: &'static str,
        /// How much there is.
        count: usize,
        /// How much there may be.
        max: usize,
    },
    /// A heading's level is not 1, 2 or 3, or a number has more than [`DECIMALS_MAX`] decimals.
    #[error("block {block}: a level or a count of decimals out of range")]
    OutOfRange {
        /// Which block, from 0.
        block: usize,
    },
    /// A row of a table has more or fewer cells than there are columns, or a series not a value for each category.
    #[error("block {block}: rows or series do not fit the columns or categories")]
    Shape {
        /// Which block, from 0.
        block: usize,
    },
    /// A text that should be JSON is not.
    #[error("{what} is not JSON of the right kind: {reason}")]
    Json {
        /// Which: `data`, `value`, `fields`.
        what: &'static str,
        /// What the parser says.
        reason: String,
    },
}

impl OutcomeError {
    /// The key of the message in the catalogue.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::TooMuch { .. } => "plugin-outcome-too-much",
            Self::OutOfRange { .. } => "plugin-outcome-range",
            Self::Shape { .. } => "plugin-outcome-shape",
            Self::Json { .. } => "plugin-outcome-json",
        }
    }

    /// The message's values.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        crate::values(match self {
            Self::TooMuch { what, count, max } => json!({"what": what, "count": count, "max": max}),
            Self::OutOfRange { block } | Self::Shape { block } => json!({"block": block + 1}),
            Self::Json { what, reason } => json!({"what": what, "reason": reason}),
        })
    }
}

impl Outcome {
    /// Reads a golden file.
    ///
    /// # Errors
    /// What the parser says, if it is not an outcome.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The outcome as JSON with two spaces of indentation and a line's end: what golden files hold.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in it can fail to be written: no maps with keys that are not texts.
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// Makes equal what means the same, as [`Report::normalise`] does, in proposals and data, too.
    pub fn normalise(&mut self) {
        self.report.iter_mut().for_each(Report::normalise);
        for proposal in &mut self.proposals {
            proposal.title.clean();
            proposal.reason.clean();
            for edit in &mut proposal.edits {
                match edit {
                    Edit::Set(set) => normalise_json(&mut set.value),
                    Edit::Add(add) => add.fields.values_mut().for_each(normalise_json),
                    Edit::Write(write) => clean(&mut write.text),
                    Edit::Remove(_) => {}
                }
            }
        }
        normalise_json(&mut self.data);
    }

    /// Whether everything keeps to the limits and fits together.
    ///
    /// # Errors
    /// [`OutcomeError`] with the first thing that does not.
    pub fn check(&self, limits: &Limits) -> Result<(), OutcomeError> {
        let blocks = self.report.as_ref().map_or(&[][..], |report| &report.blocks);
        within("blocks", blocks.len(), limits.blocks_max)?;
        let cells = blocks.iter().map(cells).fold(0, usize::saturating_add);
        within("cells", cells, limits.cells_max)?;
        within("proposals", self.proposals.len(), limits.proposals_max)?;
        let edits = || self.proposals.iter().flat_map(|proposal| &proposal.edits);
        within("edits", edits().count(), limits.edits_max)?;
        let values = edits().flat_map(|edit| match edit {
            Edit::Set(set) => std::slice::from_ref(&set.value).iter().collect(),
            Edit::Add(add) => add.fields.values().collect(),
            Edit::Remove(_) | Edit::Write(_) => Vec::new(),
        });
        let depth = values.chain([&self.data]).map(json_depth).max().unwrap_or(0);
        within("depth", depth, limits.json_depth_max)?;
        for (block, content) in blocks.iter().enumerate() {
            check_block(block, content)?;
        }
        let mut counted = Counted { bytes: 0 };
        // Writing counts and never fails; a value that cannot be written would have no bytes.
        drop(serde_json::to_writer(&mut counted, self));
        within("bytes", counted.bytes, limits.outcome_bytes_max)
    }
}

fn within(what: &'static str, count: usize, max: usize) -> Result<(), OutcomeError> {
    if count > max { Err(OutcomeError::TooMuch { what, count, max }) } else { Ok(()) }
}

/// What a block holds that is counted: cells of tables, items of lists, values and points of charts.
fn cells(block: &Block) -> usize {
    match block {
        Block::Items(items) => items.len(),
        Block::Table(table) => {
            let rows = table.rows.iter().map(|row| row.len().max(1));
            rows.fold(table.columns.len(), usize::saturating_add)
        }
        Block::Chart(chart) => {
            let series = chart.series.iter().map(|s| 1 + s.values.len() + s.points.len());
            series.fold(chart.categories.len(), usize::saturating_add)
        }
        _ => 1,
    }
}

fn check_block(block: usize, content: &Block) -> Result<(), OutcomeError> {
    let (in_range, fits) = match content {
        Block::Heading(heading) => ((1..=3).contains(&heading.level), true),
        Block::Number(number) => (number.decimals <= DECIMALS_MAX, true),
        Block::Table(table) => {
            let columns = table.columns.len();
            let fits = table.rows.iter().all(|row| row.len() == columns);
            (table.columns.iter().all(|column| column.decimals <= DECIMALS_MAX), fits)
        }
        Block::Chart(chart) => (true, chart_fits(chart)),
        Block::Paragraph(_) | Block::Items(_) | Block::Callout(_) | Block::Quotation(_) => {
            (true, true)
        }
    };
    match (in_range, fits) {
        (false, _) => Err(OutcomeError::OutOfRange { block }),
        (_, false) => Err(OutcomeError::Shape { block }),
        _ => Ok(()),
    }
}

fn chart_fits(chart: &Chart) -> bool {
    let scatter = chart.kind == ChartKind::Scatter;
    chart.series.iter().all(|series| match scatter {
        true => series.values.is_empty(),
        false => series.points.is_empty() && series.values.len() == chart.categories.len(),
    })
}

/// How deep a value is nested: 1 for a number or a text.
fn json_depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(json_depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(json_depth).max().unwrap_or(0),
        _ => 1,
    }
}

fn normalise_json(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(normalise_json),
        Value::Object(fields) => fields.values_mut().for_each(normalise_json),
        Value::String(text) => clean(text),
        Value::Number(number) if number.is_f64() => {
            let normal = number.as_f64().and_then(finite).and_then(serde_json::Number::from_f64);
            *value = normal.map_or(Value::Null, Value::Number);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Parses JSON that a plugin gave; nesting beyond the parser's own 128 is an error, too.
///
/// # Errors
/// [`OutcomeError::Json`]
pub fn parse_json(what: &'static str, text: &str) -> Result<Value, OutcomeError> {
    serde_json::from_str(text)
        .map_err(|error| OutcomeError::Json { what, reason: error.to_string() })
}

/// Parses a JSON object that a plugin gave.
///
/// # Errors
/// [`OutcomeError::Json`]
pub fn parse_object(what: &'static str, text: &str) -> Result<Map<String, Value>, OutcomeError> {
    serde_json::from_str(text)
        .map_err(|error| OutcomeError::Json { what, reason: error.to_string() })
}

struct Counted {
    bytes: usize,
}

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes = self.bytes.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
