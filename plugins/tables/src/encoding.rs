//! From bytes to text: UTF-8, UTF-16 with its mark, windows-1251.

use crate::TableError;

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without its mark.
    Utf8,
    /// UTF-16, as its mark says.
    Utf16,
    /// windows-1251, which has no letters that only Kazakh has.
    Windows1251,
}

/// The letters of windows-1251 from 0x80 to 0xBF; 0 is none. From 0xC0 on follow the 64 letters from U+0410.
const WINDOWS_1251: [u16; 64] = [
    0x0402, 0x0403, 0x201a, 0x0453, 0x201e, 0x2026, 0x2020, 0x2021, 0x20ac, 0x2030, 0x0409, 0x2039,
    0x040a, 0x040c, 0x040b, 0x040f, 0x0452, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x0000, 0x2122, 0x0459, 0x203a, 0x045a, 0x045c, 0x045b, 0x045f, 0x00a0, 0x040e, 0x045e, 0x0408,
    0x00a4, 0x0490, 0x00a6, 0x00a7, 0x0401, 0x00a9, 0x0404, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x0407,
    0x00b0, 0x00b1, 0x0406, 0x0456, 0x0491, 0x00b5, 0x00b6, 0x00b7, 0x0451, 0x2116, 0x0454, 0x00bb,
    0x0458, 0x0405, 0x0455, 0x0457,
];

/// The text of a file, without a mark at its beginning.
pub(crate) fn decode(bytes: &[u8]) -> Result<(Encoding, String), TableError> {
    let (encoding, text) = match bytes {
        [0xff, 0xfe, rest @ ..] => (Encoding::Utf16, utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => (Encoding::Utf16, utf16(rest, u16::from_be_bytes)?),
        [0xef, 0xbb, 0xbf, rest @ ..] => (Encoding::Utf8, utf8(rest)?),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (Encoding::Utf8, text.to_owned()),
            Err(_) => (Encoding::Windows1251, windows_1251(bytes)?),
        },
    };
    match text.find('\0') {
        Some(at) => Err(TableError::NotText { line: lines(text.get(..at).unwrap_or_default()) }),
        None => Ok((encoding, text)),
    }
}

/// The line that the end of `before` stands on.
fn lines(before: &str) -> usize {
    before.matches('\n').count() + 1
}

fn utf8(bytes: &[u8]) -> Result<String, TableError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        TableError::NotText { line: lines(&String::from_utf8_lossy(good)) }
    })
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, TableError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for letter in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match letter {
            Ok(letter) => text.push(letter),
            Err(_) => return Err(TableError::NotText { line: lines(&text) }),
        }
    }
    if odd.is_empty() { Ok(text) } else { Err(TableError::NotText { line: lines(&text) }) }
}

fn windows_1251(bytes: &[u8]) -> Result<String, TableError> {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let letter = match byte {
            0..=0x7f => Some(char::from(*byte)),
            0xc0..=0xff => char::from_u32(0x0410 + u32::from(byte - 0xc0)),
            _ => {
                let known = WINDOWS_1251.get(usize::from(byte - 0x80)).filter(|known| **known != 0);
                known.and_then(|known| char::from_u32(u32::from(*known)))
            }
        };
        match letter {
            Some(letter) => text.push(letter),
            None => return Err(TableError::NotText { line: lines(&text) }),
        }
    }
    Ok(text)
}
