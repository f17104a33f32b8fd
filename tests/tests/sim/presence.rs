//! Who is here: shown to members, forwarded by the server, bounded, and gone with the right or the silence.

use jospar_core::ids::DeviceId;
use jospar_core::plan::Kind;
use jospar_core::policy::{Role, Scope};
use jospar_core::protocol::{PRESENCE_MS, Place, Presence, SessionId};
use jospar_core::replica::Input;

use crate::world::{ARRIVALS_MAX, DIRECTOR, In, SERVER, Trouble, World};

const TEACHER: usize = 2;
const AUDITOR: usize = 3;
const STRANGER: usize = 4;

/// A school whose members are all connected to the server.
fn school() -> World {
    let audited = Scope { kinds: [Kind::Approvals.byte()].into(), ..Scope::default() };
    let roles = [(Role::Teacher, Scope::default()), (Role::Auditor, audited)];
    let mut world = World::new(17, &roles, false);
    world.add_stranger();
    world.meet(&[DIRECTOR, TEACHER, AUDITOR, STRANGER]);
    world
}

fn at(page: &str) -> Option<Place> {
    Some(Place { page: page.to_owned(), caret: None })
}

fn say(world: &mut World, who: usize, place: Option<Place>) {
    world.turn(who, vec![In::Presence(1, place)], Trouble::None);
    deliver(world);
}

/// All datagrams arrive; returns how many there were.
fn deliver(world: &mut World) -> usize {
    let mut count = 0;
    while let Some((link, from, bytes)) = world.datagrams.pop_front() {
        let Some(found) = world.links.get(&link) else { continue };
        let to = found.ends[usize::from(found.ends[0] == from)];
        let input = Input::DatagramReceived { session: SessionId(link), bytes };
        world.turn(to, vec![In::Replica(input)], Trouble::None);
        count += 1;
        assert!(count < 1_000, "datagrams go round in a circle");
    }
    count
}

fn seen(world: &World, who: usize) -> Vec<(DeviceId, String)> {
    let replica = world.members[who].replica.as_ref().unwrap();
    replica.company().people().map(|(device, _, place)| (device, place.page.clone())).collect()
}

fn dropped(world: &mut World, who: usize) -> u64 {
    world.members[who].replica.as_mut().unwrap().take_dropped_datagrams()
}

/// The session between a member and the server.
fn link(world: &World, who: usize) -> SessionId {
    let found = world.links.iter().find(|(_, link)| link.ends.contains(&who));
    SessionId(*found.expect("a session").0)
}

#[test]
fn the_server_forwards_to_the_other_members_and_keeps_nothing() {
    let mut world = school();
    let director = world.members[DIRECTOR].device;
    say(&mut world, DIRECTOR, at("/page/risks"));
    let shown = vec![(director, "/page/risks".to_owned())];
    assert_eq!(seen(&world, DIRECTOR), shown, "a device has its own pages, too");
    assert_eq!(seen(&world, TEACHER), shown);
    for who in [SERVER, AUDITOR, STRANGER] {
        assert_eq!(seen(&world, who), [], "{who}");
        assert_eq!(dropped(&mut world, who), 0, "{who} was not even asked");
    }
    say(&mut world, TEACHER, at("/page/risks"));
    assert_eq!((seen(&world, DIRECTOR).len(), seen(&world, TEACHER).len()), (2, 2));
    say(&mut world, DIRECTOR, None);
    assert_eq!(seen(&world, TEACHER).len(), 1);
    // Whoever falls silent is gone, and the replica asks to be woken for it.
    world.pass(PRESENCE_MS);
    world.settle(ARRIVALS_MAX);
    assert_eq!((seen(&world, DIRECTOR), seen(&world, TEACHER)), (vec![], vec![]));
}

#[test]
fn t05_a_datagram_is_presence_of_its_own_sender_or_nothing() {
    let mut world = school();
    let (director, teacher) = (world.members[DIRECTOR].device, world.members[TEACHER].device);
    let says = |device| Presence { device, slot: 1, number: 9, place: at("/") }.encode();
    let sends = |world: &mut World, from: usize, to: usize, bytes: Vec<u8>| {
        let session = link(world, if from == SERVER { to } else { from });
        let input = Input::DatagramReceived { session, bytes };
        world.turn(to, vec![In::Replica(input)], Trouble::None);
        deliver(world)
    };
    // A member speaks for itself alone; strangers and auditors for nobody.
    assert_eq!(sends(&mut world, TEACHER, SERVER, says(director)), 0);
    let auditor = world.members[AUDITOR].device;
    assert_eq!(sends(&mut world, AUDITOR, SERVER, says(auditor)), 0);
    let stranger = world.members[STRANGER].device;
    let greeted = world.links.iter().find(|(_, link)| link.ends.contains(&STRANGER));
    if let Some(session) = greeted.map(|(id, _)| SessionId(*id)) {
        let input = Input::DatagramReceived { session, bytes: says(stranger) };
        world.turn(SERVER, vec![In::Replica(input)], Trouble::None);
        assert_eq!(deliver(&mut world), 0);
    }
    for bytes in [vec![], vec![0; 1_200], b"caret".to_vec(), vec![1; 40]] {
        assert_eq!(sends(&mut world, TEACHER, SERVER, bytes), 0);
    }
    assert!(dropped(&mut world, SERVER) >= 6);
    // A server cannot put words into this device's own mouth, nor bring strangers in.
    assert_eq!(sends(&mut world, SERVER, DIRECTOR, says(director)), 0);
    assert_eq!(sends(&mut world, SERVER, DIRECTOR, says(stranger)), 0);
    assert_eq!((seen(&world, DIRECTOR), dropped(&mut world, DIRECTOR)), (vec![], 2));
    assert_eq!(sends(&mut world, SERVER, DIRECTOR, says(teacher)), 0);
    assert_eq!(seen(&world, DIRECTOR).len(), 1, "what it may forward it may also make up");
}

#[test]
fn t05_a_flood_of_presence_is_not_forwarded() {
    let mut world = school();
    let teacher = world.members[TEACHER].device;
    let session = link(&world, TEACHER);
    let flood = (0..5_000_u64).map(|number| {
        let presence = Presence { device: teacher, slot: 1, number, place: at("/") };
        In::Replica(Input::DatagramReceived { session, bytes: presence.encode() })
    });
    let flood = flood.collect();
    world.turn(SERVER, flood, Trouble::None);
    assert!(world.datagrams.len() <= 40, "{} datagrams", world.datagrams.len());
    assert!(dropped(&mut world, SERVER) >= 4_960);
}

#[test]
fn t07_who_was_shut_out_is_shown_to_nobody() {
    let mut world = school();
    let teacher = world.members[TEACHER].device;
    say(&mut world, TEACHER, at("/page/kpis"));
    assert_eq!(seen(&world, DIRECTOR).len(), 1);
    world.turn(DIRECTOR, vec![In::Revoke(teacher)], Trouble::None);
    assert_eq!(seen(&world, DIRECTOR), [], "at the entry");
    say(&mut world, DIRECTOR, at("/page/kpis"));
    world.settle(ARRIVALS_MAX);
    say(&mut world, TEACHER, at("/page/kpis"));
    assert_eq!(seen(&world, DIRECTOR).len(), 1, "the director alone");
}
