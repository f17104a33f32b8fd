//! The experiments X1 to X13 of docs/threats.md as regressions: what panicked, aborted or was lost in automerge alone is refused
//! or set aside here, in bounded time, and the document and the honest changes beside it are unharmed.

use std::time::{Duration, Instant};

use automerge::{Change, ObjType, ROOT, transaction::Transactable as _};
use jospar_core::admission::{Refusal, Verdict};
use jospar_core::document::Document;
use jospar_core::ids::{ActorId, DocumentId};
use jospar_core::log::{ChangeError, ChangeHeader, Envelope, EnvelopeError};
use jospar_core::plan::Kind;
use jospar_core::protocol::{BundleError, BundleWriter, Frame, FrameError, read_bundle};
use jospar_core::replica::Note;
use jospar_tests::hostile::attack::nested;
use jospar_tests::hostile::chunk::{At, Parts, Row, hash_of, seal, signed};
use jospar_tests::hostile::history::{Dice, History};
use jospar_tests::hostile::school::{Forgery, School, Who};
use serde_json::json;

const KIND: Kind = Kind::Risks;
const HONEST: [u8; 16] = [1; 16];
const HOSTILE: [u8; 16] = [2; 16];
/// What no single message may take, in debug, beside other tests.
const MOMENT: Duration = Duration::from_secs(20);

/// A school with an honest document, and what its author writes next.
pub(crate) struct Scene {
    pub(crate) school: School,
    pub(crate) document: DocumentId,
    pub(crate) history: History,
    pub(crate) next: Vec<u8>,
}

impl Scene {
    pub(crate) fn new(seed: u64) -> Self {
        let mut school = School::new();
        let document = school.document_id(KIND);
        let actor = school.actor(Who::Honest, document, HONEST);
        let mut dice = Dice::new(seed);
        let mut history = History::grow(&mut dice, KIND, &[actor], 20);
        let envelope = school.envelope(Who::Honest, document, HONEST, history.changes.clone());
        assert!(matches!(school.take_in(Who::Honest, &envelope), Verdict::Admitted(_)));
        let next = std::iter::repeat_with(|| history.writers[0].edit(&mut dice)).flatten().next();
        let next = school.envelope(Who::Honest, document, HONEST, vec![next.unwrap()]);
        Self { school, document, history, next }
    }

    pub(crate) fn actor(&self) -> ActorId {
        self.school.actor(Who::Hostile, self.document, HOSTILE)
    }

    /// An honest change under the attacker's actor.
    pub(crate) fn parts(&self) -> Parts {
        let mut document = Document::new(KIND.byte(), KIND.schema());
        let changes = self.history.changes.iter().cloned();
        let changes = changes.map(|bytes| Change::from_bytes(bytes).unwrap()).collect();
        document.apply_changes(changes).unwrap();
        let author = jospar_core::document::Author {
            actor: self.actor(),
            time: jospar_core::time::Timestamp(1),
            random: [5; 32],
        };
        let command = jospar_core::document::Command::Add {
            path: "risks".parse().unwrap(),
            id: "hostile".into(),
            after: None,
            record: json!({"title": {"kk": "қауіп"}}),
        };
        let bytes = document.edit(&author, &[command]).unwrap().unwrap();
        Parts::read(&Change::from_bytes(bytes).unwrap())
    }

    /// Signs a change with the attacker's key, as its first.
    pub(crate) fn forge(&self, change: Vec<u8>) -> Vec<u8> {
        let (document, actor) = (self.document, self.actor());
        let changes = [change];
        let forgery = Forgery { document, actor, seq: 1, nonce: HOSTILE, changes: &changes };
        self.school.forge(Who::Hostile, &forgery)
    }

    /// What the gates say of a change in one frame with an honest one, which is in the document afterwards: the message
    /// key of the refusal or of the reason to set it aside, or nothing.
    pub(crate) fn judge(&self, change: Vec<u8>) -> Option<String> {
        let started = Instant::now();
        let mut school = self.school.fork();
        let session = school.open_session(Who::Hostile);
        let hash = hash_of(&change);
        let notes = school.records(session, vec![self.forge(change), self.next.clone()]);
        let shown = school.document(self.document).unwrap();
        let next = Envelope::decode_stored(&self.next).unwrap().changes[0].header.hash;
        assert!(shown.knows(&next), "the honest change beside it");
        let inside = shown.knows(&jospar_core::ids::ChangeHash(hash));
        let view = shown.view();
        let kept = Document::from_snapshot(KIND.schema(), &shown.save()).unwrap();
        assert_eq!(kept.view(), view);
        school.reopen();
        assert_eq!(school.document(self.document).unwrap().view(), view);
        let command = jospar_core::document::Command::Add {
            path: "risks".parse().unwrap(),
            id: "after".into(),
            after: None,
            record: json!({}),
        };
        school.apply(self.document, &[command]).unwrap();
        assert!(started.elapsed() < MOMENT, "{:?}", started.elapsed());
        let refused = notes.iter().find_map(|note| match note {
            Note::Refused { refusal, .. } => Some(refusal.message_key().to_owned()),
            _ => None,
        });
        let held = || school.quarantine().pop().map(|held| held.reason);
        let reason = refused.or_else(held);
        assert_eq!(inside, reason.is_none(), "{reason:?}");
        reason
    }
}

/// The sync messages of automerge that panic and abort: one entry of no bits, and four thousand million probes.
const SYNC_MESSAGES: [&[u8]; 2] = [
    &[0x42, 0, 0, 1, 0, 3, 1, 0, 7, 0],
    &[0x42, 0, 0, 1, 0, 8, 1, 8, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xaa, 0],
];

/// X1 and X2: no way in knows automerge's sync messages, and no source file calls what reads them.
fn refused_on_every_way(message: &[u8]) {
    assert!(automerge::sync::Message::decode(message).is_ok(), "the real thing");
    assert!(matches!(Frame::decode(message), Err(FrameError::UnknownKind(0x42))));
    assert_eq!(read_bundle(message), Err(BundleError::NotABundle));
    let scene = Scene::new(1);
    let mut school = scene.school.fork();
    let session = school.open_session(Who::Hostile);
    school.frame(session, message.to_vec());
    assert!(!school.is_live(session), "the session is closed");
    assert!(matches!(school.take_in(Who::Hostile, message), Verdict::Refused(_)));
    assert_eq!(scene.judge(message.to_vec()).as_deref(), Some("refused-malformed"));
    let view = school.document(scene.document).unwrap().view();
    school.set_snapshot(scene.document, message);
    school.reopen();
    assert_eq!(school.document(scene.document).unwrap().view(), view);
}

#[test]
fn x01_a_sync_message_that_divides_by_zero_is_no_frame() {
    refused_on_every_way(SYNC_MESSAGES[0]);
}

#[test]
fn x02_a_sync_message_that_asks_for_17_gigabytes_is_no_frame() {
    refused_on_every_way(SYNC_MESSAGES[1]);
}

/// X1, X2, X7, X12: the calls of automerge that trust bytes stand in no shipped file, but for one that reads this
/// device's own snapshot, and one that reads a change behind the scan of its claims.
#[test]
fn x01_no_shipped_code_hands_bytes_of_peers_to_automerge() {
    const CALLS: [(&str, &[&str]); 7] = [
        ("SyncDoc", &[]),
        ("sync_message", &[]),
        ("sync::Message", &[]),
        ("load_incremental", &[]),
        ("load_with", &[]),
        ("Automerge::load(", &["core/src/document.rs"]),
        ("Change::from_bytes", &["core/src/validation.rs"]),
    ];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["core/src", "node/src", "cli/src", "sync-server/src"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(files.len() > 60, "the sources were not found");
    for (path, text) in files {
        let path = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let shipped = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        for (call, allowed) in CALLS {
            let tests = path.ends_with("tests.rs") || path.contains("/tests/");
            assert!(
                tests || !shipped.contains(call) || allowed.contains(&path.as_str()),
                "{path}: {call}"
            );
        }
    }
}

fn collect(folder: &std::path::Path, files: &mut Vec<(std::path::PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            collect(&entry.path(), files);
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            files.push((entry.path(), std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// A change whose columns say `rows` times the same operation.
fn repeated(scene: &Scene, rows: i64, columns: &[(u64, u8)]) -> Vec<u8> {
    let columns: Vec<_> = columns
        .iter()
        .map(|(spec, value)| {
            let mut data = Vec::new();
            if *spec != 0x34 {
                signed(&mut data, rows);
                data.push(*value);
            } else {
                data.push(0);
                jospar_tests::hostile::chunk::number(&mut data, rows.unsigned_abs());
            }
            (*spec, data)
        })
        .collect();
    let mut parts = scene.parts();
    parts.others.clear();
    parts.encode_with(&columns)
}

const INSERT: [(u64, u8); 7] =
    [(0x01, 0), (0x02, 1), (0x13, 0), (0x34, 1), (0x42, 1), (0x56, 0x00), (0x70, 0)];

/// Changes that cost automerge gigabytes: X3, X4, X11.
#[cfg(target_os = "linux")]
pub(crate) fn bombs(scene: &Scene) -> Vec<Vec<u8>> {
    let claims = [i64::MAX, 5_000_000, 1_000_000, 50_001, 50_000];
    let mut bombs: Vec<Vec<u8>> =
        claims.into_iter().map(|rows| repeated(scene, rows, &INSERT)).collect();
    bombs.extend([0, 2, 3, 4].map(|chunk| seal(chunk, &vec![0xff; 250_000])));
    let mut columns = scene.parts().columns();
    columns[0].0 |= 0x08;
    bombs.push(scene.parts().encode_with(&columns));
    let mut deep = scene.parts();
    deep.rows = nested(deep.start_op, 10_000);
    deep.others.clear();
    bombs.push(deep.encode());
    bombs
}

#[test]
fn x03_132_bytes_that_claim_five_million_operations_are_refused() {
    let scene = Scene::new(2);
    for rows in [5_000_000, 1_000_000, 50_001, i64::MAX] {
        let bomb = repeated(&scene, rows, &INSERT);
        assert!(bomb.len() < 250, "{}", bomb.len());
        let parsed = ChangeHeader::parse(&bomb);
        assert!(matches!(parsed, Err(ChangeError::TooManyOperations { .. })), "{parsed:?}");
        assert_eq!(scene.judge(bomb).as_deref(), Some("refused-malformed"));
    }
    // Within the bound, but still hundreds of operations for each byte.
    let bomb = repeated(&scene, 50_000, &INSERT);
    assert!(matches!(ChangeHeader::parse(&bomb), Err(ChangeError::Inflated { made: 50_000, .. })));
    assert_eq!(scene.judge(bomb).as_deref(), Some("refused-malformed"));
}

/// Deletions honestly take no bytes; fifty thousand of one and the same thing are none.
#[test]
fn x03_what_a_change_has_deleted_it_cannot_delete_again() {
    let scene = Scene::new(3);
    let mut parts = scene.parts();
    let made = parts.rows.len() as u64;
    let plain = parts.rows.iter().position(|row| row.action == 1 && !row.insert).unwrap();
    let mut delete = parts.rows[plain].clone();
    delete.action = 3;
    (delete.kind, delete.value) = (0, Vec::new());
    delete.predecessors = vec![(0, parts.start_op + plain as u64)];
    parts.rows.push(delete.clone());
    assert_eq!(scene.judge(parts.encode()), None, "once");
    parts.rows.resize(40_000, delete);
    let bytes = parts.encode();
    assert!(bytes.len() < 2_000 && ChangeHeader::parse(&bytes).unwrap().operations > made);
    assert_eq!(scene.judge(bytes).as_deref(), Some("quarantine-semantic"));
}

#[test]
fn x04_compressed_chunks_and_columns_are_refused_unread() {
    let scene = Scene::new(4);
    let plain = scene.parts().encode();
    for chunk in [0, 2, 3, 4, 255] {
        let other = seal(chunk, &plain[11..]);
        assert!(
            matches!(ChangeHeader::parse(&other), Err(ChangeError::ChunkType(t)) if t == chunk)
        );
        assert_eq!(scene.judge(other).as_deref(), Some("refused-malformed"));
    }
    let mut columns = scene.parts().columns();
    columns[0].0 |= 0x08;
    let parsed = ChangeHeader::parse(&scene.parts().encode_with(&columns));
    assert!(matches!(parsed, Err(ChangeError::CompressedColumn(_))), "{parsed:?}");
}

#[test]
fn x05_a_change_with_a_counter_at_the_end_of_all_counters_bricks_nothing() {
    let scene = Scene::new(5);
    for start_op in [(1 << 32) - 2, (1 << 31), u64::MAX, (1 << 31) - 100, 1 << 30] {
        let mut parts = scene.parts();
        parts.start_op = start_op;
        let reason = scene.judge(parts.encode()).unwrap();
        assert!(
            ["refused-malformed", "quarantine-semantic"].contains(&reason.as_str()),
            "{reason}"
        );
    }
}

/// X5 once more, with time: automerge keeps differences of times, and those of the two ends of time overflow.
#[test]
fn x05_a_change_at_the_end_of_time_is_set_aside() {
    let scene = Scene::new(16);
    for time in [i64::MIN, i64::MAX, (1 << 53) + 1, -(1 << 53) - 1] {
        let parts = Parts { time, ..scene.parts() };
        assert_eq!(scene.judge(parts.encode()).as_deref(), Some("quarantine-semantic"), "{time}");
    }
    for time in [-(1 << 53), 1 << 53, 0] {
        assert_eq!(scene.judge(Parts { time, ..scene.parts() }.encode()), None, "{time}");
    }
}

/// X6: the senseless, one kind after the other; at random and many of them in `t13_…`.
#[test]
fn x06_f16_changes_that_make_no_sense_are_set_aside() {
    let scene = Scene::new(6);
    type Alter = fn(&mut Parts);
    let cases: [(&str, Alter); 12] = [
        ("wrong object", |p| p.rows[0].object = Some((0, 7))),
        ("wrong key", |p| p.rows[1].at = At::Head),
        ("wrong predecessor", |p| p.rows[0].predecessors = vec![(0, 3)]),
        ("wrong seq", |p| p.start_op += 1),
        ("a table", |p| p.rows[0].action = 6),
        ("an increment", |p| (p.rows[0].action, p.rows[0].kind, p.rows[0].value) = (5, 4, vec![1])),
        ("an unknown action", |p| p.rows[0].action = 9),
        ("a mark", |p| (p.rows[0].action, p.rows[0].mark) = (7, Some(b"bold".to_vec()))),
        ("a counter", |p| (p.rows[0].action, p.rows[0].kind, p.rows[0].value) = (1, 8, vec![1])),
        ("a deletion of nothing", |p| p.rows[0].action = 3),
        ("an actor out of the table", |p| p.rows[0].object = Some((9, 1))),
        ("a text that is none", |p| {
            (p.rows[0].action, p.rows[0].kind, p.rows[0].value) = (1, 6, vec![0xff]);
        }),
    ];
    assert_eq!(scene.judge(scene.parts().encode()), None, "unaltered");
    for (name, alter) in cases {
        let mut parts = scene.parts();
        alter(&mut parts);
        let reason = scene.judge(parts.encode());
        assert!(reason.is_some_and(|reason| reason.starts_with("quarantine")), "{name}");
    }
}

/// X6: each of these fits what it names by itself, and automerge takes it; but it names less than what stands there, or
/// what stands there no more, or it puts everybody's texts out of reach.
#[test]
fn x06_what_replaces_other_things_than_stand_there_is_set_aside() {
    let scene = Scene::new(15);
    let parts = scene.parts();
    let own = |place: usize| (0, parts.start_op + place as u64);
    let find = |wanted: fn(&Row) -> bool| parts.rows.iter().position(wanted).unwrap();
    let plain = find(|row| row.action == 1 && !row.insert);
    let letter = find(|row| row.action == 1 && row.insert);
    let object = find(|row| row.action == 0);
    let over = |place: usize, action: u64, predecessors: Vec<(u64, u64)>| Row {
        action,
        predecessors,
        kind: 0,
        value: Vec::new(),
        ..parts.rows[place].clone()
    };
    let at = |place: usize, action: u64, predecessors| Row {
        at: At::Element(own(place)),
        insert: false,
        ..over(place, action, predecessors)
    };
    let field = Row { object: None, at: At::Key(b"risks".to_vec()), ..over(plain, 1, Vec::new()) };
    let genesis = Parts::read(&Change::from_bytes(KIND.genesis().bytes).unwrap());
    let root = genesis.rows.iter().position(|row| row.at == field.at).unwrap() as u64;
    let cases = [
        ("beside what stands", vec![over(plain, 1, Vec::new())]),
        ("a letter that names nothing", vec![at(letter, 1, Vec::new())]),
        (
            "a letter that was deleted",
            vec![at(letter, 3, vec![own(letter)]), at(letter, 1, vec![own(letter)])],
        ),
        ("an object", vec![over(object, 1, vec![own(object)])]),
        ("an object's deletion", vec![over(object, 3, vec![own(object)])]),
        ("all items", vec![Row { predecessors: vec![(1, 1 + root)], ..field.clone() }]),
        ("beside all items", vec![field]),
    ];
    assert_eq!(genesis.start_op, 1);
    for (name, rows) in cases {
        let mut parts = parts.clone();
        // The honest change writes into the genesis's map of items.
        assert_eq!(parts.others, std::slice::from_ref(&genesis.actor));
        parts.rows.extend(rows);
        assert_eq!(scene.judge(parts.encode()).as_deref(), Some("quarantine-semantic"), "{name}");
    }
    let mut fine = parts.clone();
    fine.rows.push(at(letter, 3, vec![own(letter)]));
    fine.rows.push(over(plain, 1, vec![own(plain)]));
    assert_eq!(scene.judge(fine.encode()), None);
}

/// X7: the same operations in other bytes than automerge writes. Nothing is wrong with them until somebody asks the
/// document for its changes, which panics, or loads what it saved, which fails.
#[test]
fn x07_honest_operations_in_other_bytes_are_set_aside() {
    let scene = Scene::new(7);
    let parts = scene.parts();
    let mut cases = Vec::new();
    for (place, (spec, data)) in parts.columns().iter().enumerate() {
        let mut columns = parts.columns();
        // The last number of a column with a needless byte behind it.
        if *spec != 0x57 && *spec != 0x15 {
            let mut data = data.clone();
            *data.last_mut().unwrap() |= 0x80;
            data.push(0);
            columns[place].1 = data;
            cases.push((format!("long number in {spec:#x}"), parts.encode_with(&columns)));
        }
    }
    let mut unused = parts.clone();
    unused.others.push(vec![0xee; 16]);
    cases.push(("an actor that nothing names".into(), unused.encode()));
    let mut columns = parts.columns();
    columns.push((0x1005, vec![0x7f, 1, b'x']));
    cases.push(("a column of nobody".into(), parts.encode_with(&columns)));
    assert!(cases.len() > 8);
    for (name, bytes) in cases {
        let reason = scene.judge(bytes);
        assert!(reason.is_some_and(|reason| reason.starts_with("quarantine")), "{name}");
    }
    let mut extra = parts;
    extra.extra = b"kept by automerge".to_vec();
    assert_eq!(scene.judge(extra.encode()), None, "what automerge keeps may be there");
}

/// X7, X12: whatever stands where the own snapshot should, the document is what the log says.
#[test]
fn x12_t16_a_snapshot_that_is_cut_or_damaged_is_read_anew_from_the_log() {
    let mut scene = Scene::new(8);
    let (mut dice, mut next) = (Dice::new(9), scene.next.clone());
    while scene.school.snapshot(scene.document).is_none() {
        scene.school.take_in(Who::Honest, &next);
        let writer = &mut scene.history.writers[0];
        let change = std::iter::repeat_with(|| writer.edit(&mut dice)).flatten().next().unwrap();
        next = scene.school.envelope(Who::Honest, scene.document, HONEST, vec![change]);
        scene.school.view(scene.document).unwrap();
    }
    let whole = scene.school.snapshot(scene.document).unwrap();
    let view = scene.school.document(scene.document).unwrap().view();
    let mut other = automerge::AutoCommit::new();
    other.put_object(ROOT, "risks", ObjType::Map).unwrap();
    let change = scene.history.changes[0].clone();
    let genesis = Document::new(KIND.byte(), KIND.schema()).save();
    let mut cases = vec![Vec::new(), vec![0; 40], other.save(), change.clone(), genesis.clone()];
    cases.push([genesis, change].concat());
    cases.push([&whole[..], b"garbage"].concat());
    cases.extend((0..whole.len()).step_by(97).map(|cut| whole[..cut].to_vec()));
    for bit in (0..whole.len() * 8).step_by(131) {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        cases.push(damaged);
    }
    for (number, case) in cases.iter().enumerate() {
        scene.school.set_snapshot(scene.document, case);
        scene.school.reopen();
        let shown = scene.school.document(scene.document).unwrap();
        assert_eq!(shown.view(), view, "case {number}");
    }
}

#[test]
fn x08_two_copies_of_one_actor_cost_nobody_else_a_change() {
    let scene = Scene::new(9);
    let mut left = scene.parts();
    let right = Parts { time: left.time + 1, ..left.clone() };
    left.time += 2;
    let mut school = scene.school.fork();
    let session = school.open_session(Who::Hostile);
    let frame = vec![scene.forge(left.encode()), scene.forge(right.encode()), scene.next.clone()];
    assert_eq!(school.records(session, frame), []);
    let next = Envelope::decode_stored(&scene.next).unwrap().changes[0].header.hash;
    let shown = school.document(scene.document).unwrap();
    assert!(shown.knows(&next));
    let inside = [left, right].map(|parts| hash_of(&parts.encode()));
    let inside = inside.map(|hash| shown.knows(&jospar_core::ids::ChangeHash(hash)));
    assert_ne!(inside[0], inside[1], "one of the two");
    let held = school.quarantine();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].reason, "quarantine-equivocation");
}

/// X9: a change with the victim's actor and number that waits for something could keep the victim's own out.
#[test]
fn x09_nobody_is_censored_by_a_change_that_waits_under_their_actor() {
    let scene = Scene::new(10);
    let victim = scene.school.actor(Who::Honest, scene.document, HONEST);
    let mut parts = scene.parts();
    parts.actor = victim.0.to_vec();
    parts.seq = scene.history.changes.len() as u64 + 1;
    parts.dependencies = vec![[9; 32]];
    let changes = [parts.encode()];
    let mut school = scene.school.fork();
    for (seq, nonce) in [(parts.seq, HONEST), (1, HONEST), (1, HOSTILE)] {
        let document = scene.document;
        let forgery = Forgery { document, actor: victim, seq, nonce, changes: &changes };
        let verdict = school.take_in(Who::Hostile, &school.forge(Who::Hostile, &forgery));
        assert!(matches!(verdict, Verdict::Refused(_)), "{verdict:?}");
    }
    assert_eq!(school.parked(Who::Hostile), (0, 0));
    assert!(matches!(school.take_in(Who::Honest, &scene.next), Verdict::Admitted(_)));
}

/// X10: a change whose dependencies nobody has waits in a table of ours with a bound, outside every document.
#[test]
fn x10_changes_without_their_dependencies_stay_outside_the_document() {
    let scene = Scene::new(11);
    let mut school = scene.school.fork();
    let before = school.document(scene.document).unwrap().save();
    for n in 0..50 {
        let nonce = [n; 16];
        let actor = school.actor(Who::Hostile, scene.document, nonce);
        let mut parts = scene.parts();
        parts.actor = actor.0.to_vec();
        parts.dependencies = vec![[n; 32]];
        let (document, changes) = (scene.document, [parts.encode()]);
        let forgery = Forgery { document, actor, seq: 1, nonce, changes: &changes };
        let verdict = school.take_in(Who::Hostile, &school.forge(Who::Hostile, &forgery));
        assert_eq!(verdict, Verdict::Pending);
    }
    assert_eq!(school.parked(Who::Hostile).0, 50);
    assert_eq!(school.document(scene.document).unwrap().save(), before);
}

#[test]
fn x11_objects_nest_as_deep_as_the_gate_says_and_no_deeper() {
    let scene = Scene::new(12);
    let deep = |depth: u64| {
        let mut parts = scene.parts();
        parts.rows = nested(parts.start_op, depth);
        // The objects must not fall under the root's own fields.
        parts.others.clear();
        scene.judge(parts.encode())
    };
    assert_eq!(deep(64), None);
    assert_eq!(deep(65).as_deref(), Some("quarantine-semantic"));
    assert_eq!(deep(10_000).as_deref(), Some("quarantine-semantic"));
}

/// X12: what is left over behind a change, or missing at its end, is said.
#[test]
fn x12_a_change_that_is_cut_or_has_a_tail_is_refused_whole() {
    let scene = Scene::new(13);
    let whole = scene.parts().encode();
    for cut in (0..whole.len()).step_by(7) {
        assert_eq!(scene.judge(whole[..cut].to_vec()).as_deref(), Some("refused-malformed"));
    }
    let tail = [&whole[..], b"garbage"].concat();
    assert_eq!(scene.judge(tail).as_deref(), Some("refused-malformed"));
    let (mut writer, mut file) = BundleWriter::start();
    file.extend(writer.frame(&Frame::PolicyHave(Vec::new())));
    file.extend(writer.finish());
    file.extend(b"garbage");
    assert_eq!(read_bundle(&file), Err(BundleError::Damaged));
}

/// The refusal names the reason and stands before any change is read: nothing of a stranger's is parsed.
#[test]
fn x03_an_unsigned_bomb_is_refused_by_its_signature() {
    let scene = Scene::new(14);
    let bomb = repeated(&scene, 5_000_000, &[(0x42, 1)]);
    let mut bytes = scene.forge(bomb);
    bytes[120] ^= 1;
    let mut school = scene.school.fork();
    let verdict = school.take_in(Who::Hostile, &bytes);
    let expected = Refusal::Unreadable(EnvelopeError::Signature);
    assert_eq!(verdict, Verdict::Refused(expected));
}
