//! Reads what admission must know of an automerge change, without automerge: a change that lies about its size must be
//! refused before any code that trusts it sees it (a 132-byte change can claim five million operations).
//!
//! Layout: the automerge binary format, chunk type 1 (uncompressed change); docs/protocol.md, section 2. Chunks that only
//! some devices can read are `log::sealed`'s.

use sha2::{Digest as _, Sha256};

use super::bytes::{ByteReader, ByteWriter, DecodeError};
use super::sealed;
use crate::ids::{ActorId, ChangeHash};

/// The most bytes one change may have.
pub const CHANGE_BYTES_MAX: usize = 256 * 1024;
/// The most operations one change may claim, and the most rows any column of it may claim.
pub const CHANGE_OPERATIONS_MAX: u64 = 50_000;
/// The most changes one change may depend on directly.
pub const CHANGE_DEPENDENCIES_MAX: usize = 1_024;
/// The highest operation counter: automerge keeps counters in 32 bits and panics past them.
pub const OPERATION_COUNTER_MAX: u64 = 1 << 31;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHUNK_CHANGE: u8 = 1;
const OTHER_ACTORS_MAX: usize = 4_096;
const COLUMNS_MAX: usize = 64;
const COLUMN_ACTION: u64 = 0x42;
/// The action that deletes.
const ACTION_DELETE: u64 = 3;

/// Why bytes are not a change that may enter a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The bytes do not follow the format.
    #[error("the change cannot be read: {0}")]
    Malformed(#[from] DecodeError),
    /// Not an uncompressed change chunk.
    #[error("chunk type {0} is not an uncompressed change")]
    ChunkType(u8),
    /// The checksum is not that of the content.
    #[error("the checksum does not fit the content")]
    Checksum,
    /// A column claims more rows than a change may have.
    #[error("a column claims {rows} rows; the limit is {CHANGE_OPERATIONS_MAX}")]
    TooManyOperations {
        /// The rows claimed before the scan stopped.
        rows: u64,
    },
    /// It makes more than it has bytes: an honest operation that is no deletion carries at least a letter or a key.
    #[error("{made} operations that make something in {bytes} bytes")]
    Inflated {
        /// How many operations are no deletions.
        made: u64,
        /// How many bytes the change has.
        bytes: u64,
    },
    /// The change has no operations: it would add nothing but history.
    #[error("the change is empty")]
    Empty,
    /// A column is marked as compressed.
    #[error("column {0:#x} is compressed")]
    CompressedColumn(u64),
    /// A sealed or key chunk of a newer version.
    #[error("sealed change version {0} is newer than this program")]
    SealVersion(u8),
}

/// What a change says of itself: its place in its actor's chain and in the document's graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeHeader {
    /// The SHA-256 of the content, computed here.
    pub hash: ChangeHash,
    /// Who made it.
    pub actor: ActorId,
    /// Its number among the actor's changes, from 1.
    pub seq: u64,
    /// The counter of its first operation; 0 where that is sealed, as are the operations and the time.
    pub start_op: u64,
    /// How many operations it has, at least 1 in a plain change.
    pub operations: u64,
    /// The author's clock, as the author says it.
    pub time: i64,
    /// The changes it depends on directly.
    pub dependencies: Vec<ChangeHash>,
}

impl ChangeHeader {
    /// Reads the header of one whole change chunk, of whichever form, and scans the columns of a plain one.
    ///
    /// Takes time linear in `bytes` and allocates no more than they hold.
    ///
    /// # Errors
    /// [`ChangeError`]: refuse the envelope that carried it.
    pub fn parse(bytes: &[u8]) -> Result<Self, ChangeError> {
        if bytes.starts_with(&sealed::MAGIC) {
            return sealed::parse(bytes);
        }
        let mut reader = ByteReader::new(bytes);
        if reader.array::<4>("magic")? != MAGIC {
            return Err(DecodeError::Invalid { what: "magic" }.into());
        }
        let checksum = reader.array::<4>("checksum")?;
        let hashed = reader.rest();
        let chunk = reader.byte("chunk type")?;
        if chunk != CHUNK_CHANGE {
            return Err(ChangeError::ChunkType(chunk));
        }
        let content = reader.bytes(CHANGE_BYTES_MAX, "change")?;
        reader.end()?;
        let hash = ChangeHash(Sha256::digest(hashed).into());
        if hash.0.first_chunk() != Some(&checksum) {
            return Err(ChangeError::Checksum);
        }
        Self::parse_content(hash, content)
    }

    /// The content of an automerge change chunk that [`ChangeHeader::seal`] makes from it again; `None` for anything else.
    pub(super) fn content(bytes: &[u8]) -> Option<&[u8]> {
        let chunk = bytes.strip_prefix(&MAGIC)?.get(4..)?;
        let mut reader = ByteReader::new(chunk.strip_prefix(&[CHUNK_CHANGE])?);
        let content = reader.bytes(CHANGE_BYTES_MAX, "change").ok()?;
        let mut writer = ByteWriter::new();
        writer.number(content.len() as u64);
        (reader.is_empty() && writer.len() + content.len() + 1 == chunk.len()).then_some(content)
    }

    /// The whole chunk around `content`, with its header: the way back from [`super::Pack`] to what automerge made.
    ///
    /// # Errors
    /// [`ChangeError`] if the content may not enter a log.
    pub(super) fn seal(content: &[u8]) -> Result<(Self, Vec<u8>), ChangeError> {
        if content.len() > CHANGE_BYTES_MAX {
            let (found, max) = (content.len() as u64, CHANGE_BYTES_MAX as u64);
            return Err(DecodeError::TooLarge { what: "change", found, max }.into());
        }
        let mut hashed = ByteWriter::new();
        hashed.byte(CHUNK_CHANGE).bytes(content);
        let hashed = hashed.finish();
        let hash = ChangeHash(Sha256::digest(&hashed).into());
        let header = Self::parse_content(hash, content)?;
        let mut bytes = Vec::with_capacity(hashed.len() + 8);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend(hash.0.iter().take(4));
        bytes.extend(hashed);
        Ok((header, bytes))
    }

    /// The header of no change at all: nothing follows it.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            hash: ChangeHash([0; 32]),
            actor: ActorId([0; 16]),
            seq: 0,
            start_op: 0,
            operations: 0,
            time: 0,
            dependencies: Vec::new(),
        }
    }

    /// The counter of its last operation.
    #[must_use]
    pub const fn max_op(&self) -> u64 {
        self.start_op.saturating_add(self.operations).saturating_sub(1)
    }

    fn parse_content(hash: ChangeHash, content: &[u8]) -> Result<Self, ChangeError> {
        let mut reader = ByteReader::new(content);
        let count = reader.count(CHANGE_DEPENDENCIES_MAX, "dependencies")?;
        let mut dependencies = Vec::with_capacity(count);
        for _ in 0..count {
            dependencies.push(ChangeHash(reader.array("dependency")?));
        }
        let actor = <[u8; 16]>::try_from(reader.bytes(CHANGE_BYTES_MAX, "actor")?)
            .map_err(|_| DecodeError::Invalid { what: "actor" })?;
        let seq = reader.number("seq")?;
        let start_op = reader.number("start_op")?;
        let time = reader.signed("time")?;
        reader.text(CHANGE_BYTES_MAX, "message")?;
        for _ in 0..reader.count(OTHER_ACTORS_MAX, "actors")? {
            reader.bytes(CHANGE_BYTES_MAX, "other actor")?;
        }
        if seq == 0 || start_op == 0 {
            return Err(DecodeError::Invalid { what: "seq or start_op" }.into());
        }
        let (operations, deletions) = count_operations(&mut reader)?;
        let (made, bytes) = (operations - deletions, content.len() as u64);
        if made > bytes {
            return Err(ChangeError::Inflated { made, bytes });
        }
        let last = start_op.saturating_add(operations);
        if last > OPERATION_COUNTER_MAX {
            return Err(DecodeError::TooLarge {
                what: "start_op",
                found: start_op,
                max: OPERATION_COUNTER_MAX,
            }
            .into());
        }
        Ok(Self { hash, actor: ActorId(actor), seq, start_op, operations, time, dependencies })
    }
}

/// Walks every column and returns the rows of the action column, which has one row for each operation, and how many of
/// them delete.
fn count_operations(reader: &mut ByteReader<'_>) -> Result<(u64, u64), ChangeError> {
    let count = reader.count(COLUMNS_MAX, "columns")?;
    let mut columns = Vec::with_capacity(count);
    for _ in 0..count {
        let spec = reader.number("column")?;
        if spec & 0x08 != 0 {
            return Err(ChangeError::CompressedColumn(spec));
        }
        columns.push((spec, reader.count(CHANGE_BYTES_MAX, "column length")?));
    }
    let mut counted = (0, 0);
    for (spec, length) in columns {
        let rows = count_rows(spec, reader.take(length, "column data")?)?;
        if spec == COLUMN_ACTION {
            counted = rows;
        }
    }
    if counted.0 == 0 { Err(ChangeError::Empty) } else { Ok(counted) }
}

/// Counts the rows that a column claims, by its type (the lowest three bits of `spec`), without making them; and, as far
/// as it holds actions, those that delete.
fn count_rows(spec: u64, data: &[u8]) -> Result<(u64, u64), ChangeError> {
    let mut reader = ByteReader::new(data);
    let (mut rows, mut deletions) = (0_u64, 0_u64);
    let mut add = |count: u64| {
        rows = rows.saturating_add(count);
        if rows > CHANGE_OPERATIONS_MAX {
            Err(ChangeError::TooManyOperations { rows })
        } else {
            Ok(())
        }
    };
    match spec & 0x07 {
        7 => {}
        4 => {
            while !reader.is_empty() {
                add(reader.number("boolean run")?)?;
            }
        }
        kind => {
            while !reader.is_empty() {
                let run = reader.signed("run")?;
                let values = match run {
                    0 => {
                        add(reader.number("null run")?)?;
                        0
                    }
                    1.. => {
                        add(run.unsigned_abs())?;
                        1
                    }
                    _ => {
                        add(run.unsigned_abs())?;
                        run.unsigned_abs()
                    }
                };
                for _ in 0..values {
                    match kind {
                        3 => drop(reader.signed("delta")?),
                        5 => drop(reader.bytes(CHANGE_BYTES_MAX, "string")?),
                        _ if reader.number("value")? == ACTION_DELETE => {
                            deletions += if run > 0 { run.unsigned_abs() } else { 1 };
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    Ok((rows, deletions))
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::{
        ActorId as Actor, AutoCommit, ObjType, ROOT, ReadDoc as _, transaction::Transactable as _,
    };
    use proptest::prelude::*;

    fn changes() -> Vec<automerge::Change> {
        let mut doc = AutoCommit::new().with_actor(Actor::from([7_u8; 16]));
        let text = doc.put_object(ROOT, "text", ObjType::Text).expect("text");
        doc.splice_text(&text, 0, 0, "Цифрлық мәдениет").expect("splice");
        doc.commit();
        doc.put(ROOT, "due", "2027-05-14").expect("put");
        doc.put(ROOT, "done", true).expect("put");
        doc.splice_text(&text, 3, 4, "ә").expect("splice");
        doc.commit();
        assert_eq!(doc.length(&text), 13);
        doc.get_changes(&[])
    }

    #[test]
    fn a_header_says_what_automerge_says() {
        for change in changes() {
            let header = ChangeHeader::parse(change.raw_bytes()).expect("parses");
            assert_eq!(header.hash.0, change.hash().0);
            assert_eq!(header.seq, change.seq());
            assert_eq!(header.start_op, u64::from(change.start_op()));
            assert_eq!(header.operations, change.len() as u64);
            assert_eq!(header.max_op(), change.max_op());
            assert_eq!(
                header.actor.0,
                <[u8; 16]>::try_from(change.actor_id().to_bytes()).expect("16 bytes")
            );
        }
    }

    #[test]
    fn a_run_length_bomb_is_refused_by_its_claim() {
        // 5 million rows in 4 bytes: automerge would spend 20 seconds and 2 GiB on it.
        let mut run = vec![0xc0, 0x96, 0xb1, 0x02];
        run.push(1);
        assert!(matches!(
            count_rows(COLUMN_ACTION, &run),
            Err(ChangeError::TooManyOperations { .. })
        ));
    }

    proptest! {
        #[test]
        fn a_flipped_byte_never_panics_and_never_passes(position in 0_usize..300, mask in 1_u8..) {
            for change in changes() {
                let mut bytes = change.raw_bytes().to_vec();
                let index = position % bytes.len();
                bytes[index] ^= mask;
                prop_assert!(ChangeHeader::parse(&bytes).is_err());
            }
        }
    }
}
