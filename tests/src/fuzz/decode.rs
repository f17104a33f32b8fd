//! Decoders: what they read must be what is written again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use automerge::Change;
use jospar_core::document::{Author, Caret, Document, Letter};
use jospar_core::ids::{ActorId, DeviceId, Digest, Incarnation, PolicyHash};
use jospar_core::log::{
    ByteReader, ByteWriter, CHANGES_BYTES_MAX, ChangeHeader, Envelope, Pack, Record, Tip,
    VersionVector,
};
use jospar_core::media::{Media, strip};
use jospar_core::plan::{Kind, export, import, root_commands};
use jospar_core::policy::{Body, Entry, Policy, Role, Scope};
use jospar_core::protocol::{
    ClaimLink, Frame, Hello, Invite, Join, JoinRequest, PROTOCOL_VERSION, Place, Presence,
    RefusalCode, count_records,
};
use jospar_core::time::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::hostile::history::{Dice, History};
use crate::hostile::school::{School, Who};

const KIND: Kind = Kind::Risks;

fn honest() -> (School, Vec<Vec<u8>>) {
    let school = School::new();
    let actor = school.actor(Who::Honest, school.document_id(KIND), [1; 16]);
    let history = History::grow(&mut Dice::new(1), KIND, &[actor], 12);
    (school, history.changes)
}

pub(super) fn frame(bytes: &[u8]) {
    let counted = count_records(bytes);
    let Ok(frame) = Frame::decode(bytes) else { return };
    assert_eq!(counted > 0, matches!(frame, Frame::Records { .. }), "{counted}");
    assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
}

pub(super) fn presence(bytes: &[u8]) {
    let Ok(presence) = Presence::decode(bytes) else { return };
    assert!(presence.place.as_ref().is_none_or(Place::is_plain));
    assert_eq!(Presence::decode(&presence.encode()), Ok(presence));
}

pub(super) fn presence_seeds() -> Vec<Vec<u8>> {
    let letter = Letter { counter: 300, actor: ActorId([3; 16]), before: true };
    let carets =
        [None, Some(Caret { at: 7, letter: None }), Some(Caret { at: 7, letter: Some(letter) })];
    let places = carets.map(|caret| Place {
        page: "/plan/risks/rk1".into(),
        caret: caret.map(|caret| ("risks/rk1/title/kk".to_owned(), caret)),
    });
    let places = places.into_iter().map(Some).chain([None]);
    let says = |place| Presence { device: DeviceId([9; 32]), slot: 70_000, number: 1 << 40, place };
    places.map(|place| says(place).encode()).collect()
}

/// A cleaned picture is clean: the same bytes once more, and of the type that it was.
pub(super) fn picture(bytes: &[u8]) {
    for media in Media::ALL {
        let Ok(clean) = strip(media, bytes) else { continue };
        assert!(clean.len() <= bytes.len() + 64);
        assert_eq!(strip(media, &clean), Ok(clean));
    }
}

pub(super) fn picture_seeds() -> Vec<Vec<u8>> {
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let frame = [0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0];
    let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 0xff, 0, 2, 0xff, 0xd0, 3, 0xff, 0xd9];
    let jpeg = [&[0xff, 0xd8, 0xff, 0xe1, 0, 34][..], exif, &frame, &scan].concat();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
                \0\0\0\x01IDAT\0\0\0\0\0\0\0\0\0IEND\xae\x42\x60\x82";
    let webp =
        b"RIFF\x2e\0\0\0WEBPVP8X\x0a\0\0\0\x0c\0\0\0\0\0\0\0\0\0VP8L\x02\0\0\0okEXIF\x02\0\0\0MM";
    vec![jpeg, png.to_vec(), webp.to_vec()]
}

pub(super) fn frame_seeds() -> Vec<Vec<u8>> {
    let (school, changes) = honest();
    let document = school.document_id(KIND);
    let envelope = school.envelope(Who::Honest, document, [1; 16], changes.clone());
    let hash = ChangeHeader::parse(&changes[0]).expect("honest").hash;
    let mut vector = VersionVector::default();
    vector.advance(ActorId([3; 16]), None, Tip { seq: 3, hash });
    let hello = Hello {
        version: PROTOCOL_VERSION,
        workspace: school.workspace,
        policy: Digest([1; 16]),
        documents: Digest([2; 16]),
        incarnation: Incarnation([3; 16]),
        clock: Timestamp(-5),
    };
    let request = JoinRequest::by_hand(school.key(Who::Stranger), "Айгүл");
    let frames = [
        Frame::Hello(hello),
        Frame::Records { position: 7, records: packed(&school, std::slice::from_ref(&envelope)) },
        Frame::Records { position: 7, records: envelope },
        Frame::Records { position: 0, records: vec![1, 0] },
        Frame::Ack { position: 1 << 40, documents: Digest([4; 16]) },
        Frame::Documents([(document, Digest([5; 16]))].into()),
        Frame::Vectors { reply: true, vectors: [(document, vector)].into() },
        Frame::PolicyHave(vec![PolicyHash([6; 32]); 3]),
        Frame::Policy(school.policy().ordered().iter().map(|entry| entry.encode()).collect()),
        Frame::Join(Join::Request(request)),
        Frame::Invites(vec![([1; 16], Timestamp(9))]),
        Frame::Reached { documents: Digest([1; 16]), devices: vec![[9; 8]; 4] },
        Frame::Refused(RefusalCode::Busy),
        Frame::Later { code: RefusalCode::Quota, seconds: 60 },
    ];
    frames.iter().map(Frame::encode).collect()
}

pub(super) fn envelope(bytes: &[u8]) {
    static SCHOOL: LazyLock<jospar_core::ids::WorkspaceId> =
        LazyLock::new(|| School::new().workspace);
    let signed = Envelope::decode(&SCHOOL, bytes);
    let stored = Envelope::decode_stored(bytes);
    if let Ok(signed) = signed {
        assert_eq!(stored.as_ref(), Ok(&signed), "what passes with its signature passes without");
    }
    let Ok(stored) = stored else { return };
    assert_eq!(Envelope::document_of(bytes), Some(stored.document));
    assert_eq!(Envelope::decode_stored(&stored.encode()), Ok(stored));
}

pub(super) fn envelope_seeds() -> Vec<Vec<u8>> {
    let (school, changes) = honest();
    let envelope = |changes: &[Vec<u8>]| {
        school.envelope(Who::Honest, school.document_id(KIND), [1; 16], changes.to_vec())
    };
    vec![envelope(&changes), envelope(&changes[..1]), envelope(&changes[1..])]
}

/// Packs as they travel: what can be read is written again as something that reads the same, and the store, which checks
/// no signature, takes no less than the wire.
pub(super) fn pack(bytes: &[u8]) {
    static SCHOOL: LazyLock<jospar_core::ids::WorkspaceId> =
        LazyLock::new(|| School::new().workspace);
    let announced = Record::announced_bytes(bytes);
    let Ok(packs) = Pack::decode(bytes, &mut ()) else { return };
    let unpacked: usize = packs.iter().map(Pack::changes_bytes).sum();
    assert_eq!(announced, unpacked as u64, "the size is known from the first bytes");
    assert!(unpacked <= CHANGES_BYTES_MAX);
    assert_eq!(Pack::decode(&Pack::encode(&packs, None), &mut ()).as_ref(), Ok(&packs));
    for pack in packs {
        if pack.verify(&SCHOOL).is_ok() {
            let alone = Record::Pack(pack);
            assert_eq!(Record::decode_stored(&alone.encode()), Ok(alone));
        }
    }
}

pub(super) fn pack_seeds() -> Vec<Vec<u8>> {
    let (school, changes) = honest();
    let other = |kind: Kind, seed: u64, count: usize| {
        let document = school.document_id(kind);
        let actor = school.actor(Who::Hostile, document, [4; 16]);
        let history = History::grow(&mut Dice::new(seed), kind, &[actor], count);
        school.envelope(Who::Hostile, document, [4; 16], history.changes)
    };
    let one = school.envelope(Who::Honest, school.document_id(KIND), [1; 16], changes);
    let (two, long) = (other(Kind::Plan, 2, 6), other(Kind::Initiatives, 3, 60));
    [vec![one.clone()], vec![two.clone()], vec![one, two, long]]
        .map(|records| packed(&school, &records))
        .to_vec()
}

fn packed(school: &School, envelopes: &[Vec<u8>]) -> Vec<u8> {
    school.packed(envelopes).expect("honest envelopes")
}

/// The scan of a change's claims, with the checksum made right: what it lets pass takes automerge no longer than it says.
pub(super) fn change(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    let _ = ChangeHeader::parse(&bytes);
    repair(&mut bytes);
    let Ok(header) = ChangeHeader::parse(&bytes) else { return };
    let read = catch_unwind(AssertUnwindSafe(|| Change::from_bytes(bytes.clone()).ok()));
    let Ok(Some(change)) = read else { return };
    assert_eq!(change.hash().0, header.hash.0);
    assert_eq!(change.actor_id().to_bytes(), header.actor.0);
    assert_eq!((change.seq(), change.start_op().get()), (header.seq, header.start_op));
    let named = change.deps().iter().map(|hash| hash.0);
    assert!(named.eq(header.dependencies.iter().map(|hash| hash.0)));
}

/// Makes the checksum of a chunk that of its content.
pub(super) fn repair(bytes: &mut [u8]) {
    if let Some((head, content)) = bytes.split_at_mut_checked(8) {
        head[4..].copy_from_slice(&Sha256::digest(content)[..4]);
    }
}

pub(super) fn change_seeds() -> Vec<Vec<u8>> {
    let mut changes = honest().1;
    changes.truncate(6);
    changes.push(Kind::Plan.genesis().bytes);
    changes
}

pub(super) fn policy(bytes: &[u8]) {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| School::new().policy().clone());
    let decoded = Entry::decode(bytes);
    let mut policy = POLICY.clone();
    let before = policy.digest();
    let inserted = policy.insert(bytes);
    if !matches!(inserted, Ok(true)) {
        assert_eq!(policy.digest(), before, "what is refused changes nothing");
    }
    let Ok(entry) = decoded else { return };
    assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
}

pub(super) fn policy_seeds() -> Vec<Vec<u8>> {
    let school = School::new();
    let mut seeds: Vec<Vec<u8>> =
        school.policy().ordered().iter().map(|entry| entry.encode()).collect();
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let device = DeviceId([8; 32]);
    let scope = Scope { kinds: vec![1, 2], documents: vec![school.document_id(KIND)] };
    let person = jospar_core::ids::PersonId([4; 16]);
    for body in [
        Body::Grant { device, person, role: Role::Auditor, scope },
        Body::ServerKey { server: device, address: "school.example:4433".into() },
    ] {
        seeds.push(Entry::sign(&key, school.policy(), body).encode());
    }
    seeds
}

pub(super) fn link(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(invite) = Invite::from_link(&text) {
        let _ = invite.check_time(Timestamp(0));
    }
    if let Ok(claim) = ClaimLink::from_link(&text) {
        assert_eq!(ClaimLink::from_link(&claim.to_link()), Ok(claim));
    }
}

pub(super) fn link_seeds() -> Vec<Vec<u8>> {
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let director = DeviceId(key.verifying_key().to_bytes());
    let invite = Invite {
        address: "school.example:4433".into(),
        contact: director,
        workspace: School::new().workspace,
        secret: [3; 16],
        role: Role::Teacher,
        expires: Timestamp(1_800_000_000_000),
        director,
    };
    let claim = ClaimLink { address: "127.0.0.1:4433".into(), server: director, secret: [5; 16] };
    vec![invite.to_link(&key).into_bytes(), claim.to_link().into_bytes()]
}

pub(super) fn join(bytes: &[u8]) {
    let mut reader = ByteReader::new(bytes);
    let Ok(request) = JoinRequest::decode(&mut reader) else { return };
    let _ = request.proves(&[3; 16]);
    let mut writer = ByteWriter::new();
    request.encode(&mut writer);
    assert_eq!(JoinRequest::decode(&mut ByteReader::new(&writer.finish())), Ok(request));
}

pub(super) fn join_seeds() -> Vec<Vec<u8>> {
    let school = School::new();
    let mut writer = ByteWriter::new();
    JoinRequest::by_hand(school.key(Who::Stranger), "Айгүл Серік").encode(&mut writer);
    vec![writer.finish()]
}

/// Importing a plan: what is exported comes back the same, and its commands never make a document panic.
pub(super) fn plan(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(imported) = import(&text) else { return };
    let pairs: Vec<(Kind, Value)> =
        imported.documents.iter().map(|found| (found.kind, found.record.clone())).collect();
    let exported = export(&pairs);
    let again = import(&exported.to_string()).expect("an export is a plan");
    let again: Vec<(Kind, Value)> =
        again.documents.into_iter().map(|found| (found.kind, found.record)).collect();
    assert_eq!(export(&again), exported, "the second export is the first");
    for (kind, record) in pairs.iter().take(8) {
        let mut document = Document::new(kind.byte(), kind.schema());
        let author = Author { actor: ActorId([1; 16]), time: Timestamp(0), random: [2; 32] };
        let _ = document.edit(&author, &root_commands(*kind, record));
        let _ = (document.view(), document.damaged());
    }
}

pub(super) fn plan_seeds() -> Vec<Vec<u8>> {
    let swot = r#"{"schema": "jospar.plan/1", "swot": {"strengths": [{"id": "s1", "text": {"kk": "қ"}}],
        "pairwise": {"S": {"order": ["s1", "s2", "s3"], "upper": [1, "1/2", 3]}}}}"#;
    let plan = r#"{"schema": "jospar.plan/1", "plan": {"title": {"kk": "Жоспар", "ru": "План"}, "period": {}},
        "risks": [{"id": "r1", "title": {"kk": "т"}, "likelihood": 3, "mitigations": [{"id": "m1"}]}],
        "surveys": [{"id": "sv1", "questions": []}, 5], "mood": {"deep": [null, 1.5]}}"#;
    let school = r#"{"schema": "jospar.example-plan/1", "school_map": {"links": [["a", "b"]], "nodes": []},
        "meetings": [{"id": "m", "date": "2027-02-30", "agenda": ["x", null]}], "kpis": [{"target": 1e308}]}"#;
    [swot, plan, school].map(|text| text.as_bytes().to_vec()).to_vec()
}
