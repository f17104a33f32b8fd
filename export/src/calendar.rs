//! The days of the plan as a calendar (RFC 5545): meetings, trainings, lessons, and what is due when. Every day is an
//! event of a whole day, whose UID stays the same from one export to the next.

use jospar_core::document::{Field, Schema, Shape, ValueKind};
use jospar_core::plan::Date;
use serde_json::Value;

use crate::ExportError;
use crate::context::{Context, capital, one_line};
use crate::plan::{Holds, filled, only_text, shown_items, start_of};

/// Fields with a day by which something has to be done.
const DUE: [&str; 5] = ["due", "next_due", "deadline", "next", "end"];
/// Records whose day is when something happens; the day of others says when something was written down.
const HAPPENS: [(&str, &str); 4] = [
    ("meeting", "date"),
    ("development_event", "date"),
    ("step", "date"),
    ("stage_attendance", "date"),
];
/// Records whose last day is no day by which something has to be done: evidence tells of a time that is over.
const NOT_DUE: [(&str, &str); 1] = [("period", "end")];

/// The most octets of a line, without its end (RFC 5545, section 3.1).
const LINE_OCTETS_MAX: usize = 75;

/// The calendar of the plan, or of a part of it.
pub(crate) fn write(context: &Context<'_>, part: Option<&str>) -> Result<String, ExportError> {
    let mut events = Vec::new();
    let parts = context.plan.parts();
    let known: Vec<String> = parts.iter().map(|part| part.name.to_owned()).collect();
    if let Some(part) = part.filter(|part| !known.iter().any(|name| name == part)) {
        return Err(ExportError::UnknownPart { part: start_of(part), known });
    }
    for found in parts.iter().filter(|found| part.is_none_or(|part| part == found.name)) {
        let label = context.label(found.name);
        let above = Above { path: found.name.to_owned(), names: Vec::new(), label };
        match &found.holds {
            Holds::Items(schema, items) => {
                items.iter().for_each(|item| days(context, &above, schema, item, &mut events));
            }
            Holds::Record(schema, record) => days_in(context, &above, schema, record, &mut events),
        }
    }
    let mut lines = Lines::default();
    lines.line("BEGIN:VCALENDAR");
    lines.line("VERSION:2.0");
    lines.line("PRODID:-//jospar//jospar//EN");
    lines.line("CALSCALE:GREGORIAN");
    lines.line("METHOD:PUBLISH");
    lines.property("X-WR-CALNAME", context.of_plan("title"));
    for event in &events {
        lines.event(context, event);
    }
    lines.line("END:VCALENDAR");
    Ok(lines.text)
}

/// What stands above a thing.
struct Above {
    path: String,
    names: Vec<String>,
    label: String,
}

/// One day.
struct Event {
    path: String,
    day: Date,
    summary: String,
    about: Vec<String>,
    category: String,
    is_cancelled: bool,
    is_meeting: bool,
}

/// The days of an item, and of what stands inside.
fn days(
    context: &Context<'_>,
    above: &Above,
    schema: &'static Schema,
    item: &Value,
    events: &mut Vec<Event>,
) {
    let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
    let name = one_line(&context.name(schema, item));
    let names = above.names.iter().cloned().chain([name]).filter(|name| !name.is_empty()).collect();
    let own = Above { path: format!("{}/{id}", above.path), names, label: above.label.clone() };
    days_in(context, &own, schema, item, events);
}

fn days_in(
    context: &Context<'_>,
    above: &Above,
    schema: &'static Schema,
    record: &Value,
    events: &mut Vec<Event>,
) {
    for (field, value) in filled(schema, record) {
        match field.shape {
            Shape::Value(ValueKind::Date) => {
                let day = value.as_str().and_then(|text| text.parse().ok());
                events
                    .extend(day.and_then(|day| event(context, above, schema, field, record, day)));
            }
            Shape::Record(inner) => {
                let path = format!("{}/{}", above.path, field.name);
                let label = context.label(field.name);
                let inside = Above { path, names: above.names.clone(), label };
                days_in(context, &inside, inner, value, events);
            }
            Shape::Items(inner) if only_text(inner).is_none() => {
                let path = format!("{}/{}", above.path, field.name);
                let label = context.label(field.name);
                let inside = Above { path, names: above.names.clone(), label };
                shown_items(value).for_each(|item| days(context, &inside, inner, item, events));
            }
            _ => {}
        }
    }
}

fn event(
    context: &Context<'_>,
    above: &Above,
    schema: &'static Schema,
    field: &'static Field,
    record: &Value,
    day: Date,
) -> Option<Event> {
    let place = (schema.name, field.name);
    let happens = HAPPENS.contains(&place);
    let is_due = DUE.contains(&field.name) && !NOT_DUE.contains(&place);
    if !happens && !is_due {
        return None;
    }
    let name = above.names.last().unwrap_or(&above.label);
    let summary =
        if happens { name.clone() } else { format!("{}: {name}", context.label(field.name)) };
    let way: Vec<&str> =
        [&above.label].into_iter().chain(&above.names).map(String::as_str).collect();
    let mut about = vec![way.join(" – ")];
    for (other, value) in filled(schema, record) {
        let told =
            matches!(other.name, "agenda" | "owner" | "owners" | "hours" | "state" | "attendees");
        match other.shape {
            Shape::Items(inner) if told => {
                about.push(format!("{}:", context.label(other.name)));
                about.extend(
                    shown_items(value).map(|item| format!("- {}", context.brief(inner, item))),
                );
            }
            _ if told => {
                let text = context.shown(schema, other, value);
                about.push(format!("{}: {text}", context.label(other.name)));
            }
            _ => {}
        }
    }
    Some(Event {
        path: format!("{}/{}", above.path, field.name),
        day,
        summary: capital(&summary),
        about,
        category: above.label.clone(),
        is_cancelled: record.get("state").and_then(Value::as_str) == Some("cancelled"),
        is_meeting: happens,
    })
}

/// Lines of a calendar.
#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn event(&mut self, context: &Context<'_>, event: &Event) {
        let id = context.plan.head("plan").get("id").and_then(Value::as_str);
        let plan = id.filter(|id| !id.is_empty()).unwrap_or("plan");
        let plain = |text: &str| {
            let letter = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
            text.chars().map(letter).collect::<String>()
        };
        let (hour, minute, second) = context.now.time;
        let stamp = digits(context.now.day);
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}@{}.jospar", plain(&event.path), plain(plan)));
        self.line(&format!("DTSTAMP:{stamp}T{hour:02}{minute:02}{second:02}Z"));
        self.line(&format!("DTSTART;VALUE=DATE:{}", digits(event.day)));
        self.property("SUMMARY", &event.summary);
        self.property("DESCRIPTION", &event.about.join("\n"));
        self.property("CATEGORIES", &event.category);
        // A day by which something is due keeps nobody from meeting somebody.
        self.line(if event.is_meeting { "TRANSP:OPAQUE" } else { "TRANSP:TRANSPARENT" });
        self.line(if event.is_cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        self.line("END:VEVENT");
    }

    /// A property whose value is a text (RFC 5545, section 3.3.11).
    fn property(&mut self, name: &str, text: &str) {
        let mut line = format!("{name}:");
        for c in text.trim().chars() {
            match c {
                '\\' | ';' | ',' => line.extend(['\\', c]),
                '\n' => line.push_str("\\n"),
                c if c.is_control() => {}
                c => line.push(c),
            }
        }
        self.line(&line);
    }

    /// A line, folded between letters where it is longer than [`LINE_OCTETS_MAX`].
    fn line(&mut self, line: &str) {
        let mut used = 0;
        for c in line.chars() {
            if used + c.len_utf8() > LINE_OCTETS_MAX {
                self.text.push_str("\r\n ");
                used = 1;
            }
            self.text.push(c);
            used += c.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

fn digits(day: Date) -> String {
    day.to_string().replace('-', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_at_75_octets_and_between_letters() {
        let mut lines = Lines::default();
        let text = "Мұғалімдердің цифрлық құзыреттілігін арттыру; үш, төрт \\ 😀".repeat(5);
        lines.property("SUMMARY", &text);
        assert!(lines.text.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX));
        assert!(
            lines.text.split("\r\n").skip(1).all(|line| line.is_empty() || line.starts_with(' '))
        );
        let unfolded = lines.text.replace("\r\n ", "");
        let expected = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
        assert_eq!(unfolded, format!("SUMMARY:{expected}\r\n"));
    }
}
