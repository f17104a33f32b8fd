//! Years: the list, what goes on into the next one, and a past one beside this one.

use jospar_locales::words::{Words, flag_at, items_at, text_at, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, capital, name_at};
use super::control::hidden;
use crate::schema::{Spot, locate};

/// The lists of an offer in the order in which they are shown; journals stand behind.
const LISTS: [&str; 16] = [
    "initiatives",
    "kpis",
    "risks",
    "problems",
    "meetings",
    "professional_development",
    "pilots",
    "antipatterns",
    "documents",
    "design_thinking",
    "lesson_studies",
    "surveys",
    "tickets",
    "help_requests",
    "grants",
    "comments_threads",
];
/// What else a year begins with, told below the lists: the ends of message keys.
const RULES: [&str; 4] = ["audit", "map", "stays", "sealed"];

/// A year by its days.
fn period(words: &Words, year: &Value) -> String {
    let day = |end: &str| words.day(text_or_empty(year, end));
    [day("/start"), day("/end")].into_iter().flatten().collect::<Vec<_>>().join(" – ")
}

/// What a year is called: its plan's title, else its id.
pub(crate) fn called(words: &Words, year: &Value) -> String {
    let title = year.get("title").and_then(|title| words.local(title)).unwrap_or_default();
    if title.is_empty() { text_or_empty(year, "/id").to_owned() } else { title.to_owned() }
}

/// The years that are over, and the way to the next one.
pub(crate) fn list(context: &Context<'_>, answer: &Value, leads: bool) -> Markup {
    let words = context.words;
    let current = answer.get("current").unwrap_or(&Value::Null);
    html! {
        p.lead { (words.word("web-years-about")) }
        section {
            h2 { (words.word("web-year-current")) }
            p { (called(words, current)) " " span.of { (period(words, current)) } }
            @if leads { p { a href="/years/next" { (words.word("web-year-next")) } } }
        }
        section {
            h2 { (words.word("kind-years")) }
            @if items_at(answer, "/years").next().is_none() { p.empty { (words.word("web-years-none")) } }
            ul.rows {
                @for year in items_at(answer, "/years") {
                    li {
                        a.name href=(format!("/years/{}", text_or_empty(year, "/id"))) { (called(words, year)) }
                        span.fact { (period(words, year)) }
                        a href=(format!("/years/{}/plan", text_or_empty(year, "/id"))) {
                            (words.word("web-year-read"))
                        }
                    }
                }
            }
        }
    }
}

/// What goes on into the next year, each with a tick.
pub(crate) fn next(context: &Context<'_>, offer: &Value) -> Markup {
    let words = context.words;
    let of = |list: &str| -> Vec<&Value> {
        items_at(offer, "/offers").filter(|one| text_at(one, "/list") == Some(list)).collect()
    };
    let journals: Vec<&Value> = items_at(offer, "/offers")
        .filter(|one| one.get("thing").is_some_and(Value::is_u64))
        .collect();
    html! {
        p.lead { (words.word("web-year-next-about")) }
        @if flag_at(offer, "/begun") {
            p.call { (words.with("error-year-begun", "year", text_or_empty(offer, "/id"))) }
        } @else {
            form.year method="post" action="/years/begin" data-still {
                (hidden(context, ""))
                div.record {
                    @for (field, key) in [("start", "field-start"), ("end", "field-end")] {
                        div.field {
                            label for=(format!("year-{field}")) { (capital(&words.word(key))) }
                            input id=(format!("year-{field}")) type="date" name=(field) required
                                value=(text_or_empty(offer, &format!("/{field}")));
                        }
                    }
                }
                @for list in LISTS {
                    @let things = of(list);
                    @if !things.is_empty() {
                        fieldset {
                            legend { (list_name(context, list)) }
                            @if words.catalogue().has(&rule(list)) { p.of { (words.word(&rule(list))) } }
                            @for one in things { (tick(context, one, &name_at(words, text_or_empty(one, "/path"), &one["thing"]))) }
                        }
                    }
                }
                @if !journals.is_empty() {
                    fieldset {
                        legend { (words.word("web-year-journals")) }
                        p.of { (words.word("year-rule-journals")) }
                        @for one in journals {
                            @let list = context.label(text_or_empty(one, "/list"));
                            (tick(context, one, &format!("{list}: {}", one["thing"])))
                        }
                    }
                }
                h2 { (words.word("web-year-rest")) }
                ul.points { @for rest in RULES { li { (words.word(&rule(rest))) } } }
                div.actions { button { (words.word("web-year-begin")) } }
            }
        }
    }
}

/// What a list is called.
fn list_name(context: &Context<'_>, list: &str) -> String {
    match locate(list) {
        Some(Spot::Documents(kind)) => context.words.word(&kind.message_key()),
        _ => context.label(list),
    }
}

fn rule(list: &str) -> String {
    format!("year-rule-{}", list.replace('_', "-"))
}

fn tick(context: &Context<'_>, one: &Value, shown: &str) -> Markup {
    let path = text_or_empty(one, "/path");
    let id = super::control::control_id(path);
    let why = context.words.named("year-why", text_or_empty(one, "/why"));
    html! {
        div.check {
            input type="hidden" name=(format!("offer:{path}")) value="";
            input type="checkbox" id=(id) name=(format!("carry:{path}")) value="true"
                checked[flag_at(one, "/carried")];
            label for=(id) { (shown) " " span.of { (why) } }
        }
    }
}

/// A past year beside this one.
pub(crate) fn one(context: &Context<'_>, answer: &Value, takes_back: bool) -> Markup {
    let words = context.words;
    let year = answer.get("year").unwrap_or(&Value::Null);
    let id = text_or_empty(year, "/id");
    let state = |value: Option<&Value>| match value.and_then(Value::as_str) {
        Some(state) => capital(&words.named("choice", state)),
        None => String::new(),
    };
    html! {
        p { (period(words, year)) " · " (words.with("web-year-closed", "day", &words.day(text_or_empty(year, "/closed")).unwrap_or_default())) }
        p.screen { a href=(format!("/years/{id}/plan")) { (words.word("web-year-read")) } }
        (kpis(words, answer))
        (table(words, "field-audit", &["web-year-then", "field-target", "web-year-now", "field-target"],
            items_at(answer, "/levels").map(|one| (title(words, one), vec![
                number(words, one.pointer("/then/level")), number(words, one.pointer("/then/target")),
                number(words, one.pointer("/now/level")), number(words, one.pointer("/now/target")),
            ])).collect()))
        (table(words, "field-initiatives", &["web-year-then", "web-year-now"],
            items_at(answer, "/initiatives").map(|one| (title(words, one), vec![
                state(one.get("then")), left_or(words, one, state(one.get("now"))),
            ])).collect()))
        (table(words, "field-risks", &["web-year-then", "web-year-now"],
            items_at(answer, "/risks").map(|one| (title(words, one), vec![
                number(words, one.get("then")), left_or(words, one, number(words, one.get("now"))),
            ])).collect()))
        (table(words, "field-swot", &["web-year-then", "web-year-now"],
            ["ife", "efe"].into_iter().map(|sum| (words.word(&format!("web-{sum}")), vec![
                number(words, answer.pointer(&format!("/swot/then/{sum}"))),
                number(words, answer.pointer(&format!("/swot/now/{sum}"))),
            ])).collect()))
        @if takes_back {
            details.sure.screen {
                summary { (words.word("web-year-back")) }
                p { (words.word("web-year-back-about")) }
                form method="post" action="/years/back" {
                    (hidden(context, id))
                    button.bad { (words.word("web-year-back")) }
                }
            }
        }
        p.of.screen { a href="/years" { (words.word("web-page-years")) } " · "
            a href=(format!("/history?from={}", text_or_empty(year, "/closed"))) { (words.word("web-year-changes")) } }
    }
}

fn kpis(words: &Words, answer: &Value) -> Markup {
    let heads = [
        "field-baseline",
        "field-target",
        "web-year-then",
        "web-year-new-baseline",
        "field-target",
        "web-year-now",
    ];
    let row = |one: &Value| {
        let at = |pointer: &str| number(words, one.pointer(pointer));
        let cells = [
            "/then/baseline",
            "/then/target",
            "/then/value",
            "/now/baseline",
            "/now/target",
            "/now/value",
        ];
        let unit = text_or_empty(one, "/unit");
        let called = title(words, one);
        let called = if unit.is_empty() { called } else { format!("{called}, {unit}") };
        (called, cells.into_iter().map(at).collect())
    };
    table(words, "field-kpis", &heads, items_at(answer, "/kpis").map(row).collect())
}

fn title(words: &Words, one: &Value) -> String {
    let title = one.get("title").and_then(|title| words.local(title)).unwrap_or_default();
    if title.is_empty() { text_or_empty(one, "/id").to_owned() } else { title.to_owned() }
}

fn number(words: &Words, value: Option<&Value>) -> String {
    value.filter(|value| value.is_number()).map(|value| words.value(value)).unwrap_or_default()
}

fn left_or(words: &Words, one: &Value, now: String) -> String {
    if flag_at(one, "/carried") { now } else { words.word("web-year-left") }
}

fn table(words: &Words, heading: &str, heads: &[&str], rows: Vec<(String, Vec<String>)>) -> Markup {
    html! {
        @if !rows.is_empty() {
            section.sheet {
                h2 { (capital(&words.word(heading))) }
                div.scroll tabindex="0" role="region" aria-label=(words.word(heading)) {
                    table.grid {
                        thead { tr {
                            th scope="col" { (words.word("web-year-what")) }
                            @for head in heads { th scope="col" { (capital(&words.word(head))) } }
                        } }
                        tbody {
                            @for (called, cells) in rows {
                                tr {
                                    th scope="row" { (called) }
                                    @for cell in cells { td { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
