//! Hostile bytes against the gates: X1 to X13, T03, T09 and T11 to T16 of docs/threats.md.
//!
//! `cargo test -p jospar-tests --test hostile` runs a share, `cargo xtask soak hostile` all. `JOSPAR_HOSTILE_SEED=17` runs one
//! batch.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "hostile/attackers.rs"]
mod attackers;
#[path = "hostile/experiments.rs"]
mod experiments;
#[cfg(target_os = "linux")]
#[path = "hostile/memory.rs"]
mod memory;

use jospar_tests::bounds::{HONEST_HISTORIES, HOSTILE_CHANGES};
use jospar_tests::hostile::history::honest;
use jospar_tests::hostile::run::{BATCH, Tally, batch};

/// Runs seeds `0..count` on all processors.
fn on_all<T: Send>(count: usize, work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let next = std::sync::atomic::AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let one = || {
        let mut done = Vec::new();
        loop {
            let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if seed >= count as u64 {
                return done;
            }
            done.push(work(seed));
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

#[test]
#[allow(clippy::print_stdout, reason = "how the changes were distributed")]
fn t13_t16_hostile_changes_harm_nobody() {
    if let Ok(seed) = std::env::var("JOSPAR_HOSTILE_SEED") {
        println!("{:?}", batch(seed.parse().unwrap()).unwrap());
        return;
    }
    let batches = HOSTILE_CHANGES.get_usize().div_ceil(BATCH);
    let (mut tally, mut broken) = (Tally::default(), Vec::new());
    let said = |seed| {
        if seed % 200 == 199 {
            println!("batch {} of {batches}", seed + 1);
        }
        let done = batch(seed);
        if let Err(error) = &done {
            println!("{error}");
        }
        done
    };
    for done in on_all(batches, said) {
        match done {
            Ok(counted) => tally.add(counted),
            Err(error) => broken.push(error),
        }
    }
    println!("{tally:?}");
    assert!(
        broken.is_empty(),
        "{} of {batches}: {:#?}",
        broken.len(),
        &broken[..broken.len().min(10)]
    );
}

#[test]
#[allow(clippy::print_stdout, reason = "how much was let pass")]
fn x13_the_gate_lets_every_honest_history_pass() {
    let histories = HONEST_HISTORIES.get_usize();
    let results =
        on_all(histories, |seed| honest(seed).map_err(|error| format!("{seed}: {error}")));
    let (good, bad): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    println!("{} changes", good.into_iter().flatten().sum::<usize>());
    assert!(bad.is_empty(), "{bad:?}");
}
