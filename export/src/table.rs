//! The plan's lists as tables: one for each list that holds anything, also for lists inside things, with real days and
//! numbers.

use jospar_core::document::{Field, Schema, Shape, ValueKind};
use jospar_core::plan::{Date, Factor, Kpi, Record, Risk};
use jospar_core::time::Timestamp;
use jospar_locales::Language;
use serde_json::Value;

use crate::context::{Context, name_field, part_title};
use crate::plan::{Holds, Plan, is_empty, is_shown, only_text, shown_items, start_of};
use crate::{ExportError, Moment};

/// One table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    /// The names on the way to its list: `kpis/measurements`.
    pub(crate) path: String,
    /// What it is called.
    pub(crate) title: String,
    /// The columns' headings.
    pub(crate) columns: Vec<String>,
    /// As many cells in each as there are columns.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Empty,
    Text(String),
    Number(f64),
    /// A part of a whole: 0.5 is a half.
    Share(f64),
    Day(Date),
}

/// The tables that a plan has, by the names on the way to their lists: `kpis`, `kpis/measurements`, `swot/items`.
#[must_use]
pub fn table_paths(plan: &Plan) -> Vec<String> {
    let paths = |moment| {
        let context = Context::new(plan, Language::En, moment);
        tables(&context).into_iter().map(|table| table.path).collect()
    };
    Moment::of(Timestamp(0)).map(paths).unwrap_or_default()
}

/// The tables of a part, or all of them.
pub(crate) fn wanted(context: &Context<'_>, part: Option<&str>) -> Result<Vec<Table>, ExportError> {
    let mut tables = tables(context);
    let known: Vec<String> = tables.iter().map(|table| table.path.clone()).collect();
    let is_in = |path: &str, part: &str| {
        path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if let Some(part) = part {
        tables.retain(|table| is_in(&table.path, part));
        if tables.is_empty() {
            return Err(ExportError::UnknownPart { part: start_of(part), known });
        }
    }
    Ok(tables)
}

/// The one table of this path.
pub(crate) fn one(context: &Context<'_>, part: Option<&str>) -> Result<Table, ExportError> {
    let tables = tables(context);
    let known = |tables: Vec<Table>| tables.into_iter().map(|table| table.path).collect();
    let Some(part) = part else {
        return Err(ExportError::PartNeeded { known: known(tables) });
    };
    match tables.iter().position(|table| table.path == part) {
        Some(place) => Ok(tables.into_iter().nth(place).unwrap_or_else(Table::nothing)),
        None => Err(ExportError::UnknownPart { part: start_of(part), known: known(tables) }),
    }
}

/// All tables that hold anything.
fn tables(context: &Context<'_>) -> Vec<Table> {
    let mut tables = Vec::new();
    for part in context.plan.parts() {
        let title = part_title(context, &part);
        let place = Place { path: part.name.to_owned(), title, above: Vec::new() };
        match part.holds {
            Holds::Items(schema, items) => {
                let rows = items.into_iter().map(|item| (Vec::new(), item)).collect();
                list(context, &place, schema, rows, &mut tables);
            }
            Holds::Record(schema, record) => {
                lists_in(context, &place, schema, &[(Vec::new(), record)], &mut tables);
            }
        }
    }
    tables
}

/// Where a list stands.
struct Place {
    path: String,
    title: String,
    /// The headings of the columns that say in which thing a row stands.
    above: Vec<String>,
}

/// A thing, after the names of the things that it stands in.
type Row<'a> = (Vec<String>, &'a Value);

fn list(
    context: &Context<'_>,
    place: &Place,
    schema: &'static Schema,
    rows: Vec<Row<'_>>,
    tables: &mut Vec<Table>,
) {
    let table = table(context, place, schema, &rows);
    if !table.rows.is_empty() && table.columns.len() > place.above.len() {
        tables.push(table);
    }
    let inside = |(above, item): Row<'_>| {
        let mut above = above;
        above.push(context.name(schema, item));
        above
    };
    let above = [place.above.clone(), vec![place.title.clone()]].concat();
    let inner = Place { path: place.path.clone(), title: place.title.clone(), above };
    let rows: Vec<Row<'_>> = rows.into_iter().map(|row| (inside(row.clone()), row.1)).collect();
    lists_in(context, &inner, schema, &rows, tables);
}

/// The lists inside records.
fn lists_in(
    context: &Context<'_>,
    place: &Place,
    schema: &'static Schema,
    records: &[Row<'_>],
    tables: &mut Vec<Table>,
) {
    for field in schema.fields.iter().filter(|field| is_shown(field)) {
        let path = format!("{}/{}", place.path, field.name);
        let label = context.words.named("field", field.name);
        let title = format!("{} – {label}", place.title);
        let inner = Place { path, title, above: place.above.clone() };
        let members = records.iter().filter_map(|(above, record)| {
            Some((above.clone(), record.get(field.name).filter(|value| !is_empty(value))?))
        });
        match field.shape {
            Shape::Record(schema) => {
                let members: Vec<Row<'_>> = members.collect();
                lists_in(context, &inner, schema, &members, tables);
            }
            Shape::Items(schema) if only_text(schema).is_none() => {
                let items = members.flat_map(|(above, items)| {
                    shown_items(items).map(move |item| (above.clone(), item))
                });
                list(context, &inner, schema, items.collect(), tables);
            }
            _ => {}
        }
    }
}

/// One column: its heading, and how its cell is read from a thing.
struct Column {
    title: String,
    way: Vec<&'static str>,
    schema: &'static Schema,
    field: &'static Field,
}

fn table(context: &Context<'_>, place: &Place, schema: &'static Schema, rows: &[Row<'_>]) -> Table {
    let mut columns = Vec::new();
    columns_of(context, schema, &[], "", &mut columns);
    let named = rows.iter().find_map(|(_, item)| name_field(schema, item));
    let named = named.map(|(field, _)| field.name);
    columns.sort_by_key(|column| !(column.way.is_empty() && Some(column.field.name) == named));
    let cell = |column: &Column, item: &Value| {
        let record = column.way.iter().try_fold(item, |record, step| record.get(step));
        let value = record.and_then(|record| record.get(column.field.name));
        value
            .filter(|value| !is_empty(value))
            .map_or(Cell::Empty, |value| cell(context, column.schema, column.field, value))
    };
    columns.retain(|column| rows.iter().any(|(_, item)| cell(column, item) != Cell::Empty));
    let items = || rows.iter().map(|(_, item)| *item);
    let computed = computed(schema.name, items(), context.now.day);
    let headings = columns.iter().map(|column| column.title.clone());
    let above = place.above.iter().cloned();
    let results = computed.iter().map(|computed| context.word(computed.key));
    let headings = above.chain(headings).chain(results).collect();
    let rows = rows.iter().map(|(above, item)| {
        let above = above.iter().map(|name| Cell::of_text(name.clone()));
        let own = columns.iter().map(|column| cell(column, item));
        let results = computed.iter().map(|computed| {
            let kind = if computed.is_share { Cell::Share } else { Cell::Number };
            computed.of(item, context.now.day).map_or(Cell::Empty, kind)
        });
        above.chain(own).chain(results).collect()
    });
    Table {
        path: place.path.clone(),
        title: place.title.clone(),
        columns: headings,
        rows: rows.collect(),
    }
}

fn columns_of(
    context: &Context<'_>,
    schema: &'static Schema,
    way: &[&'static str],
    before: &str,
    columns: &mut Vec<Column>,
) {
    for field in schema.fields.iter().filter(|field| is_shown(field)) {
        let title = match before {
            "" => context.label_of(schema, field),
            before => format!("{before}: {}", context.words.field(schema.name, field.name)),
        };
        match field.shape {
            Shape::Record(inner) => {
                let way = [way, &[field.name]].concat();
                columns_of(context, inner, &way, &title, columns);
            }
            Shape::Items(inner) if only_text(inner).is_none() => {}
            _ => columns.push(Column { title, way: way.to_vec(), schema, field }),
        }
    }
}

fn cell(
    context: &Context<'_>,
    schema: &'static Schema,
    field: &'static Field,
    value: &Value,
) -> Cell {
    match (field.shape, value) {
        (Shape::Value(ValueKind::Number | ValueKind::Any), Value::Number(number)) => {
            number.as_f64().map_or(Cell::Empty, Cell::Number)
        }
        (Shape::Value(ValueKind::Date), Value::String(text)) => {
            text.parse().map_or_else(|_| Cell::of_text(text.clone()), Cell::Day)
        }
        (Shape::Items(inner), _) => {
            let lines = shown_items(value).map(|item| context.brief(inner, item));
            Cell::of_text(lines.collect::<Vec<_>>().join("\n"))
        }
        _ => Cell::of_text(context.shown(schema, field, value)),
    }
}

/// A number that follows from a thing, on a day; the formula is the plan's own.
#[derive(Debug)]
pub(crate) struct Computed {
    /// The message of its heading.
    pub(crate) key: &'static str,
    /// Whether it is a part of a whole, to be shown in hundredths.
    pub(crate) is_share: bool,
    formula: fn(&Value, Date) -> Option<f64>,
}

const PROGRESS: &[Computed] = &[Computed {
    key: "export-progress",
    is_share: true,
    formula: |item, day| Kpi::from_view(item).progress(day),
}];
const RISK: &[Computed] = &[Computed {
    key: "export-score",
    is_share: false,
    formula: |item, _| Risk::from_view(item).score(),
}];
const FACTOR: &[Computed] = &[Computed {
    key: "export-score",
    is_share: false,
    formula: |item, _| {
        let factor = Factor::from_view(item);
        Some(factor.weight? * factor.rating?)
    },
}];

impl Computed {
    /// The number, without the last digits, which only rounding made.
    pub(crate) fn of(&self, item: &Value, day: Date) -> Option<f64> {
        const WHOLE: f64 = 1e9;
        (self.formula)(item, day).map(|value| (value * WHOLE).round() / WHOLE)
    }
}

/// What is calculated for things of this schema, if it can be for any of them.
pub(crate) fn computed<'a>(
    schema: &str,
    items: impl Iterator<Item = &'a Value> + Clone,
    day: Date,
) -> Vec<&'static Computed> {
    let all = match schema {
        "kpi" => PROGRESS,
        "risk" => RISK,
        "factor" => FACTOR,
        _ => &[],
    };
    let is_known =
        |computed: &&Computed| items.clone().any(|item| computed.of(item, day).is_some());
    all.iter().filter(is_known).collect()
}

impl Cell {
    fn of_text(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl Table {
    fn nothing() -> Self {
        Self { path: String::new(), title: String::new(), columns: Vec::new(), rows: Vec::new() }
    }
}
