//! Live pages: what has changed goes to every open page, which fetches itself anew and is morphed.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use jospar_locales::words::{flag_at, items_at};
use jospar_node::service::Request;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::door::Door;
use crate::server::App;

/// How long to wait before a node that does not answer is asked again.
const RETRY: Duration = Duration::from_secs(2);
/// How often an open page is written to when nothing happens, so that one that is gone is noticed.
const BEAT: Duration = Duration::from_secs(25);
/// Changes that come faster than this make one message.
const TOGETHER: Duration = Duration::from_millis(60);

/// The newest change, by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct News {
    number: u64,
    changed: Vec<String>,
}

impl News {
    /// The number of the newest change.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }
}

/// Waits for the node's changes, again and again, until nobody listens.
pub(crate) async fn listen(door: Door, news: watch::Sender<News>) {
    let mut since = None;
    while !news.is_closed() {
        let answer = match door.ask(Request::Changes { since }).await {
            Ok(answer) => answer,
            Err(_) => {
                tokio::time::sleep(RETRY).await;
                continue;
            }
        };
        let seq = answer.get("seq").and_then(Value::as_u64);
        let mut changed: Vec<String> =
            items_at(&answer, "/changed").filter_map(Value::as_str).map(str::to_owned).collect();
        if flag_at(&answer, "/all") {
            changed.push("all".to_owned());
        }
        since = seq;
        if changed.is_empty() {
            continue;
        }
        news.send_modify(|news| {
            news.number += 1;
            news.changed = changed;
        });
        tokio::time::sleep(TOGETHER).await;
    }
}

/// The stream that an open page listens to: `{"changed": [kind, …]}` for each change.
pub(crate) async fn stream(
    State(app): State<Arc<App>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut news = app.news.clone();
    news.mark_unchanged();
    let first = Event::default().comment("open");
    let events = stream::unfold((news, Some(first)), |(mut news, first)| async move {
        if let Some(first) = first {
            return Some((Ok(first), (news, None)));
        }
        news.changed().await.ok()?;
        let changed = news.borrow_and_update().changed.clone();
        let event = Event::default().data(json!({"changed": changed}).to_string());
        Some((Ok(event), (news, None)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(BEAT))
}
