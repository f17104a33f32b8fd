//! The store's process is killed again and again: what it acknowledged is there, and nothing is half there (F2). A backup
//! taken while it writes is whole (F20).
//!
//! The test starts itself as the process that is killed; `JOSPAR_KILL_FOLDER` tells the two roles apart.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "faults/author.rs"]
mod author;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use jospar_core::ids::ActorId;
use jospar_node::lease::Life;
use jospar_node::store::{Options, RestoreOptions, Store, backup, restore};
use jospar_tests::bounds::KILLS;

use author::{Author, vector};

const FOLDER_VARIABLE: &str = "JOSPAR_KILL_FOLDER";
/// A store is read again after each kill, so it must not grow for ever.
const CYCLES_OF_A_STORE: u64 = 40;
/// One of so many cycles takes a backup.
const BACKUP_EACH: u64 = 10;

#[test]
fn f02_f20_x15_what_was_acknowledged_survives_kill_9_and_backups_are_whole() {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE) {
        append_until_killed(Path::new(&folder));
        return;
    }
    let mut root = tempfile::tempdir().unwrap();
    let (mut acknowledged, mut all) = (BTreeMap::new(), 0);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let cycles = KILLS.get();
    for cycle in 0..cycles {
        if cycle % CYCLES_OF_A_STORE == CYCLES_OF_A_STORE - 1 {
            all += std::mem::take(&mut acknowledged).values().sum::<u64>();
            root = tempfile::tempdir().unwrap();
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(cycle | 1);
        let before: u64 = acknowledged.values().sum();
        let copied =
            run_and_kill(root.path(), random >> 60, cycle % BACKUP_EACH == 0, &mut acknowledged);
        if copied {
            check_backup(root.path(), before);
        }
        let mut store = open(root.path());
        assert_ne!(store.life(), Some(Life::Continued), "cycle {cycle}");
        let report = store.verify().unwrap();
        assert!(report.is_clean(), "cycle {cycle}: {:?}", report.problems);
        let vector = vector(&mut store);
        for (actor, seq) in &acknowledged {
            let found = vector.tip(actor).map_or(0, |tip| tip.seq);
            assert!(found >= *seq, "cycle {cycle}: {actor} acknowledged {seq}, found {found}");
        }
    }
    all += acknowledged.values().sum::<u64>();
    assert!(all > 0);
    println!("{cycles} kills, {all} acknowledged");
}

fn open(root: &Path) -> Store {
    let options = Options { lease: Some(root.join("lease")), ..Options::default() };
    Store::open(&root.join("data"), &options).unwrap()
}

/// Starts the writer and kills it after it has acknowledged `lines` transactions, at whatever it is doing by then.
/// Returns whether a backup was taken meanwhile.
fn run_and_kill(
    root: &Path,
    lines: u64,
    copy: bool,
    acknowledged: &mut BTreeMap<ActorId, u64>,
) -> bool {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "f02_f20_x15_what_was_acknowledged_survives_kill_9_and_backups_are_whole",
        ])
        .arg("--nocapture")
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
    if copy {
        for name in ["backup", "backup.json"] {
            drop(std::fs::remove_file(root.join(name)));
        }
        backup(&root.join("data"), &root.join("backup")).unwrap();
    }
    writer.kill().unwrap();
    // What was said before the kill counts, even where it was read after it. The last line may be cut off.
    let mut rest: Vec<String> = output.map_while(Result::ok).collect();
    rest.pop();
    for line in rest {
        note(line);
    }
    writer.wait().unwrap();
    copy
}

/// The copy is whole, has all that was acknowledged before the writer started, and can be restored.
fn check_backup(root: &Path, acknowledged: u64) {
    let elsewhere = root.join("restored");
    drop(std::fs::remove_dir_all(&elsewhere));
    let manifest = restore(&root.join("backup"), &elsewhere, RestoreOptions::default()).unwrap();
    assert!(manifest.changes >= 2 * acknowledged, "{} of 2 x {acknowledged}", manifest.changes);
    let mut restored = Store::open(&elsewhere, &Options::default()).unwrap();
    let report = restored.verify().unwrap();
    assert!(report.is_clean(), "{:?}", report.problems);
    vector(&mut restored);
}

fn append_until_killed(root: &Path) {
    let mut store = open(root);
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).unwrap();
    let mut author = Author::new(nonce);
    loop {
        // Now and then a change of many pages, so that kills fall into long writes and checkpoints too.
        let length = if author.seq.is_multiple_of(7) { 100_000 } else { 40 };
        author.append(&mut store, length).unwrap();
        // The test harness may have begun a line of its own.
        println!("\nsaved {} {} .", author.actor, author.seq);
        std::io::stdout().flush().unwrap();
    }
}
