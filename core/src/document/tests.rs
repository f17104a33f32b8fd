#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::log::ChangeHeader;
use crate::plan::{Kind, export, import, root_commands};

mod carets;
mod pieces;

const EXAMPLE: &str = include_str!("../../../data/example-plan.json");

/// One replica of one document, without a log.
struct Device {
    document: Document,
    number: u8,
    edits: u8,
    last: Option<ChangeHash>,
}

impl Device {
    fn new(kind: Kind, number: u8) -> Self {
        let document = Document::new(kind.byte(), kind.schema());
        Self { document, number, edits: 0, last: None }
    }

    fn actor(&self) -> ActorId {
        ActorId([self.number; 16])
    }

    fn edit(&mut self, commands: &[Command]) -> Result<Option<ChangeHash>, CommandError> {
        self.edits += 1;
        let mut random = [self.number; 32];
        random[0] = self.edits;
        let time = Timestamp(i64::from(self.edits) * 1_000);
        let author = Author { actor: self.actor(), time, random };
        let Some(bytes) = self.document.edit(&author, commands)? else { return Ok(None) };
        let header = ChangeHeader::parse(&bytes).expect("an own change parses");
        if let Some(last) = self.last {
            assert!(header.dependencies.contains(&last), "the previous change is a dependency");
        }
        self.last = Some(header.hash);
        Ok(self.last)
    }

    fn take(&mut self, other: &Self) {
        let mine = self.document.automerge.get_heads();
        let known: Vec<_> =
            mine.into_iter().filter(|hash| other.document.knows(&ChangeHash(hash.0))).collect();
        let changes = other.document.automerge.get_changes(&known);
        self.document.apply_changes(changes).unwrap();
    }

    fn find(&self, path: &str) -> Option<Value> {
        find_in_view(&self.document.view(), &at(path)).cloned()
    }
}

fn at(path: &str) -> Path {
    path.parse().unwrap()
}

fn set(path: &str, value: Value) -> Command {
    Command::Set { path: at(path), value }
}

fn text(path: &str, text: &str) -> Command {
    Command::EditText { path: at(path), base: Vec::new(), text: text.into() }
}

fn add(path: &str, id: &str, record: Value) -> Command {
    Command::Add { path: at(path), id: id.into(), after: None, record }
}

fn pair(kind: Kind, commands: &[Command]) -> (Device, Device) {
    let (mut a, mut b) = (Device::new(kind, 1), Device::new(kind, 2));
    a.edit(commands).unwrap();
    b.take(&a);
    (a, b)
}

fn meet(a: &mut Device, b: &mut Device) {
    a.take(b);
    b.take(a);
    assert_eq!(a.document.heads(), b.document.heads());
    assert_eq!(a.document.view(), b.document.view());
}

#[test]
fn the_example_plan_goes_through_documents_and_back_without_loss() {
    let imported = import(EXAMPLE).unwrap();
    let mut documents = Vec::new();
    for document in imported.documents {
        let mut device = Device::new(document.kind, 1);
        device.edit(&root_commands(document.kind, &document.record)).unwrap();
        assert_eq!(device.document.conflicts(), Vec::new());
        assert_eq!(device.document.damaged(), Vec::new());
        documents.push((document.kind, device.document.view()));
    }
    let example: Value = serde_json::from_str(EXAMPLE).unwrap();
    assert_eq!(export(&documents), example);
}

#[test]
fn a_genesis_is_the_same_wherever_it_is_made() {
    for kind in Kind::ALL {
        let bytes = genesis_change(kind.byte(), kind.schema());
        assert_eq!(bytes, genesis_change(kind.byte(), kind.schema()));
        assert_eq!(ChangeHeader::parse(&bytes).unwrap().hash, kind.genesis_hash());
    }
}

#[test]
fn two_people_write_in_the_same_paragraph_and_no_letter_is_lost() {
    let start = "Директор апталық кездесуге уақыт бөледі.";
    let record = json!({"chain": {"strategy": {"text": start}}});
    let (mut a, mut b) = pair(Kind::Initiatives, &[add("initiatives", "in1", record)]);
    let path = "initiatives/in1/chain/strategy/text";
    a.edit(&[text(path, "Директор пилоттық сыныптарды бекітіп, апталық кездесуге уақыт бөледі.")])
        .unwrap();
    b.edit(&[text(path, "Директор апталық кездесуге әр сейсенбіде уақыт бөледі.")]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(
        a.find(path).unwrap(),
        "Директор пилоттық сыныптарды бекітіп, апталық кездесуге әр сейсенбіде уақыт бөледі."
    );
}

#[test]
fn a_text_edited_from_an_older_state_keeps_what_came_since() {
    let (mut a, mut b) = pair(Kind::Plan, &[text("plan/vision/kk", "Бірінші.\nЕкінші.")]);
    let base = a.document.heads();
    b.edit(&[text("plan/vision/kk", "Бірінші бөлім.\nЕкінші.\nҮшінші.")]).unwrap();
    a.take(&b);
    let path = at("plan/vision/kk");
    let edited = "Бірінші.\nЕкінші, өзгерген.".to_owned();
    a.edit(&[Command::EditText { path, base, text: edited }]).unwrap();
    let merged = a.find("plan/vision/kk").unwrap();
    assert_eq!(merged, "Бірінші бөлім.\nЕкінші, өзгерген.\nҮшінші.");
}

#[test]
fn letters_put_where_all_was_deleted_since_stay() {
    let (mut a, mut b) = pair(Kind::Plan, &[text("plan/vision/kk", "абв")]);
    let base = a.document.heads();
    b.edit(&[text("plan/vision/kk", "г")]).unwrap();
    a.take(&b);
    let path = at("plan/vision/kk");
    a.edit(&[Command::EditText { path, base, text: "аб!в".into() }]).unwrap();
    assert!(a.find("plan/vision/kk").unwrap().as_str().unwrap().contains('!'));
}

#[test]
fn a_due_date_that_two_people_set_keeps_both_until_somebody_decides() {
    let (mut a, mut b) = pair(Kind::Initiatives, &[add("initiatives", "in1", json!({}))]);
    let path = "initiatives/in1/due";
    a.edit(&[set(path, json!("2027-05-14"))]).unwrap();
    b.edit(&[set(path, json!("2027-05-28"))]).unwrap();
    meet(&mut a, &mut b);
    let conflicts = a.document.conflicts();
    assert_eq!(conflicts, b.document.conflicts());
    let [Conflict { path: found, kind: ConflictKind::Values(candidates) }] = conflicts else {
        panic!("{conflicts:?}");
    };
    assert_eq!(found, &at(path));
    assert_eq!(Some(&candidates[0].value), a.find(path).as_ref());
    let mut values: Vec<&Value> = candidates.iter().map(|candidate| &candidate.value).collect();
    values.sort_by_key(|value| value.to_string());
    assert_eq!(values, [&json!("2027-05-14"), &json!("2027-05-28")]);
    let mut actors: Vec<ActorId> = candidates.iter().map(|c| c.stamp.actor).collect();
    actors.sort();
    assert_eq!(actors, [a.actor(), b.actor()]);
    b.edit(&[set(path, json!("2027-05-14"))]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(a.document.conflicts(), Vec::new());
    assert_eq!(a.find(path).unwrap(), "2027-05-14");
}

#[test]
fn what_one_removes_while_the_other_edits_it_stays_and_is_listed() {
    let record = json!({"title": {"kk": "Қарсылық"}, "likelihood": 4});
    let (mut a, mut b) = pair(Kind::Risks, &[add("risks", "rk1", record)]);
    a.edit(&[Command::Remove { path: at("risks/rk1") }]).unwrap();
    assert_eq!(a.find("risks/rk1"), None);
    assert!(matches!(a.edit(&[set("risks/rk1/impact", json!(3))]), Err(CommandError::NotFound(_))));
    b.edit(&[set("risks/rk1/likelihood", json!(5))]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(a.find("risks/rk1/likelihood").unwrap(), 5);
    assert_eq!(a.find("risks/rk1/removed").unwrap(), true);
    let conflicts = a.document.conflicts();
    let [Conflict { kind: ConflictKind::RemovedAndEdited { removed, edited }, .. }] = conflicts
    else {
        panic!("{conflicts:?}");
    };
    assert_eq!(removed.actor, a.actor());
    assert_eq!(edited.iter().map(|stamp| stamp.actor).collect::<Vec<_>>(), [b.actor()]);
    a.edit(&[Command::Keep { path: at("risks/rk1") }]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(a.document.conflicts(), Vec::new());
    b.edit(&[Command::Remove { path: at("risks/rk1") }]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(a.find("risks/rk1"), None);
    assert_eq!(a.document.conflicts(), Vec::new());
}

#[test]
fn a_paragraph_that_one_removes_while_the_other_edits_it_comes_back() {
    let (mut a, mut b) = pair(Kind::Plan, &[text("plan/vision/kk", "Бірінші.\nЕкінші.")]);
    a.edit(&[text("plan/vision/kk", "Бірінші.")]).unwrap();
    assert_eq!(a.find("plan/vision/kk").unwrap(), "Бірінші.");
    b.edit(&[text("plan/vision/kk", "Бірінші.\nЕкінші әрі маңызды.")]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(a.find("plan/vision/kk").unwrap(), "Бірінші.\nЕкінші әрі маңызды.");
}

/// Things that are added one behind the other in one change stand there, whatever is moved or taken out between them.
#[test]
fn what_is_added_after_a_move_in_the_same_change_comes_last() {
    let mut device = Device::new(Kind::Risks, 1);
    let add = |id| add("risks", id, json!({}));
    let moved = |id: &str, after: Option<&str>| {
        let path = at("risks").child(id);
        Command::Move { path, after: after.map(str::to_owned) }
    };
    let commands = [
        add("a"),
        add("b"),
        moved("a", Some("b")),
        add("c"),
        moved("c", None),
        add("d"),
        Command::Remove { path: at("risks/d") },
        add("e"),
        add("f"),
        moved("b", Some("f")),
        add("g"),
    ];
    device.edit(&commands).unwrap();
    let order = |device: &Device| {
        let risks = device.document.view()["risks"].as_array().unwrap().clone();
        risks.iter().map(|risk| risk["id"].as_str().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(order(&device), "caefbg");
    device.edit(&[add("h"), add("i")]).unwrap();
    assert_eq!(order(&device), "caefbghi");
}

#[test]
fn concurrent_inserts_and_moves_keep_every_item_once_and_runs_together() {
    let items: Vec<Command> =
        ["a", "b", "c"].iter().map(|id| add("risks", id, json!({}))).collect();
    let (mut a, mut b) = pair(Kind::Risks, &items);
    let many = |letter: &str| -> Vec<Command> {
        (0..5).map(|n| add("risks", &format!("{letter}{n}"), json!({}))).collect()
    };
    a.edit(&many("x")).unwrap();
    b.edit(&many("y")).unwrap();
    a.edit(&[Command::Move { path: at("risks/c"), after: None }]).unwrap();
    b.edit(&[Command::Move { path: at("risks/c"), after: Some("a".into()) }]).unwrap();
    meet(&mut a, &mut b);
    let risks = a.find("risks").unwrap();
    let order: Vec<&str> =
        risks.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(order.len(), 13);
    let place = |id: &str| order.iter().position(|other| *other == id).unwrap();
    for letter in ["x", "y"] {
        for n in 0..4 {
            let (this, next) = (format!("{letter}{n}"), format!("{letter}{}", n + 1));
            assert_eq!(place(&this) + 1, place(&next), "{order:?}");
        }
    }
    assert_eq!(order.iter().filter(|id| **id == "c").count(), 1);
}

#[test]
fn undo_takes_ones_own_change_back_and_leaves_the_letters_of_others() {
    let (mut a, mut b) = pair(Kind::Plan, &[text("plan/vision/kk", "Мектеп мәдениеті.")]);
    let change = a.edit(&[text("plan/vision/kk", "Мектеп мәдениеті өзгереді.")]).unwrap().unwrap();
    meet(&mut a, &mut b);
    b.edit(&[text("plan/vision/kk", "Біздің мектеп мәдениеті өзгереді. Иә!")]).unwrap();
    meet(&mut a, &mut b);
    let commands = a.document.undo(&change).unwrap();
    a.edit(&commands).unwrap();
    assert_eq!(a.find("plan/vision/kk").unwrap(), "Біздің мектеп мәдениеті. Иә!");
}

#[test]
fn undo_of_a_value_that_somebody_else_set_since_changes_nothing() {
    let (mut a, mut b) = pair(Kind::Initiatives, &[add("initiatives", "in1", json!({}))]);
    let path = "initiatives/in1/due";
    let change = a.edit(&[set(path, json!("2027-01-01"))]).unwrap().unwrap();
    meet(&mut a, &mut b);
    b.edit(&[set(path, json!("2027-02-02"))]).unwrap();
    meet(&mut a, &mut b);
    assert_eq!(a.document.undo(&change).unwrap(), Vec::new());
}

#[test]
fn undo_brings_a_removed_item_back_and_takes_an_added_one_out() {
    let (mut a, _) = pair(Kind::Risks, &[add("risks", "rk1", json!({"likelihood": 2}))]);
    let added = a.edit(&[add("risks", "rk2", json!({}))]).unwrap().unwrap();
    let removed = a.edit(&[Command::Remove { path: at("risks/rk1") }]).unwrap().unwrap();
    let commands = a.document.undo(&removed).unwrap();
    a.edit(&commands).unwrap();
    assert_eq!(a.find("risks/rk1/likelihood").unwrap(), 2);
    let commands = a.document.undo(&added).unwrap();
    a.edit(&commands).unwrap();
    assert_eq!(a.find("risks/rk2"), None);
}

#[test]
fn a_past_state_can_be_seen_and_restored_as_a_new_change() {
    let (mut a, _) = pair(Kind::Risks, &[add("risks", "rk1", json!({"likelihood": 2}))]);
    let then = a.document.heads();
    let before = a.document.view();
    a.edit(&[set("risks/rk1/likelihood", json!(5)), add("risks", "rk2", json!({}))]).unwrap();
    a.edit(&[Command::Remove { path: at("risks/rk1") }]).unwrap();
    assert_eq!(a.document.view_at(&then).unwrap(), before);
    let commands = a.document.restore(&then).unwrap();
    a.edit(&commands).unwrap();
    assert_eq!(a.document.view(), before);
}

#[test]
fn history_says_who_changed_which_field() {
    let (mut a, mut b) = pair(Kind::Initiatives, &[add("initiatives", "in1", json!({}))]);
    a.edit(&[set("initiatives/in1/due", json!("2027-05-14"))]).unwrap();
    b.take(&a);
    b.edit(&[text("initiatives/in1/chain/pedagogy/text", "Нәтиже")]).unwrap();
    let history = b.document.history();
    let paths: Vec<String> =
        history.iter().map(|entry| entry.paths.iter().map(Path::to_string).collect()).collect();
    assert_eq!(
        paths,
        ["initiatives/in1", "initiatives/in1/due", "initiatives/in1/chain/pedagogy/text"]
    );
    assert_eq!(history[2].actor, b.actor());
    assert_eq!((history[1].seq, history[1].time), (2, Timestamp(2_000)));
}

#[test]
fn a_command_that_does_not_fit_changes_nothing_and_says_why() {
    let (mut a, _) = pair(Kind::Initiatives, &[add("initiatives", "in1", json!({}))]);
    let before = a.document.heads();
    let long = "ә".repeat(VALUE_CHARS_MAX + 1);
    for (command, expected) in [
        (set("initiatives/in1/due", json!("2027-02-30")), "\"2027-02-30\" does not fit"),
        (set("initiatives/in1/state", json!("maybe")), "\"maybe\" does not fit"),
        (set("initiatives/in1/hours", json!("ten")), "\"ten\" does not fit"),
        (set("initiatives/in1/hours", json!([1])), "[1] does not fit"),
        (set("initiatives/in1/nothing", json!(1)), "there is no field \"nothing\""),
        (set("initiatives/in9/due", json!(null)), "there is nothing at initiatives/in9/due"),
        (set("initiatives/in1/raci/dir", json!(long)), "has 1001"),
        (set("initiatives/in1/title", json!("x")), "cannot be changed in this way"),
        (add("initiatives", "in1", json!({})), "initiatives/in1 is there already"),
        (add("initiatives", "no/slash", json!({})), "cannot be an id"),
        (add("initiatives", "in2", json!({"x": 1})), "there is no field \"x\""),
        (text("initiatives/in1/title/de", "x"), "there is no field \"de\""),
    ] {
        let both = [set("initiatives/in1/start", json!("2026-09-01")), command];
        let error = a.edit(&both).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(a.document.heads(), before);
        assert_eq!(a.find("initiatives/in1/start"), None);
    }
    assert_eq!(a.edit(&[set("initiatives/in1/due", json!(null))]), Ok(None));
}

#[test]
fn keys_of_a_newer_version_stay_and_are_shown_as_unknown() {
    let (mut a, mut b) = pair(Kind::Risks, &[add("risks", "rk1", json!({}))]);
    let mut newer = a.document.automerge.fork().with_actor(AutomergeActor::from([9_u8; 16]));
    {
        use automerge::transaction::Transactable as _;
        let mut transaction = newer.transaction();
        transaction.put(automerge::ROOT, "horizon", 3).unwrap();
        transaction.put(automerge::ROOT, "risks", "not a map at all").unwrap();
        transaction.commit();
    }
    let changes = b.document.automerge.get_changes_added(&newer);
    b.document.apply_changes(changes).unwrap();
    assert_eq!(b.find("unknown").unwrap(), json!({"horizon": 3}));
    assert_eq!(b.document.damaged(), vec![at("risks")]);
    assert!(b.edit(&[add("risks", "rk2", json!({}))]).is_ok(), "a damaged list is made anew");
    meet(&mut a, &mut b);
}

#[derive(Debug, Clone)]
enum Step {
    Edit(usize, Command),
    Exchange(usize, usize),
}

fn any_command() -> impl Strategy<Value = Command> {
    let id = prop_oneof![Just("a"), Just("b"), Just("c"), Just("d")];
    let words = prop_oneof![
        Just(""),
        Just("Мектеп"),
        Just("Мектеп мәдениеті"),
        Just("Мәдениет\nӨзгеріс"),
        Just("Өзгеріс\nМектеп мәдениеті\nҮшінші"),
    ];
    let item = |id: &str, rest: &str| format!("risks/{id}{rest}");
    prop_oneof![
        id.clone().prop_map(|id| add("risks", id, json!({"likelihood": 1, "title": {"kk": id}}))),
        id.clone().prop_map(move |id| Command::Remove { path: at(&item(id, "")) }),
        id.clone().prop_map(move |id| Command::Keep { path: at(&item(id, "")) }),
        (id.clone(), proptest::option::of(id.clone())).prop_map(move |(id, after)| {
            Command::Move { path: at(&item(id, "")), after: after.map(str::to_owned) }
        }),
        (id.clone(), 1..6).prop_map(move |(id, n)| set(&item(id, "/likelihood"), json!(n))),
        (id.clone(), words.clone()).prop_map(move |(id, w)| text(&item(id, "/title/kk"), w)),
        (id, words).prop_map(move |(id, w)| text(&item(id, "/note"), w)),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_usize, any_command()).prop_map(|(n, command)| Step::Edit(n, command)),
        1 => (0..3_usize, 0..3_usize).prop_map(|(a, b)| Step::Exchange(a, b)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn three_devices_converge_and_any_state_can_be_brought_back(
        steps in proptest::collection::vec(any_step(), 1..40)
    ) {
        let mut devices: Vec<Device> = (1..4).map(|n| Device::new(Kind::Risks, n)).collect();
        let mut states = Vec::new();
        for step in steps {
            match step {
                Step::Edit(n, command) => {
                    // A command may not fit what this device has: then nothing happens.
                    let _ = devices[n].edit(&[command]);
                    states.push(devices[n].document.heads());
                }
                Step::Exchange(a, b) if a != b => {
                    let [a, b] = devices.get_disjoint_mut([a, b]).unwrap();
                    a.take(b);
                }
                Step::Exchange(..) => {}
            }
        }
        for (a, b) in [(0, 1), (1, 2), (0, 2), (0, 1), (1, 2)] {
            let [a, b] = devices.get_disjoint_mut([a, b]).unwrap();
            a.take(b);
            b.take(a);
        }
        let view = devices[0].document.view();
        prop_assert_eq!(&view, &devices[1].document.view());
        prop_assert_eq!(devices[0].document.heads(), devices[2].document.heads());
        prop_assert_eq!(devices[0].document.conflicts(), devices[1].document.conflicts());
        for heads in states.iter().take(3) {
            let then = devices[0].document.view_at(heads).unwrap();
            let commands = devices[0].document.restore(heads).unwrap();
            devices[0].edit(&commands).unwrap();
            prop_assert_eq!(without_marks(&devices[0].document.view()), without_marks(&then));
        }
    }
}

/// A restored state has nobody's removal in it to decide about.
fn without_marks(view: &Value) -> Value {
    let mut view = view.clone();
    for item in view.get_mut("risks").and_then(Value::as_array_mut).into_iter().flatten() {
        item.as_object_mut().unwrap().remove("removed");
    }
    view
}
