//! The lease: a counter outside the data folder that tells the living store from a restored or copied one.
//!
//! A device goes on writing with the actors it has only if nobody else can have written with them since. A store cannot
//! know that by itself: a copy of it says the same things. So the store keeps a mark, its incarnation and a counter,
//! and the same mark stands in a small file beside the device key, outside the data folder, with a word for whether the
//! store is open. Only `node::store` uses this; nothing here touches SQLite.
//!
//! # The rule
//!
//! - Opening counts the mark up, first in the store, then in the lease file, which says `open`. Nothing can be written
//!   to the log before both are on disk.
//! - Closing counts the mark up again, first in the store, then in the lease file, which says `closed`.
//! - **The actors go on only if the lease says `closed` with exactly the store's mark.** In every other case the store
//!   begins a new life: a new incarnation, its own actors forgotten, both marks set anew.
//!
//! # Why that is enough
//!
//! Two stores of one incarnation are copies of one another, and a mark that stands in the lease as `closed` was
//! committed by exactly one closing. A store that carries it was copied, if at all, after that closing and before the
//! next opening, when nothing was written: it has everything the living store has, and it *is* the living store, the
//! other one being refused from then on because opening moves the lease away from its mark.
//!
//! | what happened | store | lease | then |
//! |---|---|---|---|
//! | closed and opened again | 7 | 7 closed | goes on |
//! | a copy from before an opening was put back | 5 | 7 closed | new life |
//! | a copy made while open was put back after a clean close | 6 | 7 closed | new life |
//! | a copy made while open was put back after a kill | 6 | 6 open | new life |
//! | killed while open | 6 | 6 open | new life: it looks the same as the row above |
//! | killed while opening, between the two writes | 6 | 5 closed | new life |
//! | killed while closing, between the two writes | 7 | 6 open | new life |
//! | copied to another computer, or the lease was lost | 7 | none | new life |
//!
//! A crash thus costs a new actor in each document that is edited next, some 50 bytes of its version vector. A counter
//! that is only compared at opening cannot do better: the fourth and the fifth row are the same bytes.
//!
//! **What it does not see:** a snapshot of a whole machine that takes the data folder and the key folder back together.
//! Then an actor may be continued twice. That is equivocation, which admission recognises and keeps both sides of.

use std::io;
use std::path::Path;

use jospar_core::ids::Incarnation;
use serde::{Deserialize, Serialize};

use crate::store::folder::replace_file;

/// How a store came to life when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It is the store that was closed last: its actors go on.
    Continued,
    /// It never had a lease.
    First,
    /// The lease says that it was open: the last run ended without closing it, or this is a copy from during that run.
    Unclean,
    /// The lease knows of another mark, or there is no lease: the store was restored or copied.
    Restored,
}

/// Names one moment between two openings or closings of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) incarnation: Incarnation,
    /// Grows by one at each opening and closing; 0 before the first lease.
    pub(crate) counter: u64,
}

/// What the lease file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) mark: Mark,
    pub(crate) closed: bool,
}

impl Life {
    /// True if own actors were forgotten and the incarnation is new.
    #[must_use]
    pub const fn is_new(self) -> bool {
        !matches!(self, Self::Continued)
    }

    /// Compares the store's mark with the lease.
    pub(crate) fn judge(store: Mark, lease: Option<Lease>) -> Self {
        match lease {
            Some(lease) if lease.mark == store && lease.closed => Self::Continued,
            Some(lease) if lease.mark == store => Self::Unclean,
            None if store.counter == 0 => Self::First,
            _ => Self::Restored,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct LeaseFile {
    incarnation: String,
    counter: u64,
    state: State,
}

#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Closed,
}

impl Lease {
    /// Reads the lease file; one that is not there or cannot be understood is no lease.
    ///
    /// # Errors
    /// The file is there and cannot be read: the caller must not go on, for it could not be written either.
    pub(crate) fn load(path: &Path) -> io::Result<Option<Self>> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Self::parse(&bytes))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let file: LeaseFile = serde_json::from_slice(bytes).ok()?;
        let incarnation = file.incarnation.parse().ok()?;
        let mark = Mark { incarnation, counter: file.counter };
        Some(Self { mark, closed: file.state == State::Closed })
    }

    /// Writes the lease file; it is on disk when this returns.
    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        let file = LeaseFile {
            incarnation: self.mark.incarnation.to_string(),
            counter: self.mark.counter,
            state: if self.closed { State::Closed } else { State::Open },
        };
        let mut text = serde_json::to_vec(&file).map_err(io::Error::other)?;
        text.push(b'\n');
        replace_file(path, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn mark(counter: u64) -> Mark {
        Mark { incarnation: Incarnation([7; 16]), counter }
    }

    #[test]
    fn f13_actors_go_on_only_after_a_clean_close_of_this_very_store() {
        let lease = |counter, closed| Some(Lease { mark: mark(counter), closed });
        for (store, lease, life) in [
            (mark(7), lease(7, true), Life::Continued),
            (mark(5), lease(7, true), Life::Restored),
            (mark(6), lease(7, true), Life::Restored),
            (mark(6), lease(6, false), Life::Unclean),
            (mark(6), lease(5, true), Life::Restored),
            (mark(7), lease(6, false), Life::Restored),
            (mark(7), None, Life::Restored),
            (mark(0), None, Life::First),
            (
                Mark { incarnation: Incarnation([8; 16]), counter: 7 },
                lease(7, true),
                Life::Restored,
            ),
        ] {
            assert_eq!(Life::judge(store, lease), life, "{store:?} {lease:?}");
        }
    }

    #[test]
    fn a_saved_lease_is_loaded_and_rubbish_is_no_lease() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("lease");
        assert_eq!(Lease::load(&path).expect("loads"), None);
        let lease = Lease { mark: mark(3), closed: true };
        lease.save(&path).expect("saves");
        assert_eq!(Lease::load(&path).expect("loads"), Some(lease));
        std::fs::write(&path, b"\xff{").expect("writes");
        assert_eq!(Lease::load(&path).expect("loads"), None);
    }
}
