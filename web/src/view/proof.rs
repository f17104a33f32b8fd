//! Proof: the code on a printed page, a code that is held against the plan, the district auditor's one page.

use jospar_locales::words::{Words, count_at, flag_at, items_at, text_at, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::context::Context;
use super::control::hidden;

/// The code below a printed text that was signed as it stands; words alone where it was changed since. `code` as the node
/// answers, `None` where nobody has signed.
pub(crate) fn below(words: &Words, code: Option<&Value>) -> Markup {
    let Some(answer) = code else { return html! {} };
    let current = flag_at(answer, "/current");
    html! {
        div.proof {
            @if current {
                (super::people::code(text_or_empty(answer, "/code")))
                p { (words.word(text_or_empty(answer, "/message"))) " " (words.text("web-approval-signed", &[("count", count_at(answer, "/signatures").into())])) " "
                    (words.word("web-approval-code")) " " (words.word("web-approval-code-page")) }
            } @else { p { (words.word("web-approval-earlier")) } }
        }
    }
}

/// A code from paper, to be held against the plan here.
pub(crate) fn check(context: &Context<'_>, checked: Option<&Value>) -> Markup {
    let words = context.words;
    html! {
        section data-still[checked.is_some()] {
            h2 { (words.word("web-check")) }
            p { (words.word("web-check-about")) }
            @if let Some(checked) = checked { (result(words, checked)) }
            form.stack method="post" action="/approvals/check" {
                (hidden(context, ""))
                label for="scanned-code" { (words.word("web-check-code")) }
                textarea id="scanned-code" name="code" required maxlength="4000" autocomplete="off" spellcheck="false" {}
                button { (words.word("web-check-do")) }
            }
        }
    }
}

fn result(words: &Words, checked: &Value) -> Markup {
    let key = format!("approval-text-{}", text_or_empty(checked, "/text"));
    let what = match text_or_empty(checked, "/what") {
        "plan" => words.word("web-whole-plan"),
        what => what.to_owned(),
    };
    html! {
        div.call role="status" {
            p { strong { (words.with("approval-code-state", "state", &words.word(text_or_empty(checked, "/message")))) } }
            p { (words.with(&key, "what", &what)) }
            (signatures(words, checked))
        }
    }
}

fn signatures(words: &Words, answer: &Value) -> Markup {
    html! {
        ul.rows {
            @for signed in items_at(answer, "/signatures") {
                li {
                    span.name { (words.named("role", text_or_empty(signed, "/role"))) }
                    span.fact { (words.moment_at(signed, "/time_ms")) }
                    span.fact { (words.word(text_or_empty(signed, "/message"))) }
                }
            }
        }
    }
}

/// The auditor's page: numbers and approvals, no person, no text but the names of school and plan.
pub(crate) fn auditor(context: &Context<'_>, answer: &Value, leads: bool) -> Markup {
    let words = context.words;
    let local = |pointer: &str| {
        answer.pointer(pointer).and_then(|text| words.local(text)).unwrap_or_default()
    };
    let made = answer.get("made_ms").is_some_and(Value::is_number);
    html! {
        p.lead.screen { (words.word("web-auditor-about")) }
        @if !made { p.empty { (words.word("audit-page-none")) } } @else {
            div.actions {
                button.print type="button" { (words.word("web-print-do")) }
                @if leads {
                    form method="post" action="/auditor" {
                        (hidden(context, ""))
                        button.quiet { (words.word("web-auditor-publish")) }
                    }
                }
            }
            article.paper {
                h2 { (local("/school")) }
                p { (local("/title")) }
                p.of { (words.with("web-auditor-made", "when", &words.moment_at(answer, "/made_ms"))) }
                h3 { (words.word("web-page-approvals")) }
                p { (words.word(text_or_empty(answer, "/message"))) }
                (signatures(words, answer))
                h3 { (words.word("web-auditor-parts")) }
                table {
                    thead { tr {
                        th scope="col" { (words.word("web-auditor-part")) }
                        th scope="col" { (words.word("web-auditor-items")) }
                        th scope="col" { (words.word("web-auditor-changed")) }
                    } }
                    tbody {
                        @for section in items_at(answer, "/sections") {
                            tr {
                                th scope="row" { (words.named("kind", text_or_empty(section, "/part"))) }
                                td { (count_at(section, "/items")) }
                                td { (words.moment_at(section, "/changed_ms")) }
                            }
                        }
                    }
                }
                h3 { (words.text("audit-page-findings", &[("count", count_at(answer, "/findings").into())])) }
                ul.points {
                    @for lint in items_at(answer, "/lints") {
                        @let heading = text_at(lint, "/heading").unwrap_or_default();
                        li { (text_or_empty(lint, "/rule")) ". " (words.word(heading)) ": " (count_at(lint, "/count")) }
                    }
                }
            }
        }
    }
}
