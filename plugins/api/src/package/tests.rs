#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

const MANIFEST: &str = r#"{"id": "hello", "version": "1.0.0", "api": "0.1", "author": "8A",
  "name": {"kk": "Сәлем", "ru": "Привет", "en": "Hello"}, "summary": {"kk": "а", "ru": "б", "en": "c"},
  "tasks": [{"id": "hello", "title": {"kk": "а", "ru": "б", "en": "c"}, "where": "plan"}]}"#;

/// An empty component.
const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn publisher() -> Publisher {
    Publisher(key().verifying_key().to_bytes())
}

fn open(bytes: &[u8]) -> Result<Package, PackageError> {
    Package::open(bytes.to_vec(), &Limits::default())
}

fn section(id: u8, body: &[u8]) -> Vec<u8> {
    assert!(body.len() < 128 * 128);
    let size = [(body.len() & 0x7f) as u8 | 0x80, (body.len() >> 7) as u8];
    [&[id], &size[..], body].concat()
}

fn custom(name: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    component::append(&mut bytes, name, data);
    bytes
}

fn component() -> Vec<u8> {
    with_manifest(EMPTY, MANIFEST, &Limits::default()).unwrap()
}

fn signed() -> Vec<u8> {
    sign(&component(), &key(), &Limits::default()).unwrap()
}

fn script(runner: RunnerName) -> String {
    let manifest =
        MANIFEST.replace("\"api\"", &format!("\"runner\": \"{}\", \"api\"", runner.name()));
    let sign = runner.comment();
    let lines: String = manifest.lines().map(|line| format!("{sign} {line}\n")).collect();
    format!("{sign} /// jospar\n{lines}{sign} ///\nprint('Сәлем')\n")
}

#[test]
fn a_package_is_opened_with_and_without_a_signature() {
    let unsigned = open(&component()).unwrap();
    assert_eq!((unsigned.publisher(), unsigned.form()), (None, Form::Component));
    let package = open(&signed()).unwrap();
    assert_eq!(package.publisher(), Some(publisher()));
    assert_eq!(package.manifest(), unsigned.manifest());
    assert_ne!(package.hash(), unsigned.hash());
    assert_eq!(package.source(), None);
    for runner in [RunnerName::Js1, RunnerName::Py1] {
        let text = script(runner);
        let unsigned = open(text.as_bytes()).unwrap();
        assert_eq!((unsigned.publisher(), unsigned.form()), (None, Form::Script(runner)));
        let bytes = sign(text.as_bytes(), &key(), &Limits::default()).unwrap();
        let package = open(&bytes).unwrap();
        assert_eq!(package.publisher(), Some(publisher()));
        assert!(package.source().unwrap().starts_with(&text));
    }
}

#[test]
fn signing_again_replaces_the_signature() {
    let other = SigningKey::from_bytes(&[8; 32]);
    for bytes in [component(), script(RunnerName::Py1).into_bytes()] {
        let first = sign(&bytes, &other, &Limits::default()).unwrap();
        let again = sign(&first, &key(), &Limits::default()).unwrap();
        assert_eq!(again, sign(&bytes, &key(), &Limits::default()).unwrap());
    }
}

#[test]
fn t25_no_altered_byte_passes_as_signed() {
    let script = sign(script(RunnerName::Js1).as_bytes(), &key(), &Limits::default()).unwrap();
    for bytes in [signed(), script] {
        for at in 0..bytes.len() {
            for flip in [1, 0x20, 0x80, 0xff] {
                let mut altered = bytes.clone();
                altered[at] ^= flip;
                if let Ok(package) = open(&altered) {
                    // A signature whose own name was altered is none; whoever installs is told that.
                    assert_eq!(package.publisher(), None, "byte {at}, {flip:#x}");
                }
            }
        }
    }
}

#[test]
fn t25_nothing_can_be_put_before_behind_or_between() {
    let bytes = signed();
    let (before, signature) = bytes.split_at(bytes.len() - 115);
    let misplaced = [
        [&bytes, &custom("x", b"y")[..]].concat(),
        [&bytes, signature].concat(),
        [before, &custom(SIGNATURE_SECTION, &signature[19..][..95])].concat(),
        [before, &custom(SIGNATURE_SECTION, b"")].concat(),
        // The same section with its length in two bytes.
        [before, &[0, 0xf1, 0], &signature[2..]].concat(),
    ];
    for altered in misplaced {
        assert_eq!(open(&altered).unwrap_err(), PackageError::SignatureMisplaced);
    }
    let moved = [before, &custom("x", b"y"), signature].concat();
    assert_eq!(open(&moved).unwrap_err(), PackageError::SignatureInvalid);
    let text = String::from_utf8(
        sign(script(RunnerName::Py1).as_bytes(), &key(), &Limits::default()).unwrap(),
    )
    .unwrap();
    for altered in [
        format!("{text}print(1)\n"),
        format!("{text}\n"),
        text.trim_end().to_owned(),
        text.replace("\n# jospar:s", "\n #  jospar:s"),
    ] {
        assert_eq!(open(altered.as_bytes()).unwrap_err(), PackageError::SignatureMisplaced);
    }
    let windows = text.replace('\n', "\r\n");
    assert!(matches!(open(windows.as_bytes()), Err(PackageError::SignatureMisplaced)));
    let altered = text.replace("print('", "print( '");
    assert_eq!(open(altered.as_bytes()).unwrap_err(), PackageError::SignatureInvalid);
}

#[test]
fn t25_a_signature_for_something_else_does_not_count() {
    let bytes = component();
    let other = key().sign(&bytes).to_bytes();
    let both = [&key().verifying_key().to_bytes()[..], &other].concat();
    let package = [&bytes[..], &custom(SIGNATURE_SECTION, &both)].concat();
    assert_eq!(open(&package).unwrap_err(), PackageError::SignatureInvalid);
    // The neutral point as key: some verifiers take a signature of zeros for any message.
    let mut weak = [0; 96];
    weak[0] = 1;
    weak[32] = 1;
    let package = [&bytes[..], &custom(SIGNATURE_SECTION, &weak)].concat();
    assert_eq!(open(&package).unwrap_err(), PackageError::SignatureInvalid);
}

#[test]
fn t25_sections_of_nested_modules_are_none_of_the_packages() {
    let module = [&b"\0asm\x01\0\0\0"[..], &custom(MANIFEST_SECTION, MANIFEST.as_bytes())].concat();
    let nested = [EMPTY, &custom(MANIFEST_SECTION, MANIFEST.as_bytes())].concat();
    let signature = &signed()[component().len()..].to_vec();
    for (id, inner) in [(1, &module), (4, &nested)] {
        let outer = [EMPTY, &section(id, inner)].concat();
        assert_eq!(open(&outer).unwrap_err(), PackageError::NoManifest);
        let outer = with_manifest(&outer, MANIFEST, &Limits::default()).unwrap();
        assert_eq!(open(&outer).unwrap().publisher(), None);
        // A signature at the end of a nested module stands at the end of the file, too.
        let inner = [inner, &signature[..]].concat();
        let last = [&component()[..], &section(id, &inner)].concat();
        assert_eq!(open(&last).unwrap().publisher(), None);
    }
}

#[test]
fn what_is_no_package_is_told_apart() {
    let error = |bytes: &[u8]| open(bytes).unwrap_err();
    assert_eq!(error(b""), PackageError::NotAPackage);
    assert_eq!(error(b"PK\x03\x04"), PackageError::NotAPackage);
    assert_eq!(error(b"print(1)\n"), PackageError::NotAPackage);
    assert_eq!(error(b"# /// jospar\n# {}\nprint(1)\n"), PackageError::NoManifest);
    assert_eq!(error(b"\0asm\x01\0\0\0"), PackageError::CoreModule);
    assert_eq!(error(EMPTY), PackageError::NoManifest);
    assert!(matches!(error(b"\0ELF"), PackageError::Damaged { .. }));
    assert!(matches!(error(b"# \xff"), PackageError::NotText { at: 2 }));
    let two = [&component()[..], &custom(MANIFEST_SECTION, MANIFEST.as_bytes())].concat();
    assert_eq!(error(&two), PackageError::TwoManifests);
    assert_eq!(
        with_manifest(&component(), MANIFEST, &Limits::default()),
        Err(PackageError::TwoManifests)
    );
    let text = script(RunnerName::Py1);
    assert_eq!(error(format!("{text}{text}").as_bytes()), PackageError::TwoManifests);
    assert_eq!(error(text.replace("py-1", "js-1").as_bytes()), PackageError::Runner);
    assert_eq!(error(text.replace("\"runner\": \"py-1\",", "").as_bytes()), PackageError::Runner);
    let runner = MANIFEST.replace("\"api\"", "\"runner\": \"py-1\", \"api\"");
    assert_eq!(with_manifest(EMPTY, &runner, &Limits::default()), Err(PackageError::Runner));
    assert!(matches!(error(text.replace("hello", "Hello").as_bytes()), PackageError::Manifest(_)));
    let limits = Limits { script_bytes_max: 9, component_bytes_max: 7, ..Limits::default() };
    for (bytes, max) in [(&b"# 34567890"[..], 9), (EMPTY, 7)] {
        let expected = PackageError::TooLarge { bytes: bytes.len(), max };
        assert_eq!(Package::open(bytes.to_vec(), &limits).unwrap_err(), expected);
    }
}

#[test]
fn a_script_may_come_from_any_editor() {
    let text = script(RunnerName::Py1);
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    for text in [windows, text.replace("# ", "#"), text.trim_end().to_owned()] {
        let package = open(text.as_bytes()).unwrap();
        assert!(package.source().unwrap().starts_with('#'), "the mark is no part of the script");
        let signed = sign(text.as_bytes(), &key(), &Limits::default()).unwrap();
        assert_eq!(open(&signed).unwrap().publisher(), Some(publisher()));
    }
}

#[test]
fn a_package_cut_anywhere_is_refused_or_another_unsigned_one() {
    for bytes in
        [signed(), sign(script(RunnerName::Js1).as_bytes(), &key(), &Limits::default()).unwrap()]
    {
        for length in 0..bytes.len() {
            if let Ok(package) = open(&bytes[..length]) {
                assert_eq!(package.publisher(), None, "cut at {length}");
            }
        }
    }
}

#[test]
fn a_section_that_claims_more_than_there_is_is_damage() {
    for claim in
        [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0x7f], &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80]]
    {
        for id in 0..=12_u8 {
            let bytes = [EMPTY, &[id], claim, b"abc"].concat();
            assert!(matches!(open(&bytes), Err(PackageError::Damaged { .. })), "{id} {claim:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_opener_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(open(&bytes));
        drop(open(&[EMPTY, &bytes].concat()));
        drop(open(&[b"# /// jospar\n", &bytes[..]].concat()));
    }

    #[test]
    fn components_with_anything_changed_do_not_pass_as_signed(
        changes in proptest::collection::vec((0..4096_usize, any::<u8>()), 1..6),
    ) {
        let mut bytes = signed();
        let length = bytes.len();
        for (at, byte) in changes {
            bytes[at % length] = byte;
        }
        if bytes != signed() && let Ok(package) = open(&bytes) {
            prop_assert_eq!(package.publisher(), None);
        }
    }
}
