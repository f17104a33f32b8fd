//! Pages about plugins: which there are, what one may, its report, and its proposals, accepted one by one.

use jospar_locales::words::{Words, count_at, flag_at, items_at, text_at, text_or_empty};
use jospar_node::service::Fault;
use jospar_plugin_api::Origin;
use jospar_plugins::{Run, need_words};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::context::{Context, capital, short};
use super::control::hidden;
use super::report::{Titles, report, said};

/// Edits of a proposal that are shown at once.
const EDITS_SHOWN: usize = 12;
/// Digits of a publisher's key.
const KEY_DIGITS: usize = 16;

/// Hidden fields of a form about a plugin.
fn about_plugin(context: &Context<'_>, plugin: &str) -> Markup {
    html! {
        input type="hidden" name="plugin" value=(plugin);
        (hidden(context, ""))
    }
}

fn key_digits(key: &str) -> &str {
    key.get(..KEY_DIGITS).unwrap_or(key)
}

/// A place for a file: chosen, or dropped on it. `to` is where its bytes go.
fn drop_place(words: &Words, id: &str, to: &str, accept: &str, key: &str) -> Markup {
    html! {
        div.drop data-upload=(to) {
            label for=(id) { (words.word(key)) }
            input type="file" id=(id) accept=(accept);
        }
    }
}

/// All plugins of this device, and what colleagues offer.
pub(crate) fn list(context: &Context<'_>, answer: &Value, offered: &Value) -> Markup {
    let words = context.words;
    html! {
        p.lead { (words.word("web-plugins-intro")) }
        ul.rows.plugins {
            @for plugin in items_at(answer, "/plugins") { (row(words, plugin)) }
        }
        @if items_at(offered, "/packages").next().is_some() {
            section {
                h2 { (words.word("plugin-list-offered")) }
                ul.rows { @for offer in items_at(offered, "/packages") { (offer_row(context, offer)) } }
            }
        }
        section {
            h2 { (words.word("web-plugin-add")) }
            p { (words.word("web-plugin-add-about")) }
            (drop_place(words, "package", "/upload/plugin", ".wasm,.js,.py", "web-plugin-file"))
        }
    }
}

fn row(words: &Words, plugin: &Value) -> Markup {
    let missing = count_at(plugin, "/missing");
    html! {
        li {
            a.name href=(format!("/plugins/{}", text_or_empty(plugin, "/plugin"))) {
                (words.value(&plugin["name"]))
            }
            span.fact { (origin(words, plugin)) ", " (text_or_empty(plugin, "/version")) }
            @if missing > 0 {
                span.fact { (words.text("plugin-list-missing", &[("count", missing.into())])) }
            }
            @if flag_at(plugin, "/disabled") { span.mark.bad { (words.word("plugin-list-disabled")) } }
            span.of.whole { (words.value(&plugin["summary"])) }
        }
    }
}

fn offer_row(context: &Context<'_>, offer: &Value) -> Markup {
    let words = context.words;
    let installed = flag_at(offer, "/installed");
    let state = match (installed, text_or_empty(offer, "/state")) {
        (true, _) => "plugin-state-installed",
        (_, "sound") => "plugin-state-sound",
        (_, "incomplete") => "plugin-state-incomplete",
        _ => "plugin-state-damaged",
    };
    html! {
        li {
            span.name { (text_or_empty(offer, "/plugin")) " " (text_or_empty(offer, "/version")) }
            span.fact { (words.person(offer)) }
            span.fact { (words.word(state)) }
            @if !installed && text_or_empty(offer, "/state") == "sound" {
                form method="post" action="/plugins/take" {
                    (about_plugin(context, text_or_empty(offer, "/plugin")))
                    button { (words.word("web-plugin-look")) }
                }
            }
        }
    }
}

fn origin(words: &Words, answer: &Value) -> String {
    words.word(match text_or_empty(answer, "/origin") {
        "bundled" => "plugin-origin-bundled",
        "workspace" => "plugin-origin-workspace",
        _ => "plugin-origin-file",
    })
}

/// Who made it, and who signed it.
fn maker(words: &Words, answer: &Value) -> Markup {
    html! {
        p.of {
            (words.with("plugin-by", "author", text_or_empty(answer, "/author"))) " "
            @match text_at(answer, "/publisher") {
                Some(key) => (words.with("plugin-publisher", "key", key_digits(key))),
                None if text_or_empty(answer, "/origin") == "bundled" => "",
                None => (words.word("plugin-publisher-none")),
            }
        }
    }
}

/// What a package asks for before it is installed.
pub(crate) fn ask(context: &Context<'_>, told: &Value) -> Markup {
    let words = context.words;
    let asks: Vec<&Value> = items_at(told, "/asks").collect();
    let pair: Vec<String> = items_at(told, "/pair").map(|name| words.value(name)).collect();
    let unsigned = told["publisher"].is_null();
    html! {
        p.lead { (words.value(&told["summary"])) }
        (maker(words, told))
        @if let Some(version) = text_at(told, "/installed") {
            p { (words.with("plugin-replaces", "version", version)) }
        }
        form.stack method="post" action="/install" {
            (about_plugin(context, text_or_empty(told, "/plugin")))
            input type="hidden" name="hash" value=(text_or_empty(told, "/hash"));
            @if asks.is_empty() { p { (words.word("plugin-need-none")) } } @else {
                p { (words.word("plugin-asks")) }
                @for (number, need) in asks.iter().enumerate() {
                    @let capability = text_or_empty(need, "/capability");
                    // Personal data beside a model is never granted by leaving things as they are.
                    @let checked = pair.is_empty() || capability != "llm";
                    div.check {
                        input type="checkbox" id=(format!("need-{number}")) name=(format!("grant:{capability}"))
                            checked[checked];
                        label for=(format!("need-{number}")) { (capital(&need_words(words, need))) }
                    }
                }
                @if !pair.is_empty() {
                    p.callout.fair { (words.with("plugin-pair-ask", "capabilities", &pair.join(", "))) }
                }
            }
            @if unsigned {
                p.callout.poor { (words.word("web-plugin-unsigned")) }
                div.check {
                    input type="checkbox" id="unsigned" name="unsigned" required;
                    label for="unsigned" { (words.word("web-plugin-unsigned-yes")) }
                }
            }
            button { (words.word("web-plugin-install")) }
        }
        p { a href="/plugins" { (words.word("web-plugin-no")) } }
    }
}

/// What the page of one plugin shows.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    /// The library's answer about it.
    pub(crate) about: &'a Value,
    /// Its settings, with values.
    pub(crate) settings: &'a Value,
    /// The task that is looked at.
    pub(crate) task: &'a str,
    /// What it gave back last.
    pub(crate) run: Option<&'a Run>,
    /// What its proposals would change.
    pub(crate) previews: &'a [Value],
    /// What stands at the paths that its report names.
    pub(crate) titles: &'a Titles,
    /// Why a run that was just asked for did not come to an end.
    pub(crate) trouble: Option<&'a str>,
    /// True if the school has it already, or need not: it came with the program.
    pub(crate) shared: bool,
}

/// One plugin: its tasks, the last report, proposals, rights, settings.
pub(crate) fn one(context: &Context<'_>, shown: &Shown<'_>) -> Markup {
    let words = context.words;
    let about = shown.about;
    let plugin = text_or_empty(about, "/plugin");
    html! {
        p.lead { (words.value(&about["summary"])) }
        @if flag_at(about, "/disabled") {
            div.trouble {
                p { (words.word("plugin-list-disabled")) ". " (failure(words, about)) }
                form method="post" action="/plugins/enable" {
                    (about_plugin(context, plugin))
                    button.quiet { (words.word("web-plugin-enable")) }
                }
            }
        }
        (tasks(context, shown))
        @if let Some(told) = shown.trouble { p.trouble role="alert" data-still { (told) } }
        @if let Some(run) = shown.run {
            (result(context, run, shown))
        } @else { p.empty { (words.word("web-plugin-not-run")) } }
        // What was refused, or not asked yet, is seen at once.
        @let waits = items_at(about, "/needs").any(|need| !flag_at(need, "/granted"));
        section.part.screen {
            details.rights open[waits] {
                summary { h2 { (words.word("web-plugin-rights")) } }
                (rights(context, about))
                (memory(context, about))
            }
        }
        @if items_at(shown.settings, "/settings").next().is_some() {
            section.part.screen {
                h2 { (words.word("web-plugin-settings")) }
                p.of { (words.word("web-plugin-settings-about")) }
                @for setting in items_at(shown.settings, "/settings") { (one_setting(context, plugin, setting)) }
            }
        }
        section.part.screen {
            h2 { (words.word("web-plugin-about")) }
            p.of { (origin(words, about)) ", " (text_or_empty(about, "/version")) }
            (maker(words, about))
            (keeping(context, shown))
        }
    }
}

fn failure(words: &Words, about: &Value) -> String {
    let fault: Option<Fault> = serde_json::from_value(about["failure"].clone()).ok();
    match fault {
        Some(fault) => words.fault(&fault.key, &fault.values),
        None => text_or_empty(about, "/failure").to_owned(),
    }
}

fn tasks(context: &Context<'_>, shown: &Shown<'_>) -> Markup {
    let words = context.words;
    let plugin = text_or_empty(shown.about, "/plugin");
    let many = items_at(shown.about, "/tasks").count() > 1;
    html! {
        @if many {
            nav.tabs aria-label=(words.word("web-plugin-tasks")) {
                @for task in items_at(shown.about, "/tasks") {
                    @let id = text_or_empty(task, "/id");
                    a href=(format!("/plugins/{plugin}?task={id}")) aria-current=[(id == shown.task).then_some("page")] {
                        (words.value(&task["title"]))
                    }
                }
            }
        }
        div.actions.screen {
            form method="post" action="/plugins/run" {
                (about_plugin(context, plugin))
                input type="hidden" name="task" value=(shown.task);
                button { (words.word(if shown.run.is_some() { "web-plugin-again" } else { "web-plugin-run" })) }
            }
            (drop_place(words, "task-file", &format!("/upload/run?plugin={plugin}&task={}", shown.task),
                        ".csv,.xlsx,.txt,.json", "web-plugin-with-file"))
        }
    }
}

fn result(context: &Context<'_>, run: &Run, shown: &Shown<'_>) -> Markup {
    let words = context.words;
    let denied: Vec<String> = run.denied.iter().map(ToString::to_string).collect();
    html! {
        @if run.sealed > 0 {
            p.callout.fair { (words.text("plugin-run-sealed", &[("count", run.sealed.into())])) }
        }
        @if !denied.is_empty() {
            p.callout.fair { (words.with("plugin-run-denied", "capabilities", &denied.join(", "))) }
        }
        @match &run.outcome.report {
            Some(found) => (report(words, found, shown.titles)),
            None => p.empty { (words.word("plugin-run-nothing")) },
        }
        @if !run.outcome.proposals.is_empty() {
            section.part.screen {
                h2 { (words.word("proposals-heading")) }
                @for number in 1..=run.outcome.proposals.len() {
                    (proposal(context, run, number, shown.previews.get(number - 1).unwrap_or(&Value::Null)))
                }
            }
        }
    }
}

fn proposal(context: &Context<'_>, run: &Run, number: usize, preview: &Value) -> Markup {
    let words = context.words;
    let Some(proposal) = number.checked_sub(1).and_then(|at| run.outcome.proposals.get(at)) else {
        return html! {};
    };
    let accepted = run.accepted.contains(&number);
    let fault: Option<Fault> = serde_json::from_value(preview["fault"].clone()).ok();
    let changed: Map<String, Value> = items_at(preview, "/edits")
        .filter(|edit| flag_at(edit, "/changed"))
        .map(|edit| (text_or_empty(edit, "/path").to_owned(), edit["now"].clone()))
        .collect();
    html! {
        div.proposal id=(format!("proposal-{number}")) {
            h3 { (said(words, &proposal.title))
                 @if accepted { span.mark.good { (words.word("proposal-accepted")) } } }
            p { (said(words, &proposal.reason)) }
            @if proposal.origin == Origin::Model { p.callout.fair { (words.word("proposal-model")) } }
            @if !accepted {
                (edits(context, preview))
                @match fault {
                    Some(fault) => p.trouble {
                        (words.with("proposal-fault", "reason", &words.fault(&fault.key, &fault.values)))
                    },
                    None => form method="post" action="/plugins/accept" {
                        (about_plugin(context, &run.plugin))
                        input type="hidden" name="task" value=(run.task);
                        input type="hidden" name="number" value=(number);
                        input type="hidden" name="agreed" value=(Value::Object(changed.clone()));
                        @if !changed.is_empty() { p.callout.fair { (words.word("web-proposal-overwrites")) } }
                        button { (words.word("web-proposal-accept")) }
                    },
                }
            }
        }
    }
}

/// What a proposal would change.
fn edits(context: &Context<'_>, preview: &Value) -> Markup {
    let words = context.words;
    let count = items_at(preview, "/edits").count();
    html! {
        ul.edits {
            @for edit in items_at(preview, "/edits").take(EDITS_SHOWN) {
                @let path = text_or_empty(edit, "/path");
                @let list = list_of(path);
                @let what = text_or_empty(edit, "/edit");
                @let place = super::about::place(context, if what == "add" { list } else { path });
                li {
                    @match what {
                        "add" => { span.of { (place) ": " } ins { (added(words, list, &edit["after"])) } },
                        "remove" => { span.of { (place) ": " } del { (brief(words, &edit["now"])) } },
                        _ => {
                            span.of { (place) ": " }
                            @let (before, after) = (brief(words, &edit["now"]), brief(words, &edit["after"]));
                            @if !before.is_empty() { del { (before) } " → " }
                            ins { (after) }
                        },
                    }
                    @if flag_at(edit, "/changed") {
                        @let values = [("then", brief(words, &edit["then"]).into()),
                                       ("now", brief(words, &edit["now"]).into())];
                        p.bad { (words.text("proposal-changed", &values)) }
                    }
                }
            }
        }
        @if count > EDITS_SHOWN {
            p.of { (words.text("proposal-more", &[("count", (count - EDITS_SHOWN).into())])) }
        }
    }
}

fn brief(words: &Words, value: &Value) -> String {
    if value.is_null() {
        return String::new();
    }
    short(&words.value(value))
}

/// The list that a thing's path leads into.
fn list_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(list, _)| list)
}

/// What an added thing is called, and what stands in it in short.
fn added(words: &Words, list: &str, value: &Value) -> String {
    let name = super::context::name_at(words, &format!("{list}/*"), value);
    if name.is_empty() { brief(words, value) } else { name }
}

fn rights(context: &Context<'_>, about: &Value) -> Markup {
    let words = context.words;
    let plugin = text_or_empty(about, "/plugin");
    let needs: Vec<&Value> = items_at(about, "/needs").collect();
    let has = |wanted: &dyn Fn(&Value) -> bool| {
        needs.iter().any(|need| flag_at(need, "/granted") && wanted(need))
    };
    let is_model = |need: &Value| text_or_empty(need, "/capability") == "llm";
    html! {
        @if needs.is_empty() { p.empty { (words.word("plugin-need-none")) } }
        ul.rows {
            @for need in &needs {
                @let granted = flag_at(need, "/granted");
                @let beside = (is_model(need) && has(&|other| flag_at(other, "/personal")))
                    || (flag_at(need, "/personal") && has(&is_model));
                li {
                    span.name { (capital(&need_words(words, need))) }
                    span.fact { (words.word(if granted { "web-plugin-granted" } else { "web-plugin-denied" })) }
                    form.inline method="post" action="/plugins/decide" {
                        (about_plugin(context, plugin))
                        input type="hidden" name="capability" value=(text_or_empty(need, "/capability"));
                        input type="hidden" name="granted" value=(if granted { "" } else { "yes" });
                        @if granted {
                            button.quiet { (words.word("web-plugin-take-back")) }
                        } @else if beside {
                            details.sure {
                                summary { (words.word("web-plugin-allow")) }
                                p { (words.with("plugin-pair-ask", "capabilities", text_or_empty(need, "/capability"))) }
                                button.bad { (words.word("web-plugin-allow")) }
                            }
                        } @else { button.quiet { (words.word("web-plugin-allow")) } }
                    }
                }
            }
        }
    }
}

/// How much memory it may take on this device.
fn memory(context: &Context<'_>, about: &Value) -> Markup {
    let words = context.words;
    let given = count_at(about, "/memory_mebibytes");
    html! {
        form.setting method="post" action="/plugins/memory" {
            (about_plugin(context, text_or_empty(about, "/plugin")))
            label for="memory" { (words.word("web-plugin-memory")) }
            input.number id="memory" name="mebibytes" inputmode="numeric" value=(given);
            button.quiet { (words.word("web-save")) }
        }
    }
}

fn one_setting(context: &Context<'_>, plugin: &str, setting: &Value) -> Markup {
    let words = context.words;
    let key = text_or_empty(setting, "/key");
    let id = format!("setting-{key}");
    let value = &setting["value"];
    let shown = match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    html! {
        form.setting method="post" action="/plugins/settings" {
            (about_plugin(context, plugin))
            input type="hidden" name="key" value=(key);
            label for=(id) { (words.value(&setting["title"])) }
            @match text_or_empty(setting, "/type") {
                "boolean" => select id=(id) name="value" {
                    @for (choice, word) in [("true", "yes"), ("false", "no")] {
                        option value=(choice) selected[shown == choice] { (words.word(word)) }
                    }
                },
                "choice" => select id=(id) name="value" {
                    @for choice in items_at(setting, "/choices") {
                        @let name = text_at(choice, "/value").or_else(|| choice.as_str()).unwrap_or_default();
                        option value=(name) selected[shown == name] {
                            @match choice.get("title") { Some(title) => (words.value(title)), None => (name) }
                        }
                    }
                },
                "number" => input.number id=(id) name="value" inputmode="decimal" value=(shown);,
                _ => input id=(id) name="value" value=(shown);,
            }
            button.quiet { (words.word("web-save")) }
        }
    }
}

/// Sharing with colleagues, and taking it off this device.
fn keeping(context: &Context<'_>, shown: &Shown<'_>) -> Markup {
    let words = context.words;
    let plugin = text_or_empty(shown.about, "/plugin");
    if text_or_empty(shown.about, "/origin") == "bundled" {
        return html! {};
    }
    let unsigned = shown.about["publisher"].is_null();
    html! {
        div.actions {
            @if shown.shared { p.of { (words.word("web-plugin-shared")) } } @else {
                form method="post" action="/plugins/publish" {
                    (about_plugin(context, plugin))
                    @if unsigned { input type="hidden" name="unsigned" value="yes"; }
                    button.quiet { (words.word("web-plugin-share")) }
                }
            }
            details.sure {
                summary { (words.word("web-plugin-remove")) }
                p { (words.with("plugin-remove-ask", "plugin", &words.value(&shown.about["name"]))) }
                form method="post" action="/plugins/remove" {
                    (about_plugin(context, plugin))
                    button.bad { (words.word("web-plugin-remove")) }
                }
            }
        }
    }
}

/// On a page of the plan: the plugin that calculates it, and what it found last.
pub(crate) fn beside(
    context: &Context<'_>,
    about: &Value,
    last: Option<&Run>,
    titles: &Titles,
) -> Markup {
    let words = context.words;
    let plugin = text_or_empty(about, "/plugin");
    let found = last.and_then(|run| run.outcome.report.as_ref());
    html! {
        section.part.beside {
            h2 { (words.word("web-plugin-beside")) }
            p { (words.value(&about["summary"])) }
            div.actions.screen {
                @if let Some(run) = last {
                    a href=(format!("/plugins/{plugin}?task={}", run.task)) { (words.word("web-plugin-open")) }
                } @else {
                    form method="post" action="/plugins/run" {
                        (about_plugin(context, plugin))
                        button { (words.word("web-plugin-run")) }
                    }
                }
            }
            @if let Some(found) = found {
                details {
                    summary { (said(words, &found.title)) }
                    (report(words, found, titles))
                }
            }
        }
    }
}
