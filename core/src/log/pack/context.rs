//! What writing and reading packs share: streams, tables, and what a change is predicted from.
//!
//! Layout: docs/protocol.md, section 3.1.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Recent, RecentValues};
use crate::ids::{ActorId, ChangeHash};
use crate::log::change::ChangeHeader;
use crate::log::vector::Tip;

pub(super) const TABLE_MAX: usize = 65_536;
pub(super) const LAYOUTS_MAX: usize = 4_096;

/// The streams of all that is no column.
pub(super) mod stream {
    pub(in super::super) const COUNTS: u64 = 0;
    pub(in super::super) const IDS: u64 = 1;
    pub(in super::super) const SIGNATURES: u64 = 2;
    pub(in super::super) const LAYOUT: u64 = 3;
    pub(in super::super) const LAYOUTS: u64 = 4;
    pub(in super::super) const RAW: u64 = 5;
    pub(in super::super) const DEPENDENCIES: u64 = 6;
    pub(in super::super) const DEPENDENCY: u64 = 7;
    pub(in super::super) const ACTOR: u64 = 8;
    pub(in super::super) const SEQ: u64 = 9;
    pub(in super::super) const START: u64 = 10;
    pub(in super::super) const SECONDS: u64 = 11;
    pub(in super::super) const MESSAGE: u64 = 12;
    pub(in super::super) const OTHERS: u64 = 13;
    pub(in super::super) const OPERATIONS: u64 = 14;
    pub(in super::super) const OTHERS_PLACE: u64 = 15;
    pub(in super::super) const MILLISECONDS: u64 = 16;
}

/// How an actor of a pack's table is named.
pub(super) const ACTOR_NAMED: u64 = 0;
pub(super) const ACTOR_AUTHOR: u64 = 1;
pub(super) const ACTOR_WITH_NONCE: u64 = 2;
pub(super) const ACTOR_KNOWN: u64 = 3;

/// Milliseconds; times are written in two parts, for clocks that know whole seconds alone.
pub(super) const SECOND: i64 = 1_000;

/// Instead of a count of signatures: one over the newest change of each author.
pub(super) const SIGNED_TIPS: usize = 0;

pub(super) const LAYOUT_RAW: u64 = 0;
pub(super) const LAYOUT_NEW: u64 = 1;
pub(super) const LAYOUT_FIRST: u64 = 2;

/// Values that are named by their place in the order in which they came up.
#[derive(Debug)]
pub(super) struct Table<T> {
    pub(super) places: BTreeMap<T, usize>,
    pub(super) values: Vec<T>,
}

impl<T: Ord + Clone> Table<T> {
    pub(super) const fn new() -> Self {
        Self { places: BTreeMap::new(), values: Vec::new() }
    }

    /// The place of `value` and whether it is new.
    pub(super) fn place(&mut self, value: &T) -> (usize, bool) {
        if let Some(place) = self.places.get(value) {
            return (*place, false);
        }
        let place = self.values.len();
        self.places.insert(value.clone(), place);
        self.values.push(value.clone());
        (place, true)
    }
}

/// How a dependency is named: the actor's own change before, one outside of the pack, or the distance to one inside.
pub(super) const DEPENDENCY_OWN: usize = 0;

/// What the changes of one pack are predicted from.
pub(super) struct Context {
    pub(super) actors: Table<ActorId>,
    pub(super) externals: Table<ChangeHash>,
    pub(super) places: BTreeMap<ChangeHash, usize>,
    pub(super) hashes: Vec<ChangeHash>,
    pub(super) max_ops: Vec<u64>,
    /// Each actor's newest change so far.
    pub(super) own: BTreeMap<ActorId, Tip>,
    pub(super) others: Recent<(), Vec<ActorId>>,
    pub(super) values: RecentValues,
    pub(super) time: i64,
}

impl Context {
    pub(super) const fn new(time: i64) -> Self {
        Self {
            actors: Table::new(),
            externals: Table::new(),
            places: BTreeMap::new(),
            hashes: Vec::new(),
            max_ops: Vec::new(),
            own: BTreeMap::new(),
            others: Recent::new(),
            values: Recent::new(),
            time,
        }
    }

    /// The counter that a change's first operation has if nothing of before the pack has a say.
    pub(super) fn start_op(&self, dependencies: &[ChangeHash]) -> u64 {
        let inside = dependencies.iter().filter_map(|hash| self.places.get(hash));
        let newest = inside.filter_map(|place| self.max_ops.get(*place)).max();
        newest.or(self.max_ops.last()).copied().unwrap_or(0).saturating_add(1)
    }

    /// The places of the newest change of each actor, in their order.
    pub(super) fn tips(&self) -> Vec<usize> {
        let inside = self.own.values().filter_map(|tip| self.places.get(&tip.hash).copied());
        inside.collect::<BTreeSet<usize>>().into_iter().collect()
    }

    pub(super) fn seq(&self, actor: &ActorId) -> u64 {
        self.own.get(actor).map_or(0, |tip| tip.seq).saturating_add(1)
    }

    pub(super) fn add(&mut self, header: &ChangeHeader) {
        self.places.insert(header.hash, self.hashes.len());
        self.hashes.push(header.hash);
        self.max_ops.push(header.max_op());
        self.own.insert(header.actor, Tip { seq: header.seq, hash: header.hash });
        self.time = header.time;
    }
}
