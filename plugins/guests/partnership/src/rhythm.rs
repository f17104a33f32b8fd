//! Meetings: the days between them and since the last, against what was agreed.

use jospar_plugin_sdk::{Chart, ChartKind, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::Plan;
use crate::show::{days, median, median_of, nothing, share};

/// Meetings whose gaps a chart shows: the last ones.
const GAPS_SHOWN: usize = 24;

pub(crate) struct Rhythm {
    /// Days between a meeting and the one before, with the later one's day.
    gaps: Vec<(f64, Text)>,
    /// Days since the last meeting, or since the plan began where none was held.
    since: Option<f64>,
    /// Whether any meeting was held.
    was_held: bool,
    /// The agreed days between two meetings.
    every: Option<f64>,
}

/// From meetings held until today; those with the same day are one.
pub(crate) fn calculate(plan: &Plan, today: f64) -> Rhythm {
    let dated = plan.meetings.iter().filter_map(|m| Some((m.date.day()?, m.date.text())));
    let mut held: Vec<(f64, Text)> = dated.filter(|(day, _)| *day <= today).collect();
    held.sort_by(|a, b| a.0.total_cmp(&b.0));
    held.dedup_by(|a, b| a.0 == b.0);
    let gaps = held.windows(2).filter_map(|pair| match pair {
        [first, second] => Some((second.0 - first.0, second.1.clone())),
        _ => None,
    });
    let start = plan.start().filter(|start| *start <= today);
    let last = held.last().map(|(day, _)| *day).or(start);
    Rhythm {
        gaps: gaps.collect(),
        since: last.map(|last| today - last),
        was_held: !held.is_empty(),
        every: plan.meeting_rule.every_days.filter(|days| *days > 0.0),
    }
}

impl Rhythm {
    /// True when more days have gone by than were agreed.
    pub(crate) fn is_late(&self) -> bool {
        self.since.zip(self.every).is_some_and(|(since, every)| since > every)
    }

    fn kept(&self, every: f64) -> usize {
        self.gaps.iter().filter(|(gap, _)| *gap <= every).count()
    }

    pub(crate) fn data(&self) -> serde_json::Value {
        let gaps: Vec<f64> = self.gaps.iter().map(|(gap, _)| *gap).collect();
        json!({
            "since": self.since, "every": self.every, "late": self.is_late(), "gaps": gaps,
            "median_gap": median_of(&gaps), "kept": self.every.map(|every| self.kept(every)),
        })
    }
}

pub(crate) fn show(report: Report, rhythm: &Rhythm) -> Report {
    let mut report = report.heading(2, WORDS.word("rhythm"));
    report = match (rhythm.since, rhythm.every) {
        (None, _) => nothing(report, "meetings-none"),
        (Some(since), None) if rhythm.was_held => {
            let text = WORDS.say("rhythm-no-rule", &[("days", days(since))]);
            report.callout(Tone::Info, text)
        }
        (Some(_), None) => nothing(report, "meetings-none"),
        (Some(since), Some(every)) => {
            let key = match (rhythm.was_held, rhythm.is_late()) {
                (true, true) => "rhythm-late",
                (true, false) => "rhythm-kept",
                (false, true) => "rhythm-never-late",
                (false, false) => "rhythm-never",
            };
            let tone = if rhythm.is_late() { Tone::Warning } else { Tone::Info };
            let values = [("days", days(since)), ("every", days(every))];
            report.callout(tone, WORDS.say(key, &values))
        }
    };
    if rhythm.gaps.is_empty() {
        return report;
    }
    let gaps: Vec<f64> = rhythm.gaps.iter().map(|(gap, _)| *gap).collect();
    report = median(report, &WORDS.word("gap-median"), WORDS.word("days"), &gaps);
    if let Some(every) = rhythm.every {
        report = share(report, &WORDS.word("gap-kept"), rhythm.kept(every), gaps.len());
    }
    let shown = rhythm.gaps.iter().skip(rhythm.gaps.len().saturating_sub(GAPS_SHOWN));
    let (values, names): (Vec<_>, Vec<_>) =
        shown.map(|(gap, day)| (Some(*gap), day.clone())).unzip();
    let agreed = vec![rhythm.every; values.len()];
    let mut chart = Chart::new(ChartKind::Bar, WORDS.word("gap-chart"))
        .categories(names)
        .unit(WORDS.word("days"))
        .series(WORDS.word("gap"), values);
    if rhythm.every.is_some() {
        chart = chart.series(WORDS.word("gap-agreed"), agreed);
    }
    let late = rhythm.gaps.iter().filter(|(gap, _)| rhythm.every.is_some_and(|e| *gap > e));
    let late: Vec<Text> = late
        .map(|(gap, day)| WORDS.say("gap-late", &[("day", Value::from(day)), ("days", days(*gap))]))
        .collect();
    report.chart(chart).items(late)
}
