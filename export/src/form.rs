//! Forms that some records have on paper: an order, minutes, the SWOT square, the chain of an initiative, the map, the
//! canvas of a design-thinking cycle, a sheet for feedback. What a form has no place for follows it as a record.

mod paper;
mod sheet;

use jospar_core::document::{Schema, Shape};
use jospar_core::plan::{Audit, Indicator, Record, Swot};
use jospar_locales::words::text_or_empty;
use serde_json::Value;

use crate::block::{Block, Cell, Chart, Grid, Line, Style, lines};
use crate::context::{Context, capital};
use crate::grid;
use crate::plan::{filled, is_empty, shown_items};

/// Whether records of this schema have a form inside the plan.
pub(crate) fn has_entry(schema: &Schema) -> bool {
    matches!(schema.name, "initiative" | "meeting" | "paper" | "design_cycle")
}

/// A record in its form, below its heading; `None` if it has none.
pub(crate) fn entry(
    context: &Context<'_>,
    schema: &'static Schema,
    record: &Value,
) -> Option<Vec<Block>> {
    Some(match schema.name {
        "initiative" => initiative(context, schema, record),
        "meeting" => sheet::meeting(context, schema, record),
        "paper" => paper::blocks(context, record),
        "design_cycle" => canvas(context, schema, record),
        "swot" => swot(context, schema, record),
        "audit" => audit(context, schema, record),
        "school_map" => map(context, schema, record),
        _ => return None,
    })
}

/// One thing alone on its pages, in full; `None` if things of this schema have no form for that.
pub(crate) fn single(
    context: &Context<'_>,
    schema: &'static Schema,
    record: &Value,
) -> Option<Vec<Block>> {
    match schema.name {
        "paper" => Some(paper::blocks(context, record)),
        "meeting" => Some(sheet::minutes(context, schema, record)),
        "bulletin" => Some(sheet::bulletin(context, schema, record)),
        "lesson_study" => Some(sheet::lesson(context, schema, record)),
        _ => None,
    }
}

/// Places for the two partners to sign.
pub(crate) fn signatures(context: &Context<'_>) -> Vec<Block> {
    let place = |role: &str| {
        let text = format!("{} _______________ / _______________", context.word(role));
        Block::Paragraph(Style::Signature, text)
    };
    ["role-director", "role-teacher"].into_iter().map(place).collect()
}

/// The chain from strategy over technology to pedagogy, then the other fields.
fn initiative(context: &Context<'_>, schema: &'static Schema, record: &Value) -> Vec<Block> {
    const LINKS: [&str; 3] = ["strategy", "technology", "pedagogy"];
    let chain = schema.fields.iter().find(|field| field.name == "chain");
    let inner = chain.and_then(|field| match field.shape {
        Shape::Record(inner) => Some(inner),
        _ => None,
    });
    let mut blocks = Vec::new();
    if let (Some(inner), Some(chain)) = (inner, record.get("chain").filter(|c| !is_empty(c))) {
        let cell = |name: &str| {
            let link = filled(inner, chain).find(|(field, _)| field.name == name);
            link.map(|(_, link)| self::link(context, link)).unwrap_or_default()
        };
        let arrow = |name: &str| match name {
            "pedagogy" => context.label(name),
            name => format!("{} →", context.label(name)),
        };
        blocks.push(Block::Grid(Grid {
            heading: LINKS.map(arrow).to_vec(),
            rows: vec![LINKS.map(cell).to_vec()],
            widths: vec![33, 34, 33],
        }));
    }
    blocks.extend(grid::record(context, schema, record, &["title", "chain"], 4));
    blocks
}

fn link(context: &Context<'_>, link: &Value) -> Cell {
    let of = |name: &str| link.get(name).map(|text| context.text(text)).unwrap_or_default();
    let mut cell: Cell =
        lines(of("label")).into_iter().map(|line| Line::faint(line.text)).collect();
    cell.extend(lines(of("text")));
    let target = text_or_empty(link, "/refers_to");
    if !target.is_empty() {
        let name = context.name_of(target).unwrap_or(target);
        cell.push(Line::faint(format!("{}: {name}", context.label("refers_to"))));
    }
    cell
}

/// The square of strengths, weaknesses, opportunities and threats, its totals, and the strategies.
fn swot(context: &Context<'_>, schema: &'static Schema, record: &Value) -> Vec<Block> {
    let factors: Vec<&Value> =
        record.get("items").map(|i| shown_items(i).collect()).unwrap_or_default();
    let square = |quadrant: &str| {
        let mut cell = vec![Line::strong(capital(&context.choice(quadrant)))];
        let own = factors.iter().filter(|f| text_or_empty(f, "/quadrant") == quadrant);
        cell.extend(own.flat_map(|factor| self::factor(context, factor)));
        cell
    };
    let rows = vec![vec![square("S"), square("W")], vec![square("O"), square("T")]];
    let mut blocks = vec![Block::Grid(Grid { rows, widths: vec![50, 50], ..Grid::default() })];
    let others = factors
        .iter()
        .filter(|factor| !["S", "W", "O", "T"].contains(&text_or_empty(factor, "/quadrant")));
    let others: Vec<String> = others.flat_map(|f| factor(context, f)).map(|l| l.text).collect();
    if !others.is_empty() {
        blocks.push(Block::List { is_numbered: false, items: others });
    }
    if !factors.is_empty() {
        let totals = Swot::from_view(record).totals();
        let values = [("internal", totals.ife.into()), ("external", totals.efe.into())];
        let text = context.words.text("export-swot-totals", &values);
        blocks.push(Block::Paragraph(Style::Body, text));
        blocks.extend(swot_chart(context, &factors));
    }
    blocks.extend(grid::record(context, schema, record, &["items"], 4));
    blocks
}

/// What each quadrant adds to its total.
fn swot_chart(context: &Context<'_>, factors: &[&Value]) -> Option<Block> {
    let quadrants = ["S", "W", "O", "T"];
    let sum = |quadrant: &str| {
        let own = factors.iter().filter(|factor| text_or_empty(factor, "/quadrant") == quadrant);
        let number = |factor: &Value, name: &str| factor.get(name).and_then(Value::as_f64);
        let products = own.filter_map(|f| Some(number(f, "weight")? * number(f, "rating")?));
        products.reduce(|sum, product| sum + product)
    };
    Chart {
        title: context.word("export-chart-swot"),
        categories: quadrants.map(|quadrant| capital(&context.choice(quadrant))).to_vec(),
        series: vec![(context.word("export-chart-now"), quadrants.map(sum).to_vec())],
        axis: (0.0, 4.0),
    }
    .block()
}

fn factor(context: &Context<'_>, factor: &Value) -> Cell {
    let text = factor.get("title").map(|title| context.text(title)).unwrap_or_default();
    let mut cell = vec![Line::plain(format!("• {text}"))];
    let number = |name: &str| {
        let value = factor.get(name).and_then(Value::as_f64)?;
        let number = context.words.catalogue().number(value);
        Some(format!("{}: {number}", context.words.named("field", name)))
    };
    let names = |name: &str| {
        let value = factor.get(name).filter(|value| !is_empty(value))?;
        let ids: Vec<&str> = match value {
            Value::Array(ids) => ids.iter().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect(),
        };
        let names: Vec<&str> = ids.iter().map(|id| context.name_of(id).unwrap_or(id)).collect();
        Some(format!("{}: {}", context.words.named("field", name), names.join(", ")))
    };
    let facts = [number("weight"), number("rating"), names("evidence"), names("risk")];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    if !facts.is_empty() {
        cell.push(Line::faint(facts.join("; ")));
    }
    cell
}

/// The audit's areas, each with a table of its indicators.
fn audit(context: &Context<'_>, schema: &'static Schema, record: &Value) -> Vec<Block> {
    let mut blocks = grid::record(context, schema, record, &["areas"], 4);
    let inner = schema.fields.iter().find(|field| field.name == "areas");
    let Some(Shape::Items(area_schema)) = inner.map(|field| field.shape) else {
        return blocks;
    };
    for area in record.get("areas").into_iter().flat_map(shown_items) {
        let weight = area.get("weight").and_then(Value::as_f64).map(|weight| {
            let number = context.words.catalogue().number(weight);
            format!(" ({}: {number})", context.words.named("field", "weight"))
        });
        let heading = context.name(area_schema, area) + &weight.unwrap_or_default();
        blocks.push(Block::Paragraph(Style::Strong, heading));
        for (field, value) in filled(area_schema, area) {
            if let Shape::Items(indicators) = field.shape {
                let found: Vec<&Value> = shown_items(value).collect();
                blocks.extend(grid::items(context, indicators, &found, 4));
            }
        }
    }
    blocks.extend(audit_chart(context, record));
    blocks
}

/// The indicators' levels beside their targets; those with evidence once more.
fn audit_chart(context: &Context<'_>, record: &Value) -> Option<Block> {
    let audit = Audit::from_view(record);
    let all = || audit.areas.iter().flat_map(|area| &area.indicators);
    let language = context.language().code();
    let proven = |one: &Indicator| one.level.filter(|_| !one.evidence.is_empty());
    Chart {
        title: context.word("export-chart-audit"),
        categories: all().map(|one| one.title.text(language).to_owned()).collect(),
        series: vec![
            (context.word("export-chart-now"), all().map(|one| one.level).collect()),
            (context.word("export-chart-proven"), all().map(proven).collect()),
            (context.label("target"), all().map(|one| one.target).collect()),
        ],
        axis: (0.0, 5.0),
    }
    .block()
}

/// The map: what is there today beside what shall be in future, layer by layer; then how things are linked.
fn map(context: &Context<'_>, schema: &'static Schema, record: &Value) -> Vec<Block> {
    let list = |name: &str| {
        record.get(name).map(|l| shown_items(l).collect::<Vec<_>>()).unwrap_or_default()
    };
    let (layers, nodes) = (list("layers"), list("nodes"));
    let title =
        |thing: &Value| thing.get("title").map(|t| context.text(t).to_owned()).unwrap_or_default();
    let known: Vec<&str> = layers.iter().map(|layer| text_or_empty(layer, "/id")).collect();
    let column = |time: &str| {
        let rows_of = |heading: String, own: &dyn Fn(&str) -> bool| {
            let own = nodes.iter().filter(|node| own(text_or_empty(node, "/layer")));
            let rows: Vec<Vec<Cell>> = own.map(|node| node_row(context, node, time)).collect();
            let heading = vec![vec![Line::strong(heading)], Vec::new()];
            if rows.is_empty() { Vec::new() } else { [vec![heading], rows].concat() }
        };
        let mut rows: Vec<Vec<Cell>> = layers
            .iter()
            .flat_map(|layer| rows_of(title(layer), &|id| id == text_or_empty(layer, "/id")))
            .collect();
        rows.extend(rows_of("–".to_owned(), &|id| !known.contains(&id)));
        let heading = vec![context.label(time), context.label("level")];
        vec![Block::Grid(Grid { heading, rows, widths: vec![76, 24] })]
    };
    let mut blocks = vec![Block::Beside(vec![column("today"), column("future")])];
    // A layer without anything on it is named all the same.
    let is_bare = |layer: &&&Value| {
        !nodes.iter().any(|node| text_or_empty(node, "/layer") == text_or_empty(layer, "/id"))
    };
    let bare: Vec<String> = layers.iter().filter(is_bare).map(|layer| title(layer)).collect();
    if !bare.is_empty() {
        blocks.push(Block::Paragraph(Style::Strong, context.label("layers")));
        blocks.push(Block::List { is_numbered: false, items: bare });
    }
    blocks.extend(grid::record(context, schema, record, &["layers", "nodes"], 4));
    blocks
}

fn node_row(context: &Context<'_>, node: &Value, time: &str) -> Vec<Cell> {
    let name = node.get("title").map(|title| context.text(title)).unwrap_or_default();
    let mut cell = lines(name);
    let linked = node.get("initiatives").and_then(Value::as_array).into_iter().flatten();
    if time == "future" {
        let names = linked.filter_map(Value::as_str).map(|id| context.name_of(id).unwrap_or(id));
        cell.extend(names.map(|name| Line::faint(format!("→ {name}"))));
    }
    let level = node.get(time).and_then(Value::as_f64);
    let level = level.map(|level| context.words.catalogue().number(level)).unwrap_or_default();
    vec![cell, vec![Line::plain(level)]]
}

/// The canvas of a design-thinking cycle: define, ideate and prototype beside each other.
fn canvas(context: &Context<'_>, schema: &'static Schema, record: &Value) -> Vec<Block> {
    const STAGES: [&str; 3] = ["define", "ideate", "prototype"];
    let cell = |stage: &str| {
        let found = filled(schema, record).find(|(field, _)| field.name == stage);
        let mut cell = Vec::new();
        if let Some((field, value)) = found
            && let Shape::Record(inner) = field.shape
        {
            for (field, value) in filled(inner, value) {
                cell.push(Line::strong(context.label(field.name)));
                cell.extend(grid::cell(context, inner, field, value));
            }
        }
        cell
    };
    let heading = STAGES.map(|stage| context.label(stage)).to_vec();
    let rows = vec![STAGES.map(cell).to_vec()];
    let canvas = Block::Grid(Grid { heading, rows, widths: vec![36, 38, 26] });
    let mut blocks = grid::record(context, schema, record, &[&STAGES[..], &["result"]].concat(), 4);
    blocks.push(canvas);
    if let Some((_, result)) = filled(schema, record).find(|(field, _)| field.name == "result") {
        blocks.push(Block::Paragraph(Style::Strong, context.label("result")));
        let lines = context.text(result).lines();
        blocks.extend(lines.map(|line| Block::Paragraph(Style::Body, line.to_owned())));
    }
    blocks
}
