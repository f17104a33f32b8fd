//! Tasks and criteria for the skills of a lesson study: forms that a teacher fills, with no learner in them.

use jospar_plugin_sdk::{Error, setting};

use crate::WORDS;
use crate::piece::{Made, Piece};
use crate::plan::{Item, Plan};
use crate::report::head;

/// From easy to hard, after Bloom: what a learner does.
const STEPS: [&str; 3] = ["task-apply", "task-analyse", "task-create"];
/// Levels of a criterion: the points of each.
const POINTS: [u8; 3] = [0, 1, 2];

fn study<'a>(plan: &'a Plan, wanted: &str) -> Result<Item<'a>, Error> {
    let mut studies = plan.items("lesson_studies").into_iter();
    let found = studies.find(|study| wanted.is_empty() || study.id() == wanted);
    found.ok_or_else(|| Error::not_found(WORDS.say("no-study", &[("study", wanted.into())])))
}

fn skills<'a>(study: &Item<'a>) -> Result<Vec<Item<'a>>, Error> {
    let skills = study.record("test").items("skills");
    if skills.is_empty() {
        return Err(Error::refused(WORDS.word("no-skills")));
    }
    Ok(skills)
}

fn subject(study: &Item<'_>, key: &str) -> Piece {
    let values = [
        ("subject", study.text("subject").into()),
        ("class", study.text("class").into()),
        ("topic", study.words("topic").into()),
    ];
    let mut piece = Piece::about("study", study, WORDS.say(key, &values));
    piece.role = "subject";
    piece
}

pub(crate) fn tasks(plan: &Plan) -> Result<Made, Error> {
    tasks_of(plan, &setting::<String>("study").unwrap_or_default())
}

pub(crate) fn tasks_of(plan: &Plan, wanted: &str) -> Result<Made, Error> {
    let study = study(plan, wanted)?;
    let mut pieces = head(plan, "tasks-word");
    pieces.push(subject(&study, "lesson-subject"));
    for skill in skills(&study)? {
        let items = skill.list("items").join(", ");
        let values = [("skill", skill.title().into()), ("items", items.into())];
        let mut heading = Piece::about("skill", &skill, WORDS.say("tasks-skill", &values));
        heading.role = "heading";
        pieces.push(heading);
        for step in STEPS {
            let text = WORDS.say(step, &[("skill", skill.title().into())]);
            let mut piece = Piece::about(step, &skill, text);
            piece.role = "item";
            pieces.push(piece);
        }
    }
    pieces.push(Piece::new("note", "paragraph", WORDS.word("tasks-note")));
    let title = [("topic", study.words("topic").into()), ("class", study.text("class").into())];
    let title = WORDS.say("tasks-title", &title);
    Ok(Made { title, pieces, variant: study.id().to_owned() })
}

pub(crate) fn rubric(plan: &Plan) -> Result<Made, Error> {
    rubric_of(plan, &setting::<String>("study").unwrap_or_default())
}

pub(crate) fn rubric_of(plan: &Plan, wanted: &str) -> Result<Made, Error> {
    let study = study(plan, wanted)?;
    let skills = skills(&study)?;
    let mut pieces = head(plan, "rubric-word");
    pieces.push(subject(&study, "lesson-subject"));
    let best = POINTS[2];
    for skill in &skills {
        let mut heading = Piece::about("skill", skill, skill.title());
        heading.role = "heading";
        pieces.push(heading);
        for points in POINTS {
            let key = format!("rubric-{}", points);
            let values = [("skill", skill.title().into()), ("points", usize::from(points).into())];
            let mut piece = Piece::about(&key, skill, WORDS.say(&key, &values));
            piece.role = "item";
            piece.own.push(f64::from(points));
            pieces.push(piece);
        }
    }
    let total = skills.len().saturating_mul(usize::from(best));
    let values = [
        ("total", total.into()),
        ("skills", skills.len().into()),
        ("best", usize::from(best).into()),
    ];
    let mut sum = Piece::new("total", "paragraph", WORDS.say("rubric-total", &values));
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    sum.own.extend([total as f64, skills.len() as f64, f64::from(best)]);
    pieces.push(sum);
    let title = [("topic", study.words("topic").into()), ("class", study.text("class").into())];
    let title = WORDS.say("rubric-title", &title);
    Ok(Made { title, pieces, variant: study.id().to_owned() })
}
