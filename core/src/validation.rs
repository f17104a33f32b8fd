//! Validation: which admitted changes are materialised. A pure function of a change, its ancestors and the policy, so
//! that all devices agree in any order of arrival.
//!
//! automerge panics on most changes that are well formed and make no sense, and saves some that it cannot load again
//! (docs/adr/0001). Every change passes this gate first: its counters follow its ancestors', every object, element and
//! predecessor that it names was made by an ancestor and fits, nesting is bounded, and there are no marks, tables or
//! counters. What fails stays in the log and is listed with a reason.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId as AutomergeActor, Change, ExpandedChange, ObjType};

use crate::ids::{ActorId, ChangeHash};
use crate::log::{ChangeHeader, SealedChange};

mod kept;

/// How deep objects may nest.
pub const DEPTH_MAX: u8 = 64;

/// The furthest from 1970 that a change's time may be, in milliseconds: about 285,000 years. automerge keeps differences
/// of times in 64 bits, and those of two ends of time overflow.
pub const TIME_MS_MAX: u64 = 1 << 53;

/// Why a change is not materialised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// automerge cannot read it.
    Unreadable,
    /// It says what a change may say in other bytes than automerge would write.
    Encoding,
    /// Its first counter is not the one that follows its ancestors'.
    Counter,
    /// It is dated beyond [`TIME_MS_MAX`].
    Time,
    /// It writes to an object that none of its ancestors made, or of another type.
    Object,
    /// It names a list element that none of its ancestors made in that list.
    Element,
    /// It replaces something else than exactly what stands there for its author: what was never put there, what was
    /// replaced before, or not all of it.
    Predecessor,
    /// It replaces an object under a key: everything in it would be out of reach. Honest programs only count what is
    /// removed.
    Container,
    /// It uses something that this version does not materialise: marks, tables, counters.
    Unsupported,
    /// Objects nest deeper than [`DEPTH_MAX`].
    Depth,
    /// Its author was shut out before it, and no member built on it.
    Revoked,
    /// Its actor wrote two different changes with one number, and this is the one that does not count.
    Equivocation,
    /// It depends on a change that is not materialised.
    Dependency,
    /// It is sealed under a key that this device does not have.
    Locked,
    /// It is sealed and was altered, or what is inside is not what its clear header says.
    Unsealed,
    /// automerge failed on it although the gate let it pass.
    Failed,
}

impl Reason {
    /// The key of the message that tells a person.
    #[must_use]
    pub const fn message_key(self) -> &'static str {
        match self {
            Self::Revoked => "quarantine-revoked",
            Self::Equivocation => "quarantine-equivocation",
            Self::Dependency => "quarantine-dependency",
            Self::Unsupported => "quarantine-unsupported",
            Self::Locked => "quarantine-locked",
            Self::Unsealed => "quarantine-unsealed",
            _ => "quarantine-semantic",
        }
    }
}

/// An actor's place in [`Gate::actors`].
type ActorNumber = u32;
/// An operation: who made it and its counter.
type Operation = (ActorNumber, u32);

const ROOT: Operation = (u32::MAX, 0);

/// What an operation stands at: a key of a map, or an element of a list (`ROOT` for a list's head).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    Key(u32),
    Element(Operation),
}

/// What an operation is, for those that name it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Made {
    object: Operation,
    /// The type and depth of the object that it makes.
    makes: Option<(ObjType, u8)>,
    insert: bool,
}

/// What was put at one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Values {
    /// What nobody replaced.
    standing: Vec<Operation>,
    /// For each actor what it was the first to replace, with the counter that replaced it, in that order: who has not
    /// seen the end of it finds there what stands for them, without a look at all that ever stood.
    replaced: BTreeMap<ActorNumber, Vec<(u32, Operation)>>,
}

/// Operations of one actor, one behind another, that are alike: the letters of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    start: u32,
    /// The counter behind the last one.
    end: u32,
    made: Made,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Accepted {
    max_op: u64,
    /// For each actor, how many of its changes this one has seen, itself included.
    clock: Vec<u32>,
}

/// Everything that the gate remembers of the changes it let pass, for one document.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Gate {
    actors: HashMap<ActorId, ActorNumber>,
    /// For each actor the first counter of each of its changes, in the order of their seqs.
    starts: Vec<Vec<u64>>,
    keys: HashMap<String, u32>,
    /// For each actor its operations, by their counters.
    made: Vec<Vec<Run>>,
    /// What was put at each place and not replaced by its own change. An element's insertion is not listed.
    put: HashMap<(Operation, Place), Values>,
    /// What replaced an operation, of other changes than its own.
    replaced: HashMap<Operation, Vec<Operation>>,
    accepted: HashMap<ChangeHash, Accepted>,
}

impl Gate {
    /// Starts with a document's genesis change, which nobody sends and which is not judged.
    ///
    /// # Errors
    /// [`Reason`] if the change is not what this program makes itself.
    pub fn new(genesis: &SealedChange) -> Result<Self, Reason> {
        let mut gate = Self::default();
        gate.judge(genesis)?;
        Ok(gate)
    }

    /// Judges a change whose dependencies were all let pass, and remembers it if it passes.
    ///
    /// # Errors
    /// [`Reason`]: the change and everything that depends on it stays out of the document.
    pub fn check(&mut self, sealed: &SealedChange) -> Result<Change, Reason> {
        if sealed.header.dependencies.is_empty() {
            return Err(Reason::Dependency);
        }
        self.judge(sealed)
    }

    fn judge(&mut self, sealed: &SealedChange) -> Result<Change, Reason> {
        let read = catch_unwind(AssertUnwindSafe(|| {
            let change = Change::from_bytes(sealed.bytes.clone()).ok()?;
            let decoded = change.decode();
            Some((change, decoded))
        }));
        let (change, decoded) = read.ok().flatten().ok_or(Reason::Unreadable)?;
        let header = &sealed.header;
        if header.time.unsigned_abs() > TIME_MS_MAX {
            return Err(Reason::Time);
        }
        let operations = &decoded.operations;
        if change.hash().0 != header.hash.0 || operations.len() as u64 != header.operations {
            return Err(Reason::Unreadable);
        }
        let author = self.actor_number(header.actor);
        let (max_op, mut clock) = self.ancestors(header)?;
        if header.start_op != max_op + 1 {
            return Err(Reason::Counter);
        }
        let seen = clock.get(author as usize).copied().unwrap_or(0);
        if u64::from(seen) + 1 != header.seq {
            return Err(Reason::Counter);
        }
        let passed = self.check_operations(header, author, &clock, operations)?;
        if !is_written_as_automerge_would(decoded, &sealed.bytes) {
            return Err(Reason::Encoding);
        }
        set_seen(&mut clock, author, seen + 1);
        if let Some(starts) = self.starts.get_mut(author as usize) {
            starts.push(header.start_op);
        }
        self.remember(author, header.start_op, &passed.made);
        for (place, put) in passed.put {
            self.put.entry(place).or_default().standing.extend(put);
        }
        for (operation, (by, place)) in passed.replaced {
            if !(operation.0 == author && u64::from(operation.1) >= header.start_op) {
                self.replaced.entry(operation).or_default().push(by);
                if let Some(values) = self.put.get_mut(&place) {
                    values.replace(operation, by);
                }
            }
        }
        self.accepted.insert(header.hash, Accepted { max_op: header.max_op(), clock });
        Ok(change)
    }

    /// True if the change was let pass.
    #[must_use]
    pub fn passed(&self, hash: &ChangeHash) -> bool {
        self.accepted.contains_key(hash)
    }

    /// How many changes were let pass, the genesis among them.
    pub(crate) fn passed_count(&self) -> usize {
        self.accepted.len()
    }

    fn actor_number(&mut self, actor: ActorId) -> ActorNumber {
        let next = self.starts.len() as ActorNumber;
        let number = *self.actors.entry(actor).or_insert(next);
        if number == next {
            self.starts.push(Vec::new());
            self.made.push(Vec::new());
        }
        number
    }

    /// Notes the operations of a change, whose counters are all above those of its author's changes before.
    fn remember(&mut self, author: ActorNumber, start_op: u64, made: &[Made]) {
        let (Some(runs), Ok(start)) = (self.made.get_mut(author as usize), u32::try_from(start_op))
        else {
            return;
        };
        for (counter, made) in (start..).zip(made) {
            match runs.last_mut() {
                Some(run) if run.end == counter && run.made == *made && made.makes.is_none() => {
                    run.end += 1;
                }
                _ => runs.push(Run { start: counter, end: counter + 1, made: *made }),
            }
        }
    }

    fn made(&self, (actor, counter): Operation) -> Option<Made> {
        let runs = self.made.get(actor as usize)?;
        let behind = runs.partition_point(|run| run.start <= counter);
        let run = runs.get(behind.checked_sub(1)?)?;
        (counter < run.end).then_some(run.made)
    }

    fn ancestors(&self, header: &ChangeHeader) -> Result<(u64, Vec<u32>), Reason> {
        let (mut max_op, mut clock) = (0, Vec::new());
        for dependency in &header.dependencies {
            let accepted = self.accepted.get(dependency).ok_or(Reason::Dependency)?;
            max_op = max_op.max(accepted.max_op);
            for (actor, seen) in accepted.clock.iter().enumerate() {
                let before = clock.get(actor).copied().unwrap_or(0);
                set_seen(&mut clock, actor as ActorNumber, before.max(*seen));
            }
        }
        Ok((max_op, clock))
    }

    fn check_operations(
        &mut self,
        header: &ChangeHeader,
        author: ActorNumber,
        clock: &[u32],
        operations: &[Op],
    ) -> Result<Passed, Reason> {
        let (start, passed) = (header.start_op, Passed::default());
        let mut pass = Pass { gate: self, clock, author, start, passed };
        for (offset, operation) in operations.iter().enumerate() {
            let counter = u32::try_from(header.start_op + offset as u64);
            let counter = counter.map_err(|_| Reason::Counter)?;
            pass.judge((author, counter), operation)?;
        }
        Ok(pass.passed)
    }
}

/// True if automerge would write these bytes itself. It keeps operations and writes changes anew from them: from others
/// bytes comes another hash, and then whatever asks for changes panics and what was saved cannot be loaded again.
fn is_written_as_automerge_would(decoded: ExpandedChange, bytes: &[u8]) -> bool {
    let written = catch_unwind(AssertUnwindSafe(|| Change::from(decoded)));
    written.is_ok_and(|change| change.raw_bytes() == bytes)
}

fn set_seen(clock: &mut Vec<u32>, actor: ActorNumber, seen: u32) {
    let index = actor as usize;
    if clock.len() <= index {
        clock.resize(index + 1, 0);
    }
    if let Some(slot) = clock.get_mut(index) {
        *slot = seen;
    }
}

impl Values {
    /// Notes what replaced an operation, if that still stood.
    fn replace(&mut self, operation: Operation, (actor, counter): Operation) {
        let Some(at) = self.standing.iter().position(|standing| *standing == operation) else {
            return;
        };
        self.standing.remove(at);
        let replaced = self.replaced.entry(actor).or_default();
        let at = replaced.partition_point(|(before, _)| *before <= counter);
        replaced.insert(at, (counter, operation));
    }
}

/// One change on its way through the gate.
struct Pass<'a> {
    gate: &'a mut Gate,
    clock: &'a [u32],
    author: ActorNumber,
    start: u64,
    passed: Passed,
}

/// What the operations of one change made, put and replaced.
#[derive(Default)]
struct Passed {
    /// By the change's first counter on.
    made: Vec<Made>,
    put: HashMap<(Operation, Place), Vec<Operation>>,
    /// What was replaced, by what, and where it stood.
    replaced: BTreeMap<Operation, (Operation, (Operation, Place))>,
}

impl Pass<'_> {
    fn judge(&mut self, id: Operation, operation: &Op) -> Result<(), Reason> {
        let (object, kind, depth) = self.object(&operation.obj)?;
        let place = self.place(operation, object, kind)?;
        let makes = match &operation.action {
            OpType::Make(ObjType::Table) | OpType::Increment(_) => return Err(Reason::Unsupported),
            OpType::MarkBegin(_) | OpType::MarkEnd(_) => return Err(Reason::Unsupported),
            OpType::Put(automerge::ScalarValue::Counter(_)) => return Err(Reason::Unsupported),
            OpType::Make(_) if depth >= DEPTH_MAX => return Err(Reason::Depth),
            OpType::Make(kind) => Some((*kind, depth + 1)),
            OpType::Delete | OpType::Put(_) => None,
        };
        let delete = matches!(operation.action, OpType::Delete);
        let insert = operation.insert;
        if insert && (delete || !operation.pred.is_empty()) {
            return Err(Reason::Predecessor);
        }
        if !insert {
            self.replace(id, operation, object, place)?;
            if !delete {
                self.passed.put.entry((object, place)).or_default().push(id);
            }
        }
        self.passed.made.push(Made { object, makes, insert });
        Ok(())
    }

    /// Replaces what stands at a place: honest programs name all of it, but for a deletion, which may name some. (Writing
    /// the value that won a conflict once more only deletes the others.)
    fn replace(
        &mut self,
        id: Operation,
        operation: &Op,
        object: Operation,
        place: Place,
    ) -> Result<(), Reason> {
        let standing = self.standing(object, place);
        let named = operation.pred.len();
        let fits = match (&operation.action, place) {
            (OpType::Delete, _) => named > 0,
            (_, Place::Element(_)) => named > 0 && named == standing.len(),
            (_, Place::Key(_)) => named == standing.len(),
        };
        if !fits {
            return Err(Reason::Predecessor);
        }
        for predecessor in operation.pred.iter() {
            let (predecessor, made) = self.ancestor(predecessor).ok_or(Reason::Predecessor)?;
            let stands = standing.contains(&predecessor);
            let by = (id, (object, place));
            if !stands || self.passed.replaced.insert(predecessor, by).is_some() {
                return Err(Reason::Predecessor);
            }
            if made.makes.is_some() && matches!(place, Place::Key(_)) {
                return Err(Reason::Container);
            }
        }
        let Passed { put, replaced, .. } = &mut self.passed;
        if let Some(own) = put.get_mut(&(object, place)) {
            own.retain(|own| !replaced.contains_key(own));
        }
        Ok(())
    }

    /// What stands at a place for the author: put there by an ancestor or this change, and replaced by none of them.
    fn standing(&self, object: Operation, place: Place) -> Vec<Operation> {
        let element = match place {
            Place::Element(element) => Some(element),
            Place::Key(_) => None,
        };
        let values = self.gate.put.get(&(object, place));
        let before = values.into_iter().flat_map(|values| {
            let unseen = values.replaced.iter().flat_map(|(actor, replaced)| {
                let seen =
                    replaced.partition_point(|(counter, _)| self.has_seen((*actor, *counter)));
                replaced.iter().skip(seen).map(|(_, operation)| *operation)
            });
            values.standing.iter().copied().chain(unseen)
        });
        let own = self.passed.put.get(&(object, place)).into_iter().flatten().copied();
        let gone = |operation: &Operation| {
            let replaced = self.gate.replaced.get(operation).into_iter().flatten();
            self.passed.replaced.contains_key(operation)
                || replaced.copied().any(|by| self.has_seen(by))
        };
        let put = element.into_iter().chain(before).filter(|put| self.has_seen(*put)).chain(own);
        put.filter(|put| !gone(put)).collect()
    }

    fn object(&self, object: &ObjectId) -> Result<(Operation, ObjType, u8), Reason> {
        let ObjectId::Id(id) = object else { return Ok((ROOT, ObjType::Map, 0)) };
        let (operation, made) = self.ancestor(id).ok_or(Reason::Object)?;
        let (kind, depth) = made.makes.ok_or(Reason::Object)?;
        Ok((operation, kind, depth))
    }

    fn place(&mut self, operation: &Op, object: Operation, kind: ObjType) -> Result<Place, Reason> {
        match (&operation.key, kind.is_sequence()) {
            (Key::Map(_), false) if operation.insert => Err(Reason::Element),
            (Key::Map(key), false) => {
                let next = self.gate.keys.len() as u32;
                Ok(Place::Key(*self.gate.keys.entry(key.to_string()).or_insert(next)))
            }
            (Key::Seq(ElementId::Head), true) if operation.insert => Ok(Place::Element(ROOT)),
            (Key::Seq(ElementId::Id(id)), true) => {
                let (element, made) = self.ancestor(id).ok_or(Reason::Element)?;
                let fits = made.insert && made.object == object;
                if fits { Ok(Place::Element(element)) } else { Err(Reason::Element) }
            }
            _ => Err(Reason::Element),
        }
    }

    /// The operation with this id, if this change or an ancestor made it.
    fn ancestor(&self, id: &OpId) -> Option<(Operation, Made)> {
        let actor = self.gate.actors.get(&actor_id(id.actor())?)?;
        let operation = (*actor, u32::try_from(id.counter()).ok()?);
        let made = match self.own(operation) {
            Some(own) => own,
            None => self.gate.made(operation).filter(|_| self.has_seen(operation)),
        };
        made.map(|made| (operation, made))
    }

    /// What an operation of this change made before; `None` if it is of another change.
    fn own(&self, operation: Operation) -> Option<Option<Made>> {
        let index = u64::from(operation.1).checked_sub(self.start);
        let index = index.filter(|_| operation.0 == self.author)?;
        Some(usize::try_from(index).ok().and_then(|index| self.passed.made.get(index).copied()))
    }

    /// True if an operation is in this change or an ancestor.
    fn has_seen(&self, operation: Operation) -> bool {
        if let Some(own) = self.own(operation) {
            return own.is_some();
        }
        let (actor, counter) = operation;
        let Some(starts) = self.gate.starts.get(actor as usize) else { return false };
        let seq = starts.partition_point(|start| *start <= u64::from(counter));
        seq <= self.clock.get(actor as usize).copied().unwrap_or(0) as usize
    }
}

fn actor_id(actor: &AutomergeActor) -> Option<ActorId> {
    <[u8; 16]>::try_from(actor.to_bytes()).ok().map(ActorId)
}

/// A change of a document's log, with whether its author has been shut out before it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The change.
    pub change: &'a SealedChange,
    /// Its author was shut out, and the change is beyond the frontier.
    pub revoked: bool,
}

/// Which changes of a whole log may be judged by the gate at all: not those of revoked devices that no member built on,
/// and of equivocating actors only one branch.
///
/// `candidates` are in log order: each behind what it depends on. Returns the reason for each change that stays out;
/// what depends on one of them is the caller's to leave out.
#[must_use]
pub fn excluded(candidates: &[Candidate<'_>]) -> BTreeMap<ChangeHash, Reason> {
    let mut endorsed: BTreeMap<ChangeHash, bool> = BTreeMap::new();
    for candidate in candidates.iter().rev() {
        let header = &candidate.change.header;
        let stands = !candidate.revoked || endorsed.get(&header.hash).copied().unwrap_or(false);
        if stands {
            for dependency in &header.dependencies {
                endorsed.insert(*dependency, true);
            }
        }
    }
    let stands = |candidate: &Candidate<'_>| {
        !candidate.revoked || endorsed.contains_key(&candidate.change.header.hash)
    };
    let mut out: BTreeMap<ChangeHash, Reason> = candidates
        .iter()
        .filter(|candidate| !stands(candidate))
        .map(|candidate| (candidate.change.header.hash, Reason::Revoked))
        .collect();
    for loser in losing_branches(candidates) {
        out.entry(loser).or_insert(Reason::Equivocation);
    }
    out
}

/// For each actor and seq with several changes: all but the one that another actor's change depends on; if that does
/// not decide, all but the one with the smallest hash. Behind a losing change there is nothing left to decide.
fn losing_branches(candidates: &[Candidate<'_>]) -> BTreeSet<ChangeHash> {
    let mut rivals: BTreeMap<(ActorId, u64), Vec<&ChangeHeader>> = BTreeMap::new();
    for candidate in candidates {
        let header = &candidate.change.header;
        rivals.entry((header.actor, header.seq)).or_default().push(header);
    }
    rivals.retain(|_, headers| headers.len() > 1);
    let authors: HashMap<ChangeHash, ActorId> =
        rivals.values().flatten().map(|header| (header.hash, header.actor)).collect();
    let headers = candidates.iter().map(|candidate| &candidate.change.header);
    let built_on: BTreeSet<ChangeHash> = headers
        .flat_map(|header| header.dependencies.iter().map(|hash| (hash, header.actor)))
        .filter(|(hash, actor)| authors.get(hash).is_some_and(|author| author != actor))
        .map(|(hash, _)| *hash)
        .collect();
    let mut losers = BTreeSet::new();
    for headers in rivals.values_mut() {
        headers.retain(|header| !header.dependencies.iter().any(|hash| losers.contains(hash)));
        let winner =
            headers.iter().map(|header| (!built_on.contains(&header.hash), header.hash)).min();
        let lost = headers.iter().map(|header| header.hash);
        losers.extend(lost.filter(|hash| winner.is_some_and(|(_, winner)| winner != *hash)));
    }
    losers
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::{AutoCommit, ROOT as DOC, ReadDoc as _, transaction::Transactable as _};

    fn sealed(change: &Change) -> SealedChange {
        let bytes = change.raw_bytes().to_vec();
        SealedChange { header: ChangeHeader::parse(&bytes).expect("parses"), bytes }
    }

    fn actor(n: u8) -> AutomergeActor {
        AutomergeActor::from([n; 16])
    }

    fn genesis() -> AutoCommit {
        let mut doc = AutoCommit::new().with_actor(actor(0));
        doc.put_object(DOC, "text", ObjType::Text).expect("text");
        doc.put_object(DOC, "list", ObjType::List).expect("list");
        doc.commit();
        doc
    }

    /// Three actors edit at random and exchange at random; a fourth party sees all changes.
    fn honest_history(seed: u64) -> Vec<Change> {
        let mut state = seed | 1;
        let mut random = move |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        let mut docs: Vec<AutoCommit> =
            (1..4).map(|n| genesis().fork().with_actor(actor(n))).collect();
        for _ in 0..40 {
            let which = random(3);
            let other = (which + 1 + random(2)) % 3;
            let mut peer = docs[other].fork();
            let doc = &mut docs[which];
            let text = doc.get(DOC, "text").expect("get").expect("text").1;
            let list = doc.get(DOC, "list").expect("get").expect("list").1;
            let length = doc.length(&text);
            match random(6) {
                0 => doc.splice_text(&text, random(length + 1), 0, "әңгіме").expect("splice"),
                1 if length > 2 => {
                    doc.splice_text(&text, random(length - 2), 2, "ө").expect("splice");
                }
                2 => doc.put(DOC, "due", random(9) as i64).expect("put"),
                3 => drop(doc.insert_object(&list, 0, ObjType::Map).expect("insert")),
                4 if doc.length(&list) > 0 => doc.delete(&list, 0).expect("delete"),
                _ => drop(doc.merge(&mut peer).expect("merge")),
            }
            doc.commit();
        }
        let mut all = genesis();
        for doc in &mut docs {
            all.merge(doc).expect("merge");
        }
        all.get_changes(&[])
    }

    #[test]
    fn honest_histories_pass() {
        for seed in 1..60 {
            let history = honest_history(seed);
            let mut gate = Gate::new(&sealed(&history[0])).expect("genesis");
            for change in &history[1..] {
                assert_eq!(gate.check(&sealed(change)).map(drop), Ok(()), "seed {seed}");
            }
        }
    }

    #[test]
    fn a_kept_gate_is_the_same_gate() {
        for seed in 1..20 {
            let history = honest_history(seed);
            let mut gate = Gate::new(&sealed(&history[0])).expect("genesis");
            for change in &history[1..] {
                gate.check(&sealed(change)).expect("honest");
                let kept = gate.keep();
                let again = Gate::from_kept(&kept).expect("what was kept");
                assert_eq!(again, gate, "seed {seed}");
                assert_eq!(again.keep(), kept, "seed {seed}");
            }
        }
    }

    #[test]
    fn a_damaged_gate_is_refused_and_never_panics() {
        let history = honest_history(3);
        let mut gate = Gate::new(&sealed(&history[0])).expect("genesis");
        for change in &history[1..] {
            gate.check(&sealed(change)).expect("honest");
        }
        let kept = gate.keep();
        for cut in 0..kept.len() {
            assert!(Gate::from_kept(&kept[..cut]).is_err(), "cut at {cut}");
        }
        for place in 0..kept.len() {
            for value in [0, 0x7f, 0x80, 0xff] {
                let mut damaged = kept.clone();
                damaged[place] = value;
                if let Ok(mut gate) = Gate::from_kept(&damaged) {
                    drop(gate.check(&sealed(history.last().expect("some"))));
                }
            }
        }
    }

    #[test]
    fn t13_a_change_of_another_document_does_not_pass() {
        let history = honest_history(7);
        let mut gate = Gate::new(&sealed(&history[0])).expect("genesis");
        let mut foreign = AutoCommit::new().with_actor(actor(9));
        for n in 0..2 {
            foreign.put(DOC, "x", n).expect("put");
            foreign.commit();
        }
        for change in foreign.get_changes(&[]) {
            assert_eq!(gate.check(&sealed(&change)).map(drop), Err(Reason::Dependency));
        }
    }

    #[test]
    fn a_change_that_names_what_it_has_not_seen_does_not_pass() {
        // A dependency is left out: the text that the change writes to was made by nobody it knows.
        let mut doc = genesis().fork().with_actor(actor(1));
        let map = doc.put_object(DOC, "m", ObjType::Map).expect("map");
        doc.commit();
        doc.put(&map, "k", 1).expect("put");
        doc.commit();
        let changes = doc.get_changes(&[]);
        let mut gate = Gate::new(&sealed(&changes[0])).expect("genesis");
        let mut orphan = sealed(&changes[2]);
        assert_eq!(gate.check(&orphan).map(drop), Err(Reason::Dependency));
        orphan.header.dependencies =
            vec![changes[0].hash().0].into_iter().map(ChangeHash).collect();
        assert_eq!(gate.check(&orphan).map(drop), Err(Reason::Counter));
    }

    #[test]
    fn t12_of_two_changes_with_one_number_the_one_that_others_built_on_counts() {
        let mut base = genesis().fork().with_actor(actor(1));
        base.put(DOC, "n", 0).expect("put");
        base.commit();
        let mut branches: Vec<AutoCommit> =
            (1..3).map(|_| base.fork().with_actor(actor(1))).collect();
        for (value, branch) in branches.iter_mut().enumerate() {
            branch.put(DOC, "n", value as i64 + 1).expect("put");
            branch.commit();
        }
        let mut reader = branches[1].fork().with_actor(actor(2));
        reader.put(DOC, "seen", true).expect("put");
        reader.commit();
        let last = |doc: &mut AutoCommit| sealed(doc.get_changes(&[]).last().expect("a change"));
        let rivals = [last(&mut branches[0]), last(&mut branches[1])];
        let builder = last(&mut reader);
        let candidate = |change| Candidate { change, revoked: false };
        let all = [candidate(&rivals[0]), candidate(&rivals[1]), candidate(&builder)];
        let out = excluded(&all);
        assert_eq!(out, BTreeMap::from([(rivals[0].header.hash, Reason::Equivocation)]));
        let smaller = rivals.iter().map(|change| change.header.hash).max().expect("two");
        let out = excluded(&all[..2]);
        assert_eq!(out, BTreeMap::from([(smaller, Reason::Equivocation)]));
    }

    #[test]
    fn t08_a_revoked_change_counts_only_where_a_member_built_on_it() {
        let mut doc = genesis().fork().with_actor(actor(1));
        for n in 0..3 {
            doc.put(DOC, "n", n).expect("put");
            doc.commit();
        }
        let changes: Vec<SealedChange> = doc.get_changes(&[]).iter().map(sealed).collect();
        let revoked = |change, revoked| Candidate { change, revoked };
        let beyond = [revoked(&changes[1], true), revoked(&changes[2], true)];
        assert_eq!(excluded(&beyond).len(), 2);
        let endorsed =
            [revoked(&changes[1], true), revoked(&changes[2], true), revoked(&changes[3], false)];
        assert!(excluded(&endorsed).is_empty());
    }
}
