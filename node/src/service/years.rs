//! Years: beginning the next one, what a past one was, and both side by side.

use std::collections::{BTreeMap, BTreeSet};

use jospar_core::document::{Command, Path, difference, find_in_view};
use jospar_core::ids::{ChangeHash, DocumentId};
use jospar_core::plan::{
    Date, Kind, NextYear, PlanView, Record as _, Why, Year, YearDocument, begin_year, is_left,
    year_after, year_id, year_offers,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Trouble};
use super::compare::{self, State};
use super::fault::{Fault, FaultKind};
use super::plan::day_of;
use super::proposals::{apply_in_parts, check_in_parts};
use super::sections::{self, Section};
use crate::handle::Turn;

/// How often one year may be ended, taking it back each time.
const ENDS_MAX: usize = 100;

/// A request about years.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "years", rename_all = "snake_case")]
pub enum YearRequest {
    /// The years that are over, the newest first. Answer: `{years: [{id, title, start, end, closed}], current: {title,
    /// start, end}}`.
    List,
    /// What may go on into the next year. Answer: `{id, start, end, as_of, begun, offers: [{list, path, thing, why: "open"|
    /// "basis"|"reached"|"done"|"past", carried}]}`; `id` is what the year that ends will be called, `begun` that it is
    /// over already, `thing` of a journal how many lines it has.
    Offer {
        /// The first day of the next year; a year after this one's if absent.
        #[serde(default)]
        start: Option<String>,
        /// The last day.
        #[serde(default)]
        end: Option<String>,
    },
    /// Begins the next year: all of it or nothing. What is not in `leave` goes on. Answer: `{year, left, changes, saved:
    /// true}`.
    Begin {
        /// The first day.
        start: String,
        /// The last day.
        end: String,
        /// Paths of offers that stay behind.
        leave: Vec<String>,
    },
    /// Takes the beginning of the newest year back: every document is again what it was. Answer: `{year, changes, saved:
    /// true}`.
    TakeBack {
        /// The year that was over.
        year: String,
    },
    /// What stood at a path when a year ended. Answer: `{year, path, value}`.
    Show {
        /// The year.
        year: String,
        /// The path, or the name of a list of documents.
        path: String,
    },
    /// A past year and the plan as it is, side by side. Answer: `{year, current, kpis: [{id, title, unit, direction, then:
    /// {baseline, target, value}|null, now}], levels: [{id, area, title, then: {level, target}|null, now}], initiatives:
    /// [{id, title, then, now}], risks: [{id, title, then, now}], swot: {then: {ife, efe}, now}}`; of an initiative `then`
    /// and `now` are its states, of a risk its scores.
    Compare {
        /// The year.
        year: String,
    },
}

pub(super) fn answer(turn: &mut Turn<'_>, request: YearRequest) -> Answer {
    match request {
        YearRequest::List => list(turn),
        YearRequest::Offer { start, end } => offer(turn, start.as_deref(), end.as_deref()),
        YearRequest::Begin { start, end, leave } => begin(turn, &start, &end, leave),
        YearRequest::TakeBack { year } => take_back(turn, &year),
        YearRequest::Show { year, path } => show(turn, &year, &path),
        YearRequest::Compare { year } => compare_years(turn, &year),
    }
}

fn years_document(turn: &Turn<'_>) -> DocumentId {
    DocumentId::singleton(&turn.replica.workspace(), Kind::Years.byte())
}

/// The years that are over, the oldest first.
fn years(turn: &mut Turn<'_>) -> Result<Vec<Year>, Trouble> {
    Ok(turn.replica.years(turn.storage)?)
}

/// The documents that belong to a past year and are no part of the plan any more.
pub(super) fn past(turn: &mut Turn<'_>) -> Result<BTreeSet<DocumentId>, Trouble> {
    Ok(turn.replica.past_documents(turn.storage)?)
}

fn find(turn: &mut Turn<'_>, id: &str) -> Result<Year, Trouble> {
    let unknown = || Fault::new(FaultKind::NotFound, "error-year-unknown", json!({"year": id}));
    let found = years(turn)?.into_iter().find(|year| year.id == id);
    Ok(found.ok_or_else(unknown)?)
}

fn heads_of(year: &Year) -> compare::Heads {
    let parse = |(document, heads): (&String, &Value)| {
        let heads = heads.as_str()?.split(' ').filter_map(|hash| hash.parse::<ChangeHash>().ok());
        Some((document.parse().ok()?, heads.collect()))
    };
    year.heads.iter().filter_map(parse).collect()
}

fn day(date: Option<Date>) -> Value {
    date.map_or(Value::Null, |date| Value::from(date.to_string()))
}

fn told(year: &Year) -> Value {
    let title = json!({"kk": year.title.kk, "ru": year.title.ru, "en": year.title.en});
    json!({"id": year.id, "title": title, "start": day(year.start), "end": day(year.end),
           "closed": day(year.closed)})
}

fn current(turn: &mut Turn<'_>) -> Answer {
    let head = DocumentId::singleton(&turn.replica.workspace(), Kind::Plan.byte());
    let here = turn.replica.has_document(&head);
    let view = if here { turn.replica.view(turn.storage, head)? } else { json!({}) };
    let at = |pointer: &str| view.pointer(pointer).cloned().unwrap_or_default();
    Ok(json!({"title": at("/plan/title"), "start": at("/plan/period/start"),
              "end": at("/plan/period/end")}))
}

fn list(turn: &mut Turn<'_>) -> Answer {
    let years: Vec<Value> = years(turn)?.iter().rev().map(told).collect();
    Ok(json!({"years": years, "current": current(turn)?}))
}

/// The documents of the plan as it is, in the order of their kinds, with their ids.
fn documents(turn: &mut Turn<'_>) -> Result<Vec<(DocumentId, YearDocument)>, Trouble> {
    let mut documents = Vec::new();
    for (id, kind, view) in sections::all_views(turn)? {
        let named = view.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        documents.push((id, YearDocument { kind, id: named, view }));
    }
    documents.sort_by_key(|(id, document)| (document.kind.byte(), *id));
    Ok(documents)
}

fn parse_day(text: &str) -> Result<Date, Fault> {
    let wrong = |_| Fault::new(FaultKind::Usage, "error-value-date", json!({"value": text}));
    text.parse().map_err(wrong)
}

/// The days of the year that ends and of the next one.
struct Days {
    old: (Date, Date),
    next: (Date, Date),
    today: Date,
}

fn days(
    turn: &mut Turn<'_>,
    documents: &[(DocumentId, YearDocument)],
    (start, end): (Option<&str>, Option<&str>),
) -> Result<Days, Trouble> {
    let today = parse_day(&day_of(turn.moment.now.0))?;
    let head = documents.iter().find(|(_, document)| document.kind == Kind::Plan);
    let period = head.and_then(|(_, head)| head.view.pointer("/plan/period"));
    let period = jospar_core::plan::Period::from_view(period.unwrap_or(&Value::Null));
    let (first, last) = year_after(&period, today);
    let next = (start.map_or(Ok(first), parse_day)?, end.map_or(Ok(last), parse_day)?);
    let old = (period.start.unwrap_or(today), period.end.unwrap_or(today));
    if next.1 <= next.0 || next.0 <= old.0 {
        return Err(Fault::new(FaultKind::Usage, "error-year-days", json!({})).into());
    }
    Ok(Days { old, next, today })
}

fn offer(turn: &mut Turn<'_>, start: Option<&str>, end: Option<&str>) -> Answer {
    let documents = documents(turn)?;
    let days = days(turn, &documents, (start, end))?;
    let plain: Vec<YearDocument> = documents.into_iter().map(|(_, document)| document).collect();
    let offers: Vec<Value> = year_offers(&plain, days.today, days.next.0)
        .into_iter()
        .map(|offer| {
            json!({"list": offer.list, "path": offer.path, "thing": offer.thing,
                   "why": offer.why.name(), "carried": Why::goes_on(offer.why)})
        })
        .collect();
    let id = year_id(days.old.0, days.old.1);
    let begun = is_begun(turn, &days)?;
    Ok(json!({"id": id, "start": day(Some(days.next.0)), "end": day(Some(days.next.1)),
              "as_of": days.today.to_string(), "begun": begun, "offers": offers}))
}

fn begin(turn: &mut Turn<'_>, start: &str, end: &str, leave: Vec<String>) -> Answer {
    let documents = documents(turn)?;
    let days = days(turn, &documents, (Some(start), Some(end)))?;
    let id = year_id(days.old.0, days.old.1);
    if is_begun(turn, &days)? {
        return Err(Fault::new(FaultKind::Usage, "error-year-begun", json!({"year": id})).into());
    }
    let (start, end) = days.next;
    let next = NextYear { start, end, as_of: days.today, leave: leave.into_iter().collect() };
    let plain: Vec<YearDocument> = documents.iter().map(|(_, document)| document.clone()).collect();
    let views = begin_year(&plain, &next);
    let mut heads = BTreeMap::new();
    let mut edits: Vec<(DocumentId, Vec<Command>)> = Vec::new();
    for ((document, was), view) in documents.iter().zip(&views) {
        let now = turn.replica.document(turn.storage, *document)?.heads();
        let commands = difference(was.kind.schema(), &was.view, view, &now);
        heads.insert(document.to_string(), super::plan::hexadecimal(&now).join(" "));
        if !commands.is_empty() {
            edits.push((*document, commands));
        }
    }
    let left: Vec<String> = documents
        .iter()
        .filter(|(_, document)| is_left(document, &next))
        .map(|(id, _)| id.to_string())
        .collect();
    let record = json!({"title": current(turn)?["title"], "start": days.old.0.to_string(),
                        "end": days.old.1.to_string(), "closed": days.today.to_string(),
                        "left": left});
    let year = Path::root().child("years");
    let key = free_key(turn, &year, &id)?;
    let mut noted = vec![Command::Add { path: year.clone(), id: key.clone(), after: None, record }];
    let place = year.child(&key).child("heads");
    noted.extend(heads.into_iter().map(|(document, heads)| Command::Set {
        path: place.child(&document),
        value: Value::from(heads),
    }));
    edits.insert(0, (years_document(turn), noted));
    let changes = carry_out(turn, &edits, &id)?;
    Ok(json!({"year": key, "left": left.len(), "changes": changes, "saved": true}))
}

/// True if the year that ends is over already.
fn is_begun(turn: &mut Turn<'_>, days: &Days) -> Result<bool, Trouble> {
    let same = |year: &Year| year.start == Some(days.old.0) && year.end == Some(days.old.1);
    Ok(years(turn)?.iter().any(same))
}

/// The id of the year that ends; with a number behind it if its end was taken back before.
fn free_key(turn: &mut Turn<'_>, list: &Path, id: &str) -> Result<String, Trouble> {
    let document = years_document(turn);
    if !turn.replica.has_document(&document) {
        return Ok(id.to_owned());
    }
    let document = turn.replica.document(turn.storage, document)?;
    let numbered = (2..ENDS_MAX).map(|number| format!("{id}-{number}"));
    let mut keys = std::iter::once(id.to_owned()).chain(numbered);
    let taken = || Fault::new(FaultKind::Usage, "error-year-begun", json!({"year": id}));
    Ok(keys.find(|key| document.place(&list.child(key)).is_err()).ok_or_else(taken)?)
}

/// Carries all edits out, or none; answers how many changes they were.
fn carry_out(
    turn: &mut Turn<'_>,
    edits: &[(DocumentId, Vec<Command>)],
    note: &str,
) -> Result<usize, Trouble> {
    for (document, commands) in edits {
        let here = turn.replica.has_document(document);
        // An item must be there before its fields are written: what is new is checked as it is carried out.
        if here {
            check_in_parts(turn, (*document, false), commands)?;
        }
    }
    let mut count = 0;
    for (document, commands) in edits {
        count += apply_in_parts(turn, *document, commands, Some(note))?.len();
    }
    Ok(count)
}

fn take_back(turn: &mut Turn<'_>, id: &str) -> Answer {
    let all = years(turn)?;
    let year = find(turn, id)?;
    if all.last().is_none_or(|newest| newest.id != year.id) {
        let values = json!({"year": id});
        return Err(Fault::new(FaultKind::Usage, "error-year-not-newest", values).into());
    }
    let mut edits = Vec::new();
    for (document, heads) in heads_of(&year) {
        if turn.replica.has_document(&document) {
            let commands = turn.replica.document(turn.storage, document)?.restore(&heads)?;
            if !commands.is_empty() {
                edits.push((document, commands));
            }
        }
    }
    let path = Path::root().child("years").child(id);
    edits.push((years_document(turn), vec![Command::Remove { path }]));
    let changes = carry_out(turn, &edits, id)?;
    Ok(json!({"year": id, "changes": changes, "saved": true}))
}

fn show(turn: &mut Turn<'_>, id: &str, text: &str) -> Answer {
    let year = find(turn, id)?;
    let heads = heads_of(&year);
    let documents: Vec<DocumentId> = heads.keys().copied().collect();
    let state = State::Named(heads);
    let value = match sections::find(turn, text)? {
        Section::Documents(kind) => {
            let mut views = Vec::new();
            for document in documents.into_iter().filter(|id| id.kind() == kind.byte()) {
                views.push(state.view(turn, document)?);
            }
            let order =
                |view: &Value| view.get("order").and_then(Value::as_f64).unwrap_or(f64::MAX);
            views.sort_by(|a, b| order(a).total_cmp(&order(b)));
            Value::Array(views)
        }
        Section::Place { document, path, .. } => {
            let here = turn.replica.has_document(&document);
            let view = if here { state.view(turn, document)? } else { json!({}) };
            find_in_view(&view, &path).cloned().unwrap_or_default()
        }
    };
    Ok(json!({"year": id, "path": text, "value": value}))
}

/// The plan in a state.
fn plan_in(turn: &mut Turn<'_>, state: &State) -> Result<PlanView, Trouble> {
    let past = match state {
        State::Named(_) => BTreeSet::new(),
        _ => past(turn)?,
    };
    let mut views = Vec::new();
    for (id, kind) in compare::documents(turn) {
        let named = match state {
            State::Named(heads) => heads.contains_key(&id),
            _ => !past.contains(&id),
        };
        if named {
            views.push((kind, state.view(turn, id)?));
        }
    }
    Ok(PlanView::from_documents(&views))
}

/// What both plans have of one list, in the order of the newer one; what only the older one has stands behind.
fn both<'a, T>(
    then: &'a [T],
    now: &'a [T],
    id: impl Fn(&T) -> &str,
    tell: impl Fn(&str, Option<&'a T>, Option<&'a T>) -> Value,
) -> Vec<Value> {
    let find = |list: &'a [T], wanted: &str| list.iter().find(|one| id(one) == wanted);
    let newer = now.iter().map(|one| (id(one), find(then, id(one)), Some(one)));
    let older = then.iter().filter(|one| find(now, id(one)).is_none());
    let older = older.map(|one| (id(one), Some(one), None));
    newer.chain(older).map(|(id, then, now)| tell(id, then, now)).collect()
}

fn title(
    then: Option<&jospar_core::plan::LocalText>,
    now: Option<&jospar_core::plan::LocalText>,
) -> Value {
    let title = now.or(then);
    title.map_or(Value::Null, |t| json!({"kk": t.kk, "ru": t.ru, "en": t.en}))
}

fn compare_years(turn: &mut Turn<'_>, id: &str) -> Answer {
    let year = find(turn, id)?;
    let then = plan_in(turn, &State::Named(heads_of(&year)))?;
    let now = plan_in(turn, &State::Now)?;
    let today = parse_day(&day_of(turn.moment.now.0))?;
    let closed = year.closed.unwrap_or(today);
    let kpis = both(
        &then.kpis,
        &now.kpis,
        |kpi| &kpi.id,
        |id, then, now| {
            let end = |kpi: Option<&jospar_core::plan::Kpi>, day: Date| {
                kpi.map_or(Value::Null, |kpi| {
                    let value = kpi.newest(day).map(|(value, _)| value);
                    json!({"baseline": kpi.baseline, "target": kpi.target, "value": value})
                })
            };
            let one = now.or(then);
            json!({"id": id, "title": title(then.map(|k| &k.title), now.map(|k| &k.title)),
               "unit": one.map(|k| &k.unit), "direction": one.and_then(|k| k.direction),
               "then": end(then, closed), "now": end(now, today)})
        },
    );
    let initiatives = both(
        &then.initiatives,
        &now.initiatives,
        |one| &one.id,
        |id, then, now| {
            json!({"id": id, "title": title(then.map(|i| &i.title), now.map(|i| &i.title)),
               "then": then.and_then(|i| i.state), "now": now.and_then(|i| i.state),
               "carried": now.is_some()})
        },
    );
    let risks = both(
        &then.risks,
        &now.risks,
        |one| &one.id,
        |id, then, now| {
            json!({"id": id, "title": title(then.map(|r| &r.title), now.map(|r| &r.title)),
               "then": then.and_then(jospar_core::plan::Risk::current_score),
               "now": now.and_then(jospar_core::plan::Risk::current_score),
               "carried": now.is_some()})
        },
    );
    let totals = |plan: &PlanView| {
        let totals = plan.swot.totals();
        json!({"ife": totals.ife, "efe": totals.efe})
    };
    Ok(json!({"year": told(&year), "current": current(turn)?, "kpis": kpis,
              "levels": levels(&then, &now), "initiatives": initiatives, "risks": risks,
              "swot": {"then": totals(&then), "now": totals(&now)}}))
}

fn levels(then: &PlanView, now: &PlanView) -> Vec<Value> {
    type Row<'a> = (&'a jospar_core::plan::Area, &'a jospar_core::plan::Indicator);
    fn rows(plan: &PlanView) -> Vec<Row<'_>> {
        let areas = plan.audit.areas.iter();
        areas.flat_map(|area| area.indicators.iter().map(move |one| (area, one))).collect()
    }
    let (then, now) = (rows(then), rows(now));
    both(
        &then,
        &now,
        |(_, one)| &one.id,
        |id, then, now| {
            let end = |row: Option<&Row<'_>>| {
                row.map_or(
                    Value::Null,
                    |(_, one)| json!({"level": one.level, "target": one.target}),
                )
            };
            json!({"id": id, "title": title(then.map(|(_, i)| &i.title), now.map(|(_, i)| &i.title)),
               "area": title(then.map(|(a, _)| &a.title), now.map(|(a, _)| &a.title)),
               "then": end(then), "now": end(now)})
        },
    )
}
