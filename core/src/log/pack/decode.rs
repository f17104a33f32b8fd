//! Bytes to packs, within bounds: nothing is believed before it was counted.
//!
//! Layout: docs/protocol.md, section 3.1.

use std::collections::BTreeMap;

use super::columns::{COLUMNS_MAX, Layout, OTHERS_MAX, Parts, Way, unzigzag};
use super::context::{
    ACTOR_AUTHOR, ACTOR_KNOWN, ACTOR_NAMED, ACTOR_WITH_NONCE, Context, DEPENDENCY_OWN,
    LAYOUT_FIRST, LAYOUT_NEW, LAYOUT_RAW, LAYOUTS_MAX, SECOND, SIGNED_TIPS, TABLE_MAX, stream,
};
use super::streams::{RATIO_MAX, Readers, STREAM_BYTES_MAX, Streams};
use super::{
    ACTOR_SHORT_BYTES, Author, CHANGE_SHORT_BYTES, CHANGES_BYTES_MAX, DOCUMENT_SHORT_BYTES,
    PACK_BYTES_MAX, PACK_CHANGES_MAX, PACKS_MAX, Pack, Resolve, TipSignature,
};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PolicyHash};
use crate::log::bytes::{ByteReader, DecodeError};
use crate::log::change::{CHANGE_BYTES_MAX, CHANGE_DEPENDENCIES_MAX, ChangeHeader};
use crate::log::envelope::{EnvelopeError, SealedChange};
use crate::log::record::{KIND_PACKS, VERSION};
use crate::log::vector::Tip;
/// Reads packs; whether their changes are signed is not asked here.
pub(super) fn decode(bytes: &[u8], resolve: &mut dyn Resolve) -> Result<Vec<Pack>, EnvelopeError> {
    if bytes.len() > PACK_BYTES_MAX {
        let (found, max) = (bytes.len() as u64, PACK_BYTES_MAX as u64);
        return Err(DecodeError::TooLarge { what: "packs", found, max }.into());
    }
    let mut reader = ByteReader::new(bytes);
    match (reader.byte("version")?, reader.byte("kind")?) {
        (VERSION, KIND_PACKS) => {}
        (VERSION, _) => return Err(DecodeError::Invalid { what: "kind" }.into()),
        (version, _) => return Err(EnvelopeError::Version(version)),
    }
    let bound = bytes.len().saturating_mul(RATIO_MAX);
    let size = reader.count(CHANGES_BYTES_MAX.min(bound), "size of changes")?;
    let streams = Streams::read(&mut reader, STREAM_BYTES_MAX.min(bound))?;
    reader.end()?;
    let mut decoder = Decoder {
        short: false,
        readers: streams.readers(),
        resolve,
        devices: Vec::new(),
        heads: Vec::new(),
        layouts: Vec::new(),
        time: 0,
        left: size,
    };
    let packs = decoder.packs()?;
    decoder.readers.end()?;
    if decoder.left > 0 {
        return Err(DecodeError::Invalid { what: "size of changes" }.into());
    }
    Ok(packs)
}

struct Decoder<'a> {
    short: bool,
    readers: Readers<'a>,
    resolve: &'a mut dyn Resolve,
    devices: Vec<DeviceId>,
    heads: Vec<PolicyHash>,
    layouts: Vec<Layout>,
    /// When the last change was made.
    time: i64,
    /// How many bytes of changes may still be made.
    left: usize,
}

impl Decoder<'_> {
    fn count(&mut self, max: usize, what: &'static str) -> Result<usize, DecodeError> {
        self.readers.at(stream::COUNTS)?.count(max, what)
    }

    fn id<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        self.readers.at(stream::IDS)?.array(what)
    }

    fn packs(&mut self) -> Result<Vec<Pack>, EnvelopeError> {
        self.short = self.count(1, "flag")? == 1;
        let count = self.count(PACKS_MAX, "packs")?;
        (0..count).map(|_| self.pack()).collect()
    }

    fn pack(&mut self) -> Result<Pack, EnvelopeError> {
        let document = match self.count(1, "flag")? {
            0 => DocumentId(self.id("document")?),
            _ => {
                let short = self.id::<DOCUMENT_SHORT_BYTES>("document")?;
                self.resolve.document(&short).ok_or(EnvelopeError::Unresolved)?
            }
        };
        let mut context = Context::new(self.time);
        let mut authors = BTreeMap::new();
        for _ in 0..self.count(PACK_CHANGES_MAX, "authors")? {
            let (actor, author) = self.author(document, &mut context)?;
            context.actors.place(&actor);
            if authors.insert(actor, author).is_some() {
                return Err(DecodeError::Invalid { what: "authors" }.into());
            }
        }
        let mut changes = Vec::new();
        for _ in 0..self.count(PACK_CHANGES_MAX, "changes")? {
            let change = self.change(document, &mut context)?;
            if context.places.contains_key(&change.header.hash) {
                return Err(EnvelopeError::Chain);
            }
            context.add(&change.header);
            changes.push(change);
        }
        self.time = context.time;
        let mut signed = Vec::new();
        match self.count(PACK_CHANGES_MAX, "signatures")? {
            SIGNED_TIPS => signed = context.tips(),
            count => {
                for _ in 0..count {
                    signed.push(self.count(PACK_CHANGES_MAX, "signed change")?);
                }
            }
        }
        let signatures =
            signed.into_iter().map(|change| self.signature(change)).collect::<Result<_, _>>()?;
        Ok(Pack { document, authors, signatures, changes })
    }

    fn author(
        &mut self,
        document: DocumentId,
        context: &mut Context,
    ) -> Result<(ActorId, Author), EnvelopeError> {
        let way = self.readers.at(stream::COUNTS)?.number("author")?;
        if way == ACTOR_KNOWN {
            let seq = self.readers.at(stream::COUNTS)?.number("seq")?;
            let short = self.id::<ACTOR_SHORT_BYTES>("actor")?;
            let known = self.resolve.actor(document, &short);
            let (actor, device) = known.ok_or(EnvelopeError::Unresolved)?;
            if seq > 0 {
                let hash = self.resolve.change_of(document, actor, seq);
                let hash = hash.ok_or(EnvelopeError::Unresolved)?;
                context.own.insert(actor, Tip { seq, hash });
            }
            return Ok((actor, Author { device, nonce: None }));
        }
        let id = self.id::<16>("actor")?;
        let device = self.device()?;
        match way {
            ACTOR_AUTHOR => Ok((ActorId(id), Author { device, nonce: None })),
            ACTOR_WITH_NONCE => {
                let actor = crate::log::actor_id(&device, &document, &id);
                Ok((actor, Author { device, nonce: Some(id) }))
            }
            _ => Err(DecodeError::Invalid { what: "author" }.into()),
        }
    }

    fn device(&mut self) -> Result<DeviceId, DecodeError> {
        let place = self.count(TABLE_MAX, "device")?;
        if place == self.devices.len() {
            let device = DeviceId(self.id("device")?);
            self.devices.push(device);
        }
        self.devices.get(place).copied().ok_or(DecodeError::Invalid { what: "device" })
    }

    fn signature(&mut self, change: usize) -> Result<TipSignature, DecodeError> {
        let place = self.count(TABLE_MAX, "policy head")?;
        if place == self.heads.len() {
            let head = PolicyHash(self.id("policy head")?);
            self.heads.push(head);
        }
        let head = self.heads.get(place).copied();
        let policy_head = head.ok_or(DecodeError::Invalid { what: "policy head" })?;
        let signature = self.readers.at(stream::SIGNATURES)?.array("signature")?;
        Ok(TipSignature { change, policy_head, signature })
    }

    fn change(
        &mut self,
        document: DocumentId,
        context: &mut Context,
    ) -> Result<SealedChange, EnvelopeError> {
        let number = self.readers.at(stream::LAYOUT)?.number("layout")?;
        if number == LAYOUT_RAW {
            let most = CHANGE_BYTES_MAX.min(self.left);
            let bytes = self.readers.at(stream::RAW)?.bytes(most, "raw change")?.to_vec();
            self.left -= bytes.len();
            return Ok(SealedChange { header: ChangeHeader::parse(&bytes)?, bytes });
        }
        let layout = self.layout(number)?;
        let place = self.readers.at(stream::ACTOR)?.number("actor")?;
        let actor = self.actor(place, context)?;
        let dependencies = self.dependencies(document, &actor, context)?;
        let seq = context.seq(&actor).wrapping_add(self.delta(stream::SEQ)? as u64);
        let start_op = context.start_op(&dependencies);
        let start_op = start_op.wrapping_add(self.delta(stream::START)? as u64);
        let seconds = self.delta(stream::SECONDS)?.wrapping_mul(SECOND);
        let rest = self.readers.at(stream::MILLISECONDS)?.count(SECOND as usize, "time")? as i64;
        let time = context.time.wrapping_add(seconds).wrapping_add(rest);
        let message = self.readers.at(stream::MESSAGE)?.bytes(self.left, "message")?;
        let others = self.others(context)?;
        let operations = self.readers.at(stream::OPERATIONS)?.number("operations")?;
        let columns = layout.read(operations, start_op, &mut context.values, &mut self.readers)?;
        let parts = Parts { dependencies, actor, seq, start_op, time, message, others, columns };
        let (header, bytes) = ChangeHeader::seal(&parts.content())?;
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or(DecodeError::Invalid { what: "size of changes" })?;
        Ok(SealedChange { header, bytes })
    }

    fn others(&mut self, context: &mut Context) -> Result<Vec<ActorId>, DecodeError> {
        let place = self.readers.at(stream::OTHERS_PLACE)?.number("place")?;
        let mut others = Vec::new();
        if place == 0 {
            for _ in 0..self.readers.at(stream::OTHERS)?.count(OTHERS_MAX, "actors")? {
                let place = self.readers.at(stream::OTHERS)?.number("actor")?;
                others.push(self.actor(place, context)?);
            }
        } else {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            let known = context.others.at(&(), place);
            others.clone_from(known.ok_or(DecodeError::Invalid { what: "place" })?);
        }
        context.others.place((), &others);
        Ok(others)
    }

    fn delta(&mut self, stream: u64) -> Result<i64, DecodeError> {
        self.readers.at(stream)?.number("delta").map(unzigzag)
    }

    fn layout(&mut self, number: u64) -> Result<Layout, DecodeError> {
        let invalid = DecodeError::Invalid { what: "layout" };
        if number != LAYOUT_NEW {
            let place = usize::try_from(number - LAYOUT_FIRST).unwrap_or(usize::MAX);
            return self.layouts.get(place).cloned().ok_or(invalid);
        }
        if self.layouts.len() >= LAYOUTS_MAX {
            return Err(invalid);
        }
        let reader = self.readers.at(stream::LAYOUTS)?;
        let mut layout = Vec::new();
        for _ in 0..reader.count(COLUMNS_MAX, "columns")? {
            let column = reader.count(0xff, "column")? as u64;
            layout.push((column, Way::from_byte(reader.byte("way")?).ok_or(invalid.clone())?));
        }
        self.layouts.push(Layout(layout.clone()));
        Ok(Layout(layout))
    }

    fn dependencies(
        &mut self,
        document: DocumentId,
        actor: &ActorId,
        context: &mut Context,
    ) -> Result<Vec<ChangeHash>, EnvelopeError> {
        let count = self.readers.at(stream::DEPENDENCIES)?;
        let count = count.count(CHANGE_DEPENDENCIES_MAX, "dependencies")?;
        let mut dependencies = Vec::new();
        for _ in 0..count {
            let number = self.readers.at(stream::DEPENDENCY)?.count(2 * TABLE_MAX, "dependency")?;
            let (place, outside) = (number / 2, number % 2 == 1);
            if outside && place == context.externals.values.len() {
                let hash = self.external(document)?;
                context.externals.values.push(hash);
            }
            let hash = if number == DEPENDENCY_OWN {
                context.own.get(actor).map(|tip| tip.hash)
            } else if outside {
                context.externals.values.get(place).copied()
            } else {
                let inside = context.hashes.len().checked_sub(place);
                inside.and_then(|place| context.hashes.get(place).copied())
            };
            dependencies.push(hash.ok_or(DecodeError::Invalid { what: "dependency" })?);
        }
        Ok(dependencies)
    }

    fn external(&mut self, document: DocumentId) -> Result<ChangeHash, EnvelopeError> {
        if !self.short {
            return Ok(ChangeHash(self.id("dependency")?));
        }
        let short = self.id::<CHANGE_SHORT_BYTES>("dependency")?;
        self.resolve.change(document, &short).ok_or(EnvelopeError::Unresolved)
    }

    fn actor(&mut self, place: u64, context: &mut Context) -> Result<ActorId, DecodeError> {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        if place == context.actors.values.len() {
            // Said where it first comes up, as the encoder says it.
            if self.count(ACTOR_NAMED as usize, "actor")? != ACTOR_NAMED as usize {
                return Err(DecodeError::Invalid { what: "actor" });
            }
            let actor = ActorId(self.id("actor")?);
            context.actors.place(&actor);
        }
        let actor = context.actors.values.get(place).copied();
        actor.ok_or(DecodeError::Invalid { what: "actor" })
    }
}
