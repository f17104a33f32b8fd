//! Commands about approvals: signing, how all stands, files and codes that prove it, and the auditor's page.

use std::fs;
use std::path::Path;

use jospar_core::approval::APPROVAL_FILE_BYTES_MAX;
use jospar_node::service::{ApprovalRequest, Fault, FaultKind, Request, verify_approval_file};
use serde_json::{Value, json};

use super::members::picture;
use crate::args::ApprovalAction;
use crate::error;
use crate::session::{Outcome, Session, absolute};
use crate::words::{
    Words, count_at, device_words, flag_at, items_at, short, text_at, text_or_empty,
};

/// What may be approved without a path.
const PLAN: &str = "plan";
/// The documents and paths that a list names of what was changed.
const CHANGED_SHOWN: usize = 10;

fn ask(session: &mut Session, request: ApprovalRequest) -> Result<Value, Fault> {
    session.ask(&Request::Approval(request))
}

/// 1 for what is less than an approval.
fn exit_code(answer: &Value) -> u8 {
    u8::from(text_or_empty(answer, "/state") != "approved")
}

pub(crate) fn approve(session: &mut Session, what: String) -> Outcome {
    let listed = ask(session, ApprovalRequest::List { what: Some(what.clone()) })?;
    let subject = listed.pointer("/subjects/0").cloned().unwrap_or_default();
    let hash = text_or_empty(&subject, "/hash").to_owned();
    let values = [
        ("what", name(&session.words, &subject).into()),
        ("documents", count_at(&subject, "/documents").into()),
        ("hash", short(&hash).into()),
    ];
    session.confirm(&session.words.text("approve-ask", &values))?;
    let answer = ask(session, ApprovalRequest::Approve { what, hash: Some(hash) })?;
    session.print(&answer, |words, answer| {
        let signed = [
            ("what", name(words, answer).into()),
            ("role", words.named("role", text_or_empty(answer, "/role")).into()),
            ("hash", short(text_or_empty(answer, "/hash")).into()),
        ];
        vec![words.text("approve-done", &signed), state(words, answer)]
    })?;
    Ok(0)
}

pub(crate) fn list(session: &mut Session) -> Outcome {
    let answer = ask(session, ApprovalRequest::List { what: None })?;
    session.print(&answer, listed)?;
    Ok(0)
}

fn name(words: &Words, subject: &Value) -> String {
    match text_or_empty(subject, "/what") {
        PLAN => words.word("kind-plan"),
        what => what.to_owned(),
    }
}

fn state(words: &Words, answer: &Value) -> String {
    words.word(text_or_empty(answer, "/message"))
}

/// How all that can be approved stands.
fn listed(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for subject in items_at(answer, "/subjects") {
        let values = [
            ("what", name(words, subject).into()),
            ("state", state(words, subject).into()),
            ("hash", short(text_or_empty(subject, "/hash")).into()),
        ];
        lines.push(words.text("approvals-line", &values));
        if text_or_empty(subject, "/state") != "approved" && subject["approved"].is_object() {
            let when = words.moment_at(subject, "/approved/time_ms");
            lines.push(format!("   {}", words.with("approvals-before", "when", &when)));
        }
        lines.extend(changed(words, subject));
        if items_at(subject, "/rewritten").next().is_some() {
            lines.push(format!("   {}", words.word("approvals-rewritten")));
        }
        let signatures = items_at(subject, "/signatures");
        lines.extend(signatures.map(|signature| format!("   {}", signed(words, signature))));
    }
    let invalid = items_at(answer, "/invalid");
    lines.extend(invalid.map(|record| {
        let values = [
            ("approval", short(text_or_empty(record, "/approval")).into()),
            ("state", state(words, record).into()),
        ];
        words.text("approvals-invalid", &values)
    }));
    lines
}

/// What differs from the text that was approved, document by document.
fn changed(words: &Words, subject: &Value) -> Vec<String> {
    let all = items_at(subject, "/changed").count();
    let shown = items_at(subject, "/changed").take(CHANGED_SHOWN);
    let mut lines: Vec<String> = shown
        .map(|document| {
            let paths: Vec<&str> = items_at(document, "/paths").filter_map(Value::as_str).collect();
            let shown = paths.iter().take(CHANGED_SHOWN).copied().collect::<Vec<_>>().join(", ");
            let key = format!("approvals-{}", text_or_empty(document, "/change"));
            let part = words.named("kind", text_or_empty(document, "/part"));
            let line = words.with(&key, "document", &part);
            if shown.is_empty() { format!("   {line}") } else { format!("   {line} ({shown})") }
        })
        .collect();
    if all > CHANGED_SHOWN {
        let more = (all - CHANGED_SHOWN) as u64;
        lines.push(format!("   {}", words.text("approvals-more", &[("count", more.into())])));
    }
    lines
}

fn signed(words: &Words, signature: &Value) -> String {
    let who = match text_at(signature, "/who") {
        Some(_) => words.person(signature),
        None => device_words(signature),
    };
    let values = [
        ("who", who.into()),
        ("role", words.named("role", text_or_empty(signature, "/role")).into()),
        ("when", words.moment_at(signature, "/time_ms").into()),
        ("state", state(words, signature).into()),
    ];
    words.text("approvals-signature", &values)
}

pub(crate) fn proof(session: &mut Session, action: ApprovalAction) -> Outcome {
    match action {
        ApprovalAction::Export { file, what } => export(session, &file, what),
        ApprovalAction::Verify { file, code } => verify(session, &file, code.as_deref()),
        ApprovalAction::Code { what, qr } => code(session, what, qr),
        ApprovalAction::Check { code } => check(session, code),
    }
}

fn export(session: &mut Session, file: &Path, what: String) -> Outcome {
    let answer = ask(session, ApprovalRequest::Export { path: absolute(file)?, what })?;
    session.print(&answer, |words, answer| {
        let name = file.file_name().unwrap_or_default().display();
        let values = [
            ("path", text_or_empty(answer, "/path").into()),
            ("size", words.catalogue().size(count_at(answer, "/bytes")).into()),
            ("count", count_at(answer, "/signatures").into()),
            ("command", format!("`jospar approval verify {name}`").into()),
        ];
        let mut lines = vec![words.text("approval-file-written", &values)];
        lines.extend(earlier(words, answer));
        lines
    })?;
    Ok(0)
}

/// Says so where a proof is not about the text as it is.
fn earlier(words: &Words, answer: &Value) -> Option<String> {
    (!flag_at(answer, "/current")).then(|| words.word("approval-proof-earlier"))
}

/// Checks a file by itself: no node, no workspace, no key.
fn verify(session: &mut Session, file: &Path, code: Option<&str>) -> Outcome {
    let failed = |failure| error::file(file, &failure);
    let bytes = match fs::metadata(file).map_err(failed)?.len() {
        size if size > APPROVAL_FILE_BYTES_MAX as u64 => {
            let values = json!({"path": file.display().to_string()});
            return Err(Fault::new(FaultKind::Damaged, "error-approval-not-a-file", values));
        }
        _ => fs::read(file).map_err(failed)?,
    };
    let answer =
        verify_approval_file(&bytes, code).map_err(|fault| error::with_path(fault, file))?;
    session.print(&answer, verified)?;
    let paper = answer.get("code").filter(|code| !code.is_null());
    Ok(exit_code(&answer).max(paper.map_or(0, exit_code)))
}

fn verified(words: &Words, answer: &Value) -> Vec<String> {
    let local = |pointer: &str| {
        let text = answer.pointer(pointer).and_then(|text| words.local(text));
        text.map_or_else(|| words.word("empty-value"), str::to_owned)
    };
    let values = [
        ("what", name(words, answer).into()),
        ("school", local("/school").into()),
        ("title", local("/title").into()),
        ("documents", count_at(answer, "/documents").into()),
        ("hash", short(text_or_empty(answer, "/hash")).into()),
    ];
    let mut lines = vec![words.text("approval-verified", &values), state(words, answer)];
    lines.extend(items_at(answer, "/signatures").map(|one| format!("   {}", signed(words, one))));
    if answer.get("code").is_some_and(Value::is_object) {
        let code = words.word(text_or_empty(answer, "/code/message"));
        lines.push(words.with("approval-code-state", "state", &code));
    }
    let short_id = short(text_or_empty(answer, "/workspace")).into();
    let values = [("entries", count_at(answer, "/entries").into()), ("school", short_id)];
    lines.push(words.text("approval-verified-by", &values));
    lines
}

fn code(session: &mut Session, what: String, qr: bool) -> Outcome {
    let answer = ask(session, ApprovalRequest::Code { what })?;
    session.print(&answer, |words, answer| {
        let code = text_or_empty(answer, "/code");
        let image = if qr { picture(code) } else { None };
        [Some(code.to_owned()), image, earlier(words, answer)].into_iter().flatten().collect()
    })?;
    Ok(0)
}

fn check(session: &mut Session, code: String) -> Outcome {
    let answer = ask(session, ApprovalRequest::Check { code })?;
    session.print(&answer, |words, answer| {
        let key = format!("approval-text-{}", text_or_empty(answer, "/text"));
        let mut lines = vec![words.with(&key, "what", &name(words, answer)), state(words, answer)];
        let signatures = items_at(answer, "/signatures");
        lines.extend(signatures.map(|one| format!("   {}", signed(words, one))));
        lines
    })?;
    Ok(u8::from(text_or_empty(&answer, "/text") != "current").max(exit_code(&answer)))
}

pub(crate) fn audit_page(session: &mut Session, publish: bool) -> Outcome {
    let answer = session.ask(&Request::AuditorPage { publish })?;
    session.print(&answer, page)?;
    Ok(0)
}

fn page(words: &Words, answer: &Value) -> Vec<String> {
    if answer.get("made_ms").is_none_or(Value::is_null) {
        return vec![words.word("audit-page-none")];
    }
    let local = |pointer: &str| {
        let text = answer.pointer(pointer).and_then(|text| words.local(text));
        text.map_or_else(|| words.word("empty-value"), str::to_owned)
    };
    let when = words.moment_at(answer, "/made_ms");
    let mut lines = vec![
        words.text(
            "audit-page-title",
            &[
                ("school", local("/school").into()),
                ("title", local("/title").into()),
                ("when", when.into()),
            ],
        ),
        state(words, answer),
    ];
    for signature in items_at(answer, "/signatures") {
        let values = [
            ("role", words.named("role", text_or_empty(signature, "/role")).into()),
            ("when", words.moment_at(signature, "/time_ms").into()),
            ("state", state(words, signature).into()),
        ];
        lines.push(format!("   {}", words.text("audit-page-signature", &values)));
    }
    for section in items_at(answer, "/sections") {
        let values = [
            ("part", words.named("kind", text_or_empty(section, "/part")).into()),
            ("items", count_at(section, "/items").into()),
            ("when", words.moment_at(section, "/changed_ms").into()),
        ];
        lines.push(words.text("audit-page-section", &values));
    }
    lines.push(
        words.text("audit-page-findings", &[("count", count_at(answer, "/findings").into())]),
    );
    lines.extend(items_at(answer, "/lints").map(|lint| {
        let heading = words.word(text_or_empty(lint, "/heading"));
        format!("   {}: {heading}: {}", text_or_empty(lint, "/rule"), count_at(lint, "/count"))
    }));
    lines
}

#[cfg(test)]
mod tests {
    use jospar_locales::Language;

    use super::*;

    #[test]
    fn the_list_names_what_was_changed_since_the_approval() {
        let answer = json!({"subjects": [
            {"what": "plan", "state": "differs", "message": "approval-differs",
             "hash": "abcdef0123456789", "documents": 18,
             "approved": {"hash": "00", "time_ms": 1_790_000_000_000_i64},
             "changed": [{"part": "risks", "change": "changed",
                          "paths": ["risks/rk1/likelihood"]}],
             "rewritten": [],
             "signatures": [{"role": "director", "who": "Айда", "device": "d",
                             "time_ms": 1_790_000_000_000_i64, "state": "earlier",
                             "message": "approval-earlier"}]},
        ], "invalid": [{"approval": "ffff", "state": "unreadable",
                        "message": "approval-unreadable"}]});
        for language in Language::ALL {
            let lines = listed(&Words::utc(language), &answer);
            assert_eq!(lines.len(), 5, "{lines:?}");
            assert!(lines[0].contains("abcdef0123"), "{lines:?}");
            assert!(lines[2].contains("(risks/rk1/likelihood)"), "{lines:?}");
            assert!(lines[3].contains("Айда"), "{lines:?}");
            assert!(lines.iter().all(|line| !line.contains("[approv")), "{lines:?}");
        }
    }

    #[test]
    fn the_auditors_page_is_told_in_every_language() {
        let answer = json!({"school": {"kk": "№3 мектеп"}, "title": {"kk": "Жоспар"},
            "made_ms": 1_790_000_000_000_i64, "state": "approved", "message": "approval-approved",
            "signatures": [{"role": "teacher", "time_ms": 1, "state": "counts",
                            "message": "approval-counts"}],
            "sections": [{"part": "risks", "items": 4, "changed_ms": 1}],
            "lints": [{"rule": "L05", "heading": "lint-l05", "count": 2}], "findings": 2});
        for language in Language::ALL {
            let lines = page(&Words::utc(language), &answer);
            assert_eq!(lines.len(), 6, "{lines:?}");
            assert!(lines[0].contains("№3 мектеп") && lines[5].contains("L05"), "{lines:?}");
            assert!(lines.iter().all(|line| !line.contains("[audit")), "{lines:?}");
        }
        let none = page(&Words::utc(Language::En), &json!({"made_ms": null}));
        assert_eq!(none.len(), 1);
    }
}
