//! Skills: what the class can do before and after, learner by learner, and who has practised enough.

use jospar_guest_words::{numbered, without};
use jospar_methods::lesson::SkillMatrix;
use jospar_methods::trajectory::{BKT_DEFAULT, MASTERY, Mastery, bkt};
use jospar_methods::{Computed, Refusal};
use jospar_plugin_sdk::{Cell, Chart, ChartKind, Column, Report, Table, Text, Value};

use crate::WORDS;
use crate::plan::Class;

/// Learners that are shown in a table.
const LEARNERS_MAX: usize = 200;

pub(crate) struct Skills {
    before: Result<Computed<SkillMatrix>, Refusal>,
    after: Result<Computed<SkillMatrix>, Refusal>,
    /// Learner by learner, skill by skill; `None` for a learner without any result.
    mastery: Vec<Vec<Option<Mastery>>>,
}

pub(crate) fn calculate(class: &Class<'_>) -> Skills {
    let items: Vec<Vec<usize>> = class.skills.iter().map(|(_, items)| items.clone()).collect();
    let matrix = |occasion: usize| class.responses(occasion)?.skill_matrix(&items);
    let learner = |learner: usize| {
        let skill = |items: &Vec<usize>| {
            let answers = class.answers(learner, items);
            let traced = bkt(BKT_DEFAULT, &answers).ok();
            traced.filter(|_| !answers.is_empty()).map(|traced| traced.value)
        };
        items.iter().map(skill).collect()
    };
    Skills {
        before: matrix(class.before),
        after: matrix(class.after),
        mastery: (0..class.learners.len()).map(learner).collect(),
    }
}

impl Skills {
    /// The skill that the class can do least after the lesson, with the share right.
    pub(crate) fn weakest(&self, class: &Class<'_>) -> Option<(Text, f64)> {
        let shares = &self.after.as_ref().ok()?.value.class;
        let skills = class.skills.iter().zip(shares);
        let ((title, _), share) = skills.min_by(|a, b| a.1.total_cmp(b.1))?;
        Some((title.clone(), *share))
    }

    pub(crate) fn mastery(&self, learner: usize, skill: usize) -> Option<&Mastery> {
        self.mastery.get(learner)?.get(skill)?.as_ref()
    }

    /// What a learner could do after the lesson, skill by skill.
    pub(crate) fn learner(&self, learner: usize) -> Option<&[f64]> {
        self.after.as_ref().ok()?.value.learners.get(learner)?.as_deref()
    }

    /// How many have practised a skill enough, of how many with results.
    fn practised(&self, skill: usize) -> (usize, usize) {
        let known = || self.mastery.iter().filter_map(|learner| learner.get(skill)?.as_ref());
        (known().filter(|mastery| mastery.is_practised).count(), known().count())
    }
}

pub(crate) fn show(report: Report, class: &Class<'_>, skills: &Skills) -> Report {
    if class.skills.is_empty() {
        return report.heading(2, WORDS.word("skills")).paragraph(WORDS.word("skills-none"));
    }
    let report = report.heading(2, WORDS.word("skills"));
    let after = match &skills.after {
        Ok(after) => after,
        Err(why) => return without(report, &WORDS.word("skills"), why, &numbered),
    };
    let before = skills.before.as_ref().ok().filter(|_| class.before != class.after);
    let mut table = Table::new(
        WORDS.word("skills-class"),
        vec![
            Column::text(WORDS.word("skill")),
            Column::text(WORDS.word("items-of-skill")),
            Column::number(WORDS.word("before"), 0),
            Column::number(WORDS.word("after"), 0),
            Column::text(WORDS.word("practised")),
        ],
    );
    let share = |matrix: Option<&Computed<SkillMatrix>>, skill: usize| {
        matrix.and_then(|matrix| matrix.value.class.get(skill).copied())
    };
    for (skill, (title, items)) in class.skills.iter().enumerate() {
        let (practised, n) = skills.practised(skill);
        let values = [("practised", Value::from(practised)), ("n", n.into())];
        table.push(vec![
            title.clone().into(),
            class.item_list(items).into(),
            share(before, skill).map_or(Cell::Empty, Cell::Share),
            share(Some(after), skill).map_or(Cell::Empty, Cell::Share),
            WORDS.say("of", &values).into(),
        ]);
    }
    let skill_places = || 0..class.skills.len();
    let mut chart = Chart::new(ChartKind::Bar, WORDS.word("skills-class"))
        .categories(class.skills.iter().map(|(title, _)| title.clone()).collect())
        .axis(0.0, 1.0);
    if before.is_some() {
        chart = chart.series(
            WORDS.word("before"),
            skill_places().map(|skill| share(before, skill)).collect(),
        );
    }
    chart = chart.series(
        WORDS.word("after"),
        skill_places().map(|skill| share(Some(after), skill)).collect(),
    );
    let values = [("mastery", (MASTERY, 2).into()), ("n", after.n.into())];
    report
        .table(table)
        .chart(chart)
        .table(learners(class, skills))
        .paragraph(WORDS.say("skills-method", &values))
}

/// The chance that each learner knows each skill, in the order of codes.
fn learners(class: &Class<'_>, skills: &Skills) -> Table {
    let mut columns = vec![Column::text(WORDS.word("learner"))];
    columns.extend(class.skills.iter().map(|(title, _)| Column::number(title.clone(), 0)));
    let mut table = Table::new(WORDS.word("mastery"), columns);
    for learner in 0..class.learners.len().min(LEARNERS_MAX) {
        let known =
            |skill| skills.mastery(learner, skill).map_or(Cell::Empty, |m| Cell::Share(m.known));
        let mut row: Vec<Cell> = vec![class.learner(learner).into()];
        row.extend((0..class.skills.len()).map(known));
        table.push(row);
    }
    table
}

pub(crate) fn next(class: &Class<'_>, skills: &Skills) -> Vec<Text> {
    let Some((skill, share)) = skills.weakest(class) else { return Vec::new() };
    let values = [("skill", skill.into()), ("share", Value::Share(share))];
    vec![WORDS.say("next-skill", &values)]
}
