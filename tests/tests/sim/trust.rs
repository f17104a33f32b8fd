//! Trust among replicas: who writes without a right, who lost it, and what becomes of it.

use jospar_core::admission::Verdict;
use jospar_core::ids::{ActorId, DocumentId};
use jospar_core::log::{Envelope, EnvelopeError, Record, actor_id};
use jospar_core::plan::Kind;
use jospar_core::policy::{Body, Entry, Role, Scope};
use jospar_core::protocol::{Frame, SessionId};
use jospar_core::replica::{Assignment, Input, Moment, Note};
use jospar_core::storage::Storage as _;
use jospar_core::time::Timestamp;
use serde_json::json;

use crate::check;
use crate::edits::{add, document, set};
use crate::world::{ARRIVALS_MAX, DIRECTOR, In, SERVER, Trouble, World};

const FIRST: usize = 2;
const SECOND: usize = 3;

fn school(seed: u64, roles: &[Role]) -> World {
    let kinds = vec![Kind::Risks.byte()];
    let scope = |role: &Role| match role {
        Role::Contributor | Role::Auditor => Scope { kinds: kinds.clone(), documents: Vec::new() },
        _ => Scope::default(),
    };
    let roles: Vec<(Role, Scope)> = roles.iter().map(|role| (*role, scope(role))).collect();
    World::new(seed, &roles, false)
}

fn risks(world: &World) -> DocumentId {
    document(&world.workspace, Kind::Risks)
}

fn edit(world: &mut World, who: usize, command: jospar_core::document::Command) {
    let document = risks(world);
    world.turn(who, vec![In::Edit(document, vec![command])], Trouble::None);
    assert_eq!(world.members[who].fault, None);
}

fn impact(world: &mut World, who: usize, impact: u32) {
    edit(world, who, set("risks/r1/impact", json!(impact)));
}

/// An envelope as a program would make it that does not ask whether it may.
fn forge(world: &World, who: usize, document: DocumentId) -> Vec<u8> {
    let member = &world.members[who];
    let nonce = [9; 16];
    let actor = actor_id(&member.device, &document, &nonce);
    let kind = Kind::from_byte(document.kind()).unwrap();
    let mut doc = jospar_core::document::Document::new(kind.byte(), kind.schema());
    let author = jospar_core::document::Author { actor, time: Timestamp(1), random: [1; 32] };
    let command = match kind {
        Kind::Risks => add("risks", "forged", json!({"likelihood": 5})),
        _ => add("kpis", "forged", json!({"unit": "x"})),
    };
    let bytes = doc.edit(&author, &[command]).unwrap().unwrap();
    let head = member.replica.as_ref().unwrap().policy().head_for(&member.device);
    let key = &member.identity.key;
    let envelope =
        Envelope::sign(key, &world.workspace, document, head, &nonce, vec![bytes]).unwrap();
    envelope.encode()
}

/// T09: a changed program of a viewer, an auditor and a contributor pushes over live sessions to the server
/// and to another device, and nothing changes anywhere.
#[test]
fn t09_what_a_changed_program_pushes_without_a_right_changes_nobody() {
    let roles = [Role::Viewer, Role::Auditor, Role::Contributor];
    let mut world = school(1, &roles);
    edit(&mut world, DIRECTOR, add("risks", "r1", json!({"likelihood": 2})));
    world.meet(&[DIRECTOR, 2, 3, 4]);
    for forger in [2, 3, 4] {
        world.dial(forger, DIRECTOR);
    }
    world.settle(ARRIVALS_MAX);
    let before: Vec<_> = world
        .members
        .iter()
        .map(|member| member.storage.records_after(0, usize::MAX).unwrap())
        .collect();
    let mut pushed = 0;
    for forger in [2, 3, 4] {
        let kinds: &[Kind] = match forger {
            4 => &[Kind::Kpis],
            _ => &[Kind::Kpis, Kind::Risks],
        };
        for kind in kinds {
            let bytes = forge(&world, forger, document(&world.workspace, *kind));
            let frame = Frame::Records { position: 99, records: bytes }.encode();
            let links: Vec<(u64, usize)> = world
                .links
                .iter()
                .filter(|(_, link)| link.ends[0] == forger)
                .map(|(id, link)| (*id, link.ends[1]))
                .collect();
            assert_eq!(links.len(), 2, "to the server and to the director");
            for (link, to) in links {
                let (session, bytes) = (SessionId(link), frame.clone());
                assert!(world.members[to].replica.as_ref().unwrap().is_live(session));
                let input = In::Replica(Input::FrameReceived { session, bytes });
                world.turn(to, vec![input], Trouble::None);
                pushed += 1;
                let last = world.members[to].notes.last();
                assert!(
                    matches!(last, Some(Note::Refused { refusal, .. })
                        if refusal.message_key() == "refused-no-right"),
                    "{last:?}"
                );
            }
        }
    }
    world.settle(ARRIVALS_MAX);
    assert_eq!(pushed, 10);
    for (member, before) in world.members.iter().zip(before) {
        assert_eq!(member.storage.records_after(0, usize::MAX).unwrap(), before);
    }
    // The same bytes of one who may are taken: the forgery fails by the right alone.
    let bytes = forge(&world, 4, risks(&world));
    let member = &mut world.members[SERVER];
    let replica = member.replica.as_mut().unwrap();
    let verdict = replica.take_in(&mut member.storage, None, &bytes).unwrap();
    assert!(matches!(verdict[0].verdict, Verdict::Admitted(_)), "{verdict:?}");
}

fn assign(world: &mut World, who: usize, role: Role) {
    let device = world.members[who].device;
    let assignment = Assignment { role, scope: Scope::default(), not_after: None };
    world.turn(DIRECTOR, vec![In::Assign(device, assignment)], Trouble::None);
}

/// The document itself, past the view that is kept of it.
fn shown(world: &mut World, who: usize) -> String {
    let document = risks(world);
    let member = &mut world.members[who];
    let replica = member.replica.as_mut().unwrap();
    replica.document(&mut member.storage, document).unwrap().view().to_string()
}

/// What each device shows and has set aside, after all have met.
fn verdicts(world: &mut World, devices: &[usize]) -> (String, usize) {
    let document = risks(world);
    let mut seen: Option<(String, Vec<_>)> = None;
    for who in devices {
        let view = shown(world, *who);
        let member = &mut world.members[*who];
        let replica = member.replica.as_mut().unwrap();
        // The view that is kept says the same as the document.
        assert_eq!(replica.view(&mut member.storage, document).unwrap().to_string(), view);
        let held = replica.quarantine(&mut member.storage).unwrap();
        match &seen {
            None => seen = Some((view, held)),
            Some(seen) => assert_eq!((&seen.0, &seen.1), (&view, &held), "device {who}"),
        }
    }
    let (view, held) = seen.unwrap();
    (view, held.len())
}

/// T08: what a device writes after its role was lowered, or the device shut out, under the entry of before.
#[test]
fn t08_the_old_policy_entry_of_a_lowered_role_gives_nothing() {
    for lowered in [true, false] {
        let mut world = school(3, &[Role::Teacher, Role::Teacher]);
        edit(&mut world, FIRST, add("risks", "r1", json!({"likelihood": 2})));
        world.meet(&[DIRECTOR, FIRST, SECOND]);
        // Seen once, so that a view and a document are kept that must not be shown later.
        verdicts(&mut world, &[DIRECTOR, FIRST, SECOND]);
        world.part();
        impact(&mut world, FIRST, 5);
        world.dial(SECOND, FIRST);
        world.settle(ARRIVALS_MAX);
        verdicts(&mut world, &[FIRST, SECOND]);
        world.part();
        if lowered {
            assign(&mut world, FIRST, Role::Viewer);
        } else {
            let device = world.members[FIRST].device;
            world.turn(DIRECTOR, vec![In::Revoke(device)], Trouble::None);
        }
        world.meet(&[SECOND, DIRECTOR]);
        world.meet(&[SECOND, DIRECTOR]);
        let devices: &[usize] =
            if lowered { &[DIRECTOR, SECOND, FIRST] } else { &[DIRECTOR, SECOND] };
        world.meet(devices);
        let (view, held) = verdicts(&mut world, devices);
        assert_eq!(held, 1, "lowered: {lowered}");
        assert!(view.contains("likelihood") && !view.contains("\"impact\":5"), "{view}");
    }
}

/// T08: one revoked writer and two members in every order of arrival at a fresh replica.
#[test]
fn t08_every_order_of_arrival_gives_one_verdict() {
    let mut world = school(4, &[Role::Teacher, Role::Teacher]);
    edit(&mut world, FIRST, add("risks", "r1", json!({"likelihood": 2})));
    world.meet(&[DIRECTOR, FIRST, SECOND]);
    world.part();
    impact(&mut world, FIRST, 4);
    world.dial(SECOND, FIRST);
    world.settle(ARRIVALS_MAX);
    world.part();
    // Built on by a member who has not heard of the revocation; then two more that nobody builds on.
    impact(&mut world, SECOND, 3);
    impact(&mut world, FIRST, 5);
    edit(&mut world, FIRST, add("risks", "late", json!({"likelihood": 1})));
    let device = world.members[FIRST].device;
    world.turn(DIRECTOR, vec![In::Revoke(device)], Trouble::None);
    let mut pieces: Vec<(bool, Vec<u8>)> = Vec::new();
    let mut seen_hashes = std::collections::BTreeSet::new();
    for who in [FIRST, SECOND] {
        // A live edit of one that has nothing before it may come as an envelope here and as a pack there.
        for stored in world.members[who].storage.records_after(0, usize::MAX).unwrap() {
            if seen_hashes.insert(stored.record.last_hash()) {
                pieces.push((false, stored.record.encode()));
            }
        }
    }
    let revocation = world.members[DIRECTOR].storage.policy_entries().unwrap().pop().unwrap();
    pieces.push((true, revocation));
    pieces.sort();
    pieces.dedup();
    assert_eq!(pieces.len(), 6, "five envelopes and the revocation");
    let mut seen = std::collections::BTreeSet::new();
    let mut orders = 0;
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    check::permute(&mut order, 0, &mut |order| {
        orders += 1;
        seen.insert(taken_in(&world, &pieces, order));
    });
    assert_eq!((orders, seen.len()), (720, 1), "{seen:?}");
    let (view, held) = seen.pop_first().unwrap();
    assert_eq!(held.len(), 2, "the two that nobody built on: {held:?}");
    assert!(!view.contains("late") && view.contains("\"impact\":3"), "{view}");
}

/// The view and what is set aside of a fresh replica that knows the members and takes the pieces in, in this order.
fn taken_in(world: &World, pieces: &[(bool, Vec<u8>)], order: &[usize]) -> (String, Vec<String>) {
    let director = &world.members[DIRECTOR];
    let mut storage = crate::storage::MemoryStorage::new(jospar_core::ids::Incarnation([1; 16]));
    let entries = director.storage.policy_entries().unwrap();
    for bytes in &entries[..entries.len() - 1] {
        storage.append_policy(Entry::decode(bytes).unwrap().hash(), bytes).unwrap();
    }
    let identity = &world.members[SECOND].identity;
    let mut replica =
        jospar_core::replica::Replica::open(&storage, world.workspace, identity).unwrap();
    let document = risks(world);
    for index in order {
        let (is_policy, bytes) = &pieces[*index];
        if *is_policy {
            replica.take_in_policy(&mut storage, std::slice::from_ref(bytes)).unwrap();
        } else {
            replica.take_in(&mut storage, None, bytes).unwrap();
        }
        // Looked at in between, so that what is kept of that must be given up later.
        drop(replica.view(&mut storage, document));
    }
    let view = replica.view(&mut storage, document).unwrap().to_string();
    let mut held: Vec<String> = replica
        .quarantine(&mut storage)
        .unwrap()
        .iter()
        .map(|held| format!("{} {}", held.change, held.reason))
        .collect();
    held.sort();
    (view, held)
}

/// What a device writes that a director let in on a branch which lost: admitted, and not shown.
#[test]
fn t36_a_device_let_in_by_a_director_who_was_shut_out_writes_for_nobody() {
    let mut world = school(5, &[Role::Director, Role::Teacher]);
    edit(&mut world, DIRECTOR, add("risks", "r1", json!({"likelihood": 2})));
    world.meet(&[DIRECTOR, FIRST, SECOND]);
    world.part();
    let revoked = world.members[FIRST].device;
    world.turn(DIRECTOR, vec![In::Revoke(revoked)], Trouble::None);
    world.turn(DIRECTOR, vec![In::Policy(server_key(&world, "s:2"))], Trouble::None);
    world.turn(FIRST, vec![In::Policy(server_key(&world, "s:3"))], Trouble::None);
    let stranger = world.add_stranger();
    let body = world.role(stranger, Role::Teacher, Scope::default());
    world.turn(FIRST, vec![In::Policy(body)], Trouble::None);
    let entries = world.members[FIRST].storage.policy_entries().unwrap();
    for who in [stranger, SECOND] {
        let member = &mut world.members[who];
        let replica = member.replica.as_mut().unwrap();
        replica.take_in_policy(&mut member.storage, &entries).unwrap();
        world.turn(who, Vec::new(), Trouble::None);
    }
    edit(&mut world, stranger, add("risks", "foreign", json!({"likelihood": 1})));
    world.dial(SECOND, stranger);
    world.settle(ARRIVALS_MAX);
    assert!(shown(&mut world, SECOND).contains("foreign"));
    world.part();
    for _ in 0..2 {
        world.meet(&[SECOND, DIRECTOR]);
    }
    let (view, held) = verdicts(&mut world, &[DIRECTOR, SECOND]);
    assert!(!view.contains("foreign") && held == 1, "{view}");
    let policy = world.members[SECOND].replica.as_ref().unwrap().policy();
    assert_eq!(policy.dropped().len(), 2, "what the shut-out director signed");
}

fn server_key(world: &World, address: &str) -> Body {
    Body::ServerKey { server: world.members[SERVER].device, address: address.to_owned() }
}

/// A director adopts what a lost laptop wrote: the same words in the director's name, on every device, and the list is
/// empty everywhere.
#[test]
fn t08_what_was_set_aside_is_adopted_or_discarded_for_everybody() {
    for adopt in [true, false] {
        let mut world = school(6, &[Role::Teacher, Role::Teacher]);
        let first = json!({"likelihood": 2, "title": {"kk": "Бірінші тәуекел"}});
        edit(&mut world, DIRECTOR, add("risks", "r1", first));
        world.meet(&[DIRECTOR, FIRST, SECOND]);
        world.part();
        impact(&mut world, FIRST, 4);
        edit(&mut world, FIRST, add("risks", "r2", json!({"likelihood": 3})));
        let path = crate::edits::path("risks/r1/title/kk");
        let text = "Бірінші тәуекел: интернет".to_owned();
        edit(
            &mut world,
            FIRST,
            jospar_core::document::Command::EditText { path, base: Vec::new(), text },
        );
        world.dial(SECOND, FIRST);
        world.settle(ARRIVALS_MAX);
        world.part();
        let path = crate::edits::path("risks/r1/title/kk");
        let text = "Маңызды: Бірінші тәуекел".to_owned();
        edit(
            &mut world,
            DIRECTOR,
            jospar_core::document::Command::EditText { path, base: Vec::new(), text },
        );
        let device = world.members[FIRST].device;
        world.turn(DIRECTOR, vec![In::Revoke(device)], Trouble::None);
        world.meet(&[SECOND, DIRECTOR]);
        assert_eq!(verdicts(&mut world, &[DIRECTOR, SECOND]).1, 3);
        decide(&mut world, adopt);
        world.meet(&[SECOND, DIRECTOR]);
        let (view, held) = verdicts(&mut world, &[DIRECTOR, SECOND]);
        assert_eq!(held, 0, "decided for all");
        assert_eq!(view.contains("\"r2\""), adopt, "{view}");
        assert_eq!(view.contains("\"impact\":4"), adopt);
        let title = if adopt {
            "Маңызды: Бірінші тәуекел: интернет"
        } else {
            "Маңызды: Бірінші тәуекел\""
        };
        assert!(view.contains(title), "{view}");
    }
}

fn decide(world: &mut World, adopt: bool) {
    let random = world.random.bytes();
    let member = &mut world.members[DIRECTOR];
    let replica = member.replica.as_mut().unwrap();
    let groups = replica.set_aside(&mut member.storage).unwrap();
    assert_eq!(groups.len(), 1, "one author in one document");
    let group = &groups[0];
    assert_eq!((group.changes.len(), group.meant.len()), (3, 3));
    assert!(group.changes.iter().all(|held| held.reason == "quarantine-revoked"));
    let moment = Moment { now: Timestamp(1_790_000_100_000), random };
    if adopt {
        let written = replica.adopt(&mut member.storage, &moment, group).unwrap();
        assert!(written >= 3, "{:?}", group.commands);
    }
    let hashes: Vec<_> = group.changes.iter().map(|held| held.change).collect();
    let document = group.changes[0].document;
    replica.settle(&mut member.storage, document, adopt, &hashes).unwrap();
    world.turn(DIRECTOR, Vec::new(), Trouble::None);
}

/// Of two branches of one actor the losing one is offered and can be written again.
#[test]
fn t12_the_branch_that_lost_can_be_adopted() {
    let mut world = school(7, &[Role::Teacher, Role::Teacher]);
    edit(&mut world, FIRST, add("risks", "r1", json!({"likelihood": 2})));
    world.meet(&[DIRECTOR, FIRST, SECOND]);
    world.part();
    let copy = world.members[FIRST].storage.clone();
    edit(&mut world, FIRST, add("risks", "left", json!({"likelihood": 1})));
    world.meet(&[FIRST, DIRECTOR]);
    world.stop(FIRST);
    world.settle(ARRIVALS_MAX);
    world.members[FIRST].storage = copy;
    world.start(FIRST);
    edit(&mut world, FIRST, add("risks", "right", json!({"likelihood": 1})));
    world.meet(&[FIRST, DIRECTOR, SECOND]);
    let (view, held) = verdicts(&mut world, &[DIRECTOR, SECOND]);
    assert_eq!(held, 1);
    assert_ne!(view.contains("left"), view.contains("right"));
    let random = world.random.bytes();
    let member = &mut world.members[DIRECTOR];
    let replica = member.replica.as_mut().unwrap();
    let groups = replica.set_aside(&mut member.storage).unwrap();
    let moment = Moment { now: Timestamp(1_790_000_100_000), random };
    assert_eq!(replica.adopt(&mut member.storage, &moment, &groups[0]), Ok(1));
    world.turn(DIRECTOR, Vec::new(), Trouble::None);
    world.meet(&[DIRECTOR, SECOND]);
    let (view, _) = verdicts(&mut world, &[DIRECTOR, SECOND]);
    assert!(view.contains("left") && view.contains("right"), "{view}");
}

/// The auditor is served until the end of the role and a day longer, by the clock of whoever serves.
#[test]
fn f07_an_auditor_whose_role_has_ended_is_not_served_and_nothing_else_changes() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let mut world = school(8, &[Role::Auditor]);
    edit(&mut world, DIRECTOR, add("risks", "r1", json!({"likelihood": 2})));
    let device = world.members[FIRST].device;
    let end = Timestamp(1_790_000_000_000 + DAY_MS);
    let kinds = vec![Kind::Risks.byte()];
    let scope = Scope { kinds, documents: Vec::new() };
    let assignment = Assignment { role: Role::Auditor, scope, not_after: Some(end) };
    let member = &mut world.members[DIRECTOR];
    let replica = member.replica.as_mut().unwrap();
    replica.assign(&mut member.storage, device, assignment).unwrap();
    world.turn(DIRECTOR, Vec::new(), Trouble::None);
    world.meet(&[DIRECTOR, FIRST]);
    let position = |world: &World| world.members[FIRST].storage.position().unwrap();
    assert_eq!(position(&world), 1, "served");
    // The session is open when the role ends, and a day more; then what is new does not go out.
    world.members[SERVER].clock_ms = 2 * DAY_MS - 60_000;
    impact(&mut world, DIRECTOR, 3);
    world.settle(ARRIVALS_MAX);
    assert_eq!(position(&world), 2, "the day of grace");
    world.members[SERVER].clock_ms = 2 * DAY_MS + 60_000;
    impact(&mut world, DIRECTOR, 4);
    world.settle(ARRIVALS_MAX);
    world.meet(&[FIRST]);
    assert_eq!(position(&world), 2, "ended");
    let nothing = ActorId::default();
    let replica = world.members[SERVER].replica.as_ref().unwrap();
    let director = world.members[DIRECTOR].device;
    assert!(replica.policy().now().stands(&director, &risks(&world), &nothing, 9));
}

/// T11 and X9: another member signs changes of the victim's actor, also ahead of the victim and with
/// dependencies that nobody has. None of it enters, and the victim's own next change does.
#[test]
fn t11_nobody_writes_with_the_actor_of_another() {
    let mut world = school(9, &[Role::Teacher, Role::Teacher]);
    edit(&mut world, FIRST, add("risks", "r1", json!({"likelihood": 2})));
    world.meet(&[DIRECTOR, FIRST, SECOND]);
    world.part();
    impact(&mut world, FIRST, 3);
    impact(&mut world, FIRST, 4);
    let stored = world.members[FIRST].storage.records_after(0, usize::MAX).unwrap();
    let document = risks(&world);
    let (_, nonce) = world.members[FIRST].storage.own_actor(document).unwrap().unwrap();
    let forger = world.members[SECOND].identity.key.clone();
    let head = world.members[SECOND].replica.as_ref().unwrap().policy().head();
    let own: Vec<Vec<u8>> =
        stored.iter().flat_map(|s| s.record.changes()).map(|c| c.bytes.clone()).collect();
    assert_eq!(own.len(), 3);
    let sign = |changes| Envelope::sign(&forger, &world.workspace, document, head, &nonce, changes);
    // Not even with the victim's nonce: it is the victim's key that is hashed with it.
    assert_eq!(sign(own.clone()), Err(EnvelopeError::ActorBinding));
    let Record::Envelope(mut renamed) = stored[2].record.clone() else { panic!("an envelope") };
    renamed.device = world.members[SECOND].device;
    let ahead = sign(vec![own[2].clone()]).unwrap();
    let next = sign(vec![own[1].clone()]).unwrap();
    for (forged, key) in
        [(ahead, "refused-actor"), (next, "refused-actor"), (renamed, "refused-bad-signature")]
    {
        let member = &mut world.members[SERVER];
        let replica = member.replica.as_mut().unwrap();
        let mut judged = replica.take_in(&mut member.storage, None, &forged.encode()).unwrap();
        let verdict = judged.remove(0).verdict;
        let Verdict::Refused(refusal) = verdict else { panic!("{verdict:?}") };
        assert_eq!(refusal.message_key(), key, "{refusal:?}");
        world.turn(SERVER, Vec::new(), Trouble::None);
    }
    assert_eq!(world.members[SERVER].storage.position(), Ok(1));
    assert_eq!(world.members[SERVER].storage.parked_count(), 0, "nothing of it waits");
    world.meet(&[FIRST, DIRECTOR]);
    let vector = |who: usize| world.members[who].storage.vector(document).unwrap();
    assert_eq!(vector(SERVER), vector(FIRST));
    assert!(verdicts(&mut world, &[DIRECTOR, FIRST]).0.contains("\"impact\":4"));
}
