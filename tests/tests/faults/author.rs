//! A device that writes one document change by change, below the replica: what the store's own tests append.

use automerge::{ActorId as Actor, AutoCommit, ROOT, transaction::Transactable as _};
use ed25519_dalek::SigningKey;
use jospar_core::ids::{ActorId, DeviceId, DocumentId, PolicyHash, WorkspaceId};
use jospar_core::log::{Envelope, Tip, VersionVector, actor_id};
use jospar_core::storage::Storage as _;
use jospar_node::store::Store;

pub(crate) const DOCUMENT: DocumentId = DocumentId([1; 16]);
/// Each transaction writes the same change to both.
pub(crate) const WORKSPACES: [WorkspaceId; 2] = [WorkspaceId([1; 32]), WorkspaceId([2; 32])];

pub(crate) struct Author {
    key: SigningKey,
    nonce: [u8; 16],
    pub(crate) actor: ActorId,
    doc: AutoCommit,
    previous: Option<jospar_core::ids::ChangeHash>,
    pub(crate) seq: u64,
}

impl Author {
    pub(crate) fn new(nonce: [u8; 16]) -> Self {
        let key = SigningKey::from_bytes(&[3; 32]);
        let actor = actor_id(&DeviceId(key.verifying_key().to_bytes()), &DOCUMENT, &nonce);
        let doc = AutoCommit::new().with_actor(Actor::from(actor.0));
        Self { key, nonce, actor, doc, previous: None, seq: 0 }
    }

    /// Writes a change with `length` letters into both workspaces, in one transaction.
    pub(crate) fn append(&mut self, store: &mut Store, length: usize) -> Result<(), String> {
        self.seq += 1;
        self.doc.put(ROOT, "text", format!("{}{}", self.seq, "a".repeat(length))).unwrap();
        self.doc.commit();
        let change = self.doc.get_last_local_change().unwrap().raw_bytes().to_vec();
        let tx = store.begin().map_err(|error| error.to_string())?;
        let mut tip = None;
        for id in WORKSPACES {
            let changes = vec![change.clone()];
            let head = PolicyHash([4; 32]);
            let envelope =
                Envelope::sign(&self.key, &id, DOCUMENT, head, &self.nonce, changes).unwrap();
            let mut workspace = tx.create_workspace(id).map_err(|error| error.to_string())?;
            let mut vector: VersionVector =
                workspace.vector(DOCUMENT).map_err(|error| error.to_string())?;
            let hash = envelope.changes.last().unwrap().header.hash;
            vector.advance(self.actor, self.previous, Tip { seq: self.seq, hash });
            tip = Some(hash);
            workspace.append(None, &envelope.into(), &vector).map_err(|error| error.to_string())?;
        }
        tx.commit().map_err(|error| error.to_string())?;
        self.previous = tip;
        Ok(())
    }
}

/// The vector of both workspaces, which must be the same.
pub(crate) fn vector(store: &mut Store) -> VersionVector {
    let tx = store.begin().unwrap();
    let known = tx.workspaces().unwrap();
    assert!(known.is_empty() || known == WORKSPACES, "half a transaction");
    if known.is_empty() {
        return VersionVector::default();
    }
    let [first, second] = WORKSPACES.map(|id| tx.workspace(id).unwrap());
    let vector = first.vector(DOCUMENT).unwrap();
    assert_eq!(vector, second.vector(DOCUMENT).unwrap(), "half a transaction");
    vector
}
