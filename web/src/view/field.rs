//! Records as forms: each field by its shape, whatever the part of the plan.

use jospar_core::document::{Field, Schema, Shape};
use jospar_core::plan::EXTRA;
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, lists_for, map_keys};
use super::control::{self, At, control_id, hidden};
use super::list;
use super::notes::conflicts;

/// Fields that programs keep and people do not edit.
const HIDDEN: [&str; 6] = ["id", "order", EXTRA, "file_hash", "drafted", "drafted_blocks"];

/// All fields of a record.
pub(crate) fn record(
    context: &Context<'_>,
    path: &str,
    schema: &'static Schema,
    value: &Value,
) -> Markup {
    let fields = schema.fields.iter().filter(|field| !HIDDEN.contains(&field.name));
    html! {
        div.record {
            @for field in fields {
                (one(context, &format!("{path}/{}", field.name), schema, field,
                     value.get(field.name).unwrap_or(&Value::Null)))
            }
        }
    }
}

/// One field of a record.
fn one(
    context: &Context<'_>,
    path: &str,
    schema: &'static Schema,
    field: &'static Field,
    value: &Value,
) -> Markup {
    let at = At { path, record: schema.name, field: field.name };
    shape(context, at, field.shape, value)
}

/// A field by its shape.
pub(crate) fn shape(context: &Context<'_>, at: At<'_>, shape: Shape, value: &Value) -> Markup {
    let text = || value.as_str().unwrap_or_default();
    match shape {
        Shape::Value(kind) => control::value(context, at, kind, value),
        Shape::Text => control::text(context, at, &context.label(at.field), text(), false),
        Shape::Prose => control::text(context, at, &context.label(at.field), text(), true),
        Shape::LocalText => control::local(context, at, value, false),
        Shape::LocalProse => control::local(context, at, value, true),
        Shape::Record(schema) => html! {
            fieldset.wide id=(control_id(at.path)) {
                legend { (context.label(at.field)) }
                (record(context, at.path, schema, value))
            }
        },
        Shape::Items(schema) => html! {
            fieldset.wide id=(control_id(at.path)) {
                legend { (context.label(at.field)) }
                (list::nested(context, at.path, schema, value))
            }
        },
        Shape::Set => set(context, at, value),
        Shape::Map(_) => map(context, at, value),
    }
}

/// Short texts or references: each can be taken out, others can be put in.
fn set(context: &Context<'_>, at: At<'_>, value: &Value) -> Markup {
    let id = control_id(at.path);
    let members: Vec<&str> =
        value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let lists = lists_for(at.record, at.field);
    let left: Vec<_> = context
        .choices(at.record, at.field)
        .filter(|(id, _)| !members.contains(&id.as_str()))
        .collect();
    html! {
        div.field.wide id=(format!("{id}-field")) data-keep {
            label for=(id) { (context.label(at.field)) }
            ul.chips {
                @for member in &members {
                    @let name = context.name_of(at.record, at.field, member);
                    li {
                        @match lists.first().filter(|_| name != *member) {
                            Some(_) => a href=(format!("/find/{member}")) { (name) },
                            None => span { (name) },
                        }
                        form method="post" action="/exclude" {
                            (hidden(context, at.path))
                            input type="hidden" name="value" value=(member);
                            button.quiet aria-label=(context.words.with("web-take-out", "name", name))
                                title=(context.words.with("web-take-out", "name", name)) { "×" }
                        }
                    }
                }
            }
            form.add method="post" action="/include" {
                (hidden(context, at.path))
                @if lists.is_empty() || lists.contains(&"people") {
                    input type="text" maxlength="200" autocomplete="off" id=(id) name="value" required
                        list=(format!("{id}-list"));
                    datalist id=(format!("{id}-list")) {
                        @for (_, name) in &left { option value=(name) {} }
                    }
                } @else {
                    select id=(id) name="value" required {
                        option value="" {}
                        @for (id, name) in &left { option value=(id) { (name) } }
                    }
                }
                button { (context.words.word("web-put-in")) }
            }
        }
    }
}

/// Values by key.
fn map(context: &Context<'_>, at: At<'_>, value: &Value) -> Markup {
    let id = control_id(at.path);
    let lists = map_keys(at.record, at.field);
    let known: Vec<&(String, String)> =
        lists.iter().filter_map(|list| context.choices.get(*list)).flatten().collect();
    let kind = match crate::schema::locate(at.path) {
        Some(crate::schema::Spot::Field { shape: Shape::Map(kind), .. }) => kind,
        _ => jospar_core::document::ValueKind::Any,
    };
    html! {
        fieldset.wide id=(format!("{id}-field")) data-keep {
            legend { (context.label(at.field)) }
            @for (key, value) in value.as_object().into_iter().flatten() {
                @let path = format!("{}/{key}", at.path);
                div.pair {
                    label for=(control_id(&path)) { (context.key_name(at.record, at.field, key)) }
                    form method="post" action="/set" hx-post="/set" hx-trigger="change, submit"
                        hx-swap="none" {
                        (hidden(context, &path))
                        (map_input(context, &path, kind, value))
                    }
                    (conflicts(context, &path, |shown| control::shown_value(context, at, shown)))
                }
            }
            form.add method="post" action="/entry" {
                (hidden(context, at.path))
                label for=(id) { (context.words.word("web-new-entry")) }
                input type="text" maxlength="100" autocomplete="off" id=(id) name="key" required
                    list=(format!("{id}-list"));
                datalist id=(format!("{id}-list")) {
                    @for (_, name) in &known { option value=(name) {} }
                }
                label for=(format!("{id}-value")) { (context.words.word("web-value")) }
                (map_input(context, &format!("{}-value", at.path), kind, &Value::Null))
                button { (context.words.word("web-put-in")) }
            }
        }
    }
}

fn map_input(
    context: &Context<'_>,
    path: &str,
    kind: jospar_core::document::ValueKind,
    value: &Value,
) -> Markup {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    match kind {
        jospar_core::document::ValueKind::Choice(choices) => html! {
            select id=(control_id(path)) name="value" {
                option value="" {}
                @for choice in choices {
                    option value=(choice) selected[*choice == text] {
                        (context.words.named("choice", &choice.to_lowercase()))
                    }
                }
            }
        },
        _ => html! {
            input type="text" maxlength="200" autocomplete="off" id=(control_id(path)) name="value"
                value=(text);
        },
    }
}
