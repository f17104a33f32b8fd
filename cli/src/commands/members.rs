//! Commands about who belongs: invites, devices, letting in and shutting out.

use jospar_node::service::{Fault, Request};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::{Value, json};

use crate::session::{Outcome, Session};
use crate::words::{Words, device_words, flag_at, items_at, text_or_empty};

pub(crate) fn invite(
    session: &mut Session,
    role: String,
    address: Option<String>,
    qr: bool,
) -> Outcome {
    let answer = session.ask(&Request::Invite { role, address })?;
    session.print(&answer, |words, answer| {
        let link = text_or_empty(answer, "/link");
        let created = words.text(
            "invite-created",
            &[
                ("role", words.named("role", text_or_empty(answer, "/role")).into()),
                ("expiry", words.moment_at(answer, "/expires_ms").into()),
                ("link", link.into()),
            ],
        );
        let code = if qr { picture(link) } else { None };
        [Some(created), code, Some(words.word("invite-note"))].into_iter().flatten().collect()
    })?;
    Ok(0)
}

/// The link as a QR code of half blocks; nothing if it is too long for one.
pub(crate) fn picture(link: &str) -> Option<String> {
    let code = QrCode::new(link).ok()?;
    // Dark on light, as phones expect it, on a terminal that is light on dark.
    let light = Dense1x2::Dark;
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(light).build())
}

pub(crate) fn devices(session: &mut Session) -> Outcome {
    let answer = session.ask(&Request::Devices)?;
    session.print(&answer, listed)?;
    Ok(0)
}

/// Who belongs, who waits, who was shut out.
pub(crate) fn listed(words: &Words, answer: &Value) -> Vec<String> {
    let state = |device: &Value| match (flag_at(device, "/this"), flag_at(device, "/connected")) {
        (true, _) => words.word("devices-this"),
        (_, true) => words.word("state-online"),
        _ => words.word("state-offline"),
    };
    let mut lines: Vec<String> =
        items_at(answer, "/devices").map(|device| line(words, device, &state(device))).collect();
    for server in items_at(answer, "/servers") {
        let address = text_or_empty(server, "/address");
        lines.push(format!("{}: {address}", words.word("role-server")));
    }
    let revoked = words.word("devices-revoked");
    lines.extend(items_at(answer, "/revoked").map(|device| line(words, device, &revoked)));
    if items_at(answer, "/waiting").next().is_some() {
        lines.push(words.word("devices-waiting"));
    }
    for device in items_at(answer, "/waiting") {
        let device_words = device_words(device);
        let command = format!("`jospar confirm \"{device_words}\"`");
        let values = [
            ("name", name(words, device).into()),
            ("words", device_words.into()),
            ("command", command.into()),
            ("role", role(words, device).into()),
        ];
        // A request that came as a file names no role.
        let named = !text_or_empty(device, "/role").is_empty();
        let key = if named { "devices-waiting-line" } else { "import-request" };
        lines.push(words.text(key, &values));
    }
    lines
}

fn line(words: &Words, device: &Value, state: &str) -> String {
    words.text(
        "devices-line",
        &[
            ("name", name(words, device).into()),
            ("role", role(words, device).into()),
            ("state", state.into()),
            ("words", device_words(device).into()),
        ],
    )
}

fn name(words: &Words, device: &Value) -> String {
    match text_or_empty(device, "/name") {
        "" => words.word("device-unnamed"),
        name => name.to_owned(),
    }
}

fn role(words: &Words, device: &Value) -> String {
    words.named("role", text_or_empty(device, "/role"))
}

pub(crate) fn confirm(
    session: &mut Session,
    device: String,
    role: Option<String>,
    kinds: Vec<String>,
) -> Outcome {
    let waiting = find(session, "/waiting", &device)?;
    if let Some(waiting) = &waiting {
        let role = role.as_deref().unwrap_or(text_or_empty(waiting, "/role"));
        let role = session.words.named("role", role);
        let words = device_words(waiting);
        if !session.agreed() {
            session.out.note(&session.words.with("words-check", "words", &words))?;
        }
        let name = name(&session.words, waiting);
        let values = [("name", name.into()), ("role", role.into())];
        session.confirm(&session.words.text("confirm-ask", &values))?;
    }
    let answer = session.ask(&Request::Confirm { device, role, kinds })?;
    session.print(&answer, |words, answer| {
        let values =
            [("name", name(words, answer).into()), ("role", self::role(words, answer).into())];
        vec![words.text("confirm-done", &values)]
    })?;
    Ok(0)
}

pub(crate) fn decline(session: &mut Session, device: String) -> Outcome {
    let waiting = find(session, "/waiting", &device)?.unwrap_or_else(|| json!({}));
    let answer = session.ask(&Request::Decline { device })?;
    session.print(&answer, |words, _| {
        vec![words.with("confirm-declined", "name", &name(words, &waiting))]
    })?;
    Ok(0)
}

pub(crate) fn revoke(session: &mut Session, device: String) -> Outcome {
    let member = find(session, "/devices", &device)?;
    if let Some(member) = &member {
        let name = name(&session.words, member);
        session.confirm(&session.words.with("revoke-ask", "name", &name))?;
    }
    let answer = session.ask(&Request::Revoke { device })?;
    session.print(&answer, |words, answer| {
        let done = words.with("revoke-done", "name", &name(words, answer));
        vec![done, words.word("revoke-offline")]
    })?;
    Ok(0)
}

/// The device of a list that is named by its id, the start of it, or its words; the node decides in the end.
fn find(session: &mut Session, list: &str, named: &str) -> Result<Option<Value>, Fault> {
    let answer = session.ask(&Request::Devices)?;
    let fits = |device: &&Value| {
        text_or_empty(device, "/device").starts_with(named) || device_words(device) == named
    };
    Ok(items_at(&answer, list).find(fits).cloned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jospar_locales::Language;

    use super::*;

    #[test]
    fn devices_are_listed_with_those_that_wait() {
        let answer = json!({
            "devices": [
                {"device": "a", "words": "құлын тұз пісте уық", "name": "Айда", "role": "director",
                 "this": true, "connected": false},
                {"device": "b", "words": ["тау", "су", "жел", "от"], "name": "", "role": "teacher",
                 "this": false, "connected": true},
            ],
            "waiting": [{"device": "c", "words": "бір екі үш төрт", "name": "Болат",
                         "role": "viewer"}],
            "revoked": [], "servers": [{"device": "s", "address": "jospar.example.kz:4443"}],
        });
        let expected = [
            "Айда: director, this device, words: құлын тұз пісте уық",
            "unnamed device: informatics teacher, online, words: тау су жел от",
            "server: jospar.example.kz:4443",
            "Waiting to be let in:",
            "Болат: asks for the role viewer, words: бір екі үш төрт. To confirm: `jospar confirm \
             \"бір екі үш төрт\"`.",
        ];
        assert_eq!(listed(&Words::utc(Language::En), &answer), expected);
    }

    #[test]
    fn an_invite_fits_a_code() {
        let link = format!("jospar://join/jospar.example.kz:4443#{}", "A".repeat(150));
        assert!(picture(&link).unwrap().lines().count() > 20);
        assert_eq!(picture(&"A".repeat(10_000)), None);
    }
}
