//! Every fuzz target: its corpus, and mutations of it for a while.
//!
//! `cargo xtask fuzz [TARGET] [--seconds N]` runs them longer. `JOSPAR_FUZZ_SECONDS` says how long each, by default 2;
//! `JOSPAR_FUZZ_SEED` where the mutations start. A crasher is written to `tests/corpus/<target>/` and is replayed from
//! then on. `JOSPAR_FUZZ_WRITE_SEEDS=1` writes the seeds there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jospar_tests::fuzz::mutate::Mutator;
use jospar_tests::fuzz::{TARGETS, Target};

/// How long each target is run in a normal run.
const SECONDS: u64 = 2;
/// Where the mutations start.
const SEED: u64 = 1;
/// What one input may take, in debug, beside other tests.
const INPUT_MAX: Duration = Duration::from_secs(60);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

fn wanted() -> impl Iterator<Item = &'static Target> {
    let name = std::env::var("JOSPAR_FUZZ_TARGET").unwrap_or_default();
    TARGETS.iter().filter(move |target| name.is_empty() || target.name == name)
}

fn folder(target: &Target) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name)
}

/// The inputs in the target's folder, in the order of their names, and its seeds.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder(target)).into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    let files = paths.iter().map(|path| fs::read(path).unwrap());
    files.chain((target.seeds)()).collect()
}

/// Runs one input; writes it down if the target panics or takes too long.
fn run(target: &Target, input: &[u8], name: &str) {
    let started = Instant::now();
    let ran = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    if ran.is_ok() && started.elapsed() < INPUT_MAX {
        return;
    }
    fs::create_dir_all(folder(target)).unwrap();
    let path = folder(target).join(name);
    fs::write(&path, input).unwrap();
    panic!("{} fails on {} after {:?}", target.name, path.display(), started.elapsed());
}

#[test]
fn t13_every_corpus_is_replayed() {
    for target in wanted() {
        for input in corpus(target) {
            // By its content: a number could be the name of another file of the corpus.
            run(target, &input, &format!("crash-{}", blake3::hash(&input).to_hex()));
        }
        if std::env::var_os("JOSPAR_FUZZ_WRITE_SEEDS").is_some() {
            fs::create_dir_all(folder(target)).unwrap();
            for (number, seed) in (target.seeds)().iter().enumerate() {
                fs::write(folder(target).join(format!("seed-{number:02}")), seed).unwrap();
            }
        }
    }
}

#[test]
#[allow(clippy::print_stdout, reason = "how many inputs there were")]
fn t13_every_target_stands_mutations() {
    let seconds = number("JOSPAR_FUZZ_SECONDS", SECONDS);
    let seed = number("JOSPAR_FUZZ_SEED", SEED);
    assert!(wanted().count() > 0, "no such target");
    std::thread::scope(|scope| {
        for target in wanted() {
            scope.spawn(move || {
                let corpus = corpus(target);
                let mut mutator = Mutator::new(seed);
                let (started, mut inputs) = (Instant::now(), 0_u64);
                while started.elapsed() < Duration::from_secs(seconds) {
                    let input = mutator.next(&corpus);
                    run(target, &input, &format!("crash-{seed}-{inputs}"));
                    inputs += 1;
                }
                println!("{}: {inputs} inputs", target.name);
                assert!(inputs > 0);
            });
        }
    });
}
