//! A seeded simulation of whole schools over the sans-IO core: no socket, no disk, no clock.
//!
//! `cargo test -p jospar-tests --test sim` runs as many seeds as the bound says. `JOSPAR_SIM_SEEDS=1000..50000` runs
//! others, and `JOSPAR_SIM_SEED=17` replays one history and prints what happened and the hash of it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "sim/approvals.rs"]
mod approvals;
#[path = "sim/check.rs"]
mod check;
#[path = "sim/edits.rs"]
mod edits;
#[path = "sim/history.rs"]
mod history;
#[path = "sim/pointed.rs"]
mod pointed;
#[path = "sim/presence.rs"]
mod presence;
#[path = "sim/random.rs"]
mod random;
#[path = "sim/storage.rs"]
mod storage;
#[path = "sim/supply.rs"]
mod supply;
#[path = "sim/trace.rs"]
mod trace;
#[path = "sim/trust.rs"]
mod trust;
#[path = "sim/world.rs"]
mod world;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use history::Outcome;
use jospar_tests::bounds::HISTORIES;

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("JOSPAR_SIM_SEEDS") else { return 0..HISTORIES.get() };
    let (from, to) = text.split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

/// Runs the seeds on all processors; returns the seeds that failed.
#[allow(clippy::print_stdout, reason = "a long run says at once what it finds")]
fn run_all(seeds: Range<u64>) -> (Vec<u64>, Vec<Outcome>) {
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let (mut failed, mut outcomes) = (Vec::new(), Vec::new());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end || failed.len() >= 10 {
                return (failed, outcomes);
            }
            match catch_unwind(AssertUnwindSafe(|| history::run(seed, false))) {
                Ok(outcome) => outcomes.push(outcome),
                Err(_) => {
                    println!("seed {seed} failed");
                    failed.push(seed);
                }
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (mut failed, mut outcomes) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            let (more_failed, more) = worker.join().unwrap();
            failed.extend(more_failed);
            outcomes.extend(more);
        }
    });
    failed.sort_unstable();
    (failed, outcomes)
}

#[test]
#[allow(clippy::print_stdout, reason = "how far histories were from the bounds")]
fn f01_f07_every_history_ends_with_everyone_seeing_the_same() {
    if let Some(seed) = std::env::var("JOSPAR_SIM_SEED").ok().and_then(|text| text.parse().ok()) {
        let outcome = history::run(seed, true);
        println!("{outcome:?}\nseed {seed}: trace {:016x}", outcome.trace);
        return;
    }
    let (failed, outcomes) = run_all(seeds());
    let count = |rounds| outcomes.iter().filter(|outcome| outcome.rounds == rounds).count();
    let frames: u64 = outcomes.iter().map(|outcome| outcome.frames).sum();
    let packs: u64 = outcomes.iter().map(|outcome| outcome.packs).sum();
    let edits: usize = outcomes.iter().map(|outcome| outcome.edits).sum();
    println!(
        "{} histories, {edits} edits, {frames} frames, {packs} of them packs; rounds: {:?}",
        outcomes.len(),
        [1, 2, 3].map(count)
    );
    assert!(packs * 10 > frames || outcomes.len() < 100, "packs are what histories are made of");
    assert!(
        failed.is_empty(),
        "seeds {failed:?} failed; replay: JOSPAR_SIM_SEED={} cargo test -p jospar-tests --test sim every_history -- --nocapture",
        failed[0]
    );
}

#[test]
fn the_same_seed_gives_the_same_history() {
    for seed in [3, 17, 99] {
        assert_eq!(history::run(seed, false), history::run(seed, false), "seed {seed}");
    }
}
