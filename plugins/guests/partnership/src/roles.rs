//! The task `roles`: gaps in the role matrix, role cards, the mentor's hours, time that teachers were given.

use jospar_plugin_sdk::{Cell, Error, Outcome, Report, Text, Tone, Value};
use serde_json::json;

use crate::plan::{Initiative, Plan};
use crate::show::{self, NAMED_MAX, denied, empty, nothing, share, steps, text};
use crate::{WORDS, cards, exchange, hours};

/// What the task reads.
pub(crate) const PARTS: [&str; 12] = [
    "partners",
    "initiatives",
    "risks",
    "meetings",
    "info_sharing",
    "mentoring",
    "documents",
    "antipatterns",
    "ai_runs",
    "time_grants",
    "thanks",
    "exchange_log",
];

pub(crate) fn report(plan: &Plan, today: f64) -> Result<Outcome, Error> {
    let hours = hours::Mentor::of(plan);
    if plan.partners.is_empty() && plan.initiatives.is_empty() && hours.is_empty() {
        return Err(Error::refused(WORDS.word("roles-empty")));
    }
    let gaps = gaps(plan);
    let acknowledged = acknowledged(plan);
    let cards = cards::of(plan);
    let mut report = answer(plan, &gaps, acknowledged, &cards);
    report = matrix(report, plan, &gaps, acknowledged);
    report = cards::show(report, plan, &cards);
    report = hours.show(report);
    report = hours::granted(report, plan);
    report = exchange::audiences(report, plan, today);
    report = exchange::show(report, plan);
    let next = next(&gaps, &cards);
    report = report.heading(2, WORDS.word("next")).items(steps(next));
    let gap = |gap: &Gap| json!({"initiative": gap.initiative.id, "gap": gap.key});
    Outcome::of(denied(report, &plan.denied)).with_data(&json!({
        "gaps": gaps.iter().map(gap).collect::<Vec<_>>(),
        "acknowledged": {"count": acknowledged.0, "n": acknowledged.1},
        "cards": cards::data(&cards),
        "mentor_hours": hours.data(),
        "time_grants": hours::granted_data(plan),
        "exchange": exchange::data(plan, today),
    }))
}

/// Something that is wrong with an initiative's row of the role matrix.
struct Gap<'a> {
    initiative: &'a Initiative,
    /// The key of what it is.
    key: &'static str,
    /// Whom it concerns.
    who: Vec<&'a String>,
}

/// The persons that have a letter in the initiative's row.
fn with<'a>(initiative: &'a Initiative, letter: &str) -> Vec<&'a String> {
    initiative.raci.iter().filter(|(_, is)| is.as_str() == letter).map(|(who, _)| who).collect()
}

/// Those who have to do something, and whether they said that they know it.
fn parts(initiative: &Initiative) -> impl Iterator<Item = (&String, bool)> {
    let active = initiative.raci.iter().filter(|(_, letter)| matches!(letter.as_str(), "R" | "A"));
    active.map(|(who, _)| {
        let said = initiative.acknowledged.get(who);
        let is_said = said.is_some_and(|said| match said {
            serde_json::Value::Null | serde_json::Value::Bool(false) => false,
            serde_json::Value::String(text) => !text.trim().is_empty(),
            _ => true,
        });
        (who, is_said)
    })
}

/// Parts of R and A that were acknowledged, of how many.
fn acknowledged(plan: &Plan) -> (usize, usize) {
    let all = || plan.initiatives().flat_map(parts);
    (all().filter(|(_, is_said)| *is_said).count(), all().count())
}

/// No A, two A, nobody R, not acknowledged: in the order of the initiatives.
fn gaps(plan: &Plan) -> Vec<Gap<'_>> {
    let mut gaps = Vec::new();
    for initiative in plan.initiatives() {
        let mut gap = |key, who| gaps.push(Gap { initiative, key, who });
        let accountable = with(initiative, "A");
        match accountable.len() {
            0 => gap("gap-no-a", Vec::new()),
            1 => {}
            _ => gap("gap-two-a", accountable),
        }
        if with(initiative, "R").is_empty() {
            gap("gap-no-r", Vec::new());
        }
        let silent: Vec<&String> =
            parts(initiative).filter(|(_, is_said)| !is_said).map(|(who, _)| who).collect();
        if !silent.is_empty() {
            gap("gap-silent", silent);
        }
    }
    gaps
}

fn answer(
    plan: &Plan,
    gaps: &[Gap<'_>],
    acknowledged: (usize, usize),
    cards: &[cards::Card<'_>],
) -> Report {
    let silent = gaps.iter().filter(|gap| gap.key == "gap-silent").count();
    let values = [
        ("n", Value::from(plan.initiatives().count())),
        ("gaps", (gaps.len() - silent).into()),
        ("said", acknowledged.0.into()),
        ("parts", acknowledged.1.into()),
        ("tasks", cards.iter().map(|card| card.tasks.len()).sum::<usize>().into()),
    ];
    let tone = if gaps.is_empty() { Tone::Info } else { Tone::Warning };
    Report::new(WORDS.word("roles-title")).callout(tone, WORDS.say("roles-answer", &values))
}

fn matrix(report: Report, plan: &Plan, gaps: &[Gap<'_>], acknowledged: (usize, usize)) -> Report {
    let report = report.heading(2, WORDS.word("matrix"));
    if plan.initiatives().next().is_none() {
        return nothing(report, "initiatives-none");
    }
    let mut table = empty(
        "matrix",
        &[text("initiative"), text("raci-a"), text("raci-r"), text("raci-c"), text("raci-i")],
    );
    for initiative in plan.initiatives() {
        let mut row = vec![Cell::Item(format!("initiatives/{}", initiative.id))];
        let persons = |letter| Cell::from(plan.persons(with(initiative, letter)));
        row.extend(["A", "R", "C", "I"].map(persons));
        table.push(row);
    }
    let report = show::table(report, table);
    let (said, n) = acknowledged;
    let report = share(report, &WORDS.word("said-share"), said, n);
    let mut table = empty("gaps", &[text("initiative"), text("gap-what"), text("who")]);
    for gap in gaps {
        table.push(vec![
            Cell::Item(format!("initiatives/{}", gap.initiative.id)),
            WORDS.word(gap.key).into(),
            plan.persons(gap.who.iter().take(NAMED_MAX).copied()).into(),
        ]);
    }
    if gaps.is_empty() {
        return nothing(report, "gaps-none");
    }
    show::table(report, table).paragraph(WORDS.word("gaps-method"))
}

fn next(gaps: &[Gap<'_>], cards: &[cards::Card<'_>]) -> Vec<Text> {
    let mut next = Vec::new();
    for gap in gaps.iter().filter(|gap| gap.key != "gap-silent") {
        let values =
            [("initiative", (&gap.initiative.title).into()), ("gap", WORDS.word(gap.key).into())];
        next.push(WORDS.say("next-gap", &values));
    }
    let silent: usize =
        gaps.iter().filter(|gap| gap.key == "gap-silent").map(|gap| gap.who.len()).sum();
    if silent > 0 {
        next.push(WORDS.say("next-silent", &[("n", silent.into())]));
    }
    for card in cards.iter().filter(|card| card.role.is_some() && card.tasks.is_empty()) {
        let values =
            [("role", Value::from(card.title())), ("partner", (&card.partner.title).into())];
        next.push(WORDS.say("next-role", &values));
    }
    next
}
