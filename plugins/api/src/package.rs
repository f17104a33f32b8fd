//! Packages: a plugin as one file, a component or a script, with its manifest and the publisher's signature inside.
//!
//! A component carries the manifest in a top-level custom section `jospar:manifest` and, as its very last section, the
//! signature in `jospar:signature`: 32 bytes of public key, 64 bytes of Ed25519. A script carries the manifest in the
//! comment that it begins with and the signature in its last line. What is signed: `jospar-plugin-v1`, a zero byte, and
//! all bytes before the signature. Format: docs/plugin-api.md.
//!
//! A package without a signature is not an error here; whoever installs decides.

mod component;
mod script;

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde_json::{Map, Value, json};

use crate::id::{PackageHash, Publisher};
use crate::limits::Limits;
use crate::manifest::{Manifest, ManifestError, RunnerName};

/// The name of the custom section with a manifest.
pub const MANIFEST_SECTION: &str = "jospar:manifest";

/// The name of the custom section with a signature.
pub const SIGNATURE_SECTION: &str = "jospar:signature";

/// What every signed message begins with, so that no signature made for something else counts.
const DOMAIN: &[u8] = b"jospar-plugin-v1\0";

/// Bytes of a key and a signature together.
const SIGNATURE_BYTES: usize = 96;

/// What a package's code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A WebAssembly component.
    Component,
    /// A script for a runner.
    Script(RunnerName),
}

/// A package that was opened: its manifest is sound, and its signature, if there is one, holds.
#[derive(Clone)]
pub struct Package {
    bytes: Vec<u8>,
    form: Form,
    manifest: Manifest,
    publisher: Option<Publisher>,
    hash: PackageHash,
}

/// Why bytes are no package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// More bytes than allowed.
    #[error("the package has {bytes} bytes; the limit is {max}")]
    TooLarge {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        max: usize,
    },
    /// Neither a component nor a script with a manifest.
    #[error("neither a component nor a script with a manifest at its top")]
    NotAPackage,
    /// A WebAssembly module that is not a component.
    #[error("a module of WebAssembly that was not made a component")]
    CoreModule,
    /// A component that ends too early or is not well-formed.
    #[error("the component is damaged at byte {at}: {reason}")]
    Damaged {
        /// Where, from 0.
        at: usize,
        /// What the parser says.
        reason: String,
    },
    /// A script that is not UTF-8.
    #[error("the script is not UTF-8 at byte {at}")]
    NotText {
        /// Where, from 0.
        at: usize,
    },
    /// There is no manifest.
    #[error("there is no manifest")]
    NoManifest,
    /// There is more than one manifest.
    #[error("there is more than one manifest")]
    TwoManifests,
    /// The manifest is not sound.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The manifest names a runner and the package is a component, or the wrong one or none and it is a script.
    #[error("the manifest's runner does not fit the package")]
    Runner,
    /// The signature is not the last thing in the package, there is more than one, or it has not its form.
    #[error("the signature is not in its place")]
    SignatureMisplaced,
    /// The signature does not hold: the package was altered after it was signed.
    #[error("the signature does not hold")]
    SignatureInvalid,
}

impl PackageError {
    /// The key of the message in the catalogue.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "plugin-package-too-large",
            Self::NotAPackage => "plugin-package-none",
            Self::CoreModule => "plugin-package-module",
            Self::Damaged { .. } => "plugin-package-damaged",
            Self::NotText { .. } => "plugin-package-text",
            Self::NoManifest => "plugin-manifest-missing",
            Self::TwoManifests => "plugin-manifest-twice",
            Self::Manifest(error) => error.key(),
            Self::Runner => "plugin-package-runner",
            Self::SignatureMisplaced => "plugin-signature-misplaced",
            Self::SignatureInvalid => "plugin-signature-invalid",
        }
    }

    /// The message's values.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        crate::values(match self {
            Self::TooLarge { bytes, max } => json!({"bytes": bytes, "max": max}),
            Self::Damaged { at, reason } => json!({"at": at.to_string(), "reason": reason}),
            Self::NotText { at } => json!({"at": at.to_string()}),
            Self::Manifest(error) => return error.values(),
            _ => Value::Null,
        })
    }
}

/// What a package is made of, found without judging it.
struct Parts<'a> {
    form: Form,
    /// The manifest's JSON.
    manifest: Vec<u8>,
    /// Everything before the signature; all of it if there is none.
    signed: &'a [u8],
    /// Key and signature.
    signature: Option<[u8; SIGNATURE_BYTES]>,
}

impl<'a> Parts<'a> {
    fn find(bytes: &'a [u8], limits: &Limits) -> Result<Self, PackageError> {
        // A component begins with a zero byte, which no script has.
        let component = bytes.first() == Some(&0);
        let max = if component { limits.component_bytes_max } else { limits.script_bytes_max };
        if bytes.len() > max {
            return Err(PackageError::TooLarge { bytes: bytes.len(), max });
        }
        if component { component::find(bytes) } else { script::find(bytes) }
    }

    fn publisher(&self) -> Result<Option<Publisher>, PackageError> {
        let Some(signature) = &self.signature else { return Ok(None) };
        let (key, signature) = signature.split_at(32);
        let key: [u8; 32] = key.try_into().map_err(|_| PackageError::SignatureMisplaced)?;
        let verifying =
            VerifyingKey::from_bytes(&key).map_err(|_| PackageError::SignatureInvalid)?;
        let signature =
            Signature::from_slice(signature).map_err(|_| PackageError::SignatureInvalid)?;
        let holds = verifying.verify_strict(&message(self.signed), &signature);
        holds.map_err(|_| PackageError::SignatureInvalid)?;
        Ok(Some(Publisher(key)))
    }
}

fn message(signed: &[u8]) -> Vec<u8> {
    [DOMAIN, signed].concat()
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, form, manifest, publisher, hash } = self;
        let mut shown = f.debug_struct("Package");
        shown.field("id", &manifest.id).field("form", form).field("bytes", &bytes.len());
        shown.field("publisher", publisher).field("hash", hash).finish_non_exhaustive()
    }
}

impl Package {
    /// Opens a package: form, size, manifest and signature are checked; the code is not compiled.
    ///
    /// # Errors
    /// [`PackageError`]; none of the bytes are used then.
    pub fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Self, PackageError> {
        let parts = Parts::find(&bytes, limits)?;
        let publisher = parts.publisher()?;
        let manifest = Manifest::parse(&parts.manifest, limits.manifest_bytes_max)?;
        let form = parts.form;
        let fits = match form {
            Form::Component => manifest.runner.is_none(),
            Form::Script(language) => {
                manifest.runner.is_some_and(|runner| runner.comment() == language.comment())
            }
        };
        if !fits {
            return Err(PackageError::Runner);
        }
        let form = manifest.runner.map_or(form, Form::Script);
        let hash = PackageHash(*blake3::hash(&bytes).as_bytes());
        Ok(Self { bytes, form, manifest, publisher, hash })
    }

    /// Whether the code is a component or a script.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// What the plugin says of itself.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Who signed it; `None` if nobody did.
    #[must_use]
    pub const fn publisher(&self) -> Option<Publisher> {
        self.publisher
    }

    /// The hash of all its bytes.
    #[must_use]
    pub const fn hash(&self) -> PackageHash {
        self.hash
    }

    /// All its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text of a script, without the mark of UTF-8 that some editors put in front; `None` for a component.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        match self.form {
            Form::Component => None,
            Form::Script(_) => std::str::from_utf8(&self.bytes).ok().map(script::without_mark),
        }
    }
}

/// Signs a package, in place of a signature that it may have.
///
/// # Errors
/// [`PackageError`] as for [`Package::open`], the old signature aside.
pub fn sign(bytes: &[u8], key: &SigningKey, limits: &Limits) -> Result<Vec<u8>, PackageError> {
    let parts = Parts::find(bytes, limits)?;
    let mut signed = parts.signed.to_vec();
    if matches!(parts.form, Form::Script(_)) && !signed.ends_with(b"\n") {
        signed.push(b'\n');
    }
    let signature = key.sign(&message(&signed)).to_bytes();
    let both = [&key.verifying_key().to_bytes()[..], &signature].concat();
    match parts.form {
        Form::Component => component::append(&mut signed, SIGNATURE_SECTION, &both),
        Form::Script(runner) => script::append_signature(&mut signed, runner, &both),
    }
    Package::open(signed.clone(), limits)?;
    Ok(signed)
}

/// Puts a manifest into a component that has none.
///
/// # Errors
/// [`PackageError`] as for [`Package::open`]; [`PackageError::TwoManifests`] if it has one.
pub fn with_manifest(
    component: &[u8],
    manifest: &str,
    limits: &Limits,
) -> Result<Vec<u8>, PackageError> {
    match Parts::find(component, limits) {
        Err(PackageError::NoManifest) => {}
        Err(error) => return Err(error),
        Ok(_) => return Err(PackageError::TwoManifests),
    }
    let mut bytes = component.to_vec();
    component::append(&mut bytes, MANIFEST_SECTION, manifest.as_bytes());
    Package::open(bytes.clone(), limits)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
