//! Conflicts: what concurrent work left for a person to decide. Nothing is decided here.

use std::collections::BTreeSet;

use automerge::legacy::ObjectId;
use automerge::{
    Automerge, ChangeHash as AutomergeHash, ObjId, ObjType, ReadDoc as _, Value as AutomergeValue,
};
use serde_json::Value;

use super::Document;
use super::command::Path;
use super::read::{Reader, State, json};
use super::schema::{Schema, Shape};
use crate::ids::{ActorId, ChangeHash};
use crate::time::Timestamp;

/// Who made a change, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The change.
    pub change: ChangeHash,
    /// Its actor.
    pub actor: ActorId,
    /// The author's clock.
    pub time: Timestamp,
}

/// One of several values that were written at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The value; null if it was cleared.
    pub value: Value,
    /// Who wrote it.
    pub stamp: Stamp,
}

/// What is to be decided.
#[derive(Debug, Clone, PartialEq)]
pub enum ConflictKind {
    /// Several values were written at once. The first is the one that is shown until somebody decides.
    Values(Vec<Candidate>),
    /// An item was removed while others edited it; it stays until somebody decides.
    RemovedAndEdited {
        /// Who removed it.
        removed: Stamp,
        /// Who edited it meanwhile.
        edited: Vec<Stamp>,
    },
}

/// A place where a person must decide.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The value or the item.
    pub path: Path,
    /// What is to be decided.
    pub kind: ConflictKind,
}

impl Document {
    /// Everything that waits for a decision, in the order of the document.
    #[must_use]
    pub fn conflicts(&self) -> &[Conflict] {
        self.readings.conflicts.get_or_init(|| {
            let finder = Finder { reader: Reader::now(&self.automerge), doc: &self.automerge };
            let mut found = Vec::new();
            finder.record(&ObjId::Root, self.schema, &Path::root(), &mut found);
            found
        })
    }
}

struct Finder<'a> {
    reader: Reader<'a, Automerge>,
    doc: &'a Automerge,
}

impl Finder<'_> {
    fn record(&self, record: &ObjId, schema: &Schema, path: &Path, found: &mut Vec<Conflict>) {
        for field in schema.fields {
            let path = path.child(field.name);
            if let Shape::Value(_) = field.shape {
                self.values(record, field.name, &path, found);
                continue;
            }
            let Some(object) = self.reader.object(record, field.name, ObjType::Map) else {
                continue;
            };
            match field.shape {
                Shape::Record(schema) => self.record(&object, schema, &path, found),
                Shape::Map(_) => {
                    for key in self.doc.keys(&object) {
                        self.values(&object, &key, &path.child(&key), found);
                    }
                }
                Shape::Items(schema) => self.items(&object, schema, &path, found),
                _ => {}
            }
        }
    }

    fn values(&self, object: &ObjId, key: &str, path: &Path, found: &mut Vec<Conflict>) {
        let all = self.reader.all(object, key);
        if all.len() < 2 {
            return;
        }
        // automerge lists the winner last.
        let candidates: Vec<Candidate> = all
            .iter()
            .rev()
            .filter_map(|(value, operation)| {
                let AutomergeValue::Scalar(scalar) = value else { return None };
                let stamp = self.stamp(self.doc.hash_for_opid(operation)?)?;
                Some(Candidate { value: json(scalar).unwrap_or(Value::Null), stamp })
            })
            .collect();
        let differ = candidates.windows(2).any(|pair| match pair {
            [a, b] => a.value != b.value,
            _ => false,
        });
        if differ {
            found.push(Conflict { path: path.clone(), kind: ConflictKind::Values(candidates) });
        }
    }

    fn items(&self, list: &ObjId, schema: &Schema, path: &Path, found: &mut Vec<Conflict>) {
        let entries = self
            .reader
            .entries(list, |reader, object| Value::Object(reader.record(object, schema)));
        for entry in entries {
            let path = path.child(&entry.id);
            match entry.state {
                State::Gone => continue,
                State::There => {}
                State::RemovedAndEdited(change) => {
                    if let Some(removed) = self.stamp(change) {
                        let edited = self.edits_since(&entry.object, change);
                        let kind = ConflictKind::RemovedAndEdited { removed, edited };
                        found.push(Conflict { path: path.clone(), kind });
                    }
                }
            }
            self.record(&entry.object, schema, &path, found);
        }
    }

    /// The changes that `removal` had not seen and that touch `item`.
    fn edits_since(&self, item: &ObjId, removal: AutomergeHash) -> Vec<Stamp> {
        let mut inside = BTreeSet::new();
        self.collect(item, &mut inside);
        let changes = self.doc.get_changes(&[removal]);
        let touching = changes.iter().filter(|change| {
            change.decode().operations.iter().any(|operation| match &operation.obj {
                ObjectId::Root => false,
                ObjectId::Id(id) => {
                    inside.contains(&(id.counter(), id.actor().to_bytes().to_vec()))
                }
            })
        });
        let mut stamps: Vec<Stamp> =
            touching.filter_map(|change| self.stamp(change.hash())).collect();
        stamps.sort_by_key(|stamp| (stamp.time, stamp.change));
        stamps
    }

    fn collect(&self, object: &ObjId, inside: &mut BTreeSet<(u64, Vec<u8>)>) {
        if let ObjId::Id(counter, actor, _) = object {
            inside.insert((*counter, actor.to_bytes().to_vec()));
        }
        if self.doc.object_type(object).is_ok_and(|kind| !kind.is_sequence()) {
            for key in self.doc.keys(object) {
                if let Ok(Some((AutomergeValue::Object(_), inner))) = self.doc.get(object, key) {
                    self.collect(&inner, inside);
                }
            }
        }
    }

    fn stamp(&self, hash: AutomergeHash) -> Option<Stamp> {
        let meta = self.doc.get_change_meta_by_hash(&hash)?;
        let actor = <[u8; 16]>::try_from(meta.actor.to_bytes()).ok()?;
        Some(Stamp {
            change: ChangeHash(hash.0),
            actor: ActorId(actor),
            time: Timestamp(meta.timestamp),
        })
    }
}
