//! Files that people bring: plans as JSON, and workspace files on a stick.

use jospar_core::log::Record;
use jospar_core::protocol::{BundleWriter, Frame, read_bundle};
use jospar_core::storage::Storage as _;
use jospar_node::store::{Options, Store};
use jospar_tests::programs::{Device, ProgramError};

use super::*;

/// What an import of some thousand things may take, in debug, beside other tests. When each thing read all those before
/// it, two thousand took half a minute, and four thousand three.
const IMPORT_MAX: Duration = Duration::from_secs(20);

#[test]
fn t30_an_import_that_fails_half_way_leaves_nothing_behind() {
    let place = Place::new();
    let node = place.offline();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&node, Request::Import { json: EXAMPLE.into() });
    let (before, plan) = (digest(&node), ask(&node, Request::Export));
    let decision = json!([{"id": "d9", "text": "ә".repeat(40_000)}]);
    let part = json!({"schema": "jospar.plan/1", "risks": [{"id": "rk1", "likelihood": 1}],
                      "meetings": [{"id": "m1", "decisions": decision}]});
    let fault = refused(&node, Request::Import { json: part.to_string() });
    assert_eq!(fault.key, "error-text-too-long");
    assert_eq!((digest(&node), ask(&node, Request::Export)), (before, plan));
    set(&node, "risks/rk1/likelihood", json!(2));
    assert_eq!(show(&node, "risks/rk1/likelihood"), 2);
    node.stop();
    let node = place.offline();
    assert_eq!(show(&node, "risks/rk1/likelihood"), 2);
    assert_eq!(ask(&node, Request::Doctor)["problems"], json!([]));
}

/// A file of some kilobytes keeps nobody waiting for long, whatever its things are, also when they are there already.
#[test]
fn t30_a_list_of_thousands_takes_as_long_as_it_is_long() {
    let many =
        |count: usize, item: &dyn Fn(usize) -> Value| (0..count).map(item).collect::<Value>();
    let lines = "a\n".repeat(2_000);
    let parts = [
        ("risks", many(2_500, &|_| json!({}))),
        ("documents", many(500, &|n| json!({"id": format!("d{n}")}))),
        ("benefits", many(2_500, &|n| json!(format!("b{n}")))),
        ("initiatives", json!([{"id": "i", "chain": {"strategy": {"text": lines}}}])),
    ];
    for (part, content) in parts {
        let place = Place::new();
        let node = place.offline();
        ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
        let json = json!({"schema": "jospar.plan/1", part: content}).to_string();
        for _ in 0..2 {
            let begun = Instant::now();
            ask(&node, Request::Import { json: json.clone() });
            assert!(begun.elapsed() < IMPORT_MAX, "{part}: {:?}", begun.elapsed());
        }
        assert_eq!(ask(&node, Request::Doctor)["problems"], json!([]));
    }
    let place = Place::new();
    let node = place.offline();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    let zeros = json!({"schema": "jospar.plan/1", "x": many(5_001, &|_| json!(0))});
    let fault = refused(&node, Request::Import { json: zeros.to_string() });
    assert_eq!(fault.key, "error-plan-too-much");
}

/// A device's log as a file whose frames stand in whatever order, and files that are older and newer, all end alike.
#[test]
fn t39_files_and_their_frames_in_any_order_give_the_same() {
    let (place, stick) = (Place::new(), Place::new());
    let director = place.offline();
    ask(&director, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&director, Request::Import { json: EXAMPLE.into() });
    let teachers = [0, 1, 2, 3].map(|number| let_in(&director, &stick, number));
    let mut files = Vec::new();
    for round in 0..3 {
        for (part, edit) in [("kpis/k1/target", 0.1), ("kpis/k2/target", 0.2)] {
            set(&director, part, json!(edit + f64::from(round)));
        }
        set(&director, "risks/rk1/likelihood", json!(round + 1));
        ask(&director, Request::Bundle { path: stick.file(&format!("file-{round}")) });
        files.push(stick.file(&format!("file-{round}")));
    }
    let expected = (digest(&director), ask(&director, Request::Export));
    let newest = read_bundle(&std::fs::read(&files[2]).unwrap()).unwrap();
    director.stop();
    let mut frames: Vec<Frame> =
        newest.into_iter().filter(|frame| !matches!(frame, Frame::Records { .. })).collect();
    assert_eq!(frames.len(), 2, "hello and policy");
    frames
        .extend(records(&place).into_iter().map(|records| Frame::Records { position: 0, records }));
    assert!(frames.len() > 20, "{}", frames.len());
    let write = |frames: &[Frame], name: &str| {
        let (mut writer, mut bytes) = BundleWriter::start();
        for frame in frames {
            bytes.extend(writer.frame(frame));
        }
        bytes.extend(writer.finish());
        std::fs::write(stick.path(name), bytes).unwrap();
        stick.file(name)
    };
    frames.reverse();
    let backwards = write(&frames, "backwards");
    let third = frames.len() / 3;
    frames.rotate_left(third);
    let (first, second) = frames.split_at(third);
    let (first, second) = (write(first, "first"), write(second, "second"));
    let orders: [Vec<&String>; 4] = [
        vec![&files[2], &files[0], &files[1]],
        vec![&backwards],
        vec![&second, &files[0], &first],
        vec![&first, &first, &second, &files[1], &second],
    ];
    for ((_, teacher), order) in teachers.iter().zip(&orders) {
        for path in order {
            ask(teacher, Request::TakeBundle { path: (*path).clone() });
        }
        let found = (digest(teacher), ask(teacher, Request::Export));
        assert_eq!(found, expected, "{order:?}");
        assert_eq!(ask(teacher, Request::Doctor)["problems"], json!([]));
    }
}

/// A teacher's device that was let in by files, and of which the director's knows.
pub(super) fn let_in(director: &Node, stick: &Place, number: usize) -> (Place, Node) {
    let place = Place::new();
    let node = place.offline();
    let (request, plan, back) = (stick.file("request"), stick.file("plan"), stick.file("back"));
    let name = format!("Мұғалім {number}");
    ask(&node, Request::JoinFile { path: request.clone(), name });
    let asked = ask(director, Request::TakeBundle { path: request });
    let device = asked["request"]["device"].as_str().unwrap().to_owned();
    let role = Some("teacher".into());
    ask(director, Request::Confirm { device, role, kinds: Vec::new() });
    ask(director, Request::Bundle { path: plan.clone() });
    ask(&node, Request::TakeBundle { path: plan });
    // What the new device says of itself goes back, so that all have the same in the end.
    ask(&node, Request::Bundle { path: back.clone() });
    ask(director, Request::TakeBundle { path: back });
    (place, node)
}

/// Every record of a stopped device's log, one by one as it was written.
fn records(place: &Place) -> Vec<Vec<u8>> {
    let mut store = Store::open(&place.path("data"), &Options::default()).unwrap();
    let id = store.workspaces().unwrap()[0];
    let transaction = store.begin().unwrap();
    let stored = transaction.workspace(id).unwrap().records_after(0, usize::MAX).unwrap();
    stored.iter().map(|stored| Record::encode(&stored.record)).collect()
}

#[test]
fn two_moments_of_a_plan_are_compared_by_word() {
    let place = Place::new();
    let node = place.offline();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&node, Request::Import { json: EXAMPLE.into() });
    let written = |node: &Node| {
        let history = ask(node, Request::History { path: String::new(), limit: 1 });
        history["entries"][0]["time_ms"].as_i64().unwrap()
    };
    let then = written(&node);
    std::thread::sleep(Duration::from_millis(5));
    set(&node, "risks/rk1/likelihood", json!(1));
    ask(&node, Request::Remove { path: "risks/rk2".into(), value: None });
    let text = |path: &str, text: &str| {
        ask(&node, Request::EditText { path: path.into(), base: vec![], text: text.into() })
    };
    text("plan/vision/en", "One two three");
    let middle = written(&node);
    std::thread::sleep(Duration::from_millis(5));
    text("plan/vision/en", "One four three");
    let (path, id) = ("design_thinking".to_owned(), Some("new".to_owned()));
    ask(&node, Request::Add { path, id, record: json!({}), after: None });
    let compare = |path: &str, from: i64, to: Option<i64>| {
        ask(&node, Request::Compare { path: path.into(), from_ms: from, to_ms: to })
    };
    let all = compare("", then, None);
    let told: Vec<String> = all["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["what"].as_str().unwrap(), one["path"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            "changed plan/vision/en",
            "added design_thinking/new",
            "removed risks/rk2",
            "changed risks/rk1/likelihood",
        ]
    );
    assert_eq!(all["differences"][2]["before"]["id"], "rk2");
    let later = compare("plan", middle, None);
    let words =
        json!([["kept", "One "], ["deleted", "two"], ["inserted", "four"], ["kept", " three"]]);
    assert_eq!(later["differences"][0]["words"], words);
    assert_eq!(compare("risks", middle, None)["differences"], json!([]));
    assert_eq!(compare("", then, Some(then))["differences"], json!([]));
    let wrong = Request::Compare { path: String::new(), from_ms: 2, to_ms: Some(1) };
    assert_eq!(refused(&node, wrong).key, "error-dates-backwards");
}

/// What was typed without a pause is one step; other changes, other texts and what came after a pause are steps of their own.
#[test]
fn an_undo_takes_back_what_was_typed_without_a_pause() {
    let node = Place::new().offline();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&node, Request::Import { json: EXAMPLE.into() });
    let (strategy, technology) =
        ("initiatives/in1/chain/strategy/text", "initiatives/in1/chain/technology/text");
    let before = show(&node, strategy);
    let other = show(&node, technology);
    let typed =
        |path: &str, texts: &[&str]| texts.iter().for_each(|text| edit_text(&node, path, text));
    let undone = || {
        let answer = ask(&node, Request::Undo { count: 1 });
        answer["undone"].as_array().unwrap().len()
    };
    typed(strategy, &["С", "Сә", "Сәлем"]);
    std::thread::sleep(Duration::from_millis(1_700));
    typed(strategy, &["Сәлем,", "Сәлем, мектеп"]);
    typed(technology, &["Ж", "Жаңа"]);
    set(&node, "initiatives/in1/due", json!("2027-05-28"));
    assert_eq!(undone(), 1, "the day");
    assert_eq!((undone(), show(&node, technology)), (2, other));
    assert_eq!((undone(), show(&node, strategy)), (2, json!("Сәлем")));
    assert_eq!((undone(), show(&node, strategy)), (3, before));
    node.stop();
}

/// What one school exports as a table another takes into its list: looked at, added once, all or nothing.
#[test]
fn a_table_that_was_exported_is_taken_in_by_the_program_once() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (Device::new(folder.path(), "old"), Device::new(folder.path(), "new"));
    let run = |device: &Device, arguments: &[&str]| device.run(arguments).unwrap();
    for device in [&old, &new] {
        run(device, &["init", "--school", "Мектеп", "--name", "Гүлнар"]);
    }
    let plan = folder.path().join("plan.json");
    std::fs::write(&plan, EXAMPLE).unwrap();
    run(&old, &["import", plan.to_str().unwrap()]);
    for ending in ["csv", "xlsx"] {
        let file = folder.path().join(format!("risks.{ending}"));
        let file = file.to_str().unwrap();
        run(&old, &["export", file, "--part", "risks"]);
        let looked = run(&new, &["import", file, "--list", "risks", "--preview"]);
        let (count, there) = (looked["new"].as_array().unwrap().len(), &looked["there"]);
        assert_eq!(count as u64 + there.as_u64().unwrap(), 4, "{looked}");
        assert_eq!(looked["refused"], json!([]), "{looked}");
        let taken = run(&new, &["import", file, "--list", "risks"]);
        // The second file holds the same, and none of it is added again.
        assert_eq!((count == 4, &taken["saved"]), (ending == "csv", &json!(ending == "csv")));
    }
    let risks = run(&new, &["show", "risks"]);
    let risks = risks["value"].as_array().unwrap();
    let mut impacts: Vec<u64> = risks.iter().map(|risk| risk["impact"].as_u64().unwrap()).collect();
    impacts.sort_unstable();
    assert_eq!((risks.len(), impacts), (4, vec![3, 3, 3, 4]));
    let history = run(&new, &["history", "risks", "--limit", "1"]).to_string();
    assert!(history.contains("risks.csv"), "{history}");
    let lost = new.run(&["import", plan.to_str().unwrap(), "--list", "plan"]);
    assert!(matches!(lost, Err(ProgramError::Failed { code: Some(3), .. })), "{lost:?}");
}
