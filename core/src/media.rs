//! Files that go with the plan: which types are taken, told from the bytes and never from a name, and pictures without
//! what a camera writes beside them.

mod container;
mod picture;

pub use picture::{DamagedPicture, strip};

/// How much of the beginning and the end of an archive is looked at for the names of what is in it.
const ARCHIVE_LOOK_BYTES: usize = 128 * 1024;

/// A type of file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Media {
    /// A photo.
    Jpeg,
    /// A picture of the screen.
    Png,
    /// A picture of the web.
    Webp,
    /// A document as it is printed.
    Pdf,
    /// A text of Word.
    Docx,
    /// A table of Excel.
    Xlsx,
    /// Slides of PowerPoint.
    Pptx,
    /// A text in the OpenDocument form.
    Odt,
    /// A table in the OpenDocument form.
    Ods,
    /// Slides in the OpenDocument form.
    Odp,
    /// Plain text in UTF-8, tables with commas among it.
    Text,
}

impl Media {
    /// All types.
    pub const ALL: [Self; 11] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Pdf,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Text,
    ];

    /// What the bytes are; `None` for everything that is not taken: programs, archives, web pages, drawings that can
    /// hold scripts, papers with macros.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [b'P', b'K', 3, 4, ..] => archive(bytes),
            _ => is_plain_text(bytes).then_some(Self::Text),
        }
    }

    /// The type as the web calls it.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// The endings of names that fit, the usual one first.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jfif"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Odp => &["odp"],
            Self::Text => &["txt", "csv", "md", "tsv"],
        }
    }

    /// A picture, which pages may show; anything else is only kept as a file.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// A name for a file of this type, from one that somebody gave: its last part, without what a file system or a
    /// terminal could take for something else, with a fitting ending.
    #[must_use]
    pub fn file_name(self, given: &str) -> String {
        let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let plain = |letter: &char| {
            !letter.is_control()
                && !matches!(letter, '"' | '<' | '>' | ':' | '|' | '?' | '*')
                && !matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let name: String = last.chars().filter(plain).take(NAME_CHARS_MAX).collect();
        let name = name.trim().trim_matches('.').trim();
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        let usual = self.endings().first().copied().unwrap_or_default();
        match ending {
            _ if name.is_empty() => format!("file.{usual}"),
            Some(ending) if self.endings().contains(&ending.as_str()) => name.to_owned(),
            _ => format!("{name}.{usual}"),
        }
    }
}

/// The most letters of a file's name.
const NAME_CHARS_MAX: usize = 100;

/// The office file that an archive is.
fn archive(bytes: &[u8]) -> Option<Media> {
    let open = |kind: &str| {
        let name = [b"mimetypeapplication/vnd.oasis.opendocument.", kind.as_bytes()].concat();
        bytes.get(30..).is_some_and(|rest| rest.starts_with(&name))
    };
    let end = bytes.len().saturating_sub(ARCHIVE_LOOK_BYTES);
    let looked_at = [bytes.get(..ARCHIVE_LOOK_BYTES.min(bytes.len())), bytes.get(end..)];
    let holds = |name: &str| {
        let parts = looked_at.iter().flatten();
        parts.into_iter().any(|part| part.windows(name.len()).any(|w| w == name.as_bytes()))
    };
    // Papers that run programs are not taken.
    if holds("vbaProject.bin") || holds("Basic/script-lc.xml") {
        return None;
    }
    let spreadsheet = open("spreadsheet");
    let presentation = open("presentation");
    match () {
        () if open("text") => Some(Media::Odt),
        () if spreadsheet => Some(Media::Ods),
        () if presentation => Some(Media::Odp),
        () if !holds("[Content_Types].xml") => None,
        () if holds("word/document.xml") => Some(Media::Docx),
        () if holds("xl/workbook.xml") => Some(Media::Xlsx),
        () if holds("ppt/presentation.xml") => Some(Media::Pptx),
        () => None,
    }
}

/// UTF-8 without control characters that is no markup: what a browser could take for a page or a drawing is not taken.
fn is_plain_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t' | '\u{c}');
    let start = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t', '\u{c}']);
    !start.is_empty() && !start.starts_with('<') && !text.contains(odd)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zip(names: &[&str]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        names.iter().for_each(|name| bytes.extend(name.as_bytes()));
        bytes
    }

    #[test]
    fn types_are_told_from_the_bytes() {
        let open = |kind: &str| {
            let mut bytes = b"PK\x03\x04".to_vec();
            bytes.resize(30, 0);
            bytes.extend(format!("mimetypeapplication/vnd.oasis.opendocument.{kind}").bytes());
            bytes
        };
        for (bytes, media) in [
            (vec![0xff, 0xd8, 0xff, 0xe0], Media::Jpeg),
            (b"\x89PNG\r\n\x1a\n".to_vec(), Media::Png),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Media::Webp),
            (b"%PDF-1.7".to_vec(), Media::Pdf),
            (zip(&["[Content_Types].xml", "word/document.xml"]), Media::Docx),
            (zip(&["[Content_Types].xml", "xl/workbook.xml"]), Media::Xlsx),
            (zip(&["[Content_Types].xml", "ppt/presentation.xml"]), Media::Pptx),
            (open("text"), Media::Odt),
            (open("spreadsheet"), Media::Ods),
            (open("presentation"), Media::Odp),
            ("аты;саны\nӘсел;3\n".into(), Media::Text),
        ] {
            assert_eq!(Media::of(&bytes), Some(media));
        }
    }

    #[test]
    fn t43_programs_pages_drawings_and_macros_are_not_taken() {
        for bytes in [
            &b"MZ\x90\0"[..],
            b"\x7fELF",
            b"<!doctype html><script>",
            "\u{feff} \n<svg xmlns=''>".as_bytes(),
            b"<?xml version='1.0'?><svg>",
            b"GIF89a\0\x01",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"\x1b[2J",
            b"",
            b"   ",
            &zip(&["a.exe"]),
            &zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]),
        ] {
            assert_eq!(Media::of(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn names_are_plain_and_end_as_the_type_does() {
        for (given, name) in [
            ("C:\\fakepath\\сабақ 8Ә.JPG", "сабақ 8Ә.JPG"),
            ("../../etc/passwd", "passwd.jpg"),
            ("photo.exe", "photo.exe.jpg"),
            ("a\u{202e}gpj.exe\r\n\"", "agpj.exe.jpg"),
            ("...", "file.jpg"),
            ("", "file.jpg"),
        ] {
            assert_eq!(Media::Jpeg.file_name(given), name);
        }
        assert_eq!(Media::Text.file_name("нәтиже.csv"), "нәтиже.csv");
    }

    proptest! {
        #[test]
        fn any_name_becomes_a_plain_one(given in any::<String>()) {
            let name = Media::Pdf.file_name(&given);
            prop_assert!(name.ends_with(".pdf") || name.to_lowercase().ends_with(".pdf"));
            prop_assert!(!name.contains(['/', '\\', '"', '\n', '\r', '\0']) && !name.starts_with('.'));
        }
    }
}
