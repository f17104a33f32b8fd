//! Hostile changes: well formed, signed, and wrong in a way that automerge does not look at.
//!
//! A change begins as an honest one under the attacker's actor, or as rows that fit what is there, and is then altered in
//! its rows, its header, its table of actors, its columns or its chunk, once to four times. Some are not altered at all:
//! the gate must not depend on that.

use automerge::Change;

use super::chunk::{ACTION, At, Column, Id, Parts, Row, hash_of, number, seal, signed};
use super::history::{Dice, History};
use crate::random::Random;

/// An operation that is in the document.
#[derive(Debug, Clone)]
struct Known {
    actor: Vec<u8>,
    counter: u64,
    /// The object that it stands in, `None` for the root.
    object: Option<(Vec<u8>, u64)>,
    at: At,
    insert: bool,
    action: u64,
}

/// What an attacker sees of a document.
#[derive(Debug, Clone)]
pub struct Ground {
    changes: Vec<Parts>,
    operations: Vec<Known>,
    /// What nothing else depends on.
    pub heads: Vec<[u8; 32]>,
    /// The highest counter.
    pub max_op: u64,
}

/// A place in an attacker's own chain.
#[derive(Debug, Clone)]
pub struct Link {
    /// The actor.
    pub actor: [u8; 16],
    /// The number of the change to make.
    pub seq: u64,
    /// The actor's previous change.
    pub previous: Option<[u8; 32]>,
    /// The counter of its first operation, if it tells the truth.
    pub start_op: u64,
}

impl Ground {
    /// What there is to see of a history.
    #[must_use]
    pub fn of(history: &History) -> Self {
        let genesis = history.kind.genesis().bytes;
        let all: Vec<&Vec<u8>> = std::iter::once(&genesis).chain(&history.changes).collect();
        let mut ground =
            Self { changes: Vec::new(), operations: Vec::new(), heads: Vec::new(), max_op: 0 };
        for bytes in all {
            let change = Change::from_bytes(bytes.clone()).expect("an honest change");
            ground.see(Parts::read(&change));
            let hash = hash_of(bytes);
            let last = ground.changes.last().expect("just seen");
            ground.heads.retain(|head| !last.dependencies.contains(head));
            ground.heads.push(hash);
        }
        ground.heads.sort_unstable();
        ground
    }

    fn see(&mut self, parts: Parts) {
        let name = |id: &Id| match id.0.checked_sub(1) {
            None => (parts.actor.clone(), id.1),
            Some(other) => (parts.others[other as usize].clone(), id.1),
        };
        for (offset, row) in parts.rows.iter().enumerate() {
            let counter = parts.start_op + offset as u64;
            self.operations.push(Known {
                actor: parts.actor.clone(),
                counter,
                object: row.object.as_ref().map(name),
                at: row.at.clone(),
                insert: row.insert,
                action: row.action,
            });
            self.max_op = self.max_op.max(counter);
        }
        self.changes.push(parts);
    }

    /// One change for `link`: the chunk, whatever it is.
    #[must_use]
    pub fn change(&self, dice: &mut Dice, link: &Link) -> Vec<u8> {
        let random = &mut dice.0;
        let mut parts = if random.percent(45) && !self.changes.is_empty() {
            self.stolen(random, link)
        } else {
            self.made_up(random, link)
        };
        let times = if random.percent(15) { 0 } else { 1 + random.below(4) };
        let mut late = Vec::new();
        for _ in 0..times {
            match random.below(20) {
                0..=12 => self.alter_row(random, &mut parts),
                13..=15 => self.alter_header(random, &mut parts),
                n => late.push(n),
            }
        }
        if random.percent(85) {
            tidy(&mut parts);
        }
        let mut columns = parts.columns();
        for _ in late.iter().filter(|n| **n <= 18) {
            alter_columns(random, &mut columns);
        }
        if late.contains(&17) {
            alter_actors(random, &mut parts);
        }
        let bytes = parts.encode_with(&columns);
        if late.contains(&19) { alter_chunk(random, bytes) } else { bytes }
    }

    fn empty(&self, link: &Link) -> Parts {
        let mut dependencies = self.heads.clone();
        dependencies.extend(link.previous);
        dependencies.sort_unstable();
        dependencies.dedup();
        Parts {
            dependencies,
            actor: link.actor.to_vec(),
            seq: link.seq,
            start_op: link.start_op,
            time: 1_790_000_000_000,
            message: Vec::new(),
            others: Vec::new(),
            rows: Vec::new(),
            extra: Vec::new(),
        }
    }

    /// An honest change once more, under the attacker's actor.
    fn stolen(&self, random: &mut Random, link: &Link) -> Parts {
        let from = random.pick(&self.changes).clone();
        let mut parts = self.empty(link);
        let start = parts.start_op;
        let mut rows = from.rows.clone();
        for id in rows.iter_mut().flat_map(ids_of) {
            *id = match id.0.checked_sub(1) {
                None if id.1 >= from.start_op => (0, (id.1 - from.start_op).saturating_add(start)),
                None => (place(&mut parts, &from.actor), id.1),
                Some(other) => (place(&mut parts, &from.others[other as usize]), id.1),
            };
        }
        parts.rows = rows;
        parts
    }

    /// Rows that fit what is there, as far as one row at a time can tell.
    fn made_up(&self, random: &mut Random, link: &Link) -> Parts {
        let mut parts = self.empty(link);
        if random.percent(4) {
            parts.rows = nested(link.start_op, 20 + random.below(120) as u64);
            return parts;
        }
        for _ in 0..1 + random.below(8) {
            let row = self.row(random, &mut parts);
            parts.rows.push(row);
        }
        parts
    }

    /// One operation somewhere in the document.
    fn row(&self, random: &mut Random, parts: &mut Parts) -> Row {
        let known = random.pick(&self.operations).clone();
        let own = parts.rows.len();
        if own > 0 && random.percent(30) {
            return own_row(random, parts);
        }
        let id = (place(parts, &known.actor), known.counter);
        let object = known.object.as_ref().map(|(actor, counter)| (place(parts, actor), *counter));
        let mut row = value_row(random);
        match (known.action, known.insert) {
            // Into an object that it made.
            (0, _) if random.percent(60) => {
                row.object = Some(id);
                row.at = At::Key(key(random));
            }
            (2 | 4, _) if random.percent(60) => {
                row.object = Some(id);
                row.at = At::Head;
                row.insert = true;
            }
            // Behind, over or instead of an element.
            (_, true) => {
                row.object = object;
                row.at = At::Element(id);
                row.insert = random.percent(40);
                if !row.insert {
                    row.predecessors = vec![id];
                }
            }
            // Over what stands at the same place.
            _ => {
                row.object = object;
                row.at = match known.at {
                    At::Key(key) => At::Key(key),
                    _ => At::Key(key(random)),
                };
                if known.action != 3 {
                    row.predecessors = vec![id];
                }
            }
        }
        if !row.predecessors.is_empty() && random.percent(25) {
            row = Row { action: 3, kind: 0, value: Vec::new(), ..row };
        }
        row
    }

    /// Any id that an attacker would try.
    fn id(&self, random: &mut Random, parts: &mut Parts) -> Id {
        match random.below(10) {
            0 => (0, parts.start_op.saturating_add(random.below(parts.rows.len() + 2) as u64)),
            1 => (random.below(9) as u64, random.next() >> random.below(64)),
            2 => (0, random.below(40) as u64),
            3 => (place(parts, &[9; 16]), 1),
            _ => {
                let known = random.pick(&self.operations);
                let near = if random.percent(15) { 1 } else { 0 };
                (place(parts, &known.actor), known.counter + near)
            }
        }
    }

    fn alter_row(&self, random: &mut Random, parts: &mut Parts) {
        if parts.rows.is_empty() {
            return;
        }
        let place = random.below(parts.rows.len());
        let mut row = parts.rows[place].clone();
        match random.below(22) {
            0 => row.object = Some(self.id(random, parts)),
            1 => row.object = None,
            2 => row.at = At::Element(self.id(random, parts)),
            3 => row.at = At::Key(key(random)),
            4 => row.at = random.pick(&[At::Head, At::Nothing]).clone(),
            5 => row.insert = !row.insert,
            6 => row.action = random.below(10) as u64,
            7 => row.action = 6 + random.below(2) as u64,
            8 => row.predecessors.push(self.id(random, parts)),
            9 => row.predecessors.clear(),
            10 => {
                let again = row.predecessors.clone();
                row.predecessors.extend(again);
            }
            11 => row.predecessors.reverse(),
            12 => (row.kind, row.value) = odd_value(random),
            13 => row.kind = random.below(16) as u64,
            14 => {
                row.value.pop();
            }
            15 => row.mark = Some(b"bold".to_vec()),
            16 => row.expand = true,
            17 => {
                let other = random.below(parts.rows.len());
                parts.rows.swap(place, other);
                return;
            }
            18 => {
                parts.rows.remove(place);
                return;
            }
            19 => {
                parts.rows.insert(place, row);
                return;
            }
            20 => row = Row { action: 3, kind: 0, value: Vec::new(), ..row },
            _ => {
                let fresh = self.row(random, parts);
                parts.rows.push(fresh);
                return;
            }
        }
        parts.rows[place] = row;
    }

    fn alter_header(&self, random: &mut Random, parts: &mut Parts) {
        const COUNTERS: [u64; 8] =
            [0, 1, (1 << 31) - 1, 1 << 31, (1 << 32) - 2, (1 << 32) - 1, 1 << 32, u64::MAX];
        match random.below(14) {
            0 => parts.start_op = parts.start_op.wrapping_add(1),
            1 => parts.start_op = parts.start_op.wrapping_sub(1),
            2 => parts.start_op = *random.pick(&COUNTERS),
            3 => parts.seq = parts.seq.wrapping_add(1),
            4 => parts.seq = *random.pick(&COUNTERS),
            5 => drop(parts.dependencies.pop()),
            6 => parts.dependencies.push(random.bytes()),
            7 => parts.dependencies.extend(parts.dependencies.clone()),
            8 => parts.dependencies.reverse(),
            9 => {
                let honest = random.pick(&self.changes);
                parts.dependencies.clone_from(&honest.dependencies);
            }
            10 => parts.time = *random.pick(&[i64::MIN, i64::MAX, -1, 0]),
            11 => parts.message = random.bytes::<24>().to_vec(),
            12 => parts.message = vec![b'x'; 1 + random.below(70_000)],
            _ => parts.extra = random.bytes::<16>().to_vec(),
        }
    }
}

/// The place of an actor in the table, which grows if need be.
fn place(parts: &mut Parts, actor: &[u8]) -> u64 {
    if parts.actor == actor {
        return 0;
    }
    let found = parts.others.iter().position(|other| other == actor);
    let index = found.unwrap_or_else(|| {
        parts.others.push(actor.to_vec());
        parts.others.len() - 1
    });
    index as u64 + 1
}

fn ids_of(row: &mut Row) -> Vec<&mut Id> {
    let mut ids: Vec<&mut Id> = row.object.iter_mut().collect();
    if let At::Element(id) = &mut row.at {
        ids.push(id);
    }
    ids.extend(row.predecessors.iter_mut());
    ids
}

/// Brings the table of actors and the predecessors into the order in which automerge writes them.
fn tidy(parts: &mut Parts) {
    let old = parts.others.clone();
    let mut used: Vec<Vec<u8>> = Vec::new();
    for id in parts.rows.iter_mut().flat_map(ids_of) {
        let name = id.0.checked_sub(1).and_then(|other| old.get(other as usize));
        used.extend(name.filter(|name| !used.contains(name)).cloned());
    }
    used.sort();
    for id in parts.rows.iter_mut().flat_map(ids_of) {
        let name = id.0.checked_sub(1).and_then(|other| old.get(other as usize));
        if let Some(place) = name.and_then(|name| used.iter().position(|other| other == name)) {
            id.0 = place as u64 + 1;
        }
    }
    parts.others = used;
    let (author, others) = (parts.actor.clone(), parts.others.clone());
    let name = |id: &Id| match id.0.checked_sub(1) {
        None => author.clone(),
        Some(other) => others.get(other as usize).cloned().unwrap_or_default(),
    };
    for row in &mut parts.rows {
        row.predecessors.sort_by_key(|id| (id.1, name(id)));
    }
}

fn key(random: &mut Random) -> Vec<u8> {
    const KEYS: [&str; 8] = ["", "title", "pos", "gone", "text", "kk", "risks", "a/b"];
    match random.below(12) {
        0 => vec![0xff, 0xc0, 0x80],
        1 => vec![b'k'; 1 + random.below(3_000)],
        n => KEYS[n % KEYS.len()].as_bytes().to_vec(),
    }
}

fn value_row(random: &mut Random) -> Row {
    let (kind, value) = match random.below(8) {
        0 => odd_value(random),
        1 => (2, Vec::new()),
        2 => (4, vec![random.below(60) as u8]),
        _ => (6, "ә".as_bytes().to_vec()),
    };
    let action = *random.pick(&[1, 1, 1, 1, 0, 2, 4]);
    let (kind, value) = if action == 1 { (kind, value) } else { (0, Vec::new()) };
    Row {
        object: None,
        at: At::Head,
        insert: false,
        action,
        kind,
        value,
        predecessors: Vec::new(),
        expand: false,
        mark: None,
    }
}

/// An operation on what the change itself has made before.
fn own_row(random: &mut Random, parts: &Parts) -> Row {
    let place = random.below(parts.rows.len());
    let before = &parts.rows[place];
    let id = (0, parts.start_op.saturating_add(place as u64));
    let mut row = value_row(random);
    match (before.action, before.insert) {
        (0, _) if random.percent(70) => {
            row.object = Some(id);
            row.at = At::Key(key(random));
        }
        (2 | 4, _) if random.percent(70) => {
            row.object = Some(id);
            row.at = At::Head;
            row.insert = true;
        }
        (_, true) => {
            row.object = before.object;
            row.at = At::Element(id);
            row.insert = random.percent(50);
            if !row.insert {
                row.predecessors = vec![id];
            }
        }
        _ => {
            row.object = before.object;
            row.at = before.at.clone();
            if before.action != 3 && random.percent(70) {
                row.predecessors = vec![id];
            }
        }
    }
    row
}

/// Maps in maps, `depth` of them.
#[must_use]
pub fn nested(start: u64, depth: u64) -> Vec<Row> {
    let row = |n: u64| Row {
        object: n.checked_sub(1).map(|before| (0, start.saturating_add(before))),
        at: At::Key(b"deep".to_vec()),
        insert: false,
        action: 0,
        kind: 0,
        value: Vec::new(),
        predecessors: Vec::new(),
        expand: false,
        mark: None,
    };
    (0..depth).map(row).collect()
}

/// Values that are long, of a rare type, or not what their type says.
fn odd_value(random: &mut Random) -> (u64, Vec<u8>) {
    match random.below(12) {
        0 => (6, vec![b'z'; 60_000]),
        1 => (6, vec![0xff, 0xfe]),
        2 => (5, f64::NAN.to_le_bytes().to_vec()),
        3 => (5, vec![1, 2, 3]),
        4 => (8, vec![5]),
        5 => (9, vec![0x7f]),
        6 => (7, random.bytes::<16>().to_vec()),
        7 => (10 + random.below(6) as u64, random.bytes::<5>().to_vec()),
        8 => (4, vec![0x80; 12]),
        9 => (3, vec![0xff; 9]),
        10 => (1, vec![1]),
        _ => (6, Vec::new()),
    }
}

fn alter_actors(random: &mut Random, parts: &mut Parts) {
    match random.below(7) {
        0 => parts.others.reverse(),
        1 => parts.others.push(parts.actor.clone()),
        2 => parts.others.extend(parts.others.clone()),
        3 => parts.others.push(random.bytes::<16>().to_vec()),
        4 => drop(parts.others.pop()),
        5 => parts.others.push(vec![1; 5_000]),
        _ => parts.actor = random.bytes::<20>()[..random.below(20)].to_vec(),
    }
}

fn alter_columns(random: &mut Random, columns: &mut Vec<Column>) {
    if columns.is_empty() {
        return;
    }
    let place = random.below(columns.len());
    let at = random.below(columns[place].1.len().max(1));
    match random.below(12) {
        0 | 1 => {
            if let Some(byte) = columns[place].1.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        2 => {
            // A run that claims more than there is.
            let mut run = Vec::new();
            signed(&mut run, *random.pick(&[60_000, 5_000_000, i64::MAX, i64::MIN, 40_000]));
            run.push(1);
            columns[place].1 = run;
        }
        3 => {
            let mut run = vec![0];
            number(&mut run, *random.pick(&[1, 40_000, u64::MAX, 1 << 40]));
            columns[place].1.extend(run);
        }
        4 => {
            // The same numbers, longer than they need be.
            let data = &mut columns[place].1;
            if let Some(last) = data.last_mut() {
                *last |= 0x80;
            }
            data.push(0);
        }
        5 => drop(columns.remove(place)),
        6 => {
            let again = columns[place].clone();
            columns.insert(place, again);
        }
        7 => columns[place].0 ^= 1 << random.below(8),
        8 => columns[place].0 |= 0x08,
        9 => columns.push((0x100 | random.below(64) as u64, random.bytes::<6>().to_vec())),
        10 => {
            let other = random.below(columns.len());
            columns.swap(place, other);
        }
        _ => split_runs(&mut columns[place]),
    }
}

/// Writes a run of equal small numbers as a literal run: the same values, other bytes.
fn split_runs(column: &mut Column) {
    if let ([count @ 2..=60, value], true) = (column.1.as_slice(), column.0 != ACTION + 1) {
        let mut data = vec![0x80 - count];
        data.extend(std::iter::repeat_n(*value, usize::from(*count)));
        column.1 = data;
    }
}

fn alter_chunk(random: &mut Random, mut bytes: Vec<u8>) -> Vec<u8> {
    let content = bytes.get(11..).unwrap_or_default().to_vec();
    match random.below(6) {
        0 => seal(random.below(6) as u8, &content),
        1 => {
            bytes.push(0);
            bytes
        }
        2 => {
            bytes.truncate(random.below(bytes.len()));
            bytes
        }
        3 => {
            let mut twice = bytes.clone();
            twice.extend(bytes);
            twice
        }
        4 => {
            bytes[4] ^= 1;
            bytes
        }
        _ => seal(1, &content[..random.below(content.len() + 1)]),
    }
}
