//! Values as they are written on the command line: JSON where it is plain, else text.

use jospar_node::service::{Fault, FaultKind};
use serde_json::{Map, Value, json};

/// A value: a number, `true`, `false` and `null` as such, all else as text; nothing clears the field.
pub(crate) fn parse(text: Option<&str>, as_text: bool) -> Value {
    let Some(text) = text else { return Value::Null };
    let plain = || {
        serde_json::from_str(text.trim())
            .ok()
            .filter(|value: &Value| value.is_number() || value.is_boolean() || value.is_null())
    };
    let value = if as_text { None } else { plain() };
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// An item's fields from `field=value` and, for what lies deeper, `field.member=value`.
///
/// # Errors
/// A fault that names the field which cannot be read.
pub(crate) fn record(fields: &[String], as_text: bool) -> Result<Value, Fault> {
    let mut record = Map::new();
    for field in fields {
        let unreadable =
            || Fault::new(FaultKind::Usage, "error-value-field", json!({"value": field}));
        let (name, text) = field.split_once('=').ok_or_else(unreadable)?;
        let container = !as_text && text.starts_with(['[', '{']);
        let whole = container.then(|| serde_json::from_str(text).ok()).flatten();
        let value = whole.unwrap_or_else(|| parse(Some(text), as_text));
        let mut names = name.split('.').peekable();
        let mut place = &mut record;
        while let Some(name) = names.next() {
            if name.is_empty() {
                return Err(unreadable());
            }
            if names.peek().is_none() {
                place.insert(name.to_owned(), value);
                break;
            }
            let inner = place.entry(name).or_insert_with(|| Value::Object(Map::new()));
            place = inner.as_object_mut().ok_or_else(unreadable)?;
        }
    }
    Ok(Value::Object(record))
}

/// Makes the numbers and words at `path` in `record`, or below it, texts: the field turned out to take one.
///
/// `false` if there is nothing to change.
pub(crate) fn retype(record: &mut Value, written: &[String], path: &str) -> bool {
    let mut changed = false;
    for (name, text) in written.iter().filter_map(|field| field.split_once('=')) {
        let names: Vec<&str> = name.split('.').collect();
        let is_meant = (1..=names.len()).any(|count| {
            let start = names.iter().take(count).copied().collect::<Vec<_>>().join("/");
            path == start || path.ends_with(&format!("/{start}"))
        });
        let value = record.pointer_mut(&format!("/{}", names.join("/")));
        if let Some(value) = value.filter(|value| is_meant && !value.is_string()) {
            *value = Value::String(text.to_owned());
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn values_are_plain_json_or_text() {
        let check = |text, expected| assert_eq!(parse(Some(text), false), expected, "{text}");
        check("12", json!(12));
        check("-0.5", json!(-0.5));
        check("true", json!(true));
        check("null", json!(null));
        check("2026-11-23", json!("2026-11-23"));
        check("in_progress", json!("in_progress"));
        check("\"12\"", json!("\"12\""));
        check("{}", json!("{}"));
        check("", json!(""));
        assert_eq!(parse(None, false), json!(null));
        assert_eq!(parse(Some("12"), true), json!("12"));
    }

    #[test]
    fn fields_make_a_record() {
        let fields = ["title.kk=Жаңа", "title.ru=Новая", "likelihood=3", "links=[\"p1\"]"];
        let fields: Vec<String> = fields.map(str::to_owned).to_vec();
        let expected = json!({
            "title": {"kk": "Жаңа", "ru": "Новая"},
            "likelihood": 3,
            "links": ["p1"],
        });
        assert_eq!(record(&fields, false).unwrap(), expected);
        assert!(record(&["title".to_owned()], false).is_err());
        assert!(record(&["title..kk=1".to_owned()], false).is_err());
        assert!(record(&["a=1".to_owned(), "a.b=1".to_owned()], false).is_err());
    }

    #[test]
    fn a_number_becomes_a_text_where_a_text_is_taken() {
        let fields = vec!["title.kk=2026".to_owned(), "level=3".to_owned()];
        let mut value = record(&fields, false).unwrap();
        assert!(retype(&mut value, &fields, "risks/r1/title/kk"));
        assert_eq!(value, json!({"title": {"kk": "2026"}, "level": 3}));
        assert!(!retype(&mut value, &fields, "risks/r1/title/kk"));
        let mut value = record(&fields, false).unwrap();
        assert!(
            retype(&mut value, &fields, "risks/r1/title"),
            "the path of the text in all languages"
        );
        assert!(!retype(&mut value, &fields, "risks/r1/other"));
    }
}
