//! Honest histories: several writers edit one document as the schema of its kind allows, and meet now and then.

use automerge::Change;
use jospar_core::document::{
    Author, Command, Document, Field, LANGUAGES, Path, Schema, Shape, ValueKind, find_in_view,
};
use jospar_core::ids::{ActorId, ChangeHash};
use jospar_core::log::{ChangeHeader, SealedChange};
use jospar_core::plan::Kind;
use jospar_core::time::Timestamp;
use jospar_core::validation::Gate;
use serde_json::{Map, Value, json};

use crate::random::Random;

const WORDS: [&str; 8] =
    ["әңгіме", "мектеп", "plan", "цифрлық", "😀", "s", "қауіп-қатер", "ұстаз өз ісінде"];

/// A stream of numbers that a seed decides.
#[derive(Debug, Clone)]
pub struct Dice(pub(crate) Random);

impl Dice {
    /// The same seed gives the same stream.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }
}

/// One writer of a document.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The actor.
    pub actor: ActorId,
    /// What it sees.
    pub document: Document,
    /// How many edits it has tried.
    edits: u64,
    removed: Vec<Path>,
}

impl Writer {
    /// A writer who has seen nothing but the genesis.
    #[must_use]
    pub fn new(kind: Kind, actor: ActorId) -> Self {
        let document = Document::new(kind.byte(), kind.schema());
        Self { actor, document, edits: 0, removed: Vec::new() }
    }

    /// Edits at random; the change, if that changed anything.
    pub fn edit(&mut self, dice: &mut Dice) -> Option<Vec<u8>> {
        let commands = self.commands(&mut dice.0);
        self.carry_out(&mut dice.0, &commands)
    }

    /// Carries out commands.
    fn carry_out(&mut self, random: &mut Random, commands: &[Command]) -> Option<Vec<u8>> {
        self.edits += 1;
        let time = Timestamp(1_790_000_000_000 + self.edits as i64);
        let author = Author { actor: self.actor, time, random: random.bytes() };
        self.document.edit(&author, commands).ok().flatten()
    }

    /// Takes in what it does not know of `changes`, as far as `known` says that it may.
    fn take(&mut self, changes: &[Vec<u8>], known: impl Fn(&ChangeHash) -> bool) {
        let new = changes.iter().filter_map(|bytes| {
            let hash = ChangeHeader::parse(bytes).ok()?.hash;
            let wanted = known(&hash) && !self.document.knows(&hash);
            wanted.then(|| Change::from_bytes(bytes.clone()).expect("an honest change"))
        });
        let new = new.collect();
        self.document.apply_changes(new).expect("honest changes apply");
    }

    fn commands(&mut self, random: &mut Random) -> Vec<Command> {
        let history = if random.percent(10) { self.document.history() } else { &[] };
        if !history.is_empty() {
            let entry = &history[random.below(history.len())];
            let commands = if random.percent(60) {
                self.document.undo(&entry.change)
            } else {
                self.document.restore(&[entry.change])
            };
            return commands.unwrap_or_default();
        }
        if !self.removed.is_empty() && random.percent(10) {
            let path = random.pick(&self.removed).clone();
            return vec![Command::Keep { path }];
        }
        let view = self.document.view();
        let count = 1 + random.below(3);
        (0..count)
            .filter_map(|_| {
                let command = command(random, self.document.schema(), &view, &Path::root());
                if let Some(Command::Remove { path }) = &command {
                    self.removed.push(path.clone());
                }
                command
            })
            .collect()
    }
}

fn words(random: &mut Random) -> String {
    let count = match random.below(20) {
        0 => 900,
        1..=3 => 60,
        _ => 1 + random.below(8),
    };
    let words: Vec<&str> = (0..count).map(|_| *random.pick(&WORDS)).collect();
    words.join(match random.below(6) {
        0 => "\n",
        _ => " ",
    })
}

/// What somebody makes of a text: writes more, cuts, or writes anew.
fn rewritten(random: &mut Random, old: &str) -> String {
    let letters: Vec<char> = old.chars().collect();
    let at = random.below(letters.len() + 1);
    let text: String = match random.below(4) {
        0 => return words(random),
        1 => letters[..at].iter().collect(),
        2 => letters[at..].iter().collect(),
        _ => {
            let (before, after) = letters.split_at(at);
            before.iter().collect::<String>() + &words(random) + &after.iter().collect::<String>()
        }
    };
    text.chars().take(12_000).collect()
}

fn scalar(random: &mut Random, kind: ValueKind) -> Value {
    if random.percent(8) {
        return Value::Null;
    }
    match kind {
        ValueKind::Text => json!(WORDS[random.below(WORDS.len())]),
        ValueKind::Number if random.percent(30) => json!(random.below(900) as f64 / 7.0),
        ValueKind::Number => json!(random.below(1_000_000) as i64 - 500),
        ValueKind::Flag => json!(random.percent(50)),
        ValueKind::Date => {
            json!(format!("2027-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28)))
        }
        ValueKind::Choice(words) => json!(words[random.below(words.len())]),
        ValueKind::Bytes => json!("3q2+7w=="),
        ValueKind::Any => match random.below(4) {
            0 => json!(u64::MAX - random.below(9) as u64),
            1 => json!(random.percent(50)),
            2 => json!(i64::MIN),
            _ => json!(WORDS[random.below(WORDS.len())]),
        },
    }
}

/// A record for a new item: some of its plain fields and texts.
fn record(random: &mut Random, schema: &Schema) -> Value {
    let mut record = Map::new();
    for field in schema.fields {
        if random.percent(50) {
            continue;
        }
        let value = match field.shape {
            Shape::Value(kind) => scalar(random, kind),
            Shape::Text | Shape::Prose => json!(words(random)),
            Shape::LocalText | Shape::LocalProse => {
                json!({LANGUAGES[random.below(3)]: words(random)})
            }
            _ => continue,
        };
        if !value.is_null() {
            record.insert(field.name.to_owned(), value);
        }
    }
    Value::Object(record)
}

fn command(random: &mut Random, schema: &Schema, view: &Value, path: &Path) -> Option<Command> {
    let field: &Field = &schema.fields[random.below(schema.fields.len())];
    let at = path.child(field.name);
    let here = find_in_view(view, &at);
    let text = |path: Path, random: &mut Random| {
        let old = find_in_view(view, &path).and_then(Value::as_str).unwrap_or_default();
        Some(Command::EditText { path, base: Vec::new(), text: rewritten(random, old) })
    };
    match field.shape {
        Shape::Value(kind) => Some(Command::Set { path: at, value: scalar(random, kind) }),
        Shape::Text | Shape::Prose => text(at, random),
        Shape::LocalText | Shape::LocalProse => text(at.child(LANGUAGES[random.below(3)]), random),
        Shape::Record(inner) => command(random, inner, view, &at),
        Shape::Items(inner) => item_command(random, inner, view, &at, here),
        Shape::Set => {
            let value = (*random.pick(&WORDS)).to_owned();
            Some(if random.percent(65) {
                Command::Include { path: at, value }
            } else {
                Command::Exclude { path: at, value }
            })
        }
        Shape::Map(kind) => {
            let path = at.child(&format!("k{}", random.below(4)));
            Some(Command::Set { path, value: scalar(random, kind) })
        }
    }
}

fn item_command(
    random: &mut Random,
    inner: &Schema,
    view: &Value,
    at: &Path,
    here: Option<&Value>,
) -> Option<Command> {
    let ids: Vec<&str> = here
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|item| item.get("id").and_then(Value::as_str))
        .collect();
    let some = |random: &mut Random| (!ids.is_empty()).then(|| (*random.pick(&ids)).to_owned());
    let Some(id) = some(random).filter(|_| random.percent(75)) else {
        let id = format!("i{}", random.below(12));
        let after = some(random).filter(|_| random.percent(40));
        return Some(Command::Add { path: at.clone(), id, after, record: record(random, inner) });
    };
    let path = at.child(&id);
    match random.below(6) {
        0 => Some(Command::Move { path, after: some(random).filter(|_| random.percent(70)) }),
        1 => Some(Command::Remove { path }),
        _ => command(random, inner, view, &path),
    }
}

/// All changes of a document, each behind what it depends on, and who wrote them.
#[derive(Debug, Clone)]
pub struct History {
    /// The kind of the document.
    pub kind: Kind,
    /// The writers, each with what it knows.
    pub writers: Vec<Writer>,
    /// Changes as their authors made them, without the genesis.
    pub changes: Vec<Vec<u8>>,
}

impl History {
    /// Lets these actors edit in `turns` turns.
    #[must_use]
    pub fn grow(dice: &mut Dice, kind: Kind, actors: &[ActorId], turns: usize) -> Self {
        let writers = actors.iter().map(|actor| Writer::new(kind, *actor)).collect();
        let mut history = Self { kind, writers, changes: Vec::new() };
        for _ in 0..turns {
            let who = dice.0.below(actors.len());
            if dice.0.percent(30) {
                let other = dice.0.below(actors.len());
                let seen = history.writers[other].document.clone();
                history.writers[who].take(&history.changes, |hash| seen.knows(hash));
            } else {
                let change = history.writers[who].edit(dice);
                history.changes.extend(change);
            }
        }
        history
    }

    /// All writers meet: each has everything then.
    pub fn meet(&mut self) {
        for writer in &mut self.writers {
            writer.take(&self.changes, |_| true);
        }
    }

    /// Passes every change through the gate in the order in which they were made.
    ///
    /// # Errors
    /// What was refused, and why. An honest history has nothing.
    pub fn check(&self) -> Result<usize, String> {
        let mut gate = Gate::new(&self.kind.genesis()).map_err(|reason| format!("{reason:?}"))?;
        for (place, bytes) in self.changes.iter().enumerate() {
            let header = ChangeHeader::parse(bytes).map_err(|error| error.to_string())?;
            let sealed = SealedChange { header, bytes: bytes.clone() };
            let passed = gate.check(&sealed).map(drop);
            passed.map_err(|reason| format!("change {place} of {:?}: {reason:?}", self.kind))?;
        }
        Ok(self.changes.len())
    }
}

/// One honest history of a seed, from growing to reading it anew: how many changes it had.
///
/// # Errors
/// What was refused or came out differently.
pub fn honest(seed: u64) -> Result<usize, String> {
    let mut dice = Dice::new(seed);
    let kind = Kind::ALL[dice.0.below(Kind::ALL.len())];
    let count = 2 + dice.0.below(3);
    let actors: Vec<ActorId> = (0..count).map(|_| ActorId(dice.0.bytes())).collect();
    let turns = 10 + dice.0.below(30);
    let mut history = History::grow(&mut dice, kind, &actors, turns);
    let changes = history.check()?;
    history.meet();
    let seen: Vec<(Vec<ChangeHash>, Value)> =
        history.writers.iter().map(|w| (w.document.heads(), w.document.view())).collect();
    if seen.windows(2).any(|pair| pair[0] != pair[1]) {
        return Err(format!("the writers of {kind:?} see different things"));
    }
    let first = &history.writers[0].document;
    let again = Document::from_snapshot(kind.schema(), &first.save());
    let again = again.map_err(|error| error.to_string())?;
    if again.heads() != first.heads() || again.view() != first.view() {
        return Err(format!("{kind:?} comes back differently from its snapshot"));
    }
    Ok(changes)
}
