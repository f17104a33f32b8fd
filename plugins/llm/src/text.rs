//! Text on its way in and out: what a model or a data block must not carry.

/// The most of a server's own words that a person is shown.
const SAID_CHARS_MAX: usize = 300;

/// `text` without control characters (but line feeds and tabs), without marks that turn the direction of writing, and
/// without characters that nobody sees. Every kind of line break becomes a line feed.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                cleaned.push('\n');
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => cleaned.push('\n'),
            '\n' | '\t' => cleaned.push(c),
            c if c.is_control() || is_hidden(c) => {}
            c => cleaned.push(c),
        }
    }
    cleaned
}

/// One line of what a server said, for a person.
pub(crate) fn said(text: &str) -> String {
    let text = clean(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(SAID_CHARS_MAX).collect()
}

/// `text` with what could be a marker of a chat template (`<|im_end|>`, `</s>`, `[INST]`) written with other brackets. A
/// `<` before a space, a digit or `=` stays, and so does a placeholder.
pub(crate) fn without_markers(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let plain =
            next.is_none_or(|next| next.is_whitespace() || next.is_ascii_digit() || next == '=');
        match c {
            '<' if !plain => safe.push('\u{2039}'),
            '[' if is_marker(text.get(at + 1..).unwrap_or_default()) => safe.push('\u{ff3b}'),
            c => safe.push(c),
        }
    }
    safe
}

/// Whether `[` before `rest` opens a marker: capital letters in brackets that are no placeholder.
fn is_marker(rest: &str) -> bool {
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let inside = rest.split(']').next().unwrap_or_default();
    let capitals = inside.starts_with(|c: char| c.is_ascii_uppercase());
    let placeholder = inside.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let numbered = inside.len() > placeholder.len() + 1
        && placeholder.bytes().all(|byte| byte.is_ascii_uppercase());
    capitals && !numbered
}

/// What a model thinks aloud before its answer, between `<think>` and `</think>`, is left out.
pub(crate) fn without_thinking(text: &str) -> &str {
    let Some(thinking) = text.trim_start().strip_prefix("<think>") else { return text };
    thinking.split_once("</think>").map_or("", |(_, answer)| answer)
}

/// Marks of direction (Unicode TR 9), characters without width, and tags.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
            ..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_taken_out_and_lines_kept() {
        let text =
            "a\r\nb\rc\u{2028}d\u{85}\u{b}e\tf\u{0}\u{1b}[31m\u{202e}g\u{2066}\u{200b}\u{e0041}";
        assert_eq!(clean(text), "a\nb\nc\nd\n\ne\tf[31mg");
        assert_eq!(clean("Әке\u{301} — «ёж» 👩\u{200d}🏫"), "Әке\u{301} — «ёж» 👩\u{200d}🏫");
        assert_eq!(said("a\n\n  b\u{7}"), "a b");
    }

    #[test]
    fn markers_of_chat_templates_are_written_otherwise() {
        for marker in [
            "<|im_end|>",
            "</s>",
            "<start_of_turn>",
            "[INST]",
            "[/INST]",
            "[TOOL_CALLS]",
            "<｜end▁of▁sentence｜>",
        ] {
            let safe = without_markers(marker);
            assert_ne!(safe, marker);
            assert!(!safe.contains('<') && !safe.contains('['), "{safe}");
        }
        for plain in ["p <0.05, a < b, x<= 5", "[PERSON_1] [CODE_12_3]", "[1] [x] [Ә]"] {
            assert_eq!(without_markers(plain), plain);
        }
    }

    #[test]
    fn thinking_is_no_answer() {
        assert_eq!(without_thinking("<think>\nhm</think>\nБұйрық"), "\nБұйрық");
        assert_eq!(without_thinking(" <think>never ends"), "");
        assert_eq!(without_thinking("a <think> b"), "a <think> b");
    }
}
