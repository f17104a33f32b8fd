//! Lists and records as tables of a text document.

use jospar_core::document::{Field, Schema, Shape, ValueKind};
use jospar_core::plan::Date;
use jospar_locales::Language;
use serde_json::Value;

use crate::block::{Block, Cell, Grid, Line, Style, lines};
use crate::context::{Context, capital, name_field, one_line};
use crate::plan::{filled, is_in_languages, is_text, only_text, shown_items};
use crate::table::computed;

/// The columns of things that have more to say than a table of all their fields could hold. What is in no column stands
/// below the name.
const COLUMNS: [(&str, &[&str]); 9] = [
    ("kpi", &["baseline", "target", "actual", "next_due"]),
    ("risk", &["likelihood", "impact", "residual", "mitigations"]),
    ("decision", &["owner", "due", "state"]),
    ("indicator", &["level", "target", "evidence"]),
    ("pilot", &["scope", "start", "end", "measured", "decision"]),
    ("evidence", &["kind", "source", "date"]),
    ("problem", &["evidence", "needs", "initiatives"]),
    ("development_event", &["kind", "date", "hours", "capacity", "attended"]),
    ("antipattern", &["to", "initiative", "measure", "state"]),
];

/// How many columns a table may have beside the name, where nothing else is said.
const COLUMNS_MAX: usize = 5;

/// The items of a list: a table where that can be read, else one after the other below headings of `level`.
pub(crate) fn items(
    context: &Context<'_>,
    schema: &'static Schema,
    items: &[&Value],
    level: u8,
) -> Vec<Block> {
    let is_named = |item: &&Value| name_field(schema, item).is_some();
    let columns = columns(schema, items);
    let only_names = columns.as_ref().is_some_and(Vec::is_empty)
        && computed(schema.name, items.iter().copied(), context.now.day).is_empty()
        && items.iter().all(is_named);
    if only_text(schema).is_some() || is_in_languages(schema) || only_names {
        let items = items.iter().map(|item| context.brief(schema, item)).collect();
        return vec![Block::List { is_numbered: false, items }];
    }
    if let Some(columns) = columns {
        return vec![Block::Grid(grid(context, schema, items, &columns))];
    }
    let mut blocks = Vec::new();
    for (number, item) in (1..).zip(items) {
        blocks.extend(entry(context, schema, item, number, level));
    }
    blocks
}

/// One thing below a heading with its name, or with its number.
fn entry(
    context: &Context<'_>,
    schema: &'static Schema,
    item: &Value,
    number: usize,
    level: u8,
) -> Vec<Block> {
    let named = name_field(schema, item).filter(|(field, _)| field.name != "text");
    let name = named.map(|(field, value)| one_line(&context.shown(schema, field, value)));
    let mut skip: Vec<&str> = named.iter().map(|(field, _)| field.name).collect();
    let name = name.or_else(|| Some(context.name(schema, item)).filter(|_| named.is_none()));
    // A text that the heading says in full is not said again.
    let text = name_field(schema, item).filter(|_| named.is_none());
    let is_said = text.is_some_and(|(field, value)| {
        name.as_deref() == Some(context.shown(schema, field, value).as_str())
    });
    skip.extend(text.filter(|_| is_said).map(|(field, _)| field.name));
    let text = name.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("{number}."));
    let text = capital(&text);
    let heading =
        if level > 3 { Block::Paragraph(Style::Strong, text) } else { Block::Heading(level, text) };
    let mut blocks = vec![heading];
    blocks.extend(record(context, schema, item, &skip, level.saturating_add(1)));
    blocks
}

/// The filled fields of a record but for `skip`: its values as a table of two columns, then its lists.
pub(crate) fn record(
    context: &Context<'_>,
    schema: &'static Schema,
    record: &Value,
    skip: &[&str],
    level: u8,
) -> Vec<Block> {
    let mut facts = Vec::new();
    let mut below = Vec::new();
    let mut texts = 0;
    let mut fields: Vec<_> =
        filled(schema, record).filter(|(field, _)| !skip.contains(&field.name)).collect();
    fields.sort_by_key(|(field, _)| !matches!(field.name, "title" | "name"));
    for (field, value) in fields {
        match field.shape {
            Shape::Items(inner) if only_text(inner).is_none() => {
                let found: Vec<&Value> = shown_items(value).collect();
                let has_columns = columns(inner, &found).is_some_and(|found| !found.is_empty());
                let is_long_list = inner.fields.iter().filter(|field| is_long(field)).count() > 1;
                if found.is_empty() || is_in_languages(inner) {
                    facts.push(fact(context, schema, field, value));
                } else if has_columns || is_long_list {
                    below.push(Block::Paragraph(Style::Strong, context.label_of(schema, field)));
                    below.extend(items(context, inner, &found, level.max(4)));
                } else {
                    facts.push(fact(context, schema, field, value));
                }
            }
            Shape::Record(inner) if filled(inner, value).any(|(field, _)| is_long(field)) => {
                below.push(Block::Paragraph(Style::Strong, context.label_of(schema, field)));
                below.extend(self::record(context, inner, value, &[], level));
            }
            _ => {
                texts += usize::from(is_text(field.shape));
                facts.push(fact(context, schema, field, value));
            }
        }
    }
    for found in computed(schema.name, std::iter::once(record), context.now.day) {
        let value = found.of(record, context.now.day);
        let line = value.map(|value| Line::plain(result(context, found.is_share, value)));
        facts.push(vec![vec![Line::strong(context.word(found.key))], line.into_iter().collect()]);
    }
    let facts: Vec<Vec<Cell>> =
        facts.into_iter().filter(|row| row.iter().all(|cell| !cell.is_empty())).collect();
    // One text alone needs no label.
    let is_alone = facts.len() == 1 && texts == 1;
    let mut blocks = match facts.first().and_then(|row| row.get(1)).filter(|_| is_alone) {
        Some(text) => {
            text.iter().map(|line| Block::Paragraph(Style::Body, line.text.clone())).collect()
        }
        None if facts.is_empty() => Vec::new(),
        None => vec![Block::Grid(Grid { rows: facts, widths: vec![30, 70], ..Grid::default() })],
    };
    blocks.extend(below);
    blocks
}

/// Whether a field holds lists or longer texts.
fn is_long(field: &Field) -> bool {
    match field.shape {
        Shape::Items(inner) => only_text(inner).is_none(),
        Shape::Prose | Shape::LocalProse => true,
        _ => false,
    }
}

fn fact(
    context: &Context<'_>,
    schema: &'static Schema,
    field: &'static Field,
    value: &Value,
) -> Vec<Cell> {
    vec![vec![Line::strong(context.label_of(schema, field))], cell(context, schema, field, value)]
}

/// The lines of a field's value.
pub(crate) fn cell(
    context: &Context<'_>,
    schema: &'static Schema,
    field: &'static Field,
    value: &Value,
) -> Cell {
    match field.shape {
        Shape::Record(inner) => {
            let facts = filled(inner, value).map(|(field, value)| {
                let text = cell(context, inner, field, value);
                let text: Vec<String> = text.into_iter().map(|line| line.text).collect();
                Line::plain(format!("{}: {}", context.label_of(inner, field), text.join("; ")))
            });
            facts.collect()
        }
        Shape::Items(inner) => {
            let items: Vec<String> =
                shown_items(value).map(|item| context.brief(inner, item)).collect();
            let mark = if items.len() > 1 { "– " } else { "" };
            items.into_iter().map(|item| Line::plain(format!("{mark}{item}"))).collect()
        }
        _ => lines(&context.shown(schema, field, value)),
    }
}

/// The columns of a table beside the name; `None` where there is too much for one.
pub(crate) fn columns(schema: &'static Schema, items: &[&Value]) -> Option<Vec<&'static Field>> {
    let has = |field: &&Field| {
        items.iter().any(|item| filled(schema, item).any(|(found, _)| found.name == field.name))
    };
    if let Some((_, names)) = COLUMNS.iter().find(|(name, _)| *name == schema.name) {
        let named = names.iter().filter_map(|name| schema.fields.iter().find(|f| f.name == *name));
        return Some(named.filter(has).collect());
    }
    let name = items.iter().find_map(|item| name_field(schema, item)).map(|(field, _)| field.name);
    let plain =
        |field: &Field| matches!(field.shape, Shape::Value(_) | Shape::Set | Shape::LocalText);
    let shown = schema.fields.iter().filter(|field| crate::plan::is_shown(field)).filter(has);
    let columns: Vec<&'static Field> = shown.filter(|field| Some(field.name) != name).collect();
    let fits = (1..=COLUMNS_MAX).contains(&columns.len()) && columns.iter().all(|f| plain(f));
    let only_names = columns.is_empty() && name.is_some();
    (only_names || fits).then_some(columns)
}

/// A table of things: the name with what has no column, then `columns`, then what is calculated.
pub(crate) fn grid(
    context: &Context<'_>,
    schema: &'static Schema,
    items: &[&Value],
    columns: &[&'static Field],
) -> Grid {
    let computed = computed(schema.name, items.iter().copied(), context.now.day);
    let labels = columns.iter().map(|field| context.label_of(schema, field));
    let results = computed.iter().map(|computed| context.word(computed.key));
    let named = items.iter().any(|item| name_field(schema, item).is_some());
    let name_label = items.iter().find_map(|item| name_field(schema, item));
    let name_label =
        name_label.map(|(field, _)| context.label_of(schema, field)).unwrap_or_default();
    let first = named.then_some(name_label);
    let rows = items.iter().map(|item| {
        let name = named.then(|| name_cell(context, schema, item, columns));
        let own = columns.iter().map(|field| {
            let value = filled(schema, item).find(|(found, _)| found.name == field.name);
            value
                .map(|(field, value)| column_cell(context, schema, field, value))
                .unwrap_or_default()
        });
        let results = computed.iter().map(|computed| {
            let value = computed.of(item, context.now.day);
            let line = value.map(|value| Line::plain(result(context, computed.is_share, value)));
            line.into_iter().collect()
        });
        name.into_iter().chain(own).chain(results).collect()
    });
    Grid {
        rows: rows.collect(),
        heading: first.into_iter().chain(labels).chain(results).collect(),
        widths: Vec::new(),
    }
}

/// The lines of a field's value in a narrow column: days are digits.
fn column_cell(
    context: &Context<'_>,
    schema: &'static Schema,
    field: &'static Field,
    value: &Value,
) -> Cell {
    let day = value.as_str().and_then(|text| text.parse::<Date>().ok());
    match (field.shape, day, context.language()) {
        (Shape::Value(ValueKind::Date), Some(day), Language::Kk | Language::Ru) => {
            let (year, month, day) = day.numbers();
            vec![Line::plain(format!("{day:02}.{month:02}.{year:04}"))]
        }
        (Shape::Value(ValueKind::Date), Some(day), Language::En) => {
            vec![Line::plain(day.to_string())]
        }
        _ => cell(context, schema, field, value),
    }
}

/// A calculated number, as people read it.
fn result(context: &Context<'_>, is_share: bool, value: f64) -> String {
    if is_share {
        return format!("{}\u{a0}%", context.words.catalogue().number((value * 100.0).round()));
    }
    context.words.catalogue().number(value)
}

/// A thing's name, and below it what stands in no column.
fn name_cell(
    context: &Context<'_>,
    schema: &'static Schema,
    item: &Value,
    columns: &[&'static Field],
) -> Cell {
    let name = name_field(schema, item);
    let mut cell = lines(&context.name(schema, item));
    let is_elsewhere = |field: &Field| {
        columns.iter().any(|column| column.name == field.name)
            || name.is_some_and(|(named, _)| named.name == field.name)
    };
    let mut facts = Vec::new();
    let mut below = Vec::new();
    for (field, value) in filled(schema, item).filter(|(field, _)| !is_elsewhere(field)) {
        let label = context.label_of(schema, field);
        match field.shape {
            Shape::Items(_) | Shape::Record(_) => {
                let inside = self::cell(context, schema, field, value);
                below.push(Line::faint(format!("{label}:")));
                below.extend(inside.into_iter().map(|line| Line::faint(line.text)));
            }
            _ => {
                let text = one_line(&context.shown(schema, field, value));
                facts.push(format!("{label}: {text}"));
            }
        }
    }
    if !facts.is_empty() {
        cell.push(Line::faint(facts.join("; ")));
    }
    cell.extend(below);
    cell
}
