//! W5: one long text typed letter by letter, saved and loaded.
//!
//! The edits of the automerge paper (259,778 of them) can be had as a file, but from no package: `--trace=FILE` names a
//! JSON array of `[position, deleted]` and `[position, deleted, inserted]`. Without one, a seeded trace of the same size
//! takes its place and the workload is called W5-like: as many insertions and deletions of one character, in runs.
//!
//! Each edit is a change of its own. They go to automerge itself: jospar's command takes a whole text and finds out what
//! was typed. A process of its own does it, so that its peak of memory is that of the work.

use std::process::Command;
use std::time::Instant;

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc as _};
use serde_json::{Value, json};

use crate::history::Random;
use crate::measure::{Figures, ms, peak_kb};
use crate::process::PATIENCE;

const EDITS: usize = 259_778;
const INSERTIONS: usize = 182_315;
const SEED: u32 = 0x7472_6163;
/// How many edits are made between two looks at the clock.
const LOOK: usize = 1_000;

/// Position, characters deleted there, text inserted there.
type Edit = (usize, usize, String);

/// The name of the workload, given where the trace is.
pub(crate) const fn name(file: Option<&str>) -> &'static str {
    if file.is_some() { "W5" } else { "W5-like" }
}

/// Does it in another process.
pub(crate) fn run(file: Option<&str>) -> Figures {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).arg("trace").args(file).output().unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout).expect("the figures of a trace");
    let keys = ["edits", "replay_ms", "save_ms", "load_ms", "bytes", "chars", "peak_kb"];
    keys.into_iter().map(|key| (key, printed[key].as_f64().unwrap_or(0.0))).collect()
}

/// The other process.
pub(crate) fn replay(file: Option<&str>) {
    let edits = file.map_or_else(seeded, read);
    let mut document = Automerge::new().with_actor(ActorId::from([5; 16]));
    let mut transaction = document.transaction();
    let text = transaction.put_object(ROOT, "text", ObjType::Text).unwrap();
    transaction.commit();
    let start = Instant::now();
    let mut made = 0;
    for (place, deleted, inserted) in &edits {
        if made % LOOK == 0 && start.elapsed() > PATIENCE {
            break;
        }
        let mut transaction = document.transaction();
        transaction.splice_text(&text, *place, *deleted as isize, inserted).unwrap();
        transaction.commit_with(CommitOptions::default());
        made += 1;
    }
    let replayed = start.elapsed();
    let start = Instant::now();
    let bytes = document.save();
    let saved = start.elapsed();
    let start = Instant::now();
    let loaded = Automerge::load(&bytes).unwrap();
    let load = start.elapsed();
    let chars = loaded.length(&text);
    assert_eq!(chars, document.length(&text));
    let figures = json!({"edits": made, "replay_ms": ms(replayed), "save_ms": ms(saved), "load_ms": ms(load),
                         "bytes": bytes.len(), "chars": chars, "peak_kb": peak_kb(std::process::id())});
    println!("{figures}");
}

fn read(file: &str) -> Vec<Edit> {
    let text = std::fs::read_to_string(file).unwrap();
    let edits: Vec<Vec<Value>> = serde_json::from_str(&text).unwrap();
    let number = |value: &Value| value.as_u64().expect("a number") as usize;
    let inserted =
        |edit: &[Value]| edit.get(2).and_then(Value::as_str).unwrap_or_default().to_owned();
    edits.iter().map(|edit| (number(&edit[0]), number(&edit[1]), inserted(edit))).collect()
}

/// Runs of typing and of taking back, now and then somewhere else.
fn seeded() -> Vec<Edit> {
    let mut random = Random(SEED);
    let (mut edits, mut length, mut cursor) = (Vec::with_capacity(EDITS), 0_usize, 0_usize);
    let (mut insertions, mut deletions) = (INSERTIONS, EDITS - INSERTIONS);
    while insertions + deletions > 0 {
        if random.below(4) == 0 {
            cursor = random.below(length + 1);
        }
        let run = 1 + random.below(24);
        let types = random.below(EDITS) < INSERTIONS || length < run;
        for _ in 0..run {
            if types && insertions > 0 {
                let letter = (b'a' + random.below(26) as u8) as char;
                edits.push((cursor, 0, letter.to_string()));
                (cursor, length, insertions) = (cursor + 1, length + 1, insertions - 1);
            } else if !types && deletions > 0 && cursor > 0 {
                cursor -= 1;
                edits.push((cursor, 1, String::new()));
                (length, deletions) = (length - 1, deletions - 1);
            }
        }
        if insertions == 0 && cursor == 0 {
            cursor = length;
        }
    }
    edits
}
