//! `jospar next-year` and `jospar years`.

use std::collections::BTreeSet;

use jospar_locales::words::{flag_at, items_at, text_at, text_or_empty};
use jospar_node::service::{Fault, FaultKind, Request, YearRequest};
use serde_json::{Value, json};

use crate::session::{Outcome, Session};
use crate::tree;
use crate::words::Words;

/// What a person wants of the next year.
pub(crate) struct Wanted {
    pub(crate) start: Option<String>,
    pub(crate) end: Option<String>,
    pub(crate) leave: Vec<String>,
    pub(crate) carry: Vec<String>,
    pub(crate) preview: bool,
}

fn ask(session: &mut Session, request: YearRequest) -> Result<Value, Fault> {
    session.ask(&Request::Years(request))
}

pub(crate) fn next(session: &mut Session, wanted: Wanted) -> Outcome {
    let Wanted { start, end, leave, carry, preview } = wanted;
    let mut offer = ask(session, YearRequest::Offer { start, end })?;
    decide(&mut offer, &leave, &carry)?;
    if preview {
        session.print(&offer, offer_lines)?;
        return Ok(0);
    }
    if flag_at(&offer, "/begun") {
        let values = json!({"year": offer["id"]});
        return Err(Fault::new(FaultKind::Usage, "error-year-begun", values));
    }
    let mut question = offer_lines(&session.words, &offer);
    question.push(session.words.word("year-ask"));
    session.confirm(&question.join("\n"))?;
    let left = items_at(&offer, "/offers").filter(|one| !flag_at(one, "/carried"));
    let leave = left.map(|one| text_or_empty(one, "/path").to_owned()).collect();
    let day = |name: &str| text_or_empty(&offer, name).to_owned();
    let request = YearRequest::Begin { start: day("/start"), end: day("/end"), leave };
    let answer = ask(session, request)?;
    session.print(&answer, |words, answer| {
        vec![words.with("year-begun", "year", text_or_empty(answer, "/year"))]
    })?;
    Ok(0)
}

/// Puts what a person said into the offer.
fn decide(offer: &mut Value, leave: &[String], carry: &[String]) -> Result<(), Fault> {
    let known: BTreeSet<String> =
        items_at(offer, "/offers").map(|one| text_or_empty(one, "/path").to_owned()).collect();
    if let Some(path) = leave.iter().chain(carry).find(|path| !known.contains(*path)) {
        let values = json!({"path": path});
        return Err(Fault::new(FaultKind::NotFound, "error-year-path", values));
    }
    let offers = offer.get_mut("offers").and_then(Value::as_array_mut);
    for one in offers.into_iter().flatten() {
        let path = text_or_empty(one, "/path").to_owned();
        let said = match (leave.contains(&path), carry.contains(&path)) {
            (true, _) => Some(false),
            (_, true) => Some(true),
            _ => None,
        };
        if let (Some(said), Some(one)) = (said, one.as_object_mut()) {
            one.insert("carried".to_owned(), said.into());
        }
    }
    Ok(())
}

fn offer_lines(words: &Words, offer: &Value) -> Vec<String> {
    let day = |name: &str| words.day(text_or_empty(offer, name)).unwrap_or_default();
    let values = [("start", day("/start").into()), ("end", day("/end").into())];
    let mut lines = vec![words.text("year-offer", &values)];
    for one in items_at(offer, "/offers") {
        let sign = if flag_at(one, "/carried") { "+" } else { "-" };
        let thing = one.get("thing").unwrap_or(&Value::Null);
        let named = tree::NAMES.into_iter().find_map(|name| thing.get(name));
        let called = match thing {
            Value::Number(_) => words.value(thing),
            _ => named.map(|name| words.value(name)).unwrap_or_default(),
        };
        let why = words.named("year-why", text_or_empty(one, "/why"));
        lines.push(format!("{sign} {}  {called} ({why})", text_or_empty(one, "/path")));
    }
    lines
}

pub(crate) fn take_back(session: &mut Session) -> Outcome {
    let years = ask(session, YearRequest::List)?;
    let newest = text_at(&years, "/years/0/id").map(str::to_owned);
    let none = || Fault::new(FaultKind::NotFound, "error-year-nothing-back", json!({}));
    let year = newest.ok_or_else(none)?;
    session.confirm(&session.words.with("year-back-ask", "year", &year))?;
    let answer = ask(session, YearRequest::TakeBack { year: year.clone() })?;
    session.print(&answer, |words, _| vec![words.with("year-taken-back", "year", &year)])?;
    Ok(0)
}

pub(crate) fn years(session: &mut Session, year: Option<String>, path: Option<String>) -> Outcome {
    match (year, path) {
        (None, _) => {
            let answer = ask(session, YearRequest::List)?;
            session.print(&answer, list_lines)?;
        }
        (Some(year), None) => {
            let answer = ask(session, YearRequest::Compare { year })?;
            session.print(&answer, beside_lines)?;
        }
        (Some(year), Some(path)) => {
            let answer = ask(session, YearRequest::Show { year, path })?;
            session.print(&answer, |words, answer| {
                tree::lines(words, answer.get("value").unwrap_or(&Value::Null))
            })?;
        }
    }
    Ok(0)
}

fn list_lines(words: &Words, answer: &Value) -> Vec<String> {
    let line = |year: &Value| {
        let title = year.get("title").map(|title| words.value(title)).unwrap_or_default();
        format!("{}  {title}", text_or_empty(year, "/id"))
    };
    let lines: Vec<String> = items_at(answer, "/years").map(line).collect();
    if lines.is_empty() { vec![words.word("web-years-none")] } else { lines }
}

/// The old year beside the plan as it is, list by list.
fn beside_lines(words: &Words, answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let lists = [
        ("kpis", "/then/value", "/now/value"),
        ("levels", "/then/level", "/now/level"),
        ("initiatives", "/then", "/now"),
        ("risks", "/then", "/now"),
    ];
    for (list, then, now) in lists {
        let name = if list == "levels" { "audit" } else { list };
        lines.push(format!("{}:", tree::label(words, name)));
        for one in items_at(answer, &format!("/{list}")) {
            let end = |pointer: &str| match one.pointer(pointer) {
                Some(Value::String(state)) => words.named("choice", state),
                Some(value @ Value::Number(_)) => words.value(value),
                _ => "—".to_owned(),
            };
            let left = one.get("carried") == Some(&Value::Bool(false));
            let now = if left { words.word("web-year-left") } else { end(now) };
            let values = [
                ("title", words.value(one.get("title").unwrap_or(&Value::Null)).into()),
                ("then", end(then).into()),
                ("now", now.into()),
            ];
            lines.push(format!("  {}", words.text("year-line", &values)));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jospar_locales::Language;

    use super::*;

    #[test]
    fn a_person_decides_about_what_is_offered() {
        let mut offer = json!({"start": "2027-09-01", "end": "2028-08-31", "offers": [
            {"path": "risks/r1", "thing": {"title": {"en": "Network"}}, "why": "open",
             "carried": true},
            {"path": "risks/r2", "thing": {"title": {"en": "Power"}}, "why": "done",
             "carried": false},
            {"path": "time_log", "thing": 12, "why": "past", "carried": false},
        ]});
        decide(&mut offer, &["risks/r1".into()], &["risks/r2".into()]).unwrap();
        let expected = [
            "The next year: 1 September 2027 to 31 August 2028. “+” goes on, “-” stays in the \
             old year.",
            "- risks/r1  Network (not finished)",
            "+ risks/r2  Power (finished)",
            "- time_log  12 (belongs to the year that ends)",
        ];
        assert_eq!(offer_lines(&Words::utc(Language::En), &offer), expected);
        let unknown = decide(&mut offer, &["risks/r9".into()], &[]).unwrap_err();
        assert_eq!(unknown.key, "error-year-path");
    }

    #[test]
    fn a_past_year_stands_beside_the_plan() {
        let answer = json!({"kpis": [{"title": {"en": "Gain"}, "then": {"value": 0.46},
                                      "now": {"value": null}}],
                            "levels": [], "risks": [],
                            "initiatives": [{"title": {"en": "Club"}, "then": "done", "now": null,
                                             "carried": false}]});
        let told = beside_lines(&Words::utc(Language::En), &answer);
        assert_eq!(told[1], "  Gain: 0.46 → —");
        assert!(told.contains(&"  Club: done → stayed in the old year".to_owned()), "{told:?}");
    }
}
