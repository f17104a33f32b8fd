//! The plan of the workloads as one automerge document.

use automerge::transaction::{CommitOptions, Transactable as _, Transaction};
use automerge::{ActorId, Automerge, ObjId, ObjType, ROOT, ReadDoc};
use serde_json::Value;

/// The plan, and the steps of its history.
pub(crate) struct Plan {
    pub(crate) doc: Automerge,
}

/// What stands under `key`.
pub(crate) fn inside(doc: &impl ReadDoc, object: &ObjId, key: &str) -> Option<ObjId> {
    doc.get(object, key).unwrap().map(|(_, id)| id)
}

/// The text of a section.
pub(crate) fn text(doc: &impl ReadDoc, section: u64) -> Option<ObjId> {
    let sections = inside(doc, &ROOT, "sections")?;
    inside(doc, &inside(doc, &sections, &section.to_string())?, "text")
}

/// Makes empty sections; the first time also what holds them.
pub(crate) fn set_up(change: &mut Transaction<'_>, numbers: &[u64]) {
    let sections = inside(change, &ROOT, "sections")
        .unwrap_or_else(|| change.put_object(ROOT, "sections", ObjType::Map).unwrap());
    for number in numbers {
        let made = change.put_object(&sections, number.to_string(), ObjType::Map).unwrap();
        change.put(&made, "title", format!("Section {number}")).unwrap();
        change.put_object(&made, "text", ObjType::Text).unwrap();
    }
}

impl Plan {
    pub(crate) fn new() -> Self {
        Self { doc: Automerge::new() }
    }

    pub(crate) fn play(&mut self, author: u8, step: &Value) {
        self.doc.set_actor(ActorId::from([author + 1; 16]));
        let mut change = self.doc.transaction();
        carry_out(&mut change, step);
        // The same bytes whoever makes them: a client and the server must hold the same changes.
        change.commit_with(CommitOptions::default().with_time(0));
    }
}

fn carry_out(change: &mut Transaction<'_>, step: &Value) {
    let number = |index: usize| step[index].as_u64().unwrap();
    let string = |index: usize| step[index].as_str().unwrap();
    match string(0) {
        "set-up" => {
            let numbers: Vec<u64> =
                step[1].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
            set_up(change, &numbers);
            if numbers.is_empty() {
                let tasks = change.put_object(ROOT, "tasks", ObjType::Map).unwrap();
                let first = change.put_object(&tasks, "first", ObjType::Map).unwrap();
                change.put(&first, "title", "Tasks").unwrap();
            }
        }
        "insert" => {
            let text = text(change, number(1)).unwrap();
            change.splice_text(&text, number(2) as usize, 0, string(3)).unwrap();
        }
        "delete" => {
            let text = text(change, number(1)).unwrap();
            change.splice_text(&text, number(2) as usize, number(3) as isize, "").unwrap();
        }
        "field" => {
            let sections = inside(change, &ROOT, "sections").unwrap();
            let section = inside(change, &sections, &number(1).to_string()).unwrap();
            change.put(&section, format!("field{}", number(2)), string(3)).unwrap();
        }
        "task" => {
            let tasks = inside(change, &ROOT, "tasks").unwrap();
            let task = change.put_object(&tasks, string(1), ObjType::Map).unwrap();
            change.put(&task, "title", string(2)).unwrap();
        }
        "priority" => {
            let tasks = inside(change, &ROOT, "tasks").unwrap();
            let task = inside(change, &tasks, string(1)).unwrap();
            change.put(&task, "priority", number(2)).unwrap();
        }
        other => panic!("no such step: {other}"),
    }
}
