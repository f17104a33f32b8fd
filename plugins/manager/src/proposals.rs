//! Proposals: shown as what they would change, and carried out as ordinary edits when a person accepts them.

use std::collections::BTreeMap;

use jospar_node::service::{Edit as NodeEdit, Fault, FaultKind, PluginRequest, Request};
use jospar_plugin_api::{Edit, Origin, Proposal};
use serde_json::{Value, json};

use crate::Workspace;
use crate::database::Kept;
use crate::fault;
use crate::library::{Library, Origin as Installed};
use crate::model::{Marks, is_closed};
use crate::run::Run;

/// Parts that no plugin changes: who people are, and what the school says of plugins.
const CLOSED: [&str; 3] = ["people", "plugins", "plugin_packages"];

/// What accepting did: the changes, and the run with the proposal marked.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The node's answer: `{changes: [{path, document, change}], saved: true}`.
    pub answer: Value,
    /// The run.
    pub run: Run,
}

/// A person's yes to a proposal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Agreement {
    /// For each value that was changed since the run, what the person saw there and agreed to overwrite.
    pub overwrite: BTreeMap<String, Value>,
    /// The person has read the texts that a model wrote, whole, and accepts them. Else they wait for that in the plan.
    pub has_read: bool,
}

impl From<BTreeMap<String, Value>> for Agreement {
    fn from(overwrite: BTreeMap<String, Value>) -> Self {
        Self { overwrite, has_read: false }
    }
}

impl Library {
    /// What the proposal of this number, from 1, would change now. Answer: `{plugin, task, number, title, reason, origin,
    /// accepted, edits: [{edit, path, place, then, now, after, changed}], fault}`, see
    /// [`PluginRequest::Preview`].
    ///
    /// # Errors
    /// A fault if there is no such proposal.
    pub fn preview(
        &self,
        workspace: &mut dyn Workspace,
        run: &Run,
        number: usize,
    ) -> Result<Value, Fault> {
        let proposal = proposal(run, number)?;
        let edits = self.marked(workspace, run, proposal, false)?;
        let request = PluginRequest::Preview { edits, base: run.base.clone() };
        let mut answer = workspace.call(&Request::Plugin(request))?;
        let about = json!({
            "plugin": run.plugin, "task": run.task, "number": number, "title": proposal.title,
            "reason": proposal.reason, "origin": proposal.origin,
            "accepted": run.accepted.contains(&number),
        });
        if let (Value::Object(answer), Value::Object(about)) = (&mut answer, about) {
            answer.extend(about);
        }
        Ok(answer)
    }

    /// What each proposal of a run would change now; one that cannot be looked at has its `fault`.
    pub fn previews(&self, workspace: &mut dyn Workspace, run: &Run) -> Vec<Value> {
        let numbers = 1..=run.outcome.proposals.len();
        let look = |number| match self.preview(workspace, run, number) {
            Ok(preview) => preview,
            Err(fault) => json!({"number": number, "edits": [], "fault": fault}),
        };
        numbers.map(look).collect()
    }

    /// Carries out a proposal of the kept result of an installed plugin. Blocks of papers that a model wrote say so, with
    /// its run and, if the person has read them, who accepted them.
    ///
    /// # Errors
    /// A fault if there is no such proposal, it was accepted before, or an edit does not fit: then nothing of it was done.
    pub fn accept(
        &mut self,
        workspace: &mut dyn Workspace,
        (id, task): (&str, Option<&str>),
        number: usize,
        agreement: impl Into<Agreement>,
    ) -> Result<Accepted, Fault> {
        let Agreement { overwrite: agreed, has_read } = agreement.into();
        let (kept, mut run) = self.kept_run(id, task)?;
        if run.accepted.contains(&number) {
            return Err(fault::usage("plugin-proposal-accepted", json!({"number": number})));
        }
        let proposal = proposal(&run, number)?;
        let model = match proposal.origin {
            Origin::Computed => "",
            Origin::Model => ", model",
        };
        let note = Some(format!("{} {}{model}", run.plugin, run.version));
        let edits = self.marked(workspace, &run, proposal, has_read)?;
        let base = run.base.clone();
        let request = PluginRequest::Batch { edits, base, agreed, note };
        let answer = workspace.call(&Request::Plugin(request))?;
        run.accepted.push(number);
        let Kept { task, input, .. } = kept;
        self.database.keep_result(id, &Kept { task, input, result: run.to_json() })?;
        Ok(Accepted { answer, run })
    }

    /// A proposal as edits, with what has to be said about texts of a model.
    fn marked(
        &self,
        workspace: &mut dyn Workspace,
        run: &Run,
        proposal: &Proposal,
        has_read: bool,
    ) -> Result<Vec<NodeEdit>, Fault> {
        let edits = edits(proposal)?;
        let model = proposal.origin == Origin::Model;
        let found = self.find(&run.plugin);
        let believed = found.is_ok_and(|installed| installed.origin == Installed::Bundled);
        let mut marks = Marks { model, believed, ..Marks::default() };
        if model && proposal.edits.iter().any(|edit| edit.path().starts_with("documents")) {
            marks.answers.clone_from(&run.answers);
            marks.known = Marks::known(workspace)?;
            if has_read {
                marks.reader = Some(crate::model::person(workspace)?);
            }
        }
        Ok(marks.put(edits))
    }
}

fn proposal(run: &Run, number: usize) -> Result<&Proposal, Fault> {
    let index = number.checked_sub(1);
    index.and_then(|index| run.outcome.proposals.get(index)).ok_or_else(|| {
        let values = json!({"plugin": run.plugin, "number": number,
                            "count": run.outcome.proposals.len()});
        fault::not_found("plugin-proposal-unknown", values)
    })
}

/// A proposal as edits that a node carries out.
fn edits(proposal: &Proposal) -> Result<Vec<NodeEdit>, Fault> {
    let edit = |edit: &Edit| {
        let first = edit.path().split('/').next().unwrap_or_default();
        if CLOSED.contains(&first) || is_closed(edit.path()) {
            let values = json!({"path": edit.path()});
            return Err(Fault::new(FaultKind::NotAllowed, "plugin-proposal-closed", values));
        }
        Ok(match edit.clone() {
            Edit::Set(set) => NodeEdit::Set { path: set.path, value: set.value },
            Edit::Add(add) => NodeEdit::Add {
                path: add.path,
                id: add.id,
                record: Value::Object(add.fields),
                after: add.after,
            },
            Edit::Remove(path) => NodeEdit::Remove { path },
            Edit::Write(write) => NodeEdit::Write { path: write.path, text: write.text },
        })
    };
    proposal.edits.iter().map(edit).collect()
}
