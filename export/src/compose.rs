//! The plan, a part of it, or one thing of it as a text document.

use jospar_core::document::Schema;
use jospar_core::plan::Kind;
use jospar_locales::words::text_or_empty;
use serde_json::Value;

use crate::ExportError;
use crate::block::{Block, Document, Grid, Line, Style, lines};
use crate::context::{Context, capital, one_line, part_title};
use crate::form;
use crate::grid;
use crate::plan::{Holds, Part, start_of};

/// Kinds that are no text of the plan to be signed: who said what, and the school's daily work.
const LEFT_OUT: [Kind; 2] = [Kind::Discussion, Kind::Support];

/// Fields of the plan's own record that stand on the first page.
const SHOWN_ABOVE: &[&str] = &["title", "school", "passport"];

/// The document of all of the plan, of the part of this name, or of the thing with this id.
pub(crate) fn document(
    context: &Context<'_>,
    part: Option<&str>,
    id: Option<&str>,
) -> Result<Document, ExportError> {
    let parts = context.plan.parts();
    let known: Vec<String> = parts.iter().map(|part| part.name.to_owned()).collect();
    if let Some(name) = part.filter(|name| !known.iter().any(|found| found == name)) {
        return Err(ExportError::UnknownPart { part: start_of(name), known });
    }
    let mut wanted = parts.iter().filter(|found| part.is_none_or(|name| found.name == name));
    if let Some(id) = id {
        let thing = wanted.find_map(|part| find(part, id));
        let (schema, thing) = thing.ok_or_else(|| ExportError::UnknownId { id: start_of(id) })?;
        return Ok(single(context, schema, thing));
    }
    if let (Some(_), Some(part)) = (part, wanted.next()) {
        let title = part_title(context, part);
        let mut blocks = vec![
            Block::Paragraph(Style::Centre, context.of_plan("school").to_owned()),
            Block::Paragraph(Style::Title, title.clone()),
        ];
        blocks.extend(part_blocks(context, part, 1));
        let is_wide = part.name == "school_map";
        return Ok(finish(context, title, is_wide, blocks));
    }
    Ok(whole(context, &parts))
}

fn find<'a>(part: &Part<'a>, id: &str) -> Option<(&'static Schema, &'a Value)> {
    let Holds::Items(schema, items) = &part.holds else { return None };
    let found = items.iter().find(|item| text_or_empty(item, "/id") == id);
    found.map(|item| (*schema, *item))
}

fn finish(context: &Context<'_>, title: String, is_wide: bool, blocks: Vec<Block>) -> Document {
    Document { title, language: context.language().code(), is_wide, blocks }
}

/// One thing in the form that things of its kind have, or as a record.
fn single(context: &Context<'_>, schema: &'static Schema, thing: &Value) -> Document {
    let title = one_line(&context.name(schema, thing));
    let title = if title.is_empty() { context.of_plan("title").to_owned() } else { title };
    if let Some(blocks) = form::single(context, schema, thing) {
        return finish(context, title, false, blocks);
    }
    let mut blocks = vec![
        Block::Paragraph(Style::Centre, context.of_plan("school").to_owned()),
        Block::Paragraph(Style::Title, title.clone()),
    ];
    match form::entry(context, schema, thing) {
        Some(entry) => blocks.extend(entry),
        None => blocks.extend(grid::record(context, schema, thing, &["title"], 1)),
    }
    finish(context, title, schema.name == "design_cycle", blocks)
}

/// All of the plan: its first page, a table of contents, then a chapter for each kind of document.
fn whole(context: &Context<'_>, parts: &[Part<'_>]) -> Document {
    let mut blocks = first_page(context);
    blocks.push(Block::Contents(context.word("export-contents")));
    let mut open = None;
    let shown: Vec<&Part<'_>> =
        parts.iter().filter(|part| !LEFT_OUT.contains(&part.kind)).collect();
    for part in &shown {
        if open != Some(part.kind) {
            let title = if part.kind.is_many() {
                part_title(context, part)
            } else {
                context.word(&part.kind.message_key())
            };
            blocks.push(Block::Heading(1, title));
            open = Some(part.kind);
        }
        let is_alone = shown.iter().filter(|other| other.kind == part.kind).count() == 1;
        let title = part_title(context, part);
        if !is_alone && title != context.word(&part.kind.message_key()) {
            blocks.push(Block::Heading(2, title));
        }
        blocks.extend(part_blocks(context, part, if is_alone { 2 } else { 3 }));
    }
    blocks.extend(form::signatures(context));
    finish(context, context.of_plan("title").to_owned(), false, blocks)
}

fn part_blocks(context: &Context<'_>, part: &Part<'_>, level: u8) -> Vec<Block> {
    match &part.holds {
        Holds::Items(schema, items) if form::has_entry(schema) => {
            let mut blocks = Vec::new();
            for item in items {
                let name = one_line(&context.name(schema, item));
                let name = if name.is_empty() { part_title(context, part) } else { name };
                blocks.push(Block::Heading(level, capital(&name)));
                blocks.extend(form::entry(context, schema, item).unwrap_or_default());
            }
            blocks
        }
        Holds::Items(schema, items) => grid::items(context, schema, items, level),
        Holds::Record(schema, record) => {
            form::entry(context, schema, record).unwrap_or_else(|| {
                let above = if schema.name == "plan" { SHOWN_ABOVE } else { &[] };
                grid::record(context, schema, record, above, level)
            })
        }
    }
}

/// The passport page: school, approval, title, period, what the reader must know, and the passport's table.
fn first_page(context: &Context<'_>) -> Vec<Block> {
    let plan = context.plan.head("plan");
    let mut blocks = vec![Block::Paragraph(Style::Centre, context.of_plan("school").to_owned())];
    let director = context.word("role-director");
    let sign = "_______________ / _______________".to_owned();
    for (style, line) in [
        (Style::Right, context.words.word("web-print-approved")),
        (Style::Right, director),
        (Style::Right, sign),
        (Style::Right, context.words.word("web-print-date")),
        (Style::Cover, context.of_plan("title").to_owned()),
        (Style::Centre, period(context, plan)),
    ] {
        blocks.push(Block::Paragraph(style, line));
    }
    let notice = context.text(context.plan.head("notice"));
    blocks.extend(notice.lines().map(|line| Block::Paragraph(Style::Notice, line.to_owned())));
    let passport = plan.get("passport").and_then(Value::as_array).into_iter().flatten();
    let rows = passport.map(|line| {
        let of = |name: &str| line.get(name).map(|text| context.text(text)).unwrap_or_default();
        vec![vec![Line::strong(of("title"))], lines(of("text"))]
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        blocks.push(Block::Paragraph(Style::Strong, context.label("passport")));
        blocks.push(Block::Grid(Grid { rows, widths: vec![30, 70], ..Grid::default() }));
    }
    blocks.retain(|block| !matches!(block, Block::Paragraph(_, text) if text.is_empty()));
    blocks.push(Block::PageEnd);
    blocks
}

fn period(context: &Context<'_>, plan: &Value) -> String {
    let day = |end: &str| context.words.day(text_or_empty(plan, &format!("/period/{end}")));
    [day("start"), day("end")].into_iter().flatten().collect::<Vec<_>>().join(" – ")
}
