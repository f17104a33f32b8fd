//! Paragraphs that consist of several automerge texts.

use std::collections::BTreeSet;

use automerge::transaction::Transactable as _;
use automerge::{ObjId, ObjType};

use super::place::Place;
use super::*;
use crate::document::read::State;
use crate::log::SealedChange;
use crate::validation::Gate;

const PROSE: &str = "plan/vision/kk";

/// The id of the only paragraph, and its object.
fn paragraph(document: &Document) -> (String, ObjId) {
    let reader = Reader::now(&document.automerge);
    let Place::Language { object: Some(map), .. } =
        place::resolve(&document.automerge, document.schema, &at(PROSE)).unwrap()
    else {
        panic!("a prose field");
    };
    let paragraphs = reader.paragraphs(&map);
    let mut there = paragraphs.into_iter().filter(|paragraph| paragraph.state != State::Gone);
    let entry = there.next().expect("a paragraph");
    assert!(there.next().is_none(), "one paragraph");
    (entry.id, entry.object)
}

/// The texts that the only paragraph consists of.
fn pieces(device: &Device) -> Vec<String> {
    let (_, object) = paragraph(&device.document);
    let pieces = Reader::now(&device.document.automerge).pieces(&object);
    pieces.into_iter().map(|piece| piece.text).collect()
}

/// The text as it is kept, which is what automerge has.
fn prose(device: &Device) -> String {
    let kept = device.document.text(&at(PROSE)).unwrap();
    let view = device.document.view();
    let read = view.pointer(&format!("/{PROSE}")).and_then(Value::as_str);
    assert_eq!(kept, read.unwrap_or_default());
    kept
}

fn words(count: usize, word: &str) -> String {
    vec![word; count].join(" ")
}

/// Words of which no two are the same, so that there is one shortest difference.
fn numbered(count: usize) -> String {
    let words: Vec<String> = (0..count).map(|n| format!("сөз{n:03}")).collect();
    words.join(" ")
}

/// A change as somebody's program could write it, without this one's care.
fn by_hand(device: &mut Device, write: impl FnOnce(&mut automerge::transaction::Transaction<'_>)) {
    let actor = AutomergeActor::from([77_u8; 16]);
    let mut other = device.document.automerge.fork().with_actor(actor);
    let mut transaction = other.transaction();
    write(&mut transaction);
    transaction.commit();
    let changes = device.document.automerge.get_changes_added(&other);
    device.document.apply_changes(changes).unwrap();
}

#[test]
fn a_long_text_is_cut_at_spaces_and_reads_as_one() {
    let long = words(900, "мектеп");
    let (a, b) = pair(Kind::Plan, &[text(PROSE, &long)]);
    assert_eq!(prose(&a), long);
    assert_eq!(b.find(PROSE).unwrap(), long.as_str());
    let pieces = pieces(&a);
    assert_eq!(pieces.len(), 7);
    for piece in &pieces {
        assert!(piece.chars().count() <= 1_000);
        assert!(piece.starts_with("мектеп"), "{}", &piece[..20]);
    }
    let unbroken = "ә".repeat(2_500);
    let (a, _) = pair(Kind::Plan, &[text(PROSE, &unbroken)]);
    assert_eq!(prose(&a), unbroken);
    assert_eq!(
        self::pieces(&a).iter().map(|piece| piece.chars().count()).collect::<Vec<_>>(),
        [1_000, 1_000, 500]
    );
}

#[test]
fn a_paragraph_that_is_typed_letter_by_letter_gets_pieces() {
    let (mut a, _) = pair(Kind::Plan, &[text(PROSE, "Б")]);
    let mut typed = "Б".to_owned();
    for n in 0..2_100 {
        typed.push(if n % 7 == 0 { ' ' } else { 'а' });
        a.edits = 0;
        a.edit(&[text(PROSE, &typed)]).unwrap();
    }
    assert_eq!(prose(&a), typed);
    let lengths: Vec<usize> = pieces(&a).iter().map(|piece| piece.chars().count()).collect();
    assert_eq!(lengths.len(), 3, "{lengths:?}");
    assert!(lengths.iter().all(|length| *length <= 1_000), "{lengths:?}");
}

#[test]
fn a_letter_at_the_end_touches_only_the_last_piece() {
    let long = words(900, "мектеп");
    let (mut a, _) = pair(Kind::Plan, &[text(PROSE, &long)]);
    let before = pieces(&a);
    let change = a.edit(&[text(PROSE, &format!("{long}!"))]).unwrap().unwrap();
    let change = a.document.automerge.get_change_by_hash(&automerge::ChangeHash(change.0));
    assert_eq!(change.unwrap().len(), 1);
    let after = pieces(&a);
    assert_eq!(before[..6], after[..6]);
    assert_eq!(after[6], format!("{}!", before[6]));
}

#[test]
fn a_paragraph_of_one_long_text_stays_and_what_is_appended_comes_beside_it() {
    let (mut a, mut b) = pair(Kind::Plan, &[text(PROSE, "а")]);
    let (_, object) = paragraph(&a.document);
    let old = numbered(400);
    by_hand(&mut a, |transaction| {
        let first = transaction.get(&object, "text").unwrap().unwrap().1;
        transaction.splice_text(&first, 0, 1, &old).unwrap();
    });
    assert_eq!(pieces(&a), std::slice::from_ref(&old));
    b.take(&a);
    let new = format!("Біздің {old} соңы");
    b.edit(&[text(PROSE, &new)]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(prose(&a), new);
    assert_eq!(pieces(&a), [new.strip_suffix(" соңы").unwrap(), " соңы"]);
}

#[test]
fn two_people_who_append_to_a_long_paragraph_both_stay_whole() {
    for (mine, theirs) in [(30, 30), (400, 400), (30, 400), (170, 30)] {
        let start = words(300, "мектеп");
        let (mut a, mut b) = pair(Kind::Plan, &[text(PROSE, &start)]);
        let (by_a, by_b) = (words(mine, "директор"), words(theirs, "мұғалім"));
        a.edit(&[text(PROSE, &format!("{start} {by_a}"))]).unwrap();
        b.edit(&[text(PROSE, &format!("{start} {by_b}"))]).unwrap();
        meet(&mut a, &mut b);
        let both = prose(&a);
        let expected = [format!("{start} {by_a} {by_b}"), format!("{start} {by_b} {by_a}")];
        assert!(expected.contains(&both), "{both}");
    }
}

#[test]
fn the_pieces_of_two_people_who_go_on_appending_do_not_mix() {
    let start = words(140, "мектеп");
    let (mut a, mut b) = pair(Kind::Plan, &[text(PROSE, &start)]);
    let (mut by_a, mut by_b) = (start.clone(), start.clone());
    for _ in 0..6 {
        by_a += &format!(" {}", words(60, "директор"));
        by_b += &format!(" {}", words(60, "мұғалім"));
        a.edit(&[text(PROSE, &by_a)]).unwrap();
        b.edit(&[text(PROSE, &by_b)]).unwrap();
    }
    meet(&mut a, &mut b);
    let (by_a, by_b) = (by_a.split_off(start.len()), by_b.split_off(start.len()));
    let both = prose(&a);
    assert!([format!("{start}{by_a}{by_b}"), format!("{start}{by_b}{by_a}")].contains(&both));
}

#[test]
fn a_deletion_over_three_pieces_keeps_what_another_wrote_in_the_middle_one() {
    let long = format!("{} аяғы", numbered(420));
    for with_base in [false, true] {
        let (mut a, mut b) = pair(Kind::Plan, &[text(PROSE, &long)]);
        assert_eq!(pieces(&a).len(), 3);
        let base = a.document.heads();
        let (head, tail) = long.split_at(long.find("сөз200").unwrap());
        let (start, end) = ("сөз000 сөз001 ", "аяғы");
        b.edit(&[text(PROSE, &format!("{head}ЖАҢА{tail}"))]).unwrap();
        let kept = format!("{start}{end}");
        if with_base {
            a.take(&b);
            let path = at(PROSE);
            a.edit(&[Command::EditText { path, base, text: kept.clone() }]).unwrap();
        } else {
            a.edit(&[text(PROSE, &kept)]).unwrap();
        }
        meet(&mut a, &mut b);
        assert_eq!(prose(&a), format!("{start}ЖАҢА{end}"));
    }
}

#[test]
fn letters_put_behind_a_piece_that_was_emptied_since_stay_in_their_place() {
    let long: String = Letters(0xF_0000).take(2_500).into_iter().collect();
    let (mut a, mut b) = pair(Kind::Plan, &[text(PROSE, &long)]);
    let base = a.document.heads();
    let parts = pieces(&a);
    b.edit(&[text(PROSE, &format!("{}{}", parts[0], parts[2]))]).unwrap();
    a.take(&b);
    let edited = format!("{}{}!{}", parts[0], parts[1], parts[2]);
    a.edit(&[Command::EditText { path: at(PROSE), base, text: edited }]).unwrap();
    assert_eq!(prose(&a), format!("{}!{}", parts[0], parts[2]));
}

#[test]
fn letters_put_where_all_was_deleted_since_stay_between_their_neighbours() {
    let letters = Letters(0xF_0000).take(2_500);
    let long: String = letters.iter().collect();
    let (mut a, mut b) = pair(Kind::Plan, &[text(PROSE, &long)]);
    let base = a.document.heads();
    let mut kept = letters.clone();
    kept.drain(1_200..1_300);
    b.edit(&[text(PROSE, &kept.iter().collect::<String>())]).unwrap();
    a.take(&b);
    let mut edited = letters;
    edited.insert(1_250, '!');
    let edited = edited.into_iter().collect();
    a.edit(&[Command::EditText { path: at(PROSE), base, text: edited }]).unwrap();
    kept.insert(1_200, '!');
    assert_eq!(prose(&a), kept.into_iter().collect::<String>());
}

#[test]
fn letters_put_into_a_piece_that_somebody_took_out_come_behind_the_one_before() {
    let letters = Letters(0xF_0000).take(2_500);
    let long: String = letters.iter().collect();
    let (mut a, _) = pair(Kind::Plan, &[text(PROSE, &long)]);
    let base = a.document.heads();
    let parts = pieces(&a);
    let (_, object) = paragraph(&a.document);
    by_hand(&mut a, |transaction| {
        let key = transaction.keys(&object).find(|key| key.starts_with('+')).unwrap();
        transaction.delete(&object, key).unwrap();
    });
    let mut edited = letters;
    edited.insert(1_250, '!');
    let edited = edited.into_iter().collect();
    a.edit(&[Command::EditText { path: at(PROSE), base, text: edited }]).unwrap();
    assert_eq!(prose(&a), format!("{}!{}", parts[0], parts[2]));
}

#[test]
fn deletions_at_like_places_of_two_pieces_are_two() {
    let mut letters = Letters(0xF_0000).take(950);
    let (mut a, _) = pair(Kind::Plan, &[text(PROSE, &letters.iter().collect::<String>())]);
    letters.extend(Letters(0xF_1000).take(100));
    a.edit(&[text(PROSE, &letters.iter().collect::<String>())]).unwrap();
    assert_eq!(pieces(&a).len(), 2);
    letters.drain(957..960);
    letters.drain(3..7);
    let new: String = letters.into_iter().collect();
    a.edit(&[text(PROSE, &new)]).unwrap();
    assert_eq!(prose(&a), new);
}

#[test]
fn typing_and_deleting_where_two_pieces_meet_does_not_make_a_piece_each_time() {
    let long = "ә".repeat(2_000);
    let (mut a, _) = pair(Kind::Plan, &[text(PROSE, &long)]);
    let (left, right) = long.split_at(2_000);
    for _ in 0..20 {
        let new = format!("{left}!{right}");
        a.edit(&[text(PROSE, &new)]).unwrap();
        assert_eq!(prose(&a), new);
        a.edit(&[text(PROSE, &long)]).unwrap();
        assert_eq!(prose(&a), long);
    }
    assert_eq!(pieces(&a).len(), 3);
}

#[test]
fn a_paragraph_that_one_removes_while_the_other_adds_a_piece_comes_back() {
    let long = words(140, "мектеп");
    let both = format!("Бірінші.\n{long}");
    let (mut a, mut b) = pair(Kind::Plan, &[text(PROSE, &both)]);
    let more = words(30, "директор");
    a.edit(&[text(PROSE, "Бірінші.")]).unwrap();
    b.edit(&[text(PROSE, &format!("{both} {more}"))]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(prose(&a), format!("{both} {more}"));
}

#[test]
fn an_item_that_one_removes_while_the_other_adds_a_piece_is_listed() {
    let long = words(140, "мектеп");
    let item = "initiatives/in1";
    let path = "initiatives/in1/chain/strategy/text";
    let record = json!({"chain": {"strategy": {"text": long}}});
    let (mut a, mut b) = pair(Kind::Initiatives, &[add("initiatives", "in1", record)]);
    a.edit(&[Command::Remove { path: at(item) }]).unwrap();
    b.edit(&[text(path, &format!("{long} {}", words(30, "директор")))]).unwrap();
    meet(&mut a, &mut b);
    let conflicts = a.document.conflicts();
    let [Conflict { path: found, kind: ConflictKind::RemovedAndEdited { removed, edited } }] =
        conflicts
    else {
        panic!("{conflicts:?}");
    };
    assert_eq!((found, removed.actor), (&at(item), a.actor()));
    assert_eq!(edited.iter().map(|stamp| stamp.actor).collect::<Vec<_>>(), [b.actor()]);
}

#[test]
fn undo_of_an_append_that_made_a_piece_leaves_the_letters_of_others() {
    let start = words(140, "мектеп");
    let (mut a, mut b) = pair(Kind::Plan, &[text(PROSE, &start)]);
    let more = words(30, "директор");
    let change = a.edit(&[text(PROSE, &format!("{start} {more}"))]).unwrap().unwrap();
    assert_eq!(pieces(&a).len(), 2);
    meet(&mut a, &mut b);
    b.edit(&[text(PROSE, &format!("Біздің {start} {more} Иә!"))]).unwrap();
    meet(&mut a, &mut b);
    let commands = a.document.undo(&change).unwrap();
    a.edit(&commands).unwrap();
    assert_eq!(prose(&a), format!("Біздің {start} Иә!"));
    let before = b.document.heads();
    let commands = a.document.restore(&before).unwrap();
    a.edit(&commands).unwrap();
    assert_eq!(prose(&a), prose(&b));
}

#[test]
fn history_shows_a_change_in_a_piece_as_one_of_its_field() {
    let start = words(140, "мектеп");
    let (mut a, _) = pair(Kind::Plan, &[text(PROSE, &start)]);
    let longer = format!("{start} {}", words(30, "директор"));
    a.edit(&[text(PROSE, &longer)]).unwrap();
    a.edit(&[text(PROSE, &format!("{longer}!"))]).unwrap();
    assert_eq!(pieces(&a).len(), 2);
    for entry in a.document.history() {
        assert_eq!(entry.paths, [at(PROSE)]);
    }
}

#[test]
fn what_is_no_text_at_a_pieces_key_is_damaged_and_stays_out_of_the_way() {
    let (mut a, mut b) = pair(Kind::Plan, &[text(PROSE, "Бірінші.")]);
    let (_, object) = paragraph(&a.document);
    assert_eq!(a.document.damaged(), Vec::new());
    by_hand(&mut a, |transaction| {
        let piece = transaction.put_object(&object, "+a2", ObjType::Text).unwrap();
        transaction.splice_text(&piece, 0, 0, " Екінші.").unwrap();
        // No positions, so no pieces.
        for key in ["+", "+a0", "+а", "+a 1", "note", &format!("+{}", "a1".repeat(500))] {
            let other = transaction.put_object(&object, key, ObjType::Text).unwrap();
            transaction.splice_text(&other, 0, 0, "көрінбейді").unwrap();
        }
    });
    assert_eq!(prose(&a), "Бірінші. Екінші.");
    assert_eq!(a.document.damaged(), Vec::new());
    for (key, kind) in [("+a1", None), ("+a11", Some(ObjType::Map)), ("+zz", Some(ObjType::List))] {
        by_hand(&mut a, |transaction| match kind {
            None => transaction.put(&object, key, 5).unwrap(),
            Some(kind) => drop(transaction.put_object(&object, key, kind).unwrap()),
        });
        assert_eq!(a.document.damaged(), [at(PROSE)]);
    }
    b.take(&a);
    let base = b.document.heads();
    let long = words(300, "мектеп");
    for new in ["Бірінші. Екінші!".to_owned(), format!("Бірінші. {long} Екінші! {long}")]
    {
        b.edit(&[text(PROSE, &new)]).unwrap();
        assert_eq!(prose(&b), new);
    }
    let edited = "Бірінші, Екінші.".to_owned();
    a.edit(&[Command::EditText { path: at(PROSE), base, text: edited }]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(prose(&a), format!("Бірінші, {long} Екінші! {long}"));
    assert!(!a.document.history().is_empty());
    by_hand(&mut a, |transaction| transaction.put(&object, "text", 1).unwrap());
    assert_eq!(a.document.damaged(), [at(PROSE)]);
    a.edit(&[text(PROSE, "Жаңа.")]).unwrap();
    assert_eq!(prose(&a), "Жаңа.");
}

/// What a person does to the one paragraph.
#[derive(Debug, Clone)]
enum Act {
    /// Replaces letters: where and how many, as shares of the text; how many new ones come; whether it starts from an
    /// older state.
    Edit {
        who: usize,
        at: f64,
        delete: f64,
        insert: usize,
        from_older: bool,
    },
    /// Remembers the present state, to start from later.
    Remember(usize),
    Exchange(usize, usize),
}

fn any_act() -> impl Strategy<Value = Act> {
    let place = prop_oneof![2 => Just(1.0), 1 => Just(0.0), 4 => 0.0..1.0];
    let delete = prop_oneof![3 => Just(0.0), 2 => 0.0..0.05, 1 => 0.0..0.9];
    let insert = prop_oneof![1 => Just(0_usize), 3 => 1..20_usize, 2 => 300..2_200_usize];
    prop_oneof![
        6 => (0..3_usize, place, delete, insert, any::<bool>()).prop_map(
            |(who, at, delete, insert, from_older)| Act::Edit { who, at, delete, insert, from_older }
        ),
        1 => (0..3_usize).prop_map(Act::Remember),
        3 => (0..3_usize, 0..3_usize).prop_map(|(a, b)| Act::Exchange(a, b)),
    ]
}

/// One edit: the letters before and behind what it wrote, at the state it started from.
struct Written {
    before: Option<char>,
    letters: Vec<char>,
    behind: Option<char>,
}

/// Letters that are never used twice, so that each can be followed.
struct Letters(u32);

impl Letters {
    fn take(&mut self, count: usize) -> Vec<char> {
        let first = self.0;
        self.0 += count as u32;
        (first..self.0).map(|code| char::from_u32(code).unwrap()).collect()
    }
}

/// What must be true of the text in the end.
#[derive(Default)]
struct Expected {
    there: BTreeSet<char>,
    deleted: BTreeSet<char>,
    written: Vec<Written>,
}

impl Expected {
    fn replace(&mut self, text: &[char], at: usize, delete: usize, letters: &[char]) {
        self.deleted.extend(&text[at..at + delete]);
        self.there.extend(letters);
        self.written.push(Written {
            before: at.checked_sub(1).map(|index| text[index]),
            letters: letters.to_vec(),
            behind: text.get(at + delete).copied(),
        });
    }

    /// Every letter that nobody deleted is there once, and behind what stood before it when it was written.
    fn check(&self, text: &str) {
        let found: Vec<char> = text.chars().collect();
        let set: BTreeSet<char> = found.iter().copied().collect();
        assert_eq!(found.len(), set.len(), "a letter is there twice");
        assert_eq!(set, self.there.difference(&self.deleted).copied().collect());
        let place: std::collections::BTreeMap<char, usize> =
            found.iter().enumerate().map(|(place, letter)| (*letter, place)).collect();
        for written in &self.written {
            let around = written.before.iter().chain(&written.letters).chain(&written.behind);
            let places: Vec<usize> = around.filter_map(|l| place.get(l).copied()).collect();
            assert!(places.is_sorted(), "letters changed their order");
        }
    }
}

/// Every change of a document passes the gate.
fn pass_the_gate(document: &Document) {
    let sealed =
        |bytes: Vec<u8>| SealedChange { header: ChangeHeader::parse(&bytes).unwrap(), bytes };
    let mut changes = document.automerge.get_changes(&[]).into_iter();
    let mut gate = Gate::new(&sealed(changes.next().unwrap().raw_bytes().to_vec())).unwrap();
    for change in changes {
        assert_eq!(gate.check(&sealed(change.raw_bytes().to_vec())).map(drop), Ok(()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn three_people_in_one_long_paragraph_lose_and_move_no_letter(
        start in 1..2_500_usize,
        acts in proptest::collection::vec(any_act(), 1..16),
    ) {
        let mut alphabet = Letters(0xF_0000);
        let mut expected = Expected::default();
        let mut devices: Vec<Device> = (1..4).map(|n| Device::new(Kind::Plan, n)).collect();
        let letters = alphabet.take(start);
        expected.replace(&[], 0, 0, &letters);
        devices[0].edit(&[text(PROSE, &letters.iter().collect::<String>())]).unwrap();
        for n in [1, 2] {
            let [a, b] = devices.get_disjoint_mut([0, n]).unwrap();
            b.take(a);
        }
        let mut remembered: Vec<_> =
            devices.iter().map(|device| (device.document.heads(), prose(device))).collect();
        for act in acts {
            match act {
                Act::Edit { who, at: place, delete, insert, from_older } => {
                    let device = &mut devices[who];
                    let (base, seen) = match from_older {
                        true => remembered[who].clone(),
                        false => (Vec::new(), prose(device)),
                    };
                    let seen: Vec<char> = seen.chars().collect();
                    let at_letter = (place * seen.len() as f64) as usize;
                    let delete = (delete * (seen.len() - at_letter) as f64) as usize;
                    let letters = alphabet.take(insert);
                    let mut new = seen.clone();
                    new.splice(at_letter..at_letter + delete, letters.iter().copied());
                    if new.is_empty() {
                        continue;
                    }
                    let new: String = new.into_iter().collect();
                    let path = at(PROSE);
                    let command = Command::EditText { path, base, text: new.clone() };
                    match device.edit(&[command]) {
                        Ok(_) => expected.replace(&seen, at_letter, delete, &letters),
                        Err(CommandError::TooLong { .. }) => continue,
                        Err(error) => panic!("{error}"),
                    }
                    if !from_older {
                        prop_assert_eq!(prose(device), new);
                    }
                }
                Act::Remember(n) => {
                    remembered[n] = (devices[n].document.heads(), prose(&devices[n]));
                }
                Act::Exchange(a, b) if a != b => {
                    let [a, b] = devices.get_disjoint_mut([a, b]).unwrap();
                    a.take(b);
                }
                Act::Exchange(..) => {}
            }
        }
        for (a, b) in [(0, 1), (1, 2), (0, 2)] {
            let [a, b] = devices.get_disjoint_mut([a, b]).unwrap();
            a.take(b);
            b.take(a);
        }
        let merged = prose(&devices[0]);
        prop_assert_eq!(&merged, &prose(&devices[1]));
        prop_assert_eq!(&merged, &prose(&devices[2]));
        expected.check(&merged);
        pass_the_gate(&devices[0].document);
        let (heads, then) = &remembered[1];
        let commands = devices[0].document.restore(heads).unwrap();
        devices[0].edit(&commands).unwrap();
        prop_assert_eq!(&prose(&devices[0]), then);
    }
}
