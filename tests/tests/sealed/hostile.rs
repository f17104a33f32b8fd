//! What a hostile or broken member can put into a sealed document's log, and who gets which key.

use automerge::transaction::Transactable as _;
use automerge::{ActorId as Actor, AutoCommit, ROOT};
use ed25519_dalek::SigningKey;
use jospar_core::admission::{Refusal, Verdict};
use jospar_core::document::{Command, Path};
use jospar_core::ids::{ChangeHash, DeviceId, DocumentId, Incarnation, PersonId, WorkspaceId};
use jospar_core::log::{
    ChangeError, ChangeHeader, ClearHeader, Envelope, EnvelopeError, KeyChunk, Record, SealContext,
    SealKey, SealSecret, Wrap, actor_id, seal,
};
use jospar_core::plan::{Kind, root_commands};
use jospar_core::policy::{Body, Entry, Role, Scope};
use jospar_core::replica::{
    ApplyError, Identity, LoadError, Moment, Replica, Seals, Station, found_workspace,
};
use jospar_core::storage::Storage as _;
use jospar_core::time::Timestamp;
use serde_json::{Value, json};
use sha2::Digest as _;

use crate::storage::MemoryStorage;

struct Member {
    key: SigningKey,
    replica: Replica,
    storage: MemoryStorage,
    turns: u8,
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn device(n: u8) -> DeviceId {
    DeviceId(key(n).verifying_key().to_bytes())
}

/// The person of device `n`; device 4 belongs to the person of device 2.
fn person(n: u8) -> PersonId {
    PersonId([if n == 4 { 2 } else { n }; 16])
}

impl Member {
    fn new(n: u8, workspace: WorkspaceId, entries: &[Vec<u8>]) -> Self {
        let mut storage = MemoryStorage::new(Incarnation([n; 16]));
        for bytes in entries {
            storage.append_policy(Entry::decode(bytes).unwrap().hash(), bytes).unwrap();
        }
        let identity = Identity { key: key(n), station: Station::Device };
        let mut replica = Replica::open(&storage, workspace, &identity).unwrap();
        replica.take_seals(Seals::new([n ^ 0x55; 32]));
        let mut member = Self { key: key(n), replica, storage, turns: 0 };
        member.tend();
        member
    }

    fn moment(&mut self) -> Moment {
        self.turns += 1;
        let mut random = [self.turns; 32];
        random[0] = self.key.to_bytes()[0];
        Moment { now: Timestamp(1_790_000_000_000), random }
    }

    fn tend(&mut self) {
        let moment = self.moment();
        self.replica.tend_seals(&mut self.storage, &moment).unwrap();
        self.storage.commit();
    }

    fn found(&mut self, kind: Kind) -> Result<DocumentId, ApplyError> {
        let moment = self.moment();
        self.replica.found_sealed(&mut self.storage, &moment, kind, "d")
    }

    fn write(&mut self, id: DocumentId, record: Value) -> Result<(), ApplyError> {
        let kind = Kind::from_byte(id.kind()).unwrap();
        self.apply(id, &root_commands(kind, &record))
    }

    fn apply(&mut self, id: DocumentId, commands: &[Command]) -> Result<(), ApplyError> {
        let moment = self.moment();
        self.replica.apply(&mut self.storage, &moment, id, commands).map(|_| ())
    }

    fn view(&mut self, id: DocumentId) -> Result<Value, LoadError> {
        self.replica.view(&mut self.storage, id)
    }

    fn take(&mut self, envelope: &Envelope) -> Verdict {
        self.take_bytes(&envelope.encode())
    }

    fn take_bytes(&mut self, record: &[u8]) -> Verdict {
        let mut judged = self.replica.take_in(&mut self.storage, None, record).unwrap();
        assert_eq!(judged.len(), 1);
        judged.remove(0).verdict
    }

    /// Takes in all that another one has, and looks after its seals.
    fn hear(&mut self, other: &Self) {
        let entries = other.storage.policy_entries().unwrap();
        self.replica.take_in_policy(&mut self.storage, &entries).unwrap();
        for stored in other.storage.records_after(0, usize::MAX).unwrap() {
            self.take_bytes(&stored.record.encode());
        }
        self.tend();
    }

    fn reasons(&mut self) -> Vec<String> {
        let held = self.replica.quarantine(&mut self.storage).unwrap();
        held.into_iter().map(|held| held.reason).collect()
    }
}

fn all_hear(members: &mut [Member]) {
    for _ in 0..3 {
        for to in 0..members.len() {
            for from in 0..members.len() {
                if to != from {
                    let (a, b) = members.split_at_mut(to.max(from));
                    let (low, high) = (&mut a[to.min(from)], &mut b[0]);
                    if to < from { low.hear(high) } else { high.hear(low) }
                }
            }
        }
    }
}

/// A director (device 1), two teachers (2, 3) and the first teacher's second device (4), who have heard each other.
fn school() -> (WorkspaceId, Vec<Member>) {
    let moment = Moment { now: Timestamp(1_790_000_000_000), random: [9; 32] };
    let (workspace, genesis) = found_workspace(&key(1), &moment);
    let mut director = Member::new(1, workspace, std::slice::from_ref(&genesis));
    for n in [2, 3, 4] {
        let (role, scope) = (Role::Teacher, Scope::default());
        let body = Body::Grant { device: device(n), person: person(n), role, scope };
        director.replica.append_policy(&mut director.storage, body).unwrap();
    }
    let entries = director.storage.policy_entries().unwrap();
    let mut members = vec![director];
    members.extend([2, 3, 4].map(|n| Member::new(n, workspace, &entries)));
    all_hear(&mut members);
    (workspace, members)
}

/// Builds chunks as no honest program would.
struct Forger {
    workspace: WorkspaceId,
    key: SigningKey,
    document: DocumentId,
    owner: PersonId,
    seal_key: SealKey,
    key_chunk: ChangeHash,
    head: jospar_core::ids::PolicyHash,
}

const OWNER_NONCE: [u8; 16] = [8; 16];
const NONCE: [u8; 16] = [7; 16];
const KEY_NONCE: [u8; 16] = [6; 16];

impl Forger {
    /// Teacher 2, with answers of their own and a key for the director.
    fn new(workspace: WorkspaceId, director: &mut Member) -> Self {
        let owner = person(2);
        let document = DocumentId::owned(Kind::SurveyRows.byte(), &owner, &OWNER_NONCE);
        let head = director.replica.policy().head();
        let mut forger = Self {
            workspace,
            key: key(2),
            document,
            owner,
            seal_key: SealKey([4; 32]),
            key_chunk: ChangeHash::default(),
            head,
        };
        let chunk = forger.key_chunk_by(&key(2), forger.seal_key, forger.seal_key);
        forger.key_chunk = ChangeHeader::parse(&chunk).unwrap().hash;
        let envelope = forger.sign(&key(2), &KEY_NONCE, vec![chunk]).unwrap();
        assert!(matches!(director.take(&envelope), Verdict::Admitted(_)));
        forger
    }

    fn context(&self) -> SealContext {
        SealContext { workspace: self.workspace, document: self.document }
    }

    fn actor(&self, key: &SigningKey, nonce: &[u8; 16]) -> jospar_core::ids::ActorId {
        actor_id(&DeviceId(key.verifying_key().to_bytes()), &self.document, nonce)
    }

    /// A key chunk of `by` that names one key and wraps another.
    fn key_chunk_by(&self, by: &SigningKey, named: SealKey, wrapped: SealKey) -> Vec<u8> {
        let secret = SealSecret::new([1 ^ 0x55; 32]);
        let wrap =
            Wrap::new(&self.context(), &wrapped, device(1), secret.public(), [3; 32]).unwrap();
        KeyChunk {
            header: ClearHeader {
                actor: self.actor(by, &KEY_NONCE),
                seq: 1,
                dependencies: Vec::new(),
            },
            owner: self.owner,
            owner_nonce: OWNER_NONCE,
            epoch: 1,
            key: named.id(&self.document),
            wraps: vec![wrap],
        }
        .encode()
    }

    fn sign(
        &self,
        by: &SigningKey,
        nonce: &[u8; 16],
        chunks: Vec<Vec<u8>>,
    ) -> Result<Envelope, EnvelopeError> {
        Envelope::sign(by, &self.workspace, self.document, self.head, nonce, chunks)
    }

    /// An honest first change of the document.
    fn inside(&self) -> Vec<u8> {
        let genesis = Kind::SurveyRows.genesis().bytes;
        let mut doc = AutoCommit::new();
        let change = automerge::Change::from_bytes(genesis).unwrap();
        doc.apply_changes([change]).unwrap();
        let mut doc = doc.with_actor(Actor::from(self.actor(&self.key, &NONCE).0));
        doc.put(ROOT, "survey", "sv1").unwrap();
        doc.commit();
        doc.get_last_local_change().unwrap().raw_bytes().to_vec()
    }

    fn header(&self, seq: u64) -> ClearHeader {
        let genesis = Kind::SurveyRows.genesis_hash();
        ClearHeader {
            actor: self.actor(&self.key, &NONCE),
            seq,
            dependencies: vec![self.key_chunk, genesis],
        }
    }

    fn seal(&self, header: &ClearHeader, inside: &[u8]) -> Vec<u8> {
        seal(&self.context(), &self.seal_key, header, inside, [2; 32]).unwrap()
    }
}

/// The checksum of a chunk whose bytes were changed.
fn repaired(mut bytes: Vec<u8>) -> Vec<u8> {
    let hash = sha2::Sha256::digest(&bytes[8..]);
    bytes[4..8].copy_from_slice(&hash[..4]);
    bytes
}

#[test]
fn a_forged_change_with_an_honest_inside_is_read() {
    let (workspace, mut members) = school();
    let forger = Forger::new(workspace, &mut members[0]);
    let chunk = forger.seal(&forger.header(1), &forger.inside());
    let envelope = forger.sign(&key(2), &NONCE, vec![chunk]).unwrap();
    assert!(matches!(members[0].take(&envelope), Verdict::Admitted(_)));
    assert_eq!(members[0].view(forger.document).unwrap()["survey"], "sv1");
    assert_eq!(members[0].reasons(), Vec::<String>::new());
}

type Forgery = fn(&Forger) -> Vec<u8>;

/// What it is, how it is made, and the start of the reason for which it is set aside.
const FORGERIES: [(&str, Forgery, &str); 9] = [
    (
        "a flipped byte",
        |f| {
            let mut bytes = f.seal(&f.header(1), &f.inside());
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            repaired(bytes)
        },
        "quarantine-unsealed",
    ),
    (
        "a flipped byte of the nonce",
        |f| {
            let mut bytes = f.seal(&f.header(1), &f.inside());
            let nonce = bytes.len() - f.inside().len() - 30;
            bytes[nonce] ^= 1;
            repaired(bytes)
        },
        "quarantine-unsealed",
    ),
    ("rubbish inside", |f| f.seal(&f.header(1), b"no change"), "quarantine-unsealed"),
    (
        "a sealed change inside",
        |f| {
            let inner = f.seal(&f.header(1), &f.inside());
            f.seal(&f.header(1), &inner)
        },
        "quarantine-unsealed",
    ),
    (
        "a claim of millions of rows inside",
        |f| {
            let mut inside = f.inside();
            let last = inside.len() - 1;
            inside[last] ^= 0x7f;
            f.seal(&f.header(1), &repaired(inside))
        },
        "quarantine-",
    ),
    (
        "another actor inside",
        |f| {
            let mut doc = AutoCommit::new().with_actor(Actor::from([1_u8; 16]));
            doc.put(ROOT, "survey", "sv1").unwrap();
            doc.commit();
            f.seal(&f.header(1), doc.get_last_local_change().unwrap().raw_bytes())
        },
        "quarantine-unsealed",
    ),
    (
        "a missing dependency",
        |f| {
            let header = ClearHeader { dependencies: vec![f.key_chunk], ..f.header(1) };
            f.seal(&header, &f.inside())
        },
        "quarantine-unsealed",
    ),
    (
        "another key's name",
        |f| {
            let other = SealKey([5; 32]);
            seal(&f.context(), &other, &f.header(1), &f.inside(), [2; 32]).unwrap()
        },
        "quarantine-locked",
    ),
    (
        "another document's sealed change",
        |f| {
            let elsewhere = SealContext { document: DocumentId([23; 16]), ..f.context() };
            let mut bytes =
                seal(&elsewhere, &f.seal_key, &f.header(1), &f.inside(), [2; 32]).unwrap();
            let name = f.seal_key.id(&elsewhere.document).0;
            let at = bytes.windows(16).position(|window| *window == name).unwrap();
            bytes[at..at + 16].copy_from_slice(&f.seal_key.id(&f.document).0);
            repaired(bytes)
        },
        "quarantine-unsealed",
    ),
];

#[test]
fn t13_what_is_sealed_and_does_not_fit_is_set_aside() {
    for (what, forgery, reason) in FORGERIES {
        let (workspace, mut members) = school();
        let forger = Forger::new(workspace, &mut members[0]);
        let envelope = forger.sign(&key(2), &NONCE, vec![forgery(&forger)]).unwrap();
        assert!(matches!(members[0].take(&envelope), Verdict::Admitted(_)), "{what}");
        let view = members[0].view(forger.document).unwrap();
        assert!(view.get("survey").is_none_or(Value::is_null), "{what}: {view}");
        let reasons = members[0].reasons();
        assert!(reasons.len() == 1 && reasons[0].starts_with(reason), "{what}: {reasons:?}");
        // What follows honestly is read all the same.
        members[0].write(forger.document, json!({"survey": "sv2"})).unwrap();
        assert_eq!(members[0].view(forger.document).unwrap()["survey"], "sv2", "{what}");
    }
}

#[test]
fn a_number_inside_that_is_not_the_one_outside_is_set_aside() {
    let (workspace, mut members) = school();
    let forger = Forger::new(workspace, &mut members[0]);
    let first = forger.seal(&forger.header(1), &forger.inside());
    let hash = ChangeHeader::parse(&first).unwrap().hash;
    let header = ClearHeader { dependencies: vec![forger.key_chunk, hash], ..forger.header(2) };
    let again = forger.seal(&header, &forger.inside());
    let envelope = forger.sign(&key(2), &NONCE, vec![first, again]).unwrap();
    assert!(matches!(members[0].take(&envelope), Verdict::Admitted(_)));
    assert_eq!(members[0].view(forger.document).unwrap()["survey"], "sv1");
    assert_eq!(members[0].reasons(), ["quarantine-unsealed"]);
}

#[test]
fn t11_a_key_of_a_stranger_and_a_form_that_does_not_belong_are_refused() {
    let (workspace, mut members) = school();
    let forger = Forger::new(workspace, &mut members[0]);
    let stranger = key(3);
    let chunk = forger.key_chunk_by(&stranger, forger.seal_key, forger.seal_key);
    let envelope = forger.sign(&stranger, &KEY_NONCE, vec![chunk]).unwrap();
    let no_right = Refusal::NoRight { device: device(3), document: forger.document };
    assert_eq!(members[0].take(&envelope), Verdict::Refused(no_right.clone()));
    // Naming oneself as the owner does not help: the document's id is bound to who founded it.
    let own = Forger { owner: person(3), ..forger };
    let chunk = own.key_chunk_by(&stranger, own.seal_key, own.seal_key);
    let envelope = own.sign(&stranger, &KEY_NONCE, vec![chunk]).unwrap();
    assert_eq!(members[0].take(&envelope), Verdict::Refused(no_right));
    let forger = Forger { owner: person(2), ..own };
    let form = Verdict::Refused(Refusal::Form(forger.document));
    let plain = forger.sign(&key(2), &NONCE, vec![forger.inside()]).unwrap();
    assert_eq!(members[0].take(&plain), form);
    let swot = DocumentId::singleton(&workspace, Kind::Swot.byte());
    let elsewhere = Forger { document: swot, ..forger };
    let chunk = elsewhere.seal(&elsewhere.header(1), b"something");
    let envelope = elsewhere.sign(&key(2), &NONCE, vec![chunk]).unwrap();
    assert_eq!(members[0].take(&envelope), Verdict::Refused(Refusal::Form(swot)));
    let chunk = elsewhere.key_chunk_by(&key(2), elsewhere.seal_key, elsewhere.seal_key);
    let envelope = elsewhere.sign(&key(2), &KEY_NONCE, vec![chunk]).unwrap();
    assert_eq!(members[0].take(&envelope), Verdict::Refused(Refusal::Form(swot)));
}

#[test]
fn t13_a_chunk_that_is_too_large_has_no_envelope() {
    let (workspace, mut members) = school();
    let forger = Forger::new(workspace, &mut members[0]);
    let mut huge = forger.seal(&forger.header(1), &forger.inside());
    huge.resize(300 * 1024, 0);
    let refused = forger.sign(&key(2), &NONCE, vec![huge]);
    assert!(matches!(refused, Err(EnvelopeError::Change(ChangeError::Malformed(_)))));
}

#[test]
fn a_key_that_is_not_the_one_it_names_opens_nothing() {
    let (workspace, mut members) = school();
    let forger = Forger::new(workspace, &mut members[1]);
    let chunk = forger.key_chunk_by(&key(2), forger.seal_key, SealKey([5; 32]));
    let envelope = forger.sign(&key(2), &KEY_NONCE, vec![chunk]).unwrap();
    assert!(matches!(members[0].take(&envelope), Verdict::Admitted(_)));
    assert_eq!(members[0].view(forger.document), Err(LoadError::Sealed(forger.document)));
}

#[test]
fn a_private_reflection_is_for_its_owners_devices_alone() {
    let (_, mut members) = school();
    let id = members[1].found(Kind::Reflection).unwrap();
    members[1].write(id, json!({"what_worked": "the second group"})).unwrap();
    all_hear(&mut members);
    assert_eq!(members[3].view(id).unwrap()["what_worked"], "the second group");
    for other in [0, 2] {
        assert_eq!(members[other].view(id), Err(LoadError::Sealed(id)));
        let set = Command::Set { path: Path::root().child("date"), value: json!("2026-11-20") };
        let refused = members[other].apply(id, &[set]);
        assert_eq!(refused, Err(ApplyError::Load(LoadError::Sealed(id))));
        assert_eq!(members[other].reasons(), Vec::<String>::new());
    }
    // The owner's other device writes, too, and what both wrote at once merges.
    let path = Path::root().child("lesson");
    for member in [1, 3] {
        let value = json!(format!("from {member}"));
        members[member].apply(id, &[Command::Set { path: path.clone(), value }]).unwrap();
    }
    all_hear(&mut members);
    let seen = members[1].view(id).unwrap();
    assert_eq!(seen, members[3].view(id).unwrap());
    assert_eq!(members[1].replica.digest(), members[0].replica.digest());
}

#[test]
fn a_device_that_gave_its_secret_up_asks_for_the_key_and_gets_it_again() {
    let (_, mut members) = school();
    let gone = members[1].found(Kind::SurveyRows).unwrap();
    all_hear(&mut members);
    let director = &mut members[0];
    director.replica.drop_document(&mut director.storage, gone, "wish").unwrap();
    let next = director.replica.next_seals(&director.storage, [0x77; 32]).unwrap().unwrap();
    director.replica.take_seals(next);
    assert!(director.replica.next_seals(&director.storage, [0x78; 32]).unwrap().is_none());
    // The teacher has not heard of it and wraps to the secret that is gone.
    let id = members[1].found(Kind::SurveyRows).unwrap();
    members[1].write(id, json!({"survey": "sv7"})).unwrap();
    assert_ne!(id, gone);
    let (director, teacher) = members.split_at_mut(1);
    director[0].hear(&teacher[0]);
    assert_eq!(director[0].view(id), Err(LoadError::Sealed(id)));
    assert_eq!(
        director[0].take(&last_of(&teacher[0], gone)),
        Verdict::Refused(Refusal::Dropped(gone))
    );
    teacher[0].hear(&director[0]);
    director[0].hear(&teacher[0]);
    assert_eq!(director[0].view(id).unwrap()["survey"], "sv7");
}

/// The newest envelope of a document.
fn last_of(member: &Member, id: DocumentId) -> Envelope {
    let stored = member.storage.document_records(id, 0, usize::MAX).unwrap().pop().unwrap();
    let Record::Envelope(envelope) = stored.record else { panic!("an envelope") };
    envelope
}
