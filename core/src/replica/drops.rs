//! Dropping documents: the entry, forgetting, and who has done it.

use super::{Effect, MemberError, Replica};
use crate::ids::{DeviceId, DocumentId, PolicyHash};
use crate::policy::{Body, DROP_REASON_BYTES_MAX};
use crate::protocol::Phase;
use crate::storage::{Storage, StorageError};

/// How far the members' devices have followed a drop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropStatus {
    /// The document.
    pub document: DocumentId,
    /// Why it was dropped.
    pub reason: String,
    /// The devices that say in their own, signed record that nothing of it is left.
    pub done: Vec<DeviceId>,
    /// The devices that have not said so.
    pub missing: Vec<DeviceId>,
}

impl Replica {
    /// Drops a document for good, here and on every replica that hears of it.
    ///
    /// # Errors
    /// [`MemberError::NotDirector`], [`MemberError::Reason`].
    pub fn drop_document(
        &mut self,
        storage: &mut dyn Storage,
        document: DocumentId,
        reason: &str,
    ) -> Result<(), MemberError> {
        if reason.trim().is_empty() || reason.len() > DROP_REASON_BYTES_MAX {
            return Err(MemberError::Reason);
        }
        self.append_policy(storage, Body::DropDocument { document, reason: reason.to_owned() })
    }

    /// Forgets what was dropped: rows, caches, what waits, what is in memory. `new` are the entries that just came.
    pub(super) fn forget_dropped(
        &mut self,
        storage: &mut dyn Storage,
        new: &[PolicyHash],
    ) -> Result<(), StorageError> {
        let here = |id: &DocumentId| self.documents.contains_key(id);
        let dropped: Vec<DocumentId> = self
            .rights()
            .dropped()
            .filter(|(id, dropped)| here(id) || new.contains(&dropped.dropped_by))
            .map(|(id, _)| *id)
            .collect();
        for id in &dropped {
            storage.forget_document(*id)?;
            self.documents.remove(id);
            self.loaded.remove(id);
            self.seal_states.remove(id);
            self.effects.push(Effect::Forgotten(*id));
        }
        if !dropped.is_empty() {
            // The digest is another one: peers hear it although nothing was stored.
            for session in self.sessions.values_mut().filter(|s| s.phase == Phase::Live) {
                session.ack_due = session.ack_due.or(Some(0));
            }
        }
        Ok(())
    }

    /// Every drop with the devices that have followed it.
    ///
    /// # Errors
    /// [`StorageError`] if the store fails.
    pub fn drops(&mut self, storage: &mut dyn Storage) -> Result<Vec<DropStatus>, StorageError> {
        let devices: Vec<DeviceId> = self.rights().members().map(|(device, _)| *device).collect();
        let mut drops: Vec<DropStatus> = self
            .rights()
            .dropped()
            .map(|(document, dropped)| DropStatus {
                document: *document,
                reason: dropped.reason.clone(),
                done: Vec::new(),
                missing: Vec::new(),
            })
            .collect();
        if drops.is_empty() {
            return Ok(drops);
        }
        for device in devices {
            let record = self.device_record(storage, device)?;
            for drop in &mut drops {
                let done = record.dropped.contains(&drop.document.to_string());
                if done { drop.done.push(device) } else { drop.missing.push(device) }
            }
        }
        Ok(drops)
    }
}
