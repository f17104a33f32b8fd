//! The plan on paper: all of it, to be read and signed. The browser's own print makes pages and PDF of it.

use jospar_core::document::{Field, Schema, Shape};
use jospar_core::plan::{Date, EXTRA, Period, Record as _};
use jospar_locales::words::{Words, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, name, own_name};
use super::control::{At, shown_value};
use super::list::summary;
use super::{proof, special};
use crate::routes::{Part, part_title};
use crate::schema::Spot;

/// Pages that are no part of the printed plan: who said what, names, the school's own tickets.
const LEFT_OUT: [&str; 3] = ["discussion", "people", "support"];

/// Pages whose picture is printed above their lists.
const PICTURES: [&str; 4] = ["swot", "kpis", "risks", "map"];

/// The whole plan: head, then page by page.
pub(crate) fn plan(
    context: &Context<'_>,
    groups: &[(&str, Vec<Part>)],
    as_of: Option<Date>,
    code: Option<&Value>,
) -> Markup {
    let words = context.words;
    let empty = Value::Null;
    let head = groups.iter().flat_map(|(_, parts)| parts).find(|part| part.path == "plan");
    let head = head.map_or(&empty, |part| &part.value);
    let when = Period::from_view(head.get("period").unwrap_or(&empty));
    let local =
        |field: &str| head.get(field).and_then(|text| words.local(text)).unwrap_or_default();
    html! {
        p.screen { button.print type="button" { (words.word("web-print-do")) } " " (words.word("web-print-about")) }
        article.paper {
            header.passport {
                p.school { (local("school")) }
                div.approved {
                    p { strong { (words.word("web-print-approved")) } }
                    p { (words.word("role-director")) }
                    p { "_______________ / _______________" }
                    p { (words.word("web-print-date")) }
                }
                h2 { (local("title")) }
                p { (period(words, head)) }
            }
            @for (page, parts) in groups {
                @if !LEFT_OUT.contains(page) {
                    section.sheet {
                        h2 { (words.named("web-page", page)) }
                        @if PICTURES.contains(page) { (special::of_page(context, page, parts, as_of, &when)) }
                        @for part in parts {
                            @if parts.len() > 1 && !is_empty(&part.value) {
                                h3 { (part_title(context, part)) }
                            }
                            (part_of(context, part))
                        }
                    }
                }
            }
            (signatures(words, &[local("school"), local("title")]))
            (proof::below(words, code))
        }
    }
}

/// Where both partners sign, under the name of what they sign: it can come to stand on a sheet of its own.
fn signatures(words: &Words, what: &[&str]) -> Markup {
    let what: Vec<&str> = what.iter().copied().filter(|name| !name.is_empty()).collect();
    html! {
        footer.signatures {
            p.what { (what.join(", ")) }
            @for role in ["role-director", "role-teacher"] {
                p { (words.word(role)) " _______________ / _______________" }
            }
        }
    }
}

fn period(words: &Words, head: &Value) -> String {
    let day = |end: &str| words.day(text_or_empty(head, &format!("/period/{end}")));
    [day("start"), day("end")].into_iter().flatten().collect::<Vec<_>>().join(" – ")
}

fn part_of(context: &Context<'_>, part: &Part) -> Markup {
    match part.spot {
        Spot::Documents(kind) => items(context, kind.schema(), &part.value),
        Spot::Item(schema) | Spot::Field { shape: Shape::Record(schema), .. } => {
            record(context, schema, &part.value, None)
        }
        Spot::Field { shape: Shape::Items(schema), .. } => items(context, schema, &part.value),
        _ => html! {},
    }
}

/// One thing or one part on a sheet of its own: minutes of a meeting, a canvas, the map; with lines to sign.
pub(crate) fn sheet(
    context: &Context<'_>,
    (school, title): (&str, &str),
    parts: &[Part],
    picture: &Markup,
) -> Markup {
    let words = context.words;
    html! {
        p.screen { button.print type="button" { (words.word("web-print-do")) } " " (words.word("web-print-about")) }
        article.paper {
            p.school { (school) }
            h2 { (title) }
            (picture)
            @for part in parts {
                @if parts.len() > 1 && !is_empty(&part.value) { h3 { (part_title(context, part)) } }
                (part_of(context, part))
            }
            (signatures(words, &[school, title]))
        }
    }
}

/// A paper as it is signed: its blocks by what each is, and the code of its approval, if it has one.
pub(crate) fn paper(context: &Context<'_>, paper: &Value, code: Option<&Value>) -> Markup {
    let words = context.words;
    let label = paper.get("ai_label").and_then(|label| words.local(label)).unwrap_or_default();
    let assisted = paper.get("ai_assisted").and_then(Value::as_bool) == Some(true);
    html! {
        p.screen { button.print type="button" { (words.word("web-print-do")) } }
        article.paper.order {
            @for block in paper.get("blocks").and_then(Value::as_array).into_iter().flatten() {
                @let role = text_or_empty(block, "/role");
                div class={ "block " (role) } {
                    @for line in text_or_empty(block, "/text").lines() { p { (line) } }
                    @if text_or_empty(block, "/from") == "ai" || block.get("ai") == Some(&Value::Bool(true)) {
                        @if text_or_empty(block, "/accepted_by").is_empty() {
                            p.screen.bad { (words.word("web-ai-not-accepted")) }
                        }
                    }
                }
            }
            @if assisted && !label.is_empty() { p.ai-label { (label) } }
            (proof::below(words, code))
        }
    }
}

/// True for what has nothing in it to be printed.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// How many columns a table on paper may have beside the name.
const COLUMNS_MAX: usize = 5;

fn items(context: &Context<'_>, schema: &'static Schema, value: &Value) -> Markup {
    let items: Vec<&Value> = value.as_array().into_iter().flatten().collect();
    if let Some(columns) = columns(schema, &items) {
        return table(context, schema, &items, &columns);
    }
    html! {
        @for item in items {
            div.entry {
                p.entry-name { (summary(context, schema, item)) }
                (record(context, schema, item, own_name(context.words, item).as_deref()))
            }
        }
    }
}

/// The fields of items that are plain enough for a table: none of them holds a text, a list or a record.
fn columns(schema: &'static Schema, items: &[&Value]) -> Option<Vec<&'static Field>> {
    let filled = |field: &Field| {
        let has = |item: &&Value| item.get(field.name).is_some_and(|value| !is_empty(value));
        is_printed(field) && items.iter().any(has)
    };
    let fields: Vec<&'static Field> = schema.fields.iter().filter(|field| filled(field)).collect();
    let is_name = |field: &Field| matches!(field.name, "title" | "name");
    let plain =
        |field: &&Field| matches!(field.shape, Shape::Value(_) | Shape::Set) || is_name(field);
    let columns: Vec<&'static Field> =
        fields.iter().copied().filter(|field| !is_name(field)).collect();
    let fits = items.len() > 1 && (1..=COLUMNS_MAX).contains(&columns.len());
    let named = fields.iter().any(|field| is_name(field));
    (fits && named && fields.iter().all(plain)).then_some(columns)
}

fn is_printed(field: &Field) -> bool {
    let program =
        ["id", "order", EXTRA, "file_hash", "x", "y", "pairwise", "drafted", "drafted_blocks"];
    !program.contains(&field.name)
}

fn table(
    context: &Context<'_>,
    schema: &'static Schema,
    items: &[&Value],
    columns: &[&'static Field],
) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (context.label("title")) }
                @for field in columns { th scope="col" { (context.label(field.name)) } }
            } }
            tbody {
                @for item in items {
                    tr {
                        th scope="row" { (name(context.words, schema, item)) }
                        @for field in columns {
                            @let value = item.get(field.name).unwrap_or(&Value::Null);
                            td { @if !is_empty(value) { (one(context, schema, field, value)) } }
                        }
                    }
                }
            }
        }
    }
}

/// The filled fields of a record, but for the name that stands above it already.
fn record(
    context: &Context<'_>,
    schema: &'static Schema,
    value: &Value,
    named: Option<&str>,
) -> Markup {
    let filled = schema.fields.iter().filter_map(|field| {
        let value = value.get(field.name).filter(|value| is_printed(field) && !is_empty(value))?;
        // The name stands above already.
        let text = context.words.local(value).or_else(|| value.as_str());
        let is_name = named.is_some() && text == named;
        (!is_name).then_some((field, value))
    });
    let filled: Vec<_> = filled.collect();
    // One text alone needs no label.
    if let [(field, value)] = filled.as_slice()
        && matches!(field.shape, Shape::Prose | Shape::LocalProse | Shape::Text)
    {
        return html! { div.alone { (one(context, schema, field, value)) } };
    }
    html! {
        @if !filled.is_empty() {
            dl {
                @for (field, value) in filled {
                    @let block = matches!(field.shape, Shape::Items(_) | Shape::Record(_));
                    dt.block[block] { (context.label(field.name)) }
                    dd.block[block] { (one(context, schema, field, value)) }
                }
            }
        }
    }
}

fn one(
    context: &Context<'_>,
    schema: &'static Schema,
    field: &'static Field,
    value: &Value,
) -> Markup {
    let at = At { path: "", record: schema.name, field: field.name };
    match field.shape {
        Shape::Record(inner) => record(context, inner, value, None),
        Shape::Items(inner) => items(context, inner, value),
        Shape::Set => {
            let members = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            let names: Vec<&str> =
                members.map(|id| context.name_of(schema.name, field.name, id)).collect();
            html! { (names.join("; ")) }
        }
        Shape::Map(_) => html! {
            @for (key, value) in value.as_object().into_iter().flatten() {
                p { (context.key_name(schema.name, field.name, key)) ": " (shown_value(context, at, value)) }
            }
        },
        Shape::Value(_) => html! { (shown_value(context, at, value)) },
        Shape::Text | Shape::Prose | Shape::LocalText | Shape::LocalProse => {
            let text = value.as_str().or_else(|| context.words.local(value)).unwrap_or_default();
            html! { @for line in text.lines() { p { (line) } } }
        }
    }
}
