//! The overview, the calendar and what a search found.

use std::collections::BTreeMap;

use jospar_locales::words::{Words, flag_at, items_at, text_or_empty};
use jospar_plugin_api::Report;
use maud::{Markup, html};
use serde_json::Value;

use super::about::{history_rows, place};
use super::context::Context;
use super::control::hidden;
use super::list::Due;
use super::notes;
use super::report::summary;
use crate::search::Hit;

/// The findings that the overview lists.
const FINDINGS_MAX: usize = 8;

/// What the overview is made from.
pub(crate) struct Shown<'a> {
    /// What has a day, the nearest first.
    pub(crate) due: &'a [Due],
    /// The node's status.
    pub(crate) status: &'a Value,
    /// What the rules found.
    pub(crate) findings: &'a Value,
    /// The last changes.
    pub(crate) history: &'a Value,
    /// Changes by others since the person last looked.
    pub(crate) news: &'a Value,
    /// Threads that nobody has resolved; those that name the reader first.
    pub(crate) threads: &'a [super::discuss::Open],
    /// How the partnership stands, if it could be counted.
    pub(crate) health: Option<&'a Report>,
}

/// The overview: what waits, what others did, what the rules found, the last changes, who is there.
pub(crate) fn overview(context: &Context<'_>, shown: &Shown<'_>) -> Markup {
    let words = context.words;
    let found: Vec<&Value> = items_at(shown.findings, "/findings").collect();
    html! {
        (news(context, shown.news))
        div.columns {
            section {
                h2 { (words.word("web-due")) }
                @if shown.due.is_empty() { p.empty { (words.word("web-due-none")) } }
                (due_rows(words, shown.due))
                p { a href="/calendar" { (words.word("web-page-calendar")) } }
            }
            div {
                section {
                    h2 { (words.word("web-who")) }
                    (peers(words, shown.status))
                }
                section {
                    h2 { (words.word("web-figures")) }
                    @match shown.health {
                        Some(found) => (summary(words, found)),
                        None => p { (words.word("web-figures-about")) },
                    }
                    p { a href="/plugins/partnership" { (words.word("web-figures-open")) } }
                }
                (super::discuss::open_threads(context, shown.threads))
            }
        }
        (notes::findings(words, &found.iter().copied().take(FINDINGS_MAX).collect::<Vec<_>>()))
        @if found.len() > FINDINGS_MAX {
            p.of { (words.text("web-findings-more", &[("count", (found.len() - FINDINGS_MAX).into())])) }
        }
        section {
            h2 { (words.word("web-last-changes")) }
            (history_rows(context, shown.history, false))
            p { a href="/history" { (words.word("web-all-history")) } }
        }
    }
}

/// What others did since the person last looked, with the button that says it was seen.
fn news(context: &Context<'_>, news: &Value) -> Markup {
    let words = context.words;
    let count = items_at(news, "/entries").count();
    html! {
        @if count > 0 {
            section.call {
                h2 { (words.text("web-news", &[("count", count.into())])) }
                (history_rows(context, news, false))
                form method="post" action="/seen" {
                    (hidden(context, ""))
                    button { (words.word("web-news-seen")) }
                }
            }
        }
    }
}

fn due_rows(words: &Words, due: &[Due]) -> Markup {
    html! {
        ul.rows {
            @for due in due {
                li {
                    a.name href=(format!("/plan/{}", due.path)) { (due.name) }
                    span.fact.bad[due.late] {
                        @if due.late { (words.word("web-late")) " " }
                        (words.day(&due.day).unwrap_or_default())
                    }
                }
            }
        }
    }
}

fn peers(words: &Words, status: &Value) -> Markup {
    html! {
        ul.rows {
            @let device = status.get("device").unwrap_or(&Value::Null);
            li { span.name { (words.person(device)) }
                 span.fact { (words.named("role", text_or_empty(device, "/role"))) ", " (words.word("devices-this")) } }
            @for peer in items_at(status, "/peers") {
                li {
                    span.name {
                        @if text_or_empty(peer, "/kind") == "server" {
                            (words.word("role-server")) " " (text_or_empty(peer, "/address"))
                        } @else { (words.person(peer)) }
                    }
                    span.fact {
                        (words.word(if flag_at(peer, "/connected") { "state-online" } else { "state-offline" }))
                        @if flag_at(peer, "/equal") { ", " (words.word("state-synced")) }
                    }
                }
            }
        }
    }
}

/// Everything with a day, month by month; what is late stands above.
pub(crate) fn calendar(context: &Context<'_>, due: &[Due]) -> Markup {
    let words = context.words;
    let mut months: BTreeMap<&str, Vec<&Due>> = BTreeMap::new();
    for due in due.iter().filter(|due| !due.late) {
        months.entry(due.day.get(..7).unwrap_or_default()).or_default().push(due);
    }
    let late: Vec<&Due> = due.iter().filter(|due| due.late).collect();
    html! {
        @if due.is_empty() { p.empty { (words.word("web-due-none")) } }
        @if !late.is_empty() {
            section.late { h2 { (words.word("web-late-all")) } (days(context, &late)) }
        }
        @for (month, due) in &months {
            section { h2 { (month_name(words, month)) } (days(context, due)) }
        }
    }
}

fn days(context: &Context<'_>, due: &[&Due]) -> Markup {
    let words = context.words;
    html! {
        ol.rows.days {
            @for due in due {
                li {
                    span.of { (words.day(&due.day).unwrap_or_default()) }
                    a.name href=(format!("/plan/{}", due.path)) { (due.name) }
                    span.fact { (page_of(context, &due.path)) }
                }
            }
        }
    }
}

fn page_of(context: &Context<'_>, path: &str) -> String {
    let page = crate::pages::of_path(path);
    page.map(|page| context.words.named("web-page", page.name)).unwrap_or_default()
}

/// A month from `2026-11`.
fn month_name(words: &Words, month: &str) -> String {
    let number = month.split('-').nth(1).and_then(|text| text.parse::<u8>().ok());
    let year = month.split('-').next().unwrap_or_default();
    match number.filter(|number| (1..=12).contains(number)) {
        Some(number) => {
            let values = [
                ("year", year.into()),
                ("month", words.named("web-month-name", &number.to_string()).into()),
            ];
            super::context::capital(&words.text("web-month", &values))
        }
        None => month.to_owned(),
    }
}

/// What a search found.
pub(crate) fn found(context: &Context<'_>, asked: &str, hits: &[Hit], count: usize) -> Markup {
    let words = context.words;
    html! {
        form.search role="search" method="get" action="/search" {
            label for="asked" { (words.word("web-search-label")) }
            input type="search" id="asked" name="q" value=(asked) maxlength="200" autofocus;
            button { (words.word("web-search-do")) }
        }
        @if !asked.is_empty() {
            p.of role="status" { (words.text("web-search-count", &[("count", count.into())])) }
        }
        ol.rows.hits {
            @for hit in hits {
                li {
                    a.name href=(format!("/plan/{}", hit.path)) {
                        @if hit.name.is_empty() { (place(context, &hit.path)) } @else { (hit.name) }
                    }
                    span.fact { (page_of(context, &hit.path)) }
                    @if !hit.excerpt[1].is_empty() {
                        span.of.whole { (hit.excerpt[0]) mark { (hit.excerpt[1]) } (hit.excerpt[2]) }
                    }
                }
            }
        }
    }
}
