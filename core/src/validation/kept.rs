//! A gate as bytes, kept beside a document's snapshot: with it, what arrives later is judged without reading the whole
//! log anew. A cache of this device alone, never sent.

use std::collections::HashMap;

use automerge::ObjType;

use super::{Accepted, ActorNumber, Gate, Made, Operation, Place, ROOT, Run, Values};
use crate::ids::{ActorId, ChangeHash};
use crate::log::{ByteReader, ByteWriter, DecodeError};

/// Counts up whenever the gate remembers something else, or judges otherwise: what was kept before is not read then.
const VERSION: u8 = 1;

impl Gate {
    /// Everything that the gate remembers, as bytes for [`Gate::from_kept`]. The same gate gives the same bytes.
    #[must_use]
    pub fn keep(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.byte(VERSION).number(self.starts.len() as u64);
        for actor in by_number(&self.actors) {
            writer.raw(&actor.0);
        }
        writer.number(self.keys.len() as u64);
        for key in by_number(&self.keys) {
            writer.bytes(key.as_bytes());
        }
        for (starts, runs) in self.starts.iter().zip(&self.made) {
            keep_starts(&mut writer, starts);
            keep_runs(&mut writer, runs);
        }
        let mut put = unsorted(&self.put);
        put.sort_unstable_by_key(|(place, _)| **place);
        writer.number(put.len() as u64);
        for ((object, place), values) in put {
            keep_operation(&mut writer, *object);
            match place {
                Place::Key(key) => writer.byte(0).number(u64::from(*key)),
                Place::Element(element) => keep_operation(writer.byte(1), *element),
            };
            keep_values(&mut writer, values);
        }
        let mut replaced = unsorted(&self.replaced);
        replaced.sort_unstable_by_key(|(operation, _)| **operation);
        writer.number(replaced.len() as u64);
        for (operation, by) in replaced {
            keep_operation(&mut writer, *operation);
            keep_operations(&mut writer, by);
        }
        self.keep_accepted(&mut writer);
        writer.finish()
    }

    /// Each clock as what differs from the one before it.
    fn keep_accepted(&self, writer: &mut ByteWriter) {
        let mut accepted = unsorted(&self.accepted);
        accepted.sort_unstable_by_key(|(hash, accepted)| (accepted.max_op, **hash));
        writer.number(accepted.len() as u64);
        let mut before: &[u32] = &[];
        for (hash, Accepted { max_op, clock }) in accepted {
            let differs = |(index, seen): &(usize, &u32)| before.get(*index) != Some(*seen);
            let changed: Vec<_> = clock.iter().enumerate().filter(differs).collect();
            writer.raw(&hash.0).number(*max_op).number(clock.len() as u64);
            writer.number(changed.len() as u64);
            for (index, seen) in changed {
                writer.number(index as u64).number(u64::from(*seen));
            }
            before = clock;
        }
    }

    /// The gate that was kept.
    ///
    /// # Errors
    /// [`DecodeError`]: make it again from the log.
    pub fn from_kept(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = ByteReader::new(bytes);
        if reader.byte("version")? != VERSION {
            return Err(DecodeError::Invalid { what: "version" });
        }
        let mut gate = Self::default();
        let actors = count(&mut reader, "actors")?;
        for _ in 0..actors {
            gate.actor_number(ActorId(reader.array("actor")?));
        }
        for number in 0..count(&mut reader, "keys")? {
            let key = reader.text(bytes.len(), "key")?;
            gate.keys.insert(key.to_owned(), number as u32);
        }
        for (starts, runs) in gate.starts.iter_mut().zip(&mut gate.made) {
            *starts = read_starts(&mut reader)?;
            *runs = read_runs(&mut reader)?;
        }
        for _ in 0..count(&mut reader, "places")? {
            let object = read_operation(&mut reader)?;
            let place = match reader.byte("place")? {
                0 => Place::Key(small(&mut reader, "key")?),
                1 => Place::Element(read_operation(&mut reader)?),
                _ => return Err(DecodeError::Invalid { what: "place" }),
            };
            gate.put.insert((object, place), read_values(&mut reader)?);
        }
        for _ in 0..count(&mut reader, "replaced")? {
            let operation = read_operation(&mut reader)?;
            gate.replaced.insert(operation, read_operations(&mut reader)?);
        }
        gate.accepted = read_accepted(&mut reader, actors)?;
        reader.end()?;
        Ok(gate)
    }
}

/// All of a map, for the caller to sort.
#[expect(clippy::disallowed_methods, reason = "sorted by the callers")]
fn unsorted<K, V>(map: &HashMap<K, V>) -> Vec<(&K, &V)> {
    map.iter().collect()
}

fn by_number<K>(numbers: &HashMap<K, u32>) -> Vec<&K> {
    let mut all = unsorted(numbers);
    all.sort_unstable_by_key(|(_, number)| **number);
    all.into_iter().map(|(key, _)| key).collect()
}

/// A number of things, each of at least one byte.
fn count(reader: &mut ByteReader<'_>, what: &'static str) -> Result<usize, DecodeError> {
    reader.count(reader.rest().len(), what)
}

fn small(reader: &mut ByteReader<'_>, what: &'static str) -> Result<u32, DecodeError> {
    u32::try_from(reader.number(what)?).map_err(|_| DecodeError::Invalid { what })
}

/// Counters rise: each as the distance from the one before.
fn keep_starts(writer: &mut ByteWriter, starts: &[u64]) {
    writer.number(starts.len() as u64);
    let mut before = 0;
    for start in starts {
        writer.number(start.wrapping_sub(before));
        before = *start;
    }
}

fn read_starts(reader: &mut ByteReader<'_>) -> Result<Vec<u64>, DecodeError> {
    let (mut starts, mut before) = (Vec::new(), 0_u64);
    for _ in 0..count(reader, "changes")? {
        before = before.wrapping_add(reader.number("counter")?);
        starts.push(before);
    }
    Ok(starts)
}

fn keep_runs(writer: &mut ByteWriter, runs: &[Run]) {
    writer.number(runs.len() as u64);
    let mut before = 0;
    for Run { start, end, made } in runs {
        writer.number(u64::from(start.wrapping_sub(before)));
        writer.number(u64::from(end.wrapping_sub(*start)));
        keep_operation(writer, made.object);
        let kind = match made.makes {
            None => 0,
            Some((ObjType::Map, _)) => 1,
            Some((ObjType::List, _)) => 2,
            Some((ObjType::Text, _)) => 3,
            Some((ObjType::Table, _)) => 4,
        };
        writer.byte(kind << 1 | u8::from(made.insert));
        if let Some((_, depth)) = made.makes {
            writer.byte(depth);
        }
        before = *end;
    }
}

fn read_runs(reader: &mut ByteReader<'_>) -> Result<Vec<Run>, DecodeError> {
    let (mut runs, mut before) = (Vec::new(), 0_u32);
    for _ in 0..count(reader, "runs")? {
        let start = before.wrapping_add(small(reader, "counter")?);
        let end = start.wrapping_add(small(reader, "length")?);
        let object = read_operation(reader)?;
        let kind = reader.byte("kind")?;
        let makes = match kind >> 1 {
            0 => None,
            1 => Some(ObjType::Map),
            2 => Some(ObjType::List),
            3 => Some(ObjType::Text),
            4 => Some(ObjType::Table),
            _ => return Err(DecodeError::Invalid { what: "kind" }),
        };
        let makes = match makes {
            Some(makes) => Some((makes, reader.byte("depth")?)),
            None => None,
        };
        runs.push(Run { start, end, made: Made { object, makes, insert: kind & 1 == 1 } });
        before = end;
    }
    Ok(runs)
}

fn keep_operation(writer: &mut ByteWriter, operation: Operation) -> &mut ByteWriter {
    match operation {
        ROOT => writer.byte(0),
        (actor, counter) => writer.number(u64::from(actor) + 1).number(u64::from(counter)),
    }
}

fn read_operation(reader: &mut ByteReader<'_>) -> Result<Operation, DecodeError> {
    match small(reader, "actor")?.checked_sub(1) {
        None => Ok(ROOT),
        Some(actor) => Ok((actor as ActorNumber, small(reader, "counter")?)),
    }
}

fn keep_operations(writer: &mut ByteWriter, operations: &[Operation]) {
    writer.number(operations.len() as u64);
    for operation in operations {
        keep_operation(writer, *operation);
    }
}

fn read_operations(reader: &mut ByteReader<'_>) -> Result<Vec<Operation>, DecodeError> {
    (0..count(reader, "operations")?).map(|_| read_operation(reader)).collect()
}

fn keep_values(writer: &mut ByteWriter, values: &Values) {
    keep_operations(writer, &values.standing);
    writer.number(values.replaced.len() as u64);
    for (actor, replaced) in &values.replaced {
        writer.number(u64::from(*actor)).number(replaced.len() as u64);
        for (counter, operation) in replaced {
            keep_operation(writer.number(u64::from(*counter)), *operation);
        }
    }
}

fn read_values(reader: &mut ByteReader<'_>) -> Result<Values, DecodeError> {
    let mut values = Values { standing: read_operations(reader)?, ..Values::default() };
    for _ in 0..count(reader, "actors")? {
        let actor = small(reader, "actor")?;
        let replaced = (0..count(reader, "operations")?)
            .map(|_| Ok((small(reader, "counter")?, read_operation(reader)?)))
            .collect::<Result<_, DecodeError>>()?;
        values.replaced.insert(actor, replaced);
    }
    Ok(values)
}

fn read_accepted(
    reader: &mut ByteReader<'_>,
    actors: usize,
) -> Result<HashMap<ChangeHash, Accepted>, DecodeError> {
    let mut all = HashMap::new();
    let mut clock: Vec<u32> = Vec::new();
    for _ in 0..count(reader, "changes")? {
        let hash = ChangeHash(reader.array("hash")?);
        let max_op = reader.number("counter")?;
        clock.resize(reader.count(actors, "clock")?, 0);
        for _ in 0..count(reader, "clock")? {
            let index = reader.count(actors, "actor")?;
            let seen = small(reader, "number")?;
            *clock.get_mut(index).ok_or(DecodeError::Invalid { what: "actor" })? = seen;
        }
        all.insert(hash, Accepted { max_op, clock: clock.clone() });
    }
    Ok(all)
}
