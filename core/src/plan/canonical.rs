//! The canonical rendering: what an approval is about, as text that every program writes byte for byte the same.
//!
//! One line of canonical JSON for the header and one for each document, each ended by a line feed. The form depends on
//! nothing but the views: no language, no clock, no library. Form: docs/protocol.md, section 9.

use serde_json::{Map, Number, Value};

use crate::ids::{DocumentId, RenderingHash, WorkspaceId};

/// What the header's `format` says.
pub const RENDERING_FORMAT: &str = "jospar.rendering/1";
/// The most bytes a rendering may have.
pub const RENDERING_BYTES_MAX: usize = 32 * 1024 * 1024;

/// In views: what this version has no field for (see `document::read`).
const UNKNOWN: &str = "unknown";
/// From this power of ten on a number is written with an exponent.
const EXPONENT_FROM: i32 = 21;

/// Why text is not a canonical rendering.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderingError {
    /// It is too large.
    #[error("the rendering has {0} bytes")]
    TooLarge(usize),
    /// A line of it, counted from 1, is not what it should be.
    #[error("line {0} of the rendering is not in the canonical form")]
    Line(usize),
}

/// One document of a rendering.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The document.
    pub document: DocumentId,
    /// Its view.
    pub view: Value,
}

/// A rendering in parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendering {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// `plan`, or the id of the one document.
    pub what: String,
    /// The documents, by id.
    pub documents: Vec<Rendered>,
}

impl Rendering {
    /// A rendering of these documents. Those with nothing in them are left out.
    #[must_use]
    pub fn new(workspace: WorkspaceId, what: String, mut documents: Vec<Rendered>) -> Self {
        documents.retain(|rendered| !is_empty(&rendered.view));
        documents.sort_by_key(|rendered| rendered.document);
        Self { workspace, what, documents }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        let header = serde_json::json!({
            "documents": self.documents.len(), "format": RENDERING_FORMAT, "what": self.what,
            "workspace": self.workspace.to_string(),
        });
        let mut text = line(&header);
        for rendered in &self.documents {
            text.push_str(&line(&document_line(rendered)));
        }
        text
    }

    /// The hash of the text.
    #[must_use]
    pub fn hash(&self) -> RenderingHash {
        hash(&self.text())
    }

    /// Reads a text back.
    ///
    /// # Errors
    /// [`RenderingError`] if it is not byte for byte what [`Rendering::text`] writes.
    pub fn parse(text: &str) -> Result<Self, RenderingError> {
        if text.len() > RENDERING_BYTES_MAX {
            return Err(RenderingError::TooLarge(text.len()));
        }
        let mut lines = text.split_inclusive('\n').enumerate();
        let parse = |(number, line): (usize, &str)| {
            serde_json::from_str::<Value>(line).map_err(|_| RenderingError::Line(number + 1))
        };
        let header = lines.next().ok_or(RenderingError::Line(1)).and_then(parse)?;
        let member = |name: &str| header.get(name).and_then(Value::as_str);
        let workspace = member("workspace").and_then(|id| id.parse().ok());
        let workspace = workspace.ok_or(RenderingError::Line(1))?;
        let what = member("what").ok_or(RenderingError::Line(1))?.to_owned();
        let mut documents = Vec::new();
        for (number, line) in lines {
            let mut value = parse((number, line))?;
            let document = value.get("document").and_then(Value::as_str);
            let document = document.and_then(|id| id.parse().ok());
            let document = document.ok_or(RenderingError::Line(number + 1))?;
            let view = value.get_mut("view").map(Value::take).unwrap_or_default();
            documents.push(Rendered { document, view });
        }
        let rendering = Self::new(workspace, what, documents);
        let again = rendering.text();
        if again == text {
            return Ok(rendering);
        }
        let same = again.split_inclusive('\n').zip(text.split_inclusive('\n'));
        Err(RenderingError::Line(same.take_while(|(a, b)| a == b).count() + 1))
    }
}

/// The hash of a rendering's text.
pub(crate) fn hash(text: &str) -> RenderingHash {
    RenderingHash(blake3::hash(text.as_bytes()).into())
}

fn is_empty(view: &Value) -> bool {
    view.as_object().is_none_or(Map::is_empty)
}

fn document_line(rendered: &Rendered) -> Value {
    serde_json::json!({
        "document": rendered.document.to_string(), "kind": rendered.document.kind(),
        "view": rendered.view,
    })
}

fn line(value: &Value) -> String {
    let mut line = canonical(value);
    line.push('\n');
    line
}

/// A value as canonical JSON: members in the order of their names' bytes, no spaces, numbers and texts in one form each.
/// What a view lists as unknown stands among its record's members, where a newer version has it.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&self::number(number)),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => write_members(members, out),
    }
}

fn write_members(members: &Map<String, Value>, out: &mut String) {
    let unknown = members.get(UNKNOWN).and_then(Value::as_object);
    let known = members.iter().filter(|(name, _)| unknown.is_none() || *name != UNKNOWN);
    let mut all: Vec<(&String, &Value)> = known.chain(unknown.into_iter().flatten()).collect();
    all.sort_by_key(|(name, _)| *name);
    // A record's own member stands before one of the same name that it lists as unknown.
    all.dedup_by_key(|(name, _)| *name);
    out.push('{');
    for (place, (name, value)) in all.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if u32::from(control) < 0x20 => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

/// A number as RFC 8785 writes it, but for whole numbers, which keep all their digits.
fn number(number: &Number) -> String {
    if let Some(whole) = number.as_i64() {
        return whole.to_string();
    }
    if let Some(whole) = number.as_u64() {
        return whole.to_string();
    }
    let value = number.as_f64().unwrap_or_default();
    if value == 0.0 {
        return "0".to_owned();
    }
    // The shortest digits that give the same number again; there is one such text.
    let scientific = format!("{:e}", value.abs());
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = digits.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or_default() + 1;
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", lay_out(&digits, point))
}

/// Puts the point behind `point` digits.
fn lay_out(digits: &str, point: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    let split = |at: i32| digits.split_at(usize::try_from(at).unwrap_or_default());
    match point {
        1..=EXPONENT_FROM if count <= point => format!("{digits}{}", zeros(point - count)),
        1..=EXPONENT_FROM => {
            let (whole, fraction) = split(point);
            format!("{whole}.{fraction}")
        }
        -5..=0 => format!("0.{}{digits}", zeros(-point)),
        _ => {
            let (first, rest) = split(1);
            let dot = if rest.is_empty() { "" } else { "." };
            let plus = if point > 0 { "+" } else { "" };
            format!("{first}{dot}{rest}e{plus}{}", point - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::document::{Author, Document};
    use crate::ids::ActorId;
    use crate::plan::{import, root_commands};
    use crate::time::Timestamp;

    const WORKSPACE: WorkspaceId = WorkspaceId([7; 32]);

    /// The example plan as documents that were filled by commands, each with its view.
    fn example() -> Rendering {
        let file = include_str!("../../../data/example-plan.json");
        let mut documents = Vec::new();
        for imported in import(file).unwrap().documents {
            let kind = imported.kind;
            let id = match kind.is_many() {
                true => DocumentId::random(kind.byte(), [3; 15]),
                false => DocumentId::singleton(&WORKSPACE, kind.byte()),
            };
            let mut document = Document::new(kind.byte(), kind.schema());
            let time = Timestamp(1);
            let author = Author { actor: ActorId([kind.byte(); 16]), time, random: [9; 32] };
            document.edit(&author, &root_commands(kind, &imported.record)).unwrap();
            let view = document.view();
            assert_eq!(document.view_at(&document.heads()).unwrap(), view);
            if kind.is_in_version() {
                documents.push(Rendered { document: id, view });
            }
        }
        Rendering::new(WORKSPACE, "plan".to_owned(), documents)
    }

    /// What was approved must render the same in every later version, on every system.
    #[test]
    fn t38_the_rendering_of_the_example_plan_stays_what_it_is() {
        let rendering = example();
        let text = rendering.text();
        assert_eq!((rendering.documents.len(), text.lines().count()), (18, 19));
        let header = text.lines().next().unwrap();
        let workspace = "07".repeat(32);
        let expected =
            r#"{"documents":18,"format":"jospar.rendering/1","what":"plan","workspace":""#;
        assert_eq!(header, format!("{expected}{workspace}\"}}"));
        let swot = text.lines().find(|line| line.contains(r#""kind":3,"#)).unwrap();
        assert!(swot.len() > 1_000 && !swot.contains(": ") && !text.contains('\r'));
        let pinned = "3273b72d808703122ac587a5b824f7b8e760eb8609b5cb2c6df939b135007c1a";
        assert_eq!(rendering.hash().to_string(), pinned);
        assert_eq!(Rendering::parse(&text).unwrap().text(), text);
    }

    #[test]
    fn members_stand_in_the_order_of_their_names_and_texts_have_one_form() {
        let value = json!({"б": 1, "a": "\"\\\n\u{1}\u{7f}ә/😀", "ab": [true, null, {}], "B": []});
        let expected = r#"{"B":[],"a":"\"\\\n\u0001"#.to_owned()
            + "\u{7f}ә/😀\","
            + r#""ab":[true,null,{}],"б":1}"#;
        assert_eq!(canonical(&value), expected);
    }

    #[test]
    fn what_a_view_lists_as_unknown_renders_as_a_newer_version_has_it() {
        let old =
            json!({"a": 1, "unknown": {"horizon": 3, "a": 2}, "x": [{"unknown": {"b": true}}]});
        let new = json!({"a": 1, "horizon": 3, "x": [{"b": true}]});
        assert_eq!(canonical(&old), canonical(&new));
        assert_eq!(canonical(&json!({"unknown": 1})), r#"{"unknown":1}"#);
    }

    #[test]
    fn a_number_has_one_form() {
        let check = |value: f64, expected: &str| {
            assert_eq!(canonical(&json!(value)), expected);
            assert_eq!(canonical(&json!(-value)), format!("-{expected}"));
        };
        check(1.0, "1");
        check(0.26, "0.26");
        check(1e20, "100000000000000000000");
        check(1e21, "1e+21");
        check(1.5e300, "1.5e+300");
        check(1e-6, "0.000001");
        check(1.25e-7, "1.25e-7");
        check(9.007199254740993e15, "9007199254740992");
        check(5e-324, "5e-324");
        check(f64::MAX, "1.7976931348623157e+308");
        check(333_333_333.333_333_3, "333333333.3333333");
        assert_eq!(canonical(&json!(-0.0)), "0");
        assert_eq!(canonical(&json!(u64::MAX)), "18446744073709551615");
        assert_eq!(canonical(&json!(i64::MIN)), "-9223372036854775808");
    }

    #[test]
    fn a_rendering_in_another_form_is_not_read() {
        let text = example().text();
        for changed in [
            text.replacen("\"kind\"", " \"kind\"", 1),
            text.trim_end().to_owned(),
            text.replacen("jospar.rendering/1", "jospar.rendering/2", 1),
            text.lines().rev().map(|line| format!("{line}\n")).collect(),
            String::new(),
            "[".repeat(100_000),
        ] {
            assert!(Rendering::parse(&changed).is_err());
        }
    }

    proptest! {
        #[test]
        fn a_number_that_was_written_is_read_as_the_same(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            let text = canonical(&json!(value));
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(read.as_f64(), Some(value));
            prop_assert_eq!(canonical(&read), text);
        }

        #[test]
        fn a_text_that_was_written_is_read_as_the_same(text: String) {
            let read: Value = serde_json::from_str(&canonical(&json!(text))).unwrap();
            prop_assert_eq!(read.as_str(), Some(text.as_str()));
        }
    }
}
