//! Pictures without what a camera, a telephone or a program wrote beside them: place, time, names, comments, thumbnails,
//! films behind the picture. The picture itself is left as it is, bit by bit, and how it lies is kept.
//!
//! Only parts that are needed to show the picture are copied; all that is not known is left out.

use super::Media;
use super::container::{big, crc, exif_with, little, orientation, take};

/// A picture that cannot be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the picture is damaged")]
pub struct DamagedPicture;

/// A file as it may be kept: a picture without what stands beside it, anything else as it is.
///
/// # Errors
/// [`DamagedPicture`]: what cannot be read cannot be cleaned either.
pub fn strip(media: Media, bytes: &[u8]) -> Result<Vec<u8>, DamagedPicture> {
    match media {
        Media::Jpeg => jpeg(bytes),
        Media::Png => png(bytes),
        Media::Webp => webp(bytes),
        _ => return Ok(bytes.to_vec()),
    }
    .ok_or(DamagedPicture)
}

/// Whether a JPEG marker stands alone, without a length and a content.
const fn is_alone(marker: u8) -> bool {
    matches!(marker, 0x01 | 0xd0..=0xd8)
}

const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// A JPEG: its tables, frames and scans, the colour profile, and what says how colours are coded.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    let (mut body, mut lies) = (Vec::with_capacity(bytes.len()), None);
    let mut begin = Vec::new();
    let (mut framed, mut scanned) = (false, false);
    loop {
        let marker = next_marker(&mut rest)?;
        if marker == 0xd9 {
            break;
        }
        if is_alone(marker) {
            continue;
        }
        let length = u16::from_be_bytes(rest.get(..2)?.try_into().ok()?);
        let segment = take(&mut rest, usize::from(length))?;
        let content = segment.get(2..)?;
        let keep = |out: &mut Vec<u8>, content: &[u8]| {
            let length = u16::try_from(content.len() + 2).unwrap_or_default();
            out.extend([0xff, marker]);
            out.extend(length.to_be_bytes());
            out.extend(content);
        };
        match marker {
            // The thumbnail behind the first 14 bytes is left out.
            0xe0 if content.starts_with(b"JFIF\0") && begin.is_empty() => {
                let mut head = content.get(..14)?.to_vec();
                head.get_mut(12..)?.fill(0);
                keep(&mut begin, &head);
            }
            0xe1 if content.starts_with(b"Exif\0\0") => lies = lies.or(orientation(content)),
            0xe2 if content.starts_with(b"ICC_PROFILE\0") => keep(&mut body, content),
            0xee if content.starts_with(b"Adobe") => keep(&mut body, content),
            0xc0..=0xcf | 0xda..=0xdd => {
                framed |= is_frame(marker);
                keep(&mut body, content);
            }
            _ => {}
        }
        if marker == 0xda {
            scanned = true;
            let end = scan_end(rest)?;
            body.extend(take(&mut rest, end)?);
        }
    }
    if !framed || !scanned {
        return None;
    }
    let mut out = vec![0xff, 0xd8];
    out.append(&mut begin);
    if let Some(lies) = lies {
        out.extend([0xff, 0xe1, 0, 34]);
        out.extend(b"Exif\0\0");
        out.extend(exif_with(lies));
    }
    out.append(&mut body);
    out.extend([0xff, 0xd9]);
    Some(out)
}

/// The next marker, behind any number of fill bytes.
fn next_marker(rest: &mut &[u8]) -> Option<u8> {
    let start = rest.iter().position(|byte| *byte == 0xff)?;
    let fill = rest.get(start..)?.iter().take_while(|byte| **byte == 0xff).count();
    take(rest, start + fill)?;
    take(rest, 1)?.first().copied()
}

/// Where the coded part of a scan ends: before a marker that is no restart.
fn scan_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(
        |pair| matches!(pair, [0xff, marker] if !matches!(marker, 0x00 | 0xd0..=0xd7 | 0xff)),
    )
}

/// Chunks of a PNG that are needed to show it, films of pictures among them.
const PNG_CHUNKS: [&[u8; 4]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
    b"sBIT", b"pHYs", b"bKGD", b"hIST", b"acTL", b"fcTL", b"fdAT",
];

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes;
    let mut out = take(&mut rest, 8)?.to_vec();
    let (mut lies, mut exif_at) = (None, None);
    loop {
        let start = rest;
        let length = usize::try_from(big(take(&mut rest, 4)?)?).ok()?;
        let kind = take(&mut rest, 4)?;
        let data = take(&mut rest, length)?;
        take(&mut rest, 4)?;
        let chunk = start.get(..length.checked_add(12)?)?;
        if out.len() == 8 && kind != b"IHDR" {
            return None;
        }
        if kind == b"eXIf" {
            lies = lies.or(orientation(data));
        }
        if kind == b"IDAT" && exif_at.is_none() {
            exif_at = Some(out.len());
        }
        if PNG_CHUNKS.iter().any(|known| *known == kind) {
            out.extend(chunk);
        }
        if kind == b"IEND" {
            break;
        }
    }
    let at = exif_at?;
    if let Some(lies) = lies {
        let exif = exif_with(lies);
        let mut chunk = Vec::from(26_u32.to_be_bytes());
        chunk.extend(b"eXIf");
        chunk.extend(exif);
        chunk.extend(crc(&[b"eXIf", &exif]).to_be_bytes());
        out.splice(at..at, chunk);
    }
    Some(out)
}

/// Flags of a WebP's head that say that EXIF and XMP follow.
const WEBP_EXIF: u8 = 0x08;
const WEBP_XMP: u8 = 0x04;
/// Bytes of that head: the flags, and the size of the canvas.
const WEBP_HEAD_BYTES: usize = 10;

fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes;
    let head = take(&mut rest, 12)?;
    let size = usize::try_from(little(head.get(4..)?)?).ok()?;
    // What stands behind the container is no part of the picture.
    let mut rest = rest.get(..size.checked_sub(4)?)?;
    let (mut body, mut lies, mut shown) = (Vec::new(), None, false);
    let mut flags_at = None;
    while !rest.is_empty() {
        let (kind, data) = riff_chunk(&mut rest)?;
        match kind {
            b"VP8X" if flags_at.is_none() => {
                if data.len() < WEBP_HEAD_BYTES {
                    return None;
                }
                flags_at = Some(body.len() + 8);
                riff_push(&mut body, kind, data);
            }
            b"ANMF" => {
                let (frame, mut inner) = data.split_at_checked(16)?;
                let mut frame = frame.to_vec();
                while !inner.is_empty() {
                    let (kind, data) = riff_chunk(&mut inner)?;
                    if matches!(kind, b"ALPH" | b"VP8 " | b"VP8L") {
                        riff_push(&mut frame, kind, data);
                    }
                }
                shown = true;
                riff_push(&mut body, kind, &frame);
            }
            b"VP8 " | b"VP8L" => {
                shown = true;
                riff_push(&mut body, kind, data);
            }
            b"ALPH" | b"ANIM" | b"ICCP" => riff_push(&mut body, kind, data),
            b"EXIF" => lies = lies.or(orientation(data)),
            _ => {}
        }
    }
    if !shown {
        return None;
    }
    if let Some(flags) = flags_at.and_then(|at| body.get_mut(at)) {
        *flags &= !(WEBP_EXIF | WEBP_XMP);
        if let Some(lies) = lies {
            *flags |= WEBP_EXIF;
            riff_push(&mut body, b"EXIF", &exif_with(lies));
        }
    }
    let mut out = b"RIFF".to_vec();
    out.extend(u32::try_from(body.len() + 4).ok()?.to_le_bytes());
    out.extend(b"WEBP");
    out.append(&mut body);
    Some(out)
}

fn riff_chunk<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8; 4], &'a [u8])> {
    let kind: &[u8; 4] = take(rest, 4)?.try_into().ok()?;
    let size = usize::try_from(little(take(rest, 4)?)?).ok()?;
    let data = take(rest, size)?;
    if size % 2 == 1 {
        // The last one's filling byte is sometimes missing.
        take(rest, 1.min(rest.len()))?;
    }
    Some((kind, data))
}

fn riff_push(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend(kind);
    out.extend(u32::try_from(data.len()).unwrap_or_default().to_le_bytes());
    out.extend(data);
    if data.len() % 2 == 1 {
        out.push(0);
    }
}

#[cfg(test)]
mod tests;
