//! Packs to bytes and back. Several packs share one set of streams, so that what is alike in them is said once.
//!
//! Layout: docs/protocol.md, section 3.1.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{
    COLUMNS_MAX, Layout, OTHERS_MAX, Parts, Recent, RecentValues, Way, unzigzag, zigzag,
};
use super::streams::{RATIO_MAX, Readers, STREAM_BYTES_MAX, Streams, StreamsWriter};
use super::{
    ACTOR_SHORT_BYTES, Author, Before, CHANGE_SHORT_BYTES, CHANGES_BYTES_MAX, DOCUMENT_SHORT_BYTES,
    PACK_BYTES_MAX, PACK_CHANGES_MAX, PACKS_MAX, Pack, Resolve, TipSignature,
};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PolicyHash};
use crate::log::bytes::{ByteReader, ByteWriter, DecodeError};
use crate::log::change::{CHANGE_BYTES_MAX, CHANGE_DEPENDENCIES_MAX, ChangeHeader};
use crate::log::envelope::{EnvelopeError, SealedChange};
use crate::log::record::{KIND_PACKS, VERSION};
use crate::log::vector::Tip;

const TABLE_MAX: usize = 65_536;
const LAYOUTS_MAX: usize = 4_096;

/// The streams of all that is no column.
mod stream {
    pub(super) const COUNTS: u64 = 0;
    pub(super) const IDS: u64 = 1;
    pub(super) const SIGNATURES: u64 = 2;
    pub(super) const LAYOUT: u64 = 3;
    pub(super) const LAYOUTS: u64 = 4;
    pub(super) const RAW: u64 = 5;
    pub(super) const DEPENDENCIES: u64 = 6;
    pub(super) const DEPENDENCY: u64 = 7;
    pub(super) const ACTOR: u64 = 8;
    pub(super) const SEQ: u64 = 9;
    pub(super) const START: u64 = 10;
    pub(super) const SECONDS: u64 = 11;
    pub(super) const MESSAGE: u64 = 12;
    pub(super) const OTHERS: u64 = 13;
    pub(super) const OPERATIONS: u64 = 14;
    pub(super) const OTHERS_PLACE: u64 = 15;
    pub(super) const MILLISECONDS: u64 = 16;
}

/// How an actor of a pack's table is named.
const ACTOR_NAMED: u64 = 0;
const ACTOR_AUTHOR: u64 = 1;
const ACTOR_WITH_NONCE: u64 = 2;
const ACTOR_KNOWN: u64 = 3;

/// Milliseconds; times are written in two parts, for clocks that know whole seconds alone.
const SECOND: i64 = 1_000;

/// Instead of a count of signatures: one over the newest change of each author.
const SIGNED_TIPS: usize = 0;

const LAYOUT_RAW: u64 = 0;
const LAYOUT_NEW: u64 = 1;
const LAYOUT_FIRST: u64 = 2;

/// Values that are named by their place in the order in which they came up.
#[derive(Debug)]
struct Table<T> {
    places: BTreeMap<T, usize>,
    values: Vec<T>,
}

impl<T: Ord + Clone> Table<T> {
    const fn new() -> Self {
        Self { places: BTreeMap::new(), values: Vec::new() }
    }

    /// The place of `value` and whether it is new.
    fn place(&mut self, value: &T) -> (usize, bool) {
        if let Some(place) = self.places.get(value) {
            return (*place, false);
        }
        let place = self.values.len();
        self.places.insert(value.clone(), place);
        self.values.push(value.clone());
        (place, true)
    }
}

/// How a dependency is named: the actor's own change before, one outside of the pack, or the distance to one inside.
const DEPENDENCY_OWN: usize = 0;

/// Writes packs. With `before`, actors and changes of before are named in short, for a reader that has them.
pub(super) fn encode(packs: &[Pack], before: Option<&mut Before<'_>>) -> Vec<u8> {
    let short = before.is_some();
    let mut encoder = Encoder {
        before,
        streams: StreamsWriter::default(),
        devices: Table::new(),
        heads: Table::new(),
        layouts: Table::new(),
        time: 0,
    };
    let counts = encoder.streams.at(stream::COUNTS);
    counts.number(u64::from(short)).number(packs.len() as u64);
    packs.iter().for_each(|pack| encoder.pack(pack));
    let size: usize = packs.iter().map(Pack::changes_bytes).sum();
    let write = |packed: bool| {
        let mut writer = ByteWriter::new();
        writer.byte(VERSION).byte(KIND_PACKS).number(size as u64);
        encoder.streams.write(packed, &mut writer);
        writer.finish()
    };
    let packed = write(true);
    if size.max(encoder.streams.len()) > packed.len() * RATIO_MAX { write(false) } else { packed }
}

struct Encoder<'a, 'b> {
    before: Option<&'a mut Before<'b>>,
    streams: StreamsWriter,
    devices: Table<DeviceId>,
    heads: Table<PolicyHash>,
    layouts: Table<Layout>,
    /// When the last change was made.
    time: i64,
}

/// What the changes of one pack are predicted from.
struct Context {
    actors: Table<ActorId>,
    externals: Table<ChangeHash>,
    places: BTreeMap<ChangeHash, usize>,
    hashes: Vec<ChangeHash>,
    max_ops: Vec<u64>,
    /// Each actor's newest change so far.
    own: BTreeMap<ActorId, Tip>,
    others: Recent<(), Vec<ActorId>>,
    values: RecentValues,
    time: i64,
}

impl Context {
    const fn new(time: i64) -> Self {
        Self {
            actors: Table::new(),
            externals: Table::new(),
            places: BTreeMap::new(),
            hashes: Vec::new(),
            max_ops: Vec::new(),
            own: BTreeMap::new(),
            others: Recent::new(),
            values: Recent::new(),
            time,
        }
    }

    /// The counter that a change's first operation has if nothing of before the pack has a say.
    fn start_op(&self, dependencies: &[ChangeHash]) -> u64 {
        let inside = dependencies.iter().filter_map(|hash| self.places.get(hash));
        let newest = inside.filter_map(|place| self.max_ops.get(*place)).max();
        newest.or(self.max_ops.last()).copied().unwrap_or(0).saturating_add(1)
    }

    /// The places of the newest change of each actor, in their order.
    fn tips(&self) -> Vec<usize> {
        let inside = self.own.values().filter_map(|tip| self.places.get(&tip.hash).copied());
        inside.collect::<BTreeSet<usize>>().into_iter().collect()
    }

    fn seq(&self, actor: &ActorId) -> u64 {
        self.own.get(actor).map_or(0, |tip| tip.seq).saturating_add(1)
    }

    fn add(&mut self, header: &ChangeHeader) {
        self.places.insert(header.hash, self.hashes.len());
        self.hashes.push(header.hash);
        self.max_ops.push(header.max_op());
        self.own.insert(header.actor, Tip { seq: header.seq, hash: header.hash });
        self.time = header.time;
    }
}

impl Encoder<'_, '_> {
    fn counts(&mut self) -> &mut ByteWriter {
        self.streams.at(stream::COUNTS)
    }

    fn id(&mut self, bytes: &[u8]) {
        self.streams.at(stream::IDS).raw(bytes);
    }

    fn pack(&mut self, pack: &Pack) {
        let is_before = self.has_before(pack);
        self.counts().number(u64::from(is_before));
        let length = if is_before { DOCUMENT_SHORT_BYTES } else { pack.document.0.len() };
        self.id(pack.document.0.get(..length).unwrap_or_default());
        let mut context = Context::new(self.time);
        self.counts().number(pack.authors.len() as u64);
        for (actor, author) in &pack.authors {
            context.actors.place(actor);
            if let Some(own) = self.author(pack, actor, author) {
                context.own.insert(*actor, own);
            }
        }
        self.counts().number(pack.changes.len() as u64);
        for change in &pack.changes {
            self.change(change, &mut context);
            context.add(&change.header);
        }
        self.time = context.time;
        self.signatures(pack, &context);
    }

    fn signatures(&mut self, pack: &Pack, context: &Context) {
        let signed: Vec<usize> = pack.signatures.iter().map(|s| s.change).collect();
        if signed == context.tips() {
            self.counts().number(SIGNED_TIPS as u64);
        } else {
            self.counts().number(signed.len() as u64);
            for change in signed {
                self.counts().number(change as u64);
            }
        }
        for signature in &pack.signatures {
            let (head, new) = self.heads.place(&signature.policy_head);
            self.counts().number(head as u64);
            if new {
                self.id(&signature.policy_head.0);
            }
            self.streams.at(stream::SIGNATURES).raw(&signature.signature);
        }
    }

    /// True if the reader has the document: something in the pack builds on a change of before.
    fn has_before(&mut self, pack: &Pack) -> bool {
        let Some(before) = self.before.as_mut() else { return false };
        let headers = pack.changes.iter().map(|change| &change.header);
        let inside: BTreeSet<ChangeHash> = headers.clone().map(|header| header.hash).collect();
        let mut dependencies = headers.flat_map(|header| &header.dependencies);
        dependencies.any(|hash| !inside.contains(hash) && before(pack.document, *hash).is_some())
    }

    /// Names an author; returns its change before the pack if the reader is to find that by itself.
    fn author(&mut self, pack: &Pack, actor: &ActorId, author: &Author) -> Option<Tip> {
        if author.nonce.is_none() && self.before.is_some() {
            let own = self.own_before(pack, actor);
            self.counts().number(ACTOR_KNOWN).number(own.map_or(0, |tip| tip.seq));
            self.id(actor.0.first_chunk::<ACTOR_SHORT_BYTES>().unwrap_or(&[0; ACTOR_SHORT_BYTES]));
            return own;
        }
        let (way, id) = match author.nonce {
            None => (ACTOR_AUTHOR, actor.0),
            Some(nonce) => (ACTOR_WITH_NONCE, nonce),
        };
        self.counts().number(way);
        self.id(&id);
        let (device, new) = self.devices.place(&author.device);
        self.counts().number(device as u64);
        if new {
            self.id(&author.device.0);
        }
        None
    }

    fn own_before(&mut self, pack: &Pack, actor: &ActorId) -> Option<Tip> {
        let mut own = pack.changes.iter().map(|change| &change.header);
        let first = own.find(|header| header.actor == *actor)?;
        let before = self.before.as_mut()?;
        let seq = first.seq.checked_sub(1)?;
        let is_own = |hash: &&ChangeHash| before(pack.document, **hash) == Some((*actor, seq));
        first.dependencies.iter().find(is_own).map(|hash| Tip { seq, hash: *hash })
    }

    fn change(&mut self, change: &SealedChange, context: &mut Context) {
        let parts = Parts::read(&change.bytes);
        let layout = parts.as_ref().map(|parts| parts.layout(change.header.operations));
        let room = self.layouts.values.len() < LAYOUTS_MAX;
        let known = |layout: &Layout| room || self.layouts.places.contains_key(layout);
        let Some((parts, layout)) = parts.zip(layout.filter(known)) else {
            self.streams.at(stream::LAYOUT).number(LAYOUT_RAW);
            self.streams.at(stream::RAW).bytes(&change.bytes);
            return;
        };
        self.layout(&layout);
        let actor = self.actor(&parts.actor, context);
        self.streams.at(stream::ACTOR).number(actor);
        self.dependencies(&parts, context);
        let seq = parts.seq.wrapping_sub(context.seq(&parts.actor)) as i64;
        self.streams.at(stream::SEQ).number(zigzag(seq));
        let start = parts.start_op.wrapping_sub(context.start_op(&parts.dependencies)) as i64;
        self.streams.at(stream::START).number(zigzag(start));
        let time = parts.time.wrapping_sub(context.time);
        self.streams.at(stream::SECONDS).number(zigzag(time.div_euclid(SECOND)));
        self.streams.at(stream::MILLISECONDS).number(time.rem_euclid(SECOND) as u64);
        self.streams.at(stream::MESSAGE).bytes(parts.message);
        let place = context.others.place((), &parts.others);
        self.streams.at(stream::OTHERS_PLACE).number(place as u64);
        if place == 0 {
            self.streams.at(stream::OTHERS).number(parts.others.len() as u64);
            for other in &parts.others {
                let other = self.actor(other, context);
                self.streams.at(stream::OTHERS).number(other);
            }
        }
        self.streams.at(stream::OPERATIONS).number(change.header.operations);
        layout.write(&parts, &mut context.values, &mut self.streams);
    }

    fn layout(&mut self, layout: &Layout) {
        let (place, new) = self.layouts.place(layout);
        if !new {
            self.streams.at(stream::LAYOUT).number(place as u64 + LAYOUT_FIRST);
            return;
        }
        self.streams.at(stream::LAYOUT).number(LAYOUT_NEW);
        let writer = self.streams.at(stream::LAYOUTS).number(layout.0.len() as u64);
        for (column, way) in &layout.0 {
            writer.number(*column).byte(way.byte());
        }
    }

    fn dependencies(&mut self, parts: &Parts<'_>, context: &mut Context) {
        self.streams.at(stream::DEPENDENCIES).number(parts.dependencies.len() as u64);
        let own = context.own.get(&parts.actor).map(|tip| tip.hash);
        for dependency in &parts.dependencies {
            if Some(*dependency) == own {
                self.streams.at(stream::DEPENDENCY).number(DEPENDENCY_OWN as u64);
                continue;
            }
            if let Some(place) = context.places.get(dependency) {
                let distance = context.hashes.len() - place;
                self.streams.at(stream::DEPENDENCY).number(distance as u64 * 2);
                continue;
            }
            let (place, new) = context.externals.place(dependency);
            self.streams.at(stream::DEPENDENCY).number(place as u64 * 2 + 1);
            if new {
                let short = self.before.is_some();
                let length = if short { CHANGE_SHORT_BYTES } else { dependency.0.len() };
                self.id(dependency.0.get(..length).unwrap_or_default());
            }
        }
    }

    /// The place of an actor in the pack's table; a new one is named at once.
    fn actor(&mut self, actor: &ActorId, context: &mut Context) -> u64 {
        let (place, new) = context.actors.place(actor);
        if new {
            self.counts().number(ACTOR_NAMED);
            self.id(&actor.0);
        }
        place as u64
    }
}

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
