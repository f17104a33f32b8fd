//! What follows a turn for sealed documents: drops are carried through to the files and the seal ring, and other devices
//! are told this one's seal key, its receipts and the keys that they ask for.

use std::path::Path;

use jospar_core::ids::WorkspaceId;
use jospar_core::replica::{ApplyError, LoadError, Replica, Station};
use jospar_core::storage::StorageError;

use super::{After, Engine, State};
use crate::lease::Life;
use crate::{clock, rings};

impl Engine {
    /// As [`Engine::settle`] at the start: a run that was not ended may have dropped rows and not gone on to the files.
    pub(super) fn settle_anew(&mut self) {
        let ended = self.store.life() == Some(Life::Continued);
        let mut replicas = self.state.replicas.values();
        let drops = replicas.any(|replica| replica.policy().now().dropped().next().is_some());
        self.state.forgotten = drops && !ended;
        self.settle();
    }

    /// Does what the last turn left to do for sealed documents.
    pub(super) fn settle(&mut self) {
        // A server has no ring, and thousands of replicas.
        let mine = self.state.rings.iter().flat_map(|_| &self.state.replicas);
        let due = mine.filter(|(_, replica)| replica.seals_due());
        let due: Vec<WorkspaceId> = due.map(|(id, _)| *id).collect();
        let settled = due
            .iter()
            .try_for_each(|id| self.follow_drops(*id))
            .and_then(|()| self.purge())
            .and_then(|()| due.iter().try_for_each(|id| self.tend(*id)));
        match settled {
            Ok(()) => {}
            Err(StorageError::Failed(reason)) => tracing::warn!(reason, "seals must wait"),
            Err(error) => {
                tracing::error!(%error, "the store failed; this turn is undone");
                self.start_over();
            }
        }
    }

    /// Takes the bytes of what was dropped out of the store's files. A server, whose file may be large and which has no
    /// keys, trusts that rows were overwritten where they stood.
    fn purge(&mut self) -> Result<(), StorageError> {
        if self.state.forgotten {
            self.store.purge(self.state.identity.station == Station::Device)?;
            self.state.forgotten = false;
        }
        Ok(())
    }

    /// Puts a ring in place that opens nothing of what was dropped. The receipts follow once its bytes are gone, too.
    fn follow_drops(&mut self, id: WorkspaceId) -> Result<(), StorageError> {
        let moment = clock::moment().map_err(|error| StorageError::Failed(error.to_string()))?;
        let Self { store, state, .. } = self;
        let Some(replica) = state.replicas.get_mut(&id) else { return Ok(()) };
        let Some(key) = &state.rings else { return Ok(()) };
        let transaction = store.begin()?;
        let storage = transaction.workspace(id)?;
        let next = replica.next_seals(&storage, moment.bytes("seal secret"))?;
        transaction.commit()?;
        let Some(next) = next else { return Ok(()) };
        rings::replace(&rings::path(key, &id), &next)
            .map_err(|error| StorageError::Failed(error.to_string()))?;
        replica.take_seals(next);
        state.forgotten = true;
        Ok(())
    }

    fn tend(&mut self, id: WorkspaceId) -> Result<(), StorageError> {
        let moment = clock::moment().map_err(|error| StorageError::Failed(error.to_string()))?;
        let Self { store, state, .. } = self;
        let Some(replica) = state.replicas.get_mut(&id) else { return Ok(()) };
        state.agenda.touch(id);
        let mut after = After::default();
        let transaction = store.begin()?;
        let mut storage = transaction.workspace(id)?;
        transaction.mark()?;
        let mark = replica.mark();
        match replica.tend_seals(&mut storage, &moment) {
            Ok(()) => transaction.keep()?,
            Err(ApplyError::Storage(error) | ApplyError::Load(LoadError::Storage(error))) => {
                return Err(error);
            }
            Err(error) => {
                tracing::warn!(%error, "seals could not be tended");
                transaction.undo()?;
                replica.read_anew(&storage, mark)?;
            }
        }
        state.flush(&transaction, &moment, &mut after)?;
        transaction.commit()?;
        state.carry_out(after.effects, after.events);
        Ok(())
    }
}

impl State {
    /// Gives a device's replica its seal ring. With a damaged one sealed documents stay closed.
    pub(super) fn open_ring(&self, id: WorkspaceId, replica: &mut Replica) {
        let Some(key) = &self.rings else { return };
        match open_ring(key, id) {
            Ok(seals) => replica.take_seals(seals),
            Err(error) => tracing::error!(%error, "the seal ring cannot be used"),
        }
    }
}

fn open_ring(key: &Path, id: WorkspaceId) -> std::io::Result<jospar_core::replica::Seals> {
    let moment = clock::moment().map_err(std::io::Error::other)?;
    rings::open(&rings::path(key, &id), moment.bytes("seal secret"))
}
