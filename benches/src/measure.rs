//! Figures: percentiles, medians over runs, what the kernel counts of a process, and the lines that are printed.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Number, Value};

/// Figures of one workload, by key.
pub(crate) type Figures<K = &'static str> = Vec<(K, f64)>;

/// The name of jospar in the column of peers.
pub(crate) const OURS: &str = "jospar";

/// The time that this share (in 1,000) of `times` does not exceed, in microseconds.
pub(crate) fn percentile_us(times: &mut [Duration], per_mille: usize) -> f64 {
    times.sort_unstable();
    let index = times.len().saturating_sub(1) * per_mille / 1_000;
    times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

/// Milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// CPU time of a process so far: nanoseconds of all its threads that live, as the scheduler counts them.
pub(crate) fn cpu(process: u32) -> Duration {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let nanoseconds = tasks.filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

/// Resident memory of a process, in kB.
pub(crate) fn resident_kb(process: u32) -> f64 {
    memory_kb(process, "VmRSS:")
}

/// The most resident memory that a process ever had, in kB.
pub(crate) fn peak_kb(process: u32) -> f64 {
    memory_kb(process, "VmHWM:")
}

fn memory_kb(process: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0.0)
}

/// The figures of all runs, by workload and system.
#[derive(Default)]
pub(crate) struct Board(BTreeMap<(String, String), Vec<Figures<String>>>);

impl Board {
    /// Adds figures of jospar.
    pub(crate) fn add(&mut self, workload: &str, figures: Figures) {
        let figures = figures.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        self.add_of(workload, OURS, figures);
    }

    /// Adds figures of a system.
    pub(crate) fn add_of(&mut self, workload: &str, peer: &str, figures: Figures<String>) {
        self.0.entry((workload.to_owned(), peer.to_owned())).or_default().push(figures);
    }

    /// One JSON line per workload and system: the median of each figure; counts of `kept` are summed.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let line = |((workload, peer), runs): (&(String, String), &Vec<Figures<String>>)| {
            let mut line = Map::new();
            line.insert("w".to_owned(), Value::from(workload.as_str()));
            line.insert("peer".to_owned(), Value::from(peer.as_str()));
            for (key, _) in runs.first().into_iter().flatten() {
                let mut all: Vec<f64> = runs
                    .iter()
                    .flat_map(|run| run.iter().filter(|(k, _)| k == key).map(|(_, value)| *value))
                    .collect();
                all.sort_by(f64::total_cmp);
                let sum = key.starts_with("kept") || key == "of";
                let value = if sum { all.iter().sum() } else { all[all.len() / 2] };
                line.insert(key.clone(), Value::Number(number(value)));
            }
            line.insert("runs".to_owned(), Value::from(runs.len()));
            Value::Object(line)
        };
        self.0.iter().map(line).collect()
    }
}

fn number(value: f64) -> Number {
    if value.fract() == 0.0 || value.abs() >= 100.0 {
        Number::from(value.round() as i64)
    } else {
        Number::from_f64((value * 100.0).round() / 100.0).unwrap_or(Number::from(0))
    }
}
