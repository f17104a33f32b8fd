//! Pages that show the plan.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use jospar_core::document::{Schema, Shape};
use jospar_core::plan::{Kind, Period, Record as _};
use jospar_export::given::list_schema;
use jospar_locales::words::{items_at, text_at, text_or_empty};
use jospar_node::service::{ApprovalRequest, Request};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::{Answer, Reader, Trouble, model};
use crate::pages;
use crate::schema::{Spot, kind_of, locate};
use crate::view::board::{self, Way};
use crate::view::context::{
    Choices, Context, collect_names, document_place, lists_for, lists_of, map_keys, name,
    read_choices,
};
use crate::view::control::At;
use crate::view::frame::{self, Frame};
use crate::view::model as model_view;
use crate::view::tables as table_view;
use crate::view::{about, evidence, field, list, notes, print, special};

/// Parts whose things have an office document of their own.
const SHEETS: [&str; 4] = ["documents", "meetings", "info_sharing", "lesson_studies"];
/// Parts whose fields may name anything of the plan.
const NAMES_ANYTHING: [&str; 6] =
    ["documents", "pilots", "comments_threads", "assistant_cases", "ai_uses", "ai_runs"];
/// What may stand behind an address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// The item that is shown open.
    #[serde(default)]
    open: String,
    /// The way to look at the page's list.
    #[serde(default)]
    view: String,
}

/// A part of the plan, as read.
pub(crate) struct Part {
    /// Its path.
    pub(crate) path: String,
    /// What stands there.
    pub(crate) spot: Spot,
    /// Its value.
    pub(crate) value: Value,
}

/// A page under way: what the node said, and what its fields share.
pub(crate) struct Draft<'a> {
    pub(crate) context: Context<'a>,
    pub(crate) status: Value,
    pub(crate) findings: Value,
}

impl Reader {
    /// Reads what every page needs.
    pub(crate) async fn draft(&self, back: String) -> Result<Draft<'_>, Trouble> {
        let words = self.words()?;
        let mut status = self.ask(Request::Status).await?;
        let devices = self.ask(Request::Devices).await?;
        if let (Value::Object(members), Some(waiting)) = (&mut status, devices.get("waiting")) {
            members.insert("waiting".to_owned(), waiting.clone());
        }
        let findings = self.ask(Request::Lint { as_of: None }).await?;
        let conflicts = self.ask(Request::Conflicts).await?;
        let context = Context {
            words,
            token: &self.token,
            back,
            open: String::new(),
            choices: BTreeMap::new(),
            names: BTreeMap::new(),
            conflicts: items_at(&conflicts, "/conflicts").cloned().collect(),
            heads: BTreeMap::new(),
        };
        Ok(Draft { context, status, findings })
    }

    /// Reads what everything in the plan is called.
    pub(crate) async fn names(&self, draft: &mut Draft<'_>) -> Result<(), Trouble> {
        for part in pages::parts() {
            let answer = self.show(part).await?;
            let value = answer.get("value").unwrap_or(&Value::Null);
            collect_names(draft.context.words, part, value, &mut draft.context.names);
            // Some fields name a whole part.
            if let Some(page) = pages::of_path(part) {
                let title = draft.context.words.named("web-page", page.name);
                draft.context.names.entry(part.to_owned()).or_insert(title);
            }
        }
        Ok(())
    }

    pub(super) async fn show(&self, path: &str) -> Result<Value, Trouble> {
        self.ask(Request::Show { path: path.to_owned(), at: Vec::new() }).await
    }

    /// Reads a part of the plan, with the heads of its document.
    async fn part(&self, draft: &mut Draft<'_>, path: &str, spot: Spot) -> Result<Part, Trouble> {
        let answer = self.show(path).await?;
        let heads: Vec<&str> = items_at(&answer, "/heads").filter_map(Value::as_str).collect();
        draft.context.heads.insert(document_place(path), heads.join(" "));
        let value = answer.get("value").cloned().unwrap_or_default();
        Ok(Part { path: path.to_owned(), spot, value })
    }

    /// Reads what can be chosen in the fields of these parts.
    pub(crate) async fn choices(
        &self,
        draft: &mut Draft<'_>,
        spots: &[Spot],
    ) -> Result<(), Trouble> {
        let mut lists = Vec::new();
        for spot in spots {
            match spot {
                Spot::Item(schema)
                | Spot::Field { shape: Shape::Record(schema) | Shape::Items(schema), .. } => {
                    lists_of(schema, &mut lists);
                }
                Spot::Documents(kind) => lists_of(kind.schema(), &mut lists),
                Spot::Field { record, name, .. } => {
                    lists.extend(lists_for(record, name));
                    lists.extend(map_keys(record, name));
                }
                Spot::Inside { .. } => {}
            }
        }
        for list in lists {
            let found = self.choices_of(draft.context.words, list).await?;
            draft.context.choices.insert(list.to_owned(), found);
        }
        Ok(())
    }

    /// What can be chosen of one list.
    pub(crate) async fn choices_of(
        &self,
        words: &jospar_locales::words::Words,
        list: &str,
    ) -> Result<Choices, Trouble> {
        let root = list.split('/').next().unwrap_or_default();
        let answer = self.show(root).await?;
        Ok(read_choices(words, answer.get("value").unwrap_or(&Value::Null), list))
    }
}

/// The whole page.
pub(crate) fn finish(
    reader: &Reader,
    draft: &Draft<'_>,
    page: &str,
    title: String,
    body: &Markup,
) -> Response {
    let frame = Frame {
        words: draft.context.words,
        token: &reader.token,
        title,
        here: &draft.context.back,
        page,
        status: draft.status.clone(),
        findings: draft.findings.clone(),
        conflicts: &draft.context.conflicts,
        quits: reader.app.door.is_own(),
    };
    frame::page(&frame, body).into_response()
}

pub(crate) async fn page(
    Path(page_name): Path<String>,
    Query(asked): Query<Asked>,
    reader: Reader,
) -> Answer {
    let Some(page) = pages::find(&page_name) else { return super::missing(reader).await };
    let way = Way::of(&asked.view);
    let here = format!("/page/{}", page.name);
    let back = if way == Way::List { here.clone() } else { format!("{here}?view={}", asked.view) };
    let mut draft = reader.draft(back).await?;
    draft.context.open = asked.open;
    let mut parts = Vec::new();
    for path in page.parts {
        if let Some(spot) = locate(path) {
            parts.push(reader.part(&mut draft, path, spot).await?);
        }
    }
    let spots: Vec<Spot> = parts.iter().map(|part| part.spot).collect();
    reader.choices(&mut draft, &spots).await?;
    if page.parts.iter().any(|part| NAMES_ANYTHING.contains(part)) {
        reader.names(&mut draft).await?;
    }
    let head = reader.show("plan/period").await?;
    let period = Period::from_view(head.get("value").unwrap_or(&Value::Null));
    let files = match page.name {
        "evidence" => Some(reader.files_here().await?),
        _ => None,
    };
    let beside = reader.beside(&draft, page.name).await?;
    let talk =
        reader.discussion(&mut draft, page.parts.first().copied().unwrap_or_default()).await?;
    let paths: Vec<String> = parts.iter().map(|part| part.path.clone()).collect();
    let found = notes::concerning(&draft.findings, &paths);
    let context = &draft.context;
    let today = text_or_empty(&draft.findings, "/as_of").parse().ok();
    let special = special::of_page(context, page.name, &parts, today, &period);
    let first = parts.first().and_then(|part| Some((part, schema_of(part.spot)?)));
    let instead = first.filter(|_| way != Way::List);
    let shown = usize::from(special::shows_first_part(page.name) || instead.is_some());
    let body = html! {
        (notes::removed(context, &paths))
        (notes::findings(context.words, &found))
        @if let Some((_, schema)) = first { (board::ways(context, schema, &here, way)) }
        @match instead {
            Some((part, schema)) => (board::shown(context, &part.path, schema, &part.value, way)),
            None => (special),
        }
        @if let (Some(here), Some(part)) = (&files, parts.first()) { (evidence::of_all(context, &part.value, here)) }
        @for part in parts.iter().take(shown) { (list::add(context, &part.path)) (table_place(context, part)) }
        @for part in parts.iter().skip(shown) {
            section.part {
                @if parts.len() > 1 { h2 { (part_title(context, part)) } }
                (show_part(context, part))
                (table_place(context, part))
            }
        }
        (beside)
        (talk)
        p.of.screen {
            a href=(format!("/history?path={}", page.parts.first().unwrap_or(&""))) {
                (context.words.word("web-history-here"))
            }
            " · "
            a href=(format!("/sheet/{}", page.name)) { (context.words.word("web-sheet")) }
        }
    };
    let title = context.words.named("web-page", page.name);
    Ok(finish(&reader, &draft, page.name, title, &body))
}

/// Where a table for a list is given; nothing for any other part.
fn table_place(context: &Context<'_>, part: &Part) -> Markup {
    let is_list = list_schema(&part.path).is_some();
    html! {
        @if is_list && (part.value.is_array() || part.value.is_null()) { (table_view::place(context, &part.path)) }
    }
}

/// The schema of the things in a list.
fn schema_of(spot: Spot) -> Option<&'static Schema> {
    match spot {
        Spot::Documents(kind) => Some(kind.schema()),
        Spot::Field { shape: Shape::Items(schema), .. } => Some(schema),
        _ => None,
    }
}

/// What a part is called.
pub(crate) fn part_title(context: &Context<'_>, part: &Part) -> String {
    match part.spot {
        Spot::Documents(kind) => context.words.word(&kind.message_key()),
        _ => context.label(part.path.rsplit('/').next().unwrap_or_default()),
    }
}

/// A part by what stands there.
pub(crate) fn show_part(context: &Context<'_>, part: &Part) -> Markup {
    let (path, value) = (part.path.as_str(), &part.value);
    match part.spot {
        Spot::Documents(kind) => list::rows(context, path, kind.schema(), value),
        Spot::Item(schema) | Spot::Field { shape: Shape::Record(schema), .. } => {
            field::record(context, path, schema, value)
        }
        Spot::Field { shape: Shape::Items(schema), .. } => list::rows(context, path, schema, value),
        Spot::Field { record, name, shape } => {
            field::shape(context, At { path, record, field: name }, shape, value)
        }
        Spot::Inside { .. } => html! {},
    }
}

pub(crate) async fn place(
    Path(path): Path<String>,
    Query(asked): Query<Asked>,
    reader: Reader,
) -> Answer {
    let Some(spot) = locate(&path) else { return up(&path) };
    if matches!(spot, Spot::Inside { .. } | Spot::Field { shape: Shape::Value(_), .. }) {
        return up(&path);
    }
    let mut draft = reader.draft(format!("/plan/{path}")).await?;
    draft.context.open = asked.open;
    let asked = Request::Show { path: path.clone(), at: Vec::new() };
    if reader.answer(asked).await.is_err() {
        return up(&path);
    }
    let part = reader.part(&mut draft, &path, spot).await?;
    reader.choices(&mut draft, &[spot]).await?;
    if NAMES_ANYTHING.contains(&path.split('/').next().unwrap_or_default()) {
        reader.names(&mut draft).await?;
    }
    let talk = reader.discussion(&mut draft, path.rsplit('/').next().unwrap_or_default()).await?;
    let files = match is_evidence(&part) {
        true => Some((reader.files_here().await?, reader.all_evidence().await?)),
        false => None,
    };
    let context = &draft.context;
    let paths = [path.clone()];
    let found = notes::concerning(&draft.findings, &paths);
    let title = place_title(context, &part);
    let body = html! {
        (crumbs(context, &path))
        (notes::removed(context, &paths))
        (notes::findings(context.words, &found))
        @if let Some((here, all)) = files { (evidence::of_one(context, &part.path, (&part.value, &all), &here)) }
        (show_part(context, &part))
        (place_actions(context, &part))
        (talk)
    };
    let page = pages::of_path(&path).map_or("", |page| page.name);
    Ok(finish(&reader, &draft, page, title, &body))
}

/// One piece of evidence, which may have a file.
fn is_evidence(part: &Part) -> bool {
    part.path.starts_with("evidence/") && matches!(part.spot, Spot::Item(_))
}

/// What has no page of its own is shown where it stands.
fn up(path: &str) -> Answer {
    let to = match path.rsplit_once('/') {
        Some((outer, _)) => format!("/plan/{outer}?open={path}"),
        None => pages::of_path(path).map_or("/".to_owned(), |page| format!("/page/{}", page.name)),
    };
    Ok(Redirect::to(&to).into_response())
}

fn place_title(context: &Context<'_>, part: &Part) -> String {
    match part.spot {
        Spot::Item(schema) => list::summary(context, schema, &part.value),
        _ => context.label(part.path.rsplit('/').next().unwrap_or_default()),
    }
}

/// The way from the menu's page down to a place.
fn crumbs(context: &Context<'_>, path: &str) -> Markup {
    let page = pages::of_path(path);
    let segments: Vec<&str> = path.split('/').collect();
    let outer = (1..segments.len()).filter_map(|count| {
        let place = segments.get(..count)?.join("/");
        let label = context.label(segments.get(count - 1)?);
        Some((place, label))
    });
    html! {
        nav.crumbs aria-label=(context.words.word("web-way")) {
            @if let Some(page) = page {
                a href=(format!("/page/{}", page.name)) { (context.words.named("web-page", page.name)) }
            }
            @for (place, label) in outer.skip(1) {
                " › " a href=(format!("/plan/{place}")) { (label) }
            }
        }
    }
}

fn place_actions(context: &Context<'_>, part: &Part) -> Markup {
    let outer = part.path.rsplit_once('/').map_or("", |(outer, _)| outer);
    let back = pages::of_path(&part.path).map_or("/".to_owned(), |p| format!("/page/{}", p.name));
    let removable =
        matches!(part.spot, Spot::Item(_)) && !matches!(locate(outer), Some(Spot::Documents(_)));
    html! {
        div.actions {
            a href=(format!("/history?path={}", part.path)) { (context.words.word("web-history-here")) }
            a href=(format!("/sheet/{}", part.path)) { (context.words.word("web-sheet")) }
            @if let Some((first, id)) = part.path.split_once('/').filter(|(_, id)| !id.contains('/')) {
                @if SHEETS.contains(&first) {
                    a href=(format!("/files/plan?format=docx&part={first}&id={id}")) download { "DOCX" }
                }
            }
            @if let Some(id) = part.path.strip_prefix("surveys/").filter(|id| !id.contains('/')) {
                a href=(format!("/survey/{id}")) { (context.words.word("web-survey-link")) }
            }
            @if let Some(id) = part.path.strip_prefix("documents/").filter(|id| !id.contains('/')) {
                a href=(format!("/paper/{id}")) { (context.words.word("web-paper")) }
            }
            @if removable {
                form method="post" action="/remove" {
                    input type="hidden" name="path" value=(part.path);
                    input type="hidden" name="back" value=(back);
                    input type="hidden" name="token" value=(context.token);
                    button.quiet.bad { (context.words.word("web-remove")) }
                }
            }
        }
    }
}

/// Leads to the item with this id, wherever it stands.
pub(crate) async fn find(Path(id): Path<String>, reader: Reader) -> Answer {
    for part in pages::parts() {
        let answer = reader.show(part).await?;
        if let Some(path) = find_in(part, answer.get("value").unwrap_or(&Value::Null), &id) {
            return Ok(Redirect::to(&format!("/plan/{path}")).into_response());
        }
    }
    super::missing(reader).await
}

fn find_in(path: &str, value: &Value, id: &str) -> Option<String> {
    match value {
        Value::Object(members) => {
            members.iter().find_map(|(name, inner)| find_in(&format!("{path}/{name}"), inner, id))
        }
        Value::Array(items) => items.iter().find_map(|item| {
            let known = text_at(item, "/id")?;
            let at = format!("{path}/{known}");
            if known == id { Some(at) } else { find_in(&at, item, id) }
        }),
        _ => None,
    }
}

pub(crate) async fn conflicts(reader: Reader) -> Answer {
    let mut draft = reader.draft("/conflicts".to_owned()).await?;
    reader.names(&mut draft).await?;
    let body = about::conflicts(&draft.context);
    let title = draft.context.words.word("web-page-conflicts");
    Ok(finish(&reader, &draft, "conflicts", title, &body))
}

/// The line that says where the last edit is.
pub(crate) async fn state(reader: Reader) -> Answer {
    let status = reader.ask(Request::Status).await?;
    Ok(frame::state(reader.words()?, &status).into_response())
}

/// One thing, or a page of the menu, on a sheet of its own.
pub(crate) async fn sheet(Path(path): Path<String>, reader: Reader) -> Answer {
    let mut draft = reader.draft(format!("/sheet/{path}")).await?;
    let page = pages::find(&path);
    let paths = page.map_or_else(|| vec![path.as_str()], |page| page.parts.to_vec());
    let mut parts = Vec::new();
    for path in paths {
        let asked = Request::Show { path: path.to_owned(), at: Vec::new() };
        match locate(path) {
            Some(spot) if reader.answer(asked).await.is_ok() => {
                parts.push(reader.part(&mut draft, path, spot).await?);
            }
            _ => return super::missing(reader).await,
        }
    }
    let spots: Vec<Spot> = parts.iter().map(|part| part.spot).collect();
    reader.choices(&mut draft, &spots).await?;
    reader.names(&mut draft).await?;
    let period = reader.show("plan/period").await?;
    let period = Period::from_view(period.get("value").unwrap_or(&Value::Null));
    let (files, all) = match parts.first() {
        Some(part) if is_evidence(part) => {
            (reader.files_here().await?, reader.all_evidence().await?)
        }
        _ => (Vec::new(), Value::Null),
    };
    let context = &draft.context;
    let as_of = text_or_empty(&draft.findings, "/as_of").parse().ok();
    let (title, picture) = match (page, parts.first()) {
        (Some(page), _) => (
            context.words.named("web-page", page.name),
            special::of_page(context, page.name, &parts, as_of, &period),
        ),
        (None, Some(part)) => {
            (place_title(context, part), evidence::on_paper(context, &part.value, &all, &files))
        }
        (None, None) => (String::new(), html! {}),
    };
    let school = draft.status.get("school").map(|school| context.words.value(school));
    let body = print::sheet(context, (&school.unwrap_or_default(), &title), &parts, &picture);
    let menu = page.or_else(|| pages::of_path(&path)).map_or("", |page| page.name);
    Ok(finish(&reader, &draft, menu, title, &body))
}

impl Reader {
    /// The approval code of what was signed, and how its approval stands; there is one once somebody has signed.
    async fn code(&self, what: String) -> Option<Value> {
        let ask = |request| self.app.door.ask(Request::Approval(request));
        let mut code = ask(ApprovalRequest::Code { what: what.clone() }).await.ok()?;
        let list = ask(ApprovalRequest::List { what: Some(what) }).await.ok()?;
        let message = text_at(&list, "/subjects/0/message").unwrap_or_default();
        if let Value::Object(members) = &mut code {
            members.insert("message".to_owned(), message.into());
        }
        Some(code)
    }
}

/// A paper as it is signed.
pub(crate) async fn paper(Path(id): Path<String>, reader: Reader) -> Answer {
    let path = format!("documents/{id}");
    let draft = reader.draft(format!("/paper/{id}")).await?;
    let shown = reader.show(&path).await?;
    let value = shown.get("value").unwrap_or(&Value::Null);
    let code = reader.code(path).await;
    let (count, hash) = model::unread(&reader, &format!("documents/{id}")).await?;
    let body = html! {
        (model_view::unread(&draft.context, &format!("documents/{id}"), count, &hash))
        (print::paper(&draft.context, value, code.as_ref()))
    };
    let title = name(draft.context.words, Kind::Paper.schema(), value);
    Ok(finish(&reader, &draft, "documents", title, &body))
}

pub(crate) async fn print(reader: Reader) -> Answer {
    let mut draft = reader.draft("/print".to_owned()).await?;
    let mut groups: Vec<(&str, Vec<Part>)> = Vec::new();
    for page in pages::all() {
        let mut parts = Vec::new();
        // What is sealed is about single people and no part of the plan that is handed out.
        let open = page.parts.iter().filter(|path| !kind_of(path).is_some_and(Kind::is_sealed));
        for path in open {
            if let Some(spot) = locate(path) {
                parts.push(reader.part(&mut draft, path, spot).await?);
            }
        }
        groups.push((page.name, parts));
    }
    let spots: Vec<Spot> = groups.iter().flat_map(|(_, parts)| parts).map(|p| p.spot).collect();
    reader.choices(&mut draft, &spots).await?;
    reader.names(&mut draft).await?;
    let as_of = text_or_empty(&draft.findings, "/as_of").parse().ok();
    let code = reader.code("plan".to_owned()).await;
    let body = print::plan(&draft.context, &groups, as_of, code.as_ref());
    let title = draft.context.words.word("web-page-print");
    Ok(finish(&reader, &draft, "print", title, &body))
}
