//! Scenarios: files of plain sentences (`tests/scenarios/*.txt`), played in the simulated world of `sim.rs`.
//!
//! Aida is the director; Bolat and Dana are teachers; all three reach each other through the server. A line is one
//! sentence, `#` begins a comment. The sentences are those of [`Scenario::say`]. `within 4 frames` delivers at most so
//! many frames, all of them counted; a `see` without it first lets everything arrive.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(dead_code, reason = "the world has doors that only sim.rs uses")]

#[path = "sim/check.rs"]
mod check;
#[path = "sim/random.rs"]
mod random;
#[path = "sim/storage.rs"]
mod storage;
#[path = "sim/trace.rs"]
mod trace;
#[path = "sim/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jospar_core::document::{Command, ConflictKind, Path, find_in_view};
use jospar_core::ids::DocumentId;
use jospar_core::plan::Kind;
use jospar_core::policy::{Role, Scope};
use jospar_core::protocol::Frame;
use jospar_core::storage::Storage as _;
use serde_json::{Value, json};

use world::{DIRECTOR, In, SERVER, Trouble, World};

const NAMES: [&str; 4] = ["server", "aida", "bolat", "dana"];
const ARRIVALS_MAX: usize = 2_000;

struct Scenario {
    world: World,
    offline: Vec<usize>,
    shut_out: Vec<usize>,
    /// Documents of kinds of which there may be many, by the name a scenario gives them.
    named: BTreeMap<String, DocumentId>,
}

/// What is expected to be seen at a path.
enum Expected {
    Value(Value),
    Values(usize),
    RemovedAndEdited,
    Nothing,
}

fn member(name: &str) -> usize {
    NAMES.iter().position(|known| *known == name).unwrap_or_else(|| panic!("nobody is {name:?}"))
}

/// A JSON value, a text in single quotes, or a bare word.
fn value(text: &str) -> Value {
    let quoted = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let bare = || serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    quoted.map_or_else(bare, |text| json!(text))
}

impl Scenario {
    fn new() -> Self {
        let teacher = || (Role::Teacher, Scope::default());
        let verbose = std::env::var_os("JOSPAR_SCENARIO_TRACE").is_some();
        let world = World::new(7, &[teacher(), teacher()], verbose);
        let mut scenario =
            Self { world, offline: Vec::new(), shut_out: Vec::new(), named: BTreeMap::new() };
        scenario.dial();
        scenario.settle();
        scenario
    }

    /// One sentence.
    fn say(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let rest = |from: usize| words[from..].join(" ");
        match words.as_slice() {
            [who, "goes", "offline"] => self.go_offline(member(who)),
            [who, "comes", "online"] => self.come_online(member(who)),
            [who, "crashes"] => {
                self.world.crash(member(who));
                self.settle();
            }
            [who, "starts"] => {
                self.world.start(member(who));
                self.dial();
            }
            ["everything", "arrives"] => self.settle(),
            [who, "sets", path, "to", ..] => {
                let value = value(&rest(4));
                self.edit(member(who), path, |path| Command::Set { path, value });
            }
            [who, "writes", path, ..] => {
                let text = value(&rest(3)).as_str().unwrap_or_default().to_owned();
                self.edit(member(who), path, |path| Command::EditText {
                    path,
                    base: Vec::new(),
                    text,
                });
            }
            [who, "adds", path, ..] => {
                let record = if words.len() > 4 { value(&rest(4)) } else { json!({}) };
                self.edit(member(who), path, |path| {
                    let (path, id) = path.split_last().unwrap();
                    Command::Add { path, id: id.to_owned(), after: None, record }
                });
            }
            [who, "removes", path] => {
                self.edit(member(who), path, |path| Command::Remove { path });
            }
            [who, "keeps", path] => self.edit(member(who), path, |path| Command::Keep { path }),
            [who, "makes", kind, "named", name] => self.make(member(who), kind, name),
            [who, "shuts", "out", other] => self.shut_out(member(who), member(other)),
            [who, "hands", "a", "stick", "to", other] => self.stick(member(who), member(other)),
            [who, "has", count, "changes", "shut", "out"] => {
                self.check_quarantine(member(who), count.parse().unwrap());
            }
            ["nobody", "has", "anything", "to", "decide"] => self.check_no_conflicts(),
            ["all", "have", "the", "same"] => {
                self.settle();
                assert_eq!(check::differences(&self.world), "");
            }
            _ => self.see(line),
        }
    }

    fn go_offline(&mut self, who: usize) {
        self.offline.push(who);
        self.bar();
        let links = self.world.links.iter().filter(|(_, link)| link.ends.contains(&who));
        for link in links.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.world.cut(link);
        }
        self.settle();
    }

    fn come_online(&mut self, who: usize) {
        self.offline.retain(|other| *other != who);
        self.bar();
        self.dial();
    }

    fn bar(&mut self) {
        self.world.barred.clear();
        for who in &self.offline {
            let pairs = (0..NAMES.len()).map(|other| (*who.min(&other), *who.max(&other)));
            self.world.barred.extend(pairs);
        }
    }

    /// Every device that is not connected and can be, dials the server.
    fn dial(&mut self) {
        for device in DIRECTOR..NAMES.len() {
            self.world.dial(device, SERVER);
        }
    }

    fn settle(&mut self) {
        for _ in 0..3 {
            self.world.settle(ARRIVALS_MAX);
            self.world.pass(700);
        }
        self.world.settle(ARRIVALS_MAX);
    }

    /// The document that a path begins in, and the path inside it.
    fn place(&self, text: &str) -> (DocumentId, Path) {
        if let Some((name, inside)) = text.split_once('/')
            && let Some(document) = self.named.get(name)
        {
            return (*document, inside.parse().unwrap());
        }
        let first = text.split('/').next().unwrap();
        let has = |kind: &Kind| kind.schema().fields.iter().any(|field| field.name == first);
        let kind = Kind::ALL.into_iter().filter(|kind| !kind.is_many()).find(has);
        let kind = kind.unwrap_or_else(|| panic!("no document holds {first:?}"));
        let document = DocumentId::singleton(&self.world.workspace, kind.byte());
        (document, text.parse().unwrap())
    }

    fn edit(&mut self, who: usize, path: &str, command: impl FnOnce(Path) -> Command) {
        let (document, path) = self.place(path);
        self.world.turn(who, vec![In::Edit(document, vec![command(path)])], Trouble::None);
        assert_eq!(self.world.members[who].fault, None);
    }

    fn make(&mut self, who: usize, kind: &str, name: &str) {
        let kind = Kind::from_name(kind).unwrap();
        let random = self.world.random.bytes();
        let document = DocumentId::random(kind.byte(), random);
        self.named.insert(name.to_owned(), document);
        let title = Command::Set { path: "stage".parse().unwrap(), value: json!("define") };
        self.world.turn(who, vec![In::Edit(document, vec![title])], Trouble::None);
    }

    fn shut_out(&mut self, who: usize, other: usize) {
        let device = self.world.members[other].device;
        self.world.turn(who, vec![In::Revoke(device)], Trouble::None);
        self.shut_out.push(other);
    }

    /// All that one device has goes to the other in a file, policy first.
    fn stick(&mut self, from: usize, to: usize) {
        let sender = &self.world.members[from];
        let entries = sender.storage.policy_entries().unwrap();
        let (frames, _) = sender.replica.as_ref().unwrap().pack_all(&sender.storage).unwrap();
        let receiver = &mut self.world.members[to];
        let replica = receiver.replica.as_mut().unwrap();
        replica.take_in_policy(&mut receiver.storage, &entries).unwrap();
        for frame in frames {
            let Frame::Records { records, .. } = frame else { panic!("{frame:?}") };
            replica.take_in(&mut receiver.storage, None, &records).unwrap();
        }
        self.world.turn(to, Vec::new(), Trouble::None);
    }

    fn readers(&self, names: &str) -> Vec<usize> {
        if names != "all" {
            return names.split(", ").map(member).collect();
        }
        (DIRECTOR..NAMES.len()).filter(|who| !self.shut_out.contains(who)).collect()
    }

    /// `aida, bolat see 3 at risks/r1/impact within 4 frames`, `all see 2 values at …`.
    fn see(&mut self, line: &str) {
        let (names, rest) = line.split_once(" see ").or_else(|| line.split_once(" sees ")).unwrap();
        let (rest, frames) = match rest.rsplit_once(" within ") {
            Some((rest, frames)) => (rest, frames.strip_suffix(" frames")),
            None => (rest, None),
        };
        let (what, path) = rest.rsplit_once(" at ").unwrap();
        let expected = match what.split(' ').collect::<Vec<_>>().as_slice() {
            ["nothing"] => Expected::Nothing,
            ["an", "edited", "removal"] => Expected::RemovedAndEdited,
            [count, "values"] => Expected::Values(count.parse().unwrap()),
            _ => Expected::Value(value(what)),
        };
        let (readers, (document, path)) = (self.readers(names), self.place(path));
        let Some(frames) = frames else {
            self.settle();
            for who in readers {
                let found = self.found(who, document, &path, &expected);
                assert!(found.is_ok(), "{} sees {found:?}", NAMES[who]);
            }
            return;
        };
        self.see_within(frames.parse().unwrap(), &readers, (document, &path), &expected);
    }

    /// Delivers what is on its way, round by round as if all links were equally fast.
    fn see_within(
        &mut self,
        frames: u64,
        readers: &[usize],
        (document, path): (DocumentId, &Path),
        expected: &Expected,
    ) {
        let start = self.world.delivered;
        let mut round = Vec::new();
        loop {
            let mut missing = readers.to_vec();
            missing.retain(|who| self.found(*who, document, path, expected).is_err());
            if missing.is_empty() {
                return;
            }
            let used = self.world.delivered - start;
            let names: Vec<&str> = missing.iter().map(|who| NAMES[*who]).collect();
            assert!(used < frames, "{names:?} do not see it after {used} frames");
            if round.is_empty() {
                round = self.world.arrivals();
                assert!(!round.is_empty(), "nothing is on its way");
            }
            if let Some((who, inputs)) = self.world.take(round.remove(0)) {
                self.world.turn(who, inputs, Trouble::None);
            }
        }
    }

    fn found(
        &mut self,
        who: usize,
        document: DocumentId,
        path: &Path,
        expected: &Expected,
    ) -> Result<(), Value> {
        let member = &mut self.world.members[who];
        if member.storage.document_position(document).unwrap() == 0 {
            return if matches!(expected, Expected::Nothing) { Ok(()) } else { Err(Value::Null) };
        }
        let seen = check::see(member, document);
        let there = find_in_view(&seen.view, path).cloned();
        let conflict = seen.conflicts.iter().find(|conflict| conflict.path == *path);
        let met = match (expected, conflict.map(|conflict| &conflict.kind)) {
            (Expected::Value(value), None) => there.as_ref() == Some(value),
            (Expected::Values(count), Some(ConflictKind::Values(all))) => all.len() == *count,
            (Expected::RemovedAndEdited, Some(ConflictKind::RemovedAndEdited { .. })) => true,
            (Expected::Nothing, _) => there.is_none(),
            _ => false,
        };
        if met { Ok(()) } else { Err(there.unwrap_or_default()) }
    }

    fn check_quarantine(&mut self, who: usize, count: usize) {
        self.settle();
        let member = &mut self.world.members[who];
        let replica = member.replica.as_mut().unwrap();
        assert_eq!(replica.quarantine(&mut member.storage).unwrap().len(), count);
    }

    fn check_no_conflicts(&mut self) {
        self.settle();
        for who in self.readers("all") {
            let member = &mut self.world.members[who];
            for (document, _) in member.storage.documents().unwrap() {
                assert_eq!(check::see(member, document).conflicts, [], "{}", NAMES[who]);
            }
        }
    }
}

fn play(name: &str) {
    let file = format!("{}/scenarios/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&file).unwrap();
    let mut scenario = Scenario::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let said = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scenario.say(line)));
        assert!(said.is_ok(), "scenarios/{name}.txt, line {}: {line}", number + 1);
    }
}

macro_rules! scenarios {
    ($($name:ident),+ $(,)?) => {
        const ALL: &[&str] = &[$(stringify!($name)),+];
        $(#[test] fn $name() { play(stringify!($name)); })+
    };
}

scenarios! {
    a_conflict_is_seen_by_all_and_decided_by_one,
    a_live_edit_reaches_both_peers_within_four_frames,
    a_removed_item_that_others_edited_waits_for_a_decision,
    a_server_that_crashed_hears_what_it_missed,
    a_shut_out_device_is_not_heard_any_more,
    a_stick_carries_edits_where_no_network_is,
    offline_edit_reaches_both_peers_after_reconnect,
    two_cycles_begun_offline_are_two_documents,
    two_people_write_one_text,
}

#[test]
fn no_scenario_is_forgotten() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ALL);
}
