//! Members who misuse their key, and those who have none.

use std::time::Instant;

use jospar_core::admission::{PARKED_ENVELOPES_MAX, Refusal, Verdict};
use jospar_core::ids::{ChangeHash, Digest, PolicyHash};
use jospar_core::log::{EnvelopeError, Pack, VersionVector};
use jospar_core::protocol::{
    FRAME_BYTES_MAX, Frame, Invite, JOIN_BYTES_MAX, Join, JoinReply, RefusalCode, SessionId,
};
use jospar_core::replica::{Effect, Note, Station};
use jospar_core::time::Timestamp;
use jospar_tests::bounds::ORPHANS;
use jospar_tests::hostile::chunk::{Parts, hash_of, number};
use jospar_tests::hostile::school::{Forgery, School, Who};

use crate::experiments::Scene;

fn admitted(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Admitted(_))
}

/// All that a frame may be, as a member sends it.
fn frames(scene: &Scene, school: &School) -> Vec<Frame> {
    let documents = Digest([1; 16]);
    let records = scene.school.log()[0].record.encode();
    vec![
        school.hello(),
        Frame::Records { position: 1, records },
        Frame::Ack { position: 1, documents },
        Frame::Documents([(scene.document, documents)].into()),
        Frame::Vectors {
            reply: true,
            vectors: [(scene.document, VersionVector::default())].into(),
        },
        Frame::PolicyHave(vec![PolicyHash([1; 32])]),
        Frame::Policy(vec![vec![1; 40]]),
        Frame::JoinReply(JoinReply::Granted(vec![vec![1; 40]])),
        Frame::Invites(vec![([1; 16], Timestamp(i64::MAX))]),
        Frame::Reached { documents, devices: vec![[1; 8]] },
        Frame::Refused(RefusalCode::Protocol),
        Frame::Later { code: RefusalCode::Quota, seconds: 1 },
    ]
}

fn is_closed(effects: &[Effect], session: SessionId) -> bool {
    effects.iter().any(|e| matches!(e, Effect::Close { session: closed, .. } if *closed == session))
}

/// Of a stranger one hello and one small join are read. Whatever else it sends ends its session, and nothing is kept.
#[test]
fn t03_of_a_stranger_nothing_but_a_hello_and_one_join_is_read() {
    let scene = Scene::new(25);
    for station in [Station::Device, Station::Server] {
        let mut school = School::with_station(station);
        let policy = school.policy().digest();
        let frames = frames(&scene, &school);
        for greeted in [true, false] {
            for frame in frames.iter().skip(usize::from(!greeted)) {
                let session = match greeted {
                    true => school.open_session(Who::Stranger),
                    false => school.accept(Who::Stranger),
                };
                let effects = school.frame(session, frame.encode());
                assert!(is_closed(&effects, session), "{frame:?}: {effects:?}");
                let more = school.frame(session, frames[1].encode());
                assert_eq!(more, [], "what comes on a closed session is not read");
                assert_eq!((school.log().len(), school.parked(Who::Stranger)), (0, (0, 0)));
                assert_eq!(school.policy().digest(), policy);
            }
        }
        let member = school.open_session(Who::Honest);
        let effects = school.frame(member, frames[1].encode());
        assert!(!is_closed(&effects, member) && school.log().len() == 1, "a member's is taken");
    }
}

#[test]
fn t03_a_stranger_asks_once_with_an_invite_that_is_open() {
    let mut school = School::new();
    let invite = school.invite();
    let guessed = Invite { secret: [9; 16], ..invite.clone() };
    let join = |invite: &Invite, name: &str, school: &School| {
        Frame::Join(Join::Request(invite.request(school.key(Who::Stranger), name))).encode()
    };
    let asks = |effects: &[Effect]| effects.iter().any(|e| matches!(e, Effect::JoinRequested(_)));
    let without = join(&guessed, "Марат", &school);
    let with = join(&invite, "Марат", &school);
    let session = school.open_session(Who::Stranger);
    let effects = school.frame(session, without);
    assert!(is_closed(&effects, session) && !asks(&effects), "{effects:?}");
    // The largest frame that is read says nothing that could be read.
    let session = school.open_session(Who::Stranger);
    let mut long = with.clone();
    long.resize(JOIN_BYTES_MAX + 1, 0);
    let effects = school.frame(session, long);
    assert!(is_closed(&effects, session) && !asks(&effects), "{effects:?}");
    let session = school.open_session(Who::Stranger);
    let effects = school.frame(session, with.clone());
    assert!(asks(&effects) && !is_closed(&effects, session), "{effects:?}");
    let effects = school.frame(session, with);
    assert!(is_closed(&effects, session) && !asks(&effects), "once: {effects:?}");
    // What another device asked with is of no use: a request is bound to the key of its session.
    let session = school.open_session(Who::Stranger);
    let other = invite.request(&ed25519_dalek::SigningKey::from_bytes(&[77; 32]), "Болат");
    let effects = school.frame(session, Frame::Join(Join::Request(other)).encode());
    assert!(is_closed(&effects, session) && !asks(&effects), "{effects:?}");
}

#[test]
fn t09_a_viewer_and_a_stranger_write_nothing_wherever_it_goes_in() {
    let scene = Scene::new(20);
    for who in [Who::Viewer, Who::Stranger] {
        for station in [Station::Device, Station::Server] {
            let mut school = School::with_station(station);
            let actor = school.actor(who, scene.document, [4; 16]);
            let parts = Parts { actor: actor.0.to_vec(), ..scene.parts() };
            let (document, changes) = (scene.document, [parts.encode()]);
            let forgery = Forgery { document, actor, seq: 1, nonce: [4; 16], changes: &changes };
            let bytes = school.forge(who, &forgery);
            let verdict = school.take_in(who, &bytes);
            assert!(
                matches!(verdict, Verdict::Refused(Refusal::NoRight { .. })),
                "{who:?} {verdict:?}"
            );
            assert_eq!((school.log().len(), school.parked(who)), (0, (0, 0)));
        }
    }
}

/// An entry that nobody has makes the envelope wait, and one from before the attacker was let in gives no right.
#[test]
fn t09_another_policy_entry_than_the_newest_gives_no_right_that_was_not_given() {
    let mut scene = Scene::new(21);
    let own = scene.parts().encode();
    let newest = scene.school.head;
    let genesis = PolicyHash(scene.school.workspace.0);
    scene.school.head = genesis;
    let early = scene.forge(own.clone());
    scene.school.head = PolicyHash([9; 32]);
    let unknown = scene.forge(own.clone());
    scene.school.head = newest;
    let verdict = scene.school.take_in(Who::Hostile, &early);
    assert!(matches!(verdict, Verdict::Refused(Refusal::NoRight { .. })), "{verdict:?}");
    assert_eq!(scene.school.take_in(Who::Hostile, &unknown), Verdict::Pending);
    let fine = scene.forge(own);
    assert!(admitted(&scene.school.take_in(Who::Hostile, &fine)));
}

#[test]
fn t11_nobody_sits_on_an_actor_that_is_not_their_own() {
    let scene = Scene::new(22);
    let mut school = scene.school.fork();
    let (document, honest) = (scene.document, [1; 16]);
    let victim = school.actor(Who::Honest, document, honest);
    let own = scene.actor();
    let parts = scene.parts();
    let chunk = |actor: jospar_core::ids::ActorId, seq| {
        Parts { actor: actor.0.to_vec(), seq, ..parts.clone() }.encode()
    };
    let cases = [
        // Its nonce, another device.
        (victim, 1, honest, chunk(victim, 1)),
        // An own actor, another nonce.
        (own, 1, honest, chunk(own, 1)),
        // A later number, so that no nonce is asked for: the actor has an owner.
        (victim, 2, honest, chunk(victim, 2)),
        // The envelope names one actor, the change another.
        (own, 1, [2; 16], chunk(victim, 1)),
        // A later number under an actor that nobody has begun.
        (own, 2, [2; 16], chunk(own, 2)),
        // Another number than the change has.
        (own, 5, [2; 16], chunk(own, 1)),
    ];
    for (place, (actor, seq, nonce, bytes)) in cases.into_iter().enumerate() {
        let changes = [bytes];
        let forgery = Forgery { document, actor, seq, nonce, changes: &changes };
        let bytes = school.forge(Who::Hostile, &forgery);
        let verdict = school.take_in(Who::Hostile, &bytes);
        let fits = matches!(
            verdict,
            Verdict::Refused(
                Refusal::ForeignActor
                    | Refusal::Chain
                    | Refusal::Unreadable(EnvelopeError::ActorBinding | EnvelopeError::Chain)
            )
        );
        assert!(fits, "case {place}: {verdict:?}");
    }
    assert_eq!(school.parked(Who::Hostile), (0, 0));
    // The same nonce twice is no harm: device and document are in the actor too.
    let same = school.actor(Who::Hostile, document, honest);
    let changes = [chunk(same, 1)];
    let forgery = Forgery { document, actor: same, seq: 1, nonce: honest, changes: &changes };
    let bytes = school.forge(Who::Hostile, &forgery);
    assert!(admitted(&school.take_in(Who::Hostile, &bytes)));
}

/// An equivocator shows different branches to different people, and somebody builds on one of them. Once they meet, all
/// have all branches and the same one counts.
#[test]
fn t12_an_equivocator_of_many_branches_divides_nobody() {
    const BRANCHES: i64 = 40;
    let scene = Scene::new(23);
    let branches: Vec<Vec<u8>> =
        (0..BRANCHES).map(|time| Parts { time, ..scene.parts() }.encode()).collect();
    let mut schools = [scene.school.fork(), scene.school.fork()];
    for (number, school) in schools.iter_mut().enumerate() {
        for bytes in branches.iter().skip(number * 15).take(25) {
            assert!(admitted(&school.take_in(Who::Hostile, &scene.forge(bytes.clone()))));
        }
    }
    // The honest teacher has seen one branch alone, neither the first nor the one that would win, and writes on.
    let loser = branches.iter().max_by_key(|bytes| hash_of(bytes)).unwrap();
    let mut built = Parts { dependencies: vec![hash_of(loser)], ..scene.parts() };
    let honest = schools[0].actor(Who::Honest, scene.document, [8; 16]);
    built.actor = honest.0.to_vec();
    let moved = built.rows.len() as u64;
    built.start_op += moved;
    for id in built.rows.iter_mut().filter_map(|row| row.object.as_mut()) {
        id.1 += if id.0 == 0 { moved } else { 0 };
    }
    let built = scene.school.envelope(Who::Honest, scene.document, [8; 16], vec![built.encode()]);
    let logs = schools.each_ref().map(School::log);
    let mut seen = Vec::new();
    for (school, other) in schools.iter_mut().zip([&logs[1], &logs[0]]) {
        for stored in other {
            let verdict = school.take_in(Who::Hostile, &stored.record.encode());
            assert!(admitted(&verdict) || verdict == Verdict::Duplicate, "{verdict:?}");
        }
        assert!(admitted(&school.take_in(Who::Honest, &built)));
        let shown = school.document(scene.document).unwrap();
        assert!(shown.knows(&ChangeHash(hash_of(loser))), "others built on it");
        let inside = branches.iter().filter(|bytes| shown.knows(&ChangeHash(hash_of(bytes))));
        assert_eq!(inside.count(), 1);
        seen.push((shown.heads(), shown.view()));
        let mut held = school.quarantine();
        held.retain(|held| held.reason == "quarantine-equivocation");
        assert_eq!(held.len() as i64, BRANCHES - 1);
    }
    assert_eq!(seen[0], seen[1]);
}

/// Orphans beyond the bound are refused as fast as the first ones, and what others send is taken in meanwhile.
#[test]
#[allow(clippy::print_stdout, reason = "how long it took")]
fn t15_a_flood_of_orphans_meets_a_bound_and_costs_others_nothing() {
    let scene = Scene::new(24);
    let mut school = School::with_station(Station::Server);
    let count = ORPHANS.get_usize().max(2 * PARKED_ENVELOPES_MAX as usize);
    let parts = scene.parts();
    let log = scene.school.log();
    let mut took = Vec::new();
    let mut verdicts = [0_usize; 2];
    for half in 0..2 {
        let started = Instant::now();
        for n in (0..count / 2).map(|n| n + half * (count / 2)) {
            let mut nonce = [0; 16];
            nonce[..8].copy_from_slice(&(n as u64).to_le_bytes());
            let actor = school.actor(Who::Hostile, scene.document, nonce);
            let dependencies = vec![hash_of(&nonce)];
            let orphan = Parts { actor: actor.0.to_vec(), dependencies, ..parts.clone() };
            let (document, changes) = (scene.document, [orphan.encode()]);
            let forgery = Forgery { document, actor, seq: 1, nonce, changes: &changes };
            let bytes = school.forge(Who::Hostile, &forgery);
            match school.take_in(Who::Hostile, &bytes) {
                Verdict::Pending => verdicts[0] += 1,
                Verdict::Refused(Refusal::Quota { .. }) => verdicts[1] += 1,
                other => panic!("{other:?}"),
            }
        }
        took.push(started.elapsed());
    }
    println!("{count} orphans: {took:?}");
    assert_eq!(verdicts, [PARKED_ENVELOPES_MAX as usize, count - PARKED_ENVELOPES_MAX as usize]);
    assert!(took[1] < took[0] * 4, "the later ones cost no more: {took:?}");
    for stored in &log {
        let verdict = school.take_in(Who::Honest, &stored.record.encode());
        assert!(admitted(&verdict), "{verdict:?}");
    }
    assert_eq!(school.parked(Who::Honest), (0, 0));
}

/// A zstd frame of `blocks` blocks that are each 128 KiB of one byte: four bytes for each block.
fn zstd_of(blocks: u32, claim: u32) -> Vec<u8> {
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
    out.extend(claim.to_le_bytes());
    for n in 1..=blocks {
        let header = (128 * 1024) << 3 | 1 << 1 | u32::from(n == blocks);
        out.extend(&header.to_le_bytes()[..3]);
        out.push(0);
    }
    out
}

/// Packs of one stream: `changes` bytes of changes, `plain` bytes in the stream.
fn packed(changes: u64, plain: u64, zstd: &[u8]) -> Vec<u8> {
    let mut out = vec![1, 1];
    for part in [changes, 1, 0, plain, zstd.len() as u64 - 4] {
        number(&mut out, part);
    }
    out.extend(&zstd[4..]);
    out
}

/// Packs that say little and hold much, say nothing, say much and hold little, or too much.
pub(crate) fn packed_bombs() -> Vec<Vec<u8>> {
    const MIB: u32 = 1024 * 1024;
    let mut bombs = Vec::new();
    for (claim, blocks, inner) in [
        (1_024, 8, MIB),
        (1_024, 8_000, u32::MAX),
        (u64::from(MIB), 8_000, MIB),
        (0, 8, MIB),
        (u64::from(8 * MIB), 64, 8 * MIB),
        (17 * u64::from(MIB), 8, MIB),
        (u64::MAX, 8, MIB),
    ] {
        for changes in [100, claim] {
            bombs.push(packed(changes, claim, &zstd_of(blocks, inner)));
        }
    }
    bombs
}

#[test]
fn t14_packs_that_unpack_to_more_than_they_may_are_refused() {
    let started = Instant::now();
    let scene = Scene::new(23);
    let mut school = scene.school.fork();
    let session = school.open_session(Who::Hostile);
    let bombs = packed_bombs();
    for (number, bomb) in bombs.iter().enumerate() {
        assert!(Pack::decode(bomb, &mut ()).is_err(), "{number}");
        let notes = school.records(session, vec![bomb.clone()]);
        assert!(matches!(notes[..], [Note::Refused { .. }]), "{number}: {notes:?}");
        assert!(school.is_live(session), "{number}");
    }
    assert_eq!(school.records(session, vec![scene.next.clone()]), []);
    assert!(Frame::decode(&vec![2; FRAME_BYTES_MAX + 1]).is_err());
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}
