//! Changes that only some devices can read: sealed chunks, the key chunks that carry their keys, and the cryptography
//! of both.
//!
//! A sealed chunk has a clear header (actor, seq, dependencies, key) and an ordinary automerge change under
//! XChaCha20-Poly1305. A key chunk hands a document's key to devices, wrapped for each. Both are changes of an actor's
//! chain like any other: what admits, numbers, signs and forwards them needs no key. Layout: docs/protocol.md, section 2;
//! reasons: docs/adr/0015.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use sha2::{Digest as _, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

use super::bytes::{ByteReader, ByteWriter, DecodeError};
use super::change::{CHANGE_BYTES_MAX, CHANGE_DEPENDENCIES_MAX, ChangeError, ChangeHeader};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId, WorkspaceId};

/// The most devices that one key chunk may wrap a key for.
pub const WRAPS_MAX: usize = 256;

/// What sealed and key chunks begin with.
pub(super) const MAGIC: [u8; 4] = *b"jsps";
const VERSION: u8 = 1;
/// Not the chunk type of a plain change, so that no bytes are both: the type is hashed, the magic is not.
const CHUNK_SEALED: u8 = 0x73;
const CHUNK_KEY: u8 = 0x6b;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const WRAPPED_BYTES: usize = 32 + TAG_BYTES;

/// Which kind of chunk a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeForm {
    /// An automerge change that everybody can read.
    Plain,
    /// An automerge change under a key.
    Sealed,
    /// A key for devices.
    Key,
}

impl ChangeForm {
    /// The form of a chunk that [`ChangeHeader::parse`] accepts.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        match (bytes.starts_with(&MAGIC), bytes.get(8)) {
            (true, Some(&CHUNK_KEY)) => Self::Key,
            (true, _) => Self::Sealed,
            _ => Self::Plain,
        }
    }
}

/// Names a key and binds to it: the first 16 bytes of a hash of the key and its document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 16]);

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({:02x}{:02x}..)", self.0[0], self.0[1])
    }
}

/// The key of one document for one epoch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealKey(pub [u8; 32]);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

impl SealKey {
    /// The key's name in `document`. XChaCha20-Poly1305 alone does not bind a ciphertext to one key; this does.
    #[must_use]
    pub fn id(&self, document: &DocumentId) -> KeyId {
        let mut hasher = blake3::Hasher::new_derive_key("jospar seal key id 1");
        hasher.update(&self.0).update(&document.0);
        let mut id = [0; 16];
        hasher.finalize_xof().fill(&mut id);
        KeyId(id)
    }
}

/// A device's secret to which document keys are wrapped. It lives outside the data folder and is replaced when a sealed
/// document is dropped.
#[derive(Clone)]
pub struct SealSecret(StaticSecret);

impl fmt::Debug for SealSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealSecret")
    }
}

impl SealSecret {
    /// The secret of 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(StaticSecret::from(bytes))
    }

    /// Its bytes, for the file that keeps them.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// What others wrap keys to.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        PublicKey::from(&self.0).to_bytes()
    }
}

/// What a wrapped key and a sealed change belong to: neither opens anywhere else.
#[derive(Debug, Clone, Copy)]
pub struct SealContext {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The document.
    pub document: DocumentId,
}

/// A key, wrapped for one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrap {
    /// The device.
    pub device: DeviceId,
    /// The device's public seal key that it was wrapped to.
    pub seal_key: [u8; 32],
    /// The sender's half of the agreement, used once.
    ephemeral: [u8; 32],
    wrapped: [u8; WRAPPED_BYTES],
}

fn wrapping_key(
    context: &SealContext,
    id: &KeyId,
    device: &DeviceId,
    shared: &[u8; 32],
    halves: [&[u8; 32]; 2],
) -> XChaCha20Poly1305 {
    let mut hasher = blake3::Hasher::new_derive_key("jospar seal wrap 1");
    hasher.update(shared).update(halves[0]).update(halves[1]);
    hasher.update(&context.workspace.0).update(&context.document.0);
    hasher.update(&id.0).update(&device.0);
    XChaCha20Poly1305::new(hasher.finalize().as_bytes().into())
}

impl Wrap {
    /// Wraps `key` to a device's public seal key. `random` must be fresh for each wrap.
    ///
    /// Returns `None` for a public key that no secret can have.
    #[must_use]
    pub fn new(
        context: &SealContext,
        key: &SealKey,
        device: DeviceId,
        seal_key: [u8; 32],
        random: [u8; 32],
    ) -> Option<Self> {
        let secret = StaticSecret::from(random);
        let ephemeral = PublicKey::from(&secret).to_bytes();
        let shared = secret.diffie_hellman(&PublicKey::from(seal_key));
        if !shared.was_contributory() {
            return None;
        }
        let halves = [&ephemeral, &seal_key];
        let cipher =
            wrapping_key(context, &key.id(&context.document), &device, shared.as_bytes(), halves);
        // The wrapping key is used once, so its nonce may stand still.
        let wrapped = cipher.encrypt(&[0; NONCE_BYTES].into(), key.0.as_slice()).ok()?;
        Some(Self { device, seal_key, ephemeral, wrapped: wrapped.try_into().ok()? })
    }

    /// The key of this name, if `secret` opens the wrap and that key is in it.
    #[must_use]
    pub fn open(&self, context: &SealContext, id: &KeyId, secret: &SealSecret) -> Option<SealKey> {
        let shared = secret.0.diffie_hellman(&PublicKey::from(self.ephemeral));
        if !shared.was_contributory() || secret.public() != self.seal_key {
            return None;
        }
        let halves = [&self.ephemeral, &self.seal_key];
        let cipher = wrapping_key(context, id, &self.device, shared.as_bytes(), halves);
        let key = cipher.decrypt(&[0; NONCE_BYTES].into(), self.wrapped.as_slice()).ok()?;
        let key = SealKey(key.try_into().ok()?);
        (key.id(&context.document) == *id).then_some(key)
    }
}

/// What stands in the clear before what a chunk holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearHeader {
    /// Who made it.
    pub actor: ActorId,
    /// Its number among the actor's changes, from 1.
    pub seq: u64,
    /// The chunks of the same document that it depends on, by the hashes of their ciphertext.
    pub dependencies: Vec<ChangeHash>,
}

impl ClearHeader {
    fn encode(&self, chunk: u8, writer: &mut ByteWriter) {
        writer.byte(chunk).byte(VERSION).raw(&self.actor.0).number(self.seq);
        writer.number(self.dependencies.len() as u64);
        for dependency in &self.dependencies {
            writer.raw(&dependency.0);
        }
    }

    /// Reads the header behind the chunk type.
    fn read(reader: &mut ByteReader<'_>) -> Result<Self, ChangeError> {
        let version = reader.byte("version")?;
        if version != VERSION {
            return Err(ChangeError::SealVersion(version));
        }
        let actor = ActorId(reader.array("actor")?);
        let seq = reader.number("seq")?;
        if seq == 0 {
            return Err(DecodeError::Invalid { what: "seq" }.into());
        }
        let count = reader.count(CHANGE_DEPENDENCIES_MAX, "dependencies")?;
        let mut dependencies = Vec::with_capacity(count);
        for _ in 0..count {
            dependencies.push(ChangeHash(reader.array("dependency")?));
        }
        Ok(Self { actor, seq, dependencies })
    }
}

/// A chunk of this module, read: its clear header and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClosedChunk<'a> {
    /// A change under a key.
    Sealed(SealedChunk<'a>),
    /// A key for devices.
    Key(KeyChunk),
}

/// A change under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedChunk<'a> {
    /// What is clear of it.
    pub header: ClearHeader,
    /// The key it is under.
    pub key: KeyId,
    nonce: [u8; NONCE_BYTES],
    clear: &'a [u8],
    ciphertext: &'a [u8],
}

/// A document's key for some devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChunk {
    /// What is clear of it, which is all but the key.
    pub header: ClearHeader,
    /// The person whose document it is.
    pub owner: PersonId,
    /// What the document's id was made from, with the owner.
    pub owner_nonce: [u8; 16],
    /// Counts up with each new key of the document.
    pub epoch: u64,
    /// The key's name.
    pub key: KeyId,
    /// The key, wrapped for devices.
    pub wraps: Vec<Wrap>,
}

impl ClosedChunk<'_> {
    fn header(&self) -> &ClearHeader {
        match self {
            Self::Sealed(chunk) => &chunk.header,
            Self::Key(chunk) => &chunk.header,
        }
    }
}

/// The hash of a chunk and all that is clear of it. Time and memory are linear in `bytes`.
///
/// # Errors
/// [`ChangeError`]: not a chunk of this module, or not a sound one.
pub fn read_closed(bytes: &[u8]) -> Result<(ChangeHash, ClosedChunk<'_>), ChangeError> {
    let mut reader = ByteReader::new(bytes);
    if reader.array::<4>("magic")? != MAGIC {
        return Err(DecodeError::Invalid { what: "magic" }.into());
    }
    let checksum = reader.array::<4>("checksum")?;
    let hashed = reader.rest();
    if hashed.len() > CHANGE_BYTES_MAX {
        let (found, max) = (hashed.len() as u64, CHANGE_BYTES_MAX as u64);
        return Err(DecodeError::TooLarge { what: "change", found, max }.into());
    }
    let chunk = reader.byte("chunk type")?;
    let header = match chunk {
        CHUNK_SEALED | CHUNK_KEY => ClearHeader::read(&mut reader)?,
        other => return Err(ChangeError::ChunkType(other)),
    };
    let closed = if chunk == CHUNK_SEALED {
        let key = KeyId(reader.array("key")?);
        let nonce = reader.array("nonce")?;
        let clear = hashed.get(..hashed.len() - reader.rest().len()).unwrap_or_default();
        let ciphertext = reader.bytes(CHANGE_BYTES_MAX, "ciphertext")?;
        if ciphertext.len() <= TAG_BYTES {
            return Err(ChangeError::Empty);
        }
        ClosedChunk::Sealed(SealedChunk { header, key, nonce, clear, ciphertext })
    } else {
        ClosedChunk::Key(KeyChunk::read(header, &mut reader)?)
    };
    reader.end()?;
    let hash = ChangeHash(Sha256::digest(hashed).into());
    if hash.0.first_chunk() != Some(&checksum) {
        return Err(ChangeError::Checksum);
    }
    Ok((hash, closed))
}

/// What [`ChangeHeader::parse`] says of a chunk of this module: operations and time are nobody's to know.
pub(super) fn parse(bytes: &[u8]) -> Result<ChangeHeader, ChangeError> {
    let (hash, closed) = read_closed(bytes)?;
    let ClearHeader { actor, seq, dependencies } = closed.header().clone();
    Ok(ChangeHeader { hash, actor, seq, dependencies, ..ChangeHeader::none() })
}

fn finish(hashed: &[u8]) -> Vec<u8> {
    let hash = Sha256::digest(hashed);
    let mut bytes = MAGIC.to_vec();
    bytes.extend(hash.iter().take(4));
    bytes.extend_from_slice(hashed);
    bytes
}

/// Seals a plain change chunk.
///
/// The nonce is a hash of `random`, the place in the chain and the change: even the same random bytes never give one
/// nonce to two changes. Returns `None` if the change is too large for a chunk.
#[must_use]
pub fn seal(
    context: &SealContext,
    key: &SealKey,
    header: &ClearHeader,
    plain: &[u8],
    random: [u8; 32],
) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE_BYTES];
    let mut hasher = blake3::Hasher::new_keyed(&random);
    hasher.update(&header.actor.0).update(&header.seq.to_le_bytes()).update(plain);
    hasher.finalize_xof().fill(&mut nonce);
    let mut writer = ByteWriter::new();
    header.encode(CHUNK_SEALED, &mut writer);
    writer.raw(&key.id(&context.document).0).raw(&nonce);
    let mut hashed = writer.finish();
    let associated = associated_data(context, &hashed);
    let payload = Payload { msg: plain, aad: &associated };
    let ciphertext = XChaCha20Poly1305::new(&key.0.into()).encrypt(&nonce.into(), payload).ok()?;
    let mut writer = ByteWriter::new();
    writer.bytes(&ciphertext);
    hashed.extend(writer.finish());
    (hashed.len() + 8 <= CHANGE_BYTES_MAX).then(|| finish(&hashed))
}

fn associated_data(context: &SealContext, clear: &[u8]) -> Vec<u8> {
    [context.workspace.0.as_slice(), &context.document.0, clear].concat()
}

impl SealedChunk<'_> {
    /// The plain change chunk; `None` if the key is another one or a byte was changed.
    #[must_use]
    pub fn open(&self, context: &SealContext, key: &SealKey) -> Option<Vec<u8>> {
        let associated = associated_data(context, self.clear);
        let payload = Payload { msg: self.ciphertext, aad: &associated };
        XChaCha20Poly1305::new(&key.0.into()).decrypt(&self.nonce.into(), payload).ok()
    }
}

impl KeyChunk {
    /// The chunk's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        self.header.encode(CHUNK_KEY, &mut writer);
        writer.raw(&self.owner.0).raw(&self.owner_nonce).number(self.epoch).raw(&self.key.0);
        writer.number(self.wraps.len() as u64);
        for wrap in &self.wraps {
            writer.raw(&wrap.device.0).raw(&wrap.seal_key).raw(&wrap.ephemeral).raw(&wrap.wrapped);
        }
        finish(&writer.finish())
    }

    fn read(header: ClearHeader, reader: &mut ByteReader<'_>) -> Result<Self, ChangeError> {
        let owner = PersonId(reader.array("owner")?);
        let owner_nonce = reader.array("owner nonce")?;
        let epoch = reader.number("epoch")?;
        let key = KeyId(reader.array("key")?);
        let mut wraps = Vec::new();
        for _ in 0..reader.count(WRAPS_MAX, "wraps")? {
            wraps.push(Wrap {
                device: DeviceId(reader.array("device")?),
                seal_key: reader.array("seal key")?,
                ephemeral: reader.array("ephemeral key")?,
                wrapped: reader.array("wrapped key")?,
            });
        }
        Ok(Self { header, owner, owner_nonce, epoch, key, wraps })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    const CONTEXT: SealContext =
        SealContext { workspace: WorkspaceId([1; 32]), document: DocumentId([23; 16]) };
    const KEY: SealKey = SealKey([5; 32]);

    fn header(seq: u64) -> ClearHeader {
        ClearHeader { actor: ActorId([2; 16]), seq, dependencies: vec![ChangeHash([3; 32])] }
    }

    fn sealed() -> Vec<u8> {
        seal(&CONTEXT, &KEY, &header(4), b"what is inside", [6; 32]).expect("seals")
    }

    fn key_chunk() -> Vec<u8> {
        let secret = SealSecret::new([7; 32]);
        let wrap = Wrap::new(&CONTEXT, &KEY, DeviceId([8; 32]), secret.public(), [9; 32]);
        KeyChunk {
            header: header(1),
            owner: PersonId([10; 16]),
            owner_nonce: [11; 16],
            epoch: 1,
            key: KEY.id(&CONTEXT.document),
            wraps: vec![wrap.expect("wraps")],
        }
        .encode()
    }

    fn open(bytes: &[u8], context: &SealContext, key: &SealKey) -> Option<Vec<u8>> {
        match read_closed(bytes) {
            Ok((_, ClosedChunk::Sealed(chunk))) => chunk.open(context, key),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_sealed_chunk_opens_with_its_key_in_its_place_and_nowhere_else() {
        let bytes = sealed();
        assert_eq!(open(&bytes, &CONTEXT, &KEY).as_deref(), Some(&b"what is inside"[..]));
        assert_eq!(open(&bytes, &CONTEXT, &SealKey([4; 32])), None);
        let elsewhere = SealContext { document: DocumentId([24; 16]), ..CONTEXT };
        assert_eq!(open(&bytes, &elsewhere, &KEY), None);
        let elsewhere = SealContext { workspace: WorkspaceId([2; 32]), ..CONTEXT };
        assert_eq!(open(&bytes, &elsewhere, &KEY), None);
        let read = ChangeHeader::parse(&bytes).expect("parses");
        assert_eq!((read.actor, read.seq, read.operations), (ActorId([2; 16]), 4, 0));
        assert_eq!(read.dependencies, header(4).dependencies);
        assert_eq!(ChangeForm::of(&bytes), ChangeForm::Sealed);
        assert_eq!(ChangeForm::of(&key_chunk()), ChangeForm::Key);
    }

    #[test]
    fn the_same_random_bytes_never_give_two_changes_one_nonce() {
        let nonce = |seq, plain: &[u8]| {
            let bytes = seal(&CONTEXT, &KEY, &header(seq), plain, [6; 32]).expect("seals");
            match read_closed(&bytes) {
                Ok((_, ClosedChunk::Sealed(chunk))) => chunk.nonce,
                other => panic!("{other:?}"),
            }
        };
        assert_ne!(nonce(4, b"one"), nonce(4, b"two"));
        assert_ne!(nonce(4, b"one"), nonce(5, b"one"));
    }

    #[test]
    fn a_wrap_opens_for_its_device_alone_and_only_to_the_key_it_names() {
        let (mine, other) = (SealSecret::new([7; 32]), SealSecret::new([6; 32]));
        let id = KEY.id(&CONTEXT.document);
        let wrap = Wrap::new(&CONTEXT, &KEY, DeviceId([8; 32]), mine.public(), [9; 32]);
        let wrap = wrap.expect("wraps");
        assert_eq!(wrap.open(&CONTEXT, &id, &mine), Some(KEY));
        assert_eq!(wrap.open(&CONTEXT, &id, &other), None);
        assert_eq!(wrap.open(&CONTEXT, &KeyId([1; 16]), &mine), None);
        let moved = Wrap { device: DeviceId([1; 32]), ..wrap.clone() };
        assert_eq!(moved.open(&CONTEXT, &id, &mine), None);
        // A point of small order gives everybody the same secret.
        assert_eq!(Wrap::new(&CONTEXT, &KEY, DeviceId([8; 32]), [0; 32], [9; 32]), None);
        let weak = Wrap { ephemeral: [0; 32], ..wrap };
        assert_eq!(weak.open(&CONTEXT, &id, &mine), None);
    }

    #[test]
    fn a_chunk_of_a_newer_version_says_so_and_a_huge_one_is_refused() {
        let mut newer = sealed();
        newer[9] = 2;
        assert_eq!(ChangeHeader::parse(&newer), Err(ChangeError::SealVersion(2)));
        assert!(seal(&CONTEXT, &KEY, &header(1), &vec![0; CHANGE_BYTES_MAX], [6; 32]).is_none());
        let mut huge = sealed();
        huge.resize(CHANGE_BYTES_MAX + 100, 0);
        assert!(matches!(
            ChangeHeader::parse(&huge),
            Err(ChangeError::Malformed(DecodeError::TooLarge { .. }))
        ));
        let empty = seal(&CONTEXT, &KEY, &header(1), b"", [6; 32]).expect("seals");
        assert_eq!(ChangeHeader::parse(&empty), Err(ChangeError::Empty));
    }

    proptest! {
        #[test]
        fn t13_a_flipped_or_cut_closed_chunk_never_panics_and_never_passes(
            position in 0_usize..400, mask in 1_u8..
        ) {
            for bytes in [sealed(), key_chunk()] {
                let mut changed = bytes.clone();
                let index = position % bytes.len();
                changed[index] ^= mask;
                prop_assert!(ChangeHeader::parse(&changed).is_err());
                prop_assert!(ChangeHeader::parse(&bytes[..index]).is_err());
            }
        }

        #[test]
        fn reading_closed_chunks_never_panics(bytes: Vec<u8>) {
            for chunk in [CHUNK_SEALED, CHUNK_KEY] {
                drop(read_closed(&finish(&[&[chunk, VERSION], bytes.as_slice()].concat())));
            }
        }
    }
}
