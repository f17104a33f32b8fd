//! Orders, reports and other papers: their blocks, each as its role says.

use jospar_locales::words::text_or_empty;
use serde_json::Value;

use crate::block::{Block, Line, Style};
use crate::context::Context;

/// The blocks of a paper in its own order; what AI wrote is named, and whether a person has accepted it.
pub(crate) fn blocks(context: &Context<'_>, paper: &Value) -> Vec<Block> {
    let kind = text_or_empty(paper, "/kind");
    let is_order = matches!(kind, "order" | "order_draft");
    let parts = paper.get("blocks").and_then(Value::as_array).into_iter().flatten();
    let parts: Vec<&Value> = parts.collect();
    let title = paper.get("title").map(|title| context.text(title)).unwrap_or_default();
    let says = |part: &&&Value| {
        let role = text_or_empty(part, "/role");
        (is_order && role == "heading") || text_or_empty(part, "/text").trim() == title
    };
    // An order is called by its first word, and a report may begin with its own title.
    let mut title = Some(title).filter(|_| parts.iter().find(says).is_none());
    let mut blocks = Vec::new();
    for part in &parts {
        let role = text_or_empty(part, "/role");
        if !matches!(role, "organisation" | "number_date") {
            let text = title.take();
            blocks.extend(text.map(|text| Block::Paragraph(Style::Title, text.to_owned())));
        }
        let lines = text_or_empty(part, "/text").lines().map(str::to_owned);
        if role == "heading" && !is_order {
            blocks.extend(lines.map(|line| Block::Heading(3, line)));
        } else {
            blocks.extend(lines.map(|line| Block::Paragraph(style(role), line)));
        }
        let about = about(context, part, kind).into_iter();
        blocks.extend(about.map(|line| Block::Paragraph(Style::Faint, line)));
    }
    blocks.extend(title.map(|text| Block::Paragraph(Style::Title, text.to_owned())));
    blocks.extend(label(context, paper).map(|label| Block::Paragraph(Style::Notice, label)));
    blocks.retain(|block| !matches!(block, Block::Paragraph(_, text) if text.trim().is_empty()));
    blocks.extend(approvals(context, paper));
    blocks
}

fn style(role: &str) -> Style {
    match role {
        "organisation" | "number_date" => Style::Centre,
        "heading" => Style::CentreStrong,
        "subject" => Style::Strong,
        "preamble" | "item" | "control" | "paragraph" => Style::Order,
        "signature" => Style::Signature,
        _ => Style::Body,
    }
}

/// What a block of a paper of this kind says of itself: who has to do it until when, what its numbers are, and that AI
/// wrote it. That somebody accepted it is told below an order as a whole.
fn about(context: &Context<'_>, part: &Value, kind: &str) -> Vec<String> {
    let fact = |name: &str, text: String| format!("{}: {text}", context.label(name));
    // What the text says itself is not said again.
    let is_new = |value: &String| !text_or_empty(part, "/text").contains(value.as_str());
    let owner = Some(text_or_empty(part, "/owner")).filter(|owner| !owner.is_empty());
    let owner = owner.map(|id| context.name_of(id).unwrap_or(id).to_owned()).filter(is_new);
    let owner = owner.map(|name| fact("owner", name));
    let due = context.words.day(text_or_empty(part, "/due")).filter(is_new);
    let due = due.map(|day| fact("due", day));
    let to_do: Vec<String> = owner.into_iter().chain(due).collect();
    let mut about = Vec::new();
    if !to_do.is_empty() {
        about.push(to_do.join("; "));
    }
    let figures = figures(context, part);
    if matches!(kind, "analytic_report" | "development_plan") && !figures.is_empty() {
        about.push(fact("figures", figures.join("; ")));
    }
    let by_ai = text_or_empty(part, "/from") == "ai" || part.get("ai") == Some(&Value::Bool(true));
    let accepted = text_or_empty(part, "/accepted_by");
    if by_ai && accepted.is_empty() {
        about.push(context.words.word("web-ai-not-accepted"));
    } else if by_ai && !matches!(kind, "order" | "order_draft") {
        let person = context.name_of(accepted).unwrap_or(accepted);
        about.push(context.words.with("export-ai-accepted", "person", person));
    }
    about
}

/// The numbers of a block, with the names of the things of the plan that they come from; those of one thing together.
fn figures(context: &Context<'_>, part: &Value) -> Vec<String> {
    let figures = part.get("figures").and_then(Value::as_array).into_iter().flatten();
    let mut named: Vec<(&str, Vec<String>)> = Vec::new();
    for figure in figures {
        let Some(value) = figure.get("value").and_then(Value::as_f64) else { continue };
        let mut steps = text_or_empty(figure, "/path").split('/').skip(1);
        let Some(name) = steps.find_map(|step| context.name_of(step)) else { continue };
        let number = context.words.catalogue().number(value);
        match named.iter_mut().find(|(known, _)| *known == name) {
            Some((_, numbers)) => numbers.push(number),
            None => named.push((name, vec![number])),
        }
    }
    named.into_iter().map(|(name, numbers)| format!("{} – {name}", numbers.join("; "))).collect()
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
