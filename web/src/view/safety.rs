//! What keeps the plan safe: recovery sheets, what was set aside, files that carry the plan.

use jospar_locales::words::{Words, count_at, flag_at, items_at, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::about::place;
use super::context::Context;
use super::control::hidden;
use crate::guard::PLAN_MEBIBYTES_MAX;

/// The forms in which the plan can be kept.
const EXPORTS: [&str; 5] = ["docx", "xlsx", "ics", "md", "json"];

/// Recovery sheets: what there is, and a new one. `draft` holds the words of one that was just made.
pub(crate) fn recovery(context: &Context<'_>, state: &Value, draft: Option<&Value>) -> Markup {
    let words = context.words;
    let sheets = items_at(state, "/sheets").count();
    html! {
        @if let Some(draft) = draft { (sheet(context, draft)) } @else {
            p.lead { (words.word("web-recovery-about")) }
            @for warning in items_at(state, "/warnings").filter_map(Value::as_str) {
                p.callout.fair { (words.named("web", warning)) }
            }
            p { (words.text("web-recovery-count", &[("count", sheets.into())])) }
            form method="post" action="/recovery" {
                (hidden(context, ""))
                button { (words.word("web-recovery-make")) }
            }
            section.beside {
                h2 { (words.word("web-rescue")) }
                p { (words.word("web-rescue-about")) }
                p { a href="/restore" { (words.word("web-restore-backup")) } }
                p { a href="/recover" { (words.word("web-recover")) } }
            }
        }
    }
}

/// A sheet as it is printed: four words in a row, numbered.
fn sheet(context: &Context<'_>, draft: &Value) -> Markup {
    let words = context.words;
    let all: Vec<&str> = items_at(draft, "/words").filter_map(Value::as_str).collect();
    html! {
        article.paper.recovery data-still {
            h2 { (words.word("web-recovery-title")) }
            ol.sheet-words { @for word in &all { li { (word) } } }
            p { (words.word("recovery-sheet-keep")) }
        }
        form.stack.screen method="post" action="/recovery/keep" {
            (hidden(context, ""))
            input type="hidden" name="sheet" value=(text_or_empty(draft, "/sheet"));
            p { button.print.quiet type="button" { (words.word("web-print-do")) } }
            p { (words.word("web-recovery-once")) }
            div.check {
                input type="checkbox" id="sheet-kept" required;
                label for="sheet-kept" { (words.word("web-recovery-kept")) }
            }
            button { (words.word("web-recovery-hold")) }
        }
    }
}

/// Changes that were set aside, with what a director can do about them.
pub(crate) fn aside(context: &Context<'_>, answer: &Value, decides: bool) -> Markup {
    let words = context.words;
    html! {
        @if items_at(answer, "/groups").next().is_none() {
            p.empty { (words.word("quarantine-none")) }
        } @else { p.lead { (words.word("quarantine-intro")) } }
        @for group in items_at(answer, "/groups") {
            @let change = text_or_empty(group, "/change");
            section.conflict {
                h2 { (words.person(group)) ", " (words.moment_at(group, "/time_ms")) }
                p { (words.word(text_or_empty(group, "/reason"))) }
                ul.points {
                    @for path in items_at(group, "/paths").filter_map(Value::as_str) { li { (place(context, path)) } }
                }
                @if !flag_at(group, "/adoptable") { p.of { (words.word("quarantine-not-adoptable")) } }
                @if decides {
                    div.actions {
                        @if flag_at(group, "/adoptable") {
                            form method="post" action="/aside/adopt" {
                                (hidden(context, change))
                                button { (words.word("web-aside-adopt")) }
                            }
                        }
                        details.sure {
                            summary { (words.word("web-aside-discard")) }
                            p { (words.word("web-aside-discard-ask")) }
                            form method="post" action="/aside/discard" {
                                (hidden(context, change))
                                button.bad { (words.word("web-aside-discard")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Files that carry the plan: on a stick, in and out. `told` says what a file that was just given brought.
pub(crate) fn files(context: &Context<'_>, told: Option<&str>) -> Markup {
    let words = context.words;
    html! {
        @if let Some(told) = told { p.call role="status" { (told) } }
        section {
            h2 { (words.word("web-export")) }
            p { (words.word("web-export-about")) }
            ul.rows {
                @for format in EXPORTS {
                    li {
                        a.name href=(format!("/files/plan?format={format}")) download { (words.named("web-export", format)) }
                        span.fact { "." (format) }
                    }
                }
            }
        }
        section {
            h2 { (words.word("web-stick")) }
            p { (words.word("web-stick-about")) }
            div.actions {
                form method="post" action="/files/stick" {
                    (hidden(context, ""))
                    button { (words.word("web-stick-make")) }
                }
                div.drop data-upload="/upload/stick" data-most=(PLAN_MEBIBYTES_MAX) {
                    label for="stick-file" { (words.word("web-stick-take")) }
                    input type="file" id="stick-file";
                }
            }
            p.of { (words.word("bundle-readable")) }
        }
        section {
            h2 { (words.word("web-plan-file")) }
            p { (words.word("web-plan-file-about")) }
            div.drop data-upload="/upload/plan" {
                label for="plan-file" { (words.word("web-plan-file-take")) }
                input type="file" id="plan-file" accept=".json";
            }
        }
    }
}

/// What a file from a stick brought, in words.
pub(crate) fn taken(words: &Words, answer: &Value) -> String {
    if let Some(request) = answer.get("request") {
        let values = [
            ("name", words.person(request).into()),
            ("words", text_or_empty(request, "/words").into()),
        ];
        return words.text("web-stick-request", &values);
    }
    words.taken(answer).join(" ")
}

/// What a plan in a file brought, in words.
pub(crate) fn imported(words: &Words, answer: &Value) -> String {
    let notices = items_at(answer, "/notices").count() as u64 + count_at(answer, "/more");
    let values = [("items", count_at(answer, "/items").into()), ("notices", notices.into())];
    words.text("web-plan-file-done", &values)
}
