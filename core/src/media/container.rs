//! What the containers of pictures share: big and little ends, a check sum, and the little of EXIF that is kept.

/// The most entries of a directory that are looked at.
const ENTRIES_MAX: usize = 512;
/// The tag of the orientation.
const ORIENTATION: u16 = 0x0112;

/// Takes `count` bytes off the front.
pub(super) fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(head)
}

pub(super) fn big(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?))
}

pub(super) fn little(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?))
}

/// How a picture lies, from 2 to 8, as an EXIF block says; `None` for one that lies straight, or says nothing.
pub(super) fn orientation(exif: &[u8]) -> Option<u8> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let little_end = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little_end { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let directory = tiff.get(4..8)?;
    let directory = if little_end { little(directory) } else { big(directory) }?;
    let directory = usize::try_from(directory).ok()?;
    let count = usize::from(short(directory)?).min(ENTRIES_MAX);
    let entries = (0..count).filter_map(|number| directory.checked_add(2 + 12 * number));
    let mut found = entries.filter(|at| short(*at) == Some(ORIENTATION));
    let value = short(found.next()?.checked_add(8)?)?;
    u8::try_from(value).ok().filter(|value| (2..=8).contains(value))
}

/// An EXIF block, without the name that JPEG puts before it, that says how a picture lies and nothing else.
pub(super) fn exif_with(orientation: u8) -> [u8; 26] {
    let mut exif = *b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    exif[19] = orientation;
    exif
}

/// The check sum of PNG (ISO 3309), bit by bit: what it is made of here is short.
pub(super) fn crc(parts: &[&[u8]]) -> u32 {
    let bytes = parts.iter().copied().flatten();
    !bytes.fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1))
        })
    })
}
