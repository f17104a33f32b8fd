//! Orders, reports and other papers: their blocks, each as its role says.

use jospar_locales::words::text_or_empty;
use serde_json::Value;

use crate::block::{Block, Line, Style};
use crate::context::Context;

/// The blocks of a paper in its own order; what AI wrote is named, and whether a person has accepted it.
pub(crate) fn blocks(context: &Context<'_>, paper: &Value) -> Vec<Block> {
    let mut blocks = Vec::new();
    let parts: Vec<&Value> =
        paper.get("blocks").and_then(Value::as_array).into_iter().flatten().collect();
    if !parts.iter().any(|part| text_or_empty(part, "/role") == "heading") {
        let title = paper.get("title").map(|title| context.text(title)).unwrap_or_default();
        blocks.push(Block::Paragraph(Style::Title, title.to_owned()));
    }
    for part in &parts {
        let style = style(text_or_empty(part, "/role"));
        let text = text_or_empty(part, "/text");
        blocks.extend(text.lines().map(|line| Block::Paragraph(style, line.to_owned())));
        blocks.extend(about(context, part).map(|line| Block::Paragraph(Style::Faint, line)));
    }
    if let Some(label) = label(context, paper) {
        blocks.push(Block::Paragraph(Style::Notice, label));
    }
    blocks.retain(|block| !matches!(block, Block::Paragraph(_, text) if text.trim().is_empty()));
    blocks.extend(approvals(context, paper));
    blocks
}

fn style(role: &str) -> Style {
    match role {
        "organisation" | "number_date" => Style::Centre,
        "heading" => Style::CentreStrong,
        "subject" => Style::Strong,
        "preamble" | "item" | "control" | "text" | "body" => Style::Order,
        "signature" => Style::Signature,
        _ => Style::Body,
    }
}

/// What a block says of itself: who has to do it until when, what its numbers are, and that AI wrote it.
fn about(context: &Context<'_>, part: &Value) -> impl Iterator<Item = String> {
    let fact = |name: &str, text: String| format!("{}: {text}", context.label(name));
    let owner = Some(text_or_empty(part, "/owner")).filter(|owner| !owner.is_empty());
    let owner = owner.map(|id| fact("owner", context.name_of(id).unwrap_or(id).to_owned()));
    let due = context.words.day(text_or_empty(part, "/due")).map(|day| fact("due", day));
    let to_do: Vec<String> = owner.into_iter().chain(due).collect();
    let mut about = Vec::new();
    if !to_do.is_empty() {
        about.push(to_do.join("; "));
    }
    let figures = part.get("figures").and_then(Value::as_array).into_iter().flatten();
    let figures = figures.filter_map(|figure| {
        let value = figure.get("value").and_then(Value::as_f64)?;
        let number = context.words.catalogue().number(value);
        let path = text_or_empty(figure, "/path");
        let name = path.split('/').rev().find_map(|step| context.name_of(step)).unwrap_or(path);
        Some(format!("{number} – {name}"))
    });
    let figures: Vec<String> = figures.collect();
    if !figures.is_empty() {
        about.push(fact("figures", figures.join("; ")));
    }
    let by_ai = text_or_empty(part, "/from") == "ai" || part.get("ai") == Some(&Value::Bool(true));
    if by_ai {
        let accepted = text_or_empty(part, "/accepted_by");
        about.push(if accepted.is_empty() {
            context.words.word("web-ai-not-accepted")
        } else {
            let person = context.name_of(accepted).unwrap_or(accepted);
            context.words.with("export-ai-accepted", "person", person)
        });
    }
    about.into_iter()
}

/// That the paper was made with AI: its own words, or the program's.
fn label(context: &Context<'_>, paper: &Value) -> Option<String> {
    let is_true = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let parts = paper.get("blocks").and_then(Value::as_array).into_iter().flatten();
    let by_ai = |part: &Value| is_true(part.get("ai")) || text_or_empty(part, "/from") == "ai";
    if !is_true(paper.get("ai_assisted")) && !parts.into_iter().any(by_ai) {
        return None;
    }
    let own = paper.get("ai_label").map(|label| context.text(label)).unwrap_or_default();
    Some(if own.is_empty() { context.words.word("export-ai-label") } else { own.to_owned() })
}

fn approvals(context: &Context<'_>, paper: &Value) -> Option<Block> {
    let approvals = paper.get("approvals").and_then(Value::as_array)?;
    let rows: Vec<Vec<Vec<Line>>> = approvals
        .iter()
        .map(|approval| {
            let person = text_or_empty(approval, "/person");
            let person = context.name_of(person).unwrap_or(person);
            let day = context.words.day(text_or_empty(approval, "/date")).unwrap_or_default();
            vec![vec![Line::plain(person)], vec![Line::plain(day)]]
        })
        .collect();
    let heading = vec![context.label("approvals"), context.label("date")];
    let grid = crate::block::Grid { heading, rows, widths: vec![70, 30] };
    (!grid.rows.is_empty()).then_some(Block::Grid(grid))
}
