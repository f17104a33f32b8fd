//! The first run: a new plan, or the way into one.

use jospar_locales::words::{Words, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

fn token_field(token: &str) -> Markup {
    html! { input type="hidden" name="token" value=(token); }
}

fn trouble(text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { p.trouble role="alert" { (text) } } }
}

/// What a person is asked first.
pub(crate) fn begin(words: &Words, token: &str, failed: Option<&str>) -> Markup {
    html! {
        h1 { (words.word("web-welcome")) }
        p.lead { (words.word("web-welcome-about")) }
        (trouble(failed))
        div.columns {
            section.card {
                h2 { (words.word("web-begin-new")) }
                form.stack method="post" action="/welcome/new" {
                    (token_field(token))
                    label for="school" { (words.word("web-school")) }
                    input type="text" id="school" name="school" maxlength="200" required autocomplete="organization";
                    label for="name" { (words.word("web-your-name")) }
                    input type="text" id="name" name="name" maxlength="200" required autocomplete="name";
                    fieldset {
                        legend { (words.word("web-begin-with")) }
                        label.choice { input type="radio" name="with" value="example" checked; " " (words.word("web-with-example")) }
                        label.choice { input type="radio" name="with" value="empty"; " " (words.word("web-with-nothing")) }
                    }
                    button { (words.word("web-begin")) }
                }
            }
            section.card {
                h2 { (words.word("web-begin-invited")) }
                p { (words.word("web-invited-about")) }
                form.stack method="post" action="/welcome/join" {
                    (token_field(token))
                    label for="link" { (words.word("web-link")) }
                    input type="text" id="link" name="link" required autocomplete="off";
                    label for="joiner" { (words.word("web-your-name")) }
                    input type="text" id="joiner" name="name" maxlength="200" required autocomplete="name";
                    button { (words.word("web-join")) }
                }
            }
            section.card {
                h2 { (words.word("web-rescue")) }
                p { (words.word("web-rescue-about")) }
                p { a href="/restore" { (words.word("web-restore-backup")) } }
                p { a href="/recover" { (words.word("web-recover")) } }
            }
        }
    }
}

/// Waiting at the door: the four words that both people compare.
pub(crate) fn waiting(words: &Words, token: &str, entry: &Value, own_words: &str) -> Markup {
    let key = match text_or_empty(entry, "/state") {
        "waiting" => "web-entry-waiting",
        "refused" => "web-entry-refused",
        _ => "web-entry-connecting",
    };
    let message = text_or_empty(entry, "/message");
    html! {
        h1 { (words.word("web-at-the-door")) }
        p role="status" {
            (words.word(key))
            @if words.catalogue().has(message) { " " (words.with(message, "address", "")) }
        }
        p.words { (own_words) }
        p { (words.word("web-words-tell")) }
        @if text_or_empty(entry, "/state") == "refused" {
            form method="post" action="/welcome/again" {
                (token_field(token))
                button { (words.word("web-again")) }
            }
        }
    }
}
