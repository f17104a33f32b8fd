//! Lists: things in an order that people choose. On a page of their own they are rows that lead to a page each; inside a
//! thing they are folded.

use jospar_core::document::{Schema, Shape, ValueKind};
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, can_have_name, is_inside, name_at, own_name, unnamed};
use super::control::{At, control_id, hidden, shown_value};
use super::field;
use crate::schema::{Spot, locate};
use jospar_locales::words::text_or_empty;

/// How many facts stand beside a name.
const FACTS_MAX: usize = 4;

/// The rows of a list with a page for each.
pub(crate) fn rows(
    context: &Context<'_>,
    path: &str,
    schema: &'static Schema,
    items: &Value,
) -> Markup {
    let items: Vec<&Value> = items.as_array().into_iter().flatten().collect();
    // Documents have no places among each other that a move could change.
    let ordered = items.len() > 1 && !matches!(locate(path), Some(Spot::Documents(_)));
    html! {
        @if items.is_empty() { p.empty { (context.words.word("show-empty")) } }
        ul.rows {
            @for item in items {
                @let id = text_or_empty(item, "/id");
                @let at = format!("{path}/{id}");
                li id=(control_id(&at)) data-item=[ordered.then_some(&at)] {
                    @if ordered { (handle(context, &at, &summary(context, schema, item))) }
                    @if item.get("sealed").is_some() {
                        span.name { (context.words.word("web-sealed")) }
                    } @else {
                        a.name href=(format!("/plan/{at}")) { (summary(context, schema, item)) }
                        (facts(context, schema, item))
                        @if context.conflicts_in(&at) > 0 {
                            span.mark.bad { (context.words.word("web-conflict")) }
                        }
                    }
                }
            }
        }
        (add(context, path))
    }
}

/// What else is worth knowing of an item at a glance: its choices and days.
fn facts(context: &Context<'_>, schema: &'static Schema, item: &Value) -> Markup {
    let wanted =
        |shape: Shape| matches!(shape, Shape::Value(ValueKind::Choice(_) | ValueKind::Date));
    let found = schema.fields.iter().filter(|field| wanted(field.shape)).filter_map(|field| {
        let value =
            item.get(field.name).filter(|value| value.as_str().is_some_and(|t| !t.is_empty()))?;
        let at = At { path: "", record: schema.name, field: field.name };
        Some((field.name, context.label(field.name), shown_value(context, at, value)))
    });
    html! {
        @for (field, label, value) in found.take(FACTS_MAX) {
            span.fact { span.of { (label) ": " } span data-fact=(field) { (value) } }
        }
    }
}

/// The items of a list inside a thing.
pub(crate) fn nested(
    context: &Context<'_>,
    path: &str,
    schema: &'static Schema,
    items: &Value,
) -> Markup {
    let items: Vec<&Value> = items.as_array().into_iter().flatten().collect();
    let last = items.len().saturating_sub(1);
    html! {
        @for (place, item) in items.iter().enumerate() {
            @let at = format!("{path}/{}", text_or_empty(item, "/id"));
            @let opened = is_inside(&context.open, &at) || context.conflicts_in(&at) > 0;
            div.held data-item=(at) {
                @if last > 0 { (handle(context, &at, &summary(context, schema, item))) }
                details.item id=(control_id(&at)) open[opened] {
                    summary {
                        span.name { (summary(context, schema, item)) }
                        (facts(context, schema, item))
                    }
                    (field::record(context, &at, schema, item))
                    (item_actions(context, &at, place, last, &items))
                }
            }
        }
        (add(context, path))
    }
}

/// Things without a name that are called after what they are about.
const NAMED_AFTER: [(&str, &str); 2] = [("design_cycle", "problem"), ("survey", "evidence")];

/// A thing in one line. Where nothing of its kind has a name, it says what it holds.
pub(crate) fn summary(context: &Context<'_>, schema: &'static Schema, item: &Value) -> String {
    let called = |field: &str| {
        let id = text_or_empty(item, &format!("/{field}"));
        context.name_of(schema.name, field, id).to_owned()
    };
    if schema.name == "node_link" {
        return format!("{} – {}", called("from"), called("to"));
    }
    if let Some(own) = own_name(context.words, item) {
        return own;
    }
    let after = NAMED_AFTER.iter().find(|(name, _)| *name == schema.name);
    if let Some(other) = after
        .map(|(_, field)| (called(field), text_or_empty(item, &format!("/{field}"))))
        .filter(|(other, id)| other != id)
    {
        return other.0;
    }
    let plain = |shape: Shape| matches!(shape, Shape::Value(ValueKind::Number | ValueKind::Text));
    let told = schema
        .fields
        .iter()
        .filter(|f| plain(f.shape) && !matches!(f.name, "id" | "order"))
        .filter_map(|field| {
            let value = item.get(field.name).filter(|value| !value.is_null())?;
            let at = At { path: "", record: schema.name, field: field.name };
            Some(format!("{}: {}", context.label(field.name), shown_value(context, at, value)))
        });
    let told: Vec<String> = told.take(2).collect();
    match told.is_empty() || can_have_name(schema) {
        true => unnamed(context.words, schema, item),
        false => told.join("; "),
    }
}

/// What a thing is taken by to be moved, with the pointer or with the arrow keys; only shown where a script does it.
pub(crate) fn handle(context: &Context<'_>, path: &str, name: &str) -> Markup {
    let told = context.words.with("web-handle", "name", name);
    html! {
        button.handle.quiet type="button" id=(format!("{}-handle", control_id(path))) title=(told)
            aria-label=(told) { "⠿" }
    }
}

/// Moving and removing.
pub(crate) fn item_actions(
    context: &Context<'_>,
    path: &str,
    place: usize,
    last: usize,
    items: &[&Value],
) -> Markup {
    let id_at = |place: usize| items.get(place).map(|item| text_or_empty(item, "/id"));
    let before = place.checked_sub(2).and_then(id_at).unwrap_or_default();
    html! {
        div.actions {
            @if place > 0 {
                form method="post" action="/move" {
                    (hidden(context, path))
                    input type="hidden" name="after" value=(before);
                    button.quiet { (context.words.word("web-move-up")) }
                }
            }
            @if place < last {
                form method="post" action="/move" {
                    (hidden(context, path))
                    input type="hidden" name="after" value=(id_at(place + 1).unwrap_or_default());
                    button.quiet { (context.words.word("web-move-down")) }
                }
            }
            form method="post" action="/remove" {
                (hidden(context, path))
                button.quiet.bad { (context.words.word("web-remove")) }
            }
        }
    }
}

/// The place where a new item gets its name.
pub(crate) fn add(context: &Context<'_>, path: &str) -> Markup {
    let id = format!("{}-new", control_id(path));
    html! {
        form.add method="post" action="/add" {
            (hidden(context, path))
            label for=(id) { (context.words.word("web-add-label")) }
            input type="text" maxlength="1000" autocomplete="off" id=(id) name="name";
            button { (context.words.word("web-add")) }
        }
    }
}

/// Something with a day by which it is to be done.
#[derive(Debug, PartialEq)]
pub(crate) struct Due {
    /// Where it stands.
    pub(crate) path: String,
    /// What it is called.
    pub(crate) name: String,
    /// The day, `YYYY-MM-DD`.
    pub(crate) day: String,
    /// Whether the day is over.
    pub(crate) late: bool,
}

/// States in which nothing is owed any more.
const OVER: [&str; 7] = ["done", "cancelled", "closed", "won", "lost", "refused", "received"];
/// Fields with such a day.
const DAYS: [&str; 4] = ["due", "next_due", "deadline", "next"];

/// What is owed in `value`, which stands at `path`, with everything inside; `today` is `YYYY-MM-DD`.
pub(crate) fn due_in(
    words: &jospar_locales::words::Words,
    path: &str,
    value: &Value,
    today: &str,
    found: &mut Vec<Due>,
) {
    match value {
        Value::Object(members) => {
            let over = OVER.contains(&text_or_empty(value, "/state"));
            let day = DAYS.into_iter().find_map(|field| members.get(field)?.as_str());
            if let Some(day) = day.filter(|day| !over && !day.is_empty()) {
                let (name, late) = (name_at(words, path, value), day < today);
                found.push(Due { path: path.to_owned(), name, day: day.to_owned(), late });
            }
            for (member, inner) in members {
                due_in(words, &format!("{path}/{member}"), inner, today, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                if let Some(id) = item.get("id").and_then(Value::as_str) {
                    due_in(words, &format!("{path}/{id}"), item, today, found);
                }
            }
        }
        _ => {}
    }
}
