//! Other ways to look at a list: a board with a column for each state, and a table of all that is plain.

use jospar_core::document::{Field, Schema, Shape, ValueKind};
use jospar_core::plan::EXTRA;
use jospar_locales::words::text_or_empty;
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, capital};
use super::control::{At, control_id, hidden, shown_value};
use super::list::{handle, summary};

/// The field that a board's columns come from.
const STATE: &str = "state";
/// How many columns a table has beside the name.
const COLUMNS_MAX: usize = 8;

/// A way to look at a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// As the page shows it.
    List,
    /// Columns by state.
    Board,
    /// Rows and columns.
    Table,
}

impl Way {
    const ALL: [Self; 3] = [Self::List, Self::Board, Self::Table];

    /// The way of this name; the list for any other.
    pub(crate) fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|way| way.name() == name).unwrap_or(Self::List)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Board => "board",
            Self::Table => "table",
        }
    }
}

/// The states that things of a schema can have; none if they have no state.
fn states(schema: &'static Schema) -> Option<&'static [&'static str]> {
    schema.fields.iter().find(|field| field.name == STATE).and_then(|field| match field.shape {
        Shape::Value(ValueKind::Choice(choices)) => Some(choices),
        _ => None,
    })
}

/// Links from one way to the others; nothing for a list without states.
pub(crate) fn ways(context: &Context<'_>, schema: &'static Schema, here: &str, now: Way) -> Markup {
    let words = context.words;
    html! {
        @if states(schema).is_some() {
            nav.tabs.screen aria-label=(words.word("web-ways")) {
                @for way in Way::ALL {
                    a href=(format!("{here}?view={}", way.name())) aria-current=[(way == now).then_some("page")] {
                        (words.named("web-way", way.name()))
                    }
                }
            }
        }
    }
}

/// A list as a board or a table.
pub(crate) fn shown(
    context: &Context<'_>,
    path: &str,
    schema: &'static Schema,
    items: &Value,
    way: Way,
) -> Markup {
    let items: Vec<&Value> = items.as_array().into_iter().flatten().collect();
    match (way, states(schema)) {
        (Way::Board, Some(states)) => board(context, path, schema, &items, states),
        _ => table(context, path, schema, &items),
    }
}

fn board(
    context: &Context<'_>,
    path: &str,
    schema: &'static Schema,
    items: &[&Value],
    states: &[&'static str],
) -> Markup {
    let words = context.words;
    let known = |item: &Value| states.contains(&text_or_empty(item, "/state"));
    let without: Vec<&Value> = items.iter().copied().filter(|item| !known(item)).collect();
    let cards = |state: &str| -> Vec<&Value> {
        items.iter().copied().filter(|item| text_or_empty(item, "/state") == state).collect()
    };
    html! {
        div.board tabindex="0" {
            @if !without.is_empty() {
                (column(context, path, schema, (&words.word("web-board-none"), ""), &without, states))
            }
            @for state in states {
                (column(context, path, schema, (&capital(&words.named("choice", state)), state), &cards(state), states))
            }
        }
    }
}

fn column(
    context: &Context<'_>,
    path: &str,
    schema: &'static Schema,
    (title, state): (&str, &str),
    items: &[&Value],
    states: &[&'static str],
) -> Markup {
    let words = context.words;
    html! {
        section.column aria-label=(title) data-column=(state) {
            h2 { (title) " " span.count { (items.len()) } }
            @for item in items {
                @let at = format!("{path}/{}", text_or_empty(item, "/id"));
                @let id = format!("{}-to", control_id(&at));
                article.slip data-card=(at) {
                    (handle(context, &at, &summary(context, schema, item)))
                    a.name href=(format!("/plan/{at}")) { (summary(context, schema, item)) }
                    @if let Some(day) = words.day(text_or_empty(item, "/due")) { p.of { (day) } }
                    form method="post" action="/set" {
                        (hidden(context, &format!("{at}/{STATE}")))
                        label for=(id) { (context.label(STATE)) }
                        select id=(id) name="value" {
                            @if state.is_empty() { option value="" selected {} }
                            @for choice in states {
                                option value=(choice) selected[*choice == state] { (words.named("choice", choice)) }
                            }
                        }
                        button.quiet { (words.word("web-save")) }
                    }
                }
            }
        }
    }
}

fn table(context: &Context<'_>, path: &str, schema: &'static Schema, items: &[&Value]) -> Markup {
    let has = |field: &Field| {
        items
            .iter()
            .any(|item| item.get(field.name).is_some_and(|value| !value.is_null() && value != ""))
    };
    let plain = |field: &&Field| {
        matches!(field.shape, Shape::Value(_))
            && !matches!(field.name, "id" | "order" | EXTRA)
            && has(field)
    };
    let columns: Vec<&'static Field> =
        schema.fields.iter().filter(plain).take(COLUMNS_MAX).collect();
    html! {
        div.scroll tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { (context.label("title")) }
                    @for field in &columns { th scope="col" { (context.label(field.name)) } }
                } }
                tbody {
                    @for item in items {
                        tr {
                            th scope="row" {
                                a href=(format!("/plan/{path}/{}", text_or_empty(item, "/id"))) { (summary(context, schema, item)) }
                            }
                            @for field in &columns {
                                @let value = item.get(field.name).unwrap_or(&Value::Null);
                                @let at = At { path: "", record: schema.name, field: field.name };
                                td { @if !value.is_null() { (shown_value(context, at, value)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
