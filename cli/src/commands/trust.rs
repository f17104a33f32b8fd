//! Commands about trust: roles, the own key, recovery sheets, and what was set aside.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use jospar_node::service::{Fault, FaultKind, Request, TrustRequest};
use serde_json::{Value, json};

use crate::args::{QuarantineAction, RecoveryAction};
use crate::error;
use crate::session::{Outcome, Session, absolute};
use crate::words::{Words, count_at, device_words, flag_at, items_at, text_or_empty};

/// How many words of a new sheet are typed back.
const TYPED_BACK: usize = 3;
/// The most bytes that are read as a sheet's words.
const SHEET_BYTES_MAX: u64 = 4 * 1024;

pub(crate) fn assign(
    session: &mut Session,
    device: String,
    role: String,
    kinds: Vec<String>,
    until: Option<String>,
) -> Outcome {
    let named = session.words.named("role", &role);
    let values = [("device", device.as_str().into()), ("role", named.into())];
    session.confirm(&session.words.text("assign-ask", &values))?;
    let request = TrustRequest::Assign { device, role, kinds, until };
    let answer = session.ask(&Request::Trust(request))?;
    session.print(&answer, |words, answer| {
        let name = text_or_empty(answer, "/name");
        let role = words.named("role", text_or_empty(answer, "/role"));
        let mut lines =
            vec![words.text("assign-done", &[("name", name.into()), ("role", role.into())])];
        let until = words.day(text_or_empty(answer, "/until"));
        lines.extend(until.map(|day| words.with("assign-until", "date", &day)));
        lines
    })?;
    Ok(0)
}

pub(crate) fn rotate(session: &mut Session) -> Outcome {
    session.confirm(&session.words.word("rotate-ask"))?;
    let answer = session.ask(&Request::Trust(TrustRequest::Rotate))?;
    session.print(&answer, |words, answer| {
        vec![words.with("rotate-done", "words", &device_words(answer)), words.word("rotate-next")]
    })?;
    Ok(0)
}

pub(crate) fn recovery(session: &mut Session, action: RecoveryAction) -> Outcome {
    match action {
        RecoveryAction::Sheet => sheet(session),
        RecoveryAction::Use { from, lost } => recover(session, from.as_deref(), lost),
    }
}

fn sheet(session: &mut Session) -> Outcome {
    let draft = session.ask(&Request::Trust(TrustRequest::DraftSheet))?;
    let asks = !session.agreed() && !session.out.is_json();
    if asks {
        for line in printed(&session.words, &draft) {
            session.out.raw(&format!("{line}\n"))?;
        }
        type_back(session, &draft)?;
    }
    let sheet = text_or_empty(&draft, "/sheet").to_owned();
    session.ask(&Request::Trust(TrustRequest::KeepSheet { sheet }))?;
    session.print(&draft, |words, draft| {
        let mut lines = if asks { Vec::new() } else { printed(words, draft) };
        lines.push(words.word("recovery-sheet-done"));
        lines
    })?;
    Ok(0)
}

/// The sheet as it is printed: four words a line, numbered.
fn printed(words: &Words, draft: &Value) -> Vec<String> {
    let all: Vec<&str> = items_at(draft, "/words").filter_map(Value::as_str).collect();
    let mut lines = vec![words.word("recovery-sheet-title"), String::new()];
    for (row, four) in all.chunks(4).enumerate() {
        let numbered = four.iter().enumerate();
        let cells = numbered.map(|(n, word)| format!("{:>2}. {word:<12}", row * 4 + n + 1));
        lines.push(cells.collect::<String>().trim_end().to_owned());
    }
    lines.push(String::new());
    lines.push(words.word("recovery-sheet-keep"));
    lines
}

/// Lets the person type some of the words back, so that a sheet that holds is one that was written down.
fn type_back(session: &Session, draft: &Value) -> Result<(), Fault> {
    if !io::stdin().is_terminal() {
        return Err(Fault::new(FaultKind::Usage, "error-needs-yes", json!({})));
    }
    let all: Vec<&str> = items_at(draft, "/words").filter_map(Value::as_str).collect();
    for place in places(text_or_empty(draft, "/sheet"), all.len()) {
        let typed =
            ask_line(&session.words.text("recovery-type", &[("number", (place + 1).into())]))?;
        if all.get(place).is_none_or(|word| *word != typed.trim().to_lowercase()) {
            return Err(Fault::new(FaultKind::Usage, "error-recovery-typed", json!({})));
        }
    }
    Ok(())
}

/// Which words are asked for: other ones on each sheet.
fn places(sheet: &str, count: usize) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::new();
    for byte in sheet.bytes().cycle().take(sheet.len() * 2) {
        let next = (usize::from(byte) * 7 + places.len() * 5) % count.max(1);
        if places.len() < TYPED_BACK && !places.contains(&next) {
            places.push(next);
        }
    }
    places
}

fn ask_line(question: &str) -> Result<String, Fault> {
    let mut asked = io::stderr().lock();
    let mut line = String::new();
    write!(asked, "{question} ")
        .and_then(|()| asked.flush())
        .and_then(|()| io::stdin().lock().take(SHEET_BYTES_MAX).read_line(&mut line))
        .map_err(|error| error::file(Path::new("-"), &error))?;
    Ok(line)
}

fn recover(session: &mut Session, from: Option<&Path>, lost: Option<String>) -> Outcome {
    let words = if io::stdin().is_terminal() {
        ask_line(&session.words.word("recovery-ask-words"))?
    } else {
        let mut words = String::new();
        let read = io::stdin().lock().take(SHEET_BYTES_MAX).read_to_string(&mut words);
        read.map_err(|error| error::file(Path::new("-"), &error))?;
        words
    };
    let path = from.map(absolute).transpose()?;
    let answer = session.ask(&Request::Trust(TrustRequest::Recover { words, lost, path }))?;
    session.print(&answer, |words, answer| {
        vec![
            words.with("recovery-done", "words", &device_words(answer)),
            words.with("recovery-lost", "words", text_or_empty(answer, "/lost")),
            words.with("recovery-next", "command", "`jospar recovery sheet`"),
        ]
    })?;
    Ok(0)
}

pub(crate) fn state(session: &mut Session) -> Outcome {
    let answer = session.ask(&Request::Trust(TrustRequest::State))?;
    session.print(&answer, |words, answer| {
        let values = [
            ("directors", count_at(answer, "/directors").into()),
            ("sheets", items_at(answer, "/sheets").count().into()),
        ];
        let mut lines = vec![words.text("trust-state", &values)];
        lines.extend(warnings(words, answer));
        lines.extend(items_at(answer, "/dropped").map(|entry| dropped(words, entry)));
        lines
    })?;
    Ok(0)
}

/// What everybody has to know at once: how many can manage the school, and who came to by a recovery sheet.
pub(crate) fn warnings(words: &Words, trust: &Value) -> Vec<String> {
    let warned = items_at(trust, "/warnings").filter_map(Value::as_str);
    let mut lines: Vec<String> =
        warned.map(|key| words.with(key, "command", "`jospar recovery sheet`")).collect();
    lines.extend(items_at(trust, "/recovered").map(|device| {
        let values = [
            ("name", text_or_empty(device, "/name").into()),
            ("words", device_words(device).into()),
        ];
        words.text("trust-recovered", &values)
    }));
    lines
}

fn dropped(words: &Words, entry: &Value) -> String {
    words.text(
        "dropped-line",
        &[
            ("number", count_at(entry, "/number").into()),
            ("kind", words.named("entry", text_or_empty(entry, "/kind")).into()),
            ("name", text_or_empty(entry, "/name").into()),
            ("reason", words.word(text_or_empty(entry, "/reason")).into()),
        ],
    )
}

pub(crate) fn quarantine(session: &mut Session, action: Option<QuarantineAction>) -> Outcome {
    match action {
        None | Some(QuarantineAction::List) => {
            let answer = session.ask(&Request::Quarantine)?;
            session.print(&answer, set_aside)?;
        }
        Some(QuarantineAction::Adopt { number }) => {
            let change = named(session, &number)?;
            let answer = session.ask(&Request::Trust(TrustRequest::Adopt { change }))?;
            session.print(&answer, |words, answer| decided(words, answer, "quarantine-adopted"))?;
        }
        Some(QuarantineAction::Discard { number }) => {
            let change = named(session, &number)?;
            let question = session.words.with("quarantine-discard-ask", "number", &number);
            session.confirm(&question)?;
            let answer = session.ask(&Request::Trust(TrustRequest::Discard { change }))?;
            session
                .print(&answer, |words, answer| decided(words, answer, "quarantine-discarded"))?;
        }
    }
    Ok(0)
}

fn decided(words: &Words, answer: &Value, key: &str) -> Vec<String> {
    vec![words.text(key, &[("count", count_at(answer, "/count").into())])]
}

/// The change that names a group: by its number in the list, or by itself.
fn named(session: &mut Session, number: &str) -> Result<String, Fault> {
    let Ok(wanted) = number.parse::<u64>() else { return Ok(number.to_owned()) };
    let answer = session.ask(&Request::Quarantine)?;
    let group = items_at(&answer, "/groups").find(|group| count_at(group, "/number") == wanted);
    let change = group.map(|group| text_or_empty(group, "/change").to_owned());
    let unknown =
        || Fault::new(FaultKind::NotFound, "error-change-unknown", json!({"change": number}));
    change.ok_or_else(unknown)
}

/// The groups of what was set aside: who, when, where, why.
pub(crate) fn set_aside(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for group in items_at(answer, "/groups") {
        lines.push(words.text(
            "quarantine-group",
            &[
                ("number", count_at(group, "/number").into()),
                ("count", count_at(group, "/count").into()),
                ("document", text_or_empty(group, "/part").into()),
                ("who", words.person(group).into()),
                ("when", words.moment_at(group, "/time_ms").into()),
                ("reason", words.word(text_or_empty(group, "/reason")).into()),
            ],
        ));
        let paths: Vec<&str> = items_at(group, "/paths").filter_map(Value::as_str).collect();
        if !paths.is_empty() {
            lines.push(format!("   {}", paths.join(", ")));
        }
        if !flag_at(group, "/adoptable") {
            lines.push(format!("   {}", words.word("quarantine-not-adoptable")));
        }
    }
    if lines.is_empty() {
        return vec![words.word("quarantine-none")];
    }
    lines.insert(0, words.word("quarantine-intro"));
    let adopt = "`jospar quarantine adopt`".into();
    let discard = "`jospar quarantine discard`".into();
    lines.push(words.text("quarantine-next", &[("adopt", adopt), ("discard", discard)]));
    lines
}

#[cfg(test)]
mod tests {
    use jospar_locales::Language;

    use super::*;

    #[test]
    fn what_was_set_aside_is_told_in_words() {
        let answer = json!({"groups": [
            {"number": 1, "count": 3, "document": "x", "part": "risks", "change": "ff",
             "who": "Болат", "device": "d", "reason": "quarantine-revoked", "adoptable": false,
             "time_ms": 1_790_000_000_000_i64, "paths": ["risks/r1", "risks/r2"]},
        ]});
        let lines = set_aside(&Words::utc(Language::En), &answer);
        assert!(lines[1].starts_with("1) risks, Болат, "), "{lines:?}");
        assert!(lines[1].contains("3 changes") && lines[1].contains("2026"), "{lines:?}");
        assert_eq!(lines[2], "   risks/r1, risks/r2");
        assert_eq!(lines.len(), 5);
        assert_eq!(set_aside(&Words::utc(Language::En), &json!({"groups": []})).len(), 1);
    }

    #[test]
    fn a_sheet_is_printed_with_numbers_and_asks_for_three_of_its_words() {
        let list: Vec<String> = (0..24).map(|n| format!("w{n}")).collect();
        let draft = json!({"words": list, "sheet": "0123456789abcdef".repeat(4)});
        let lines = printed(&Words::utc(Language::Kk), &draft).join("\n");
        assert!(lines.contains(" 1. w0") && lines.contains("24. w23"), "{lines}");
        for sheet in ["0123456789abcdef", "00000000000000000", "ffff0"] {
            let asked = places(sheet, 24);
            assert_eq!(asked.len(), TYPED_BACK, "{asked:?}");
            assert!(asked.iter().all(|place| *place < 24));
        }
    }

    #[test]
    fn everybody_is_told_of_a_recovery_and_of_a_single_director() {
        let trust = json!({"warnings": ["trust-one-director"],
                           "recovered": [{"name": "Айда", "words": "тау су жел от"}]});
        for language in Language::ALL {
            let lines = warnings(&Words::utc(language), &trust);
            assert_eq!(lines.len(), 2);
            assert!(lines[0].contains("jospar recovery sheet") && lines[1].contains("Айда"));
        }
    }
}
