//! The report: the draft as it reads, what it rests on, what stays as people have it.

use jospar_plugin_sdk::{Cell, Column, Report, Table, Text, Tone};

use crate::WORDS;
use crate::merge::{Draft, Merged};
use crate::model::Asked;
use crate::piece::{Piece, number};
use crate::plan::Plan;

/// Rows of a table.
const ROWS_MAX: usize = 1_500;

pub(crate) fn report(plan: &Plan, draft: &Draft<'_>, asked: &Asked, merged: &Merged) -> Report {
    let report = Report::new(draft.title.clone());
    let report = model(answer(report, draft, merged), asked);
    let report = gaps(report, &draft.pieces);
    let report = body(report.heading(2, WORDS.word("draft")), &draft.pieces);
    let report = kept(report, merged);
    sources(report.heading(2, WORDS.word("sources")), plan, &draft.pieces)
        .paragraph(WORDS.word("sources-method"))
}

fn answer(report: Report, draft: &Draft<'_>, merged: &Merged) -> Report {
    let values = [
        ("title", (&draft.title).into()),
        ("n", draft.pieces.len().into()),
        ("added", merged.added.into()),
        ("changed", merged.changed.into()),
        ("kept", merged.kept.len().into()),
    ];
    let nothing = merged.added == 0 && merged.changed == 0;
    let report = match (&merged.paper, nothing) {
        (None, _) => report.callout(Tone::Info, WORDS.say("answer-new", &values)),
        (Some(_), true) => report.callout(Tone::Good, WORDS.say("answer-same", &values)),
        (Some(_), false) => report.callout(Tone::Info, WORDS.say("answer-update", &values)),
    };
    match merged.is_cut {
        true => report.callout(Tone::Warning, WORDS.word("answer-cut")),
        false => report,
    }
}

/// Who wrote it: templates alone, or a model too, and what of its answer was not taken.
fn model(report: Report, asked: &Asked) -> Report {
    let answer = match asked {
        Asked::Without(reason) => {
            return report
                .callout(Tone::Info, WORDS.say("model-none", &[("reason", reason.into())]));
        }
        Asked::Answered(answer) => answer,
    };
    let values = [
        ("model", answer.model.as_str().into()),
        ("taken", answer.lines.len().into()),
        ("refused", answer.refused.len().into()),
    ];
    let mut report = report.callout(Tone::Info, WORDS.say("model-used", &values));
    if !answer.examples.is_empty() {
        let list = answer.examples.join(", ");
        let text = WORDS.say("model-examples", &[("list", list.into())]);
        report = report.callout(Tone::Warning, text);
    }
    if answer.refused.is_empty() {
        return report;
    }
    let columns = [WORDS.word("line"), WORDS.word("not-in-data")].map(Column::text);
    let mut table = Table::new(WORDS.word("model-refused"), columns.into());
    for (line, wrong) in answer.refused.iter().take(ROWS_MAX) {
        table.push(vec![Text::same(line.as_str()).into(), Text::same(wrong.as_str()).into()]);
    }
    report.table(table)
}

/// Items without an owner or a day, which people have to fill in.
fn gaps(report: Report, pieces: &[Piece]) -> Report {
    let open = pieces.iter().filter(|p| p.role == "item" && !p.is_ai && p.text.kk.contains("____"));
    let list: Vec<Text> = open.map(|piece| piece.text.clone()).collect();
    if list.is_empty() {
        return report;
    }
    report.callout(Tone::Warning, WORDS.word("gaps")).items(list)
}

fn body(mut report: Report, pieces: &[Piece]) -> Report {
    let mut run: Vec<Text> = Vec::new();
    for piece in pieces {
        if piece.is_heading() {
            report = report.items(std::mem::take(&mut run)).heading(3, piece.text.clone());
        } else if piece.is_ai {
            run.push(WORDS.say("ai-line", &[("line", (&piece.text).into())]));
        } else {
            run.push(piece.text.clone());
        }
    }
    report.items(run)
}

fn kept(report: Report, merged: &Merged) -> Report {
    if merged.kept.is_empty() {
        return report;
    }
    let columns = ["where", "stays", "says"].map(|key| Column::text(WORDS.word(key)));
    let mut table = Table::new(WORDS.word("kept"), columns.into());
    for kept in merged.kept.iter().take(ROWS_MAX) {
        let removed = kept.stays.is_empty();
        let place = match removed {
            true => WORDS.word("removed").into(),
            false => Cell::Item(kept.path.clone()),
        };
        let says = Text::same(kept.says.as_str());
        table.push(vec![place, Text::same(kept.stays.as_str()).into(), says.into()]);
    }
    report.heading(2, WORDS.word("kept")).paragraph(WORDS.word("kept-method")).table(table)
}

/// Where every number and name comes from.
fn sources(report: Report, plan: &Plan, pieces: &[Piece]) -> Report {
    let columns = ["what", "where", "in-plan"].map(|key| Column::text(WORDS.word(key)));
    let mut table = Table::new(WORDS.word("sources"), columns.into());
    for piece in pieces.iter().filter(|piece| !piece.is_ai) {
        for figure in &piece.figures {
            let place = match figure.path.strip_prefix("computed/") {
                Some(_) => {
                    Cell::Text(WORDS.say("computed", &[("name", figure.path.as_str().into())]))
                }
                None => Cell::Item(figure.path.clone()),
            };
            let written = WORDS.say("number", &[("number", number(figure.value))]);
            let there = plan.figure(figure.path.clone());
            let there = there.map(|there| WORDS.say("number", &[("number", number(there.value))]));
            table.push(vec![written.into(), place, there.unwrap_or_default().into()]);
        }
        for path in &piece.sources {
            let item = plan.record(path);
            let name = if item.value().is_string() { Text::default() } else { item.title() };
            let name = if name.is_empty() { plan_name(plan, path) } else { name };
            table.push(vec![name.clone().into(), Cell::Item(path.clone()), name.into()]);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    table.rows.retain(|row| seen.insert(format!("{row:?}")));
    table.rows.truncate(ROWS_MAX);
    report.table(table)
}

/// The title at a path that leads to the title itself, or the last name of the path.
fn plan_name(plan: &Plan, path: &str) -> Text {
    let parent = path.strip_suffix("/title").map(|parent| plan.record(parent).title());
    parent.unwrap_or_else(|| Text::same(path.rsplit('/').next().unwrap_or(path)))
}
