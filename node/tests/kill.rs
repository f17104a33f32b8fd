//! The store's process is killed again and again: what it acknowledged is there, and nothing is half there (F2).
//!
//! The test starts itself as the process that is killed; `JOSPAR_KILL_FOLDER` tells the two roles apart.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use automerge::{ActorId as Actor, AutoCommit, ROOT, transaction::Transactable as _};
use ed25519_dalek::SigningKey;
use jospar_core::ids::{ActorId, DeviceId, DocumentId, PolicyHash, WorkspaceId};
use jospar_core::log::{Envelope, Tip, VersionVector, actor_id};
use jospar_core::storage::Storage as _;
use jospar_node::lease::Life;
use jospar_node::store::{Options, Store};

const FOLDER_VARIABLE: &str = "JOSPAR_KILL_FOLDER";
const CYCLES: u64 = 100;
const DOCUMENT: DocumentId = DocumentId([1; 16]);
/// Each transaction writes the same change to both.
const WORKSPACES: [WorkspaceId; 2] = [WorkspaceId([1; 32]), WorkspaceId([2; 32])];

#[test]
fn f02_x15_what_was_acknowledged_survives_kill_9() {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE) {
        append_until_killed(Path::new(&folder));
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for cycle in 0..CYCLES {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(cycle | 1);
        run_and_kill(root.path(), random >> 58, &mut acknowledged);
        let mut store = open(root.path());
        assert_ne!(store.life(), Some(Life::Continued), "cycle {cycle}");
        let report = store.verify().unwrap();
        assert!(report.is_clean(), "cycle {cycle}: {:?}", report.problems);
        let tx = store.begin().unwrap();
        let [first, second] = WORKSPACES.map(|id| tx.workspace(id).unwrap());
        let vector = first.vector(DOCUMENT).unwrap();
        assert_eq!(vector, second.vector(DOCUMENT).unwrap(), "cycle {cycle}: half a transaction");
        for (actor, seq) in &acknowledged {
            let found = vector.tip(actor).map_or(0, |tip| tip.seq);
            assert!(found >= *seq, "cycle {cycle}: {actor} acknowledged {seq}, found {found}");
        }
    }
    assert!(!acknowledged.is_empty());
}

fn open(root: &Path) -> Store {
    let options = Options { lease: Some(root.join("lease")), ..Options::default() };
    Store::open(&root.join("data"), &options).unwrap()
}

/// Starts the writer and kills it after it has acknowledged `lines` transactions, at whatever it is doing by then.
fn run_and_kill(root: &Path, lines: u64, acknowledged: &mut BTreeMap<ActorId, u64>) {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "f02_x15_what_was_acknowledged_survives_kill_9", "--nocapture"])
        .env(FOLDER_VARIABLE, root)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut note = |line: String| {
        let mut words = line.split(' ');
        if let (Some("saved"), Some(actor), Some(seq)) = (words.next(), words.next(), words.next())
        {
            acknowledged.insert(actor.parse().unwrap(), seq.parse().unwrap());
            return true;
        }
        false
    };
    let mut count = 0;
    while count <= lines {
        let line = output.next().unwrap_or_else(|| panic!("the writer ended by itself")).unwrap();
        count += u64::from(note(line));
    }
    writer.kill().unwrap();
    // What was said before the kill counts, even where it was read after it. The last line may be cut off.
    let mut rest: Vec<String> = output.map_while(Result::ok).collect();
    rest.pop();
    for line in rest {
        note(line);
    }
    writer.wait().unwrap();
}

fn append_until_killed(root: &Path) {
    let mut store = open(root);
    let key = SigningKey::from_bytes(&[3; 32]);
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).unwrap();
    let actor = actor_id(&DeviceId(key.verifying_key().to_bytes()), &DOCUMENT, &nonce);
    let mut doc = AutoCommit::new().with_actor(Actor::from(actor.0));
    let mut previous = None;
    for seq in 1_u64.. {
        // Now and then a change of many pages, so that kills fall into long writes and checkpoints too.
        let length = if seq.is_multiple_of(7) { 100_000 } else { 40 };
        doc.put(ROOT, "text", format!("{seq}{}", "a".repeat(length))).unwrap();
        doc.commit();
        let change = doc.get_last_local_change().unwrap().raw_bytes().to_vec();
        let tx = store.begin().unwrap();
        let mut tip = None;
        for id in WORKSPACES {
            let envelope = Envelope::sign(
                &key,
                &id,
                DOCUMENT,
                PolicyHash([4; 32]),
                &nonce,
                vec![change.clone()],
            )
            .unwrap();
            let mut workspace = tx.create_workspace(id).unwrap();
            let mut vector: VersionVector = workspace.vector(DOCUMENT).unwrap();
            let hash = envelope.changes.last().unwrap().header.hash;
            vector.advance(actor, previous, Tip { seq, hash });
            tip = Some(hash);
            workspace.append(None, &envelope, &vector).unwrap();
        }
        tx.commit().unwrap();
        previous = tip;
        // The test harness may have begun a line of its own.
        println!("\nsaved {actor} {seq} .");
        std::io::stdout().flush().unwrap();
    }
}
