//! Pages about the plan as a whole: the history, conflicts, approvals.

use jospar_locales::words::{count_at, items_at, short, text_at, text_or_empty};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::context::{Context, unnamed};
use super::control::hidden;
use super::notes::{self, by};
use crate::pages;
use crate::schema::{Spot, locate};

/// A place as people know it: the page and, inside, what things and fields are called.
pub(crate) fn place(context: &Context<'_>, path: &str) -> String {
    let words = context.words;
    let page = pages::of_path(path).map(|page| words.named("web-page", page.name));
    let mut place = String::new();
    let mut called = |segment: &str| {
        place = if place.is_empty() { segment.to_owned() } else { format!("{place}/{segment}") };
        match context.names.get(&place).or_else(|| context.names.get(segment)) {
            Some(name) => format!("«{name}»"),
            // Nobody knows any more what it was called.
            None => match locate(&place) {
                Some(Spot::Item(schema)) => unnamed(words, schema, &json!({"id": segment})),
                _ => words.named("field", segment),
            },
        }
    };
    let all: Vec<String> = path.split('/').map(&mut called).collect();
    let rest = all.get(1..).unwrap_or_default();
    match page {
        Some(page) if rest.is_empty() => page,
        Some(page) => format!("{page}: {}", rest.join(", ")),
        None => words.named("field", path),
    }
}

/// The lines of a history; `restores` adds the way back to each.
pub(crate) fn history_rows(context: &Context<'_>, history: &Value, restores: bool) -> Markup {
    let words = context.words;
    html! {
        @if items_at(history, "/entries").next().is_none() {
            p.empty { (words.word("history-empty")) }
        }
        ol.rows.history {
            @for entry in items_at(history, "/entries") {
                @let paths: Vec<&str> = items_at(entry, "/paths").filter_map(Value::as_str).collect();
                @let change = text_or_empty(entry, "/change");
                li {
                    span.of {
                        (by(words, entry))
                        @if let Some(note) = text_at(entry, "/note") { ", " (note) }
                    }
                    @match paths.as_slice() {
                        [] => span.name { (words.named("kind", text_or_empty(entry, "/part"))) },
                        [path] => a.name href=(format!("/plan/{path}")) { (place(context, path)) },
                        [path, ..] => a.name href=(format!("/plan/{path}")) {
                            (place(context, path)) " "
                            (words.text("web-and-more", &[("count", (paths.len() - 1).into())]))
                        },
                    }
                    @if restores {
                        form method="post" action="/restore-to" {
                            (hidden(context, ""))
                            input type="hidden" name="change" value=(change);
                            button.quiet title=(short(change)) { (words.word("web-restore")) }
                        }
                    }
                }
            }
        }
        @let more = count_at(history, "/more");
        @if more > 0 { p.of { (words.text("web-and-more", &[("count", more.into())])) } }
    }
}

/// Every conflict of the plan.
pub(crate) fn conflicts(context: &Context<'_>) -> Markup {
    let words = context.words;
    html! {
        @if context.conflicts.is_empty() { p.empty { (words.word("conflicts-none")) } }
        @for conflict in &context.conflicts {
            @let path = text_or_empty(conflict, "/path");
            section {
                h2 { a href=(format!("/plan/{path}")) { (place(context, path)) } }
                (notes::conflicts(context, path, |value| words.value(value)))
            }
        }
        (notes::removed(context, &[String::new()]))
    }
}

/// What was approved, by whom, and what differs since.
pub(crate) fn approvals(context: &Context<'_>, answer: &Value, may_sign: bool) -> Markup {
    let words = context.words;
    html! {
        p { (words.word("web-approvals-intro")) }
        @for subject in items_at(answer, "/subjects") {
            @let what = text_or_empty(subject, "/what");
            section.approval {
                h2 {
                    @if what == "plan" { (words.word("web-whole-plan")) } @else { (place(context, what)) }
                }
                p { (words.word(text_or_empty(subject, "/message"))) }
                ul.rows {
                    @for signed in items_at(subject, "/signatures") {
                        li {
                            span.name { (words.person(signed)) }
                            span.fact { (words.named("role", text_or_empty(signed, "/role"))) }
                            span.fact { (words.moment_at(signed, "/time_ms")) }
                            span.fact { (words.word(text_or_empty(signed, "/message"))) }
                        }
                    }
                }
                @if may_sign {
                    form method="post" action="/approve" {
                        (hidden(context, what))
                        input type="hidden" name="hash" value=(text_at(subject, "/hash").unwrap_or_default());
                        button { (words.word("web-sign")) }
                    }
                }
            }
        }
    }
}
