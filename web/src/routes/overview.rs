//! The overview, the calendar, the search.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect};
use jospar_locales::words::{flag_at, items_at, text_at, text_or_empty};
use jospar_node::service::Request;
use maud::html;
use serde::Deserialize;
use serde_json::{Value, json};

use super::read::{Draft, finish};
use super::{Answer, Form, Reader, Trouble, plugins};
use crate::pages::parts;
use crate::search::{self, Wanted};
use crate::seen;
use crate::view::discuss::{Open, calls, last_said, own_name};
use crate::view::list::{Due, due_in};
use crate::view::overview as view;

/// How many of the last changes the overview shows.
const LAST_CHANGES: usize = 8;
/// How many things with a day.
const DUE_MAX: usize = 8;
/// How many threads.
const THREADS_MAX: usize = 6;
/// How many changes of others.
const NEWS_MAX: usize = 12;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

impl Reader {
    /// Everything with a day, the nearest first.
    async fn due(&self, draft: &Draft<'_>) -> Result<Vec<Due>, Trouble> {
        let today = text_or_empty(&draft.findings, "/as_of").to_owned();
        let mut due = Vec::new();
        for part in parts() {
            let answer = self.show(part).await?;
            due_in(draft.context.words, part, &answer["value"], &today, &mut due);
        }
        due.sort_by(|a, b| a.day.cmp(&b.day));
        Ok(due)
    }

    /// The newest changes of the whole plan.
    async fn history(&self) -> Result<Value, Trouble> {
        self.ask(Request::History { path: String::new(), limit: seen::CHANGES_MAX }).await
    }

    /// Those of a history by others that were not seen yet; the first time nothing is new.
    fn news(&self, mut history: Value) -> Result<Value, Trouble> {
        let Some(seen) = seen::load(&self.app.folder) else {
            self.mark_seen(&history)?;
            return Ok(json!({"entries": []}));
        };
        if let Some(Value::Array(entries)) = history.get_mut("entries") {
            entries.retain(|entry| {
                !flag_at(entry, "/own") && !seen.contains(text_or_empty(entry, "/change"))
            });
        }
        // What is older counts as seen.
        history["more"] = 0.into();
        Ok(first_of(history, NEWS_MAX))
    }

    fn mark_seen(&self, history: &Value) -> Result<(), Trouble> {
        let changes: BTreeSet<String> = items_at(history, "/entries")
            .filter_map(|entry| text_at(entry, "/change"))
            .map(str::to_owned)
            .collect();
        seen::save(&self.app.folder, &changes).map_err(|error| self.no_file(&error))
    }

    /// Threads that nobody has resolved; those that call the reader first.
    async fn open_threads(&self, draft: &Draft<'_>) -> Result<Vec<Open>, Trouble> {
        let me = own_name(draft.context.words, &draft.status);
        let answer = self.show("comments_threads").await?;
        let mut open: Vec<Open> = items_at(&answer, "/value")
            .filter(|thread| !flag_at(thread, "/resolved"))
            .map(|thread| {
                let on = text_or_empty(thread, "/on");
                let page = crate::pages::of_path(on);
                let named = draft.context.names.get(on).cloned();
                let (path, name) = match (page, named) {
                    (Some(page), None) => (
                        format!("/page/{}", page.name),
                        draft.context.words.named("web-page", page.name),
                    ),
                    (_, named) => (format!("/find/{on}"), named.unwrap_or_else(|| on.to_owned())),
                };
                Open { path, name, said: last_said(thread), mine: calls(thread, &me) }
            })
            .collect();
        open.sort_by_key(|thread| !thread.mine);
        open.truncate(THREADS_MAX);
        Ok(open)
    }
}

/// The first entries of a history, with how many more there are.
fn first_of(mut history: Value, count: usize) -> Value {
    let mut more = history.get("more").and_then(Value::as_u64).unwrap_or(0);
    if let Some(Value::Array(entries)) = history.get_mut("entries") {
        more += entries.len().saturating_sub(count) as u64;
        entries.truncate(count);
    }
    history["more"] = more.into();
    history
}

/// Asks the node for all that the overview shows: the plan is read while the browser starts.
pub(super) async fn warm(reader: &Reader) -> Result<(), Trouble> {
    let mut draft = reader.draft(String::new()).await?;
    reader.names(&mut draft).await?;
    reader.open_threads(&draft).await?;
    reader.history().await?;
    plugins::health(Arc::clone(&reader.app)).await;
    Ok(())
}

pub(crate) async fn overview(reader: Reader) -> Answer {
    let mut draft = reader.draft("/".to_owned()).await?;
    // An auditor's device has this one page of the plan and no other.
    if text_or_empty(&draft.status, "/device/role") == "auditor" {
        return Ok(Redirect::to("/auditor").into_response());
    }
    let health = tokio::spawn(plugins::health(Arc::clone(&reader.app)));
    reader.names(&mut draft).await?;
    let mut due = reader.due(&draft).await?;
    due.truncate(DUE_MAX);
    let history = reader.history().await?;
    let news = reader.news(history.clone())?;
    let history = first_of(history, LAST_CHANGES);
    let threads = reader.open_threads(&draft).await?;
    let health = health.await.ok().flatten();
    let shown = view::Shown {
        due: &due,
        status: &draft.status,
        findings: &draft.findings,
        history: &history,
        news: &news,
        threads: &threads,
        health: health.as_ref(),
    };
    let said = reader.app.said.take();
    let body = html! {
        @if let Some(said) = said { p.call role="status" data-still { (said) } }
        (view::overview(&draft.context, &shown))
    };
    let title = draft.context.words.word("web-page-overview");
    Ok(finish(&reader, &draft, "overview", title, &body))
}

/// What others did was looked at.
pub(crate) async fn seen(reader: Reader, form: Form) -> Answer {
    let history = reader.history().await?;
    reader.mark_seen(&history)?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn calendar(reader: Reader) -> Answer {
    let draft = reader.draft("/calendar".to_owned()).await?;
    let due = reader.due(&draft).await?;
    let body = view::calendar(&draft.context, &due);
    let title = draft.context.words.word("web-page-calendar");
    Ok(finish(&reader, &draft, "calendar", title, &body))
}

pub(crate) async fn search(Query(asked): Query<Asked>, reader: Reader) -> Answer {
    let mut draft = reader.draft("/search".to_owned()).await?;
    let mut hits = Vec::new();
    if let Some(wanted) = Wanted::of(&asked.q) {
        for part in parts() {
            let answer = reader.show(part).await?;
            search::find(draft.context.words, part, &answer["value"], &wanted, &mut hits);
        }
    }
    let count = search::best(&mut hits);
    if hits.iter().any(|hit| hit.name.is_empty()) {
        reader.names(&mut draft).await?;
    }
    let body = view::found(&draft.context, &asked.q, &hits, count);
    let title = draft.context.words.word("web-page-search");
    Ok(finish(&reader, &draft, "search", title, &body).into_response())
}
