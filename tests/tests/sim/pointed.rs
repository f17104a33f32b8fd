//! Single histories: what went wrong once, and what seldom happens by chance.

use jospar_core::admission::{Refusal, Verdict};
use jospar_core::document::Command;
use jospar_core::ids::DocumentId;
use jospar_core::plan::Kind;
use jospar_core::policy::{Body, Role, Scope};
use jospar_core::storage::{Missing, Quarantined, Storage as _};
use serde_json::json;

use crate::check::{self, see};
use crate::edits::{add, document, large, set};
use crate::world::{ARRIVALS_MAX, Arrival, DIRECTOR, In, SERVER, Trouble, World};

const TEACHER: usize = 2;
const OTHER: usize = 3;

fn school(seed: u64) -> World {
    let teacher = || (Role::Teacher, Scope::default());
    World::new(seed, &[teacher(), teacher()], false)
}

fn risks(world: &World) -> DocumentId {
    document(&world.workspace, Kind::Risks)
}

fn write(world: &mut World, who: usize, document: DocumentId, commands: Vec<Command>) {
    world.turn(who, vec![In::Edit(document, commands)], Trouble::None);
    assert_eq!(world.members[who].fault, None);
}

fn add_risk(world: &mut World, who: usize, id: &str) {
    let document = risks(world);
    write(world, who, document, vec![add("risks", id, json!({"likelihood": 2}))]);
}

fn set_impact(world: &mut World, who: usize, impact: u32) {
    let document = risks(world);
    write(world, who, document, vec![set("risks/r1/impact", json!(impact))]);
}

/// Delivers the frames of one lane, and nothing else.
fn deliver_lane(world: &mut World, wanted: usize) {
    loop {
        let arrivals = world.arrivals();
        let of_lane = |a: &&Arrival| matches!(a, Arrival::Frame { lane, .. } if *lane == wanted);
        let Some(arrival) = arrivals.iter().find(of_lane) else { return };
        let (who, inputs) = world.take(*arrival).unwrap();
        world.turn(who, inputs, Trouble::None);
    }
}

fn make_large(world: &mut World, who: usize) {
    let document = document(&world.workspace, Kind::Initiatives);
    let commands = large("initiatives/in1", &mut world.random);
    write(world, who, document, commands);
}

fn add_initiative(world: &mut World, who: usize) {
    let document = document(&world.workspace, Kind::Initiatives);
    write(world, who, document, vec![add("initiatives", "in1", json!({}))]);
}

/// A small frame went on the control lane while a large one before it was on the bulk lane. Its acknowledgement was
/// taken for both, so after a cut the device believed the server to have what never arrived.
#[test]
fn a_small_frame_does_not_vouch_for_a_large_one_before_it() {
    let mut world = school(1);
    add_initiative(&mut world, DIRECTOR);
    world.meet(&[DIRECTOR]);
    make_large(&mut world, DIRECTOR);
    add_risk(&mut world, DIRECTOR, "r1");
    deliver_lane(&mut world, 0);
    world.part();
    check::cursors(&world);
    world.meet(&[DIRECTOR, TEACHER, OTHER]);
    check::end(&mut world, false);
}

/// As above, with the large frame ahead of the small one that was sent before it.
#[test]
fn a_large_frame_does_not_vouch_for_a_small_one_before_it() {
    let mut world = school(2);
    add_initiative(&mut world, DIRECTOR);
    world.meet(&[DIRECTOR]);
    add_risk(&mut world, DIRECTOR, "r1");
    make_large(&mut world, DIRECTOR);
    deliver_lane(&mut world, 1);
    check::cursors(&world);
    world.meet(&[DIRECTOR, TEACHER, OTHER]);
    check::end(&mut world, false);
}

/// The acceptor's envelopes on the bulk lane came before its hello on the control lane; the dialer took that for a
/// breach of protocol and closed, time after time.
#[test]
fn envelopes_that_overtake_the_hello_are_taken() {
    let mut world = school(3);
    add_initiative(&mut world, DIRECTOR);
    make_large(&mut world, DIRECTOR);
    world.meet(&[DIRECTOR]);
    world.dial(TEACHER, SERVER);
    let hello = world.arrivals()[0];
    let (who, inputs) = world.take(hello).unwrap();
    world.turn(who, inputs, Trouble::None);
    deliver_lane(&mut world, 1);
    world.settle(ARRIVALS_MAX);
    assert_eq!(world.members[SERVER].notes, []);
    world.meet(&[OTHER]);
    check::end(&mut world, false);
}

/// A peer without any log was sent everything but what it had once sent itself, and got that back only after its digest
/// had been found to differ, while changes that depend on it waited.
#[test]
fn a_device_that_lost_everything_gets_its_own_edits_back_at_once() {
    let mut world = school(4);
    world.members[TEACHER].backup = Some(world.members[TEACHER].storage.clone());
    add_risk(&mut world, TEACHER, "r1");
    world.meet(&[TEACHER, DIRECTOR, OTHER]);
    set_impact(&mut world, DIRECTOR, 3);
    world.settle(ARRIVALS_MAX);
    assert!(world.restore(TEACHER));
    world.settle(ARRIVALS_MAX);
    world.dial(TEACHER, SERVER);
    world.settle(ARRIVALS_MAX);
    check::end(&mut world, false);
    assert_eq!(check::differences(&world), "");
}

/// A device sends what is new before it hears the server's hello. When that hello said that the server had lost its
/// log, the acknowledgement of the new envelope was taken for all of the log that was sent once more (seed 6058).
#[test]
fn what_was_sent_before_the_hello_does_not_vouch_for_a_log_that_was_lost() {
    for seed in 0..8 {
        let mut world = school(seed);
        world.members[SERVER].backup = Some(world.members[SERVER].storage.clone());
        add_risk(&mut world, TEACHER, "r1");
        world.meet(&[TEACHER]);
        world.part();
        assert!(world.restore(SERVER));
        add_risk(&mut world, TEACHER, "r2");
        world.dial(TEACHER, SERVER);
        for _ in 0..4 {
            // The server takes hello and envelope, then the teacher hello and acknowledgement.
            let arrivals = world.arrivals();
            let (who, inputs) = world.take(*arrivals.first().unwrap()).unwrap();
            world.turn(who, inputs, Trouble::None);
        }
        world.part();
        check::cursors(&world);
    }
}

/// A device whose store was put back without anybody noticing gets packs that build on what it has lost. It does not
/// acknowledge what it cannot read, and the next comparison brings all of it in full.
#[test]
fn packs_that_build_on_what_was_lost_come_again_in_full() {
    let mut world = school(8);
    add_risk(&mut world, TEACHER, "r1");
    world.meet(&[DIRECTOR, TEACHER]);
    let copy = world.members[DIRECTOR].storage.clone();
    set_impact(&mut world, TEACHER, 1);
    set_impact(&mut world, TEACHER, 2);
    world.settle(ARRIVALS_MAX);
    world.part();
    world.stop(DIRECTOR);
    world.members[DIRECTOR].storage = copy;
    world.start(DIRECTOR);
    for impact in 3..6 {
        set_impact(&mut world, TEACHER, impact);
    }
    world.dial(TEACHER, SERVER);
    world.settle(ARRIVALS_MAX);
    let before = world.packs;
    world.dial(DIRECTOR, SERVER);
    world.settle(ARRIVALS_MAX);
    assert!(world.packs > before, "packs came");
    assert_ne!(check::differences(&world), "", "and were of no use");
    assert_eq!(world.members[DIRECTOR].storage.parked_count(), 0);
    world.meet(&[DIRECTOR, OTHER]);
    check::end(&mut world, false);
    assert_eq!(check::differences(&world), "");
}

/// How many records a member's log has of the risks.
fn records(world: &World, who: usize) -> usize {
    world.members[who].storage.document_records(risks(world), 0, usize::MAX).unwrap().len()
}

#[test]
fn a_server_packs_what_it_keeps_once_it_is_quiet_and_sends_nobody_anything_twice() {
    let mut world = school(9);
    add_risk(&mut world, TEACHER, "r1");
    world.meet(&[DIRECTOR, TEACHER, OTHER]);
    for edit in 0..140 {
        if edit == 70 {
            // From here on the director is away: a run of records ends where its cursor stands.
            let links = world.links.iter().filter(|(_, link)| link.ends.contains(&DIRECTOR));
            for link in links.map(|(id, _)| *id).collect::<Vec<_>>() {
                world.cut(link);
            }
        }
        set_impact(&mut world, TEACHER, edit % 5 + 1);
        set_impact(&mut world, OTHER, edit % 5 + 1);
        world.settle(ARRIVALS_MAX);
    }
    assert!(records(&world, SERVER) > 250, "{}", records(&world, SERVER));
    world.pass(4_000);
    assert!(records(&world, SERVER) > 250, "not quiet for long enough");
    world.pass(1_500);
    world.settle(ARRIVALS_MAX);
    assert!(records(&world, SERVER) <= 6, "{}", records(&world, SERVER));
    check::cursors(&world);
    let frames = world.delivered;
    world.dial(DIRECTOR, SERVER);
    world.settle(ARRIVALS_MAX);
    assert!(world.delivered - frames < 8, "hello, the packs, acknowledgements");
    check::end(&mut world, false);
    assert_eq!(check::differences(&world), "");
    // What has been packed is what a document is read from.
    world.crash(DIRECTOR);
    world.start(DIRECTOR);
    let document = risks(&world);
    let seen = see(&mut world.members[TEACHER], document);
    assert_eq!(see(&mut world.members[DIRECTOR], document), seen);
}

/// What a server had acknowledged and lost with an old backup is sent again, and the author is told of it, once.
#[test]
fn f10_t35_a_server_that_lost_what_it_had_acknowledged_is_noticed() {
    use jospar_core::replica::Note;
    let lost = |world: &World, who: usize| {
        let notes = world.members[who].notes.iter();
        let of_server = world.members[SERVER].device;
        let mut counts = Vec::new();
        for note in notes {
            if let Note::PeerLost { peer, changes } = note {
                assert_eq!(*peer, of_server);
                counts.push(*changes);
            }
        }
        counts
    };
    for everything in [false, true] {
        let mut world = school(8);
        if !everything {
            add_risk(&mut world, TEACHER, "r1");
            world.meet(&[DIRECTOR, TEACHER, OTHER]);
        }
        world.members[SERVER].backup = Some(world.members[SERVER].storage.clone());
        for id in ["r2", "r3", "r4"] {
            add_risk(&mut world, TEACHER, id);
            world.meet(&[TEACHER]);
        }
        world.part();
        add_risk(&mut world, TEACHER, "r5");
        assert!(world.restore(SERVER));
        // Whoever comes first notices; for the others nothing is missing any more.
        world.meet(&[TEACHER]);
        world.meet(&[DIRECTOR, OTHER]);
        assert_eq!(lost(&world, TEACHER), [3], "what was never acknowledged is not lost");
        world.part();
        world.meet(&[TEACHER, DIRECTOR, OTHER]);
        assert_eq!(lost(&world, TEACHER), [3]);
        // A server that only began another life lost nothing.
        world.crash(SERVER);
        world.start(SERVER);
        world.meet(&[TEACHER, DIRECTOR, OTHER]);
        assert_eq!(lost(&world, TEACHER), [3]);
        check::end(&mut world, false);
    }
}

/// A session is cut behind each of its frames in turn, whatever is under way then; a frame of which only a part came is one
/// that never came (`f09_a_frame_cut_anywhere_is_refused`).
#[test]
fn f09_a_session_cut_behind_any_frame_leaves_nothing_half_done() {
    let step = jospar_tests::bounds::CUT_STEP.get_usize().div_ceil(3);
    for kept in (0..).step_by(step) {
        let mut world = school(9);
        add_initiative(&mut world, DIRECTOR);
        world.meet(&[DIRECTOR, TEACHER]);
        world.part();
        for (who, id) in [(TEACHER, "r1"), (DIRECTOR, "r2")] {
            add_risk(&mut world, who, id);
            make_large(&mut world, who);
            add_risk(&mut world, who, &format!("{id}b"));
        }
        for device in [TEACHER, DIRECTOR] {
            world.dial(device, SERVER);
        }
        let mut count = 0;
        while count < kept
            && let Some(arrival) = world.arrivals().first().copied()
        {
            let (who, inputs) = world.take(arrival).unwrap();
            world.turn(who, inputs, Trouble::None);
            check::cursors(&world);
            count += 1;
        }
        let over = world.arrivals().is_empty();
        for link in world.links.keys().copied().collect::<Vec<_>>() {
            world.cut_at_once(link);
        }
        world.settle(ARRIVALS_MAX);
        check::cursors(&world);
        world.meet(&[TEACHER, DIRECTOR, OTHER]);
        check::end(&mut world, false);
        assert_eq!(check::differences(&world), "");
        if over {
            assert!(kept > 8, "{kept} frames");
            break;
        }
    }
}

/// A device with a newer version writes a kind of document that the others do not know: it is kept and passed on.
#[test]
fn f14_documents_of_a_kind_that_nobody_knows_are_stored_and_forwarded() {
    use automerge::transaction::Transactable as _;
    use jospar_core::log::{Envelope, actor_id};
    use jospar_core::replica::LoadError;
    let mut world = school(10);
    world.meet(&[DIRECTOR, TEACHER, OTHER]);
    let unknown = DocumentId([250; 16]);
    let nonce = [9; 16];
    let actor = actor_id(&world.members[TEACHER].device, &unknown, &nonce);
    let mut doc = automerge::AutoCommit::new().with_actor(automerge::ActorId::from(actor.0));
    let mut changes = Vec::new();
    for number in 0..3_i64 {
        doc.put(automerge::ROOT, "later", number).unwrap();
        doc.commit();
        changes.push(doc.get_last_local_change().unwrap().raw_bytes().to_vec());
    }
    let key = &world.members[TEACHER].identity.key;
    let replica = world.members[TEACHER].replica.as_ref().unwrap();
    let head = replica.policy().head();
    let envelope =
        Envelope::sign(key, &world.workspace, unknown, head, &nonce, changes).unwrap().encode();
    let verdict = take_in(&mut world, TEACHER, TEACHER, &envelope);
    assert!(matches!(verdict, Verdict::Admitted(_)), "{verdict:?}");
    world.meet(&[TEACHER, DIRECTOR, OTHER]);
    assert_eq!(check::differences(&world), "");
    for who in [SERVER, DIRECTOR, OTHER] {
        assert_eq!(world.members[who].storage.document_position(unknown).map(|p| p > 0), Ok(true));
    }
    let other = &mut world.members[OTHER];
    let shown = other.replica.as_mut().unwrap().view(&mut other.storage, unknown);
    assert!(matches!(shown, Err(LoadError::UnknownKind(250))), "{shown:?}");
    add_risk(&mut world, OTHER, "r1");
    world.meet(&[TEACHER, DIRECTOR, OTHER]);
    assert_eq!(check::differences(&world), "");
}

fn quarantine(world: &mut World, who: usize) -> Vec<Quarantined> {
    let member = &mut world.members[who];
    let replica = member.replica.as_mut().unwrap();
    replica.quarantine(&mut member.storage).unwrap()
}

fn check_same_view(world: &mut World, devices: &[usize]) -> Vec<Quarantined> {
    let document = risks(world);
    assert_eq!(check::differences(world), "");
    let seen = see(&mut world.members[devices[0]], document);
    let out = quarantine(world, devices[0]);
    for device in devices {
        assert_eq!(see(&mut world.members[*device], document), seen);
        assert_eq!(quarantine(world, *device), out);
    }
    out
}

#[test]
fn two_branches_of_one_actor_look_the_same_on_every_device() {
    for seed in 0..12 {
        let mut world = school(seed);
        add_risk(&mut world, TEACHER, "r1");
        world.meet(&[DIRECTOR, TEACHER, OTHER]);
        world.part();
        let copy = world.members[TEACHER].storage.clone();
        set_impact(&mut world, TEACHER, 4);
        set_impact(&mut world, TEACHER, 5);
        world.meet(&[TEACHER]);
        if seed % 2 == 0 {
            world.meet(&[OTHER]);
            set_impact(&mut world, OTHER, 3);
        }
        world.stop(TEACHER);
        world.settle(ARRIVALS_MAX);
        // A copy without a lease would do this: the same actor goes on from before.
        world.members[TEACHER].storage = copy;
        world.start(TEACHER);
        set_impact(&mut world, TEACHER, 1);
        world.meet(&[TEACHER, DIRECTOR, OTHER]);
        let out = check_same_view(&mut world, &[DIRECTOR, TEACHER, OTHER]);
        assert!(!out.is_empty(), "one branch does not count");
        set_impact(&mut world, OTHER, 2);
        add_risk(&mut world, DIRECTOR, "r2");
        world.meet(&[TEACHER, DIRECTOR, OTHER]);
        check_same_view(&mut world, &[DIRECTOR, TEACHER, OTHER]);
    }
}

#[test]
fn t08_later_edits_of_a_revoked_device_are_shut_out_alike_in_any_order() {
    for seed in 0..12 {
        let mut world = school(seed);
        add_risk(&mut world, TEACHER, "r1");
        world.meet(&[DIRECTOR, TEACHER, OTHER]);
        world.part();
        set_impact(&mut world, TEACHER, 4);
        let revoked = world.members[TEACHER].device;
        world.turn(DIRECTOR, vec![In::Revoke(revoked)], Trouble::None);
        if seed % 3 == 0 {
            world.meet(&[DIRECTOR]);
        }
        // The other teacher has not heard of it and takes what the shut-out device has.
        world.dial(OTHER, TEACHER);
        world.settle(ARRIVALS_MAX);
        if seed % 2 == 0 {
            add_risk(&mut world, OTHER, "r2");
        }
        world.meet(&[OTHER, DIRECTOR]);
        world.part();
        world.meet(&[OTHER, DIRECTOR]);
        let out = check_same_shut_out(&mut world);
        // What a member built on stands.
        assert_eq!(out.len(), usize::from(seed % 2 == 1), "seed {seed}");
    }
}

fn check_same_shut_out(world: &mut World) -> Vec<Quarantined> {
    let document = risks(world);
    let (a, b) = (DIRECTOR, OTHER);
    let vector = |who: usize| world.members[who].storage.vector(document).unwrap();
    assert_eq!(vector(a), vector(b));
    assert_eq!(vector(a), vector(SERVER));
    assert_eq!(see(&mut world.members[a], document), see(&mut world.members[b], document));
    let out = quarantine(world, a);
    assert_eq!(out, quarantine(world, b));
    out
}

fn envelopes(world: &World, who: usize) -> Vec<Vec<u8>> {
    let stored = world.members[who].storage.records_after(0, usize::MAX).unwrap();
    stored.iter().map(|stored| stored.record.encode()).collect()
}

fn take_in(world: &mut World, who: usize, from: usize, bytes: &[u8]) -> Verdict {
    let origin = world.members[from].device;
    let member = &mut world.members[who];
    let replica = member.replica.as_mut().unwrap();
    let mut judged = replica.take_in(&mut member.storage, Some(origin), bytes).unwrap();
    world.turn(who, Vec::new(), Trouble::None);
    assert_eq!(judged.len(), 1);
    judged.remove(0).verdict
}

#[test]
fn what_comes_in_the_wrong_order_waits_and_is_let_in() {
    let mut world = school(5);
    add_risk(&mut world, TEACHER, "r1");
    for impact in 1..5 {
        set_impact(&mut world, TEACHER, impact);
    }
    let mut all = envelopes(&world, TEACHER);
    let first = all.remove(0);
    for bytes in all.iter().rev() {
        assert_eq!(take_in(&mut world, DIRECTOR, TEACHER, bytes), Verdict::Pending);
        assert_eq!(take_in(&mut world, DIRECTOR, TEACHER, bytes), Verdict::Pending);
    }
    assert_eq!(world.members[DIRECTOR].storage.parked_count(), all.len());
    assert!(matches!(take_in(&mut world, DIRECTOR, TEACHER, &first), Verdict::Admitted(_)));
    assert_eq!(world.members[DIRECTOR].storage.parked_count(), 0);
    let document = risks(&world);
    let seen = see(&mut world.members[DIRECTOR], document);
    assert_eq!(see(&mut world.members[TEACHER], document), seen);
}

#[test]
fn t15_a_flood_of_orphans_is_refused_and_others_go_on() {
    let mut world = school(6);
    add_initiative(&mut world, TEACHER);
    for _ in 0..42 {
        make_large(&mut world, TEACHER);
    }
    let mut orphans = envelopes(&world, TEACHER);
    let first = orphans.remove(0);
    let verdicts: Vec<Verdict> =
        orphans.iter().map(|bytes| take_in(&mut world, SERVER, TEACHER, bytes)).collect();
    let refused = |v: &Verdict| matches!(v, Verdict::Refused(Refusal::Quota { .. }));
    assert_eq!(verdicts[0], Verdict::Pending);
    assert!(verdicts.last().is_some_and(refused), "{:?}", verdicts.last());
    add_risk(&mut world, DIRECTOR, "r1");
    let fine = envelopes(&world, DIRECTOR);
    assert!(matches!(take_in(&mut world, SERVER, DIRECTOR, &fine[0]), Verdict::Admitted(_)));
    assert!(matches!(take_in(&mut world, SERVER, TEACHER, &first), Verdict::Admitted(_)));
    assert_eq!(world.members[SERVER].storage.parked_count(), 0);
    world.meet(&[TEACHER, DIRECTOR, OTHER]);
    assert_eq!(check::differences(&world), "");
}

#[test]
fn the_store_in_memory_keeps_what_its_trait_promises() {
    let mut world = school(7);
    add_risk(&mut world, TEACHER, "r1");
    set_impact(&mut world, TEACHER, 3);
    let mut storage = world.members[TEACHER].storage.clone();
    let document = risks(&world);
    let all = storage.records_after(0, usize::MAX).unwrap();
    assert_eq!(all.iter().map(|stored| stored.position).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(storage.records_after(0, 1).unwrap().len(), 1, "at least one");
    assert_eq!(storage.document_position(document), Ok(2));
    let vector = storage.vector(document).unwrap();
    assert_eq!(storage.append(None, &all[1].record, &vector), Ok(2), "it is there already");
    let missing = Missing::Change(document, all[0].record.changes()[0].header.hash);
    storage.park(None, b"a", &[missing]).unwrap();
    storage.park(None, b"a", &[missing]).unwrap();
    assert_eq!(storage.parked(None), Ok((1, 1)));
    assert_eq!(storage.unpark(missing).unwrap().len(), 1);
    assert_eq!((storage.unpark(missing).unwrap().len(), storage.parked(None)), (0, Ok((0, 0))));
    storage.set_setting("a", Some(b"b")).unwrap();
    storage.undo();
    assert_eq!(storage.setting("a"), Ok(None), "not committed");
    assert!(storage.own_actor(document).unwrap().is_some());
    storage.begin_life(jospar_core::ids::Incarnation([9; 16]));
    assert_eq!(storage.own_actor(document), Ok(None), "another life has other actors");
}

/// Two devices that never meet know of each other through the server what the other has.
#[test]
fn a_device_learns_from_the_server_what_another_has() {
    let mut world = school(91);
    let (teacher, other) = (world.members[TEACHER].device, world.members[OTHER].device);
    add_risk(&mut world, DIRECTOR, "r1");
    let standing = |world: &World, of| {
        let member = &world.members[DIRECTOR];
        let peers = member.replica.as_ref().unwrap().peers(&member.storage).unwrap();
        let peer = peers.into_iter().find(|peer| peer.peer == of).unwrap();
        (peer.connected, peer.equal, peer.known, peer.unacknowledged)
    };
    world.meet(&[DIRECTOR]);
    assert_eq!(standing(&world, teacher), (false, false, false, 1), "it has not been there");
    world.meet(&[TEACHER]);
    assert_eq!(standing(&world, teacher), (false, true, true, 0), "the server saw it take all");
    assert_eq!(standing(&world, other), (false, false, false, 1), "this one has not been there");
    world.part();
    set_impact(&mut world, DIRECTOR, 3);
    assert_eq!(standing(&world, teacher), (false, false, true, 1), "the new edit is not there yet");
    world.meet(&[DIRECTOR]);
    assert_eq!(
        standing(&world, teacher),
        (false, false, true, 1),
        "nor is it when the server has it"
    );
    world.meet(&[TEACHER]);
    world.part();
    world.meet(&[DIRECTOR]);
    assert_eq!(
        standing(&world, teacher),
        (false, true, true, 0),
        "it came while this one was away"
    );
    assert_eq!(standing(&world, other), (false, false, false, 2));
}

/// Whoever hears of a drop first, and whatever the others have written meanwhile: sync ends, nothing of the document is
/// anywhere, and it is taken in from nobody any more.
#[test]
fn a_drop_reaches_everybody_and_stops_no_sync() {
    for (seed, first) in [(21, SERVER), (22, TEACHER)] {
        let mut world = school(seed);
        let survey = DocumentId::random(Kind::Survey.byte(), [7; 15]);
        write(&mut world, TEACHER, survey, vec![set("min_group", json!(5))]);
        add_risk(&mut world, TEACHER, "r1");
        world.meet(&[DIRECTOR, TEACHER, OTHER]);
        assert!(check::is_equal(&world), "{}", check::differences(&world));
        world.part();
        write(&mut world, OTHER, survey, vec![set("min_group", json!(6))]);
        write(&mut world, TEACHER, survey, vec![set("min_group", json!(7))]);
        let drop = Body::DropDocument { document: survey, reason: "wish".to_owned() };
        world.turn(DIRECTOR, vec![In::Policy(drop)], Trouble::None);
        world.dial(DIRECTOR, first);
        world.settle(ARRIVALS_MAX);
        let stored = world.members[first].storage.document_records(survey, 0, usize::MAX);
        assert_eq!(stored.unwrap(), Vec::new(), "who heard of it has nothing");
        world.meet(&[OTHER, TEACHER, DIRECTOR]);
        assert!(check::is_equal(&world), "{}", check::differences(&world));
        for member in &world.members {
            assert_eq!(member.storage.document_position(survey), Ok(0));
            assert_eq!(member.storage.vector(survey).unwrap().iter().count(), 0);
        }
        let risks = risks(&world);
        assert_ne!(world.members[OTHER].storage.document_position(risks), Ok(0));
        // Nobody writes it again, and work that goes on is synced as before.
        let again = vec![In::Edit(survey, vec![set("min_group", json!(8))])];
        world.turn(TEACHER, again, Trouble::None);
        assert_eq!(world.members[TEACHER].storage.document_position(survey), Ok(0));
        set_impact(&mut world, TEACHER, 4);
        world.meet(&[]);
        assert!(check::is_equal(&world), "{}", check::differences(&world));
    }
}
