//! Requests that change the plan. Each carries one intention to the node, which decides.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::Json;
use axum::response::IntoResponse;
use jospar_core::document::{Schema, Shape, ValueKind};
use jospar_core::plan::references;
use jospar_export::given::number;
use jospar_locales::words::{items_at, text_at, text_or_empty};
use jospar_node::service::{ApprovalRequest, Edit, Fault, FaultKind, PluginRequest, Request};
use serde_json::{Value, json};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::{Answer, Form, Reader, Trouble};
use crate::schema::{Spot, locate};
use crate::view::context::{is_free, lists_for, map_keys};
use crate::view::list::name_field;

/// How long the difference of two texts may be looked for; what is found by then is right, though not the shortest.
const DIFFERENCE_TIME: Duration = Duration::from_millis(100);

/// What a person typed as the JSON of a plain value.
///
/// # Errors
/// A fault for a number that is none.
fn parse(kind: ValueKind, text: &str) -> Result<Value, Fault> {
    let text = text.trim();
    Ok(match kind {
        ValueKind::Flag => json!(text == "true"),
        _ if text.is_empty() => Value::Null,
        ValueKind::Number => number(text).ok_or_else(|| {
            Fault::new(FaultKind::Usage, "error-value-number", json!({"value": text}))
        })?,
        ValueKind::Any => number(text).unwrap_or_else(|| json!(text)),
        _ => json!(text),
    })
}

impl Reader {
    /// The id that a name stands for in these lists; the name itself if nothing is called so.
    async fn id_of(&self, lists: &[&str], said: &str) -> Result<String, Trouble> {
        for list in lists {
            let known = self.choices_of(self.words()?, list).await?;
            if let Some((id, _)) = known.iter().find(|(_, name)| name == said) {
                return Ok(id.clone());
            }
        }
        Ok(said.to_owned())
    }

    fn nothing_there(&self, path: &str) -> Trouble {
        self.trouble(&Fault::path_not_found(path))
    }
}

pub(crate) async fn set(reader: Reader, form: Form) -> Answer {
    let path = form.field("path").to_owned();
    let said = form.field("value");
    let value = match locate(&path) {
        Some(Spot::Field { shape: Shape::Value(ValueKind::Text), record, name })
            if is_free(record, name) =>
        {
            parse(ValueKind::Text, &reader.id_of(lists_for(record, name), said).await?)
        }
        Some(Spot::Field { shape: Shape::Value(kind), .. })
        | Some(Spot::Inside { shape: Shape::Map(kind) }) => parse(kind, said),
        _ => return Err(reader.nothing_there(&path)),
    };
    let value = value.map_err(|fault| reader.trouble(&fault))?;
    reader.ask(Request::Set { path, value }).await?;
    Ok(reader.done(form.field("back")))
}

/// Takes a text in and answers with what has become of it: `{heads, patches: [[at, removed, inserted]]}` from the text
/// that was sent to the one that stands there, in UTF-16 units, in order.
pub(crate) async fn text(reader: Reader, form: Form) -> Answer {
    let path = form.field("path").to_owned();
    let base: Vec<String> = form.field("base").split_whitespace().map(str::to_owned).collect();
    let text = form.field("text").replace("\r\n", "\n");
    reader.ask(Request::EditText { path: path.clone(), base, text: text.clone() }).await?;
    if !reader.is_script() {
        return Ok(reader.done(form.field("back")));
    }
    let stands = reader.ask(Request::Text { path }).await?;
    let heads: Vec<&str> = items_at(&stands, "/heads").filter_map(Value::as_str).collect();
    let patches = patches(&text, text_or_empty(&stands, "/text"));
    Ok(Json(json!({"heads": heads.join(" "), "patches": patches})).into_response())
}

fn patches(old: &str, new: &str) -> Vec<Value> {
    let (old, new): (Vec<u16>, Vec<u16>) =
        (old.encode_utf16().collect(), new.encode_utf16().collect());
    let deadline = Some(Instant::now() + DIFFERENCE_TIME);
    let parts = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, deadline);
    let inserted = |from: usize, count: usize| {
        String::from_utf16_lossy(new.get(from..from + count).unwrap_or_default())
    };
    let patch = |part: DiffOp| match part {
        DiffOp::Equal { .. } => None,
        DiffOp::Delete { old_index, old_len, .. } => Some(json!([old_index, old_len, ""])),
        DiffOp::Insert { old_index, new_index, new_len } => {
            Some(json!([old_index, 0, inserted(new_index, new_len)]))
        }
        DiffOp::Replace { old_index, old_len, new_index, new_len } => {
            Some(json!([old_index, old_len, inserted(new_index, new_len)]))
        }
    };
    parts.into_iter().filter_map(patch).collect()
}

/// A new item's record: its name in the field that a thing of this kind is known by.
fn named(schema: &'static Schema, language: &str, name: &str) -> Value {
    match name_field(schema).filter(|_| !name.is_empty()) {
        Some(field) if matches!(field.shape, Shape::LocalText | Shape::LocalProse) => {
            json!({field.name: {language: name}})
        }
        Some(field) => json!({field.name: name}),
        None => json!({}),
    }
}

pub(crate) async fn add(reader: Reader, form: Form) -> Answer {
    let path = form.field("path").to_owned();
    let schema = match locate(&path) {
        Some(Spot::Documents(kind)) => kind.schema(),
        Some(Spot::Field { shape: Shape::Items(schema), .. }) => schema,
        _ => return Err(reader.nothing_there(&path)),
    };
    let record = named(schema, reader.language.code(), form.field("name").trim());
    let after = last_of(&reader, &path).await?;
    let added = reader.ask(Request::Add { path, id: None, record, after }).await?;
    let made = text_or_empty(&added, "/path").to_owned();
    let back = form.field("back");
    let to = match back.starts_with("/plan/") {
        // A new thing inside another is shown open where it stands.
        true => format!("{back}?open={made}#{}", crate::view::control::control_id(&made)),
        false => format!("/plan/{made}"),
    };
    Ok(reader.done(&to))
}

/// The id of a list's last item: a new one goes behind it.
async fn last_of(reader: &Reader, path: &str) -> Result<Option<String>, Trouble> {
    let answer = reader.ask(Request::Show { path: path.to_owned(), at: Vec::new() }).await?;
    let last = answer.get("value").and_then(Value::as_array).and_then(|items| items.last());
    Ok(last.and_then(|item| text_at(item, "/id")).map(str::to_owned))
}

pub(crate) async fn remove(reader: Reader, form: Form) -> Answer {
    reader.ask(Request::Remove { path: form.field("path").to_owned(), value: None }).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn move_item(reader: Reader, form: Form) -> Answer {
    let after = Some(form.field("after").to_owned()).filter(|after| !after.is_empty());
    let path = form.field("path").to_owned();
    reader.ask(Request::Move { path: path.clone(), after }).await?;
    let to =
        format!("{}?open={path}#{}", form.field("back"), crate::view::control::control_id(&path));
    Ok(reader.done(&to))
}

/// Puts a place of the map elsewhere: `x` and `y` in percent, as one change.
pub(crate) async fn place(reader: Reader, form: Form) -> Answer {
    let path = form.field("path");
    let mut edits = Vec::new();
    for name in ["x", "y"] {
        let said = form.field(name);
        let value =
            number(said).filter(|value| value.as_f64().is_some_and(|v| (0.0..=100.0).contains(&v)));
        let wrong = || Fault::new(FaultKind::Usage, "error-value-number", json!({"value": said}));
        let value = value.ok_or_else(|| reader.trouble(&wrong()))?;
        edits.push(Edit::Set { path: format!("{path}/{name}"), value });
    }
    let request =
        PluginRequest::Batch { edits, base: BTreeMap::new(), agreed: BTreeMap::new(), note: None };
    reader.ask(Request::Plugin(request)).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn include(reader: Reader, form: Form) -> Answer {
    let path = form.field("path").to_owned();
    let Some(Spot::Field { record, name, shape: Shape::Set }) = locate(&path) else {
        return Err(reader.nothing_there(&path));
    };
    let value = reader.id_of(references(record, name), form.field("value").trim()).await?;
    reader.ask(Request::Include { path, value }).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn exclude(reader: Reader, form: Form) -> Answer {
    let value = Some(form.field("value").to_owned());
    reader.ask(Request::Remove { path: form.field("path").to_owned(), value }).await?;
    Ok(reader.done(form.field("back")))
}

/// A new entry of a map.
pub(crate) async fn entry(reader: Reader, form: Form) -> Answer {
    let path = form.field("path");
    let Some(Spot::Field { record, name, shape: Shape::Map(kind) }) = locate(path) else {
        return Err(reader.nothing_there(path));
    };
    let key = reader.id_of(map_keys(record, name), form.field("key").trim()).await?;
    let value = parse(kind, form.field("value")).map_err(|fault| reader.trouble(&fault))?;
    reader.ask(Request::Set { path: format!("{path}/{key}"), value }).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn resolve(reader: Reader, form: Form) -> Answer {
    let said = form.field("choice");
    let choice = said.parse::<u64>().map_or_else(|_| json!(said), |number| json!(number));
    reader.ask(Request::Resolve { path: form.field("path").to_owned(), choice }).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn undo(reader: Reader, form: Form) -> Answer {
    reader.ask(Request::Undo { count: 1 }).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn restore(reader: Reader, form: Form) -> Answer {
    reader.ask(Request::RestoreTo { change: form.field("change").to_owned() }).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn approve(reader: Reader, form: Form) -> Answer {
    let hash = form.find("hash").filter(|hash| !hash.is_empty()).map(str::to_owned);
    let request = ApprovalRequest::Approve { what: form.field("path").to_owned(), hash };
    reader.ask(Request::Approval(request)).await?;
    Ok(reader.done(form.field("back")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = |text| parse(ValueKind::Number, text);
        assert_eq!(read("0,45").unwrap(), json!(0.45));
        assert_eq!(read("1 200 000").unwrap(), json!(1_200_000));
        assert_eq!(read("\u{2212}3").unwrap(), json!(-3));
        assert_eq!(read("  ").unwrap(), Value::Null);
        assert_eq!(read("many").unwrap_err().key, "error-value-number");
        assert!(read("NaN").is_err() && read("inf").is_err());
        assert_eq!(parse(ValueKind::Flag, "").unwrap(), json!(false));
        assert_eq!(parse(ValueKind::Any, "1/3").unwrap(), json!("1/3"));
    }

    /// The page's script puts patches in by the positions of its own strings, which are UTF-16.
    #[test]
    fn patches_lead_from_the_text_that_was_sent_to_the_one_that_stands_there() {
        for (old, new) in
            [("", "әке"), ("Жоспар 😀 бар", "Жаңа жоспар 😀 бар!"), ("abc", "abc"), ("x😀y", "y")]
        {
            let units: Vec<u16> = old.encode_utf16().collect();
            let (mut out, mut at) = (Vec::new(), 0);
            for patch in patches(old, new) {
                let from = usize::try_from(patch[0].as_u64().unwrap()).unwrap();
                let removed = usize::try_from(patch[1].as_u64().unwrap()).unwrap();
                out.extend_from_slice(&units[at..from]);
                out.extend(patch[2].as_str().unwrap().encode_utf16());
                at = from + removed;
            }
            out.extend_from_slice(&units[at..]);
            assert_eq!(String::from_utf16(&out).unwrap(), new);
        }
    }

    #[test]
    fn a_new_item_gets_its_name_where_things_like_it_have_theirs() {
        let schema = |path| match locate(path).unwrap() {
            Spot::Field { shape: Shape::Items(schema), .. } => schema,
            Spot::Documents(kind) => kind.schema(),
            _ => unreachable!(),
        };
        assert_eq!(named(schema("risks"), "kk", "A"), json!({"title": {"kk": "A"}}));
        assert_eq!(named(schema("tools"), "kk", "A"), json!({"name": "A"}));
        assert_eq!(named(schema("antipatterns"), "ru", "A"), json!({"from": {"ru": "A"}}));
        assert_eq!(named(schema("surveys"), "en", ""), json!({}));
    }
}
