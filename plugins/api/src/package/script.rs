//! Scripts: the manifest in the comment that the file begins with, the signature in its last line.
//!
//! ```text
//! # /// jospar
//! # {"id": "risks", … }
//! # ///
//! …
//! # jospar:signature BASE64
//! ```

use super::{Form, PackageError, Parts, SIGNATURE_BYTES};
use crate::manifest::RunnerName;

/// What the first line of a script says behind the comment's sign, and what ends the manifest.
const OPENING: &str = "/// jospar";
const CLOSING: &str = "///";

/// What the last line says behind the comment's sign.
const SIGNATURE: &str = "jospar:signature";

/// Letters of a signature: base64 of 96 bytes has no padding.
const SIGNATURE_LETTERS: usize = SIGNATURE_BYTES / 3 * 4;

/// The text without the byte order mark that some editors put in front.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Finds the manifest and the signature; lines may end as on Windows.
pub(super) fn find(bytes: &[u8]) -> Result<Parts<'_>, PackageError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| PackageError::NotText { at: error.valid_up_to() })?;
    let mut lines = without_mark(text).lines();
    let first = lines.next().unwrap_or_default();
    let runners = [RunnerName::Js1, RunnerName::Py1];
    let runner = runners.into_iter().find(|runner| comment(first, *runner) == Some(OPENING));
    let runner = runner.ok_or(PackageError::NotAPackage)?;
    let mut manifest = String::new();
    loop {
        let line = lines.next().and_then(|line| comment(line, runner));
        match line.ok_or(PackageError::NoManifest)? {
            CLOSING => break,
            line => {
                manifest.push_str(line);
                manifest.push('\n');
            }
        }
    }
    if lines.clone().any(|line| comment(line, runner) == Some(OPENING)) {
        return Err(PackageError::TwoManifests);
    }
    let (signed, signature) = signature(text, runner)?;
    let form = Form::Script(runner);
    Ok(Parts { form, manifest: manifest.into_bytes(), signed: signed.as_bytes(), signature })
}

/// What a line of comment says, without the space behind the sign.
fn comment(line: &str, runner: RunnerName) -> Option<&str> {
    let rest = line.strip_prefix(runner.comment())?;
    Some(rest.strip_prefix(' ').unwrap_or(rest).trim_end())
}

/// What stands before the signature, and the signature.
fn signature(
    text: &str,
    runner: RunnerName,
) -> Result<(&str, Option<[u8; SIGNATURE_BYTES]>), PackageError> {
    // Written a little differently it is no signature, but nothing that may pass for a script without one either.
    let is_signature = |line: &str| {
        let said = line.trim_start().strip_prefix(runner.comment());
        said.is_some_and(|said| said.trim_start().starts_with(SIGNATURE))
    };
    if !text.lines().any(is_signature) {
        return Ok((text, None));
    }
    let misplaced = PackageError::SignatureMisplaced;
    let whole = text.strip_suffix('\n').ok_or(misplaced.clone())?;
    let (before, line) = whole.rsplit_once('\n').ok_or(misplaced.clone())?;
    if before.lines().any(is_signature) {
        return Err(misplaced);
    }
    let head = format!("{} {SIGNATURE} ", runner.comment());
    let letters = line.strip_prefix(&head).filter(|letters| letters.len() == SIGNATURE_LETTERS);
    let letters = letters.ok_or(misplaced.clone())?;
    let bytes = data_encoding::BASE64.decode(letters.as_bytes()).map_err(|_| misplaced.clone())?;
    let signature = bytes.try_into().map_err(|_| misplaced)?;
    let signed = text.get(..=before.len()).unwrap_or_default();
    Ok((signed, Some(signature)))
}

/// Appends the line with a signature; the text ends with a line's end.
pub(super) fn append_signature(bytes: &mut Vec<u8>, runner: RunnerName, signature: &[u8]) {
    let letters = data_encoding::BASE64.encode(signature);
    bytes.extend_from_slice(format!("{} {SIGNATURE} {letters}\n", runner.comment()).as_bytes());
}
