//! The few parts of ZIP (PKWARE APPNOTE 6.3) that a workbook needs: the list at the end, stored and deflated entries.

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

use crate::TableError;

/// Bytes that everything unpacked from a file may have together.
pub(crate) const UNPACKED_BYTES_MAX: usize = 16 << 20;

/// Entries of a file.
const ENTRIES_MAX: usize = 4_096;

/// The end record and the longest remark behind it.
const END_BYTES_MAX: usize = 22 + 65_535;

/// A file inside.
struct Entry<'a> {
    name: &'a [u8],
    method: u16,
    packed: usize,
    offset: usize,
}

/// An archive whose list was read.
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry<'a>>,
    /// What may still be unpacked.
    left: usize,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(pair.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_le_bytes(four.try_into().ok()?)).ok()
}

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, TableError> {
        let entries = entries(bytes).ok_or(TableError::Damaged)?;
        Ok(Self { bytes, entries, left: UNPACKED_BYTES_MAX })
    }

    /// The content of a file, `None` where there is none of this name.
    pub(crate) fn content(&mut self, name: &str) -> Result<Option<String>, TableError> {
        let wanted = |entry: &&Entry<'_>| entry.name.eq_ignore_ascii_case(name.as_bytes());
        let Some(entry) = self.entries.iter().find(wanted) else { return Ok(None) };
        let packed = data(self.bytes, entry).ok_or(TableError::Damaged)?;
        let content = match entry.method {
            0 if packed.len() <= self.left => packed.to_vec(),
            8 => decompress_to_vec_with_limit(packed, self.left).map_err(|error| {
                match error.status {
                    TINFLStatus::HasMoreOutput => {
                        TableError::UnpacksTooLarge { limit: UNPACKED_BYTES_MAX }
                    }
                    _ => TableError::Damaged,
                }
            })?,
            0 => return Err(TableError::UnpacksTooLarge { limit: UNPACKED_BYTES_MAX }),
            _ => return Err(TableError::Damaged),
        };
        self.left -= content.len();
        String::from_utf8(content).map(Some).map_err(|_| TableError::Damaged)
    }
}

/// The list of entries; `None` where it is damaged, encrypted or of the form for huge files.
fn entries(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    let start = bytes.len().saturating_sub(END_BYTES_MAX);
    let end = start + bytes.get(start..)?.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let count = usize::from(u16_at(bytes, end + 10)?);
    let mut at = u32_at(bytes, end + 16)?;
    if count > ENTRIES_MAX {
        return None;
    }
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let is_encrypted = u16_at(bytes, at + 8)? & 1 != 0;
        let name_bytes = usize::from(u16_at(bytes, at + 28)?);
        let more = usize::from(u16_at(bytes, at + 30)?) + usize::from(u16_at(bytes, at + 32)?);
        let name = bytes.get(at + 46..at + 46 + name_bytes)?;
        let method = u16_at(bytes, at + 10)?;
        let (packed, offset) = (u32_at(bytes, at + 20)?, u32_at(bytes, at + 42)?);
        if is_encrypted {
            return None;
        }
        entries.push(Entry { name, method, packed, offset });
        at = at.checked_add(46 + name_bytes + more)?;
    }
    Some(entries)
}

/// The packed bytes of an entry: behind its own head, whose lengths differ from those of the list.
fn data<'a>(bytes: &'a [u8], entry: &Entry<'_>) -> Option<&'a [u8]> {
    let at = entry.offset;
    if bytes.get(at..at.checked_add(4)?)? != b"PK\x03\x04" {
        return None;
    }
    let head = 30 + usize::from(u16_at(bytes, at + 26)?) + usize::from(u16_at(bytes, at + 28)?);
    let start = at.checked_add(head)?;
    bytes.get(start..start.checked_add(entry.packed)?)
}
