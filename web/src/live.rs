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

/// Who is here, as the node's last answer said.
pub(crate) type Company = Value;

/// What the node says of who is here, in the words of its changes.
const PRESENCE: &str = "presence";

/// Waits for the node's changes, again and again, until nobody listens.
pub(crate) async fn listen(door: Door, news: watch::Sender<News>, company: watch::Sender<Company>) {
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
        let moved = changed.iter().any(|what| what == PRESENCE);
        changed.retain(|what| what != PRESENCE);
        // In a text that has changed the carets stand elsewhere.
        if moved || (!changed.is_empty() && !is_alone(&company.borrow())) {
            look_around(&door, &company).await;
        }
        if changed.is_empty() {
            if moved {
                tokio::time::sleep(TOGETHER).await;
            }
            continue;
        }
        news.send_modify(|news| {
            news.number += 1;
            news.changed = changed;
        });
        tokio::time::sleep(TOGETHER).await;
    }
}

/// True if nobody is here but the person of one page.
fn is_alone(company: &Company) -> bool {
    company.as_array().is_none_or(|people| people.len() < 2)
}

/// Asks the node who is here and where; a node that does not say so is asked again with the next change.
async fn look_around(door: &Door, company: &watch::Sender<Company>) {
    let Ok(mut answer) = door.ask(Request::Company).await else { return };
    let people = answer.get_mut("people").map(Value::take).unwrap_or_default();
    company.send_if_modified(|before| {
        let changed = *before != people;
        *before = people;
        changed
    });
}

/// The stream that an open page listens to: `{"changed": [kind, …]}` for each change, and who is here as events `company`:
/// `[{device, slot, own, name, page, caret}]`.
pub(crate) async fn stream(
    State(app): State<Arc<App>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (mut news, mut company) = (app.news.clone(), app.company.clone());
    news.mark_unchanged();
    // Who is here already is told at once.
    company.mark_changed();
    let first = Event::default().comment("open");
    let events =
        stream::unfold((news, company, Some(first)), |(mut news, mut company, first)| async {
            if let Some(first) = first {
                return Some((Ok(first), (news, company, None)));
            }
            let event = tokio::select! {
                changed = news.changed() => {
                    changed.ok()?;
                    let changed = news.borrow_and_update().changed.clone();
                    Event::default().data(json!({"changed": changed}).to_string())
                }
                changed = company.changed() => {
                    changed.ok()?;
                    let people = company.borrow_and_update().clone();
                    Event::default().event("company").data(people.to_string())
                }
            };
            Some((Ok(event), (news, company, None)))
        });
    Sse::new(events).keep_alive(KeepAlive::new().interval(BEAT))
}
