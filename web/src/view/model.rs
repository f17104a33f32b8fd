//! The language model of this device: settings, what was spent, and the exact bytes before anything is sent.

use jospar_locales::words::{Words, count_at, flag_at, items_at, text_at, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::context::Context;
use super::control::hidden;

/// Settings that a person types, with the kind of their control.
const FIELDS: [(&str, &str); 4] =
    [("url", "url"), ("model", "text"), ("tokens_max", "number"), ("tokens_month", "number")];

/// The page of the model.
pub(crate) fn page(context: &Context<'_>, state: &Value, told: Option<&str>) -> Markup {
    let words = context.words;
    let on = flag_at(state, "/on");
    html! {
        @if let Some(told) = told { p.call role="status" data-still { (told) } }
        p.lead { (words.word("web-model-about")) }
        p {
            @if on {
                (words.text("model-is-on", &[("url", text_or_empty(state, "/url").into()),
                                             ("model", text_or_empty(state, "/model").into())])) " "
                (words.word(match text_at(state, "/key") {
                    Some("keyring") => "model-key-keyring",
                    Some(_) => "model-key-file",
                    None => "model-key-none",
                }))
            } @else { (words.word("web-model-off")) }
        }
        form.stack method="post" action="/model" {
            (hidden(context, ""))
            @for (field, kind) in FIELDS {
                @let id = format!("model-{field}");
                label for=(id) { (words.named("web-model-field", field)) }
                @match kind {
                    "number" => input.number id=(id) name=(field) inputmode="numeric"
                        value=(count_at(state, &format!("/{field}")));,
                    "url" => input id=(id) name=(field) type="url" autocomplete="off"
                        placeholder="http://127.0.0.1:11434" value=(text_or_empty(state, &format!("/{field}")));,
                    _ => input id=(id) name=(field) autocomplete="off"
                        value=(text_or_empty(state, &format!("/{field}")));,
                }
            }
            button { (words.word("web-save")) }
        }
        @if on {
            section.part {
                h2 { (words.word("web-model-key")) }
                p.of { (words.word("web-model-key-about")) }
                form.add method="post" action="/model/key" {
                    (hidden(context, ""))
                    label for="model-key" { (words.word("web-model-key")) }
                    input type="password" id="model-key" name="key" autocomplete="off" required;
                    button { (words.word("web-save")) }
                }
                div.actions {
                    form method="post" action="/model/test" {
                        (hidden(context, ""))
                        button.quiet { (words.word("web-model-test")) }
                    }
                    form method="post" action="/model/forget" {
                        (hidden(context, ""))
                        button.quiet { (words.word("web-model-forget")) }
                    }
                    form method="post" action="/model/off" {
                        (hidden(context, ""))
                        button.quiet.bad { (words.word("web-model-turn-off")) }
                    }
                }
            }
            section.part {
                h2 { (words.word("web-model-spent")) }
                p { (words.text("model-spent", &["used", "limit"].map(|name|
                        (name, count_at(state, &format!("/spent/{name}")).into())))) }
                (waiting(context, state))
            }
        }
    }
}

/// Requests that wait for a network.
fn waiting(context: &Context<'_>, state: &Value) -> Markup {
    let words = context.words;
    html! {
        @if items_at(state, "/waiting").next().is_some() {
            h3 { (words.word("web-model-waiting")) }
            ul.rows {
                @for waits in items_at(state, "/waiting") {
                    li {
                        span.name { (text_or_empty(waits, "/purpose")) }
                        span.fact { (text_or_empty(waits, "/host")) }
                    }
                }
            }
            form method="post" action="/model/send" {
                (hidden(context, ""))
                button { (words.word("web-model-send")) }
            }
        }
    }
}

/// What a plugin wants to ask: who would get it, and every byte of it. Nothing was sent yet.
pub(crate) fn consent(
    words: &Words,
    token: &str,
    (plugin, task): (&str, &str),
    asked: &Value,
    agreed: &[String],
) -> Markup {
    let fields = html! {
        input type="hidden" name="plugin" value=(plugin);
        input type="hidden" name="task" value=(task);
        input type="hidden" name="token" value=(token);
    };
    html! {
        section.call data-still {
            h2 { (words.word("web-model-ask")) }
            p { (text_or_empty(asked, "/purpose")) }
            dl.facts {
                dt { (words.word("web-model-to")) } dd { (text_or_empty(asked, "/host")) ", " (text_or_empty(asked, "/model")) }
                dt { (words.word("web-model-tokens")) } dd { (count_at(asked, "/tokens")) }
                dt { (words.word("web-model-names")) } dd { (count_at(asked, "/names")) }
            }
            p { (words.word("web-model-bytes")) }
            pre.bytes tabindex="0" { (text_or_empty(asked, "/preview")) }
            div.actions {
                form method="post" action="/plugins/run" {
                    (fields)
                    @for hash in agreed { input type="hidden" name=(format!("send:{hash}")) value="yes"; }
                    input type="hidden" name=(format!("send:{}", text_or_empty(asked, "/hash"))) value="yes";
                    button { (words.word("web-model-yes")) }
                }
                form method="post" action="/plugins/run" {
                    (fields)
                    input type="hidden" name="without" value="yes";
                    button.quiet { (words.word("web-model-without")) }
                }
            }
        }
    }
}

/// Texts of a model in a paper that nobody has accepted, with the button of whoever has read them.
pub(crate) fn unread(context: &Context<'_>, path: &str, count: usize, hash: &str) -> Markup {
    let words = context.words;
    html! {
        @if count > 0 {
            form.call.screen method="post" action="/model/accept" {
                (hidden(context, path))
                input type="hidden" name="hash" value=(hash);
                p { (words.text("web-model-unread", &[("count", count.into())])) }
                button { (words.word("web-model-read")) }
            }
        }
    }
}
