//! The disk as bytes: what the running system sees, what is safe, and what a power cut leaves. Knows nothing of SQLite.

use std::collections::BTreeMap;

/// What a drive writes as one; a power cut may take any of them and leave any other.
const SECTOR_BYTES: usize = 512;

/// What is asked of the disk, as far as it can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// A file is opened or made.
    Open,
    /// Bytes are read.
    Read,
    /// Bytes are written.
    Write,
    /// A file is made safe.
    Sync,
    /// A file is cut or made longer.
    Truncate,
    /// A file is removed.
    Delete,
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Input or output error.
    Io,
    /// No space is left.
    Full,
}

/// Something that was done to a file and is not safe yet.
#[derive(Debug, Clone)]
enum Step {
    Write(usize, Vec<u8>),
    Truncate(usize),
    Delete,
}

#[derive(Debug, Clone, Default)]
struct File {
    /// What a power cut cannot take; `None` while the file's name itself is not safe.
    safe: Option<Vec<u8>>,
    /// What was done since, in order.
    steps: Vec<Step>,
    /// What the running system sees.
    seen: Option<Vec<u8>>,
}

impl File {
    fn make_removal_safe(&mut self) {
        if let Some(last) = self.steps.iter().rposition(|step| matches!(step, Step::Delete)) {
            self.safe = None;
            self.steps.drain(..=last);
        }
    }
}

/// What is left after a power cut, before chance decides about what was not safe.
#[derive(Debug, Clone)]
pub struct Moment {
    /// What was noted last before the power went.
    pub note: u64,
    files: Vec<(String, Option<Vec<u8>>, Vec<Step>)>,
}

/// Which calls fail.
#[derive(Debug, Clone, Copy)]
struct Plan {
    fault: Fault,
    /// The first call that fails, counted from now.
    first: u64,
    /// How many fail in a row.
    count: u64,
}

/// All files, and what is to go wrong.
#[derive(Debug, Default)]
pub(crate) struct State {
    files: BTreeMap<String, File>,
    calls: u64,
    plan: Option<Plan>,
    failed: Option<Call>,
    capacity: Option<usize>,
    moments: Option<Vec<Moment>>,
    pub(crate) note: u64,
}

/// Numbers that a seed decides: SplitMix64.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number up to `most`.
    fn up_to(&mut self, most: usize) -> usize {
        (self.next() % (most as u64 + 1)) as usize
    }
}

impl State {
    /// Counts a call, and fails it if that is its turn.
    pub(crate) fn enter(&mut self, call: Call) -> Result<(), Fault> {
        let number = self.calls;
        self.calls += 1;
        let Some(plan) = self.plan else { return Ok(()) };
        if number < plan.first || number - plan.first >= plan.count {
            return Ok(());
        }
        // A disk that is full still reads, and still says that what is there is safe.
        if plan.fault == Fault::Full && matches!(call, Call::Read | Call::Sync | Call::Delete) {
            return Ok(());
        }
        self.failed.get_or_insert(call);
        Err(plan.fault)
    }

    pub(crate) fn plan(&mut self, fault: Fault, first: u64, count: u64) {
        self.failed = None;
        self.plan = Some(Plan { fault, first: self.calls + first, count });
    }

    pub(crate) fn heal(&mut self) -> Option<Call> {
        self.plan = None;
        self.capacity = None;
        self.failed.take()
    }

    pub(crate) const fn calls(&self) -> u64 {
        self.calls
    }

    pub(crate) fn set_capacity(&mut self, bytes: usize) {
        self.capacity = Some(bytes);
    }

    pub(crate) fn used(&self) -> usize {
        self.files.values().filter_map(|file| Some(file.seen.as_ref()?.len())).sum()
    }

    pub(crate) fn record(&mut self) {
        self.moments = Some(Vec::new());
    }

    pub(crate) fn recorded(&mut self) -> Vec<Moment> {
        self.moments.take().unwrap_or_default()
    }

    pub(crate) fn copy(&self) -> Self {
        let files = self.files.iter().map(|(name, file)| {
            let seen = file.seen.clone();
            (name.clone(), File { safe: seen.clone(), steps: Vec::new(), seen })
        });
        Self { files: files.collect(), ..Self::default() }
    }

    /// What would be left if the power went now.
    pub(crate) fn moment(&self) -> Moment {
        let files = self.files.iter();
        let files = files.map(|(name, file)| (name.clone(), file.safe.clone(), file.steps.clone()));
        Moment { note: self.note, files: files.collect() }
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.files.get(name).is_some_and(|file| file.seen.is_some())
    }

    pub(crate) fn create(&mut self, name: &str) {
        self.files.entry(name.to_owned()).or_default().seen.get_or_insert_default();
    }

    pub(crate) fn length(&self, name: &str) -> usize {
        self.files.get(name).and_then(|file| file.seen.as_ref()).map_or(0, Vec::len)
    }

    /// Fills `into` from `at` on; what is beyond the end is zero. Returns how many bytes were there.
    pub(crate) fn read(&self, name: &str, at: usize, into: &mut [u8]) -> usize {
        into.fill(0);
        let seen = self.files.get(name).and_then(|file| file.seen.as_deref()).unwrap_or_default();
        let there = seen.get(at..).unwrap_or_default();
        let count = there.len().min(into.len());
        if let (Some(into), Some(there)) = (into.get_mut(..count), there.get(..count)) {
            into.copy_from_slice(there);
        }
        count
    }

    pub(crate) fn write(&mut self, name: &str, at: usize, bytes: &[u8]) -> Result<(), Fault> {
        let more = (at + bytes.len()).saturating_sub(self.length(name));
        if self.capacity.is_some_and(|capacity| more > 0 && self.used() + more > capacity) {
            self.failed.get_or_insert(Call::Write);
            return Err(Fault::Full);
        }
        self.step(name, Step::Write(at, bytes.to_vec()));
        Ok(())
    }

    pub(crate) fn truncate(&mut self, name: &str, length: usize) {
        self.step(name, Step::Truncate(length));
    }

    pub(crate) fn delete(&mut self, name: &str, at_once: bool) {
        self.step(name, Step::Delete);
        if at_once {
            self.make_safe(name);
        }
    }

    fn step(&mut self, name: &str, step: Step) {
        let file = self.files.entry(name.to_owned()).or_default();
        apply(&mut file.seen, &step);
        file.steps.push(step);
    }

    pub(crate) fn sync(&mut self, name: &str) {
        if self.moments.is_some() {
            let moment = self.moment();
            self.moments.get_or_insert_default().push(moment);
        }
        // SQLite makes the folder safe together with a file that is new in it, and with that every removal.
        let is_new = self.files.get(name).is_some_and(|file| {
            file.safe.is_none() || file.steps.iter().any(|step| matches!(step, Step::Delete))
        });
        if is_new {
            self.files.values_mut().for_each(File::make_removal_safe);
        }
        self.make_safe(name);
    }

    fn make_safe(&mut self, name: &str) {
        if let Some(file) = self.files.get_mut(name) {
            file.safe.clone_from(&file.seen);
            file.steps.clear();
        }
    }
}

fn apply(file: &mut Option<Vec<u8>>, step: &Step) {
    match step {
        Step::Write(at, bytes) => {
            let file = file.get_or_insert_default();
            let end = at + bytes.len();
            if file.len() < end {
                file.resize(end, 0);
            }
            if let Some(place) = file.get_mut(*at..end) {
                place.copy_from_slice(bytes);
            }
        }
        Step::Truncate(length) => file.get_or_insert_default().resize(*length, 0),
        Step::Delete => *file = None,
    }
}

impl Moment {
    /// How many steps were not safe.
    #[must_use]
    pub fn unsafe_steps(&self) -> usize {
        self.files.iter().map(|(_, _, steps)| steps.len()).sum()
    }

    /// What chance left of it, as a disk that is on again.
    pub(crate) fn restart(&self, chance: &mut Chance) -> State {
        let mut state = State::default();
        for (name, safe, steps) in &self.files {
            let left = leave(safe.clone(), steps, chance);
            let file = File { safe: left.clone(), steps: Vec::new(), seen: left };
            state.files.insert(name.clone(), file);
        }
        state
    }
}

/// In half of the cases the drive kept its order and stopped somewhere; in the others any sectors may be missing.
fn leave(mut file: Option<Vec<u8>>, steps: &[Step], chance: &mut Chance) -> Option<Vec<u8>> {
    if chance.next().is_multiple_of(2) {
        let kept = chance.up_to(steps.len());
        steps.iter().take(kept).for_each(|step| apply(&mut file, step));
        if let Some(Step::Write(at, bytes)) = steps.get(kept) {
            let torn = bytes.get(..chance.up_to(bytes.len())).unwrap_or_default();
            apply(&mut file, &Step::Write(*at, torn.to_vec()));
        }
        return file;
    }
    let kept_of_8 = chance.up_to(8) as u64;
    for step in steps {
        match step {
            Step::Write(at, bytes) => {
                for (index, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
                    if chance.next() % 8 < kept_of_8 {
                        let place = at + index * SECTOR_BYTES;
                        apply(&mut file, &Step::Write(place, sector.to_vec()));
                    }
                }
            }
            step if chance.next().is_multiple_of(2) => apply(&mut file, step),
            _ => {}
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_synced_stays_and_the_rest_is_up_to_chance() {
        let mut state = State::default();
        state.write("a", 0, b"safe").expect("writes");
        state.sync("a");
        state.write("a", 4, &[7; 2_000]).expect("writes");
        let mut lengths = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let left = state.moment().restart(&mut Chance(seed));
            let mut bytes = [0; 4];
            assert_eq!(left.read("a", 0, &mut bytes), 4);
            assert_eq!(&bytes, b"safe");
            lengths.insert(left.length("a"));
        }
        assert!(lengths.len() > 10 && lengths.contains(&4) && lengths.contains(&2_004));
    }

    #[test]
    fn a_file_that_was_removed_may_come_back_until_its_folder_is_safe() {
        let mut state = State::default();
        state.write("a", 0, b"old").expect("writes");
        state.sync("a");
        state.delete("a", false);
        let there = |state: &State| {
            (0..64).filter(|s| state.moment().restart(&mut Chance(*s)).exists("a")).count()
        };
        assert!((1..64).contains(&there(&state)));
        state.delete("a", true);
        assert_eq!(there(&state), 0);
    }

    #[test]
    fn the_planned_call_fails_and_no_other() {
        let mut state = State::default();
        state.plan(Fault::Io, 2, 1);
        let results: Vec<bool> = (0..5).map(|_| state.enter(Call::Write).is_ok()).collect();
        assert_eq!(results, [true, true, false, true, true]);
        assert_eq!(state.heal(), Some(Call::Write));
        assert!(state.enter(Call::Write).is_ok());
    }
}
