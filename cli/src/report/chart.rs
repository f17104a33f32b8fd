//! Charts, as bars of letters: every value with its number, so that nothing is lost.

use jospar_plugin_api::{Chart, ChartKind, Series};
use unicode_width::UnicodeWidthStr as _;

use super::{Paper, padded};

/// Columns of the longest bar.
const BAR: usize = 30;
/// Columns of a label.
const LABEL: usize = 36;
/// Digits behind the point.
const DECIMALS: u32 = 2;

impl Paper<'_> {
    pub(super) fn chart(&self, chart: &Chart) -> Vec<String> {
        let title = self.text(&chart.title);
        let unit = chart.unit.as_ref().map(|unit| format!(", {}", self.text(unit)));
        let head = format!("{title}{}", unit.unwrap_or_default());
        let mut lines: Vec<String> = (!head.is_empty()).then_some(head).into_iter().collect();
        if chart.kind == ChartKind::Scatter {
            lines.extend(chart.series.iter().flat_map(|series| self.points(series)));
            return lines;
        }
        let values = chart.series.iter().flat_map(|series| series.values.iter().flatten());
        let (low, high) = chart.axis.unwrap_or_else(|| {
            let high = values.clone().fold(0.0_f64, |most, value| most.max(value.abs()));
            (0.0, high)
        });
        let many = chart.series.len() > 1;
        let label = |category: &jospar_plugin_api::Text| self.text(category);
        let labels: Vec<String> = chart.categories.iter().map(label).collect();
        let names: Vec<String> = chart.series.iter().map(|s| self.text(&s.name)).collect();
        let all = if many { names.iter() } else { labels.iter() };
        let room = all.map(|label| label.width()).max().unwrap_or_default().min(LABEL);
        for (place, label) in labels.iter().enumerate() {
            if many {
                lines.push(format!("  {label}"));
            }
            for (series, name) in chart.series.iter().zip(&names) {
                let name = if many { name } else { label };
                let value = series.values.get(place).copied().flatten();
                let indent = if many { "    " } else { "  " };
                let bar = value.map_or_else(String::new, |value| bar(value, low, high));
                let number = match value {
                    Some(value) => self.number(value, DECIMALS),
                    None => self.words.word("empty-value"),
                };
                lines.push(format!("{indent}{} {bar} {number}", padded(name, room, false)));
            }
        }
        lines
    }

    fn points(&self, series: &Series) -> Vec<String> {
        let mut lines = vec![format!("  {}", self.text(&series.name))];
        lines.extend(series.points.iter().map(|point| {
            let (x, y) = (self.number(point.x, DECIMALS), self.number(point.y, DECIMALS));
            format!("    ({x}; {y})  {}", self.text(&point.label))
        }));
        lines
    }
}

fn bar(value: f64, low: f64, high: f64) -> String {
    let span = high - low;
    if span <= 0.0 || !span.is_finite() {
        return String::new();
    }
    #[allow(clippy::cast_precision_loss, reason = "thirty")]
    let length = ((value.abs() - low.max(0.0)) / span * BAR as f64).round();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in bounds")]
    let length = length.clamp(0.0, BAR as f64) as usize;
    let sign = if value < 0.0 { "░" } else { "█" };
    sign.repeat(length)
}
