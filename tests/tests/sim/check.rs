//! What must hold, whatever happened.

use jospar_core::ids::DocumentId;
use jospar_core::replica::{Note, Replica};
use jospar_core::storage::Storage as _;

use crate::trace::name_of;
use crate::world::{DIRECTOR, Member, SERVER, World};

fn replica(member: &Member) -> &Replica {
    member.replica.as_ref().expect("is up")
}

fn reads(world: &World, who: usize, document: &DocumentId) -> bool {
    let director = replica(&world.members[DIRECTOR]);
    director.policy().now().may_read(&world.members[who].device, document)
}

fn documents(world: &World) -> Vec<DocumentId> {
    let mut all: Vec<DocumentId> = world
        .members
        .iter()
        .flat_map(|member| replica(member).documents().map(|(id, _)| *id).collect::<Vec<_>>())
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Everyone has the same changes of all that it may read, and the same policy.
pub(crate) fn is_equal(world: &World) -> bool {
    differences(world).is_empty()
}

pub(crate) fn differences(world: &World) -> String {
    let server = &world.members[SERVER];
    let mut found = String::new();
    for who in DIRECTOR..world.members.len() {
        let member = &world.members[who];
        if replica(member).policy().digest() != replica(server).policy().digest() {
            found.push_str(&format!("{} has another policy; ", name_of(who)));
        }
        for document in documents(world).iter().filter(|id| reads(world, who, id)) {
            let (mine, theirs) = (&member.storage, &server.storage);
            if mine.vector(*document).unwrap() != theirs.vector(*document).unwrap() {
                found.push_str(&format!("{} differs in {document}; ", name_of(who)));
            }
        }
        let all = documents(world).iter().all(|id| reads(world, who, id));
        if all && found.is_empty() && replica(member).digest() != replica(server).digest() {
            found.push_str("digests differ although vectors do not; ");
        }
    }
    found
}

/// A cursor never claims more than its peer has. What came from the peer itself does not count: it had it once.
pub(crate) fn cursors(world: &World) {
    for (who, member) in world.members.iter().enumerate() {
        for (other, peer) in world.members.iter().enumerate() {
            let Some(cursor) = member.storage.cursors().get(&peer.device) else { continue };
            if peer.storage.incarnation() != Ok(cursor.incarnation) {
                continue;
            }
            let Some(policy) = world.members[who].replica.as_ref().map(Replica::policy) else {
                continue;
            };
            for stored in member.storage.stored() {
                let lost = stored.position <= cursor.acknowledged
                    && stored.origin != Some(peer.device)
                    && policy.now().may_read(&peer.device, &stored.record.document())
                    && policy.now().may_read(&member.device, &stored.record.document())
                    && !peer.storage.holds(&stored.record);
                assert!(
                    !lost,
                    "{} believes that {} has all up to {}, but not {:?} at {}",
                    name_of(who),
                    name_of(other),
                    cursor.acknowledged,
                    stored.record.changes()[0].header.hash,
                    stored.position
                );
            }
        }
    }
}

/// All that must hold once everybody is equal. `restored`: a device lost what only it had.
pub(crate) fn end(world: &mut World, restored: bool) {
    cursors(world);
    let all = documents(world);
    for who in 0..world.members.len() {
        let name = name_of(who);
        let refused = world.members[who].notes.iter().find(|n| matches!(n, Note::Refused { .. }));
        assert_eq!(refused, None, "{name} refused something");
        let parked = world.members[who].storage.parked_count();
        assert!(restored || parked == 0, "{name} still waits for something");
    }
    let readable = |who: usize| {
        let all = all.iter().copied();
        all.filter(|id| reads(world, who, id)).collect::<Vec<_>>()
    };
    let per_member: Vec<Vec<DocumentId>> = (0..world.members.len()).map(readable).collect();
    for author in &world.members {
        for (document, hash) in &author.acknowledged {
            for (who, member) in world.members.iter().enumerate() {
                let has = member.storage.find_change(*document, *hash).unwrap().is_some();
                let may = per_member[who].contains(document);
                assert!(has || !may, "{} lost {hash:?} of {document}", name_of(who));
            }
        }
    }
    let mut expected: Vec<Seen> = Vec::new();
    for (who, readable) in per_member.iter().enumerate().skip(DIRECTOR) {
        let member = &mut world.members[who];
        for document in readable {
            let seen = see(member, *document);
            match expected.iter().find(|known| known.document == *document) {
                Some(known) => assert_eq!(known, &seen, "{} sees something else", name_of(who)),
                None => expected.push(seen),
            }
        }
        for held in member.storage.quarantine().unwrap() {
            // Nothing but what a teacher wrote past the frontier of a lower role.
            let device = member.storage.actor_device(held.document, held.actor).unwrap().unwrap();
            let rights = member.replica.as_ref().unwrap().policy().now();
            let stands = rights.stands(&device, &held.document, &held.actor, held.seq);
            let by_right = held.reason == "quarantine-revoked" && !stands;
            assert!(by_right, "{} shuts {held:?} out", name_of(who));
        }
    }
}

/// What a device makes of a document.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) document: DocumentId,
    heads: Vec<jospar_core::ids::ChangeHash>,
    pub(crate) view: serde_json::Value,
    pub(crate) conflicts: Vec<jospar_core::document::Conflict>,
}

pub(crate) fn see(member: &mut Member, id: DocumentId) -> Seen {
    let replica = member.replica.as_mut().expect("is up");
    let document = replica.document(&mut member.storage, id).unwrap();
    let (heads, conflicts) = (document.heads(), document.conflicts().to_vec());
    Seen { document: id, heads, view: document.view(), conflicts }
}

/// Calls `look` with every order of `order`.
pub(crate) fn permute(order: &mut [usize], from: usize, look: &mut impl FnMut(&[usize])) {
    if from == order.len() {
        return look(order);
    }
    for place in from..order.len() {
        order.swap(from, place);
        permute(order, from + 1, look);
        order.swap(from, place);
    }
}
