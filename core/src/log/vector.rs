//! Version vectors: exactly which changes of a document a replica has.

use std::collections::BTreeMap;

use super::bytes::{ByteReader, ByteWriter, DecodeError};
use crate::ids::{ActorId, ChangeHash, Digest};

/// The most tips that a document's vector may have: one for each actor, and one more for each further branch. The bound
/// is on all of them because one on the branches of each actor would be met by other branches on other replicas, which
/// would then never be equal; a member can begin as many actors anyway.
pub const TIPS_MAX: usize = 100_000;

/// The newest change of one branch of an actor's chain. It names all before it, since each change names the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tip {
    /// The number of the change, from 1.
    pub seq: u64,
    /// Its hash.
    pub hash: ChangeHash,
}

/// For each actor the tips of its branches, in the order of their hashes; one tip unless the actor equivocated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionVector(BTreeMap<ActorId, Vec<Tip>>);

impl VersionVector {
    /// The tips of `actor`, empty if nothing of it is known.
    #[must_use]
    pub fn tips(&self, actor: &ActorId) -> &[Tip] {
        self.0.get(actor).map_or(&[], Vec::as_slice)
    }

    /// The one tip of an actor that did not equivocate.
    #[must_use]
    pub fn tip(&self, actor: &ActorId) -> Option<Tip> {
        match self.tips(actor) {
            [tip] => Some(*tip),
            _ => None,
        }
    }

    /// Puts `tip` in: it takes the place of `previous` if that is a tip, else it starts a branch of its own.
    pub fn advance(&mut self, actor: ActorId, previous: Option<ChangeHash>, tip: Tip) {
        let tips = self.0.entry(actor).or_default();
        tips.retain(|known| Some(known.hash) != previous && known.hash != tip.hash);
        tips.push(tip);
        tips.sort_unstable_by_key(|tip| tip.hash);
    }

    /// Every actor and its tips, in the order of the actors' ids.
    pub fn iter(&self) -> impl Iterator<Item = (&ActorId, &[Tip])> {
        self.0.iter().map(|(actor, tips)| (actor, tips.as_slice()))
    }

    /// True if an actor wrote one number twice.
    #[must_use]
    pub fn is_branched(&self) -> bool {
        self.0.values().any(|tips| tips.len() > 1)
    }

    /// How many tips it has.
    #[must_use]
    pub fn tips_count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// How many changes it speaks of; of an actor that equivocated, those of the longest branch.
    #[must_use]
    pub fn changes_count(&self) -> u64 {
        let newest = self.0.values().filter_map(|tips| tips.iter().map(|tip| tip.seq).max());
        newest.fold(0, u64::saturating_add)
    }

    /// True when nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// 16 bytes that two replicas share exactly when they have the same changes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut writer = ByteWriter::new();
        self.encode(&mut writer);
        let mut bytes = [0; 16];
        blake3::Hasher::new_derive_key("jospar vector digest 1")
            .update(&writer.finish())
            .finalize_xof()
            .fill(&mut bytes);
        Digest(bytes)
    }

    /// Writes the vector: count of actors, then for each its id, count of tips, and their seqs and hashes.
    pub fn encode(&self, writer: &mut ByteWriter) {
        writer.number(self.0.len() as u64);
        for (actor, tips) in &self.0 {
            writer.raw(&actor.0).number(tips.len() as u64);
            for tip in tips {
                writer.number(tip.seq).raw(&tip.hash.0);
            }
        }
    }

    /// Reads what [`VersionVector::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`]: close the session.
    pub fn decode(reader: &mut ByteReader<'_>) -> Result<Self, DecodeError> {
        let mut vector = BTreeMap::new();
        let mut room = TIPS_MAX;
        for _ in 0..reader.count(TIPS_MAX, "actors")? {
            let actor = ActorId(reader.array("actor")?);
            let mut tips = Vec::new();
            let count = reader.count(room, "tips")?;
            room -= count;
            for _ in 0..count {
                tips.push(Tip {
                    seq: reader.number("seq")?,
                    hash: ChangeHash(reader.array("tip hash")?),
                });
            }
            tips.sort_unstable_by_key(|tip| tip.hash);
            vector.insert(actor, tips);
        }
        Ok(Self(vector))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_branch_is_kept_beside_the_first() {
        let (actor, [a, b, c]) = (ActorId([1; 16]), [1, 2, 3].map(|n| ChangeHash([n; 32])));
        let mut vector = VersionVector::default();
        vector.advance(actor, None, Tip { seq: 1, hash: a });
        vector.advance(actor, Some(a), Tip { seq: 2, hash: b });
        assert_eq!(vector.tip(&actor), Some(Tip { seq: 2, hash: b }));
        vector.advance(actor, Some(a), Tip { seq: 2, hash: c });
        assert_eq!(vector.tips(&actor).len(), 2);
        assert_eq!(vector.tip(&actor), None);
        let mut writer = ByteWriter::new();
        vector.encode(&mut writer);
        assert_eq!(VersionVector::decode(&mut ByteReader::new(&writer.finish())), Ok(vector));
    }
}
