//! Discussion where it belongs: threads below the thing that they are about.

use jospar_locales::words::{Words, flag_at, items_at, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, short};
use super::control::hidden;

/// A thread that nobody has resolved.
#[derive(Debug)]
pub(crate) struct Open {
    /// Where the thing that it is about stands.
    pub(crate) path: String,
    /// What that is called.
    pub(crate) name: String,
    /// The last thing that was said.
    pub(crate) said: String,
    /// True if it names the reader.
    pub(crate) mine: bool,
}

/// Who wrote it: a partner's title, or the name as it stands.
fn author(context: &Context<'_>, said: &Value) -> String {
    let id = text_or_empty(said, "/author");
    context.names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}

fn said(context: &Context<'_>, said: &Value) -> Markup {
    let words = context.words;
    html! {
        p.of { (author(context, said)) ", " (words.day(text_or_empty(said, "/date")).unwrap_or_default()) }
        @for line in text_or_empty(said, "/text").lines() { p { (mentions(line)) } }
    }
}

/// A line with the names in it that are called: `@Name`.
fn mentions(line: &str) -> Markup {
    html! {
        @for (number, part) in line.split('@').enumerate() {
            @if number == 0 { (part) } @else {
                @let end = part.find(|c: char| !c.is_alphanumeric()).unwrap_or(part.len());
                @let (name, rest) = part.split_at(end);
                @if name.is_empty() { "@" } @else { strong.mention { "@" (name) } }
                (rest)
            }
        }
    }
}

/// The threads about `on`, and the place for a new one.
pub(crate) fn threads(context: &Context<'_>, on: &str, threads: &[&Value]) -> Markup {
    let words = context.words;
    let open = threads.iter().filter(|thread| !flag_at(thread, "/resolved")).count();
    let id = format!("say-{}", super::control::control_id(on));
    html! {
        details.discuss.screen open[open > 0] id=(format!("discuss-{}", super::control::control_id(on))) {
            summary { (words.text("web-discuss", &[("count", open.into())])) }
            @for thread in threads { (one(context, thread)) }
            form.stack method="post" action="/discuss" data-keep {
                (hidden(context, ""))
                input type="hidden" name="on" value=(on);
                label for=(id) { (words.word("web-discuss-new")) }
                textarea id=(id) name="text" maxlength="4000" required {}
                button { (words.word("web-discuss-say")) }
            }
        }
    }
}

fn one(context: &Context<'_>, thread: &Value) -> Markup {
    let words = context.words;
    let id = text_or_empty(thread, "/id");
    let resolved = flag_at(thread, "/resolved");
    let field = format!("reply-{}", super::control::control_id(id));
    html! {
        article.thread.resolved[resolved] {
            (said(context, thread))
            @for reply in items_at(thread, "/replies") { div.reply { (said(context, reply)) } }
            @if !resolved {
                form.add method="post" action="/discuss/reply" data-keep {
                    (hidden(context, ""))
                    input type="hidden" name="thread" value=(id);
                    label for=(field) { (words.word("web-discuss-answer")) }
                    input id=(field) name="text" maxlength="4000" autocomplete="off" required;
                    button { (words.word("web-discuss-say")) }
                }
            }
            form method="post" action="/discuss/resolve" {
                (hidden(context, ""))
                input type="hidden" name="thread" value=(id);
                input type="hidden" name="resolved" value=(if resolved { "" } else { "yes" });
                button.quiet { (words.word(if resolved { "web-discuss-reopen" } else { "web-discuss-done" })) }
            }
        }
    }
}

/// On the overview: what is being discussed.
pub(crate) fn open_threads(context: &Context<'_>, threads: &[Open]) -> Markup {
    let words = context.words;
    html! {
        @if !threads.is_empty() {
            section {
                h2 { (words.word("web-discussed")) }
                ul.rows {
                    @for thread in threads {
                        li {
                            a.name href=(thread.path) { (thread.name) }
                            @if thread.mine { span.mark { (words.word("web-discuss-you")) } }
                            span.of.whole { (short(&thread.said)) }
                        }
                    }
                }
            }
        }
    }
}

/// True if a thread calls a person by the first word of their name.
pub(crate) fn calls(thread: &Value, person: &str) -> bool {
    let Some(first) = person.split_whitespace().next().map(str::to_lowercase) else { return false };
    let replies = items_at(thread, "/replies").map(|reply| text_or_empty(reply, "/text"));
    let mut texts = replies.chain([text_or_empty(thread, "/text")]);
    texts.any(|text| {
        text.to_lowercase().split('@').skip(1).any(|rest| {
            rest.strip_prefix(first.as_str())
                .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
    })
}

/// The last thing that was said in a thread.
pub(crate) fn last_said(thread: &Value) -> String {
    let last = items_at(thread, "/replies").last().unwrap_or(thread);
    text_or_empty(last, "/text").to_owned()
}

/// The label of a person who writes: the words of the status's device.
pub(crate) fn own_name(words: &Words, status: &Value) -> String {
    words.person(status.get("device").unwrap_or(&Value::Null))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_thread_calls_whom_it_names() {
        let thread = json!({"text": "@Айгүл, қараңыз", "replies": [{"text": "иә @ерлан"}]});
        assert!(calls(&thread, "Айгүл Серікова") && calls(&thread, "Ерлан"));
        assert!(!calls(&thread, "Ай") && !calls(&thread, "") && !calls(&thread, "Болат"));
        assert_eq!(last_said(&thread), "иә @ерлан");
        assert_eq!(last_said(&json!({"text": "а"})), "а");
    }

    #[test]
    fn names_that_are_called_stand_out_and_stay_text() {
        let shown = mentions("<b>@Айгүл, иә @ @x<i>").into_string();
        assert!(
            shown.starts_with("&lt;b&gt;<strong class=\"mention\">@Айгүл</strong>, иә "),
            "{shown}"
        );
        assert!(shown.contains("@ ") && shown.ends_with("@x</strong>&lt;i&gt;"), "{shown}");
    }
}
