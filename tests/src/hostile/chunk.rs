//! Change chunks written by hand: what automerge writes, byte for byte, and what it never would.
//!
//! Layout: docs/protocol.md, section 2; columns as in the automerge binary format. Every part can be given a value that
//! makes no sense, so an attacker's program is at hand without changing automerge.

use automerge::legacy::{ElementId, Key, ObjectId, OpId, OpType};
use automerge::{Change, ObjType, ScalarValue};
use sha2::{Digest as _, Sha256};

/// An operation by the place of its actor in the change's table and its counter.
pub type Id = (u64, u64);

/// Where an operation stands.
#[derive(Debug, Clone, PartialEq)]
pub enum At {
    /// A key of a map.
    Key(Vec<u8>),
    /// The head of a list.
    Head,
    /// An element of a list.
    Element(Id),
    /// Neither key nor element: no honest program writes this.
    Nothing,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The object; `None` for the root.
    pub object: Option<Id>,
    /// The place in it.
    pub at: At,
    /// Inserts an element.
    pub insert: bool,
    /// 0 map, 1 put, 2 list, 3 delete, 4 text, 5 increment, 6 table, 7 mark.
    pub action: u64,
    /// The type of the value: 0 null, 1 false, 2 true, 3 u64, 4 i64, 5 f64, 6 text, 7 bytes, 8 counter, 9 time.
    pub kind: u64,
    /// The value's bytes.
    pub value: Vec<u8>,
    /// What it replaces.
    pub predecessors: Vec<Id>,
    /// A mark grows at its end.
    pub expand: bool,
    /// The name of a mark.
    pub mark: Option<Vec<u8>>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// The changes it depends on.
    pub dependencies: Vec<[u8; 32]>,
    /// Its author.
    pub actor: Vec<u8>,
    /// Its number.
    pub seq: u64,
    /// The counter of its first operation.
    pub start_op: u64,
    /// The author's clock.
    pub time: i64,
    /// The message.
    pub message: Vec<u8>,
    /// The other actors; with the author before them, the table that ids name.
    pub others: Vec<Vec<u8>>,
    /// The operations.
    pub rows: Vec<Row>,
    /// What stands behind the columns.
    pub extra: Vec<u8>,
}

/// The column of actions.
pub const ACTION: u64 = 0x42;

/// A column: its specification and its bytes.
pub type Column = (u64, Vec<u8>);

/// Appends an unsigned LEB128 number.
pub fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a signed LEB128 number.
pub fn signed(out: &mut Vec<u8>, mut value: i64) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// A column in run lengths as automerge writes it; empty when it says nothing.
fn runs<T: PartialEq>(values: &[Option<T>], write: impl Fn(&mut Vec<u8>, &T)) -> Vec<u8> {
    let mut out = Vec::new();
    if values.iter().all(Option::is_none) {
        return out;
    }
    let mut groups: Vec<(usize, &Option<T>)> = Vec::new();
    for value in values {
        match groups.last_mut() {
            Some((count, last)) if *last == value => *count += 1,
            _ => groups.push((1, value)),
        }
    }
    let mut rest = groups.as_slice();
    while let Some(((count, value), tail)) = rest.split_first() {
        match value {
            None => {
                out.push(0);
                number(&mut out, *count as u64);
                rest = tail;
            }
            Some(value) if *count > 1 => {
                signed(&mut out, *count as i64);
                write(&mut out, value);
                rest = tail;
            }
            Some(_) => {
                let lone = rest.iter().take_while(|(count, v)| *count == 1 && v.is_some()).count();
                signed(&mut out, -(lone as i64));
                for (_, value) in rest.iter().take(lone) {
                    if let Some(value) = value {
                        write(&mut out, value);
                    }
                }
                rest = rest.get(lone..).unwrap_or_default();
            }
        }
    }
    out
}

fn numbers(values: impl Iterator<Item = Option<u64>>) -> Vec<u8> {
    runs(&values.collect::<Vec<_>>(), |out, value| number(out, *value))
}

fn texts(values: impl Iterator<Item = Option<Vec<u8>>>) -> Vec<u8> {
    runs(&values.collect::<Vec<_>>(), |out, value| bytes(out, value))
}

fn deltas(values: impl Iterator<Item = Option<u64>>) -> Vec<u8> {
    let mut last = 0_u64;
    let delta = |value: u64| {
        let delta = value.wrapping_sub(last) as i64;
        last = value;
        delta
    };
    let mut delta = delta;
    let values: Vec<Option<i64>> = values.map(|value| value.map(&mut delta)).collect();
    runs(&values, |out, value| signed(out, *value))
}

fn flags(values: impl Iterator<Item = bool>) -> Vec<u8> {
    let (mut out, mut current, mut count) = (Vec::new(), false, 0_u64);
    for value in values {
        if value != current {
            number(&mut out, count);
            (current, count) = (value, 0);
        }
        count += 1;
    }
    if count > 0 {
        number(&mut out, count);
    }
    out
}

impl Parts {
    /// The parts of a change that automerge made. Other actors come out in automerge's order.
    #[must_use]
    pub fn read(change: &Change) -> Self {
        let expanded = change.decode();
        let author = expanded.actor_id.to_bytes().to_vec();
        let mut others: Vec<Vec<u8>> = Vec::new();
        let mut name = |id: &OpId| {
            let actor = id.actor().to_bytes();
            if actor != author.as_slice() && !others.iter().any(|other| other == actor) {
                others.push(actor.to_vec());
            }
        };
        for operation in &expanded.operations {
            if let ObjectId::Id(id) = &operation.obj {
                name(id);
            }
            if let Key::Seq(ElementId::Id(id)) = &operation.key {
                name(id);
            }
            operation.pred.iter().for_each(&mut name);
        }
        others.sort();
        let place = |id: &OpId| {
            let actor = id.actor().to_bytes();
            let other = others.iter().position(|other| other == actor);
            (other.map_or(0, |other| other as u64 + 1), id.counter())
        };
        let rows = expanded.operations.iter().map(|operation| row(operation, &place)).collect();
        Self {
            dependencies: expanded.deps.iter().map(|hash| hash.0).collect(),
            actor: author,
            seq: expanded.seq,
            start_op: expanded.start_op.get(),
            time: expanded.time,
            message: expanded.message.unwrap_or_default().into_bytes(),
            others,
            rows,
            extra: expanded.extra_bytes,
        }
    }

    /// The columns, in order, without those that say nothing.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        let rows = || self.rows.iter();
        let element = |row: &Row| match row.at {
            At::Element(id) => Some(id),
            _ => None,
        };
        let before = || rows().flat_map(|row| row.predecessors.iter());
        let columns = vec![
            (0x01, numbers(rows().map(|row| row.object.map(|id| id.0)))),
            (0x02, numbers(rows().map(|row| row.object.map(|id| id.1)))),
            (0x11, numbers(rows().map(|row| element(row).map(|id| id.0)))),
            (
                0x13,
                deltas(rows().map(|row| match row.at {
                    At::Head => Some(0),
                    At::Element(id) => Some(id.1),
                    _ => None,
                })),
            ),
            (
                0x15,
                texts(rows().map(|row| match &row.at {
                    At::Key(key) => Some(key.clone()),
                    _ => None,
                })),
            ),
            (0x34, flags(rows().map(|row| row.insert))),
            (ACTION, numbers(rows().map(|row| Some(row.action)))),
            (0x56, numbers(rows().map(|row| Some((row.value.len() as u64) << 4 | row.kind)))),
            (0x57, rows().flat_map(|row| row.value.iter().copied()).collect()),
            (0x70, numbers(rows().map(|row| Some(row.predecessors.len() as u64)))),
            (0x71, numbers(before().map(|id| Some(id.0)))),
            (0x73, deltas(before().map(|id| Some(id.1)))),
            (
                0x94,
                if rows().any(|row| row.expand) {
                    flags(rows().map(|row| row.expand))
                } else {
                    Vec::new()
                },
            ),
            (0xa5, texts(rows().map(|row| row.mark.clone()))),
        ];
        columns.into_iter().filter(|(_, data)| !data.is_empty()).collect()
    }

    /// The chunk.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.encode_with(&self.columns())
    }

    /// The chunk with these columns in place of its own.
    #[must_use]
    pub fn encode_with(&self, columns: &[Column]) -> Vec<u8> {
        let mut out = Vec::new();
        number(&mut out, self.dependencies.len() as u64);
        self.dependencies.iter().for_each(|hash| out.extend_from_slice(hash));
        bytes(&mut out, &self.actor);
        number(&mut out, self.seq);
        number(&mut out, self.start_op);
        signed(&mut out, self.time);
        bytes(&mut out, &self.message);
        number(&mut out, self.others.len() as u64);
        self.others.iter().for_each(|actor| bytes(&mut out, actor));
        number(&mut out, columns.len() as u64);
        for (spec, data) in columns {
            number(&mut out, *spec);
            number(&mut out, data.len() as u64);
        }
        columns.iter().for_each(|(_, data)| out.extend_from_slice(data));
        out.extend_from_slice(&self.extra);
        seal(1, &out)
    }
}

/// A chunk of a type around a content, with the right checksum.
#[must_use]
pub fn seal(chunk: u8, content: &[u8]) -> Vec<u8> {
    let mut hashed = vec![chunk];
    bytes(&mut hashed, content);
    let mut out = vec![0x85, 0x6f, 0x4a, 0x83];
    out.extend(Sha256::digest(&hashed).iter().take(4));
    out.extend(hashed);
    out
}

/// The hash of a chunk.
#[must_use]
pub fn hash_of(chunk: &[u8]) -> [u8; 32] {
    Sha256::digest(chunk.get(8..).unwrap_or_default()).into()
}

fn row(operation: &automerge::legacy::Op, place: &impl Fn(&OpId) -> Id) -> Row {
    let (action, kind, value, expand, mark) = match &operation.action {
        OpType::Make(made) => (make(*made), 0, Vec::new(), false, None),
        OpType::Delete => (3, 0, Vec::new(), false, None),
        OpType::Increment(by) => (5, 4, leb(*by), false, None),
        OpType::Put(scalar) => {
            let (kind, value) = scalar_bytes(scalar);
            (1, kind, value, false, None)
        }
        OpType::MarkBegin(mark) => {
            let (kind, value) = scalar_bytes(&mark.value);
            (7, kind, value, mark.expand, Some(mark.name.as_bytes().to_vec()))
        }
        OpType::MarkEnd(expand) => (7, 0, Vec::new(), *expand, None),
    };
    Row {
        object: match &operation.obj {
            ObjectId::Root => None,
            ObjectId::Id(id) => Some(place(id)),
        },
        at: match &operation.key {
            Key::Map(key) => At::Key(key.as_bytes().to_vec()),
            Key::Seq(ElementId::Head) => At::Head,
            Key::Seq(ElementId::Id(id)) => At::Element(place(id)),
        },
        insert: operation.insert,
        action,
        kind,
        value,
        predecessors: operation.pred.iter().map(place).collect(),
        expand,
        mark,
    }
}

/// The action that makes an object.
#[must_use]
pub fn make(made: ObjType) -> u64 {
    match made {
        ObjType::Map => 0,
        ObjType::List => 2,
        ObjType::Text => 4,
        ObjType::Table => 6,
    }
}

fn leb(value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    signed(&mut out, value);
    out
}

/// The type and the bytes of a value.
#[must_use]
pub fn scalar_bytes(scalar: &ScalarValue) -> (u64, Vec<u8>) {
    match scalar {
        ScalarValue::Null => (0, Vec::new()),
        ScalarValue::Boolean(false) => (1, Vec::new()),
        ScalarValue::Boolean(true) => (2, Vec::new()),
        ScalarValue::Uint(value) => {
            let mut out = Vec::new();
            number(&mut out, *value);
            (3, out)
        }
        ScalarValue::Int(value) => (4, leb(*value)),
        ScalarValue::F64(value) => (5, value.to_le_bytes().to_vec()),
        ScalarValue::Str(text) => (6, text.as_bytes().to_vec()),
        ScalarValue::Bytes(bytes) => (7, bytes.clone()),
        ScalarValue::Counter(counter) => (8, leb(i64::from(counter))),
        ScalarValue::Timestamp(value) => (9, leb(*value)),
        ScalarValue::Unknown { type_code, bytes } => (u64::from(*type_code), bytes.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hostile::history::{Dice, History};
    use jospar_core::ids::ActorId;
    use jospar_core::plan::Kind;

    /// What this encoder writes by itself is what automerge writes: an attack differs from honest bytes only where it
    /// means to.
    #[test]
    fn honest_changes_come_out_byte_for_byte() {
        for (seed, kind) in Kind::ALL.into_iter().enumerate() {
            let actors = [ActorId([1; 16]), ActorId([200; 16]), ActorId([7; 16])];
            let history = History::grow(&mut Dice::new(seed as u64), kind, &actors, 25);
            for bytes in &history.changes {
                let change = Change::from_bytes(bytes.clone()).expect("an honest change");
                assert_eq!(Parts::read(&change).encode(), *bytes, "{kind:?}");
            }
        }
    }
}
