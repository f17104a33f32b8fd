//! Pictures are built here part by part, so that each part is known.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

/// An EXIF block as telephones write it: a directory with the orientation, and a place.
fn exif(lies: u8, little_end: bool) -> Vec<u8> {
    let short = |n: u16| if little_end { n.to_le_bytes() } else { n.to_be_bytes() };
    let long = |n: u32| if little_end { n.to_le_bytes() } else { n.to_be_bytes() };
    let mut exif = if little_end { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
    exif.extend(long(8));
    exif.extend(short(2));
    for (tag, kind, value) in [(0x0112, 3, short(lies.into())), (0x8825, 4, short(38))] {
        exif.extend([short(tag), short(kind)].concat());
        exif.extend(long(1));
        exif.extend(value);
        exif.extend([0, 0]);
    }
    exif.extend(b"GPS 43.2389N 76.8897E; Apple iPhone 15");
    exif
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap_or_default();
    [&[0xff, marker][..], &length.to_be_bytes(), content].concat()
}

/// The parts that show the picture.
fn shown() -> Vec<u8> {
    let scan = [0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56];
    [
        segment(0xdb, &[0; 65]),
        segment(0xc2, &[8, 0, 1, 0, 1, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]),
        segment(0xc4, &[0; 20]),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        scan.to_vec(),
        segment(0xda, &[1, 2, 0, 0, 63, 0]),
        scan.to_vec(),
    ]
    .concat()
}

fn photo(lies: u8, little_end: bool) -> Vec<u8> {
    let jfif = [&b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01"[..], b"thumbGPS"].concat();
    [
        &[0xff, 0xd8][..],
        &segment(0xe0, &jfif),
        &segment(0xe1, &[b"Exif\0\0", exif(lies, little_end).as_slice()].concat()),
        &segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPS"),
        &segment(0xe2, b"ICC_PROFILE\0\x01\x01colours"),
        &segment(0xe2, b"MPF\0II*\0GPS"),
        &segment(0xed, b"Photoshop 3.0\08BIM GPS Almaty"),
        &segment(0xee, b"Adobe\0\x64\0\0\0\0\x01"),
        &segment(0xfe, b"GPS comment"),
        &shown(),
        &[0xff, 0xd9],
        b"a film behind the picture, with GPS",
    ]
    .concat()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[test]
fn t43_a_photo_loses_place_time_names_thumbnail_and_what_stands_behind_it() {
    for (lies, little_end) in [(6, true), (8, false), (1, true), (0, false), (9, true)] {
        let bytes = photo(lies, little_end);
        assert!(holds(&bytes, b"GPS"));
        let clean = strip(Media::Jpeg, &bytes).unwrap();
        for gone in [&b"GPS"[..], b"Apple", b"thumb", b"film", b"xmpmeta", b"Photoshop", b"MPF"] {
            assert!(!holds(&clean, gone), "{}", String::from_utf8_lossy(gone));
        }
        for kept in [&shown()[..], b"ICC_PROFILE\0\x01\x01colours", b"Adobe", b"JFIF"] {
            assert!(holds(&clean, kept));
        }
        let kept = clean.windows(2).position(|pair| pair == [0xff, 0xe1]);
        let kept = kept.map(|at| orientation(&clean[at + 4..at + 36]));
        assert_eq!(kept, (2..=8).contains(&lies).then_some(Some(lies)), "how it lies is kept");
        assert_eq!(strip(Media::Jpeg, &clean), Ok(clean.clone()), "the same once more");
    }
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or_default().to_be_bytes();
    [&length[..], kind, data, &crc(&[kind, data]).to_be_bytes()].concat()
}

#[test]
fn t43_a_png_keeps_only_what_shows_it() {
    let parts = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]),
        chunk(b"eXIf", &exif(6, false)),
        chunk(b"tEXt", b"Author\0GPS"),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0GPS"),
        chunk(b"tIME", &[7, 234, 11, 30, 1, 2, 3]),
        chunk(b"quGP", b"GPS"),
        chunk(b"IDAT", b"picture"),
        chunk(b"IEND", b""),
        b"GPS behind".to_vec(),
    ];
    let clean = strip(Media::Png, &parts.concat()).unwrap();
    let expected = [
        parts[0].clone(),
        parts[1].clone(),
        chunk(b"eXIf", &exif_with(6)),
        parts[7].clone(),
        parts[8].clone(),
    ];
    assert_eq!(clean, expected.concat());
    assert_eq!(crc(&[b"IEND"]), 0xae42_6082, "as every PNG ends");
    assert_eq!(strip(Media::Png, &clean), Ok(clean));
}

#[test]
fn t43_a_webp_keeps_only_what_shows_it() {
    let riff = |chunks: &[(&[u8; 4], &[u8])], behind: &[u8]| {
        let mut body = Vec::new();
        chunks.iter().for_each(|(kind, data)| riff_push(&mut body, kind, data));
        let size = u32::try_from(body.len() + 4).unwrap_or_default().to_le_bytes();
        [&b"RIFF"[..], &size, b"WEBP", &body, behind].concat()
    };
    let mut frame = vec![0; 16];
    riff_push(&mut frame, b"VP8 ", b"frame");
    let clean_frame = frame.clone();
    riff_push(&mut frame, b"GPS ", b"GPS");
    let exif = exif(3, true);
    let bytes = riff(
        &[
            (b"VP8X", &[0x2c, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            (b"ICCP", b"colours"),
            (b"ANMF", &frame),
            (b"VP8L", b"picture"),
            (b"EXIF", &exif),
            (b"XMP ", b"GPS"),
        ],
        b"GPS behind",
    );
    let clean = strip(Media::Webp, &bytes).unwrap();
    let expected = riff(
        &[
            (b"VP8X", &[0x28, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            (b"ICCP", b"colours"),
            (b"ANMF", &clean_frame),
            (b"VP8L", b"picture"),
            (b"EXIF", &exif_with(3)),
        ],
        b"",
    );
    assert_eq!(clean, expected);
    let plain = riff(&[(b"VP8 ", b"picture")], b"");
    assert_eq!(strip(Media::Webp, &plain), Ok(plain));
}

#[test]
fn what_is_cut_or_shows_nothing_is_damaged() {
    let photo = photo(6, true);
    let whole = photo.len() - b"a film behind the picture, with GPS".len();
    for end in [2, 3, 20, 200, whole - 1] {
        assert_eq!(strip(Media::Jpeg, &photo[..end]), Err(DamagedPicture), "{end}");
    }
    assert_eq!(strip(Media::Jpeg, &[0xff, 0xd8, 0xff, 0xd9]), Err(DamagedPicture));
    assert_eq!(strip(Media::Png, b"\x89PNG\r\n\x1a\n"), Err(DamagedPicture));
    assert_eq!(strip(Media::Webp, b"RIFF\xff\xff\xff\xffWEBP"), Err(DamagedPicture));
    assert_eq!(strip(Media::Text, b"as it is"), Ok(b"as it is".to_vec()));
}

proptest! {
    #[test]
    fn t43_altered_pictures_are_read_or_refused_and_never_say_where(
        places in proptest::collection::vec((any::<u16>(), any::<u8>()), 0..6), cut in any::<u16>(),
    ) {
        let mut bytes = photo(6, true);
        for (at, byte) in places {
            let at = usize::from(at) % bytes.len();
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - usize::from(cut) % 32);
        for media in Media::ALL {
            if let Ok(clean) = strip(media, &bytes) {
                prop_assert!(clean.len() <= bytes.len() + 64);
                prop_assert_eq!(strip(media, &clean), Ok(clean));
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for start in [&b"\xff\xd8\xff"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP"] {
            let bytes = [start, &bytes].concat();
            let media = Media::of(&bytes);
            prop_assert!(media.is_some());
            prop_assert!(strip(media.unwrap(), &bytes).is_ok_and(|clean| !clean.is_empty()) || bytes.len() < 400);
        }
    }
}
