//! The change log: what a replica knows of a document without loading it.
//!
//! A document's log is an append-only set of signed [`Record`]s (envelopes and packs); everything else (vectors, digests, loaded documents,
//! views) is derived from it. Formats: docs/protocol.md, sections 2 and 3.

mod bytes;
mod change;
mod draft;
mod envelope;
mod pack;
mod record;
mod sealed;
mod vector;

pub use bytes::{ByteReader, ByteWriter, DecodeError};
pub use change::{
    CHANGE_BYTES_MAX, CHANGE_DEPENDENCIES_MAX, CHANGE_OPERATIONS_MAX, ChangeError, ChangeHeader,
    OPERATION_COUNTER_MAX,
};
pub use draft::DraftKey;
pub use envelope::{
    ENVELOPE_BYTES_MAX, ENVELOPE_CHANGES_MAX, Envelope, EnvelopeError, SealedChange,
};
pub use pack::{
    Before, CHANGES_BYTES_MAX, FrontierOf, PACK_CHANGES_BYTES_MAX, PACK_CHANGES_MAX, Pack, Packer,
    Resolve,
};
pub use record::{RECORD_BYTES_MAX, Record, Signed};
pub use sealed::{
    ChangeForm, ClearHeader, ClosedChunk, KeyChunk, KeyId, SealContext, SealKey, SealSecret,
    SealedChunk, WRAPS_MAX, Wrap, read_closed, seal,
};
pub use vector::{TIPS_MAX, Tip, VersionVector};

use crate::ids::{ActorId, DeviceId, DocumentId};

/// The actor that `device` writes `document` with, for a `nonce` of its choice.
///
/// The nonce travels in the actor's first envelope, so nobody can claim another device's actor (SECURITY T11).
#[must_use]
pub fn actor_id(device: &DeviceId, document: &DocumentId, nonce: &[u8; 16]) -> ActorId {
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(b"jospar/actor/1")
        .update(device.as_bytes())
        .update(document.as_bytes())
        .update(nonce);
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    ActorId(bytes)
}
