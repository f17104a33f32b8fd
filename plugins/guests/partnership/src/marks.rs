//! Marks of classes: quality and success by term, and classes that stand out.

use jospar_methods::survey::summary;
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::plan::{Marks, Plan};
use crate::show::{self, empty, nothing, number, text};

/// A value further than so many quartile ranges from the quartiles stands out (Tukey 1977).
const FENCE: f64 = 1.5;
/// Below so many classes nothing stands out.
const CLASSES_MIN: usize = 4;
const PERCENT: f64 = 100.0;

/// Quality and success in percent, of how many learners; `None` where they cannot be right.
fn sound(marks: &Marks) -> Option<(f64, f64, f64)> {
    let (n, quality, success) = (marks.n?, marks.quality?, marks.success?);
    let is_share = |share: f64| (0.0..=PERCENT).contains(&share);
    (n > 0.0 && is_share(quality) && is_share(success) && quality <= success)
        .then_some((n, quality, success))
}

fn term(marks: &Marks) -> &str {
    marks.term.as_deref().unwrap_or_default()
}

/// A term's means, weighted by learners: `(term, quality, success, classes)`, in the order of the plan.
fn terms(plan: &Plan) -> Vec<(&str, f64, f64, usize)> {
    let mut names: Vec<&str> = Vec::new();
    for one in plan.marks.iter().filter(|one| sound(one).is_some()) {
        if !names.contains(&term(one)) {
            names.push(term(one));
        }
    }
    let mean = |name: &str| {
        let own = plan.marks.iter().filter(|one| term(one) == name).filter_map(sound);
        let own: Vec<(f64, f64, f64)> = own.collect();
        let learners: f64 = own.iter().map(|(n, _, _)| n).sum();
        let quality: f64 = own.iter().map(|(n, quality, _)| n * quality).sum();
        let success: f64 = own.iter().map(|(n, _, success)| n * success).sum();
        (quality / learners, success / learners, own.len())
    };
    let named = names.into_iter().map(|name| {
        let (quality, success, classes) = mean(name);
        (name, quality, success, classes)
    });
    named.collect()
}

/// Classes of the last term whose quality lies beyond Tukey's fences.
fn outliers(plan: &Plan) -> Vec<&Marks> {
    let Some((last, ..)) = terms(plan).last().copied() else { return Vec::new() };
    let own: Vec<(&Marks, f64)> = plan
        .marks
        .iter()
        .filter(|one| term(one) == last)
        .filter_map(|one| Some((one, sound(one)?.1)))
        .collect();
    let qualities: Vec<f64> = own.iter().map(|(_, quality)| *quality).collect();
    let Ok(found) = summary(&qualities) else { return Vec::new() };
    if own.len() < CLASSES_MIN {
        return Vec::new();
    }
    let reach = FENCE * found.value.quartile_range;
    let inside = found.value.lower_quartile - reach..=found.value.upper_quartile + reach;
    let far = own.into_iter().filter(|(_, quality)| !inside.contains(quality));
    far.map(|(one, _)| one).collect()
}

pub(crate) fn show(report: Report, plan: &Plan) -> Report {
    if plan.marks.is_empty() {
        return report;
    }
    let mut report = report.heading(2, WORDS.word("marks"));
    let wrong = plan.marks.iter().filter(|one| sound(one).is_none()).count();
    if wrong > 0 {
        let text = WORDS.say("marks-wrong", &[("n", Value::from(wrong))]);
        report = report.callout(Tone::Warning, text);
    }
    let terms = terms(plan);
    if terms.is_empty() {
        return nothing(report, "marks-none");
    }
    let mut table = empty(
        "marks",
        &[text("term"), number("quality", 1), number("success", 1), number("classes", 0)],
    );
    for (name, quality, success, classes) in &terms {
        table.push(vec![show::cell(name), (*quality).into(), (*success).into(), (*classes).into()]);
    }
    report = show::table(report, table).paragraph(WORDS.word("marks-method"));
    if terms.len() > 1 {
        let names = terms.iter().map(|(name, ..)| Text::same(*name)).collect();
        let chart = Chart::new(ChartKind::Line, WORDS.word("marks"))
            .categories(names)
            .unit(Text::same("%"))
            .axis(0.0, PERCENT)
            .series(WORDS.word("quality"), terms.iter().map(|(_, q, _, _)| Some(*q)).collect())
            .series(WORDS.word("success"), terms.iter().map(|(_, _, s, _)| Some(*s)).collect());
        report = report.chart(chart);
    }
    let mut table = empty("outliers", &[text("class"), text("subject"), number("quality", 1)]);
    for one in outliers(plan) {
        let text = |text: &Option<String>| show::cell(text.as_deref().unwrap_or_default());
        table.push(vec![text(&one.class), text(&one.subject), Cell::from(one.quality)]);
    }
    if table.rows.is_empty() {
        return report;
    }
    show::table(report, table).paragraph(WORDS.word("outliers-method"))
}

pub(crate) fn data(plan: &Plan) -> serde_json::Value {
    let terms = terms(plan).into_iter();
    let data = terms.map(|(name, quality, success, classes)| {
        json!({
            "term": name, "quality": quality, "success": success, "classes": classes,
        })
    });
    data.collect()
}
