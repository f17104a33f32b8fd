//! How records go out: one small envelope as it is, anything else as packs.

use crate::ids::{ActorId, DeviceId, DocumentId};
use crate::log::{Before, Pack, Packer, Record};
use crate::policy::Rights;

/// How many bytes of changes go out together before the next frame is begun.
pub(super) const RECORDS_FRAME_BYTES: usize = 1024 * 1024;
/// From how many bytes on one envelope travels as a pack.
const PACK_FROM_BYTES: usize = 512;

/// The bytes of one frame's records, `None` if there are none. With `before`, the peer has what they build on.
pub(super) fn pack_up(
    records: &[Record],
    before: Option<&mut Before<'_>>,
    rights: &Rights,
) -> Option<Vec<u8>> {
    if let [record @ Record::Envelope(_)] = records
        && record.changes_bytes() < PACK_FROM_BYTES
        && record.changes().len() == 1
    {
        return Some(record.encode());
    }
    let mut packer = Packer::new();
    let frontier = frontier_of(rights);
    for record in records {
        packer.push(record, &|_| true, &frontier);
    }
    finish(packer, before, rights)
}

/// The bytes of what `packer` has gathered.
pub(super) fn finish(
    packer: Packer,
    before: Option<&mut Before<'_>>,
    rights: &Rights,
) -> Option<Vec<u8>> {
    let packs = packer.finish(&frontier_of(rights));
    (!packs.is_empty()).then(|| Pack::encode(&packs, before))
}

/// Up to where a revocation leaves an actor's changes alone: a signature there is worth keeping.
pub(super) fn frontier_of(
    rights: &Rights,
) -> impl Fn(&DeviceId, &DocumentId, &ActorId) -> Option<u64> {
    |device, document, actor| rights.limit(device, document, actor)
}
