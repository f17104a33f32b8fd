//! Controls: one field each, that saves by itself. Without a script they are plain forms.

use jospar_core::document::{LANGUAGES, ValueKind};
use jospar_locales::words::text_or_empty;
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, is_free};
use super::notes::conflicts;

/// Texts longer than this get a place with several lines, whatever their field.
const LINE_CHARS_MAX: usize = 80;

/// The field that says what a block of a paper is.
const BLOCK_ROLE: (&str, &str) = ("block", "role");
/// What blocks of papers are, from the top of a page down.
const BLOCK_ROLES: [&str; 9] = [
    "organisation",
    "heading",
    "number_date",
    "subject",
    "preamble",
    "item",
    "paragraph",
    "control",
    "signature",
];

/// Where a control stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'a> {
    /// The field's path.
    pub(crate) path: &'a str,
    /// The name of the record's schema.
    pub(crate) record: &'a str,
    /// The field's name.
    pub(crate) field: &'a str,
}

/// The id of the control of a path.
pub(crate) fn control_id(path: &str) -> String {
    format!("f-{}", path.replace(['/', ' '], "-"))
}

/// The hidden fields of every form: where it is, where to go back to, and the token.
pub(crate) fn hidden(context: &Context<'_>, path: &str) -> Markup {
    html! {
        input type="hidden" name="path" value=(path);
        input type="hidden" name="back" value=(context.back);
        input type="hidden" name="token" value=(context.token);
    }
}

/// A plain value.
pub(crate) fn value(context: &Context<'_>, at: At<'_>, kind: ValueKind, value: &Value) -> Markup {
    let id = control_id(at.path);
    html! {
        div.field id=(format!("{id}-field")) data-keep {
            @if kind == ValueKind::Flag {
                form.check method="post" action="/set" hx-post="/set" hx-trigger="change"
                    hx-swap="none" {
                    (hidden(context, at.path))
                    input type="checkbox" id=(id) name="value" value="true"
                        checked[value.as_bool() == Some(true)];
                    label for=(id) { (context.label(at.field)) }
                    noscript { button { (context.words.word("web-save")) } }
                }
            } @else {
                label for=(id) { (context.label(at.field)) }
                form method="post" action="/set" hx-post="/set" hx-trigger="change, submit"
                    hx-swap="none" {
                    (hidden(context, at.path))
                    (input(context, at, kind, value))
                }
            }
            (conflicts(context, at.path, |shown| shown_value(context, at, shown)))
        }
    }
}

fn input(context: &Context<'_>, at: At<'_>, kind: ValueKind, value: &Value) -> Markup {
    let id = control_id(at.path);
    let text = plain(context, value);
    let offered = context.choices(at.record, at.field).next().is_some();
    match kind {
        ValueKind::Choice(choices) => html! {
            select id=(id) name="value" {
                option value="" {}
                @for choice in choices {
                    option value=(choice) selected[*choice == text] {
                        (context.words.named("choice", &choice.to_lowercase()))
                    }
                }
                @if !text.is_empty() && !choices.contains(&text.as_str()) {
                    option value=(text) selected { (text) }
                }
            }
        },
        ValueKind::Date => html! {
            input type="date" id=(id) name="value" value=(text);
        },
        ValueKind::Number => html! {
            input.number type="text" inputmode="decimal" autocomplete="off" id=(id) name="value"
                value=(text);
        },
        _ if (at.record, at.field) == BLOCK_ROLE => block_role(context, &id, &text),
        _ if is_free(at.record, at.field) => person(context, at, &text),
        _ if offered => reference(context, at, &text),
        _ => html! {
            input type="text" maxlength="1000" autocomplete="off" id=(id) name="value" value=(text);
        },
    }
}

/// What a block of a paper is: one of those that papers are made of, or what another program wrote.
fn block_role(context: &Context<'_>, id: &str, text: &str) -> Markup {
    html! {
        select id=(id) name="value" {
            option value="" {}
            @for role in BLOCK_ROLES {
                option value=(role) selected[role == text] { (context.words.named("web-block", role)) }
            }
            @if !text.is_empty() && !BLOCK_ROLES.contains(&text) { option value=(text) selected { (text) } }
        }
    }
}

/// A person: one of those the plan knows, or a name in plain words.
fn person(context: &Context<'_>, at: At<'_>, text: &str) -> Markup {
    let id = control_id(at.path);
    let list = format!("{id}-list");
    html! {
        input type="text" maxlength="1000" autocomplete="off" id=(id) name="value" list=(list)
            value=(context.name_of(at.record, at.field, text));
        datalist id=(list) {
            @for (_, name) in context.choices(at.record, at.field) { option value=(name) {} }
        }
    }
}

fn reference(context: &Context<'_>, at: At<'_>, text: &str) -> Markup {
    let known = context.choices(at.record, at.field).any(|(id, _)| id == text);
    html! {
        select id=(control_id(at.path)) name="value" {
            option value="" {}
            @for (id, name) in context.choices(at.record, at.field) {
                option value=(id) selected[id == text] { (name) }
            }
            @if !text.is_empty() && !known { option value=(text) selected { (text) } }
        }
    }
}

/// A value as it is typed.
fn plain(context: &Context<'_>, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) if context.words.catalogue().language().code() != "en" => {
            number.to_string().replace('.', ",")
        }
        value => value.to_string(),
    }
}

/// A value as it is read.
pub(crate) fn shown_value(context: &Context<'_>, at: At<'_>, value: &Value) -> String {
    match value.as_str() {
        Some(role) if (at.record, at.field) == BLOCK_ROLE => context.words.named("web-block", role),
        Some(word) if !word.is_empty() => {
            let named = context.name_of(at.record, at.field, word);
            if named != word {
                return named.to_owned();
            }
            let choice = context.words.named("choice", &word.to_lowercase());
            if choice == word.to_lowercase() { context.words.value(value) } else { choice }
        }
        _ => context.words.value(value),
    }
}

/// A text that several people may edit at once.
pub(crate) fn text(
    context: &Context<'_>,
    at: At<'_>,
    label: &str,
    text: &str,
    lines: bool,
) -> Markup {
    html! {
        div.field.wide[lines || text.chars().count() > LINE_CHARS_MAX]
            id=(format!("{}-field", control_id(at.path))) data-keep {
            label for=(control_id(at.path)) { (label) }
            (writing(context, at.path, text, lines, ""))
        }
    }
}

/// The place to write in. `hint` stands in it while it is empty.
fn writing(context: &Context<'_>, path: &str, text: &str, lines: bool, hint: &str) -> Markup {
    let id = control_id(path);
    let heads = context.heads_of(path);
    let long = lines || text.contains('\n') || text.chars().count() > LINE_CHARS_MAX;
    html! {
        form method="post" action="/text" {
            (hidden(context, path))
            input type="hidden" name="base" value=(heads);
            @if long {
                textarea id=(id) name="text" rows=(rows(text, lines)) placeholder=(hint)
                    data-text=(path) data-heads=(heads) { (format!("\n{text}")) }
            } @else {
                input type="text" autocomplete="off" id=(id) name="text" value=(text)
                    placeholder=(hint) data-text=(path) data-heads=(heads);
            }
            noscript { button { (context.words.word("web-save")) } }
        }
    }
}

fn rows(text: &str, lines: bool) -> usize {
    let counted: usize = text.split('\n').map(|line| 1 + line.chars().count() / 85).sum();
    counted.clamp(if lines { 3 } else { 2 }, 24)
}

/// A text in three languages: the reader's first, the others on demand.
pub(crate) fn local(context: &Context<'_>, at: At<'_>, value: &Value, lines: bool) -> Markup {
    let own = context.words.catalogue().language().code();
    let label = context.label(at.field);
    let hint = match text_or_empty(value, &format!("/{own}")) {
        "" => context.words.local(value).unwrap_or_default(),
        _ => "",
    };
    let others: Vec<&str> = LANGUAGES.into_iter().filter(|language| *language != own).collect();
    let named = |language: &str| context.words.named("choice", language);
    let filled = |language: &str| !text_or_empty(value, &format!("/{language}")).is_empty();
    let own_text = text_or_empty(value, &format!("/{own}"));
    let path = format!("{}/{own}", at.path);
    html! {
        div.field.wide.local id=(format!("{}-field", control_id(at.path))) data-keep {
            label for=(control_id(&path)) { (label) }
            (writing(context, &path, own_text, lines, hint))
            details.languages id=(format!("{}-languages", control_id(at.path))) {
                summary {
                    @for language in &others {
                        span.filled[filled(language)] { (named(language)) }
                    }
                }
                @for language in &others {
                    @let path = format!("{}/{language}", at.path);
                    div lang=(language) {
                        label for=(control_id(&path)) { (label) ", " (named(language)) }
                        (writing(context, &path, text_or_empty(value, &format!("/{language}")),
                                 lines, ""))
                    }
                }
            }
        }
    }
}
