//! Ways in: whatever comes, the document is shown, holds the honest changes and can be read anew.

use std::cell::RefCell;

use automerge::Change;
use jospar_core::admission::Verdict;
use jospar_core::document::Document;
use jospar_core::log::ChangeHeader;
use jospar_core::plan::Kind;
use jospar_core::protocol::{BundleWriter, Frame, read_bundle};

use super::decode::repair;
use crate::hostile::attack::{Ground, Link};
use crate::hostile::chunk::Parts;
use crate::hostile::history::{Dice, History};
use crate::hostile::school::{Forgery, School, Who};

const KIND: Kind = Kind::Initiatives;
const NONCE: [u8; 16] = [2; 16];

struct Scene {
    school: School,
    ground: Ground,
    honest: Vec<Vec<u8>>,
}

thread_local! {
    static SCENE: RefCell<Option<Scene>> = const { RefCell::new(None) };
}

fn make_scene() -> Scene {
    let mut school = School::new();
    let document = school.document_id(KIND);
    let actor = school.actor(Who::Honest, document, [1; 16]);
    let history = History::grow(&mut Dice::new(3), KIND, &[actor], 12);
    let envelope = school.envelope(Who::Honest, document, [1; 16], history.changes.clone());
    assert!(matches!(school.take_in(Who::Honest, &envelope), Verdict::Admitted(_)));
    let ground = Ground::of(&history);
    Scene { school, ground, honest: history.changes }
}

fn with_scene<T>(run: impl FnOnce(&Scene) -> T) -> T {
    SCENE.with_borrow_mut(|scene| run(scene.get_or_insert_with(make_scene)))
}

fn check(mut school: School, honest: &[Vec<u8>]) {
    let document = school.document_id(KIND);
    let shown = school.document(document).expect("the document is shown");
    for bytes in honest {
        let hash = ChangeHeader::parse(bytes).expect("an honest change").hash;
        assert!(shown.knows(&hash), "an honest change is lost");
    }
    let view = shown.view();
    let _ = (shown.history(), shown.conflicts(), shown.damaged());
    let again = Document::from_snapshot(KIND.schema(), &shown.save()).expect("loads");
    assert_eq!(again.view(), view);
    school.reopen();
    assert_eq!(school.document(document).expect("is shown").view(), view);
}

/// The first eight bytes choose a hostile change; the rest change its bytes in pairs of place and value. What is a whole
/// chunk already is taken as it is.
pub(super) fn change(bytes: &[u8]) {
    with_scene(|scene| {
        let mut school = scene.school.fork();
        let document = school.document_id(KIND);
        let actor = school.actor(Who::Hostile, document, NONCE);
        let mut chunk = if bytes.starts_with(&[0x85, 0x6f, 0x4a, 0x83]) {
            bytes.to_vec()
        } else {
            let (seed, edits) = bytes.split_at(bytes.len().min(8));
            let mut eight = [0; 8];
            eight[..seed.len()].copy_from_slice(seed);
            let start_op = scene.ground.max_op + 1;
            let link = Link { actor: actor.0, seq: 1, previous: None, start_op };
            let mut dice = Dice::new(u64::from_le_bytes(eight));
            let mut chunk = scene.ground.change(&mut dice, &link);
            for edit in edits.chunks_exact(3) {
                let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % chunk.len().max(1);
                if let Some(byte) = chunk.get_mut(at) {
                    *byte ^= edit[2];
                }
            }
            chunk
        };
        repair(&mut chunk);
        let header = ChangeHeader::parse(&chunk).ok();
        let seq = header.map_or(1, |header| header.seq);
        let changes = [chunk];
        let forgery = Forgery { document, actor, seq, nonce: NONCE, changes: &changes };
        let envelope = school.forge(Who::Hostile, &forgery);
        school.take_in(Who::Hostile, &envelope);
        check(school, &scene.honest);
    });
}

pub(super) fn change_seeds() -> Vec<Vec<u8>> {
    let own = with_scene(|scene| {
        let document = scene.school.document_id(KIND);
        let actor = scene.school.actor(Who::Hostile, document, NONCE);
        let stolen = scene.honest.first().expect("an honest change").clone();
        let change = Change::from_bytes(stolen).expect("an honest change");
        Parts { actor: actor.0.to_vec(), ..Parts::read(&change) }.encode()
    });
    let mut seeds: Vec<Vec<u8>> = (0_u64..12).map(|seed| seed.to_le_bytes().to_vec()).collect();
    seeds.push(own);
    seeds
}

/// A workspace file, as a stick brings it; its hash is made right so that more than the hash is looked at.
pub(super) fn bundle(bytes: &[u8]) {
    let _ = read_bundle(bytes);
    let mut bytes = bytes.to_vec();
    if let Some(end) = bytes.len().checked_sub(33) {
        let hash = blake3_of(&bytes[..end]);
        bytes[end + 1..].copy_from_slice(&hash);
    }
    let Ok(frames) = read_bundle(&bytes) else { return };
    with_scene(|scene| {
        let mut school = scene.school.fork();
        for frame in frames {
            match frame {
                Frame::Records { records, .. } => drop(school.take_in_all(Who::Hostile, &records)),
                Frame::Policy(entries) => drop(school.take_in_policy(&entries)),
                _ => {}
            }
        }
        check(school, &scene.honest);
    });
}

fn blake3_of(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

pub(super) fn bundle_seeds() -> Vec<Vec<u8>> {
    with_scene(|scene| {
        let log = scene.school.log();
        let records: Vec<Vec<u8>> = log.iter().map(|stored| stored.record.encode()).collect();
        let packed = scene.school.packed(&records).expect("honest records");
        let entries = scene.school.policy().ordered();
        let frames = [
            Frame::Policy(entries.iter().map(|entry| entry.encode()).collect()),
            Frame::Records { position: 0, records: packed },
        ];
        let (mut writer, mut file) = BundleWriter::start();
        for frame in &frames {
            file.extend(writer.frame(frame));
        }
        file.extend(writer.finish());
        vec![file]
    })
}
