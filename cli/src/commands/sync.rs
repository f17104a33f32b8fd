//! Commands about who has what: `status` and `sync`.

use std::time::Duration;

use jospar_node::service::{Fault, FaultKind, Request};
use serde_json::{Value, json};

use crate::args::Network;
use crate::commands::check::folder_bytes;
use crate::commands::trust::warnings;
use crate::session::{Outcome, Session};
use crate::words::{Words, count_at, device_words, flag_at, items_at, text_at, text_or_empty};

/// The exit code for a plan that is not synced, if `--strict` asks for one.
const NOT_SYNCED: u8 = 1;
/// From where on a difference between clocks is told.
const CLOCK_SKEW_MS_MAX: i64 = 5 * 60 * 1_000;

pub(crate) fn status(session: &mut Session, strict: bool, heads: bool) -> Outcome {
    let mut answer = session.ask(&Request::Status)?;
    if heads && let Value::Object(members) = &mut answer {
        let shown = session.ask(&Request::Heads)?;
        members.extend(shown.get("heads").map(|heads| ("heads".to_owned(), heads.clone())));
    }
    let bytes = folder_bytes(&session.place.data);
    session.print(&answer, |words, answer| standing(words, answer, bytes))?;
    Ok(if strict && !flag_at(&answer, "/synced") { NOT_SYNCED } else { 0 })
}

/// Everything about this device and who has what.
pub(crate) fn standing(words: &Words, answer: &Value, folder_bytes: u64) -> Vec<String> {
    let school = answer.get("school").map(|school| words.value(school)).unwrap_or_default();
    let device = answer.get("device").unwrap_or(&Value::Null);
    let device = [
        ("name", text_or_empty(device, "/name").into()),
        ("role", words.named("role", text_or_empty(device, "/role")).into()),
        ("words", device_words(device).into()),
    ];
    let folder = [
        ("folder", text_or_empty(answer, "/folder").into()),
        ("size", words.catalogue().size(folder_bytes).into()),
    ];
    let content = [
        ("documents", count_at(answer, "/documents").into()),
        ("changes", count_at(answer, "/changes").into()),
    ];
    let mut lines = vec![
        words.with("status-school", "school", &school),
        words.text("status-device", &device),
        words.text("status-folder", &folder),
        words.text("status-content", &content),
    ];
    lines.extend(others(words, answer));
    if let Some(heads) = text_at(answer, "/heads") {
        lines.push(words.with("status-heads", "heads", heads));
    }
    if let Some(message) = text_at(answer, "/later/message") {
        #[allow(clippy::cast_precision_loss, reason = "shown in minutes")]
        let wait = words.catalogue().duration(count_at(answer, "/later/wait_ms") as f64);
        let address = text_or_empty(answer, "/server/address");
        lines.push(words.with(message, "address", address));
        lines.push(words.with("status-later", "time", &wait));
    }
    lines.extend(super::drops::receipts(words, answer));
    let quarantined = count_at(answer, "/quarantined");
    if quarantined > 0 {
        let command = "`jospar quarantine`".into();
        let values = [("count", quarantined.into()), ("command", command)];
        lines.push(words.text("status-quarantine", &values));
    }
    lines.extend(answer.get("trust").into_iter().flat_map(|trust| warnings(words, trust)));
    let skew = answer.pointer("/clock_skew_ms").and_then(Value::as_i64).unwrap_or_default();
    if skew.abs() > CLOCK_SKEW_MS_MAX {
        #[allow(clippy::cast_precision_loss, reason = "shown in minutes")]
        let time = words.catalogue().duration(skew.abs() as f64);
        lines.push(words.with("status-clock", "time", &time));
    }
    let lost = count_at(answer, "/lost/envelopes");
    if lost > 0 {
        lines.push(words.text("status-peer-lost", &[("count", lost.into())]));
    }
    lines.push(match text_or_empty(answer, "/node") {
        "running" => words.word("status-node-running"),
        _ => words.with("status-node-stopped", "command", "`jospar node`"),
    });
    lines
}

/// The server and the other devices, and whether all is the same everywhere.
fn others(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = vec![words.word("saved-here")];
    let null = Value::Null;
    let server = answer.get("server").unwrap_or(&null);
    if text_at(server, "/address").is_some() {
        let address = text_or_empty(server, "/address");
        let values = [("address", address.into()), ("state", state(words, server).into())];
        lines.push(words.text("status-server-state", &values));
        if let Some(error) = text_at(server, "/error").filter(|error| !error.is_empty()) {
            lines.push(match words.catalogue().has(error) {
                true => words.with(error, "address", address),
                false => error.to_owned(),
            });
        }
        let unsent = count_at(server, "/unacknowledged");
        if unsent > 0 {
            lines.push(words.text("not-sent-yet", &[("count", unsent.into())]));
        }
    } else {
        lines.push(words.word("status-server-none"));
    }
    for peer in items_at(answer, "/peers").filter(|peer| text_at(peer, "/kind") != Some("server")) {
        let values = [("name", name(words, peer).into()), ("state", state(words, peer).into())];
        lines.push(words.text("status-peer-state", &values));
    }
    lines.extend(synced_with(words, answer));
    lines
}

/// With whom this device has exactly the same, by a status. That others have it, too, is for their own lines to say.
pub(super) fn synced_with(words: &Words, status: &Value) -> Option<String> {
    let is_equal = |peer: &&Value| flag_at(peer, "/connected") && flag_at(peer, "/equal");
    if !flag_at(status, "/synced") {
        None
    } else if text_at(status, "/server/address").is_some() {
        Some(words.word("synced-server"))
    } else {
        let peer = items_at(status, "/peers").find(is_equal)?;
        Some(words.with("synced", "name", &name(words, peer)))
    }
}

/// How it stands between this device and a peer.
fn state(words: &Words, peer: &Value) -> String {
    let connected = flag_at(peer, "/connected");
    let mut state = words.word(if connected { "state-online" } else { "state-offline" });
    let unsent = count_at(peer, "/unacknowledged");
    if flag_at(peer, "/equal") {
        state = format!("{state}, {}", words.word("state-synced"));
    } else if unsent > 0 {
        let count = words.text("changes-count", &[("count", unsent.into())]);
        state = format!("{state}, {}: {count}", words.word("state-waiting"));
    }
    state
}

fn name(words: &Words, peer: &Value) -> String {
    match text_or_empty(peer, "/name") {
        "" if text_at(peer, "/kind") == Some("server") => words.word("role-server"),
        "" => words.word("device-unnamed"),
        name => name.to_owned(),
    }
}

pub(crate) fn sync(session: &mut Session, timeout: u64, network: Network) -> Outcome {
    session.connect(network)?;
    let before = session.ask(&Request::Status)?;
    session.ask(&Request::Sync)?;
    if let Some(address) = text_at(&before, "/server/address") {
        session.out.note(&session.words.with("sync-connecting", "address", address))?;
    }
    let timeout = Duration::from_secs(timeout);
    let is_synced = |status: &Value| flag_at(status, "/synced");
    let after = session.poll(&Request::Status, Some(timeout), is_synced)?;
    let answer = json!({
        "synced": flag_at(&after, "/synced"),
        "received": count_at(&after, "/changes").saturating_sub(count_at(&before, "/changes")),
        "sent": sent(&before, &after),
        "status": after,
    });
    session.print(&answer, exchanged)?;
    if flag_at(&answer, "/synced") { Ok(0) } else { Err(not_synced(&after)) }
}

/// What each peer got, for those that got anything.
fn sent(before: &Value, after: &Value) -> Vec<Value> {
    let waiting = |status: &Value, device: &str| {
        items_at(status, "/peers")
            .find(|peer| text_at(peer, "/device") == Some(device))
            .map_or(0, |peer| count_at(peer, "/unacknowledged"))
    };
    let of_peer = |peer: &Value| {
        let device = text_or_empty(peer, "/device");
        let changes = waiting(before, device).saturating_sub(waiting(after, device));
        let named = |key: &str| peer.get(key).cloned().unwrap_or_default();
        (changes > 0).then(|| {
            json!({
                "device": device, "name": named("name"), "kind": named("kind"), "changes": changes,
            })
        })
    };
    items_at(after, "/peers").filter_map(of_peer).collect()
}

fn exchanged(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines: Vec<String> = items_at(answer, "/sent")
        .map(|peer| {
            let count = ("count", count_at(peer, "/changes").into());
            words.text("sync-sent-to", &[("name", name(words, peer).into()), count])
        })
        .collect();
    let received = count_at(answer, "/received");
    if received > 0 {
        lines.push(words.text("sync-received", &[("count", received.into())]));
    }
    if flag_at(answer, "/synced") {
        if lines.is_empty() {
            lines.push(words.word("sync-nothing"));
        }
        lines.extend(answer.get("status").and_then(|status| synced_with(words, status)));
    }
    lines
}

/// Why `status` is not synced.
fn not_synced(status: &Value) -> Fault {
    let network = |key, values| Fault::new(FaultKind::Network, key, values);
    let connected = items_at(status, "/peers").any(|peer| flag_at(peer, "/connected"))
        || flag_at(status, "/server/connected");
    let address = text_or_empty(status, "/server/address");
    let error = text_or_empty(status, "/server/error");
    if error.starts_with("error-") || error.starts_with("refused-") {
        network(error, json!({"address": address}))
    } else if !connected && !address.is_empty() {
        network("error-server-unreachable", json!({"address": address}))
    } else if !connected {
        network("error-nobody-there", json!({}))
    } else {
        let unsent = items_at(status, "/peers").map(|peer| count_at(peer, "/unacknowledged"));
        let unsent = unsent.max().unwrap_or_default();
        network("error-not-synced", json!({"count": unsent}))
    }
}

#[cfg(test)]
mod tests {
    use jospar_locales::Language;

    use super::*;

    fn sample() -> Value {
        json!({
            "school": {"kk": "№3 мектеп", "ru": "Школа №3", "en": "School No. 3"},
            "device": {"id": "a", "words": "құлын тұз пісте уық", "name": "Айда",
                       "role": "director"},
            "folder": "/plan", "documents": 22, "changes": 1_250, "quarantined": 2, "saved": true,
            "server": {"address": "jospar.example.kz:4443", "connected": false,
                       "equal": false, "unacknowledged": 3, "error": null},
            "peers": [
                {"device": "b", "words": "x", "name": "Болат", "role": "teacher", "kind": "device",
                 "connected": true, "equal": true, "unacknowledged": 0, "known": true},
                {"device": "s", "words": "x", "name": "", "role": "server", "kind": "server",
                 "connected": false, "equal": false, "unacknowledged": 3, "known": true},
            ],
            "synced": false, "digest": "00", "clock_skew_ms": 600_000, "node": "own",
        })
    }

    fn check(language: Language, expected: &[&str]) {
        let lines = standing(&Words::utc(language), &sample(), 12_345);
        for line in expected {
            assert!(lines.iter().any(|found| found == line), "{line} is not in {lines:#?}");
        }
        assert!(!lines.iter().any(|line| line.contains('[')), "{lines:#?}");
    }

    #[test]
    fn a_status_is_told_in_every_language() {
        check(
            Language::En,
            &[
                "School: School No. 3",
                "This device: Айда (director), words: құлын тұз пісте уық",
                "Data folder: /plan (12.3 kB)",
                "Kept: 22 documents, 1,250 changes",
                "Saved on this device.",
                "Server: jospar.example.kz:4443: offline, waiting to be sent: 3 changes",
                "Болат: online, synced",
                "This computer's clock differs from the others' by 10 min. Check it and set it right.",
                "jospar does not run in the background. To start it: `jospar node`.",
            ],
        );
        check(Language::Ru, &["Школа: Школа №3", "Сохранено на этом устройстве."]);
        check(Language::Kk, &["Мектеп: №3 мектеп", "Осы құрылғыда сақталды."]);
    }

    #[test]
    fn a_sync_names_who_got_what() {
        let before = sample();
        let mut after = sample();
        after["peers"][1]["unacknowledged"] = json!(0);
        after["synced"] = json!(true);
        let answer =
            json!({"synced": true, "received": 1, "sent": sent(&before, &after), "status": after});
        let expected = [
            "server: sent 3 changes.",
            "Received: 1 change.",
            "Synced: the plan here and on the server is the same.",
        ];
        assert_eq!(exchanged(&Words::utc(Language::En), &answer), expected);
    }

    /// Another device may have written since, so nothing is said of those that were not asked.
    #[test]
    fn synced_names_the_other_side_and_nobody_else() {
        let words = Words::utc(Language::En);
        let mut status = sample();
        assert_eq!(synced_with(&words, &status), None);
        status["synced"] = json!(true);
        let server = "Synced: the plan here and on the server is the same.";
        assert_eq!(synced_with(&words, &status).as_deref(), Some(server));
        status["server"] = json!(null);
        let device = "Synced: the plan here and at Болат is the same.";
        assert_eq!(synced_with(&words, &status).as_deref(), Some(device));
    }

    #[test]
    fn what_is_not_synced_has_a_reason() {
        let mut status = sample();
        assert_eq!(not_synced(&status).key, "error-not-synced");
        status["peers"] = json!([]);
        assert_eq!(not_synced(&status).key, "error-server-unreachable");
        status["server"] = json!(null);
        assert_eq!(not_synced(&status).key, "error-nobody-there");
        status["server"] = json!({"error": "error-server-key"});
        let fault = not_synced(&status);
        assert_eq!((fault.key.as_str(), fault.kind.exit_code()), ("error-server-key", 6));
    }
}
