//! What plugins need of a node: packages that travel, one look at the workspace, batches of edits.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use jospar_core::document::{Command, Path};
use jospar_core::ids::DocumentId;
use jospar_core::plan::Kind;
use jospar_node::service::{Edit, FaultKind, PluginRequest};
use jospar_plugin_api::{Limits, sign};
use jospar_plugin_host::{Cancel, CompileError, Host, Options};
use jospar_plugins::{Choice, Library, Order, Origin, Run, Source};
use jospar_tests::programs::built;

use super::*;

fn plugin(node: &Node, request: PluginRequest) -> Value {
    ask(node, Request::Plugin(request))
}

fn not_done(node: &Node, request: PluginRequest) -> Fault {
    refused(node, Request::Plugin(request))
}

/// Bytes that nothing can make smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(b"a package").finalize_xof().fill(&mut bytes);
    bytes
}

fn publish(bytes: &[u8], version: &str) -> PluginRequest {
    PluginRequest::Publish {
        plugin: "kz.school.count".into(),
        version: version.into(),
        publisher: "ab".repeat(32),
        bytes: BASE64.encode(bytes),
    }
}

fn heads(node: &Node) -> BTreeMap<String, Vec<String>> {
    let snapshot = plugin(node, PluginRequest::Snapshot { rows: false, results: false });
    serde_json::from_value(snapshot["heads"].clone()).unwrap()
}

fn set_edit(path: &str, value: Value) -> Edit {
    Edit::Set { path: path.into(), value }
}

fn batch(edits: Vec<Edit>, base: BTreeMap<String, Vec<String>>) -> PluginRequest {
    let note = Some("swot 0.1.0".into());
    PluginRequest::Batch { edits, base, agreed: BTreeMap::new(), note }
}

#[test]
fn t25_a_package_travels_whole_and_one_that_was_changed_is_not_given_out() {
    let (_server, _director_place, director, _teacher_place, teacher) = school();
    let bytes = noise(700_001);
    let published = plugin(&director, publish(&bytes, "1.0.0"));
    assert_eq!(published["new"], true);
    let hash = blake3::hash(&bytes).to_hex().to_string();
    assert_eq!(published["hash"], hash.as_str());
    until_equal(&director, &teacher);
    until("the whole package is there", || {
        plugin(&teacher, PluginRequest::Packages)["packages"][0]["state"] == "sound"
    });
    let listed = plugin(&teacher, PluginRequest::Packages)["packages"][0].clone();
    assert_eq!((&listed["who"], &listed["own"]), (&json!("Гүлнар"), &json!(false)));
    let package = plugin(&teacher, PluginRequest::Package { hash: hash.clone() });
    assert_eq!(BASE64.decode(package["bytes"].as_str().unwrap().as_bytes()).unwrap(), bytes);
    let entry = show(&teacher, "plugins/kz.school.count");
    assert_eq!((&entry["version"], &entry["hash"]), (&json!("1.0.0"), &json!(hash)));
    assert_eq!(plugin(&teacher, publish(&bytes, "1.0.0"))["new"], false);
    let plan = ask(&teacher, Request::Export)["plan"].clone();
    assert!(plan.get("plugins").is_none() && plan.get("plugin_packages").is_none());
    // A colleague's device writes other bytes in place of a piece.
    let document: DocumentId = listed["document"].as_str().unwrap().parse().unwrap();
    let path = ["chunks", "c000", "bytes"].map(str::to_owned).to_vec();
    let change = Command::Set { path: Path::from(path), value: json!("AAAA") };
    let changed = teacher.handle().clone();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime
        .block_on(changed.look(None, move |turn| {
            let moment = turn.moment;
            Ok(turn.replica.apply(turn.storage, &moment, document, &[change]).unwrap())
        }))
        .unwrap();
    let gone = |node: &Node| {
        let asked = Request::Plugin(PluginRequest::Package { hash: hash.clone() });
        node.service().answer_blocking(&asked).err().map(|fault| (fault.kind, fault.key))
    };
    let expected = Some((FaultKind::Damaged, "error-package-damaged".to_owned()));
    until("the director's device sees the damage", || gone(&director) == expected);
    let unknown = not_done(&director, PluginRequest::Package { hash: "0".repeat(64) });
    assert_eq!(
        (unknown.kind, unknown.key.as_str()),
        (FaultKind::NotFound, "error-package-unknown")
    );
    // Published again it is sound again.
    assert_eq!(plugin(&director, publish(&bytes, "1.0.0"))["new"], true);
    assert_eq!(gone(&director), None);
    let large = vec![0; 4 * 1024 * 1024 + 1];
    let fault = not_done(&director, publish(&large, "2.0.0"));
    assert_eq!(fault.key, "error-package-too-large");
    assert_eq!(Kind::PluginPackage.section(), Some("plugin_packages"));
}

#[test]
fn t25_who_may_not_write_plugins_publishes_nothing() {
    let stick = Place::new();
    let place = Place::new();
    let director = place.offline();
    ask(&director, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    let (_guest_place, guest) = files::let_in(&director, &stick, 1);
    let device = ask(&guest, Request::Status)["device"]["id"].as_str().unwrap().to_owned();
    let kinds = vec!["plugins".into(), "plugin_package".into(), "risks".into()];
    let assign = jospar_node::service::TrustRequest::Assign {
        device,
        role: "contributor".into(),
        kinds,
        until: None,
    };
    ask(&director, Request::Trust(assign));
    ask(&director, Request::Bundle { path: stick.file("roles") });
    ask(&guest, Request::TakeBundle { path: stick.file("roles") });
    let fault = not_done(&guest, publish(b"\0asm", "1.0.0"));
    assert_eq!(fault.kind, FaultKind::NotAllowed);
    assert_eq!(plugin(&guest, PluginRequest::Packages)["packages"], json!([]));
    let (path, record) = ("risks".into(), json!({"likelihood": 1}));
    ask(&guest, Request::Add { path, id: Some("rk1".into()), record, after: None });
}

#[test]
fn what_is_accepted_is_done_as_a_whole_and_the_history_names_the_plugin() {
    let place = Place::new();
    let node = place.offline();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&node, Request::Import { json: EXAMPLE.into() });
    let base = heads(&node);
    let before = digest(&node);
    let good =
        || vec![set_edit("risks/rk1/likelihood", json!(1)), set_edit("kpis/k1/target", json!(0.9))];
    let mut bad = good();
    bad.push(set_edit("kpis/k1/nothing", json!(1)));
    let fault = not_done(&node, batch(bad.clone(), base.clone()));
    assert_eq!(fault.key, "error-field-unknown");
    assert_eq!(digest(&node), before, "nothing of it was done");
    let shown = plugin(&node, PluginRequest::Preview { edits: bad, base: base.clone() });
    assert_eq!(shown["fault"]["key"], "error-field-unknown");
    let mut edits = good();
    edits.push(Edit::Add {
        path: "risks".into(),
        id: Some("rk-p".into()),
        record: json!({"title": {"kk": "Жаңа"}, "likelihood": 2}),
        after: Some("rk1".into()),
    });
    edits.push(Edit::Add {
        path: "survey_rows".into(),
        id: Some("sr-p".into()),
        record: json!({"survey": "s1", "rows": [{"id": "a", "answers": {"q1": 4}}]}),
        after: None,
    });
    let then = show(&node, "risks/rk1/likelihood");
    let preview =
        plugin(&node, PluginRequest::Preview { edits: edits.clone(), base: base.clone() });
    assert_eq!(preview["fault"], Value::Null, "{preview}");
    assert_eq!(preview["edits"][0]["then"], then);
    assert_eq!(preview["edits"][0]["after"], 1);
    assert_eq!(digest(&node), before, "looking changes nothing");
    let done = plugin(&node, batch(edits, base));
    assert_eq!(done["changes"].as_array().unwrap().len(), 3, "{done}");
    assert_eq!(show(&node, "risks/rk-p/likelihood"), 2);
    assert_eq!(show(&node, "survey_rows/sr-p/rows")[0]["answers"]["q1"], 4);
    let history = ask(&node, Request::History { path: "risks".into(), limit: 1 });
    assert_eq!(history["entries"][0]["note"], "swot 0.1.0");
    let rows = plugin(&node, PluginRequest::Snapshot { rows: true, results: true });
    assert_eq!(rows["rows"][0]["survey"], "s1");
    let less = plugin(&node, PluginRequest::Snapshot { rows: false, results: false });
    assert_eq!(less["rows"], json!([]), "personal data comes only if it is asked for");
    node.stop();
    let node = place.offline();
    assert_eq!(ask(&node, Request::Doctor)["problems"], json!([]));
    assert_eq!(show(&node, "risks/rk1/likelihood"), 1);
    // A batch is one step, over all its documents; the import before it is another.
    let undone = ask(&node, Request::Undo { count: 1 });
    assert_eq!(undone["undone"].as_array().unwrap().len(), 3, "{undone}");
    assert_eq!(show(&node, "risks/rk1/likelihood"), then);
    assert_eq!(show(&node, "risks/rk-p"), Value::Null);
    assert_eq!(show(&node, "survey_rows"), json!([]));
}

#[test]
fn what_changed_since_the_run_is_overwritten_only_by_a_yes_and_texts_merge() {
    let place = Place::new();
    let node = place.offline();
    ask(&node, Request::Init { school: "Мектеп".into(), name: "Гүлнар".into() });
    ask(&node, Request::Import { json: EXAMPLE.into() });
    let base = heads(&node);
    let text = "initiatives/in1/chain/strategy/text";
    let before = show(&node, text).as_str().unwrap().to_owned();
    set(&node, "kpis/k1/target", json!(0.77));
    edit_text(&node, text, &format!("{before} Соңы."));
    let edits = vec![
        set_edit("kpis/k1/target", json!(0.9)),
        Edit::Write { path: text.into(), text: format!("Басы. {before}") },
    ];
    let preview =
        plugin(&node, PluginRequest::Preview { edits: edits.clone(), base: base.clone() });
    assert_eq!(preview["edits"][0]["changed"], true);
    assert_eq!(preview["edits"][0]["now"], 0.77);
    assert_eq!(preview["edits"][1]["changed"], false);
    let fault = not_done(&node, batch(edits.clone(), base.clone()));
    assert_eq!(
        (fault.key.as_str(), &fault.values["path"]),
        ("error-changed-meanwhile", &json!("kpis/k1/target"))
    );
    let accept = |value: Value| PluginRequest::Batch {
        edits: edits.clone(),
        base: base.clone(),
        agreed: BTreeMap::from([("kpis/k1/target".to_owned(), value)]),
        note: None,
    };
    assert_eq!(not_done(&node, accept(json!(0.5))).key, "error-changed-meanwhile");
    plugin(&node, accept(json!(0.77)));
    assert_eq!(show(&node, "kpis/k1/target"), 0.9);
    assert_eq!(show(&node, text), format!("Басы. {before} Соңы."));
}

fn library(place: &Place) -> Library {
    Library::open(&place.path("data")).unwrap()
}

fn run(library: &mut Library, node: &Node, id: &str) -> Result<Run, Fault> {
    let order = Order {
        task: None,
        files: Vec::new(),
        again: true,
        progress: &mut |_, _| {},
        model: None,
        cancel: Cancel::default(),
    };
    library.run(&mut node.service().clone(), &Source::Installed(id), order)
}

/// Counts the initiatives and shows the limit that the school set.
const SCRIPT: &str = r#"# /// jospar
# {"id": "kz.school.count", "version": "1.0.0", "api": "0.1", "runner": "py-1", "author": "8A",
#  "name": {"kk": "Санақ", "ru": "Счёт", "en": "Count"},
#  "summary": {"kk": "Бастамаларды санайды.", "ru": "Считает инициативы.", "en": "Counts initiatives."},
#  "needs": ["read:initiatives"],
#  "tasks": [{"id": "count", "title": {"kk": "Санау", "ru": "Счёт", "en": "Count"}, "where": "initiatives"}],
#  "settings": [{"key": "limit", "type": "number", "title": {"kk": "Шек", "ru": "Порог", "en": "Limit"},
#                "default": 3, "min": 1, "max": 9}]}
# ///
@task
def count():
    found = plan.part("initiatives")
    return Report("Санақ").number("Бастамалар", len(found)).number("Шек", host.setting("limit"))
"#;

/// A plugin on the director's device, published, taken and granted by the teacher for herself; and a proposal that the
/// director accepts.
#[test]
fn a_published_plugin_gives_the_same_on_every_device_and_each_person_grants_for_herself() {
    let (_server, director_place, director, teacher_place, teacher) = school();
    let (mut first, mut second) = (library(&director_place), library(&teacher_place));
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let package = sign(SCRIPT.as_bytes(), &key, &Limits::default()).unwrap();
    let prepared = first.prepare(package, Origin::File, false).unwrap();
    let grants = prepared.asks().clone();
    first.install(prepared, &Choice { grants, ..Choice::default() }).unwrap();
    let id = "kz.school.count";
    let installed = first.find(id).unwrap();
    let (mut a, mut b) = (director.service().clone(), teacher.service().clone());
    first.publish(&mut a, &installed.package, false).unwrap();
    let set = first.set(&mut a, id, ("limit", Some("7"))).unwrap();
    assert_eq!(set["settings"][0]["value"], 7);
    assert_eq!(
        first.set(&mut a, id, ("limit", Some("10"))).unwrap_err().key,
        "plugin-setting-range"
    );
    until_equal(&director, &teacher);
    until("the package is whole", || {
        second.offered(&mut b).unwrap()["packages"][0]["state"] == "sound"
    });
    assert_eq!(second.find(id).unwrap_err().kind, FaultKind::NotFound, "nothing installs itself");
    let prepared = second.prepare_offered(&mut b, id, false).unwrap();
    assert_eq!(prepared.asks().len(), 1, "grants do not travel");
    second.install(prepared, &Choice::default()).unwrap();
    let fault = run(&mut second, &teacher, id).unwrap_err();
    assert_eq!(fault.values["denied"], "read:initiatives");
    second.decide(id, &["read:initiatives".into()], true).unwrap();
    let told = [run(&mut first, &director, id), run(&mut second, &teacher, id)];
    let told = told.map(|run| run.unwrap().outcome.to_json());
    assert_eq!(told[0], told[1]);
    assert!(told[0].contains("7.0"), "the school's setting: {}", told[0]);
    let swot = run(&mut first, &director, "swot").unwrap();
    assert_eq!(
        swot.outcome.to_json(),
        run(&mut second, &teacher, "swot").unwrap().outcome.to_json()
    );
    let before = show(&teacher, "swot/items/s1/weight");
    let preview = first.preview(&mut a, &swot, 1).unwrap();
    let change = &preview["edits"][0];
    assert_eq!((&change["path"], &change["now"]), (&json!("swot/items/s1/weight"), &before));
    let after = change["after"].clone();
    assert_ne!(after, before);
    assert_eq!(show(&director, "swot/items/s1/weight"), before, "nothing is written by a run");
    first.accept(&mut a, ("swot", None), 1, BTreeMap::new()).unwrap();
    until("the teacher sees it", || show(&teacher, "swot/items/s1/weight") == after);
    until_equal(&director, &teacher);
    let history = ask(&teacher, Request::History { path: "swot".into(), limit: 1 });
    assert_eq!(history["entries"][0]["note"], "swot 0.1.0");
    assert_eq!(history["entries"][0]["who"], "Гүлнар");
}

/// The program itself compiles in a process of its own, which is ended when it takes too long or too much memory.
#[test]
fn t18_a_plugin_is_compiled_in_a_process_that_is_ended_when_it_takes_too_much() {
    let place = Place::new();
    let package = library(&place).find("swot").unwrap().package;
    let host = |limits: Limits, folder: &str| {
        let compiler = Some(built("jospar"));
        let options = Options { compiler, ..Options::default() };
        Host::with_options(limits, &place.path(folder), options).unwrap()
    };
    let slow = Limits { compile_ms_max: 0, ..Limits::default() };
    let late = host(slow, "late").compile(&package).unwrap_err();
    assert!(matches!(late, CompileError::TooLong { ms: 0 }), "{late:?}");
    let small = Limits { compile_memory_bytes_max: 48 << 20, ..Limits::default() };
    let starved = host(small, "starved").compile(&package).unwrap_err();
    assert!(matches!(starved, CompileError::Failed(_)), "{starved:?}");
    let plugin = host(Limits::default(), "whole").compile(&package).unwrap();
    assert_eq!(plugin.manifest().id.as_str(), "swot");
    // The process makes the code that this program would have made.
    let here = place.path("here");
    Host::new(Limits::default(), &here).unwrap().compile(&package).unwrap();
    let only = |folder: &std::path::Path| {
        let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
        (file.file_name(), std::fs::read(file.path()).unwrap())
    };
    assert!(only(&here) == only(&place.path("whole")));
}
