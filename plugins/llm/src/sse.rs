//! Server-sent events, and what an OpenAI-compatible endpoint says in them.
//!
//! The form of events: <https://html.spec.whatwg.org/multipage/server-sent-events.html>. Only `data` is looked at. Lines
//! are cut before they are decoded, so a letter that lies across two chunks stays whole.

use serde_json::Value;

use crate::LlmError;
use crate::text::said;

/// The longest event.
pub(crate) const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// Cuts bytes into events.
#[derive(Debug, Default)]
pub(crate) struct Events {
    line: Vec<u8>,
    data: String,
}

/// What one event, or one whole answer, said.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Said {
    /// Text to put behind what came before.
    pub(crate) text: String,
    /// The model's own name.
    pub(crate) model: Option<String>,
    /// Why it ended, if it did.
    pub(crate) finished: Option<String>,
    /// All tokens of question and answer.
    pub(crate) tokens: Option<u64>,
    /// Whether the event has the form of an answer at all.
    pub(crate) is_answer: bool,
}

impl Events {
    /// Takes `bytes` in; gives the data of each event that they complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, LlmError> {
        let mut events = Vec::new();
        for byte in bytes {
            if *byte != b'\n' {
                self.line.push(*byte);
                if self.line.len() > EVENT_BYTES_MAX {
                    return Err(LlmError::TooLarge { limit: EVENT_BYTES_MAX });
                }
                continue;
            }
            let line = String::from_utf8_lossy(&self.line).into_owned();
            self.line.clear();
            let line = line.strip_suffix('\r').unwrap_or(&line);
            if line.is_empty() {
                events.extend(self.take());
                continue;
            }
            let Some(data) = line.strip_prefix("data") else { continue };
            let Some(data) = data.strip_prefix(':') else { continue };
            if !self.data.is_empty() {
                self.data.push('\n');
            }
            self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
            if self.data.len() > EVENT_BYTES_MAX {
                return Err(LlmError::TooLarge { limit: EVENT_BYTES_MAX });
            }
        }
        Ok(events)
    }

    /// The data of an event that the end of the stream completes.
    pub(crate) fn finish(&mut self) -> Result<Option<String>, LlmError> {
        let mut rest = self.push(b"\n")?;
        Ok(rest.pop().or_else(|| self.take()))
    }

    fn take(&mut self) -> Option<String> {
        let data = std::mem::take(&mut self.data);
        (!data.is_empty()).then_some(data)
    }
}

/// Reads an event's data, or a whole answer, as JSON.
///
/// Calls of tools are not looked at: an answer is text.
pub(crate) fn read(data: &str) -> Result<Said, LlmError> {
    let nonsense = || LlmError::Nonsense { content: said(data) };
    let value: Value = serde_json::from_str(data).map_err(|_| nonsense())?;
    if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
        let message = error.get("message").and_then(Value::as_str).or(error.as_str());
        return Err(LlmError::Rejected { status: 200, said: said(message.unwrap_or_default()) });
    }
    let choices = value.get("choices").and_then(Value::as_array);
    if choices.is_none() && value.get("usage").is_none() {
        return Err(nonsense());
    }
    let choice = choices.and_then(|choices| choices.first());
    let message = choice.and_then(|choice| choice.get("delta").or_else(|| choice.get("message")));
    let field = |value: Option<&Value>, name: &str| {
        value.and_then(|value| value.get(name)).and_then(Value::as_str).map(str::to_owned)
    };
    Ok(Said {
        text: field(message, "content").unwrap_or_default(),
        model: field(Some(&value), "model")
            .map(|model| said(&model))
            .filter(|model| !model.is_empty()),
        finished: field(choice, "finish_reason"),
        tokens: value.pointer("/usage/total_tokens").and_then(Value::as_u64),
        is_answer: choice.is_some(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn all(bytes: &[u8], at: usize) -> Vec<String> {
        let mut events = Events::default();
        let mut found = Vec::new();
        for chunk in bytes.chunks(at.max(1)) {
            found.extend(events.push(chunk).unwrap());
        }
        found.extend(events.finish().unwrap());
        found
    }

    proptest! {
        #[test]
        fn events_do_not_depend_on_where_chunks_end(
            texts in proptest::collection::vec("[ -~Ѐ-ӿ😀]{1,20}", 0..6), at in 1usize..9, crlf: bool
        ) {
            let end = if crlf { "\r\n" } else { "\n" };
            let mut stream = format!(": ping{end}{end}");
            for text in &texts {
                stream.push_str(&format!("event: x{end}data: {text}{end}{end}"));
            }
            prop_assert_eq!(all(stream.as_bytes(), at), texts);
        }
    }

    #[test]
    fn an_event_may_have_several_lines_and_no_end() {
        assert_eq!(all(b"data: a\ndata:b\nid: 1\n\ndata: c", 3), ["a\nb", "c"]);
        assert_eq!(all(b"", 1), Vec::<String>::new());
        assert_eq!(all(b"\n\n: only comments\n\n", 4), Vec::<String>::new());
    }

    #[test]
    fn endless_events_are_refused() {
        let mut events = Events::default();
        let large = events.push(&vec![b'x'; EVENT_BYTES_MAX + 1]);
        assert_eq!(large, Err(LlmError::TooLarge { limit: EVENT_BYTES_MAX }));
        let mut events = Events::default();
        let line = [b"data: ".as_slice(), &[b'x'; 1_000], b"\n"].concat();
        let refused = (0..2_000).find_map(|_| events.push(&line).err());
        assert_eq!(refused, Some(LlmError::TooLarge { limit: EVENT_BYTES_MAX }));
    }

    #[test]
    fn answers_are_read_and_calls_of_tools_are_not() {
        let piece = r#"{"model":"m","choices":[{"delta":{"content":"Сәлем","tool_calls":[{"x":1}]},"finish_reason":null}]}"#;
        let said = read(piece).unwrap();
        assert_eq!((said.text.as_str(), said.model.as_deref()), ("Сәлем", Some("m")));
        let whole = r#"{"choices":[{"message":{"content":null,"tool_calls":[]},"finish_reason":"tool_calls"}],"usage":{"total_tokens":7}}"#;
        let said = read(whole).unwrap();
        assert_eq!(
            (said.text.as_str(), said.finished.as_deref(), said.tokens),
            ("", Some("tool_calls"), Some(7))
        );
        let usage = read(r#"{"choices":[],"usage":{"total_tokens":9}}"#).unwrap();
        assert_eq!((usage.tokens, usage.is_answer), (Some(9), false));
        for nonsense in ["", "<html>", "[]", "5", "{\"a\":1}"] {
            assert!(matches!(read(nonsense), Err(LlmError::Nonsense { .. })), "{nonsense}");
        }
        let failed = read(r#"{"error":{"message":"out of\nmemory"}}"#);
        assert_eq!(
            failed,
            Err(LlmError::Rejected { status: 200, said: "out of memory".to_owned() })
        );
    }
}
