//! What people write: commands on the documents of a plan, chosen by the seed.

use jospar_core::document::{Command, Path};
use jospar_core::ids::{DocumentId, WorkspaceId};
use jospar_core::plan::Kind;
use serde_json::{Value, json};

use crate::random::Random;

const WORDS: [&str; 12] = [
    "мектеп",
    "мұғалім",
    "цифрлық",
    "оқушы",
    "жоспар",
    "тәуекел",
    "білім",
    "ғылым",
    "өңір",
    "үлгі",
    "қауіпсіз",
    "іс-шара",
];

pub(crate) fn document(workspace: &WorkspaceId, kind: Kind) -> DocumentId {
    DocumentId::singleton(workspace, kind.byte())
}

pub(crate) fn path(text: &str) -> Path {
    text.parse().unwrap()
}

pub(crate) fn set(at: &str, value: Value) -> Command {
    Command::Set { path: path(at), value }
}

pub(crate) fn add(list: &str, id: &str, record: Value) -> Command {
    Command::Add { path: path(list), id: id.to_owned(), after: None, record }
}

fn text(random: &mut Random) -> String {
    let count = 1 + random.below(6);
    let words: Vec<&str> = (0..count).map(|_| *random.pick(&WORDS)).collect();
    words.join(if random.percent(20) { "\n" } else { " " })
}

fn edit_text(at: &str, random: &mut Random) -> Command {
    Command::EditText { path: path(at), base: Vec::new(), text: text(random) }
}

/// An id that two people may choose at once, though seldom.
fn id(random: &mut Random, prefix: &str, who: usize) -> String {
    let author = if random.percent(70) { who } else { random.below(4) };
    format!("{prefix}{author}{}", random.below(2))
}

fn day(random: &mut Random) -> Value {
    json!(format!("2027-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28)))
}

/// Commands on one document. Some do not fit what is there, as when a page was open for too long.
pub(crate) fn edit(
    random: &mut Random,
    workspace: &WorkspaceId,
    who: usize,
) -> (DocumentId, Vec<Command>) {
    let kind = *random.pick(&[
        Kind::Risks,
        Kind::Risks,
        Kind::Initiatives,
        Kind::Plan,
        Kind::Meetings,
        Kind::LessonStudy,
    ]);
    if kind == Kind::LessonStudy {
        let id = DocumentId::random(kind.byte(), [random.below(4) as u8; 15]);
        return (id, vec![set("class", json!(text(random)))]);
    }
    let count = if random.percent(80) { 1 } else { 2 };
    let mut commands = Vec::new();
    for _ in 0..count {
        commands.extend(match kind {
            Kind::Risks => vec![risk(random, who)],
            Kind::Initiatives => initiative(random, who),
            Kind::Plan => vec![edit_text("plan/vision/kk", random)],
            _ => vec![meeting(random, who)],
        });
    }
    (document(workspace, kind), commands)
}

fn risk(random: &mut Random, who: usize) -> Command {
    let id = id(random, "r", who);
    let at = format!("risks/{id}");
    match random.below(10) {
        0..=2 => {
            let level = 1 + random.below(5);
            add("risks", &id, json!({"title": {"kk": text(random)}, "likelihood": level}))
        }
        3..=4 => set(&format!("{at}/impact"), json!(1 + random.below(5))),
        5 => set(&format!("{at}/residual/impact"), json!(1 + random.below(5))),
        6 => {
            let after = random.percent(50).then(|| self::id(random, "r", who));
            Command::Move { path: path(&at), after }
        }
        7 => Command::Remove { path: path(&at) },
        8 => Command::Keep { path: path(&at) },
        _ => {
            let measure = self::id(random, "m", who);
            add(&format!("{at}/mitigations"), &measure, json!({"state": "open"}))
        }
    }
}

fn initiative(random: &mut Random, who: usize) -> Vec<Command> {
    let id = id(random, "in", who);
    let at = format!("initiatives/{id}");
    vec![match random.below(8) {
        0..=2 => add("initiatives", &id, json!({"title": {"kk": text(random)}})),
        3..=4 => set(&format!("{at}/due"), day(random)),
        5 => edit_text(&format!("{at}/chain/strategy/text"), random),
        6 => {
            let value = (*random.pick(&WORDS)).to_owned();
            let path = path(&format!("{at}/owners"));
            if random.percent(60) {
                Command::Include { path, value }
            } else {
                Command::Exclude { path, value }
            }
        }
        _ if random.percent(50) => return large(&at, random),
        _ => set(&format!("{at}/state"), json!("done")),
    }]
}

/// So much that it goes on the bulk lane, however well it is compressed.
pub(crate) fn large(at: &str, random: &mut Random) -> Vec<Command> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
    let mut value = || {
        let letters = (0..112).flat_map(|_| random.next().to_le_bytes());
        letters.map(|byte| char::from(LETTERS[usize::from(byte % 64)])).collect::<String>()
    };
    (0..120).map(|n| set(&format!("{at}/acknowledged/p{n}"), json!(value()))).collect()
}

fn meeting(random: &mut Random, who: usize) -> Command {
    let id = id(random, "mt", who);
    match random.below(5) {
        0..=1 => add("meetings", &id, json!({"title": {"kk": text(random)}, "date": day(random)})),
        2 => set(&format!("meetings/{id}/date"), day(random)),
        _ => edit_text(&format!("meetings/{id}/minutes"), random),
    }
}
