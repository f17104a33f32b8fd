//! The library with the real host, real packages and a workspace that answers as a node does.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use ed25519_dalek::SigningKey;
use jospar_node::service::{Fault, FaultKind, PluginRequest, Request};
use jospar_plugin_api::{Capability, Limits, Package, sign};
use jospar_plugin_host::Cancel;
use jospar_plugins::{Agreement, Choice, Library, Order, Origin, Run, Source, Workspace, author};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A node that knows one plan, and remembers what it was asked.
struct Fake {
    plan: Value,
    asked: Vec<Request>,
    packages: Value,
    package: Value,
}

impl Fake {
    fn new(plan: Value) -> Self {
        Self { plan, asked: Vec::new(), packages: json!([]), package: Value::Null }
    }

    fn batches(&self) -> usize {
        let is_batch =
            |asked: &&Request| matches!(asked, Request::Plugin(PluginRequest::Batch { .. }));
        self.asked.iter().filter(is_batch).count()
    }
}

impl Workspace for Fake {
    fn call(&mut self, request: &Request) -> Result<Value, Fault> {
        self.asked.push(request.clone());
        Ok(match request {
            Request::Plugin(PluginRequest::Snapshot { rows, .. }) => {
                let row = json!({"id": "r1", "group": "a", "answers": {"q": 1}, "comment": CANARY});
                let rows = if *rows { json!([{"survey": "s1", "rows": [row]}]) } else { json!([]) };
                json!({"heads": {"03aa": ["11".repeat(32)]}, "plan": self.plan, "plugins": null,
                       "today": "2026-11-30", "now_ms": 1_796_000_000_000_i64, "rows": rows,
                       "results": [], "sealed": 0})
            }
            Request::Plugin(PluginRequest::People) => json!({"person": null, "people": []}),
            Request::Plugin(PluginRequest::Packages) => json!({"packages": self.packages}),
            Request::Plugin(PluginRequest::Package { .. }) => self.package.clone(),
            Request::Plugin(PluginRequest::Batch { .. }) => json!({"changes": [], "saved": true}),
            Request::Show { .. } => json!({"value": null}),
            other => panic!("{other:?}"),
        })
    }
}

const CANARY: &str = "canary-7f3a of one person";

struct Device {
    folder: TempDir,
    library: Library,
}

impl Device {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        Self { folder, library }
    }

    fn again(self) -> Self {
        let library = Library::open(self.folder.path()).unwrap();
        Self { folder: self.folder, library }
    }

    fn prepare(&self, bytes: &[u8]) -> Result<jospar_plugins::Prepared, Fault> {
        self.library.prepare(bytes.to_vec(), Origin::File, false)
    }

    /// Installs with all that it asks for.
    fn install(&mut self, bytes: &[u8]) -> Result<Value, Fault> {
        let prepared = self.prepare(bytes)?;
        let grants = prepared.asks().clone();
        self.library.install(prepared, &Choice { grants, ..Choice::default() })
    }

    fn run(&mut self, fake: &mut Fake, id: &str, task: &str) -> Result<Run, Fault> {
        let order = Order {
            task: Some(task),
            files: Vec::new(),
            again: false,
            progress: &mut |_, _| {},
            model: None,
            cancel: Cancel::default(),
        };
        self.library.run(fake, &Source::Installed(id), order)
    }
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

fn name(text: &str) -> Value {
    json!({"kk": text, "ru": text, "en": text})
}

/// A script in JavaScript with its manifest.
fn script(id: &str, version: &str, needs: &[&str], body: &str) -> Vec<u8> {
    let task = |id: &str| json!({"id": id, "title": name(id), "where": "plan"});
    let manifest = json!({
        "id": id, "version": version, "api": "0.1", "name": name(id), "summary": name("x"),
        "author": "8A", "runner": "js-1", "needs": needs,
        "tasks": [task("one"), task("two")],
        "settings": [{"key": "limit", "type": "number", "title": name("x"), "default": 3, "min": 1, "max": 9}],
    });
    format!("// /// jospar\n// {manifest}\n// ///\n{body}\n").into_bytes()
}

fn signed(bytes: &[u8], number: u8) -> Vec<u8> {
    sign(bytes, &key(number), &Limits::default()).unwrap()
}

/// Counts the swot items, and proposes to change one.
const COUNT: &str = "
task('one', () => {
  const swot = plan.part('swot');
  return new Report('n').paragraph('items ' + swot.items.length)
    .number('limit', Number(host.setting('limit')));
});
task('two', () => { throw new Error('broken ' + plan.heads().length); });
";

fn plan() -> Value {
    json!({"swot": {"items": [{"id": "s1"}, {"id": "s2"}]}, "surveys": [{"id": "s1", "items": []}]})
}

#[test]
fn t25_another_publisher_an_older_version_and_no_signature_are_refused() {
    let mut device = Device::new();
    let one = script("kz.a", "1.1.0", &["read:swot"], COUNT);
    let fault = device.install(&one).unwrap_err();
    assert_eq!((fault.key.as_str(), fault.kind), ("plugin-unsigned", FaultKind::NotAllowed));
    device.install(&signed(&one, 1)).unwrap();
    let fault = device.install(&signed(&one, 2)).unwrap_err();
    assert_eq!((fault.key.as_str(), fault.kind), ("plugin-other-publisher", FaultKind::NotAllowed));
    let fault = device.prepare(&one).unwrap_err();
    assert_eq!(fault.key, "plugin-no-longer-signed");
    let old = signed(&script("kz.a", "1.0.9", &["read:swot"], COUNT), 1);
    let fault = device.install(&old).unwrap_err();
    assert_eq!((fault.key.as_str(), fault.kind), ("plugin-older", FaultKind::NotAllowed));
    assert_eq!(
        device.library.find("kz.a").unwrap().package.manifest().version.to_string(),
        "1.1.0"
    );
    let prepared = device.library.prepare(old, Origin::File, true).unwrap();
    device.library.install(prepared, &Choice { downgrade: true, ..Choice::default() }).unwrap();
    // The pin goes with the plugin alone.
    let mut device = device.again();
    assert_eq!(device.install(&signed(&one, 2)).unwrap_err().key, "plugin-other-publisher");
    device.library.remove("kz.a").unwrap();
    device.install(&signed(&one, 2)).unwrap();
    let swot = script("swot", "9.0.0", &[], COUNT);
    assert_eq!(device.install(&signed(&swot, 1)).unwrap_err().key, "plugin-id-bundled");
}

#[test]
fn t25_every_changed_byte_of_a_signed_package_is_noticed() {
    let device = Device::new();
    let good = signed(&script("kz.a", "1.0.0", &[], "task('one', () => null);"), 1);
    device.prepare(&good).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let taken = device.prepare(&bad);
        // What is no longer a signature is no signed package: it is not installed either.
        let signed = taken.is_ok_and(|prepared| !prepared.to_json()["publisher"].is_null());
        assert!(!signed, "byte {at}");
    }
}

#[test]
fn t25_an_update_that_asks_for_more_asks_again_and_what_was_denied_stays_denied() {
    let mut device = Device::new();
    let first = signed(&script("kz.a", "1.0.0", &["read:swot", "read:risks"], COUNT), 1);
    let prepared = device.prepare(&first).unwrap();
    let only: BTreeSet<Capability> = ["read:swot".parse().unwrap()].into();
    let choice = Choice { grants: only.clone(), ..Choice::default() };
    device.library.install(prepared, &choice).unwrap();
    let granted =
        |device: &Device| device.library.grants(&device.library.find("kz.a").unwrap()).unwrap();
    assert_eq!(granted(&device), only);
    let more = ["read:swot", "read:risks", "survey:rows", "llm"];
    let second = signed(&script("kz.a", "1.1.0", &more, COUNT), 1);
    let prepared = device.prepare(&second).unwrap();
    let asks: Vec<String> = prepared.asks().iter().map(ToString::to_string).collect();
    assert_eq!(asks, ["survey:rows", "llm"], "what was decided is not asked again");
    assert_eq!(prepared.to_json()["pair"], json!(["survey:rows"]));
    device.library.install(prepared, &Choice::default()).unwrap();
    assert_eq!(granted(&device), only, "nothing new without a yes");
    device.library.decide("kz.a", &["read:swot".into()], false).unwrap();
    assert!(granted(&device.again()).is_empty());
}

#[test]
fn t24_packages_and_libraries_lead_to_no_other_file() {
    let mut device = Device::new();
    for id in ["../a", "a/b", "A", "con", "..", "a\\b", ".a", &"a".repeat(65)] {
        assert!(device.prepare(&signed_anyhow(id)).is_err(), "{id}");
        assert!(device.library.find(id).is_err(), "{id}");
        assert!(device.library.remove(id).is_err(), "{id}");
    }
    let files = |folder: PathBuf| -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(files(device.folder.path().to_owned()), ["plugins"]);
    device.install(&signed(&script("kz.a", "1.0.0", &[], COUNT), 1)).unwrap();
    assert_eq!(files(device.folder.path().join("plugins")), ["compiled", "plugins.db"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(device.folder.path().join("plugins")).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o700);
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kz.py"), signed_anyhow("../../a")).unwrap();
    assert!(author::pack(folder.path(), folder.path(), &Limits::default()).is_err());
}

/// A script whose manifest has an id that is none.
fn signed_anyhow(id: &str) -> Vec<u8> {
    script(&id.replace('\\', "\\\\"), "1.0.0", &[], COUNT)
}

#[test]
fn a_kept_result_is_given_while_nothing_changed_and_three_failures_switch_off() {
    let mut device = Device::new();
    let mut fake = Fake::new(plan());
    device.install(&signed(&script("kz.a", "1.0.0", &["read:swot"], COUNT), 1)).unwrap();
    let first = device.run(&mut fake, "kz.a", "one").unwrap();
    assert!(!first.kept);
    let told = first.outcome.to_json();
    assert!(told.contains("items 2") && told.contains("3.0"), "{told}");
    let again = device.run(&mut fake, "kz.a", "one").unwrap();
    assert!(again.kept && again.outcome == first.outcome);
    device.library.decide("kz.a", &["read:swot".into()], false).unwrap();
    let fault = device.run(&mut fake, "kz.a", "one").unwrap_err();
    assert_eq!((fault.kind, &fault.values["denied"]), (FaultKind::NotAllowed, &json!("read:swot")));
    device.library.decide("kz.a", &["read:swot".into()], true).unwrap();
    for _ in 0..3 {
        let fault = device.run(&mut fake, "kz.a", "two").unwrap_err();
        assert_eq!((fault.key.as_str(), fault.kind), ("plugin-run-plugin", FaultKind::Damaged));
    }
    let mut device = device.again();
    let fault = device.run(&mut fake, "kz.a", "one").unwrap_err();
    assert_eq!((fault.key.as_str(), fault.kind), ("plugin-disabled", FaultKind::NotAllowed));
    assert!(fault.values["reason"]["en"].as_str().unwrap().contains("broken 1"), "{fault:?}");
    assert_eq!(device.library.show("kz.a").unwrap()["disabled"], true);
    device.library.enable("kz.a").unwrap();
    device.run(&mut fake, "kz.a", "one").unwrap();
    assert_eq!(fake.batches(), 0, "nothing was written");
}

#[test]
fn t21_answers_of_persons_come_only_with_their_grant_and_a_model_is_off() {
    let body = "
task('one', () => {
  const tried = (f) => { try { return JSON.stringify(f()); } catch (e) { return 'no'; } };
  return new Report('r').paragraph(tried(() => plan.surveyRows('s1')))
    .paragraph(tried(() => llm.ask('p', 'summarise', 'kk', {a: 'b'}, 9)));
});
task('two', () => new Report('r'));";
    let mut device = Device::new();
    let mut fake = Fake::new(plan());
    let needs = ["survey:rows", "llm"];
    let prepared = device.prepare(&signed(&script("kz.b", "1.0.0", &needs, body), 1)).unwrap();
    device.library.install(prepared, &Choice::default()).unwrap();
    let run = device.run(&mut fake, "kz.b", "one").unwrap();
    assert!(!run.outcome.to_json().contains(CANARY));
    let denied: Vec<String> = run.denied.iter().map(ToString::to_string).collect();
    assert_eq!(denied, ["survey:rows", "llm"]);
    let asked_rows = |fake: &Fake| {
        fake.asked.iter().any(|asked| {
            matches!(asked, Request::Plugin(PluginRequest::Snapshot { rows: true, .. }))
        })
    };
    assert!(!asked_rows(&fake), "the rows did not even leave the store");
    let asked_people = fake.asked.contains(&Request::Plugin(PluginRequest::People));
    assert!(!asked_people, "nor did the names of people");
    device.library.decide("kz.b", &needs.map(str::to_owned), true).unwrap();
    let run = device.run(&mut fake, "kz.b", "one").unwrap();
    assert!(run.outcome.to_json().contains(CANARY), "granted, they are there");
    assert!(run.denied.is_empty(), "the model answers that there is none: {:?}", run.denied);
}

#[test]
fn proposals_are_edits_that_wait_and_some_places_are_closed() {
    let body = "
task('one', () => [new Report('r'), [
  propose('t', 'why', edit.set('risks/r1/likelihood', 2)),
  propose('t', 'why', edit.set('plugins/kz.c/hash', 'x')),
  propose('t', 'why', edit.set('people/p/name', 'x'))], {seen: 1}]);
task('two', () => new Report('r'));";
    let mut device = Device::new();
    let mut fake = Fake::new(plan());
    device.install(&signed(&script("kz.c", "1.0.0", &[], body), 1)).unwrap();
    let run = device.run(&mut fake, "kz.c", "one").unwrap();
    assert_eq!((run.outcome.proposals.len(), fake.batches()), (3, 0));
    let accept = |device: &mut Device, fake: &mut Fake, number| {
        device.library.accept(fake, ("kz.c", None), number, Agreement::default())
    };
    for closed in [2, 3] {
        let fault = accept(&mut device, &mut fake, closed).unwrap_err();
        assert_eq!(
            (fault.key.as_str(), fault.kind),
            ("plugin-proposal-closed", FaultKind::NotAllowed)
        );
    }
    assert_eq!(accept(&mut device, &mut fake, 4).unwrap_err().key, "plugin-proposal-unknown");
    assert_eq!(fake.batches(), 0);
    let accepted = accept(&mut device, &mut fake, 1).unwrap();
    assert_eq!((accepted.run.accepted, fake.batches()), (vec![1], 1));
    let Some(Request::Plugin(PluginRequest::Batch { base, note, .. })) = fake.asked.last() else {
        panic!("{:?}", fake.asked.last())
    };
    assert_eq!(note.as_deref(), Some("kz.c 1.0.0"));
    assert_eq!(base["03aa"], ["11".repeat(32)], "the heads that the run saw");
    assert_eq!(accept(&mut device, &mut fake, 1).unwrap_err().key, "plugin-proposal-accepted");
}

#[test]
fn t25_an_offered_package_is_what_its_document_says_or_is_not_taken() {
    let device = Device::new();
    let bytes = signed(&script("kz.a", "1.0.0", &[], COUNT), 1);
    let package = Package::open(bytes.clone(), &Limits::default()).unwrap();
    let publisher = package.publisher().unwrap().to_string();
    let hash = package.hash().to_string();
    let base64 = data_encoding::BASE64.encode(&bytes);
    let truth = json!({"plugin": "kz.a", "version": "1.0.0", "hash": hash, "publisher": publisher,
                       "size": bytes.len(), "bytes": base64, "state": "sound"});
    let offer = |package: &Value| {
        let mut fake = Fake::new(plan());
        fake.packages = json!([truth]);
        fake.package = package.clone();
        device.library.prepare_offered(&mut fake, "kz.a", false)
    };
    offer(&truth).unwrap();
    let lies = [
        ("version", json!("1.0.1")),
        ("publisher", json!("00".repeat(32))),
        ("publisher", json!("")),
        ("size", json!(bytes.len() + 1)),
        ("bytes", json!("AAAA")),
        ("bytes", json!("?")),
        ("bytes", Value::Null),
    ];
    for (member, lie) in lies {
        let mut package = truth.clone();
        package[member] = lie;
        let fault = offer(&package).unwrap_err();
        assert_eq!(
            (fault.key.as_str(), fault.kind),
            ("error-package-damaged", FaultKind::Damaged),
            "{member}"
        );
    }
    let mut fake = Fake::new(plan());
    let fault = device.library.prepare_offered(&mut fake, "kz.a", false).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotFound);
}

#[test]
fn a_person_gives_a_plugin_more_memory_on_this_device() {
    let mut device = Device::new();
    let large = "
task('one', () => {
  const kept = [];
  for (let i = 0; i < 90; i++) kept.push(new Uint8Array(1 << 20).fill(1));
  return new Report('n').paragraph('MiB ' + kept.length);
});";
    device.install(&signed(&script("kz.large", "1.0.0", &[], large), 1)).unwrap();
    let mut fake = Fake::new(plan());
    let fault = device.run(&mut fake, "kz.large", "one").unwrap_err();
    assert_eq!(fault.key, "plugin-run-memory");
    for wrong in [0, 15, 513, u32::MAX] {
        let fault = device.library.set_memory("kz.large", wrong).unwrap_err();
        assert_eq!((fault.key.as_str(), fault.kind), ("plugin-memory-range", FaultKind::Usage));
    }
    assert_eq!(device.library.set_memory("kz.none", 64).unwrap_err().kind, FaultKind::NotFound);
    assert_eq!(device.library.show("kz.large").unwrap()["memory_mebibytes"], 64);
    device.library.set_memory("kz.large", 256).unwrap();
    let mut device = device.again();
    assert_eq!(device.library.show("kz.large").unwrap()["memory_mebibytes"], 256);
    device.run(&mut fake, "kz.large", "one").unwrap();
    device.library.remove("kz.large").unwrap();
    device.install(&signed(&script("kz.large", "1.0.0", &[], large), 1)).unwrap();
    assert_eq!(
        device.library.show("kz.large").unwrap()["memory_mebibytes"],
        64,
        "forgotten with it"
    );
}

#[test]
fn a_library_of_an_older_version_is_taken_over() {
    let mut device = Device::new();
    device.install(&signed(&script("kz.a", "1.0.0", &["read:swot"], COUNT), 1)).unwrap();
    let file = device.folder.path().join("plugins/plugins.db");
    let older = rusqlite::Connection::open(&file).unwrap();
    older.execute_batch("DROP TABLE memory; PRAGMA user_version = 1;").unwrap();
    drop(older);
    let mut device = device.again();
    device.library.set_memory("kz.a", 128).unwrap();
    device.run(&mut Fake::new(plan()), "kz.a", "one").unwrap();
}

#[test]
fn a_library_that_is_damaged_or_newer_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugins/plugins.db");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, b"no database, but long enough to look like one ".repeat(40)).unwrap();
    let fault = Library::open(folder.path()).unwrap_err();
    assert_eq!((fault.key.as_str(), fault.kind), ("plugin-library-damaged", FaultKind::Damaged));
    std::fs::remove_file(&file).unwrap();
    let newer = rusqlite::Connection::open(&file).unwrap();
    newer.pragma_update(None, "user_version", 9).unwrap();
    drop(newer);
    assert_eq!(Library::open(folder.path()).unwrap_err().key, "plugin-library-newer");
}

#[test]
fn a_key_signs_and_a_folder_is_packed_and_tested() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let publisher = author::new_key(&path).unwrap();
    assert!(author::new_key(&path).is_err(), "a key is never written over");
    let mut device = Device::new();
    let limits = Limits::default();
    for language in ["python", "js"] {
        let (made, files) =
            author::new_plugin(language, &format!("kz.{language}"), folder.path()).unwrap();
        assert!(files.iter().any(|name| name.starts_with("plugin.")), "{files:?}");
        let package = author::read(&made, &limits).unwrap();
        assert_eq!(package.manifest().id.as_str(), format!("kz.{language}"));
        let states = |told: &Value| told["examples"][0]["state"].clone();
        let told = device.library.test(&made, &package, true).unwrap();
        assert_ne!(states(&told), "failed", "{told}");
        assert_eq!(states(&device.library.test(&made, &package, false).unwrap()), "equal");
        let outcome = made.join("tests/outcome.json");
        let changed = std::fs::read_to_string(&outcome).unwrap().replacen("\"kk\"", "\"kk \"", 1);
        std::fs::write(&outcome, changed).unwrap();
        let told = device.library.test(&made, &package, false).unwrap();
        assert_eq!(states(&told), "different");
        assert!(told["examples"][0]["lines"].as_array().unwrap().len() > 1, "{told}");
        let (packed, _) = author::pack(&made, folder.path(), &limits).unwrap();
        let signed =
            author::sign_file(&packed, &author::read_key(&path).unwrap(), &limits).unwrap();
        assert_eq!(signed.publisher(), Some(publisher));
    }
    assert!(
        author::new_plugin("python", "kz.python", folder.path()).is_err(),
        "it is there already"
    );
    assert!(author::new_plugin("python", "../x", folder.path()).is_err());
    assert_eq!(
        author::new_plugin("cobol", "kz.x", folder.path()).unwrap_err().key,
        "error-value-choice"
    );
    std::fs::write(&path, "zz").unwrap();
    assert_eq!(author::read_key(&path).unwrap_err().key, "plugin-key-damaged");
}
