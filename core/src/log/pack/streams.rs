//! The byte streams of a pack: like goes to like, and each is packed by itself.

use std::collections::BTreeMap;

use crate::log::bytes::{ByteReader, ByteWriter, DecodeError};

/// The most bytes that all streams together may unpack to.
pub(super) const STREAM_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How many times larger than its bytes what is packed in them may be.
pub(super) const RATIO_MAX: usize = 100;

const STREAMS_MAX: usize = 512;
/// A stream shorter than this is not given to zstd.
const COMPRESS_FROM_BYTES: usize = 32;
/// Streams that have fewer bytes together are live edits and rows of a log: quick matters more than short.
const SMALL_BYTES: usize = 16 * 1024;
/// Streams that have more bytes together are whole plans.
const LARGE_BYTES: usize = 128 * 1024;
/// Some 50 MB/s.
const LEVEL_FAST: i32 = 6;
/// Some 10 MB/s, and 6 % shorter.
const LEVEL_THOROUGH: i32 = 15;
/// Some 35 MB/s, and 3 % shorter.
const LEVEL_LARGE: i32 = 9;
/// What every zstd frame begins with: left out.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What is being written, by the number of the stream.
#[derive(Debug, Default)]
pub(super) struct StreamsWriter(BTreeMap<u64, ByteWriter>);

impl StreamsWriter {
    /// The stream to append to.
    pub(super) fn at(&mut self, stream: u64) -> &mut ByteWriter {
        self.0.entry(stream).or_default()
    }

    /// How many bytes all streams have.
    pub(super) fn len(&self) -> usize {
        self.0.values().map(ByteWriter::len).sum()
    }

    /// Appends all streams, each packed where that makes it shorter; none of them if `packed` is false.
    pub(super) fn write(&self, packed: bool, writer: &mut ByteWriter) {
        writer.number(self.0.len() as u64);
        let level = match self.len() {
            ..SMALL_BYTES => LEVEL_FAST,
            SMALL_BYTES..LARGE_BYTES => LEVEL_THOROUGH,
            LARGE_BYTES.. => LEVEL_LARGE,
        };
        let mut compressor = packed.then(|| compressor(level)).flatten();
        let mut before = 0;
        for (stream, content) in &self.0 {
            let plain = content.as_bytes();
            let packed = compressor
                .as_mut()
                .and_then(|compressor| pack(plain, compressor))
                .filter(|packed| packed.len() < plain.len());
            writer.number(stream - before).number(plain.len() as u64);
            before = *stream;
            match packed {
                Some(packed) => writer.number(packed.len() as u64).raw(&packed),
                None => writer.number(0).raw(plain),
            };
        }
    }
}

fn compressor(level: i32) -> Option<zstd::bulk::Compressor<'static>> {
    let mut compressor = zstd::bulk::Compressor::new(level).ok()?;
    compressor.include_contentsize(false).ok()?;
    Some(compressor)
}

/// One byte for a stream that repeats it; else a zstd frame without its magic.
fn pack(plain: &[u8], compressor: &mut zstd::bulk::Compressor<'_>) -> Option<Vec<u8>> {
    let first = *plain.first()?;
    if plain.iter().all(|byte| *byte == first) {
        return Some(vec![first]);
    }
    if plain.len() < COMPRESS_FROM_BYTES {
        return None;
    }
    let packed = compressor.compress(plain).ok()?;
    packed.strip_prefix(&ZSTD_MAGIC).map(<[u8]>::to_vec)
}

/// Streams that were unpacked, each within its bounds.
#[derive(Debug, Default)]
pub(super) struct Streams(BTreeMap<u64, Vec<u8>>);

impl Streams {
    /// Unpacks what [`StreamsWriter::write`] wrote; `plain_max` bounds all streams together.
    pub(super) fn read(
        reader: &mut ByteReader<'_>,
        mut plain_max: usize,
    ) -> Result<Self, DecodeError> {
        let (mut streams, mut stream) = (BTreeMap::new(), 0_u64);
        for _ in 0..reader.count(STREAMS_MAX, "streams")? {
            stream = stream.saturating_add(reader.number("stream")?);
            let plain = reader.count(plain_max, "stream size")?;
            plain_max -= plain;
            let content = match reader.count(plain, "packed size")? {
                0 => reader.take(plain, "stream")?.to_vec(),
                packed => unpack(reader.take(packed, "packed stream")?, plain)?,
            };
            if streams.insert(stream, content).is_some() {
                return Err(DecodeError::Invalid { what: "stream" });
            }
        }
        Ok(Self(streams))
    }

    /// Readers of all streams, each at its front.
    pub(super) fn readers(&self) -> Readers<'_> {
        let readers = self.0.iter().map(|(stream, bytes)| (*stream, ByteReader::new(bytes)));
        Readers(readers.collect())
    }
}

fn unpack(packed: &[u8], plain: usize) -> Result<Vec<u8>, DecodeError> {
    let invalid = DecodeError::Invalid { what: "packed stream" };
    if let [byte] = packed {
        return Ok(vec![*byte; plain]);
    }
    let frame = [&ZSTD_MAGIC, packed].concat();
    let content = zstd::bulk::decompress(&frame, plain).map_err(|_| invalid.clone())?;
    if content.len() == plain { Ok(content) } else { Err(invalid) }
}

/// How far each stream has been read.
#[derive(Debug)]
pub(super) struct Readers<'a>(BTreeMap<u64, ByteReader<'a>>);

impl<'a> Readers<'a> {
    /// The stream to read from.
    pub(super) fn at(&mut self, stream: u64) -> Result<&mut ByteReader<'a>, DecodeError> {
        self.0.get_mut(&stream).ok_or(DecodeError::Truncated { what: "streams" })
    }

    /// Checks that every stream was read to its end.
    pub(super) fn end(&self) -> Result<(), DecodeError> {
        self.0.values().try_for_each(ByteReader::end)
    }
}
