//! Packs to bytes. Several packs share one set of streams, so that what is alike in them is said once.
//!
//! Layout: docs/protocol.md, section 3.1.

use std::collections::BTreeSet;

use super::columns::{Layout, Parts, zigzag};
use super::context::{
    ACTOR_AUTHOR, ACTOR_KNOWN, ACTOR_NAMED, ACTOR_WITH_NONCE, Context, DEPENDENCY_OWN,
    LAYOUT_FIRST, LAYOUT_NEW, LAYOUT_RAW, LAYOUTS_MAX, SECOND, SIGNED_TIPS, Table, stream,
};
use super::streams::{RATIO_MAX, StreamsWriter};
use super::{ACTOR_SHORT_BYTES, Author, Before, CHANGE_SHORT_BYTES, DOCUMENT_SHORT_BYTES, Pack};
use crate::ids::{ActorId, ChangeHash, DeviceId, PolicyHash};
use crate::log::bytes::ByteWriter;
use crate::log::envelope::SealedChange;
use crate::log::record::{KIND_PACKS, VERSION};
use crate::log::vector::Tip;

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
