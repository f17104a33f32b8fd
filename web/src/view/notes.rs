//! Notes beside the plan: conflicts with their decision, and what the rules found.

use jospar_locales::words::{Words, items_at, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, capital, is_inside};
use super::control::hidden;

/// The conflicts at a path, each to be settled with one click. `shown` writes a value.
pub(crate) fn conflicts(
    context: &Context<'_>,
    path: &str,
    shown: impl Fn(&Value) -> String,
) -> Markup {
    html! {
        @for conflict in context.conflicts_at(path) {
            div.conflict role="group" aria-label=(context.words.word("web-conflict")) {
                p { (context.words.word("web-conflict-values")) }
                @for (number, candidate) in items_at(conflict, "/candidates").enumerate() {
                    @let written = shown(candidate.get("value").unwrap_or(&Value::Null));
                    form method="post" action="/resolve" {
                        (hidden(context, path))
                        input type="hidden" name="choice" value=(number + 1);
                        button { (written) }
                        span.of { (by(context.words, candidate)) }
                    }
                }
            }
        }
    }
}

/// Items that were removed while somebody edited them, anywhere inside the parts of a page.
pub(crate) fn removed(context: &Context<'_>, parts: &[String]) -> Markup {
    let concerns = |conflict: &&Value| {
        let path = text_or_empty(conflict, "/path");
        text_or_empty(conflict, "/kind") == "removed_edited"
            && parts.iter().any(|part| is_inside(path, part) || is_inside(part, path))
    };
    html! {
        @for conflict in context.conflicts.iter().filter(concerns) {
            @let path = text_or_empty(conflict, "/path");
            @let remover = context.words.person(conflict.get("removed").unwrap_or(&Value::Null));
            @let editors: Vec<String> = items_at(conflict, "/edited").map(|e| context.words.person(e)).collect();
            @let values = [("path", path.into()), ("remover", remover.into()),
                           ("editor", editors.join(", ").into())];
            div.conflict role="group" aria-label=(context.words.word("web-conflict")) {
                p { (context.words.text("removed-edited", &values)) }
                @for (choice, key) in [("keep", "web-keep"), ("remove", "web-remove")] {
                    form method="post" action="/resolve" {
                        (hidden(context, path))
                        input type="hidden" name="choice" value=(choice);
                        button { (context.words.word(key)) }
                    }
                }
            }
        }
    }
}

/// Who and when.
pub(crate) fn by(words: &Words, stamp: &Value) -> String {
    format!("{}, {}", words.person(stamp), words.moment_at(stamp, "/time_ms"))
}

/// The findings whose subjects stand inside one of `parts`.
pub(crate) fn concerning<'a>(findings: &'a Value, parts: &[String]) -> Vec<&'a Value> {
    let concerns = |finding: &&Value| {
        let subject = text_or_empty(finding, "/subject");
        parts.iter().any(|part| is_inside(subject, part))
    };
    items_at(findings, "/findings").filter(concerns).collect()
}

/// What the rules found, with a link to each place.
pub(crate) fn findings(words: &Words, found: &[&Value]) -> Markup {
    html! {
        @if !found.is_empty() {
            aside.findings aria-label=(words.word("web-findings")) {
                h2 { (words.text("web-findings-count", &[("count", found.len().into())])) }
                ul {
                    @for finding in found {
                        li {
                            a href=(format!("/plan/{}", text_or_empty(finding, "/subject"))) {
                                (told(words, finding))
                            }
                            @let advice = format!("{}-advice", text_or_empty(finding, "/heading"));
                            @if words.catalogue().has(&advice) {
                                span.of { " " (words.word(&advice)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A finding in words.
pub(crate) fn told(words: &Words, finding: &Value) -> String {
    let values = finding.get("values").and_then(Value::as_object);
    let values: Vec<_> = values
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), words.argument(value)))
        .collect();
    capital(&words.text(text_or_empty(finding, "/message"), &values))
}
