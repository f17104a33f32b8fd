//! Answers that are kept for a moment: a page asks for much of the plan, and little of it changes from page to page.
//!
//! An answer counts until anything changes: the node says so (`live`), or a request of this server that may change
//! something has ended. It never counts for longer than [`TIME`].

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use jospar_node::service::{Request, YearRequest};
use serde_json::Value;

/// How long an answer counts at most: a new day changes what is late.
const TIME: Duration = Duration::from_secs(30);
/// Answers that are kept at once.
const ANSWERS_MAX: usize = 200;

/// What an answer was given at.
type Moment = (u64, u64);

#[derive(Debug, Default)]
struct Answers {
    moment: Moment,
    by_request: HashMap<String, (Instant, Value)>,
}

/// The answers that are kept.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    changes: AtomicU64,
    answers: Mutex<Answers>,
}

/// The name of a request whose answer depends on the plan alone; none for all others.
pub(crate) fn name_of(request: &Request) -> Option<String> {
    let pure = matches!(
        request,
        Request::Show { .. }
            | Request::Lint { .. }
            | Request::Conflicts
            | Request::History { .. }
            | Request::Compare { .. }
            | Request::Years(YearRequest::List | YearRequest::Show { .. })
    );
    pure.then(|| serde_json::to_string(request).ok()).flatten()
}

impl Kept {
    /// A request that may have changed something has ended.
    pub(crate) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// Now, as far as answers are concerned; `news` is the number of the node's newest change.
    pub(crate) fn moment(&self, news: u64) -> Moment {
        (news, self.changes.load(Ordering::SeqCst))
    }

    /// The answer that was given to this request since anything changed.
    pub(crate) fn find(&self, moment: Moment, name: &str) -> Option<Value> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.moment != moment {
            return None;
        }
        let (since, answer) = answers.by_request.get(name)?;
        (since.elapsed() < TIME).then(|| answer.clone())
    }

    /// Keeps an answer to a request that was made at `moment`, if nothing has changed since.
    pub(crate) fn keep(&self, moment: Moment, now: Moment, name: String, answer: &Value) {
        if moment != now {
            return;
        }
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.moment != moment || answers.by_request.len() >= ANSWERS_MAX {
            *answers = Answers { moment, by_request: HashMap::new() };
        }
        answers.by_request.insert(name, (Instant::now(), answer.clone()));
    }
}

/// How long a file counts, and how many bytes of files are kept: a page asks for its pictures whenever it is shown.
const FILE_TIME: Duration = Duration::from_secs(300);
const FILES_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Files that were shown lately, by hash. Their content never changes; a file that was dropped is forgotten in time.
#[derive(Debug, Default)]
pub(crate) struct Files(Mutex<HashMap<String, (Instant, Bytes)>>);

impl Files {
    /// The file of this hash.
    pub(crate) fn find(&self, hash: &str) -> Option<Bytes> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, (since, _)| since.elapsed() < FILE_TIME);
        files.get(hash).map(|(_, bytes)| bytes.clone())
    }

    /// Keeps a file; the oldest make room for it.
    pub(crate) fn keep(&self, hash: String, bytes: Bytes) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(hash, (Instant::now(), bytes));
        while files.values().map(|(_, bytes)| bytes.len()).sum::<usize>() > FILES_BYTES_MAX {
            let oldest = files.iter().min_by_key(|(_, (since, _))| *since);
            let Some(oldest) = oldest.map(|(hash, _)| hash.clone()) else { return };
            files.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_counts_until_anything_changes() {
        let kept = Kept::default();
        let name = name_of(&Request::Conflicts).unwrap();
        let first = kept.moment(1);
        kept.keep(first, kept.moment(1), name.clone(), &json!(1));
        assert_eq!(kept.find(kept.moment(1), &name), Some(json!(1)));
        // The node said that something changed.
        assert_eq!(kept.find(kept.moment(2), &name), None);
        // A request of this server ended.
        kept.changed();
        assert_eq!(kept.find(kept.moment(1), &name), None);
        // What was asked before a change is not kept behind it.
        kept.keep(first, kept.moment(1), name.clone(), &json!(2));
        assert_eq!(kept.find(kept.moment(1), &name), None);
    }

    #[test]
    fn only_what_depends_on_the_plan_alone_is_kept() {
        assert!(name_of(&Request::Status).is_none() && name_of(&Request::Devices).is_none());
        assert!(name_of(&Request::Undo { count: 1 }).is_none());
        let show = |path: &str| name_of(&Request::Show { path: path.into(), at: Vec::new() });
        assert_ne!(show("risks"), show("kpis"));
    }

    #[test]
    fn files_are_bounded_and_the_oldest_goes_first() {
        let files = Files::default();
        let third = Bytes::from(vec![0; FILES_BYTES_MAX / 3]);
        for name in ["a", "b", "c", "d"] {
            files.keep(name.to_owned(), third.clone());
        }
        assert!(files.find("a").is_none() && files.find("d").is_some());
        files.keep("large".to_owned(), Bytes::from(vec![0; FILES_BYTES_MAX + 1]));
        assert!(files.find("large").is_none());
    }

    #[test]
    fn answers_are_bounded() {
        let kept = Kept::default();
        let moment = kept.moment(0);
        for number in 0..=ANSWERS_MAX {
            kept.keep(moment, moment, number.to_string(), &json!(number));
        }
        assert!(kept.answers.lock().unwrap().by_request.len() <= ANSWERS_MAX);
    }
}
