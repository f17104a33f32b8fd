//! The next year: what of a plan goes on, and what the plan then begins with.
//!
//! Nothing is lost by it: what is left behind stands in the log, and [`crate::plan::Year`] names the state of every
//! document. The rules are those that docs/web.md tells.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::document::{Schema, Shape};
use crate::plan::{Date, Kind, Kpi, Period, Record as _, Risk, is_person, references};

/// Lists whose things a person may carry over or leave one by one.
const ONE_BY_ONE: [&str; 12] = [
    "problems",
    "initiatives",
    "kpis",
    "risks",
    "meetings",
    "professional_development",
    "pilots",
    "antipatterns",
    "tickets",
    "help_requests",
    "grants",
    "comments_threads",
];
/// Journals of one year: they are carried over whole or not at all.
const JOURNALS: [&str; 7] =
    ["corrections", "marks", "time_log", "thanks", "exchange_log", "time_grants", "ai_runs"];
/// Kinds with many documents that belong to a year.
const DOCUMENTS: [Kind; 4] = [Kind::DesignCycle, Kind::LessonStudy, Kind::Paper, Kind::Survey];

/// A document of the plan, by its id among people where its kind has many.
#[derive(Debug, Clone)]
pub struct YearDocument {
    /// Its kind.
    pub kind: Kind,
    /// Its id among people; empty where the kind has one document.
    pub id: String,
    /// Its view.
    pub view: Value,
}

/// Why a thing goes on or stays behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is not finished.
    Open,
    /// The next year begins from it.
    Basis,
    /// A measure whose target is reached: it goes on and needs a new target.
    Reached,
    /// It is finished.
    Done,
    /// It belongs to the year that ends.
    Past,
}

impl Why {
    /// The word in answers, and the end of its message key: `year-why-open`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Basis => "basis",
            Self::Reached => "reached",
            Self::Done => "done",
            Self::Past => "past",
        }
    }

    /// True if the thing goes on unless a person says otherwise.
    #[must_use]
    pub const fn goes_on(self) -> bool {
        matches!(self, Self::Open | Self::Basis | Self::Reached)
    }
}

/// What may go on: one thing, or a journal whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The list.
    pub list: &'static str,
    /// The thing's path; of a journal the list.
    pub path: String,
    /// The thing; of a journal how many lines it has.
    pub thing: Value,
    /// Whether it goes on, and why.
    pub why: Why,
}

/// What a person decided about the next year.
#[derive(Debug, Clone)]
pub struct NextYear {
    /// Its first day.
    pub start: Date,
    /// Its last day.
    pub end: Date,
    /// The day on which values are taken over.
    pub as_of: Date,
    /// Paths of offers that stay behind. What is not named goes on.
    pub leave: BTreeSet<String>,
}

fn items<'a>(view: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    view.get(list).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(thing: &'a Value, member: &str) -> &'a str {
    thing.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Everything that may go on or stay behind, in the order of the documents.
#[must_use]
pub fn year_offers(documents: &[YearDocument], as_of: Date, start: Date) -> Vec<Offer> {
    let finished = finished_initiatives(documents);
    let mut offers = Vec::new();
    for document in documents {
        if let Some(section) = document.kind.section() {
            if DOCUMENTS.contains(&document.kind) {
                let path = format!("{section}/{}", document.id);
                let why = why_document(document);
                offers.push(Offer { list: section, path, thing: document.view.clone(), why });
            }
            continue;
        }
        for list in ONE_BY_ONE {
            for thing in items(&document.view, list) {
                let path = format!("{list}/{}", text(thing, "id"));
                let why = why(list, thing, &finished, (as_of, start));
                offers.push(Offer { list, path, thing: thing.clone(), why });
            }
        }
        for list in JOURNALS {
            let count = items(&document.view, list).count();
            if count > 0 {
                let (path, thing) = (list.to_owned(), json!(count));
                offers.push(Offer { list, path, thing, why: Why::Past });
            }
        }
    }
    offers
}

fn finished_initiatives(documents: &[YearDocument]) -> BTreeSet<String> {
    let all = documents.iter().flat_map(|document| items(&document.view, "initiatives"));
    let done = all.filter(|one| text(one, "state") == "done");
    done.map(|one| text(one, "id").to_owned()).collect()
}

/// True if a thing has initiatives and all of them are done.
fn is_solved(thing: &Value, finished: &BTreeSet<String>) -> bool {
    let mut initiatives = items(thing, "initiatives").filter_map(Value::as_str).peekable();
    initiatives.peek().is_some() && initiatives.all(|id| finished.contains(id))
}

fn why_document(document: &YearDocument) -> Why {
    let over = match document.kind {
        Kind::DesignCycle => text(&document.view, "stage") == "done",
        Kind::LessonStudy => !text(&document.view, "conclusion").trim().is_empty(),
        Kind::Paper => matches!(text(&document.view, "state"), "signed" | "approved" | "archived"),
        _ => return Why::Basis,
    };
    if over { Why::Done } else { Why::Open }
}

fn why(list: &str, thing: &Value, finished: &BTreeSet<String>, days: (Date, Date)) -> Why {
    let (as_of, start) = days;
    let state = text(thing, "state");
    let over = match list {
        "problems" => is_solved(thing, finished),
        "initiatives" => matches!(state, "done" | "cancelled"),
        "kpis" => {
            let kpi = Kpi::from_view(thing);
            let reached = kpi.newest(as_of).is_some_and(|(value, _)| kpi.is_met_by(value));
            return if reached { Why::Reached } else { Why::Basis };
        }
        "risks" => is_managed(&Risk::from_view(thing)),
        "meetings" => {
            let open = |one: &Value| matches!(text(one, "state"), "open" | "in_progress");
            let open = items(thing, "decisions").any(open);
            return if open { Why::Open } else { Why::Past };
        }
        "professional_development" => {
            let day = text(thing, "date").parse::<Date>().ok();
            return if day.is_none_or(|day| day >= start) { Why::Open } else { Why::Past };
        }
        "pilots" => matches!(text(thing, "decision"), "scale" | "stop"),
        "antipatterns" => state == "changed",
        "tickets" => state == "closed",
        "help_requests" => !text(thing, "closed").is_empty(),
        "grants" => matches!(state, "won" | "lost"),
        "comments_threads" => thing.get("resolved") == Some(&Value::Bool(true)),
        _ => false,
    };
    if over { Why::Done } else { Why::Open }
}

/// True if everything that was to be done against a risk is done.
fn is_managed(risk: &Risk) -> bool {
    let over = |state: Option<&str>| matches!(state, Some("done" | "cancelled"));
    risk.mitigations.iter().all(|one| over(one.state))
        && risk.mitigations.iter().any(|one| one.state == Some("done"))
}

/// The year after a period: a year later, day for day; from September to August where the plan has no period.
#[must_use]
pub fn year_after(period: &Period, as_of: Date) -> (Date, Date) {
    let later = |day: Date| {
        let (year, month, day) = day.numbers();
        Date::from_numbers(year + 1, month, day).or_else(|| Date::from_numbers(year + 1, month, 28))
    };
    let september = |year: u16| Date::from_numbers(year, 9, 1).unwrap_or(as_of);
    let august = |year: u16| Date::from_numbers(year, 8, 31).unwrap_or(as_of);
    let (year, ..) = as_of.numbers();
    let start = period.start.and_then(later).unwrap_or_else(|| september(year));
    let (next, ..) = start.numbers();
    let end = period.end.and_then(later).unwrap_or_else(|| august(next + 1));
    (start, end)
}

/// What a year is called in ids: `2026-2027`, or `2026` for one that ends in the year in which it begins.
#[must_use]
pub fn year_id(start: Date, end: Date) -> String {
    match (start.numbers().0, end.numbers().0) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    }
}

/// The documents with what they hold when the next year begins; those that are not named stay as they are. Documents of a
/// kind with many that are left are not among them.
#[must_use]
pub fn begin_year(documents: &[YearDocument], next: &NextYear) -> Vec<Value> {
    let finished = finished_initiatives(documents);
    let gone = gone(documents, next);
    let begin = |document: &YearDocument| {
        if is_left(document, next) {
            return document.view.clone();
        }
        let mut view = document.view.clone();
        if let Value::Object(members) = &mut view {
            leave(members, next);
            renew(document.kind, members, (&finished, &gone), next);
            clean(document.kind.schema(), members, &gone);
        }
        view
    };
    documents.iter().map(begin).collect()
}

/// True for a document of a kind with many that stays behind.
#[must_use]
pub fn is_left(document: &YearDocument, next: &NextYear) -> bool {
    let section = document.kind.section().filter(|_| DOCUMENTS.contains(&document.kind));
    section.is_some_and(|section| next.leave.contains(&format!("{section}/{}", document.id)))
}

/// Takes out of the lists what stays behind.
fn leave(members: &mut Map<String, Value>, next: &NextYear) {
    for list in ONE_BY_ONE {
        if let Some(Value::Array(things)) = members.get_mut(list) {
            things.retain(|one| !next.leave.contains(&format!("{list}/{}", text(one, "id"))));
        }
    }
    for list in JOURNALS {
        if next.leave.contains(list) {
            members.remove(list);
        }
    }
}

/// The things that stay behind, by the lists that references name.
type Gone = BTreeSet<(&'static str, String)>;

fn gone(documents: &[YearDocument], next: &NextYear) -> Gone {
    let mut gone = Gone::new();
    let ids = |view: &Value, list: &str| -> Vec<String> {
        items(view, list).map(|one| text(one, "id").to_owned()).collect()
    };
    for document in documents {
        if is_left(document, next) {
            gone.insert((document.kind.section().unwrap_or_default(), document.id.clone()));
            let ideas = document.view.get("ideate").map(|ideate| ids(ideate, "ideas"));
            for idea in ideas.unwrap_or_default() {
                gone.insert(("design_thinking/*/ideate/ideas", idea));
            }
        }
        for list in ONE_BY_ONE {
            for thing in items(&document.view, list) {
                let id = text(thing, "id").to_owned();
                if next.leave.contains(&format!("{list}/{id}")) {
                    let inner = ids(thing, "decisions").into_iter();
                    gone.extend(inner.map(|id| ("meetings/*/decisions", id)));
                    gone.insert((list, id));
                }
            }
        }
        for list in JOURNALS.into_iter().filter(|list| next.leave.contains(*list)) {
            gone.extend(ids(&document.view, list).into_iter().map(|id| (list, id)));
        }
    }
    gone
}

/// Brings what goes on to where the next year begins.
fn renew(
    kind: Kind,
    members: &mut Map<String, Value>,
    (finished, gone): (&BTreeSet<String>, &Gone),
    next: &NextYear,
) {
    let list = match kind {
        Kind::Plan => return head(members, next),
        Kind::Kpis => "kpis",
        Kind::Initiatives => "initiatives",
        Kind::Risks => "risks",
        Kind::Discussion => "comments_threads",
        Kind::Audit => return audit(members),
        Kind::SchoolMap => return map(members, finished),
        _ => return,
    };
    let Some(Value::Array(things)) = members.get_mut(list) else { return };
    if list == "comments_threads" {
        things.retain(|thread| !gone.iter().any(|(_, id)| id == text(thread, "on")));
    }
    for thing in things.iter_mut().filter_map(Value::as_object_mut) {
        match list {
            "kpis" => kpi(thing, next),
            "initiatives" => {
                forget_day(thing, "due", next);
                thing.remove("acknowledged");
            }
            "risks" => risk(thing, next),
            _ => {}
        }
    }
}

/// A day that lies before the next year is to be set anew.
fn forget_day(thing: &mut Map<String, Value>, member: &str, next: &NextYear) {
    let day = thing.get(member).and_then(Value::as_str).and_then(|day| day.parse::<Date>().ok());
    if day.is_some_and(|day| day < next.start) {
        thing.remove(member);
    }
}

fn head(members: &mut Map<String, Value>, next: &NextYear) {
    members.remove("as_of");
    members.remove("history_example");
    let Some(Value::Object(plan)) = members.get_mut("plan") else { return };
    let period = Period::from_view(plan.get("period").unwrap_or(&Value::Null));
    if let (Some(first), Some(last)) = (period.start, period.end)
        && let Some(Value::Object(titles)) = plan.get_mut("title")
    {
        let (old, new) = ((first, last), (next.start, next.end));
        for title in titles.values_mut() {
            if let Value::String(title) = title {
                *title = with_years(title, old, new);
            }
        }
    }
    let period = json!({"start": next.start.to_string(), "end": next.end.to_string()});
    plan.insert("period".to_owned(), period);
}

/// The title with the new years where it names the old ones: `2026–2027`.
fn with_years(title: &str, old: (Date, Date), new: (Date, Date)) -> String {
    let years = |(start, end): (Date, Date), dash: &str| {
        format!("{}{dash}{}", start.numbers().0, end.numbers().0)
    };
    let dashes = ["\u{2013}", "-", "\u{2014}", "/"];
    dashes
        .into_iter()
        .fold(title.to_owned(), |title, dash| title.replace(&years(old, dash), &years(new, dash)))
}

/// The newest value is the new baseline; measurements stay in the old year.
fn kpi(thing: &mut Map<String, Value>, next: &NextYear) {
    let kpi = Kpi::from_view(&Value::Object(thing.clone()));
    if let Some((value, _)) = kpi.newest(next.as_of) {
        thing.insert("baseline".to_owned(), json!(value));
    }
    for member in ["actual", "measured", "measurements"] {
        thing.remove(member);
    }
    forget_day(thing, "next_due", next);
}

/// What was done against a risk stays in the old year; where all was done, what is left of the risk is the new risk.
fn risk(thing: &mut Map<String, Value>, next: &NextYear) {
    let risk = Risk::from_view(&Value::Object(thing.clone()));
    if is_managed(&risk) {
        for member in ["likelihood", "impact"] {
            let left = thing.get("residual").and_then(|residual| residual.get(member)).cloned();
            if let Some(left) = left.filter(|left| !left.is_null()) {
                thing.insert(member.to_owned(), left);
            }
        }
        thing.remove("residual");
    }
    if let Some(Value::Array(measures)) = thing.get_mut("mitigations") {
        measures.retain(|one| !matches!(text(one, "state"), "done" | "cancelled"));
        for measure in measures.iter_mut().filter_map(Value::as_object_mut) {
            forget_day(measure, "due", next);
        }
    }
}

/// Levels stay: the next year begins on them. A target that is reached is to be set anew.
fn audit(members: &mut Map<String, Value>) {
    let Some(Value::Array(areas)) =
        members.get_mut("audit").and_then(|audit| audit.get_mut("areas"))
    else {
        return;
    };
    let indicators = areas.iter_mut().filter_map(|area| area.get_mut("indicators"));
    for indicator in indicators.filter_map(Value::as_array_mut).flatten() {
        let number = |member: &str| indicator.get(member).and_then(Value::as_f64);
        let reached = number("level").zip(number("target")).is_some_and(|(l, t)| l >= t);
        if let Some(indicator) = indicator.as_object_mut().filter(|_| reached) {
            indicator.remove("target");
        }
    }
}

/// Where all initiatives of a thing on the map are done, its future has become its today.
fn map(members: &mut Map<String, Value>, finished: &BTreeSet<String>) {
    let nodes = members.get_mut("school_map").and_then(|map| map.get_mut("nodes"));
    for node in nodes.and_then(Value::as_array_mut).into_iter().flatten() {
        let future = node.get("future").cloned().filter(|future| !future.is_null());
        if is_solved(node, finished)
            && let (Some(future), Some(node)) = (future, node.as_object_mut())
        {
            node.insert("today".to_owned(), future);
        }
    }
}

/// Takes references out to what stays behind.
fn clean(schema: &'static Schema, members: &mut Map<String, Value>, gone: &Gone) {
    for field in schema.fields {
        let lists = match is_person(schema.name, field.name) {
            true => &[],
            false => references(schema.name, field.name),
        };
        let is_gone = |id: &Value| {
            let id = id.as_str().unwrap_or_default();
            lists.iter().any(|list| gone.contains(&(*list, id.to_owned())))
        };
        let Some(value) = members.get_mut(field.name) else { continue };
        match (field.shape, value) {
            (Shape::Set, Value::Array(ids)) => ids.retain(|id| !is_gone(id)),
            (Shape::Value(_), value) if is_gone(value) => {
                members.remove(field.name);
            }
            (Shape::Record(inner), Value::Object(record)) => clean(inner, record, gone),
            (Shape::Items(inner), Value::Array(things)) => {
                for thing in things.iter_mut().filter_map(Value::as_object_mut) {
                    clean(inner, thing, gone);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
