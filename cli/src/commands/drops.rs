//! Dropping a document for good, and which devices have followed.

use jospar_node::service::Request;
use serde_json::Value;

use crate::session::{Outcome, Session};
use crate::words::{Words, count_at, items_at, text_or_empty};

pub(crate) fn drop_document(session: &mut Session, document: String, reason: String) -> Outcome {
    session.confirm(&session.words.with("drop-ask", "document", &document))?;
    let answer = session.ask(&Request::Drop { document: document.clone(), reason })?;
    session.print(&answer, |words, answer| {
        let values = [
            ("document", document.as_str().into()),
            ("devices", count_at(answer, "/devices").into()),
            ("of", count_at(answer, "/of").into()),
        ];
        vec![words.text("drop-done", &values)]
    })?;
    Ok(0)
}

/// For each drop, on how many devices it was followed and on which not.
pub(crate) fn receipts(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for dropped in items_at(answer, "/dropped") {
        let part = words.named("kind", text_or_empty(dropped, "/part"));
        let id = text_or_empty(dropped, "/document");
        let document = format!("{part} {}", id.get(..8).unwrap_or(id));
        let values = [
            ("document", document.into()),
            ("reason", text_or_empty(dropped, "/reason").into()),
            ("devices", count_at(dropped, "/devices").into()),
            ("of", count_at(dropped, "/of").into()),
        ];
        lines.push(words.text("status-dropped", &values));
        let missing: Vec<&str> = items_at(dropped, "/missing").filter_map(Value::as_str).collect();
        if !missing.is_empty() {
            lines.push(words.with("status-dropped-missing", "names", &missing.join(", ")));
        }
    }
    lines
}
