//! What is different between two states of the plan, page by page.

use jospar_core::document::{Shape, ValueKind};
use jospar_core::plan::references;
use jospar_locales::words::{Words, count_at, items_at, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::about::place;
use super::context::{self, Context, capital};
use crate::pages;
use crate::schema::{Spot, locate};

/// What a comparison was asked for.
#[derive(Debug)]
pub(crate) struct Days<'a> {
    /// The part of the plan; empty for all of it.
    pub(crate) path: &'a str,
    /// The first day.
    pub(crate) from: &'a str,
    /// The last day; empty for now.
    pub(crate) to: &'a str,
}

/// The form that asks for two days.
pub(crate) fn form(context: &Context<'_>, days: &Days<'_>) -> Markup {
    let words = context.words;
    html! {
        details.item.screen open[!days.from.is_empty()] {
            summary { span.name { (words.word("web-compare")) } }
            form.record method="get" action="/history" {
                @if !days.path.is_empty() { input type="hidden" name="path" value=(days.path); }
                p.wide.of { (words.word("web-compare-about")) }
                div.field {
                    label for="compare-from" { (words.word("web-compare-from")) }
                    input id="compare-from" type="date" name="from" value=(days.from) required;
                }
                div.field {
                    label for="compare-to" { (words.word("web-compare-to")) }
                    input id="compare-to" type="date" name="to" value=(days.to);
                }
                div.field { button { (words.word("web-compare-do")) } }
            }
        }
    }
}

/// What things are called that only one of the two states has.
pub(crate) fn collect_names(context: &mut Context<'_>, answer: &Value) {
    for one in items_at(answer, "/differences") {
        for end in ["before", "after"] {
            let value = one.get(end).unwrap_or(&Value::Null);
            let mut found = std::collections::BTreeMap::new();
            context::collect_names(context.words, text_or_empty(one, "/path"), value, &mut found);
            context.learn(found);
        }
    }
}

/// The differences between two days, under the pages of the menu.
pub(crate) fn shown(context: &Context<'_>, answer: &Value, days: &Days<'_>) -> Markup {
    let words = context.words;
    let day = |text: &str| words.day(text).unwrap_or_else(|| words.word("compare-now"));
    let values = [("from", day(days.from).into()), ("to", day(days.to).into())];
    html! {
        h2 { (words.text("web-compare-of", &values)) }
        (differences(context, answer))
    }
}

/// Differences, under the pages of the menu.
pub(crate) fn differences(context: &Context<'_>, answer: &Value) -> Markup {
    let words = context.words;
    let all: Vec<&Value> = items_at(answer, "/differences").collect();
    let page_of = |one: &Value| pages::of_path(text_or_empty(one, "/path")).map(|page| page.name);
    html! {
        @if all.is_empty() { p.empty { (words.word("compare-none")) } }
        @for page in pages::all() {
            @let found: Vec<&&Value> = all.iter().filter(|one| page_of(one) == Some(page.name)).collect();
            @if !found.is_empty() {
                section {
                    h3 { (words.named("web-page", page.name)) " " span.count { (found.len()) } }
                    ul.edits { @for one in found { (row(context, one)) } }
                }
            }
        }
        @let more = count_at(answer, "/more");
        @if more > 0 { p.of { (words.text("compare-more", &[("count", more.into())])) } }
    }
}

fn row(context: &Context<'_>, one: &Value) -> Markup {
    let path = text_or_empty(one, "/path");
    let what = text_or_empty(one, "/what");
    let end = |name: &str| value(context, path, one.get(name).unwrap_or(&Value::Null));
    html! {
        li {
            a.of href=(format!("/plan/{path}")) { (place(context, path)) } " "
            span.of { (context.words.named("compare", what)) ": " }
            @match what {
                "added" => ins { (end("after")) },
                "removed" => del { (end("before")) },
                "moved" => {},
                _ => @if one.get("words").is_some_and(Value::is_array) { (pieces(one)) } @else {
                    @let (before, after) = (end("before"), end("after"));
                    @if !before.is_empty() { del { (before) } }
                    @if !before.is_empty() && !after.is_empty() { " → " }
                    @if !after.is_empty() { ins { (after) } }
                },
            }
        }
    }
}

/// A text with what was taken out and put in.
fn pieces(one: &Value) -> Markup {
    html! {
        @for piece in items_at(one, "/words") {
            @let text = text_or_empty(piece, "/1");
            @match text_or_empty(piece, "/0") {
                "deleted" => del { (text) },
                "inserted" => ins { (text) },
                _ => span { (text) },
            }
        }
    }
}

/// A value as people read it: a choice in words, a thing by its name.
pub(crate) fn value(context: &Context<'_>, path: &str, value: &Value) -> String {
    let words = context.words;
    match (locate(path), value) {
        (_, Value::Null) => String::new(),
        (
            Some(Spot::Field { shape: Shape::Value(ValueKind::Choice(_)), .. }),
            Value::String(word),
        ) => capital(&words.named("choice", word)),
        (Some(Spot::Inside { shape: Shape::Map(ValueKind::Choice(_)) }), Value::String(word)) => {
            capital(&words.named("choice", word))
        }
        (Some(Spot::Field { record, name, .. }), value) if !references(record, name).is_empty() => {
            let called = |id: &Value| match id.as_str().and_then(|id| context.names.get(id)) {
                Some(name) => name.clone(),
                None => named(context, path, id),
            };
            match value {
                Value::Array(ids) => ids.iter().map(called).collect::<Vec<_>>().join(", "),
                id => called(id),
            }
        }
        (_, value) => named(context, path, value),
    }
}

/// A thing by its name, anything else as it is.
fn named(context: &Context<'_>, path: &str, value: &Value) -> String {
    let words: &Words = context.words;
    match value {
        Value::Object(_) if words.local(value).is_none() => context::name_at(words, path, value),
        value => words.value(value),
    }
}
