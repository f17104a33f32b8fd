//! Many hostile changes through a device's session, and what became of them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jospar_core::document::Document;
use jospar_core::ids::{ActorId, ChangeHash, DocumentId};
use jospar_core::log::ChangeHeader;
use jospar_core::plan::Kind;
use jospar_core::replica::Note;
use jospar_core::validation::Gate;

use super::attack::{Ground, Link};
use super::history::{Dice, History};
use super::school::{Forgery, School, Who};

/// How many hostile changes meet one document.
pub const BATCH: usize = 48;

/// What became of hostile changes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How many were made.
    pub made: usize,
    /// How many are in a document.
    pub passed: usize,
    /// How many stayed out, by the reason.
    pub out: BTreeMap<String, usize>,
}

impl Tally {
    /// Adds another run.
    pub fn add(&mut self, other: Self) {
        self.made += other.made;
        self.passed += other.passed;
        for (reason, count) in other.out {
            *self.out.entry(reason).or_default() += count;
        }
    }
}

/// A document with an honest history, and what its authors will write next.
struct Field {
    school: School,
    kind: Kind,
    document: DocumentId,
    history: History,
    nonces: Vec<[u8; 16]>,
}

impl Field {
    fn new(dice: &mut Dice) -> Self {
        let mut school = School::new();
        // Sealed kinds take no plain change at all, and a device's record only its own device's.
        let open: Vec<Kind> =
            Kind::ALL.into_iter().filter(|kind| !kind.is_sealed() && !kind.is_internal()).collect();
        let kind = open[dice.0.below(open.len())];
        let document = school.document_id(kind);
        let count = 2 + dice.0.below(3);
        let nonces: Vec<[u8; 16]> = (0..count).map(|_| dice.0.bytes()).collect();
        let actor = |nonce: &[u8; 16]| school.actor(Who::Honest, document, *nonce);
        let actors: Vec<ActorId> = nonces.iter().map(actor).collect();
        let mut history = History::grow(dice, kind, &actors, 30);
        history.meet();
        let mut field =
            Self { document, kind, nonces, history: history.clone(), school: School::new() };
        for bytes in &history.changes {
            let envelope = field.honest(bytes);
            school.take_in(Who::Honest, &envelope);
        }
        history.changes.clear();
        field.school = school;
        field
    }

    /// The envelope of an honest change.
    fn honest(&self, bytes: &[u8]) -> Vec<u8> {
        let actor = ChangeHeader::parse(bytes).expect("an honest change").actor;
        let place = self.history.writers.iter().position(|writer| writer.actor == actor);
        let nonce = self.nonces[place.expect("a writer")];
        self.school.envelope(Who::Honest, self.document, nonce, vec![bytes.to_vec()])
    }
}

/// One batch: an honest document, [`BATCH`] hostile changes in frames with honest ones, and every check after it.
///
/// # Errors
/// What broke.
pub fn batch(seed: u64) -> Result<Tally, String> {
    let run = catch_unwind(AssertUnwindSafe(|| attack(seed)));
    run.unwrap_or_else(|_| Err(format!("seed {seed} panicked")))
}

fn attack(seed: u64) -> Result<Tally, String> {
    let mut dice = Dice::new(seed);
    let mut field = Field::new(&mut dice);
    if seed.is_multiple_of(2) {
        // What comes then is judged by a gate that was kept.
        field.school.view(field.document).map_err(|error| error.to_string())?;
        field.school.reopen();
    }
    let mut session = field.school.open_session(Who::Hostile);
    let ground = Ground::of(&field.history);
    let (mut tally, mut chain) = (Tally::default(), None);
    let (mut honest, mut hostile) = (Vec::new(), Vec::new());
    while tally.made < BATCH {
        let (link, nonce) = next_link(&mut dice, &field, &ground, chain.take());
        let bytes = ground.change(&mut dice, &link);
        let claims = ChangeHeader::parse(&bytes).ok();
        let seq = claims.as_ref().map_or(link.seq, |header| header.seq);
        let changes = [bytes];
        let forgery = Forgery {
            document: field.document,
            actor: ActorId(link.actor),
            seq,
            nonce,
            changes: &changes,
        };
        let mut records = next_honest(&mut dice, &mut field, &mut honest);
        let forged = field.school.forge(Who::Hostile, &forgery);
        let pack = if dice.0.percent(50) { field.school.packed(&[&forged]) } else { None };
        records.push(pack.unwrap_or(forged));
        records.extend(next_honest(&mut dice, &mut field, &mut honest));
        let notes = field.school.records(session, records);
        tally.made += 1;
        for note in &notes {
            let Note::Refused { refusal, .. } = note else { continue };
            *tally.out.entry(refusal.message_key().to_owned()).or_default() += 1;
        }
        if !field.school.is_live(session) {
            session = field.school.open_session(Who::Hostile);
        }
        if notes.is_empty()
            && let Some(header) = claims
        {
            hostile.push(header.hash);
            if dice.0.percent(40) {
                chain = Some((link, nonce, header));
            }
        }
        check_shown(&mut field, &honest, seed)?;
    }
    check_gate(&field, seed)?;
    check_anew(&mut field, &honest, seed)?;
    count(&mut field, &hostile, &mut tally);
    Ok(tally)
}

/// Where the next hostile change stands: behind the last one that was taken, or at the beginning of a new chain.
fn next_link(
    dice: &mut Dice,
    field: &Field,
    ground: &Ground,
    chain: Option<(Link, [u8; 16], ChangeHeader)>,
) -> (Link, [u8; 16]) {
    if let Some((link, nonce, last)) = chain {
        let (seq, previous) = (last.seq + 1, Some(last.hash.0));
        let start_op = ground.max_op.max(last.max_op()) + 1;
        return (Link { seq, previous, start_op, ..link }, nonce);
    }
    let nonce = dice.0.bytes();
    let actor = field.school.actor(Who::Hostile, field.document, nonce);
    let link = Link { actor: actor.0, seq: 1, previous: None, start_op: ground.max_op + 1 };
    (link, nonce)
}

/// An honest change, ready to go out.
fn next_honest(dice: &mut Dice, field: &mut Field, honest: &mut Vec<ChangeHash>) -> Vec<Vec<u8>> {
    let who = dice.0.below(field.history.writers.len());
    let Some(bytes) = field.history.writers[who].edit(dice) else { return Vec::new() };
    honest.push(ChangeHeader::parse(&bytes).expect("an honest change").hash);
    vec![field.honest(&bytes)]
}

/// The document is there, and every honest change is in it.
fn check_shown(field: &mut Field, honest: &[ChangeHash], seed: u64) -> Result<(), String> {
    let kind = field.kind;
    let shown = field.school.document(field.document);
    let document = shown.map_err(|error| format!("seed {seed}: {kind:?} is not shown: {error}"))?;
    match honest.iter().find(|hash| !document.knows(hash)) {
        None => Ok(()),
        Some(lost) => Err(format!("seed {seed}: the honest change {lost} is not in {kind:?}")),
    }
}

/// Whether the gate alone keeps automerge from failing: what it let pass is applied to a document of its own.
fn check_gate(field: &Field, seed: u64) -> Result<(), String> {
    let held = field.school.quarantine();
    if held.iter().any(|held| held.reason == "quarantine-equivocation") {
        return Ok(());
    }
    let mut gate = Gate::new(&field.kind.genesis()).map_err(|reason| format!("{reason:?}"))?;
    let mut document = Document::new(field.kind.byte(), field.kind.schema());
    let log = field.school.log();
    let changes = log.iter().flat_map(|stored| stored.record.changes());
    let passed: Vec<_> = changes.filter_map(|change| gate.check(change).ok()).collect();
    let applied = document.apply_changes(passed);
    applied.map_err(|_| format!("seed {seed}: automerge fails on what the gate let pass"))
}

/// All that a person does with a document goes well, and it is the same when read anew from its log, or from its
/// snapshot and the rest of the log.
fn check_anew(field: &mut Field, honest: &[ChangeHash], seed: u64) -> Result<(), String> {
    check_shown(field, honest, seed)?;
    let failed = |what: &str| format!("seed {seed}: {:?} {what}", field.kind);
    let id = field.document;
    let shown = field.school.document(id).map_err(|error| error.to_string())?;
    let (heads, view) = (shown.heads(), shown.view());
    let _ = (shown.conflicts(), shown.history(), shown.damaged());
    let again = Document::from_snapshot(field.kind.schema(), &shown.save());
    let again = again.map_err(|_| failed("cannot be loaded from what it saved"))?;
    if again.heads() != heads || again.view() != view {
        return Err(failed("comes back differently from its snapshot"));
    }
    let undone = shown.history().last().map(|entry| shown.undo(&entry.change));
    let undone = undone.transpose().map_err(|error| error.to_string())?;
    let held = field.school.quarantine();
    for from in ["snapshot and log", "log"] {
        if from == "log" {
            field.school.set_snapshot(id, &[]);
        }
        field.school.reopen();
        let shown = field.school.document(id).map_err(|error| error.to_string())?;
        if shown.heads() != heads || shown.view() != view {
            return Err(failed(&format!("comes back differently from its {from}")));
        }
        if field.school.quarantine() != held {
            return Err(failed(&format!("holds back other changes when read from its {from}")));
        }
    }
    // What the director writes next fits and is kept.
    drop(field.school.apply(id, &undone.unwrap_or_default()));
    let mut random = Dice::new(seed);
    let mut writer = super::history::Writer::new(field.kind, ActorId::default());
    writer.document = field.school.document(id).map_err(|error| error.to_string())?.clone();
    let edited = (0..20).find_map(|_| writer.edit(&mut random));
    if edited.is_none() {
        return Err(failed("cannot be edited any more"));
    }
    field.school.reopen();
    check_shown(field, honest, seed)
}

fn count(field: &mut Field, hostile: &[ChangeHash], tally: &mut Tally) {
    for held in field.school.quarantine() {
        *tally.out.entry(held.reason).or_default() += 1;
    }
    let Ok(shown) = field.school.document(field.document) else { return };
    tally.passed += hostile.iter().filter(|hash| shown.knows(hash)).count();
}
