//! The bundled plugin `draft`: papers from the plan. An order, an analytic report, the development plan, a bulletin, a
//! set of tasks, criteria of assessment.
//!
//! Every number and name comes from the plan and is checked against it. A model may write beside the templates; each line
//! of its answer is checked the same way. What people have edited is never written over. See docs/bundled-plugins.md.

mod bulletin;
mod check;
mod day;
mod development;
mod lesson;
mod merge;
mod model;
mod order;
mod piece;
mod plan;
mod report;
mod show;

use jospar_plugin_sdk::{Error, Outcome, Words, host, plugin, setting};
use serde_json::json;

use merge::Draft;
use model::Asked;
use piece::{Made, Piece};
use plan::Plan;

static WORDS: Words = Words::new(include_str!("words.txt"));

/// A kind of draft: its task, the kind of paper, the host's template.
struct Form {
    task: &'static str,
    kind: &'static str,
    template: &'static str,
    pieces: fn(&Plan) -> Result<Made, Error>,
}

const ORDER: Form =
    Form { task: "order", kind: "order_draft", template: "draft-order", pieces: order::pieces };
const REPORT: Form = Form {
    task: "report",
    kind: "analytic_report",
    template: "draft-report",
    pieces: report::pieces,
};
const PLAN: Form = Form {
    task: "plan",
    kind: "development_plan",
    template: "draft-plan",
    pieces: development::pieces,
};
const BULLETIN: Form = Form {
    task: "bulletin",
    kind: "bulletin",
    template: "draft-bulletin",
    pieces: bulletin::pieces,
};
const TASKS: Form =
    Form { task: "tasks", kind: "task_set", template: "draft-tasks", pieces: lesson::tasks };
const RUBRIC: Form =
    Form { task: "rubric", kind: "rubric", template: "draft-rubric", pieces: lesson::rubric };

plugin! {
    "order" => || draft(&ORDER),
    "report" => || draft(&REPORT),
    "plan" => || draft(&PLAN),
    "bulletin" => || draft(&BULLETIN),
    "tasks" => || draft(&TASKS),
    "rubric" => || draft(&RUBRIC),
}

fn draft(form: &Form) -> Result<Outcome, Error> {
    let plan = Plan::read(host::today())?;
    if !plan.has("plan") {
        return Err(Error::refused(WORDS.word("no-plan")));
    }
    let language = language(&plan, setting::<String>("language").as_deref());
    let made = (form.pieces)(&plan)?;
    verify(&plan, &made.pieces)?;
    let chooses_numbers = form.task == "tasks";
    let asked = model::ask(form.template, &made, language, chooses_numbers);
    finish(form, &plan, language, made, &asked)
}

/// The paper's language: the setting's, else the plan's own.
fn language(plan: &Plan, setting: Option<&str>) -> &'static str {
    let own = plan.record("plan");
    let wanted =
        setting.filter(|set| *set != "plan").unwrap_or_else(|| own.text("default_language"));
    match wanted {
        "ru" => "ru",
        "en" => "en",
        _ => "kk",
    }
}

/// No draft leaves with a number that the plan does not have.
fn verify(plan: &Plan, pieces: &[Piece]) -> Result<(), Error> {
    for piece in pieces {
        if let Some(wrong) = check::unfounded(piece, plan).first() {
            let values = [("number", piece::number(*wrong)), ("text", (&piece.text).into())];
            return Err(Error::refused(WORDS.say("unfounded", &values)));
        }
    }
    Ok(())
}

fn finish(
    form: &Form,
    plan: &Plan,
    language: &str,
    made: Made,
    asked: &Asked,
) -> Result<Outcome, Error> {
    let Made { title, mut pieces, variant } = made;
    if let Asked::Answered(answer) = asked {
        match form.task {
            "order" => model::weave_order(&mut pieces, answer),
            _ => model::weave_part(&mut pieces, answer),
        }
    }
    let has_model = matches!(asked, Asked::Answered(_));
    let task = format!("{} {variant}", form.task);
    let draft = Draft { task: task.trim_end(), kind: form.kind, language, title, pieces };
    let merged = merge::merge(plan, &draft, has_model)?;
    let data = json!({
        "task": form.task, "language": language, "paper": merged.paper,
        "blocks": draft.pieces.len(), "added": merged.added, "changed": merged.changed,
        "kept": merged.kept.len(), "model": has_model,
    });
    let outcome = Outcome::of(show::report(plan, &draft, asked, &merged));
    let outcome = merged.proposals.into_iter().fold(outcome, Outcome::propose);
    outcome.with_data(&data)
}

#[cfg(test)]
mod tests;
