//! The district auditor's one page: how the plan's approvals stand, and numbers about the plan.
//!
//! A school's device makes it and puts it into a document of its own, so that an auditor's device needs nothing of the
//! plan. It names no person and holds no text but the school's and the plan's names.

use std::collections::BTreeMap;

use jospar_core::approval::What;
use jospar_core::document::difference;
use jospar_core::ids::{DocumentId, RenderingHash};
use jospar_core::plan::Kind;
use jospar_core::replica::{Held, Version};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Trouble};
use super::approvals::{record_key, state_json};
use super::{files, plan, sections};
use crate::handle::Turn;

/// The page's member in its document.
const MEMBER: &str = "audit_page";

pub(super) fn answer(turn: &mut Turn<'_>, to_log: bool) -> Answer {
    let page = match (reads_plan(turn), to_log) {
        (true, true) => Some(publish(turn)?),
        (true, false) => Some(page_now(turn)?),
        (false, _) => published(turn)?,
    };
    let published = !reads_plan(turn);
    let page = page.unwrap_or_default();
    let held = turn.replica.approvals(turn.storage)?;
    let current = rendering_of(&page);
    let outcome = current.map(|current| turn.replica.outcome(What::Plan, &current, &held));
    let key = outcome.map_or("approval-not-here", |outcome| outcome.state.message_key());
    let (state, message) = state_json(key);
    let approved = outcome.and_then(|outcome| outcome.approved);
    let signatures = signatures(&held, &current.unwrap_or_default());
    Ok(json!({
        "school": page.get("school"), "title": page.get("title"), "as_of": page.get("as_of"),
        "made_ms": page.get("time"), "published": published, "state": state, "message": message,
        "approved_ms": approved.map(|(_, time)| time.0),
        "signatures": signatures, "sections": sections_json(&page), "lints": lints_json(&page),
        "findings": lints(&page).map(|(_, count)| count).sum::<u64>(),
    }))
}

/// The signatures of the plan, without persons.
fn signatures(held: &[Held], current: &RenderingHash) -> Vec<Value> {
    let of_plan = held.iter().filter_map(|held| {
        let claim = &held.approval.as_ref()?.claim;
        (claim.what == What::Plan).then_some((held, claim))
    });
    of_plan
        .map(|(held, claim)| {
            let (state, message) = state_json(record_key(held, current));
            json!({"role": claim.role.name(), "time_ms": claim.time.0, "state": state,
                   "message": message})
        })
        .collect()
}

fn sections_json(page: &Value) -> Vec<Value> {
    let sections = page.get("sections").and_then(Value::as_array).into_iter().flatten();
    sections
        .map(|section| {
            let name = section.get("id").and_then(Value::as_str).unwrap_or_default();
            json!({"part": name, "message": Kind::from_name(name).map(Kind::message_key),
                   "documents": section.get("documents"), "items": section.get("items"),
                   "changed_ms": section.get("changed")})
        })
        .collect()
}

fn lints(page: &Value) -> impl Iterator<Item = (&String, u64)> {
    let lints = page.get("lints").and_then(Value::as_object).into_iter().flatten();
    lints.filter_map(|(rule, count)| Some((rule, count.as_u64()?)))
}

fn lints_json(page: &Value) -> Vec<Value> {
    let mut lints: Vec<(&String, u64)> = lints(page).collect();
    lints.sort();
    lints
        .into_iter()
        .map(|(rule, count)| {
            json!({"rule": rule, "heading": format!("lint-{}", rule.to_lowercase()),
                   "count": count})
        })
        .collect()
}

fn rendering_of(page: &Value) -> Option<RenderingHash> {
    page.get("rendering").and_then(Value::as_str)?.parse().ok()
}

/// Whether this device may have every document that a version of the plan is made of.
fn reads_plan(turn: &Turn<'_>) -> bool {
    let (workspace, device) = (turn.replica.workspace(), turn.replica.device());
    let rights = turn.replica.policy().now();
    let mut kinds = Kind::ALL.into_iter().filter(|kind| kind.is_in_version());
    kinds.all(|kind| rights.may_read(&device, &DocumentId::singleton(&workspace, kind.byte())))
}

/// A version of what this device can read all of; `None` of anything else.
pub(super) fn readable_version(
    turn: &mut Turn<'_>,
    what: What,
) -> Result<Option<Version>, Trouble> {
    let readable = match what {
        What::Plan => reads_plan(turn),
        What::Document(document) => turn.replica.has_document(&document),
    };
    if !readable {
        return Ok(None);
    }
    Ok(Some(turn.replica.version(turn.storage, what)?))
}

fn page_document(turn: &Turn<'_>) -> DocumentId {
    DocumentId::singleton(&turn.replica.workspace(), Kind::AuditPage.byte())
}

/// The page that was published last.
fn published(turn: &mut Turn<'_>) -> Result<Option<Value>, Trouble> {
    let document = page_document(turn);
    if !turn.replica.has_document(&document) {
        return Ok(None);
    }
    Ok(turn.replica.view(turn.storage, document)?.get(MEMBER).cloned())
}

/// The hash of the plan when the page was published last.
pub(super) fn published_hash(
    turn: &mut Turn<'_>,
    what: What,
) -> Result<Option<RenderingHash>, Trouble> {
    if what != What::Plan {
        return Ok(None);
    }
    Ok(published(turn)?.as_ref().and_then(rendering_of))
}

/// Puts the page as it is now into the log; returns it.
pub(super) fn publish(turn: &mut Turn<'_>) -> Result<Value, Trouble> {
    let document = page_document(turn);
    let page = page_now(turn)?;
    let before = published(turn)?.unwrap_or_else(|| json!({}));
    let (before, after) = (json!({MEMBER: before}), json!({MEMBER: page}));
    let commands = difference(Kind::AuditPage.schema(), &before, &after, &[]);
    let moment = turn.moment;
    turn.replica.apply(turn.storage, &moment, document, &commands)?;
    Ok(page)
}

/// The page as it is now, in the form of its document's view.
fn page_now(turn: &mut Turn<'_>) -> Result<Value, Trouble> {
    let version = turn.replica.version(turn.storage, What::Plan)?;
    let views = sections::all_views(turn)?;
    let mut parts: BTreeMap<Kind, (u64, usize, Option<i64>)> = BTreeMap::new();
    let mut head = Value::Null;
    for (id, kind, view) in views.into_iter().filter(|(_, kind, _)| kind.is_exported()) {
        let history = turn.replica.document(turn.storage, id)?.history();
        let changed = history.iter().map(|entry| entry.time.0).max();
        let (documents, items, latest) = parts.entry(kind).or_default();
        *documents += 1;
        *items += files::count_items(&view);
        *latest = (*latest).max(changed);
        if kind == Kind::Plan {
            head = view;
        }
    }
    let sections: Vec<Value> = parts
        .into_iter()
        .map(|(kind, (documents, items, changed))| {
            let mut section = json!({"id": kind.name(), "documents": documents, "items": items});
            if let (Some(changed), Some(members)) = (changed, section.as_object_mut()) {
                members.insert("changed".to_owned(), changed.into());
            }
            section
        })
        .collect();
    let found = plan::lint(turn, None)?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for finding in found.get("findings").and_then(Value::as_array).into_iter().flatten() {
        let rule = finding.get("rule").and_then(Value::as_str).unwrap_or_default();
        *counts.entry(rule.to_owned()).or_default() += 1;
    }
    let mut page = Map::new();
    for (name, value) in [
        ("title", head.pointer("/plan/title").cloned()),
        ("school", head.pointer("/plan/school").cloned()),
        ("as_of", found.get("as_of").cloned()),
        ("time", Some(turn.moment.now.0.into())),
        ("rendering", Some(version.hash.to_string().into())),
        ("sections", Some(sections.into())),
        ("lints", Some(json!(counts))),
    ] {
        page.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok(Value::Object(page))
}
