//! Components: finding and appending top-level custom sections.

use wasmparser::{CustomSectionReader, Encoding, Parser, Payload};

use super::{Form, MANIFEST_SECTION, PackageError, Parts, SIGNATURE_BYTES, SIGNATURE_SECTION};

/// Bytes before a signature section's name: its id, 0, and its size, 113, which takes one byte.
const HEAD: [u8; 2] = [0, 113];

/// Finds the manifest and the signature.
///
/// The whole component is walked, so one that is cut or claims a wrong length is refused here. A section inside a nested
/// module or component is none of the package's.
pub(super) fn find(bytes: &[u8]) -> Result<Parts<'_>, PackageError> {
    let (mut depth, mut first) = (0_usize, true);
    let (mut manifest, mut signatures) = (None, Vec::new());
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| PackageError::Damaged {
            at: error.offset(),
            reason: error.message().chars().take(200).collect(),
        })?;
        if std::mem::take(&mut first) && !is_component(&payload) {
            return Err(PackageError::CoreModule);
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 => match section.name() {
                MANIFEST_SECTION if manifest.is_some() => return Err(PackageError::TwoManifests),
                MANIFEST_SECTION => manifest = Some(section.data().to_vec()),
                SIGNATURE_SECTION => signatures.push(section),
                _ => {}
            },
            _ => {}
        }
    }
    let manifest = manifest.ok_or(PackageError::NoManifest)?;
    let (signed, signature) = match signatures.as_slice() {
        [] => (bytes, None),
        [section] => {
            let (signed, signature) =
                signature(bytes, section).ok_or(PackageError::SignatureMisplaced)?;
            (signed, Some(signature))
        }
        _ => return Err(PackageError::SignatureMisplaced),
    };
    Ok(Parts { form: Form::Component, manifest, signed, signature })
}

fn is_component(payload: &Payload<'_>) -> bool {
    matches!(payload, Payload::Version { encoding: Encoding::Component, .. })
}

/// What stands before the signature, and the signature, if it is last and written as [`append`] writes it.
fn signature<'a>(
    bytes: &'a [u8],
    section: &CustomSectionReader<'_>,
) -> Option<(&'a [u8], [u8; SIGNATURE_BYTES])> {
    let signature = section.data().try_into().ok()?;
    let range = section.range();
    let content = bytes.get(range.start..)?;
    let signed = bytes.get(..range.start)?.strip_suffix(&HEAD)?;
    // An overlong length of the name would make the content longer.
    let exact = content.len() == 1 + SIGNATURE_SECTION.len() + SIGNATURE_BYTES;
    (exact && range.end == bytes.len()).then_some((signed, signature))
}

/// Appends a custom section.
pub(super) fn append(bytes: &mut Vec<u8>, name: &str, data: &[u8]) {
    let mut body = Vec::with_capacity(data.len() + name.len() + 8);
    leb128(&mut body, name.len());
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(data);
    bytes.push(0);
    leb128(bytes, body.len());
    bytes.extend_from_slice(&body);
}

fn leb128(bytes: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
