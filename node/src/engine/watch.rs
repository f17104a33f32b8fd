//! Watchers: whoever wants to see a document whenever it has changed.

use jospar_core::ids::{DocumentId, WorkspaceId};
use jospar_core::replica::{Effect, Moment};
use jospar_core::storage::StorageError;

use super::{After, State, find_replica};
use crate::handle::Turn;
use crate::store::Transaction;

/// Reads what a watcher wants to see, and gives what tells the watcher; `None` once nobody listens.
pub(crate) type Show = Box<dyn FnMut(&mut Turn<'_>) -> Result<Option<Tell>, StorageError> + Send>;
pub(crate) type Tell = Box<dyn FnOnce() + Send>;

/// Somebody who wants to see a document whenever it has changed.
pub(crate) struct Watcher {
    pub(crate) workspace: Option<WorkspaceId>,
    pub(crate) document: DocumentId,
    pub(crate) show: Show,
}

impl State {
    pub(super) fn on_watch(
        &mut self,
        transaction: &Transaction<'_>,
        moment: &Moment,
        mut watcher: Watcher,
    ) -> Result<(), StorageError> {
        let Some((id, replica)) = find_replica(&mut self.replicas, watcher.workspace) else {
            return Ok(());
        };
        self.agenda.touch(id);
        let mut storage = transaction.workspace(id)?;
        let mut turn = Turn { replica, storage: &mut storage, moment: *moment };
        if let Some(tell) = (watcher.show)(&mut turn)? {
            tell();
            self.watchers.push(watcher);
        }
        Ok(())
    }
}

/// Shows every watcher what has changed, after the commit: what a person sees is kept.
pub(super) fn show(
    watchers: &mut Vec<Watcher>,
    workspace: WorkspaceId,
    effects: &[Effect],
    turn: &mut Turn<'_>,
    after: &mut After,
) -> Result<(), StorageError> {
    let changed = |watcher: &Watcher| {
        watcher.workspace.is_none_or(|id| id == workspace)
            && effects.contains(&Effect::Published(watcher.document))
    };
    let mut index = 0;
    while let Some(watcher) = watchers.get_mut(index) {
        if changed(watcher) {
            match (watcher.show)(turn)? {
                Some(tell) => after.shown.push(tell),
                None => {
                    watchers.swap_remove(index);
                    continue;
                }
            }
        }
        index += 1;
    }
    Ok(())
}
