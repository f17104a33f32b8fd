#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::LazyLock;

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::document::{Author as Writer, Command, Document};
use crate::ids::PolicyHash;
use crate::log::{ByteReader, ByteWriter, Envelope, actor_id};
use crate::plan::Kind;
use crate::time::Timestamp;

const WORKSPACE: WorkspaceId = WorkspaceId([9; 32]);
const WORDS: [&str; 12] = [
    "мектеп",
    "жоспар",
    "мұғалім",
    "сабақ",
    "мақсат",
    "цифрлық",
    "оқушы",
    "нәтиже",
    "топ",
    "әдіс",
    "school",
    "data",
];

/// The history of one lesson study: authors who take turns and type words at their cursors, and now and then delete some
/// or set a field.
fn history(authors: u8, turns: usize, turn: usize) -> Vec<Envelope> {
    let kind = Kind::LessonStudy;
    let document = DocumentId::random(kind.byte(), [5; 15]);
    let mut written = Document::new(kind.byte(), kind.schema());
    let (mut random, mut text, mut envelopes) = (0x6a73_7072_u32, String::new(), Vec::new());
    let mut below = |end: usize| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random as usize % end.max(1)
    };
    for number in 0..turns * turn {
        let author = (number / turn) as u8 % authors;
        let key = SigningKey::from_bytes(&[author + 1; 32]);
        let device = DeviceId(key.verifying_key().to_bytes());
        let nonce = [author; 16];
        let mut noise = [7; 32];
        noise[..8].copy_from_slice(&(number as u64).to_le_bytes());
        let writer = Writer {
            actor: actor_id(&device, &document, &nonce),
            time: Timestamp(1_795_000_000_000 + number as i64 * 4_000 + below(3_000) as i64),
            random: noise,
        };
        let command = if below(10) == 9 {
            let value = format!("{} {number}", WORDS[below(WORDS.len())]).into();
            Command::Set { path: "class".parse().unwrap(), value }
        } else {
            let mut letters: Vec<char> = text.chars().collect();
            if below(20) == 0 && letters.len() > 20 {
                let at = below(letters.len() - 8);
                letters.drain(at..at + 1 + below(8));
            } else {
                let at = if below(10) < 7 { letters.len() } else { below(letters.len() + 1) };
                let piece = format!("{} {} ", WORDS[below(WORDS.len())], WORDS[below(WORDS.len())]);
                letters.splice(at..at, piece.chars());
            }
            text = letters.into_iter().collect();
            Command::EditText {
                path: "plan".parse().unwrap(),
                base: Vec::new(),
                text: text.clone(),
            }
        };
        let Some(change) = written.edit(&writer, &[command]).unwrap() else { continue };
        let head = PolicyHash([author / 2; 32]);
        let envelope = Envelope::sign(&key, &WORKSPACE, document, head, &nonce, vec![change]);
        envelopes.push(envelope.unwrap());
    }
    envelopes
}

fn pack_of(envelopes: &[Envelope]) -> Pack {
    let mut packer = Packer::new();
    for envelope in envelopes {
        packer.push(&Record::from(envelope.clone()), &|_| true, &no_frontier);
    }
    let mut packs = packer.finish(&no_frontier);
    assert_eq!(packs.len(), 1);
    packs.remove(0)
}

fn changes_of(envelopes: &[Envelope]) -> Vec<SealedChange> {
    envelopes.iter().flat_map(|envelope| envelope.changes.clone()).collect()
}

fn encoded(pack: &Pack) -> Vec<u8> {
    Pack::encode(std::slice::from_ref(pack), None)
}

#[test]
fn a_pack_gives_every_change_back_under_one_signature_of_each_author() {
    let envelopes = history(4, 12, 25);
    let pack = pack_of(&envelopes);
    assert_eq!(pack.signatures.len(), 4);
    let read = Record::decode_one(&WORKSPACE, &encoded(&pack)).expect("reads");
    assert_eq!(read.changes(), changes_of(&envelopes));
    assert_eq!(read, Record::Pack(pack));
}

#[test]
fn a_pack_has_less_than_a_sixth_of_the_bytes_of_its_changes() {
    let envelopes = history(4, 12, 25);
    let changes: usize = changes_of(&envelopes).iter().map(|change| change.bytes.len()).sum();
    let packed = encoded(&pack_of(&envelopes)).len();
    assert!(packed * 6 < changes, "{packed} of {changes}");
}

/// A small pack of three authors, and the same pack for a reader that has what is before it.
static SMALL: LazyLock<(Pack, Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let envelopes = history(3, 6, 6);
    let pack = pack_of(&envelopes[10..]);
    let known = changes_of(&envelopes[..10]);
    let short = Pack::encode(
        std::slice::from_ref(&pack),
        Some(&mut |_, hash| {
            let change = known.iter().find(|change| change.header.hash == hash)?;
            Some((change.header.actor, change.header.seq))
        }),
    );
    (pack.clone(), encoded(&pack), short)
});

/// Everything of one history, as a log has it.
struct Known(Vec<Envelope>);

impl Resolve for Known {
    fn document(&mut self, first: &[u8]) -> Option<DocumentId> {
        let document = self.0.first()?.document;
        document.0.starts_with(first).then_some(document)
    }

    fn change(&mut self, _: DocumentId, first: &[u8]) -> Option<ChangeHash> {
        let hashes = changes_of(&self.0).into_iter().map(|change| change.header.hash);
        let genesis = Kind::LessonStudy.genesis_hash();
        hashes.chain([genesis]).find(|hash| hash.0.starts_with(first))
    }

    fn change_of(&mut self, _: DocumentId, actor: ActorId, seq: u64) -> Option<ChangeHash> {
        let headers = changes_of(&self.0).into_iter().map(|change| change.header);
        let mut found = headers.filter(|header| (header.actor, header.seq) == (actor, seq));
        found.next().map(|header| header.hash)
    }

    fn actor(&mut self, _: DocumentId, first: &[u8]) -> Option<(ActorId, DeviceId)> {
        let found = self.0.iter().find(|envelope| envelope.actor.0.starts_with(first));
        found.map(|envelope| (envelope.actor, envelope.device))
    }
}

#[test]
fn a_short_pack_is_read_by_whoever_has_what_is_before_it_and_by_nobody_else() {
    let envelopes = history(3, 6, 6);
    let (pack, whole, short) = &*SMALL;
    assert!(short.len() + 100 < whole.len(), "{} and {}", short.len(), whole.len());
    let read = Pack::decode(short, &mut Known(envelopes[..10].to_vec())).expect("reads");
    assert_eq!(read, std::slice::from_ref(pack));
    assert_eq!(read[0].verify(&WORKSPACE), Ok(()));
    let without = Pack::decode(short, &mut Known(envelopes[..5].to_vec()));
    assert_eq!(without, Err(EnvelopeError::Unresolved));
    assert_eq!(Pack::decode(short, &mut ()), Err(EnvelopeError::Unresolved));
}

#[test]
fn what_is_known_is_cut_off_and_the_rest_is_still_signed() {
    let envelopes = history(3, 6, 6);
    let pack = pack_of(&envelopes);
    let known: BTreeSet<ChangeHash> =
        changes_of(&envelopes[..17]).iter().map(|change| change.header.hash).collect();
    let rest = pack.without(&known).expect("something is left");
    assert_eq!(rest.verify(&WORKSPACE), Ok(()));
    assert_eq!(rest.changes(), changes_of(&envelopes[17..]));
    let all = changes_of(&envelopes).iter().map(|change| change.header.hash).collect();
    assert_eq!(pack.without(&all), None);
}

#[test]
fn several_packs_travel_together_and_each_is_judged_alone() {
    let envelopes = history(2, 4, 6);
    let (good, mut bad) = (pack_of(&envelopes[..12]), pack_of(&envelopes[12..]));
    bad.signatures[0].signature[5] ^= 1;
    let bytes = Pack::encode(&[good.clone(), bad], None);
    let read = Record::decode(&WORKSPACE, &bytes, &mut ()).expect("both can be read");
    assert_eq!(read, [Ok(Record::Pack(good)), Err(EnvelopeError::Signature)]);
    assert!(Record::decode_one(&WORKSPACE, &bytes).is_err());
}

#[test]
fn t12_both_branches_of_an_actor_go_into_one_pack() {
    let envelopes = history(1, 1, 4);
    let other = history(1, 1, 5);
    let fork = {
        let key = SigningKey::from_bytes(&[1; 32]);
        let last = &other[4].changes[0];
        // The same number and the same past as the honest fourth change, at another time.
        let mut parts = columns::Parts::read(&envelopes[3].changes[0].bytes).unwrap();
        parts.time = last.header.time;
        let (_, bytes) = ChangeHeader::seal(&parts.content()).unwrap();
        let document = envelopes[0].document;
        Envelope::sign(&key, &WORKSPACE, document, PolicyHash([0; 32]), &[0; 16], vec![bytes])
    };
    let mut all = envelopes;
    all.push(fork.unwrap());
    let pack = pack_of(&all);
    assert_eq!(pack.signatures.len(), 2);
    let read = Record::decode_one(&WORKSPACE, &encoded(&pack)).expect("reads");
    assert_eq!(read.changes().len(), 5);
}

#[test]
fn t12_the_signature_at_a_frontier_is_kept() {
    let envelopes = history(2, 4, 5);
    let mut packer = Packer::new();
    let revoked = envelopes[0].actor;
    let frontier = |_: &DeviceId, _: &DocumentId, actor: &ActorId| (*actor == revoked).then_some(7);
    for envelope in &envelopes {
        packer.push(&Record::from(envelope.clone()), &|_| true, &frontier);
    }
    let pack = packer.finish(&frontier).remove(0);
    let signed: Vec<(ActorId, u64)> = pack
        .signatures
        .iter()
        .map(|signature| &pack.changes[signature.change].header)
        .map(|header| (header.actor, header.seq))
        .collect();
    let other = envelopes[5].actor;
    assert_eq!(signed, [(revoked, 7), (revoked, 10), (other, 10)]);
    assert_eq!(pack.verify(&WORKSPACE), Ok(()));
}

#[test]
fn t13_a_change_that_no_signature_covers_makes_a_pack_unreadable() {
    let envelopes = history(3, 6, 6);
    let pack = pack_of(&envelopes);
    for missing in 0..pack.signatures.len() {
        let mut less = pack.clone();
        less.signatures.remove(missing);
        assert_eq!(less.verify(&WORKSPACE), Err(EnvelopeError::Chain));
    }
    for (index, signature) in pack.signatures.iter().enumerate() {
        let mut moved = pack.clone();
        moved.signatures[index].change -= 1;
        assert!(moved.verify(&WORKSPACE).is_err(), "{signature:?} speaks for what it signed alone");
    }
    assert_eq!(pack.verify(&WorkspaceId([8; 32])), Err(EnvelopeError::Signature));
}

#[test]
fn t11_an_author_that_another_device_claims_is_refused() {
    let pack = pack_of(&history(2, 2, 4));
    let (actor, author) = pack.authors.first_key_value().map(|(a, b)| (*a, *b)).unwrap();
    let key = SigningKey::from_bytes(&[77; 32]);
    let device = DeviceId(key.verifying_key().to_bytes());
    let mut stolen = pack.clone();
    stolen.authors.insert(actor, Author { device, ..author });
    // The actor is made from device and nonce anew, so its changes are nobody's.
    assert!(Record::decode_one(&WORKSPACE, &encoded(&stolen)).is_err());
    stolen.authors.insert(actor, Author { device, nonce: None });
    assert!(Record::decode_one(&WORKSPACE, &encoded(&stolen)).is_err());
    let mut idle = pack.clone();
    idle.authors.insert(ActorId([3; 16]), Author { device, nonce: None });
    assert_eq!(idle.verify(&WORKSPACE), Err(EnvelopeError::Chain), "nobody may be named in vain");
}

#[test]
fn what_is_no_automerge_change_goes_through_unread() {
    let envelopes = history(1, 1, 3);
    let mut pack = pack_of(&envelopes);
    // One whose bytes are not those that its parts make: a longer form of the content's length.
    let bytes = &pack.changes[1].bytes;
    let content = ChangeHeader::content(bytes).unwrap().to_vec();
    let mut padded = vec![1];
    let length = content.len();
    padded.extend([(length & 0x7f) as u8 | 0x80, (length >> 7) as u8 | 0x80, 0]);
    padded.extend(&content);
    let hash: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&padded).into();
    let whole = [&bytes[..4], &hash[..4], &padded].concat();
    assert_eq!(ChangeHeader::content(&whole), None);
    let header = ChangeHeader::parse(&whole).unwrap();
    pack.changes = vec![pack.changes[0].clone(), SealedChange { header, bytes: whole }];
    pack.signatures[0].change = 1;
    let read = Pack::decode(&encoded(&pack), &mut ()).expect("reads");
    assert_eq!(read, [pack]);
}

#[test]
fn t14_packs_that_unpack_to_more_than_they_may_are_refused() {
    let bomb = zstd::bulk::compress(&vec![0; 40 * 1024 * 1024], 3).expect("compresses");
    for size in [100_u64, 7 * 1024 * 1024, 17 * 1024 * 1024, u64::MAX] {
        let mut writer = ByteWriter::new();
        writer.byte(1).byte(1).number(100).number(1).number(0).number(size);
        writer.bytes(&bomb[4..]);
        assert!(Pack::decode(&writer.finish(), &mut ()).is_err());
    }
}

#[test]
fn t14_a_pack_of_more_than_a_row_may_hold_is_refused() {
    let envelopes = history(1, 1, 2);
    let mut pack = pack_of(&envelopes);
    let message = vec![b'a'; 200 * 1024];
    for seq in 2..8 {
        let last = &pack.changes[seq - 2].header;
        let mut parts = columns::Parts::read(&envelopes[1].changes[0].bytes).unwrap();
        parts.dependencies = vec![last.hash];
        (parts.seq, parts.start_op, parts.message) = (seq as u64, last.max_op() + 1, &message);
        let (header, bytes) = ChangeHeader::seal(&parts.content()).unwrap();
        pack.changes.truncate(seq - 1);
        pack.changes.push(SealedChange { header, bytes });
    }
    pack.signatures[0].change = 6;
    let refused = pack.check();
    assert!(matches!(
        refused,
        Err(EnvelopeError::Malformed(DecodeError::TooLarge { what: "pack", .. }))
    ));
    let read = Record::decode(&WORKSPACE, &encoded(&pack), &mut ()).expect("can be read");
    assert!(read[0].is_err());
}

#[test]
fn t14_a_history_that_packs_too_well_is_left_unpacked() {
    // Thousands of changes that differ in nothing but their place would have a ratio that no reader accepts.
    let envelopes = history(1, 1, 2);
    let mut pack = pack_of(&envelopes);
    let key = SigningKey::from_bytes(&[1; 32]);
    while pack.changes.len() < 4_000 {
        let last = pack.changes.last().unwrap().clone();
        let mut parts = columns::Parts::read(&last.bytes).unwrap();
        parts.dependencies = vec![last.header.hash];
        parts.seq = last.header.seq + 1;
        parts.start_op = last.header.max_op() + 1;
        let (header, bytes) = ChangeHeader::seal(&parts.content()).unwrap();
        pack.changes.push(SealedChange { header, bytes });
    }
    let last = pack.changes.last().unwrap().bytes.clone();
    let head = PolicyHash([0; 32]);
    let tip = Envelope::sign(&key, &WORKSPACE, pack.document, head, &[0; 16], vec![last]).unwrap();
    pack.signatures =
        vec![TipSignature { change: 3_999, policy_head: head, signature: tip.signature }];
    let bytes = encoded(&pack);
    assert!(pack.changes_bytes() <= bytes.len() * streams::RATIO_MAX);
    assert_eq!(Record::decode_one(&WORKSPACE, &bytes), Ok(Record::Pack(pack)));
}

proptest! {
    #[test]
    fn t13_an_altered_pack_never_panics_and_never_passes_as_another(at: usize, value: u8) {
        let (pack, whole, short) = &*SMALL;
        for bytes in [whole, short] {
            let mut bytes = bytes.clone();
            let index = at % bytes.len();
            bytes[index] = value;
            let mut known = Known(history(3, 2, 6));
            // Some bits of a packed stream mean nothing: what passes is what was signed.
            for record in Record::decode(&WORKSPACE, &bytes, &mut known).unwrap_or_default().into_iter().flatten() {
                prop_assert_eq!(record.changes(), pack.changes());
            }
        }
    }

    #[test]
    fn t13_a_cut_pack_never_passes(length: usize) {
        let (_, whole, _) = &*SMALL;
        prop_assert!(Pack::decode(&whole[..length % whole.len()], &mut ()).is_err());
    }

    #[test]
    fn t13_random_streams_never_panic(
        streams in proptest::collection::vec((0_u64..0x20, proptest::collection::vec(any::<u8>(), 0..40)), 0..30),
    ) {
        let mut writer = ByteWriter::new();
        writer.byte(1).byte(1).number(1_000).number(streams.len() as u64);
        for (stream, bytes) in &streams {
            writer.number(*stream).number(bytes.len() as u64).number(0).raw(bytes);
        }
        let _ = Pack::decode(&writer.finish(), &mut ());
    }

    /// Streams that are sound one by one and were altered before they were packed: what random bytes never reach.
    #[test]
    fn t13_altered_streams_never_panic(which: usize, at: usize, value: u8) {
        let (_, whole, _) = &*SMALL;
        let mut reader = ByteReader::new(whole);
        let (version, kind) = (reader.byte("v").unwrap(), reader.byte("k").unwrap());
        let size = reader.number("size").unwrap();
        let count = reader.count(1_000, "streams").unwrap();
        let mut writer = ByteWriter::new();
        writer.byte(version).byte(kind).number(size).number(count as u64);
        for index in 0..count {
            let stream = reader.number("stream").unwrap();
            let plain = reader.count(1 << 20, "size").unwrap();
            let packed = reader.count(1 << 20, "size").unwrap();
            let mut content = match packed {
                0 => reader.take(plain, "bytes").unwrap().to_vec(),
                1 => vec![reader.byte("byte").unwrap(); plain],
                packed => {
                    let packed = reader.take(packed, "bytes").unwrap();
                    let frame = [&[0x28, 0xb5, 0x2f, 0xfd], packed].concat();
                    zstd::bulk::decompress(&frame, plain).unwrap()
                }
            };
            if index == which % count && !content.is_empty() {
                let place = at % content.len();
                content[place] = value;
            }
            writer.number(stream).number(plain as u64).number(0).raw(&content);
        }
        for record in Record::decode(&WORKSPACE, &writer.finish(), &mut ()).unwrap_or_default().into_iter().flatten() {
            prop_assert_eq!(record.changes(), SMALL.0.changes());
        }
    }
}
