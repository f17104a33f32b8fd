//! People and devices: who belongs, who waits at the door, invites, the way onto a server, backups.

use jospar_locales::words::{Words, count_at, flag_at, items_at, text_or_empty};
use maud::{Markup, html};
use qrcode::{Color, QrCode};
use serde_json::Value;

use super::context::Context;
use super::control::hidden;

/// The roles that an invite offers, the usual one first.
const ROLES: [&str; 5] = ["teacher", "contributor", "viewer", "auditor", "director"];
/// White around a code, in its dots.
const QUIET: usize = 4;

/// The whole page. `made` is the answer to a request that the page has just made: an invite, or a backup.
pub(crate) fn devices(context: &Context<'_>, answer: &Value, made: Option<&Value>) -> Markup {
    let words = context.words;
    html! {
        @if let Some(made) = made { (result(words, made)) }
        @for waiting in items_at(answer, "/waiting") { (waits(context, waiting)) }
        section {
            h2 { (words.word("web-members")) }
            ul.rows {
                @for device in items_at(answer, "/devices") { (member(context, device)) }
                @for server in items_at(answer, "/servers") {
                    li { span.name { (words.word("role-server")) }
                         span.fact { (text_or_empty(server, "/address")) }
                         span.fact { (online(words, server)) } }
                }
                @for device in items_at(answer, "/revoked") {
                    li { span.name { (words.person(device)) }
                         span.fact { (words.word("devices-revoked")) } }
                }
            }
        }
        (invite(context, items_at(answer, "/servers").next().is_some()))
        (backup(context))
    }
}

fn online(words: &Words, device: &Value) -> String {
    words.word(if flag_at(device, "/connected") { "state-online" } else { "state-offline" })
}

fn waits(context: &Context<'_>, waiting: &Value) -> Markup {
    let words = context.words;
    let name = words.person(waiting);
    let role = words.named("role", text_or_empty(waiting, "/role"));
    html! {
        section.call aria-label=(words.word("devices-waiting")) {
            h2 { (words.text("web-asks", &[("name", name.into()), ("role", role.into())])) }
            p.words { (text_or_empty(waiting, "/words")) }
            p { (words.word("web-words-check")) }
            div.actions {
                form method="post" action="/confirm" {
                    (hidden(context, text_or_empty(waiting, "/device")))
                    button { (words.word("web-let-in")) }
                }
                form method="post" action="/decline" {
                    (hidden(context, text_or_empty(waiting, "/device")))
                    button.quiet.bad { (words.word("web-send-away")) }
                }
            }
        }
    }
}

fn member(context: &Context<'_>, device: &Value) -> Markup {
    let words = context.words;
    html! {
        li {
            span.name { (words.person(device)) }
            span.fact { (words.named("role", text_or_empty(device, "/role"))) }
            span.fact.words { (text_or_empty(device, "/words")) }
            @if flag_at(device, "/this") {
                span.fact { (words.word("devices-this")) }
            } @else {
                span.fact { (online(words, device)) }
                details.sure {
                    summary { (words.word("web-role-change")) }
                    form.add method="post" action="/assign" {
                        (hidden(context, text_or_empty(device, "/device")))
                        @let id = format!("role-{}", text_or_empty(device, "/device"));
                        label for=(id) { (words.word("web-role")) }
                        select id=(id) name="role" {
                            @for role in ROLES {
                                option value=(role) selected[role == text_or_empty(device, "/role")] {
                                    (words.named("role", role))
                                }
                            }
                        }
                        button { (words.word("web-save")) }
                    }
                }
                details.sure {
                    summary { (words.word("web-shut-out")) }
                    p { (words.word("web-shut-out-ask")) }
                    form method="post" action="/revoke" {
                        (hidden(context, text_or_empty(device, "/device")))
                        button.bad { (words.word("web-shut-out")) }
                    }
                }
            }
        }
    }
}

fn invite(context: &Context<'_>, has_server: bool) -> Markup {
    let words = context.words;
    html! {
        section {
            h2 { (words.word("web-invite")) }
            p { (words.word("web-invite-about")) }
            form.stack method="post" action="/invite" {
                (hidden(context, ""))
                label for="invite-role" { (words.word("web-role")) }
                select id="invite-role" name="role" {
                    @for role in ROLES {
                        option value=(role) {
                            (words.named("role", role)) ": " (words.word(&format!("role-about-{role}")))
                        }
                    }
                }
                @if !has_server {
                    label for="invite-address" { (words.word("web-invite-address")) }
                    input type="text" id="invite-address" name="address" autocomplete="off"
                        placeholder="192.168.1.20:4433" required;
                }
                button { (words.word("web-invite-make")) }
            }
            @if !has_server {
                h2 { (words.word("web-claim")) }
                p { (words.word("web-claim-about")) }
                form.stack method="post" action="/claim" {
                    (hidden(context, ""))
                    label for="claim-link" { (words.word("web-link")) }
                    input type="text" id="claim-link" name="link" autocomplete="off" required;
                    button { (words.word("web-claim-do")) }
                }
            }
        }
    }
}

fn backup(context: &Context<'_>) -> Markup {
    let words = context.words;
    html! {
        section {
            h2 { (words.word("web-backup")) }
            p { (words.word("web-backup-about")) }
            form method="post" action="/backup" {
                (hidden(context, ""))
                button { (words.word("web-backup-do")) }
            }
        }
    }
}

/// What an invite or a backup brought.
fn result(words: &Words, made: &Value) -> Markup {
    let link = text_or_empty(made, "/link");
    if link.is_empty() {
        let path = text_or_empty(made, "/path");
        let size = words.catalogue().size(count_at(made, "/bytes"));
        let values = [("path", path.into()), ("size", size.into())];
        return html! {
            section.call data-still { p { (words.text("backup-done", &values)) } p { (words.word("backup-no-key")) } }
        };
    }
    html! {
        section.call data-still {
            h2 { (words.word("web-invite-ready")) }
            p { (words.word("invite-note")) }
            p { input.link type="text" readonly value=(link) aria-label=(words.word("web-link")); }
            (code(link))
            p.of {
                (words.with("web-until", "moment", &words.moment_at(made, "/expires_ms")))
            }
        }
    }
}

/// A text as a QR code; nothing if it is too long for one.
pub(crate) fn code(text: &str) -> Markup {
    let Ok(code) = QrCode::new(text) else { return html! {} };
    let width = code.width();
    let dots = code.to_colors();
    let dark = dots.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
    let path: String = dark
        .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET))
        .collect();
    let side = width + 2 * QUIET;
    html! {
        svg.qr viewBox=(format!("0 0 {side} {side}")) role="img" aria-label="QR" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}
