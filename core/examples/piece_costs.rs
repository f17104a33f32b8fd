//! Prints what one letter near the end of a long paragraph costs, as one automerge text and as pieces:
//! `cargo run -p jospar-core --example piece_costs`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement"
)]

use std::time::{Duration, Instant};

use automerge::transaction::Transactable as _;
use automerge::{ActorId as Actor, Automerge, Change, ObjType, ROOT, ReadDoc as _};
use jospar_core::document::{Author, Command, Document, genesis_change};
use jospar_core::ids::ActorId;
use jospar_core::plan::Kind;
use jospar_core::time::Timestamp;

const LETTERS: usize = 5_000;
const EDITS: usize = 200;
const PROSE: &str = "plan/vision/kk";
const KIND: Kind = Kind::Plan;

fn author(number: u64) -> Author {
    let mut random = [0; 32];
    random.get_mut(..8).unwrap().copy_from_slice(&number.to_le_bytes());
    Author { actor: ActorId([1; 16]), time: Timestamp(0), random }
}

fn write(document: &mut Document, number: u64, text: &str) -> Change {
    let edit =
        Command::EditText { path: PROSE.parse().unwrap(), base: Vec::new(), text: text.to_owned() };
    let bytes = document.edit(&author(number), &[edit]).unwrap().unwrap();
    Change::from_bytes(bytes).unwrap()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    *times.get(times.len() / 2).unwrap()
}

/// A change that adds a paragraph of one text to the genesis.
fn in_one_text(text: &str) -> Change {
    let mut doc = Automerge::new().with_actor(Actor::from([2; 16]));
    let genesis = genesis_change(KIND.byte(), KIND.schema());
    doc.apply_changes([Change::from_bytes(genesis).unwrap()]).unwrap();
    let prose =
        PROSE.split('/').fold(ROOT, |object, key| doc.get(&object, key).unwrap().unwrap().1);
    let mut transaction = doc.transaction();
    let paragraph = transaction.put_object(&prose, "p", ObjType::Map).unwrap();
    transaction.put(&paragraph, "pos", "a1").unwrap();
    let object = transaction.put_object(&paragraph, "text", ObjType::Text).unwrap();
    transaction.splice_text(&object, 0, 0, text).unwrap();
    transaction.commit();
    doc.get_last_local_change().unwrap()
}

/// The times of writing a letter near the end, of taking it in elsewhere, of a view and of reading the text.
fn costs(start: Change, text: &str) -> [Duration; 4] {
    let mut a = Document::new(KIND.byte(), KIND.schema());
    a.apply_changes(vec![start]).unwrap();
    let mut b = a.clone();
    let mut text = text.to_owned();
    let [mut edits, mut applies, mut views, mut reads] = [const { Vec::new() }; 4];
    for number in 0..EDITS {
        // Before the last letter, so that the one text stays one.
        let last = text.pop().unwrap();
        text.extend(['x', last]);
        let start = Instant::now();
        let change = write(&mut a, number as u64 + 1, &text);
        edits.push(start.elapsed());
        let start = Instant::now();
        b.apply_changes(vec![change]).unwrap();
        applies.push(start.elapsed());
        let start = Instant::now();
        let view = b.view();
        views.push(start.elapsed());
        let start = Instant::now();
        let read = b.text(&PROSE.parse().unwrap()).unwrap();
        reads.push(start.elapsed());
        assert!(view.is_object() && read == text);
    }
    [median(edits), median(applies), median(views), median(reads)]
}

fn main() {
    let text = "school ".repeat(LETTERS / 7 + 1).chars().take(LETTERS).collect::<String>();
    let mut empty = Document::new(KIND.byte(), KIND.schema());
    let pieces = write(&mut empty, 0, &text);
    println!("one letter near the end of {LETTERS}: edit, apply, view, text");
    println!("one text: {:?}", costs(in_one_text(&text), &text));
    println!("pieces:   {:?}", costs(pieces, &text));
}
