//! Sheets: a meeting's minutes, a bulletin, a lesson study with a sheet for feedback.

use jospar_core::document::{Schema, Shape};
use jospar_locales::words::text_or_empty;
use serde_json::Value;

use crate::block::{Block, Grid, Line, Style};
use crate::context::Context;
use crate::grid;
use crate::plan::{filled, shown_items};

/// A meeting inside the plan: who was there, what was on the agenda, what was said and decided.
pub(crate) fn meeting(
    context: &Context<'_>,
    schema: &'static Schema,
    record: &Value,
) -> Vec<Block> {
    let mut blocks =
        grid::record(context, schema, record, &["title", "agenda", "minutes", "decisions"], 4);
    for (field, value) in filled(schema, record) {
        let mut part = match (field.name, field.shape) {
            ("agenda", Shape::Items(inner)) => {
                let items = shown_items(value).map(|item| context.brief(inner, item)).collect();
                vec![Block::List { is_numbered: true, items }]
            }
            ("minutes", _) => paragraphs(context.text(value)),
            ("decisions", Shape::Items(inner)) => {
                let found: Vec<&Value> = shown_items(value).collect();
                grid::items(context, inner, &found, 4)
            }
            _ => continue,
        };
        blocks.push(Block::Paragraph(Style::Strong, context.label(field.name)));
        blocks.append(&mut part);
    }
    blocks
}

fn paragraphs(text: &str) -> Vec<Block> {
    text.lines().map(|line| Block::Paragraph(Style::Body, line.to_owned())).collect()
}

/// The minutes of one meeting, to be signed.
pub(crate) fn minutes(
    context: &Context<'_>,
    schema: &'static Schema,
    record: &Value,
) -> Vec<Block> {
    let mut blocks = vec![
        Block::Paragraph(Style::Centre, context.of_plan("school").to_owned()),
        Block::Paragraph(Style::CentreStrong, context.words.word("choice-minutes").to_uppercase()),
        Block::Paragraph(Style::Title, context.name(schema, record)),
    ];
    blocks.extend(meeting(context, schema, record));
    blocks.extend(super::signatures(context));
    blocks
}

/// A bulletin as it is handed out: nothing of it names a person.
pub(crate) fn bulletin(
    context: &Context<'_>,
    schema: &'static Schema,
    record: &Value,
) -> Vec<Block> {
    let mut blocks = vec![
        Block::Paragraph(Style::Centre, context.of_plan("school").to_owned()),
        Block::Paragraph(Style::Title, context.name(schema, record)),
    ];
    let day = context.words.day(text_or_empty(record, "/last_sent"));
    blocks.extend(day.map(|day| Block::Paragraph(Style::Centre, day)));
    let text = record.get("text").map(|text| context.text(text)).unwrap_or_default();
    if text.is_empty() {
        blocks.extend(grid::record(context, schema, record, &["title", "last_sent"], 2));
    } else {
        blocks.extend(paragraphs(text));
    }
    blocks
}

/// A lesson study: what was planned, done and found, then an empty sheet for a learner's feedback by skill.
pub(crate) fn lesson(context: &Context<'_>, schema: &'static Schema, record: &Value) -> Vec<Block> {
    let title = context.name(schema, record);
    let mut blocks = vec![
        Block::Paragraph(Style::Centre, context.of_plan("school").to_owned()),
        Block::Paragraph(Style::Title, title.clone()),
    ];
    blocks.extend(grid::record(context, schema, record, &["topic"], 2));
    let skills: Vec<&str> = record
        .pointer("/test/skills")
        .into_iter()
        .flat_map(shown_items)
        .filter_map(|skill| skill.get("title").map(|title| context.text(title)))
        .collect();
    if skills.is_empty() {
        return blocks;
    }
    blocks.push(Block::PageEnd);
    blocks.push(Block::Paragraph(Style::CentreStrong, context.word("export-feedback")));
    let of = |field: &str| text_or_empty(record, &format!("/{field}"));
    let lesson: Vec<&str> = [of("class"), of("subject"), title.as_str()]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect();
    blocks.push(Block::Paragraph(Style::Centre, lesson.join(", ")));
    let line = format!("{}: ______________________________", context.label("learner"));
    blocks.push(Block::Paragraph(Style::Body, line));
    let heading = ["export-feedback-skill", "export-feedback-can", "export-feedback-practise"];
    let mut heading: Vec<String> = heading.iter().map(|key| context.word(key)).collect();
    heading.push(context.word("export-feedback-next"));
    let row = |skill: &&str| {
        // Room to write by hand.
        let empty = || vec![Line::plain(""); 3];
        vec![vec![Line::plain(*skill)], empty(), empty(), empty()]
    };
    let rows = skills.iter().map(row).collect();
    blocks.push(Block::Grid(Grid { heading, rows, widths: vec![34, 22, 22, 22] }));
    let line = format!("{} _______________", context.word("choice-teacher"));
    blocks.push(Block::Paragraph(Style::Signature, line));
    blocks
}
