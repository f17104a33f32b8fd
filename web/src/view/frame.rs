//! The frame of every page: the school's name, the menu, where the last edit is, the language.

use jospar_locales::Language;
use jospar_locales::words::{Words, count_at, flag_at, items_at, text_at};
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use super::context::capital;
use super::notes::concerning;
use crate::assets;
use crate::guard::UPLOAD_MEBIBYTES_MAX;
use crate::pages::GROUPS;

/// What the frame shows.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    /// The reader's words.
    pub(crate) words: &'a Words,
    /// The session's token.
    pub(crate) token: &'a str,
    /// The page's title.
    pub(crate) title: String,
    /// The page's own address.
    pub(crate) here: &'a str,
    /// The name of the menu's page; empty for none.
    pub(crate) page: &'a str,
    /// The node's status.
    pub(crate) status: Value,
    /// What the rules found.
    pub(crate) findings: Value,
    /// All conflicts.
    pub(crate) conflicts: &'a [Value],
    /// True if the page can end the program: the node is its own.
    pub(crate) quits: bool,
}

/// The head of a page.
fn head(words: &Words, token: &str, title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="jospar-token" content=(token);
            meta name="jospar-saved" content=(words.word("web-saved"));
            meta name="jospar-saving" content=(words.word("web-saving"));
            meta name="jospar-gone" content=(words.word("web-gone"));
            meta name="jospar-large" content=(words.with("error-upload-large", "limit", "#"));
            meta name="jospar-most" content=(UPLOAD_MEBIBYTES_MAX);
            meta name="htmx-config"
                content=r#"{"includeIndicatorCSS":false,"history":false,"noSwap":[204,304,"4xx","5xx"]}"#;
            title { (title) " · jospar" }
            link rel="icon" href=(assets::address("icon.svg")) type="image/svg+xml";
            link rel="stylesheet" href=(assets::address("page.css"));
            script src=(assets::address("htmx.min.js")) defer {}
            script src=(assets::address("page.js")) defer {}
            script src=(assets::address("company.js")) defer {}
            script src=(assets::address("drag.js")) defer {}
        }
    }
}

/// A page without menu: the first run.
pub(crate) fn bare(words: &Words, token: &str, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(words.catalogue().language().code()) {
            (head(words, token, title))
            body.bare {
                main id="page" tabindex="-1" {
                    (languages(words, token, "/welcome"))
                    (body)
                    p id="save" role="status" aria-live="polite" {}
                }
            }
        }
    }
}

/// A page with its frame.
pub(crate) fn page(frame: &Frame<'_>, body: &Markup) -> Markup {
    let words = frame.words;
    let school = frame.status.get("school").map(|school| words.value(school)).unwrap_or_default();
    html! {
        (DOCTYPE)
        html lang=(words.catalogue().language().code()) {
            (head(words, frame.token, &frame.title))
            body {
                a.skip href="#main" { (words.word("web-skip")) }
                div id="page" {
                    header {
                        a.school href="/" { (school) }
                        a.to-menu href="#menu" { (words.word("web-menu")) }
                        (state(words, &frame.status))
                        p id="company" aria-live="polite" data-here=(words.word("web-company-here"))
                            data-elsewhere=(words.word("web-company-elsewhere")) hx-morph-skip {}
                        form.find role="search" method="get" action="/search" {
                            input type="search" name="q" maxlength="200" aria-label=(words.word("web-search-label"))
                                placeholder=(words.word("web-search-do"));
                        }
                        (undo(words, frame))
                        (languages(words, frame.token, frame.here))
                    }
                    (menu(frame))
                    main id="main" tabindex="-1" {
                        h1 { (frame.title) }
                        (body)
                    }
                }
                p id="save" role="status" aria-live="polite" {}
            }
        }
    }
}

fn undo(words: &Words, frame: &Frame<'_>) -> Markup {
    html! {
        form.undo method="post" action="/undo" {
            input type="hidden" name="token" value=(frame.token);
            input type="hidden" name="back" value=(frame.here);
            button.quiet { (words.word("web-undo")) }
        }
    }
}

/// The menu: pages in groups, each with what waits for attention on it.
fn menu(frame: &Frame<'_>) -> Markup {
    let words = frame.words;
    let link = |name: &str, address: &str, count: usize| {
        let current = (frame.page == name).then_some("page");
        html! {
            li {
                a href=(address) aria-current=[current] {
                    (words.named("web-page", name))
                    @if count > 0 {
                        " " span.count title=(words.text("web-findings-count", &[("count", count.into())])) {
                            (count)
                        }
                    }
                }
            }
        }
    };
    html! {
        nav id="menu" aria-label=(words.word("web-menu")) {
            ul { (link("overview", "/", 0)) (link("calendar", "/calendar", 0)) }
            @for group in GROUPS {
                h2 { (words.word(group.heading)) }
                ul {
                    @for page in group.pages {
                        @let parts: Vec<String> = page.parts.iter().map(|p| (*p).to_owned()).collect();
                        (link(page.name, &format!("/page/{}", page.name),
                              concerning(&frame.findings, &parts).len()))
                    }
                }
            }
            h2 { (words.word("web-group-safety")) }
            ul {
                (link("plugins", "/plugins", 0))
                (link("model", "/model", 0))
                (link("approvals", "/approvals", 0))
                @if text_at(&frame.status, "/device/role") == Some("auditor") { (link("auditor", "/auditor", 0)) }
                (link("history", "/history", 0))
                (link("years", "/years", 0))
                (link("conflicts", "/conflicts", frame.conflicts.len()))
                @let aside = usize::try_from(count_at(&frame.status, "/quarantined")).unwrap_or_default();
                @if aside > 0 { (link("aside", "/aside", aside)) }
                (link("devices", "/devices", count_waiting(&frame.status)))
                (link("recovery", "/recovery", 0))
                (link("files", "/files", 0))
                (link("print", "/print", 0))
            }
            @if frame.quits {
                form.quit method="post" action="/quit" {
                    input type="hidden" name="token" value=(frame.token);
                    button.quiet { (words.word("web-quit")) }
                }
            }
        }
    }
}

fn count_waiting(status: &Value) -> usize {
    usize::try_from(count_at(status, "/waiting")).unwrap_or_default()
}

/// Where the last edit is, in words. While a peer that is connected has not said that it has it, the line asks again.
pub(crate) fn state(words: &Words, status: &Value) -> Markup {
    let mut told = vec![words.word("saved-here")];
    let mut asks = false;
    let server = status.get("server").filter(|server| text_at(server, "/address").is_some());
    if let Some(server) = server {
        let unsent = count_at(server, "/unacknowledged");
        let (connected, equal) = (flag_at(server, "/connected"), flag_at(server, "/equal"));
        asks |= connected && !equal;
        told.push(match (connected, equal, unsent) {
            (_, true, _) => words.word("web-state-server"),
            (false, _, 1..) => words.text("not-sent-yet", &[("count", unsent.into())]),
            (false, ..) => words.word("web-state-offline"),
            (true, ..) => words.word("web-state-sending"),
        });
    }
    for peer in items_at(status, "/peers").filter(|peer| text_at(peer, "/kind") == Some("device")) {
        let name = words.person(peer);
        let (connected, equal) = (flag_at(peer, "/connected"), flag_at(peer, "/equal"));
        asks |= !equal && (connected || server.is_some_and(|server| flag_at(server, "/connected")));
        if equal {
            told.push(words.with("web-state-equal", "name", &name));
        } else if connected {
            told.push(words.with("web-state-with", "name", &name));
        }
    }
    let again = asks.then_some("load delay:2s");
    html! {
        p id="state" role="status" hx-get=[asks.then_some("/state")] hx-trigger=[again]
            hx-swap=[asks.then_some("outerHTML")] { (told.join(" ")) }
    }
}

fn languages(words: &Words, token: &str, here: &str) -> Markup {
    html! {
        form.tongues method="post" action="/language" {
            input type="hidden" name="token" value=(token);
            input type="hidden" name="back" value=(here);
            @for language in Language::ALL {
                @let code = language.code();
                button.quiet name="language" value=(code) lang=(code)
                    aria-pressed=(words.catalogue().language() == language)
                    title=(capital(&words.named("choice", code))) { (code.to_uppercase()) }
            }
        }
    }
}
