//! The plan history: 10,000 changes of 8 authors, the same for the same seed.
//!
//! 40 sections (title, three short fields, one text) and a list of tasks. How it is cut into documents: 12 sections are
//! initiatives, 28 are lesson studies of their own, the tasks are risks: 30 documents. The first 30 changes set them up.

use ed25519_dalek::SigningKey;
use jospar_core::document::{Author, Command, Document, Path};
use jospar_core::ids::{DeviceId, DocumentId, PolicyHash, WorkspaceId};
use jospar_core::log::{Envelope, actor_id};
use jospar_core::plan::{Kind, root_commands};
use jospar_core::time::Timestamp;
use serde_json::{Value, json};

/// How many documents the plan is cut into.
pub(crate) const DOCUMENTS: usize = 30;
/// How many changes the whole history has.
pub(crate) const CHANGES: usize = 10_000;
/// How many people wrote it.
pub(crate) const AUTHORS: usize = 8;

pub(crate) const SECTIONS: usize = 40;
const INITIATIVES: usize = 12;
const TURN: usize = 50;
const SEED: u32 = 0x6a73_7072;
const WORDS: [&str; 24] = [
    "school", "plan", "teacher", "lesson", "goal", "digital", "learner", "result", "group",
    "method", "first", "quarter", "review", "support", "data", "project", "open", "class", "skill",
    "year", "work", "share", "new", "practice",
];

/// xorshift32.
#[derive(Debug, Clone)]
pub(crate) struct Random(pub(crate) u32);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end.max(1)
    }
}

/// The plan as its authors see it, and what they will do next.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    random: Random,
    texts: Vec<String>,
    priorities: Vec<usize>,
    cursors: [(usize, usize); AUTHORS],
    made: usize,
    branch: String,
}

/// One intention: whose, in which document, what.
pub(crate) struct Step {
    pub(crate) author: usize,
    pub(crate) document: usize,
    pub(crate) commands: Vec<Command>,
    /// The same without jospar's documents and paths, as the peers are given it: an array that begins with its name.
    pub(crate) plain: Value,
}

/// A command, the document that it is for, and what it is to a peer.
type Intent = (usize, Command, Value);

impl Plan {
    pub(crate) fn new() -> Self {
        Self {
            random: Random(SEED),
            texts: vec![String::new(); SECTIONS],
            priorities: Vec::new(),
            cursors: std::array::from_fn(|author| (author * 5 % SECTIONS, 0)),
            made: 0,
            branch: "s".to_owned(),
        }
    }

    /// The same plan, going on with other changes.
    pub(crate) fn branch(&self, seed: u32) -> Self {
        Self { random: Random(seed), branch: "b".to_owned(), ..self.clone() }
    }

    pub(crate) fn text(&self, section: usize) -> &str {
        &self.texts[section]
    }

    pub(crate) fn next(&mut self) -> Step {
        let author = self.made / TURN % AUTHORS;
        let number = self.made;
        self.made += 1;
        if number < DOCUMENTS {
            let plain = json!(["set-up", sections_of(number)]);
            return Step { author, document: number, commands: set_up(number), plain };
        }
        let (document, command, plain) = match self.random.below(100) {
            0..80 => self.insert(author),
            80..85 => self.delete(author),
            85..95 => self.set_field(),
            95..99 => self.insert_task(),
            _ => self.set_priority(),
        };
        Step { author, document, commands: vec![command], plain }
    }

    fn insert(&mut self, author: usize) -> Intent {
        if self.random.below(10) >= 7 {
            let section = self.random.below(SECTIONS);
            let place = self.random.below(self.texts[section].len() + 1);
            self.cursors[author] = (section, place);
        }
        let (section, place) = self.cursors[author];
        let place = place.min(self.texts[section].len());
        let wanted = 15 + self.random.below(21);
        let mut piece = String::new();
        while piece.len() < wanted {
            piece.push_str(WORDS[self.random.below(WORDS.len())]);
            piece.push(' ');
        }
        piece.truncate(wanted);
        self.texts[section].insert_str(place, &piece);
        self.cursors[author] = (section, place + wanted);
        self.edit(section, json!(["insert", section, place, piece]))
    }

    fn delete(&mut self, author: usize) -> Intent {
        let (section, count) = (self.random.below(SECTIONS), 1 + self.random.below(8));
        let length = self.texts[section].len();
        if length <= count {
            return self.insert(author);
        }
        let place = self.random.below(length - count);
        self.texts[section].drain(place..place + count);
        self.edit(section, json!(["delete", section, place, count]))
    }

    fn edit(&self, section: usize, plain: Value) -> Intent {
        let (document, path) = text_place(section);
        let text = self.texts[section].clone();
        (document, Command::EditText { path, base: Vec::new(), text }, plain)
    }

    fn set_field(&mut self) -> Intent {
        let (section, field) = (self.random.below(SECTIONS), self.random.below(3));
        let word = WORDS[self.random.below(WORDS.len())];
        let value = Value::from(format!("{word} {}", self.made));
        let (document, path) = if section < INITIATIVES {
            let link = ["strategy", "technology", "pedagogy"][field];
            (0, format!("initiatives/in{section}/chain/{link}/refers_to"))
        } else {
            (section - INITIATIVES + 1, ["class", "subject", "test/data"][field].to_owned())
        };
        let plain = json!(["field", section, field, value]);
        (document, Command::Set { path: path.parse().unwrap(), value }, plain)
    }

    fn insert_task(&mut self) -> Intent {
        let words: Vec<&str> = (0..3).map(|_| WORDS[self.random.below(WORDS.len())]).collect();
        let id = format!("{}{}", self.branch, self.priorities.len());
        self.priorities.push(0);
        let title = words.join(" ");
        let plain = json!(["task", id, title]);
        let record = json!({"title": {"en": title}});
        let path = "risks".parse().unwrap();
        (DOCUMENTS - 1, Command::Add { path, id, after: None, record }, plain)
    }

    fn set_priority(&mut self) -> Intent {
        if self.priorities.is_empty() || self.branch != "s" {
            return self.insert_task();
        }
        let task = self.random.below(self.priorities.len());
        // Never the value that stands there: that would be no change.
        self.priorities[task] = self.priorities[task] % 5 + 1;
        let path = format!("risks/s{task}/likelihood").parse().unwrap();
        let plain = json!(["priority", format!("s{task}"), self.priorities[task]]);
        (DOCUMENTS - 1, Command::Set { path, value: Value::from(self.priorities[task]) }, plain)
    }
}

/// Where the text of a section stands: document and path.
pub(crate) fn text_place(section: usize) -> (usize, Path) {
    if section < INITIATIVES {
        (0, format!("initiatives/in{section}/chain/strategy/text").parse().unwrap())
    } else {
        (section - INITIATIVES + 1, "plan".parse().unwrap())
    }
}

fn set_up(document: usize) -> Vec<Command> {
    if document == 0 {
        let title = |section: usize| json!({"title": {"en": format!("Section {section}")}});
        let add = |section: usize| Command::Add {
            path: "initiatives".parse().unwrap(),
            id: format!("in{section}"),
            after: None,
            record: title(section),
        };
        return (0..INITIATIVES).map(add).collect();
    }
    if document == DOCUMENTS - 1 {
        let record = json!({"title": {"en": "Tasks"}});
        let path = "risks".parse().unwrap();
        return vec![Command::Add { path, id: "first".to_owned(), after: None, record }];
    }
    let section = document - 1 + INITIATIVES;
    let record = json!({"id": format!("ls{document}"), "order": document,
                        "topic": {"en": format!("Section {section}")}});
    root_commands(Kind::LessonStudy, &record)
}

/// The sections that a document of the plan holds.
fn sections_of(document: usize) -> Vec<usize> {
    match document {
        0 => (0..INITIATIVES).collect(),
        document if document == DOCUMENTS - 1 => Vec::new(),
        document => vec![document - 1 + INITIATIVES],
    }
}

/// The whole history without jospar's documents, for the peers: `{"steps": [[author, step], ...], "branch": [...]}`, the
/// branch made of `count` changes from change `at` on.
pub(crate) fn plain(at: usize, count: usize, seed: u32) -> Value {
    let mut plan = Plan::new();
    let mut branch = Plan::new();
    let mut steps = Vec::with_capacity(CHANGES);
    for number in 0..CHANGES {
        if number == at {
            branch = plan.branch(seed);
        }
        let step = plan.next();
        steps.push(json!([step.author, step.plain]));
    }
    let branch: Vec<Value> = (0..count).map(|_| branch.next().plain).collect();
    json!({"steps": steps, "branch": branch, "branch_at": at})
}

/// The kind of a document of the plan.
pub(crate) fn kind(document: usize) -> Kind {
    match document {
        0 => Kind::Initiatives,
        document if document == DOCUMENTS - 1 => Kind::Risks,
        _ => Kind::LessonStudy,
    }
}

/// The id of a document of the plan.
pub(crate) fn document_id(workspace: &WorkspaceId, document: usize) -> DocumentId {
    let kind = kind(document);
    if kind.is_many() {
        DocumentId::random(kind.byte(), [document as u8; 15])
    } else {
        DocumentId::singleton(workspace, kind.byte())
    }
}

/// One change as its author's device would send it.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) device: DeviceId,
    pub(crate) document: DocumentId,
    pub(crate) envelope: Vec<u8>,
    pub(crate) change: Vec<u8>,
}

/// Lets the authors write the first `count` changes; calls `at` before each with its number.
pub(crate) fn write(
    workspace: &WorkspaceId,
    authors: &[SigningKey],
    head: impl Fn(&DeviceId) -> PolicyHash,
    count: usize,
    mut at: impl FnMut(usize, &Plan),
) -> (Vec<Made>, Plan) {
    let mut documents: Vec<Document> =
        (0..DOCUMENTS).map(|d| Document::new(kind(d).byte(), kind(d).schema())).collect();
    let mut plan = Plan::new();
    let mut made = Vec::with_capacity(count);
    for number in 0..count {
        at(number, &plan);
        let Step { author, document, commands, .. } = plan.next();
        let key = &authors[author];
        let device = DeviceId(key.verifying_key().to_bytes());
        let (id, nonce) = (document_id(workspace, document), [author as u8; 16]);
        let mut random = [7; 32];
        random[..8].copy_from_slice(&(number as u64).to_le_bytes());
        let time = Timestamp(1_795_000_000_000 + number as i64 * 1_000);
        let author = Author { actor: actor_id(&device, &id, &nonce), time, random };
        let change = documents[document].edit(&author, &commands).unwrap().expect("a change");
        let envelope =
            Envelope::sign(key, workspace, id, head(&device), &nonce, vec![change.clone()])
                .unwrap();
        made.push(Made { device, document: id, envelope: envelope.encode(), change });
    }
    (made, plan)
}
