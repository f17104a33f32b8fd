//! What a new device is sent: the head documents first and at once, everything once, whatever happens on the way.

use data_encoding::BASE64;
use jospar_core::ids::DocumentId;
use jospar_core::log::Record;
use jospar_core::plan::Kind;
use jospar_core::policy::{Role, Scope};
use jospar_core::protocol::Frame;
use jospar_core::replica::{Input, LoadError, Replica};
use serde_json::json;

use crate::check::{self, see};
use crate::edits::{add, document, large, set};
use crate::world::{ARRIVALS_MAX, Arrival, DIRECTOR, In, SERVER, Trouble, World};

const NEW: usize = 2;
const OTHER: usize = 3;
/// How many lesson studies the plan has; each fills a small part of a frame.
const STUDIES: u8 = 24;

fn study(number: u8) -> DocumentId {
    DocumentId::random(Kind::LessonStudy.byte(), [number; 15])
}

fn plan(world: &World) -> DocumentId {
    document(&world.workspace, Kind::Plan)
}

fn write(
    world: &mut World,
    who: usize,
    id: DocumentId,
    commands: Vec<jospar_core::document::Command>,
) {
    world.turn(who, vec![In::Edit(id, commands)], Trouble::None);
    assert_eq!(world.members[who].fault, None);
}

/// A school whose server has a plan of some hundred kilobytes, written turn by turn in all its documents.
fn school(seed: u64) -> World {
    let teacher = || (Role::Teacher, Scope::default());
    let mut world = World::new(seed, &[teacher(), teacher()], false);
    let initiatives = document(&world.workspace, Kind::Initiatives);
    for round in 0..3 {
        for number in 0..STUDIES {
            let topic = "Ә".repeat(400 + usize::from(number));
            let commands = vec![set("class", json!(topic)), set("order", json!(round))];
            write(&mut world, DIRECTOR, study(number), commands);
        }
        let id = format!("in{round}");
        write(&mut world, DIRECTOR, initiatives, vec![add("initiatives", &id, json!({}))]);
        for _ in 0..2 {
            let commands = large(&format!("initiatives/{id}"), &mut world.random);
            write(&mut world, DIRECTOR, initiatives, commands);
        }
        let people = document(&world.workspace, Kind::People);
        write(&mut world, DIRECTOR, people, vec![add("people", &format!("p{round}"), json!({}))]);
        let (id, day) = (plan(&world), json!(format!("2027-05-0{}", round + 1)));
        write(&mut world, DIRECTOR, id, vec![set("plan/period/start", day.clone())]);
        write(&mut world, DIRECTOR, id, vec![set("plan/period/end", day)]);
    }
    world.meet(&[DIRECTOR]);
    world.part();
    world
}

/// How many changes a member's log has.
fn changes(world: &World, who: usize) -> usize {
    world.members[who].storage.stored().map(|stored| stored.record.changes().len()).sum()
}

/// How many changes the records of a frame bring, if it is one of records.
fn brought(world: &World, bytes: &[u8]) -> Option<usize> {
    let Ok(Frame::Records { records, .. }) = Frame::decode(bytes) else { return None };
    Some(brought_by(world, &records))
}

fn brought_by(world: &World, records: &[u8]) -> usize {
    let all = Record::decode(&world.workspace, records, &mut ()).unwrap();
    all.into_iter().map(|record| record.unwrap().changes().len()).sum()
}

/// What an arrival was.
#[derive(Default)]
struct Came {
    /// How many changes it brought to the new device, if that got a frame of records.
    changes: Option<usize>,
    /// It was a frame of version vectors.
    vectors: bool,
}

fn deliver(world: &mut World, arrival: Arrival) -> Came {
    let Some((who, inputs)) = world.take(arrival) else { return Came::default() };
    let mut came = Came::default();
    if let Some(In::Replica(Input::FrameReceived { bytes, .. })) = inputs.last() {
        came.changes = if who == NEW { brought(world, bytes) } else { None };
        came.vectors = matches!(Frame::decode(bytes), Ok(Frame::Vectors { .. }));
    }
    world.turn(who, inputs, Trouble::None);
    came
}

/// The next arrival, or a turn of whoever wants to go on; `None` when nothing is left to be done.
fn step(world: &mut World) -> Option<Came> {
    let arrivals = world.arrivals();
    if arrivals.is_empty() {
        return world.wake().then(Came::default);
    }
    let arrival = *world.random.pick(&arrivals);
    let came = deliver(world, arrival);
    assert_eq!(world.members[NEW].storage.parked_count(), 0, "nothing waits for anything");
    Some(came)
}

/// How many changes the next frames of records bring to the new device.
fn frames(world: &mut World) -> impl Iterator<Item = usize> {
    std::iter::from_fn(|| step(world)).filter_map(|came| came.changes)
}

fn end(world: &mut World) {
    world.meet(&[NEW, DIRECTOR, OTHER]);
    check::end(world, false);
    assert_eq!(check::differences(world), "");
}

fn is_equal(world: &World) -> bool {
    let server = world.members[SERVER].device;
    world.members[NEW].replica.as_ref().is_some_and(|replica| replica.is_equal_with(&server))
}

/// The new device has nothing at all, or a document of its own, as every device with a seal key has.
fn new_devices() -> [fn(&mut World); 2] {
    [|_| {}, |world| write(world, NEW, study(200), vec![set("order", json!(1))])]
}

#[test]
fn the_head_documents_are_there_after_the_first_frame_and_nothing_comes_twice() {
    for (seed, prepare) in (1..).zip(new_devices().into_iter().cycle()).take(6) {
        let mut world = school(seed);
        prepare(&mut world);
        world.dial(NEW, SERVER);
        let first = frames(&mut world).next().unwrap();
        for kind in [Kind::Plan, Kind::People] {
            let id = document(&world.workspace, kind);
            let seen = see(&mut world.members[DIRECTOR], id);
            assert_eq!(see(&mut world.members[NEW], id), seen, "whole, after {first} changes");
        }
        let new = &mut world.members[NEW];
        let absent = new.replica.as_mut().unwrap().document(&mut new.storage, study(1)).err();
        assert_eq!(absent, Some(LoadError::Unknown(study(1))), "the rest comes later");
        let rest = frames(&mut world).collect::<Vec<_>>();
        assert!(rest.len() >= 2, "{first} and {rest:?}");
        assert!(is_equal(&world));
        let own = changes(&world, NEW) - first - rest.iter().sum::<usize>();
        assert!(own <= 1, "{own} of its own");
        assert_eq!(changes(&world, NEW), changes(&world, SERVER));
        check::cursors(&world);
        end(&mut world);
    }
}

/// A photo that was added first comes last.
#[test]
fn photos_come_when_all_else_is_there() {
    let roles = [(Role::Teacher, Scope::default()), (Role::Teacher, Scope::default())];
    let mut world = World::new(5, &roles, false);
    let photo = DocumentId::of_content(&world.workspace, Kind::File.byte(), &[7; 32]);
    for number in 0..3 {
        let bytes = BASE64.encode(&world.random.bytes::<32>().repeat(3_000));
        let id = format!("c{number:03}");
        write(&mut world, DIRECTOR, photo, vec![add("chunks", &id, json!({"bytes": bytes}))]);
    }
    for number in 0..STUDIES {
        let commands = vec![set("class", json!("Ә".repeat(600)))];
        write(&mut world, DIRECTOR, study(number), commands);
    }
    world.meet(&[DIRECTOR]);
    world.part();
    world.dial(NEW, SERVER);
    let mut first = None;
    while !is_equal(&world) && step(&mut world).is_some() {
        let has = |world: &World, id| {
            let replica = world.members[NEW].replica.as_ref().unwrap();
            replica.documents().any(|(known, _)| *known == id)
        };
        if first.is_none() && has(&world, photo) {
            first = Some((0..STUDIES).filter(|number| has(&world, study(*number))).count());
        }
    }
    assert_eq!(first, Some(usize::from(STUDIES)), "every study was there before the photo began");
    end(&mut world);
}

#[test]
fn a_fetch_that_is_cut_behind_any_frame_goes_on_where_it_was() {
    for (seed, prepare) in (1..).zip(new_devices()) {
        for kept in 1.. {
            let mut world = school(seed);
            prepare(&mut world);
            let own = changes(&world, NEW);
            world.dial(NEW, SERVER);
            let all = frames(&mut world).take(kept);
            let before: Vec<usize> = all.collect();
            let over = is_equal(&world);
            for link in world.links.keys().copied().collect::<Vec<_>>() {
                world.cut_at_once(link);
            }
            world.settle(ARRIVALS_MAX);
            assert_eq!(changes(&world, NEW), own + before.iter().sum::<usize>());
            check::cursors(&world);
            world.dial(NEW, SERVER);
            let after = frames(&mut world).collect::<Vec<_>>();
            assert!(is_equal(&world), "{before:?}, {after:?}");
            let came: usize = before.iter().chain(&after).sum();
            assert_eq!(own + came, changes(&world, NEW), "{before:?}, then {after:?}");
            end(&mut world);
            if over || before.len() < kept {
                assert!(kept >= 3, "{before:?}");
                break;
            }
        }
    }
}

/// Half a second after digests were found to differ a new device compared, and was sent once more what was on its way.
#[test]
fn a_slow_fetch_is_not_begun_anew() {
    for (from, to) in [(NEW, SERVER), (DIRECTOR, NEW)] {
        for (seed, prepare) in (1..).zip(new_devices()) {
            let mut world = school(seed);
            prepare(&mut world);
            let own = changes(&world, NEW);
            world.dial(from, to);
            let (mut brought, mut vectors) = (0, 0);
            while let Some(came) = step(&mut world) {
                brought += came.changes.unwrap_or(0);
                vectors += usize::from(came.vectors);
                for _ in 0..3 * usize::from(came.changes.is_some()) {
                    // A large frame takes long, a small one does not.
                    world.pass(700);
                    vectors += deliver_the_small(&mut world);
                }
            }
            let peer = world.members[if from == NEW { to } else { from }].device;
            let new = world.members[NEW].replica.as_ref().unwrap();
            assert!(new.is_equal_with(&peer));
            assert!(vectors <= 2, "{vectors}: what is under way is not asked about");
            assert_eq!(own + brought, changes(&world, NEW));
            end(&mut world);
        }
    }
}

/// Delivers everything but the bulk frames on their way to the new device. Returns how many frames of vectors were among
/// it.
fn deliver_the_small(world: &mut World) -> usize {
    let mut vectors = 0;
    loop {
        let arrivals = world.arrivals();
        let bulk = |arrival: &Arrival| matches!(arrival, Arrival::Frame { lane: 1, .. });
        let small = |arrival: &&Arrival| world.whose(**arrival) != NEW || !bulk(arrival);
        let Some(arrival) = arrivals.iter().find(small).copied() else { return vectors };
        vectors += usize::from(deliver(world, arrival).vectors);
    }
}

/// Frame follows frame without waiting for the new device, each in a turn of its own; what is packed in between stays what
/// it was.
#[test]
fn a_fetch_goes_on_by_itself_until_the_window_is_full() {
    for compact in [false, true] {
        let mut world = school(1);
        world.dial(NEW, SERVER);
        deliver_the_small(&mut world);
        let mut turns = 0;
        while world.wake() {
            turns += 1;
            if compact {
                world.turn(SERVER, vec![In::Compact], Trouble::None);
            }
        }
        let sizes: Vec<usize> = frames(&mut world).collect();
        assert_eq!(sizes.iter().sum::<usize>(), changes(&world, SERVER), "{sizes:?}");
        assert!(sizes.len() >= 4, "{sizes:?}");
        assert!(compact || turns + 1 == sizes.len(), "{turns}, {sizes:?}");
        end(&mut world);
    }
}

#[test]
fn what_is_written_and_packed_during_a_fetch_comes_behind_it() {
    for (seed, prepare) in (1..).zip(new_devices().into_iter().cycle()).take(6) {
        let mut world = school(seed);
        prepare(&mut world);
        let own = changes(&world, NEW);
        world.dial(OTHER, SERVER);
        world.settle(ARRIVALS_MAX);
        world.dial(NEW, SERVER);
        let (mut brought, mut frames) = (0, 0);
        while let Some(came) = step(&mut world) {
            brought += came.changes.unwrap_or(0);
            frames += usize::from(came.changes.is_some());
            if came.changes.is_some() && frames <= 4 {
                let study = study(STUDIES - 1);
                write(&mut world, OTHER, study, vec![set("order", json!(frames + 10))]);
                deliver_the_small(&mut world);
                let (id, day) = (plan(&world), json!(format!("2028-05-0{frames}")));
                write(&mut world, OTHER, id, vec![set("plan/period/end", day)]);
                world.turn(SERVER, vec![In::Compact], Trouble::None);
            }
        }
        // News that both have the same need not be told one by one.
        world.pass(10);
        world.settle(ARRIVALS_MAX);
        assert!(is_equal(&world));
        assert_eq!(own + brought, changes(&world, NEW), "in {frames} frames");
        end(&mut world);
    }
}

/// A server does not take apart and pack again what it has packed already, whatever else goes out before and behind it.
#[test]
fn a_large_pack_of_the_log_goes_out_as_it_lies() {
    for (seed, prepare) in (1..).zip(new_devices()) {
        let mut world = school(seed);
        prepare(&mut world);
        let own = changes(&world, NEW);
        world.turn(SERVER, vec![In::Compact], Trouble::None);
        let stored = world.members[SERVER].storage.stored();
        let packs: Vec<Vec<u8>> = stored.map(|stored| stored.record.encode()).collect();
        let is_large = |bytes: &&Vec<u8>| Record::announced_bytes(bytes) >= 8 * 1024;
        let large: Vec<&Vec<u8>> = packs.iter().filter(is_large).collect();
        assert!(
            !large.is_empty() && large.len() < packs.len(),
            "{} of {}",
            large.len(),
            packs.len()
        );
        world.dial(NEW, SERVER);
        let (mut frames, mut brought) = (Vec::new(), 0);
        loop {
            let arrivals = world.arrivals();
            let Some(arrival) = arrivals.first().copied() else {
                if world.wake() {
                    continue;
                }
                break;
            };
            let Some((who, inputs)) = world.take(arrival) else { continue };
            if let (NEW, Some(In::Replica(Input::FrameReceived { bytes, .. }))) =
                (who, inputs.last())
                && let Ok(Frame::Records { records, .. }) = Frame::decode(bytes)
            {
                brought += brought_by(&world, &records);
                frames.push(records);
            }
            world.turn(who, inputs, Trouble::None);
        }
        for pack in large {
            assert!(frames.contains(pack), "one frame of {} is it", frames.len());
        }
        assert!(is_equal(&world));
        assert_eq!(own + brought, changes(&world, NEW), "and nothing comes twice");
        check::cursors(&world);
        end(&mut world);
    }
}

/// Whoever loses the right to read a document in the middle of a fetch is not sent it any more, and the fetch ends.
#[test]
fn a_document_that_is_dropped_during_a_fetch_does_not_hold_it_up() {
    let mut world = school(1);
    world.dial(DIRECTOR, SERVER);
    world.settle(ARRIVALS_MAX);
    world.dial(NEW, SERVER);
    let first = frames(&mut world).next();
    assert!(first.is_some());
    for number in 0..STUDIES {
        let (document, reason) = (study(number), "wish".to_owned());
        let body = jospar_core::policy::Body::DropDocument { document, reason };
        world.turn(DIRECTOR, vec![In::Policy(body)], Trouble::None);
    }
    world.settle(ARRIVALS_MAX);
    assert!(is_equal(&world));
    let has_study = |replica: &Replica| replica.documents().any(|(id, _)| *id == study(1));
    assert!(!world.members[NEW].replica.as_ref().is_some_and(has_study));
    end(&mut world);
}
