//! One automerge change in parts and back: its columns in a form that says what a person's typing says, and no more.
//!
//! Layout: docs/protocol.md, section 3.1. A change whose parts do not make the same bytes again is not taken apart.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::streams::{Readers, StreamsWriter};
use crate::ids::{ActorId, ChangeHash};
use crate::log::bytes::{ByteReader, ByteWriter, DecodeError};
use crate::log::change::{
    CHANGE_BYTES_MAX, CHANGE_DEPENDENCIES_MAX, CHANGE_OPERATIONS_MAX, ChangeHeader,
};

/// The most other actors of a change that is taken apart.
pub(super) const OTHERS_MAX: usize = 4_096;
/// The most columns of a change that is taken apart.
pub(super) const COLUMNS_MAX: usize = 64;
/// The highest number of a column that is taken apart.
const COLUMN_MAX: u64 = 0xff;
const COLUMN_VALUE_META: u64 = 0x56;
const COLUMN_VALUE: u64 = 0x57;
/// The streams of the columns: two for each, values and their lengths or places.
const COLUMN_STREAMS: u64 = 0x100;
/// How many values are remembered, the one that came up last first.
const RECENT_MAX: usize = 64;

/// Values that came up before, the last one first: what people come back to is named by a small number.
#[derive(Debug)]
pub(super) struct Recent<K, V>(BTreeMap<K, Vec<V>>);

impl<K: Ord, V: PartialEq + Clone> Recent<K, V> {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The place of a value, from 1, or 0 if it is not remembered; it comes to stand first.
    pub(super) fn place(&mut self, key: K, value: &V) -> usize {
        let values = self.0.entry(key).or_default();
        match values.iter().position(|known| known == value) {
            Some(place) => {
                if let Some(front) = values.get_mut(..=place) {
                    front.rotate_right(1);
                }
                place + 1
            }
            None => {
                values.truncate(RECENT_MAX - 1);
                values.insert(0, value.clone());
                0
            }
        }
    }

    /// The value at a place, from 1.
    pub(super) fn at(&self, key: &K, place: usize) -> Option<&V> {
        self.0.get(key)?.get(place.checked_sub(1)?)
    }
}

/// The values of columns with one value for all operations.
pub(super) type RecentValues = Recent<u64, Vec<u8>>;

/// A column's number and its bytes.
type Column<'a> = (u64, Cow<'a, [u8]>);

/// The fields of a change and its columns' bytes.
pub(super) struct Parts<'a> {
    pub(super) dependencies: Vec<ChangeHash>,
    pub(super) actor: ActorId,
    pub(super) seq: u64,
    pub(super) start_op: u64,
    pub(super) time: i64,
    pub(super) message: &'a [u8],
    pub(super) others: Vec<ActorId>,
    pub(super) columns: Vec<Column<'a>>,
}

impl<'a> Parts<'a> {
    /// Takes a chunk apart; `None` if putting it together would not make the same bytes.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let content = ChangeHeader::content(bytes)?;
        let parts = Self::read_content(content).ok()?;
        let known = parts.columns.iter().all(|(column, _)| *column <= COLUMN_MAX);
        (known && parts.content() == content).then_some(parts)
    }

    fn read_content(content: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = ByteReader::new(content);
        let mut dependencies = Vec::new();
        for _ in 0..reader.count(CHANGE_DEPENDENCIES_MAX, "dependencies")? {
            dependencies.push(ChangeHash(reader.array("dependency")?));
        }
        let what = "actor";
        let actor = |reader: &mut ByteReader<'a>| {
            let bytes = reader.bytes(CHANGE_BYTES_MAX, what)?;
            bytes.try_into().map(ActorId).map_err(|_| DecodeError::Invalid { what })
        };
        let author = actor(&mut reader)?;
        let (seq, start_op) = (reader.number("seq")?, reader.number("start_op")?);
        let time = reader.signed("time")?;
        let message = reader.bytes(CHANGE_BYTES_MAX, "message")?;
        let mut others = Vec::new();
        for _ in 0..reader.count(OTHERS_MAX, "actors")? {
            others.push(actor(&mut reader)?);
        }
        let mut columns = Vec::new();
        for _ in 0..reader.count(COLUMNS_MAX, "columns")? {
            columns.push((reader.number("column")?, reader.count(CHANGE_BYTES_MAX, "length")?));
        }
        let columns = columns
            .into_iter()
            .map(|(column, length)| Ok((column, reader.take(length, "column data")?.into())))
            .collect::<Result<Vec<_>, DecodeError>>()?;
        Ok(Self { dependencies, actor: author, seq, start_op, time, message, others, columns })
    }

    /// The content of the chunk.
    pub(super) fn content(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.number(self.dependencies.len() as u64);
        for dependency in &self.dependencies {
            writer.raw(&dependency.0);
        }
        writer.bytes(&self.actor.0).number(self.seq).number(self.start_op).signed(self.time);
        writer.bytes(self.message).number(self.others.len() as u64);
        for other in &self.others {
            writer.bytes(&other.0);
        }
        writer.number(self.columns.len() as u64);
        for (column, data) in &self.columns {
            writer.number(*column).number(data.len() as u64);
        }
        for (_, data) in &self.columns {
            writer.raw(data);
        }
        writer.finish()
    }

    /// How each column is written, for a change of `operations`.
    pub(super) fn layout(&self, operations: u64) -> Layout {
        let data = |wanted: u64| {
            self.columns.iter().find(|(column, _)| *column == wanted).map(|(_, data)| &**data)
        };
        let characters =
            data(COLUMN_VALUE_META).zip(data(COLUMN_VALUE)).is_some_and(|(meta, value)| {
                std::str::from_utf8(value)
                    .is_ok_and(|text| text.chars().count() as u64 == operations)
                    && characters_meta(value) == meta
            });
        let way = |(column, data): &Column<'_>| match *column {
            COLUMN_VALUE_META if characters => (*column, Way::Characters),
            COLUMN_VALUE if characters => (*column, Way::Text),
            column => (column, Way::of(column, data, operations, self.start_op)),
        };
        Layout(self.columns.iter().map(way).collect())
    }
}

/// How a column's bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// Length and bytes.
    Plain,
    /// One value for all operations: its place among the recent ones, or 0 and the value.
    Same,
    /// True for all operations: nothing.
    True,
    /// False for all operations: nothing.
    False,
    /// Counters that begin anywhere and go on with the change's own: how far the first is before the change's first.
    Typed,
    /// Counters that follow each other: how far the first is before the change's first.
    Consecutive,
    /// Any actor first, then the author: the first.
    Once,
    /// The type and length of each value, all of them characters: nothing.
    Characters,
    /// As many characters as there are operations.
    Text,
}

impl Way {
    const ALL: [Self; 9] = [
        Self::Plain,
        Self::Same,
        Self::True,
        Self::False,
        Self::Typed,
        Self::Consecutive,
        Self::Once,
        Self::Characters,
        Self::Text,
    ];

    pub(super) fn byte(self) -> u8 {
        Self::ALL.iter().position(|way| *way == self).map_or(0, |index| index as u8)
    }

    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte)).copied()
    }

    fn of(column: u64, data: &[u8], operations: u64, start_op: u64) -> Self {
        let kind = column & 0x07;
        let fits = |way: &Self| match way {
            Self::True => kind == 4 && *data == runs_of_booleans(true, operations),
            Self::False => kind == 4 && *data == runs_of_booleans(false, operations),
            Self::Same => data.strip_prefix(&*run_prefix(operations)).is_some_and(|value| {
                let mut reader = ByteReader::new(value);
                take_value(kind, &mut reader).is_ok() && reader.is_empty()
            }),
            Self::Typed => {
                kind == 3
                    && first_signed(data)
                        .is_some_and(|first| *data == typed(first, operations, start_op))
            }
            Self::Consecutive => {
                kind == 3
                    && first_signed(data)
                        .is_some_and(|first| *data == consecutive(first, operations))
            }
            Self::Once => {
                kind == 1
                    && first_number(data).is_some_and(|first| *data == once(first, operations))
            }
            _ => false,
        };
        Self::ALL.into_iter().find(fits).unwrap_or(Self::Plain)
    }
}

/// The columns of a change and how each is written; typing has one layout for all of its changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Layout(pub(super) Vec<(u64, Way)>);

impl Layout {
    /// Writes the columns of a change that has this layout.
    pub(super) fn write(
        &self,
        parts: &Parts<'_>,
        recent: &mut RecentValues,
        streams: &mut StreamsWriter,
    ) {
        for ((column, way), (_, data)) in self.0.iter().zip(&parts.columns) {
            let stream = COLUMN_STREAMS + column * 2;
            let before = |first: i64| zigzag((parts.start_op as i64).wrapping_sub(first));
            match way {
                Way::Plain => {
                    streams.at(stream + 1).number(data.len() as u64);
                    streams.at(stream).raw(data);
                }
                Way::Same => {
                    // A run's prefix is one signed number, and what follows it is the value.
                    let mut reader = ByteReader::new(data);
                    let _ = reader.signed("run");
                    let place = recent.place(*column, &reader.rest().to_vec());
                    streams.at(stream + 1).number(place as u64);
                    streams.at(stream).raw(if place == 0 { reader.rest() } else { &[] });
                }
                Way::Typed | Way::Consecutive => {
                    streams.at(stream).number(before(first_signed(data).unwrap_or(0)));
                }
                Way::Once => {
                    streams.at(stream).number(first_number(data).unwrap_or(0));
                }
                Way::Text => {
                    streams.at(stream).raw(data);
                }
                Way::True | Way::False | Way::Characters => {}
            }
        }
    }

    /// Reads the columns of a change of `operations` that has this layout.
    pub(super) fn read(
        &self,
        operations: u64,
        start_op: u64,
        recent: &mut RecentValues,
        readers: &mut Readers<'_>,
    ) -> Result<Vec<Column<'static>>, DecodeError> {
        if operations > CHANGE_OPERATIONS_MAX {
            let (what, found, max) = ("operations", operations, CHANGE_OPERATIONS_MAX);
            return Err(DecodeError::TooLarge { what, found, max });
        }
        let mut columns = Vec::with_capacity(self.0.len());
        for (column, way) in &self.0 {
            let stream = COLUMN_STREAMS + column * 2;
            let mut first = || -> Result<i64, DecodeError> {
                let before = unzigzag(readers.at(stream)?.number("counter")?);
                Ok((start_op as i64).wrapping_sub(before))
            };
            let data = match way {
                Way::Plain => {
                    let length = readers.at(stream + 1)?.count(CHANGE_BYTES_MAX, "length")?;
                    readers.at(stream)?.take(length, "column")?.to_vec()
                }
                Way::Same => {
                    let place = readers.at(stream + 1)?.count(RECENT_MAX, "place")?;
                    let value = match place {
                        0 => take_value(column & 0x07, readers.at(stream)?)?.to_vec(),
                        place => {
                            let value = recent.at(column, place).cloned();
                            value.ok_or(DecodeError::Invalid { what: "place" })?
                        }
                    };
                    recent.place(*column, &value);
                    [run_prefix(operations), value].concat()
                }
                Way::True => runs_of_booleans(true, operations),
                Way::False => runs_of_booleans(false, operations),
                Way::Typed => typed(first()?, operations, start_op),
                Way::Consecutive => consecutive(first()?, operations),
                Way::Once => once(readers.at(stream)?.number("actor")?, operations),
                Way::Text => take_characters(readers.at(stream)?, operations)?.to_vec(),
                Way::Characters => Vec::new(),
            };
            columns.push((*column, data.into()));
        }
        let made = self.0.iter().position(|(_, way)| *way == Way::Characters);
        let from = self.0.iter().position(|(_, way)| *way == Way::Text);
        if let Some(made) = made {
            let value = from.and_then(|from| columns.get(from)).map(|(_, data)| data);
            let meta = characters_meta(value.map_or(&[], |data: &Cow<'_, [u8]>| data));
            if let Some((_, data)) = columns.get_mut(made) {
                *data = meta.into();
            }
        }
        Ok(columns)
    }
}

/// Maps signed numbers to unsigned ones, small to small.
pub(super) const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The way back from [`zigzag`].
pub(super) const fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

fn first_signed(data: &[u8]) -> Option<i64> {
    let mut reader = ByteReader::new(data);
    reader.signed("run").ok()?;
    reader.signed("value").ok()
}

fn first_number(data: &[u8]) -> Option<u64> {
    let mut reader = ByteReader::new(data);
    reader.signed("run").ok()?;
    reader.number("value").ok()
}

/// Takes one value of a run-length column off the front, as bytes.
fn take_value<'a>(kind: u64, reader: &mut ByteReader<'a>) -> Result<&'a [u8], DecodeError> {
    let before = reader.rest();
    match kind {
        0..=2 => drop(reader.number("value")?),
        3 => drop(reader.signed("value")?),
        5 => drop(reader.bytes(CHANGE_BYTES_MAX, "value")?),
        _ => return Err(DecodeError::Invalid { what: "column" }),
    }
    Ok(before.get(..before.len() - reader.rest().len()).unwrap_or_default())
}

fn take_characters<'a>(reader: &mut ByteReader<'a>, count: u64) -> Result<&'a [u8], DecodeError> {
    let before = reader.rest();
    for _ in 0..count {
        let length = character_length(*reader.rest().first().unwrap_or(&0));
        reader.take(length, "character")?;
    }
    Ok(before.get(..before.len() - reader.rest().len()).unwrap_or_default())
}

/// How many bytes a character has that begins with `byte`.
const fn character_length(byte: u8) -> usize {
    match byte {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

/// What stands before the one value of a column of `operations`.
fn run_prefix(operations: u64) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    writer.signed(if operations == 1 { -1 } else { operations as i64 });
    writer.finish()
}

fn runs_of_booleans(value: bool, operations: u64) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    if value {
        writer.number(0);
    }
    writer.number(operations);
    writer.finish()
}

/// Run lengths as automerge writes them: equal values as a run, values between runs as they are. Takes values with how
/// often each follows, so that a long run costs no time.
fn run_lengths<T: PartialEq + Copy>(
    values: impl IntoIterator<Item = (T, u64)>,
    write: impl Fn(&mut ByteWriter, T),
) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    let mut single: Vec<T> = Vec::new();
    let mut run: Option<(T, u64)> = None;
    let mut end = |run: Option<(T, u64)>, last: bool| {
        let many = run.filter(|(_, count)| *count > 1);
        single.extend(run.filter(|(_, count)| *count == 1).map(|(value, _)| value));
        if (many.is_some() || last) && !single.is_empty() {
            writer.signed(-(single.len() as i64));
            single.drain(..).for_each(|value| write(&mut writer, value));
        }
        if let Some((value, count)) = many {
            writer.signed(count as i64);
            write(&mut writer, value);
        }
    };
    for (value, times) in values.into_iter().filter(|(_, times)| *times > 0) {
        match &mut run {
            Some((same, count)) if *same == value => *count += times,
            _ => end(run.replace((value, times)), false),
        }
    }
    end(run, true);
    writer.finish()
}

fn write_signed(writer: &mut ByteWriter, value: i64) {
    writer.signed(value);
}

fn write_number(writer: &mut ByteWriter, value: u64) {
    writer.number(value);
}

fn typed(first: i64, operations: u64, start_op: u64) -> Vec<u8> {
    let own = (start_op as i64).wrapping_sub(first);
    let second = u64::from(operations > 1);
    run_lengths([(first, 1), (own, second), (1, operations.saturating_sub(2))], write_signed)
}

fn consecutive(first: i64, operations: u64) -> Vec<u8> {
    run_lengths([(first, 1), (1, operations.saturating_sub(1))], write_signed)
}

fn once(first: u64, operations: u64) -> Vec<u8> {
    run_lengths([(first, 1), (0, operations.saturating_sub(1))], write_number)
}

/// The column of types and lengths for values that are single characters.
fn characters_meta(text: &[u8]) -> Vec<u8> {
    const TEXT: u64 = 6;
    let mut rest = text;
    let lengths = std::iter::from_fn(|| {
        let length = character_length(*rest.first()?);
        rest = rest.get(length..).unwrap_or_default();
        Some(((length as u64) << 4 | TEXT, 1))
    });
    run_lengths(lengths, write_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_lengths_are_automerges() {
        let rle =
            |values: &[u64]| run_lengths(values.iter().map(|value| (*value, 1)), write_number);
        assert!(rle(&[]).is_empty());
        assert_eq!(rle(&[5]), [0x7f, 5]);
        assert_eq!(rle(&[5, 5]), [2, 5]);
        assert_eq!(rle(&[5, 5, 6, 7, 7, 8]), [2, 5, 0x7f, 6, 2, 7, 0x7f, 8]);
        assert_eq!(rle(&[1, 2, 3]), [0x7d, 1, 2, 3]);
    }

    #[test]
    fn zigzag_goes_both_ways() {
        for value in [0, 1, -1, 77, i64::MIN, i64::MAX] {
            assert_eq!(unzigzag(zigzag(value)), value);
        }
    }
}
