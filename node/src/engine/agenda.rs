//! Which replicas a turn has to ask: those that something was given to, and those whose time has come. A server keeps
//! thousands; most of them have nothing to do in a turn.

use std::collections::{BTreeMap, BTreeSet};

use jospar_core::ids::WorkspaceId;
use jospar_core::time::Timestamp;

/// What waits to be asked, and when.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    touched: BTreeSet<WorkspaceId>,
    /// When each replica wants to be woken; the two hold the same pairs.
    by_time: BTreeSet<(Timestamp, WorkspaceId)>,
    by_workspace: BTreeMap<WorkspaceId, Timestamp>,
}

impl Agenda {
    /// Notes that a replica was given something in this turn.
    pub(super) fn touch(&mut self, id: WorkspaceId) {
        self.touched.insert(id);
    }

    /// The replicas to ask now, each once, in the order of their ids. They are off the agenda until
    /// [`Agenda::wake_at`] puts them back. Both ends are looked at: after a clock was put back, the last may be due.
    pub(super) fn take_due(&mut self, is_due: impl Fn(Timestamp) -> bool) -> BTreeSet<WorkspaceId> {
        let mut due = std::mem::take(&mut self.touched);
        loop {
            let ends = [self.by_time.first(), self.by_time.last()];
            let Some((at, id)) = ends.into_iter().flatten().find(|(at, _)| is_due(*at)).copied()
            else {
                return due;
            };
            self.by_time.remove(&(at, id));
            self.by_workspace.remove(&id);
            due.insert(id);
        }
    }

    /// Notes when a replica wants to be woken next, in place of what it wanted before.
    pub(super) fn wake_at(&mut self, id: WorkspaceId, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.by_workspace.insert(id, at),
            None => self.by_workspace.remove(&id),
        };
        if let Some(before) = before {
            self.by_time.remove(&(before, id));
        }
        self.by_time.extend(at.map(|at| (at, id)));
    }

    /// When the next replica wants to be woken.
    pub(super) fn next_timeout(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Forgets all: the replicas are read anew.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: WorkspaceId = WorkspaceId([1; 32]);
    const B: WorkspaceId = WorkspaceId([2; 32]);

    fn due(agenda: &mut Agenda, now: i64) -> Vec<WorkspaceId> {
        agenda.take_due(|at| at.0 <= now).into_iter().collect()
    }

    #[test]
    fn only_what_was_touched_or_is_due_is_asked_and_once() {
        let mut agenda = Agenda::default();
        assert_eq!((due(&mut agenda, 9), agenda.next_timeout()), (vec![], None));
        agenda.wake_at(A, Some(Timestamp(5)));
        agenda.wake_at(B, Some(Timestamp(7)));
        assert_eq!(agenda.next_timeout(), Some(Timestamp(5)));
        assert_eq!(due(&mut agenda, 4), []);
        agenda.touch(B);
        agenda.touch(B);
        assert_eq!(due(&mut agenda, 5), [A, B]);
        assert_eq!(agenda.next_timeout(), Some(Timestamp(7)), "B still wants to be woken");
        assert_eq!(due(&mut agenda, 7), [B]);
        assert_eq!(due(&mut agenda, 7), []);
    }

    #[test]
    fn after_a_clock_was_put_back_the_far_end_is_due() {
        let mut agenda = Agenda::default();
        agenda.wake_at(A, Some(Timestamp(7)));
        agenda.wake_at(B, Some(Timestamp(900)));
        let due = agenda.take_due(|at| at.0 <= 5 || at.0 > 100);
        assert_eq!((due, agenda.next_timeout()), (BTreeSet::from([B]), Some(Timestamp(7))));
    }

    #[test]
    fn a_replica_has_one_time_to_be_woken_at() {
        let mut agenda = Agenda::default();
        agenda.wake_at(A, Some(Timestamp(5)));
        agenda.wake_at(A, Some(Timestamp(8)));
        assert_eq!((due(&mut agenda, 6), agenda.next_timeout()), (vec![], Some(Timestamp(8))));
        agenda.wake_at(A, None);
        assert_eq!((due(&mut agenda, 9), agenda.next_timeout()), (vec![], None));
        agenda.wake_at(A, Some(Timestamp(1)));
        agenda.touch(B);
        agenda.clear();
        assert_eq!((due(&mut agenda, 9), agenda.next_timeout()), (vec![], None));
    }
}
