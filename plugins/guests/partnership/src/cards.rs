//! Role cards: what each partner has to do now, role by role. A card lists what the plan links to its role, nothing
//! else.

use std::collections::BTreeSet;

use jospar_guest_days::date;
use jospar_plugin_sdk::{Cell, Column, Report, Table, Text};
use serde_json::json;

use crate::plan::{Bulletin, Partner, Plan, Titled, filled};
use crate::show::{self, nothing};
use crate::{WORDS, approval};

/// Cards that a report shows.
const CARDS_MAX: usize = 40;

/// A task that is not done yet.
pub(crate) struct Task {
    path: String,
    /// The key of what has to be done.
    kind: &'static str,
    due: Text,
}

/// A partner's role with its tasks; without a role, what the partner has beside the roles.
pub(crate) struct Card<'a> {
    pub(crate) partner: &'a Partner,
    pub(crate) role: Option<&'a Titled>,
    pub(crate) tasks: Vec<Task>,
}

impl Card<'_> {
    pub(crate) fn title(&self) -> Text {
        self.role.map_or_else(|| WORDS.word("role-none"), |role| role.title.clone())
    }
}

pub(crate) fn of(plan: &Plan) -> Vec<Card<'_>> {
    let mut cards = Vec::new();
    for partner in &plan.partners {
        let mut listed = BTreeSet::new();
        for role in &partner.roles {
            let tasks = of_role(plan, &partner.id, &role.id);
            listed.extend(tasks.iter().map(|task| (task.path.clone(), task.kind)));
            cards.push(Card { partner, role: Some(role), tasks });
        }
        let mut tasks = owned(plan, &partner.id);
        tasks.retain(|task| !listed.contains(&(task.path.clone(), task.kind)));
        cards.push(Card { partner, role: None, tasks });
    }
    cards
}

/// What the plan links to one of the article's six roles, which it names by these ids. Other roles have no tasks of
/// their own: theirs stand on the card without a role.
fn of_role(plan: &Plan, partner: &str, role: &str) -> Vec<Task> {
    match role {
        "r1" => led(plan, partner),
        "r2" => decided(plan, partner),
        "r3" => changed(plan),
        "r4" => mentored(plan, partner),
        "r5" => advised(plan, partner),
        "r6" => facilitated(plan),
        _ => Vec::new(),
    }
}

/// The live initiatives where the partner has this letter.
fn in_matrix(plan: &Plan, partner: &str, letter: &str, kind: &'static str) -> Vec<Task> {
    let own = plan
        .initiatives
        .iter()
        .filter(|one| one.is_live() && one.raci.get(partner).is_some_and(|own| own == letter));
    let task = |one: &crate::plan::Initiative| Task {
        path: format!("initiatives/{}", one.id),
        kind,
        due: one.due.text(),
    };
    own.map(task).collect()
}

/// The initiatives that the partner answers for.
fn led(plan: &Plan, partner: &str) -> Vec<Task> {
    in_matrix(plan, partner, "A", "task-lead")
}

/// The open decisions of the partner.
fn decided(plan: &Plan, partner: &str) -> Vec<Task> {
    let mut tasks = Vec::new();
    for meeting in &plan.meetings {
        let own = meeting.decisions.iter().filter(|one| one.owner.as_deref() == Some(partner));
        tasks.extend(own.filter(|one| one.is_live()).map(|one| Task {
            path: format!("meetings/{}/decisions/{}", meeting.id, one.id),
            kind: "task-decision",
            due: one.due.text(),
        }));
    }
    tasks
}

/// Traditions that are not changed yet, and bulletins with the day of the next.
fn changed(plan: &Plan) -> Vec<Task> {
    let open = plan.antipatterns.iter().filter(|one| one.state.as_deref() != Some("changed"));
    let traditions = open.map(|one| Task {
        path: format!("antipatterns/{}", one.id),
        kind: "task-tradition",
        due: Text::default(),
    });
    let bulletins = plan.info_sharing.iter().map(|one| Task {
        path: format!("info_sharing/{}", one.id),
        kind: "task-bulletin",
        due: next_day(one),
    });
    traditions.chain(bulletins).collect()
}

fn next_day(bulletin: &Bulletin) -> Text {
    let every = bulletin.every_days.filter(|days| (1.0..10_000.0).contains(days));
    let next = bulletin.last_sent.day().zip(every).map(|(last, every)| last + every);
    #[allow(clippy::cast_possible_truncation, reason = "a day of some years from now")]
    next.map_or_else(Text::default, |next| Text::same(date(next as i64)))
}

/// The teachers whom the partner mentors.
fn mentored(plan: &Plan, partner: &str) -> Vec<Task> {
    if plan.mentoring.mentor.as_deref() != Some(partner) {
        return Vec::new();
    }
    let open = plan.mentoring.pairs.iter().filter(|pair| {
        pair.goals.is_empty() || pair.goals.iter().any(|goal| goal.done != Some(true))
    });
    let task = |pair: &crate::plan::Pair| Task {
        path: format!("mentoring/pairs/{}", pair.id),
        kind: "task-mentee",
        due: Text::default(),
    };
    open.map(task).collect()
}

/// Initiatives without a note by the technology adviser.
fn advised(plan: &Plan, partner: &str) -> Vec<Task> {
    let has_note = |one: &crate::plan::Initiative| {
        let mut own = one.advice.iter().filter(|note| note.author.as_deref() == Some(partner));
        own.any(|note| filled(note.text.as_deref()))
    };
    let bare = plan.initiatives.iter().filter(|one| one.is_live() && !has_note(one));
    let task = |one: &crate::plan::Initiative| Task {
        path: format!("initiatives/{}", one.id),
        kind: "task-note",
        due: one.due.text(),
    };
    bare.map(task).collect()
}

/// Uses of AI that nobody approved.
fn facilitated(plan: &Plan) -> Vec<Task> {
    let open = approval::uses(plan).into_iter().filter(|one| !one.is_approved);
    let mut paths: Vec<String> = open.map(|one| one.path).collect();
    paths.dedup();
    let task = |path| Task { path, kind: "task-ai", due: Text::default() };
    paths.into_iter().map(task).collect()
}

/// Everything live that is in the partner's name.
fn owned(plan: &Plan, partner: &str) -> Vec<Task> {
    let mut tasks = led(plan, partner);
    tasks.extend(in_matrix(plan, partner, "R", "task-carry"));
    tasks.extend(decided(plan, partner));
    for risk in &plan.risks {
        let own = risk.mitigations.iter().filter(|one| one.owner.as_deref() == Some(partner));
        tasks.extend(own.filter(|one| one.is_live()).map(|one| Task {
            path: format!("risks/{}/mitigations/{}", risk.id, one.id),
            kind: "task-mitigation",
            due: one.due.text(),
        }));
    }
    tasks
}

pub(crate) fn show(report: Report, plan: &Plan, cards: &[Card<'_>]) -> Report {
    let mut report = report.heading(2, WORDS.word("cards"));
    if plan.partners.is_empty() {
        return nothing(report, "partners-none");
    }
    for card in cards.iter().take(CARDS_MAX) {
        let title = Text::joined([&card.partner.title, &card.title()], ": ");
        report = report.heading(3, title.clone());
        if card.tasks.is_empty() {
            report = report.paragraph(WORDS.word("tasks-none"));
            continue;
        }
        let mut table = Table::new(
            title,
            vec![
                Column::text(WORDS.word("what")),
                Column::text(WORDS.word("task")),
                Column::text(WORDS.word("due")),
            ],
        );
        for task in &card.tasks {
            table.push(vec![
                Cell::Item(task.path.clone()),
                WORDS.word(task.kind).into(),
                task.due.clone().into(),
            ]);
        }
        report = show::table(report, table);
    }
    report.paragraph(WORDS.word("cards-method"))
}

/// Paths of tasks by partner and role.
pub(crate) fn data(cards: &[Card<'_>]) -> serde_json::Value {
    let card = |card: &Card<'_>| {
        let role = card.role.map(|role| role.id.as_str());
        let tasks: Vec<&str> = card.tasks.iter().map(|task| task.path.as_str()).collect();
        json!({"partner": card.partner.id, "role": role, "tasks": tasks})
    };
    cards.iter().map(card).collect()
}
