//! What happened to the plan: every change, and what is different between two days.

use axum::extract::Query;
use jospar_locales::words::items_at;
use jospar_node::service::{Fault, FaultKind, Request};
use maud::html;
use serde::Deserialize;
use serde_json::{Value, json};

use super::read::finish;
use super::{Answer, Reader, Trouble};
use crate::schema::{Spot, locate};
use crate::view::about;
use crate::view::compare::{self, Days};
use crate::view::context::is_inside;

/// How many changes a history shows.
const HISTORY_MAX: usize = 100;

/// What a history is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// The part that it is about; empty for the whole plan.
    #[serde(default)]
    path: String,
    /// The first day of a comparison.
    #[serde(default)]
    from: String,
    /// The last day of a comparison; empty for now.
    #[serde(default)]
    to: String,
}

impl Asked {
    fn here(&self) -> String {
        let mut fields: Vec<(&str, &str)> = Vec::new();
        for (name, value) in [("path", &self.path), ("from", &self.from), ("to", &self.to)] {
            if !value.is_empty() {
                fields.push((name, value));
            }
        }
        match serde_urlencoded::to_string(&fields) {
            Ok(query) if !query.is_empty() => format!("/history?{query}"),
            _ => "/history".to_owned(),
        }
    }
}

pub(crate) async fn history(Query(asked): Query<Asked>, reader: Reader) -> Answer {
    let mut draft = reader.draft(asked.here()).await?;
    reader.names(&mut draft).await?;
    let days = Days { path: &asked.path, from: &asked.from, to: &asked.to };
    let compared = match asked.from.is_empty() {
        true => None,
        false => Some(reader.compared(&asked).await?),
    };
    if let Some(answer) = &compared {
        compare::collect_names(&mut draft.context, answer);
    }
    let rows = match compared {
        Some(_) => Value::Null,
        None => reader.history_of(&asked.path).await?,
    };
    let context = &draft.context;
    let title = match asked.path.as_str() {
        "" => context.words.word("web-page-history"),
        path => context.words.with("web-history-of", "place", &about::place(context, path)),
    };
    let body = html! {
        (compare::form(context, &days))
        @match &compared {
            Some(answer) => (compare::shown(context, answer, &days)),
            None => (about::history_rows(context, &rows, true)),
        }
    };
    Ok(finish(&reader, &draft, "history", title, &body))
}

impl Reader {
    async fn history_of(&self, wanted: &str) -> Result<Value, Trouble> {
        // A kind with many documents has no place of its own: everything of it is filtered out of the whole.
        let many = matches!(locate(wanted), Some(Spot::Documents(_)));
        let path = if many { String::new() } else { wanted.to_owned() };
        let mut history = self.ask(Request::History { path, limit: HISTORY_MAX }).await?;
        if many && let Some(Value::Array(entries)) = history.get_mut("entries") {
            let inside = |path: &Value| path.as_str().is_some_and(|p| is_inside(p, wanted));
            entries.retain(|entry| items_at(entry, "/paths").any(inside));
        }
        Ok(history)
    }

    async fn compared(&self, asked: &Asked) -> Result<Value, Trouble> {
        let span = self.words()?.span(&asked.from, Some(&asked.to));
        let (from_ms, to_ms) = span.map_err(|day| {
            let values = json!({"value": day});
            self.trouble(&Fault::new(FaultKind::Usage, "error-value-date", values))
        })?;
        self.ask(Request::Compare { path: asked.path.clone(), from_ms, to_ms }).await
    }
}
