//! What has changed since somebody last looked: a page waits for the answer instead of asking again and again.

use std::collections::VecDeque;
use std::time::Duration;

use jospar_core::plan::Kind;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::answer::Service;
use super::fault::Fault;
use crate::handle::Event;

/// How many happenings are remembered; whoever asks for older ones is told to look at everything.
const HAPPENINGS_MAX: usize = 256;
/// How long an answer waits for something to happen.
const WAIT: Duration = Duration::from_secs(20);

/// What happened to whom, in the words of an answer: the name of a document's kind, or one of these three.
const DEVICES: &str = "devices";
const ENTRY: &str = "entry";
const PRESENCE: &str = "presence";

/// The last happenings, numbered from 1.
#[derive(Debug, Default)]
pub(super) struct Happenings {
    last: u64,
    recent: VecDeque<(u64, &'static str)>,
}

impl Happenings {
    fn note(&mut self, what: &'static str) {
        self.last += 1;
        self.recent.retain(|(_, known)| *known != what);
        self.recent.push_back((self.last, what));
        if self.recent.len() > HAPPENINGS_MAX {
            self.recent.pop_front();
        }
    }

    /// What happened after `since`, each once; `all` if a listener missed events, or `since` is of another node.
    fn after(&self, since: u64) -> Value {
        let what: Vec<&str> = self
            .recent
            .iter()
            .filter(|(number, _)| *number > since)
            .map(|(_, what)| *what)
            .collect();
        json!({"seq": self.last, "all": since > self.last || what.contains(&ALL), "changed": what})
    }
}

const ALL: &str = "all";

/// Writes an event down for those who wait.
pub(super) fn note(happenings: &watch::Sender<Happenings>, event: &Event) {
    let what = match event {
        Event::Published(_, document) => match Kind::from_byte(document.kind()) {
            Some(kind) => kind.name(),
            None => return,
        },
        Event::PolicyChanged(_)
        | Event::JoinRequested(..)
        | Event::PeerCame(..)
        | Event::PeerWent(..)
        | Event::Noted(..) => DEVICES,
        Event::PresenceChanged(_) => PRESENCE,
        Event::WorkspaceOpened(_)
        | Event::EntryDone
        | Event::EntryRefused(_)
        | Event::EntryWaiting => ENTRY,
    };
    happenings.send_modify(|happenings| happenings.note(what));
}

/// Writes down that events were missed.
pub(super) fn note_all(happenings: &watch::Sender<Happenings>) {
    happenings.send_modify(|happenings| happenings.note(ALL));
}

impl Service {
    /// Answers [`super::Request::Changes`].
    pub(super) async fn changes(&self, since: Option<u64>) -> Result<Value, Fault> {
        let mut happenings = self.happenings.subscribe();
        let Some(since) = since else {
            let last = happenings.borrow().last;
            return Ok(json!({"seq": last, "all": false, "changed": []}));
        };
        let news = happenings.wait_for(|happenings| happenings.last != since);
        // No news within the time is an answer, too.
        if let Ok(Ok(news)) = tokio::time::timeout(WAIT, news).await {
            return Ok(news.after(since));
        }
        Ok(json!({"seq": since, "all": false, "changed": []}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_is_told_once_what_happened_since() {
        let mut happenings = Happenings::default();
        for what in ["kpis", "risks", "kpis"] {
            happenings.note(what);
        }
        let changed = json!(["risks", "kpis"]);
        assert_eq!(happenings.after(0), json!({"seq": 3, "all": false, "changed": changed}));
        assert_eq!(happenings.after(2)["changed"], json!(["kpis"]));
        assert_eq!(happenings.after(3)["changed"], json!([]));
        assert_eq!(happenings.after(9)["all"], true);
        happenings.note(ALL);
        assert_eq!(happenings.after(3)["all"], true);
    }
}
