//! Texts that were read last: an edit of one piece reads none of the others again.
//!
//! Reading a text walks all its operations in automerge, also those of deleted letters. What is kept here is what
//! automerge would give: an edit keeps what it wrote ([`super::pieces`]), a change of others drops the texts that it
//! touches.

use std::cell::RefCell;
use std::collections::HashMap;

use automerge::legacy::ObjectId;
use automerge::{Change, ObjId};

/// The most bytes of texts that one document keeps; beyond it all are dropped.
const TEXTS_BYTES_MAX: usize = 512 * 1024;
/// The most operations of others' changes that are looked at one by one; for more, all texts are dropped.
const LOOKED_AT_MAX: usize = 64;

#[derive(Debug, Clone, Default)]
pub(super) struct Texts(RefCell<Kept>);

#[derive(Debug, Clone, Default)]
struct Kept {
    texts: HashMap<ObjId, String>,
    bytes: usize,
}

impl Texts {
    /// The text of an object, by `read` if it is not here.
    pub(super) fn get(&self, object: &ObjId, read: impl FnOnce() -> String) -> String {
        if let Some(text) = self.0.borrow().texts.get(object) {
            return text.clone();
        }
        let text = read();
        self.set(object.clone(), text.clone());
        text
    }

    /// Keeps what an object's text is now.
    pub(super) fn set(&self, object: ObjId, text: String) {
        let mut kept = self.0.borrow_mut();
        kept.bytes += text.len();
        if let Some(before) = kept.texts.insert(object, text) {
            kept.bytes -= before.len();
        }
        if kept.bytes > TEXTS_BYTES_MAX {
            *kept = Kept::default();
        }
    }

    /// Drops everything.
    pub(super) fn clear(&self) {
        *self.0.borrow_mut() = Kept::default();
    }

    /// Drops the texts that these changes touch.
    pub(super) fn forget_touched(&self, changes: &[Change]) {
        if self.0.borrow().texts.is_empty() {
            return;
        }
        if changes.iter().map(Change::len).sum::<usize>() > LOOKED_AT_MAX {
            return self.clear();
        }
        let operations = changes.iter().flat_map(|change| change.decode().operations);
        let touched: Vec<ObjectId> = operations.map(|operation| operation.obj).collect();
        let mut kept = self.0.borrow_mut();
        let Kept { texts, bytes } = &mut *kept;
        texts.retain(|object, text| {
            let keep = !touched.iter().any(|touched| is(touched, object));
            *bytes -= if keep { 0 } else { text.len() };
            keep
        });
    }
}

/// True if the two name the same object.
fn is(named: &ObjectId, object: &ObjId) -> bool {
    match (named, object) {
        (ObjectId::Id(id), ObjId::Id(counter, actor, _)) => {
            id.counter() == *counter && id.actor() == actor
        }
        (ObjectId::Root, ObjId::Root) => true,
        _ => false,
    }
}
