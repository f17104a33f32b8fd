//! Uses of AI and whether a person approved them: recorded runs, AI-written blocks, AI-assisted papers.

use jospar_plugin_sdk::{Cell, Report};

use crate::WORDS;
use crate::plan::{Paper, Plan, filled};
use crate::show::{self, empty, nothing, share, text};

/// One use of AI.
pub(crate) struct Use {
    /// Where it stands in the plan.
    pub(crate) path: String,
    /// The key of what it is.
    kind: &'static str,
    /// A person took responsibility for it.
    pub(crate) is_approved: bool,
    /// The key of what else is wrong with it.
    remark: Option<&'static str>,
}

/// Runs count as approved with a reviewer, blocks with who accepted them. A paper that AI helped with and that has no
/// block marked as AI's counts as one use, approved with an approval or from the state `approved` on.
pub(crate) fn uses(plan: &Plan) -> Vec<Use> {
    let runs = plan.ai_runs.iter().map(|run| Use {
        path: format!("ai_runs/{}", run.id),
        kind: "ai-run",
        is_approved: filled(run.reviewer.as_deref()),
        remark: None,
    });
    runs.chain(plan.documents.iter().flat_map(|paper| in_paper(plan, paper))).collect()
}

fn in_paper(plan: &Plan, paper: &Paper) -> Vec<Use> {
    let path = format!("documents/{}", paper.id);
    let unlabelled = paper.ai_label.is_empty().then_some("ai-unlabelled");
    let written = paper.blocks.iter().filter(|block| block.ai == Some(true));
    let blocks: Vec<Use> = written
        .map(|block| {
            let run = block.ai_run.as_deref().filter(|run| !run.is_empty());
            let known = run.is_some_and(|run| plan.ai_runs.iter().any(|known| known.id == run));
            let is_open = plan.denied.contains(&"ai_runs") && run.is_some();
            Use {
                path: path.clone(),
                kind: "ai-block",
                is_approved: filled(block.accepted_by.as_deref()),
                remark: unlabelled.or((!known && !is_open).then_some("ai-no-run")),
            }
        })
        .collect();
    if !blocks.is_empty() || paper.ai_assisted != Some(true) {
        return blocks;
    }
    let signed = matches!(paper.state.as_deref(), Some("approved" | "signed" | "archived"));
    let is_approved = signed || !paper.approvals.is_empty();
    vec![Use { path, kind: "ai-paper", is_approved, remark: unlabelled }]
}

pub(crate) fn approved(uses: &[Use]) -> usize {
    uses.iter().filter(|one| one.is_approved).count()
}

pub(crate) fn show(report: Report, uses: &[Use]) -> Report {
    let report = report.heading(2, WORDS.word("ai"));
    if uses.is_empty() {
        return nothing(report, "ai-none");
    }
    let report = share(report, &WORDS.word("ai-share"), approved(uses), uses.len());
    let mut table = empty("ai-open", &[text("ai-where"), text("ai-kind"), text("ai-state")]);
    for one in uses.iter().filter(|one| !one.is_approved || one.remark.is_some()) {
        let state = if one.is_approved { "ai-approved" } else { "ai-waits" };
        let state = WORDS.word(one.remark.unwrap_or(state));
        table.push(vec![Cell::Item(one.path.clone()), WORDS.word(one.kind).into(), state.into()]);
    }
    show::table(report, table).paragraph(WORDS.word("ai-method"))
}
